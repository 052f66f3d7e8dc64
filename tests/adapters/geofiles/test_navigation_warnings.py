"""Navigation warnings: areas, daily periods, cancellations, and what is cut or crossed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.geofiles import FileFault, ReadActivity, read_data, read_warnings
from openline.domain.instant import parse_instant
from openline.domain.space.volume import Shape
from tests.adapters.geofiles.told import said

RING = "34-30N 035-30E, 34-30N 035-36E, 34-36N 035-36E, 34-36N 035-30E"
TIMES = "150600 TO 151400 UTC APR 26"


def one(text: str, head: str = "NAVAREA III 123/26") -> ReadActivity:
    [activity] = read_warnings(f"{head}\nSYRIA.\n{text}\n", "file")
    return activity


def windows(text: str) -> list[tuple[str, int]]:
    found = sorted({(one.valid_from, one.valid_until) for one in one(text).volumes})
    day = parse_instant("2026-04-15T00:00:00Z")
    return [((a - day) // 3_600_000, (b - a) // 3_600_000) for a, b in found]


@pytest.mark.parametrize(
    ("text", "shape", "count"),
    [
        (f"1. GUNNERY IN AREA BOUND BY\n{RING}. {TIMES}.", Shape.POLYGON, 1),
        (f"ROCKETS WITHIN 5 MILES OF 34-30.5N 035-30.2E {TIMES}", Shape.CIRCLE, 1),
        (f"MINES. RADIUS 2 NM CENTRED 34-30-15N 035-30-45E, {TIMES}", Shape.CIRCLE, 1),
        (f"AREA BETWEEN 34-00N AND 34-05N AND BETWEEN 035-00E AND 035-05E {TIMES}",
         Shape.POLYGON, 1),
        (f"TOW WITHIN 1 MILE OF TRACKLINE JOINING 34-30N 035-30E AND 34-36N 035-36E {TIMES}",
         Shape.CORRIDOR, 1),
        (f"{TIMES} IN AREAS BOUND BY:\nA. {RING}.\nB. {RING.replace('34-', '33-')}.",
         Shape.POLYGON, 2),
    ],
)  # fmt: skip
def test_areas_are_read(text, shape, count):
    """Rings, circles, boxes, lines and several areas are read without a doubt."""
    activity = one(text)
    assert [volume.shape for volume in activity.volumes] == [shape] * count
    assert said(activity) == []


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ("150600 TO 151400 UTC APR 26", [(6, 8)]),
        ("150600Z APR TO 171400Z APR", [(6, 56)]),
        ("150600Z TO 151400Z APR 26 AND 160600Z TO 161400Z APR 26", [(6, 8), (30, 8)]),
        ("0600Z TO 1400Z DAILY 15 THRU 17 APR", [(6, 8), (30, 8), (54, 8)]),
        ("DAILY 0600 TO 1400 UTC 15 AND 17 APRIL 2026", [(6, 8), (54, 8)]),
        ("15, 17 AND 19 TO 20 APR 26, 2200-0200 UTC", [(22, 4), (70, 4), (118, 4), (142, 4)]),
        ("DAILY 0600 TO 1400 UTC FROM 150000 TO 162400 UTC APR 26", [(6, 8), (30, 8)]),
        ("30 APR TO 01 MAY 0600-1400 UTC", [(366, 8), (390, 8)]),
        ("15 THRU 17 APRIL 2026", [(0, 72)]),
        ("APR 15-16 0600-1400 UTC", [(6, 8), (30, 8)]),
        ("15 И 16 АПРЕЛЯ С 0600 ДО 1400", [(6, 8), (30, 8)]),
        (f"{TIMES}. CANCEL THIS MSG 201500 UTC APR 26", [(6, 8)]),
    ],
)
def test_times_make_windows(times, told):
    """Date-times, daily hours, lists of days and whole days become windows."""
    assert windows(f"AREA BOUND BY {RING} {times}.") == told


def test_edges_keep_their_bearing():
    """A long edge along a parallel is followed by vertices on it."""
    activity = one(f"BOUND BY 34-00N 030-00E, 34-00N 034-00E, 35-00N 034-00E. {TIMES}")
    southern = [lat for lat, lon in activity.volumes[0].vertices if lat < 340_000_100]
    assert len(southern) > 3


def test_a_cancellation_is_told():
    """A warning that only cancels names what; one with an area as well is a remark."""
    activity = one("CANCEL NAVAREA III 120/26, 121/26")
    assert (activity.cancels, activity.volumes) == ("NAVAREA III 120/26, 121/26", ())
    both = one(f"BOUND BY {RING} {TIMES}. CANCEL NAVAREA III 120/26.")
    assert said(both) == [
        "It cancels NAVAREA III 120/26 as well: openline notice cancel does that."
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"BOUND BY 34-30N 035-30E, 34-36N 035-36E, 34-30N 035-36E, 34-36N 035-30E {TIMES}",
         "crosses or touches itself"),
        (f"BOUND BY {RING}, 34-36N {TIMES}", "has 5 latitudes and 4 longitudes"),
        (f"BOUND BY 95-30N 035-30E {TIMES}", "beyond 90 degrees"),
        (f"BOUND BY {RING}", "times: are not said"),
        (f"BOUND BY {RING} 151400 TO 150600 UTC APR 26", "not after they begin"),
        (f"BOUND BY {RING} 350600 TO 361400 UTC APR 26", "is in no calendar"),
        (f"BOUND BY {RING} 150600 TO 151400 UTC", "has no month"),
        (f"BOUND BY {RING} 15 APR FROM 0600 TO 1400 LT", "are in LT, not in UTC"),
        (f"OFF THE COAST {TIMES}", "gives no positions"),
        (f"BUOY UNLIT IN 34-30N 035-30E {TIMES}", "is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_fault(text, says):
    """Crossed latitudes, lost halves, missing or local times are named."""
    with pytest.raises(FileFault) as caught:
        one(text)
    assert says in caught.value.what


def test_a_frame_that_does_not_end_is_cut():
    """A NAVTEX message with ZCZC and without NNNN is cut, and the next is read."""
    text = (
        f"ZCZC JA01\nNAVAREA III 1/26\nBOUND BY {RING} {TIMES}\n"
        f"ZCZC JA02\nNAVAREA III 2/26\nBOUND BY {RING} {TIMES}\nNNNN\n"
    )
    cut, whole = read_warnings(text, "file", goes_on=True)
    assert "does not end with NNNN" in str(cut.fault)
    assert (whole.fault, len(whole.volumes), whole.row) == (None, 1, 5)


def test_forms_are_told_apart():
    """A file of warnings is seen by its header, and times that were given fill in."""
    text = f"HYDROPAC 1234/26(61).\nGULF.\nROCKETS IN AREA BOUND BY {RING}.\n"
    span = (parse_instant("2026-04-15T06:00Z"), parse_instant("2026-04-15T07:00Z"))
    read = read_data(text.encode(), "file", span)
    assert read.form == "navigation warnings"
    assert "Its times are those that were given" in said(read.activities[0])[0]
    assert read.activities[0].properties["warning"] == "HYDROPAC 1234/26"


WORDS = st.sampled_from(
    ["ZCZC", "NNNN", "\n", "NAVAREA III 1/26", "CANCEL", "NAVAREA I 2/26", RING, TIMES,
    "34-30N", "035-30E", "5 MILES", "WITHIN", "OF", "BETWEEN", "AND", "DAILY", "0600-1400", "15",
    "APR", "THRU", "UTC", "A.", "1.", "999999", "31 FEB", "CANCEL THIS MSG", "TO", ",", "LT"]
)  # fmt: skip


@given(st.lists(WORDS | st.text(max_size=6), max_size=50).map(" ".join))
def test_any_words_end_in_activities_or_faults(text):
    """Whatever words stand in a warning, reading ends with activities or with a named fault."""
    try:
        activities = read_warnings(f"NAVAREA III 123/26 {text}", "file", goes_on=True)
    except FileFault:
        return
    for activity in activities:
        assert activity.volumes or activity.fault or activity.cancels
