"""Voice notes at the console: spoken at one side, heard at the other, never lost on the way."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.calling import TONES_HZ, acknowledge, hearing_tones, rings
from tests.browser.desk import Desk, wait_until
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

SPOKEN = {"spoken_in": "en", "packets": ["+P/+"] * 50, "text": "", "language": "en"}
"""A second of silence."""

HEARD = """async ([path, wanted, other]) => {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(await answer.text());
  const context = new OfflineAudioContext(1, 48000, 48000);
  const sound = await context.decodeAudioData(await answer.arrayBuffer());
  const samples = sound.getChannelData(0);
  const power = (hertz) => {
    const turn = (2 * Math.PI * hertz) / sound.sampleRate;
    let [real, imaginary] = [0, 0];
    samples.forEach((value, at) => {
      real += value * Math.cos(turn * at);
      imaginary += value * Math.sin(turn * at);
    });
    return Math.hypot(real, imaginary) / samples.length;
  };
  return { seconds: sound.duration, wanted: power(wanted), other: power(other) };
}"""
"""How long a sound is, and how much of two tones is in it."""


@pytest.fixture(scope="module")
def browsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Browser]]:
    """A Chromium for each side, whose microphone hears a tone."""
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


def notes(node: Node) -> list[dict[str, Any]]:
    """The voice notes at a node."""
    path = ("/lines", node.line, "messages")
    return [one for one in node.client().get(*path)["messages"] if one["kind"] == "VOICE_NOTE"]


def open_message(desk: Desk, serial: str) -> None:
    """Take a message in hand, from the log."""
    desk.go("log")
    desk.page.get_by_role("button", name=serial).first.click()


def speak(desk: Desk, words: str) -> None:
    """Begin to speak a note."""
    desk.choose("Speak a voice note")
    desk.page.get_by_label("What it says, in words").fill(words)
    desk.page.get_by_role("dialog").get_by_role("button", name="Speak", exact=True).click()
    desk.page.get_by_role("button", name="Stop and send").wait_for()


def test_what_is_spoken_at_one_side_is_heard_at_the_other(desks: list[Desk]) -> None:
    """The tone that Alpha's microphone heard is in the file that Bravo's node plays."""
    alpha, bravo = desks
    speak(alpha, "Two aircraft over Shayrat")
    alpha.until("document.querySelector('dialog meter').value > 50")
    alpha.until("/[3-9] s/.test(document.querySelector('dialog .numbers')?.innerText)")
    alpha.shoot("voice-note-speaking")
    alpha.page.get_by_role("button", name="Stop and send").click()
    alpha.sees("said as ALPHA-")
    said = wait_until(lambda: notes(bravo.node), "the note is delivered")[-1]
    message = bravo.node.message(alpha.node.party, said["index"])
    assert message["body"]["text"] == "Two aircraft over Shayrat"
    assert message["body"]["packets"] == []
    path = f"/lines/{bravo.node.line}/messages/{alpha.node.party}/{said['index']}/sound"
    told = bravo.page.evaluate(HEARD, [path, TONES_HZ["alpha"], TONES_HZ["bravo"]])
    assert told["seconds"] == pytest.approx(message["body"]["sound"]["ms"] / 1_000, abs=0.05)
    assert told["seconds"] > 2
    assert told["wanted"] > 10 * told["other"]
    assert alpha.wrongs() == []


def test_an_officer_plays_what_came(desks: list[Desk]) -> None:
    """The message in hand has a player, and opening it says that it is read."""
    alpha, bravo = desks
    said = alpha.node.post("VOICE_NOTE", SPOKEN, precedence="IMMEDIATE", wait="delivered")
    open_message(bravo, said["serial"])
    player = bravo.page.get_by_label(f"The voice note {said['serial']}")
    player.wait_for()
    bravo.until("document.querySelector('audio[controls]').duration > 0.9")
    bravo.sees("1.0 s of sound")
    assert bravo.wrongs() == []


def test_a_note_that_is_no_sound_is_shown_and_not_played(desks: list[Desk]) -> None:
    """What a hostile side sends as a note is marked, and no byte of it reaches a player."""
    alpha, bravo = desks
    spoilt = {**SPOKEN, "packets": ["+w=="], "text": "Listen to this"}
    said = bravo.node.post("VOICE_NOTE", spoilt, precedence="IMMEDIATE", wait="delivered")
    open_message(alpha, said["serial"])
    alpha.sees("This sound cannot be played.")
    shown = alpha.node.message(bravo.node.party, said["index"])
    assert "DOUBTFUL" in shown["flags"]
    assert shown["body"]["sound"]["ms"] == 0


def test_what_the_node_does_not_take_is_kept_and_sent_again(desks: list[Desk]) -> None:
    """While no answer comes the note stays at the desk, and then it is said once."""
    alpha, _ = desks
    before = len(notes(alpha.node))
    alpha.page.route("**/messages?*", lambda route: route.abort())
    speak(alpha, "Not lost")
    alpha.until("/[1-9] s/.test(document.querySelector('dialog .numbers')?.innerText)")
    alpha.page.get_by_role("button", name="Stop and send").click()
    alpha.sees("NOT SENT")
    alpha.page.unroute("**/messages?*")
    alpha.page.get_by_role("button", name="Send it again").click()
    alpha.sees("said as ALPHA-")
    assert len(notes(alpha.node)) == before + 1


def test_where_a_call_has_ended_the_rest_is_spoken_about_it(desks: list[Desk]) -> None:
    """Whoever was not reached hears it later, as a note about that very call."""
    alpha, bravo = desks
    serial = rings(alpha, "Nobody hears")
    bravo.page.get_by_role("button", name="We are busy").click()
    alpha.sees("The post is busy.")
    alpha.page.locator(".telephone").get_by_role("button", name="Speak a voice note").click()
    alpha.page.get_by_role("dialog").get_by_role("button", name="Speak", exact=True).click()
    alpha.until("/[1-9] s/.test(document.querySelector('dialog .numbers')?.innerText)")
    alpha.page.get_by_role("button", name="Stop and send").click()
    alpha.sees("said as ALPHA-")
    said = notes(alpha.node)[-1]
    about = alpha.node.message(alpha.node.party, said["index"])["body"]["about"]
    assert about == {"party": alpha.node.party, "index": int(serial.rpartition("-")[2])}
    acknowledge(bravo.node)


SLOW_MICROPHONE = """() => {
  const asked = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.tracks = [];
  navigator.mediaDevices.getUserMedia = async (wish) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const sound = await asked(wish);
    window.tracks.push(...sound.getTracks());
    return sound;
  };
}"""
"""A microphone that is allowed late, as when an officer thinks about it; its tracks are kept."""
CLOSED = "window.tracks.length > 0 && window.tracks.every((one) => one.readyState === 'ended')"


def test_a_dialog_that_is_closed_too_soon_opens_no_microphone(desks: list[Desk]) -> None:
    """What is allowed after the officer has gone is given back at once, and nothing is said."""
    alpha, _ = desks
    before = len(notes(alpha.node))
    alpha.page.evaluate(SLOW_MICROPHONE)
    alpha.choose("Speak a voice note")
    alpha.page.get_by_role("dialog").get_by_role("button", name="Speak", exact=True).click()
    alpha.press("Escape")
    alpha.until(CLOSED)
    assert len(notes(alpha.node)) == before


def test_who_closes_the_dialog_is_heard_no_more(desks: list[Desk]) -> None:
    """The microphone is closed at once; what was said until then is on the record."""
    alpha, _ = desks
    before = len(notes(alpha.node))
    alpha.page.evaluate(SLOW_MICROPHONE)
    speak(alpha, "And then I left")
    alpha.until("/[1-9] s/.test(document.querySelector('dialog .numbers')?.innerText)")
    alpha.page.keyboard.press("Escape")
    alpha.until(CLOSED)
    wait_until(lambda: len(notes(alpha.node)) == before + 1, "what was said is said")


def test_what_is_not_sent_is_told_at_the_desk_until_it_is_thrown_away(desks: list[Desk]) -> None:
    """Closing the dialog hides nothing, and only the officer gives a note up."""
    alpha, _ = desks
    before = len(notes(alpha.node))
    alpha.page.route("**/messages?*", lambda route: route.abort())
    speak(alpha, "Mine alone")
    alpha.until("/[1-9] s/.test(document.querySelector('dialog .numbers')?.innerText)")
    alpha.page.get_by_role("button", name="Stop and send").click()
    alpha.sees("NOT SENT")
    alpha.press("Escape")
    alpha.sees("Voice notes that wait at this desk: 1.")
    alpha.page.get_by_role("button", name="Look at them").click()
    alpha.page.get_by_role("button", name="Throw it away").click()
    alpha.page.get_by_text("NOT SENT").first.wait_for(state="detached")
    assert len(notes(alpha.node)) == before


def test_without_a_microphone_nothing_is_said(desks: list[Desk]) -> None:
    """The page says why, and what else can be done."""
    alpha, _ = desks
    alpha.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotFoundError')); }"
    )
    alpha.choose("Speak a voice note")
    alpha.page.get_by_role("dialog").get_by_role("button", name="Speak", exact=True).click()
    alpha.sees("There is no microphone at this desk.")


def test_why_there_is_no_microphone_is_said_in_the_officer_s_language(
    browsers: list[Browser], consoles: list[Node]
) -> None:
    """The sentence is of the catalogues, and the page runs from right to left."""
    desk = Desk.open(browsers[0], consoles[0], language="ar").sign_in()
    desk.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotFoundError')); }"
    )
    desk.page.get_by_role("button", name="سجل رسالة صوتية").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="تكلم", exact=True).click()
    alert = desk.page.get_by_role("dialog").get_by_role("alert")
    wait_until(lambda: "ميكروفون" in alert.inner_text(), "it is said in Arabic")
    desk.shoot("voice-note-arabic")
    desk.end()
