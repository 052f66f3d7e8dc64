"""The verb `site`: this party's list of places to keep clear of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Group, Parameter

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.party import Precedence
from openline.faces.cli.faults import FileUnreadable, WrongUsage
from openline.faces.cli.instants import instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.notice_form import parse_points, parse_radius
from openline.faces.cli.options import Acting, Language, OnLine, Wait
from openline.faces.cli.output import emit, table
from openline.faces.cli.placing import SAID_AT_A_TIME, every, say_place, split_name

if TYPE_CHECKING:
    from openline.faces.cli.client import Client
    from openline.faces.cli.site_import import Doubted

app = make_app(
    "site",
    """\
    List places where people are, and places that are protected.

    A site is listed until it is removed. It is to be validated anew in time;
    what nobody has validated stays listed, marked as not re-validated, and is
    checked against everybody's notices all the same. Adding, changing and
    removing are never in one message.
    """,
)

_WHERE = Group("Where", sort_key=2)
_WHAT = Group("What", sort_key=3)
_SIGNED = Parameter(group=_WHERE, allow_leading_hyphen=True)
With = Literal["swapped", "duplicate", "stale"]

_PICTURE_BYTES_MAX: Final = 64_000_000


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class SiteForm:
    """What an entry says.

    Attributes:
        name: What it is called, in the language of node.toml, or LANGUAGE=NAME; again for each.
        at: Its point: "LAT,LON" in degrees.
        radius: How far it reaches around its point, as 400 m.
        polygon: Corners of its footprint: "LAT,LON LAT,LON LAT,LON ...".
        lower: Lower bound of its footprint; without it, the surface.
        upper: Upper bound of its footprint: 100 m AGL; without it, unlimited.
        kind: What is there; names separation minima: presence.
        function: What it is, in words: hospital, school, observation post.
        protected: It has a civilian or humanitarian function that protects it.
        verified_by: Who looked.
        verified_how: How: visit, imagery, a partner's word.
        verified_at: When; without it, now.
        picture: A picture of it; its SHA-256 goes into the message, the picture does not.
        listed_at: From when it is listed; without it, at once.
        valid_until: By when it is validated anew; without it 90 days after somebody looked.
        focal_point: Whom to ask about it.
        place: Where, in words relative to a shared reference point; compared with the point.
        releasability: What may leave the receiver: line_only, party_internal, joint_public, public.
        remark: Words for the other parties.
    """

    name: Annotated[tuple[str, ...], Parameter(group=_WHAT)] = ()
    at: Annotated[str | None, _SIGNED] = None
    radius: Annotated[str | None, Parameter(group=_WHERE)] = None
    polygon: Annotated[str | None, _SIGNED] = None
    lower: Annotated[str | None, _SIGNED] = None
    upper: Annotated[str | None, _SIGNED] = None
    kind: Annotated[str | None, Parameter(group=_WHAT)] = None
    function: Annotated[str | None, Parameter(group=_WHAT)] = None
    protected: Annotated[bool, Parameter(group=_WHAT)] = False
    verified_by: Annotated[str | None, Parameter(group=_WHAT)] = None
    verified_how: Annotated[str | None, Parameter(group=_WHAT)] = None
    verified_at: Annotated[str | None, Parameter(group=_WHAT)] = None
    picture: Annotated[Path | None, Parameter(group=_WHAT)] = None
    listed_at: Annotated[str | None, Parameter(group=_WHAT)] = None
    valid_until: Annotated[str | None, Parameter(group=_WHAT)] = None
    focal_point: Annotated[str | None, Parameter(group=_WHAT)] = None
    place: Annotated[str | None, Parameter(group=_WHERE)] = None
    releasability: Annotated[str | None, Parameter(group=_WHAT)] = None
    remark: Annotated[str | None, Parameter(group=_WHAT)] = None

    def fields(self, language: str) -> dict[str, Any]:
        """The fields that the options give.

        Raises:
            WrongUsage: They do not fit each other.
            FileUnreadable: The picture cannot be read.
        """
        given: dict[str, Any] = {
            name: value
            for name in ("kind", "function", "focal_point", "remark")
            if (value := getattr(self, name)) is not None
        }
        if self.name:
            given["names"] = dict(split_name(one, language) for one in self.name)
        if self.protected:
            given["protected"] = True
        if self.place is not None:
            given["place"] = {"words": self.place}
        if self.releasability is not None:
            given["releasability"] = self.releasability.upper()
        for name in ("listed_at", "valid_until"):
            if (at := getattr(self, name)) is not None:
                given[name] = instant_text(at)
        return {**given, **self._where(), **self._verification()}

    def _where(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        if self.at is not None:
            points = parse_points(self.at, "--at")
            if len(points) != 1:
                raise WrongUsage("--at is one point.", "Draw a footprint with --polygon.")
            given["position"] = points[0]
        if self.radius is not None:
            given["radius_m"] = parse_radius(self.radius)
        band = {name: held for name in ("lower", "upper") if (held := getattr(self, name))}
        if self.polygon is not None:
            corners = parse_points(self.polygon, "--polygon")
            given["volumes"] = [{"shape": "POLYGON", "vertices": corners, **band}]
        elif band:
            if self.at is None or self.radius is None:
                raise WrongUsage("A band needs a footprint.", "Give --at and --radius with it.")
            circle = {"shape": "CIRCLE", "vertices": [given["position"]], **band}
            given["volumes"] = [{**circle, "radius_m": given["radius_m"]}]
        return given

    def _verification(self) -> dict[str, Any]:
        if self.verified_by is None:
            if self.verified_how or self.verified_at or self.picture:
                raise WrongUsage("--verified-by is missing.", "Say who looked.")
            return {}
        looked: dict[str, Any] = {
            "who": self.verified_by,
            "how": self.verified_how or "",
            "at": instant_text(self.verified_at or "now"),
        }
        if self.picture is not None:
            looked["picture"] = _hash_of(self.picture)
        # Whoever has looked anew has validated anew, unless another time is given.
        fresh = {} if self.valid_until is not None else {"valid_until": format_instant(0)}
        return {"verification": looked, **fresh}


@verb(app)
def add(
    *,
    form: SiteForm = SiteForm(),
    id: str | None = None,
    exercise: bool = False,
    precedence: Precedence = Precedence.ROUTINE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    r"""Add a site to this party's list.

    Example:
        openline site add --name "Shayrat hospital" --name "ar=مستشفى شعيرات" \
            --at "34.505,36.870" --radius 400m --function hospital --protected \
            --verified-by "Liaison team" --verified-how visit

    Args:
        form: What it says.
        id: This party's own name for it; without it the node gives one.
        exercise: It is for an exercise only.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    entry = {"kind": "presence", **form.fields(client.config.language)}
    if id is not None:
        entry["site_id"] = id
    fields = {"operation": "ADD", "sites": [entry], "exercise": exercise}
    say_place(options, "SITE", fields, client, line, precedence, wait)


@verb(app)
def change(
    site_id: str,
    /,
    *,
    form: SiteForm = SiteForm(),
    precedence: Precedence = Precedence.ROUTINE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Change a site of this party's list, or validate it anew.

    What is not given stays as it was. Whoever has looked again says so with
    --verified-by: then it is valid for 90 days from that.

    Example:
        openline site change ALPHA-S-0003 --verified-by "Liaison team" --verified-how visit

    Args:
        site_id: The site.
        form: What changes.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    before = _own(client, line, site_id)
    given = form.fields(client.config.language)
    if not given:
        raise WrongUsage("Nothing is changed.", "Give what changes; what is not given stays.")
    names = {**before["content"]["names"], **given.pop("names", {})}
    content = {**before["content"], **given, "names": names, "version": before["version"] + 1}
    fields = {"operation": "CHANGE", "sites": [content], "exercise": before["exercise"]}
    say_place(options, "SITE", fields, client, line, precedence, wait)


@verb(app)
def remove(
    sites: tuple[str, ...],
    /,
    *,
    reason: str,
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Remove sites from this party's list.

    They stay on the record as removed; their ids are not used again. What is
    only not validated is not to be removed: it stays listed, and protected.

    Example:
        openline site remove ALPHA-S-0003 --reason "The hospital has moved."

    Args:
        sites: The sites.
        reason: Why, in words.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    removed = [
        {"site_id": name, "version": _own(client, line, name)["version"] + 1} for name in sites
    ]
    fields = {"operation": "REMOVE", "removed": removed, "reason": reason}
    say_place(options, "SITE", fields, client, line, precedence, wait)


@verb(app, "list")
def list_sites(
    *,
    removed: bool = False,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the sites of all parties: state, verification, what is doubtful.

    Example:
        openline site list

    Args:
        removed: Those that were removed as well.
        options: Which node and line, and how to print.
    """
    client = options.client()
    sites = every(client, options.line_of(client), "sites", removed=removed)
    emit({"sites": sites}, _list_rows(sites), as_json=options.json)


@verb(app)
def show(
    site_id: str,
    /,
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show one site: the message that says it, its state, doubts and conflicts.

    Example:
        openline site show bravo.example/BRAVO-S-0001

    Args:
        site_id: The site, or PARTY/SITE of another party.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    from openline.faces.cli.placing import shown_rows

    client = options.client()
    line = options.line_of(client)
    site = find(client, line, site_id)
    rows = [*shown_rows(client, line, site, language), *(f"  {what}" for what in site["doubts"])]
    emit(site, rows, as_json=options.json)


@verb(app, "import")
def import_sites(
    file: Path,
    /,
    *,
    with_: Annotated[tuple[With, ...], Parameter(name="--with")] = (),
    kind: str = "presence",
    radius: str = "250m",
    reason: str = "",
    dry_run: bool = False,
    precedence: Precedence = Precedence.ROUTINE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> int:
    """List the sites of a file: GeoJSON, KML or a table (CSV).

    Every entry is looked at first: swapped latitude and longitude, entries given
    twice, entries that nobody has looked at for too long. What is doubtful is told
    and left out, unless --with says otherwise; the rest is said, in messages of one
    operation each. A file that adds some and removes others is refused.

    Exit code 0 when all of it was sound, 1 when something was left out.

    Example:
        openline site import hospitals.geojson --dry-run
        openline site import hospitals.csv --with stale

    Args:
        file: The file.
        with_: Say also what is doubtful in this way; again for each: swapped, duplicate, stale.
        kind: What is there, where the file does not say.
        radius: How far a point reaches, where the file does not say.
        reason: Why, where the file removes sites.
        dry_run: Tell what is doubtful, and say nothing.
        precedence: How fast.
        wait: Seconds to wait for the receipts of each message, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    from openline.adapters.geofiles import FileFault
    from openline.adapters.geofiles.sites import read_sites
    from openline.faces.cli.site_import import doubted, operation_of, report_rows

    client = options.client()
    line = options.line_of(client)
    try:
        read = read_sites(file, client.config.language, reach_m=parse_radius(radius))
    except FileFault as fault:
        raise FileUnreadable(fault.what, fault.remedy) from None
    operation = operation_of(read)
    looked = doubted(client, line, read, operation, kind, frozenset(map(str.upper, with_)))
    said = [] if dry_run else list(
        _say_all(options, client, line, operation, looked, reason, precedence, wait)
    )  # fmt: skip
    shown = {
        "file": str(file),
        "operation": operation,
        "entries": [one.to_json() for one in looked],
        "said": said,
    }
    emit(shown, report_rows(looked, said, is_dry=dry_run), as_json=options.json)
    return int(any(one.is_left_out for one in looked))


def _say_all(
    options: Acting,
    client: "Client",
    line: str,
    operation: str,
    looked: "Sequence[Doubted]",
    reason: str,
    precedence: Precedence,
    wait: float,
) -> Iterator[dict[str, Any]]:
    """Say what is sound, so many entries in a message."""
    from openline.faces.cli.saying import say

    sound = [one.fields for one in looked if not one.is_left_out]
    for start in range(0, len(sound), SAID_AT_A_TIME):
        part = sound[start : start + SAID_AT_A_TIME]
        fields: dict[str, Any] = {"operation": operation, "sites": part}
        if operation == "REMOVE":
            fields = {"operation": operation, "removed": part, "reason": reason}
        yield say(
            options, "SITE", fields, client=client, line=line, precedence=precedence, wait_s=wait
        )


def find(client: "Client", line: str, name: str) -> dict[str, Any]:
    """A site by `ID` of ours, or by `PARTY/ID`."""
    party, parting, site_id = name.rpartition("/")
    found: dict[str, Any] = client.get(
        "/lines", line, "sites", party if parting else client.config.party, site_id
    )
    return found


def _own(client: "Client", line: str, site_id: str) -> dict[str, Any]:
    """A site of ours that is still listed.

    Raises:
        OurError: There is none.
    """
    site = find(client, line, site_id)
    if site["party"] != client.config.party:
        raise OurError(
            f"{site_id} is on the list of {site['party']}.", "A party changes its own list."
        )
    if site["is_removed"] or site["content"] is None:
        raise OurError(f"{site_id} is removed.", "Add a new one, under a new id.")
    return site


def _hash_of(picture: Path) -> str:
    import base64

    try:
        data = picture.read_bytes()
    except OSError as error:
        raise FileUnreadable(f"{picture} cannot be read: {error.strerror}.") from None
    if len(data) > _PICTURE_BYTES_MAX:
        raise FileUnreadable(f"{picture} has more than {_PICTURE_BYTES_MAX:,} bytes.")
    return base64.b64encode(sha256(data).digest()).decode()


def _list_rows(sites: list[dict[str, Any]]) -> Iterator[str]:
    if not sites:
        yield "No sites."
        return
    cells = [
        (
            one["site_id"],
            one["party"],
            f"v{one['version']}",
            "NOT RE-VALIDATED" if one["state"] == "LAPSED" else one["state"],
            one["kind"],
            one["name"],
            "" if one["valid_until"] is None else format_instant(one["valid_until"]),
            "verified" if one["is_verified"] else "not verified",
            ", ".join(one["remarks"]),
            str(len(one["conflicts"])),
        )
        for one in sites
    ]
    heads = (
        "SITE", "PARTY", "VERSION", "STATE", "KIND", "NAME", "VALID UNTIL", "VERIFIED", "DOUBTS",
        "CONFLICTS",
    )  # fmt: skip
    yield from table(heads, cells)
