"""The people of a node: who may act for the party, and what proves it.

Owned by the node and shared by its lines. They are named values of the store and no
rows of a journal: a journal forgets nothing, and the secret of somebody who lost it, or
left, is to be forgotten. What was done to whom, by whom and when stands in the journal
of every line, salted. A counterpart learns nothing of them but the roster, which
each line publishes when it has changed (`engine.line`).

Passwords and secrets of second factors come and go as what a face made of them; nothing
here checks one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, TypeAlias

from openline.domain.errors import OurError
from openline.domain.limits import (
    COSE_KEY_SIZE_BYTES_MAX,
    LABEL_CHARS_MAX,
    PASSKEYS_PER_PERSON_MAX,
    PEOPLE_MAX,
)
from openline.domain.line.form import LABEL, Blob, Field, Instant, Items, Record, Text, Whole
from openline.domain.line.people import PERSON, Person, plain_name, same_name
from openline.domain.record import cbor
from openline.domain.record.passkey import passkey_id
from openline.domain.talk.body import BY_FORM, By
from openline.domain.talk.roster import Listed, Roster
from openline.engine.ports import PutValue, Store
from openline.engine.turn import Turn

_PREFIX: Final = "people/"
_CREDENTIAL_SIZE_BYTES_MAX: Final = 1_023
"""The id of a credential: the bound of Web Authentication."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of a person.

    Attributes:
        credential: The id by which a browser finds it.
        cose: Its public key.
        label: What its owner calls it, perhaps nothing.
        added_at: When it was registered.
        count: Its counter when it was last used.
    """

    credential: bytes
    cose: bytes
    label: str
    added_at: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What the node keeps of one person.

    Attributes:
        person: Who they are.
        changed_by: Who made the last change that others made.
        changed_at: When.
        password: Argon2 hash; empty for none.
        secret: Of the second factor (TOTP), in base32; empty for none.
        last_step: The time step of the last code that was used: none serves twice.
        passkeys: In the order in which they came.
        reset_count: How often everything was taken away: what was signed in before is out.
    """

    person: Person
    changed_by: By
    changed_at: int
    password: str = ""
    secret: str = ""
    last_step: int = 0
    passkeys: tuple[Passkey, ...] = ()
    reset_count: int = 0

    def passkey(self, key: bytes) -> Passkey | None:
        """The passkey that a signed act names; None if they have it not."""
        return next((one for one in self.passkeys if passkey_id(one.cose) == key), None)

    def to_json(self) -> dict[str, Any]:
        """What an administrator sees: no secret."""
        return {
            "name": self.person.name,
            "roles": [role.name for role in self.person.roles],
            "posts": list(self.person.posts),
            "is_disabled": self.person.is_disabled,
            "has_password": bool(self.password),
            "passkeys": [
                {"id": one.credential.hex(), "label": one.label, "added_at": one.added_at}
                for one in self.passkeys
            ],
            "changed_at": self.changed_at,
            "changed_by": {"post": self.changed_by.post, "officer": self.changed_by.officer},
        }


_PASSKEY: Final = Record(
    Passkey,
    (
        Field(1, "credential", Blob(1, _CREDENTIAL_SIZE_BYTES_MAX)),
        Field(2, "cose", Blob(1, COSE_KEY_SIZE_BYTES_MAX)),
        Field(3, "label", LABEL),
        Field(4, "added_at", Instant()),
        Field(5, "count", Whole()),
    ),
)

_KEPT: Final = Record(
    Kept,
    (
        Field(1, "person", PERSON),
        Field(2, "changed_by", BY_FORM),
        Field(3, "changed_at", Instant()),
        Field(4, "password", Text(2 * LABEL_CHARS_MAX)),
        Field(5, "secret", LABEL),
        Field(6, "last_step", Whole()),
        Field(7, "passkeys", Items(_PASSKEY, PASSKEYS_PER_PERSON_MAX)),
        Field(8, "reset_count", Whole()),
    ),
)


# What is asked of them.


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Add somebody."""

    person: Person
    by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class DisablePerson:
    """Let somebody do nothing any more, or again."""

    name: str
    by: tuple[str, str]
    is_disabled: bool = True


@dataclass(frozen=True, slots=True)
class ResetPerson:
    """Take password, second factor and passkeys from somebody, who then begins anew."""

    name: str
    by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class SetPassword:
    """Keep the hash of a password, and the secret of the second factor beside it."""

    name: str
    password: str
    secret: str


@dataclass(frozen=True, slots=True)
class AddPasskey:
    """Keep a passkey that its owner registered."""

    name: str
    passkey: Passkey


@dataclass(frozen=True, slots=True)
class DropPasskey:
    """Keep a passkey no longer."""

    name: str
    credential: bytes


@dataclass(frozen=True, slots=True)
class NoteUse:
    """Note that a code or a passkey was used, so that it does not serve again."""

    name: str
    step: int = 0
    credential: bytes = b""
    count: int = 0


class AtTheDoor(StrEnum):
    """What is journalled about signing in and out, under the name of whom it is about."""

    SIGNED_IN = "SIGNED_IN"
    SIGNED_OUT = "SIGNED_OUT"
    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    LOCKED = "LOCKED"
    UNLOCKED = "UNLOCKED"
    POST_CHOSEN = "POST_CHOSEN"
    SESSION_ENDED = "SESSION_ENDED"
    LINK_MADE = "LINK_MADE"


@dataclass(frozen=True, slots=True)
class NoteAtTheDoor:
    """Note in the journals what somebody did about signing in; nothing else changes.

    Attributes:
        act: What.
        by: Post and officer; empty where it is not known who tried.
        what: How, or from where.
        name: Whom it is about.
    """

    act: AtTheDoor
    by: tuple[str, str]
    what: str
    name: str


AboutPeople: TypeAlias = (
    AddPerson | DisablePerson | ResetPerson | SetPassword | AddPasskey | DropPasskey | NoteUse
)


class People:
    """The people of one node.

    Owned by the node; changed only while a turn is handled.

    Attributes:
        relying_party: Host name of the officers' port; empty where there is none.
        origins: Its pages.
        version: Grows with each change that a roster can show.
    """

    def __init__(self) -> None:
        self.relying_party = ""
        self.origins: tuple[str, ...] = ()
        self.version = 0
        self._kept: dict[str, Kept] = {}

    def load(self, store: Store) -> None:
        """Take in everybody that the store holds."""
        for _, data in store.values(_PREFIX):
            kept: Kept = _KEPT.from_value(cbor.decode(data), "")
            self._kept[plain_name(kept.person.name)] = kept

    def listed(self) -> list[Kept]:
        """Everybody, in order of their names."""
        return sorted(self._kept.values(), key=lambda kept: kept.person.name)

    def find(self, name: str) -> Kept | None:
        """What is kept of somebody; None if nobody has the name."""
        return self._kept.get(plain_name(name))

    def named(self, name: str) -> Kept:
        """What is kept of somebody.

        Raises:
            OurError: Nobody has the name.
        """
        kept = self.find(name)
        if kept is None:
            raise OurError(f"Nobody is called {name!r} here.", "See `openline people list`.")
        return kept

    def check_apart(self, first: str, second: str) -> None:
        """Confirm that neither of two people who say something together made the other.

        Who adds, resets or enables somebody can hand the link to themselves, and would
        be both persons. Somebody whom the node does not know is made by nobody.

        Raises:
            OurError: One of them did.
        """
        for made, maker in ((first, second), (second, first)):
            kept = self.find(made)
            if kept is not None and same_name(kept.changed_by.officer, maker):
                raise OurError(
                    f"{maker} added, reset or enabled {kept.person.name} last, and so does not "
                    "say with them what two persons say.",
                    "Let a third person release it, or let another administrator vouch for "
                    "them: `openline people enable`.",
                )

    def by_credential(self, credential: bytes) -> tuple[Kept, Passkey] | None:
        """Whose passkey has an id; None if it is nobody's."""
        for kept in self._kept.values():
            for passkey in kept.passkeys:
                if passkey.credential == credential:
                    return kept, passkey
        return None

    def do(self, turn: Turn, command: AboutPeople) -> Kept:
        """Do what is asked, durable with the turn; what is kept then.

        Raises:
            OurError: It cannot be done, with what to do.
        """
        match command:
            case AddPerson(person, by):
                self._check_new(person)
                kept = Kept(person, By(*by), turn.now)
            case DisablePerson(name, by, is_disabled):
                old = self.named(name)
                changes = {"changed_by": By(*by), "changed_at": turn.now}
                person = replace(old.person, is_disabled=is_disabled)
                kept = replace(old, person=person, **changes)  # type: ignore[arg-type]
            case ResetPerson(name, by):
                old = self.named(name)
                kept = Kept(old.person, By(*by), turn.now, reset_count=old.reset_count + 1)
            case SetPassword(name, password, secret):
                kept = replace(self.named(name), password=password, secret=secret, last_step=0)
            case AddPasskey(name, passkey):
                kept = self._with_passkey(self.named(name), passkey)
            case DropPasskey(name, credential):
                kept = _without_passkey(self.named(name), credential)
            case NoteUse():
                kept = _used(self.named(command.name), command)
        self._put(turn, kept)
        self.version += not isinstance(command, NoteUse)
        return kept

    def _check_new(self, person: Person) -> None:
        if (old := self.find(person.name)) is not None:
            is_out = old.person.is_disabled
            raise OurError(
                f"There is {old.person.name!r} already{', disabled' if is_out else ''}.",
                "Enable them again: `openline people enable`." if is_out
                else "Choose a name that tells the two apart.",
            )  # fmt: skip
        if len(self._kept) >= PEOPLE_MAX:
            raise OurError(f"{PEOPLE_MAX} people are kept already, which is all that may be.")

    def _with_passkey(self, kept: Kept, passkey: Passkey) -> Kept:
        for other in self._kept.values():
            if any(one.cose == passkey.cose for one in other.passkeys) or self.by_credential(
                passkey.credential
            ):
                raise OurError("This passkey is registered already.", "Use another one.")
        if len(kept.passkeys) >= PASSKEYS_PER_PERSON_MAX:
            raise OurError(
                f"{kept.person.name} has {PASSKEYS_PER_PERSON_MAX} passkeys, which is all.",
                "Drop one that is not used any more.",
            )
        return replace(kept, passkeys=(*kept.passkeys, passkey))

    def _put(self, turn: Turn, kept: Kept) -> None:
        plain = plain_name(kept.person.name)
        self._kept[plain] = kept
        name = _PREFIX + sha256(plain.encode()).hexdigest()[:32]
        turn.write(PutValue(name, cbor.encode(_KEPT.to_value(kept))))

    def roster(self, posts: Iterable[str]) -> Roster | None:
        """Who is to be published on a line with these posts; None without a port.

        It is the same as long as nobody on it changes.
        """
        if not self.relying_party:
            return None
        known = tuple(posts)
        people = tuple(_listed(kept, known) for kept in self.listed() if _is_shown(kept, known))
        newest = max(self._kept.values(), key=lambda kept: kept.changed_at, default=None)
        by = newest.changed_by if newest else By("node", "node")
        return Roster(by, self.relying_party, self.origins, people)


def _is_shown(kept: Kept, posts: tuple[str, ...]) -> bool:
    """Whether somebody is on the roster of a line with these posts."""
    person = kept.person
    acts = any(post in posts for post in person.posts)
    return bool(kept.passkeys) and not person.is_disabled and acts


def _listed(kept: Kept, posts: tuple[str, ...]) -> Listed:
    held = tuple(post for post in kept.person.posts if post in posts)
    keys = tuple(sorted(one.cose for one in kept.passkeys))
    return Listed(kept.person.name, held, kept.person.roles, keys)


def _without_passkey(kept: Kept, credential: bytes) -> Kept:
    left = tuple(one for one in kept.passkeys if one.credential != credential)
    if len(left) == len(kept.passkeys):
        raise OurError(f"{kept.person.name} has no such passkey.", "Take its id from the list.")
    return replace(kept, passkeys=left)


def _used(kept: Kept, use: NoteUse) -> Kept:
    """What is kept after a code or a passkey served.

    Raises:
        OurError: It served before.
    """
    if use.step and use.step <= kept.last_step:
        raise OurError("This code was used already.", "Wait for the next one.")
    passkeys = tuple(
        replace(one, count=max(one.count, use.count)) if one.credential == use.credential else one
        for one in kept.passkeys
    )
    return replace(kept, last_step=max(kept.last_step, use.step), passkeys=passkeys)
