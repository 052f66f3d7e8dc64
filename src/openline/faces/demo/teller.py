"""The teller: prints a story as it happens, for people.

Structured messages are told in two languages, each as one of the two nodes
words it: beside each other on a wide terminal, below each other on a narrow
one. Plain text, so that it can be kept as a file and read aloud.
"""

import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final, TextIO

from openline.faces.cli.output import Worded, safe

WIDTH_MIN: Final = 72
WIDTH_MAX: Final = 160
SIDE_BY_SIDE_WIDTH_MIN: Final = 120
"""Below this a column would be too narrow for sentences."""

_INDENT: Final = "    "


class Teller:
    """Prints to one stream, every row at once.

    Args:
        out: Where to print.
        width: Of a row; without it that of the terminal.
    """

    def __init__(self, out: TextIO, width: int = 0) -> None:
        self._out = out
        self._was_empty = True
        columns = width or shutil.get_terminal_size((100, 24)).columns
        self.width = max(WIDTH_MIN, min(WIDTH_MAX, columns))

    def title(self, words: str) -> None:
        """The name of the story, or of a part of it."""
        self._rows([words, "=" * min(len(words), self.width), ""])

    def say(self, words: str) -> None:
        """A paragraph."""
        self._rows([*textwrap.wrap(" ".join(words.split()), self.width), ""])

    def step(self, number: int, when: str, words: str) -> None:
        """A step begins: its number, the time of the story, what happens."""
        head = f"{number}. {when}" if when else f"{number}."
        self._rows(["-" * self.width, *textwrap.wrap(f"{head}  {words}", self.width), ""])

    def command(self, arguments: Sequence[str]) -> None:
        """A verb of the command line, as it would be typed."""
        self._rows([f"  $ openline {shlex.join(arguments)}"])

    def row(self, words: str) -> None:
        """Something that happens beside the messages."""
        self._rows(_wrapped(words, self.width, "  "))

    def holds(self, what: str) -> None:
        """Something that was checked and is so."""
        self._rows(_wrapped(what, self.width, "  ok  ", "      "))

    def fails(self, what: str, found: str) -> None:
        """Something that was checked and is not so; the story ends here."""
        self._rows(["", *_wrapped(what, self.width, "  NOT SO  ", "          ")])
        if found:
            self._rows(_wrapped(found, self.width, "          "))

    def refused(self, what: str, remedy: str) -> None:
        """What a node refused to say, in its own words."""
        self._rows(_wrapped(f"{what} {remedy}".strip(), self.width, "  refused  ", "           "))

    def both(self, left: tuple[str, Sequence[str]], right: tuple[str, Sequence[str]]) -> None:
        """The same in two languages, each with what stands above it."""
        if self.width >= SIDE_BY_SIDE_WIDTH_MIN:
            self._rows(_beside(left, right, self.width))
            return
        for name, sentences in (left, right):
            self._rows([f"{_INDENT}[{name}]"])
            self._rows(row for sentence in sentences for row in _sentence(sentence, self.width))
        self._rows([""])

    def end(self) -> None:
        """An empty row, unless there is one already."""
        self._rows([""])

    def _rows(self, rows: Iterable[str]) -> None:
        for row in rows:
            if row or not self._was_empty:
                print(row if isinstance(row, Worded) else safe(row), file=self._out)
            self._was_empty = not row
        self._out.flush()


def speak_any_language() -> None:
    """Let no letter end the program, whatever the terminal can show."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _wrapped(words: str, width: int, first: str, rest: str = "") -> list[str]:
    return textwrap.wrap(
        words,
        width,
        initial_indent=first,
        subsequent_indent=rest or first,
        # A path is copied from the terminal: it stays whole.
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sentence(sentence: str, width: int) -> Iterator[str]:
    """One sentence in rows; free words keep the indent that marks them."""
    inner = sentence[: len(sentence) - len(sentence.lstrip())]
    rows = _wrapped(sentence.strip(), width, _INDENT + inner, _INDENT + inner + "  ")
    yield from map(Worded, rows)


def _beside(
    left: tuple[str, Sequence[str]], right: tuple[str, Sequence[str]], width: int
) -> Iterator[str]:
    """Two columns; sentences that say the same begin on one row."""
    column = (width - len(_INDENT) - 2) // 2
    pairs = [(f"[{left[0]}]", f"[{right[0]}]"), *zip_longest(left[1], right[1], fillvalue="")]
    for one, other in pairs:
        cells = (_cell(one, column), _cell(other, column))
        for here, there in zip_longest(*cells, fillvalue=""):
            yield Worded(f"{_INDENT}{here.ljust(column)}  {there}".rstrip())
    yield ""


def _cell(sentence: str, width: int) -> list[str]:
    inner = sentence[: len(sentence) - len(sentence.lstrip())]
    return _wrapped(sentence.strip(), width, inner, inner + "  ")
