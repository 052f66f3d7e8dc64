"""More than a line-year in every run of the tests, and the rate at which it passes.

`OPENLINE_LINE_YEARS=60` plays so many in place of 1.3. The rate is printed at the end of
the run: line-years for each minute of one processor, with fast signers and with true ones.
"""

import math
import os
import time
from collections.abc import Callable
from typing import Any, Final

import pytest

from openline.sim.outcome import rows
from openline.sim.plan import make_plan
from openline.sim.region import Region

DAYS: Final = 60
YEARS: Final = float(os.environ.get("OPENLINE_LINE_YEARS", "1.3"))
PROFILES: Final = ("swarm", "swizzle", "restore", "byzantine")

FAST_RUNS: Final = math.ceil(YEARS * 365 / DAYS)
RUNS: Final = [(number, DAYS, True) for number in range(FAST_RUNS)] + [(FAST_RUNS, DAYS / 6, False)]
"""Number, days, and whether signers are fast: one run, a shorter one, has true ones."""


@pytest.mark.slow
@pytest.mark.parametrize(("number", "days", "is_fast"), RUNS)
def test_every_promise_holds_over_years(
    number: int, days: float, is_fast: bool, record_property: Callable[[str, Any], None]
) -> None:
    """Under two months of faults no promise is broken, and all come together afterwards."""
    plan = make_plan(1_000 + number, days, PROFILES[number % len(PROFILES)], is_fast=is_fast)
    began_s = time.process_time()
    outcome = Region(plan).run()
    took_s = time.process_time() - began_s
    assert not outcome.broken, "\n".join(rows(outcome, took_s))
    signer = "fast" if is_fast else "true"
    record_property(f"line-years with {signer} signers", round(outcome.line_years, 4))
    record_property(f"processor minutes with {signer} signers", round(took_s / 60, 4))
    record_property("deaths of nodes", outcome.counts.get("died", 0))
    record_property("cuts of circuits", outcome.counts.get("cut", 0))
