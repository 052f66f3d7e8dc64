"""Party cards: how parties are introduced, face to face or by courier.

A card is a text file with a party's names, keys and addresses, signed by its
own root keys. That signature shows only that the file is whole; that it is the
right party's is shown by people: both read the fingerprint aloud, as twelve
words, and compare (`docs/spec/understanding.md`, cards). Twelve words are 96
bits: nobody can make another card with the same words.

Where the card gives an address, it is the first one to try; circuits are set
up by each node and addresses change without a new card.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import CARD_SIZE_BYTES_MAX, ENDPOINTS_MAX, ROOTS_MAX
from openline.domain.line.form import (
    NEEDED_LABEL,
    Blob,
    Fault,
    Field,
    Items,
    Record,
    Text,
    Titles,
    Whole,
)
from openline.domain.line.terms import CERTIFICATE, KEYS, ROOTS, check_keys
from openline.domain.line.understanding import (
    ROOT_SIGNATURES,
    RootSignature,
    verify_root_signatures,
)
from openline.domain.line.words import words_of
from openline.domain.party import LABEL, is_party_name
from openline.domain.record import cbor
from openline.domain.record.signing import PublicKeys

SIGNED_PREFIX: Final = b"openline/card/v1\n"
"""Stands before the bytes that a root signs, so that no other use signs the same."""

FINGERPRINT_WORDS: Final = 12

_BEGIN = "-----BEGIN OPENLINE CARD-----"
_END = "-----END OPENLINE CARD-----"
_ROW_CHARS = 64


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address at which a node can be dialled.

    Attributes:
        name: Which circuit, as it stands in the path of a link: `primary`.
        host: A host name or an IP address.
        port: 1 to 65535.
    """

    name: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Card:
    """What one party hands to another at their introduction.

    Attributes:
        party: Its DNS-like name.
        titles: What it is called in each language, ordered by language.
        roots: Ed25519 public keys kept offline, in order.
        threshold: How many of them must sign.
        node: Keys that sign envelopes, heads and ticks.
        witness: Keys that cosign heads seen to be consistent.
        mirror: Keys that cosign heads all of whose entries are held.
        tls: The self-signed certificate of its node, in DER.
        endpoints: Where to dial first, in the order to try, one for each circuit;
            may be empty.
    """

    party: str
    titles: tuple[tuple[str, str], ...]
    roots: tuple[bytes, ...]
    threshold: int
    node: PublicKeys
    witness: PublicKeys
    mirror: PublicKeys
    tls: bytes
    endpoints: tuple[Endpoint, ...] = ()


_CIRCUIT = Text(63, pattern=re.compile(LABEL), example="primary")

_HOST = Text(
    253,
    pattern=re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+"),
    example="line.alpha.example",
)

_ENDPOINT = Record(
    Endpoint,
    (Field(1, "name", _CIRCUIT), Field(2, "host", _HOST), Field(3, "port", Whole(1, 65_535))),
)

_CARD = Record(
    Card,
    (
        Field(1, "party", NEEDED_LABEL),
        Field(2, "titles", Titles()),
        Field(3, "roots", ROOTS),
        Field(4, "threshold", Whole(1, ROOTS_MAX)),
        Field(5, "node", KEYS),
        Field(6, "witness", KEYS),
        Field(7, "mirror", KEYS),
        Field(8, "tls", CERTIFICATE),
        Field(9, "endpoints", Items(_ENDPOINT, ENDPOINTS_MAX)),
    ),
)


@dataclass(frozen=True, slots=True)
class _SignedCard:
    """The card's bytes and the root signatures over them, as in the file."""

    data: bytes
    signatures: tuple[RootSignature, ...]


_SIGNED = Record(
    _SignedCard,
    (Field(1, "data", Blob(1, CARD_SIZE_BYTES_MAX)), Field(2, "signatures", ROOT_SIGNATURES)),
)


def card_bytes(card: Card) -> bytes:
    """The bytes that the party's roots sign; equal cards have equal bytes."""
    return cbor.encode(_CARD.to_value(card))


def sign_card(card: Card, root_public: bytes, sign: Callable[[bytes], bytes]) -> RootSignature:
    """The signature of one root key over the card.

    Args:
        card: The party's own card.
        root_public: The public key of the root.
        sign: Signs a message with it (Ed25519).
    """
    return RootSignature(card.party, root_public, sign(SIGNED_PREFIX + card_bytes(card)))


def format_card(card: Card, signatures: Iterable[RootSignature]) -> str:
    """The card as a text file: base64 between a first and a last row."""
    signed = _SignedCard(card_bytes(card), tuple(sorted(signatures)))
    coded = base64.b64encode(cbor.encode(_SIGNED.to_value(signed))).decode()
    rows = [coded[at : at + _ROW_CHARS] for at in range(0, len(coded), _ROW_CHARS)]
    return "\n".join([_BEGIN, *rows, _END, ""])


def parse_card(text: str) -> Card:
    """The card in a text file, if enough of its own roots have signed it.

    What stands before the first row and after the last is overlooked, and so
    are white space and the form of row ends: mail programs change them.

    Raises:
        TheirError: TOO_LARGE; MALFORMED with what is wrong; BAD_SIGNATURE.
    """
    data = _unwrap(text)
    try:
        signed: _SignedCard = _SIGNED.from_value(cbor.decode(data), "")
        card: Card = _CARD.from_value(cbor.decode(signed.data), "")
        if not is_party_name(card.party):
            raise Fault("party", "is not a party name")
        if card.threshold > len(card.roots):
            raise Fault("threshold", f"is more than the {len(card.roots)} root keys")
        _check_endpoints(card.endpoints)
        roles = {"node": card.node, "witness": card.witness, "mirror": card.mirror}
        check_keys("", card.party, roles, card.roots)
    except Fault as fault:
        raise fault.as_theirs("party card") from None
    _verify(card, signed)
    return card


def _check_endpoints(endpoints: tuple[Endpoint, ...]) -> None:
    """Check that each circuit has one address.

    Of two a node would dial only one, and not say which.

    Raises:
        Fault: A circuit is named twice.
    """
    names = [endpoint.name for endpoint in endpoints]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise Fault(f"endpoints[{number}].name", f"names the circuit {name!r} a second time")


def fingerprint(card: Card) -> bytes:
    """SHA-256 over everything that the roots sign."""
    return hashlib.sha256(SIGNED_PREFIX + card_bytes(card)).digest()


def fingerprint_words(card: Card) -> list[str]:
    """The first twelve bytes of the fingerprint as words to read aloud."""
    return words_of(fingerprint(card)[:FINGERPRINT_WORDS])


def qr_text(card: Card) -> str:
    """What a QR code of the card says: party and fingerprint, to compare a file with.

    The card itself is too large for one code: its post-quantum keys alone have
    3,936 bytes.
    """
    return f"OPENLINE-CARD:1:{card.party}:{fingerprint(card).hex()}"


def _unwrap(text: str) -> bytes:
    """The bytes between the first and the last row."""
    if len(text) > CARD_SIZE_BYTES_MAX:
        raise TheirError(Reason.TOO_LARGE, f"a party card has {len(text)} characters")
    inside, end, _ = text.partition(_BEGIN)[2].partition(_END)
    if not end or text.count(_BEGIN) != 1 or text.count(_END) != 1:
        raise TheirError(Reason.MALFORMED, "party card: there is not just one card in the file")
    try:
        return base64.b64decode("".join(inside.split()), validate=True)
    except (binascii.Error, ValueError):
        raise TheirError(Reason.MALFORMED, "party card: it is not in base64") from None


def _verify(card: Card, signed: _SignedCard) -> None:
    for one in signed.signatures:
        if one.party != card.party:
            raise TheirError(Reason.BAD_SIGNATURE, f"the card is signed for {one.party!r}")
    count = verify_root_signatures(SIGNED_PREFIX + signed.data, card.roots, signed.signatures)
    if count < card.threshold:
        raise TheirError(
            Reason.BAD_SIGNATURE,
            f"the card of {card.party} has {count} of {card.threshold} root signatures",
        )
