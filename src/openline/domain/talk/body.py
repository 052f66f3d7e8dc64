"""Bodies: what every message has in common, whatever it says.

A message's body is a frozen dataclass with a table of fields (`form.Record`);
the table gives its signed value, its JSON and its limits. Under key 0 stands
who speaks: every message that a person sends names a post and an officer.

Two sorts of fault are kept apart. What does not have the form is MALFORMED,
and the whole message is then shown as unreadable. What has the form but should
not be (a word limit, a direction control, a version without sense) is told by
`faults`: an officer's own message with one is refused before it is sent, a
counterpart's is stored, receipted and shown with a flag (`docs/spec/envelope.md`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from openline.domain.limits import FLASH_TEXT_WORDS_MAX, LABEL_CHARS_MAX, TEXT_CHARS_MAX
from openline.domain.line.form import (
    NEEDED_LABEL,
    Fault,
    Field,
    Json,
    Record,
    Row,
    Text,
    Whole,
)
from openline.domain.line.letters import count_words
from openline.domain.party import Precedence, is_party_name
from openline.domain.record.cbor import Value
from openline.domain.talk.kinds import Kind


class Body:
    """What a message says; subclasses are frozen dataclasses with slots.

    Attributes:
        message_kind: Which it is.
        record: How it is written.
        precedences: Those with which a person may send it.
    """

    __slots__ = ()

    message_kind: ClassVar[Kind]
    record: ClassVar[Record]
    precedences: ClassVar[tuple[Precedence, ...]] = tuple(Precedence)

    def to_body(self) -> dict[int, Value]:
        """The value with integer keys that goes into the content."""
        return self.record.to_value(self)

    @classmethod
    def from_body(cls, body: Value) -> Self:
        """The message of a body.

        Raises:
            TheirError: MALFORMED, naming the field: a key is unknown or
                missing, or a value has not its form.
        """
        try:
            message: Self = cls.record.from_value(body, "")
        except Fault as fault:
            raise fault.as_theirs(cls.message_kind.name) from None
        return message

    def to_json(self) -> dict[str, Any]:
        """The message as an object for people and programs; nothing is lost."""
        return self.record.to_json(self)

    def shown(self) -> dict[str, Any]:
        """The same for one who reads it: what is fetched by itself may be left out."""
        return self.to_json()

    @classmethod
    def from_json(cls, json: Json, precedence: Precedence = Precedence.ROUTINE) -> Self:
        """The message that an officer filled in.

        Raises:
            OurError: Something is missing, wrong or should not be said so; it
                names the field, such as `volumes[0].vertices[3].lat`.
        """
        try:
            message: Self = cls.record.from_json(json, "")
            for fault in message.faults(precedence):
                raise fault
        except Fault as fault:
            raise fault.as_ours(cls.message_kind.name) from None
        return message

    def faults(self, precedence: Precedence = Precedence.ROUTINE) -> Iterator[Fault]:
        """What is well formed and yet should not be, with the field it is in."""
        yield from self.record.doubts(self, "")
        if precedence >= Precedence.IMMEDIATE:
            yield from self._length_faults()
        yield from self.rules()

    def rules(self) -> Iterator[Fault]:
        """Faults that this sort of message can have; none unless it says so."""
        return iter(())

    def _length_faults(self) -> Iterator[Fault]:
        """Urgent text is short: all free text together has few words."""
        table = self.record.table
        free = [field for field in table if isinstance(field.form, Text) and field.form.rows]
        words = sum(count_words(getattr(self, field.name) or "") for field in free)
        if words > FLASH_TEXT_WORDS_MAX:
            what = f"has {words} words; FLASH and IMMEDIATE have at most {FLASH_TEXT_WORDS_MAX}"
            yield Fault(free[0].shown, what, "Say the rest in a ROUTINE text.")


@dataclass(frozen=True, slots=True)
class By:
    """Who speaks for the party.

    Attributes:
        post: The post's name in the Understanding.
        officer: Rank and name, in words.
    """

    post: str
    officer: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message, by author and serial.

    Attributes:
        party: The author.
        index: Position in the author's outbox.
    """

    party: str
    index: int


class _PartyName(Text):
    """The name of a party."""

    def describe(self) -> dict[str, Any]:
        """As a text; and it is called what it is."""
        return {**super().describe(), "form": "party", "is_needed": True}

    def _checked(self, value: object, path: str) -> str:
        text = super()._checked(value, path)
        if not is_party_name(text):
            raise Fault(path, "is not a party name")
        return text


FREE_TEXT: Final = Text(TEXT_CHARS_MAX, rows=True)
"""Words of any length, in rows; counted for FLASH and IMMEDIATE."""

NEEDED_TEXT: Final = Text(TEXT_CHARS_MAX, rows=True, is_needed=True)
"""The same, and there must be some."""

BY_FORM: Final = Row(By, (Field(0, "post", NEEDED_LABEL), Field(1, "officer", NEEDED_LABEL)))
BY: Final = Field(0, "by", BY_FORM)
"""Key 0 of every message that a person sends."""

PARTY: Final = _PartyName(LABEL_CHARS_MAX)
"""The name of a party, perhaps none of this line."""


class _ReferenceForm(Row):
    """A message by author and index."""

    sort = "reference"


REFERENCE: Final = _ReferenceForm(
    Reference,
    (Field(0, "party", PARTY), Field(1, "index", Whole())),
)
