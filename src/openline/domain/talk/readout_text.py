"""Texts of readouts: their hashes, and in what two of them differ.

Equal texts have equal hashes: a text is hashed as it is signed, in normal form C with
rows parted by a row feed. Differences are told by paragraph and, inside a paragraph, by
word. They are for people; which text was agreed is told by the hash alone.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from itertools import zip_longest
from typing import Final

from openline.domain.limits import DIFFERENCE_PAIRS_MAX

_PREFIX: Final = b"openline readout v1\n"
"""Stands before what is hashed, so that the hash of a readout is none of anything else."""


@dataclass(frozen=True, slots=True)
class Change:
    """One stretch of words.

    Attributes:
        same: The words that both texts have; empty where they differ.
        ours: Words of the first text alone.
        theirs: Words of the second text alone.
    """

    same: str = ""
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class ParagraphDifference:
    """A paragraph in which two texts differ.

    Attributes:
        number: Which paragraph, from 1; of the first text where it has it.
        ours: It in the first text; empty where that has none.
        theirs: It in the second text; empty where that has none.
        changes: The same word by word, in order.
    """

    number: int
    ours: str
    theirs: str
    changes: tuple[Change, ...]


def text_digest(language: str, text: str) -> bytes:
    """SHA-256 of a text in one language, 32 bytes (`docs/spec/envelope.md`)."""
    return sha256(_PREFIX + language.encode() + b"\n" + text.encode()).digest()


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: what empty rows part."""
    found: list[list[str]] = [[]]
    for row in text.split("\n"):
        if row.strip():
            found[-1].append(row.strip())
        elif found[-1]:
            found.append([])
    return ["\n".join(rows) for rows in found if rows]


def differences(ours: str, theirs: str) -> list[ParagraphDifference]:
    """The paragraphs in which two texts differ, in order; empty if in none."""
    one, two = paragraphs(ours), paragraphs(theirs)
    found = []
    for sort, from_one, to_one, from_two, to_two in _opcodes(one, two):
        if sort == "equal":
            continue
        pairs = zip_longest(one[from_one:to_one], two[from_two:to_two], fillvalue="")
        for place, (left, right) in enumerate(pairs):
            number = from_one + place + 1
            found.append(ParagraphDifference(number, left, right, word_changes(left, right)))
    return found


def word_changes(ours: str, theirs: str) -> tuple[Change, ...]:
    """In which words two paragraphs differ; the whole where too many are alike."""
    one, two = ours.split(), theirs.split()
    return tuple(_change(one, two, opcode) for opcode in _opcodes(one, two))


_Opcode = tuple[str, int, int, int, int]


def _opcodes(one: Sequence[str], two: Sequence[str]) -> list[_Opcode]:
    """How one row of things becomes another, as `difflib` says it."""
    counts = Counter(two)
    if sum(counts[thing] for thing in one) > DIFFERENCE_PAIRS_MAX:
        return [("replace", 0, len(one), 0, len(two))]
    # Automatic junk would overlook words that are frequent in long texts.
    return list(SequenceMatcher(None, one, two, autojunk=False).get_opcodes())


def _change(one: Sequence[str], two: Sequence[str], opcode: _Opcode) -> Change:
    sort, from_one, to_one, from_two, to_two = opcode
    if sort == "equal":
        return Change(" ".join(one[from_one:to_one]))
    return Change("", " ".join(one[from_one:to_one]), " ".join(two[from_two:to_two]))
