"""The base map: what goes along, and what another file may not do."""

import json
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.picture.base_map import (
    MAGIC,
    NATURAL_EARTH,
    NOTHING,
    BaseMapUnreadable,
    Line,
    load_base_map,
    unpack,
)

PACKED = Path("src/openline/adapters/picture/base_map.bin")
EMPTY = zlib.compress(bytes(4))


def packed_file(numbers: list[int], source: bytes = b"Us") -> bytes:
    body = bytearray()
    for number in numbers:
        while number >= 0x80:
            body.append(number & 0x7F | 0x80)
            number >>= 7
        body.append(number)
    return MAGIC + source + b"\n" + zlib.compress(bytes(body))


def test_the_map_that_goes_along_has_the_world(repository: Path) -> None:
    """The packed map is small, names its source, and has land, lakes, rivers and borders."""
    assert (repository / PACKED).stat().st_size < 700_000
    base = load_base_map(NATURAL_EARTH)
    assert base.source == "Natural Earth 1:50m"
    assert len(base.land) > 1_000
    assert len(base.lakes) > 100
    assert len(base.borders) > 300


def away_km(line: Line, lat: float, lon: float) -> float:
    """How far a line passes from a place."""
    scale = np.array((np.cos(np.radians(lat)), 1.0)) * 111.2
    points = (line - (lon, lat)) * scale
    steps = np.diff(points, axis=0)
    shares = -(points[:-1] * steps).sum(axis=1) / np.maximum((steps * steps).sum(axis=1), 1e-9)
    nearest = points[:-1] + steps * np.clip(shares, 0, 1)[:, None]
    return float(np.hypot(nearest[:, 0], nearest[:, 1]).min())


@pytest.mark.parametrize(
    ("lat", "lon"), [(35.95, 39.01), (35.33, 40.14), (34.45, 40.92), (34.37, 41.98)]
)
def test_the_euphrates_is_on_the_map(lat: float, lon: float) -> None:
    """A river of the map passes within ten kilometres of Raqqa, Deir ez-Zor, Bukamal and Ana."""
    assert min(away_km(line, lat, lon) for line in load_base_map().rivers) < 10


def test_lines_run_on_over_the_antimeridian() -> None:
    """No line or ring of the map jumps from one side of the world to the other."""
    base = load_base_map()
    for layer in (base.land, base.lakes, base.rivers, base.borders):
        assert max(np.abs(np.diff(line[:, 0])).max() for line in layer) <= 360
        assert not any(
            (np.abs(np.diff(line[:, 0])) > 180).any() and np.abs(line[:, 1]).max() < 90
            for line in layer
        )


def test_no_map_is_a_map() -> None:
    """Without a map nothing lies beneath, and no source is named."""
    base = load_base_map(NOTHING)
    assert (base.source, base.land, base.borders) == ("", (), ())


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "does not begin"),
        (MAGIC, "name its source"),
        (MAGIC + b"x" * 900 + b"\n" + EMPTY, "name its source"),
        (MAGIC + b"x\nrubbish", "not packed"),
        (MAGIC + b"x\n" + EMPTY[:-3], "cut off"),
        (MAGIC + b"x\n" + EMPTY + b"more", "more after its end"),
        (MAGIC + b"x\n" + zlib.compress(bytes(20_000_000)), "too large"),
        (packed_file([]), "layer land is cut off"),
        (packed_file([3]), "layer land is cut off"),
        (packed_file([1, 2, 0, 0]), "layer land is cut off"),
        (packed_file([1, 1, 0, 0, 0, 0, 0]), "line of one point"),
        (packed_file([1, 2, 400_000, 0, 0, 0, 0, 0, 0]), "leaves the globe"),
        (packed_file([0, 0, 0, 0, 7]), "follows its last layer"),
        (packed_file([2**40, 0, 0, 0]), "too many bytes"),
        (MAGIC + b"x\n" + zlib.compress(b"\x00\x80"), "ends within a number"),
    ],
)
def test_what_is_no_map_is_refused(data: bytes, what: str) -> None:
    """A file that is cut off, too large, or wrong in any count is refused with the reason."""
    with pytest.raises(BaseMapUnreadable, match=what):
        unpack(data)


def test_too_large_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the bound is refused before it is looked into."""
    monkeypatch.setattr("openline.adapters.picture.base_map.BASE_MAP_SIZE_BYTES_MAX", 50)
    with pytest.raises(BaseMapUnreadable, match="more than 50 bytes"):
        unpack(MAGIC + bytes(100))
    monkeypatch.setattr("openline.adapters.picture.base_map.BASE_MAP_NUMBERS_MAX", 3)
    with pytest.raises(BaseMapUnreadable, match="more than 3 numbers"):
        unpack(packed_file([0, 0, 0, 0]))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_map_or_refused(body: bytes) -> None:
    """Whatever is packed into a file gives a map or a refusal."""
    try:
        base = unpack(MAGIC + b"x\n" + zlib.compress(body))
    except BaseMapUnreadable:
        return
    assert base.source == "x"


def test_a_missing_map_is_named(tmp_path: Path) -> None:
    """A map that is not there is refused by its name."""
    with pytest.raises(BaseMapUnreadable, match=r"nowhere\.bin cannot be read"):
        load_base_map(str(tmp_path / "nowhere.bin"))


def test_another_map_can_be_packed(repository: Path, tmp_path: Path) -> None:
    """The script packs GeoJSON layers, and what it packs is read again."""
    ring = [[10, 50], [11, 50], [11, 51], [10, 50]]
    land = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    ]}  # fmt: skip
    border = {"type": "MultiLineString", "coordinates": [[[179, 1], [-179, 2]], [[0, 0], [1, 1]]]}
    for name, shape in (("land", land), ("border", border)):
        (tmp_path / f"{name}.json").write_text(json.dumps(shape))
    out = tmp_path / "own.bin"
    subprocess.run(
        [
            sys.executable, repository / "scripts" / "pack_base_map.py",
            f"land={tmp_path / 'land.json'}", f"borders={tmp_path / 'border.json'}",
            "--source", "Our \n survey", "--out", out,
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    base = load_base_map(str(out))
    assert base.source == "Our survey"
    np.testing.assert_allclose(base.land[0], ring[:-1])
    np.testing.assert_allclose(base.borders[0], [[179, 1], [181, 2]])
    assert base.rivers == ()
