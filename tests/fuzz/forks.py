"""Certificates of forks put together from parts of others, for both verifiers to judge."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Final

from openline.domain.record import cbor
from openline.domain.record.certificate import (
    Certificate,
    Claim,
    Contradiction,
    ForkSort,
    parse_certificate,
)
from openline.domain.record.verification import verify_certificate
from tests.domain.record.forks import CASES as FORKS
from tests.domain.record.history import ALPHA, BRAVO
from tests.fuzz.mutations import VECTORS

CHECKSUM_BYTES: Final = 32
CHECKSUM_HEAD: Final = bytes.fromhex("5820")
"""How CBOR begins a byte string of that length."""

PLACES: Final = range(12)
"""Indexes that a claim is given: all places of the vectors, and others."""


@lru_cache(maxsize=1)
def forks() -> tuple[Certificate, ...]:
    """Every certificate of a fork in the vectors, proven or not."""
    cases = json.loads(VECTORS.read_text())
    return tuple(
        parse_certificate(base64.b64decode(case["base64"]))
        for case in cases["certificates"] + cases["altered"]
        if case["claim"]["kind"] == "fork"
    )


def put_together(chance: Random) -> Iterator[bytes]:
    """Certificates without an end: of each the claim, the two and the proof are of others."""
    pairs = [pair for one in forks() for pair in one.evidence.contradictions]
    while True:
        one = chance.choice(forks())
        evidence = replace(one.evidence, contradictions=(_pair(pairs, chance),))
        yield replace(one, claim=_claim(one.claim, chance), evidence=evidence).format()


def _pair(pairs: list[Contradiction], chance: Random) -> Contradiction:
    pair, another = chance.choice(pairs), chance.choice(pairs)
    if chance.random() < 0.3:
        first, second = sorted((pair.first, chance.choice((another.first, another.second))))
        pair = replace(pair, first=first, second=second)
    if chance.random() < 0.2:
        pair = replace(pair, root=another.root, proof=another.proof)
    return pair


def _claim(claim: Claim, chance: Random) -> Claim:
    if chance.random() < 0.3:
        claim = replace(claim, index=chance.choice(PLACES))
    if chance.random() < 0.3:
        claim = replace(claim, word=str(chance.choice(list(ForkSort))))
    if chance.random() < 0.1:
        claim = replace(claim, party=chance.choice((ALPHA, BRAVO)), epoch=chance.choice((1, 2)))
    return claim


def pairs() -> list[bytes]:
    """The two things of each certificate of a fork, as they stand in its sixth part."""
    return [
        cbor.encode([pair.first, pair.second, pair.root, list(pair.proof)])
        for one in forks()
        for pair in one.evidence.contradictions
    ]


def judge_pair(pair: bytes) -> None:
    """Judge certificates of every sort in which two things stand, given as their CBOR."""
    for begun in _begun():
        body = begun + pair + CHECKSUM_HEAD
        verify_certificate(body + hashlib.sha256(body).digest())


@lru_cache(maxsize=1)
def _begun() -> tuple[bytes, ...]:
    """A certificate of each sort, up to its two things, which stand before the checksum."""
    known = forks()[: len(FORKS)]
    ends = (pair + CHECKSUM_HEAD for pair in pairs())
    files = [one.format()[:-CHECKSUM_BYTES] for one in known]
    begun = tuple(file.removesuffix(end) for file, end in zip(files, ends, strict=False))
    assert all(len(some) < len(file) for some, file in zip(begun, files, strict=True))
    return begun
