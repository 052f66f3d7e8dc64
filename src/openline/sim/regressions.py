"""The seeds that once broke a promise; each is replayed by the tests, for good."""

from dataclasses import dataclass
from importlib.resources import files

from openline.sim.plan import LONG_DAYS


@dataclass(frozen=True, slots=True)
class Regression:
    """A run that once broke a promise.

    Attributes:
        seed: Its seed.
        days: How long its faults lasted.
        profile: Its profile.
    """

    seed: int
    days: float
    profile: str

    @property
    def is_long(self) -> bool:
        """Whether it is one for line-years, and takes a good part of a minute or more."""
        return self.days > LONG_DAYS


def regressions() -> list[Regression]:
    """Every run that once broke a promise, in the order in which they were found."""
    text = files("openline.sim").joinpath("regressions.txt").read_text(encoding="utf-8")
    found = []
    for row in text.splitlines():
        if row and not row.startswith("#"):
            seed, days, profile = row.split()[:3]
            found.append(Regression(int(seed), float(days), profile))
    return found
