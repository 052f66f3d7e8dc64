"""Offers to resume: what either side proposes after a suspension.

An offer binds nobody. It is accepted by a DECLARATION of the other side that
declares scopes of the offer IN_FORCE and names the offer as what it replies to,
and declined by a RESPONSE. Nothing resumes but by each party's own declaration.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from openline.domain.limits import SCOPES_MAX
from openline.domain.line.form import LANGUAGE, NAME, Fault, Field, Instant, Items, Record
from openline.domain.talk.body import BY, FREE_TEXT, NEEDED_TEXT, Body, By
from openline.domain.talk.kinds import Kind


@dataclass(frozen=True, slots=True)
class ResumptionOffer(Body):
    """A proposal that scopes be in force again.

    Attributes:
        by: Who makes it.
        scopes: The scopes it is about, in order, at least one.
        proposed_at: From when they should be in force again.
        text: The offer, in words.
        language: Of the words, as ISO 639 code.
        conditions: What the offer depends on, in words; may be empty.
        reply_by: Until when it stands; None without end.
    """

    by: By
    scopes: tuple[str, ...]
    proposed_at: int
    text: str
    language: str = "en"
    conditions: str = ""
    reply_by: int | None = None

    message_kind: ClassVar[Kind] = Kind.RESUMPTION_OFFER

    def rules(self) -> Iterator[Fault]:
        """An offer is answered before what it proposes should begin."""
        if self.reply_by is not None and self.reply_by > self.proposed_at:
            remedy = "Ask for an answer before the proposed time."
            yield Fault("reply_by", "is after proposed_at", remedy)


ResumptionOffer.record = Record(
    ResumptionOffer,
    (
        BY,
        Field(1, "scopes", Items(NAME, SCOPES_MAX, 1, rank=str)),
        Field(2, "proposed_at", Instant()),
        Field(3, "text", NEEDED_TEXT),
        Field(4, "language", LANGUAGE),
        Field(5, "conditions", FREE_TEXT),
        Field(6, "reply_by", Instant(), is_optional=True),
    ),
)
