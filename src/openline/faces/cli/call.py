"""The verb `call`: the record of a conversation, agreed or not."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from cyclopts import Parameter

from openline.domain.instant import dtg
from openline.domain.party import Precedence
from openline.domain.talk.call_record import Authenticated, RecordMode
from openline.domain.talk.response import Answer
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
    Record what was said in a call, and agree with the other side's record.

    A record is drafted within an hour after the call; the other side agrees
    with it or says where it differs within a day. Neither changes the other's.
    """,
)


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
    """List the call records, and where each stands.

    Example:
        openline call list

    Args:
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = every(client, line, "matters", open=False, subject="call", language=language)
    emit({"calls": found}, _list_rows(found), as_json=options.json)


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
