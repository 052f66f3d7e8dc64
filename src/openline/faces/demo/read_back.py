"""Read-back: the critical values of a volume, as they are repeated on the line.

Numbers and instants only, so that they need no translation; both sides make them
from their own copy of the notice, with the machine's digest of the volume
(`domain.space.place`).
"""

from collections.abc import Sequence

from openline.adapters.wording import Wording
from openline.domain.instant import format_instant
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.place import ReferencePointLike, volume_digest
from openline.domain.space.volume import Volume


def digest_words(volume: Volume, points: Sequence[ReferencePointLike]) -> str:
    """The critical values of one volume: numbers that need no translation."""
    digest, wording = volume_digest(volume, points), Wording("en")
    corners = (digest.south_west, digest.north_east)
    bounds = (_level(volume.lower, "SFC"), _level(volume.upper, "UNL"))
    window = (format_instant(volume.valid_from), format_instant(volume.valid_until))
    reference = digest.reference.upper()
    where = f"{digest.bearing_deg:03d} {digest.distance_m} M FROM" if digest.distance_m else "AT"
    return "\n".join((
        f"CENTRE {wording.position(digest.centre)}",
        f"BOX {' / '.join(map(wording.position, corners))}",
        f"{where} {reference}",
        f"BAND {' - '.join(bounds)}",
        f"WINDOW {' - '.join(window)}",
    ))  # fmt: skip


def _level(bound: Altitude | None, none: str) -> str:
    if bound is None:
        return none
    if bound.datum is Datum.FLIGHT_LEVEL:
        return f"FL{bound.value:03d}"
    return f"{bound.value / 10:g} M {bound.datum.name}"
