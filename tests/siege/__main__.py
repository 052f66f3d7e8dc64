"""A siege, measured: `python -m tests.siege [--part P] [--for-s S] [--json] [NAME ...]`.

The part `hostile` is the hostile counterpart, `network` how soon a line that is cut is not
shown as working any more. Prints each behaviour with what did not hold, and a table of
numbers; with `--json` one row of JSON for each number, `{goal, what, value, unit, limit}`,
and nothing else. Ends with 1 where something did not hold, or a limit was not kept.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.siege import network
from tests.siege.ground import Done, Ground, besieged
from tests.siege.numbers import Taken, Watched, median, percentile
from tests.siege.table import TABLE, table
from tests.trial.measured import Measured

FLASH_MS_MAX = 250.0
QUIET_RATIO_MAX = 3.0
QUIET_S = 5.0


def besiege(
    names: list[str], for_s: float, show: Callable[[str], None]
) -> tuple[list[Measured], int]:
    """Do every act; the numbers, and how much did not hold."""
    with tempfile.TemporaryDirectory(prefix="openline-siege-") as name:
        with besieged(Path(name), names) as ground:
            quiet_from = time.monotonic()
            time.sleep(max(QUIET_S, 2 * for_s))
            began = time.monotonic()
            before = Taken.by(ground.alpha)
            for each in names:
                show(_told(ground.do(each, for_s)))
            ended = time.monotonic()
            ground.watcher.end()
            after = Taken.by(ground.alpha)
            ground.alpha.stop()
            wrong = ground.afterwards()
        for row in wrong:
            show(f"  NOT  afterwards: {row}")
        watched = ground.watcher.watched
        quiet, siege = watched.between(quiet_from, began), watched.between(began, ended)
        numbers = [*_latencies(quiet, siege, ground), *_taken(before, after, watched)]
        failed = sum(bool(done.faults) for done in ground.done) + len(wrong)
        numbers.append(
            Measured("R11", "behaviours after which something did not hold", failed, "", 0)
        )
        numbers.append(Measured("R11", "behaviours tried", len(ground.done), ""))
        numbers.append(Measured("R11", "FLASH without a receipt", watched.undelivered, "", 0))
        return numbers, failed


def _told(done: Done) -> str:
    told = TABLE[done.name]
    mark = "NOT" if done.faults else "ok "
    row = done.row
    facts = f"{row['frames']} frames, {row['taken']} taken, {dict(row['refused']) or ''}"
    first = f"  {mark} {told.threat:<22} {done.name:<34} {done.ended - done.began:5.1f} s  {facts}"
    return "\n".join([first, *(f"         {fault}" for fault in done.faults)])


def _latencies(quiet: list[float], siege: list[float], ground: Ground) -> Iterable[Measured]:
    yield Measured("R11", "FLASH of the honest line, quiet, p50", median(quiet), "ms")
    quiet_ms = percentile(quiet, 0.99)
    yield Measured("R11", "FLASH of the honest line, quiet, p99", quiet_ms, "ms")
    yield Measured("R11", "FLASH of the honest line, under siege, p50", median(siege), "ms")
    limit = min(FLASH_MS_MAX, QUIET_RATIO_MAX * quiet_ms)
    yield Measured(
        "R11", "FLASH of the honest line, under siege, p99", percentile(siege, 0.99), "ms", limit
    )
    worst_ms, worst = max(
        (percentile(ground.watcher.watched.between(one.began, one.ended), 0.99), one.name)
        for one in ground.done
    )
    yield Measured("R11", f"FLASH while it {worst}, the worst, p99", worst_ms, "ms")
    yield Measured("R11", "FLASH measured, quiet and under siege", len(quiet) + len(siege), "")


def _taken(before: Taken, after: Taken, watched: Watched) -> Iterable[Measured]:
    looks = [before, *watched.looks, after]
    peak_mb = max(one.resident_kb for one in looks) / 1_000
    yield Measured("R11", "memory before", before.resident_kb / 1_000, "MB")
    yield Measured("R11", "memory, the most", peak_mb, "MB", before.resident_kb / 1_000 + 150)
    yield Measured("R11", "descriptors before", before.descriptors, "")
    most = max(one.descriptors for one in looks)
    yield Measured("R11", "descriptors, the most", most, "", before.descriptors + 80)
    yield Measured("R11", "descriptors after", after.descriptors, "", before.descriptors + 10)
    grown = after.disk_bytes - before.disk_bytes
    yield Measured("R11", "disk, grown by", grown / 1e6, "MB", 200)


def main() -> int:
    """Besiege a node and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.siege", description=__doc__)
    parser.add_argument("names", nargs="*", help="behaviours; all if none is named")
    parser.add_argument("--part", choices=("all", "hostile", "network"), default="all")
    parser.add_argument("--for-s", type=float, default=1.0, help="how long a flood lasts")
    parser.add_argument("--table", action="store_true", help="only the table of behaviours")
    parser.add_argument("--json", action="store_true", help="rows of JSON only")
    options = parser.parse_args()
    if options.table:
        print("\n".join(table()))
        return 0
    # Nodes are put away also when it is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    show: Callable[[str], None] = (lambda _: None) if options.json else print
    numbers: list[Measured] = []
    failed = 0
    if options.part != "network":
        numbers, failed = besiege(options.names or list(TABLE), options.for_s, show)
    if options.part != "hostile" and not options.names:
        with tempfile.TemporaryDirectory(prefix="openline-network-") as name:
            numbers += network.measure(Path(name))
    for number in numbers:
        print(json.dumps(number.to_json()) if options.json else number.text(), flush=True)
    return 1 if failed or any(number.holds is False for number in numbers) else 0


if __name__ == "__main__":
    sys.exit(main())
