"""A site that is kept private, with real processes: it alarms, survives, and stays here."""

import json
import time
from pathlib import Path
from typing import Any

from openline.domain.instant import HOUR_MS, format_instant
from tests.end_to_end.nodes import Node, found, openline, running, told_by, wait_signing, wait_until

NAME = "Observers Zulu 7391"
PLACE = "34.4917357,36.9085913"
LAT_E7 = 344_917_357


def conflicts(node: Node) -> list[dict[str, Any]]:
    """The conflicts of what a node keeps private, without when they were found."""
    answer = node.client().get("/lines", node.line, "conflicts", private=True)
    return [one for one in answer["conflicts"] if one["private"]]


def alarms(node: Node) -> list[str]:
    """Ids of the alarms about what is private."""
    return [one["id"] for one in node.alarms() if one["name"] == "PRIVATE_CONFLICT"]


def announce(node: Node) -> str:
    """Let a node give notice of a strike over the airfield; the notice's id."""
    now = time.time_ns() // 1_000_000
    volume = {
        "shape": "CIRCLE",
        "vertices": [{"lat_e7": 344_900_000, "lon_e7": 369_090_000}],
        "radius_m": 9_000,
        "valid_from": format_instant(now + HOUR_MS),
        "valid_until": format_instant(now + 2 * HOUR_MS),
    }
    fields = {
        "category": "strike",
        "kind": "missile",
        "activity": "Strike on an air base.",
        "place": {"words": "at Shayrat airfield"},
        "volumes": [volume],
    }
    said = node.post("NOTICE", fields, wait="delivered", timeout_ms=30_000)
    return str(said["notice_id"])


def everything_in(directory: Path) -> bytes:
    """Every byte of every file in a node's directory, and what it wrote to standard error."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def test_a_site_survives_kills_and_never_leaves(tmp_path: Path) -> None:
    """Killed once it was kept, and once it had alarmed, the node knows both; bravo neither."""
    alpha, bravo = nodes = found(tmp_path)
    with running(*nodes):
        openline(
            "private", "keep", "--name", NAME, "--site", "--circle", PLACE, "--radius", "743m",
            "--dir", alpha.directory,
        )  # fmt: skip
        alpha.kill()
        alpha.start()
        wait_signing(alpha)
        listed = json.loads(
            told_by("private", "list", "--dir", alpha.directory, "--json").out
        )  # fmt: skip
        assert [one["name"] for one in listed["private"]] == [NAME]

        notice = announce(bravo)
        wait_until(lambda: alarms(alpha), "alpha is alarmed")
        [conflict] = before = conflicts(alpha)
        assert conflict["id"].endswith(f"~{bravo.party}~{notice}")
        raised = alarms(alpha)
        alpha.kill()
        alpha.start()
        assert conflicts(alpha) == before, "with the same instants"
        assert alarms(alpha) == raised
        wait_signing(alpha)

        path = tmp_path / "to-bravo"
        alpha.say("by courier")
        openline("courier", "export", bravo.party, "--out", path, "--dir", alpha.directory)
        certificate = alpha.certify(
            "receipt", tmp_path / "receipt", party=bravo.party, index=1, holder=alpha.party
        )
        openline("private", "drop", NAME, "--dir", alpha.directory)
        alpha.kill()
        alpha.start()
        assert [one["state"] for one in conflicts(alpha)] == []
        wait_signing(alpha)
        alpha.deliver("after all")
        assert [one for one in bravo.alarms() if "PRIVATE" in one["name"]] == []
        assert [node.stop() for node in nodes] == [0, 0]
    assert alpha.faults() == bravo.faults() == []
    kept = [row for row in alpha.journal() if row[0] in (12, 13)]
    assert [(row[0], row[4]) for row in kept] == [(12, NAME), (13, NAME)]
    for trace in (NAME.encode(), b"\x1a" + LAT_E7.to_bytes(4, "big")):
        assert trace in everything_in(alpha.directory), "it is there to be found"
        assert trace not in everything_in(bravo.directory)
        assert trace not in path.read_bytes() + certificate.read_bytes()
        assert trace.decode("latin-1") not in bravo.aside()
