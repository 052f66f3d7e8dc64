"""What a form lets one choose, and what is left for a second person once."""

import re

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Opens
from tests.browser.desk import Desk
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

REASON = "The bridge was struck; we wait for an account of it."


def choices_of(desk: Desk, label: str) -> list[str]:
    """The words of a list that one can choose from."""
    return desk.page.get_by_label(label, exact=False).first.locator("option").all_inner_texts()


def test_what_the_node_knows_is_there_to_choose(alpha: Node, opens: Opens) -> None:
    """Scopes are ticked, tiers named by their posts, places by their titles, all in Russian."""
    desk = opens(alpha, language="ru").sign_in()
    desk.go("say/DECLARATION")
    scopes = desk.page.locator("#field-scopes")
    scopes.get_by_role("checkbox", name="безопасность полётов").wait_for()
    assert scopes.locator("input[type=text], input:not([type])").count() == 0
    desk.go("say/CONTACT")
    desk.page.locator("select#field-tier").wait_for()
    tiers = desk.page.locator("select#field-tier option").all_inner_texts()
    assert any(one.startswith("Уровень 2") for one in tiers)
    desk.go("say/NOTICE")
    desk.page.locator("select#field-place-reference").wait_for()
    places = desk.page.locator("select#field-place-reference option").all_inner_texts()
    assert "Шайрат" in places
    desk.page.locator("select#field-category").select_option(label="Другое …")
    desk.type("survey")
    desk.until("document.querySelector('input[aria-label^=Другое]').value === 'survey'")
    assert desk.wrongs() == []


def test_a_draft_is_left_once_whatever_the_wire_does(alpha: Node, opens: Opens) -> None:
    """The answer to the first request is lost, it is repeated, and one draft waits."""
    desk = opens(alpha).sign_in("Commander of alpha")
    desk.go("say/DECLARATION")
    desk.page.get_by_role("checkbox", name="air safety").first.check()
    desk.page.get_by_role("radio", name="suspended").check()
    desk.page.get_by_label("Reason").fill(REASON)
    lost: list[str] = []

    def lose(route: Route) -> None:
        # The node has it; the page never hears so.
        if route.request.method == "POST" and not lost:
            lost.append(str(route.fetch().status))
            route.abort()
        else:
            route.continue_()

    desk.page.route(re.compile(r"/drafts(\?|$)"), lose)
    desk.page.get_by_role("button", name="Leave it for a second person").first.dblclick()
    desk.sees("It waits for a second person. Nobody else was told.")
    assert lost == ["201"]
    drafts = alpha.client().get("/lines", alpha.line, "drafts")["drafts"]
    mine = [one for one in drafts if one["fields"].get("reason") == REASON]
    assert len(mine) == 1
    body = {"by": {"post": "commander", "officer": "Col. Other"}, "reason": ""}
    alpha.client().post("/lines", alpha.line, "drafts", mine[0]["draft"], "reject", body=body)
