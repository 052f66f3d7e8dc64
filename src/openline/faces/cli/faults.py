"""Exit codes, and the faults that have one of their own.

An error goes to standard error as two rows: what is wrong, and what to do.
"""

from enum import IntEnum

from openline.domain.errors import OpenlineError, OurError, TheirError


class Exit(IntEnum):
    """How a verb ends; scripts may rely on these numbers."""

    DONE = 0
    """It is done; of `verify`: PROVEN."""
    REFUSED = 1
    """The rules, the state or the input forbid it; of `verify`: REFUTED."""
    USAGE = 2
    """The command is not written as it must be; of `verify`: UNPROVEN."""
    UNREADABLE = 3
    """A file is not what it should be, or is not there."""
    NOT_RUNNING = 4
    """No node runs in the directory."""
    NO_ANSWER = 5
    """The node runs but did not answer in time."""
    INTERRUPTED = 130
    """Ended from the keyboard."""


class WrongUsage(OurError):
    """The command is not written as it must be."""


class FileUnreadable(OurError):
    """A file is not what it should be, or is not there."""


class NodeNotRunning(OurError):
    """No node runs in the directory."""


class NoAnswer(OurError):
    """The node did not answer in time."""


_CODES: dict[type[OpenlineError], Exit] = {
    WrongUsage: Exit.USAGE,
    FileUnreadable: Exit.UNREADABLE,
    NodeNotRunning: Exit.NOT_RUNNING,
    NoAnswer: Exit.NO_ANSWER,
}


def exit_code(error: OpenlineError) -> Exit:
    """The exit code of an error; a counterpart's bytes are a file here."""
    if isinstance(error, TheirError):
        return Exit.UNREADABLE
    return _CODES.get(type(error), Exit.REFUSED)


def rows_of(error: OpenlineError) -> list[str]:
    """What is wrong, and what to do: at most one row each."""
    if isinstance(error, OurError):
        return [row for row in (error.what, error.remedy) if row]
    if isinstance(error, TheirError):
        what = f"{error.what.rstrip('.')}."
        return [what, f"Refused as {error.reason.value}: the file is not sound."]
    return [str(error)]
