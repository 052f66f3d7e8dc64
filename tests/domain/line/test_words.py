from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError
from openline.domain.line.words import WORDS, bytes_of, words_of


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
def test_words_read_back_to_the_bytes(data: bytes) -> None:
    """What is read aloud and written down in any case gives the same bytes."""
    assert bytes_of([word.upper() for word in words_of(data)]) == data


def test_a_word_that_is_not_in_the_list_is_named() -> None:
    """A misheard word is told with its place."""
    with pytest.raises(OurError, match="Word 2, 'cactis', is not in the list"):
        bytes_of(["cabbage", "cactis"])
