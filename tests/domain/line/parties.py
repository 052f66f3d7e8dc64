"""Two parties with keys that are the same in every run, for tests of the line."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from openline.domain.line.card import Card, Endpoint, format_card, sign_card
from openline.domain.line.understanding import RootSignature, sign_understanding
from openline.domain.record.signing import PublicKeys

PARTIES = ("alpha.example", "bravo.example")
_TITLES = {
    "alpha.example": (("ar", "القوة ألف"), ("en", "Alpha"), ("ru", "Альфа")),
    "bravo.example": (("en", "Bravo"), ("ru", "Браво")),
}


def ed25519_key(name: str) -> Ed25519PrivateKey:
    """An Ed25519 key that follows from a name."""
    return Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b".")[:32])


@cache
def role_keys(name: str) -> PublicKeys:
    """The public keys of a role that follow from a name."""
    seed = name.encode().ljust(32, b"!")[:32]
    return PublicKeys(
        ed25519_key(name).public_key().public_bytes_raw(),
        MLDSA44PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw(),
    )


def public(key: Ed25519PrivateKey) -> bytes:
    """The public key of a key."""
    return key.public_key().public_bytes_raw()


def roots(party: str) -> list[Ed25519PrivateKey]:
    """The two root keys of a party, in order of their public keys."""
    return sorted((ed25519_key(f"{n} root of {party}") for n in (1, 2)), key=public)


@cache
def card_of(party: str, threshold: int = 2) -> Card:
    """The party's card; both of its root keys must sign."""
    return Card(
        party=party,
        titles=_TITLES[party],
        roots=tuple(public(key) for key in roots(party)),
        threshold=threshold,
        node=role_keys(f"node of {party}"),
        witness=role_keys(f"witness of {party}"),
        mirror=role_keys(f"mirror of {party}"),
        tls=f"certificate of {party}".encode(),
        endpoints=(Endpoint("primary", "127.0.0.1", 4_000),),
    )


def two_cards() -> list[Card]:
    """The cards of both parties."""
    return [card_of(party) for party in PARTIES]


def signed_card(party: str) -> str:
    """The card file of a party, signed by both root keys."""
    card = card_of(party)
    return format_card(card, [sign_card(card, public(key), key.sign) for key in roots(party)])


def signatures_of(party: str, data: bytes) -> list[RootSignature]:
    """The party's root signatures over an Understanding."""
    return [sign_understanding(data, party, public(key), key.sign) for key in roots(party)]
