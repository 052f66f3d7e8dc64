"""An area that is drawn and then changed on the map, by mouse and by touch."""

import pytest

from tests.browser.conftest import Opens
from tests.browser.desk import Desk
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

CORNERS = ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7))
"""Of a triangle, as shares of the map's width and height."""


def positions(desk: Desk) -> list[str]:
    """What stands in the list of positions."""
    boxes = desk.page.locator(".editor fieldset li input")
    return [boxes.nth(n).input_value() for n in range(boxes.count())]


def at(desk: Desk, share: tuple[float, float]) -> tuple[float, float]:
    """A point of the screen at a share of the map."""
    box = desk.page.locator(".editor .map").bounding_box()
    assert box is not None
    return box["x"] + share[0] * box["width"], box["y"] + share[1] * box["height"]


def draw_triangle(desk: Desk) -> None:
    """Open the form of a notice and draw a triangle with the mouse."""
    desk.go("say/NOTICE")
    desk.page.get_by_role("button", name="+ Polygon").click()
    desk.page.locator(".editor .map").scroll_into_view_if_needed()
    desk.page.wait_for_timeout(600)
    for corner in CORNERS:
        desk.page.mouse.click(*at(desk, corner))
        desk.page.wait_for_timeout(350)
    desk.page.mouse.click(*at(desk, CORNERS[0]))
    desk.until("document.querySelectorAll('.editor fieldset li input').length === 3")
    desk.page.wait_for_timeout(500)


def drag(desk: Desk, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag with the mouse from one share of the map to another."""
    desk.page.mouse.move(*at(desk, start))
    desk.page.mouse.down()
    desk.page.mouse.move(*at(desk, end), steps=5)
    desk.page.mouse.up()
    desk.page.wait_for_timeout(100)


def test_a_drawn_area_is_changed_on_the_map(alpha: Node, opens: Opens) -> None:
    """A corner is dragged, one is drawn out of an edge, one taken away, and the map stays."""
    desk = opens(alpha).sign_in()
    draw_triangle(desk)
    first = positions(desk)
    assert len(set(first)) == 3
    drag(desk, CORNERS[0], (0.2, 0.2))
    moved = positions(desk)
    assert moved[0] != first[0]
    assert moved[1:] == first[1:], "only the corner that was dragged has moved"
    middle = (CORNERS[1][0], (CORNERS[1][1] + CORNERS[2][1]) / 2)
    drag(desk, middle, (0.8, 0.5))
    more = positions(desk)
    assert (more[0], more[1], more[3]) == tuple(moved), "a position comes between two"
    desk.page.mouse.dblclick(*at(desk, (0.8, 0.5)))
    desk.until("document.querySelectorAll('.editor fieldset li input').length === 3")
    assert positions(desk) == moved
    desk.page.mouse.dblclick(*at(desk, CORNERS[1]))
    desk.page.wait_for_timeout(100)
    assert positions(desk) == moved, "a polygon keeps three"
    assert desk.wrongs() == []


class Finger:
    """A finger on a desk's screen, as the browser's own driver makes one.

    Args:
        desk: Whose screen.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._driver = desk.context.new_cdp_session(desk.page)

    def _touch(self, sort: str, *points: tuple[float, float]) -> None:
        touched = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        self._driver.send("Input.dispatchTouchEvent", {"type": sort, "touchPoints": touched})

    def drag(self, start: tuple[float, float], end: tuple[float, float], off_px: float = 0) -> None:
        """Drag from one share of the map to another; set down so far beside the start."""
        (x, y), (to_x, to_y) = at(self._desk, start), at(self._desk, end)
        self._touch("touchStart", (x + off_px, y))
        for step in range(1, 6):
            self._touch("touchMove", (x + (to_x - x) * step / 5, y + (to_y - y) * step / 5))
        self._touch("touchEnd")
        self._desk.page.wait_for_timeout(150)

    def tap(self, point: tuple[float, float], times: int = 1) -> None:
        """Tap a share of the map, so often in a row."""
        for _ in range(times):
            self._touch("touchStart", at(self._desk, point))
            self._touch("touchEnd")

    def pinch(self, around: tuple[float, float], from_px: float, to_px: float) -> None:
        """Move two fingers apart, or towards each other."""
        x, y = at(self._desk, around)
        self._touch("touchStart", (x - from_px, y))
        self._touch("touchStart", (x - from_px, y), (x + from_px, y))
        for step in range(1, 6):
            far = from_px + (to_px - from_px) * step / 5
            self._touch("touchMove", (x - far, y), (x + far, y))
        self._touch("touchEnd")
        self._desk.page.wait_for_timeout(500)


def test_a_drawn_area_is_changed_by_finger(alpha: Node, opens: Opens) -> None:
    """On a tablet a finger drags, draws out, and takes away; page and map stay where they are."""
    desk = opens(alpha, has_touch=True, width=1024, height=768).sign_in()
    desk.go("say/NOTICE")
    desk.page.get_by_role("button", name="+ Polygon").tap()
    desk.page.locator(".editor .map").scroll_into_view_if_needed()
    desk.page.wait_for_timeout(600)
    finger = Finger(desk)
    for corner in (*CORNERS, CORNERS[0]):
        finger.tap(corner)
        desk.page.wait_for_timeout(350)
    desk.until("document.querySelectorAll('.editor fieldset li input').length === 3")
    desk.page.wait_for_timeout(500)
    first, scrolled = positions(desk), desk.page.evaluate("scrollY")
    assert len(set(first)) == 3
    finger.drag(CORNERS[0], (0.2, 0.2), off_px=15)
    moved = positions(desk)
    assert moved[0] != first[0]
    assert moved[1:] == first[1:], "only the corner under the finger has moved"
    middle = (CORNERS[1][0], (CORNERS[1][1] + CORNERS[2][1]) / 2)
    finger.drag(middle, (0.8, 0.5))
    more = positions(desk)
    assert (more[0], more[1], more[3]) == tuple(moved), "a position comes between two"
    finger.tap((0.8, 0.5), times=2)
    desk.until("document.querySelectorAll('.editor fieldset li input').length === 3")
    assert positions(desk) == moved
    # Two fingers are for the map, even where the second of them comes down on a corner.
    share_px = at(desk, CORNERS[1])[0] - at(desk, (0.4, 0))[0]
    finger.pinch((0.4, CORNERS[1][1]), share_px, share_px + 40)
    assert positions(desk) == moved
    assert desk.page.evaluate("scrollY") == scrolled
    desk.shoot("drawing-by-finger")


def test_an_area_is_changed_in_the_list_by_keys(alpha: Node, opens: Opens) -> None:
    """Alt with an arrow moves a position, + adds one after it, and ✕ takes it away."""
    desk = opens(alpha).sign_in()
    draw_triangle(desk)
    first = positions(desk)
    desk.page.locator(".editor fieldset li input").first.focus()
    desk.press("Alt+ArrowUp")
    assert positions(desk)[0] != first[0]
    desk.tab_to("Another position after 1")
    desk.press("Enter")
    assert positions(desk)[1:] == ["", *first[1:]]
    desk.page.get_by_role("button", name="Take position 2 away").focus()
    desk.press("Enter")
    assert positions(desk)[1:] == first[1:]
