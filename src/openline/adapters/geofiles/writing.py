"""Activities written back: GeoJSON, KML and ASTM F3548, and what each form loses.

`docs/reference/formats.md` has the table. What a form cannot say of one volume is a
remark beside the text, so that whoever hands the file on knows.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from openline.adapters.geofiles.activity import ReadActivity
from openline.adapters.geofiles.f3548 import losses_f3548, write_f3548
from openline.adapters.geofiles.geojson import geojson_feature
from openline.adapters.geofiles.kml_writing import write_kml
from openline.adapters.geofiles.remarks import Remark
from openline.domain.space.volume import Volume


@dataclass(frozen=True, slots=True)
class Written:
    """A file of areas that was written.

    Attributes:
        text: The file.
        losses: Number of an activity, from 1, with what its form could not say.
    """

    text: str
    losses: tuple[tuple[int, Remark], ...]


_Told = Sequence[tuple[Volume, Mapping[str, object]]]


def write_activities(activities: Sequence[ReadActivity], form: str) -> Written:
    """Activities in one of `FORMS`; those with a fault are left out, and told.

    Args:
        activities: As they were read.
        form: `geojson`, `kml` or `f3548`.

    Raises:
        KeyError: There is no such form.
    """
    told: list[tuple[Volume, Mapping[str, object]]] = []
    losses: list[tuple[int, Remark]] = []
    for number, activity in enumerate(activities, start=1):
        if activity.fault is not None:
            fault = activity.fault
            what = f"It has a fault and is left out: {fault.said}"
            losses.append((number, Remark(fault.row, fault.property, what)))
        properties = {**activity.properties, "name": activity.name}
        told += [(volume, properties) for volume in activity.volumes]
        if form == "f3548":
            losses += [(number, loss) for loss in _losses(activity)]
    return Written(FORMS[form](told), tuple(losses))


def _losses(activity: ReadActivity) -> list[Remark]:
    """What F3548 loses of an activity, each thing once."""
    found = [loss for volume in activity.volumes for loss in losses_f3548(volume)]
    if activity.volumes and (activity.name or activity.properties):
        found.append(Remark(0, "name", "Its name and properties have no place in a Volume4D."))
    return list(dict.fromkeys(found))


def _geojson(told: _Told) -> str:
    features = [geojson_feature(volume, properties, is_exact=True) for volume, properties in told]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False)


def _kml(told: _Told) -> str:
    return write_kml(told, is_exact=True)


def _f3548(told: _Told) -> str:
    return write_f3548([volume for volume, _ in told])


FORMS: Mapping[str, Callable[[_Told], str]] = {
    "geojson": _geojson,
    "kml": _kml,
    "f3548": _f3548,
}
"""Every form that is written, by its name."""
