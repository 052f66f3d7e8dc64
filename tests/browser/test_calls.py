"""Two officers in two browsers on two nodes talk: what one end sends the other hears."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Request, Route

from tests.browser.calling import (
    APART,
    LOUD,
    TONES_HZ,
    acknowledge,
    call,
    calls,
    end_calls,
    hearing_tones,
    loudest,
    rings,
    takes,
    talk,
)
from tests.browser.desk import Desk, wait_until
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def browsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Browser]]:
    """A Chromium for each side."""
    with hearing_tones(tmp_path_factory.mktemp("tones")) as found:
        yield found


@pytest.fixture
def desks(
    browsers: list[Browser], consoles: list[Node], request: pytest.FixtureRequest
) -> Iterator[list[Desk]]:
    """An officer at each node."""
    found = [
        Desk.open(browser, node).sign_in() for browser, node in zip(browsers, consoles, strict=True)
    ]
    yield found
    for number, desk in enumerate(found):
        desk.shoot(f"{request.node.name}-{number}")
        desk.end()
    end_calls(consoles[0])
    for node in consoles:
        acknowledge(node)


def test_each_side_hears_the_other_and_a_muted_one_is_silent(desks: list[Desk]) -> None:
    """A tone of each side is measured at the other; the words are alike; the call is proven."""
    alpha, bravo = desks
    serial = talk(alpha, bravo, "Flights over Shayrat")
    for desk, other in ((alpha, "bravo"), (bravo, "alpha")):
        own = loudest(desk, TONES_HZ[desk.node.name])
        assert loudest(desk, TONES_HZ[other]) > own + APART, "nobody hears themselves"
    told = [desk.page.locator(".telephone .words bdi").inner_text() for desk in desks]
    assert told[0] == told[1]
    assert len(told[0].split()) == 2
    wait_until(lambda: call(alpha.node, serial)["is_proven"], "each end has seen the other")
    assert [call(desk.node, serial)["state"] for desk in desks] == ["TALKING", "TALKING"]
    alpha.sees("UNVERIFIED")
    alpha.page.get_by_role("button", name="The other side said these words").click()
    alpha.sees("Words compared")
    alpha.page.get_by_role("button", name="Mute").click()
    wait_until(lambda: loudest(bravo, TONES_HZ["alpha"]) == 0, "muted, nothing is heard")
    assert loudest(alpha, TONES_HZ["bravo"]) > LOUD
    alpha.page.get_by_role("button", name="Speak again").click()
    wait_until(lambda: loudest(bravo, TONES_HZ["alpha"]) > LOUD, "and then it is heard again")
    assert alpha.wrongs() == []
    bravo.page.get_by_role("button", name="Hang up").click()
    alpha.sees("The call is ended.")
    alpha.page.get_by_role("button", name="Write the call record").click()
    alpha.until(f"[...document.querySelectorAll('input')].some(i => i.value.includes('{serial}'))")


def test_who_talks_may_end_the_call_and_take_another(desks: list[Desk]) -> None:
    """A second ring stands beside the call; one act ends that on the record and takes this."""
    alpha, bravo = desks
    first = talk(alpha, bravo, "The first call")
    ring = {"post": "watch", "subject": "The second call", "spoken_in": "en", "language": "en"}
    rung = alpha.node.post("RING", ring, recipients=[bravo.node.party])
    bravo.sees("rings watch: The second call", 40)
    assert loudest(bravo, TONES_HZ["alpha"]) > LOUD, "the call goes on meanwhile"
    bravo.press("t")
    assert call(bravo.node, first)["state"] == "TALKING", "the key takes only what is first"
    bravo.shoot("call-waiting")
    bravo.page.get_by_role("button", name="End the call, and take this one").click()
    wait_until(lambda: call(alpha.node, first)["state"] == "ENDED", "the first is ended")
    wait_until(lambda: call(alpha.node, rung["serial"])["state"] == "TAKEN", "this one is taken")
    alpha.sees("The call is ended.")


def test_another_certificate_than_the_recorded_one_is_cut(desks: list[Desk]) -> None:
    """Where the record has another fingerprint no sound goes, and both nodes alarm as FLASH."""
    alpha, bravo = desks

    def forge(route: Route, request: Request) -> None:
        """Put another fingerprint on the record than the page's own."""
        said = json.loads(request.post_data or "{}")
        if said.get("kind") == "CALL" and "media" in said["fields"]:
            said["fields"]["media"]["fingerprint"] = "CQkJ" * 10 + "CQk="
            route.continue_(post_data=json.dumps(said))
        else:
            route.continue_()

    bravo.page.route("**/messages*", forge)
    serial = rings(alpha, "A forged certificate")
    takes(bravo, "A forged certificate")
    alpha.sees("The call is cut: the other end did not show the recorded certificate.", 40)
    wait_until(lambda: call(bravo.node, serial)["state"] == "CUT", "it is cut on the record")
    assert alpha.page.locator(".telephone audio").count() == 0
    for desk in desks:
        wait_until(
            lambda desk=desk: [
                one
                for one in desk.node.client().get("/lines", desk.node.line, "alarms")["alarms"]
                if one["name"] == "CALL_FINGERPRINT" and one["facts"]["call"] == serial
            ],
            "the node alarms",
        )


def test_no_page_is_told_the_way_before_the_receipts(desks: list[Desk]) -> None:
    """While bravo's end is not on the record the page reaches nobody, and says what is missing."""
    alpha, bravo = desks
    serial = rings(alpha, "Not receipted")
    of = {"party": alpha.node.party, "index": int(serial.rpartition("-")[2])}
    bravo.node.post("CALL", {"of": of, "step": "TAKE"}, reply_to=of, precedence="IMMEDIATE")
    alpha.sees("Waiting until both certificates are on the record", 40)
    assert call(alpha.node, serial)["remote"] is None
    assert alpha.page.locator(".telephone audio").count() == 0
    alpha.page.get_by_role("button", name="Hang up").click()
    wait_until(lambda: call(bravo.node, serial)["state"] == "ENDED", "it is ended")


def test_without_a_microphone_nobody_is_rung(desks: list[Desk]) -> None:
    """The page says why in words, and nothing goes on the record."""
    alpha, _ = desks
    alpha.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    alpha.choose("Ring a post")
    alpha.page.get_by_label("What about").fill("No microphone")
    alpha.page.get_by_role("dialog").get_by_role("button", name="Ring", exact=True).click()
    alpha.sees("The browser may not use the microphone.")
    assert [one for one in calls(alpha.node) if one["subject"] == "No microphone"] == []


def test_who_locks_the_desk_hangs_up(desks: list[Desk]) -> None:
    """Nobody hears a room whose officer has left: the call ends at both sides."""
    alpha, bravo = desks
    serial = talk(alpha, bravo, "Locked while talking")
    alpha.choose("Lock this desk")
    bravo.sees("The call is ended.")
    wait_until(lambda: call(alpha.node, serial)["state"] == "ENDED", "it is ended on the record")
    assert alpha.page.evaluate("document.querySelector('.telephone audio')") is None


def test_busy_says_no_reason_that_was_written_for_another_call(desks: list[Desk]) -> None:
    """What was begun as a reason is not sent with the word that the post is busy."""
    alpha, bravo = desks
    serial = rings(alpha, "Busy after all")
    bravo.page.get_by_role("button", name="Decline …").click()
    bravo.page.get_by_label("Why").fill("Not about this subject")
    bravo.page.get_by_role("button", name="We are busy").click()
    wait_until(lambda: call(alpha.node, serial)["state"] == "BUSY", "it is answered as busy")
