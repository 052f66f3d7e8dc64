"""Declarations: what a party says about the scopes of the line.

Any party may suspend a scope for itself, announced, from a stated time and with
a reason. Nobody needs to agree. Line checks, FLASH and contact never stop. A
declaration is released by a second person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from openline.domain.limits import SCOPES_MAX
from openline.domain.line import declared
from openline.domain.line.form import (
    LANGUAGE,
    NAME,
    NEEDED_LABEL,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Word,
)
from openline.domain.talk.body import BY, BY_FORM, FREE_TEXT, NEEDED_TEXT, Body, By
from openline.domain.talk.kinds import Kind
from openline.domain.talk.signed_act import SIGNED, SignedAct


class Status(IntEnum):
    """What a party declares of a scope."""

    IN_FORCE = 1
    SUSPENDED = 2
    TERMINATED = 3


KEPT_OPEN_DEFAULT: Final = tuple(sorted(business.value for business in declared.KEPT_OPEN_DEFAULT))
"""What a suspension leaves open unless it says otherwise, in order."""


@dataclass(frozen=True, slots=True)
class Declaration(Body):
    """One party's signed word on scopes, from a stated time.

    Attributes:
        by: Who drafted it.
        released_by: Who released it; another person.
        scopes: The scopes it is about, in order, at least one.
        status: What is declared of them.
        effective_at: From when.
        reason: Why, in words.
        language: Of the words, as ISO 639 code.
        conditions: What would lead to resumption, in words; may be empty.
        kept_open: What goes on all the same, in order.
        signed: What the two persons signed of it with their passkeys, if they did.
        article: The article of the Understanding, or another legal basis; None for none.
        demands: What the author asks of the others, in words; None for nothing.
        also_delivered_by: How the same is delivered besides, such as an attaché's note;
            None for not at all.
    """

    by: By
    released_by: By
    scopes: tuple[str, ...]
    status: Status
    effective_at: int
    reason: str
    language: str = "en"
    conditions: str = ""
    kept_open: tuple[str, ...] = KEPT_OPEN_DEFAULT
    signed: SignedAct | None = None
    article: str | None = None
    demands: str | None = None
    also_delivered_by: str | None = None

    message_kind: ClassVar[Kind] = Kind.DECLARATION

    def rules(self) -> Iterator[Fault]:
        """Two persons: one drafts, another releases."""
        if self.by.officer.casefold() == self.released_by.officer.casefold():
            yield Fault("released_by.officer", "is the drafter", "Let a second person release it.")


_SCOPES = Items(NAME, SCOPES_MAX, 1, rank=str)

Declaration.record = Record(
    Declaration,
    (
        BY,
        Field(1, "released_by", BY_FORM),
        Field(2, "scopes", _SCOPES),
        Field(3, "status", Word(Status)),
        Field(4, "effective_at", Instant()),
        Field(5, "reason", NEEDED_TEXT),
        Field(6, "language", LANGUAGE),
        Field(7, "conditions", FREE_TEXT),
        Field(8, "kept_open", Items(NAME, SCOPES_MAX, rank=str)),
        Field(9, "article", NEEDED_LABEL, is_optional=True),
        Field(10, "demands", NEEDED_TEXT, is_optional=True),
        Field(11, "also_delivered_by", NEEDED_LABEL, is_optional=True),
        Field(12, "signed", SIGNED, is_optional=True),
    ),
)
