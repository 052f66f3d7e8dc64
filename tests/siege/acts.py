"""What the hostile counterpart does beside what the simulator's one does.

The behaviours of `openline.sim.hostile` are frames; they run here unchanged, over true TLS
with true keys. What stands below needs a socket, or time, or the true program: floods,
half frames, slow reading, connections without end, requests that are no link.
"""

import contextlib
import math
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from openline.domain.instant import HOUR_MS
from openline.domain.limits import (
    CONTENT_SIZE_BYTES_MAX,
    FRAME_ENTRIES_MAX,
    FRAME_SIZE_BYTES_MAX,
    VOLUMES_MAX,
)
from openline.domain.party import Origin, Precedence
from openline.domain.record import cbor
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.envelope import Header, make_content, seal_envelope
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.body import By, Reference
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.message import Message
from openline.domain.talk.notice import Notice, Place, SpeaksFor
from openline.domain.talk.query import AnswerCode, Query, QueryAnswer, Question
from openline.domain.talk.receipt import Read
from openline.domain.talk.text import Text
from openline.engine.frames import Entries, Hello, JournalHead, Probe, Pull, encode_frame
from openline.engine.ports import StoredEntry
from openline.sim.forger import Forger
from openline.sim.hostile import BEHAVIOURS, Hostile
from tests.end_to_end.intruder import BINARY, PING, Address, Gone, connect_tls, websocket_frame
from tests.siege.hand import TrueHand
from tests.siege.talk import Seen, Talk

BY: Final = By("watch", "Capt. Forger")
CONNECTIONS: Final = 40
FRAMES_IN_A_ROW: Final = 20
"""Frames of a flood between two looks at what the victim answers."""

SALT: Final = bytes(16)


@dataclass
class Attack:
    """One act on one line.

    Attributes:
        hand: What the hostile party has.
        address: Where the victim listens.
        chance: From a seed.
        for_s: How long what can go on goes on.
        seen: What is seen of the victim meanwhile.
        another: What it has on another line of the same two parties.
    """

    hand: TrueHand
    address: Address
    chance: Random
    for_s: float
    seen: Seen
    another: TrueHand

    @contextlib.contextmanager
    def greeted(self) -> Iterator[Talk]:
        """A greeted connection; where the victim ends it, how is kept."""
        with self.talking() as talk:
            talk.greet()
            yield talk

    @contextlib.contextmanager
    def talking(self) -> Iterator[Talk]:
        """A connection that is not greeted yet; where the victim ends it, how is kept."""
        try:
            talk = Talk(self.hand, self.address, self.seen)
        except (Gone, OSError) as error:
            self.seen.statuses[getattr(error, "code", 0)] += 1
            raise NotOpened from error
        with talk:
            try:
                yield talk
            except Gone as gone:
                talk.note_end(gone)

    def until_over(self, work: Callable[[Talk], None]) -> None:
        """Do something again and again, on a new connection where one was ended."""
        end = time.monotonic() + self.for_s
        while time.monotonic() < end:
            with contextlib.suppress(NotOpened, OSError), self.greeted() as talk:
                while time.monotonic() < end:
                    for _ in range(FRAMES_IN_A_ROW):
                        work(talk)
                    self._look(talk)

    @staticmethod
    def _look(talk: Talk) -> None:
        """Take what lies there, so that the victim is not slowed down by us."""
        with contextlib.suppress(TimeoutError):
            while True:
                talk.take(talk.link.receive(0.0005), is_answered=False)

    def send_each(self, frames: Iterable[bytes]) -> None:
        """Send frames, each when the one before was answered, whoever ends the connection.

        A frame is made when the one before it was taken, or was not.
        """
        waiting = iter(frames)
        frame, is_again = next(waiting, None), False
        for _ in range(CONNECTIONS):
            if frame is None:
                return
            with contextlib.suppress(NotOpened), self.greeted() as talk:
                while frame is not None:
                    talk.ask(frame)
                    frame, is_again = next(waiting, None), False
                return
            # It may have been lost with the connection, or have ended it.
            if is_again:
                frame, is_again = next(waiting, None), False
            else:
                is_again = True

    def send_all(self, frames: Iterable[bytes]) -> None:
        """Send frames in one go, and look at the answers afterwards."""
        with contextlib.suppress(NotOpened), self.greeted() as talk:
            for frame in frames:
                talk.send(frame)
            talk.listen()

    def entry(self, message: Message, **changes: Any) -> StoredEntry:
        """An entry for the end of the outbox."""
        return Forger(self.hand).entry(message, **changes)

    def over(self, *entries: StoredEntry, start: int | None = None) -> bytes:
        """A frame with entries from an index on, under a true head over them."""
        forger = Forger(self.hand)
        start = len(forger.entries) if start is None else start
        forger.entries = [*forger.entries[:start], *entries]
        head = forger.head(start + len(entries)).format()
        return encode_frame(Entries(forger.origin, start, entries, head))

    def say(self, *messages: Message, **changes: Any) -> bytes:
        """A frame with messages, as a true node would say them."""
        index = len(self.hand.store.said)
        entries = [
            self.entry(message, **{"index": index + number, **changes})
            for number, message in enumerate(messages)
        ]
        return self.over(*entries)


class NotOpened(Exception):
    """The victim opened no link."""


Act = Callable[[Attack], None]


def simulated(name: str) -> Act:
    """A behaviour of the simulator, over a true connection."""

    def act(attack: Attack) -> None:
        hostile = Hostile(attack.hand, attack.hand.wall, attack.chance)
        with attack.greeted() as talk:
            # It repeats, and garbles, what its node said.
            hostile.passes(encode_frame(talk.hello()))
            hostile.passes(talk.tick())
            if attack.hand.store.said:
                hostile.passes(Forger(attack.hand).frame(0))
        frames = BEHAVIOURS[name](hostile, attack.hand.victim)
        if name in AT_ONCE:
            attack.send_all(list(frames))
        else:
            attack.send_each(frames)

    return act


AT_ONCE: Final = (
    "equivocates",
    "floods",
    "repeats what it said",
    "answers probes that were not sent",
)
"""What is only itself where nothing is taken in between, or what nobody answers."""


def flash_in_no_log(attack: Attack) -> None:
    """A FLASH ahead of the log, and then another message in its place."""
    forger = Forger(attack.hand)
    ahead = forger.ahead()
    other = attack.over(attack.entry(Text(BY, "en", "There was no FLASH.")))
    attack.send_all([ahead, other])


def claims_more(attack: Attack) -> None:
    """A tick over more than there is, and later another history of that size."""
    forger = Forger(attack.hand)
    number, digest, _ = attack.hand.store.tick or (-1, bytes(32), "")
    out = Checkpoint(forger.origin, len(forger.entries) + 1, attack.chance.randbytes(32))
    tick = forger.tick(sequence=number + 1, previous=digest, out=out)
    attack.send_all([tick, attack.say(Text(BY, "en", "Not what the tick claimed."))])


def kept(**switches: bool) -> Act:
    """An honest counterpart but for what is switched off."""

    def act(attack: Attack) -> None:
        with attack.greeted() as talk:
            for name, value in switches.items():
                setattr(talk, name, value)
            talk.keep(attack.for_s)

    return act


def garbles(attack: Attack) -> None:
    """True frames in which some bytes are others."""
    forger = Forger(attack.hand)
    for _ in range(8):
        frame = bytearray(attack.chance.choice([forger.frame(0), forger.head().format().encode()]))
        for _ in range(4):
            frame[attack.chance.randrange(2, len(frame))] ^= 1 << attack.chance.randrange(8)
        attack.send_each([bytes(frame)])


# --- connections ---------------------------------------------------------------------------------


def opens_connections(attack: Attack) -> None:
    """More links than are allowed, all at once."""
    with contextlib.ExitStack() as stack:
        for _ in range(CONNECTIONS):
            with contextlib.suppress(NotOpened):
                talk = stack.enter_context(attack.talking())
                attack.seen.statuses[101] += 1
                talk.send(talk.hello())
        time.sleep(attack.for_s / 2)


def stands_at_the_door(attack: Attack) -> None:
    """Connections without TLS, or with half of its first message."""
    with contextlib.ExitStack() as stack:
        for number in range(CONNECTIONS):
            with contextlib.suppress(OSError):
                plain = stack.enter_context(socket.create_connection(attack.address, timeout=2))
                plain.sendall(b"\x16\x03\x01\x02\x00\x01\x00"[: number % 8])
        time.sleep(attack.for_s)


def resets(attack: Attack) -> None:
    """Links that are reset as soon as they stand."""
    end = time.monotonic() + attack.for_s
    while time.monotonic() < end:
        with contextlib.suppress(OSError, Gone):
            tls = connect_tls(attack.address, attack.hand.identity)
            tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            tls.close()
            attack.seen.frames += 1


def half_a_frame(attack: Attack) -> None:
    """The first half of a frame, and of a WebSocket message, and then nothing."""
    with contextlib.suppress(NotOpened), attack.greeted() as talk, attack.greeted() as other:
        talk.link.send_message(BINARY, b"\x01" + bytes(8_000))
        other.link.send_raw(websocket_frame(BINARY, bytes(8_000))[:4_000])
        time.sleep(attack.for_s)


def byte_by_byte(attack: Attack) -> None:
    """True ticks, one byte at a time."""
    with attack.greeted() as talk:
        data = websocket_frame(BINARY, b"\x02" + talk.tick())
        for place in range(len(data)):
            talk.link.send_raw(data[place : place + 1])
            time.sleep(min(0.005, attack.for_s / len(data)))
        talk.listen()


def reads_nothing(attack: Attack) -> None:
    """Asks for much and takes in nothing."""
    end = time.monotonic() + attack.for_s
    pull = encode_frame(Pull(str(Origin(attack.hand.party, attack.hand.line_name)), 0))
    with attack.greeted() as talk:
        talk.link.set_timeout(0.2)
        with contextlib.suppress(TimeoutError):
            while time.monotonic() < end:
                talk.send(pull)
                talk.send(Probe(attack.hand.wall()), is_urgent=True)
        time.sleep(max(0.0, end - time.monotonic()))


# --- requests ------------------------------------------------------------------------------------


def asks_for_others(attack: Attack) -> None:
    """Logs and lines of others, other methods, paths that climb, heads without end."""
    paths = [
        f"/{attack.hand.victim}/sea/out/checkpoint",
        f"/{attack.hand.victim}/sea/journal/checkpoint",
        f"/{attack.hand.victim}/../../etc/passwd",
        "/openline/v1/sea/primary",
        "/openline/v0/" + attack.hand.line_name + "/primary",
        "/" + "a" * 4_000,
        "/%00",
    ]
    requests = [f"GET {path} HTTP/1.1\r\nHost: n\r\n\r\n".encode() for path in paths]
    requests += [
        b"POST /x HTTP/1.1\r\nHost: n\r\nContent-Length: 5\r\n\r\nhello",
        b"GET / HTTP/1.1\r\nHost: n\r\n" + b"X: " + b"y" * 60_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: n\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0",
        b"\x00\xff" * 500,
    ]
    for request in requests:
        with contextlib.suppress(OSError), connect_tls(attack.address, attack.hand.identity) as tls:
            tls.sendall(request)
            tls.settimeout(1)
            head = tls.recv(64)
            attack.seen.statuses[int(head.split(b" ")[1]) if head[:5] == b"HTTP/" else 0] += 1


def speaks_older(attack: Attack) -> None:
    """An older TLS, and greetings of versions that are not spoken."""
    with contextlib.suppress(OSError):
        connect_tls(attack.address, attack.hand.identity, version=ssl.TLSVersion.TLSv1_2).close()
        attack.seen.statuses[12] += 1
    for version in (0, 2, 2**62):
        with attack.talking() as talk:
            talk.greet(replace(talk.hello(), version=version))
            talk.send(attack.say(Text(BY, "en", "In another version.")))


def calls_it_compressed(attack: Attack) -> None:
    """A WebSocket message that says it is compressed: a bomb of zeros."""
    with attack.greeted() as talk:
        data = bytearray(websocket_frame(BINARY, b"\xec\xc1\x01\x01" + bytes(100)))
        data[0] |= 0x40
        talk.link.send_raw(bytes(data))
        talk.listen()


# --- floods --------------------------------------------------------------------------------------


def flood(frame: Callable[[Attack, Talk], bytes], *, is_urgent: bool = False) -> Act:
    """One frame after the other, as fast as the victim takes them."""

    def act(attack: Attack) -> None:
        attack.until_over(lambda talk: talk.send(frame(attack, talk), is_urgent=is_urgent))

    return act


def floods_with_signatures(attack: Attack) -> None:
    """Entries whose last signature is wrong, as many as go into a frame."""
    good = attack.entry(Text(BY, "en", "Signed wrongly."))
    bad = StoredEntry(good.raw[:-1] + bytes([good.raw[-1] ^ 1]), good.content)
    frame = attack.over(bad)
    attack.until_over(lambda talk: talk.send(frame))


def floods_with_pings(attack: Attack) -> None:
    """Pings, which want pongs."""
    attack.until_over(lambda talk: talk.link.send_raw(websocket_frame(PING, bytes(125)) * 20))


def floods_with(message: Callable[[Attack, int], Message], count: int, **changes: Any) -> Act:
    """Messages that are true in form, many in one frame, again and again."""

    def act(attack: Attack) -> None:
        end = time.monotonic() + attack.for_s
        number = 0
        while time.monotonic() < end:
            some = [message(attack, number + one) for one in range(count)]
            number += count
            with contextlib.suppress(NotOpened), attack.greeted() as talk:
                talk.ask(attack.say(*some, **changes), 10.0)

    return act


def _query(attack: Attack, number: int) -> Message:
    return Query(BY, Question.OTHER, text=f"Are these yours, {number}?")


def _text(attack: Attack, number: int) -> Message:
    return Text(BY, "en", f"Flood, {number}.")


def _notice(attack: Attack, number: int) -> Message:
    """A notice of as many volumes as may be, each with many vertices, all in one place."""
    start = attack.hand.wall() + HOUR_MS
    volumes = tuple(
        Volume(
            shape=Shape.POLYGON,
            vertices=_outline(attack, 12),
            radius_m=0,
            lower=Altitude(Datum.AMSL, 0),
            upper=Altitude(Datum.AMSL, 30_000),
            valid_from=start,
            valid_until=start + HOUR_MS,
        )
        for _ in range(VOLUMES_MAX)
    )
    name = f"N{attack.chance.randrange(1 << 40)}"
    return Notice(BY, name, "strike", "air", volumes, Place("all"), f"Everything, {number}")


def _outline(attack: Attack, count: int) -> tuple[tuple[int, int], ...]:
    """The corners of a convex outline: it can be, and it overlaps all the others."""
    size = attack.chance.randrange(1_000_000, 5_000_000)
    return tuple(
        (
            344_900_000 + int(size * math.cos(-2 * math.pi * number / count)),
            369_090_000 + int(size * math.sin(-2 * math.pi * number / count)),
        )
        for number in range(count)
    )


# --- what is wrong in itself ---------------------------------------------------------------------


def above_bounds(attack: Attack) -> None:
    """A frame, a number of entries, a content, a nesting, a list: each above its bound."""
    entry = attack.entry(Text(BY, "en", "Large."))
    content = make_content(SALT, {0: ["watch", "n"], 1: "en", 2: "x" * CONTENT_SIZE_BYTES_MAX})
    many = (entry,) * (FRAME_ENTRIES_MAX + 1)
    head = Forger(attack.hand).head().format()
    frames = (
        encode_frame(Entries(attack.hand.origin, 0, many, head)),
        encode_frame(Entries(attack.hand.origin, 0, (StoredEntry(entry.raw, content),), head)),
        encode_frame(Entries(attack.hand.origin, 0, (StoredEntry(bytes(70_000), b""),), head)),
        encode_frame(JournalHead(head, 1, (bytes(32),) * 64)),
        encode_frame(Hello(1, "x" * 500_000, bytes(32), ("y",) * 3, 0, "")),
        cbor.encode([2, attack.hand.origin, 0, [b""] * 1_100, head]),
        b"\x81" * 500_000,
    )
    attack.send_each(frames)
    with attack.greeted() as talk:
        piece = b"\x01" + bytes(8_192)
        for _ in range(FRAME_SIZE_BYTES_MAX // 8_192 + 2):
            talk.link.send_message(BINARY, piece)
        talk.listen()


def reorders(attack: Attack) -> None:
    """Two entries in each other's place, one that is too early, one from the beginning."""
    index = len(attack.hand.store.said)
    first, second, third = (
        attack.entry(Text(BY, "en", f"Number {number}."), index=index + number)
        for number in range(3)
    )
    early = Forger(attack.hand).head().format()

    def frames() -> Iterator[bytes]:
        yield attack.over(second, first)
        yield attack.over(third, start=index)
        yield encode_frame(Entries(attack.hand.origin, index + 2, (third,), early))
        yield attack.over(first, second, third)
        yield attack.over(second, start=index + 1)
        yield attack.over(first, start=index)

    attack.send_each(frames())


def replays_another_line(attack: Attack) -> None:
    """What was truly said on another line of the same two parties."""
    other, another = Forger(attack.another), attack.another
    with attack.greeted() as talk:
        talk.send(other.frame(0))
        talk.send(encode_frame(replace_origin(other, attack.hand.origin)))
        if another.store.tick:
            talk.send(cbor.encode([4, another.store.tick[2]]))
        talk.send(other.receipt(str(Origin(another.victim, another.line_name)), 1, bytes(32)))
        talk.listen()


def replace_origin(forger: Forger, origin: str) -> Entries:
    """Entries of one log under the name of another."""
    some = tuple(forger.entries[1:3])
    return Entries(origin, 1, some, forger.head(1 + len(some)).format())


def rewrites_what_was_receipted(attack: Attack) -> None:
    """Another body under a serial for which the victim's receipt is held."""
    with attack.greeted() as talk:
        talk.ask(attack.say(Text(BY, "en", "What was receipted.")))
    with attack.greeted():
        index = len(attack.hand.store.said) - 1
    entry = attack.entry(Text(BY, "en", "It was never so."), index=index)
    attack.send_each([attack.over(entry, start=index)])


def shows_old_heads(attack: Attack) -> None:
    """Entries under a head of before, of another size, or of none."""
    forger = Forger(attack.hand)
    size = len(forger.entries)
    entry = attack.entry(Text(BY, "en", "Under an old head."))
    old = forger.head(size).format()
    wrong = forger.head(size + 1, attack.chance.randbytes(32)).format()
    heads = (old, wrong, "no head\n")
    frames = [encode_frame(Entries(forger.origin, size, (entry,), head)) for head in heads]
    attack.send_each([*frames, encode_frame(JournalHead(old, 0, ()))])


def another_history_of_ours(attack: Attack) -> None:
    """Ticks that say it holds another history of the victim than there is."""
    with attack.greeted() as talk:
        talk.listen()
        held = Checkpoint(talk.their_origin, 1, attack.chance.randbytes(32))
        number, digest, _ = attack.hand.store.tick or (-1, bytes(32), "")
        talk.send(Forger(attack.hand).tick(sequence=number + 1, previous=digest, held=(held,)))
        talk.listen()


def answers_in_advance(attack: Attack) -> None:
    """Readings and answers to what the victim has not said yet."""
    with attack.greeted() as talk:
        talk.listen()
        size = attack.hand.theirs.size
    ahead = [Reference(attack.hand.victim, size + number) for number in range(3)]
    attack.send_each(
        attack.say(message)
        for of in ahead
        for message in (Read(BY, of), QueryAnswer(BY, of, AnswerCode.NOT_OURS, (SpeaksFor.OWN,)))
    )


def invents_recipients(attack: Attack) -> None:
    """Messages to who is no party, to itself, and twice to the victim."""
    victim, own = attack.hand.victim, attack.hand.party
    whom = (("nobody.example",), (own,), (victim, victim), (), (victim,) * 40)
    attack.send_each(attack.say(Text(BY, "en", "To whom?"), recipients=some) for some in whom)


def unknown_kinds(attack: Attack) -> None:
    """Kinds that do not exist, and bodies that are not of their kind."""
    bodies: list[tuple[int, Any]] = [
        (9_999, {0: 1}),
        (2**31, {0: ["watch", "n"]}),
        (10, {}),
        (11, {0: ["watch", "n"], 1: [[[[[[1]]]]]]}),
        (30, ["no", "map"]),
        (22, {number: None for number in range(200)}),
    ]

    def frame(kind: int, body: Any) -> bytes:
        content = make_content(SALT, body)
        header = Header(
            party=attack.hand.party,
            line=attack.hand.line_name,
            kind=kind,
            index=len(attack.hand.store.said),
            at=attack.hand.wall(),
            heads=(),
            reply_to=None,
            precedence=int(Precedence.ROUTINE),
            recipients=(attack.hand.victim,),
        )
        sealed = seal_envelope(header, content, attack.hand.signer("node"))
        return attack.over(StoredEntry(sealed.raw, content))

    attack.send_each(frame(kind, body) for kind, body in bodies)


def revoked_key(attack: Attack) -> None:
    """Entries and heads by a key that its own roots have revoked."""
    old = attack.hand.first_key()
    entry = attack.entry(Text(BY, "en", "By a revoked key."), signer=old)
    attack.send_each([attack.over(entry)])


DECEIVING: Final = (
    "\u202eafter\u202c",
    "Z" + "\u0335\u0336" * 40,
    "\u0430lpha.ex\u0430mple",
    "\u200b\u200d\ufeff" * 20,
    "\x1b[2J\x1b]0;gone\x07",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "]]><x/><!--",
    "\u2066\u2067\u2068" * 10,
)


def deceives_by_names(attack: Attack) -> None:
    """Officers, places, activities and identifiers that are other than they look."""

    def messages(words: str) -> tuple[Message, ...]:
        by = By("watch", words[:60])
        start = attack.hand.wall() + HOUR_MS
        volume = Volume(
            shape=Shape.CIRCLE,
            vertices=((344_900_000, 369_090_000),),
            radius_m=1_000,
            lower=Altitude(Datum.AMSL, 0),
            upper=Altitude(Datum.AMSL, 1_000),
            valid_from=start,
            valid_until=start + HOUR_MS,
        )
        notice = Notice(by, "N1", "strike", "air", (volume,), Place(words), words, contact=words)
        return Text(by, "en", words), notice

    attack.send_each(attack.say(each) for words in DECEIVING for each in messages(words))


def suspends_without_end(attack: Attack) -> None:
    """Scopes suspended and put into force again, many times in a second."""
    now = attack.hand.wall()
    released = By("commander", "Col. Released")
    turns = (Status.SUSPENDED, Status.IN_FORCE) * 6
    attack.send_each(
        attack.say(Declaration(BY, released, ("air_safety",), status, now, f"Again, {number}."))
        for number, status in enumerate(turns)
    )


ACTS: Final[dict[str, Act]] = {
    **{name: simulated(name) for name in BEHAVIOURS},
    # What holds back, while it behaves well otherwise.
    "withholds what it says": kept(is_answering_probes=False, is_receipting=False),
    "receipts nothing": kept(is_receipting=False),
    "makes no tick": kept(is_ticking=False),
    "answers no probe": kept(is_answering_probes=False),
    "garbles what it says": garbles,
    "sends a FLASH that is in no log": flash_in_no_log,
    "claims more than it gives": claims_more,
    # Connections.
    "opens connections without end": opens_connections,
    "stands at the door": stands_at_the_door,
    "resets its connections": resets,
    "sends half a frame": half_a_frame,
    "sends byte by byte": byte_by_byte,
    "reads nothing": reads_nothing,
    # Requests.
    "asks for what is others'": asks_for_others,
    "speaks an older version": speaks_older,
    "calls it compressed": calls_it_compressed,
    # Floods.
    "floods with greetings": flood(lambda attack, talk: encode_frame(talk.hello())),
    "floods with rubbish": flood(lambda attack, talk: attack.chance.randbytes(200)),
    "floods with the largest frames": flood(lambda attack, talk: b"\x85\x02" + bytes(60_000)),
    "floods with probes": flood(lambda attack, talk: encode_frame(Probe(1)), is_urgent=True),
    "floods with wrong signatures": floods_with_signatures,
    "floods with pings": floods_with_pings,
    "floods with texts": floods_with(_text, 256),
    "floods with queries": floods_with(_query, 128),
    "floods with volumes": floods_with(_notice, 8),
    "floods with true FLASH": floods_with(_text, 64, precedence=int(Precedence.FLASH)),
    # What is wrong in itself.
    "goes above every bound": above_bounds,
    "reorders what it says": reorders,
    "replays another line": replays_another_line,
    "rewrites what was receipted": rewrites_what_was_receipted,
    "shows old heads": shows_old_heads,
    "holds another history of ours": another_history_of_ours,
    "answers in advance": answers_in_advance,
    "invents recipients": invents_recipients,
    "speaks in unknown kinds": unknown_kinds,
    "signs with a revoked key": revoked_key,
    "deceives by names": deceives_by_names,
    "suspends without end": suspends_without_end,
}
"""Everything that the hostile counterpart does, by name."""
