"""Views: what is known about one line, as everybody sees it.

The command line, the API and the console show nothing that does not come from
here. A `View` is the fold of what became durable on this node, in that order;
the same journal gives the same view. It keeps no words of messages that are
over: those are read from the store. Its parts are `message_view`,
`matter_view`, `watch_view`, `awaiting_view`, `talk_view`, `notice_view`,
`movement_view`, `site_view`, `zone_view`, `zone_watch`, `incident_view`,
`readout_view`, `private_view`, `conflict_view`, `state_view`, `signed_view` and
`alarm_view`; this module leads each message to those it concerns, and tells what
changed.

Every query gives plain values: dict, list, str, int, float, bool and None.
Instants are UTC milliseconds. Nothing here refuses a message: what is doubtful
is flagged.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.conduct.clock import Turn, known_by
from openline.domain.conduct.table import SUBJECTS
from openline.domain.errors import OurError
from openline.domain.instant import SECOND_MS, format_instant
from openline.domain.limits import STATISTICS_PARTS_MAX
from openline.domain.line.declared import Declared
from openline.domain.line.form import Fault
from openline.domain.line.hours import posts_to_tell
from openline.domain.line.observed import Observed
from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence
from openline.domain.record.envelope import Header
from openline.domain.space.conflict import Verdict
from openline.domain.space.track_alert import AirAlert, AlertKind
from openline.domain.talk.agreement import Adoption
from openline.domain.talk.body import Reference
from openline.domain.talk.call_record import CallRecord
from openline.domain.talk.check import LineCheck, LineCheckReply
from openline.domain.talk.code_book import Acts, CodeBook
from openline.domain.talk.coded import Coded, entry_of
from openline.domain.talk.correction import Correction
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.keys import Epoch, KeyRevoke, KeyRole
from openline.domain.talk.message import Message, Unreadable, to_json
from openline.domain.talk.movement import SIDE_PREFIX, Movement
from openline.domain.talk.notice import Notice
from openline.domain.talk.passed_on import PassedOn
from openline.domain.talk.private import Private
from openline.domain.talk.query_ack import QueryAck
from openline.domain.talk.readout import Readout
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.resumption import ResumptionOffer
from openline.domain.talk.service import Service
from openline.domain.talk.site import Sites
from openline.domain.talk.statistics import GRACE_MS, Fact
from openline.domain.talk.telephone import TELEPHONE, TelephoneState
from openline.domain.talk.translation import LaterTranslation
from openline.domain.talk.watch import Change, Watch
from openline.domain.talk.zone import Zone
from openline.domain.talk.zone_contact import CONTACT_BEFORE_MS
from openline.engine.air_watch import Watching
from openline.engine.alarm_view import (
    AIR_PREFIX,
    ANSWER_ANEW,
    CALL_FINGERPRINT,
    CALL_UNVERIFIED,
    CLOCK,
    CONFLICT,
    CONFLICTS_UNLISTED,
    DECLARED,
    EPOCH,
    FLASH,
    IN_FORCE_UNREAD,
    MATTER,
    MATTERS_UNLISTED,
    NOT_PASSED_ON,
    OWN_HISTORY_DIFFERS,
    PRIVATE_CONFLICT,
    PRIVATE_CONFLICTS_UNLISTED,
    QUERY_ACK,
    READOUT_DIFFERS,
    REVALIDATION_DUE,
    RINGING,
    STATE_CHANGED,
    UNMANNED,
    ZONE_ENTERED,
    Alarm,
    AlarmView,
)
from openline.engine.answers import answer_of
from openline.engine.assessment_view import AssessmentView
from openline.engine.awaiting_view import AwaitingView
from openline.engine.call_view import CallView
from openline.engine.check_alarms import RESUMPTION_OFFERED, SERVICE, check_alarms, service_facts
from openline.engine.check_view import CheckDue, CheckWaits, Turned
from openline.engine.conflict_view import Check, Conflict, ConflictView, Occupied, Side
from openline.engine.effects import Show
from openline.engine.hold_view import Hold
from openline.engine.incident_view import IncidentView
from openline.engine.matter_view import Matter, MatterView, RunOut
from openline.engine.message_view import Flag, Mark, MessageRecord, MessageView, kind_name
from openline.engine.movement_view import MovementView
from openline.engine.notice_view import Load, NoticeRecord, NoticeView, sound_volumes
from openline.engine.private_view import PrivateRecord, PrivateView
from openline.engine.readout_view import Public, ReadoutView, public, unverified
from openline.engine.signed_view import SignedView
from openline.engine.site_view import SiteRecord, SiteView
from openline.engine.state_view import Effect, StateView
from openline.engine.talk_view import TalkView
from openline.engine.watch_view import Offer, WatchRunOut, WatchView
from openline.engine.zone_view import Sides, ZoneRecord, ZoneView
from openline.engine.zone_watch import ZoneWatch

_AGENDA_SLACK: Final = 1_024

_FLASH: Final = Precedence.FLASH
"""A FLASH has an alarm of its own."""

_LOUDER: Final = "~imminent"
"""Ends the name of an alarm that is raised once more because it became louder."""

NOTICES_LISTED_MAX: Final = 1_000
"""Notices in one answer, unless more are asked for: a few megabytes."""


SET_BACK_MS: Final = SECOND_MS
"""A clock that went back by more than this was set: what rests on it is judged anew."""


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
        books: The code books that this node holds, by hash.
    """

    def __init__(
        self,
        own: str,
        understanding: Understanding,
        load: Load | None = None,
        books: Mapping[bytes, CodeBook] | None = None,
    ) -> None:
        self.own = own
        self.load = load
        self.books = books or {}
        self._understanding = understanding
        self._messages = MessageView(own, understanding)
        self._notices = NoticeView(self._messages, understanding)
        self._movements = MovementView(self._messages, understanding)
        self._sites = SiteView(self._messages, understanding)
        self._zones = ZoneView(self._messages, understanding)
        self._watch = ZoneWatch(self._messages, self._zones)
        self._private = PrivateView(own)
        self.assessments = AssessmentView(understanding.line)
        self._conflicts = ConflictView(understanding)
        self._state = StateView(self._messages, understanding)
        self._matters = MatterView(self._messages, understanding, SUBJECTS)
        self.talk = TalkView(self._messages, understanding)
        self._incidents = IncidentView(self._messages, self._matters)
        self._readouts = ReadoutView(self._messages, self._matters)
        self.calls = CallView(understanding.line, self._messages, self._matters)
        self._watches = WatchView(self._messages, understanding)
        self._awaiting = AwaitingView(self._messages, understanding)
        self._alarms = AlarmView()
        self.signed = SignedView(understanding.line, load)
        # The alarms about people that stand, by counterpart: name and key.
        self._standing_checks: dict[str, list[tuple[str, str]]] = {}
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
        self._movements.amend(understanding)
        self._sites.amend(understanding)
        self._zones.amend(understanding)
        self._state.amend(understanding, self._now)
        self._matters.amend(understanding)
        self.talk.amend(understanding)
        self._watches.amend(understanding)
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
                    self._show_notice(self._announced(self.own, record.notice_id))
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
        self.set_back(now)
        self._pass_time(now)
        return self._told()

    def set_back(self, now: int) -> None:
        """Take in that the clock was set back, if it was; it is told with what is next.

        A notice, a movement or what is kept private lives again if its window is not over by
        the present instant, whatever the clock said before, and versions that came too late
        by that clock count.
        What else ran out meanwhile stays on the record of what happened.
        """
        if now >= self._now - SET_BACK_MS:
            return
        self._is_live = True
        before, self._now = self._now, now
        for held in (self._notices, self._movements):
            for entry in held.revive(now, before, self._load_notice):
                occupied = held.occupied(entry)
                if occupied is None:
                    self._tell_conflicts(self._conflicts.remove(entry.side, now))
                else:
                    self._conflicts.put(entry.side, occupied, now)
                self._end_unread(entry, is_over=True)
                self._end_anew(entry)
                self._show_notice(entry)
        for record in self._private.revive(now):
            self._conflicts.put(record.side, record.occupied(), now)
            self._show("private", self._private_json(record))
        self._answer_questions()

    def _load_notice(self, record: MessageRecord) -> Notice | Movement | None:
        """What a version says; None where it cannot be read."""
        message = self.load(record.party, record.index, record.epoch) if self.load else None
        return message if isinstance(message, Notice | Movement) else None

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
        """The last instant it was told of; it goes back only with a clock that was set."""
        return self._now

    @property
    def is_busy(self) -> bool:
        """Whether conflicts are still being looked for."""
        return self._conflicts.is_busy

    @property
    def live_volumes(self) -> int:
        """How many volumes are looked through for conflicts."""
        return self._conflicts.live_volumes

    def watching(self) -> Watching:
        """What of this line concerns tracks, as it is now."""
        others = tuple(name for name in self._understanding.names() if name != self.own)
        since = self._now - CONTACT_BEFORE_MS
        in_contact = frozenset(
            zone
            for zone in self._zones.contact_zones(self.own, self._now)
            if any(self._watch.has_contact(one, zone, since, self._now + 1) for one in others)
        )
        return Watching(
            self._understanding.line,
            self.own,
            others,
            self._conflicts.occupied(),
            self._understanding.area,
            in_contact,
            self._movements.called(),
        )

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

    def tell_air(self, alert: AirAlert, at: int) -> list[Show]:
        """Raise, change or end the alarm about what was noticed of a track."""
        self._is_live = True
        noticed = alert.noticed
        name = f"{AIR_PREFIX}{noticed.kind.value}"
        alarm_id = f"{name}/{alert.id}"
        if alert.over_at is not None:
            self._tell_alarm(self._alarms.end(alarm_id, at))
            return self._told()
        facts = {
            "party": "",
            "track": noticed.track,
            "about": noticed.about,
            "phase": noticed.phase.name,
            **noticed.facts,
        }
        if noticed.kind is AlertKind.NO_CONTACT:
            facts["draft"] = self._watch.draft_track(alert, self._understanding.names())
        if self._alarms.knows(alarm_id):
            self._tell_alarm(self._alarms.change(alarm_id, noticed.precedence, facts, at))
        else:
            alarm = self._alarms.raise_alarm(name, noticed.precedence, facts, at, alert.id)
            self._tell_alarm(alarm)
        return self._told()

    def end_alarm(self, name: str, key: str, at: int) -> list[Show]:
        """Say that the cause of an alarm that the engine raised is over."""
        self._is_live = True
        self._tell_alarm(self._alarms.end(f"{name}/{key}", at))
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

    def hold(
        self, name: str, window: tuple[int, int], by: tuple[str, str], reason: str, at: int
    ) -> list[Show]:
        """Hold a window as evidence; it is checked already (`hold_records.check`)."""
        self._is_live = True
        self._show_hold(self._incidents.holds.hold(name, window, by, reason, at))
        return self._told()

    def release(self, name: str, by: tuple[str, str], why: str, at: int) -> list[Show]:
        """Hold something no longer.

        Raises:
            OurError: Nothing is held under that name.
        """
        self._is_live = True
        self._show_hold(self._incidents.holds.release(name, by, why, at))
        return self._told()

    def offer_watch(self, offer: Offer, at: int) -> list[Show]:
        """Keep what whoever is on watch at a post of ours hands over."""
        self._is_live = True
        self._pass_time(at)
        self._watches.offer(offer)
        self._show_watch(self.own, offer.post)
        return self._told()

    # What everybody reads.

    def is_held(self, at: int) -> bool:
        """Whether what was recorded at an instant is evidence that nobody lets go of."""
        return self._incidents.holds.is_held(at)

    def holds(self) -> list[dict[str, Any]]:
        """What is held as evidence, and what was, as it came."""
        return [hold.to_json() for hold in self._incidents.holds.listed()]

    def incident(self, name: str, now: int | None = None) -> dict[str, Any] | None:
        """One incident whole, by its id or the serial of a message about it."""
        matter = self._incidents.find(name)
        now = self._now if now is None else now
        return None if matter is None else self._incidents.incident(matter, self.load, now)

    def ledger(self, valid_from: int, valid_until: int, now: int | None = None) -> dict[str, Any]:
        """The alleged violations of a window, counted alike by both sides."""
        now = self._now if now is None else now
        return self._incidents.ledger(valid_from, valid_until, now)

    def messages(self, after: int = 0, count: int = 100) -> list[dict[str, Any]]:
        """At most so many messages after a position, in order; without their words."""
        return [self._messages.to_json(record) for record in self._messages.after(after, count)]

    @property
    def message_count(self) -> int:
        """How many messages are on this node's record of the line."""
        return self._messages.count

    def positions_of(self, kinds: Collection[int]) -> list[int]:
        """The positions of all messages of some kinds, in order."""
        records = self._messages.after(0, self._messages.count)
        return [record.position for record in records if record.kind in kinds]

    def messages_within(
        self, start: int, end: int, after: int, count: int
    ) -> tuple[list[dict[str, Any]], int, int]:
        """At most so many messages that this node recorded in a window, after a position.

        Args:
            start: First instant of the window.
            end: First instant after it.
            after: The last `position` that is known; 0 to begin.
            count: How many at most.

        Returns:
            The messages, how many of the window come before them, and how many in all.
        """
        records = self._messages.within(start, end)
        before = sum(record.position <= after for record in records)
        shown = records[before : before + count]
        return [self._messages.to_json(record) for record in shown], before, len(records)

    def message(self, party: str, index: int, epoch: int | None = None) -> dict[str, Any] | None:
        """One message without its words, by default of the newest outbox; None for none."""
        record = self._messages.find(party, index, epoch)
        return None if record is None else self._messages.to_json(record)

    def signatures(self, party: str, index: int, message: Message | Unreadable) -> list[Any]:
        """What is found of the passkeys that signed a message; none for none."""
        record = self._messages.find(party, index)
        found = () if record is None else self.signed.findings(record, message)
        return [finding.to_json() for finding in found]

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

    def movements_page(
        self, after: int, count: int, *, live_only: bool
    ) -> tuple[list[dict[str, Any]], int]:
        """At most so many movements after a position, and how many more follow."""
        entries = self._movements.listed(live_only=live_only, after=after)
        shown = [self._movement_json(entry) for entry in entries[:count]]
        return shown, len(entries) - len(shown)

    def movement(self, name: str) -> dict[str, Any] | None:
        """One movement by `ID` (ours first) or `party/ID`; None if there is none."""
        entry = self._movements.find_movement(name)
        return None if entry is None else self._movement_json(entry, self.load)

    def sites_page(
        self, after: int, count: int, *, with_removed: bool
    ) -> tuple[list[dict[str, Any]], int]:
        """At most so many sites after a position, and how many more follow."""
        entries = self._sites.listed(after, with_removed=with_removed)
        shown = [self._site_json(entry) for entry in entries[:count]]
        return shown, len(entries) - len(shown)

    def site(self, name: str) -> dict[str, Any] | None:
        """One site by `ID` (ours first) or `party/ID`; None if there is none."""
        entry = self._sites.find(name)
        return None if entry is None else self._site_json(entry, self.load)

    def zones_page(
        self, after: int, count: int, *, with_ended: bool
    ) -> tuple[list[dict[str, Any]], int]:
        """At most so many zones after a position, and how many more follow."""
        entries = self._zones.listed(after, with_ended=with_ended, now=self._now)
        shown = [self._zone_json(entry) for entry in entries[:count]]
        return shown, len(entries) - len(shown)

    def zone(self, name: str) -> dict[str, Any] | None:
        """One zone by `ID` (ours first) or `party/ID`; None if there is none."""
        entry = self._zones.find(name)
        return None if entry is None else self._zone_json(entry)

    def violation_drafts(self) -> list[dict[str, Any]]:
        """The alleged violations of zones of ours that were drafted, the oldest first."""
        return self._watch.drafts()

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

    def declared_by(self, party: str, now: int) -> dict[str, str]:
        """The declared state of each scope of one party."""
        return {scope: state.value for scope, state in self._state.states_of(party, now).items()}

    def declarations(self, now: int) -> dict[str, dict[str, Any]]:
        """For each party and scope the state, since when, why, and what is announced."""
        return self._state.details(now)

    def displayed(self, observed: Observed, now: int) -> dict[str, Any]:
        """The word for the line, a sentence, and everything it follows from."""
        return self._state.displayed(observed, now)

    def checks(self, now: int) -> dict[str, dict[str, Any]]:
        """For each counterpart how our line checks stand."""
        return self._state.checks(now)

    def matters(
        self, *, open_only: bool = True, subject: str = "", now: int | None = None
    ) -> list[dict[str, Any]]:
        """The matters of a subject, or of all, as they came.

        Args:
            open_only: Only those in which somebody is still waited for.
            subject: The sort of matter; empty for all.
            now: The instant; by default the last that the view was told of.
        """
        now = self._now if now is None else now
        listed = self._matters.listed(open_only=open_only, subject=subject)
        return [self._matters.to_json(matter, now) for matter in listed]

    def matters_page(
        self, after: int, count: int, *, open_only: bool, subject: str = ""
    ) -> tuple[list[dict[str, Any]], int]:
        """At most so many matters after a position, and how many more follow."""
        found = self._matters.listed(open_only=open_only, subject=subject, after=after)
        shown = [self._matters.to_json(matter, self._now) for matter in found[:count]]
        return shown, len(found) - len(shown)

    def matter(self, name: str, now: int | None = None) -> dict[str, Any] | None:
        """A matter by its name, or by the serial of a message that belongs to it."""
        found = self._matters.find(name)
        now = self._now if now is None else now
        return None if found is None else self._matters.to_json(found, now)

    def due(self, now: int | None = None) -> list[dict[str, Any]]:
        """What is due on the line, by whom and when, the nearest first.

        Each row has in `tell` the posts of ours that are to be told, were it to run out now.
        """
        now = self._now if now is None else now
        rows = [*self._matters.due(now), *self._watches.due(now), *self.talk.due()]
        rows += [*self._notices.due(), *self._movements.due()]
        rows.sort(key=lambda row: (row["at"], row["matter"], row["clock"]))
        return [{**row, "tell": self.posts_to_tell(row["tier"] or 1, now)} for row in rows]

    def posts_to_tell(self, tier: int, now: int | None = None) -> list[dict[str, Any]]:
        """Which posts of ours are to be told now of what has come to a tier."""
        terms = self._understanding.party(self.own)
        told = posts_to_tell(terms, tier, self._now if now is None else now)
        return [{"post": one.post, "tier": one.tier, "is_on_call": one.is_on_call} for one in told]

    def notices_until(self, now: int, until: int) -> list[dict[str, Any]]:
        """The live notices whose windows are open or open by then, one row each."""
        return [
            {
                **self._notices.row(entry, now),
                "conflicts": len(self._conflicts.of(entry.side)),
            }
            for entry in self._notices.listed(live_only=True, after=0)
            if (entry.shown.valid_from or 0) < until
        ]

    def untranslated(self, language: str) -> list[dict[str, Any]]:
        """Their messages whose words no person has given in a language, as they came."""
        return [self._messages.to_json(record) for record in self.talk.untranslated(language)]

    def facts(self, start: int, end: int) -> list[Fact]:
        """What statistics of a window take from the messages held, in any order.

        Args:
            start: First instant of the window.
            end: First instant after it.

        Raises:
            OurError: There are more messages than one statement counts.
        """
        records = [
            record
            for record in self._messages.after(0, self._messages.count)
            if start <= record.at < end + GRACE_MS and not record.flags & Flag.DISOWNED
        ]
        if len(records) > STATISTICS_PARTS_MAX:
            raise OurError(
                f"The window has {len(records)} messages, and a statement counts at most "
                f"{STATISTICS_PARTS_MAX}.",
                "Ask for a shorter window.",
            )
        return [self._fact(record) for record in records]

    def _fact(self, record: MessageRecord) -> Fact:
        category, valid_from = self._notices.lead_of(record.position)
        place = (record.party, record.epoch, record.index, record.kind, record.at)
        about = record.reply_to
        return Fact(*place, record.precedence, record.recipients, about, category, valid_from)

    def alarms(self, standing_only: bool = True) -> list[dict[str, Any]]:
        """The standing alarms, loudest and then oldest first; then the acknowledged."""
        return self._alarms.to_json(standing_only=standing_only)

    def check(self, notice: Notice, party: str) -> Check:
        """What a notice of a party would not be clear of; nothing is changed."""
        volumes = sound_volumes(notice.volumes)
        occupied = Occupied(notice.version, notice.kind, notice.exercise, volumes)
        return self._conflicts.check(party, occupied)

    @property
    def readouts(self) -> ReadoutView:
        """The readouts; their words are read from the store."""
        self._readouts.load = self.load
        return self._readouts

    def public(self, now: int | None = None) -> list[Public]:
        """What of the line is public, the newest first."""
        now = self._now if now is None else now
        assert self.load is not None, "a running node's views read its store"
        return public(self.readouts, self._matters, self._notices, self.load, now)

    # What the desk asks.

    @property
    def code_book(self) -> CodeBook | None:
        """The code book that is agreed on, if this node holds it."""
        agreed = self._understanding.code_book
        return None if agreed is None else self.books.get(agreed)

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
    def movement_records(self) -> MovementView:
        """All movements, for the desk."""
        return self._movements

    @property
    def site_records(self) -> SiteView:
        """All sites, for the desk."""
        return self._sites

    @property
    def zone_records(self) -> ZoneView:
        """All zones, for the desk."""
        return self._zones

    @property
    def state(self) -> StateView:
        """Declarations and line checks, for the desk."""
        return self._state

    @property
    def matter_records(self) -> MatterView:
        """All matters, for the desk."""
        return self._matters

    @property
    def incident_records(self) -> IncidentView:
        """What goes with incidents, for the desk."""
        return self._incidents

    @property
    def watches(self) -> WatchView:
        """Who is on watch, for the desk and the brief."""
        return self._watches

    @property
    def awaiting(self) -> AwaitingView:
        """What nobody has read yet, for the desk and the brief."""
        return self._awaiting

    # One message, led to what it concerns.

    def _take(self, record: MessageRecord, message: Message | Unreadable) -> None:
        self.signed.take(record, message)
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
            self._take_matter(record, message)
            self._watch.hear(record, message)
            self.talk.take(record, message)
            self._show_hold(self._incidents.take(record, message))
            self._await(record, message)
        if record.precedence == Precedence.FLASH and record.party != self.own:
            facts = {**self._facts(record), "kind": kind_name(record.kind)}
            key = f"{record.party}/{record.epoch}/{record.index}"
            self._raise(FLASH, Precedence.FLASH, facts, key)
        if self._is_live:
            self._show("message", self._messages.to_json(record))

    def _lead(self, record: MessageRecord, message: Message) -> None:
        match message:
            case Notice():
                self._take_notice(record, self._notices.take(record, message, self._now))
            case Movement():
                entry = self._movements.take_movement(record, message, self._now)
                if entry is not None:
                    begins_at = entry.newest.valid_from if entry.is_live else None
                    self._must_pass_on(record, entry.side, begins_at, holds=entry.is_live)
                self._take_notice(record, entry)
            case Sites():
                self._take_sites(record, message)
            case Zone():
                self._take_zone(record, message)
            case Read():
                self._mark(record, message.of, Mark("read", record))
            case ReadBack():
                said = message.verdict.name
                is_confirmed = message.verdict is not ReadBackVerdict.I_READ_BACK
                mark = Mark("read_back", record, said)
                self._mark(record, message.of, mark, is_by_author=is_confirmed)
            case Response():
                self._take_answer(record, message)
                self._state.offers.responded(record, message)
            case LineCheck():
                self._state.ask(record, message)
            case LineCheckReply():
                asked = self._state.answer(record, message)
                if asked is not None:
                    said = f"{message.readability}"
                    self._mark(record, Reference(*asked), Mark("answered", record, said))
            case Declaration():
                self._take_declaration(record, message)
            case Coded() | Correction() | QueryAck() | PassedOn() | LaterTranslation():
                self._take_talk(record, message)
            case Service():
                self._take_service(record, message)
            case ResumptionOffer():
                self._take_offer(record, message)
            case Adoption():
                self._state.adopt(record)
            case Watch():
                self._take_watch(record, message)
            case KeyRevoke() if message.role is KeyRole.NODE:
                self._distrust(record.party, message.from_index, record.index)
            case _:
                self._take_answer(record, message)

    def _take_answer(self, record: MessageRecord, message: Message) -> None:
        """Mark what a message answers, if it answers anything."""
        given = answer_of(message)
        if given is None:
            return
        if not isinstance(message, Response):
            # Whoever answers has read it.
            self._mark(record, given.of, Mark("read", record))
        self._mark(record, given.of, Mark("answered", record, given.said, given.until))

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
        self.talk.marked(marked, mark)
        if record.party == self.own:
            key = f"{marked.party}/{marked.epoch}/{marked.index}"
            self._tell_alarm(self._alarms.end(f"{FLASH}/{key}", self._now))
            self._end_asked(marked)
        if marked.notice_id:
            entry = self._announced(marked.party, marked.notice_id)
            if entry is not None:
                self._end_unread(entry)
                self._end_anew(entry)
                self._show_notice(entry)
        if self._is_live:
            self._show("message", self._messages.to_json(marked))

    # What is said about single messages.

    def _take_talk(
        self,
        record: MessageRecord,
        message: Coded | Correction | QueryAck | PassedOn | LaterTranslation,
    ) -> None:
        match message:
            case Coded():
                self._take_coded(record, message)
            case Correction():
                self._mark_own(record, message.of, Mark("corrected", record, message.field))
            case QueryAck():
                self._mark_own(record, message.of, Mark("asked", record))
                self._alarm_asked(record, message.of)
            case PassedOn():
                said, at = message.level.name, message.passed_at
                self._mark(record, message.of, Mark("passed_on", record, said, happened_at=at))
                self._end_not_passed_on(record, message.of)
            case LaterTranslation():
                name = "gist" if message.translation.is_gist else "translated"
                is_by_author = message.of.party == record.party
                mark = Mark(name, record, message.language)
                self._mark(record, message.of, mark, is_by_author=is_by_author)

    def _mark_own(self, record: MessageRecord, of: Reference, mark: Mark) -> None:
        """Mark a message as only its author may."""
        if of.party != record.party:
            record.flags |= Flag.DOUBTFUL
        self._mark(record, of, mark, is_by_author=True)

    def _take_coded(self, record: MessageRecord, coded: Coded) -> None:
        book = self.code_book
        if book is None or coded.book != self._understanding.code_book:
            record.flags |= Flag.UNKNOWN_BOOK
        else:
            try:
                entry_of(coded, book)
            except Fault:
                record.flags |= Flag.DOUBTFUL
        if coded.of is None:
            return
        if coded.acts is Acts.DISREGARD:
            self._mark_own(record, coded.of, Mark("disregarded", record))
        elif coded.acts is Acts.HOLDING:
            mark = Mark("answered", record, Answer.HOLDING.name, coded.until)
            self._mark(record, coded.of, mark)

    def _alarm_asked(self, record: MessageRecord, of: Reference) -> None:
        """A counterpart asks whether a message arrived that none of our officers has read."""
        asked = self._messages.find(of.party, of.index)
        if record.party == self.own or of.party != record.party:
            return
        if asked is not None and self.own not in self.talk.unread_by(asked):
            return
        facts = {
            "party": record.party,
            "serial": self._messages.serial(of.party, of.index),
            "index": of.index,
        }
        precedence = Precedence.PRIORITY if asked is None else Precedence(asked.precedence)
        key = f"{of.party}/{of.index}"
        self._raise(QUERY_ACK, max(precedence, Precedence.PRIORITY), facts, key)

    def _must_pass_on(
        self, record: MessageRecord, side: Side, begins_at: int | None, *, holds: bool
    ) -> None:
        """Let those who act be told of what a message says of a site or a movement."""
        self._need_not_pass_on(side)
        if holds:
            timers = self._understanding.timers
            by_at = known_by(timers, record.precedence, record.at, begins_at)
            self.talk.expect(record, side, by_at)

    def _need_not_pass_on(self, side: Side) -> None:
        """What was said of a site or a movement is over, or said anew."""
        if (over := self.talk.let_go(side)) is not None:
            for party in over.record.recipients:
                self._end_not_passed_on_by(over.record, party)

    def _alarm_not_passed_on(self, until: int) -> None:
        for expected, missing in self.talk.overdue(until):
            record = expected.record
            facts = {**self._facts(record), "level": expected.level.name}
            for party in missing:
                told = {**facts, "by": party, "at": expected.by_at}
                key = _passing_key(record, party)
                self._raise(NOT_PASSED_ON, Precedence.IMMEDIATE, told, key)

    def _end_not_passed_on(self, record: MessageRecord, of: Reference) -> None:
        found = self._messages.find(of.party, of.index)
        passing = None if found is None else self.talk.passing(found)
        if found is None or passing is None or record.party in passing["not_passed_on"]:
            return
        self._end_not_passed_on_by(found, record.party)

    def _end_not_passed_on_by(self, record: MessageRecord, party: str) -> None:
        alarm_id = f"{NOT_PASSED_ON}/{_passing_key(record, party)}"
        self._tell_alarm(self._alarms.end(alarm_id, self._now))

    def _end_asked(self, marked: MessageRecord) -> None:
        if self.own not in self.talk.unread_by(marked):
            key = f"{marked.party}/{marked.index}"
            self._tell_alarm(self._alarms.end(f"{QUERY_ACK}/{key}", self._now))

    # Notices and conflicts.

    def _announced(self, party: str, name: str) -> NoticeRecord | None:
        """A notice or a movement by party and name."""
        held = self._movements if name.startswith(SIDE_PREFIX) else self._notices
        return held.of(party, name)

    def _take_notice(self, record: MessageRecord, entry: NoticeRecord | None) -> None:
        """Check anew a notice or a movement that changed."""
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
        self._end_anew(entry)
        self._show_notice(entry)

    def _pass_time(self, now: int) -> None:
        """Do what is due until now; time never goes back here, but by `set_back`."""
        self._now = max(self._now, now)
        # Most often no window does anything, and there is nothing to put in order.
        if self._notices.is_due(self._now) or self._movements.is_due(self._now):
            self._pass_time_of_windows()
        for record in self._private.advance(self._now):
            self._make_louder(self._now if record.over_at is None else record.over_at)
            self._tell_conflicts(self._conflicts.remove(record.side, self._now))
            self._show("private", self._private_json(record))
        self._make_louder(self._now)
        self._pass_time_of_places()
        for effect in self._state.advance(self._now):
            self._tell_effect(effect)
        for news in self._state.checked.advance(self._now):
            self._tell_check(news)
        for run_out in self._matters.advance(self._now):
            self._tell_run_out(run_out)
            self._show_matter(run_out.matter)
        self._alarm_not_passed_on(self._now)
        self._alarm_anew(self._now)
        for one in self._watches.advance(self._now):
            self._tell_watch(one)

    def _pass_time_of_windows(self) -> None:
        """Open and close the windows of notices and movements that are due until now."""
        windows = heapq.merge(
            self._notices.advance(self._now),
            self._movements.advance(self._now),
            key=lambda one: _edge_of(*one),
        )
        for entry, is_open in windows:
            # In the order of the clock, however long it was not looked at: what ends
            # now may have become imminent before.
            at = _edge_of(entry, is_open)
            self._make_louder(at)
            self._alarm_not_passed_on(at)
            self._alarm_anew(at)
            if is_open:
                self._alarm_unread(entry)
            else:
                self._tell_conflicts(self._conflicts.remove(entry.side, self._now))
                self._end_unread(entry)
                self._end_anew(entry)
                self._need_not_pass_on(entry.side)
            self._show_notice(entry)

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
            # Once for each time that its window opened: only a clock that was set opens it twice.
            key += f"/{entry.openings}" if entry.openings else ""
            entry.alarm_id = f"{IN_FORCE_UNREAD}/{key}"
            self._raise(IN_FORCE_UNREAD, Precedence.IMMEDIATE, facts, key)

    def _end_unread(self, entry: NoticeRecord, *, is_over: bool = False) -> None:
        is_over = is_over or not entry.is_live or not self._notices.unread_by(entry)
        if entry.alarm_id and is_over:
            self._tell_alarm(self._alarms.end(entry.alarm_id, self._now))
            entry.alarm_id = ""

    def _alarm_anew(self, until: int) -> None:
        """A notice became wider than what was answered, and no new answer came in time."""
        for held in (self._notices, self._movements):
            for entry, asked in held.overdue_anew(until):
                record = entry.newest.record
                facts = {
                    **self._facts(record),
                    "notice_id": entry.notice_id,
                    "by": asked["party"],
                    "answer": asked["answer"],
                    "version": asked["version"],
                    "due_at": asked["due_at"],
                }
                key = f"{entry.party}/{entry.notice_id}/{entry.newest.version}/{asked['party']}"
                entry.anew_ids += (f"{ANSWER_ANEW}/{key}",)
                precedence = max(Precedence(record.precedence), Precedence.PRIORITY)
                self._raise(ANSWER_ANEW, precedence, facts, key)

    def _end_anew(self, entry: NoticeRecord) -> None:
        """End the alarms of new answers that came, or are asked for no longer."""
        version = entry.newest.version
        asked = [f"/{version}/{one['party']}" for one in self._notices.asked_anew(entry)]
        over = [one for one in entry.anew_ids if not one.endswith(tuple(asked))]
        for alarm_id in over:
            self._tell_alarm(self._alarms.end(alarm_id, self._now))
        entry.anew_ids = tuple(one for one in entry.anew_ids if one not in over)

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
            self._watch.follow(conflict)
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
            "rule": conflict.encounter.rule,
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
        self._draft_violations(until)

    def _conflict_precedence(self, conflict: Conflict) -> Precedence:
        """FLASH when both are about to act, PRIORITY in an exercise, else IMMEDIATE."""
        if conflict.is_exercise:
            return Precedence.PRIORITY
        assert conflict.encounter.finding.verdict is not Verdict.CLEAR
        ahead_ms = conflict.encounter.finding.overlap_from - self._now
        is_near = ahead_ms < self._understanding.timers.imminent_ms
        return Precedence.FLASH if is_near else Precedence.IMMEDIATE

    def _movement_json(self, entry: NoticeRecord, load: Load | None = None) -> dict[str, Any]:
        conflicts = [conflict.id for conflict in self._conflicts.of(entry.side)]
        shown = self._movements.movement_json(entry, self._now, load)
        return {**shown, "conflicts": conflicts}

    def _notice_json(self, entry: NoticeRecord) -> dict[str, Any]:
        conflicts = [conflict.id for conflict in self._conflicts.of(entry.side)]
        return {**self._notices.to_json(entry, self._now), "conflicts": conflicts}

    # Matters and their clocks.

    def _take_matter(self, record: MessageRecord, message: Message) -> None:
        assert self._header is not None, "a message is being taken in"
        changed, run_out = self._matters.take(record, self._header, message, self._now)
        for key, call_facts in self.calls.take(record, message):
            self._raise(CALL_FINGERPRINT, Precedence.FLASH, call_facts, key)
        for matter in changed:
            if matter.subject.name == TELEPHONE.name:
                self._alarm_ring(matter, record)
            else:
                self._alarm_matter(matter, record)
            self._show_matter(matter)
        for one in run_out:
            self._tell_run_out(one)
        self._alarm_contact(record, message)
        if record.flags & Flag.OVER_CAP and not record.notice_id:
            facts = {"party": record.party}
            self._raise(MATTERS_UNLISTED, Precedence.IMMEDIATE, facts, "")

    def _alarm_contact(self, record: MessageRecord, message: Message) -> None:
        """What people must know of a call record or a publication."""
        name, facts = CALL_UNVERIFIED, None
        if isinstance(message, CallRecord):
            facts = unverified(message)
        elif isinstance(message, Readout):
            self._readouts.take(record, message)
            is_theirs = record.party != self.own
            name, facts = READOUT_DIFFERS, self._readouts.forged(record) if is_theirs else None
        if facts is not None:
            key = f"{record.party}/{record.epoch}/{record.index}"
            self._raise(name, Precedence.IMMEDIATE, {**self._facts(record), **facts}, key)

    def _alarm_ring(self, matter: Matter, record: MessageRecord) -> None:
        """A call that rings here sounds until it is taken, or is over."""
        is_for_us = self.own == matter.others[0] != matter.record.party
        is_ringing = matter.standings[matter.others[0]].state == TelephoneState.RINGING
        if not is_ringing:
            ended = self._alarms.end(f"{RINGING}/{matter.key}", self._now)
            if ended is not None and record.party == self.own:
                # Whoever takes or declines it has heard it.
                ended = self._alarms.acknowledge(ended.id, record.by, self._now)
            self._tell_alarm(ended)
        elif is_for_us and record is matter.record and (ring := self.calls.ring(matter)):
            facts = {**self._facts(record), "post": ring.post, "subject": ring.subject}
            self._raise(RINGING, Precedence(record.precedence), facts, matter.key)

    def _alarm_matter(self, matter: Matter, record: MessageRecord) -> None:
        """What is put to us stands until one of our officers has read or answered it."""
        opening = matter.record
        # Of a matter with a name, each thing that is put to us by a message that names it.
        puts = matter.name != "" and record.kind in matter.subject.opened_by
        if record.party == self.own:
            places = matter.happenings if matter.name else [opening]
            for one in places:
                key = f"{one.party}/{one.epoch}/{one.index}"
                self._tell_alarm(self._alarms.end(f"{MATTER}/{key}", self._now))
        elif (record is opening or puts) and Precedence.ROUTINE < record.precedence < _FLASH:
            facts = {**self._facts(record), **self._matter_facts(matter)}
            key = f"{record.party}/{record.epoch}/{record.index}"
            self._raise(MATTER, Precedence(record.precedence), facts, key)

    def _tell_run_out(self, run_out: RunOut) -> None:
        matter, clock = run_out.matter, run_out.clock
        if matter.subject.name == TELEPHONE.name:
            self._tell_alarm(self._alarms.end(f"{RINGING}/{matter.key}", self._now))
        key = f"{matter.key}~{run_out.other}~{clock.name}~{run_out.at}"
        if run_out.is_over:
            self._tell_alarm(self._alarms.end(f"{CLOCK}/{key}", self._now))
            return
        waited_for = self._matters.waited_for(matter, run_out.other)
        facts = {
            **self._matter_facts(matter),
            "clock": clock.name,
            "party": matter.record.party if clock.turn is Turn.OPENER else waited_for,
            "at": run_out.at,
            "tier": clock.tier,
            "tell": self.posts_to_tell(clock.tier or self._matters.tier_of(matter)),
        }
        precedence = max(clock.precedence, Precedence(matter.record.precedence))
        self._raise(CLOCK, precedence, facts, key, run_out.at)

    def _matter_facts(self, matter: Matter) -> dict[str, Any]:
        return {"subject": matter.subject.name, "matter": self._matters.id_of(matter)}

    def _show_hold(self, hold: Hold | None) -> None:
        if hold is not None and self._is_live:
            self._show("hold", hold.to_json())

    def _show_matter(self, matter: Matter) -> None:
        if self._is_live:
            self._show("matter", self._matters.to_json(matter, self._now))

    # Sites and zones.

    def _take_sites(self, record: MessageRecord, sites: Sites) -> None:
        for entry in self._sites.take(record, sites):
            is_protected = entry.body is not None and entry.body.is_protected
            self._must_pass_on(record, entry.side, None, holds=is_protected)
            self._check_standing([(entry.side, entry.occupied())])
            self._show_site(entry)

    def _take_zone(self, record: MessageRecord, zone: Zone) -> None:
        entry, sides = self._zones.take(record, zone, self._now)
        self._check_standing(sides)
        if entry is not None:
            self._show_zone(entry)

    def _check_standing(self, sides: Sides) -> None:
        """Check anew what sites and zones occupy from now on."""
        for side, occupied in sides:
            if occupied is None:
                self._tell_conflicts(self._conflicts.remove(side, self._now))
            else:
                self._conflicts.put(side, occupied, self._now)
        if sides:
            self._answer_questions()

    def _pass_time_of_places(self) -> None:
        """Do what is due of sites and zones until now."""
        for site in self._sites.advance(self._now):
            if site.party == self.own:
                self._alarm_due(site.newest.record, site.site_id, site.state(self._now))
            self._show_site(site)
        for zone, _, sides in self._zones.advance(self._now):
            if zone.party == self.own:
                state = self._zones.state(zone, self._now)
                self._alarm_due(zone.newest.record, zone.zone_id, state)
            self._check_standing(sides)
            self._show_zone(zone)

    def _alarm_due(self, record: MessageRecord, name: str, state: str) -> None:
        """Tell that sites or zones of ours are to be validated anew: one alarm for all."""
        if state in ("REVALIDATION_DUE", "LAPSED"):
            facts = {**self._facts(record), "first": name}
            self._raise(REVALIDATION_DUE, Precedence.PRIORITY, facts, "")

    def _draft_violations(self, until: int) -> None:
        """Draft what began until then in our zones without contact."""
        for draft in self._watch.advance(until, self._conflicts.find, self._newest_message):
            facts = {
                "party": draft["party"],
                "notice_id": draft["notice_id"],
                "zone_id": draft["zone_id"],
                "entered_at": draft["entered_at"],
                "draft": draft["id"],
            }
            precedence = Precedence.PRIORITY if draft["exercise"] else Precedence.IMMEDIATE
            self._raise(ZONE_ENTERED, precedence, facts, draft["id"])

    def _newest_message(self, side: Side) -> MessageRecord | None:
        entry = self._announced(*side)
        return None if entry is None else entry.newest.record

    def _show_site(self, entry: SiteRecord) -> None:
        if self._is_live:
            self._show("site", self._site_json(entry, with_doubts=False))

    def _show_zone(self, entry: ZoneRecord) -> None:
        if self._is_live:
            self._show("zone", self._zone_json(entry))

    def _site_json(
        self, entry: SiteRecord, load: Load | None = None, *, with_doubts: bool = True
    ) -> dict[str, Any]:
        found = self._conflicts.of(entry.side)
        shown = self._sites.to_json(entry, self._now, load, with_doubts=with_doubts)
        return {**shown, "conflicts": [conflict.id for conflict in found]}

    def _zone_json(self, entry: ZoneRecord) -> dict[str, Any]:
        found = [one for side in entry.sides for one in self._conflicts.of(side)]
        shown = self._zones.to_json(entry, self._now)
        return {**shown, "conflicts": [conflict.id for conflict in found]}

    # Watches, and what nobody has read.

    def _await(self, record: MessageRecord, message: Message) -> None:
        of = getattr(message, "of", None) or record.reply_to
        named = (of.party, of.index) if isinstance(of, Reference) else of
        assert self._header is not None, "a message is being taken in"
        target = None if named is None else self._messages.named_by(self._header, *named)
        self._awaiting.take(record, message, target)

    def _take_watch(self, record: MessageRecord, watch: Watch) -> None:
        for one in self._watches.take(record, watch, self._now):
            self._tell_watch(one)
        if record.party != self.own and not record.flags & Flag.NO_EFFECT:
            key = f"{record.party}/{watch.post}"
            if watch.change is Change.UNMANNED:
                facts = {**self._facts(record), "post": watch.post, "officer": watch.officer}
                self._raise(
                    UNMANNED, Precedence.IMMEDIATE, facts, f"{key}/{record.epoch}/{record.index}"
                )
            else:
                for alarm in self._alarms.end_all(UNMANNED, self._now, f"{UNMANNED}/{key}/"):
                    self._tell_alarm(alarm)
        self._show_watch(record.party, watch.post)

    def _tell_watch(self, run_out: WatchRunOut) -> None:
        """Tell that a handover is due, or that nobody took the watch in time."""
        party, post = run_out.watch.desk
        first = run_out.watch.happenings[0]
        key = f"watch/{post}/{first.epoch}/{first.index}~{run_out.clock.name}~{run_out.at}"
        if run_out.is_over:
            self._tell_alarm(self._alarms.end(f"{CLOCK}/{key}", self._now))
            return
        facts = {
            "subject": "watch",
            "matter": post,
            "clock": run_out.clock.name,
            "party": party,
            "at": run_out.at,
            "tier": run_out.clock.tier,
            "tell": self.posts_to_tell(run_out.clock.tier),
        }
        self._raise(CLOCK, run_out.clock.precedence, facts, key, run_out.at)
        self._show_watch(party, post)

    def _show_watch(self, party: str, post: str) -> None:
        if self._is_live:
            for row in self._watches.listed(self._now):
                if (row["party"], row["post"]) == (party, post):
                    self._show("watch", row)

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

    def _take_service(self, record: MessageRecord, service: Service) -> None:
        self._state.services.take(record, service)
        if record.party != self.own:
            facts = {**self._facts(record), **service_facts(service)}
            key = f"{record.party}/{record.epoch}/{record.index}"
            self._raise(SERVICE, Precedence.PRIORITY, facts, key)
        self._show_state()

    def _take_offer(self, record: MessageRecord, offer: ResumptionOffer) -> None:
        self._state.offers.take(record, offer)
        if record.party != self.own:
            facts = {
                **self._facts(record),
                "scopes": list(offer.scopes),
                "proposed_at": offer.proposed_at,
            }
            key = f"{record.party}/{record.epoch}/{record.index}"
            self._raise(RESUMPTION_OFFERED, Precedence.IMMEDIATE, facts, key)
        self._show_state()

    def _tell_check(self, news: Turned | CheckDue | CheckWaits) -> None:
        """Raise and end the alarms about people: theirs, and our own duty."""
        for alarm in check_alarms(news, self.own, self._standing_checks):
            if alarm.precedence is None:
                self._tell_alarm(self._alarms.end(f"{alarm.name}/{alarm.key}", self._now))
            else:
                self._raise(alarm.name, alarm.precedence, alarm.facts, alarm.key)
        self._show_state()

    def state_at(self, at: int) -> dict[str, Any]:
        """What was declared, and what line checks showed, at an instant that is over.

        As this node holds the record and dates it; what circuits showed is in the ticks.

        Raises:
            OurError: A party has declared more often than is gone through.
        """
        assert self.load is not None, "the past is read from the store"
        declared = {
            party: {scope: state.value for scope, state in scopes.items()}
            for party, scopes in self._state.declared_at(at, self.load).items()
        }
        return {"declared": declared, "answered": self._state.checked.states_at(at, self.load)}

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

    def _raise(
        self,
        name: str,
        precedence: Precedence,
        facts: dict[str, Any],
        key: str,
        at: int | None = None,
    ) -> None:
        """Raise an alarm: at the instant that brought it about, by default now."""
        at = self._now if at is None else at
        self._tell_alarm(self._alarms.raise_alarm(name, precedence, facts, at, key))

    def _tell_alarm(self, alarm: Alarm | None) -> None:
        if alarm is not None and self._is_live:
            self._show("alarm", alarm.to_json())

    def _show_notice(self, entry: NoticeRecord | None) -> None:
        if entry is None or not self._is_live:
            return
        if entry.notice_id.startswith(SIDE_PREFIX):
            self._show("movement", self._movement_json(entry))
        else:
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


def _passing_key(record: MessageRecord, party: str) -> str:
    """What is alarmed when a party has not passed on a message."""
    return f"{record.party}/{record.epoch}/{record.index}~{party}"


def _edge_of(entry: NoticeRecord, is_open: bool) -> int:
    """When a window of a notice or movement opened or closed."""
    at = entry.newest.valid_from if is_open else entry.newest.valid_until
    return at or 0
