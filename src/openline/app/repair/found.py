"""What of each log of a damaged store can be proven, and what is missing.

How long a log was is told by the store itself, by its anchor and by every head over it.
An entry counts if it is in its place by its own envelope and its content is the one that
was signed for; a row of a journal if its page is sound, or else if the row says of what is
kept beside it that it is that. Over all of them the known roots have to come out.
Signatures are verified when the new store is whole (`openline.app.audit`).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, TypeAlias

from openline.adapters.salvage import Candidate, Salvage
from openline.domain.errors import OpenlineError
from openline.domain.party import Origin, parse_origin
from openline.domain.record.checkpoint import parse_checkpoint
from openline.domain.record.envelope import check_content, parse_envelope
from openline.domain.record.merkle import Tree, leaf_hash, verify_inclusion
from openline.domain.record.note import Note, parse_note
from openline.engine.frames import Urgent, decode_frame
from openline.engine.journal import Happened, Row, parse_row
from openline.engine.ports import StoredEntry

_READ: Final = 64
_WITH_CONTENT: Final = frozenset(
    {
        Happened.KEPT,
        Happened.DRAFTED,
        Happened.CAPTURED,
        Happened.ASSESSED,
        Happened.UNASSESSED,
        Happened.LEFT_ASIDE,
        Happened.OFFERED,
    }
)
"""Rows beside which something is kept of which they give a hash."""

Root: TypeAlias = tuple[int, bytes]
"""A size of a log, and the root over so many entries."""


@dataclass(slots=True)
class FoundLog:
    """One log, as far as it was found.

    Attributes:
        origin: Which log.
        number: Its number in the salvage.
        roots: The known roots, smallest first.
        committed: How many entries it is known to have had.
        gaps: Which of these are missing: first, and the one after the last.
        tree: Over the entries before the first gap.
        is_contradicted: Whether a known root did not come out at the last look, though the
            page of every entry beneath it was sound.
    """

    origin: Origin
    number: int
    roots: list[Root] = field(default_factory=list)
    committed: int = 0
    gaps: list[tuple[int, int]] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    is_contradicted: bool = False
    _doubtful: set[int] = field(default_factory=set)

    @property
    def held(self) -> int:
        """How many entries there are before the first gap."""
        return self.tree.size

    @property
    def missing(self) -> int:
        """How many entries are missing."""
        return sum(end - first for first, end in self.gaps)

    def lacks(self, index: int) -> bool:
        """Whether the entry of a place is missing, or not proven and on a damaged page."""
        place = bisect_right(self.gaps, index, key=lambda gap: gap[0]) - 1
        is_in_gap = place >= 0 and index < self.gaps[place][1]
        return is_in_gap or index >= self.committed or index in self._doubtful

    @property
    def newest_root(self) -> Root:
        """The largest root that is known, else the one over what is held."""
        return self.roots[-1] if self.roots else (self.tree.size, self.tree.root())

    def look(self, heap: Salvage) -> None:
        """Take one entry for each place, and see which are missing; may be done again."""
        self.committed = max([self.committed, *(size for size, _ in self.roots)])
        self.is_contradicted = False
        self._drop_strays(heap)
        while True:
            self._choose(heap)
            wrong = self._contradicted()
            if not wrong:
                return
            for index in wrong:
                heap.keep_only(self.number, index, None)

    def _drop_strays(self, heap: Salvage) -> None:
        """Let go of doubtful entries in places where nothing proves that a log ever was.

        A flipped bit in the number of a row would make the log seem very long.
        """
        end = self.roots[-1][0] if self.roots else 0
        for index in heap.doubtful_from(self.number, end):
            found = heap.candidates(self.number, index, 1)[index]
            if not any(self._fits(index, one) for one in found):
                heap.keep_only(self.number, index, None)

    def _choose(self, heap: Salvage) -> None:
        self.gaps, self.tree, self._doubtful = [], Tree(), set()
        if not self.roots:
            self.committed = max(self.committed, heap.size(self.number))
        end = max(self.committed, heap.size(self.number))
        for start in range(0, end, _READ):
            found = heap.candidates(self.number, start, _READ)
            for index in range(start, min(start + _READ, end)):
                self._choose_one(heap, index, found.get(index, []))

    def _choose_one(self, heap: Salvage, index: int, candidates: list[Candidate]) -> None:
        fitting = [one for one in candidates if self._fits(index, one)]
        if fitting != candidates or len(fitting) > 1:
            heap.keep_only(self.number, index, fitting[0] if fitting else None)
        if fitting and not fitting[0].is_sound:
            self._doubtful.add(index)
        if fitting:
            for missed in range(self.committed, index):
                self._add_gap(missed)
            self.committed = max(self.committed, index + 1)
            if not self.gaps:
                self.tree.append(leaf_hash(fitting[0].entry.raw))
        elif index < self.committed:
            self._add_gap(index)

    def _add_gap(self, index: int) -> None:
        if self.gaps and self.gaps[-1][1] == index:
            self.gaps[-1] = (self.gaps[-1][0], index + 1)
        else:
            self.gaps.append((index, index + 1))

    def _fits(self, index: int, candidate: Candidate) -> bool:
        is_beyond = bool(self.roots) and index >= self.roots[-1][0]
        if is_beyond and not candidate.is_sound:
            # No root says that it is what was there.
            return False
        entry = candidate.entry
        try:
            if self.origin.log == "journal":
                row = parse_row(entry)
                return candidate.is_sound or (index < self.roots[-1][0] and _is_content_told(row))
            envelope = parse_envelope(entry.raw)
            check_content(envelope, entry.content)
        except (OpenlineError, ValueError, AssertionError, IndexError):
            return False
        header = envelope.header
        return (header.origin, header.index) == (str(self.origin), index)

    def _contradicted(self) -> list[int]:
        """The places whose entries cannot count: no root is over them, or one over others."""
        proven = 0
        for size, root in self.roots:
            if size > self.tree.size:
                break
            if self.tree.root(size) != root:
                doubtful = self._doubted(proven, size)
                self.is_contradicted = self.is_contradicted or not doubtful
                return doubtful or list(range(proven, size))
            proven = size
        # Behind a gap an entry of an outbox may still be proven, once the gap is filled.
        end = self.committed if self.origin.log == "journal" else self.tree.size
        return self._doubted(proven, end)

    def _doubted(self, start: int, end: int) -> list[int]:
        return [index for index in self._doubtful if start <= index < end]


def _is_content_told(row: Row) -> bool:
    """Whether a row itself says that its content is what was kept beside it.

    A root proves the row, and nothing of what is kept beside it.

    Raises:
        OpenlineError: It makes no sense.
    """
    match row.happened, row.rest:
        case Happened.EARLY, (str(party), int(index), str()):
            return _is_early_sound(party, index, row.content)
        case happened, rest if happened in _WITH_CONTENT:
            salts = [b"", *(one for one in rest if isinstance(one, bytes))]
            return any(sha256(salt + row.content).digest() in rest for salt in salts)
        case _:
            return not row.content


def _is_early_sound(party: str, index: int, content: bytes) -> bool:
    """Whether the frame of a FLASH ahead of the log proves itself, signatures apart."""
    frame = decode_frame(content)
    if not isinstance(frame, Urgent):
        return False
    envelope = parse_envelope(frame.entry.raw)
    check_content(envelope, frame.entry.content)
    head = parse_checkpoint(parse_note(frame.head).text)
    leaf = leaf_hash(frame.entry.raw)
    verify_inclusion(leaf, index, head.size, frame.proof, head.root)
    header = envelope.header
    return (header.party, header.index, header.origin) == (party, index, head.origin)


def find_logs(heap: Salvage, anchored: Mapping[str, Root], own: str) -> list[FoundLog]:
    """Every log of a store, with what is missing.

    Args:
        heap: What was read of the store.
        anchored: Size and root of each log, as the anchor says.
        own: Whose store it is.
    """
    told = heap.logs()
    names = {log: origin for log, origin, _, _, is_sound in told if is_sound}
    names = {log: origin for log, origin, *_ in told if parse_origin(origin)} | names
    numbers = heap.numbers()
    _name_outboxes(heap, [number for number in numbers if number not in names], names)
    _name_journals(heap, numbers, names, anchored, own)
    fresh = max([0, *names, *numbers]) + 1
    for origin in sorted(anchored):
        if origin not in names.values():
            names[fresh] = origin
            fresh += 1
    found = []
    for number, text in sorted(names.items()):
        if (parsed := parse_origin(text)) is None:
            continue
        roots = {(size, root) for log, _, size, root, ok in told if log == number and ok}
        roots |= {anchored[text]} if text in anchored else set()
        roots |= set(_roots_of_heads(heap, text))
        log = FoundLog(parsed, number, sorted(root for root in roots if root[0]))
        log.look(heap)
        found.append(log)
    return sorted(found, key=lambda one: one.origin)


def _roots_of_heads(heap: Salvage, origin: str) -> Iterator[Root]:
    for _, size, text in heap.heads(origin):
        if (note := read_head(text, origin, size)) is not None:
            yield size, parse_checkpoint(note.text).root


def read_head(text: str, origin: str, size: int) -> Note | None:
    """The note of a head, if it is one of this log and size."""
    try:
        note = parse_note(text)
        head = parse_checkpoint(note.text)
    except OpenlineError:
        return None
    return note if (head.origin, head.size) == (origin, size) else None


def _name_outboxes(heap: Salvage, numbers: Iterable[int], names: dict[int, str]) -> None:
    """Where the row of a log is lost, its entries say whose they are."""
    for number in numbers:
        for candidates in heap.candidates(number, 0, _READ).values():
            try:
                header = parse_envelope(candidates[0].entry.raw).header
            except OpenlineError:
                continue
            if header.origin not in names.values():
                names[number] = header.origin
            break


def _name_journals(
    heap: Salvage,
    numbers: Iterable[int],
    names: dict[int, str],
    anchored: Mapping[str, Root],
    own: str,
) -> None:
    """Name a log that says nothing of itself: it is a journal that is missing."""
    lines = {parsed.line for origin in names.values() if (parsed := parse_origin(origin))}
    expected = {origin for origin in anchored if _is_journal(origin)}
    expected |= {str(Origin(own, line, "journal")) for line in lines} if not expected else set()
    for number in numbers:
        lacking = sorted(expected - set(names.values()))
        if number in names or not lacking:
            continue
        names[number] = (
            next(
                (origin for origin in lacking if _gives(heap, number, anchored.get(origin))),
                lacking[0],
            )
            if len(lacking) > 1
            else lacking[0]
        )


def _is_journal(origin: str) -> bool:
    parsed = parse_origin(origin)
    return parsed is not None and parsed.log == "journal"


def _gives(heap: Salvage, number: int, root: Root | None) -> bool:
    """Whether the rows under a number give a root."""
    if root is None:
        return False
    tree = Tree()
    for start in range(0, root[0], _READ):
        found = heap.candidates(number, start, min(_READ, root[0] - start))
        tree.extend([leaf_hash(candidates[0].entry.raw) for candidates in found.values()])
    return (tree.size, tree.root()) == root


def entries_of(heap: Salvage, log: FoundLog) -> Iterator[tuple[int, StoredEntry | None]]:
    """Each place of a log with its entry, or None where it is missing."""
    for start in range(0, log.committed, _READ):
        end = min(start + _READ, log.committed)
        found = heap.candidates(log.number, start, end - start)
        for index in range(start, end):
            yield index, found[index][0].entry if index in found else None
