"""The verbs `site`, `zone` and `movement` between two real nodes; G9 with a real file."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.adapters.clock import wall_clock_ms
from openline.domain.instant import DAY_MS, HOUR_MS, format_instant
from openline.faces.cli.faults import Exit
from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import ALPHA, BRAVO, Line, Run, wait_until

AT = ("--at", "34.505,36.870", "--radius", "400m")
ZONE_AT = ("--circle", "34.49,36.909", "--radius", "5km", "--describe-place")
AREAS = ("--circle", "34.490,36.909", "--radius", "3km")


@pytest.fixture
def bravo(openline: Run, line: Line) -> Iterator[Officer]:
    """The officer at Bravo's node, at which nothing stands or moves afterwards."""
    officer = Officer(openline, line, "bravo")
    yield officer
    clear(officer, BRAVO)


@pytest.fixture
def alpha(openline: Run, line: Line) -> Iterator[Officer]:
    """The officer at Alpha's node, at which nothing stands or moves afterwards."""
    officer = Officer(openline, line, "alpha")
    yield officer
    clear(officer, ALPHA)


def clear(officer: Officer, party: str) -> None:
    """Take away what a test left, so that no other test meets it."""
    sites = [one["site_id"] for one in officer.done("site", "list")["sites"]
             if one["party"] == party]  # fmt: skip
    if sites:
        officer.done("site", "remove", *sites, "--reason", "The test is over.", "--wait", 20)
    for one in officer.done("zone", "list")["zones"]:
        if one["party"] == party:
            officer.done("zone", "cancel", one["zone_id"], "The test is over.", "--wait", 20)
    for one in officer.done("movement", "list")["movements"]:
        if one["party"] == party:
            officer.done("movement", "cancel", one["movement_id"], "Over.", "--wait", 20)


def find(found: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    """The one with these values."""
    [one] = [one for one in found if all(one[name] == held for name, held in wanted.items())]
    return one


# --- sites ---------------------------------------------------------------------------------------


def test_a_site_is_added_changed_and_removed(alpha: Officer, bravo: Officer) -> None:
    """Both nodes list it with its names, state and verification, and then as removed."""
    alpha.said(
        "site", "add", "--name", "Shayrat hospital", "--name", "ar=مستشفى", *AT,
        "--function", "hospital", "--protected", "--id", "HOSP-1", "--verified-by", "Liaison",
        "--verified-how", "visit",
    )  # fmt: skip
    shown = bravo.done("site", "show", f"{ALPHA}/HOSP-1")
    assert (shown["state"], shown["is_protected"], shown["is_verified"]) == ("LISTED", True, True)
    assert shown["content"]["names"] == {"en": "Shayrat hospital", "ar": "مستشفى"}
    assert 0 < shown["valid_until"] - wall_clock_ms() <= 90 * DAY_MS
    words = bravo("site", "show", f"{ALPHA}/HOSP-1", "--language", "ru").out
    assert "вносит объекты в свой перечень" in words
    alpha.said("site", "change", "HOSP-1", "--remark", "North wing only.")
    shown = bravo.done("site", "show", f"{ALPHA}/HOSP-1")
    assert (shown["version"], shown["content"]["remark"]) == (2, "North wing only.")
    assert shown["content"]["verification"]["who"] == "Liaison"
    alpha.said("site", "remove", "HOSP-1", "--reason", "It has moved.")
    assert [one for one in bravo.done("site", "list")["sites"] if one["site_id"] == "HOSP-1"] == []
    listed = bravo.done("site", "list", "--removed")["sites"]
    assert find(listed, site_id="HOSP-1")["state"] == "REMOVED"
    again = alpha("site", "add", "--name", "x", *AT, "--id", "HOSP-1")
    assert again.code == Exit.REFUSED
    assert "is removed; it cannot be changed" in again.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "--name", "x", "--at", "34.5,36.8"), "--radius is missing"),
        (("add", *AT), "--name is missing"),
        (("add", "--name", "x", "--at", "36.909,34.49", "--radius", "1km"), "Exchange them"),
        (
            ("add", "--name", "x", *AT, "--valid-until", "2017-01-01T00:00Z"),
            "is not after listed_at",
        ),
        (("add", "--name", "x", *AT, "--verified-how", "visit"), "--verified-by is missing"),
        (("add", "--name", "x", *AT, "--place", "at Palmyra"), "Shayrat"),
        (("change", "NOWHERE-1", "--remark", "x"), "There is no site 'NOWHERE-1'"),
    ],
)
def test_a_site_that_is_refused(alpha: Officer, words: tuple[str, ...], said: str) -> None:
    """What is missing, over, or looks turned round is refused with the option and a remedy."""
    outcome = alpha("site", *words)
    assert outcome.code in (Exit.REFUSED, Exit.USAGE)
    assert said in outcome.err


def entries(prefix: str = "G") -> list[dict[str, str]]:
    """G9: two hundred sites around Shayrat; 14 turned round, 6 twice, 20 stale."""
    rows = []
    looked = format_instant(wall_clock_ms() - 10 * DAY_MS)
    stale = format_instant(wall_clock_ms() - 120 * DAY_MS)
    for number in range(194):
        lat, lon = 34.15 + (number // 14) * 0.045, 36.55 + (number % 14) * 0.05
        is_swapped, is_stale = number < 14, 50 <= number < 70
        rows.append(
            {
                "id": f"{prefix}-{number:03d}",
                "name": f"Clinic {number}",
                "name_ar": f"عيادة {number}",
                "lat": f"{lon if is_swapped else lat:.4f}",
                "lon": f"{lat if is_swapped else lon:.4f}",
                "radius_m": "150",
                "protected": "yes",
                "verified_by": "Liaison",
                "verified_at": stale if is_stale else looked,
            }
        )
    for number in range(6):
        first = rows[100 + number]
        rows.append({**first, "id": f"{prefix}-2{number:02d}", "name": first["name"].upper()})
    return rows


def write(rows: list[dict[str, str]], path: Path) -> Path:
    """The rows in the form that the path's ending says."""
    if path.suffix == ".csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".geojson":
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [float(r["lon"]), float(r["lat"])]},
                "properties": {k: v for k, v in r.items() if k not in ("lat", "lon")},
            }
            for r in rows
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    else:
        marks = "".join(
            f"<Placemark><name>{r['name']}</name><ExtendedData>"
            + "".join(
                f'<Data name="{k}"><value>{v}</value></Data>'
                for k, v in r.items() if k not in ("lat", "lon", "name")
            )
            + f"</ExtendedData><Point><coordinates>{r['lon']},{r['lat']}</coordinates></Point>"
            "</Placemark>"
            for r in rows
        )  # fmt: skip
        head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        path.write_text(f"{head}<Document>{marks}</Document></kml>")
    return path


@pytest.mark.parametrize("name", ["list.csv", "list.geojson", "list.kml"])
def test_two_hundred_sites_of_a_file(alpha: Officer, tmp_path: Path, name: str) -> None:
    """G9: 14 swapped, 6 duplicate and 20 stale ones are told, in each form, and left out."""
    file = write(entries(), tmp_path / name)
    outcome = alpha("site", "import", file, "--dry-run")
    assert outcome.code == 1, outcome.err
    assert outcome.out.startswith("200 entries: 14 swapped, 6 duplicate, 20 stale, 0 with a fault.")
    assert outcome.out.endswith("Nothing is said; 160 would be, 40 left out.\n")
    told = json.loads(alpha("site", "import", file, "--dry-run", "--json").out)["entries"]
    by_doubt: dict[str, list[int]] = {}
    for one in told:
        for doubt in one["doubts"]:
            by_doubt.setdefault(doubt["doubt"], []).append(one["number"])
    assert by_doubt["SWAPPED"] == list(range(1, 15))
    assert by_doubt["STALE"] == list(range(51, 71))
    assert by_doubt["DUPLICATE"] == list(range(195, 201))


def test_what_is_sound_is_said(alpha: Officer, bravo: Officer, tmp_path: Path) -> None:
    """G9: the sound ones are said in one message, the others when told so; twice is refused."""
    file = write(entries("SOUND"), tmp_path / "list.csv")
    first = alpha("site", "import", file, "--wait", 20)
    assert first.code == 1, first.err
    assert "Said: 160 of 200 in " in first.out
    listed = [one for one in bravo.done("site", "list")["sites"] if one["party"] == ALPHA]
    assert len(listed) == 160
    assert {one["state"] for one in listed} == {"LISTED"}
    rest = alpha(
        "site", "import", file, "--with", "swapped", "--with", "stale", "--with", "duplicate",
        "--json", "--wait", 20,
    )  # fmt: skip
    told = json.loads(rest.out)
    assert sum(one["fault"] != "" for one in told["entries"]) == 160, "those are listed already"
    listed = [one for one in bravo.done("site", "list")["sites"] if one["party"] == ALPHA]
    assert len(listed) == 200
    assert sum("SWAPPED" in one["remarks"] for one in listed) == 14
    assert sum("DUPLICATE" in one["remarks"] for one in listed) == 6
    assert sum(one["state"] == "REVALIDATION_DUE" for one in listed) == 20


def test_a_file_that_adds_and_removes_is_refused(alpha: Officer, tmp_path: Path) -> None:
    """G9: adding and removing never go in one message, nor in one file."""
    rows = [{**row, "operation": "add"} for row in entries()[20:24]]
    rows[3]["operation"] = "remove"
    file = write(rows, tmp_path / "mixed.csv")
    outcome = alpha("site", "import", file)
    assert outcome.code == Exit.REFUSED
    assert "ADD (entry 1), REMOVE (entry 4)" in outcome.err
    assert "messages of their own" in outcome.err
    assert alpha.done("site", "list")["sites"] == []


def test_a_file_that_changes_and_one_that_removes(alpha: Officer, tmp_path: Path) -> None:
    """Entries of a file are changed by id, and removed with a reason."""
    rows = entries("CHANGED")[20:24]
    assert alpha("site", "import", write(rows, tmp_path / "a.csv"), "--wait", 20).code == 0
    changed = [{**row, "operation": "change", "radius_m": "333"} for row in rows]
    assert alpha("site", "import", write(changed, tmp_path / "b.csv"), "--wait", 20).code == 0
    listed = alpha.done("site", "list")["sites"]
    assert {(one["version"], one["content"]["radius_m"]) for one in listed} == {(2, 333)}
    gone = [{**row, "operation": "remove"} for row in rows[:2]]
    words = ("site", "import", write(gone, tmp_path / "c.csv"))
    assert "reason is empty" in alpha(*words).err.replace("--reason is", "reason is")
    assert alpha(*words, "--reason", "Moved.", "--wait", 20).code == 0
    assert len(alpha.done("site", "list")["sites"]) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "0 entries"),
        ("id,name,lat,lon\nA-1,x,34.5,", "lon: is missing"),
        ("id,name,lat,lon\nA-1,x,north,36.9", "position.lat is not a number of degrees"),
        ("id,name,lat,lon,radius_m\nA-1,x,34.5,36.9,wide", "is no number of metres"),
        ("id,name,lat,lon,protected\nA-1,x,34.5,36.9,perhaps", "is neither yes nor no"),
        ("id,name,lat,lon\nA 1,x,34.5,36.9", "site_id is not written as in"),
        ("id,name,lat,lon,operation\nA-1,x,34.5,36.9,explode", "Write add, change or remove"),
        ('id,name\n"A-1', "is no table"),
        ("{}", "is no table, whatever its name says"),
    ],
)
def test_a_table_with_a_fault(alpha: Officer, tmp_path: Path, text: str, said: str) -> None:
    """A row that cannot be read is named with its column; a file that is no table is refused."""
    file = tmp_path / "list.csv"
    file.write_text(text)
    outcome = alpha("site", "import", file, "--dry-run")
    assert said in outcome.out + outcome.err


# --- zones ---------------------------------------------------------------------------------------


def test_the_euphrates_is_offered_and_agreed(
    alpha: Officer, bravo: Officer, repository: Path
) -> None:
    """A separation line along a river's own course is offered, agreed to, and counts at once."""
    file = repository / "examples" / "euphrates.geojson"
    alpha.said(
        "zone", "declare", file, "--radius", "2km", "--rule", "separation-line", "--offer",
        "--name", "Euphrates", "--id", "RIVER-1", "--describe-place",
    )  # fmt: skip
    shown = bravo.done("zone", "show", f"{ALPHA}/RIVER-1")
    assert (shown["state"], shown["counts_from"]) == ("PROPOSED", None)
    [volume] = shown["content"]["volumes"]
    assert (volume["shape"], volume["radius_m"]) == ("CORRIDOR", 2000)
    assert 62 <= len(volume["vertices"]) < 80, "its own course, with long edges followed"
    assert "does not count" in bravo("zone", "show", f"{ALPHA}/RIVER-1").out
    assert bravo("zone", "agree", f"{ALPHA}/RIVER-1", "--version", 2).code == Exit.REFUSED
    bravo.said("zone", "agree", f"{ALPHA}/RIVER-1", "--version", 1)
    shown = alpha.done("zone", "show", "RIVER-1")
    assert shown["state"] == "AGREED"
    assert list(shown["agreed_by"]) == [BRAVO]
    assert shown["version_counting"] == 1
    start = format_instant(wall_clock_ms() + 3 * HOUR_MS)
    checked = bravo.done(
        "notice", "check", "--circle", "35.30,40.25", "--radius", "3km", "--from", start,
        "--until", "+5h", "--describe-place", "--kind", "ground", "--category", "movement",
        "--activity", "Patrol",
    )  # fmt: skip
    [found] = [one for one in checked["checked"][0]["conflicts"]]
    assert (found["notice_id"], found["rule"]) == ("zone/RIVER-1/1", "SEPARATION_LINE")
    assert "The rule of the zone: separation line." in found["said"]


def test_a_zone_is_changed_and_cancelled(alpha: Officer, bravo: Officer) -> None:
    """What is not given stays; re-validation keeps the area; a cancellation ends it."""
    alpha.said(
        "zone", "declare", *ZONE_AT, "--rule", "prior-contact", "--procedure", "Call first.",
        "--id", "Z-1", "--authority", "Air desk", "--posture", "observing",
        "--applies-to", "ground",
    )  # fmt: skip
    before = bravo.done("zone", "show", f"{ALPHA}/Z-1")
    alpha.said("zone", "change", "Z-1", "--valid-until", "+60d")
    after = bravo.done("zone", "show", f"{ALPHA}/Z-1")
    assert after["content"]["volumes"] == before["content"]["volumes"]
    assert after["content"]["authority"] == "Air desk"
    assert after["valid_until"] > before["valid_until"]
    assert "COUNTS FROM" in bravo("zone", "list").out
    alpha.said("zone", "cancel", "Z-1", "Our people have left.")
    assert find(bravo.done("zone", "list", "--ended")["zones"], zone_id="Z-1")["state"] == (
        "CANCELLED"
    )
    assert alpha("zone", "change", "Z-1", "--name", "x").code == Exit.REFUSED


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("declare", *ZONE_AT), "--rule is missing"),
        (("declare", *ZONE_AT, "--rule", "prior-contact"), "text is empty"),
        (("declare", *ZONE_AT[:4], "--rule", "stay-out"), "give no distance"),
        (("agree", f"{BRAVO}/NONE-1"), "There is no zone"),
        (("cancel", "NONE-1", "x"), "There is no zone"),
    ],
)
def test_a_zone_that_is_refused(alpha: Officer, words: tuple[str, ...], said: str) -> None:
    """What a rule needs must be there, and what is agreed to must exist."""
    outcome = alpha("zone", *words)
    assert outcome.code != 0
    assert said in outcome.err.replace("TEXT is empty", "text is empty")


def test_a_zone_kept_private_meets_on_one_node_only(alpha: Officer, bravo: Officer) -> None:
    """Nobody but its own node knows of it, and it names its rule."""
    kept = alpha.done(
        "private", "keep", "--name", "Ridge", "--rule", "stay-out", "--circle", "34.6,37.4",
        "--radius", "3km",
    )  # fmt: skip
    assert kept["rule"] == "STAY_OUT"
    assert "is a zone: stay out" in alpha("private", "show", "Ridge").out
    issued = bravo.done(
        "notice", "issue", "--circle", "34.6,37.4", "--radius", "1km", "--from", "+3h", "--until",
        "+4h", "--describe-place", "--kind", "ground", "--category", "movement", "--activity",
        "Patrol", "--wait", 20,
    )["issued"][0]["notice_id"]  # fmt: skip
    wait_until(lambda: issued in alpha("conflicts").out)
    assert "The rule of the zone: stay out." in alpha("conflicts").out
    assert "Ridge" not in bravo("conflicts").out + bravo("alarms").out
    alpha.done("private", "drop", "Ridge")
    bravo.done("notice", "cancel", issued, "--wait", 20)


# --- movements -----------------------------------------------------------------------------------


def convoy(hours: int) -> tuple[str, ...]:
    """A convoy past Shayrat, so many hours from now."""
    times = [
        format_instant((wall_clock_ms() + (hours + n) * HOUR_MS) // 1000 * 1000) for n in (0, 1, 2)
    ]
    return (
        "--waypoint", f"34.49,36.80 {times[0]}",
        "--waypoint", f"34.49,36.95 {times[1]} {times[2]} Shayrat gate",
        "--waypoint", f"34.60,36.95 {format_instant(wall_clock_ms() + (hours + 3) * HOUR_MS)}",
        "--half-width", "500m", "--people", "14", "--vehicle", "lorry; A-117; UN; UN",
        "--speaks-for", "partner", "--third-party", "An aid agency", "--purpose", "Medicine",
        "--lead", "+963 11 000", "--describe-place", "--tolerance", "10min",
    )  # fmt: skip


def test_a_convoy_is_announced_answered_and_cancelled(alpha: Officer, bravo: Officer) -> None:
    """Both nodes list it with route, vehicles and state; a site on its way is a conflict."""
    post = ("--name", "Post", "--at", "34.49,36.909", "--radius", "300m", "--id", "POST-1")
    alpha.said("site", "add", *post)
    dry = bravo("movement", "issue", *convoy(60), "--dry-run")
    assert dry.code == 0, dry.err
    assert "It may be said." in dry.out
    assert f"CONFLICT with {ALPHA} site/" in dry.out
    said = bravo.done("movement", "issue", *convoy(60), "--id", "CONVOY-1", "--wait", 20)
    assert said["notice_id"] == "CONVOY-1"
    shown = alpha.done("movement", "show", f"{BRAVO}/CONVOY-1")
    assert (shown["category"], shown["lead_class"]) == ("movement", "NORMAL")
    assert shown["content"]["vehicles"][0]["roof_marking"] == "UN"
    # Notices of other tests may be met as well.
    assert [one for one in shown["conflicts"] if "site/POST-1" in one] != []
    words = alpha("movement", "show", f"{BRAVO}/CONVOY-1", "--language", "ar").out
    assert "يُشعر الطرف" in words
    alpha.done("notice", "respond", said["serial"], "noted", "--wait", 20)
    assert bravo.done("movement", "show", "CONVOY-1")["state"] == "NOTED"
    bravo.done("movement", "replace", "CONVOY-1", "--people", 20, "--wait", 20)
    assert alpha.done("movement", "show", f"{BRAVO}/CONVOY-1")["content"]["people"] == 20
    bravo.done("movement", "cancel", "CONVOY-1", "The road is closed.", "--wait", 20)
    ended = alpha.done("movement", "list", "--ended")["movements"]
    assert find(ended, movement_id="CONVOY-1")["state"] == "CANCELLED"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "The route is missing."),
        (("--waypoint", "34.49,36.8 +1h"), "fewer than two waypoints"),
        (("--waypoint", "34.49,36.8"), "has no time"),
        (("--waypoint", "34.49,36.8 +3h", "--waypoint", "34.5,36.9 +2h"), "is not after"),
        (("--waypoint", "34.49,36.8 +1h", "--file", "x.json"), "exclude each other"),
        (("--vehicle", ";;;;;"), "is not written so"),
    ],
)
def test_a_movement_that_is_refused(bravo: Officer, words: tuple[str, ...], said: str) -> None:
    """A route needs two places and times that go forward."""
    outcome = bravo("movement", "issue", *words, "--describe-place")
    assert outcome.code != 0
    assert said in outcome.err


def test_a_route_from_a_file(bravo: Officer, tmp_path: Path) -> None:
    """The route may come as the list that the API takes."""
    at = format_instant(wall_clock_ms() + 60 * HOUR_MS)
    later = format_instant(wall_clock_ms() + 61 * HOUR_MS)
    route = [
        {"position": {"lat": "34.49", "lon": "36.80"}, "arrives_at": at, "leaves_at": at,
         "via": [{"lat": "34.50", "lon": "36.85"}]},
        {"position": {"lat": "34.49", "lon": "36.95"}, "arrives_at": later, "leaves_at": later},
    ]  # fmt: skip
    file = tmp_path / "route.json"
    file.write_text(json.dumps(route))
    bravo.done("movement", "issue", "--file", file, "--describe-place", "--id", "M-9", "--wait", 20)
    shown = bravo.done("movement", "show", "M-9")
    assert len(shown["content"]["route"][0]["via"]) == 1
    file.write_text("{}")
    assert "is no list" in bravo("movement", "issue", "--file", file).err


def test_a_conflict_with_what_stands_or_moves_is_drawn(
    alpha: Officer, bravo: Officer, tmp_path: Path
) -> None:
    """The picture of a conflict takes a site, a zone and a movement as either side."""
    # Other tests leave alarms; beyond a number those that follow are counted, not listed.
    for alarm in alpha.done("alarms")["alarms"]:
        alpha.done("alarms", "--acknowledge", alarm["id"])
    alpha.said("site", "add", "--name", "Post", "--at", "34.49,36.909", "--radius", "300m")
    alpha.said("zone", "declare", *ZONE_AT, "--rule", "stay-out")
    said = bravo.done("movement", "issue", *convoy(60), "--wait", 20)
    shown = alpha.done("movement", "show", f"{BRAVO}/{said['notice_id']}")
    # Notices of other tests may be met as well.
    met = [one for one in shown["conflicts"] if "site/" in one or "zone/" in one]
    assert len(met) == 2
    for number, conflict in enumerate(met):
        file = tmp_path / f"{number}.svg"
        drawn = alpha("conflicts", conflict, "--picture", file)
        assert drawn.code == 0, drawn.err
        assert "movement/" in file.read_text()
    looks = alpha("alarms").out
    assert f"openline movement show {BRAVO}/{said['notice_id']}" in looks
    assert f"openline site show {ALPHA}/" in looks
