"""Windows of UAS zones: the limited applicability of ED-318 and ED-269.

A period has a start, an end and perhaps a schedule of days and hours; each pair of
hours on each day within the period is a window. What cannot be placed in time
exactly is taken wider, and said: hours that follow the sun become the day and what it
may reach into on either side. A
period without an end is taken from the window that was given, if one was.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from openline.adapters.geofiles.activity import Feature, Window
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, format_instant, parse_instant
from openline.domain.limits import VOLUMES_MAX

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_HOURS = re.compile(
    r"([01][0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]{1,6})?)?"
    r"(Z|[+-][01][0-9]:[0-5][0-9])?"
)
_FRACTION = re.compile(r"(.*T.*\.[0-9]{3})([0-9]{1,9})(Z|[+-][0-9]{2}:[0-9]{2})")
_OFFSET = re.compile(r"(.*T.*)([+-][0-9]{2}:[0-9]{2})")
_PERIODS_MAX = 64
_DAYS_MAX = 3_700
"""Days of one period that are gone through: ten years; a longer one is taken whole."""

_Json = Any


def read_applicability(
    feature: Feature, field: str, written: _Json, window: Window | None
) -> list[Window]:
    """The windows that a list of periods gives, in order; none overlaps another.

    Args:
        feature: The zone, for remarks and faults.
        field: What the list is called.
        written: The list; None if the zone has none, and is permanent.
        window: From and until where the zone gives none.

    Raises:
        FileFault: A period cannot be read, has no end and none was given, or there
            are more windows than a notice has volumes.
    """
    if not written:
        return [_permanent(feature, field, window)]
    if not isinstance(written, list) or len(written) > _PERIODS_MAX:
        raise feature.fault(field, f"is not a list of at most {_PERIODS_MAX} periods")
    windows: list[Window] = []
    for period in written:
        if not isinstance(period, Mapping):
            raise feature.fault(field, "has a period that is no object")
        windows += _windows(feature, field, period, window)
    distinct = _merged(windows)
    if len(distinct) > VOLUMES_MAX:
        feature.remark(
            f"It has {len(distinct):,} windows, of which a notice holds {VOLUMES_MAX}: those from "
            f"{format_instant(distinct[VOLUMES_MAX][0])} on are NOT in it.",
            field,
        )
    if not distinct:
        raise feature.fault(field, "none of its hours lies in its periods")
    return distinct[:VOLUMES_MAX]


def _merged(windows: list[Window]) -> list[Window]:
    """The windows in order; those that overlap, as days of an unknown sun do, are one."""
    merged: list[Window] = []
    for start, end in sorted(windows):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _permanent(feature: Feature, field: str, window: Window | None) -> Window:
    if window is None:
        raise feature.fault(field, "is missing: the zone is permanent", "Give --from and --until.")
    feature.remark("It is permanent: taken for the window that was given.", field)
    return window


def _windows(
    feature: Feature, field: str, period: Mapping[str, _Json], window: Window | None
) -> list[Window]:
    """The windows of one period."""
    if str(period.get("permanent", "NO")).upper() == "YES":
        return [_permanent(feature, field, window)]
    ends = []
    for number, name in enumerate(("startDateTime", "endDateTime")):
        written = period.get(name)
        if written is None and window is None:
            raise feature.fault(field, f"has no {name}", "Give --from and --until.")
        if written is None and window is not None:
            feature.remark(f"It has no {name}: that of the given window is taken.", field)
            ends.append(window[number])
            continue
        ends.append(read_instant(feature, field, written, is_end=number == 1))
    start, end = ends
    if start >= end:
        raise feature.fault(field, f"ends at {format_instant(end)}, not after it begins")
    schedule = period.get("schedule")
    if not schedule:
        return [(start, end)]
    if not isinstance(schedule, list) or len(schedule) > _PERIODS_MAX:
        raise feature.fault(field, f"has a schedule that is no list of at most {_PERIODS_MAX}")
    if end - start > _DAYS_MAX * DAY_MS:
        feature.remark("Its schedule runs over more than ten years: taken without it.", field)
        return [(start, end)]
    daily = [_daily(feature, field, entry) for entry in schedule]
    return [span for days, hours in daily for span in _spans(start, end, days, hours)]


def read_instant(feature: Feature, field: str, written: _Json, *, is_end: bool) -> int:
    """An instant of RFC 3339, in UTC or with an offset; one without either is refused.

    Finer fractions than milliseconds are rounded outward.

    Args:
        feature: What it belongs to, for faults.
        field: What it is called.
        written: The text.
        is_end: Whether it ends a window, or else begins one.

    Raises:
        FileFault: It is no such text.
    """
    if not isinstance(written, str):
        raise feature.fault(field, "has an instant that is no text", "Write 2017-04-07T01:40:00Z.")
    text, finer_ms = written.strip().upper(), 0
    if match := _FRACTION.fullmatch(text):
        text = f"{match[1]}{match[3]}"
        finer_ms = int(is_end and match[2].strip("0") != "")
    try:
        if match := _OFFSET.fullmatch(text):
            return parse_instant(f"{match[1]}Z") - _offset_ms(match[2]) + finer_ms
        return parse_instant(text) + finer_ms
    except OurError as error:
        raise feature.fault(field, error.what.removesuffix("."), error.remedy) from None


def _offset_ms(text: str) -> int:
    sign = -1 if text[0] == "-" else 1
    return sign * (int(text[1:3]) * HOUR_MS + int(text[4:6]) * MINUTE_MS)


def _daily(feature: Feature, field: str, entry: _Json) -> tuple[frozenset[int], Window]:
    """Days of the week from Monday, 0, and hours from midnight UTC of such a day."""
    if not isinstance(entry, Mapping):
        raise feature.fault(field, "has a schedule with an entry that is no object")
    days = entry.get("day", ["ANY"])
    days = [days] if isinstance(days, str) else days
    if not isinstance(days, list) or not days or not all(day in (*_DAYS, "ANY") for day in days):
        raise feature.fault(field, f"has days that are not read: {_short(days)}")
    numbers = frozenset(range(7) if "ANY" in days else map(_DAYS.index, days))
    hours = []
    for name, outermost in (("start", _SUN_FROM_MS), ("end", _SUN_UNTIL_MS)):
        told, event = entry.get(f"{name}Time"), entry.get(f"{name}Event")
        if told is None and event is not None:
            feature.remark(
                f"Its hours follow the sun ({name}Event {_short(event)}), which is not computed: "
                "taken as wide as the sun may make them anywhere.",
                field,
            )
            hours.append(outermost)
        else:
            fallback = 0 if name == "start" else DAY_MS
            hours.append(fallback if told is None else _hours_ms(feature, field, told))
    start, end = hours
    # After a start that the sun gives, a time may be that of the day or of the next.
    is_next = end <= start or (start == _SUN_FROM_MS and end != _SUN_UNTIL_MS)
    return numbers, (start, end + DAY_MS if is_next else end)


_SUN_FROM_MS: Final = -12 * HOUR_MS
_SUN_UNTIL_MS: Final = 2 * DAY_MS
"""Of a day named in a schedule, what lies within it by any sun.

The day of a place begins up to half a day before that of UTC, and what begins in it may last
until the sun sets on the next.
"""


def _hours_ms(feature: Feature, field: str, written: _Json) -> int:
    match = _HOURS.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        raise feature.fault(
            field, f"has hours that are not read: {_short(written)}", "Write 08:00Z."
        )
    if match[4] is None:
        feature.remark("Its hours do not say of which zone they are: taken as UTC.", field)
    ms = int(match[1]) * HOUR_MS + int(match[2]) * MINUTE_MS + int(match[3] or 0) * 1_000
    return ms if match[4] in (None, "Z") else ms - _offset_ms(match[4])


def _spans(start: int, end: int, days: frozenset[int], hours: Window) -> Iterator[Window]:
    """The hours of each such day, as far as they lie between start and end."""
    for midnight in range(start // DAY_MS * DAY_MS - 3 * DAY_MS, end + 2 * DAY_MS, DAY_MS):
        # 1 January 1970 was a Thursday, the fourth day of a week.
        if (midnight // DAY_MS + 3) % 7 in days:
            begins, ends = max(start, midnight + hours[0]), min(end, midnight + hours[1])
            if begins < ends:
                yield begins, ends


def _short(value: _Json) -> str:
    try:
        return json.dumps(value)[:40]
    except (ValueError, RecursionError):
        return "?"
