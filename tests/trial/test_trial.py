"""The trial says what was measured, what was missed, and what was not run at all."""

import sys
from pathlib import Path

import pytest

from tests.trial import __main__ as trial
from tests.trial import running
from tests.trial.goals import GOALS, NOT_RUN, PARTS, Program, Suite
from tests.trial.measured import Measured
from tests.trial.page import page
from tests.trial.running import Done, run

PASSING = "def test_it(record_property):\n    record_property('cuts', 7)\n"
FAILING = "def test_it():\n    assert False, 'the reason'\n"


def suite_of(directory: Path, source: str) -> Suite:
    """A part of one small file of tests."""
    path = directory / "test_small.py"
    path.write_text(source)
    return Suite("R5", (str(path), "-p", "no:cacheprovider", "--rootdir", str(directory)))


def program(words: str) -> Program:
    """A part that is one small program."""
    return Program(("R10",), ("-c", words), 20)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs are given as words, not as modules."""
    monkeypatch.setattr(
        Program, "command", property(lambda part: [sys.executable, "-I", *part.words])
    )


def test_every_goal_has_a_part_or_a_reason() -> None:
    """What nothing is run for is said with its reason, and no part serves a goal that is none."""
    assert [goal for goal in GOALS if not _parts(goal) and goal not in NOT_RUN] == []
    assert NOT_RUN.keys() <= GOALS.keys()
    assert all(any(part.serves(goal) for goal in GOALS) for part in PARTS)


def _parts(goal: str) -> list[Suite | Program]:
    return [part for part in PARTS if part.serves(goal)]


def test_every_file_of_tests_is_there() -> None:
    """Each part names files of tests that exist."""
    named = [path for part in PARTS if isinstance(part, Suite) for path in part.paths]
    assert [p for p in named if not (running.REPOSITORY / p.partition("::")[0]).exists()] == []


def test_what_tests_measure_is_gathered(tmp_path: Path) -> None:
    """How many passed and what they recorded are numbers of their goal."""
    done = run(suite_of(tmp_path, PASSING))
    assert done.fault == ""
    assert [(one.what, one.value) for one in done.numbers] == [
        ("tests that passed", 1),
        ("tests that failed", 0),
        ("cuts", 7),
    ]


def test_a_test_that_fails_misses_the_goal(tmp_path: Path) -> None:
    """A failing test is told on the page with its reason, and the goal is missed."""
    done = run(suite_of(tmp_path, FAILING))
    told = page([done], {"cores": 2}, "abc")
    assert "| R5 | " in told
    assert "| MISSED |" in told
    assert "the reason" in told


@pytest.mark.usefixtures("plain")
def test_what_a_program_prints_is_gathered() -> None:
    """Each row of JSON is a number; a limit that is not kept misses the goal."""
    row = Measured("R10", "inputs", 20_000, "/s", floor=10_000).to_json()
    slow = Measured("R10", "slowest", 70.5, "ms", limit=50).to_json()
    done = run(program(f"import json; print('hello'); print(json.dumps({row!r}))"))
    assert [one.to_json() for one in done.numbers] == [row]
    assert "| R10 | " + GOALS["R10"] + " | held |" in page([done], {}, "abc")
    late = run(program(f"import json; print(json.dumps({slow!r}))"))
    assert "70.5 ms | at most 50 **missed**" in page([late], {}, "abc")


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("print('nothing')", "it printed no numbers"),
        ("raise SystemExit(3)", "it ended with 3"),
        ("import time; time.sleep(60)", "it was not over after 1 s"),
    ],
)
def test_a_program_that_breaks_misses_the_goal(words: str, told: str) -> None:
    """A program that says nothing, ends badly or never ends is a fault, and the page says so."""
    part = Program(("R10",), ("-c", words), 1 if "sleep" in words else 20)
    done = run(part)
    assert told in done.fault
    assert "## R10: MISSED" in page([done], {}, "abc")


def test_what_was_not_run_is_not_called_held() -> None:
    """A page of nothing says of every goal that it was not run, with the reason where one is."""
    told = page([], {}, "abc")
    assert told.count("| not run |") == len(GOALS)
    assert [why for why in NOT_RUN.values() if why not in told] == []


def test_a_goal_that_is_none_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt goal is named, with those there are."""
    monkeypatch.setattr(sys, "argv", ["trial", "R99"])
    with pytest.raises(SystemExit):
        trial.main()
    assert "there is no goal R99" in capsys.readouterr().err


def test_a_page_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts of the goals asked for are run, and the page is where it was asked for."""
    parts = [Done(PARTS[0], 1.0, [Measured("R1", "deaths", 3)], "")]
    monkeypatch.setattr(trial, "run", lambda _part: parts[0])
    monkeypatch.setattr(sys, "argv", ["trial", "R1", "--page", str(tmp_path / "a" / "page.md")])
    assert trial.main() == 0
    assert "| deaths | 3 |" in (tmp_path / "a" / "page.md").read_text()
