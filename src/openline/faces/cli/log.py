"""The verb `log`: what was said on a line, and what became of it."""

import sys
from collections.abc import Iterator
from typing import Any, Literal

from openline.domain.instant import format_instant
from openline.faces.cli.faults import NodeNotRunning
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import OnLine
from openline.faces.cli.output import Worded, emit, table
from openline.faces.cli.serials import find_serial

app = make_app(
    "log",
    """\
    Show what was said, and what became of it.

    Every message has a serial without gaps and four marks: recorded and
    delivered are done by machines, read and answered by named officers.
    Without a verb it lists them in the order in which they were recorded here.
    """,
    """\
    openline log --after 100 --count 20 --follow
    openline log show BRAVO-0007
    """,
)


@app.default
def list_messages(
    *,
    after: int = 0,
    count: int = 100,
    follow: bool = False,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List messages in the order in which they were recorded here.

    Args:
        after: Only those with a larger position.
        count: At most so many, up to 1000.
        follow: Go on with what is said and marked from now on, until Control-C.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    # Begun before the list is read, so that nothing is missed between the two.
    events = client.events(line) if follow else iter(())
    begin = next(events, None)
    answer = client.get("/lines", line, "messages", after=after, count=count)
    emit(answer, _list_rows(answer["messages"]), as_json=options.json)
    for name, data in events if begin else ():
        if name == "end":
            raise NodeNotRunning(f"The stream ended: {data['why']}.", "See openline status.")
        if name == "message":
            emit(data, _followed_rows(data), as_json=options.json)
            sys.stdout.flush()


@verb(app)
def show(
    serial: str,
    /,
    *,
    language: Literal["en", "ru", "ar"] | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Print a stored message as plain text that needs no documentation.

    Example:
        openline log show BRAVO-0007 --language ru

    Args:
        serial: The message.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    party, index = find_serial(client, line, serial)
    message = client.get(
        "/lines", line, "messages", party, str(index),
        language=language or client.config.language,
    )  # fmt: skip
    emit(message, _message_rows(message), as_json=options.json)


def _list_rows(messages: list[dict[str, Any]]) -> Iterator[str]:
    if not messages:
        yield "Nothing was said."
        return
    cells = [
        (
            str(one["position"]),
            one["serial"],
            format_instant(one["at"]),
            one["precedence"],
            " ".join((one["kind"], one["notice_id"])).strip(),
            _marks(one["marks"]),
            " ".join(one["flags"]),
        )
        for one in messages
    ]
    yield from table(("#", "SERIAL", "AT", "PRECEDENCE", "KIND", "MARKS", "FLAGS"), cells)


def _followed_rows(one: dict[str, Any]) -> Iterator[str]:
    """A message as it comes or is marked, in one row."""
    yield (
        f"{format_instant(one['at'])}  {one['serial']}  {one['precedence']}  "
        f"{' '.join((one['kind'], one['notice_id'])).strip()}  {_marks(one['marks'])}"
    )


def _marks(marks: dict[str, Any]) -> str:
    """The marks in a few words: delivered 1, read 1, answered NOTED."""
    words = []
    if marks["delivered"]:
        words.append(f"delivered {len(marks['delivered'])}")
    for name in ("read", "read_back"):
        if marks[name]:
            words.append(f"{name.replace('_', ' ')} {len(marks[name])}")
    if marks["answered"]:
        words.append(f"answered {marks['answered'][-1].get('said', '')}".strip())
    return ", ".join(words) or "recorded"


def _message_rows(message: dict[str, Any]) -> Iterator[str]:
    yield from map(Worded, message["text"].splitlines())
    yield ""
    for party, at in sorted(message["marks"]["delivered"].items()):
        yield f"Delivered to {party} {format_instant(at)}"
    for name in ("read", "read_back", "answered"):
        for mark in message["marks"][name]:
            said = f": {mark['said']}" if mark.get("said") else ""
            who = f"{mark['party']}, {mark['post']}, {mark['officer']}"
            yield (
                f"{name.replace('_', ' ').capitalize()} {format_instant(mark['at'])} "
                f"by {who} ({mark['serial']}){said}"
            )
    if message["flags"]:
        yield f"Flags: {', '.join(message['flags'])}"
