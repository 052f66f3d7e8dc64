import re
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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Sh\u0430yrat", "Sh⟨U+0430⟩yrat"),
        ("Шaйрат", "Ш⟨U+0061⟩йрат"),
        ("p\u0430yp\u0430l", "p⟨U+0430⟩yp⟨U+0430⟩l"),
        ("\u0410B", "⟨U+0410⟩B"),
        ("ALPH\u0391-0012", "ALPH⟨U+0391⟩-0012"),
        ("\u0410\u0420\u041d\u0410-0012", "⟨U+0410⟩⟨U+0420⟩⟨U+041D⟩⟨U+0410⟩-0012"),
        ("7\u0410\u0412-N-0012", "7⟨U+0410⟩⟨U+0412⟩-N-0012"),
        ("𝐅lash", "⟨U+1D405⟩lash"),
        ("FL\uff21SH", "FL⟨U+FF21⟩SH"),
        ("Tab\u200cq\u0430", "Tab\u200cq⟨U+0430⟩"),
    ],
)
def test_letters_that_pass_for_others_are_shown_by_number(text: str, shown: str) -> None:
    """A letter of another script within a word or a serial is shown by its number."""
    assert visible(text) == shown
    assert "another script" in doubt_about(text)
    assert doubt_about(shown) == ""


@pytest.mark.parametrize(
    "text",
    [
        "полковник Иванов и Colonel Stone",
        "АК-74, Т-72, Су-25СМ3, МиГ-29, Ка-52 «Аллигатор»",
        "Wi-Fi-сеть, X-образный, T-72Б",
        "Ухо, сор, рот",
        "العقيد أحمد NATO والقوات",
        "5 µs, 10 kΩ, 2º",
        "Δίκη στην Αθήνα; Trial in Athens",
        "учение «Восток-2018»",
        "شعيرات Шайрат Shayrat",
        "ａｌｐｈａ",
    ],
)
def test_words_in_one_script_stay_as_they_are(text: str) -> None:
    """Names, types and places in their own script are neither marked nor in doubt."""
    text = unicodedata.normalize("NFC", text)
    assert visible(text) == text
    assert doubt_about(text) == ""


_TWO_SCRIPTS = st.text("abcxyzABC" + "абвгдеАБВ" + "αβγΑΒΓ" + " -.09\u0301\u200d", max_size=24)


@given(_TWO_SCRIPTS)
def test_no_word_that_is_shown_mixes_scripts(text: str) -> None:
    """After `visible` no run of letters, marks and digits has letters of two scripts."""
    shown = visible(text)
    for word in re.findall(r"[\w\u0301\u200d]+", shown):
        scripts = {unicodedata.name(letter).split()[0] for letter in word if letter.isalpha()}
        assert len(scripts) <= 1


@given(_TWO_SCRIPTS)
def test_letters_that_are_shown_by_number_can_be_read_back(text: str) -> None:
    """Nothing is lost: each number stands for the letter that was written."""
    shown = visible(text)
    again = re.sub(r"⟨U\+([0-9A-F]{4,6})⟩", lambda found: chr(int(found[1], 16)), shown)
    assert again == text
