"""Whole runs from a seed: promises hold, a seed gives one run, failures can be had again."""

import json
import os
import subprocess
import sys
from typing import get_args

import pytest

from openline.faces.cli.sim import Profile
from openline.sim.outcome import rows, to_json
from openline.sim.plan import PROFILES, make_plan
from openline.sim.region import Outcome, Region
from openline.sim.regressions import regressions


def run(seed: int, days: float, profile: str = "swarm") -> Outcome:
    """The outcome of one run."""
    return Region(make_plan(seed, days, profile)).run()


def told(outcome: Outcome) -> str:
    """The outcome in words, for a failing test."""
    return "\n".join(rows(outcome, 1.0))


@pytest.mark.parametrize("profile", PROFILES)
def test_every_promise_holds(profile: str) -> None:
    """Under the faults of each profile no promise is broken, and all come together afterwards."""
    outcome = run(11, 0.02 if profile == "busy" else 0.1, profile)
    assert not outcome.broken, told(outcome)


def test_what_was_once_broken_holds() -> None:
    """A seed that once broke a promise breaks none; the long ones are tried over years."""
    for one in (one for one in regressions() if not one.is_long):
        outcome = run(one.seed, one.days, one.profile)
        assert not outcome.broken, told(outcome)


@pytest.mark.parametrize(
    ("profile", "hash_seed"), [("swarm", "0"), ("swarm", "4711"), ("region", "4711")]
)
def test_a_seed_gives_one_run_in_every_process(profile: str, hash_seed: str) -> None:
    """Another process with another order of hashes plays the same run, to the last event."""
    words = ["--seed", "2", "--days", "0.1", "--profile", profile, "--json"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    ended = subprocess.run(
        [sys.executable, "-m", "openline.sim", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ended.stdout)["digest"] == run(2, 0.1, profile).digest


def test_an_older_seed_plays_the_run_that_it_always_played() -> None:
    """A profile of one line knows nothing of regions: what was recorded of a seed still counts."""
    outcome = run(3, 0.3, "restore")
    assert outcome.digest == "5b611cd4a539cf5e61d88d94e380b73d0dd97efb493a0837db67b8e468c31a1f"


def test_regions_have_two_to_six_nodes_and_several_lines() -> None:
    """Seeds draw two to six nodes, all on a line, and one line of three where there are so many."""
    plans = [make_plan(seed, 1, "region") for seed in range(100)]
    assert {len(plan.parties) for plan in plans} == {2, 3, 4, 5, 6}
    for plan in plans:
        assert len(plan.lines) > 1
        assert {party for line in plan.lines for party in line.parties} == set(plan.parties)
        sizes = sorted(len(line.parties) for line in plan.lines)
        assert sizes[-1] == min(3, len(plan.parties))
        assert set(sizes[:-1]) == {2}
    assert any(plan.hostile for plan in plans)


def test_the_verb_names_every_profile() -> None:
    """The profiles of the verb are those of the simulator."""
    assert get_args(Profile) == PROFILES


def test_another_seed_gives_another_run() -> None:
    """Two seeds have two digests."""
    assert run(5, 0.05).digest != run(6, 0.05).digest


def test_a_failure_says_how_to_have_it_again() -> None:
    """A broken promise is told with seed, commit, the command to replay it and the last events."""
    region = Region(make_plan(7, 0.05, "swarm"))

    def lose(*_: object) -> None:
        region.stations["alpha.example"].store.commit = lambda _: None  # type: ignore[method-assign]

    region.timeline.after(600_000, lose)
    outcome = region.run()
    assert "before it is on disk" in outcome.broken or "defect" in outcome.broken
    words = told(outcome)
    assert "openline sim --seed 7 --days 0.05 --profile swarm" in words
    assert "last events" in words
    value = to_json(outcome, 1.0)
    assert value["broken"] == outcome.broken
    assert value["events"]
