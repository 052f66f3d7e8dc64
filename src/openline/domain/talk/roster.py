"""The roster: whose passkeys sign for a party, published on the line.

A party's node publishes it, and replaces it by the next one. It counts for what stands
behind it in the same outbox, until the next roster there. Only people who have a
passkey are on it; nothing else about a party's people is told to a counterpart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from openline.domain.errors import TheirError
from openline.domain.limits import (
    COSE_KEY_SIZE_BYTES_MAX,
    ORIGIN_CHARS_MAX,
    ORIGINS_MAX,
    PASSKEYS_PER_PERSON_MAX,
    PEOPLE_MAX,
)
from openline.domain.line.form import NEEDED_LABEL, Blob, Fault, Field, Items, Record, Text
from openline.domain.line.people import POSTS, ROLES, Role, plain_name
from openline.domain.record.passkey import parse_cose_key
from openline.domain.talk.body import BY, Body, By
from openline.domain.talk.kinds import Kind


@dataclass(frozen=True, slots=True)
class Listed:
    """One person on a roster.

    Attributes:
        name: As it stands in messages.
        posts: Posts at which they act, in order.
        roles: In order.
        keys: Their passkeys as COSE keys, in order of their bytes, at least one.
    """

    name: str
    posts: tuple[str, ...]
    roles: tuple[Role, ...]
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Roster(Body):
    """Whose passkeys sign for the author from here on.

    Attributes:
        by: Whose change is published.
        relying_party: The host name for which the passkeys were made.
        origins: Pages on which officers sign, in order, at least one.
        people: In order of their names; none takes every passkey back.
    """

    by: By
    relying_party: str
    origins: tuple[str, ...]
    people: tuple[Listed, ...]

    message_kind: ClassVar[Kind] = Kind.ROSTER

    def rules(self) -> Iterator[Fault]:
        """A name is one person's, and so is a key; every key is fit."""
        names: list[str] = []
        keys: list[bytes] = []
        for number, one in enumerate(self.people):
            if plain_name(one.name) in names:
                yield Fault(f"people[{number}].name", "is another person's too")
            names.append(plain_name(one.name))
            for place, key in enumerate(one.keys):
                path = f"people[{number}].keys[{place}]"
                if key in keys:
                    yield Fault(path, "is another person's too")
                keys.append(key)
                if fault := _key_fault(key):
                    yield Fault(path, fault)

    def find(self, officer: str, post: str) -> Listed | None:
        """Who acts under a name at a post; None if the roster has nobody."""
        for one in self.people:
            if one.name == officer and post in one.posts:
                return one
        return None


def _key_fault(key: bytes) -> str:
    try:
        parse_cose_key(key)
    except TheirError as error:
        return f"cannot be used: {error.what}"
    return ""


_LISTED = Record(
    Listed,
    (
        Field(1, "name", NEEDED_LABEL),
        Field(2, "posts", POSTS),
        Field(3, "roles", ROLES),
        Field(
            4, "keys",
            Items(Blob(1, COSE_KEY_SIZE_BYTES_MAX), PASSKEYS_PER_PERSON_MAX, 1, rank=bytes),
        ),
    ),
)  # fmt: skip

_ORIGIN = Text(ORIGIN_CHARS_MAX, is_needed=True)

Roster.record = Record(
    Roster,
    (
        BY,
        Field(1, "relying_party", Text(253, is_needed=True)),
        Field(
            2, "origins", Items(Text(ORIGIN_CHARS_MAX, is_needed=True), ORIGINS_MAX, 1, rank=str)
        ),
        Field(3, "people", Items(_LISTED, PEOPLE_MAX, rank=lambda listed: listed.name)),
    ),
)
