"""Runs the measurements and prints them: `python -m bench [PART] [--quick] [--json]`."""

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import (
    conduct,
    console,
    feeds,
    limits,
    line,
    machine,
    record,
    restart,
    statements,
    stores,
    tracks,
)
from bench.conflict import plot
from bench.conflict import run as conflict
from bench.measure import Row

PARTS = (
    "node", "conflict", "conduct", "console", "feeds", "statements", "stores", "tracks",
)  # fmt: skip


def main() -> int:
    """Measure; exit code 1 where a goal is missed, or engines find different conflicts."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "part",
        nargs="?",
        choices=(
            "all",
            "node",
            "conflict",
            "conduct",
            "console",
            "feeds",
            "statements",
            "stores",
            "tracks",
        ),
        default="all",
    )
    parser.add_argument("--quick", action="store_true", help="small counts: does it run at all")
    parser.add_argument("--json", action="store_true", help="one row of JSON at the end")
    parser.add_argument("--hour", action="store_true", help="console: let events flow for an hour")
    parser.add_argument(
        "--plot", type=Path, metavar="DIR", help="draw how the conflict engine's cost grows, there"
    )
    options = parser.parse_args()
    # Servers and files of the bench are put away also when it is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    described = machine.describe()
    if not options.json:
        print("Machine: " + ", ".join(f"{name} {value}" for name, value in described.items()))
    rows = _node(options) if options.part in ("all", "node") else []
    if options.part in ("all", "conduct"):
        rows += _print(conduct.measure(is_quick=options.quick), options.json)
    if options.part in ("all", "statements"):
        rows += _print(statements.measure(is_quick=options.quick), options.json)
    if options.part in ("all", "feeds"):
        rows += _print(feeds.measure(is_quick=options.quick), options.json)
    if options.part in ("all", "tracks"):
        rows += _print(tracks.measure(is_quick=options.quick), options.json)
    report = conflict.Report()
    if options.part in ("all", "console"):
        rows += _print(_console(options, report), options.json)
    if options.part in ("all", "stores"):
        rows += _print(_stores(options, report), options.json)
    if options.part in ("all", "conflict"):
        missing = report.missing
        report = conflict.measure(
            is_quick=options.quick, show=lambda rows: _print(rows, options.json)
        )
        report.missing[:0] = missing
        rows += report.rows
        if options.plot:
            plot.save({"machine": described, **report.numbers}, options.plot)
    missed = [row.name for row in rows if row.holds is False]
    _conclude(described, rows, missed, report, options.json)
    return 1 if report.disagreements or (missed and not options.quick) else 0


def _node(options: Any) -> list[Row]:
    """What a node does: the record, the line, the start."""
    with tempfile.TemporaryDirectory(prefix="openline-bench-") as name:
        directory = Path(name)
        allowed = limits.measure(directory, is_quick=options.quick)
        rows = _print(allowed, options.json)
        rows += _print(record.measure(is_quick=options.quick), options.json)
        rows += _print(line.measure(directory, allowed, is_quick=options.quick), options.json)
        rows += _print(restart.measure(directory, is_quick=options.quick), options.json)
    return rows


def _console(options: Any, report: conflict.Report) -> list[Row]:
    """What the officers' page does; what it takes and is not there is named at the end."""
    try:
        return console.measure(is_quick=options.quick, minutes=60.0 if options.hour else 2.0)
    except console.Missing as error:
        report.missing.append(str(error))
        return []


def _stores(options: Any, report: conflict.Report) -> list[Row]:
    """A file beside a database; a server that is not there is named at the end."""
    try:
        return stores.measure(is_quick=options.quick)
    except stores.Missing as error:
        report.missing.append(str(error))
        return []


def _conclude(
    described: dict[str, object],
    rows: list[Row],
    missed: list[str],
    report: conflict.Report,
    is_json: bool,
) -> None:
    """Say what is missing, what was missed, and where engines disagree."""
    for words in report.missing:
        print(f"MISSING: {words}", file=sys.stderr)
    for words in report.disagreements:
        print(f"NOT THE SAME CONFLICTS: {words}", file=sys.stderr)
    if is_json:
        result = {
            "machine": described,
            "rows": [row.to_json() for row in rows],
            "missed": missed,
            "missing": report.missing,
            "disagreements": report.disagreements,
        }
        print(json.dumps(result))
    elif missed:
        print("Goals missed: " + "; ".join(missed))


def _print(rows: list[Row], is_json: bool) -> list[Row]:
    if not is_json:
        for row in rows:
            print(row.text(), flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
