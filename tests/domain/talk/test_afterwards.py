"""Corrections, query-acks, translations and the glossary: tables and rules without a node."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.conduct.life import OPENED, Happening, fold, next_due
from openline.domain.conduct.subject import Said
from openline.domain.errors import OurError
from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.domain.line.terms import Timers
from openline.domain.party import Precedence
from openline.domain.record import cbor
from openline.domain.talk.body import By, Reference
from openline.domain.talk.correction import (
    CORRECTABLE,
    CORRECTION,
    CORRECTION_CLOCKS,
    CORRECTION_LIFE,
    CORRECTION_TABLE,
    Correction,
    CorrectionEvent,
    CorrectionState,
    check_field,
    value_at,
    with_value,
)
from openline.domain.talk.glossary import TERMS, missing_words
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import MESSAGES, parse_body
from openline.domain.talk.query_ack import next_ask
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict
from openline.domain.talk.text import Text, Translation

BY = By("air-desk", "Maj. A. Petrov")
OF = Reference("alpha.example", 7)
TIMERS = Timers()


# --- the life of a correction --------------------------------------------------------------------


@pytest.mark.parametrize("state", CorrectionState)
@pytest.mark.parametrize("event", CorrectionEvent)
def test_every_pair_of_state_and_event_has_its_next_state_or_none(
    state: CorrectionState, event: CorrectionEvent
) -> None:
    """What happens leads to a state of the table; what cannot happen is not in it."""
    after = CORRECTION_TABLE[state].get(event)
    assert after is None or after in CORRECTION_TABLE
    is_due = event is CorrectionEvent.READ_BACK_DUE
    open_states = (CorrectionState.GIVEN, CorrectionState.READ)
    assert (
        (after is not None) or is_due or event in (CorrectionEvent.CORRECT, CorrectionEvent.WRONG)
    )
    assert not is_due or (after is not None) == (state in open_states)
    assert event is not CorrectionEvent.CORRECT or (after is None) == (
        state not in (CorrectionState.READ_BACK, CorrectionState.CONFIRMED)
    )


@pytest.mark.parametrize("clock", CORRECTION_CLOCKS, ids=lambda clock: clock.name)
def test_each_clock_of_a_correction_fires_at_its_instant(clock: Any) -> None:
    """Until the instant nothing happens; from then on the state is the one of the table."""
    happening = Happening(0, "alpha.example", 1, 1, OPENED, ((clock.until, 1000),))
    before = fold(CORRECTION_LIFE, CORRECTION_CLOCKS, [happening], 999)
    after = fold(CORRECTION_LIFE, CORRECTION_CLOCKS, [happening], 1000)
    assert before is not None
    assert after is not None
    assert next_due(CORRECTION_CLOCKS, before) == (1000, clock)
    assert (before.state, after.state) == ("GIVEN", "NOT_READ_BACK")


@pytest.mark.parametrize(
    ("message", "is_by_opener", "event"),
    [
        (Read(BY, OF), False, "READ"),
        (Read(BY, OF), True, None),
        (ReadBack(BY, OF, ReadBackVerdict.I_READ_BACK, "80"), False, "READ_BACK"),
        (ReadBack(BY, OF, ReadBackVerdict.I_READ_BACK, "80"), True, None),
        (ReadBack(BY, OF, ReadBackVerdict.CORRECT), True, "CORRECT"),
        (ReadBack(BY, OF, ReadBackVerdict.CORRECT), False, None),
        (ReadBack(BY, OF, ReadBackVerdict.CORRECTION, "80"), True, "WRONG"),
        (Text(BY, "en", "Noted."), False, None),
    ],
)
def test_only_who_may_moves_a_correction(
    message: Any, is_by_opener: bool, event: str | None
) -> None:
    """The reader reads and repeats; the author confirms or corrects again."""
    said = Said(message, 5, 2, is_by_opener, Kind.CORRECTION, TIMERS, 2)
    deed = CORRECTION.deed(said)
    assert (None if deed is None else deed.event) == event


# --- values that are corrected -------------------------------------------------------------------


@pytest.mark.parametrize("kind", CORRECTABLE, ids=lambda kind: kind.name)
def test_what_can_be_corrected_is_a_field_of_its_message(kind: Kind) -> None:
    """Each name in the list of a kind is one of the fields of that kind."""
    names = {field.shown for field in MESSAGES[kind].record.table}
    assert set(CORRECTABLE[kind]) <= names
    assert "by" not in CORRECTABLE[kind]
    assert "of" not in CORRECTABLE[kind]


def test_kinds_that_are_said_anew_are_not_corrected() -> None:
    """A reading or a declaration is no value: it is said anew."""
    for kind in (Kind.READ, Kind.DECLARATION, Kind.CODED, Kind.CORRECTION):
        with pytest.raises(OurError, match="its values are not corrected"):
            check_field(kind, "text", "ALPHA-0001")


SHOWN = {"place": "west", "objects": [{"what": "trucks", "count": 8}], "exercise": False, "x": ""}


@pytest.mark.parametrize(
    ("field", "old", "new", "after"),
    [
        ("place", "west", "east", "east"),
        ("objects[0].count", "8", "80", 80),
        ("objects[0].what", "trucks", "8", "8"),
        ("exercise", "false", "true", True),
        ("x", "", "y", "y"),
    ],
)
def test_a_value_is_changed_in_its_own_form(field: str, old: str, new: str, after: Any) -> None:
    """Words stay words and numbers numbers; nothing else of the message changes."""
    assert value_at(SHOWN, field) == old
    changed = with_value(SHOWN, field, new)
    assert with_value(changed, field, old) == SHOWN
    assert value_at(changed, field) == (after if isinstance(after, str) else new)


@given(st.text("placeobjects[]0.-1 ", max_size=30), st.text(max_size=5))
def test_no_path_makes_a_correction_fail_otherwise(field: str, new: str) -> None:
    """Any path is refused as ours, or changes a value and adds none."""
    with contextlib.suppress(OurError):
        changed = with_value(SHOWN, field, new)
        assert set(changed) == set(SHOWN)


def test_a_correction_changes_something() -> None:
    """A correction to what was said is no correction."""
    faults = [fault.path for fault in Correction(BY, OF, "place", "x", "x", "Why.").faults()]
    assert faults == ["new"]


# --- when to ask ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("precedence", "is_delivered", "after_ms"),
    [
        (Precedence.ROUTINE, False, 10 * MINUTE_MS),
        (Precedence.PRIORITY, False, 10 * MINUTE_MS),
        (Precedence.IMMEDIATE, False, MINUTE_MS),
        (Precedence.FLASH, False, MINUTE_MS),
        (Precedence.ROUTINE, True, 6 * HOUR_MS),
        (Precedence.FLASH, True, 2 * MINUTE_MS),
    ],
)
def test_the_first_ask_follows_the_agreed_times(
    precedence: Precedence, is_delivered: bool, after_ms: int
) -> None:
    """Without a receipt after the time for one, with one after the time for reading."""
    assert next_ask(TIMERS, precedence, 5, (), is_delivered=is_delivered) == 5 + after_ms


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40).map(sorted), st.booleans())
def test_each_further_ask_waits_twice_as_long_up_to_a_week(
    asked: list[int], is_delivered: bool
) -> None:
    """The wait doubles with each ask, and stays after ten."""
    at = next_ask(TIMERS, Precedence.ROUTINE, 0, tuple(asked), is_delivered=is_delivered)
    waited = at - asked[-1]
    assert waited >= 10 * MINUTE_MS * 2 ** min(len(asked), 10) or at == 6 * HOUR_MS
    assert at <= max(asked[-1] + 10 * MINUTE_MS * 1024, 6 * HOUR_MS)


# --- translations and the glossary ---------------------------------------------------------------


def test_an_old_translation_has_the_bytes_it_had() -> None:
    """Without reviewer and certifier a translation is the map of four that it always was."""
    text = Text(BY, "en", "Say again.", False, (Translation("ru", "Повторите.", "Lt. Petrova"),))
    body = text.to_body()
    assert body[4] == [{1: "ru", 2: "Повторите.", 3: "Lt. Petrova", 4: False}]
    assert parse_body(Kind.TEXT, cbor.decode(cbor.encode(body))) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("translation", "is_gist"),
    [
        (Translation("ru", "x", "program 4", True), True),
        (Translation("ru", "x", "program 4", True, "Maj. Haddad"), False),
        (Translation("ru", "x", "program 4", True, None, "Maj. Haddad"), False),
        (Translation("ru", "x", "Lt. Petrova"), False),
    ],
)
def test_what_only_a_machine_answers_for_is_a_gist(translation: Translation, is_gist: bool) -> None:
    """A person who reviewed or certified it makes it more than a gist."""
    assert translation.is_gist is is_gist


@pytest.mark.parametrize(
    ("original", "language", "translation", "into", "missing"),
    [
        ("Our notice stands.", "en", "Наше уведомление в силе.", "ru", []),
        ("Our NOTICES stand.", "en", "Наши уведомления в силе.", "ru", []),
        ("Our notice stands.", "en", "Наше объявление в силе.", "ru", [("notice", "уведомлен")]),
        ("Our notice stands.", "en", "إشعارنا سارٍ.", "ar", []),
        ("Our notice stands.", "en", "والإشعار سار.", "ar", []),
        ("Our notice stands.", "en", "بلاغنا سار.", "ar", [("notice", "إشعار")]),
        ("Предупреждение.", "ru", "Notice.", "en", [("предупрежд", "warning")]),
        ("Noticeboard", "en", "доска", "ru", [("notice", "уведомлен")]),
        ("Our notice stands.", "en", "Notre avis.", "fr", []),
        ("A convoy of twelve.", "en", "Колонна из двенадцати.", "ru", []),
        ("قافلة", "ar", "A CONVOY.", "en", []),
    ],
)
def test_agreed_words_that_a_translation_lacks_are_named(
    original: str, language: str, translation: str, into: str, missing: list[tuple[str, str]]
) -> None:
    """A term of the original needs one of its agreed words, in any inflection."""
    assert list(missing_words(original, language, translation, into)) == missing


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term["en"][0])
def test_each_term_is_found_by_its_own_words(term: dict[str, tuple[str, ...]]) -> None:
    """A translation that is the agreed word itself lacks nothing."""
    for language in term:
        for into in term:
            for word in term[language]:
                given = " ".join(words for one in TERMS for words in one[into])
                assert list(missing_words(word, language, given, into)) == []
    assert set(term) == {"en", "ru", "ar"}
