"""Export: gathers the evidence for certificates from what a node has stored.

Everything that a certificate needs is in the store of either party to the line:
both outboxes, heads with their cosignatures, ticks. This module finds the least
of it that proves a claim and writes the file; `openline.domain.record.
verification` then judges that file as it would judge anybody's.

An exporter keeps the trees of the logs it has read, so a long-lived one reads
each entry once. It is used by one thread at a time.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from openline.app.forks import forks_of
from openline.app.holding import held_in
from openline.app.publishing import BUNDLE_TICKS_MAX, ShownLog
from openline.domain.errors import OurError, TheirError
from openline.domain.instant import DAY_MS, HOUR_MS, format_instant
from openline.domain.limits import (
    EVIDENCE_ENTRIES_MAX,
    EVIDENCE_ENTRIES_SHOWN_MAX,
    EVIDENCE_TICKS_MAX,
    RUN_ENTRIES_MAX,
)
from openline.domain.line.declared import Declared
from openline.domain.line.keyring import KEY_KINDS, KeyRing, by_any, mirror_name, witness_name
from openline.domain.line.observed import Observed
from openline.domain.line.understanding import (
    SignedUnderstanding,
    Understanding,
    verify_understanding,
)
from openline.domain.party import Origin, parse_origin
from openline.domain.record.certificate import (
    Certificate,
    CertificateKind,
    Claim,
    Contradiction,
    Evidence,
    Extension,
    ForkSort,
    JournalRow,
    ProvenEntry,
    Run,
)
from openline.domain.record.checkpoint import (
    Checkpoint,
    log_keys,
    parse_checkpoint,
    verify_checkpoint,
)
from openline.domain.record.claims import ANSWERABLE, ANSWERING, line_words
from openline.domain.record.cosignature import cosigner_keys, verify_cosignature
from openline.domain.record.declarations import (
    SaidOfScopes,
    states_allowed,
    why_dates_are_doubtful,
)
from openline.domain.record.envelope import parse_content, parse_envelope
from openline.domain.record.exhibits import kind_word
from openline.domain.record.merkle import (
    TILE_WIDTH,
    Tree,
    bundle,
    entry_bundle,
    leaf_hash,
    parse_tile_path,
)
from openline.domain.record.note import Note, VerifierKey, parse_note
from openline.domain.record.proof import LogProof
from openline.domain.record.signing import PublicKeys
from openline.domain.record.silence import (
    Around,
    Dated,
    Finding,
    Judgement,
    Window,
    after,
    around,
    bracket,
    judge,
)
from openline.domain.record.tick import Tick, parse_tick
from openline.domain.record.tiles import bundle_start
from openline.domain.statements.capture import parse_capture_row
from openline.domain.talk.declaration import Declaration
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message, Unreadable, read_message
from openline.domain.talk.signed_act import act_of
from openline.engine.ports import Store, StoredEntry

_ENTRIES_READ: Final = 2_048
_HEADS_READ: Final = 64
_TICKS_READ: Final = 512

_SEARCH_FACTORS: Final = (1, 4, 16, 64, 256)
"""How much wider each look for ticks is than the first, until they are found."""

_FAR_MARGINS_MS: Final = (3 * DAY_MS, 10 * DAY_MS)
"""How far around an instant to look where the line was out for long: ten days take some 10 s."""

_MAY_BE_KEY_MESSAGE: Final = re.compile(rb"\x3a\x00\x01\x11\x70[\xa5-\xa8]\x01[\x01-\x03]\x02")
"""Our header field -70001, a map, and under 1 a kind of 1 to 3: finds key messages
among 100,000 entries without reading each; what it finds is then read."""


class Exporter:
    """Writes certificates about one line from one party's store.

    Args:
        store: What the node has stored.
        own: The party whose store it is.
        line: The line.
    """

    def __init__(self, store: Store, own: str, line: str) -> None:
        self._store = store
        self._own = own
        self._line = line
        self._logs: dict[Origin, _Log] = {}
        # Our journals, as far as they were read.
        self._journals: dict[Origin, Tree] = {}

    def message(
        self, party: str, index: int, *, with_content: bool = True, epoch: int = 0
    ) -> bytes:
        """A certificate of who said what, when at the latest and the earliest.

        Args:
            party: The author.
            index: Of the message in the author's outbox.
            with_content: Whether the words go along; else only their hash.
            epoch: Which of the author's outboxes; 0 means the newest that has it.

        Raises:
            OurError: The message, or a signed head over it, is not stored here.
        """
        dossier = self._dossier()
        outbox = dossier.outbox(party, index, epoch)
        dossier.add_message(outbox, index, with_content=with_content)
        for holder in dossier.others(party):
            dossier.add_receipt(outbox, index, holder)
        dossier.add_seen(outbox, index)
        claim = Claim(CertificateKind.MESSAGE, self._line, party, index, epoch=outbox.epoch)
        return dossier.write(claim, [outbox])

    def receipt(
        self,
        party: str,
        index: int,
        holder: str = "",
        *,
        with_content: bool = True,
        epoch: int = 0,
    ) -> bytes:
        """A certificate that a counterpart held a message durably.

        Args:
            party: The author.
            index: Of the message in the author's outbox.
            holder: Who received it; may be left out where there is one other party.
            with_content: Whether the words go along; else only their hash.
            epoch: Which of the author's outboxes; 0 means the newest that has it.

        Raises:
            OurError: The message or its receipt is not stored here.
        """
        dossier = self._dossier()
        holder = dossier.one_holder(party, holder)
        outbox = dossier.outbox(party, index, epoch)
        dossier.add_message(outbox, index, with_content=with_content)
        dossier.need_receipt(outbox, index, holder)
        claim = Claim(CertificateKind.RECEIPT, self._line, party, index, holder, epoch=outbox.epoch)
        return dossier.write(claim, [outbox])

    def lead_time(self, party: str, index: int, holder: str = "", *, epoch: int = 0) -> bytes:
        """A certificate of how long before its window a notice was received.

        Args:
            party: The author of the notice.
            index: Of the notice in the author's outbox.
            holder: Who received it; may be left out where there is one other party.
            epoch: Which of the author's outboxes; 0 means the newest that has it.

        Raises:
            OurError: The message is no notice, or it or its receipt is not stored.
        """
        dossier = self._dossier()
        holder = dossier.one_holder(party, holder)
        outbox = dossier.outbox(party, index, epoch)
        if dossier.add_message(outbox, index, with_content=True) != Kind.NOTICE:
            raise OurError(
                f"{party} {index} is not a notice: it has no lead time.",
                "Give the serial of a notice.",
            )
        dossier.need_receipt(outbox, index, holder)
        claim = Claim(
            CertificateKind.LEAD_TIME, self._line, party, index, holder, epoch=outbox.epoch
        )
        return dossier.write(claim, [outbox])

    def log_proof(self, party: str, index: int, *, epoch: int = 0) -> str:
        """A C2SP tlog-proof that an outbox holds an entry, for other people's tools.

        It is the text of https://c2sp.org/tlog-proof, under the first head that
        covers the entry and that a counterpart has cosigned, or else under a head
        of the author alone. Its extra data is the entry, as it is hashed.

        Args:
            party: The author.
            index: Of the entry in the author's outbox.
            epoch: Which of the author's outboxes; 0 means the newest that has it.

        Raises:
            OurError: The entry, or a signed head over it, is not stored here.
        """
        dossier = self._dossier()
        outbox = dossier.outbox(party, index, epoch)
        dossier.check_index(outbox, index)
        log = self._logs[outbox]
        for holder in (*dossier.others(party), ""):
            if note := dossier.first_head(outbox, index, holder):
                break
        else:
            raise OurError(
                f"No signed head over {party} {index} is stored here.",
                "Heads follow within seconds: ask again.",
            )
        size = parse_checkpoint(note.text).size
        hashes = tuple(log.tree.inclusion_proof(index, size))
        entry = self._store.entries(log.origin, index, 1)[0].raw
        return LogProof(index, hashes, note, entry).format()

    def shown_logs(self) -> list[ShownLog]:
        """The outboxes of all parties as far as they may be shown: to their largest heads."""
        dossier = self._dossier()
        shown = (dossier.last_shown(outbox) for outbox in sorted(dossier.rings))
        return [one for one in shown if one is not None]

    def tile(self, origin: str, path: str) -> bytes:
        """A tile of an outbox, or a bundle of its entries, by its path (tlog-tiles).

        Raises:
            TheirError: It is not the path of a tile.
            OurError: There is no such log, or it is not so long.
        """
        level, number, width = parse_tile_path(path)
        where = parse_origin(origin)
        if not self._logs:
            self._dossier()
        log = self._logs.get(where) if where else None
        if log is None:
            raise OurError(f"{origin} is no log of {self._line}.", "Name a log that is listed.")
        try:
            if level is not None:
                return log.tree.tile(level, number, width)
        except LookupError:
            raise _not_so_long(origin, path) from None
        start = number * TILE_WIDTH
        if start + width > log.tree.size:
            raise _not_so_long(origin, path)
        return entry_bundle([entry.raw for entry in self._store.entries(origin, start, width)])

    def ticks(self, party: str, first: int) -> bytes:
        """The bundle with the next tick of a party from a number on, if there is one.

        A number that was signed twice is there twice: that is evidence.

        Args:
            party: Whose ticks.
            first: The smallest number that is wanted.
        """
        found = self._store.ticks(self._line, party, first, 1)
        if not found:
            return b""
        start = bundle_start(found[0][0])
        found = self._store.ticks(self._line, party, start, BUNDLE_TICKS_MAX)
        return bundle([note.encode() for number, _, note in found if number < start + TILE_WIDTH])

    def use(self, party: str, valid_from: int, valid_until: int) -> bytes:
        """A certificate that a party said something in a window."""
        return self._window(CertificateKind.USE, party, valid_from, valid_until)

    def non_use(self, party: str, valid_from: int, valid_until: int) -> bytes:
        """A certificate that a party said nothing in a window.

        Whether it is proven, refuted or unproven is for the verification to say:
        where ticks are missing, the file shows those that are nearest.

        Args:
            party: The party that was silent.
            valid_from: First instant of the window.
            valid_until: First instant after it.

        Raises:
            OurError: No such party or window, or nothing of the party is stored.
        """
        return self._window(CertificateKind.NON_USE, party, valid_from, valid_until)

    def state(self, at: int) -> bytes:
        """A certificate of the word that was displayed for the line at an instant.

        Raises:
            OurError: The ticks of some party around the instant are not stored, or
                the state changed so near to it that no word is certain.
        """
        dossier = self._dossier()
        words = line_words(dossier.add_state(at))
        if len(words) != 1:
            told = " or ".join(words) or "not a word that is known"
            raise OurError(
                f"The line changed near {format_instant(at)}: it was {told}.",
                "Ask for an instant some seconds earlier or later.",
            )
        claim = Claim(CertificateKind.STATE, self._line, at=at, word=str(words[0]))
        return dossier.write(claim, dossier.ticked(dossier.parties))

    def no_answer(
        self, party: str, index: int, until: int, holder: str = "", *, epoch: int = 0
    ) -> bytes:
        """A certificate that a counterpart had not answered a message at an instant.

        Args:
            party: The author of the message.
            index: Of the message in the author's outbox.
            until: The instant.
            holder: Who was to answer; may be left out where there is one other party.
            epoch: Which of the author's outboxes; 0 means the newest that has it.

        Raises:
            OurError: The message, its receipt or a later tick is not stored here; or
                it was answered.
        """
        dossier = self._dossier()
        holder = dossier.one_holder(party, holder)
        outbox = dossier.outbox(party, index, epoch)
        dossier.add_message(outbox, index, with_content=True)
        dossier.need_receipt(outbox, index, holder)
        dossier.add_all_said(outbox, index, holder, until)
        claim = Claim(
            CertificateKind.NO_ANSWER,
            self._line,
            party,
            index,
            holder,
            valid_until=until,
            epoch=outbox.epoch,
        )
        return dossier.write(claim, [outbox])

    def capture(self, index: int, holder: str = "", *, seen: bytes = b"") -> bytes:
        """A certificate of what this party noted in its journal of a public page.

        Args:
            index: Of the row in the journal.
            holder: Who cosigned the journal; may be left out where one other party did.
            seen: The capture that the row must note; empty for whatever it notes.

        Raises:
            OurError: The row is not of a page, or not of that one, or nobody has cosigned a
                head over it yet.
        """
        dossier = self._dossier()
        origin, row = self._noted(index, seen)
        holders = [holder] if holder else dossier.others(self._own)
        for name in holders:
            dossier.check_party(name)
            if dossier.add_row(origin, self._journals[origin], index, row, name):
                claim = Claim(
                    CertificateKind.CAPTURE,
                    self._line,
                    self._own,
                    index,
                    name,
                    epoch=origin.epoch,
                )
                return dossier.write(claim, dossier.outboxes(self._own)[:1])
        raise OurError(
            f"No head over row {index} of our journal is cosigned by {' or '.join(holders)} yet.",
            "Counterparts cosign it while they are connected: ask again then.",
        )

    def fork(self, party: str) -> bytes:
        """A certificate that a counterpart signed two things that contradict each other.

        Args:
            party: Who signed them.

        Raises:
            OurError: No evidence of it is kept here, or none that an outsider can check.
        """
        dossier = self._dossier()
        dossier.check_party(party)
        trees = {outbox: self._logs[outbox].tree for outbox in dossier.rings}
        found = next(forks_of(self._store, self._line, party, dossier.rings, trees), None)
        if found is None:
            raise OurError(
                f"Nothing is kept here by which anybody sees that {party} contradicted itself.",
                "It is kept when the alarm FORK or JOURNAL_FORK is raised.",
            )
        dossier.contradictions.append(found.pair)
        claim = Claim(
            CertificateKind.FORK,
            self._line,
            party,
            found.place,
            word=str(found.sort),
            epoch=found.log.epoch,
        )
        epoch = 1 if found.sort is ForkSort.JOURNAL else found.log.epoch
        return dossier.write(claim, [dossier.outbox(party, 0, epoch)])

    def _noted(self, index: int, seen: bytes) -> tuple[Origin, StoredEntry]:
        """The journal whose row notes a capture, the newest first; and the row."""
        for origin in sorted(self._own_journals(), reverse=True):
            rows = self._store.entries(str(origin), index, 1)
            try:
                parse_capture_row(rows[0].raw, rows[0].content)
            except (IndexError, TheirError):
                continue
            if seen in (b"", rows[0].content):
                tree = self._journals.setdefault(origin, Tree())
                while entries := self._store.entries(str(origin), tree.size, _ENTRIES_READ):
                    tree.extend(leaf_hash(entry.raw) for entry in entries)
                return origin, rows[0]
        raise OurError(
            f"Row {index} of our journal does not note what was seen then.",
            "The journal in which it was noted may be lost: the look is this node's word alone.",
        )

    def _own_journals(self) -> Iterator[Origin]:
        for text, size, _ in self._store.origins():
            origin = parse_origin(text)
            named = (self._own, self._line, "journal")
            if origin and size and (origin.party, origin.line, origin.log) == named:
                yield origin

    def observed_at(self, at: int) -> dict[str, list[str]]:
        """What each party observed of the line around an instant, by its own ticks.

        Args:
            at: The instant.

        Returns:
            By party each word in its ticks around the instant, in order; none where its
            ticks do not stand around it without a gap.
        """
        return self._dossier().observed(at)

    def declared(self, party: str, at: int) -> bytes:
        """A certificate of what a party declared of each scope at an instant.

        It needs no tick at the instant itself: whatever the party had said by then is
        shown, as far as a tick of its from after the instant reaches.

        Args:
            party: Whose declarations.
            at: The instant.

        Raises:
            OurError: No ticks around the instant are stored, the party had said too much
                for one file, or changed so near to the instant that no state is certain.
        """
        dossier = self._dossier()
        dossier.check_party(party)
        states = dossier.add_declared(party, at)
        if len(states) != 1:
            raise OurError(
                f"{party} changed what it declares so near to {format_instant(at)} that either "
                "state may have stood.",
                "Ask for an instant some seconds earlier or later.",
            )
        rows = tuple((scope, str(state)) for scope, state in sorted(states[0].items()))
        claim = Claim(CertificateKind.DECLARED, self._line, party, at=at, declared=rows)
        return dossier.write(claim, dossier.ticked([party]))

    def place_of(self, party: str, index: int, *, epoch: int = 0) -> dict[str, Any]:
        """Where a message stands in its log, and the first receipts over it that are here.

        Args:
            party: The author.
            index: Of the message in the author's outbox.
            epoch: Which of the author's outboxes; 0 means the newest that has it.

        Returns:
            `log`, `index` and `leaf`, the hash of its leaf; in `receipts` for each other
            party the `size` and `root` of the first head that it has cosigned, or None. Our
            own receipts are left out where their author keeps them.

        Raises:
            OurError: The message is not stored here.
        """
        dossier = self._dossier()
        outbox = dossier.outbox(party, index, epoch)
        dossier.check_index(outbox, index)
        receipts: dict[str, dict[str, Any] | None] = {}
        for holder in dossier.others(party):
            note = dossier.first_head(outbox, index, holder)
            head = None if note is None else parse_checkpoint(note.text)
            if head is not None:
                receipts[holder] = {"size": head.size, "root": head.root.hex()}
            elif holder != self._own:
                receipts[holder] = None
        leaf = leaf_hash(dossier.entry(outbox, index).raw)
        return {"log": str(outbox), "index": index, "leaf": leaf.hex(), "receipts": receipts}

    def held(self, windows: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
        """How much of the record lies in windows, and the hash of it (`app.holding`)."""
        return held_in(self._store, self._line, windows)

    def _window(
        self, kind: CertificateKind, party: str, valid_from: int, valid_until: int
    ) -> bytes:
        if valid_from >= valid_until:
            raise OurError("The window ends before it begins.", "Give its start, then its end.")
        dossier = self._dossier()
        dossier.check_party(party)
        dossier.add_window(party, Window(valid_from, valid_until))
        claim = Claim(kind, self._line, party, valid_from=valid_from, valid_until=valid_until)
        return dossier.write(claim, dossier.ticked([party]))

    def _dossier(self) -> "_Dossier":
        found = sorted(self._outboxes(), key=lambda one: (one.epoch, one.party != self._own))
        first = self._store.entries(str(found[0]), 0, 1) if found and found[0].epoch == 1 else []
        if not first:
            raise OurError(
                f"{self._own} has said nothing on line {self._line}.",
                "Name a line that this node is on.",
            )
        signed = SignedUnderstanding.from_body(parse_content(first[0].content))
        understanding = verify_understanding(signed)
        for origin in (*found, *(Origin(party, self._line) for party in understanding.names())):
            self._logs.setdefault(origin, _Log(origin)).refresh(self._store)
        return _Dossier(self._store, self._logs, signed, understanding)

    def _outboxes(self) -> Iterator[Origin]:
        """The outboxes of the line that are stored, of whichever epoch."""
        for text, size, _ in self._store.origins():
            origin = parse_origin(text)
            if origin and size and (origin.line, origin.log) == (self._line, "out"):
                yield origin


@dataclass
class _Log:
    """One outbox as it is stored: its tree and its key messages.

    Attributes:
        where: Whose it is, on which line, of which epoch.
        tree: Over all entries read so far.
        key_indexes: Of key messages and amendments, in order; and of the EPOCH that
            a later outbox begins with.
    """

    where: Origin
    tree: Tree = field(default_factory=Tree)
    key_indexes: list[int] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return str(self.where)

    def refresh(self, store: Store) -> None:
        """Read what was stored since the last time."""
        while entries := store.entries(self.origin, self.tree.size, _ENTRIES_READ):
            start = self.tree.size
            self.tree.extend(leaf_hash(entry.raw) for entry in entries)
            self.key_indexes += [
                start + offset
                for offset, entry in enumerate(entries)
                if _is_about_keys(self.where.epoch, start + offset, entry.raw)
            ]


def _is_about_keys(epoch: int, index: int, raw: bytes) -> bool:
    if epoch > 1 and index == 0:
        return True
    is_likely = _MAY_BE_KEY_MESSAGE.search(raw) is not None
    return is_likely and parse_envelope(raw).header.kind in KEY_KINDS


class _Dossier:
    """The evidence for one certificate, as it is gathered.

    Attributes:
        parties: The parties to the line.
        rings: The keys of each outbox, after all its key messages.
        tolerance_ms: The line's clock tolerance.
        ticks: Ticks of the evidence, by hash.
        contradictions: What was signed twice.
    """

    def __init__(
        self,
        store: Store,
        logs: dict[Origin, _Log],
        signed: SignedUnderstanding,
        understanding: Understanding,
    ) -> None:
        self.parties = understanding.names()
        self.ticks: dict[bytes, Tick] = {}
        self._store = store
        self._logs = logs
        self._signed = signed
        self._tick_ms = understanding.timers.tick_ms
        self._notes: dict[bytes, str] = {}
        self._parsed: dict[bytes, Tick] = {}
        self._heads: dict[tuple[Origin, int], Note] = {}
        # Entries to show: whether with content, and the size to prove them under, if it is fixed.
        self._entries: dict[tuple[Origin, int], tuple[bool, int | None]] = {}
        self._pairs: set[tuple[Origin, int, int]] = set()
        self._holders: set[str] = set()
        self._runs: list[Run] = []
        self._rows: list[JournalRow] = []
        self.contradictions: list[Contradiction] = []
        self._journal_heads: list[Note] = []
        self.rings: dict[Origin, KeyRing] = {}
        for outbox in sorted(one for one in logs if one.party in self.parties):
            self.rings[outbox] = self._ring(understanding, outbox)
        versions = [terms for ring in self.rings.values() for terms in ring.understandings()]
        self.tolerance_ms = max(terms.timers.clock_tolerance_ms for terms in versions)
        self._gap_ms_max = max(
            terms.timers.tick_ms * terms.timers.ticks_missed_degraded for terms in versions
        )

    def outboxes(self, party: str) -> list[Origin]:
        """The outboxes of a party, in order of their epochs."""
        return sorted(one for one in self._logs if one.party == party)

    def outbox(self, party: str, index: int, epoch: int) -> Origin:
        """The outbox that is meant: by default the newest that has the index."""
        self.check_party(party)
        found = self.outboxes(party)
        if epoch:
            found = [one for one in found if one.epoch == epoch] or found[-1:]
        has_it = [one for one in found if 0 <= index < self._logs[one].tree.size]
        return (has_it or found)[-1]

    def ticked(self, parties: Iterable[str]) -> list[Origin]:
        """The outboxes of parties that the ticks of the evidence are of; else the first."""
        names = {tick.out.origin for tick in self.ticks.values()}
        found: list[Origin] = []
        for party in parties:
            outboxes = self.outboxes(party)
            found += [one for one in outboxes if str(one) in names] or outboxes[:1]
        return found

    def check_party(self, party: str) -> None:
        if party not in self.parties:
            raise OurError(
                f"{party} is not a party to the line.", f"Name one of {', '.join(self.parties)}."
            )

    def others(self, party: str) -> list[str]:
        """The other parties to the line."""
        self.check_party(party)
        return [other for other in self.parties if other != party]

    def one_holder(self, party: str, holder: str) -> str:
        """The receiver that is meant."""
        others = self.others(party)
        if not holder and len(others) == 1:
            return others[0]
        if holder not in others:
            raise OurError(
                f"{holder or 'Nobody'} is not a receiver of what {party} says.",
                f"Name one of {', '.join(others)}.",
            )
        return holder

    # Messages and receipts.

    def add_message(self, outbox: Origin, index: int, *, with_content: bool) -> int:
        """Add the message of the claim; its kind."""
        self.check_index(outbox, index)
        self._entries[outbox, index] = (with_content, None)
        entry = self.entry(outbox, index)
        kind = parse_envelope(entry.raw).header.kind
        if with_content:
            self._add_roster(outbox, index, read_message(kind, entry.content))
        return kind

    def _add_roster(self, outbox: Origin, index: int, message: Message | Unreadable) -> None:
        """Add the roster by which the signatures of a message verify, if it carries any."""
        act = act_of(message)
        if act is None or not 0 <= act.roster < index:
            return
        if parse_envelope(self.entry(outbox, act.roster).raw).header.kind == Kind.ROSTER:
            self._entries.setdefault((outbox, act.roster), (True, None))

    def check_index(self, outbox: Origin, index: int) -> None:
        party, size = outbox.party, self._logs[outbox].tree.size
        if not 0 <= index < size:
            raise OurError(
                f"{party} {index} is not recorded here.",
                f"The last message of {party} is {size - 1}." if size else "",
            )

    def add_receipt(self, outbox: Origin, index: int, holder: str) -> bool:
        """Add the first head over a message that the holder has cosigned, if there is one."""
        note = self.first_head(outbox, index, holder)
        if note is None:
            return False
        self._add_head(outbox, note)
        self._holders.add(holder)
        return True

    def need_receipt(self, outbox: Origin, index: int, holder: str) -> None:
        party = outbox.party
        if not self.add_receipt(outbox, index, holder):
            raise OurError(
                f"There is no receipt yet from {holder} for {party} {index}.",
                f"Receipts of what {party} says are kept by {party}.",
            )

    def add_seen(self, outbox: Origin, index: int) -> None:
        """Add the last entries of others that a message names as seen."""
        for head in parse_envelope(self.entry(outbox, index).raw).header.heads:
            seen = parse_origin(head.origin)
            log = self._logs.get(seen) if seen else None
            is_here = log is not None and log.tree.size >= head.size
            if log and is_here and head.size and log.tree.root(head.size) == head.root:
                self._entries[log.where, head.size - 1] = (False, head.size)

    def first_head(self, outbox: Origin, index: int, holder: str) -> Note | None:
        """The smallest stored head over an entry that proves itself, and its proven rows.

        Args:
            outbox: The log.
            index: Of the entry.
            holder: Who must have cosigned it; empty for nobody.

        Returns:
            The two rows of the author, then the two of the holder. What else stands
            on the stored note came from somebody who could write there anything.
        """
        origin, size_min = str(outbox), index + 1
        while found := self._store.heads(origin, holder, size_min, _HEADS_READ):
            for _, text in found:
                if note := self._proven_head(text, outbox, holder):
                    return note
            size_min = found[-1][0] + 1
        return None

    def last_shown(self, outbox: Origin) -> ShownLog | None:
        """The largest head that a counterpart has cosigned, or else the author's own."""
        origin = str(outbox)
        found: list[tuple[int, Note, tuple[VerifierKey, ...]]] = []
        for holder in (*self.others(outbox.party), ""):
            last = self._store.last_head(origin, holder)
            proven = self._proven(last[1], outbox, holder) if last else None
            if last and proven and (holder or not found):
                found.append((last[0], *proven))
        if not found:
            return None
        size = max(size for size, _, _ in found)
        at_size = [(note, keys) for one, note, keys in found if one == size]
        head, keys = at_size[0]
        for note, more in at_size[1:]:
            head, keys = head.with_signatures(*note.signatures[2:]), keys + more[2:]
        return ShownLog(outbox, size, head, tuple(key.format() for key in keys))

    def _proven_head(self, text: str, outbox: Origin, holder: str) -> Note | None:
        """A head with the rows that verify, by keys that no revocation has touched."""
        proven = self._proven(text, outbox, holder)
        return proven[0] if proven else None

    def _proven(
        self, text: str, outbox: Origin, holder: str
    ) -> tuple[Note, tuple[VerifierKey, ...]] | None:
        """A head with the rows that verify, and their keys."""
        log, ring = self._logs[outbox], self.rings[outbox]
        try:
            note = parse_note(text)
            head = parse_checkpoint(note.text)
            if head.size > log.tree.size or log.tree.root(head.size) != head.root:
                return None
            proven = by_any(
                ring.nodes_for_size(head.size),
                lambda keys: _author_keys(note, log.origin, keys),
                text,
            )
            if holder:
                name = mirror_name(holder)
                mirrors = self.rings[self.outboxes(holder)[-1]].mirrors()
                proven += by_any(mirrors, lambda keys: _cosigner_keys(note, head, name, keys), text)
        except TheirError:
            return None
        return note.only(proven), proven

    def _add_head(self, outbox: Origin, note: Note) -> None:
        """Add a head; to one that is here, what the holder adds to the author's two rows."""
        place = outbox, parse_checkpoint(note.text).size
        held = self._heads.get(place)
        self._heads[place] = held.with_signatures(*note.signatures[2:]) if held else note

    # Journals.

    def add_row(
        self, origin: Origin, tree: Tree, index: int, row: StoredEntry, holder: str
    ) -> bool:
        """Add a row of a journal under the first head that the holder cosigned, if any is."""
        text, size_min = str(origin), index + 1
        while found := self._store.heads(text, holder, size_min, _HEADS_READ):
            for size, stored in found:
                if note := self._proven_journal(stored, origin, tree, holder):
                    proof = tuple(tree.inclusion_proof(index, size))
                    self._rows.append(JournalRow(text, index, row.raw, row.content, size, proof))
                    self._journal_heads.append(note)
                    self._holders |= {holder, origin.party}
                    return True
            size_min = found[-1][0] + 1
        return False

    def _proven_journal(self, text: str, origin: Origin, tree: Tree, holder: str) -> Note | None:
        """A head of a journal with the rows that verify, of its party and the holder."""
        try:
            note = parse_note(text)
            head = parse_checkpoint(note.text)
            if head.size > tree.size or tree.root(head.size) != head.root:
                return None
            nodes, witnesses = (
                self.rings[self.outboxes(party)[-1]] for party in (origin.party, holder)
            )
            author = by_any(nodes.nodes(), lambda keys: _author_keys(note, str(origin), keys), text)
            name = witness_name(holder)
            cosigners = by_any(
                witnesses.witnesses(), lambda keys: _cosigner_keys(note, head, name, keys), text
            )
        except (TheirError, IndexError):
            return None
        return note.only(author + cosigners)

    # Ticks.

    def add_window(self, party: str, window: Window) -> None:
        """Add the ticks that show best what a party said in a window."""
        web: dict[bytes, Tick] = {}
        found = judge(party, window, self.tolerance_ms, web)
        for margin_ms in self._margins():
            web = self._web_near((window.valid_from, window.valid_until), margin_ms)
            found = judge(party, window, self.tolerance_ms, web)
            if found.finding is not Finding.UNPROVEN:
                break
        self._take(web, found.relied)
        if found.finding is Finding.USED:
            self._add_said(found)

    def add_all_said(self, outbox: Origin, index: int, holder: str, until: int) -> None:
        """Add all that a party said since a message was written, up to after an instant.

        Raises:
            OurError: The message is of a kind that is answered otherwise, no tick after
                the instant is stored, or the party said too much.
        """
        asked = parse_envelope(self.entry(outbox, index).raw).header
        if asked.kind not in ANSWERABLE:
            raise OurError(
                f"Message {index} of {outbox.party} is {kind_word(asked.kind)}: that is answered "
                "by other kinds, or by none.",
                f"Ask about one of {', '.join(kind.name for kind in ANSWERABLE)}.",
            )
        tick = self._add_tick_after(holder, until)
        said = parse_origin(tick.out.origin)
        assert said is not None, "a parsed tick names an origin"
        self._check_held(said, tick.out.size)
        start = {head.origin: head.size for head in asked.heads}.get(tick.out.origin, 0)
        if 0 < start < tick.out.size:
            self._pairs.add((said, start, tick.out.size))
        if tick.out.size - start > EVIDENCE_ENTRIES_MAX // 2:
            raise OurError(
                f"{holder} has said {tick.out.size - start} things since, and a certificate has "
                f"room for {EVIDENCE_ENTRIES_MAX // 2}.",
                "Ask for an earlier instant.",
            )
        target = (outbox.party, index)
        for number in range(start, tick.out.size):
            header = parse_envelope(self.entry(said, number).raw).header
            is_shown = header.kind in ANSWERING or header.reply_to == target
            self._entries[said, number] = (is_shown, tick.out.size)
            if header.kind in ANSWERING and header.reply_to in (None, target):
                self._add_tick_before(holder, until)

    def _add_tick_before(self, party: str, at: int) -> None:
        """Add the ticks that show what a party had said before an instant, if any do."""
        for margin_ms in self._margins():
            web = self._web_near((at,), margin_ms)
            before, _, contradiction = bracket(party, at, self.tolerance_ms, web)
            if before is not None and not contradiction:
                self._take(web, before.path)
                return

    def _add_tick_after(self, party: str, at: int) -> Tick:
        """Add the ticks that show what a party had said after an instant."""
        for margin_ms in self._margins():
            web = self._web_near((at,), margin_ms)
            dated, contradiction = after(party, at, self.tolerance_ms, web)
            if dated is not None and not contradiction:
                self._take(web, dated.path)
                return dated.tick
        raise OurError(
            f"No tick of {party} that is dated after {format_instant(at)} is stored here.",
            "Ask for an instant that is over by some ticks, while the line worked.",
        )

    def add_state(self, at: int) -> dict[str, tuple[Tick, ...]]:
        """Add every party's unbroken ticks around an instant; the chains, by party."""
        missing: list[str] = []
        for margin_ms in self._margins():
            web = self._web_near((at,), margin_ms)
            found = {name: self._around(name, at, web) for name in self.parties}
            chains = {name: one for name, one in found.items() if one is not None}
            missing = [name for name in self.parties if name not in chains]
            if not missing:
                for one in chains.values():
                    self._take(web, one.relied)
                break
        if missing or len(self.ticks) > EVIDENCE_TICKS_MAX:
            raise OurError(
                f"The ticks of {', '.join(missing or self.parties)} around {format_instant(at)} "
                "are not here without a gap.",
                "Ask for an instant at which the line worked, some ticks ago.",
            )
        return {name: one.chain for name, one in chains.items()}

    def observed(self, at: int) -> dict[str, list[str]]:
        """The words of each party's unbroken ticks around an instant; none without them."""
        found: dict[str, list[str]] = {name: [] for name in self.parties}
        for margin_ms in self._margins()[:2]:
            web = self._web_near((at,), margin_ms)
            for name in self.parties:
                one = self._around(name, at, web)
                if one is not None:
                    found[name] = list(dict.fromkeys(tick.observed for tick in one.chain))
            if all(found.values()):
                break
        known = set(Observed)
        return {name: [word for word in words if word in known] for name, words in found.items()}

    def add_declared(self, party: str, at: int) -> list[dict[str, Declared]]:
        """Add all that a party had said by an instant; every state that it allows.

        Raises:
            OurError: It cannot be shown; with what is missing.
        """
        before, later = self._add_bracket(party, at)
        outbox = parse_origin(later.tick.out.origin)
        assert outbox is not None, "a parsed tick names an origin"
        if outbox.epoch > 1 or before.tick.out.origin != later.tick.out.origin:
            raise OurError(
                f"{party} has opened a new outbox: what it declared is not certified across it.",
                "Ask for the state that its ticks show: openline certify state.",
            )
        size = later.tick.out.size
        if size > RUN_ENTRIES_MAX:
            raise OurError(
                f"{party} had said {size} things by then; a certificate shows at most "
                f"{RUN_ENTRIES_MAX}.",
                "Ask for the state that its ticks show: openline certify state.",
            )
        self._check_held(outbox, size)
        raws, said = self._gather_said(outbox, size)
        self._runs.append(Run(str(outbox), raws))
        tolerance_ms = self.tolerance_ms
        size_before = before.tick.out.size
        if doubt := why_dates_are_doubtful(said, size_before, at, tolerance_ms):
            raise OurError(f"What {party} declared is doubtful: {doubt}.", "")
        return states_allowed(said, size_before, at, tolerance_ms)

    def _add_bracket(self, party: str, at: int) -> tuple[Dated, Dated]:
        """Add the ticks of a party that are nearest to an instant, however far they are."""
        line = self.outboxes(party)[0].line
        rows = [self._store.last_tick(line, name) for name in self.parties]
        for margin_ms in (*self._margins(), *_FAR_MARGINS_MS):
            web = self._web_near((at,), margin_ms)
            before, later, wrong = bracket(party, at, self.tolerance_ms, web)
            if wrong:
                raise OurError(f"The ticks of {party} contradict each other: {wrong}", "")
            if before is not None and later is not None:
                self._take(web, (*before.path, *later.path))
                return before, later
        since = "" if any(rows) else " No tick is stored at all."
        raise OurError(
            f"No ticks of {party} before and after {format_instant(at)} are stored here.{since}",
            "Ask for an instant that is over by some ticks, after the line was opened.",
        )

    def _gather_said(
        self, outbox: Origin, size: int
    ) -> tuple[tuple[bytes, ...], list[SaidOfScopes]]:
        """All entries of an outbox up to a size, and those that change what is declared."""
        ring, raws = self.rings[outbox], []
        said: list[SaidOfScopes] = []
        for start in range(0, size, _ENTRIES_READ):
            count = min(_ENTRIES_READ, size - start)
            for offset, entry in enumerate(self._store.entries(str(outbox), start, count)):
                index = start + offset
                raws.append(entry.raw)
                header = parse_envelope(entry.raw).header
                if header.kind not in (Kind.UNDERSTANDING, Kind.DECLARATION):
                    continue
                body = read_message(header.kind, entry.content)
                declaration = body if isinstance(body, Declaration) else None
                scopes = ring.understanding_at(index).scopes
                said.append(SaidOfScopes(index, header.at, declaration, scopes))
                self._entries[outbox, index] = (index > 0, None)
        return tuple(raws), said

    def _around(self, party: str, at: int, web: dict[bytes, Tick]) -> Around | None:
        return around(party, at, self.tolerance_ms, self._gap_ms_max, web)

    def _margins(self) -> list[int]:
        """How far around an instant to look for ticks, each time further."""
        first = 6 * self._tick_ms + 3 * self.tolerance_ms
        return [min(factor * first, 24 * HOUR_MS) for factor in _SEARCH_FACTORS]

    def _web_near(self, instants: tuple[int, ...], margin_ms: int) -> dict[bytes, Tick]:
        """The ticks of all parties that are dated near any of the instants."""
        web: dict[bytes, Tick] = {}
        for party in self.parties:
            for at in instants:
                web |= self._ticks_between(party, at - margin_ms, at + margin_ms)
        return web

    def _ticks_between(self, party: str, start: int, end: int) -> dict[bytes, Tick]:
        line = self.outboxes(party)[0].line
        sequence = self._first_sequence(party, start)
        found: dict[bytes, Tick] = {}
        while rows := self._store.ticks(line, party, sequence, _TICKS_READ):
            for number, digest, text in rows:
                tick = self._parse(digest, text)
                if tick.at > end:
                    return found
                sequence = number + 1
                self._notes[digest] = text
                found[digest] = tick
        return found

    def _parse(self, digest: bytes, text: str) -> Tick:
        """A stored tick; each is read once, however often and how far around is looked."""
        if digest not in self._parsed:
            self._parsed[digest] = parse_tick(parse_note(text).text)
        return self._parsed[digest]

    def _first_sequence(self, party: str, at: int) -> int:
        """The number of the first tick that is not dated before an instant."""
        line = self.outboxes(party)[0].line
        last = self._store.last_tick(line, party)
        low, high = 0, last[0] + 1 if last else 0
        while low < high:
            middle = (low + high) // 2
            rows = self._store.ticks(line, party, middle, 1)
            if rows and self._parse(*rows[0][1:]).at < at:
                low = rows[0][0] + 1
            else:
                high = middle
        return low

    def _take(self, web: dict[bytes, Tick], hashes: tuple[bytes, ...]) -> None:
        self.ticks |= {digest: web[digest] for digest in hashes}

    def _add_said(self, found: Judgement) -> None:
        """Add the entries that were added between the two ticks of a finding."""
        assert found.first is not None, "a finding has two ends"
        assert found.last is not None, "a finding has two ends"
        start, end = found.first.tick.out.size, found.last.tick.out.size
        outbox = parse_origin(found.last.tick.out.origin)
        assert outbox is not None, "a parsed tick names an origin"
        self._check_held(outbox, end)
        for index in range(start, min(end, start + EVIDENCE_ENTRIES_SHOWN_MAX)):
            self._entries.setdefault((outbox, index), (False, end))
        if start:
            self._pairs.add((outbox, start, end))

    def _check_held(self, outbox: Origin, size: int) -> None:
        """Confirm that as many entries are here as a tick of their author tells of.

        Raises:
            OurError: The author says that it has said more than it gave us.
        """
        log = self._logs.get(outbox)
        held = log.tree.size if log else 0
        if size > held:
            raise OurError(
                f"By its own tick {outbox.party} has said {size} things on {outbox}, and {held} "
                "of them are here.",
                "Ask again when the rest has come, or about an earlier time.",
            )

    # What every certificate holds.

    def write(self, claim: Claim, subjects: list[Origin]) -> bytes:
        """The file, with the key messages and the beginnings that the evidence needs.

        Args:
            claim: What is claimed.
            subjects: The outboxes that must begin with the Understanding.
        """
        for outbox in subjects:
            self._entries.setdefault((outbox, 0), (False, None))
        involved = {outbox.party for outbox, _ in (*self._entries, *self._heads)} | self._holders
        involved |= {tick.party for tick in self.ticks.values()}
        for outbox in sorted(one for one in self._logs if one.party in involved):
            for index in self._logs[outbox].key_indexes:
                _, size = self._entries.get((outbox, index), (True, None))
                self._entries[outbox, index] = (True, size)
        if len(self._entries) > EVIDENCE_ENTRIES_MAX:
            raise OurError(
                f"This takes {len(self._entries)} entries, and a certificate has at most "
                f"{EVIDENCE_ENTRIES_MAX}.",
                "Ask for a claim about fewer parties.",
            )
        proven = [
            self._prove(outbox, index, with_content=with_content, size=size)
            for (outbox, index), (with_content, size) in sorted(self._entries.items())
        ]
        evidence = Evidence(
            understanding=self._signed.format(),
            entries=tuple(proven),
            heads=tuple(note.format() for note in (*self._heads.values(), *self._journal_heads)),
            extensions=tuple(self._extensions(proven)),
            ticks=tuple(self._notes[digest] for digest in self.ticks),
            runs=tuple(self._runs),
            rows=tuple(self._rows),
            contradictions=tuple(self.contradictions),
        )
        return Certificate(claim, evidence).format()

    def _prove(
        self, outbox: Origin, index: int, *, with_content: bool, size: int | None
    ) -> ProvenEntry:
        entry = self.entry(outbox, index)
        size = size or self._size_over(outbox)
        proof = self._logs[outbox].tree.inclusion_proof(index, size)
        content = entry.content if with_content else None
        return ProvenEntry(entry.raw, content, size, tuple(proof))

    def _size_over(self, outbox: Origin) -> int:
        """The size of a head or tick over an outbox's entries; one is added if need be."""
        index = max(
            number
            for (one, number), (_, size) in self._entries.items()
            if one == outbox and size is None
        )
        sizes = [size for one, size in self._heads if one == outbox]
        sizes = sizes or [
            tick.out.size for tick in self.ticks.values() if self._is_borne_out(outbox, tick.out)
        ]
        if sizes and max(sizes) > index:
            return max(sizes)
        for holder in ("", *self.others(outbox.party)):
            if note := self.first_head(outbox, index, holder):
                self._add_head(outbox, Note(note.text, note.signatures[:2]))
                return parse_checkpoint(note.text).size
        return self._size_of_last_tick(outbox, index)

    def _is_borne_out(self, outbox: Origin, head: Checkpoint) -> bool:
        """Whether a head of an outbox is over entries that are here."""
        tree = self._logs[outbox].tree
        is_here = head.origin == str(outbox) and head.size <= tree.size
        return is_here and tree.root(head.size) == head.root

    def _size_of_last_tick(self, outbox: Origin, index: int) -> int:
        found = self._store.last_tick(outbox.line, outbox.party)
        if found is not None:
            _, digest, text = found
            tick = parse_tick(parse_note(text).text)
            if index < tick.out.size and self._is_borne_out(outbox, tick.out):
                self._notes[digest] = text
                self.ticks[digest] = tick
                return tick.out.size
        raise OurError(
            f"No signed head over {outbox.party} {index} is stored here yet.",
            "Wait until the counterpart has been heard again.",
        )

    def _extensions(self, proven: list[ProvenEntry]) -> Iterator[Extension]:
        """Proofs between all sizes of one log that the verification will compare."""
        stated = {(str(outbox), size) for outbox, size in self._heads}
        stated |= {(tick.out.origin, tick.out.size) for tick in self.ticks.values()}
        sizes: dict[Origin, set[int]] = {outbox: set() for outbox in self._logs}
        for outbox, size in self._heads:
            sizes[outbox].add(size)
        for (outbox, _), part in zip(sorted(self._entries), proven, strict=True):
            if (str(outbox), part.size) in stated:
                sizes[outbox].add(part.size)
        pairs = set(self._pairs)
        for outbox, some in sizes.items():
            pairs |= {(outbox, old, new) for old, new in pairwise(sorted(some)) if old}
        for outbox, old, new in sorted(pairs):
            log = self._logs[outbox]
            yield Extension(log.origin, old, new, tuple(log.tree.consistency_proof(old, new)))

    def entry(self, outbox: Origin, index: int) -> StoredEntry:
        return self._store.entries(str(outbox), index, 1)[0]

    def _ring(self, understanding: Understanding, outbox: Origin) -> KeyRing:
        """The keys of an outbox; a later one goes on from those of the one before."""
        earlier = [one for one in self.outboxes(outbox.party) if one < outbox]
        ring = self.rings[earlier[-1]] if earlier else KeyRing(understanding, outbox.party)
        for index in self._logs[outbox].key_indexes:
            entry = self.entry(outbox, index)
            envelope = parse_envelope(entry.raw)
            body = read_message(envelope.header.kind, entry.content)
            ring = ring.reopened(envelope, body) if index == 0 else ring.after(envelope, body)
        return ring


def _author_keys(note: Note, origin: str, keys: PublicKeys) -> tuple[VerifierKey, ...]:
    """The keys of the rows with which a log has signed, if these are its keys."""
    verify_checkpoint(note, origin, keys)
    return log_keys(origin, keys)


def _cosigner_keys(
    note: Note, head: Checkpoint, name: str, keys: PublicKeys
) -> tuple[VerifierKey, ...]:
    """The keys of the rows with which a party has cosigned, if these are its keys."""
    verify_cosignature(head, note.signatures, name, keys)
    return cosigner_keys(name, keys)


def _not_so_long(origin: str, path: str) -> OurError:
    return OurError(f"{origin} has no {path} yet.", "Ask for the logs again: their sizes are told.")
