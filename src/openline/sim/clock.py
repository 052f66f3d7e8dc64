"""The wall clock of a simulated machine: it drifts, and it is set.

A clock is what a node sees of time, and all that it sees. True time is known to the
simulator alone.
"""

from dataclasses import dataclass, field

from openline.domain.instant import INSTANT_MAX


@dataclass(slots=True)
class WallClock:
    """A clock that may be wrong.

    Attributes:
        offset_ms: By how much it was ahead when it was last set.
        drift_ppm: By how many millionths it runs fast.
        set_at: The true instant at which it was last set.
        set_back_at: When it was set back, in true time, in order.
        sets: How often it was set.
    """

    set_at: int
    offset_ms: int = 0
    drift_ppm: int = 0
    set_back_at: list[int] = field(default_factory=list)
    sets: int = 0

    def read(self, now: int) -> int:
        """What it shows at a true instant."""
        drift_ms = (now - self.set_at) * self.drift_ppm // 1_000_000
        return min(max(0, now + self.offset_ms + drift_ms), INSTANT_MAX)

    def set_ahead(self, now: int, offset_ms: int) -> None:
        """Set it, so that it is ahead of true time by so much, or behind it."""
        before = self.read(now)
        self.set_at, self.offset_ms = now, offset_ms
        self.sets += 1
        if self.read(now) < before:
            self.set_back_at.append(now)
