"""What a feed is: its settings, what is counted of it, and what decodes it.

A feed is one source of sightings that the party itself runs or trusts: a receiver of
aircraft's own reports, a radar, a program. Its settings stand in `node.toml`, one
table `[[feed]]` for each. A decoder does no I/O: bytes in, sightings out.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Protocol

from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.domain.limits import FEED_SENDERS_MAX
from openline.domain.space.sighting import Affiliation, Sighting

_HOST = re.compile(r"[A-Za-z0-9.:_%-]{1,253}")

_PLACE = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,9})?)\s*,\s*(-?[0-9]{1,3}(?:\.[0-9]{1,9})?)")

TRUST_MAX: Final = 9
"""A digit suffices to say which of several feeds is believed."""

TRUST_DEFAULT: Final = 5

WHAT_CHARS_MAX: Final = 200
"""Of the words about the last refusal: a feed's own bytes may stand in them."""


class FeedKind(StrEnum):
    """The format of a feed, as the settings name it."""

    SBS = "sbs"
    BEAST = "beast"
    ASTERIX = "asterix"
    GEOJSON = "geojson"
    COT = "cot"


DATAGRAM_KINDS: Final = (FeedKind.ASTERIX, FeedKind.COT)
"""Formats whose messages are whole in each datagram; the others are streams."""


class Transport(StrEnum):
    """How the bytes of a feed come here, as the settings name it."""

    TCP = "tcp"
    TLS = "tls"
    UDP = "udp"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a feed comes from.

    Attributes:
        transport: How.
        host: Address to dial, or to listen at; empty for a file.
        port: Its port; 0 for a file.
        path: The file; None for an address.
        senders: Addresses whose datagrams are taken; empty for this machine's own.
        trusted: With TLS, a PEM file of whom we trust; None for the system's authorities.
        certificate: With TLS, a PEM file of what we show, with its key; None for nothing.
    """

    transport: Transport
    host: str = ""
    port: int = 0
    path: Path | None = None
    senders: tuple[str, ...] = ()
    trusted: Path | None = None
    certificate: Path | None = None

    def __str__(self) -> str:
        """As it is written in the settings."""
        if self.path is not None:
            return f"{self.transport.value}:{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.transport.value}:{host}:{self.port}"


def parse_source(text: str, directory: Path) -> Source:
    """A source as the settings write it, such as `tcp:HOST:PORT` or `file:PATH`.

    Args:
        text: What stands there.
        directory: Where relative paths begin.

    Raises:
        ValueError: It is no such source; says what is wrong.
    """
    word, _, rest = text.partition(":")
    if word not in list(Transport):
        known = ", ".join(f"{transport.value}:" for transport in Transport)
        raise ValueError(f"{text!r} begins with none of {known}")
    if word == Transport.FILE:
        if not rest:
            raise ValueError("it names no file")
        return Source(Transport.FILE, path=directory / rest)
    host, _, port = rest.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    is_port = port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65_535
    if not is_port or _HOST.fullmatch(host) is None:
        raise ValueError(f"{rest!r} is not an address and a port, such as 127.0.0.1:30003")
    if word == Transport.UDP and not _is_ip(host):
        raise ValueError(f"{host!r} is not the IP address of this machine or of a group")
    if word == Transport.UDP and _is_group_of_ipv6(host):
        raise ValueError(f"{host!r} is a group of IPv6; only groups of IPv4 can be joined")
    return Source(Transport(word), host, int(port))


def parse_senders(text: str) -> tuple[str, ...]:
    """The senders of datagrams as the settings write them: IP addresses and commas.

    Raises:
        ValueError: One is none, or there are too many.
    """
    senders = [sender.strip() for sender in text.split(",")]
    if len(senders) > FEED_SENDERS_MAX:
        raise ValueError(f"there are {len(senders)} senders, at most {FEED_SENDERS_MAX} may be")
    for sender in senders:
        if not _is_ip(sender):
            raise ValueError(f"{sender!r} is no IP address")
    return tuple(str(ip_address(sender)) for sender in senders)


def _is_group_of_ipv6(host: str) -> bool:
    address = ip_address(host)
    return address.version == 6 and address.is_multicast


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def parse_place(text: str) -> tuple[float, float]:
    """Latitude and longitude as the settings write them: `34.49, 36.909`.

    Raises:
        ValueError: They are none; says how they are written.
    """
    match = _PLACE.fullmatch(text)
    place = (float(match[1]), float(match[2])) if match else (91.0, 0.0)
    if abs(place[0]) > 90 or abs(place[1]) > 180:
        raise ValueError(f"{text!r} is not latitude and longitude in degrees, as 34.49, 36.909")
    return place


FEED_AFFILIATIONS: Final = {
    "ours": Affiliation.OWN,
    "theirs": Affiliation.OTHER_PARTY,
    "unknown": Affiliation.UNKNOWN,
}
"""Whose everything is that a feed tells of, as the settings write it."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The settings of one feed.

    Attributes:
        name: Unique among the feeds of the node.
        kind: Its format.
        source: Where it comes from.
        trust: 1 to 9; where feeds disagree about one object, the larger is believed.
        accuracy_m: Radius within which its positions hold with 95 %, for those that
            do not say it themselves; None if nobody knows.
        receiver_at: Latitude and longitude of the receiver; None if not given.
        affiliation: Whose everything is that it tells of; None for what its messages claim.
    """

    name: str
    kind: FeedKind
    source: Source
    trust: int = TRUST_DEFAULT
    accuracy_m: int | None = None
    receiver_at: tuple[float, float] | None = None
    affiliation: Affiliation | None = None


@dataclass(slots=True)
class Tally:
    """What is counted of one feed since the node started.

    Attributes:
        bytes_received: All of them.
        messages: Those that were decoded, also where they tell nothing of an object.
        refused: Those that were refused, by reason.
        refused_last: Why the last of them was; empty while there is none.
        heard_at: When the last bytes came, UTC milliseconds; None before.
    """

    bytes_received: int = 0
    messages: int = 0
    refused: Counter[Fault] = field(default_factory=Counter)
    refused_last: str = ""
    heard_at: int | None = None

    def refuse(self, error: Undecodable) -> None:
        """Count a message that was refused."""
        self.refused[error.fault] += 1
        self.refused_last = str(error)[:WHAT_CHARS_MAX]

    @property
    def handled(self) -> int:
        """Messages that were decoded or refused."""
        return self.messages + self.refused.total()

    def to_json(self) -> dict[str, Any]:
        """The counts as plain values; reasons in order of name."""
        return {
            "bytes_received": self.bytes_received,
            "messages": self.messages,
            "refused": {fault.value: count for fault, count in sorted(self.refused.items())},
            "refused_last": self.refused_last,
            "heard_at": self.heard_at,
        }


class Decoder(Protocol):
    """Turns the bytes of one connection or file into sightings."""

    def take(self, data: bytes, now: int) -> list[Sighting]:
        """What the bytes tell, with those that came before; never raises.

        Args:
            data: The next bytes, cut anywhere.
            now: When they came, UTC milliseconds.
        """

    def end(self) -> None:
        """The stream is over: what it left unfinished is refused."""
