"""Views: what is known about one line, as everybody sees it.

The command line, the API and the console show nothing that does not come from
here. A `View` is the fold of what became durable on this node, in that order;
the same journal gives the same view. It keeps no words of messages that are
over: those are read from the store. Its parts are `message_view`,
`notice_view`, `private_view`, `conflict_view`, `state_view` and `alarm_view`;
this module leads each message to those it concerns, and tells what changed.

Every query gives plain values: dict, list, str, int, float, bool and None.
Instants are UTC milliseconds. Nothing here refuses a message: what is doubtful
is flagged.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.line.declared import Declared
from openline.domain.line.observed import Observed
from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence
from openline.domain.record.envelope import Header
from openline.domain.space.conflict import Verdict
from openline.domain.talk.agreement import Adoption
from openline.domain.talk.body import Reference
from openline.domain.talk.check import LineCheck, LineCheckReply
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.keys import Epoch, KeyRevoke, KeyRole
from openline.domain.talk.message import Message, Unreadable, to_json
from openline.domain.talk.notice import Notice
from openline.domain.talk.private import Private
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict
from openline.domain.talk.response import Answer, Response
from openline.engine.alarm_view import (
    CONFLICT,
    CONFLICTS_UNLISTED,
    DECLARED,
    EPOCH,
    FLASH,
    IN_FORCE_UNREAD,
    OWN_HISTORY_DIFFERS,
    PRIVATE_CONFLICT,
    PRIVATE_CONFLICTS_UNLISTED,
    STATE_CHANGED,
    Alarm,
    AlarmView,
)
from openline.engine.conflict_view import Check, Conflict, ConflictView, Occupied, Side
from openline.engine.effects import Show
from openline.engine.message_view import Flag, Mark, MessageRecord, MessageView, kind_name
from openline.engine.notice_view import Load, NoticeRecord, NoticeView, sound_volumes
from openline.engine.private_view import PrivateRecord, PrivateView
from openline.engine.state_view import Effect, StateView

_AGENDA_SLACK: Final = 1_024

_LOUDER: Final = "~imminent"
"""Ends the name of an alarm that is raised once more because it became louder."""

NOTICES_LISTED_MAX: Final = 1_000
"""Notices in one answer, unless more are asked for: a few megabytes."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One message that became durable here.

    Attributes:
        envelope_header: What its envelope says.
        message: What its content says.
        at: When it was recorded (ours) or received (theirs), by our clock.
        circuit: On which it came; empty for our own.
    """

    envelope_header: Header
    message: Message | Unreadable
    at: int
    circuit: str


class View:
    """The read model of one line.

    Owned by the line; changed only by the methods that return what changed.

    Args:
        own: This party.
        understanding: The terms in force.
        load: Reads a message from the store; without it the words of notices
            that are over are not shown.
    """

    def __init__(self, own: str, understanding: Understanding, load: Load | None = None) -> None:
        self.own = own
        self.load = load
        self._understanding = understanding
        self._messages = MessageView(own, understanding)
        self._notices = NoticeView(self._messages, understanding)
        self._private = PrivateView(own)
        self._conflicts = ConflictView(understanding)
        self._state = StateView(self._messages, understanding)
        self._alarms = AlarmView()
        # The alarm of each conflict that is to be treated as one, by conflict.
        self._alarmed: dict[str, str] = {}
        # When conflicts become imminent: (at, sides). Some entries are of the past.
        self._imminent: list[tuple[int, tuple[Side, Side]]] = []
        # Of each conflict that is not imminent yet, the entry that counts.
        self._due: dict[tuple[Side, Side], int] = {}
        self._now = 0
        # Steps towards conflicts that this turn may still take; None for all there are.
        self._steps_left: int | None = None
        # Of the message that is being taken in: it says what its author knew.
        self._header: Header | None = None
        self._is_live = True
        self._shows: list[Show] = []

    @property
    def understanding(self) -> Understanding:
        """The terms in force."""
        return self._understanding

    @understanding.setter
    def understanding(self, understanding: Understanding) -> None:
        """Go on with amended terms; what changes is told by the next change."""
        self._understanding = understanding
        self._messages.amend(understanding)
        self._notices.amend(understanding)
        self._state.amend(understanding, self._now)
        self._conflicts.amend(understanding, self._now)
        self._answer_questions()

    # What changes it.

    def apply(self, applied: Applied, *, live: bool) -> list[Show]:
        """Take in one message; a second time changes nothing.

        Args:
            applied: The message. A FLASH may come before those ahead of it.
            live: False during a replay: then nothing is to be shown.
        """
        self._is_live = live
        self._pass_time(applied.at)
        record = self._messages.add(applied.envelope_header, applied.at, applied.circuit)
        if record is not None:
            self._header = applied.envelope_header
            self._take(record, applied.message)
            self._pass_time(applied.at)
        return self._told()

    def receipted(self, party: str, size: int, at: int, epoch: int = 1) -> list[Show]:
        """Take in a counterpart's receipt.

        Args:
            party: The counterpart.
            size: How many of our entries it covers.
            at: The instant of the mirror's cosignature.
            epoch: Of which of our outboxes.
        """
        covered = self._messages.receipted(party, size, at, epoch)
        if covered:
            first, until = covered.start, covered.stop
            self._show("delivered", {"party": party, "from": first, "until": until, "at": at})
            for index in covered if self._is_live else ():
                record = self._messages.find(self.own, index, epoch)
                if record is not None and record.notice_id:
                    self._show_notice(self._notices.of(self.own, record.notice_id))
        return self._told()

    def receipted_size(self, epoch: int) -> int:
        """How many entries of one of our outboxes any counterpart has receipted."""
        return self._messages.receipted_size(epoch)

    def opened(self, header: Header, epoch: Epoch, start: int | None, at: int) -> list[Show]:
        """Take in that a party goes on in a new outbox.

        Args:
            header: Of the entry that opens it.
            epoch: What it says.
            start: The first entry of the outbox before that the new one does not
                stand on; None where we hold none of it.
            at: When it was recorded or received.
        """
        self._is_live = True
        disowned: list[MessageRecord] = []
        if start is not None:
            disowned = self._messages.disown(header.party, header.epoch - 1, start)
        for record in disowned:
            self._show("message", self._messages.to_json(record))
        if header.party != self.own:
            facts = {
                "party": header.party,
                "origin": epoch.origin,
                "previous_size": epoch.previous_size,
                "disowned": len(disowned),
                "reason": epoch.reason,
            }
            alarm = self._alarms.raise_alarm(EPOCH, Precedence.IMMEDIATE, facts, at, epoch.origin)
            self._tell_alarm(alarm)
        for ended in (
            self._alarms.end_all(OWN_HISTORY_DIFFERS, at) if header.party == self.own else ()
        ):
            self._tell_alarm(ended)
        return self._told()

    def advance(self, now: int) -> list[Show]:
        """Let time pass: windows open and close, declarations take effect."""
        self._is_live = True
        self._pass_time(now)
        return self._told()

    def find_conflicts(self, steps: int) -> list[Show]:
        """Go on with the search for conflicts, at the end of a turn.

        Args:
            steps: How many steps this may take, and then the next turn.
        """
        self._is_live = True
        self._steps_left = steps
        self._answer_questions()
        self._steps_left = steps
        return self._told()

    @property
    def now(self) -> int:
        """The last instant it was told of; it never goes back."""
        return self._now

    @property
    def is_busy(self) -> bool:
        """Whether conflicts are still being looked for."""
        return self._conflicts.is_busy

    @property
    def live_volumes(self) -> int:
        """How many volumes are looked through for conflicts."""
        return self._conflicts.live_volumes

    def told(self, party: str, states: Iterable[tuple[str, str]], at: int) -> None:
        """Take in what a counterpart's tick says of its own scopes."""
        self._state.told(party, states, at)

    def distrust(self, party: str, start: int, end: int | None = None) -> list[Show]:
        """Flag a party's messages from an index on as not to be trusted."""
        self._is_live = True
        self._distrust(party, start, 2**62 if end is None else end)
        return self._told()

    def raise_alarm(
        self, name: str, precedence: Precedence, at: int, facts: dict[str, Any], key: str = ""
    ) -> list[Show]:
        """Raise an alarm that the engine finds.

        Args:
            name: Which sort it is, in capitals.
            precedence: How loud.
            at: The present instant.
            facts: JSON-ready; `party` names whose doing it is.
            key: What is alarmed; of one name and key there is one alarm. Without
                it there is one standing alarm of the name for each party.
        """
        self._is_live = True
        self._tell_alarm(self._alarms.raise_alarm(name, precedence, facts, at, key))
        return self._told()

    def acknowledge(self, alarm_id: str, by: tuple[str, str], at: int | None = None) -> list[Show]:
        """Take note of an alarm; a second time changes nothing.

        Args:
            alarm_id: The alarm.
            by: Post and officer.
            at: When; by default the last instant that the view was told of.

        Raises:
            OurError: There is no such alarm.
        """
        self._is_live = True
        at = self._now if at is None else at
        # What became louder until then was acknowledged as such, in a replay too.
        self._pass_time(at)
        self._tell_alarm(self._alarms.acknowledge(alarm_id, by, at))
        return self._told()

    def keep(self, private: Private, token: str, by: tuple[str, str], at: int) -> list[Show]:
        """Keep a plan or site; what it meets is looked for at once, as far as a turn goes.

        Args:
            private: What to keep; it is checked already (`check_private`).
            token: Random letters, to call it by if nothing is kept under its name.
            by: Post and officer.
            at: When it was kept.
        """
        self._is_live = True
        self._pass_time(at)
        record = self._private.keep(private, token, by, self._now)
        self._conflicts.put(record.side, record.occupied(), self._now)
        self._answer_questions()
        self._show("private", self._private_json(record))
        return self._told()

    def let_go(self, name: str, at: int) -> list[Show]:
        """Keep a plan or site no longer.

        Raises:
            OurError: Nothing is kept under that name.
        """
        self._is_live = True
        self._pass_time(at)
        record = self._private.let_go(name)
        self._tell_conflicts(self._conflicts.remove(record.side, self._now))
        self._show("private", {**self._private_json(record), "is_live": False})
        return self._told()

    # What everybody reads.

    def messages(self, after: int = 0, count: int = 100) -> list[dict[str, Any]]:
        """At most so many messages after a position, in order; without their words."""
        return [self._messages.to_json(record) for record in self._messages.after(after, count)]

    def message(self, party: str, index: int) -> dict[str, Any] | None:
        """One message without its words; None if there is none."""
        record = self._messages.find(party, index)
        return None if record is None else self._messages.to_json(record)

    def locate(self, serial: str) -> tuple[str, int] | None:
        """Author and index from `ALPHA-0012` or `alpha.example/12`; None if it is neither."""
        return self._messages.locate(serial)

    def notices(
        self, live_only: bool = False, count: int = NOTICES_LISTED_MAX, after: int = 0
    ) -> list[dict[str, Any]]:
        """At most so many notices after a position, as they came first."""
        return self.notices_page(after, count, live_only=live_only)[0]

    def notices_page(
        self, after: int, count: int, *, live_only: bool
    ) -> tuple[list[dict[str, Any]], int]:
        """At most so many notices after a position, and how many more follow.

        Args:
            after: The last `position` that is known; 0 to begin.
            count: How many at most.
            live_only: Only those that are neither ended, cancelled nor over.
        """
        entries = self._notices.listed(live_only=live_only, after=after)
        shown = [self._notice_json(entry) for entry in entries[:count]]
        return shown, len(entries) - len(shown)

    def notice(self, notice_id: str) -> dict[str, Any] | None:
        """One notice by `ID` (ours first) or `party/ID`; None if there is none."""
        entry = self._notices.find(notice_id)
        if entry is None:
            return None
        shown = self._notice_json(entry)
        if shown["content"] is None and self.load is not None:
            shown["content"] = to_json(
                self.load(entry.party, entry.shown.record.index, entry.shown.record.epoch)
            )
        return shown

    def conflicts(self, live_only: bool = True, *, private: bool = False) -> list[dict[str, Any]]:
        """The conflicts that last, in the order found; before them those that ended.

        Args:
            live_only: Only those that last.
            private: Those of what is kept private, instead of those between notices.
        """
        ended = [] if live_only else self._conflicts.ended(is_private=private)
        live = self._conflicts.live(is_private=private)
        return [conflict.to_json() for conflict in (*ended, *live)]

    def privates(self) -> list[dict[str, Any]]:
        """The plans and sites that are kept, in the order they came; then those over."""
        return [self._private_json(record) for record in self._private.listed()]

    def private(self, name: str) -> dict[str, Any]:
        """One plan or site, whole, with its conflicts that last.

        Raises:
            OurError: Nothing is kept under that name.
        """
        record = self._private.named(name)
        found = self._conflicts.of(record.side, is_private=True)
        return {
            **self._private_json(record),
            "content": record.private.to_json(),
            "found": [conflict.to_json() for conflict in found],
        }

    def check_private(self, private: Private, *, replaces: bool, now: int) -> bool:
        """Whether a plan or site may be kept; False if exactly this is kept already.

        Raises:
            OurError: It may not, with what to do.
        """
        private.check()
        self._is_live = True
        self._pass_time(now)
        if self._private.is_same(private):
            return False
        if private.valid_until <= now:
            raise OurError(
                f"Its last window ends at {format_instant(private.valid_until)}, which is over.",
                "Correct its windows.",
            )
        self._private.check(private, replaces=replaces)
        return True

    def declared(self, now: int) -> dict[str, dict[str, str]]:
        """The declared state of each scope of each party."""
        return {
            party: {scope: state.value for scope, state in scopes.items()}
            for party, scopes in self._state.states(now).items()
        }

    def declarations(self, now: int) -> dict[str, dict[str, Any]]:
        """For each party and scope the state, since when, why, and what is announced."""
        return self._state.details(now)

    def displayed(self, observed: Observed, now: int) -> dict[str, Any]:
        """The word for the line, a sentence, and everything it follows from."""
        return self._state.displayed(observed, now)

    def checks(self, now: int) -> dict[str, dict[str, Any]]:
        """For each counterpart how our line checks stand."""
        return self._state.checks(now)

    def alarms(self, standing_only: bool = True) -> list[dict[str, Any]]:
        """The standing alarms, loudest and then oldest first; then the acknowledged."""
        return self._alarms.to_json(standing_only=standing_only)

    def check(self, notice: Notice, party: str) -> Check:
        """What a notice of a party would not be clear of; nothing is changed."""
        volumes = sound_volumes(notice.volumes)
        occupied = Occupied(notice.version, notice.kind, notice.exercise, volumes)
        return self._conflicts.check(party, occupied)

    # What the desk asks.

    def record(self, party: str, index: int, epoch: int | None = None) -> MessageRecord | None:
        """The record of one message, by default of the author's newest outbox."""
        return self._messages.find(party, index, epoch)

    def serial(self, party: str, index: int) -> str:
        """The serial number as it is spoken: ALPHA-0012."""
        return self._messages.serial(party, index)

    @property
    def notice_records(self) -> NoticeView:
        """All notices, for the desk."""
        return self._notices

    @property
    def state(self) -> StateView:
        """Declarations and line checks, for the desk."""
        return self._state

    # One message, led to what it concerns.

    def _take(self, record: MessageRecord, message: Message | Unreadable) -> None:
        if isinstance(message, Unreadable):
            record.flags |= Flag.UNREADABLE
        else:
            by = getattr(message, "by", None)
            if by is not None:
                self._messages.speak(record, by.post, by.officer)
            precedence = Precedence(record.precedence)
            if record.party != self.own and any(message.faults(precedence)):
                record.flags |= Flag.DOUBTFUL
            self._lead(record, message)
        if record.precedence == Precedence.FLASH and record.party != self.own:
            facts = {**self._facts(record), "kind": kind_name(record.kind)}
            key = f"{record.party}/{record.epoch}/{record.index}"
            self._raise(FLASH, Precedence.FLASH, facts, key)
        if self._is_live:
            self._show("message", self._messages.to_json(record))

    def _lead(self, record: MessageRecord, message: Message) -> None:
        match message:
            case Notice():
                self._take_notice(record, message)
            case Read():
                self._mark(record, message.of, Mark("read", record))
            case ReadBack():
                said = message.verdict.name
                is_confirmed = message.verdict is not ReadBackVerdict.I_READ_BACK
                mark = Mark("read_back", record, said)
                self._mark(record, message.of, mark, is_by_author=is_confirmed)
            case Response():
                until = message.holding_until if message.answer is Answer.HOLDING else None
                mark = Mark("answered", record, message.answer.name, until)
                self._mark(record, message.of, mark)
            case LineCheck():
                self._state.ask(record, message)
            case LineCheckReply():
                asked = self._state.answer(record, message)
                if asked is not None:
                    said = f"{message.readability}"
                    self._mark(record, Reference(*asked), Mark("answered", record, said))
            case Declaration():
                self._take_declaration(record, message)
            case Adoption():
                self._state.adopt(record)
            case KeyRevoke() if message.role is KeyRole.NODE:
                self._distrust(record.party, message.from_index, record.index)
            case _:
                pass

    def _mark(
        self, record: MessageRecord, of: Reference, mark: Mark, *, is_by_author: bool = False
    ) -> None:
        """Mark the message that another is about."""
        record.reply_to = (of.party, of.index)
        assert self._header is not None, "a message is being taken in"
        marked = self._messages.mark(
            (of.party, of.index), mark, self._header, is_by_author=is_by_author
        )
        if marked is None:
            return
        if record.party == self.own:
            key = f"{marked.party}/{marked.epoch}/{marked.index}"
            self._tell_alarm(self._alarms.end(f"{FLASH}/{key}", self._now))
        if marked.notice_id:
            entry = self._notices.of(marked.party, marked.notice_id)
            if entry is not None:
                self._end_unread(entry)
                self._show_notice(entry)
        if self._is_live:
            self._show("message", self._messages.to_json(marked))

    # Notices and conflicts.

    def _take_notice(self, record: MessageRecord, notice: Notice) -> None:
        entry = self._notices.take(record, notice, self._now)
        if entry is None:
            return
        occupied = self._notices.occupied(entry)
        if occupied is None:
            self._tell_conflicts(self._conflicts.remove(entry.side, self._now))
        else:
            self._conflicts.put(entry.side, occupied, self._now)
            self._answer_questions()
        # A new version has an alarm of its own, when its window opens.
        self._end_unread(entry, is_over=True)
        self._show_notice(entry)

    def _pass_time(self, now: int) -> None:
        """Do what is due until now; time never goes back here."""
        self._now = max(self._now, now)
        for entry, is_open in self._notices.advance(self._now):
            # In the order of the clock, however long it was not looked at: what ends
            # now may have become imminent before.
            at = entry.newest.valid_from if is_open else entry.newest.valid_until
            self._make_louder(self._now if at is None else at)
            if is_open:
                self._alarm_unread(entry)
            else:
                self._tell_conflicts(self._conflicts.remove(entry.side, self._now))
                self._end_unread(entry)
            self._show_notice(entry)
        for record in self._private.advance(self._now):
            self._make_louder(self._now if record.over_at is None else record.over_at)
            self._tell_conflicts(self._conflicts.remove(record.side, self._now))
            self._show("private", self._private_json(record))
        self._make_louder(self._now)
        for effect in self._state.advance(self._now):
            self._tell_effect(effect)

    def _private_json(self, record: PrivateRecord) -> dict[str, Any]:
        found = self._conflicts.of(record.side, is_private=True)
        return {**record.to_json(), "conflicts": [conflict.id for conflict in found]}

    def _alarm_unread(self, entry: NoticeRecord) -> None:
        unread_by = self._notices.unread_by(entry)
        if unread_by:
            facts = {
                **self._facts(entry.newest.record),
                "notice_id": entry.notice_id,
                "unread_by": unread_by,
            }
            key = f"{entry.party}/{entry.notice_id}/{entry.newest.version}"
            entry.alarm_id = f"{IN_FORCE_UNREAD}/{key}"
            self._raise(IN_FORCE_UNREAD, Precedence.IMMEDIATE, facts, key)

    def _end_unread(self, entry: NoticeRecord, *, is_over: bool = False) -> None:
        is_over = is_over or not entry.is_live or not self._notices.unread_by(entry)
        if entry.alarm_id and is_over:
            self._tell_alarm(self._alarms.end(entry.alarm_id, self._now))
            entry.alarm_id = ""

    def _answer_questions(self) -> None:
        """Find conflicts, as far as this turn allows."""
        if not self._conflicts.is_busy:
            return
        unlisted = self._conflicts.unlisted.copy()
        changed, taken = self._conflicts.go_on(self._steps_left)
        if self._steps_left is not None:
            self._steps_left -= taken
        self._tell_conflicts(changed)
        for party, is_private in sorted(self._conflicts.unlisted - unlisted):
            facts = {"party": party, "unlisted": self._conflicts.unlisted[party, is_private]}
            name = PRIVATE_CONFLICTS_UNLISTED if is_private else CONFLICTS_UNLISTED
            self._raise(name, Precedence.IMMEDIATE, facts, "")

    def _tell_conflicts(self, conflicts: Iterable[Conflict]) -> None:
        for conflict in conflicts:
            is_alarming = conflict.is_alarming and conflict.ended_at is None
            if not is_alarming:
                self._due.pop(conflict.sides, None)
            standing = self._alarmed.get(conflict.id)
            if is_alarming:
                self._alarm_conflict(conflict)
            elif standing is not None:
                self._tell_alarm(self._alarms.end(standing, self._now))
                del self._alarmed[conflict.id]
            if self._is_live:
                name = "conflict" if conflict.private is None else "private_conflict"
                self._show(name, conflict.to_json())

    def _alarm_conflict(self, conflict: Conflict) -> None:
        """Raise the one alarm of a conflict, or say in it what changed."""
        finding = conflict.encounter.finding
        others = [side for side in conflict.sides if side[0] != self.own]
        sides: dict[str, Any] = {
            "sides": [{"party": party, "notice_id": name} for party, name in conflict.sides]
        }
        if conflict.private is not None:
            sides = {"private": conflict.name, "notice_id": others[0][1]}
        facts = {
            "party": others[0][0],
            "conflict": conflict.id,
            **sides,
            "verdict": finding.verdict.value,
            "separation_m": finding.separation_m,
            "overlap_from": finding.overlap_from,
            "overlap_until": finding.overlap_until,
            "words": finding.words(),
        }
        precedence = self._conflict_precedence(conflict)
        name = CONFLICT if conflict.private is None else PRIVATE_CONFLICT
        standing = self._alarmed.get(conflict.id)
        if standing is None:
            # By the instant at which the conflict came to be, whenever it was found.
            key = f"{conflict.id}~{conflict.changed_at or conflict.opened_at}"
            self._alarmed[conflict.id] = f"{name}/{key}"
            self._raise(name, precedence, facts, key)
        elif self._alarms.knows(standing):
            self._tell_alarm(self._alarms.change(standing, precedence, facts, self._now))
        elif precedence is Precedence.FLASH and not standing.endswith(_LOUDER):
            # It was counted among further ones, or forgotten: now it speaks for itself.
            self._alarmed[conflict.id] = standing + _LOUDER
            self._raise(name, precedence, facts, standing.partition("/")[2] + _LOUDER)
        if not conflict.is_exercise and precedence < Precedence.FLASH:
            self._remember_imminent(conflict)

    def _remember_imminent(self, conflict: Conflict) -> None:
        """Note when the alarm of a conflict is to become louder."""
        ahead_ms = self._understanding.timers.imminent_ms
        due = conflict.encounter.finding.overlap_from - ahead_ms + 1
        if self._due.get(conflict.sides) == due:
            return
        self._due[conflict.sides] = due
        heapq.heappush(self._imminent, (due, conflict.sides))
        if len(self._imminent) > 2 * len(self._due) + _AGENDA_SLACK:
            self._imminent = [(due, sides) for sides, due in self._due.items()]
            heapq.heapify(self._imminent)

    def _make_louder(self, until: int) -> None:
        """Let the alarms of conflicts that become imminent until then say so."""
        while self._imminent and self._imminent[0][0] <= until:
            due, sides = heapq.heappop(self._imminent)
            conflict = self._conflicts.find(sides)
            if self._due.get(sides) == due and conflict is not None:
                del self._due[sides]
                if conflict.is_alarming:
                    self._alarm_conflict(conflict)

    def _conflict_precedence(self, conflict: Conflict) -> Precedence:
        """FLASH when both are about to act, PRIORITY in an exercise, else IMMEDIATE."""
        if conflict.is_exercise:
            return Precedence.PRIORITY
        assert conflict.encounter.finding.verdict is not Verdict.CLEAR
        ahead_ms = conflict.encounter.finding.overlap_from - self._now
        is_near = ahead_ms < self._understanding.timers.imminent_ms
        return Precedence.FLASH if is_near else Precedence.IMMEDIATE

    def _notice_json(self, entry: NoticeRecord) -> dict[str, Any]:
        conflicts = [conflict.id for conflict in self._conflicts.of(entry.side)]
        return {**self._notices.to_json(entry, self._now), "conflicts": conflicts}

    # Declarations, keys.

    def _take_declaration(self, record: MessageRecord, declaration: Declaration) -> None:
        self._state.declare(record, declaration)
        if record.party != self.own:
            facts = {
                **self._facts(record),
                "scopes": list(declaration.scopes),
                "status": declaration.status.name,
                "effective_at": declaration.effective_at,
            }
            is_good_news = declaration.status is Status.IN_FORCE
            precedence = Precedence.PRIORITY if is_good_news else Precedence.IMMEDIATE
            key = f"{record.party}/{record.epoch}/{record.index}"
            self._raise(DECLARED, precedence, facts, key)
        self._show_state()

    def _tell_effect(self, effect: Effect) -> None:
        if effect.party != self.own:
            facts = {
                "party": effect.party,
                "scope": effect.scope,
                "before": effect.before.value,
                "after": effect.after.value,
                "serial": self._messages.serial(effect.party, effect.change.index),
            }
            is_good_news = effect.after is Declared.IN_FORCE
            precedence = Precedence.PRIORITY if is_good_news else Precedence.IMMEDIATE
            key = f"{effect.party}/{effect.scope}/{effect.change.index}"
            self._raise(STATE_CHANGED, precedence, facts, key)
        self._show_state()

    def _distrust(self, party: str, start: int, end: int) -> None:
        for record in self._messages.distrust(party, start, end):
            if self._is_live:
                self._show("message", self._messages.to_json(record))

    # What is told.

    def _facts(self, record: MessageRecord) -> dict[str, Any]:
        return {
            "party": record.party,
            "index": record.index,
            "serial": self._messages.serial(record.party, record.index),
        }

    def _raise(self, name: str, precedence: Precedence, facts: dict[str, Any], key: str) -> None:
        self._tell_alarm(self._alarms.raise_alarm(name, precedence, facts, self._now, key))

    def _tell_alarm(self, alarm: Alarm | None) -> None:
        if alarm is not None and self._is_live:
            self._show("alarm", alarm.to_json())

    def _show_notice(self, entry: NoticeRecord | None) -> None:
        if entry is not None and self._is_live:
            self._show("notice", self._notice_json(entry))

    def _show_state(self) -> None:
        if self._is_live:
            self._show("state", {"declared": self.declared(self._now)})

    def _show(self, name: str, data: dict[str, Any]) -> None:
        if self._is_live:
            self._shows.append(Show(self._understanding.line, name, data))

    def _told(self) -> list[Show]:
        shows, self._shows = self._shows, []
        return shows
