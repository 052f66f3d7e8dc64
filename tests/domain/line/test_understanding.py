import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.line.templates import TEMPLATES, template_understanding
from openline.domain.line.understanding import (
    LeadTime,
    OutsideWitness,
    Post,
    ReferencePoint,
    Separation,
    SignedUnderstanding,
    Understanding,
    check_amendment,
    difference,
    missing_signatures,
    parse_signed_understanding,
    parse_understanding,
    understanding_bytes,
    understanding_hash,
    verify_understanding,
)
from openline.domain.record import cbor
from openline.domain.record.envelope import parse_content
from openline.domain.record.note import SignatureType, VerifierKey
from openline.domain.space.altitude import ANY_WEATHER, Atmosphere
from tests.domain.line.parties import PARTIES, role_keys, signatures_of, two_cards
from tests.vectors.signers import SeedSigner


def agreed(template: str = "air") -> Understanding:
    """A first version between the two parties of the tests."""
    return template_understanding(template, "syria-air", two_cards())


def vkeys(name: str, word: str = "outside", types: tuple[int, ...] = (4, 6)) -> tuple[str, ...]:
    """Verifier keys of those types under a name, in order."""
    public = SeedSigner(word).public
    halves = {1: public.ed25519, 4: public.ed25519, 6: public.mldsa44}
    return tuple(
        sorted(VerifierKey(name, SignatureType(one), halves[one]).format() for one in types)
    )


def rich() -> Understanding:
    """Terms in which every table has an entry."""
    ring = ((330_000_000, 360_000_000), (370_000_000, 360_000_000), (350_000_000, 420_000_000))
    return replace(
        agreed(),
        reference_points=(
            ReferencePoint("shayrat", (("en", "Shayrat airfield"),), 344_905_000, 369_089_000),
            ReferencePoint("tiyas", (), -1, 1_800_000_000),
        ),
        area=(ring, ring),
        outside_witnesses=(OutsideWitness("witness.example", vkeys("witness.example")),),
        code_book=bytes(range(32)),
        text='Both sides "agree":\n\n1. To talk. \\n is no row end.\n"""',
        agreed_atmosphere=Atmosphere(990, 1_030, 15),
    )


def signed_by(understanding: Understanding, *parties: str) -> SignedUnderstanding:
    """The terms signed by all roots of some parties."""
    data = understanding_bytes(understanding)
    signatures = [one for party in parties for one in signatures_of(party, data)]
    return SignedUnderstanding(data).with_signatures(signatures)


@pytest.mark.parametrize("terms", [*map(agreed, TEMPLATES), rich()])
def test_the_bytes_read_back_to_the_terms(terms: Understanding) -> None:
    """Terms come back equal from their bytes, and give the same bytes again."""
    data = understanding_bytes(terms)
    assert parse_understanding(data) == terms
    assert understanding_bytes(parse_understanding(data)) == data
    assert understanding_hash(data) == hashlib.sha256(data).digest()


def _with(change: Any) -> dict[int, Any]:
    """The signed value of rich terms after a change made in place."""
    value: Any = cbor.decode(understanding_bytes(rich()))
    change(value)
    return value


def test_without_an_agreed_atmosphere_the_bytes_are_as_before() -> None:
    """Terms that agree on no atmosphere have no key for it, and any weather holds."""
    assert 16 not in cbor.decode(understanding_bytes(agreed()))
    assert agreed().atmosphere == ANY_WEATHER
    assert cbor.decode(understanding_bytes(rich()))[16] == {1: 990, 2: 1_030, 3: 15}
    assert rich().atmosphere == Atmosphere(990, 1_030, 15)


def test_an_agreed_atmosphere_differs_from_none() -> None:
    """An amendment that agrees on the air is told field by field."""
    assert difference(
        agreed(), replace(agreed(), agreed_atmosphere=Atmosphere(990, 1_030, 15))
    ) == [
        "atmosphere.qnh_min_hpa: absent → 990",
        "atmosphere.qnh_max_hpa: absent → 1030",
        "atmosphere.temperature_k: absent → 15",
    ]


def _swap(entries: list[Any]) -> None:
    entries.reverse()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda v: v.update({0: 2}), "another format than 1"),
        (lambda v: v.update({0: True}), "another format than 1"),
        (lambda v: v.pop(0), "another format than 1"),
        (lambda v: v.update({99: 1}), "unknown key 99"),
        (lambda v: v.pop(7), "timers is missing"),
        (lambda v: v.update({1: "Not A Line"}), "line is not a line name"),
        (lambda v: v.update({2: 0}), "version is not a whole number"),
        (lambda v: _swap(v[4]), "parties[1] is not in order"),
        (lambda v: v[4].pop(), "parties has 1 entries"),
        (lambda v: v[4].append(v[4][1]), "parties[2] is there twice"),
        (lambda v: v[4][0].update({1: "ALPHA"}), "parties[ALPHA].name is not a party name"),
        (lambda v: v[4][0].update({4: 3}), "threshold is more than the 2 root keys"),
        (lambda v: v[4][0].update({6: v[4][0][5]}), "uses the key that serves as node"),
        (lambda v: v[4][0].update({9: ["en", "en"]}), "languages names a language twice"),
        (lambda v: v[4][0].update({2: [["ru", "A"], ["en", "B"]]}), "titles[1] is not in order"),
        (lambda v: v[4][0].update({2: [["EN", "B"]]}), "titles is not written as in 'en'"),
        (lambda v: v[4][0][5].update({1: bytes(32)}), "is of low order"),
        (lambda v: _swap(v[5]), "scopes[1] is not in order"),
        (lambda v: v[7].update({1: 0}), "timers.tick is zero"),
        (lambda v: v[7].update({2: 9}), "ticks_missed_lost is less than"),
        (lambda v: v[8][1].update({1: ["missile", "air"]}), "not in order"),
        (lambda v: v.update({8: v[8][:1]}), "separations has no entry for the kinds 'any'"),
        (lambda v: v.update({9: v[9][1:]}), "lead_times has no entry for the category 'any'"),
        (lambda v: v[10][0].update({3: 900_000_001}), "reference_points[0].lat_e7 is not"),
        (lambda v: v[11][0].pop(), "area[0] has 2 entries"),
        (lambda v: v.update({15: "a\x00b"}), "text holds the control U+0000"),
        (lambda v: v[12][0].update({2: ["witness.example+1234+AAAA"]}), "vkeys cannot be used"),
        (lambda v: v[12][0].update({2: list(vkeys("other.example"))}), "no cosigner's key"),
        (lambda v: v[12][0].update({2: list(vkeys("witness.example", types=(1,)))}), "no cosigner"),
        (lambda v: v[16].update({1: 849}), "atmosphere.qnh_min_hpa is not a whole number from 850"),
        (lambda v: v[16].update({3: 61}), "atmosphere.temperature_k is not a whole number"),
        (lambda v: v[16].update({1: 1_031}), "atmosphere.qnh_max_hpa is less than qnh_min_hpa"),
        (lambda v: v[16].pop(2), "atmosphere.qnh_max_hpa is missing"),
        (lambda v: v.update({16: None}), "atmosphere is not a map"),
        (lambda v: v[12].append({1: "x", 2: list(vkeys("x"))}), "serves witness.example as well"),
    ],
)
def test_unsound_terms_are_refused(change: Any, told: str) -> None:
    """Signed bytes with a fault are refused as MALFORMED, and the field is named."""
    with pytest.raises(TheirError) as error:
        parse_understanding(cbor.encode(_with(change)))
    assert error.value.reason is Reason.MALFORMED
    assert told in str(error.value)


@given(st.integers(0), st.integers(1, 255))
def test_every_altered_byte_changes_the_terms_or_is_refused(at: int, flip: int) -> None:
    """No byte of the signed bytes is without meaning: altered, they never read the same."""
    data = bytearray(understanding_bytes(rich()))
    data[at % len(data)] ^= flip
    try:
        read = parse_understanding(bytes(data))
    except TheirError:
        return
    assert read != rich()


def test_a_separation_is_found_in_either_order() -> None:
    """A pair of kinds has its own minima, in either order, or else those for any."""
    terms = agreed()
    assert terms.separation("missile", "air") == Separation(
        ("air", "missile"), 18_520, 15_240, 900_000
    )
    assert terms.separation("air", "missile") is terms.separation("missile", "air")
    assert terms.separation("maritime", "ground").kinds == ("any", "any")


def test_a_lead_time_is_its_categorys_or_that_of_any() -> None:
    """A category that is not listed has the minimum of any."""
    terms = replace(agreed(), lead_times=(LeadTime("any", 7), LeadTime("strike", 5)))
    assert terms.lead_time_min("strike") == 5
    assert terms.lead_time_min("picnic") == 7


def test_parties_are_found_by_name() -> None:
    """A party's terms and titles are found; a stranger's are not."""
    terms = agreed()
    assert terms.names() == PARTIES
    assert terms.party("alpha.example").title("ru") == "Альфа"
    assert terms.party("alpha.example").title("fr") == "alpha.example"
    with pytest.raises(KeyError):
        terms.party("charlie.example")


def test_terms_signed_by_all_are_verified() -> None:
    """Signed by enough roots of each party, the terms come out."""
    assert verify_understanding(signed_by(agreed(), *PARTIES)) == agreed()


def test_who_has_not_signed_is_named() -> None:
    """Missing signatures are told by party, with how many there are and must be."""
    signed = signed_by(agreed(), "alpha.example")
    assert missing_signatures(signed) == {"bravo.example": (0, 2)}
    one_short = replace(signed_by(agreed(), *PARTIES), signatures=signed.signatures[:1])
    assert missing_signatures(one_short) == {"alpha.example": (1, 2), "bravo.example": (0, 2)}
    with pytest.raises(TheirError, match=r"alpha\.example has 1 of 2; bravo\.example has 0 of 2"):
        verify_understanding(one_short)


def test_a_root_that_signs_twice_counts_once() -> None:
    """Two signatures of one root are kept as one."""
    signed = signed_by(agreed(), "alpha.example", "alpha.example")
    assert len(signed.signatures) == 2


def test_a_signature_over_other_terms_is_refused() -> None:
    """A signature over another version does not verify."""
    old, new = agreed(), replace(agreed(), version=2)
    mixed = replace(signed_by(old, *PARTIES), data=understanding_bytes(new))
    with pytest.raises(TheirError, match="does not verify") as error:
        verify_understanding(mixed)
    assert error.value.reason is Reason.BAD_SIGNATURE


def test_a_strangers_signature_is_refused() -> None:
    """A signature under a name that is no party, or by no root, is refused."""
    signed = signed_by(agreed(), *PARTIES)
    first, *rest = signed.signatures
    with pytest.raises(TheirError, match="signs but is no party"):
        verify_understanding(replace(signed, signatures=(replace(first, party="zulu"),)))
    with pytest.raises(TheirError, match="is by no root key of that party"):
        verify_understanding(replace(signed, signatures=(replace(first, root=bytes(32)), *rest)))


def test_the_file_and_the_content_are_the_same_for_everyone() -> None:
    """In whatever order signatures were gathered, file and content are equal bytes."""
    one, other = signed_by(agreed(), *PARTIES), signed_by(agreed(), *reversed(PARTIES))
    assert one.format() == other.format()
    assert one.content() == other.content()
    assert parse_signed_understanding(one.format()) == one
    assert SignedUnderstanding.from_body(parse_content(one.content())) == one


def test_an_amendment_is_the_next_version_between_the_same_parties() -> None:
    """The next version may change terms, and nothing about parties and keys."""
    old = agreed()
    check_amendment(old, replace(old, version=2, scopes=("air_safety",), text="New."))


def test_an_amendment_may_give_a_party_other_posts_and_titles() -> None:
    """Posts, titles and languages are no keys."""
    old = agreed()
    alpha = replace(old.parties[0], posts=(Post("desk", 1),), titles=(), languages=("en",))
    check_amendment(old, replace(old, version=2, parties=(alpha, old.parties[1])))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"line": "other"}, "for line 'other', not 'syria-air'"),
        ({"version": 1}, "has version 1; in force is version 1"),
        ({"version": 3}, "has version 3; in force is version 1"),
        ({"parties": agreed().parties[:1]}, "cannot add or leave out a party"),
        (
            {"parties": (replace(agreed().parties[0], threshold=1), agreed().parties[1])},
            r"changes keys of alpha\.example",
        ),
        (
            {"parties": (replace(agreed().parties[0], node=role_keys("x")), agreed().parties[1])},
            r"changes keys of alpha\.example",
        ),
    ],
)
def test_an_amendment_may_not_do_more(change: dict[str, Any], told: str) -> None:
    """Another line, version, party or key is no amendment."""
    old = agreed()
    with pytest.raises(OurError, match=told):
        check_amendment(old, replace(old, **{"version": 2, **change}))


def test_equal_terms_differ_in_nothing() -> None:
    """Equal terms give no row."""
    assert difference(rich(), rich()) == []


def test_a_difference_is_one_row_for_each_field() -> None:
    """Each differing field is told by name with both values."""
    old = rich()
    new = replace(
        old,
        version=2,
        scopes=("air_safety",),
        timers=replace(old.timers, tick_ms=200),
        separations=(replace(old.separations[0], lateral_m=1_852), *old.separations[1:]),
        lead_times=old.lead_times[:-1],
        parties=(replace(old.parties[0], node=role_keys("x")), old.parties[1]),
        code_book=None,
        text="Both sides agree.",
    )
    rows = difference(old, new)
    assert rows[:2] == [
        "version: 1 → 2",
        f"parties[alpha.example].node.ed25519: {_key(old)} → {_key(new)}",
    ]
    assert rows[2].startswith("parties[alpha.example].node.mldsa44: ")
    assert "… (SHA-256 " in rows[2]
    assert rows[3:] == [
        "scopes: air_safety, humanitarian, incident_inquiry, line_procedure → air_safety",
        "timers.tick: 10 s → 200 ms",
        "separations[air, air].lateral: 5 NM → 1 NM",
        "lead_times[test_launch].category: test_launch → absent",
        "lead_times[test_launch].minimum: 3 d → absent",
        "code_book: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= → absent",
        'text: Both sides "agree": 1. To talk. \\n is no row end. """ → Both sides agree.',
    ]


def _key(terms: Understanding) -> str:
    import base64

    return base64.b64encode(terms.parties[0].node.ed25519).decode()


def test_an_understanding_has_a_size() -> None:
    """Terms beyond the bound are refused when written and when read."""
    point = ReferencePoint("x", (("en", "y" * 200),), 0, 0)
    points = tuple(replace(point, name=f"p{number:05d}") for number in range(2_000))
    huge = replace(agreed(), reference_points=points)
    with pytest.raises(OurError, match="at most 393216 are allowed"):
        understanding_bytes(huge)
    with pytest.raises(TheirError) as error:
        parse_understanding(bytes(400_000))
    assert error.value.reason is Reason.TOO_LARGE
