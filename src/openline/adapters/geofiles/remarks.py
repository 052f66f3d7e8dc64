"""Remarks and faults: what is doubtful in a file of areas, and where it stands.

Nothing is repaired in silence. What was read otherwise than it was written is a
`Remark`, what cannot be read is a `FileFault`; both name the row of the file where
the form has rows to name, and the field or property there.
"""

from dataclasses import dataclass

from openline.domain.errors import OurError
from openline.domain.limits import LABEL_CHARS_MAX
from openline.domain.line.letters import visible


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """Something in a file that an officer should look at.

    Attributes:
        row: Row of the file, from 1; 0 where it is not known (JSON keeps no rows).
        field: The set, element or property that is meant; empty if all of the feature is.
        what: What is doubtful, and how it was taken; one sentence or two.
    """

    row: int
    field: str
    what: str

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row else ""
        where = ", ".join(part for part in (row, visible(self.field[:LABEL_CHARS_MAX])) if part)
        return f"{where}: {visible(self.what)}" if where else visible(self.what)

    def to_json(self) -> dict[str, object]:
        """The remark as an object of JSON; `row` is null where it is not known."""
        return {"row": self.row or None, "field": self.field, "what": self.what}


class FileFault(OurError):
    """A file of areas has a fault.

    Attributes:
        path: The file.
        feature: Number of the feature, counted from 1; 0 if the file itself is meant.
        name: What the feature is called; may be empty.
        property: Which of its properties; `geometry` for the shape.
        row: Row of the file, from 1; 0 where it is not known.
        said: What is wrong, without where.
    """

    def __init__(
        self,
        path: str,
        feature: int,
        name: str,
        property: str,
        what: str,
        remedy: str = "",
        row: int = 0,
    ) -> None:
        where = path
        if feature:
            where += f", feature {feature}"
        if name:
            where += f' "{visible(name[:LABEL_CHARS_MAX])}"'
        if row:
            where += f", row {row}"
        if property:
            where += f", {property}"
        super().__init__(f"{where}: {what}", remedy)
        self.path = path
        self.feature = feature
        self.name = name
        self.property = property
        self.row = row
        self.said = what

    def to_json(self) -> dict[str, object]:
        """The fault as an object of JSON; `row` is null where it is not known."""
        return {
            "row": self.row or None,
            "field": self.property,
            "what": self.said,
            "remedy": self.remedy,
        }
