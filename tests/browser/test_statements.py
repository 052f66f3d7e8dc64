"""Pages of public statements in a real Chromium: by mouse, by keyboard, narrow, from the right."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from openline.faces.console.printing import POLICY
from tests.browser.desk import SHOTS
from tests.faces.cli.test_statements import Place, place

pytestmark = pytest.mark.system

__all__ = ["place"]

Looks = Callable[..., Page]
NODE = "http://node.example"
COLUMNS = "one => getComputedStyle(one).gridTemplateColumns.split(' ').length"


@pytest.fixture
def looks(browser: Browser, place: Place) -> Looks:
    """Opens a page of the node, which answers as it does on the officers' port."""

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        assert parts.netloc == "node.example", "nobody but the node is asked"
        body = place.client.get_file(parts.path, **dict(parse_qsl(parts.query)))
        kind = "text/css" if parts.path.endswith(".css") else "text/html; charset=utf-8"
        headers = {"content-type": kind, "content-security-policy": POLICY}
        route.fulfill(body=body, headers=headers)

    def look(path: str, width: int = 1_200) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.route("**/*", answer)
        page.goto(NODE + path)
        return page

    return look


def test_from_the_list_to_a_row(looks: Looks, place: Place) -> None:
    """The list leads to the versions, to two side by side, and each moved row to its other end."""
    page = looks("/print/statements?language=en")
    page.locator(f"a[href*='{place.id}']").click()
    page.get_by_role("link", name="Against the version before").first.click()
    away = page.locator("#a1-4")
    assert "moved to paragraph 4" in away.inner_text()
    away.locator(".old a").click()
    assert page.locator("#p1-4").evaluate("one => one.matches(':target')")
    page.locator("#p1-4 .mark span a").click()
    assert page.locator("#a1-4").evaluate("one => one.matches(':target')")
    # What tells a change is a mark and words beside it.
    assert page.locator("#a1-4 .mark b").inner_text().strip() == "←"
    page.close()


def test_changes_are_reached_by_keyboard(looks: Looks, place: Place) -> None:
    """Tab and Enter lead from one change to the next, and the focus is seen."""
    page = looks(f"/print/statements/{place.id}/differences?language=en")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "next":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.locator(".pair:target").count() == 1
    page.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_sides_stand_as_they_are_read(
    looks: Looks,
    place: Place,
    language: str,
) -> None:
    """The earlier version is where reading begins; where it is narrow, all is in one column."""
    path = f"/print/statements/{place.id}/differences?old=1&new=2&language={language}"
    page = looks(path)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"statements-{language}.png"), full_page=True)
    row = page.locator(".pair.edited").first
    old, new = (row.locator(side).bounding_box() for side in (".old", ".new"))
    assert old is not None
    assert new is not None
    assert (old["x"] > new["x"]) is (language == "ar")
    assert row.evaluate(COLUMNS) == 3
    page.close()
    page = looks(path, 420)
    assert page.locator(".pair.edited").first.evaluate(COLUMNS) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_a_hostile_page_does_nothing(looks: Looks, place: Place) -> None:
    """Mark-up in a statement is letters on the page; nothing runs and nothing is asked for."""
    [one] = place.client.get("/statements", source="hostile")["statements"]
    place.client.post("/statements", one["id"], "check", body=None)
    page = looks(f"/print/statements/{one['id']}/versions/1")
    assert page.locator("script").count() == 0
    assert "<script>alert(1)</script> ⟨U+202E⟩gnp.exe" in page.locator(".whole").inner_text()
    page.close()
