"""Wording: every structured message as complete sentences, in each language.

A message on the record can be read by somebody who has never seen the
documentation: who says what, when, where, and what it does not mean. Sentences
come from gettext catalogues (`locale/*.po`), whose keys are the English ones.
Times, numbers, positions and names are data: they are the same in every
language and in Arabic stand in isolates from left to right. Free words are
quoted as they were written, with unseen characters made visible.

The state of a line, alarms, and what became of a message are worded here too, from
the plain values in which a node tells them.

It words what is there. It judges nothing and translates no free words.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from openline.adapters.wording import (
    acts,
    air,
    calls,
    contact,
    dialogue,
    incident,
    places,
    standing,
    statements,
    talks,
    watch,
)
from openline.adapters.wording.marking import LANGUAGES, Data, Facts, Quote, catalogue, mark
from openline.domain.instant import (
    DAY_MS,
    HOUR_MS,
    INSTANT_MAX,
    MINUTE_MS,
    SECOND_MS,
    dtg,
    format_instant,
)
from openline.domain.line.letters import visible
from openline.domain.line.terms import ANY, PartyTerms, Timers
from openline.domain.line.understanding import Understanding, understanding_hash
from openline.domain.record.signing import PublicKeys, key_id
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.conflict import Finding, Verdict
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.agreement import Adoption, Amendment
from openline.domain.talk.body import By, Reference
from openline.domain.talk.check import LineCheck, LineCheckReply, Occasion, ScopeStatus
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.keys import Epoch, KeyChange, KeyRevoke
from openline.domain.talk.lead_time import LeadClass
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.notice import Certainty, Notice, Operation, Releasability, SpeaksFor
from openline.domain.talk.private import ALWAYS_FROM, WITHOUT_END, Private
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.roster import Roster
from openline.domain.talk.text import Text

_ROOMS: Final = (
    air,
    calls,
    contact,
    dialogue,
    incident,
    places,
    standing,
    statements,
    talks,
    watch,
)
"""The modules of this package, each with the words of one subject."""

__all__ = ["LANGUAGES", "TERMS", "Facts", "Wording", "catalogue", "mark"]

_RIGHT_TO_LEFT: Final = ("ar",)
_PLAIN_QUOTES: Final = str.maketrans(dict.fromkeys("“”„«»", '"'))
_LEFT_ISOLATE, _FIRST_ISOLATE, _END_ISOLATE = "\u2066", "\u2068", "\u2069"


TERMS: Final = (
    {
        # Roles of people.
        "OBSERVER": mark("observer"),
        "LINGUIST": mark("linguist"),
        "COMMUNICATOR": mark("communicator"),
        "WATCH_OFFICER": mark("watch officer"),
        "COMMANDER": mark("commander"),
        "ADMINISTRATOR": mark("administrator"),
        # Precedence.
        "ROUTINE": mark("ROUTINE"),
        "PRIORITY": mark("PRIORITY"),
        "IMMEDIATE": mark("IMMEDIATE"),
        "FLASH": mark("FLASH"),
        # Lead time.
        "NORMAL": mark("in good time"),
        "SHORT_NOTICE": mark("at short notice"),
        "IMMINENT": mark("imminent"),
        "AFTER_START": mark("after the start"),
        # Where a notice or a message stands.
        "DRAFT": mark("draft"),
        "CHECKED": mark("checked"),
        "RELEASED": mark("released"),
        "SENT": mark("sent"),
        "RECORDED": mark("recorded"),
        "LATE": mark("receipt is late"),
        "UNDELIVERED": mark("not receipted"),
        "DELIVERED": mark("delivered"),
        "READ": mark("read"),
        "READ_BACK": mark("read back"),
        "CORRECTED": mark("read back and corrected"),
        "ANSWERED": mark("answered"),
        "NOTED": mark("noted"),
        "QUERIED": mark("queried"),
        "OBJECTED": mark("objected to"),
        "UNABLE": mark("unable"),
        "HOLDING": mark("answer follows"),
        "DECLINED": mark("answer declined"),
        "IN_FORCE_UNREAD": mark("in force and not read"),
        "COMPLETED": mark("completed"),
        "EXPIRED": mark("expired"),
        "REPLACED": mark("replaced"),
        "CANCELLED": mark("cancelled"),
        "WITHDRAWN": mark("withdrawn"),
        # The line and its scopes.
        "ACTIVE": mark("active"),
        "DEGRADED": mark("degraded"),
        "UNANSWERED": mark("unanswered"),
        "UNTESTED": mark("not tested"),
        "UNKNOWN": mark("not known"),
        "UP": mark("working"),
        "LOST": mark("lost"),
        "PARTIALLY_SUSPENDED": mark("partially suspended"),
        "CLOSED": mark("closed"),
        "CONTESTED": mark("contested"),
        "NOT_IN_FORCE": mark("not in force"),
        "IN_FORCE": mark("in force"),
        "SUSPENSION_PENDING": mark("suspension announced"),
        "SUSPENDED": mark("suspended"),
        "TERMINATION_PENDING": mark("end announced"),
        "TERMINATED": mark("ended"),
        "air_safety": mark("air safety"),
        "ground_movement": mark("ground movement"),
        "maritime": mark("sea"),
        "humanitarian": mark("humanitarian matters"),
        "incident_inquiry": mark("inquiry into incidents"),
        "line_procedure": mark("procedure on the line"),
        "line_check": mark("line checks"),
        "flash": mark("FLASH messages"),
        "contact": mark("contact between the parties"),
        # Conflicts.
        "CONFLICT": mark("conflict"),
        "TOUCH": mark("touching"),
        "MARGINAL": mark("conflict at the margin"),
        "CLEAR": mark("no conflict"),
        # What acts, and what it is about.
        "air": mark("aircraft"),
        "unmanned": mark("unmanned aircraft"),
        "missile": mark("missiles"),
        "ground": mark("ground vehicles or troops"),
        "presence": mark("presence of people"),
        "strike": mark("strike"),
        "flight": mark("flight"),
        "exercise": mark("exercise"),
        "hazard": mark("hazard"),
        "test_launch": mark("test launch"),
        "movement": mark("movement"),
        "emergency_movement": mark("emergency movement"),
        "visit": mark("visit"),
        "passage": mark("passage"),
        "firing": mark("firing practice"),
        "other": mark("other"),
        # What a version of a notice does, and what is said of values read back.
        "NEW": mark("new"),
        "REPLACE": mark("replacement"),
        "CANCEL": mark("cancellation"),
        "I_READ_BACK": mark("values repeated"),
        "CORRECT": mark("confirmed as correct"),
        "CORRECTION": mark("corrected"),
        # Languages and keys.
        "en": mark("English"),
        "ru": mark("Russian"),
        "ar": mark("Arabic"),
        "NODE": mark("node"),
        "WITNESS": mark("witness"),
        "MIRROR": mark("mirror"),
        "TLS": mark("circuit"),
        # Line checks.
        "OPENING": mark("opening"),
        "REGULAR": mark("regular"),
        "CLOSING": mark("closing"),
    }
    | acts.TERMS
    | {code: word for room in _ROOMS for code, word in room.TERMS.items()}
)
"""The words for every agreed code; what is not here is shown as it is."""

_OPERATIONS: Final = {
    Operation.NEW: mark(
        "{title} gives advance information of an activity: notice {id}, version {version}."
    ),
    Operation.REPLACE: mark(
        "{title} replaces its notice {id}: this is version {version}; earlier versions no longer "
        "stand."
    ),
    Operation.CANCEL: mark(
        "{title} cancels its notice {id} with version {version}: nothing of it stands any longer."
    ),
}
_CERTAINTIES: Final = {
    Certainty.FIRM: mark("It is firm: the decision has been taken."),
    Certainty.TENTATIVE: mark("It is tentative: the decision has not been taken yet."),
}
_SPEAKERS: Final = {
    SpeaksFor.OWN: mark("The party's own people act."),
    SpeaksFor.AUXILIARY: mark("Auxiliaries under the party's control act."),
    SpeaksFor.PARTNER: mark("Others act, with whom the party is in contact."),
}
_RELEASES: Final = {
    Releasability.LINE_ONLY: mark("It is for this line only."),
    Releasability.PARTY_INTERNAL: mark("It may be passed on inside the receiving party."),
    Releasability.JOINT_PUBLIC: mark("It may be published by both parties together."),
    Releasability.PUBLIC: mark("It may be published."),
}
_ANSWERS: Final = {
    Answer.NOTED: mark("{title} has noted {message}. This is not agreement."),
    Answer.QUERIED: mark("{title} asks a question about {message}."),
    Answer.OBJECTED: mark("{title} objects to {message}."),
    Answer.UNABLE: mark("{title} is unable to act on {message}."),
    Answer.HOLDING: mark("{title} is working on its answer to {message}."),
    Answer.DECLINED: mark("{title} declines to answer {message}."),
    Answer.WILCO: mark("{title} has understood {message} and will comply."),
}
_RECORD_ANSWERS: Final = {
    Answer.NOTED: mark("{title} agrees with {message}, the record of a call."),
    Answer.OBJECTED: mark("{title} differs from {message}, the record of a call."),
}
"""What these say of a call record, which both sides sign."""

_VERDICTS: Final = {
    ReadBackVerdict.I_READ_BACK: mark("{title} reads back the values of {message} as received."),
    ReadBackVerdict.CORRECT: mark(
        "{title} confirms that the values of {message} were read back correctly."
    ),
    ReadBackVerdict.CORRECTION: mark(
        "{title} corrects what was read back of {message}. The right values follow."
    ),
}
_STATUSES: Final = {
    Status.IN_FORCE: mark("{title} declares these scopes in force from {at}: {scopes}."),
    Status.SUSPENDED: mark("{title} suspends these scopes for its own part from {at}: {scopes}."),
    Status.TERMINATED: mark("{title} ends these scopes for its own part from {at}: {scopes}."),
}
_READABILITIES: Final = {
    1: mark("unreadable"),
    2: mark("readable now and then"),
    3: mark("readable with difficulty"),
    4: mark("readable"),
    5: mark("perfectly readable"),
}
_FINDINGS: Final = {
    Verdict.CONFLICT: mark("{one} and {other} come nearer to each other than was agreed."),
    Verdict.MARGINAL: mark(
        "{one} and {other} come so near to the agreed distance that this counts as a conflict."
    ),
    Verdict.TOUCH: mark("{one} and {other} touch and do not overlap."),
    Verdict.CLEAR: mark("{one} and {other} keep the agreed distance."),
}
_DRAFT_FINDINGS: Final = {
    Verdict.CONFLICT: mark("This notice and {other} come nearer to each other than was agreed."),
    Verdict.MARGINAL: mark("This notice and {other} come so near that this counts as a conflict."),
    Verdict.TOUCH: mark("This notice and {other} touch and do not overlap."),
    Verdict.CLEAR: mark("This notice and {other} keep the agreed distance."),
}
_PRIVATE_FINDINGS: Final = {
    Verdict.CONFLICT: mark("Notice {notice} comes nearer to {name} than was agreed."),
    Verdict.MARGINAL: mark(
        "Notice {notice} comes so near to {name} that this counts as a conflict."
    ),
    Verdict.TOUCH: mark("Notice {notice} touches {name} and does not overlap it."),
    Verdict.CLEAR: mark("Notice {notice} keeps the agreed distance from {name}."),
}
_DONE_BY: Final = {
    "read": mark("Read at {at} by {officer}, post {post}, of {party} ({serial})."),
    "read_back": mark(
        "Read back at {at} by {officer}, post {post}, of {party} ({serial}): {said}."
    ),
    "answered": mark("Answered at {at} by {officer}, post {post}, of {party} ({serial}): {said}."),
} | talks.OUTCOMES
_FLAGS: Final = {
    "BACKDATED": mark("Its author dates it before what the author had said or seen already."),
    "POSTDATED": mark("Its author dates it later than it was received."),
    "UNREADABLE": mark("This program cannot read what the message says. It is kept as it came."),
    "DOUBTFUL": mark("It holds characters or values that should not be there; they are shown."),
    "NOT_TRUSTED": mark(
        "Its key was revoked, or its author has shown two histories: do not rely on it."
    ),
    "OVER_CAP": mark(
        "It is beyond the agreed number of live notices: it is not checked for conflicts."
    ),
    "UNCHECKED": mark("An area in it cannot be: that one is not checked for conflicts."),
    "UNKNOWN_BOOK": mark(
        "It names a code book that is not the agreed one, or that this node does not hold: its "
        "values are shown as they are."
    ),
    "DISOWNED": mark("Its author has opened a new outbox since, which does not stand on it."),
    "NO_EFFECT": mark(
        "It comes after the end of the notice or repeats a version: it changes nothing."
    ),
}
_WHY_NOT: Final = {
    "MALFORMED": mark("What its authenticator or browser gave has not the form that it must have."),
    "CHALLENGE": mark("It is over something else than this message."),
    "ORIGIN": mark("It was made on another page than the party's own."),
    "RELYING_PARTY": mark("It was made for another place than the party's own."),
    "NOT_PRESENT": mark("Nobody touched the authenticator."),
    "NOT_VERIFIED": mark("The authenticator did not check who touched it."),
    "SIGNATURE": mark("It is by another key, or was altered."),
    "COUNTER": mark("The counter of the authenticator has not grown: there may be a copy of it."),
    "NO_ROSTER": mark("The roster that it names is not there."),
    "OLD_ROSTER": mark("The roster that it names was replaced before."),
    "NOT_ON_ROSTER": mark("The roster has nobody of that name at that post."),
    "UNKNOWN_KEY": mark("The roster has no such passkey of that person."),
    "TOO_OLD": mark("It was made too long before the message, or after it."),
    "REPEATED": mark("An earlier message carries the same signature."),
}
"""Why a signature does not verify, by the words of `domain.record.passkey`."""

_STOPPED: Final = {
    "SUSPENDED": mark("suspended by {party} since {at}: {scopes}"),
    "TERMINATED": mark("ended for good by {party} since {at}: {scopes}"),
}
_ANNOUNCED: Final = {
    "IN_FORCE": mark("to be resumed by {party} from {at}: {scopes}"),
    "SUSPENDED": mark("to be suspended by {party} from {at}: {scopes}"),
    "TERMINATED": mark("to be ended for good by {party} from {at}: {scopes}"),
}
_EVIDENCE: Final = {
    "FORK": mark("{party} has signed two histories that contradict each other: {what}."),
    "JOURNAL_FORK": mark("{party} has signed two journals that contradict each other: {what}."),
    "ENTRIES_TAKEN_BACK": mark("{party} takes back in its ticks what it had signed: {what}."),
}
_HEIGHTS: Final = {
    Datum.AMSL: mark("{m} m ({ft} ft) above mean sea level"),
    Datum.AGL: mark("{m} m ({ft} ft) above ground"),
    Datum.WGS84: mark("{m} m ({ft} ft) above the WGS-84 ellipsoid"),
}


class Wording:
    """Says messages, findings and states in one language.

    Args:
        language: `en`, `ru` or `ar`.

    Attributes:
        language: In which it says.
        is_right_to_left: Whether rows of it begin on the right.
        clocks: What is said while a clock runs, by its name.
        clocks_over: What is said when it has run out.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._sentences = catalogue(language)
        self.is_right_to_left = language in _RIGHT_TO_LEFT
        self._sayings: dict[type, Callable[[Any, Facts], Iterator[str]]] = {
            Adoption: self._adoption,
            Amendment: self._amendment,
            Declaration: self._declaration,
            Epoch: self._epoch,
            KeyChange: self._key_change,
            KeyRevoke: self._key_revoke,
            LineCheck: self._line_check,
            LineCheckReply: self._line_check_reply,
            Notice: self._notice,
            Read: self._read,
            ReadBack: self._read_back,
            Response: self._response,
            Roster: self._roster,
            Text: self._text,
            Unreadable: self._unreadable,
        }
        self.clocks = {name: one for room in _ROOMS for name, one in room.DUE_WORDS.items()}
        self.clocks_over = {name: one for room in _ROOMS for name, one in room.CLOCK_WORDS.items()}
        self._alarms: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {}
        for room in _ROOMS:
            for kind, saying in room.SAYINGS.items():
                self._sayings[kind] = partial(saying, self)
            for name, alarm in room.ALARMS.items():
                self._alarms[name] = partial(alarm, self)
        self._alarms |= {
            "FLASH": self._flash_alarm,
            "CONFLICT": self._conflict_alarm,
            "CONFLICTS_UNLISTED": self._unlisted_alarm,
            "PRIVATE_CONFLICT": self._private_alarm,
            "PRIVATE_CONFLICTS_UNLISTED": self._private_unlisted_alarm,
            "IN_FORCE_UNREAD": self._unread_alarm,
            "DECLARED": self._declared_alarm,
            "STATE_CHANGED": self._changed_alarm,
            "VIEWS_DIFFER": self._views_alarm,
            "CLOCKS_DIFFER": self._clocks_alarm,
            "UNDERSTANDINGS_DIFFER": self._terms_alarm,
            "EPOCH": self._epoch_alarm,
            "OWN_ENTRIES_LOST": self._lost_alarm,
            "OWN_HISTORY_DIFFERS": self._history_alarm,
            "OWN_KEY_ELSEWHERE": self._stranger_alarm,
        }

    def say(self, sentence: str, **values: str) -> str:
        """A sentence of the catalogue with its values put in.

        Args:
            sentence: The English sentence, which is its key.
            values: By the names of the sentence's places.
        """
        shown = {name: self._shown(value) for name, value in values.items()}
        return self._sentences[sentence].format_map(shown)

    def term(self, code: str) -> str:
        """The word for an agreed code; a code without one as it is, made visible."""
        if code in TERMS:
            return self._sentences[TERMS[code]]
        return self._shown(Data(visible(code)))

    def data(self, value: object) -> str:
        """A value that is the same in every language, to be put into a sentence."""
        return Data(visible(str(value)))

    def title(self, party: PartyTerms) -> str:
        """What a party is called in this language, or its name."""
        return self.named(party.title(self.language))

    def message(self, message: Message | Unreadable, facts: Facts) -> str:
        """The whole message as plain text: rows of sentences, no mark-up."""
        rows = [*self._head(facts), *self._sayings[type(message)](message, facts)]
        return "\n".join(rows) + "\n"

    def body(self, message: Message | Unreadable, facts: Facts) -> str:
        """What the message says, without who sent it when to whom."""
        return "\n".join(self._sayings[type(message)](message, facts)) + "\n"

    def notice(self, notice: Notice, title: str) -> str:
        """A notice that is not sent yet, in sentences.

        Args:
            notice: The draft.
            title: What the issuing party is called.
        """
        facts = Facts(title, title, "", 0, 0)
        return "\n".join(self._notice(notice, facts)) + "\n"

    def remarks(self, notice: Notice, understanding: Understanding) -> list[str]:
        """What an officer may have meant otherwise: names that the Understanding has not.

        They are allowed; a misspelt kind would go by other minima than was meant.

        Args:
            notice: The draft.
            understanding: The terms in force.
        """
        categories = {entry.category for entry in understanding.lead_times} - {ANY}
        rows = self.kind_remarks(notice.kind, understanding)
        if notice.category not in categories:
            sentence = mark(
                "The Understanding has no lead time for the category {category}: what holds for "
                "any is taken. It names {names}."
            )
            category = Data(visible(notice.category))
            rows.append(self._remark(sentence, categories, category=category))
        return rows

    def kind_remarks(self, kind: str, understanding: Understanding) -> list[str]:
        """The same of the kind alone: it names separation minima.

        Args:
            kind: What acts or is there.
            understanding: The terms in force.
        """
        kinds = {kind for entry in understanding.separations for kind in entry.kinds} - {ANY}
        if kind in kinds:
            return []
        sentence = mark(
            "The Understanding has no separation for the kind {kind}: what holds for any kind "
            "is taken. It names {names}."
        )
        return [self._remark(sentence, kinds, kind=Data(visible(kind)))]

    def _remark(self, sentence: str, names: set[str], **values: str) -> str:
        return self.say(sentence, names=Data(", ".join(sorted(names)) or "–"), **values)

    def finding(self, finding: Finding, one: str, other: str) -> str:
        """How near two notices come to each other, in sentences.

        Args:
            finding: What was found.
            one: The name of one notice, or what `kept` gives.
            other: The name of the other, or what `kept` gives.
        """
        rows = [self._met(finding.verdict, one, other)]
        if finding.separation_m:
            distance = self.distance(finding.separation_m)
            rows.append(self.say("On the map they are {distance} apart.", distance=distance))
        else:
            rows.append(self.say("On the map they overlap."))
        if finding.vertical_gap_dm:
            gap = self.distance(finding.vertical_gap_dm / 10)
            rows.append(self.say("Their heights are {distance} apart.", distance=gap))
        else:
            rows.append(self.say("Their heights may overlap."))
        if finding.overlap_from < finding.overlap_until:
            rows.append(self.window(finding.overlap_from, finding.overlap_until, both=True))
        else:
            duration = self.duration(finding.time_gap_ms)
            rows.append(self.say("Their windows are {duration} apart.", duration=duration))
        at = self.position(finding.closest)
        rows.append(self.say("They are nearest to each other at {position}.", position=at))
        return " ".join(rows)

    def _met(self, verdict: Verdict, one: str, other: str) -> str:
        """That two notices meet, or that a notice meets what is kept private."""
        if isinstance(one, Quote) or isinstance(other, Quote):
            name, notice = (one, other) if isinstance(one, Quote) else (other, one)
            return self.say(_PRIVATE_FINDINGS[verdict], name=name, notice=Data(notice))
        if not one:
            return self.say(_DRAFT_FINDINGS[verdict], other=Data(other))
        return self.say(_FINDINGS[verdict], one=Data(one), other=Data(other))

    def kept(self, name: str) -> str:
        """What something that is kept private is called, in sentences about it."""
        return Quote(self.quoted(name))

    def private(self, private: Private) -> str:
        """A plan or site that is kept private, in sentences."""
        sentence = (
            mark("{name} is a place where people are. It is kept private, on this node alone.")
            if private.is_site
            else mark("{name} is a plan. It is kept private, on this node alone.")
        )
        rows = [self.say(sentence, name=self.quoted(private.name))]
        if private.rule is not None:
            rows = [places.private_zone_sentence(self, private.name, private.rule)]
        if private.is_exercise:
            rows.append(self.say("EXERCISE EXERCISE EXERCISE: this is for an exercise only."))
        rows.append(self.say("What is there, or acts: {kind}.", kind=self.term(private.kind)))
        for number, volume in enumerate(private.volumes, start=1):
            rows += self.area_rows(number, len(private.volumes), volume)
            rows.append(self.open_window(volume.valid_from, volume.valid_until))
        if private.remark:
            rows += self.words(mark("Remark:"), private.remark)
        rows.append(self.say("This program tells no other party of it."))
        return "".join(f"{row}\n" for row in rows)

    def open_window(self, start: int, end: int) -> str:
        """The window of a site, which may have no beginning and no end."""
        if start != ALWAYS_FROM and end != WITHOUT_END:
            return self.window(start, end)
        if start != ALWAYS_FROM:
            return self.say("In force from {start}, without end.", start=self.instant(start))
        if end != WITHOUT_END:
            return self.say("In force until {end}.", end=self.instant(end))
        return self.say("In force at all times.")

    def lead(self, lead_ms: int, lead: LeadClass) -> str:
        """The lead time of a notice and its class, in one sentence."""
        if lead_ms <= 0:
            late = self.duration(-lead_ms)
            return self.say("It was received {duration} after its window had begun.", duration=late)
        return self.say(
            "Lead time, counted from receipt: {duration} ({class_}).",
            duration=self.duration(lead_ms),
            class_=self.term(lead.value),
        )

    # What became of a message or a notice.

    def signatures(self, found: Iterable[Mapping[str, Any]]) -> str:
        """What is found of the passkeys that signed a message; empty where nobody did."""
        rows: list[str] = []
        for one in found:
            officer = self.quoted(one["officer"])
            if one["is_verified"]:
                signed = mark("{officer} signed it with a passkey, which verifies.")
                rows.append(self.say(signed, officer=officer))
                continue
            failed = mark("The signature of {officer} does not verify.")
            rows += [self.say(failed, officer=officer), self.say(_WHY_NOT[one["why"]])]
        return "".join(f"{row}\n" for row in rows)

    def outcome(self, record: Mapping[str, Any]) -> str:
        """What became of a message: who has it, read it, answered it; what is doubtful.

        Args:
            record: The message as a node lists it, with `marks` and `flags`.
        """
        marks = record["marks"]
        rows = [
            self.say("Delivered to {party} at {at}.", party=Data(party), at=self.instant(at))
            for party, at in sorted(marks["delivered"].items())
        ]
        rows += [self._done(name, one) for name in _DONE_BY for one in marks.get(name, ())]
        rows += self._flags(record["flags"])
        if record.get("passing"):
            rows += talks.passing_rows(self, {**record["passing"], "serial": record["serial"]})
        return "".join(f"{row}\n" for row in rows)

    def talk(self, talk: Mapping[str, Any]) -> str:
        """What hangs on a message: corrected values, translations and what they lack.

        Args:
            talk: As the API tells it with the message.
        """
        return "".join(f"{row}\n" for row in talks.talk_rows(self, talk))

    def notice_outcome(self, notice: Mapping[str, Any]) -> str:
        """Where a notice stands with each party, its versions, answers and conflicts.

        Args:
            notice: The notice as a node lists it.
        """
        rows = [
            self.say("With {party}: {state}.", party=Data(party), state=self.term(state))
            for party, state in sorted(notice["states"].items())
        ]
        rows += [
            self._done("answered", {**one, "said": one["answer"]}) for one in notice["responses"]
        ]
        versions = notice["versions"] if len(notice["versions"]) > 1 else ()
        rows += [
            self.say(
                "Version {version}: {operation}, {serial}.",
                version=Data(one["version"]),
                operation=self.term(one["operation"]),
                serial=Data(one["serial"]),
            )
            for one in versions
        ]
        for conflict in notice["conflicts"]:
            first, second = _sides(conflict)
            party, name = second if first == (notice["party"], notice["notice_id"]) else first
            sort, parting, rest = name.partition("/")
            if parting:
                sentence = mark("In conflict with {sort} {id} of {party}.")
                said = self.say(sentence, sort=self.term(sort), id=Data(rest), party=Data(party))
            else:
                sentence = mark("In conflict with notice {id} of {party}.")
                said = self.say(sentence, id=Data(name), party=Data(party))
            rows.append(said)
        rows += self._flags(notice["flags"])
        return "".join(f"{row}\n" for row in rows)

    def encounter(self, found: Mapping[str, Any], one: str, other: str) -> str:
        """How near two notices come to each other, from what a node tells of it.

        Args:
            found: The finding as a node lists it.
            one: The name of one notice; empty for a draft that has none.
            other: The name of the other.
        """
        finding = Finding(
            verdict=Verdict(found["verdict"]),
            separation_m=found["separation_m"],
            vertical_gap_dm=found["vertical_gap_dm"],
            time_gap_ms=found["time_gap_ms"],
            overlap_from=found["overlap_from"],
            overlap_until=found["overlap_until"],
            closest=(found["closest"]["lat_e7"], found["closest"]["lon_e7"]),
        )
        rows = self.finding(finding, one, other)
        rule = found.get("rule")
        return f"{rows} {places.rule_sentence(self, rule)}" if rule else rows

    def _done(self, name: str, one: Mapping[str, Any]) -> str:
        said = self.term(one["said"]) if "said" in one else ""
        return self.say(
            _DONE_BY[name],
            at=self.instant(one["at"]),
            officer=self.quoted(one["officer"]),
            post=self.quoted(one["post"]),
            party=Data(one["party"]),
            serial=Data(one["serial"]),
            said=said,
            happened=self.instant(one.get("happened_at", one["at"])),
        )

    def _flags(self, flags: list[str]) -> list[str]:
        return [self.say(_FLAGS[flag]) if flag in _FLAGS else self.term(flag) for flag in flags]

    # The state of a line.

    def line_word(self, line: Mapping[str, Any]) -> str:
        """The word for a line as it stands on top, in capitals where there are such."""
        return self.term(line["displayed"]["word"]).upper()

    def line_sentence(self, line: Mapping[str, Any], timers: Timers, now: int) -> str:
        """What the word for a line rests on, in one sentence.

        First what is wrong, then what machines see, then what people tested, then
        what the parties declare.

        Args:
            line: The line as the status of a node tells it.
            timers: The agreed counts.
            now: The present instant.
        """
        parts = [
            *self._troubles(line),
            *(part for one in line["counterparts"] for part in self._heard(line, one, timers, now)),
            *(part for party, test in sorted(line["displayed"]["checks"].items())
              for part in self._tested(party, test)),
            *standing.state_parts(self, line["displayed"]),
            *self._declared(line["displayed"]["declared"]),
        ]  # fmt: skip
        sentence = self.listed(iter(parts)) + "."
        return sentence[:1].upper() + sentence[1:]

    def _troubles(self, line: Mapping[str, Any]) -> Iterator[str]:
        """What a person must know before anything else of the state."""
        if line["broken"]:
            yield self.say("nothing is signed here: {why}", why=self.quoted(line["broken"]))
        elif not line["can_sign"]:
            parties = self.listed(Data(party) for party in line["waiting_for"])
            yield self.say("nothing is signed here until confirmed by {parties}", parties=parties)
        for one in line["counterparts"]:
            party = Data(one["party"])
            if one["is_forked"]:
                yield self.say("two histories were shown by {party}", party=party)
            if one["difference"]:
                yield self.say("another Understanding is held by {party}", party=party)
        for one in line["displayed"]["contested"]:
            yield self.say(
                "{scope} is {says} by the word of {party}, but {declared} as it declared",
                scope=self.term(one["scope"]),
                says=self.term(one["says"]),
                party=Data(one["party"]),
                declared=self.term(one["declared"]),
            )

    def _heard(
        self, line: Mapping[str, Any], one: Mapping[str, Any], timers: Timers, now: int
    ) -> Iterator[str]:
        """What the circuits to a counterpart show."""
        party, circuits = Data(one["party"]), one["circuits"]
        ticks = [held["last_tick_at"] for held in circuits if held["last_tick_at"] is not None]
        if not ticks:
            yield self.say("no tick heard yet from {party}", party=party)
        elif len(line["counterparts"]) == 1:
            yield self.say("last tick {duration} ago", duration=self._age(now - max(ticks)))
        else:
            age = self._age(now - max(ticks))
            yield self.say("last tick of {party} {duration} ago", party=party, duration=age)
        if not any(held["is_connected"] for held in circuits):
            yield self.say("no connection to {party}", party=party)
            return
        faulty = [held for held in circuits if held["state"] != "UP"]
        for held in faulty if ticks else ():
            yield self.say(
                "circuit {circuit} to {party}: {state}",
                circuit=Data(held["circuit"]),
                party=party,
                state=self.term(held["state"]),
            )
        age_ms = one["two_way_age_ms"]
        if not faulty and age_ms is None:
            yield self.say("no sign yet that {party} hears us", party=party)
        elif not faulty and age_ms >= timers.tick_ms * timers.ticks_missed_degraded:
            sentence = mark("no sign for {duration} that {party} hears us")
            yield self.say(sentence, duration=self._age(age_ms), party=party)

    def _age(self, age_ms: int) -> str:
        return self.duration(max(0, age_ms))

    def _tested(self, party: str, test: Mapping[str, Any]) -> Iterator[str]:
        """What line checks between people show of a counterpart."""
        asked_at, answered_at = test["asked_at"], test["answered_at"]
        if asked_at is not None:
            sentence = (
                mark("line check of {at} waits for {party}")
                if test["state"] in ("UNTESTED", "ANSWERED", "RECOVERING")
                else mark("line check of {at} not answered by {party}")
            )
            yield self.say(sentence, at=Data(dtg(asked_at)), party=Data(party))
        elif answered_at is not None:
            sentence = mark("line check answered {at} by {party}")
            yield self.say(sentence, at=Data(dtg(answered_at)), party=Data(party))
        else:
            yield self.say("no line check answered yet by {party}", party=Data(party))

    def _declared(self, declared: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
        """Which scopes are or will be out of force, by whom, from when; then the rest."""
        changes: dict[tuple[str, str, int], list[str]] = {}
        kept = set.intersection(*map(set, declared.values()))
        for party, scopes in declared.items():
            if all(held["state"] == "NOT_IN_FORCE" for held in scopes.values()):
                yield self.say("not adopted yet by {party}", party=Data(party))
            for scope, held in scopes.items():
                if held["state"] in _STOPPED:
                    place = (_STOPPED[held["state"]], party, held["since"])
                    changes.setdefault(place, []).append(scope)
                for pending in held["pending"]:
                    place = (_ANNOUNCED[pending["status"]], party, pending["effective_at"])
                    changes.setdefault(place, []).append(scope)
                if held["state"] in _STOPPED or held["state"] == "NOT_IN_FORCE":
                    kept.discard(scope)
        stopped = set(_STOPPED.values())
        # What is stopped already comes before what will be.
        for (sentence, party, at), names in sorted(
            changes.items(), key=lambda change: change[0][0] not in stopped
        ):
            listed = self.terms(tuple(names), mark(", "))
            yield self.say(sentence, party=Data(party), at=Data(dtg(at)), scopes=listed)
        if all(set(scopes) == kept for scopes in declared.values()):
            yield self.say(
                mark("all scopes in force by both")
                if len(declared) == 2
                else mark("all scopes in force by all parties")
            )
        elif kept:
            yield self.say("the other scopes in force")

    # Alarms.

    def alarm(self, alarm: Mapping[str, Any]) -> str:
        """What an alarm is about, and what to do, in sentences.

        Args:
            alarm: The alarm as a node lists it.
        """
        facts, name = alarm["facts"], alarm["name"]
        if "further" in facts:
            rows = [self._further_alarm(name, facts)]
            if name in ("CONFLICT", "PRIVATE_CONFLICT"):
                rows.append(self.say("Look at the conflicts, the gravest first."))
        elif name in _EVIDENCE:
            rows = [
                self.say(
                    _EVIDENCE[name], party=self._party(facts), what=self.quoted(facts["what"])
                ),
                self.say("The evidence is kept. Speak with the party by another way."),
            ]
        elif name in self._alarms:
            rows = list(self._alarms[name](facts))
        else:
            # An alarm of a later version is shown as it is.
            rows = [f"{self.term(name)}:", *(f"{key} {value}" for key, value in facts.items())]
            rows = [visible(row) for row in rows]
        if told := dialogue.told_words(self, facts.get("tell", [])):
            rows.append(told)
        if alarm["over_at"] is not None:
            at = self.instant(alarm["over_at"])
            rows.append(self.say("Its cause is over since {at}.", at=at))
        return " ".join(rows)

    def _party(self, facts: Mapping[str, Any]) -> Data:
        return Data(facts["party"])

    def _further_alarm(self, name: str, facts: Mapping[str, Any]) -> str:
        return self.say(
            "Alarms of the sort {name} about {party} that are not listed one by one: {n}.",
            n=Data(facts["further"]),
            name=Data(name),
            party=self._party(facts),
        )

    def _flash_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        serial = Data(facts["serial"])
        sentence = mark("{party} has sent {serial} with the precedence FLASH.")
        yield self.say(sentence, party=self._party(facts), serial=serial)
        yield self.say("Read it, read it back and answer it now.")

    def _conflict_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        one, other = (Data(f"{side['party']} {side['notice_id']}") for side in facts["sides"])
        yield self.say(_FINDINGS[Verdict(facts["verdict"])], one=one, other=other)
        if facts.get("rule"):
            yield places.rule_sentence(self, facts["rule"])
        if facts["overlap_from"] < facts["overlap_until"]:
            yield self.window(facts["overlap_from"], facts["overlap_until"], both=True)
        yield self.say("Look at both; answer theirs, or replace or cancel ours.")

    def _unlisted_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        count = Data(facts["unlisted"])
        sentence = mark("Conflicts with notices of {party} beyond those that can be listed: {n}.")
        yield self.say(sentence, n=count, party=self._party(facts))
        yield self.say("Look at each of its notices, and ask for fewer at a time.")

    def _private_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        notice = f"{facts['party']} {facts['notice_id']}"
        yield self._met(Verdict(facts["verdict"]), self.kept(facts["private"]), notice)
        if facts.get("rule"):
            yield places.rule_sentence(self, facts["rule"])
        if facts["overlap_from"] < facts["overlap_until"]:
            yield self.window(facts["overlap_from"], facts["overlap_until"], both=True)
        sentence = mark("{party} does not know of it: what is kept private is on this node alone.")
        yield self.say(sentence, party=self._party(facts))
        yield self.say("Look at both; then ask, object, give notice, or move.")

    def _private_unlisted_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        yield self.say(
            "{n} conflicts with what is kept private are too many to be listed, on account of "
            "{party}.",
            n=Data(facts["unlisted"]),
            party=self._party(facts),
        )
        yield self.say("Look at each notice of the other parties, and keep less, or smaller areas.")

    def _unread_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        yield self.say(
            "Notice {id} of {party} is in force and has not been read by {parties}.",
            id=Data(facts["notice_id"]),
            party=self._party(facts),
            parties=self.listed(Data(party) for party in facts["unread_by"]),
        )
        yield self.say("Read it if it is for us; else tell them by another way.")

    def _declared_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        yield self.say(
            _STATUSES[Status[facts["status"]]],
            title=self._party(facts),
            at=self.instant(facts["effective_at"]),
            scopes=self.terms(tuple(facts["scopes"])),
        )
        yield self.say("Read {serial}.", serial=Data(facts["serial"]))

    def _changed_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        yield self.say(
            "What {party} declared in {serial} has taken effect: {scope} was {before}, now "
            "{after}.",
            party=self._party(facts),
            serial=Data(facts["serial"]),
            scope=self.term(facts["scope"]),
            before=self.term(facts["before"]),
            after=self.term(facts["after"]),
        )

    def _views_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        about = Data(facts["about"])
        sentence = mark("{party} holds another record of what {about} said than this node.")
        yield self.say(sentence, party=self._party(facts), about=about)
        yield self.say("Keep everything. Speak with the party by another way.")

    def _clocks_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        duration = self.duration(abs(facts["offset_ms"]))
        sentence = mark("The clock of {party} and ours are {duration} apart.")
        yield self.say(sentence, party=self._party(facts), duration=duration)
        yield self.say("Find out which one is wrong, and set it.")

    def _terms_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        difference = self.quoted(facts["difference"])
        sentence = mark("{party} holds another Understanding: {difference}.")
        yield self.say(sentence, party=self._party(facts), difference=difference)
        yield self.say("Both must adopt the same file.")

    def _epoch_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        yield self.say(
            "{party} goes on in a new outbox, {origin}. It says why: {reason}",
            party=self._party(facts),
            origin=Data(facts["origin"]),
            reason=self.quoted(facts["reason"]),
        )
        sentence = mark("Messages of the old one that the new one does not stand on: {n}.")
        yield self.say(sentence, n=Data(facts["disowned"]))
        yield self.say("Keep them. Ask by another way whether this is true.")

    def _lost_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        yield self.say(
            "A tick of ours that {party} holds tells of our messages {first} to {last}, which "
            "nobody has.",
            party=self._party(facts),
            first=Data(facts["from"]),
            last=Data(facts["until"] - 1),
        )
        yield self.say("They are lost. Say again what is still needed.")

    def _history_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        sentence = mark("{party} holds another history of our messages, signed with our key.")
        yield self.say(sentence, party=self._party(facts))
        yield self.say("This node signs nothing more. Find who else used our key or an old copy.")

    def _stranger_alarm(self, facts: Mapping[str, Any]) -> Iterator[str]:
        first = Data(facts["from"])
        sentence = mark(
            "{party} holds messages of ours from {first} on that this node never wrote."
        )
        yield self.say(sentence, party=self._party(facts), first=first)
        yield self.say("Somebody else signs with our key: stop the other node, revoke the key.")

    # Values.

    def instant(self, at: int) -> str:
        """An instant as a date-time group in UTC, exactly where it is between minutes."""
        is_exact = at % MINUTE_MS == 0 or not 0 <= at <= INSTANT_MAX
        return Data(dtg(at) if is_exact else f"{dtg(at)} ({format_instant(at)})")

    def duration(self, duration_ms: int) -> str:
        """A duration in days, hours, minutes and seconds; only the parts that count."""
        parts: list[str] = []
        left = duration_ms
        for sentence, unit_ms in _DURATION_UNITS:
            count, left = divmod(left, unit_ms)
            if count:
                parts.append(self.say(sentence, n=Data(count)))
        return " ".join(parts) or self.say("{n} s", n=Data(0))

    def distance(self, distance_m: float) -> str:
        """A distance in metres, from ten kilometres on in kilometres."""
        if distance_m >= 10_000:
            return self.say("{n} km", n=Data(f"{distance_m / 1000:.1f}".removesuffix(".0")))
        return self.say("{n} m", n=Data(f"{distance_m:.0f}"))

    def position(self, position: tuple[int, int]) -> str:
        """A position in degrees, minutes and tenths of seconds, as on a chart."""
        lat_e7, lon_e7 = position
        return Data(f"{_angle(lat_e7, 2, 'NS')} {_angle(lon_e7, 3, 'EW')}")

    def altitude(self, altitude: Altitude) -> str:
        """An altitude with what it is counted from."""
        if altitude.datum is Datum.FLIGHT_LEVEL:
            return self.say("flight level {level}", level=Data(f"{altitude.value:03d}"))
        metres = f"{altitude.value / 10:.1f}".removesuffix(".0")
        feet = f"{altitude.value / 3.048:.0f}"
        return self.say(_HEIGHTS[altitude.datum], m=Data(metres), ft=Data(feet))

    def _head(self, facts: Facts) -> Iterator[str]:
        """Who sent which message when, how urgent, to whom."""
        yield self.say(
            "Message {serial} of {title} on line {line}, precedence {precedence}.",
            serial=_serial(facts),
            title=self.named(facts.title),
            line=Data(facts.line),
            precedence=self.term(facts.precedence.name),
        )
        if facts.recipients:
            names = Data(", ".join(facts.recipients))
            yield self.say("It is addressed to {recipients}.", recipients=names)
        yield self.say("By its author's clock it was written at {at}.", at=self.instant(facts.at))
        if facts.received_at is not None:
            at = self.instant(facts.received_at)
            if facts.circuit:
                circuit = self.quoted(facts.circuit)
                yield self.say(
                    "It was received at {at} by circuit {circuit}.", at=at, circuit=circuit
                )
            else:
                yield self.say("It was received at {at}.", at=at)

    def officer_rows(self, by: By) -> Iterator[str]:
        """Who speaks for the party."""
        officer, post = self.quoted(by.officer), self.quoted(by.post)
        yield self.say("Officer: {officer}, post {post}.", officer=officer, post=post)

    def _adoption(self, message: Adoption, facts: Facts) -> Iterator[str]:
        yield self.say(
            "{title} adopts the Understanding of the line, signed by all parties.",
            title=self.named(facts.title),
        )
        yield self._sha256(understanding_hash(message.data))

    def _amendment(self, message: Amendment, facts: Facts) -> Iterator[str]:
        yield self.say(
            "{title} puts into force an amendment of the Understanding, signed by all parties.",
            title=self.named(facts.title),
        )
        yield self._sha256(understanding_hash(message.data))

    def _sha256(self, digest: bytes) -> str:
        return self.say("Its SHA-256 is {hash}.", hash=Data(digest.hex()))

    def _declaration(self, message: Declaration, facts: Facts) -> Iterator[str]:
        yield self.say(
            _STATUSES[message.status],
            title=self.named(facts.title),
            at=self.instant(message.effective_at),
            scopes=self.terms(message.scopes),
        )
        yield from self.words(mark("The reason, in {language}:"), message.reason, message.language)
        if message.conditions:
            conditions = mark("The conditions for resumption, in {language}:")
            yield from self.words(conditions, message.conditions, message.language)
        if message.kept_open:
            kept = self.terms(message.kept_open)
            yield self.say("This goes on all the same: {kept}.", kept=kept)
        yield from standing.declaration_rows(self, message)
        yield from self.officer_rows(message.by)
        by = message.released_by
        officer, post = self.quoted(by.officer), self.quoted(by.post)
        yield self.say("Released by {officer}, post {post}.", officer=officer, post=post)

    def _epoch(self, message: Epoch, facts: Facts) -> Iterator[str]:
        yield self.say(
            "{title} opens a new outbox, {origin}, because the old one cannot be continued.",
            title=self.named(facts.title),
            origin=Data(visible(message.origin)),
        )
        size = Data(message.previous_size)
        yield self.say("The last known head of the old one has size {size}.", size=size)
        yield from self.words(mark("The reason:"), message.reason)
        yield from self.officer_rows(message.by)

    def _key_change(self, message: KeyChange, facts: Facts) -> Iterator[str]:
        yield self.say(
            "{title} changes its {role} key. The new one, {key}, is valid after this message.",
            title=self.named(facts.title),
            role=self.term(message.role.name),
            key=_key_name(message.keys, message.tls),
        )
        yield from self.officer_rows(message.by)

    def _key_revoke(self, message: KeyRevoke, facts: Facts) -> Iterator[str]:
        yield self.say(
            "{title} revokes its {role} key {old} from its message {index} on. Instead {new} is "
            "valid.",
            title=self.named(facts.title),
            role=self.term(message.role.name),
            old=Data(message.revoked.hex()),
            index=Data(message.from_index),
            new=_key_name(message.keys, message.tls),
        )
        yield from self.words(mark("The reason:"), message.reason)
        yield from self.officer_rows(message.by)

    def _line_check(self, message: LineCheck, facts: Facts) -> Iterator[str]:
        yield self.say(
            "{title} makes line check {number} ({occasion}) and asks how it is read.",
            title=self.named(facts.title),
            number=Data(message.number),
            occasion=self.term(Occasion(message.occasion).name),
        )
        if message.text:
            test = mark("The text of the check, which means nothing, in {language}:")
            yield from self.words(test, message.text, message.language)
            yield from standing.translation_rows(self, message)
        else:
            yield self.say("There is no message.")
        if message.circuits:
            circuits = self.listed(self.quoted(name) for name in message.circuits)
            yield self.say("Circuits in use: {circuits}.", circuits=circuits)
        yield from self._scope_statuses(message.statuses)
        if message.next_check_at is not None:
            at = self.instant(message.next_check_at)
            yield self.say("The next check is at {at}.", at=at)
        yield from self.officer_rows(message.by)

    def _line_check_reply(self, message: LineCheckReply, facts: Facts) -> Iterator[str]:
        yield self.say(
            "{title} answers line check {number}: readability {n} of 5, {word}.",
            title=self.named(facts.title),
            number=Data(message.number),
            n=Data(message.readability),
            word=self._sentences[_READABILITIES[message.readability]],
        )
        if message.echo:
            yield from self.words(mark("It received:"), message.echo)
        yield from self._scope_statuses(message.statuses)
        yield from self.officer_rows(message.by)

    def _scope_statuses(self, statuses: tuple[ScopeStatus, ...]) -> Iterator[str]:
        if statuses:
            each = self.listed(
                f"{self.term(entry.scope)} – {self.term(entry.status.name)}" for entry in statuses
            )
            yield self.say("It declares: {statuses}.", statuses=each)

    def _notice(self, message: Notice, facts: Facts) -> Iterator[str]:
        if message.exercise:
            yield self.say("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")
        yield self.say(
            _OPERATIONS[message.operation],
            title=self.named(facts.title),
            id=Data(message.notice_id),
            version=Data(message.version),
        )
        yield self.say(
            "What it is about: {category}. What acts: {kind}. Scope: {scope}.",
            category=self.term(message.category),
            kind=self.term(message.kind),
            scope=self.term(message.scope),
        )
        if message.operation is not Operation.CANCEL:
            yield self.say(_CERTAINTIES[message.certainty])
            yield self.say(_SPEAKERS[message.speaks_for])
        if message.activity:
            # A cancellation tells in this place why, or repeats what is not done.
            says = (
                mark("It says, in {language}:")
                if message.operation is Operation.CANCEL
                else mark("The activity, in {language}:")
            )
            yield from self.words(says, message.activity, message.language)
        yield from self._particulars(message)
        for number, volume in enumerate(message.volumes, start=1):
            yield from self.volume_rows(number, len(message.volumes), volume)
        if facts.lead is not None and facts.lead_ms is not None:
            yield self.lead(facts.lead_ms, facts.lead)
        yield self.say(_RELEASES[message.releasability])
        yield self.say("It takes effect without an answer.")
        yield from self.officer_rows(message.by)

    def _particulars(self, message: Notice) -> Iterator[str]:
        """The free words of a notice that are on one row each."""
        if message.objects:
            objects = self.quoted(message.objects)
            yield self.say("Objects: {objects}.", objects=objects)
        if message.place.words:
            place = self.quoted(message.place.words)
            yield self.say("The place, in words: {place}.", place=place)
        if message.hazards:
            hazards = self.listed(self.quoted(hazard) for hazard in message.hazards)
            yield self.say("Hazards: {hazards}.", hazards=hazards)
        if message.third_party:
            others = self.quoted(message.third_party)
            yield self.say("Third parties: {others}.", others=others)
        if message.contact:
            contact = self.quoted(message.contact)
            yield self.say("To be reached at: {contact}.", contact=contact)

    def volume_rows(self, number: int, count: int, volume: Volume) -> Iterator[str]:
        """One area of several: where, how high and when."""
        yield from self.area_rows(number, count, volume)
        yield self.window(volume.valid_from, volume.valid_until)

    def area_rows(self, number: int, count: int, volume: Volume) -> Iterator[str]:
        """One area of several: where and how high."""
        yield self.say(
            "Area {n} of {count}: {shape}.",
            n=Data(number),
            count=Data(count),
            shape=self._shape(volume),
        )
        yield self.band(volume)

    def band(self, volume: Volume) -> str:
        """How high an area is."""
        lower = self.altitude(volume.lower) if volume.lower else self.say("the surface")
        if volume.upper is None:
            return self.say("Height: from {lower}, without an upper limit.", lower=lower)
        upper = self.altitude(volume.upper)
        return self.say("Height: from {lower} to {upper}.", lower=lower, upper=upper)

    def _shape(self, volume: Volume) -> str:
        radius = self.distance(volume.radius_m)
        places = self.listed(map(self.position, volume.vertices))
        if volume.shape is Shape.CIRCLE:
            return self.say("a circle of {radius} around {places}", radius=radius, places=places)
        if volume.shape is Shape.CORRIDOR:
            sentence = mark("a corridor reaching {radius} to each side of the line {places}")
            return self.say(sentence, radius=radius, places=places)
        if volume.radius_m:
            sentence = mark("the polygon {places}, and {radius} around it")
            return self.say(sentence, radius=radius, places=places)
        return self.say("the polygon {places}", places=places)

    def window(self, start: int, end: int, *, both: bool = False) -> str:
        """From when until when."""
        sentence = (
            mark("Both are in force from {start} until {end}.")
            if both
            else mark("In force from {start} until {end}.")
        )
        return self.say(sentence, start=self.instant(start), end=self.instant(end))

    def _read(self, message: Read, facts: Facts) -> Iterator[str]:
        yield self.say(
            "{title}: an officer on watch has read {message}. This is not agreement.",
            title=self.named(facts.title),
            message=self.reference(message.of, facts),
        )
        yield from self.officer_rows(message.by)

    def _read_back(self, message: ReadBack, facts: Facts) -> Iterator[str]:
        yield self.say(
            _VERDICTS[message.verdict],
            title=self.named(facts.title),
            message=self.reference(message.of, facts),
        )
        yield from self.indented(message.digest)
        yield from self.officer_rows(message.by)

    def _response(self, message: Response, facts: Facts) -> Iterator[str]:
        answers = _ANSWERS | (_RECORD_ANSWERS if facts.of_kind == "CALL_RECORD" else {})
        yield self.say(
            answers[message.answer],
            title=self.named(facts.title),
            message=self.reference(message.of, facts),
        )
        if message.holding_until is not None:
            until = self.instant(message.holding_until)
            yield self.say("The answer follows by {at}.", at=until)
        if message.text:
            yield from self.words(mark("It says, in {language}:"), message.text, message.language)
        yield from self.officer_rows(message.by)

    def _roster(self, message: Roster, facts: Facts) -> Iterator[str]:
        title = self.named(facts.title)
        if not message.people:
            yield self.say(
                "{title} takes back every passkey: nobody's signs any more.", title=title
            )
        else:
            yield self.say(
                "{title} publishes whose passkeys sign for it from here on:", title=title
            )
        for one in message.people:
            yield self.say(
                "{officer}, {roles}; posts: {posts}; passkeys: {n}",
                officer=self.quoted(one.name),
                roles=self.terms(tuple(role.name for role in one.roles), mark(", ")),
                posts=self.listed(self.quoted(post) for post in one.posts),
                n=Data(str(len(one.keys))),
            )
        page = Data(visible(" ".join(message.origins)))
        yield self.say("Page on which they sign: {page}.", page=page)
        yield from self.officer_rows(message.by)

    def _text(self, message: Text, facts: Facts) -> Iterator[str]:
        if message.exercise:
            yield self.say("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")
        yield self.say("{title} says:", title=self.named(facts.title))
        original = mark("The original, in {language}:")
        yield from self.words(original, message.text, message.language)
        for translation in message.translations:
            yield from talks.translation_rows(self, translation)
        yield from self.officer_rows(message.by)

    def _unreadable(self, message: Unreadable, facts: Facts) -> Iterator[str]:
        yield self.say("This program cannot read what the message says. It is kept as it came.")
        yield self.say("What is wrong: {why}", why=self.quoted(message.why))

    def words(self, sentence: str, text: str, language: str = "") -> Iterator[str]:
        """A sentence that leads to free words, and the words on rows of their own."""
        yield self.say(sentence, language=self.term(language)) if language else self.say(sentence)
        yield from self.indented(text)

    def indented(self, text: str) -> Iterator[str]:
        """Free words, each row indented, so that they cannot pass for ours."""
        for row in visible(text).splitlines():
            yield f"    {self._isolated(row)}" if row.strip() else ""

    def reference(self, of: Reference, facts: Facts) -> str:
        """The message that another one is about."""
        serial = facts.of_serial or f"{of.party} {of.index}"
        return self.say("message {serial}", serial=Data(serial))

    def terms(self, codes: tuple[str, ...], parting: str = "; ") -> str:
        """Several agreed codes in one sentence."""
        return self.listed((self.term(code) for code in codes), parting)

    def listed(self, items: Iterator[str], parting: str = mark("; ")) -> str:
        """Several things in one sentence."""
        return self._sentences[parting].join(self._shown(item) for item in items)

    def named(self, title: str) -> str:
        """The agreed name of a party, in the way this language writes names."""
        return self.say("“{name}”", name=self._isolated(visible(title)))

    def quoted(self, words: str) -> str:
        """Free words of one row in this language's quotation marks.

        Such marks inside become plain ones, so that the words cannot seem to end
        before they do.
        """
        plain = visible(words).translate(_PLAIN_QUOTES)
        return self.say("“{words}”", words=self._isolated(plain))

    def _isolated(self, words: str) -> str:
        """Words that keep their own direction and do not disturb their neighbours'."""
        if self.is_right_to_left or any(map(_runs_right_to_left, words)):
            return f"{_FIRST_ISOLATE}{words}{_END_ISOLATE}"
        return words

    def shown(self, value: str) -> str:
        """A value as it is put into a sentence."""
        return self._shown(value)

    def value(self, words: str) -> str:
        """Words of which nothing is known, so that they disturb nothing beside them."""
        words = visible(words).translate(_PLAIN_QUOTES)
        if any(map(_runs_right_to_left, words)):
            return f"{_FIRST_ISOLATE}{words}{_END_ISOLATE}"
        return self._shown(Data(words))

    def _shown(self, value: str) -> str:
        if isinstance(value, Data) and self.is_right_to_left:
            return f"{_LEFT_ISOLATE}{value!s}{_END_ISOLATE}"
        return str(value)


_DURATION_UNITS: Final = (
    (mark("{n} d"), DAY_MS),
    (mark("{n} h"), HOUR_MS),
    (mark("{n} min"), MINUTE_MS),
    (mark("{n} s"), SECOND_MS),
)


def _serial(facts: Facts) -> Data:
    """What a message is called: its serial and its author, or its author and index."""
    if facts.serial:
        return Data(f"{facts.serial} ({facts.party})")
    return Data(f"{facts.party} {facts.index}")


def _sides(conflict: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Party and notice of either side, from the id of a conflict."""
    one, one_id, other, other_id = conflict.split("~")
    return (one, one_id), (other, other_id)


def _angle(value_e7: int, digits: int, hemispheres: str) -> str:
    """An angle of a position: 34°29'25.8"N."""
    tenths = round(abs(value_e7) * 36_000 / 10_000_000)
    minutes, seconds = divmod(tenths, 600)
    degrees, minutes = divmod(minutes, 60)
    side = hemispheres[value_e7 < 0]
    return f"{degrees:0{digits}d}°{minutes:02d}'{seconds / 10:04.1f}\"{side}"


def _key_name(keys: PublicKeys | None, tls: bytes | None) -> Data:
    """A new key by its id, or a certificate by the beginning of its hash."""
    digest = key_id(keys.ed25519) if keys else understanding_hash(tls or b"")[:8]
    return Data(digest.hex())


def _runs_right_to_left(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in ("R", "AL")
