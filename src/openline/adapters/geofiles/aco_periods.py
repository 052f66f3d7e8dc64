"""The windows of an airspace control order: PERIOD, APERIOD once or repeated.

`APERIOD/DISCRETE/280001ZJUL/280400ZJUL//` is one window. An interval begins with one
window and repeats it: `APERIOD/INTERVAL/070400ZAPR/070800ZAPR/DAILY/7DAY//` seven times.
Its duration counts from the first instant: days, weeks, fortnights (`BIWK`), months,
years, or until an instant with its year. `UFN`, until further notice, reaches to the
end of the order. Days of the week are those of UTC.

A month's name without a year is taken in the year nearest to the order's period. A
measure has at most as many windows as a notice has volumes; what is beyond is told.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

from openline.adapters.geofiles.aco_sets import MessageSet, SetField
from openline.adapters.geofiles.activity import Feature, Window
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, INSTANT_MAX, format_instant, parse_instant
from openline.domain.limits import VOLUMES_MAX

_MOMENT = re.compile(r"([0-9]{6})Z?([A-Z]{3})([0-9]{4}|[0-9]{2})?")
_DURATION = re.compile(r"([0-9]{1,3})(DAY|WK|BIWK|MON|YR)S?")
_HALF_YEAR_MS = 183 * DAY_MS
_WEEK_MS = 7 * DAY_MS
_DAYS_OF_UNIT = {"DAY": 1, "WK": 7, "BIWK": 14}
_MONTHS_OF_UNIT = {"MON": 1, "YR": 12}
_STEPS_MS = {"DAILY": DAY_MS, "WEEKLY": _WEEK_MS, "BIWEEKLY": 2 * _WEEK_MS}
_WEEKDAYS = {
    "WEEKDAYS": frozenset(range(5)),
    "WEEKENDS": frozenset({5, 6}),
    "MON WED FRI": frozenset({0, 2, 4}),
    "TUE THUR": frozenset({1, 3}),
}
_MONTH_STEPS = {"MONTHLY BY DATE": 1, "YEARLY": 12}
_FREQUENCIES = (*_STEPS_MS, *_WEEKDAYS, *_MONTH_STEPS)
_ENDLESS = frozenset({"UFN", "INDEF", "UNK", "TBD", "ONCALL"})
_STEPS_MAX = 400_000
"""Repetitions that are counted: 999 years of days, the longest that can be written."""


def window_of_order(fields: tuple[SetField, ...], near: int | None) -> Window | None:
    """The window that the PERIOD of an order gives, or None if it is none."""
    moments = [_MOMENT.fullmatch(field.text.upper()) for field in fields[:2]]
    if len(moments) == 2 and moments[0] and moments[1]:
        return _window_of(moments[0], moments[1], near)
    return None


def near_year(year: int) -> int | None:
    """The middle of a year, as an instant near which months without a year lie."""
    return _instant("010000", "JUL", f"{year:04d}")


def read_windows(
    feature: Feature,
    periods: list[MessageSet],
    order: Window | None,
    near: int | None,
    parts: int,
) -> list[Window]:
    """The windows of a measure, in order and each once.

    Args:
        feature: The measure, for remarks and faults.
        periods: Its APERIOD sets.
        order: The period of the order, or None.
        near: An instant near which months without a year lie, or None.
        parts: How many volumes each window makes.

    Raises:
        FileFault: A period cannot be read, or there are too many.
    """
    if not periods:
        if order is None:
            raise feature.fault("APERIOD", "is missing, and the order has no PERIOD")
        feature.remark("It has no APERIOD: taken for the whole period of the order.")
        return [order]
    if len(periods) > VOLUMES_MAX:
        raise feature.fault(
            "APERIOD", f"is given {len(periods)} times, more than {VOLUMES_MAX}",
            row=periods[VOLUMES_MAX].row,
        )  # fmt: skip
    windows, is_repeated = [], False
    for entry in periods:
        mode = entry.field(1).text.upper()
        if mode == "DISCRETE":
            windows.append(_window(feature, entry, near))
        elif mode == "INTERVAL":
            is_repeated = True
            windows += _interval(feature, entry, order, near)
        else:
            raise feature.fault(
                "APERIOD",
                f"{entry.field(1).text[:20]!r} is neither DISCRETE nor INTERVAL",
                row=entry.row,
            )
    undated = next((entry for entry in periods if _is_undated(entry.field(2))), None)
    if undated is not None:
        feature.remark(
            "Its periods give no year: that of the order is taken.", "APERIOD", undated.row
        )
    distinct = [window for window, _ in groupby(sorted(windows))]
    if len(distinct) < len(windows):
        feature.remark(
            f"{len(windows) - len(distinct)} of its periods are given twice.",
            "APERIOD",
            periods[0].row,
        )
    room = VOLUMES_MAX // parts
    if is_repeated and 0 < room < len(distinct):
        feature.remark(
            f"It has {len(distinct):,} periods, of which a notice holds {room}: those from "
            f"{format_instant(distinct[room][0])} on are NOT in it.",
            "APERIOD",
            periods[0].row,
        )
        return distinct[:room]
    return distinct


def _is_undated(field: SetField) -> bool:
    """Whether an instant is written without its year."""
    match = _MOMENT.fullmatch(field.text.upper())
    return match is not None and match[3] is None


def _window(feature: Feature, entry: MessageSet, near: int | None) -> Window:
    """The window that fields two and three of an APERIOD give."""
    start_field, stop_field = entry.field(2), entry.field(3)
    written = f"{start_field.text}/{stop_field.text}"[:40]
    start = _MOMENT.fullmatch(start_field.text.upper())
    stop = _MOMENT.fullmatch(stop_field.text.upper())
    if start is not None and stop_field.text.upper() in _ENDLESS:
        raise feature.fault(
            "APERIOD",
            f"{written!r} has no end, and a notice has one: these are not two instants",
            "Give the instant at which it ends.",
            stop_field.row,
        )
    if start is None or stop is None:
        raise feature.fault(
            "APERIOD",
            f"{written!r} is not two instants",
            "Write day, hour, minute, Z and month: 280001ZJUL.",
            entry.row,
        )
    window = _window_of(start, stop, near)
    if window is None:
        raise feature.fault(
            "APERIOD",
            f"{written!r} has no year or does not exist",
            "Give the year of the order.",
            entry.row,
        )
    return window


# --- intervals -----------------------------------------------------------------------------------


def _interval(
    feature: Feature, entry: MessageSet, order: Window | None, near: int | None
) -> list[Window]:
    """All windows of an interval."""
    first = _window(feature, entry, near)
    field = entry.field(4)
    frequency = " ".join(field.text.upper().split())
    if frequency not in _FREQUENCIES:
        raise feature.fault(
            "APERIOD",
            f"the frequency {field.text[:30]!r} is not read",
            f"Read are {', '.join(_FREQUENCIES)}.",
            field.row,
        )
    length_ms = first[1] - first[0]
    if length_ms > _step_ms_min(frequency):
        raise feature.fault(
            "APERIOD",
            f"its first window lasts longer than until the next ({frequency}), so it is not clear "
            "what repeats",
            "Give the first window alone, then how often and how long.",
            entry.row,
        )
    until = _until(feature, entry, first[0], order, near)
    starts = list(_starts(first[0], until, frequency))
    if not starts:
        raise feature.fault("APERIOD", "none of its windows lies in its duration", row=entry.row)
    _remark_interval(feature, entry, frequency, first[0], starts)
    return [(start, start + length_ms) for start in starts if start + length_ms <= INSTANT_MAX]


def _remark_interval(
    feature: Feature, entry: MessageSet, frequency: str, first: int, starts: list[int]
) -> None:
    """Note how an interval was taken."""
    told = f"{frequency} for {entry.field(5).text}: taken as {len(starts):,} windows"
    if frequency == "BIWEEKLY":
        told += ", each two weeks after the one before"
    if starts[0] != first:
        told += f", the first on {format_instant(starts[0])}, for its first day is none of them"
    feature.remark(f"{told}.", "APERIOD", entry.row)


def _step_ms_min(frequency: str) -> int:
    """The shortest time from one window to the next."""
    if frequency in _MONTH_STEPS:
        return 28 * DAY_MS * _MONTH_STEPS[frequency]
    return _STEPS_MS.get(frequency, DAY_MS)


def _starts(first: int, until: int, frequency: str) -> Iterator[int]:
    """When each window of an interval begins."""
    months = _MONTH_STEPS.get(frequency)
    step_ms, days = _STEPS_MS.get(frequency, DAY_MS), _WEEKDAYS.get(frequency)
    for step in range(_STEPS_MAX):
        # The 31st, and the 29th of February, are not in every month or year.
        start = first + step * step_ms if months is None else _months_later(first, step * months)
        if start is None:
            continue
        if start >= until:
            return
        # 1 January 1970 was a Thursday, the fourth day of a week.
        if days is None or (start // DAY_MS + 3) % 7 in days:
            yield start


def _until(
    feature: Feature, entry: MessageSet, first: int, order: Window | None, near: int | None
) -> int:
    """The instant before which the windows of an interval begin."""
    field = entry.field(5)
    text = field.text.upper()
    if match := _DURATION.fullmatch(text):
        count, unit = int(match[1]), match[2]
        if unit in _DAYS_OF_UNIT:
            return min(first + count * _DAYS_OF_UNIT[unit] * DAY_MS, INSTANT_MAX)
        later = _months_later(first, count * _MONTHS_OF_UNIT[unit], is_last_day=True)
        return INSTANT_MAX if later is None else later
    if moment := _MOMENT.fullmatch(text):
        until = _moment(moment, first if near is None else near)
        if until is not None:
            return until
    if text == "UFN" and order is not None:
        feature.remark(
            f"It repeats until further notice: taken to the end of the order, "
            f"{format_instant(order[1])}.",
            "APERIOD",
            field.row,
        )
        return order[1]
    raise feature.fault(
        "APERIOD",
        f"the duration {field.text[:30]!r} is not read",
        "Write 7DAY, 4WK, 2BIWK, 3MON, 1YR, or an instant.",
        field.row,
    )


def _months_later(instant: int, months: int, *, is_last_day: bool = False) -> int | None:
    """The same day and time so many months later; None if there is no such day.

    Args:
        instant: Where it counts from.
        months: How many.
        is_last_day: Take the first of the month after instead of None.
    """
    moment = datetime.fromtimestamp(instant // 1_000, UTC)
    month = moment.month - 1 + months
    year = moment.year + month // 12
    if year > 9998:
        return None
    try:
        later = moment.replace(year=year, month=month % 12 + 1)
    except ValueError:
        if not is_last_day:
            return None
        month += 1
        later = moment.replace(year=moment.year + month // 12, month=month % 12 + 1, day=1)
    return int(later.timestamp()) * 1_000 + instant % 1_000


# --- moments -------------------------------------------------------------------------------------


def _window_of(start: re.Match[str], stop: re.Match[str], near: int | None) -> Window | None:
    """From and until; a missing year is that which brings it nearest to what is near."""
    valid_from = _moment(start, near)
    valid_until = _moment(stop, valid_from if near is None else near)
    if valid_from is None or valid_until is None:
        return None
    return valid_from, valid_until


def _moment(match: re.Match[str], near: int | None) -> int | None:
    """The instant that a day, time and month write, in the year nearest to `near`."""
    if match[3]:
        return _instant(match[1], match[2], match[3])
    if near is None:
        return None
    year = 1970 + near // (365 * DAY_MS + DAY_MS // 4)
    candidates = [_instant(match[1], match[2], str(year + step)) for step in (-1, 0, 1)]
    found = [instant for instant in candidates if instant is not None]
    nearest = min(found, key=lambda instant: abs(instant - near), default=None)
    return nearest if nearest is not None and abs(nearest - near) <= _HALF_YEAR_MS else None


def _instant(digits: str, month: str, year: str) -> int | None:
    try:
        return parse_instant(f"{digits}Z{month}{year}")
    except OurError:
        return None
