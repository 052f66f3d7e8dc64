"""Challenge words: how two officers know over a telephone who speaks.

Each side reads two words aloud that only holders of the pair's secret can know. They
change every 30 seconds; those of one side are never those of the other, so an echo is
no answer. Whoever is made to speak says the duress word in place of the second word: it
is learnt by heart, stands in no table, and sounds like any other. Where no clock or
program is at hand, numbered rows of a printed card serve, each row once.

The secret is made when the parties meet to compare their cards, and never sent over the
line. Guessing right is one in about 20,000 for each attempt. The words prove that the
speaker can see the table, not who the speaker is.

Source: HMAC (RFC 2104) over a step of time as in TOTP (RFC 6238), with words for digits.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import count, islice
from typing import Final

from openline.domain.errors import OurError
from openline.domain.line.words import WORDS, words_of

STEP_MS: Final = 30_000
"""How long two words hold: as in TOTP, and long enough to read them aloud."""

SLACK_STEPS: Final = 1
"""Steps before and after the present one that are taken too: clocks and talk take time."""

SECRET_BYTES: Final = 16
"""Beyond any guessing, and still few enough words to type in."""

CHECK_BYTES: Final = 2
"""Words more, from which a slip of the pen is seen: one in 65,000 is overlooked."""

CARD_ROWS: Final = 20
"""Rows of one printed card: a month of calls, in type that can be read in bad light."""

CARDS_MAX: Final = 999
"""Numbers of cards: three figures can be read aloud."""

_PREFIX: Final = b"openline challenge words v1\n"


class Heard(StrEnum):
    """What the words of the other side tell."""

    VERIFIED = "VERIFIED"
    DURESS = "DURESS"
    """The speaker says that they are made to speak. Go on as if nothing were."""
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Secret:
    """What two parties share for their voices.

    Attributes:
        value: `SECRET_BYTES` bytes.
        parties: The two, in order of their names.
    """

    value: bytes
    parties: tuple[str, str]

    def __post_init__(self) -> None:
        assert len(self.value) == SECRET_BYTES, "whoever makes or reads one looks at its size"
        assert self.parties[0] < self.parties[1], "both sides must derive the same words"


@dataclass(frozen=True, slots=True)
class Row:
    """What each side says.

    Attributes:
        words: For each party its two words, in order of the parties' names.
    """

    words: tuple[tuple[str, str], tuple[str, str]]

    def of(self, secret: Secret, party: str) -> tuple[str, str]:
        """The two words that a party says."""
        return self.words[secret.parties.index(party)]


def duress_word(secret: Secret, party: str) -> str:
    """The word that a party's officers say in place of the second, when made to speak."""
    return _duress_words(secret)[secret.parties.index(party)]


def row_at(secret: Secret, at: int) -> Row:
    """The words at an instant, UTC milliseconds."""
    return _row(secret, f"step {at // STEP_MS}")


def card(secret: Secret, number: int) -> list[Row]:
    """The rows of a printed card, from row 1 on; each is used once.

    Raises:
        OurError: There is no card of that number.
    """
    _check_card(number)
    return [_row(secret, f"card {number} row {row}") for row in range(1, CARD_ROWS + 1)]


def hear(secret: Secret, party: str, words: str, at: int) -> Heard:
    """Judge what a party's speaker said.

    Args:
        secret: What is shared with that party.
        party: Whose words they should be.
        words: Two words as they were heard, in letters of any size.
        at: When, UTC milliseconds.
    """
    steps = range(-SLACK_STEPS, SLACK_STEPS + 1)
    rows = [row_at(secret, at + step * STEP_MS) for step in steps if at + step * STEP_MS >= 0]
    return _judge(secret, party, words, rows)


def hear_card(secret: Secret, party: str, words: str, number: int, row: int) -> Heard:
    """The same for one row of a printed card.

    Raises:
        OurError: There is no such card, or no such row on it.
    """
    rows = card(secret, number)
    if not 1 <= row <= len(rows):
        raise OurError(f"A card has no row {row}.", f"Name a row from 1 to {len(rows)}.")
    return _judge(secret, party, words, [rows[row - 1]])


def secret_words(secret: Secret) -> list[str]:
    """The secret as words to be written down and typed in.

    One for each byte, and `CHECK_BYTES` more from which a slip of the pen is seen.
    """
    return words_of(secret.value + _check_bytes(secret.value))


def parse_secret(words: str, parties: tuple[str, str]) -> Secret:
    """The secret from its words.

    Raises:
        OurError: A word is not of the list, one is missing, or they do not belong together.
    """
    given = words.lower().split()
    numbers = {word: number for number, word in enumerate(WORDS)}
    for place, word in enumerate(given, start=1):
        if word not in numbers:
            raise OurError(
                f"Word {place} is none of the list.", "Look at how it is written on the other side."
            )
    if len(given) != SECRET_BYTES + CHECK_BYTES:
        raise OurError(
            f"There are {len(given)} words instead of {SECRET_BYTES + CHECK_BYTES}.",
            "Type in all of them.",
        )
    data = bytes(numbers[word] for word in given)
    value, check = data[:SECRET_BYTES], data[SECRET_BYTES:]
    if not hmac.compare_digest(check, _check_bytes(value)):
        raise OurError(
            "The words do not belong together: one is wrong, or two changed places.",
            "Compare each of them with the other side's.",
        )
    one, other = sorted(parties)
    return Secret(value, (one, other))


def fingerprint(secret: Secret) -> list[str]:
    """Four words from which both sides see that they hold the same secret.

    They tell nothing of it and are in no table.
    """
    return words_of(_mac(secret, "fingerprint")[:4])


def _check_bytes(value: bytes) -> bytes:
    return sha256(_PREFIX + value).digest()[:CHECK_BYTES]


def _check_card(number: int) -> None:
    if not 1 <= number <= CARDS_MAX:
        raise OurError(f"There is no card {number}.", f"Name one from 1 to {CARDS_MAX}.")


def _judge(secret: Secret, party: str, words: str, rows: list[Row]) -> Heard:
    given = words.lower().split()
    if len(given) != 2:
        return Heard.FAILED
    first, second = given
    duress = duress_word(secret, party)
    verdict = Heard.FAILED
    # Every row is looked at, so that the time it takes tells nothing of the table.
    for row in rows:
        one, two = row.of(secret, party)
        is_first = _is_same(first, one)
        if is_first & _is_same(second, two):
            verdict = Heard.VERIFIED
        elif is_first & _is_same(second, duress):
            verdict = Heard.DURESS
    return verdict


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _row(secret: Secret, label: str) -> Row:
    """Four words of which no two are alike, and none is a word of duress."""
    kept = _duress_words(secret)
    drawn = islice((word for word in _draw(secret, label) if word not in kept), 4)
    one, two, three, four = drawn
    return Row(((one, two), (three, four)))


def _duress_words(secret: Secret) -> tuple[str, str]:
    one, two = islice(_draw(secret, "duress"), 2)
    return one, two


def _draw(secret: Secret, label: str) -> Iterator[str]:
    """Words of the list in an order that follows from the secret, none twice."""
    seen: set[int] = set()
    for number in count():
        for byte in _mac(secret, f"{label}\n{number}"):
            if byte not in seen:
                seen.add(byte)
                yield WORDS[byte]


def _mac(secret: Secret, label: str) -> bytes:
    context = f"{secret.parties[0]}\n{secret.parties[1]}\n{label}".encode()
    return hmac.digest(secret.value, _PREFIX + context, "sha256")
