"""Ticks: signed heartbeats that say what is held, seen and declared.

A tick is a signed note, not a log entry: the tree grows only when somebody
says something, so a test never looks like use. Each tick names the hash of
its author's previous one and of the last one verified from each counterpart;
from these links `domain.record.silence` proves that nothing was said between
two times. The rule is in `docs/spec/tick-and-silence.md`.

The text is rows in this order, each ended by a newline::

    openline/tick/v1
    line syria-air
    party alpha.example
    sequence 17
    time 1491528000123
    out alpha.example/syria-air/out 12 <root>
    held bravo.example/syria-air/out 9 <root>      one for each counterpart
    observed UP
    declared air_safety IN_FORCE                   one for each scope
    clock system 500
    previous <hash>
    heard bravo.example <hash>                     one for each tick verified
"""

import hashlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import PARTIES_MAX, SCOPES_MAX
from openline.domain.party import is_line_name, is_party_name, parse_origin
from openline.domain.record.checkpoint import SIZE_MAX, Checkpoint
from openline.domain.record.merkle import EMPTY_ROOT, HASH_BYTES
from openline.domain.record.note import (
    Note,
    NoteDoesNotVerify,
    SignatureType,
    VerifierKey,
    format_base64,
    parse_base64,
    verify_note_signature,
)

VERSION: Final = "openline/tick/v1"
NO_HASH: Final = bytes(32)
"""What `previous` says in the first tick of a chain."""

NUMBER_MAX: Final = 2**63 - 1
"""The largest number in a tick: what every store can hold."""

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_WORD = re.compile(r"[A-Z][A-Z_]{0,31}")
_SCOPE = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_SOURCE = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Tick:
    """One heartbeat of one party on one line.

    Attributes:
        party: Its author.
        line: The line.
        sequence: Its number, growing by one, and by more at a start; gaps prove nothing.
        at: The author's clock.
        out: The author's outbox on the line, as durable.
        held: Each counterpart's outbox on the line as durably held, by origin, unique.
        observed: The author's word for the line (`domain.line.observed`).
        declared: Scope and state for each scope, by scope, unique.
        clock_source: Where the author's time comes from.
        clock_error_ms: The error the author claims for its clock.
        previous: Hash of the author's tick before, `NO_HASH` for the first.
        heard: Party and hash of the last tick verified from each counterpart.
    """

    party: str
    line: str
    sequence: int
    at: int
    out: Checkpoint
    held: tuple[Checkpoint, ...]
    observed: str
    declared: tuple[tuple[str, str], ...]
    clock_source: str
    clock_error_ms: int
    previous: bytes
    heard: tuple[tuple[str, bytes], ...]

    def text(self) -> str:
        """The rows that are signed."""
        rows = [
            VERSION,
            f"line {self.line}",
            f"party {self.party}",
            f"sequence {self.sequence}",
            f"time {self.at}",
            f"out {_head_words(self.out)}",
            *(f"held {_head_words(head)}" for head in self.held),
            f"observed {self.observed}",
            *(f"declared {scope} {state}" for scope, state in self.declared),
            f"clock {self.clock_source} {self.clock_error_ms}",
            f"previous {format_base64(self.previous)}",
            *(f"heard {party} {format_base64(digest)}" for party, digest in self.heard),
        ]
        return "\n".join(rows) + "\n"


def tick_key(party: str, line: str, ed25519_public: bytes) -> VerifierKey:
    """The verifier key of a party's ticks: its node key under its own name."""
    return VerifierKey(f"{party}/{line}/tick", SignatureType.ED25519, ed25519_public)


def tick_hash(text: str) -> bytes:
    """SHA-256 of a tick's text: what `previous` and `heard` name."""
    return hashlib.sha256(text.encode()).digest()


def parse_tick(text: str) -> Tick:
    """The tick that the rows write; writing it again gives the same rows.

    Raises:
        TheirError: MALFORMED, with the row that is wrong.
    """
    if not text.endswith("\n"):
        raise _malformed("the last row is not ended")
    rows = _Rows(text[:-1].split("\n"))
    if rows.take_whole() != VERSION:
        raise _malformed(f"the first row is not {VERSION}")
    tick = _tick_of(rows)
    rows.end()
    _check_tick(tick)
    if tick.text() != text:
        raise _malformed("the rows are not written in the one way they can be")
    return tick


def _tick_of(rows: "_Rows") -> Tick:
    line, party = rows.name("line"), rows.name("party")
    sequence, at = rows.number("sequence"), rows.number("time")
    out = _parse_head(rows.words("out", 3))
    held = tuple(_parse_head(words) for words in rows.repeated("held", 3))
    observed = _full(_WORD, rows.name("observed"))
    declared = tuple(
        (_full(_SCOPE, scope), _full(_WORD, state)) for scope, state in rows.repeated("declared", 2)
    )
    source, error_ms = rows.words("clock", 2)
    previous = _hash(rows.name("previous"))
    heard = tuple((_party(name), _hash(word)) for name, word in rows.repeated("heard", 2))
    return Tick(
        line=line,
        party=party,
        sequence=sequence,
        at=at,
        out=out,
        held=held,
        observed=observed,
        declared=declared,
        clock_source=_full(_SOURCE, source),
        clock_error_ms=_number(error_ms),
        previous=previous,
        heard=heard,
    )


def verify_tick(note: Note, ed25519_public: bytes) -> Tick:
    """The tick of a signed note, checked with its author's node key.

    Raises:
        TheirError: MALFORMED; or BAD_SIGNATURE, also where the note bears rows beside
            the one signature: nobody could show such a tick to others as it came.
    """
    tick = parse_tick(note.text)
    verify_tick_signature(note, tick, ed25519_public)
    return tick


def verify_tick_signature(note: Note, tick: Tick, ed25519_public: bytes) -> None:
    """Check that a key signed a note, and nobody else; `tick` is what its text says.

    Raises:
        TheirError: As `verify_tick`, but for MALFORMED.
    """
    if len(note.signatures) != 1:
        raise NoteDoesNotVerify(f"A tick of {tick.party} bears {len(note.signatures)} signatures.")
    verify_note_signature(note, tick_key(tick.party, tick.line, ed25519_public))


def _check_tick(tick: Tick) -> None:
    if not is_line_name(tick.line) or not is_party_name(tick.party):
        raise _malformed("the line or the party is not a name")
    if _author_of(tick.out, tick.line) != tick.party:
        raise _malformed("the outbox is not the author's")
    counterparts = [_author_of(head, tick.line) for head in tick.held]
    counterparts += [party for party, _ in tick.heard]
    if tick.party in counterparts or "" in counterparts:
        raise _malformed("what is held or heard is no counterpart's on this line")
    for names, what, count_max in (
        ([head.origin for head in tick.held], "held", PARTIES_MAX - 1),
        ([scope for scope, _ in tick.declared], "declared", SCOPES_MAX),
        ([party for party, _ in tick.heard], "heard", PARTIES_MAX - 1),
    ):
        if len(names) > count_max or any(a >= b for a, b in itertools.pairwise(names)):
            raise _malformed(f"the rows {what!r} are too many or not in order")


def _author_of(head: Checkpoint, line: str) -> str:
    """Whose outbox on this line the head is of; empty if it is of another log."""
    origin = parse_origin(head.origin)
    if origin is None or (origin.line, origin.log) != (line, "out"):
        return ""
    return origin.party


class _Rows:
    """The rows of a tick, taken from the top."""

    def __init__(self, rows: list[str]) -> None:
        if len(rows) > 16 + 4 * PARTIES_MAX:
            raise _malformed("there are too many rows")
        self._rows = rows
        self._next = 0

    def take_whole(self) -> str:
        if self._next >= len(self._rows):
            raise _malformed("rows are missing")
        self._next += 1
        return self._rows[self._next - 1]

    def words(self, name: str, count: int) -> list[str]:
        first, *rest = self.take_whole().split(" ")
        if first != name or len(rest) != count:
            raise _malformed(f"row {self._next} is not {name!r} with {count} words")
        return rest

    def name(self, name: str) -> str:
        return self.words(name, 1)[0]

    def number(self, name: str) -> int:
        return _number(self.name(name))

    def repeated(self, name: str, count: int) -> Iterator[list[str]]:
        while self._next < len(self._rows) and self._rows[self._next].startswith(name + " "):
            yield self.words(name, count)

    def end(self) -> None:
        if self._next != len(self._rows):
            raise _malformed(f"row {self._next + 1} is not expected")


def _head_words(head: Checkpoint) -> str:
    return f"{head.origin} {head.size} {format_base64(head.root)}"


def _parse_head(words: list[str]) -> Checkpoint:
    origin, size, root = words
    if parse_origin(origin) is None:
        raise _malformed(f"{origin!r} is not an origin")
    head = Checkpoint(origin, int(_full(_NUMBER, size)), _hash(root))
    if head.size > SIZE_MAX or (head.size == 0 and head.root != EMPTY_ROOT):
        raise _malformed(f"no log has this root at size {size}")
    return head


def _party(word: str) -> str:
    if not is_party_name(word):
        raise _malformed(f"{word!r} is not a party name")
    return word


def _number(word: str) -> int:
    number = int(_full(_NUMBER, word))
    if number > NUMBER_MAX:
        raise _malformed(f"the number {word} is larger than {NUMBER_MAX}")
    return number


def _full(pattern: re.Pattern[str], word: str) -> str:
    if pattern.fullmatch(word) is None:
        raise _malformed(f"the word {word[:40]!r} is not written as it must be")
    return word


def _hash(word: str) -> bytes:
    data = parse_base64(word)
    if len(data) != HASH_BYTES:
        raise _malformed("a hash does not have 32 bytes")
    return data


def _malformed(what: str) -> TheirError:
    return TheirError(Reason.MALFORMED, f"tick: {what}")
