"""Words differ in the fewest places; what turns the sense stands by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.statements.words import (
    Sort,
    Span,
    common_pairs,
    longest_common,
    word_spans,
    words_of,
)

ENOUGH = 1_000_000


def told(old: str, new: str) -> list[tuple[str, str, str]]:
    """The changes alone: what it was, what it is, of which sort."""
    spans, _ = word_spans(old, new, ENOUGH)
    return [(span.old, span.new, span.sort.value) for span in spans if not span.same]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (
            "Strikes killed 12 people near the town.",
            "Strikes wounded 14 soldiers near the town.",
            [("killed", "wounded", "WORD"), ("12", "14", "NUMBER"), ("people", "soldiers", "WORD")],
        ),
        (
            "It was signed on 12 April 2018 in Geneva.",
            "It was signed on 13 April 2018 in Geneva.",
            [("12 April 2018", "13 April 2018", "DATE")],
        ),
        (
            "We use the line.",
            "We do not use the line.",
            [("", "do", "WORD"), ("", "not", "NEGATION")],
        ),
        ("They do agree.", "They don't agree.", [("do", "", "WORD"), ("", "don't", "NEGATION")]),
        (
            "Линия использовалась 7 апреля.",
            "Линия не использовалась 8 апреля.",
            [("", "не", "NEGATION"), ("7 апреля", "8 апреля", "DATE")],
        ),
        (
            "استُخدم الخط في 7 نيسان",
            "لم يُستخدم الخط في 8 نيسان",
            [
                ("استُخدم", "", "WORD"),
                ("", "لم", "NEGATION"),
                ("", "يُستخدم", "WORD"),
                ("7 نيسان", "8 نيسان", "DATE"),
            ],
        ),
        ("قُتل ١٢ شخصا", "قُتل ١٤ شخصا", [("١٢", "١٤", "NUMBER")]),
        (
            "from FL200 at 14:30",
            "from FL180 at 15:30",
            [("FL200", "FL180", "NUMBER"), ("14:30", "15:30", "DATE")],
        ),
        ("1 200 men, 12,5 %", "1 300 men, 12,5 %", [("1 200", "1 300", "NUMBER")]),
    ],
)
def test_what_turns_the_sense_is_never_merged(
    old: str, new: str, changes: list[tuple[str, str, str]]
) -> None:
    """A number, a date and a negation are each told by themselves, in three languages."""
    assert told(old, new) == changes


def test_a_stray_word_does_not_part_a_change() -> None:
    """Two rewritten stretches with one small word between them by chance are one change."""
    assert told("a b c of d e f", "u v w of x y z") == [
        ("a b c of d e f", "u v w of x y z", "WORD")
    ]


def test_a_number_between_two_changes_stays() -> None:
    """A number that both have is never drawn into the changes around it."""
    assert [one[:2] for one in told("a b c 12 d e f", "u v w 12 x y z")] == [
        ("a b c", "u v w"),
        ("d e f", "x y z"),
    ]


def test_too_many_pairs_are_told_whole_with_what_they_cost() -> None:
    """Beyond the bound both paragraphs stand whole, and nothing was looked at."""
    old, new = "a b " * 50, "b a " * 50
    spans, cost = word_spans(old, new, 100)
    assert spans == (Span(old=old, new=new),)
    assert cost > 100


TEXTS = st.lists(st.sampled_from(["line", "not", "12", "the", ",", "7-05", "не"]), max_size=14).map(
    " ".join
)


@given(TEXTS, TEXTS)
def test_the_spans_give_back_both_paragraphs(old: str, new: str) -> None:
    """The words of the spans are, in order, the words of either paragraph."""
    spans, _ = word_spans(old, new, ENOUGH)
    for text, side in ((old, "old"), (new, "new")):
        kept = [getattr(span, side) or span.same for span in spans]
        words = [word.text for part in kept for word in words_of(part)]
        assert words == [word.text for word in words_of(text)]


@given(TEXTS, TEXTS)
def test_a_hard_word_is_a_change_of_its_own(old: str, new: str) -> None:
    """No change holds a number, date or negation beside any other word."""
    for span in word_spans(old, new, ENOUGH)[0]:
        for side in () if span.same else (span.old, span.new):
            words = words_of(side)
            hard = [word for word in words if word.sort not in (Sort.WORD, Sort.MARK)]
            assert not hard or len(words) == 1


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_the_common_row_is_as_long_as_can_be(old: list[str], new: list[str]) -> None:
    """The row ascends on both sides, its words are equal, and none is longer."""
    found = longest_common(old, new)
    assert found == sorted(set(found))
    assert [one[1] for one in found] == sorted({one[1] for one in found})
    assert all(old[a] == new[b] for a, b in found)
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a, word in enumerate(old):
        for b, other in enumerate(new):
            best = table[a][b] + 1 if word == other else max(table[a][b + 1], table[a + 1][b])
            table[a + 1][b + 1] = best
    assert len(found) == table[-1][-1]
    assert common_pairs(old, new) == sum(old.count(word) for word in new)
