"""The verb `feeds`: the party's own receivers and radars, and how each stands."""

from collections.abc import Iterator
from typing import Any

from openline.domain.instant import format_instant
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Node
from openline.faces.cli.output import emit

app = make_app("feeds", "")


@sole_verb(app)
def feeds(
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Show the feeds of sightings and how each stands.

    A feed is a receiver, a radar or a file that this party runs or trusts; each
    has a table [[feed]] in node.toml. What it tells stays on this node. Messages
    that cannot be decoded are refused whole and counted here by reason.

    Example:
        openline feeds
        openline feeds --json

    Args:
        options: Which node, and how to print.
    """
    answer = options.client().get("/feeds")
    emit(answer, _rows(answer["feeds"]), as_json=options.json)


def _rows(found: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        yield "No feeds; node.toml has a table [[feed]] for each."
    for feed in found:
        state = "is read" if feed["is_up"] else f"is NOT read: {feed['failure'] or 'not yet'}"
        yield f"{feed['name']} ({feed['kind']}, trust {feed['trust']}) {state}"
        yield f"  from {feed['source']}"
        yield f"  {_heard(feed)}"
        yield f"  {feed['sightings']} sightings, {feed['positions']} with a position{_last(feed)}"
        if feed["refused"]:
            counts = ", ".join(f"{count} {name}" for name, count in feed["refused"].items())
            yield f"  refused: {counts}; the last: {feed['refused_last']}"
        if feed["left_aside"]:
            left = ", ".join(f"{count} {_LEFT[word]}" for word, count in feed["left_aside"].items())
            yield f"  left aside or doubted: {left}"


_LEFT = {
    "malformed": "malformed",
    "old": "too old",
    "future": "of a time to come",
    "unreachable": "out of reach",
    "displaced": "displaced other tracks",
    "refused": "without room",
    "jumped": "jumped",
    "duplicate": "with the address of another object",
    "apart": "apart from other feeds",
}


def _heard(feed: dict[str, Any]) -> str:
    if feed["heard_at"] is None:
        return "nothing heard yet"
    at = format_instant(feed["heard_at"])
    return f"{feed['messages']} messages, {feed['bytes_received']} bytes, the last at {at}"


def _last(feed: dict[str, Any]) -> str:
    last = feed["last"]
    return "" if last is None else f"; the newest of {last['address']}"
