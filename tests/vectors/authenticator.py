"""A software authenticator and its browser: for vectors and tests, never for a person.

Its keys follow from a word, and its ES256 signatures are those of RFC 6979, so that an
assertion can be made again, byte for byte. What it registers has no attestation.
"""

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openline.domain.record.passkey import Assertion, write_cose_key

ES256 = "ES256"
EDDSA = "EdDSA"
ORIGIN = "https://officers.alpha.example"
RELYING_PARTY = "officers.alpha.example"

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def base64url(data: bytes) -> str:
    """Bytes as browsers write them."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def client_data(sort: str, challenge: bytes, origin: str, more: str = "") -> bytes:
    """What a browser writes around a challenge."""
    text = json.dumps(origin, ensure_ascii=False)
    return (
        f'{{"type":"{sort}","challenge":"{base64url(challenge)}","origin":{text},'
        f'"crossOrigin":false{more}}}'
    ).encode()


@dataclass
class Authenticator:
    """One passkey.

    Attributes:
        word: From which the key follows.
        algorithm: ES256 or EdDSA.
        relying_party: For which it was made.
        origin: The page on which it is used.
        count: How often it has signed; None if it does not count.
    """

    word: str
    algorithm: str = ES256
    relying_party: str = RELYING_PARTY
    origin: str = ORIGIN
    count: int | None = None
    credential: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.credential = sha256(f"{self.word} credential".encode()).digest()
        seed = sha256(f"{self.word} {self.algorithm}".encode()).digest()
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(seed)
        self._p256 = ec.derive_private_key(int.from_bytes(seed) >> 1, ec.SECP256R1())

    @property
    def cose(self) -> bytes:
        """The public key in COSE."""
        key = self._p256 if self.algorithm == ES256 else self._ed25519
        return write_cose_key(key.public_key())

    def sign(self, data: bytes) -> bytes:
        """A signature; the same each time."""
        if self.algorithm == EDDSA:
            return self._ed25519.sign(data)
        return self._p256.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))

    def data(self, flags: int, more: bytes = b"") -> bytes:
        """Data of the authenticator."""
        if self.count is not None:
            self.count += 1
        head = sha256(self.relying_party.encode()).digest() + bytes([flags])
        return head + (self.count or 0).to_bytes(4) + more

    def assertion(
        self, challenge: bytes, flags: int = PRESENT | VERIFIED, more: str = ""
    ) -> Assertion:
        """What it gives for a challenge."""
        shown = client_data("webauthn.get", challenge, self.origin, more)
        data = self.data(flags)
        return Assertion(data, shown, self.sign(data + sha256(shown).digest()))

    def get(self, challenge: bytes) -> dict[str, Any]:
        """What a page hands on after `navigator.credentials.get`."""
        made = self.assertion(challenge)
        return self._credential(
            {
                "authenticatorData": base64url(made.authenticator_data),
                "clientDataJSON": base64url(made.client_data),
                "signature": base64url(made.signature),
            }
        )

    def create(self, challenge: bytes) -> dict[str, Any]:
        """What a page hands on after `navigator.credentials.create`."""
        attested = bytes(16) + len(self.credential).to_bytes(2) + self.credential + self.cose
        data = self.data(PRESENT | VERIFIED | ATTESTED, attested)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        shown = client_data("webauthn.create", challenge, self.origin)
        return self._credential(
            {
                "attestationObject": base64url(attestation),
                "clientDataJSON": base64url(shown),
                "transports": ["internal"],
            }
        )

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = base64url(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}
