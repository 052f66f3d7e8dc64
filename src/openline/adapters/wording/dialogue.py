"""The words of queries, warnings, requests for explanation and their clocks."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.wording.marking import Data, Facts, mark
from openline.domain.talk.explanation import Explanation
from openline.domain.talk.query import AnswerCode, Query, QueryAnswer, Question, Sighting
from openline.domain.talk.warning import Action, Warning

if TYPE_CHECKING:
    from openline.adapters.wording import Wording

TERMS: Final = {
    # Sorts of matter.
    "query": mark("query"),
    "warning": mark("warning"),
    "explanation": mark("request for explanation"),
    "contact_arranged": mark("arranged contact"),
    # Where they stand.
    "ASKED": mark("asked"),
    "GIVEN": mark("given"),
    "ANSWERED": mark("answered"),
    "ACCEPTED": mark("answer accepted"),
    "DISPUTED": mark("answer disputed"),
    "LAPSED": mark("answer no longer holds"),
    "WILCO": mark("understood, will comply"),
    "OVER": mark("over"),
    # Answers.
    "OURS": mark("ours"),
    "OURS_AUXILIARY": mark("auxiliaries under our control"),
    "NOT_OURS": mark("not ours"),
    "NOT_KNOWN": mark("not known"),
    "STATED": mark("answered in words"),
    "OWN": mark("own people"),
    "AUXILIARY": mark("auxiliaries"),
    "PARTNER": mark("others with whom the party is in contact"),
}

_QUESTIONS: Final = {
    Question.ARE_THESE_YOURS: mark("{title} asks: are these yours?"),
    Question.WHAT_IS_YOUR_INTENT: mark("{title} asks what the other party intends."),
    Question.CONFIRM_NOTICE: mark("{title} asks for a notice to be confirmed."),
    Question.WHO_CONTROLS: mark("{title} asks who controls what is described."),
    Question.OTHER: mark("{title} asks a question."),
}
_CODES: Final = {
    AnswerCode.OURS: mark("{title} answers {message}: these are its own."),
    AnswerCode.OURS_AUXILIARY: mark(
        "{title} answers {message}: these are auxiliaries under its control."
    ),
    AnswerCode.PARTNER: mark(
        "{title} answers {message}: these are others, with whom it is in contact."
    ),
    AnswerCode.NOT_OURS: mark("{title} answers {message}: these are not its own."),
    AnswerCode.NOT_KNOWN: mark("{title} answers {message}: it does not know."),
    AnswerCode.DECLINED: mark("{title} declines to answer {message}."),
    AnswerCode.HOLDING: mark("{title} is working on its answer to {message}."),
    AnswerCode.STATED: mark("{title} answers {message} in words."),
}
_ACTIONS: Final = {
    Action.CEASE: mark("WARNING from {title}: CEASE. Stop what you are doing there."),
    Action.HOLD: mark("WARNING from {title}: HOLD. Do not begin."),
    Action.TURN: mark("WARNING from {title}: TURN. Change your course."),
    Action.CLEAR: mark("WARNING from {title}: CLEAR. Leave the place."),
    Action.OTHER: mark("WARNING from {title}."),
}
_EXERCISE: Final = mark("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")
_SAYS: Final = mark("It says, in {language}:")

CLOCK_WORDS: Final = {
    "read": mark("{party} should have read {matter} by {at}."),
    "decision": mark("{party} decides at {at} what {matter} is about."),
    "reply": mark("{party} owed an answer to {matter} by {at}; tier {tier} must know."),
    "tier_3": mark("{party} owes an answer to {matter}; since {at} tier {tier} must know."),
    "tier_4": mark("{party} owes an answer to {matter}; since {at} tier {tier} must know."),
    "settle": mark(
        "{party} has not answered the dispute about {matter} by {at}; tier {tier} must know."
    ),
    "validity": mark("The answer to {matter} no longer holds since {at}: ask again."),
}
"""What is said when a clock has run out."""

DUE_WORDS: Final = {
    "read": mark("{party} reads {matter} by {at}."),
    "decision": mark("{party} decides at {at}: {matter}."),
    "reply": mark("{party} answers {matter} by {at}."),
    "tier_3": mark("{matter} goes to tier {tier} at {at}."),
    "tier_4": mark("{matter} goes to tier {tier} at {at}."),
    "settle": mark("{party} answers the dispute about {matter} by {at}."),
    "validity": mark("The answer to {matter} holds until {at}."),
}
"""What is said while a clock runs."""


def _query(say: "Wording", message: Query, facts: Facts) -> Iterator[str]:
    if message.exercise:
        yield say.say(_EXERCISE)
    if message.is_closed and message.of is not None:
        closed = mark("{title} closes {message}: no answer is needed any longer.")
        about = say.reference(message.of, facts)
        yield say.say(closed, title=say.named(facts.title), message=about)
    else:
        yield say.say(_QUESTIONS[message.question], title=say.named(facts.title))
        yield from _asked(say, message, facts)
    yield from _free(say, message.text, message.language)
    yield from say.officer_rows(message.by)


def _asked(say: "Wording", message: Query, facts: Facts) -> Iterator[str]:
    if message.of is not None:
        yield say.say("It is about {message}.", message=say.reference(message.of, facts))
    for sighting in message.objects:
        yield from _sighting(say, sighting)
    if message.place:
        yield say.say("Place in words: {place}.", place=say.quoted(message.place))
    for number, volume in enumerate(message.volumes, start=1):
        yield from say.volume_rows(number, len(message.volumes), volume)
    if message.intention:
        yield from say.words(mark("What its author will do:"), message.intention)
    if message.decision_at is not None:
        at = say.instant(message.decision_at)
        yield say.say("Its author decides at {at}.", at=at)
    if message.reply_by is not None:
        yield say.say("An answer is needed by {at}.", at=say.instant(message.reply_by))


def _sighting(say: "Wording", sighting: Sighting) -> Iterator[str]:
    what = say.quoted(sighting.what)
    if sighting.count is None:
        yield say.say("Seen: {what}.", what=what)
    else:
        yield say.say("Seen: {what}, number {n}.", what=what, n=Data(sighting.count))
    if sighting.seen_at is not None:
        yield say.say("Seen at {at}.", at=say.instant(sighting.seen_at))
    if sighting.course_deg is not None:
        course = Data(f"{sighting.course_deg:03d}°")
        yield say.say("It moves on course {course}.", course=course)


def _answer(say: "Wording", message: QueryAnswer, facts: Facts) -> Iterator[str]:
    about = say.reference(message.of, facts)
    yield say.say(_CODES[message.code], title=say.named(facts.title), message=about)
    if message.speaks_for:
        names = say.listed(say.term(one.name) for one in message.speaks_for)
        yield say.say("It speaks for: {names}.", names=names)
    if message.valid_until is not None:
        yield say.say("It holds until {at}.", at=say.instant(message.valid_until))
    if message.holding_until is not None:
        yield say.say("The answer follows by {at}.", at=say.instant(message.holding_until))
    for sentence, words in (
        (mark("It was checked with:"), message.basis),
        (mark("It does not cover:"), message.caveats),
        (mark("Its author asks for:"), message.request),
    ):
        if words:
            yield from say.words(sentence, words)
    yield from _free(say, message.text, message.language)
    yield from say.officer_rows(message.by)


def _warning(say: "Wording", message: Warning, facts: Facts) -> Iterator[str]:
    if message.exercise:
        yield say.say(_EXERCISE)
    if message.is_over and message.of is not None:
        over = mark("{title}: the danger of which {message} warned is over.")
        about = say.reference(message.of, facts)
        yield say.say(over, title=say.named(facts.title), message=about)
    else:
        yield say.say(_ACTIONS[message.action], title=say.named(facts.title))
        if message.of is not None:
            yield say.say("It is about {message}.", message=say.reference(message.of, facts))
    yield from say.words(_SAYS, message.what, message.language)
    yield say.say("Place in words: {place}.", place=say.quoted(message.place))
    for number, volume in enumerate(message.volumes, start=1):
        yield from say.volume_rows(number, len(message.volumes), volume)
    if message.happens_at is not None:
        yield say.say("It happens at {at}.", at=say.instant(message.happens_at))
    if message.at_risk:
        yield from say.words(mark("In danger are:"), message.at_risk)
    if message.call_back:
        yield say.say("To be reached at: {contact}.", contact=say.quoted(message.call_back))
    yield from say.officer_rows(message.by)


def _explanation(say: "Wording", message: Explanation, facts: Facts) -> Iterator[str]:
    sentence = mark("{title} asks for an explanation of activity that gives it concern.")
    yield say.say(sentence, title=say.named(facts.title))
    yield from say.words(
        mark("What gives concern, in {language}:"), message.concern, message.language
    )
    if message.activity:
        yield say.say("Activity: {what}.", what=say.quoted(message.activity))
    if message.place:
        yield say.say("Place in words: {place}.", place=say.quoted(message.place))
    if message.seen_from is not None:
        yield say.say("Seen from {at} on.", at=say.instant(message.seen_from))
    if message.seen_until is not None:
        yield say.say("Seen until {at}.", at=say.instant(message.seen_until))
    for document in message.documents:
        yield say.say("Asked for: {what}.", what=say.quoted(document))
    yield from _free(say, message.text, message.language)
    yield from say.officer_rows(message.by)


def _free(say: "Wording", text: str, language: str) -> Iterator[str]:
    if text:
        yield from say.words(_SAYS, text, language)


def _clock_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    yield due(say, facts, is_over=True)


def _matter_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark("{party} has put to us: {matter}. Read it and answer.")
    yield say.say(sentence, party=Data(facts["party"]), matter=matter_name(say, facts))


def _many_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark(
        "{party} has more open matters than are kept; further ones are on the record, and no "
        "clock runs on them."
    )
    yield say.say(sentence, party=Data(facts["party"]))


def due(say: "Wording", row: Mapping[str, Any], *, is_over: bool = False) -> str:
    """One row of what is due, or of what was, in a sentence."""
    words = say.clocks_over if is_over else say.clocks
    places = {
        "party": Data(row["party"]),
        "matter": matter_name(say, row),
        "at": say.instant(row["at"]),
        "tier": Data(row["tier"]),
    }
    said = say.say(words[row["clock"]], **places)
    told = row.get("tell", []) if row["tier"] and not is_over else []
    return " ".join(filter(None, (said, told_words(say, told, is_now=False))))


def told_words(say: "Wording", told: list[dict[str, Any]], *, is_now: bool = True) -> str:
    """Whom to tell, now or when a clock runs out; empty where nobody is named."""
    if not told:
        return ""
    calls = mark("{post} (tier {tier}, on call)")
    names = mark("{post} (tier {tier})")
    posts = say.listed(
        say.say(
            calls if one["is_on_call"] else names,
            post=say.data(one["post"]),
            tier=Data(one["tier"]),
        )
        for one in told
    )
    sentence = mark("To be told now: {posts}.") if is_now else mark("To be told then: {posts}.")
    return say.say(sentence, posts=posts)


def matter_name(say: "Wording", row: Mapping[str, Any]) -> str:
    """What a matter is called in a sentence: its sort and its name."""
    sentence = mark("{subject} {name}")
    # "contact" alone is what a suspension keeps open.
    code = "contact_arranged" if row["subject"] == "contact" else row["subject"]
    return say.say(sentence, subject=say.term(code), name=Data(row["matter"]))


SAYINGS: Final[dict[type, Callable[[Any, Any, Facts], Iterator[str]]]] = {
    Query: _query,
    QueryAnswer: _answer,
    Warning: _warning,
    Explanation: _explanation,
}
"""How each message is said."""

ALARMS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]]] = {
    "CLOCK": _clock_alarm,
    "MATTER": _matter_alarm,
    "MATTERS_UNLISTED": _many_alarm,
}
"""How each alarm is said."""
