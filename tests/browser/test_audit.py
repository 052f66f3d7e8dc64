"""Who did what on a node, as an observer sees it."""

import pytest

from tests.browser.conftest import Opens
from tests.browser.desk import OFFICERS, add_person
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system


def test_an_observer_sees_who_did_what_by_person_and_day(alpha: Node, opens: Opens) -> None:
    """What was said and who signed in stand there by name; a filter leaves one person's acts."""
    observer, officer = "Sgt. Observer", OFFICERS[alpha.party]
    add_person(alpha, observer, "OBSERVER")
    opens(alpha).sign_in()
    said = alpha.post("TEXT", {"language": "en", "text": "For the record."})
    desk = opens(alpha, width=1280, height=720).sign_in(observer)
    desk.go("audit")
    rows = desk.page.locator("table tbody tr")
    rows.filter(has_text=said["serial"]).first.wait_for()
    assert rows.filter(has_text="signed in").filter(has_text=officer).count()
    assert desk.wrongs() == []
    desk.page.get_by_label("Officer").select_option(officer)
    desk.until(
        "[...document.querySelectorAll('table tbody tr')]"
        f".every((one) => one.innerText.includes('{officer}'))"
    )
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 1280
    with desk.context.expect_page() as opened:
        desk.page.get_by_role("link", name="Page to print").click()
    opened.value.get_by_role("heading", name="Who did what on this node").wait_for()
    assert opened.value.get_by_text(officer).count()
    day = desk.page.get_by_label("Day, in Zulu")
    for written in ("01/02/2020", "32JAN20"):
        day.fill(written)
        day.blur()
        desk.page.get_by_role("alert").get_by_text("Not understood.").wait_for()
    assert rows.filter(has_text=officer).count()
    day.fill("2020-01-02")
    day.blur()
    desk.sees("Nobody did anything then.")
    assert day.input_value() == "02JAN20"


def test_the_audit_is_not_for_everybody(alpha: Node, opens: Opens) -> None:
    """A watch officer has no such screen, and the node refuses."""
    desk = opens(alpha).sign_in()
    assert desk.page.get_by_role("button", name="Audit", exact=True).count() == 0
    path = f"/lines/{alpha.line}/acts"
    assert desk.page.evaluate(f"fetch('{path}').then(answer => answer.status)") == 403
