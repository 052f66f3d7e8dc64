"""The pulse of a line: our ticks out, theirs in, and what the silence means.

Ticks go on every connection at the interval of the Understanding, and soon
after a change: at most `CHANGES_PER_INTERVAL` of them in one interval, so
that a busy line does not pay for a tick with every message. A tick is written
down before it is sent, so that no number is ever used for two ticks.

A copy that is put back does not know the ticks that were made since, and not all of
them were heard. So a node begins each life at a number of its own
(`docs/decisions/0052-ticks-of-each-life.md`), unless it is certain of its copy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from openline.domain.errors import Reason, TheirError
from openline.domain.line.keyring import KeyRing, by_any
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.note import Note, parse_note, sign_note
from openline.domain.record.signing import Signer
from openline.domain.record.tick import (
    NO_HASH,
    Tick,
    parse_tick,
    tick_hash,
    tick_key,
    verify_tick_signature,
)
from openline.engine.entries import other_outbox
from openline.engine.frames import Probe, TickSent, encode_frame
from openline.engine.mirror import UNKNOWN_YET, ForkFound
from openline.engine.peer import Peer, VerifiedTick
from openline.engine.ports import PutTick
from openline.engine.turn import Turn

NUMBERS_PER_MS: Final = 1 << 10
"""A million of them a second: no life of a node uses up what the clock gives it."""

NUMBERS_DRAWN: Final = 1 << 20
"""Numbers of which one is drawn where a clock shows an instant twice: a second of them."""

CHANGES_PER_INTERVAL: Final = 10
"""Ticks beside the regular ones that changes may cause in one interval."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A tick of a counterpart that verified.

    Attributes:
        tick: What it says.
        is_new: Whether it is the newest of its author.
    """

    tick: Tick
    is_new: bool


class Pulse:
    """Our chain of ticks on one line, and the reading of the others'."""

    def __init__(self, own: str, line: str, interval_ms: int, tolerance_ms: int) -> None:
        self.interval_ms = interval_ms
        self.tolerance_ms = tolerance_ms
        self._own = own
        self._line = line
        self.sequence = 0
        self.previous = NO_HASH
        self._made_at: int | None = None
        self._said: tuple[object, ...] = ()

    def continue_from(self, sequence: int, digest: bytes) -> None:
        """Go on after a tick that was made before, if ours is not a newer one.

        Our last one gives way to another of its number: it is of a life that is lost.
        """
        if sequence >= self.sequence - 1:
            self.sequence = sequence + 1
            self.previous = digest

    def begin_life(self, now: int, drawn: int) -> None:
        """Go on at a number that no other life of this node has used.

        Lives follow each other in time, so the clock parts them; where it was set back,
        or starts at one instant each time, what was drawn does.

        Args:
            now: The present instant.
            drawn: Random, below `NUMBERS_DRAWN`.
        """
        assert 0 <= drawn < NUMBERS_DRAWN, "it was drawn from so many"
        self.sequence = max(now * NUMBERS_PER_MS, self.sequence + 1) + drawn

    def may_be_due(self, now: int) -> bool:
        """Whether a tick may be made now: after the last one, whatever has changed since."""
        if self._made_at is None or now < self._made_at:
            return True
        return (now - self._made_at) * CHANGES_PER_INTERVAL >= self.interval_ms

    def is_due(self, now: int, said: tuple[object, ...]) -> bool:
        """Whether a tick must be made: the interval is over, or much changed."""
        if self._made_at is None or not 0 <= now - self._made_at < self.interval_ms:
            return True
        return said != self._said and self.may_be_due(now)

    def make(
        self,
        turn: Turn,
        signer: Signer,
        out: Checkpoint,
        held: tuple[Checkpoint, ...],
        observed: str,
        declared: tuple[tuple[str, str], ...],
        peers: list[Peer],
        said: tuple[object, ...],
    ) -> None:
        """Make, write and send one tick and a probe on every connection."""
        heard = tuple(sorted((peer.party, peer.heard) for peer in peers if peer.heard))
        tick = Tick(
            party=self._own,
            line=self._line,
            sequence=self.sequence,
            at=turn.now,
            out=out,
            held=held,
            observed=observed,
            declared=declared,
            clock_source="system",
            clock_error_ms=self.tolerance_ms,
            previous=self.previous,
            heard=heard,
        )
        text = tick.text()
        name = tick_key(self._own, self._line, signer.public.ed25519).name
        note = Note(text, (sign_note(text, name, signer),))
        self.previous = tick_hash(text)
        turn.write(PutTick(self._own, self._line, self.sequence, self.previous, note.format()))
        self.sequence += 1
        self._made_at, self._said = turn.now, said
        frame = encode_frame(TickSent(note.format()))
        probe = encode_frame(Probe(turn.now))
        for peer in peers:
            peer.probes.append(turn.now)
            for link in peer.greeted():
                turn.send(link.number, frame, is_urgent=True)
                turn.send(link.number, probe, is_urgent=True)

    def receive(
        self,
        turn: Turn,
        peer: Peer,
        text: str,
        ring: KeyRing,
        held: Checkpoint,
        known: Callable[[str, int], str],
    ) -> Heard:
        """Verify and keep a counterpart's tick.

        Args:
            turn: Gathers the writes.
            peer: Whose connection it came on.
            text: The signed note.
            ring: The counterpart's keys, as far as we hold its outbox.
            held: The head of what we hold of it.
            known: Finds a tick of a party by its number among those kept.

        Raises:
            TheirError: It does not verify, or is of another line or party;
                ForkFound when its author made another tick of its number, or
                of the number before.
        """
        last = peer.verified_tick
        if (
            last is not None
            and (last.text, last.outbox) == (text, held.origin)
            and last.ring is ring
        ):
            # It came on another circuit before.
            return Heard(last.tick, is_new=False)
        note = parse_note(text)
        try:
            tick = verify_tick_of(note, held.origin, ring)
        except TheirError as error:
            if parse_tick(note.text).out.size > held.size and error.reason in UNKNOWN_YET:
                raise TheirError(Reason.GAP, error.what) from None
            raise
        digest = tick_hash(note.text)
        if peer.last_tick is not None:
            self._check_chain(peer, tick, digest, text, known)
            if tick.sequence <= peer.last_tick[0]:
                return Heard(tick, is_new=False)
        peer.verified_tick = VerifiedTick(text, held.origin, ring, tick)
        peer.last_tick = (tick.sequence, digest)
        peer.last_tick_note = text
        peer.tick_observed = tick.observed
        turn.write(PutTick(peer.party, self._line, tick.sequence, digest, text))
        # An echo vouches for the time in the tick: only a plausible one gets it.
        peer.heard = digest if abs(tick.at - turn.now) <= self.tolerance_ms else None
        return Heard(tick, is_new=True)

    @staticmethod
    def _check_chain(
        peer: Peer, tick: Tick, digest: bytes, text: str, known: Callable[[str, int], str]
    ) -> None:
        """Check that the author made only one tick of each number."""
        assert peer.last_tick is not None
        last, last_digest = peer.last_tick
        is_other = tick.sequence == last + 1 and tick.previous != last_digest
        if tick.sequence == last:
            is_other = digest != last_digest
        number, first = last, peer.last_tick_note
        if tick.sequence < last:
            number, first = tick.sequence, known(peer.party, tick.sequence)
            is_other = first != "" and tick_hash(parse_note(first).text) != digest
        if is_other:
            raise ForkFound(f"{peer.party} made two ticks of number {number}", first, text)


def verify_tick_of(note: Note, outbox: str, ring: KeyRing) -> Tick:
    """The tick of a note, by the key that is right for the size of its outbox.

    Raises:
        TheirError: GAP when it is of a later outbox of the same party, ROLLBACK
            of an earlier one, WRONG_LINE of none; or it does not verify.
    """
    tick = parse_tick(note.text)
    if tick.out.origin != outbox:
        raise other_outbox(tick.out.origin, outbox)
    by_any(
        ring.nodes_for_size(tick.out.size),
        lambda keys: verify_tick_signature(note, tick, keys.ed25519),
        f"tick {tick.sequence} of {tick.party}",
    )
    return tick
