"""Calls on two nodes: who may ring and take, what is receipted before sound, what alarms."""

from dataclasses import replace
from typing import Any

import pytest

from openline.domain.party import Precedence
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.media import Candidate, CandidateKind, Media, Reach, call_words
from openline.domain.talk.telephone import RING_FLASH_MS, RING_MS, Call, CallStep, Ring
from openline.engine.views import View
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE
from tests.engine.test_desk import Office
from tests.engine.views_script import COMMANDER, EVENING, WATCH, of, text

FLASH = Precedence.FLASH
A, B, MALLORY = bytes([1]) * 32, bytes([2]) * 32, bytes([9]) * 32


def media(fingerprint: bytes, *addresses: str) -> Media:
    """How an end is reached."""
    candidates = tuple(Candidate(CandidateKind.HOST, one, 5_000, 7) for one in addresses)
    return Media(fingerprint, "user", "x" * 22, candidates)


RING = Ring(WATCH, "air-desk", "Flights", "air_safety", media=media(A, "8.8.8.8", "10.0.0.1"))


def step(index: int, what: CallStep, party: str = ALPHA, **changes: Any) -> Call:
    """Something done with a call."""
    return replace(Call(WATCH, of(party, index), what), **changes)


@pytest.fixture
def office() -> Office:
    return Office()


def call(view: View, name: str = "ALPHA-0001", allowed: tuple[Reach, ...] = ()) -> dict[str, Any]:
    """A call as a node shows it."""
    matter = view.matter_records.find(name)
    assert matter is not None
    return view.calls.to_json(matter, view.now, allowed or (Reach.PUBLIC,))


def state(office: Office, name: str = "ALPHA-0001") -> str:
    """Where a call stands, alike on all nodes."""
    shown = [view.matter(name) for view in office.script.views.values()]
    assert all(one is not None for one in shown)
    told = [{**one, "position": 0} for one in shown if one is not None]
    assert all(one == told[0] for one in told)
    return str(told[0]["standings"][0]["state"])


def alarms(office: Office, party: str) -> list[tuple[str, str, bool]]:
    """Name, precedence and whether it is over, of the alarms about calls at a party."""
    return [
        (one["name"], one["precedence"], one["over_at"] is not None)
        for one in office.script.views[party].alarms()
        if one["name"] in ("RINGING", "CALL_FINGERPRINT", "CLOCK", "MATTER", "FLASH")
    ]


def held(office: Office) -> int:
    """A call that Alpha has rung and Bravo has taken."""
    index = office.say(ALPHA, RING)
    office.say(BRAVO, step(index, CallStep.TAKE, media=media(B, "9.9.9.9", "127.0.0.1")))
    return index


def test_a_call_is_rung_taken_talked_and_ended(office: Office) -> None:
    """It stands alike on both nodes all along, and is proven when both have seen the other."""
    index = office.say(ALPHA, RING, precedence=Precedence.PRIORITY)
    assert state(office) == "RINGING"
    assert alarms(office, BRAVO) == [("RINGING", "PRIORITY", False)]
    assert alarms(office, ALPHA) == []
    office.say(BRAVO, step(index, CallStep.TAKE, media=media(B, "9.9.9.9")))
    assert state(office) == "TAKEN"
    assert alarms(office, BRAVO) == [], "who takes it has heard it"
    office.say(ALPHA, step(index, CallStep.TALK, seen=B))
    assert state(office) == "TALKING"
    assert not call(office.script.views[ALPHA])["is_proven"]
    office.say(BRAVO, step(index, CallStep.TALK, seen=A))
    assert call(office.script.views[ALPHA])["is_proven"]
    assert call(office.script.views[BRAVO])["is_proven"]
    office.say(BRAVO, step(index, CallStep.END))
    assert state(office) == "ENDED"
    assert call(office.script.views[ALPHA])["remote"] is None


def test_a_call_that_was_given_up_waits_to_be_acknowledged(office: Office) -> None:
    """Nobody here has answered it: that it rang stays until somebody takes note."""
    index = office.say(ALPHA, RING, precedence=Precedence.PRIORITY)
    office.say(ALPHA, step(index, CallStep.END))
    assert state(office) == "GIVEN_UP"
    assert alarms(office, BRAVO) == [("RINGING", "PRIORITY", True)]


def test_the_way_is_told_to_both_with_the_same_words(office: Office) -> None:
    """Each end has the other's allowed addresses; what is left out is named."""
    index = held(office)
    for name, other, left_out in (
        (ALPHA, "9.9.9.9", [{"address": "127.0.0.1", "reach": "LOOPBACK"}]),
        (BRAVO, "8.8.8.8", [{"address": "10.0.0.1", "reach": "PRIVATE"}]),
    ):
        shown = call(office.script.views[name])
        assert shown["may_talk"]
        assert [one["address"] for one in shown["remote"]["candidates"]] == [other]
        assert shown["left_out"] == left_out
        assert shown["words"] == call_words(LINE, (ALPHA, 1, index), A, B)


def test_media_of_one_certificate_are_counted(office: Office) -> None:
    """So both ends know which ways belong together; another certificate's are none of them."""
    index = held(office)
    said = {ALPHA: 1, BRAVO: 1}
    for party, fingerprint in ((ALPHA, A), (BRAVO, B), (BRAVO, B)):
        new = media(fingerprint, "8.8.4.4")
        office.say(party, step(index, CallStep.MEDIA, media=new))
        said[party] += 1
        for view in office.script.views.values():
            assert {one["party"]: one["said"] for one in call(view)["ends"]} == said
    shown = call(office.script.views[ALPHA])["remote"]
    assert [one["address"] for one in shown["candidates"]] == ["8.8.4.4"]
    assert "another certificate on the record" in office.refused(
        BRAVO, step(index, CallStep.MEDIA, media=media(MALLORY))
    )


def test_nothing_is_told_and_nobody_talks_before_the_receipts(office: Office) -> None:
    """While a fingerprint is not receipted there is no way to the other end, and no TALK."""
    script = office.script
    index = office.say(ALPHA, RING)
    draft = office.draft(BRAVO, step(index, CallStep.TAKE, media=media(B, "9.9.9.9")))
    header = script.header(BRAVO, draft.message, reply_to=(ALPHA, index))
    script.say(BRAVO, draft.message, is_delivered=False, reply_to=(ALPHA, index))
    shown = call(script.views[BRAVO])
    assert shown["remote"] is None
    assert shown["words"] == []
    assert shown["waits_for"] == [{"party": ALPHA, "what": "RECEIPT"}]
    assert "alpha.example has not receipted the fingerprint" in office.refused(
        BRAVO, step(index, CallStep.TALK, seen=A)
    )
    assert call(script.views[ALPHA])["waits_for"] == [{"party": BRAVO, "what": "MEDIA"}]
    script.deliver(header, draft.message)
    assert call(script.views[BRAVO])["may_talk"]
    office.say(BRAVO, step(index, CallStep.TALK, seen=A))


def test_a_flash_ahead_of_its_outbox_is_not_receipted(office: Office) -> None:
    """A ring that overtook what stood before it rings, but no sound goes until that is there."""
    script = office.script
    behind = script.header(ALPHA, text())
    script.say(ALPHA, text(), is_delivered=False)
    index = office.say(ALPHA, RING, precedence=FLASH)
    office.say(BRAVO, step(index, CallStep.TAKE, media=media(B, "9.9.9.9")))
    name = script.views[ALPHA].serial(ALPHA, index)
    assert call(script.views[BRAVO], name)["waits_for"] == [{"party": BRAVO, "what": "RECEIPT"}]
    assert call(script.views[BRAVO], name)["remote"] is None
    script.deliver(behind, text())
    assert call(script.views[BRAVO], name)["may_talk"]


def test_another_certificate_is_refused_and_alarms_on_both_nodes(office: Office) -> None:
    """Our desk refuses to talk with it; that it was seen is cut, and FLASH on both nodes."""
    index = held(office)
    assert "another certificate on the record" in office.refused(
        ALPHA, step(index, CallStep.TALK, seen=MALLORY)
    )
    office.say(ALPHA, step(index, CallStep.CUT, seen=MALLORY))
    assert state(office) == "CUT"
    for name in (ALPHA, BRAVO):
        assert ("CALL_FINGERPRINT", "FLASH", False) in alarms(office, name)
        shown = call(office.script.views[name])
        assert not shown["is_sound"]
        assert not shown["may_talk"]


def test_a_cut_without_a_certificate_alarms_too(office: Office) -> None:
    """Where the handshake failed before the certificate was seen, both nodes alarm as well."""
    index = held(office)
    office.say(BRAVO, step(index, CallStep.CUT))
    assert state(office) == "CUT"
    for name in (ALPHA, BRAVO):
        assert ("CALL_FINGERPRINT", "FLASH", False) in alarms(office, name)


@pytest.mark.parametrize("what", [CallStep.TALK, CallStep.MEDIA])
def test_a_counterpart_that_changes_certificates(office: Office, what: CallStep) -> None:
    """What its node should have refused is on the record, alarms, and closes the way."""
    index = held(office)
    assert call(office.script.views[ALPHA])["may_talk"]
    said = (
        step(index, what, seen=MALLORY)
        if what is CallStep.TALK
        else step(index, what, media=media(MALLORY, "9.9.9.9"))
    )
    office.script.say(BRAVO, said, reply_to=(ALPHA, index))
    [alarm] = [
        one for one in office.script.views[ALPHA].alarms() if one["name"] == "CALL_FINGERPRINT"
    ]
    assert alarm["facts"]["seen"] == MALLORY.hex()
    assert call(office.script.views[ALPHA])["remote"] is None
    assert "another certificate" in office.refused(ALPHA, step(index, CallStep.TALK, seen=B))
    assert "has another certificate on the record" in office.refused(
        ALPHA, step(index, CallStep.MEDIA, media=media(MALLORY))
    )


def test_media_of_the_other_side_that_lead_nowhere(office: Office) -> None:
    """A ring with broken media rings, and its end counts as not said."""
    broken = replace(RING, media=Media(A, "user", "x" * 21 + "\N{CYRILLIC SMALL LETTER A}"))
    index = office.script.say(ALPHA, broken)
    assert alarms(office, BRAVO)[0][0] == "RINGING"
    office.say(BRAVO, step(index, CallStep.TAKE, media=media(B)))
    assert {"party": ALPHA, "what": "MEDIA"} in call(office.script.views[BRAVO])["waits_for"]
    assert "has not said how its end" in office.refused(BRAVO, step(index, CallStep.TALK, seen=A))


def test_declined_busy_missed_and_given_up(office: Office) -> None:
    """Each is a fact on both nodes; a missed FLASH must be known to tier 2; text goes meanwhile."""
    ends = {
        "DECLINED": (BRAVO, {"what": CallStep.DECLINE, "text": "Not before noon."}),
        "BUSY": (BRAVO, {"what": CallStep.BUSY}),
        "GIVEN_UP": (ALPHA, {"what": CallStep.END}),
    }
    for end, (party, changes) in ends.items():
        index = office.say(ALPHA, RING)
        office.say(BRAVO, text("We hear you ring."))
        office.say(party, step(index, **changes))  # type: ignore[arg-type]
        assert state(office, office.script.views[ALPHA].serial(ALPHA, index)) == end
        assert "comes too late or too early" in office.refused(BRAVO, step(index, CallStep.TAKE))
    index = office.say(ALPHA, RING)
    office.script.advance(EVENING + RING_MS)
    assert state(office, office.script.views[ALPHA].serial(ALPHA, index)) == "MISSED"
    assert ("CLOCK", "PRIORITY", False) in alarms(office, BRAVO)
    assert ("CLOCK", "PRIORITY", False) in alarms(office, ALPHA)
    office.say(ALPHA, RING, precedence=FLASH)
    assert ("RINGING", "FLASH", False) in alarms(office, BRAVO)
    office.script.advance(EVENING + RING_MS + RING_FLASH_MS)
    [missed] = [
        one
        for one in office.script.views[BRAVO].alarms()
        if one["name"] == "CLOCK" and one["facts"]["clock"] == "call_ring_flash"
    ]
    assert missed["precedence"] == "FLASH"
    assert missed["facts"]["tier"] == 2


def test_a_suspended_scope_rings_as_flash_alone(office: Office) -> None:
    """In a scope that either side has suspended or that is unknown nobody is rung otherwise."""
    suspends = Declaration(
        COMMANDER, WATCH, ("air_safety",), Status.SUSPENDED, EVENING, "A strike."
    )
    office.say(BRAVO, suspends)
    for name in (ALPHA, BRAVO):
        why = office.refused(name, RING)
        assert why == "bravo.example has declared air_safety SUSPENDED: nobody is rung in it."
    assert office.refused(ALPHA, replace(RING, scope="weather")).startswith("The line has no scope")
    office.draft(ALPHA, replace(RING, scope=""))
    office.draft(ALPHA, RING, precedence=FLASH)


def test_two_callers_at_once(office: Office) -> None:
    """Who is rung takes that call; nobody rings twice at one post, or is in two calls."""
    assert "has no post 'tower'" in office.refused(ALPHA, replace(RING, post="tower"))
    index = office.say(ALPHA, RING)
    assert office.refused(BRAVO, RING) == "alpha.example is ringing you: ALPHA-0001."
    assert office.refused(ALPHA, RING) == "ALPHA-0001 rings there already."
    office.say(ALPHA, replace(RING, post="commander"))
    assert "it is for bravo.example to TAKE" in office.refused(ALPHA, step(index, CallStep.TAKE))
    office.say(BRAVO, step(index, CallStep.TAKE, media=media(B)))
    second = office.script.views[ALPHA].serial(ALPHA, index + 1)
    why = office.refused(BRAVO, step(index + 1, CallStep.TAKE))
    assert why == "Maj A. Weaver is in the call ALPHA-0001."
    assert office.refused(ALPHA, replace(RING, post="commander")).endswith("ALPHA-0001.")
    office.say(BRAVO, replace(step(index + 1, CallStep.TAKE), by=COMMANDER))
    assert state(office, second) == "TAKEN"
    assert "is no call" in office.refused(
        ALPHA, step(office.say(BRAVO, text()), CallStep.END, BRAVO)
    )


def test_rings_that_crossed_are_both_on_the_record(office: Office) -> None:
    """Neither node knew of the other's ring: both stand, and either can be taken."""
    ours = office.script.header(ALPHA, RING)
    office.script.say(ALPHA, RING, is_delivered=False)
    theirs = office.script.say(BRAVO, RING)
    office.script.deliver(ours, RING)
    assert alarms(office, ALPHA)[0][0] == alarms(office, BRAVO)[0][0] == "RINGING"
    office.say(ALPHA, step(theirs, CallStep.TAKE, BRAVO, media=media(A)))
    office.say(ALPHA, step(ours.index, CallStep.END))
    assert state(office, "BRAVO-0001") == "TAKEN"
    assert state(office) == "GIVEN_UP"


def test_a_third_party_is_in_no_call_of_two() -> None:
    """On a line of three one party is rung; what the third says to it changes nothing."""
    office = Office(ALPHA, BRAVO, CHARLIE)
    assert "several would be rung" in office.refused(ALPHA, RING)
    index = office.say(ALPHA, RING, recipients=(BRAVO,))
    assert alarms(office, CHARLIE) == []
    assert "is a call between" in office.refused(CHARLIE, step(index, CallStep.TAKE))
    office.script.say(
        CHARLIE, step(index, CallStep.TAKE, media=media(MALLORY)), reply_to=(ALPHA, index)
    )
    assert state(office) == "RINGING"
    assert alarms(office, ALPHA) == []
