"""What the verbs `site`, `zone` and `movement` share: lists in parts, and saying."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from openline.domain.limits import SITES_PER_MESSAGE_MAX
from openline.domain.party import Precedence
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.output import Worded, emit
from openline.faces.cli.saying import said_rows, say

if TYPE_CHECKING:
    from openline.faces.cli.client import Client
    from openline.faces.cli.options import Acting

AT_A_TIME: Final = 1_000
"""Rows of a list asked of the node in one request: as many as it gives."""

SAID_AT_A_TIME: Final = SITES_PER_MESSAGE_MAX
"""Entries of a file that are said in one message."""


def every(client: "Client", line: str, sort: str, **query: Any) -> list[dict[str, Any]]:
    """All rows of a list of a line, such as `sites`: asked for in parts."""
    found: list[dict[str, Any]] = []
    more = 1
    while more:
        after = found[-1]["position"] if found else 0
        answer = client.get("/lines", line, sort, after=after, count=AT_A_TIME, **query)
        found += answer[sort]
        more = answer["more"]
    return found


def say_place(
    options: "Acting",
    kind: str,
    fields: dict[str, Any],
    client: "Client",
    line: str,
    precedence: Precedence,
    wait_s: float,
) -> dict[str, Any]:
    """Say a site, a zone or a movement, and print what became of it within the wait."""
    said = say(
        options, kind, fields, client=client, line=line, precedence=precedence, wait_s=wait_s
    )
    called = f", {kind.lower()} {said['notice_id']}" if said["notice_id"] else ""
    first, *rest = said_rows({**said, "notice_id": ""}, wait_s)
    serial, _, became = first.partition(":")
    emit(said, [f"{serial}{called}:{became}", *rest], as_json=options.json)
    return said


def shown_rows(
    client: "Client", line: str, one: dict[str, Any], language: str | None
) -> Iterator[str]:
    """The message that says something, what became of it, and where it stands."""
    message = client.get(
        "/lines", line, "messages", one["party"], str(one["index"]), language=language
    )
    yield from map(Worded, message["text"].splitlines())
    yield ""
    yield from map(Worded, message["outcome"].splitlines())
    yield f"State: {one['state']}."
    for conflict in one["conflicts"]:
        yield f"In conflict: {conflict}."


def split_name(text: str, language: str) -> tuple[str, str]:
    """The language and the words of `ar=NAME`, or of a name alone.

    Raises:
        WrongUsage: There are no words.
    """
    head, parting, rest = text.partition("=")
    is_language = bool(parting) and head.isascii() and head.isalpha() and 2 <= len(head) <= 3
    words = rest if is_language else text
    if not words.strip():
        raise WrongUsage(f"--name {text!r} holds no name.", 'Write --name "ar=NAME".')
    return (head.lower() if is_language else language), words.strip()


def show_verb(party: str, name: str) -> str:
    """The verb that shows one side of a conflict."""
    sort, parting, rest = name.partition("/")
    if not parting:
        return f"notice show {party}/{name}"
    # Of a zone, the version since which it counts stands behind its id.
    return f"{sort} show {party}/{rest.partition('/')[0]}"
