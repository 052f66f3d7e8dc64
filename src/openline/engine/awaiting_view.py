"""Awaiting: what nobody has read yet, and what waits to be translated.

It serves the watch brief: whoever takes a watch must know what is unread. A message counts
as read as soon as an officer of the party addressed has said anything about it. The record
itself says all of this too; here it is kept together, up to a bound.
"""

from collections import OrderedDict
from collections.abc import Iterable
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

Place = tuple[str, int, int]
"""Author, epoch and index of a message."""

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
        # Who of those addressed has not read a message, the oldest message first.
        self._unread: OrderedDict[Place, tuple[MessageRecord, list[str]]] = OrderedDict()
        self._foreign: OrderedDict[Place, tuple[MessageRecord, str]] = OrderedDict()
        self.forgotten = 0

    def take(
        self, record: MessageRecord, message: Message, target: MessageRecord | None
    ) -> MessageRecord | None:
        """Take in a message, and what it says about another one.

        Returns:
            The message that nobody addressed leaves unread any longer by this one.
        """
        self._add(record, message)
        if target is None or target.party == record.party:
            return None
        place = (target.party, target.epoch, target.index)
        if record.party == self._own and not isinstance(message, Read):
            self._foreign.pop(place, None)
        return self._seen(place, record.party)

    def _add(self, record: MessageRecord, message: Message) -> None:
        if record.kind in _NOT_AWAITED:
            return
        if isinstance(message, Response) and message.answer not in _READ_TOO:
            return
        others = [one for one in record.recipients if one != record.party]
        if record.party != self._own:
            others = [one for one in others if one == self._own]
        waiting = [one for one in others if record.read_at(one) is None]
        place = (record.party, record.epoch, record.index)
        if waiting:
            self._unread[place] = (record, waiting)
            if len(self._unread) > AWAITING_MAX:
                self._forget()
        if record.party != self._own and isinstance(message, Text):
            known = {message.language, *(one.language for one in message.translations)}
            if known.isdisjoint(self._languages):
                self._foreign[place] = (record, message.language)
                if len(self._foreign) > AWAITING_MAX:
                    self._foreign.popitem(last=False)

    def _forget(self) -> None:
        """Let go of the oldest of the least urgent: a FLASH is never lost among texts."""
        gone = next(
            (
                place
                for place, (record, _) in self._unread.items()
                if record.precedence < Precedence.FLASH
            ),
            next(iter(self._unread)),
        )
        del self._unread[gone]
        self.forgotten += 1

    def _seen(self, place: Place, party: str) -> MessageRecord | None:
        found = self._unread.get(place)
        if found is None or party not in found[1]:
            return None
        found[1].remove(party)
        if found[1]:
            return None
        del self._unread[place]
        return found[0]

    def unread_flash(self) -> list[MessageRecord]:
        """Every FLASH of a counterpart that none of our officers has read."""
        return [
            record
            for record, _ in self._unread.values()
            if record.party != self._own and record.precedence == Precedence.FLASH
        ]

    def unread(self) -> list[dict[str, Any]]:
        """What counterparts said and none of our officers has read, the most urgent first."""
        return self._listed(
            (record, waiting)
            for record, waiting in self._unread.values()
            if record.party != self._own
        )

    def unread_by_others(self) -> list[dict[str, Any]]:
        """What we said and somebody addressed has not read, the most urgent first."""
        return self._listed(
            (record, waiting)
            for record, waiting in self._unread.values()
            if record.party == self._own
        )

    def translations(self) -> list[dict[str, Any]]:
        """Texts in none of our languages, which nobody of ours has answered, as they came."""
        return [
            {**self._json(record), "language": language}
            for record, language in self._foreign.values()
        ]

    def _listed(self, found: Iterable[tuple[MessageRecord, list[str]]]) -> list[dict[str, Any]]:
        rows = sorted(found, key=lambda one: (-one[0].precedence, one[0].position))
        return [{**self._json(record), "by": list(waiting)} for record, waiting in rows]

    def _json(self, record: MessageRecord) -> dict[str, Any]:
        return {
            "serial": self._messages.serial(record.party, record.index),
            "kind": kind_name(record.kind),
            "precedence": Precedence(record.precedence).name,
            "at": record.at,
        }
