"""Levels and windows of orders in all their forms."""

import pytest

from openline.adapters.geofiles import ReadActivity, read_aco
from openline.domain.instant import format_instant
from openline.domain.limits import VOLUMES_MAX
from openline.domain.space.volume import Altitude, Datum
from tests.adapters.geofiles.told import said
from tests.domain.space.shapes import level

HEAD = (
    "PERIOD/010001ZAPR2017/302359ZAPR2017//ACMID/ACM:ROZ/NAME:A//CIRCLE/LATS:350000N0380000E/5KM//"
)
LEVEL = "EFFLEVEL/FLFL:FL050-FL100//"
PERIOD = "APERIOD/DISCRETE/070001ZAPR/070600ZAPR//"


def read(level_set: str = LEVEL, periods: str = PERIOD, head: str = HEAD) -> ReadActivity:
    (activity,) = read_aco(head + level_set + periods, "f")
    return activity


def starts(periods: str, head: str = HEAD) -> list[str]:
    activity = read(periods=periods, head=head)
    assert activity.fault is None, activity.fault
    return [format_instant(volume.valid_from)[5:16] for volume in activity.volumes]


@pytest.mark.parametrize(
    ("written", "lower", "upper"),
    [
        ("FLFL:FL100-FL230", level(100), level(230)),
        ("RARA:000AGL-020AGL", Altitude(Datum.AGL, 0), Altitude(Datum.AGL, 6_096)),
        ("RARA:010AMSL-220AMSL", Altitude(Datum.AMSL, 3_048), Altitude(Datum.AMSL, 67_056)),
        ("RAFL:070AMSL-FL280", Altitude(Datum.AMSL, 21_336), level(280)),
        ("BRRA:GL-220AMSL", None, Altitude(Datum.AMSL, 67_056)),
        ("BRRA:MSL-210AMSL", Altitude(Datum.AMSL, 0), Altitude(Datum.AMSL, 64_008)),
        ("BRFL:GL-FL080", None, level(80)),
        ("BRFL:SFC-UNL", None, None),
        ("FL050-FL100", level(50), level(100)),
    ],
)
def test_levels_are_read_in_all_forms(written, lower, upper):
    """Flight levels, hundreds of feet, ground, sea and no limit are read without a remark."""
    activity = read(f"EFFLEVEL/{written}//")
    volume = activity.volumes[0]
    assert (volume.lower, volume.upper) == (lower, upper)
    assert [words for words in said(activity) if "levels" in words] == []


def test_a_prefix_that_disagrees_is_flagged():
    """Levels are read as they are written, and a prefix that says otherwise is noted by row."""
    activity = read("\nEFFLEVEL/FLFL:GL-FL150//")
    [remark] = [one for one in activity.remarks if one.field == "EFFLEVEL"]
    assert (remark.row, activity.volumes[0].lower) == (2, None)
    assert "begins with FLFL" in remark.what


@pytest.mark.parametrize("written", ["FLFL:FL1000-FL2000", "RARA:0AMSL-10000AMSL", "FLFL:L-H"])
def test_levels_that_may_be_read_in_two_ways_are_refused(written):
    """Numbers of more than three digits, and letters for which no source speaks, are faults."""
    assert "is no level" in str(read(f"EFFLEVEL/{written}//").fault)


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        ("DAILY/3DAY", ["04-07T04:00", "04-08T04:00", "04-09T04:00"]),
        ("DAILY/1WK", [f"04-{day:02d}T04:00" for day in range(7, 14)]),
        ("WEEKLY/4WK", ["04-07T04:00", "04-14T04:00", "04-21T04:00", "04-28T04:00"]),
        ("BIWEEKLY/2BIWK", ["04-07T04:00", "04-21T04:00"]),
        # 7 April 2017 was a Friday.
        ("WEEKDAYS/1WK", ["04-07T04:00", *(f"04-{day}T04:00" for day in (10, 11, 12, 13))]),
        ("WEEKENDS/1WK", ["04-08T04:00", "04-09T04:00"]),
        ("MON WED FRI/1WK", ["04-07T04:00", "04-10T04:00", "04-12T04:00"]),
        ("TUE THUR/1WK", ["04-11T04:00", "04-13T04:00"]),
        ("MONTHLY BY DATE/3MON", ["04-07T04:00", "05-07T04:00", "06-07T04:00"]),
        ("YEARLY/2YR", ["04-07T04:00", "04-07T04:00"]),
        ("DAILY/090400ZAPR2017", ["04-07T04:00", "04-08T04:00"]),
        ("DAILY/100000ZAPR", ["04-07T04:00", "04-08T04:00", "04-09T04:00"]),
    ],
)
def test_intervals_repeat(frequency, expected):
    """The first window is repeated as often as its frequency and its duration say."""
    periods = f"APERIOD/INTERVAL/070400ZAPR/070800ZAPR/{frequency}//"
    assert starts(periods) == expected
    activity = read(periods=periods)
    assert all(one.valid_until - one.valid_from == 4 * 3_600_000 for one in activity.volumes)
    assert "taken as" in " ".join(said(activity))


def test_a_month_without_the_day_is_passed_over():
    """The 31st is repeated only in months that have it."""
    head = HEAD.replace("302359ZAPR2017", "302359ZDEC2017")
    periods = "APERIOD/INTERVAL/310400ZMAY2017/310800ZMAY2017/MONTHLY BY DATE/6MON//"
    assert starts(periods, head) == ["05-31T04:00", "07-31T04:00", "08-31T04:00", "10-31T04:00"]


def test_until_further_notice_reaches_to_the_end_of_the_order():
    """An interval without an end is taken to the end of the order, and that is said."""
    activity = read(periods="APERIOD/INTERVAL/280400ZAPR/280800ZAPR/DAILY/UFN//")
    assert len(activity.volumes) == 3
    assert "to the end of the order, 2017-04-30T23:59:00Z" in " ".join(said(activity))


def test_what_is_beyond_the_bound_is_told():
    """Of more windows than a notice holds the first are read, and the next is named."""
    activity = read(periods="APERIOD/INTERVAL/070400ZAPR/070800ZAPR/DAILY/999DAY//")
    assert len(activity.volumes) == VOLUMES_MAX
    told = " ".join(said(activity))
    assert "999 periods, of which a notice holds 64: those from 2017-06-10T04:00:00Z on" in told


@pytest.mark.parametrize(
    ("periods", "what"),
    [
        ("APERIOD/INTERVAL/070400ZAPR/070800ZAPR/HOURLY/7DAY//", "the frequency 'HOURLY'"),
        (
            "APERIOD/INTERVAL/070400ZAPR/070800ZAPR/MONTHLY BY WEEKDAY/7DAY//",
            "the frequency 'MONTHLY BY WEEKDAY' is not read",
        ),
        ("APERIOD/INTERVAL/070400ZAPR/070800ZAPR/DAILY/ALWAYS//", "the duration 'ALWAYS'"),
        ("APERIOD/INTERVAL/070400ZAPR/090800ZAPR/DAILY/7DAY//", "lasts longer than until the next"),
        ("APERIOD/INTERVAL/070400ZAPR/070800ZAPR/DAILY/0DAY//", "none of its windows"),
        ("APERIOD/INTERVAL/070400ZAPR/UFN/DAILY/7DAY//", "has no end"),
        ("APERIOD/DISCRETE/070400ZAPR/UFN//", "has no end, and a notice has one"),
        ("APERIOD/SOMETIMES/070400ZAPR/070800ZAPR//", "neither DISCRETE nor INTERVAL"),
    ],
)
def test_a_period_that_cannot_be_placed_says_why(periods, what):
    """A period that is not clear, endless or of an unread frequency is a fault with its row."""
    fault = read(periods=f"\n{periods}").fault
    assert what in str(fault)
    assert fault.row == 2
