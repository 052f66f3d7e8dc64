"""What two persons must say, by keyboard: a suspension drafted, released by another, and ended."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Opens
from tests.browser.desk import Desk, add_person, open_port, wait_until
from tests.browser.test_dialogue import walk_to
from tests.end_to_end.nodes import Node, found, running, wait_up
from tests.ports import free_ports

pytestmark = pytest.mark.system

SCOPE = "air_safety"


@pytest.fixture
def pair(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[list[Node]]:
    """Two nodes of their own: a suspended scope would be in the way of other tests."""
    nodes = found(tmp_path_factory.mktemp("two_persons"))
    for node, port in zip(nodes, free_ports(len(nodes)), strict=True):
        open_port(node, port)
    with running(*nodes):
        wait_up(*nodes)
        for name in ("Col. First", "Col. Second"):
            add_person(nodes[0], name, "COMMANDER", "WATCH_OFFICER", posts=("commander",))
        yield nodes


def declared(node: Node, of: Node) -> str:
    """What a node shows a party to have declared of the scope."""
    state: str = node.state()["displayed"]["declared"][of.party][SCOPE]["state"]
    return state


def add_scope(desk: Desk) -> None:
    """Choose the scope in a form."""
    desk.tab_to("air safety")
    desk.press("Space")


def leave_for_second(desk: Desk) -> None:
    """Leave what is written for a second person."""
    desk.does("Leave it for a second person")
    desk.sees("It waits for a second person. Nobody else was told.")


def release(desk: Desk, reason: str) -> None:
    """Take the draft from the queue, see its words, and release it as the second person."""
    desk.choose("Go to: Watch")
    walk_to(desk, "Declaration")
    desk.press("Enter")
    hand = desk.page.get_by_role("region", name="In hand")
    hand.get_by_text(reason).first.wait_for()
    desk.does("Release")
    dialog = desk.page.get_by_role("dialog")
    assert dialog.get_by_text("Col. First").count()
    assert dialog.get_by_text("Col. Second").count()
    assert desk.wrongs() == []
    desk.does("Release")
    dialog.wait_for(state="detached")


def test_a_scope_is_suspended_and_resumed_by_two(pair: list[Node], opens: Opens) -> None:
    """Nobody else is told before the second person; then both nodes show who declared what."""
    alpha, bravo = pair
    first = opens(alpha).sign_in("Col. First")
    second = opens(alpha).sign_in("Col. Second")
    first.choose("Go to: The line")
    first.does("Suspend a scope")
    add_scope(first)
    assert first.page.get_by_label("suspended").is_checked()
    first.fill(Reason="A strike on our air base.")
    leave_for_second(first)
    assert first.page.get_by_role("button", name="Release").count() == 0
    assert declared(alpha, alpha) == declared(bravo, alpha) == "IN_FORCE"

    release(second, "A strike on our air base.")
    for node in pair:
        wait_until(lambda node=node: declared(node, alpha) == "SUSPENDED", "it is suspended")
    said = next(one for one in bravo.messages() if one["kind"] == "DECLARATION")
    body = bravo.message(said["party"], said["index"])["body"]
    assert body["by"]["officer"] == "Col. First"
    assert body["released_by"]["officer"] == "Col. Second"

    first.choose("Go to: The line")
    first.sees("A strike on our air base.")
    first.does("Put a scope in force again")
    add_scope(first)
    first.fill(Reason="Both staffs have met.")
    leave_for_second(first)
    release(second, "Both staffs have met.")
    for node in pair:
        wait_until(lambda node=node: declared(node, alpha) == "IN_FORCE", "it is resumed")
