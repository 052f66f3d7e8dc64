"""Keys of simulated parties: true ones, or fast ones, and both are watched.

A fast signer has the public keys of a true one and signs with keyed BLAKE2b,
which only this process can verify. It serves where millions of signatures are
made and what is tried is not the signature. Some seeds use true signers.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from cryptography.exceptions import InvalidSignature

from openline.adapters.keys import FileSigner
from openline.adapters.memory import SeededChance, SeededKeys
from openline.domain.record import signing

_ED25519_BYTES: Final = 64
_MLDSA44_BYTES: Final = 2_420

OnSigned = Callable[[str, bytes], None]
"""Told the role of a key and the message that it signs, before it does."""

_secrets: dict[bytes, bytes] = {}
"""Of each fast public key the secret; filled by `FastSigner`, read by `fast_verification`."""


class FastSigner(FileSigner):
    """Signs with keyed hashes under the public keys of a true signer."""

    def __init__(self, ed25519_seed: bytes, mldsa44_seed: bytes) -> None:
        super().__init__(ed25519_seed, mldsa44_seed)
        self._secret = ed25519_seed
        _secrets[self.public.ed25519] = _secrets[self.public.mldsa44] = ed25519_seed

    def sign_ed25519(self, message: bytes) -> bytes:
        """Sixty-four bytes that only this process can verify."""
        return _mac(self._secret, message)

    def sign_mldsa44(self, message: bytes) -> bytes:
        """As many bytes as a true signature has; the same for the same message."""
        return _mac(self._secret, message).ljust(_MLDSA44_BYTES, b"\0")


class _FastKey:
    """Verifies what one fast signer signed, as a key of `cryptography` would."""

    def __init__(self, secret: bytes, size_bytes: int) -> None:
        self._secret = secret
        self._size_bytes = size_bytes

    def verify(self, signature: bytes, message: bytes) -> None:
        if signature != _mac(self._secret, message).ljust(self._size_bytes, b"\0"):
            raise InvalidSignature


def _mac(secret: bytes, message: bytes) -> bytes:
    return hashlib.blake2b(message, key=secret).digest()


class WatchedSigner:
    """A signer that says what it signs.

    Args:
        signer: Who signs.
        role: The role of its key.
        on_signed: Told before each Ed25519 signature, of which each object has one.
    """

    def __init__(self, signer: FileSigner, role: str, on_signed: OnSigned) -> None:
        self._signer = signer
        self._role = role
        self._on_signed = on_signed

    @property
    def public(self) -> signing.PublicKeys:
        """The public keys."""
        return self._signer.public

    def sign_ed25519(self, message: bytes) -> bytes:
        """The signer's Ed25519 signature."""
        self._on_signed(self._role, message)
        return self._signer.sign_ed25519(message)

    def sign_mldsa44(self, message: bytes) -> bytes:
        """The signer's ML-DSA-44 signature."""
        return self._signer.sign_mldsa44(message)


class SimulatedKeys(SeededKeys):
    """The `Keys` of a party in a simulated region.

    Args:
        seed: What they follow from.
        is_fast: Whether keyed hashes stand for signatures.
        on_signed: Told the role and the message before each is signed.
    """

    def __init__(self, seed: str, *, is_fast: bool, on_signed: OnSigned) -> None:
        self._make_signer = FastSigner if is_fast else FileSigner
        self._on_signed = on_signed
        self._watched: dict[tuple[str, bytes], WatchedSigner] = {}
        super().__init__(seed)
        chance = SeededChance(f"root of {seed}")
        self.root = self._make_signer(chance.bytes(32), chance.bytes(32))

    def _make(self) -> FileSigner:
        return self._make_signer(self._chance.bytes(32), self._chance.bytes(32))

    def find(self, role: str, public: signing.PublicKeys) -> Any:
        """The key of a role with this public half, watched, if there is one."""
        place = role, public.ed25519
        if place not in self._watched:
            found = super().find(role, public)
            if found is None:
                return None
            self._watched[place] = WatchedSigner(found, role, self._on_signed)
        return self._watched[place]


@contextmanager
def fast_verification() -> Iterator[None]:
    """While it lasts, this process verifies the signatures of fast signers too.

    It puts its own loaders before those of `domain.record.signing`: the domain has no
    door for other signatures, and must have none.
    """
    true_ed25519, true_mldsa44 = signing._ed25519_key, signing._mldsa44_key
    loaded: dict[bytes, Any] = {}

    def ed25519(public: bytes) -> Any:
        return loaded.get(public) or _load(public, true_ed25519, _ED25519_BYTES)

    def mldsa44(public: bytes) -> Any:
        return loaded.get(public) or _load(public, true_mldsa44, _MLDSA44_BYTES)

    def _load(public: bytes, true: Callable[[bytes], Any], size_bytes: int) -> Any:
        secret = _secrets.get(public)
        if secret is None:
            return true(public)
        return loaded.setdefault(public, _FastKey(secret, size_bytes))

    signing._ed25519_key = ed25519  # type: ignore[assignment]
    signing._mldsa44_key = mldsa44  # type: ignore[assignment]
    try:
        yield
    finally:
        signing._ed25519_key, signing._mldsa44_key = true_ed25519, true_mldsa44
