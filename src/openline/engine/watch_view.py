"""Watches: who is on watch at each post, and what is offered for a handover.

Where a watch stands is a fold of what its party said (`domain.talk.watch`), so both nodes
see it alike. An offer is this node's own: it relieves nobody, and the counterpart is told
only when the watch is taken. Nothing here publishes anything; `vacant` says which posts
the node should call UNMANNED.
"""

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from openline.domain.conduct.clock import Clock
from openline.domain.conduct.life import Happening, Standing, fold, next_due, running
from openline.domain.limits import HAPPENINGS_MAX, WATCHES_KEPT
from openline.domain.line.hours import should_be_manned
from openline.domain.line.terms import Post
from openline.domain.line.understanding import Understanding
from openline.domain.talk.watch import (
    BEGINNING,
    WATCH_CLOCKS,
    WATCH_LIFE,
    Change,
    Watch,
    WatchEvent,
    WatchState,
    is_same_person,
    watch_instants,
)
from openline.engine.message_view import Flag, MessageRecord, MessageView

NOT_OPENED: Final = "NOT_OPENED"
"""Stands for the state of a post whose party never said who is on watch."""

ON_WATCH: Final = (WatchState.OPEN, WatchState.HANDOVER_DUE, WatchState.OVERDUE)
"""The states in which somebody is on watch."""

Desk = tuple[str, str]
"""Party and post."""

_EVENTS: Final = {Change.CLOSED: WatchEvent.CLOSED, Change.UNMANNED: WatchEvent.UNMANNED}


@dataclass(slots=True)
class WatchRecord:
    """One watch.

    Attributes:
        desk: Party and post.
        watch: What was said of it last that gave it an officer and an end.
        record: The message that said so.
        happenings: What was said about it, in order.
        told: The clocks that ran out and were told, with their instants.
    """

    desk: Desk
    watch: Watch
    record: MessageRecord
    happenings: list[Happening] = field(default_factory=list)
    told: list[tuple[int, str]] = field(default_factory=list)

    def standing(self, now: int) -> Standing:
        """Where it stands at an instant."""
        standing = fold(WATCH_LIFE, WATCH_CLOCKS, self.happenings, now)
        assert standing is not None, "a watch has the message with which it began"
        return standing


@dataclass(frozen=True, slots=True)
class Offer:
    """What whoever is on watch hands over.

    Attributes:
        post: At which post.
        officer: Who offers it, and is on watch until it is taken.
        at: When.
        hash: SHA-256 over salt and brief, as the message of the take-over will name it.
        brief: The brief itself.
    """

    post: str
    officer: str
    at: int
    hash: bytes
    brief: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WatchRunOut:
    """A clock of a watch of ours that ran out, or (`is_over`) whose reason is gone."""

    watch: WatchRecord
    clock: Clock
    at: int
    is_over: bool = False


class WatchView:
    """All watches of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView, understanding: Understanding) -> None:
        self._messages = messages
        self._own = messages.own
        self._understanding = understanding
        # The newest watch of each post, and those before it, the oldest first.
        self._current: dict[Desk, WatchRecord] = {}
        self._past: dict[Desk, deque[WatchRecord]] = {}
        self._offers: dict[str, Offer] = {}
        # When a clock of a watch of ours runs out next: (at, post). Some are of the past.
        self._agenda: list[tuple[int, str]] = []

    def amend(self, understanding: Understanding) -> None:
        """Go on with other terms; a watch at a post that is gone stays on the list."""
        self._understanding = understanding

    def take(self, record: MessageRecord, watch: Watch, now: int) -> list[WatchRunOut]:
        """Take in what a party says of a watch; whose alarms are over by it."""
        desk = (record.party, watch.post)
        current = self._current.get(desk)
        if self._post(*desk) is None or _is_overtaken(current, record):
            # A post that nobody agreed on could be one of millions.
            record.flags |= Flag.NO_EFFECT
            return []
        self._say(desk, current, record, watch, now)
        if record.party == self._own:
            self._offers.pop(watch.post, None)
        return list(self._look(self._current[desk], now)) + (
            [] if current is None or current is self._current[desk] else [*self._look(current, now)]
        )

    def _say(
        self,
        desk: Desk,
        current: WatchRecord | None,
        record: MessageRecord,
        watch: Watch,
        now: int,
    ) -> None:
        standing = None if current is None else current.standing(now)
        is_on = standing is not None and standing.state not in WATCH_LIFE.ends
        if watch.change in _EVENTS:
            if current is None or not is_on:
                current = self._begin(desk, record, watch)
            _attach(current, record, watch, _EVENTS[watch.change])
            return
        if current is not None and standing is not None and is_on:
            is_there = standing.state in ON_WATCH
            stays = is_same_person(current.watch.officer, watch.officer)
            if watch.change is Change.OPENED and is_there and stays:
                if _attach(current, record, watch, WatchEvent.PROLONGED):
                    current.watch, current.record = watch, record
                return
            is_taken = watch.change is Change.TAKEN_OVER
            _attach(
                current, record, watch, WatchEvent.TAKEN_OVER if is_taken else WatchEvent.CLOSED
            )
        self._begin(desk, record, watch)

    def _begin(self, desk: Desk, record: MessageRecord, watch: Watch) -> WatchRecord:
        begun = WatchRecord(desk, watch, record)
        _attach(begun, record, watch, BEGINNING)
        if (last := self._current.get(desk)) is not None:
            self._past.setdefault(desk, deque(maxlen=WATCHES_KEPT)).append(last)
        self._current[desk] = begun
        return begun

    def advance(self, now: int) -> Iterator[WatchRunOut]:
        """The clocks of our own watches that ran out until now, in order."""
        while self._agenda and self._agenda[0][0] <= now:
            _, post = heapq.heappop(self._agenda)
            current = self._current.get((self._own, post))
            if current is not None:
                yield from self._look(current, now)

    def _look(self, watch: WatchRecord, now: int) -> Iterator[WatchRunOut]:
        """What ran out of a watch of ours, and what is over; when to look again."""
        if watch.desk[0] != self._own:
            return
        standing = watch.standing(now)
        # Of a watch that was prolonged only the clock counts that was set last.
        clocks = {clock.name: clock for clock in WATCH_CLOCKS}
        set_to = [f"{one.name}@{standing.instants.get(one.until)}" for one in WATCH_CLOCKS]
        lasting = [
            (step.at, step.said)
            for step in standing.steps
            if step.said in set_to
            and standing.state in (step.state, WatchState.OVERDUE, WatchState.UNMANNED)
        ]
        for told in watch.told:
            if told not in lasting:
                yield WatchRunOut(watch, clocks[told[1].partition("@")[0]], told[0], is_over=True)
        for one in lasting:
            if one not in watch.told:
                yield WatchRunOut(watch, clocks[one[1].partition("@")[0]], one[0])
        watch.told = lasting
        if (due := next_due(WATCH_CLOCKS, standing)) is not None:
            heapq.heappush(self._agenda, (due[0], watch.desk[1]))

    # Offers.

    def offer(self, offer: Offer) -> None:
        """Keep an offer; it takes the place of an earlier one at the post."""
        self._offers[offer.post] = offer

    def offered(self, post: str) -> Offer | None:
        """What is offered at a post of ours; None if nothing is."""
        return self._offers.get(post)

    # What everybody reads.

    def current(self, party: str, post: str) -> WatchRecord | None:
        """The newest watch of a post; None if its party never named one."""
        return self._current.get((party, post))

    def vacant(self, now: int) -> list[WatchRecord]:
        """The watches of ours that ran out unnoticed at posts that should be manned now."""
        return [
            watch
            for (party, name), watch in sorted(self._current.items())
            if party == self._own
            # Nothing is folded for a watch of which no clock has run out.
            and watch.told
            and (post := self._post(party, name)) is not None
            # What is said at the very instant would be in time: a moment later it is not.
            and watch.standing(now - 1).state == WatchState.OVERDUE
            and should_be_manned(post, now) is True
        ]

    def listed(self, now: int, *, all_of_them: bool = False) -> list[dict[str, Any]]:
        """Each post of each party with its newest watch, after the past ones if asked."""
        rows = []
        for party in self._understanding.parties:
            for post in party.posts:
                desk = (party.name, post.name)
                past = self._past.get(desk, ()) if all_of_them else ()
                rows += [self._watch_json(post, watch, now, is_past=True) for watch in past]
                current = self._current.get(desk)
                if current is None:
                    rows.append(self._empty_json(party.name, post, now))
                else:
                    rows.append(self._watch_json(post, current, now))
        return rows

    def due(self, now: int) -> list[dict[str, Any]]:
        """The handovers that are due, in the form of `MatterView.due`."""
        return [
            {
                "matter": post,
                "subject": "watch",
                "clock": clock.name,
                "at": at,
                "party": party,
                "precedence": clock.precedence.name,
                "tier": clock.tier,
            }
            for (party, post), watch in sorted(self._current.items())
            for at, clock in running(WATCH_CLOCKS, watch.standing(now))
        ]

    def _post(self, party: str, name: str) -> Post | None:
        posts = self._understanding.party(party).posts
        return next((post for post in posts if post.name == name), None)

    def _empty_json(self, party: str, post: Post, now: int) -> dict[str, Any]:
        return {
            "party": party,
            "post": post.name,
            "tier": post.tier,
            "hours": post.hours,
            "should_be_manned": should_be_manned(post, now),
            "state": NOT_OPENED,
            "officer": "",
            "since": None,
            "planned_until": None,
            "languages": [],
            "communicator": "",
            "relieved": "",
            "brief": "",
            "by_node": False,
            "serial": "",
            "offer": None,
            "is_past": False,
        }

    def _watch_json(
        self, post: Post, watch: WatchRecord, now: int, *, is_past: bool = False
    ) -> dict[str, Any]:
        said, last = watch.watch, watch.happenings[-1]
        party = watch.desk[0]
        offer = self._offers.get(post.name) if party == self._own and not is_past else None
        record = self._messages.find(last.party, last.index, last.epoch)
        return {
            **self._empty_json(party, post, now),
            "state": str(watch.standing(now).state),
            "officer": said.officer,
            "since": said.since,
            "planned_until": said.planned_until,
            "languages": list(said.languages),
            "communicator": said.communicator,
            "relieved": said.relieved,
            "brief": "" if said.brief is None else said.brief.hex(),
            "by_node": record is not None and record.by[1] == "node",
            "serial": self._messages.serial(last.party, last.index),
            "offer": None if offer is None else offer_json(offer),
            "is_past": is_past,
        }


def offer_json(offer: Offer) -> dict[str, Any]:
    """An offer as faces show it; the brief itself is asked for by its own name."""
    return {
        "post": offer.post,
        "officer": offer.officer,
        "at": offer.at,
        "brief": offer.hash.hex(),
    }


def _attach(watch: WatchRecord, record: MessageRecord, said: Watch, event: str) -> bool:
    """Let something happen to a watch; whether there was room for it."""
    # The newest ones are kept out: the end of a watch must always find its place.
    most = HAPPENINGS_MAX if event == WatchEvent.PROLONGED else HAPPENINGS_MAX + 4
    if len(watch.happenings) >= most:
        record.flags |= Flag.NO_EFFECT
        return False
    instants = watch_instants(said) if event in (BEGINNING, WatchEvent.PROLONGED) else ()
    watch.happenings.append(
        Happening(
            record.at,
            record.party,
            record.epoch,
            record.index,
            event,
            instants,
            said.change.name,
        )
    )
    return True


def _is_overtaken(current: WatchRecord | None, record: MessageRecord) -> bool:
    """Whether the party has said something later of the post already."""
    if current is None:
        return False
    last = current.happenings[-1]
    return (record.epoch, record.index) < (last.epoch, last.index)
