"""The verb `call`: ring, take and end a call; record what was said, agreed or not."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from cyclopts import Parameter

from openline.domain.instant import dtg
from openline.domain.party import Precedence
from openline.domain.talk.call_record import Authenticated, RecordMode
from openline.domain.talk.response import Answer
from openline.domain.talk.telephone import CallStep
from openline.faces.cli.faults import FileUnreadable, WrongUsage
from openline.faces.cli.instants import instant_of, instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Language, OnLine, Wait
from openline.faces.cli.output import emit
from openline.faces.cli.placing import every
from openline.faces.cli.saying import reference_of, say_message

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

_At: TypeAlias = Annotated[str, Parameter(allow_leading_hyphen=True)]
"""An instant, perhaps one before now: -25min."""

app = make_app(
    "call",
    """\
    Ring a post of the other side, take a call, and record what was said.

    A ring is put to a post, never only to a person; a message reaches it all the
    same. The sound goes between the consoles of the two officers.

    A record is drafted within an hour after the call; the other side agrees
    with it or says where it differs within a day. Neither changes the other's.
    """,
)


@verb(app)
def ring(
    post: str,
    subject: str,
    /,
    *,
    scope: str = "",
    about: str | None = None,
    spoken_in: str | None = None,
    media: Path | None = None,
    exercise: bool = False,
    to: tuple[str, ...] = (),
    language: str | None = None,
    precedence: Precedence = Precedence.IMMEDIATE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Ring a post of the other side.

    It rings for 90 seconds, FLASH for five minutes. FLASH rings through in a
    suspended scope, and tier 2 must know if nobody took it.

    Example:
        openline call ring air-desk "Flights over Shayrat" --scope air_safety
        openline call ring air-desk "Cease fire" --precedence flash --about BRAVO-0007

    Args:
        post: The post, as the Understanding names it.
        subject: What about, in a few words.
        scope: The scope that it belongs to; without it, the line itself.
        about: The message that it is about: a contact, a query, a notice.
        spoken_in: The language of the conversation; without it that of node.toml.
        media: A JSON file that says how this end is reached, for programs.
        exercise: It rings for an exercise only.
        to: The party, on a line of more than two.
        language: Language of the words; without it the language of node.toml.
        precedence: How loud it rings.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    own = client.config.language
    fields: dict[str, Any] = {
        "post": post,
        "subject": subject,
        "scope": scope,
        "spoken_in": spoken_in or language or own,
        "language": language or own,
        "exercise": exercise,
    }
    if media is not None:
        fields["media"] = _media_of(media)
    if about is not None:
        fields["about"] = reference_of(client, line, about)
    say_message(
        options, "RING", fields, client=client, line=line, precedence=precedence, recipients=to,
        wait_s=wait,
    )  # fmt: skip


@verb(app)
def answer(
    serial: str,
    /,
    *,
    media: Path | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Take a call that rings.

    There is no sound before both ends have said how they are reached, and both
    nodes have receipted that: the console does this by itself.

    Example:
        openline call answer BRAVO-0021

    Args:
        serial: The ring.
        media: A JSON file that says how this end is reached, for programs.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    fields = {} if media is None else {"media": _media_of(media)}
    _step(serial, CallStep.TAKE, fields, wait, options)


@verb(app)
def decline(
    serial: str,
    reason: str = "",
    /,
    *,
    busy: bool = False,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Decline a call that rings, with the reason; or say that the post is busy.

    Example:
        openline call decline BRAVO-0021 "The watch is being handed over; ring at 0815Z."
        openline call decline BRAVO-0021 --busy

    Args:
        serial: The ring.
        reason: Why, in words.
        busy: The post is in another call.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    fields: dict[str, Any] = {"text": reason}
    if language is not None:
        fields["language"] = language
    _step(serial, CallStep.BUSY if busy else CallStep.DECLINE, fields, wait, options)


@verb(app)
def end(
    serial: str,
    /,
    *,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """End a call, or stop ringing.

    Example:
        openline call end ALPHA-0016

    Args:
        serial: The ring.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _step(serial, CallStep.END, {}, wait, options)


@verb(app)
def show(
    serial: str,
    /,
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show one call: where it stands, both certificates, and what it waits for.

    Example:
        openline call show ALPHA-0016

    Args:
        serial: The ring.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = client.get("/lines", line, "calls", serial, language=language)
    emit(found, _show_rows(found), as_json=options.json)


@verb(app)
def record(
    text: str = "",
    /,
    *,
    from_: Annotated[str, Parameter(name="--from", allow_leading_hyphen=True)],
    until: _At,
    person: tuple[str, ...],
    contact: str | None = None,
    replaces: str | None = None,
    call_id: str | None = None,
    initiator: str | None = None,
    interpreter: tuple[str, ...] = (),
    spoken_in: str | None = None,
    authenticated: Authenticated = Authenticated.NONE,
    unverified: bool = False,
    mode: RecordMode = RecordMode.MINUTES,
    point: tuple[str, ...] = (),
    read_back: tuple[str, ...] = (),
    action: tuple[str, ...] = (),
    next_at: str | None = None,
    recording: Path | None = None,
    language: str | None = None,
    precedence: Precedence = Precedence.ROUTINE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Record a call.

    Where the challenge words failed or were those of duress, say --unverified:
    both nodes raise an alarm. Off the record, only who spoke and when is kept.

    Example:
        openline call record --from -25min --until -5min --person "bravo.example: Gen. Ivanov"
        openline call record --from -9min --until now --person "bravo.example: ?" --unverified

    Args:
        text: More, in words.
        from_: When it began: an instant, or -25min from now.
        until: When it ended.
        person: Who took part, as PARTY: NAME; give it again for each.
        contact: The contact that was held.
        replaces: The record of ours whose place this one takes.
        call_id: What the call is called; without it the contact and the time.
        initiator: The party that asked for it; without it as the contact says, or we.
        interpreter: Who interpreted; give it again for each.
        spoken_in: The language that was spoken; without it that of node.toml.
        authenticated: How the other side was known.
        unverified: It is not known who spoke.
        mode: What is kept of it.
        point: What was said; give it again for each.
        read_back: A value that was read back and said to be correct; give it again for each.
        action: Who does what, as PARTY: WHAT, and @ INSTANT where there is one.
        next_at: When the next contact is.
        recording: The recorded sound; its SHA-256 is put on the record, the file is not.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    if contact is not None and replaces is not None:
        raise WrongUsage(
            "--contact and --replaces exclude each other.",
            "A record in the place of another belongs to the same contact.",
        )
    client = options.client()
    line = options.line_of(client)
    own = client.config.language
    began = instant_of(from_)
    fields: dict[str, Any] = {
        "call_id": call_id or f"{contact or replaces or 'call'} {dtg(began)}",
        "started_at": instant_text(from_),
        "ended_at": instant_text(until),
        "initiator": initiator or _initiator(client, line, contact),
        "persons": [_pair(one, "--person", "name") for one in person],
        "interpreters": list(interpreter),
        "spoken_in": spoken_in or language or own,
        "authenticated": authenticated.name,
        "is_unverified": unverified,
        "mode": mode.name,
        "points": list(point),
        "read_backs": [{"value": one} for one in read_back],
        "actions": [_action(one) for one in action],
        "text": text,
        "language": language or own,
    }
    if next_at is not None:
        fields["next_contact_at"] = instant_text(next_at)
    if recording is not None:
        fields["recording"] = _base64_of(recording)
    of, named = None, contact or replaces
    if named is not None:
        of = fields["of"] = reference_of(client, line, named)
    say_message(
        options, "CALL_RECORD", fields, client=client, line=line, precedence=precedence,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


@verb(app)
def agree(
    serial: str,
    text: str = "",
    /,
    *,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Agree with a record of the other side.

    Example:
        openline call agree BRAVO-0021

    Args:
        serial: The record.
        text: In words.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _respond(serial, Answer.NOTED, text, language, wait, options)


@verb(app)
def differ(
    serial: str,
    text: str,
    /,
    *,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say where a record of the other side differs from what was said.

    Example:
        openline call differ BRAVO-0021 "Point 2: half an hour was agreed, not an hour."

    Args:
        serial: The record.
        text: Where it differs.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _respond(serial, Answer.OBJECTED, text, language, wait, options)


@verb(app, name="list")
def list_calls(
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the calls and the call records, and where each stands.

    Example:
        openline call list

    Args:
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = every(client, line, "matters", open=False, subject="call", language=language)
    rung = every(client, line, "matters", open=False, subject="telephone", language=language)
    emit(
        {"calls": found, "rung": rung},
        [*_rung_rows(rung), *_list_rows(found)],
        as_json=options.json,
    )


def _step(
    serial: str, step: CallStep, fields: dict[str, Any], wait: float, options: Acting
) -> None:
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    # What is done with a call goes as fast as the call itself.
    called = client.get("/lines", line, "calls", serial)
    said = {"of": of, "step": step.name, "language": client.config.language, **fields}
    say_message(
        options, "CALL", said, client=client, line=line,
        precedence=Precedence[called["precedence"]], reply_to=of, recipients=(called["other"],),
        wait_s=wait,
    )  # fmt: skip


def _respond(
    serial: str, answer: Answer, text: str, language: str | None, wait: float, options: Acting
) -> None:
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    fields = {
        "of": of,
        "answer": answer.name,
        "text": text,
        "language": language or client.config.language,
    }
    say_message(
        options, "RESPONSE", fields, client=client, line=line, precedence=Precedence.ROUTINE,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


def _initiator(client: "Client", line: str, contact: str | None) -> str:
    """The party that asked for the call: as the contact says, or this one."""
    if contact is None:
        return client.config.party
    return str(client.get("/lines", line, "matters", contact)["party"])


def _pair(text: str, option: str, name: str) -> dict[str, Any]:
    party, colon, words = text.partition(":")
    if not colon or not party.strip() or not words.strip():
        raise WrongUsage(
            f"{option} {text!r} does not name a party and a {name}.",
            f'Write them with a colon between: {option} "bravo.example: Gen. Ivanov".',
        )
    return {"party": party.strip(), name: words.strip()}


def _action(text: str) -> dict[str, Any]:
    words, at, due = text.rpartition("@")
    pair = _pair(words if at else due, "--action", "what")
    return {**pair, "due_at": instant_text(due)} if at else pair


def _media_of(path: Path) -> Any:
    """What a file says of how this end is reached."""
    import json

    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileUnreadable(
            f"{path} holds no JSON that can be read: {error}.",
            "Write it as the example of RING in docs/reference/api.md.",
        ) from None


def _base64_of(path: Path) -> str:
    """SHA-256 of a file of any size, as the API takes bytes."""
    import base64

    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise FileUnreadable(
            f"{path} cannot be read: {error.strerror}.", "Name a file that this user can read."
        ) from None
    return base64.b64encode(digest).decode()


def _list_rows(calls: list[dict[str, Any]]) -> Iterator[str]:
    if not calls:
        yield "No call was recorded."
    for call in calls:
        states = ", ".join(f"{party} {state}" for party, state in call["states"].items())
        late = "  drafted late" if call["said"] == "LATE" else ""
        yield f"{call['id']}  by {call['party']}  {dtg(call['at'])}  {states}{late}"


def _rung_rows(rung: list[dict[str, Any]]) -> Iterator[str]:
    for call in rung:
        [standing] = call["standings"]
        yield (
            f"{call['id']}  {call['party']} to {standing['party']}  {dtg(call['at'])}  "
            f"{standing['state']}  {call['precedence']}"
        )


def _show_rows(call: dict[str, Any]) -> Iterator[str]:
    yield f"{call['id']}  {call['rang']} to {call['rung']}, {call['post']}: {call['state']}"
    yield f"about: {call['subject']}" + (f" ({call['about']})" if call["about"] else "")
    for end in call["ends"]:
        certificate = end["fingerprint"] or "no certificate said"
        yield f"{end['party']}  {certificate}" + (f"  {end['serial']}" if end["serial"] else "")
    for one in call["waits_for"]:
        what = "say how its end is reached" if one["what"] == "MEDIA" else "receipt the other end"
        yield f"waits for {one['party']} to {what}"
    if not call["is_sound"] and not call["waits_for"]:
        yield "UNSOUND: another certificate than the recorded one was told of"
    if call["words"]:
        yield f"words: {' '.join(call['words'])}"
    for one in call["left_out"]:
        yield f"not tried: {one['address']} ({one['reach']})"
    if call["is_proven"]:
        yield "PROVEN: each end saw the recorded certificate of the other"
