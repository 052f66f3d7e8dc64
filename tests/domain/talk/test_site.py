"""Sites: what one message may say, the life of an entry, and what is doubtful."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS
from openline.domain.limits import DUPLICATES_COMPARED_MAX, SITES_PER_MESSAGE_MAX
from openline.domain.line.terms import ReferencePoint
from openline.domain.space.volume import Shape
from openline.domain.talk.body import By
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import from_json
from openline.domain.talk.site import (
    REVALIDATION_MS,
    UNNAMED,
    Removal,
    Site,
    SiteOperation,
    Sites,
    Verification,
)
from openline.domain.talk.site_doubts import Doubt, Surroundings, doubts_about, swapped_doubt
from openline.domain.talk.site_life import (
    DUE_BEFORE_MS,
    SITE_LIFE,
    SiteEvent,
    SiteState,
    SiteTimes,
    next_site_change,
    site_state,
)
from openline.domain.talk.volumes import WITHOUT_END

BY = {"post": "watch", "officer": "Lt Smith"}
ENTRY: dict[str, Any] = {
    "names": {"en": "Shayrat hospital", "ar": "مستشفى شعيرات"},
    "kind": "presence",
    "position": {"lat": "34.505", "lon": "36.87"},
    "radius_m": 400,
}
NOW = 1_491_595_200_000
SYRIA = (
    ((320_000_000, 355_000_000), (375_000_000, 355_000_000), (375_000_000, 425_000_000),
     (320_000_000, 425_000_000)),
)  # fmt: skip
SHAYRAT = ReferencePoint("shayrat", (), 344_900_000, 369_090_000)


def form(operation: str = "ADD", **changes: Any) -> dict[str, Any]:
    """A message as an officer fills it in."""
    return {"by": BY, "operation": operation, "sites": [ENTRY], **changes}


def site(site_id: str = "A-1", lat: float = 34.5, lon: float = 38.0, **changes: Any) -> Site:
    """An entry somewhere in Syria."""
    plain = Site(
        site_id=site_id,
        names=(("en", f"Clinic {site_id}"),),
        kind="presence",
        position=(round(lat * 1e7), round(lon * 1e7)),
        radius_m=300,
        valid_until=NOW + 90 * DAY_MS,
    )
    return replace(plain, **changes)


# --- what one message may say --------------------------------------------------------------------


def test_an_officers_form_becomes_sites() -> None:
    """Names keep their scripts; a footprint has no window; an id is left to the desk."""
    footprint = {"shape": "polygon", "vertices": [
        {"lat": 34.5, "lon": 36.8}, {"lat": 34.6, "lon": 36.8}, {"lat": 34.6, "lon": 36.9}
    ], "upper": "100 m AGL"}  # fmt: skip
    message = from_json(Kind.SITE, form(sites=[{**ENTRY, "volumes": [footprint]}, ENTRY]))
    assert isinstance(message, Sites)
    drawn, plain = message.sites
    assert drawn.site_id == plain.site_id == UNNAMED
    assert drawn.names == (("ar", "مستشفى شعيرات"), ("en", "Shayrat hospital"))
    assert (drawn.footprint[0].valid_from, drawn.footprint[0].valid_until) == (0, WITHOUT_END)
    [circle] = plain.footprint
    assert (circle.shape, circle.radius_m, circle.valid_until) == (Shape.CIRCLE, 400, WITHOUT_END)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (form(removed=[{"site_id": "A-9", "version": 2}]), "removed stands beside entries"),
        (form("REMOVE", reason="x"), "sites have no place in a removal"),
        (form("REMOVE", sites=[], reason="x"), "removed is missing"),
        (form("REMOVE", sites=[], removed=[{"site_id": "A", "version": 2}]), "reason is empty"),
        (form(sites=[]), "sites are missing"),
        (form(sites=[{**ENTRY, "site_id": "A"}] * 2), r"sites\[1\].site_id A is there twice"),
        (form(sites=[{**ENTRY, "version": 2}]), r"version is 2 with ADD"),
        (form("CHANGE", sites=[{**ENTRY, "site_id": "A"}]), r"version is 1 with CHANGE"),
        (form(sites=[{**ENTRY, "names": {}}]), r"sites\[0\].names are missing"),
        (form(sites=[{**ENTRY, "radius_m": 0}]), r"sites\[0\].radius_m is missing"),
        (form(sites=[{**ENTRY, "listed_at": NOW, "valid_until": NOW}]), "is not after listed_at"),
        (form(sites=[ENTRY] * (SITES_PER_MESSAGE_MAX + 1)), "has 257 entries"),
        (
            form(sites=[{**ENTRY, "operation": "remove", "site_id": "B"}]),
            r"sites\[0\].operation is remove in a message that says ADD",
        ),
        (
            form(sites=[{**ENTRY, "volumes": [
                {"shape": "circle", "vertices": [{"lat": 1, "lon": 1}], "radius": "1 km",
                 "valid_until": "2017-05-01T00:00:00Z"}]}]),
            r"volumes\[0\].valid_until is an end",
        ),
    ],
)  # fmt: skip
def test_what_must_not_be_said_so(fields: dict[str, Any], said: str) -> None:
    """Two operations, an entry twice, wrong versions and sites with an end are refused."""
    with pytest.raises(OurError, match=said):
        from_json(Kind.SITE, fields)


def test_an_entry_may_repeat_the_operation_of_its_message() -> None:
    """A file that says of each entry what its message says too is taken."""
    message = from_json(Kind.SITE, form(sites=[{**ENTRY, "operation": "add"}]))
    assert isinstance(message, Sites)
    assert len(message.sites) == 1


def test_a_mixed_message_of_a_counterpart_is_told() -> None:
    """What lists and removes at once can come in, and then has a fault and is mixed."""
    mixed = Sites(By("p", "o"), SiteOperation.ADD, (site(),), (Removal("B-1", 2),))
    assert mixed.is_mixed
    assert any("beside entries" in fault.what for fault in mixed.faults())


# --- its life ------------------------------------------------------------------------------------

S, E = SiteState, SiteEvent


def expected(state: SiteState, event: SiteEvent) -> SiteState:
    """The rules of `site_life` said again, event by event."""
    if state is S.REMOVED or event is E.REMOVED:
        return S.REMOVED
    if event is E.LAPSED:
        return S.LAPSED
    is_before = state in (S.PROPOSED, S.VERIFIED)
    match event:
        case E.CHANGED:
            return S.PROPOSED if is_before else S.LISTED
        case E.VERIFIED:
            return S.VERIFIED if is_before else state
        case E.LISTED:
            return S.LISTED if is_before else state
    return S.LAPSED if state is S.LAPSED else S.REVALIDATION_DUE


@pytest.mark.parametrize(("state", "event"), list(product(SiteState, SiteEvent)))
def test_every_event_in_every_state_of_a_site(state: SiteState, event: SiteEvent) -> None:
    """Each pair of state and event of a site goes where the rules say."""
    assert SITE_LIFE[state][event] is expected(state, event)


def test_the_life_of_an_entry() -> None:
    """Proposed, listed, due, lapsed; a change validates it anew; a removal is final."""
    first = SiteTimes(NOW, NOW + DAY_MS, NOW + 90 * DAY_MS)
    due = NOW + 90 * DAY_MS - DUE_BEFORE_MS
    assert site_state([first], NOW) is S.PROPOSED
    assert site_state([first], NOW + DAY_MS) is S.LISTED
    assert site_state([first], due) is S.REVALIDATION_DUE
    assert site_state([first], NOW + 90 * DAY_MS) is S.LAPSED
    assert next_site_change([first], NOW + DAY_MS) == due
    again = SiteTimes(NOW + 100 * DAY_MS, NOW + DAY_MS, NOW + 190 * DAY_MS, is_verified=True)
    assert site_state([first, again], NOW + 100 * DAY_MS) is S.LISTED
    gone = SiteTimes(NOW + 120 * DAY_MS, is_removal=True)
    assert site_state([first, again, gone], NOW + 400 * DAY_MS) is S.REMOVED
    assert next_site_change([first, again, gone], NOW + 120 * DAY_MS) is None


def test_a_change_that_extends_nothing_leaves_it_due() -> None:
    """Whoever changes words alone has not validated the entry for longer."""
    first = SiteTimes(NOW, NOW, NOW + 10 * DAY_MS)
    assert site_state([first, SiteTimes(NOW + 1, NOW, NOW + 10 * DAY_MS)], NOW + 2) is (
        S.REVALIDATION_DUE
    )


instants = st.integers(NOW, NOW + 400 * DAY_MS)
times = st.builds(
    SiteTimes, at=instants, listed_at=instants, valid_until=instants, is_verified=st.booleans()
)


@given(st.lists(times, min_size=1, max_size=5), instants)
def test_the_state_changes_only_when_it_is_told(versions: list[SiteTimes], now: int) -> None:
    """Between an instant and the next change that is told, the state stays what it is."""
    change = next_site_change(versions, now)
    until = now + 500 * DAY_MS if change is None else change - 1
    assert site_state(versions, until) is site_state(versions, now)


# --- what is doubtful ----------------------------------------------------------------------------


def test_exchanged_latitude_and_longitude() -> None:
    """A point far outside the area that lies in it when turned round is told; none else."""
    area = Surroundings(SYRIA)
    assert "exchanged" in swapped_doubt((380_000_000, 345_000_000), area)
    assert swapped_doubt((345_000_000, 380_000_000), area) == ""
    assert swapped_doubt((100_000_000, 100_000_000), area) == ""
    assert swapped_doubt((380_000_000, 345_000_000), Surroundings()) == ""
    # 36 north 36.5 east is in the area either way round: nobody can tell.
    assert swapped_doubt((360_000_000, 365_000_000), area) == ""


def test_exchanged_without_an_area() -> None:
    """Without an area the nearest reference point tells, if it is much nearer one way."""
    points = Surroundings((), (SHAYRAT,))
    assert "km from the nearest shared reference point" in swapped_doubt(
        (369_100_000, 344_800_000), points
    )
    assert swapped_doubt((344_800_000, 369_100_000), points) == ""
    assert swapped_doubt((349_000_000, 380_000_000), points) == ""


def test_longitudes_beyond_ninety_cannot_be_latitudes() -> None:
    """A point whose longitude is no latitude is not turned round."""
    assert swapped_doubt((100_000_000, 1_200_000_000), Surroundings(SYRIA)) == ""


@pytest.mark.parametrize(
    ("name", "metres", "is_told"),
    [
        ("Shayrat Hospital", 300, True),
        ("SHAYRAT  hospital.", 900, True),
        ("Shayrat hospitals", 300, True),
        ("Shayrat hospital", 1_200, False),
        ("Shayrat hospital 2", 300, False),
        ("Homs bakery", 10, False),
    ],
)
def test_given_twice(name: str, metres: int, is_told: bool) -> None:
    """Entries that lie near each other and are called alike are told; the later one."""
    one = site("A-1", names=(("en", "Shayrat hospital"),))
    lat_e7, lon_e7 = one.position
    other = site("A-2", names=(("en", name),))
    other = replace(other, position=(lat_e7 + round(metres * 90), lon_e7))
    found = [d for d in doubts_about([one, other], Surroundings(), NOW)]
    assert [(d.number, d.doubt, d.of) for d in found] == (
        [(2, Doubt.DUPLICATE, ("A-1",))] if is_told else []
    )


def test_given_twice_with_what_was_listed_before() -> None:
    """What is listed already counts; the same id is the same entry and no duplicate."""
    known = [site("A-1", names=(("ar", "مُسْتَشْفَى"),))]
    new = site("A-2", names=(("ar", "مستشفى"), ("en", "x")))
    [doubt] = doubts_about([new], Surroundings(), NOW, known)
    assert (doubt.doubt, doubt.of) == (Doubt.DUPLICATE, ("A-1",))
    assert doubts_about([replace(new, site_id="A-1")], Surroundings(), NOW, known) == []


def test_stale() -> None:
    """An entry is stale when its validation is over, or nobody has looked for ninety days."""
    looked = Verification("a", "visit", NOW - REVALIDATION_MS)
    fresh = site(verification=looked)
    stale = site("A-2", lat=35.0, verification=replace(looked, at=looked.at - 1))
    over = site("A-3", lat=36.0, valid_until=NOW)
    found = doubts_about([fresh, stale, over], Surroundings(), NOW)
    assert [(d.number, d.doubt) for d in found] == [(2, Doubt.STALE), (3, Doubt.STALE)]


def test_a_list_of_one_place_is_looked_through_in_bounded_time() -> None:
    """Hundreds of entries in one place cost no more than their neighbours that are compared."""
    named = (("en", "Clinic of the old town " * 8),)
    many = [site(f"A-{n}", names=named) for n in range(SITES_PER_MESSAGE_MAX)]
    found = doubts_about(many, Surroundings(), NOW)
    assert len(found) == SITES_PER_MESSAGE_MAX - 1
    assert max(len(doubt.of) for doubt in found) <= DUPLICATES_COMPARED_MAX
