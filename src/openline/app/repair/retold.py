"""The new store: all that can stand, and a journal by which it can be loaded.

What a node knows is a fold over its journal, and the journal and the logs have to agree.
As long as nothing is missing the journal is carried over as it is. At the first row that is
missing, or that tells of entries which are, the journal is at its end: it goes on in a new
epoch, whose first row says from which head, as after a loss. The rows behind it that still
make sense are carried over into the new epoch, and entries of which no row tells any more
are told of again.

A copy of a counterpart's outbox ends where a head of its author is kept over it, for that
is what shows the author how much we hold. An entry of ours behind a missing one cannot be
placed: whatever is signed next takes the number of the missing one, unless a counterpart
gives that back first (decision 0060).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from openline.adapters.salvage import Salvage
from openline.app.repair.found import FoundLog, entries_of, read_head
from openline.domain.instant import SECOND_MS
from openline.domain.line.keyring import mirror_name
from openline.domain.party import EPOCH_MAX, Origin
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.checkpoint import parse_checkpoint
from openline.domain.record.merkle import Tree, leaf_hash
from openline.domain.record.note import Note
from openline.engine.journal import Happened, parse_row
from openline.engine.ports import AppendEntries, PutHead, StoredEntry, Write

_WRITTEN_AT_ONCE: Final = 256
_WRITTEN_BYTES: Final = 1 << 20

Lost: TypeAlias = tuple[str, int, int]
"""A log, and which of its entries or rows are lost: first, and the one after the last."""


@dataclass(slots=True)
class _Party:
    """One party's outboxes on a line, and how far the rows have told of them.

    Attributes:
        logs: By epoch, in order.
        ends: How many entries of each can stand.
        place: Which of them is being told of.
        told: How many entries of it were told of.
    """

    logs: list[FoundLog]
    ends: list[int]
    place: int = 0
    told: int = 0

    @property
    def end(self) -> int:
        """How many entries of the one that is told of can stand."""
        return self.ends[self.place] if self.logs else 0

    def has_next(self) -> bool:
        """Whether all of it was told of, and a later one can stand."""
        is_whole = self.place + 1 < len(self.logs) and self.told == self.end
        return is_whole and self.ends[self.place + 1] > 0


@dataclass(slots=True)
class Retold:
    """One line as it is written into the new store.

    Attributes:
        lost: What is not in it of what was there.
        is_cut: Whether the journal goes on in a new epoch.
    """

    lost: list[Lost] = field(default_factory=list)
    is_cut: bool = False


class Retelling:
    """One line of a damaged store, told anew."""

    def __init__(
        self,
        heap: Salvage,
        logs: Sequence[FoundLog],
        own: str,
        line: str,
        at: int,
        *,
        is_last: bool,
    ) -> None:
        # Whether nobody is asked any more. Before that an outbox stands only if the one before
        # it is whole: of one that is closed nothing is asked for.
        self._is_last = is_last
        self._heap, self._own, self._line, self._at = heap, own, line, at
        self.result = Retold()
        ours = [log for log in logs if log.origin.line == line]
        self._journals = [
            log for log in ours if log.origin.log == "journal" and log.origin.party == own
        ]
        self._parties: dict[str, _Party] = {own: _Party([], [])}
        for log in ours:
            if log.origin.log == "out":
                party = self._parties.setdefault(log.origin.party, _Party([], []))
                party.logs.append(log)
        for party in self._parties.values():
            self._measure(party)
        # Rows of the new epoch; one that is carried over by its place, for with what is kept
        # beside them all of them may be more than the memory holds.
        self._rest: list[StoredEntry | tuple[FoundLog, int]] = []
        # The place of the first row that is not carried over as it is.
        self._cut: tuple[int, int] | None = None

    # --- how far each outbox can stand -----------------------------------------------------------

    def _measure(self, party: _Party) -> None:
        is_whole = True
        for log in party.logs:
            end = self._standing(log) if is_whole else 0
            party.ends.append(end)
            is_whole = self._is_last or (is_whole and end == log.committed)
            if end < log.committed:
                self.result.lost.append((str(log.origin), end, log.committed))

    def _standing(self, log: FoundLog) -> int:
        """How many entries of an outbox can stand."""
        if log.origin.party == self._own:
            return log.held
        return max((size for size, _ in self._heads_on(log)), default=0)

    def _heads_on(self, log: FoundLog) -> Iterator[tuple[int, Note]]:
        """Size and note of each head that is on what is held, smallest first."""
        for _, size, text in self._heap.heads(str(log.origin)):
            note = read_head(text, str(log.origin), size)
            if note is not None and _is_on(log, note):
                yield size, note

    # --- writing ---------------------------------------------------------------------------------

    def writes(self) -> Iterator[Write]:
        """What is to be written, in order."""
        for log, place in self._rows_of_journals():
            self._take_row(log, *place)
        self._tell_rest()
        yield from self._write_outboxes()
        yield from self._write_journals()

    def _rows_of_journals(self) -> Iterator[tuple[int, tuple[int, StoredEntry | None]]]:
        for number, log in enumerate(self._journals):
            for place in entries_of(self._heap, log):
                yield number, place

    def _take_row(self, number: int, index: int, entry: StoredEntry | None) -> None:
        told = [] if entry is None else self._told(entry)
        if self._cut is None and told == [entry]:
            return
        if self._cut is None:
            self._cut = (number, index)
        self._rest += [(self._journals[number], index) if one is entry else one for one in told]

    def _told(self, entry: StoredEntry) -> list[StoredEntry]:
        """A row, after what has to be told before it; nothing where it makes no sense now."""
        row = parse_row(entry)
        match row.happened, row.rest:
            case Happened.SENT, (int(start), int(count), *rest):
                return self._of_entries(
                    self._own,
                    start,
                    count,
                    entry,
                    lambda n: _row(Happened.SENT, row.at, start, n, *rest),
                )
            case Happened.RECOVERED, (str(party), int(start), int(count)):
                return self._of_entries(
                    self._own,
                    start,
                    count,
                    entry,
                    lambda n: _row(Happened.RECOVERED, row.at, party, start, n),
                )
            case Happened.ARRIVED, (str(party), int(start), int(count), str(circuit)):
                return self._of_entries(
                    party,
                    start,
                    count,
                    entry,
                    lambda n: _row(Happened.ARRIVED, row.at, party, start, n, circuit),
                )
            case Happened.OPENED, (str(origin),):
                return self._opened(origin, entry)
            case Happened.RECEIPTED, (str(), int(size), int()):
                before = self._up_to(self._own, size)
                return [*before, entry] if size <= self._parties[self._own].told else before
            case Happened.EARLY, (str(party), int(index), str()):
                is_told = party in self._parties and index < self._parties[party].told
                return [] if is_told else [entry]
            case Happened.CONTINUED, _ if self._cut is not None:
                return []
            case _:
                return [entry]

    def _of_entries(
        self,
        name: str,
        start: int,
        count: int,
        entry: StoredEntry,
        row_of: Callable[[int], StoredEntry],
    ) -> list[StoredEntry]:
        """A row about entries, of those only that can stand and that no row told of yet."""
        party = self._parties.get(name)
        if party is None or not party.logs:
            return []
        before: list[StoredEntry] = []
        if start < party.told:
            # The row that opened a later outbox is lost.
            before = self._open_next(party)
        before += self._up_to(name, start)
        can_stand = min(count, party.end - start)
        if start != party.told or can_stand <= 0:
            return before
        party.told += can_stand
        return [*before, entry if can_stand == count else row_of(can_stand)]

    def _opened(self, text: str, entry: StoredEntry) -> list[StoredEntry]:
        for party in self._parties.values():
            later = party.logs[party.place + 1 : party.place + 2]
            if later and str(later[0].origin) == text:
                before = self._up_to(later[0].origin.party, party.end)
                if not party.has_next():
                    return before
                party.place, party.told = party.place + 1, 0
                return [*before, entry]
        return []

    def _open_next(self, party: _Party) -> list[StoredEntry]:
        if not party.logs:
            return []
        before = self._up_to(party.logs[0].origin.party, party.end)
        if not party.has_next():
            return before
        party.place, party.told = party.place + 1, 0
        origin = party.logs[party.place].origin
        return [*before, _row(Happened.OPENED, self._at, str(origin))]

    def _up_to(self, name: str, size: int) -> list[StoredEntry]:
        """Rows about entries that can stand and of which none told: up to a size."""
        party = self._parties[name]
        end = min(size, party.end)
        if party.told >= end:
            return []
        start, party.told = party.told, end
        if name == self._own:
            return [_row(Happened.RECOVERED, self._at, name, start, end - start)]
        rows = []
        for size_of, at in (*self._receipts_given(party.logs[party.place]), (end, self._at)):
            upper = min(size_of, end)
            if upper > start:
                rows.append(_row(Happened.ARRIVED, at, name, start, upper - start, ""))
                start = upper
        return rows

    def _receipts_given(self, log: FoundLog) -> list[tuple[int, int]]:
        """Sizes of an outbox that we have receipted, and when, in milliseconds."""
        found = []
        for holder, size, text in self._heap.heads(str(log.origin)):
            note = read_head(text, str(log.origin), size) if holder == self._own else None
            if note is not None and (at := _cosigned_at(note, self._own)) is not None:
                found.append((size, at))
        return found

    def _tell_rest(self) -> None:
        """Tell of the entries of which no row tells."""
        rows: list[StoredEntry] = []
        for name, party in sorted(self._parties.items()):
            while party.logs:
                rows += self._up_to(name, party.end)
                if not party.has_next():
                    break
                rows += self._open_next(party)
            if name == self._own:
                rows += self._receipts_had(party)
        self._rest += rows

    def _receipts_had(self, party: _Party) -> list[StoredEntry]:
        """Rows about the newest receipt of each counterpart, if the journal was cut."""
        if self._cut is None or not party.logs:
            return []
        log = party.logs[party.place]
        newest: dict[str, StoredEntry] = {}
        for holder, size, text in self._heap.heads(str(log.origin)):
            note = read_head(text, str(log.origin), size) if holder else None
            if note is None or size > party.told or (at := _cosigned_at(note, holder)) is None:
                continue
            newest[holder] = _row(Happened.RECEIPTED, self._at, holder, size, at)
        return [newest[holder] for holder in sorted(newest)]

    def _write_outboxes(self) -> Iterator[Write]:
        for party in self._parties.values():
            for place, log in enumerate(party.logs):
                end = party.told if place == party.place else party.ends[place]
                end = end if place <= party.place else 0
                yield from self._written(log, end)
                yield from self._heads(log, end)
                if end and party.logs[0].origin.party != self._own:
                    # The author's own stands before the receipts of the same size.
                    note = next(note for size, note in self._heads_on(log) if size == end)
                    author = _by_author(note, str(log.origin))
                    yield PutHead(str(log.origin), end, "", author.format())

    def _written(self, log: FoundLog, end: int) -> Iterator[Write]:
        found = (entry for index, entry in entries_of(self._heap, log) if index < end)
        yield from _appended(str(log.origin), Tree(), (one for one in found if one is not None))

    def _heads(self, log: FoundLog, end: int) -> Iterator[Write]:
        for holder, size, text in self._heap.heads(str(log.origin)):
            note = read_head(text, str(log.origin), size)
            if note is not None and size <= end and _is_on(log, note):
                yield PutHead(str(log.origin), size, holder, text)

    def _write_journals(self) -> Iterator[Write]:
        number, rows = self._cut or (len(self._journals) - 1, -1)
        for place, log in enumerate(self._journals[: number + 1]):
            end = log.committed if place < number or self._cut is None else rows
            yield from self._written(log, end)
            yield from self._heads(log, end)
            for first, after in log.gaps:
                self.result.lost.append((str(log.origin), first, after))
        for log in self._journals[number + 1 :]:
            self.result.lost += [(str(log.origin), *gap) for gap in log.gaps]
        lost: list[Value] = [[origin, first, end] for origin, first, end in self.result.lost]
        mended = _row(Happened.MENDED, self._at, lost)
        if self._cut is not None:
            self.result.is_cut = True
            last = self._journals[-1]
            epoch = min(last.origin.epoch + 1, EPOCH_MAX)
            size, root = last.newest_root
            goes_on = _row(Happened.CONTINUED, self._at, str(last.origin), size, root)
            origin = Origin(self._own, self._line, "journal", epoch)
            yield from _appended(str(origin), Tree(), self._rest_after(goes_on, mended))
        elif self._journals:
            last = self._journals[-1]
            tree = Tree(leaf_hash(one.raw) for _, one in entries_of(self._heap, last) if one)
            yield from _appended(str(last.origin), tree, self._rest_after(mended))
        else:
            origin = Origin(self._own, self._line, "journal")
            yield from _appended(str(origin), Tree(), self._rest_after(mended))

    def _rest_after(self, *first: StoredEntry) -> Iterator[StoredEntry]:
        yield from first
        for one in self._rest:
            if isinstance(one, StoredEntry):
                yield one
            else:
                log, index = one
                yield self._heap.candidates(log.number, index, 1)[index][0].entry


def _is_on(log: FoundLog, note: Note) -> bool:
    """Whether a head is over entries that are held."""
    head = parse_checkpoint(note.text)
    return head.size <= log.held and log.tree.root(head.size) == head.root


def _appended(origin: str, tree: Tree, entries: Iterable[StoredEntry]) -> Iterator[Write]:
    """Writes that append entries to a log whose tree is given."""
    for part in _parts(entries):
        start = tree.size
        tree.extend([leaf_hash(entry.raw) for entry in part])
        yield AppendEntries(origin, start, part, tree.root())


def _parts(entries: Iterable[StoredEntry]) -> Iterator[tuple[StoredEntry, ...]]:
    """The entries, as many at a time as are written at once."""
    part: list[StoredEntry] = []
    size = 0
    for entry in entries:
        part.append(entry)
        size += len(entry.raw) + len(entry.content)
        if len(part) == _WRITTEN_AT_ONCE or size >= _WRITTEN_BYTES:
            yield tuple(part)
            part, size = [], 0
    if part:
        yield tuple(part)


def _row(happened: int, at: int, *rest: Value) -> StoredEntry:
    return StoredEntry(cbor.encode([int(happened), at, *rest]), b"")


def _by_author(note: Note, origin: str) -> Note:
    """The note without what others have signed."""
    return Note(note.text, tuple(one for one in note.signatures if one.name == origin))


def _cosigned_at(note: Note, holder: str) -> int | None:
    """When a holder cosigned a head, in milliseconds."""
    for one in note.signatures:
        if one.name == mirror_name(holder):
            return int.from_bytes(one.signature[:8]) * SECOND_MS
    return None
