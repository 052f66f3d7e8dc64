"""Heights and squawks as Mode A and C put them into bits.

Rule: Annex 10 IV, 3.1.2.6.5.4 and its appendix to chapter 3; the pulses are named A1
to D4, and a squawk is the digits A, B, C, D.
"""

from typing import Final

_PULSES: Final = ("C1", "A1", "C2", "A2", "C4", "A4", "M", "B1", "D1", "B2", "D2", "B4", "D4")
"""The thirteen bits, first to last; M is always zero here."""

_BITS: Final = {pulse: 12 - place for place, pulse in enumerate(_PULSES)}


def altitude_ft(code: int) -> int | None:
    """The height of twelve bits, as position messages have it; None if not known.

    Args:
        code: The bits without M. Where Q, the eighth of them, is set, the others count
            steps of 25 ft from -1,000 ft; else they are pulses, in steps of 100 ft.
    """
    if not code:
        return None
    if code & 0x10:
        return ((code & 0xFE0) >> 1 | code & 0x0F) * 25 - 1_000
    return _pulses_ft((code & 0xFC0) << 1 | code & 0x3F)


def squawk_of(code: int) -> str:
    """Four octal digits of thirteen bits."""
    return "".join(
        str(sum(weight for weight in (4, 2, 1) if code >> _BITS[f"{digit}{weight}"] & 1))
        for digit in "ABCD"
    )


def _pulses_ft(code: int) -> int | None:
    """The height that thirteen bits of pulses say: Gray code, 500 ft and 100 ft."""
    five_hundreds = _from_gray(_gathered(code, "D2", "D4", "A1", "A2", "A4", "B1", "B2", "B4"))
    hundreds = _from_gray(_gathered(code, "C1", "C2", "C4"))
    if hundreds in (0, 5, 6) or code >> _BITS["D1"] & 1:
        return None
    hundreds = 5 if hundreds == 7 else hundreds
    # Every other step of 500 ft counts its hundreds downwards.
    return five_hundreds * 500 + ((6 - hundreds) if five_hundreds % 2 else hundreds) * 100 - 1_300


def _gathered(code: int, *pulses: str) -> int:
    value = 0
    for pulse in pulses:
        value = value << 1 | (code >> _BITS[pulse] & 1)
    return value


def _from_gray(value: int) -> int:
    shifted = value >> 1
    while shifted:
        value ^= shifted
        shifted >>= 1
    return value
