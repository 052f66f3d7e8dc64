"""What an officer may say about sites, zones and movements, and what is filled in."""

from dataclasses import replace
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS
from openline.domain.line.terms import ReferencePoint
from openline.domain.party import Precedence
from openline.domain.talk.body import Reference
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.message import Message
from openline.domain.talk.movement import Movement
from openline.domain.talk.notice import NO_PLACE, Operation, Place
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.site import UNNAMED, Removal, SiteOperation, Sites, Verification
from openline.domain.talk.volumes import WITHOUT_END
from openline.domain.talk.zone import Zone, ZoneOperation
from tests.engine.parties import ALPHA, BRAVO
from tests.engine.test_desk import Office
from tests.engine.test_views_places import (
    LEAD_TIMES,
    add,
    agreement,
    change,
    convoy,
    remove,
    site,
    standing,
    zone,
)
from tests.engine.views_script import COMMANDER, EVENING, HOUR, SHAYRAT, WATCH

POINT = ReferencePoint("shayrat", (("en", "Shayrat airfield"),), *SHAYRAT)
SYRIA = (
    ((320_000_000, 355_000_000), (375_000_000, 355_000_000), (375_000_000, 425_000_000),
     (320_000_000, 425_000_000)),
)  # fmt: skip
AT = Place("at Shayrat airfield")


@pytest.fixture
def office() -> Office:
    """Desks of alpha and bravo; no reference points."""
    return Office(lead_times=LEAD_TIMES, reference_points=())


@pytest.fixture
def mapped() -> Office:
    """Desks on a line with a reference point and an area."""
    return Office(lead_times=LEAD_TIMES, reference_points=(POINT,), area=SYRIA)


def drafted(office: Office, message: Message) -> Any:
    """The message as alpha's desk completes it."""
    return office.draft(ALPHA, message).message


# --- what is filled in ---------------------------------------------------------------------------


def test_ids_are_given(office: Office) -> None:
    """What has no id gets the next free one, also within one message and one turn."""
    unnamed = site(UNNAMED)
    said = drafted(office, add(unnamed, replace(unnamed, position=(340_000_000, 370_000_000))))
    assert [one.site_id for one in said.sites] == ["ALPHA-S-0001", "ALPHA-S-0002"]
    assert drafted(office, add(unnamed)).sites[0].site_id == "ALPHA-S-0003"
    assert drafted(office, zone(UNNAMED)).zone_id == "ALPHA-Z-0001"
    assert drafted(office, convoy(UNNAMED)).movement_id == "ALPHA-M-0001"
    office.say(ALPHA, convoy(UNNAMED))
    assert drafted(office, convoy(UNNAMED)).movement_id == "ALPHA-M-0003"


def test_dates_are_given(office: Office) -> None:
    """A site is valid 90 days from when somebody looked, a zone 30 days from now."""
    [plain] = drafted(office, add(site(listed_at=0, valid_until=0))).sites
    assert (plain.listed_at, plain.valid_until) == (EVENING, EVENING + 90 * DAY_MS)
    looked = Verification("a", "visit", EVENING - 10 * DAY_MS)
    [seen] = drafted(office, add(site("A-S-2", valid_until=0, verification=looked))).sites
    assert seen.valid_until == EVENING + 80 * DAY_MS
    assert drafted(office, zone(valid_until=None)).valid_until == EVENING + 30 * DAY_MS
    assert drafted(office, zone("A-Z-2", valid_until=0)).valid_until == EVENING + 30 * DAY_MS


# --- versions, ends and rooms --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (add(), "We have a site A-S-1 already."),
        (change(site(version=3)), "The site A-S-1 would be version 2, not 3."),
        (change(site("A-S-9", version=2)), "We have no site A-S-9."),
        (remove(("A-S-9", 2)), "We have no site A-S-9."),
        (zone(), "We have a zone A-Z-1 already."),
        (zone(version=5), "The zone A-Z-1 would be version 2, not 5."),
        (zone("A-Z-9", version=2), "We have no zone A-Z-9."),
        (convoy("A-M-1"), "We have a movement A-M-1 already."),
        (
            convoy("A-M-1", version=4, operation=Operation.REPLACE),
            "The movement A-M-1 would be version 2, not 4.",
        ),
        (add(site("A-S-2"), scope="sea"), "The line has no scope 'sea'."),
        (
            add(site("A-S-2", listed_at=EVENING - 2, valid_until=EVENING - 1)),
            "The site A-S-2 was to be validated anew by 2017-04-07T19:59:59.999Z, which is over.",
        ),
        (
            add(site("A-S-2", verification=Verification("a", "", EVENING + 1))),
            "The site A-S-2 was looked at at 2017-04-07T20:00:00.001Z, which is to come.",
        ),
        (
            zone("A-Z-2", volumes=(standing(valid_until=EVENING),)),
            "The zone ends at 2017-04-07T20:00:00Z, which is over.",
        ),
        (
            zone("A-Z-2", valid_until=EVENING),
            "The zone would be validated until 2017-04-07T20:00:00Z, which is over.",
        ),
        (
            convoy("A-M-2", start=EVENING - 9 * HOUR),
            "The movement ends at 2017-04-07T12:15:00Z, which is over.",
        ),
        (
            replace(add(site("A-S-2")), removed=(Removal("A-S-1", 2),)),
            "SITE: removed stands beside entries that are added or changed.",
        ),
    ],
)
def test_what_is_refused(office: Office, message: Message, why: str) -> None:
    """Ids, versions, scopes and ends are compared with what there is; each with a remedy."""
    office.say(ALPHA, add())
    office.say(ALPHA, zone())
    office.say(ALPHA, convoy("A-M-1"))
    assert office.refused(ALPHA, message) == why


def test_what_is_removed_or_cancelled_does_not_come_back(office: Office) -> None:
    """A removed site, a cancelled zone and a cancelled movement are changed no more."""
    office.say(ALPHA, add())
    office.say(ALPHA, remove(("A-S-1", 2)))
    why = office.refused(ALPHA, change(site(version=3)))
    assert why == "The site A-S-1 is removed; it cannot be changed."
    office.say(ALPHA, zone())
    gone = Zone(WATCH, "A-Z-1", ZoneOperation.CANCEL, version=2, text="Over.")
    office.say(ALPHA, gone)
    assert "is cancelled or over" in office.refused(ALPHA, replace(gone, version=3))
    office.say(ALPHA, convoy("A-M-1"))
    stopped = convoy("A-M-1", version=2, operation=Operation.CANCEL, route=())
    office.say(ALPHA, stopped)
    assert "is cancelled or over" in office.refused(ALPHA, replace(stopped, version=3))


# --- places in words -----------------------------------------------------------------------------


def test_a_zone_and_a_movement_need_words_where_there_are_points(mapped: Office) -> None:
    """Without words, or with words about another place, they are refused."""
    assert "give no distance" in mapped.refused(ALPHA, zone())
    assert "km from there" in mapped.refused(
        ALPHA, zone(place=Place("40 km north of Shayrat airfield"))
    )
    mapped.say(ALPHA, zone(place=AT))
    assert "give no distance" in mapped.refused(ALPHA, convoy("A-M-1"))
    mapped.say(ALPHA, convoy("A-M-1", place=AT))


def test_a_site_needs_words_only_in_doubt(mapped: Office) -> None:
    """A point that looks turned round is refused until words say that it is right."""
    mapped.say(ALPHA, add(site(place=NO_PLACE)))
    turned = site("A-S-2", position=(380_000_000, 345_000_000))
    why = mapped.refused(ALPHA, add(turned))
    assert why.startswith("The site A-S-2: Its point")
    assert "exchanged" in why
    in_words = Place("445 km north-west of Shayrat airfield")
    mapped.say(ALPHA, add(replace(turned, place=in_words)))
    wrong = site("A-S-3", position=(350_000_000, 369_090_000), place=AT)
    assert "km from there" in mapped.refused(ALPHA, add(wrong))


# --- suspended scopes ----------------------------------------------------------------------------


def suspend(office: Office, *scopes: str) -> None:
    """Let alpha suspend scopes at once."""
    office.say(
        ALPHA,
        Declaration(COMMANDER, WATCH, tuple(sorted(scopes)), Status.SUSPENDED, EVENING, "Why."),
    )


def test_a_suspended_scope_takes_sites_and_no_new_zones(office: Office) -> None:
    """Sites say where people are and go always; new zones and movements do not, but as FLASH."""
    office.say(ALPHA, zone())
    suspend(office, *office.script.understanding.scopes)
    office.say(ALPHA, add())
    office.say(ALPHA, zone(version=2))
    assert "SUSPENDED" in office.refused(ALPHA, zone("A-Z-2"))
    scope = office.script.understanding.scopes[0]
    assert "SUSPENDED" in office.refused(ALPHA, convoy("A-M-1", scope=scope))
    office.draft(ALPHA, zone("A-Z-2"), precedence=Precedence.FLASH)


# --- agreements and responses --------------------------------------------------------------------


def test_an_agreement_is_to_the_newest_declaration(office: Office) -> None:
    """What was declared anew since it was read is not agreed to; nor twice; nor our own."""
    index = office.say(ALPHA, zone())
    agrees = agreement(zone(), index)
    draft = office.draft(BRAVO, agrees)
    assert draft.reply_to == (ALPHA, index)
    office.say(BRAVO, agrees)
    assert "agreed to version 1 of A-Z-1 already" in office.refused(BRAVO, agrees)
    newer = office.say(ALPHA, zone(version=2, text="Call twice."))
    assert office.refused(BRAVO, agrees).startswith(
        f"This is not what {ALPHA} declares now: version 2, hash "
    )
    other = replace(agreement(zone(), newer), version=2)
    assert "This is not what" in office.refused(BRAVO, other)
    assert "has declared no zone" in office.refused(ALPHA, agreement(zone(), index))
    assert "has declared no zone" in office.refused(BRAVO, replace(agrees, zone_id="A-Z-7"))
    office.say(ALPHA, Zone(WATCH, "A-Z-1", ZoneOperation.CANCEL, version=3, text="Over."))
    assert "is cancelled or over" in office.refused(BRAVO, agrees)


def test_an_agreement_in_reply_to_something_else(office: Office) -> None:
    """What an agreement is in reply to is the declaration that it names."""
    first = office.say(ALPHA, zone())
    why = office.refused(BRAVO, agreement(zone(), first), reply_to=(ALPHA, 0))
    assert why.startswith("The message is about ALPHA-")


def test_places_are_answered(office: Office) -> None:
    """A site, a zone and a movement take a response like a notice."""
    for message in (add(), zone(), convoy("A-M-1")):
        index = office.say(ALPHA, message)
        office.say(BRAVO, Response(WATCH, Reference(ALPHA, index), Answer.NOTED))


def test_a_zone_at_short_notice_is_not_refused(office: Office) -> None:
    """What has no effect yet may be said; the view tells from when it counts."""
    window = standing(valid_from=EVENING + 1, valid_until=WITHOUT_END)
    office.say(ALPHA, zone(volumes=(window,)))
    shown = office.script.views[ALPHA].zone("A-Z-1")
    assert shown is not None
    assert shown["remarks"] == ["SHORT_LEAD"]


def test_a_removal_needs_its_reason(office: Office) -> None:
    """Whoever removes a site says why."""
    with pytest.raises(OurError, match="reason is empty"):
        office.draft(ALPHA, Sites(WATCH, SiteOperation.REMOVE, removed=(Removal("A", 2),)))


def test_the_completed_movement_is_a_movement(office: Office) -> None:
    """The desk fills in an id and the scope that the line has, and nothing else."""
    said = drafted(office, convoy(UNNAMED))
    assert isinstance(said, Movement)
    assert said.scope == "humanitarian"
    assert replace(said, movement_id=UNNAMED, scope="any") == convoy(UNNAMED)
    assert drafted(office, add(site("A-S-7"))).scope == "humanitarian"
