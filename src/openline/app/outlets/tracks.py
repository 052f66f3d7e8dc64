"""The tracks that an outlet tells a map: each every few seconds, while it is seen.

Nothing of it is kept on the disk: an event is stale within a minute or some, so a map
forgets by itself what it is not told again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from openline.adapters.tak.cot import ends
from openline.adapters.tak.tracks import of_map, track_event, uid_of
from openline.adapters.wording import Wording
from openline.domain.instant import SECOND_MS
from openline.domain.limits import OUTLET_TRACKS_MAX

EVERY_MS: Final = 5 * SECOND_MS
"""Time between two events of one track; a slow radar turns twice as slowly."""


class Tracks:
    """Which tracks one outlet told, and when. Owned by the outlet's task.

    Args:
        party: Whose node this is.
        which: `own`, `all`, or empty for none.
        seen: The tracks of the node, as faces show them.
        wording: Says whose each is.

    Attributes:
        count: How many a map is told now.
        unshown: How many there is no room for.
    """

    def __init__(
        self,
        party: str,
        which: str,
        seen: Callable[[], Sequence[Mapping[str, Any]]],
        wording: Wording,
    ) -> None:
        self._party = party
        self._which = which
        self._seen = seen
        self._wording = wording
        self._looked_at = 0
        # When each was where the map has it, and whose it is there: by its name.
        self._told: dict[str, tuple[int, str]] = {}
        self.count = 0
        self.unshown = 0

    def begin_again(self) -> None:
        """A map that is opened anew knows of none."""
        self._told = {}
        self._looked_at = 0

    def due(self, now: int) -> Iterator[bytes]:
        """The events to be sent now: what moved or became another's, and what has ended."""
        if not self._which or 0 <= now - self._looked_at < EVERY_MS:
            return
        self._looked_at = now
        told = [
            one
            for one in of_map(self._seen(), only_own=self._which == "own")
            if one["state"] != "LOST"
        ]
        shown = {uid_of(self._party, one): one for one in told[:OUTLET_TRACKS_MAX]}
        self.count, self.unshown = len(shown), len(told) - len(shown)
        before, self._told = self._told, {}
        for uid in before:
            if uid not in shown:
                yield from ends(uid, "", now)
        for uid, track in shown.items():
            self._told[uid] = track["position_at"], track["affiliation"]
            if before.get(uid) != self._told[uid]:
                yield track_event(self._party, track, self._wording)
