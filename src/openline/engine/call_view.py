"""Calls as they are held: how each end is reached, and by which key.

Where a call stands is kept by `matter_view`, from the record alone. Kept here is what each
end has said of its media, and what certificate it has seen of the other. An end may
be told how to reach the other only when both fingerprints are receipted (`ready`): a call
that is not on the record of both has no way to any sound.

The first fingerprint of a party counts for the whole call. Another one, and one that was
seen and is not the recorded one, is an alarm.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from openline.domain.limits import CALLS_KEPT
from openline.domain.party import Precedence
from openline.domain.talk.media import MEDIA, Media, Reach, call_words, media_faults, parted
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.telephone import (
    RING_FLASH_MS,
    RING_MS,
    TELEPHONE,
    Call,
    CallStep,
    Ring,
    TelephoneState,
)
from openline.engine.matter_view import Matter, MatterView
from openline.engine.message_view import Flag, MessageRecord, MessageView

_TOLD: Final = (CallStep.TALK, CallStep.CUT)
"""Steps that tell what certificate the other end showed, if it was seen in time."""

_DOUBTED: Final = Flag.NOT_TRUSTED | Flag.DISOWNED | Flag.UNREADABLE


@dataclass(slots=True)
class _Held:
    """What is kept of one call.

    Attributes:
        ring: What was rung.
        first: The message that said the fingerprint of each party first.
        media: The newest media of each party, of the same fingerprint.
        said: How many media of that fingerprint each party has said.
        other: Of a party that has said two, the second fingerprint.
        seen: What each party says that it saw of the other; empty where it saw none in time.
    """

    ring: Ring
    first: dict[str, MessageRecord] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    other: dict[str, bytes] = field(default_factory=dict)
    seen: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """Whether the ends of a call may reach each other.

    Attributes:
        waits_for: What is still missing, in order: which party has to do what. `MEDIA`: say how
            it is reached; `RECEIPT`: receipt the fingerprint of the other.
        is_sound: Whether one certificate of each end is on the record, and nobody saw another.
    """

    waits_for: tuple[tuple[str, str], ...]
    is_sound: bool

    @property
    def may_talk(self) -> bool:
        """Whether nothing stands in the way."""
        return self.is_sound and not self.waits_for


class CallView:
    """The calls of one line.

    Owned by the line's `View`; changed only while it applies something.

    Args:
        line: The line.
        messages: All its messages.
        matters: Its matters.
    """

    def __init__(self, line: str, messages: MessageView, matters: MatterView) -> None:
        self._line = line
        self._messages = messages
        self._matters = matters
        self._held: OrderedDict[str, _Held] = OrderedDict()
        # Whole outboxes are looked through once for each call.
        self._complete: set[tuple[str, int, int]] = set()

    def take(
        self, record: MessageRecord, message: Message | Unreadable
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Take in what a message says of a call.

        Returns:
            What people must know of certificates: what is alarmed, and the facts.
        """
        matter = self._matters.of(record)
        if matter is None or matter.subject.name != TELEPHONE.name:
            return
        if isinstance(message, Ring):
            self._held[matter.key] = _Held(message)
            if len(self._held) > CALLS_KEPT:
                self._held.popitem(last=False)
        held = self._held.get(matter.key)
        if held is None or record.party not in self.parties(matter):
            return
        if isinstance(message, Ring | Call) and message.media is not None:
            _note_media(held, record, message.media)
        if isinstance(message, Call) and message.step in _TOLD:
            held.seen[record.party] = message.seen or b""
        yield from self._differences(matter, held)

    def parties(self, matter: Matter) -> tuple[str, ...]:
        """The two parties of a call: the one that rang, and the one that was rung."""
        return (matter.record.party, *matter.others[:1])

    def other(self, matter: Matter) -> str:
        """The other party of a call of ours; of a call of others the one that was rung."""
        rang, rung = self.parties(matter)
        return rang if rung == self._messages.own else rung

    def ring(self, matter: Matter) -> Ring | None:
        """What was rung; None of a call that is long over."""
        held = self._held.get(matter.key)
        return None if held is None else held.ring

    def fingerprint(self, matter: Matter, party: str) -> bytes | None:
        """The recorded fingerprint of a party's end; None if it has said none."""
        held = self._held.get(matter.key)
        media = None if held is None else held.media.get(party)
        return None if media is None else media.fingerprint

    def ready(self, matter: Matter) -> Ready:
        """Whether both fingerprints are on the record and receipted."""
        held = self._held.get(matter.key)
        if held is None:
            return Ready(tuple((party, "MEDIA") for party in self.parties(matter)), is_sound=False)
        is_sound = not list(self._differences(matter, held)) and not any(
            record.flags & _DOUBTED for record in held.first.values()
        )
        return Ready(tuple(self._missing(matter, held)), is_sound)

    def _missing(self, matter: Matter, held: _Held) -> Iterator[tuple[str, str]]:
        for party in self.parties(matter):
            media = held.media.get(party)
            if media is None or any(media_faults(media, "media")):
                yield party, "MEDIA"
            elif not self._has_receipt(held.first[party], matter):
                yield next(one for one in self.parties(matter) if one != party), "RECEIPT"

    def _has_receipt(self, record: MessageRecord, matter: Matter) -> bool:
        """Whether the other party of the call has receipted an entry, as known here.

        Of theirs: ours is given in the turn in which it comes, once all before it is there.
        """
        if record.party == self._messages.own:
            return self.other(matter) in self._messages.delivered(record)
        place = (record.party, record.epoch, record.index)
        if place not in self._complete and not self._messages.has_all_before(record):
            return False
        self._complete.add(place)
        return True

    def _differences(self, matter: Matter, held: _Held) -> Iterator[tuple[str, dict[str, Any]]]:
        """What is another certificate than the recorded one, by each party's word."""
        rang, rung = self.parties(matter)
        for party, other in ((rang, rung), (rung, rang)):
            recorded = held.media.get(party)
            if recorded is None:
                continue
            seen, second = held.seen.get(other), held.other.get(party)
            if seen is not None and seen != recorded.fingerprint:
                yield self._differs(matter, party, other, recorded.fingerprint, seen)
            if second is not None:
                yield self._differs(matter, party, party, recorded.fingerprint, second)

    def _differs(
        self, matter: Matter, whose: str, said_by: str, recorded: bytes, seen: bytes
    ) -> tuple[str, dict[str, Any]]:
        facts = {
            "party": said_by,
            "call": self._matters.id_of(matter),
            "whose": whose,
            "recorded": recorded.hex(),
            "seen": seen.hex(),
        }
        return f"{matter.key}/{whose}/{said_by}", facts

    def to_json(self, matter: Matter, now: int, allowed: Iterable[Reach]) -> dict[str, Any]:
        """A call as faces show it, with the way to the other end if that may be taken.

        Args:
            matter: The call.
            now: The present instant.
            allowed: Where addresses of the other end may lead.
        """
        held, ready = self._held.get(matter.key), self.ready(matter)
        rang, rung = self.parties(matter)
        other, record = self.other(matter), matter.record
        state = self._matters.standing(matter, matter.others[0], now).state
        is_flash = record.precedence >= Precedence.FLASH
        about = None if held is None else held.ring.about
        shown: dict[str, Any] = {
            "id": self._matters.id_of(matter),
            "of": {"party": record.party, "index": record.index},
            "state": str(state),
            "rang": rang,
            "rung": rung,
            "other": other,
            "is_ours": record.party == self._messages.own,
            "precedence": Precedence(record.precedence).name,
            "at": record.at,
            "rings_until": record.at + (RING_FLASH_MS if is_flash else RING_MS),
            "post": "" if held is None else held.ring.post,
            "subject": "" if held is None else held.ring.subject,
            "scope": "" if held is None else held.ring.scope,
            "spoken_in": "" if held is None else held.ring.spoken_in,
            "exercise": held is not None and held.ring.exercise,
            "about": None if about is None else self._messages.serial(about.party, about.index),
            "ends": [] if held is None else [self._end_json(held, one) for one in (rang, rung)],
            "waits_for": [{"party": party, "what": what} for party, what in ready.waits_for],
            "is_sound": ready.is_sound,
            "may_talk": ready.may_talk,
            "is_proven": ready.is_sound and held is not None and _is_proven(held, rang, rung),
            "remote": None,
            "left_out": [],
            "words": [],
        }
        is_held = state in (TelephoneState.TAKEN, TelephoneState.TALKING)
        if held is not None and ready.may_talk and is_held:
            shown |= self._way_json(matter, held, other, allowed)
        return shown

    def _end_json(self, held: _Held, party: str) -> dict[str, Any]:
        media, record = held.media.get(party), held.first.get(party)
        seen = held.seen.get(party)
        return {
            "party": party,
            "fingerprint": "" if media is None else media.fingerprint.hex(),
            "serial": "" if record is None else self._messages.serial(party, record.index),
            "said": held.said.get(party, 0),
            "seen": "" if seen is None else seen.hex(),
        }

    def _way_json(
        self, matter: Matter, held: _Held, other: str, allowed: Iterable[Reach]
    ) -> dict[str, Any]:
        """How the other end is reached, and the words that both ends see."""
        media = held.media[other]
        tried, left_out = parted(media.candidates, allowed)
        remote = MEDIA.to_json(Media(media.fingerprint, media.ice_user, media.ice_password,
                                     tuple(tried)))  # fmt: skip
        rang, rung = (held.media[party].fingerprint for party in self.parties(matter))
        record = matter.record
        call = (record.party, record.epoch, record.index)
        return {
            "remote": remote,
            "left_out": [{"address": one.address, "reach": reach.value} for one, reach in left_out],
            "words": call_words(self._line, call, rang, rung),
        }


def _note_media(held: _Held, record: MessageRecord, media: Media) -> None:
    is_sound = not any(media_faults(media, "media"))
    known = held.media.get(record.party)
    if known is None:
        held.first[record.party] = record
    elif known.fingerprint != media.fingerprint:
        held.other[record.party] = media.fingerprint
        return
    elif not is_sound:
        return
    held.media[record.party] = media
    held.said[record.party] = held.said.get(record.party, 0) + is_sound


def _is_proven(held: _Held, rang: str, rung: str) -> bool:
    """Whether each end says that it saw the recorded certificate of the other."""
    return all(
        other in held.media and held.seen.get(party) == held.media[other].fingerprint
        for party, other in ((rang, rung), (rung, rang))
    )
