"""Volumes and conflicts that the tests of pictures draw."""

from dataclasses import replace

from openline.adapters.picture import ConflictDrawing, DrawnSide
from openline.domain.instant import parse_instant
from openline.domain.space.conflict import Minima, find_conflict
from openline.domain.space.volume import Altitude, Datum, Shape, Volume

FROM, UNTIL = parse_instant("2017-04-07T01:40:00Z"), parse_instant("2017-04-07T03:00:00Z")
MINIMA = Minima(9_260, 3_000, 600_000)
SHAYRAT = (344_900_000, 369_090_000)

STRIKE = Volume(
    Shape.CIRCLE, (SHAYRAT,), 9_000, None, Altitude(Datum.FLIGHT_LEVEL, 150), FROM, UNTIL
)
PEOPLE = Volume(
    Shape.POLYGON,
    (
        (345_300_000, 370_900_000),
        (345_700_000, 371_500_000),
        (345_100_000, 372_200_000),
        (344_700_000, 371_400_000),
    ),
    500,
    Altitude(Datum.AMSL, 6_000),
    Altitude(Datum.AMSL, 48_000),
    FROM + 1_200_000,
    UNTIL + 3_600_000,
)
ROUTE = Volume(
    Shape.CORRIDOR,
    ((352_000_000, 390_000_000), (356_000_000, 402_000_000), (350_000_000, 409_000_000)),
    4_000,
    Altitude(Datum.FLIGHT_LEVEL, 180),
    Altitude(Datum.FLIGHT_LEVEL, 220),
    FROM,
    UNTIL,
)


def drawing(a: Volume, b: Volume, minima: Minima = MINIMA) -> ConflictDrawing:
    """Two notices of two parties that hold one volume each."""
    return ConflictDrawing(
        (
            DrawnSide("alpha.example", "ALPHA-N-0001", 1, a, 1, "ALPHA-0012", "missile"),
            DrawnSide("bravo.example", "BRAVO-N-0002", 3, b, 2, "BRAVO-0007", "presence"),
        ),
        find_conflict(a, b, minima),
        minima,
        line="syria-air",
        places=(("Shayrat airfield", SHAYRAT),),
    )


def circle(lat_e7: int, lon_e7: int, radius_m: int = 9_000) -> Volume:
    """A circle with the band and the window of the strike."""
    return replace(STRIKE, vertices=((lat_e7, lon_e7),), radius_m=radius_m)
