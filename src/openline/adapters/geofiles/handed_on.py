"""A notice as it is handed on in the forms of others, and what is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from openline.domain.space.altitude import Altitude
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.notice import Notice

_Area: TypeAlias = tuple[Shape, tuple[Position, ...], int, Altitude | None, Altitude | None]


@dataclass(frozen=True, slots=True)
class HandedOn:
    """One version of a notice, and who said it when.

    Attributes:
        notice: The notice; of a cancellation the volumes are those of the version before.
        party: Whose it is.
        line: On which line.
        said_at: When it was said.
    """

    notice: Notice
    party: str
    line: str
    said_at: int

    @property
    def name(self) -> str:
        """What it is called: party and notice."""
        return f"{self.party} {self.notice.notice_id}"


@dataclass(frozen=True, slots=True)
class HandedFile:
    """A file in the form of others.

    Attributes:
        text: The file.
        losses: What the form cannot say, or says otherwise; each once.
    """

    text: str
    losses: tuple[str, ...] = ()


def by_windows(volumes: Sequence[Volume]) -> list[tuple[list[Volume], list[tuple[int, int]]]]:
    """Volumes in groups that hold in the same windows: the areas, and the windows.

    Each group has its areas once, in their order, with any one of its windows.
    """
    windows_of: dict[_Area, list[tuple[int, int]]] = {}
    first: dict[_Area, Volume] = {}
    for volume in volumes:
        area = (volume.shape, volume.vertices, volume.radius_m, volume.lower, volume.upper)
        windows_of.setdefault(area, []).append((volume.valid_from, volume.valid_until))
        first.setdefault(area, volume)
    groups: dict[tuple[tuple[int, int], ...], list[Volume]] = {}
    for area, windows in windows_of.items():
        groups.setdefault(tuple(sorted(set(windows))), []).append(first[area])
    return [(areas, list(windows)) for windows, areas in groups.items()]
