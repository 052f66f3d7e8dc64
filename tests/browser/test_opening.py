"""What opening a message says, a card that could not be read, and the bar above it all."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Opens
from tests.browser.desk import Desk, add_person, seen_by, wait_until
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

POST = "watch"
INSTANT = "%Y-%m-%dT%H:%M:%SZ"


def later(hours: int) -> str:
    """An instant so many hours from now."""
    return time.strftime(INSTANT, time.gmtime(time.time() + hours * 3_600))


@contextmanager
def on_watch(node: Node, officer: str) -> Iterator[None]:
    """An officer is on watch until the block ends."""
    for one in node.messages():
        # Before every FLASH is read, no watch begins.
        marks = one["marks"]
        is_seen = any(mark["party"] == node.party for mark in (*marks["read"], *marks["answered"]))
        if one["precedence"] == "FLASH" and one["party"] != node.party and not is_seen:
            of = {"party": one["party"], "index": one["index"]}
            node.post("READ", {"of": of}, reply_to=of)
    watches = node.client().get("/lines", node.line, "watches")["watches"]
    for one in watches:
        if one["party"] == node.party and one["post"] == POST and one["state"] == "OPEN":
            change(node, str(one["officer"]), "UNMANNED")
    change(node, officer, "OPENED", planned_until=later(8), languages=["en"])
    try:
        yield
    finally:
        change(node, officer, "UNMANNED")


def change(node: Node, officer: str, what: str, **more: Any) -> None:
    """Let an officer open the watch, or say that nobody is there."""
    by = {"post": POST, "officer": officer}
    fields = {**by, "by": by, "change": what, "since": later(0), "language": "en", **more}
    node.post("WATCH", fields)


def take(desk: Desk, serial: str) -> None:
    """Take a message in hand from the queue."""
    desk.page.locator(".entry", has_text=serial).first.click()
    desk.page.locator(".hand").get_by_text(serial).first.wait_for()
    desk.page.locator(".hand .lead").first.wait_for()


def test_a_flash_is_read_by_the_officer_on_watch_who_opens_it(
    alpha: Node, bravo: Node, opens: Opens
) -> None:
    """Opened by another it stays unread; opened by whoever is on watch it is read, once."""
    name = "Lt. Opens"
    add_person(alpha, name, "WATCH_OFFICER")
    with on_watch(alpha, name):
        said = bravo.deliver("Hold your fire at the bridge.", precedence="FLASH")
        other = opens(alpha).sign_in()
        take(other, said["serial"])
        other.page.wait_for_timeout(500)
        assert seen_by(bravo, bravo.party, said["index"]) == []
        desk = opens(alpha).sign_in(name)
        take(desk, said["serial"])
        desk.sees("By opening it you have said that it is read.")
        wait_until(lambda: seen_by(bravo, bravo.party, said["index"]) == [name], "bravo sees it")
        routine = bravo.deliver("The road is open again.")
        take(desk, routine["serial"])
        desk.page.wait_for_timeout(500)
        assert seen_by(bravo, bravo.party, routine["index"]) == []
        assert desk.wrongs() == []
    assert seen_by(bravo, bravo.party, said["index"]) == [name]


def test_a_card_that_could_not_be_read_offers_to_read_it_again(
    alpha: Node, bravo: Node, opens: Opens
) -> None:
    """While the node does not answer the card says so; a press reads it when it does."""
    desk = opens(alpha).sign_in()
    message = re.compile(r"/messages/[^/]+/\d+(\?|$)")

    def cut(route: Route) -> None:
        route.abort()

    # Before it is said: the list would read its first words else.
    desk.page.route(message, cut)
    said = bravo.deliver("The second bridge is closed.")
    desk.page.locator(".entry", has_text=said["serial"]).first.click()
    again = desk.page.get_by_role("button", name="Read it again")
    again.wait_for()
    desk.page.unroute(message, cut)
    again.click()
    desk.page.locator(".hand .lead", has_text="The second bridge is closed.").wait_for()
    assert again.count() == 0


@pytest.mark.parametrize(
    ("language", "width"), [("ru", 1280), ("ar", 1280), ("ru", 760)], ids=["ru", "ar", "narrow"]
)
def test_the_bar_is_one_row_and_leads_to_every_screen(
    language: str, width: int, alpha: Node, opens: Opens
) -> None:
    """Each screen is in the row, whole, or in the menu; the menu closes by Escape."""
    name = f"Lt. Bar {language} {width}"
    add_person(alpha, name, "ADMINISTRATOR", "WATCH_OFFICER")
    desk = opens(alpha, language=language, width=width, height=720).sign_in(name)
    bar = desk.page.locator("nav.screens")
    desk.page.wait_for_timeout(500)  # What fits is measured when all is drawn.
    box = bar.bounding_box()
    assert box is not None
    assert box["height"] < 56, "one row"
    seen = [one for one in bar.locator(".fits button").all() if one.is_visible()]
    for one in seen:
        place = one.bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= width
        assert place["y"] >= box["y"]
        assert place["y"] + place["height"] <= box["y"] + box["height"]
    opener = bar.locator("[aria-controls=menu]")
    opener.click()
    listed = bar.locator("#menu > button.plain")
    count = bar.locator(".fits button").count()
    assert len(seen) + listed.count() == count >= 11
    assert (width > 1_000) or listed.count() > 3
    assert desk.wrongs() == []
    if listed.count():
        listed.last.click()
        assert desk.page.url.endswith("#/own")
        opener.click()
    desk.press("Escape")
    assert bar.locator("#menu").count() == 0
    assert desk.page.evaluate("document.activeElement.getAttribute('aria-controls')") == "menu"
