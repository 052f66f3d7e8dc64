"""Log proofs: one file from the entry's index to a signed head."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import PROOF_EXTRA_BYTES_MAX, PROOF_HASHES_MAX
from openline.domain.record.checkpoint import Checkpoint, sign_checkpoint
from openline.domain.record.merkle import ProofDoesNotVerify, Tree, leaf_hash
from openline.domain.record.note import NoteDoesNotVerify
from openline.domain.record.proof import LogProof, parse_log_proof, verify_log_proof
from tests.domain.record.damage import damaged_text
from tests.vectors.make import LOG_ORIGIN, load
from tests.vectors.signers import SeedSigner

VECTORS = load("notes.json")
NODE = SeedSigner("node")
TREE = Tree(leaf_hash(bytes([number])) for number in range(13))
HEAD = Checkpoint(LOG_ORIGIN, 13, TREE.root())
PROOF = LogProof(9, tuple(TREE.inclusion_proof(9, 13)), sign_checkpoint(HEAD, NODE))


@pytest.mark.parametrize("vector", VECTORS["proofs"], ids=lambda v: str(v["index"]))
def test_proofs_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each proof of the vectors is read, written, and verifies for its entry."""
    proof = parse_log_proof(vector["proof"])
    assert proof.format() == vector["proof"]
    assert proof.index == vector["index"]
    assert proof.extra == (None if vector["extra"] is None else bytes.fromhex(vector["extra"]))
    leaf = leaf_hash(bytes.fromhex(vector["entry"]))
    keys = SeedSigner(vector["signer"]).public
    assert verify_log_proof(proof, leaf, vector["origin"], keys).size > proof.index


@pytest.mark.parametrize("vector", VECTORS["proofs_refused"], ids=lambda v: v["name"])
def test_wrong_proofs_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each wrong proof of the vectors is malformed."""
    with pytest.raises(TheirError) as refusal:
        parse_log_proof(vector["proof"])
    assert refusal.value.reason is Reason.MALFORMED


def test_a_proof_gives_the_verified_head() -> None:
    """Verifying a proof gives the head under which the entry stands."""
    assert verify_log_proof(PROOF, TREE.leaf(9), LOG_ORIGIN, NODE.public) == HEAD


def test_a_proof_of_another_entry_does_not_verify() -> None:
    """The proof of one entry verifies for no other leaf and no other index."""
    with pytest.raises(ProofDoesNotVerify):
        verify_log_proof(PROOF, TREE.leaf(8), LOG_ORIGIN, NODE.public)
    with pytest.raises(ProofDoesNotVerify):
        verify_log_proof(replace(PROOF, index=8), TREE.leaf(9), LOG_ORIGIN, NODE.public)
    with pytest.raises(ProofDoesNotVerify):
        verify_log_proof(replace(PROOF, index=13), TREE.leaf(9), LOG_ORIGIN, NODE.public)


def test_a_proof_under_a_strange_head_does_not_verify() -> None:
    """A right path under a head that another key signed proves nothing."""
    strange = replace(PROOF, checkpoint=sign_checkpoint(HEAD, SeedSigner("stranger")))
    with pytest.raises(NoteDoesNotVerify):
        verify_log_proof(strange, TREE.leaf(9), LOG_ORIGIN, NODE.public)
    with pytest.raises(TheirError, match="WRONG_LINE"):
        verify_log_proof(PROOF, TREE.leaf(9), "alpha.example/other/out", NODE.public)


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=PROOF_HASHES_MAX),
    st.none() | st.binary(min_size=1, max_size=60),
)
def test_proofs_come_back(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    """Every proof is read from what it writes."""
    proof = LogProof(index, tuple(hashes), PROOF.checkpoint, extra)
    assert parse_log_proof(proof.format()) == proof


@given(damaged_text(replace(PROOF, extra=b"more").format()))
def test_damaged_proofs_raise_their_error_only(text: str) -> None:
    """Any text is a TheirError, or is what the proof that was read writes."""
    try:
        proof = parse_log_proof(text)
    except TheirError:
        return
    assert proof.format() == text


def test_the_beginning_of_a_proof_is_as_the_page_says() -> None:
    """The rows stand in the order of c2sp.org/tlog-proof, the head after an empty row."""
    head, _, note = replace(PROOF, extra=b"\0").format().partition("\n\n")
    rows = head.split("\n")
    assert rows[:3] == ["c2sp.org/tlog-proof@v1", "extra AA==", "index 9"]
    assert len(rows) == 3 + len(PROOF.hashes)
    assert note == PROOF.checkpoint.format()


def test_extra_data_is_bounded() -> None:
    """Extra data at the bound is read, one byte more is refused, and none is an assertion."""
    most = replace(PROOF, extra=bytes(PROOF_EXTRA_BYTES_MAX))
    assert parse_log_proof(most.format()) == most
    row = most.format().split("\n")[1]
    longer = PROOF.format().replace("index", row.replace("AA==", "AAAA") + "\nindex")
    with pytest.raises(TheirError, match="TOO_LARGE"):
        parse_log_proof(longer)
    with pytest.raises(AssertionError):
        replace(PROOF, extra=b"").format()


def test_the_size_of_a_proof_is_bounded() -> None:
    """A proof of more than a megabyte is refused before it is read."""
    with pytest.raises(TheirError, match="TOO_LARGE"):
        parse_log_proof("a" * 2_000_000)
