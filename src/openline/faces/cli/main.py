"""The command line `openline`: every verb, and how errors leave the program.

Each verb lives in a module of its own and is imported only when it is called,
so that `openline verify` loads no network and no database, and `openline
--help` is quick.
"""

import os
import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import (
    App,
    CoercionError,
    CycloptsError,
    Group,
    MissingArgumentError,
    UnknownCommandError,
    UnusedCliTokensError,
)

from openline import __version__
from openline.domain.errors import OpenlineError
from openline.faces.cli.faults import Exit, WrongUsage, exit_code
from openline.faces.cli.manual import make_app
from openline.faces.cli.output import safe, tell, tell_rows

HELP: Final = """\
A line between parties that do not trust each other.

Openline is a node of one party. It exchanges notices and text with the nodes
of its counterparts, keeps a signed record of what was said and received, and
proves it to outsiders. No server stands in the middle.

A node lives in one directory, named by --dir, by OPENLINE_DIR, or the current
one. `run` starts it; the other verbs speak to it through its socket and never
touch its store. `openline VERB --help` is the page of each verb; with --json
each prints JSON instead of text, and its errors as JSON on standard error.

Exit codes: 0 done, or PROVEN. 1 refused, or REFUTED. 2 wrong usage, or
UNPROVEN. 3 a file is unreadable. 4 no node runs there. 5 the node did not
answer in time. 130 ended from the keyboard.
"""

EXAMPLE: Final = """\
openline init --party alpha.example --listen 0.0.0.0:7411
openline card add bravo.card
openline run
openline notice issue --file strike.geojson --place "at Shayrat airfield"
openline certify message ALPHA-0012
openline verify certificates/message-ALPHA-0012.cert
"""

VERBS: Final = {
    "Set up": {
        "init": "init:app",
        "card": "card:app",
        "understanding": "understanding:app",
        "code-book": "coded:book_app",
        "run": "run:app",
        "doctor": "doctor:app",
        "demo": "demo:app",
        "sim": "sim:app",
    },
    "Speak": {
        "warning": "warning:app",
        "query": "query:app",
        "explanation": "query:explanation_app",
        "incident": "incident:app",
        "violation": "violation:app",
        "protest": "violation:protest_app",
        "notice": "notice:app",
        "movement": "movement:app",
        "site": "site:app",
        "zone": "zone:app",
        "coded": "coded:coded_app",
        "say": "talk:say_app",
        "read": "talk:read_app",
        "read-back": "talk:read_back_app",
        "correct": "afterwards:correct_app",
        "query-ack": "afterwards:query_ack_app",
        "passed-on": "afterwards:passed_on_app",
        "translation": "afterwards:translation_app",
        "contact": "contact:app",
        "call": "call:app",
        "voice": "voice:app",
        "readout": "readout:app",
        "check": "check:app",
        "declare": "declare:app",
        "draft": "draft:app",
        "service": "service:app",
        "watch": "watch:app",
        "tier": "tier:app",
    },
    "Keep to ourselves": {
        "private": "private:app",
        "tracks": "tracks:app",
    },
    "Look": {
        "status": "look:status_app",
        "due": "matter:due_app",
        "matter": "matter:app",
        "brief": "watch:brief_app",
        "replay": "replay:app",
        "log": "log:app",
        "import": "import_file:app",
        "export": "export_one:app",
        "conflicts": "look:conflicts_app",
        "alarms": "look:alarms_app",
        "statistics": "statistics:app",
        "statements": "statements:app",
        "feeds": "feeds:app",
    },
    "Prove": {
        "certify": "certify:app",
        "verify": "verify:app",
        "publish": "publish:app",
    },
    "Keep": {
        "backup": "backup:app",
        "backup-key": "backup:key_app",
        "restore": "backup:restore_app",
        "move": "move:app",
        "station": "station:app",
        "repair": "repair:app",
        "courier": "courier:app",
        "outlets": "outlets:app",
        "folders": "folders:app",
        "keys": "keys:app",
        "people": "people:app",
    },
}
"""Every verb by what it is for: its name, its module and what it is called there."""


def make_openline() -> App:
    """The whole command line; each verb is loaded when it is first asked for."""
    app = make_app("openline", HELP, EXAMPLE)
    app.version_flags = ("--version",)
    app.version = __version__
    app["--help"].group = app["--version"].group = (Group("Else", sort_key=99),)
    for number, (title, verbs) in enumerate(VERBS.items()):
        group = Group(title, sort_key=number)
        for place, (name, path) in enumerate(verbs.items()):
            app.command(f"openline.faces.cli.{path}", name=name, group=group, sort_key=place)
    return app


app: Final = make_openline()


def load_verbs() -> None:
    """Load every verb, so that the list of verbs says what each does."""
    for verbs in VERBS.values():
        for name in verbs:
            app[name]


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say; the exit code."""
    as_json = "--json" in arguments
    try:
        check_letters(arguments)
        if not arguments or arguments[0].startswith("-"):
            load_verbs()
        result = app(list(arguments), print_error=False, exit_on_error=False, help_on_error=False)
    except CycloptsError as error:
        tell_rows(Exit.USAGE, _usage_words(error), _usage_page(error), as_json=as_json)
        return Exit.USAGE
    except OpenlineError as error:
        tell(error, as_json=as_json)
        return exit_code(error)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return int(result) if isinstance(result, int) else Exit.DONE


def main() -> None:
    """Run the command line on the program's arguments and exit."""
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output is gone, as with `| head`: nothing is wrong. What is
        # still to be written at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.DONE
    sys.exit(code)


def check_letters(arguments: Sequence[str]) -> None:
    """Refuse what is not text: the record, the API and the screen take only text.

    Raises:
        WrongUsage: An argument is not UTF-8.
    """
    for argument in arguments:
        if any("\ud800" <= letter <= "\udfff" for letter in argument):
            shown = safe(argument)[:60]
            raise WrongUsage(f"{shown!r} is not UTF-8 text.", "Set the terminal to UTF-8.")


def _usage_page(error: CycloptsError) -> str:
    """Which page of the manual helps."""
    chain = " ".join(error.command_chain or ())
    return f"See {f'openline {chain}'.strip()} --help."


def _usage_words(error: CycloptsError) -> str:
    """What is wrong with how the command is written, without the words of programmers."""
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        extra = " ".join(error.unused_tokens)
        return f"{extra!r} is too much: write words that belong together in quotation marks."
    if isinstance(error, MissingArgumentError) and error.argument is not None:
        name = error.argument.name
        if not name.startswith("--"):
            return f"{name.upper()} is missing."
        if error.argument.tokens or name in (error.root_input_tokens or ()):
            return f"{name} has no value."
        return f"{name} is missing."
    if isinstance(error, UnknownCommandError) and (error.unused_tokens or [""])[0].startswith("-"):
        _, _, verbs = str(error).partition("Available commands: ")
        return f"A verb is missing: {verbs}"
    if isinstance(error, CoercionError) and error.target_type in _NUMBERS and error.token:
        name = error.token.keyword or "It"
        return f"{name} {error.token.value!r} is not {_NUMBERS[error.target_type]}."
    return " ".join(str(error).split())


_NUMBERS: Final[dict[type, str]] = {int: "a whole number", float: "a number"}


if __name__ == "__main__":
    main()
