"""The verb `private` at real nodes: keep, list, show, drop, and the alarm."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.faces.cli.faults import Exit
from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import BRAVO, Line, Run, wait_until

NAME = "Observers, east"
CIRCLE = ("--circle", "34.490,36.909", "--radius", "500m", "--upper", "100 m AGL")
NOTICE = (
    "--circle", "34.490,36.909", "--radius", "9km", "--from", "2100-01-01T00:00:00Z",
    "--until", "2100-01-01T02:00:00Z", "--place", "at Shayrat airfield", "--category", "strike",
    "--kind", "missile", "--activity", "Strike.", "--precedence", "priority", "--wait", "20",
)  # fmt: skip


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line, "bravo")


@pytest.fixture
def alpha(openline: Run, line: Line) -> Iterator[Officer]:
    """The officer at Alpha's node, at which nothing is kept afterwards."""
    officer = Officer(openline, line, "alpha")
    yield officer
    for one in officer.done("private", "list")["private"]:
        officer.done("private", "drop", one["name"])


def test_a_site_is_kept_and_alarms(alpha: Officer, bravo: Officer) -> None:
    """A notice over a site that is kept is told of by alarms, conflicts and the site itself."""
    kept = alpha("private", "keep", "--name", NAME, "--site", *CIRCLE)
    assert kept.code == 0, kept.err
    assert kept.out.startswith(f"{NAME}: kept on this node alone;")
    [issued] = bravo.done("notice", "issue", *NOTICE)["issued"]
    notice = issued["notice_id"]
    wait_until(lambda: notice in alpha("private", "show", NAME).out)
    shown = alpha("private", "show", NAME).out
    assert f"“{NAME}” is a place where people are." in shown
    row = f"PRIVATE CONFLICT OPEN: {NAME} (volume 1) and {BRAVO} {notice} v1 (volume 1)"
    assert row in shown
    assert row in alpha("conflicts").out
    assert row not in bravo("conflicts", "--ended").out
    alarms = alpha("alarms").out
    assert f"Notice {BRAVO} {notice} comes nearer to “{NAME}” than was agreed." in alarms
    assert f"openline private show '{NAME}'" in alarms
    in_russian = alpha("alarms", "--language", "ru").out
    assert "Notice" not in in_russian
    assert f"Уведомление {BRAVO} {notice}" in in_russian
    assert f"openline notice show {BRAVO}/{notice}" in alarms
    assert NAME in alpha("private", "list").out
    assert alpha("private", "drop", NAME).out == f"{NAME}: kept no longer.\n"
    assert alpha("private", "list").out == "Nothing is kept private.\n"
    assert row.replace("OPEN", "ENDED") in alpha("conflicts", "--ended").out
    alpha("notice", "list")
    bravo.done("notice", "cancel", notice, "--wait", "20")


def test_a_site_of_a_file(alpha: Officer, repository: Path) -> None:
    """A file gives area and kind; a site without a window has neither start nor end."""
    file = repository / "examples" / "people.geojson"
    kept = alpha.done("private", "keep", file, "--name", NAME, "--site")
    assert (kept["kind"], kept["valid_from"], kept["valid_until"]) == ("presence", None, None)
    until = "2100-01-01T02:00:00Z"
    words = ("private", "keep", file, "--name", NAME, "--site", "--until", until)
    assert alpha(*words).code == Exit.REFUSED
    kept = alpha.done(*words, "--replace", "--remark", "until relieved")
    assert (kept["version"], kept["valid_from"], kept["remark"]) == (2, None, "until relieved")
    assert kept["content"]["volumes"][0]["valid_until"] == until
    plan = alpha.done(
        "private", "keep", file, "--name", "plan", "--from", "+1h", "--until", "+2h",
        "--exercise", "--kind", "air", "--by", "watch/Capt. Smith",
    )  # fmt: skip
    assert (plan["site"], plan["exercise"], plan["kind"]) == (False, True, "air")
    assert plan["by"] == {"post": "watch", "officer": "Capt. Smith"}
    assert "EXERCISE" in alpha("private", "list").out


def test_several_areas_are_one_plan(alpha: Officer, tmp_path: Path) -> None:
    """All activities of a file are kept under one name, or those that are named."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "radius_m": 900, "kind": kind},
            "geometry": {"type": "Point", "coordinates": [36.909, lat]},
        }
        for name, kind, lat in (
            ("one", "air", 34.49),
            ("two", "air", 34.6),
            ("three", "ground", 35),
        )
    ]
    file = tmp_path / "plan.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    words = ("private", "keep", file, "--name", "plan", "--from", "+1h", "--until", "+2h")
    mixed = alpha(*words)
    assert (mixed.code, "several kinds: air, ground" in mixed.err) == (Exit.USAGE, True)
    assert alpha.done(*words, "--only", "one", "--only", "two")["volumes"] == 2
    assert alpha.done(*words, "--kind", "air", "--replace")["volumes"] == 3


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("keep", "--name", NAME, "--site"), Exit.USAGE, "The area is missing."),
        (("keep", *CIRCLE, "--site"), Exit.USAGE, "--name is missing."),
        (("keep", "--name", NAME, *CIRCLE, "--kind", "air"), Exit.USAGE, "The window is missing."),
        (
            ("keep", "--name", NAME, *CIRCLE, "--from", "+1h", "--until", "+2h"),
            Exit.USAGE,
            "--kind is missing.",
        ),
        (("keep", "no.geojson", "--name", NAME, "--site"), Exit.UNREADABLE, "no.geojson"),
        (("keep", "--name", "a/b", "--site", *CIRCLE), Exit.REFUSED, "--name"),
        (
            ("keep", "--name", NAME, "--site", "--circle", "91,0", "--radius", "1km"),
            Exit.REFUSED,
            "Position 1 of the area",
        ),
        (("show", "nothing"), Exit.REFUSED, "Nothing is kept under the name 'nothing'"),
        (("drop", "nothing"), Exit.REFUSED, "Nothing is kept under the name 'nothing'"),
    ],
)
def test_what_is_wrong_is_told(
    alpha: Officer, words: tuple[str, ...], code: int, said: str
) -> None:
    """What is missing or wrong is told in the words of the command line."""
    outcome = alpha("private", *words)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
