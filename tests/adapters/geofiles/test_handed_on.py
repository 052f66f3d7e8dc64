"""Notices handed on as NOTAM, AIXM and CAP: read back the same, or told what is lost."""

import random
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from openline.adapters.geofiles import read_aixm, read_notams
from openline.adapters.geofiles.aixm_writing import write_aixm
from openline.adapters.geofiles.cap import write_cap
from openline.adapters.geofiles.handed_on import HandedOn, by_windows
from openline.adapters.geofiles.notam_writing import write_notam
from openline.domain.instant import parse_instant
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.geodesy import distance_m
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.body import By
from openline.domain.talk.notice import (
    Certainty,
    Notice,
    Operation,
    Place,
    Releasability,
)
from tests.adapters.geofiles.told import said
from tests.domain.space.shapes import at, circle, corridor, level, polygon, random_volume

DAY = parse_instant("2026-04-15T00:00:00Z")
HOUR = 3_600_000
WINDOW = (DAY + 6 * HOUR, DAY + 14 * HOUR)
SAID_AT = DAY - 24 * HOUR
BAND = {"lower": None, "upper": level(100)}


def handed(*volumes: Volume, **given) -> HandedOn:
    told = {"activity": "Missile firing (live).", "category": "strike", "kind": "missile", **given}
    notice = Notice(
        By("air", "Capt. A"), "ALPHA-0003", volumes=volumes, place=Place("at Shayrat"), **told
    )
    return HandedOn(notice, "alpha.example", "syria-air", SAID_AT)


def in_window(volume: Volume, window=WINDOW, **rest) -> Volume:
    return replace(volume, valid_from=window[0], valid_until=window[1], **{**BAND, **rest})


RING = in_window(polygon((34.5, 36.8), (34.5, 37.0), (34.6, 37.0), (34.6, 36.8)))
CIRCLE = in_window(circle(34.5, 36.9, 9_260))
LINE = in_window(corridor((34.5, 36.8), (34.6, 37.0), radius_m=2_000))


@pytest.mark.parametrize("volume", [RING, CIRCLE, LINE], ids=lambda one: one.shape.name)
@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (None, None),
        (None, level(100)),
        (Altitude(Datum.AMSL, 4_572), Altitude(Datum.AMSL, 30_000)),
        (Altitude(Datum.AGL, 3_048), level(240)),
    ],
)
def test_a_notam_is_read_back(volume, lower, upper):
    """What a NOTAM can say comes back whole: shape, band and window, and nothing is lost."""
    volume = replace(volume, lower=lower, upper=upper)
    written = write_notam(handed(volume))
    [activity] = read_notams(written.text, "file")
    assert activity.volumes == (volume,)
    assert activity.properties["activity"].startswith("MISSILE FIRING /LIVE/.")
    assert (written.losses, said(activity)) == ((), [])
    assert max(map(len, written.text.splitlines())) <= 69


def test_windows_and_areas_of_a_notam_are_grouped():
    """Areas of the same windows are one NOTAM with days and hours; others are another."""
    days = [(WINDOW[0] + n * 24 * HOUR, WINDOW[1] + n * 24 * HOUR) for n in (0, 1, 3)]
    long = (DAY + 30 * HOUR, DAY + 80 * HOUR)
    volumes = [in_window(one, day) for day in days for one in (RING, CIRCLE)]
    told = handed(*volumes, in_window(LINE, long), in_window(LINE, (DAY, DAY + HOUR)))
    both, line = read_notams(write_notam(told).text, "file")
    assert set(both.volumes) == set(volumes)
    assert [one.valid_until - one.valid_from for one in line.volumes] == [HOUR, 50 * HOUR]
    assert said(both) == []
    assert [len(areas) for areas, _ in by_windows(volumes)] == [2]


def test_bands_of_a_notam_may_differ():
    """Areas with bands of their own are written beside them, and come back."""
    high = replace(CIRCLE, lower=level(100), upper=level(200))
    [activity] = read_notams(write_notam(handed(RING, high)).text, "file")
    assert activity.volumes == (RING, high)


def test_what_a_notam_cannot_say_is_told():
    """Roundings, heights above the ellipsoid and reach beyond a ring are told, and outward."""
    odd = in_window(
        circle(34.123_456_7, 36.9, 9_261), (WINDOW[0] + 1, WINDOW[1] + 1),
        lower=Altitude(Datum.AMSL, 1_003), upper=Altitude(Datum.WGS84, 30_007),
    )  # fmt: skip
    written = write_notam(handed(odd, replace(RING, radius_m=500), operation=Operation.REPLACE,
                                 version=2))  # fmt: skip
    assert len(written.losses) == 6
    one, _ = read_notams(written.text, "file")
    [volume] = one.volumes
    assert volume.valid_from <= odd.valid_from < odd.valid_until <= volume.valid_until
    assert volume.lower.value <= 1_003
    assert volume.upper.value >= 30_007
    assert distance_m(volume.vertices[0], odd.vertices[0]) < 22
    cancelled = write_notam(handed(RING, operation=Operation.CANCEL, version=2))
    [activity] = read_notams(cancelled.text, "file")
    assert activity.cancels == "A0000/26"


@pytest.mark.parametrize("seed", range(8))
def test_an_aixm_event_is_read_back(seed):
    """Every volume comes back as it is: shapes, bands of any datum, windows."""
    chance = random.Random(seed)
    volumes = []
    for lower, upper in ((None, level(95)), (Altitude(Datum.AMSL, 1_003), None),
                         (Altitude(Datum.AGL, 55), Altitude(Datum.WGS84, 12_345))):  # fmt: skip
        one = random_volume(chance, at(chance.uniform(-70, 70), 38), 300_000, 40_000)
        window = (DAY + chance.randrange(HOUR), DAY + HOUR + chance.randrange(HOUR))
        reach = 0 if one.shape is Shape.POLYGON else one.radius_m
        volumes.append(replace(in_window(one, window, lower=lower, upper=upper), radius_m=reach))
    written = write_aixm(handed(*volumes))
    read = [one for activity in read_aixm(written.text, "file") for one in activity.volumes]
    assert sorted(read, key=repr) == sorted(volumes, key=repr)
    assert written.losses == ()


def test_an_aixm_event_says_the_words():
    """Name, text and status are in the event; a reach beyond a ring is an outline, and told."""
    written = write_aixm(handed(RING, replace(CIRCLE, lower=level(5))))
    [activity] = read_aixm(written.text, "file")
    assert (activity.name, len(activity.volumes)) == ("ALPHA-0003", 2)
    assert activity.properties["activity"] == "Missile firing (live)."
    wide = write_aixm(handed(replace(RING, radius_m=500), operation=Operation.CANCEL, version=2))
    assert len(wide.losses) == 2
    assert "INACTIVE" in wide.text


CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
ORDER = {
    "alert": (
        "identifier,sender,sent,status,msgType,source,scope,restriction,addresses,code,note,"
        "references,incidents,info"
    ),
    "info": (
        "language,category,event,responseType,urgency,severity,certainty,audience,eventCode,"
        "effective,onset,expires,senderName,headline,description,instruction,web,contact,"
        "parameter,resource,area"
    ),
    "area": "areaDesc,polygon,circle,geocode,altitude,ceiling",
}
"""The elements of CAP 1.2 in the order of its schema."""

WORDS = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "scope": {"Public", "Restricted", "Private"},
    "category": {"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport",
                 "Infra", "CBRNE", "Other"},
    "urgency": {"Immediate", "Expected", "Future", "Past", "Unknown"},
    "severity": {"Extreme", "Severe", "Moderate", "Minor", "Unknown"},
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Unknown"},
}  # fmt: skip
NEEDED = {
    "alert": {"identifier", "sender", "sent", "status", "msgType", "scope"},
    "info": {"category", "event", "urgency", "severity", "certainty"},
    "area": {"areaDesc"},
}


def check_cap(text: str) -> ET.Element:
    """Confirm that an alert follows the rules of CAP 1.2 and of its schema."""
    root = ET.fromstring(text)
    assert root.tag == f"{CAP}alert"
    for element in root.iter():
        name = element.tag.removeprefix(CAP)
        if name in ORDER:
            children = [child.tag.removeprefix(CAP) for child in element]
            assert set(children) >= NEEDED[name]
            assert children == sorted(children, key=ORDER[name].split(",").index)
        else:
            assert element.text
        if name in WORDS:
            assert element.text in WORDS[name]
        if name in ("sent", "onset", "expires"):
            assert TIME.fullmatch(element.text or "")
        if name in ("identifier", "sender"):
            assert not re.search(r"[ ,<&]", element.text or "")
        if name == "polygon":
            pairs = (element.text or "").split()
            assert len(pairs) >= 4
            assert pairs[0] == pairs[-1]
            assert all(abs(float(pair.split(",")[0])) <= 90 for pair in pairs)
        if name == "circle":
            assert re.fullmatch(r"-?[0-9.]+,-?[0-9.]+ [0-9.]+", element.text or "")
    for area in root.iter(f"{CAP}area"):
        assert area.find(f"{CAP}ceiling") is None or area.find(f"{CAP}altitude") is not None
    restricted = root.findtext(f"{CAP}scope") == "Restricted"
    assert restricted == (root.find(f"{CAP}restriction") is not None)
    return root


def test_a_cap_alert_follows_the_rules():
    """An alert has an info for each window, areas, heights in feet, and follows the schema."""
    feet = replace(RING, lower=Altitude(Datum.AMSL, 3_048), upper=Altitude(Datum.AMSL, 9_144))
    later = replace(LINE, valid_until=WINDOW[1] + HOUR)
    root = check_cap(write_cap(handed(feet, CIRCLE, later)).text)
    assert len(root.findall(f"{CAP}info")) == 2
    area = root.find(f"{CAP}info/{CAP}area")
    assert (area.findtext(f"{CAP}altitude"), area.findtext(f"{CAP}ceiling")) == ("1000", "3000")
    assert root.findtext(f"{CAP}info/{CAP}onset") == "2026-04-15T06:00:00-00:00"
    assert root.findtext(f"{CAP}info/{CAP}urgency") == "Future"
    assert root.findtext(f"{CAP}restriction") == "LINE_ONLY, line syria-air"


@pytest.mark.parametrize(
    "given",
    [
        {"operation": Operation.REPLACE, "version": 2},
        {"operation": Operation.CANCEL, "version": 3},
        {"exercise": True, "certainty": Certainty.TENTATIVE},
        {"releasability": Releasability.PUBLIC, "activity": "a <b> & \x00c", "contact": "x; y"},
    ],
)
def test_every_sort_of_notice_makes_a_sound_alert(given):
    """Replacements, cancellations, exercises and hostile words make sound alerts."""
    check_cap(write_cap(handed(RING, CIRCLE, LINE, **given)).text)
