"""The verb `import`: what a file of areas says, and whom it would meet.

It reads, compares and writes; it says nothing to anybody unless the officer has it
issue what has no doubt. With a node the Understanding of its line gives area and
minima, and what is live is looked at as well; without one an Understanding may be
named, or the minima given.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations_with_replacement
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from openline.domain.errors import OurError
from openline.domain.instant import MINUTE_MS
from openline.domain.limits import LATERAL_MINIMUM_M_MAX
from openline.faces.cli.faults import FileUnreadable, NodeNotRunning, WrongUsage
from openline.faces.cli.files import STANDARD, Output, check_place, write_new
from openline.faces.cli.instants import instant_of
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.notice_form import fields_of, parse_radius
from openline.faces.cli.options import Acting, OnLine
from openline.faces.cli.output import emit, emit_aside

if TYPE_CHECKING:
    from openline.adapters.geofiles import MinimaByKind, Pair, ReadActivity, ReadFile
    from openline.app.config import Config
    from openline.domain.line.terms import Understanding
    from openline.domain.space.conflict import Minima
    from openline.faces.cli.client import Client

app = make_app("import", "")

Form = Literal["geojson", "kml", "f3548"]

_COMPARE = Group("What it is compared with", sort_key=2)
_MINUTES_MAX: Final = 10_080
_VERTICAL_M_MAX: Final = 100_000
_Lateral = Annotated[
    int | None, Parameter(group=_COMPARE, validator=Number(gte=0, lte=LATERAL_MINIMUM_M_MAX))
]
_Vertical = Annotated[
    int | None, Parameter(group=_COMPARE, validator=Number(gte=0, lte=_VERTICAL_M_MAX))
]
_Minutes = Annotated[
    int | None, Parameter(group=_COMPARE, validator=Number(gte=0, lte=_MINUTES_MAX))
]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Comparing:
    """What a file is compared with.

    Attributes:
        understanding: Take area and minima from this Understanding, a draft or a signed file;
            without it from the line of the node, if one runs.
        kind: What acts, for activities of which the file gives no kind: names the separation
            minima of the Understanding, as the kinds in the file do.
        category: What it is about, likewise.
        lateral_m: Metres apart on the map; without it as agreed, or else 0: they overlap.
        vertical_m: Metres between bands; without it as agreed, or else 0.
        time_min: Minutes between windows; without it as agreed, or else 0.
    """

    understanding: Annotated[Path | None, Parameter(group=_COMPARE)] = None
    kind: Annotated[str, Parameter(group=_COMPARE)] = "air"
    category: Annotated[str, Parameter(group=_COMPARE)] = "flight"
    lateral_m: _Lateral = None
    vertical_m: _Vertical = None
    time_min: _Minutes = None

    def minima(self, terms: "Understanding | None", kind: str, other: str) -> "Minima":
        """The minima for two kinds of activities of the file."""
        from openline.domain.space.conflict import Minima

        agreed = Minima(0, 0, 0)
        if terms is not None:
            held = terms.separation(kind, other)
            lateral_m = min(held.lateral_m, LATERAL_MINIMUM_M_MAX)
            agreed = Minima(lateral_m, held.vertical_dm, held.time_ms)
        return Minima(
            agreed.lateral_m if self.lateral_m is None else self.lateral_m,
            agreed.vertical_dm if self.vertical_m is None else self.vertical_m * 10,
            agreed.time_ms if self.time_min is None else self.time_min * MINUTE_MS,
        )


@sole_verb(app)
def import_file(
    file: Path,
    /,
    *,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    until: str | None = None,
    radius: str | None = None,
    picture: Path | None = None,
    as_: Annotated[Form | None, Parameter(name="--as")] = None,
    out: Output | None = None,
    issue: bool = False,
    yes: bool = False,
    comparing: Comparing = Comparing(),
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> int:
    """Show what a file of areas says, each doubt by row, and whom it meets.

    Read are airspace control orders (ACO), ICAO NOTAM, navigation warnings, OpenAir,
    AIXM 5.1, GeoJSON with or without the layers of ED-318, ED-269, KML, KMZ and
    volumes of ASTM F3548. Nothing is repaired in silence: what is read otherwise
    than it is written is a remark, what cannot be read is named with its reason,
    and the rest goes on. The activities are compared with each other by the rule
    of the conflict, and with what is live where a node runs. Nothing is said to
    anybody, unless --issue asks for it: then each activity without a fault and
    without a remark becomes a notice, once the officer has confirmed the list.

    Exit code 0 when all of it is read, 1 when an activity has a fault.

    Example:
        openline import order.aco
        openline import zones.geojson --picture zones.png --as kml --out zones.kml
        openline import notams.txt --issue --category hazard --kind missile

    Args:
        file: The file.
        from_: Start of the window for what gives none: an instant, or +30min from now.
        until: End of it, likewise.
        radius: How far points and lines reach for which the file gives no radius: 10km, 5 NM.
        picture: Draw the activities and their conflicts on a map, into this file (.png or .svg).
        as_: Write what was read in this form.
        out: The file to write; - is standard output, and the report goes to standard error.
        issue: Issue a notice for each activity that has no doubt, after a question.
        yes: Do not ask: the list has been looked at.
        comparing: What it is compared with.
        options: Which node and line, who acts, and how to print.
    """
    from openline.adapters.geofiles import (
        FileFault,
        MinimaByKind,
        find_pairs,
        read_file,
        with_doubts,
    )
    from openline.domain.space.altitude import ANY_WEATHER
    from openline.faces.cli.import_issue import issue_sound
    from openline.faces.cli.import_shown import Imported, imported_json, imported_rows

    if (as_ is None) != (out is None):
        raise WrongUsage("--as and --out belong together.", "Give both: --as kml --out plan.kml.")
    if yes and not issue:
        raise WrongUsage("--yes confirms --issue.", "Give both, or neither.")
    if issue and out == STANDARD:
        raise WrongUsage("--issue and --out - exclude each other.", "Name a file.")
    if picture is not None:
        from openline.faces.cli.picture import check_picture

        check_picture(picture)
        check_place(picture, "--picture")
    if out is not None:
        check_place(out, "--out")
    if not file.name:
        raise WrongUsage("The file has no name.", "Name a file of areas.")
    window = _window(from_, until)
    reach_m = None if radius is None else parse_radius(radius)
    try:
        read = read_file(file, window, reach_m=reach_m, goes_on=True)
    except FileFault as fault:
        raise FileUnreadable(fault.what, fault.remedy) from None
    node, alone = _node(options)
    terms, source = _terms(comparing, node)
    activities = with_doubts(read.activities, () if terms is None else terms.area)
    minima = MinimaByKind(
        _kinds(activities, comparing.kind, terms), partial(comparing.minima, terms)
    )
    pairs = find_pairs(activities, minima, ANY_WEATHER if terms is None else terms.atmosphere)
    live = None if node is None else _live(*node, activities, comparing)
    losses = _write(activities, as_, out)
    if picture is not None:
        _draw(picture, read, activities, pairs, file.name, node and node[0].config)
    imported = Imported(
        str(file), read.form, read.remarks, activities,
        _minima_shown(minima, comparing.kind), source, pairs, live, alone, losses,
        tuple(str(path) for path in (out, picture) if path is not None),
    )  # fmt: skip
    is_aside = out == STANDARD or (issue and options.json)
    tell = emit_aside if is_aside else emit
    tell(imported_json(imported), imported_rows(imported), as_json=options.json)
    if issue:
        if node is None:
            raise NodeNotRunning(f"Nothing is issued: {alone}", "Start the node: openline run.")
        issue_sound(*node, activities, _drafts(*node, activities, comparing), options, yes=yes)
    return int(any(activity.fault is not None for activity in activities))


def _kinds(
    activities: "list[ReadActivity]", usual: str, terms: "Understanding | None"
) -> list[str]:
    """What acts in each activity; empty for what the Understanding does not name.

    All those have the minima of `any`: a file with a thousand kinds makes no more work.
    """
    separations = () if terms is None else terms.separations
    named = {kind for entry in separations for kind in entry.kinds}
    told = (fields_of(activity).get("kind", usual) for activity in activities)
    return [kind if kind in named else "" for kind in told]


def _minima_shown(minima: "MinimaByKind", usual: str) -> "dict[tuple[str, str], Minima]":
    """Those of the usual kind, and of each other pair of kinds that the file has."""
    kinds = sorted({*minima.kinds})
    pairs = [(usual, usual), *combinations_with_replacement(kinds, 2)]
    return {pair: minima.between(*pair) for pair in pairs}


def _window(from_: str | None, until: str | None) -> tuple[int, int] | None:
    if from_ is None and until is None:
        return None
    if from_ is None or until is None:
        raise WrongUsage("A window has two ends.", "Give --from and --until.")
    return instant_of(from_), instant_of(until)


def _node(options: OnLine) -> "tuple[tuple[Client, str] | None, str]":
    """The running node and its line; or None, and why, where none was asked for.

    Raises:
        OurError: A node or a line was named, and it is not there.
    """
    try:
        client = options.client()
        return (client, options.line_of(client)), ""
    except (FileUnreadable, NodeNotRunning) as error:
        if options.dir is not None or options.line is not None:
            raise
        return None, error.what
    except WrongUsage as error:
        return None, f"{error.what} {error.remedy}"


def _terms(
    comparing: Comparing, node: "tuple[Client, str] | None"
) -> "tuple[Understanding | None, str]":
    """The Understanding that area and minima come from, and what to call it."""
    if comparing.understanding is not None:
        from openline.faces.cli.understanding import read_terms

        return read_terms(comparing.understanding), str(comparing.understanding)
    if node is None:
        return None, ""
    from openline.domain.line.understanding_toml import from_toml

    client, line = node
    shown = client.get("/lines", line, "understanding")
    return from_toml(shown["toml"], line), f"the Understanding of {line}"


def _live(
    client: "Client", line: str, activities: "list[ReadActivity]", comparing: Comparing
) -> dict[str, Any]:
    """What each activity would meet as a notice; what cannot be asked is told."""
    conflicts: list[dict[str, Any]] = []
    unasked: list[dict[str, Any]] = []
    warnings: list[dict[str, Any]] = []
    count = 0
    for number, fields in _drafts(client, line, activities, comparing):
        try:
            found = client.post("/lines", line, "notices", "check", body={"fields": fields})
        except NodeNotRunning:
            raise
        except OurError as error:
            unasked.append({"number": number, "what": error.what})
            continue
        count += 1
        conflicts += [{"number": number, **one} for one in found["conflicts"]]
        warnings += [{"number": number, "what": what} for what in found["warnings"]]
    return {
        "line": line,
        "compared": count,
        "conflicts": conflicts,
        "not_compared": unasked,
        "warnings": warnings,
    }


def _drafts(
    client: "Client", line: str, activities: "list[ReadActivity]", comparing: Comparing
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each activity as the fields of a notice, with its number in the file."""
    from openline.domain.line.understanding_toml import from_toml
    from openline.domain.space.place import describe_place
    from openline.domain.talk.volumes import VOLUME

    usual = client.config.language
    references = from_toml(
        client.get("/lines", line, "understanding")["toml"], line
    ).reference_points
    for number, activity in enumerate(activities, start=1):
        if activity.fault is None and activity.volumes:
            said = fields_of(activity)
            language = said.get("language", usual)
            place = {"words": describe_place(activity.volumes, references, language)}
            yield (
                number,
                {
                    "category": comparing.category,
                    "kind": comparing.kind,
                    "language": language,
                    "place": place,
                    **said,
                    "activity": said.get("activity") or f"number {number}",
                    "volumes": [VOLUME.to_json(volume) for volume in activity.volumes],
                },
            )


def _write(
    activities: "list[ReadActivity]", form: Form | None, out: Path | None
) -> tuple[tuple[int, Any], ...]:
    """Write the activities if asked to; what the form could not say."""
    if form is None or out is None:
        return ()
    from openline.adapters.geofiles import write_activities

    written = write_activities(activities, form)
    write_new(out, written.text.encode())
    return written.losses


def _draw(
    path: Path,
    read: "ReadFile",
    activities: "list[ReadActivity]",
    pairs: "list[Pair]",
    name: str,
    config: "Config | None",
) -> None:
    from openline.adapters.picture import draw_activities
    from openline.faces.cli.picture import spoken_in

    draw_activities(
        path,
        activities,
        [(pair.a, pair.b, pair.finding) for pair in pairs],
        title=f"{name} ({read.form})",
        language="en" if config is None else spoken_in(config.language),
        base_map="natural-earth" if config is None else config.base_map,
    )
