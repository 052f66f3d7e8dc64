"""Letters: which characters a text may hold, and how unseen ones are shown.

A counterpart's words are stored and receipted whatever they hold, short of
control characters; what could mislead the reader is then shown, never obeyed
(`docs/spec/envelope.md`, flags). Rules: text is in normal form C; no C0 or C1
controls, except the row feed in free text; direction controls and other unseen
characters are shown by number; marks above or below a letter are shown by number
from the fifth on. A letter that only looks like one of another script is shown by
number too: where a word mixes scripts, where a serial is written in letters of
another one, and where a letter is a drawing of a Latin one.

Words in one script stay as they are, whichever it is: names of people and places are
written in their own. Which letters look alike is taken from no table: within one word
of one language every letter is of one script (Unicode Technical Standard 39, 5.1).
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from openline.domain.limits import MARKS_PER_LETTER_MAX

_SHOWN_AS_THEY_ARE = frozenset("\n\u200c\u200d")
"""Row feed, and the two joiners without which some scripts are misspelt."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})

_LATIN: Final = "Latin"
_SCRIPTS: Final = (
    (0x0041, 0x024F, _LATIN),
    (0x0370, 0x03FF, "Greek"),
    (0x0400, 0x052F, "Cyrillic"),
    (0x0531, 0x058F, "Armenian"),
    (0x13A0, 0x13FF, "Cherokee"),
    (0x1C80, 0x1C8F, "Cyrillic"),
    (0x1D00, 0x1DBF, _LATIN),
    (0x1E00, 0x1EFF, _LATIN),
    (0x1F00, 0x1FFF, "Greek"),
    (0x2C60, 0x2C7F, _LATIN),
    (0x2DE0, 0x2DFF, "Cyrillic"),
    (0xA640, 0xA69F, "Cyrillic"),
    (0xA720, 0xA7FF, _LATIN),
    (0xAB30, 0xAB6F, _LATIN),
    (0xAB70, 0xABBF, "Cherokee"),
    (0xFF21, 0xFF5A, "wide"),
)
"""The scripts whose letters can pass for each other, by ranges of code points."""

_OF_ALL_SCRIPTS: Final = frozenset("\u00aa\u00b5\u00ba\u03a9\u03bc")
"""Ordinals and units: 2º, µs, kΩ."""

_MAY_LOOK_ALIKE: Final = re.compile(
    "[\u0370-\u052f\u0531-\u058f\u13a0-\u13ff\u1c80-\u1c8f\u1f00-\u1fff\u2100-\u214f\u2de0-\u2dff"
    "\ua640-\ua69f\uab70-\uabbf\uff21-\uff5a\U0001d400-\U0001d7ff\U0001f130-\U0001f189]"
)
"""A text without any of these has no letter that passes for another."""

_LIKE_LATIN: Final = frozenset(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝ"  # Cyrillic.
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧορν"  # Greek.
)
"""Letters that look like Latin ones in most typefaces."""

_SERIAL: Final = re.compile(r"(?<![^\W\d_])([^\W\d_]++)(?:-[^\W\d_])?-\d{4,}+(?!\w)")
"""How serials and ids are written: ALPHA-0012, ALPHA-N-0003. They are Latin.

A word is tried from its first letter alone, and never again from within: a counterpart's word
of a hundred thousand letters must not hold the node up.
"""

_DRAWN: Final = ("<font>", "<circle>", "<square>")


def visible(text: str) -> str:
    """The text with every unseen, excessive or deceiving character as ⟨U+XXXX⟩.

    What comes out can be put on a screen, a terminal or into a feed between
    other words: it holds no direction control, no terminal escape and no
    letter under a tower of marks. Plain text comes out as it went in.
    """
    if text.isascii() and (text.isprintable() or text.replace("\n", " ").isprintable()):
        return text
    shown: list[str] = []
    marks = 0
    alike = look_alikes(text)
    for position, letter in enumerate(text):
        marks = marks + 1 if unicodedata.category(letter) in _MARKS else 0
        is_plain = not is_unseen(letter) and marks <= MARKS_PER_LETTER_MAX
        is_plain = is_plain and position not in alike
        shown.append(letter if is_plain else f"⟨U+{ord(letter):04X}⟩")
    return "".join(shown)


def is_unseen(letter: str) -> bool:
    """Whether the character leaves no mark of its own or steers its neighbours."""
    return letter not in _SHOWN_AS_THEY_ARE and unicodedata.category(letter) in _UNSEEN


def control_at(text: str, *, rows: bool) -> int | None:
    """Position of the first C0 or C1 control, counted from 0; None if none.

    Args:
        text: Any text.
        rows: Whether the row feed is allowed.
    """
    if text.isprintable():
        return None
    for position, letter in enumerate(text):
        if unicodedata.category(letter) == "Cc" and not (rows and letter == "\n"):
            return position
    return None


def doubt_about(text: str) -> str:
    """What in the text could mislead a reader, as one sentence; empty if nothing."""
    if text.isascii():
        return ""
    marks = 0
    for position, letter in enumerate(text, start=1):
        marks = marks + 1 if unicodedata.category(letter) in _MARKS else 0
        if marks > MARKS_PER_LETTER_MAX:
            return f"has more than {MARKS_PER_LETTER_MAX} marks on the letter before {position}"
        if is_unseen(letter):
            return f"has the unseen character U+{ord(letter):04X} at position {position}"
    for position in sorted(look_alikes(text))[:1]:
        return (
            f"has the letter U+{ord(text[position]):04X} at position {position + 1}, which is of "
            "another script than the word seems to be"
        )
    return ""


def look_alikes(text: str) -> frozenset[int]:
    """Positions, from 0, of letters that pass for letters of another script.

    Of a word in several scripts, the letters that are not of the script with most of
    them, and if two have as many, not of the Latin one.
    """
    if _MAY_LOOK_ALIKE.search(text) is None:
        return frozenset()
    found = {position for position, letter in enumerate(text) if _is_drawn(letter)}
    for word in _words(text):
        found.update(_strangers(text, word))
    for serial in _SERIAL.finditer(text):
        if all(letter in _LIKE_LATIN for letter in serial[1]):
            found.update(range(*serial.span(1)))
    return frozenset(found)


def _is_drawn(letter: str) -> bool:
    """Whether it is a Latin letter or a digit in a typeface of its own: 𝐀, ⓐ."""
    drawn, _, plain = unicodedata.decomposition(letter).partition(" ")
    return drawn in _DRAWN and chr(int(plain.split()[0], 16)).isascii()


def _words(text: str) -> Iterator[list[int]]:
    """The positions of the letters of each word; marks and joiners do not part one."""
    word: list[int] = []
    for position, letter in enumerate(text):
        if letter.isalpha():
            word.append(position)
        elif unicodedata.category(letter)[0] not in "MN" and letter not in "\u200c\u200d":
            if word:
                yield word
            word = []
    if word:
        yield word


def _strangers(text: str, word: list[int]) -> list[int]:
    """The positions of a word whose letters are not of its script."""
    scripts = {position: script for position in word if (script := _script_of(text[position]))}
    counts: dict[str, int] = {}
    for script in scripts.values():
        counts[script] = counts.get(script, 0) + 1
    if len(counts) < 2:
        return []
    main = max(sorted(counts), key=lambda script: (counts[script], script == _LATIN))
    return [position for position, script in scripts.items() if script != main]


def _script_of(letter: str) -> str:
    """The script of a letter, if it is one whose letters can pass for others."""
    if letter in _OF_ALL_SCRIPTS:
        return ""
    number = ord(letter)
    return next((name for first, last, name in _SCRIPTS if first <= number <= last), "")


def count_words(text: str) -> int:
    """Words of the text, parted by white space."""
    return len(text.split())
