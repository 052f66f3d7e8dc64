"""Files of areas: GeoJSON, KML and airspace control orders, read into activities.

Each reader takes text and gives `ReadActivity`s, the drafts of notices: volumes,
what else the file says, and what was read otherwise than it was written. Reading
knows nothing of lines or parties; whoever issues a notice decides what it becomes.
"""

from pathlib import Path

from openline.adapters.geofiles.aco import read_aco
from openline.adapters.geofiles.activity import FileFault, ReadActivity
from openline.adapters.geofiles.geojson import geojson_feature, read_geojson, write_geojson
from openline.adapters.geofiles.kml import read_kml
from openline.domain.limits import GEOFILE_SIZE_BYTES_MAX

__all__ = [
    "FileFault",
    "ReadActivity",
    "geojson_feature",
    "read_aco",
    "read_geofile",
    "read_geojson",
    "read_kml",
    "write_geojson",
]


def read_geofile(path: Path, window: tuple[int, int] | None = None) -> list[ReadActivity]:
    """The activities of a file, in whichever of the three forms it is.

    The first letter tells: `{` is GeoJSON, `<` is KML, anything else an order.

    Args:
        path: The file.
        window: From and until for features that give neither; an order gives its own.

    Raises:
        FileFault: The file cannot be read, or is faulty.
    """
    try:
        with path.open("rb") as file:
            data = file.read(GEOFILE_SIZE_BYTES_MAX + 1)
    except OSError as error:
        raise FileFault(str(path), 0, "", "", f"cannot be read: {error.strerror}.") from None
    if len(data) > GEOFILE_SIZE_BYTES_MAX:
        raise FileFault(str(path), 0, "", "", f"has more than {GEOFILE_SIZE_BYTES_MAX:,} bytes.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileFault(
            str(path), 0, "", "", "is not text in UTF-8.", "Unpack KMZ first; export as UTF-8."
        ) from None
    first = text.lstrip()[:1]
    if first in ("{", "["):
        return read_geojson(text, str(path), window)
    if first == "<":
        return read_kml(text, str(path), window)
    return read_aco(text, str(path))
