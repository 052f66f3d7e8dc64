"""The declared axis of a line's state: which scopes each party says it keeps.

What circuits and people show is in `observed`. Each party declares for itself
alone, scope by scope; nobody's declaration changes what another has declared.
The word that is displayed is a function of both axes (`docs/concepts/state.md`).

Rules:

1. A party keeps every scope from the moment it adopts the Understanding.
2. A suspension or termination that is announced for later is a state of its
   own: announced intent to close is not closure.
3. Nothing takes effect before it is announced.
4. The last declaration is what holds. It puts off or replaces an announced one
   of its own sort; IN_FORCE withdraws all that was announced for that time or
   later; a suspension withdraws a resumption announced for later, and a
   termination both. A termination is only withdrawn by IN_FORCE.
5. What is TERMINATED stays so: a new line needs a new Understanding.
6. Line checks, FLASH and plain contact are never suspended, by anybody.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from openline.domain.instant import DAY_MS
from openline.domain.line.observed import Answered, Observed

TERMINATION_NOTICE_MS_MIN: Final = DAY_MS
"""Between announcing a termination and its effect: a proposal, so that closure
is always seen coming and each side has a day to restore the line."""

_PAST_CHANGES_MAX: Final = 32
"""Changes kept after they took effect; older ones are folded into one state, so
that a party that suspends and resumes for ever costs nobody any memory."""


class Declared(StrEnum):
    """What a party declares of one scope at an instant."""

    NOT_IN_FORCE = "NOT_IN_FORCE"
    IN_FORCE = "IN_FORCE"
    SUSPENSION_PENDING = "SUSPENSION_PENDING"
    SUSPENDED = "SUSPENDED"
    TERMINATION_PENDING = "TERMINATION_PENDING"
    TERMINATED = "TERMINATED"


class Step(StrEnum):
    """What can happen to a scope; `…_ANNOUNCED` means for a later time."""

    ADOPTED = "ADOPTED"
    SUSPENSION_ANNOUNCED = "SUSPENSION_ANNOUNCED"
    SUSPENDED = "SUSPENDED"
    RESUMPTION_ANNOUNCED = "RESUMPTION_ANNOUNCED"
    RESUMED = "RESUMED"
    TERMINATION_ANNOUNCED = "TERMINATION_ANNOUNCED"
    TERMINATED = "TERMINATED"


_NOTHING_YET: Final = dict.fromkeys(Step, Declared.NOT_IN_FORCE)
_NO_WAY_BACK: Final = dict.fromkeys(Step, Declared.TERMINATED)

SCOPE: Final[dict[Declared, dict[Step, Declared]]] = {
    Declared.NOT_IN_FORCE: {**_NOTHING_YET, Step.ADOPTED: Declared.IN_FORCE},
    Declared.IN_FORCE: {
        Step.ADOPTED: Declared.IN_FORCE,
        Step.SUSPENSION_ANNOUNCED: Declared.SUSPENSION_PENDING,
        Step.SUSPENDED: Declared.SUSPENDED,
        Step.RESUMPTION_ANNOUNCED: Declared.IN_FORCE,
        Step.RESUMED: Declared.IN_FORCE,
        Step.TERMINATION_ANNOUNCED: Declared.TERMINATION_PENDING,
        Step.TERMINATED: Declared.TERMINATED,
    },
    Declared.SUSPENSION_PENDING: {
        Step.ADOPTED: Declared.SUSPENSION_PENDING,
        Step.SUSPENSION_ANNOUNCED: Declared.SUSPENSION_PENDING,
        Step.SUSPENDED: Declared.SUSPENDED,
        Step.RESUMPTION_ANNOUNCED: Declared.SUSPENSION_PENDING,
        Step.RESUMED: Declared.IN_FORCE,
        Step.TERMINATION_ANNOUNCED: Declared.SUSPENSION_PENDING,
        Step.TERMINATED: Declared.TERMINATED,
    },
    Declared.SUSPENDED: {
        Step.ADOPTED: Declared.SUSPENDED,
        Step.SUSPENSION_ANNOUNCED: Declared.SUSPENDED,
        Step.SUSPENDED: Declared.SUSPENDED,
        Step.RESUMPTION_ANNOUNCED: Declared.SUSPENDED,
        Step.RESUMED: Declared.IN_FORCE,
        Step.TERMINATION_ANNOUNCED: Declared.SUSPENDED,
        Step.TERMINATED: Declared.TERMINATED,
    },
    Declared.TERMINATION_PENDING: {
        Step.ADOPTED: Declared.TERMINATION_PENDING,
        Step.SUSPENSION_ANNOUNCED: Declared.TERMINATION_PENDING,
        Step.SUSPENDED: Declared.SUSPENDED,
        Step.RESUMPTION_ANNOUNCED: Declared.TERMINATION_PENDING,
        Step.RESUMED: Declared.IN_FORCE,
        Step.TERMINATION_ANNOUNCED: Declared.TERMINATION_PENDING,
        Step.TERMINATED: Declared.TERMINATED,
    },
    Declared.TERMINATED: _NO_WAY_BACK,
}
"""The state machine of one scope of one party; every pair is named.

The nearer announcement shows: a scope that is to be suspended tonight and
terminated next week is SUSPENSION_PENDING, and its changes list both.
"""

_TAKES_EFFECT: Final = {
    Declared.IN_FORCE: Step.RESUMED,
    Declared.SUSPENDED: Step.SUSPENDED,
    Declared.TERMINATED: Step.TERMINATED,
}
_ANNOUNCED: Final = {
    Declared.IN_FORCE: Step.RESUMPTION_ANNOUNCED,
    Declared.SUSPENDED: Step.SUSPENSION_ANNOUNCED,
    Declared.TERMINATED: Step.TERMINATION_ANNOUNCED,
}
_GRAVITY: Final = {Declared.IN_FORCE: 0, Declared.SUSPENDED: 1, Declared.TERMINATED: 2}


@dataclass(frozen=True, slots=True)
class Change:
    """One declared change of one scope.

    Attributes:
        status: IN_FORCE, SUSPENDED or TERMINATED; nothing else is declared.
        effective_at: When it takes effect, not before it was announced.
        announced_at: When it was said.
        index: The serial number of the declaration.
    """

    status: Declared
    effective_at: int
    announced_at: int
    index: int

    def __post_init__(self) -> None:
        assert self.status in _GRAVITY, "only three states can be declared"
        assert self.effective_at >= self.announced_at, "a change before its announcement"


@dataclass(frozen=True, slots=True)
class Standing:
    """What one party has declared of one scope: the past, the present, the announced.

    Attributes:
        adopted_at: When the party adopted the Understanding; None if it has not.
        folded: The state that older changes, no longer kept, led to.
        changes: In order of their effect; of two at one instant, in the order said.
    """

    adopted_at: int | None = None
    folded: Declared = Declared.IN_FORCE
    changes: tuple[Change, ...] = ()

    def adopt(self, at: int) -> "Standing":
        """The standing after the party adopted the Understanding; once is enough."""
        return self if self.adopted_at is not None else replace(self, adopted_at=at)

    def declare(self, change: Change) -> "Standing":
        """The standing after a declaration, by rule 4."""
        kept = [held for held in self.changes if not _is_withdrawn(held, change)]
        kept.append(change)
        kept.sort(key=lambda held: held.effective_at)
        past = sum(held.effective_at <= change.announced_at for held in kept)
        folded = self.folded
        for held in kept[: max(0, past - _PAST_CHANGES_MAX)]:
            folded = SCOPE[folded][_TAKES_EFFECT[held.status]]
        return replace(self, folded=folded, changes=tuple(kept[max(0, past - _PAST_CHANGES_MAX) :]))

    def state(self, now: int) -> Declared:
        """What the party declares at an instant."""
        if self.adopted_at is None or now < self.adopted_at:
            return Declared.NOT_IN_FORCE
        state = self.folded
        for change in self.changes:
            if change.announced_at > now:
                continue
            steps = _TAKES_EFFECT if change.effective_at <= now else _ANNOUNCED
            state = SCOPE[state][steps[change.status]]
        return state

    def pending(self, now: int) -> tuple[Change, ...]:
        """The changes that are announced and not yet effective, the nearest first."""
        return tuple(change for change in self.changes if change.effective_at > now)

    def in_effect(self, now: int) -> Change | None:
        """The last change that took effect; None if the party only adopted."""
        past = [change for change in self.changes if change.effective_at <= now]
        return past[-1] if past else None

    def differs(self, told: str, now: int, tolerance_ms: int) -> bool:
        """Whether the party's own word for the scope is not the one held here.

        Within the tolerance of a declaration or of its effect nothing differs:
        the word may be from before it.

        Args:
            told: The state that the party's tick names.
            now: When the tick came.
            tolerance_ms: How old a tick and how wrong a clock may be.
        """
        moments = [moment for c in self.changes for moment in (c.announced_at, c.effective_at)]
        if self.adopted_at is not None:
            moments.append(self.adopted_at)
        if any(abs(moment - now) <= tolerance_ms for moment in moments):
            return False
        return told != self.state(now)


def _is_withdrawn(held: Change, by: Change) -> bool:
    """Whether a later declaration withdraws one that is not yet effective."""
    if held.effective_at <= by.announced_at:
        return False
    if held.status is by.status:
        return True
    return held.effective_at >= by.effective_at and (
        by.status is Declared.IN_FORCE or _GRAVITY[held.status] < _GRAVITY[by.status]
    )


class Business(StrEnum):
    """What somebody is about to say, as far as a suspension is concerned."""

    NEW = "new"
    """New business of a scope: what a suspension stops."""
    LINE_CHECK = "line_check"
    FLASH = "flash"
    CONTACT = "contact"
    """Text, receipts, answers, declarations: how the line is found again."""
    HUMANITARIAN = "humanitarian"


NEVER_SUSPENDED: Final = (Business.LINE_CHECK, Business.FLASH, Business.CONTACT)
"""Rule 6: no declaration can stop these."""

KEPT_OPEN_DEFAULT: Final = (*NEVER_SUSPENDED, Business.HUMANITARIAN)
"""What a suspension keeps open unless it says otherwise."""


def admits(state: Declared, business: Business, kept_open: Collection[str] = ()) -> bool:
    """Whether a party that declares this state may begin such business.

    Args:
        state: Its own declared state of the scope.
        business: What it is about to say.
        kept_open: The exceptions that its declaration names.
    """
    if business in NEVER_SUSPENDED or business in kept_open:
        return True
    return state in (
        Declared.IN_FORCE,
        Declared.SUSPENSION_PENDING,
        Declared.TERMINATION_PENDING,
    )


class Word(StrEnum):
    """The one word that is displayed for a line."""

    CONTESTED = "CONTESTED"
    """The parties' own views differ; both are shown beside it."""
    NOT_IN_FORCE = "NOT_IN_FORCE"
    """Some party has not adopted the Understanding."""
    CLOSED = "CLOSED"
    """The Understanding has ended for a party: it terminated every scope."""
    SUSPENDED = "SUSPENDED"
    """Some party keeps no scope."""
    PARTIALLY_SUSPENDED = "PARTIALLY_SUSPENDED"
    """Some party does not keep some scope."""
    UNTESTED = "UNTESTED"
    """Nothing has been heard yet, or no person has answered a line check yet."""
    LOST = "LOST"
    """No counterpart can be reached."""
    UNANSWERED = "UNANSWERED"
    """The circuits work, and no person answers."""
    DEGRADED = "DEGRADED"
    """It works, but not as agreed."""
    ACTIVE = "ACTIVE"
    """All parties keep all scopes, and the line works as agreed."""


_OBSERVED_WORDS: Final = {
    Observed.UNKNOWN: Word.UNTESTED,
    Observed.LOST: Word.LOST,
    Observed.DEGRADED: Word.DEGRADED,
    Observed.UP: Word.ACTIVE,
}
_PEOPLE_WORDS: Final = {
    Answered.UNTESTED: Word.UNTESTED,
    Answered.ANSWERED: Word.ACTIVE,
    Answered.RECOVERING: Word.DEGRADED,
    Answered.LATE: Word.DEGRADED,
    Answered.UNANSWERED: Word.UNANSWERED,
    Answered.UNANSWERED_PROLONGED: Word.UNANSWERED,
}
"""The word where the circuits work as agreed: machines alone make no line ACTIVE."""

_NOBODY: Final = (Answered.UNANSWERED, Answered.UNANSWERED_PROLONGED)
_STOPPED: Final = (Declared.SUSPENDED, Declared.TERMINATED)


def displayed_word(
    observed: Observed,
    answered: Answered,
    declared: Mapping[str, Mapping[str, Declared]],
    *,
    is_contested: bool = False,
) -> Word:
    """The word for a line: first what is declared, then what is observed.

    Args:
        observed: What the circuits show.
        answered: What line checks between people show.
        declared: For each party, the state of each scope; not empty.
        is_contested: Whether a party's own view differs from ours.
    """
    if is_contested:
        return Word.CONTESTED
    return _declared_word(declared) or _observed_word(observed, answered)


def _declared_word(declared: Mapping[str, Mapping[str, Declared]]) -> Word | None:
    parties = [tuple(scopes.values()) for scopes in declared.values()]
    if not all(parties) or any(Declared.NOT_IN_FORCE in states for states in parties):
        return Word.NOT_IN_FORCE
    if any(all(state is Declared.TERMINATED for state in states) for states in parties):
        return Word.CLOSED
    if any(all(state in _STOPPED for state in states) for states in parties):
        return Word.SUSPENDED
    if any(state in _STOPPED for states in parties for state in states):
        return Word.PARTIALLY_SUSPENDED
    return None


def _observed_word(observed: Observed, answered: Answered) -> Word:
    word = _OBSERVED_WORDS[observed]
    if word in (Word.UNTESTED, Word.LOST):
        return word
    if word is Word.ACTIVE or answered in _NOBODY:
        return _PEOPLE_WORDS[answered]
    return word
