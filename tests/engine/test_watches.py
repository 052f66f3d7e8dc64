"""Watches on real nodes: no second without a responsible name, and honest words."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.domain.line.terms import Post
from openline.domain.party import Precedence
from openline.domain.talk.body import By, Reference
from openline.domain.talk.query import Query, Question, Sighting
from openline.domain.talk.receipt import Read
from openline.domain.talk.text import Text
from openline.domain.talk.watch import NODE, Change, Watch
from openline.engine.commands import Adopt, Compose, ExportCourier, ImportCourier, OfferWatch
from openline.engine.events import CommandGiven
from openline.engine.journal import Happened, parse_row
from openline.engine.watch_view import NOT_OPENED
from tests.engine.parties import ALPHA, BRAVO, LINE, Parties, make_parties, sign
from tests.engine.region import Region, standing

POST = "air-desk"
SMITH, JONES, STONE = "Capt. Smith", "Lt. Jones", "Col. Stone"
END_MS = 8 * HOUR_MS


def with_hours(hours: str) -> Parties:
    """Two parties whose air desks have these hours of watch."""
    made = make_parties()
    parties = tuple(
        replace(one, posts=(Post(POST, 1, hours), Post("commander", 2)))
        for one in made.understanding.parties
    )
    understanding = replace(made.understanding, parties=parties)
    return replace(made, understanding=understanding, signed=sign(understanding, made.keys))


@pytest.fixture
def region() -> Region:
    """Two nodes with a line between them."""
    return standing(make_parties())


def watch(region: Region, change: Change, officer: str, **more: Any) -> Watch:
    """A word about the watch at the air desk, now."""
    begins = change in (Change.OPENED, Change.TAKEN_OVER)
    end = region.now + END_MS if begins else None
    said = Watch(By(POST, officer), change, POST, officer, region.now, end)
    return replace(said, **more)


def say(region: Region, message: Any, party: str = ALPHA, **options: Any) -> int:
    """Let an officer say something, and let it arrive."""
    index = int(region.ask(party, Compose(LINE, message, **options)).index)
    region.pump()
    return index


def opened(region: Region, officer: str = SMITH) -> None:
    """Let an officer of ALPHA open the watch."""
    say(region, watch(region, Change.OPENED, officer))


def offered(region: Region, officer: str = SMITH) -> dict[str, Any]:
    """Let the officer on watch hand over; what the node answers."""
    answer: dict[str, Any] = region.ask(ALPHA, OfferWatch(LINE, (POST, officer)))
    return answer


def taking(region: Region, officer: str, brief: str | None, relieved: str = SMITH) -> Watch:
    """The word of an officer who takes the watch."""
    named = None if brief is None else bytes.fromhex(brief)
    return watch(region, Change.TAKEN_OVER, officer, relieved=relieved, brief=named)


def row(region: Region, party: str = ALPHA, of: str = ALPHA, post: str = POST) -> dict[str, Any]:
    """The watch at a post, as one node lists it."""
    view = region.line_of(party).view
    [found] = [
        one for one in view.watches.listed(view.now) if (one["party"], one["post"]) == (of, post)
    ]
    return found


def alarms(region: Region, party: str = ALPHA) -> list[tuple[str, str, str]]:
    """Name, precedence and clock of the alarms that last at a node, but for its circuits'."""
    return [
        (one["name"], one["precedence"], one["facts"].get("clock", ""))
        for one in region.line_of(party).view.alarms()
        if one["over_at"] is None and one["name"] != "LOST"
    ]


def pass_time(region: Region, ms: int) -> None:
    """Let time pass, in steps of a minute."""
    region.pass_time(ms, step_ms=MINUTE_MS)


def test_both_sides_see_who_is_on_watch(region: Region) -> None:
    """Opened with a linguist: the counterpart lists officer, end and languages alike."""
    assert row(region)["state"] == NOT_OPENED
    say(region, watch(region, Change.OPENED, SMITH, languages=("ru",), communicator="Sgt. Lee"))
    for party in (ALPHA, BRAVO):
        found = row(region, party)
        assert (found["state"], found["officer"]) == ("OPEN", SMITH)
        assert found["languages"] == ["ru"]
        assert found["planned_until"] == found["since"] + END_MS
        assert not found["by_node"]


def test_a_handover_has_both_names_in_the_record(region: Region) -> None:
    """Offered with a brief, taken with its hash: row and message name both, nobody between."""
    opened(region)
    offer = offered(region)
    assert row(region)["officer"] == SMITH
    assert row(region)["offer"]["brief"] == offer["brief"]
    assert row(region, BRAVO)["offer"] is None
    taken = say(region, taking(region, JONES, offer["brief"]))
    for party in (ALPHA, BRAVO):
        found = row(region, party)
        assert (found["state"], found["officer"], found["relieved"]) == ("OPEN", JONES, SMITH)
        assert found["brief"] == offer["brief"]
    line = region.line_of(ALPHA)
    rows = [parse_row(one) for one in line.store.entries(line.journal.origin, 0, 10_000)]
    [kept] = [one for one in rows if one.happened is Happened.OFFERED]
    post, officer, salt, digest = kept.rest
    assert (post, officer) == (POST, SMITH)
    assert sha256(bytes(salt) + kept.content).digest() == digest == bytes.fromhex(offer["brief"])  # type: ignore[arg-type]
    assert json.loads(kept.content)["at"] == offer["at"]
    acted = [one.rest for one in rows if one.happened is Happened.ACTED]
    assert (POST, JONES, "TOOK_WATCH", offer["brief"]) in acted
    past = line.view.watches.listed(line.view.now, all_of_them=True)
    assert [one["state"] for one in past if one["post"] == POST and one["party"] == ALPHA] == [
        "HANDOVER_SIGNED",
        "OPEN",
    ]
    assert line.view.record(ALPHA, taken) is not None


def test_nobody_signs_while_a_flash_is_unread(region: Region) -> None:
    """G13: neither offer nor take nor close with an unread FLASH; once read, all go."""
    opened(region)
    early = offered(region)
    flash = say(region, Text(By(POST, "Maj B"), "en", "Stop."), BRAVO, precedence=Precedence.FLASH)
    error = region.refused(ALPHA, OfferWatch(LINE, (POST, SMITH)))
    assert "BRAVO-" in error.what
    assert "FLASH is unread" in error.what
    assert "openline read BRAVO-" in error.remedy
    take = taking(region, JONES, early["brief"])
    assert "take the watch" in region.refused(ALPHA, Compose(LINE, take)).what
    say(region, Read(By(POST, SMITH), Reference(BRAVO, flash)))
    say(region, take)
    assert row(region)["officer"] == JONES


def test_three_open_queries_stand_in_the_brief(region: Region) -> None:
    """A shift changes with three open queries: each is in the brief with its deadline."""
    opened(region)
    for number in range(3):
        asked = Query(By(POST, "Maj B"), Question.ARE_THESE_YOURS, objects=(Sighting("trucks"),))
        say(region, replace(asked, place=f"km {number}"), BRAVO, precedence=Precedence.IMMEDIATE)
    offer = offered(region)
    brief = offer["content"]
    assert [one["subject"] for one in brief["matters"]] == ["query"] * 3
    assert {"read", "reply"} <= {one["clock"] for one in brief["due"]}
    assert len(brief["unread"]) == 3
    assert brief["unread"][0]["precedence"] == "IMMEDIATE"
    assert [one["officer"] for one in brief["watches"] if one["state"] == "OPEN"] == [SMITH]
    assert brief["keys"]["can_sign"]
    say(region, taking(region, JONES, offer["brief"]))
    assert row(region)["officer"] == JONES


@pytest.mark.parametrize(
    ("officer", "named", "relieved", "what"),
    [
        (SMITH, True, SMITH, "relieved"),
        (" capt.  smith", True, SMITH, "relieved"),
        (JONES, False, SMITH, "hands over with the brief"),
        (JONES, True, STONE, "is on watch at air-desk, not Col. Stone"),
    ],
)
def test_who_may_not_take_a_watch(
    region: Region, officer: str, named: bool, relieved: str, what: str
) -> None:
    """Not oneself, not unread, not from somebody else; the outgoing stays on watch."""
    opened(region)
    offer = offered(region)
    brief = offer["brief"] if named else "00" * 32
    error = region.refused(ALPHA, Compose(LINE, taking(region, officer, brief, relieved)))
    assert what in str(error)
    assert row(region)["officer"] == SMITH


def test_an_unoffered_watch_is_not_taken_before_it_is_overdue(region: Region) -> None:
    """While somebody is on watch only that officer gives it away; left, any officer takes it."""
    opened(region)
    error = region.refused(ALPHA, Compose(LINE, taking(region, JONES, None)))
    assert "has not offered it" in error.what
    pass_time(region, END_MS + 16 * MINUTE_MS)
    say(region, taking(region, JONES, None))
    assert row(region)["officer"] == JONES


def test_of_two_who_take_at_once_one_wins(region: Region) -> None:
    """Two takes in one turn: the first is on watch, the second is told to look again."""
    opened(region)
    brief = offered(region)["brief"]
    takes = [taking(region, officer, brief) for officer in (JONES, STONE)]
    tokens = (901, 902)
    region.turn(
        ALPHA,
        *(
            CommandGiven(token, Compose(LINE, take))
            for token, take in zip(tokens, takes, strict=True)
        ),
    )
    first, second = (region.stations[ALPHA].answers.pop(token) for token in tokens)
    assert first.error is None
    assert second.error is not None
    assert "just spoken" in second.error.what
    assert row(region)["officer"] == JONES
    late = region.refused(ALPHA, Compose(LINE, takes[1]))
    assert "Lt. Jones is on watch" in late.what


def test_the_node_says_unmanned_a_quarter_of_an_hour_late(region: Region) -> None:
    """Due, then tier 2 told with the outgoing on watch, then the counterpart told honestly."""
    opened(region)
    pass_time(region, END_MS - MINUTE_MS)
    assert (row(region)["state"], alarms(region)) == ("OPEN", [])
    pass_time(region, 2 * MINUTE_MS)
    assert row(region)["state"] == "HANDOVER_DUE"
    assert ("CLOCK", "PRIORITY", "handover") in alarms(region)
    pass_time(region, 12 * MINUTE_MS)
    assert row(region)["state"] == "HANDOVER_DUE"
    assert row(region)["officer"] == SMITH
    pass_time(region, 3 * MINUTE_MS)
    found = row(region, BRAVO)
    assert (found["state"], found["officer"], found["by_node"]) == ("UNMANNED", SMITH, True)
    assert ("CLOCK", "IMMEDIATE", "grace") in alarms(region)
    [told] = [one for one in region.line_of(ALPHA).view.alarms() if one["facts"].get("tier") == 2]
    assert told["facts"]["tell"][-1] == {"post": "commander", "tier": 2, "is_on_call": False}
    assert ("UNMANNED", "IMMEDIATE", "") in alarms(region, BRAVO)
    size = region.line_of(ALPHA).outbox.size
    pass_time(region, 2 * HOUR_MS)
    assert region.line_of(ALPHA).outbox.size == size
    say(region, taking(region, JONES, None))
    assert [one for one in alarms(region, BRAVO) if one[0] == "UNMANNED"] == []
    assert [one for one in alarms(region) if one[0] == "CLOCK"] == []


@pytest.mark.parametrize(
    ("hours", "state"),
    [("00:00-04:00Z", "OVERDUE"), ("by arrangement", "OVERDUE"), ("24 h", "UNMANNED")],
)
def test_the_hours_say_whether_the_node_may_speak(hours: str, state: str) -> None:
    """Outside hours, or where nobody can read them, the node says nothing by itself."""
    region = standing(with_hours(hours))
    opened(region)
    pass_time(region, END_MS + HOUR_MS)
    assert row(region, BRAVO)["state"] == state


def test_a_watch_is_closed_outside_hours_alone() -> None:
    """Within hours one hands over or says UNMANNED; outside them one closes."""
    region = standing(with_hours("00:00-04:00Z"))
    opened(region)
    error = region.refused(ALPHA, Compose(LINE, watch(region, Change.CLOSED, SMITH)))
    assert "is to be manned now" in error.what
    assert "--unmanned" in error.remedy
    pass_time(region, 5 * HOUR_MS)
    say(region, watch(region, Change.CLOSED, SMITH))
    assert row(region, BRAVO)["state"] == "CLOSED"
    again = region.refused(ALPHA, Compose(LINE, watch(region, Change.CLOSED, SMITH)))
    assert "nothing to close" in again.what


def test_an_officer_who_stays_prolongs_the_watch(region: Region) -> None:
    """Said again by the same officer it lasts longer, and what was due is over."""
    opened(region)
    pass_time(region, END_MS + MINUTE_MS)
    assert ("CLOCK", "PRIORITY", "handover") in alarms(region)
    opened(region)
    assert row(region, BRAVO)["state"] == "OPEN"
    assert alarms(region) == []
    other = region.refused(ALPHA, Compose(LINE, watch(region, Change.OPENED, JONES)))
    assert "Capt. Smith is on watch" in other.what
    pass_time(region, END_MS + MINUTE_MS)
    assert ("CLOCK", "PRIORITY", "handover") in alarms(region)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"post": "sea-desk"}, "is no post"),
        ({"since": 5}, "which is not now"),
        ({"by": By("commander", SMITH)}, "by the person who is then on watch"),
        ({"by": By(POST, NODE), "officer": NODE}, "is no person"),
        ({"post": "commander"}, "does not speak for commander"),
    ],
)
def test_what_an_officer_may_not_say_of_a_watch(
    region: Region, changes: dict[str, Any], what: str
) -> None:
    """Strange posts, other times, other people's names and the node's are refused."""
    said = replace(watch(region, Change.OPENED, SMITH), **changes)
    said = replace(said, planned_until=said.since + END_MS)
    assert what in str(region.refused(ALPHA, Compose(LINE, said)))


def test_a_higher_tier_says_that_a_post_is_unmanned(region: Region) -> None:
    """The commander speaks for the desk that nobody answers at; who was there stays named."""
    opened(region)
    said = watch(region, Change.UNMANNED, SMITH, by=By("commander", STONE))
    say(region, said, precedence=Precedence.IMMEDIATE)
    assert (row(region, BRAVO)["state"], row(region, BRAVO)["by_node"]) == ("UNMANNED", False)


def test_watches_and_offers_survive_a_restart(region: Region) -> None:
    """The same watches, offer, brief and alarms after the node was killed."""
    opened(region)
    offer = offered(region)
    pass_time(region, END_MS + MINUTE_MS)
    before = (row(region), alarms(region))
    region.restart(ALPHA)
    region.pump()
    region.line_of(ALPHA).view.advance(region.now)
    assert (row(region), alarms(region)) == before
    kept = region.line_of(ALPHA).view.watches.offered(POST)
    assert kept is not None
    assert kept.brief == json.loads(json.dumps(offer["content"]))


def test_a_hostile_party_makes_us_keep_little(region: Region) -> None:
    """Posts that nobody agreed on, and hundreds of words about one, leave a bounded list."""
    view = region.line_of(ALPHA).view
    before = len(view.watches.listed(view.now, all_of_them=True))
    for number in range(200):
        said = watch(region, Change.OPENED, f"Maj {number}", by=By(POST, f"Maj {number}"))
        strange = replace(said, post=f"post-{number}")
        for one in (said, strange):
            region.line_of(BRAVO).desk._check = lambda *_: None  # type: ignore[method-assign]
            region.ask(BRAVO, Compose(LINE, one))
    region.pump()
    rows = view.watches.listed(view.now, all_of_them=True)
    assert len(rows) == before + 32
    assert row(region, of=BRAVO)["officer"] == "Maj 199"


def test_an_offer_is_only_for_who_is_on_watch(region: Region) -> None:
    """Nobody hands over a watch that is another's, or nobody's."""
    with pytest.raises(OurError, match="Nobody is on watch"):
        offered(region)
    opened(region)
    with pytest.raises(OurError, match=r"Capt\. Smith is on watch at air-desk, not Lt\. Jones"):
        offered(region, JONES)


def test_acts_on_this_node_alone_are_under_a_name() -> None:
    """Who adopted the Understanding and who had a courier's file made stands in the journal."""
    region = Region(make_parties())
    by = (POST, SMITH)
    for party in (ALPHA, BRAVO):
        region.ask(party, Adopt(region.signed.format(), by))
    region.connect_all()
    region.pump()
    file = region.ask(ALPHA, ExportCourier(LINE, BRAVO, by))
    region.ask(BRAVO, ImportCourier(LINE, file, by))
    acts = {}
    for party in (ALPHA, BRAVO):
        line = region.line_of(party)
        rows = [parse_row(one) for one in line.store.entries(line.journal.origin, 0, 1_000)]
        acts[party] = [one.rest for one in rows if one.happened is Happened.ACTED]
    assert [act[:3] for act in acts[ALPHA]] == [(*by, "ADOPTED"), (*by, "CARRIED_OUT")]
    assert [act[:3] for act in acts[BRAVO]] == [(*by, "ADOPTED"), (*by, "CARRIED_IN")]
    assert acts[BRAVO][1][3] == sha256(file).hexdigest()
