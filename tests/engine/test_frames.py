"""Frames: each comes back as it was, and no bytes are anything but a frame or an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import FRAME_ENTRIES_MAX, FRAME_SIZE_BYTES_MAX, PROOF_HASHES_MAX
from openline.domain.record import cbor
from openline.engine.frames import (
    Entries,
    Frame,
    Hello,
    JournalHead,
    Probe,
    ProbeReply,
    Pull,
    Receipt,
    Refusal,
    TickSent,
    UnderstandingShown,
    Urgent,
    decode_frame,
    encode_frame,
    is_bulk,
    is_refusal,
)
from openline.engine.ports import StoredEntry
from tests.engine.parties import ALPHA, LINE

OUT = f"{ALPHA}/{LINE}/out"
HASH = bytes(range(32))
ENTRY = StoredEntry(b"raw", b"content")

EXAMPLES: list[Frame] = [
    Hello(1, LINE, HASH, (), 0, ""),
    Hello(1, LINE, HASH, ("head", "journal"), 2**63 - 1, "tick"),
    Entries(OUT, 0, (ENTRY,), "head"),
    Entries(OUT, 2**63 - 1, (ENTRY,) * FRAME_ENTRIES_MAX, "head"),
    Receipt(OUT, 3, ""),
    Receipt(f"{OUT}/2", 3, "rows\n"),
    TickSent("note"),
    Urgent(ENTRY, (), "head"),
    Urgent(ENTRY, (HASH,) * PROOF_HASHES_MAX, "head"),
    Pull(OUT, 7),
    JournalHead("head", 4, (HASH,)),
    Probe(0),
    ProbeReply(1, 2, 3),
    Refusal("MALFORMED", "what"),
    Refusal("OF_A_LATER_VERSION", ""),
    UnderstandingShown(b"signed"),
]

numbers = st.integers(0, 2**63 - 1)
words = st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=60)
hashes = st.binary(min_size=32, max_size=32)
entries = st.builds(StoredEntry, st.binary(max_size=80), st.binary(max_size=80))
origins = st.sampled_from([OUT, f"{OUT}/2", f"{ALPHA}/{LINE}/journal"])
some_frames: st.SearchStrategy[Frame] = st.one_of(
    st.builds(
        Hello, numbers, words, hashes, st.lists(words, max_size=2).map(tuple), numbers, words
    ),
    st.builds(
        Entries, origins, numbers, st.lists(entries, min_size=1, max_size=5).map(tuple), words
    ),
    st.builds(Receipt, origins, numbers, words),
    st.builds(TickSent, words),
    st.builds(Urgent, entries, st.lists(hashes, max_size=5).map(tuple), words),
    st.builds(Pull, origins, numbers),
    st.builds(JournalHead, words, numbers, st.lists(hashes, max_size=5).map(tuple)),
    st.builds(Probe, numbers),
    st.builds(ProbeReply, numbers, numbers, numbers),
    st.builds(Refusal, words.map(lambda text: text[:32]), words),
    st.builds(UnderstandingShown, st.binary(max_size=80)),
)


@pytest.mark.parametrize("frame", EXAMPLES, ids=lambda frame: type(frame).__name__)
def test_examples_come_back(frame: Frame) -> None:
    """Each sort of frame, also at its bounds, is decoded to what was encoded."""
    assert decode_frame(encode_frame(frame)) == frame


@given(some_frames)
def test_frames_come_back(frame: Frame) -> None:
    """Any frame is decoded to what was encoded, and has one encoding."""
    data = encode_frame(frame)
    assert decode_frame(data) == frame
    assert encode_frame(decode_frame(data)) == data


@given(st.binary(max_size=200))
def test_any_bytes_are_judged(data: bytes) -> None:
    """Any bytes are a frame or a typed error, never anything else."""
    try:
        frame = decode_frame(data)
    except TheirError:
        return
    assert decode_frame(encode_frame(frame)) == frame


@given(some_frames, st.integers(0, 10_000), st.integers(0, 7), st.binary(max_size=3))
def test_changed_frames_are_judged(frame: Frame, place: int, bit: int, more: bytes) -> None:
    """A frame with a bit flipped, cut short, or with bytes after it is a frame or a typed error."""
    data = bytearray(encode_frame(frame))
    place %= len(data)
    whole = bytes(data)
    data[place] ^= 1 << bit
    for changed in (bytes(data), whole[:place], whole + (more or b"\0")):
        try:
            decode_frame(changed)
        except TheirError:
            continue
        assert changed == bytes(data), "only a changed frame can still be one"


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(0, 2**63), st.binary(max_size=4), words),
        lambda inner: st.lists(inner, max_size=4),
        max_leaves=10,
    )
)
def test_any_value_is_judged(value: cbor.Value) -> None:
    """Any value at all in the place of a frame is a frame or a typed error."""
    for number in range(13):
        for fields in ([number, value], [number, *([value] * 6)], value):
            try:
                decode_frame(cbor.encode(fields))
            except TheirError:
                continue


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([2, OUT, 0, [], "head"], Reason.MALFORMED),
        ([2, "no origin", 0, [b"", b""], "head"], Reason.MALFORMED),
        ([2, OUT, True, [b"", b""], "head"], Reason.MALFORMED),
        ([2, OUT, 2**63, [b"", b""], "head"], Reason.MALFORMED),
        ([2, OUT, 0, ["", ""], "head"], Reason.MALFORMED),
        ([1, 1, LINE, b"short", [], 0, ""], Reason.MALFORMED),
        ([1, 1, LINE, HASH, ["", "", ""], 0, ""], Reason.MALFORMED),
        ([1, 1, LINE, HASH, [1], 0, ""], Reason.MALFORMED),
        ([5, b"", b"", [HASH] * 64, ""], Reason.MALFORMED),
        ([5, b"", b"", [b"short"], ""], Reason.MALFORMED),
        ([True, 1], Reason.MALFORMED),
        ([], Reason.MALFORMED),
        ([0], Reason.VERSION),
        ([12], Reason.VERSION),
    ],
)
def test_wrong_fields_are_named(value: cbor.Value, reason: Reason) -> None:
    """A frame whose fields are not as they must be is refused with the right reason."""
    with pytest.raises(TheirError) as caught:
        decode_frame(cbor.encode(value))
    assert caught.value.reason is reason


def test_the_size_is_judged_first() -> None:
    """A frame beyond the bound is refused before any of it is parsed."""
    with pytest.raises(TheirError) as caught:
        decode_frame(b"\xff" * (FRAME_SIZE_BYTES_MAX + 1))
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("frame", EXAMPLES, ids=lambda frame: type(frame).__name__)
def test_what_a_frame_is_shows_in_its_first_bytes(frame: Frame) -> None:
    """Frames of entries and refusals are told from the others without parsing them."""
    data = encode_frame(frame)
    assert is_bulk(data) is isinstance(frame, Entries)
    assert is_refusal(data) is isinstance(frame, Refusal)
