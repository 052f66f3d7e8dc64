"""The words of contacts, call records and readouts, and of their clocks."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.wording.marking import Data, Facts, mark
from openline.domain.talk.call_record import Authenticated, CallRecord, RecordMode
from openline.domain.talk.contact import Contact, ContactAnswer, ContactReply, Medium
from openline.domain.talk.readout import Readout, ReadoutMode, ReadoutStep

if TYPE_CHECKING:
    from openline.adapters.wording import Wording

TERMS: Final = {
    # Sorts of matter.
    "call": mark("call record"),
    "readout": mark("readout"),
    # Where they stand.
    "PROPOSED": mark("proposed"),
    "COUNTERED": mark("other times proposed"),
    "SCHEDULED": mark("agreed for a time"),
    "DUE": mark("to be held now"),
    "HELD": mark("held"),
    "MISSED": mark("missed"),
    "NO_ANSWER": mark("no answer"),
    "CALLED_OFF": mark("called off"),
    "ENDED": mark("ended"),
    "AGREED": mark("agreed"),
    "DIFFERS": mark("the other side differs"),
    "NO_OBJECTION": mark("no objection"),
    "PUBLISHED": mark("published"),
    # How one answers a request or a readout.
    "ACCEPT": mark("accepted"),
    "COUNTER": mark("other times proposed"),
    "DECLINE": mark("declined"),
    "CALL_OFF": mark("called off"),
    "AGREE": mark("agreed"),
    "DIFFER": mark("the other side differs"),
    # How one talks, and what is kept of it.
    "VOICE": mark("by voice"),
    "VIDEO": mark("by video"),
    "MEETING": mark("at a meeting"),
    "MINUTES": mark("minutes"),
    "OFF_RECORD": mark("off the record"),
    "CHALLENGE_WORDS": mark("by challenge words"),
    "CALL_BACK": mark("by calling back"),
    # Whose words a readout has.
    "JOINT": mark("one text of both sides"),
    "COORDINATED": mark("a text of its own that the other side has seen"),
    "UNILATERAL": mark("a text of its own"),
}

_MEDIA: Final = {
    Medium.VOICE: mark("{title} asks for a call at tier {tier}."),
    Medium.TEXT: mark("{title} asks for a conversation in writing at tier {tier}."),
    Medium.VIDEO: mark("{title} asks for a video call at tier {tier}."),
    Medium.MEETING: mark("{title} asks for a meeting at tier {tier}."),
}
_REPLIES: Final = {
    ContactAnswer.ACCEPT: mark("{title} accepts the contact of {message}."),
    ContactAnswer.COUNTER: mark("{title} proposes other times for the contact of {message}."),
    ContactAnswer.DECLINE: mark("{title} declines the contact of {message}."),
    ContactAnswer.CALL_OFF: mark("{title} calls off the contact of {message}."),
    ContactAnswer.MISSED: mark("{title} says that the contact of {message} was missed."),
}
_KEPT: Final = {
    RecordMode.RECORDED: mark("It is recorded, and minutes are kept."),
    RecordMode.MINUTES: mark("Minutes are kept of it; the sound is not recorded."),
    RecordMode.OFF_RECORD: mark("It is off the record: nothing is kept of what is said."),
}
_AUTHENTICATED: Final = {
    Authenticated.CHALLENGE_WORDS: mark("The other side was known by challenge words."),
    Authenticated.CALL_BACK: mark("The other side was known by calling back."),
    Authenticated.NONE: mark("Nothing showed who the other side was."),
}
_UNVERIFIED: Final = mark(
    "UNVERIFIED: it is not known who spoke. Rely on nothing in it; call back on the known number."
)
_STEPS: Final = {
    ReadoutStep.PROPOSE: mark("{title} proposes what the public is told about {message}."),
    ReadoutStep.AGREE: mark("{title} agrees with the readout of {message}, word for word."),
    ReadoutStep.NO_OBJECTION: mark("{title} has no objection to the readout of {message}."),
    ReadoutStep.DIFFER: mark("{title} differs from the readout of {message}."),
    ReadoutStep.PUBLISH: mark("{title} publishes the readout of {message}."),
    ReadoutStep.WITHDRAW: mark("{title} withdraws the readout of {message}."),
}
_MODES: Final = {
    ReadoutMode.JOINT: mark("It is one text of both sides."),
    ReadoutMode.COORDINATED: mark("Each side has a text of its own, which the other has seen."),
    ReadoutMode.UNILATERAL: mark("It is this side's own text."),
}
_EXERCISE: Final = mark("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")
_SAYS: Final = mark("It says, in {language}:")

CLOCK_WORDS: Final = {
    "contact_reply": mark(
        "{party} has not answered {matter} by {at}; tier {tier} must know. The next tier can be "
        "asked now."
    ),
    "contact_counter": mark(
        "{party} has not answered the other times of {matter} by {at}; tier {tier} must know."
    ),
    "contact_begins": mark("The time of {matter} has come: {at}."),
    "contact_held": mark("There was no record of {matter} by {at}: it counts as missed."),
    "contact_ends": mark("{matter} has ended at {at}."),
    "call_agree": mark("{party} has not answered {matter} by {at}; tier {tier} must know."),
    "readout_agree": mark("{party} has not answered {matter} by {at}; tier {tier} must know."),
    "readout_publish": mark("{matter} was to be published by {at}; tier {tier} must know."),
}
"""What is said when a clock has run out."""

DUE_WORDS: Final = {
    "contact_reply": mark("{party} answers {matter} by {at}."),
    "contact_counter": mark("{party} answers the other times of {matter} by {at}."),
    "contact_begins": mark("{matter} begins at {at}."),
    "contact_held": mark("The record of {matter} is written by {at}."),
    "contact_ends": mark("{matter} ends at {at}."),
    "call_agree": mark("{party} agrees or differs by {at}: {matter}."),
    "readout_agree": mark("{party} agrees or differs by {at}: {matter}."),
    "readout_publish": mark("{matter} is published by {at}."),
}
"""What is said while a clock runs."""


def _contact(say: "Wording", message: Contact, facts: Facts) -> Iterator[str]:
    if message.exercise:
        yield say.say(_EXERCISE)
    title = say.named(facts.title)
    yield say.say(_MEDIA[message.medium], title=title, tier=Data(message.tier))
    yield say.say("What it is about: {what}.", what=say.quoted(message.subject))
    if message.of is not None:
        follows = mark("It follows the contact of {message}.")
        yield say.say(follows, message=say.reference(message.of, facts))
    yield from _times(say, message.times, message.weekly_until)
    if message.persons:
        names = say.listed(say.quoted(name) for name in message.persons)
        wished = mark("Wished for, and not waited for: {names}. Any officer of the tier takes it.")
        yield say.say(wished, names=names)
    yield from _language(say, message.spoken_in, message.interpreters)
    yield say.say(_KEPT[message.record_mode])
    if message.readout_mode is not None:
        yield say.say("The public is told by {mode}.", mode=say.term(message.readout_mode.name))
    if message.reply_by is not None:
        yield say.say("An answer is needed by {at}.", at=say.instant(message.reply_by))
    yield from _free(say, message.text, message.language)
    yield from say.officer_rows(message.by)


def _reply(say: "Wording", message: ContactReply, facts: Facts) -> Iterator[str]:
    about = say.reference(message.of, facts)
    yield say.say(_REPLIES[message.answer], title=say.named(facts.title), message=about)
    times = message.times if message.at is None else (message.at,)
    yield from _times(say, times, message.weekly_until)
    if message.missed_by:
        names = say.listed(Data(party) for party in message.missed_by)
        yield say.say("Missed by: {names}.", names=names)
    if message.persons:
        names = say.listed(say.quoted(name) for name in message.persons)
        yield say.say("Who will come: {names}.", names=names)
    if message.reply_by is not None:
        yield say.say("An answer is needed by {at}.", at=say.instant(message.reply_by))
    yield from _free(say, message.text, message.language)
    yield from say.officer_rows(message.by)


def _times(say: "Wording", times: tuple[int, ...], weekly_until: int | None) -> Iterator[str]:
    if times:
        listed = say.listed(say.instant(at) for at in times)
        yield say.say("Time: {times}.", times=listed)
    if weekly_until is not None:
        yield say.say("Every week until {at}.", at=say.instant(weekly_until))


def _language(say: "Wording", language: str, interpreters: tuple[str, ...]) -> Iterator[str]:
    yield say.say("Language spoken: {language}.", language=say.term(language))
    if interpreters:
        names = say.listed(say.quoted(name) for name in interpreters)
        yield say.say("Interpreters: {names}.", names=names)


def _record(say: "Wording", message: CallRecord, facts: Facts) -> Iterator[str]:
    if message.is_unverified:
        yield say.say(_UNVERIFIED)
    call = say.quoted(message.call_id)
    yield say.say("{title} records the call {call}.", title=say.named(facts.title), call=call)
    if message.of is not None:
        yield say.say("It is about {message}.", message=say.reference(message.of, facts))
    start, end = say.instant(message.started_at), say.instant(message.ended_at)
    yield say.say("It lasted from {start} until {end}.", start=start, end=end)
    yield say.say("Asked for by {party}.", party=Data(message.initiator))
    for one in message.persons:
        took_part = mark("Took part for {party}: {name}.")
        yield say.say(took_part, party=Data(one.party), name=say.quoted(one.name))
    yield from _language(say, message.spoken_in, message.interpreters)
    yield say.say(_AUTHENTICATED[message.authenticated])
    yield say.say(_KEPT[message.mode])
    yield from _minutes(say, message)
    yield from _free(say, message.text, message.language)
    yield from say.officer_rows(message.by)


def _minutes(say: "Wording", message: CallRecord) -> Iterator[str]:
    for number, point in enumerate(message.points, start=1):
        yield say.say("Point {number}:", number=Data(number))
        yield from say.indented(point)
    for read_back in message.read_backs:
        confirmed = mark("Read back, and said to be correct:")
        sentence = confirmed if read_back.is_confirmed else mark("Read back, and not confirmed:")
        yield from say.words(sentence, read_back.value)
    for action in message.actions:
        party = Data(action.party)
        if action.due_at is None:
            yield say.say("{party} does this:", party=party)
        else:
            at = say.instant(action.due_at)
            yield say.say("{party} does this by {at}:", party=party, at=at)
        yield from say.indented(action.what)
    if message.next_contact_at is not None:
        yield say.say("The next contact is at {at}.", at=say.instant(message.next_contact_at))
    if message.recording is not None:
        sha256 = Data(message.recording.hex())
        yield say.say("SHA-256 of the recorded sound: {sha256}.", sha256=sha256)


def _readout(say: "Wording", message: Readout, facts: Facts) -> Iterator[str]:
    about = say.reference(message.of, facts)
    yield say.say(_STEPS[message.step], title=say.named(facts.title), message=about)
    if message.mode is not None:
        yield say.say(_MODES[message.mode])
    if message.initiated_by is not None:
        party = Data(message.initiated_by)
        yield say.say("The contact was on the initiative of {party}.", party=party)
    if message.held_at is not None:
        yield say.say("The contact ended at {at}.", at=say.instant(message.held_at))
    if message.embargo_until is not None:
        yield say.say("Nothing of it is public before {at}.", at=say.instant(message.embargo_until))
    if message.agree_by is not None:
        yield say.say("An answer is needed by {at}.", at=say.instant(message.agree_by))
    for one in message.texts:
        yield from say.words(mark("The text in {language}:"), one.text, one.language)
    for digest in message.digests:
        sentence = mark("SHA-256 of the text in {language}: {sha256}.")
        language, sha256 = say.term(digest.language), Data(digest.sha256.hex())
        yield say.say(sentence, language=language, sha256=sha256)
    yield from _free(say, message.text, message.language)
    yield from say.officer_rows(message.by)


def _free(say: "Wording", text: str, language: str) -> Iterator[str]:
    if text:
        yield from say.words(_SAYS, text, language)


def _unverified_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark(
        "UNVERIFIED call {call}, recorded by {party} ({serial}): call back on the known number; "
        "tier {tier} must know."
    )
    yield say.say(
        sentence,
        call=say.quoted(facts["call"]),
        party=Data(facts["party"]),
        serial=Data(facts["serial"]),
        tier=Data(facts["tier"]),
    )


def _differs_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark(
        "{party} has published ({serial}) as the agreed text of readout {readout} what was not "
        "agreed, in: {languages}. Look at the differences."
    )
    yield say.say(
        sentence,
        party=Data(facts["party"]),
        serial=Data(facts["serial"]),
        readout=Data(facts["readout"]),
        languages=say.data(facts["languages"]),
    )


def feed_title(say: "Wording", party: str) -> str:
    """What the feed of a party is called."""
    return say.say("What {party} has said in public on the line", party=say.named(party))


def readout_title(say: "Wording", message: Readout, party: str, proposal: Readout) -> str:
    """What the entry of a published readout is called."""
    sentence = mark("Readout of {party}: {mode}, contact on the initiative of {initiator}")
    assert message.mode is not None, "the rules of a publication"
    return say.say(
        sentence,
        party=say.named(party),
        mode=say.term(message.mode.name),
        initiator=Data(proposal.initiated_by or ""),
    )


def notice_title(say: "Wording", notice_id: str, party: str, operation: str) -> str:
    """What the entry of a public notice is called."""
    sentence = mark("Notice {id} of {party}: {operation}")
    return say.say(
        sentence, id=Data(notice_id), party=say.named(party), operation=say.term(operation)
    )


SAYINGS: Final[dict[type, Callable[[Any, Any, Facts], Iterator[str]]]] = {
    Contact: _contact,
    ContactReply: _reply,
    CallRecord: _record,
    Readout: _readout,
}
"""How each message is said."""

ALARMS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]]] = {
    "CALL_UNVERIFIED": _unverified_alarm,
    "READOUT_DIFFERS": _differs_alarm,
}
"""How each alarm is said."""
