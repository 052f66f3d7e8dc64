"""The page of a trial: each goal, what was run for it, what was measured, what was not."""

from collections.abc import Iterable, Iterator, Sequence

from tests.trial.goals import GOALS, NOT_RUN
from tests.trial.measured import Measured, told
from tests.trial.running import Done


def verdict(goal: str, numbers: Sequence[Measured], faults: Sequence[str]) -> str:
    """What came of a goal: held, MISSED, or not run."""
    if faults or any(number.holds is False for number in numbers):
        return "MISSED"
    if not any(number.holds for number in numbers):
        return "not run"
    return "held, in part" if goal in NOT_RUN else "held"


def page(done: Iterable[Done], machine: dict[str, object], commit: str) -> str:
    """The page, in Markdown."""
    parts = list(done)
    described = ", ".join(f"{name} {value}" for name, value in machine.items())
    took_s = sum(one.took_s for one in parts)
    rows = [
        "# The trial",
        "",
        f"Commit {commit}; {described}; {took_s / 60:.0f} minutes.",
        "",
        "| goal | | came out |",
        "| --- | --- | --- |",
    ]
    rows += [f"| {goal} | {words} | {_summed(goal, parts)} |" for goal, words in GOALS.items()]
    for goal in GOALS:
        rows += ["", *_goal(goal, parts)]
    return "\n".join(rows) + "\n"


def _summed(goal: str, parts: list[Done]) -> str:
    numbers, faults = _of(goal, parts)
    return verdict(goal, numbers, faults)


def _of(goal: str, parts: list[Done]) -> tuple[list[Measured], list[str]]:
    numbers = [number for one in parts for number in one.numbers if number.goal == goal]
    return numbers, [one.fault for one in parts if one.fault and one.part.serves(goal)]


def _goal(goal: str, parts: list[Done]) -> Iterator[str]:
    numbers, faults = _of(goal, parts)
    yield f"## {goal}: {verdict(goal, numbers, faults)}"
    yield ""
    yield GOALS[goal]
    if goal in NOT_RUN:
        yield ""
        yield f"Not run: {NOT_RUN[goal]}"
    for one in parts:
        if one.part.serves(goal):
            yield ""
            yield f"`{one.part.name}`, {one.took_s:.0f} s"
    if numbers:
        yield from ("", "| measured | | asked |", "| --- | --- | --- |")
        for number in numbers:
            value = f"{told(number.value)} {number.unit}".strip()
            mark = "" if number.holds is not False else " **missed**"
            yield f"| {number.what} | {value} | {number.asked}{mark} |"
    for fault in faults:
        yield from ("", "```", fault, "```")
