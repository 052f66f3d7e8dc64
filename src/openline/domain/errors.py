"""Whose fault it is, and what to do: the roots of every typed error.

An error names what is wrong, where, and what to do about it. `OurError` is
for this party's officers, files, settings and commands; `TheirError` is for
what came from a counterpart. Anything else that is raised is a defect.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why something was refused; the word that goes on the wire."""

    MALFORMED = "MALFORMED"
    TOO_LARGE = "TOO_LARGE"
    UNKNOWN_PARTY = "UNKNOWN_PARTY"
    UNKNOWN_LINE = "UNKNOWN_LINE"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    WRONG_INDEX = "WRONG_INDEX"
    WRONG_LINE = "WRONG_LINE"
    WRONG_CONTENT = "WRONG_CONTENT"
    WRONG_ROOT = "WRONG_ROOT"
    WRONG_UNDERSTANDING = "WRONG_UNDERSTANDING"
    FORK = "FORK"
    ROLLBACK = "ROLLBACK"
    GAP = "GAP"
    RATE = "RATE"
    VERSION = "VERSION"


class OpenlineError(Exception):
    """Root of all errors that Openline raises on purpose."""


class OurError(OpenlineError):
    """A fault on our side: an officer's input, a file, a setting, a command.

    Args:
        what: One sentence that says what is wrong and where.
        remedy: One sentence that says what to do; may be empty.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what if not remedy else f"{what} {remedy}")
        self.what = what
        self.remedy = remedy


class TheirError(OpenlineError):
    """A fault in what a counterpart sent; refused with a reason, journalled.

    Args:
        reason: The code that is sent back and journalled.
        what: One sentence that says what is wrong and where.
    """

    def __init__(self, reason: Reason, what: str) -> None:
        super().__init__(f"{reason.value}: {what}")
        self.reason = reason
        self.what = what
