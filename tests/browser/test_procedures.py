"""The procedures of the line, each done from its steps by keyboard alone."""

import time
from typing import Any, Final

import pytest
from playwright.sync_api import Locator

from tests.browser.conftest import Opens
from tests.browser.desk import FOCUSED, TABS_MAX, Desk
from tests.browser.test_dialogue import say, take
from tests.end_to_end.nodes import Node

pytestmark = pytest.mark.system

DELIVERED: Final = "Delivered: every recipient's receipt is held."
MINUTE_S: Final = 60

TITLES: Final = {
    "P1": "Line check",
    "P4": "Call",
    "P5": "Making sure who speaks",
    "P7": "Contact is lost",
    "P9": "Translation",
    "P11": "Incident",
    "P12": "Readout",
    "P13": "Periodic review",
}
RADIOS: Final = """(() => {
  const one = document.activeElement;
  const same = [...document.querySelectorAll('input[type=radio]')].filter(
    (other) => one.type === 'radio' && other.name === one.name);
  return same.map((other) => (other.ariaLabel || other.labels[0]?.innerText || '').trim());
})()"""
"""The names of the choices of which one has the focus."""


def instant(later_s: int) -> str:
    """An instant of so many seconds from now, as the API takes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + later_s))


def begin(desk: Desk, number: str) -> None:
    """Open a procedure that is about nothing yet."""
    desk.choose(f"Procedure: {TITLES[number]}")
    shown(desk, number).wait_for()


def begin_about(desk: Desk, number: str, serial: str, *, is_ours: bool = False) -> None:
    """Open a procedure from the message that it is about: of the queue, or of the log."""
    if is_ours:
        desk.choose("Go to: Message log")
        desk.fill(Serial_to_go_to=serial)
        desk.press("Enter")
    else:
        take(desk, serial)
    desk.page.get_by_role("region", name="In hand").get_by_text(serial).first.wait_for()
    desk.does(number)
    shown(desk, number).get_by_text(serial).wait_for()


def shown(desk: Desk, number: str) -> Locator:
    """The procedure on the screen."""
    return desk.page.get_by_role("region", name=TITLES[number])


def at_step(desk: Desk, step: int) -> None:
    """Wait until a step is the next one."""
    says = "document.querySelector('[aria-current=step] .number')?.innerText"
    desk.until(f"{says} === '{step}'")


def tick(desk: Desk, *steps: int) -> None:
    """Press G at steps of which only the officer can say that they are done."""
    for step in steps:
        at_step(desk, step)
        desk.press("g")


def tick_by_box(desk: Desk, step: int) -> None:
    """Say by its box that a step is done, or that there is no need for it."""
    desk.tab_to(f"Done: step {step}")
    desk.press("Space")


def lead(desk: Desk, step: int, form: str) -> None:
    """Press G at a step that leads to a form."""
    at_step(desk, step)
    desk.press("g")
    desk.page.get_by_role("form", name=form, exact=True).wait_for()


def pick(desk: Desk, name: str) -> None:
    """Go to the next choices of which one has this name, and choose it."""
    for _ in range(TABS_MAX):
        desk.press("Tab")
        names = desk.page.evaluate(RADIOS)
        if name in names:
            for _ in names:
                if desk.page.evaluate(FOCUSED) == name:
                    desk.press("Space")
                    return
                desk.press("ArrowDown")
    raise AssertionError(f"there is no choice {name}")


def say_it(desk: Desk) -> None:
    """Say what was written, and wait for its receipt."""
    desk.press("Control+Enter")
    desk.sees(DELIVERED)


def is_done(desk: Desk, number: str) -> None:
    """Every step of the procedure is done, by the record or by the officer's word."""
    shown(desk, number).get_by_text("Every step is done.").wait_for()


def last(node: Node, kind: str) -> dict[str, Any]:
    """The words of the newest message of a kind that a node shows."""
    one = [one for one in node.messages() if one["kind"] == kind][-1]
    return node.message(one["party"], one["index"])


def test_the_line_is_checked(alpha: Node, bravo: Node, opens: Opens) -> None:
    """Line check: it is said by keys, and a person's answer ends it."""
    desk = opens(alpha).sign_in()
    begin(desk, "P1")
    tick(desk, 1)
    lead(desk, 2, "Line check")
    say_it(desk)
    check = last(bravo, "LINE_CHECK")
    of = {"party": check["party"], "index": check["index"]}
    reply = {"number": check["body"]["number"], "readability": 5}
    bravo.post("LINE_CHECK_REPLY", reply, reply_to=of, wait="delivered")
    begin_about(desk, "P1", check["serial"], is_ours=True)
    at_step(desk, 1)
    desk.press("g")
    is_done(desk, "P1")


def test_who_speaks_is_made_sure_of(alpha: Node, opens: Opens) -> None:
    """No. 5: each step is ticked by a key, and is still ticked after a reload."""
    desk = opens(alpha).sign_in()
    begin(desk, "P5")
    tick(desk, 1, 2, 3)
    at_step(desk, 4)
    desk.page.reload()
    tick(desk, 4, 5)
    is_done(desk, "P5")


def test_lost_contact_is_answered(alpha: Node, bravo: Node, opens: Opens) -> None:
    """No. 7: what was tried is ticked; the service message ends it by the record."""
    desk = opens(alpha).sign_in()
    begin(desk, "P7")
    tick(desk, 1, 2, 3, 4)
    lead(desk, 5, "Service message")
    pick(desk, "working again")
    say_it(desk)
    assert last(bravo, "SERVICE")["body"]["occasion"] == "RESTORED"
    begin(desk, "P7")
    is_done(desk, "P7")


def test_a_call_is_recorded(alpha: Node, bravo: Node, opens: Opens) -> None:
    """No. 4: the record is written with persons and points, and the other side agrees with it."""
    desk = opens(alpha).sign_in()
    fields = {"tier": 1, "subject": "The bridge", "times": [instant(10 * MINUTE_S)]}
    asked = say(bravo, "CONTACT", {**fields, "medium": "VOICE"}, "PRIORITY")
    begin_about(desk, "P4", asked["serial"])
    tick(desk, 1, 2, 3, 4, 5, 6, 7)
    lead(desk, 8, "Call record")
    desk.fill(Call="The call about the bridge", Began_at="-20min", Ended_at="-10min")
    desk.fill(Asked_for_by="bravo.example")
    add(desk, "Persons")
    desk.type("alpha.example")
    desk.fill(Name="Maj. Carter")
    pick(desk, "by challenge words")
    add(desk, "What was said")
    desk.type("Nothing flies near the bridge before noon.")
    say_it(desk)
    record = last(bravo, "CALL_RECORD")
    assert record["body"]["points"] == ["Nothing flies near the bridge before noon."]
    assert record["body"]["persons"] == [{"party": "alpha.example", "name": "Maj. Carter"}]
    of = {"party": record["party"], "index": record["index"]}
    bravo.post("RESPONSE", {"of": of, "answer": "NOTED"}, reply_to=of, wait="delivered")
    desk.page.go_back()
    is_done(desk, "P4")


def add(desk: Desk, items: str) -> None:
    """Add one more to a list; the focus is in it."""
    desk.does(f"Add to: {items}")
    desk.until("document.activeElement.closest('.items') !== null")


def test_a_text_is_translated(alpha: Node, bravo: Node, opens: Opens) -> None:
    """No. 9: the translation names who made and who compared it, and stands with the original."""
    desk = opens(alpha).sign_in()
    fields = {"text": "Наши самолёты сядут в полдень.", "language": "ru"}
    text = say(bravo, "TEXT", fields, "PRIORITY")
    begin_about(desk, "P9", text["serial"])
    tick(desk, 1, 2, 3)
    lead(desk, 4, "Translation")
    desk.fill(Language="en", Text="Our aircraft land at noon.", Translator="Lt. Reed")
    desk.fill(Compared_by="Capt. Hall")
    say_it(desk)
    body = last(bravo, "TRANSLATION")["body"]
    assert (body["text"], body["translator"]) == ("Our aircraft land at noon.", "Lt. Reed")
    desk.page.go_back()
    is_done(desk, "P9")


def agreed_contact(alpha: Node, bravo: Node) -> dict[str, Any]:
    """A contact that Bravo asked for and Alpha accepted."""
    at = instant(10 * MINUTE_S)
    fields = {"tier": 1, "subject": "The bridge", "times": [at], "medium": "VOICE"}
    asked = say(bravo, "CONTACT", fields, "PRIORITY")
    of = {"party": asked["party"], "index": asked["index"]}
    alpha.post("CONTACT_REPLY", {"of": of, "answer": "ACCEPT", "at": at}, reply_to=of)
    return asked


def test_a_readout_is_agreed_and_published(alpha: Node, bravo: Node, opens: Opens) -> None:
    """No. 12: proposed and published by the keys; the text that is published is the agreed one."""
    desk = opens(alpha).sign_in(f"Commander of {alpha.name}")
    words = "The staffs spoke about the bridge."
    begin_about(desk, "P12", agreed_contact(alpha, bravo)["serial"])
    tick(desk, 1)
    lead(desk, 2, "Readout")
    pick(desk, "one text of both sides")
    add(desk, "Texts")
    desk.type("en")
    desk.fill(Text=words)
    desk.fill(On_whose_initiative="bravo.example")
    say_it(desk)
    proposed = last(bravo, "READOUT")
    of = {"party": proposed["party"], "index": proposed["index"]}
    general = {"post": "commander", "officer": "Gen. Ivanov"}
    bravo.post("READOUT", {"by": general, "of": of, "step": "AGREE"}, wait="delivered")
    desk.page.go_back()
    lead(desk, 4, "Readout")
    say_it(desk)
    published = last(bravo, "READOUT")
    assert published["body"]["step"] == "PUBLISH"
    assert published["body"]["texts"] == proposed["body"]["texts"]
    kept = alpha.client().get("/lines", alpha.line, "readouts", proposed["serial"])
    assert words in str(kept)
    desk.page.go_back()
    tick_by_box(desk, 4)
    tick(desk, 5)
    is_done(desk, "P12")


def test_an_incident_is_reported_and_inquired_into(alpha: Node, bravo: Node, opens: Opens) -> None:
    """No. 11: from the warning to the opened inquiry; both sides' reports are on the record."""
    desk = opens(alpha).sign_in(f"Commander of {alpha.name}")
    begin(desk, "P11")
    lead(desk, 1, "Warning")
    pick(desk, "cease")
    desk.fill(What="Mortars fire at our post.", Place="at Shayrat airfield")
    say_it(desk)
    begin(desk, "P11")
    lead(desk, 2, "Incident report")
    pick(desk, "first report")
    desk.fill(Sort="firing", Happened_at="-10min", Place_in_words="at Shayrat airfield")
    desk.fill(Facts="Nine shells fell on our post.")
    say_it(desk)
    first = last(bravo, "INCIDENT")
    of = {"party": first["party"], "index": first["index"]}
    theirs = {name: first["body"][name] for name in ("incident", "sort", "happened_at", "place")}
    full = {**theirs, "stage": "FULL", "facts": "None of our mortars fired."}
    bravo.post("INCIDENT", {**full, "about": [of]}, reply_to=of, wait="delivered")

    begin_about(desk, "P11", first["serial"], is_ours=True)
    tick_by_box(desk, 1)
    tick(desk, 3)
    lead(desk, 4, "Incident report")
    pick(desk, "full report")
    desk.fill(Sort="firing", Happened_at="-10min", Place_in_words="at Shayrat airfield")
    desk.fill(Facts="Nine shells fell on our post; one soldier was hurt.")
    say_it(desk)
    assert last(bravo, "INCIDENT")["body"]["incident"] == first["body"]["incident"]
    desk.page.go_back()
    lead(desk, 5, "Request for a contact")
    desk.fill(Tier="Tier 2", Subject="The shells at Shayrat")
    add(desk, "Times")
    desk.type("+30min")
    say_it(desk)
    begin_about(desk, "P11", first["serial"], is_ours=True)
    lead(desk, 6, "Inquiry")
    pick(desk, "open the inquiry")
    pick(desk, "both sides together")
    desk.fill(Led_by="Col. Grey")
    say_it(desk)
    assert last(bravo, "INQUIRY")["body"]["incident"] == first["body"]["incident"]
    desk.page.go_back()
    at_step(desk, 7)


def test_the_line_is_reviewed(alpha: Node, bravo: Node, opens: Opens) -> None:
    """No. 13: what both sides counted is compared, and the meeting is arranged."""
    desk = opens(alpha).sign_in()
    begin(desk, "P13")
    tick(desk, 1, 2, 3)
    lead(desk, 4, "Request for a contact")
    desk.fill(Tier="Tier 2", Subject="The month's review")
    add(desk, "Times")
    desk.type("+2d")
    say_it(desk)
    assert last(bravo, "CONTACT")["body"]["subject"] == "The month's review"
    desk.page.go_back()
    is_done(desk, "P13")
