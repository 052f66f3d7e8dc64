"""The verbs `query` and `explanation`: ask, answer, dispute."""

from typing import TYPE_CHECKING, Any

from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.talk.notice import SpeaksFor
from openline.domain.talk.query import AnswerCode, Question
from openline.domain.talk.response import Answer
from openline.faces.cli.instants import Instant, instant_text, instants_given
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Wait
from openline.faces.cli.saying import reference_of, say_message

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

app = make_app(
    "query",
    """\
    Ask the other side, and answer what it asks.

    "Are these yours?" is asked before a decision: a query says what was seen,
    where, and when its author decides. An answer says for whom it speaks and
    until when it holds. What nobody answered in time is UNANSWERED, and says
    which tier must know.
    """,
)
explanation_app = make_app(
    "explanation",
    """\
    Ask formally why something is done.

    A request for explanation is put by a commander or higher and is answered
    within the agreed time for ROUTINE, by proposal 48 hours.
    """,
)


@verb(app)
def ask(
    text: str = "",
    /,
    *,
    question: Question = Question.OTHER,
    objects: tuple[str, ...] = (),
    count: int | None = None,
    place: str = "",
    course: int | None = None,
    seen: Instant | None = None,
    intention: str = "",
    decision: str | None = None,
    reply_by: str | None = None,
    notice: str | None = None,
    exercise: bool = False,
    to: tuple[str, ...] = (),
    language: str | None = None,
    precedence: Precedence = Precedence.IMMEDIATE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Ask a question that needs an answer by a time.

    Example:
        openline query ask --question are-these-yours --objects "8 trucks" --place "near Khasham"
        openline query ask --question confirm-notice --notice BRAVO-N-0003
        openline query ask "Who commands the post at the bridge?" --reply-by +2h

    Args:
        text: In words; needed where the question is "other".
        question: What is asked.
        objects: What was seen; give it again for each sort.
        count: How many, of the first sort.
        place: Where, in words.
        course: Where it moves, in degrees, of the first sort.
        seen: When it was seen: an instant, or -5min from now.
        intention: What we will do, in words.
        decision: When we decide: an instant, or +20min from now.
        reply_by: When the answer is needed; without it the agreed time.
        notice: The notice asked about: its id or serial.
        exercise: It is asked for an exercise only.
        to: A party addressed; give it again for each. Without it, all.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast it is wanted.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    first = {"count": count, "course_deg": course}
    if seen is not None:
        first["seen_at"] = instant_text(seen)  # type: ignore[assignment]
    sightings: list[dict[str, Any]] = [{"what": what} for what in objects]
    if sightings:
        sightings[0] |= {name: value for name, value in first.items() if value is not None}
    fields: dict[str, Any] = {
        "question": question.name,
        "text": text,
        "language": language or client.config.language,
        "objects": sightings,
        "place": place,
        "intention": intention,
        "exercise": exercise,
    }
    fields |= instants_given(decision_at=decision, reply_by=reply_by)
    of = None
    if notice is not None:
        of = fields["of"] = reference_of(client, line, notice)
    say_message(
        options, "QUERY", fields, client=client, line=line, precedence=precedence,
        reply_to=of, recipients=to, wait_s=wait,
    )  # fmt: skip


@verb(app)
def answer(
    serial: str,
    code: AnswerCode,
    /,
    text: str = "",
    *,
    speaks_for: tuple[SpeaksFor, ...] = (),
    valid_until: str | None = None,
    until: str | None = None,
    basis: str = "",
    caveats: str = "",
    request: str = "",
    language: str | None = None,
    precedence: Precedence = Precedence.IMMEDIATE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Answer a query or a request for explanation.

    HOLDING says by when the substance follows. Every answer in substance says
    for whom it speaks: "not ours" of own people says nothing of auxiliaries.

    Example:
        openline query answer ALPHA-0014 holding --until +5min
        openline query answer ALPHA-0014 not-ours --speaks-for own --valid-until +2h

    Args:
        serial: What is answered.
        code: What is answered, in one word.
        text: In words; needed with "stated" and "declined".
        speaks_for: For whom it speaks; give it again for each.
        valid_until: Until when it holds: an instant, or +2h from now.
        until: With HOLDING, when the substance follows: an instant, or +5min from now.
        basis: With whom it was checked.
        caveats: What it does not cover.
        request: What is asked of the other side, such as to wait.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    fields: dict[str, Any] = {
        "of": of,
        "code": code.name,
        "speaks_for": [one.name for one in sorted(set(speaks_for))],
        "basis": basis,
        "caveats": caveats,
        "request": request,
        "text": text,
        "language": language or client.config.language,
    }
    fields |= instants_given(valid_until=valid_until, holding_until=until)
    say_message(
        options, "ANSWER", fields, client=client, line=line, precedence=precedence,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


@verb(app)
def accept(
    serial: str,
    /,
    *,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Accept the last answer to a query of ours.

    Example:
        openline query accept ALPHA-0014

    Args:
        serial: The query, or the answer.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _respond(serial, Answer.NOTED, "", None, Precedence.PRIORITY, wait, options)


@verb(app)
def dispute(
    serial: str,
    text: str,
    /,
    *,
    language: str | None = None,
    precedence: Precedence = Precedence.IMMEDIATE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say that the last answer to a query of ours was contradicted since.

    Example:
        openline query dispute ALPHA-0014 "Men in your uniforms were filmed there at 0400Z."

    Args:
        serial: The query, or the answer.
        text: What contradicts it.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _respond(serial, Answer.OBJECTED, text, language, precedence, wait, options)


@verb(app)
def close(
    serial: str,
    text: str = "",
    /,
    *,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say that a query of ours needs no answer any more.

    Example:
        openline query close ALPHA-0014 "The convoy has turned back."

    Args:
        serial: The query.
        text: Why, in words.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    fields = {
        "question": Question.OTHER.name,
        "text": text,
        "language": client.config.language,
        "of": of,
        "is_closed": True,
    }
    say_message(
        options, "QUERY", fields, client=client, line=line, precedence=Precedence.PRIORITY,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


@verb(explanation_app, name="request")
def request_explanation(
    concern: str,
    /,
    *,
    activity: str = "",
    place: str = "",
    seen_from: Instant | None = None,
    seen_until: Instant | None = None,
    document: tuple[str, ...] = (),
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Ask for an explanation of activity that gives concern.

    It is answered with `openline query answer SERIAL stated "..."`. Where no
    answer comes, `openline certify no-answer SERIAL` proves so.

    Example:
        openline explanation request "Troops near the line since Monday." --by "commander/Gen. Lee"

    Args:
        concern: What gives concern, in words.
        activity: What sort of activity.
        place: Where, in words.
        seen_from: From when: an instant, or -3d from now.
        seen_until: Until when.
        document: What is asked for beside words; give it again for each.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    fields: dict[str, Any] = {
        "concern": concern,
        "activity": activity,
        "place": place,
        "documents": list(document),
        "language": language or client.config.language,
    }
    fields |= instants_given(seen_from=seen_from, seen_until=seen_until)
    say_message(
        options, "EXPLANATION", fields, client=client, precedence=Precedence.PRIORITY, wait_s=wait
    )


def _respond(
    serial: str,
    verdict: Answer,
    text: str,
    language: str | None,
    precedence: Precedence,
    wait: float,
    options: Acting,
) -> None:
    """Respond to the newest answer of a matter."""
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, _newest_answer(client, line, serial))
    fields = {
        "of": of,
        "answer": verdict.name,
        "text": text,
        "language": language or client.config.language,
    }
    say_message(
        options, "RESPONSE", fields, client=client, line=line, precedence=precedence,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


def _newest_answer(client: "Client", line: str, serial: str) -> str:
    """The serial of the newest answer to a query.

    The query is named by itself or by any message about it.

    Raises:
        OurError: Nobody has answered it.
    """
    matter = client.get("/lines", line, "matters", serial)
    steps = [
        step
        for standing in matter["standings"]
        for step in standing["steps"]
        if step["event"] == "ANSWERED" and step["serial"]
    ]
    if not steps:
        raise OurError(f"{matter['id']} has no answer yet.", "See openline matter show.")
    newest: str = max(steps, key=lambda step: step["at"])["serial"]
    return newest
