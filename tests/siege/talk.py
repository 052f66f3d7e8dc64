"""A connection of the hostile counterpart: greeted as the protocol asks, then what it likes.

`keep` does what an honest node does: ticks, receipts, answers to probes. So the line is up
at the victim while it is attacked, and an act can leave out or falsify one thing alone.
"""

import contextlib
import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

from openline.domain.errors import TheirError
from openline.domain.party import Origin
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint
from openline.domain.record.merkle import EMPTY_ROOT, leaf_hash
from openline.domain.record.note import parse_note
from openline.domain.record.tick import tick_hash
from openline.engine.frames import (
    VERSION,
    Entries,
    Frame,
    Hello,
    Probe,
    ProbeReply,
    Receipt,
    Refusal,
    TickSent,
    Urgent,
    encode_frame,
)
from openline.sim.forger import Forger
from tests.end_to_end.intruder import Address, Gone, Intruder
from tests.siege.hand import TrueHand

MANY = 10**9
QUIET_S = 0.15
"""After so long without a frame nothing more is expected."""


@dataclass
class Seen:
    """What the hostile counterpart saw of its victim.

    Attributes:
        refused: How often each reason was given.
        ended: How connections ended, by code and reason.
        statuses: What HTTP answered where no link was opened.
        receipted: The largest size of its own outbox that the victim cosigned.
        frames: Frames that were sent.
        sent_bytes: Bytes that were sent.
    """

    refused: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    receipted: int = 0
    frames: int = 0
    sent_bytes: int = 0


class Talk:
    """One link to the victim.

    Args:
        hand: What the hostile party has.
        address: Where the victim listens.
        seen: Where to keep what is seen.
    """

    def __init__(self, hand: TrueHand, address: Address, seen: Seen) -> None:
        self.hand = hand
        self.seen = seen
        self.link = Intruder(address, hand.identity, hand.line_name)
        self.is_answering_probes = self.is_receipting = self.is_ticking = True
        self._is_answered = False
        self._awaited = MANY
        self._fence = hand.wall() << 8
        self._ticked_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()

    def greet(self, hello: Hello | None = None) -> Hello:
        """Take in the victim's greeting and give one; what the victim said."""
        said = self.link.receive()
        assert isinstance(said, Hello), "the greeting is first"
        self.hand.settle(self._held_of_us(said))
        if hello is None:
            self.send(self.hello())
        else:
            self.ask(hello, may_be_passed_over=False)
        return said

    def hello(self) -> Hello:
        """A true greeting; it holds what was given of the victim's outbox: at first nothing."""
        digest = hashlib.sha256(self.hand.understanding).digest()
        return Hello(VERSION, self.hand.line_name, digest, (), 0, "")

    def _held_of_us(self, said: Hello) -> Checkpoint:
        heads = [parse_checkpoint(parse_note(text).text) for text in said.held]
        empty = Checkpoint(self.hand.origin, 0, EMPTY_ROOT)
        return next((head for head in heads if head.origin == self.hand.origin), empty)

    def send(self, frame: Frame | bytes, *, is_urgent: bool = False) -> None:
        """Send a frame.

        Raises:
            Gone: The connection has ended.
        """
        data = frame if isinstance(frame, bytes) else encode_frame(frame)
        with contextlib.suppress(TheirError):
            # It may be no frame at all.
            self.hand.note_sent(data)
        self.seen.frames += 1
        self.seen.sent_bytes += len(data)
        self.link.send(data, is_urgent=is_urgent)

    def keep(self, for_s: float) -> None:
        """Behave for a while as an honest counterpart does, but for what is switched off.

        Raises:
            Gone: The connection has ended.
        """
        until = time.monotonic() + for_s
        while (left_s := until - time.monotonic()) > 0:
            if self.is_ticking and time.monotonic() - self._ticked_at > 0.25:
                self._ticked_at = time.monotonic()
                self.send(self.tick(), is_urgent=True)
            with contextlib.suppress(TimeoutError):
                self.take(self.link.receive(min(left_s, 0.1)))

    def listen(self) -> None:
        """Take in what the victim answers to all that was sent; how it ended is kept.

        Entries wait for what is quick: after two probes that were answered, one turn after
        the other, nothing that was sent before them waits any more.
        """
        try:
            for _ in range(2):
                self._await_probe()
        except Gone as gone:
            self.note_end(gone)

    def _await_probe(self, at_most_s: float = 6.0) -> None:
        self._fence += 1
        self.link.send(encode_frame(Probe(self._fence)), is_urgent=True)
        until = time.monotonic() + at_most_s
        while time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                frame = self.link.receive(QUIET_S)
                if isinstance(frame, ProbeReply) and frame.sent_at == self._fence:
                    return
                self.take(frame, is_answered=False)

    def ask(
        self, frame: Frame | bytes, at_most_s: float = 6.0, *, may_be_passed_over: bool = True
    ) -> None:
        """Send a frame and wait until it was taken or refused.

        Args:
            frame: What to send.
            at_most_s: How long to wait.
            may_be_passed_over: Whether it may have no answer, on a connection that is greeted.

        Raises:
            Gone: The connection has ended.
        """
        known, offers = len(self.hand.store.said), self.hand.offers
        self._is_answered = False
        self.send(frame)
        is_new = self.hand.offers > offers and self.hand.offered_until > known
        self._awaited = self.hand.offered_until if is_new else MANY
        if is_new or not may_be_passed_over:
            self._await_answer(at_most_s)
        else:
            self.listen()

    def _await_answer(self, at_most_s: float) -> None:
        until = time.monotonic() + at_most_s
        while not self._is_answered and time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                self.take(self.link.receive(QUIET_S), is_answered=False)

    def note_end(self, gone: Gone) -> None:
        """Keep how a connection ended."""
        self.seen.ended[f"{gone.code} {gone.reason}".strip()[:80]] += 1

    def take(self, frame: Frame, *, is_answered: bool = True) -> None:
        """Take in a frame of the victim; answer as an honest counterpart does."""
        match frame:
            case Refusal(reason, _):
                self.seen.refused[reason] += 1
                self._is_answered = True
            case Receipt(origin, size, rows) if origin == self.hand.origin:
                # After a greeting a receipt for what is held comes by itself.
                self._is_answered |= size >= self._awaited or not rows
                if rows:
                    self.seen.receipted = max(self.seen.receipted, size)
                    self.hand.took(size)
            case TickSent(note):
                self.hand.heard = tick_hash(parse_note(note).text)
            case Entries() | Urgent():
                self._take_entries(frame, is_answered=is_answered)
            case Probe(sent_at) if is_answered and self.is_answering_probes:
                now = self.hand.wall()
                self.send(ProbeReply(sent_at, now, now), is_urgent=True)

    def _take_entries(self, frame: Entries | Urgent, *, is_answered: bool) -> None:
        known = self.hand.theirs.size
        if isinstance(frame, Urgent) or frame.origin != self.their_origin or frame.start > known:
            return
        for entry in frame.entries[known - frame.start :]:
            self.hand.theirs.append(leaf_hash(entry.raw))
        if is_answered and self.is_receipting:
            self.send(self.receipt())

    def receipt(self) -> bytes:
        """A true receipt over all that was given of the victim's outbox."""
        theirs = self.hand.theirs
        self.hand.receipted = max(self.hand.receipted, theirs.size)
        return Forger(self.hand).receipt(self.their_origin, theirs.size, theirs.root())

    @property
    def their_origin(self) -> str:
        """The victim's outbox."""
        return str(Origin(self.hand.victim, self.hand.line_name))

    def tick(self) -> bytes:
        """The next true tick of the chain."""
        hand, forger = self.hand, Forger(self.hand)
        number, digest, _ = hand.store.tick or (-1, bytes(32), "")
        held = (Checkpoint(self.their_origin, hand.theirs.size, hand.theirs.root()),)
        return forger.tick(
            sequence=number + 1,
            previous=digest,
            at=hand.wall(),
            out=Checkpoint(forger.origin, len(forger.entries), forger.tree().root()),
            held=held if hand.theirs.size else (),
            heard=((hand.victim, hand.heard),) if hand.heard else (),
        )
