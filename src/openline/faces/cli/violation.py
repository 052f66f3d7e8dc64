"""The verbs `violation` and `protest`: what is alleged, and formal texts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openline.domain.party import Precedence
from openline.domain.talk.protest import Paper
from openline.domain.talk.response import Answer
from openline.domain.talk.violation import ViolationAct
from openline.faces.cli.evidence import evidence_of, grounds_of, read_draft
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.files import Input
from openline.faces.cli.incident import From
from openline.faces.cli.instants import Instant, instant_of, instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, OnLine, Wait
from openline.faces.cli.output import emit
from openline.faces.cli.saying import reference_of, say_message

app = make_app(
    "violation",
    """\
    Allege that a rule was broken, and answer what is alleged of us.

    What is alleged is bound to an article, to a zone or to messages on the record, and
    to evidence by hash. It stays an allegation: the other side accepts, denies or
    explains it, and nothing here finds who is right. Both sides count the same.
    """,
)
protest_app = make_app(
    "protest",
    """\
    Make a protest or a note, answer one, or withdraw it.

    It is the formal text of a party, said by a commander or higher. Where it also goes
    another way, by an attache, it says so.
    """,
)


@verb(app)
def allege(
    text: str = "",
    /,
    *,
    draft: Input | None = None,
    article: tuple[str, ...] = (),
    at: Instant | None = None,
    ended: Instant | None = None,
    place: str | None = None,
    zone: str | None = None,
    incident: str | None = None,
    about: tuple[str, ...] = (),
    evidence: tuple[Path, ...] = (),
    what: tuple[str, ...] = (),
    reply_by: str | None = None,
    to: str | None = None,
    language: str | None = None,
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Allege a violation.

    Example:
        openline violation allege "Six vehicles." --article "Annex B, 3" --at -20min --zone TANF
        openline violation allege --draft entry.json

    Args:
        text: What happened.
        draft: A file with the fields of the message, as a program drafts it, and with
            `accused`; what is given here goes before it. `-` is standard input.
        article: An article that was broken; give it again for each.
        at: When: an instant, or -20min from now.
        ended: Until when.
        place: Where, in words.
        zone: The zone that was entered, by its id.
        incident: The incident that it belongs to, by its id.
        about: A message that it rests on: a serial, or the id of a notice.
        evidence: A file that shows it: kept here under its hash; give it again for each.
        what: What the file is; give it again for each, in the same order.
        reply_by: When an answer is due; without it in seven days, in two if it is urgent.
        to: The party that is accused; not needed where there is one counterpart.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    fields = {"language": client.config.language} | ({} if draft is None else read_draft(draft))
    accused = to or fields.pop("accused", None)
    fields.pop("accused", None)
    if not isinstance(accused, str | None):
        raise WrongUsage("The draft names no party as accused.", "Give --to and the party's name.")
    given: dict[str, Any] = {
        "text": text,
        "articles": list(article),
        "happened_at": None if at is None else instant_text(at),
        "ended_at": None if ended is None else instant_text(ended),
        "place": place,
        "zone": zone,
        "incident": incident,
        "about": grounds_of(client, line, about),
        "evidence": evidence_of(client, evidence, what),
        "reply_by": None if reply_by is None else instant_text(reply_by),
        "language": language,
    }
    fields |= {name: value for name, value in given.items() if value}
    say_message(
        options, "VIOLATION", {**fields, "act": ViolationAct.ALLEGE.name}, client=client,
        line=line, precedence=precedence, recipients=(accused,) if accused else (), wait_s=wait,
    )  # fmt: skip


@verb(app)
def answer(
    serial: str,
    act: ViolationAct,
    text: str,
    /,
    *,
    evidence: tuple[Path, ...] = (),
    what: tuple[str, ...] = (),
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Answer what is alleged of us: accept, deny or explain.

    Example:
        openline violation answer ALPHA-0031 explain "A detour around a mined road."

    Args:
        serial: The allegation.
        act: accept, deny or explain.
        text: The answer.
        evidence: A file that shows it: kept here under its hash; give it again for each.
        what: What the file is; give it again for each, in the same order.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    if act not in (ViolationAct.ACCEPT, ViolationAct.DENY, ViolationAct.EXPLAIN):
        raise WrongUsage(f"{act.name.lower()} is no answer.", "Say accept, deny or explain.")
    fields = {"text": text, "evidence": evidence_of(options.client(), evidence, what)}
    _say_of(serial, act, fields, language, wait, options)


@verb(app)
def dispute(
    serial: str,
    text: str,
    /,
    *,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say that we do not take the answer to an allegation of ours.

    Example:
        openline violation dispute ALPHA-0031 "The road was not mined."

    Args:
        serial: The allegation.
        text: Why.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _say_of(serial, ViolationAct.DISPUTE, {"text": text}, language, wait, options)


@verb(app)
def close(
    serial: str,
    text: str = "",
    /,
    *,
    withdraw: bool = False,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Close an allegation of ours, or withdraw it.

    Example:
        openline violation close ALPHA-0031
        openline violation close ALPHA-0031 "They were our own." --withdraw

    Args:
        serial: The allegation.
        text: Why; needed to withdraw it.
        withdraw: It should not have been alleged.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    act = ViolationAct.WITHDRAW if withdraw else ViolationAct.CLOSE
    _say_of(serial, act, {"text": text}, language, wait, options)


def _say_of(
    serial: str,
    act: ViolationAct,
    fields: dict[str, Any],
    language: str | None,
    wait: float,
    options: Acting,
) -> None:
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    whole = {
        "act": act.name,
        "of": of,
        "language": language or client.config.language,
        **fields,
    }
    say_message(
        options, "VIOLATION", whole, client=client, line=line, precedence=Precedence.PRIORITY,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


@verb(app)
def count(
    *,
    from_: From | None = None,
    until: Instant | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Count what is alleged; both sides count the same from the record.

    Example:
        openline violation count --from -30d

    Args:
        from_: Alleged from when on: an instant, or -30d from now.
        until: Alleged before when.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    window = {
        "from": None if from_ is None else instant_of(from_),
        "until": None if until is None else instant_of(until),
    }
    found = client.get("/lines", line, "violations", **window)
    emit(found, _count_rows(found), as_json=options.json)


def _count_rows(found: dict[str, Any]) -> Iterator[str]:
    if not found["rows"]:
        yield "No violation is alleged."
    for row in found["rows"]:
        yield f"{row['party']} alleges {row['alleged']} of {row['accused']}:"
        for state, number in row["states"].items():
            yield f"    {number} {state}"
        for article, number in row["articles"].items():
            yield f"    {number} of {article}"
    if found["uncounted"]:
        yield f"{found['uncounted']} more are on the record and not counted."


@verb(protest_app)
def make(
    text: str,
    /,
    *,
    note: bool = False,
    subject: str = "",
    article: tuple[str, ...] = (),
    demand: tuple[str, ...] = (),
    due: str | None = None,
    also_by: str = "",
    incident: str = "",
    about: tuple[str, ...] = (),
    to: tuple[str, ...] = (),
    language: str | None = None,
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Make a protest, or a note.

    Example:
        openline protest make "Such flights must cease." --due +7d --also-by "attache, Geneva"

    Args:
        text: The text.
        note: It is a note, not a protest.
        subject: What it is about.
        article: An article that it cites; give it again for each.
        demand: What is demanded; give it again for each.
        due: When an answer is due: an instant, or +7d from now; without it in seven days.
        also_by: Which other way it is delivered.
        incident: The incident that it is about, by its id.
        about: A message that it is about: a serial, or the id of a notice.
        to: A party addressed; give it again for each. Without it, all.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    fields: dict[str, Any] = {
        "paper": (Paper.NOTE if note else Paper.PROTEST).name,
        "text": text,
        "subject": subject,
        "articles": list(article),
        "demands": list(demand),
        "also_by": also_by,
        "incident": incident,
        "about": grounds_of(client, line, about),
        "language": language or client.config.language,
    }
    if due is not None:
        fields["due_at"] = instant_text(due)
    say_message(
        options, "PROTEST", fields, client=client, line=line, precedence=precedence,
        recipients=to, wait_s=wait,
    )  # fmt: skip


@verb(protest_app)
def reply(
    serial: str,
    text: str,
    /,
    *,
    decline: bool = False,
    also_by: str = "",
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Answer a protest or a note, by a note in reply, or say that none is given.

    Example:
        openline protest reply ALPHA-0040 "The flight was notified in BRAVO-N-0003."
        openline protest reply ALPHA-0040 "It concerns a third party." --decline

    Args:
        serial: The protest or note.
        text: The reply, or why none is given.
        decline: No answer is given.
        also_by: Which other way it is delivered.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    if decline:
        fields: dict[str, Any] = {"answer": Answer.DECLINED.name, "text": text}
        kind = "RESPONSE"
    else:
        fields = {"paper": Paper.NOTE.name, "text": text, "also_by": also_by}
        kind = "PROTEST"
    _say_about(kind, serial, fields, language, wait, options)


@verb(protest_app)
def withdraw(
    serial: str,
    text: str,
    /,
    *,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Withdraw a protest or a note of ours.

    Example:
        openline protest withdraw ALPHA-0040 "It rested on a wrong report."

    Args:
        serial: The protest or note.
        text: Why.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    fields = {"paper": Paper.NOTE.name, "text": text, "is_withdrawn": True}
    _say_about("PROTEST", serial, fields, language, wait, options)


def _say_about(
    kind: str,
    serial: str,
    fields: dict[str, Any],
    language: str | None,
    wait: float,
    options: Acting,
) -> None:
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    whole = {**fields, "of": of, "language": language or client.config.language}
    say_message(
        options, kind, whole, client=client, line=line, precedence=Precedence.PRIORITY,
        reply_to=of, wait_s=wait,
    )  # fmt: skip
