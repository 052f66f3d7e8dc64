import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OpenlineError, Reason, TheirError
from openline.domain.line.card import (
    Card,
    Endpoint,
    card_bytes,
    fingerprint,
    fingerprint_words,
    format_card,
    parse_card,
    qr_text,
    sign_card,
)
from openline.domain.line.words import WORDS
from tests.domain.line.parties import card_of, ed25519_key, public, role_keys, roots, signed_card

ALPHA = "alpha.example"
BEGIN = "-----BEGIN OPENLINE CARD-----"


def signed(card: Card, count: int = 2) -> str:
    """The file of a card, signed by so many of alpha's roots."""
    return format_card(
        card, [sign_card(card, public(key), key.sign) for key in roots(ALPHA)[:count]]
    )


END = "-----END OPENLINE CARD-----"
INSIDE_OUT = END + signed_card(ALPHA).replace(END, "")
"""A card whose last row stands before its first."""


def test_a_card_comes_back_from_its_file() -> None:
    """A card that its roots have signed is read back equal."""
    assert parse_card(signed_card(ALPHA)) == card_of(ALPHA)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: f"Dear colleague,\n\n{text}\nYours\n",
        lambda text: text.replace("\n", "\n  "),
        lambda text: text.replace("\n", "").replace(BEGIN, f"{BEGIN}\n"),
    ],
)
def test_what_mail_does_to_a_file_does_no_harm(change: Callable[[str], str]) -> None:
    """Row ends, indents and words around the card are overlooked."""
    assert parse_card(change(signed_card(ALPHA))) == card_of(ALPHA)


def test_one_root_of_two_is_not_enough() -> None:
    """A card with fewer signatures than its threshold is refused with the count."""
    with pytest.raises(TheirError, match=r"alpha\.example has 1 of 2 root signatures") as error:
        parse_card(signed(card_of(ALPHA), 1))
    assert error.value.reason is Reason.BAD_SIGNATURE


def test_a_stranger_cannot_sign_a_card() -> None:
    """A signature by a key that is no root of the card is refused."""
    card = card_of(ALPHA)
    stranger = ed25519_key("stranger")
    text = format_card(card, [sign_card(card, public(stranger), stranger.sign)])
    with pytest.raises(TheirError, match="is by no root key of that party"):
        parse_card(text)


def test_a_signature_for_another_party_is_refused() -> None:
    """Signatures that name another party than the card's are refused."""
    card = card_of(ALPHA)
    ours = [sign_card(card, public(key), key.sign) for key in roots(ALPHA)]
    with pytest.raises(TheirError, match=r"signed for 'bravo\.example'"):
        parse_card(format_card(card, [replace(one, party="bravo.example") for one in ours]))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"party": "Not A Name"}, "party is not a party name"),
        ({"threshold": 3}, "threshold is more than the 2 root keys"),
        ({"mirror": role_keys(f"node of {ALPHA}")}, "uses the key that serves as node"),
        ({"node": role_keys(f"1 root of {ALPHA}")}, "uses the key that serves as roots"),
        ({"tls": b""}, "tls has 0 bytes"),
        ({"roots": ()}, "roots has 0 entries"),
        ({"endpoints": (Endpoint("second_line", "127.0.0.1", 1),)}, "endpoints[0].name is not"),
        ({"endpoints": (Endpoint("a" * 64, "127.0.0.1", 1),)}, "endpoints[0].name has 64"),
        ({"endpoints": (Endpoint("1", "line..", 1),)}, "endpoints[0].host is not"),
        (
            {"endpoints": (Endpoint("1", "a", 1), Endpoint("2", "a", 1), Endpoint("1", "b", 1))},
            "endpoints[2].name names the circuit '1' a second time",
        ),
    ],
)
def test_an_unsound_card_is_refused_even_when_signed(change: dict[str, object], told: str) -> None:
    """A card with a fault in it is refused with the fault, whoever signed it."""
    card = replace(card_of(ALPHA), **change)  # type: ignore[arg-type]
    with pytest.raises(TheirError) as error:
        parse_card(signed(card))
    assert told in str(error.value)


def test_a_key_of_low_order_is_refused() -> None:
    """A card whose node key would let its owner deny what it signs is refused."""
    card = card_of(ALPHA)
    weak = replace(card, node=replace(card.node, ed25519=bytes(32)))
    with pytest.raises(TheirError, match="is of low order"):
        parse_card(signed(weak))


@pytest.mark.parametrize(
    "text", ["", BEGIN, "hello", signed_card(ALPHA) * 2, "x" * 70_000, INSIDE_OUT]
)
def test_a_file_without_just_one_card_is_refused(text: str) -> None:
    """No card, half a card, two cards or too much text is refused by its reason."""
    with pytest.raises(TheirError) as error:
        parse_card(text)
    assert error.value.reason in (Reason.MALFORMED, Reason.TOO_LARGE)


@given(st.integers(0, 5_000), st.integers(1, 255))
def test_every_altered_byte_is_found(at: int, flip: int) -> None:
    """A card with any one byte altered is refused with a typed error."""
    rows = signed_card(ALPHA).splitlines()
    data = bytearray(base64.b64decode("".join(rows[1:-1])))
    data[at % len(data)] ^= flip
    text = f"{rows[0]}\n{base64.b64encode(data).decode()}\n{rows[-1]}\n"
    with pytest.raises(OpenlineError):
        parse_card(text)


@given(st.text(max_size=200), st.integers(0, 6_000))
def test_any_text_inside_gives_the_card_or_a_typed_error(text: str, at: int) -> None:
    """Whatever is put into a card file, it gives the same card or the typed error."""
    whole = signed_card(ALPHA)
    at %= len(whole)
    try:
        card = parse_card(whole[:at] + text + whole[at:])
    except TheirError:
        return
    assert card == card_of(ALPHA)


def test_the_fingerprint_covers_all_that_is_signed() -> None:
    """Cards that differ in anything have other fingerprints and other words."""
    card = card_of(ALPHA)
    others = [
        replace(card, endpoints=()),
        replace(card, threshold=1),
        replace(card, tls=b"another"),
        card_of("bravo.example"),
    ]
    assert len({fingerprint(one) for one in [card, *others]}) == 5
    assert len({tuple(fingerprint_words(one)) for one in [card, *others]}) == 5


def test_the_words_are_the_first_twelve_bytes_of_the_fingerprint() -> None:
    """Twelve words stand for the first 96 bits of the SHA-256."""
    card = card_of(ALPHA)
    digest = hashlib.sha256(b"openline/card/v1\n" + card_bytes(card)).digest()
    assert bytes(map(WORDS.index, fingerprint_words(card))) == digest[:12]
    assert qr_text(card) == f"OPENLINE-CARD:1:alpha.example:{digest.hex()}"
