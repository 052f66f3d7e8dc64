"""The verb `sim`: years of a line under faults, from a seed."""

from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from openline.faces.cli.faults import Exit
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Printing
from openline.faces.cli.output import emit

app = make_app("sim", "")

Profile = Literal["swarm", "swizzle", "restore", "busy", "byzantine", "upgrade", "region"]
"""Which faults; `openline.sim.plan.PROFILES`, without loading the simulator."""


@sole_verb(app)
def sim(
    *,
    seed: Annotated[int, Parameter(validator=Number(gte=0))] = 1,
    runs: Annotated[int, Parameter(validator=Number(gte=1))] = 1,
    days: Annotated[float, Parameter(validator=Number(gt=0, lte=3660))] = 7.0,
    profile: Profile = "swarm",
    signer: Literal["drawn", "fast", "true"] = "drawn",
    options: Printing = Printing(),  # noqa: B008 - frozen.
) -> int:
    """Simulate a line under faults, and watch whether it keeps its promises.

    Real nodes run in one process and in virtual time, over a network and on
    machines that fail as the seed draws it. When the faults are over, all must come
    together. The same seed gives the same run, event by event, and the same digest.

    swarm has faults of every sort at once; in swizzle circuits are cut again and
    again; in restore stores are lost and put back from old copies; in busy people
    talk without end; in byzantine the last party keeps no rule; in upgrade keys are
    changed and terms amended while nodes are started anew; in region two to six nodes
    have several lines, one of three parties where they are enough, under the faults of
    one of the others. Exit code 1 says that a promise was broken: the last events are
    told, and how to have the run again.

    Example:
        openline sim --seed 7 --days 30
        openline sim --seed 1 --runs 20 --profile region

    Args:
        seed: What everything follows from; of several runs the first.
        runs: How many seeds, one after the other.
        days: How many days of faults in each run.
        profile: Which faults.
        signer: Fast signatures stand for true ones in most seeds, or in all, or in none.
        options: How to print.
    """
    import time

    from openline.sim.outcome import rows, summary, to_json
    from openline.sim.plan import make_plan
    from openline.sim.region import Outcome, Region

    is_fast = {"drawn": None, "fast": True, "true": False}[signer]
    outcomes: list[Outcome] = []
    began_s = time.process_time()
    for one in range(seed, seed + runs):
        before_s = time.process_time()
        outcome = Region(make_plan(one, days, profile, is_fast=is_fast)).run()
        took_s = time.process_time() - before_s
        outcomes.append(outcome)
        emit(to_json(outcome, took_s), rows(outcome, took_s), as_json=options.json)
    if runs > 1 and not options.json:
        print(summary(outcomes, time.process_time() - began_s))
    return Exit.REFUSED if any(outcome.broken for outcome in outcomes) else Exit.DONE
