"""Names: parties, lines, origins of logs, and precedence.

Names are the only identifiers that are shown to officers, so they are plain
ASCII: no look-alikes, no direction marks. Their forms are in
`docs/spec/README.md`.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from openline.domain.errors import OurError
from openline.domain.limits import NAME_CHARS_MAX

EPOCH_MAX = 999_999
"""The last epoch that an origin can name."""

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""A pattern: one label of a DNS name; the name of a line, of a circuit."""

_PARTY = re.compile(rf"{LABEL}(?:\.{LABEL})*")
_LINE = re.compile(LABEL)
_ORIGIN = re.compile(rf"({LABEL}(?:\.{LABEL})*)/({LABEL})/(out|journal)(?:/([1-9][0-9]{{0,5}}))?")

_ORIGIN_CHARS_MAX = 2 * NAME_CHARS_MAX + len("//journal/999999")

_NAMES_KEPT = 1_024
"""Names whose form is known already: every message bears those of the line's parties.

Only texts of the length of a name are kept, so that strangers' ones cost no memory.
"""


class Precedence(IntEnum):
    """Speed required, not importance; higher goes first."""

    ROUTINE = 0
    PRIORITY = 1
    IMMEDIATE = 2
    FLASH = 3


def is_party_name(text: str) -> bool:
    """Whether the text is a party's name: a lower-case DNS-like name."""
    return len(text) <= NAME_CHARS_MAX and _is_party(text)


@lru_cache(maxsize=_NAMES_KEPT)
def _is_party(text: str) -> bool:
    return _PARTY.fullmatch(text) is not None


def is_line_name(text: str) -> bool:
    """Whether the text is a line's name: one lower-case label."""
    return _LINE.fullmatch(text) is not None


def check_party_name(text: str) -> str:
    """The text itself if it is a party's name.

    Raises:
        OurError: It is not.
    """
    if not is_party_name(text):
        raise OurError(
            f"{text!r} is not a party name.",
            "Use lower-case letters, digits, hyphens and dots, at most 63: alpha.example.",
        )
    return text


def check_line_name(text: str) -> str:
    """The text itself if it is a line's name.

    Raises:
        OurError: It is not.
    """
    if not is_line_name(text):
        raise OurError(
            f"{text!r} is not a line name.",
            "Use lower-case letters, digits and hyphens, at most 63: syria-air.",
        )
    return text


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """The identity of one log: whose, on which line, of which sort.

    Attributes:
        party: The author's name.
        line: The line's name.
        log: `out` (what the author says) or `journal` (private, cosigned blind).
        epoch: 1 for the first log; more after a root-signed new epoch.
    """

    party: str
    line: str
    log: str = "out"
    epoch: int = 1

    def __str__(self) -> str:
        tail = "" if self.epoch == 1 else f"/{self.epoch}"
        return f"{self.party}/{self.line}/{self.log}{tail}"


@lru_cache(maxsize=_NAMES_KEPT)
def outbox_name(party: str, line: str, epoch: int = 1) -> str:
    """The origin of a party's outbox on a line."""
    return str(Origin(party, line, "out", epoch))


def parse_origin(text: str) -> Origin | None:
    """The origin that the text writes, or None if it writes none."""
    return _parse_origin(text) if len(text) <= _ORIGIN_CHARS_MAX else None


@lru_cache(maxsize=_NAMES_KEPT)
def _parse_origin(text: str) -> Origin | None:
    match = _ORIGIN.fullmatch(text)
    if match is None or match[4] == "1" or len(match[1]) > NAME_CHARS_MAX:
        return None
    return Origin(match[1], match[2], match[3], int(match[4] or 1))
