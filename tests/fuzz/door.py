"""The door of the circuit: what a frame goes through before anything of it is believed.

Every part of a frame is read and its signatures are verified, as `engine/intake.py` and
`engine/entries.py` do it; each content is read as its message, its volumes are checked and its
words made visible, as the views do it. Nothing but a typed error may come out.
"""

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import psutil

from openline.adapters.wording import Wording
from openline.domain.errors import OurError, TheirError
from openline.domain.line.letters import doubt_about, visible
from openline.domain.line.understanding import parse_signed_understanding, verify_understanding
from openline.domain.record.checkpoint import parse_checkpoint, verify_checkpoint
from openline.domain.record.cosignature import verify_cosignature
from openline.domain.record.envelope import check_content, parse_envelope, verify_envelope
from openline.domain.record.note import parse_note, parse_signature_rows
from openline.domain.record.tick import verify_tick
from openline.domain.space.volume import check_volume
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Unreadable, read_message
from openline.domain.talk.notice import Notice
from openline.engine.frames import (
    Entries,
    Hello,
    JournalHead,
    Receipt,
    TickSent,
    UnderstandingShown,
    Urgent,
    decode_frame,
)
from openline.engine.ports import StoredEntry
from tests.engine.parties import BRAVO, make_parties
from tests.fuzz.corpora import Input, contents, damaged, real_frames

REGRESSIONS: Final = Path(__file__).with_name("regressions.txt")
SLOW_MS_MAX: Final = 50.0
RATE_MIN: Final = 10_000.0
GROWTH_MB_MAX: Final = 50.0
GEOMETRY_MS_MAX: Final = 10.0

_KEYS = make_parties().keys[BRAVO]
_NODE = _KEYS.current("node").public
_MIRROR = _KEYS.current("mirror").public
_SHOWN = Wording("en")


def frame(data: bytes) -> str:
    """Lead a frame through the door; the name of what it was, or the reason of its refusal.

    Whatever is raised from here is a fault of the program.
    """
    try:
        found = decode_frame(data)
        match found:
            case Entries():
                head(found.head)
                for one in found.entries:
                    entry(one)
            case Urgent():
                entry(found.entry)
                head(found.head)
            case TickSent():
                verify_tick(parse_note(found.note), _NODE.ed25519)
            case Receipt() if found.rows:
                rows = parse_signature_rows(found.rows)
                at = parse_checkpoint(
                    f"{found.origin}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
                )
                verify_cosignature(at, rows, f"{BRAVO}/mirror", _MIRROR)
            case JournalHead():
                head(found.head)
            case Hello():
                for one_head in found.held:
                    head(one_head)
            case UnderstandingShown():
                verify_understanding(parse_signed_understanding(found.signed))
    except TheirError as error:
        return error.reason.name
    return type(found).__name__


def head(note: str) -> None:
    """Read a head and verify both signatures of its log."""
    parsed = parse_note(note)
    verify_checkpoint(parsed, parse_checkpoint(parsed.text).origin, _NODE)


def entry(stored: StoredEntry) -> None:
    """Read an entry, verify it, and read what it says."""
    envelope = parse_envelope(stored.raw)
    check_content(envelope, stored.content)
    verify_envelope(envelope, _NODE.ed25519)
    content(envelope.header.kind, stored.content)


def content(kind: int, data: bytes) -> bool:
    """Read a content as its message and look at it as the views do; whether it could be read."""
    message = read_message(kind, data)
    if isinstance(message, Unreadable):
        return False
    if isinstance(message, Notice):
        for volume in message.volumes:
            try:
                check_volume(volume)
            except OurError:
                continue
    words = getattr(message, "text", "") or getattr(message, "activity", "")
    doubt_about(words)
    assert not any(ord(one) < 32 and one != "\n" for one in visible(words))
    return True


@dataclass
class Slowest:
    """What took longest."""

    ms: float = 0.0
    name: str = ""
    data: bytes = b""

    def take(self, ms: float, name: str, data: bytes) -> None:
        """Keep an input if it took longer than those before."""
        if ms > self.ms:
            self.ms, self.name, self.data = ms, name, data


@dataclass
class Passed:
    """What was led through the door, and how it went.

    Attributes:
        count: Inputs.
        cpu_s: Processor time of all of them.
        slowest: The one that took most processor time.
        growth_mb: By which the process grew.
        outcomes: How many ended in which way.
    """

    count: int = 0
    cpu_s: float = 0.0
    slowest: Slowest = field(default_factory=Slowest)
    growth_mb: float = 0.0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Inputs a second of one processor."""
        return self.count / self.cpu_s if self.cpu_s else 0.0


def passed(
    inputs: Iterable[Input], through: Callable[[bytes], object], is_enough: Callable[[Passed], bool]
) -> Passed:
    """Lead inputs through until there are enough; only what the door takes is measured."""
    told = Passed()
    gc.collect()
    before = psutil.Process().memory_info().rss
    for name, data in inputs:
        start = time.process_time()
        outcome = str(through(data))
        took = time.process_time() - start
        told.count += 1
        told.cpu_s += took
        told.slowest.take(took * 1_000, name, data)
        told.outcomes[outcome] = told.outcomes.get(outcome, 0) + 1
        if is_enough(told):
            break
    gc.collect()
    told.growth_mb = max(0.0, (psutil.Process().memory_info().rss - before) / 2**20)
    return told


def flood(count: int, seed: int = 1) -> Passed:
    """So many damaged frames through the door."""
    chance = Random(seed)
    for data in real_frames():
        frame(data)  # Tables and caches that any node has are filled before.
    endless = iter(lambda: damaged(chance), ("", b"never"))
    return passed(endless, frame, lambda told: told.count >= count)


def bombs(kinds: Iterable[Kind] = tuple(Kind)) -> list[tuple[str, float]]:
    """Processor time in ms of each bomb, as a content and as a frame; the longest first."""
    took = []
    wanted = set(kinds)
    for kind, name, data in contents():
        if kind not in wanted:
            continue
        best = min(_ms(lambda kind=kind, data=data: content(kind, data)) for _ in range(2))
        took.append((name, best))
        took.append((f"{name} as a frame", _ms(lambda data=data: frame(data))))
    return sorted(took, key=lambda one: -one[1])


def _ms(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return (time.process_time() - start) * 1_000


def regressions() -> list[Input]:
    """Inputs that were once slow or fell over: a name and hexadecimal digits in each row."""
    rows = [row for row in REGRESSIONS.read_text().splitlines() if row and row[0] != "#"]
    return [(name, bytes.fromhex(data)) for name, _, data in (row.partition(": ") for row in rows)]
