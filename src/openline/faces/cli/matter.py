"""The verbs `matter` and `due`: what waits for somebody, and what is due."""

from collections.abc import Iterator
from typing import Any

from openline.domain.instant import dtg, format_instant
from openline.faces.cli.manual import make_app, sole_verb, verb
from openline.faces.cli.options import Language, OnLine
from openline.faces.cli.output import Worded, emit
from openline.faces.cli.placing import every

app = make_app(
    "matter",
    """\
    Look at what waits for somebody.

    A matter is a query, a warning, a request for explanation, or anything else
    that asks for an answer. Where it stands is computed from the record, alike
    on both sides; its clocks run by the record too.
    """,
)
due_app = make_app("due", "")


@verb(app, name="list")
def list_matters(
    *,
    subject: str | None = None,
    all: bool = False,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the matters in which somebody is waited for.

    Example:
        openline matter list --subject query --all

    Args:
        subject: Only those of this sort, such as query or warning.
        all: Those that are over as well.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = every(client, line, "matters", open=not all, subject=subject, language=language)
    emit({"matters": found}, _list_rows(found), as_json=options.json)


@verb(app)
def show(
    matter: str,
    /,
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show one matter: what happened to it, and what is due.

    Example:
        openline matter show ALPHA-0014

    Args:
        matter: Its name, or the serial of a message that belongs to it.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = client.get("/lines", line, "matters", matter, language=language)
    emit(found, _rows(found), as_json=options.json)


@sole_verb(due_app)
def due(
    *,
    ours: bool = False,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show what is due, by whom and when, the nearest first.

    Example:
        openline due --ours

    Args:
        ours: Only what we owe.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    answer = client.get("/lines", line, "due", language=language)
    rows = [row for row in answer["due"] if row["is_ours"] or not ours]
    emit({"due": rows}, _due_rows(rows), as_json=options.json)


def _list_rows(matters: list[dict[str, Any]]) -> Iterator[str | Worded]:
    if not matters:
        yield "Nobody is waited for."
    for matter in matters:
        states = ", ".join(f"{party} {state}" for party, state in matter["states"].items())
        said = f" {matter['said']}" if matter["said"] else ""
        yield (
            f"{matter['id']}  {matter['subject']}{said}  {matter['precedence']}  "
            f"{dtg(matter['at'])}  {states}  tier {matter['tier']}"
        )


def _rows(matter: dict[str, Any]) -> Iterator[str | Worded]:
    yield from _list_rows([matter])
    for standing in matter["standings"]:
        yield f"With {standing['party']}: {standing['state']} since {dtg(standing['since'])}."
        for step in standing["steps"]:
            who = f"clock {step['clock']}" if step["clock"] else f"{step['party']} {step['serial']}"
            said = f" {step['said']}" if step["said"] else ""
            late = "" if step["has_effect"] else "  (changes nothing)"
            yield f"  {format_instant(step['at'])}  {step['event']}{said}  {who}{late}"
        for row in standing["due"]:
            yield Worded(row["said"])


def _due_rows(rows: list[dict[str, Any]]) -> Iterator[str | Worded]:
    if not rows:
        yield "Nothing is due."
    for row in rows:
        yield f"{dtg(row['at'])}  {'OURS  ' if row['is_ours'] else 'theirs'}  {row['precedence']}"
        yield Worded(row["said"])
