"""Times of navigation warnings: date-times, daily hours, days alone.

    150600 TO 151400 UTC APR 26
    0600Z TO 1400Z DAILY 15 THRU 18 APR
    15, 17 AND 19 APRIL 2026 BETWEEN 0600 AND 1400 UTC
    15 АПРЕЛЯ С 0600 ДО 1800

A year that is not written is that of the warning's number, or the next where the month
has long gone. Days without hours are whole days of UTC.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from openline.adapters.geofiles.activity import Feature, FileFault, Window
from openline.adapters.geofiles.prose.passage import Passage
from openline.adapters.geofiles.prose.periods import MONTHS
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, format_instant
from openline.domain.limits import VOLUMES_MAX

_RUSSIAN: Final = ("ЯНВ", "ФЕВ", "МАР", "АПР", "МА[ЙЯ]", "ИЮН", "ИЮЛ", "АВГ", "СЕН", "ОКТ", "НОЯ",
                   "ДЕК")  # fmt: skip
_MONTH: Final = (
    r"(?:(?:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|"
    r"SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)(?![A-Z])|"
    rf"(?:{'|'.join(_RUSSIAN)})[А-Я]*)\.?"
)
_YEAR: Final = r"(?:20[0-9]{2}|[0-9]{2}(?![0-9-]))"
_ZONE: Final = r"(?:UTC|GMT|Z|МСК|LT|LOCAL)"
_TO: Final = r"(?:TO|THRU|THROUGH|UNTIL|TILL|-|AND|ДО|ПО)"
_MOMENT: Final = rf"([0-3][0-9][0-2][0-9][0-5][0-9]) ?{_ZONE}?(?: ?({_MONTH}))?(?: ?({_YEAR}))?"
_SPAN = re.compile(rf"(?<![0-9]){_MOMENT} ?,? ?{_TO} ?{_MOMENT}(?![0-9])")
_CLOCKS = re.compile(
    rf"(?<![0-9/.])([0-2][0-9][0-5][0-9]) ?{_ZONE}? ?(?:TO|-|UNTIL|TILL|AND|ДО|ПО) ?"
    rf"([0-2][0-9][0-5][0-9]) ?{_ZONE}?(?![0-9/]|\.[0-9])"
)
_DAY: Final = r"[0-3]?[0-9]"
_ACROSS = re.compile(
    rf"(?<![0-9/.])({_DAY}) ?({_MONTH})(?: ?({_YEAR}))? ?"
    rf"{_TO} ?({_DAY}) ?({_MONTH})(?: ?({_YEAR}))?"
)
_DAYS = re.compile(
    rf"(?<![0-9/.:-])((?:{_DAY} ?(?:{_TO}|,|И|&) ?){{0,31}}{_DAY}) ?({_MONTH})(?: ?({_YEAR}))?"
)
_DAYS_BEHIND = re.compile(
    rf"(?<![A-ZА-Я])({_MONTH}) ({_DAY}(?: ?(?:{_TO}|,|И|&) ?{_DAY}){{0,31}})(?![0-9])"
)
_LOCAL = re.compile(r"(?<=[0-9]{4}) ?(?:МСК|LT|LOCAL(?: TIME)?)(?![A-ZА-Я])")
_ONE = re.compile(rf"(?<![0-9]){_MOMENT}(?![0-9])")
_CANCEL_THIS = re.compile(r"(?:[0-9]{1,2}\. *)?(?:CANCEL THIS|ОТМ)[^.]*")
_UNTIL = re.compile(
    rf"(?:UNTIL|TILL|THRU|ДО|CANCEL THIS (?:MSG|MESSAGE|WARNING)|ОТМ[А-Я]*) *{_MOMENT}(?![0-9])"
)
_RANGE = re.compile(rf"({_DAY}) ?(?:TO|THRU|THROUGH|UNTIL|-|ПО|ДО) ?({_DAY})")
_DAYS_MAX: Final = 400
_REMEDY: Final = "Give them: --from and --until; or correct the text."


def read_times(
    feature: Feature, passage: Passage, year: int, window: Window | None, parts: int
) -> list[Window]:
    """The windows that a warning says.

    Args:
        feature: For remarks and faults.
        passage: Its text, with blanks where its positions stood.
        year: The year of its number.
        window: From and until where it says neither.
        parts: How many areas each window is for.

    Raises:
        FileFault: It says no times, or such as cannot be.
    """
    if local := _LOCAL.search(passage.text):
        raise feature.fault(
            "times", f"are in {local[0].strip()}, not in UTC", "Turn them into UTC.",
            passage.row_at(local.start()),
        )  # fmt: skip
    windows = sorted(set(_Times(feature, passage, year).windows()))
    if not windows:
        windows = [_until(feature, passage, year, window)]
    for start, end in windows:
        if end <= start:
            raise feature.fault(
                "times",
                f"end at {format_instant(end)}, not after they begin at {format_instant(start)}",
                _REMEDY,
                passage.row,
            )
    most = max(1, VOLUMES_MAX // max(parts, 1))
    if len(windows) > most:
        feature.remark(
            f"It has {len(windows):,} windows, of which a notice holds {most}: those from "
            f"{format_instant(windows[most][0])} on are NOT in it.",
            "times",
            passage.row,
        )
    return windows[:most]


def _until(feature: Feature, passage: Passage, year: int, window: Window | None) -> Window:
    """From the beginning that was given until the end that is said or was given."""
    if window is None:
        raise feature.fault("times", "are not said", _REMEDY, passage.row)
    match = _UNTIL.search(passage.text)
    end = window[1]
    if match is not None:
        end = _instant(feature, passage, match, 1, year, match[2], match[3])
    feature.remark("Its times are those that were given, where it says none.", "times", passage.row)
    return window[0], end


class _Times:
    """The dates and hours of a text."""

    def __init__(self, feature: Feature, passage: Passage, year: int) -> None:
        self.feature = feature
        self.passage = passage
        self.year = year
        self.text = _CANCEL_THIS.sub(lambda match: " " * len(match[0]), passage.text)

    def windows(self) -> Iterator[Window]:
        """Each window that is said."""
        spans = [self.span(match) for match in self.taken(_SPAN)]
        self.taken(_ONE)
        hours = [self.hours(match) for match in self.taken(_CLOCKS)]
        days = sorted(set(self.days()))
        if hours and days:
            yield from self.each(days, hours)
        elif hours and spans:
            for start, end in spans:
                first, last = start // DAY_MS, (end - 1) // DAY_MS
                numbers = list(range(first, min(last, first + _DAYS_MAX) + 1))
                yield from (
                    (max(a, start), min(b, end))
                    for a, b in self.each(numbers, hours)
                    if a < end and b > start
                )
        elif days and not spans:
            yield from _whole(days)
        else:
            yield from spans

    def each(self, days: list[int], hours: list[tuple[int, int]]) -> Iterator[Window]:
        """The hours on each of the days."""
        for day in days:
            for begins, length in hours:
                yield day * DAY_MS + begins, day * DAY_MS + begins + length

    def taken(self, form: re.Pattern[str]) -> list[re.Match[str]]:
        """What has this form; it is blanked, so that it is not read again."""
        found = list(form.finditer(self.text))
        for match in found:
            blank = " " * (match.end() - match.start())
            self.text = self.text[: match.start()] + blank + self.text[match.end() :]
        return found

    def span(self, match: re.Match[str]) -> Window:
        """From one date-time to another; the month and year of either serve for both."""
        month, year = match[2] or match[5], match[3] or match[6]
        start = _instant(self.feature, self.passage, match, 1, self.year, month, year)
        month, year = match[5] or match[2], match[6] or match[3]
        return start, _instant(self.feature, self.passage, match, 4, self.year, month, year)

    def hours(self, match: re.Match[str]) -> tuple[int, int]:
        """Milliseconds of the day at which hours begin, and how long they are."""
        begins, ends = _of_day(match[1]), _of_day(match[2])
        if begins > DAY_MS or ends > DAY_MS:
            raise self.fault(match)
        return begins, (ends - begins) if ends > begins else ends - begins + DAY_MS

    def days(self) -> Iterator[int]:
        """Days since 1970 of every date that is said."""
        for match in self.taken(_ACROSS):
            year = match[3] or match[6]
            first = self.day(match, match[1], match[2], year)
            last = self.day(match, match[4], match[5], match[6] or year)
            yield from self.between(match, first, last)
        for match in self.taken(_DAYS):
            yield from self.listed(match, match[1], match[2], match[3])
        for match in self.taken(_DAYS_BEHIND):
            # `APR 26` may be a month and its year.
            if match[2] != f"{self.year % 100:02d}":
                yield from self.listed(match, match[2], match[1], None)

    def listed(
        self, match: re.Match[str], days: str, month: str, year: str | None
    ) -> Iterator[int]:
        """The days of a list such as `15, 17 AND 19 TO 21`."""
        rest = days
        for run in _RANGE.finditer(days):
            first, last = (self.day(match, day, month, year) for day in run.groups())
            yield from self.between(match, first, last)
            rest = rest.replace(run[0], " ", 1)
        for day in re.findall(_DAY, rest):
            yield self.day(match, day, month, year)

    def between(self, match: re.Match[str], first: int, last: int) -> range:
        """The days from one to another, both among them."""
        if not first <= last <= first + _DAYS_MAX:
            raise self.fault(match)
        return range(first, last + 1)

    def day(self, match: re.Match[str], day: str, month: str, year: str | None) -> int:
        """One day since 1970."""
        try:
            at = datetime(_year(year, self.year), _month(month), int(day), tzinfo=UTC)
        except ValueError:
            raise self.fault(match) from None
        return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(days=1)

    def fault(self, match: re.Match[str]) -> FileFault:
        """A date or an hour that cannot be."""
        return self.feature.fault(
            "times",
            f"{' '.join(match[0].split())[:40]!r} is in no calendar",
            _REMEDY,
            self.passage.row_at(match.start()),
        )


def _whole(days: list[int]) -> Iterator[Window]:
    """Whole days, those that follow each other as one window."""
    start = days[0]
    for day, after in zip(days, [*days[1:], None], strict=True):
        if after != day + 1:
            yield start * DAY_MS, (day + 1) * DAY_MS
            start = after if after is not None else day


def _instant(
    feature: Feature,
    passage: Passage,
    match: re.Match[str],
    group: int,
    usual: int,
    month: str | None,
    year: str | None,
) -> int:
    """The instant of six digits with a month and a year."""
    digits = match[group]
    row = passage.row_at(match.start(group))
    if month is None:
        raise feature.fault("times", f"{digits} has no month", _REMEDY, row)
    hour = int(digits[2:4])
    try:
        at = datetime(_year(year, usual), _month(month), int(digits[:2]), hour % 24,
                      int(digits[4:]), tzinfo=UTC)  # fmt: skip
    except ValueError:
        raise feature.fault("times", f"{digits} {month} is in no calendar", _REMEDY, row) from None
    if hour > 24 or (hour == 24 and digits[4:] != "00"):
        raise feature.fault("times", f"{digits} is no hour", _REMEDY, row)
    return int(at.timestamp()) * 1_000 + (DAY_MS if hour == 24 else 0)


def _month(word: str) -> int:
    for number, name in enumerate(MONTHS, start=1):
        if word.startswith(name):
            return number
    for number, form in enumerate(_RUSSIAN, start=1):
        if re.match(form, word):
            return number
    raise ValueError(word)


def _year(written: str | None, usual: int) -> int:
    if written is None:
        return usual
    return int(written) + (2000 if len(written) == 2 else 0)


def _of_day(clock: str) -> int:
    return int(clock[:2]) * HOUR_MS + int(clock[2:]) * MINUTE_MS
