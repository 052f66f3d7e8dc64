"""The reader: pages and lists are read in a process apart, within bounds.

What a stranger's server sends is parsed by a library in C; that must not happen where the
party's keys are. The process is started when it is first needed, does one page after another,
and is replaced when a page makes it end or takes too long: such a page is unreadable.

    python -m openline.adapters.statements.reader

reads from its input a row of JSON and then as many bytes as that says, and writes a row of JSON.
"""

import asyncio
import contextlib
import json
import resource
import sys
from typing import Any, Final

from openline.adapters.statements.discovery import Listed, Listing, read_list
from openline.adapters.statements.page import Page, read_page
from openline.domain.statements.article import Article, Block, Paragraph
from openline.domain.statements.source import OWN_EXTRACTOR

SECONDS_MAX: Final = 20
MEMORY_BYTES_MAX: Final = 1024 * 1024 * 1024
_ANSWER_BYTES_MAX: Final = 8 * 1024 * 1024
_TOO_MUCH: Final = "It takes too long or too much memory to read."


class Reader:
    """Reads pages and lists; every method belongs to one event loop."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def page(
        self,
        body: bytes,
        content_type: str,
        selector: str,
        language: str,
        extractor: str = OWN_EXTRACTOR,
    ) -> Page:
        """As `page.read_page`; a page that ends the process has a fault."""
        order = {"do": "page", "selector": selector, "language": language, "extractor": extractor}
        answer = await self._ask(order | {"content_type": content_type}, body)
        return page_from_json(answer) if answer else Page(Article("", ()), _TOO_MUCH)

    async def list(self, body: bytes, content_type: str, address: str) -> Listing:
        """As `discovery.read_list`; a list that ends the process has a fault."""
        order = {"do": "list", "address": address, "content_type": content_type}
        answer = await self._ask(order, body)
        if answer is None:
            return Listing(fault=_TOO_MUCH)
        pages = tuple(Listed(*one) for one in answer["pages"])
        return Listing(pages, tuple(answer["lists"]), answer["fault"])

    async def close(self) -> None:
        """End the process."""
        async with self._lock:
            await self._end()

    async def _ask(self, order: dict[str, Any], body: bytes) -> dict[str, Any] | None:
        async with self._lock:
            try:
                return await asyncio.wait_for(self._exchange(order, body), SECONDS_MAX)
            except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError):
                await self._end()
                return None
            except asyncio.CancelledError:
                await self._end()
                raise

    async def _exchange(self, order: dict[str, Any], body: bytes) -> dict[str, Any]:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", __name__),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=_ANSWER_BYTES_MAX,
            )
        assert process.stdin is not None, "it was opened with pipes"
        assert process.stdout is not None, "it was opened with pipes"
        process.stdin.write(json.dumps(order | {"size": len(body)}).encode() + b"\n" + body)
        await process.stdin.drain()
        answer: dict[str, Any] = json.loads(await process.stdout.readuntil(b"\n"))
        return answer

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def page_to_json(page: Page) -> dict[str, Any]:
    """A page as JSON has it."""
    return {
        "title": page.article.title,
        "paragraphs": [[one.block.value, one.text] for one in page.article.paragraphs],
        "is_cut": page.article.is_cut,
        "fault": page.fault,
        "canonical": page.canonical,
        "published": page.published,
    }


def page_from_json(form: dict[str, Any]) -> Page:
    """The page that `page_to_json` gave."""
    paragraphs = tuple(Paragraph(text, Block(block)) for block, text in form["paragraphs"])
    article = Article(form["title"], paragraphs, form["is_cut"])
    return Page(article, form["fault"], form["canonical"], form["published"])


def _answer(order: dict[str, Any], body: bytes) -> dict[str, Any]:
    if order["do"] == "list":
        found = read_list(body, order["content_type"], order["address"])
        pages = [[one.address, one.title] for one in found.pages]
        return {"pages": pages, "lists": list(found.lists), "fault": found.fault}
    given = [order[key] for key in ("content_type", "selector", "language", "extractor")]
    return page_to_json(read_page(body, *given))


def main() -> None:
    """Read what comes in until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while row := sys.stdin.buffer.readline():
        order = json.loads(row)
        answer = _answer(order, sys.stdin.buffer.read(order["size"]))
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
