"""What came of a run, as rows for people and as a value for programs.

A failure says which promise was broken, from which seed and commit, how to have it
again, and what happened last.
"""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from openline.sim.region import Outcome

EVENTS_TOLD: Final = 40
"""Of the last events so many are told to people; JSON has all that were kept."""


def commit() -> str:
    """The commit of the sources, short; `unknown` where there is no repository."""
    try:
        told = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return told.stdout.strip()


def replay_words(outcome: Outcome) -> str:
    """The command that has the same run again."""
    plan = outcome.plan
    days = f"{plan.days:g}"
    return f"openline sim --seed {plan.seed} --days {days} --profile {plan.profile}"


def to_json(outcome: Outcome, seconds: float) -> dict[str, Any]:
    """The outcome as a value; `seconds` is the processor time it took."""
    plan = outcome.plan
    told: dict[str, Any] = {
        "seed": plan.seed,
        "profile": plan.profile,
        "days": plan.days,
        "parties": len(plan.parties),
        "lines": len(plan.lines),
        "tick_ms": plan.tick_ms,
        "signer": "fast" if plan.is_fast else "true",
        "line_years": round(outcome.line_years, 6),
        "line_years_per_minute": round(_rate(outcome.line_years, seconds), 4),
        "digest": outcome.digest,
        "counts": outcome.counts,
        "reached": sorted(outcome.reached),
        "broken": outcome.broken or None,
    }
    if outcome.broken:
        told |= {
            "commit": commit(),
            "replay": replay_words(outcome),
            "events": list(outcome.events),
        }
    return told


def rows(outcome: Outcome, seconds: float) -> Iterator[str]:
    """The outcome in words."""
    plan = outcome.plan
    signer = "fast" if plan.is_fast else "true"
    lines = f" on {len(plan.lines)} lines" if plan.several else ""
    yield (
        f"seed {plan.seed}, {plan.profile}: {'BROKEN' if outcome.broken else 'every promise held'}"
    )
    yield (
        f"  {outcome.line_years:.3f} line-years of {len(plan.parties)} parties{lines}, a tick each "
        f"{plan.tick_ms / 1_000:g} s, {signer} signers: "
        f"{_rate(outcome.line_years, seconds):.2f} line-years a processor minute"
    )
    told = ", ".join(f"{name} {count}" for name, count in outcome.counts.items())
    yield f"  {told}"
    yield f"  reached: {', '.join(sorted(outcome.reached)) or 'nothing rare'}"
    yield f"  digest {outcome.digest}"
    if outcome.broken:
        yield from _failure(outcome)


def _failure(outcome: Outcome) -> Iterator[str]:
    yield "  last events:"
    yield from (f"    {event}" for event in outcome.events[-EVENTS_TOLD:])
    yield f"  broken: {outcome.broken}"
    yield f"  commit {commit()}; have it again with: {replay_words(outcome)}"


def summary(outcomes: Iterable[Outcome], seconds: float) -> str:
    """All runs together, in one row."""
    some = list(outcomes)
    years = sum(one.line_years for one in some)
    broken = sum(1 for one in some if one.broken)
    crashes = sum(one.counts.get("died", 0) for one in some)
    cuts = sum(one.counts.get("cut", 0) for one in some)
    return (
        f"{len(some)} runs, {years:.2f} line-years, {crashes} deaths of nodes, {cuts} cuts: "
        f"{broken} broken; {_rate(years, seconds):.2f} line-years a processor minute"
    )


def _rate(line_years: float, seconds: float) -> float:
    return line_years / seconds * 60 if seconds else 0.0
