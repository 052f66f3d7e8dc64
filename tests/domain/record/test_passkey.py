"""Passkeys: the vectors, and that the maintained library finds the same."""

import json
from typing import Any

import pytest
import webauthn
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import TheirError
from openline.domain.record.passkey import (
    Assertion,
    Why,
    assertion_fault,
    parse_cose_key,
    sign_count,
    write_cose_key,
)
from tests.vectors import make_passkey
from tests.vectors.authenticator import EDDSA, ES256, ORIGIN, RELYING_PARTY, Authenticator

VECTORS = json.loads(make_passkey.FILE.read_text(encoding="utf-8"))
CHALLENGE = bytes.fromhex(VECTORS["challenge"])


def found(one: dict[str, Any]) -> Why | None:
    """What is found of one vector."""
    parts = (one["authenticator_data"], one["client_data"], one["signature"])
    return assertion_fault(
        Assertion(*map(bytes.fromhex, parts)),
        bytes.fromhex(one["key"]),
        [CHALLENGE],
        VECTORS["relying_party"],
        VECTORS["origins"],
        one["count_before"],
    )


def test_vectors_are_as_they_are_made() -> None:
    """The file of vectors is the one that the present program makes."""
    assert json.loads(json.dumps(make_passkey.make())) == VECTORS


@pytest.mark.parametrize("one", VECTORS["assertions"], ids=lambda one: one["name"])
def test_each_assertion_is_found_as_the_vectors_say(one: dict[str, Any]) -> None:
    """An assertion verifies, or is refused for the reason that stands beside it."""
    assert found(one) == one["refused"]


@pytest.mark.parametrize("one", VECTORS["keys_refused"], ids=lambda one: one["name"])
def test_a_key_that_is_unfit_is_refused(one: dict[str, Any]) -> None:
    """A COSE key of another form, algorithm or curve is refused with a typed error."""
    with pytest.raises(TheirError):
        parse_cose_key(bytes.fromhex(one["key"]))
    assertion = Authenticator("officer").assertion(CHALLENGE)
    key = bytes.fromhex(one["key"])
    assert assertion_fault(assertion, key, [CHALLENGE], RELYING_PARTY, [ORIGIN]) is Why.UNKNOWN_KEY


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
def test_a_key_is_written_in_one_way(algorithm: str) -> None:
    """A key that is read is written again to the same bytes."""
    cose = Authenticator("officer", algorithm).cose
    assert write_cose_key(parse_cose_key(cose)) == cose


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
def test_the_maintained_library_agrees(algorithm: str) -> None:
    """py_webauthn takes what the authenticator of the vectors registers and asserts."""
    key = Authenticator("officer", algorithm, count=7)
    made = webauthn.verify_registration_response(
        credential=key.create(CHALLENGE),
        expected_challenge=CHALLENGE,
        expected_rp_id=RELYING_PARTY,
        expected_origin=ORIGIN,
        require_user_verification=True,
    )
    assert made.credential_public_key == key.cose
    used = webauthn.verify_authentication_response(
        credential=key.get(CHALLENGE),
        expected_challenge=CHALLENGE,
        expected_rp_id=RELYING_PARTY,
        expected_origin=ORIGIN,
        credential_public_key=key.cose,
        credential_current_sign_count=made.sign_count,
        require_user_verification=True,
    )
    assert used.new_sign_count == 9


def test_the_counter_is_read_where_it_stands() -> None:
    """The counter is the four bytes behind the flags."""
    key = Authenticator("officer", count=0x01020303)
    assert sign_count(key.assertion(CHALLENGE).authenticator_data) == 0x01020304


@given(st.data())
def test_no_changed_byte_verifies(data: st.DataObject) -> None:
    """An assertion in which any byte is another one is refused, and never with a crash."""
    good = Authenticator("officer").assertion(CHALLENGE)
    parts = [good.authenticator_data, good.client_data, good.signature]
    which = data.draw(st.integers(0, 2))
    place = data.draw(st.integers(0, len(parts[which]) - 1))
    mask = data.draw(st.integers(1, 255))
    spoilt = bytearray(parts[which])
    spoilt[place] ^= mask
    parts[which] = bytes(spoilt)
    cose = Authenticator("officer").cose
    why = assertion_fault(Assertion(*parts), cose, [CHALLENGE], RELYING_PARTY, [ORIGIN])
    assert why is not None
