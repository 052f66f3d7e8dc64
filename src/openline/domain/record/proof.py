"""Log proofs (c2sp.org/tlog-proof): one file that shows an entry to be in a log.

It holds the entry's index, its inclusion proof, and the head as a whole note
with all cosignatures; not the entry. It is read without trust and verified
with the entry's hash, the log's origin and the keys known beforehand.
"""

import re
from dataclasses import dataclass

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import NOTE_SIZE_BYTES_MAX, PROOF_EXTRA_BYTES_MAX, PROOF_HASHES_MAX
from openline.domain.record.checkpoint import (
    SIZE_MAX,
    Checkpoint,
    parse_checkpoint,
    verify_checkpoint,
)
from openline.domain.record.merkle import HASH_BYTES, verify_inclusion
from openline.domain.record.note import Note, format_base64, parse_base64, parse_note
from openline.domain.record.signing import PublicKeys

_FIRST_ROW = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class LogProof:
    """Where an entry stands in a log, and the way from it to a signed head.

    Attributes:
        index: The entry's index from 0.
        hashes: The inclusion proof, the leaf's sibling first; at most 63 of 32
            bytes.
        checkpoint: The head as it was signed and cosigned.
        extra: Unauthenticated bytes for the application, 1 to 65,536; or None.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes | None = None

    def format(self) -> str:
        """The proof as it is stored in a `.tlog-proof` file."""
        assert self.extra is None or 0 < len(self.extra) <= PROOF_EXTRA_BYTES_MAX, (
            "extra data's size"
        )
        rows = [_FIRST_ROW]
        if self.extra is not None:
            rows.append(f"extra {format_base64(self.extra)}")
        rows.append(f"index {self.index}")
        rows += map(format_base64, self.hashes)
        return "\n".join(rows) + "\n\n" + self.checkpoint.format()


def parse_log_proof(text: str) -> LogProof:
    """The proof that the text writes; nothing is verified.

    Raises:
        TheirError: It is no tlog-proof, its note is no head of a log, or it exceeds
            a bound.
    """
    if len(text) > 2 * NOTE_SIZE_BYTES_MAX:
        raise TheirError(Reason.TOO_LARGE, "A log proof is too large.")
    # The first empty row divides: the checkpoint has an empty row of its own.
    head, blank, note = text.partition("\n\n")
    first, *rows = head.split("\n")
    if first != _FIRST_ROW or not blank:
        raise TheirError(Reason.MALFORMED, f"{first[:60]!r} does not begin a log proof.")
    extra = _parse_extra(rows.pop(0)) if rows and rows[0].startswith("extra ") else None
    match = _INDEX.fullmatch(rows[0]) if rows else None
    if match is None or int(match[1]) > SIZE_MAX or len(rows) - 1 > PROOF_HASHES_MAX:
        raise TheirError(Reason.MALFORMED, "A log proof has no index, or too many hashes.")
    hashes = tuple(parse_base64(row) for row in rows[1:])
    if any(len(value) != HASH_BYTES for value in hashes):
        raise TheirError(Reason.MALFORMED, "A hash of a log proof has not 32 bytes.")
    checkpoint = parse_note(note)
    parse_checkpoint(checkpoint.text)
    return LogProof(int(match[1]), hashes, checkpoint, extra)


def verify_log_proof(proof: LogProof, leaf: bytes, origin: str, keys: PublicKeys) -> Checkpoint:
    """The verified head under which the proof shows the leaf.

    Cosignatures are not looked at: who must have cosigned is the caller's rule.

    Raises:
        TheirError: The head is not this log's, or does not verify.
        ProofDoesNotVerify: The leaf is not at the index under that head.
    """
    checkpoint = verify_checkpoint(proof.checkpoint, origin, keys)
    verify_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return checkpoint


def _parse_extra(row: str) -> bytes:
    """The extra data of the row, which begins with `extra `."""
    extra = parse_base64(row.removeprefix("extra "))
    if len(extra) > PROOF_EXTRA_BYTES_MAX:
        raise TheirError(Reason.TOO_LARGE, "The extra data of a log proof is too large.")
    return extra
