"""Conflicts: which live notices of different parties come nearer than agreed.

The rule is `domain.space.conflict`, the minima are the Understanding's, by the
pair of kinds. A finding is a function of the two notices and the minima alone,
taken in the order of (party, notice id), so that both nodes reach the same one.
What is exercised is compared with what is exercised, and the real with the
real. This module keeps what live notices occupy and the pairs that are not
clear; alarms and messages are others' business.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

from openline.domain.limits import (
    CONFLICTS_ENDED_KEPT,
    CONFLICTS_LIVE_MAX,
    LATERAL_MINIMUM_M_MAX,
    PAIR_TESTS_MAX,
)
from openline.domain.line.terms import Understanding
from openline.domain.space.altitude import vertical_gap_dm
from openline.domain.space.conflict import Finding, Minima, Verdict, find_conflict
from openline.domain.space.index import VolumeIndex
from openline.domain.space.volume import Volume, VolumeDoesNotHold

Side: TypeAlias = tuple[str, str]
"""One side of a conflict: the party and its notice id."""

_SEVERITY: Final = {Verdict.CONFLICT: 0, Verdict.MARGINAL: 1, Verdict.TOUCH: 2}


class ConflictState(StrEnum):
    """Where a pair of notices stands."""

    OPEN = "OPEN"
    CHANGED = "CHANGED"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class Occupied:
    """What one live notice occupies.

    Attributes:
        version: Of the notice.
        kind: What acts: names separation minima.
        is_exercise: Whether it is for an exercise only.
        volumes: Those that pass `check_volume`, with their numbers from 1.
    """

    version: int
    kind: str
    is_exercise: bool
    volumes: tuple[tuple[int, Volume], ...]


@dataclass(frozen=True, slots=True)
class Encounter:
    """The gravest finding between two notices.

    Attributes:
        finding: What was found.
        volumes: Numbers of the two volumes it is about, from 1.
        minima: Under which it was found.
    """

    finding: Finding
    volumes: tuple[int, int]
    minima: Minima


@dataclass(slots=True)
class Conflict:
    """Two notices of different parties that are not clear of each other.

    Attributes:
        sides: In order of party and notice id.
        versions: Of the two notices.
        encounter: The gravest finding.
        is_exercise: Whether both are for an exercise only.
        opened_at: When it was first found.
        state: OPEN; CHANGED once a replacement or an amendment changed it; ENDED.
        changed_at: When the finding or a version changed last.
        ended_at: When it ended, None while it lasts.
    """

    sides: tuple[Side, Side]
    versions: tuple[int, int]
    encounter: Encounter
    is_exercise: bool
    opened_at: int
    state: ConflictState = ConflictState.OPEN
    changed_at: int | None = None
    ended_at: int | None = None

    @property
    def id(self) -> str:
        """What it is called, alike on both nodes."""
        return "~".join(f"{party}~{notice_id}" for party, notice_id in self.sides)

    @property
    def is_alarming(self) -> bool:
        """Whether it is to be treated as a conflict: a mere touch is not."""
        return self.encounter.finding.is_conflict

    def to_json(self) -> dict[str, Any]:
        """The conflict as faces show it; instants in milliseconds."""
        return {
            "id": self.id,
            "state": self.state.value,
            "sides": [
                {"party": party, "notice_id": notice_id, "version": version, "volume": volume}
                for (party, notice_id), version, volume in zip(
                    self.sides, self.versions, self.encounter.volumes, strict=True
                )
            ],
            "exercise": self.is_exercise,
            **encounter_json(self.encounter),
            "opened_at": self.opened_at,
            "changed_at": self.changed_at,
            "ended_at": self.ended_at,
        }


def encounter_json(encounter: Encounter) -> dict[str, Any]:
    """The finding and the minima it was found under."""
    finding = encounter.finding
    lat_e7, lon_e7 = finding.closest
    return {
        "verdict": finding.verdict.value,
        "separation_m": finding.separation_m,
        "vertical_gap_dm": finding.vertical_gap_dm,
        "time_gap_ms": finding.time_gap_ms,
        "overlap_from": finding.overlap_from,
        "overlap_until": finding.overlap_until,
        "closest": {"lat_e7": lat_e7, "lon_e7": lon_e7},
        "words": finding.words(),
        "minima": {
            "lateral_m": encounter.minima.lateral_m,
            "vertical_dm": encounter.minima.vertical_dm,
            "time_ms": encounter.minima.time_ms,
        },
    }


class ConflictView:
    """Live notices of all parties and the pairs that are not clear.

    Owned by the line's `View`; changed only while it applies something.

    Attributes:
        unlisted: How many conflicts were found beyond `CONFLICTS_LIVE_MAX`.
    """

    def __init__(self, understanding: Understanding) -> None:
        self.unlisted = 0
        self._understanding = understanding
        self._widest = _widest(understanding)
        self._occupied: dict[Side, Occupied] = {}
        self._indices: dict[str, VolumeIndex[Side]] = {}
        self._conflicts: dict[tuple[Side, Side], Conflict] = {}
        # For each side the pairs it is in, in the order found.
        self._pairs: dict[Side, dict[tuple[Side, Side], None]] = {}
        self._ended: deque[Conflict] = deque(maxlen=CONFLICTS_ENDED_KEPT)

    def amend(self, understanding: Understanding, at: int) -> list[Conflict]:
        """Judge every pair anew under other minima; what changed."""
        self._understanding = understanding
        self._widest = _widest(understanding)
        changed: dict[str, Conflict] = {}
        for side, occupied in list(self._occupied.items()):
            changed |= {conflict.id: conflict for conflict in self.put(side, occupied, at)}
        return list(changed.values())

    def put(self, side: Side, occupied: Occupied, at: int) -> list[Conflict]:
        """Take in what a live notice occupies now; the pairs that changed."""
        self._take_out(side)
        changed = []
        near = dict(self.encounters(side[0], occupied))
        for pair in list(self._pairs.get(side, ())):
            other = pair[0] if pair[1] == side else pair[1]
            if other not in near:
                changed.append(self._end(pair, at))
        self._put_in(side, occupied)
        for other, encounter in near.items():
            conflict = self._meet(side, other, encounter, at)
            if conflict is not None:
                changed.append(conflict)
        return changed

    def remove(self, side: Side, at: int) -> list[Conflict]:
        """Take a notice out that is no longer live; the pairs that ended."""
        self._take_out(side)
        return [self._end(pair, at) for pair in list(self._pairs.get(side, ()))]

    def encounters(self, party: str, occupied: Occupied) -> list[tuple[Side, Encounter]]:
        """The live notices of other parties that these volumes would not be clear of."""
        found = []
        for side in self._near(party, occupied.volumes):
            other = self._occupied[side]
            if other.is_exercise is not occupied.is_exercise:
                continue
            minima = _minima(self._understanding, occupied.kind, other.kind)
            encounter = _compare(other, occupied, minima, is_first=side[0] < party)
            if encounter is not None:
                found.append((side, encounter))
        return found

    def live(self) -> list[Conflict]:
        """The conflicts that last, in the order found."""
        return list(self._conflicts.values())

    def ended(self) -> list[Conflict]:
        """The last conflicts that ended, in the order of their ends."""
        return list(self._ended)

    def of(self, side: Side) -> list[Conflict]:
        """The conflicts of one notice that last, in the order found."""
        return [self._conflicts[pair] for pair in self._pairs.get(side, ())]

    def _near(self, party: str, volumes: Iterable[tuple[int, Volume]]) -> list[Side]:
        """Live notices of other parties that may be near, in the order added."""
        sides: dict[Side, None] = {}
        for other in sorted(self._indices):
            if other == party:
                continue
            for _, volume in volumes:
                sides.update(dict.fromkeys(self._indices[other].near(volume, self._widest)))
        return list(sides)

    def _put_in(self, side: Side, occupied: Occupied) -> None:
        self._occupied[side] = occupied
        index = self._indices.setdefault(side[0], VolumeIndex())
        for _, volume in occupied.volumes:
            index.add(side, volume)

    def _take_out(self, side: Side) -> None:
        if self._occupied.pop(side, None) is not None:
            self._indices[side[0]].remove(side)

    def _meet(self, side: Side, other: Side, encounter: Encounter, at: int) -> Conflict | None:
        """Open or change the conflict of two notices; None if nothing changed."""
        first, second = sorted((side, other))
        pair = (first, second)
        versions = (self._occupied[first].version, self._occupied[second].version)
        conflict = self._conflicts.get(pair)
        if conflict is None and len(self._conflicts) >= CONFLICTS_LIVE_MAX:
            self.unlisted += 1
            return None
        if conflict is None:
            is_exercise = self._occupied[side].is_exercise
            conflict = Conflict(pair, versions, encounter, is_exercise, at)
            self._conflicts[pair] = conflict
            for one in pair:
                self._pairs.setdefault(one, {})[pair] = None
            return conflict
        if (conflict.versions, conflict.encounter) == (versions, encounter):
            return None
        conflict.versions, conflict.encounter = versions, encounter
        conflict.state, conflict.changed_at = ConflictState.CHANGED, at
        return conflict

    def _end(self, pair: tuple[Side, Side], at: int) -> Conflict:
        conflict = self._conflicts.pop(pair)
        for side in pair:
            del self._pairs[side][pair]
            if not self._pairs[side]:
                del self._pairs[side]
        conflict.state, conflict.ended_at = ConflictState.ENDED, at
        self._ended.append(conflict)
        return conflict


def _minima(understanding: Understanding, kind_a: str, kind_b: str) -> Minima:
    agreed = understanding.separation(kind_a, kind_b)
    lateral_m = min(agreed.lateral_m, LATERAL_MINIMUM_M_MAX)
    return Minima(lateral_m, agreed.vertical_dm, agreed.time_ms)


def _widest(understanding: Understanding) -> Minima:
    """The greatest agreed minimum in each dimension: no pair has wider ones."""
    agreed = understanding.separations
    return Minima(
        min(max(entry.lateral_m for entry in agreed), LATERAL_MINIMUM_M_MAX),
        max(entry.vertical_dm for entry in agreed),
        max(entry.time_ms for entry in agreed),
    )


def _compare(
    other: Occupied, occupied: Occupied, minima: Minima, *, is_first: bool
) -> Encounter | None:
    """The gravest encounter of two notices; None if they are clear of each other.

    Of equally grave ones the nearest, then the earliest, then that of the first
    volumes. After `PAIR_TESTS_MAX` tests one conflict is enough: a hostile
    notice may have many volumes, and where one is in conflict the pair is.

    Args:
        other: A live notice.
        occupied: The notice it is compared with.
        minima: For their kinds.
        is_first: Whether `other` is the first of the two sides in order.
    """
    first, second = (other, occupied) if is_first else (occupied, other)
    gravest: tuple[tuple[Any, ...], Encounter] | None = None
    tests = 0
    for number_a, a in first.volumes:
        for number_b, b in second.volumes:
            if _is_apart(a, b, minima):
                continue
            if tests >= PAIR_TESTS_MAX and gravest is not None and gravest[0][0] <= 1:
                return gravest[1]
            tests += 1
            finding = _find(a, b, minima)
            if finding.verdict is Verdict.CLEAR:
                continue
            numbers = (number_a, number_b)
            rank = (
                _SEVERITY[finding.verdict],
                finding.separation_m,
                finding.overlap_from,
                numbers,
            )
            if gravest is None or rank < gravest[0]:
                gravest = (rank, Encounter(finding, numbers, minima))
    return None if gravest is None else gravest[1]


def _is_apart(a: Volume, b: Volume, minima: Minima) -> bool:
    """Whether time or altitude alone keeps two volumes clear: cheap, and exact."""
    pause_ms = max(a.valid_from - b.valid_until, b.valid_from - a.valid_until)
    if pause_ms >= max(minima.time_ms, 1):
        return True
    return vertical_gap_dm(a.lower, a.upper, b.lower, b.upper) >= max(minima.vertical_dm, 1)


def _find(a: Volume, b: Volume, minima: Minima) -> Finding:
    """The finding; what cannot be compared is MARGINAL, which is the safe side."""
    try:
        return find_conflict(a, b, minima)
    except VolumeDoesNotHold:
        start = max(a.valid_from, b.valid_from)
        end = max(start, min(a.valid_until, b.valid_until))
        return Finding(Verdict.MARGINAL, 0.0, 0, 0, start, end, a.vertices[0])
