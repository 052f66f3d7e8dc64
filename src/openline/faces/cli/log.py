"""The verb `log`: what was said on a line, and what became of it."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from openline.domain.instant import format_instant
from openline.faces.cli.faults import NodeNotRunning
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Language, OnLine
from openline.faces.cli.output import Worded, emit, table
from openline.faces.cli.serials import find_serial

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

COUNT_MAX: Final = 1_000
"""The API lists no more at once."""

app = make_app(
    "log",
    """\
    Show what was said, and what became of it.

    Every message has a serial without gaps and four marks: recorded and
    delivered are done by machines, read and answered by named officers.
    Without a verb it lists the last ones, in the order in which they were
    recorded here.
    """,
    """\
    openline log --after 100 --count 20 --follow
    openline log show BRAVO-0007
    """,
)


@app.default
def list_messages(
    *,
    after: Annotated[int | None, Parameter(validator=Number(gte=0))] = None,
    count: Annotated[int, Parameter(validator=Number(gte=1, lte=COUNT_MAX))] = 100,
    follow: bool = False,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List messages in the order in which they were recorded here.

    Args:
        after: Those that follow this position; without it, the last ones.
        count: At most so many, up to 1000.
        follow: Go on with what is said and marked from now on, until Control-C.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    # Begun before the list is read, so that nothing is missed between the two.
    events = client.events(line) if follow else iter(())
    begin = next(events, None)
    if after is None:
        answer = {"messages": _last_messages(client, line, count)}
    else:
        answer = client.get("/lines", line, "messages", after=after, count=count)
    emit(answer, _list_rows(answer["messages"]), as_json=options.json)
    # Whoever reads from a pipe has the list now, and not with the next message.
    sys.stdout.flush()
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
    language: Language | None = None,
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
    message = client.get("/lines", line, "messages", party, str(index), language=language)
    emit(message, _message_rows(message), as_json=options.json)


def _last_messages(client: "Client", line: str, count: int) -> list[dict[str, Any]]:
    """The last so many messages, the newest at the end."""
    states = {one["line"]: one for one in client.get("/lines")["lines"]}
    state = states.get(line, {"out_size": 0, "held": {}})
    after = max(0, state["out_size"] + sum(state["held"].values()) - count)
    last: list[dict[str, Any]] = []
    # More may have come meanwhile, or out of order: what follows is read to its end.
    while found := client.get("/lines", line, "messages", after=after, count=count)["messages"]:
        last = [*last, *found][-count:]
        after = found[-1]["position"]
        if len(found) < count:
            break
    return last


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
    yield from map(Worded, message["outcome"].splitlines())
