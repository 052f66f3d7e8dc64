"""Talk: what hangs on single messages, and when to ask what became of them.

Corrections, query-acks, onward dissemination and translations are marks on the message
that they are about (`message_view`). Here is what follows from them: about which message
of ours to ask, what of theirs nobody has passed on, and what waits for a linguist.

What is to be asked is each node's own: it rests on receipts, which each side holds for
itself. What must be passed on, until when, and what was, follows from the record and is
the same for both.
"""

import heapq
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.limits import ASKED_ABOUT_MAX, PASSING_KEPT, UNTRANSLATED_KEPT
from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence
from openline.domain.talk.message import Message
from openline.domain.talk.passed_on import Level
from openline.domain.talk.query_ack import next_ask
from openline.domain.talk.text import Text
from openline.domain.talk.translation import LaterTranslation
from openline.engine.conflict_view import Side
from openline.engine.message_view import Flag, Mark, MessageRecord, MessageView
from openline.engine.talk_rules import ASKED_ABOUT, words_of

_READS: Final = ("read", "read_back", "answered")
"""Marks that only a person can make who has seen the message."""

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Expected:
    """A message that must be passed on.

    Attributes:
        record: The message.
        by_at: Until when.
        level: To which level at least.
        subjects: What of it still holds: sites, a movement. Without any it is over.
    """

    record: MessageRecord
    by_at: int
    level: Level
    subjects: dict[Side, None]


class TalkView:
    """What follows from corrections, asks, passing on and translations.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView, understanding: Understanding) -> None:
        self._messages = messages
        self._own = messages.own
        self._understanding = understanding
        # Messages that somebody addressed has not read, the oldest first: ours, and theirs.
        self._unread: OrderedDict[Place, MessageRecord] = OrderedDict()
        self._asked_of_us: OrderedDict[Place, MessageRecord] = OrderedDict()
        self._expected: OrderedDict[Place, Expected] = OrderedDict()
        # The message by which a site or movement stands now, if it must be passed on.
        self._said_by: dict[Side, Place] = {}
        self._expected_of: dict[str, int] = {}
        self._agenda: list[tuple[int, Place]] = []
        # Their words, with the languages in which a person has given them.
        self._words: OrderedDict[Place, tuple[MessageRecord, frozenset[str]]] = OrderedDict()

    def amend(self, understanding: Understanding) -> None:
        """Go on with other terms."""
        self._understanding = understanding

    def take(self, record: MessageRecord, message: Message) -> None:
        """Take in one message."""
        place = _place(record)
        if record.party == self._own and record.kind in ASKED_ABOUT:
            _keep(self._unread, place, record, ASKED_ABOUT_MAX)
        language = getattr(message, "language", "")
        is_theirs = record.party != self._own and not isinstance(message, LaterTranslation)
        if is_theirs and language and words_of(message):
            given = frozenset({language, *_languages(message)})
            _keep(self._words, place, (record, given), UNTRANSLATED_KEPT)
        # Marks that waited for the message.
        for mark in record.marks or ():
            self.marked(record, mark)

    def marked(self, record: MessageRecord, mark: Mark) -> None:
        """Take in what was done to a message."""
        place = _place(record)
        if mark.name in _READS:
            if place in self._unread and not self.unread_by(record):
                del self._unread[place]
            if mark.party == self._own:
                self._asked_of_us.pop(place, None)
        if mark.name == "asked" and record.party != self._own and self._is_unread_here(record):
            _keep(self._asked_of_us, place, record, ASKED_ABOUT_MAX)
        held = self._words.get(place)
        if mark.name == "translated" and held is not None:
            self._words[place] = (held[0], held[1] | {mark.said})

    def unread_by(self, record: MessageRecord) -> tuple[str, ...]:
        """The parties addressed of which no person has shown to have read a message."""
        seen = {mark.party for name in _READS for mark in record.marks_of(name)}
        return tuple(party for party in record.recipients if party not in seen)

    def _is_unread_here(self, record: MessageRecord) -> bool:
        return self._own in self.unread_by(record)

    # Onward dissemination.

    def expect(
        self, record: MessageRecord, subject: Side, by_at: int, level: Level = Level.UNIT
    ) -> None:
        """Let a message be one that each party addressed passes on.

        Args:
            record: The message, ours or theirs: protected sites, a movement.
            subject: What it is about; one message may be about many.
            by_at: Until when, by the record's own times.
            level: To which level at least.
        """
        place = _place(record)
        if place not in self._expected:
            mine = self._expected_of.get(record.party, 0)
            if mine >= PASSING_KEPT:
                record.flags |= Flag.OVER_CAP
                return
            self._expected_of[record.party] = mine + 1
            self._expected[place] = Expected(record, by_at, level, {})
            heapq.heappush(self._agenda, (by_at, place))
        self._expected[place].subjects[subject] = None
        self._said_by[subject] = place

    def let_go(self, subject: Side) -> Expected | None:
        """Let a subject be over or said anew; what need not be passed on any more."""
        place = self._said_by.pop(subject, None)
        if place is None:
            return None
        one = self._expected[place]
        del one.subjects[subject]
        if one.subjects:
            return None
        self._expected_of[one.record.party] -= 1
        return self._expected.pop(place)

    def overdue(self, now: int) -> Iterator[tuple[Expected, tuple[str, ...]]]:
        """What should have been passed on until now and was not, once each."""
        while self._agenda and self._agenda[0][0] <= now:
            by_at, place = heapq.heappop(self._agenda)
            one = self._expected.get(place)
            if one is not None and one.by_at == by_at and (missing := self.not_passed_on(one)):
                yield one, missing

    def not_passed_on(self, one: Expected) -> tuple[str, ...]:
        """The parties addressed that have not said that they passed a message on so far."""
        told = {
            mark.party
            for mark in one.record.marks_of("passed_on")
            if mark.said in Level.__members__ and Level[mark.said] >= one.level
        }
        return tuple(party for party in one.record.recipients if party not in told)

    def passing(self, record: MessageRecord) -> dict[str, Any] | None:
        """What is expected of a message and not done yet; None if it is not expected."""
        one = self._expected.get(_place(record))
        if one is None:
            return None
        return {
            "by_at": one.by_at,
            "level": one.level.name,
            "not_passed_on": list(self.not_passed_on(one)),
        }

    # What is due.

    def due(self) -> list[dict[str, Any]]:
        """What should be asked, read and passed on, the nearest first."""
        rows = [self._ask_row(record) for record in self._unread.values()]
        rows += [self._read_row(record) for record in self._asked_of_us.values()]
        rows += [
            self._row(one.record, "passed_on", one.by_at, party)
            for one in self._expected.values()
            for party in self.not_passed_on(one)
        ]
        return rows

    def _ask_row(self, record: MessageRecord) -> dict[str, Any]:
        delivered = self._messages.delivered(record)
        unread = self.unread_by(record)
        is_delivered = all(party in delivered for party in unread)
        asked = tuple(mark.at for mark in record.marks_of("asked"))
        timers = self._understanding.timers
        at = next_ask(timers, record.precedence, record.at, asked, is_delivered=is_delivered)
        return self._row(record, "query_ack", at, self._own)

    def _read_row(self, record: MessageRecord) -> dict[str, Any]:
        asked = [mark.at for mark in record.marks_of("asked")]
        return self._row(record, "asked", max(asked), self._own)

    def _row(self, record: MessageRecord, clock: str, at: int, party: str) -> dict[str, Any]:
        return {
            "matter": self._messages.serial(record.party, record.index),
            "subject": "message",
            "clock": clock,
            "at": at,
            "party": party,
            "precedence": Precedence(record.precedence).name,
            "tier": 0,
            "message": {"party": record.party, "epoch": record.epoch, "index": record.index},
        }

    # What waits for a linguist.

    def untranslated(self, language: str) -> list[MessageRecord]:
        """Their messages whose words no person has given in a language, the newest last."""
        return [record for record, given in self._words.values() if language not in given]


def _languages(message: Message) -> Iterator[str]:
    """The languages of the translations that came with a message and are no gist."""
    for one in message.translations if isinstance(message, Text) else ():
        if not one.is_gist:
            yield one.language


def _place(record: MessageRecord) -> Place:
    return record.party, record.epoch, record.index


def _keep(held: OrderedDict[Place, Any], place: Place, value: Any, most: int) -> None:
    held[place] = value
    while len(held) > most:
        held.popitem(last=False)
