"""Runs the parts of the trial and gathers what they measured."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

# The file is written by pytest in the row before it is read.
from xml.etree import ElementTree  # nosec B405

from tests.conftest import REPOSITORY
from tests.trial.goals import Program, Suite
from tests.trial.measured import Measured

TAIL_ROWS = 12
"""Of the output of a part that failed, so many rows are told."""


@dataclass(frozen=True)
class Done:
    """A part that was run.

    Attributes:
        part: Which.
        took_s: How long it took.
        numbers: What it measured.
        fault: Why it failed; empty if it did not.
    """

    part: Suite | Program
    took_s: float
    numbers: list[Measured]
    fault: str


def run(part: Suite | Program) -> Done:
    """Run one part to its end, or to its limit."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="openline-trial-") as place:
        numbers, fault = (
            _run_tests(part, Path(place)) if isinstance(part, Suite) else _run_program(part)
        )
    return Done(part, time.monotonic() - began, numbers, fault)


def _run_tests(part: Suite, place: Path) -> tuple[list[Measured], str]:
    report = place / "report.xml"
    words = [sys.executable, "-m", "pytest", "-q", "--tb=short", *part.paths]
    # What a test measured stands in its properties; the newer family has no room for them.
    words += ["-o", "junit_family=xunit1", f"--junit-xml={report}"]
    words += ["-n", str(part.workers), "--dist", "loadgroup"] if part.workers else []
    told, fault = _run(words, part.limit_s, part.longer)
    if not report.exists():
        return [], fault or f"no report was written: {_tail(told)}"
    suite = ElementTree.parse(report).getroot()  # nosec B314 - see the import.
    numbers = _counts(part.goal, suite)
    numbers += _properties(part.goal, suite)
    return numbers, fault


def _counts(goal: str, suite: ElementTree.Element) -> list[Measured]:
    cases = list(suite.iter("testcase"))
    failed = sum(
        case.find("failure") is not None or case.find("error") is not None for case in cases
    )
    skipped = sum(case.find("skipped") is not None for case in cases)
    numbers = [
        Measured(goal, "tests that passed", len(cases) - failed - skipped, floor=1),
        Measured(goal, "tests that failed", failed, limit=0),
    ]
    return numbers + ([Measured(goal, "tests that were skipped", skipped)] if skipped else [])


def _properties(goal: str, suite: ElementTree.Element) -> list[Measured]:
    """What tests recorded, added up over them."""
    sums: dict[str, float] = {}
    for found in suite.iter("property"):
        try:
            value = float(found.get("value", ""))
        except ValueError:
            continue
        name = found.get("name", "")
        sums[name] = sums.get(name, 0.0) + value
    return [Measured(goal, name, value) for name, value in sums.items()]


def _run_program(part: Program) -> tuple[list[Measured], str]:
    told, fault = _run(part.command, part.limit_s, {})
    numbers = []
    for row in told.splitlines():
        if row.startswith("{"):
            numbers.append(Measured.from_json(json.loads(row)))
    return numbers, fault or ("" if numbers else f"it printed no numbers: {_tail(told)}")


def _run(words: list[str], limit_s: int, settings: dict[str, str]) -> tuple[str, str]:
    """What a command printed, and why it failed."""
    try:
        ended = subprocess.run(
            words,
            cwd=REPOSITORY,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        told = late.stdout.decode(errors="replace") if isinstance(late.stdout, bytes) else ""
        return told, f"it was not over after {limit_s} s"
    fault = f"it ended with {ended.returncode}: {_tail(ended.stdout)}" if ended.returncode else ""
    return ended.stdout, fault


def _tail(told: str) -> str:
    return "\n".join(told.strip().splitlines()[-TAIL_ROWS:])
