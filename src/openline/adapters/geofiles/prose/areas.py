"""Areas in a message: circles, polygons, corridors, boxes, arcs, several of them.

Positions with nothing but commas, dashes and little words between them are one run. A
run of one is a circle, if a radius stands beside it; a run of two or more is a corridor
where a width is said, else a ring. What lies between runs parts areas. Numbers or
letters before each single position make one ring of them.

An edge that follows a border or a coast, an area taken out of another, and positions
that are left over are told; nothing is drawn by guess.
"""

import re
from dataclasses import replace

from openline.adapters.geofiles.activity import Feature
from openline.adapters.geofiles.prose.boxes import find_boxes
from openline.adapters.geofiles.prose.levels import find_band
from openline.adapters.geofiles.prose.passage import Passage
from openline.adapters.geofiles.prose.positions import find_halves, pair_halves
from openline.adapters.geofiles.prose.runs import find_runs
from openline.adapters.geofiles.prose.shapes import Area, parts_of
from openline.domain.limits import VOLUMES_MAX

_TAKEN_OUT = re.compile(
    r"(?<![A-Z])(?:EXCLUDING|EXCL|EXCEPT(?:ING)?(?: FOR)?|ЗА ИСКЛЮЧЕНИЕМ|КРОМЕ|SAUF|EXCEPTO)"
    r"(?![A-Z])"
)


def read_areas(
    feature: Feature, name: str, passage: Passage, reach_m: int | None = None
) -> list[Area]:
    """The areas that a passage says, in its order; none if it has no positions.

    Args:
        feature: For remarks and faults.
        name: What the passage is called.
        passage: The passage.
        reach_m: The radius of a single position that has none.

    Raises:
        FileFault: Something of them cannot be read in one way only.
    """
    halves = find_halves(feature, name, passage)
    boxes, left = find_boxes(feature, name, passage, halves)
    found = pair_halves(feature, name, passage, left)
    runs = find_runs(feature, name, passage, found)
    areas = list(boxes)
    begins = [0, *(run.end for run in runs)]
    ends = [*(run.start for run in runs), len(passage.text)]
    for before, run, after in zip(begins[:-1], runs, ends[1:], strict=True):
        if _TAKEN_OUT.search(passage.text, before, run.start):
            feature.remark(
                "An area is taken out of another: that is not done, the whole of it counts.",
                name,
                passage.row_at(run.start),
            )
            continue
        for part in parts_of(feature, name, passage, run, before, after, reach_m):
            areas.append(Area(part, run.start, run.end))
        if len(areas) > VOLUMES_MAX:
            raise feature.fault(name, f"says more than {VOLUMES_MAX} areas", "Split it.")
    areas.sort(key=lambda area: area.start)
    return _with_bands(feature, name, passage, areas)


def _with_bands(feature: Feature, name: str, passage: Passage, areas: list[Area]) -> list[Area]:
    """The areas, each with the band that is said behind it and before the next."""
    ends = [*(area.start for area in areas), len(passage.text)]
    told: list[Area] = []
    for area, end in zip(areas, ends[1:], strict=True):
        band = None
        if end > area.end:
            band = find_band(feature, name, passage.part(area.end, end))
        told.append(replace(area, band=band))
    if told and told[0].band is None:
        first = find_band(feature, name, passage.part(0, told[0].start))
        told[0] = replace(told[0], band=first)
    return told
