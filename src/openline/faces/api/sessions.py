"""Sessions, challenges, links and locks of the officers' port: all in memory.

A restart of the node signs everybody out. Only hashes of what a browser holds are kept.
Everything is bounded in number and time (`domain.limits`); time and random bytes come
in as values, so that a test says what time it is.
"""

import hashlib
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from openline.domain.instant import MINUTE_MS
from openline.domain.limits import (
    CHALLENGE_AGE_MS_MAX,
    CHALLENGES_MAX,
    LINK_AGE_MS_MAX,
    LINKS_MAX,
    LOCKED_MS,
    REQUESTS_PER_MINUTE_MAX,
    SESSION_AGE_MS_MAX,
    SESSION_IDLE_MS_MAX,
    SESSIONS_MAX,
    SESSIONS_PER_PERSON_MAX,
    SIGN_IN_FAILURES_MAX,
    SIGN_INS_PER_MINUTE_MAX,
)
from openline.domain.line.people import plain_name
from openline.faces.api.faults import NotSignedIn, TooMany

TOKEN_SIZE_BYTES: Final = 32
_NAMES_REMEMBERED_MAX: Final = 1_024
"""Names of which failures are counted; the one that failed longest ago is forgotten."""


@dataclass
class Session:
    """One person signed in with one browser or program.

    Attributes:
        name: Who.
        post: At which post.
        csrf: What each act of theirs shows, and no other page knows.
        began_at: When they signed in.
        used_at: When they last asked for something.
        reset_count: Of the person, when they signed in.
        how: `password`, `passkey` or `link`.
        secret: Of a second factor that is being set up.
        asked: When they asked within the last minute.
    """

    name: str
    post: str
    csrf: str
    began_at: int
    used_at: int
    reset_count: int
    how: str
    secret: str = ""
    asked: deque[int] = field(default_factory=deque)

    def is_over(self, now: int) -> bool:
        """Whether it has ended by itself."""
        is_old = now - self.began_at > SESSION_AGE_MS_MAX
        return is_old or now - self.used_at > SESSION_IDLE_MS_MAX or now < self.began_at

    def count(self, now: int) -> None:
        """Count one request.

        Raises:
            TooMany: There are too many in a minute.
        """
        while self.asked and now - self.asked[0] >= MINUTE_MS:
            self.asked.popleft()
        if len(self.asked) >= REQUESTS_PER_MINUTE_MAX:
            raise TooMany("There are too many requests of one session.", "Wait a minute.")
        self.asked.append(now)


@dataclass
class _Failures:
    count: int = 0
    locked_until: int = 0


class Sessions:
    """Who is signed in.

    Args:
        random: Gives so many random bytes.
    """

    def __init__(self, random: Callable[[int], bytes]) -> None:
        self._random = random
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._challenges: OrderedDict[bytes, tuple[str, int]] = OrderedDict()
        self._links: OrderedDict[bytes, tuple[str, int]] = OrderedDict()
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._attempts: deque[int] = deque()

    # Sessions.

    def begin(
        self, name: str, post: str, reset_count: int, how: str, now: int
    ) -> tuple[str, Session]:
        """Sign somebody in; what their browser is to show, and the session."""
        self._end_old(now)
        own = [key for key, one in self._sessions.items() if one.name == name]
        for key in own[: max(0, len(own) - SESSIONS_PER_PERSON_MAX + 1)]:
            del self._sessions[key]
        if len(self._sessions) >= SESSIONS_MAX:
            self._sessions.popitem(last=False)
        token = self._random(TOKEN_SIZE_BYTES).hex()
        csrf = self._random(TOKEN_SIZE_BYTES).hex()
        session = Session(name, post, csrf, now, now, reset_count, how)
        self._sessions[_hash(token)] = session
        return token, session

    def find(self, token: str, now: int) -> Session | None:
        """The session of a browser; None if there is none, or it is over."""
        session = self._sessions.get(_hash(token))
        if session is not None and session.is_over(now):
            del self._sessions[_hash(token)]
            return None
        return session

    def end(self, token: str) -> None:
        """Sign a browser out."""
        self._sessions.pop(_hash(token), None)

    def _end_old(self, now: int) -> None:
        for key in [key for key, one in self._sessions.items() if one.is_over(now)]:
            del self._sessions[key]

    # Challenges of passkeys: each serves once, for one purpose.

    def challenge(self, purpose: str, now: int) -> bytes:
        """A new challenge."""
        challenge = self._random(TOKEN_SIZE_BYTES)
        self._challenges[challenge] = (purpose, now)
        if len(self._challenges) > CHALLENGES_MAX:
            self._challenges.popitem(last=False)
        return challenge

    def take_challenge(self, challenge: bytes, purpose: str, now: int) -> bytes:
        """The challenge itself, which then serves no more.

        Raises:
            NotSignedIn: It is none, is of another purpose, or is too old.
        """
        made_for, at = self._challenges.pop(challenge, ("", 0))
        if made_for != purpose or not 0 <= now - at <= CHALLENGE_AGE_MS_MAX:
            raise NotSignedIn(
                "The challenge was answered already, or is too old.", "Ask for a new one."
            )
        return challenge

    # Links.

    def link(self, name: str, now: int) -> tuple[str, int]:
        """A link that signs somebody in once, and until when it serves."""
        token = self._random(TOKEN_SIZE_BYTES).hex()
        self._links[_hash(token)] = (name, now)
        if len(self._links) > LINKS_MAX:
            self._links.popitem(last=False)
        return token, now + LINK_AGE_MS_MAX

    def take_link(self, token: str, now: int) -> str:
        """Whom a link signs in; it serves no more.

        Raises:
            NotSignedIn: It is none, was used, or is too old.
        """
        name, at = self._links.pop(_hash(token), ("", 0))
        if not name or not 0 <= now - at <= LINK_AGE_MS_MAX:
            raise NotSignedIn(
                "The link was used already, or is too old.",
                "Ask an administrator for another: openline people link NAME.",
            )
        return name

    # Attempts.

    def count_attempt(self, now: int) -> None:
        """Count an attempt to sign in, whoever tries.

        Raises:
            TooMany: There are too many in a minute.
        """
        while self._attempts and now - self._attempts[0] >= MINUTE_MS:
            self._attempts.popleft()
        if len(self._attempts) >= SIGN_INS_PER_MINUTE_MAX:
            wait_s = (self._attempts[0] + MINUTE_MS - now) // 1_000 + 1
            raise TooMany(
                "There are too many attempts to sign in.", f"Wait {wait_s} s.", wait_s=wait_s
            )
        self._attempts.append(now)

    def check_lock(self, name: str, now: int) -> None:
        """Confirm that a name is not locked; a name that nobody has is locked likewise.

        Raises:
            TooMany: It is.
        """
        failures = self._failures.get(plain_name(name))
        if failures is not None and now < failures.locked_until:
            wait_s = (failures.locked_until - now) // 1_000 + 1
            raise TooMany(
                "The name is locked after too many wrong passwords or codes.",
                f"Wait {wait_s} s, or ask an administrator for a link.",
                wait_s=wait_s,
            )

    def failed(self, name: str, now: int) -> None:
        """Count a failure; after several the name is locked."""
        plain = plain_name(name)
        failures = self._failures.pop(plain, _Failures())
        self._failures[plain] = failures
        failures.count += 1
        if failures.count >= SIGN_IN_FAILURES_MAX:
            failures.count, failures.locked_until = 0, now + LOCKED_MS
        if len(self._failures) > _NAMES_REMEMBERED_MAX:
            self._failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name."""
        self._failures.pop(plain_name(name), None)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
