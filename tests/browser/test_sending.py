"""What an officer says by keyboard alone, and what the other node has of it."""

import re
import time
from typing import Any

import pytest

from tests.browser.conftest import Opens
from tests.browser.desk import Desk, wait_until
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

INSTANT = "%Y-%m-%dT%H:%M:%SZ"
HOUR_S = 3_600
PLACE = "1.1 km north of Shayrat airfield"


def live_notice(node: Node) -> dict[str, Any]:
    """A notice of a strike at Shayrat airfield, from now on for four hours."""
    now = int(time.time())
    circle = {
        "shape": "CIRCLE",
        "vertices": [{"lat": "34.4900", "lon": "36.9090"}],
        "radius": "9 km",
        "upper": "FL100",
        "valid_from": time.strftime(INSTANT, time.gmtime(now + HOUR_S // 2)),
        "valid_until": time.strftime(INSTANT, time.gmtime(now + 4 * HOUR_S)),
    }
    fields = {
        "category": "strike",
        "kind": "missile",
        "activity": "Strike on an air base.",
        "volumes": [circle],
        "place": {"words": "at Shayrat airfield"},
        "language": "en",
    }
    return node.post("NOTICE", fields, wait="delivered", timeout_ms=30_000)


def write_notice(desk: Desk) -> None:
    """Fill in the form of a notice with the keys alone: a circle, in numbers."""
    desk.press("n")
    desk.until("document.activeElement.id.includes('category')")
    desk.type("strike")
    desk.tab_to("Kind")
    desk.type("air")
    desk.tab_to("In numbers")
    desk.press("Enter")
    desk.tab_to("Add to: Areas")
    desk.press("Enter")
    desk.until("document.activeElement.type === 'radio'")
    desk.press("Space")
    desk.tab_to("Points")
    desk.type("34.50N 36.91E")
    desk.tab_to("Radius in metres")
    desk.type("5000")
    desk.tab_to("Number")
    desk.type("3000")
    desk.tab_to("Number")
    desk.type("9000")
    desk.tab_to("From")
    desk.type("+60min")
    desk.tab_to("Until")
    desk.type("+120min")
    desk.tab_to("Words")
    desk.type(PLACE)
    desk.tab_to("Activity")
    desk.type("Two aircraft pass.")


def said_in(node: Node, words: str) -> list[dict[str, Any]]:
    """The messages at a node whose own fields hold these words."""
    found = []
    for one in node.messages():
        if one["kind"] in ("NOTICE", "TEXT"):
            whole = node.message(one["party"], one["index"])
            if words in str(whole["body"]):
                found.append(whole)
    return found


def test_a_notice_is_written_by_keys_and_said_once(alpha: Node, bravo: Node, opens: Opens) -> None:
    """A conflict is seen before it is said; Enter twice says it once, and both nodes have it."""
    theirs = live_notice(bravo)
    desk = opens(alpha).sign_in()
    write_notice(desk)
    met = desk.page.get_by_role("region", name="What it would meet")
    met.get_by_text(f"bravo.example {theirs['notice_id']}").first.wait_for(timeout=10_000)
    assert not said_in(alpha, PLACE)
    desk.shoot("sending-notice")
    desk.tab_to("Say it")
    desk.press("Enter")
    desk.press("Enter")
    desk.sees("Said as")
    (held,) = wait_until(lambda: said_in(bravo, PLACE), "bravo has it")
    assert len(said_in(alpha, PLACE)) == 1
    (volume,) = held["body"]["volumes"]
    assert volume["shape"] == "CIRCLE"
    assert volume["radius_m"] == 5_000
    assert held["by"]["officer"] == "Maj. Carter"
    wait_until(
        lambda: [
            one
            for one in bravo.conflicts()
            if {side["notice_id"] for side in one["sides"]}
            == {theirs["notice_id"], held["notice_id"]}
        ],
        "bravo's node finds the conflict, too",
    )


def test_a_text_is_said_by_keys(alpha: Node, bravo: Node, opens: Opens) -> None:
    """M opens it, Ctrl+Enter says it, and its delivery is shown."""
    desk = opens(alpha).sign_in()
    desk.press("m")
    desk.until("document.activeElement.id.includes('text')")
    desk.type("Our two drones are on their way home.")
    desk.press("Control+Enter")
    desk.sees("Delivered: every recipient's receipt is held.")
    assert len(said_in(bravo, "Our two drones are on their way home.")) == 1


def test_a_fault_is_told_beside_its_field_in_russian(alpha: Node, opens: Opens) -> None:
    """What is left empty is told in the officer's language, bound to the field."""
    desk = opens(alpha, language="ru").sign_in()
    desk.press("n")
    desk.until("document.activeElement.id.includes('category')")
    desk.press("Tab")
    field = desk.page.locator("[aria-invalid=true]").first
    field.wait_for(timeout=10_000)
    described = (field.get_attribute("aria-describedby") or "").split()
    (faults,) = [one for one in described if one.endswith("-faults")]
    told = desk.page.locator(f"[id='{faults}']").inner_text()
    assert re.search("[а-я]{4}", told)
    assert "missing" not in told
    assert desk.wrongs() == []


def test_what_was_begun_is_there_after_a_reload(alpha: Node, bravo: Node, opens: Opens) -> None:
    """A text that was not said is kept by the browser, and can be said then."""
    desk = opens(alpha).sign_in()
    desk.press("m")
    desk.until("document.activeElement.id.includes('text')")
    desk.type("Written before the reload")
    desk.until("Object.values(localStorage).some((one) => one.includes('before the reload'))")
    desk.page.reload()
    desk.sees("You began this and did not say it.")
    box = desk.page.get_by_label("Text (needed)")
    assert box.input_value() == "Written before the reload"
    assert not said_in(alpha, "Written before the reload")
    box.focus()
    desk.press("End")
    desk.type(" and said after it.")
    desk.press("Control+Enter")
    desk.sees("Said as")
    wait_until(lambda: said_in(bravo, "Written before the reload and said after it."), "it is said")
