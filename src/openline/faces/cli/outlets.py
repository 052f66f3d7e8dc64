"""The verb `outlets`: how each outlet of the node does."""

from collections.abc import Iterator
from typing import Any

from openline.domain.instant import format_instant
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Node
from openline.faces.cli.output import emit, table

app = make_app("outlets", "")


@sole_verb(app)
def outlets(
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Show where the party's own tools are shown the line, and how that does.

    An outlet is a table [[outlet]] of node.toml. One to a TAK server or a group shows
    notices, zones, sites, movements, conflicts and alarms as Cursor on Target events;
    one to a program posts it what changes, signed, until it is taken. Both are
    one-way. What is private goes out only where it is named there.

    Example:
        openline outlets

    Args:
        options: Which node, and how to print.
    """
    found = options.client().get("/outlets")
    emit(found, _rows(found["outlets"]), as_json=options.json)


def _rows(found: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        yield "There is no outlet: see [[outlet]] in docs/reference/settings.md."
        return
    heads = ("Outlet", "To", "Way", "Marks", "Tracks", "Waiting", "Sent", "Last")
    yield from table(heads, [_cells(one) for one in found])
    for one in found:
        if one["fault"]:
            yield f"{one['name']}: {one['fault']}"
        if one["unshown"]:
            yield f"{one['name']}: {one['unshown']} marks or tracks have no room."


def _cells(one: dict[str, Any]) -> list[str]:
    return [
        one["name"],
        one["address"],
        "open" if one["is_open"] else "closed",
        "" if one["marks"] is None else str(one["marks"]),
        "" if one["tracks"] is None else str(one["tracks"]),
        str(one["waiting"]),
        str(one["sent"]),
        format_instant(one["sent_at"]) if one["sent_at"] else "never",
    ]
