"""The options that verbs share: which node, which line, who acts, how to print."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from cyclopts import Parameter
from cyclopts.validators import Number

from openline.domain.errors import OurError
from openline.faces.cli.faults import FileUnreadable, WrongUsage
from openline.faces.cli.manual import SHARED

if TYPE_CHECKING:
    from openline.app.config import Config
    from openline.faces.cli.client import Client

DIRECTORY_SETTING = "OPENLINE_DIR"

WAIT_S_MAX = 60
"""The API waits no longer; whoever would, follows the log."""

Wait: TypeAlias = Annotated[float, Parameter(validator=Number(gte=0, lte=WAIT_S_MAX))]
"""Seconds to wait for receipts, from 0 to WAIT_S_MAX."""

Language: TypeAlias = Literal["en", "ru", "ar"]
"""Languages in which the program has sentences."""


@Parameter(name="*", group=SHARED)
@dataclass(frozen=True, kw_only=True)
class Printing:
    """How to print.

    Attributes:
        json: Print one row of JSON instead of text; errors too, on standard error.
    """

    json: bool = False


@Parameter(name="*", group=SHARED)
@dataclass(frozen=True, kw_only=True)
class Node(Printing):
    """Which node.

    Attributes:
        dir: The node's directory; without it OPENLINE_DIR, or else the current directory.
    """

    dir: Path | None = None

    @property
    def directory(self) -> Path:
        """The node's directory, absolute."""
        named = self.dir or Path(os.environ.get(DIRECTORY_SETTING) or ".")
        return named.expanduser().absolute()

    def config(self) -> "Config":
        """The settings of the node.

        Raises:
            FileUnreadable: There are none, or they are wrong.
        """
        from openline.app.config import load_config

        try:
            return load_config(self.directory)
        except OurError as error:
            raise FileUnreadable(error.what, error.remedy) from None

    def client(self) -> "Client":
        """The way to the running node."""
        from openline.faces.cli.client import Client

        return Client(self.config())


@Parameter(name="*", group=SHARED)
@dataclass(frozen=True, kw_only=True)
class OnLine(Node):
    """Which line.

    Attributes:
        line: The line; not needed while the node has only one.
    """

    line: str | None = None

    def line_of(self, client: "Client") -> str:
        """The line to act on: the one named, or the only one."""
        if self.line is not None:
            return self.line
        lines = [one["line"] for one in client.get("/lines")["lines"]]
        if not lines:
            raise WrongUsage(
                "The node has no line in force.",
                "Adopt an Understanding: openline understanding adopt FILE. If one is adopted, "
                "openline doctor says what is wrong with it.",
            )
        if len(lines) > 1:
            raise WrongUsage(
                f"The node has {len(lines)} lines: {', '.join(lines)}.", "Name one with --line."
            )
        return str(lines[0])


@Parameter(name="*", group=SHARED)
@dataclass(frozen=True, kw_only=True)
class Acting(OnLine):
    """Who acts.

    Attributes:
        by: Who acts, as POST/OFFICER; without it the post and officer of node.toml.
    """

    by: str | None = None

    def officer(self) -> dict[str, str] | None:
        """Who acts, as the API takes it; None for the ones of node.toml."""
        return None if self.by is None else parse_officer(self.by, "--by")


def parse_officer(text: str, option: str) -> dict[str, str]:
    """A post and an officer from `POST/OFFICER`.

    Raises:
        WrongUsage: It is not written so.
    """
    post, slash, officer = text.partition("/")
    if not slash or not post.strip() or not officer.strip():
        raise WrongUsage(
            f"{option} {text!r} does not name a post and an officer.",
            f'Write them with a slash between: {option} "air-duty/Capt. Smith".',
        )
    return {"post": post.strip(), "officer": officer.strip()}
