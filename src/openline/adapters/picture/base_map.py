"""Base map: coasts, lakes, rivers and borders from one packed file.

The file is a row that says what it is, a row that names the source, and a zlib
stream of unsigned numbers, each in bytes of seven bits with the lowest first. For
each layer in order (land, lakes, rivers, borders) they give the count of lines,
the count of points of each line, and for each point the steps in longitude and
latitude from the point before it in the layer, in thousandths of a degree, zigzag
(0, -1, 1, -2 as 0, 1, 2, 3). Rings of land and lakes are closed by themselves.
`scripts/pack_base_map.py` writes such files.

The one in the package is Natural Earth; `base_map.LICENSE.txt` beside it says
whence. Another may stand in its place, so the decoder is bounded and trusts no
count before it has looked at what is there.
"""

import math
import zlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from openline.domain.errors import OurError
from openline.domain.limits import (
    BASE_MAP_NUMBERS_MAX,
    BASE_MAP_SIZE_BYTES_MAX,
    LABEL_CHARS_MAX,
)
from openline.domain.line.letters import visible
from openline.domain.space.geodesy import Floats

NATURAL_EARTH: Final = "natural-earth"
"""The map that goes along."""

NOTHING: Final = "none"
"""No map at all."""

MAGIC: Final = b"openline base map 1\n"
LAYERS: Final = ("land", "lakes", "rivers", "borders")

Line: TypeAlias = Floats
"""Longitude and latitude in degrees, one point in each row."""

_Numbers: TypeAlias = NDArray[np.int64]
_RINGS: Final = frozenset({"land", "lakes"})
_NUMBER_BYTES_MAX: Final = 4
"""Bytes of one number: 28 bits hold any step, zigzag, and any count."""


@dataclass(frozen=True, slots=True)
class BaseMap:
    """What lies beneath a picture.

    Longitudes of one line run on over the antimeridian, beyond 180 or below -180; a
    ring round a pole goes along it.

    Attributes:
        source: Who made it, as the picture names them; one row.
        land: Rings, not closed; islands and continents.
        lakes: Rings, not closed.
        rivers: Lines.
        borders: Lines between countries; they are disputed.
    """

    source: str
    land: tuple[Line, ...] = ()
    lakes: tuple[Line, ...] = ()
    rivers: tuple[Line, ...] = ()
    borders: tuple[Line, ...] = ()


class BaseMapUnreadable(OurError):
    """The file is no base map."""


@lru_cache(maxsize=2)
def load_base_map(name: str = NATURAL_EARTH) -> BaseMap:
    """The base map of this name, which is that of a file unless it is one of ours.

    Raises:
        BaseMapUnreadable: It cannot be read, or is no base map.
    """
    if name == NATURAL_EARTH:
        return unpack(files("openline.adapters.picture").joinpath("base_map.bin").read_bytes())
    if name == NOTHING:
        return BaseMap("")
    path = Path(name)
    try:
        with path.open("rb") as file:
            data = file.read(BASE_MAP_SIZE_BYTES_MAX + 1)
    except OSError as error:
        raise BaseMapUnreadable(
            f"{path} cannot be read: {error.strerror}.", "Name a file that this user can read."
        ) from None
    try:
        return unpack(data)
    except BaseMapUnreadable as error:
        remedy = "Pack one with scripts/pack_base_map.py."
        raise BaseMapUnreadable(f"{path}: {error.what}", remedy) from None


def unpack(data: bytes) -> BaseMap:
    """The base map that the bytes hold.

    Raises:
        BaseMapUnreadable: They hold none, or one that is too large.
    """
    if len(data) > BASE_MAP_SIZE_BYTES_MAX:
        raise BaseMapUnreadable(f"It has more than {BASE_MAP_SIZE_BYTES_MAX:,} bytes.")
    if not data.startswith(MAGIC):
        raise BaseMapUnreadable("It does not begin as a base map does.")
    source, row_end, body = data[len(MAGIC) :].partition(b"\n")
    if not row_end or len(source) > 4 * LABEL_CHARS_MAX:
        raise BaseMapUnreadable("It does not name its source in one row.")
    numbers = _numbers(_inflated(body))
    layers = []
    for name in LAYERS:
        lines, numbers = _layer(name, numbers)
        layers.append(lines)
    if numbers.size:
        raise BaseMapUnreadable("Something follows its last layer.")
    named = visible(source.decode("utf-8", "replace"))[:LABEL_CHARS_MAX]
    return BaseMap(named, *layers)


def _inflated(body: bytes) -> bytes:
    """What the zlib stream holds, and nothing after it."""
    stream = zlib.decompressobj()
    try:
        held = stream.decompress(body, _NUMBER_BYTES_MAX * BASE_MAP_NUMBERS_MAX)
    except zlib.error:
        raise BaseMapUnreadable("It is not packed as a base map is.") from None
    if not stream.eof or stream.unused_data:
        raise BaseMapUnreadable("It is cut off, has more after its end, or is too large.")
    return held


def _numbers(held: bytes) -> _Numbers:
    """Every number of the stream, in order."""
    octets = np.frombuffer(held, dtype=np.uint8).astype(np.int64)
    ends = np.flatnonzero(octets < 0x80)
    if octets.size and (not ends.size or ends[-1] != octets.size - 1):
        raise BaseMapUnreadable("It ends within a number.")
    if ends.size > BASE_MAP_NUMBERS_MAX:
        raise BaseMapUnreadable(f"It has more than {BASE_MAP_NUMBERS_MAX:,} numbers.")
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1)) if ends.size else ends
    sizes = ends - starts + 1
    if sizes.size and sizes.max() > _NUMBER_BYTES_MAX:
        raise BaseMapUnreadable("It has a number of too many bytes.")
    places = np.arange(octets.size) - np.repeat(starts, sizes)
    shifted = (octets & 0x7F) << (7 * places)
    return np.add.reduceat(shifted, starts) if starts.size else shifted


def _layer(name: str, numbers: _Numbers) -> tuple[tuple[Line, ...], _Numbers]:
    """The lines of one layer, and the numbers after it."""
    count = int(numbers[0]) if numbers.size else -1
    if not 0 <= count < numbers.size:
        raise BaseMapUnreadable(f"Its layer {name} is cut off.")
    sizes, rest = numbers[1 : 1 + count], numbers[1 + count :]
    total = int(sizes.sum())
    if 2 * total > rest.size or (count and int(sizes.min()) < 2):
        raise BaseMapUnreadable(f"Its layer {name} is cut off, or has a line of one point.")
    steps = rest[: 2 * total].reshape(-1, 2)
    points = ((steps >> 1) ^ -(steps & 1)).cumsum(axis=0)
    if total and (np.abs(points).max(axis=0) > (180_000, 90_000)).any():
        raise BaseMapUnreadable(f"Its layer {name} leaves the globe.")
    degrees = points / 1000
    lines = np.split(degrees, sizes.cumsum()[:-1]) if count else []
    is_ring = name in _RINGS
    return tuple(_run_on(line, is_ring=is_ring) for line in lines), rest[2 * total :]


def _run_on(line: Line, *, is_ring: bool) -> Line:
    """The line without jumps from one side of the antimeridian to the other."""
    lon = line[:, 0]
    if np.abs(np.diff(lon, append=lon[:1])).max() <= 180:
        return line
    line = np.column_stack((np.unwrap(lon, period=360), line[:, 1]))
    turn = 360 * round((line[-1, 0] - line[0, 0]) / 360)
    if not is_ring or not turn:
        return line
    pole = math.copysign(90.0, float(line[:, 1].mean()))
    first, lat = line[0]
    return np.concatenate((line, [(first + turn, lat), (first + turn, pole), (first, pole)]))
