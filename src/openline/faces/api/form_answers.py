"""What the routes about forms answer: the tables of the domain with their words.

A field says how it is written, what bounds it has, and what it is called. A record that
several fields hold is described once, by name, under `records`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from openline.faces.api.answers import Encounter


class Choice(msgspec.Struct):
    """One of the words that a field may hold.

    Attributes:
        code: What is sent.
        said: What it is called, in the language of the answer.
    """

    code: str
    said: str


class FieldForm(msgspec.Struct, omit_defaults=True):
    """How a value is written; what does not belong to its form is left out.

    Attributes:
        form: text, text_rows, name, language, party, whole, truth, word, instant, duration,
            quantity, altitude, position, bytes (base64), hash (hexadecimal digits), titles
            (words by language), items, reference, volume or record.
        is_needed: Of text, whether the empty one is refused.
        chars_max: Of text, the most characters.
        pattern: Of text, what the whole of it matches, as a regular expression.
        example: Of text with a pattern, one that matches.
        least: Smallest number, fewest items or fewest bytes.
        most: Largest number, most items or most bytes.
        units: Of a quantity or duration, its units: "10 min".
        longest: Of a quantity or duration, the largest, as it is written.
        choices: Of a word, the words; of an altitude, what it is counted from.
        open_words: Of an altitude, words that say that there is no bound.
        is_set: Of items, whether each is there once and their order does not matter.
        filled: Of items, fields of each that may be left out here.
        record: Of record, reference and volume, the name under `records`.
        item: Of items, what each is.
    """

    form: str
    is_needed: bool = False
    chars_max: int | None = None
    pattern: str = ""
    example: str = ""
    least: int | None = None
    most: int | None = None
    units: list[str] = []
    longest: str = ""
    choices: list[Choice] = []
    open_words: list[str] = []
    is_set: bool = False
    filled: list[str] = []
    record: str = ""
    item: FieldForm | None = None


class FormField(msgspec.Struct, omit_defaults=True):
    """One field of a form.

    Attributes:
        name: Its name in `fields` of what is sent.
        label: What stands beside it.
        help: What it holds, in one sentence.
        form: How it is written.
        left_out: Why it may be left out: OPTIONAL, it then says nothing; DEFAULT, `default`
            then stands; NODE, the node then fills it in; RELEASE, it is known when a second
            person releases the message. Without it the field is needed.
        default: What stands for it when it is left out.
    """

    name: str
    label: str
    help: str
    form: FieldForm
    left_out: str = ""
    default: Any = None


class FormRecord(msgspec.Struct):
    """What a field may hold that has fields itself.

    Attributes:
        fields: Its fields, in order.
    """

    fields: list[FormField]


class MessageForm(msgspec.Struct):
    """The form of one kind of message.

    Attributes:
        kind: The kind.
        title: What it is called.
        purpose: What it is for, in one sentence.
        fields: Its fields, in order.
        precedences: With which it may be sent.
        answers: Kinds that it may be in reply to; empty where that is not bound to kinds.
        right: What saying it asks for on the officers' port.
        may_say: Whether who asks may say it. A linguist may in any case say a TEXT that answers
            and carries translations.
        is_drafted: Whether it may be left as a draft for a second person.
        takes_two: Whether it takes a second person on the line that was asked about; of a
            declaration always.
    """

    kind: str
    title: str
    purpose: str
    fields: list[FormField]
    precedences: list[Choice]
    answers: list[str]
    right: str
    may_say: bool
    is_drafted: bool
    takes_two: bool


class Forms(msgspec.Struct):
    """The forms of all kinds that people say.

    Attributes:
        language: Language of labels, helps and choices.
        forms: The forms, by subject.
        records: What fields hold that has fields itself, by name.
        urgent_words_max: Most words that all text of several rows together may have in a
            message that is IMMEDIATE or FLASH.
    """

    language: str
    forms: list[MessageForm]
    records: dict[str, FormRecord]
    urgent_words_max: int


class FieldFault(msgspec.Struct):
    """One thing that stands in the way of saying a message.

    Attributes:
        field: The field it is about, such as `volumes[0].vertices[3].lat`; also `precedence`.
            Empty where it is about the whole.
        what: What is wrong, in one sentence.
        remedy: What to do, in one sentence; may be empty.
    """

    field: str
    what: str
    remedy: str


class CheckedMessage(msgspec.Struct):
    """What stands in the way of saying a message, and what it would meet.

    Attributes:
        faults: What stands in the way. First the form is told, each field's first fault; when
            that is sound, the rules of the message; then what the desk refuses, the first.
        is_all: Whether these are all of their sort; false where there are very many.
        warnings: What may be meant otherwise, such as a kind that the Understanding does
            not name. They stand in the way of nothing.
        takes_two: Whether a second person releases it on this line.
        conflicts: Of a notice without faults, live notices of other parties that it would not
            be clear of.
        is_complete: Whether these conflicts are all.
        room: Of a notice, how many more live ones we may have; else null.
    """

    faults: list[FieldFault]
    is_all: bool
    warnings: list[str]
    takes_two: bool
    conflicts: list[Encounter]
    is_complete: bool
    room: int | None


class Preview(msgspec.Struct):
    """The words of a message that was not said.

    Attributes:
        language: The language they are in.
        text: What the message says, as plain text.
    """

    language: str
    text: str
