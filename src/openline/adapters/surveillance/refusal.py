"""Why a message of a feed is refused: the one error that decoders raise."""

from enum import StrEnum

from openline.domain.errors import OpenlineError


class Fault(StrEnum):
    """What is wrong with a message of a feed; the word under which it is counted."""

    MALFORMED = "MALFORMED"
    """It is not of the form that its format asks for."""

    OUT_OF_RANGE = "OUT_OF_RANGE"
    """A value is no such angle, height, speed or code."""

    CHECKSUM = "CHECKSUM"
    """Its own check says that it was not received as it was sent."""

    TOO_LONG = "TOO_LONG"
    """It is longer than any message of its format."""

    STRANGER = "STRANGER"
    """It came from an address that the settings do not list."""

    TOO_FAST = "TOO_FAST"
    """It came while too many waited."""

    CUT = "CUT"
    """The stream ended inside it."""


class Undecodable(OpenlineError):
    """A message of a feed that is refused, whole.

    Args:
        fault: The word under which it is counted.
        what: A few words that say which part is wrong.
    """

    def __init__(self, fault: Fault, what: str) -> None:
        super().__init__(f"{fault.value}: {what}")
        self.fault = fault
        self.what = what
