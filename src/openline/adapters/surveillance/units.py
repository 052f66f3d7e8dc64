"""The units in which feeds speak, in metres and seconds."""

from typing import Final

FOOT_M: Final = 0.3048
KNOT_MPS: Final = 1_852 / 3_600
FOOT_PER_MINUTE_MPS: Final = FOOT_M / 60
NAUTICAL_MILE_M: Final = 1_852.0
