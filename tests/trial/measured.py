"""What was measured for a goal of the trial: rows that programs print and a page shows."""

from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Measured:
    """One number.

    Attributes:
        goal: The goal that it belongs to.
        what: What was measured.
        value: The number.
        unit: Of the number and the limits; may be empty.
        limit: What it may be at most; None where nothing is asked of it.
        floor: What it must be at least; None where nothing is asked of it.
    """

    goal: str
    what: str
    value: float
    unit: str = ""
    limit: float | None = None
    floor: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the limits are kept; None where there are none."""
        if self.limit is None and self.floor is None:
            return None
        above = self.limit is not None and self.value > self.limit
        below = self.floor is not None and self.value < self.floor
        return not (above or below)

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Self:
        """A number as a program printed it.

        Raises:
            TypeError: A field is missing, or unknown.
        """
        return cls(**row)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)

    @property
    def asked(self) -> str:
        """The limits in words; empty where there are none."""
        words = []
        if self.floor is not None:
            words.append(f"at least {told(self.floor)}")
        if self.limit is not None:
            words.append(f"at most {told(self.limit)}")
        return ", ".join(words)

    def text(self) -> str:
        """For people: one row."""
        mark = {True: "ok ", False: "NOT", None: "   "}[self.holds]
        number = f"{told(self.value)} {self.unit}".rstrip()
        return f"  {mark} {self.goal:<4} {self.what:<66} {number:>16}  {self.asked}".rstrip()


def told(value: float) -> str:
    """A number as people read it: whole ones whole, others to three places that count."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3g}"
