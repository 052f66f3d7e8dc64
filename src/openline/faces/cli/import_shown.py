"""What the verb `import` shows: rows for people, one object for programs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openline.adapters.geofiles import Pair, ReadActivity, Remark, count_verdicts
from openline.domain.instant import MINUTE_MS, format_instant
from openline.domain.limits import FILE_MEETINGS_MAX
from openline.domain.line.letters import visible
from openline.domain.space.conflict import Minima
from openline.domain.space.volume import Volume
from openline.domain.talk.volumes import VOLUME
from openline.faces.cli.output import Worded

PAIRS_SHOWN_MAX: Final = 40
"""Pairs in the text, the worst first; JSON has them all."""

RANGES_SHOWN_MAX: Final = 20
"""Ranges of numbers in one row of text; JSON has every number."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    Attributes:
        file: Its path.
        form: What it is.
        remarks: On the file itself.
        activities: What it holds.
        minima: By which they were compared, by two kinds; those of the usual kind first.
        source: Where the minima come from; empty if from nowhere.
        pairs: Those that are not clear of each other.
        live: What they would meet on the line; None without a node.
        alone: Why there is no line to compare with; empty with one.
        losses: What the form that was written could not say.
        written: The files that were written.
    """

    file: str
    form: str
    remarks: tuple[Remark, ...]
    activities: Sequence[ReadActivity]
    minima: Mapping[tuple[str, str], Minima]
    source: str
    pairs: Sequence[Pair]
    live: dict[str, Any] | None
    alone: str
    losses: tuple[tuple[int, Remark], ...]
    written: tuple[str, ...]


def imported_json(imported: Imported) -> dict[str, Any]:
    """All of it as an object of JSON."""
    usual, *others = imported.minima.items()
    return {
        "file": imported.file,
        "form": imported.form,
        "remarks": [remark.to_json() for remark in imported.remarks],
        "activities": [_activity_json(one) for one in imported.activities],
        "minima": {
            **_minima_json(usual[1]),
            "source": imported.source or None,
        },
        "minima_by_kinds": [
            {"kinds": list(kinds), **_minima_json(minima)} for kinds, minima in (usual, *others)
        ],
        "counts": count_verdicts(imported.pairs),
        "pairs": [_pair_json(pair) for pair in imported.pairs],
        "live": imported.live,
        "alone": imported.alone or None,
        "losses": [{"number": number, **loss.to_json()} for number, loss in imported.losses],
        "written": list(imported.written),
    }


def _minima_json(minima: Minima) -> dict[str, Any]:
    return {
        "lateral_m": minima.lateral_m,
        "vertical_m": minima.vertical_dm / 10,
        "time_min": minima.time_ms / MINUTE_MS,
    }


def _activity_json(activity: ReadActivity) -> dict[str, Any]:
    return {
        "number": activity.number,
        "row": activity.row or None,
        "name": activity.name,
        "properties": activity.properties,
        "volumes": [VOLUME.to_json(volume) for volume in activity.volumes],
        "remarks": [remark.to_json() for remark in activity.remarks],
        "fault": None if activity.fault is None else activity.fault.to_json(),
        "cancels": activity.cancels or None,
    }


def _pair_json(pair: Pair) -> dict[str, Any]:
    finding = pair.finding
    return {
        "a": pair.a + 1,
        "b": pair.b + 1,
        "verdict": finding.verdict.value,
        "separation_m": finding.separation_m,
        "vertical_gap_m": finding.vertical_gap_dm / 10,
        "time_gap_min": finding.time_gap_ms / MINUTE_MS,
        "overlap_from": format_instant(finding.overlap_from),
        "overlap_until": format_instant(finding.overlap_until),
        "closest": {"lat_e7": finding.closest[0], "lon_e7": finding.closest[1]},
        "meetings": pair.meetings,
        "minima": _minima_json(pair.minima),
        "words": finding.words(),
    }


# --- rows ----------------------------------------------------------------------------------------


def imported_rows(imported: Imported) -> Iterator[str]:
    """All of it in rows."""
    activities = imported.activities
    volumes = sum(len(activity.volumes) for activity in activities)
    remarks = sum(len(activity.remarks) for activity in activities)
    faults = sum(activity.fault is not None for activity in activities)
    yield (
        f"{imported.file}: {imported.form}, {_count(len(activities), 'activity', 'activities')}, "
        f"{_count(volumes, 'volume')}; {faults or 'none'} with a fault, "
        f"{_count(remarks, 'remark')}."
    )
    yield from (f"  {remark}" for remark in imported.remarks)
    for activity in activities:
        yield from _activity_rows(activity)
    yield ""
    yield from _pair_rows(imported)
    if imported.live is None:
        yield f"Not compared with what is live: {imported.alone}"
    else:
        yield from _live_rows(imported.live)
    for number, loss in imported.losses:
        yield f"Lost in writing, {number}: {loss}"
    for path in imported.written:
        yield f"Written: {path}"


def _activity_rows(activity: ReadActivity) -> Iterator[str]:
    where = f", row {activity.row}" if activity.row else ""
    head = f"{activity.number}{where}: {activity.name or '(no name)'}"
    if activity.fault is not None:
        yield f"{head}: NOT READ"
        yield f"    {_fault_words(activity)}"
    elif activity.cancels:
        yield f"{head}: cancels {activity.cancels}"
    else:
        yield f"{head}: {_drawn(activity.volumes)}"
    yield from (f"    {remark}" for remark in activity.remarks)


def _fault_words(activity: ReadActivity) -> str:
    fault = activity.fault
    assert fault is not None, "it was looked at"
    row = f"row {fault.row}, " if fault.row else ""
    return " ".join(f"{row}{fault.property}: {visible(fault.said)} {fault.remedy}".split())


def _drawn(volumes: Sequence[Volume]) -> str:
    """Shapes, bands and windows of an activity in few words."""
    shapes = list(dict.fromkeys(_shape(volume) for volume in volumes))
    bands = list(dict.fromkeys(_band(volume) for volume in volumes))
    windows = sorted({(volume.valid_from, volume.valid_until) for volume in volumes})
    first, last = format_instant(windows[0][0]), format_instant(windows[-1][1])
    times = f", {len(windows)} windows" if len(windows) > 1 else ""
    return f"{_few(shapes)}, {_few(bands)}, {first} to {last}{times}"


def _few(words: Sequence[str]) -> str:
    more = f" and {len(words) - 2} more" if len(words) > 2 else ""
    return f"{' + '.join(words[:2])}{more}"


def _shape(volume: Volume) -> str:
    name = volume.shape.name.lower()
    count = len(volume.vertices)
    corners = "" if count == 1 else f" of {count} vertices"
    reach = f", {volume.radius_m:,} m" if volume.radius_m else ""
    return f"{name}{corners}{reach}"


def _band(volume: Volume) -> str:
    lower = "surface" if volume.lower is None else str(volume.lower)
    upper = "unlimited" if volume.upper is None else str(volume.upper)
    return f"{lower} to {upper}"


def _minima_words(minima: Minima) -> str:
    lateral, vertical = f"{minima.lateral_m:,} m", f"{minima.vertical_dm / 10:g} m"
    return f"{lateral}, {vertical} and {minima.time_ms / MINUTE_MS:g} min"


def _pair_rows(imported: Imported) -> Iterator[str]:
    (_, minima), *others = imported.minima.items()
    source = imported.source or "as none are agreed or given, 0 where not"
    counts = ", ".join(f"{name} {count}" for name, count in count_verdicts(imported.pairs).items())
    yield f"Within the file, by {_minima_words(minima)} ({source}): pairs in {counts}."
    for kinds, other in others:
        if other != minima:
            names = " and ".join(kind or "others" for kind in kinds)
            yield f"  {names}: by {_minima_words(other)}."
    worst = sorted(imported.pairs, key=lambda pair: _RANK[pair.finding.verdict.value])
    for pair in worst[:PAIRS_SHOWN_MAX]:
        names = " and ".join(_named(imported.activities[at], at + 1) for at in (pair.a, pair.b))
        yield f"  {names}: {pair.finding.words()}"
    if len(worst) > PAIRS_SHOWN_MAX:
        yield f"  ... and {len(worst) - PAIRS_SHOWN_MAX} more; --json has all."
    if sum(pair.meetings for pair in worst) >= FILE_MEETINGS_MAX:
        yield "  That is where the search ended: split a file that meets itself so often."


_RANK: Final = {"CONFLICT": 0, "MARGINAL": 1, "TOUCH": 2}


def _named(activity: ReadActivity, number: int) -> str:
    return f"{number} {activity.name}".strip()


def _live_rows(live: dict[str, Any]) -> Iterator[str]:
    left = len(live["not_compared"])
    compared, asked = live["compared"], live["compared"] + left
    if not compared:
        yield f"With what is live on {live['line']}: nothing was compared."
    else:
        part = f"{compared} of {asked} compared, " if left else ""
        yield (
            f"With what is live on {live['line']}: {part}"
            f"{_count(len(live['conflicts']), 'conflict')}."
        )
    for one in live["conflicts"]:
        other = f"{one['party']} {one['notice_id']}"
        yield Worded(f"  {one['number']}: {one['verdict']} with {visible(other)}: {one['said']}")
    for what, numbers in _grouped(live["not_compared"]):
        yield f"  Not compared, {numbers}: {what}"
    for what, numbers in _grouped(live["warnings"]):
        yield Worded(f"  {numbers}: {what}")


def _grouped(found: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each thing that was said, with the numbers of which it was."""
    said: dict[str, list[int]] = {}
    for one in found:
        # Windows that are over differ in their instants, and are one reason all the same.
        what = _OVER if _ENDED.match(one["what"]) else one["what"]
        said.setdefault(what, []).append(one["number"])
    for what, numbers in said.items():
        yield what, ranges(numbers)


_ENDED: Final = re.compile(r"The notice ends at \S+, which is over\.")
_OVER: Final = "it is over."


def ranges(numbers: Sequence[int]) -> str:
    """Numbers that rise, in words: `1-3, 7, 9-9,997`."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    written = [f"{a:,}" if a == b else f"{a:,}-{b:,}" for a, b in runs[:RANGES_SHOWN_MAX]]
    more = f" and {len(runs) - RANGES_SHOWN_MAX} more ranges" if len(runs) > len(written) else ""
    return f"{', '.join(written)}{more}"


def _count(count: int, one: str, several: str = "") -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"
