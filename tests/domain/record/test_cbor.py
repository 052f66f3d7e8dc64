"""The codec: one encoding for each value, everything else refused."""

import enum
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import CBOR_DEPTH_MAX
from openline.domain.record.cbor import MalformedCbor, Value, decode, encode
from tests.domain.record.damage import damaged_bytes
from tests.vectors.make import HERE, describe, load, make

VECTORS = load("cbor.json")

REFUSED = object()

# RFC 8949 appendix A, all of it: what `decode` gives, or that it refuses.
APPENDIX_A: list[tuple[str, Any]] = [
    ("00", 0),
    ("01", 1),
    ("0a", 10),
    ("17", 23),
    ("1818", 24),
    ("1819", 25),
    ("1864", 100),
    ("1903e8", 1000),
    ("1a000f4240", 1000000),
    ("1b000000e8d4a51000", 1000000000000),
    ("1bffffffffffffffff", 18446744073709551615),
    ("c249010000000000000000", REFUSED),
    ("3bffffffffffffffff", -18446744073709551616),
    ("c349010000000000000000", REFUSED),
    ("20", -1),
    ("29", -10),
    ("3863", -100),
    ("3903e7", -1000),
    ("f90000", REFUSED),
    ("f98000", REFUSED),
    ("f93c00", REFUSED),
    ("fb3ff199999999999a", REFUSED),
    ("f93e00", REFUSED),
    ("f97bff", REFUSED),
    ("fa47c35000", REFUSED),
    ("fa7f7fffff", REFUSED),
    ("fb7e37e43c8800759c", REFUSED),
    ("f90001", REFUSED),
    ("f90400", REFUSED),
    ("f9c400", REFUSED),
    ("fbc010666666666666", REFUSED),
    ("f97c00", REFUSED),
    ("f97e00", REFUSED),
    ("f9fc00", REFUSED),
    ("fa7f800000", REFUSED),
    ("fa7fc00000", REFUSED),
    ("faff800000", REFUSED),
    ("fb7ff0000000000000", REFUSED),
    ("fb7ff8000000000000", REFUSED),
    ("fbfff0000000000000", REFUSED),
    ("f4", False),
    ("f5", True),
    ("f6", None),
    ("f7", REFUSED),
    ("f0", REFUSED),
    ("f8ff", REFUSED),
    ("c074323031332d30332d32315432303a30343a30305a", REFUSED),
    ("c11a514b67b0", REFUSED),
    ("c1fb41d452d9ec200000", REFUSED),
    ("d74401020304", REFUSED),
    ("d818456449455446", REFUSED),
    ("d82076687474703a2f2f7777772e6578616d706c652e636f6d", REFUSED),
    ("40", b""),
    ("4401020304", b"\x01\x02\x03\x04"),
    ("60", ""),
    ("6161", "a"),
    ("6449455446", "IETF"),
    ("62225c", '"\\'),
    ("62c3bc", "\u00fc"),
    ("63e6b0b4", "\u6c34"),
    ("64f0908591", "\U00010151"),
    ("80", []),
    ("83010203", [1, 2, 3]),
    ("8301820203820405", [1, [2, 3], [4, 5]]),
    ("98190102030405060708090a0b0c0d0e0f101112131415161718181819", list(range(1, 26))),
    ("a0", {}),
    ("a201020304", {1: 2, 3: 4}),
    ("a26161016162820203", REFUSED),
    ("826161a161626163", REFUSED),
    ("a56161614161626142616361436164614461656145", REFUSED),
    ("5f42010243030405ff", REFUSED),
    ("7f657374726561646d696e67ff", REFUSED),
    ("9fff", REFUSED),
    ("9f018202039f0405ffff", REFUSED),
    ("9f01820203820405ff", REFUSED),
    ("83018202039f0405ff", REFUSED),
    ("83019f0203ff820405", REFUSED),
    ("9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", REFUSED),
    ("bf61610161629f0203ffff", REFUSED),
    ("826161bf61626163ff", REFUSED),
    ("bf6346756ef563416d7421ff", REFUSED),
]

# RFC 8949 appendix F: examples that are not well-formed.
APPENDIX_F = """
    18 19 1a 1b 1901 1a0102 1b01020304050607 38 58 78 98 9a01ff00 b8 d8 f8 f900 fa0000 fb000000
    41 61 5affffffff00 5bffffffffffffffff010203 7affffffff00 7b7fffffffffffffff010203
    81 818181818181818181 8200 a1 a20102 a100 a2000000 c0
    5f4100 7f6100 9f 9f0102 bf bf01020102 819f 9f8000 9f9f9f9f9fffffffff 9f819f819f9fffffff
    1c 1d 1e 3c 3d 3e 5c 5d 5e 7c 7d 7e 9c 9d 9e bc bd be dc dd de fc fd fe
    f800 f801 f818 f81f
    5f00ff 5f21ff 5f6100ff 5f80ff 5fa0ff 5fc000ff 5fe0ff 7f4100ff 5f5f4100ffff 7f7f6100ffff
    ff 81ff 8200ff a1ff a1ff00 a100ff a20000ff 9f81ff 9f829f819f9fffffffff bf00ff bf000000ff
    1f 3f df
"""

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64 - 1),
    st.integers(-300, 300),
    st.binary(max_size=40),
    st.text(max_size=40).map(lambda text: unicodedata.normalize("NFC", text)),
)


def values(keys: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    """Any value that a message may hold, with these map keys."""
    return st.recursive(
        SCALARS,
        lambda inner: st.one_of(st.lists(inner, max_size=6), st.dictionaries(keys, inner)),
        max_leaves=20,
    )


UNSIGNED_KEYS = st.integers(0, 2**64 - 1) | st.integers(0, 30)
SIGNED_KEYS = UNSIGNED_KEYS | st.integers(-(2**64), -1)


@pytest.mark.parametrize("vector", VECTORS["accepted"], ids=lambda vector: vector["name"])
def test_each_vector_decodes_and_encodes(vector: dict[str, Any]) -> None:
    """Each accepted vector decodes to its value, which encodes to the same bytes."""
    data = bytes.fromhex(vector["hex"])
    value = decode(data, negative_keys=vector["negative_keys"])
    assert describe(value) == vector["value"]
    assert encode(value) == data


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_each_wrong_vector_is_refused(vector: dict[str, Any]) -> None:
    """Each refused vector raises MalformedCbor, which names an offset within the data."""
    data = bytes.fromhex(vector["hex"])
    with pytest.raises(MalformedCbor) as refusal:
        decode(data, negative_keys=vector["negative_keys"])
    assert refusal.value.reason is Reason.MALFORMED
    assert 0 <= refusal.value.offset <= len(data)


def test_vectors_are_as_they_are_made() -> None:
    """The vector file is what its generator makes."""
    assert (HERE / "cbor.json").read_text("utf-8") == make("cbor.json")


@pytest.mark.parametrize(("data", "value"), APPENDIX_A, ids=[row[0] for row in APPENDIX_A])
def test_rfc_8949_appendix_a(data: str, value: Any) -> None:
    """Each example of RFC 8949 appendix A gives its value, or is outside our subset."""
    if value is REFUSED:
        with pytest.raises(MalformedCbor):
            decode(bytes.fromhex(data))
    else:
        found = decode(bytes.fromhex(data))
        assert (type(found), found) == (type(value), value)
        assert encode(value).hex() == data


@pytest.mark.parametrize("data", APPENDIX_F.split())
def test_rfc_8949_appendix_f(data: str) -> None:
    """No example of RFC 8949 appendix F decodes."""
    with pytest.raises(MalformedCbor):
        decode(bytes.fromhex(data), negative_keys=True)


@given(values(SIGNED_KEYS))
def test_decoding_what_was_encoded_gives_the_same(value: Any) -> None:
    """A value comes back from its encoding with the same types."""
    found = decode(encode(value), negative_keys=True)
    assert describe(found) == describe(value)


@given(values(UNSIGNED_KEYS))
def test_cbor2_reads_what_we_write(value: Any) -> None:
    """Another decoder reads our encoding, and its canonical encoder writes the same."""
    cbor2 = pytest.importorskip("cbor2")
    data = encode(value)
    assert describe(cbor2.loads(data)) == describe(value)
    assert cbor2.dumps(value, canonical=True) == data


@given(st.binary(max_size=64) | values(SIGNED_KEYS).map(encode).flatmap(damaged_bytes))
@example(b"\xa2\x00\x00\x00\x00")
def test_what_decodes_encodes_to_the_same_bytes(data: bytes) -> None:
    """Any bytes are refused with MalformedCbor, or are the one encoding of their value."""
    try:
        value = decode(data, negative_keys=True)
    except MalformedCbor:
        return
    assert encode(value) == data


@given(values(UNSIGNED_KEYS).map(encode), st.data())
def test_every_cut_and_every_tail_is_refused(whole: bytes, data: st.DataObject) -> None:
    """No encoding begins another one."""
    for end in range(len(whole)):
        with pytest.raises(MalformedCbor):
            decode(whole[:end])
    with pytest.raises(MalformedCbor):
        decode(whole + data.draw(st.binary(min_size=1, max_size=4)))


@given(st.dictionaries(SIGNED_KEYS, SCALARS, min_size=2), st.randoms(use_true_random=False))
def test_the_order_of_a_dict_does_not_matter(value: dict[int, Value], random: Any) -> None:
    """Two dicts that are equal have one encoding, in whatever order they were filled."""
    entries = list(value.items())
    random.shuffle(entries)
    assert encode(dict(entries)) == encode(value)


@pytest.mark.parametrize(
    "value",
    [1.5, {1, 2}, bytearray(b"a"), object(), {"a": 1}, {True: 1}, {None: 1}, {b"a": 1}, [1j]],
    ids=lambda value: type(value).__name__,
)
def test_other_types_are_our_mistake(value: Any) -> None:
    """Encoding a value of another type, or with another key, raises TypeError."""
    with pytest.raises(TypeError):
        encode(value)


@pytest.mark.parametrize(
    "value",
    [2**64, -(2**64) - 1, "e\u0301", "\ud800", [[2**64]], {2**64: 0}],
    ids=ascii,
)
def test_values_out_of_range_are_our_mistake(value: Any) -> None:
    """Encoding a value that no decoder of ours would accept raises ValueError."""
    with pytest.raises(ValueError, match=r"64 bits|normal form|surrogates"):
        encode(value)


def nested(depth: int) -> list[Any]:
    """An array inside an array, so many in all."""
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_depth_is_bounded_on_both_sides() -> None:
    """The deepest value that encodes decodes, and one deeper does neither."""
    assert decode(encode(nested(CBOR_DEPTH_MAX))) == nested(CBOR_DEPTH_MAX)
    with pytest.raises(ValueError, match="too deep"):
        encode(nested(CBOR_DEPTH_MAX + 1))
    with pytest.raises(ValueError, match="too deep"):
        encode({1: nested(CBOR_DEPTH_MAX)})
    with pytest.raises(MalformedCbor):
        decode(b"\x81" * CBOR_DEPTH_MAX + b"\x80")
    with pytest.raises(MalformedCbor):
        decode(b"\xa1\x00" * CBOR_DEPTH_MAX + b"\x80")


def test_items_are_bounded_on_both_sides() -> None:
    """The largest number of items encodes and decodes, and one more does neither."""
    assert decode(encode([0] * 5), items_max=6) == [0] * 5
    with pytest.raises(MalformedCbor):
        decode(encode([0] * 6), items_max=6)
    with pytest.raises(MalformedCbor):
        decode(encode({1: 0, 2: 0, 3: 0}), items_max=6)
    with pytest.raises(ValueError, match="too long"):
        encode([[0] * 1000] * 132)
    with pytest.raises(ValueError, match="too long"):
        encode([dict.fromkeys(range(1000), 0)] * 66)
    assert len(encode([[0] * 1000] * 130)) == 2 + 130 * 1003


def test_a_claimed_length_reserves_nothing() -> None:
    """An array that claims more items than there are bytes is refused at its head."""
    with pytest.raises(MalformedCbor) as refusal:
        decode(b"\x82\x00\x9a\x00\x01\x00\x00", items_max=2**62)
    assert refusal.value.offset == 2


def test_members_of_enumerations_are_their_values() -> None:
    """An IntEnum is written as its number and a StrEnum as its text, as values only."""
    number = enum.IntEnum("number", {"SEVEN": 7, "BIG": 700, "LOW": -3})
    word = enum.StrEnum("word", {"HOLD": "HOLD"})
    mixed = [number.SEVEN, number.BIG, number.LOW, word.HOLD]
    assert encode(mixed) == encode([7, 700, -3, "HOLD"])
    with pytest.raises(TypeError):
        encode({number.SEVEN: 0})


def test_true_is_never_a_number() -> None:
    """True and 1 differ in every place, although Python holds them equal."""
    assert encode([True, 1, False, 0]).hex() == "84f501f400"
    assert [type(item) for item in decode(b"\x82\xf5\x01")] == [bool, int]  # type: ignore[union-attr]


def test_a_refusal_is_their_error() -> None:
    """What a peer's bytes raise is a TheirError that says where the fault is."""
    with pytest.raises(TheirError, match=r"MALFORMED: CBOR at offset 3: a text is not UTF-8"):
        decode(b"\x82\x41\x00\x61\xff")
