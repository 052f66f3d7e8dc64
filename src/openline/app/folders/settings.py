"""What node.toml says of one watched folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folder:
    """One watched folder, checked.

    Attributes:
        name: What it is called; drafts bear it.
        path: The folder.
        line: On which line the drafts are; empty for the only one of the node.
        category: Of notices of which the file does not say it; empty for none.
        kind: Likewise what acts.
        radius_m: How far points and lines reach for which the file does not say it.
    """

    name: str
    path: Path
    line: str = ""
    category: str = ""
    kind: str = ""
    radius_m: int | None = None
