"""State: what each party declares, what people test, and the word for the line.

The two axes are kept apart (`domain.line.declared`, `domain.line.observed`) and
meet only in the displayed word. A party's own word in its ticks is compared
with its declarations: where they differ the line is CONTESTED, and both are
shown.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.instant import dtg
from openline.domain.limits import LINE_CHECKS_OPEN_MAX
from openline.domain.line.declared import (
    Change,
    Declared,
    Standing,
    displayed_word,
)
from openline.domain.line.observed import Answered, Observed, answer_state
from openline.domain.line.understanding import Understanding
from openline.domain.talk.check import LineCheck, LineCheckReply
from openline.domain.talk.declaration import Declaration
from openline.engine.message_view import MessageRecord, MessageView

_STOPPED: Final = (Declared.SUSPENDED, Declared.TERMINATED)
_WORST_FIRST: Final = (
    Answered.UNANSWERED,
    Answered.LATE,
    Answered.UNTESTED,
    Answered.ANSWERED,
)


@dataclass(frozen=True, slots=True)
class Effect:
    """A declared change that took effect.

    Attributes:
        party: Who declared it.
        scope: Of what.
        change: The change.
        before: The state before.
        after: The state from now on.
    """

    party: str
    scope: str
    change: Change
    before: Declared
    after: Declared


@dataclass(frozen=True, slots=True)
class _Told:
    """What a party's last tick said of its own scopes."""

    at: int
    states: dict[str, str]


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


class StateView:
    """Declarations, line checks and the displayed word of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView, understanding: Understanding) -> None:
        self._messages = messages
        self._own = messages.own
        self._understanding = understanding
        names = understanding.names()
        self._adopted: dict[str, int] = {}
        self._standings: dict[str, dict[str, Standing]] = {
            name: dict.fromkeys(understanding.scopes, Standing()) for name in names
        }
        # The declarations that some standing still refers to.
        self._declarations: dict[tuple[str, int], Declaration] = {}
        self._told: dict[str, _Told] = {}
        self._due: list[tuple[int, str, str]] = []
        # Checks without an answer, by who asked and who has not answered.
        self._open: dict[tuple[str, str], deque[OpenCheck]] = {}
        self._answered_at: dict[str, int] = {}
        self._numbers: dict[str, int] = {}

    def amend(self, understanding: Understanding, at: int) -> None:
        """Go on with other terms; a new scope is kept by all who adopted."""
        self._understanding = understanding
        for party, scopes in self._standings.items():
            for scope in understanding.scopes:
                adopted_at = at if party in self._adopted else None
                scopes.setdefault(scope, Standing(adopted_at))

    # What is declared.

    def adopt(self, record: MessageRecord) -> None:
        """Take in that a party adopted the Understanding."""
        at = self._adopted.setdefault(record.party, min(record.at, record.received_at))
        scopes = self._standings[record.party]
        for scope, standing in scopes.items():
            scopes[scope] = standing.adopt(at)

    def declare(self, record: MessageRecord, declaration: Declaration) -> None:
        """Take in a declaration; it holds for its author alone."""
        announced_at = min(record.at, record.received_at)
        effective_at = max(declaration.effective_at, announced_at)
        status = Declared[declaration.status.name]
        change = Change(status, effective_at, announced_at, record.index)
        for scope in declaration.scopes:
            if scope not in self._understanding.scopes:
                continue
            standing = self.standing(record.party, scope).declare(change)
            self._standings[record.party][scope] = standing
            heapq.heappush(self._due, (effective_at, record.party, scope))
        self._declarations[record.party, record.index] = declaration
        self._forget_declarations(record.party)

    def standing(self, party: str, scope: str) -> Standing:
        """What a party has declared of a scope."""
        return self._standings[party][scope]

    def advance(self, now: int) -> Iterator[Effect]:
        """The changes that took effect until now, in order."""
        while self._due and self._due[0][0] <= now:
            at, party, scope = heapq.heappop(self._due)
            standing = self.standing(party, scope)
            change = standing.in_effect(at)
            if change is None or change.effective_at != at:
                continue
            before, after = standing.state(at - 1), standing.state(at)
            if before is not after:
                yield Effect(party, scope, change, before, after)

    def states(self, now: int) -> dict[str, dict[str, Declared]]:
        """The state of each scope of each party."""
        return {
            party: {
                scope: self.standing(party, scope).state(now)
                for scope in self._understanding.scopes
            }
            for party in self._standings
        }

    def declaration(self, party: str, scope: str, now: int) -> Declaration | None:
        """The declaration that is in effect; None if the party only adopted."""
        change = self.standing(party, scope).in_effect(now)
        return None if change is None else self._declarations.get((party, change.index))

    def details(self, now: int) -> dict[str, dict[str, Any]]:
        """For each party and scope the state, since when, why, and what is announced."""
        return {
            party: {
                scope: self._scope_json(party, scope, now) for scope in self._understanding.scopes
            }
            for party in self._standings
        }

    def told(self, party: str, states: Iterable[tuple[str, str]], at: int) -> bool:
        """Take in what a party's tick says of its own scopes; whether that is contested."""
        self._told[party] = _Told(at, dict(states))
        return any(True for _ in self._contests(party))

    # What people test.

    def ask(self, record: MessageRecord, check: LineCheck) -> None:
        """Take in a line check."""
        self._numbers[record.party] = max(self._numbers.get(record.party, 0), check.number)
        for party in record.recipients:
            waiting = self._open.setdefault((record.party, party), deque())
            # Of too many the oldest stay: it is since then that nobody answers.
            if len(waiting) < LINE_CHECKS_OPEN_MAX:
                waiting.append(OpenCheck(check.number, record.index, record.received_at))
            else:
                waiting[-1] = OpenCheck(check.number, record.index, record.received_at)

    def answer(self, record: MessageRecord, reply: LineCheckReply) -> tuple[str, int] | None:
        """Take in an answer to a line check; author and index of the check, if it is open."""
        asker = record.reply_to[0] if record.reply_to else None
        for (party, answerer), waiting in self._open.items():
            if answerer != record.party or asker not in (None, party):
                continue
            found = next((check for check in waiting if check.number == reply.number), None)
            if found is None:
                continue
            while waiting and waiting[0].number <= reply.number:
                waiting.popleft()
            if party == self._own:
                self._answered_at[record.party] = record.received_at
            return party, found.index
        return None

    def open_checks(self, asker: str, answerer: str) -> list[OpenCheck]:
        """The checks of one party that another has not answered, the oldest first."""
        return list(self._open.get((asker, answerer), ()))

    def next_check_number(self) -> int:
        """The number of our next line check."""
        return self._numbers.get(self._own, 0) + 1

    def checks(self, now: int) -> dict[str, dict[str, Any]]:
        """For each counterpart how our line checks stand."""
        return {
            party: {
                "state": self._answer_state(party, now).value,
                "asked_at": next((check.at for check in self.open_checks(self._own, party)), None),
                "answered_at": self._answered_at.get(party),
            }
            for party in self._standings
            if party != self._own
        }

    # The word.

    def displayed(self, observed: Observed, now: int) -> dict[str, Any]:
        """The word for the line, a sentence, and everything it follows from."""
        declared = self.states(now)
        states = [self._answer_state(party, now) for party in declared if party != self._own]
        answered = min(states, key=_WORST_FIRST.index)
        contested = [contest for party in declared for contest in self._contests(party)]
        word = displayed_word(observed, answered, declared, is_contested=bool(contested))
        return {
            "word": word.value,
            "own_word": displayed_word(observed, answered, declared).value,
            "sentence": self._sentence(declared, contested, now),
            "observed": observed.value,
            "answered": answered.value,
            "checks": self.checks(now),
            "declared": self.details(now),
            "contested": contested,
        }

    def _contests(self, party: str) -> Iterator[dict[str, Any]]:
        """Where a party's own word differs from what it declared here."""
        told = self._told.get(party)
        timers = self._understanding.timers
        if told is None:
            return
        tolerance_ms = timers.tick_ms * timers.ticks_missed_lost + timers.clock_tolerance_ms
        for scope, says in told.states.items():
            standing = self.standing(party, scope)
            if scope in self._understanding.scopes and standing.differs(
                says, told.at, tolerance_ms
            ):
                declared = standing.state(told.at).value
                yield {"party": party, "scope": scope, "says": says, "declared": declared}

    def _answer_state(self, party: str, now: int) -> Answered:
        waiting = self.open_checks(self._own, party)
        asked_at = waiting[0].at if waiting else None
        timers = self._understanding.timers
        return answer_state(asked_at, self._answered_at.get(party), now, timers)

    def _scope_json(self, party: str, scope: str, now: int) -> dict[str, Any]:
        standing = self.standing(party, scope)
        change = standing.in_effect(now)
        since = standing.adopted_at if change is None else change.effective_at
        return {
            "state": standing.state(now).value,
            "since": since,
            **({} if change is None else self._change_json(party, change)),
            "pending": [
                {"status": pending.status.value, **self._change_json(party, pending)}
                for pending in standing.pending(now)
            ],
        }

    def _change_json(self, party: str, change: Change) -> dict[str, Any]:
        declaration = self._declarations.get((party, change.index))
        shown: dict[str, Any] = {
            "effective_at": change.effective_at,
            "announced_at": change.announced_at,
            "index": change.index,
            "serial": self._messages.serial(party, change.index),
        }
        if declaration is not None:
            shown |= {
                "reason": declaration.reason,
                "conditions": declaration.conditions,
                "language": declaration.language,
                "kept_open": list(declaration.kept_open),
            }
        return shown

    def _forget_declarations(self, party: str) -> None:
        """Keep only the declarations that a standing of the party refers to."""
        used = {
            change.index
            for standing in self._standings[party].values()
            for change in standing.changes
        }
        for author, index in list(self._declarations):
            if author == party and index not in used:
                del self._declarations[author, index]

    def _sentence(
        self,
        declared: dict[str, dict[str, Declared]],
        contested: list[dict[str, Any]],
        now: int,
    ) -> str:
        """The row under the word, in English: who has stopped what since when."""
        parts = [
            f"{one['party']} says {one['scope']} is {one['says']}, declared is {one['declared']}"
            for one in contested
        ]
        for party, scopes in declared.items():
            for scope, state in scopes.items():
                parts += self._scope_words(party, scope, state, now)
        for party, at in sorted(self._answered_at.items()):
            parts.append(f"line check answered by {party} {dtg(at)}")
        return "; ".join(parts)

    def _scope_words(self, party: str, scope: str, state: Declared, now: int) -> list[str]:
        standing = self.standing(party, scope)
        words = []
        change = standing.in_effect(now)
        if state in _STOPPED and change is not None:
            words.append(f"{scope} {state.lower()} by {party} since {dtg(change.effective_at)}")
        for pending in standing.pending(now):
            status = _STATUS_WORDS[pending.status]
            words.append(f"{scope} to be {status} by {party} from {dtg(pending.effective_at)}")
        return words


_STATUS_WORDS: Final = {
    Declared.IN_FORCE: "resumed",
    Declared.SUSPENDED: "suspended",
    Declared.TERMINATED: "terminated",
}
