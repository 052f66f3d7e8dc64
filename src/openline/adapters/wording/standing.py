"""The words of the line's own state: service, offers to resume, checks, causes."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.wording.marking import Data, Facts, mark
from openline.domain.talk.check import LineCheck
from openline.domain.talk.declaration import Declaration
from openline.domain.talk.resumption import ResumptionOffer
from openline.domain.talk.service import Service

if TYPE_CHECKING:
    from openline.adapters.wording import Wording

TERMS: Final = {
    # What line checks between people show.
    "RECOVERING": mark("recovering"),
    "UNANSWERED_PROLONGED": mark("unanswered for long"),
    # What a service message is about.
    "MAINTENANCE": mark("maintenance"),
    "OUTAGE": mark("outage"),
    "KEY_CHANGE": mark("change of keys"),
    "CLOCK": mark("clock"),
    "TROUBLE": mark("trouble"),
    "RESTORED": mark("working again"),
}
CLOCK_WORDS: Final[dict[str, str]] = {}
DUE_WORDS: Final[dict[str, str]] = {}

_CAUSES: Final = {
    "technical_own": mark("the cause of the trouble with {party} is technical, by our own word"),
    "technical_counterpart_declared": mark("the cause is technical, by the word of {party}"),
    "deliberate_declared": mark("{party} has declared that it keeps no scope"),
    "unknown": mark("no cause is known for the trouble with {party}"),
}
_OF_CIRCUIT: Final = mark("{title} says of circuit {circuit}: {occasion}.")
_OF_LINE: Final = mark("{title} says of the whole line: {occasion}.")
_OFFERED: Final = mark("{title} offers to resume these scopes from {at}: {scopes}.")


# Messages.


def _service(say: "Wording", message: Service, facts: Facts) -> Iterator[str]:
    occasion = say.term(message.occasion.name)
    title = say.named(facts.title)
    if message.circuit:
        circuit = say.quoted(message.circuit)
        yield say.say(_OF_CIRCUIT, title=title, circuit=circuit, occasion=occasion)
    else:
        yield say.say(_OF_LINE, title=title, occasion=occasion)
    yield _window(say, message.valid_from, message.valid_until)
    if message.fallback:
        yield say.say("Use circuit {circuit} meanwhile.", circuit=say.quoted(message.fallback))
    if message.text:
        yield from say.words(mark("It says, in {language}:"), message.text, message.language)
    yield from say.officer_rows(message.by)


def _window(say: "Wording", start: int, end: int | None) -> str:
    if end is None:
        return say.say("It is so from {start} on; no end is given.", start=say.instant(start))
    sentence = mark("It is so from {start} until {end}.")
    return say.say(sentence, start=say.instant(start), end=say.instant(end))


def _offer(say: "Wording", message: ResumptionOffer, facts: Facts) -> Iterator[str]:
    yield say.say(
        _OFFERED,
        title=say.named(facts.title),
        at=say.instant(message.proposed_at),
        scopes=say.listed(say.term(scope) for scope in message.scopes),
    )
    yield from say.words(mark("It says, in {language}:"), message.text, message.language)
    if message.conditions:
        conditions = mark("The conditions of the offer, in {language}:")
        yield from say.words(conditions, message.conditions, message.language)
    if message.reply_by is not None:
        yield say.say("The offer stands until {at}.", at=say.instant(message.reply_by))
    yield say.say("It binds nobody: each party resumes by a declaration of its own.")
    yield from say.officer_rows(message.by)


def declaration_rows(say: "Wording", message: Declaration) -> Iterator[str]:
    """What a declaration rests on, asks for, and how else it is delivered."""
    if message.article is not None:
        yield say.say("Its basis: {article}.", article=say.quoted(message.article))
    if message.demands is not None:
        yield from say.words(
            mark("What it asks for, in {language}:"), message.demands, message.language
        )
    if message.also_delivered_by is not None:
        way = say.quoted(message.also_delivered_by)
        yield say.say("It is delivered in this way as well: {way}.", way=way)


def translation_rows(say: "Wording", message: LineCheck) -> Iterator[str]:
    """The translations of the text of a check."""
    for one in message.translations or ():
        values = {"language": say.term(one.language), "translator": say.quoted(one.translator)}
        sentence = mark("In {language}, translated by {translator}:")
        if one.certified_by:
            values["certifier"] = say.quoted(one.certified_by)
            sentence = mark("In {language}, translated by {translator}, certified by {certifier}:")
        yield say.say(sentence, **values)
        yield from say.indented(one.text)


# The state of a line, as parts of its one sentence.


def state_parts(say: "Wording", displayed: Mapping[str, Any]) -> Iterator[str]:
    """What is said of the working of the line, of people's duties, and offered."""
    for party, cause in sorted(displayed.get("causes", {}).items()):
        yield say.say(_CAUSES[cause["cause"]], party=Data(party))
    for one in displayed.get("services", ()):
        if one["is_now"]:
            yield _service_part(say, one)
    for party in displayed.get("unmanned", ()):
        yield say.say("no person on watch with {party}, by its own word", party=Data(party))
    for party, test in sorted(displayed.get("checks", {}).items()):
        if test.get("waits_since") is not None:
            at = say.instant(test["waits_since"])
            sentence = mark("line check of {at} by {party} waits for our answer")
            yield say.say(sentence, at=at, party=Data(party))
    for one in displayed.get("offers", ()):
        if one["state"] == "OPEN":
            yield say.say(
                "offer {serial} of {party} to resume from {at} stands: {scopes}",
                serial=Data(one["serial"]),
                party=Data(one["party"]),
                at=say.instant(one["proposed_at"]),
                scopes=say.listed((say.term(scope) for scope in one["scopes"]), mark(", ")),
            )


def _service_part(say: "Wording", one: Mapping[str, Any]) -> str:
    values = {"occasion": say.term(one["occasion"]), "party": Data(one["party"])}
    if one["circuit"]:
        sentence = mark("{occasion} of circuit {circuit}, by the word of {party}")
        return say.say(sentence, circuit=say.quoted(one["circuit"]), **values)
    return say.say("{occasion} of the line, by the word of {party}", **values)


# Alarms.


def _late_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark("{party} has not answered our line check in time, by {at}.")
    yield say.say(sentence, party=Data(facts["party"]), at=say.instant(facts["since"]))
    yield say.say("Look at the circuits, then ask once more.")


def _unanswered_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark("No person of {party} answers our line checks; so it is since {at}.")
    yield say.say(sentence, party=Data(facts["party"]), at=say.instant(facts["since"]))
    yield say.say("Try every circuit in turn; do not guess the cause.")


def _prolonged_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark("For very long no person of {party} has answered our line checks.")
    yield say.say(sentence, party=Data(facts["party"]))
    yield say.say(
        "Tier 2, comm-out step 4-5: call from post to post, then send a note by the attaché or "
        "a third party."
    )


def _lost_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark("On no circuit do {party} and we hear each other; so it is since {at}.")
    yield say.say(sentence, party=Data(facts["party"]), at=say.instant(facts["since"]))
    yield say.say("The node tries every circuit; do not guess the cause.")
    file_by, call_by, note_by = map(say.instant, facts["by"])
    yield say.say("If it lasts, send a courier's file by {at}.", at=file_by)
    yield say.say("Call from post to post, and authenticate, by {at}.", at=call_by)
    yield say.say("Send a note by the attaché or a third party by {at}.", at=note_by)


def _due_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    yield say.say("Our line check is due since {at}.", at=say.instant(facts["due_at"]))
    yield say.say("Make it now.")


def _overdue_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    yield say.say("Our line check of {at} is overdue.", at=say.instant(facts["due_at"]))
    yield say.say("Make it now.")


def _waits_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark("A line check of {party} has waited for our answer since {at}.")
    yield say.say(sentence, party=Data(facts["party"]), at=say.instant(facts["asked_at"]))
    yield say.say("Answer it now.")


def _service_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    occasion, title = say.term(facts["occasion"]), Data(facts["party"])
    if facts["circuit"]:
        circuit = say.quoted(facts["circuit"])
        yield say.say(_OF_CIRCUIT, title=title, circuit=circuit, occasion=occasion)
    else:
        yield say.say(_OF_LINE, title=title, occasion=occasion)
    yield _window(say, facts["valid_from"], facts["valid_until"])
    yield say.say("Read {serial}.", serial=Data(facts["serial"]))


def _offered_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    yield say.say(
        _OFFERED,
        title=Data(facts["party"]),
        at=say.instant(facts["proposed_at"]),
        scopes=say.listed(say.term(scope) for scope in facts["scopes"]),
    )
    sentence = mark("Read {serial}; accept it by a declaration in reply to it, or decline it.")
    yield say.say(sentence, serial=Data(facts["serial"]))


SAYINGS: Final[dict[type, Callable[[Any, Any, Facts], Iterator[str]]]] = {
    Service: _service,
    ResumptionOffer: _offer,
}
"""How each message is said."""

ALARMS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]]] = {
    "CHECK_LATE": _late_alarm,
    "CHECK_UNANSWERED": _unanswered_alarm,
    "CHECK_PROLONGED": _prolonged_alarm,
    "LOST": _lost_alarm,
    "CHECK_DUE": _due_alarm,
    "CHECK_OVERDUE": _overdue_alarm,
    "CHECK_WAITS": _waits_alarm,
    "SERVICE": _service_alarm,
    "RESUMPTION_OFFERED": _offered_alarm,
}
"""How each alarm is said."""
