"""What is worth trying is tried: every state of the registry is reached by a storm."""

from dataclasses import replace

from openline.domain.instant import HOUR_MS, MINUTE_MS, SECOND_MS
from openline.sim.outcome import rows
from openline.sim.plan import PARTIES, Plan, make_plan
from openline.sim.region import Outcome, Region
from openline.sim.sometimes import SOMETIMES

DAYS = 0.25

NO_FAULTS = {
    "parties": PARTIES[:2],
    "tick_ms": MINUTE_MS,
    "circuits": 1,
    "delay_ms": (10, 100),
    "loss": 0.0,
    "reordering": 0.0,
    "cut_every_ms": 0,
    "crash_every_ms": 0,
    "set_every_ms": 0,
    "disk_every_ms": 0,
    "restore_every_ms": 0,
    "word_every_ms": 10 * MINUTE_MS,
    "upgrade_every_ms": 8 * MINUTE_MS,
}


def storm(profile: str, seed: int, **changes: object) -> Plan:
    """A plan in which everything that can fail fails often."""
    plan = make_plan(seed, DAYS, profile, is_fast=True)
    often = replace(
        plan,
        tick_ms=MINUTE_MS,
        circuits=1,
        cut_every_ms=30 * MINUTE_MS,
        cut_for_ms=10 * MINUTE_MS,
        crash_every_ms=15 * MINUTE_MS,
        down_for_ms=2 * MINUTE_MS,
        word_every_ms=30 * MINUTE_MS,
        set_every_ms=HOUR_MS,
        delay_ms=(10, SECOND_MS),
        loss=0.0,
    )
    return replace(often, **changes)  # type: ignore[arg-type]


def played(plan: Plan) -> Outcome:
    """The outcome of a run in which no promise was broken."""
    outcome = Region(plan).run()
    assert not outcome.broken, "\n".join(rows(outcome, 1.0))
    return outcome


def bad_disks(seed: int) -> Plan:
    """A storm over two parties whose disks are bad, and which change keys and terms."""
    return storm(
        "restore",
        seed,
        parties=PARTIES[:2],
        disk_every_ms=30 * MINUTE_MS,
        restore_every_ms=2 * HOUR_MS,
        upgrade_every_ms=20 * MINUTE_MS,
        is_anchored=True,
    )


def test_every_state_that_is_worth_trying_is_reached() -> None:
    """Storms with bad disks and a hostile party, a calm and a region reach every such state."""
    hostile = storm("byzantine", 2, parties=PARTIES[:3], hostile=PARTIES[2:3])
    calm = replace(make_plan(3, 0.05, "swarm", is_fast=False), **NO_FAULTS)
    region = replace(make_plan(2, 0.02, "region", is_fast=True), tick_ms=MINUTE_MS)
    plans = (bad_disks(1), bad_disks(2), bad_disks(3), hostile, calm, region)
    found = frozenset[str]().union(*(played(plan).reached for plan in plans))
    assert sorted(SOMETIMES - found) == []
