"""`openline conflicts --picture`: which conflict, from what, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.faces.cli import look
from openline.faces.cli.faults import Exit
from openline.faces.cli.look import gravest_of
from openline.faces.cli.picture import _side
from tests.faces.conftest import BRAVO, Line, Run, do, wait_until

CIRCLE = ("--circle", "34.490,36.909", "--upper", "FL100", "--place", "at Shayrat airfield")
WINDOW = ("--from", "2101-01-01T00:00Z", "--until", "2101-01-01T02:00Z")


@pytest.fixture(scope="module")
def conflict(line: Line) -> dict[str, Any]:
    """A conflict between the two running nodes."""
    for name, radius, kind in (("alpha", "9km", "missile"), ("bravo", "4km", "presence")):
        do(
            "notice", "issue", *CIRCLE, *WINDOW, "--radius", radius, "--category", "strike",
            "--kind", kind, "--activity", "What we do.", "--dir", getattr(line, name),
            "--wait", 20,
        )  # fmt: skip
    client = line.client()
    found: list[dict[str, Any]] = []

    def is_found() -> bool:
        found[:] = [
            one
            for one in client.get("/lines", "syria-air", "conflicts")["conflicts"]
            if one["overlap_from"] == 4_133_980_800_000
        ]
        return bool(found)

    wait_until(is_found)
    return found[0]


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_a_named_conflict_is_drawn(
    openline: Run, line: Line, conflict: dict[str, Any], language: str, tmp_path: Path
) -> None:
    """The conflict that is named is drawn in the language asked for, and said so."""
    path = tmp_path / "x.png"
    words = ("conflicts", conflict["id"], "--picture", path, "--dir", line.alpha)
    done = openline(*words, "--language", language)
    assert (done.code, done.err) == (Exit.DONE, "")
    assert done.out.startswith(f"{path} shows {conflict['id']}.\n")
    assert path.read_bytes().startswith(b"\x89PNG")
    again = openline(*words)
    assert again.code == Exit.REFUSED
    assert "is there already" in again.err


def test_the_gravest_is_drawn_where_none_is_named(
    openline: Run, line: Line, conflict: dict[str, Any], tmp_path: Path
) -> None:
    """Without a name one conflict is chosen, and JSON says which and the file."""
    path = tmp_path / "x.svg"
    done = openline("conflicts", "--picture", path, "--dir", line.bravo, "--json")
    assert done.code == 0, done.err
    assert done.json["picture"] == str(path)
    assert done.json["conflict"]["verdict"] == "CONFLICT"
    assert path.stat().st_size > 50_000


def test_an_unknown_conflict_is_refused_with_those_there_are(
    openline: Run, line: Line, conflict: dict[str, Any], tmp_path: Path
) -> None:
    """A conflict that is not there is refused, the others are named, nothing is written."""
    done = openline("conflicts", "a~1~b~2", "--picture", tmp_path / "x.png", "--dir", line.alpha)
    assert done.code == Exit.USAGE
    assert "There is no conflict 'a~1~b~2'." in done.err
    # Other tests on the same line may have made more than are named.
    assert "There are: alpha.example~" in done.err
    assert conflict["id"] in done.err or " more." in done.err
    assert list(tmp_path.iterdir()) == []
    without = openline("conflicts", "a~1~b~2", "--dir", line.alpha)
    assert without.code == Exit.USAGE


def test_one_conflict_is_listed_alone(openline: Run, line: Line, conflict: dict[str, Any]) -> None:
    """With its id a conflict is listed alone, and the list shows the id of each."""
    done = openline("conflicts", conflict["id"], "--dir", line.alpha, "--json")
    assert [one["id"] for one in done.json["conflicts"]] == [conflict["id"]]
    assert conflict["id"] in openline("conflicts", "--dir", line.alpha).out


def test_another_sort_of_picture_is_refused(
    openline: Run, line: Line, conflict: dict[str, Any], tmp_path: Path
) -> None:
    """A name that ends neither in .png nor in .svg is wrong usage."""
    done = openline("conflicts", "--picture", tmp_path / "x.gif", "--dir", line.alpha)
    assert done.code == Exit.USAGE
    assert "Let its name end in .png or .svg." in done.err


def test_the_setting_chooses_the_map(
    openline: Run, line: Line, conflict: dict[str, Any], tmp_path: Path
) -> None:
    """The map that node.toml names lies beneath; one that is not there is refused by name."""
    settings = line.bravo / "node.toml"
    before = settings.read_text()
    words = ("conflicts", conflict["id"], "--dir", line.bravo, "--picture")
    try:
        settings.write_text(before.replace("# base_map = ", 'base_map = "none"\n# map '))
        assert openline(*words, tmp_path / "none.png").code == 0
        settings.write_text(before.replace("# base_map = ", 'base_map = "lost.bin"\n# map '))
        lost = openline(*words, tmp_path / "lost.png")
        assert lost.code == Exit.REFUSED
        assert str(line.bravo / "lost.bin") in lost.err
    finally:
        settings.write_text(before)
    assert openline(*words, tmp_path / "earth.png").code == 0
    assert (tmp_path / "none.png").read_bytes() != (tmp_path / "earth.png").read_bytes()


def told(verdict: str, **more: Any) -> dict[str, Any]:
    """A conflict as a node lists it, as far as its gravity goes."""
    return {
        "id": "a", "verdict": verdict, "state": "OPEN", "exercise": False,
        "separation_m": 5.0, "overlap_from": 9, **more,
    }  # fmt: skip


def test_the_gravest_comes_first() -> None:
    """What lasts, is real, grave, near and soon is looked at first, in this order."""
    order = [
        told("CONFLICT", separation_m=0.0, overlap_from=1),
        told("CONFLICT", separation_m=0.0),
        told("CONFLICT"),
        told("MARGINAL", separation_m=0.0),
        told("TOUCH", separation_m=0.0),
        told("CONFLICT", separation_m=0.0, exercise=True),
        told("CONFLICT", separation_m=0.0, state="ENDED"),
    ]
    for number in range(len(order)):
        assert gravest_of(order[number:][::-1]) is order[number]
    with pytest.raises(OurError, match="no conflict to draw"):
        gravest_of([])


def test_a_flood_of_conflicts_is_summed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows count each verdict, show the gravest, and say how many more there are."""
    monkeypatch.setattr(look, "CONFLICTS_SHOWN_MAX", 1)
    side = {"party": "x", "notice_id": "X-1", "version": 1, "volume": 1}
    both = {"private": False, "said": "Near.", "sides": [side, side]}
    kept = {**side, "notice_id": "", "name": "Patrol"}
    found = [
        told("CONFLICT", **both), told("TOUCH", **both, id="b"),
        told("MARGINAL", **{**both, "private": True, "sides": [kept, side]}, id="tok~x~X-1"),
    ]  # fmt: skip
    rows = [*look._conflict_rows(found)]
    assert rows[0] == "Between notices: 1 CONFLICT, 1 TOUCH."
    assert "… and 1 more; --json has all." in rows
    assert "  b" not in rows
    assert rows[-1] == "  tok~x~X-1"


@pytest.mark.parametrize(
    ("name", "facts"), [("CONFLICT", {"further": 1}), ("CONFLICTS_UNLISTED", {"unlisted": 1})]
)
def test_alarms_of_many_conflicts_lead_to_their_list(name: str, facts: dict[str, Any]) -> None:
    """An alarm that stands for conflicts that are not named names the verb that shows them."""
    assert [*look._looks(name, {"party": "x", **facts})] == ["conflicts"]
    assert [*look._looks("FLASH", {"party": "x", "further": 1})] == []


class Answering:
    """A node that answers from a table."""

    def __init__(self, answers: dict[tuple[str, ...], Any]) -> None:
        self.answers = answers

    def get(self, *path: str, **query: Any) -> Any:
        """What the table holds."""
        return self.answers[path]


VOLUME = {
    "shape": "CIRCLE",
    "vertices": [{"lat_e7": 344_900_000, "lon_e7": 369_090_000}],
    "radius_m": 9_000,
    "valid_from": "2100-01-01T00:00:00Z",
    "valid_until": "2100-01-01T02:00:00Z",
}
NOWHERE = {**VOLUME, "valid_until": "2099-01-01T02:00:00Z"}
SIDE = {"party": BRAVO, "notice_id": "N", "version": 2, "volume": 1}
KEPT = {"version": 2, "index": 7, "serial": "BRAVO-0007"}
MESSAGE = ("/lines", "x", "messages", BRAVO, "7")


def node(content: Any, versions: list[Any], body: Any = None) -> Any:
    """A node with one notice of Bravo's."""
    notice = {"party": BRAVO, "notice_id": "N", "content": content, "versions": versions}
    notice["kind"] = "presence"
    return Answering({("/lines", "x", "notices", BRAVO, "N"): notice, MESSAGE: {"body": body}})


def test_a_side_is_drawn_as_it_was() -> None:
    """The version of the finding is drawn: from what is live, or else from its message."""
    live = _side(node({"version": 2, "volumes": [VOLUME]}, [KEPT]), "x", SIDE)
    assert (live.volume.radius_m, live.serial, live.kind) == (9_000, "BRAVO-0007", "presence")
    body = {"notice_id": "N", "version": 2, "volumes": [VOLUME, VOLUME, NOWHERE]}
    newer = node({"version": 3, "volumes": []}, [KEPT], body)
    past = _side(newer, "x", {**SIDE, "volume": 2})
    assert past.volume == live.volume
    assert past.others == (live.volume,), "what cannot be is not drawn"


@pytest.mark.parametrize(
    ("content", "versions", "body"),
    [
        (None, [], None),
        (None, [KEPT], None),
        (None, [KEPT], {"notice_id": "OTHER", "version": 2, "volumes": [VOLUME]}),
        (None, [KEPT], {"notice_id": "N", "version": 1, "volumes": [VOLUME]}),
        ({"version": 2, "volumes": []}, [KEPT], None),
    ],
)
def test_what_is_no_longer_kept_is_said(content: Any, versions: list[Any], body: Any) -> None:
    """A notice that is no longer kept as it was is refused by name and version."""
    with pytest.raises(OurError, match=r"bravo\.example/N is no longer kept .* version 2"):
        _side(node(content, versions, body), "x", SIDE)


def test_what_is_private_is_drawn_last() -> None:
    """Of several conflicts one that both nodes know of is drawn, however grave a private one is."""
    shared = told("TOUCH")
    assert gravest_of([told("CONFLICT", private=True), shared]) is shared
