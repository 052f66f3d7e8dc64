"""The six-bit letters of callsigns, in Mode S and in ASTERIX."""

from typing import Final

from openline.adapters.surveillance.refusal import Fault, Undecodable

_LETTERS: Final = " ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######"
"""By number; `#` stands for what is no letter, and zero pads as the space does."""


def callsign_of(bits: int) -> str:
    """Eight letters of 48 bits, without their padding.

    Raises:
        Undecodable: One of them is no letter, digit or space.
    """
    letters = "".join(_LETTERS[(bits >> shift) & 63] for shift in range(42, -1, -6))
    if "#" in letters:
        raise Undecodable(Fault.OUT_OF_RANGE, "a callsign with what is no letter")
    return letters.strip()
