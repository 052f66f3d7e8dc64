"""Posting: 2xx is taken, anything else is not, and no redirection is followed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from openline.adapters.webhook import posting
from openline.adapters.webhook.posting import NotTaken, Poster

Taken = tuple[web.Request, bytes]


@asynccontextmanager
async def program(status: int, took: list[Taken], slow_s: float = 0) -> AsyncIterator[str]:
    """A program that answers so; its address."""

    async def take(request: web.Request) -> web.Response:
        took.append((request, await request.read()))
        await asyncio.sleep(slow_s)
        return web.Response(status=status, headers={"location": "/elsewhere"})

    app = web.Application()
    app.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/in?key=1"
    finally:
        await runner.cleanup()


async def test_what_is_posted_arrives_whole() -> None:
    """Body, headers and address arrive as they are, over one connection."""
    took: list[Taken] = []
    async with program(204, took) as address, Poster(address, None) as poster:
        for _ in range(2):
            await poster.post(b'{"a":1}', {"webhook-id": "m"})
    assert [(one.path_qs, body) for one, body in took] == [("/in?key=1", b'{"a":1}')] * 2
    headers = took[0][0].headers
    assert headers["webhook-id"] == "m"
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert "cookie" not in headers


@pytest.mark.parametrize("status", [302, 307, 400, 410, 500])
async def test_all_but_2xx_is_not_taken(status: int) -> None:
    """An answer that is not 2xx is told by its number; a redirection leads nowhere."""
    took: list[Taken] = []
    async with program(status, took) as address, Poster(address, None) as poster:
        with pytest.raises(NotTaken, match=f"it answers {status}"):
            await poster.post(b"{}", {})
    assert [one.path for one, _ in took] == ["/in"]


async def test_nobody_and_nothing_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is not there, or does not answer in time, has taken nothing."""
    monkeypatch.setattr(posting, "ANSWER_S_MAX", 0.05)
    async with program(200, [], slow_s=5) as address, Poster(address, None) as poster:
        with pytest.raises(NotTaken, match="no answer in time"):
            await poster.post(b"{}", {})
    async with Poster("http://127.0.0.1:1/in", None) as poster:
        with pytest.raises(NotTaken, match=r"127\.0\.0\.1:1"):
            await poster.post(b"{}", {})
