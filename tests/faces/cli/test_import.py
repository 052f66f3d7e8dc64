"""The verb `import`: what a file says, with a node and without."""

import json
from pathlib import Path
from typing import Any

import pytest

from openline.domain.line.understanding_toml import from_toml, to_toml
from openline.domain.talk.volumes import VOLUME
from openline.faces.cli.faults import Exit
from openline.faces.cli.import_shown import ranges
from openline.faces.cli.notice import note_places
from tests.domain.space.shapes import circle
from tests.faces.conftest import BRAVO, Line, Run, wait_until

SYRIA = ((320_000_000, 350_000_000), (320_000_000, 420_000_000), (380_000_000, 400_000_000))
FROM, UNTIL = "2100-02-01T00:00:00Z", "2100-02-01T02:00:00Z"


def zone(name: str, lon: float, lat: float, **properties: Any) -> dict[str, Any]:
    told = {
        "name": name, "radius_m": 5_000, "lower": "GND", "upper": "FL080", "from": FROM,
        "until": UNTIL, **properties,
    }  # fmt: skip
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": told}


def plan(path: Path, *features: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in which no node is."""
    monkeypatch.delenv("OPENLINE_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_order_is_shown_by_row(openline: Run, nowhere: Path, repository: Path) -> None:
    """Measures, remarks and faults are shown with their rows; a fault makes the exit code 1."""
    shown = openline("import", repository / "examples" / "morning.aco")
    assert shown.code == 1
    rows = shown.out.splitlines()
    assert rows[0].endswith("ACO, 5 activities, 7 volumes; 1 with a fault, 10 remarks.")
    assert "1, row 7: RAQQAH EAST: polygon of 4 vertices, FL050 to FL100" in shown.out
    assert "    row 8, POLYGON: LATS:360960N0393000E has 60 seconds" in shown.out
    assert "5, row 25: BOW TIE: NOT READ" in rows
    assert "row 26, POLYGON: The ring crosses or touches itself near 35.5" in shown.out
    assert rows[-1].startswith("Not compared with what is live: ")


def test_json_tells_all(openline: Run, nowhere: Path, repository: Path) -> None:
    """In JSON every activity has its volumes, remarks and fault by row, and pairs are counted."""
    shown = openline("import", repository / "examples" / "morning.aco", "--json")
    assert shown.code == 1
    told = shown.json
    assert (told["form"], len(told["activities"]), told["live"]) == ("ACO", 5, None)
    assert told["alone"]
    first, *_, bow_tie = told["activities"]
    assert (first["number"], first["row"], first["name"]) == (1, 7, "RAQQAH EAST")
    assert first["remarks"][0]["row"] == 8
    assert first["fault"] is None
    assert bow_tie["volumes"] == []
    assert bow_tie["fault"]["row"] == 26
    assert told["minima"] == {
        "lateral_m": 0, "vertical_m": 0.0, "time_min": 0.0, "source": None,
    }  # fmt: skip
    assert [(pair["a"], pair["b"], pair["verdict"]) for pair in told["pairs"]] == [
        (1, 3, "CONFLICT")
    ]
    assert told["counts"] == {"CONFLICT": 1, "MARGINAL": 0, "TOUCH": 0}


def test_minima_may_be_given(openline: Run, nowhere: Path) -> None:
    """What is clear of each other by overlap is in conflict by given minima."""
    path = plan(nowhere / "a.geojson", zone("A", 38, 35), zone("B", 38.2, 35))
    assert openline("import", path, "--json").json["counts"]["CONFLICT"] == 0
    told = openline("import", path, "--lateral-m", 10_000, "--vertical-m", 5, "--time-min", 9,
                    "--json").json  # fmt: skip
    assert told["counts"]["CONFLICT"] == 1
    assert told["minima"]["vertical_m"] == 5
    [pair] = told["pairs"]
    assert 8_000 < pair["separation_m"] < 9_000
    assert "CONFLICT" in pair["words"]


def test_an_understanding_gives_minima_and_area(
    openline: Run, made_line: Line, nowhere: Path
) -> None:
    """A draft names the minima, and a place far outside its area is flagged."""
    draft = next(made_line.alpha.parent.glob("*.toml"))
    terms = from_toml(draft.read_text(), "draft")
    bounded = nowhere / "bounded.toml"
    bounded.write_text(to_toml(type(terms)(**{**fields(terms), "area": (SYRIA,)})))
    path = plan(nowhere / "a.geojson", zone("A", 33.5, 38.0), zone("B", 38.2, 35))
    told = openline("import", path, "--understanding", bounded, "--json").json
    assert told["minima"]["lateral_m"] == terms.separation("air", "air").lateral_m
    assert told["minima"]["source"] == str(bounded)
    swapped, sound = told["activities"]
    assert "latitude and longitude swapped" in swapped["remarks"][-1]["what"]
    assert sound["remarks"] == []


def test_each_pair_of_kinds_has_its_own_minima(
    openline: Run, made_line: Line, nowhere: Path
) -> None:
    """Two missiles' areas are compared by other minima than a missile's and an aircraft's."""
    draft = next(made_line.alpha.parent.glob("*.toml"))
    terms = from_toml(draft.read_text(), "draft")
    one, other = zone("A", 38.2, 35), zone("B", 38.2, 35)
    one["properties"]["kind"], other["properties"]["kind"] = "missile", "air"
    path = plan(nowhere / "a.geojson", one, other)
    told = openline("import", path, "--understanding", draft, "--json").json
    [pair] = told["pairs"]
    assert pair["minima"]["lateral_m"] == terms.separation("air", "missile").lateral_m
    assert pair["minima"]["lateral_m"] != terms.separation("air", "air").lateral_m
    assert [one["kinds"] for one in told["minima_by_kinds"]] == [
        ["air", "air"], ["air", "missile"], ["missile", "missile"],
    ]  # fmt: skip
    words = openline("import", path, "--understanding", draft).out
    assert f"air and missile: by {pair['minima']['lateral_m']:,} m" in words


def fields(terms: Any) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in terms.__dataclass_fields__}


@pytest.mark.parametrize("form", ["geojson", "kml", "f3548"])
def test_what_was_read_is_written(openline: Run, nowhere: Path, form: str) -> None:
    """A file is written in the form asked for, can be imported again, and is not overwritten."""
    path = plan(nowhere / "a.geojson", zone("A", 38, 35), zone("B", 39, 35))
    out = nowhere / f"out.{form}"
    told = openline("import", path, "--as", form, "--out", out, "--json").json
    assert told["written"] == [str(out)]
    assert bool(told["losses"]) == (form == "f3548")
    again = openline("import", out, "--json").json
    assert [len(one["volumes"]) for one in again["activities"]] == [1, 1]
    assert openline("import", path, "--as", form, "--out", out).code == Exit.REFUSED


def test_windows_and_radius_may_be_given(openline: Run, nowhere: Path) -> None:
    """What a file does not say of time and reach is taken from the options, and noted."""
    path = nowhere / "bare.json"
    path.write_text('{"type": "Point", "coordinates": [38, 35]}')
    window = ("--from", FROM, "--until", UNTIL)
    for words, lacking in (((), "from"), (("--radius", "5km"), "from"), (window, "radius_m")):
        [activity] = openline("import", path, *words, "--json").json["activities"]
        assert activity["fault"]["field"] == lacking
    [activity] = openline("import", path, *window, "--radius", "500 m", "--json").json["activities"]
    assert activity["fault"] is None
    assert activity["volumes"][0]["radius_m"] == 500
    assert "500 m that were given" in activity["remarks"][-1]["what"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("absent.aco",), Exit.UNREADABLE),
        (("empty.aco",), Exit.UNREADABLE),
        (("a.geojson", "--as", "kml"), Exit.USAGE),
        (("a.geojson", "--from", FROM), Exit.USAGE),
        (("a.geojson", "--as", "pdf", "--out", "x"), Exit.USAGE),
        (("a.geojson", "--lateral-m", -1), Exit.USAGE),
        (("a.geojson", "--radius", "far"), Exit.USAGE),
        (("a.geojson", "--understanding", "absent.toml"), Exit.UNREADABLE),
        (("a.geojson", "--line", "syria-air"), Exit.UNREADABLE),
    ],
)
def test_what_cannot_be_done_is_said(
    openline: Run, nowhere: Path, words: tuple[object, ...], code: Exit
) -> None:
    """A file, an option or a line that is not there ends with its own exit code and two rows."""
    (nowhere / "empty.aco").touch()
    plan(nowhere / "a.geojson", zone("A", 38, 35))
    ended = openline("import", *words)
    assert ended.code == code
    assert len(ended.err.splitlines()) <= 2
    assert ended.out == ""


def test_a_notice_far_outside_the_area_is_warned_of(made_line: Line) -> None:
    """A check of a notice warns of a place far outside the agreement's area, and of swapping."""

    class Asked:
        """Answers as a node whose Understanding bounds an area would."""

        def get(self, *_path: str) -> dict[str, str]:
            draft = next(made_line.alpha.parent.glob("*.toml"))
            terms = from_toml(draft.read_text(), "draft")
            return {"toml": to_toml(type(terms)(**{**fields(terms), "area": (SYRIA,)}))}

    volume = VOLUME.to_json(circle(40.176, 35.285, 9_000))
    near = VOLUME.to_json(circle(35.285, 40.176, 9_000))
    checked: list[dict[str, Any]] = [{"warnings": ["a"]}, {"warnings": []}, {"warnings": []}]
    note_places(Asked(), "x", [{"volumes": [volume] * 2}, {"volumes": [near]}, {}], checked)
    assert [len(one["warnings"]) for one in checked] == [2, 0, 0]
    assert "latitude and longitude swapped" in checked[0]["warnings"][1]


def test_what_is_live_is_compared(openline: Run, line: Line, tmp_path: Path) -> None:
    """With a node the minima are agreed ones, and a notice of the counterpart is met."""
    said = openline(
        "notice", "issue", "--dir", line.bravo, "--circle", "34.490,36.909", "--radius", "3km",
        "--upper", "FL050", "--from", FROM, "--until", UNTIL, "--place", "at Shayrat airfield",
        "--category", "flight", "--kind", "air", "--activity", "Patrol.", "--precedence", "routine",
        "--wait", 20, "--json",
    ).json  # fmt: skip
    [issued] = said["issued"]
    client = line.client("alpha")
    wait_until(
        lambda: issued["notice_id"] in json.dumps(client.get("/lines", "syria-air", "notices"))
    )
    path = plan(
        tmp_path / "a.geojson", zone("Near", 36.95, 34.49), zone("Far", 40.0, 36.0),
        zone("Over", 36.95, 34.49, **{"from": "2017-04-07T01:40Z", "until": "2017-04-07T03:00Z"}),
    )  # fmt: skip
    told = openline("import", path, "--dir", line.alpha, "--json").json
    assert told["minima"]["source"] == "the Understanding of syria-air"
    met = [one for one in told["live"]["conflicts"] if one["notice_id"] == issued["notice_id"]]
    assert [(one["number"], one["party"], one["verdict"]) for one in met] == [
        (1, BRAVO, "CONFLICT")
    ]
    assert [one["number"] for one in told["live"]["not_compared"]] == [3]
    shown = openline("import", path, "--dir", line.alpha)
    assert f"  1: CONFLICT with {BRAVO} {issued['notice_id']}: " in shown.out
    assert "  Not compared, 3: " in shown.out


def test_a_file_may_go_to_standard_output(openline: Run, nowhere: Path) -> None:
    """With - the file alone is on standard output, and the report on standard error."""
    path = plan(nowhere / "a.geojson", zone("A", 38, 35))
    for words in (("--out", "-"), ("--out=-",)):
        told = openline("import", path, "--as", "geojson", *words)
        assert told.code == 0
        assert json.loads(told.out)["type"] == "FeatureCollection"
        assert "GeoJSON, 1 activity" in told.err


@pytest.mark.parametrize("words", [("--as", "kml", "--out"), ("--picture",)])
def test_a_missing_directory_is_named(openline: Run, nowhere: Path, words: tuple[str, ...]) -> None:
    """A file or a picture in a directory that is not there is refused, and no directory is made."""
    path = plan(nowhere / "a.geojson", zone("A", 38, 35))
    ended = openline("import", path, *words, nowhere / "absent" / "x.png")
    assert ended.code == Exit.REFUSED
    assert f"the directory {nowhere / 'absent'} is not there" in ended.err
    assert not (nowhere / "absent").exists()


def test_numbers_are_told_in_ranges() -> None:
    """Numbers in a row are told by the first and the last, and only so many ranges."""
    assert ranges([1, 2, 3, 7, 9]) == "1-3, 7, 9"
    assert ranges(range(1, 9_998)) == "1-9,997"
    assert ranges(range(0, 100, 2)).endswith(" and 30 more ranges")


def test_the_kind_of_the_file_counts(openline: Run, line: Line, tmp_path: Path) -> None:
    """An unknown kind in the file is warned of, and where nothing is compared that is said."""
    path = plan(tmp_path / "a.geojson", zone("A", 38, 35, kind="airship"), zone("B", 39, 35))
    told = openline("import", path, "--dir", line.alpha, "--json").json["live"]
    assert (told["compared"], told["not_compared"]) == (2, [])
    assert [one["number"] for one in told["warnings"] if "airship" in one["what"]] == [1]
    over = {"from": "2017-04-07T01:40Z", "until": "2017-04-07T03:00Z"}
    plan(path, *(zone("Over", 60, 5, **{**over, "until": f"2017-04-07T03:0{n}Z"}) for n in (1, 2)))
    shown = openline("import", path, "--dir", line.alpha).out
    assert "nothing was compared" in shown
    assert "  Not compared, 1-2: it is over." in shown


def test_what_has_no_doubt_is_issued(openline: Run, line: Line, repository: Path) -> None:
    """With --issue what is sound becomes a notice once confirmed; the rest is left, and told."""
    notams = repository / "examples" / "notams.txt"
    words = ("import", notams, "--dir", line.alpha, "--category", "flight", "--kind", "air")
    unasked = openline(*words, "--issue")
    assert unasked.code == Exit.USAGE
    assert "nobody is there to confirm it" in unasked.err
    issued = openline(*words, "--issue", "--yes", "--json")
    assert issued.code == 1
    [one] = issued.json["issued"]
    assert one["notice_id"]
    assert "Left: 2 A0102/26 has 1 doubt." in issued.err
    assert "Left: 3 A0103/26 cancels A0099/26; openline notice cancel does." in issued.err
    assert "Left: 4 A0104/26 has a fault." in issued.err
    told = line.client("alpha").get(
        "/lines", "syria-air", "notices", "alpha.example", one["notice_id"]
    )
    assert told["content"]["activity"].startswith("MISSILE FIRING WILL TAKE PLACE")
    assert len(told["content"]["volumes"]) == 3


def test_nothing_is_issued_without_a_node(openline: Run, nowhere: Path, repository: Path) -> None:
    """Without a node --issue ends with the reason, after the report."""
    ended = openline("import", repository / "examples" / "notams.txt", "--issue", "--yes")
    assert ended.code == Exit.NOT_RUNNING
    assert "Nothing is issued" in ended.err
    for words in (("--yes",), ("--issue", "--as", "kml", "--out", "-")):
        path = repository / "examples" / "notams.txt"
        assert openline("import", path, *words).code == Exit.USAGE


def test_a_cancellation_in_a_file_is_left_out(openline: Run, line: Line, repository: Path) -> None:
    """The verb notice leaves out what cancels, and names the verb that does it."""
    told = openline(
        "notice", "check", "--dir", line.alpha, "--file", repository / "examples" / "notams.txt",
        "--only", "A0102/26", "--only", "A0103/26", "--describe-place", "--category", "flight",
        "--kind", "air",
    )  # fmt: skip
    assert told.code == 0
    assert "Left out: A0103/26 cancels A0099/26" in told.err
