"""Table: many volumes as columns, and each of them back again.

An index does not keep `Volume` objects: a million of them would fill a gigabyte.
A table holds what they say as whole numbers, one array for each field, the
vertices of all of them end to end. Nothing is lost: `volume` gives the row back
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
from openline.domain.space.geoid import undulation_of
from openline.domain.space.volume import Shape, Volume

NO_BOUND = 0
"""Stands where a band has no bound, in place of the number of a datum."""

_DATUMS = {int(datum): datum for datum in Datum}
_SHAPES = {int(shape): shape for shape in Shape}


class Table(NamedTuple):
    """Volumes as columns, in the order in which they were put in.

    All but the positions have one number for each volume. A table may have room
    for more rows than are in use; who holds it knows how many are.

    Attributes:
        shape: Number of the shape.
        vertex_first: Where its vertices begin among the positions.
        vertex_count: How many vertices it has.
        radius_m: How far it reaches beyond its core.
        lower_datum: Number of the datum of the lower bound; 0 without one.
        lower_value: Its value.
        lower_dm: The least height above the sea where the lower bound may be there.
        upper_datum: As for the lower bound.
        upper_value: As for the lower bound.
        upper_dm: The greatest height above the sea where the upper bound may be there.
        valid_from: As in the volume.
        valid_until: As in the volume.
        kind: What acts, as a number of the caller's: which minima apply.
        number: Which of the volumes of its key it is.
        lat_e7: Latitudes of all vertices.
        lon_e7: Longitudes of all vertices.
    """

    shape: NDArray[np.int8]
    vertex_first: NDArray[np.int64]
    vertex_count: NDArray[np.int32]
    radius_m: NDArray[np.int32]
    lower_datum: NDArray[np.int8]
    lower_value: NDArray[np.int32]
    lower_dm: NDArray[np.int32]
    upper_datum: NDArray[np.int8]
    upper_value: NDArray[np.int32]
    upper_dm: NDArray[np.int32]
    valid_from: NDArray[np.int64]
    valid_until: NDArray[np.int64]
    kind: NDArray[np.int16]
    number: NDArray[np.int32]
    lat_e7: NDArray[np.int32]
    lon_e7: NDArray[np.int32]

    def volume(self, row: int) -> Volume:
        """The volume of a row, as it was put in."""
        first = int(self.vertex_first[row])
        span = slice(first, first + int(self.vertex_count[row]))
        vertices = zip(self.lat_e7[span].tolist(), self.lon_e7[span].tolist(), strict=True)
        return Volume(
            _SHAPES[int(self.shape[row])],
            tuple(vertices),
            int(self.radius_m[row]),
            _altitude(int(self.lower_datum[row]), int(self.lower_value[row])),
            _altitude(int(self.upper_datum[row]), int(self.upper_value[row])),
            int(self.valid_from[row]),
            int(self.valid_until[row]),
        )


VERTEX_COLUMNS = ("lat_e7", "lon_e7")
ROW_COLUMNS = tuple(name for name in Table._fields if name not in VERTEX_COLUMNS)
_TYPES = dict(
    zip(
        Table._fields,
        (
            np.int8, np.int64, np.int32, np.int32, np.int8, np.int32, np.int32, np.int8, np.int32,
            np.int32, np.int64, np.int64, np.int16, np.int32, np.int32, np.int32,
        ),
        strict=True,
    )
)  # fmt: skip


def empty_table(rows: int, vertices: int) -> Table:
    """A table with room for so many volumes and vertices."""
    return Table(
        *(
            np.zeros(vertices if name in VERTEX_COLUMNS else rows, dtype=_TYPES[name])
            for name in Table._fields
        )
    )


def table_of(
    entries: Iterable[tuple[int, int, Volume]], atmosphere: Atmosphere = ANY_WEATHER
) -> Table:
    """Volumes as a table.

    Args:
        entries: Of each its kind, its number and itself.
        atmosphere: Agreed bounds of the weather, for bands with other references.
    """
    rows: list[tuple[int, ...]] = []
    lats: list[int] = []
    lons: list[int] = []
    for kind, number, volume in entries:
        rows.append((*row_of(volume, len(lats), atmosphere), kind, number))
        for lat_e7, lon_e7 in volume.vertices:
            lats.append(lat_e7)
            lons.append(lon_e7)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(ROW_COLUMNS)
    return Table(
        *(
            np.array(column, dtype=_TYPES[name])
            for name, column in zip(Table._fields, (*columns, lats, lons), strict=True)
        )
    )


def row_of(volume: Volume, first: int, atmosphere: Atmosphere) -> tuple[int, ...]:
    """The columns of one volume but its kind, its number and its positions."""
    undulation = undulation_of(volume)
    return (
        int(volume.shape),
        first,
        len(volume.vertices),
        volume.radius_m,
        *_bound(volume.lower, False, atmosphere, undulation),
        *_bound(volume.upper, True, atmosphere, undulation),
        volume.valid_from,
        volume.valid_until,
    )


def chosen(table: Table, rows: NDArray[np.int64]) -> Table:
    """A table of these rows alone, in the order given."""
    counts = table.vertex_count[rows].astype(np.int64)
    first = np.cumsum(counts) - counts
    places = np.repeat(table.vertex_first[rows] - first, counts) + np.arange(int(counts.sum()))
    columns = {name: getattr(table, name)[rows] for name in ROW_COLUMNS}
    return Table(
        **{**columns, "vertex_first": first},
        lat_e7=table.lat_e7[places],
        lon_e7=table.lon_e7[places],
    )


def joined(tables: Sequence[Table]) -> Table:
    """The rows of several tables in one, each without room to spare."""
    starts = np.cumsum([0, *(len(table.lat_e7) for table in tables)])
    columns = {
        name: np.concatenate([getattr(table, name) for table in tables]) for name in Table._fields
    }
    shifted = [table.vertex_first + start for table, start in zip(tables, starts, strict=False)]
    return Table(**{**columns, "vertex_first": np.concatenate(shifted)})


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
