"""Addresses that are a party's own: of its aircraft, one by one or in blocks.

An aircraft's own radio says its address and never whose it is. A party knows the addresses
of its fleet, and what bears one is claimed to be ours. It stays a claim: an address can be
sent by anybody, and an officer's assessment stands before it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from openline.domain.space.sighting import Affiliation, Sighting

_KIND: Final = "icao:"
_RANGE: Final = re.compile(r"([0-9A-Fa-f]{6})(?:\s*-\s*([0-9A-Fa-f]{6}))?")


class OwnAddresses:
    """Which addresses are ours.

    Args:
        ranges: First and last address of each block, both included; they may overlap.
    """

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        joined: list[tuple[int, int]] = []
        for first, last in sorted(ranges):
            if joined and first <= joined[-1][1] + 1:
                joined[-1] = joined[-1][0], max(last, joined[-1][1])
            else:
                joined.append((first, last))
        self.ranges = tuple(joined)
        self._firsts = [first for first, _ in joined]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnAddresses) and other.ranges == self.ranges

    def __hash__(self) -> int:
        return hash(self.ranges)

    def __contains__(self, address: str) -> bool:
        """Whether an address, as a sighting has it, is ours."""
        if not self._firsts or not address.startswith(_KIND):
            return False
        try:
            number = int(address[len(_KIND) :], 16)
        except ValueError:
            return False
        place = bisect_right(self._firsts, number) - 1
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
    return OwnAddresses(ranges)
