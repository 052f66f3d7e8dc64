"""Media: how the sound of a call reaches one of its ends, without a word of SDP.

A browser's session description has many rows; of one sound in Opus all follow from what
stands here, so that nothing else of the other side's text ever reaches a browser. What
counts is the fingerprint of the certificate that the end uses for DTLS: it is on the
record before a key is used.

A candidate is an address at which the end can be reached. Which of the other side's are
tried is for each party to say (`Reach`): an address of the inner network, sent by the
other side, would make our own browser knock at doors in our own house.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Final

from openline.domain.limits import CALL_CANDIDATES_MAX, ICE_CHARS_MAX
from openline.domain.line.form import Blob, Fault, Field, Items, Record, Text, Whole, Word
from openline.domain.line.words import words_of
from openline.domain.record import cbor

FINGERPRINT_BYTES: Final = 32
"""SHA-256 of the certificate in DER (RFC 8122)."""

_ICE: Final = re.compile(r"[A-Za-z0-9+/]*")
_USER_CHARS_MIN: Final = 4
_PASSWORD_CHARS_MIN: Final = 22
"""Both as RFC 8839, 5.4 says."""

_WORDS_PREFIX: Final = b"openline call words v1\n"
_CALL_WORDS: Final = 2
_ADDRESS_CHARS_MAX: Final = 45
"""An IPv6 address with an IPv4 one at its end, written out."""


class CandidateKind(IntEnum):
    """How an end knows an address."""

    HOST = 1
    REFLEXIVE = 2
    """As a server in the outer network sees it."""
    RELAY = 3


class Reach(StrEnum):
    """Where an address leads."""

    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"
    """Into an inner network, perhaps our own."""
    LOOPBACK = "LOOPBACK"
    """To the very machine that tries it."""
    NOWHERE = "NOWHERE"
    """It is no address, or one that is no machine's alone; it is never tried."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address at which one end of a call can be reached, by UDP.

    Attributes:
        kind: How the end knows it.
        address: The IP address; a name is none.
        port: The UDP port.
        priority: Which the end would have tried first: the highest.
    """

    kind: CandidateKind
    address: str
    port: int
    priority: int


@dataclass(frozen=True, slots=True)
class Media:
    """How the sound reaches one end of a call.

    Attributes:
        fingerprint: SHA-256 of the certificate that the end uses for DTLS.
        ice_user: The end's name while the way is looked for.
        ice_password: What goes with it.
        candidates: Addresses of the end, in order; none if it waits for those of the other.
    """

    fingerprint: bytes
    ice_user: str
    ice_password: str
    candidates: tuple[Candidate, ...] = ()


_CANDIDATE: Final = Record(
    Candidate,
    (
        Field(1, "kind", Word(CandidateKind)),
        Field(2, "address", Text(ICE_CHARS_MAX, is_needed=True)),
        Field(3, "port", Whole(1, 65_535)),
        Field(4, "priority", Whole(0, 2**32 - 1)),
    ),
)
MEDIA: Final = Record(
    Media,
    (
        Field(1, "fingerprint", Blob(FINGERPRINT_BYTES, FINGERPRINT_BYTES)),
        Field(2, "ice_user", Text(ICE_CHARS_MAX, is_needed=True)),
        Field(3, "ice_password", Text(ICE_CHARS_MAX, is_needed=True)),
        Field(4, "candidates", Items(_CANDIDATE, CALL_CANDIDATES_MAX)),
    ),
)
"""How media are written in a message."""


def media_faults(media: Media | None, path: str) -> Iterator[Fault]:
    """What is well formed and yet can lead to no call.

    Args:
        media: The media; None has no faults.
        path: The field that they are in.
    """
    if media is None:
        return
    remedy = "Send the session description as the browser gave it."
    for name, least in (("ice_user", _USER_CHARS_MIN), ("ice_password", _PASSWORD_CHARS_MIN)):
        value = getattr(media, name)
        if _ICE.fullmatch(value) is None:
            yield Fault(f"{path}.{name}", "has characters that ICE does not know", remedy)
        if len(value) < least:
            yield Fault(f"{path}.{name}", f"has fewer than {least} characters", remedy)
    for number, one in enumerate(media.candidates):
        if reach_of(one.address) is Reach.NOWHERE:
            what = "is no address of one machine"
            yield Fault(f"{path}.candidates[{number}].address", what, "Leave the candidate out.")


def reach_of(address: str) -> Reach:
    """Where an address leads; NOWHERE also for what is no address."""
    if len(address) > _ADDRESS_CHARS_MAX or "%" in address:
        return Reach.NOWHERE
    try:
        found = ip_address(address)
    except ValueError:
        return Reach.NOWHERE
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_loopback:
        return Reach.LOOPBACK
    if found.is_multicast or found.is_unspecified or found.is_link_local:
        return Reach.NOWHERE
    if f"{found}" == "255.255.255.255":
        return Reach.NOWHERE
    return Reach.PUBLIC if found.is_global else Reach.PRIVATE


def parted(
    candidates: Iterable[Candidate], allowed: Iterable[Reach]
) -> tuple[list[Candidate], list[tuple[Candidate, Reach]]]:
    """The candidates that may be tried, and those left out with where they lead."""
    tried: list[Candidate] = []
    left_out: list[tuple[Candidate, Reach]] = []
    may = frozenset(allowed) - {Reach.NOWHERE}
    for one in candidates:
        reach = reach_of(one.address)
        if reach in may:
            tried.append(one)
        else:
            left_out.append((one, reach))
    return tried, left_out


def call_words(line: str, call: tuple[str, int, int], opener: bytes, other: bytes) -> list[str]:
    """The two words that both officers see and say, if nobody sits between them.

    Args:
        line: The line.
        call: Author, epoch and index of the ring.
        opener: The fingerprint of the end that rang.
        other: The fingerprint of the end that took the call.
    """
    told = cbor.encode([line, *call, opener, other])
    return words_of(sha256(_WORDS_PREFIX + told).digest()[:_CALL_WORDS])
