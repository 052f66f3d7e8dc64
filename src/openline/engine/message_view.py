"""Messages: what each party said on the line, and what became of it.

One small record for each message, without its words: those are read from the
store when somebody asks. Marks are kept apart as the field keeps them apart:
recorded and delivered are machines' doing, reading, reading back and answering
are done by named officers (`docs/concepts/receipt.md`). Everything is recorded;
what is doubtful is flagged, never dropped (`docs/spec/README.md`).

Time: `at` is what the author claims, everything else is this node's clock, but
for `delivered`, which is the counterpart's cosignature.
"""

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from enum import IntFlag
from typing import Any, Final

from openline.domain.limits import MARKS_PER_MESSAGE_MAX, MARKS_WAITING_MAX
from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence, outbox_name, parse_origin
from openline.domain.record.envelope import Header
from openline.domain.talk.kinds import Kind

_INTERNED_MAX: Final = 4_096
"""Officers and groups of recipients that are kept once each."""


class Flag(IntFlag):
    """What is doubtful about a message; it counts all the same."""

    BACKDATED = 1
    """Its author dates it before what the author had said or seen already."""
    POSTDATED = 2
    """Its author dates it later than it was received."""
    UNREADABLE = 4
    """This program cannot read its content."""
    DOUBTFUL = 8
    """Something in it should not be, such as a direction control in the text."""
    NOT_TRUSTED = 16
    """Signed by a key that was revoked from an earlier entry on, or after a fork."""
    OVER_CAP = 32
    """A notice beyond the agreed number of live ones: not checked for conflicts."""
    UNCHECKED = 64
    """A notice with a volume that cannot be: that volume is not checked."""
    NO_EFFECT = 128
    """A notice that comes after its end or repeats a version: it changes nothing."""
    UNKNOWN_BOOK = 4096
    """A coded message under another code book than the line has, or than this node holds."""
    DISOWNED = 256
    """Its author went on in a new outbox, after a head that does not cover it."""


class Mark:
    """Something an officer did to a message, by a message of their own.

    Attributes:
        name: `read`, `read_back` or `answered`; or one of `TALK_MARKS`.
        party: Whose officer.
        epoch: Which of the party's outboxes has the message that does it.
        index: Serial number of the message that does it.
        at: When, as that party claims.
        received_at: When this node had it.
        by: Post and officer.
        said: The answer or the verdict, if there is one.
        until: Until when an answer is held back.
        happened_at: When that was done which it tells of, as that party claims.
    """

    __slots__ = (
        "at",
        "by",
        "epoch",
        "happened_at",
        "index",
        "name",
        "party",
        "received_at",
        "said",
        "until",
    )

    def __init__(
        self,
        name: str,
        record: "MessageRecord",
        said: str = "",
        until: int | None = None,
        happened_at: int | None = None,
    ) -> None:
        self.name = name
        self.party = record.party
        self.epoch = record.epoch
        self.index = record.index
        self.at = record.at
        self.received_at = record.received_at
        self.by = record.by
        self.said = said
        self.until = until
        self.happened_at = happened_at


TALK_MARKS: Final = ("corrected", "asked", "passed_on", "translated", "gist", "disregarded")
"""What is said about single messages beside answers to them, by what a mark is called."""


class MessageRecord:
    """One message without its content.

    Attributes:
        position: Running number on this node, from 1.
        party: The author.
        epoch: Which of the author's outboxes.
        index: Position in it: the serial number.
        kind: Number of the kind.
        at: When the author says it was written.
        received_at: When this node had it on disk.
        precedence: How fast it was to go.
        reply_to: Author and index of the message it is about.
        recipients: Parties addressed; only those that are parties to the line.
        circuit: On which it came; empty for our own.
        by: Post and officer; empty where no person speaks.
        notice_id: Of a notice, its id; of a movement or a zone with its sort before it.
        flags: What is doubtful about it.
        marks: What officers did with it, in order.
    """

    __slots__ = (
        "at",
        "by",
        "circuit",
        "epoch",
        "flags",
        "index",
        "kind",
        "marks",
        "notice_id",
        "party",
        "position",
        "precedence",
        "received_at",
        "recipients",
        "reply_to",
    )

    def __init__(self, position: int, header: Header, received_at: int, circuit: str) -> None:
        self.position = position
        self.party = header.party
        self.epoch = header.epoch
        self.index = header.index
        self.kind = header.kind
        self.at = received_at if header.at == received_at else header.at
        self.received_at = received_at
        self.precedence = header.precedence
        self.reply_to = header.reply_to
        self.recipients = header.recipients
        self.circuit = circuit
        self.by = ("", "")
        self.notice_id = ""
        self.flags = 0
        self.marks: list[Mark] | None = None

    def marks_of(self, name: str) -> Iterator[Mark]:
        """The marks of one sort, in order."""
        return (mark for mark in self.marks or () if mark.name == name)

    def read_at(self, party: str) -> int | None:
        """When a party's officer first showed to have read it, here; None if none did."""
        return next((m.received_at for m in self.marks or () if m.party == party), None)


class _Receipts:
    """What one counterpart has receipted of our outbox: sizes and times, growing."""

    __slots__ = ("_at", "_sizes")

    def __init__(self) -> None:
        self._sizes = array("q")
        self._at = array("q")

    @property
    def size(self) -> int:
        """How many of our entries it has receipted."""
        return self._sizes[-1] if self._sizes else 0

    def add(self, size: int, at: int) -> None:
        """Take in a receipt that covers more than the last one."""
        self._sizes.append(size)
        self._at.append(at)

    def at(self, index: int) -> int | None:
        """When the first receipt came that covers the index; None if none does."""
        place = bisect_right(self._sizes, index)
        return self._at[place] if place < len(self._sizes) else None


class MessageView:
    """All messages of one line, in the order in which they became durable here.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, own: str, understanding: Understanding) -> None:
        self.own = own
        self._line = understanding.line
        self._clock_tolerance_ms = understanding.timers.clock_tolerance_ms
        self._names = understanding.names()
        self._labels = _labels(self._names)
        self._all: list[MessageRecord] = []
        # For each party its outboxes by epoch, the newest last.
        self._outboxes: dict[str, dict[int, dict[int, MessageRecord]]] = {}
        self._last: dict[tuple[str, int], tuple[int, int]] = {}
        # What each counterpart has receipted of each of our outboxes, by epoch.
        self._receipts: dict[str, dict[int, _Receipts]] = {
            name: {} for name in understanding.names() if name != own
        }
        self._waiting: OrderedDict[tuple[str, int], list[Mark]] = OrderedDict()
        self._interned: dict[Any, Any] = {}

    def amend(self, understanding: Understanding) -> None:
        """Judge the times of later messages by the new tolerance."""
        self._clock_tolerance_ms = understanding.timers.clock_tolerance_ms

    def add(self, header: Header, received_at: int, circuit: str) -> MessageRecord | None:
        """Take in a message; None if it is here already."""
        outbox = self._outboxes.setdefault(header.party, {}).setdefault(header.epoch, {})
        if header.index in outbox:
            return None
        record = MessageRecord(len(self._all) + 1, header, received_at, circuit)
        record.party = self._once(record.party)
        record.circuit = self._once(circuit)
        record.flags = self._date_flags(header, received_at, outbox)
        known = tuple(name for name in record.recipients if name in self._names)
        if known != record.recipients:
            record.flags |= Flag.DOUBTFUL
        record.recipients = self._once(known)
        self._all.append(record)
        outbox[record.index] = record
        waiting = self._waiting.pop((record.party, record.index), None)
        for mark in waiting or ():
            if self.is_made_up(record, mark.received_at):
                self._doubt(mark)
            else:
                self._attach(record, mark)
        return record

    def is_made_up(self, record: MessageRecord, said_at: int) -> bool:
        """Whether what was said of a message of ours was here before we had said that.

        It counts for nothing then. What comes back after a loss has its time of before.
        """
        return record.party == self.own and said_at < record.received_at

    def _doubt(self, mark: Mark) -> None:
        by = self.find(mark.party, mark.index, mark.epoch)
        if by is not None:
            by.flags |= Flag.DOUBTFUL

    def find(self, party: str, index: int, epoch: int | None = None) -> MessageRecord | None:
        """A message by author and index, from the author's newest outbox that has it."""
        outboxes = self._outboxes.get(party)
        if epoch is not None:
            return (outboxes or {}).get(epoch, {}).get(index)
        for epoch in sorted(outboxes or (), reverse=True):
            assert outboxes is not None
            if index in outboxes[epoch]:
                return outboxes[epoch][index]
        return None

    def has_all_before(self, record: MessageRecord) -> bool:
        """Whether every earlier entry of its outbox is here: a FLASH may have come ahead."""
        outbox = self._outboxes.get(record.party, {}).get(record.epoch, {})
        return all(index in outbox for index in range(record.index))

    def named_by(self, header: Header, party: str, index: int) -> MessageRecord | None:
        """The message that another names by author and index.

        It is in the newest outbox that the author of the other knew to have the
        index: by the heads that its header names, or as a FLASH ahead of them.
        """
        seen = {parse_origin(head.origin): head.size for head in header.heads}
        known = {one.epoch: size for one, size in seen.items() if one and one.party == party}
        if party == header.party:
            known = {header.epoch: header.index}
        newest = max(known, default=0)
        for epoch, outbox in sorted(self._outboxes.get(party, {}).items(), reverse=True):
            record = outbox.get(index)
            if record is None or epoch > newest:
                continue
            if epoch < newest or index < known[epoch] or record.precedence == Precedence.FLASH:
                return record
        return self.find(party, index)

    def mark(
        self, of: tuple[str, int], mark: Mark, header: Header, *, is_by_author: bool = False
    ) -> MessageRecord | None:
        """Mark a message.

        Args:
            of: The message, by author and index.
            mark: What was done to it.
            header: Of the message that does it.
            is_by_author: Whether its own author does it, by confirming what was
                read back; else its author may not.

        Returns:
            The message; None if nothing is marked, or not yet: a mark waits for
            its message.
        """
        if (of[0] == mark.party) is not is_by_author:
            return None
        record = self.named_by(header, *of)
        if record is None:
            self._wait(of, mark)
        elif self._attach(record, mark):
            return record
        return None

    def receipted(self, party: str, size: int, at: int, epoch: int = 1) -> range:
        """Take in a counterpart's receipt; the indices of ours it covers newly."""
        receipts = self._receipts[party].setdefault(epoch, _Receipts())
        before = receipts.size
        if size <= before:
            return range(0)
        receipts.add(size, at)
        return range(before, size)

    def delivered(self, record: MessageRecord) -> dict[str, int]:
        """When each counterpart's receipt came; of theirs, when we had it."""
        if record.party != self.own:
            return {self.own: record.received_at}
        times = {
            name: receipts[record.epoch].at(record.index)
            for name, receipts in self._receipts.items()
            if record.epoch in receipts
        }
        # A cosignature has whole seconds: it would seem to be before the message.
        return {name: max(at, record.received_at) for name, at in times.items() if at is not None}

    def receipted_size(self, epoch: int) -> int:
        """How many entries of one of our outboxes any counterpart has receipted."""
        sizes = [receipts[epoch].size for receipts in self._receipts.values() if epoch in receipts]
        return max(sizes, default=0)

    def disown(self, party: str, epoch: int, start: int) -> list[MessageRecord]:
        """Flag the messages of one outbox from an index on; those newly flagged."""
        outbox = self._outboxes.get(party, {}).get(epoch, {})
        flagged = [record for index, record in outbox.items() if index >= start]
        for record in flagged:
            record.flags |= Flag.DISOWNED
        return flagged

    def distrust(self, party: str, start: int, end: int) -> list[MessageRecord]:
        """Flag a party's messages from an index up to another; those newly flagged."""
        flagged = []
        for outbox in self._outboxes.get(party, {}).values():
            for index in range(start, min(end, max(outbox, default=-1) + 1)):
                record = outbox.get(index)
                if record is not None and not record.flags & Flag.NOT_TRUSTED:
                    record.flags |= Flag.NOT_TRUSTED
                    flagged.append(record)
        return flagged

    def speak(self, record: MessageRecord, post: str, officer: str) -> None:
        """Keep who speaks."""
        record.by = self._once((post, officer))

    def serial(self, party: str, index: int) -> str:
        """The serial number as it is spoken: ALPHA-0012."""
        return f"{self._labels.get(party, party.upper())}-{index:04d}"

    def locate(self, text: str) -> tuple[str, int] | None:
        """Author and index from `ALPHA-0012` or `alpha.example/12`; None if it is neither."""
        label, parting, number = text.rpartition("/" if "/" in text else "-")
        if not parting or not (number.isascii() and number.isdigit()):
            return None
        for party, known in self._labels.items():
            if label.upper() in (known, party.upper()):
                return party, int(number)
        return None

    @property
    def count(self) -> int:
        """How many messages there are."""
        return len(self._all)

    def after(self, position: int, count: int) -> list[MessageRecord]:
        """At most so many messages after a position, in order."""
        return self._all[max(0, position) : max(0, position) + max(0, count)]

    def within(self, start: int, end: int) -> list[MessageRecord]:
        """The messages that this node recorded in a window, half-open, in order."""
        return [record for record in self._all if start <= record.received_at < end]

    def to_json(self, record: MessageRecord) -> dict[str, Any]:
        """The message as faces show it; instants in milliseconds."""
        is_own = record.party == self.own
        return {
            "position": record.position,
            "serial": self.serial(record.party, record.index),
            "party": record.party,
            "epoch": record.epoch,
            "index": record.index,
            "kind": kind_name(record.kind),
            "kind_number": record.kind,
            "precedence": Precedence(record.precedence).name,
            "at": record.at,
            "recorded_at": record.received_at if is_own else None,
            "received_at": None if is_own else record.received_at,
            "circuit": record.circuit,
            "by": {"post": record.by[0], "officer": record.by[1]} if record.by[0] else None,
            "recipients": list(record.recipients),
            "reply_to": self.reference(record.reply_to),
            "notice_id": record.notice_id,
            "flags": flag_names(record.flags),
            "marks": {
                "recorded": record.received_at if is_own else None,
                "delivered": self.delivered(record),
                "read": [self._mark_json(mark) for mark in record.marks_of("read")],
                "read_back": [self._mark_json(mark) for mark in record.marks_of("read_back")],
                "answered": [self._mark_json(mark) for mark in record.marks_of("answered")],
                **self._talk_marks(record),
            },
        }

    def _talk_marks(self, record: MessageRecord) -> dict[str, Any]:
        """What is said about a message beside answers; what is not there is left out."""
        if record.marks is None:
            return {}
        shown = {name: [self._mark_json(mark) for mark in record.marks_of(name)]
                 for name in TALK_MARKS}  # fmt: skip
        return {name: marks for name, marks in shown.items() if marks}

    def reference(self, of: tuple[str, int] | None) -> dict[str, Any] | None:
        """A reference to a message, with its serial."""
        if of is None:
            return None
        return {"party": of[0], "index": of[1], "serial": self.serial(*of)}

    def _mark_json(self, mark: Mark) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "party": mark.party,
            "post": mark.by[0],
            "officer": mark.by[1],
            "at": mark.at,
            "received_at": mark.received_at,
            "serial": self.serial(mark.party, mark.index),
        }
        if mark.said:
            shown["said"] = mark.said
        if mark.until is not None:
            shown["until"] = mark.until
        if mark.happened_at is not None:
            shown["happened_at"] = mark.happened_at
        return shown

    def _attach(self, record: MessageRecord, mark: Mark) -> bool:
        if record.marks is None:
            record.marks = []
        if len(record.marks) >= MARKS_PER_MESSAGE_MAX:
            return False
        record.marks.append(mark)
        return True

    def _wait(self, of: tuple[str, int], mark: Mark) -> None:
        marks = self._waiting.setdefault(of, [])
        if len(marks) < MARKS_PER_MESSAGE_MAX:
            marks.append(mark)
        if len(self._waiting) > MARKS_WAITING_MAX:
            self._waiting.popitem(last=False)

    def _date_flags(
        self, header: Header, received_at: int, outbox: dict[int, MessageRecord]
    ) -> int:
        """Whether the author's time is outside what it can be (`docs/spec/envelope.md`)."""
        tolerance_ms = self._clock_tolerance_ms
        if header.at > received_at + tolerance_ms:
            flag = int(Flag.POSTDATED)
        elif header.at < self._earliest_at(header, outbox) - tolerance_ms:
            flag = int(Flag.BACKDATED)
        else:
            flag = 0
        place = (header.party, header.epoch)
        if header.index >= self._last.get(place, (-1, 0))[0]:
            # A time in the future would make every later message seem backdated.
            self._last[place] = (header.index, min(header.at, received_at))
        return flag

    def _earliest_at(self, header: Header, outbox: dict[int, MessageRecord]) -> int:
        """The latest instant that the author had already named, or had seen of us."""
        last_index, earliest_at = self._last.get((header.party, header.epoch), (-1, 0))
        if header.index < last_index:
            # It fills a gap behind a FLASH that came ahead of it.
            before = outbox.get(header.index - 1)
            earliest_at = 0 if before is None else min(before.at, before.received_at)
        if header.party == self.own:
            return earliest_at
        for head in header.heads:
            seen = self._our_last(head.origin, head.size)
            if seen is not None:
                earliest_at = max(earliest_at, seen.received_at)
        return earliest_at

    def _our_last(self, origin: str, size: int) -> MessageRecord | None:
        """The last of our messages that a head of our outbox covers."""
        for epoch, outbox in self._outboxes.get(self.own, {}).items():
            if origin == outbox_name(self.own, self._line, epoch):
                return outbox.get(size - 1)
        return None

    def _once(self, value: Any) -> Any:
        """The same value, kept once where many messages share it."""
        known = self._interned.get(value)
        if known is not None:
            return known
        if len(self._interned) < _INTERNED_MAX:
            self._interned[value] = value
        return value


def kind_name(kind: int) -> str:
    """The name of a kind, or its number where this program does not know it."""
    return Kind(kind).name if kind in _KINDS else f"KIND_{kind}"


def flag_names(flags: int) -> list[str]:
    """The names of the flags, in the order of their meaning."""
    return [str(flag.name) for flag in Flag if flags & flag] if flags else []


_KINDS: Final = frozenset(int(kind) for kind in Kind)


def _labels(names: tuple[str, ...]) -> dict[str, str]:
    """What each party is called in serials: its first label, if no other has it."""
    firsts = [name.split(".")[0] for name in names]
    return {
        name: (first if firsts.count(first) == 1 else name).upper()
        for name, first in zip(names, firsts, strict=True)
    }
