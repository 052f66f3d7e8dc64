"""All fuzzing, for as long as it is told: `python -m tests.fuzz [--minutes N] [PART ...]`.

Each row that it prints is one number of the trial, as JSON. What goes wrong is printed with the
input that shows it. The exit code is 1 where a limit is not met.

Parts: `door` (frames and bombs through the circuit's door, R10 and R12), `certificates` (each
byte of each certificate changed, judged by two verifiers, R21), `forks` (certificates of forks put
together from parts of others, judged by both, R21), `schema` (every route of a running node, which
schemathesis asks from its own description), `laws` (the properties of the tests, with
hypothesis's deep profile), `atheris` (inputs that reach new branches of the decoders, where it
is installed: `pip install --require-hashes -r requirements/fuzz.txt`).
"""

import argparse
import base64
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

from openline.domain.talk.kinds import Kind
from tests.fuzz.branches import TARGETS
from tests.fuzz.door import (
    GEOMETRY_MS_MAX,
    GROWTH_MB_MAX,
    RATE_MIN,
    SLOW_MS_MAX,
    bombs,
    flood,
)
from tests.fuzz.forks import put_together
from tests.fuzz.mutations import certificates, mutations, wrong
from tests.fuzz.second import as_row, first, judged, second
from tests.trial.measured import Measured

REPOSITORY: Final = Path(__file__).parents[2]
AT_A_TIME: Final = 20_000
FORKS_AT_A_TIME: Final = 500
LAWS: Final = (
    *("tests/domain/record", "tests/domain/talk/test_message.py", "tests/engine/test_frames.py"),
    *("tests/adapters/geofiles", "tests/adapters/surveillance", "tests/properties"),
)


def door(minutes: float, seed: int) -> Iterator[Measured]:
    """Damaged frames until the time is over, then every bomb."""
    end = time.monotonic() + 60 * minutes
    rates: list[float] = []
    count, growth_mb, slowest = 0, 0.0, None
    while not rates or time.monotonic() < end:
        told = flood(AT_A_TIME, seed + len(rates))
        rates.append(told.rate)
        count += told.count
        growth_mb += told.growth_mb
        if slowest is None or told.slowest.ms > slowest.ms:
            slowest = told.slowest
    assert slowest is not None
    yield Measured("R10", "malformed frames, decoded and verified", count, "inputs")
    yield Measured("R10", "rate, best batch", max(rates), "1/s of a core", floor=RATE_MIN)
    yield Measured("R10", "rate, middle batch", sorted(rates)[len(rates) // 2], "1/s of a core")
    yield Measured("R10", f"slowest: {slowest.name}", slowest.ms, "ms", SLOW_MS_MAX)
    yield Measured("R10", "growth of memory", growth_mb, "MB", GROWTH_MB_MAX)
    print(f"{slowest.name}: {slowest.data.hex()}", file=sys.stderr)
    name, took_ms = bombs([Kind.TEXT])[0]
    yield Measured("R10", f"longest bomb of encoding or text: {name}", took_ms, "ms", SLOW_MS_MAX)
    shapes = [(name, took_ms) for name, took_ms in bombs([Kind.NOTICE]) if "shape" in name]
    yield Measured(
        "R12", f"longest single geometry: {shapes[0][0]}", shapes[0][1], "ms", GEOMETRY_MS_MAX
    )
    whole = {name: took_ms for name, took_ms in bombs([Kind.NOTICE])}["64 stars"]
    yield Measured("R12", "a notice of 64 stars, 32,000 positions", whole, "ms")


def every_byte(minutes: float, seed: int) -> Iterator[Measured]:
    """Every byte of every certificate changed, as far as the time goes."""
    end = time.monotonic() + 60 * minutes
    for name, file in certificates().items():
        xor = seed % 255 + 1
        places = range(len(file) - 32)
        done = faults = 0
        for start in range(0, len(places), 2_000):
            if time.monotonic() > end:
                break
            found = mutations(file, [xor], places[start : start + 2_000])
            done += len(found)
            for one in (bad := wrong(file, found)):
                print(name, one, file=sys.stderr)
            faults += len(bad)
        what = f"{name}: {done} of {len(places)} bytes changed, of which wrongly judged"
        yield Measured("R21", what, faults, "files", 0)


def two_of_many(minutes: float, seed: int) -> Iterator[Measured]:
    """Certificates of forks put together from parts of others, until the time is over."""
    end = time.monotonic() + 60 * minutes
    files = put_together(Random(seed))
    done = proven = faults = 0
    while not done or time.monotonic() < end:
        some = list(islice(files, FORKS_AT_A_TIME))
        for file, other in zip(some, second(map(as_row, some)), strict=True):
            answer = first(file)
            done += 1
            proven += isinstance(answer, list)
            if answer != judged(other):
                faults += 1
                print(base64.b64encode(file).decode(), answer, other, file=sys.stderr)
    yield Measured("R21", "forks put together that are proven", proven, "files")
    what = f"forks put together: {done} files, of which judged otherwise by the other verifier"
    yield Measured("R21", what, faults, "files", 0)


def laws(minutes: float, seed: int) -> Iterator[Measured]:
    """The properties of the tests with many more examples, until the time is over."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", f"--hypothesis-seed={seed}", *LAWS]
    env = {**os.environ, "HYPOTHESIS_PROFILE": "deep"}
    try:
        code = subprocess.run(
            command, cwd=REPOSITORY, env=env, stdout=sys.stderr, check=False, timeout=60 * minutes
        ).returncode
    except subprocess.TimeoutExpired:
        code = 0
    yield Measured(
        "R10", "decoders and laws with the deep profile: failures", int(code != 0), "runs", 0
    )


def described(minutes: float, seed: int) -> Iterator[Measured]:
    """Requests made up from the API's own description, to a node of its own."""
    from tests.fuzz.api import asked_for

    asker = asked_for(60 * minutes, seed)
    for one in asker.wrong:
        print(one, file=sys.stderr)
    yield Measured("R10", "requests to the officers' port", asker.count, "requests")
    yield Measured(
        "R10", "operations that were done at least once", len(asker.answered), "operations"
    )
    yield Measured(
        "R10", "answers not as described, or to who may not", len(asker.wrong), "answers", 0
    )


def branches(minutes: float, seed: int) -> Iterator[Measured]:
    """Inputs that reach new branches of each decoder, the time shared among them."""
    if importlib.util.find_spec("atheris") is None:
        yield Measured(
            "R10", "decoders with atheris: not run, for it is not installed", 0, "inputs"
        )
        return
    for target in TARGETS:
        seconds = max(1, int(60 * minutes / len(TARGETS)))
        with tempfile.TemporaryDirectory() as directory:
            given = (target, str(seconds), str(seed), directory)
            command = [sys.executable, "-m", "tests.fuzz.branches", *given]
            told = subprocess.run(
                command, cwd=REPOSITORY, capture_output=True, check=False, encoding="latin-1"
            )
        done = re.findall(r"^Done (\d+) runs in (\d+) second", told.stderr, re.MULTILINE)
        if told.returncode or not done:
            print(told.stderr[-4_000:], file=sys.stderr)
        count, took_s = (int(one) for one in done[-1]) if done else (0, 1)
        yield Measured("R10", f"{target}, inputs by new branches", count, "inputs")
        yield Measured("R10", f"{target}, rate", count / took_s, "inputs/s")
        yield Measured("R10", f"{target}, faults", int(bool(told.returncode)), "faults", 0)


PARTS: Final[dict[str, Callable[[float, int], Iterator[Measured]]]] = {
    "door": door,
    "certificates": every_byte,
    "forks": two_of_many,
    "schema": described,
    "laws": laws,
    "atheris": branches,
}


def main() -> int:
    """Run the parts, and print their rows."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("part", nargs="*", default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--minutes", type=float, default=10.0, help="for each part")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    told = []
    for name in given.part:
        if name not in PARTS:
            parser.error(f"there is no part {name!r}: {', '.join(PARTS)}")
        for one in PARTS[name](given.minutes, given.seed):
            print(json.dumps(one.to_json()), flush=True)
            told.append(one)
    return 1 if any(one.holds is False for one in told) else 0


if __name__ == "__main__":
    sys.exit(main())
