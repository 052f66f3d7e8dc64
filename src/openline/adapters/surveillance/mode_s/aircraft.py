"""Places of aircraft from their frames over time: pairs, bounds, doubts.

A pair must be close in time, or the aircraft has moved between both. A single frame
is placed beside the last place while that is young. Where a pair and the last place
disagree nothing is told, and the aircraft is placed anew by the next pair: so a
position that jumps is a jump in what is told, never a place halfway.
"""

from dataclasses import dataclass, field
from typing import Final

from openline.adapters.surveillance.mode_s.cpr import (
    Compact,
    Place,
    place_near,
    place_of_pair,
    place_of_surface_pair,
)
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.domain.limits import FEED_AIRCRAFT_MAX

AIR_PAIR_MS_MAX: Final = 10_000
"""Between both frames of a pair in the air (DO-260B, A.1.7.7)."""

SURFACE_PAIR_MS_MAX: Final = 25_000
"""On the ground, for whoever moves (DO-260B, A.1.7.8)."""

HEARD_MS_MAX: Final = 60_000
"""So long an address counts as known: an aircraft says it several times a second."""

LAST_MS_MAX: Final = 120_000
"""Age of a last place beside which one frame is placed: nobody flies 180 miles in it."""

_APART_DEG_MAX: Final = 0.001
"""Between a place by a pair and one beside the last: both have steps of some five metres."""


@dataclass(slots=True)
class _Aircraft:
    """The newest frames of one aircraft, with the instants at which they came."""

    even: tuple[Compact, int] | None = None
    odd: tuple[Compact, int] | None = None
    place: Place | None = None
    placed_at: int = 0


@dataclass(slots=True)
class Aircrafts:
    """The aircraft that one stream tells of, the least recently heard forgotten first.

    Attributes:
        near: Where the receiver stands, if that is known.
    """

    near: Place | None = None
    _known: dict[str, _Aircraft] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._known)

    def place(self, address: str, frame: Compact, at: int) -> Place | None:
        """Where an aircraft is by its newest frame; None while that cannot be said.

        Args:
            address: The aircraft.
            frame: Its position as it was sent.
            at: When it came, in milliseconds of one clock.

        Raises:
            Undecodable: The frame does not fit the last places.
        """
        aircraft = self._known.pop(address, None) or _Aircraft()
        self._known[address] = aircraft
        if len(self._known) > FEED_AIRCRAFT_MAX:
            del self._known[next(iter(self._known))]
        if frame.is_odd:
            aircraft.odd = (frame, at)
        else:
            aircraft.even = (frame, at)
        place = self._find(aircraft, frame, at)
        if place is not None:
            aircraft.place, aircraft.placed_at = place, at
        return place

    def _find(self, aircraft: _Aircraft, frame: Compact, at: int) -> Place | None:
        last = aircraft.place
        if last is not None and not 0 <= at - aircraft.placed_at <= LAST_MS_MAX:
            last = aircraft.place = None
        by_pair = _by_pair(aircraft, frame, last or self.near)
        if last is None:
            return by_pair
        by_last = place_near(frame, last)
        if by_pair is None:
            return by_last
        if by_last is None or not _are_one(by_pair, by_last):
            aircraft.place = None
            aircraft.even, aircraft.odd = (
                (None, (frame, at)) if frame.is_odd else ((frame, at), None)
            )
            raise Undecodable(Fault.OUT_OF_RANGE, "a position that does not fit the last one")
        return by_pair


class Heard:
    """The addresses that frames with a parity of their own said lately.

    A reply to a radar counts only for one of them: of noise one in 16 million is of any
    one address, so of a thousand known ones one reply in 16,000 that was received wrong.
    """

    def __init__(self) -> None:
        self._at: dict[str, int] = {}

    def note(self, address: str, at: int) -> None:
        """An address was said whole, at an instant in milliseconds."""
        self._at.pop(address, None)
        self._at[address] = at
        if len(self._at) > FEED_AIRCRAFT_MAX:
            del self._at[next(iter(self._at))]

    def is_known(self, address: str, at: int) -> bool:
        """Whether it was said whole within the last minute."""
        return 0 <= at - self._at.get(address, at + 1) <= HEARD_MS_MAX


def _by_pair(aircraft: _Aircraft, frame: Compact, near: Place | None) -> Place | None:
    if aircraft.even is None or aircraft.odd is None:
        return None
    (even, even_at), (odd, odd_at) = aircraft.even, aircraft.odd
    apart_ms_max = SURFACE_PAIR_MS_MAX if frame.is_surface else AIR_PAIR_MS_MAX
    if even.is_surface != odd.is_surface or abs(even_at - odd_at) > apart_ms_max:
        return None
    if not frame.is_surface:
        return place_of_pair(even, odd, is_odd_newer=frame.is_odd)
    if near is None:
        return None
    return place_of_surface_pair(even, odd, near, is_odd_newer=frame.is_odd)


def _are_one(one: Place, other: Place) -> bool:
    lon_deg = abs(one[1] - other[1])
    return (
        abs(one[0] - other[0]) <= _APART_DEG_MAX and min(lon_deg, 360 - lon_deg) <= _APART_DEG_MAX
    )
