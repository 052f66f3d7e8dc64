"""The air watch: all tracks against each other and against what is live.

What lines know (notices, movements, zones, sites, what is kept private) is gathered in
the node's loop as `Watching`; the look itself changes nothing of a line and may be in
another thread. Volumes are compared by the rule of conflicts, through the same index.

Whom a place concerns:

- A track that is claimed to be ours is told of what others gave notice of, of their
  zones and of their sites.
- Any other track is told of what is ours. One of nobody known is as loud as it must be
  and no louder: PRIORITY.
- A zone whose rule keeps nobody out (CAUTION, CORRIDOR) is a remark: ROUTINE.
- A zone that applies to some kinds only, all of which move in another medium than the
  track, is no concern of it: of a kind that nobody knows the medium of, all are.
- Exercises are no concern of what flies.

A track fits a notice of its party if it is within `FIT_M`, `FIT_DM` and `FIT_MS` of it.
Whose a track is, is an officer's assessment, or else a claim of its feed; nothing here is
a finding, and nothing is said to anybody before an officer says it. A track that was
assessed to be of one counterpart is of a third party on the lines of the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from openline.domain.instant import MINUTE_MS, SECOND_MS
from openline.domain.limits import AIR_NOTICED_MAX, MOVEMENTS_MATCHED_MAX
from openline.domain.party import Precedence
from openline.domain.space.altitude import ANY_WEATHER
from openline.domain.space.conflict import Minima, distance_to_core_m
from openline.domain.space.geodesy import Position, position_of
from openline.domain.space.index import Meetings, VolumeIndex
from openline.domain.space.track import Medium
from openline.domain.space.track_alert import AlertKind, Noticed, Phase
from openline.domain.space.track_approach import PRESETS, Nearness, approaches
from openline.domain.space.track_picture import (
    MEAN_RADIUS_M,
    MEDIA,
    OTHER_PARTY,
    OWN,
    THIRD_PARTY,
    UNKNOWN,
    Picture,
    are_within,
    paths_of,
)
from openline.domain.space.volume import Volume, VolumeDoesNotHold
from openline.domain.talk.movement import SIDE_PREFIX
from openline.domain.talk.zone import REMARK_ONLY, ZoneRule
from openline.engine.conflict_view import ZONE_PREFIX, Occupied, Side

FIT_M: Final = 1_852
FIT_DM: Final = 1_500
FIT_MS: Final = 5 * MINUTE_MS
"""How far beside a notice what was notified may be: a mile, 150 m, five minutes."""

OFF_ROUTE_M: Final = 500
"""How far beyond the width of its route a movement may be."""

OVERRUN_MS: Final = 2 * MINUTE_MS
"""So long after its end a notice may still see its activity leave."""

OVERRUN_WATCHED_MS: Final = 30 * MINUTE_MS
"""So long after its end the area of a notice is looked at."""

URGENT_S: Final = 60.0
"""A loss of separation within so many seconds is FLASH."""

SITE_PREFIX: Final = "site/"
AREA: Final = "area"

_NOTICE, _SITE, _ZONE = range(3)
_REMARKS: Final = frozenset(rule.name for rule in REMARK_ONLY)
_NOW: Final = Minima(0, 0, 0)
_FIT: Final = Minima(FIT_M, FIT_DM, FIT_MS)

MEDIUM_OF_KIND: Final = {
    "air": Medium.AIR,
    "aircraft": Medium.AIR,
    "helicopter": Medium.AIR,
    "missile": Medium.AIR,
    "uas": Medium.AIR,
    "uav": Medium.AIR,
    "convoy": Medium.GROUND,
    "ground": Medium.GROUND,
    "patrol": Medium.GROUND,
    "maritime": Medium.SEA,
    "sea": Medium.SEA,
    "ship": Medium.SEA,
}
"""In what the usual kinds of an Understanding move; parties may name others."""

NO_PARTIES: Final[Mapping[str, str]] = {}
"""No track was assessed to be of one counterpart."""

Place = tuple[str, Side, bool]
"""A line, a side of it, and whether it is watched after its end."""


@dataclass(frozen=True, slots=True)
class AirRules:
    """What a party wants to be told of.

    Attributes:
        preset: Name of the minima between tracks (`PRESETS`).
        ahead_s: How far ahead an entry is looked for.
        notice_m: How near to a notice counts as entering it soon.
        site_m: The same of a site.
        zone_m: The same of a zone.
        vertical_m: The same in height, of all of them.
        is_every_pair: Whether approaches of any two tracks count, rather than those of an
            own track with another.
    """

    preset: str = "short-term"
    ahead_s: float = 120.0
    notice_m: int = 3_704
    site_m: int = 3_704
    zone_m: int = 1_852
    vertical_m: int = 150
    is_every_pair: bool = False

    @property
    def nearness(self) -> Nearness:
        """The minima between tracks."""
        return PRESETS[self.preset]

    def buffers(self) -> list[Minima]:
        """The buffer of each kind of place."""
        vertical_dm = self.vertical_m * 10
        buffers = [Minima(one, vertical_dm, 0) for one in (self.notice_m, self.site_m, self.zone_m)]
        return buffers


USUAL_RULES: Final = AirRules()
"""What holds where a party says nothing else."""


@dataclass(frozen=True, slots=True)
class Watching:
    """What one line knows, as far as tracks are concerned.

    Attributes:
        line: Its name.
        own: This party.
        others: The counterparts.
        occupied: What is live, by side.
        area: The agreed area: rings of vertices; empty where it is not bounded.
        in_contact: Ids of our zones about which a counterpart made contact of late.
        called: Movements by what their vehicles are called.
    """

    line: str
    own: str
    others: tuple[str, ...]
    occupied: Mapping[Side, Occupied]
    area: tuple[tuple[Position, ...], ...] = ()
    in_contact: frozenset[str] = frozenset()
    called: Mapping[str, Side] = field(default_factory=dict)


class _Meeting(NamedTuple):
    """One track and one place that it meets."""

    row: int
    place: Place
    number: int


class AirWatch:
    """What is noticed about tracks, look by look.

    Owned by whoever looks; one look at a time.

    Args:
        rules: What the party wants to be told of.
    """

    def __init__(self, rules: AirRules | None = None) -> None:
        self.rules = rules or USUAL_RULES
        self._index: VolumeIndex[Place] = VolumeIndex(ANY_WEATHER)
        self._places: dict[Place, Occupied] = {}
        # Which tracks were in which notice of their own party, and when last.
        self._active: dict[Place, dict[str, int]] = {}
        self._lines: dict[str, Watching] = {}
        self._parties: Mapping[str, str] = NO_PARTIES

    def look(
        self,
        picture: Picture,
        callsigns: Mapping[str, str],
        lines: Iterable[Watching],
        parties: Mapping[str, str] = NO_PARTIES,
    ) -> list[Noticed]:
        """Everything that is noticed at the instant of the picture, the gravest first.

        Args:
            picture: The tracks.
            callsigns: Of the tracks that have one, by id.
            lines: What the lines know now, in the order of their names.
            parties: Of which counterpart a track was assessed to be, by id.
        """
        self._parties = parties
        self._lines = {one.line: one for one in lines}
        self._settle(picture.at)
        found = [*self._approaching(picture)]
        ahead = self._meet(picture, np.arange(len(picture)), self.rules.ahead_s, None)
        rows = np.unique(np.array([one.row for one in ahead], np.int64))
        inside = self._meet(picture, rows, 0.0, _NOW)
        found += self._entering(picture, ahead, inside)
        in_area = self._in_area(picture)
        fits = self._fitting(picture, {row for row, _ in in_area} | {one.row for one in inside})
        found += [
            _unnotified(picture, row, line) for row, line in in_area if (row, line) not in fits
        ]
        found += self._overrunning(picture, inside, fits)
        found += self._moving(picture, callsigns)
        found.sort(key=lambda one: (-one.precedence, -one.phase))
        return found[:AIR_NOTICED_MAX]

    # What is watched.

    def _settle(self, now: int) -> None:
        """Bring the index to what the lines know now."""
        wanted: dict[Place, Occupied] = {}
        for line in self._lines.values():
            for side, occupied in line.occupied.items():
                if not occupied.is_exercise:
                    wanted[line.line, side, False] = occupied
        for place, occupied in self._places.items():
            kept = _after_end(occupied, now) if place[2] else None
            if kept is not None:
                wanted[place] = kept
            elif not place[2] and place not in wanted and self._ends(place, occupied, now):
                wanted[place[0], place[1], True] = _prolonged(occupied)
        for place in [one for one in self._places if one not in wanted]:
            self._index.remove(place)
            self._active.pop(place, None)
        for place, occupied in wanted.items():
            if self._places.get(place) is not occupied:
                self._index.put(place, occupied.volumes, _kind_of(place[1]))
        self._places = wanted

    def _ends(self, place: Place, occupied: Occupied, now: int) -> bool:
        """Whether a notice that is gone came to its end with its activity under way."""
        until = max(volume.valid_until for _, volume in occupied.volumes)
        seen = self._active.get(place, {}).items()
        active = {track: at for track, at in seen if until - at <= OVERRUN_MS}
        if not active or abs(now - until) > MINUTE_MS:
            return False
        self._active[place[0], place[1], True] = active
        return True

    def _meet(
        self,
        picture: Picture,
        rows: NDArray[np.int64],
        ahead_s: float,
        minima: Minima | None,
    ) -> list[_Meeting]:
        """What these tracks meet until an instant ahead, in order."""
        if not len(rows):
            return []
        table = paths_of(_some(picture, rows), ahead_s)
        met: Meetings[Place] = self._index.meetings(table, minima or self.rules.buffers())
        found = zip(rows[met.rows].tolist(), met.keys, met.numbers.tolist(), strict=True)
        return sorted({_Meeting(*one) for one in found})

    # What is noticed.

    def _approaching(self, picture: Picture) -> Iterator[Noticed]:
        """Tracks that lose their separation."""
        line = next(iter(self._lines), "")
        is_own = picture.sides == OWN
        met = approaches(picture, self.rules.nearness)
        for first, second, in_s, nearest_s, nearest_m, vertical_m in zip(
            *(column.tolist() for column in met), strict=True
        ):
            own = int(is_own[first]) + int(is_own[second])
            if own == 2 or (own == 0 and not self.rules.is_every_pair):
                continue
            track, other = (second, first) if is_own[first] else (first, second)
            is_urgent = in_s <= URGENT_S
            yield Noticed(
                AlertKind.CLOSE_APPROACH,
                line,
                picture.ids[track],
                picture.ids[other],
                Phase.NOW if in_s == 0 else Phase.AHEAD,
                Precedence.FLASH if is_urgent else Precedence.IMMEDIATE,
                {
                    "at": picture.at + round(in_s * SECOND_MS),
                    "nearest_at": picture.at + round(nearest_s * SECOND_MS),
                    "nearest_m": round(nearest_m),
                    "vertical_m": round(vertical_m),
                    **_place_of(picture, track),
                },
            )

    def _entering(
        self, picture: Picture, ahead: list[_Meeting], inside: list[_Meeting]
    ) -> Iterator[Noticed]:
        """Tracks in what is not theirs, or on the way into it."""
        are_in = {(one.row, one.place) for one in inside}
        told: set[tuple[int, Place]] = set()
        for row, place, number in ahead:
            occupied = self._places[place]
            if place[2] or (row, place) in told:
                continue
            if not _holds_for(occupied, MEDIA[picture.media[row]]):
                continue
            side = self._side(picture, row, place[0])
            precedence = self._concern(side, place, occupied)
            if precedence is None:
                continue
            told.add((row, place))
            is_in = (row, place) in are_in
            kind = AlertKind.ENTRY
            if is_in and self._lacks_contact(side, place, occupied):
                kind = AlertKind.NO_CONTACT
            yield Noticed(
                kind,
                place[0],
                picture.ids[row],
                "~".join(place[1]),
                Phase.NOW if is_in else Phase.AHEAD,
                precedence if is_in else min(precedence, Precedence.PRIORITY),
                {**_side_facts(place, occupied, number), **_place_of(picture, row)},
                dict(occupied.volumes)[number],
            )

    def _side(self, picture: Picture, row: int, line: str) -> int:
        """Whose a track is, as one line sees it."""
        side = int(picture.sides[row])
        party = self._parties.get(picture.ids[row])
        is_elsewhere = party is not None and party not in self._lines[line].others
        return THIRD_PARTY if side == OTHER_PARTY and is_elsewhere else side

    def _concern(self, side: int, place: Place, occupied: Occupied) -> Precedence | None:
        """How loud it is that such a track is in a place; None if it concerns nobody."""
        is_ours = place[1][0] == self._lines[place[0]].own
        if side not in ((OTHER_PARTY, THIRD_PARTY, UNKNOWN) if is_ours else (OWN, THIRD_PARTY)):
            return None
        if occupied.rule in _REMARKS:
            return Precedence.ROUTINE
        return Precedence.IMMEDIATE if side in (OWN, OTHER_PARTY) else Precedence.PRIORITY

    def _lacks_contact(self, side: int, place: Place, occupied: Occupied) -> bool:
        """Whether a counterpart's track is in a zone of ours without contact before."""
        if occupied.rule != ZoneRule.PRIOR_CONTACT.name or side != OTHER_PARTY:
            return False
        return zone_id_of(place[1]) not in self._lines[place[0]].in_contact

    def _in_area(self, picture: Picture) -> list[tuple[int, str]]:
        """The tracks of parties that are in the agreed area of a line, with that line."""
        rows = np.flatnonzero(np.isin(picture.sides, (OWN, OTHER_PARTY)))
        found = []
        for line in self._lines.values():
            is_in = np.zeros(len(rows), np.bool_)
            for ring in line.area:
                is_in |= are_within(picture.units[rows], ring)
            found += [
                (row, line.line)
                for row in rows[is_in].tolist()
                if self._side(picture, row, line.line) != THIRD_PARTY
            ]
        return found

    def _fitting(self, picture: Picture, rows: set[int]) -> dict[tuple[int, str], Place]:
        """Of these tracks, by line, a notice of their party that they fit."""
        fits: dict[tuple[int, str], Place] = {}
        asked = np.array(sorted(rows), np.int64)
        for row, place, _ in self._meet(picture, asked, 0.0, _FIT):
            if self._is_notice_of(picture, row, place):
                fits[row, place[0]] = place
                self._active.setdefault(place, {})[picture.ids[row]] = picture.at
        return fits

    def _is_notice_of(self, picture: Picture, row: int, place: Place) -> bool:
        """Whether a place is a notice or a movement of the party whose track it is."""
        if place[2] or _kind_of(place[1]) != _NOTICE or self._places[place].is_private:
            return False
        side, author = self._side(picture, row, place[0]), place[1][0]
        if side not in (OWN, OTHER_PARTY):
            return False
        if side == OTHER_PARTY and (party := self._parties.get(picture.ids[row])):
            return author == party
        return (author == self._lines[place[0]].own) == (side == OWN)

    def _overrunning(
        self, picture: Picture, inside: list[_Meeting], fits: Mapping[tuple[int, str], Place]
    ) -> Iterator[Noticed]:
        """Tracks that are still in the area of a notice which has ended."""
        for row, place, number in inside:
            track = picture.ids[row]
            is_active = place[2] and track in self._active.get(place, ())
            if not is_active or (row, place[0]) in fits:
                continue
            occupied = self._places[place]
            ended_at = min(volume.valid_from for _, volume in occupied.volumes)
            if picture.at - ended_at >= OVERRUN_MS:
                yield Noticed(
                    AlertKind.OVERRUN,
                    place[0],
                    track,
                    "~".join(place[1]),
                    Phase.NOW,
                    Precedence.PRIORITY,
                    {
                        **_side_facts(place, occupied, number),
                        "ended_at": ended_at,
                        **_place_of(picture, row),
                    },
                )

    def _moving(self, picture: Picture, callsigns: Mapping[str, str]) -> Iterator[Noticed]:
        """Tracks that bear the name of a movement, held against its route and times."""
        rows = {track: row for row, track in enumerate(picture.ids)}
        left = MOVEMENTS_MATCHED_MAX
        for line in self._lines.values():
            for track, callsign in callsigns.items() if line.called else ():
                side = line.called.get(plain_name(callsign))
                if side is None or side not in line.occupied or track not in rows or not left:
                    continue
                left -= 1
                occupied, row = line.occupied[side], rows[track]
                kind = _strays(occupied, _position_at(picture, row), picture, row)
                if kind is not None:
                    yield Noticed(
                        kind,
                        line.line,
                        track,
                        "~".join(side),
                        Phase.NOW,
                        Precedence.PRIORITY,
                        {
                            **_side_facts((line.line, side, False), occupied, 0),
                            **_place_of(picture, row),
                        },
                    )


def _unnotified(picture: Picture, row: int, line: str) -> Noticed:
    """A track of a party in the agreed area that fits no notice of that party."""
    return Noticed(
        AlertKind.UNNOTIFIED,
        line,
        picture.ids[row],
        AREA,
        Phase.NOW,
        Precedence.PRIORITY,
        {"is_own": bool(picture.sides[row] == OWN), **_place_of(picture, row)},
    )


def entry_at(picture: Picture, track: str, volume: Volume, ahead_s: float) -> int | None:
    """When a track will be over a volume; None if it only passes near.

    Found by halving, to a second; the distance is that of the rule.

    Args:
        picture: Where the track is.
        track: Its id.
        volume: What it nears.
        ahead_s: How far ahead to look.
    """
    row = picture.ids.index(track)
    radius_m = volume.radius_m + float(picture.accuracies_m[row])

    def is_over(after_s: float) -> bool:
        normal = picture.units[row] + picture.speeds[row] * (after_s / MEAN_RADIUS_M)
        return distance_to_core_m(position_of(normal), volume) <= radius_m

    try:
        reached = next((at for at in _STEPS if is_over(at * ahead_s)), None)
        if reached is None:
            return None
        low, high = max(reached - _STEPS[1], 0.0) * ahead_s, reached * ahead_s
        while high - low > 1:
            middle = (low + high) / 2
            low, high = (low, middle) if is_over(middle) else (middle, high)
    except VolumeDoesNotHold:
        return None
    return picture.at + round(high * SECOND_MS)


_STEPS: Final = tuple(step / 12 for step in range(13))


def _holds_for(occupied: Occupied, medium: Medium) -> bool:
    """Whether a zone may apply to what moves in a medium; anything else does."""
    if not occupied.applies_to or medium is Medium.UNKNOWN:
        return True
    return any(MEDIUM_OF_KIND.get(kind, medium) is medium for kind in occupied.applies_to)


def plain_name(name: str) -> str:
    """A callsign or a plate as it is compared: letters and digits alone."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def zone_id_of(side: Side) -> str:
    """The id of the zone that is a side of conflicts."""
    return side[1].removeprefix(ZONE_PREFIX).rpartition("/")[0]


def _kind_of(side: Side) -> int:
    if side[1].startswith(ZONE_PREFIX):
        return _ZONE
    return _SITE if side[1].startswith(SITE_PREFIX) else _NOTICE


def _prolonged(occupied: Occupied) -> Occupied:
    """The place of a notice after its end."""
    until = max(volume.valid_until for _, volume in occupied.volumes)
    volumes = tuple(
        (number, replace(volume, valid_from=until, valid_until=until + OVERRUN_WATCHED_MS))
        for number, volume in occupied.volumes
    )
    return replace(occupied, volumes=volumes)


def _after_end(occupied: Occupied, now: int) -> Occupied | None:
    """The place of a notice after its end, while it is looked at."""
    until = max(volume.valid_until for _, volume in occupied.volumes)
    return occupied if now < until else None


def _some(picture: Picture, rows: NDArray[np.int64]) -> Picture:
    """The picture of these rows alone."""
    if len(rows) == len(picture):
        return picture
    columns: list[Any] = [column[rows] for column in picture[2:]]
    return Picture(picture.at, [picture.ids[row] for row in rows.tolist()], *columns)


def _position_at(picture: Picture, row: int) -> Position:
    return position_of(picture.units[row])


def _place_of(picture: Picture, row: int) -> dict[str, Any]:
    lat_e7, lon_e7 = _position_at(picture, row)
    return {"place": {"lat_e7": lat_e7, "lon_e7": lon_e7}}


def _side_facts(place: Place, occupied: Occupied, number: int) -> dict[str, Any]:
    """Whose notice, zone or site it is, as an alert tells it."""
    party, name = place[1]
    sort = ("NOTICE", "SITE", "ZONE")[_kind_of(place[1])]
    if occupied.is_private:
        sort, name = "PRIVATE", occupied.private
    elif name.startswith(SIDE_PREFIX):
        sort, name = "MOVEMENT", name.removeprefix(SIDE_PREFIX)
    elif sort == "ZONE":
        name = zone_id_of(place[1])
    else:
        name = name.removeprefix(SITE_PREFIX)
    return {"party": party, "sort": sort, "name": name, "rule": occupied.rule, "volume": number}


def _strays(occupied: Occupied, position: Position, picture: Picture, row: int) -> AlertKind | None:
    """How a movement is not as notified at an instant; None if it is."""
    begins = min(volume.valid_from for _, volume in occupied.volumes)
    if picture.at < begins:
        return None
    beside_m = OFF_ROUTE_M + float(picture.accuracies_m[row])
    on_route = []
    for _, volume in occupied.volumes:
        try:
            is_near = distance_to_core_m(position, volume) <= volume.radius_m + beside_m
        except VolumeDoesNotHold:
            is_near = True
        if is_near:
            on_route.append(volume)
    if not on_route:
        return AlertKind.OFF_ROUTE
    is_timely = any(one.valid_from <= picture.at < one.valid_until for one in on_route)
    return None if is_timely else AlertKind.LATE
