"""Life: where a matter stands, as a fold of what was said and of what was due.

Rules:

1. Only the record counts: what messages say, and the times that they are signed
   with. Two nodes that hold the same messages have the same standing, in whatever
   order they came.
2. What a message knew of comes before it, whatever the clocks of the parties said:
   each names the heads that its author held. Beyond that the signed times decide.
3. Between two messages the clocks that run fire in the order of their instants. What
   is said at the very instant at which it was due is in time.
4. What cannot happen in a state is a fact and is kept, but changes nothing.
5. Any matter can be lifted to a higher tier, and given back by the party that lifted it.
   That is in no table, for it changes no state; a tier is added, none is left out.

Theory: a table gives the next state of every pair that can occur. It is a literal, and
a test visits every pair.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, Final

from openline.domain.conduct.clock import Clock

OPENED: Final = "OPENED"
"""The event of the message that opens a matter; in no table."""

ESCALATED: Final = "ESCALATED"
"""An officer lifts a matter to a tier; happens in every state."""

RETURNED: Final = "RETURNED"
"""An officer of the party that lifted a matter gives it back; happens in every state."""

READ_AT_TIER: Final = "READ_AT_TIER"
"""A post of a tier has read that a matter was lifted; happens in every state."""

DEADLINE: Final = "DEADLINE"
"""What an officer set when lifting a matter has come; happens in every state."""

GENERAL: Final = (OPENED, ESCALATED, RETURNED, READ_AT_TIER, DEADLINE)
"""Events that are in no table of a single subject, or need not be."""

Table = Mapping[Any, Mapping[Any, str]]
"""For each state the events that can occur in it, and the next state; all are words."""


@dataclass(frozen=True, slots=True)
class Life:
    """A life cycle.

    Attributes:
        start: The state in which a matter is opened.
        table: The next state of every pair that can occur.
        ends: The states in which nothing is awaited any longer.
        opens: Events that open a matter in another state than `start`, with that state.
    """

    start: str
    table: Table
    ends: frozenset[str]
    opens: Mapping[Any, str] = field(default_factory=dict)

    def opening(self, event: str) -> str | None:
        """The state in which an event opens a matter; None if it opens none."""
        return self.start if event == OPENED else self.opens.get(event)

    def states(self) -> tuple[str, ...]:
        """Every state, in the order of the table."""
        return tuple(self.table)

    def events(self) -> tuple[str, ...]:
        """Every event that can occur, in the order in which the table names them."""
        return tuple(dict.fromkeys(event for row in self.table.values() for event in row))


@dataclass(frozen=True, slots=True)
class Happening:
    """One message, as far as a matter is concerned.

    Attributes:
        at: When its author signed it, as the author says: UTC milliseconds.
        party: The author.
        epoch: Which of the author's outboxes.
        index: Position in it.
        event: What it does to the matter.
        instants: Instants that it sets, by name; None takes one away.
        said: What it says in one code word, such as OURS; may be empty.
        knew: What its author held of the other parties: (party, epoch, size).
        tier: Of what lifts a matter, gives it back, or reads it there, the tier.
    """

    at: int
    party: str
    epoch: int
    index: int
    event: str
    instants: tuple[tuple[str, int | None], ...] = ()
    said: str = ""
    knew: tuple[tuple[str, int, int], ...] = ()
    tier: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a matter.

    Attributes:
        at: When, by the record.
        event: What.
        state: The state from then on.
        party: Who did it; empty where a clock did.
        index: The serial number of the message; None where a clock did.
        said: The code word of the message, or the name of the clock.
        has_effect: Whether it could happen in the state before.
    """

    at: int
    event: str
    state: str
    party: str = ""
    index: int | None = None
    said: str = ""
    has_effect: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a matter stands.

    Attributes:
        state: The state.
        since: Since when, by the record.
        clock_tier: The highest tier that must know by now because a clock ran out.
        instants: The instants that clocks run towards, by name.
        steps: What happened, in order.
        lifted: The tier to which each party has lifted it, and not given it back.
    """

    state: str
    since: int
    clock_tier: int = 1
    instants: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    lifted: Mapping[str, int] = field(default_factory=dict)

    @property
    def tier(self) -> int:
        """The highest tier that must know by now, whoever or whatever lifted it there."""
        return max(self.clock_tier, 1, *self.lifted.values())


def fold(
    life: Life, clocks: Sequence[Clock], happenings: Sequence[Happening], now: int
) -> Standing | None:
    """Where a matter stands at an instant; None if it is not opened by then.

    Args:
        life: Its life cycle.
        clocks: The clocks that run on it.
        happenings: What was said about it, in any order.
        now: The instant. What is signed with a later time counts all the same: it is said.
    """
    standing: Standing | None = None
    for at, one in _in_order(happenings):
        if standing is None:
            if (state := life.opening(one.event)) is not None:
                standing = _opened(state, at, one)
            continue
        standing = _pass_time(life, clocks, standing, at - 1)
        standing = _happen(life, standing, at, one)
    return None if standing is None else _pass_time(life, clocks, standing, now)


def in_order(happenings: Sequence[Happening]) -> list[Happening]:
    """What was said, in the order in which it counts, whatever came first here."""
    return [one for _, one in _in_order(happenings)]


def next_due(clocks: Sequence[Clock], standing: Standing) -> tuple[int, Clock] | None:
    """The next clock that will fire, and when; None if none runs."""
    fired = {step.said for step in standing.steps if step.index is None}
    running = [
        (standing.instants[clock.until], number, clock)
        for number, clock in enumerate(clocks)
        if standing.state in clock.runs_in
        and clock.until in standing.instants
        and _key(clock, standing) not in fired
    ]
    if not running:
        return None
    at, _, clock = min(running, key=lambda entry: entry[:2])
    return max(at, standing.since), clock


def running(clocks: Sequence[Clock], standing: Standing) -> Iterator[tuple[int, Clock]]:
    """Every clock that runs, with its instant."""
    for clock in clocks:
        if standing.state in clock.runs_in and clock.until in standing.instants:
            yield standing.instants[clock.until], clock


def _key(clock: Clock, standing: Standing) -> str:
    """A clock fires once for each instant that it was set to."""
    return f"{clock.name}@{standing.instants[clock.until]}"


def _opened(state: str, at: int, one: Happening) -> Standing:
    instants = {name: value for name, value in one.instants if value is not None}
    step = Step(at, one.event, state, one.party, one.index, one.said)
    lifted = {one.party: one.tier} if one.tier else {}
    return Standing(state, at, 1, instants, (step,), lifted)


def _happen(life: Life, standing: Standing, at: int, one: Happening) -> Standing:
    after = _after(life, standing, one)
    state = standing.state if after is None else after
    step = Step(at, one.event, state, one.party, one.index, one.said, after is not None)
    steps = (*standing.steps, step)
    if after is None:
        return replace(standing, steps=steps)
    instants = {**standing.instants}
    for name, value in one.instants:
        instants.pop(name, None)
        if value is not None:
            instants[name] = value
    since = standing.since if state == standing.state else at
    return replace(
        standing,
        state=state,
        since=since,
        instants=instants,
        steps=steps,
        lifted=_lifted(standing, one),
    )


def _after(life: Life, standing: Standing, one: Happening) -> str | None:
    """The state after a message; None if it changes nothing."""
    if one.event == ESCALATED and one.tier <= standing.lifted.get(one.party, 0):
        return None
    if one.event == RETURNED and one.tier >= standing.lifted.get(one.party, 0):
        return None
    is_general = one.event in GENERAL and one.event != OPENED
    return life.table[standing.state].get(one.event, standing.state if is_general else None)


def _lifted(standing: Standing, one: Happening) -> dict[str, int]:
    """To which tier each party has lifted the matter, after a message."""
    lifted = {**standing.lifted}
    if one.event in (ESCALATED, RETURNED):
        lifted.pop(one.party, None)
        if one.tier > 1:
            lifted[one.party] = one.tier
    return lifted


def _pass_time(life: Life, clocks: Sequence[Clock], standing: Standing, until: int) -> Standing:
    """Let the clocks fire that are due until an instant, in order."""
    while (due := next_due(clocks, standing)) is not None and due[0] <= until:
        at, clock = due
        state = life.table[standing.state].get(clock.event, standing.state)
        step = Step(at, clock.event, state, said=_key(clock, standing))
        standing = replace(
            standing,
            state=state,
            since=standing.since if state == standing.state else at,
            clock_tier=max(standing.clock_tier, clock.tier),
            instants=_set_on(clock, standing.instants),
            steps=(*standing.steps, step),
        )
    return standing


def _set_on(clock: Clock, instants: Mapping[str, int]) -> Mapping[str, int]:
    """The instants after a clock has run out: those that it sets are set."""
    if not clock.sets:
        return instants
    at = instants[clock.until]
    later = {name: value for name, value in instants.items() if name != clock.until}
    for name, after_ms in clock.sets:
        if name != clock.until or at + after_ms <= instants.get("last_at", at):
            later[name] = at + after_ms
    return later


def _in_order(happenings: Sequence[Happening]) -> list[tuple[int, Happening]]:
    """What was said, each with its time, in the order in which it counts (rule 2)."""
    ones = sorted(happenings, key=lambda one: (one.at, one.party, one.epoch, one.index))
    rows: dict[str, list[int]] = {}
    for number in sorted(range(len(ones)), key=lambda number: _place(ones[number])):
        rows.setdefault(ones[number].party, []).append(number)
    known = _known(ones, rows)
    at = [one.at for one in ones]
    # No more rounds than messages: authors that claim to know of each other end there too.
    for _ in ones:
        latest = {party: list(accumulate((at[n] for n in row), max)) for party, row in rows.items()}
        later = [
            max([at[number], *(latest[party][count - 1] for party, count in known[number])])
            for number in range(len(ones))
        ]
        if later == at:
            break
        at = later
    counts = [sum(count for _, count in one) for one in known]
    order = sorted(range(len(ones)), key=lambda number: (at[number], counts[number], number))
    return [(at[number], ones[number]) for number in order]


def _known(ones: Sequence[Happening], rows: Mapping[str, list[int]]) -> list[list[tuple[str, int]]]:
    """For each message how many of each party's its author had: always the first ones."""
    places = {party: [_place(ones[number]) for number in row] for party, row in rows.items()}
    known = []
    for one in ones:
        until = {one.party: _place(one)}
        for party, epoch, size in one.knew:
            if party != one.party:
                until[party] = max(until.get(party, (0, 0)), (epoch, size))
        counts = [(party, bisect_left(places[party], end)) for party, end in until.items()
                  if party in places]  # fmt: skip
        known.append([(party, count) for party, count in counts if count])
    return known


def _place(one: Happening) -> tuple[int, int]:
    return one.epoch, one.index
