"""What a hostile counterpart may send: bombs of encoding, text and geometry, damaged frames.

Everything follows from a seed: one number makes the same bytes again.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Any
from unicodedata import normalize

from openline.domain.limits import FRAME_SIZE_BYTES_MAX
from openline.domain.party import Precedence
from openline.domain.record import cbor
from openline.domain.record.envelope import make_content
from openline.domain.talk.kinds import Kind
from openline.engine.frames import decode_frame
from tests.engine.parties import ALPHA, BRAVO, make_parties
from tests.engine.region import notice, standing

Input = tuple[str, bytes]
"""What it is, and its bytes: a frame, or for contents the kind before a colon."""


@lru_cache(maxsize=1)
def real_frames() -> tuple[bytes, ...]:
    """One frame of each sort and size that two honest nodes exchange, the shortest first."""
    region = standing(make_parties())
    region.is_recording = True
    region.cut_all()
    region.connect(ALPHA, BRAVO)
    region.pump()
    for party in (ALPHA, BRAVO):
        region.say(party, "now", Precedence.FLASH)
        region.say_many(party, [f"word {number}" for number in range(20)])
        region.pump()
    region.pass_time(20_000, 10_000)
    kept = {(type(decode_frame(one.frame)), len(one.frame) // 500): one.frame
            for one in region.recorded}  # fmt: skip
    return tuple(sorted(kept.values(), key=len))


_HEADS = (
    *("9a7fffffff", "ba7fffffff", "5a7fffffff", "7a7fffffff", "9bffffffffffffffff"),
    *("bbffffffffffffffff", "5bffffffffffffffff", "9f", "bf", "5f", "c0", "d9d9f7"),
)
"""Heads that claim more than can be there, without an end, or of a tag."""


def cbor_bombs() -> Iterator[Input]:
    """Encodings that claim more than they hold, or nest and repeat as far as a frame goes."""
    for depth in (15, 16, 17, 1_000, FRAME_SIZE_BYTES_MAX - 1):
        yield f"arrays {depth} deep", b"\x81" * depth + b"\x00"
        yield f"maps {depth} deep", b"\xa1\x00" * (depth // 2) + b"\x00"
    for head in _HEADS:
        yield f"a head {head}", bytes.fromhex(head)
        yield f"a head {head} and what follows", bytes.fromhex(head) + bytes(1_000)
    yield "a million nulls", b"\x9a\x00\x0f\xff\xf0" + b"\xf6" * (FRAME_SIZE_BYTES_MAX - 16)
    yield (
        "many pairs",
        b"\xba\x00\x07\xff\xff"
        + b"".join(
            b"\x1a" + number.to_bytes(4, "big") + b"\xf6" for number in range(65_536, 200_000)
        ),
    )
    yield "a long text out of normal form", b"\x7a\x00\x04\x00\x00" + "e\u0301".encode() * 87_381
    yield "marks in the wrong order", cbor_text("a" + "\u0301\u0327" * 60_000)
    yield "a text of Hangul letters", cbor_text("\u1100\u1161" * 80_000)


def cbor_text(text: str) -> bytes:
    """A text as CBOR writes it, whatever its normal form."""
    data = text.encode("utf-8", "surrogatepass")
    return b"\x7a" + len(data).to_bytes(4, "big") + data


TEXT_BOMBS = {
    "turned around": "\u202eABORT\u202c" * 400,
    "isolates without an end": "\u2066\u2067\u2068" * 2_000,
    "Zalgo": "".join("Z" + "\u0301\u0316\u035c\u0489" * 20 for _ in range(100)),
    "homoglyphs": "АLРНА-0012 ВRAVO-0003 ΑΒΕ " * 300,
    "terminal escapes": "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "rows and tabs": "\t\r\n\x0b\x0c" * 200,
    "unseen": "\u200b\u2060\ufeff\u00ad\u034f\U000e0041" * 1_000,
    "line separators": "\u2028\u2029\x85" * 500,
    "one word": "Ａ" * 5_400,
    "a serial that does not end": "A-" * 8_000,
    "dashes and digits": "-0001" * 3_000,
    "one long letter": "a" * 16_384,
    "markup": "<script>alert(1)</script>&#x202e;]]>" * 300,
    "emoji with joiners": "👨\u200d👩\u200d👧" * 1_000,
    "not assigned": "\U000e0fff\u0378" * 1_000,
    "private": "\ue000" * 5_000,
}
"""Words that would mislead a reader or a terminal, or take long to look at."""


def rings() -> dict[str, list[list[int]]]:
    """Rings of 500 points that are hard to look at: position in 1e-7 degree."""
    lat, lon, most = 350_000_000, 400_000_000, 500

    def around(radius: Any, turns: float = 1.0) -> list[list[int]]:
        angles = [2 * math.pi * turns * number / most for number in range(most)]
        return [
            [lat + round(radius(number) * math.sin(angle)),
             lon + round(radius(number) * math.cos(angle))]
            for number, angle in enumerate(angles)
        ]  # fmt: skip

    teeth = [[lat + (number % 2) * 20_000_000, lon + number * 40_000] for number in range(most - 1)]
    return {
        "star": around(lambda number: 30_000_000 if number % 2 else 3_000),
        "star that crosses itself": around(lambda _: 20_000_000, turns=249),
        "comb": [*teeth, [lat - 10_000_000, lon]],
        "spiral": around(lambda number: 1_000 + 50_000 * number, turns=20),
        "one point": [[lat, lon]] * most,
        "almost one point": [[lat + number % 3, lon + number // 3 % 3] for number in range(most)],
        "a needle": [[lat, lon + number] for number in range(most - 1)] + [[lat + 1, lon]],
        "whole earth": [[0, -1_800_000_000], [0, 0], [0, 1_800_000_000], [900_000_000, 0]],
        "over the date line": [[0, 1_799_000_000], [0, -1_799_000_000], [1_000_000, 1_800_000_000]],
        "both poles": [[900_000_000, 0], [-900_000_000, 0], [0, 900_000_000]],
    }


def geometry_bombs() -> Iterator[Input]:
    """Notices whose volumes are hard to look at, as contents."""
    body = notice(notice_id="BRAVO-N-0001").to_body()
    [plain] = body[7]  # type: ignore[misc]
    for name, ring in rings().items():
        for shape in (1, 2, 3):
            volume = [shape, ring, 0 if shape == 3 else 5_000, *list(plain)[3:]]  # type: ignore[arg-type]
            yield f"{name}, shape {shape}", _notice(body, [volume])
    star = [3, rings()["star"], 0, *list(plain)[3:]]  # type: ignore[arg-type]
    yield "64 stars", _notice(body, [star] * 64)
    years = [*list(plain)[:5], 0, 2**63 - 1]  # type: ignore[arg-type]
    yield "for ever", _notice(body, [years])
    yield "no volume", _notice(body, [])


def _notice(body: dict[int, Any], volumes: list[Any]) -> bytes:
    return make_content(bytes(16), {**body, 7: volumes})


def text_bombs() -> Iterator[Input]:
    """Each text bomb as the words of a text and in every word of a notice, as contents."""
    bombs = {name: normalize("NFC", words) for name, words in TEXT_BOMBS.items()}
    for name, words in bombs.items():
        body = {0: ["air-desk", "Lt Forger"], 1: "en", 2: words, 3: False, 4: []}
        yield name, _content(body)
    for name, words in bombs.items():
        made = replace(
            notice(notice_id="BRAVO-N-0001"), activity=words, objects=normalize("NFC", words[:150])
        )
        yield f"{name} in a notice", _content(made.to_body())


def _content(body: dict[int, Any]) -> bytes:
    """The content of a body, even of one that strict CBOR would not write."""
    return make_content(bytes(16), body)


def contents() -> list[tuple[Kind, str, bytes]]:
    """Kind, name and bytes of each content that is a bomb."""
    some: list[tuple[Kind, str, bytes]] = []
    some += [(Kind.TEXT, name, data) for name, data in cbor_bombs()]
    for kind, bombs in ((Kind.TEXT, text_bombs()), (Kind.NOTICE, geometry_bombs())):
        some += [
            (Kind.NOTICE if "in a notice" in name else kind, name, data) for name, data in bombs
        ]
    return some


def damaged(chance: Random) -> Input:
    """A real frame that was cut, flipped, spliced, repeated or filled with what is no frame."""
    frames = real_frames()
    whole = bytearray(chance.choice(frames))
    at = chance.randrange(len(whole))
    match chance.randrange(7):
        case 0:
            return "cut", bytes(whole[:at])
        case 1:
            whole[at] ^= 1 << chance.randrange(8)
            return "a bit flipped", bytes(whole)
        case 2:
            whole[at] = chance.randrange(256)
            return "a byte changed", bytes(whole)
        case 3:
            other = chance.choice(frames)
            return "spliced", bytes(whole[:at]) + other[chance.randrange(len(other)) :]
        case 4:
            return "bytes put in", bytes(whole[:at]) + chance.randbytes(8) + bytes(whole[at:])
        case 5:
            return "chance alone", chance.randbytes(chance.randrange(200))
        case _:
            number = cbor.encode(chance.randrange(2**64))
            return "a number put in", bytes(whole[:at]) + number + bytes(whole[at + len(number) :])
