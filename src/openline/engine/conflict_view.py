"""Conflicts: which live notices of different parties come nearer than agreed.

The rule is `domain.space.conflict`, the minima are the Understanding's, by the
pair of kinds. A finding is a function of the two notices and the minima alone,
taken in the order of (party, notice id), so that both nodes reach the same one.
What is exercised is compared with what is exercised, and the real with the
real. This module keeps what live notices occupy and the pairs that are not
clear; alarms and messages are others' business.

What a party keeps to itself (`private_view`) is put in beside its notices and is
compared with what other parties announce, and with nothing else. Such conflicts
are private: they have questions, indices, caps and lists of their own, so that
neither sort takes the room of the other.

Sites and zones of a party are put in likewise, under their side's name `site/ID` or
`zone/ID/1`. They stand: they meet what moves, and not each other. A zone says by its
rule what a meeting with it means, and for which kinds it holds.

Each notice that is put in asks what it is not clear of: first of what is kept
private here, then of notices. Questions
are answered in their order, in small steps, as many at a time as the turn
allows: a hostile notice over thousands of others holds nothing up
(`docs/decisions/0025-questions-in-steps.md`). A replay answers each at once and
finds at least the same conflicts, with the same instants.
"""

from bisect import insort
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

from openline.domain.limits import (
    CONFLICTS_ENDED_KEPT,
    CONFLICTS_LIVE_MAX,
    ENCOUNTERS_SHOWN_MAX,
    HITS_PER_NOTICE_MAX,
    LATERAL_MINIMUM_M_MAX,
    PAIR_TESTS_MAX,
)
from openline.domain.line.terms import Understanding
from openline.domain.space.altitude import Atmosphere
from openline.domain.space.conflict import Finding, Minima, Verdict, find_conflict
from openline.domain.space.index import Hit, VolumeIndex
from openline.domain.space.volume import Volume, VolumeDoesNotHold
from openline.domain.talk.zone import REMARK_ONLY, ZONE_KIND

Side: TypeAlias = tuple[str, str]
"""One side of a conflict: the party and its notice id, or what stands for one."""

_SEVERITY: Final = {
    Verdict.CONFLICT: 0,
    Verdict.MARGINAL: 1,
    Verdict.TOUCH: 2,
    Verdict.CLEAR: 3,
}


ZONE_PREFIX: Final = "zone/"
"""Stands before the name of a zone among the sides of conflicts."""

_REMARKS: Final = frozenset(rule.name for rule in REMARK_ONLY)


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
        private: The name under which it is kept private; empty for a notice.
        is_standing: Whether it is a site or a zone, which meets no other of the sort.
        rule: Of a zone, the name of its rule; empty for anything else.
        applies_to: Of a zone, the kinds that it holds for; empty for all.
    """

    version: int
    kind: str
    is_exercise: bool
    volumes: tuple[tuple[int, Volume], ...]
    private: str = ""
    is_standing: bool = False
    rule: str = ""
    applies_to: tuple[str, ...] = ()

    @property
    def is_private(self) -> bool:
        """Whether it is no notice, but kept private here."""
        return bool(self.private)

    @property
    def place(self) -> tuple[bool, bool, bool]:
        """In which index it is put: for an exercise, private, standing."""
        return self.is_exercise, self.is_private, self.is_standing

    def may_meet(self, other: "Occupied") -> bool:
        """Whether a zone's rule, if there is one, holds for what the other is."""
        return all(
            not one.applies_to or another.kind in one.applies_to
            for one, another in ((self, other), (other, self))
        )


@dataclass(frozen=True, slots=True)
class Encounter:
    """The gravest finding between two notices.

    Attributes:
        finding: What was found.
        volumes: Numbers of the two volumes it is about, from 1.
        minima: Under which it was found.
        rule: Of the zone that is one of the two, its rule; else empty.
    """

    finding: Finding
    volumes: tuple[int, int]
    minima: Minima
    rule: str = ""


class _Meeting:
    """The pairs of volumes of two notices that are not clear, while they are gathered.

    Only the gravest count, and of those the first `PAIR_TESTS_MAX` in the order of
    their numbers: a hostile notice may have many volumes, and where one pair is in
    conflict the notices are.

    Attributes:
        verdict: The gravest so far.
        pairs: Numbers of the volumes, of the first of the two sides first.
    """

    __slots__ = ("pairs", "verdict")

    def __init__(self) -> None:
        self.verdict = Verdict.CLEAR
        self.pairs: list[tuple[int, int]] = []

    def add(self, verdict: Verdict, pair: tuple[int, int]) -> None:
        """Take in one pair of volumes."""
        if _SEVERITY[verdict] < _SEVERITY[self.verdict]:
            self.verdict, self.pairs = verdict, [pair]
        elif verdict is self.verdict and (
            len(self.pairs) < PAIR_TESTS_MAX or pair < self.pairs[-1]
        ):
            insort(self.pairs, pair)
            del self.pairs[PAIR_TESTS_MAX:]


@dataclass(slots=True)
class Conflict:
    """Two notices of different parties that are not clear of each other.

    One of them may be something of ours that is kept private.

    Attributes:
        sides: In order of party and notice id.
        versions: Of the two notices.
        encounter: The gravest finding.
        is_exercise: Whether both are for an exercise only.
        opened_at: When it was first found.
        private: The side that is kept private here; None between two notices.
        name: The name under which that is kept.
        state: OPEN; CHANGED once a replacement or an amendment changed it; ENDED.
        changed_at: When the finding or a version changed last.
        ended_at: When it ended, None while it lasts.
    """

    sides: tuple[Side, Side]
    versions: tuple[int, int]
    encounter: Encounter
    is_exercise: bool
    opened_at: int
    private: Side | None = None
    name: str = ""
    state: ConflictState = ConflictState.OPEN
    changed_at: int | None = None
    ended_at: int | None = None

    @property
    def id(self) -> str:
        """What it is called: alike on both nodes, unless it is private."""
        if self.private is None:
            return "~".join(f"{party}~{notice_id}" for party, notice_id in self.sides)
        return "~".join((self.private[1], *_other(self.sides, self.private)))

    @property
    def is_alarming(self) -> bool:
        """Whether it is to be treated as a conflict: a touch or a remark is not."""
        return self.encounter.finding.is_conflict and self.encounter.rule not in _REMARKS

    @property
    def zone(self) -> Side | None:
        """The side that is a declared zone, if one is."""
        zones = [side for side in self.sides if side[1].startswith(ZONE_PREFIX)]
        return zones[0] if zones else None

    def to_json(self) -> dict[str, Any]:
        """The conflict as faces show it; instants in milliseconds."""
        return {
            "id": self.id,
            "state": self.state.value,
            "private": self.private is not None,
            "sides": [
                self._side_json(*one)
                for one in zip(self.sides, self.versions, self.encounter.volumes, strict=True)
            ],
            "exercise": self.is_exercise,
            **encounter_json(self.encounter),
            "opened_at": self.opened_at,
            "changed_at": self.changed_at,
            "ended_at": self.ended_at,
        }

    def _side_json(self, side: Side, version: int, volume: int) -> dict[str, Any]:
        party, notice_id = side
        shown = {"party": party, "notice_id": notice_id, "version": version, "volume": volume}
        return shown if side != self.private else {**shown, "notice_id": "", "name": self.name}


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
        "rule": encounter.rule,
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
        unlisted: By the party whose notices were asked about, and by whether the
            conflicts are private, how many were found beyond what is listed, or
            how many notices have more hits than were looked at.
    """

    def __init__(self, understanding: Understanding) -> None:
        self.unlisted: Counter[tuple[str, bool]] = Counter()
        self._rules = _Rules(understanding)
        self._live = _Live(self._rules.atmosphere)
        self._conflicts: dict[tuple[Side, Side], Conflict] = {}
        # For each side the pairs it is in, in the order found.
        self._pairs: dict[Side, dict[tuple[Side, Side], None]] = {}
        # How many conflicts two parties have, private or not: none takes the room of others.
        self._counts: Counter[tuple[str, str, bool]] = Counter()
        self._ended: dict[bool, deque[Conflict]] = {
            is_private: deque(maxlen=CONFLICTS_ENDED_KEPT) for is_private in (False, True)
        }
        # What was asked, whether for private conflicts, and not yet answered, in order.
        self._questions: OrderedDict[tuple[Side, bool], Iterator[list[Conflict]]] = OrderedDict()

    @property
    def is_busy(self) -> bool:
        """Whether questions wait for their answers."""
        return bool(self._questions)

    @property
    def live_volumes(self) -> int:
        """How many volumes live notices occupy."""
        return self._live.volumes

    def occupied(self) -> dict[Side, Occupied]:
        """What everything that is live occupies, by side."""
        return dict(self._live.occupied)

    def amend(self, understanding: Understanding, at: int) -> None:
        """Ask about every live notice anew, under other minima."""
        self._rules = _Rules(understanding)
        occupied, self._live = self._live.occupied, _Live(self._rules.atmosphere)
        for side, one in occupied.items():
            self.put(side, one, at)

    def put(self, side: Side, occupied: Occupied, at: int) -> None:
        """Take in what a live notice occupies now, and ask what it is not clear of."""
        self._live.put(side, occupied, self._rules.number(occupied.kind))
        self._forget_questions(side)
        if occupied.is_private or self._live.has_private:
            # People whom nobody was told of come first.
            self._questions[side, True] = self._answer(side, occupied, at, is_private=True)
        if not occupied.is_private:
            self._questions[side, False] = self._answer(side, occupied, at, is_private=False)

    def remove(self, side: Side, at: int) -> list[Conflict]:
        """Take a notice out that is no longer live; the pairs that ended."""
        self._live.remove(side)
        self._forget_questions(side)
        return [self._end(pair, at) for pair in list(self._pairs.get(side, ()))]

    def go_on(self, steps: int | None = None) -> tuple[list[Conflict], int]:
        """Answer what was asked, in at most so many steps; without a number, all.

        Returns:
            The conflicts that changed, and how many steps it took.
        """
        changed: dict[str, Conflict] = {}
        taken = 0
        while self._questions and (steps is None or taken < steps):
            question, answer = next(iter(self._questions.items()))
            some = next(answer, None)
            taken += 1
            if some is None:
                del self._questions[question]
            changed |= {conflict.id: conflict for conflict in some or ()}
        return list(changed.values()), taken

    def check(self, party: str, occupied: Occupied) -> "Check":
        """What these volumes of a party would not be clear of; nothing is changed."""
        return Check(party, occupied, self._rules, self._live.snapshot())

    def live(self, *, is_private: bool = False) -> list[Conflict]:
        """The conflicts that last, in the order found."""
        every = self._conflicts.values()
        return [conflict for conflict in every if (conflict.private is not None) is is_private]

    def ended(self, *, is_private: bool = False) -> list[Conflict]:
        """The last conflicts that ended, in the order of their ends."""
        return list(self._ended[is_private])

    def find(self, sides: tuple[Side, Side]) -> Conflict | None:
        """The conflict of two sides, in their order, while it lasts."""
        return self._conflicts.get(sides)

    def of(self, side: Side, *, is_private: bool = False) -> list[Conflict]:
        """The conflicts of one notice that last, in the order found."""
        every = (self._conflicts[pair] for pair in self._pairs.get(side, ()))
        return [conflict for conflict in every if (conflict.private is not None) is is_private]

    def _forget_questions(self, side: Side) -> None:
        for is_private in (False, True):
            self._questions.pop((side, is_private), None)

    def _answer(
        self, side: Side, occupied: Occupied, at: int, *, is_private: bool
    ) -> Iterator[list[Conflict]]:
        """Find out what a notice is not clear of; gives what changed, step by step."""
        gathered = _Gathered(side, occupied)
        of_private = is_private and not occupied.is_private
        for hits in self._live.steps(side[0], occupied, self._rules, of_private=of_private):
            gathered.add(*hits)
            yield []
            if gathered.count > HITS_PER_NOTICE_MAX:
                self.unlisted[side[0], is_private] += 1
                break
        else:
            # What came to be there after the question was asked has one of its own.
            ended = [
                self._end(conflict.sides, at)
                for conflict in self.of(side, is_private=is_private)
                if (other := _other(conflict.sides, side)) not in gathered.meetings
                and self._live.is_older(other, side)
            ]
            yield ended
        for other, meeting in gathered.meetings.items():
            if self._live.is_older(other, side):
                conflict = self._meet(side, other, meeting, at)
                yield [] if conflict is None else [conflict]

    def _meet(self, side: Side, other: Side, meeting: _Meeting, at: int) -> Conflict | None:
        """Open or change the conflict of two notices; None if nothing changed."""
        first, second = sorted((side, other))
        pair = (first, second)
        one, another = (self._live.occupied[each] for each in pair)
        conflict = self._conflicts.get(pair)
        private = first if one.is_private else second if another.is_private else None
        parties = (first[0], second[0], private is not None)
        # The first conflict of what is kept private is listed, whatever floods the others.
        is_only = private is not None and private not in self._pairs
        if conflict is None and self._counts[parties] >= CONFLICTS_LIVE_MAX and not is_only:
            self.unlisted[side[0], private is not None] += 1
            return None
        versions = (one.version, another.version)
        encounter = self._rules.encounter(one, another, meeting)
        if encounter is None:
            return None if conflict is None else self._end(pair, at)
        if conflict is None:
            name = one.private or another.private
            conflict = Conflict(pair, versions, encounter, one.is_exercise, at, private, name)
            self._conflicts[pair] = conflict
            self._counts[parties] += 1
            for each in pair:
                self._pairs.setdefault(each, {})[pair] = None
            return conflict
        if (conflict.versions, conflict.encounter) == (versions, encounter):
            return None
        conflict.versions, conflict.encounter = versions, encounter
        conflict.state, conflict.changed_at = ConflictState.CHANGED, at
        return conflict

    def _end(self, pair: tuple[Side, Side], at: int) -> Conflict:
        conflict = self._conflicts.pop(pair)
        is_private = conflict.private is not None
        self._counts[pair[0][0], pair[1][0], is_private] -= 1
        for side in pair:
            del self._pairs[side][pair]
            if not self._pairs[side]:
                del self._pairs[side]
        conflict.state, conflict.ended_at = ConflictState.ENDED, at
        self._ended[is_private].append(conflict)
        return conflict


class Check:
    """What a draft would not be clear of: a question without consequences.

    It has its own copy of what is live, so it may be asked in another thread.

    Attributes:
        is_complete: Whether everything was looked at.
    """

    def __init__(self, party: str, occupied: Occupied, rules: "_Rules", live: "_Live") -> None:
        self.is_complete = False
        self._party = party
        self._occupied = occupied
        self._rules = rules
        self._live = live
        self._gathered = _Gathered((party, ""), occupied)
        self._steps = live.steps(party, occupied, rules)
        self._found: list[tuple[Side, Encounter]] = []

    def go_on(self, steps: int) -> bool:
        """Look further, in at most so many steps; whether it is done."""
        for _ in range(steps):
            hits = next(self._steps, None)
            if hits is None:
                self.is_complete = True
                return True
            self._gathered.add(*hits)
            if self._gathered.count > HITS_PER_NOTICE_MAX:
                return True
        return False

    @property
    def count(self) -> int:
        """How many notices it would not be clear of, as far as was looked."""
        return len(self._gathered.meetings)

    def to_json(self) -> list[dict[str, Any]]:
        """The live notices of other parties that it would not be clear of.

        The gravest first, of equally grave ones in the order found; at most
        `ENCOUNTERS_SHOWN_MAX`, and where there are more it is not complete.
        """
        met = sorted(self._gathered.meetings.items(), key=lambda one: _SEVERITY[one[1].verdict])
        self.is_complete = self.is_complete and len(met) <= ENCOUNTERS_SHOWN_MAX
        shown = (self._encounter_json(*one) for one in met[:ENCOUNTERS_SHOWN_MAX])
        return [one for one in shown if one is not None]

    def _encounter_json(self, side: Side, meeting: _Meeting) -> dict[str, Any] | None:
        other, is_first = self._live.occupied[side], side[0] < self._party
        pair = (other, self._occupied) if is_first else (self._occupied, other)
        encounter = self._rules.encounter(*pair, meeting)
        if encounter is None:
            return None
        volume, own_volume = encounter.volumes if is_first else encounter.volumes[::-1]
        return {
            "party": side[0],
            "notice_id": side[1],
            "volume": volume,
            "own_volume": own_volume,
            **encounter_json(encounter),
        }


class _Gathered:
    """The hits of one notice, by the notices that were hit.

    Attributes:
        meetings: Of each other side, in the order found.
        count: How many hits there were.
    """

    def __init__(self, side: Side, occupied: Occupied) -> None:
        self.meetings: dict[Side, _Meeting] = {}
        self.count = 0
        self._party = side[0]

    def add(self, number: int, hits: Iterable[Hit[Side]]) -> None:
        """Take in hits of the volume with this number."""
        for hit in hits:
            is_first = hit.key[0] < self._party
            pair = (hit.number, number) if is_first else (number, hit.number)
            self.meetings.setdefault(hit.key, _Meeting()).add(hit.verdict, pair)
            self.count += 1


class _Live:
    """What live notices occupy, and an index of it for each party.

    Attributes:
        occupied: By side, in the order in which they were put in.
        volumes: How many volumes they have together.
    """

    def __init__(self, atmosphere: Atmosphere) -> None:
        self.occupied: dict[Side, Occupied] = {}
        self.volumes = 0
        self._privates = 0
        self._atmosphere = atmosphere
        # The real and what is exercised do not meet; what is private is asked for apart; what
        # stands does not meet what stands.
        self._indices: dict[tuple[str, bool, bool, bool], VolumeIndex[Side]] = {}
        self._order: dict[Side, int] = {}
        self._next = 0

    @property
    def has_private(self) -> bool:
        """Whether anything is kept private."""
        return self._privates > 0

    def put(self, side: Side, occupied: Occupied, kind: int) -> None:
        """Let a side occupy this and nothing else."""
        self.remove(side)
        self.occupied[side] = occupied
        self.volumes += len(occupied.volumes)
        self._privates += occupied.is_private
        self._order[side], self._next = self._next, self._next + 1
        place = (side[0], *occupied.place)
        if place not in self._indices:
            self._indices[place] = VolumeIndex(self._atmosphere)
        self._indices[place].put(side, occupied.volumes, kind)

    def remove(self, side: Side) -> None:
        """Let a side occupy nothing."""
        occupied = self.occupied.pop(side, None)
        if occupied is not None:
            self.volumes -= len(occupied.volumes)
            self._privates -= occupied.is_private
            self._indices[side[0], *occupied.place].remove(side)

    def is_older(self, side: Side, than: Side) -> bool:
        """Whether a side is still there, and was put in before another.

        What was put in later has a question of its own.
        """
        return side in self.occupied and self._order[side] < self._order[than]

    def steps(
        self, party: str, occupied: Occupied, rules: "_Rules", *, of_private: bool = False
    ) -> Iterator[tuple[int, list[Hit[Side]]]]:
        """What volumes of a party are not clear of: steps of a number and its hits.

        Of notices of other parties, or of what another party keeps private here.
        """
        minima = rules.minima_of(occupied.kind)
        for (other, is_exercise, is_private, is_standing), index in sorted(self._indices.items()):
            is_of_sort = (is_exercise, is_private) == (occupied.is_exercise, of_private)
            if other == party or not is_of_sort or (is_standing and occupied.is_standing):
                continue
            for number, volume in occupied.volumes:
                for hits in index.steps(volume, minima):
                    yield number, hits

    def snapshot(self) -> "_Live":
        """What is live now, for another thread."""
        copy = _Live(self._atmosphere)
        copy.occupied = dict(self.occupied)
        copy._indices = {place: index.snapshot() for place, index in self._indices.items()}
        return copy


class _Rules:
    """The minima of an Understanding, by kinds that are numbered."""

    def __init__(self, understanding: Understanding) -> None:
        self.atmosphere = understanding.atmosphere
        kinds = {kind for entry in understanding.separations for kind in entry.kinds}
        names = sorted({*kinds, ZONE_KIND})
        # A kind without minima of its own has those of 0, which no kind is called.
        self._numbers = {kind: number for number, kind in enumerate(names, start=1)}
        self._minima = [
            [_minima(understanding, one, other) for other in ("", *names)] for one in ("", *names)
        ]

    def number(self, kind: str) -> int:
        """The number of a kind."""
        return self._numbers.get(kind, 0)

    def minima_of(self, kind: str) -> list[Minima]:
        """The minima of a kind against each kind, by number."""
        return self._minima[self.number(kind)]

    def encounter(self, first: Occupied, second: Occupied, meeting: _Meeting) -> Encounter | None:
        """The gravest encounter of two notices; None if they are clear of each other.

        Of equally grave ones the nearest, then the earliest, then that of the first
        volumes. The rule has the last word: where it does not find what the index
        said of these pairs, it is asked about all.
        """
        if not first.may_meet(second):
            return None
        found = self._gravest(first, second, meeting.pairs)
        if found is not None and found.finding.verdict is meeting.verdict:
            return found
        return self._gravest(first, second, _pairs(first, second))

    def _gravest(
        self, first: Occupied, second: Occupied, pairs: Iterable[tuple[int, int]]
    ) -> Encounter | None:
        minima = self.minima_of(first.kind)[self.number(second.kind)]
        volumes, others = dict(first.volumes), dict(second.volumes)
        found = [(self._find(volumes[pair[0]], others[pair[1]], minima), pair) for pair in pairs]
        finding, pair = min(found, key=_by_gravity)
        if finding.verdict is Verdict.CLEAR:
            return None
        return Encounter(finding, pair, minima, first.rule or second.rule)

    def _find(self, a: Volume, b: Volume, minima: Minima) -> Finding:
        """The finding; what cannot be compared is MARGINAL, which is the safe side."""
        try:
            return find_conflict(a, b, minima, self.atmosphere)
        except VolumeDoesNotHold:
            start = max(a.valid_from, b.valid_from)
            end = max(start, min(a.valid_until, b.valid_until))
            return Finding(Verdict.MARGINAL, 0.0, 0, 0, start, end, a.vertices[0])


def _by_gravity(found: tuple[Finding, tuple[int, int]]) -> tuple[int, float, int, tuple[int, int]]:
    finding, pair = found
    return _SEVERITY[finding.verdict], finding.separation_m, finding.overlap_from, pair


def _pairs(first: Occupied, second: Occupied) -> list[tuple[int, int]]:
    """The numbers of all volumes of one with all of another."""
    return [(one, other) for one, _ in first.volumes for other, _ in second.volumes]


def _other(pair: tuple[Side, Side], side: Side) -> Side:
    return pair[0] if pair[1] == side else pair[1]


def _minima(understanding: Understanding, kind_a: str, kind_b: str) -> Minima:
    """The agreed minima; none for a zone without any of its own: it is entered."""
    agreed = understanding.separation(kind_a, kind_b)
    if ZONE_KIND in (kind_a, kind_b) and ZONE_KIND not in agreed.kinds:
        return Minima(0, 0, 0)
    lateral_m = min(agreed.lateral_m, LATERAL_MINIMUM_M_MAX)
    return Minima(lateral_m, agreed.vertical_dm, agreed.time_ms)
