"""Faults in a language: the English sentence of a fault, and the same in another.

Domain, engine and faces tell faults in English sentences with their values in them. The
rows of `locale/*.faults.po` are those sentences with places, {0}, {1} and so on, where the
values stand. A sentence is said in another language by finding the row that it is an
instance of. What no row fits is said as it came. Rules:

1. The texts between the places must stand in the sentence in their order, the first at its
   beginning and the last at its end. Of several rows that fit, the one with most text of
   its own counts.
2. A value is put in as data: with unseen characters made visible, and isolated where it
   could disturb the direction of the row. It is never read for places. A value that is the
   whole of a row whose key begins with "part " is said as that row, and what stands at the
   end behind a colon may be a fault itself.
3. Looking takes time linear in the sentence, whatever a value holds; a sentence above
   `SENTENCE_CHARS_MAX` is said as it came.
"""

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from openline.adapters.wording import Wording
from openline.adapters.wording.marking import LANGUAGES, catalogue_apart

SENTENCE_CHARS_MAX: Final = 2_000
"""Longer than any sentence of a fault with its values; the rest is a value gone wild."""

_NESTED_MAX: Final = 3
"""A fault may quote another one, and that one may have parts."""

_PART: Final = "part "
"""Begins the key of a part of a sentence, such as `part is cancelled`."""

_PLACE: Final = re.compile(r"\{(\d)\}")
_PATH: Final = r"[a-z_][a-z0-9_]*(?:\[\d+\])?(?:\.[a-z_][a-z0-9_]*(?:\[\d+\])?)*"
_OF_FIELD: Final = re.compile(rf"(?:([A-Za-z_]+): )?({_PATH}) (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the catalogue.

    Attributes:
        texts: What stands between the places, first and last included.
        places: The number of each place, in order.
        said: The sentence in the other language.
    """

    texts: tuple[str, ...]
    places: tuple[str, ...]
    said: str

    @property
    def quoted(self) -> str:
        """The place at the end, behind a colon, where another fault may be; empty if none."""
        if len(self.texts) < 2 or not self.texts[-2].endswith(": "):
            return ""
        return self.places[-1] if self.texts[-1] in ("", ".") else ""

    def values(self, sentence: str) -> dict[str, str] | None:
        """What stands in the places; None if the sentence is no instance of the row."""
        first, *middle = self.texts
        if not middle:
            return {} if sentence == first else None
        last = middle.pop()
        end = len(sentence) - len(last)
        at = len(first)
        if at > end or not sentence.startswith(first) or not sentence.endswith(last):
            return None
        found: dict[str, str] = {}
        for place, text in zip(self.places, middle, strict=False):
            there = sentence.find(text, at, end)
            if there < 0:
                return None
            found[place] = sentence[at:there]
            at = there + len(text)
        found[self.places[-1]] = sentence[at:end]
        return found


@lru_cache(maxsize=2 * len(LANGUAGES))
def _rows(language: str, prefix: str = "") -> tuple[Row, ...]:
    """The rows of a language, those with most text of their own first.

    Args:
        language: Of what is said.
        prefix: `_PART` for parts of sentences, empty for sentences.
    """
    rows = []
    for key, said in catalogue_apart(language, "faults").items():
        if key.startswith(_PART) == bool(prefix):
            parts = _PLACE.split(key.removeprefix(prefix))
            rows.append(Row(tuple(parts[::2]), tuple(parts[1::2]), said))
    rows.sort(key=lambda row: (-sum(map(len, row.texts)), row.texts))
    return tuple(rows)


class FaultWords:
    """Says faults in one language.

    Args:
        wording: Of the language.
    """

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._is_english = wording.language == LANGUAGES[0]

    def fault(self, sentence: str) -> str:
        """A sentence of a fault, of what is wrong or of what to do, in this language."""
        if self._is_english or not sentence or len(sentence) > SENTENCE_CHARS_MAX:
            return sentence
        return self._said(sentence, _NESTED_MAX) or self._of_field(sentence) or sentence

    def field_fault(self, path: str, what: str) -> str:
        """What is wrong with a field, as one sentence.

        Args:
            path: The field, such as `volumes[0].vertices[3]`, or what stands beside it in its
                form; empty for the whole.
            what: What is wrong with it, to be read after the path.
        """
        if self._is_english:
            return f"{path} {what}.".lstrip()
        said = (self._said(what, _NESTED_MAX) if len(what) <= SENTENCE_CHARS_MAX else None) or what
        return f"{self._shown(path)}: {said}." if path else f"{said}."

    def _of_field(self, sentence: str) -> str | None:
        """A sentence about a field of a form: `NOTICE: volumes[0].lat is missing.`."""
        match = _OF_FIELD.fullmatch(sentence.removesuffix("."))
        if match is None or self._said(match[3], 1) is None:
            return None
        prefix = f"{self._shown(match[1])}: " if match[1] else ""
        return prefix + self.field_fault(match[2], match[3])

    def _said(self, sentence: str, depth: int, prefix: str = "") -> str | None:
        if depth == 0:
            return None
        for row in _rows(self._wording.language, prefix):
            values = row.values(sentence)
            if values is not None:
                put_in = partial(self._put_in, values, row.quoted, depth - 1)
                return _PLACE.sub(put_in, row.said)
        return None

    def _put_in(self, values: dict[str, str], quoted: str, depth: int, place: re.Match[str]) -> str:
        """A value as data; a part or a fault in it, in this language."""
        held = values[place[1]]
        said = self._said(held, depth, _PART)
        if said is None and place[1] == quoted:
            said = self._said(held, depth) or self._said(f"{held}.", depth)
        return self._shown(held) if said is None else said.removesuffix(".")

    def _shown(self, held: str) -> str:
        return self._wording.value(held)
