"""The short form of an entry: what is put back gives the very bytes that were signed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import TheirError
from openline.domain.record import cbor
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.envelope import (
    Envelope,
    Header,
    check_content,
    make_content,
    seal_envelope,
    verify_envelope,
)
from openline.domain.record.short_form import lengthen, short_size, shorten
from openline.domain.record.signing import key_id
from tests.vectors.signers import SeedSigner

ALPHA, BRAVO, LINE = "alpha.example", "bravo.example", "syria-air"
NAMES = (ALPHA, BRAVO)
SIGNER = SeedSigner("node")
ROOT = bytes(range(32))


def root_of(party: str, epoch: int, size: int) -> bytes:
    """The roots that the receiver holds: one, of its own outbox at size 7."""
    if (party, epoch, size) != (BRAVO, 1, 7):
        raise LookupError
    return ROOT


def sealed(
    index: int = 12,
    reply_to: tuple[str, int] | None = (BRAVO, 3),
    precedence: int = 3,
    body: dict[int, object] | None = None,
) -> tuple[Envelope, bytes]:
    """A signed message of Alpha's, which had seven of Bravo's."""
    head = Checkpoint(f"{BRAVO}/{LINE}/out", 7, ROOT)
    header = Header(
        ALPHA, LINE, 18, index, 1_491_528_000_123, (head,), reply_to, precedence, (BRAVO,)
    )
    content = make_content(bytes(16), body or {0: ["air-desk", "Maj. A. Petrov"], 1: 2})  # type: ignore[arg-type]
    return seal_envelope(header, content, SIGNER), content


def restored(short: bytes) -> tuple[Envelope, bytes]:
    """What the receiver makes of a short form."""
    return lengthen(short, ALPHA, LINE, NAMES, key_id(SIGNER.public.ed25519), root_of)


@given(
    st.integers(0, 2**32), st.none() | st.just((ALPHA, 2)) | st.just((BRAVO, 3)), st.integers(0, 3)
)
def test_the_short_form_gives_the_signed_bytes_again(
    index: int, reply_to: tuple[str, int] | None, precedence: int
) -> None:
    """The entry comes back byte for byte, and its signature verifies."""
    envelope, content = sealed(index, reply_to, precedence)
    short = shorten(envelope, content, NAMES)
    again, same = restored(short)
    assert (again.raw, same) == (envelope.raw, content)
    verify_envelope(again, SIGNER.public.ed25519)
    check_content(again, same)


@given(st.binary(max_size=60), st.integers(0, 2**32 - 1))
def test_the_size_is_known_before_a_message_is_sealed(words: bytes, index: int) -> None:
    """No short form is longer than was said of its body."""
    body: dict[int, object] = {0: ["air-desk", "Maj. A. Petrov"], 1: words}
    envelope, content = sealed(index, body=body)
    size = len(shorten(envelope, content, NAMES))
    assert size <= short_size(body, NAMES) <= size + 60  # type: ignore[arg-type]


def test_the_whole_entry_is_half_as_long_again() -> None:
    """What is left out is what the receiver has: over 200 bytes of envelope on this line."""
    envelope, content = sealed()
    short = shorten(envelope, content, NAMES)
    assert len(envelope.raw) + len(content) - len(short) > 200


def take(short: bytes) -> None:
    """Take a short form in as a receiver does: restored, then verified."""
    envelope, content = restored(short)
    verify_envelope(envelope, SIGNER.public.ed25519)
    check_content(envelope, content)


@pytest.mark.parametrize("place", range(10))
def test_a_changed_short_form_does_not_verify(place: int) -> None:
    """Whichever part is changed, it is refused: by its form or by the signature."""
    envelope, content = sealed()
    value = cbor.decode(shorten(envelope, content, NAMES))
    assert isinstance(value, list)
    other = {0: 17, 1: 13, 2: 5, 3: [], 4: None, 5: 2, 6: [0], 7: 2}
    value[place] = other.get(place, bytes(64))
    with pytest.raises(TheirError):
        take(cbor.encode(value))


_VALUES = st.recursive(
    st.none() | st.integers(-3, 2**64 - 1) | st.binary(max_size=4) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)


@given(st.lists(_VALUES, min_size=9, max_size=11) | _VALUES)
def test_no_bytes_make_the_reader_of_short_forms_fail(value: object) -> None:
    """What is no short form is refused as a counterpart's fault."""
    with pytest.raises(TheirError):
        restored(cbor.encode(value))  # type: ignore[arg-type]
