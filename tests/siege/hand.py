"""What the hostile counterpart has in hand: a directory with true keys, and what was said.

The directory is that of a real node, made by `openline init`, which has adopted the
Understanding and has spoken; it does not run now. From there on the hand goes on by
itself. It keeps what its victim has taken of what it said, so that one act does not spoil
the next: the victim's own greeting says how much that is.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from openline.adapters.keys import FileKeys
from openline.adapters.sqlite import SqliteStore
from openline.app.config import load_config
from openline.domain.line.understanding import parse_signed_understanding, verify_understanding
from openline.domain.party import Origin
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.envelope import parse_envelope
from openline.domain.record.merkle import Tree, leaf_hash
from openline.domain.record.note import parse_note
from openline.domain.record.signing import Signer
from openline.domain.record.tick import tick_hash, verify_tick
from openline.engine.frames import Entries, TickSent, Urgent, decode_frame
from openline.engine.ports import StoredEntry


class Spoken:
    """What the party's node has said, and what was said since in its name and taken.

    Attributes:
        said: The outbox as the victim holds it.
        tick: Number, hash and note of the newest tick.
    """

    def __init__(
        self, origin: str, said: list[StoredEntry], tick: tuple[int, bytes, str] | None
    ) -> None:
        self.said = said
        self.tick = tick
        self._origin = origin

    def entries(self, origin: str, start: int, count: int) -> list[StoredEntry]:
        """Entries of the outbox; of no other log."""
        return self.said[start : start + count] if origin == self._origin else []

    def last_tick(self, line: str, party: str) -> tuple[int, bytes, str] | None:
        """The newest tick of the party."""
        return self.tick


class TrueHand:
    """A `Hand` with true keys, on one line.

    Args:
        directory: The directory of the hostile party's node, which does not run.
        line: The line.
        chance: From a seed.

    Attributes:
        party: The hostile party.
        parties: All parties to the line.
        store: What its node has said.
        victim: The other party; of several the first.
        identity: The certificate that the victim pins, with its key.
        theirs: The victim's outbox, as far as it was given.
        receipted: Of how much of it a true receipt was given in this siege.
        heard: Hash of the victim's newest tick.
    """

    def __init__(self, directory: Path, line: str, chance: Random) -> None:
        config = load_config(directory)
        self.party = config.party
        self.line_name = line
        self.chance = chance
        self.adopted = (directory / "lines" / f"{line}.understanding").read_bytes()
        self.keys = FileKeys.open(directory / "keys")
        self.identity = directory / "keys" / "tls.pem"
        signed = parse_signed_understanding(self.adopted)
        self.understanding = signed.content()
        self._terms = verify_understanding(signed)
        self.parties: Sequence[str] = self._terms.names()
        self.victim = next(one for one in self.parties if one != self.party)
        self.origin = str(Origin(self.party, line))
        with SqliteStore.open_read_only(config.store) as store:
            said = store.entries(self.origin, 0, 100_000)
            self.store = Spoken(self.origin, said, store.last_tick(line, self.party))
            journal = store.value(f"journal/{line}/{self.victim}")
            rows = store.last_head(str(Origin(self.party, line, "journal")), self.victim)
        self.their_journal = journal.decode() if journal else ""
        self._journal_rows = rows[0] if rows else 0
        self.theirs = Tree()
        self.receipted = 0
        self.heard: bytes | None = None
        # Frames of entries of which it is not known yet whether the victim took them.
        self._offered: list[Entries] = []
        # The outbox as the victim's last greeting proved that it holds it.
        self._settled = said

    @property
    def signer(self) -> Callable[[str], Signer]:
        """The signer of a role, by its name."""
        return self.keys.current

    def first_key(self) -> Signer:
        """The node key that the Understanding names: revoked by now, if another is current."""
        key = self.keys.find("node", self._terms.party(self.party).node)
        assert key is not None, "no key is ever deleted"
        return key

    @property
    def has_spoken(self) -> bool:
        """Its node has spoken before the siege."""
        return bool(self.store.said)

    def journal_cosigned(self, victim: str) -> int:
        """How many rows of the party's journal the victim has cosigned."""
        return self._journal_rows

    def wall(self) -> int:
        """The time of this machine."""
        return int(time.time() * 1_000)

    def note_sent(self, data: bytes) -> None:
        """Keep what was sent, to know later what was taken of it."""
        if data[1:2] == b"\x02" and data[:1] == b"\x85":
            frame = decode_frame(data)
            if isinstance(frame, Entries) and _may_be_taken(frame, self.origin):
                self._offered.append(frame)
        elif data[1:2] == b"\x05" and data[:1] == b"\x85":
            early = decode_frame(data)
            if isinstance(early, Urgent):
                index = parse_envelope(early.entry.raw).header.index
                self._offered.append(Entries(self.origin, index, (early.entry,), early.head))
        elif data[1:2] == b"\x04" and data[:1] == b"\x82":
            frame = decode_frame(data)
            assert isinstance(frame, TickSent)
            self._note_tick(frame.note)

    def _note_tick(self, text: str) -> None:
        """The chain of ticks goes on after the newest true one that was sent."""
        note = parse_note(text)
        tick = verify_tick(note, self.keys.current("node").public.ed25519)
        is_newer = self.store.tick is None or tick.sequence > self.store.tick[0]
        if tick.line == self.line_name and is_newer:
            self.store.tick = (tick.sequence, tick_hash(note.text), text)

    @property
    def offers(self) -> int:
        """How often something was offered since the last greeting."""
        return len(self._offered)

    @property
    def offered_until(self) -> int:
        """The index after the last entry that was offered."""
        last = self._offered[-1] if self._offered else None
        return last.start + len(last.entries) if last else 0

    def took(self, size: int) -> None:
        """The victim gave a receipt for so many entries: it took what was offered last."""
        known = len(self.store.said)
        for frame in reversed(self._offered):
            if frame.start <= known < frame.start + len(frame.entries) == size:
                self.store.said = [*self.store.said, *frame.entries[known - frame.start :]]
                return

    def settle(self, held: Checkpoint) -> None:
        """Go on from what the victim says that it holds of the outbox.

        Raises:
            AssertionError: It holds what was never offered.
        """
        found = self._search(self._settled, held)
        assert found is not None, "it holds what was never said"
        self.store.said = self._settled = found
        self._offered = []

    def _search(self, said: list[StoredEntry], held: Checkpoint) -> list[StoredEntry] | None:
        """The outbox that the victim holds: what it held before, and some of what was offered."""
        if len(said) == held.size:
            tree = Tree(leaf_hash(entry.raw) for entry in said)
            return said if tree.root() == held.root else None
        for frame in self._offered:
            end = frame.start + len(frame.entries)
            if frame.start <= len(said) < end <= held.size:
                more = [*said, *frame.entries[len(said) - frame.start :]]
                if (found := self._search(more, held)) is not None:
                    return found
        return None


def _may_be_taken(frame: Entries, origin: str) -> bool:
    """Whether entries have their form and stand in their places.

    Raises:
        TheirError: They have not.
    """
    return frame.origin == origin and all(
        parse_envelope(entry.raw).header.index == index
        for index, entry in enumerate(frame.entries, frame.start)
    )
