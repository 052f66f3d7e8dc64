"""What is kept private: it meets others' notices, alarms, ends, and crowds nothing out."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.domain.errors import OurError
from openline.domain.line.terms import Separation
from openline.domain.space.volume import Volume
from openline.domain.talk.notice import Operation
from openline.domain.talk.private import ALWAYS_FROM, WITHOUT_END, Private
from openline.engine import conflict_view, private_view
from openline.engine.views import Applied, View
from tests.engine.parties import ALPHA, BRAVO, CHARLIE
from tests.engine.views_script import (
    EVENING,
    HOUR,
    Script,
    cancellation,
    circle,
    notice,
)

START, END = EVENING + 2 * HOUR, EVENING + 4 * HOUR
OFFICER = ("air-desk", "Maj A. Weaver")
TOKEN = "0a" * 16
ID = f"private/{TOKEN}~bravo.example~B-1"


def site(name: str = "Observers", *volumes: Volume, **changes: Any) -> Private:
    """A place of people without end over Shayrat airfield."""
    endless = circle(valid_from=ALWAYS_FROM, valid_until=WITHOUT_END, lower_fl=0)
    return replace(Private(name, "presence", volumes or (endless,), is_site=True), **changes)


def plan(name: str = "Patrol", *volumes: Volume, **changes: Any) -> Private:
    """A plan over Shayrat airfield from 22 to 24 hours."""
    return replace(Private(name, "air", volumes or (circle(),)), **changes)


class Keeper(Script):
    """A script in which ALPHA keeps things private."""

    def keep(self, private: Private, token: str = TOKEN) -> None:
        """Keep it at ALPHA."""
        self.shows[ALPHA] += self.alpha.keep(private, token, OFFICER, self.now)

    def drop(self, name: str) -> None:
        """Let ALPHA drop it."""
        self.shows[ALPHA] += self.alpha.let_go(name, self.now)

    @property
    def alpha(self) -> View:
        """What ALPHA knows."""
        return self.views[ALPHA]

    def found(self, *, live_only: bool = True) -> list[tuple[str, str, str]]:
        """Name, notice and state of ALPHA's private conflicts."""
        return [
            (ours["name"], theirs["notice_id"], one["state"])
            for one in self.alpha.conflicts(live_only, private=True)
            for ours in one["sides"]
            for theirs in one["sides"]
            if "name" in ours and "name" not in theirs
        ]

    def standing(self) -> list[str]:
        """Ids of ALPHA's alarms about what is private, whose cause lasts."""
        return [
            alarm["id"]
            for alarm in self.alpha.alarms()
            if alarm["name"] == "PRIVATE_CONFLICT" and alarm["over_at"] is None
        ]


@pytest.fixture
def script() -> Keeper:
    script = Keeper()
    script.adopt()
    return script


def test_a_notice_over_people_alarms_at_once(script: Keeper) -> None:
    """A counterpart's notice over a site raises an alarm here, and nothing there."""
    script.keep(site())
    assert script.found() == []
    script.say(BRAVO, notice("B-1"))
    assert script.found() == [("Observers", "B-1", "OPEN")]
    [alarm] = script.alpha.alarms()
    assert (alarm["name"], alarm["precedence"]) == ("PRIVATE_CONFLICT", "IMMEDIATE")
    assert alarm["id"] == f"PRIVATE_CONFLICT/{ID}~{EVENING + script.delay_ms}"
    assert alarm["facts"]["private"] == "Observers"
    assert (alarm["facts"]["party"], alarm["facts"]["notice_id"]) == (BRAVO, "B-1")
    bravo = script.views[BRAVO]
    assert (bravo.conflicts(False), bravo.conflicts(False, private=True)) == ([], [])
    assert bravo.alarms() == []


def test_a_notice_that_is_there_already_alarms_when_it_is_kept(script: Keeper) -> None:
    """What is kept meets the live notices that came before it."""
    script.say(BRAVO, notice("B-1"))
    script.now += HOUR
    script.keep(plan())
    assert script.found() == [("Patrol", "B-1", "OPEN")]
    assert script.standing() == [f"PRIVATE_CONFLICT/{ID}~{EVENING + HOUR}"]
    [shown] = script.shown(ALPHA, "private")
    assert (shown["name"], shown["conflicts"]) == ("Patrol", [ID])
    [conflict] = script.shown(ALPHA, "private_conflict")
    assert (conflict["id"], conflict["private"]) == (ID, True)
    assert script.shown(ALPHA, "conflict") == []


def test_an_imminent_one_is_a_flash(script: Keeper) -> None:
    """A notice that is in force over people alarms as FLASH."""
    script.keep(site())
    now = circle(valid_from=EVENING, valid_until=END)
    script.say(BRAVO, notice("B-1", now))
    assert script.alarms(ALPHA)[0] == ("PRIVATE_CONFLICT", "FLASH")


def test_private_conflicts_are_listed_apart(script: Keeper) -> None:
    """Conflicts of both nodes do not show private ones, and no notice names them."""
    script.say(ALPHA, notice("A-1"))
    script.keep(site())
    script.say(BRAVO, notice("B-1"))
    assert [one["private"] for one in script.alpha.conflicts()] == [False]
    [private] = script.alpha.conflicts(private=True)
    assert private["private"] is True
    assert private["sides"] == [
        {"party": ALPHA, "notice_id": "", "version": 1, "volume": 1, "name": "Observers"},
        {"party": BRAVO, "notice_id": "B-1", "version": 1, "volume": 1},
    ]
    shared = ["alpha.example~A-1~bravo.example~B-1"]
    for view in script.views.values():
        assert [one["conflicts"] for one in view.notices(True)] == [shared, shared]
    assert script.alarms(ALPHA) == [("PRIVATE_CONFLICT", "IMMEDIATE"), ("CONFLICT", "IMMEDIATE")]


def test_neither_our_notices_nor_each_other(script: Keeper) -> None:
    """What is kept meets nothing of our own."""
    script.say(ALPHA, notice("A-1"))
    script.keep(site())
    script.keep(plan(), "0b" * 16)
    script.say(ALPHA, notice("A-2"))
    assert script.found(live_only=False) == []


def test_exercises_meet_exercises_only(script: Keeper) -> None:
    """A real site does not meet a notice of an exercise, nor the reverse."""
    script.keep(site())
    script.keep(plan("Drill", is_exercise=True), "0b" * 16)
    script.say(BRAVO, notice("B-1", exercise=True))
    assert script.found() == [("Drill", "B-1", "OPEN")]
    assert script.alarms(ALPHA) == [("PRIVATE_CONFLICT", "PRIORITY")]
    script.say(BRAVO, notice("B-2"))
    assert script.found() == [("Drill", "B-1", "OPEN"), ("Observers", "B-2", "OPEN")]


def test_a_replaced_notice_changes_or_ends_it(script: Keeper) -> None:
    """The conflict follows the notice through its versions, and ends with it."""
    script.keep(site())
    script.say(BRAVO, notice("B-1"))
    replaced = {"version": 2, "operation": Operation.REPLACE}
    script.say(BRAVO, notice("B-1", circle(north_km=5), **replaced))
    assert script.found() == [("Observers", "B-1", "CHANGED")]
    away = {"version": 3, "operation": Operation.REPLACE}
    script.say(BRAVO, notice("B-1", circle(north_km=200), **away))
    assert script.found(live_only=False) == [("Observers", "B-1", "ENDED")]
    assert script.standing() == []


@pytest.mark.parametrize("how", ["cancelled", "over"])
def test_it_ends_with_the_notice(script: Keeper, how: str) -> None:
    """When the notice is cancelled or its window closes the conflict ends."""
    script.keep(site())
    script.say(BRAVO, notice("B-1"))
    if how == "cancelled":
        script.say(BRAVO, cancellation("B-1"))
    else:
        script.advance(END)
    assert script.found(live_only=False) == [("Observers", "B-1", "ENDED")]
    assert script.standing() == []
    [kept] = script.alpha.privates()
    assert (kept["is_live"], kept["conflicts"], kept["valid_until"]) == (True, [], None)


def test_a_plan_is_over_with_its_last_window(script: Keeper) -> None:
    """A plan meets nothing after its last window, makes room, and leaves its name free."""
    early = circle(valid_until=EVENING + 3 * HOUR)
    script.keep(plan("Patrol", early, circle(north_km=20)))
    script.say(BRAVO, notice("B-1", circle(valid_until=END + HOUR)))
    script.advance(END - 1)
    assert script.found() == [("Patrol", "B-1", "OPEN")]
    script.shown(ALPHA, "private")
    script.advance(END)
    assert script.found(live_only=False) == [("Patrol", "B-1", "ENDED")]
    [shown] = script.shown(ALPHA, "private")
    assert (shown["is_live"], shown["over_at"]) == (False, END)
    later = circle(valid_from=END + HOUR, valid_until=END + 2 * HOUR)
    assert script.alpha.check_private(plan("Patrol", later), replaces=False, now=END)
    script.keep(plan("Patrol", later), "0b" * 16)
    assert [one["version"] for one in script.alpha.privates()] == [1]
    script.say(BRAVO, notice("B-2", later))
    found = script.alpha.conflicts(private=True)[-1]
    assert found["id"] == f"private/{'0b' * 16}~bravo.example~B-2"


def test_replaced_on_purpose(script: Keeper) -> None:
    """A replacement takes the place of what was kept, and keeps the conflict it still has."""
    script.say(BRAVO, notice("B-1"))
    script.say(BRAVO, notice("B-2", circle(north_km=200)))
    script.keep(plan())
    script.keep(plan("Patrol", circle(north_km=3)), "0b" * 16)
    assert script.found() == [("Patrol", "B-1", "CHANGED")]
    assert [one["id"] for one in script.alpha.conflicts(private=True)] == [ID]
    script.keep(plan("Patrol", circle(north_km=199)), "0c" * 16)
    assert script.found(live_only=False) == [
        ("Patrol", "B-1", "ENDED"),
        ("Patrol", "B-2", "OPEN"),
    ]
    [kept] = script.alpha.privates()
    assert (kept["version"], kept["changed_at"]) == (3, EVENING + script.delay_ms)


def test_dropped(script: Keeper) -> None:
    """What is dropped meets nothing, is not listed, and its alarm says that it is over."""
    script.keep(site())
    script.say(BRAVO, notice("B-1"))
    script.drop("Observers")
    assert script.alpha.privates() == []
    assert script.found(live_only=False) == [("Observers", "B-1", "ENDED")]
    assert script.standing() == []
    script.say(BRAVO, notice("B-2"))
    assert script.found() == []
    with pytest.raises(OurError, match="Nothing is kept under the name 'Observers'"):
        script.drop("Observers")
    with pytest.raises(OurError, match="Nothing is kept under the name"):
        script.alpha.private("Observers")


def test_what_may_not_be_kept(script: Keeper) -> None:
    """A taken or an unknown name, a window that is over and a bad volume are refused."""
    script.keep(plan())
    check = script.alpha.check_private
    assert not check(plan(), replaces=False, now=EVENING), "the same twice"
    moved = plan("Patrol", circle(north_km=1))
    with pytest.raises(OurError, match=r"'Patrol' is kept already\..*to be replaced"):
        check(moved, replaces=False, now=EVENING)
    assert check(moved, replaces=True, now=EVENING)
    with pytest.raises(OurError, match="no 'Other' to be replaced"):
        check(plan("Other"), replaces=True, now=EVENING)
    with pytest.raises(OurError, match="which is over"):
        check(plan("Other"), replaces=False, now=END)
    with pytest.raises(OurError, match="does not hold"):
        check(plan("Other", circle(radius_m=0)), replaces=False, now=EVENING)


def test_there_is_no_more_room_than_is_said(
    script: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond so many things, or so many vertices, nothing more is kept until one is dropped."""
    check = script.alpha.check_private
    monkeypatch.setattr(private_view, "PRIVATE_KEPT_MAX", 2)
    for name in ("one", "two"):
        script.keep(plan(name), name)
    with pytest.raises(OurError, match="2 plans and sites are kept already"):
        check(plan("three"), replaces=False, now=EVENING)
    assert check(site("one"), replaces=True, now=EVENING)
    script.drop("one")
    assert check(plan("three"), replaces=False, now=EVENING)
    monkeypatch.setattr(private_view, "PRIVATE_VERTICES_MAX", 3)
    assert check(plan("three", circle(), circle(north_km=9)), replaces=False, now=EVENING)
    large = plan("three", circle(), circle(north_km=9), circle(north_km=18))
    with pytest.raises(OurError, match="has 3 vertices, and there is room for 2 of 3"):
        check(large, replaces=False, now=EVENING)
    assert check(replace(large, name="two"), replaces=True, now=EVENING)


def test_what_is_over_is_listed_for_a_while(
    script: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what is over the last few are listed, and may be dropped as well."""
    monkeypatch.setattr(private_view, "PRIVATE_ENDED_KEPT", 2)
    for number in range(3):
        script.keep(plan(f"plan {number}"), f"{number}")
    script.advance(END)
    assert [one["name"] for one in script.alpha.privates()] == ["plan 1", "plan 2"]
    script.drop("plan 2")
    assert [one["name"] for one in script.alpha.privates()] == ["plan 1"]


def test_many_replacements_are_remembered_in_little_room(script: Keeper) -> None:
    """Replacing a site again and again does not let the list of what is due grow."""
    for _ in range(2_500):
        script.alpha._private.keep(site(), TOKEN, OFFICER, EVENING)
    assert len(script.alpha._private._agenda) <= 2_000


def test_the_same_after_other_terms(script: Keeper) -> None:
    """Under amended minima what is kept is asked about anew."""
    script.keep(site())
    script.say(BRAVO, notice("B-1", circle(north_km=40)))
    assert script.found() == []
    wide = (Separation(("any", "any"), 30_000, 3_000, 600_000),)
    script.alpha.understanding = replace(script.understanding, separations=wide)
    assert script.found() == [("Observers", "B-1", "OPEN")]
    script.alpha.understanding = script.understanding
    assert script.found() == []


def test_three_parties() -> None:
    """Each counterpart's notices are met, and one party's flood takes no other's room."""
    script = Keeper(ALPHA, BRAVO, CHARLIE)
    script.adopt()
    script.keep(site())
    script.say(CHARLIE, notice("C-1"))
    script.say(BRAVO, notice("B-1"))
    assert script.found() == [("Observers", "C-1", "OPEN"), ("Observers", "B-1", "OPEN")]


class TestNothingIsCrowdedOut:
    """Floods of either sort, against caps made small."""

    def test_by_conflicts_of_notices(self, script: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
        """A counterpart that fills the list of conflicts between notices hides no private one."""
        monkeypatch.setattr(conflict_view, "CONFLICTS_LIVE_MAX", 3)
        script.say(ALPHA, notice("A-1"))
        for number in range(5):
            script.say(BRAVO, notice(f"B-{number}"))
        script.keep(site())
        assert len(script.alpha.conflicts()) == 3
        assert len(script.found()) == 3
        script.keep(plan(), "0b" * 16)
        assert script.found()[3:] == [("Patrol", "B-0", "OPEN")], "each has its first"
        names = [alarm["name"] for alarm in script.alpha.alarms()]
        assert names.count("CONFLICT") == names.count("PRIVATE_CONFLICT") - 1 == 3
        assert {"CONFLICTS_UNLISTED", "PRIVATE_CONFLICTS_UNLISTED"} <= set(names)

    def test_by_private_ones(self, script: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
        """Many private conflicts hide none that both nodes know."""
        monkeypatch.setattr(conflict_view, "CONFLICTS_LIVE_MAX", 3)
        script.say(BRAVO, notice("B-1"))
        for number in range(5):
            script.keep(site(f"site {number}"), f"{number}")
        assert len(script.found()) == 5, "each has its first"
        for number in range(3):
            script.say(ALPHA, notice(f"A-{number}"))
        assert len(script.alpha.conflicts()) == len(script.views[BRAVO].conflicts()) == 3

    def test_by_hits(self, script: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
        """A notice that meets more of our notices than are looked at still meets the site."""
        monkeypatch.setattr(conflict_view, "HITS_PER_NOTICE_MAX", 2)
        for number in range(9):
            script.say(ALPHA, notice(f"A-{number}"))
        script.keep(site())
        script.say(BRAVO, notice("B-1"))
        assert script.found() == [("Observers", "B-1", "OPEN")]

    def test_people_come_first(self, script: Keeper) -> None:
        """With one step in a turn the site is asked about before our notices are."""
        script.keep(site())
        for number in range(4):
            script.say(ALPHA, notice(f"A-{number}"))
        script.alpha.find_conflicts(0)
        script.say(BRAVO, notice("B-1"))
        assert script.found() == []
        while script.alpha.is_busy and not script.found():
            script.alpha.find_conflicts(1)
        assert script.found() == [("Observers", "B-1", "OPEN")]
        assert script.alpha.conflicts() == []
        assert script.standing() == [f"PRIVATE_CONFLICT/{ID}~{EVENING + script.delay_ms}"]
        script.alpha.find_conflicts(100)
        assert len(script.alpha.conflicts()) == 4


circles = st.builds(
    circle,
    north_km=st.floats(0, 60),
    radius_m=st.integers(1_000, 20_000),
    valid_from=st.integers(EVENING, EVENING + 3 * HOUR),
    valid_until=st.integers(EVENING + 4 * HOUR, EVENING + 6 * HOUR),
    lower_fl=st.integers(0, 150),
    upper_fl=st.integers(160, 400),
)
areas = st.lists(circles, min_size=1, max_size=4)


def _met(conflicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was found, without what tells a plan from a notice."""
    apart = ("id", "private", "sides", "opened_at")
    return [
        {
            **{label: held for label, held in one.items() if label not in apart},
            "volumes": [side["volume"] for side in one["sides"]],
            "with": [side["notice_id"] for side in one["sides"] if side["party"] != ALPHA],
        }
        for one in conflicts
    ]


@settings(max_examples=60, deadline=None)
@given(
    ours=areas,
    theirs=st.lists(areas, min_size=1, max_size=3),
    is_first=st.booleans(),
    other=st.sampled_from((BRAVO, "aaa.example")),
    kind=st.sampled_from(("air", "ground")),
)
def test_it_meets_what_a_notice_of_ours_would(
    ours: list[Volume], theirs: list[list[Volume]], is_first: bool, other: str, kind: str
) -> None:
    """A plan finds exactly what a notice of ours with the same volumes finds, to the bit."""
    wide = Separation(("air", "air"), 20_000, 3_000, 600_000)
    minima = (wide, Separation(("any", "any"), 2_000, 3_000, 600_000))
    found = []
    for is_private in (True, False):
        script = Keeper(ALPHA, other, separations=minima)
        script.adopt()
        if not is_first:
            for number, volumes in enumerate(theirs):
                script.say(other, notice(f"B-{number}", *volumes))
        if is_private:
            script.keep(Private("Plan", kind, tuple(ours)))
        else:
            script.say(ALPHA, notice("A-1", *ours, kind=kind))
        if is_first:
            for number, volumes in enumerate(theirs):
                script.say(other, notice(f"B-{number}", *volumes))
        found.append(_met(script.alpha.conflicts(private=is_private)))
    assert found[0] == found[1]


def test_a_replay_is_silent(script: Keeper) -> None:
    """Messages that are applied in a replay raise the alarm and show nothing."""
    script.keep(site())
    said = notice("B-1")
    header = script.header(BRAVO, said)
    assert script.alpha.apply(Applied(header, said, EVENING, "1"), live=False) == []
    assert script.standing()
