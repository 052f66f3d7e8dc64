"""Files of areas, read into activities and written: orders, NOTAM, GeoJSON, KML.

Each reader takes text and gives `ReadActivity`s, the drafts of notices: volumes,
what else the file says, and what was read otherwise than it was written. Reading
knows nothing of lines or parties; whoever issues a notice decides what it becomes.
"""

from dataclasses import dataclass
from pathlib import Path

from openline.adapters.geofiles.aco import read_aco
from openline.adapters.geofiles.activity import ReadActivity, Window
from openline.adapters.geofiles.aixm import looks_like_aixm, read_aixm
from openline.adapters.geofiles.aixm_writing import write_aixm
from openline.adapters.geofiles.cap import write_cap
from openline.adapters.geofiles.doubts import volume_doubt, with_doubts
from openline.adapters.geofiles.ed269 import is_ed269, read_ed269
from openline.adapters.geofiles.f3548 import is_f3548, read_f3548, write_f3548
from openline.adapters.geofiles.geojson import (
    geojson_feature,
    parse_json,
    read_features,
    read_geojson,
    write_geojson,
)
from openline.adapters.geofiles.handed_on import HandedFile, HandedOn
from openline.adapters.geofiles.kml import read_kml
from openline.adapters.geofiles.kml_writing import write_kml
from openline.adapters.geofiles.kmz import KMZ_BEGINS, document_of
from openline.adapters.geofiles.navigation_warnings import looks_like_warning, read_warnings
from openline.adapters.geofiles.notam import read_notams
from openline.adapters.geofiles.notam_items import looks_like_notam
from openline.adapters.geofiles.notam_writing import write_notam
from openline.adapters.geofiles.openair import looks_like_openair, read_openair
from openline.adapters.geofiles.pairs import MinimaByKind, Pair, count_verdicts, find_pairs
from openline.adapters.geofiles.remarks import FileFault, Remark
from openline.adapters.geofiles.writing import FORMS, Written, write_activities
from openline.domain.limits import GEOFILE_SIZE_BYTES_MAX

__all__ = [
    "FORMS",
    "FileFault",
    "HandedFile",
    "HandedOn",
    "MinimaByKind",
    "Pair",
    "ReadActivity",
    "ReadFile",
    "Remark",
    "Written",
    "count_verdicts",
    "find_pairs",
    "geojson_feature",
    "read_aco",
    "read_aixm",
    "read_data",
    "read_file",
    "read_geofile",
    "read_geojson",
    "read_kml",
    "read_notams",
    "read_openair",
    "read_warnings",
    "volume_doubt",
    "with_doubts",
    "write_activities",
    "write_aixm",
    "write_cap",
    "write_f3548",
    "write_geojson",
    "write_kml",
    "write_notam",
]

_READ = (
    "Read are airspace control orders (ACO), ICAO NOTAM, navigation warnings, OpenAir, AIXM "
    "5.1, GeoJSON with or without ED-318 layers, ED-269, KML, KMZ, and volumes of ASTM F3548."
)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file of areas that was read.

    Attributes:
        form: `ACO`, `NOTAM`, `navigation warnings`, `OpenAir`, `AIXM`, `GeoJSON`, `ED-269`,
            `KML`, `KMZ` or `F3548`.
        activities: In the order of the file.
        remarks: What is doubtful about the file itself.
    """

    form: str
    activities: list[ReadActivity]
    remarks: tuple[Remark, ...] = ()


def read_geofile(
    path: Path, window: Window | None = None, *, reach_m: int | None = None
) -> list[ReadActivity]:
    """The activities of a file, in whichever of the forms it is.

    Only an order goes on after a fault; of other forms the first is raised.

    Args:
        path: The file.
        window: From and until for features that give neither; an order gives its own.
        reach_m: The radius of points and lines for which it gives none.

    Raises:
        FileFault: The file cannot be read, is in no known form, or is faulty.
    """
    return read_file(path, window, reach_m=reach_m).activities


def read_file(
    path: Path,
    window: Window | None = None,
    *,
    reach_m: int | None = None,
    goes_on: bool = False,
) -> ReadFile:
    """What a file holds, in whichever of the forms it is.

    Args:
        path: The file.
        window: From and until for features that give neither; an order gives its own.
        reach_m: The radius of points and lines for which it gives none.
        goes_on: Keep a faulty feature as an activity with its fault, and go on.

    Raises:
        FileFault: The file cannot be read, is in no known form, or is faulty and it
            does not go on.
    """
    try:
        with path.open("rb") as file:
            data = file.read(GEOFILE_SIZE_BYTES_MAX + 1)
    except OSError as error:
        raise FileFault(
            str(path), 0, "", "", f"cannot be read: {error.strerror}.",
            "Name a file that this user can read.",
        ) from None  # fmt: skip
    return read_data(data, str(path), window, reach_m=reach_m, goes_on=goes_on)


def read_data(
    data: bytes,
    path: str,
    window: Window | None = None,
    *,
    reach_m: int | None = None,
    goes_on: bool = False,
) -> ReadFile:
    """What the bytes of a file hold; see `read_file`.

    The first letters tell: `PK` is a KMZ, `{` or `[` one of the forms in JSON, `<` AIXM
    or KML; of other texts an order has `ACMID` in it, a NOTAM or a navigation warning its
    header, OpenAir its records.

    Raises:
        FileFault: They are in no known form, or faulty and it does not go on.
    """
    if len(data) > GEOFILE_SIZE_BYTES_MAX:
        raise FileFault(
            path, 0, "", "", f"has more than {GEOFILE_SIZE_BYTES_MAX:,} bytes.", "Split it."
        )
    remarks: list[Remark] = []
    is_packed = data.startswith(KMZ_BEGINS)
    if is_packed:
        data, remarks = document_of(data, path)
    text = _text(data, path)
    first = text.lstrip()[:1]
    if first == "<" and not is_packed and looks_like_aixm(text):
        return ReadFile("AIXM", read_aixm(text, path, window, goes_on=goes_on))
    if first == "<":
        activities = read_kml(text, path, window, reach_m=reach_m, goes_on=goes_on)
        return ReadFile("KMZ" if is_packed else "KML", activities, tuple(remarks))
    if first in ("{", "["):
        return _read_json(text, path, window, reach_m, goes_on)
    if looks_like_notam(text):
        activities = read_notams(text, path, window, reach_m=reach_m, goes_on=goes_on)
        return ReadFile("NOTAM", activities)
    if looks_like_warning(text):
        activities = read_warnings(text, path, window, reach_m=reach_m, goes_on=goes_on)
        return ReadFile("navigation warnings", activities)
    if looks_like_openair(text):
        return ReadFile("OpenAir", read_openair(text, path, window, goes_on=goes_on))
    if "ACMID" not in text:
        raise _unknown(path, "is in none of the forms that are read" if first else "is empty")
    return ReadFile("ACO", read_aco(text, path, reach_m=reach_m))


def _text(data: bytes, path: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unknown(path, "is not text in UTF-8, and no KMZ") from None


def _read_json(
    text: str, path: str, window: Window | None, reach_m: int | None, goes_on: bool
) -> ReadFile:
    document = parse_json(text, path)
    if is_f3548(document):
        return ReadFile("F3548", read_f3548(document, path, window, goes_on=goes_on))
    if is_ed269(document):
        return ReadFile("ED-269", read_ed269(document, path, window, goes_on=goes_on))
    if not isinstance(document, dict) or "type" not in document:
        raise _unknown(path, "is JSON, but in none of the forms that are read")
    activities = read_features(document, path, window, reach_m=reach_m, goes_on=goes_on)
    return ReadFile("GeoJSON", activities)


def _unknown(path: str, what: str) -> FileFault:
    return FileFault(path, 0, "", "", f"{what}.", _READ)
