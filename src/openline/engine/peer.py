"""One counterpart on one line: its connections, and how far it has followed.

Objects prove themselves, so a peer only keeps what makes exchange quick:
which connections stand, what the counterpart says it holds, what it has
receipted, and what was sent meanwhile. All of it may be forgotten; it is told
again when a connection opens.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from openline.domain.instant import MINUTE_MS
from openline.domain.limits import UNDERSTANDINGS_COMPARED_PER_MINUTE_MAX
from openline.domain.line.keyring import KeyRing
from openline.domain.line.observed import CircuitWatch, Observed
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.note import Note
from openline.domain.record.tick import Tick

_ORDER: Final = {
    state: place
    for place, state in enumerate((Observed.UP, Observed.UNKNOWN, Observed.DEGRADED, Observed.LOST))
}
"""Of two circuits the one of the earlier state is tried first."""

WINDOW_ENTRIES: Final = 2_048
"""Entries under way to one counterpart."""

WINDOW_BYTES: Final = 2 * 1024 * 1024
"""Bytes of entries under way to one counterpart: two frames of the largest size."""

PROBES_KEPT: Final = 1_024
"""Probes whose answers count: ten minutes of them where ticks come every two seconds."""

FAULTS_PER_MINUTE_MAX: Final = 20
"""Refused frames in a minute before the connection is ended."""


@dataclass(slots=True)
class LinkState:
    """One connection to the counterpart.

    Attributes:
        number: The connection.
        circuit: The circuit it belongs to.
        is_greeted: The counterpart's hello was accepted.
        since: When it was opened.
        unanswered: How often entries on it had to be sent again.
    """

    number: int
    circuit: str
    is_greeted: bool = False
    since: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class VerifiedTick:
    """A tick that verified in this run, and by what: it need not be verified again.

    Attributes:
        text: The signed note.
        outbox: Origin of the outbox whose head it had to name.
        ring: The keys that it was verified with.
        tick: What it says.
    """

    text: str
    outbox: str
    ring: KeyRing
    tick: Tick

    def stands_for(self, text: str, outbox: str, ring: KeyRing) -> bool:
        """Whether the same note would be verified by the same keys once more."""
        return self.text == text and self.outbox == outbox and self.ring is ring


@dataclass(slots=True)
class Peer:
    """One counterpart on one line.

    Attributes:
        party: Its name.
        links: Standing connections, by number.
        circuits: What is known of each circuit that ever stood, by name.
        sent: Index after the last of our entries sent to it.
        under_way: Of each frame of entries that was sent and is not held yet,
            the index after its last entry, and its size in bytes.
        held: How many of our entries it says it holds.
        receipted: How many of our entries it has receipted.
        is_reconciled: It has said what it holds of our outbox, and we hold it too.
        holds_more: It has shown a head that we signed and whose entries we lack.
        must_hold: Epoch and size: cosign nothing of that outbox of its smaller
            than this, for it was receipted before we lost our copy.
        has_shown: It has said since the start what it holds of our outbox.
        contradicts: It holds another history of our outbox than we do, signed by us.
        shown: The last head of our outbox that it has shown, and that we signed.
        cosigned: The largest size of its outbox that we cosigned in this run.
        last_tick: Sequence and hash of its last tick that verified.
        last_tick_note: That tick, as a signed note.
        verified_tick: The same, if it came in this run.
        heard: Hash of its last tick whose time was plausible; echoed in ours.
        tick_answered_at: When we made the newest tick of ours that it echoed.
        tick_observed: The word it gives the line itself.
        probes: When the last probes to it were sent.
        heard_on: The number of its newest tick on each circuit.
        offset_ms: Its clock minus ours, by the last probe.
        round_trip_ms: Of the last probe.
        difference: Where its Understanding differs from ours, in words.
        shown_journal: The last head of our journal that it has shown, and whether
            we signed it.
        journal_cosigned: Size of our journal that it has cosigned.
        journal_sent: Size of our journal last sent to be cosigned.
        journal_kept: Largest size of our journal whose cosigned head is kept.
        its_journal: Head of its journal that we cosigned, as a whole note.
        evidence: Names of kept proofs that it wrote two histories of its newest
            outbox.
        past_evidence: The same, of its earlier outboxes: they stop nothing any more.
        journal_evidence: Name of the kept proof that it has two journals.
        progress_at: When something was last sent to it, or receipted by it.
        urgent_sent: Index after the last FLASH of ours sent ahead to it.
        asked_again_at: The size at which it last said that something is missing.
        pulled_at: When it was last asked for entries of ours; None if not since
            its connections stand.
        has_lent: It has given us back entries of ours.
        has_continued: It has shown in this run that our journal was lost.
        compared: SHA-256 of the Understanding that it has shown last, and where that
            differs from ours, in words.
    """

    party: str
    links: dict[int, LinkState] = field(default_factory=dict)
    circuits: dict[str, CircuitWatch] = field(default_factory=dict)
    sent: int = 0
    under_way: deque[tuple[int, int]] = field(default_factory=deque)
    held: int = 0
    receipted: int = 0
    is_reconciled: bool = False
    holds_more: bool = False
    must_hold: tuple[int, int] = (1, 0)
    has_shown: bool = False
    contradicts: bool = False
    shown: Checkpoint | None = None
    cosigned: int = -1
    acked: int = -1
    last_tick: tuple[int, bytes] | None = None
    last_tick_note: str = ""
    verified_tick: VerifiedTick | None = None
    heard: bytes | None = None
    tick_answered_at: int | None = None
    tick_observed: str = Observed.UNKNOWN
    probes: deque[int] = field(default_factory=lambda: deque(maxlen=PROBES_KEPT))
    heard_on: dict[str, int] = field(default_factory=dict)
    offset_ms: int | None = None
    round_trip_ms: int | None = None
    difference: list[str] = field(default_factory=list)
    shown_journal: tuple[Checkpoint, bool] | None = None
    journal_cosigned: int = 0
    journal_sent: int = 0
    journal_kept: int = 0
    its_journal: Note | None = None
    evidence: list[str] = field(default_factory=list)
    past_evidence: list[str] = field(default_factory=list)
    journal_evidence: str = ""
    progress_at: int = 0
    urgent_sent: int = 0
    asked_again_at: int = -1
    pulled_at: int | None = None
    has_lent: bool = False
    has_continued: bool = False
    compared: tuple[bytes, list[str]] | None = None
    _faults_since: int = 0
    _faults: int = 0
    _compared_since: int = 0
    _compared: int = 0

    @property
    def is_forked(self) -> bool:
        """Whether there is proof that it wrote two histories."""
        return bool(self.evidence)

    def must_hold_of(self, epoch: int) -> int:
        """The size of an outbox of its under which nothing is cosigned."""
        return self.must_hold[1] if self.must_hold[0] == epoch else 0

    def has_receipted(self, epoch: int, size: int) -> None:
        """Take in how much of an outbox of its it says that we have receipted."""
        self.must_hold = max(self.must_hold, (epoch, size))

    def begin_ours(self) -> None:
        """We go on in a new outbox: it holds nothing of it yet."""
        self.held = self.sent = self.receipted = self.urgent_sent = 0
        self.under_way.clear()
        self.asked_again_at = -1
        self.contradicts = self.holds_more = False
        self.shown = None

    def begin_theirs(self) -> None:
        """It goes on in a new outbox: nothing of it is cosigned, and nothing disproved."""
        self.cosigned = self.acked = -1
        self.past_evidence += self.evidence
        self.evidence = []

    def greeted(self) -> list[LinkState]:
        """The connections that may carry data, best first."""
        ready = [link for link in self.links.values() if link.is_greeted]
        if len(ready) < 2:
            return ready
        return sorted(
            ready,
            key=lambda link: (
                _ORDER[self.circuits[link.circuit].state],
                link.unanswered,
                link.circuit,
                link.number,
            ),
        )

    def best_of_each_circuit(self) -> list[LinkState]:
        """One connection of each circuit, the best circuit first."""
        by_circuit: dict[str, LinkState] = {}
        for link in self.greeted():
            by_circuit.setdefault(link.circuit, link)
        return list(by_circuit.values())

    def has_too_many_faults(self, now: int) -> bool:
        """Count one refused frame; whether this minute has too many."""
        if not 0 <= now - self._faults_since < MINUTE_MS:
            self._faults_since, self._faults = now, 0
        self._faults += 1
        return self._faults > FAULTS_PER_MINUTE_MAX

    def may_be_compared(self, now: int) -> bool:
        """Count one Understanding of its to be read; whether this minute has room for it."""
        if not 0 <= now - self._compared_since < MINUTE_MS:
            self._compared_since, self._compared = now, 0
        self._compared += 1
        return self._compared <= UNDERSTANDINGS_COMPARED_PER_MINUTE_MAX

    @property
    def has_room(self) -> bool:
        """Whether more may be sent before the counterpart says what it holds."""
        while self.under_way and self.under_way[0][0] <= self.held:
            self.under_way.popleft()
        size_bytes = sum(size for _, size in self.under_way)
        return self.sent - self.held < WINDOW_ENTRIES and size_bytes < WINDOW_BYTES

    def rewind(self) -> None:
        """Forget what was under way: it will be sent again."""
        self.sent = self.held
        self.under_way.clear()
        self.urgent_sent = min(self.urgent_sent, self.held)

    def status(self, now: int, out_size: int) -> dict[str, Any]:
        """What officers see of the counterpart."""
        return {
            "party": self.party,
            "circuits": [
                {
                    "circuit": name,
                    "state": str(watch.state),
                    "is_connected": any(
                        link.circuit == name and link.is_greeted for link in self.links.values()
                    ),
                    "last_tick_at": watch.last_heard_at,
                }
                for name, watch in sorted(self.circuits.items())
            ],
            "two_way_age_ms": (
                None if self.tick_answered_at is None else max(0, now - self.tick_answered_at)
            ),
            "says": str(self.tick_observed),
            "clock_offset_ms": self.offset_ms,
            "round_trip_ms": self.round_trip_ms,
            "held": self.held,
            "receipted": self.receipted,
            "not_receipted": max(0, out_size - self.receipted),
            "is_reconciled": self.is_reconciled,
            "is_forked": self.is_forked,
            "evidence": [*self.past_evidence, *self.evidence],
            "difference": list(self.difference),
            "journal_cosigned": self.journal_cosigned,
        }
