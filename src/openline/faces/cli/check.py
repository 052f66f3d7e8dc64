"""The verb `check`: one person asks whether the line works, another answers."""

from typing import TYPE_CHECKING, Any

from openline.adapters.neutral import read_texts
from openline.domain.errors import OurError
from openline.domain.talk.check import Occasion
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.instants import instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Wait
from openline.faces.cli.saying import reference_of, say_message

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

app = make_app(
    "check",
    """\
    Test the line from person to person.

    Machines probe the line every few seconds by themselves; a line check
    proves that somebody answers it. Checks go on during a suspension.
    """,
)


@verb(app)
def send(
    text: str = "",
    /,
    *,
    no_message: bool = False,
    occasion: Occasion = Occasion.REGULAR,
    next_at: str | None = None,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Send a line check.

    The text is neutral and means nothing. Without one the next text of the
    approved list is taken, with its translations: check-texts.toml in the
    node's directory, or else the list that goes along with the program.

    Example:
        openline check send --next-at +4h
        openline check send "The quick brown fox."
        openline check send --no-message

    Args:
        text: Neutral words; without them the next of the approved list.
        no_message: Send none: "no message" is a valid check.
        occasion: Opening or closing call of a duty day, or regular.
        next_at: When the next check comes: an instant to come, or +4h from now.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    spoken = language or client.config.language
    fields: dict[str, Any] = {"occasion": occasion.name, "text": text, "language": spoken}
    if not text and not no_message:
        texts = read_texts(options.directory)
        fields |= texts.fields(_next_number(client, line), spoken)
    if next_at is not None:
        fields["next_check_at"] = instant_text(next_at)
    say_message(options, "LINE_CHECK", fields, client=client, line=line, wait_s=wait)


def _next_number(client: "Client", line: str) -> int:
    """The number that our next line check will have."""
    lines = {one["line"]: one for one in client.get("/lines")["lines"]}
    if line not in lines:
        raise WrongUsage(f"There is no line {line!r} here.", "See openline status.")
    return int(lines[line]["displayed"]["checks_due"]["next_number"])


@verb(app)
def reply(
    serial: str,
    /,
    *,
    readability: int = 5,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Answer a line check.

    The first row of its text is sent back as received, so that the other side
    sees what arrived.

    Example:
        openline check reply BRAVO-0031 --readability 4

    Args:
        serial: The check that is answered.
        readability: From 1, unreadable, to 5, perfectly readable.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    check = client.get("/lines", line, "messages", of["party"], str(of["index"]))
    body = check["body"] or {}
    if check["kind"] != "LINE_CHECK" or not body:
        raise OurError(f"{serial} is no line check.", "Find the check with openline log.")
    fields = {
        "number": body["number"],
        "readability": readability,
        "echo": body["text"].split("\n")[0],
    }
    say_message(
        options, "LINE_CHECK_REPLY", fields, client=client, line=line, reply_to=of, wait_s=wait
    )
