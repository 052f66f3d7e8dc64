"""Evidence: files that are named by their hash and never go along.

A message says what a file is, how large it is, and its SHA-256. The file stays with the
party that has it; whoever is shown it later can check that it is the one that was named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.limits import (
    ABOUT_MAX,
    ARTICLES_MAX,
    EVIDENCE_FILE_SIZE_BYTES_MAX,
    EVIDENCE_LISTED_MAX,
)
from openline.domain.line.form import (
    NEEDED_LABEL,
    Blob,
    Fault,
    Field,
    Items,
    Json,
    Row,
    Text,
    Whole,
)
from openline.domain.talk.body import REFERENCE

_HEX: Final = re.compile(r"[0-9A-Fa-f]{64}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file that is named as evidence.

    Attributes:
        sha256: SHA-256 of its bytes.
        size_bytes: How many bytes it has.
        what: What it is, in words: "gun camera, 01:40Z to 01:55Z".
    """

    sha256: bytes
    size_bytes: int
    what: str


class Digest(Blob):
    """A SHA-256; in JSON 64 hexadecimal digits, as other programs print it."""

    def to_json(self, thing: bytes) -> str:
        """The digits."""
        return thing.hex()

    def from_json(self, json: Json, path: str) -> bytes:
        """The bytes of 64 digits."""
        if not isinstance(json, str) or _HEX.fullmatch(json) is None:
            raise Fault(path, "is no SHA-256", "Write its 64 hexadecimal digits.")
        return bytes.fromhex(json)

    def describe(self) -> dict[str, Any]:
        """A hash, which people paste."""
        return {"form": "hash", "pattern": _HEX.pattern}


EVIDENCE: Final = Items(
    Row(
        Evidence,
        (
            Field(0, "sha256", Digest(32, 32)),
            Field(1, "size_bytes", Whole(0, EVIDENCE_FILE_SIZE_BYTES_MAX)),
            Field(2, "what", NEEDED_LABEL),
        ),
    ),
    EVIDENCE_LISTED_MAX,
)
"""Files named as evidence, in the order in which they are to be looked at."""

ARTICLES: Final = Items(NEEDED_LABEL, ARTICLES_MAX)
"""Articles of the Understanding or an annex, each as it is cited: "Annex B, article 3"."""

ABOUT: Final = Items(REFERENCE, ABOUT_MAX)
"""Earlier messages that something rests on: a notice, a warning, an answer."""

INCIDENT_ID: Final = Text(
    40,
    pattern=re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,24}[A-Z0-9])?-I-[0-9]{4,7}"),
    example="ALPHA-I-0001",
)
"""What people call an incident, on both sides: chosen by whoever reports it first."""

INCIDENT_ID_OR_NONE: Final = Text(
    40,
    pattern=re.compile(r"(?:[A-Z0-9](?:[A-Z0-9-]{0,24}[A-Z0-9])?-I-[0-9]{4,7})?"),
    example="ALPHA-I-0001",
)
"""The same, or empty."""


def evidence_faults(evidence: tuple[Evidence, ...]) -> Iterator[Fault]:
    """A file that is named twice."""
    seen: set[bytes] = set()
    for number, one in enumerate(evidence):
        if one.sha256 in seen:
            yield Fault(f"evidence[{number}]", "is named twice", "Name each file once.")
        seen.add(one.sha256)
