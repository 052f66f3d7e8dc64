"""Fetching: pages are asked for as a guest would, and none of our machines is.

One connection to a host at a time with a pause between requests, conditional requests,
`Retry-After`, robots.txt (RFC 9309), a bound on bytes, time and redirects, and a name with a
contact. A redirect is followed here and not by the library, so each address on the way is
checked; a name is resolved by a resolver that gives only addresses that may be asked, so the
connection goes to the very address that was checked.
"""

import asyncio
import socket
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.robotparser import RobotFileParser

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from openline import __version__
from openline.adapters.statements.address import Reachable, canonical, host_of, place_of
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, SECOND_MS

BODY_BYTES_MAX: Final = 2 * 1024 * 1024
ROBOTS_BYTES_MAX: Final = 512 * 1024
SECONDS_MAX: Final = 20
REDIRECTS_MAX: Final = 5
ROBOTS_MS: Final = DAY_MS
"""So long a host's robots.txt is taken to hold (RFC 9309, 2.4)."""
HOSTS_MAX: Final = 1_024
"""Hosts whose robots.txt is remembered."""
PAUSE_S: Final = 1.0
PAUSE_S_MAX: Final = 30.0
"""Between two requests to one host: at least, and at most where robots.txt asks for more."""

AGENT: Final = "Openline"
HEADERS_KEPT: Final = (
    "Content-Type",
    "Content-Language",
    "Date",
    "ETag",
    "Last-Modified",
    "Cache-Control",
    "Expires",
    "Age",
    "Retry-After",
    "Server",
)
"""What is kept of an answer's head: what says which text it is, and how long it holds."""
_HEADER_CHARS_MAX: Final = 400


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking.

    Attributes:
        address: Where the answer came from, after redirects.
        status: The HTTP status; 0 if there was no answer.
        body: The bytes of the answer, uncompressed; empty unless the status is 200.
        headers: Of those in `HEADERS_KEPT` what the answer had.
        fault: Why there is no body, as one sentence; empty if there is.
        moved_to: The new address, if the way there was of permanent redirects alone.
        not_before: Until when the server asks not to be asked again, UTC milliseconds.
        is_refused: Whether robots.txt says not to ask.
    """

    address: str
    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    moved_to: str = ""
    not_before: int | None = None
    is_refused: bool = False


class _NotReachable(OSError):
    """The name leads to no machine that may be asked."""


class CheckedResolver(AbstractResolver):
    """Resolves names to addresses that may be asked, and to no others."""

    def __init__(self, reachable: Reachable, proxy_host: str = "") -> None:
        self._reachable = reachable
        self._proxy_host = proxy_host

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name; the connection goes to one of them."""
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, family=family, type=socket.SOCK_STREAM
        )
        is_proxy = host == self._proxy_host
        kept = [
            ResolveResult(
                hostname=host,
                host=str(place[0]),
                port=port,
                family=family_found,
                proto=proto,
                flags=socket.AI_NUMERICHOST,
            )
            for family_found, _, proto, _, place in found
            if is_proxy or self._reachable.admits(str(place[0]))
        ]
        if not kept:
            raise _NotReachable(f"{host} leads to no public address.")
        return kept

    async def close(self) -> None:
        """Nothing is held."""


class Fetcher:
    """Asks for pages; every method belongs to one event loop.

    Args:
        contact: Whom a press office can ask what this is: an address of mail or a page.
        reachable: Which machines may be asked.
        proxy: Address of an HTTP proxy, if all goes through one. Names are resolved there:
            that it asks no machine of its own is then its administrator's to see to.
        pause_s: Seconds between two requests to one host.
    """

    def __init__(
        self, contact: str, reachable: Reachable, proxy: str = "", pause_s: float = PAUSE_S
    ) -> None:
        self._reachable = reachable
        self._proxy = proxy or None
        self._pause_s = pause_s
        self._robots: OrderedDict[str, tuple[int, RobotFileParser | None]] = OrderedDict()
        # One lock for each host that is being asked or was asked lately.
        self._hosts: OrderedDict[str, asyncio.Lock] = OrderedDict()
        resolver = CheckedResolver(reachable, host_of(proxy).strip("[]") if proxy else "")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=resolver, use_dns_cache=False, limit=16, limit_per_host=1
            ),
            timeout=aiohttp.ClientTimeout(total=SECONDS_MAX),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": f"{AGENT}/{__version__} (+{contact})"},
            trust_env=False,
        )

    async def close(self) -> None:
        """End all connections."""
        await self._session.close()

    async def fetch(
        self, address: str, now: int, *, etag: str = "", last_modified: str = ""
    ) -> Fetched:
        """Ask for a page, by the rules of its host.

        Args:
            address: In its one form.
            now: UTC milliseconds.
            etag: What the last answer said, so that the same page need not be sent.
            last_modified: The same.
        """
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in asked.items() if value}
        is_moved = True
        here = address
        for _ in range(REDIRECTS_MAX + 1):
            if fault := self._fault_of(here):
                return Fetched(here, fault=fault)
            if (robots := await self._may_ask(here, now)) is not None:
                return robots
            answer, target = await self._ask(here, now, headers)
            if not target:
                moved = here if is_moved and here != address else ""
                return answer if not moved else _moved(answer, moved)
            is_moved &= answer.status in (301, 308)
            try:
                here = canonical(target, beside=here)
            except OurError as error:
                return Fetched(here, answer.status, fault=error.what)
        return Fetched(here, fault=f"It redirects more than {REDIRECTS_MAX} times.")

    def _fault_of(self, address: str) -> str:
        """Why an address with a number for a host is not asked; names are checked later."""
        host = host_of(address)
        is_number = host.startswith("[") or host.replace(".", "").isdigit()
        if is_number and not self._reachable.admits(host):
            return f"{host} is no public address."
        return ""

    async def _ask(
        self, address: str, now: int, headers: Mapping[str, str], most: int = BODY_BYTES_MAX
    ) -> tuple[Fetched, str]:
        """One request; what came, and where it redirects to, if it does."""
        async with self._turn_of(address):
            try:
                async with self._session.get(
                    address, headers=headers, allow_redirects=False, proxy=self._proxy
                ) as response:
                    if response.status in (301, 302, 303, 307, 308):
                        target = response.headers.get("Location", "")
                        return Fetched(address, response.status), target
                    return await _taken(address, response, now, most), ""
            except TimeoutError:
                return Fetched(address, fault=f"No whole answer within {SECONDS_MAX} s."), ""
            except (aiohttp.ClientError, OSError, ValueError) as error:
                return Fetched(address, fault=_in_words(error)), ""

    def _turn_of(self, address: str) -> "_Turn":
        place = place_of(address)
        lock = self._hosts.setdefault(place, asyncio.Lock())
        self._hosts.move_to_end(place)
        while len(self._hosts) > HOSTS_MAX:
            self._hosts.popitem(last=False)
        robots = self._robots.get(place, (0, None))[1]
        asked = float(robots.crawl_delay(AGENT) or 0) if robots else 0.0
        return _Turn(lock, max(self._pause_s, min(asked, PAUSE_S_MAX)))

    async def _may_ask(self, address: str, now: int) -> Fetched | None:
        """None if robots.txt lets us ask; else what is to be said of it."""
        place = place_of(address)
        known = self._robots.get(place)
        if known is None or not 0 <= now - known[0] < ROBOTS_MS:
            answer = await self._robots_of(place, now)
            if isinstance(answer, Fetched):
                return answer
            known = self._robots[place] = (now, answer)
            while len(self._robots) > HOSTS_MAX:
                self._robots.popitem(last=False)
        rules = known[1]
        if rules is None or rules.can_fetch(AGENT, address):
            return None
        return Fetched(address, fault="robots.txt of its host says not to ask.", is_refused=True)

    async def _robots_of(self, place: str, now: int) -> RobotFileParser | Fetched | None:
        """The rules of a host; None if it has none, what came if it does not answer."""
        here = f"{place}/robots.txt"
        for _ in range(REDIRECTS_MAX + 1):
            if fault := self._fault_of(here):
                return Fetched(here, fault=fault)
            answer, target = await self._ask(here, now, {}, ROBOTS_BYTES_MAX)
            if target:
                try:
                    here = canonical(target, beside=here)
                except OurError:
                    return None
                continue
            if answer.status == 200:
                return _rules(answer.body)
            return None if 400 <= answer.status < 500 else answer
        return None


def _rules(body: bytes) -> RobotFileParser | None:
    """The rules in a robots.txt; None where it has none that can be read."""
    rules = RobotFileParser()
    try:
        rules.parse(body.decode("utf-8", "replace").splitlines())
    except ValueError:
        # Python's parser takes "²" for a number.
        return None
    return rules


class _Turn:
    """One request to a host at a time, and a pause after each."""

    def __init__(self, lock: asyncio.Lock, pause_s: float) -> None:
        self._lock, self._pause_s = lock, pause_s

    async def __aenter__(self) -> None:
        await self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        if self._pause_s:
            asyncio.get_running_loop().call_later(self._pause_s, self._lock.release)
        else:
            self._lock.release()


async def _taken(address: str, response: aiohttp.ClientResponse, now: int, most: int) -> Fetched:
    headers = {
        name: response.headers[name][:_HEADER_CHARS_MAX]
        for name in HEADERS_KEPT
        if name in response.headers
    }
    status = response.status
    not_before = _not_before(headers, status, now)
    if status != 200:
        fault = "" if status == 304 else f"Its server answers {status}."
        return Fetched(address, status, b"", headers, fault, not_before=not_before)
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > most:
            fault = f"It has more than {most} bytes."
            return Fetched(address, status, b"", headers, fault, not_before=not_before)
    return Fetched(address, status, bytes(body), headers, not_before=not_before)


def _moved(answer: Fetched, to: str) -> Fetched:
    kept: dict[str, Any] = {name: getattr(answer, name) for name in Fetched.__slots__}
    return Fetched(**kept | {"moved_to": to})


def _in_words(error: Exception) -> str:
    cause = error.__cause__
    words = str(cause if isinstance(cause, _NotReachable) else error)
    return f"No answer: {words[:200] or type(error).__name__}"


def _not_before(headers: Mapping[str, str], status: int, now: int) -> int | None:
    """Until when the answer says not to ask: `Retry-After`, or how long it is fresh."""
    if status in (429, 503) and "Retry-After" in headers:
        return _retry_after(headers["Retry-After"], now)
    told = headers.get("Cache-Control", "").lower().split(",")
    rules = dict(part.strip().partition("=")[::2] for part in told)
    if status not in (200, 304) or "no-cache" in rules or "no-store" in rules:
        return None
    age = _seconds(headers.get("Age", "0")) or 0
    if "max-age" in rules:
        seconds = _seconds(rules["max-age"])
        return None if seconds is None else now + max(seconds - age, 0) * SECOND_MS
    expires, date = (_instant(headers.get(name, "")) for name in ("Expires", "Date"))
    if expires is None:
        return None
    # By the server's own clock, where it tells it.
    return now + max(expires - (now if date is None else date), 0)


def _retry_after(text: str, now: int) -> int | None:
    seconds = _seconds(text)
    return _instant(text) if seconds is None else now + seconds * SECOND_MS


def _seconds(text: str) -> int | None:
    text = text.strip().strip('"')
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _instant(text: str) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp() * SECOND_MS)
    except (ValueError, TypeError, OverflowError):
        return None
