"""Ten line-years in every run of the tests, and the rate at which they pass.

First come the long runs that once broke a promise, as many as have room in one half, then
seeds that nobody chose. `OPENLINE_LINE_YEARS=60` plays so many in place of ten. The rate is
printed at the end of the run: line-years for each minute of one processor, with fast
signers and with true ones.
"""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from openline.sim.outcome import rows
from openline.sim.plan import make_plan
from openline.sim.region import Region
from openline.sim.regressions import regressions

DAYS: Final = 90
"""So long that ticks are as far apart as they can be; what happens within one, short runs try."""
YEARS: Final = float(os.environ.get("OPENLINE_LINE_YEARS", "10"))
HOSTILE_DAYS: Final = 30
"""Where a party keeps no rule the others refuse and journal all the time, which adds up."""
PROFILES: Final = ("swarm", "swizzle", "restore", "swarm", "swizzle", "restore", "byzantine")


def _runs() -> Iterator[tuple[int, float, str, bool]]:
    """Seed, days, profile, and whether signers are fast: one run, a shorter one, has true ones."""
    days_left = YEARS * 365
    for one in (one for one in regressions() if one.is_long):
        if days_left - one.days < YEARS * 365 / 2:
            break
        days_left -= one.days
        yield one.seed, one.days, one.profile, True
    yield 1_000, DAYS / 9, PROFILES[0], False
    for number in itertools.count():
        if days_left <= 0:
            return
        profile = PROFILES[number % len(PROFILES)]
        days = HOSTILE_DAYS if profile == "byzantine" else DAYS
        days_left -= days
        yield 1_000 + number, days, profile, True


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "days", "profile", "is_fast"), list(_runs()))
def test_every_promise_holds_over_years(
    seed: int,
    days: float,
    profile: str,
    is_fast: bool,
    record_property: Callable[[str, Any], None],
) -> None:
    """Under months of faults no promise is broken, and all come together afterwards."""
    plan = make_plan(seed, days, profile, is_fast=is_fast)
    began_s = time.process_time()
    outcome = Region(plan).run()
    took_s = time.process_time() - began_s
    assert not outcome.broken, "\n".join(rows(outcome, took_s))
    signer = "fast" if is_fast else "true"
    record_property(f"line-years with {signer} signers", round(outcome.line_years, 4))
    record_property(f"processor minutes with {signer} signers", round(took_s / 60, 4))
    record_property("deaths of nodes", outcome.counts.get("died", 0))
    record_property("cuts of circuits", outcome.counts.get("cut", 0))
