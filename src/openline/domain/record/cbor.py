"""Strict deterministic CBOR: one value has one encoding, anything else is refused.

Every signed or hashed structure of Openline is written with `encode` and read
with `decode`. The rule is RFC 8949 4.2.1 (core deterministic encoding) with a
smaller set of values (`docs/spec/envelope.md`): integers of 64 bits and a sign,
byte strings, text in NFC, arrays, maps with integer keys, true, false and null.
There are no floats, no tags, no undefined, no indefinite lengths. What decodes
encodes again to the same bytes; so a hash over the bytes is a hash over the
meaning.

It does not know what any value means, and it is no general CBOR library.
"""

import struct
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import CBOR_DEPTH_MAX, CBOR_ITEMS_MAX

Value: TypeAlias = "bool | int | bytes | str | list[Value] | dict[int, Value] | None"
"""What `decode` gives: fresh plain values, safe to keep and to change."""

Encodable: TypeAlias = (
    "bool | int | bytes | str | Sequence[Encodable] | Mapping[int, Encodable] | None"
)
"""What `encode` takes: sequences are lists or tuples, mappings are dicts."""

INTEGER_MAX = 2**64 - 1

_WIDE = (
    (struct.Struct(">B").unpack_from, 2, 24),
    (struct.Struct(">H").unpack_from, 3, 2**8),
    (struct.Struct(">I").unpack_from, 5, 2**16),
    (struct.Struct(">Q").unpack_from, 9, 2**32),
)
"""By additional information 24 to 27: reader, size of the head, least value."""

_pack_u8 = struct.Struct(">BB").pack
_pack_u16 = struct.Struct(">BH").pack
_pack_u32 = struct.Struct(">BI").pack
_pack_u64 = struct.Struct(">BQ").pack

_REFUSED_MAJOR_7 = {
    0xF7: "undefined",
    0xF9: "a float of 16 bits",
    0xFA: "a float of 32 bits",
    0xFB: "a float of 64 bits",
    0xFF: "a break code",
}


class MalformedCbor(TheirError):
    """The bytes are not one value in strict deterministic CBOR.

    Attributes:
        offset: Where in the bytes the fault was seen.
    """

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(Reason.MALFORMED, f"CBOR at offset {offset}: {what}.")
        self.offset = offset


def encode(value: Encodable) -> bytes:
    """The one encoding of the value.

    Args:
        value: Lists and tuples become arrays. Members of an `IntEnum` or
            `StrEnum` are written as their value. Map keys are exactly `int`.

    Raises:
        TypeError: Something in it has another type, or a map key is no `int`.
        ValueError: An integer beyond 64 bits and a sign, text that is not NFC or
            has lone surrogates, or more nesting or items than `decode` allows.
    """
    out = bytearray()
    _write(out, (value,), CBOR_DEPTH_MAX, [CBOR_ITEMS_MAX - 1])
    return bytes(out)


def decode(
    data: bytes,
    *,
    negative_keys: bool = False,
    depth_max: int = CBOR_DEPTH_MAX,
    items_max: int = CBOR_ITEMS_MAX,
) -> Value:
    """The value that the bytes encode; all of them, and in the one encoding.

    Args:
        data: Bounded by the caller; nothing is allocated beyond its size.
        negative_keys: Whether map keys may be negative, as in COSE headers.
        depth_max: Most arrays and maps inside each other.
        items_max: Most items in all; a map entry counts as two.

    Raises:
        MalformedCbor: The bytes break any rule of this module.
    """
    try:
        items, end = _read(data, 0, 1, depth_max, [items_max - 1], negative_keys)
    except (IndexError, struct.error):
        raise MalformedCbor("the data ends inside an item", len(data)) from None
    if end != len(data):
        raise MalformedCbor("there are bytes after the value", end)
    return items[0]


def _read(
    data: bytes, at: int, count: int, depth: int, items_left: list[int], negative_keys: bool
) -> tuple[list[Value], int]:
    """The next `count` items and the offset after them.

    One loop for all types, heads read in line: a call for each item would make a
    notice three times slower to read, and every message is read by every party.
    Running off the end raises IndexError or struct.error.
    """
    items: list[Value] = []
    append = items.append
    for _ in range(count):
        head = data[at]
        if head < 0x18:
            append(head)
            at += 1
            continue
        start = at
        number = head & 0x1F
        if number < 24:
            at += 1
        elif head >= 0xC0:
            pass
        elif number == 24:
            number = data[at + 1]
            if number < 24:
                raise MalformedCbor("a number is longer than it need be", at)
            at += 2
        elif number < 28:
            unpack, size, least = _WIDE[number - 24]
            (number,) = unpack(data, at + 1)
            if number < least:
                raise MalformedCbor("a number is longer than it need be", at)
            at += size
        else:
            raise MalformedCbor("an indefinite length or a reserved head", at)
        if head < 0x40:
            append(number if head < 0x20 else ~number)
        elif head < 0x80:
            end = at + number
            chunk = data[at:end]
            if len(chunk) != number:
                raise MalformedCbor("a string ends after the data", start)
            append(chunk if head < 0x60 else _read_text(chunk, start))
            at = end
        elif head < 0xC0:
            inside = number if head < 0xA0 else 2 * number
            items_left[0] -= inside
            if items_left[0] < 0 or inside > len(data) - at or not depth:
                raise MalformedCbor("an array or map is too long or too deep", start)
            values, at = _read(data, at, inside, depth - 1, items_left, negative_keys)
            append(values if head < 0xA0 else _read_map(values, start, negative_keys))
        else:
            append(_read_simple(head, start))
            at = start + 1
    return items, at


def _read_simple(head: int, at: int) -> Value:
    """False, true or null; a tag, a float or another simple value is refused."""
    if head == 0xF4:
        return False
    if head == 0xF5:
        return True
    if head == 0xF6:
        return None
    what = "a tag" if head < 0xE0 else _REFUSED_MAJOR_7.get(head, "an unassigned simple value")
    raise MalformedCbor(f"{what} is not allowed", at)


def _read_text(chunk: bytes, at: int) -> str:
    """The text of the bytes, valid UTF-8 in NFC."""
    try:
        text = chunk.decode()
    except UnicodeDecodeError:
        raise MalformedCbor("a text is not UTF-8", at) from None
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise MalformedCbor("a text is not in normal form C", at)
    return text


def _read_map(items: list[Value], at: int, negative_keys: bool) -> dict[int, Value]:
    """The map of keys and values in turn; keys sorted, no two alike.

    Unsigned keys sort by value; negative ones come after them, by magnitude: that
    is the order of their encodings as bytes.
    """
    keys = items[::2]
    last = -1
    for key in keys:
        # An exact type, for `True` is an instance of `int` and equals 1.
        if type(key) is not int:
            raise MalformedCbor("a map key is not an integer", at)
        rank = key
        if key < 0:
            if not negative_keys:
                raise MalformedCbor("a map key is negative", at)
            rank = INTEGER_MAX - key
        if rank <= last:
            raise MalformedCbor("map keys are not sorted or not unique", at)
        last = rank
    return dict(zip(keys, items[1::2], strict=True))  # type: ignore[arg-type]


def _write(out: bytearray, items: Iterable[Encodable], depth: int, items_left: list[int]) -> None:
    """Append the encodings of the items, one after another."""
    for item in items:
        # The sizes that most numbers and texts have are written in line, for speed.
        if type(item) is int:
            if 0 <= item < 24:
                out.append(item)
            elif 0xFFFF < item <= 0xFFFF_FFFF:
                out += _pack_u32(0x1A, item)
            else:
                _write_integer(out, item)
        elif type(item) is list or type(item) is tuple:
            count = len(item)
            if count < 24:
                out.append(0x80 | count)
            else:
                _write_head(out, 0x80, count)
            items_left[0] -= count
            if items_left[0] < 0 or not depth:
                raise ValueError("an array is too long or too deep")
            _write(out, item, depth - 1, items_left)
        elif isinstance(item, str):
            chunk = _text_bytes(item)
            if len(chunk) < 24:
                out.append(0x60 | len(chunk))
            else:
                _write_head(out, 0x60, len(chunk))
            out += chunk
        elif isinstance(item, bytes):
            _write_head(out, 0x40, len(item))
            out += item
        elif item is None or isinstance(item, bool):
            out.append(0xF6 if item is None else 0xF5 if item else 0xF4)
        elif isinstance(item, dict):
            _write_head(out, 0xA0, len(item))
            items_left[0] -= 2 * len(item)
            if items_left[0] < 0 or not depth:
                raise ValueError("a map is too long or too deep")
            _write(out, _flat_map(item), depth - 1, items_left)
        elif isinstance(item, int):
            _write_integer(out, int(item))
        else:
            raise TypeError(f"{type(item).__name__} has no place in a message")


def _flat_map(entries: dict[int, Encodable]) -> list[Encodable]:
    """Keys and values in turn, in the order of the keys' encodings."""
    for key in entries:
        if type(key) is not int:
            raise TypeError(f"the map key {key!r} is not an int")
    keys = sorted(entries)
    if keys and keys[0] < 0:
        count = bisect_left(keys, 0)
        keys = keys[count:] + keys[count - 1 :: -1]
    flat: list[Encodable] = []
    for key in keys:
        flat += (key, entries[key])
    return flat


def _write_integer(out: bytearray, value: int) -> None:
    """Append the integer: major type 0, or 1 if it is negative."""
    if value >= 0:
        _write_head(out, 0x00, value)
    else:
        _write_head(out, 0x20, ~value)


def _text_bytes(text: str) -> bytes:
    """The text in UTF-8; only text in NFC and without lone surrogates can be."""
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise ValueError(f"the text {text[:40]!r} is not in normal form C")
    return text.encode()


def _write_head(out: bytearray, major: int, number: int) -> None:
    """Append the shortest head of this major type with this number."""
    if number < 24:
        out.append(major | number)
    elif number < 2**8:
        out += _pack_u8(major | 24, number)
    elif number < 2**16:
        out += _pack_u16(major | 25, number)
    elif number < 2**32:
        out += _pack_u32(major | 26, number)
    elif number <= INTEGER_MAX:
        out += _pack_u64(major | 27, number)
    else:
        raise ValueError("an integer is beyond 64 bits and a sign")
