"""Hostile parties: named behaviours of a counterpart that keeps no rule.

The party's node is a real one; between it and its circuits stands whoever works it. Now
and then that one does something from the table below, with the party's own keys. What it
does must be refused, flagged or kept as evidence; it must not end a node, hold up the
others, or bring an honest party into disrepute.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Final

from openline.adapters.keys import FileSigner
from openline.domain.errors import TheirError
from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.domain.limits import FRAME_SIZE_BYTES_MAX
from openline.domain.line.understanding import SignedUnderstanding
from openline.domain.party import Origin, Precedence
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.merkle import EMPTY_ROOT
from openline.domain.record.tick import NO_HASH
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.body import By, Reference
from openline.domain.talk.message import Message
from openline.domain.talk.notice import Notice, Place
from openline.domain.talk.query import AnswerCode, QueryAnswer
from openline.domain.talk.receipt import Read
from openline.domain.talk.text import Text
from openline.engine.frames import (
    Hello,
    Probe,
    ProbeReply,
    Pull,
    Receipt,
    Refusal,
    UnderstandingShown,
    decode_frame,
    encode_frame,
)
from openline.sim.forger import Forger, Hand

_BY: Final = By("watch", "Capt. Forger")
_STOLEN: Final = FileSigner(b"\x01" * 32, b"\x02" * 32)
_YEARS_2_MS: Final = 2 * 365 * 24 * HOUR_MS
_FLOOD: Final = 100

_FIRST: Final = "takes back what it said"
"""Only who has not yet written a second history can be seen to take back the first."""

_HELD_BACK: Final = {
    "withholds what it says": (b"\x02", b"\x05"),
    "receipts nothing": (b"\x03",),
    "makes no tick": (b"\x04",),
    "answers no probe": (b"\x09",),
}
"""Which frames, by their number, are held back while a behaviour lasts."""


class Hostile:
    """Whoever works the node of one hostile party.

    Attributes:
        hand: What it has in hand.
        done: How often each behaviour was shown.
    """

    def __init__(self, hand: Hand, now: Callable[[], int], chance: Random) -> None:
        self.done: dict[str, int] = {}
        self.hand = hand
        self._now = now
        self._chance = chance
        self._recorded: list[bytes] = []
        self._sequence = 1 << 60
        # Each behaviour has its turn before any comes again.
        self._to_come: list[str] = []
        # For so long it holds back what its node says, or part of that.
        self._withheld: dict[str, int] = {}

    @property
    def party(self) -> str:
        """Which party it is."""
        return self.hand.party

    @property
    def line(self) -> str:
        """The line it is on."""
        return self.hand.line_name

    def next_sequence(self) -> int:
        """A number for a tick that its node has not reached, and never will."""
        self._sequence += 2
        return self._sequence

    def act(self, victim: str) -> Iterator[bytes]:
        """Something hostile for a victim; perhaps nothing, and later frames are held."""
        if not self.hand.has_spoken:
            return
        if not self._to_come:
            others = sorted(BEHAVIOURS.keys() - {_FIRST})
            self._to_come = [*self._chance.sample(others, len(others)), _FIRST]
        name = self._to_come.pop()
        self.done[name] = self.done.get(name, 0) + 1
        yield from BEHAVIOURS[name](self, victim)

    def passes(self, frame: bytes) -> bytes | None:
        """What becomes of a frame of its node; None where it is held back."""
        if len(self._recorded) < 500:
            self._recorded.append(frame)
        now, sort = self._now(), frame[1:2]
        for name, kinds in _HELD_BACK.items():
            if self._withheld.get(name, 0) > now and sort in kinds:
                return None
        if self._withheld.get("garbles what it says", 0) > now:
            return self._garbled(frame)
        return frame

    def equivocate(self) -> Iterator[bytes]:
        """Two histories of its outbox: evidence for whoever gets both."""
        for words in ("One story.", "Another story."):
            forger = Forger(self.hand)
            start = len(forger.entries)
            forger.entries = [*forger.entries, forger.entry(Text(_BY, "en", words))]
            yield forger.frame(start)
            yield forger.tick(
                sequence=self.next_sequence(),
                out=Checkpoint(forger.origin, start + 1, forger.tree().root()),
            )

    # What the behaviours are made of.

    def _hold_back(self, name: str) -> Iterator[bytes]:
        self._withheld[name] = self._now() + self._chance.randint(MINUTE_MS, HOUR_MS)
        return iter(())

    def _garbled(self, frame: bytes) -> bytes:
        data = bytearray(frame)
        for _ in range(self._chance.randint(1, 8)):
            data[self._chance.randrange(len(data))] = self._chance.randrange(256)
        return bytes(data)

    def _say(self, message: Message, **changes: object) -> bytes:
        """An entry of its own that its node never said, with a true head over it."""
        forger = Forger(self.hand)
        start = len(forger.entries)
        forger.entries = [*forger.entries, forger.entry(message, **changes)]
        return forger.frame(start)

    def _recent(self) -> list[bytes]:
        return self._chance.sample(self._recorded, min(20, len(self._recorded)))


def _rows(hostile: Hostile, victim: str) -> Iterator[bytes]:
    yield encode_frame(Receipt(str(Origin(victim, hostile.line)), 10**9, ""))
    yield encode_frame(Receipt(str(Origin(victim, hostile.line)), 1, "\u2014 x/mirror AAAA\n"))


def _false_receipts(hostile: Hostile, victim: str) -> Iterator[bytes]:
    forger, origin = Forger(hostile.hand), str(Origin(victim, hostile.line))
    for size in (1, 2, 10**6):
        yield forger.receipt(origin, size, hostile._chance.randbytes(32))
    yield forger.receipt(forger.origin, 1, EMPTY_ROOT)


def _two_ticks(hostile: Hostile, victim: str) -> Iterator[bytes]:
    yield Forger(hostile.hand).tick(observed="LOST")


def _other_root(hostile: Hostile, victim: str) -> Iterator[bytes]:
    forger = Forger(hostile.hand)
    out = Checkpoint(forger.origin, len(forger.entries), hostile._chance.randbytes(32))
    yield forger.tick(sequence=hostile.next_sequence(), out=out)


def _takes_back(hostile: Hostile, victim: str) -> Iterator[bytes]:
    forger = Forger(hostile.hand)
    size = len(forger.entries)
    for shown in (size, max(1, size - 1)):
        out = Checkpoint(forger.origin, shown, forger.tree().root(shown))
        yield forger.tick(sequence=hostile.next_sequence(), out=out)


def _claims_more(hostile: Hostile, victim: str) -> Iterator[bytes]:
    forger = Forger(hostile.hand)
    out = Checkpoint(forger.origin, len(forger.entries) + 7, hostile._chance.randbytes(32))
    yield forger.tick(sequence=hostile.next_sequence(), out=out)


def _dated(hostile: Hostile, victim: str) -> Iterator[bytes]:
    forger = Forger(hostile.hand)
    at = hostile.hand.wall() + hostile._chance.choice((-1, 1)) * _YEARS_2_MS
    found = hostile.hand.store.last_tick(hostile.line, hostile.party)
    sequence, previous, _ = found or (-1, NO_HASH, "")
    yield forger.tick(sequence=sequence + 1, previous=previous, at=at)
    yield hostile._say(Text(_BY, "en", "Of another year."), at=at)


def _flood(hostile: Hostile, victim: str) -> Iterator[bytes]:
    now = hostile.hand.wall()
    for number in range(_FLOOD):
        yield encode_frame(Probe(now + number))
        yield encode_frame(Pull(str(Origin(hostile.party, hostile.line)), 0))
        yield encode_frame(Refusal("MALFORMED", "no"))


def _garbage(hostile: Hostile, victim: str) -> Iterator[bytes]:
    for frame in hostile._recent():
        yield hostile._garbled(frame)
        yield frame[: hostile._chance.randrange(len(frame))]
    yield hostile._chance.randbytes(200)
    yield b""


def _bombs(hostile: Hostile, victim: str) -> Iterator[bytes]:
    yield b"\x81" * 100_000
    yield b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"
    yield b"\x82\x04\x7a\xff\xff\xff\xff"
    yield bytes(FRAME_SIZE_BYTES_MAX + 1)


def _elsewhere(hostile: Hostile, victim: str) -> Iterator[bytes]:
    forger = Forger(hostile.hand)
    for origin in (str(Origin(victim, hostile.line)), str(Origin(hostile.party, "another"))):
        yield forger.frame(0, origin=origin)
    yield hostile._say(Text(_BY, "en", "Elsewhere."), line="another")
    yield hostile._say(Text(_BY, "en", "As another."), party=victim)


def _stolen_key(hostile: Hostile, victim: str) -> Iterator[bytes]:
    yield hostile._say(Text(_BY, "en", "By a key of nobody."), signer=_STOLEN)


def _geometry(hostile: Hostile, victim: str) -> Iterator[bytes]:
    start = hostile.hand.wall() + HOUR_MS
    star = tuple(
        (344_900_000 + (number * 7_919 % 501) * 900, 369_090_000 + (number * 104_729 % 499) * 900)
        for number in range(500)
    )
    world = ((-899_999_999, -1_799_999_999), (-899_999_999, 1_799_999_999), (899_999_999, 0))
    for vertices in (star, world, star[:2]):
        volume = Volume(
            shape=Shape.POLYGON,
            vertices=vertices,
            radius_m=0,
            lower=Altitude(Datum.AMSL, 0),
            upper=Altitude(Datum.AMSL, 30_000),
            valid_from=start,
            valid_until=start + HOUR_MS,
        )
        notice = Notice(_BY, f"N{start}", "strike", "air", (volume,), Place("all"), "Everything")
        yield hostile._say(notice)


def _odd_words(hostile: Hostile, victim: str) -> Iterator[bytes]:
    zalgo, homoglyphs = "Z" + "\u0335\u0336" * 40, "\u0430lpha.ex\u0430mple"
    for words in ("\u202egnorw\u202c", zalgo, homoglyphs, "\u200b" * 99):
        yield hostile._say(Text(_BY, "en", words))


def _answers_nothing(hostile: Hostile, victim: str) -> Iterator[bytes]:
    nothing = Reference(victim, 10**6)
    yield hostile._say(Read(_BY, nothing))
    yield hostile._say(QueryAnswer(_BY, nothing, AnswerCode.DECLINED))


def _pulls(hostile: Hostile, victim: str) -> Iterator[bytes]:
    for party in (*hostile.hand.parties, "nobody.example"):
        yield encode_frame(Pull(str(Origin(party, hostile.line)), 0))
        yield encode_frame(Pull(str(Origin(party, hostile.line, "journal")), 0))


def _lying_hello(hostile: Hostile, victim: str) -> Iterator[bytes]:
    hellos = [frame for frame in hostile._recorded if frame[1:2] == b"\x01"]
    for frame in hellos[-1:]:
        try:
            hello = decode_frame(frame)
        except TheirError:
            return
        assert isinstance(hello, Hello)
        yield encode_frame(replace(hello, receipted=10**9))
        yield encode_frame(replace(hello, held=()))
        yield encode_frame(replace(hello, held=(Forger(hostile.hand).head().format(),)))
        yield encode_frame(replace(hello, epoch=7))


def _ahead(hostile: Hostile, victim: str) -> Iterator[bytes]:
    yield Forger(hostile.hand).ahead()


def _other_terms(hostile: Hostile, victim: str) -> Iterator[bytes]:
    signed = SignedUnderstanding(b"\xa0", ())
    yield encode_frame(UnderstandingShown(signed.format()))
    yield encode_frame(UnderstandingShown(hostile.hand.adopted[:-40]))


def _probe_replies(hostile: Hostile, victim: str) -> Iterator[bytes]:
    now = hostile.hand.wall()
    for sent_at in (0, now, now + 1, 2**62):
        yield encode_frame(ProbeReply(sent_at, 2**62, 0))


def _second_journal(hostile: Hostile, victim: str) -> Iterator[bytes]:
    yield Forger(hostile.hand).journal(max(1, hostile.hand.journal_cosigned(victim)))


def _flash_flood(hostile: Hostile, victim: str) -> Iterator[bytes]:
    forger = Forger(hostile.hand)
    start = len(forger.entries)
    for _ in range(20):
        forger.entries = [*forger.entries, forger.entry(precedence=int(Precedence.FLASH))]
    yield forger.frame(start)


BEHAVIOURS: Final[dict[str, Callable[[Hostile, str], Iterator[bytes]]]] = {
    "equivocates": lambda hostile, victim: hostile.equivocate(),
    "makes two ticks of one number": _two_ticks,
    "ticks of another root": _other_root,
    "takes back what it said": _takes_back,
    "claims more than it gives": _claims_more,
    "sends a FLASH that is in no log": _ahead,
    "writes a second journal": _second_journal,
    "withholds what it says": lambda hostile, victim: hostile._hold_back("withholds what it says"),
    "receipts nothing": lambda hostile, victim: hostile._hold_back("receipts nothing"),
    "makes no tick": lambda hostile, victim: hostile._hold_back("makes no tick"),
    "answers no probe": lambda hostile, victim: hostile._hold_back("answers no probe"),
    "garbles what it says": lambda hostile, victim: hostile._hold_back("garbles what it says"),
    "receipts what it does not hold": _false_receipts,
    "receipts without a signature": _rows,
    "dates in another year": _dated,
    "repeats what it said": lambda hostile, victim: iter(hostile._recent()),
    "floods": _flood,
    "floods with FLASH": _flash_flood,
    "sends rubbish": _garbage,
    "sends bombs": _bombs,
    "speaks as another": _elsewhere,
    "signs with a key of nobody": _stolen_key,
    "draws bombs": _geometry,
    "writes words that deceive": _odd_words,
    "answers what was not asked": _answers_nothing,
    "pulls the words of others": _pulls,
    "lies when it greets": _lying_hello,
    "shows other terms": _other_terms,
    "answers probes that were not sent": _probe_replies,
}
"""Every hostile behaviour by its name."""
