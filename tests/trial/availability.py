"""In how many minutes a line has a valid two-way proof, over two circuits that are 99 % up.

`python -m tests.trial.availability [--years 2]` plays so many years of a line, and prints a row
for each number. How they are played stands in `openline.sim.availability`.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Final

from openline.sim.availability import Availability, Minutes
from tests.trial.measured import Measured

MINUTES_OF_A_YEAR: Final = 365 * 24 * 60
UNIT: Final = "minutes of 10,000"


def measure(years: float, seed: int) -> Minutes:
    """The minutes of so many years, over as many regions as it takes."""
    found = Minutes()
    while found.all < years * MINUTES_OF_A_YEAR:
        found.add(Availability(seed).run())
        seed += 1
    return found


def rows(found: Minutes) -> Iterator[Measured]:
    """What was found, for the page of the trial."""

    def part(count: int) -> float:
        return count / found.all * 10_000

    yield Measured("R17", "minutes without a valid two-way proof", part(found.without), UNIT, 1)
    yield Measured("R17", "without one at each of their seconds", part(found.not_throughout), UNIT)
    yield Measured("R17", "in which neither circuit was ever whole", part(found.cut_off), UNIT)
    what = "without a proof, though a circuit was whole then and in the minute before"
    yield Measured("R17", what, found.lost, "minutes", 0)
    yield Measured("R17", "minutes in all", round(found.all), "minutes")
    yield Measured("R17", "outages of a circuit", found.outages, "outages")
    yield Measured("R17", "of which over one of the other", found.overlaps, "outages")


def main() -> None:
    """Measure, and print a row for each number."""
    parser = argparse.ArgumentParser(prog="python -m tests.trial.availability", description=__doc__)
    parser.add_argument("--years", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for one in rows(measure(given.years, given.seed)):
        print(json.dumps(one.to_json()))


if __name__ == "__main__":
    main()
