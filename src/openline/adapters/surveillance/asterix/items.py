"""How long an item of a record is: the few sorts that ASTERIX has.

Rule: EUROCONTROL-SPEC-0149, part 1, 5.2 and 5.3. The lowest bit of an octet, FX, says
in several places that another octet follows.
"""

from dataclasses import dataclass
from typing import TypeAlias

from openline.adapters.surveillance.refusal import Fault, Undecodable


@dataclass(frozen=True, slots=True)
class Extended:
    """Parts of some octets; the FX of a part says whether another follows."""

    size_bytes: int = 1


@dataclass(frozen=True, slots=True)
class Repetitive:
    """An octet that says how many parts follow."""

    size_bytes: int


@dataclass(frozen=True, slots=True)
class Explicit:
    """An octet that says how long it is, itself included."""


@dataclass(frozen=True, slots=True)
class Compound:
    """Octets that say which parts follow; None is a part that is not in use."""

    parts: tuple["Item | None", ...]


Item: TypeAlias = int | Extended | Repetitive | Explicit | Compound
"""A sort of item; a number is the size in octets of one that is always the same."""

EXTENDED = Extended()


def compound(*parts: "Item | None") -> Compound:
    """An item of such parts, in the order of their bits."""
    return Compound(parts)


def end_of(item: Item, data: bytes, start: int) -> int:
    """Where an item that begins somewhere ends.

    Raises:
        Undecodable: It does not end within the data, or cannot be as it says.
    """
    if isinstance(item, int):
        end = start + item
    elif isinstance(item, Extended):
        end = start + item.size_bytes
        while _octet(data, end - 1) & 1:
            end += item.size_bytes
    elif isinstance(item, Repetitive):
        end = start + 1 + _octet(data, start) * item.size_bytes
    elif isinstance(item, Explicit):
        size_bytes = _octet(data, start)
        if not size_bytes:
            raise Undecodable(Fault.MALFORMED, "an item that says it has no octet")
        end = start + size_bytes
    else:
        numbers, end = present(data, start, len(item.parts))
        for number in numbers:
            end = end_of(_known(item.parts, number), data, end)
    if end > len(data):
        raise Undecodable(Fault.CUT, "an item goes on beyond its block")
    return end


def parts_of(item: Compound, data: bytes) -> dict[int, bytes]:
    """The parts of a compound item, by their place from 1 on."""
    numbers, start = present(data, 0, len(item.parts))
    found = {}
    for number in numbers:
        end = end_of(_known(item.parts, number), data, start)
        found[number + 1] = data[start:end]
        start = end
    return found


def present(data: bytes, start: int, count_max: int) -> tuple[list[int], int]:
    """Which parts the bits at a place announce, from 0 on, and where these bits end.

    Raises:
        Undecodable: They announce a part beyond `count_max`, or do not end.
    """
    numbers, place = [], start
    while True:
        octet = _octet(data, place)
        first = (place - start) * 7
        numbers += [first + bit for bit in range(7) if octet & (0x80 >> bit)]
        place += 1
        if not octet & 1:
            break
        if first + 7 >= count_max:
            raise Undecodable(Fault.MALFORMED, "more bits than the category has items")
    if numbers and numbers[-1] >= count_max:
        raise Undecodable(Fault.MALFORMED, f"an item {numbers[-1] + 1} that is not in use")
    return numbers, place


def _known(parts: tuple[Item | None, ...], number: int) -> Item:
    part = parts[number]
    if part is None:
        raise Undecodable(Fault.MALFORMED, f"a part {number + 1} that is not in use")
    return part


def _octet(data: bytes, place: int) -> int:
    if place >= len(data):
        raise Undecodable(Fault.CUT, "a record goes on beyond its block")
    return data[place]
