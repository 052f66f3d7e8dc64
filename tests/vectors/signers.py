"""Signers whose keys come from a seed: for vectors and tests, never for a node.

A real key has no seed that anybody has read. These have, so that a vector can
be made again, by this program or by another one.
"""

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from openline.domain.record.signing import PublicKeys


class SeedSigner:
    """A signer whose two private keys follow from a word.

    Attributes:
        ed25519_seed: SHA-256 of the word, ` ` and `ed25519` (RFC 8032 private key).
        mldsa44_seed: SHA-256 of the word, ` ` and `mldsa44` (FIPS 204 seed).
    """

    def __init__(self, word: str) -> None:
        self.ed25519_seed = sha256(f"{word} ed25519".encode()).digest()
        self.mldsa44_seed = sha256(f"{word} mldsa44".encode()).digest()
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(self.ed25519_seed)
        self._mldsa44 = MLDSA44PrivateKey.from_seed_bytes(self.mldsa44_seed)
        self._public = PublicKeys(
            self._ed25519.public_key().public_bytes_raw(),
            self._mldsa44.public_key().public_bytes_raw(),
        )

    @property
    def public(self) -> PublicKeys:
        """The public keys."""
        return self._public

    def sign_ed25519(self, message: bytes) -> bytes:
        """The Ed25519 signature; the same each time."""
        return self._ed25519.sign(message)

    def sign_mldsa44(self, message: bytes) -> bytes:
        """The ML-DSA-44 signature; another one each time."""
        return self._mldsa44.sign(message)
