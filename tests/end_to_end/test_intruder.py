"""An intruder at the node port: refused with a reason, journalled, and nobody else suffers."""

import contextlib
import hashlib
import random
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from openline.adapters.keys import FileKeys
from openline.adapters.sqlite import SqliteStore
from openline.adapters.tls import make_identity
from openline.domain.line.understanding import parse_signed_understanding
from openline.domain.party import Precedence
from openline.domain.record.checkpoint import Checkpoint, sign_checkpoint
from openline.domain.record.envelope import Header, make_content, seal
from openline.domain.record.merkle import Tree, leaf_hash
from openline.engine.frames import (
    VERSION,
    Entries,
    Frame,
    Hello,
    JournalHead,
    Probe,
    Pull,
    Receipt,
    Refusal,
    TickSent,
    Urgent,
)
from openline.engine.ports import StoredEntry
from tests.end_to_end.intruder import BINARY, PING, TEXT, Gone, Intruder, connect_tls, door
from tests.end_to_end.nodes import (
    Node,
    ending,
    is_up,
    refusals,
    wait_until,
    wait_up,
)
from tests.end_to_end.test_many import two_lines


@pytest.fixture
def pair(running_pair: tuple[Node, Node]) -> tuple[Node, Node]:
    """Two running nodes; the tests attack alpha and leave both well."""
    return running_pair


@pytest.fixture(autouse=True)
def nobody_suffers(pair: tuple[Node, Node]) -> Iterator[None]:
    """After each attack the line works as before, and nobody is accused of a fork."""
    yield
    alpha, bravo = pair
    wait_up(alpha, bravo)
    assert alpha.deliver("After the attack.")["is_delivered"]
    assert bravo.deliver("Likewise.")["is_delivered"]
    for node in pair:
        assert not any(one["is_forked"] for one in node.state()["counterparts"])


def own_identity(node: Node) -> Path:
    """The certificate that the counterpart pins, with its key."""
    return node.directory / "keys" / "tls.pem"


def hello(node: Node) -> Hello:
    """A greeting as the node's counterpart would give it, holding nothing."""
    path = node.directory / "lines" / f"{node.line}.understanding"
    content = parse_signed_understanding(path.read_bytes()).content()
    return Hello(VERSION, node.line, hashlib.sha256(content).digest(), (), 0, "")


@contextlib.contextmanager
def greeted(alpha: Node, bravo: Node) -> Iterator[Intruder]:
    """A connection with bravo's certificate that alpha takes for bravo."""
    with Intruder(door(alpha), own_identity(bravo), alpha.line) as intruder:
        assert isinstance(intruder.receive(), Hello)
        intruder.send(hello(alpha))
        yield intruder


def reason_given(intruder: Intruder, sent: Frame | bytes) -> str:
    """With which reason the node refuses what is sent."""
    intruder.send(sent)
    while True:
        answer = intruder.receive()
        if isinstance(answer, Refusal):
            return str(getattr(answer.reason, "value", answer.reason))


# --- strangers -----------------------------------------------------------------------------------


def test_strangers_get_no_further_than_tls(pair: tuple[Node, Node], tmp_path: Path) -> None:
    """Without a pinned certificate not one byte of HTTP is answered, and the log says so."""
    alpha, bravo = pair
    foreign = tmp_path / "foreign.pem"
    foreign.write_bytes(make_identity(bravo.party))
    for identity in (None, foreign):
        with pytest.raises((Gone, OSError)) as end:
            Intruder(door(alpha), identity, alpha.line)
        assert getattr(end.value, "code", 0) == 0, "no status was given"
    with connect_tls(door(alpha), None) as plain:
        with contextlib.suppress(OSError):
            plain.sendall(b"GET /alpha.example/syria-air/out/checkpoint HTTP/1.1\r\n\r\n")
        with contextlib.suppress(OSError):
            assert plain.recv(1) == b""
    wait_until(lambda: alpha.log().count("refused a stranger") >= 3, "the log names strangers")
    assert "UNKNOWN_KEY" in alpha.log()


def test_other_lines_and_circuits_are_refused(pair: tuple[Node, Node]) -> None:
    """A pinned counterpart cannot open a line that it is not on."""
    alpha, bravo = pair
    for path in ("another-line", "SYRIA-AIR", "../syria-air", ""):
        with pytest.raises(Gone) as end:
            Intruder(door(alpha), own_identity(bravo), path)
        assert end.value.code == 404
    assert "UNKNOWN_LINE" in alpha.log()


# --- a pinned certificate that sends what no node sends ------------------------------------------

BROKEN: dict[str, tuple[int, bytes]] = {
    "a text message": (TEXT, b"are these yours?"),
    "an empty message": (BINARY, b""),
    "a piece without a frame": (BINARY, b"\x00"),
    "an unknown piece": (BINARY, b"\x07rubbish"),
    "a message above the bound": (BINARY, b"\x00" + bytes(65_536)),
    "an unknown opcode": (5, b"\x00"),
    "an oversized ping": (PING, bytes(1_000)),
}


@pytest.mark.parametrize(("opcode", "data"), BROKEN.values(), ids=BROKEN)
def test_broken_messages_end_the_connection(
    pair: tuple[Node, Node], opcode: int, data: bytes
) -> None:
    """What is no piece of a frame ends this one connection, with a reason where there is one."""
    alpha, bravo = pair
    with greeted(alpha, bravo) as intruder:
        intruder.send_message(opcode, data)
        gone = intruder.drain()
        assert gone.code in (0, 1002, 1009, 4000)
    assert is_up(alpha)


def test_a_frame_above_a_mebibyte_is_cut_off(pair: tuple[Node, Node]) -> None:
    """Pieces without an end are not gathered: at the bound the connection is over."""
    alpha, bravo = pair
    with greeted(alpha, bravo) as intruder:
        piece = b"\x01" + bytes(8_192)
        # The node may end it while pieces are still on their way.
        with contextlib.suppress(Gone):
            for _ in range(200):
                intruder.send_message(BINARY, piece)
        gone = intruder.drain()
    assert gone.code in (0, 4000)
    wait_until(lambda: "TOO_LARGE: a frame above" in alpha.log(), "the log gives the reason")


def test_what_ends_a_connection_is_journalled(pair: tuple[Node, Node]) -> None:
    """What no frame could be made of stands in the journal with its reason."""
    alpha, bravo = pair
    alpha.stop()
    count = len(refusals(alpha))
    alpha.start()
    wait_up(alpha, bravo)
    with greeted(alpha, bravo) as intruder, contextlib.suppress(Gone):
        for _ in range(200):
            intruder.send_message(BINARY, b"\x01" + bytes(8_192))
    for opcode, data in ((TEXT, b"are these yours?"), (BINARY, b"\x00" + bytes(65_536)), (5, b"")):
        with greeted(alpha, bravo) as intruder:
            intruder.send_message(opcode, data)
            intruder.drain()
    told = ("frame above", "text message", "exceeds limit", "opcode")
    wait_until(lambda: all(part in alpha.log() for part in told), "each connection has ended")
    # A message more: then what came before it has had its turn.
    alpha.say("After them.")
    alpha.stop()
    reasons = [reason for part in told for reason, what in refusals(alpha)[count:] if part in what]
    alpha.start()
    assert reasons == ["TOO_LARGE", "MALFORMED", "TOO_LARGE", "MALFORMED"]


def test_each_refused_frame_is_answered_with_its_reason(
    pair: tuple[Node, Node],
) -> None:
    """Malformed, forged, misplaced and altered frames each get their reason; nothing is kept."""
    alpha, bravo = pair
    held = alpha.state()["held"][bravo.party]
    forged = Forger(alpha, bravo)
    cases: list[tuple[str, Frame | bytes]] = [
        ("MALFORMED", b"rubbish"),
        ("MALFORMED", b"\x82\x08\x18\x01"),  # A number that is not in its shortest form.
        ("MALFORMED", b"\x80"),
        ("VERSION", b"\x82\x18\x63\x00"),
        ("VERSION", replace(hello(alpha), version=2)),
        ("WRONG_LINE", replace(hello(alpha), line="another-line")),
        ("WRONG_UNDERSTANDING", replace(hello(alpha), understanding=bytes(32))),
        ("WRONG_LINE", forged.entries(origin=f"charlie.example/{alpha.line}/out")),
        ("UNKNOWN_KEY", forged.entries(key="witness")),
        ("BAD_SIGNATURE", forged.entries(is_altered=True)),
        ("WRONG_CONTENT", forged.entries(content=make_content(bytes(16), {0: 1}))),
        ("WRONG_INDEX", forged.entries(index=forged.size + 1)),
        ("WRONG_ROOT", forged.entries(root=bytes(32))),
        ("MALFORMED", forged.entries(is_cut=True)),
        ("MALFORMED", forged.urgent(Precedence.ROUTINE)),
        ("WRONG_LINE", Pull(f"{alpha.party}/{alpha.line}/out", 0)),
        ("WRONG_INDEX", Receipt(f"{alpha.party}/{alpha.line}/out", 10_000, "")),
        ("MALFORMED", TickSent("no tick\n")),
        ("MALFORMED", JournalHead("no head\n", 0, ())),
    ]
    given = []
    for _, sent in cases:
        # One connection each: after a score of faults in a minute, whoever made them, every
        # further one is answered and ends its connection.
        with greeted(alpha, bravo) as intruder:
            try:
                given.append(reason_given(intruder, sent))
            except (Gone, TimeoutError) as error:
                given.append(repr(error))
    assert list(zip((reason for reason, _ in cases), given, strict=True)) == [
        (reason, reason) for reason, _ in cases
    ]
    assert alpha.state()["held"][bravo.party] == held


def test_what_was_said_before_changes_nothing_when_it_is_replayed(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    """Real entries, heads and ticks of bravo, sent again, again and in pieces: no effect."""
    alpha, bravo = pair
    for number in range(3):
        bravo.deliver(f"To be replayed, {number}.", precedence="FLASH")
    forged = Forger(alpha, bravo)
    replayed = forged.replayed()
    wait_up(alpha, bravo)
    before = [one["serial"] for one in alpha.messages()]
    with greeted(alpha, bravo) as intruder:
        for frame in replayed * 3:
            intruder.send(frame)
        last = bravo.deliver("After all of it.")
    assert [one["serial"] for one in alpha.messages()] == [*before, last["serial"]]


def test_who_only_swallows_what_comes_keeps_nothing_from_the_counterpart(
    pair: tuple[Node, Node],
) -> None:
    """An earlier connection that greets and answers nothing does not hold up the honest one."""
    alpha, bravo = pair
    bravo.stop()
    wait_until(lambda: not alpha.circuits(bravo.party)["primary"]["is_connected"], "bravo is gone")
    end = threading.Event()
    with greeted(alpha, bravo) as intruder:
        swallowing = threading.Thread(target=_swallow, args=(intruder, end))
        swallowing.start()
        try:
            bravo.start()
            wait_up(alpha, bravo)
            said = alpha.say("Not for the intruder alone.", wait="delivered", timeout_ms=8_000)
            assert said["is_delivered"]
        finally:
            end.set()
            swallowing.join(20)


def _swallow(intruder: Intruder, end: threading.Event) -> None:
    """Keep a connection alive and answer nothing."""
    while not end.is_set():
        with contextlib.suppress(TimeoutError):
            try:
                intruder.receive(0.2)
            except Gone:
                return


def test_too_many_faults_end_the_connection_and_fill_no_disk(pair: tuple[Node, Node]) -> None:
    """Rubbish without end is cut off, and the journal of refusals is bounded."""
    alpha, bravo = pair
    chance = random.Random(1)
    ends = 0
    for _ in range(8):
        try:
            with greeted(alpha, bravo) as intruder:
                for _ in range(40):
                    intruder.send(chance.randbytes(chance.randrange(1, 300)))
                intruder.drain()
                ends += 1
        except Gone:
            ends += 1
    assert ends == 8
    alpha.stop()
    rows = refusals(alpha)
    assert {"MALFORMED"} <= {reason for reason, _ in rows}
    # At most sixty rows a minute, whatever comes.
    by_minute: dict[int, int] = {}
    for row in alpha.journal():
        if row[0] == 6:
            by_minute[row[1] // 60_000] = by_minute.get(row[1] // 60_000, 0) + 1
    assert max(by_minute.values()) <= 120
    assert alpha.faults() == []
    alpha.start()


class Forger:
    """Makes frames that only just do not prove themselves, with bravo's own keys."""

    def __init__(self, alpha: Node, bravo: Node, size: int | None = None) -> None:
        self.keys = FileKeys.open(bravo.directory / "keys")
        self.alpha, self.bravo = alpha, bravo
        self.origin = f"{bravo.party}/{bravo.line}/out"
        self.size = int(bravo.state()["out_size"]) if size is None else size

    def entry(
        self,
        *,
        index: int | None = None,
        key: str = "node",
        precedence: Precedence = Precedence.ROUTINE,
    ) -> StoredEntry:
        """One text by bravo, signed with one of its keys."""
        content = make_content(bytes(16), {0: ["watch", "nobody"], 1: "en", 2: "Forged.", 3: False})
        header = Header(
            party=self.bravo.party,
            line=self.bravo.line,
            kind=10,
            index=self.size if index is None else index,
            at=int(time.time() * 1_000),
            heads=(),
            reply_to=None,
            precedence=int(precedence),
            recipients=(self.alpha.party,),
        )
        return StoredEntry(seal(header, content, self.keys.current(key)), content)

    def entries(
        self,
        *,
        origin: str | None = None,
        index: int | None = None,
        key: str = "node",
        content: bytes | None = None,
        root: bytes | None = None,
        is_altered: bool = False,
        is_cut: bool = False,
    ) -> Entries:
        """A frame with one entry, wrong in one way; the head is signed but of no history."""
        entry = self.entry(index=index, key=key)
        raw = entry.raw
        if is_altered:
            raw = raw[:-1] + bytes([raw[-1] ^ 1])
        if is_cut:
            raw = raw[:-70]
        entry = StoredEntry(raw, entry.content if content is None else content)
        head = Checkpoint(self.origin, self.size + 1, root or Tree([leaf_hash(raw)]).root())
        note = sign_checkpoint(head, self.keys.current("node")).format()
        return Entries(origin or self.origin, self.size, (entry,), note)

    def urgent(self, precedence: Precedence) -> Urgent:
        """An entry ahead of the log that may not overtake."""
        entry = self.entry(precedence=precedence)
        head = Checkpoint(self.origin, 1, leaf_hash(entry.raw))
        return Urgent(entry, (), sign_checkpoint(head, self.keys.current("node")).format())

    def replayed(self) -> list[Frame]:
        """What bravo has really said, as alpha once received it."""
        self.bravo.stop()
        with SqliteStore.open_read_only(self.bravo.config.store) as store:
            entries = store.entries(self.origin, 0, 512)
            size, head = store.last_head(self.origin, "") or (0, "")
            ticks = [note for *_, note in store.ticks(self.bravo.line, self.bravo.party, 0, 20)]
        self.bravo.start()
        whole = Entries(self.origin, 0, tuple(entries[:size]), head)
        tree = Tree([leaf_hash(entry.raw) for entry in entries[:size]])
        flashes = [
            Urgent(entries[index], tuple(tree.inclusion_proof(index, size)), head)
            for index in range(max(0, size - 3), size)
        ]
        return [whole, *flashes, *(TickSent(note) for note in ticks), whole]


# --- floods --------------------------------------------------------------------------------------


def test_a_flood_on_one_line_leaves_another_line_its_flash(tmp_path: Path) -> None:
    """While one counterpart floods, another line's FLASH goes through and memory is bounded."""
    alpha, bravo, charlie = two_lines(tmp_path)
    with ending(alpha, bravo, charlie):
        for node in (alpha, bravo, charlie):
            node.start()
        wait_until(lambda: all(map(is_up, (alpha, bravo, charlie))), "both lines are up")
        wait_until(lambda: alpha.state("sea")["observed"] == "UP", "the second line is up")
        bravo.stop()
        quiet = _flash_latencies(alpha)
        resident = _resident_kb(alpha)
        end = threading.Event()
        sent = [0, 0, 0]
        floods = [
            threading.Thread(target=_flood, args=(alpha, bravo, kind, end, sent))
            for kind in range(len(sent))
        ]
        for flood in floods:
            flood.start()
        wait_until(lambda: min(sent) > 200, "the flood runs")
        flooded = _flash_latencies(alpha)
        grown = _resident_kb(alpha) - resident
        end.set()
        for flood in floods:
            flood.join(20)
            assert not flood.is_alive()
        assert alpha.state("sea")["observed"] == "UP"
        print(f"FLASH quiet {quiet:.4f} s, flooded {flooded:.4f} s, frames {sent}, {grown} KB")
        # Three Python threads that flood share two cores with three nodes: generous.
        assert flooded < max(60 * quiet, 1.5)
        assert grown < 150_000
        bravo.start()
        wait_up(alpha, bravo)
        assert alpha.deliver("After the flood.")["is_delivered"]


def _flash_latencies(alpha: Node) -> float:
    waits = []
    for number in range(7):
        began = time.monotonic()
        alpha.deliver(f"Flash {number}.", line="sea", precedence="FLASH")
        waits.append(time.monotonic() - began)
    return statistics.median(waits)


def _resident_kb(node: Node) -> int:
    assert node.process is not None
    status = Path(f"/proc/{node.process.pid}/status").read_text()
    return next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmRSS"))


def _flood(alpha: Node, bravo: Node, kind: int, end: threading.Event, sent: list[int]) -> None:
    """Send as fast as may be: rubbish, probes that want answers, the largest frames."""
    forged = b"\x85\x02" + bytes(60_000)
    while not end.is_set():
        try:
            with greeted(alpha, bravo) as intruder:
                while not end.is_set():
                    frame: Frame | bytes = (b"rubbish" * 20, Probe(1), forged)[kind]
                    intruder.send(frame, is_urgent=kind == 1)
                    sent[kind] += 1
        except (Gone, OSError):
            sent[kind] += 1
            end.wait(0.01)


def test_idle_strangers_do_not_keep_the_counterpart_out(pair: tuple[Node, Node]) -> None:
    """Many connections that never finish TLS do not stop a counterpart that comes back."""
    alpha, bravo = pair
    [listener] = alpha.config.listeners
    with contextlib.ExitStack() as stack:
        for _ in range(60):
            with contextlib.suppress(OSError):
                stack.enter_context(
                    socket.create_connection((listener.host, listener.port), timeout=5)
                )
        bravo.kill()
        bravo.start()
        wait_up(alpha, bravo)
