"""Awaiting: what nobody has read yet, and what waits to be translated.

It serves the watch brief: whoever takes a watch must know what is unread. A message counts
as read as soon as an officer of the party addressed has said anything about it. The record
itself says all of this too; here it is kept together, up to a bound.
"""

from itertools import islice
from typing import Any, Final

from openline.domain.limits import AWAITING_MAX
from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.text import Text
from openline.engine.message_view import MessageRecord, MessageView, kind_name

_NOT_AWAITED: Final = (
    Kind.UNDERSTANDING,
    Kind.AMENDMENT,
    Kind.READ,
    Kind.READ_BACK,
    Kind.LINE_CHECK,
    Kind.LINE_CHECK_REPLY,
    Kind.WATCH,
)
"""Kinds that ask nobody to read them: machines, receipts, and what is answered otherwise."""

_READ_TOO: Final = (Answer.QUERIED, Answer.OBJECTED, Answer.UNABLE, Answer.DECLINED)
"""Responses that somebody must see; the others change nothing for whom they are given to."""


class AwaitingView:
    """What waits to be read on one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView, understanding: Understanding) -> None:
        self._messages = messages
        self._own = messages.own
        self._languages = understanding.party(messages.own).languages
        # What somebody addressed has not read, by its position, the oldest first.
        self._unread: dict[int, MessageRecord] = {}
        # Of those, who has read one that several were to read.
        self._read_by: dict[int, tuple[str, ...]] = {}
        self._foreign: dict[int, tuple[MessageRecord, str]] = {}
        self.forgotten = 0

    def take(self, record: MessageRecord, message: Message, target: MessageRecord | None) -> None:
        """Take in a message, and what it says about another one."""
        self._add(record, message)
        if target is None or target.party == record.party:
            return
        if record.party == self._own and not isinstance(message, Read):
            self._foreign.pop(target.position, None)
        self._seen(target, record.party)

    def _add(self, record: MessageRecord, message: Message) -> None:
        if record.kind in _NOT_AWAITED:
            return
        if isinstance(message, Response) and message.answer not in _READ_TOO:
            return
        if self._waiting(record):
            self._unread[record.position] = record
            if len(self._unread) > AWAITING_MAX:
                self._forget()
        if record.party != self._own and isinstance(message, Text):
            known = {message.language, *(one.language for one in message.translations)}
            if known.isdisjoint(self._languages):
                self._foreign[record.position] = (record, message.language)
                if len(self._foreign) > AWAITING_MAX:
                    del self._foreign[next(iter(self._foreign))]

    def _waiting(self, record: MessageRecord) -> list[str]:
        """Who of those that we look after has not read a message."""
        read_by = self._read_by.get(record.position, ())
        return [
            one
            for one in record.recipients
            if one != record.party
            and (record.party == self._own or one == self._own)
            and one not in read_by
            and record.read_at(one) is None
        ]

    def _forget(self) -> None:
        """Let go of the oldest of the least urgent: a FLASH is never lost among texts."""
        gone = next(
            (
                position
                for position, record in self._unread.items()
                if record.precedence < Precedence.FLASH
            ),
            next(iter(self._unread)),
        )
        del self._unread[gone]
        self._read_by.pop(gone, None)
        self.forgotten += 1

    def _seen(self, target: MessageRecord, party: str) -> None:
        position = target.position
        if position not in self._unread or party not in target.recipients:
            return
        read_by = self._read_by.get(position, ())
        self._read_by[position] = (*read_by, *((party,) if party not in read_by else ()))
        if not self._waiting(target):
            del self._unread[position]
            del self._read_by[position]

    def unread_flash(self) -> list[MessageRecord]:
        """Every FLASH of a counterpart that none of our officers has read."""
        return [
            record
            for record in self._unread.values()
            if record.party != self._own and record.precedence == Precedence.FLASH
        ]

    def unread(self, count: int = AWAITING_MAX) -> list[dict[str, Any]]:
        """At most so much that none of our officers has read, the most urgent first."""
        return self._listed([one for one in self._unread.values() if one.party != self._own], count)

    def unread_by_others(self, count: int = AWAITING_MAX) -> list[dict[str, Any]]:
        """At most so much of ours that somebody has not read, the most urgent first."""
        return self._listed([one for one in self._unread.values() if one.party == self._own], count)

    def counts(self) -> dict[str, int]:
        """How many there are of each: `unread`, `unread_by_others`, `translations`."""
        theirs = sum(one.party != self._own for one in self._unread.values())
        return {
            "unread": theirs,
            "unread_by_others": len(self._unread) - theirs,
            "translations": len(self._foreign),
        }

    def translations(self, count: int = AWAITING_MAX) -> list[dict[str, Any]]:
        """At most so many texts in foreign languages that nobody answered, as they came."""
        return [
            {**self._json(record), "language": language}
            for record, language in islice(self._foreign.values(), count)
        ]

    def _listed(self, found: list[MessageRecord], count: int) -> list[dict[str, Any]]:
        rows = sorted(found, key=lambda one: (-one.precedence, one.position))[:count]
        return [{**self._json(record), "by": self._waiting(record)} for record in rows]

    def _json(self, record: MessageRecord) -> dict[str, Any]:
        return {
            "serial": self._messages.serial(record.party, record.index),
            "kind": kind_name(record.kind),
            "precedence": Precedence(record.precedence).name,
            "at": record.at,
        }
