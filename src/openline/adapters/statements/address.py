"""Addresses of pages: one form for each page, and which machines are never asked.

Pages are linked to with marks of who sent the reader; two addresses that differ only in
those are one page. And a page's server can name any address of any machine, our own included,
by a redirect or by its name's record: so every address is checked again where the connection
is made (`fetch`), and only public ones are asked, or those that the administrator lists.
"""

import ipaddress
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from openline.domain.errors import OurError

ADDRESS_CHARS_MAX: Final = 2_000
"""No page of anybody's press office has a longer one."""

_TRACKING: Final = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|yclid|msclkid|mc_[ce]id|igshid|_openstat|at_\w+|cmpid|wt_mc|xtor",
    re.IGNORECASE,
)
_PORTS: Final = {"http": 80, "https": 443}
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f]")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_WITHIN: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""Prefixes by which an IPv6 address stands for an IPv4 one (RFC 6052, RFC 8215)."""


def canonical(address: str, *, beside: str = "") -> str:
    """The one form of an address of a page.

    Args:
        address: As somebody wrote or linked it.
        beside: The page on which it stood, if it may be relative to one.

    Raises:
        OurError: It is no address of a page.
    """
    written = urljoin(beside, address.strip()) if beside else address.strip()
    if len(written) > ADDRESS_CHARS_MAX:
        raise OurError(
            f"The address has more than {ADDRESS_CHARS_MAX} letters.", "Give that of the page."
        )
    try:
        parts = urlsplit(written)
        host = _host(parts)
        port = parts.port
    except ValueError:
        raise _no_page(written) from None
    if parts.scheme not in _PORTS or not host or _UNSEEN.search(written):
        raise _no_page(written)
    if parts.username is not None or parts.password is not None:
        raise OurError(f"The address {host} carries a name or a password.", "Leave them out.")
    place = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([pair for pair in pairs if not _TRACKING.fullmatch(pair[0])])
    return urlunsplit((parts.scheme, place, parts.path or "/", query, ""))


def host_of(address: str) -> str:
    """The host of an address, without port; in brackets where it is IPv6."""
    return _host(urlsplit(address))


def place_of(address: str) -> str:
    """Scheme, host and port of an address in its one form."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]"
    return host.encode("idna").decode("ascii").lower() if host else ""


def _no_page(address: str) -> OurError:
    return OurError(
        f"{address[:200]!r} is no address of a page.", "Write it as a browser shows it: https://…"
    )


class Reachable:
    """Which machines may be asked.

    Args:
        allowed: Networks and addresses beside the public ones, as the administrator lists
            them: `10.1.2.0/24`, `192.0.2.7`.

    Raises:
        OurError: One of them is no network.
    """

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._allowed = [_network(text) for text in allowed]

    def admits(self, text: str) -> bool:
        """Whether a machine may be asked, by the number that it is reached at."""
        try:
            address = ipaddress.ip_address(text.partition("%")[0].strip("[]"))
        except ValueError:
            return False
        if any(address in network for network in self._allowed):
            return True
        return all(one.is_global and not one.is_multicast for one in _meant(address))


def _meant(address: Address) -> list[Address]:
    """The address, and the ones that it may stand for."""
    found: list[Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return [address.ipv4_mapped]
        if any(address in prefix for prefix in _WITHIN):
            found = [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
        found += [one for one in (address.sixtofour, *(address.teredo or ())) if one]
    return found


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise OurError(
            f"{text!r} is no network that may be asked.", "Write 10.1.2.0/24 or 192.0.2.7."
        ) from None
