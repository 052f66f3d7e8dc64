"""Hours of watch: words that are understood, and whom to tell within and outside them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, parse_instant
from openline.domain.line.form import Fault
from openline.domain.line.hours import (
    Told,
    hours_faults,
    is_manned,
    parse_hours,
    posts_to_tell,
    should_be_manned,
)
from openline.domain.line.terms import PartyTerms, Post
from tests.engine.parties import ALPHA, make_parties

FRIDAY = parse_instant("2017-04-07T00:00:00Z")
OFFICE = "08:00-16:00Z Mon-Fri"


def manned(words: str, at: str) -> bool:
    """Whether a post with these hours should be manned then."""
    return is_manned(parse_hours(words), parse_instant(at))


@pytest.mark.parametrize(
    ("words", "at", "is_there"),
    [
        ("24 h", "2017-04-09T03:00:00Z", True),
        ("on call", "2017-04-07T10:00:00Z", False),
        ("24h", "2017-04-09T03:00:00Z", True),
        (OFFICE, "2017-04-07T08:00:00Z", True),
        (OFFICE, "2017-04-07T07:59:59Z", False),
        (OFFICE, "2017-04-07T16:00:00Z", False),
        (OFFICE, "2017-04-08T12:00:00Z", False),
        ("20:00-04:00Z Fri", "2017-04-08T03:59:00Z", True),
        ("20:00-04:00Z Fri", "2017-04-08T04:00:00Z", False),
        ("20:00-04:00Z Fri", "2017-04-07T03:00:00Z", False),
        ("20:00-04:00Z Sun", "2017-04-10T01:00:00Z", True),
        ("08:00-24:00Z daily", "2017-04-07T23:59:00Z", True),
        ("08:00-24:00Z", "2017-04-08T00:00:00Z", False),
        ("24 h Mon-Fri; 09:00-12:00Z Sat", "2017-04-08T10:00:00Z", True),
        ("24 h Mon-Fri; 09:00-12:00Z Sat", "2017-04-08T13:00:00Z", False),
        ("10:00-11:00Z Sat-Mon", "2017-04-09T10:30:00Z", True),
        ("10:00-11:00Z Sat-Mon", "2017-04-11T10:30:00Z", False),
        ("10:00-11:00Z Mon,Wed", "2017-04-05T10:30:00Z", True),
    ],
)
def test_hours_say_when_a_post_is_manned(words: str, at: str, is_there: bool) -> None:
    """Days, spans over midnight and several parts are understood; ends are open."""
    assert manned(words, at) is is_there


@pytest.mark.parametrize(
    "words",
    [
        "", "office hours", "8-16", "08:00-16:00 Mon-Fri", "08:00-08:00Z", "25:00-26:00Z",
        "08:60-09:00Z", "08:00-16:00Z Lun", "08:00-16:00Z Mon-Tue-Wed", "24 h;", "٠٨:٠٠-١٦:٠٠Z",
        "; ".join(["24 h"] * 17),
    ],
)  # fmt: skip
def test_other_words_are_not_understood(words: str) -> None:
    """What is written otherwise is a fault with how to write it, and nobody knows the hours."""
    with pytest.raises(Fault) as caught:
        parse_hours(words)
    assert caught.value.remedy
    assert should_be_manned(Post("air-desk", 1, words), FRIDAY) is None


@given(st.integers(0, 2**45), st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1439))
def test_a_shift_is_as_long_as_it_says(day: int, weekday: int, start: int, length: int) -> None:
    """In any week a shift on one day mans the post for as many minutes as it lasts."""
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    end = (start + length) % 1440
    words = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}Z {names[weekday]}"
    shifts = parse_hours(words)
    week = day // MINUTE_MS * MINUTE_MS
    step = 30 * MINUTE_MS
    there = sum(is_manned(shifts, week + at) for at in range(0, 7 * DAY_MS, step))
    assert abs(there - length / 30) <= 1


def terms(**hours: str) -> PartyTerms:
    """Posts with these hours: watch (1), commander (2), chief (3)."""
    tiers = {"watch": 1, "commander": 2, "chief": 3}
    posts = tuple(Post(name, tiers[name], words) for name, words in sorted(hours.items()))
    return replace(make_parties().understanding.party(ALPHA), posts=posts)


def test_within_hours_the_tier_and_those_below_are_told() -> None:
    """A higher tier is added and no lower one left out."""
    told = posts_to_tell(terms(watch="24 h", commander=OFFICE), 2, FRIDAY + 9 * HOUR_MS)
    assert told == (Told("watch", 1, False), Told("commander", 2, False))
    assert posts_to_tell(terms(watch="24 h", commander=OFFICE), 0, FRIDAY) == ()


def test_outside_hours_the_tier_is_on_call() -> None:
    """On a Saturday the commander is called, while the watch is there."""
    saturday = FRIDAY + DAY_MS + 9 * HOUR_MS
    told = posts_to_tell(terms(watch="24 h", commander=OFFICE), 2, saturday)
    assert told == (Told("watch", 1, False), Told("commander", 2, True))


def test_a_tier_that_a_party_has_not_is_the_next_one() -> None:
    """Without a post of tier 2 the chief is told; above the highest it is the highest."""
    both = terms(watch="24 h", chief="24 h")
    assert [one.post for one in posts_to_tell(both, 2, FRIDAY)] == ["watch", "chief"]
    assert [one.post for one in posts_to_tell(both, 4, FRIDAY)] == ["watch", "chief"]


def test_hours_in_other_words_are_always_told() -> None:
    """Whoever's hours nobody can read is told, and the fault names the post."""
    words = terms(watch="rund um die Uhr")
    assert posts_to_tell(words, 1, FRIDAY) == (Told("watch", 1, False),)
    [fault] = hours_faults((words,))
    assert str(fault).startswith(f"parties[{ALPHA}].posts[watch].hours cannot be understood")
