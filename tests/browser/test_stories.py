"""The golden stories as officers find them: at both consoles, when the story has been told.

A story is told by `openline demo`; then the watch officer of each side opens the link that it
prints. What each must see is that which their own node tells, and the point of the story; what is
left to do is done by the keyboard.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from openline.faces.demo.script import names
from tests.browser.conftest import Opens
from tests.browser.desk import TABS_MAX, Desk, seen_by, wait_until
from tests.browser.test_dialogue import answers, unacknowledged
from tests.browser.test_procedures import pick
from tests.browser.told import Demo, Demos

pytestmark = [pytest.mark.system, pytest.mark.slow]

ALARMS_MAX: Final = 60
REFERENCE: Final = """
document.activeElement.closest('.entry')?.querySelector('.serial')?.innerText ?? ''
"""
"""The id of the entry of the list that has the focus."""

BANNER: Final = "document.querySelector('.banner .said')?.innerText ?? ''"
"""What rings first; empty when nothing does."""

DELIVERED: Final = "Delivered: every recipient's receipt is held."


@dataclass(frozen=True)
class Look:
    """Where an officer looks, and what must stand there.

    Attributes:
        at: A screen; `list:` and `log:` take a thing in hand by its id or serial.
        sees: Words that must be there.
    """

    at: str
    sees: tuple[str, ...]


def look(at: str, *sees: str) -> Look:
    """What must be seen at one place."""
    return Look(at, sees)


STORIES: Final[dict[str, tuple[list[Look], list[Look]]]] = {
    "april-2017": (
        [
            look("line", "PARTIALLY SUSPENDED", "suspended by bravo.example", "air safety"),
            look("line", "The strike of this morning."),
            look("list:ALPHA-N-0001", "objected", "We do not agree to any strike there."),
        ],
        [look("line", "PARTIALLY SUSPENDED", "suspended by bravo.example")],
    ),
    "busy-day": (
        [look("list:BRAVO-N-0025", "Night flight")],
        [look("list:ALPHA-N-0024", "Flight B12", "noted")],
    ),
    "cable": (
        [look("log:ALPHA-0002", "will comply"), look("line", "tertiary", "ACTIVE")],
        [look("log:ALPHA-0002", "You are engaging our people."), look("line", "tertiary")],
    ),
    "deir-ez-zor": (
        [look("list:ALPHA-N-0001", "2 km south of Khasham", "cancelled")],
        [look("log:BRAVO-0003", "Sgt. Novak", "All aircraft called off.")],
    ),
    "euphrates": (
        [
            look("matters/evidence", "Annex B, 3"),
            look("list:ALPHA-0002", "A patrol entered without a call."),
            look("list:ALPHA-Z-0001", "Call the watch before you enter."),
        ],
        [look("list:ALPHA-0002", "The call was missed; it is repeated to the units.")],
    ),
    "handover": (
        [look("handover", "Lt. Jones", "BRAVO-0003")],
        [look("handover", "Lt. Jones")],
    ),
    "hoax": (
        [look("log:ALPHA-0001", "a voice, says Maj. Orlov", "not known")],
        [look("log:ALPHA-0001", "Nobody of ours has called.")],
    ),
    "hospitals": (
        [
            look("list:BRAVO-N-0001", "Conflicts: 21", "Hospitals are within 3 km."),
            look("list:CLINIC-100", "re-validated"),
        ],
        [look("list:BRAVO-N-0001", "Conflicts: 21", "objected")],
    ),
    "il-20": (
        [look("list:ALPHA-N-0001", "Lead time: 0:5", "imminent", "cancelled")],
        [look("list:ALPHA-N-0001", "imminent", "cancelled")],
    ),
    "khasham": (
        [
            look(
                "list:ALPHA-0001",
                "answer disputed",
                "Film of 0400Z",
                "these are not its own",
                "own people",
            )
        ],
        [look("list:ALPHA-0001", "answer disputed", "Contractors were not asked.")],
    ),
    "korea": (
        [look("line", "ACTIVE"), look("list:ALPHA-Z-0001", "stay out")],
        [look("line", "ACTIVE"), look("list:ALPHA-Z-0001", "stay out")],
    ),
    "readout": (
        [look("list:ALPHA-0001", "The commanders spoke about flights.")],
        [look("list:ALPHA-0001", "The commanders spoke about flights.")],
    ),
    "refusal": (
        [look("list:ALPHA-0001", "declined", "Not in this atmosphere."), look("list:ALPHA-0002")],
        [look("list:ALPHA-0002", "no answer")],
    ),
    "su-22": (
        [look("list:BRAVO-0001", "unanswered", "tier 3 must know")],
        [look("list:BRAVO-0001", "unanswered", "tier 3 must know")],
    ),
    "vienna": (
        [look("list:ALPHA-0001", "answered", "An exercise of one brigade.")],
        [look("log:BRAVO-0002", "We have your question.")],
    ),
}
"""By story what Alpha's officer sees, and what Bravo's sees."""


def test_every_story_is_looked_at() -> None:
    """No story is told that no officer looks at here."""
    assert set(STORIES) == set(names())


@pytest.fixture(scope="module")
def demos(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demos]:
    """The stories in the order in which the tests of this file look at them."""
    order = [
        str(item.callspec.params["story"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.path == Path(__file__)
        and hasattr(item, "callspec")
    ]
    found = Demos(tmp_path_factory.mktemp("stories"), order)
    yield found
    found.end()


@pytest.fixture
def demo(demos: Demos, story: str) -> Iterator[Demo]:
    """The demo of the story; the desks at it are ended before it."""
    found = demos.tell(story)
    yield found
    assert found.end() == 0, found.printed[-2_000:]


@pytest.mark.parametrize("story", STORIES)
def test_officers_find_what_the_story_left(story: str, demo: Demo, opens: Opens) -> None:
    """Word, matters, alarms and the story's point are on both screens; what is left is done."""
    links = demo.links()
    desks = [opens(node).enter(link) for node, link in zip(demo.nodes(), links, strict=True)]
    for desk, looks in zip(desks, STORIES[story], strict=True):
        assert_bar(desk)
        assert_alarms(desk)
        assert_matters(desk)
        for one in looks:
            go_to(desk, one.at)
            for words in one.sees:
                sees(desk, words)
        desk.go("watch")
        acknowledge_by_keys(desk)
        desk.shoot(f"story-{story}-{desk.node.name}")
    if story in LEFT:
        side, act, about = LEFT[story]
        act(desks[side], desks[1 - side], about)


# --- what each must see --------------------------------------------------------------------------


def seen(desk: Desk, where: str = "main") -> str:
    """What can be read in a part of the page, its spaces made one."""
    return " ".join(desk.page.locator(where).first.inner_text().split())


def sees(desk: Desk, words: str) -> None:
    """Wait until the words can be read; opened where a part is folded."""
    wait_until(lambda: words in seen(desk), f"{desk.node.name} sees {words!r}", 15)


def assert_bar(desk: Desk) -> None:
    """The bar has the word that the officer's node displays, and who is on watch there."""
    wait_until(
        lambda: seen(desk, ".line .word").endswith(desk.node.state()["displayed"]["said"]),
        "the word at the top is the node's",
    )
    watches = desk.node.client().get("/lines", desk.node.line, "watches")["watches"]
    for one in watches:
        if one["party"] == desk.node.party and one["officer"] and not one["is_past"]:
            assert one["officer"] in seen(desk, ".who")


def assert_alarms(desk: Desk) -> None:
    """Each alarm that nobody has acknowledged is in the list of alarms, in the node's words."""
    desk.press("l")
    desk.page.get_by_role("dialog", name="Alarms").wait_for()

    def missing() -> list[str]:
        shown = seen(desk, "dialog")
        told = [" ".join(str(one["said"]).split()) for one in unacknowledged(desk.node)]
        return [one for one in told if one not in shown]

    wait_until(lambda: not missing(), f"{desk.node.name} sees each alarm, too: {missing()}")
    desk.press("Escape")
    desk.page.get_by_role("dialog").wait_for(state="detached")


def assert_matters(desk: Desk) -> None:
    """Each open matter is in the list by its reference, and in hand by its word."""
    matters = desk.node.client().get("/lines", desk.node.line, "matters")["matters"]
    for one in matters:
        if one["is_open"]:
            find(desk, one["id"])
            for standing in one["standings"]:
                sees(desk, standing["said"])


def go_to(desk: Desk, at: str) -> None:
    """Go where an officer looks."""
    place, _, name = at.partition(":")
    match place:
        case "list":
            find(desk, name)
        case "log":
            take_of_log(desk, name)
        case _:
            desk.go(place)


def find(desk: Desk, name: str) -> None:
    """Take something of the list of matters in hand, ended or not, by keys alone."""
    desk.go("watch")
    desk.go("matters")
    desk.tab_to("Words, an id or a serial")
    desk.type(name)
    desk.tab_to("Also what has ended")
    desk.press("Space")
    listed = desk.page.locator(".list .entry .serial").get_by_text(name, exact=True)
    listed.first.wait_for()
    for _ in range(TABS_MAX):
        desk.press("Tab")
        if desk.page.evaluate(REFERENCE) == name:
            desk.press("Enter")
            break
    in_hand(desk, name)


def take_of_log(desk: Desk, serial: str) -> None:
    """Take a message of the log in hand by keys alone."""
    desk.choose("Go to: Message log")
    desk.fill(Serial_to_go_to=serial)
    desk.press("Enter")
    desk.press("Tab")
    in_hand(desk, serial)


def message(desk: Desk, serial: str) -> dict[str, Any]:
    """A message as the node of a desk lists it."""
    return next(one for one in desk.node.messages() if one["serial"] == serial)


def in_hand(desk: Desk, name: str) -> None:
    """Wait until something is in hand."""
    hand = desk.page.get_by_role("region", name="In hand")
    hand.get_by_text(name).first.wait_for()


def acknowledge_by_keys(desk: Desk) -> None:
    """Press A until nothing rings; the node then holds the officer's name for each alarm."""
    for _ in range(ALARMS_MAX):
        rings = desk.page.evaluate(BANNER)
        if not rings:
            break
        desk.press("a")
        desk.until(f"({BANNER}) !== {json.dumps(rings)}")
    assert unacknowledged(desk.node) == []
    desk.page.wait_for_selector(".banner", state="detached")
    assert {one["acknowledged"]["officer"] for one in desk.node.alarms()} <= {officer_at(desk)}


def officer_at(desk: Desk) -> str:
    """The name of whoever is signed in."""
    return desk.page.locator(".bar .own strong").inner_text()


# --- what is left to do --------------------------------------------------------------------------


def answer(asked: Desk, asker: Desk, serial: str, whose: str = "own people") -> None:
    """Say that they are ours; the side that has asked sees the answer."""
    find(asked, serial)
    asked.does("Answer …")
    asked.page.get_by_role("form", name="Answer").wait_for()
    pick(asked, "ours")
    asked.tab_to(whose)
    asked.press("Space")
    asked.press("Control+Enter")
    asked.sees(DELIVERED)
    said = answers(asker.node, message(asker, serial), "ANSWER")[-1]
    assert (said["code"], said["by"]["officer"]) == ("OURS", officer_at(asked))
    find(asker, serial)
    sees(asker, "answered")


def answer_the_dispute(asked: Desk, asker: Desk, serial: str) -> None:
    """Answer a disputed query anew, for those who were not asked before."""
    answer(asked, asker, serial, "auxiliaries")


def read(reader: Desk, author: Desk, serial: str) -> None:
    """Say that a FLASH is read; its author sees by whom."""
    take_of_log(reader, serial)
    begun = message(reader, serial)
    reader.press("r")
    name = officer_at(reader)
    wait_until(lambda: name in seen_by(author.node, begun["party"], begun["index"]), "it is read")
    take_of_log(author, serial)
    sees(author, name)


def ask_the_next_tier(asker: Desk, asked: Desk, serial: str) -> None:
    """Ask for the contact that the node has filled in for the next tier."""
    find(asker, serial)
    asker.does("Propose the next tier")
    asker.does("Ask for this contact")
    asker.sees("Said: ALPHA-")
    said = wait_until(
        lambda: [one for one in asked.node.messages() if one["kind"] == "CONTACT"][2:],
        "the other side has the third request",
    )
    find(asked, said[0]["serial"])
    sees(asked, "The incident of this morning")


def call_off(author: Desk, other: Desk, notice: str) -> None:
    """Cancel a notice; on both sides its conflicts are over."""
    find(author, notice)
    author.does("cancellation …")
    author.page.get_by_role("form", name="Notice").wait_for()
    author.page.get_by_role("region", name="What changes").get_by_text("cancellation").wait_for()
    author.press("Control+Enter")
    author.sees(DELIVERED)
    for desk in (author, other):
        wait_until(lambda desk=desk: not desk.node.conflicts(), "nothing is in conflict")
        find(desk, notice)
        sees(desk, "cancelled")


ALPHA, BRAVO = 0, 1
LEFT: Final[dict[str, tuple[int, Callable[[Desk, Desk, str], None], str]]] = {
    "busy-day": (ALPHA, answer, "BRAVO-0121"),
    "cable": (ALPHA, read, "BRAVO-0002"),
    "deir-ez-zor": (BRAVO, read, "ALPHA-0004"),
    "handover": (ALPHA, answer, "BRAVO-0003"),
    "hospitals": (BRAVO, call_off, "BRAVO-N-0001"),
    "il-20": (BRAVO, read, "ALPHA-0001"),
    "khasham": (BRAVO, answer_the_dispute, "ALPHA-0001"),
    "refusal": (ALPHA, ask_the_next_tier, "ALPHA-0002"),
    "su-22": (ALPHA, answer, "BRAVO-0001"),
}
"""By story who has something left to do, what, and about what."""
