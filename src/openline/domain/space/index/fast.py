"""Fast: whether the compiled path is there, and making it ready.

Compiling takes some seconds in each process. Until it is done, and where numba is
not installed, queries take the plain path; the verdicts are the same. `make_ready`
may run in a thread of its own.
"""

from types import ModuleType

import numpy as np

from openline.domain.space.altitude import ANY_WEATHER
from openline.domain.space.conflict import Minima
from openline.domain.space.index import sieve
from openline.domain.space.index.segment import sorted_segment
from openline.domain.space.index.table import table_of
from openline.domain.space.volume import Shape, Volume

# Written once, by `make_ready` and `make_air_ready`, when the whole module is compiled.
_ready: ModuleType | None = None
_air_ready: ModuleType | None = None


def ready() -> ModuleType | None:
    """The compiled path, once it is ready; None before, and without numba."""
    return _ready


def air_ready() -> ModuleType | None:
    """The compiled path to closest approaches, once it is ready; else None."""
    return _air_ready


def make_air_ready() -> bool:
    """Compile what a look at the tracks uses; whether it is there. Takes seconds."""
    global _air_ready
    if _air_ready is None:
        if not make_ready():
            return False
        from openline.domain.space import track_compiled
        from openline.domain.space.index import compiled

        volume, minima = Volume(Shape.CIRCLE, ((0, 0),), 1, None, None, 0, 1), Minima(0, 0, 0)
        table = table_of([(0, 1, volume)])
        segment = sorted_segment(table, np.arange(1), 0)
        compiled.meetings(segment, table, 0, minima, sieve.minima_by_kind([minima]))
        empty = np.zeros((3, 0))
        track_compiled.approaches(
            np.zeros((4, 0)), np.zeros((4, 0)), empty, empty, np.zeros((5, 0)), 1.0, 1.0, 1.0
        )
        _air_ready = track_compiled
    return True


def make_ready() -> bool:
    """Compile what queries use; whether it is there. Takes seconds."""
    global _ready
    if _ready is None:
        try:
            from openline.domain.space.index import compiled
        except ImportError:
            return False
        volume = Volume(Shape.CIRCLE, ((0, 0),), 1, None, None, 0, 1)
        table, minima = table_of([(0, 1, volume)]), Minima(0, 0, 0)
        segment = sorted_segment(table, np.arange(1), 0)
        columns = sieve.minima_by_kind([minima])
        list(compiled.found(segment, compiled.ask(volume, ANY_WEATHER, 0, minima, columns)))
        compiled.pairs(segment, 0, minima, columns)
        _ready = compiled
    return True
