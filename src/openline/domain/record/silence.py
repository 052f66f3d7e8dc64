"""Silence and use: what ticks prove about a window of time.

A tick names the size and root of its author's outbox, and the hash of the last
tick its author verified from each counterpart. This module finds, among ticks
whose signatures were verified elsewhere, those that show that a party said
nothing in a window, or that it said something. It checks no signatures and
knows nothing of keys. Source: `docs/spec/tick-and-silence.md`.

The subject is the party the question is about; its own clock is never used.

1. An *anchor* is a tick of another party on the line that a tick of the subject
   names in `heard`. A node names only ticks whose time is within the line's
   clock tolerance of its own clock; so an anchor's time was claimed by its
   maker and accepted by the subject, and a maker who back-dates a tick, or runs
   on a shifted clock, gets no anchor out of it.
2. A tick of the subject is *before* T if an anchor that names it has a time of
   at most T less the tolerance.
3. A tick of the subject is *after* T if it names an anchor that has a time of
   at least T and the tolerance.
4. SILENT: a tick before the start and a tick after the end say the same size
   and root. USED: a tick after the start and a tick before the end say a smaller
   and a larger size. Otherwise the question is UNPROVEN; nothing is guessed.
5. Ticks that contradict each other prove nothing: two roots of one size, a size
   that shrinks, or a tick of the subject's that names an anchor whose maker held
   more of the subject's outbox than the subject says there is.

Why it holds. An outbox only grows, so sizes that are equal at both ends were
equal throughout; and what the others hold of it they name in the anchors. Let
the subject be honest: it took each anchor in at a time, by its own clock, of at
most the anchor's time and the tolerance; so a tick that rule 2 puts before T was
made before T by the subject's clock, whatever the others sign. Let the makers of
the anchors be honest: they heard the tick before they named it. So each side is
held to the other's clock as well as to its own. The edges resolve to the
interval of the ticks and the tolerance. With three parties or more an anchor may
be any other party's; the judgement names whose they are, because its times bind
those parties and the subject, nobody else.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from openline.domain.instant import format_instant
from openline.domain.party import parse_origin
from openline.domain.record.tick import NO_HASH, Tick

Web: TypeAlias = "Mapping[bytes, Tick]"
"""Ticks of one line by their hashes; each links to others by what it names."""


class Finding(StrEnum):
    """What the ticks show about one party and one window."""

    SILENT = "SILENT"
    USED = "USED"
    UNPROVEN = "UNPROVEN"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, half-open: `[valid_from, valid_until)`.

    Attributes:
        valid_from: First instant of it.
        valid_until: First instant after it; later than `valid_from`.
    """

    valid_from: int
    valid_until: int

    def __post_init__(self) -> None:
        assert self.valid_from < self.valid_until, "a window ends after it begins"


@dataclass(frozen=True, slots=True)
class Dated:
    """A tick of the subject with the anchor that dates it.

    Attributes:
        tick: The subject's tick.
        anchor: The other party's tick that dates it.
        path: Hashes of the ticks of the argument, without repetition: the tick,
            the anchor and the subject's tick that names the anchor.
    """

    tick: Tick
    anchor: Tick
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found, and on which ticks it rests.

    Attributes:
        finding: SILENT, USED or UNPROVEN.
        reason: Why, in one sentence.
        first: The tick that bounds the finding on the early side.
        last: The tick that bounds it on the late side.
        relied: Hashes of the ticks that are the evidence, sorted; for UNPROVEN
            the nearest ticks on both sides of each edge.
    """

    finding: Finding
    reason: str
    first: Dated | None
    last: Dated | None
    relied: tuple[bytes, ...]

    def anchor_parties(self) -> tuple[str, ...]:
        """The parties whose ticks date the finding, sorted."""
        dated = [item for item in (self.first, self.last) if item is not None]
        return tuple(sorted({item.anchor.party for item in dated}))


@dataclass(frozen=True, slots=True)
class Alive:
    """When a party showed life by its own ticks, by its own clock.

    Attributes:
        party: The party.
        first_at: Time of its earliest tick in the window.
        last_at: Time of its latest tick in the window.
        count: How many of its ticks in the window are at hand.
    """

    party: str
    first_at: int
    last_at: int
    count: int


@dataclass(frozen=True, slots=True)
class Around:
    """The ticks of one party around an instant, without a gap.

    Attributes:
        before: The last tick known to be before the instant.
        after: The first tick known to be after it.
        chain: All ticks from `before` to `after`, linked by `previous`.
        relied: Hashes of the chain and of the ticks that date its ends, sorted.
    """

    before: Dated
    after: Dated
    chain: tuple[Tick, ...]
    relied: tuple[bytes, ...]


def judge(party: str, window: Window, tolerance_ms: int, web: Web) -> Judgement:
    """What the ticks show about whether a party spoke in a window.

    Args:
        party: The subject.
        window: The window asked about.
        tolerance_ms: The line's clock tolerance, from the Understanding.
        web: Verified ticks of one line. More ticks never turn SILENT into USED
            or back; one that contradicts the others turns either into UNPROVEN.

    Returns:
        The finding with the ticks it rests on.
    """
    dates = _Dates(party, tolerance_ms, web)
    outer = dates.last_before(window.valid_from), dates.first_after(window.valid_until)
    inner = dates.first_after(window.valid_from), dates.last_before(window.valid_until)
    nearest = _paths(*outer, *inner)
    contradiction = (
        _two_histories(party, web)
        or _shrinks(outer[0], inner[0])
        or _shrinks(inner[1], outer[1])
        or _shrinks(*outer)
        or _held_beyond(party, web)
    )
    if contradiction:
        return Judgement(Finding.UNPROVEN, contradiction, *outer, nearest)
    if silent := _says_same(*outer):
        return Judgement(Finding.SILENT, silent, *outer, _paths(*outer))
    if used := _says_more(*inner):
        return Judgement(Finding.USED, used, *inner, _paths(*inner))
    return Judgement(Finding.UNPROVEN, _unproven(party, *outer), *outer, nearest)


def alive(window: Window, web: Web) -> tuple[Alive, ...]:
    """Who showed life in a window, by party; each by its own clock."""
    times: dict[str, list[int]] = defaultdict(list)
    for tick in web.values():
        if window.valid_from <= tick.at < window.valid_until:
            times[tick.party].append(tick.at)
    return tuple(
        Alive(party, min(instants), max(instants), len(instants))
        for party, instants in sorted(times.items())
    )


def around(party: str, at: int, tolerance_ms: int, gap_ms_max: int, web: Web) -> Around | None:
    """The unbroken chain of a party's ticks around an instant.

    Args:
        party: The subject.
        at: The instant.
        tolerance_ms: The line's clock tolerance, from the Understanding.
        gap_ms_max: Most time, by the subject's clock, between two ticks: beyond it
            the subject was not running, and its word from before stands no longer.
        web: Verified ticks of one line.

    Returns:
        The shortest chain from a tick before the instant to the first tick after
        it, or None if an end or a tick between them is not at hand.
    """
    dates = _Dates(party, tolerance_ms, web)
    earlier = dates.all_before(at)
    last = dates.first_after(at)
    if last is None:
        return None
    chain, relied = [last.tick], set(last.path)
    while (tick := web.get(chain[-1].previous)) is not None:
        if tick.party != party or abs(chain[-1].at - tick.at) > gap_ms_max:
            return None
        digest = chain[-1].previous
        chain.append(tick)
        relied.add(digest)
        if digest in earlier:
            relied.update(earlier[digest].path)
            return Around(earlier[digest], last, tuple(reversed(chain)), tuple(sorted(relied)))
    return None


def after(party: str, at: int, tolerance_ms: int, web: Web) -> tuple[Dated | None, str]:
    """The tick of a party after an instant that says least (rule 3).

    Args:
        party: The subject.
        at: The instant.
        tolerance_ms: The line's clock tolerance, from the Understanding.
        web: Verified ticks of one line.

    Returns:
        The tick with what dates it, None if none is at hand; and why the ticks prove
        nothing, empty if they contradict each other nowhere (rule 5).
    """
    found = _Dates(party, tolerance_ms, web).first_after(at)
    return found, _two_histories(party, web) or _held_beyond(party, web)


def bracket(
    party: str, at: int, tolerance_ms: int, web: Web
) -> tuple[Dated | None, Dated | None, str]:
    """The ticks of a party around an instant, as near as they are known.

    Args:
        party: The subject.
        at: The instant.
        tolerance_ms: The line's clock tolerance, from the Understanding.
        web: Verified ticks of one line.

    Returns:
        The tick before the instant that says most and the one after it that says least
        (rules 2 and 3), None where none is at hand; and why the ticks prove nothing, empty
        if they contradict each other nowhere (rule 5).
    """
    dates = _Dates(party, tolerance_ms, web)
    before, later = dates.last_before(at), dates.first_after(at)
    wrong = _two_histories(party, web) or _shrinks(before, later) or _held_beyond(party, web)
    return before, later, wrong


def outbox_order(tick: Tick) -> tuple[int, int, int]:
    """Sorts the ticks of one party by how much they say has been said."""
    origin = parse_origin(tick.out.origin)
    assert origin is not None, "a parsed tick names an origin"
    return origin.epoch, tick.out.size, tick.sequence


class _Dates:
    """Which ticks of one party the anchors put before or after an instant."""

    def __init__(self, party: str, tolerance_ms: int, web: Web) -> None:
        self._party = party
        self._tolerance_ms = tolerance_ms
        self._web = web
        self._namers: dict[bytes, bytes] = {}  # anchor -> of those that name it, what says least
        own = ((digest, tick) for digest, tick in web.items() if tick.party == party)
        for digest, tick in sorted(own, key=lambda pair: (outbox_order(pair[1]), pair[0])):
            for other, named in tick.heard:
                if other != party and named in web and web[named].party == other:
                    self._namers.setdefault(named, digest)

    def all_before(self, at: int) -> dict[bytes, Dated]:
        """Ticks that an anchor shows to be before the instant, by hash."""
        found: dict[bytes, Dated] = {}
        for anchor_hash, namer in sorted(self._namers.items()):
            anchor = self._web[anchor_hash]
            digest = dict(anchor.heard).get(self._party, NO_HASH)
            tick = self._web.get(digest)
            if anchor.at <= at - self._tolerance_ms and tick and tick.party == self._party:
                path = tuple(sorted({digest, anchor_hash, namer}))
                found.setdefault(digest, Dated(tick, anchor, path))
        return found

    def last_before(self, at: int) -> Dated | None:
        """The tick before the instant that says most."""
        found = self.all_before(at).values()
        return max(found, key=lambda dated: outbox_order(dated.tick), default=None)

    def first_after(self, at: int) -> Dated | None:
        """The tick after the instant that says least."""
        found: list[Dated] = []
        for anchor_hash, namer in self._namers.items():
            anchor = self._web[anchor_hash]
            if anchor.at >= at + self._tolerance_ms:
                path = tuple(sorted({anchor_hash, namer}))
                found.append(Dated(self._web[namer], anchor, path))
        return min(found, key=lambda dated: outbox_order(dated.tick), default=None)


def _paths(*dated: Dated | None) -> tuple[bytes, ...]:
    return tuple(sorted({digest for item in dated if item is not None for digest in item.path}))


def _two_histories(party: str, web: Web) -> str:
    """Why the subject's ticks cannot be of one outbox; empty if they can."""
    roots: dict[tuple[str, int], bytes] = {}
    for tick in web.values():
        if tick.party != party:
            continue
        out = tick.out
        if roots.setdefault((out.origin, out.size), out.root) != out.root:
            return f"{party} signed two roots for size {out.size} of its outbox: a fork."
        earlier = web.get(tick.previous)
        if earlier and earlier.out.origin == out.origin and earlier.out.size > out.size:
            return f"{party} signed size {out.size} after size {earlier.out.size}: a rollback."
    return ""


def _shrinks(earlier: Dated | None, later: Dated | None) -> str:
    """Why an outbox cannot have gone from one to the other; empty if it can."""
    if earlier is None or later is None:
        return ""
    if outbox_order(earlier.tick)[:2] <= outbox_order(later.tick)[:2]:
        return ""
    return (
        f"{later.tick.party} signed size {later.tick.out.size} after size "
        f"{earlier.tick.out.size}: a rollback."
    )


def _held_beyond(party: str, web: Web) -> str:
    """Why another's copy contradicts the subject; empty if none does.

    It guards the others against a subject that hides an entry which they hold,
    or which says later than is true when it was written. A counterpart can say
    a wrong size to spoil a finding; it could as well send no ticks.
    """
    own = {
        (tick.out.origin, tick.out.size): tick.out.root
        for tick in web.values()
        if tick.party == party
    }
    for tick in web.values():
        named = [web[digest] for _, digest in tick.heard if digest in web]
        for other in named if tick.party == party else ():
            for head in other.held:
                if _is_later_outbox(head.origin, tick.out.origin) or (
                    head.origin == tick.out.origin
                    and (
                        head.size > tick.out.size
                        or own.get((head.origin, head.size), head.root) != head.root
                    )
                ):
                    return (
                        f"{other.party} held size {head.size} of {party}'s outbox when {party} "
                        f"said size {tick.out.size}: one of them contradicts the other."
                    )
    return ""


def _is_later_outbox(origin: str, than: str) -> bool:
    """Whether a log is a later outbox of the same party than another."""
    one, other = parse_origin(origin), parse_origin(than)
    assert one is not None, "a parsed tick names origins"
    assert other is not None, "a parsed tick names origins"
    return (one.party, one.log) == (other.party, other.log) and one.epoch > other.epoch


def _says_same(earlier: Dated | None, later: Dated | None) -> str:
    """What two ticks of one size and root show; empty if they are not that."""
    if earlier is None or later is None or earlier.tick.out != later.tick.out:
        return ""
    return (
        f"{later.tick.party}'s outbox had size {later.tick.out.size} and the same root before "
        "the window and after it."
    )


def _says_more(earlier: Dated | None, later: Dated | None) -> str:
    """What two ticks of growing size show; empty if they are not that."""
    if earlier is None or later is None:
        return ""
    before, after = earlier.tick.out, later.tick.out
    if before.origin != after.origin or before.size >= after.size:
        return ""
    return (
        f"{later.tick.party}'s outbox grew from size {before.size} to {after.size} inside the "
        "window."
    )


def _unproven(party: str, earlier: Dated | None, later: Dated | None) -> str:
    if earlier is None and later is None:
        return f"No tick of {party} is dated before the window, and none after it."
    if earlier is None:
        return f"No tick of {party} is dated before the window."
    if later is None:
        return f"No tick of {party} is dated after the window."
    if earlier.tick.out.origin != later.tick.out.origin:
        return f"{party} opened a new outbox in the meantime; sizes do not compare."
    return (
        f"{party}'s outbox grew from size {earlier.tick.out.size} to {later.tick.out.size} "
        f"between {format_instant(earlier.anchor.at)} and {format_instant(later.anchor.at)}; "
        "the ticks do not show whether that was inside the window."
    )
