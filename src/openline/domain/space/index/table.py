"""Table: many volumes as numbers, and each of them back again.

An index does not keep `Volume` objects: a million of them would fill a gigabyte.
A table holds what they say as whole numbers, the vertices of all of them end to
end. Nothing is lost: `volume` gives the row back
as it was put in, so that the exact rule has the last word on any pair.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from openline.domain.space.altitude import (
    ANY_WEATHER,
    UNBOUNDED_DM,
    Altitude,
    Atmosphere,
    Datum,
    UndulationRange,
    amsl_range_dm,
)
from openline.domain.space.geodesy import Position
from openline.domain.space.geoid import undulation_of
from openline.domain.space.volume import Shape, Volume

NO_BOUND = 0
"""Stands where a band has no bound, in place of the number of a datum."""

_DATUMS = {int(datum): datum for datum in Datum}
_SHAPES = {int(shape): shape for shape in Shape}


(
    SHAPE,
    FIRST,
    COUNT,
    RADIUS,
    LOWER,
    LOWER_VALUE,
    LOWER_DM,
    UPPER,
    UPPER_VALUE,
    UPPER_DM,
    KIND,
    NUMBER,
) = range(12)
"""The columns of `Table.facts`, in words at the properties of the same names."""

Integers = NDArray[np.int32]
Longs = NDArray[np.int64]


class Table(NamedTuple):
    """Volumes as whole numbers, in the order in which they were put in.

    A table may have room for more rows than are in use; who holds it knows how many
    are. Three arrays and not sixteen, for each array costs a call into the compiled
    path half a microsecond.

    Attributes:
        facts: Of each volume twelve numbers; the properties name them.
        windows: Of each volume from and until.
        positions: Latitude and longitude of the vertices of all of them.
    """

    facts: Integers
    windows: Longs
    positions: Integers

    @property
    def shape(self) -> Integers:
        """Numbers of the shapes."""
        return self.facts[:, SHAPE]

    @property
    def vertex_first(self) -> Integers:
        """Where the vertices of each begin among the positions."""
        return self.facts[:, FIRST]

    @property
    def vertex_count(self) -> Integers:
        """How many vertices each has."""
        return self.facts[:, COUNT]

    @property
    def radius_m(self) -> Integers:
        """How far each reaches beyond its core."""
        return self.facts[:, RADIUS]

    @property
    def lower(self) -> tuple[Integers, Integers, Integers]:
        """Of the lower bounds: datum (0 without one), value, least height."""
        return self.facts[:, LOWER], self.facts[:, LOWER_VALUE], self.facts[:, LOWER_DM]

    @property
    def upper(self) -> tuple[Integers, Integers, Integers]:
        """Of the upper bounds: datum (0 without one), value, greatest height."""
        return self.facts[:, UPPER], self.facts[:, UPPER_VALUE], self.facts[:, UPPER_DM]

    @property
    def kind(self) -> Integers:
        """What acts, as a number of the caller's: which minima apply."""
        return self.facts[:, KIND]

    @property
    def number(self) -> Integers:
        """Which of the volumes of its key each is."""
        return self.facts[:, NUMBER]

    @property
    def valid_from(self) -> Longs:
        """From when each is in force."""
        return self.windows[:, 0]

    @property
    def valid_until(self) -> Longs:
        """Until when each is in force."""
        return self.windows[:, 1]

    def volume(self, row: int) -> Volume:
        """The volume of a row, as it was put in."""
        facts = self.facts[row].tolist()
        span = slice(facts[FIRST], facts[FIRST] + facts[COUNT])
        valid_from, valid_until = self.windows[row].tolist()
        return Volume(
            _SHAPES[facts[SHAPE]],
            tuple((lat, lon) for lat, lon in self.positions[span].tolist()),
            facts[RADIUS],
            _altitude(facts[LOWER], facts[LOWER_VALUE]),
            _altitude(facts[UPPER], facts[UPPER_VALUE]),
            valid_from,
            valid_until,
        )


def empty_table(rows: int, vertices: int) -> Table:
    """A table with room for so many volumes and vertices."""
    return Table(
        np.zeros((rows, NUMBER + 1), np.int32),
        np.zeros((rows, 2), np.int64),
        np.zeros((vertices, 2), np.int32),
    )


def table_of(
    entries: Iterable[tuple[int, int, Volume]], atmosphere: Atmosphere = ANY_WEATHER
) -> Table:
    """Volumes as a table.

    Args:
        entries: Of each its kind, its number and itself.
        atmosphere: Agreed bounds of the weather, for bands with other references.
    """
    facts: list[tuple[int, ...]] = []
    windows: list[tuple[int, int]] = []
    positions: list[Position] = []
    for kind, number, volume in entries:
        facts.append((*row_of(volume, len(positions), atmosphere), kind, number))
        windows.append((volume.valid_from, volume.valid_until))
        positions += volume.vertices
    return Table(
        np.array(facts, np.int32).reshape(-1, NUMBER + 1),
        np.array(windows, np.int64).reshape(-1, 2),
        np.array(positions, np.int32).reshape(-1, 2),
    )


def row_of(volume: Volume, first: int, atmosphere: Atmosphere) -> tuple[int, ...]:
    """The facts of one volume but its kind and its number."""
    undulation = undulation_of(volume)
    return (
        int(volume.shape),
        first,
        len(volume.vertices),
        volume.radius_m,
        *_bound(volume.lower, False, atmosphere, undulation),
        *_bound(volume.upper, True, atmosphere, undulation),
    )


def chosen(table: Table, rows: Longs) -> Table:
    """A table of these rows alone, in the order given."""
    facts = table.facts.take(rows, axis=0)
    counts = facts[:, COUNT]
    ends = counts.cumsum(dtype=np.int64)
    first = ends - counts
    vertices = int(ends[-1]) if len(ends) else 0
    places = np.repeat(facts[:, FIRST] - first, counts)
    places += np.arange(vertices)
    facts[:, FIRST] = first
    positions = table.positions.take(places, axis=0)
    return Table(facts, table.windows.take(rows, axis=0), positions)


def joined(tables: Sequence[Table]) -> Table:
    """The rows of several tables in one, each without room to spare."""
    whole = Table(*(np.concatenate(arrays) for arrays in zip(*tables, strict=True)))
    row = vertex = 0
    for table in tables:
        whole.facts[row : row + len(table.facts), FIRST] += vertex
        row, vertex = row + len(table.facts), vertex + len(table.positions)
    return whole


def _bound(
    bound: Altitude | None, is_upper: bool, atmosphere: Atmosphere, undulation: UndulationRange
) -> tuple[int, int, int]:
    """Datum, value and the outermost height of one bound of a band."""
    if bound is None:
        return NO_BOUND, 0, UNBOUNDED_DM if is_upper else -UNBOUNDED_DM
    outermost_dm = amsl_range_dm(bound, atmosphere, undulation)[1 if is_upper else 0]
    return int(bound.datum), bound.value, outermost_dm


def _altitude(datum: int, value: int) -> Altitude | None:
    return None if datum == NO_BOUND else Altitude(_DATUMS[datum], value)
