"""The verb `private`: plans and sites that a party keeps to itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from cyclopts import Group, Parameter

from openline.domain.instant import INSTANT_MAX, format_instant
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.notice_form import NoticeForm
from openline.faces.cli.options import Acting, Language, OnLine
from openline.faces.cli.output import Worded, emit, table
from openline.faces.cli.saying import naming_options

app = make_app(
    "private",
    """\
    Keep plans, sites and zones to ourselves, and be alarmed when a notice comes near.

    What is kept is compared on this node with the live notices of the other
    parties, those that are here and those that come, under the minima that the
    Understanding has for its kind. No other party is told of it: it goes into
    no message, tick, certificate or courier's file. What we do after an alarm
    may tell them something all the same.
    """,
)

Rule = Literal["prior-contact", "stay-out", "caution", "corridor", "buffer", "separation-line"]
"""What holds in a zone, as people type it."""

_WHERE = Group("Where, how high, when", sort_key=2)
_SIGNED = Parameter(group=_WHERE, allow_leading_hyphen=True)
_ALWAYS_FROM: Final = format_instant(0)
_WITHOUT_END: Final = format_instant(INSTANT_MAX)
_KIND_OF_SITE: Final = "presence"


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Areas:
    """Where, how high and when.

    Attributes:
        only: Of the file, the activity of this name or number; again for each. Without it, all.
        skip_faulty: Of an airspace control order (ACO), leave out, and tell, what is faulty, and
            take the rest. Of other files the first fault is told and nothing is taken.
        circle: Centre of a circle: "LAT,LON" in degrees; needs --radius.
        corridor: Points of a corridor: "LAT,LON LAT,LON ..."; needs --radius.
        polygon: Corners of a polygon: "LAT,LON LAT,LON LAT,LON ...".
        radius: How far it reaches, as 10 km or 5 NM; of a corridor, to each side.
        lower: Lower bound: FL100, 1500 ft AMSL, 300 m AGL; without it, the surface.
        upper: Upper bound, likewise; without it, unlimited.
        from_: Start of the window: an instant, or +30min from now. A site may be without.
        until: End of the window: an instant, or +90min from now. A site may be without.
    """

    only: Annotated[tuple[str, ...], Parameter(group=_WHERE)] = ()
    skip_faulty: Annotated[bool, Parameter(group=_WHERE)] = False
    circle: Annotated[str | None, _SIGNED] = None
    corridor: Annotated[str | None, _SIGNED] = None
    polygon: Annotated[str | None, _SIGNED] = None
    radius: Annotated[str | None, Parameter(group=_WHERE)] = None
    lower: Annotated[str | None, _SIGNED] = None
    upper: Annotated[str | None, _SIGNED] = None
    from_: Annotated[str | None, Parameter(name="--from", group=_WHERE)] = None
    until: Annotated[str | None, Parameter(group=_WHERE)] = None

    def drafts(self, file: Path | None, kind: str | None, *, site: bool) -> list[dict[str, Any]]:
        """The kind and the volumes of each activity that the options and the file give.

        Raises:
            WrongUsage: The options do not fit each other.
            FileUnreadable: The file has a fault, named with feature and property.
        """
        is_drawn = bool(self.circle or self.corridor or self.polygon)
        if file is None and not is_drawn:
            raise WrongUsage(
                "The area is missing.", "Name a file, or draw it: --circle, --corridor, --polygon."
            )
        from_, until = self.from_, self.until
        if site and (is_drawn or from_ or until):
            from_, until = from_ or _ALWAYS_FROM, until or _WITHOUT_END
        form = (_OfSite if site else NoticeForm)(
            file=file,
            only=self.only,
            skip_faulty=self.skip_faulty,
            circle=self.circle,
            corridor=self.corridor,
            polygon=self.polygon,
            radius=self.radius,
            lower=self.lower,
            upper=self.upper,
            from_=from_,
            until=until,
            kind=kind,
        )
        return form.drafts("en")


class _OfSite(NoticeForm):
    """The form of a site: a file without a window gives neither start nor end."""

    def _window(self) -> tuple[int, int] | None:
        return super()._window() or (0, INSTANT_MAX)


@verb(app)
def keep(
    file: Path | None = None,
    /,
    *,
    name: str,
    areas: Areas = Areas(),
    site: bool = False,
    rule: Rule | None = None,
    kind: str | None = None,
    remark: str = "",
    exercise: bool = False,
    replace: bool = False,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    r"""Keep a plan, a site or a zone on this node.

    The area comes from a file in GeoJSON, KML or ACO, as of a notice, or is
    drawn by options. All activities of the file together are kept under one
    name. The conflicts that there are already are shown; those that come with
    later notices raise an alarm at once. A plan is over when its last window
    closes; a site may be without end, until it is dropped.

    Example:
        openline private keep people.geojson --name "Observers East" --site
        openline private keep plan.geojson --name "Patrol 7" --kind air --from +2h --until +5h
        openline private keep --name "Ridge" --rule stay-out --circle "34.6,37.1" --radius 3km
        openline private keep --name "Depot" --site --circle "34.490,36.909" --radius 500m \
            --upper "100 m AGL"

    Args:
        file: A file with areas, GeoJSON, KML or ACO.
        name: This party's own name for it.
        areas: Where, how high and when.
        site: It is a place where people are, else a plan.
        rule: It is a zone in which this holds, as of `openline zone`; nobody else knows of it.
        kind: What acts or is there; names separation minima: air, ground, missile, presence.
            Without it that of the file, or of a site presence.
        remark: Words for our own officers.
        exercise: It is for an exercise: then it meets notices of exercises only.
        replace: It takes the place of what is kept under the name.
        options: Which node and line, who acts, and how to print.
    """
    drafts = areas.drafts(file, kind, site=site or rule is not None)
    client = options.client()
    fields = {
        "name": name,
        "kind": "zone" if rule is not None else _kind_of(drafts, site=site),
        "volumes": [volume for draft in drafts for volume in draft["volumes"]],
        "site": site,
        "exercise": exercise,
        "remark": remark,
        **({} if rule is None else {"rule": rule.replace("-", "_").upper()}),
    }
    body = {"fields": fields, "replace": replace, "by": options.officer()}
    with naming_options():
        kept = client.post("/lines", options.line_of(client), "private", body=body)
    emit(kept, _kept_rows(kept), as_json=options.json)


@verb(app, "list")
def list_private(
    *,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the plans and sites that are kept, and how many notices come near each.

    What is over stays in the list for a while.

    Example:
        openline private list

    Args:
        options: Which node and line, and how to print.
    """
    client = options.client()
    answer = client.get("/lines", options.line_of(client), "private")
    emit(answer, _list_rows(answer["private"]), as_json=options.json)


@verb(app)
def show(
    name: str,
    /,
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show one plan or site, and the notices that come nearer to it than agreed.

    Example:
        openline private show "Observers East"

    Args:
        name: The name under which it is kept.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    path = ("/lines", options.line_of(client), "private", name)
    kept = client.get(*path, language=language)
    rows = [*map(Worded, kept["text"].splitlines()), *found_rows(kept["found"])]
    emit(kept, rows, as_json=options.json)


@verb(app)
def drop(
    name: str,
    /,
    *,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Keep a plan or a site no longer; its conflicts end.

    That it was kept stays in the journal of this node, which no other party
    reads.

    Example:
        openline private drop "Observers East"

    Args:
        name: The name under which it is kept.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    body = {"name": name, "by": options.officer()}
    done = client.post("/lines", options.line_of(client), "private", "drop", body=body)
    emit(done, [f"{name}: kept no longer."], as_json=options.json)


def found_rows(found: list[dict[str, Any]]) -> Iterator[str]:
    """Conflicts of what is kept private, each with the notice that it is with."""
    for conflict in found:
        exercise = "EXERCISE " if conflict["exercise"] else ""
        [kept] = [side for side in conflict["sides"] if "name" in side]
        [notice] = [side for side in conflict["sides"] if "name" not in side]
        other = f"{notice['party']} {notice['notice_id']} v{notice['version']}"
        yield (
            f"{exercise}PRIVATE {conflict['verdict']} {conflict['state']}: "
            f"{kept['name']} (volume {kept['volume']}) and {other} (volume {notice['volume']})"
        )
        yield Worded(f"  {conflict['said']}")


def _kind_of(drafts: list[dict[str, Any]], *, site: bool) -> str:
    kinds = sorted({draft["kind"] for draft in drafts if "kind" in draft})
    if len(kinds) > 1:
        raise WrongUsage(
            f"The file holds activities of several kinds: {', '.join(kinds)}.",
            "Choose with --only, or name one kind: --kind.",
        )
    if not kinds and not site:
        raise WrongUsage("--kind is missing.", "Name what acts: air, ground, missile.")
    return str(kinds[0]) if kinds else _KIND_OF_SITE


def _kept_rows(kept: dict[str, Any]) -> Iterator[str]:
    count = len(kept["found"])
    found = f"{count or 'no'} conflict{'' if count == 1 else 's'}"
    yield f"{kept['name']}: kept on this node alone; {found} by now."
    yield from (Worded(f"  {warning}") for warning in kept["warnings"])
    yield from found_rows(kept["found"])


def _list_rows(kept: list[dict[str, Any]]) -> Iterator[str]:
    if not kept:
        yield "Nothing is kept private."
        return
    cells = [
        (
            one["name"],
            "site" if one["site"] else "zone" if one["rule"] else "plan",
            one["kind"],
            "" if one["valid_from"] is None else format_instant(one["valid_from"]),
            "" if one["valid_until"] is None else format_instant(one["valid_until"]),
            str(len(one["conflicts"])) if one["is_live"] else "over",
            "EXERCISE" if one["exercise"] else "",
        )
        for one in kept
    ]
    yield from table(("NAME", "SORT", "KIND", "FROM", "UNTIL", "CONFLICTS", ""), cells)
