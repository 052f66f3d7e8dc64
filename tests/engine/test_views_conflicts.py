"""Conflicts in views: both nodes alike, opened, changed and ended."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.domain.limits import ALARMS_STANDING_MAX
from openline.domain.line.terms import Separation
from openline.domain.party import Precedence
from openline.domain.space.altitude import Altitude, Atmosphere, Datum
from openline.domain.space.conflict import Minima, Verdict, find_conflict
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.notice import Notice, Operation
from openline.engine.alarm_view import AlarmView
from openline.engine.views import Applied, View
from tests.engine.parties import ALPHA, BRAVO, CHARLIE
from tests.engine.views_script import (
    EVENING,
    HOUR,
    MINUTE,
    Script,
    cancellation,
    circle,
    notice,
)

START, END = EVENING + 2 * HOUR, EVENING + 4 * HOUR
NO_MINIMA = (Separation(("any", "any"), 0, 0, 0),)


@pytest.fixture
def script() -> Script:
    return Script().adopt()


def findings(view: View, *, live_only: bool = True) -> list[dict[str, Any]]:
    """The conflicts without what each node has for itself: its times."""
    own = {"opened_at", "changed_at", "ended_at"}
    conflicts = [
        {label: held for label, held in conflict.items() if label not in own}
        for conflict in view.conflicts(live_only)
    ]
    return sorted(conflicts, key=lambda conflict: str(conflict["id"]))


def test_two_patrols(script: Script) -> None:
    """Two overlapping circles are one conflict, the same and an alarm on both nodes."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1", circle(north_km=15, lower_fl=150, upper_fl=250)))
    ours, theirs = (findings(script.views[name]) for name in (ALPHA, BRAVO))
    assert ours == theirs
    assert len(ours) == 1
    conflict = ours[0]
    assert conflict["id"] == "alpha.example~A-1~bravo.example~B-1"
    assert (conflict["verdict"], conflict["state"]) == ("CONFLICT", "OPEN")
    assert (conflict["separation_m"], conflict["vertical_gap_dm"], conflict["time_gap_ms"]) == (
        0.0,
        0,
        0,
    )
    assert (conflict["overlap_from"], conflict["overlap_until"]) == (START, END)
    assert conflict["minima"] == {"lateral_m": 9_260, "vertical_dm": 3_000, "time_ms": 600_000}
    for name in (ALPHA, BRAVO):
        assert script.alarms(name) == [("CONFLICT", "IMMEDIATE")]
        assert [one["conflicts"] for one in script.views[name].notices(True)] == [
            [conflict["id"]],
            [conflict["id"]],
        ]


def test_the_finding_is_the_rule_s_own(script: Script) -> None:
    """What a view shows is what the exact rule finds for the two volumes."""
    ours, theirs = circle(), circle(north_km=26)
    script.say(ALPHA, notice("A-1", ours))
    script.say(BRAVO, notice("B-1", theirs))
    found = find_conflict(ours, theirs, Minima(9_260, 3_000, 600_000))
    shown = script.views[BRAVO].conflicts()[0]
    assert (shown["verdict"], shown["separation_m"]) == ("CONFLICT", found.separation_m)
    assert 5_000 < shown["separation_m"] < 7_000
    assert shown["words"] == found.words()
    assert (shown["closest"]["lat_e7"], shown["closest"]["lon_e7"]) == found.closest


def test_clear_of_each_other(script: Script) -> None:
    """Beyond any one of the three minima there is no conflict and no alarm."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1", circle(north_km=30)))
    script.say(BRAVO, notice("B-2", circle(lower_fl=300, upper_fl=400)))
    late = circle(valid_from=END + 10 * MINUTE, valid_until=END + HOUR)
    script.say(BRAVO, notice("B-3", late))
    for view in script.views.values():
        assert view.conflicts(False) == []
        assert view.alarms() == []


def test_one_s_own_notices_are_never_in_conflict(script: Script) -> None:
    """Two notices of one party over one place are that party's business."""
    script.say(ALPHA, notice("A-1"))
    script.say(ALPHA, notice("A-2"))
    assert script.views[BRAVO].conflicts(False) == []


def test_exercises_meet_exercises_only(script: Script) -> None:
    """An exercise is compared with exercises, and alarms less loudly."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1", exercise=True))
    assert script.views[ALPHA].conflicts(False) == []
    script.say(ALPHA, notice("A-2", exercise=True))
    assert [one["exercise"] for one in script.views[ALPHA].conflicts()] == [True]
    assert script.alarms(ALPHA) == [("CONFLICT", "PRIORITY")]


def test_minima_by_pair_of_kinds() -> None:
    """Two kinds with minima of their own are judged by these, in either order."""
    wide = Separation(("air", "missile"), 50_000, 3_000, 600_000)
    script = Script(separations=(wide, *NO_MINIMA)).adopt()
    script.say(ALPHA, notice("A-1", kind="missile"))
    script.say(BRAVO, notice("B-1", circle(north_km=40), kind="air"))
    script.say(BRAVO, notice("B-2", circle(north_km=40), kind="ground"))
    for view in script.views.values():
        assert [one["sides"][1]["notice_id"] for one in view.conflicts()] == ["B-1"]


def test_an_agreed_atmosphere_narrows() -> None:
    """Bands of different references are compared under the weather that was agreed."""
    ours = circle(lower_fl=100, upper_fl=110)
    theirs = replace(
        circle(), lower=Altitude(Datum.AMSL, 37_000), upper=Altitude(Datum.AMSL, 38_000)
    )
    found = {}
    for atmosphere in (None, Atmosphere(1010, 1016, 5)):
        script = Script(separations=NO_MINIMA).adopt()
        agreed = replace(script.understanding, agreed_atmosphere=atmosphere)
        for view in script.views.values():
            view.understanding = agreed
        script.say(ALPHA, notice("A-1", ours))
        script.say(BRAVO, notice("B-1", theirs))
        verdicts = [[one["verdict"] for one in v.conflicts()] for v in script.views.values()]
        found[atmosphere] = verdicts[0]
        assert verdicts[0] == verdicts[1]
    assert list(found.values()) == [["CONFLICT"], []]


def test_a_touch_is_listed_without_an_alarm() -> None:
    """Bands that only abut are listed as TOUCH and alarm nobody."""
    script = Script(separations=NO_MINIMA).adopt()
    script.say(ALPHA, notice("A-1", circle(lower_fl=100, upper_fl=200)))
    script.say(BRAVO, notice("B-1", circle(lower_fl=200, upper_fl=300)))
    for view in script.views.values():
        assert [one["verdict"] for one in view.conflicts()] == ["TOUCH"]
        assert view.alarms() == []


def test_marginal_alarms() -> None:
    """A separation within the margin of the minimum is MARGINAL and alarms."""
    gap = 111 * 1_000
    script = Script(separations=NO_MINIMA).adopt()
    script.say(ALPHA, notice("A-1", circle(radius_m=10_000)))
    found = [
        find_conflict(circle(), circle(north_km=20 + d / gap), Minima(0, 0, 0)).verdict
        for d in range(-8_000, 24_000, 100)
    ]
    assert Verdict.MARGINAL in found
    d = range(-8_000, 24_000, 100)[found.index(Verdict.MARGINAL)]
    script.say(BRAVO, notice("B-1", circle(north_km=20 + d / gap)))
    assert [one["verdict"] for one in script.views[ALPHA].conflicts()] == ["MARGINAL"]
    assert script.alarms(ALPHA) == [("CONFLICT", "IMMEDIATE")]


@pytest.mark.parametrize(
    ("ahead_ms", "precedence"),
    [(5 * MINUTE + 400, "IMMEDIATE"), (5 * MINUTE + 399, "FLASH"), (0, "FLASH")],
)
def test_a_near_conflict_is_loud(script: Script, ahead_ms: int, precedence: str) -> None:
    """A conflict that begins sooner than is imminent alarms as FLASH."""
    window = circle(valid_from=EVENING + ahead_ms, valid_until=END)
    script.say(ALPHA, notice("A-1", window))
    script.say(BRAVO, notice("B-1", window))
    assert ("CONFLICT", precedence) in script.alarms(ALPHA)


def test_an_alarm_becomes_louder_by_the_clock(script: Script) -> None:
    """A conflict alarms once, and louder when it becomes imminent, acknowledged or not."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    seen, unseen = script.views[ALPHA], script.views[BRAVO]
    (alarm,) = seen.alarms()
    seen.acknowledge(alarm["id"], ("air-desk", "Maj A. Weaver"))
    near = START - script.understanding.timers.imminent_ms
    script.advance(near)
    assert (seen.alarms(), [one["precedence"] for one in unseen.alarms()]) == ([], ["IMMEDIATE"])
    script.advance(near + 1)
    for view in (seen, unseen):
        assert [(one["id"], one["precedence"], one["at"]) for one in view.alarms()] == [
            (alarm["id"], "FLASH", near + 1)
        ]
        view.acknowledge(alarm["id"], ("air-desk", "Maj A. Weaver"))
    script.advance(START)
    for view in (seen, unseen):
        assert [one["name"] for one in view.alarms()].count("CONFLICT") == 0


def test_a_replay_knows_what_was_acknowledged_louder(script: Script) -> None:
    """An acknowledgement counts for what the alarm was by then, with no turn in between."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    view = script.views[ALPHA]
    (alarm,) = view.alarms()
    view.acknowledge(alarm["id"], ("air-desk", "Maj A. Weaver"), EVENING)
    view.acknowledge(alarm["id"], ("air-desk", "Maj A. Weaver"), START - 1)
    view.advance(START - 1)
    assert [one for one in view.alarms() if one["name"] == "CONFLICT"] == []


def test_an_alarm_says_what_changed(script: Script) -> None:
    """A replacement that begins at once makes the same alarm louder, with its new times."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    view = script.views[ALPHA]
    (before,) = view.alarms()
    sooner = circle(valid_from=EVENING + MINUTE, valid_until=END)
    for party, name in ((ALPHA, "A-1"), (BRAVO, "B-1")):
        script.say(party, notice(name, sooner, version=2, operation=Operation.REPLACE))
    (after,) = (one for one in view.alarms() if one["name"] == "CONFLICT")
    assert (after["id"], after["precedence"]) == (before["id"], "FLASH")
    assert after["facts"]["overlap_from"] == EVENING + MINUTE


# --- change and end ------------------------------------------------------------------------------


def test_a_replacement_that_clears(script: Script) -> None:
    """A replacement that goes away ends the conflict; the alarm says it is over."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    script.now += MINUTE
    away = circle(north_km=80)
    script.say(BRAVO, notice("B-1", away, version=2, operation=Operation.REPLACE))
    for name, view in script.views.items():
        assert view.conflicts() == []
        ended = view.conflicts(live_only=False)
        assert [(one["state"], one["ended_at"] is None) for one in ended] == [("ENDED", False)]
        assert script.alarms(name) == [("CONFLICT", "IMMEDIATE")]
        assert view.alarms()[0]["over_at"] == ended[0]["ended_at"]
    assert findings(script.views[ALPHA], live_only=False) == findings(
        script.views[BRAVO], live_only=False
    )


def test_a_replacement_that_changes(script: Script) -> None:
    """A replacement that stays in conflict changes it, without a second alarm."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    opened_at = script.views[ALPHA].conflicts()[0]["opened_at"]
    script.now += MINUTE
    nearer = circle(north_km=5, valid_from=START + HOUR, valid_until=END)
    script.say(ALPHA, notice("A-1", nearer, version=2, operation=Operation.REPLACE))
    for name, view in script.views.items():
        (conflict,) = view.conflicts(live_only=False)
        assert conflict["state"] == "CHANGED"
        assert [side["version"] for side in conflict["sides"]] == [2, 1]
        assert conflict["overlap_from"] == START + HOUR
        assert len(script.alarms(name)) == 1
    (conflict,) = script.views[ALPHA].conflicts()
    assert (conflict["opened_at"], conflict["changed_at"]) == (opened_at, EVENING + MINUTE)


def test_who_meet_again_alarm_again(script: Script) -> None:
    """A pair that was clear for a while and meets again has a new alarm."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    alarm = script.views[ALPHA].alarms()[0]["id"]
    script.views[ALPHA].acknowledge(alarm, ("air-desk", "Maj A. Weaver"))
    for version, north_km in ((2, 80), (3, 0)):
        script.now += MINUTE
        volume = circle(north_km=north_km)
        script.say(BRAVO, notice("B-1", volume, version=version, operation=Operation.REPLACE))
    (again,) = script.views[ALPHA].alarms()
    assert again["name"] == "CONFLICT"
    assert again["id"] != alarm


@pytest.mark.parametrize("party", [ALPHA, BRAVO])
def test_a_cancellation_ends_it(script: Script, party: str) -> None:
    """When either notice is cancelled the conflict ends on both nodes."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    script.say(party, cancellation("A-1" if party == ALPHA else "B-1"))
    assert [view.conflicts() for view in script.views.values()] == [[], []]


def test_the_end_of_a_window_ends_it(script: Script) -> None:
    """When the window of either notice is over the conflict ends, to the millisecond."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1", circle(valid_until=END + HOUR)))
    script.advance(END - 1)
    assert len(script.views[ALPHA].conflicts()) == 1
    script.advance(END)
    assert script.views[ALPHA].conflicts() == []
    assert script.views[ALPHA].conflicts(False)[0]["ended_at"] == END


def test_amended_minima_judge_anew(script: Script) -> None:
    """With other minima in force every pair is judged anew."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1", circle(north_km=26)))
    script.say(BRAVO, notice("B-2", circle(north_km=10)))
    narrower = replace(script.understanding, separations=NO_MINIMA, version=2)
    for view in script.views.values():
        view.understanding = narrower
        assert [one["sides"][1]["notice_id"] for one in view.conflicts()] == ["B-2"]
        shows = view.advance(script.now)
        assert [show.data["state"] for show in shows if show.name == "conflict"] == [
            "ENDED",
            "CHANGED",
        ]
        view.understanding = script.understanding
        assert len(view.conflicts()) == 2


def test_changes_are_shown(script: Script) -> None:
    """Opening, change and end of a conflict are shown to the faces."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    moved = notice("B-1", circle(north_km=5), version=2, operation=Operation.REPLACE)
    script.say(BRAVO, moved)
    script.say(BRAVO, cancellation("B-1", 3))
    states = [one["state"] for one in script.shown(ALPHA, "conflict")]
    assert states == ["OPEN", "CHANGED", "ENDED"]


def test_three_parties() -> None:
    """A conflict of two others is shown to the third, who is alarmed as well."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    script.say(BRAVO, notice("B-1"))
    script.say(CHARLIE, notice("C-1"))
    all_findings = [findings(view) for view in script.views.values()]
    assert all_findings[0] == all_findings[1] == all_findings[2] != []
    assert script.alarms(ALPHA) == [("CONFLICT", "IMMEDIATE")]


def test_more_conflicts_than_are_listed(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """Conflicts beyond what is listed are counted in an alarm, not lost in silence."""
    monkeypatch.setattr("openline.engine.conflict_view.CONFLICTS_LIVE_MAX", 2)
    script.say(ALPHA, notice("A-1"))
    for number in range(4):
        script.say(BRAVO, notice(f"B-{number}"))
    assert len(script.views[ALPHA].conflicts()) == 2
    alarms = [a for a in script.views[ALPHA].alarms() if a["name"] == "CONFLICTS_UNLISTED"]
    assert [alarm["facts"]["party"] for alarm in alarms] == [BRAVO]


def test_a_hostile_notice_with_many_volumes(script: Script) -> None:
    """Two notices of 64 volumes each, all over one place, are compared in no time."""
    many = tuple(circle(north_km=number / 10) for number in range(64))
    script.say(ALPHA, notice("A-1", *many))
    script.say(BRAVO, notice("B-1", *many))
    ours, theirs = (findings(view) for view in script.views.values())
    assert ours == theirs
    assert ours[0]["verdict"] == "CONFLICT"


def test_where_one_volume_of_many_conflicts(script: Script) -> None:
    """However many volumes are clear, the one pair in conflict is found and named."""
    lines = tuple(circle(north_km=60 + 20 * number, radius_m=5_000) for number in range(20))
    script.say(ALPHA, notice("A-1", *lines[::2], circle()))
    script.say(BRAVO, notice("B-1", *lines[1::2], circle(north_km=3)))
    separations = Separation(("any", "any"), 0, 0, 0)
    for view in script.views.values():
        view.understanding = replace(script.understanding, separations=(separations,))
        (conflict,) = view.conflicts()
        assert [side["volume"] for side in conflict["sides"]] == [11, 11]


def test_what_cannot_be_compared_is_marginal(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two volumes that the rule cannot compare are treated as a conflict."""
    from openline.domain.space.volume import VolumeDoesNotHold

    def refuse(*_: object) -> None:
        raise VolumeDoesNotHold("A volume is too large to be compared.")

    monkeypatch.setattr("openline.engine.conflict_view.find_conflict", refuse)
    monkeypatch.setattr("openline.domain.space.index.volume_index.find_conflict", refuse)
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    assert [one["verdict"] for one in script.views[ALPHA].conflicts()] == ["MARGINAL"]


# --- in steps ------------------------------------------------------------------------------------


def crowd(script: Script, count: int) -> None:
    """So many notices of BRAVO in one place, before anything is asked about it."""
    for number in range(count):
        script.say(BRAVO, notice(f"B-{number}", circle(north_km=number / 100)))


def test_a_turn_takes_few_steps(script: Script) -> None:
    """Where a turn allows few steps, conflicts are found in the turns that follow."""
    crowd(script, 20)
    view = script.views[ALPHA]
    view.find_conflicts(3)
    script.say(ALPHA, notice("A-1"))
    assert view.is_busy
    found = [len(view.conflicts())]
    while view.is_busy:
        shows = view.find_conflicts(3)
        found.append(len(view.conflicts()))
        assert len([show for show in shows if show.name == "conflict"]) <= 3
    assert found[-1] == 20
    assert found == sorted(found)
    assert len(found) > 5
    assert findings(view) == findings(script.views[BRAVO])


@pytest.mark.parametrize("what", ["cancelled", "replaced", "other"])
def test_what_changes_while_it_is_asked_about(script: Script, what: str) -> None:
    """A notice that is replaced or cancelled before its answer leaves no conflict behind."""
    crowd(script, 6)
    view = script.views[ALPHA]
    view.find_conflicts(1)
    script.say(ALPHA, notice("A-1"))
    assert view.is_busy
    if what == "cancelled":
        script.say(ALPHA, cancellation("A-1"))
    elif what == "replaced":
        away = circle(north_km=80)
        script.say(ALPHA, notice("A-1", away, version=2, operation=Operation.REPLACE))
    else:
        for number in range(6):
            script.say(BRAVO, cancellation(f"B-{number}"))
    while view.is_busy:
        view.find_conflicts(1)
    assert view.conflicts() == []
    assert findings(view) == findings(script.views[BRAVO])


def test_a_replay_finds_the_same_alarms(script: Script) -> None:
    """An alarm has the same name whether its conflict was found at once or turns later."""
    crowd(script, 8)
    slow, quick = script.views[ALPHA], script.views[BRAVO]
    slow.find_conflicts(1)
    script.say(ALPHA, notice("A-1"))
    script.advance(EVENING + 5 * MINUTE)
    while slow.is_busy:
        slow.find_conflicts(1)
    ids = [
        [alarm["id"] for alarm in view.alarms() if alarm["name"] == "CONFLICT"]
        for view in (slow, quick)
    ]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 8


def test_a_replacement_while_an_answer_is_on_its_way(script: Script) -> None:
    """Who is replaced before an answer is through keeps the conflict, as in a replay."""
    script.say(ALPHA, notice("A-1"))
    crowd(script, 6)
    slow, quick = script.views[ALPHA], script.views[BRAVO]
    before = {one["id"]: one["opened_at"] for one in slow.conflicts()}
    slow.find_conflicts(1)
    script.now += MINUTE
    script.say(ALPHA, notice("A-1", version=2, operation=Operation.REPLACE))
    slow.find_conflicts(1)
    script.now += MINUTE
    script.say(BRAVO, notice("B-3", version=2, operation=Operation.REPLACE))
    shows = []
    while slow.is_busy:
        shows += slow.find_conflicts(1)
    assert [one.data["state"] for one in shows if one.name == "conflict"].count("ENDED") == 0
    for view in (slow, quick):
        assert {one["id"]: one["opened_at"] for one in view.conflicts()} == before
    assert findings(slow) == findings(quick)


def test_the_rule_has_the_last_word(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an index calls a clear pair a conflict, what the rule finds is shown instead."""
    from openline.domain.space.index import Hit, VolumeIndex

    def too_much(index: VolumeIndex[Any], volume: Volume, minima: object) -> Any:
        keys = [key for key in index._rows_of | dict.fromkeys(index._waiting)]
        yield [Hit(key, number, Verdict.CONFLICT, 1) for key in keys for number in (1,)]

    far, marginal = circle(north_km=300), circle(radius_m=10_000)
    edge = next(
        circle(north_km=29.26 + step / 10_000)
        for step in range(-400, 400)
        if find_conflict(
            marginal, circle(north_km=29.26 + step / 10_000), Minima(9_260, 3_000, 600_000)
        ).verdict
        is Verdict.MARGINAL
    )
    monkeypatch.setattr(VolumeIndex, "steps", too_much)
    script.say(ALPHA, notice("A-1", far, marginal))
    script.say(BRAVO, notice("B-1", circle(north_km=500), edge))
    script.say(BRAVO, notice("B-2", circle(north_km=500)))
    for view in script.views.values():
        (conflict,) = view.conflicts()
        assert conflict["verdict"] == "MARGINAL"
        assert [side["volume"] for side in conflict["sides"]] == [2, 2]


def test_what_is_counted_among_others_is_heard_when_it_is_imminent(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many conflicts alarm already, one that becomes imminent is loud."""
    monkeypatch.setattr("openline.engine.alarm_view.ALARMS_STANDING_MAX", 3)
    script.say(ALPHA, notice("A-1"))
    crowd(script, 8)
    view = script.views[ALPHA]
    further = [one for one in view.alarms() if "further" in one["facts"]]
    assert [one["precedence"] for one in further] == ["IMMEDIATE"]
    view.acknowledge(further[0]["id"], ("air-desk", "Maj A. Weaver"))
    script.advance(START - script.understanding.timers.imminent_ms + 1)
    loud = [one for one in view.alarms() if one["name"] == "CONFLICT"]
    assert {one["precedence"] for one in loud} == {"FLASH"}
    assert sum(one["facts"].get("further", 1) for one in loud) == 8


def test_further_alarms_have_the_time_at_which_they_became_louder() -> None:
    """The one alarm that counts others is as old as its last change to louder."""
    alarms = AlarmView()
    many = (
        *(Precedence.IMMEDIATE,) * (ALARMS_STANDING_MAX + 2),
        Precedence.FLASH,
        Precedence.FLASH,
    )
    for number, precedence in enumerate(many):
        alarms.raise_alarm("CONFLICT", precedence, {"party": BRAVO}, number, f"{number}")
    [first, *_] = alarms.to_json()
    assert (first["facts"]["further"], first["at"]) == (4, ALARMS_STANDING_MAX + 2)


def test_replacing_without_end_leaves_nothing_behind(script: Script) -> None:
    """However often one notice is replaced, what is remembered of it does not grow."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    view = script.views[ALPHA]
    for version in range(2, 300):
        moved = circle(north_km=version / 100)
        script.say(BRAVO, notice("B-1", moved, version=version, operation=Operation.REPLACE))
    assert len(view._imminent) == 1
    assert len(view._due) == 1
    script.say(BRAVO, cancellation("B-1", 300))
    assert view._due == {}


def test_the_hits_of_one_notice_are_bounded(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notice with more hits than are looked at is said to be so, and ends nothing."""
    crowd(script, 30)
    script.say(ALPHA, notice("A-1"))
    monkeypatch.setattr("openline.engine.conflict_view.HITS_PER_NOTICE_MAX", 10)
    script.say(ALPHA, notice("A-1", version=2, operation=Operation.REPLACE))
    view = script.views[ALPHA]
    assert len(view.conflicts()) == 30
    assert "CONFLICTS_UNLISTED" in [alarm["name"] for alarm in view.alarms()]
    check = view.check(notice("A-2"), ALPHA)
    assert check.go_on(100)
    assert not check.is_complete


def test_one_party_s_flood_leaves_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many conflicts two parties have, those with a third are listed."""
    monkeypatch.setattr("openline.engine.conflict_view.CONFLICTS_LIVE_MAX", 2)
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    script.say(ALPHA, notice("A-1"))
    crowd(script, 5)
    script.say(CHARLIE, notice("C-1", circle(north_km=5)))
    parties = [
        tuple(side["party"] for side in one["sides"]) for one in findings(script.views[ALPHA])
    ]
    assert parties.count((ALPHA, BRAVO)) == 2
    assert parties.count((ALPHA, CHARLIE)) == 1


# --- laws ----------------------------------------------------------------------------------------


@st.composite
def volumes(draw: st.DrawFn) -> Volume:
    """Circles, corridors and triangles near Shayrat, some of them touching."""
    plain = circle(
        north_km=draw(st.sampled_from((0, 5, 20, 29.26, 29.3, 60))),
        radius_m=draw(st.sampled_from((500, 10_000))),
        valid_from=EVENING + draw(st.sampled_from((1, 2, 3))) * HOUR,
        valid_until=EVENING + draw(st.sampled_from((4, 5))) * HOUR,
        lower_fl=draw(st.sampled_from((0, 100, 200))),
        upper_fl=draw(st.sampled_from((210, 300))),
    )
    (lat, lon), shape = plain.vertices[0], draw(st.sampled_from(Shape))
    if shape is Shape.CORRIDOR:
        return replace(plain, shape=shape, vertices=((lat, lon), (lat + 500_000, lon + 500_000)))
    if shape is Shape.POLYGON:
        ring = ((lat, lon), (lat, lon + 900_000), (lat + 900_000, lon))
        return replace(plain, shape=shape, vertices=ring, radius_m=0)
    return plain


notices = st.lists(volumes(), min_size=1, max_size=3).map(lambda found: notice("X", *found))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from((ALPHA, BRAVO)), notices), max_size=8),
    st.randoms(use_true_random=False),
)
def test_both_nodes_find_the_same(said: list[tuple[str, Notice]], random: Any) -> None:
    """Whatever two parties announce, and in whatever order it comes, both find the same."""
    script = Script()
    heard: list[Applied] = []
    for number, (party, one) in enumerate(said):
        named = replace(one, notice_id=f"X-{number}")
        header = script.header(party, named, index=number)
        heard.append(Applied(header, named, EVENING, ""))
    for view in script.views.values():
        random.shuffle(heard)
        for applied in heard:
            view.apply(applied, live=False)
    ours, theirs = (findings(view) for view in script.views.values())
    assert ours == theirs


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from((ALPHA, BRAVO)), notices), max_size=6), notices)
def test_a_replacement_leaves_what_a_new_notice_would(
    said: list[tuple[str, Notice]], last: Notice
) -> None:
    """Findings depend on what is live now, not on how it came to be so."""
    script, fresh = Script(), Script()
    for number, (party, one) in enumerate(said):
        for each in (script, fresh):
            each.say(party, replace(one, notice_id=f"X-{number}"), index=number)
    script.say(ALPHA, notice("X-99", circle()), index=99)
    again = replace(last, notice_id="X-99", version=2, operation=Operation.REPLACE)
    script.say(ALPHA, again, index=100)
    fresh.say(ALPHA, again, index=100)
    for name in (ALPHA, BRAVO):
        ours, theirs = findings(script.views[name]), findings(fresh.views[name])
        for conflict in (*ours, *theirs):
            del conflict["state"]
        assert ours == theirs
