"""Index: which of a few thousand live volumes may come near a new one.

Five intervals for each volume (three axes of the unit sphere, height and time)
in one array; a query is ten comparisons with all of them. It never misses a
conflict, nor one that is only marginal, and names some that are none:
`find_conflict` decides. The order of its answers is the order in which volumes
were added, on every machine.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

import numpy as np

from openline.domain.space.altitude import band_range_dm
from openline.domain.space.conflict import MARGIN_M, MARGIN_SHARE, Minima
from openline.domain.space.geodesy import AXIS_M, CURVATURE_RADIUS_M_MIN, Floats
from openline.domain.space.volume import Volume, core_of

KeyT = TypeVar("KeyT", bound=Hashable)

_AXES = 5
_ROWS_AT_FIRST = 256

_OFF_CENTRE_SHARE = 2 * MARGIN_SHARE
"""Of the width of a volume: what the margin of a contact may be beyond `MARGIN_M`.

The contact lies no further from the centre of the plane than the smaller volume is wide;
the plane shows that up to one and a half times too long.
"""


class VolumeIndex(Generic[KeyT]):
    """Volumes by key, found by where and when they are.

    One key may have several volumes: a notice has. Not for use by several
    threads at once.
    """

    def __init__(self) -> None:
        # The key of each row, also of rows whose volume was removed.
        self._keys: list[KeyT] = []
        self._rows_of: dict[KeyT, list[int]] = {}
        # Axis by axis, so that each comparison reads one run of memory. Rows past
        # the last key, and rows that were removed, are empty intervals.
        self._low = np.full((_AXES, _ROWS_AT_FIRST), np.inf)
        self._high = np.full((_AXES, _ROWS_AT_FIRST), -np.inf)

    def __len__(self) -> int:
        """How many keys have volumes here."""
        return len(self._rows_of)

    def __contains__(self, key: KeyT) -> bool:
        return key in self._rows_of

    def add(self, key: KeyT, volume: Volume) -> None:
        """Add one volume under the key, beside those it has.

        Raises:
            VolumeDoesNotHold: It has too few vertices; the index is as before.
        """
        low, high = _box(volume)
        if len(self._keys) == self._low.shape[1]:
            self._make_room()
        row = len(self._keys)
        self._keys.append(key)
        self._rows_of.setdefault(key, []).append(row)
        self._low[:, row], self._high[:, row] = low, high

    def remove(self, key: KeyT) -> None:
        """Remove all volumes of the key; nothing happens if it has none."""
        for row in self._rows_of.pop(key, ()):
            self._low[:, row], self._high[:, row] = np.inf, -np.inf

    def near(self, volume: Volume, minima: Minima) -> list[KeyT]:
        """The keys whose volumes may be in conflict with this one, each once.

        Args:
            volume: Any volume; it need not be in the index.
            minima: The widest that may apply to any pair.
        """
        low, high = _box(volume)
        lateral = minima.lateral_m * (1 + _OFF_CENTRE_SHARE) / CURVATURE_RADIUS_M_MIN
        pad = np.array([lateral] * 3 + [minima.vertical_dm, minima.time_ms])
        low, high = low - pad, high + pad
        count = len(self._keys)
        is_near = self._low[0, :count] <= high[0]
        for axis in range(_AXES):
            is_near &= self._low[axis, :count] <= high[axis]
            is_near &= self._high[axis, :count] >= low[axis]
        return list(dict.fromkeys(self._keys[row] for row in np.flatnonzero(is_near)))

    def _make_room(self) -> None:
        """Drop the rows of removed volumes; double the arrays unless that helps enough."""
        kept = sorted(row for rows in self._rows_of.values() for row in rows)
        size = self._low.shape[1]
        if len(kept) > size // 2:
            size *= 2
        low, high = np.full((_AXES, size), np.inf), np.full((_AXES, size), -np.inf)
        low[:, : len(kept)] = self._low[:, kept]
        high[:, : len(kept)] = self._high[:, kept]
        self._low, self._high = low, high
        self._keys = [self._keys[row] for row in kept]
        self._rows_of = {}
        for row, key in enumerate(self._keys):
            self._rows_of.setdefault(key, []).append(row)


def _box(volume: Volume) -> tuple[Floats, Floats]:
    """Least and greatest x, y, z, decimetres above the sea, and milliseconds."""
    core = core_of(volume.shape, volume.vertices)
    width_m = AXIS_M * float(np.linalg.norm(core.high - core.low)) + 2 * volume.radius_m
    margin_m = MARGIN_M + _OFF_CENTRE_SHARE * width_m
    pad = (volume.radius_m + margin_m) / CURVATURE_RADIUS_M_MIN + 1e-9
    lowest_dm, highest_dm = band_range_dm(volume.lower, volume.upper)
    return (
        np.array([*(core.low - pad), lowest_dm, volume.valid_from]),
        np.array([*(core.high + pad), highest_dm, volume.valid_until]),
    )
