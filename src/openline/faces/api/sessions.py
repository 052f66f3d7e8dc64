"""Sessions, challenges, links and locks of the officers' port.

Sessions are kept in the store, under hashes of what browsers hold: a restart of the node, or
another station that takes over, signs nobody out. All else is in memory.
Everything is bounded in number and time (`domain.limits`); time and random bytes come
in as values, so that a test says what time it is.

Nobody is locked out by another's wrong guesses. Failures with a password are counted for
a name on each device that has signed in with it before, and once for all others together,
for addresses cost an attacker nothing; who failed often waits longer and longer. A link
and a passkey are no guesses and wait for none. Attempts are counted by the way of signing
in and by where they come from.
"""

import hashlib
import hmac
import json
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from openline.domain.instant import MINUTE_MS
from openline.domain.limits import (
    CHALLENGE_AGE_MS_MAX,
    CHALLENGES_MAX,
    LINK_AGE_MS_MAX,
    LINKS_MAX,
    REQUESTS_PER_MINUTE_MAX,
    SESSION_AGE_MS_MAX,
    SESSION_CLOCK_MS_MAX,
    SESSION_IDLE_MS_MAX,
    SESSION_UNTOUCHED_MS_MAX,
    SESSIONS_MAX,
    SESSIONS_PER_PERSON_MAX,
    SIGN_IN_FAILURES_AGE_MS_MAX,
    SIGN_IN_FAILURES_MAX,
    SIGN_IN_WAIT_MS,
    SIGN_IN_WAIT_MS_MAX,
    SIGN_INS_PER_MINUTE_MAX,
)
from openline.domain.line.people import plain_name
from openline.engine.people import Kept
from openline.faces.api.faults import NotSignedIn, TooMany

TOKEN_SIZE_BYTES: Final = 32
ID_CHARS: Final = 16
"""Of a session's id: 64 bits tell 256 sessions apart."""
_PREFIX: Final = "session/"
_NAMES_REMEMBERED_MAX: Final = 1_024
"""Names of which failures are counted; the one that failed longest ago is forgotten."""
_ORIGINS_REMEMBERED_MAX: Final = 1_024
"""Origins of which attempts are counted; the one that tried longest ago is forgotten."""


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
        where: Address and browser, as they said.
        touched_at: When a person last did something, as far as the page told.
        locked_at: Since when it is locked; None while it is not.
        secret: Of a second factor that is being set up.
        asked: When they asked within the last minute.
        kept_at: When it was last kept in the store.
    """

    name: str
    post: str
    csrf: str
    began_at: int
    used_at: int
    reset_count: int
    how: str
    where: str = ""
    touched_at: int = 0
    locked_at: int | None = None
    secret: str = ""
    asked: deque[int] = field(default_factory=deque)
    kept_at: int = 0

    def to_bytes(self) -> bytes:
        """What is kept of it: neither its token nor a second factor being set up."""
        return json.dumps({name: getattr(self, name) for name in _KEPT}).encode()

    def is_over(self, now: int) -> bool:
        """Whether it has ended by itself."""
        is_old = now - self.began_at > SESSION_AGE_MS_MAX
        return is_old or now - self.used_at > SESSION_IDLE_MS_MAX or now < self.began_at

    def lock_if_left(self, now: int) -> None:
        """Lock it if nobody has touched it for too long."""
        if self.locked_at is None and now - self.touched_at > SESSION_UNTOUCHED_MS_MAX:
            self.locked_at = now

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
    failed_at: int = 0
    waits_until: int = 0


_KEPT: Final = (
    "name", "post", "csrf", "began_at", "used_at", "reset_count", "how", "where", "touched_at",
    "locked_at",
)  # fmt: skip


class Keeper(Protocol):
    """Keeps named values in the store of the node."""

    def keep(self, name: str, value: bytes) -> None:
        """Have a value written with the next commit; an empty one is removed."""

    def kept(self, prefix: str) -> list[tuple[str, bytes]]:
        """The values whose names begin so."""


class Sessions:
    """Who is signed in.

    They are kept in the store under the hash of what browsers show: who restarts the node,
    or serves on another station, signs nobody out. Attempts and failures are not.

    Args:
        random: Gives so many random bytes.
        keeper: Where sessions are kept; None for nowhere.
        now: The present instant; sessions that are over by then are let go of.

    Attributes:
        random: Gives so many random bytes.
    """

    def __init__(
        self, random: Callable[[int], bytes], keeper: Keeper | None = None, now: int = 0
    ) -> None:
        self.random = random
        self._keeper = keeper
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._challenges: OrderedDict[bytes, tuple[str, int]] = OrderedDict()
        self._links: OrderedDict[bytes, tuple[str, int]] = OrderedDict()
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()
        self._attempts: OrderedDict[tuple[str, str], deque[int]] = OrderedDict()
        self._take_kept(now)

    # Sessions.

    def begin(
        self, name: str, post: str, reset_count: int, how: str, now: int, where: str = ""
    ) -> tuple[str, Session]:
        """Sign somebody in; what their browser is to show, and the session."""
        self._end_old(now)
        own = [key for key, one in self._sessions.items() if one.name == name]
        for key in own[: max(0, len(own) - SESSIONS_PER_PERSON_MAX + 1)]:
            self._drop(key)
        if len(self._sessions) >= SESSIONS_MAX:
            self._drop(next(iter(self._sessions)))
        token = self.random(TOKEN_SIZE_BYTES).hex()
        csrf = self.random(TOKEN_SIZE_BYTES).hex()
        session = Session(name, post, csrf, now, now, reset_count, how, where, touched_at=now)
        self._sessions[_hash(token)] = session
        self.keep(token, now)
        return token, session

    def keep(self, token: str, now: int) -> None:
        """Keep a session as it is now."""
        key = _hash(token)
        if (session := self._sessions.get(key)) is not None and self._keeper is not None:
            session.kept_at = now
            self._keeper.keep(_PREFIX + key.hex(), session.to_bytes())

    def use(self, token: str, session: Session, now: int) -> None:
        """Note that a browser uses its session; once in a minute that is kept."""
        session.used_at = now
        if now - session.kept_at >= MINUTE_MS:
            self.keep(token, now)

    def _drop(self, key: bytes) -> None:
        """Let a session go, here and in the store."""
        if self._sessions.pop(key, None) is not None and self._keeper is not None:
            self._keeper.keep(_PREFIX + key.hex(), b"")

    def _take_kept(self, now: int) -> None:
        """Take in the sessions that the store has, the oldest first."""
        kept = [] if self._keeper is None else self._keeper.kept(_PREFIX)
        read = ((_key(name), _session(value, now)) for name, value in kept)
        found = [(session.began_at, key, session) for key, session in read if key and session]
        for _, key, session in sorted(found, key=lambda one: one[:2]):
            self._sessions[key] = session
        self._end_old(now)

    def find(self, token: str, now: int) -> Session | None:
        """The session of a browser; None if there is none, or it is over."""
        session = self._sessions.get(_hash(token))
        if session is not None and session.is_over(now):
            self._drop(_hash(token))
            return None
        return session

    def end(self, token: str) -> None:
        """Sign a browser out."""
        self._drop(_hash(token))

    def listed(self, now: int) -> list[tuple[str, Session]]:
        """Everybody who is signed in, the oldest first, each with the session's id."""
        self._end_old(now)
        return [(key.hex()[:ID_CHARS], one) for key, one in self._sessions.items()]

    def id_of(self, token: str) -> str:
        """The id of a browser's session: no secret, for it is of a hash."""
        return _hash(token).hex()[:ID_CHARS]

    def end_by_id(self, session_id: str) -> None:
        """Sign out whoever has the session of that id."""
        for key in [key for key in self._sessions if key.hex()[:ID_CHARS] == session_id]:
            self._drop(key)

    def _end_old(self, now: int) -> None:
        for key in [key for key, one in self._sessions.items() if one.is_over(now)]:
            self._drop(key)

    # Challenges of passkeys: each serves once, for one purpose.

    def challenge(self, purpose: str, now: int) -> bytes:
        """A new challenge."""
        challenge = self.random(TOKEN_SIZE_BYTES)
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
        token = self.random(TOKEN_SIZE_BYTES).hex()
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

    def count_attempt(self, how: str, origin: str, now: int) -> None:
        """Count an attempt to sign in.

        Args:
            how: `password`, `passkey` or `link`.
            origin: Where it comes from: a device that is known, or an address.
            now: The present instant.

        Raises:
            TooMany: There are too many in a minute.
        """
        place = (how, origin)
        attempts = self._attempts.pop(place, None) or deque()
        self._attempts[place] = attempts
        if len(self._attempts) > _ORIGINS_REMEMBERED_MAX:
            self._attempts.popitem(last=False)
        while attempts and now - attempts[0] >= MINUTE_MS:
            attempts.popleft()
        if len(attempts) >= SIGN_INS_PER_MINUTE_MAX:
            wait_s = (attempts[0] + MINUTE_MS - now) // 1_000 + 1
            raise TooMany(
                "There are too many attempts to sign in.", f"Wait {wait_s} s.", wait_s=wait_s
            )
        attempts.append(now)

    def check_wait(self, name: str, device: str, now: int) -> None:
        """Confirm that nobody must wait; for a name that nobody has it is the same.

        Args:
            name: Who wants to sign in with a password.
            device: On which device that has signed in as them before; empty for any other.
            now: The present instant.

        Raises:
            TooMany: They must.
        """
        failures = self._failures.get((plain_name(name), device))
        if failures is not None and now < failures.waits_until:
            wait_s = (failures.waits_until - now) // 1_000 + 1
            raise TooMany(
                "There were too many wrong passwords or codes for this name.",
                f"Wait {wait_s} s, take a passkey, or ask an administrator for a link.",
                wait_s=wait_s,
            )

    def failed(self, name: str, device: str, now: int) -> None:
        """Count a failure; after several each makes the next attempt wait longer."""
        place = (plain_name(name), device)
        failures = self._failures.pop(place, None) or _Failures()
        self._failures[place] = failures
        if now - failures.failed_at > SIGN_IN_FAILURES_AGE_MS_MAX:
            failures.count = 0
        failures.count, failures.failed_at = failures.count + 1, now
        if (further := failures.count - SIGN_IN_FAILURES_MAX) >= 0:
            # No larger power is needed, nor wanted, for the wait to be the longest.
            wait_ms = SIGN_IN_WAIT_MS << min(further, 16)
            failures.waits_until = now + min(wait_ms, SIGN_IN_WAIT_MS_MAX)
        if len(self._failures) > _NAMES_REMEMBERED_MAX:
            self._failures.popitem(last=False)

    def succeeded(self, name: str, device: str) -> None:
        """Forget the failures of a name on a device, or on those that are not known."""
        self._failures.pop((plain_name(name), device), None)


def _key(name: str) -> bytes:
    """Under which key a session was kept; empty where the name tells none."""
    try:
        return bytes.fromhex(name.removeprefix(_PREFIX))
    except ValueError:
        return b""


def _session(data: bytes, now: int) -> Session | None:
    """A session that was kept, perhaps by a clock that is a little ahead."""
    try:
        session = Session(**json.loads(data))
        if 0 < session.began_at - now <= SESSION_CLOCK_MS_MAX:
            session.began_at = now
        session.used_at = min(session.used_at, max(now, session.began_at))
        session.touched_at = min(session.touched_at, now)
    except (ValueError, TypeError):
        return None
    return session if _is_whole(session) else None


def _is_whole(session: Session) -> bool:
    """Whether what was kept is of the types that a session has."""
    texts = (session.name, session.post, session.csrf, session.how, session.where)
    numbers = (session.began_at, session.used_at, session.reset_count, session.touched_at)
    locked_at = 0 if session.locked_at is None else session.locked_at
    return all(type(one) is str for one in texts) and all(
        type(one) is int for one in (*numbers, locked_at)
    )


def new_device(kept: Kept, random: bytes) -> str:
    """What a browser keeps after it has signed somebody in who has a password.

    It proves itself by the password as it is kept, so that none is stored, a restart of
    the node forgets none, and a new password or a reset ends all. It signs nobody in.
    """
    return f"{random.hex()}.{_device_proof(kept, random.hex())}"


def device_of(kept: Kept | None, token: str) -> str:
    """The device that a browser proves to be for a person; empty for none."""
    device, _, proof = token.partition(".")
    if kept is None or not kept.password:
        return ""
    is_good = hmac.compare_digest(proof.encode(), _device_proof(kept, device).encode())
    return device if is_good else ""


def _device_proof(kept: Kept, device: str) -> str:
    key = f"{kept.password} {kept.secret}".encode()
    said = f"openline/v1/device\n{plain_name(kept.person.name)}\n{device}"
    return hmac.new(key, said.encode(errors="replace"), hashlib.sha256).hexdigest()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
