"""The ports at which officers sign in, and at which monitors ask."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from openline.app.settings.table import File, Table
from openline.domain.limits import ORIGIN_CHARS_MAX

_ORIGIN: Final = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)(?::[1-9][0-9]{0,4})?"
)


@dataclass(frozen=True, slots=True)
class OfficersPort:
    """Where officers sign in with a browser or a program.

    Attributes:
        host: Address to listen at.
        port: TCP port.
        origin: The page's scheme, host name and port, as browsers write it.
        certificate: PEM file with certificate and key; None for none.
        is_own: Whether the node makes that file where it is not there.
    """

    host: str
    port: int
    origin: str
    certificate: Path | None
    is_own: bool

    @property
    def relying_party(self) -> str:
        """The host name for which passkeys are made."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class HealthPort:
    """Where monitors ask how the node is.

    Attributes:
        host: Address to listen at.
        port: TCP port.
    """

    host: str
    port: int


def officers(file: File) -> OfficersPort | None:
    """The table `officers`; None if there is none."""
    if not file.has("officers"):
        return None
    table = file.sole("officers")
    host, port = table.listen("listen")
    named = table.text("certificate", "own")
    is_own, has_none = named == "own", named == "none"
    if has_none and not _is_loopback(host):
        says = f"'none' leaves {host} open to whoever listens on the network"
        raise table.fault("certificate", says)
    path = file.directory / ("officers-own.pem" if is_own else named)
    scheme = "http" if has_none else "https"
    origin = _origin(table, f"{scheme}://localhost:{port}", scheme)
    return OfficersPort(host, port, origin, None if has_none else path, is_own)


def _origin(table: Table, default: str, scheme: str) -> str:
    value = table.text("origin", default)
    match = _ORIGIN.fullmatch(value)
    if match is None or len(value) > ORIGIN_CHARS_MAX:
        says = f"{value!r} is not scheme, host name and port: https://officers.alpha.example"
        raise table.fault("origin", says)
    is_safe = match[1] == "https" or match[2] == "localhost"
    if not is_safe or (scheme == "https" and match[1] == "http"):
        says = f"{value!r} is no page on which browsers use passkeys; write https"
        raise table.fault("origin", says)
    return value


def health(file: File) -> HealthPort | None:
    """The table `health`; None if there is none."""
    if not file.has("health"):
        return None
    return HealthPort(*file.sole("health").listen("listen", "127.0.0.1:9411"))


def _is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
