import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.line.letters import control_at, count_words, doubt_about, is_unseen, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\nrows", "plain\nrows"),
        ("Дейр-эз-Зор دير الزور", "Дейр-эз-Зор دير الزور"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\u2066b\u2069", "a⟨U+2066⟩b⟨U+2069⟩"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\x1b[31mred", "⟨U+001B⟩[31mred"),
        ("a\tb\r", "a⟨U+0009⟩b⟨U+000D⟩"),
        ("a\x9bb", "a⟨U+009B⟩b"),
        ("tag\U000e0041", "tag⟨U+E0041⟩"),
        ("row\u2028row", "row⟨U+2028⟩row"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + "⟨U+0301⟩⟨U+0301⟩"),
    ],
)
def test_unseen_letters_are_shown_by_number(text: str, shown: str) -> None:
    """Each unseen letter and each mark from the fifth on is shown, the rest is as it was."""
    assert visible(text) == shown


@given(st.text())
def test_what_is_visible_holds_nothing_unseen(text: str) -> None:
    """After `visible` there is no unseen letter, no tower of marks, and nothing to change."""
    shown = visible(text)
    assert not any(is_unseen(letter) for letter in shown)
    assert doubt_about(shown) == ""
    assert visible(shown) == shown


@given(st.text())
def test_text_without_doubt_is_shown_as_it_is(text: str) -> None:
    """Only what is in doubt, or is a control, is shown otherwise than it was written."""
    assert (visible(text) == text) == (
        not doubt_about(text) and control_at(text, rows=True) is None
    )


@given(st.text())
def test_controls_are_found_where_they_are(text: str) -> None:
    """The position is that of the first control; a row feed counts where it is not allowed."""
    for rows in (False, True):
        found = [
            at
            for at, letter in enumerate(text)
            if unicodedata.category(letter) == "Cc" and not (rows and letter == "\n")
        ]
        assert control_at(text, rows=rows) == (found[0] if found else None)


def test_words_are_parted_by_white_space() -> None:
    """Words are counted alike in every script."""
    assert count_words(" two  words\n") == 2
    assert count_words("ثلاث كلمات هنا") == 3
    assert count_words("") == 0
