"""Days and hours of messages, as windows."""

import pytest

from openline.adapters.geofiles import FileFault
from openline.adapters.geofiles.activity import Feature
from openline.adapters.geofiles.prose.passage import passage_of
from openline.adapters.geofiles.prose.periods import read_periods
from openline.domain.instant import format_instant, parse_instant

APRIL = (parse_instant("2026-04-15T00:00:00Z"), parse_instant("2026-05-05T00:00:00Z"))


def read(text: str, parts: int = 1) -> tuple[list[str], list[str]]:
    feature = Feature("file", 1, {})
    windows = read_periods(feature, "D", passage_of(text), APRIL, parts)
    told = [f"{format_instant(a)[5:16]}/{format_instant(b)[5:16]}" for a, b in windows]
    return told, [remark.what for remark in feature.remarks]


@pytest.mark.parametrize(
    ("written", "windows"),
    [
        ("15 0600-1400", ["04-15T06:00/04-15T14:00"]),
        ("APR 15 0600-1400", ["04-15T06:00/04-15T14:00"]),
        ("APR 15-16 0600-1400", ["04-15T06:00/04-15T14:00", "04-16T06:00/04-16T14:00"]),
        ("15 17 2200-0200", ["04-15T22:00/04-16T02:00", "04-17T22:00/04-18T02:00"]),
        (
            "15 0600-0700 0900-1000, 16 0800-0900",
            ["04-15T06:00/04-15T07:00", "04-15T09:00/04-15T10:00", "04-16T08:00/04-16T09:00"],
        ),
        ("APR 30-MAY 01 1200-1300", ["04-30T12:00/04-30T13:00", "05-01T12:00/05-01T13:00"]),
        ("MAY 04 H24", ["05-04T00:00/05-05T00:00"]),
        ("15 0600-16 1800", ["04-15T06:00/04-16T18:00"]),
        ("APR 30 0600-MAY 01 1800", ["04-30T06:00/05-01T18:00"]),
        ("SAT 0800-1000", ["04-18T08:00/04-18T10:00", "04-25T08:00/04-25T10:00",
                           "05-02T08:00/05-02T10:00"]),
        ("SAT-SUN 0800-1000 EXC APR 18-25",
         ["04-26T08:00/04-26T10:00", "05-02T08:00/05-02T10:00", "05-03T08:00/05-03T10:00"]),
        ("0800-1000 FRI EXC APR 17 24", ["05-01T08:00/05-01T10:00"]),
        ("0000-2400", ["04-15T00:00/05-05T00:00"]),
        ("MON: 0600-0700", ["04-20T06:00/04-20T07:00", "04-27T06:00/04-27T07:00",
                            "05-04T06:00/05-04T07:00"]),
    ],
)  # fmt: skip
def test_days_and_hours_make_windows(written, windows):
    """Dates, ranges, weekdays and exceptions with hours become windows in order."""
    assert read(written) == (windows, [])


def test_daily_hours_repeat_within_the_whole():
    """Daily hours make a window on each day between beginning and end."""
    windows, said = read("DAILY 0600-1400")
    assert (len(windows), said) == (20, [])


def test_what_follows_the_sun_is_taken_wide():
    """Sunrise and sunset are taken as wide as they may be, and told."""
    windows, said = read("20 SR MINUS30-SS PLUS30")
    assert windows == ["04-19T12:00/04-22T00:00"]
    assert "follows the sun" in said[0]


def test_more_windows_than_a_notice_holds_are_told():
    """Beyond what a notice holds, windows are left out with the instant from which."""
    windows, said = read("0600-0700 0900-1000 1200-1300 1500-1600", parts=2)
    assert len(windows) == 32
    assert "are NOT in it" in said[0]


@pytest.mark.parametrize(
    "written", ["WHEN NEEDED", "15 0660-1400", "APR 35 0600-1400", "2500-2600", "", "EXC 0600-1400"]
)
def test_what_cannot_be_read_is_named(written):
    """Words that are no days and hours are a fault."""
    with pytest.raises(FileFault):
        read(written)


def test_hours_outside_the_whole_are_a_fault():
    """Days that all lie outside beginning and end are a fault with both."""
    with pytest.raises(FileFault, match="has no hours between"):
        read("JUN 01 0600-1400")
