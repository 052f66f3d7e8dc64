"""What stands in the way of forms that are no messages, beside its field."""

import re

import pytest
from playwright.sync_api import Locator

from tests.browser.conftest import Opens
from tests.browser.desk import Desk, add_person
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system


def told_beside(desk: Desk, field: Locator) -> str:
    """What a screen reader says of an invalid field, by the ids that describe it."""
    assert field.get_attribute("aria-invalid") == "true"
    ids = (field.get_attribute("aria-describedby") or "").split()
    return " ".join(desk.page.locator(f"[id='{one}']").inner_text() for one in ids)


def test_what_is_wrong_is_told_beside_its_field_in_russian(alpha: Node, opens: Opens) -> None:
    """An empty name, a window that ends before it begins and a node's refusal stand there."""
    add_person(alpha, "Admin Fields", "ADMINISTRATOR", "WATCH_OFFICER")
    desk = opens(alpha, language="ru").sign_in("Admin Fields")
    desk.go("people")
    form = desk.page.locator("main form").first
    form.locator("button[type=submit]").click()
    desk.until("document.activeElement.getAttribute('aria-invalid') === 'true'")
    name = form.locator("input[maxlength='128']")
    assert re.search("[а-я]{4}", told_beside(desk, name))
    assert desk.wrongs() == []
    # The node knows somebody of that name: it says so, in Russian, and nothing is lost.
    name.fill("Admin Fields")
    form.locator("fieldset").nth(1).locator("input").first.check()
    form.locator("button[type=submit]").click()
    form.locator("[role=alert]").get_by_text(re.compile("[а-я]{4}")).first.wait_for()
    assert name.input_value() == "Admin Fields"

    desk.go("matters/evidence")
    desk.page.get_by_role("button", name="Взять на хранение записи").first.click()
    dialog = desk.page.get_by_role("dialog")
    for field, written in zip(
        dialog.locator("input[size='22']").all(),
        ("2026-01-01T12:00:00Z", "2026-01-01T11:00:00Z"),
        strict=True,
    ):
        field.fill(written)
    dialog.locator("button[type=submit]").click()
    desk.until("document.activeElement.getAttribute('aria-invalid') === 'true'")
    until = dialog.locator("input[size='22']").nth(1)
    assert "раньше" in told_beside(desk, until)
    assert desk.wrongs() == []
    desk.shoot("fields-hold-ru")
    desk.press("Escape")

    desk.go("proof")
    serial = desk.page.get_by_placeholder("ALPHA-0004")
    serial.fill("???")
    serial.press("Enter")
    assert re.search("[а-я]{4}", told_beside(desk, serial))
