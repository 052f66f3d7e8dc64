"""Notices: each with its versions, its state with every party, its lead time.

What a notice is and how it lives is in `domain.talk.notice` and `.life`; here
is which notices there are. Words and volumes are kept while a notice is live,
after that only what a list shows. Rules:

1. A version counts if it is higher than those before it and the notice has not
   ended. What comes too late is recorded and flagged NO_EFFECT.
2. A lower version that comes behind a higher one, because a FLASH overtook it,
   is part of the history.
3. Beyond the agreed number of live notices of one party, or beyond
   `LIVE_VERTICES_MAX`, a notice is listed and flagged OVER_CAP, not checked.
4. A volume that cannot be is not checked; the notice is flagged UNCHECKED.
5. An answer in substance counts for a later version as long as versions only narrow what it
   answered (`domain.talk.notice_change`), from when a person has read that version. What may
   be wider asks for a new answer, by the time agreed for answers and before the window opens.
   A version that came in out of order counts as wider, and so does the one behind it.
"""

import heapq
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from openline.domain.conduct.clock import known_by
from openline.domain.limits import LIVE_VERTICES_MAX, VERSIONS_KEPT
from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence
from openline.domain.space.volume import Volume, VolumeDoesNotHold, check_volume
from openline.domain.talk.kinds import Kind
from openline.domain.talk.lead_time import lead_class, lead_time_ms
from openline.domain.talk.life import NOTICE_LIFE, NoticeEvent, NoticeState
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.movement import Movement
from openline.domain.talk.notice import Notice, Operation
from openline.domain.talk.notice_change import Widening, widening
from openline.engine.conflict_view import Occupied, Side
from openline.engine.message_view import Flag, Mark, MessageRecord, MessageView, flag_names

Load: TypeAlias = Callable[[str, int, int], Message | Unreadable]
"""Reads a message from the store by author, index and epoch of the outbox."""

_OPENED: Final = 0
_CLOSED: Final = 1
_AGENDA_SLACK: Final = 1_024

_IN_SUBSTANCE: Final = frozenset({"NOTED", "QUERIED", "OBJECTED", "UNABLE"})
_ANSWERS: Final = _IN_SUBSTANCE | {"HOLDING", "DECLINED"}

BY_ATTENTION: Final = (
    NoticeState.IN_FORCE_UNREAD,
    NoticeState.SENT,
    NoticeState.DELIVERED,
    NoticeState.OBJECTED,
    NoticeState.UNABLE,
    NoticeState.QUERIED,
    NoticeState.READ,
    NoticeState.NOTED,
    NoticeState.IN_FORCE,
    NoticeState.COMPLETED,
    NoticeState.EXPIRED,
    NoticeState.REPLACED,
    NoticeState.CANCELLED,
    NoticeState.WITHDRAWN,
)
"""Of several parties' states the one that a person should look at comes first."""


class NoticeVersion:
    """One version of a notice, without its words and volumes.

    Attributes:
        record: The message that says it.
        version: Its number.
        operation: New, a replacement or a cancellation.
        category: Names a lead time.
        valid_from: The earliest start of its windows; None in a cancellation.
        valid_until: The latest end of its windows; None in a cancellation.
        undelivered: Of a cancellation, the parties that had not yet receipted
            the version before it: for them the notice is withdrawn.
        widened: In what it may be wider than the version before it; empty if in nothing.
    """

    __slots__ = (
        "category",
        "operation",
        "record",
        "undelivered",
        "valid_from",
        "valid_until",
        "version",
        "widened",
    )

    def __init__(self, record: MessageRecord, notice: Notice) -> None:
        self.record = record
        self.version = notice.version
        self.operation = notice.operation
        self.category = notice.category
        self.valid_from = notice.valid_from
        self.valid_until = notice.valid_until
        self.undelivered: tuple[str, ...] = ()
        self.widened: tuple[Widening, ...] = ()


class NoticeRecord:
    """One notice of one party.

    Attributes:
        party: Whose it is.
        notice_id: The party's own name for it.
        position: Its number among the notices of all parties, from 1, as they came first.
        kind: What acts, as the last version with volumes says.
        scope: The scope it belongs to.
        is_exercise: Whether it is for an exercise only.
        versions: The last ones in order of their numbers; each number once.
        body: The last version with volumes, while it is live and within the cap.
        is_live: Whether it is neither ended, cancelled nor over.
        alarm_id: The alarm that it is in force and unread, while that lasts.
        openings: How often its window opened by a clock that had run ahead.
        anew_ids: The alarms that a new answer is overdue, while they last.
    """

    __slots__ = (
        "alarm_id",
        "anew_ids",
        "body",
        "is_exercise",
        "is_live",
        "kind",
        "notice_id",
        "openings",
        "party",
        "position",
        "scope",
        "versions",
    )

    def __init__(self, party: str, notice: Notice, position: int) -> None:
        self.party = party
        self.position = position
        self.notice_id = notice.notice_id
        self.kind = notice.kind
        self.scope = notice.scope
        self.is_exercise = notice.exercise
        self.versions: list[NoticeVersion] = []
        self.body: Notice | None = None
        self.is_live = False
        self.alarm_id = ""
        self.openings = 0
        self.anew_ids: tuple[str, ...] = ()

    @property
    def side(self) -> Side:
        """What it is called among the notices of all parties."""
        return self.party, self.notice_id

    @property
    def newest(self) -> NoticeVersion:
        """The version of the highest number."""
        return self.versions[-1]

    @property
    def cancellation(self) -> NoticeVersion | None:
        """The version that cancels it, if one does."""
        return self.newest if self.newest.operation is Operation.CANCEL else None

    @property
    def shown(self) -> NoticeVersion:
        """The newest version with volumes; a cancellation if no other is known."""
        with_volumes = [v for v in self.versions if v.operation is not Operation.CANCEL]
        return with_volumes[-1] if with_volumes else self.newest

    def has_ended(self, now: int) -> bool:
        """Whether nothing can change it any more."""
        until = self.newest.valid_until
        return self.cancellation is not None or (until is not None and until <= now)


class NoticeView:
    """All notices of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView, understanding: Understanding) -> None:
        self._messages = messages
        self._understanding = understanding
        self._notices: dict[Side, NoticeRecord] = {}
        self._live: dict[Side, NoticeRecord] = {}
        self._counts_of: dict[str, int] = {}
        # Of each party the checked live notices and how many vertices they have.
        self._checked: dict[str, dict[str, int]] = {}
        self._vertices: dict[str, int] = {}
        # Instants at which a window opens or closes: (at, order, what, side, version).
        self._agenda: list[tuple[int, int, int, Side, int]] = []
        self._order = 0
        # Versions that came when their notices were over, in the order in which they came.
        self._late: dict[Side, list[MessageRecord]] = {}
        # When a new answer may be due: (at, side, version). Some entries are of the past.
        self._anew: list[tuple[int, Side, int]] = []
        # Of every notice, by position of its message, what statistics count: also of those
        # that changed nothing, so that nothing has to be read again.
        self._leads: dict[int, tuple[str, int | None]] = {}
        self._categories: dict[str, str] = {}

    def amend(self, understanding: Understanding) -> None:
        """Go on with other terms; what was taken in stays as it was judged."""
        self._understanding = understanding

    def lead_of(self, position: int) -> tuple[str, int | None]:
        """Category and start of the windows of the notice that a message says."""
        return self._leads.get(position, ("", None))

    def take(self, record: MessageRecord, notice: Notice, now: int) -> NoticeRecord | None:
        """Take in one version; the notice if it counts now, None if it changes nothing."""
        side = (record.party, notice.notice_id)
        record.notice_id = notice.notice_id
        category = self._categories.setdefault(notice.category, notice.category)
        self._leads[record.position] = (category, notice.valid_from)
        entry = self._notices.get(side)
        if entry is None:
            entry = NoticeRecord(record.party, notice, len(self._notices) + 1)
            self._notices[side] = entry
            self._counts_of[record.party] = self.count(record.party) + 1
        elif not self._counts(entry, record, notice, now):
            return None
        version = NoticeVersion(record, notice)
        if notice.operation is Operation.CANCEL and entry.versions:
            version.undelivered = self._undelivered(entry.newest.record)
        if notice.operation is Operation.REPLACE and entry.versions:
            version.widened = widening(entry.body, notice)
        entry.versions.append(version)
        del entry.versions[:-VERSIONS_KEPT]
        self._release(entry)
        if notice.operation is not Operation.CANCEL:
            entry.kind, entry.scope = notice.kind, notice.scope
            entry.is_exercise = notice.exercise
            if version.valid_until is not None and now < version.valid_until:
                self._make_live(entry, notice)
        for asked in self.asked_anew(entry):
            heapq.heappush(self._anew, (asked["due_at"], entry.side, version.version))
        return entry

    def occupied(self, entry: NoticeRecord) -> Occupied | None:
        """What a live notice occupies; None if it is not to be checked."""
        if entry.body is None:
            return None
        volumes = sound_volumes(entry.body.volumes)
        if len(volumes) < len(entry.body.volumes):
            entry.newest.record.flags |= Flag.UNCHECKED
        return Occupied(entry.body.version, entry.kind, entry.is_exercise, volumes)

    def revive(
        self,
        now: int,
        before: int,
        load: Callable[[MessageRecord], Notice | Movement | None],
    ) -> Iterator[NoticeRecord]:
        """The notices that are not what they were by a clock that ran ahead, put right.

        Args:
            now: The present instant.
            before: What the clock said before it was set back.
            load: What a version says; None where it cannot be read.
        """
        for entry in list(self._notices.values()):
            is_changed = self._take_late(entry, now, load)
            newest = entry.newest
            until, start = newest.valid_until, newest.valid_from
            if entry.cancellation is not None or until is None or until <= now:
                if is_changed:
                    yield entry
            elif not entry.is_live:
                entry.openings += start is not None and start <= before
                said = load(newest.record)
                if said is not None:
                    self._make_live(entry, _as_notice(said))
                    self._keep_body(entry, said)
                yield entry
            elif start is not None and now < start <= before:
                # Its window had opened, and opens once more.
                entry.openings += 1
                self._remember(start, _OPENED, entry)
                yield entry
            elif is_changed:
                yield entry

    def _take_late(
        self,
        entry: NoticeRecord,
        now: int,
        load: Callable[[MessageRecord], Notice | Movement | None],
    ) -> bool:
        """Take in what came too late by a clock that ran ahead; whether any counts."""
        is_changed = False
        for record in self._late.pop(entry.side, ()):
            said = load(record)
            if said is not None:
                record.flags &= ~Flag.NO_EFFECT
                taken = self.take(record, _as_notice(said), now)
                if taken is not None:
                    self._keep_body(entry, said)
                    is_changed = True
        return is_changed

    def _keep_body(self, entry: NoticeRecord, said: Notice | Movement) -> None:
        """Keep what a live notice says beside what `_make_live` keeps; here nothing."""

    def is_due(self, now: int) -> bool:
        """Whether a window may have opened or closed until now."""
        return bool(self._agenda) and self._agenda[0][0] <= now

    def advance(self, now: int) -> Iterator[tuple[NoticeRecord, bool]]:
        """The notices whose windows opened (True) or closed (False) until now, in order."""
        while self._agenda and self._agenda[0][0] <= now:
            _, _, what, side, version = heapq.heappop(self._agenda)
            entry = self._notices[side]
            if not entry.is_live or entry.newest.version != version:
                continue
            if what == _CLOSED:
                self._release(entry)
            yield entry, what == _OPENED

    def earlier_answers(self, entry: NoticeRecord) -> Iterator[dict[str, Any]]:
        """The answers to earlier versions that still count, or are asked for anew."""
        if entry.cancellation is not None:
            return
        for party in self._parties(entry, entry.newest):
            mark, version = self._kept(entry, entry.newest, party)
            if mark is not None and version is not None:
                yield self._earlier_json(mark, version)
        yield from self.asked_anew(entry)

    def asked_anew(self, entry: NoticeRecord) -> Iterator[dict[str, Any]]:
        """Whose earlier answer counts no more, and when a new one is due."""
        places = [n for n, version in enumerate(entry.versions) if version.widened]
        if not places or not entry.is_live:
            return
        before, since = entry.versions[: places[-1]], entry.versions[places[-1] :]
        for party in self._parties(entry, entry.newest):
            found = [(mark, one) for one in before for mark in self._substance(one, party)]
            said = [m for one in since for m in self._answers(one.record) if m.party == party]
            if not found or any(mark.said != "HOLDING" for mark in said):
                continue
            mark, version = found[-1]
            record = since[0].record
            timers, begins_at = self._understanding.timers, entry.newest.valid_from
            due_at = known_by(timers, record.precedence, record.at, begins_at)
            after = entry.versions[entry.versions.index(version) + 1 :]
            widened = [one for one in Widening if any(one in later.widened for later in after)]
            yield {
                **self._earlier_json(mark, version),
                "counts": False,
                "widened": [one.value for one in widened],
                "due_at": max([due_at, *(mark.until or 0 for mark in said)]),
            }

    def _earlier_json(self, mark: Mark, version: NoticeVersion) -> dict[str, Any]:
        return {
            "party": mark.party,
            "answer": mark.said,
            "version": version.version,
            "serial": self._messages.serial(mark.party, mark.index),
            "counts": True,
            "widened": [],
            "due_at": None,
        }

    def overdue_anew(self, until: int) -> Iterator[tuple[NoticeRecord, dict[str, Any]]]:
        """The new answers that were due by an instant and did not come; each once."""
        while self._anew and self._anew[0][0] <= until:
            _, side, number = heapq.heappop(self._anew)
            entry = self._notices[side]
            for asked in self.asked_anew(entry) if entry.newest.version == number else ():
                if asked["due_at"] <= until:
                    yield entry, asked
                else:
                    # Somebody has said since until when the answer follows.
                    heapq.heappush(self._anew, (asked["due_at"], side, number))

    def due(self) -> list[dict[str, Any]]:
        """The new answers that are asked for, in the form of `MatterView.due`."""
        return [
            {
                "matter": self._serial(entry.newest.record),
                "subject": "message",
                "clock": "anew",
                "at": asked["due_at"],
                "party": asked["party"],
                "precedence": Precedence(entry.newest.record.precedence).name,
                "tier": 0,
                "message": {
                    "party": entry.party,
                    "epoch": entry.newest.record.epoch,
                    "index": entry.newest.record.index,
                },
            }
            for entry in self._live.values()
            for asked in self.asked_anew(entry)
        ]

    def unread_by(self, entry: NoticeRecord) -> list[str]:
        """The parties addressed whose officers have not read the newest version."""
        record = entry.newest.record
        return [
            party
            for party in record.recipients
            if party != record.party
            and record.read_at(party) is None
            and self._answers_for(record, party)
        ]

    def find(self, notice_id: str) -> NoticeRecord | None:
        """A notice by `ID`, our own first, or by `party/ID`."""
        party, parting, name = notice_id.rpartition("/")
        if parting:
            return self._notices.get((party, name))
        own = self._notices.get((self._messages.own, notice_id))
        others = (self._notices.get((party, notice_id)) for party in self._understanding.names())
        return own or next((entry for entry in others if entry is not None), None)

    def of(self, party: str, notice_id: str) -> NoticeRecord | None:
        """A party's notice by its id."""
        return self._notices.get((party, notice_id))

    def live_count(self, party: str) -> int:
        """How many checked live notices a party has."""
        return len(self._checked.get(party, ()))

    def count(self, party: str) -> int:
        """How many notices a party ever issued."""
        return self._counts_of.get(party, 0)

    def listed(self, *, live_only: bool, after: int) -> list[NoticeRecord]:
        """The live notices, or all, after a position, as they came first.

        A new version leaves a notice where it was, so that nobody who goes from one
        position to the next misses any.
        """
        if not live_only:
            return list(self._notices.values())[after:]
        live = (entry for entry in self._live.values() if entry.position > after)
        return sorted(live, key=lambda entry: entry.position)

    def state_with(
        self, entry: NoticeRecord, version: NoticeVersion, party: str, now: int
    ) -> NoticeState:
        """Where one version stands with one party: a fold of what happened to it."""
        state = NoticeState.SENT
        for _, _, event in sorted(self._events(entry, version, party, now)):
            # What cannot happen in a state has come too late to matter there.
            state = NOTICE_LIFE[state].get(event, state)
        return state

    def to_json(self, entry: NoticeRecord, now: int) -> dict[str, Any]:
        """The notice as faces show it; instants in milliseconds."""
        shown = entry.shown
        states = self._states(entry, shown, now)
        return {
            "party": entry.party,
            "notice_id": entry.notice_id,
            "position": entry.position,
            "version": entry.newest.version,
            "operation": entry.newest.operation.name,
            "serial": self._serial(entry.newest.record),
            "index": entry.newest.record.index,
            "is_live": entry.is_live,
            "state": _gravest(states),
            "states": states,
            "category": shown.category,
            "kind": entry.kind,
            "scope": entry.scope,
            "exercise": entry.is_exercise,
            "valid_from": shown.valid_from,
            "valid_until": shown.valid_until,
            **self._lead(shown),
            "responses": list(self._responses(entry)),
            "earlier_answers": list(self.earlier_answers(entry)),
            "flags": flag_names(entry.newest.record.flags),
            "versions": [self._version_json(entry, version, now) for version in entry.versions],
            "content": None if entry.body is None else entry.body.to_json(),
        }

    def row(self, entry: NoticeRecord, now: int) -> dict[str, Any]:
        """The notice in one row of a list: no versions, no words."""
        shown = entry.shown
        return {
            "party": entry.party,
            "notice_id": entry.notice_id,
            "version": entry.newest.version,
            "state": _gravest(self._states(entry, shown, now)),
            "category": shown.category,
            "valid_from": shown.valid_from,
            "valid_until": shown.valid_until,
        }

    def _counts(self, entry: NoticeRecord, record: MessageRecord, notice: Notice, now: int) -> bool:
        """Whether a version changes a notice that is known (rules 1 and 2)."""
        newest = entry.newest
        if notice.version > newest.version and not entry.has_ended(now):
            return notice.operation is not Operation.NEW or self._refuse(record)
        is_overtaken = (record.epoch, record.index) < (newest.record.epoch, newest.record.index)
        numbers = [version.version for version in entry.versions]
        if is_overtaken and notice.version not in numbers:
            overtaken = NoticeVersion(record, notice)
            entry.versions.append(overtaken)
            entry.versions.sort(key=lambda version: version.version)
            place = entry.versions.index(overtaken)
            for version in entry.versions[max(place, 1) : place + 2]:
                if version.operation is Operation.REPLACE:
                    version.widened = tuple(Widening)
            del entry.versions[:-VERSIONS_KEPT]
            return False
        if notice.version > newest.version and entry.cancellation is None:
            # By the clock it is over; should that have run ahead, it may count yet.
            self._late.setdefault(entry.side, []).append(record)
        return self._refuse(record)

    @staticmethod
    def _refuse(record: MessageRecord) -> bool:
        record.flags |= Flag.NO_EFFECT
        return False

    def _make_live(self, entry: NoticeRecord, notice: Notice) -> None:
        entry.is_live = True
        self._live[entry.side] = entry
        vertices = sum(len(volume.vertices) for volume in notice.volumes)
        checked = self._checked.setdefault(entry.party, {})
        total = self._vertices.get(entry.party, 0) + vertices
        if len(checked) >= self._understanding.notices_live_max or total > LIVE_VERTICES_MAX:
            entry.newest.record.flags |= Flag.OVER_CAP
        else:
            entry.body = notice
            checked[entry.notice_id] = vertices
            self._vertices[entry.party] = total
        assert entry.newest.valid_from is not None
        assert entry.newest.valid_until is not None
        self._remember(entry.newest.valid_from, _OPENED, entry)
        self._remember(entry.newest.valid_until, _CLOSED, entry)

    def _release(self, entry: NoticeRecord) -> None:
        """Let go of what only a live notice keeps."""
        entry.is_live = False
        entry.body = None
        self._live.pop(entry.side, None)
        vertices = self._checked.get(entry.party, {}).pop(entry.notice_id, 0)
        if vertices:
            self._vertices[entry.party] -= vertices

    def _remember(self, at: int, what: int, entry: NoticeRecord) -> None:
        if len(self._agenda) > 4 * len(self._live) + _AGENDA_SLACK:
            self._agenda = [due for due in self._agenda if self._is_due_still(due)]
            heapq.heapify(self._agenda)
        self._order += 1
        heapq.heappush(self._agenda, (at, self._order, what, entry.side, entry.newest.version))

    def _is_due_still(self, due: tuple[int, int, int, Side, int]) -> bool:
        entry = self._live.get(due[3])
        return entry is not None and entry.newest.version == due[4]

    def _answers_for(self, record: MessageRecord, party: str) -> bool:
        """Whether this node can know who read it: we of theirs, or they of ours."""
        return self._messages.own in (record.party, party)

    def _states(self, entry: NoticeRecord, version: NoticeVersion, now: int) -> dict[str, str]:
        return {
            party: self.state_with(entry, version, party, now).value
            for party in self._parties(entry, version)
        }

    def _parties(self, entry: NoticeRecord, version: NoticeVersion) -> list[str]:
        """The parties whose doings with a version this node can know."""
        own = self._messages.own
        if entry.party != own:
            return [own]
        return [party for party in version.record.recipients if party != own]

    def _events(
        self, entry: NoticeRecord, version: NoticeVersion, party: str, now: int
    ) -> Iterator[tuple[int, int, NoticeEvent]]:
        """What happened to one version with one party.

        With each event its instant, and its order among those of one instant.
        """
        record = version.record
        delivered_at = self._messages.delivered(record).get(party)
        if delivered_at is not None:
            yield delivered_at, 0, NoticeEvent.DELIVERED
        read_at = record.read_at(party)
        if read_at is not None:
            yield read_at, 1, NoticeEvent.READ
        for mark in self._answers(record):
            if mark.party == party and mark.said in _ANSWERS:
                yield mark.received_at, 2, NoticeEvent(mark.said)
        kept, _ = self._kept(entry, version, party)
        if kept is not None and read_at is not None:
            yield max(kept.received_at, read_at), 2, NoticeEvent(kept.said)
        if version.valid_from is not None and version.valid_from <= now:
            yield max(version.valid_from, record.received_at), 3, NoticeEvent.WINDOW_OPENED
        if version.valid_until is not None and version.valid_until <= now:
            yield max(version.valid_until, record.received_at), 5, NoticeEvent.WINDOW_CLOSED
        later = entry.versions[entry.versions.index(version) + 1 :]
        if later:
            at = max(later[0].record.received_at, record.received_at)
            yield at, 4, _end_by(later[0], party)

    def _kept(
        self, entry: NoticeRecord, version: NoticeVersion, party: str
    ) -> tuple[Mark | None, NoticeVersion | None]:
        """The last answer that a version keeps, and the version it was given to."""
        place = entry.versions.index(version)
        is_answered = any(self._substance(version, party))
        if version.operation is Operation.CANCEL or is_answered:
            return None, None
        for later, earlier in zip(
            entry.versions[place:0:-1], entry.versions[place - 1 :: -1], strict=False
        ):
            if later.widened:
                break
            if marks := self._substance(earlier, party):
                return marks[-1], earlier
        return None, None

    def _substance(self, version: NoticeVersion, party: str) -> list[Mark]:
        """The answers of a party to a version that say something of it."""
        answers = self._answers(version.record)
        return [one for one in answers if one.party == party and one.said in _IN_SUBSTANCE]

    def _undelivered(self, record: MessageRecord) -> tuple[str, ...]:
        delivered = self._messages.delivered(record)
        return tuple(party for party in record.recipients if party not in delivered)

    def _lead(self, version: NoticeVersion) -> dict[str, Any]:
        """The lead time, which counts at the receiver; None while nobody has received it."""
        received_at = self._first_receipt_at(version.record)
        if received_at is None or version.valid_from is None:
            return {"lead_time_ms": None, "lead_class": None}
        kind = lead_class(version.category, version.valid_from, received_at, self._understanding)
        return {
            "lead_time_ms": lead_time_ms(version.valid_from, received_at),
            "lead_class": kind.value,
        }

    def _first_receipt_at(self, record: MessageRecord) -> int | None:
        return min(self._messages.delivered(record).values(), default=None)

    def _answers(self, record: MessageRecord) -> Iterator[Mark]:
        """The responses to a version; what answers other things answers no notice."""
        for mark in record.marks_of("answered"):
            by = self._messages.find(mark.party, mark.index, mark.epoch)
            if by is not None and by.kind == Kind.RESPONSE:
                yield mark

    def _responses(self, entry: NoticeRecord) -> Iterator[dict[str, Any]]:
        for version in entry.versions:
            for mark in self._answers(version.record):
                shown: dict[str, Any] = {
                    "party": mark.party,
                    "answer": mark.said,
                    "version": version.version,
                    "post": mark.by[0],
                    "officer": mark.by[1],
                    "at": mark.at,
                    "received_at": mark.received_at,
                    "index": mark.index,
                    "serial": self._messages.serial(mark.party, mark.index),
                    "holding_until": mark.until,
                }
                yield shown

    def _version_json(
        self, entry: NoticeRecord, version: NoticeVersion, now: int
    ) -> dict[str, Any]:
        record = version.record
        return {
            "version": version.version,
            "operation": version.operation.name,
            "serial": self._serial(record),
            "index": record.index,
            "at": record.at,
            "recorded_at": record.received_at if record.party == self._messages.own else None,
            "received_at": None if record.party == self._messages.own else record.received_at,
            "delivered": self._messages.delivered(record),
            "valid_from": version.valid_from,
            "valid_until": version.valid_until,
            "states": self._states(entry, version, now),
            **self._lead(version),
            "flags": flag_names(record.flags),
        }

    def _serial(self, record: MessageRecord) -> str:
        return self._messages.serial(record.party, record.index)


def _as_notice(said: Notice | Movement) -> Notice:
    return said.as_notice() if isinstance(said, Movement) else said


def sound_volumes(volumes: tuple[Volume, ...]) -> tuple[tuple[int, Volume], ...]:
    """The volumes that can be, with their numbers from 1."""
    sound = []
    for number, volume in enumerate(volumes, start=1):
        try:
            check_volume(volume)
        except VolumeDoesNotHold:
            continue
        sound.append((number, volume))
    return tuple(sound)


def _end_by(later: NoticeVersion, party: str) -> NoticeEvent:
    """How a version ends the one before it for one party."""
    if later.operation is not Operation.CANCEL:
        return NoticeEvent.REPLACED
    return NoticeEvent.WITHDRAWN if party in later.undelivered else NoticeEvent.CANCELLED


def _gravest(states: dict[str, str]) -> str:
    """The state that a person should look at first."""
    return min(states.values(), key=BY_ATTENTION.index, default=NoticeState.SENT.value)
