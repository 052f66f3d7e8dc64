"""The page that verifies certificates: one file, opened from a disk, that asks nobody."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from openline.faces.cli.main import run
from tests.fuzz.mutations import VECTORS, certificates

pytestmark = pytest.mark.system


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page as `openline verify --page` writes it, opened from the disk; nothing is served."""
    path = tmp_path / "verify.html"
    assert run(["verify", "--page", str(path)]) == 0
    context = browser.new_context(locale="en-GB", offline=True)
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    context.route(re.compile("^(?!file:)"), refuse)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.goto(path.as_uri())
    yield opened
    context.close()
    assert asked == []
    assert wrong == []


def choose(page: Page, name: str, data: bytes) -> None:
    """Put a file into the page, as a reader does."""
    page.locator("#file").set_input_files({"name": name, "mimeType": "", "buffer": data})
    page.locator("#report").wait_for()


def test_a_journalist_reads_the_verdict_in_three_languages(page: Page) -> None:
    """The verdict, numbered steps, the words and root keys are told, in each language."""
    choose(page, "message.cert", certificates()["message"])
    assert page.locator("#verdict").inner_text() == "PROVEN"
    assert page.locator("#steps li").count() == 10
    assert page.locator("#steps .found").first.inner_text().startswith("It holds.")
    assert page.locator("#roots li").count() >= 2
    said = page.locator("#words").inner_text()
    assert said
    for language, word, direction in (("ru", "ДОКАЗАНО", "ltr"), ("ar", "ثابت", "rtl")):
        page.locator(f"nav button[lang={language}]").click()
        assert page.locator("#verdict").inner_text() == word
        assert page.evaluate("document.documentElement.dir") == direction
        assert page.locator("#words").inner_text() == said
        shown = page.locator("#conclusion").inner_text() + page.locator("#steps").inner_text()
        assert "{" not in shown
        assert not re.search(r"\b(?:the|is|of)\b", shown), shown


@pytest.mark.parametrize("sort", ["two heads", "two ticks", "two entries", "two journals"])
def test_a_fork_is_told_in_three_languages(page: Page, sort: str) -> None:
    """What was signed twice is PROVEN, with both hashes and the key, and so in each language."""
    choose(page, "fork.cert", certificates()[f"fork: {sort}"])
    assert page.locator("#verdict").inner_text() == "PROVEN"
    facts = next(
        case["facts"]
        for case in json.loads(VECTORS.read_text())["certificates"]
        if case["name"] == f"fork: {sort}"
    )
    for language in ("en", "ru", "ar"):
        page.locator(f"nav button[lang={language}]").click()
        shown = page.locator("#conclusion").inner_text()
        assert all(facts[name] in shown for name in ("key", "first", "second"))
        assert "{" not in shown
        assert language == "en" or not re.search(r"\b(?:the|is|of)\b", shown), shown


def test_named_keys_and_damage_are_told(page: Page) -> None:
    """A named key that nobody has refutes, and a file with a byte changed is not valid."""
    whole = certificates()["non_use"]
    choose(page, "silent.cert", whole)
    own = "\n".join(json.loads(VECTORS.read_text())["pinned"][0]["pins"])
    for named, verdict in ((own, "PROVEN"), ("0" * 64, "REFUTED")):
        page.locator("#named").fill(named)
        page.locator("#named").blur()
        page.locator("#verdict", has_text=verdict).wait_for()
    page.locator("#named").fill("beef")
    page.locator("#named").blur()
    page.get_by_role("alert").get_by_text("give all 64 digits").wait_for()
    page.locator("#named").fill("")
    page.locator("#named").blur()
    choose(page, "spoilt.cert", whole[:100] + b"!" + whole[101:])
    page.locator("#verdict", has_text="NOT VALID").wait_for()
    choose(page, "state.cert", certificates()["state"])
    page.locator("#verdict", has_text="NOT JUDGED").wait_for()


def test_a_file_is_dropped_onto_the_page(page: Page) -> None:
    """A certificate that is dragged onto the box is verified."""
    data = list(certificates()["use"])
    drag = page.evaluate_handle(
        "data => { const drag = new DataTransfer();"
        " drag.items.add(new File([new Uint8Array(data)], 'use.cert')); return drag; }",
        data,
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": drag})
    page.locator("#verdict", has_text="PROVEN").wait_for()


def test_the_page_is_one_file_with_a_strict_policy() -> None:
    """Script and style are allowed by their hashes alone, and nothing else is loaded."""
    built = files("openline") / "faces" / "console" / "verifier" / "verify.html"
    text = built.read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert not re.search(r"""<[a-z]+[^>]*\s(?:src|href)=""", text.partition("<script")[0])
    assert "MIT License" in text
    assert len(text) < 200_000
