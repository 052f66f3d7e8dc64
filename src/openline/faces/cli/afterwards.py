"""The verbs about one message: correct, query-ack, passed-on, translation."""

from typing import Annotated, Any

from cyclopts import Parameter

from openline.adapters.clock import wall_clock_ms
from openline.domain.instant import format_instant
from openline.domain.party import Precedence
from openline.domain.talk.passed_on import Level
from openline.faces.cli.instants import instant_text
from openline.faces.cli.manual import make_app, sole_verb, verb
from openline.faces.cli.options import Acting, Language, Node, OnLine, Wait
from openline.faces.cli.output import Worded, emit, table
from openline.faces.cli.saying import reference_of, say_message

correct_app = make_app("correct", "")
query_ack_app = make_app("query-ack", "")
passed_on_app = make_app("passed-on", "")
translation_app = make_app(
    "translation",
    """\
    Give translations, and see what waits for one.

    The original alone is authentic. What a machine made is a gist, and is shown as
    such until a person has reviewed or certified it.
    """,
)


@sole_verb(correct_app)
def correct(
    serial: str,
    field: str,
    old: str,
    new: str,
    /,
    *,
    cause: str,
    language: str | None = None,
    precedence: Precedence | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Correct one value of a message of ours.

    What was said stays on the record; the corrected value is shown beside it, and
    the other side reads it back. The area and the window of a notice are changed by
    `openline notice replace`, so that conflicts are found again.

    Example:
        openline correct ALPHA-0009 place "2 km west of Shayrat" "2 km east of Shayrat" \
--cause "Misread."
        openline correct ALPHA-0014 "objects[0].count" 8 80 --cause "A digit was lost."

    Args:
        serial: The message.
        field: Which value, as `openline log show --json` names it in its body.
        old: The value that stands now: it is compared.
        new: The value as it is right.
        cause: How it came to be wrong.
        language: Language of the cause; without it the language of node.toml.
        precedence: How fast; without it as the message went.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    if precedence is None:
        message = client.get("/lines", line, "messages", of["party"], str(of["index"]))
        precedence = Precedence[message["precedence"]]
    fields = {
        "of": of,
        "field": field,
        "old": old,
        "new": new,
        "cause": cause,
        "language": language or client.config.language,
    }
    say_message(
        options, "CORRECTION", fields, client=client, line=line, precedence=precedence,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


@sole_verb(query_ack_app)
def query_ack(
    serial: str,
    /,
    *,
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Ask whether a message of ours arrived.

    `openline due` tells about which to ask and when: where the receipt or the
    reading is late, after the agreed time, and then each time after twice as long.
    What was missing answers: the receipt by itself, or READ by an officer.

    Example:
        openline query-ack ALPHA-0012

    Args:
        serial: The message.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    say_message(
        options, "QUERY_ACK", {"of": of}, client=client, line=line, precedence=precedence,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


@sole_verb(passed_on_app)
def passed_on(
    serial: str,
    level: Level,
    /,
    text: str = "",
    *,
    recipient: str = "",
    at: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say that a message was passed on inside our party, and to which level.

    A receipt and READ do not show that those who act were told. Say it again as the
    message goes further down: desk, headquarters, formation, unit, crew.

    Example:
        openline passed-on BRAVO-0009 unit --recipient "air defence battery at Shayrat" --at -5min

    Args:
        serial: The message of the other side.
        level: To which level.
        text: More, in words.
        recipient: To whom there.
        at: When: an instant, or -5min from now; without it, now.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    fields = {
        "of": of,
        "level": level.name,
        "passed_at": format_instant(wall_clock_ms()) if at is None else instant_text(at),
        "to": recipient,
        "text": text,
        "language": language or client.config.language,
    }
    say_message(options, "PASSED_ON", fields, client=client, line=line, reply_to=of, wait_s=wait)


@verb(translation_app)
def add(
    serial: str,
    text: str,
    /,
    *,
    into: str,
    translator: str,
    machine: bool = False,
    reviewed_by: str | None = None,
    certified_by: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Put a translation of a message on the record, ours or theirs.

    A translation of the other side's words shows them how we understood them.

    Example:
        openline translation add BRAVO-0007 "Not ours." --into en --translator "Lt. Petrova"

    Args:
        serial: The message.
        text: The translation.
        into: Its language.
        translator: Who made it: a person, or the name of a program.
        machine: A machine made it.
        reviewed_by: Who compared it with the original.
        certified_by: Who answers for it.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    fields: dict[str, Any] = {
        "of": of,
        "language": into,
        "text": text,
        "translator": translator,
        "is_machine": machine,
    }
    named = {"reviewed_by": reviewed_by, "certified_by": certified_by}
    fields |= {name: value for name, value in named.items() if value is not None}
    say_message(options, "TRANSLATION", fields, client=client, line=line, reply_to=of, wait_s=wait)


@verb(translation_app, name="list")
def list_waiting(
    *,
    into: str | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the other side's messages that wait for a linguist.

    Those whose words no person has given in the language; a machine's gist does not
    count.

    Example:
        openline translation list --into en

    Args:
        into: Into which language; without it the language of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = client.get("/lines", line, "untranslated", into=into or client.config.language)
    cells = [
        (one["serial"], format_instant(one["at"]), one["precedence"], one["kind"])
        for one in found["messages"]
    ]
    rows = list(table(("SERIAL", "AT", "PRECEDENCE", "KIND"), cells))
    emit(found, rows or ["Nothing waits for a translation."], as_json=options.json)


@verb(translation_app)
def check(
    original: str,
    translation: str,
    /,
    *,
    of: str,
    into: str,
    language: Language | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Check a translation against the glossary before it is given.

    Nothing is said and nothing refused: the linguist decides.

    Example:
        openline translation check "Our notice stands." "Наше уведомление в силе." --of en --into ru

    Args:
        original: The words that are translated.
        translation: The translation.
        of: Language of the original.
        into: Language of the translation.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node, and how to print.
    """
    asked = {"original": original, "language": of, "translation": translation, "into": into}
    answer = options.client().post("/glossary/check", body=asked, language=language)
    rows = [Worded(row) for row in answer["remarks"]]
    emit(answer, rows or ["Every agreed word is there."], as_json=options.json)
