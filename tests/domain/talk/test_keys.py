from dataclasses import replace

import pytest

from openline.domain.errors import Reason, TheirError
from openline.domain.line.templates import template_understanding
from openline.domain.line.terms import PartyTerms
from openline.domain.line.understanding import RootSignature
from openline.domain.talk.body import By
from openline.domain.talk.keys import (
    Epoch,
    KeyChange,
    KeyRevoke,
    KeyRole,
    epoch_message,
    key_change_message,
    key_revoke_message,
    verify_epoch,
    verify_key_change,
    verify_key_revoke,
)
from tests.domain.line.parties import ed25519_key, public, role_keys, roots, two_cards

ORIGIN = "alpha.example/syria-air/out"
BY = By("chief", "Col Jones")
NEW = "new node of alpha"


def alpha() -> PartyTerms:
    """The terms of alpha.example, of which both roots must sign."""
    return template_understanding("air", "syria-air", two_cards()).party("alpha.example")


def change_at(index: int) -> KeyChange:
    """A change of the node key, proven for one place."""
    keys = role_keys(NEW)
    message = key_change_message(ORIGIN, index, KeyRole.NODE, keys)
    return KeyChange(BY, KeyRole.NODE, keys, None, ed25519_key(NEW).sign(message))


def root_signatures(message: bytes, count: int = 2) -> tuple[RootSignature, ...]:
    """Signatures of alpha's roots over a message."""
    chosen = roots("alpha.example")[:count]
    return tuple(RootSignature("alpha.example", public(key), key.sign(message)) for key in chosen)


def revocation(count: int = 2) -> KeyRevoke:
    """A revocation of the node key from entry 5 on, signed by so many roots."""
    revoke = KeyRevoke(BY, KeyRole.NODE, bytes(8), 5, "Lost.", keys=role_keys(NEW))
    return replace(revoke, signatures=root_signatures(key_revoke_message(ORIGIN, revoke), count))


def epoch(count: int = 2, origin: str = f"{ORIGIN}/2") -> Epoch:
    """A second outbox of alpha, signed by so many roots."""
    keys = (role_keys(NEW), role_keys("new witness of alpha"), role_keys("new mirror of alpha"))
    opened = Epoch(BY, origin, 17, bytes(32), "The disk was lost.", bytes(32), *keys, b"\x30")
    return replace(opened, signatures=root_signatures(epoch_message(opened), count))


def test_a_change_is_proven_by_the_new_key() -> None:
    """The new key's signature over its place in the outbox verifies."""
    verify_key_change(change_at(9), ORIGIN, 9)


@pytest.mark.parametrize(
    ("origin", "index"), [(ORIGIN, 10), ("alpha.example/other/out", 9), (f"{ORIGIN}/2", 9)]
)
def test_a_proof_holds_for_one_place_only(origin: str, index: int) -> None:
    """A change that is moved to another entry or outbox does not verify."""
    with pytest.raises(TheirError) as error:
        verify_key_change(change_at(9), origin, index)
    assert error.value.reason is Reason.BAD_SIGNATURE


def test_a_proof_holds_for_one_role_only() -> None:
    """A node key's proof does not make it a witness key."""
    with pytest.raises(TheirError) as error:
        verify_key_change(replace(change_at(9), role=KeyRole.WITNESS), ORIGIN, 9)
    assert error.value.reason is Reason.BAD_SIGNATURE


def test_a_certificate_changes_without_a_proof() -> None:
    """A TLS change carries a certificate and nothing else, and then verifies."""
    change = KeyChange(BY, KeyRole.TLS, None, b"certificate")
    verify_key_change(change, ORIGIN, 9)
    for wrong in (
        replace(change, proof=bytes(64)),
        replace(change, tls=None),
        replace(change, keys=role_keys(NEW)),
        replace(change, role=KeyRole.MIRROR),
        replace(change_at(9), keys=None),
        replace(change_at(9), tls=b"certificate"),
    ):
        with pytest.raises(TheirError) as error:
            verify_key_change(wrong, ORIGIN, 9)
        assert error.value.reason is Reason.MALFORMED


def test_a_revocation_by_enough_roots_verifies() -> None:
    """Two of two roots may revoke; one of two may not."""
    verify_key_revoke(revocation(), ORIGIN, alpha())
    with pytest.raises(TheirError, match="has 1 of 2 root signatures"):
        verify_key_revoke(revocation(1), ORIGIN, alpha())


@pytest.mark.parametrize(
    "wrong",
    [
        replace(revocation(), from_index=4),
        replace(revocation(), revoked=bytes(7) + b"x"),
        replace(revocation(), role=KeyRole.WITNESS),
        replace(revocation(), keys=role_keys("another key")),
    ],
)
def test_a_revocation_that_was_altered_does_not_verify(wrong: KeyRevoke) -> None:
    """The roots sign what is revoked, from where on, and what takes its place."""
    with pytest.raises(TheirError) as error:
        verify_key_revoke(wrong, ORIGIN, alpha())
    assert error.value.reason is Reason.BAD_SIGNATURE


def test_a_revocation_holds_for_one_outbox_only() -> None:
    """The same revocation on another line does not verify."""
    with pytest.raises(TheirError, match="does not verify"):
        verify_key_revoke(revocation(), "alpha.example/other/out", alpha())


def test_another_partys_root_revokes_nothing() -> None:
    """A signature under another party's name is refused, however many there are."""
    wrong = replace(revocation(), signatures=(RootSignature("bravo", bytes(32), bytes(64)),))
    with pytest.raises(TheirError, match=r"another party than alpha\.example"):
        verify_key_revoke(wrong, ORIGIN, alpha())


def test_an_epoch_by_enough_roots_verifies() -> None:
    """Two of two roots open a new outbox of their own party, one does not."""
    verify_epoch(epoch(), alpha())
    with pytest.raises(TheirError, match="1 of 2"):
        verify_epoch(epoch(1), alpha())
    with pytest.raises(TheirError, match="does not verify"):
        verify_epoch(replace(epoch(), previous_size=16), alpha())


@pytest.mark.parametrize(
    "origin",
    [
        ORIGIN,
        "alpha.example/syria-air/journal/2",
        "bravo.example/syria-air/out/2",
        "alpha.example/syria-air/out/02",
        "nothing",
    ],
)
def test_an_epoch_names_a_later_outbox_of_the_party(origin: str) -> None:
    """A first outbox, a journal, another party's or no origin at all is refused."""
    with pytest.raises(TheirError) as error:
        verify_epoch(epoch(origin=origin), alpha())
    assert error.value.reason is Reason.MALFORMED
