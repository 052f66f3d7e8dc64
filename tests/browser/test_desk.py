"""A desk that is left, alarms at two consoles, and a watch that is handed over."""

import pytest

from tests.browser.conftest import Opens
from tests.browser.desk import Desk, add_person
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

LOCKED = "This desk is locked"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_authenticator(desk: Desk) -> None:
    """Let the browser have an authenticator, as Chromium makes one for tests."""
    driver = desk.context.new_cdp_session(desk.page)
    driver.send("WebAuthn.enable")
    driver.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def leave(desk: Desk) -> None:
    """Let ten minutes be over since somebody touched the desk."""
    desk.page.evaluate("localStorage.setItem('openline.touched', String(Date.now() - 600_001))")
    desk.sees(LOCKED)


def test_a_desk_that_was_left_is_locked_and_a_passkey_opens_it(alpha: Node, opens: Opens) -> None:
    """What was shown is hidden, nothing can be done, and what was begun is there again."""
    add_person(alpha, "Lt. Left", "WATCH_OFFICER")
    desk = opens(alpha)
    desk.sign_in("Lt. Left")
    give_authenticator(desk)
    desk.go("own")
    desk.page.get_by_label("What you call it").fill("desk key")
    desk.page.get_by_role("button", name="Register a passkey").click()
    desk.sees("The passkey is registered.")
    desk.page.get_by_label("What you call it").fill("begun")
    leave(desk)
    assert desk.wrongs() == []
    assert desk.page.get_by_role("navigation").count() == 0
    path = f"/lines/{alpha.client().get('/lines')['lines'][0]['line']}/messages"
    assert desk.page.evaluate(f"fetch('{path}').then(answer => answer.status)") == 403
    desk.press("Escape")
    desk.press("Escape")
    desk.sees(LOCKED)
    desk.page.get_by_role("button", name="Unlock with a passkey").click()
    desk.until("!document.body.innerText.includes('" + LOCKED + "')")
    assert desk.page.get_by_label("What you call it").input_value() == "begun"
    assert desk.page.evaluate(f"fetch('{path}').then(answer => answer.status)") == 200


def test_a_locked_desk_is_locked_after_it_is_loaded_anew(alpha: Node, opens: Opens) -> None:
    """Loading the page again opens nothing, and it goes on telling the word of the line."""
    add_person(alpha, "Lt. Reload", "WATCH_OFFICER")
    desk = opens(alpha)
    desk.sign_in("Lt. Reload")
    with desk.page.expect_response(lambda one: "/session/lock" in one.url):
        desk.menu("Lock")
    desk.sees(LOCKED)
    desk.page.reload()
    desk.sees(LOCKED)
    desk.until("document.querySelector('dialog .word') !== null")
    assert desk.page.get_by_role("navigation").count() == 0


def test_who_took_an_alarm_is_seen_at_the_other_console(
    alpha: Node, bravo: Node, opens: Opens
) -> None:
    """One officer acknowledges, and the other's list says who did."""
    add_person(alpha, "Lt. Second", "WATCH_OFFICER")
    one, other = opens(alpha).sign_in(), opens(alpha).sign_in("Lt. Second")
    bravo.say("Take it.", precedence="FLASH")
    for desk in (one, other):
        desk.sees("with the precedence FLASH")
        desk.press("l")
    one.page.get_by_role("dialog").get_by_role("button", name="Acknowledge").first.click()
    taken = other.page.get_by_role("region", name="Acknowledged", exact=True)
    taken.get_by_text("Maj. Carter").first.wait_for(timeout=10_000)
    assert other.wrongs() == []


def test_a_watch_is_handed_over_by_two(alpha: Node, opens: Opens) -> None:
    """By keys one officer opens and offers, another takes over by the brief, and both see it."""
    add_person(alpha, "Lt. Next", "WATCH_OFFICER")
    read_flashes(alpha)
    first, second = opens(alpha).sign_in(), opens(alpha).sign_in("Lt. Next")
    for desk in (first, second):
        desk.choose("Go to: Handover")
    begin_watch(first, "Open a watch", "I am on watch")
    first.does("Hand over the watch")
    second.sees("Maj. Carter hands over.")
    begin_watch(second, "Take over the watch", "I take over the watch")
    first.sees("Lt. Next is on watch and has handed nothing over.")
    assert first.wrongs() == []


def read_flashes(node: Node) -> None:
    """Say that each FLASH of the other side is read: before that no watch is handed over."""
    for one in node.messages():
        if one["precedence"] == "FLASH" and one["party"] != node.party and not one["marks"]["read"]:
            of = {"party": one["party"], "index": one["index"]}
            node.post("READ", {"of": of}, reply_to=of)


def begin_watch(desk: Desk, opening: str, signing: str) -> None:
    """Begin a watch at a desk without sound."""
    desk.does(opening)
    dialog = desk.page.get_by_role("dialog")
    assert dialog.get_by_role("button", name=signing).is_disabled()
    desk.tab_to("This desk has no sound")
    desk.press("Space")
    desk.does(signing)
    desk.sees("You are on watch.")
