"""The words of incidents, inquiries, alleged violations and protests."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.wording.marking import Data, Facts, mark
from openline.domain.talk.body import Reference
from openline.domain.talk.evidence import Evidence
from openline.domain.talk.incident import Act, Agreement, Incident, Inquiry, Mode, Stage
from openline.domain.talk.protest import Paper, Protest
from openline.domain.talk.violation import Violation, ViolationAct

if TYPE_CHECKING:
    from openline.adapters.wording import Wording

TERMS: Final = {
    # Sorts of matter.
    "incident": mark("incident"),
    "violation": mark("alleged violation"),
    "protest": mark("protest or note"),
    # Where an incident stands.
    "OBSERVED": mark("observed, not reported yet"),
    "REPORTED_BY_ONE": mark("reported by one side"),
    "REPORTED_BY_OTHER": mark("reported by the other side alone"),
    "REPORTED_BY_BOTH": mark("reported by both sides"),
    "JOINT_OFFERED": mark("an inquiry by both sides is offered"),
    "JOINT_OFFERED_BY_OTHER": mark("an inquiry by both sides is offered by the other side"),
    "UNDER_INQUIRY_OWN": mark("under inquiry, each side for itself"),
    "UNDER_INQUIRY_JOINT": mark("under inquiry by both sides"),
    "FINDINGS_GIVEN": mark("findings of one side"),
    "FINDINGS_GIVEN_BY_OTHER": mark("findings of the other side"),
    "FINDINGS_AGREED": mark("findings agreed"),
    "FINDINGS_DIFFERING": mark("findings differ"),
    "MEASURES": mark("measures taken"),
    "CLOSE_OFFERED": mark("closed by one side"),
    "CLOSE_OFFERED_BY_OTHER": mark("closed by the other side alone"),
    "CLOSED_IN_DISAGREEMENT": mark("closed in disagreement"),
    "FALSE_ALARM": mark("false alarm"),
    # How an alleged violation is answered.
    "DENY": mark("denied"),
    "EXPLAIN": mark("explained"),
    # Sorts of incident.
    "STRIKE": mark("strike on people"),
    "FIRING": mark("firing"),
    "APPROACH": mark("dangerous approach"),
    "COLLISION": mark("collision"),
    "ENTRY": mark("entry without a call"),
    "INTERFERENCE": mark("interference"),
    "LOSS": mark("loss"),
    "ACCIDENT": mark("accident"),
    "OTHER": mark("other"),
    # Where an alleged violation or a protest stands.
    "ALLEGED": mark("alleged"),
    "ANSWERED_ACCEPTED": mark("accepted by the other side"),
    "ANSWERED_DENIED": mark("denied by the other side"),
    "ANSWERED_EXPLAINED": mark("explained by the other side"),
    "MADE": mark("made"),
}

_STAGES: Final = {
    Stage.OBSERVATION: mark(
        "{title} has observed an incident, {incident}: {sort}. Its report follows."
    ),
    Stage.FIRST: mark("{title} reports on incident {incident}: {sort}. This is a first report."),
    Stage.FULL: mark("{title} reports on incident {incident}: {sort}. This is its full report."),
}
_ACCOUNT: Final = mark("This is the account of one side. Nothing in it is agreed by it.")
_ACTS: Final = {
    Act.FINDING: mark("{title} says what it has found about incident {incident}."),
    Act.MEASURES: mark("{title} says what it does after incident {incident}."),
    Act.CLOSE: mark(
        "{title} closes incident {incident} for its own part. It is closed when both sides have."
    ),
    Act.CLOSE_IN_DISAGREEMENT: mark("{title} closes incident {incident} in disagreement."),
    Act.FALSE_ALARM: mark("{title} says that incident {incident} was a false alarm."),
}
_MODES: Final = {
    Mode.OWN: mark("{title} opens an inquiry of its own into incident {incident}."),
    Mode.JOINT: mark("{title} is ready for an inquiry by both sides into incident {incident}."),
}
_AGREEMENTS: Final = {
    Agreement.ALONE: mark("These are its own findings; they are not agreed by being said."),
    Agreement.AGREED: mark("It agrees with the findings in {message}."),
    Agreement.DIFFERING: mark("It differs from the findings in {message}."),
}
_VIOLATION_ACTS: Final = {
    ViolationAct.ALLEGE: mark("{title} alleges that the other side has violated what was agreed."),
    ViolationAct.ACCEPT: mark("{title} accepts what is alleged in {message}."),
    ViolationAct.DENY: mark("{title} denies what is alleged in {message}."),
    ViolationAct.EXPLAIN: mark("{title} explains what is alleged in {message}."),
    ViolationAct.DISPUTE: mark("{title} disputes the answer to what it alleged in {message}."),
    ViolationAct.CLOSE: mark("{title} closes for its own part what it alleged in {message}."),
    ViolationAct.WITHDRAW: mark("{title} withdraws what it alleged in {message}."),
}
_PAPERS: Final = {
    Paper.PROTEST: mark("{title} protests."),
    Paper.NOTE: mark("{title} delivers a note."),
}
_EXERCISE: Final = mark("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")
_SAYS: Final = mark("It says, in {language}:")

CLOCK_WORDS: Final = {
    "first_report": mark(
        "{party} owed its first report on {matter} by {at}; tier {tier} must know."
    ),
    "report_read": mark("{party} should have read of {matter} by {at}; tier {tier} must know."),
    "full_report": mark("{party} owed its full report on {matter} by {at}; tier {tier} must know."),
    "own_report": mark(
        "{party} owed a full report of its own on {matter} by {at}; tier {tier} must know."
    ),
    "first_answer": mark("{party} owed a first answer to {matter} by {at}; tier {tier} must know."),
    "findings": mark("{party} owed its findings on {matter} by {at}; tier {tier} must know."),
    "own_findings": mark("{party} owed its findings on {matter} by {at}; tier {tier} must know."),
}
"""What is said when a clock has run out."""

DUE_WORDS: Final = {
    "first_report": mark("{party} gives its first report on {matter} by {at}."),
    "report_read": mark("{party} reads of {matter} by {at}."),
    "full_report": mark("{party} gives its full report on {matter} by {at}."),
    "own_report": mark("{party} gives a full report of its own on {matter} by {at}."),
    "first_answer": mark("{party} gives a first answer to {matter} by {at}."),
    "findings": mark("{party} gives its findings on {matter} by {at}."),
    "own_findings": mark("{party} gives its findings on {matter} by {at}."),
}
"""What is said while a clock runs."""


def _incident(say: "Wording", message: Incident, facts: Facts) -> Iterator[str]:
    if message.exercise:
        yield say.say(_EXERCISE)
    yield say.say(
        _STAGES[message.stage],
        title=say.named(facts.title),
        incident=Data(message.incident),
        sort=say.term(message.sort.name),
    )
    yield say.say(_ACCOUNT)
    yield say.say("It happened at {at}.", at=say.instant(message.happened_at))
    yield from _where(say, message)
    yield from _rows(say, mark("Of its own took part: {what}."), message.own_objects)
    yield from _rows(say, mark("Of others took part: {what}."), message.other_objects)
    for event in message.events:
        yield say.say("At {at}: {what}.", at=say.instant(event.at), what=say.quoted(event.what))
    for sentence, words in (
        (mark("What it knows, in {language}:"), message.facts),
        (mark("What it makes of it, in {language}; this is its assessment:"), message.assessment),
        (mark("Harm done, in {language}:"), message.harm),
        (mark("What it did at once, in {language}:"), message.measures),
    ):
        if words:
            yield from say.words(sentence, words, message.language)
    yield from _grounds(say, message.articles, message.about, message.evidence)
    if message.is_urgent:
        yield say.say("It asks for an urgent first answer.")
    yield from say.officer_rows(message.by)


def _inquiry(say: "Wording", message: Inquiry, facts: Facts) -> Iterator[str]:
    sentence = _MODES[message.mode or Mode.OWN] if message.act is Act.OPEN else _ACTS[message.act]
    yield say.say(sentence, title=say.named(facts.title), incident=Data(message.incident))
    if message.lead:
        yield say.say("It is led by: {who}.", who=say.quoted(message.lead))
    if message.due_at is not None:
        yield say.say("Findings are due by {at}.", at=say.instant(message.due_at))
    yield from _rows(say, mark("To be found out: {what}."), message.questions)
    yield from _findings(say, message, facts)
    for sentence, words in (
        (mark("Where the sides differ, in {language}:"), message.disagreement),
        (mark("Measures, in {language}:"), message.measures),
        (_SAYS, message.text),
    ):
        if words:
            yield from say.words(sentence, words, message.language)
    yield from _grounds(say, (), (), message.evidence)
    yield from say.officer_rows(message.by)


def _findings(say: "Wording", message: Inquiry, facts: Facts) -> Iterator[str]:
    if message.agreement is not None:
        places = {} if message.of is None else {"message": say.reference(message.of, facts)}
        is_whole = places or message.agreement is Agreement.ALONE
        sentence = _AGREEMENTS[message.agreement if is_whole else Agreement.ALONE]
        yield say.say(sentence, **places)
    if message.findings:
        yield from say.words(mark("Findings, in {language}:"), message.findings, message.language)
    yield from _rows(say, mark("Agreed as a fact: {what}."), message.facts_agreed)
    yield from _rows(say, mark("Not agreed as a fact: {what}."), message.facts_differing)


def _violation(say: "Wording", message: Violation, facts: Facts) -> Iterator[str]:
    if message.exercise:
        yield say.say(_EXERCISE)
    about = message.of or Reference(facts.party, facts.index)
    places = {} if message.is_allegation else {"message": say.reference(about, facts)}
    yield say.say(_VIOLATION_ACTS[message.act], title=say.named(facts.title), **places)
    if message.is_allegation:
        yield say.say("This is an allegation. It is not a finding.")
    if message.happened_at is not None:
        yield say.say("It happened at {at}.", at=say.instant(message.happened_at))
    if message.ended_at is not None:
        yield say.say("It lasted until {at}.", at=say.instant(message.ended_at))
    yield from _where(say, message)
    if message.zone:
        yield say.say("Zone: {zone}.", zone=say.quoted(message.zone))
    yield from _belongs(say, message.incident)
    if message.text:
        yield from say.words(_SAYS, message.text, message.language)
    yield from _grounds(say, message.articles, message.about, message.evidence)
    if message.reply_by is not None:
        yield say.say("An answer is needed by {at}.", at=say.instant(message.reply_by))
    yield from say.officer_rows(message.by)


def _protest(say: "Wording", message: Protest, facts: Facts) -> Iterator[str]:
    title = say.named(facts.title)
    if message.of is None:
        yield say.say(_PAPERS[message.paper], title=title)
    else:
        sentence = (
            mark("{title} withdraws {message}.")
            if message.is_withdrawn
            else mark("{title} delivers a note in reply to {message}.")
        )
        yield say.say(sentence, title=title, message=say.reference(message.of, facts))
    if message.subject:
        yield say.say("Subject: {what}.", what=say.quoted(message.subject))
    yield from _belongs(say, message.incident)
    yield from say.words(_SAYS, message.text, message.language)
    yield from _rows(say, mark("It demands: {what}."), message.demands)
    yield from _grounds(say, message.articles, message.about, ())
    if message.due_at is not None:
        yield say.say("An answer is needed by {at}.", at=say.instant(message.due_at))
    if message.also_by:
        yield say.say("It is delivered also by: {who}.", who=say.quoted(message.also_by))
    yield from say.officer_rows(message.by)


def _where(say: "Wording", message: Incident | Violation) -> Iterator[str]:
    if message.place:
        yield say.say("Place in words: {place}.", place=say.quoted(message.place))
    for number, volume in enumerate(message.volumes, start=1):
        yield from say.volume_rows(number, len(message.volumes), volume)


def _belongs(say: "Wording", incident: str) -> Iterator[str]:
    if incident:
        yield say.say("It belongs to incident {incident}.", incident=Data(incident))


def _rows(say: "Wording", sentence: str, words: Iterable[str]) -> Iterator[str]:
    for one in words:
        yield say.say(sentence, what=say.quoted(one))


def _grounds(
    say: "Wording",
    articles: tuple[str, ...],
    about: tuple[Reference, ...],
    evidence: tuple[Evidence, ...],
) -> Iterator[str]:
    """What something rests on."""
    yield from _rows(say, mark("Article: {what}."), articles)
    for of in about:
        yield say.say("It rests on message {serial}.", serial=Data(f"{of.party} {of.index}"))
    for file in evidence:
        sentence = mark("Evidence: {what}; {size} bytes, SHA-256 {hash}. It does not go along.")
        places = {"size": Data(file.size_bytes), "hash": Data(file.sha256.hex())}
        yield say.say(sentence, what=say.quoted(file.what), **places)


SAYINGS: Final[dict[type, Callable[[Any, Any, Facts], Iterator[str]]]] = {
    Incident: _incident,
    Inquiry: _inquiry,
    Violation: _violation,
    Protest: _protest,
}
"""How each message is said."""

ALARMS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]]] = {}
"""There are no alarms of its own: those of matters and clocks serve."""
