"""Data blocks to records: a category, a length, and records one after the other.

A datagram holds whole blocks; a file holds one after the other. A record does not say
how long it is, so what follows a broken one in its block is refused with it. After a
length that cannot be, the next place is looked for where a block may begin.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from openline.adapters.surveillance.asterix.catalogue import PROFILES, Profile
from openline.adapters.surveillance.asterix.items import end_of, present
from openline.adapters.surveillance.refusal import Fault, Undecodable

Record: TypeAlias = dict[str, bytes]
"""The items of one record, by their numbers."""

HEAD_BYTES: Final = 3
"""Category and length."""


@dataclass(frozen=True, slots=True)
class Block:
    """A data block.

    Attributes:
        category: 0 to 255.
        data: What follows category and length.
    """

    category: int
    data: bytes


def cut_blocks(data: bytes) -> tuple[list[Block], bytes, int]:
    """The blocks that are whole, what may become one, and how many octets were none.

    The rest is shorter than 65,536 octets.
    """
    blocks, place, skipped = [], 0, 0
    while len(data) - place >= HEAD_BYTES:
        size_bytes = int.from_bytes(data[place + 1 : place + HEAD_BYTES], "big")
        if size_bytes < HEAD_BYTES:
            place, skipped = place + 1, skipped + 1
            continue
        if len(data) - place < size_bytes:
            break
        blocks.append(Block(data[place], data[place + HEAD_BYTES : place + size_bytes]))
        place += size_bytes
    return blocks, data[place:], skipped


def records_of(block: Block) -> Iterator[Record]:
    """The records of a block, until the first that is broken.

    Raises:
        Undecodable: A record is broken; those before it were given.
    """
    profile = PROFILES[block.category]
    start = 0
    while start < len(block.data):
        record, start = _record(profile, block.data, start)
        yield record


def _record(profile: Profile, data: bytes, start: int) -> tuple[Record, int]:
    numbers, start = present(data, start, len(profile))
    if not numbers:
        raise Undecodable(Fault.MALFORMED, "a record without items")
    record = {}
    for number in numbers:
        row = profile[number]
        if row is None:
            raise Undecodable(Fault.MALFORMED, f"an item {number + 1} that is not in use")
        name, item = row
        end = end_of(item, data, start)
        record[name] = data[start:end]
        start = end
    return record, start
