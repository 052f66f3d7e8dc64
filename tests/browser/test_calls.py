"""Two officers in two browsers on two nodes talk: what one end sends the other hears."""

import json
import math
import struct
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Request, Route, sync_playwright

from tests.browser.desk import OPTIONS, Desk, chromium, wait_until
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

TONES_HZ = {"alpha": 500, "bravo": 1_250}
RATE_HZ = 48_000
BURST_SAMPLES = 24_000
APART = 40
"""Eleven decibels, as an analyser tells them."""

LOUD = 90
"""Of 255, as an analyser tells it; silence is 0."""

LISTEN = """() => {
  const context = new AudioContext();
  const { srcObject } = document.querySelector('.telephone audio');
  const source = context.createMediaStreamSource(srcObject);
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  analyser.smoothingTimeConstant = 0;
  source.connect(analyser);
  window.ear = { analyser, hz: context.sampleRate / 2048 };
}"""
LOUDEST = """async (hz) => {
  const { analyser, hz: step } = window.ear;
  const levels = new Uint8Array(analyser.frequencyBinCount);
  const at = Math.round(hz / step);
  let loudest = 0;
  for (let n = 0; n < 20; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    analyser.getByteFrequencyData(levels);
    loudest = Math.max(loudest, ...levels.slice(at - 2, at + 3));
  }
  return loudest;
}"""
"""How loud a tone is within a second: longer than the tones of the test fade."""


def write_tone(path: Path, hertz: int) -> None:
    """A tone that swells and fades, as speech does: what drones on is taken for noise."""
    samples = (
        int(
            20_000
            * math.sin(2 * math.pi * hertz * n / RATE_HZ)
            * math.sin(math.pi * n / BURST_SAMPLES) ** 2
        )
        for n in range(10 * BURST_SAMPLES)
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(b"".join(struct.pack("<h", one) for one in samples))


@pytest.fixture(scope="module")
def browsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Browser]]:
    """A Chromium for each side, whose microphone hears a tone of its own."""
    folder = tmp_path_factory.mktemp("tones")
    with sync_playwright() as driver:
        found = []
        for name, hertz in TONES_HZ.items():
            tone = folder / f"{name}.wav"
            write_tone(tone, hertz)
            options = [
                *OPTIONS,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--allow-loopback-in-peer-connection",
                f"--use-file-for-fake-audio-capture={tone}",
            ]
            found.append(driver.chromium.launch(executable_path=chromium(), args=options))
        yield found
        for one in found:
            one.close()


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


def calls(node: Node) -> list[dict[str, Any]]:
    """The calls at a node."""
    found: list[dict[str, Any]] = node.client().get("/lines", node.line, "calls", open=False)[
        "calls"
    ]
    return found


def end_calls(node: Node) -> None:
    """Let no call of a test go on: an officer is in one at a time."""
    for one in node.client().get("/lines", node.line, "calls")["calls"]:
        if one["state"] != "RINGING" or one["is_ours"]:
            step = {"of": one["of"], "step": "END"}
            node.post("CALL", step, reply_to=one["of"], recipients=[one["other"]])


def acknowledge(node: Node) -> None:
    """Take note of what these tests rang: other tests look at alarms of their own."""
    path = ("/lines", node.line, "alarms")
    for one in node.client().get(*path)["alarms"]:
        if one["name"] in ("RINGING", "CALL_FINGERPRINT"):
            node.client().post(*path, "acknowledge", body={"alarm": one["id"]})


def rings(desk: Desk, subject: str) -> str:
    """Ring the first post of the other side by the palette; the serial of the call."""
    desk.choose("Ring a post")
    desk.page.get_by_label("What about").fill(subject)
    desk.page.get_by_role("dialog").get_by_role("button", name="Ring", exact=True).click()
    return str(
        wait_until(
            lambda: next((one["id"] for one in calls(desk.node) if one["subject"] == subject), ""),
            "the ring is on the record",
        )
    )


def call(node: Node, serial: str) -> dict[str, Any]:
    """One call at a node."""
    return next(one for one in calls(node) if one["id"] == serial)


def takes(desk: Desk, subject: str) -> None:
    """Take the call that rings, with one key."""
    telephone = desk.page.get_by_role("region", name="Telephone")
    telephone.get_by_role("button", name="Take the call").wait_for()
    desk.sees(f"rings watch: {subject}")
    desk.press("t")


def loudest(desk: Desk, hertz: int) -> int:
    """How loud a tone is at a desk within a second."""
    return int(desk.page.evaluate(LOUDEST, hertz))


def test_each_side_hears_the_other_and_a_muted_one_is_silent(desks: list[Desk]) -> None:
    """A tone of each side is measured at the other; the words are alike; the call is proven."""
    alpha, bravo = desks
    serial = rings(alpha, "Flights over Shayrat")
    takes(bravo, "Flights over Shayrat")
    for desk in desks:
        desk.sees("You are talking.", 40)
        desk.until("!!document.querySelector('.telephone audio')?.srcObject")
        desk.page.evaluate(LISTEN)
    wait_until(lambda: loudest(alpha, TONES_HZ["bravo"]) > LOUD, "alpha hears bravo's tone")
    wait_until(lambda: loudest(bravo, TONES_HZ["alpha"]) > LOUD, "bravo hears alpha's tone")
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
