"""Bad files of areas: how long each takes to be refused or flagged.

    python -m bench.files

Not one of the measurements with a goal of `python -m bench`: it prints the median
and the quickest of each case of `tests/adapters/geofiles/bad.py`, in milliseconds.
"""

import contextlib
import statistics
import time

from openline.adapters.geofiles import FileFault, read_data, with_doubts
from tests.adapters.geofiles.bad import AREA, BAD

RUNS = 30


def main() -> None:
    """Measure and print every case, the slowest first."""
    rows = []
    for bad in BAD:
        took_ms = []
        for _ in range(RUNS):
            begun = time.perf_counter()
            with contextlib.suppress(FileFault):
                with_doubts(read_data(bad.data, bad.name, goes_on=True).activities, AREA)
            took_ms.append((time.perf_counter() - begun) * 1_000)
        rows.append((statistics.median(took_ms), min(took_ms), bad.name))
    for median_ms, quickest_ms, name in sorted(rows, reverse=True):
        print(f"{name:24} median {median_ms:7.2f} ms  quickest {quickest_ms:7.2f} ms")


if __name__ == "__main__":
    main()
