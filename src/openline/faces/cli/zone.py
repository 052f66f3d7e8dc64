"""The verb `zone`: areas with a rule, declared or agreed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.party import Precedence
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.instants import instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Language, OnLine, Wait
from openline.faces.cli.output import emit, table
from openline.faces.cli.placing import every, say_place, shown_rows
from openline.faces.cli.private import Areas, Rule

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

app = make_app(
    "zone",
    """\
    Declare areas with a rule, and agree to those of others.

    A zone that this party declares holds from when its lead time is kept; one
    that is offered, from when the other parties agree to it. It follows real
    geography where a file gives it: a river's own line becomes a corridor.
    """,
)

_WHAT = Group("What", sort_key=3)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ZoneForm:
    """What a zone says.

    Attributes:
        rule: What holds in it: prior-contact, stay-out, caution, corridor, buffer,
            separation-line.
        name: What it is called.
        procedure: How whoever has to enter makes contact first, in words.
        authority: Who decides on it.
        posture: In what state the party's people there are, in words.
        applies_to: A kind of what acts that it holds for: ground; again for each. Without it, all.
        offer: It is an offer, and holds once the others agree to it.
        valid_until: By when it is validated anew; without it, in 30 days.
        place: Where, in words relative to a shared reference point; compared with the area.
        describe_place: Take the words from the area, where none are given; nothing is compared.
        scope: The scope of the line it belongs to.
        releasability: What may leave the receiver: line_only, party_internal, joint_public, public.
        exercise: It is for an exercise only.
    """

    rule: Annotated[Rule | None, Parameter(group=_WHAT)] = None
    name: Annotated[str | None, Parameter(group=_WHAT)] = None
    procedure: Annotated[str | None, Parameter(group=_WHAT)] = None
    authority: Annotated[str | None, Parameter(group=_WHAT)] = None
    posture: Annotated[str | None, Parameter(group=_WHAT)] = None
    applies_to: Annotated[tuple[str, ...], Parameter(group=_WHAT)] = ()
    offer: Annotated[bool, Parameter(group=_WHAT)] = False
    valid_until: Annotated[str | None, Parameter(group=_WHAT)] = None
    place: Annotated[str | None, Parameter(group=_WHAT)] = None
    describe_place: Annotated[bool, Parameter(group=_WHAT)] = False
    scope: Annotated[str | None, Parameter(group=_WHAT)] = None
    releasability: Annotated[str | None, Parameter(group=_WHAT)] = None
    exercise: Annotated[bool, Parameter(group=_WHAT)] = False

    def fields(self) -> dict[str, Any]:
        """The fields that the options give, without the volumes."""
        given: dict[str, Any] = {
            name: value
            for name in ("name", "authority", "posture", "scope")
            if (value := getattr(self, name)) is not None
        }
        if self.rule is not None:
            given["rule"] = self.rule.replace("-", "_").upper()
        if self.procedure is not None:
            given["text"] = self.procedure
        if self.applies_to:
            given["applies_to"] = sorted(set(self.applies_to))
        if self.offer:
            given["unilateral"] = False
        if self.valid_until is not None:
            given["valid_until"] = instant_text(self.valid_until)
        if self.place is not None:
            given["place"] = {"words": self.place}
        if self.releasability is not None:
            given["releasability"] = self.releasability.upper()
        if self.exercise:
            given["exercise"] = True
        return given


@verb(app)
def declare(
    file: Path | None = None,
    /,
    *,
    form: ZoneForm = ZoneForm(),
    areas: Areas = Areas(),  # noqa: B008 - frozen.
    id: str | None = None,
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    r"""Declare a zone, or offer one.

    The area comes from a file, as of a notice, or is drawn by options. A line of
    a file, such as a river's, becomes a corridor that reaches --radius to each
    side. Without a window it holds for good.

    Example:
        openline zone declare euphrates.geojson --radius 2km --rule separation-line --offer \
            --describe-place
        openline zone declare --circle "33.51,38.62" --radius 55km --rule prior-contact \
            --name "at-Tanf" --procedure "Call the air desk before you enter." --describe-place

    Args:
        file: A file with areas: GeoJSON, KML, ACO.
        form: What it says.
        areas: Where, how high and when.
        id: This party's own name for it; without it the node gives one.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    if form.rule is None:
        raise WrongUsage("--rule is missing.", "Say what holds in it: --rule prior-contact.")
    client = options.client()
    line = options.line_of(client)
    fields = {"operation": "DECLARE", "language": client.config.language, **form.fields()}
    fields["volumes"] = _volumes(file, areas)
    if id is not None:
        fields["zone_id"] = id
    _say(options, client, line, form, fields, precedence, wait)


@verb(app)
def change(
    zone_id: str,
    /,
    file: Path | None = None,
    *,
    form: ZoneForm = ZoneForm(),
    areas: Areas = Areas(),  # noqa: B008 - frozen.
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Change a zone by its next version, or validate it anew.

    What is not given stays as it was. Another area or another rule counts from
    when its lead time is kept; until then the version before goes on.

    Example:
        openline zone change ALPHA-Z-0001 --valid-until +30d

    Args:
        zone_id: The zone.
        file: A file with areas, if the area changes.
        form: What changes.
        areas: Where, how high and when, if that changes.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    before = _own(client, line, zone_id)
    given = form.fields()
    if file is not None or areas != Areas():
        given["volumes"] = _volumes(file, areas)
    if not given:
        raise WrongUsage("Nothing is changed.", "Give what changes; what is not given stays.")
    content = {name: held for name, held in before["content"].items() if name != "by"}
    if form.valid_until is None:
        content.pop("valid_until", None)
    fields = {**content, **given, "version": before["version"] + 1}
    _say(options, client, line, form, fields, precedence, wait)


@verb(app)
def agree(
    zone: str,
    /,
    *,
    version: int | None = None,
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Agree to a zone of another party, in the version that it has now.

    The agreement names the version and the hash of its content, so it is to
    nothing else and to nothing later. Read it first: openline zone show.

    Example:
        openline zone agree bravo.example/BRAVO-Z-0001 --version 2

    Args:
        zone: The zone, as PARTY/ZONE.
        version: The version that was read; refused if there is a later one.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = find(client, line, zone)
    content = found["content"]
    if content is None or (version is not None and content["version"] != version):
        now = "is cancelled" if content is None else f"is version {content['version']} now"
        raise OurError(f"{zone} {now}.", "Read it anew: openline zone show.")
    fields = {
        "operation": "AGREE",
        "zone_id": found["zone_id"],
        "version": content["version"],
        "scope": content["scope"],
        "language": client.config.language,
        "agrees": {
            "of": {"party": found["party"], "index": found["index"]},
            "hash": _base64(found["hash"]),
        },
    }
    say_place(options, "ZONE", fields, client, line, precedence, wait)


@verb(app)
def cancel(
    zone_id: str,
    reason: str,
    /,
    *,
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Cancel a zone of this party; nothing of it holds any longer, from now on.

    Example:
        openline zone cancel ALPHA-Z-0001 "Our people have left."

    Args:
        zone_id: The zone.
        reason: Why, in words.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    before = _own(client, line, zone_id)
    fields = {
        "operation": "CANCEL",
        "zone_id": zone_id,
        "version": before["version"] + 1,
        "text": reason,
        "scope": before["content"]["scope"],
        "language": client.config.language,
    }
    say_place(options, "ZONE", fields, client, line, precedence, wait)


@verb(app, "list")
def list_zones(
    *,
    ended: bool = False,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the zones of all parties: rule, state, from when each counts.

    Example:
        openline zone list

    Args:
        ended: Those that are cancelled or over as well.
        options: Which node and line, and how to print.
    """
    client = options.client()
    zones = every(client, options.line_of(client), "zones", ended=ended)
    emit({"zones": zones}, _list_rows(zones), as_json=options.json)


@verb(app)
def show(
    zone: str,
    /,
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show one zone: what it says, who agreed, from when it counts, its conflicts.

    Example:
        openline zone show bravo.example/BRAVO-Z-0001

    Args:
        zone: The zone, or PARTY/ZONE of another party.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = find(client, line, zone)
    rows = [*shown_rows(client, line, found, language), *_standing_rows(found)]
    emit(found, rows, as_json=options.json)


@verb(app)
def violations(
    *,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List who was in a zone of ours that is entered after contact only, without.

    Each is a draft of an alleged violation with what it rests on. Nothing of it
    is said to anybody by the node.

    Example:
        openline zone violations

    Args:
        options: Which node and line, and how to print.
    """
    client = options.client()
    answer = client.get("/lines", options.line_of(client), "violation-drafts")
    emit(answer, _draft_rows(answer["drafts"]), as_json=options.json)


def find(client: "Client", line: str, name: str) -> dict[str, Any]:
    """A zone by `ID` of ours, or by `PARTY/ID`."""
    party, parting, zone_id = name.rpartition("/")
    found: dict[str, Any] = client.get(
        "/lines", line, "zones", party if parting else client.config.party, zone_id
    )
    return found


def _own(client: "Client", line: str, zone_id: str) -> dict[str, Any]:
    zone = find(client, line, zone_id)
    if zone["party"] != client.config.party:
        raise OurError(
            f"{zone_id} is a zone of {zone['party']}.", "A party changes and cancels its own."
        )
    if zone["content"] is None:
        raise OurError(f"{zone_id} cannot be changed.", "Declare a new one.")
    return zone


def _say(
    options: Acting,
    client: "Client",
    line: str,
    form: ZoneForm,
    fields: dict[str, Any],
    precedence: Precedence,
    wait: float,
) -> None:
    if form.describe_place and form.place is None:
        fields["place"] = {"words": describe(client, line, fields["volumes"], fields["language"])}
    say_place(options, "ZONE", fields, client, line, precedence, wait)


def describe(client: "Client", line: str, volumes: list[dict[str, Any]], language: str) -> str:
    """Where volumes are, in words relative to a shared reference point."""
    from openline.domain.line.understanding_toml import from_toml
    from openline.domain.space.place import describe_place
    from openline.domain.talk.volumes import VOLUME, StandingVolumes

    shown = client.get("/lines", line, "understanding")
    references = from_toml(shown["toml"], line).reference_points
    read = StandingVolumes(VOLUME, len(volumes)).from_json(volumes, "volumes")
    return describe_place(read, references, language)


def _volumes(file: Path | None, areas: Areas) -> list[dict[str, Any]]:
    """The volumes of the options or of all activities of the file; standing ones."""
    drafts = areas.drafts(file, None, site=True)
    return [volume for draft in drafts for volume in draft["volumes"]]


def _base64(digest: str) -> str:
    import base64

    return base64.b64encode(bytes.fromhex(digest)).decode()


def _standing_rows(zone: dict[str, Any]) -> Iterator[str]:
    if zone["counts_from"] is not None:
        yield f"It counts from {format_instant(zone['counts_from'])}."
    else:
        yield "It does not count: it is not agreed to."
    for party, at in sorted(zone["agreed_by"].items()):
        yield f"Agreed to by {party} at {format_instant(at)}."
    yield f"Content hash of version {zone['version']}: {zone['hash']}."
    if "SHORT_LEAD" in zone["remarks"]:
        yield "It was declared at too short notice: it has no effect before it counts."


def _list_rows(zones: list[dict[str, Any]]) -> Iterator[str]:
    if not zones:
        yield "No zones."
        return
    cells = [
        (
            one["zone_id"],
            one["party"],
            f"v{one['version']}",
            "NOT RE-VALIDATED" if one["state"] == "LAPSED" else one["state"],
            one["rule"],
            one["name"],
            "" if one["counts_from"] is None else format_instant(one["counts_from"]),
            "" if one["valid_until"] is None else format_instant(one["valid_until"]),
            ", ".join(one["remarks"]),
            str(len(one["conflicts"])),
        )
        for one in zones
    ]
    heads = (
        "ZONE", "PARTY", "VERSION", "STATE", "RULE", "NAME", "COUNTS FROM", "VALID UNTIL",
        "REMARKS", "CONFLICTS",
    )  # fmt: skip
    yield from table(heads, cells)


def _draft_rows(drafts: list[dict[str, Any]]) -> Iterator[str]:
    if not drafts:
        yield "No drafts."
    for one in drafts:
        serials = ", ".join(evidence["serial"] for evidence in one["evidence"])
        yield (
            f"{'EXERCISE ' if one['exercise'] else ''}{one['party']} {one['notice_id']}: "
            f"{one['article']}; in it from {format_instant(one['entered_at'])}, without contact "
            f"since {format_instant(one['no_contact_since'])}. Rests on {serials}."
        )
