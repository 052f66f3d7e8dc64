"""The verb `folders`: what became of the orders in watched folders."""

from collections.abc import Iterator
from typing import Any

from openline.domain.instant import format_instant
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Node
from openline.faces.cli.output import emit, table

app = make_app("folders", "")


@sole_verb(app)
def folders(
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Show the folders in which orders appear, and what became of them.

    A folder is a table [[folder]] of node.toml. Each file that appears in it, in any
    form that openline notice issue --file reads, becomes drafts, which an officer
    releases or rejects: openline draft list. It is put away into done, or into
    refused with a complaint beside it.

    Example:
        openline folders

    Args:
        options: Which node, and how to print.
    """
    found = options.client().get("/folders")
    emit(found, _rows(found["folders"]), as_json=options.json)


def _rows(found: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        yield "No folder is watched: see [[folder]] in docs/reference/settings.md."
        return
    heads = ("Folder", "Path", "Taken", "Refused", "Drafts", "Waiting")
    yield from table(heads, [_cells(one) for one in found])
    for one in found:
        if one["fault"]:
            yield f"{one['name']}: {one['fault']}"
        if last := one["last"]:
            yield f"{one['name']}: {format_instant(last['at'])} {last['file']}: {last['said']}"


def _cells(one: dict[str, Any]) -> list[str]:
    counts = (one["taken"], one["refused"], one["drafted"], one["waiting"])
    return [one["name"], one["path"], *map(str, counts)]
