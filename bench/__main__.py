"""Runs every measurement and prints it: `python -m bench [--quick] [--json]`."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from bench import limits, line, machine, record, restart
from bench.measure import Row


def main() -> int:
    """Measure; exit code 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small counts: does it run at all")
    parser.add_argument("--json", action="store_true", help="one row of JSON at the end")
    options = parser.parse_args()
    described = machine.describe()
    if not options.json:
        print("Machine: " + ", ".join(f"{name} {value}" for name, value in described.items()))
    with tempfile.TemporaryDirectory(prefix="openline-bench-") as name:
        directory = Path(name)
        allowed = limits.measure(directory, is_quick=options.quick)
        rows = _print(allowed, options.json)
        rows += _print(record.measure(is_quick=options.quick), options.json)
        rows += _print(line.measure(directory, allowed, is_quick=options.quick), options.json)
        rows += _print(restart.measure(directory, is_quick=options.quick), options.json)
    missed = [row.name for row in rows if row.holds is False]
    if options.json:
        result = {"machine": described, "rows": [row.to_json() for row in rows], "missed": missed}
        print(json.dumps(result))
    elif missed:
        print("Goals missed: " + "; ".join(missed))
    return 1 if missed and not options.quick else 0


def _print(rows: list[Row], is_json: bool) -> list[Row]:
    if not is_json:
        for row in rows:
            print(row.text(), flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
