"""The repair of a damaged store, from a look at it to the new one in its place.

Nothing is changed before the new store is whole: it is written beside the damaged one,
audited as any other, and loaded once as a start would. Only then does it take the place,
and the damaged one is kept beside it. The new store is a copy of which no anchor knows: as
after a restore, a node on it signs nothing before every counterpart has shown what it holds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from openline.adapters.anchor import Anchor, AnchorDamaged
from openline.adapters.chance import SystemChance
from openline.adapters.disk import hold_directory, put_in_place, undo_exchange
from openline.adapters.keys import FileKeys
from openline.adapters.salvage import Candidate, Pages, Salvage
from openline.adapters.sqlite import SqliteStore
from openline.app.audit import audit
from openline.app.config import Config
from openline.app.repair.found import FoundLog, find_logs
from openline.app.repair.lent import Lent, ask_counterparts
from openline.app.repair.retold import Lost, Retelling
from openline.app.store_copies import COPIED_AT, IDENTITY
from openline.domain.errors import OpenlineError, OurError
from openline.domain.line.understanding import parse_signed_understanding, parse_understanding
from openline.domain.party import Origin, parse_origin
from openline.domain.record.merkle import Tree, leaf_hash
from openline.domain.record.note import parse_note
from openline.domain.record.tick import parse_tick
from openline.engine.node import Node
from openline.engine.ports import (
    AppendEntries,
    Keys,
    PutHead,
    PutTick,
    PutValue,
    StoreFailed,
    Write,
)

Ask: TypeAlias = Callable[[Config, Mapping[str, int], float], Lent]
"""Fills a passing store with what the counterparts hold (`lent.ask_counterparts`)."""

ASIDE: Final = ".damaged"
"""What the name of a damaged file ends with when it is kept, before a number."""

_HEAP: Final = ".salvage"
_PASSING: Final = ".mending"
_ADOPTED: Final = "adopted/"
_TAKEN_OVER: Final = (_ADOPTED, "evidence/", "evidence-journal/")
_READ: Final = 64
_WRITTEN_AT_ONCE: Final = 64
_WRITTEN_BYTES: Final = 4 << 20
_FAULTS_TOLD: Final = 5
_TABLE_WORDS: Final = {
    "heads": "heads and receipts",
    "ticks": "ticks",
    "named": "people, evidence and what else has a name",
}


@dataclass(frozen=True, slots=True)
class LogSeen:
    """One log of a damaged store.

    Attributes:
        origin: Which log.
        committed: How many entries it is known to have had; rows, of a journal.
        gaps: Which of these cannot be read: first, and the one after the last.
    """

    origin: str
    committed: int
    gaps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a store, and what of it can still be read.

    Attributes:
        store: Its file.
        is_there: Whether there is one.
        pages: What its pages look like.
        logs: Its logs.
        heads: How many heads can be read.
        ticks: How many ticks.
        values: How many named values.
        anchor: What is wrong with the anchor; empty if nothing is.
        faults: What else a start would stumble over.
    """

    store: Path
    is_there: bool
    pages: Pages
    logs: tuple[LogSeen, ...]
    heads: int
    ticks: int
    values: int
    anchor: str
    faults: tuple[str, ...]

    @property
    def is_store_sound(self) -> bool:
        """Whether nothing is wrong with the store itself."""
        has_gaps = any(log.gaps for log in self.logs)
        is_read = not self.pages.damaged and not self.pages.unread
        return self.is_there and is_read and not has_gaps and not self.faults

    @property
    def is_sound(self) -> bool:
        """Whether there is nothing to repair."""
        return self.is_store_sound and not self.anchor


@dataclass(frozen=True, slots=True)
class Mended:
    """What a repair did.

    Attributes:
        logs: Each log with how many entries it has now.
        lost: What is lost for good, or has to come at the next start.
        came_back: How many entries the counterparts gave back.
        silent: Counterparts that were not heard and may hold what is lost.
        is_cut: Whether a journal goes on in a new epoch.
        uncertain: Of what it is not known whether any is lost, in words.
        kept: The damaged files, where they are now.
    """

    logs: tuple[tuple[str, int], ...]
    lost: tuple[Lost, ...]
    came_back: int
    silent: tuple[str, ...]
    is_cut: bool
    uncertain: tuple[str, ...]
    kept: tuple[Path, ...]


class Repair:
    """One repair: look first (`diagnosis`), then `mend`.

    Used within its `with` block by one thread; the node is stopped meanwhile.
    """

    def __init__(
        self,
        config: Config,
        heap: Salvage,
        anchored: Mapping[str, tuple[int, bytes]],
        keys: Keys,
        ask: Ask,
    ) -> None:
        self._config, self._heap, self._keys, self._ask_them = config, heap, keys, ask
        self._logs = find_logs(heap, anchored, config.party)
        self._passing = config.store.with_name(f"{config.store.name}{_PASSING}")
        self.diagnosis = Diagnosis(
            config.store,
            config.store.exists(),
            heap.pages,
            tuple(LogSeen(str(one.origin), one.committed, tuple(one.gaps)) for one in self._logs),
            heap.head_count(),
            sum(1 for _ in heap.ticks()),
            heap.value_count(),
            "",
            (),
        )

    def look(self, anchor: str) -> Diagnosis:
        """What is wrong, and what can be read.

        Args:
            anchor: What is wrong with the anchor, if anything is.
        """
        faults: tuple[str, ...] = ()
        if self.diagnosis.is_store_sound:
            faults = tuple(self._faults_of(self._config.store))
        self.diagnosis = replace(self.diagnosis, anchor=anchor, faults=faults)
        return self.diagnosis

    def mend(self, at: int, wait_s: float, *, without_counterparts: bool = False) -> Mended:
        """Put a sound store in the place of the damaged one.

        Args:
            at: Now, in milliseconds.
            wait_s: How long to wait for a counterpart that does not answer.
            without_counterparts: Go on though one that may hold what is missing was not
                heard; what it holds comes at the next start. Not where it is known to hold
                entries of ours that are missing: their numbers are never used again.

        Raises:
            OurError: It cannot be done, in words; nothing is changed then.
        """
        if self.diagnosis.is_store_sound:
            return self._renew_anchor()
        is_known = bool(self._logs)
        try:
            lost, is_cut = self._build(at, is_last=False)
            came_back = 0
            unheard: Mapping[str, tuple[str, ...]] = {}
            are_lost = any(_is_outbox(origin) for origin, _, _ in lost)
            if not is_known or are_lost or self._used_again():
                came_back, unheard = self._ask(wait_s)
                lost, is_cut = self._build(at, is_last=True)
            if again := self._used_again():
                raise again
            silent = _silent(unheard, _lines_of(lost) if is_known else None)
            if silent and not without_counterparts:
                raise _may_be_elsewhere(silent)
            faults = self._faults_of(self._passing, _not_known_yet(lost))
            if faults:
                raise OurError(
                    f"What could be salvaged is not sound: {' '.join(faults[:_FAULTS_TOLD])}",
                    "Nothing was changed. Put back a back-up; or move the store away and start the "
                    "node: the counterparts give back what they hold.",
                )
            logs = sorted(self._sizes().items())
            kept = self._put_in_place()
        finally:
            remove_beside(self._passing)
        return Mended(
            tuple(logs), tuple(lost), came_back, silent, is_cut, self._uncertain(), tuple(kept)
        )

    def _renew_anchor(self) -> Mended:
        """Set the anchor aside: the store is sound, and a new one vouches for nothing yet."""
        kept = _set_aside(self._config.anchor)
        logs = tuple((log.origin, log.committed) for log in self.diagnosis.logs)
        return Mended(logs, (), 0, (), is_cut=False, uncertain=(), kept=(kept,))

    def _uncertain(self) -> tuple[str, ...]:
        if not self.diagnosis.is_there:
            return tuple(_TABLE_WORDS.values())
        return tuple(_TABLE_WORDS[table] for table in self.diagnosis.pages.unread)

    def _used_again(self) -> OurError | None:
        """What is wrong where numbers would be used again that a counterpart holds.

        Whatever a counterpart shows now: what it has signed before says how much it held.
        """
        sizes = self._sizes()
        for origin, party, size in self._held_of_ours():
            end = sizes.get(origin, 0)
            if size > end and not is_closed(origin, sizes):
                return OurError(
                    f"{party} has signed that it holds {size} entries of {origin}, and only the "
                    f"first {end} can be had.",
                    f"Nothing was changed: the numbers of the others must not be used again. "
                    f"Repair again when {party} answers and holds them, or put back a back-up; "
                    "--without-counterparts does not help here.",
                )
        return None

    def _sizes(self) -> dict[str, int]:
        """How many entries of each log are in the new store."""
        with SqliteStore.open_read_only(self._passing) as store:
            return {origin: size for origin, size, _ in store.origins()}

    def _held_of_ours(self) -> Iterator[tuple[str, str, int]]:
        """An outbox of ours, a counterpart, and how much it has signed that it holds."""
        for origin, party, size in self._heap.receipted():
            if _is_outbox_of(origin, self._config.party):
                yield origin, party, size
        for party, text in self._heap.last_ticks():
            try:
                held = parse_tick(parse_note(text).text).held
            except OpenlineError:
                continue
            for head in held:
                if _is_outbox_of(head.origin, self._config.party):
                    yield head.origin, party, head.size

    # --- what the counterparts have --------------------------------------------------------------

    def _ask(self, wait_s: float) -> tuple[int, Mapping[str, tuple[str, ...]]]:
        """Have the counterparts give what is missing.

        Returns:
            How many entries came, and who was not heard, by line.

        Raises:
            OurError: What one holds contradicts what we have.
        """
        lent = self._borrow(wait_s)
        before = sum(log.missing for log in self._logs)
        self._take_over()
        came_back = max(0, before - sum(log.missing for log in self._logs))
        return came_back, lent.silent

    def _borrow(self, wait_s: float) -> Lent:
        anchor = self._passing.with_name(f"{self._passing.name}-anchor")
        config = replace(
            self._config, store=self._passing, anchor=anchor, feeds=(), outlets=(), folders=()
        )
        wanted = {str(log.origin): log.committed for log in self._logs if log.origin.log == "out"}
        try:
            lent = self._ask_them(config, wanted, wait_s)
        except StoreFailed as error:
            raise OurError(f"The disk failed: {error}", "Nothing was changed; see to it.") from None
        if lent.contradicts:
            raise OurError(
                f"The counterparts contradict what could be salvaged: {lent.contradicts}.",
                "Nothing was changed. Keep the store as evidence, and see `openline keys epoch`.",
            )
        return lent

    def _take_over(self) -> None:
        """Take what came into the salvage, and look at every log again."""
        with SqliteStore.open_read_only(self._passing) as store:
            known = {str(log.origin): log for log in self._logs}
            numbers = [log.number for log in self._logs]
            fresh = max([0, *numbers, *self._heap.numbers()]) + 1
            for text, size, _ in store.origins():
                origin = parse_origin(text)
                if origin is None or origin.log != "out":
                    continue
                if text not in known:
                    known[text] = FoundLog(origin, fresh)
                    fresh += 1
                self._take_log(store, known[text], size)
            for prefix in _TAKEN_OVER:
                for name, value in store.values(prefix):
                    self._heap.add_value(name, value)
        self._logs = sorted(known.values(), key=lambda log: log.origin)

    def _take_log(self, store: SqliteStore, log: FoundLog, size: int) -> None:
        """Take what is missing of one log, and nothing else that no root proves.

        Raises:
            OurError: A known root does not come out.
        """
        origin = str(log.origin)
        proven = self._proven(store, log)
        for start in range(log.held, size, _READ):
            for index, entry in enumerate(store.entries(origin, start, _READ), start):
                if index < proven or log.lacks(index):
                    self._heap.keep_only(log.number, index, Candidate(entry, is_sound=True))
        at = 0
        while heads := store.heads(origin, "", at, _READ):
            for size_of, note in heads:
                self._heap.add_head(origin, "", size_of, note)
            at = heads[-1][0] + 1
        log.committed = max(log.committed, size)
        log.look(self._heap)
        if log.is_contradicted:
            raise self._contradicted(log)

    def _proven(self, store: SqliteStore, log: FoundLog) -> int:
        """How many of the entries that a passing store has of a log a known root proves.

        Raises:
            OurError: A known root is over others.
        """
        tree, proven = Tree(), 0
        while part := store.entries(str(log.origin), tree.size, _READ):
            tree.extend([leaf_hash(entry.raw) for entry in part])
        for size, root in log.roots:
            if size > tree.size:
                break
            if tree.root(size) != root:
                raise self._contradicted(log)
            proven = size
        return proven

    def _contradicted(self, log: FoundLog) -> OurError:
        party = log.origin.party
        if party == self._config.party:
            what = f"The entries of {log.origin} that came back contradict what we have signed."
        else:
            what = f"{party} gave entries of {log.origin} that contradict its own signed heads."
        return OurError(
            what,
            "Nothing was changed. Keep the store as evidence; put back a back-up, or see "
            "`openline keys epoch`.",
        )

    # --- the new store ---------------------------------------------------------------------------

    def _build(self, at: int, *, is_last: bool) -> tuple[list[Lost], bool]:
        """Write what can stand into the passing store; what is lost, if a journal is cut.

        Raises:
            OurError: It cannot be written, or a line's Understanding is nowhere.
        """
        remove_beside(self._passing)
        lost: list[Lost] = []
        is_cut = False
        try:
            with SqliteStore.open(self._passing) as into:
                _commit_all(into, self._values(at))
                for line in sorted({log.origin.line for log in self._logs}):
                    told = Retelling(
                        self._heap, self._logs, self._config.party, line, at, is_last=is_last
                    )
                    _commit_all(into, told.writes())
                    lost += told.result.lost
                    is_cut = is_cut or told.result.is_cut
                _commit_all(into, self._ticks())
        except StoreFailed as error:
            raise OurError(
                f"The new store cannot be written: {error}", "Make room beside the old one."
            ) from None
        return lost, is_cut

    def _ticks(self) -> Iterator[Write]:
        for line, party, sequence, tick_hash, note in self._heap.ticks():
            yield PutTick(party, line, sequence, tick_hash, note)

    def _values(self, at: int) -> Iterator[Write]:
        names = set()
        for name, value in self._heap.values():
            if name not in (IDENTITY, COPIED_AT):
                yield PutValue(name, value)
                names.add(name)
        for path in sorted(self._config.lines.glob("*.understanding")):
            # The one that is in the directory was adopted: entry 0 says so, and the audit.
            try:
                data = path.read_bytes()
                name = _ADOPTED + parse_understanding(parse_signed_understanding(data).data).line
            except (OpenlineError, OSError):
                continue
            if name not in names and any(
                log.origin.line == name.removeprefix(_ADOPTED) for log in self._logs
            ):
                yield PutValue(name, data)
        yield PutValue(COPIED_AT, str(at).encode())

    def _faults_of(self, path: Path, later: tuple[str, ...] = ()) -> list[str]:
        """What is wrong with a store, as `doctor` and a start would say.

        Args:
            path: The store.
            later: What faults say that are none once what is missing has come.
        """
        try:
            with SqliteStore.open_read_only(path) as store:
                faults = store.damage()
                told = [f"{log.origin}: {fault}" for log in audit(store) for fault in log.faults]
                faults += [fault for fault in told if not any(one in fault for one in later)]
                if not faults:
                    chance, party = SystemChance(), self._config.party
                    Node(party, self._keys, chance, store, signs_nothing=True).load(0)
        except OurError as error:
            return [error.what]
        except (OpenlineError, StoreFailed) as error:
            return [str(error)]
        return faults

    def _put_in_place(self) -> list[Path]:
        path = self._config.store
        kept = []
        if path.exists():
            kept.append(put_in_place(self._passing, path, ASIDE))
        else:
            self._passing.rename(path)
        if self.diagnosis.anchor:
            kept.append(_set_aside(self._config.anchor))
        return kept


@contextmanager
def examined(
    config: Config, keys: Keys | None = None, ask: Ask = ask_counterparts
) -> Iterator[Repair]:
    """The store of a stopped node, looked at; nothing is changed.

    Within the block neither the node starts nor another repair begins.

    Args:
        config: The settings of the node.
        keys: Its keys; by default those in its directory.
        ask: How the counterparts are asked.

    Raises:
        OurError: It is in a database, in use or under repair, or cannot be read at all.
    """
    if config.database is not None:
        raise OurError(
            "The store is in a database, whose pages are the database's.",
            "Put back the database's own back-up and start the node: an old copy is brought up to "
            "date by the counterparts. Or restore a back-up of Openline: openline restore.",
        )
    with hold_directory(config.directory):
        undo_exchange(config.store)
        yield from _examined(config, keys, ask)


def _examined(config: Config, keys: Keys | None, ask: Ask) -> Iterator[Repair]:
    anchored: dict[str, tuple[int, bytes]] = {}
    fault = ""
    if config.anchor.exists():
        try:
            with Anchor.open(config.anchor, b"") as anchor:
                anchored = {row.origin: (row.size, row.root) for row in anchor.rows}
        except AnchorDamaged as error:
            fault = error.what
    path = config.store.with_name(f"{config.store.name}{_HEAP}")
    with Salvage(path) as heap:
        heap.read(config.store)
        repair = Repair(config, heap, anchored, keys or FileKeys.open(config.keys), ask)
        repair.look(fault)
        yield repair


def _is_outbox(origin: str) -> bool:
    parsed = parse_origin(origin)
    return parsed is not None and parsed.log == "out"


def _is_outbox_of(origin: str, party: str) -> bool:
    parsed = parse_origin(origin)
    return parsed is not None and (parsed.party, parsed.log) == (party, "out")


def is_closed(text: str, sizes: Mapping[str, int]) -> bool:
    """Whether a party has a later outbox: then no number of this one is used again."""
    ours = parse_origin(text)
    others = [origin for other in sizes if (origin := parse_origin(other))]
    return ours is not None and any(
        (other.party, other.line, other.log) == (ours.party, ours.line, ours.log)
        and other.epoch > ours.epoch
        for other in others
    )


def _lines_of(lost: Sequence[Lost]) -> set[str]:
    """The lines of which an entry is lost."""
    origins = [origin for text, _, _ in lost if (origin := parse_origin(text))]
    return {origin.line for origin in origins if origin.log == "out"}


def _silent(unheard: Mapping[str, tuple[str, ...]], lines: set[str] | None) -> tuple[str, ...]:
    """Who was not heard on these lines; None are all."""
    found = [names for line, names in unheard.items() if lines is None or line in lines]
    return tuple(sorted({name for names in found for name in names}))


def _may_be_elsewhere(silent: tuple[str, ...]) -> OurError:
    return OurError(
        f"What is missing may be at {', '.join(silent)}, which did not answer.",
        "Nothing was changed. Restore a circuit and repair again: the entries come back as they "
        "were. Or go on without it, with --without-counterparts: then they come at the next "
        "start, as if they arrived then.",
    )


def _not_known_yet(lost: Sequence[Lost]) -> tuple[str, ...]:
    """What the audit says of signatures by keys that a missing entry may announce."""
    found: list[str] = []
    for text, _, _ in lost:
        origin = parse_origin(text)
        if origin is not None and origin.log == "out":
            journal = Origin(origin.party, origin.line, "journal")
            found += [f": The receipt of {origin.party} for ", f"{journal}: The head of size "]
    return tuple(found)


def _commit_all(store: SqliteStore, writes: Iterator[Write]) -> None:
    """Write it all, some at a time."""
    part: list[Write] = []
    size = 0
    for write in writes:
        part.append(write)
        size += _bytes_of(write)
        if len(part) == _WRITTEN_AT_ONCE or size >= _WRITTEN_BYTES:
            store.commit(part)
            part, size = [], 0
    if part:
        store.commit(part)


def _bytes_of(write: Write) -> int:
    match write:
        case AppendEntries(_, _, entries):
            return sum(len(entry.raw) + len(entry.content) for entry in entries)
        case PutValue(_, value):
            return len(value)
        case PutHead() | PutTick():
            return len(write.note)


def _set_aside(path: Path) -> Path:
    number = 1
    while (kept := path.with_name(f"{path.name}{ASIDE}-{number}")).exists():
        number += 1
    path.rename(kept)
    return kept


def remove_beside(path: Path) -> None:
    """Remove a passing file, with what lies beside it under its name."""
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink(missing_ok=True)
