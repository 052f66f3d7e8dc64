"""Export: finds the evidence in a store, or says what is missing and why."""

from collections.abc import Callable

import pytest

from openline.adapters.memory import MemoryStore
from openline.app.export import Exporter
from openline.domain.errors import OurError
from openline.domain.limits import EVIDENCE_ENTRIES_SHOWN_MAX, KEY_CHANGES_UNTIL
from openline.domain.line.keyring import KeyRing, mirror_name, witness_name
from openline.domain.record.certificate import parse_certificate
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.merkle import leaf_hash
from openline.domain.record.note import (
    Note,
    NoteSignature,
    SignatureType,
    VerifierKey,
    parse_note,
)
from openline.domain.record.proof import parse_log_proof, verify_log_proof
from openline.domain.record.report import Verdict
from openline.domain.record.tick import parse_tick
from openline.domain.record.verification import verify_certificate
from openline.domain.talk.keys import KeyRole
from openline.engine.ports import PutHead
from tests.domain.record.history import (
    ALPHA,
    BRAVO,
    CHARLIE,
    LINE,
    START,
    History,
    notice,
    signer,
)


def exporter(history: History, own: str = ALPHA) -> Exporter:
    return Exporter(history.sides[own].store, own, LINE)


@pytest.fixture(scope="module")
def history() -> History:
    """Half a minute of quiet, a text and a notice of alpha's, two minutes of quiet."""
    history = History()
    history.run(30)
    history.text(ALPHA)
    history.run(5)
    history.say(ALPHA, notice(history.now + 60_000))
    history.run(120)
    return history


WRONG: dict[str, tuple[Callable[[Exporter], bytes], str]] = {
    "a stranger's message": (lambda e: e.message(CHARLIE, 0), "is not a party"),
    "a message that was not said": (lambda e: e.message(ALPHA, 3), "is not recorded here"),
    "a negative index": (lambda e: e.message(ALPHA, -1), "is not recorded here"),
    "a receipt by the author": (lambda e: e.receipt(ALPHA, 1, ALPHA), "is not a receiver"),
    "a receipt by a stranger": (lambda e: e.receipt(ALPHA, 1, CHARLIE), "is not a receiver"),
    "the lead time of a text": (lambda e: e.lead_time(ALPHA, 1), "is not a notice"),
    "a stranger's silence": (lambda e: e.non_use(CHARLIE, 0, 1), "is not a party"),
    "a window backwards": (lambda e: e.use(ALPHA, START, START), "ends before it begins"),
    "the state before the beginning": (lambda e: e.state(START - 1), "are not here"),
    "the state in the future": (lambda e: e.state(START + 10**9), "are not here"),
}


@pytest.mark.parametrize(("ask", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_shown_is_said(
    history: History, ask: Callable[[Exporter], bytes], says: str
) -> None:
    """What is asked wrongly, or is not stored, is an officer's error that says what to do."""
    with pytest.raises(OurError, match=says) as error:
        ask(exporter(history))
    assert error.value.remedy


def test_a_line_that_was_never_opened_has_no_certificates() -> None:
    """An empty store is told as a line on which this party has said nothing."""
    with pytest.raises(OurError, match="has said nothing on line"):
        Exporter(MemoryStore(), ALPHA, LINE).message(ALPHA, 0)


def test_a_receipt_that_has_not_come_is_named() -> None:
    """Without the counterpart's cosignature the error names both parties and the message."""
    history = History()
    history.run(10)
    index = history.text(ALPHA)
    with pytest.raises(OurError, match=f"no receipt yet from {BRAVO} for {ALPHA} {index}"):
        exporter(history).receipt(ALPHA, index)


def test_a_message_without_a_head_waits() -> None:
    """A message that no signed head covers yet cannot be shown, and the remedy is to wait."""
    history = History()
    history.run(10)
    index = history.text(ALPHA)
    with pytest.raises(OurError, match="No signed head over") as error:
        exporter(history).message(ALPHA, index)
    assert "Wait" in error.value.remedy


def test_a_tick_serves_where_no_head_is_kept() -> None:
    """A message that only a tick of its author covers is proven under that tick."""
    history = History()
    history.run(10)
    index = history.text(ALPHA)
    history.now += 1_000
    history.tick(ALPHA)
    data = exporter(history).message(ALPHA, index)
    evidence = parse_certificate(data).evidence
    assert evidence.heads == ()
    assert len(evidence.ticks) == 1
    assert verify_certificate(data).verdict is Verdict.PROVEN


def test_the_first_receipt_is_shown(history: History) -> None:
    """Of several heads with receipts the smallest that covers the message is taken."""
    data = exporter(history).receipt(ALPHA, 1)
    (note,) = parse_certificate(data).evidence.heads
    assert parse_checkpoint(parse_note(note).text).size == 2
    assert verify_certificate(data).facts["received_at"] == START + 31_000


def test_a_receiver_shows_its_own_receipts_where_it_keeps_them() -> None:
    """A receiver that keeps what it cosigned can show the receipt as the author can."""
    history = History()
    history.run(10)
    index = history.say(ALPHA, notice(history.now + 60_000))
    history.run(10)
    side = history.sides[ALPHA]
    size, note = side.store.heads(side.origin, BRAVO, index + 1, 1)[0]
    history.sides[BRAVO].store.commit([PutHead(side.origin, size, BRAVO, note)])
    for own in (ALPHA, BRAVO):
        data = exporter(history, own).lead_time(ALPHA, index)
        assert verify_certificate(data).verdict is Verdict.PROVEN
    assert exporter(history, ALPHA).lead_time(ALPHA, index) == data


def test_rows_that_prove_nothing_here_are_left_out() -> None:
    """Cosignatures by others than the receiver do not go along."""
    history = History()
    history.run(10)
    index = history.text(ALPHA)
    history.run(10)
    side = history.sides[ALPHA]
    size, text = side.store.heads(side.origin, BRAVO, index + 1, 1)[0]
    note = parse_note(text)
    head = parse_checkpoint(note.text)
    more = note.with_signatures(
        *cosign(head, witness_name(BRAVO), signer(f"{BRAVO} witness"), 1),
        *cosign(head, "outside.example/witness", signer("outside"), 1),
    )
    side.store.commit([PutHead(side.origin, size, BRAVO, more.format())])
    data = exporter(history).receipt(ALPHA, index)
    assert parse_certificate(data).evidence.heads == (text,)


def test_a_head_that_does_not_fit_the_entries_is_passed_over() -> None:
    """A stored head of another history is not put into a certificate."""
    history = History()
    history.run(10)
    index = history.text(ALPHA)
    other = History()
    other.text(ALPHA, "something else")
    side = history.sides[ALPHA]
    side.store.commit([PutHead(side.origin, index + 1, "", other.head(ALPHA).format())])
    with pytest.raises(OurError, match="No signed head"):
        exporter(history).message(ALPHA, index)


def test_three_parties_name_the_receiver() -> None:
    """With several counterparts the receiver must be named, and each has its receipt."""
    history = History(ALPHA, BRAVO, CHARLIE)
    history.run(5)
    index = history.text(ALPHA)
    history.run(5)
    export = exporter(history)
    with pytest.raises(OurError, match="Nobody is not a receiver"):
        export.receipt(ALPHA, index)
    for holder in (BRAVO, CHARLIE):
        report = verify_certificate(export.receipt(ALPHA, index, holder))
        assert report.verdict is Verdict.PROVEN
    facts = verify_certificate(export.message(ALPHA, index)).facts
    assert sorted(facts["received"]) == [BRAVO, CHARLIE]


def test_evidence_is_found_across_a_dark_time() -> None:
    """Where the line was cut at an edge, the nearest ticks before and after it are found."""
    history = History()
    history.run(30)
    for _ in range(900):
        history.now += 1_000
        history.tick(ALPHA)
    history.run(30)
    export = exporter(history)
    data = export.non_use(ALPHA, START + 60_000, START + 600_000)
    report = verify_certificate(data)
    assert report.verdict is Verdict.PROVEN
    assert len(parse_certificate(data).evidence.ticks) == 5
    assert report.facts["first_anchor_at"] <= START + 30_000
    with pytest.raises(OurError, match=f"ticks of {BRAVO} around"):
        export.state(START + 400_000)  # Bravo was not running.


def test_a_silence_that_cannot_be_shown_shows_what_there_is() -> None:
    """An unproven window gives a file all the same, with the nearest ticks and who was alive."""
    history = History()
    history.run(60)
    report = verify_certificate(exporter(history).non_use(ALPHA, START + 30_000, START + 90_000))
    assert report.verdict is Verdict.UNPROVEN
    assert "after the window" in report.conclusion
    assert [one["party"] for one in report.facts["alive"]] == [ALPHA, BRAVO]


def withholding() -> History:
    """Bravo's ticks tell for a minute of two entries that it gives nobody, between quiet."""
    history = History()
    history.text(ALPHA)
    history.run(60)
    for _ in range(2):
        history.text(BRAVO)
    for _ in range(60):
        history.now += 1_000
        for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
            history.tick(party)
            history.hear(other, party)
    return history


WITHHELD: dict[str, Callable[[Exporter], bytes]] = {
    "use": lambda e: e.use(BRAVO, START + 30_000, START + 90_000),
    "silence where it spoke": lambda e: e.non_use(BRAVO, START + 30_000, START + 90_000),
    "what it declared": lambda e: e.declared(BRAVO, START + 90_000),
    "no answer": lambda e: e.no_answer(ALPHA, 1, START + 90_000),
}


@pytest.mark.parametrize("ask", WITHHELD.values(), ids=WITHHELD.keys())
def test_what_a_counterpart_withholds_is_named(ask: Callable[[Exporter], bytes]) -> None:
    """Where ticks tell of more than their author gave us, the export says so and what to do."""
    with pytest.raises(OurError, match="has said 3 things") as error:
        ask(exporter(withholding()))
    assert "1 of them are here" in error.value.what
    assert error.value.remedy


def test_silence_and_state_need_no_entries_that_are_withheld() -> None:
    """Silence and state are proven by ticks alone, though the entries are withheld."""
    history = withholding()
    export = exporter(history)
    for data in (
        export.non_use(BRAVO, START + 70_000, START + 100_000),
        export.state(START + 90_000),
    ):
        report = verify_certificate(data)
        assert report.verdict is Verdict.PROVEN, report.to_text()


def test_a_busy_window_shows_some_and_counts_the_rest() -> None:
    """A use of many entries shows a bounded number of them, and is proven."""
    history = History()
    history.run(20)
    for _ in range(EVIDENCE_ENTRIES_SHOWN_MAX + 6):
        history.text(ALPHA)
    history.run(20)
    data = exporter(history).use(ALPHA, START + 10_000, START + 35_000)
    report = verify_certificate(data)
    assert report.verdict is Verdict.PROVEN
    assert len(report.facts["said"]) == EVIDENCE_ENTRIES_SHOWN_MAX
    assert "70 entries were added; the file shows 64" in report.to_text()


def test_an_exporter_sees_what_comes_later() -> None:
    """An exporter that has read a log reads on, key messages included."""
    history = History()
    history.run(10)
    first = history.text(ALPHA)
    history.run(10)
    export = exporter(history)
    before = export.receipt(ALPHA, first)
    history.change_key(ALPHA, KeyRole.NODE, "alpha node 2")
    history.run(10)
    second = history.text(ALPHA)
    history.run(10)
    assert verify_certificate(export.receipt(ALPHA, second)).verdict is Verdict.PROVEN
    assert exporter(history).receipt(ALPHA, second) == export.receipt(ALPHA, second)
    assert export.receipt(ALPHA, first) != before  # It now holds the change of key.


def test_an_entry_that_looks_like_a_key_message_is_none() -> None:
    """Bytes of a key message inside another entry do not make it one."""
    history = History()
    root = bytes.fromhex("3a00011170a5010202").rjust(32, b"r")
    history.text(ALPHA, heads=(Checkpoint(f"{BRAVO}/{LINE}/out", 1, root),))
    index = history.text(ALPHA)
    history.run(20)
    data = exporter(history).receipt(ALPHA, index)
    assert len(parse_certificate(data).evidence.entries) == 2  # The message and entry 0.
    assert verify_certificate(data).verdict is Verdict.PROVEN


def test_clocks_that_step_back_do_not_stop_the_search() -> None:
    """Ticks out of order by their own times may cost evidence, never an error."""
    history = History()
    history.run(60)
    history.sides[BRAVO].offset_ms = -40_000
    history.run(60)
    history.sides[BRAVO].offset_ms = 0
    history.run(60)
    for start in range(START, START + 180_000, 15_000):
        data = exporter(history).non_use(ALPHA, start, start + 10_000)
        assert verify_certificate(data).verdict in (Verdict.PROVEN, Verdict.UNPROVEN)


def test_ticks_are_taken_as_they_were_stored(history: History) -> None:
    """The notes in a certificate are the stored ones, byte for byte."""
    store = history.sides[ALPHA].store
    data = exporter(history).non_use(ALPHA, START + 50_000, START + 100_000)
    for text in parse_certificate(data).evidence.ticks:
        tick = parse_tick(parse_note(text).text)
        assert (tick.sequence, text) in [
            (number, note) for number, _, note in store.ticks(LINE, tick.party, tick.sequence, 1)
        ]


def test_a_log_proof_is_one_that_other_tools_accept(history: History) -> None:
    """The text names the entry's place under a head that the counterpart has cosigned."""
    proof = parse_log_proof(exporter(history).log_proof(ALPHA, 1))
    ring = KeyRing(history.understanding, ALPHA)
    assert proof.extra is not None
    leaf = leaf_hash(proof.extra)
    head = verify_log_proof(proof, leaf, f"{ALPHA}/{LINE}/out", ring.node_at(0))
    signed_by = {row.name for row in proof.checkpoint.signatures}
    assert (proof.index, head.size > 1) == (1, True)
    assert signed_by == {f"{ALPHA}/{LINE}/out", mirror_name(BRAVO)}


@pytest.mark.parametrize("index", [-1, 3, 2**63 - 1, 2**80])
def test_a_log_proof_of_what_is_not_there_is_refused(history: History, index: int) -> None:
    """No entry, no proof: the error says which is the last."""
    with pytest.raises(OurError, match=r"The last message of alpha\.example is 2"):
        exporter(history).log_proof(ALPHA, index)


def test_a_log_proof_of_what_no_head_covers_waits() -> None:
    """An entry that no signed head covers yet is told as such."""
    history = History()
    index = history.text(ALPHA)
    with pytest.raises(OurError, match="No signed head over"):
        exporter(history).log_proof(ALPHA, index)


# --- what a counterpart put into our store --------------------------------------------------------


def spoilt(history: History, note: Note, name: str) -> str:
    """The note with rows that whoever sent it made up, under a name."""
    node = history.sides[ALPHA].signers[history.sides[ALPHA].ring.node_at(0).ed25519]
    key = VerifierKey(name, SignatureType.ED25519, node.public.ed25519)
    rows = [NoteSignature(name, b"made", bytes(64)), NoteSignature(name, b"more", bytes(2_428))]
    if key.key_id not in [row.key_id for row in note.signatures]:
        rows.append(NoteSignature(name, key.key_id, bytes(64)))
    return Note(note.text, (*rows, *note.signatures)).format()


@pytest.mark.parametrize("name", [f"{ALPHA}/{LINE}/out", mirror_name(BRAVO), "x.example"])
def test_made_up_rows_do_not_spoil_the_evidence(name: str) -> None:
    """A counterpart that adds rows to its heads or receipts cannot keep anybody from proving."""
    history = History()
    history.run(10)
    index = history.text(ALPHA)
    history.run(10)
    for own, holder in ((ALPHA, BRAVO), (BRAVO, "")):
        side = history.sides[own]
        origin = f"{ALPHA}/{LINE}/out"
        for size, text in side.store.heads(origin, holder, 0, 99):
            head = spoilt(history, parse_note(text), name)
            side.store.commit([PutHead(origin, size, holder, head)])
    for data in (
        exporter(history, BRAVO).message(ALPHA, index),
        exporter(history).receipt(ALPHA, index),
    ):
        report = verify_certificate(data)
        assert report.verdict is Verdict.PROVEN, report.to_text()
    proof = parse_log_proof(exporter(history).log_proof(ALPHA, index))
    assert len(proof.checkpoint.signatures) == 4


def test_a_head_that_cannot_be_read_is_passed_over() -> None:
    """A stored head that is no note is as if it were not there; the next one is taken."""
    history = History()
    history.run(10)
    index = history.text(ALPHA)
    history.run(10)
    side = history.sides[ALPHA]
    side.store.commit([PutHead(side.origin, index + 1, BRAVO, "no note")])
    with pytest.raises(OurError, match="no receipt yet"):
        exporter(history).receipt(ALPHA, index)
    history.text(ALPHA)
    history.run(10)
    assert verify_certificate(exporter(history).receipt(ALPHA, index)).verdict is Verdict.PROVEN


def test_heads_of_one_size_by_two_keys_are_one() -> None:
    """Receipts over one size under different keys of the author make one genuine head."""
    history = History(ALPHA, BRAVO, CHARLIE)
    history.run(10)
    index = history.text(ALPHA)
    history.run(10)
    history.change_key(ALPHA, KeyRole.NODE, "alpha node 2")
    history.run(10)
    side = history.sides[ALPHA]
    size, text = side.store.heads(side.origin, CHARLIE, index + 1, 1)[0]
    note = parse_note(text)
    later = sign_checkpoint(parse_checkpoint(note.text), signer("alpha node 2"))
    side.store.commit(
        [PutHead(side.origin, size, CHARLIE, later.with_signatures(*note.signatures[2:]).format())]
    )
    report = verify_certificate(exporter(history).message(ALPHA, index))
    assert report.verdict is Verdict.PROVEN, report.to_text()
    assert sorted(report.facts["received"]) == [BRAVO, CHARLIE]


def test_many_changes_of_keys_leave_everything_provable() -> None:
    """A party that changes its keys as often as it may can still be shown what it said."""
    history = History()
    for number in range(KEY_CHANGES_UNTIL):
        history.change_key(ALPHA, KeyRole.NODE, f"alpha node {number}")
    index = history.text(ALPHA)
    history.run(30)
    export = exporter(history, BRAVO)
    files = [
        export.message(ALPHA, index),
        exporter(history).receipt(ALPHA, index),
        export.non_use(ALPHA, START + 10_000, START + 20_000),
        export.state(START + 15_000),
    ]
    assert [verify_certificate(data).verdict for data in files] == [Verdict.PROVEN] * 4


def test_what_does_not_fit_one_certificate_is_told(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence beyond the bounds of a file is an officer's error, not a file nobody can read."""
    monkeypatch.setattr("openline.app.export.EVIDENCE_ENTRIES_MAX", 2)
    assert exporter(history).receipt(ALPHA, 1)
    with pytest.raises(OurError, match="takes 3 entries, and a certificate has at most 2"):
        exporter(history).use(ALPHA, START + 20_000, START + 60_000)
