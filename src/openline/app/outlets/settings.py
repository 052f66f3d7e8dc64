"""What node.toml says of one outlet: where to, what of the node, trusted by what."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openline.domain.errors import OurError

MAP_SCHEMES: Final = ("tls", "tcp", "udp")
"""Ways to a map: a stream to a server, or datagrams to an address or a group."""

HOOK_SCHEMES: Final = ("https", "http")
"""Ways to a program: events are posted to it."""

SUBJECTS: Final = {
    "notices": ("notice",),
    "movements": ("movement",),
    "sites": ("site",),
    "zones": ("zone",),
    "conflicts": ("conflict",),
    "alarms": ("alarm",),
    "private": ("private", "private_conflict"),
}
"""What a map may show, and by which events of the node."""

HOOK_SUBJECTS: Final = {
    "messages": ("message", "delivered"),
    **SUBJECTS,
    "matters": ("matter",),
    "watches": ("watch",),
    "state": ("state", "refused", "refusal"),
}
"""What a program may be told, and by which events of the node."""

SHOWS_DEFAULT: Final = "notices movements sites zones conflicts alarms"
"""All but what is private: that goes nowhere unless it is named."""

HOOK_SHOWS_DEFAULT: Final = " ".join(one for one in HOOK_SUBJECTS if one != "private")

BEGIN: Final = "begin"
"""A program is told it whatever it is shown: what came before is to be read."""

TRACKS: Final = ("own", "all")
"""Which tracks a map may be told."""

STALE_S_DEFAULT: Final = 3_600
STALE_S_MIN: Final = 30
STALE_S_MAX: Final = 86_400

_ADDRESS: Final = re.compile(
    r"(tls|tcp|udp)://(?:\[([0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9._-]{1,30})?)\]|([A-Za-z0-9._-]{1,253}))"
    r":([1-9][0-9]{0,4})"
)
_HOOK_ADDRESS: Final = re.compile(
    r"(https|http)://(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::[1-9][0-9]{0,4})?"
    r"(?:[/?][!-~]{0,500})?"
)


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet, checked.

    Attributes:
        name: What it is called; its state is kept under it.
        address: Where to, as it is written.
        scheme: One of `MAP_SCHEMES` or `HOOK_SCHEMES`.
        host: Address or name of a map; empty for a program.
        port: TCP or UDP port of a map; 0 for a program.
        shows: Names of the events of the node that it shows, in order.
        line: The only line that it shows; empty for all.
        stale_for_s: After so long a map no longer holds a mark for current.
        certificate: PEM file with the certificate and key that we show, if any.
        trusted: PEM file of whom we trust; None for the system's authorities.
        secret: File of the secrets that sign what a program is told; None for a map.
        tracks: Which tracks a map is told: one of `TRACKS`, or empty for none.
    """

    name: str
    address: str
    scheme: str
    host: str
    port: int
    shows: tuple[str, ...]
    line: str = ""
    stale_for_s: int = STALE_S_DEFAULT
    certificate: Path | None = None
    trusted: Path | None = None
    secret: Path | None = None
    tracks: str = ""

    @property
    def is_hook(self) -> bool:
        """Whether it leads to a program, not to a map."""
        return self.scheme in HOOK_SCHEMES


def split_address(address: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address; of a program's the scheme alone.

    Raises:
        OurError: It is no such address.
    """
    if hook := _HOOK_ADDRESS.fullmatch(address):
        return hook[1], "", 0
    found = _ADDRESS.fullmatch(address)
    if found is None or int(found[4]) > 65_535:
        says = f"{address!r} is not an address such as tls://tak.example:8089"
        raise OurError(
            says,
            "Write tls://, tcp:// or udp://, a host and a port; or https:// and where to post.",
        )
    return found[1], found[2] or found[3], int(found[4])


def read_shows(known_subjects: Mapping[str, tuple[str, ...]], words: str) -> tuple[str, ...]:
    """The events that the words name.

    Raises:
        OurError: A word is none of the subjects, or there is none.
    """
    subjects, known = words.split(), f"Write of: {', '.join(known_subjects)}."
    if not subjects:
        raise OurError("it names nothing", known)
    for word in subjects:
        if word not in known_subjects:
            raise OurError(f"{word!r} is nothing that an outlet shows", known)
    return tuple(
        event
        for subject, events in known_subjects.items()
        if subject in subjects
        for event in events
    )


def is_shown(name: str, told: Mapping[str, Any], shows: Collection[str]) -> bool:
    """Whether an outlet that shows such events shows this one.

    An alarm about what is private is private too.
    """
    if name == BEGIN:
        return True
    is_private = name == "alarm" and str(told["name"]).startswith("PRIVATE_")
    return name in shows and not (is_private and "private" not in shows)
