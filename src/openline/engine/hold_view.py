"""Holds: windows of the record in which nothing is thinned or let go of.

An incident that anybody reports holds what was recorded within two hours of it, at both
sides, from the moment its report is on the record. Officers hold further windows, and
release what is over; both are rows of the journal. Whoever thins ticks, tracks or
recordings asks `HoldView.is_held` first. The logs themselves are never thinned.

A counterpart can make a node hold only so many windows for one incident, each of a day at
most; and no report takes a hold away.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS
from openline.domain.limits import HOLDS_MAX, REPORTS_KEPT_MAX
from openline.domain.talk.incident import HOLD_AROUND_MS, Incident
from openline.engine.message_view import MessageRecord

_PREFIX: Final = "HOLD-"

Window = tuple[int, int]
"""From when until before when, by the record."""


@dataclass(slots=True)
class Hold:
    """Windows that are held together.

    Attributes:
        name: The incident's id, or the name that an officer's hold was given.
        at: Since when it is held.
        windows: What is held, each from its first instant until before its last.
        is_incident: Whether a report made it, rather than an officer.
        by: Post and officer, where one made it.
        reason: Why, in words.
        released_at: When it was released; None while it holds.
        released_by: Post and officer.
        released_why: Why, in words.
    """

    name: str
    at: int
    windows: list[Window]
    is_incident: bool
    by: tuple[str, str] = ("", "")
    reason: str = ""
    released_at: int | None = None
    released_by: tuple[str, str] = ("", "")
    released_why: str = ""
    # How many windows each party's reports have made.
    counts: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The hold as faces show it; instants in milliseconds."""
        return {
            "name": self.name,
            "at": self.at,
            "windows": [{"valid_from": one, "valid_until": end} for one, end in self.windows],
            "is_incident": self.is_incident,
            "by": _person(self.by),
            "reason": self.reason,
            "is_held": self.released_at is None,
            "released_at": self.released_at,
            "released_by": _person(self.released_by),
            "released_why": self.released_why,
        }


class HoldView:
    """All holds of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self) -> None:
        self._holds: dict[str, Hold] = {}
        # What is held now, in order and without overlaps; None when it is to be made anew.
        self._held: list[Window] | None = []

    def is_held(self, at: int) -> bool:
        """Whether what was recorded at an instant is evidence that nobody lets go of."""
        held = self._merged()
        place = bisect_right(held, at, key=lambda window: window[0])
        return place > 0 and at < held[place - 1][1]

    def take_report(self, record: MessageRecord, report: Incident) -> Hold | None:
        """Hold what a report is about; None if nothing is held anew."""
        window = report_window(report, record.at)
        hold = self._holds.get(report.incident)
        if hold is None:
            hold = Hold(report.incident, record.received_at, [], is_incident=True)
            self._holds[report.incident] = hold
        count = hold.counts.get(record.party, 0)
        if window in hold.windows or count >= REPORTS_KEPT_MAX:
            return None
        hold.counts[record.party] = count + 1
        hold.windows = sorted([*hold.windows, window])
        hold.released_at, hold.released_by, hold.released_why = None, ("", ""), ""
        self._held = None
        return hold

    def next_name(self) -> str:
        """The next free name for a hold of an officer."""
        number = sum(not hold.is_incident for hold in self._holds.values()) + 1
        while (name := f"{_PREFIX}{number:04d}") in self._holds:
            number += 1
        return name

    def check(self, window: Window, now: int) -> None:
        """Confirm that an officer may hold a window.

        Raises:
            OurError: It ends before it begins, begins later, or too many are held.
        """
        if window[0] >= window[1]:
            raise OurError("The window ends before it begins.", "Give its start, then its end.")
        if window[0] > now:
            raise OurError(
                "The window begins in the future.", "Hold what is recorded: give a start until now."
            )
        held = sum(
            not hold.is_incident and hold.released_at is None for hold in self._holds.values()
        )
        if held >= HOLDS_MAX:
            raise OurError(
                f"{HOLDS_MAX} windows are held by officers already, which is all that may be.",
                "Release what is over: openline incident holds.",
            )

    def hold(self, name: str, window: Window, by: tuple[str, str], reason: str, at: int) -> Hold:
        """Hold a window under a name that is free; a hold of that name holds again."""
        hold = self._holds.get(name)
        if hold is None:
            hold = Hold(name, at, [window], is_incident=False, by=by, reason=reason)
            self._holds[name] = hold
        elif window not in hold.windows:
            hold.windows = sorted([*hold.windows, window])
        hold.released_at, hold.released_by, hold.released_why = None, ("", ""), ""
        self._held = None
        return hold

    def release(self, name: str, by: tuple[str, str], why: str, at: int) -> Hold:
        """Hold something no longer; that it was held stays listed.

        Raises:
            OurError: Nothing is held under that name.
        """
        hold = self.named(name)
        if hold.released_at is not None:
            raise OurError(f"{name} is released already.", "Nothing more is to be done.")
        hold.released_at, hold.released_by, hold.released_why = at, by, why
        self._held = None
        return hold

    def named(self, name: str) -> Hold:
        """The hold of a name.

        Raises:
            OurError: There is none.
        """
        hold = self._holds.get(name)
        if hold is None:
            raise OurError(
                f"Nothing is held under the name {name!r} on this line.",
                "Take the name from `openline incident holds`.",
            )
        return hold

    def find(self, name: str) -> Hold | None:
        """The hold of a name, if there is one."""
        return self._holds.get(name)

    def listed(self) -> list[Hold]:
        """Every hold, as they came; those that were released too."""
        return list(self._holds.values())

    def _merged(self) -> list[Window]:
        if self._held is None:
            held: list[Window] = []
            for start, end in sorted(
                window
                for hold in self._holds.values()
                if hold.released_at is None
                for window in hold.windows
            ):
                if held and start <= held[-1][1]:
                    held[-1] = (held[-1][0], max(end, held[-1][1]))
                else:
                    held.append((start, end))
            self._held = held
        return self._held


def report_window(report: Incident, at: int) -> Window:
    """What a report holds: two hours around the event, which lasts a day at most.

    Args:
        report: The report.
        at: When it was signed: nothing has happened later than that.
    """
    start = min(max(report.happened_at, 0), at)
    last = max((one.at for one in report.events), default=start)
    end = min(max(start, last), start + DAY_MS)
    return start - HOLD_AROUND_MS, end + HOLD_AROUND_MS + 1


def _person(by: tuple[str, str]) -> dict[str, str] | None:
    return {"post": by[0], "officer": by[1]} if by[0] else None
