"""Other people's vectors, read in place: Merkle proofs, COSE, Ed25519 edge cases.

They lie beside the repository (setting OPENLINE_SAMPLES) and are not copied
into it. Where they are absent the tests are skipped, and the run says so.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.record.cbor import MalformedCbor, decode, encode
from openline.domain.record.merkle import (
    ProofDoesNotVerify,
    verify_consistency,
    verify_inclusion,
)
from openline.domain.record.signing import check_ed25519_public, verify_ed25519

# Its authors accept equal sizes with equal roots without looking at them, and these are 12 bytes
# of text. Their refusals from size 0 hold here as well, for none comes with the empty root: an
# empty proof from that one is right for us (tlog-witness), see test_merkle.
ROOTS_THAT_ARE_NO_HASHES = {"sizes-are-equal-one-and-proof-is-empty"}


@pytest.fixture
def vectors(samples: Path) -> Path:
    """The directory of other people's vectors."""
    return samples / "vectors"


def read_all(directory: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    """Each JSON file below the directory, with its name."""
    for path in sorted(directory.rglob("*.json")):
        yield path.stem, json.loads(path.read_text("utf-8"))


def unbase64(texts: list[str] | None) -> list[bytes]:
    """The hashes, of which Go writes none as null."""
    return [base64.b64decode(text) for text in texts or []]


# --- transparency-dev/merkle ---------------------------------------------------------------------


def test_inclusion_proofs_of_transparency_dev(vectors: Path) -> None:
    """Each inclusion vector verifies exactly if its authors say so."""
    told = Counter[bool]()
    for name, vector in read_all(vectors / "merkle/testdata/inclusion"):
        (leaf, root) = unbase64([vector["leafHash"] or "", vector["root"] or ""])
        try:
            verify_inclusion(
                leaf, vector["leafIdx"], vector["treeSize"], unbase64(vector["proof"]), root
            )
            is_refused = False
        except ProofDoesNotVerify:
            is_refused = True
        assert is_refused == vector["wantErr"], (name, vector["desc"])
        told[is_refused] += 1
    assert min(told[True], told[False]) > 0


def test_consistency_proofs_of_transparency_dev(vectors: Path) -> None:
    """Each consistency vector verifies exactly if its authors say so, but for roots of text."""
    differing = set()
    told = Counter[bool]()
    for name, vector in read_all(vectors / "merkle/testdata/consistency"):
        old_root, new_root = unbase64([vector["root1"] or "", vector["root2"] or ""])
        old, new, proof = vector["size1"], vector["size2"], unbase64(vector["proof"])
        try:
            verify_consistency(old, new, old_root, new_root, proof)
            is_refused = False
        except ProofDoesNotVerify:
            is_refused = True
        if is_refused != vector["wantErr"]:
            assert (is_refused, len(old_root)) == (True, 12), name
            differing.add(name)
        told[is_refused] += 1
    assert differing == ROOTS_THAT_ARE_NO_HASHES
    assert min(told[True], told[False]) > 0


# --- C2SP/CCTV -----------------------------------------------------------------------------------

REFUSED_BY_RULE = {"low_order_residue", "non_canonical_R", "low_order_A", "non_canonical_A"}
UNFIT_KEY = {"low_order_A", "non_canonical_A", "low_order_component_A"}


def cctv(vectors: Path) -> list[dict[str, Any]]:
    """The Ed25519 vectors: every edge case that separates one verifier from another."""
    found: list[dict[str, Any]] = json.loads(
        (vectors / "ed25519/ed25519/ed25519vectors.json").read_text("utf-8")
    )
    assert len(found) == 914
    return found


def test_ed25519_edge_cases_are_decided_by_the_rule(vectors: Path) -> None:
    """A signature verifies exactly if no flag that the rule of `signing` refuses is set."""
    told = Counter[bool]()
    for vector in cctv(vectors):
        flags = set(vector["flags"] or [])
        verifies = verify_ed25519(
            bytes.fromhex(vector["key"]), vector["msg"].encode(), bytes.fromhex(vector["sig"])
        )
        assert verifies == (not flags & REFUSED_BY_RULE), vector
        told[verifies] += 1
    assert told == {True: 86, False: 828}


def test_ed25519_keys_are_adopted_only_from_the_prime_order_subgroup(vectors: Path) -> None:
    """A key passes the check exactly if no flag says that it is low, mixed or not canonical."""
    for vector in cctv(vectors):
        flags = set(vector["flags"] or [])
        try:
            check_ed25519_public(bytes.fromhex(vector["key"]))
            is_unfit = False
        except OurError:
            is_unfit = True
        assert is_unfit == bool(flags & UNFIT_KEY), vector


def test_an_adopted_key_leaves_nothing_to_disagree_about(vectors: Path) -> None:
    """Under keys that pass the check, the equation times 8 would accept only what ours refuses.

    Every signature under such a key that we refuse has a low-order residue or a
    non-canonical R: the signer's own doing, and refused by Go and OpenSSL as well.
    """
    for vector in cctv(vectors):
        flags = set(vector["flags"] or [])
        if not flags & UNFIT_KEY:
            verifies = verify_ed25519(
                bytes.fromhex(vector["key"]), vector["msg"].encode(), bytes.fromhex(vector["sig"])
            )
            assert verifies or flags & {"low_order_residue", "non_canonical_R"}


# --- cose-wg/Examples ----------------------------------------------------------------------------


def test_cose_eddsa_signatures_verify(vectors: Path) -> None:
    """Each EdDSA example of COSE verifies over the bytes that its authors say are signed."""
    count = 0
    for name, vector in read_all(vectors / "cose/eddsa-examples"):
        given, made = vector["input"], vector["intermediates"]
        signed = given.get("sign0") or given["sign"]["signers"][0]
        message = made.get("ToBeSign_hex") or made["signers"][0]["ToBeSign_hex"]
        if signed["key"]["crv"] != "Ed25519":
            continue
        public = bytes.fromhex(signed["key"]["x_hex"])
        signature = bytes.fromhex(vector["output"]["cbor"])[-64:]
        assert verify_ed25519(public, bytes.fromhex(message), signature), name
        assert not verify_ed25519(public, bytes.fromhex(message) + b"\0", signature), name
        count += 1
    assert count == 2


def test_cose_signed_bytes_are_what_we_would_encode(vectors: Path) -> None:
    """Each Sig_structure of the COSE_Sign1 examples is the one encoding of its parts."""
    count = 0
    for name, vector in read_all(vectors / "cose"):
        message = vector.get("intermediates", {}).get("ToBeSign_hex")
        if message is None:
            continue
        data = bytes.fromhex(message)
        parts = decode(data)
        assert isinstance(parts, list), name
        assert parts[0] == "Signature1"
        assert len(parts) == 4
        assert encode(parts) == data
        count += 1
    assert count > 8


def test_cose_messages_are_strict_cbor_after_their_tag(vectors: Path) -> None:
    """A COSE_Sign1 example is refused for its tag, and is strict CBOR without it."""
    count = 0
    for name, vector in read_all(vectors / "cose/sign1-tests"):
        data = bytes.fromhex(vector["output"]["cbor"])
        untagged = data[data.index(b"\x84") :]
        if untagged != data:
            with pytest.raises(MalformedCbor, match="a tag is not allowed"):
                decode(data)
        parts = decode(untagged)
        assert isinstance(parts, list), name
        assert len(parts) == 4
        assert encode(parts) == untagged
        count += 1
    assert count == 9
