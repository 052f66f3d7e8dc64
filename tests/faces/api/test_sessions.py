"""Sessions, challenges, links and locks: what time and number do to them."""

import hashlib
import itertools
import json
from dataclasses import replace

import pytest

from openline.domain import limits
from openline.domain.line.people import Person, Role
from openline.domain.talk.body import By
from openline.engine.people import Kept
from openline.faces.api.faults import NotSignedIn, TooMany
from openline.faces.api.sessions import Sessions, device_of, new_device

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


def fail(sessions: Sessions, count: int, name: str = "Capt. Smith", device: str = "") -> None:
    """Let somebody fail so often at once."""
    for _ in range(count):
        sessions.failed(name, device, NOW)


def test_who_fails_often_waits_longer_and_longer(sessions: Sessions) -> None:
    """Ten seconds after five failures, twice as long after each more, five minutes at most."""
    fail(sessions, limits.SIGN_IN_FAILURES_MAX - 1)
    sessions.check_wait("Capt. Smith", "", NOW)
    waits = []
    for _ in range(8):
        fail(sessions, 1)
        with pytest.raises(TooMany) as caught:
            sessions.check_wait("CAPT.  smith", "", NOW)
        waits.append(caught.value.wait_s - 1)
    assert waits == [10, 20, 40, 80, 160, 300, 300, 300]
    sessions.check_wait("Capt. Smith", "", NOW + limits.SIGN_IN_WAIT_MS_MAX)
    sessions.check_wait("Gen. Jones", "", NOW)


def test_failures_are_forgotten_in_an_hour(sessions: Sessions) -> None:
    """Who failed often an hour ago may fail four times again."""
    fail(sessions, 9)
    later = NOW + limits.SIGN_IN_FAILURES_AGE_MS_MAX + 1
    for _ in range(limits.SIGN_IN_FAILURES_MAX - 1):
        sessions.failed("Capt. Smith", "", later)
        sessions.check_wait("Capt. Smith", "", later)


def test_nobody_is_locked_out_by_others(sessions: Sessions) -> None:
    """A device that has signed in before waits for its own failures alone."""
    fail(sessions, 100)
    sessions.check_wait("Capt. Smith", "theirs", NOW)
    fail(sessions, limits.SIGN_IN_FAILURES_MAX, device="theirs")
    with pytest.raises(TooMany):
        sessions.check_wait("Capt. Smith", "theirs", NOW)
    sessions.check_wait("Capt. Smith", "another", NOW)


def test_a_success_forgets_failures(sessions: Sessions) -> None:
    """Four failures, a success and four more let nobody wait."""
    for _ in range(2):
        fail(sessions, limits.SIGN_IN_FAILURES_MAX - 1, "A")
        sessions.check_wait("A", "", NOW)
        sessions.succeeded("A", "")


def test_a_device_proves_itself_by_the_password_that_is_kept() -> None:
    """Another person, another password, a reset and a made-up mark are no device."""
    person = Person("Capt. Smith", (Role.OBSERVER,), ("watch",))
    kept = Kept(person, By("watch", "Maj. Adams"), NOW, password="$argon2id$x", secret="BASE32")
    token = new_device(kept, bytes(16))
    assert device_of(kept, token) == bytes(16).hex()
    for other in (
        replace(kept, person=replace(person, name="Capt. Jones")),
        replace(kept, password="$argon2id$y"),
        replace(kept, secret="OTHER"),
        replace(kept, password="", secret=""),
        None,
    ):
        assert device_of(other, token) == ""
    for wrong in ("", ".", "00", f"{bytes(16).hex()}.{'0' * 64}", "é.é"):
        assert device_of(kept, wrong) == ""


def test_attempts_are_counted_by_the_minute(sessions: Sessions) -> None:
    """More attempts than a minute has are refused, of one way and one origin alone."""
    for _ in range(limits.SIGN_INS_PER_MINUTE_MAX):
        sessions.count_attempt("password", "::1", NOW)
    with pytest.raises(TooMany) as caught:
        sessions.count_attempt("password", "::1", NOW + 1_000)
    assert caught.value.wait_s == 60
    sessions.count_attempt("password", "a device", NOW + 1_000)
    sessions.count_attempt("passkey", "::1", NOW + 1_000)
    sessions.count_attempt("password", "::1", NOW + 60_000)


class Shelf:
    """Keeps values, as the store of a node does."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def keep(self, name: str, value: bytes) -> None:
        """Keep a value; an empty one is removed."""
        if value:
            self.values[name] = value
        else:
            self.values.pop(name, None)

    def kept(self, prefix: str) -> list[tuple[str, bytes]]:
        """The values whose names begin so."""
        return [one for one in sorted(self.values.items()) if one[0].startswith(prefix)]


def test_sessions_outlive_the_process_that_began_them() -> None:
    """Another process knows a session with its lock and post, and none that was ended."""
    shelf, numbers = Shelf(), itertools.count()
    before = Sessions(lambda size: next(numbers).to_bytes(size), shelf, NOW)
    token, session = before.begin("A", "desk", 3, "link", NOW, "here")
    gone, _ = before.begin("B", "desk", 0, "link", NOW)
    session.post, session.locked_at, session.secret = "watch", NOW + 5, "not kept"
    before.keep(token, NOW + 5)
    before.end(gone)
    assert not [data for data in shelf.values.values() if token.encode() in data]
    after = Sessions(lambda size: next(numbers).to_bytes(size), shelf, NOW + 10)
    found = after.find(token, NOW + 10)
    assert found is not None
    assert (found.name, found.post, found.csrf, found.reset_count, found.locked_at) == (
        "A", "watch", session.csrf, 3, NOW + 5,
    )  # fmt: skip
    assert found.secret == ""
    assert after.find(gone, NOW + 10) is None
    late = NOW + limits.SESSION_AGE_MS_MAX + 1
    assert Sessions(lambda size: b"", shelf, late).listed(late) == []
    assert shelf.values == {}, "what is over is let go of"


def test_use_is_kept_once_a_minute() -> None:
    """A session that is used all the time is written once in a minute."""
    shelf = Shelf()
    sessions = Sessions(lambda size: bytes(size), shelf, NOW)
    token, session = sessions.begin("A", "desk", 0, "link", NOW)
    before = dict(shelf.values)
    sessions.use(token, session, NOW + 59_999)
    assert shelf.values == before
    sessions.use(token, session, NOW + 60_000)
    assert shelf.values != before
    found = Sessions(lambda size: bytes(size), shelf, NOW + 60_000).find(token, NOW + 60_000)
    assert found is not None
    assert found.used_at == NOW + 60_000


def test_a_session_of_a_clock_that_is_ahead_is_taken() -> None:
    """What a station began whose clock is seconds ahead is taken; an hour ahead it is not."""
    shelf, numbers = Shelf(), itertools.count()
    sessions = Sessions(lambda size: next(numbers).to_bytes(size), shelf, NOW)
    token, _ = sessions.begin("A", "desk", 0, "link", NOW + limits.SESSION_CLOCK_MS_MAX)
    wrong, _ = sessions.begin("B", "desk", 0, "link", NOW + limits.SESSION_CLOCK_MS_MAX + 1)
    after = Sessions(lambda size: b"", shelf, NOW)
    assert after.find(token, NOW) is not None
    assert after.find(wrong, NOW) is None


def test_what_cannot_be_read_signs_nobody_in() -> None:
    """A row that is no session is left aside."""
    shelf = Shelf()
    shelf.values = {"session/00": b"{", "session/01": b"[]", "session/02": b'{"name": "A"}'}
    assert Sessions(lambda size: b"", shelf, NOW).listed(NOW) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("used_at", "late"), ("began_at", None), ("touched_at", []), ("locked_at", "now"),
        ("name", 7), ("csrf", None), ("reset_count", "3"), ("where", {}), ("none", 1),
    ],
)  # fmt: skip
def test_a_session_of_other_types_signs_nobody_in(field: str, value: object) -> None:
    """A row that another program wrote is left aside, and keeps no node from starting."""
    shelf = Shelf()
    Sessions(lambda size: bytes(size), shelf, NOW).begin("A", "desk", 0, "link", NOW)
    [(name, kept)] = shelf.values.items()
    shelf.values[name] = json.dumps(json.loads(kept) | {field: value}).encode()
    shelf.values["session/no key"] = kept
    assert Sessions(lambda size: b"", shelf, NOW).listed(NOW) == []
