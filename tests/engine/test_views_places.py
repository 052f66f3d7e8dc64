"""Sites, zones and movements as both nodes see them: states, spans, conflicts, drafts."""

import random
from dataclasses import replace
from typing import Any

import pytest

from openline.domain.instant import DAY_MS
from openline.domain.limits import SITE_VERTICES_MAX, VERTICES_MAX, ZONE_VERSIONS_WAITING_MAX
from openline.domain.line.terms import LeadTime, Separation
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.body import Reference
from openline.domain.talk.movement import Movement, Waypoint
from openline.domain.talk.notice import Operation
from openline.domain.talk.private import Private
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.site import Removal, Site, SiteOperation, Sites, Verification
from openline.domain.talk.volumes import ALWAYS_FROM, WITHOUT_END
from openline.domain.talk.zone import Agreement, Zone, ZoneOperation, ZoneRule
from openline.engine.views import Applied, View
from tests.engine.parties import ALPHA, BRAVO, CHARLIE
from tests.engine.views_script import (
    EVENING,
    HOUR,
    MINUTE,
    SHAYRAT,
    WATCH,
    Script,
    cancellation,
    circle,
    notice,
    text,
)

LEAD_TIMES = (
    LeadTime("any", 30 * MINUTE),
    LeadTime("emergency_movement", 24 * HOUR),
    LeadTime("movement", 48 * HOUR),
    LeadTime("zone", 2 * HOUR),
)


@pytest.fixture
def script() -> Script:
    """Alpha and bravo, an evening on which nothing was said yet."""
    return Script(lead_times=LEAD_TIMES).adopt()


def site(site_id: str = "A-S-1", **changes: Any) -> Site:
    """A hospital beside Shayrat airfield."""
    plain = Site(
        site_id=site_id,
        names=(("ar", "مستشفى"), ("en", "Shayrat hospital")),
        kind="presence",
        position=SHAYRAT,
        radius_m=400,
        listed_at=EVENING,
        valid_until=EVENING + 90 * DAY_MS,
    )
    return replace(plain, **changes)


def add(*sites: Site, **changes: Any) -> Sites:
    """The message that adds them."""
    return Sites(WATCH, SiteOperation.ADD, sites or (site(),), **changes)


def change(*sites: Site) -> Sites:
    """The message that changes them."""
    return Sites(WATCH, SiteOperation.CHANGE, sites)


def remove(*pairs: tuple[str, int]) -> Sites:
    """The message that removes them."""
    removed = tuple(Removal(*pair) for pair in pairs)
    return Sites(WATCH, SiteOperation.REMOVE, (), removed, "It has moved.")


def standing(**changes: Any) -> Volume:
    """A circle around Shayrat for good."""
    plain = replace(
        circle(), valid_from=ALWAYS_FROM, valid_until=WITHOUT_END, lower=None, upper=None
    )
    return replace(plain, **changes)


def zone(zone_id: str = "A-Z-1", **changes: Any) -> Zone:
    """A zone around Shayrat, entered after contact only."""
    plain = Zone(
        WATCH,
        zone_id,
        ZoneOperation.DECLARE,
        rule=ZoneRule.PRIOR_CONTACT,
        volumes=(standing(),),
        text="Call the air desk first.",
        scope="air_safety",
        valid_until=EVENING + 30 * DAY_MS,
    )
    return replace(plain, **changes)


def agreement(to: Zone, index: int, **changes: Any) -> Zone:
    """What says AGREE to a declaration of alpha."""
    agrees = Agreement(Reference(ALPHA, index), to.content_hash)
    plain = Zone(WATCH, to.zone_id, ZoneOperation.AGREE, version=to.version, agrees=agrees)
    return replace(plain, **changes)


def convoy(movement_id: str = "B-M-1", start: int = EVENING + 3 * HOUR, **changes: Any) -> Movement:
    """A convoy through Shayrat in an hour's time."""
    lat_e7, lon_e7 = SHAYRAT
    route = (
        Waypoint((lat_e7 - 2_000_000, lon_e7), start, start),
        Waypoint((lat_e7 + 2_000_000, lon_e7), start + HOUR, start + HOUR),
    )
    return replace(Movement(WATCH, movement_id, route), **changes)


def ids(script: Script, name: str = ALPHA, **options: Any) -> list[str]:
    """Ids of the conflicts that one node knows."""
    return [one["id"] for one in script.views[name].conflicts(**options)]


def drafts(script: Script) -> list[dict[str, Any]]:
    """What alpha's node drafted."""
    return script.views[ALPHA].violation_drafts()


# --- sites ---------------------------------------------------------------------------------------


class TestSites:
    """Entries, their states, and what they are checked against."""

    def test_both_nodes_list_an_entry_alike(self, script: Script) -> None:
        """What alpha adds is listed on both nodes with the same state and content."""
        script.say(ALPHA, add())
        one, other = (
            view.sites_page(0, 10, with_removed=True)[0] for view in script.views.values()
        )
        assert one == other
        [shown] = one
        assert (shown["site_id"], shown["state"], shown["name"]) == (
            "A-S-1", "LISTED", "Shayrat hospital"
        )  # fmt: skip
        assert shown["content"]["names"]["ar"] == "مستشفى"

    def test_a_notice_over_a_site_is_a_conflict_on_both_nodes(self, script: Script) -> None:
        """Bravo's notice over alpha's hospital is found by both, and alarms both."""
        script.say(ALPHA, add())
        script.say(BRAVO, notice("B-1"))
        expected = [f"{ALPHA}~site/A-S-1~{BRAVO}~B-1"]
        assert ids(script) == ids(script, BRAVO) == expected
        assert ("CONFLICT", "IMMEDIATE") in script.alarms(BRAVO)
        [shown] = script.views[ALPHA].sites_page(0, 10, with_removed=True)[0]
        assert shown["conflicts"] == expected

    def test_a_notice_that_was_there_before(self, script: Script) -> None:
        """A site that comes under a notice is in conflict with it as well."""
        script.say(BRAVO, notice("B-1"))
        script.say(ALPHA, add())
        assert len(ids(script)) == 1

    def test_a_lapsed_entry_is_listed_and_checked(self, script: Script) -> None:
        """What nobody has validated stays, as LAPSED, and a notice over it is a conflict."""
        script.say(ALPHA, add())
        script.advance(EVENING + 77 * DAY_MS)
        assert script.views[BRAVO].site(f"{ALPHA}/A-S-1")["state"] == "REVALIDATION_DUE"  # type: ignore[index]
        assert ("REVALIDATION_DUE", "PRIORITY") in script.alarms(ALPHA)
        assert script.alarms(BRAVO) == []
        script.advance(EVENING + 100 * DAY_MS)
        assert script.views[BRAVO].site(f"{ALPHA}/A-S-1")["state"] == "LAPSED"  # type: ignore[index]
        later = circle(valid_from=EVENING + 101 * DAY_MS, valid_until=EVENING + 102 * DAY_MS)
        script.say(BRAVO, notice("B-1", later))
        assert len(ids(script)) == 1

    def test_a_change_validates_anew(self, script: Script) -> None:
        """The next version carries the entry on; a lower one changes nothing."""
        script.say(ALPHA, add())
        script.advance(EVENING + 95 * DAY_MS)
        looked = Verification("a", "visit", EVENING + 95 * DAY_MS)
        until = EVENING + 185 * DAY_MS
        script.say(ALPHA, change(site(version=2, valid_until=until, verification=looked)))
        shown = script.views[BRAVO].site(f"{ALPHA}/A-S-1")
        assert shown is not None
        assert (shown["state"], shown["version"], shown["is_verified"]) == ("LISTED", 2, True)
        index = script.say(ALPHA, change(site(version=2)))
        assert "NO_EFFECT" in script.views[BRAVO].message(ALPHA, index)["flags"]  # type: ignore[index]

    def test_a_removal_ends_its_conflicts_and_its_id(self, script: Script) -> None:
        """A removed entry stays on the list as such; it never comes back under its id."""
        script.say(ALPHA, add())
        script.say(BRAVO, notice("B-1"))
        script.say(ALPHA, remove(("A-S-1", 2)))
        assert ids(script) == ids(script, BRAVO) == []
        [shown] = script.views[BRAVO].sites_page(0, 10, with_removed=True)[0]
        assert shown["state"] == "REMOVED"
        assert script.views[BRAVO].sites_page(0, 10, with_removed=False)[0] == []
        for again in (add(), change(site(version=3))):
            index = script.say(ALPHA, again)
            assert "NO_EFFECT" in script.views[BRAVO].message(ALPHA, index)["flags"]  # type: ignore[index]

    def test_a_message_that_adds_and_removes_has_no_effect(self, script: Script) -> None:
        """A counterpart's mixed message is kept and flagged; no entry comes or goes."""
        script.say(ALPHA, add())
        mixed = replace(add(site("A-S-2")), removed=(Removal("A-S-1", 2),))
        index = script.say(ALPHA, mixed)
        shown = script.views[BRAVO].message(ALPHA, index)
        assert shown is not None
        assert {"NO_EFFECT", "DOUBTFUL"} <= set(shown["flags"])
        [entry] = script.views[BRAVO].sites_page(0, 10, with_removed=True)[0]
        assert (entry["site_id"], entry["state"]) == ("A-S-1", "LISTED")

    def test_an_entry_of_which_the_first_version_is_missing(self, script: Script) -> None:
        """A change of what was never added is listed and says that something is missing."""
        script.say(ALPHA, change(site(version=2)))
        [shown] = script.views[BRAVO].sites_page(0, 10, with_removed=True)[0]
        assert shown["remarks"] == ["FIRST_VERSION_MISSING"]

    def test_doubts_are_shown_to_both(self, script: Script) -> None:
        """An entry given twice is remarked on, on both nodes."""
        script.say(ALPHA, add(site(), site("A-S-2")))
        for view in script.views.values():
            first, second = view.sites_page(0, 10, with_removed=True)[0]
            assert (first["remarks"], second["remarks"]) == ([], ["DUPLICATE"])
            assert "A-S-1" in second["doubts"][0]

    def test_beyond_the_bound_an_entry_is_listed_and_not_checked(self, script: Script) -> None:
        """A party with too many vertices is flagged OVER_CAP; earlier entries stay checked."""
        corners = tuple((n * 10_000, n * n) for n in range(VERTICES_MAX))
        line = standing(shape=Shape.CORRIDOR, vertices=corners)
        heavy = tuple(
            site(f"A-S-{n}", volumes=(line,) * 64) for n in range(SITE_VERTICES_MAX // 32_000 + 1)
        )
        script.say(ALPHA, add(site("A-S-X"), *heavy[:4]))
        index = script.say(ALPHA, add(*heavy[4:]))
        assert "OVER_CAP" in script.views[BRAVO].message(ALPHA, index)["flags"]  # type: ignore[index]
        shown = script.views[BRAVO].sites_page(0, 100, with_removed=True)[0]
        assert [one["is_checked"] for one in shown][:5] == [True] * 5
        assert not shown[-1]["is_checked"]

    def test_sites_and_zones_do_not_meet_each_other(self, script: Script) -> None:
        """What stands meets what moves, and never what stands."""
        script.say(ALPHA, add())
        script.say(BRAVO, add(site("B-S-1")))
        script.say(BRAVO, zone("B-Z-1"))
        assert ids(script) == ids(script, BRAVO) == []


# --- zones ---------------------------------------------------------------------------------------


class TestZones:
    """From when a zone counts, who agreed, and what its rule means."""

    @pytest.mark.parametrize(
        ("rule", "is_alarm"),
        [
            (ZoneRule.PRIOR_CONTACT, True),
            (ZoneRule.STAY_OUT, True),
            (ZoneRule.BUFFER, True),
            (ZoneRule.SEPARATION_LINE, True),
            (ZoneRule.CAUTION, False),
            (ZoneRule.CORRIDOR, False),
        ],
    )
    def test_a_conflict_names_the_rule(
        self, script: Script, rule: ZoneRule, is_alarm: bool
    ) -> None:
        """A notice in a zone is told with the rule; caution and corridors alarm nobody."""
        script.say(ALPHA, zone(rule=rule))
        script.say(BRAVO, notice("B-1"))
        for view in script.views.values():
            [found] = view.conflicts()
            assert (found["rule"], found["verdict"]) == (rule.name, "CONFLICT")
            assert found["sides"][0]["notice_id"] == "zone/A-Z-1/1"
            assert any(one["name"] == "CONFLICT" for one in view.alarms()) is is_alarm

    def test_a_zone_is_entered_not_approached(self, script: Script) -> None:
        """Without minima of its own a zone meets what overlaps it, and nothing beside it."""
        script.say(ALPHA, zone())
        script.say(BRAVO, notice("B-1", circle(north_km=21)))
        assert ids(script) == []
        script.say(BRAVO, notice("B-2", circle(north_km=19)))
        assert ids(script) == [f"{ALPHA}~zone/A-Z-1/1~{BRAVO}~B-2"]

    def test_minima_agreed_for_zones_hold(self) -> None:
        """Where the Understanding has minima for zones, they are kept from the edge."""
        separations = (
            Separation(("air", "zone"), 5_000, 0, 0),
            Separation(("any", "any"), 9_260, 3_000, 10 * MINUTE),
        )
        script = Script(lead_times=LEAD_TIMES, separations=separations).adopt()
        script.say(ALPHA, zone())
        script.say(BRAVO, notice("B-1", circle(north_km=24)))
        assert len(ids(script)) == 1

    def test_own_people_in_an_own_zone(self, script: Script) -> None:
        """The party's own notice in its own zone is no conflict."""
        script.say(ALPHA, zone())
        script.say(ALPHA, notice("A-1"))
        assert ids(script) == []

    def test_a_zone_for_some_kinds(self, script: Script) -> None:
        """A zone that applies to what is on the ground meets no aircraft."""
        script.say(ALPHA, zone(applies_to=("ground",)))
        script.say(BRAVO, notice("B-1"))
        assert ids(script) == []
        script.say(BRAVO, convoy())
        assert ids(script) == ids(script, BRAVO) == [f"{ALPHA}~zone/A-Z-1/1~{BRAVO}~movement/B-M-1"]

    def test_a_zone_at_thirty_minutes_has_no_effect(self, script: Script) -> None:
        """G6: a zone that is to hold in half an hour counts only once its lead time is kept."""
        window = standing(valid_from=EVENING + 30 * MINUTE, valid_until=EVENING + 5 * HOUR)
        script.say(ALPHA, zone(volumes=(window,)))
        early = circle(valid_from=EVENING + HOUR, valid_until=EVENING + 2 * HOUR - 1)
        script.say(BRAVO, notice("B-1", early))
        assert ids(script) == ids(script, BRAVO) == []
        script.say(BRAVO, notice("B-2"))
        assert len(ids(script)) == len(ids(script, BRAVO)) == 1
        [found] = script.views[ALPHA].conflicts()
        assert found["overlap_from"] == EVENING + 2 * HOUR
        shown = script.views[BRAVO].zone(f"{ALPHA}/A-Z-1")
        assert shown is not None
        assert shown["remarks"] == ["SHORT_LEAD"]
        assert shown["counts_from"] == EVENING + 2 * HOUR

    def test_a_change_at_thirty_minutes_leaves_what_was(self, script: Script) -> None:
        """G6: until the change counts, the version before it goes on holding."""
        script.say(ALPHA, zone())
        script.advance(EVENING + 3 * HOUR)
        moved = standing(vertices=((SHAYRAT[0] + 10_000_000, SHAYRAT[1]),))
        script.say(ALPHA, zone(version=2, volumes=(moved,)))
        soon = circle(valid_from=EVENING + 4 * HOUR, valid_until=EVENING + 4 * HOUR + MINUTE)
        late = circle(valid_from=EVENING + 6 * HOUR, valid_until=EVENING + 7 * HOUR)
        script.say(BRAVO, notice("B-1", soon))
        script.say(BRAVO, notice("B-2", late))
        assert ids(script) == ids(script, BRAVO) == [f"{ALPHA}~zone/A-Z-1/1~{BRAVO}~B-1"]
        shown = script.views[ALPHA].zone("A-Z-1")
        assert shown is not None
        assert (shown["version"], shown["version_counting"]) == (2, 1)
        script.advance(EVENING + 5 * HOUR)
        assert script.views[ALPHA].zone("A-Z-1")["version_counting"] == 2  # type: ignore[index]

    def test_validating_anew_opens_no_conflict_anew(self, script: Script) -> None:
        """A version that changes words and dates alone keeps its span and its conflicts."""
        script.say(ALPHA, zone())
        script.say(BRAVO, notice("B-1"))
        [before] = script.views[BRAVO].conflicts()
        script.say(ALPHA, zone(version=2, text="Call us.", valid_until=EVENING + 60 * DAY_MS))
        assert script.views[BRAVO].conflicts() == [before]

    def test_an_agreed_zone(self, script: Script) -> None:
        """An agreement to id, version and hash makes the zone agreed, and count at once."""
        index = script.say(ALPHA, zone())
        script.say(BRAVO, agreement(zone(), index))
        for view in script.views.values():
            shown = view.zone(f"{ALPHA}/A-Z-1")
            assert shown is not None
            assert shown["state"] == "AGREED"
            assert shown["agreed_by"] == {BRAVO: EVENING}
            assert shown["counts_from"] == EVENING

    @pytest.mark.parametrize("changes", [{"version": 2}, {"text": "Other words."}])
    def test_an_agreement_to_something_else(self, script: Script, changes: dict[str, Any]) -> None:
        """An agreement that names another version or another content agrees to nothing."""
        index = script.say(ALPHA, zone())
        script.say(BRAVO, agreement(zone(**changes), index))
        shown = script.views[ALPHA].zone("A-Z-1")
        assert shown is not None
        assert (shown["state"], shown["agreed_by"]) == ("DECLARED", {})

    def test_nobody_agrees_to_an_own_zone(self, script: Script) -> None:
        """A party's agreement to its own zone is flagged and changes nothing."""
        index = script.say(ALPHA, zone(is_unilateral=False))
        said = script.say(ALPHA, agreement(zone(is_unilateral=False), index))
        assert "NO_EFFECT" in script.views[BRAVO].message(ALPHA, said)["flags"]  # type: ignore[index]
        assert script.views[BRAVO].zone(f"{ALPHA}/A-Z-1")["state"] == "PROPOSED"  # type: ignore[index]

    def test_an_offer_counts_once_it_is_agreed_to(self, script: Script) -> None:
        """A separation line that is offered meets nothing before the agreement."""
        offer = zone(rule=ZoneRule.SEPARATION_LINE, is_unilateral=False)
        index = script.say(ALPHA, offer)
        script.say(BRAVO, notice("B-1"))
        assert ids(script) == []
        assert script.views[BRAVO].zone(f"{ALPHA}/A-Z-1")["counts_from"] is None  # type: ignore[index]
        script.say(BRAVO, agreement(offer, index))
        assert ids(script) == ids(script, BRAVO) == [f"{ALPHA}~zone/A-Z-1/1~{BRAVO}~B-1"]

    def test_an_agreement_of_all_three(self) -> None:
        """With three parties a zone is agreed when both others have agreed, in any order."""
        script = Script(ALPHA, BRAVO, CHARLIE, lead_times=LEAD_TIMES).adopt()
        offer = zone(is_unilateral=False)
        index = script.say(ALPHA, offer)
        script.say(CHARLIE, agreement(offer, index))
        assert script.views[BRAVO].zone(f"{ALPHA}/A-Z-1")["state"] == "PROPOSED"  # type: ignore[index]
        script.say(BRAVO, agreement(offer, index))
        states = {view.zone(f"{ALPHA}/A-Z-1")["state"] for view in script.views.values()}  # type: ignore[index]
        assert states == {"AGREED"}

    def test_a_cancelled_zone(self, script: Script) -> None:
        """A cancellation holds at once, and nothing comes after it."""
        script.say(ALPHA, zone())
        script.say(BRAVO, notice("B-1"))
        gone = Zone(WATCH, "A-Z-1", ZoneOperation.CANCEL, version=2, text="We have left.")
        script.say(ALPHA, gone)
        assert ids(script) == ids(script, BRAVO) == []
        index = script.say(ALPHA, zone(version=3))
        assert "NO_EFFECT" in script.views[BRAVO].message(ALPHA, index)["flags"]  # type: ignore[index]
        shown = script.views[BRAVO].zone(f"{ALPHA}/A-Z-1")
        assert shown is not None
        assert shown["state"] == "CANCELLED"

    def test_a_zone_whose_window_is_over(self, script: Script) -> None:
        """A zone with an end is EXPIRED after it, and its conflicts are over."""
        window = standing(valid_from=EVENING + 2 * HOUR, valid_until=EVENING + 3 * HOUR)
        script.say(ALPHA, zone(volumes=(window,)))
        script.say(BRAVO, notice("B-1"))
        assert len(ids(script)) == 1
        script.advance(EVENING + 3 * HOUR)
        assert ids(script) == ids(script, BRAVO) == []
        assert script.views[BRAVO].zone(f"{ALPHA}/A-Z-1")["state"] == "EXPIRED"  # type: ignore[index]

    def test_a_lapsed_zone_still_counts(self, script: Script) -> None:
        """A zone that nobody has validated is shown so and meets notices all the same."""
        script.say(ALPHA, zone())
        script.advance(EVENING + 31 * DAY_MS)
        later = circle(valid_from=EVENING + 32 * DAY_MS, valid_until=EVENING + 33 * DAY_MS)
        script.say(BRAVO, notice("B-1", later))
        assert len(ids(script)) == 1
        assert script.views[BRAVO].zone(f"{ALPHA}/A-Z-1")["state"] == "LAPSED"  # type: ignore[index]

    def test_versions_without_number_wait(self, script: Script) -> None:
        """Of many versions at once only the last few are kept to be checked."""
        for version in range(1, 12):
            moved = standing(radius_m=10_000 + version)
            script.say(ALPHA, zone(version=version, volumes=(moved,)))
        assert script.views[BRAVO].live_volumes <= ZONE_VERSIONS_WAITING_MAX


# --- movements -----------------------------------------------------------------------------------


class TestMovements:
    """They live, are answered and are checked like notices."""

    def test_a_convoy_meets_a_notice_only_while_it_is_there(self, script: Script) -> None:
        """The leg's own window counts: before and after it the place is free."""
        script.say(BRAVO, convoy())
        before = circle(valid_from=EVENING + HOUR, valid_until=EVENING + 2 * HOUR, lower_fl=0)
        script.say(ALPHA, notice("A-1", before))
        assert ids(script) == []
        script.say(ALPHA, notice("A-2", circle(lower_fl=0)))
        expected = [f"{ALPHA}~A-2~{BRAVO}~movement/B-M-1"]
        assert ids(script) == ids(script, BRAVO) == expected

    def test_it_is_listed_with_its_own_words(self, script: Script) -> None:
        """Both nodes list a movement apart from notices, with its route."""
        script.say(BRAVO, convoy(people=14))
        for view in script.views.values():
            [shown] = view.movements_page(0, 10, live_only=True)[0]
            assert (shown["movement_id"], shown["content"]["people"]) == ("B-M-1", 14)
            assert shown["category"] == "movement"
            assert shown["lead_class"] == "SHORT_NOTICE"
            assert view.notices() == []

    def test_a_notice_may_have_the_same_name(self, script: Script) -> None:
        """A movement and a notice of one id are two things."""
        script.say(BRAVO, convoy("B-1"))
        script.say(BRAVO, notice("B-1"))
        assert len(script.views[ALPHA].notices()) == 1
        assert script.views[ALPHA].movement(f"{BRAVO}/B-1") is not None

    def test_it_is_answered(self, script: Script) -> None:
        """A response to a movement shows in its state."""
        index = script.say(BRAVO, convoy())
        script.say(ALPHA, Response(WATCH, Reference(BRAVO, index), Answer.NOTED))
        shown = script.views[BRAVO].movement("B-M-1")
        assert shown is not None
        assert shown["state"] == "NOTED"

    def test_it_is_replaced_cancelled_and_over(self, script: Script) -> None:
        """A version ends the one before; a cancellation ends all; nothing is kept of it."""
        script.say(BRAVO, convoy())
        later = convoy(version=2, operation=Operation.REPLACE, start=EVENING + 10 * HOUR)
        script.say(BRAVO, later)
        shown = script.views[ALPHA].movement(f"{BRAVO}/B-M-1")
        assert shown is not None
        assert shown["content"]["version"] == 2
        script.say(BRAVO, convoy(version=3, operation=Operation.CANCEL, route=()))
        shown = script.views[ALPHA].movement(f"{BRAVO}/B-M-1")
        assert shown is not None
        assert (shown["state"], shown["content"]) == ("CANCELLED", None)
        script.say(BRAVO, convoy("B-M-2"))
        script.advance(EVENING + 20 * HOUR)
        assert script.views[ALPHA].movements_page(0, 10, live_only=True)[0] == []

    def test_unread_when_it_begins(self, script: Script) -> None:
        """A movement that begins unread alarms like a notice."""
        script.say(BRAVO, convoy())
        script.advance(EVENING + 3 * HOUR)
        assert ("IN_FORCE_UNREAD", "IMMEDIATE") in script.alarms(ALPHA)


# --- entry without contact -----------------------------------------------------------------------


class TestEntries:
    """G14: who comes without a word is drafted about, on the zone's own node only."""

    def test_a_patrol_without_contact(self, script: Script) -> None:
        """The draft names article, movement and evidence; the other side has none."""
        declared = script.say(ALPHA, zone())
        entered = script.say(BRAVO, convoy())
        assert drafts(script) == []
        script.advance(EVENING + 3 * HOUR)
        [draft] = drafts(script)
        assert draft["party"] == BRAVO
        assert draft["article"] == "zone A-Z-1, version 1: PRIOR_CONTACT"
        assert draft["notice_id"] == "movement/B-M-1"
        assert [one["index"] for one in draft["evidence"]] == [declared, entered]
        assert [one["serial"] for one in draft["evidence"]] == [
            f"ALPHA-{declared:04d}", f"BRAVO-{entered:04d}"
        ]  # fmt: skip
        assert ("ZONE_ENTERED", "IMMEDIATE") in script.alarms(ALPHA)
        assert script.views[BRAVO].violation_drafts() == []
        assert all(name != "ZONE_ENTERED" for name, _ in script.alarms(BRAVO))

    @pytest.mark.parametrize(
        ("said_at", "words", "is_contact"),
        [
            (EVENING + HOUR, "We pass through A-Z-1 at 2300Z.", True),
            (EVENING + HOUR, "We pass near Shayrat.", False),
            (EVENING - 23 * HOUR, "We pass through A-Z-1 tomorrow.", False),
            (EVENING + 4 * HOUR, "We are in A-Z-1.", False),
        ],
    )
    def test_contact_before(self, said_at: int, words: str, is_contact: bool) -> None:
        """A text that names the zone in the day before the entry is contact; no other is."""
        script = Script(lead_times=LEAD_TIMES)
        script.now = min(said_at, EVENING)
        script.say(ALPHA, zone())
        if said_at < EVENING:
            script.say(BRAVO, text(words))
        script.advance(EVENING)
        script.say(BRAVO, convoy())
        if said_at > EVENING:
            script.advance(said_at)
            script.say(BRAVO, text(words))
        script.advance(EVENING + 5 * HOUR)
        assert (drafts(script) == []) is is_contact

    def test_the_own_word_of_the_zones_party_is_no_contact(self, script: Script) -> None:
        """Only whoever enters makes contact; a text of ours is none."""
        script.say(ALPHA, zone())
        script.say(BRAVO, convoy())
        script.say(ALPHA, text("Do you mean to enter A-Z-1?"))
        script.advance(EVENING + 3 * HOUR)
        assert len(drafts(script)) == 1

    def test_what_is_called_off_is_no_entry(self, script: Script) -> None:
        """A notice that is cancelled before its window opens is not drafted about."""
        script.say(ALPHA, zone())
        script.say(BRAVO, notice("B-1"))
        script.say(BRAVO, cancellation("B-1"))
        script.advance(EVENING + 5 * HOUR)
        assert drafts(script) == []

    def test_a_node_that_slept_through_the_entry(self, script: Script) -> None:
        """However late the clock is looked at, the entry is drafted about at its own time."""
        script.say(ALPHA, zone())
        script.say(BRAVO, convoy())
        script.advance(EVENING + 20 * HOUR)
        [draft] = drafts(script)
        assert draft["entered_at"] == EVENING + 3 * HOUR - 15 * MINUTE

    @pytest.mark.parametrize("rule", [ZoneRule.STAY_OUT, ZoneRule.CAUTION])
    def test_other_rules_draft_nothing(self, script: Script, rule: ZoneRule) -> None:
        """Only a zone that asks for contact drafts about entry without it."""
        script.say(ALPHA, zone(rule=rule))
        script.say(BRAVO, convoy())
        script.advance(EVENING + 5 * HOUR)
        assert drafts(script) == []

    def test_a_late_notice_is_drafted_about_at_once(self, script: Script) -> None:
        """A notice that comes after its window began is an entry when it is found."""
        script.say(ALPHA, zone())
        script.advance(EVENING + 3 * HOUR)
        script.say(BRAVO, notice("B-1"))
        assert len(drafts(script)) == 1


# --- private zones -------------------------------------------------------------------------------


def private_zone(**changes: Any) -> Private:
    """A zone around Shayrat that nobody was told of."""
    plain = Private("Ridge", "zone", (standing(),), rule=ZoneRule.STAY_OUT)
    return replace(plain, **changes)


class TestPrivateZones:
    """They meet notices on their own node alone, and draft nothing."""

    def test_a_notice_in_it(self, script: Script) -> None:
        """The conflict names the rule and is known on one node only."""
        view = script.views[ALPHA]
        view.keep(private_zone(), "t0", ("air-desk", "Lt A"), script.now)
        script.say(BRAVO, notice("B-1"))
        [found] = view.conflicts(private=True)
        assert (found["rule"], found["sides"][0]["name"]) == ("STAY_OUT", "Ridge")
        assert ids(script) == ids(script, BRAVO) == []
        assert script.views[BRAVO].conflicts(private=True) == []

    def test_it_drafts_nothing(self, script: Script) -> None:
        """Nobody can break a rule that nobody was told of."""
        held = private_zone(rule=ZoneRule.PRIOR_CONTACT)
        script.views[ALPHA].keep(held, "t0", ("air-desk", "Lt A"), script.now)
        script.say(BRAVO, notice("B-1"))
        script.advance(EVENING + 5 * HOUR)
        assert drafts(script) == []

    def test_a_private_plan_meets_a_listed_site(self, script: Script) -> None:
        """What alpha plans in secret is compared with bravo's hospital, on alpha's node."""
        plan = Private("Patrol 7", "air", (circle(),))
        script.views[ALPHA].keep(plan, "t0", ("air-desk", "Lt A"), script.now)
        script.say(BRAVO, add(site("B-S-1")))
        [found] = script.views[ALPHA].conflicts(private=True)
        assert found["sides"][1]["notice_id"] == "site/B-S-1"
        assert script.views[BRAVO].conflicts(private=True) == []

    def test_a_private_site_does_not_meet_a_zone(self, script: Script) -> None:
        """What stands in secret does not meet what stands in the open."""
        held = Private("Depot", "presence", (standing(radius_m=300),), is_site=True)
        script.views[ALPHA].keep(held, "t0", ("air-desk", "Lt A"), script.now)
        script.say(BRAVO, zone("B-Z-1"))
        assert script.views[ALPHA].conflicts(private=True) == []


# --- the order of arrival ------------------------------------------------------------------------


def _replayed(script: Script, order: list[Applied]) -> dict[str, Any]:
    """What bravo's node knows of places when the messages came in this order."""
    view = View(BRAVO, script.understanding)
    for applied in order:
        view.apply(applied, live=False)
    view.advance(script.now)
    sites = view.sites_page(0, 100, with_removed=True)[0]
    zones = view.zones_page(0, 100, with_ended=True)[0]
    for one in (*sites, *zones):
        del one["position"]
    return {
        "sites": sorted(sites, key=lambda one: (one["party"], one["site_id"])),
        "zones": sorted(zones, key=lambda one: (one["party"], one["zone_id"])),
        "conflicts": sorted(one["id"] for one in view.conflicts()),
    }


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_arrival_changes_no_state(script: Script, seed: int) -> None:
    """Messages of two parties that come in interleaved otherwise give the same places."""
    script.say(ALPHA, add(site(), site("A-S-2")))
    index = script.say(ALPHA, zone())
    script.say(BRAVO, notice("B-1"))
    script.say(BRAVO, convoy())
    script.advance(EVENING + MINUTE)
    script.say(ALPHA, change(site(version=2, radius_m=900)))
    script.say(BRAVO, agreement(zone(), index))
    script.say(ALPHA, zone(version=2, rule=ZoneRule.STAY_OUT))
    script.say(ALPHA, remove(("A-S-2", 2)))
    script.say(BRAVO, zone("B-Z-1", is_unilateral=False))
    said = script.applied[BRAVO]
    mine = [one for one in said if one.envelope_header.party == ALPHA]
    own = [one for one in said if one.envelope_header.party == BRAVO]
    chance = random.Random(seed)
    order: list[Applied] = []
    while mine or own:
        order.append((mine if own == [] or (mine and chance.random() < 0.5) else own).pop(0))
    assert _replayed(script, order) == _replayed(script, said)
