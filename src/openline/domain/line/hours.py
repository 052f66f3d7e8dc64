"""Hours of watch: when a post should be manned, and whom to tell now.

An Understanding holds them in words. Here is the one way in which words are understood:
`24 h`, or times of day in UTC with days, such as `08:00-16:00Z Mon-Fri`; several are parted
by semicolons. `on call` alone is a post that is never manned, and is called. Words of an
older Understanding that are written otherwise stay valid: then nobody can tell from them
whether the post is manned, and it counts as always to be told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.limits import HOURS_ROWS_MAX
from openline.domain.line.form import Fault
from openline.domain.line.terms import PartyTerms, Post

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EVERY_DAY: Final = frozenset(range(7))
_FIRST_MONDAY_MS: Final = 4 * DAY_MS
"""1970-01-05, the first Monday after the beginning of instants."""

_ROW = re.compile(
    r"(?:24 ?h|([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})Z)"
    r"(?: (daily|[A-Z][a-z]{2}(?:[-,][A-Z][a-z]{2})*))?"
)
_ON_CALL: Final = "on call"
_REMEDY: Final = (
    "Write 24 h, on call, or times in UTC with days: 08:00-16:00Z Mon-Fri; 09:00-12:00Z Sat."
)


@dataclass(frozen=True, slots=True)
class Shift:
    """One row of hours.

    Attributes:
        days: The days of the week on which it begins, 0 for Monday, in order.
        start_ms: From this time of day on.
        length_ms: So long, at most a day; it may go on into the next day.
    """

    days: tuple[int, ...]
    start_ms: int
    length_ms: int


@dataclass(frozen=True, slots=True)
class Told:
    """One post that is to be told of something now.

    Attributes:
        post: Its name.
        tier: Its tier.
        is_on_call: Whether it is outside its hours of watch, so that it must be called.
    """

    post: str
    tier: int
    is_on_call: bool


def parse_hours(words: str) -> tuple[Shift, ...]:
    """Hours of watch from words.

    Args:
        words: `on call`, `24 h`, `08:00-16:00Z Mon-Fri`, `20:00-04:00Z`, parted by semicolons.

    Returns:
        When the post is manned, one entry for each part; none for `on call`.

    Raises:
        Fault: They are written otherwise; the path is empty.
    """
    if words.strip() == _ON_CALL:
        return ()
    rows = [row.strip() for row in words.split(";")]
    if len(rows) > HOURS_ROWS_MAX:
        raise Fault("", f"have {len(rows)} parts, at most {HOURS_ROWS_MAX} are read", _REMEDY)
    return tuple(map(_shift, rows))


def _shift(row: str) -> Shift:
    found = _ROW.fullmatch(row)
    if found is None:
        raise Fault("", f"cannot be understood: {row!r}", _REMEDY)
    days = tuple(sorted(_days(found[5])))
    if found[1] is None:
        return Shift(days, 0, DAY_MS)
    start_ms, end_ms = _time_of_day(found[1], found[2]), _time_of_day(found[3], found[4])
    if start_ms == end_ms:
        raise Fault("", f"begin and end at one time: {row!r}", "Write 24 h for a whole day.")
    return Shift(days, start_ms % DAY_MS, (end_ms - start_ms) % DAY_MS or DAY_MS)


def _time_of_day(hour: str, minute: str) -> int:
    at = int(hour) * HOUR_MS + int(minute) * MINUTE_MS
    if int(minute) > 59 or at > DAY_MS:
        what = f"name a time that does not exist: {hour}:{minute}"
        raise Fault("", what, "Write 00:00 to 24:00.")
    return at


def _days(words: str | None) -> frozenset[int]:
    if words in (None, "daily"):
        return _EVERY_DAY
    assert words is not None
    found: set[int] = set()
    for part in words.split(","):
        names = part.split("-")
        unknown = [name for name in names if name not in _DAYS]
        if unknown or len(names) > 2:
            what = f"name no day of the week: {part!r}"
            raise Fault("", what, "Write Mon, Tue, Wed, Thu, Fri, Sat or Sun.")
        first, last = _DAYS.index(names[0]), _DAYS.index(names[-1])
        found |= {day % 7 for day in range(first, last + 1 + 7 * (last < first))}
    return frozenset(found)


def is_manned(shifts: tuple[Shift, ...], at: int) -> bool:
    """Whether an instant is within hours of watch; they begin closed and end open."""
    day, time_ms = divmod(at - _FIRST_MONDAY_MS, DAY_MS)
    for shift in shifts:
        for back in (0, 1):
            begun_ms = time_ms - shift.start_ms + back * DAY_MS
            if (day - back) % 7 in shift.days and 0 <= begun_ms < shift.length_ms:
                return True
    return False


def should_be_manned(post: Post, at: int) -> bool | None:
    """Whether a post should be manned; None where its hours cannot be understood."""
    try:
        return is_manned(parse_hours(post.hours), at)
    except Fault:
        return None


def posts_to_tell(terms: PartyTerms, tier: int, now: int) -> tuple[Told, ...]:
    """Which posts of a party are to be told now of what has come to a tier.

    A higher tier is added, and no lower one is left out. Of each tier those posts are told
    that are manned by the hours of the Understanding; where none of a tier is, all of it
    are called. A party without a post of the tier has its next higher one told, or else
    its highest.

    Args:
        terms: The party.
        tier: 1 to 4.
        now: The instant.

    Returns:
        In order of their tiers, then of their names; empty where the tier is 0.
    """
    tiers = sorted({post.tier for post in terms.posts})
    reached = next((one for one in tiers if one >= tier), tiers[-1])
    return tuple(
        told
        for one in tiers
        if tier > 0 and one <= reached
        for told in _of_tier([post for post in terms.posts if post.tier == one], now)
    )


def _of_tier(posts: list[Post], now: int) -> Iterator[Told]:
    manned = [post for post in posts if should_be_manned(post, now) is not False]
    for post in manned or posts:
        yield Told(post.name, post.tier, is_on_call=not manned)


def hours_faults(parties: tuple[PartyTerms, ...]) -> Iterator[Fault]:
    """Hours of watch that cannot be understood, each with the post that has them."""
    for party in parties:
        for post in party.posts:
            try:
                parse_hours(post.hours)
            except Fault as fault:
                path = f"parties[{party.name}].posts[{post.name}].hours"
                yield Fault(path, fault.what, fault.remedy)
