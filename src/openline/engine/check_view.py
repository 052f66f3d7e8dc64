"""Line checks: who asked, who answered, what that shows, what is due.

A `CheckView` keeps of each counterpart what the checks between it and us show
(`domain.line.observed`: hysteresis, missed in a row), and of each party when its
next check is due (`domain.line.schedule`). Times are this node's clock: what is
observed is each node's own. It tells what turned; alarms are raised by `views`.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from openline.domain.limits import CHECKS_READ_MAX, LINE_CHECKS_OPEN_MAX
from openline.domain.line.observed import (
    UNANSWERED_PROLONGED_MS,
    WORST_ANSWERED,
    Answered,
    PeopleWatch,
    Turning,
)
from openline.domain.line.schedule import DueCheck, next_due
from openline.domain.line.understanding import Understanding
from openline.domain.talk.check import LineCheck, LineCheckReply
from openline.engine.message_view import MessageRecord
from openline.engine.notice_view import Load

_NEVER: Final = 2**62


@dataclass(frozen=True, slots=True)
class OpenCheck:
    """A line check without an answer.

    Attributes:
        number: Its number.
        index: Its serial number.
        at: When this node had it on disk.
    """

    number: int
    index: int
    at: int


@dataclass(frozen=True, slots=True)
class Turned:
    """The people at a counterpart answer otherwise than before.

    Attributes:
        party: The counterpart.
        turning: From which state to which, and when.
        asked_at: When the oldest check that waits was asked, if any waits.
    """

    party: str
    turning: Turning
    asked_at: int | None


@dataclass(frozen=True, slots=True)
class CheckDue:
    """A check of ours is due, overdue, or made.

    Attributes:
        at: When it was due.
        word: DUE or OVERDUE; NOT_DUE when it is made.
    """

    at: int
    word: str


@dataclass(frozen=True, slots=True)
class CheckWaits:
    """A check of a counterpart waits for our answer too long, or no more.

    Attributes:
        party: The counterpart.
        index: The check's serial number.
        at: When it came.
        waits: Whether it still does.
    """

    party: str
    index: int
    at: int
    waits: bool


class CheckView:
    """The line checks of one line.

    Owned by the line's `StateView`; changed only while it applies something.
    """

    def __init__(self, own: str, understanding: Understanding) -> None:
        self._own = own
        self._understanding = understanding
        self._watches = {name: PeopleWatch() for name in understanding.names() if name != own}
        # Checks without an answer, by who asked and who has not answered.
        self._open: dict[tuple[str, str], deque[OpenCheck]] = {}
        self._numbers: dict[str, int] = {}
        self._sent_at: dict[str, int] = {}
        self._adopted: dict[str, int] = {}
        # What was told last of our own duty: the slot, and what was said of it.
        self._duty = CheckDue(0, "NOT_DUE")
        self._late: dict[str, CheckWaits] = {}
        self._news: list[Turned | CheckDue | CheckWaits] = []
        # Checks and answers in the order in which they came: what the past is told from.
        self._history: list[MessageRecord] = []
        # Nothing changes by time alone before this instant.
        self._quiet_until = 0

    def amend(self, understanding: Understanding) -> None:
        """Go on with other terms."""
        self._understanding = understanding
        self._quiet_until = 0

    def adopt(self, party: str, at: int) -> None:
        """Take in that a party adopted the Understanding: checks begin when all have."""
        self._adopted.setdefault(party, at)
        self._quiet_until = 0

    def ask(self, record: MessageRecord, check: LineCheck) -> None:
        """Take in a line check."""
        self._quiet_until = 0
        self._history.append(record)
        self._numbers[record.party] = max(self._numbers.get(record.party, 0), check.number)
        at = min(record.at, record.received_at)
        self._sent_at[record.party] = max(self._sent_at.get(record.party, 0), at)
        for party in record.recipients:
            waiting = self._open.setdefault((record.party, party), deque())
            # Of too many the oldest stay: it is since then that nobody answers.
            if len(waiting) >= LINE_CHECKS_OPEN_MAX:
                waiting.pop()
            waiting.append(OpenCheck(check.number, record.index, record.received_at))
            if record.party == self._own and party in self._watches:
                watch = self._watches[party]
                self._tell(party, watch.ask(check.number, record.received_at, self._timers))

    def answer(self, record: MessageRecord, reply: LineCheckReply) -> tuple[str, int] | None:
        """Take in an answer to a line check; author and index of the check, if it is open."""
        self._history.append(record)
        asker = record.reply_to[0] if record.reply_to else None
        for (party, answerer), waiting in self._open.items():
            if answerer != record.party or asker not in (None, party):
                continue
            found = next((check for check in waiting if check.number == reply.number), None)
            if found is None:
                continue
            while waiting and waiting[0].number <= reply.number:
                waiting.popleft()
            self._quiet_until = 0
            self._meet(party, record, found)
            return party, found.index
        return None

    def _meet(self, asker: str, record: MessageRecord, check: OpenCheck) -> None:
        """Let the watch over a counterpart take in an answered check."""
        now, timers = record.received_at, self._timers
        if asker == self._own and record.party in self._watches:
            watch = self._watches[record.party]
            self._tell(record.party, watch.answer(check.number, now, timers))
        elif record.party == self._own and now - check.at < timers.line_check_answer_ms:
            self._tell(asker, self._watches[asker].meet(now, timers))

    def advance(self, now: int) -> list[Turned | CheckDue | CheckWaits]:
        """What turned, in order, until now; each thing once."""
        if now >= self._quiet_until:
            for party, watch in self._watches.items():
                self._tell(party, watch.advance(now, self._timers))
            self._look_at_duty(now)
            self._look_at_theirs(now)
            self._quiet_until = self._next_look(now)
        news, self._news = self._news, []
        return news

    def states_at(self, at: int, load: Load) -> dict[str, str]:
        """What the checks showed of each counterpart at an instant that is over.

        The last `CHECKS_READ_MAX` checks and answers that this node had by then are gone
        through anew.

        Args:
            at: The instant.
            load: Reads a message from the store.
        """
        past = CheckView(self._own, self._understanding)
        known = [record for record in self._history if record.received_at <= at]
        for record in known[-CHECKS_READ_MAX:]:
            message = load(record.party, record.index, record.epoch)
            if isinstance(message, LineCheck):
                past.ask(record, message)
            elif isinstance(message, LineCheckReply):
                past.answer(record, message)
        return {party: past.state(party, at).value for party in past._watches}

    def open_checks(self, asker: str, answerer: str) -> list[OpenCheck]:
        """The checks of one party that another has not answered, the oldest first."""
        return list(self._open.get((asker, answerer), ()))

    def next_number(self) -> int:
        """The number of our next line check."""
        return self._numbers.get(self._own, 0) + 1

    def state(self, party: str, now: int) -> Answered:
        """What the checks show of a counterpart at an instant not before the last event."""
        watch = self._watches[party]
        ahead = replace(watch, tests=[replace(test) for test in watch.tests])
        ahead.advance(now, self._timers)
        return ahead.state

    def worst(self, now: int) -> Answered:
        """What the checks show of the line: the state of the worst counterpart."""
        return min((self.state(party, now) for party in self._watches), key=WORST_ANSWERED.index)

    def answered_at(self) -> dict[str, int]:
        """When each counterpart last answered a check of ours; not who never did."""
        return {
            party: watch.answered_at
            for party, watch in sorted(self._watches.items())
            if watch.answered_at is not None
        }

    def to_json(self, now: int) -> dict[str, dict[str, Any]]:
        """For each counterpart how our line checks stand."""
        return {
            party: {
                "state": self.state(party, now).value,
                "asked_at": next((check.at for check in self.open_checks(self._own, party)), None),
                "answered_at": watch.answered_at,
                "missed": watch.missed,
                "waits_since": next(
                    (check.at for check in self.open_checks(party, self._own)), None
                ),
            }
            for party, watch in self._watches.items()
        }

    def due_json(self, now: int) -> dict[str, Any]:
        """For each party when its next check is due; none before all have adopted."""
        schedule = self._understanding.check_schedule
        due = {party: self.due(party, now) for party in self._understanding.names()}
        return {
            "is_agreed": schedule is not None,
            "alternate": schedule is not None and schedule.alternate,
            "next_number": self.next_number(),
            "parties": {
                party: {
                    "due_at": one.at,
                    "state": one.word(now),
                    "sent_at": self._sent_at.get(party),
                }
                for party, one in due.items()
                if one is not None
            },
        }

    def due(self, party: str, now: int) -> DueCheck | None:
        """The next check of a party; None before all have adopted the Understanding."""
        names = self._understanding.names()
        if len(self._adopted) < len(names):
            return None
        return next_due(
            self._understanding.check_schedule,
            interval_ms=self._timers.line_check_ms,
            grace_ms=self._timers.line_check_answer_ms,
            parties=names,
            party=party,
            since=max(self._adopted.values()),
            sent_at=self._sent_at.get(party),
            now=now,
        )

    @property
    def _timers(self) -> Any:
        return self._understanding.timers

    def _tell(self, party: str, turnings: list[Turning]) -> None:
        asked_at = self._watches[party].asked_at
        self._news += [Turned(party, turning, asked_at) for turning in turnings]

    def _look_at_duty(self, now: int) -> None:
        """Tell when our own check is due, overdue, made.

        Without an agreed schedule nothing is told before our first check: the word
        UNTESTED says it.
        """
        is_bound = self._understanding.check_schedule is not None or self._own in self._sent_at
        due = self.due(self._own, now) if is_bound else None
        if due is None:
            return
        word = due.word(now)
        if self._duty.word != "NOT_DUE" and (due.at != self._duty.at or word == "NOT_DUE"):
            self._news.append(CheckDue(self._duty.at, "NOT_DUE"))
        if word != "NOT_DUE" and (due.at, word) != (self._duty.at, self._duty.word):
            self._news.append(CheckDue(due.at, word))
        self._duty = CheckDue(due.at, word)

    def _look_at_theirs(self, now: int) -> None:
        """Tell when a counterpart's check waits for our answer longer than agreed."""
        for party in self._watches:
            oldest = next(iter(self._open.get((party, self._own), ())), None)
            told = self._late.get(party)
            is_late = oldest is not None and now - oldest.at >= self._timers.line_check_answer_ms
            if told is not None and (oldest is None or oldest.index != told.index):
                self._news.append(replace(told, waits=False))
                del self._late[party]
            if oldest is not None and is_late and party not in self._late:
                self._late[party] = CheckWaits(party, oldest.index, oldest.at, True)
                self._news.append(self._late[party])

    def _next_look(self, now: int) -> int:
        """The first instant from which time alone may change something."""
        return min((at for at in self._instants(now) if at > now), default=_NEVER)

    def _instants(self, now: int) -> Iterator[int]:
        timers = self._timers
        for watch in self._watches.values():
            for test in watch.tests:
                yield test.at + timers.line_check_answer_ms
                yield test.at + timers.line_check_unanswered_ms
                yield test.at + UNANSWERED_PROLONGED_MS
        for party in self._watches:
            for check in self._open.get((party, self._own), ()):
                yield check.at + timers.line_check_answer_ms
        due = self.due(self._own, now)
        if due is not None:
            yield due.at
            yield due.overdue_at
        schedule = self._understanding.check_schedule
        if schedule is not None:
            yield schedule.slot_at(schedule.last_slot(now) + 1)
