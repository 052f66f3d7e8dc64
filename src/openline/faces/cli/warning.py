"""The verb `warning`: act or stop now, for people are in danger."""

from typing import Any

from openline.domain.party import Precedence
from openline.domain.talk.response import Answer
from openline.domain.talk.warning import Action
from openline.faces.cli.instants import Instant, instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Wait
from openline.faces.cli.saying import reference_of, say_message

app = make_app(
    "warning",
    """\
    Warn the other side: people are in danger now.

    A warning is always FLASH. It says what happens, where, and which action is
    asked for. Any officer on watch takes it, reads it back and answers WILCO,
    UNABLE or HOLDING within minutes; nobody is waited for.
    """,
)


@verb(app)
def give(
    action: Action,
    what: str,
    /,
    *,
    place: str,
    at: Instant | None = None,
    at_risk: str = "",
    call_back: str = "",
    notice: str | None = None,
    exercise: bool = False,
    to: tuple[str, ...] = (),
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Warn.

    Example:
        openline warning give cease "You are striking our people." --place "2 km west of Shayrat"

    Args:
        action: What the other side is asked to do: cease, hold, turn, clear or other.
        what: What happens.
        place: Where, in words that can be read aloud.
        at: When it happens; without it, now.
        at_risk: Whose people are in danger.
        call_back: Post and number at which we answer.
        notice: The notice that it is about: its id or serial.
        exercise: It is said for an exercise only.
        to: A party addressed; give it again for each. Without it, all.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    fields: dict[str, Any] = {
        "action": action.name,
        "what": what,
        "place": place,
        "at_risk": at_risk,
        "call_back": call_back,
        "language": language or client.config.language,
        "exercise": exercise,
    }
    if at is not None:
        fields["happens_at"] = instant_text(at)
    of = None
    if notice is not None:
        of = fields["of"] = reference_of(client, line, notice)
    say_message(
        options, "WARNING", fields, client=client, line=line, precedence=Precedence.FLASH,
        reply_to=of, recipients=to, wait_s=wait,
    )  # fmt: skip


@verb(app)
def answer(
    serial: str,
    verdict: Answer,
    /,
    text: str = "",
    *,
    until: str | None = None,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Answer a warning: wilco, unable or holding.

    Example:
        openline warning answer BRAVO-0009 wilco
        openline warning answer BRAVO-0009 holding --until +3min

    Args:
        serial: The warning.
        verdict: What is answered.
        text: In words.
        until: With HOLDING, when the answer follows: an instant, or +3min from now.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    fields: dict[str, Any] = {
        "of": of,
        "answer": verdict.name,
        "text": text,
        "language": language or client.config.language,
    }
    if until is not None:
        fields["holding_until"] = instant_text(until)
    say_message(
        options, "RESPONSE", fields, client=client, line=line, precedence=Precedence.FLASH,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


@verb(app)
def over(
    serial: str,
    text: str,
    /,
    *,
    place: str = "as warned",
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say that the danger of a warning of ours is over.

    Example:
        openline warning over ALPHA-0009 "The strikes have stopped."

    Args:
        serial: The warning.
        text: Why.
        place: Where, in words.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    fields = {
        "action": Action.OTHER.name,
        "what": text,
        "place": place,
        "language": client.config.language,
        "of": of,
        "is_over": True,
    }
    say_message(
        options, "WARNING", fields, client=client, line=line, precedence=Precedence.FLASH,
        reply_to=of, wait_s=wait,
    )  # fmt: skip
