"""Each operation of the disk fails in turn, or finds the disk full: no promise is wrong."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.power.recorder import LOGS
from tests.power.test_power_cuts import after

ROUNDS = 9
"""Enough for a checkpoint, and a commit after it."""


def swept(directory: Path, how: str) -> list[dict[str, Any]]:
    """How each run ended, from a fault at the first operation until one met no fault."""
    command = [sys.executable, "-m", "tests.power.recorder", str(directory)]
    options = ["--sweep", how, "--rounds", str(ROUNDS)]
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, check=True, timeout=400
    )
    assert done.stderr == ""
    return [json.loads(row) for row in done.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["io", "full"])
def test_no_fault_of_the_disk_breaks_a_promise(tmp_path: Path, how: str) -> None:
    """Whichever operation fails, the run ends in words, and what was promised is there after."""
    runs = swept(tmp_path, how)
    assert len(runs) > 100
    assert runs[-1]["ended"] == ""
    full = {origin: size for origin, size in runs[-1]["promised"].items()}
    assert sum(full.values()) > ROUNDS
    faults = []
    again = tmp_path / "again"
    again.mkdir()
    for run in runs:
        directory = tmp_path / str(run["fail_at"])
        image = {
            path.name: path.read_bytes() for path in directory.iterdir() if path.name != "trace"
        }
        if fault := after(image, again, run["promised"]):
            faults.append(f"operation {run['fail_at']}: {fault}")
        if not run["ended"] and run["promised"] != full:
            faults.append(f"operation {run['fail_at']}: it went on past the fault")
        shutil.rmtree(directory)
    assert faults == []
    assert set(full) == set(LOGS)
    told = {run["ended"].partition(":")[0] for run in runs}
    assert told == {"", "OurError", "StoreFailed"}
