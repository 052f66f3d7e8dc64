"""The handset before and during a call: devices, level, hearing oneself, the headset's button."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.calling import (
    LISTEN,
    LOUD,
    TONES_HZ,
    acknowledge,
    call,
    end_calls,
    hearing_tones,
    loudest,
    rings,
)
from tests.browser.desk import Desk, wait_until
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

SPOKEN = 25
KEEP = """(() => {
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () { window.played = this; return play.call(this); };
  const session = navigator.mediaSession;
  const plain = session.setActionHandler.bind(session);
  window.keys = {};
  session.setActionHandler = (name, act) => { window.keys[name] = act; plain(name, act); };
})()"""
"""What the page plays, and what it does for the keys of a headset: no test can press these."""

HEAR_PLAYED = LISTEN.replace(
    "document.querySelector('.telephone audio')", "{ srcObject: window.played.captureStream() }"
)


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
    found = []
    for browser, node in zip(browsers, consoles, strict=True):
        desk = Desk.open(browser, node)
        desk.context.add_init_script(KEEP)
        found.append(desk.sign_in())
    yield found
    for number, desk in enumerate(found):
        desk.shoot(f"{request.node.name}-{number}")
        desk.end()
    end_calls(consoles[0])
    for node in consoles:
        acknowledge(node)


def test_an_officer_sees_the_level_and_hears_what_was_said(desks: list[Desk]) -> None:
    """The bar moves, and three seconds come back with the very tone of the microphone."""
    desk = desks[0]
    desk.go("own")
    desk.does("Try the microphone")
    desk.sees("The microphone hears you.")
    wait_until(
        lambda: float(desk.page.locator("meter").evaluate("one => one.value")) > SPOKEN,
        "the bar moves",
    )
    desk.shoot("voice-test")
    assert desk.wrongs() == []
    desk.does("Record three seconds and hear them")
    desk.sees("Speak now: three seconds are recorded …")
    desk.sees("You hear what was recorded.")
    desk.page.evaluate(HEAR_PLAYED)
    assert loudest(desk, TONES_HZ["alpha"]) > LOUD
    desk.sees("The microphone hears you.")
    desk.does("Let the microphone go")
    desk.sees("Try the microphone")


def test_the_chosen_microphone_is_asked_for(desks: list[Desk]) -> None:
    """What is chosen is kept in this browser, and is what calls ask for."""
    desk = desks[0]
    desk.go("own")
    desk.page.get_by_role("button", name="Try the microphone").click()
    choice = desk.page.get_by_label("Microphone", exact=True)
    choice.locator("option").nth(1).wait_for(state="attached")
    chosen = choice.locator("option").nth(1).get_attribute("value")
    desk.page.evaluate(
        "() => { const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        " navigator.mediaDevices.getUserMedia = (wish) => { window.wish = wish;"
        " return ask(wish); }; }"
    )
    choice.select_option(index=1)
    desk.until(f"window.wish?.audio?.deviceId?.ideal === {chosen!r}")
    desk.until(f"JSON.parse(localStorage.getItem('openline.devices')).microphone === {chosen!r}")


def test_without_permission_the_test_says_what_to_do(desks: list[Desk]) -> None:
    """In the dialog with which a watch begins, where it bars nobody from beginning."""
    desk = desks[0]
    desk.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    desk.go("handover")
    desk.choose("Open a watch")
    desk.does("Try the microphone")
    desk.sees("The browser may not use the microphone. Allow it for this page")
    desk.shoot("voice-test-at-a-watch")
    desk.press("Escape")


def test_the_button_of_a_headset_takes_mutes_and_ends(desks: list[Desk]) -> None:
    """While it rings and while they talk; after it the keys are given back."""
    alpha, bravo = desks
    serial = rings(alpha, "By headset")
    bravo.sees("rings watch: By headset")
    bravo.until("!!window.keys.play")
    bravo.page.evaluate("() => window.keys.play()")
    for desk in desks:
        desk.sees("You are talking.", 40)
    bravo.page.evaluate("() => window.keys.pause()")
    bravo.sees("Speak again")
    bravo.page.evaluate("() => window.keys.togglemicrophone()")
    bravo.sees("Mute")
    bravo.page.evaluate("() => window.keys.hangup()")
    alpha.sees("The call is ended.")
    wait_until(lambda: call(bravo.node, serial)["state"] == "ENDED", "it is ended on the record")
    bravo.until("window.keys.play === null")
