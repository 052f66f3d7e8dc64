"""Zones: what may be said, their life, from when they count, and contact before entry."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS
from openline.domain.talk.body import By, Reference
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import from_json
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.text import Text, Translation
from openline.domain.talk.volumes import ALWAYS_FROM, WITHOUT_END
from openline.domain.talk.zone import Agreement, Zone, ZoneOperation, ZoneRule
from openline.domain.talk.zone_contact import zones_contacted
from openline.domain.talk.zone_life import (
    DUE_BEFORE_MS,
    ZONE_LIFE,
    ZoneEvent,
    ZoneState,
    ZoneTimes,
    counts_from,
    next_zone_change,
    zone_state,
)

BY = {"post": "watch", "officer": "Lt Smith"}
OFFICER = By("watch", "Lt Smith")
NOW = 1_491_595_200_000
AREA: dict[str, Any] = {
    "shape": "CORRIDOR",
    "vertices": [{"lat": 35.33, "lon": 40.17}, {"lat": 35.08, "lon": 40.43}],
    "radius": "2 km",
}


def form(**changes: Any) -> dict[str, Any]:
    """A declaration as an officer fills it in; None leaves a field out."""
    plain = {
        "by": BY, "zone_id": "A-1", "operation": "DECLARE", "rule": "PRIOR_CONTACT",
        "volumes": [AREA], "text": "Call first.", "valid_until": "2017-05-01T00:00:00Z", **changes,
    }  # fmt: skip
    return {name: held for name, held in plain.items() if held is not None}


def declared(**changes: Any) -> Zone:
    """A declaration."""
    zone = from_json(Kind.ZONE, form(**changes))
    assert isinstance(zone, Zone)
    return zone


def test_a_zone_without_a_window_holds_for_good() -> None:
    """A standing zone begins with the calendar and ends with it."""
    [volume] = declared().volumes
    assert (volume.valid_from, volume.valid_until) == (ALWAYS_FROM, WITHOUT_END)
    assert declared().ends_at == WITHOUT_END


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (form(rule=None), "rule is missing"),
        (form(volumes=[]), "volumes are missing"),
        (form(text=None), "text is empty"),
        (form(valid_until=None), "valid_until is missing"),
        (form(operation="CANCEL", version=2), "volumes have no place in CANCEL"),
        (form(operation="CANCEL", rule=None, volumes=[], text=None), "text is empty"),
        (form(operation="AGREE", rule=None, volumes=[]), "agrees is missing"),
        (
            form(agrees={"of": {"party": "bravo.example", "index": 1}, "hash": "A" * 43 + "="}),
            "agrees has no place in DECLARE",
        ),
    ],
)
def test_what_must_not_be_said_so(fields: dict[str, Any], said: str) -> None:
    """What an operation needs must be there, and what has no place in it must not."""
    with pytest.raises(OurError, match=said):
        from_json(Kind.ZONE, fields)


def test_the_content_hash_is_of_every_byte() -> None:
    """Another word, another hash; the same body, the same hash."""
    assert declared().content_hash == declared().content_hash
    assert declared(text="Call us first.").content_hash != declared().content_hash
    assert len(declared().content_hash) == 32


def test_words_alone_change_nothing_of_what_holds() -> None:
    """Two versions are the same for whoever moves if only words and dates differ."""
    zone = declared()
    assert zone.is_same_as(declared(text="Call us.", version=2, valid_until="2018-01-01T00:00:00Z"))
    assert not zone.is_same_as(declared(rule="STAY_OUT"))
    assert not zone.is_same_as(declared(applies_to=["ground"]))


# --- its life ------------------------------------------------------------------------------------

S, E = ZoneState, ZoneEvent


def expected(state: ZoneState, event: ZoneEvent) -> ZoneState:
    """The rules of `zone_life` said again, event by event."""
    if state in (S.CANCELLED, S.EXPIRED):
        return state
    match event:
        case E.CANCELLED | E.EXPIRED | E.LAPSED:
            return S(event.value)
        case E.OFFERED:
            return S.PROPOSED
        case E.DECLARED:
            return S.DECLARED
        case E.AGREED:
            return state if state in (S.REVALIDATION_DUE, S.LAPSED) else S.AGREED
    return state if state in (S.PROPOSED, S.LAPSED) else S.REVALIDATION_DUE


@pytest.mark.parametrize(("state", "event"), list(product(ZoneState, ZoneEvent)))
def test_every_event_in_every_state_of_a_zone(state: ZoneState, event: ZoneEvent) -> None:
    """Each pair of state and event of a zone goes where the rules say."""
    assert ZONE_LIFE[state][event] is expected(state, event)


ZONE = ZoneTimes(NOW, valid_until=NOW + 30 * DAY_MS, ends_at=WITHOUT_END)


def test_the_life_of_a_zone() -> None:
    """Declared, agreed, due, lapsed, validated anew, cancelled."""
    agreed = replace(ZONE, agreed_at=NOW + HOUR_MS)
    assert zone_state([ZONE], NOW) is S.DECLARED
    assert zone_state([agreed], NOW + HOUR_MS) is S.AGREED
    assert zone_state([agreed], NOW + 30 * DAY_MS - DUE_BEFORE_MS) is S.REVALIDATION_DUE
    assert zone_state([ZONE], NOW + 30 * DAY_MS) is S.LAPSED
    again = replace(ZONE, at=NOW + 31 * DAY_MS, valid_until=NOW + 61 * DAY_MS)
    assert zone_state([ZONE, again], again.at) is S.DECLARED
    gone = ZoneTimes(NOW + 32 * DAY_MS, is_cancellation=True)
    assert zone_state([ZONE, again, gone], gone.at) is S.CANCELLED
    assert next_zone_change([ZONE, gone], gone.at) is None
    over = replace(ZONE, ends_at=NOW + DAY_MS)
    assert zone_state([over], NOW + DAY_MS) is S.EXPIRED
    offer = replace(ZONE, is_unilateral=False)
    assert zone_state([offer], NOW + DAY_MS) is S.PROPOSED


def test_from_when_a_zone_counts() -> None:
    """From when its lead time is kept, or it is agreed to; an offer never before that."""
    lead_ms = 24 * HOUR_MS
    assert counts_from(ZONE, lead_ms) == NOW + lead_ms
    assert counts_from(replace(ZONE, agreed_at=NOW + 5), lead_ms) == NOW + 5
    assert counts_from(replace(ZONE, agreed_at=NOW + 2 * lead_ms), lead_ms) == NOW + lead_ms
    offer = replace(ZONE, is_unilateral=False)
    assert counts_from(offer, lead_ms) is None
    assert counts_from(replace(offer, agreed_at=NOW + 7), lead_ms) == NOW + 7


# --- contact before entry ------------------------------------------------------------------------

ZONES = {"A-1": "at-Tanf", "A-12": ""}


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("We shall pass through A-1 at 0600Z.", ["A-1"]),
        ("About zone a-12, and A-1.", ["A-1", "A-12"]),
        ("Entering AT-TANF tonight.", ["A-1"]),
        ("A-123 is no zone of yours.", []),
        ("BA-1 neither.", []),
        ("Are these yours?", []),
    ],
)
def test_a_text_makes_contact_about_the_zones_that_it_names(words: str, named: list[str]) -> None:
    """An id counts as a word of its own in any case, and a name anywhere."""
    assert zones_contacted(Text(OFFICER, "en", words), ZONES) == named


def test_a_translation_that_names_the_zone_counts() -> None:
    """All words of a message are looked at, also those in another language."""
    said = Text(
        OFFICER, "ru", "Мы войдём.", translations=(Translation("en", "We enter A-1.", "x"),)
    )
    assert zones_contacted(said, ZONES) == ["A-1"]


def test_a_response_makes_no_contact() -> None:
    """To note a zone is not to say that one will enter."""
    noted = Response(OFFICER, Reference("a", 1), Answer.NOTED, "A-1 noted.")
    assert zones_contacted(noted, ZONES) == []


def test_an_agreement_is_to_one_content() -> None:
    """The form of an agreement names the declaration and its hash, and reads back."""
    zone = declared()
    agrees = Agreement(Reference("alpha.example", 3), zone.content_hash)
    said = Zone(OFFICER, "A-1", ZoneOperation.AGREE, agrees=agrees)
    assert list(said.faults()) == []
    assert Zone.from_body(said.to_body()) == said
    assert said.rule is None
    assert zone.rule is ZoneRule.PRIOR_CONTACT
