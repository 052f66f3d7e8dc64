"""Challenge words: both sides derive the same, and hear verified, duress and failed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError
from openline.domain.line.words import WORDS
from openline.domain.talk.challenge import (
    CARD_ROWS,
    STEP_MS,
    Heard,
    Secret,
    card,
    duress_word,
    fingerprint,
    hear,
    hear_card,
    parse_secret,
    row_at,
    secret_words,
)

ALPHA, BRAVO = "alpha.example", "bravo.example"
NOW = 1_491_528_000_123
SECRET = Secret(bytes(range(16)), (ALPHA, BRAVO))

secrets = st.binary(min_size=16, max_size=16).map(lambda value: Secret(value, (ALPHA, BRAVO)))


@given(secret=secrets, at=st.integers(0, 2**45))
def test_no_word_of_a_row_is_there_twice(secret: Secret, at: int) -> None:
    """The words of both directions and the duress words all differ, at each instant."""
    (one, two), (three, four) = row_at(secret, at).words
    duress = [duress_word(secret, party) for party in (ALPHA, BRAVO)]
    assert len({one, two, three, four, *duress}) == 6


def test_the_words_change_every_half_minute() -> None:
    """They are the same within a step and others in the next one."""
    start = NOW // STEP_MS * STEP_MS
    assert row_at(SECRET, start) == row_at(SECRET, start + STEP_MS - 1)
    rows = {row_at(SECRET, start + step * STEP_MS) for step in range(100)}
    assert len(rows) == 100


@pytest.mark.parametrize(
    ("apart_ms", "heard"),
    [(0, Heard.VERIFIED), (STEP_MS, Heard.VERIFIED), (-STEP_MS, Heard.VERIFIED),
     (2 * STEP_MS, Heard.FAILED), (-2 * STEP_MS, Heard.FAILED)],
)  # fmt: skip
def test_words_are_taken_from_the_steps_beside_too(apart_ms: int, heard: Heard) -> None:
    """Clocks may be half a minute apart, and not a minute."""
    words = " ".join(row_at(SECRET, NOW).of(SECRET, BRAVO))
    assert hear(SECRET, BRAVO, words.upper(), NOW + apart_ms) is heard


def test_an_echo_is_no_answer() -> None:
    """Our own words do not verify the other side."""
    ours = " ".join(row_at(SECRET, NOW).of(SECRET, ALPHA))
    assert hear(SECRET, BRAVO, ours, NOW) is Heard.FAILED
    assert hear(SECRET, ALPHA, ours, NOW) is Heard.VERIFIED


def test_the_duress_word_is_heard_as_such() -> None:
    """The first word with the duress word tells of duress; the duress word alone does not."""
    first, second = row_at(SECRET, NOW).of(SECRET, BRAVO)
    duress = duress_word(SECRET, BRAVO)
    assert hear(SECRET, BRAVO, f"{first} {duress}", NOW) is Heard.DURESS
    assert hear(SECRET, BRAVO, f"{first} {duress_word(SECRET, ALPHA)}", NOW) is Heard.FAILED
    for words in ("", first, f"{duress} {duress}", f"{second} {first}", f"{first} {second} x", "é"):
        assert hear(SECRET, BRAVO, words, NOW) is Heard.FAILED


def test_a_card_serves_without_a_clock() -> None:
    """Each row of each card has words of its own, and only those verify it."""
    rows = card(SECRET, 7)
    assert len(set(rows)) == len(rows) == CARD_ROWS
    assert not set(rows) & set(card(SECRET, 8))
    words = " ".join(rows[2].of(SECRET, BRAVO))
    assert hear_card(SECRET, BRAVO, words, 7, 3) is Heard.VERIFIED
    assert hear_card(SECRET, BRAVO, words, 7, 4) is Heard.FAILED
    assert hear_card(SECRET, BRAVO, words, 8, 3) is Heard.FAILED


@pytest.mark.parametrize(("number", "row"), [(0, 1), (1_000, 1), (1, 0), (1, CARD_ROWS + 1)])
def test_a_card_that_is_none_is_refused(number: int, row: int) -> None:
    """A card or row that cannot be is named."""
    with pytest.raises(OurError, match=r"no card|no row"):
        hear_card(SECRET, BRAVO, "a b", number, row)


@given(secret=secrets)
def test_a_secret_is_carried_over_as_words(secret: Secret) -> None:
    """Both sides have the same secret and fingerprint from its words, whoever enters them."""
    words = secret_words(secret)
    again = parse_secret(" ".join(words).upper(), (BRAVO, ALPHA))
    assert again == secret
    assert fingerprint(again) == fingerprint(secret)
    assert set(words) <= set(WORDS)


def test_a_slip_of_the_pen_is_seen() -> None:
    """A word that is none, one too few, and two that changed places are each refused."""
    words = secret_words(SECRET)
    swapped = [words[1], words[0], *words[2:]]
    for given_words, what in (
        ([*words[:-1], "xyzzy"], "Word 18"),
        (words[:-1], "17 words"),
        (swapped, "do not belong together"),
    ):
        with pytest.raises(OurError, match=what):
            parse_secret(" ".join(given_words), (ALPHA, BRAVO))


def test_the_words_depend_on_the_pair() -> None:
    """One secret used with two counterparts gives each pair words of its own."""
    other = Secret(SECRET.value, (ALPHA, "charlie.example"))
    assert row_at(other, NOW) != row_at(SECRET, NOW)
    assert fingerprint(other) != fingerprint(SECRET)
