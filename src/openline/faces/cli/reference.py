"""Writes `docs/reference`: every verb, setting, route and clock.

    python -m openline.faces.cli.reference docs/reference

The pages follow from the program itself, so they are never out of step; a test
compares them. The same program gives the same bytes.
"""

import dataclasses
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cyclopts import App
from rich.console import Console

from openline.app.config import FILE_NAME
from openline.app.settings.keys import SETTINGS, SOLE_TABLES, TABLES
from openline.domain.conduct.clock import Turn
from openline.domain.conduct.subject import Subject
from openline.domain.conduct.table import SUBJECTS
from openline.domain.talk.body import Body
from openline.domain.talk.message import MESSAGES
from openline.faces.api.app import TAGS, openapi_document
from openline.faces.api.describe import read_docstring
from openline.faces.api.events import EVENTS
from openline.faces.api.writing import LEFT_TO_THE_DESK, SAID_BY_PEOPLE
from openline.faces.cli.faults import Exit
from openline.faces.cli.main import VERBS, app, load_verbs

HELP_COLUMNS: Final = 88

_MADE: Final = "<!-- Made by `python -m openline.faces.cli.reference docs/reference`. -->\n"

_EXITS: Final = {
    Exit.DONE: "It is done; of `verify`: PROVEN.",
    Exit.REFUSED: "The rules, the state or the input forbid it; of `verify`: REFUTED.",
    Exit.USAGE: "The command is not written as it must be; of `verify`: UNPROVEN.",
    Exit.UNREADABLE: "A file is not what it should be, or is not there.",
    Exit.NOT_RUNNING: "No node runs in the directory.",
    Exit.NO_ANSWER: "The node runs but did not answer in time.",
    Exit.INTERRUPTED: "Ended from the keyboard.",
}


def pages() -> dict[str, str]:
    """Every page by its file name."""
    return {
        "cli.md": "\n".join(_cli()) + "\n",
        "settings.md": "\n".join(_settings()) + "\n",
        "api.md": "\n".join(_api()) + "\n",
        "clocks.md": "\n".join(_clocks()) + "\n",
    }


def main() -> None:
    """Write the pages into the directory that is named."""
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference")
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (directory / name).write_text(text, encoding="utf-8")


# --- clocks --------------------------------------------------------------------------------------

_CLOCKS: Final = """\
# Clocks and lives

What is due on each sort of matter, when, for whom, and what follows; then the states a matter
goes through. Both are made from the tables that the program runs by
(`openline.domain.conduct.table`); how they are read is in the
[specification](../spec/conduct.md). Agreed times are those of the Understanding.

| matter | clock | runs towards | while it is | whose turn | then | alarm at least | tier |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def _clocks() -> Iterator[str]:
    yield _MADE
    yield _CLOCKS
    for subject in SUBJECTS:
        for clock in subject.clocks:
            turn = "who opened it" if clock.turn is Turn.OPENER else "the other"
            states = ", ".join(clock.runs_in)
            tier = clock.tier or ""
            yield (
                f"| {subject.name} | {clock.name} | `{clock.until}` | {states} | {turn} | "
                f"{clock.event} | {clock.precedence.name} | {tier} |"
            )
    for subject in SUBJECTS:
        yield ""
        yield f"## {subject.name.capitalize()}"
        yield ""
        yield f"Begins as {subject.life.start}; over when it is {_ends(subject)}."
        yield ""
        yield "| it is | and then | so it is |"
        yield "| --- | --- | --- |"
        for state, row in subject.life.table.items():
            for event, after in row.items():
                yield f"| {state} | {event} | {after} |"


def _ends(subject: Subject) -> str:
    ends = [state for state in subject.life.table if state in subject.life.ends]
    return " or ".join(ends)


# --- verbs ---------------------------------------------------------------------------------------


def verbs() -> Iterator[list[str]]:
    """Every page of the manual, as the words that call it."""
    for names in VERBS.values():
        for name in names:
            yield [name]
            yield from ([name, sub] for sub in _subverbs(app[name]))


def help_of(words: list[str]) -> str:
    """The page of the manual that the words call."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(HELP_COLUMNS)
    try:
        page = io.StringIO()
        console = Console(file=page, width=1_000, highlight=False, markup=False, emoji=False)
        load_verbs()
        app.help_print(words, console=console)
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    return "\n".join(row.rstrip() for row in page.getvalue().strip().splitlines())


def _subverbs(group: App) -> list[str]:
    return [name for name in group if not name.startswith("-")]


def _cli() -> Iterator[str]:
    yield _MADE
    yield "# The command line\n"
    yield "The pages of the manual, as `openline VERB --help` prints them.\n"
    yield from _block(help_of([]))
    yield "\n## Exit codes\n"
    yield "| code | meaning |\n| --- | --- |"
    yield from (f"| {int(code)} | {says} |" for code, says in _EXITS.items())
    yield "\nErrors go to standard error: one row says what is wrong, one what to do. With"
    yield '`--json` it is one row: `{"error":{"what":...,"remedy":...,"exit":...}}`.'
    for words in verbs():
        yield f"\n## openline {' '.join(words)}\n"
        yield from _block(help_of(words))


def _block(text: str, language: str = "text") -> Iterator[str]:
    yield f"```{language}"
    yield text
    yield "```"


# --- settings ------------------------------------------------------------------------------------


def _settings() -> Iterator[str]:
    yield _MADE
    yield "# Settings\n"
    yield f"A node lives in one directory; `{FILE_NAME}` in it holds its settings, in TOML."
    yield "`openline init` writes the file with every key explained. Keys that are not known are"
    yield "refused; an error names the file, the row and the key.\n"
    yield from _setting_rows("")
    for table, says in TABLES.items():
        header = f"[{table}]" if table in SOLE_TABLES else f"[[{table}]]"
        yield f"\n## {header}\n"
        yield f"{says}\n"
        yield from _setting_rows(table)
    yield "\n## The directory\n"
    yield "| name | what it is |\n| --- | --- |"
    yield from (f"| `{name}` | {says} |" for name, says in _LAYOUT.items())
    yield "\nThe directory itself is named by `--dir`, by the environment variable"
    yield "`OPENLINE_DIR`, or is the current one."


def _setting_rows(table: str) -> Iterator[str]:
    yield "| key | type | default | what it is for |\n| --- | --- | --- | --- |"
    for setting in SETTINGS:
        if setting.table == table:
            default = "required" if setting.default is None else f"`{setting.default}`"
            yield f"| `{setting.key}` | {setting.kind} | {default} | {setting.says} |"


_LAYOUT: Final = {
    "node.toml": "the settings",
    "keys/": "the node's signing keys; only their owner may read them",
    "keys/root/": "the party's root keys; they belong on media kept offline",
    "cards/": "party cards, `<party>.card`: our own and the counterparts'",
    "lines/": "adopted Understandings, `<line>.understanding`, `<line>.v2.understanding`",
    "store.sqlite": "every log: what was said and received, receipts, ticks, the journal",
    "statements.sqlite": "what was seen on public pages; no record of a line rests on it",
    ".station": "with a store in a database: the name by which that knows this directory",
    "anchor": "sizes and roots last committed, outside the store",
    "reserve": "room that is kept back for a full disk; empty once it was given up",
    "openline.sock": "the officers' API of the running node",
    "officers-own.pem": "the own certificate of the officers' port, where there is no other",
    "openline.log": "what the running node did; four files of 8 MiB at most",
    "certificates/": "certificates that `openline certify` wrote",
}


# --- routes --------------------------------------------------------------------------------------


def _api() -> Iterator[str]:
    document = openapi_document()
    yield _MADE
    yield "# The officers' API\n"
    yield "HTTP on the node's Unix socket (`openline.sock`); the whole description is at"
    yield "`GET /schema/openapi.json` (OpenAPI 3.1). For instance:\n"
    yield from _block("curl --unix-socket openline.sock http://openline/status", "sh")
    yield ""
    yield document["info"]["description"].strip()
    operations = _operations(document)
    for tag in TAGS:
        yield f"\n## {tag.description}"
        for path, method, operation in operations:
            if tag.name in operation["tags"]:
                yield from _route(path, method, operation)
    yield from _events()
    yield from _fields()
    yield from _structures(document)


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method.upper(), operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post")
    ]


def _route(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"\n### {method} {path}\n"
    yield f"{operation['summary']}. {operation['description']}"
    parameters = operation.get("parameters", [])
    if parameters:
        yield "\n| parameter | in | what it is |\n| --- | --- | --- |"
        for one in parameters:
            default = one["schema"].get("default")
            tail = "" if default in (None, "") else f" Default: {json.dumps(default)}."
            yield f"| `{one['name']}` | {one['in']} | {one['description']}{tail} |"
    body = operation.get("requestBody")
    if body:
        [(media_type, content)] = body["content"].items()
        yield f"\nBody: {_reference(content['schema']) or 'a file'} (`{media_type}`).\n"
        for example in content["schema"].get("examples", []):
            yield from _block(json.dumps(example, ensure_ascii=False), "json")
    yield "\n| status | answer |\n| --- | --- |"
    for status, answer in sorted(operation["responses"].items()):
        yield f"| {status} | {answer['description']}{_answer_structure(answer)} |"


def _answer_structure(answer: dict[str, Any]) -> str:
    for media_type, content in answer.get("content", {}).items():
        structure = _reference(content["schema"])
        return f" {structure}" if structure else f" `{media_type}`"
    return ""


def _reference(schema: dict[str, Any]) -> str:
    for one in (schema, *schema.get("allOf", [])):
        if "$ref" in one:
            name = one["$ref"].rsplit("/", 1)[1]
            return f"[{name}](#{name.lower()})"
    return ""


def _events() -> Iterator[str]:
    yield "\n## Names of events\n"
    yield "| event | what happened |\n| --- | --- |"
    yield from (f"| `{name}` | {says} |" for name, says in EVENTS.items())


def _fields() -> Iterator[str]:
    yield "\n## Fields of messages\n"
    yield "The fields of `POST /lines/{line}/messages`, by kind, as messages are read as well."
    yield "Those that may be left out are in brackets."
    for kind in SAID_BY_PEOPLE:
        message = MESSAGES[kind]
        yield f"\n### {kind.name}\n"
        says, attributes = read_docstring(message)
        yield f"{says}\n"
        yield "| field | what it is |\n| --- | --- |"
        optional = _optional(message)
        for field in message.record.table:
            name = f"`{field.shown}`"
            shown = f"[{name}]" if field.shown in optional else name
            yield f"| {shown} | {attributes[field.name]} |"


def _optional(message: type[Body]) -> set[str]:
    """The fields that may be left out: they have a default, or the node fills them in."""
    table: Any = message
    defaults = {
        one.name for one in dataclasses.fields(table) if one.default is not dataclasses.MISSING
    }
    filled_in = {"by", *LEFT_TO_THE_DESK.get(message.message_kind, ())}
    return {
        field.shown
        for field in message.record.table
        if field.is_optional or field.name in defaults | filled_in
    }


def _structures(document: dict[str, Any]) -> Iterator[str]:
    yield "\n## Structures"
    for name, schema in document["components"]["schemas"].items():
        yield f"\n### {name}\n"
        yield f"{schema.get('description', '')}\n"
        yield "| field | type | what it is |\n| --- | --- | --- |"
        for field, held in schema.get("properties", {}).items():
            yield f"| `{field}` | {_type(held)} | {held.get('description', '')} |"


def _type(schema: dict[str, Any]) -> str:
    if reference := _reference(schema):
        return reference
    if "oneOf" in schema:
        return " or ".join(_type(one) for one in schema["oneOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    return str(schema.get("type", "any"))


if __name__ == "__main__":
    main()
