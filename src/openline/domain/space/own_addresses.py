"""Addresses that are a party's own: of its aircraft, one by one or in blocks.

An aircraft's own radio says its address and never whose it is. A party knows the addresses
of its fleet, and what bears one is claimed to be ours. It stays a claim: an address can be
sent by anybody, and an officer's assessment stands before it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from openline.domain.space.sighting import Affiliation, Sighting

_KIND: Final = "icao:"
_RANGE: Final = re.compile(r"([0-9A-Fa-f]{6})(?:\s*-\s*([0-9A-Fa-f]{6}))?")


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """Which addresses are ours.

    Attributes:
        ranges: First and last address of each block, both included; in order, apart.
    """

    ranges: tuple[tuple[int, int], ...] = ()

    def __contains__(self, address: str) -> bool:
        """Whether an address, as a sighting has it, is ours."""
        if not self.ranges or not address.startswith(_KIND):
            return False
        try:
            number = int(address[len(_KIND) :], 16)
        except ValueError:
            return False
        place = bisect_right(self.ranges, number, key=_first) - 1
        return place >= 0 and number <= self.ranges[place][1]

    def claimed(self, sighting: Sighting) -> Sighting:
        """A sighting, claimed to be ours if its address is."""
        if sighting.address not in self:
            return sighting
        return replace(sighting, affiliation=Affiliation.OWN)


NO_ADDRESSES: Final = OwnAddresses()
"""No address is known to be ours."""


def parse_own_addresses(text: str) -> OwnAddresses:
    """Addresses and ranges as the settings write them: `4ca7b5, 500000-5000ff`.

    Raises:
        ValueError: One is none; says which.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    ranges = []
    for part in parts:
        match = _RANGE.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is neither six hexadecimal digits nor a range of such")
        first, last = int(match[1], 16), int(match[2] or match[1], 16)
        if last < first:
            raise ValueError(f"the range {part!r} ends before it begins")
        ranges.append((first, last))
    return OwnAddresses(tuple(_joined(ranges)))


def _first(block: tuple[int, int]) -> int:
    return block[0]


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The blocks in order, those that touch as one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined
