from copy import deepcopy
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.body import By
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import from_json, parse_body
from openline.domain.talk.notice import Notice, Operation, Place

FORM: dict[str, Any] = {
    "by": {"post": "watch", "officer": "Lt Smith"},
    "notice_id": "A-0042",
    "category": "strike",
    "kind": "missile",
    "place": "at Shayrat airfield",
    "activity": "Cruise missiles against an air base.",
    "volumes": [
        {
            "shape": "polygon",
            "vertices": [
                {"lat": 34.45, "lon": "36.85"},
                {"lat": 34.55, "lon": 36.85},
                {"lat_e7": 345_500_000, "lon_e7": 369_500_000},
                {"lat": 34.45, "lon": 36.95},
            ],
            "lower": "surface",
            "upper": "FL120",
            "valid_from": "070130ZAPR17",
            "valid_until": "2017-04-07T02:00:00Z",
        }
    ],
}


def form_with(path: list[str | int], value: object) -> dict[str, Any]:
    """The form with one value replaced, or taken out when the value is None."""
    form = deepcopy(FORM)
    inner: Any = form
    for step in path[:-1]:
        inner = inner[step]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return form


def test_an_officers_form_becomes_a_notice() -> None:
    """Decimal degrees, spoken altitudes and both forms of time give exact integers."""
    notice = from_json(Kind.NOTICE, FORM)
    assert isinstance(notice, Notice)
    assert notice.by == By("watch", "Lt Smith")
    assert (notice.version, notice.operation) == (1, Operation.NEW)
    assert notice.place == Place("at Shayrat airfield")
    assert notice.volumes == (
        Volume(
            Shape.POLYGON,
            (
                (344_500_000, 368_500_000),
                (345_500_000, 368_500_000),
                (345_500_000, 369_500_000),
                (344_500_000, 369_500_000),
            ),
            0,
            None,
            Altitude(Datum.FLIGHT_LEVEL, 120),
            1_491_528_600_000,
            1_491_530_400_000,
        ),
    )
    assert notice.valid_from == 1_491_528_600_000
    assert notice.valid_until == 1_491_530_400_000


@pytest.mark.parametrize(
    ("spoken", "altitude"),
    [
        ("FL120", Altitude(Datum.FLIGHT_LEVEL, 120)),
        ("fl 50", Altitude(Datum.FLIGHT_LEVEL, 50)),
        ("1500 ft AMSL", Altitude(Datum.AMSL, 4_572)),
        ("1500ft MSL", Altitude(Datum.AMSL, 4_572)),
        ("100 ft AGL", Altitude(Datum.AGL, 305)),
        ("300 m AGL", Altitude(Datum.AGL, 3_000)),
        ("300.5 m WGS84", Altitude(Datum.WGS84, 3_005)),
        ({"datum": "AMSL", "value": 17}, Altitude(Datum.AMSL, 17)),
        ("unlimited", None),
        ("UNL", None),
    ],
)
def test_altitudes_are_taken_as_they_are_spoken(spoken: object, altitude: Altitude | None) -> None:
    """Each usual way to say an altitude gives its datum and its value."""
    notice = from_json(Kind.NOTICE, form_with(["volumes", 0, "upper"], spoken))
    assert isinstance(notice, Notice)
    assert notice.volumes[0].upper == altitude


def test_a_radius_may_be_given_in_nautical_miles() -> None:
    """A radius of 5 NM is 9,260 m."""
    notice = from_json(Kind.NOTICE, form_with(["volumes", 0, "radius"], "5 NM"))
    assert isinstance(notice, Notice)
    assert notice.volumes[0].radius_m == 9_260


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (["notice_id"], "a-42", "notice_id is not written as in 'AB-0042'"),
        (["category"], "Air Strike", "category is not written as in"),
        (["version"], 2, "version is 2 with NEW"),
        (["operation"], "REPLACE", "version is 1 with REPLACE"),
        (["volumes"], [], "volumes are missing"),
        (["place"], " ", "place.words is empty"),
        (["hazards"], ["live fire", ""], "hazards[1] is empty"),
        (["objects"], "x" * 201, "objects has 201 characters, at most 200"),
        (["contact"], "tower\n118.1", "contact holds the control U+000A at position 6"),
        (["volumes", 0, "shape"], "BLOB", "volumes[0].shape is none of CIRCLE"),
        (["volumes", 0, "vertices", 3], [34.5, 36.9], "volumes[0].vertices[3] is not a table"),
        (["volumes", 0, "vertices", 3, "lat"], "north", "volumes[0].vertices[3].lat is not a num"),
        (["volumes", 0, "vertices", 3, "lat"], 90.1, "vertices[3].lat is not between -90 and 90"),
        (["volumes", 0, "vertices", 3, "lat"], float("nan"), "volumes[0].vertices[3].lat is not a"),
        (["volumes", 0, "vertices", 3, "lat"], None, "volumes[0].vertices[3].lat is missing"),
        (["volumes", 0, "vertices", 3, "lat"], "١٢", "volumes[0].vertices[3].lat is not a number"),
        (["volumes", 0, "vertices", 3, "alt"], 5, "volumes[0].vertices[3] is not just lat and lon"),
        (["volumes", 0, "vertices", 1, "lat"], 34.45, "volumes[0].vertices[1] does not hold"),
        (["volumes", 0, "upper"], "12000", "volumes[0].upper is no altitude: '12000'"),
        (["volumes", 0, "upper"], "surface", "volumes[0].upper is no altitude: 'surface'"),
        (["volumes", 0, "upper"], "FL9999", "volumes[0].upper is no altitude"),
        (["volumes", 0, "upper"], {"datum": "FLIGHT_LEVEL", "value": 1000}, "from 0 to 999"),
        (["volumes", 0, "radius"], "5", "volumes[0].radius is not a number with one of the units"),
        (["volumes", 0, "radius"], "999 NM", "volumes[0].radius is more than"),
        (["volumes", 0, "radius_m"], -1, "volumes[0].radius_m is not a whole number"),
        (["volumes", 0, "valid_from"], "tomorrow", "volumes[0].valid_from is wrong: The time"),
        (["volumes", 0, "valid_from"], "310230ZFEB17", "volumes[0].valid_from is wrong"),
        (["volumes", 0, "valid_from"], "1969-01-01T00:00Z", "volumes[0].valid_from is before 1970"),
        (["volumes", 0, "valid_from"], 1.5, "volumes[0].valid_from is no instant"),
        (["volumes", 0, "valid_until"], "070130ZAPR17", "volumes[0] does not hold: The window"),
        (["volumes", 0, "ceiling"], "FL120", "volumes[0].ceiling is not known"),
    ],
)
def test_a_fault_in_a_form_is_named(path: list[str | int], value: object, told: str) -> None:
    """A wrong value is refused with the path of the field it is in."""
    with pytest.raises(OurError) as error:
        from_json(Kind.NOTICE, form_with(path, value))
    assert told in str(error.value)


def test_a_radius_is_not_given_twice() -> None:
    """A form with radius and radius_m is refused, for they may differ."""
    form = form_with(["volumes", 0, "radius_m"], 100)
    form["volumes"][0]["radius"] = "100 m"
    with pytest.raises(OurError, match="is given twice"):
        from_json(Kind.NOTICE, form)


def test_a_cancellation_has_a_version_and_no_volume() -> None:
    """CANCEL of version 2 without volumes is taken; its window is unknown."""
    form = {**FORM, "operation": "CANCEL", "version": 2, "volumes": [], "place": ""}
    notice = from_json(Kind.NOTICE, form)
    assert isinstance(notice, Notice)
    assert notice.valid_from is None
    assert notice.valid_until is None
    with pytest.raises(OurError, match="have no place in a cancellation"):
        from_json(Kind.NOTICE, {**form, "volumes": FORM["volumes"]})


def test_a_counterparts_impossible_volume_is_read_and_flagged() -> None:
    """A ring that crosses itself is kept, and the fault is there to be shown."""
    notice = from_json(Kind.NOTICE, FORM)
    body = notice.to_body()
    volume: Any = body[7]
    volume[0][1][1], volume[0][1][2] = volume[0][1][2], volume[0][1][1]
    read = parse_body(Kind.NOTICE, body)
    assert isinstance(read, Notice)
    assert [fault.path for fault in read.faults()] == ["volumes[0]"]
