import time
from pathlib import Path
from openline.domain.instant import format_instant
from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import *
def test_x(openline, line, tmp_path):
    alpha = Officer(openline, line, "alpha")
    before = time.time_ns() // 1_000_000
    alpha.said("say", "in the window")
    after = time.time_ns() // 1_000_000
    time.sleep(4)
    window = ("--from", format_instant(before - 3_000), "--until", format_instant(after + 3_000))
    path = tmp_path / "use.cert"
    m=alpha("certify", "use", ALPHA, *window, "--out", path); open("/tmp/fx/o.txt","a").write(str(m)+"\n")
    open("/tmp/fx/o.txt","a").write(str(openline("verify", path).out)+"\n")
    window = ("--from", format_instant(before - 5_000), "--until", format_instant(after + 3_000))
    m=alpha("certify", "use", ALPHA, *window, "--out", path); open("/tmp/fx/o.txt","a").write(str(m)+"\n")
    open("/tmp/fx/o.txt","a").write(str(openline("verify", path).out)+"\n")
    time.sleep(6)
    m=alpha("certify", "non-use", ALPHA, "--from", format_instant(after+3000), "--until",format_instant(after+6000), "--out", path); open("/tmp/fx/o.txt","a").write(str(m)+"\n")
    open("/tmp/fx/o.txt","a").write(str(openline("verify", path).out)+"\n")
    m=alpha("certify", "state", "--at", format_instant(after+4000), "--out", path); open("/tmp/fx/o.txt","a").write(str(m)+"\n")
    open("/tmp/fx/o.txt","a").write(str(openline("verify", path).out)+"\n")
