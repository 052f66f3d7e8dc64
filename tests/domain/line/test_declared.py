"""The declared axis: suspension, resumption, termination, and the displayed word."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.line.declared import (
    KEPT_OPEN_DEFAULT,
    NEVER_SUSPENDED,
    SCOPE,
    Business,
    Change,
    Declared,
    Standing,
    Step,
    Word,
    admits,
    displayed_word,
)
from openline.domain.line.observed import Answered, Observed

NOT_IN_FORCE, IN_FORCE, SUSPENSION_PENDING, SUSPENDED, TERMINATION_PENDING, TERMINATED = Declared

NOON = 1_491_566_400_000  # 2017-04-07T12:00:00Z, some hours after the strike on Shayrat
MIDNIGHT = NOON + 12 * HOUR_MS

IN_FORCE_SINCE_2015 = Standing().adopt(NOON - 500 * DAY_MS)


def says(status: Declared, effective_at: int, announced_at: int = NOON, index: int = 7) -> Change:
    return Change(status, effective_at, announced_at, index)


# --- the table -----------------------------------------------------------------------------------

ORDER = (
    Step.ADOPTED,
    Step.SUSPENSION_ANNOUNCED,
    Step.SUSPENDED,
    Step.RESUMPTION_ANNOUNCED,
    Step.RESUMED,
    Step.TERMINATION_ANNOUNCED,
    Step.TERMINATED,
)
N, F, P, S, Q, T = Declared
EXPECTED = {
    N: (F, N, N, N, N, N, N),
    F: (F, P, S, F, F, Q, T),
    P: (P, P, S, P, F, P, T),
    S: (S, S, S, S, F, S, T),
    Q: (Q, Q, S, Q, F, Q, T),
    T: (T, T, T, T, T, T, T),
}


@pytest.mark.parametrize(("state", "step"), list(product(Declared, Step)))
def test_each_pair(state: Declared, step: Step) -> None:
    """Every step in every state leads to the state that the rules name."""
    assert SCOPE[state][step] is EXPECTED[state][ORDER.index(step)]


def test_only_adoption_opens_and_nothing_reopens() -> None:
    """Nothing but adoption leaves NOT_IN_FORCE, and nothing leaves TERMINATED."""
    leaving = {step for step in Step if SCOPE[NOT_IN_FORCE][step] is not NOT_IN_FORCE}
    assert leaving == {Step.ADOPTED}
    assert set(SCOPE[TERMINATED].values()) == {TERMINATED}


# --- one scope of one party ----------------------------------------------------------------------


def test_before_and_after_adoption() -> None:
    """A scope is not in force before its party adopted, and in force after."""
    standing = Standing().adopt(NOON)
    assert Standing().state(NOON) is NOT_IN_FORCE
    assert [standing.state(NOON - 1), standing.state(NOON)] == [NOT_IN_FORCE, IN_FORCE]
    assert standing.adopt(NOON + 1) == standing


def test_shayrat() -> None:
    """Announced at noon for midnight: pending until midnight, suspended from midnight."""
    standing = IN_FORCE_SINCE_2015.declare(says(SUSPENDED, MIDNIGHT))
    moments = (NOON - 1, NOON, MIDNIGHT - 1, MIDNIGHT, MIDNIGHT + 30 * DAY_MS)
    assert [standing.state(at) for at in moments] == [
        IN_FORCE,
        SUSPENSION_PENDING,
        SUSPENSION_PENDING,
        SUSPENDED,
        SUSPENDED,
    ]
    assert standing.pending(NOON) == (says(SUSPENDED, MIDNIGHT),)
    assert standing.pending(MIDNIGHT) == ()
    assert standing.in_effect(NOON) is None
    assert standing.in_effect(MIDNIGHT) == says(SUSPENDED, MIDNIGHT)


def test_an_announced_suspension_is_withdrawn() -> None:
    """In force from now withdraws what was announced for later."""
    standing = IN_FORCE_SINCE_2015.declare(says(SUSPENDED, MIDNIGHT))
    standing = standing.declare(says(IN_FORCE, NOON + HOUR_MS, NOON + HOUR_MS))
    assert standing.state(MIDNIGHT) is IN_FORCE
    assert standing.pending(NOON + HOUR_MS) == ()


def test_a_suspension_is_put_off() -> None:
    """A second suspension for later takes the place of the announced one."""
    standing = IN_FORCE_SINCE_2015.declare(says(SUSPENDED, MIDNIGHT))
    standing = standing.declare(says(SUSPENDED, MIDNIGHT + DAY_MS, NOON + HOUR_MS))
    assert standing.state(MIDNIGHT) is SUSPENSION_PENDING
    assert standing.state(MIDNIGHT + DAY_MS) is SUSPENDED


def test_a_suspension_until() -> None:
    """A suspension followed by an announced resumption ends by itself."""
    standing = IN_FORCE_SINCE_2015.declare(says(SUSPENDED, NOON))
    standing = standing.declare(says(IN_FORCE, MIDNIGHT, NOON + 1))
    assert standing.state(MIDNIGHT - 1) is SUSPENDED
    assert [change.status for change in standing.pending(NOON + 1)] == [IN_FORCE]
    assert standing.state(MIDNIGHT) is IN_FORCE


def test_a_later_suspension_withdraws_the_announced_resumption() -> None:
    """A suspension said after a resumption was announced stands without an end."""
    standing = IN_FORCE_SINCE_2015.declare(says(SUSPENDED, NOON))
    standing = standing.declare(says(IN_FORCE, MIDNIGHT, NOON + 1))
    standing = standing.declare(says(SUSPENDED, NOON + HOUR_MS, NOON + HOUR_MS))
    assert standing.state(MIDNIGHT) is SUSPENDED


def test_announced_intent_to_close_is_not_closure() -> None:
    """A termination with notice is pending, and terminates when the notice is over."""
    standing = IN_FORCE_SINCE_2015.declare(says(TERMINATED, NOON + 30 * DAY_MS))
    assert standing.state(NOON) is TERMINATION_PENDING
    assert admits(standing.state(NOON), Business.NEW)
    assert standing.state(NOON + 30 * DAY_MS) is TERMINATED


def test_a_suspension_does_not_withdraw_a_termination() -> None:
    """Suspended tonight, terminated next week: the nearer shows, both happen."""
    standing = IN_FORCE_SINCE_2015.declare(says(TERMINATED, NOON + 7 * DAY_MS))
    standing = standing.declare(says(SUSPENDED, MIDNIGHT, NOON + 1))
    assert standing.state(NOON + 1) is SUSPENSION_PENDING
    assert [change.status for change in standing.pending(NOON + 1)] == [SUSPENDED, TERMINATED]
    assert standing.state(MIDNIGHT) is SUSPENDED
    assert standing.state(NOON + 7 * DAY_MS) is TERMINATED


def test_a_termination_withdraws_what_would_follow_it() -> None:
    """A termination takes the place of whatever was announced for later."""
    standing = IN_FORCE_SINCE_2015.declare(says(SUSPENDED, MIDNIGHT))
    standing = standing.declare(says(TERMINATED, NOON + HOUR_MS, NOON + 1))
    assert [change.status for change in standing.pending(NOON + 1)] == [TERMINATED]


def test_what_took_effect_is_never_withdrawn() -> None:
    """A resumption does not rewrite that the scope was suspended."""
    standing = IN_FORCE_SINCE_2015.declare(says(SUSPENDED, NOON))
    standing = standing.declare(says(IN_FORCE, NOON + HOUR_MS, NOON + HOUR_MS))
    assert standing.state(NOON + HOUR_MS - 1) is SUSPENDED
    assert standing.state(NOON + HOUR_MS) is IN_FORCE


@given(
    st.lists(
        st.tuples(
            st.sampled_from((IN_FORCE, SUSPENDED, TERMINATED)),
            st.integers(1, 3 * HOUR_MS),
            st.sampled_from((0, 0, MINUTE_MS, DAY_MS)),
        ),
        max_size=80,
    )
)
def test_the_last_word_holds(said: list[tuple[Declared, int, int]]) -> None:
    """At its effective time the last declaration holds, unless the scope is terminated."""
    standing, now = IN_FORCE_SINCE_2015, NOON
    for index, (status, after_ms, ahead_ms) in enumerate(said):
        now += after_ms
        change = Change(status, now + ahead_ms, now, index)
        was_terminated = standing.state(now) is TERMINATED
        standing = standing.declare(change)
        assert change in standing.changes
        assert len(standing.changes) <= 35
        assert [c.effective_at for c in standing.changes] == sorted(
            c.effective_at for c in standing.changes
        )
        if was_terminated:
            assert standing.state(change.effective_at) is TERMINATED
        elif not any(c.status is TERMINATED for c in standing.changes):
            assert standing.state(change.effective_at) is status


def test_old_changes_are_folded() -> None:
    """A thousand toggles leave a short list and the same state."""
    standing = IN_FORCE_SINCE_2015
    for number in range(1_001):
        at = NOON + number * MINUTE_MS
        standing = standing.declare(Change((SUSPENDED, IN_FORCE)[number % 2], at, at, number))
    assert len(standing.changes) == 32
    assert standing.state(NOON + DAY_MS) is SUSPENDED


def test_a_terminated_scope_stays_so_when_folded() -> None:
    """No number of later declarations brings a terminated scope back."""
    standing = IN_FORCE_SINCE_2015.declare(says(TERMINATED, NOON))
    for number in range(1, 100):
        at = NOON + number * MINUTE_MS
        standing = standing.declare(Change(IN_FORCE, at, at, number))
    assert standing.state(NOON + DAY_MS) is TERMINATED


@pytest.mark.parametrize(
    ("told", "at", "differs"),
    [
        ("IN_FORCE", NOON - HOUR_MS, False),
        ("SUSPENDED", NOON - HOUR_MS, True),
        ("IN_FORCE", NOON + MINUTE_MS, False),
        ("IN_FORCE", NOON + HOUR_MS, True),
        ("SUSPENSION_PENDING", NOON + HOUR_MS, False),
        ("SUSPENSION_PENDING", MIDNIGHT + MINUTE_MS, False),
        ("SUSPENSION_PENDING", MIDNIGHT + HOUR_MS, True),
        ("IN_FORCE", MIDNIGHT + HOUR_MS, True),
        ("SUSPENDED", MIDNIGHT + HOUR_MS, False),
    ],
)
def test_own_word_differs(told: str, at: int, differs: bool) -> None:
    """A party's tick contests its own declaration, except while both are fresh."""
    standing = IN_FORCE_SINCE_2015.declare(says(SUSPENDED, MIDNIGHT))
    assert standing.differs(told, at, 2 * MINUTE_MS) is differs


# --- what stays open -----------------------------------------------------------------------------


@pytest.mark.parametrize("business", [Business.LINE_CHECK, Business.FLASH, Business.CONTACT])
@pytest.mark.parametrize("state", Declared)
def test_never_suspended(state: Declared, business: Business) -> None:
    """Line checks, FLASH and contact are open in every state, whatever is declared."""
    assert admits(state, business, ())


@pytest.mark.parametrize(
    ("state", "is_open"),
    [
        (NOT_IN_FORCE, False),
        (IN_FORCE, True),
        (SUSPENSION_PENDING, True),
        (SUSPENDED, False),
        (TERMINATION_PENDING, True),
        (TERMINATED, False),
    ],
)
def test_new_business(state: Declared, is_open: bool) -> None:
    """New business goes on until a suspension is effective, and stops then."""
    assert admits(state, Business.NEW, KEPT_OPEN_DEFAULT) is is_open


def test_humanitarian_is_open_unless_it_is_left_out() -> None:
    """A suspension keeps humanitarian notices open unless it says otherwise."""
    assert admits(SUSPENDED, Business.HUMANITARIAN, KEPT_OPEN_DEFAULT)
    assert not admits(SUSPENDED, Business.HUMANITARIAN, NEVER_SUSPENDED)


# --- the displayed word --------------------------------------------------------------------------

BOTH_KEEP_ALL = {
    "alpha.example": {"air_safety": IN_FORCE, "humanitarian": IN_FORCE},
    "bravo.example": {"air_safety": IN_FORCE, "humanitarian": IN_FORCE},
}


def bravo(air_safety: Declared, humanitarian: Declared) -> dict[str, dict[str, Declared]]:
    own = {"air_safety": air_safety, "humanitarian": humanitarian}
    return {**BOTH_KEEP_ALL, "bravo.example": own}


@pytest.mark.parametrize(
    ("observed", "answered", "word"),
    [
        (Observed.UNKNOWN, Answered.UNANSWERED, Word.UNTESTED),
        (Observed.LOST, Answered.UNANSWERED, Word.LOST),
        (Observed.UP, Answered.UNANSWERED, Word.UNANSWERED),
        (Observed.DEGRADED, Answered.UNANSWERED, Word.UNANSWERED),
        (Observed.UP, Answered.LATE, Word.DEGRADED),
        (Observed.UP, Answered.UNTESTED, Word.UNTESTED),
        (Observed.UP, Answered.RECOVERING, Word.DEGRADED),
        (Observed.UP, Answered.UNANSWERED_PROLONGED, Word.UNANSWERED),
        (Observed.DEGRADED, Answered.UNANSWERED_PROLONGED, Word.UNANSWERED),
        (Observed.DEGRADED, Answered.UNTESTED, Word.DEGRADED),
        (Observed.UP, Answered.ANSWERED, Word.ACTIVE),
        (Observed.DEGRADED, Answered.ANSWERED, Word.DEGRADED),
    ],
)
def test_observed_words(observed: Observed, answered: Answered, word: Word) -> None:
    """While everything is in force the word says what is observed."""
    assert displayed_word(observed, answered, BOTH_KEEP_ALL) is word


@pytest.mark.parametrize(
    ("declared", "word"),
    [
        (bravo(SUSPENSION_PENDING, IN_FORCE), Word.ACTIVE),
        (bravo(TERMINATION_PENDING, TERMINATION_PENDING), Word.ACTIVE),
        (bravo(SUSPENDED, IN_FORCE), Word.PARTIALLY_SUSPENDED),
        (bravo(TERMINATED, IN_FORCE), Word.PARTIALLY_SUSPENDED),
        (bravo(SUSPENDED, SUSPENDED), Word.SUSPENDED),
        (bravo(SUSPENDED, TERMINATED), Word.SUSPENDED),
        (bravo(TERMINATED, TERMINATED), Word.CLOSED),
        (bravo(NOT_IN_FORCE, NOT_IN_FORCE), Word.NOT_IN_FORCE),
        ({"alpha.example": {}, "bravo.example": {}}, Word.NOT_IN_FORCE),
    ],
)
def test_declared_words(declared: dict[str, dict[str, Declared]], word: Word) -> None:
    """What any party declares shows before what is observed."""
    assert displayed_word(Observed.UP, Answered.ANSWERED, declared) is word


def test_two_halves_are_not_a_whole() -> None:
    """Two parties that each suspend another scope suspend the line in part only."""
    declared = {
        "alpha.example": {"air_safety": SUSPENDED, "humanitarian": IN_FORCE},
        "bravo.example": {"air_safety": IN_FORCE, "humanitarian": SUSPENDED},
    }
    word = displayed_word(Observed.UP, Answered.ANSWERED, declared)
    assert word is Word.PARTIALLY_SUSPENDED


def test_contested_shows_first() -> None:
    """When the parties' own views differ nothing else is the word."""
    word = displayed_word(
        Observed.LOST, Answered.UNANSWERED, bravo(SUSPENDED, SUSPENDED), is_contested=True
    )
    assert word is Word.CONTESTED
