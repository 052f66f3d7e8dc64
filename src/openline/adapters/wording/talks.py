"""The words of coded messages, and of what is said about single messages."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.code_books import known_books
from openline.adapters.wording.marking import Data, Facts, Quote, mark
from openline.domain.line.form import Fault
from openline.domain.line.letters import visible
from openline.domain.talk.body import Reference
from openline.domain.talk.code_book import BRACES, Acts, CodeBook, Entry, Reply, SlotKind
from openline.domain.talk.coded import Coded, SlotValue, entry_of, value_of
from openline.domain.talk.correction import Correction
from openline.domain.talk.passed_on import PassedOn
from openline.domain.talk.query_ack import QueryAck
from openline.domain.talk.text import Translation
from openline.domain.talk.translation import LaterTranslation

if TYPE_CHECKING:
    from openline.adapters.wording import Wording

TERMS: Final = {
    "message": mark("message"),
    "correction": mark("correction"),
    # Where a correction stands.
    "CONFIRMED": mark("confirmed after read-back"),
    "NOT_READ_BACK": mark("not read back"),
    # To which level something was passed on.
    "DESK": mark("another desk"),
    "HEADQUARTERS": mark("headquarters"),
    "FORMATION": mark("formations"),
    "UNIT": mark("units"),
    "CREW": mark("crews"),
}

_MINUTES: Final = mark("{n} min")
_TIER: Final = mark("tier {n}")
_NOT_STATED: Final = mark("not stated")
_REPLIES: Final = {
    Reply.READ: mark("What is expected: that it is read."),
    Reply.ANSWER: mark("What is expected: an answer."),
    Reply.WILCO_OR_UNABLE: mark("What is expected: WILCO or UNABLE."),
    Reply.CONTACT_REPLY: mark("What is expected: an answer to the request for a call."),
    Reply.NONE: mark("No reply is expected."),
}
_ACTS: Final = {
    Acts.NOTHING: mark("By its own word it acts as no other message."),
    Acts.QUERY: mark("By its own word it asks a question."),
    Acts.WARNING: mark("By its own word it is a WARNING."),
    Acts.HOLDING: mark("By its own word it says that an answer follows."),
    Acts.DISREGARD: mark("By its own word it takes a message back."),
}

OUTCOMES: Final = {
    "corrected": mark(
        "Corrected at {at} by {officer}, post {post}, of {party} ({serial}): {said}."
    ),
    "asked": mark(
        "{officer}, post {post}, of {party} asked at {at} whether it arrived ({serial})."
    ),
    "passed_on": mark(
        "Passed on to {said} at {happened}: {officer}, post {post}, of {party} says so ({serial})."
    ),
    "translated": mark(
        "Translated into {said}: {serial} of {party}, given at {at} by {officer}, post {post}."
    ),
    "gist": mark(
        "A machine's gist in {said}: {serial} of {party}, given at {at} by {officer}, post {post}."
    ),
    "disregarded": mark(
        "TO BE DISREGARDED: {officer}, post {post}, of {party} said so at {at} ({serial})."
    ),
}
"""How each mark is said."""

CLOCK_WORDS: Final = {
    "read_back": mark("{party} should have read back {matter} by {at}."),
    "query_ack": mark("{party} asks since {at} whether {matter} arrived."),
    "asked": mark("{matter} was asked about at {at}: {party} reads it."),
    "passed_on": mark("{party} should have passed on {matter} by {at}."),
    "anew": mark("{party} should have answered {matter} anew by {at}: it became wider."),
}
"""What is said when a clock has run out."""

DUE_WORDS: Final = {
    "read_back": mark("{party} reads back {matter} by {at}."),
    "query_ack": mark("If nobody has read {matter} by {at}, {party} asks whether it arrived."),
    "asked": mark("{matter} was asked about at {at}: {party} reads it."),
    "passed_on": mark("{party} passes on {matter} by {at}, and says so."),
    "anew": mark("{party} answers {matter} anew by {at}: it became wider than what it answered."),
}
"""What is said while a clock runs."""


def _coded(say: "Wording", message: Coded, facts: Facts) -> Iterator[str]:
    if message.exercise:
        yield say.say("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")
    book = _book_of(message, facts)
    try:
        entry = None if book is None else entry_of(message, book)
    except Fault:
        entry = None
    if book is None or entry is None:
        yield from _raw(say, message, facts)
    else:
        yield from _read(say, message, book, entry, facts)
    yield from say.officer_rows(message.by)


def _book_of(message: Coded, facts: Facts) -> CodeBook | None:
    books = known_books() if facts.books is None else facts.books
    return books.get(message.book)


def _read(
    say: "Wording", message: Coded, book: CodeBook, entry: Entry, facts: Facts
) -> Iterator[str]:
    """What the book says, in the language of the reader, with the values put in."""
    sentence = mark("{title} sends coded message {number} {word}, code book {book}.")
    yield say.say(
        sentence,
        title=say.named(facts.title),
        number=Data(f"{entry.number:02d}"),
        word=Data(visible(entry.word)),
        book=Data(visible(f"{book.name} {book.version}")),
    )
    given = [*message.slots, *[SlotValue()] * (len(entry.slots) - len(message.slots))]
    values = {
        slot.name: say.shown(_value(say, one, message, facts))
        for slot, one in zip(entry.slots, given, strict=True)
    }
    parts = BRACES.split(entry.said(say.language))
    # Words and names of slots take turns (`re.split` with one group).
    shown = (values[part] if at % 2 else visible(part) for at, part in enumerate(parts))
    yield f"    {''.join(shown)}"
    if say.language not in dict(entry.meaning):
        yield say.say("The code book does not have this language.")
    yield say.say(_REPLIES[entry.reply])


def _raw(say: "Wording", message: Coded, facts: Facts) -> Iterator[str]:
    """The values as they are, under a book that is not here or that they do not fit."""
    sentence = mark(
        "{title} sends coded message {number} of a code book that it cannot be read with here: "
        "{book}. Ask in words what it means."
    )
    yield say.say(
        sentence,
        title=say.named(facts.title),
        number=Data(f"{message.number:02d}"),
        book=Data(message.book.hex()),
    )
    yield say.say(_ACTS[message.acts])
    for number, slot in enumerate(message.slots, start=1):
        value = say.shown(_value(say, slot, message, facts))
        yield say.say("Value {n}: {value}.", n=Data(str(number)), value=value)


def _value(say: "Wording", slot: SlotValue, message: Coded, facts: Facts) -> str:
    """The value of a slot; data stay data in every language."""
    value = value_of(slot)
    match slot.kind:
        case SlotKind.WORDS | SlotKind.CIRCUIT:
            return say.quoted(str(value))
        case SlotKind.POSITION if isinstance(value, tuple):
            return say.position(value)
        case SlotKind.INSTANT if isinstance(value, int):
            return say.instant(value)
        case SlotKind.MINUTES:
            return say.say(_MINUTES, n=Data(str(value)))
        case SlotKind.TIER:
            return say.say(_TIER, n=Data(str(value)))
        case SlotKind.SERIAL if isinstance(value, Reference):
            named = facts if value == message.of else Facts(value.party, "", "", 0, 0)
            return say.reference(value, named)
        case SlotKind.COUNT:
            return Data(str(value))
    return say.say(_NOT_STATED)


def _correction(say: "Wording", message: Correction, facts: Facts) -> Iterator[str]:
    sentence = mark("{title} corrects its {message}. What it said before stays on the record.")
    about = say.reference(message.of, facts)
    yield say.say(sentence, title=say.named(facts.title), message=about)
    yield say.say("The value: {field}.", field=Data(visible(message.field)))
    yield from say.words(mark("As it was said:"), message.old)
    yield from say.words(mark("As it is right:"), message.new)
    yield from say.words(mark("How it came about:"), message.cause, message.language)
    yield say.say("Read the corrected value back.")
    yield from say.officer_rows(message.by)


def _query_ack(say: "Wording", message: QueryAck, facts: Facts) -> Iterator[str]:
    sentence = mark(
        "{title} asks whether its {message} arrived. Its receipt answers, and READ by an officer."
    )
    about = say.reference(message.of, facts)
    yield say.say(sentence, title=say.named(facts.title), message=about)
    yield from say.officer_rows(message.by)


def _passed_on(say: "Wording", message: PassedOn, facts: Facts) -> Iterator[str]:
    sentence = mark("{title} says that it has passed on {message} to: {level}.")
    yield say.say(
        sentence,
        title=say.named(facts.title),
        message=say.reference(message.of, facts),
        level=say.term(message.level.name),
    )
    yield say.say("Passed on at {at}.", at=say.instant(message.passed_at))
    if message.to:
        yield say.say("To whom: {to}.", to=say.quoted(message.to))
    if message.text:
        yield from say.words(mark("It says, in {language}:"), message.text, message.language)
    yield say.say("This is its own word; it does not promise what others will do.")
    yield from say.officer_rows(message.by)


def _translation(say: "Wording", message: LaterTranslation, facts: Facts) -> Iterator[str]:
    sentence = mark("{title} gives a translation of {message}. The original alone is authentic.")
    about = say.reference(message.of, facts)
    yield say.say(sentence, title=say.named(facts.title), message=about)
    yield from translation_rows(say, message.translation)
    yield from say.officer_rows(message.by)


def translation_rows(say: "Wording", one: Translation) -> Iterator[str]:
    """A translation: who made it and answers for it, and its words."""
    sentence = (
        mark("A machine's translation into {language}, a gist only, by {translator}:")
        if one.is_gist
        else mark("A translation into {language} by {translator}:")
    )
    language = say.term(one.language)
    yield say.say(sentence, language=language, translator=say.quoted(one.translator))
    yield from say.indented(one.text)
    if one.is_machine and not one.is_gist:
        yield say.say("A machine made it.")
    for told, name in (
        (mark("It was compared with the original by {name}."), one.reviewed_by),
        (mark("It is certified by {name}."), one.certified_by),
    ):
        if name:
            yield say.say(told, name=say.quoted(name))


def _asked_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark("{party} asks whether {serial} arrived: no officer here has read it. Read it.")
    yield say.say(sentence, party=Data(facts["party"]), serial=Data(facts["serial"]))


def _passed_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark("NOT PASSED ON: {party} has not said by {at} that {serial} reached: {level}.")
    yield say.say(
        sentence,
        party=Data(facts["by"]),
        at=say.instant(facts["at"]),
        serial=Data(facts["serial"]),
        level=say.term(facts["level"]),
    )


def _anew_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    yield say.say(
        "Notice {id} of {party} became wider than version {n}, which {by} answered, and no new "
        "answer came by {at}.",
        id=Data(facts["notice_id"]),
        party=Data(facts["party"]),
        n=Data(str(facts["version"])),
        by=Data(facts["by"]),
        at=say.instant(facts["due_at"]),
    )
    yield say.say("Answer it if it is for us; else ask for an answer.")


def passing_rows(say: "Wording", passing: Mapping[str, Any]) -> Iterator[str]:
    """By whom a message was not passed on, as far as anybody said."""
    sentence = mark("NOT PASSED ON: {party} has not said by {at} that {serial} reached: {level}.")
    for party in passing["not_passed_on"]:
        yield say.say(
            sentence,
            party=Data(party),
            at=say.instant(passing["by_at"]),
            serial=Data(passing["serial"]),
            level=say.term(passing["level"]),
        )


def talk_rows(say: "Wording", talk: Mapping[str, Any]) -> Iterator[str]:
    """What hangs on a message: corrected values, later translations, what they lack.

    Args:
        say: The words of a language.
        talk: `corrections` and `translations`, as the API tells them.
    """
    for one in talk["corrections"]:
        sentence = mark("{serial} corrects the value {field}; the original stands above.")
        serial, field = Data(one["serial"]), Data(visible(one["field"]))
        yield say.say(sentence, serial=serial, field=field)
        yield from say.words(mark("As it was said:"), one["old"])
        yield from say.words(mark("As it is right:"), one["new"])
    for one in talk["translations"]:
        yield say.say("From {serial}:", serial=Data(one["serial"]))
        translation = Translation(
            one["language"],
            one["text"],
            one["translator"],
            one["is_machine"],
            one["reviewed_by"],
            one["certified_by"],
        )
        yield from translation_rows(say, translation)
        yield from one["remarks"]


def gloss_rows(say: "Wording", missing: list[tuple[str, str]]) -> list[str]:
    """What a translation lacks of the agreed words, a sentence each.

    Args:
        say: The words of a language.
        missing: The word in the original, and the agreed word for it.
    """
    sentence = mark("The original says {term}; the agreed word for it, {word}, is not there.")
    return [
        say.say(sentence, term=Quote(say.quoted(term)), word=Quote(say.quoted(word)))
        for term, word in missing
    ]


SAYINGS: Final[dict[type, Callable[[Any, Any, Facts], Iterator[str]]]] = {
    Coded: _coded,
    Correction: _correction,
    QueryAck: _query_ack,
    PassedOn: _passed_on,
    LaterTranslation: _translation,
}
"""How each message is said."""

ALARMS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]]] = {
    "QUERY_ACK": _asked_alarm,
    "NOT_PASSED_ON": _passed_alarm,
    "ANSWER_ANEW": _anew_alarm,
}
"""How each alarm is said."""
