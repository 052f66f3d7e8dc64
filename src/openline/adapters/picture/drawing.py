"""What a picture is made of: plain values, checked before they come here.

Nothing here draws, and nothing here loads the library that does.
"""

from dataclasses import dataclass

from openline.domain.space.altitude import ANY_WEATHER, Atmosphere
from openline.domain.space.conflict import Finding, Minima
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Volume


@dataclass(frozen=True, slots=True)
class DrawnSide:
    """One side of a conflict: a notice, and the volume of it that is meant.

    Attributes:
        party: Whose notice.
        notice_id: The party's own name for it.
        version: Its version.
        volume: The volume that the finding is about; it passes `check_volume`.
        number: Its number in the notice, from 1.
        serial: The message that says it, as people write it; may be empty.
        kind: What acts, a code; may be empty.
        others: The other volumes of the notice, drawn thin; may be empty.
        is_private: Whether it is a plan or site that this node alone knows of.
    """

    party: str
    notice_id: str
    version: int
    volume: Volume
    number: int = 1
    serial: str = ""
    kind: str = ""
    others: tuple[Volume, ...] = ()
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class ConflictDrawing:
    """One conflict, with all that its picture tells.

    Attributes:
        sides: In order of party and notice id.
        finding: What was found between their volumes.
        minima: Under which it was found.
        line: Name of the line; may be empty.
        is_exercise: Whether both are for an exercise only.
        atmosphere: The bounds under which heights of different references were compared.
        places: Agreed places that officers know, by name; those in view are drawn.
    """

    sides: tuple[DrawnSide, DrawnSide]
    finding: Finding
    minima: Minima
    line: str = ""
    is_exercise: bool = False
    atmosphere: Atmosphere = ANY_WEATHER
    places: tuple[tuple[str, Position], ...] = ()

    @property
    def is_private(self) -> bool:
        """Whether one side is known to this node alone."""
        return any(side.is_private for side in self.sides)
