"""State: what each party declares, what people test, and the word for the line.

The two axes are kept apart (`domain.line.declared`, `domain.line.observed`) and
meet only in the displayed word. A party's own word in its ticks is compared
with its declarations: where they differ the line is CONTESTED, and both are
shown. Line checks are in `check_view`, service messages and offers to resume in
`service_view`; whether a person is on watch is told by whoever knows (`unmanned`).
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.instant import dtg
from openline.domain.limits import DECLARATIONS_READ_MAX
from openline.domain.line.declared import (
    Change,
    Declared,
    Standing,
    Word,
    displayed_word,
)
from openline.domain.line.observed import Answered, Cause, Observed, cause_of
from openline.domain.line.understanding import Understanding
from openline.domain.talk.check import LineCheck, LineCheckReply
from openline.domain.talk.declaration import Declaration
from openline.engine.check_view import CheckView, OpenCheck
from openline.engine.message_view import MessageRecord, MessageView
from openline.engine.notice_view import Load
from openline.engine.service_view import OfferView, ServiceView

_STOPPED: Final = (Declared.SUSPENDED, Declared.TERMINATED)


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
        # Adoptions and declarations of each party, by position: what the past is told from.
        self._history: dict[str, list[MessageRecord]] = {name: [] for name in names}
        self.checked = CheckView(messages.own, understanding)
        self.services = ServiceView(messages)
        self.offers = OfferView(messages)
        self.unmanned: Callable[[int], tuple[str, ...]] = _nobody_says_so
        """Which parties say at an instant that no person is on watch; set by who knows."""

    def amend(self, understanding: Understanding, at: int) -> None:
        """Go on with other terms; a new scope is kept by all who adopted."""
        self._understanding = understanding
        self.checked.amend(understanding)
        for party, scopes in self._standings.items():
            for scope in understanding.scopes:
                adopted_at = at if party in self._adopted else None
                scopes.setdefault(scope, Standing(adopted_at))

    # What is declared.

    def adopt(self, record: MessageRecord) -> None:
        """Take in that a party adopted the Understanding."""
        at = self._adopted.setdefault(record.party, min(record.at, record.received_at))
        self._history[record.party].append(record)
        self.checked.adopt(record.party, at)
        scopes = self._standings[record.party]
        for scope, standing in scopes.items():
            scopes[scope] = standing.adopt(at)

    def declare(self, record: MessageRecord, declaration: Declaration) -> None:
        """Take in a declaration; it holds for its author alone."""
        self._history[record.party].append(record)
        change = _change_of(record, declaration)
        for scope in declaration.scopes:
            if scope not in self._understanding.scopes:
                continue
            standing = self.standing(record.party, scope).declare(change)
            self._standings[record.party][scope] = standing
            heapq.heappush(self._due, (change.effective_at, record.party, scope))
        self._declarations[record.party, record.index] = declaration
        self.offers.declared(record, declaration)
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
        return {party: self.states_of(party, now) for party in self._standings}

    def states_of(self, party: str, now: int) -> dict[str, Declared]:
        """The state of each scope of one party."""
        standings = self._standings[party]
        return {scope: standings[scope].state(now) for scope in self._understanding.scopes}

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
        self.checked.ask(record, check)

    def answer(self, record: MessageRecord, reply: LineCheckReply) -> tuple[str, int] | None:
        """Take in an answer to a line check; author and index of the check, if it is open."""
        return self.checked.answer(record, reply)

    def open_checks(self, asker: str, answerer: str) -> list[OpenCheck]:
        """The checks of one party that another has not answered, the oldest first."""
        return self.checked.open_checks(asker, answerer)

    def next_check_number(self) -> int:
        """The number of our next line check."""
        return self.checked.next_number()

    def checks(self, now: int) -> dict[str, dict[str, Any]]:
        """For each counterpart how our line checks stand."""
        return self.checked.to_json(now)

    # The past.

    def declared_at(self, at: int, load: Load) -> dict[str, dict[str, Declared]]:
        """The state of each scope of each party at an instant that is over.

        What was said later counts for nothing, though it may have withdrawn what stood
        then: the declarations are gone through anew. As this node holds and dates them.

        Args:
            at: The instant.
            load: Reads a message from the store.

        Raises:
            OurError: A party has declared more often than is gone through.
        """
        return {party: self._standing_at(party, at, load) for party in self._standings}

    def _standing_at(self, party: str, at: int, load: Load) -> dict[str, Declared]:
        said = [
            record for record in self._history[party] if min(record.at, record.received_at) <= at
        ]
        if len(said) > DECLARATIONS_READ_MAX:
            raise OurError(
                f"{party} had declared {len(said)} times by then; at most "
                f"{DECLARATIONS_READ_MAX} are gone through.",
                "Ask for an earlier instant.",
            )
        standings = dict.fromkeys(self._understanding.scopes, Standing())
        for record in said:
            message = load(record.party, record.index, record.epoch)
            if not isinstance(message, Declaration):
                adopted_at = min(record.at, record.received_at)
                standings = {scope: one.adopt(adopted_at) for scope, one in standings.items()}
                continue
            change = _change_of(record, message)
            for scope in message.scopes:
                if scope in standings:
                    standings[scope] = standings[scope].declare(change)
        return {scope: one.state(at) for scope, one in standings.items()}

    # The word.

    def displayed(self, observed: Observed, now: int) -> dict[str, Any]:
        """The word for the line, a sentence, and everything it follows from."""
        declared = self.states(now)
        answered = self.checked.worst(now)
        contested = [contest for party in declared for contest in self._contests(party)]
        unmanned = self.unmanned(now)
        word = displayed_word(observed, answered, declared, is_contested=bool(contested))
        own_word = displayed_word(observed, answered, declared)
        return {
            "word": _lowered(word, unmanned).value,
            "own_word": _lowered(own_word, unmanned).value,
            "sentence": self._sentence(declared, contested, now),
            "observed": observed.value,
            "answered": answered.value,
            "checks": self.checks(now),
            "checks_due": self.checked.due_json(now),
            "declared": self.details(now),
            "contested": contested,
            "services": self.services.to_json(now),
            "offers": self.offers.to_json(now),
            "unmanned": list(unmanned),
        }

    def causes(
        self,
        now: int,
        circuits: Mapping[str, Mapping[str, Observed]],
        observed: Mapping[str, Observed],
        *,
        is_own_fault: bool,
    ) -> dict[str, dict[str, Any]]:
        """Why the line to a counterpart does not work as agreed; only where it does not.

        Args:
            now: The present instant.
            circuits: By counterpart and name, what is observed of each circuit.
            observed: By counterpart, what is observed of it.
            is_own_fault: Whether this node knows for certain that it is the reason.

        Returns:
            By counterpart the cause as a whole, and of each circuit that is not UP.
        """
        found: dict[str, dict[str, Any]] = {}
        for party, paths in circuits.items():
            faulty = [name for name, state in sorted(paths.items()) if state in _TROUBLED]
            people = self.checked.state(party, now)
            if not faulty and observed[party] not in _TROUBLED and people in _FINE:
                continue
            whole = self._cause(party, ("",), now, is_own_fault=is_own_fault)
            if whole is Cause.UNKNOWN and faulty and people in _FINE:
                whole = self._cause(party, tuple(faulty), now, is_own_fault=is_own_fault)
            found[party] = {
                "cause": whole.value,
                "circuits": {
                    name: self._cause(party, (name,), now, is_own_fault=is_own_fault).value
                    for name in faulty
                },
            }
        return found

    def _cause(
        self, party: str, circuits: tuple[str, ...], now: int, *, is_own_fault: bool
    ) -> Cause:
        def says(author: str) -> bool:
            return all(self.services.covers(author, name, now) for name in circuits)

        states = [standing.state(now) for standing in self._standings[party].values()]
        return cause_of(
            is_own_fault=is_own_fault,
            is_own_service=says(self._own),
            is_their_service=says(party),
            is_deliberate=all(state in _STOPPED for state in states),
        )

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
                "article": declaration.article,
                "demands": declaration.demands,
                "also_delivered_by": declaration.also_delivered_by,
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
        for party, at in self.checked.answered_at().items():
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


def _change_of(record: MessageRecord, declaration: Declaration) -> Change:
    """What a declaration changes; nothing takes effect before it was said."""
    announced_at = min(record.at, record.received_at)
    effective_at = max(declaration.effective_at, announced_at)
    return Change(Declared[declaration.status.name], effective_at, announced_at, record.index)


def _nobody_says_so(now: int) -> tuple[str, ...]:
    """No party says that nobody is on watch."""
    return ()


def _lowered(word: Word, unmanned: tuple[str, ...]) -> Word:
    """A line on which a party has no person on watch is not ACTIVE."""
    return Word.DEGRADED if unmanned and word is Word.ACTIVE else word


_TROUBLED: Final = (Observed.DEGRADED, Observed.LOST)
_FINE: Final = (Answered.UNTESTED, Answered.ANSWERED, Answered.RECOVERING)

_STATUS_WORDS: Final = {
    Declared.IN_FORCE: "resumed",
    Declared.SUSPENDED: "suspended",
    Declared.TERMINATED: "terminated",
}
