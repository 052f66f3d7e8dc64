"""Bad files of areas, composed for tests, and what must be said of each.

The same cases are measured by `python -m bench.files`.
"""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

FILES = Path(__file__).parent / "bad"
AREA = (((320_000_000, 350_000_000), (320_000_000, 420_000_000), (380_000_000, 420_000_000),
         (380_000_000, 350_000_000)),)  # fmt: skip
"""An agreement's area: Syria and around."""


@dataclass(frozen=True)
class Bad:
    """One bad file.

    Attributes:
        name: What it is called.
        data: Its bytes.
        says: What must be said of it.
        sound: How many of its activities are sound all the same; None if all of it is refused.
    """

    name: str
    data: bytes
    says: str
    sound: int | None = None


def packed(text: bytes, name: str = "doc.kml", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A KMZ of one document."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as file:
        file.writestr(name, text)
    return held.getvalue()


def _of(name: str, says: str, sound: int | None = None) -> Bad:
    return Bad(name, (FILES / name).read_bytes(), says, sound)


def _many_vertices() -> bytes:
    ring = [[36 + n / 5_000, 35 + (n % 2) / 10_000] for n in range(10_000)]
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return json.dumps({"type": "Feature", "geometry": geometry, "properties": {}}).encode()


def _many_in_order() -> bytes:
    position = "/LATS:355700N0390500E"
    return f"ACMID/ACM:ROZ/NAME:MANY/POLYGON//POLYGON{position * 10_000}//".encode()


def _deep() -> bytes:
    return b"<kml>" + b"<Folder>" * 5_000 + b"</Folder>" * 5_000 + b"</kml>"


BAD = [
    _of("swapped.geojson", "with latitude and longitude swapped (35.2850N 40.1760E) inside it", 2),
    _of("crossing.geojson", "The ring crosses or touches itself near 35.5", 1),
    _of("hemisphere.geojson", "lies more than 2,226 km from the middle of the volume", 1),
    _of("inverted-window.geojson", "The window ends at 2017-04-07T01:40:00Z, not after", 1),
    _of("inverted-band.geojson", "FL200, is not below the upper bound, FL100", 1),
    _of("datum.aco", "row 5, GEODATUM: 'PUL' is not WGS-84 (W84)", 1),
    _of("cut.aco", "row 12, POLYGON: the order ends inside this set", 1),
    _of("bomb.kml", "declares a document type or entities"),
    _of("foreign.txt", "is in none of the forms that are read. Read are airspace control orders"),
    Bad("many.geojson", _many_vertices(), "has 10,001 positions, more than 1,000", 0),
    Bad("many.aco", _many_in_order(), "POLYGON: has more than 1000 vertices", 0),
    Bad("deep.kml", _deep(), "has elements too deep inside each other"),
    Bad("bomb.kmz", packed(b"<kml>" + b" " * 9_000_000 + b"</kml>"), "to less than a 200th"),
    Bad("huge.kmz", packed(b" " * 17_000_000), "holds 17,000,000 bytes, more than 16,777,216"),
    Bad("picture.kmz", packed(b"", "a.png"), "is packed, but holds no .kml"),
    Bad("cut.kmz", packed(b"<kml></kml>")[:40], "has no list of entries"),
    Bad("empty.aco", b"", "is empty. Read are airspace control orders (ACO), ICAO NOTAM"),
    Bad("foreign.json", b'{"orders": []}', "is JSON, but in none of the forms that are read"),
    Bad("foreign.xml", b"<gpx></gpx>", "is XML, but not KML"),
    Bad("cut.geojson", b'{"type": "FeatureCollection", "features": [{"ty', "is not JSON"),
    Bad("scan.pdf", b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "is not text in UTF-8, and no KMZ"),
]
