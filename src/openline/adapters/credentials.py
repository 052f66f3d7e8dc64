"""What proves who somebody is: passwords, second factors, passkeys.

Passwords are kept as Argon2id (`argon2-cffi`, RFC 9106), second factors are time-based
codes of six digits (`pyotp`, RFC 6238), passkeys are registered and used by Web
Authentication (`webauthn`). Nothing is kept here, and no name is known.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyotp
import segno
import webauthn
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from openline.domain.errors import OurError, TheirError
from openline.domain.limits import PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN
from openline.domain.record.passkey import parse_cose_key

_HASHER: Final = PasswordHasher()
"""Argon2id with the library's defaults: RFC 9106, low memory."""

_NOBODYS_HASH: Final = _HASHER.hash("a password that nobody has")
"""Is checked for names that nobody has, so that they cannot be told by time."""

_STEP_S: Final = 30
_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
]


def hash_password(password: str, known: Iterable[str] = ()) -> str:
    """The hash by which a password is kept; takes 0.1 s or more.

    Args:
        password: As it was typed.
        known: Names that everybody here knows: of the party, its posts, the person.

    Raises:
        OurError: It is too short or too long, one letter over and over, or hardly more
            than words that everybody here knows.
    """
    if not PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX or len(set(password)) < 5:
        raise OurError(
            f"The password has not {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters, "
            "or hardly two that differ.",
            "Take four or more words that have nothing to do with each other.",
        )
    if _chars_besides(password, known) < PASSWORD_CHARS_MIN:
        raise OurError(
            "The password is hardly more than words that everybody here knows.",
            "Take four or more words that have nothing to do with each other.",
        )
    return _HASHER.hash(password)


def _chars_besides(password: str, known: Iterable[str]) -> int:
    """How many characters are left of a password without words that everybody knows."""
    words = re.findall(r"\w{4,}", " ".join(("openline", *known)).casefold())
    left = password.casefold()
    # The longest first, so that no word is hidden by a shorter one within it.
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return len(left)


def is_password(kept: str, password: str) -> bool:
    """Whether a password is the one whose hash is kept; takes as long without a hash."""
    # What is longer than any may be is compared as what none is: nothing is cut off.
    tried = password if len(password) <= PASSWORD_CHARS_MAX else ""
    try:
        _HASHER.verify(kept or _NOBODYS_HASH, tried)
    except (Argon2Error, InvalidHashError):
        return False
    return bool(kept)


def new_secret() -> str:
    """The secret of a new second factor, in base32."""
    return pyotp.random_base32()


def secret_uri(secret: str, name: str, party: str) -> str:
    """The address that an authenticator program reads, from a QR code or as text."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=f"Openline {party}")


def secret_picture(uri: str) -> str:
    """The QR code of such an address, as the address of a picture that a page shows."""
    return segno.make(uri, error="m").png_data_uri(scale=5, border=4)


def step_of_code(secret: str, code: str, at_ms: int, after: int = 0) -> int | None:
    """The time step of a code: this one, or one beside it; None if it is none.

    Args:
        secret: In base32.
        code: Six digits.
        at_ms: The present instant.
        after: The last step that was used: codes up to it serve no more.
    """
    if not secret or len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    factor = pyotp.TOTP(secret)
    now = at_ms // 1_000 // _STEP_S
    found = [
        step for step in (now - 1, now, now + 1)
        if pyotp.utils.strings_equal(factor.at(step * _STEP_S), code)
    ]  # fmt: skip
    fresh = [step for step in found if step > after]
    return min(fresh, default=None)


@dataclass(frozen=True, slots=True)
class Registered:
    """A passkey that was registered.

    Attributes:
        credential: Its id.
        cose: Its public key.
        count: Its counter.
    """

    credential: bytes
    cose: bytes
    count: int


def registration_options(
    relying_party: str, party: str, name: str, user: bytes, known: Sequence[bytes], challenge: bytes
) -> dict[str, Any]:
    """What a page hands to `navigator.credentials.create`."""
    options = webauthn.generate_registration_options(
        rp_id=relying_party,
        rp_name=f"Openline {party}",
        user_name=name,
        user_id=user,
        user_display_name=name,
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        supported_pub_key_algs=_ALGORITHMS,
    )
    shown: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return shown


def request_options(relying_party: str, known: Sequence[bytes], challenge: bytes) -> dict[str, Any]:
    """What a page hands to `navigator.credentials.get`."""
    options = webauthn.generate_authentication_options(
        rp_id=relying_party,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    shown: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return shown


def registered(
    credential: dict[str, Any], challenge: bytes, relying_party: str, origin: str
) -> Registered:
    """The passkey of what a page got from `navigator.credentials.create`.

    Raises:
        OurError: It does not verify, or its key is of no sort that is taken.
    """
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party,
            expected_origin=origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
        parse_cose_key(made.credential_public_key)
    except TheirError as error:
        raise OurError(f"The passkey cannot be used: {error.what}.", "Use another one.") from None
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise _not_verified(error) from None
    return Registered(made.credential_id, made.credential_public_key, made.sign_count)


def used(
    credential: dict[str, Any],
    challenge: bytes,
    relying_party: str,
    origin: str,
    cose: bytes,
    count: int,
) -> int:
    """The new counter of a passkey, from what `navigator.credentials` gave.

    Raises:
        OurError: It does not verify.
    """
    try:
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party,
            expected_origin=origin,
            credential_public_key=cose,
            credential_current_sign_count=count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise _not_verified(error) from None
    return found.new_sign_count


def _not_verified(error: Exception) -> OurError:
    says = " ".join(str(error).split())[:200]
    return OurError(f"The passkey does not verify: {says}", "Reload the page and try again.")
