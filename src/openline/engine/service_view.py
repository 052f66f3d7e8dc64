"""Service messages and offers to resume, as they stand at an instant.

Of each party the newest service message of each circuit counts; who says RESTORED
takes back what it said of that circuit, or of all. An offer to resume stands with
each party that it addresses until that party declares its scopes in force in
reply to it, declines it, or its time is over. Both are folds of signed messages:
the order in which those arrive here does not matter.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from openline.domain.limits import (
    OFFER_REPLIES_WAITING_MAX,
    OFFERS_KEPT,
    PARTIES_MAX,
    SERVICES_KEPT,
)
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.resumption import ResumptionOffer
from openline.domain.talk.service import Service, ServiceOccasion
from openline.engine.message_view import MessageRecord, MessageView

_Place: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Said:
    """A service message with its place in the author's outbox."""

    place: tuple[int, int]
    index: int
    service: Service


class ServiceView:
    """What each party says of the working of the line.

    Owned by the line's `StateView`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView) -> None:
        self._messages = messages
        self._said: dict[str, OrderedDict[str, _Said]] = {}

    def take(self, record: MessageRecord, service: Service) -> None:
        """Take in a service message; it takes the place of an earlier one of its circuit."""
        said = self._said.setdefault(record.party, OrderedDict())
        new = _Said((record.epoch, record.index), record.index, service)
        held = said.get(service.circuit)
        if held is None or held.place < new.place:
            said[service.circuit] = new
            said.move_to_end(service.circuit)
        if len(said) > SERVICES_KEPT:
            said.popitem(last=False)

    def valid(self, party: str, now: int) -> list[Service]:
        """What a party says of the present, in order of the circuits' names."""
        return [said.service for said in self._valid(party, now)]

    def covers(self, party: str, circuit: str, now: int) -> bool:
        """Whether a party says that a circuit, or the whole line, is out of order."""
        return any(one.circuit in ("", circuit) for one in self.valid(party, now))

    def to_json(self, now: int) -> list[dict[str, Any]]:
        """What is said of the present and of the time ahead, by party and circuit."""
        return [
            {
                "party": party,
                "serial": self._messages.serial(party, said.index),
                "index": said.index,
                "circuit": said.service.circuit,
                "occasion": said.service.occasion.name,
                "valid_from": said.service.valid_from,
                "valid_until": said.service.valid_until,
                "fallback": said.service.fallback,
                "text": said.service.text,
                "is_now": said.service.is_valid(now),
            }
            for party in sorted(self._said)
            for said in self._standing(party)
            if said.service.valid_until is None or now < said.service.valid_until
        ]

    def _valid(self, party: str, now: int) -> list[_Said]:
        return [said for said in self._standing(party) if said.service.is_valid(now)]

    def _standing(self, party: str) -> list[_Said]:
        """What a party has not taken back."""
        said = self._said.get(party, OrderedDict())
        restored = [one for one in said.values() if one.service.occasion is _RESTORED]
        everything = max((one.place for one in restored if not one.service.circuit), default=(0, 0))
        return [
            one
            for _, one in sorted(said.items())
            if one.service.occasion is not _RESTORED and one.place >= everything
        ]


_RESTORED: Final = ServiceOccasion.RESTORED


@dataclass(slots=True)
class _Offer:
    """An offer with what each party addressed has said to it."""

    record: MessageRecord
    offer: ResumptionOffer
    replies: dict[str, "_Reply"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a party said to an offer; the last in its outbox counts."""

    place: tuple[int, int]
    index: int
    word: str
    at: int


class OfferView:
    """Offers to resume and what became of them.

    Owned by the line's `StateView`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView) -> None:
        self._messages = messages
        self._offers: dict[str, OrderedDict[int, _Offer]] = {}
        # Replies whose offer has not come yet.
        self._waiting: OrderedDict[_Place, list[tuple[str, _Reply]]] = OrderedDict()

    def take(self, record: MessageRecord, offer: ResumptionOffer) -> None:
        """Take in an offer."""
        offers = self._offers.setdefault(record.party, OrderedDict())
        offers[record.index] = _Offer(record, offer)
        if len(offers) > OFFERS_KEPT:
            del offers[min(offers)]
        for party, reply in self._waiting.pop((record.party, record.index), ()):
            self._reply(record.party, record.index, party, reply)

    def declared(self, record: MessageRecord, declaration: Declaration) -> None:
        """Take in a declaration that may accept an offer."""
        if record.reply_to is not None and declaration.status is Status.IN_FORCE:
            self._answered(record, *record.reply_to, "ACCEPTED")

    def responded(self, record: MessageRecord, response: Response) -> None:
        """Take in a response that may decline an offer, or hold the answer."""
        word = response.answer.name
        if response.answer in (Answer.DECLINED, Answer.HOLDING, Answer.QUERIED, Answer.NOTED):
            self._answered(record, response.of.party, response.of.index, word)

    def find(self, party: str, index: int) -> ResumptionOffer | None:
        """An offer by author and index; None if there is none."""
        held = self._offers.get(party, OrderedDict()).get(index)
        return None if held is None else held.offer

    def to_json(self, now: int) -> list[dict[str, Any]]:
        """Every offer with its state, as the authors dated them."""
        held = [one for offers in self._offers.values() for one in offers.values()]
        held.sort(key=lambda one: (one.record.at, one.record.party, one.record.index))
        return [self._json(one, now) for one in held]

    def _json(self, held: _Offer, now: int) -> dict[str, Any]:
        offer, record = held.offer, held.record
        replies = {
            party: {
                "word": reply.word,
                "at": reply.at,
                "serial": self._messages.serial(party, reply.index),
            }
            for party, reply in sorted(held.replies.items())
        }
        return {
            "party": record.party,
            "index": record.index,
            "serial": self._messages.serial(record.party, record.index),
            "scopes": list(offer.scopes),
            "proposed_at": offer.proposed_at,
            "reply_by": offer.reply_by,
            "conditions": offer.conditions,
            "text": offer.text,
            "language": offer.language,
            "state": self._state(held, now),
            "replies": replies,
        }

    @staticmethod
    def _state(held: _Offer, now: int) -> str:
        """OPEN, ACCEPTED by all, DECLINED by one, or LAPSED."""
        words = [
            reply.word if (reply := held.replies.get(party)) else ""
            for party in held.record.recipients
        ]
        if all(word == "ACCEPTED" for word in words):
            return "ACCEPTED"
        if "DECLINED" in words:
            return "DECLINED"
        until = held.offer.proposed_at if held.offer.reply_by is None else held.offer.reply_by
        return "LAPSED" if now >= until else "OPEN"

    def _answered(self, record: MessageRecord, party: str, index: int, word: str) -> None:
        reply = _Reply((record.epoch, record.index), record.index, word, record.at)
        if self.find(party, index) is not None:
            self._reply(party, index, record.party, reply)
            return
        if self._messages.find(party, index) is not None:
            return
        waiting = self._waiting.setdefault((party, index), [])
        if len(waiting) < PARTIES_MAX:
            waiting.append((record.party, reply))
        if len(self._waiting) > OFFER_REPLIES_WAITING_MAX:
            self._waiting.popitem(last=False)

    def _reply(self, author: str, index: int, party: str, reply: _Reply) -> None:
        held = self._offers[author].get(index)
        if held is None or party not in held.record.recipients:
            return
        known = held.replies.get(party)
        if known is None or known.place < reply.place:
            held.replies[party] = reply
