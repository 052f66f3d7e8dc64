"""Two officers who call each other: browsers whose microphones hear tones, and what is heard."""

import contextlib
import math
import struct
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.desk import OPTIONS, Desk, chromium, wait_until
from tests.end_to_end.nodes import Node

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


@contextlib.contextmanager
def hearing_tones(folder: Path, options: Sequence[str] = ()) -> Iterator[list[Browser]]:
    """A Chromium for each side, whose microphone hears a tone of its own."""
    with sync_playwright() as driver:
        found = []
        for name, hertz in TONES_HZ.items():
            tone = folder / f"{name}.wav"
            write_tone(tone, hertz)
            args = [
                *OPTIONS,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--allow-loopback-in-peer-connection",
                f"--use-file-for-fake-audio-capture={tone}",
                *options,
            ]
            found.append(driver.chromium.launch(executable_path=chromium(), args=args))
        yield found
        for one in found:
            one.close()


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


def talk(alpha: Desk, bravo: Desk, subject: str) -> str:
    """Ring and take a call until both hear the tone of the other; its serial."""
    serial = rings(alpha, subject)
    takes(bravo, subject)
    for desk in (alpha, bravo):
        desk.sees("You are talking.", 40)
        desk.until("!!document.querySelector('.telephone audio')?.srcObject")
        desk.page.evaluate(LISTEN)
    hear_each_other(alpha, bravo)
    return serial


def hear_each_other(alpha: Desk, bravo: Desk) -> None:
    """Wait until each hears the tone of the other."""
    wait_until(lambda: loudest(alpha, TONES_HZ["bravo"]) > LOUD, "alpha hears bravo's tone")
    wait_until(lambda: loudest(bravo, TONES_HZ["alpha"]) > LOUD, "bravo hears alpha's tone")
