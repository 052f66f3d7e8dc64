"""The contract of what reads public pages, asked of each extractor in the reader's process."""

import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from openline.adapters.statements import extractor as extractors
from openline.adapters.statements.extractor import (
    EXTRACTOR,
    TRAFILATURA,
    extractor_name,
    extractor_of,
)
from openline.adapters.statements.page import Page
from openline.adapters.statements.reader import Reader
from openline.domain.errors import OurError
from openline.domain.statements.article import Block, text_hash
from openline.domain.statements.source import EXTRACTORS
from tests.adapters.statements import press

HTML = "text/html; charset=utf-8"
BLOCKS = (
    "<html><head><title>On the line</title></head><body><article><h1>On the line</h1>"
    "<h2>What was said</h2><p>Officers of both sides spoke <b>at length</b> over the line "
    "about aircraft near the river, and agreed to speak again before noon tomorrow.</p>"
    "<ul><li>The line is answered by day and by night</li><li>Calls are logged by both</li></ul>"
    "<blockquote><p>We shall go on speaking whatever happens in the air, he said.</p></blockquote>"
    "</article></body></html>"
)


@pytest.fixture(params=EXTRACTORS)
async def read(request: pytest.FixtureRequest) -> AsyncIterator["Reading"]:
    """One extractor, in a process apart."""
    reader = Reader()
    yield Reading(reader, request.param)
    await reader.close()


class Reading:
    """Reads pages by one extractor."""

    def __init__(self, reader: Reader, extractor: str) -> None:
        self._reader, self.extractor = reader, extractor

    async def __call__(self, html: str, language: str = "en") -> Page:
        return await self._reader.page(html.encode(), HTML, "", language, self.extractor)


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
async def test_a_press_page_is_read(read: Reading, language: str) -> None:
    """Headline and paragraphs come as they were published, and nothing that stands around them."""
    release = press.release(language)
    page = await read(press.page(release), language)
    assert page.fault == ""
    assert page.article.title == release.title
    assert [one.text for one in page.article.paragraphs] == list(release.paragraphs)


async def test_the_sorts_of_blocks_are_told(read: Reading) -> None:
    """Headings, items and quotes are told as such, and the headline is not read twice."""
    paragraphs = (await read(BLOCKS)).article.paragraphs
    sorts = [one.block for one in paragraphs]
    assert sorts == [Block.HEADING, Block.PARAGRAPH, Block.ITEM, Block.ITEM, Block.QUOTE]
    assert paragraphs[0].text == "What was said"


@pytest.mark.parametrize("html", [press.NOT_FOUND, press.COOKIE_WALL, "", "<", "\x00" * 99])
async def test_what_is_no_statement_is_none(read: Reading, html: str) -> None:
    """A page that says "not found" or "accept", and one of nothing, has no text and a fault."""
    page = await read(html)
    assert page.fault != ""
    assert page.article.paragraphs == ()


async def test_the_same_bytes_read_alike(read: Reading) -> None:
    """One page read twice, with others between, has one text."""
    text = press.page(press.release())
    first = await read(text)
    await read(press.page(press.denial(press.release())))
    assert text_hash(first.article) == text_hash((await read(text)).article)


async def test_hostile_pages_end_nothing(read: Reading) -> None:
    """After pages of deep nesting and a megabyte in one paragraph the next is read as ever."""
    for html in ("<div>" * 40_000, "<blockquote>" * 3_000 + "x " * 50, "<p>" + "a " * 500_000):
        await read(html)
    assert (await read(press.page(press.release()))).fault == ""


def test_names_lead_back_to_what_reads() -> None:
    """The name kept with a text says which extractor reads so, its selector included."""
    for extractor, selector in (("openline", ""), ("openline", "div at p"), ("trafilatura", "")):
        assert extractor_of(extractor_name(extractor, selector)) == (extractor, selector)
    assert extractor_of("trafilatura 1.8.0 in " + EXTRACTOR) is None
    assert extractor_of("openline page 0") is None


@pytest.mark.parametrize("found", [None, "2.3.0"])
def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch, found: str | None) -> None:
    """Asked for where it is not there, or in another release, it is said what to install."""

    def version(name: str) -> str:
        if found is None:
            raise extractors.PackageNotFoundError(name)
        return found

    monkeypatch.setattr(extractors, "version", version)
    with pytest.raises(OurError, match="trafilatura") as fault:
        extractor_name("trafilatura")
    assert "pip install 'openline[trafilatura]'" in fault.value.remedy


def test_a_selector_goes_with_ours_alone() -> None:
    """A selector given to trafilatura is refused instead of being left out in silence."""
    with pytest.raises(OurError, match="selector"):
        extractor_name("trafilatura", "div.statement")


def test_the_pin_is_one() -> None:
    """The release that the program takes is the one that the extra installs."""
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    pinned = settings["project"]["optional-dependencies"]["trafilatura"]
    assert pinned == [f"trafilatura=={TRAFILATURA}"]
