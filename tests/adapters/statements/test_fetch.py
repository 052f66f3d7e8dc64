"""Pages are asked for politely, within bounds, and never at a machine of one's own."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from openline.adapters.statements.address import Reachable
from openline.adapters.statements.fetch import BODY_BYTES_MAX, CheckedResolver, Fetcher
from openline.domain.instant import HOUR_MS, SECOND_MS
from tests.adapters.statements import press

NOW = 1_491_525_000_000
OWN = ["127.0.0.0/8"]


@asynccontextmanager
async def fetching(allowed: list[str]) -> AsyncIterator[Fetcher]:
    """A fetcher that may ask these beside public machines."""
    fetcher = Fetcher("mailto:press@alpha.example", Reachable(allowed), pause_s=0)
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def test_a_guest_says_who_asks() -> None:
    """Each request names the program and a contact, and shows what the last answer said."""
    async with press.office() as office, fetching(OWN) as fetcher:
        address = office.show("/7", "text", ETag='"1"')
        first = await fetcher.fetch(address, NOW)
        again = await fetcher.fetch(address, NOW, etag=first.headers["ETag"])
        assert (first.status, first.body, again.status, again.body) == (200, b"text", 304, b"")
        assert "(+mailto:press@alpha.example)" in office.asked[-1][1]["User-Agent"]
        assert office.count("/robots.txt") == 1


async def test_robots_are_heeded() -> None:
    """What robots.txt forbids is not asked for; a host whose robots.txt fails is not asked."""
    async with press.office() as office, fetching(OWN) as fetcher:
        office.show("/robots.txt", "User-agent: *\nDisallow: /private\n")
        address = office.show("/private/7", "text")
        answer = await fetcher.fetch(address, NOW)
        assert answer.is_refused
        assert office.count("/private/7") == 0
        office.show("/robots.txt", "no", 500)
        later = await fetcher.fetch(office.show("/7", "text"), NOW + 25 * HOUR_MS)
        assert (later.status, later.body, later.is_refused) == (500, b"", False)


async def test_a_robots_txt_that_cannot_be_read_forbids_nothing() -> None:
    """Rules that Python's parser fails on are taken as none."""
    async with press.office() as office, fetching(OWN) as fetcher:
        office.show("/robots.txt", "User-agent: *\nCrawl-delay: ²\n")
        assert (await fetcher.fetch(office.show("/7", "text"), NOW)).body == b"text"


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/"])
async def test_a_redirect_leads_to_no_machine_of_ones_own(target: str) -> None:
    """A page that redirects to a private address is not followed there."""
    async with press.office() as office, fetching(["127.0.0.1/32"]) as fetcher:
        address = office.show("/7", "", 302, Location=target)
        answer = await fetcher.fetch(address, NOW)
        assert answer.body == b""
        assert "no public address" in answer.fault


async def test_a_name_leads_to_no_machine_of_ones_own() -> None:
    """A name that resolves to loopback is refused where the connection would be made."""
    async with press.office() as office, fetching([]) as fetcher:
        port = office.base.rpartition(":")[2]
        for host in ("localhost", "127.0.0.1", "2130706433", "0x7f.1"):
            answer = await fetcher.fetch(f"http://{host}:{port}/7", NOW)
            assert "public address" in answer.fault
        assert office.asked == []


async def test_the_resolver_gives_what_may_be_asked_alone() -> None:
    """The addresses of a name are those that were checked, by number."""
    found = await CheckedResolver(Reachable(OWN)).resolve("localhost", 80)
    assert {one["host"] for one in found} <= {"127.0.0.1"}
    with pytest.raises(OSError, match="no public address"):
        await CheckedResolver(Reachable()).resolve("localhost", 80)


async def test_redirects_are_counted() -> None:
    """Five redirects are followed, a sixth is not; permanent ones tell the new address."""
    async with press.office() as office, fetching(OWN) as fetcher:
        for n in range(7):
            office.show(f"/{n}", "", 301, Location=f"/{n + 1}")
        office.show("/6", "text")
        reached = await fetcher.fetch(office.base + "/1", NOW)
        assert (reached.body, reached.moved_to) == (b"text", office.base + "/6")
        assert "more than 5" in (await fetcher.fetch(office.base + "/0", NOW)).fault


async def test_large_answers_are_refused() -> None:
    """More than two mebibytes are not taken, however small they are on the way."""
    async with press.office() as office, fetching(OWN) as fetcher:
        large = gzip.compress(b"a" * (BODY_BYTES_MAX + 1))
        address = office.show("/7", large, Content_Encoding="gzip")
        answer = await fetcher.fetch(address, NOW)
        assert (answer.body, answer.status) == (b"", 200)
        assert "bytes" in answer.fault


@pytest.mark.parametrize(
    ("status", "headers", "not_before"),
    [
        (200, {"Cache_Control": "public, max-age=600"}, NOW + 600 * SECOND_MS),
        (200, {"Cache_Control": "max-age=600", "Age": "100"}, NOW + 500 * SECOND_MS),
        (200, {"Cache_Control": "no-store, max-age=600"}, None),
        (200, {"Cache_Control": "max-age=-1"}, None),
        (200, {"Date": "Fri, 07 Apr 2017 00:00:00 GMT", "Expires": "Fri, 07 Apr 2017 00:01:00 GMT"},
         NOW + 60 * SECOND_MS),
        (503, {"Retry_After": "120"}, NOW + 120 * SECOND_MS),
        (429, {"Retry_After": "Fri, 07 Apr 2017 01:30:00 GMT"}, 1_491_528_600_000),
        (503, {"Retry_After": "soon"}, None),
        (200, {}, None),
    ],
)  # fmt: skip
async def test_what_the_server_asks_for_is_read(
    status: int, headers: dict[str, str], not_before: int | None
) -> None:
    """Freshness and `Retry-After` become the instant before which nothing is asked."""
    async with press.office() as office, fetching(OWN) as fetcher:
        answer = await fetcher.fetch(office.show("/7", "text", status, **headers), NOW)
        assert answer.not_before == not_before


async def test_no_answer_is_told() -> None:
    """A port at which nobody listens is a fault in words."""
    async with fetching(OWN) as fetcher:
        answer = await fetcher.fetch("http://127.0.0.1:9/7", NOW)
        assert answer.status == 0
        assert answer.fault.startswith("No answer")
