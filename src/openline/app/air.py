"""The air picture of a running node: tracks, a look each second, alerts as alarms.

What feeds tell is taken in by the loop; each second the tracks are looked at in another
thread, and what opened, got worse or ended becomes an alarm of the line that it belongs
to. Nothing of it is recorded or sent: a track leaves this node only in a message that an
officer says.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from openline.adapters.air_records import AirRecords
from openline.domain.instant import DAY_MS, MINUTE_MS, SECOND_MS
from openline.domain.space.index import make_air_ready
from openline.domain.space.own_addresses import NO_ADDRESSES, OwnAddresses
from openline.domain.space.sighting import Affiliation, Sighting
from openline.domain.space.track import Track, TrackState, ages_of
from openline.domain.space.track_alert import AirAlert, AlertBook, Phase
from openline.domain.space.track_picture import Picture, picture_of
from openline.domain.space.track_store import LEFT_ASIDE, NO_HEIGHT_DM, TrackStore
from openline.engine.air_watch import AirRules, AirWatch, Watching, entry_at
from openline.engine.assessment_view import Assessed
from openline.engine.commands import NoteLeftAside, TakeBackAssessment, TellAirAlerts

LOOK_S: Final = 1.0

COMPILED_FROM_TRACKS: Final = 2_000
"""Tracks from which the compiled path is worth its 100 MB, where numba is installed."""

ENTRIES_TIMED_MAX: Final = 20
"""Alerts of one look for which it is worked out when the track will be there: 3 ms each."""

COUNTS_LOGGED_MS: Final = MINUTE_MS
"""What was left aside is noted at most so often, in one row for each feed."""

RECORDED_EVERY_MS: Final = 5 * SECOND_MS
"""Time between two recorded pictures: a slow radar turns twice as slowly."""

_LEFT_OUT: Final[tuple[Any, ...]] = (None, "", [])
"""Values that a recorded track is written without."""

HEARD_NO_MORE_MS: Final = DAY_MS
"""An assessment of an address that is the object's own ends so long after it was heard."""

_LASTING: Final = ("icao:", "cot:", "name:")
"""How addresses begin that stay with their object; others are given to the next one soon."""

_NOT_KNOWN: Final[dict[str, Any]] = {
    **dict.fromkeys(("callsign", "squawk", "sort", "feed"), ""),
    **dict.fromkeys(("altitude_m", "datum", "is_on_ground", "course_deg"), None),
    **dict.fromkeys(("speed_mps", "climb_mps", "accuracy_m", "lat_deg", "lon_deg"), None),
    "position_at": None,
    "assessed": None,
    "claimed": Affiliation.UNKNOWN.value,
    "flags": [],
    "feeds": [],
}
"""What stands for the values that were left out."""

_log = logging.getLogger("openline")


class Air:
    """The air picture of one node; every method belongs to its loop.

    Args:
        lines: What the lines know of what concerns tracks, now.
        tell: Takes what is to be alarmed, assessments that are over, and what was left
            aside, by line.
        now_ms: The clock.
        rules: What the party wants to be told of.
        trust: Of feeds by name, how far each is believed.
        records: Where pictures are recorded; None records nothing.
        assessed: Whose tracks are, as officers assessed it, on all lines.
        own: The addresses of this party's own aircraft.
    """

    def __init__(
        self,
        lines: Callable[[], list[Watching]],
        tell: Callable[[TellAirAlerts | TakeBackAssessment | NoteLeftAside], None],
        now_ms: Callable[[], int],
        rules: AirRules | None = None,
        trust: Mapping[str, int] | None = None,
        records: AirRecords | None = None,
        assessed: Callable[[], Iterable[Assessed]] = tuple,
        own: OwnAddresses = NO_ADDRESSES,
    ) -> None:
        self._records = records
        self._recorded_at = 0
        self._lines = lines
        self._tell = tell
        self._now_ms = now_ms
        self._assessed = assessed
        self._own = own
        self._started_at = now_ms()
        # When what was assessed was heard last, by id.
        self._heard: dict[str, int] = {}
        self._store = TrackStore(trust=trust)
        self._watch = AirWatch(rules)
        self._book = AlertBook()
        self._looked = asyncio.Condition()
        self._looks = 0
        self._logged_at = 0
        self._logged: Counter[tuple[str, str]] = Counter()
        self._compiling: asyncio.Task[bool] | None = None
        self._task: asyncio.Task[None] | None = None

    # What runs.

    def start(self) -> None:
        """Look each second until `stop`."""
        self._task = asyncio.create_task(self._run(), name="air picture")

    async def stop(self) -> None:
        """Look no more."""
        for task in (self._task, self._compiling):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def take(self, sightings: Sequence[Sighting]) -> None:
        """Take in what a feed told."""
        now = self._now_ms()
        for sighting in sightings:
            self._store.take(self._own.claimed(sighting), now)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except Exception:
                _log.exception("a look at the tracks failed; the next one is in a second")

    async def look(self) -> None:
        """Look once at all tracks, and alarm what has changed."""
        now = self._now_ms()
        self._store.age(now)
        self._log_counts(now)
        assessed = self._standing()
        self._end_assessments(assessed.values(), now)
        if len(self._store) or self._book.standing():
            self._compile_if_worth_it()
            sides = {name: one.assessment.affiliation for name, one in assessed.items()}
            parties = {
                name: one.assessment.party for name, one in assessed.items() if one.assessment.party
            }
            picture = picture_of(self._store, now, assessed=sides)
            callsigns = {track.id: track.callsign for track in self._store if track.callsign}
            noticed = await asyncio.to_thread(
                self._watch.look, picture, callsigns, self._lines(), parties
            )
            self._alarm(self._book.take(noticed, now), picture, assessed)
            await self._record(now)
        async with self._looked:
            self._looks += 1
            self._looked.notify_all()

    def _standing(self) -> dict[str, Assessed]:
        """The assessment of each track, by id: of several lines the newest."""
        found: dict[str, Assessed] = {}
        for one in self._assessed():
            held = found.get(one.assessment.track)
            if held is None or one.at >= held.at:
                found[one.assessment.track] = one
        return found

    def _end_assessments(self, assessed: Iterable[Assessed], now: int) -> None:
        """Have those taken back of which nobody hears any more."""
        heard: dict[str, int] = {}
        for one in assessed:
            name = one.assessment.track
            track = self._store.find(name)
            # Since the start at least: what was heard before it is not known.
            since = self._heard.get(name, max(one.at, self._started_at))
            heard[name] = since if track is None else max(since, track.heard_at)
            kept_ms = HEARD_NO_MORE_MS if name.startswith(_LASTING) else ages_of(name).kept_ms
            if now - heard[name] > kept_ms:
                self._tell(TakeBackAssessment(one.line, name))
        self._heard = heard

    async def _record(self, now: int) -> None:
        """Keep the picture, every few seconds; a disk that fails costs a picture, no more."""
        if self._records is None or not self._records.is_on or not len(self._store):
            return
        if 0 <= now - self._recorded_at < RECORDED_EVERY_MS:
            return
        self._recorded_at = now
        shown = self._shower(now)
        tracks = [
            {key: value for key, value in shown(track).items() if value not in _LEFT_OUT}
            for track in self._store
            if track.has_position and track.state(now) is not TrackState.LOST
        ]
        try:
            await asyncio.to_thread(self._records.write, now, tracks)
        except OSError as error:
            _log.warning("a picture of the air is not recorded: %s", error)

    async def recorded(self, at: int) -> dict[str, Any] | None:
        """The tracks as they were at an instant; None if that was not recorded."""
        if self._records is None:
            return None
        found = await asyncio.to_thread(self._records.picture, at)
        if found is None:
            return None
        return {"at": found[0], "tracks": [{**_NOT_KNOWN, **track} for track in found[1]]}

    async def recording(self) -> dict[str, Any]:
        """From when until when pictures were recorded, and how large they are."""
        if self._records is None:
            return {"from": None, "until": None, "size_bytes": 0}
        span = await asyncio.to_thread(self._records.span)
        size_bytes = await asyncio.to_thread(self._records.size_bytes)
        start, until = span or (None, None)
        return {"from": start, "until": until, "size_bytes": size_bytes}

    def _alarm(
        self, changed: Iterable[AirAlert], picture: Picture, assessed: Mapping[str, Assessed]
    ) -> None:
        """Have what changed alarmed on its line."""
        by_line: dict[str, list[AirAlert]] = {}
        left = ENTRIES_TIMED_MAX
        for alert in changed:
            noticed = alert.noticed
            for name, track_id in (("called", noticed.track), ("other_called", noticed.about)):
                if (track := self._store.find(track_id)) is not None:
                    noticed.facts[name] = track.callsign or track.id
            if (track := self._store.find(noticed.track)) is not None:
                noticed.facts.update(_whose(track, assessed.get(track.id)))
            is_ahead = noticed.phase is Phase.AHEAD and alert.over_at is None
            if is_ahead and noticed.volume is not None and left:
                left -= 1
                ahead_s = self._watch.rules.ahead_s
                noticed.facts["at"] = entry_at(picture, noticed.track, noticed.volume, ahead_s)
            by_line.setdefault(noticed.line, []).append(alert)
        for line, alerts in by_line.items():
            if line:
                self._tell(TellAirAlerts(line, tuple(alerts)))

    def _compile_if_worth_it(self) -> None:
        if self._compiling is None and len(self._store) >= COMPILED_FROM_TRACKS:
            self._compiling = asyncio.create_task(asyncio.to_thread(make_air_ready))

    def _log_counts(self, now: int) -> None:
        """Note in log and journal what was left aside since the last time."""
        if now - self._logged_at < COUNTS_LOGGED_MS:
            return
        grown = Counter(self._store.aside)
        grown.subtract(self._logged)
        by_feed: dict[str, dict[str, int]] = {}
        for (feed, word), count in sorted(grown.items()):
            if count:
                by_feed.setdefault(feed, {})[word] = count
        if not by_feed:
            return
        self._logged, self._logged_at = Counter(self._store.aside), now
        line = next((one.line for one in self._lines()), "")
        for feed, counts in by_feed.items():
            words = ", ".join(f"{count} {word}" for word, count in counts.items())
            _log.warning("of the sightings of feed %s in the last minute: %s", feed, words)
            if line:
                self._tell(NoteLeftAside(line, feed, tuple(counts.items())))

    # What is shown.

    def counts(self) -> dict[str, int]:
        """How many sightings were taken and what was left aside, by word."""
        shown = {name: self._store.counts[name] for name in ("taken", *LEFT_ASIDE)}
        return {**shown, "tracks": len(self._store), "alerts_unlisted": self._book.unlisted}

    def left_aside(self, feed: str) -> dict[str, int]:
        """What of a feed was left aside or is doubted since the start, by word."""
        aside = self._store.aside
        return {word: aside[feed, word] for word in LEFT_ASIDE if aside[feed, word]}

    def tracks(self, *, with_trails: bool = False) -> list[dict[str, Any]]:
        """All tracks as faces show them, in the order in which they were first seen."""
        shown = self._shower(self._now_ms(), with_trail=with_trails)
        return [shown(track) for track in self._store]

    def track(self, name: str) -> dict[str, Any] | None:
        """One track with its trail, by its id, or by a callsign that one track alone has."""
        track = self._store.find(name)
        if track is None:
            called = [one for one in self._store if one.callsign.casefold() == name.casefold()]
            track = called[0] if len(called) == 1 else None
        return None if track is None else self._shower(self._now_ms(), with_trail=True)(track)

    def alerts(self, *, standing_only: bool = True) -> list[dict[str, Any]]:
        """The alerts that stand, the loudest and oldest first; then those that ended."""
        ended = [] if standing_only else self._book.ended()[::-1]
        return [alert.to_json() for alert in (*self._book.standing(), *ended)]

    async def follow(self) -> AsyncGenerator[dict[str, Any], None]:
        """What changes from one look to the next: all tracks first, then those that did.

        A reader that is slow misses looks, and no change.
        """
        known: dict[str, tuple[Any, ...]] = {}
        while True:
            looks, now = self._looks, self._now_ms()
            assessed = self._standing()
            seen = {
                track.id: (track.heard_at, track.state(now), assessed.get(track.id))
                for track in self._store
            }
            shown = self._shower(now, with_trail=not known)
            changed = [
                shown(track) for track in self._store if known.get(track.id) != seen[track.id]
            ]
            gone = [name for name in known if name not in seen]
            yield {"at": now, "tracks": changed, "gone": gone, "alerts": self.alerts()}
            known = seen or {"": ()}
            async with self._looked:
                while self._looks == looks:
                    await self._looked.wait()

    def _shower(self, now: int, *, with_trail: bool = False) -> Callable[[Track], dict[str, Any]]:
        """What shows a track as it is at an instant."""
        assessed = self._standing()

        def shown(track: Track) -> dict[str, Any]:
            found = assessed.get(track.id)
            said = {**track.to_json(now), "claimed": track.affiliation.value}
            if found is not None:
                said["affiliation"] = found.assessment.affiliation.value
            said["assessed"] = None if found is None else found.to_json()
            if with_trail:
                said["trail"] = self._trail(track)
            return said

        return shown

    def _trail(self, track: Track) -> list[dict[str, Any]]:
        return [
            {
                "at": at,
                "lat_e7": lat_e7,
                "lon_e7": lon_e7,
                "altitude_m": None if height_dm == NO_HEIGHT_DM else height_dm / 10,
            }
            for at, lat_e7, lon_e7, height_dm in self._store.trail(track).tolist()
        ]


def _whose(track: Track, assessed: Assessed | None) -> dict[str, Any]:
    """Whose a track is, as an alert tells it."""
    if assessed is None:
        return {"affiliation": track.affiliation.value}
    said = assessed.to_json()
    return {
        "affiliation": assessed.assessment.affiliation.value,
        "assessed": {key: said[key] for key in ("verdict", "party", "by", "at")},
    }
