"""People of a party: who they are, and what their roles let them do.

A person has a name, roles, and posts at which they act. What they may do on the
officers' port is the table `MAY`, and nothing else; the command line on the node's own
socket speaks for the whole party. What a counterpart learns of them is the roster
alone (`domain.talk.roster`). How they sign in is no matter of this module.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from openline.domain.limits import PERSON_POSTS_MAX
from openline.domain.line.form import NAME, NEEDED_LABEL, Field, Items, Record, Truth, Word


class Role(IntEnum):
    """What somebody is to the line."""

    OBSERVER = 1
    LINGUIST = 2
    COMMUNICATOR = 3
    WATCH_OFFICER = 4
    COMMANDER = 5
    ADMINISTRATOR = 6


class Right(StrEnum):
    """What somebody may do on the officers' port."""

    READ = "READ"
    """See what the node shows, follow it, and have certificates written."""
    TRANSLATE = "TRANSLATE"
    """Answer a message with a text that carries translations."""
    SERVE = "SERVE"
    """Check the line, answer checks, and handle the courier's files."""
    SPEAK = "SPEAK"
    """All of tier 1: notices, texts, receipts, answers, alarms, what is kept private."""
    DRAFT = "DRAFT"
    """Draft what a second person releases."""
    RELEASE = "RELEASE"
    """Release or reject what another person drafted."""
    DECLARE = "DECLARE"
    """The same of declarations."""
    AUDIT = "AUDIT"
    """See who did what on this node, from its journal."""
    PEOPLE = "PEOPLE"
    """Add people, disable and reset them, and let them sign in."""
    KEYS = "KEYS"
    """Keys, outboxes and Understandings."""


MAY: Final[dict[Role, tuple[Right, ...]]] = {
    Role.OBSERVER: (Right.READ, Right.AUDIT),
    Role.LINGUIST: (Right.READ, Right.TRANSLATE),
    Role.COMMUNICATOR: (Right.READ, Right.SERVE),
    Role.WATCH_OFFICER: (
        Right.READ, Right.TRANSLATE, Right.SERVE, Right.SPEAK, Right.DRAFT, Right.RELEASE,
    ),
    Role.COMMANDER: (
        Right.READ, Right.TRANSLATE, Right.SERVE, Right.SPEAK, Right.DRAFT, Right.RELEASE,
        Right.DECLARE,
    ),
    Role.ADMINISTRATOR: (Right.READ, Right.AUDIT, Right.PEOPLE, Right.KEYS),
}  # fmt: skip
"""What each role lets do. An administrator speaks to nobody; nobody else makes people."""


def may(roles: Iterable[Role], right: Right) -> bool:
    """Whether one of the roles gives the right."""
    return any(right in MAY[role] for role in roles)


def who_may(right: Right) -> str:
    """The roles that give a right, in words, for an error."""
    return " or ".join(role.name.lower() for role in Role if right in MAY[role])


def same_name(one: str, other: str) -> bool:
    """Whether two names are one person's: capitals and spaces make no other."""
    return plain_name(one) == plain_name(other)


def plain_name(name: str) -> str:
    """A name as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True, slots=True)
class Person:
    """One of a party's people.

    Attributes:
        name: Rank and name, in words: as it stands in messages.
        roles: In order, at least one.
        posts: Posts at which they act, in order, at least one.
        is_disabled: Whether they may do nothing any more.
    """

    name: str
    roles: tuple[Role, ...]
    posts: tuple[str, ...]
    is_disabled: bool = False

    def may(self, right: Right) -> bool:
        """Whether they may do something now."""
        return not self.is_disabled and may(self.roles, right)


ROLES: Final = Items(Word(Role), len(Role), 1, rank=int)
POSTS: Final = Items(NAME, PERSON_POSTS_MAX, 1, rank=str)

PERSON: Final = Record(
    Person,
    (
        Field(1, "name", NEEDED_LABEL),
        Field(2, "roles", ROLES),
        Field(3, "posts", POSTS),
        Field(4, "is_disabled", Truth()),
    ),
)
