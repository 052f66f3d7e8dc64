"""What the doctor finds: one thing that was looked at, and how it is."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a finding is to be taken."""

    OK = "OK"
    WARNING = "WARNING"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        check: What was looked at.
        state: How it is.
        what: What was found.
        remedy: What to do; empty when nothing is.
    """

    check: str
    state: State
    what: str
    remedy: str = ""
