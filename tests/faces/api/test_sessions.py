"""Sessions, challenges, links and locks: what time and number do to them."""

import hashlib
import itertools

import pytest

from openline.domain import limits
from openline.faces.api.faults import NotSignedIn, TooMany
from openline.faces.api.sessions import Sessions

NOW = 1_491_528_000_000


@pytest.fixture
def sessions() -> Sessions:
    """Nobody is signed in; random bytes are a count."""
    numbers = itertools.count()
    return Sessions(lambda size: hashlib.sha256(b"%d" % next(numbers)).digest()[:size])


def test_a_session_ends_by_age(sessions: Sessions) -> None:
    """A session that is used all the time ends after twelve hours."""
    token, session = sessions.begin("A", "desk", 0, "link", NOW)
    last = NOW + limits.SESSION_AGE_MS_MAX
    session.used_at = last
    assert sessions.find(token, last) is session
    session.used_at = last + 1
    assert sessions.find(token, last + 1) is None
    assert sessions.find(token, last) is None, "it does not come back"


def test_a_session_ends_when_nobody_uses_it(sessions: Sessions) -> None:
    """A session that nobody used for an hour is over."""
    token, _ = sessions.begin("A", "desk", 0, "link", NOW)
    assert sessions.find(token, NOW + limits.SESSION_IDLE_MS_MAX) is not None
    assert sessions.find(token, NOW + limits.SESSION_IDLE_MS_MAX + 1) is None


def test_a_clock_that_was_set_back_ends_sessions(sessions: Sessions) -> None:
    """Nobody stays signed in longer because the clock was set back."""
    token, _ = sessions.begin("A", "desk", 0, "link", NOW)
    assert sessions.find(token, NOW - 1) is None


def test_sessions_are_so_many_at_most(sessions: Sessions) -> None:
    """Beyond the bound the oldest session ends, whoever's it is."""
    first, _ = sessions.begin("A", "desk", 0, "link", NOW)
    for number in range(limits.SESSIONS_MAX):
        sessions.begin(f"B{number}", "desk", 0, "link", NOW)
    assert sessions.find(first, NOW) is None


def test_a_challenge_serves_once_and_for_one_purpose(sessions: Sessions) -> None:
    """A challenge of another purpose, a used one and an old one are refused."""
    good = sessions.challenge("sign-in", NOW)
    assert sessions.take_challenge(good, "sign-in", NOW + limits.CHALLENGE_AGE_MS_MAX) == good
    old, other = sessions.challenge("sign-in", NOW), sessions.challenge("register A", NOW)
    for challenge, at in (
        (good, NOW),
        (old, NOW + limits.CHALLENGE_AGE_MS_MAX + 1),
        (other, NOW),
        (b"never made", NOW),
    ):
        with pytest.raises(NotSignedIn):
            sessions.take_challenge(challenge, "sign-in", at)


def test_challenges_are_so_many_at_most(sessions: Sessions) -> None:
    """Whoever asks for challenges without end drops the oldest, and takes no memory."""
    first = sessions.challenge("sign-in", NOW)
    for _ in range(limits.CHALLENGES_MAX):
        sessions.challenge("sign-in", NOW)
    with pytest.raises(NotSignedIn):
        sessions.take_challenge(first, "sign-in", NOW)


def test_a_link_serves_a_quarter_of_an_hour(sessions: Sessions) -> None:
    """A link signs in until it ends, and not after; of too many the oldest is dropped."""
    token, ends_at = sessions.link("A", NOW)
    late, _ = sessions.link("B", NOW)
    assert sessions.take_link(token, ends_at) == "A"
    with pytest.raises(NotSignedIn):
        sessions.take_link(late, ends_at + 1)
    dropped, _ = sessions.link("C", NOW)
    for _ in range(limits.LINKS_MAX):
        sessions.link("D", NOW)
    with pytest.raises(NotSignedIn):
        sessions.take_link(dropped, NOW)


def test_a_lock_opens_by_itself(sessions: Sessions) -> None:
    """A name that was locked is free again after five minutes, whatever its spelling."""
    for _ in range(limits.SIGN_IN_FAILURES_MAX):
        sessions.check_lock("Capt. Smith", NOW)
        sessions.failed("Capt. Smith", NOW)
    with pytest.raises(TooMany) as caught:
        sessions.check_lock("CAPT.  smith", NOW + 1)
    assert caught.value.wait_s == limits.LOCKED_MS // 1_000
    sessions.check_lock("Capt. Smith", NOW + limits.LOCKED_MS)
    sessions.check_lock("Gen. Jones", NOW)


def test_a_success_forgets_failures(sessions: Sessions) -> None:
    """Four failures, a success and four more lock nothing."""
    for _ in range(2):
        for _ in range(limits.SIGN_IN_FAILURES_MAX - 1):
            sessions.failed("A", NOW)
        sessions.check_lock("A", NOW)
        sessions.succeeded("A")


def test_attempts_are_counted_by_the_minute(sessions: Sessions) -> None:
    """More attempts than a minute has are refused, and go on when the minute is over."""
    for _ in range(limits.SIGN_INS_PER_MINUTE_MAX):
        sessions.count_attempt(NOW)
    with pytest.raises(TooMany) as caught:
        sessions.count_attempt(NOW + 1_000)
    assert caught.value.wait_s == 60
    sessions.count_attempt(NOW + 60_000)
