"""Makes the vectors of messages: `python -m tests.vectors.make_messages`.

Envelopes and ticks follow from the words below, so a second run changes nothing.
A certificate holds ML-DSA-44 signatures, which are random by nature: the present
ones are kept as long as they verify as they should. See README.md.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from openline.app.export import Exporter
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.certificate import Contradiction, parse_certificate
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.envelope import Header, make_content, parse_envelope, seal
from openline.domain.record.merkle import EMPTY_ROOT, Tree, leaf_hash
from openline.domain.record.note import (
    Note,
    format_base64,
    parse_base64,
    parse_note,
    sign_note,
)
from openline.domain.record.signing import verify_mldsa44
from openline.domain.record.tick import NO_HASH, Tick, parse_tick, tick_hash, tick_key
from openline.domain.record.verification import (
    make_pins,
    root_fingerprint,
    verify_certificate,
)
from openline.domain.talk.keys import KeyRole
from tests.domain.record.forks import CASES as FORKS
from tests.domain.record.forks import head_of
from tests.domain.record.forks import history as fork_history
from tests.domain.record.history import ALPHA, BRAVO, CHARLIE, LINE, START, History, notice
from tests.vectors.make import HERE
from tests.vectors.signers import SeedSigner

AT = 1_491_528_000_123

_FIELDS = -70001


def head(party: str, size: int) -> Checkpoint:
    """A head of an outbox whose entries are their own indexes in ASCII."""
    tree = Tree(leaf_hash(str(index).encode()) for index in range(size))
    return Checkpoint(f"{party}/{LINE}/out", size, tree.root())


# --- envelopes -----------------------------------------------------------------------------------

HEADER = Header(
    party=ALPHA,
    line=LINE,
    kind=10,
    index=12,
    at=AT,
    heads=(head(BRAVO, 9),),
    reply_to=(BRAVO, 8),
    precedence=3,
    recipients=(BRAVO,),
)
PLAIN = replace(HEADER, heads=(), reply_to=None, precedence=0)
BODY: dict[int, Value] = {0: ["air-desk", "Maj. A. Petrov"], 1: "en", 2: "Shayrat 0140Z"}

HEADERS: dict[str, Header] = {
    "every field": HEADER,
    "nothing optional": PLAIN,
    "the first entry": replace(PLAIN, kind=0, index=0, at=0),
    "three parties": replace(
        PLAIN, heads=(head(BRAVO, 9), head(CHARLIE, 0)), recipients=(BRAVO, CHARLIE)
    ),
    "a second outbox": replace(PLAIN, epoch=2, index=0),
    "the largest numbers": replace(
        PLAIN, kind=65_535, index=2**53, at=2**63 - 1, reply_to=(BRAVO, 2**53), epoch=999_999
    ),
}


def envelope_vectors() -> dict[str, Any]:
    """Envelopes that are read and verify, that are not read, and that do not verify."""
    node, stranger = SeedSigner("node"), SeedSigner("stranger")
    content = make_content(bytes(range(16)), BODY)
    good = seal(HEADER, content, node)
    return {
        "signers": {
            word: {
                "ed25519_seed": signer.ed25519_seed.hex(),
                "ed25519_public": signer.public.ed25519.hex(),
            }
            for word, signer in (("node", node), ("stranger", stranger))
        },
        "accepted": [
            {"name": name, "signer": "node", **_describe_envelope(seal(header, content, node))}
            | {"content": content.hex()}
            for name, header in HEADERS.items()
        ],
        "refused": [{"name": name, "hex": raw.hex()} for name, raw in _wrong_envelopes(good, node)],
        "not_verified": [
            {"name": name, "signer": "node", "hex": raw.hex()}
            for name, raw in {
                "a stranger's": seal(HEADER, content, stranger),
                "a stranger's under the node's key id": _seal_as(good, stranger),
                "a bit of the signature flipped": good[:-1] + bytes([good[-1] ^ 1]),
                "another payload": good.replace(
                    sha256(content).digest(), sha256(b"another").digest()
                ),
                "another time": _changed(good, 3, AT + 1),
                "another index": _changed(good, 2, 13),
            }.items()
        ],
        "contents_refused": [
            {"name": name, "hex": data.hex()} for name, data in _wrong_contents().items()
        ],
    }


def describe_header(header: Header) -> dict[str, Any]:
    """The header in JSON."""
    return {
        "party": header.party,
        "line": header.line,
        "kind": header.kind,
        "index": header.index,
        "at": header.at,
        "heads": [[one.origin, one.size, one.root.hex()] for one in header.heads],
        "reply_to": None if header.reply_to is None else list(header.reply_to),
        "precedence": header.precedence,
        "recipients": list(header.recipients),
        "epoch": header.epoch,
    }


def _describe_envelope(raw: bytes) -> dict[str, Any]:
    envelope = parse_envelope(raw)
    return {
        "header": describe_header(envelope.header),
        "key_id": envelope.key_id.hex(),
        "to_be_signed": cbor.encode(
            ["Signature1", envelope.protected, b"", envelope.content_hash]
        ).hex(),
        "envelope": raw.hex(),
        "leaf": leaf_hash(raw).hex(),
    }


def _outer(raw: bytes) -> list[Any]:
    value = cbor.decode(raw[1:])
    assert isinstance(value, list)
    return value


def _with_protected(raw: bytes, change: Callable[[dict[int, Any]], object]) -> bytes:
    """The envelope with its protected header changed and its signature left."""
    outer = _outer(raw)
    value = cbor.decode(outer[0], negative_keys=True)
    assert isinstance(value, dict)
    change(value)
    outer[0] = cbor.encode(value)
    return b"\xd2" + cbor.encode(outer)


def _changed(raw: bytes, key: int, value: Value) -> bytes:
    """The envelope with one of our own fields changed."""
    return _with_protected(raw, lambda protected: protected[_FIELDS].update({key: value}))


def _seal_as(raw: bytes, signer: SeedSigner) -> bytes:
    """The same headers and payload, signed by another key."""
    outer = _outer(raw)
    to_be_signed = cbor.encode(["Signature1", outer[0], b"", outer[2]])
    return b"\xd2" + cbor.encode([*outer[:3], signer.sign_ed25519(to_be_signed)])


def _wrong_envelopes(good: bytes, node: SeedSigner) -> Iterable[tuple[str, bytes]]:
    """What is not read as an envelope; most are signed as they stand."""
    protected, unprotected, payload, signature = _outer(good)
    yield "nothing", b""
    yield "no tag", good[1:]
    yield "the tag in two bytes", b"\xd8\x12" + good[1:]
    yield "tag 17", b"\xd1" + good[1:]
    yield "a byte after it", good + b"\x00"
    yield "cut", good[:-1]
    yield "an array of three", b"\xd2" + cbor.encode([protected, unprotected, payload])
    yield "an array of five", b"\xd2" + cbor.encode([*_outer(good), 0])
    for name, place, value in (
        ("a protected header that is a map", 0, {}),
        ("an empty protected header", 0, b""),
        ("something in the unprotected header", 1, {1: 0}),
        ("an unprotected header that is false", 1, False),
        ("a payload of 31 bytes", 2, payload[:-1]),
        ("a detached payload", 2, None),
        ("a signature of 63 bytes", 3, signature[:-1]),
    ):
        yield (
            name,
            b"\xd2" + cbor.encode([*_outer(good)[:place], value, *_outer(good)[place + 1 :]]),
        )
    for name, change in _wrong_headers().items():
        yield name, _seal_as(_with_protected(good, change), node)
    yield "fields in another order", good.replace(b"\x01\x0a\x02\x0c", b"\x02\x0c\x01\x0a")


def _wrong_headers() -> dict[str, Callable[[dict[int, Any]], object]]:
    """Changes to a protected header after which it is refused."""

    def put(**changes: object) -> Callable[[dict[int, Any]], object]:
        keys = {"algorithm": 1, "key_id": 4, "type": 16, "hash": 258, "content_type": 259}
        return lambda value: value.update({keys[name]: new for name, new in changes.items()})

    def field(key: int, new: object) -> Callable[[dict[int, Any]], object]:
        return lambda value: value[_FIELDS].update({key: new})

    root = bytes(32)
    return {
        "algorithm EdDSA": put(algorithm=-8),
        "algorithm true": put(algorithm=True),
        "key id of 7 bytes": put(key_id=bytes(7)),
        "another type": put(type="application/cose"),
        "another hash": put(hash=-44),
        "another content type": put(content_type="text/plain"),
        "a parameter too many": lambda value: value.update({2: []}),
        "a parameter absent": lambda value: value.pop(259),
        "claims without a subject": lambda value: value[15].pop(2),
        "claims with an expiry": lambda value: value[15].update({4: 0}),
        "an issuer in capitals": lambda value: value[15].update({1: "Alpha.example"}),
        "an issuer in Cyrillic": lambda value: value[15].update({1: "аlpha.example"}),
        "a subject with a slash": lambda value: value[15].update({2: "syria/air"}),
        "a field absent": lambda value: value[_FIELDS].pop(7),
        "a field too many": field(9, 0),
        "kind true": field(1, True),
        "kind 65536": field(1, 65_536),
        "a negative index": field(2, -1),
        "index 2^53 + 1": field(2, 2**53 + 1),
        "time 2^63": field(3, 2**63),
        "a time in text": field(3, "2017-04-07T01:20:00Z"),
        "heads that are null": field(4, None),
        "a head without a root": field(4, [[f"{BRAVO}/{LINE}/out", 1]]),
        "a head of no origin": field(4, [[BRAVO, 1, root]]),
        "a root of 31 bytes": field(4, [[f"{BRAVO}/{LINE}/out", 1, root[1:]]]),
        "heads not in order": field(
            4, [[f"{CHARLIE}/{LINE}/out", 1, root], [f"{BRAVO}/{LINE}/out", 1, root]]
        ),
        "one head twice": field(4, [[f"{BRAVO}/{LINE}/out", 1, root]] * 2),
        "a reference that is null": field(5, None),
        "a reference without an index": field(5, [BRAVO]),
        "a reference to no party": field(5, ["bravo example", 1]),
        "precedence 0 written": field(6, 0),
        "precedence 4": field(6, 4),
        "no recipients": field(7, []),
        "recipients not in order": field(7, [CHARLIE, BRAVO]),
        "one recipient twice": field(7, [BRAVO, BRAVO]),
        "33 recipients": field(7, [f"party-{number:02}.example" for number in range(33)]),
        "epoch 1 written": field(8, 1),
        "epoch 0": field(8, 0),
    }


def _wrong_contents() -> dict[str, bytes]:
    salt = bytes(range(16))
    return {
        "nothing": b"",
        "no salt": cbor.encode({1: BODY}),
        "a salt of 15 bytes": cbor.encode({0: salt[1:], 1: BODY}),
        "a salt of text": cbor.encode({0: "0123456789abcdef", 1: BODY}),
        "a body that is text": cbor.encode({0: salt, 1: "yes"}),
        "a third key": cbor.encode({0: salt, 1: BODY, 2: 0}),
        "an array": cbor.encode([salt, BODY]),
    }


# --- ticks ---------------------------------------------------------------------------------------

TICK = Tick(
    party=ALPHA,
    line=LINE,
    sequence=17,
    at=AT,
    out=head(ALPHA, 12),
    held=(head(BRAVO, 9), head(CHARLIE, 0)),
    observed="UP",
    declared=(("air_safety", "IN_FORCE"), ("humanitarian", "SUSPENDED")),
    clock_source="system",
    clock_error_ms=500,
    previous=sha256(b"before").digest(),
    heard=((BRAVO, sha256(b"heard").digest()),),
)

TICKS: dict[str, Tick] = {
    "every row": TICK,
    "the first": replace(
        TICK,
        sequence=0,
        out=Checkpoint(f"{ALPHA}/{LINE}/out", 0, EMPTY_ROOT),
        held=(),
        observed="UNKNOWN",
        declared=(),
        previous=NO_HASH,
        heard=(),
    ),
    "of a second outbox": replace(
        TICK, out=Checkpoint(f"{ALPHA}/{LINE}/out/2", 3, head(ALPHA, 3).root)
    ),
}


def tick_vectors() -> dict[str, Any]:
    """Ticks that are read and verify, that are not read, and that do not verify."""
    node, stranger = SeedSigner("node"), SeedSigner("stranger")
    text = TICK.text()
    return {
        "signers": {"node": node.ed25519_seed.hex(), "stranger": stranger.ed25519_seed.hex()},
        "accepted": [
            {
                "name": name,
                "tick": describe_tick(tick),
                "text": tick.text(),
                "hash": tick_hash(tick.text()).hex(),
                "key": tick_key(ALPHA, LINE, node.public.ed25519).format(),
                "note": sign_tick(tick, node).format(),
            }
            for name, tick in TICKS.items()
        ],
        "refused": [{"name": name, "text": wrong} for name, wrong in _wrong_ticks(text).items()],
        "not_verified": [
            {"name": name, "signer": "node", "note": note.format()}
            for name, note in {
                "a stranger's": sign_tick(TICK, stranger),
                "with a second row": Note(
                    text, sign_tick(TICK, node).signatures + sign_tick(TICK, stranger).signatures
                ),
                "under the name of the outbox": Note(
                    text, (sign_note(text, f"{ALPHA}/{LINE}/out", node),)
                ),
                "of another text": Note(
                    replace(TICK, sequence=18).text(), sign_tick(TICK, node).signatures
                ),
            }.items()
        ],
    }


def sign_tick(tick: Tick, signer: SeedSigner) -> Note:
    """The tick as the note that is sent."""
    name = tick_key(tick.party, tick.line, signer.public.ed25519).name
    return Note(tick.text(), (sign_note(tick.text(), name, signer),))


def describe_tick(tick: Tick) -> dict[str, Any]:
    """The tick in JSON."""
    return {
        "party": tick.party,
        "line": tick.line,
        "sequence": tick.sequence,
        "at": tick.at,
        "out": [tick.out.origin, tick.out.size, tick.out.root.hex()],
        "held": [[one.origin, one.size, one.root.hex()] for one in tick.held],
        "observed": tick.observed,
        "declared": [list(one) for one in tick.declared],
        "clock": [tick.clock_source, tick.clock_error_ms],
        "previous": tick.previous.hex(),
        "heard": [[party, digest.hex()] for party, digest in tick.heard],
    }


def _wrong_ticks(text: str) -> dict[str, str]:
    rows = text.split("\n")
    held = [row for row in rows if row.startswith("held ")]
    declared = [row for row in rows if row.startswith("declared ")]
    heard = next(row for row in rows if row.startswith("heard "))
    word = heard.split(" ")[2]
    return {
        "nothing": "",
        "no newline at the end": text[:-1],
        "an empty row at the end": text + "\n",
        "another version": text.replace("/v1", "/v2"),
        "a row absent": text.replace("observed UP\n", ""),
        "a row too many": text + "more 1\n",
        "rows in another order": text.replace(
            f"line {LINE}\nparty {ALPHA}", f"party {ALPHA}\nline {LINE}"
        ),
        "two spaces": text.replace("sequence ", "sequence  "),
        "a space at the end of a row": text.replace("sequence 17", "sequence 17 "),
        "a carriage return": text.replace("sequence 17\n", "sequence 17\r\n"),
        "a leading zero": text.replace("sequence 17", "sequence 017"),
        "a plus": text.replace("sequence 17", "sequence +17"),
        "an underscore in a number": text.replace("sequence 17", "sequence 1_7"),
        "Arabic digits": text.replace("sequence 17", "sequence ١٧"),
        "a number of 20 digits": text.replace("sequence 17", f"sequence 1{'0' * 19}"),
        "a negative time": text.replace(f"time {AT}", "time -1"),
        "another's outbox": text.replace(f"out {ALPHA}/", f"out {BRAVO}/"),
        "the outbox of another line": text.replace(f"out {ALPHA}/{LINE}", f"out {ALPHA}/red-sea"),
        "a journal as the outbox": text.replace(
            f"out {ALPHA}/{LINE}/out", f"out {ALPHA}/{LINE}/journal"
        ),
        "a root at size 0": text.replace(f"out {ALPHA}/{LINE}/out 12", f"out {ALPHA}/{LINE}/out 0"),
        "an outbox that is no origin": text.replace(f"out {ALPHA}/{LINE}/out", f"out {ALPHA}"),
        "a party in capitals": text.replace(f"party {ALPHA}", "party ALPHA.EXAMPLE"),
        "held rows not in order": text.replace("\n".join(held), "\n".join(reversed(held))),
        "a held row twice": text.replace(held[0], f"{held[0]}\n{held[0]}"),
        "a journal held": text.replace(f"held {BRAVO}/{LINE}/out", f"held {BRAVO}/{LINE}/journal"),
        "an outbox of another line held": text.replace(
            f"held {BRAVO}/{LINE}", f"held {BRAVO}/red-sea"
        ),
        "the author's own outbox held": text.replace(f"held {BRAVO}", f"held {ALPHA}"),
        "32 held rows": text.replace(held[0], "\n".join(_many(held[0], BRAVO))),
        "declared rows not in order": text.replace(
            "\n".join(declared), "\n".join(reversed(declared))
        ),
        "a state in small letters": text.replace("IN_FORCE", "in_force"),
        "an observed word with a space": text.replace("observed UP", "observed UP DOWN"),
        "a heard row twice": text.replace(heard, f"{heard}\n{heard}"),
        "the author's own tick heard": text.replace(f"heard {BRAVO}", f"heard {ALPHA}"),
        "32 heard rows": text.replace(heard, "\n".join(_many(heard, BRAVO))),
        "a heard row of no party": text.replace(heard, f"heard Bravo {word}"),
        "a hash of 31 bytes": text.replace(word, "A" * 40 + "AA=="),
        "a hash without padding": text.replace(word, word.rstrip("=")),
        "a hash with padding bits": text.replace(word, "A" * 42 + "B="),
        "no previous": text.replace("previous ", "earlier "),
        "300 rows": text.replace(heard, "\n".join([heard] * 300)),
    }


def _many(row: str, party: str) -> list[str]:
    """The row for 32 parties, in order."""
    return [row.replace(party, f"b{number:02}.example") for number in range(32)]


# --- certificates --------------------------------------------------------------------------------


class _ThriftySigner(SeedSigner):
    """Makes one ML-DSA-44 signature for each message, or keeps that of an earlier run."""

    def __init__(self, word: str, earlier: Sequence[bytes]) -> None:
        super().__init__(word)
        self._earlier = list(earlier)

    def sign_mldsa44(self, message: bytes) -> bytes:
        for signature in self._earlier:
            if verify_mldsa44(self.public.mldsa44, message, signature):
                return signature
        self._earlier.append(super().sign_mldsa44(message))
        return self._earlier[-1]


def certificate_vectors(earlier: str = "") -> dict[str, Any]:
    """Certificates with the verdicts that they must be given, and files that are none.

    Args:
        earlier: The present file, whose ML-DSA-44 signatures are kept.
    """
    cases = json.loads(earlier) if earlier else {"certificates": [], "altered": []}
    kept = list(_mldsa_signatures(cases["certificates"] + cases["altered"]))
    made: dict[str, _ThriftySigner] = {}

    def make_signer(word: str) -> _ThriftySigner:
        return made.setdefault(word, _ThriftySigner(word, kept))

    history = _history(make_signer)
    files = _certificates(history)
    forks = _forks(make_signer)
    whole = files["non_use"]
    return {
        "roots": {
            party.name: [root_fingerprint(root) for root in party.roots]
            for party in history.understanding.parties
        },
        "certificates": [_judged(name, data) for name, data in (files | forks).items()],
        "altered": [
            _judged(name, data)
            for name, data in (_altered(files) | _no_forks(forks, make_signer)).items()
        ],
        "pinned": [
            {
                "of": "non_use",
                "name": name,
                "pins": roots,
                "verdict": str(verify_certificate(whole, make_pins(roots)).verdict),
            }
            for name, roots in {
                "the root keys of alpha": [
                    root_fingerprint(root) for root in history.understanding.parties[0].roots
                ],
                "another root key": [sha256(b"another").hexdigest()],
            }.items()
        ],
        "unreadable": [
            {"of": "non_use", "name": "the first byte changed", "at": 0, "xor": 1},
            {"of": "non_use", "name": "a byte inside changed", "at": 5_000, "xor": 128},
            {"of": "non_use", "name": "the last byte changed", "at": len(whole) - 1, "xor": 1},
            {"of": "non_use", "name": "cut", "keep": len(whole) - 1, "then": ""},
            {"of": "non_use", "name": "one byte more", "keep": len(whole), "then": "00"},
            {"of": "non_use", "name": "nothing", "keep": 0, "then": ""},
            {"of": "non_use", "name": "a checksum alone", "keep": 0, "then": _checked(b"")},
            {"of": "non_use", "name": "an empty map", "keep": 0, "then": _checked(b"\xa0")},
        ],
    }


HEAD_ROWS = f"\n\n\u2014 {BRAVO}/{LINE}/".encode()
"""Begins the rows of a note of Bravo's."""


def _checked(body: bytes) -> str:
    return (body + sha256(body).digest()).hex()


def _mldsa_signatures(cases: Iterable[dict[str, Any]]) -> Iterable[bytes]:
    """Every ML-DSA-44 signature in the heads of certificates, each once."""
    found: dict[bytes, None] = {}
    for case in cases:
        evidence = parse_certificate(parse_base64(case["base64"])).evidence
        twice = [part for one in evidence.contradictions for part in (one.first, one.second)]
        notes = (*evidence.heads, *(part.decode() for part in twice if HEAD_ROWS in part))
        for text in notes:
            for row in parse_note(text).signatures:
                if len(row.signature) == 8 + 2_420:
                    found[row.signature[8:]] = None
    return found


def _history(make_signer: Callable[[str], SeedSigner]) -> History:
    """A minute of quiet, a notice, an answer, a change of key, a text, a minute of quiet."""
    history = History(make_signer=make_signer)
    history.run(60)
    history.say(ALPHA, notice(history.now + 1_200_000))
    history.run(10)
    history.text(BRAVO, "Хорошо, принято.")
    history.run(10)
    history.change_key(ALPHA, KeyRole.NODE, "alpha.example node 2")
    history.text(ALPHA, "Our aircraft leave the area at 0215Z.")
    history.run(60)
    return history


def _certificates(history: History) -> dict[str, bytes]:
    """A certificate of each kind that is proven, one refuted and one not proven."""
    export = Exporter(history.sides[ALPHA].store, ALPHA, LINE)
    start = START
    return {
        "message": export.message(ALPHA, 3),
        "message without its content": export.message(ALPHA, 3, with_content=False),
        "message of the counterpart": export.message(BRAVO, 1),
        "receipt": export.receipt(ALPHA, 3),
        "use": export.use(ALPHA, start + 40_000, start + 100_000),
        "non_use": export.non_use(BRAVO, start + 10_000, start + 50_000),
        "state": export.state(start + 110_000),
        "lead_time": export.lead_time(ALPHA, 1),
        "silence that was not": export.non_use(ALPHA, start + 40_000, start + 100_000),
        "silence at an edge": export.non_use(ALPHA, start + 60_000, start + 75_000),
    }


def _altered(files: dict[str, bytes]) -> dict[str, bytes]:
    """Certificates that somebody changed and gave a right checksum."""
    message, silence = parse_certificate(files["message"]), parse_certificate(files["non_use"])
    ticks, entries = silence.evidence.ticks, message.evidence.entries
    return {
        "another window": replace(
            silence, claim=replace(silence.claim, valid_until=silence.claim.valid_until + 60_000)
        ).format(),
        "another party": replace(silence, claim=replace(silence.claim, party=ALPHA)).format(),
        "a tick left out": replace(
            silence, evidence=replace(silence.evidence, ticks=ticks[1:])
        ).format(),
        "a tick by a stranger": replace(
            silence,
            evidence=replace(
                silence.evidence,
                ticks=(
                    sign_tick(
                        parse_tick(parse_note(ticks[0]).text), SeedSigner("stranger")
                    ).format(),
                    *ticks[1:],
                ),
            ),
        ).format(),
        "a key message left out": replace(
            message,
            evidence=replace(
                message.evidence,
                entries=tuple(
                    part for part in entries if parse_envelope(part.raw).header.kind != 2
                ),
            ),
        ).format(),
        "another content": replace(
            message,
            evidence=replace(
                message.evidence,
                entries=tuple(
                    replace(part, content=part.content and make_content(bytes(16), BODY))
                    for part in entries
                ),
            ),
        ).format(),
    }


def _forks(make_signer: Callable[[str], SeedSigner]) -> dict[str, bytes]:
    """A certificate of each sort of fork."""
    made = {name: case(make_signer) for name, (case, _, _) in FORKS.items()}
    return {
        f"fork: {name}": Exporter(one.sides[ALPHA].store, ALPHA, LINE).fork(BRAVO)
        for name, one in made.items()
    }


def _no_forks(
    forks: dict[str, bytes], make_signer: Callable[[str], SeedSigner]
) -> dict[str, bytes]:
    """Certificates of forks whose two parts, or whose claim, somebody changed."""

    def other(name: str, *, claim: dict[str, Any] | None = None, **parts: Any) -> bytes:
        whole = parse_certificate(forks[f"fork: {name}"])
        [pair] = whole.evidence.contradictions
        evidence = replace(whole.evidence, contradictions=(replace(pair, **parts),))
        return replace(whole, claim=replace(whole.claim, **claim or {}), evidence=evidence).format()

    def pair(name: str) -> Contradiction:
        return parse_certificate(forks[f"fork: {name}"]).evidence.contradictions[0]

    heads, sizes, ticks = pair("two heads"), pair("two sizes"), pair("two ticks")
    one = fork_history(make_signer)
    tree = one.sides[BRAVO].tree
    honest = [head_of(size, tree.root(size), make_signer(f"{BRAVO} node")) for size in (2, 4)]
    stranger = head_of(4, by=make_signer(f"{ALPHA} node")).encode()
    first, second = sorted((heads.first, stranger))
    cosigned = parse_note(heads.first.decode())
    cosigned = cosigned.with_signatures(
        *cosign(
            parse_checkpoint(cosigned.text), f"{ALPHA}/mirror", make_signer(f"{ALPHA} mirror"), 1
        )
    )
    whole = parse_certificate(forks["fork: two heads"])
    return {
        "fork: nothing twice": replace(
            whole, evidence=replace(whole.evidence, contradictions=())
        ).format(),
        "fork: at another place": other("two heads", claim={"index": 3}),
        "fork: of another party": other("two heads", claim={"party": ALPHA}),
        "fork: of a later outbox": other("two heads", claim={"epoch": 2}),
        "fork: of a later journal": other("two journals", claim={"epoch": 2}),
        "fork: of another sort": other("two heads", claim={"word": "JOURNAL"}),
        "fork: ticks that state one head": other("two ticks", claim={"word": "HEAD", "index": 4}),
        "fork: one head twice": other("two heads", second=heads.first),
        "fork: in the other order": other("two heads", first=heads.second, second=heads.first),
        "fork: ticks in the other order": other(
            "two ticks", first=ticks.second, second=ticks.first
        ),
        "fork: the larger size first": other("two sizes", first=sizes.second, second=sizes.first),
        "fork: a root where none is needed": other("two heads", root=bytes(32)),
        "fork: a proof where none is needed": other("two ticks", proof=(bytes(32),)),
        "fork: without its proof": other("two sizes", root=b"", proof=()),
        "fork: a root of 31 bytes": other("two sizes", root=sizes.root[:31]),
        "fork: by two keys": other("two heads", first=first, second=second),
        "fork: with a row of another": other("two heads", first=cosigned.format().encode()),
        "fork: one history": other(
            "two sizes",
            first=honest[0].encode(),
            second=honest[1].encode(),
            root=tree.root(2),
            proof=tuple(tree.consistency_proof(2, 4)),
        ),
        "fork: no text": other("two heads", second=b"\xff"),
        "fork: no envelope": other("two entries", second=b""),
    }


def _judged(name: str, data: bytes) -> dict[str, Any]:
    report = verify_certificate(data)
    return {
        "name": name,
        "claim": report.claim.to_json(),
        "verdict": str(report.verdict),
        "facts": report.facts,
        "base64": format_base64(data),
    }


# --- files ---------------------------------------------------------------------------------------

FILES: dict[str, Callable[[str], dict[str, Any]]] = {
    "envelope.json": lambda _: envelope_vectors(),
    "tick.json": lambda _: tick_vectors(),
    "certificate.json": certificate_vectors,
}
"""By file name: what makes it, given the present text of the file."""


def make(name: str) -> str:
    """The text of the vector file as it must be."""
    path = HERE / name
    earlier = path.read_text("utf-8") if path.exists() else ""
    return json.dumps(FILES[name](earlier), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every file that is not as it must be."""
    for name in FILES:
        text = make(name)
        path = HERE / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stdout.write(f"{name} is new\n")


if __name__ == "__main__":
    main()
