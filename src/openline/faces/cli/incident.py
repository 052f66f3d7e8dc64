"""The verb `incident`: report, inquire, hold evidence, and write the bundle."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from cyclopts import Parameter

from openline.domain.instant import HOUR_MS, dtg, format_instant
from openline.domain.party import Precedence
from openline.domain.talk.incident import Act, Agreement, Mode, Sort, Stage
from openline.faces.cli.evidence import evidence_of, grounds_of
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.instants import Instant, instant_of, instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Language, OnLine, Wait
from openline.faces.cli.output import Worded, emit
from openline.faces.cli.saying import reference_of, said_rows, say, say_message

From: TypeAlias = Annotated[str, Parameter(name="--from", allow_leading_hyphen=True)]
"""The start of a window, which may be written as some time ago: -2h."""

app = make_app(
    "incident",
    """\
    Report an incident, inquire into it, and keep what is evidence.

    People name an incident: who reports first gets its id, ALPHA-I-0001, and the
    other side's own report says the same one. A report is one side's account and
    keeps facts apart from what is made of them; a later one adds to it, and nobody
    edits the other's. Files of evidence are named by their hash, kept in the node's
    directory, and never sent. From the first report on both nodes hold what was
    recorded two hours before and after.
    """,
)


@verb(app)
def report(
    facts: str = "",
    /,
    *,
    at: Instant,
    sort: Sort = Sort.OTHER,
    place: str,
    incident: str | None = None,
    full: bool = False,
    observed: bool = False,
    own: tuple[str, ...] = (),
    other: tuple[str, ...] = (),
    event: tuple[str, ...] = (),
    harm: str = "",
    measures: str = "",
    assessment: str = "",
    evidence: tuple[Path, ...] = (),
    what: tuple[str, ...] = (),
    article: tuple[str, ...] = (),
    about: tuple[str, ...] = (),
    urgent: bool = False,
    exercise: bool = False,
    to: tuple[str, ...] = (),
    language: str | None = None,
    precedence: Precedence | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Report an incident: what is known, apart from what is made of it.

    Example:
        openline incident report "Two bombs fell." --sort strike --at -10min --place Shayrat
        openline incident report --observed --at now --place "2 km west of Shayrat"
        openline incident report "One." --incident ALPHA-I-0001 --full --at -3h --place Shayrat

    Args:
        facts: What is known.
        at: When it happened: an instant, or -10min from now.
        sort: What sort of incident.
        place: Where, in words.
        incident: The id, where it has one already; without it a new one is given.
        full: It is our full report.
        observed: It is only observed; the first report follows.
        own: What of ours took part; give it again for each.
        other: What of others took part; give it again for each.
        event: What happened, as "070041ZAPR17 second bomb"; give it again for each, in order.
        harm: Who and what was harmed or endangered.
        measures: What was done at once.
        assessment: What we make of it.
        evidence: A file that shows it: kept here under its hash; give it again for each.
        what: What the file is; give it again for each, in the same order.
        article: An article that it touches; give it again for each.
        about: A message that belongs to it: a serial, or the id of a notice.
        urgent: A first answer is wanted in two days, not seven.
        exercise: It is said for an exercise only.
        to: A party addressed; give it again for each. Without it, all.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast; without it IMMEDIATE, of a full report PRIORITY.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    if full and observed:
        raise WrongUsage("--full and --observed are both given.", "Give one of them.")
    client = options.client()
    line = options.line_of(client)
    stage = Stage.FULL if full else Stage.OBSERVATION if observed else Stage.FIRST
    fields: dict[str, Any] = {
        "stage": stage.name,
        "sort": sort.name,
        "happened_at": instant_text(at),
        "place": place,
        "own_objects": list(own),
        "other_objects": list(other),
        "events": [_event(one) for one in event],
        "harm": harm,
        "measures": measures,
        "facts": facts,
        "assessment": assessment,
        "evidence": evidence_of(client, evidence, what),
        "articles": list(article),
        "about": grounds_of(client, line, about),
        "is_urgent": urgent,
        "exercise": exercise,
        "language": language or client.config.language,
    }
    if incident is not None:
        fields["incident"] = incident
    said = say(
        options, "INCIDENT", fields, client=client, line=line, recipients=to, wait_s=wait,
        precedence=precedence or (Precedence.PRIORITY if full else Precedence.IMMEDIATE),
    )  # fmt: skip
    said["incident"] = client.get("/lines", line, "matters", said["serial"])["name"]
    rows = [*said_rows(said, wait), f"openline incident show {said['incident']}"]
    emit(said, rows, as_json=options.json)


def _event(text: str) -> dict[str, Any]:
    at, _, what = text.strip().partition(" ")
    if not what.strip():
        raise WrongUsage(
            f"--event {text!r} says no time or nothing else.",
            'Write its time, a space, and what happened: "070041ZAPR17 second bomb".',
        )
    return {"at": instant_text(at), "what": what.strip()}


@verb(app)
def inquire(
    incident: str,
    mode: Mode,
    /,
    *,
    lead: str,
    due: str | None = None,
    question: tuple[str, ...] = (),
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Open an inquiry: our own, or one by both sides, which stands when both say so.

    Example:
        openline incident inquire ALPHA-I-0001 joint --lead "The inspector general" --due +20d

    Args:
        incident: The id.
        mode: own or joint.
        lead: Who leads it.
        due: When findings are due: an instant, or +20d from now; without it in 30 days.
        question: What is to be found out; give it again for each.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    fields: dict[str, Any] = {"mode": mode.name, "lead": lead, "questions": list(question)}
    if due is not None:
        fields["due_at"] = instant_text(due)
    _step(incident, Act.OPEN, fields, language, wait, options)


@verb(app)
def finding(
    incident: str,
    findings: str,
    /,
    *,
    agrees: str | None = None,
    differs: str | None = None,
    disagreement: str = "",
    agreed: tuple[str, ...] = (),
    differing: tuple[str, ...] = (),
    evidence: tuple[Path, ...] = (),
    what: tuple[str, ...] = (),
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say what was found, alone, or in agreement or difference with the other side.

    Example:
        openline incident finding ALPHA-I-0001 "A wrong grid was passed on."
        openline incident finding ALPHA-I-0001 "So it was." --agrees BRAVO-0031
        openline incident finding ALPHA-I-0001 "No." --differs BRAVO-0031 --disagreement "Whose?"

    Args:
        incident: The id.
        findings: What was found.
        agrees: The other side's finding with which we agree.
        differs: The other side's finding from which we differ.
        disagreement: Where the sides differ, and why.
        agreed: A fact on which both agree; give it again for each.
        differing: A fact on which they differ; give it again for each.
        evidence: A file that shows it: kept here under its hash; give it again for each.
        what: What the file is; give it again for each, in the same order.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    if agrees and differs:
        raise WrongUsage("--agrees and --differs are both given.", "Give one of them.")
    agreement = Agreement.AGREED if agrees else Agreement.DIFFERING if differs else Agreement.ALONE
    client = options.client()
    fields: dict[str, Any] = {
        "findings": findings,
        "agreement": agreement.name,
        "disagreement": disagreement,
        "facts_agreed": list(agreed),
        "facts_differing": list(differing),
        "evidence": evidence_of(client, evidence, what),
    }
    if serial := agrees or differs:
        fields["of"] = reference_of(client, options.line_of(client), serial)
    _step(incident, Act.FINDING, fields, language, wait, options)


@verb(app)
def measures(
    incident: str,
    text: str,
    /,
    *,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say what was or will be done after an incident.

    Example:
        openline incident measures ALPHA-I-0001 "Grids are read back twice from today."

    Args:
        incident: The id.
        text: What was or will be done.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _step(incident, Act.MEASURES, {"measures": text}, language, wait, options)


@verb(app)
def close(
    incident: str,
    text: str = "",
    /,
    *,
    disagreement: str = "",
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Close an incident: both sides do, or one of them in disagreement.

    Example:
        openline incident close ALPHA-I-0001
        openline incident close ALPHA-I-0001 --disagreement "Whose grid it was."

    Args:
        incident: The id.
        text: More, in words.
        disagreement: Where the sides differ: then it is closed in disagreement.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    act = Act.CLOSE_IN_DISAGREEMENT if disagreement else Act.CLOSE
    fields = {"text": text, "disagreement": disagreement}
    _step(incident, act, fields, language, wait, options)


@verb(app, "false-alarm")
def false_alarm(
    incident: str,
    text: str,
    /,
    *,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Take back an incident that we alone reported, or that both found to be none.

    Example:
        openline incident false-alarm ALPHA-I-0001 "It was thunder."

    Args:
        incident: The id.
        text: Why.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _step(incident, Act.FALSE_ALARM, {"text": text}, language, wait, options)


def _step(
    incident: str,
    act: Act,
    fields: dict[str, Any],
    language: str | None,
    wait: float,
    options: Acting,
) -> None:
    client = options.client()
    line = options.line_of(client)
    whole = {
        "incident": incident,
        "act": act.name,
        "language": language or client.config.language,
        **fields,
    }
    say_message(
        options, "INQUIRY", whole, client=client, line=line, precedence=Precedence.PRIORITY,
        reply_to=whole.get("of"), wait_s=wait,
    )  # fmt: skip


@verb(app)
def show(
    incident: str,
    /,
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show an incident: where it stands, each side's account, and what belongs to it.

    Example:
        openline incident show ALPHA-I-0001

    Args:
        incident: The id, or the serial of a message about it.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = client.get("/lines", line, "incidents", incident, language=language)
    emit(found, _rows(found), as_json=options.json)


def _rows(found: dict[str, Any]) -> Iterator[str | Worded]:
    matter = found["matter"]
    [standing] = matter["standings"]
    yield f"{matter['id']}  {matter['said']}  {standing['state']} since {dtg(standing['since'])}"
    yield Worded(standing["said"])
    for report in found["reports"]:
        yield f"{report['serial']}  report of {report['party']}  {dtg(report['at'])}"
        for name in ("facts", "assessment", "harm", "measures"):
            if words := (report["content"] or {}).get(name):
                yield f"    {name}: {words}"
    for step in standing["steps"]:
        who = f"clock {step['clock']}" if step["clock"] else f"{step['party']} {step['serial']}"
        late = "" if step["has_effect"] else "  (changes nothing)"
        yield f"  {format_instant(step['at'])}  {step['event']}  {who}{late}"
    for row in standing["due"]:
        yield Worded(row["said"])
    for file in found["evidence"]:
        kept = "kept here" if file["is_kept"] else "not here"
        yield f"evidence of {file['party']}: {file['what']}, {file['size_bytes']} bytes, {kept}"
        yield f"    sha256 {file['sha256']}"
    yield f"{len(found['chain'])} messages belong to it: openline incident export {matter['id']}"
    if found["hold"] is not None:
        yield from _hold_rows(found["hold"])


@verb(app)
def hold(
    name: str | None = None,
    /,
    *,
    reason: str,
    from_: From | None = None,
    until: Instant | None = None,
    at: Instant | None = None,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Hold what was recorded in a window: nobody lets go of any of it.

    Example:
        openline incident hold --at -3h --reason "Asked for by the inspector."
        openline incident hold ALPHA-I-0001 --reason "New facts." --from -6h --until -4h

    Args:
        name: A hold to be widened or held again: an incident's id, or HOLD-0001.
        reason: Why.
        from_: Start of the window: an instant, or -6h from now.
        until: End of the window.
        at: An event; two hours before and after are held.
        options: Which node and line, who acts, and how to print.
    """
    if at is not None and (from_ is not None or until is not None):
        raise WrongUsage("--at is given beside a window.", "Give --at, or --from and --until.")
    if (from_ is None) is not (until is None):
        raise WrongUsage("The window has one end only.", "Give both --from and --until.")
    body: dict[str, Any] = {"reason": reason, "name": name or ""}
    if at is not None:
        middle = instant_of(at)
        body |= {"valid_from": middle - 2 * HOUR_MS, "valid_until": middle + 2 * HOUR_MS + 1}
    elif from_ is not None and until is not None:
        body |= {"valid_from": instant_of(from_), "valid_until": instant_of(until)}
    elif name is None:
        raise WrongUsage("No window is given.", "Give --at, or --from and --until, or a name.")
    _held(options, body)


@verb(app)
def release(
    name: str,
    /,
    *,
    reason: str,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Hold something no longer; a commander does, when the incident is closed.

    Example:
        openline incident release ALPHA-I-0001 --reason "Closed by both." --by commander/Stone

    Args:
        name: An incident's id, or HOLD-0001.
        reason: Why.
        options: Which node and line, who acts, and how to print.
    """
    _held(options, {"name": name, "reason": reason}, "release")


def _held(options: Acting, body: dict[str, Any], *path: str) -> None:
    client = options.client()
    line = options.line_of(client)
    if officer := options.officer():
        body["by"] = officer
    held = client.post("/lines", line, "holds", *path, body=body)
    emit(held, _hold_rows(held), as_json=options.json)


@verb(app)
def holds(
    name: str | None = None,
    /,
    *,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List what is held, or show one hold with the size and hash of what lies in it.

    Example:
        openline incident holds
        openline incident holds ALPHA-I-0001

    Args:
        name: One hold: an incident's id, or HOLD-0001.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    if name is None:
        found = client.get("/lines", line, "holds")
        emit(found, _holds_rows(found["holds"]), as_json=options.json)
        return
    found = client.get("/lines", line, "holds", name)
    emit(found, [*_hold_rows(found), *_inside_rows(found["held"])], as_json=options.json)


def _holds_rows(holds: list[dict[str, Any]]) -> Iterator[str]:
    if not holds:
        yield "Nothing is held."
    for one in holds:
        yield from _hold_rows(one)


def _hold_rows(hold: dict[str, Any]) -> Iterator[str]:
    state = "HELD" if hold["is_held"] else f"RELEASED at {format_instant(hold['released_at'])}"
    reason = hold["released_why"] or hold["reason"]
    yield f"{hold['name']}: {state}{': ' + reason if reason else ''}"
    for window in hold["windows"]:
        start, end = format_instant(window["valid_from"]), format_instant(window["valid_until"])
        yield f"    {start} to {end}"


def _inside_rows(held: list[dict[str, Any]]) -> Iterator[str]:
    for one in held:
        yield f"{one['what']} of {one['name']}: {one['count']}, {one['size_bytes']} bytes"
        yield f"    sha256 {one['sha256']}"


@verb(app)
def export(
    incident: str,
    /,
    *,
    out: Path,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Write the bundle of an incident: a certificate of each message, and an index.

    An outsider verifies each file offline, with openline verify. The index says what
    each is and in which order to read them; it is no evidence itself. A name that ends
    in .zip gives one file.

    Example:
        openline incident export ALPHA-I-0001 --out bundle
        openline incident export ALPHA-I-0001 --out bundle.zip

    Args:
        incident: The id, or the serial of a message about it.
        out: The directory, new or empty; or a file whose name ends in .zip.
        options: Which node and line, and how to print.
    """
    from openline.faces.cli.bundle import gather, write_bundle

    client = options.client()
    line = options.line_of(client)
    found = client.get("/lines", line, "incidents", incident)
    files, index = gather(client, line, found)
    write_bundle(out, files, index)
    result = {"path": str(out), "files": len(files), "missing": index["missing"]}
    emit(result, _bundle_rows(out, len(files), index), as_json=options.json)


def _bundle_rows(out: Path, count: int, index: dict[str, Any]) -> Iterator[str]:
    yield f"{out}: {count} certificates and index.json."
    for one in index["missing"]:
        yield f"Not there: {one['kind']} of {one['serial']}: {one['why']}"
    if out.suffix != ".zip":
        yield f"Verify them: openline verify {out}/*.cert"
