"""Apply each mutant of the catalogue and say which test found it.

`make mutants` runs this; `make mutants ARGS="NAME ..."` some of them. First the tests are run on
the program as it is: one that fails there finds nothing. It ends with 1 if a mutant is not found.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.mutants.mutant import REPOSITORY, Mutant, catalogue, copy_sources
from tests.trial.measured import Measured

FOUND_S_MAX: Final = 60
"""In which a mutant must be found: what takes longer is not run while one works."""

SOUND_S_MAX: Final = 600
"""In which all tests must pass on the program as it is."""

_SOME_FAILED: Final = 1
"""How pytest ends when tests ran and some failed; it could not run them where it ends otherwise."""

_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - (.*))?$", re.MULTILINE)


def run_tests(
    tests: list[str], sources: Path, seconds: float
) -> subprocess.CompletedProcess[str] | None:
    """Run tests with the sources below a place until one fails; None if time ran out."""
    pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    plain = ["-p", "no:randomly", "--tb=no", "-W", "ignore", *tests]
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(sources), str(REPOSITORY)]),
        "COLUMNS": "240",  # the summary is cut to it
    }
    try:
        return subprocess.run(
            [*pytest, *plain],
            cwd=REPOSITORY,
            env=env,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


def trial(mutant: Mutant) -> tuple[bool, str]:
    """Whether a mutant is found, and by which test, or why not."""
    with tempfile.TemporaryDirectory(prefix="openline-mutant-") as place:
        run = run_tests([mutant.test], mutant.apply(Path(place)), FOUND_S_MAX)
    if run is None:
        return False, f"{mutant.test} did not end in {FOUND_S_MAX} s."
    if run.returncode == 0:
        return False, f"{mutant.says} Nobody noticed: {mutant.test} passes."
    failed = _FAILED.search(run.stdout)
    if run.returncode != _SOME_FAILED or failed is None:
        return False, f"{mutant.test} could not be run: {(run.stdout + run.stderr)[-300:]}"
    return True, f"{failed[1]}\n       {(failed[2] or '')[:160]}"


def fault_without_mutants(mutants: list[Mutant]) -> str:
    """Which test fails on the program as it is; empty if none does."""
    with tempfile.TemporaryDirectory(prefix="openline-sound-") as place:
        tests = sorted({mutant.test for mutant in mutants})
        run = run_tests(tests, copy_sources(Path(place)), SOUND_S_MAX)
    if run is None:
        return f"The tests did not end in {SOUND_S_MAX} s."
    return "" if run.returncode == 0 else (run.stdout + run.stderr)[-600:]


def main(names: list[str]) -> int:
    """Try the mutants named, or all; with `--json` numbers for the page of the trial go last."""
    is_json = "--json" in names
    names = [name for name in names if name != "--json"]
    every = catalogue()
    if unknown := sorted(set(names) - {mutant.name for mutant in every}):
        print(f"There is no mutant {', '.join(unknown)}; see tests/mutants/catalogue.toml.")
        return 2
    tried = [mutant for mutant in every if not names or mutant.name in names]
    if fault := fault_without_mutants(tried):
        print(f"The tests must pass on the program as it is, before it is broken.\n{fault}")
        return 2
    living, slowest_s = [], 0.0
    for mutant in tried:
        started = time.monotonic()
        is_found, says = trial(mutant)
        seconds = time.monotonic() - started
        slowest_s = max(slowest_s, seconds)
        print(f"{'found' if is_found else 'LIVES':5}  {mutant.name:32} {seconds:5.1f} s")
        print(f"       {says}", flush=True)
        if not is_found:
            living.append(mutant.name)
    print(f"{len(living)} of {len(tried)} live: {', '.join(living) or 'none'}.")
    if is_json:
        for number in (
            Measured("R19", "deliberate faults", len(tried), floor=40),
            Measured("R19", "deliberate faults that live", len(living), limit=0),
            Measured("R19", "the slowest to be found", round(slowest_s, 1), "s", FOUND_S_MAX),
        ):
            print(json.dumps(number.to_json()))
    return 1 if living else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
