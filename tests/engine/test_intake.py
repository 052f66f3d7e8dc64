"""Intake: whatever a counterpart sends, it is judged, answered and written down."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from openline.domain.errors import Reason
from openline.domain.limits import (
    CONTENT_SIZE_BYTES_MAX,
    ENTRY_SIZE_BYTES_MAX,
    FRAME_SIZE_BYTES_MAX,
)
from openline.domain.line.understanding import SignedUnderstanding, parse_signed_understanding
from openline.domain.party import Precedence
from openline.domain.record import cbor
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint
from openline.domain.record.merkle import Tree
from openline.domain.record.note import Note, parse_note
from openline.engine import intake
from openline.engine.commands import TrustOwnCopy
from openline.engine.events import LinkClosed
from openline.engine.frames import (
    Entries,
    Hello,
    JournalHead,
    Probe,
    ProbeReply,
    Pull,
    Receipt,
    Refusal,
    TickSent,
    UnderstandingShown,
    decode_frame,
    encode_frame,
)
from openline.engine.greeting import hello
from openline.engine.journal import REFUSALS_PER_MINUTE_MAX, Happened
from openline.engine.peer import FAULTS_PER_MINUTE_MAX
from openline.engine.ports import StoredEntry
from tests.engine.copies import durable, refusals_of, rows_of
from tests.engine.forger import Duel, Forger
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE, SeededSigner, make_parties, sign
from tests.engine.region import Carried, Region, Wire, standing

STRANGER = SeededSigner("a stranger")


@pytest.fixture
def duel() -> Duel:
    """Alpha and bravo at rest; each has said something."""
    region = standing(make_parties())
    for party in (ALPHA, BRAVO):
        region.say(party, "one")
        region.pump()
    region.pass_time(20_000)
    return Duel(region, region.wires[0], Forger(region, BRAVO))


def refusal(duel: Duel, frame: bytes) -> str:
    """The reason for which a frame is refused: answered, journalled, and without effect."""
    before = durable(duel.line)
    since = duel.mark
    count = len(refusals_of(duel.line))
    duel.send(frame)
    written = refusals_of(duel.line)[count:]
    told = [answer.reason for answer in duel.sent(since) if isinstance(answer, Refusal)]
    assert durable(duel.line) == before
    assert written == told
    assert len(told) == 1
    return told[0]


def entries_of(duel: Duel, entry: StoredEntry) -> bytes:
    """A frame with one entry of bravo's in the next place, under a head over it."""
    bravo = Forger(duel.region, BRAVO)
    bravo.append(entry)
    return bravo.frame(bravo.size - 1)


REFUSED: dict[str, tuple[Reason, Callable[[Duel], bytes]]] = {
    "a frame that is no CBOR": (Reason.MALFORMED, lambda d: b"\xff"),
    "an empty frame": (Reason.MALFORMED, lambda d: b""),
    "a frame that is no array": (Reason.MALFORMED, lambda d: cbor.encode({1: 2})),
    "a frame with bytes after it": (
        Reason.MALFORMED,
        lambda d: encode_frame(Probe(1)) + b"\x00",
    ),
    "a frame with too few fields": (Reason.MALFORMED, lambda d: cbor.encode([6, "x"])),
    "a frame of an unknown number": (Reason.VERSION, lambda d: cbor.encode([99])),
    "a frame that is too large": (
        Reason.TOO_LARGE,
        lambda d: b"\x00" * (FRAME_SIZE_BYTES_MAX + 1),
    ),
    "too many entries": (
        Reason.MALFORMED,
        lambda d: cbor.encode([2, d.bravo.origin, 2, [b"x"] * 1_026, "x"]),
    ),
    "an odd number of parts": (
        Reason.MALFORMED,
        lambda d: cbor.encode([2, d.bravo.origin, 2, [b"x"], "x"]),
    ),
    "an entry that is too large": (
        Reason.TOO_LARGE,
        lambda d: cbor.encode([2, d.bravo.origin, 2, [b"x" * (ENTRY_SIZE_BYTES_MAX + 1), b""], ""]),
    ),
    "a content that is too large": (
        Reason.TOO_LARGE,
        lambda d: cbor.encode(
            [2, d.bravo.origin, 2, [b"x", b"x" * (CONTENT_SIZE_BYTES_MAX + 1)], ""]
        ),
    ),
    "an entry that is no envelope": (
        Reason.MALFORMED,
        lambda d: entries_of(d, StoredEntry(b"\xd2\x80", b"")),
    ),
    "an entry signed by a stranger": (
        Reason.UNKNOWN_KEY,
        lambda d: entries_of(d, d.bravo.entry(signer=STRANGER)),
    ),
    "an entry whose signature was changed": (
        Reason.BAD_SIGNATURE,
        lambda d: entries_of(d, _flipped(d.bravo.entry())),
    ),
    "an entry with another content": (
        Reason.WRONG_CONTENT,
        lambda d: entries_of(d, replace(d.bravo.entry(), content=d.bravo.entries[1].content)),
    ),
    "an entry in another place": (
        Reason.WRONG_INDEX,
        lambda d: entries_of(d, d.bravo.entry(index=7)),
    ),
    "an entry of another line": (
        Reason.WRONG_LINE,
        lambda d: entries_of(d, d.bravo.entry(line="other-line")),
    ),
    "an entry of another epoch": (
        Reason.WRONG_LINE,
        lambda d: entries_of(d, d.bravo.entry(epoch=2)),
    ),
    "an entry of another party": (
        Reason.WRONG_LINE,
        lambda d: entries_of(d, d.bravo.entry(party=CHARLIE)),
    ),
    "entries of another log": (
        Reason.WRONG_LINE,
        lambda d: d.bravo.frame(2, [d.bravo.entry()], origin=f"{CHARLIE}/{LINE}/out"),
    ),
    "a head of another root": (
        Reason.WRONG_ROOT,
        lambda d: d.bravo.frame(2, [d.bravo.entry()], head=d.bravo.head(3, root=bytes(32))),
    ),
    "a head over more than the entries": (
        Reason.WRONG_ROOT,
        lambda d: d.bravo.frame(2, [d.bravo.entry()], head=d.bravo.head(9, root=bytes(32))),
    ),
    "a head without signatures of its log": (
        Reason.BAD_SIGNATURE,
        lambda d: _with_head(d, lambda note: Note(note.text, note.signatures[:1])),
    ),
    "a head signed by a stranger": (
        Reason.BAD_SIGNATURE,
        lambda d: _with_head(d, None, signer=STRANGER),
    ),
    "a head that is no note": (
        Reason.MALFORMED,
        lambda d: d.bravo.frame(2, [d.bravo.entry()], "x"),
    ),
    "other entries without a head over them": (
        Reason.WRONG_ROOT,
        lambda d: d.bravo.frame(1, [d.bravo.entry(index=1)], d.bravo.head()),
    ),
    "our own entries that we never signed": (
        Reason.UNKNOWN_KEY,
        lambda d: _ours(d, signer=STRANGER),
    ),
    "our own entries, under no head of ours": (
        Reason.WRONG_ROOT,
        lambda d: _ours(d, root=bytes(32)),
    ),
    "a receipt for more than we have": (
        Reason.WRONG_INDEX,
        lambda d: d.bravo.receipt(f"{ALPHA}/{LINE}/out", 9, bytes(32), 1_491_523_200),
    ),
    "a receipt for another party's log": (
        Reason.WRONG_LINE,
        lambda d: d.bravo.receipt(f"{BRAVO}/{LINE}/out", 1, bytes(32), 1_491_523_200),
    ),
    "a receipt for another root": (
        Reason.BAD_SIGNATURE,
        lambda d: _new_receipt(d, root=bytes(32)),
    ),
    "a receipt by a stranger": (Reason.BAD_SIGNATURE, lambda d: _new_receipt(d, signer=STRANGER)),
    "a receipt by the node key": (
        Reason.BAD_SIGNATURE,
        lambda d: _new_receipt(d, signer=d.bravo.signer),
    ),
    "a receipt under another name": (
        Reason.BAD_SIGNATURE,
        lambda d: _new_receipt(d, name=f"{CHARLIE}/mirror"),
    ),
    "a receipt whose rows are none": (
        Reason.MALFORMED,
        lambda d: _new_receipt(d, rows="no rows"),
    ),
    "a receipt dated beyond any calendar": (
        Reason.MALFORMED,
        lambda d: _new_receipt(d, at_s=10**12),
    ),
    "a receipt for more of our journal than there is": (
        Reason.WRONG_INDEX,
        lambda d: d.bravo.receipt(f"{ALPHA}/{LINE}/journal", 10**6, bytes(32), 1_491_523_200),
    ),
    "a pull of another's log": (
        Reason.WRONG_LINE,
        lambda d: encode_frame(Pull(f"{ALPHA}/{LINE}/out", 0)),
    ),
    "a pull of a log of a third party": (
        Reason.WRONG_LINE,
        lambda d: encode_frame(Pull(f"{CHARLIE}/{LINE}/out", 0)),
    ),
    "a pull of a journal": (
        Reason.WRONG_LINE,
        lambda d: encode_frame(Pull(f"{BRAVO}/{LINE}/journal", 0)),
    ),
    "a tick by a stranger": (
        Reason.BAD_SIGNATURE,
        lambda d: d.bravo.tick_frame(d.next_tick(), STRANGER),
    ),
    "a tick of another party": (
        Reason.WRONG_LINE,
        lambda d: Forger(d.region, ALPHA).tick_frame(Forger(d.region, ALPHA).tick(99, 0)),
    ),
    "a tick of another line": (
        Reason.WRONG_LINE,
        lambda d: _tick_of_other_line(d),
    ),
    "a tick that is no tick": (Reason.MALFORMED, lambda d: encode_frame(TickSent("x"))),
    "a tick of a number beyond any database": (
        Reason.MALFORMED,
        lambda d: d.bravo.tick_frame(replace(d.next_tick(), sequence=2**63)),
    ),
    "a head of a journal of another party": (
        Reason.WRONG_LINE,
        lambda d: Forger(d.region, ALPHA).journal_head(Tree([bytes(32)])),
    ),
    "a head of a journal by a stranger": (
        Reason.BAD_SIGNATURE,
        lambda d: d.bravo.journal_head(Tree([bytes(32)]), signer=STRANGER),
    ),
    "another Understanding of the line in a greeting": (
        Reason.WRONG_UNDERSTANDING,
        lambda d: _hello(d, understanding=bytes(32)),
    ),
    "a greeting for another line": (Reason.WRONG_LINE, lambda d: _hello(d, line="other-line")),
    "a greeting in another version": (Reason.VERSION, lambda d: _hello(d, version=2)),
    "a greeting that shows a stranger's head": (
        Reason.BAD_SIGNATURE,
        lambda d: _hello(d, held=(_our_head(d, signer=STRANGER, size=99, root=bytes(32)),)),
    ),
    "a greeting that shows a head of another log": (
        Reason.WRONG_LINE,
        lambda d: _hello(d, held=(d.bravo.head().format(),)),
    ),
    "a greeting that shows no note": (Reason.MALFORMED, lambda d: _hello(d, held=("x",))),
    "a greeting that shows another's tick": (
        Reason.WRONG_LINE,
        lambda d: _hello(d, heard=d.bravo.tick_note(d.next_tick())),
    ),
    "an Understanding that nobody signed": (
        Reason.BAD_SIGNATURE,
        lambda d: encode_frame(
            UnderstandingShown(replace(d.region.signed, signatures=()).format())
        ),
    ),
    "an Understanding that is none": (
        Reason.MALFORMED,
        lambda d: encode_frame(UnderstandingShown(b"\xff")),
    ),
}


def _flipped(entry: StoredEntry) -> StoredEntry:
    return replace(entry, raw=entry.raw[:-1] + bytes([entry.raw[-1] ^ 1]))


def _with_head(duel: Duel, change: Callable[[Note], Note] | None, **changes: object) -> bytes:
    bravo = Forger(duel.region, BRAVO)
    bravo.say("next")
    note = bravo.head(**changes)  # type: ignore[arg-type]
    return bravo.frame(bravo.size - 1, head=change(note) if change else note)


def _ours(duel: Duel, root: bytes | None = None, **changes: object) -> bytes:
    alpha = Forger(duel.region, ALPHA)
    alpha.append(alpha.entry("never said", **changes))  # type: ignore[arg-type]
    return alpha.frame(alpha.size - 1, head=alpha.head(root=root))


def _new_receipt(duel: Duel, rows: str | None = None, **changes: object) -> bytes:
    """A receipt for an entry of alpha's that bravo has not receipted yet."""
    duel.region.tamper = lambda carried: []
    duel.region.say(ALPHA, "not receipted")
    head = duel.line.outbox.checkpoint()
    if rows is not None:
        return encode_frame(Receipt(head.origin, head.size, rows))
    root = changes.pop("root", head.root)
    at_s = changes.pop("at_s", duel.region.now // 1_000)
    return duel.bravo.receipt(head.origin, head.size, root, at_s, **changes)  # type: ignore[arg-type]


def _tick_of_other_line(duel: Duel) -> bytes:
    bravo = Forger(duel.region, BRAVO)
    bravo.line = "other-line"
    bravo.origin = f"{BRAVO}/other-line/out"
    return bravo.tick_frame(bravo.tick(99, duel.region.now))


def _hello(duel: Duel, **changes: object) -> bytes:
    """Bravo's greeting, with something that is not so."""
    said = hello(duel.region.line_of(BRAVO), duel.region.line_of(BRAVO).peers[ALPHA])
    return encode_frame(replace(said, **changes))  # type: ignore[arg-type]


def _our_head(duel: Duel, **changes: object) -> str:
    return Forger(duel.region, ALPHA).head(**changes).format()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_answered_and_journalled(duel: Duel, name: str) -> None:
    """What does not prove itself is refused, told, journalled, and changes nothing."""
    reason, make = REFUSED[name]
    assert refusal(duel, make(duel)) == reason.value


@pytest.mark.parametrize("name", REFUSED)
def test_the_line_goes_on_after_it(duel: Duel, name: str) -> None:
    """After a refused frame both sides say something, and both are receipted."""
    _, make = REFUSED[name]
    duel.send(make(duel))
    duel.region.tamper = lambda carried: [carried.frame]
    duel.region.cut_all()
    duel.region.connect(ALPHA, BRAVO)
    duel.region.pump()
    for party in (ALPHA, BRAVO):
        duel.region.say(party, "still here")
    duel.region.pump()
    duel.region.pass_time(30_000)
    for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
        line = duel.region.line_of(party)
        assert line.delivered == line.outbox.size
        assert not line.peers[other].is_forked


def test_each_reason_of_a_line_is_reachable(duel: Duel) -> None:
    """Every reason that a line gives is given by some frame in these tests."""
    given = {reason for reason, _ in REFUSED.values()}
    elsewhere = {
        Reason.FORK,  # test_mirror
        Reason.RATE,  # test_mirror
        Reason.ROLLBACK,  # below
        Reason.GAP,  # below
        Reason.UNKNOWN_PARTY,  # the node port
        Reason.UNKNOWN_LINE,  # the node port
    }
    assert given | elsewhere == set(Reason)


class TestJournals:
    """Heads of a counterpart's journal, cosigned blind."""

    @staticmethod
    def forged(duel: Duel) -> tuple[Forger, Tree]:
        """A journal of bravo's in a new epoch, of which alpha has cosigned ten rows."""
        tree = Tree([bytes([number]) * 32 for number in range(10)])
        duel.send(duel.bravo.journal_head(tree, epoch=2))
        assert "journal/2\n10\n" in duel.peer.its_journal.text
        return duel.bravo, tree

    def test_a_head_that_follows_is_cosigned(self, duel: Duel) -> None:
        """A head with a proof from the last one is cosigned, and kept for each epoch."""
        bravo, tree = self.forged(duel)
        tree.append(bytes(32))
        duel.send(bravo.journal_head(tree, 10, epoch=2))
        assert "journal/2\n11\n" in duel.peer.its_journal.text
        names = [name for name, _ in duel.line.store.values(f"journal/{LINE}/{BRAVO}/")]
        assert names == [f"journal/{LINE}/{BRAVO}/1", f"journal/{LINE}/{BRAVO}/2"]

    def test_another_history_is_refused(self, duel: Duel) -> None:
        """A head of a journal that was rewritten is refused with WRONG_ROOT."""
        bravo, _ = self.forged(duel)
        other = Tree([b"\xff" * 32 for _ in range(12)])
        assert refusal(duel, bravo.journal_head(other, 10, epoch=2)) == "WRONG_ROOT"

    def test_a_smaller_head_is_refused(self, duel: Duel) -> None:
        """A journal that is shorter than before is refused with WRONG_ROOT."""
        bravo, tree = self.forged(duel)
        less = Tree([tree.leaf(index) for index in range(9)])
        frame = bravo.journal_head(less, 0, epoch=2, proof=())
        again = decode_frame(frame)
        assert isinstance(again, JournalHead)
        assert refusal(duel, encode_frame(replace(again, old_size=10))) == "WRONG_ROOT"

    def test_an_earlier_epoch_is_refused(self, duel: Duel) -> None:
        """A journal does not go back to an epoch that was left: ROLLBACK."""
        bravo, _ = self.forged(duel)
        assert refusal(duel, bravo.journal_head(Tree([bytes(32)]), epoch=1)) == "ROLLBACK"

    def test_two_heads_of_one_size_are_kept(self, duel: Duel) -> None:
        """Two heads of one journal and size are kept with an alarm, and it is cosigned no more."""
        bravo, tree = self.forged(duel)
        other = Tree([b"\xff" * 32 for _ in range(10)])
        duel.send(bravo.journal_head(other, epoch=2))
        assert refusals_of(duel.line)[-1] == "FORK"
        kept = cbor.decode(duel.line.store.value(f"evidence-journal/{LINE}/{BRAVO}"))
        assert isinstance(kept, list)
        assert len({parse_note(str(text)).text for text in kept}) == 2
        assert duel.alarms("JOURNAL_FORK") == 1
        assert not duel.peer.is_forked
        since = duel.mark
        tree.append(bytes(32))
        duel.send(bravo.journal_head(tree, 10, epoch=2))
        assert not [frame for frame in duel.sent(since) if isinstance(frame, Receipt)]
        duel.region.restart(ALPHA)
        assert duel.peer.journal_evidence
        assert duel.alarms("JOURNAL_FORK") == 1

    def test_an_old_head_again_is_told_what_is_known(self, duel: Duel) -> None:
        """A repeated head is answered with the size that was cosigned last."""
        bravo, tree = self.forged(duel)
        first = bravo.journal_head(Tree([tree.leaf(0)]), epoch=2)
        since = duel.mark
        before = durable(duel.line)
        duel.send(first)
        assert duel.sent(since) == [Receipt(f"{BRAVO}/{LINE}/journal/2", 10, "")]
        assert durable(duel.line) == before

    def test_a_receipt_again_changes_nothing(self, duel: Duel) -> None:
        """A journal's receipt that comes again, or later than a newer one, changes nothing."""
        duel.region.is_recording = True
        for _ in range(3):
            duel.region.say(ALPHA, "row")
            duel.region.pump()
            duel.region.pass_time(10_000)
        origin = duel.line.journal.origin
        receipts = [
            carried.frame
            for carried in duel.region.recorded
            if isinstance(frame := decode_frame(carried.frame), Receipt)
            and frame.origin == origin
            and frame.rows
        ]
        assert len(receipts) >= 2
        before, cosigned = durable(duel.line, refusals=True), duel.peer.journal_cosigned
        duel.send(*receipts)
        assert durable(duel.line, refusals=True) == before
        assert duel.peer.journal_cosigned == cosigned


class TestFloods:
    """Much of what is refused."""

    def test_refusals_are_journalled_within_a_bound(self, duel: Duel) -> None:
        """A flood of refused frames fills neither the journal nor the memory."""
        for _ in range(5 * REFUSALS_PER_MINUTE_MAX):
            if duel.wire not in duel.region.wires:
                duel.wire = duel.region.connect(ALPHA, BRAVO)
            duel.send(b"\xff")
        assert len(refusals_of(duel.line)) == REFUSALS_PER_MINUTE_MAX
        duel.region.pass_time(61_000)
        duel.wire = duel.region.connect(ALPHA, BRAVO)
        duel.send(b"\xff")
        assert len(refusals_of(duel.line)) == REFUSALS_PER_MINUTE_MAX + 1

    def test_their_refusals_are_journalled_within_a_bound(self, duel: Duel) -> None:
        """A flood of refusals from a counterpart is journalled within the same bound."""
        for number in range(5 * REFUSALS_PER_MINUTE_MAX):
            duel.send(encode_frame(Refusal("MALFORMED", f"{number}")))
        assert len(refusals_of(duel.line)) == REFUSALS_PER_MINUTE_MAX

    def test_too_many_faults_end_the_connection(self, duel: Duel) -> None:
        """After a number of faults in a minute the connection is ended, and may come again."""
        for _ in range(FAULTS_PER_MINUTE_MAX + 1):
            duel.send(b"\xff")
        assert len(duel.region.stations[ALPHA].closed) == 1

    def test_what_ended_a_connection_is_journalled_within_the_same_bound(self, duel: Duel) -> None:
        """An end that refuses something is a refusal; any other end, and a flood, are not."""
        ends = [
            "TOO_LARGE: a frame above 1048576 bytes",
            "the connection was lost",
            "closed by the counterpart: MALFORMED: a text message",
            "MALFORMED",
        ]
        for reason in ends + ends[:1] * 2 * REFUSALS_PER_MINUTE_MAX:
            wire = duel.region.connect(ALPHA, BRAVO)
            duel.region.turn(ALPHA)
            duel.region.turn(ALPHA, LinkClosed(wire.ends[ALPHA], reason))
        assert refusals_of(duel.line)[:3] == ["TOO_LARGE", "MALFORMED", "TOO_LARGE"]
        assert len(refusals_of(duel.line)) == REFUSALS_PER_MINUTE_MAX
        row = next(row for row in rows_of(duel.line) if row.happened is Happened.REFUSED)
        assert row.rest == (BRAVO, "1", "TOO_LARGE", "a frame above 1048576 bytes")

    def test_a_clock_that_is_set_back_counts_anew(self, duel: Duel) -> None:
        """A clock that is set back does not make old faults count for ever, nor hide new ones."""
        for _ in range(FAULTS_PER_MINUTE_MAX):
            duel.send(b"\xff")
        count = len(refusals_of(duel.line))
        duel.region.skew_ms[ALPHA] = -730 * 86_400_000
        duel.send(b"\xff")
        assert duel.region.stations[ALPHA].closed == []
        assert len(refusals_of(duel.line)) == count + 1

    def test_refusals_are_never_answered(self, duel: Duel) -> None:
        """A refusal, even one that cannot be read or gives an unknown reason, is not answered."""
        since = duel.mark
        for frame in (
            encode_frame(Refusal("SOMETHING_NEW", "a reason of a later version")),
            cbor.encode([10, "x"]),
            cbor.encode([10, 5, "x"]),
        ):
            duel.send(frame)
        assert duel.sent(since) == []


class TestGaps:
    """What comes too early."""

    def test_a_gap_is_told_by_a_receipt(self, duel: Duel) -> None:
        """Entries behind a gap are not taken; the answer says how much is held."""
        duel.bravo.say("three", "four")
        since = duel.mark
        before = durable(duel.line, refusals=True)
        duel.send(duel.bravo.frame(3))
        assert duel.sent(since) == [Receipt(duel.bravo.origin, 2, "")]
        assert durable(duel.line, refusals=True) == before

    def test_what_is_sent_before_the_greeting_is_passed_over(self, duel: Duel) -> None:
        """Before a greeting was accepted nothing but a greeting is looked at."""
        wire = duel.region.connect(ALPHA, BRAVO, "2")
        duel.region.turn(ALPHA)
        duel.bravo.say("three")
        before = durable(duel.line, refusals=True)
        duel.region.inject(wire, ALPHA, duel.bravo.frame(2))
        duel.region.inject(wire, ALPHA, encode_frame(Probe(5)))
        since = duel.mark
        duel.region.turn(ALPHA)
        assert durable(duel.line, refusals=True) == before
        assert duel.sent(since) == []

    def test_a_frame_on_a_closed_link_is_passed_over(self, duel: Duel) -> None:
        """A frame that still comes from a link that is closed changes nothing."""
        before = durable(duel.line, refusals=True)
        duel.region.cut(duel.wire)
        duel.region.turn(ALPHA)
        duel.bravo.say("three")
        duel.region.inject(duel.wire, ALPHA, duel.bravo.frame(2))
        duel.region.turn(ALPHA)
        assert durable(duel.line, refusals=True) == before


class TestLies:
    """Greetings and answers that are not so."""

    def test_a_greeting_cannot_stop_a_line_that_was_confirmed(self, duel: Duel) -> None:
        """A counterpart that once confirmed our outbox cannot make us doubt it by a claim."""
        for head in (
            _our_head(duel, signer=STRANGER, size=99, root=bytes(32)),
            _our_head(duel, signer=STRANGER, size=1, root=bytes(32)),
        ):
            duel.send(_hello(duel, held=(head,)))
            assert duel.line.can_sign()
        assert duel.region.say(ALPHA, "all the same") == duel.line.outbox.size - 1

    def test_a_greeting_that_knows_nothing_is_harmless(self, duel: Duel) -> None:
        """A counterpart that says it holds nothing is sent everything again."""
        since = duel.mark
        duel.send(_hello(duel, held=(), heard="", receipted=0))
        frames = [frame for frame in duel.sent(since) if isinstance(frame, Entries)]
        assert [(frame.start, len(frame.entries)) for frame in frames] == [(0, 2)]

    def test_a_greeting_that_says_much_is_receipted_is_harmless(self, duel: Duel) -> None:
        """A counterpart that says we receipted more than we hold gets no receipt: its own loss."""
        duel.send(_hello(duel, receipted=2**60))
        duel.bravo.say("three")
        since = duel.mark
        duel.send(duel.bravo.frame(2))
        assert duel.receipts(since) == []
        assert duel.line.can_sign()

    def test_one_greeting_cannot_wear_out_the_journal(self, duel: Duel) -> None:
        """A counterpart begins at most one new epoch of our journal without proof in one run."""
        origin = duel.line.journal.origin
        for number in range(5):
            alpha = Forger(duel.region, ALPHA)
            tree = Tree([bytes([number]) * 32] * 50)
            frame = decode_frame(alpha.journal_head(tree, epoch=number + 1, signer=STRANGER))
            assert isinstance(frame, JournalHead)
            duel.send(_hello(duel, held=(_our_head(duel), frame.head)))
        assert duel.line.journal.origin in (origin, f"{origin}/2")
        loaded = duel.region.loaded(ALPHA, duel.line.store)
        assert loaded.journal.origin == duel.line.journal.origin

    def test_a_journal_that_we_signed_and_do_not_have_is_left(self, duel: Duel) -> None:
        """Each head of our journal that we signed and is not on it begins a new epoch."""
        for epoch in (1, 2):
            alpha = Forger(duel.region, ALPHA)
            frame = decode_frame(alpha.journal_head(Tree([bytes(32)] * 2), epoch=epoch))
            assert isinstance(frame, JournalHead)
            duel.send(_hello(duel, held=(_our_head(duel), frame.head)))
        assert duel.line.journal.origin == f"{ALPHA}/{LINE}/journal/3"
        assert duel.line.can_sign()

    def test_one_liar_does_not_stop_the_others(self) -> None:
        """On a line of three, a claim of one without proof holds us up until a person vouches."""
        region = standing(make_parties(ALPHA, BRAVO, CHARLIE))
        region.cut_all()
        region.restart(ALPHA)
        region.connect(ALPHA, CHARLIE)
        wire = region.connect(ALPHA, BRAVO)
        duel = Duel(region, wire, Forger(region, BRAVO))
        lie = _hello(duel, held=(_our_head(duel, signer=STRANGER, size=99, root=bytes(32)),))

        def lying(carried: Carried) -> list[bytes]:
            if carried.sender != BRAVO or carried.recipient != ALPHA:
                return [carried.frame]
            is_hello = isinstance(decode_frame(carried.frame), Hello)
            return [lie] if is_hello else []

        region.tamper = lying
        region.pump()
        assert not region.line_of(ALPHA).can_sign()
        region.pass_time(70_000)
        assert not region.line_of(ALPHA).can_sign()
        assert region.line_of(ALPHA).waiting_for() == [BRAVO]
        region.ask(ALPHA, TrustOwnCopy(LINE, ("air-desk", "Lt A")))
        region.say(ALPHA, "to charlie")
        region.pump()
        assert region.line_of(ALPHA).peers[CHARLIE].receipted == 2

    def test_an_answer_to_no_probe_proves_nothing(self, duel: Duel) -> None:
        """An answer to a probe that was never sent, or was answered long ago, is passed over."""
        duel.region.tamper = lambda carried: []
        answered_at = duel.peer.tick_answered_at
        duel.region.pass_time(120_000)
        now = duel.region.now
        for sent_at in (now, now - 1, now - 10_001, 0, 2**62):
            duel.send(encode_frame(ProbeReply(sent_at, now, now)))
        assert duel.peer.tick_answered_at == answered_at
        assert duel.line.status(now)["observed"] == "LOST"

    def test_a_lying_clock_is_an_alarm(self, duel: Duel) -> None:
        """An answer with an absurd clock raises an alarm and nothing else."""
        duel.region.pass_time(10_000)
        sent_at = duel.peer.probes[-1]
        duel.send(encode_frame(ProbeReply(sent_at, 2**62, 2**62)))
        assert duel.alarms("CLOCKS_DIFFER") == 1
        assert duel.line.status(duel.region.now)["observed"] == "UP"

    def test_a_tick_of_unknown_words_is_heard(self, duel: Duel) -> None:
        """A tick with scopes and states that are not known here is taken in all the same."""
        tick = replace(
            duel.next_tick(),
            declared=(("air_safety", "ON_HOLIDAY"), ("unheard_of", "IN_FORCE")),
            observed="MIDDLING",
        )
        duel.send(duel.bravo.tick_frame(tick))
        assert duel.peer.last_tick[0] == tick.sequence
        assert duel.line.status(duel.region.now)["displayed"]["word"]

    def test_views_that_differ_are_an_alarm(self) -> None:
        """A party that shows another history of a third one raises an alarm at those who know."""
        region = standing(make_parties(ALPHA, BRAVO, CHARLIE))
        wire = next(one for one in region.wires if set(one.ends) == {ALPHA, BRAVO})
        duel = Duel(region, wire, Forger(region, BRAVO))
        charlie = Forger(region, CHARLIE).head(1, root=bytes(32))
        tick = replace(duel.next_tick(), held=(parse_checkpoint(charlie.text),))
        duel.send(duel.bravo.tick_frame(tick))
        assert duel.alarms("VIEWS_DIFFER") == 1

    def test_another_history_of_ours_in_a_tick_is_an_alarm(self, duel: Duel) -> None:
        """A tick that says another root of our own outbox raises an alarm."""
        held = Checkpoint(f"{ALPHA}/{LINE}/out", 1, bytes(32))
        duel.send(duel.bravo.tick_frame(replace(duel.next_tick(), held=(held,))))
        assert duel.alarms("VIEWS_DIFFER") == 1


def test_what_is_said_of_another_understanding_needs_its_line(duel: Duel) -> None:
    """An Understanding of another line that is shown to us is refused."""
    parties = make_parties(line="other-line")
    frame = encode_frame(UnderstandingShown(sign(parties.understanding, parties.keys).format()))
    assert refusal(duel, frame) == "WRONG_LINE"


def test_few_understandings_of_a_counterpart_are_read(
    duel: Duel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a greeting too a minute has room for some, and for each of them only once."""
    read: list[bytes] = []

    def reading(data: bytes) -> SignedUnderstanding:
        """Count what is parsed and verified."""
        read.append(data)
        return parse_signed_understanding(data)

    monkeypatch.setattr(intake, "parse_signed_understanding", reading)
    parties = make_parties()
    timers = replace(parties.understanding.timers, tick_ms=7_000)
    agreed = replace(parties.understanding, timers=timers)
    shown = sign(agreed, parties.keys).format()
    wire = duel.region.connect(ALPHA, BRAVO, "2")
    duel.region.turn(ALPHA)
    since = duel.mark
    for data in (shown, shown, b"\x01", b"\x02", b"\x03", shown):
        duel.region.inject(wire, ALPHA, encode_frame(UnderstandingShown(data)))
        duel.region.turn(ALPHA)
    assert read == [shown, b"\x01"]
    told = [answer.reason for answer in duel.sent(since) if isinstance(answer, Refusal)]
    assert told == ["MALFORMED", "RATE", "RATE"]
    assert duel.peer.difference == ["timers.tick: 10 s → 7 s"]
    duel.region.pass_time(61_000)
    duel.region.inject(wire, ALPHA, encode_frame(UnderstandingShown(b"\x04")))
    duel.region.turn(ALPHA)
    assert read[2:] == [b"\x04"]


def test_refused_words_are_plain(duel: Duel) -> None:
    """What a stranger wrote is told and journalled in plain characters."""
    origin = "\u202eevil\u0338>\x1b[2J"
    duel.send(cbor.encode([6, "x\u202e", 0]))
    duel.send(encode_frame(TickSent(f"{origin}\n")))
    for row in rows_of(duel.line):
        if row.happened is Happened.REFUSED:
            assert str(row.rest[3]).isascii()


def test_another_region_is_another_world() -> None:
    """Frames of another line with the same parties are refused, all of them."""
    region = standing(make_parties())
    other = Region(make_parties(line="other-line"))
    other.is_recording = True
    other.adopt()
    other.connect_all()
    other.pump()
    other.say(BRAVO, "elsewhere", Precedence.FLASH)
    other.pump()
    other.pass_time(20_000)
    before = durable(region.line_of(ALPHA))
    wire: Wire = region.wires[0]
    assert len(other.recorded) > 20
    for carried in other.recorded:
        region.inject(wire, ALPHA, carried.frame)
    region.turn(ALPHA)
    assert durable(region.line_of(ALPHA)) == before
