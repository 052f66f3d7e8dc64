"""A file dragged onto the map or the form of a notice: drafts, doubts, released or dropped."""

import pytest

from tests.browser.conftest import Opens
from tests.browser.desk import REPOSITORY, SHOTS, Desk
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

FILE = """(text) => {
  const dragged = new DataTransfer();
  dragged.items.add(new File([text], 'notams.txt', { type: 'text/plain' }));
  return dragged;
}"""


def drag(desk: Desk, onto: str, text: str) -> None:
    """Drop a file with this text onto a part of the page."""
    dragged = desk.page.evaluate_handle(FILE, text)
    desk.page.dispatch_event(onto, "drop", {"dataTransfer": dragged})


def test_a_dragged_file_becomes_drafts_on_the_map(alpha: Node, opens: Opens) -> None:
    """Drafts are drawn with their doubts beside; one is dropped, one opens as a notice."""
    desk = opens(alpha).sign_in()
    desk.go("map")
    desk.page.get_by_role("button", name="Read a file …").click()
    drag(desk, ".panel.place", (REPOSITORY / "examples" / "notams.txt").read_text())
    desk.sees("Its end is estimated (EST).")
    drafts = desk.page.get_by_role("region", name="Drafts from a file")
    assert drafts.get_by_role("listitem").count() == 4
    assert drafts.get_by_text("It cancels A0099/26.").is_visible()
    assert drafts.get_by_role("button", name="Open as a notice").count() == 2
    desk.page.wait_for_timeout(800)
    desk.page.screenshot(path=SHOTS / "imported.png")
    assert desk.wrongs() == []
    drafts.get_by_role("listitem").nth(3).get_by_role("button", name="Drop").click()
    assert drafts.get_by_role("listitem").count() == 3
    drafts.get_by_role("button", name="Open as a notice").first.click()
    desk.page.get_by_role("region", name="Form").wait_for()
    activity = desk.page.get_by_label("Activity").first.input_value()
    assert activity.startswith("MISSILE FIRING WILL TAKE PLACE WI 5NM")
    desk.page.screenshot(path=SHOTS / "imported-form.png")


def test_a_file_dragged_onto_the_form_is_read_there(alpha: Node, opens: Opens) -> None:
    """The form of a notice takes a file as well; what is no file of areas is told."""
    desk = opens(alpha).sign_in()
    desk.go("say/NOTICE")
    desk.page.get_by_role("region", name="Form").wait_for()
    drag(desk, ".beside", "METAR OSDI")
    desk.sees("is in none of the forms that are read")
    drag(desk, ".beside", (REPOSITORY / "examples" / "notams.txt").read_text())
    desk.sees("Its end is estimated (EST).")
    assert desk.wrongs() == []
