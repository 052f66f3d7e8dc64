"""Matters: queries, warnings and whatever else waits for somebody, on one line.

Each message is led to the matter that it belongs to; where a matter stands is a fold of
those messages (`domain.conduct.life`). So both nodes of a line have the same standing
as soon as they hold the same messages. What is local is only when a node notices that a
clock has run out: then it tells its officers.

What names a matter that is not here yet waits for it, up to a bound (three parties).

A matter that people name is opened by the earliest of the messages that can open it, by
the rules of the fold; an earlier one that comes later takes the place of the first. So
each message is kept as what it would be in either place.
"""

import heapq
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from openline.domain.conduct.clock import Clock, Turn
from openline.domain.conduct.life import (
    GENERAL,
    OPENED,
    Happening,
    Standing,
    Step,
    fold,
    in_order,
    next_due,
    running,
)
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.errors import OurError
from openline.domain.limits import (
    HAPPENINGS_MAX,
    HAPPENINGS_NAMED_MAX,
    HAPPENINGS_OF_PARTY_MAX,
    HAPPENINGS_OF_PARTY_MIN,
    MATTERS_ENDED_KEPT,
    MATTERS_OPEN_MAX,
    MESSAGES_WAITING_OF_PARTY_MAX,
)
from openline.domain.line.terms import Timers
from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence, parse_origin
from openline.domain.record.envelope import Header
from openline.domain.talk.body import By, Reference
from openline.domain.talk.escalation import (
    ESCALATION,
    Escalation,
    Lift,
    deadline_clocks,
    lifting,
    read_at,
)
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.engine.message_view import Flag, Mark, MessageRecord, MessageView

ALL: Final = ""
"""Stands for the other party of a matter that has one standing for all."""

Place = tuple[str, int, int]
"""Author, epoch and index of a message."""


@dataclass(slots=True)
class Matter:
    """One matter.

    Attributes:
        key: What it is called inside the node.
        subject: Its sort.
        record: The message that opened it.
        name: Its name, where people name it.
        others: The parties it was put to; `ALL` where one standing serves all.
        happenings: What was said about it.
        standings: Where it stands with each of `others`, as last looked at.
        told: The clocks that ran out and were told, by other party.
        parts: Of a matter with a name, its messages, from which the rest follows.
        counted_for: Among whose open matters it is counted: whose message made it here.
        position: Running number on this node, from 1, in the order in which they came.
    """

    key: str
    subject: Subject
    record: MessageRecord
    name: str
    others: tuple[str, ...]
    happenings: list[Happening] = field(default_factory=list)
    standings: dict[str, Standing] = field(default_factory=dict)
    told: dict[str, set[tuple[int, str]]] = field(default_factory=dict)
    parts: list["_Part"] = field(default_factory=list)
    counted_for: str = ""
    position: int = 0

    @property
    def is_open(self) -> bool:
        """Whether anybody is still waited for."""
        ends = self.subject.life.ends
        return any(standing.state not in ends for standing in self.standings.values())


@dataclass(frozen=True, slots=True)
class RunOut:
    """A clock that ran out, or, when `is_over`, whose alarm has no reason any more.

    Attributes:
        matter: On which matter.
        other: With which party.
        clock: Which clock.
        at: When it ran out.
        is_over: Whether what followed from it is over.
    """

    matter: Matter
    other: str
    clock: Clock
    at: int
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """A message about a matter with a name, as what it would be in each place.

    Attributes:
        record: The message.
        first: If it opened the matter; None if it cannot.
        by_opener: If the party that opened it says it; None if that does nothing.
        by_other: If another party says it; None if that does nothing.
    """

    record: MessageRecord
    first: Happening | None
    by_opener: Happening | None
    by_other: Happening | None

    @property
    def any(self) -> Happening:
        """One of them: time and place are those of all."""
        one = self.first or self.by_opener or self.by_other
        assert one is not None, "a message that does nothing is no part"
        return one


@dataclass(frozen=True, slots=True)
class _Waiting:
    record: MessageRecord
    header: Header
    message: Message


class MatterView:
    """All matters of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(
        self, messages: MessageView, understanding: Understanding, subjects: Iterable[Subject]
    ) -> None:
        self._messages = messages
        self._own = messages.own
        self._understanding = understanding
        self._subjects = tuple(
            replace(one, clocks=(*one.clocks, *deadline_clocks(one.life))) for one in subjects
        )
        self._escalation = next(
            (one for one in self._subjects if one.name == ESCALATION.name), ESCALATION
        )
        # Some kinds open matters of one sort or of another, as they say.
        self._by_kind: dict[int, list[Subject]] = {}
        for one in self._subjects:
            for kind in one.opened_by:
                self._by_kind.setdefault(kind, []).append(one)
        self._matters: dict[str, Matter] = {}
        self._came = 0
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._open_count: dict[str, int] = {}
        # Which matter a message belongs to, by its place.
        self._matter_of: dict[Place, str] = {}
        self._waiting: dict[tuple[str, int], list[_Waiting]] = {}
        # How many of each party's messages wait.
        self._waiting_of: Counter[str] = Counter()
        # When a clock runs out next, by key and other; and (at, key, other) in the order of
        # time, where what does not agree with the first is of the past.
        self._due_at: dict[tuple[str, str], int] = {}
        self._agenda: list[tuple[int, str, str]] = []

    def amend(self, understanding: Understanding) -> None:
        """Go on with other terms; clocks that run keep the times they were set to."""
        self._understanding = understanding

    def take(
        self, record: MessageRecord, header: Header, message: Message, now: int
    ) -> tuple[list[Matter], list[RunOut]]:
        """Take in one message.

        Returns:
            The matters that it changed, and the clocks that ran out or whose alarm is
            over by it.
        """
        changed = self._open_by(record, header, message)
        changed += self._lead(record, header, message)
        for waiting in self._waited((record.party, record.index)):
            if self._messages.is_made_up(record, waiting.record.received_at):
                waiting.record.flags |= Flag.DOUBTFUL
            else:
                changed += self._lead(waiting.record, waiting.header, waiting.message)
        changed = list({matter.key: matter for matter in changed}.values())
        run_out = [one for matter in changed for one in self._look(matter, now)]
        return changed, run_out

    def advance(self, now: int) -> Iterator[RunOut]:
        """The clocks that ran out until now, in the order of their instants."""
        while self._agenda and self._agenda[0][0] <= now:
            at, key, other = heapq.heappop(self._agenda)
            if self._due_at.get((key, other)) == at:
                del self._due_at[key, other]
                yield from self._look(self._matters[key], now)

    def of(self, record: MessageRecord) -> Matter | None:
        """The matter that a message belongs to."""
        key = self._matter_of.get((record.party, record.epoch, record.index))
        return None if key is None else self._matters.get(key)

    def find(self, name: str) -> Matter | None:
        """A matter by its name or by the serial of a message that belongs to it."""
        for key in (name, *(_key_of(subject, name) for subject in self._subjects)):
            if key in self._matters:
                return self._matters[key]
        place = self._messages.locate(name)
        record = None if place is None else self._messages.find(*place)
        return None if record is None else self.of(record)

    def lifted(self, matter: Matter, now: int) -> dict[str, int]:
        """To which tier each party has lifted a matter, and not given it back."""
        found: dict[str, int] = {}
        for other in matter.others:
            for party, tier in self._standing(matter, other, now).lifted.items():
                found[party] = max(tier, found.get(party, 0))
        return found

    @staticmethod
    def tier_of(matter: Matter) -> int:
        """The highest tier that must know of a matter, as last looked at."""
        return max((one.tier for one in matter.standings.values()), default=1)

    def listed(self, *, open_only: bool, subject: str = "", after: int = 0) -> list[Matter]:
        """The matters of a subject, or all, as they came, after a position."""
        return [
            matter
            for matter in self._matters.values()
            if matter.position > after
            and (matter.is_open or not open_only)
            and subject in ("", matter.subject.name)
        ]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The names of all sorts of matter."""
        return tuple(subject.name for subject in self._subjects)

    def due(self, now: int) -> list[dict[str, Any]]:
        """Everything that somebody is waited for, the nearest first."""
        rows = [
            self._due_json(matter, other, at, clock)
            for matter in self._matters.values()
            if matter.is_open
            for other in matter.others
            for at, clock in running(matter.subject.clocks, self._standing(matter, other, now))
        ]
        return sorted(rows, key=lambda row: (row["at"], row["matter"], row["clock"]))

    def check(self, message: Message, of: MessageRecord | None, precedence: int, now: int) -> None:
        """Confirm that what we are about to say can happen to its matter now.

        Args:
            message: What will be said.
            of: The message that it is about; None if it is about none.
            precedence: With which it is said.
            now: The present instant.

        Raises:
            OurError: It cannot, with what can.
        """
        found = self._deed_on(message, of, precedence, now)
        if found is None:
            return
        matter, deed = found
        for other in self._told_about(matter, self._own):
            standing = self._standing(matter, other, now)
            if deed.event not in matter.subject.life.table[standing.state]:
                raise OurError(
                    f"The {matter.subject.name} {self.id_of(matter)} is {standing.state}: "
                    f"{deed.event} comes too late or too early.",
                    self._remedy(matter, standing),
                )

    def _deed_on(
        self, message: Message, of: MessageRecord | None, precedence: int, now: int
    ) -> tuple[Matter, Deed] | None:
        """The matter that a message of ours would change, and what it would do to it."""
        timers = self._understanding.timers
        for subject in self._by_kind.get(message.message_kind, ()):
            said = Said(message, now, precedence, True, None, timers, precedence)
            ours = subject.deed(said)
            if ours is not None and ours.name:
                return self._deed_on_named(subject, said, ours)
        matter = None if of is None else self.of(of)
        if matter is None or of is None:
            return None
        said = self._said(message, now, precedence, matter, self._own, of.kind)
        deed = self._deed(matter, said, self._own)
        if deed is None or deed.event in GENERAL:
            return None
        return matter, deed

    def _deed_on_named(
        self, subject: Subject, said: Said, ours: Deed
    ) -> tuple[Matter, Deed] | None:
        matter = self._matters.get(_key_of(subject, ours.name))
        if matter is None:
            first = subject.deed(replace(said, is_first=True))
            if first is not None and subject.life.opening(first.event) is not None:
                return None
            raise OurError(
                f"There is no {subject.name} {ours.name} on this line.",
                "Take its name from `openline matter list --all`.",
            )
        by_us = replace(said, is_by_opener=matter.record.party == self._own)
        deed = subject.deed(by_us)
        return None if deed is None else (matter, deed)

    def to_json(self, matter: Matter, now: int) -> dict[str, Any]:
        """One matter as faces show it; instants in milliseconds."""
        standings = {other: self._standing(matter, other, now) for other in matter.others}
        record = matter.record
        return {
            "position": matter.position,
            "id": self.id_of(matter),
            "subject": matter.subject.name,
            "party": record.party,
            "index": record.index,
            "serial": self._messages.serial(record.party, record.index),
            "name": matter.name,
            "said": standings[matter.others[0]].steps[0].said,
            "precedence": Precedence(record.precedence).name,
            "at": record.at,
            "is_open": any(one.state not in matter.subject.life.ends for one in standings.values()),
            "states": {self._shown(matter, other): one.state for other, one in standings.items()},
            "tier": max(one.tier for one in standings.values()),
            "standings": [
                self._standing_json(matter, other, one) for other, one in standings.items()
            ],
        }

    def states(self, matter: Matter, now: int) -> dict[str, str]:
        """The state of a matter with each party; `*` where one standing serves all."""
        return {
            self._shown(matter, other): self._standing(matter, other, now).state
            for other in matter.others
        }

    def shared(self, now: int) -> list[dict[str, Any]]:
        """What both nodes of a line have alike: every matter without what is local."""
        rows = [self.to_json(matter, now) for matter in self._matters.values()]
        for row in rows:
            del row["position"]
        return sorted(rows, key=lambda row: (row["at"], row["id"]))

    def id_of(self, matter: Matter) -> str:
        """What officers call a matter."""
        return matter.name or self._messages.serial(matter.record.party, matter.record.index)

    # From a message to its matter.

    def _open_by(self, record: MessageRecord, header: Header, message: Message) -> list[Matter]:
        """The matter that a message opens or names, if it does."""
        for subject in self._by_kind.get(record.kind, ()):
            deed = subject.deed(self._opening(record, message))
            if deed is not None and deed.name:
                return self._lead_named(subject, deed.name, record, header, message)
            if deed is not None and deed.event == OPENED:
                return self._open(subject, record, header, deed)
        return []

    def _lead(self, record: MessageRecord, header: Header, message: Message) -> list[Matter]:
        """The matter of the message that it is about, if it does something to that.

        A message that opened a matter of its own may do so too, as the record of a call
        does to the contact that was held.
        """
        of = getattr(message, "of", None)
        if not isinstance(of, Reference):
            return []
        target = self._messages.named_by(header, of.party, of.index)
        if target is None:
            self._wait((of.party, of.index), _Waiting(record, header, message))
            return []
        matter = self.of(target)
        if matter is None and isinstance(message, Escalation):
            matter = self._open_lifted(target, record, message)
        if matter is None:
            return []
        said = self._said(message, record.at, record.precedence, matter, record.party, target.kind)
        if matter.name:
            if self.of(record) is matter:
                return []
            return self._add_part(matter, said, record, header, target)
        deed = self._deed(matter, said, record.party)
        if deed is None or deed.event == OPENED:
            return []
        if self.of(record) is not matter and not self._attach(matter, record, header, deed, target):
            return []
        return [matter]

    def _deed(self, matter: Matter, said: Said, party: str) -> Deed | None:
        """What a message does: lifting and its reading are alike for every matter."""
        message = said.message
        if isinstance(message, Escalation):
            return lifting(message, said.at, said.timers, is_by_opener=said.is_by_opener)
        if isinstance(message, Read) and said.about == Kind.ESCALATION:
            posts = self._understanding.party(party).posts
            return read_at(next((one.tier for one in posts if one.name == message.by.post), 1))
        return matter.subject.deed(said)

    def _open_lifted(
        self, target: MessageRecord, record: MessageRecord, message: Escalation
    ) -> Matter | None:
        """The matter of a message that is none by itself and is lifted for the first time."""
        if message.change is Lift.RETURNED or target.kind == Kind.ESCALATION:
            return None
        if self._open_count.get(record.party, 0) >= MATTERS_OPEN_MAX:
            record.flags |= Flag.OVER_CAP
            return None
        key = f"{target.party}/{target.epoch}/{target.index}"
        matter = Matter(key, self._escalation, target, "", (ALL,), counted_for=record.party)
        self._keep(matter)
        self._open_count[record.party] = self._open_count.get(record.party, 0) + 1
        self._happen(matter, target, Deed(OPENED), ())
        for mark in target.marks_of("answered"):
            self._attach_earlier(matter, target, mark)
        return matter

    def _attach_earlier(self, matter: Matter, target: MessageRecord, mark: Mark) -> None:
        """Take in an answer that was here before the message was lifted: it may be later."""
        record = self._messages.find(mark.party, mark.index)
        if record is None or record.kind != Kind.RESPONSE or mark.said not in Answer.__members__:
            return
        by = By(*record.by)
        of = Reference(target.party, target.index)
        response = Response(by, of, Answer[mark.said])
        said = self._said(response, record.at, record.precedence, matter, record.party, target.kind)
        if (deed := matter.subject.deed(said)) is not None:
            self._happen(matter, record, deed, ())

    def _opening(self, record: MessageRecord, message: Message) -> Said:
        timers = self._understanding.timers
        precedence = record.precedence
        return Said(message, record.at, precedence, True, None, timers, precedence)

    def _said(
        self,
        message: Message,
        at: int,
        precedence: int,
        matter: Matter,
        party: str,
        about: int,
    ) -> Said:
        is_by_opener = party == matter.record.party
        timers: Timers = self._understanding.timers
        opened = matter.record.precedence
        return Said(message, at, precedence, is_by_opener, about, timers, opened)

    def _open(
        self, subject: Subject, record: MessageRecord, header: Header, deed: Deed
    ) -> list[Matter]:
        key = f"{record.party}/{record.epoch}/{record.index}"
        matter = self._make(key, "", subject, record)
        if matter is None:
            return []
        self._attach(matter, record, header, deed)
        return [matter]

    def _make(self, key: str, name: str, subject: Subject, record: MessageRecord) -> Matter | None:
        """A new matter; None if the party has as many open ones as are kept."""
        if self._open_count.get(record.party, 0) >= MATTERS_OPEN_MAX:
            record.flags |= Flag.OVER_CAP
            return None
        matter = Matter(key, subject, record, name, self._others(subject, record))
        matter.counted_for = record.party
        self._keep(matter)
        self._open_count[record.party] = self._open_count.get(record.party, 0) + 1
        return matter

    def _keep(self, matter: Matter) -> None:
        self._came += 1
        matter.position = self._came
        self._matters[matter.key] = matter

    # Matters that people name.

    def _lead_named(
        self, subject: Subject, name: str, record: MessageRecord, header: Header, message: Message
    ) -> list[Matter]:
        key = _key_of(subject, name)
        said = self._opening(record, message)
        matter = self._matters.get(key)
        if matter is not None:
            return self._add_part(matter, said, record, header)
        first = subject.deed(replace(said, is_first=True))
        if first is None or subject.life.opening(first.event) is None:
            self._wait((key, -1), _Waiting(record, header, message))
            return []
        matter = self._make(key, name, subject, record)
        if matter is None:
            return []
        self._add_part(matter, said, record, header)
        for waiting in self._waited((key, -1)):
            self._open_by(waiting.record, waiting.header, waiting.message)
        return [matter]

    def _add_part(
        self,
        matter: Matter,
        said: Said,
        record: MessageRecord,
        header: Header,
        about: MessageRecord | None = None,
    ) -> list[Matter]:
        """Add a message to a matter with a name; the matter if that changes it."""
        if _count_of(matter, record.party) >= self._share():
            record.flags |= Flag.NO_EFFECT
            return []
        heads = _knew(header, about)

        def as_if(*, is_first: bool, is_by_opener: bool) -> Happening | None:
            asked = replace(said, is_first=is_first, is_by_opener=is_by_opener)
            deed = self._deed(matter, asked, record.party)
            return None if deed is None else _happening(record, heads, deed)

        first = as_if(is_first=True, is_by_opener=True)
        if first is not None and matter.subject.life.opening(first.event) is None:
            first = None
        by_opener = as_if(is_first=False, is_by_opener=True)
        by_other = as_if(is_first=False, is_by_opener=False)
        if first is None and by_opener is None and by_other is None:
            return []
        matter.parts.append(_Part(record, first, by_opener, by_other))
        self._matter_of[record.party, record.epoch, record.index] = matter.key
        self._arrange(matter)
        return [matter]

    def _share(self) -> int:
        """How many messages about a matter with a name each party has room for."""
        each = HAPPENINGS_NAMED_MAX // len(self._understanding.names())
        return max(HAPPENINGS_OF_PARTY_MIN, min(each, HAPPENINGS_OF_PARTY_MAX))

    def _arrange(self, matter: Matter) -> None:
        """Find which message opens a matter, and what the others are then."""
        placed = {
            (one.party, one.epoch, one.index): part for part in matter.parts for one in [part.any]
        }
        parts = [
            placed[one.party, one.epoch, one.index]
            for one in in_order([part.any for part in matter.parts])
        ]
        opening = next(part for part in parts if part.first is not None)
        opener = opening.record.party
        matter.record = opening.record
        matter.others = self._others(matter.subject, opening.record)
        for gone in set(matter.standings) - set(matter.others):
            del matter.standings[gone]
            self._due_at.pop((matter.key, gone), None)
        matter.happenings = [
            happening
            for part in parts
            if (happening := _in_place(part, opening, opener)) is not None
        ]

    @staticmethod
    def _others(subject: Subject, record: MessageRecord) -> tuple[str, ...]:
        addressed = tuple(party for party in record.recipients if party != record.party)
        return addressed if subject.is_each and addressed else (ALL,)

    def _attach(
        self,
        matter: Matter,
        record: MessageRecord,
        header: Header,
        deed: Deed,
        about: MessageRecord | None = None,
    ) -> bool:
        """Add a message to a matter; False if that has no room."""
        if len(matter.happenings) >= HAPPENINGS_MAX:
            record.flags |= Flag.NO_EFFECT
            return False
        self._happen(matter, record, deed, _knew(header, about))
        return True

    def _happen(
        self,
        matter: Matter,
        record: MessageRecord,
        deed: Deed,
        knew: tuple[tuple[str, int, int], ...],
    ) -> None:
        # An answer that waited with the lifting of its message is led here twice.
        place = (record.party, record.epoch, record.index)
        matter.happenings = [
            one for one in matter.happenings if (one.party, one.epoch, one.index) != place
        ]
        matter.happenings.append(_happening(record, knew, deed))
        # What opened a matter of its own goes on belonging to that.
        self._matter_of.setdefault(place, matter.key)

    def _wait(self, of: tuple[str, int], waiting: _Waiting) -> None:
        author = waiting.record.party
        if self._waiting_of[author] < MESSAGES_WAITING_OF_PARTY_MAX:
            self._waiting_of[author] += 1
            self._waiting.setdefault(of, []).append(waiting)

    def _waited(self, of: tuple[str, int]) -> list[_Waiting]:
        """What has waited, and does no more."""
        found = self._waiting.pop(of, [])
        self._waiting_of.subtract(one.record.party for one in found)
        return found

    def _told_about(self, matter: Matter, party: str) -> tuple[str, ...]:
        """With whom what a party says changes where a matter stands."""
        if matter.others == (ALL,) or party == matter.record.party:
            return matter.others
        return (party,) if party in matter.others else ()

    # Where a matter stands.

    def standing(self, matter: Matter, other: str, now: int) -> Standing:
        """Where a matter stands with one of its other parties at an instant."""
        return self._standing(matter, other, now)

    def _standing(self, matter: Matter, other: str, now: int) -> Standing:
        subject = matter.subject
        happenings = [
            one
            for one in matter.happenings
            if other in (ALL, one.party) or one.party == matter.record.party
        ]
        standing = fold(subject.life, subject.clocks, happenings, now)
        assert standing is not None, "a matter has the message that opened it"
        return standing

    def _look(self, matter: Matter, now: int) -> Iterator[RunOut]:
        """Look where a matter stands now; what ran out since, and what is over."""
        was_open = not matter.standings or matter.is_open
        for other in matter.others:
            standing = self._standing(matter, other, now)
            matter.standings[other] = standing
            yield from self._changes(matter, other, standing)
            self._note_due(matter, other, standing)
        self._count(matter, was_open=was_open)

    def _note_due(self, matter: Matter, other: str, standing: Standing) -> None:
        due, place = next_due(matter.subject.clocks, standing), (matter.key, other)
        if due is None:
            self._due_at.pop(place, None)
        elif self._due_at.get(place) != due[0]:
            self._due_at[place] = due[0]
            heapq.heappush(self._agenda, (due[0], *place))

    def _changes(self, matter: Matter, other: str, standing: Standing) -> Iterator[RunOut]:
        clocks = {clock.name: clock for clock in matter.subject.clocks}
        fired = [step for step in standing.steps if step.index is None]
        lasting = {(step.at, step.said) for step in fired if _lasts(clocks, step, standing)}
        told = matter.told.get(other, set())
        for at, said in sorted(told - lasting):
            yield RunOut(matter, other, clocks[_clock_name(said)], at, is_over=True)
        for at, said in sorted(lasting - told):
            yield RunOut(matter, other, clocks[_clock_name(said)], at)
        matter.told[other] = lasting

    def _count(self, matter: Matter, *, was_open: bool) -> None:
        """Keep count of what is open, and let go of what is long over."""
        party = matter.counted_for
        if was_open and not matter.is_open:
            self._open_count[party] -= 1
            self._ended[matter.key] = None
        elif not was_open and matter.is_open:
            self._open_count[party] = self._open_count.get(party, 0) + 1
            self._ended.pop(matter.key, None)
        if len(self._ended) > MATTERS_ENDED_KEPT:
            key, _ = self._ended.popitem(last=False)
            gone = self._matters.pop(key)
            for other in gone.others:
                self._due_at.pop((key, other), None)
            for one in (*gone.happenings, *(part.any for part in gone.parts)):
                place = (one.party, one.epoch, one.index)
                if self._matter_of.get(place) == key:
                    del self._matter_of[place]

    def _remedy(self, matter: Matter, standing: Standing) -> str:
        table = matter.subject.life.table[standing.state]
        clocks = {clock.event for clock in matter.subject.clocks}
        said = [str(event) for event in table if event not in clocks]
        if not said:
            return "Nothing more is to be said to it; open a new one, or write a text."
        return f"What can be said now: {', '.join(said)}."

    # As it is shown.

    def waited_for(self, matter: Matter, other: str) -> str:
        """Who the other party is; of one standing for all, everybody that was addressed."""
        if other != ALL:
            return other
        opener = matter.record.party
        return ", ".join(one for one in matter.record.recipients if one != opener) or opener

    def _shown(self, matter: Matter, other: str) -> str:
        return other if other != ALL else "*"

    def _standing_json(self, matter: Matter, other: str, standing: Standing) -> dict[str, Any]:
        return {
            "party": self._shown(matter, other),
            "state": standing.state,
            "since": standing.since,
            "tier": standing.tier,
            "lifted": dict(sorted(standing.lifted.items())),
            "instants": dict(sorted(standing.instants.items())),
            "due": [
                self._due_json(matter, other, at, clock)
                for at, clock in running(matter.subject.clocks, standing)
            ],
            "steps": [self._step_json(step) for step in standing.steps],
        }

    def _step_json(self, step: Step) -> dict[str, Any]:
        is_clock = step.index is None
        return {
            "at": step.at,
            "event": step.event,
            "state": step.state,
            "party": step.party,
            "serial": "" if step.index is None else self._messages.serial(step.party, step.index),
            "said": "" if is_clock else step.said,
            "clock": _clock_name(step.said) if is_clock else "",
            "has_effect": step.has_effect,
            **self._speaker_json(step),
        }

    def _speaker_json(self, step: Step) -> dict[str, Any]:
        """Who did it, and at which tier; nobody where a clock did."""
        record = None if step.index is None else self._messages.find(step.party, step.index)
        post, officer = ("", "") if record is None else record.by
        posts = self._understanding.party(step.party).posts if step.party else ()
        tier = next((one.tier for one in posts if one.name == post), 0)
        return {"post": post, "officer": officer, "tier": tier}

    def _due_json(self, matter: Matter, other: str, at: int, clock: Clock) -> dict[str, Any]:
        opener = matter.record.party
        return {
            "matter": self.id_of(matter),
            "subject": matter.subject.name,
            "clock": clock.name,
            "at": at,
            "party": opener if clock.turn is Turn.OPENER else self.waited_for(matter, other),
            "precedence": Precedence(matter.record.precedence).name,
            "tier": clock.tier,
        }


def _key_of(subject: Subject, name: str) -> str:
    """What a matter with a name is called inside the node: no other sort has its name."""
    return f"{subject.name} {name}"


def _count_of(matter: Matter, party: str) -> int:
    """How many messages about a matter with a name a party has said."""
    return sum(part.record.party == party for part in matter.parts)


def _in_place(part: _Part, opening: _Part, opener: str) -> Happening | None:
    if part is opening:
        return part.first
    return part.by_opener if part.record.party == opener else part.by_other


def _happening(
    record: MessageRecord, heads: tuple[tuple[str, int, int], ...], deed: Deed
) -> Happening:
    return Happening(
        record.at,
        record.party,
        record.epoch,
        record.index,
        deed.event,
        deed.instants,
        deed.said,
        heads,
        deed.tier,
    )


def _knew(header: Header, about: MessageRecord | None) -> tuple[tuple[str, int, int], ...]:
    """What a message's author held of the others; whoever names a message has it."""
    heads = _heads_of(header)
    return heads if about is None else (*heads, (about.party, about.epoch, about.index + 1))


def _heads_of(header: Header) -> tuple[tuple[str, int, int], ...]:
    """What a message's author held of the others, as the message says."""
    heads = ((parse_origin(head.origin), head.size) for head in header.heads)
    return tuple((one.party, one.epoch, size) for one, size in heads if one is not None)


def _clock_name(said: str) -> str:
    return said.partition("@")[0]


def _lasts(clocks: dict[str, Clock], step: Step, standing: Standing) -> bool:
    """Whether what a clock brought about is still so, and concerns anybody."""
    clock = clocks[_clock_name(step.said)]
    if clock.is_quiet or clock.is_momentary:
        is_so = step.state == standing.state and step.at >= standing.since
        return is_so and not clock.is_quiet
    return step.state == standing.state or standing.state in clock.runs_in
