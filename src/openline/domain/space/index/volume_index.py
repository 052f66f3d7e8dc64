"""The index of volumes: what comes near a volume, among a million others.

Volumes by key, found by where and when they are, each pair judged as the rule
of `domain.space.conflict` judges it. What was put in last waits in an open
segment; full segments are sorted and merged so that there are few of them
(`docs/internals/conflict-engine.md`).
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from operator import itemgetter
from types import ModuleType
from typing import Any, Final, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from openline.domain.limits import LATERAL_MINIMUM_M_MAX
from openline.domain.space.altitude import ANY_WEATHER, Atmosphere
from openline.domain.space.conflict import Minima, Verdict, find_conflict
from openline.domain.space.index import sieve
from openline.domain.space.index.boxes import Rows
from openline.domain.space.index.fast import ready
from openline.domain.space.index.segment import (
    Segment,
    extend,
    has_room,
    live_part,
    open_segment,
    sorted_segment,
)
from openline.domain.space.index.table import COUNT, KIND, NUMBER, Table, joined, table_of
from openline.domain.space.volume import Volume, VolumeDoesNotHold, core_of

KeyT = TypeVar("KeyT", bound=Hashable)

ORIGIN_MS: Final = 1_767_225_600_000
"""2026-01-01T00:00:00Z: near it seconds are exact in single precision, far off loose."""

OPEN_ROWS: Final = 2_048
"""Rows that wait unsorted: each query looks at all of them."""

OPEN_VERTICES: Final = 32_768

RULE_AT_ONCE: Final = 32
"""Pairs that the rule itself decides in one step, some ten milliseconds; one pair counts for
more by `EDGES_PER_PAIR` of its edges taken with each other."""

EDGES_PER_PAIR: Final = 8_192

MERGE_AT: Final = 8
"""A segment is merged into the one before it once that one is not so many times larger."""

RULE_MEETINGS_MAX: Final = 256
"""Pairs that the rule itself decides where many volumes are asked about at once: a tenth of
a second."""

_NO_ROWS: Final = np.empty(0, np.int64)

_NEAR: Final = (Verdict.CONFLICT, Verdict.MARGINAL)

_VERDICTS: Final = {
    sieve.WITHIN: Verdict.CONFLICT,
    sieve.TOUCH: Verdict.TOUCH,
    sieve.BEYOND: Verdict.CLEAR,
    # Until the rule has said what it is.
    sieve.OPEN: Verdict.CLEAR,
}


class Hit(NamedTuple, Generic[KeyT]):
    """A volume that another is not clear of.

    Attributes:
        key: Whose volume it is.
        number: Which of the volumes of the key.
        verdict: CONFLICT, MARGINAL or TOUCH.
        serial: Rises in the order in which volumes were put in.
    """

    key: KeyT
    number: int
    verdict: Verdict
    serial: int


class Meetings(NamedTuple, Generic[KeyT]):
    """Volumes that were asked about, with those here that they are in conflict with.

    Attributes:
        rows: Of what was asked about, in no order.
        keys: Whose volumes they meet.
        numbers: Which of the volumes of the key.
    """

    rows: Rows
    keys: list[KeyT]
    numbers: Rows


@dataclass(slots=True, eq=False)
class _Part(Generic[KeyT]):
    """A segment, and the keys of its rows in the order in which they were put in."""

    segment: Segment
    keys: list[KeyT]


class _Minima(NamedTuple):
    """Minima as they were asked for, and in the forms that a query takes."""

    asked_for: Minima | Sequence[Minima]
    each: tuple[Minima, ...]
    widest: Minima
    columns: sieve.MinimaByKind


class VolumeIndex(Generic[KeyT]):
    """Volumes by key, found by where and when they are.

    One key may have several volumes: a notice has. Answers come in the order in
    which keys were put in, on every machine. Not for use by several threads at
    once; a `snapshot` may go to another.

    Args:
        atmosphere: Agreed bounds of the weather, for bands with other references.
        fast: Whether to take the compiled path; None takes it once it is ready.
    """

    def __init__(self, atmosphere: Atmosphere = ANY_WEATHER, *, fast: bool | None = None) -> None:
        self._atmosphere = atmosphere
        self._fast = fast
        # Sorted parts, the largest and oldest first, and the open one.
        self._parts: list[_Part[KeyT]] = []
        self._open: _Part[KeyT] = _Part(open_segment(OPEN_ROWS, OPEN_VERTICES), [])
        # Of each key the serial of its first row and how many rows it has.
        self._rows_of: dict[KeyT, tuple[int, int]] = {}
        # What was put in and has no row yet.
        self._waiting: dict[KeyT, tuple[tuple[tuple[int, Volume], ...], int]] = {}
        self._next_serial = 0
        # Kinds are numbered from 0; so many are here.
        self._kinds = 1
        self._minima: _Minima | None = None

    @classmethod
    def build(
        cls,
        keys: Sequence[KeyT],
        table: Table,
        atmosphere: Atmosphere = ANY_WEATHER,
        *,
        fast: bool | None = None,
    ) -> "VolumeIndex[KeyT]":
        """An index of many volumes at once.

        Args:
            keys: Of each row of the table; the rows of one key follow each other.
            table: The volumes, which pass `check_volume`; without room to spare.
            atmosphere: As for the index.
            fast: As for the index.
        """
        index = cls(atmosphere, fast=fast)
        index._put_rows(list(keys), table)
        return index

    def __len__(self) -> int:
        """How many keys have volumes here."""
        return len(self._rows_of) + len(self._waiting)

    def __contains__(self, key: KeyT) -> bool:
        return key in self._rows_of or key in self._waiting

    def put(self, key: KeyT, volumes: Iterable[tuple[int, Volume]], kind: int = 0) -> None:
        """Let a key have these volumes and no others.

        Args:
            key: The key; it goes to the end of the order.
            volumes: Each with its number; they pass `check_volume`.
            kind: What acts, as a number from 0: which minima apply.

        Raises:
            VolumeDoesNotHold: One has too few vertices; the index is as before.
        """
        entries = tuple(volumes)
        for _, volume in entries:
            if len(volume.vertices) < 3:
                core_of(volume.shape, volume.vertices)
        self.remove(key)
        if entries:
            self._waiting[key] = (entries, kind)

    def remove(self, key: KeyT) -> None:
        """Remove all volumes of the key; nothing happens if it has none."""
        self._waiting.pop(key, None)
        serial, count = self._rows_of.pop(key, (0, 0))
        if not count:
            return
        part = self._part_of(serial)
        segment = part.segment
        segment.let_go(segment.place_of(serial), count)
        if part is not self._open and 2 * segment.dead > segment.size:
            place = self._parts.index(part)
            self._parts[place : place + 1] = _renewed([part]) if segment.live_count else []

    def near(self, volume: Volume, widest: Minima) -> list[KeyT]:
        """The keys whose volumes may be in conflict with this one, each once.

        Args:
            volume: Any volume; it need not be in the index.
            widest: The widest minima that may apply to any pair.
        """
        self._settle()
        asked = sieve.ask(
            volume, self._atmosphere, ORIGIN_MS, widest, sieve.minima_by_kind([widest])
        )
        found: dict[KeyT, None] = {}
        for part in self._all_parts():
            places = np.sort(part.segment.order[sieve.near_rows(part.segment, asked.facing)])
            found.update(dict.fromkeys(part.keys[place] for place in places.tolist()))
        return list(found)

    def hits(self, volume: Volume, minima: Minima | Sequence[Minima]) -> list[Hit[KeyT]]:
        """The volumes that this one is not clear of, in the order of putting in.

        Args:
            volume: Any volume; it need not be in the index.
            minima: For each kind, or one for all of them.
        """
        hits = [hit for step in self.steps(volume, minima) for hit in step]
        hits.sort(key=_serial)
        return hits

    def steps(self, volume: Volume, minima: Minima | Sequence[Minima]) -> Iterator[list[Hit[KeyT]]]:
        """The same in small steps and in no order, for whoever must not work long at once.

        The index may change in between: what is put in later is not named, what is
        removed may still be.
        """
        self._settle()
        agreed = self._by_kind(minima)
        path: Any = self._path()
        asked = path.ask(volume, self._atmosphere, ORIGIN_MS, agreed.widest, agreed.columns)
        for part in self._all_parts():
            for rows, states in path.found(part.segment, asked):
                yield from self._hits(part, volume, rows, states, agreed.each)

    def meetings(self, asked: Table, minima: Minima | Sequence[Minima]) -> "Meetings[KeyT]":
        """What each of many volumes is not clear of, all at once.

        The rule decides `RULE_MEETINGS_MAX` pairs that only it can tell; further ones
        count as conflicts, which is the safe side.

        Args:
            asked: The volumes, without room to spare; their kinds are not looked at.
            minima: For each kind of the volumes here, or one for all of them.
        """
        self._settle()
        agreed = self._by_kind(minima)
        columns: list[tuple[Rows, list[KeyT], Rows]] = []
        left = RULE_MEETINGS_MAX
        for part in self._all_parts():
            rows, others, states = self._found(part.segment, asked, agreed)
            is_open = np.flatnonzero(states == sieve.OPEN)
            for place in is_open[:left].tolist():
                a, b = asked.volume(int(rows[place])), part.segment.table.volume(others[place])
                kind = int(part.segment.table.kind[others[place]])
                verdict = judged(a, b, agreed.each[kind], self._atmosphere)
                states[place] = sieve.WITHIN if verdict in _NEAR else sieve.BEYOND
            left = max(0, left - len(is_open))
            is_near = (states == sieve.WITHIN) | (states == sieve.OPEN)
            rows, others = rows[is_near], others[is_near]
            places = part.segment.order[others].tolist()
            keys = [part.keys[place] for place in places]
            columns.append((rows, keys, part.segment.table.number[others].astype(np.int64)))
        return Meetings(
            np.concatenate([np.empty(0, np.int64), *(rows for rows, _, _ in columns)]),
            [key for _, keys, _ in columns for key in keys],
            np.concatenate([np.empty(0, np.int64), *(numbers for _, _, numbers in columns)]),
        )

    def join(self, minima: Minima) -> list[tuple[KeyT, KeyT, Verdict]]:
        """All pairs of volumes that are not clear of each other, each once.

        Volumes of one key are compared too. In the order of the first, then of the
        second.
        """
        self._settle()
        self._close()
        if not self._parts:
            return []
        if len(self._parts) > 1:
            self._parts = _renewed(self._parts)
        part = self._parts[0]
        segment = part.segment
        rows, others, states = self._pairs(segment, minima)
        verdicts = np.array([_VERDICTS[state] for state in states.tolist()], object)
        for number in np.flatnonzero(states == sieve.OPEN).tolist():
            a, b = segment.table.volume(rows[number]), segment.table.volume(others[number])
            verdicts[number] = judged(a, b, minima, self._atmosphere)
        one, other = segment.order[rows], segment.order[others]
        firsts, seconds = np.minimum(one, other), np.maximum(one, other)
        order = np.lexsort((seconds, firsts))
        columns = (firsts[order].tolist(), seconds[order].tolist(), verdicts[order].tolist())
        return [
            (part.keys[first], part.keys[second], verdict)
            for first, second, verdict in zip(*columns, strict=True)
            if verdict is not Verdict.CLEAR
        ]

    def snapshot(self) -> "VolumeIndex[KeyT]":
        """The index as it is now, to be asked in another thread while this one changes."""
        self._settle()
        copy = VolumeIndex[KeyT](self._atmosphere, fast=self._fast)
        copy._parts = [
            _Part(part.segment.snapshot(), part.keys)
            for part in (*self._parts, _Part(self._open.segment, list(self._open.keys)))
        ]
        copy._rows_of = dict(self._rows_of)
        copy._kinds = self._kinds
        return copy

    def _by_kind(self, minima: Minima | Sequence[Minima]) -> _Minima:
        """The minima of each kind that is here; those that were asked for last are kept."""
        kept = self._minima
        if kept is None or kept.asked_for != minima or len(kept.each) < self._kinds:
            each = (minima,) * self._kinds if isinstance(minima, Minima) else tuple(minima)
            # What is read past the end in the compiled path would be anything.
            assert len(each) >= self._kinds, "there are minima for each kind"
            self._minima = kept = _Minima(minima, each, widest(each), sieve.minima_by_kind(each))
        return kept

    def _path(self) -> ModuleType:
        compiled = ready() if self._fast is None else self._fast and ready()
        return compiled or sieve

    def _found(
        self, segment: Segment, asked: Table, agreed: _Minima
    ) -> tuple[Rows, Rows, NDArray[np.int8]]:
        """Rows that were asked about, rows of a segment not beyond them, and their states."""
        path: Any = self._path()
        if path is not sieve:
            found: tuple[Rows, Rows, NDArray[np.int8]] = path.meetings(
                segment, asked, ORIGIN_MS, agreed.widest, agreed.columns
            )
            return found
        firsts, seconds, states = [_NO_ROWS], [_NO_ROWS], [_NO_ROWS.astype(np.int8)]
        for row in range(len(asked.facts)):
            question = sieve.ask(
                asked.volume(row), self._atmosphere, ORIGIN_MS, agreed.widest, agreed.columns
            )
            for rows, some in sieve.found(segment, question):
                is_near = some != sieve.BEYOND
                firsts.append(np.full(int(is_near.sum()), row))
                seconds.append(rows[is_near])
                states.append(some[is_near])
        return np.concatenate(firsts), np.concatenate(seconds), np.concatenate(states)

    def _pairs(self, segment: Segment, minima: Minima) -> tuple[Rows, Rows, NDArray[np.int8]]:
        """All pairs of rows of a segment that are not beyond, with their states."""
        columns = self._by_kind(minima).columns
        path: Any = self._path()
        if path is not sieve:
            found: tuple[Rows, Rows, NDArray[np.int8]] = path.pairs(
                segment, ORIGIN_MS, minima, columns
            )
            return found
        firsts, seconds, states = [], [], []
        for row in np.flatnonzero(segment.is_live).tolist():
            volume = segment.table.volume(row)
            asked = sieve.ask(volume, self._atmosphere, ORIGIN_MS, minima, columns)
            for rows, some in sieve.found(segment, asked):
                is_later = (rows > row) & (some != sieve.BEYOND)
                firsts.append(np.full(int(is_later.sum()), row))
                seconds.append(rows[is_later])
                states.append(some[is_later])
        return np.concatenate(firsts), np.concatenate(seconds), np.concatenate(states)

    def _hits(
        self,
        part: _Part[KeyT],
        volume: Volume,
        rows: Rows,
        states: NDArray[np.int8],
        minima: Sequence[Minima],
    ) -> Iterator[list[Hit[KeyT]]]:
        """The hits among rows, none twice; the rule decides what is OPEN."""
        told = states.tolist()
        if sieve.BEYOND in told:
            is_near = states != sieve.BEYOND
            rows, states = rows[is_near], states[is_near]
            told = states.tolist()
        if sieve.OPEN not in told:
            yield _named(part, rows, map(_VERDICTS.__getitem__, told))
            return
        is_open = states == sieve.OPEN
        yield _named(part, rows[~is_open], map(_VERDICTS.__getitem__, states[~is_open].tolist()))
        table, asked = part.segment.table, 0
        found, verdicts = list[int](), list[Verdict]()
        for row in rows[is_open].tolist():
            kind, count = table.facts[row, [KIND, COUNT]].tolist()
            verdict = judged(volume, table.volume(row), minima[kind], self._atmosphere)
            if verdict is not Verdict.CLEAR:
                found.append(row)
                verdicts.append(verdict)
            asked += 1 + len(volume.vertices) * count // EDGES_PER_PAIR
            if asked >= RULE_AT_ONCE:
                yield _named(part, np.array(found, np.int64), verdicts)
                asked, found, verdicts = 0, [], []
        yield _named(part, np.array(found, np.int64), verdicts)

    def _all_parts(self) -> list[_Part[KeyT]]:
        return [*self._parts, self._open] if self._open.segment.size else self._parts

    def _part_of(self, serial: int) -> _Part[KeyT]:
        for part in self._parts:
            if serial <= part.segment.serials[-1]:
                return part
        return self._open

    # Taking in.

    def _settle(self) -> None:
        """Give what waits its rows."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        keys: list[KeyT] = []
        entries: list[tuple[int, int, Volume]] = []
        for key, (volumes, kind) in waiting.items():
            keys += [key] * len(volumes)
            entries += [(kind, number, volume) for number, volume in volumes]
        self._put_rows(keys, table_of(entries, self._atmosphere))

    def _put_rows(self, keys: list[KeyT], table: Table) -> None:
        """Take in rows at the end of the order."""
        if len(table.facts):
            self._kinds = max(self._kinds, int(table.kind.max()) + 1)
        first = self._next_serial
        self._next_serial += len(keys)
        serials = np.arange(first, self._next_serial)
        start = 0
        changes = (row for row, (one, other) in enumerate(pairwise(keys), 1) if one != other)
        for row in (*changes, len(keys)):
            self._rows_of[keys[start]] = (first + start, row - start)
            start = row
        if not has_room(self._open.segment, len(keys), len(table.positions)):
            self._close()
        if has_room(self._open.segment, len(keys), len(table.positions)):
            extend(self._open.segment, table, serials, ORIGIN_MS)
            self._open.keys += keys
        else:
            self._add(_Part(sorted_segment(table, serials, ORIGIN_MS), keys))

    def _close(self) -> None:
        """Sort the open segment and begin another."""
        closed, self._open = self._open, _Part(open_segment(OPEN_ROWS, OPEN_VERTICES), [])
        if closed.segment.live_count:
            self._parts += _renewed([closed])
            self._merge()

    def _add(self, part: _Part[KeyT]) -> None:
        self._parts.append(part)
        self._merge()

    def _merge(self) -> None:
        """Merge the last parts until each is many times as large as the next."""
        parts = self._parts
        count = 1
        rows = parts[-1].segment.live_count
        while count < len(parts) and parts[-count - 1].segment.live_count < MERGE_AT * rows:
            count += 1
            rows += parts[-count].segment.live_count
        if count > 1:
            parts[-count:] = _renewed(parts[-count:])


_hit: Final = partial(tuple.__new__, Hit)
"""A hit of four; many times as quick as by its name, and some queries have a thousand."""

_serial = itemgetter(Hit._fields.index("serial"))


def judged(a: Volume, b: Volume, minima: Minima, atmosphere: Atmosphere) -> Verdict:
    """The verdict of the rule; what cannot be compared is MARGINAL, the safe side."""
    try:
        return find_conflict(a, b, minima, atmosphere).verdict
    except VolumeDoesNotHold:
        return Verdict.MARGINAL


def widest(minima: Sequence[Minima]) -> Minima:
    """The greatest minimum in each dimension: no pair has wider ones."""
    return Minima(
        min(max(one.lateral_m for one in minima), LATERAL_MINIMUM_M_MAX),
        max(one.vertical_dm for one in minima),
        max(one.time_ms for one in minima),
    )


def _renewed(parts: Sequence[_Part[Any]]) -> list[_Part[Any]]:
    """Parts that follow each other as one, without the rows that were let go."""
    live = [(part, *live_part(part.segment)) for part in parts]
    table = joined([table for _, table, _ in live])
    serials = np.concatenate([part.segment.serials[places] for part, _, places in live])
    keys = [part.keys[place] for part, _, places in live for place in places.tolist()]
    return [_Part(sorted_segment(table, serials, ORIGIN_MS), keys)]


def _named(part: _Part[KeyT], rows: Rows, verdicts: Iterable[Verdict]) -> list[Hit[KeyT]]:
    """The hits that rows are, with these verdicts."""
    segment = part.segment
    places = segment.order.take(rows)
    keys = map(part.keys.__getitem__, places.tolist())
    # Whole rows: to take one column would go through the whole table.
    numbers = segment.table.facts.take(rows, axis=0)[:, NUMBER].tolist()
    serials = segment.serials.take(places).tolist()
    return list(map(_hit, zip(keys, numbers, verdicts, serials, strict=True)))
