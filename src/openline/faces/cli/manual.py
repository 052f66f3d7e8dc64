"""How the command line reads: every verb's help is a page of a manual.

A verb is a function whose docstring is the page: the first sentence says what
it does, the paragraphs when to use it, `Args:` explains each option, and
`Example:` shows it used. This module only lays the page out: plain text, no
boxes or colours, so that it can be printed and read aloud.
"""

import inspect
import itertools
import re
import shutil
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from cyclopts import App, Group, Parameter
from rich.console import Console

_Verb = TypeVar("_Verb", bound=Callable[..., Any])

WIDTH_MIN: Final = 60
WIDTH_MAX: Final = 100
_NAMES_WIDTH: Final = 26
_CONSOLE_WIDTH: Final = 1_000

_PLACES: Final = itertools.count()

_EXAMPLE = re.compile(r"\n +Examples?:\n((?:\n| {8,}.*\n)+)")

OPTIONS: Final = Group("Options", sort_key=1)
SHARED: Final = Group("Options of every verb", sort_key=9)


def make_app(name: str, says: str, example: str = "") -> App:
    """A verb, or a group of verbs, with the manual's layout."""
    return App(
        name=name,
        help=says,
        help_format="plaintext",
        help_formatter=Page(),
        help_epilogue=_epilogue(textwrap.dedent(example)) if example else "",
        group_parameters=OPTIONS,
        group_commands=Group("Verbs", sort_key=2),
        default_parameter=Parameter(negative=()),
        version_flags=[],
        console=_console(),
        result_action="return_value",
    )


def verb(app: App, name: str | None = None) -> Callable[[_Verb], _Verb]:
    """Make a function a verb of a group; its docstring is its page."""

    def add(function: _Verb) -> _Verb:
        example = _take_example(function)
        app.command(
            function,
            name=name or function.__name__.replace("_", "-"),
            help_epilogue=example,
            group_parameters=OPTIONS,
            # Listed in the order in which they are written: that in which they are needed.
            sort_key=next(_PLACES),
        )
        return function

    return add


def sole_verb(app: App) -> Callable[[_Verb], _Verb]:
    """Make a function the whole of an app; its docstring is its page."""

    def add(function: _Verb) -> _Verb:
        app.help_epilogue = _take_example(function)
        app.help = None  # The docstring says it.
        app.default(function)
        return function

    return add


def _take_example(function: Callable[..., Any]) -> str:
    """The example in a docstring, which is taken out of it."""
    doc = function.__doc__ or ""
    found = _EXAMPLE.search(doc)
    if found is None:
        return ""
    function.__doc__ = doc[: found.start()] + "\n" + doc[found.end() :]
    return _epilogue(textwrap.dedent(found[1]))


class _Console(Console):
    """A console that leaves a reader who goes away to `main`."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def _console() -> Console:
    """A console that breaks no row by itself: an example can be copied as it stands."""
    return _Console(width=_CONSOLE_WIDTH, highlight=False, markup=False, emoji=False)


def _epilogue(example: str) -> str:
    return "Example:\n" + textwrap.indent(example.strip("\n"), "  ")


class Page:
    """Lays out help as a page of a manual; names left, explanations right."""

    def __call__(self, console: Any, options: Any, panel: Any) -> None:
        """Lay out one list of options or verbs."""
        if not panel.entries:
            return
        print_plain(console, f"{panel.title}:")
        for entry in panel.entries:
            for row in _entry_rows(_names(entry, panel.format), _says(entry), _width()):
                print_plain(console, row)
        print_plain(console, "")

    def render_usage(self, console: Any, options: Any, usage: Any) -> None:
        """Lay out the row that shows how the verb is called."""
        words = str(usage).strip()
        if words:
            print_plain(console, words if words.startswith("Usage:") else f"Usage: {words}")
            print_plain(console, "")

    def render_description(self, console: Any, options: Any, description: Any) -> None:
        """Lay out what the verb does and when to use it."""
        for paragraph in paragraphs(plain(description)):
            print_plain(console, textwrap.fill(paragraph, _width()))
            print_plain(console, "")


def print_plain(console: Any, row: str) -> None:
    """Print a row as it is."""
    console.print(row, highlight=False, markup=False, soft_wrap=True)


def plain(said: Any) -> str:
    """What a piece of help says, without its dress."""
    if said is None:
        return ""
    for attribute in ("primary_renderable", "plain", "markup"):
        held = getattr(said, attribute, None)
        if held is not None:
            return plain(held) if attribute == "primary_renderable" else str(held)
    return str(said)


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a text, each in one row."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if paragraph.strip():
            yield " ".join(paragraph.split())


def _width() -> int:
    return max(WIDTH_MIN, min(WIDTH_MAX, shutil.get_terminal_size().columns))


def _names(entry: Any, form: str) -> str:
    if form == "parameter":
        return ", ".join(entry.display_labels_with_metavar).replace(" STR", " TEXT")
    return ", ".join((*entry.positive_names, *entry.positive_shorts))


def _says(entry: Any) -> str:
    words = " ".join(plain(entry.description).split())
    notes = []
    if entry.choices:
        notes.append("One of " + ", ".join(entry.choices) + ".")
    if entry.default is not None and str(entry.default) not in ("False", "()", "''", '""'):
        notes.append(f"Default: {entry.default}.")
    if entry.env_var:
        notes.append("Also from " + ", ".join(entry.env_var) + ".")
    if entry.required:
        notes.append("Required.")
    return " ".join([words, *notes]).strip()


def _entry_rows(names: str, says: str, width: int) -> Iterator[str]:
    indent = " " * _NAMES_WIDTH
    says_rows = textwrap.wrap(says, width - _NAMES_WIDTH) or [""]
    if len(names) + 4 > _NAMES_WIDTH:
        yield f"  {names}"
        yield from (indent + row for row in says_rows)
        return
    first, *rest = says_rows
    yield f"  {names}".ljust(_NAMES_WIDTH) + first
    yield from (indent + row for row in rest)
