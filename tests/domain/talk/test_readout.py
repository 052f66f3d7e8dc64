"""Readouts: the table, each clock, the hash of a text, and where two texts differ."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError
from openline.domain.instant import HOUR_MS
from openline.domain.talk.body import By, Reference
from openline.domain.talk.kinds import Kind
from openline.domain.talk.readout import (
    READOUT,
    READOUT_TABLE,
    Readout,
    ReadoutEvent,
    ReadoutMode,
    ReadoutState,
    ReadoutStep,
    ReadoutText,
    TextDigest,
)
from openline.domain.talk.readout_text import differences, paragraphs, text_digest, word_changes
from tests.domain.talk.matters import ALPHA, BRAVO, T0, Talk, check_tables

S, E = ReadoutState, ReadoutEvent
BY = By("commander", "Gen. Jones")
OF = Reference(ALPHA, 0)
TEXT = ReadoutText("en", "The commanders spoke.")
SEEN = {S.AGREED, S.NO_OBJECTION, S.DIFFERS, S.UNANSWERED}
OPEN = {S.PROPOSED} | SEEN


def expected(state: ReadoutState, event: ReadoutEvent) -> ReadoutState | None:
    """The rules of a readout said again, event by event instead of state by state."""
    match event:
        case E.AGREED | E.NO_OBJECTION | E.REPLACED:
            return S(event.value) if state in OPEN else None
        case E.DIFFERS:
            if state is S.PUBLISHED:
                return state
            return S.DIFFERS if state in OPEN else None
        case E.WITHDRAWN:
            return S.WITHDRAWN if state in OPEN | {S.PUBLISHED} else None
        case E.TAKEN_BACK:
            return state if state in {S.PUBLISHED, S.WITHDRAWN} else None
        case E.PUBLISHED_UNILATERAL:
            return S.PUBLISHED
        case E.PUBLISHED_COORDINATED:
            return S.PUBLISHED if state in SEEN | {S.PUBLISHED} else None
        case E.PUBLISHED_JOINT:
            return S.PUBLISHED if state in {S.AGREED, S.PUBLISHED} else None
        case E.AGREE_DUE:
            return S.UNANSWERED if state is S.PROPOSED else None
        case E.PUBLISH_DUE:
            return state if state in SEEN - {S.UNANSWERED} else None


@pytest.mark.parametrize(("state", "event"), list(product(ReadoutState, ReadoutEvent)))
def test_every_event_in_every_state_of_a_readout(state: S, event: E) -> None:
    """Each pair of state and event goes where the rules say, or cannot happen."""
    assert READOUT_TABLE[state].get(event) is expected(state, event)


def test_the_table_and_the_clocks_of_a_readout_belong_together() -> None:
    """Every state is reached, and each clock's event can occur wherever it runs."""
    check_tables(READOUT.life, READOUT.clocks)


def proposal(**changes: object) -> Readout:
    """A proposed text of both."""
    fields: dict[str, object] = {
        "by": BY,
        "step": ReadoutStep.PROPOSE,
        "of": OF,
        "mode": ReadoutMode.JOINT,
        "texts": (TEXT,),
        "initiated_by": ALPHA,
        **changes,
    }
    return Readout(**fields)  # type: ignore[arg-type]


def step(what: ReadoutStep, **changes: object) -> Readout:
    """A later step."""
    return Readout(BY, what, OF, **changes)  # type: ignore[arg-type]


def test_a_readout_is_answered_by_the_agreed_time() -> None:
    """By its own time, or else in three hours, it is UNANSWERED and tier 2 must know."""
    plain = Talk(READOUT).say(ALPHA, proposal(), T0)
    own = Talk(READOUT).say(ALPHA, proposal(agree_by=T0 + HOUR_MS), T0)
    for talk, due in ((plain, T0 + 3 * HOUR_MS), (own, T0 + HOUR_MS)):
        assert talk.standing(due - 1).state is S.PROPOSED
        standing = talk.standing(due)
        assert (standing.state, standing.tier) == (S.UNANSWERED, 2)


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, T0 + 6 * HOUR_MS),
        ({"held_at": T0 - HOUR_MS}, T0 + 5 * HOUR_MS),
        ({"embargo_until": T0 + 9 * HOUR_MS}, T0 + 9 * HOUR_MS),
    ],
)
def test_a_readout_is_published_within_six_hours(changes: dict[str, int], due: int) -> None:
    """Six hours after the contact, or at the end of a longer embargo, tier 2 must know."""
    agreed = step(ReadoutStep.AGREE, digests=(TextDigest("en", TEXT.digest),))
    talk = Talk(READOUT).say(ALPHA, proposal(**changes), T0)
    talk.say(BRAVO, agreed, T0 + 1, Kind.READOUT)
    assert talk.standing(due - 1).tier == 1
    standing = talk.standing(due)
    assert (standing.state, standing.tier) == (S.AGREED, 2)
    published = step(ReadoutStep.PUBLISH, mode=ReadoutMode.JOINT, texts=(TEXT,))
    talk.say(ALPHA, published, T0 + 2, Kind.READOUT)
    assert talk.standing(due).state is S.PUBLISHED
    assert talk.standing(due).tier == 1


def test_a_text_of_both_needs_agreement() -> None:
    """A JOINT publication of a text that nobody agreed with changes nothing; an own one does."""
    joint = step(ReadoutStep.PUBLISH, mode=ReadoutMode.JOINT, texts=(TEXT,))
    alone = step(ReadoutStep.PUBLISH, mode=ReadoutMode.UNILATERAL, texts=(TEXT,))
    talk = Talk(READOUT).say(ALPHA, proposal(), T0).say(BRAVO, joint, T0 + 1, Kind.READOUT)
    assert talk.standing(T0 + 1).state is S.PROPOSED
    talk.say(BRAVO, alone, T0 + 2, Kind.READOUT)
    assert talk.standing(T0 + 2).state is S.PUBLISHED


def test_one_cannot_agree_with_oneself() -> None:
    """An agreement by the party that proposed the readout changes nothing."""
    agreed = step(ReadoutStep.AGREE, digests=(TextDigest("en", TEXT.digest),))
    talk = Talk(READOUT).say(ALPHA, proposal(), T0).say(ALPHA, agreed, T0 + 1, Kind.READOUT)
    assert talk.standing(T0 + 1).state is S.PROPOSED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"texts": []}, "texts"),
        ({"initiated_by": None}, "initiated_by"),
        ({"mode": None}, "mode"),
        ({"digests": [{"language": "en", "sha256": "A" * 43 + "="}]}, "digests"),
        ({"step": "AGREE"}, "mode"),
        ({"step": "DIFFER", "mode": None, "initiated_by": None}, "text"),
        ({"step": "WITHDRAW", "mode": None, "initiated_by": None, "texts": []}, "text"),
        ({"texts": [{"language": "en", "text": " "}]}, "text"),
    ],
)
def test_each_step_has_what_belongs_to_it(changes: dict[str, object], field: str) -> None:
    """What is missing, or has no place beside the step, is named."""
    form = {**proposal().to_json(), **changes}
    with pytest.raises(OurError, match=field):
        Readout.from_json({name: value for name, value in form.items() if value is not None})  # type: ignore[arg-type]


# Texts.


def test_the_hash_of_a_text_tells_its_language() -> None:
    """One text in two languages has two hashes; no text's hash is that of its bytes alone."""
    assert text_digest("en", "Да.") != text_digest("ru", "Да.")
    assert len(text_digest("en", "")) == 32


def test_differences_are_told_by_paragraph_and_word() -> None:
    """A changed word, a new paragraph and a missing one are each found where they are."""
    ours = "They spoke of the air.\n\nThey agreed on an hour.\n\nThe call was short."
    theirs = "They spoke of the air.\n\nThey agreed on half an hour.\n\nThe call was short.\n\nBye."
    changed, added = differences(ours, theirs)
    assert (changed.number, changed.ours) == (2, "They agreed on an hour.")
    assert [one.theirs for one in changed.changes if not one.same] == ["half"]
    assert (added.number, added.ours, added.theirs) == (4, "", "Bye.")
    [missing] = differences(theirs, theirs.removesuffix("\n\nBye."))
    assert (missing.number, missing.theirs) == (4, "")


def test_paragraphs_are_parted_by_empty_rows() -> None:
    """Rows belong together until an empty one; spaces around them do not count."""
    assert paragraphs("\n\n a\nb \n\n \n c\n") == ["a\nb", "c"]
    assert paragraphs("") == []


WORDS = st.lists(st.sampled_from(["a", "b", "c", "\n", "\n\n"]), max_size=30).map(" ".join)


@given(ours=WORDS, theirs=WORDS)
def test_both_texts_come_back_from_the_changes(ours: str, theirs: str) -> None:
    """What is the same and what is one's own are together each of the two texts, in order."""
    changes = word_changes(ours, theirs)
    mine = [word for one in changes for word in (one.same or one.ours).split()]
    other = [word for one in changes for word in (one.same or one.theirs).split()]
    assert (mine, other) == (ours.split(), theirs.split())
    assert bool(differences(ours, theirs)) is (paragraphs(ours) != paragraphs(theirs))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("a " * 8_000, "a " * 8_191),
        (" ".join(f"{n} y" for n in range(199)), " ".join(f"y {-n - 1}" for n in range(199))),
        ("x\n\n" * 5_000, "x\n\ny\n\n" * 2_700),
    ],
)
def test_hostile_texts_are_compared(ours: str, theirs: str) -> None:
    """Texts made to be slow to compare are compared all the same, and soon."""
    assert differences(ours, theirs)
