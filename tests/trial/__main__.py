"""The trial, whole: `python -m tests.trial [GOAL ...]`; `make trial` runs this.

Runs what `make test` has no time for, part by part, and writes one page: each goal, what
was run for it, what was measured, and what was not. With goals named, only their parts.
It ends with 1 where a goal was missed.
"""

import argparse
import sys
from pathlib import Path

from bench import machine
from openline.sim.outcome import commit
from tests.conftest import REPOSITORY
from tests.trial.goals import GOALS, PARTS
from tests.trial.page import page
from tests.trial.running import Done, run

PAGE = REPOSITORY / "build" / "trial.md"


def main() -> int:
    """Run the parts, show each as it ends, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.trial", description=__doc__)
    parser.add_argument("goals", nargs="*", metavar="GOAL", help=f"some of {', '.join(GOALS)}")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page goes")
    options = parser.parse_args()
    if unknown := [goal for goal in options.goals if goal not in GOALS]:
        parser.error(f"there is no goal {unknown[0]}; name some of {', '.join(GOALS)}")
    done: list[Done] = []
    for part in PARTS:
        if not options.goals or any(part.serves(goal) for goal in options.goals):
            print(part.name, flush=True)
            done.append(run(part))
            for number in done[-1].numbers:
                print(number.text())
            if done[-1].fault:
                print(f"  NOT {done[-1].fault}")
            print(f"  {done[-1].took_s:.0f} s", flush=True)
    options.page.parent.mkdir(parents=True, exist_ok=True)
    options.page.write_text(page(done, machine.describe(), commit()), encoding="utf-8")
    print(f"trial: {options.page}")
    missed = any(one.fault or any(number.holds is False for number in one.numbers) for one in done)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
