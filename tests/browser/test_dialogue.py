"""What is asked, warned and read back between two officers, answered by keyboard."""

from typing import Any

import pytest

from tests.browser.conftest import Opens
from tests.browser.desk import OFFICERS, Desk, seen_by, wait_until
from tests.browser.test_sending import live_notice
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

CARTER = OFFICERS["alpha.example"]
ENTRIES_MAX = 60


def say(node: Node, kind: str, fields: dict[str, Any], precedence: str) -> dict[str, Any]:
    """Say a message and wait for its receipt."""
    said = node.post(kind, fields, precedence=precedence, wait="delivered", timeout_ms=30_000)
    assert said["is_delivered"]
    return said


def focused(desk: Desk) -> str:
    """The words of the queue's entry that has the focus; empty if none has it."""
    return str(desk.page.evaluate("document.activeElement.closest('.entry')?.innerText ?? ''"))


def walk_to(desk: Desk, serial: str, why: str = "") -> None:
    """Walk down and up the queue to the entry of a message."""
    desk.page.locator(".entry", has_text=serial).first.wait_for()
    for key in (*"j" * ENTRIES_MAX, *"k" * ENTRIES_MAX):
        desk.press(key)
        entry = focused(desk)
        if serial in entry and why in entry:
            return
    raise AssertionError(f"{serial} is not in the queue as {why}")


def take(desk: Desk, serial: str, why: str = "") -> None:
    """Take the entry of a message with Enter."""
    walk_to(desk, serial, why)
    desk.press("Enter")
    hand = desk.page.get_by_role("region", name="In hand")
    hand.get_by_text(serial).first.wait_for()
    hand.get_by_role("group", name="Answer it").first.wait_for()


def answers(node: Node, to: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """What was said at a node in reply to a message, in its order."""
    of = (to["party"], to["index"])
    return [
        node.message(one["party"], one["index"])["body"]
        for one in node.messages()
        if one["kind"] == kind and (one["reply_to"]["party"], one["reply_to"]["index"]) == of
    ]


def test_the_queue_keeps_the_place_of_who_walks_through_it(
    alpha: Node, bravo: Node, opens: Opens
) -> None:
    """Not what comes in above nor the end of the entry itself takes the focus away."""
    desk = opens(alpha).sign_in()
    text = bravo.deliver("Good morning.", precedence="ROUTINE")
    bravo.deliver("Good evening.", precedence="ROUTINE")
    walk_to(desk, text["serial"])
    louder = bravo.deliver("Answer soon.", precedence="PRIORITY")
    desk.page.locator(".entry", has_text=louder["serial"]).first.wait_for()
    assert text["serial"] in focused(desk)
    alpha.post("READ", {"of": {"party": bravo.party, "index": text["index"]}})
    desk.page.locator(".entry", has_text=text["serial"]).wait_for(state="detached")
    wait_until(lambda: "BRAVO-" in focused(desk), "another entry has the focus")


def test_a_query_is_answered_by_keys(alpha: Node, bravo: Node, opens: Opens) -> None:
    """First that an answer follows, then that they are ours; Bravo's node shows both."""
    desk = opens(alpha).sign_in()
    jets = {"what": "two jets", "count": 2}
    fields = {"question": "ARE_THESE_YOURS", "objects": [jets], "place": "10 km west of Shayrat"}
    query = say(bravo, "QUERY", fields, "IMMEDIATE")
    take(desk, query["serial"])
    desk.press("r")
    desk.tab_to("Answer …")
    desk.press("Enter")
    desk.page.get_by_role("form", name="Answer").wait_for()
    desk.page.get_by_role("radio", name="answer follows").focus()
    desk.press("Space")
    desk.tab_to("Answer by")
    desk.type("+10min")
    desk.press("Control+Enter")
    desk.sees("Delivered: every recipient's receipt is held.")
    assert [one["code"] for one in answers(bravo, query, "ANSWER")] == ["HOLDING"]

    desk.go("watch")
    take(desk, query["serial"], "due")
    desk.tab_to("Answer …")
    desk.press("Enter")
    desk.page.get_by_role("form", name="Answer").wait_for()
    desk.page.get_by_role("radio", name="ours", exact=True).focus()
    desk.press("Space")
    desk.tab_to("own people")
    desk.press("Space")
    desk.press("Control+Enter")
    desk.sees("Delivered: every recipient's receipt is held.")
    last = answers(bravo, query, "ANSWER")[-1]
    assert last["code"] == "OURS"
    assert last["by"]["officer"] == CARTER
    for node in (alpha, bravo):
        marks = node.message(query["party"], query["index"])["marks"]["answered"]
        assert [(one["said"], one["officer"]) for one in marks] == [
            ("HOLDING", CARTER),
            ("OURS", CARTER),
        ]
    matters = bravo.client().get("/lines", bravo.line, "matters")["matters"]
    (matter,) = [one for one in matters if one["id"] == query["serial"]]
    assert matter["states"] == {alpha.party: "ANSWERED"}


def test_a_warning_is_acknowledged_read_and_complied_with(
    alpha: Node, bravo: Node, opens: Opens
) -> None:
    """A ends the alarm, R says that it is read, WILCO that it is done; Bravo sees the names."""
    desk = opens(alpha).sign_in()
    fields = {"action": "CEASE", "what": "You strike our people.", "place": "at Shayrat airfield"}
    warning = say(bravo, "WARNING", fields, "FLASH")
    banner = desk.page.locator(".banner", has_text=warning["serial"])

    def is_first() -> bool:
        """What other tests let ring is not what this officer looks at."""
        for one in unacknowledged(alpha):
            if warning["serial"] not in str(one):
                path = ("/lines", alpha.line, "alarms", "acknowledge")
                alpha.client().post(*path, body={"alarm": one["id"]})
        return banner.count() > 0

    wait_until(is_first, "the warning rings first")
    while desk.page.locator(".banner", has_text=warning["serial"]).count():
        before = len(unacknowledged(alpha))
        desk.press("a")
        wait_until(lambda before=before: len(unacknowledged(alpha)) < before, "one rings less")
        desk.page.wait_for_timeout(200)
    take(desk, warning["serial"])
    desk.press("r")
    wait_until(
        lambda: seen_by(bravo, bravo.party, warning["index"]) == [CARTER], "bravo sees it read"
    )
    desk.page.get_by_role("button", name="will comply").focus()
    desk.press("Enter")
    (answer,) = wait_until(lambda: answers(bravo, warning, "RESPONSE"), "bravo has the answer")
    assert answer["answer"] == "WILCO"
    assert answer["by"]["officer"] == CARTER


def unacknowledged(node: Node) -> list[dict[str, Any]]:
    """The alarms that ring at a node."""
    return [one for one in node.alarms() if not one["acknowledged"]]


def test_a_notice_is_read_back_and_found_correct(alpha: Node, bravo: Node, opens: Opens) -> None:
    """B opens the read-back, B says it with the notice's numbers; its author finds it correct."""
    desk = opens(alpha).sign_in()
    notice = live_notice(bravo)
    take(desk, notice["serial"])
    desk.press("b")
    desk.sees("What we received, to be said back")
    assert desk.wrongs() == []
    desk.page.evaluate("document.activeElement.blur()")
    desk.press("b")
    desk.sees("It was read back.")
    (said,) = wait_until(lambda: answers(bravo, notice, "READ_BACK"), "bravo has the read-back")
    assert said["verdict"] == "I_READ_BACK"
    assert "9000 m" in said["digest"] or "9 km" in said["digest"]
    of = {"party": notice["party"], "index": notice["index"]}
    fields = {"of": of, "verdict": "CORRECT"}
    bravo.post("READ_BACK", fields, reply_to=of, wait="delivered", timeout_ms=30_000)
    verdicts = [one["verdict"] for one in answers(alpha, notice, "READ_BACK")]
    assert verdicts == ["I_READ_BACK", "CORRECT"]
