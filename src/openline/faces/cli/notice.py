"""The verb `notice`: advance information that a party will act, and answers to it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Parameter

from openline.adapters.clock import wall_clock_ms
from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.party import Precedence
from openline.domain.talk.lead_time import precedence_by_lead
from openline.domain.talk.life import NoticeState
from openline.domain.talk.response import Answer
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.files import STANDARD, Output, check_place, write_new
from openline.faces.cli.instants import instant_of, instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.notice_form import NoticeForm
from openline.faces.cli.options import Acting, Language, OnLine, Wait
from openline.faces.cli.output import Worded, emit, emit_aside, table
from openline.faces.cli.saying import naming_options, reference_of, said_rows, say, say_message

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

ROWS_OF_PARTY: Final = 100
"""Notices of one party in a list for people: a few screens."""

NOTICES_AT_A_TIME: Final = 1_000
"""Notices asked of the node in one request: as many as it gives."""

app = make_app(
    "notice",
    """\
    Give advance information of activity, and answer it.

    A notice says that this party will act in a part of space and time. It asks
    for nothing and takes effect without a reply. It says where twice, as an
    area and in words, so that a mistake in one shows against the other.
    """,
)


@verb(app)
def issue(
    *,
    form: NoticeForm = NoticeForm(),  # noqa: B008 - frozen.
    id: str | None = None,
    precedence: Precedence | None = None,
    to: tuple[str, ...] = (),
    dry_run: bool = False,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> int:
    r"""Issue a notice, or one for each activity of a file.

    Before anything is said, the words of the place are compared with the area,
    the form is checked whole, and the conflicts with the other parties' live
    notices are computed; a mismatch is refused, a conflict is shown and forbids
    nothing. Of a file, nothing is said unless every notice in it may be.

    Example:
        openline notice issue --circle "34.490,36.909" --radius 9km \
            --lower surface --upper FL100 --from 070140ZAPR17 --until 070300ZAPR17 \
            --place "at Shayrat airfield" --category strike --kind missile \
            --activity "Strike on an air base"
        openline notice issue --file morning.kml --category flight --kind air --dry-run

    Args:
        form: What it says.
        id: This party's own name for it; without it the node gives one.
        precedence: How fast; without it by lead time: below 30 min flash, below 24 h immediate,
            below 48 h priority, else routine.
        to: A party addressed; again for each. Without it, all.
        dry_run: Check it and show its conflicts, and say nothing.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    drafts = _drafts(client, line, form)
    if id is not None:
        if len(drafts) > 1:
            raise WrongUsage("--id names one notice; the file holds several.", "Use --only.")
        drafts = [{**drafts[0], "notice_id": id}]
    return release(client, line, drafts, options, precedence, to, dry_run, wait)


@verb(app)
def check(
    *,
    form: NoticeForm = NoticeForm(),  # noqa: B008 - frozen.
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> int:
    """Check a notice and show its conflicts, and say nothing.

    The same as `issue --dry-run`.

    Example:
        openline notice check --file plan.geojson

    Args:
        form: What it says.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    drafts = _drafts(client, line, form)
    return release(client, line, drafts, options, None, (), True, 0)


@verb(app)
def replace(
    notice_id: str,
    /,
    *,
    form: NoticeForm = NoticeForm(),  # noqa: B008 - frozen.
    precedence: Precedence | None = None,
    to: tuple[str, ...] = (),
    dry_run: bool = False,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> int:
    """Replace a notice by its next version.

    What is not given stays as it was; the version before stays on the record.

    Example:
        openline notice replace ALPHA-0003 --until 070400ZAPR17
        openline notice replace ALPHA-0003 --file moved.geojson

    Args:
        notice_id: The notice.
        form: What changes.
        precedence: How fast; without it by lead time.
        to: A party addressed; again for each. Without it, all.
        dry_run: Check it and show its conflicts, and say nothing.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    before = _last_content(client, line, notice_id)
    changes = form.drafts(before["language"])
    if len(changes) > 1:
        raise WrongUsage("The file holds several activities.", "Choose one with --only.")
    fields = {**before, **changes[0]}
    if "volumes" not in changes[0]:
        fields["volumes"] = [form.changed(volume) for volume in before["volumes"]]
    if fields == before:
        raise WrongUsage(
            "Nothing is changed.", "Give what changes, such as --until; what is not given stays."
        )
    fields["operation"] = "REPLACE"
    return release(client, line, [fields], options, precedence, to, dry_run, wait)


@verb(app)
def cancel(
    notice_id: str,
    /,
    reason: str = "",
    *,
    precedence: Precedence = Precedence.IMMEDIATE,
    to: tuple[str, ...] = (),
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Cancel a notice: the activity does not take place.

    The notice stays on the record as cancelled.

    Example:
        openline notice cancel ALPHA-0003 "Weather."

    Args:
        notice_id: The notice.
        reason: Why, in words.
        precedence: How fast.
        to: A party addressed; again for each. Without it, all.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    fields = {**_last_content(client, line, notice_id), "operation": "CANCEL", "volumes": []}
    if reason:
        fields["activity"] = reason
    say_message(
        options, "NOTICE", fields, client=client, line=line, precedence=precedence,
        recipients=to, wait_s=wait,
    )  # fmt: skip


@verb(app, "list")
def list_notices(
    *,
    ended: bool = False,
    all: bool = False,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the notices of all parties with their states.

    Ours come first, then each other party's; of each what a person should look at
    comes first, such as what is in force and unread, and of that what begins soonest.
    Of one party 100 rows are shown, and how many more there are is said: no party
    crowds out another.

    Example:
        openline notice list --ended

    Args:
        ended: Those that have ended, been replaced or cancelled as well.
        all: Every row, however many.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    notices = _by_attention(_every_notice(client, line, ended=ended), client.config.party)
    rows = _list_rows(notices, None if all else ROWS_OF_PARTY)
    emit({"notices": notices}, rows, as_json=options.json)


@verb(app)
def show(
    notice_id: str,
    /,
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show one notice: its words, its versions, its responses and its conflicts.

    Example:
        openline notice show bravo.example/BRAVO-0002 --language ru

    Args:
        notice_id: The notice, or PARTY/NOTICE where two parties use one name.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    notice = client.get("/lines", line, "notices", *notice_id.split("/"), language=language)
    message = client.get(
        "/lines", line, "messages", notice["party"], str(notice["index"]), language=language
    )
    shown = {**notice, "text": message["text"]}
    emit(shown, _notice_rows(shown), as_json=options.json)


@verb(app)
def export(
    *,
    out: Output,
    as_: Annotated[Literal["geojson", "kml"], Parameter(name="--as")] = "geojson",
    ended: bool = False,
    party: str | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Write the notices into a file of areas, for a map or another program.

    One feature for each area of each notice of the line, ours and the other
    parties'; the verb import reads the same areas back. What is kept private is
    not in it. A file that is there already is left as it is.

    Example:
        openline notice export --out notices.geojson
        openline notice export --as kml --ended --party bravo.example --out bravo.kml

    Args:
        out: The file to write; - is standard output.
        as_: Its form.
        ended: The notices that have ended or were cancelled as well.
        party: Only the notices of this party.
        options: Which node and line, and how to print.
    """
    check_place(out, "--out")
    client = options.client()
    line = options.line_of(client)
    query = {"format": as_, "live": not ended, "party": party}
    file = client.get_file("/lines", line, "notices", "export", **query)
    write_new(out, file)
    tell = emit_aside if out == STANDARD else emit
    told = {"file": str(out), "size_bytes": len(file)}
    tell(told, [f"Written: {out}, {len(file):,} bytes."], as_json=options.json)


@verb(app)
def respond(
    what: str,
    answer: Answer,
    /,
    text: str = "",
    *,
    until: str | None = None,
    language: str | None = None,
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Answer a notice or a text.

    NOTED says that it is known, not that it is agreed to. HOLDING says until
    when the answer follows. QUERIED, OBJECTED and DECLINED need words.

    Example:
        openline notice respond BRAVO-0007 noted
        openline notice respond BRAVO-0007 objected "Our people are within 2 km of the edge."
        openline notice respond BRAVO-0007 holding --until +5min

    Args:
        what: The serial of the message, or the notice's id.
        answer: What is answered.
        text: In words.
        until: With HOLDING, when the answer follows: an instant, or +5min from now.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, what)
    fields: dict[str, Any] = {
        "of": of,
        "answer": answer.name,
        "text": text,
        "language": language or client.config.language,
    }
    if until is not None:
        fields["holding_until"] = instant_text(until)
    say_message(
        options, "RESPONSE", fields, client=client, line=line, precedence=precedence,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


def _drafts(client: "Client", line: str, form: NoticeForm) -> list[dict[str, Any]]:
    """The notices that the form gives, with places in words if that is asked for."""
    drafts = form.drafts(client.config.language)
    if not form.describe_place:
        return drafts
    from openline.domain.line.understanding_toml import from_toml
    from openline.domain.space.place import describe_place
    from openline.domain.talk.volumes import VOLUME

    shown = client.get("/lines", line, "understanding")
    references = from_toml(shown["toml"], line).reference_points
    for fields in drafts:
        if "place" not in fields and fields.get("volumes"):
            volumes = [VOLUME.from_json(one, "volume") for one in fields["volumes"]]
            fields["place"] = {"words": describe_place(volumes, references, fields["language"])}
    return drafts


def release(
    client: "Client",
    line: str,
    drafts: Sequence[dict[str, Any]],
    options: Acting,
    precedence: Precedence | None,
    to: tuple[str, ...],
    is_dry: bool,
    wait_s: float,
) -> int:
    """Check every notice; then, unless it is a rehearsal, say them all.

    Args:
        client: The way to the node.
        line: The line.
        drafts: The fields of each notice.
        options: Who acts, and how to print.
        precedence: How fast; None by lead time.
        to: Parties addressed; none for all.
        is_dry: Only check.
        wait_s: Seconds to wait for the receipts.

    Raises:
        OurError: One of them may not be said; then none is.
    """
    checked = [_check(client, line, fields, options, len(drafts)) for fields in drafts]
    _check_room(drafts, checked)
    note_places(client, line, drafts, checked)
    if is_dry:
        found = [row for one in checked for row in _checked_rows(one)]
        emit({"checked": checked, "issued": []}, found, as_json=options.json)
        return 0
    issued: list[dict[str, Any]] = []
    rows: list[str] = []
    try:
        for fields, one in zip(drafts, checked, strict=True):
            how = precedence if precedence is not None else _by_lead_time(fields)
            said = say(
                options, "NOTICE", fields, client=client, line=line, precedence=how,
                recipients=to, wait_s=wait_s,
            )  # fmt: skip
            issued.append(said)
            rows += [*said_rows(said, wait_s, how), *_found_rows(one)]
    finally:
        # Also when one of several fails: what has been said is said.
        left = len(drafts) - len(issued)
        if left and len(drafts) > 1:
            rows += _broken_off(issued, drafts)
        if rows:
            emit({"checked": checked, "issued": issued, "left": left}, rows, as_json=options.json)
    return 0


def _check_room(drafts: Sequence[dict[str, Any]], checked: Sequence[dict[str, Any]]) -> None:
    """Confirm that there is room for all of them together.

    Raises:
        OurError: There is not; says how many there is room for.
    """
    new = sum(fields.get("operation", "NEW") == "NEW" for fields in drafts)
    room = min((one["room"] for one in checked), default=0)
    if new > room:
        raise OurError(
            f"These are {new} new notices, and we may have {room} more live ones: the "
            "Understanding allows no more. Nothing is said.",
            "Cancel what is not needed, choose with --only, or put several volumes into one "
            "notice.",
        )


def _broken_off(
    issued: Sequence[dict[str, Any]], drafts: Sequence[dict[str, Any]]
) -> Iterator[str]:
    """How far it came when one of several could not be said."""
    ids = ", ".join(one["notice_id"] for one in issued)
    yield f"Said: {len(issued)} of {len(drafts)}{': ' if ids else ''}{ids}."
    name = drafts[len(issued)].get("activity", "")
    yield f"Next is number {len(issued) + 1} of these{', ' if name else ''}{name}."


def _check(
    client: "Client", line: str, fields: dict[str, Any], options: Acting, count: int
) -> dict[str, Any]:
    """What one notice of so many would meet; of several, an error names which."""
    officer = options.officer()
    activity = fields.get("activity", "")
    body = {"fields": {**({"by": officer} if officer else {}), **fields}}
    try:
        with naming_options():
            found = client.post("/lines", line, "notices", "check", body=body)
        return {"activity": activity, **found}
    except OurError as error:
        if type(error) is not OurError or count == 1:
            raise
        raise OurError(f"{activity}: {error.what}", error.remedy) from None


def note_places(
    client: "Client", line: str, drafts: Sequence[dict[str, Any]], checked: list[dict[str, Any]]
) -> None:
    """Add to the warnings what lies far outside the area of the agreement.

    Args:
        client: The way to the node.
        line: The line.
        drafts: The fields of each notice, as the node has checked them.
        checked: What the node found, one for each; the warnings grow.
    """
    from openline.adapters.geofiles import volume_doubt
    from openline.domain.line.understanding_toml import from_toml
    from openline.domain.talk.volumes import VOLUME

    shown = client.get("/lines", line, "understanding")
    area = from_toml(shown["toml"], line).area
    for fields, one in zip(drafts, checked, strict=True):
        volumes = [VOLUME.from_json(held, "volume") for held in fields.get("volumes", ())]
        doubts = dict.fromkeys(volume_doubt(volume, area) for volume in volumes)
        one["warnings"] = [*one["warnings"], *(doubt for doubt in doubts if doubt)]


def _by_lead_time(fields: dict[str, Any]) -> Precedence:
    """How fast a notice goes: the nearer its window, the faster."""
    starts = [instant_of(volume["valid_from"]) for volume in fields.get("volumes", [])]
    return precedence_by_lead(min(starts) - wall_clock_ms() if starts else 0)


def _last_content(client: "Client", line: str, notice_id: str) -> dict[str, Any]:
    """What our notice said last of volumes, as the beginning of its next version."""
    notice = client.get("/lines", line, "notices", *notice_id.split("/"))
    if notice["party"] != client.config.party:
        raise OurError(
            f"{notice_id} is a notice of {notice['party']}.",
            "A party replaces and cancels its own; answer it with openline notice respond.",
        )
    content = notice["content"]
    if content is None:
        index = str(notice["versions"][-1]["index"])
        message = client.get("/lines", line, "messages", notice["party"], index)
        content = message["body"] or {}
    content = {name: held for name, held in content.items() if name != "by"}
    return {**content, "version": notice["version"] + 1}


def _checked_rows(checked: dict[str, Any]) -> Iterator[str]:
    name = f"{checked['activity']}: " if checked["activity"] else ""
    count = len(checked["conflicts"])
    yield f"{name}it may be issued; {count or 'no'} conflict{'' if count == 1 else 's'}."
    yield from _found_rows(checked)


def _found_rows(checked: dict[str, Any]) -> Iterator[str]:
    """What a check found that forbids nothing."""
    for warning in checked["warnings"]:
        yield Worded(f"  {warning}")
    for conflict in checked["conflicts"]:
        other = f"{conflict['party']} {conflict['notice_id']}"
        yield Worded(f"  {conflict['verdict']} with {other}: {conflict['said']}")
    if not checked["is_complete"]:
        yield "  It meets more notices than were looked at: draw it smaller, or in parts."


def _every_notice(client: "Client", line: str, *, ended: bool) -> list[dict[str, Any]]:
    """The notices of all parties, however many: asked for in parts."""
    notices: list[dict[str, Any]] = []
    more = 1
    while more:
        after = notices[-1]["position"] if notices else 0
        answer = client.get(
            "/lines", line, "notices", live=not ended, after=after, count=NOTICES_AT_A_TIME
        )
        notices += answer["notices"]
        more = answer["more"]
    return notices


def _by_attention(notices: list[dict[str, Any]], own: str) -> list[dict[str, Any]]:
    """Ours, then those of each other party, each as a person should look at them."""
    from openline.engine.notice_view import BY_ATTENTION

    def place(one: dict[str, Any]) -> tuple[Any, ...]:
        # What is to come by its beginning; of what is over the last comes first.
        starts = one["valid_from"] or 0
        soonest = starts if one["is_live"] else -starts
        state = BY_ATTENTION.index(NoticeState(one["state"]))
        return one["party"] != own, one["party"], state, soonest, one["position"]

    return sorted(notices, key=place)


def _list_rows(notices: list[dict[str, Any]], most: int | None) -> Iterator[str]:
    """The list; of each party at most so many rows, and how many more there are."""
    if not notices:
        yield "No notices."
        return
    by_party = [list(held) for _, held in groupby(notices, key=itemgetter("party"))]
    yield from _table([one for held in by_party for one in held[:most]])
    for held in by_party:
        if most is not None and len(held) > most:
            yield f"… and {len(held) - most} more of {held[0]['party']}; --all shows each."


def _table(notices: list[dict[str, Any]]) -> Iterator[str]:
    cells = [
        (
            one["notice_id"],
            one["party"],
            f"v{one['version']}",
            one["state"],
            one["category"],
            one["kind"],
            _instant(one["valid_from"]),
            _instant(one["valid_until"]),
            one["lead_class"] or "",
            "EXERCISE" if one["exercise"] else "",
        )
        for one in notices
    ]
    heads = ("NOTICE", "PARTY", "VERSION", "STATE", "CATEGORY", "KIND", "FROM", "UNTIL", "LEAD", "")
    yield from table(heads, cells)


def _notice_rows(notice: dict[str, Any]) -> Iterator[str]:
    yield from map(Worded, notice["text"].splitlines())
    yield ""
    yield from map(Worded, notice["outcome"].splitlines())


def _instant(at: int | None) -> str:
    return "" if at is None else format_instant(at)
