"""Certificates with one byte changed and the checksum made right, judged by both verifiers."""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.fuzz.remembering import remembering
from tests.fuzz.second import JUDGED, first, judged, second

VECTORS: Final = Path(__file__).parents[1] / "vectors" / "certificate.json"


@dataclass(frozen=True)
class Mutation:
    """One change, and what both said of it."""

    at: int
    xor: int
    first: Any
    second: Any


def certificates() -> dict[str, bytes]:
    """The certificates of the vectors that are PROVEN, by their names."""
    cases = json.loads(VECTORS.read_text())["certificates"]
    return {
        case["name"]: base64.b64decode(case["base64"])
        for case in cases
        if case["verdict"] == "PROVEN"
    }


def changed(body: bytearray, places: Sequence[int], xors: Sequence[int]) -> Iterator[bytes]:
    """The body with each change in turn, each file with a right checksum."""
    for at in places:
        for xor in xors:
            body[at] ^= xor
            yield bytes(body) + hashlib.sha256(body).digest()
            body[at] ^= xor


def mutations(file: bytes, xors: Sequence[int], places: Sequence[int]) -> list[Mutation]:
    """Both verdicts on every change of a certificate; kinds that only one judges have None."""
    body = bytearray(file[:-32])
    with remembering():
        ours = [first(one) for one in changed(body, places, xors)]
    kind = first(file)[1]["kind"]
    theirs: list[Any] = [None] * len(ours)
    if kind in JUDGED:
        row = {"mutate": base64.b64encode(file).decode(), "xor": list(xors), "at": list(places)}
        theirs = [judged(one) for one in second([row])[0]]
    steps = [(at, xor) for at in places for xor in xors]
    return [
        Mutation(at, xor, one, other)
        for (at, xor), one, other in zip(steps, ours, theirs, strict=True)
    ]


def wrong(file: bytes, found: Sequence[Mutation]) -> list[Mutation]:
    """The changes at which something is wrong.

    A change of the claim may make another claim, which the evidence proves as well: then the
    verdict is PROVEN, and the claim that is shown is the changed one. Whatever else is changed
    is not PROVEN; what is PROVEN of one claim has the same facts; and both verifiers agree.
    """
    _, claim, facts = first(file)
    return [
        one
        for one in found
        if (one.second is not None and one.first != one.second)
        or (isinstance(one.first, list) and one.first[1:] == [claim, facts])
    ]
