"""The verb `movement`: notice of a convoy or a patrol along its route."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Group, Parameter

from openline.adapters.clock import wall_clock_ms
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, format_instant
from openline.domain.party import Precedence
from openline.faces.cli.faults import FileUnreadable, WrongUsage
from openline.faces.cli.instants import instant_of, instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.notice_form import parse_points, parse_radius
from openline.faces.cli.options import Acting, Language, OnLine, Wait
from openline.faces.cli.output import Worded, emit, table
from openline.faces.cli.placing import every, say_place, shown_rows
from openline.faces.cli.saying import naming_options

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

app = make_app(
    "movement",
    """\
    Give notice of a movement along a route, with its times.

    Each leg is checked with the window of that leg, each stop with that of the
    stop, wider by the tolerance. A movement is read and answered like a notice,
    and takes effect without a reply.
    """,
)

_ROUTE = Group("Route and times", sort_key=2)
_WHAT = Group("What moves", sort_key=3)
_SIGNED = Parameter(group=_ROUTE, allow_leading_hyphen=True)
Sort = Literal["convoy", "patrol", "ferry-flight", "inspection", "other"]
_FILE_BYTES_MAX: Final = 1_048_576


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class MovementForm:
    """What a movement says.

    Attributes:
        waypoint: "LAT,LON INSTANT", or "LAT,LON INSTANT INSTANT NAME" where it stays: when it is
            reached, when it is left, and what it is called; again for each, in order.
        file: The route as a list in JSON, as the API takes it.
        half_width: How far it may be from its route, to each side.
        tolerance: How much earlier or later it may be than its times: 15min.
        lower: Lower bound of its band; without it, the surface.
        upper: Upper bound of its band; without it, unlimited.
        sort: convoy, patrol, ferry-flight, inspection or other.
        kind: What moves; names separation minima: ground, air.
        vehicle: "KIND; PLATE; MARKING; ROOF MARKING"; again for each.
        people: How many people move.
        lead: How whoever leads it is reached on the way.
        purpose: Why, in words.
        emergency: It is to help at once: another lead time holds.
        speaks_for: Whose people move: own, auxiliary or partner.
        third_party: Who moves, if it is neither party: an aid agency, in words.
        place: Where, in words relative to a shared reference point; compared with the route.
        describe_place: Take the words from the route, where none are given; nothing is compared.
        scope: The scope of the line it belongs to.
        releasability: What may leave the receiver: line_only, party_internal, joint_public, public.
        exercise: It is for an exercise only.
    """

    waypoint: Annotated[tuple[str, ...], _SIGNED] = ()
    file: Annotated[Path | None, Parameter(group=_ROUTE)] = None
    half_width: Annotated[str | None, Parameter(group=_ROUTE)] = None
    tolerance: Annotated[str | None, Parameter(group=_ROUTE)] = None
    lower: Annotated[str | None, _SIGNED] = None
    upper: Annotated[str | None, _SIGNED] = None
    sort: Annotated[Sort | None, Parameter(group=_WHAT)] = None
    kind: Annotated[str | None, Parameter(group=_WHAT)] = None
    vehicle: Annotated[tuple[str, ...], Parameter(group=_WHAT)] = ()
    people: Annotated[int | None, Parameter(group=_WHAT)] = None
    lead: Annotated[str | None, Parameter(group=_WHAT)] = None
    purpose: Annotated[str | None, Parameter(group=_WHAT)] = None
    emergency: Annotated[bool, Parameter(group=_WHAT)] = False
    speaks_for: Annotated[str | None, Parameter(group=_WHAT)] = None
    third_party: Annotated[str | None, Parameter(group=_WHAT)] = None
    place: Annotated[str | None, Parameter(group=_ROUTE)] = None
    describe_place: Annotated[bool, Parameter(group=_ROUTE)] = False
    scope: Annotated[str | None, Parameter(group=_WHAT)] = None
    releasability: Annotated[str | None, Parameter(group=_WHAT)] = None
    exercise: Annotated[bool, Parameter(group=_WHAT)] = False

    def fields(self) -> dict[str, Any]:
        """The fields that the options give.

        Raises:
            WrongUsage: They do not fit each other.
            FileUnreadable: The file of the route cannot be read.
        """
        given: dict[str, Any] = {
            name: value
            for name in ("tolerance", "lower", "upper", "kind", "people", "purpose", "scope",
                         "third_party")
            if (value := getattr(self, name)) is not None
        }  # fmt: skip
        for name, value in (
            ("lead_contact", self.lead),
            ("half_width_m", None if self.half_width is None else parse_radius(self.half_width)),
            ("sort", None if self.sort is None else self.sort.replace("-", "_").upper()),
            ("speaks_for", None if self.speaks_for is None else self.speaks_for.upper()),
            ("releasability", None if self.releasability is None else self.releasability.upper()),
            ("place", None if self.place is None else {"words": self.place}),
        ):
            if value is not None:
                given[name] = value
        if self.vehicle:
            given["vehicles"] = [_vehicle(text) for text in self.vehicle]
        if self.emergency:
            given["emergency"] = True
        if self.exercise:
            given["exercise"] = True
        route = self._route()
        return {**given, **({"route": route} if route else {})}

    def _route(self) -> list[Any]:
        if self.waypoint and self.file is not None:
            raise WrongUsage("--waypoint and --file exclude each other.", "Give one of them.")
        if self.file is None:
            return [_waypoint(text) for text in self.waypoint]
        try:
            with self.file.open("rb") as file:
                route = json.loads(file.read(_FILE_BYTES_MAX))
        except OSError as error:
            raise FileUnreadable(f"{self.file} cannot be read: {error.strerror}.") from None
        except (ValueError, RecursionError):
            raise FileUnreadable(f"{self.file} is no JSON.", "Write a list of waypoints.") from None
        if not isinstance(route, list):
            raise FileUnreadable(f"{self.file} is no list.", "Write a list of waypoints.")
        return route


@verb(app)
def issue(
    *,
    form: MovementForm = MovementForm(),
    id: str | None = None,
    precedence: Precedence | None = None,
    dry_run: bool = False,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    r"""Give notice of a movement.

    Before anything is said it is checked whole, and its conflicts with notices,
    sites and zones of the other parties are shown; a conflict forbids nothing.

    Example:
        openline movement issue --waypoint "34.73,36.71 080600ZAPR17" \
            --waypoint "35.13,36.75 080730ZAPR17 080900ZAPR17 Hama" \
            --waypoint "35.93,36.63 081100ZAPR17" --half-width 500m --people 14 \
            --vehicle "lorry; A-117; UN; UN" --speaks-for partner --third-party "An aid agency" \
            --purpose "Medical supplies" --describe-place

    Args:
        form: What it says.
        id: This party's own name for it; without it the node gives one.
        precedence: How fast; without it by lead time: below 24 h immediate, below 48 h priority,
            else routine.
        dry_run: Check it and show its conflicts, and say nothing.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    fields: dict[str, Any] = {"language": client.config.language, **form.fields()}
    if "route" not in fields:
        raise WrongUsage("The route is missing.", "Give --waypoint twice or more, or --file.")
    if id is not None:
        fields["movement_id"] = id
    _release(options, client, line, form, fields, precedence, dry_run, wait)


@verb(app)
def replace(
    movement_id: str,
    /,
    *,
    form: MovementForm = MovementForm(),
    precedence: Precedence | None = None,
    dry_run: bool = False,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Replace a movement by its next version; what is not given stays as it was.

    Example:
        openline movement replace ALPHA-M-0001 --people 20

    Args:
        movement_id: The movement.
        form: What changes.
        precedence: How fast; without it by lead time.
        dry_run: Check it and show its conflicts, and say nothing.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    before = _own(client, line, movement_id)
    given = form.fields()
    if not given:
        raise WrongUsage("Nothing is changed.", "Give what changes; what is not given stays.")
    fields = {**before["content"], **given, "operation": "REPLACE"}
    fields["version"] = before["version"] + 1
    del fields["by"]
    _release(options, client, line, form, fields, precedence, dry_run, wait)


@verb(app)
def cancel(
    movement_id: str,
    reason: str = "",
    /,
    *,
    precedence: Precedence = Precedence.IMMEDIATE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Cancel a movement: it does not take place.

    Example:
        openline movement cancel ALPHA-M-0001 "The road is closed."

    Args:
        movement_id: The movement.
        reason: Why, in words.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    before = _own(client, line, movement_id)
    fields = {**before["content"], "operation": "CANCEL", "route": []}
    fields["version"] = before["version"] + 1
    if reason:
        fields["purpose"] = reason
    del fields["by"]
    say_place(options, "MOVEMENT", fields, client, line, precedence, wait)


@verb(app, "list")
def list_movements(
    *,
    ended: bool = False,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the movements of all parties with their states.

    Example:
        openline movement list --ended

    Args:
        ended: Those that have ended, been replaced or cancelled as well.
        options: Which node and line, and how to print.
    """
    client = options.client()
    found = every(client, options.line_of(client), "movements", ended=ended)
    emit({"movements": found}, _list_rows(found), as_json=options.json)


@verb(app)
def show(
    movement_id: str,
    /,
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show one movement: its words, its state and its conflicts.

    Example:
        openline movement show bravo.example/BRAVO-M-0002 --language ru

    Args:
        movement_id: The movement, or PARTY/MOVEMENT of another party.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = find(client, line, movement_id)
    emit(found, shown_rows(client, line, found, language), as_json=options.json)


def find(client: "Client", line: str, name: str) -> dict[str, Any]:
    """A movement by `ID` of ours, or by `PARTY/ID`."""
    party, parting, movement_id = name.rpartition("/")
    found: dict[str, Any] = client.get(
        "/lines", line, "movements", party if parting else client.config.party, movement_id
    )
    return found


def _own(client: "Client", line: str, movement_id: str) -> dict[str, Any]:
    found = find(client, line, movement_id)
    if found["party"] != client.config.party:
        raise OurError(
            f"{movement_id} is a movement of {found['party']}.",
            "A party replaces and cancels its own; answer it with openline notice respond.",
        )
    if found["content"] is None:
        raise OurError(f"{movement_id} cannot be changed.", "Give notice of a new one.")
    return found


def _release(
    options: Acting,
    client: "Client",
    line: str,
    form: MovementForm,
    fields: dict[str, Any],
    precedence: Precedence | None,
    is_dry: bool,
    wait: float,
) -> None:
    """Check it; then, unless it is a rehearsal, say it."""
    if "scope" not in fields:
        fields["scope"] = _usual_scope(client, line)
    notice = _as_notice(client, fields)
    if form.describe_place and form.place is None:
        from openline.faces.cli.zone import describe

        words = describe(client, line, notice["volumes"], fields["language"])
        fields["place"] = notice["place"] = {"words": words}
    rows = []
    if fields.get("operation", "NEW") == "NEW":
        with naming_options():
            checked = client.post("/lines", line, "notices", "check", body={"fields": notice})
        rows = list(_conflict_rows(checked["conflicts"]))
        if is_dry:
            emit({"checked": checked}, ["It may be said.", *rows], as_json=options.json)
            return
    elif is_dry:
        raise WrongUsage("--dry-run is for a new movement.", "Leave it out.")
    how = precedence if precedence is not None else _by_lead_time(notice)
    say_place(options, "MOVEMENT", fields, client, line, how, wait)
    if not options.json:
        emit({}, rows, as_json=False)


def _as_notice(client: "Client", fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of the notice that a movement makes, without its id."""
    from openline.domain.party import Precedence as How
    from openline.domain.talk.kinds import Kind
    from openline.domain.talk.message import from_json
    from openline.domain.talk.movement import Movement

    by = {"post": client.config.post, "officer": client.config.officer}
    message = from_json(Kind.MOVEMENT, {"movement_id": "NEW", "by": by, **fields}, How.ROUTINE)
    assert isinstance(message, Movement)
    notice: dict[str, Any] = message.as_notice().to_json()
    del notice["notice_id"]
    return notice


def _usual_scope(client: "Client", line: str) -> str:
    """The scope that a movement belongs to on this line, as the desk would give it."""
    from openline.domain.line.understanding_toml import from_toml
    from openline.domain.talk.movement import SCOPES

    scopes = from_toml(client.get("/lines", line, "understanding")["toml"], line).scopes
    return next((scope for scope in SCOPES if scope in scopes), scopes[0])


def _conflict_rows(conflicts: list[dict[str, Any]]) -> Iterator[str]:
    for conflict in conflicts:
        other = f"{conflict['party']} {conflict['notice_id']}"
        yield Worded(f"  {conflict['verdict']} with {other}: {conflict['said']}")


def _by_lead_time(notice: dict[str, Any]) -> Precedence:
    """How fast a movement goes: the nearer its start, the faster."""
    starts = [instant_of(volume["valid_from"]) for volume in notice["volumes"]]
    lead_ms = min(starts, default=0) - wall_clock_ms()
    if lead_ms < 30 * MINUTE_MS:
        return Precedence.FLASH
    if lead_ms < 24 * HOUR_MS:
        return Precedence.IMMEDIATE
    return Precedence.PRIORITY if lead_ms < 2 * DAY_MS else Precedence.ROUTINE


def _waypoint(text: str) -> dict[str, Any]:
    """A waypoint from `LAT,LON INSTANT [INSTANT [NAME]]`."""
    words = text.split()
    if len(words) < 2:
        raise WrongUsage(
            f"--waypoint {text!r} has no time.", 'Write --waypoint "34.73,36.71 080600ZAPR17".'
        )
    [position, *others] = parse_points(words[0], "--waypoint")
    assert not others, "one word holds one position"
    arrives = instant_text(words[1])
    waypoint = {"position": position, "arrives_at": arrives, "leaves_at": arrives}
    if len(words) > 2:
        waypoint["leaves_at"] = instant_text(words[2])
        waypoint["name"] = " ".join(words[3:])
    return waypoint


def _vehicle(text: str) -> dict[str, str]:
    """A vehicle from `KIND; PLATE; MARKING; ROOF MARKING`."""
    parts = [part.strip() for part in text.split(";")]
    if len(parts) > 4 or not parts[0]:
        raise WrongUsage(
            f"--vehicle {text[:60]!r} is not written so.", 'Write "lorry; A-117; UN; UN".'
        )
    parts += [""] * (4 - len(parts))
    return dict(zip(("kind", "plate", "marking", "roof_marking"), parts, strict=True))


def _list_rows(found: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        yield "No movements."
        return
    cells = [
        (
            one["movement_id"],
            one["party"],
            f"v{one['version']}",
            one["state"],
            one["category"],
            one["kind"],
            "" if one["valid_from"] is None else format_instant(one["valid_from"]),
            "" if one["valid_until"] is None else format_instant(one["valid_until"]),
            one["lead_class"] or "",
            str(len(one["conflicts"])),
        )
        for one in found
    ]
    heads = (
        "MOVEMENT", "PARTY", "VERSION", "STATE", "CATEGORY", "KIND", "FROM", "UNTIL", "LEAD",
        "CONFLICTS",
    )  # fmt: skip
    yield from table(heads, cells)
