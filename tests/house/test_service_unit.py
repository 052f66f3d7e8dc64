"""The unit for systemd takes from the node what it does not need."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.tree import ROOT

UNIT = ROOT / "examples" / "openline@.service"
EXPOSURE_MAX = 1.5

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not there"
)


@pytest.mark.system
@needs_systemd
def test_little_of_the_machine_is_exposed_to_a_node(tmp_path: Path) -> None:
    """systemd scores the exposure of the service at 1.5 of 10 at most."""
    unit = tmp_path / "openline-alpha.service"
    unit.write_text(UNIT.read_text().replace("%i", "alpha"))
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    score = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told.stdout)
    assert score is not None, told.stderr
    assert float(score[1]) <= EXPOSURE_MAX


def test_the_unit_runs_a_command_that_there_is() -> None:
    """What the service starts is the node in its own directory, and it comes back after a fault."""
    text = UNIT.read_text()
    assert "ExecStart=/opt/openline/bin/openline run --dir /var/lib/openline/%i\n" in text
    assert "Restart=always\n" in text
    assert "LimitCORE=0\n" in text
