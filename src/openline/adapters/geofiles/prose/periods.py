"""Daily periods: item D of a NOTAM, and hours in a warning, made into windows.

    DAILY 0600-1400
    APR 15-18 0700-1500, 20 22 0600-1200 1400-1600
    MON-FRI 0800-1600 EXC APR 21
    APR 28-MAY 03 SR-SS
    15 0600-16 1800

Days are those of UTC. Hours that end no later than they begin end on the next day.
Hours that follow the sun are taken as wide as it may make them, and told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from openline.adapters.geofiles.activity import Feature, FileFault, Window
from openline.adapters.geofiles.prose.passage import Passage, one_line
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, format_instant
from openline.domain.limits import VOLUMES_MAX

MONTHS: Final = (
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
)  # fmt: skip
_WEEKDAYS: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_SUN: Final = r"(?:SR|SS|SUNRISE|SUNSET)(?: ?(?:MINUS|PLUS|-|\+) ?[0-9]{1,3}(?: ?MIN)?)?"
_CLOCK: Final = rf"(?:[0-2][0-9][0-5][0-9]|{_SUN})"
_TOKENS: Final = (
    (
        "span",
        r"([0-9]{1,2}) ([0-2][0-9][0-5][0-9]) ?- ?(?:([A-Z]{3}) )?"
        r"([0-9]{1,2}) ([0-2][0-9][0-5][0-9])(?![0-9])",
    ),
    (
        "hours",
        rf"({_CLOCK})(?: ?(?:UTC|Z))? ?(?:-|TO) ?({_CLOCK})(?: ?(?:UTC|Z)(?![A-Z]))?(?![0-9])",
    ),
    ("always", r"(?:H24|24H|HJ|HN)(?![A-Z0-9])"),
    ("across", rf"([0-9]{{1,2}}) ?(?:-|TO) ?({'|'.join(MONTHS)}) ?([0-9]{{1,2}})(?![0-9])"),
    ("days", r"([0-9]{1,2}) ?(?:-|TO) ?([0-9]{1,2})(?![0-9])"),
    ("day", r"([0-9]{1,2})(?![0-9])"),
    ("month", rf"({'|'.join(MONTHS)})(?:[A-Z]*)"),
    ("weekdays", rf"({'|'.join(_WEEKDAYS)})[A-Z]* ?(?:-|TO|THRU) ?({'|'.join(_WEEKDAYS)})[A-Z]*"),
    ("weekday", rf"({'|'.join(_WEEKDAYS)})[A-Z]*"),
    ("workdays", r"(?:WORK|WEEK)DAYS"),
    ("weekend", r"WEEKENDS?"),
    ("daily", r"(?:DAILY|DLY|EVERY DAY|EACH DAY|ЕЖЕДНЕВНО)"),
    ("except", r"(?:EXC(?:EPT|L(?:UDING)?)?)(?![A-Z])"),
    ("filler", r"(?:AND|BTN|BETWEEN|FROM|ACT(?:IVE)?|ON|OF|UTC|Z|&|[-,;.:/])(?![A-Z])"),
)
_TOKEN = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _TOKENS))
_DAYS_MAX: Final = 3_700
"""Days that are gone through: ten years."""

_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
_REMEDY: Final = "Read are months, days, ranges of days, weekdays and hours such as 0600-1400."


@dataclass(slots=True)
class _Group:
    """Days and the hours on them.

    Attributes:
        dates: Day and month, of any year.
        weekdays: Days of the week, Monday 0.
        hours: Beginning in milliseconds of the day, and length.
        left_dates: Dates on which nothing is.
        left_weekdays: Days of the week on which nothing is.
    """

    dates: set[tuple[int, int]] = field(default_factory=set)
    weekdays: set[int] = field(default_factory=set)
    hours: list[tuple[int, int]] = field(default_factory=list)
    left_dates: set[tuple[int, int]] = field(default_factory=set)
    left_weekdays: set[int] = field(default_factory=set)


def read_periods(
    feature: Feature, name: str, passage: Passage, whole: Window, parts: int = 1
) -> list[Window]:
    """The windows that a passage of days and hours gives within a window.

    Args:
        feature: For remarks and faults.
        name: What the passage is called.
        passage: Days and hours.
        whole: From when until when.
        parts: How many areas each window is for: a notice holds `VOLUMES_MAX` of both together.

    Raises:
        FileFault: It cannot be read, or none of its hours lies in the window.
    """
    groups, spans = _Reader(feature, name, passage, whole).groups()
    windows = [window for group in groups for window in _windows(group, whole)]
    windows = _merged([(max(a, whole[0]), min(b, whole[1])) for a, b in [*windows, *spans]])
    if not windows:
        raise feature.fault(
            name,
            f"{one_line(passage.text)[:60]!r} has no hours between {format_instant(whole[0])} and "
            f"{format_instant(whole[1])}",
            "Compare it with the beginning and the end.",
            passage.row,
        )
    most = max(1, VOLUMES_MAX // parts)
    if len(windows) > most:
        feature.remark(
            f"It has {len(windows):,} windows, of which a notice holds {most}: those from "
            f"{format_instant(windows[most][0])} on are NOT in it.",
            name,
            passage.row,
        )
    return windows[:most]


class _Reader:
    """Reads days and hours, one token after another."""

    def __init__(self, feature: Feature, name: str, passage: Passage, whole: Window) -> None:
        self.feature = feature
        self.name = name
        self.passage = passage
        self.whole = whole
        start = _date(whole[0])
        self.month = start.month
        self.group = _Group()
        self.done: list[_Group] = []
        self.spans: list[Window] = []
        self.is_left_out = False
        self.loose: list[tuple[int, int]] = []

    def groups(self) -> tuple[list[_Group], list[Window]]:
        """What was read."""
        text = self.passage.text.replace(",", " ").strip()
        shift = len(self.passage.text) - len(self.passage.text.lstrip())
        place = 0
        while place < len(text):
            if text[place] == " ":
                place += 1
                continue
            match = _TOKEN.match(text, place)
            if match is None:
                raise self.fault(text[place:], shift + place)
            name = next(name for name, _ in _TOKENS if match[name] is not None)
            self.take(name, match, shift + place)
            place = match.end()
        self.close()
        if self.loose:
            self.done.append(_Group(hours=self.loose))
        if not self.done and not self.spans:
            raise self.fault(text, 0)
        return self.done, self.spans

    def fault(self, text: str, place: int) -> FileFault:
        """What cannot be read, and where it stands."""
        return self.feature.fault(
            self.name,
            f"{one_line(text)[:40]!r} is not read as days and hours",
            _REMEDY,
            self.passage.row_at(place),
        )

    def take(self, name: str, match: re.Match[str], place: int) -> None:
        """One token."""
        told = [part for part in match.groups()[match.re.groupindex[name] :] if part is not None]
        if name in ("month", "day", "days", "across", "weekday", "weekdays", "workdays", "weekend",
                    "daily", "span") and self.group.hours and not self.is_left_out:  # fmt: skip
            self.close()
        match name:
            case "month":
                self.month = MONTHS.index(told[0]) + 1
            case "day":
                self.add_dates([(self.month, int(told[0]))], place)
            case "days":
                self.add_dates(self.between(int(told[0]), self.month, int(told[1])), place)
            case "across":
                month = MONTHS.index(told[1]) + 1
                self.add_dates(self.between(int(told[0]), month, int(told[2])), place)
            case "weekday":
                self.add_weekdays({_WEEKDAYS.index(told[0])})
            case "weekdays":
                first, last = (_WEEKDAYS.index(day) for day in told[:2])
                self.add_weekdays({(first + n) % 7 for n in range((last - first) % 7 + 1)})
            case "workdays":
                self.add_weekdays(set(range(5)))
            case "weekend":
                self.add_weekdays({5, 6})
            case "hours":
                self.add_hours(told[0], told[1], place)
            case "always":
                self.always(match[0], place)
            case "except":
                self.is_left_out = True
            case "span":
                self.add_span(match, place)

    def close(self) -> None:
        """The days before these hours are complete."""
        group = self.group
        has_days = bool(group.dates or group.weekdays or group.left_dates or group.left_weekdays)
        if has_days:
            # Hours may stand before their days: 0600-1400 MON-FRI.
            group.hours = group.hours or self.loose or [(0, DAY_MS)]
            self.done.append(group)
            self.loose = []
        else:
            self.loose += group.hours
        self.group = _Group()
        self.is_left_out = False

    def between(self, first: int, month: int, last: int) -> list[tuple[int, int]]:
        """The dates from a day of the month that is read to a day of a month."""
        year = _date(self.whole[0]).year
        try:
            start = datetime(year, self.month, first, tzinfo=UTC)
            end = datetime(year, month, last, tzinfo=UTC)
            if end < start:
                end = datetime(year + (month <= self.month and month != self.month), month, last,
                               tzinfo=UTC)  # fmt: skip
        except ValueError:
            return [(self.month, 0)]
        self.month = month
        days = (end - start).days
        if not 0 <= days <= 366:
            return [(self.month, 0)]
        dates = [start + timedelta(days=day) for day in range(days + 1)]
        return [(date.month, date.day) for date in dates]

    def add_dates(self, dates: list[tuple[int, int]], place: int) -> None:
        """These dates, or none of these after EXC."""
        if any(not 1 <= day <= 31 for _, day in dates):
            raise self.fault(self.passage.text[place : place + 20], place)
        (self.group.left_dates if self.is_left_out else self.group.dates).update(dates)

    def add_weekdays(self, days: set[int]) -> None:
        """These days of the week, or none of these after EXC."""
        (self.group.left_weekdays if self.is_left_out else self.group.weekdays).update(days)

    def add_hours(self, start: str, end: str, place: int) -> None:
        """Hours of each day of the group."""
        if self.is_left_out:
            raise self.fault(self.passage.text[place:], place)
        if start.startswith("S") or end.startswith("S"):
            self.feature.remark(
                f"{start}-{end} follows the sun: taken from noon UTC of the day before to the end "
                "of the day after.",
                self.name,
                self.passage.row_at(place),
            )
            self.group.hours.append((-12 * HOUR_MS, 60 * HOUR_MS))
            return
        begins, ends = _of_day(start), _of_day(end)
        if begins > DAY_MS or ends > DAY_MS:
            raise self.fault(self.passage.text[place : place + 12], place)
        length = ends - begins
        self.group.hours.append((begins, length if length > 0 else length + DAY_MS))

    def always(self, word: str, place: int) -> None:
        """All hours, or those of the sun."""
        if word in ("HJ", "HN"):
            self.add_hours("SR", "SS", place)
        else:
            self.group.hours.append((0, DAY_MS))

    def add_span(self, match: re.Match[str], place: int) -> None:
        """From an hour of one day to an hour of another."""
        at = match.re.groupindex["span"]
        day, clock, month, last, ends = (match[at + n] for n in range(1, 6))
        to_month = MONTHS.index(month) + 1 if month in MONTHS else self.month
        year = _date(self.whole[0]).year
        for first in (year, year + 1):
            try:
                start = _ms(datetime(first, self.month, int(day), tzinfo=UTC)) + _of_day(clock)
                after = first + (to_month < self.month)
                end = _ms(datetime(after, to_month, int(last), tzinfo=UTC)) + _of_day(ends)
            except ValueError:
                raise self.fault(match[0], place) from None
            if end > self.whole[0]:
                break
        self.month = to_month
        self.spans.append((start, end))


def _windows(group: _Group, whole: Window) -> Iterator[Window]:
    """The windows of a group of days, whether or not they reach into the whole."""
    first = whole[0] // DAY_MS - 2
    last = min(whole[1] // DAY_MS + 2, first + _DAYS_MAX)
    for number in range(first, last + 1):
        date = _MOMENT + timedelta(days=number)
        at = (date.month, date.day)
        if group.dates and at not in group.dates:
            continue
        if group.weekdays and date.weekday() not in group.weekdays:
            continue
        if at in group.left_dates or date.weekday() in group.left_weekdays:
            continue
        for begins, length in group.hours:
            start = number * DAY_MS + begins
            if start < whole[1] and start + length > whole[0]:
                yield start, start + length


def _merged(windows: list[Window]) -> list[Window]:
    """Windows in order; those that overlap or touch are one."""
    merged: list[Window] = []
    for start, end in sorted(windows):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _of_day(clock: str) -> int:
    """Milliseconds of the day at four digits."""
    return int(clock[:2]) * HOUR_MS + int(clock[2:]) * MINUTE_MS


def _date(at: int) -> datetime:
    return _MOMENT + timedelta(milliseconds=at)


def _ms(date: datetime) -> int:
    return int(date.timestamp()) * 1_000
