"""The journal: the node's private log of what happened to it, in order.

The state of a line is the fold over its journal: what was sent, what arrived
and when, what was receipted, what was refused, what officers did on this node
only. It is a Merkle log like the outbox; counterparts cosign its head without
seeing a row, so that nobody can rewrite it later (`docs/spec/log-and-receipt.md`, journals).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from unicodedata import normalize

from openline.domain.instant import MINUTE_MS
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.merkle import Tree, leaf_hash
from openline.engine.ports import AppendEntries, StoredEntry
from openline.engine.turn import Turn


class Happened(IntEnum):
    """What a row of the journal says; the first number of the row."""

    SENT = 1
    """[1, at, start, count, requests]: entries of our outbox were recorded.

    Requests, where there are any: [place among them, hash of the request id].
    """
    ARRIVED = 2
    """[2, at, party, start, count, circuit]: entries of a counterpart's."""
    EARLY = 3
    """[3, at, party, index, circuit]: a FLASH before the log; content kept."""
    RECEIPTED = 4
    """[4, at, party, size, cosigned_at]: a receipt for our outbox."""
    RECOVERED = 5
    """[5, at, party, start, count]: our own entries, from a mirror."""
    REFUSED = 6
    """[6, at, party, circuit, reason, what]: something of theirs was refused."""
    ACTED = 7
    """[7, at, post, officer, act, subject]: an act on this node only.

    Of PERSON_CHANGED and of what is about signing in (`engine.people.AtTheDoor`) the
    subject is [salt, what, name].
    """
    STARTED = 8
    """[8, at, version]: the node started."""
    EVIDENCE = 9
    """[9, at, party, reason, name, what]: proof of misconduct was kept."""
    CONTINUED = 10
    """[10, at, origin, size, root]: this journal goes on from a lost one."""
    OPENED = 11
    """[11, at, origin]: from here on a party's outbox, perhaps our own, is this one."""
    KEPT = 12
    """[12, at, post, officer, name, salt, hash]: something private was kept; content kept.

    The hash is that of the content. Counterparts see the hash of this row in proofs about
    the journal: without the salt they could try out names, places and plans against it.
    """
    LET_GO = 13
    """[13, at, post, officer, name, salt]: something private is kept no longer."""
    HELD = 14
    """[14, at, post, officer, name, valid_from, valid_until, reason, salt]: a window is evidence.

    What an incident holds follows from its reports and has no row of its own. The salt is
    as in KEPT: whoever sees the hash of the row cannot try out windows and reasons.
    """
    RELEASED = 15
    """[15, at, post, officer, name, reason, salt]: a hold is over, of an incident or an officer."""
    DRAFTED = 20
    """[20, at, post, officer, hash]: a draft waits for a second person; content kept.

    The content holds the random token of the draft, so that nobody guesses it by its hash.
    The last row about a draft counts: its drafter may have signed it since.
    """
    DRAFT_ENDED = 21
    """[21, at, post, officer, state, token, index, reason]: a draft waits no more.

    The index is that of our entry where it was released, else null.
    """
    CAPTURED = 22
    """[22, at, salt, hash]: what was seen on a public page; the capture is kept as content.

    The hash is over salt and content, so that nobody finds out by it which page it was.
    """
    ASSESSED = 23
    """[23, at, post, officer, salt, hash]: whose a track is was assessed; content kept.

    The hash is over salt and content, so that nobody finds out by it what our feeds see.
    """
    UNASSESSED = 24
    """[24, at, post, officer, salt, hash]: an assessment is taken back; the track is content.

    Post and officer are empty where the node did so: nobody hears of the object any more.
    """
    LEFT_ASIDE = 25
    """[25, at, salt, hash]: what of a feed was left aside or is doubted; content kept.

    The content is [feed, [[word, count], ...]]; the hash is over salt and content. Of one
    feed there is one row in a minute.
    """
    MENDED = 26
    """[26, at, lost]: a damaged store was mended; what could not be had again.

    Each of the lost is [origin, first, end]: entries, or rows of a journal, of those that
    were there. Rows of a journal that stand behind it were carried over from behind a gap.
    """
    OFFERED = 16
    """[16, at, post, officer, salt, hash]: a watch was offered with its brief; content kept.

    The hash is over salt and content. The message of whoever takes the watch names it.
    """


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what happened, when, and the rest as the kind says."""

    happened: Happened
    at: int
    rest: tuple[Value, ...]
    content: bytes = b""


def parse_row(entry: StoredEntry) -> Row:
    """The row of a stored entry; our own writing, so a fault is a defect."""
    value = cbor.decode(entry.raw)
    assert isinstance(value, list)
    assert type(value[0]) is int
    assert type(value[1]) is int
    return Row(Happened(value[0]), value[1], tuple(value[2:]), entry.content)


ACKNOWLEDGED: Final = "ACKNOWLEDGED"
"""The act of an officer who took note of an alarm; the subject is its id."""

TOOK_WATCH: Final = "TOOK_WATCH"
"""The act of an officer who took a watch; the subject is the hash of the brief, or empty."""

CARRIED_OUT: Final = "CARRIED_OUT"
"""The act of an officer who had a file made for a courier; the subject is the counterpart."""

CARRIED_IN: Final = "CARRIED_IN"
"""The act of an officer who had a courier's file taken in; the subject is its hash."""

ADOPTED: Final = "ADOPTED"
"""The act of an officer who adopted an Understanding; the subject is its hash."""

REFUSALS_PER_MINUTE_MAX: Final = 60
"""Rows about refusals: a hostile counterpart must not fill the disk."""


class PerMinute:
    """Lets so many through in a minute, and no more.

    Args:
        most: How many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._since = 0
        self._count = 0

    def admits(self, at: int) -> bool:
        """Count one; whether it is let through."""
        if not 0 <= at - self._since < MINUTE_MS:
            self._since, self._count = at, 0
        self._count += 1
        return self._count <= self._most


class Journal:
    """The journal of one line.

    Rows of a turn are gathered and appended together by `flush`.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.tree = Tree()
        self._rows: list[StoredEntry] = []
        self._refusals = PerMinute(REFUSALS_PER_MINUTE_MAX)

    @property
    def head(self) -> Checkpoint:
        """The head over the rows that were flushed."""
        return Checkpoint(self.origin, self.tree.size, self.tree.root())

    def add(self, happened: Happened, at: int, *rest: Value, content: bytes = b"") -> int:
        """Gather a row; the index that it will have."""
        values = [normalize("NFC", one) if isinstance(one, str) else one for one in rest]
        self._rows.append(StoredEntry(cbor.encode([int(happened), at, *values]), content))
        return self.tree.size + len(self._rows) - 1

    def add_refusal(self, at: int, party: str, circuit: str, reason: str, what: str) -> bool:
        """Gather a row about a refusal, unless this minute has too many; whether it was."""
        if not self._refusals.admits(at):
            return False
        self.add(Happened.REFUSED, at, party, circuit, reason, what[:400])
        return True

    def flush(self, turn: Turn) -> None:
        """Append the gathered rows with the turn's other writes."""
        if not self._rows:
            return
        start = self.tree.size
        self.tree.extend([leaf_hash(row.raw) for row in self._rows])
        turn.write(AppendEntries(self.origin, start, tuple(self._rows), self.tree.root()))
        self._rows = []
