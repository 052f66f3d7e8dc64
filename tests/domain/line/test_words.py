from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from openline.domain.line.words import WORDS, words_of


def _distance(one: str, other: str) -> int:
    """Letters to change, add or take out to make one word of the other."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        left, row[0] = row[0], at
        for column, opposite in enumerate(other, start=1):
            left, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, left + (letter != opposite)),
            )
    return row[-1]


def test_there_is_one_word_for_each_byte() -> None:
    """The list has 256 different plain lower-case words in alphabetical order."""
    assert len(set(WORDS)) == len(WORDS) == 256
    assert list(WORDS) == sorted(WORDS)
    assert all(word.isascii() and word.isalpha() and word.islower() for word in WORDS)


def test_no_two_words_are_easily_confused() -> None:
    """Any two words differ in three letters at least and in their first four."""
    assert min(_distance(one, other) for one, other in combinations(WORDS, 2)) >= 3
    assert len({word[:4] for word in WORDS}) == 256


@given(st.binary(max_size=40))
def test_words_stand_for_their_bytes(data: bytes) -> None:
    """Each byte has the word at its position in the list."""
    assert bytes(map(WORDS.index, words_of(data))) == data
