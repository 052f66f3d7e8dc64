"""Notices in views: versions, life, lead time, caps, what is kept."""

from dataclasses import replace
from typing import Any

import pytest

from openline.domain.limits import LIVE_VERTICES_MAX, VERSIONS_KEPT, VERTICES_MAX
from openline.domain.line.terms import LeadTime
from openline.domain.party import Precedence
from openline.domain.space.volume import Shape
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.notice import Notice, Operation
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.engine.views import Applied
from tests.engine.parties import ALPHA, BRAVO, CHARLIE
from tests.engine.views_script import (
    DELAY_MS,
    EVENING,
    HOUR,
    MINUTE,
    WATCH,
    Script,
    cancellation,
    circle,
    notice,
    of,
    text,
)

START, END = EVENING + 2 * HOUR, EVENING + 4 * HOUR


@pytest.fixture
def script() -> Script:
    return Script().adopt()


def shown(script: Script, name: str, notice_id: str = "A-1") -> dict[str, Any]:
    found = script.views[name].notice(notice_id)
    assert found is not None
    return found


def state(script: Script, name: str, notice_id: str = "A-1") -> str:
    found: str = shown(script, name, notice_id)["state"]
    return found


# --- life ----------------------------------------------------------------------------------------


def test_a_life_with_an_answer(script: Script) -> None:
    """A notice is sent, delivered, read, noted, in force and expired, on both sides."""
    script.say(ALPHA, notice(), is_delivered=False)
    assert state(script, ALPHA) == "SENT"
    script.deliver(script.applied[ALPHA][-1].envelope_header, notice())
    seen = [(state(script, ALPHA), state(script, BRAVO))]
    script.say(BRAVO, Read(WATCH, of(ALPHA, 1)))
    seen.append((state(script, ALPHA), state(script, BRAVO)))
    script.say(BRAVO, Response(WATCH, of(ALPHA, 1), Answer.NOTED))
    seen.append((state(script, ALPHA), state(script, BRAVO)))
    script.advance(START)
    seen.append((state(script, ALPHA), state(script, BRAVO)))
    script.advance(END)
    seen.append((state(script, ALPHA), state(script, BRAVO)))
    expected = ("DELIVERED", "READ", "NOTED", "IN_FORCE", "EXPIRED")
    assert seen == [(word, word) for word in expected]


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (Answer.NOTED, "NOTED"),
        (Answer.QUERIED, "QUERIED"),
        (Answer.OBJECTED, "OBJECTED"),
        (Answer.UNABLE, "UNABLE"),
        (Answer.HOLDING, "READ"),
        (Answer.DECLINED, "READ"),
    ],
)
def test_answers(script: Script, answer: Answer, word: str) -> None:
    """Each answer gives its state; to hold and to decline are no answers in substance."""
    script.say(ALPHA, notice())
    script.say(BRAVO, Response(WATCH, of(ALPHA, 1), answer, "Why?", holding_until=END))
    assert state(script, ALPHA) == word
    responses = shown(script, BRAVO)["responses"]
    assert [(one["party"], one["answer"], one["version"]) for one in responses] == [
        (BRAVO, answer.name, 1)
    ]


def test_it_takes_effect_without_an_answer(script: Script) -> None:
    """A notice that was only read is in force when its window opens."""
    script.say(ALPHA, notice())
    script.say(BRAVO, Read(WATCH, of(ALPHA, 1)))
    script.advance(START)
    assert state(script, ALPHA) == "IN_FORCE"
    assert script.alarms(ALPHA) == []


def test_in_force_and_unread(script: Script) -> None:
    """A window that opens unread alarms both sides, until somebody reads."""
    script.say(ALPHA, notice())
    script.advance(START - 1)
    assert script.alarms(ALPHA) == []
    script.advance(START)
    for name in (ALPHA, BRAVO):
        assert state(script, name) == "IN_FORCE_UNREAD"
        assert script.alarms(name) == [("IN_FORCE_UNREAD", "IMMEDIATE")]
    alarm = script.views[ALPHA].alarms()[0]
    assert (alarm["facts"]["unread_by"], alarm["facts"]["serial"]) == ([BRAVO], "ALPHA-0001")
    script.say(BRAVO, Read(WATCH, of(ALPHA, 1)))
    for name in (ALPHA, BRAVO):
        assert state(script, name) == "IN_FORCE"
        assert script.views[name].alarms()[0]["over_at"] is not None


def test_read_after_the_end(script: Script) -> None:
    """A window that closed unread is EXPIRED, and its alarm says that it is over."""
    script.say(ALPHA, notice())
    script.advance(START)
    script.advance(END)
    assert state(script, ALPHA) == "EXPIRED"
    assert script.views[ALPHA].alarms()[0]["over_at"] == END


def test_after_the_fact(script: Script) -> None:
    """A notice that comes after its window is listed as expired and not live."""
    script.say(ALPHA, notice("A-1", circle(valid_from=EVENING - HOUR, valid_until=EVENING)))
    for name in (ALPHA, BRAVO):
        assert (state(script, name), shown(script, name)["is_live"]) == ("EXPIRED", False)
        assert script.views[name].notices(live_only=True) == []


def test_a_replacement(script: Script) -> None:
    """A replacement is what is live; the version before it is REPLACED."""
    script.say(ALPHA, notice())
    later = circle(valid_from=START + HOUR, valid_until=END + HOUR)
    script.say(ALPHA, notice("A-1", later, version=2, operation=Operation.REPLACE))
    for name in (ALPHA, BRAVO):
        found = shown(script, name)
        assert (found["version"], found["serial"], found["state"]) == (2, "ALPHA-0002", "DELIVERED")
        assert found["valid_from"] == START + HOUR
        assert [one["states"] for one in found["versions"]] == [
            {BRAVO: "REPLACED"},
            {BRAVO: "DELIVERED"},
        ]
    script.advance(END)
    assert shown(script, ALPHA)["is_live"]
    script.advance(END + HOUR)
    assert not shown(script, ALPHA)["is_live"]


def test_reading_the_old_version_is_not_reading_the_new(script: Script) -> None:
    """A replacement that nobody read alarms, though the version before was read."""
    script.say(ALPHA, notice())
    script.say(BRAVO, Read(WATCH, of(ALPHA, 1)))
    script.say(ALPHA, notice(version=2, operation=Operation.REPLACE))
    script.advance(START)
    assert script.alarms(BRAVO) == [("IN_FORCE_UNREAD", "IMMEDIATE")]


def test_a_cancellation(script: Script) -> None:
    """A cancelled notice is not live, and keeps what it said before."""
    script.say(ALPHA, notice())
    script.say(ALPHA, cancellation())
    for name in (ALPHA, BRAVO):
        found = shown(script, name)
        assert (found["state"], found["is_live"], found["operation"]) == (
            "CANCELLED",
            False,
            "CANCEL",
        )
        assert (found["valid_from"], found["kind"]) == (START, "air")


def test_withdrawn_before_it_was_delivered(script: Script) -> None:
    """A notice cancelled before its receipt is WITHDRAWN for its author."""
    script.say(ALPHA, notice(), is_delivered=False)
    script.say(ALPHA, cancellation(), is_delivered=False)
    assert state(script, ALPHA) == "WITHDRAWN"
    script.views[ALPHA].receipted(BRAVO, 3, EVENING + 5_000)
    assert state(script, ALPHA) == "WITHDRAWN"


def test_three_parties_have_a_state_each() -> None:
    """With two counterparts the notice has two states, and shows the graver."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    script.say(ALPHA, notice())
    script.say(CHARLIE, Response(WATCH, of(ALPHA, 1), Answer.NOTED))
    found = shown(script, ALPHA)
    assert found["states"] == {BRAVO: "DELIVERED", CHARLIE: "NOTED"}
    assert found["state"] == "DELIVERED"
    script.advance(START)
    assert shown(script, ALPHA)["state"] == "IN_FORCE_UNREAD"
    assert script.views[ALPHA].alarms()[0]["facts"]["unread_by"] == [BRAVO]
    assert script.alarms(BRAVO) == [("IN_FORCE_UNREAD", "IMMEDIATE")]
    assert script.alarms(CHARLIE) == []


# --- versions that change nothing ----------------------------------------------------------------


@pytest.mark.parametrize(
    "second",
    [
        notice("A-1", circle(north_km=50)),
        notice("A-1", circle(north_km=50), version=2),
        notice("A-1", circle(north_km=50), operation=Operation.REPLACE),
        cancellation(version=1),
    ],
)
def test_a_repeated_version_has_no_effect(script: Script, second: Notice) -> None:
    """A version number given twice, or NEW for a known notice, is flagged and changes nothing."""
    script.say(ALPHA, notice())
    index = script.say(ALPHA, second)
    before = notice().to_json()
    for name in (ALPHA, BRAVO):
        message = script.views[name].message(ALPHA, index)
        assert message is not None
        assert message["flags"][-1] == "NO_EFFECT"
        assert shown(script, name)["content"] == before
        assert len(shown(script, name)["versions"]) == 1


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_nothing_comes_back(script: Script, is_cancelled: bool) -> None:
    """A replacement after the cancellation or the end has no effect."""
    script.say(ALPHA, notice())
    if is_cancelled:
        script.say(ALPHA, cancellation())
    else:
        script.advance(END)
    late = circle(valid_from=END + HOUR, valid_until=END + 2 * HOUR)
    index = script.say(ALPHA, notice("A-1", late, version=3, operation=Operation.REPLACE))
    message = script.views[BRAVO].message(ALPHA, index)
    assert message is not None
    assert message["flags"] == ["NO_EFFECT"]
    assert state(script, BRAVO) == ("CANCELLED" if is_cancelled else "EXPIRED")


@pytest.mark.parametrize("second", [None, "cancelled"])
def test_a_flash_that_overtakes(script: Script, second: str | None) -> None:
    """A FLASH version that comes ahead counts at once; the one it overtook is history."""
    first = script.header(ALPHA, notice())
    flash = replace(first, index=first.index + 1, precedence=int(Precedence.FLASH))
    ahead = notice("A-1", circle(north_km=5), version=2, operation=Operation.REPLACE)
    if second:
        ahead = cancellation()
    view = script.views[BRAVO]
    view.apply(Applied(flash, ahead, EVENING, "primary"), live=True)
    view.apply(Applied(first, notice(), EVENING + 10, "primary"), live=True)
    view.apply(Applied(flash, ahead, EVENING + 10, "primary"), live=True)
    found = shown(script, BRAVO)
    assert [one["version"] for one in found["versions"]] == [1, 2]
    assert found["is_live"] is (second is None)
    assert found["state"] == ("CANCELLED" if second else "DELIVERED")
    assert found["flags"] == []


def test_ids_belong_to_their_party(script: Script) -> None:
    """Two parties may use one id; each finds its own first, and both by name."""
    script.say(ALPHA, notice("X-1", kind="air"))
    script.say(BRAVO, notice("X-1", kind="ground"))
    assert [shown(script, name, "X-1")["party"] for name in (ALPHA, BRAVO)] == [ALPHA, BRAVO]
    assert shown(script, ALPHA, f"{BRAVO}/X-1")["kind"] == "ground"
    assert script.views[ALPHA].notice("Y-1") is None
    assert script.views[ALPHA].notice(f"{BRAVO}/Y-1") is None


# --- lead time -----------------------------------------------------------------------------------

LEADS = (LeadTime("any", 30 * MINUTE), LeadTime("strike", 10 * MINUTE))


@pytest.mark.parametrize(
    ("ahead_ms", "category", "expected"),
    [
        (30 * MINUTE + DELAY_MS, "patrol", "NORMAL"),
        (30 * MINUTE + DELAY_MS - 1, "patrol", "SHORT_NOTICE"),
        (10 * MINUTE + DELAY_MS, "strike", "NORMAL"),
        (58_000 + DELAY_MS, "strike", "IMMINENT"),
        (DELAY_MS, "strike", "AFTER_START"),
    ],
)
def test_lead_time_counts_at_the_receiver(ahead_ms: int, category: str, expected: str) -> None:
    """The class follows from the moment of receipt, alike on both sides."""
    script = Script(lead_times=LEADS).adopt()
    window = circle(valid_from=EVENING + ahead_ms, valid_until=END)
    script.say(ALPHA, notice("A-1", window, category=category))
    for name in (ALPHA, BRAVO):
        found = shown(script, name)
        assert (found["lead_time_ms"], found["lead_class"]) == (ahead_ms - DELAY_MS, expected)


def test_no_lead_time_before_a_receipt(script: Script) -> None:
    """A notice that nobody has received has no lead time."""
    script.say(ALPHA, notice(), is_delivered=False)
    found = shown(script, ALPHA)
    assert (found["lead_time_ms"], found["lead_class"]) == (None, None)


def test_the_earliest_receipt_counts() -> None:
    """Of several counterparts the first to receive it gives the lead time."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    script.say(ALPHA, notice(), is_delivered=False)
    script.views[ALPHA].receipted(CHARLIE, 2, EVENING + 9_000)
    script.views[ALPHA].receipted(BRAVO, 2, EVENING + 7_000)
    assert shown(script, ALPHA)["lead_time_ms"] == 2 * HOUR - 7_000


def test_each_version_has_its_own_lead_time(script: Script) -> None:
    """A replacement an hour later has an hour less lead."""
    script.say(ALPHA, notice())
    script.now += HOUR
    script.say(ALPHA, notice(version=2, operation=Operation.REPLACE))
    leads = [one["lead_time_ms"] for one in shown(script, BRAVO)["versions"]]
    assert leads == [2 * HOUR - DELAY_MS, HOUR - DELAY_MS]


# --- what is kept --------------------------------------------------------------------------------


def test_words_are_kept_while_live(script: Script) -> None:
    """A live notice shows its content; one that is over shows it from the store."""
    script.say(ALPHA, notice())
    view = script.views[BRAVO]
    assert view.notices(live_only=True)[0]["content"] == notice().to_json()
    script.advance(END)
    assert shown(script, BRAVO)["content"] is None
    asked: list[tuple[str, int]] = []

    def load(party: str, index: int, epoch: int) -> Message | Unreadable:
        asked.append((party, index))
        return notice()

    view.load = load
    assert shown(script, BRAVO)["content"] == notice().to_json()
    assert asked == [(ALPHA, 1)]
    assert view.notices(live_only=False)[0]["content"] is None


def test_lists(script: Script) -> None:
    """All notices or the live ones are listed in the order in which they came, from a position."""
    for number in range(3):
        script.say(ALPHA, notice(f"A-{number}"))
    script.say(ALPHA, cancellation("A-1"))
    view = script.views[BRAVO]
    assert [one["notice_id"] for one in view.notices(live_only=True)] == ["A-0", "A-2"]
    assert [one["notice_id"] for one in view.notices(live_only=False)] == ["A-0", "A-1", "A-2"]
    assert [one["notice_id"] for one in view.notices(count=2, after=1)] == ["A-1", "A-2"]
    assert [one["position"] for one in view.notices(live_only=True)] == [1, 3]


def test_no_live_notice_is_left_out(script: Script) -> None:
    """From position to position each live notice comes once, whatever is replaced meanwhile."""
    script.say(ALPHA, notice("A-0"))
    for number in range(6):
        script.say(BRAVO, notice(f"B-{number}"))
    view = script.views[ALPHA]
    seen, more = view.notices_page(0, 3, live_only=True)
    assert more == 4
    script.say(ALPHA, notice("A-0", version=2, operation=Operation.REPLACE))
    script.say(BRAVO, notice("B-4", version=2, operation=Operation.REPLACE))
    while more:
        page, more = view.notices_page(seen[-1]["position"], 3, live_only=True)
        seen += page
    assert [one["notice_id"] for one in seen] == ["A-0", *(f"B-{n}" for n in range(6))]


def test_over_the_cap() -> None:
    """Notices beyond the agreed number are listed and flagged, and not checked."""
    script = Script(notices_live_max=2).adopt()
    script.say(ALPHA, notice("A-1"))
    for number in range(4):
        script.say(BRAVO, notice(f"B-{number}"))
    view = script.views[ALPHA]
    found = {one["notice_id"]: one["flags"] for one in view.notices(live_only=True)}
    assert found == {"A-1": [], "B-0": [], "B-1": [], "B-2": ["OVER_CAP"], "B-3": ["OVER_CAP"]}
    assert [one["sides"][1]["notice_id"] for one in view.conflicts()] == ["B-0", "B-1"]
    assert shown(script, ALPHA, "B-3")["is_live"]


def test_room_under_the_cap_comes_back() -> None:
    """When notices end, a new version of one that was over the cap is checked."""
    script = Script(notices_live_max=1).adopt()
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    script.say(BRAVO, notice("B-2"))
    script.say(BRAVO, cancellation("B-1"))
    assert script.views[ALPHA].conflicts() == []
    script.say(BRAVO, notice("B-2", version=2, operation=Operation.REPLACE))
    assert [one["sides"][1]["notice_id"] for one in script.views[ALPHA].conflicts()] == ["B-2"]
    assert shown(script, ALPHA, "B-2")["flags"] == []


def test_too_many_vertices_are_over_the_cap(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few notices with very many vertices are over the cap as well."""
    assert LIVE_VERTICES_MAX > 100 * VERTICES_MAX
    monkeypatch.setattr("openline.engine.notice_view.LIVE_VERTICES_MAX", 5)
    for number in range(3):
        script.say(BRAVO, notice(f"B-{number}", circle(), circle(north_km=30)))
    flags = [one["flags"] for one in script.views[ALPHA].notices(live_only=True)]
    assert flags == [[], [], ["OVER_CAP"]]


def test_a_volume_that_cannot_be_is_not_checked(script: Script) -> None:
    """A self-crossing ring is flagged; the sound volume beside it is checked."""
    lat, lon = 344_900_000, 369_090_000
    far = 1_000_000
    bow = ((lat, lon), (lat + far, lon + far), (lat, lon + far), (lat + far, lon))
    crossing = replace(circle(), shape=Shape.POLYGON, vertices=bow, radius_m=0)
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1", crossing, circle()))
    script.say(BRAVO, notice("B-2", crossing))
    view = script.views[ALPHA]
    assert "UNCHECKED" in shown(script, ALPHA, "B-1")["flags"]
    conflicts = [[side["notice_id"] for side in one["sides"]] for one in view.conflicts()]
    assert conflicts == [["A-1", "B-1"]]
    assert [side["volume"] for side in view.conflicts()[0]["sides"]] == [1, 2]


def test_a_flood_of_replacements_leaves_no_agenda(script: Script) -> None:
    """A thousand replacements of one notice with windows far away are forgotten."""
    far = circle(valid_from=EVENING + 100 * HOUR, valid_until=EVENING + 101 * HOUR)
    view = script.views[ALPHA]
    view.apply(Applied(script.header(BRAVO, notice()), notice("B-1", far), EVENING, ""), live=False)
    for version in range(2, 1_200):
        again = notice("B-1", far, version=version, operation=Operation.REPLACE)
        header = script.header(BRAVO, again, index=version)
        view.apply(Applied(header, again, EVENING, "primary"), live=False)
    assert len(view._notices._agenda) < 1_100
    assert len(shown(script, ALPHA, "B-1")["versions"]) == VERSIONS_KEPT
    script.advance(EVENING + 100 * HOUR)
    assert script.alarms(ALPHA) == [("IN_FORCE_UNREAD", "IMMEDIATE")]


def test_changes_are_shown(script: Script) -> None:
    """Whatever changes a notice is shown to the faces as the notice then is."""
    script.say(ALPHA, notice())
    script.say(BRAVO, Read(WATCH, of(ALPHA, 1)))
    script.advance(START)
    script.advance(END)
    words = [one["state"] for one in script.shown(ALPHA, "notice")]
    assert words == ["SENT", "DELIVERED", "READ", "IN_FORCE", "EXPIRED"]
    assert script.say(ALPHA, text()) == 2
    assert script.shown(ALPHA, "notice") == []
