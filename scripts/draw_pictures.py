#!/usr/bin/env python3
"""Draws the pictures of the documents with the program's own code.

    python scripts/draw_pictures.py docs/pictures

Each is one conflict of two invented notices, found by the rule and drawn as `openline
conflicts --picture` draws it, with fewer colours so that the files stay small. The same
program gives the same bytes.
"""

import io
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image

from openline.adapters.picture import ConflictDrawing, DrawnSide, draw_conflict
from openline.domain.instant import parse_instant
from openline.domain.space.conflict import Minima, Verdict, find_conflict
from openline.domain.space.volume import Altitude, Datum, Shape, Volume

COLOURS = 128
WIDTH_DOTS = 1_400

MINUTE_MS = 60_000
START = parse_instant("2017-04-07T01:40:00Z")
NM_M = 1_852


def level(number: int) -> Altitude:
    """A flight level."""
    return Altitude(Datum.FLIGHT_LEVEL, number)


def metres(height_m: int) -> Altitude:
    """A height above mean sea level."""
    return Altitude(Datum.AMSL, height_m * 10)


STRIKE = Volume(
    Shape.CIRCLE,
    ((344_900_000, 369_090_000),),
    9_000,
    None,
    level(150),
    START,
    START + 80 * MINUTE_MS,
)
PEOPLE = Volume(
    Shape.POLYGON,
    (
        (345_300_000, 370_700_000),
        (345_700_000, 371_300_000),
        (345_100_000, 372_000_000),
        (344_700_000, 371_200_000),
    ),
    500,
    None,
    metres(3_000),
    START + 20 * MINUTE_MS,
    START + 260 * MINUTE_MS,
)
ROUTE = Volume(
    Shape.CORRIDOR,
    ((352_000_000, 390_000_000), (356_000_000, 402_000_000), (350_000_000, 409_000_000)),
    4_000,
    level(180),
    level(220),
    START,
    START + 80 * MINUTE_MS,
)
AREA = Volume(
    Shape.CIRCLE,
    ((355_000_000, 401_500_000),),
    12_000,
    level(230),
    level(260),
    START + 60 * MINUTE_MS,
    START + 140 * MINUTE_MS,
)
METRES_AREA = replace(AREA, lower=metres(7_200), upper=metres(8_500))
BESIDE = replace(
    AREA, vertices=((355_000_000, 405_000_000),), radius_m=6_000, lower=level(180),
    valid_from=START + 100 * MINUTE_MS,
)  # fmt: skip
DISTANT = replace(STRIKE, vertices=((344_900_000, 372_200_000),), radius_m=14_000)

AIR = Minima(5 * NM_M, 3_048, 10 * MINUTE_MS)
NARROW = Minima(2 * NM_M, 3_048, 10 * MINUTE_MS)
NONE = Minima(0, 0, 0)

PLACES = (("Shayrat", (344_900_000, 369_090_000)), ("Deir ez-Zor", (353_300_000, 401_400_000)))

PICTURES = {
    # name: volumes, minima, kinds, language, the verdict that the text beside it tells of.
    "conflict": ((STRIKE, PEOPLE), AIR, ("missile", "presence"), "en", Verdict.CONFLICT),
    "height": (
        (ROUTE, replace(AREA, lower=level(225))), AIR, ("air", "air"), "en", Verdict.CONFLICT,
    ),
    "height-clear": ((ROUTE, AREA), AIR, ("air", "air"), "en", Verdict.CLEAR),
    "references": ((ROUTE, METRES_AREA), AIR, ("air", "air"), "en", Verdict.CONFLICT),
    "time": (
        (ROUTE, BESIDE), replace(AIR, time_ms=30 * MINUTE_MS), ("air", "air"), "en",
        Verdict.CONFLICT,
    ),
    "touch": (
        (ROUTE, replace(AREA, lower=level(220))), NONE, ("air", "air"), "en", Verdict.TOUCH,
    ),
    "minima-wide": ((STRIKE, DISTANT), AIR, ("air", "air"), "en", Verdict.CONFLICT),
    "minima-narrow": ((STRIKE, DISTANT), NARROW, ("air", "air"), "en", Verdict.CLEAR),
    "arabic": ((STRIKE, PEOPLE), AIR, ("missile", "presence"), "ar", Verdict.CONFLICT),
}  # fmt: skip


def main() -> None:
    """Draw every picture into the directory that is named."""
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")
    directory.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        data = picture(name)
        (directory / f"{name}.png").write_bytes(data)
        print(f"{name}.png: {len(data)} bytes")


def picture(name: str) -> bytes:
    """One picture as a small PNG."""
    (a, b), minima, (kind_a, kind_b), language, verdict = PICTURES[name]
    finding = find_conflict(a, b, minima)
    assert finding.verdict is verdict, (name, finding)
    drawn = ConflictDrawing(
        (
            DrawnSide("alpha.example", "ALPHA-N-0001", 1, a, 1, "ALPHA-0003", kind_a),
            DrawnSide("bravo.example", "BRAVO-N-0001", 1, b, 1, "BRAVO-0005", kind_b),
        ),
        finding,
        minima,
        line="syria-air",
        places=PLACES,
    )
    with tempfile.TemporaryDirectory() as passing:
        path = Path(passing) / "page.png"
        draw_conflict(path, drawn, language=language)
        page = Image.open(path).convert("RGB")
    page = page.resize(
        (WIDTH_DOTS, round(page.height * WIDTH_DOTS / page.width)), Image.Resampling.LANCZOS
    )
    small = page.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
