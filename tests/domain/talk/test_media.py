"""Media: what can lead to a call, where addresses lead, and the words of both ends."""

from dataclasses import replace

import pytest

from openline.domain.errors import TheirError
from openline.domain.limits import CALL_CANDIDATES_MAX
from openline.domain.talk.body import By, Reference
from openline.domain.talk.media import (
    Candidate,
    CandidateKind,
    Media,
    Reach,
    call_words,
    media_faults,
    parted,
    reach_of,
)
from openline.domain.talk.telephone import Call, CallStep, Ring

HOST = Candidate(CandidateKind.HOST, "198.51.100.7", 50_000, 2_122_260_223)
MEDIA = Media(bytes(range(32)), "aB3+", "x" * 22, (HOST,))
BY = By("air-desk", "Maj. Weaver")


def faults(media: Media) -> list[str]:
    """The fields with a fault."""
    return [fault.path for fault in media_faults(media, "media")]


def test_a_browser_s_media_have_no_fault() -> None:
    """What a browser gives is let by, with addresses of any network."""
    inner = replace(HOST, address="10.1.2.3")
    assert faults(replace(MEDIA, candidates=(HOST, inner))) == []
    assert faults(replace(MEDIA, candidates=())) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ice_user": "abc"}, "ice_user"),
        ({"ice_user": "ab\N{CYRILLIC SMALL LETTER A}d"}, "ice_user"),
        ({"ice_password": "x" * 21}, "ice_password"),
        ({"ice_password": "x" * 22 + " a=fingerprint"}, "ice_password"),
        ({"candidates": (replace(HOST, address="0.0.0.0"),)}, "candidates[0].address"),
        ({"candidates": (HOST, replace(HOST, address="a.local"))}, "candidates[1].address"),
    ],
)
def test_what_can_lead_to_no_call_is_named(changes: dict[str, object], field: str) -> None:
    """Characters that could write another row, short secrets and no addresses are faults."""
    media = replace(MEDIA, **changes)  # type: ignore[arg-type]
    assert faults(media) == [f"media.{field}"]
    [fault] = Ring(BY, "air-desk", "Flights", media=media).rules()
    assert fault.path == f"media.{field}"


def test_giant_media_are_unreadable() -> None:
    """More addresses, longer secrets or another hash than are allowed have not the form."""
    ring = Ring(BY, "air-desk", "Flights", media=MEDIA)
    giants = (
        replace(MEDIA, candidates=(HOST,) * (CALL_CANDIDATES_MAX + 1)),
        replace(MEDIA, ice_password="x" * 257),
        replace(MEDIA, fingerprint=bytes(20)),
    )
    for giant in giants:
        body = replace(ring, media=giant).to_body()
        with pytest.raises(TheirError, match="media"):
            Ring.from_body(body)


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("93.184.216.34", Reach.PUBLIC),
        ("2606:2800:220:1::1", Reach.PUBLIC),
        ("10.0.0.1", Reach.PRIVATE),
        ("192.168.1.1", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE),
        ("fd00::1", Reach.PRIVATE),
        ("::ffff:10.0.0.1", Reach.PRIVATE),
        ("127.0.0.1", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("::ffff:127.0.0.1", Reach.LOOPBACK),
        ("169.254.169.254", Reach.NOWHERE),
        ("fe80::1", Reach.NOWHERE),
        ("fd00::1%eth0", Reach.NOWHERE),
        ("224.0.0.1", Reach.NOWHERE),
        ("255.255.255.255", Reach.NOWHERE),
        ("0.0.0.0", Reach.NOWHERE),
        ("router.example", Reach.NOWHERE),
        ("127.1", Reach.NOWHERE),
    ],
)
def test_where_an_address_leads(address: str, reach: Reach) -> None:
    """Inner networks, this machine and what is no machine are told apart, however written."""
    assert reach_of(address) is reach


def test_only_allowed_addresses_are_tried() -> None:
    """What is left out is told with where it leads; NOWHERE is never tried."""
    candidates = [replace(HOST, address=one) for one in ("1.1.1.1", "10.0.0.1", "fe80::1")]
    tried, left_out = parted(candidates, [Reach.PUBLIC, Reach.NOWHERE])
    assert [one.address for one in tried] == ["1.1.1.1"]
    assert [reach for _, reach in left_out] == [Reach.PRIVATE, Reach.NOWHERE]


def test_the_words_follow_from_both_ends_and_the_call() -> None:
    """Both ends compute the same two; another certificate, call or line gives others."""
    call = ("alpha.example", 1, 7)
    words = call_words("syria-air", call, bytes(32), bytes([1]) * 32)
    assert len(words) == 2
    others = (
        call_words("syria-air", call, bytes([1]) * 32, bytes(32)),
        call_words("syria-air", ("alpha.example", 1, 8), bytes(32), bytes([1]) * 32),
        call_words("levant-air", call, bytes(32), bytes([1]) * 32),
    )
    assert words == call_words("syria-air", call, bytes(32), bytes([1]) * 32)
    assert all(words != other for other in others)


@pytest.mark.parametrize(
    ("step", "changes", "field"),
    [
        (CallStep.TAKE, {"seen": bytes(32)}, "seen"),
        (CallStep.END, {"media": MEDIA}, "media"),
        (CallStep.MEDIA, {}, "media"),
        (CallStep.TALK, {}, "seen"),
        (CallStep.DECLINE, {"text": " "}, "text"),
        (CallStep.TAKE, {"media": MEDIA}, None),
        (CallStep.CUT, {"seen": bytes(32)}, None),
        (CallStep.BUSY, {}, None),
    ],
)
def test_each_step_has_what_belongs_to_it(
    step: CallStep, changes: dict[str, object], field: str | None
) -> None:
    """A reason with DECLINE, media with MEDIA, a fingerprint with TALK, nothing else elsewhere."""
    call = Call(BY, Reference("bravo.example", 4), step, **changes)  # type: ignore[arg-type]
    assert [fault.path for fault in call.rules()] == ([] if field is None else [field])
