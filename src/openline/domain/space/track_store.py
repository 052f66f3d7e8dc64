"""The store of tracks: sightings joined by address, doubted where needed, bounded.

Rules:

1. Sightings of one address are one track, whichever feed they come from. A track
   follows the positions of one feed until that is silent for `COMPARED_MS` or a feed of
   greater trust sees it; those of the others are compared with it, and where they are
   apart it is flagged.
2. A position that its object could not have reached is not taken. If `RIVALS` of them
   fit each other, the object is there: it jumped. If the old place was confirmed in
   between, two objects bear one address, and the second becomes a track of its own.
3. A time still to come is replaced by that of receipt and flagged; one that is too old
   is counted and left aside; one older than what is known moves nothing.
4. There are at most `tracks_max` tracks. When all places are taken, a new address takes
   that of the oldest track with one position or none, or of one that is lost; else it
   is refused and counted. So a flood of addresses displaces its own, and no object that
   was seen twice.

No clock is read and nothing is written: what is counted is for others to tell.
"""

import math
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from openline.domain.instant import SECOND_MS
from openline.domain.limits import (
    TRACK_ADDRESS_CHARS_MAX,
    TRACK_FEEDS_MAX,
    TRACK_TRAIL_POINTS,
    TRACKS_MAX,
)
from openline.domain.space.geodesy import Axis, normal_rows
from openline.domain.space.sighting import Sighting
from openline.domain.space.track import (
    APART_M,
    COMPARED_MS,
    FUTURE_MS_MAX,
    REACH_M,
    SPEED_MPS_MAX,
    SURFACE_SPEED_MPS_MAX,
    Medium,
    Report,
    Rival,
    Track,
    TrackFlag,
    TrackState,
    ages_of,
    apart_m,
)

RIVALS: Final = 3
"""So many positions that fit each other are an object, and no slip of a decoder."""

TRAIL_STEP_MS: Final = 10 * SECOND_MS
"""Time between two points of a trail."""

DERIVED_MS: Final = 2 * SECOND_MS
"""A speed is worked out from positions no nearer in time than this."""

SPEED_HOLDS_MS: Final = 30 * SECOND_MS
"""So long the speed that a source said is not replaced by one worked out."""

Trail = NDArray[np.int64]
"""A row for each point: instant, latitude and longitude in 1e-7 degree, decimetres."""

NO_HEIGHT_DM: Final = -(2**31)
"""Stands in a trail for a height that is not known."""


LEFT_ASIDE: Final = (
    "malformed",
    "old",
    "future",
    "unreachable",
    "displaced",
    "refused",
    "jumped",
    "duplicate",
    "apart",
)
"""What is counted beside what was taken.

Not well-formed; too old; of a time to come (taken as of its receipt); out of reach of its
object; displaced another track, or found no room; its object jumped; a second object bears
its address; another feed has its object elsewhere. The last three are taken, and doubted.
"""


class TrackStore:
    """All tracks of one node.

    Args:
        tracks_max: How many there may be.
        trust: Of feeds by name, how far each is believed; where two see one object, the
            greater is followed.

    Attributes:
        counts: What was taken, and what was not or is doubted, by word: `taken` and
            `LEFT_ASIDE`.
        aside: What was not taken or is doubted, by feed and word.
    """

    def __init__(
        self, tracks_max: int = TRACKS_MAX, trust: Mapping[str, int] | None = None
    ) -> None:
        assert tracks_max > 0, "there is room for a track"
        self._trust = trust or {}
        self.counts: Counter[str] = Counter()
        self.aside: Counter[tuple[str, str]] = Counter()
        self._tracks: dict[str, Track] = {}
        # Those with one position at most, the oldest first: whose place may be taken.
        self._unconfirmed: OrderedDict[str, None] = OrderedDict()
        self._free = list(range(tracks_max - 1, -1, -1))
        self._trails = np.zeros((tracks_max, TRACK_TRAIL_POINTS, 4), np.int64)
        self._trail_counts = [0] * tracks_max

    def __len__(self) -> int:
        return len(self._tracks)

    def __iter__(self) -> Iterator[Track]:
        """The tracks, in the order in which they were first seen."""
        return iter(self._tracks.values())

    def find(self, track_id: str) -> Track | None:
        """The track of this id."""
        return self._tracks.get(track_id)

    def trail(self, track: Track) -> Trail:
        """Where a track was, the oldest first; see `Trail`."""
        count = self._trail_counts[track.slot]
        points = self._trails[track.slot]
        if count <= TRACK_TRAIL_POINTS:
            return np.array(points[:count])
        return np.asarray(np.roll(points, -(count % TRACK_TRAIL_POINTS), axis=0))

    def take(self, sighting: Sighting, now: int) -> Track | None:
        """Take in one sighting; its track, or None if it was left aside.

        Args:
            sighting: What a feed says.
            now: The present instant of this node.
        """
        if not _is_well_formed(sighting):
            self._count("malformed", sighting.feed)
            return None
        at = sighting.at
        is_future = at > now + FUTURE_MS_MAX
        if is_future:
            self._count("future", sighting.feed)
            at = now
        if at < now - ages_of(sighting.address).coasting_ms:
            self._count("old", sighting.feed)
            return None
        track = self._tracks.get(sighting.address)
        if track is None:
            track = self._begin(sighting.address, sighting, at, now)
            if track is None:
                return None
        self.counts["taken"] += 1
        if sighting.lat_deg is not None and sighting.lon_deg is not None:
            lat_deg, lon_deg = sighting.lat_deg, sighting.lon_deg
            normal = normal_rows([(round(lat_deg * 1e7), round(lon_deg * 1e7))])[0]
            report = Report(at, normal, lat_deg, lon_deg, sighting.accuracy_m)
            track = self._place(track, sighting, report, now)
        track.heard_at = max(track.heard_at, min(at, now))
        if at >= track.position_at:
            track.describe(sighting)
        if is_future:
            track.raised[TrackFlag.FROM_FUTURE] = now
        return track

    def _count(self, word: str, feed: str) -> None:
        """Count something of a feed that was left aside or is doubted."""
        self.counts[word] += 1
        self.aside[feed, word] += 1

    def age(self, now: int) -> list[Track]:
        """Let tracks go that nobody saw for too long; which they were."""
        over = [track for track in self._tracks.values() if track.is_over(now)]
        for track in over:
            # A twin goes with the first of its address.
            if track.id in self._tracks:
                self._remove(track)
        return over

    # Places.

    def _begin(self, track_id: str, sighting: Sighting, at: int, now: int) -> Track | None:
        """A new track; None if there is no room for it."""
        if not self._free and not self._make_room(now, sighting.feed):
            self._count("refused", sighting.feed)
            return None
        track = Track(track_id, sighting.address, self._free.pop(), at)
        self._trail_counts[track.slot] = 0
        self._tracks[track_id] = track
        self._unconfirmed[track_id] = None
        return track

    def _make_room(self, now: int, feed: str) -> bool:
        """Let the track go that is missed least, for one of a feed; whether there was one."""
        if self._unconfirmed:
            victim = self._tracks[next(iter(self._unconfirmed))]
        else:
            # Looked for only when a second or more brought no age: it sees all tracks.
            lost = (one for one in self._tracks.values() if one.state(now) is TrackState.LOST)
            found = next(lost, None)
            if found is None:
                return False
            victim = found
        self._remove(victim)
        self._count("displaced", feed)
        return True

    def _remove(self, track: Track) -> None:
        del self._tracks[track.id]
        self._unconfirmed.pop(track.id, None)
        self._free.append(track.slot)
        if track.id == track.address:
            if track.twin is not None and track.twin.id in self._tracks:
                self._remove(track.twin)
        elif (first := self._tracks.get(track.address)) is not None:
            first.twin = None

    # Positions.

    def _place(self, track: Track, sighting: Sighting, report: Report, now: int) -> Track:
        """Take in a position; the track that it belongs to."""
        twin = track.twin
        if twin is not None and not _can_reach(track, sighting.feed, report):
            track = twin if _can_reach(twin, sighting.feed, report) else track
        held = track.reports.get(sighting.feed)
        if held is not None and report.at < held.at:
            return track
        if held is not None and not _is_within_reach(track, held.normal, held.at, report):
            self._count("unreachable", sighting.feed)
            track.raised[TrackFlag.IMPOSSIBLE_SPEED] = now
            is_there, is_double = _rival(track, held, report)
            if not is_there:
                return track
            if is_double:
                return self._double(track, sighting, report, now)
            self._count("jumped", sighting.feed)
            track.raised[TrackFlag.JUMPED] = now
        elif held is not None:
            report.rival = held.rival
        if sighting.feed not in track.reports and len(track.reports) >= TRACK_FEEDS_MAX:
            del track.reports[min(track.reports, key=lambda feed: track.reports[feed].at)]
        track.reports[sighting.feed] = report
        if _is_apart(track, sighting.feed, report):
            self._count("apart", sighting.feed)
            track.raised[TrackFlag.SOURCES_DISAGREE] = now
        self._follow(track, sighting, report)
        return track

    def _double(self, track: Track, sighting: Sighting, report: Report, now: int) -> Track:
        """The second object that bears the address; the first if there is no room."""
        track.reports[sighting.feed].rival = None
        self._count("duplicate", sighting.feed)
        track.raised[TrackFlag.DUPLICATE_ADDRESS] = now
        if track.id != track.address or track.twin is not None:
            return track
        twin = self._begin(f"{track.address}/2", sighting, report.at, now)
        if twin is None:
            return track
        track.twin = twin
        twin.raised[TrackFlag.DUPLICATE_ADDRESS] = now
        twin.reports[sighting.feed] = report
        self._follow(twin, sighting, report)
        return twin

    def _follow(self, track: Track, sighting: Sighting, report: Report) -> None:
        """Let a track be where a feed says, if it is the feed that it follows."""
        is_same = sighting.feed == track.feed
        followed = track.reports.get(track.feed)
        is_heard = followed is not None and report.at - followed.at <= COMPARED_MS
        is_better = self._trust.get(sighting.feed, 0) > self._trust.get(track.feed, 0)
        if report.at < track.position_at or (is_heard and not is_same and not is_better):
            return
        is_said = report.at - track.speed_said_at <= SPEED_HOLDS_MS
        if is_same and sighting.speed_mps is None and not is_said:
            _derive(track, report)
        track.feed = sighting.feed
        track.lat_deg, track.lon_deg = report.lat_deg, report.lon_deg
        track.position_at, track.accuracy_m = report.at, report.accuracy_m
        track.positions += 1
        if track.positions == 2:
            self._unconfirmed.pop(track.id, None)
        self._draw(track, sighting)

    def _draw(self, track: Track, sighting: Sighting) -> None:
        """Add a point to the trail, if the last one is old enough."""
        count = self._trail_counts[track.slot]
        points = self._trails[track.slot]
        if count and track.position_at - points[(count - 1) % len(points), 0] < TRAIL_STEP_MS:
            return
        height_m = track.altitude_m if sighting.altitude_m is None else sighting.altitude_m
        height_dm = NO_HEIGHT_DM if height_m is None else round(height_m * 10)
        points[count % len(points)] = (
            track.position_at,
            round(track.lat_deg * 1e7),
            round(track.lon_deg * 1e7),
            height_dm,
        )
        # Counts go on in turns of the ring, so that they stay small.
        turned = count + 1
        self._trail_counts[track.slot] = (
            turned if turned < 2 * len(points) else turned - len(points)
        )


def _is_well_formed(sighting: Sighting) -> bool:
    """Whether a sighting says what one may say; decoders should see to it."""
    numbers = (
        sighting.lat_deg,
        sighting.lon_deg,
        sighting.altitude_m,
        sighting.course_deg,
        sighting.speed_mps,
        sighting.climb_mps,
        sighting.accuracy_m,
    )
    if not all(number is None or math.isfinite(number) for number in numbers):
        return False
    if (sighting.lat_deg is None) is not (sighting.lon_deg is None):
        return False
    return (
        0 < len(sighting.address) <= TRACK_ADDRESS_CHARS_MAX
        and abs(sighting.lat_deg or 0.0) <= 90
        and abs(sighting.lon_deg or 0.0) <= 180
        and abs(sighting.altitude_m or 0.0) <= 1e6
        and 0 <= (sighting.speed_mps or 0.0) <= 10_000
        and abs(sighting.climb_mps or 0.0) <= 10_000
        and (sighting.accuracy_m or 0.0) >= 0
        and sighting.at >= 0
    )


def _can_reach(track: Track, feed: str, report: Report) -> bool:
    held = track.reports.get(feed)
    return held is None or _is_within_reach(track, held.normal, held.at, report)


def _is_within_reach(track: Track, normal: Axis, at: int, report: Report) -> bool:
    """Whether an object that was somewhere can be where a report has it."""
    fastest = SURFACE_SPEED_MPS_MAX if track.medium in _ON_SURFACE else SPEED_MPS_MAX
    reach_m = REACH_M + (report.accuracy_m or 0.0) + fastest * abs(report.at - at) / SECOND_MS
    return apart_m(normal, report.normal) <= reach_m


_ON_SURFACE: Final = (Medium.GROUND, Medium.SEA)


def _rival(track: Track, held: Report, report: Report) -> tuple[bool, bool]:
    """Note a position that does not fit; whether an object is there, and a second one."""
    rival = held.rival
    if rival is None or not _is_within_reach(track, rival.normal, rival.at, report):
        held.rival = Rival(report.at, report.at, report.normal)
        return False, False
    rival.at, rival.normal = report.at, report.normal
    rival.count += 1
    return rival.count >= RIVALS, held.at >= rival.since


def _is_apart(track: Track, feed: str, report: Report) -> bool:
    """Whether another feed has the object elsewhere at about the same time."""
    for name, other in track.reports.items():
        pause_ms = abs(report.at - other.at)
        if name == feed or pause_ms > COMPARED_MS:
            continue
        moved_m = (track.speed_mps or 0.0) * pause_ms / SECOND_MS
        allowed_m = APART_M + moved_m + (report.accuracy_m or 0.0) + (other.accuracy_m or 0.0)
        if apart_m(report.normal, other.normal) > allowed_m:
            return True
    return False


def _derive(track: Track, report: Report) -> None:
    """Work out how a track moves from its last position and this one."""
    pause_ms = report.at - track.position_at
    if pause_ms < DERIVED_MS:
        return
    north = report.lat_deg - track.lat_deg
    east = (report.lon_deg - track.lon_deg + 180) % 360 - 180
    east *= math.cos(math.radians(report.lat_deg))
    degrees = math.hypot(north, east)
    track.speed_mps = math.radians(degrees) * 6_371_009 / pause_ms * SECOND_MS
    if degrees > 0:
        track.course_deg = math.degrees(math.atan2(east, north)) % 360
