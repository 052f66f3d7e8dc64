"""Back-off: when a page is looked at next, and why, as one pure function.

Five minutes in the first hour after a change, then a fifth of the time since it, between
fifteen minutes and seven days; a little later by a share that follows from a hash, so that
pages do not come due together. Errors are counted apart. What the page's own server asks for
is a lower bound. After a quiet time nothing is due any more, until the page changes for
somebody or somebody asks. The sentence that says so is worded from the same result
(`openline.adapters.wording.statements`).
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.statements.verdict import READ, Verdict

FRESH_FOR_MS: Final = HOUR_MS
FRESH_STEP_MS: Final = 5 * MINUTE_MS
STEP_MS_MIN: Final = 15 * MINUTE_MS
STEP_MS_MAX: Final = 7 * DAY_MS
SHARE: Final = 5
"""The next step is the time since the last change, divided by this."""

ERROR_STEP_MS_MIN: Final = 5 * MINUTE_MS
ERROR_STEP_MS_MAX: Final = DAY_MS
REFUSED_STEP_MS_MIN: Final = 6 * HOUR_MS

QUIET_MS: Final = 40 * DAY_MS
"""After so long without a change nothing is due, unless the source says otherwise."""

SILENT_ERRORS_MIN: Final = 3
SILENT_MS_MIN: Final = DAY_MS
"""A source that has not answered so often and for so long has fallen silent: an alarm."""

ASKED_MS_MAX: Final = 7 * DAY_MS
"""The longest time for which a server may ask not to be asked."""


class Why(StrEnum):
    """Why a page is looked at when it is, or not any more."""

    NEW = "NEW"
    CHANGED_LATELY = "CHANGED_LATELY"
    SHARE_OF_QUIET = "SHARE_OF_QUIET"
    SERVER_ASKS = "SERVER_ASKS"
    ERRORS = "ERRORS"
    REFUSED = "REFUSED"
    ABSENT = "ABSENT"
    ENDED = "ENDED"
    ELSEWHERE = "ELSEWHERE"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a page when its next look is decided, in UTC milliseconds.

    Attributes:
        address: Of the page; the share of chance follows from it.
        added_at: Since when it is followed.
        asked_at: When somebody last asked for it to be followed on; None if nobody did.
        changed_at: When its text was first seen as it is; None if it never had one.
        versions: How many versions are kept.
        looked_at: The last look; None if there was none.
        verdict: What that said.
        read_at: The last look at which it had a text; None if never.
        unchanged: Looks since the change at which the text was the same.
        errors: Looks in a row, up to the last, at which it had no text.
        failing_since: The first of them; None if there is none.
        not_before: Until when its server asks not to be asked, by `Retry-After` or by how
            long its answer is fresh; None if it does not say.
        step_ms_min: The least time between looks that its source is given.
        quiet_ms: After how long without a change it ends; None for never.
        leads_to: Another page that is followed, to which the address leads for good;
            empty if there is none.
    """

    address: str
    added_at: int
    asked_at: int | None = None
    changed_at: int | None = None
    versions: int = 0
    looked_at: int | None = None
    verdict: Verdict | None = None
    read_at: int | None = None
    unchanged: int = 0
    errors: int = 0
    failing_since: int | None = None
    not_before: int | None = None
    step_ms_min: int = 0
    quiet_ms: int | None = QUIET_MS
    leads_to: str = ""

    @property
    def followed_from(self) -> int:
        """From when on its quiet time counts: a change or a person begins it anew."""
        return max(self.added_at, self.asked_at or 0, self.changed_at or 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """When the next look is, and why.

    Attributes:
        next_at: UTC milliseconds; None if there is none unless somebody asks.
        why: The reason.
        is_silent: Whether the source has fallen silent, which is an alarm.
    """

    next_at: int | None
    why: Why
    is_silent: bool = False


def next_look(one: Standing) -> Plan:
    """When a page is looked at next."""
    if one.looked_at is None or one.verdict is None:
        return Plan(one.followed_from, Why.NEW)
    if one.leads_to:
        return Plan(None, Why.ELSEWHERE)
    is_silent = _is_silent(one, one.looked_at)
    if _is_over(one, one.looked_at):
        return Plan(None, Why.ENDED, is_silent)
    step, why = _step(one, one.looked_at, one.verdict)
    step = max(step, one.step_ms_min)
    later = step * _chance(one) // 10_000
    at = one.looked_at + min(step + later, max(step, STEP_MS_MAX))
    if one.not_before is not None:
        asked = min(one.not_before, one.looked_at + ASKED_MS_MAX)
        if asked > at:
            at, why = asked, Why.SERVER_ASKS
    return Plan(at, why, is_silent)


def _step(one: Standing, looked_at: int, verdict: Verdict) -> tuple[int, Why]:
    doubled = max(one.errors - 1, 0)
    if verdict is Verdict.REFUSED:
        return min(REFUSED_STEP_MS_MIN << min(doubled, 5), STEP_MS_MAX), Why.REFUSED
    if verdict is Verdict.MISSING:
        return STEP_MS_MAX, Why.ABSENT
    if verdict not in READ:
        return min(ERROR_STEP_MS_MIN << min(doubled, 9), ERROR_STEP_MS_MAX), Why.ERRORS
    since = looked_at - one.followed_from
    if since < FRESH_FOR_MS:
        return FRESH_STEP_MS, Why.CHANGED_LATELY
    return min(max(since // SHARE, STEP_MS_MIN), STEP_MS_MAX), Why.SHARE_OF_QUIET


def _is_over(one: Standing, looked_at: int) -> bool:
    """Whether the page was quiet so long, or gave no text so long, that looks end."""
    if one.quiet_ms is None:
        return False
    has_no_text = one.verdict not in READ
    begun = max(one.followed_from, one.read_at or 0) if has_no_text else one.followed_from
    return looked_at - begun >= one.quiet_ms


def _is_silent(one: Standing, looked_at: int) -> bool:
    heard = one.followed_from if one.read_at is None else one.read_at
    return one.errors >= SILENT_ERRORS_MIN and looked_at - heard >= SILENT_MS_MIN


def _chance(one: Standing) -> int:
    """A number from 0 to 999 that follows from page and time."""
    digest = sha256(f"{one.address} {one.looked_at}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 1_000
