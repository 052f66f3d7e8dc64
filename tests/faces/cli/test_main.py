"""How every verb leaves: exit codes, two rows of error, JSON when asked for."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from openline import __version__
from openline.faces.cli.faults import Exit
from openline.faces.cli.main import VERBS
from tests.faces.conftest import Line, Run

NAMES = [name for names in VERBS.values() for name in names]
NEEDS_NODE = [
    ("say", "x"),
    ("read", "ALPHA-0001"),
    ("read-back", "ALPHA-0001", "x"),
    ("check", "send"),
    ("declare", "resume", "air_safety", "--reason", "x", "--released-by", "a/b"),
    ("notice", "list"),
    ("notice", "check", "--place", "x"),
    ("status",),
    ("log",),
    ("conflicts",),
    ("alarms",),
    ("certify", "state", "--at", "now"),
    ("courier", "export", "bravo.example"),
    ("keys", "rotate", "node"),
]


def test_without_a_verb_the_manual_is_shown(openline: Run) -> None:
    """Called without a verb, the program lists every verb with what it does."""
    shown = openline()
    assert shown.code == 0
    for name in NAMES:
        [row] = [row for row in shown.out.splitlines() if row.startswith(f"  {name} ")]
        assert row.split(name, 1)[1].strip()


def test_the_version_is_told(openline: Run) -> None:
    """The program tells its version."""
    assert openline("--version").out.strip() == __version__


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-verb",),
        ("say",),
        ("say", "x", "--no-such-option"),
        ("say", "x", "--precedence", "loud"),
        ("log", "--count", "many"),
        ("certify", "use", "alpha.example"),
        ("keys", "rotate", "root"),
    ],
)
def test_wrong_usage_names_the_page_of_the_manual(openline: Run, words: tuple[str, ...]) -> None:
    """A command that is written wrongly ends with 2 and says which page helps."""
    ended = openline(*words)
    assert ended.code == Exit.USAGE
    what, remedy = ended.err.splitlines()
    assert what
    assert "--help" in remedy
    assert ended.out == ""


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("say",), "TEXT is missing."),
        (("keys", "rotate"), "ROLE is missing."),
        (("declare", "suspend", "air_safety", "--reason", "x"), "--released-by is missing."),
        (("certify", "state", "--at"), "--at has no value."),
        (("say", "three", "words", "here"), "'words here' is too much: write words that belong"),
        (("log", "--count", "many"), "--count 'many' is not a whole number."),
        (("say", "x", "--wait", "long"), "--wait 'long' is not a number."),
        (("say", "x", "--wait", "61"), 'Invalid value "61.0" for --wait. Must be <= 60.'),
        (("say", "x", "--wait", "-1"), 'Invalid value "-1.0" for --wait. Must be >= 0.'),
        (("log", "--count", "0"), 'Invalid value "0" for --count. Must be >= 1.'),
        (("keys", "--dir", "x"), "A verb is missing: list, rotate, revoke, epoch."),
        (("declare", "suspend", "--reason", "x", "--released-by", "a/b"), "No scope is named."),
        (("say", "\udcff"), "'⟨U+DCFF⟩' is not UTF-8 text."),
    ],
)
def test_wrong_usage_is_said_in_plain_words(
    openline: Run, words: tuple[str, ...], what: str
) -> None:
    """What is missing, too much or no number is said so, with the name on the page."""
    ended = openline(*words)
    assert ended.code == Exit.USAGE
    assert ended.err.startswith(what)


def test_verbs_are_listed_in_the_order_in_which_they_are_needed(openline: Run) -> None:
    """The page of a group lists its verbs as they are used, not by the alphabet."""
    page = openline("understanding").out
    places = [page.index(f"\n  {verb} ") for verb in ("new", "sign", "adopt", "show", "diff")]
    assert places == sorted(places)


@pytest.mark.parametrize("words", NEEDS_NODE, ids=" ".join)
def test_a_node_that_does_not_run_is_named(
    openline: Run, made_line: Line, words: tuple[str, ...]
) -> None:
    """A verb that needs the running node ends with 4 and says how to start it."""
    ended = openline(*words, "--dir", made_line.alpha)
    assert ended.code == Exit.NOT_RUNNING
    what, remedy = ended.err.splitlines()
    assert "alpha.example" in what
    assert "openline run" in remedy


def test_a_directory_without_a_node_is_named(openline: Run, tmp_path: Path) -> None:
    """Where no node lives, a verb says so."""
    ended = openline("status", "--dir", tmp_path)
    assert ended.code == Exit.UNREADABLE
    assert str(tmp_path) in ended.err


def test_the_directory_comes_from_the_environment_too(
    openline: Run, made_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --dir the directory is that of OPENLINE_DIR, or else the current one."""
    monkeypatch.setenv("OPENLINE_DIR", str(made_line.bravo))
    assert (
        openline("keys", "list", "--json").json["keys"][0]["file"].startswith(str(made_line.bravo))
    )
    monkeypatch.delenv("OPENLINE_DIR")
    monkeypatch.chdir(made_line.alpha)
    assert (
        openline("keys", "list", "--json").json["keys"][0]["file"].startswith(str(made_line.alpha))
    )


def test_errors_are_json_when_asked_for(openline: Run, tmp_path: Path) -> None:
    """With --json an error is one row of JSON on standard error."""
    ended = openline("status", "--dir", tmp_path, "--json")
    [row] = ended.err.splitlines()
    error = json.loads(row)["error"]
    assert set(error) == {"what", "remedy", "exit"}
    assert error["exit"] == ended.code == Exit.UNREADABLE
    assert ended.out == ""


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run a piece of Python in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_verify_loads_no_network_and_no_database() -> None:
    """Verifying loads no network, no database, no adapter and no engine."""
    code = (
        "import sys\n"
        "from openline.faces.cli.main import run\n"
        "assert run(['verify', '/dev/null']) == 3\n"
        "print('\\n'.join(sys.modules))\n"
    )
    done = python(code)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    for name in (
        "aiohttp", "apsw", "asyncio", "http.client", "httpx", "litestar", "openline.adapters",
        "openline.app", "openline.engine", "socket", "sqlite3", "ssl", "uvicorn",
    ):  # fmt: skip
        assert name not in loaded
    assert "openline.domain.record.verification" in loaded


def test_a_reader_that_goes_away_is_no_error() -> None:
    """Piping into a program that stops reading ends quietly."""
    code = "import sys; sys.argv[1:] = []; from openline.faces.cli.main import main; main()"
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=gone, stderr=subprocess.PIPE, timeout=60,
            check=False,
        )  # fmt: skip
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_pages_name_values_as_people_do(openline: Run) -> None:
    """No page of the manual shows a programmer's type for a value."""
    for words in (("certify", "use"), ("log",), ("say",), ("keys", "revoke")):
        page = openline(*words, "--help").out
        assert not re.search(r"\b(STR|INT|FLOAT)\b", page)
    assert "--count NUMBER" in openline("log", "--help").out
