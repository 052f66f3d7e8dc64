"""Parties for tests: real keys from fixed seeds, a signed Understanding."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from openline.domain.line.terms import (
    ANY,
    LeadTime,
    PartyTerms,
    Post,
    ReferencePoint,
    Separation,
    Timers,
    Understanding,
)
from openline.domain.line.understanding import (
    SignedUnderstanding,
    sign_understanding,
    understanding_bytes,
)
from openline.domain.record.signing import PublicKeys

LINE = "syria-air"
ALPHA = "alpha.example"
BRAVO = "bravo.example"
CHARLIE = "charlie.example"


def seed(name: str) -> bytes:
    """Thirty-two bytes that are always the same for a name."""
    return hashlib.sha256(f"openline test key {name}".encode()).digest()


class SeededSigner:
    """A signer whose keys come from a name."""

    def __init__(self, name: str) -> None:
        self.ed25519 = Ed25519PrivateKey.from_private_bytes(seed(name))
        self.mldsa44 = MLDSA44PrivateKey.from_seed_bytes(seed(name))
        self._public = PublicKeys(
            self.ed25519.public_key().public_bytes_raw(),
            self.mldsa44.public_key().public_bytes_raw(),
        )

    @property
    def public(self) -> PublicKeys:
        """Both public halves."""
        return self._public

    def sign_ed25519(self, message: bytes) -> bytes:
        """An Ed25519 signature."""
        return self.ed25519.sign(message)

    def sign_mldsa44(self, message: bytes) -> bytes:
        """An ML-DSA-44 signature."""
        return self.mldsa44.sign(message)


class KeysInMemory:
    """The keys of one party; the fake behind the `Keys` port."""

    def __init__(self, party: str) -> None:
        self.party = party
        self._made: dict[str, list[SeededSigner]] = {
            role: [SeededSigner(f"{party} {role} 1")] for role in ("node", "witness", "mirror")
        }
        self.root = SeededSigner(f"{party} root")

    def find(self, role: str, public: PublicKeys) -> SeededSigner | None:
        """The key with this public half."""
        return next((signer for signer in self._made[role] if signer.public == public), None)

    def current(self, role: str) -> SeededSigner:
        """The first key of a role: the one on the card."""
        return self._made[role][0]

    def successor(self, role: str, public: PublicKeys) -> SeededSigner:
        """The key after this one."""
        made = self._made[role]
        place = [signer.public for signer in made].index(public) + 1
        if len(made) == place:
            made.append(SeededSigner(f"{self.party} {role} {place + 1}"))
        return made[place]

    def successor_certificate(self, certificate: bytes) -> bytes:
        """Stands for the next TLS certificate."""
        return hashlib.sha256(certificate).digest()

    def promote(self, role: str) -> None:
        """Nothing: keys in memory have no files to rename."""

    def forget(self, role: str) -> None:
        """Lose the first key of a role."""
        del self._made[role][0]


@dataclass(frozen=True)
class Parties:
    """The parties to a line with their keys and what they have signed."""

    keys: dict[str, KeysInMemory]
    understanding: Understanding
    signed: SignedUnderstanding


def terms_of(keys: KeysInMemory) -> PartyTerms:
    """One party's terms with the keys that it has."""
    return PartyTerms(
        name=keys.party,
        titles=(("ar", keys.party), ("en", keys.party.partition(".")[0].title())),
        roots=(keys.root.public.ed25519,),
        threshold=1,
        node=keys.current("node").public,
        witness=keys.current("witness").public,
        mirror=keys.current("mirror").public,
        tls=seed(f"{keys.party} certificate 1"),
        languages=("en",),
        posts=(Post("air-desk", 1), Post("commander", 2)),
    )


def sign(understanding: Understanding, keys: dict[str, KeysInMemory]) -> SignedUnderstanding:
    """The Understanding with the root signatures of all parties."""
    data = understanding_bytes(understanding)
    signed = SignedUnderstanding(data, ())
    for party in sorted(keys):
        root = keys[party].root
        one = sign_understanding(data, party, root.public.ed25519, root.sign_ed25519)
        signed = signed.with_signatures([one])
    return signed


def make_parties(*names: str, **changes: Any) -> Parties:
    """Parties by name, by default two, and their signed Understanding.

    Args:
        names: Party names.
        changes: Terms that differ from the plain ones.
    """
    keys = {name: KeysInMemory(name) for name in sorted(names or (ALPHA, BRAVO))}
    understanding = Understanding(
        line=LINE,
        version=1,
        template="air",
        parties=tuple(terms_of(keys[name]) for name in sorted(keys)),
        scopes=("air_safety", "humanitarian", "line_procedure"),
        languages=("en", "ru", "ar"),
        timers=Timers(),
        separations=(Separation((ANY, ANY), 9_260, 3_000, 600_000),),
        lead_times=(LeadTime(ANY, 1_800_000),),
        reference_points=(
            ReferencePoint("shayrat", (("en", "Shayrat airfield"),), 344_900_000, 369_090_000),
        ),
    )
    understanding = replace(understanding, **changes)
    return Parties(keys, understanding, sign(understanding, keys))
