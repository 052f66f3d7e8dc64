"""A mutant: one deliberate fault of the program, and the tests that must find it.

The catalogue beside this module says what each fault would do to those who rely on the line. A
mutant is applied to a copy of the sources, never to the sources.
"""

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]
SOURCES: Final = REPOSITORY / "src" / "openline"
CATALOGUE: Final = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        name: Unique.
        says: What the faulty program does, in one sentence.
        file: The source, below `src/openline`.
        was: What occurs exactly once in it.
        becomes: What stands in its place.
        test: The file of tests that must find it.
    """

    name: str
    says: str
    file: str
    was: str
    becomes: str
    test: str

    @property
    def source(self) -> Path:
        """The file that it changes."""
        return SOURCES / self.file

    def changed(self) -> str:
        """The text of its file with the fault."""
        return self.source.read_text(encoding="utf-8").replace(self.was, self.becomes, 1)

    def apply(self, place: Path) -> Path:
        """Copy the program with the fault below a place; what to import it from."""
        copy_sources(place)
        (place / "openline" / self.file).write_text(self.changed(), encoding="utf-8")
        return place


def copy_sources(place: Path) -> Path:
    """Copy the program below a place, without the console's page; the place to import it from."""
    unused = shutil.ignore_patterns("__pycache__", "page")
    shutil.copytree(SOURCES, place / "openline", ignore=unused)
    return place


def catalogue() -> list[Mutant]:
    """Every mutant, in the order of the catalogue."""
    read = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    return [Mutant(**row) for row in read["mutant"]]
