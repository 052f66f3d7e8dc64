"""Letters: which characters a text may hold, and how unseen ones are shown.

A counterpart's words are stored and receipted whatever they hold, short of
control characters; what could mislead the reader is then shown, never obeyed
(`docs/spec/envelope.md`, flags). Rules: text is in normal form C; no C0 or C1
controls, except the row feed in free text; direction controls and other unseen
characters are shown by number; marks above or below a letter are shown by number
from the fifth on.
"""

import unicodedata

from openline.domain.limits import MARKS_PER_LETTER_MAX

_SHOWN_AS_THEY_ARE = frozenset("\n\u200c\u200d")
"""Row feed, and the two joiners without which some scripts are misspelt."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})


def visible(text: str) -> str:
    """The text with every unseen or excessive character shown as ⟨U+XXXX⟩.

    What comes out can be put on a screen, a terminal or into a feed between
    other words: it holds no direction control, no terminal escape and no
    letter under a tower of marks. Plain text comes out as it went in.
    """
    if text.isascii() and (text.isprintable() or text.replace("\n", " ").isprintable()):
        return text
    shown: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in _MARKS else 0
        is_plain = not is_unseen(letter) and marks <= MARKS_PER_LETTER_MAX
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
    return ""


def count_words(text: str) -> int:
    """Words of the text, parted by white space."""
    return len(text.split())
