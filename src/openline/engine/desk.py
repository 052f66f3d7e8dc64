"""The desk: what an officer asks to say, checked before it is said.

Nothing that is recorded can be taken back, so everything that must not be said
is refused here, with what to do instead. A counterpart's messages never come
this way: those are stored and flagged. The rules of single messages are
`domain.talk`'s; here are those that need to know the line:

1. The post is one of ours; a declaration or an offer to resume involves a post of
   tier 2 or higher where we have one.
2. What is answered, read or read back exists, and is not our own.
3. A notice has the next version, ends in the future, says in words where its
   volumes are, and stays within the agreed number of live ones.
4. In a scope that we have suspended no new notice is issued. Line checks,
   FLASH, text, receipts, answers, declarations, replacements and cancellations
   always go; what our declaration keeps open goes too.
5. Where a second person releases a kind, it names one or comes from a draft.
6. Nothing is declared for the past, and a termination has its notice period.

Sites, zones and movements have their rules in `engine.place_desk`, queries and
warnings in `engine.dialogue_rules`, what is said about messages in `engine.talk_rules`.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from openline.domain.conduct.life import Standing
from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.limits import CONTENT_SIZE_BYTES_MAX
from openline.domain.line.declared import (
    KEPT_OPEN_DEFAULT,
    TERMINATION_NOTICE_MS_MIN,
    Business,
    Declared,
    admits,
)
from openline.domain.line.terms import PartyTerms, Timers
from openline.domain.party import Precedence
from openline.domain.record import cbor
from openline.domain.talk.body import By, Reference
from openline.domain.talk.call_record import CallRecord
from openline.domain.talk.check import LineCheck, LineCheckReply, ScopeStatus
from openline.domain.talk.coded import Coded
from openline.domain.talk.contact import Contact, ContactReply
from openline.domain.talk.correction import Correction
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.escalation import Escalation
from openline.domain.talk.explanation import Explanation
from openline.domain.talk.incident import Incident, Inquiry
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.notice import Notice, Operation
from openline.domain.talk.passed_on import PassedOn
from openline.domain.talk.protest import Protest
from openline.domain.talk.query import Query, QueryAnswer
from openline.domain.talk.query_ack import QueryAck
from openline.domain.talk.readout import Readout
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.resumption import ResumptionOffer
from openline.domain.talk.service import Service
from openline.domain.talk.telephone import Call, Ring
from openline.domain.talk.translation import LaterTranslation
from openline.domain.talk.violation import Violation
from openline.domain.talk.voice_note import VoiceNote
from openline.domain.talk.warning import Warning
from openline.domain.talk.watch import NODE, Watch, is_same_person
from openline.engine.call_rules import check_call
from openline.engine.commands import CheckNotice, Compose
from openline.engine.conflict_view import Check
from openline.engine.contact_rules import check_contact, completed
from openline.engine.dialogue_rules import check_dialogue
from openline.engine.escalation_rules import check_escalation
from openline.engine.incident_rules import check_incident, name_incident
from openline.engine.matter_view import Matter, MatterView
from openline.engine.message_view import MessageRecord, kind_name
from openline.engine.place_desk import PlaceDesk, check_words
from openline.engine.readout_view import ReadoutView
from openline.engine.state_rules import accepts_offer, check_offer, check_service
from openline.engine.talk_rules import check_talk, completed_coded
from openline.engine.views import View
from openline.engine.watch_rules import WatchRules

_HUMANITARIAN: Final = "humanitarian"
_TIER_OF_DECLARATIONS: Final = 2
_SALT_ROOM_BYTES: Final = 64
TAKES_RESPONSE: Final = (
    Kind.TEXT,
    Kind.NOTICE,
    Kind.DECLARATION,
    Kind.RESUMPTION_OFFER,
    Kind.ANSWER,
    Kind.WARNING,
    Kind.SITE,
    Kind.ZONE,
    Kind.MOVEMENT,
    Kind.CODED,
    Kind.INCIDENT,
    Kind.INQUIRY,
    Kind.VIOLATION,
    Kind.PROTEST,
    Kind.CALL_RECORD,
    Kind.VOICE_NOTE,
)
_BY_NODE: Final = (
    Kind.UNDERSTANDING,
    Kind.AMENDMENT,
    Kind.KEY_CHANGE,
    Kind.KEY_REVOKE,
    Kind.EPOCH,
    Kind.ROSTER,
)

_STATUS_OF: Final = {
    Declared.IN_FORCE: Status.IN_FORCE,
    Declared.SUSPENSION_PENDING: Status.IN_FORCE,
    Declared.SUSPENDED: Status.SUSPENDED,
    Declared.TERMINATION_PENDING: Status.IN_FORCE,
    Declared.TERMINATED: Status.TERMINATED,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that may be recorded.

    Attributes:
        kind: Number of the kind.
        body: What goes into the content beside the salt, encoded.
        reply_to: Author and index of the message it is about.
        precedence: How fast.
        recipients: Parties addressed, in order, at least one.
        message: What it says.
        content: The whole content where it is given, as of the Understanding; then
            there is no body, and else it is empty.
    """

    kind: int
    body: bytes
    reply_to: tuple[str, int] | None
    precedence: int
    recipients: tuple[str, ...]
    message: Message | Unreadable
    content: bytes = b""


class Desk:
    """What officers say on one line.

    Owned by the line. It remembers what it drafted, because a turn may draft
    several messages before the view knows the first.

    Args:
        own: This party.
        view: What is known about the line.
    """

    def __init__(self, own: str, view: View) -> None:
        self.own = self._own = own
        self._view = view
        # Versions of our notices that were drafted, and may not be in the view yet.
        self._drafted: dict[str, int] = {}
        # Ids of incidents that we have drafted reports on: they may not be in the view yet.
        self._incidents: set[str] = set()
        self._check_number = 0
        self._places = PlaceDesk(own, view)
        self.watches = WatchRules(self, view, own)

    def compose(self, command: Compose, now: int) -> Draft:
        """The draft of what an officer asks to say.

        Args:
            command: What to say; a notice may leave its id empty, a declaration
                its time 0 ("at once"), and line checks are numbered here.
            now: The present instant.

        Raises:
            OurError: It must not be said, or not now; with what to do.
        """
        self._forget_recorded()
        message = self._completed(command.message, now)
        self._check(message, command, now)
        reply_to = self._reply_to(command, message)
        recipients = self.recipients(command.recipients)
        body = _checked_body(message)
        if isinstance(message, Notice):
            self._drafted[message.notice_id] = message.version
        if isinstance(message, LineCheck):
            self._check_number = message.number
        self._places.note(message)
        if isinstance(message, Incident):
            self._incidents.add(message.incident)
        if isinstance(message, Watch):
            self.watches.drafted(message, now)
        kind = int(message.message_kind)
        return Draft(kind, body, reply_to, int(command.precedence), recipients, message)

    def check(self, command: CheckNotice, now: int) -> Check:
        """The question what a notice would not be clear of if it were issued now.

        Nothing is kept: it is checked as `compose` would, and not drafted. Who would release it
        is not asked: where a second person does, that one is not known yet.

        Raises:
            OurError: It would be refused, or it is no notice.
        """
        notice = command.message
        if not isinstance(notice, Notice):
            raise OurError(f"A {_name_of(notice)} meets no notices.", "Check a notice.")
        message = self._completed(notice, now)
        assert isinstance(message, Notice)
        by = (message.by.post, message.by.officer)
        said = Compose(command.line, message, command.precedence, released_by=by)
        self._check(message, said, now)
        return self._view.check(message, self._own)

    def check_draft(self, command: Compose, now: int) -> Message:
        """The message that would be said now, or released by a second person.

        What the desk fills in is filled in; nothing is kept of it.

        Raises:
            OurError: It would be refused.
        """
        self._forget_recorded()
        message = self._completed(command.message, now)
        self._check(message, command, now)
        self._reply_to(command, message)
        self.recipients(command.recipients)
        _checked_body(message)
        return message

    # What the desk fills in.

    def _completed(self, message: Message, now: int) -> Message:
        if isinstance(message, Notice) and not message.notice_id:
            return self._named(message)
        if isinstance(message, Declaration):
            return self._timed(message, now)
        if isinstance(message, Service) and message.valid_from == 0:
            return replace(message, valid_from=now)
        if isinstance(message, Incident):
            return name_incident(self, message, self._label())
        if isinstance(message, LineCheck):
            number = max(self._view.state.next_check_number(), self._check_number + 1)
            return replace(message, number=number, statuses=message.statuses or self._statuses(now))
        if isinstance(message, Coded):
            return completed_coded(self._view, message)
        if isinstance(message, Readout):
            return completed(self, message)
        if isinstance(message, LineCheckReply) and not message.statuses:
            return replace(message, statuses=self._statuses(now))
        return self._places.completed(message, now)

    def _named(self, notice: Notice) -> Notice:
        """The notice under the next free name of ours: ALPHA-N-0003."""
        if notice.operation is not Operation.NEW:
            raise OurError(
                f"A notice to {notice.operation.name} has no id.", "Name the notice it is about."
            )
        label = self._label().replace(".", "-")[:20]
        number = self._view.notice_records.count(self._own) + 1
        while self._is_known(name := f"{label.rstrip('-')}-N-{number:04d}"):
            number += 1
        return replace(notice, notice_id=name)

    def _label(self) -> str:
        """What we are called in serials: ALPHA."""
        return self._view.serial(self._own, 0).rpartition("-")[0]

    def _forget_recorded(self) -> None:
        """Forget the drafts that the view has meanwhile taken in."""
        self._places.forget_recorded()
        self._incidents = {
            one for one in self._incidents if self._view.incident_records.find(one) is None
        }
        for name, version in list(self._drafted.items()):
            entry = self._view.notice_records.of(self._own, name)
            if entry is not None and entry.newest.version >= version:
                del self._drafted[name]

    def _is_known(self, notice_id: str) -> bool:
        return (
            notice_id in self._drafted
            or self._view.notice_records.of(self._own, notice_id) is not None
        )

    def _timed(self, declaration: Declaration, now: int) -> Declaration:
        """The declaration with its time: now if none is given, or one just over."""
        tolerance_ms = self._view.understanding.timers.clock_tolerance_ms
        if declaration.signed is not None and declaration.effective_at:
            # What was signed for an instant is not moved.
            return declaration
        if declaration.effective_at == 0 or now - tolerance_ms <= declaration.effective_at < now:
            return replace(declaration, effective_at=now)
        return declaration

    def _statuses(self, now: int) -> tuple[ScopeStatus, ...]:
        states = self._view.state.states(now)[self._own]
        return tuple(
            ScopeStatus(scope, _STATUS_OF[state])
            for scope, state in sorted(states.items())
            if state in _STATUS_OF
        )

    # What must hold.

    def _check(self, message: Message, command: Compose, now: int) -> None:
        if message.message_kind in _BY_NODE:
            raise OurError(
                f"A {_name_of(message)} is not composed by an officer.",
                "Use `openline understanding adopt` or `openline keys`.",
            )
        for fault in message.faults(command.precedence):
            raise fault.as_ours(_name_of(message))
        self._check_post(message)
        self._check_second(message, command)
        match message:
            case Notice():
                self._check_notice(message, command, now)
            case Read():
                self._check_read(message)
            case ReadBack():
                self._check_read_back(message)
            case Response():
                self._check_response(message, now)
            case Declaration():
                accepts = accepts_offer(message, command.reply_to, self._own, self._view)
                self._check_declaration(message, now, accepts=accepts)
            case Service():
                check_service(message, now)
            case ResumptionOffer():
                check_offer(message, self._view, now)
            case LineCheck(next_check_at=int(at)) if at <= now:
                raise OurError(
                    f"The next check would come at {format_instant(at)}, which is over.",
                    "Give the time of a check to come, or leave it out.",
                )
            case Query() | QueryAnswer() | Warning() | Explanation():
                check_dialogue(self, message, now)
            case Coded() | Correction() | QueryAck() | PassedOn() | LaterTranslation():
                check_talk(self, self._view, message, command.precedence, now)
            case Incident() | Inquiry() | Violation() | Protest():
                check_incident(self, message, command, now)
            case Contact() | ContactReply() | CallRecord() | Readout():
                check_contact(self, message, command.precedence, now)
            case Ring() | Call():
                check_call(self, self._view, message, command, now)
            case VoiceNote(about=Reference() as about):
                self.known(about.party, about.index)
            case Watch():
                self.watches.check(message, now)
            case Escalation():
                check_escalation(self, self._view, message, now)
            case _:
                self._places.check(
                    message, lambda one: self._check_admitted(one, command.precedence, now), now
                )
        self._check_matter(message, command, now)

    def _check_matter(self, message: Any, command: Compose, now: int) -> None:
        """What is said can happen to the matter that it is about."""
        of = getattr(message, "of", None)
        about = self._view.record(of.party, of.index) if isinstance(of, Reference) else None
        self._view.matter_records.check(message, about, command.precedence, now)

    def check_post(self, *speakers: By) -> None:
        """Confirm that whoever acts holds posts of ours.

        Raises:
            OurError: One is not in the Understanding.
        """
        known = [post.name for post in self._view.understanding.party(self._own).posts]
        for by in speakers:
            if by.post not in known:
                raise OurError(
                    f"{by.post!r} is no post of {self._own} in the Understanding.",
                    f"Its posts are {', '.join(known)}.",
                )
            if is_same_person(by.officer, NODE):
                raise OurError(
                    f"{by.officer!r} is no person: a node speaks under that name.",
                    "Give rank and name of the officer.",
                )

    def _check_post(self, message: Any) -> None:
        terms = self._view.understanding.party(self._own)
        speakers = [message.by]
        if isinstance(message, Declaration):
            speakers.append(message.released_by)
        self.check_post(*speakers)
        known = {post.name: post.tier for post in terms.posts}
        if isinstance(message, Declaration | ResumptionOffer):
            _check_tier(terms, [known[by.post] for by in speakers], message)

    def _check_second(self, message: Message, command: Compose) -> None:
        """A second person releases what the parties agreed on; FLASH waits for nobody."""
        kind = _name_of(message)
        if kind.lower() not in self._view.understanding.released_by_two:
            return
        is_named = hasattr(message, "released_by") or command.released_by is not None
        if not is_named and command.precedence < Precedence.FLASH:
            raise OurError(
                f"On this line a second person releases each {kind}.",
                "Leave it as a draft (`openline draft keep`), and let another person release it.",
            )

    def _reply_to(self, command: Compose, message: Message) -> tuple[str, int] | None:
        of = getattr(message, "of", None) or getattr(getattr(message, "agrees", None), "of", None)
        if isinstance(of, Reference):
            about = (of.party, of.index)
            if command.reply_to is not None and command.reply_to != about:
                raise OurError(
                    f"The message is about {self._view.serial(*about)}, "
                    f"but is sent in reply to {self._view.serial(*command.reply_to)}.",
                    "Leave out what it is in reply to.",
                )
            return about
        if isinstance(message, LineCheckReply):
            return self._asked(message, command)
        if command.reply_to is not None:
            self.known(*command.reply_to)
        return command.reply_to

    def recipients(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        """The parties addressed, in order: those asked for, or all.

        Raises:
            OurError: One is no counterpart.
        """
        counterparts = [name for name in self._view.understanding.names() if name != self._own]
        for name in asked:
            if name not in counterparts:
                raise OurError(
                    f"{name} is not a counterpart on this line.",
                    f"Address {', '.join(counterparts)}, or nobody to address all.",
                )
        return tuple(sorted(set(asked) or set(counterparts)))

    def known(self, party: str, index: int) -> MessageRecord:
        """A message that is on the record.

        Raises:
            OurError: There is none.
        """
        record = self._view.record(party, index)
        if record is None:
            raise OurError(
                f"There is no message {self._view.serial(party, index)} on this line.",
                "Take author and index from `openline log`.",
            )
        return record

    def theirs(self, of: Reference, verb: str) -> MessageRecord:
        """A counterpart's message.

        Args:
            of: The message.
            verb: What is to be done with it, for the fault.

        Raises:
            OurError: There is none, or it is our own.
        """
        record = self.known(of.party, of.index)
        if record.party == self._own:
            serial = self._view.serial(of.party, of.index)
            raise OurError(
                f"{serial} is our own message: it is not ours to {verb}.",
                "Name a message of a counterpart.",
            )
        return record

    def ours(self, of: Reference, kind: Kind, verb: str) -> MessageRecord:
        """A message of ours of one kind.

        Args:
            of: The message.
            kind: Its kind.
            verb: What is to be done with it, for the fault.

        Raises:
            OurError: There is none, it is a counterpart's, or of another kind.
        """
        record = self.known(of.party, of.index)
        serial = self._view.serial(of.party, of.index)
        if record.party != self._own or record.kind != kind:
            raise OurError(
                f"{serial} is no {kind_name(kind)} of ours: it is not ours to {verb}.",
                "Take its serial from `openline matter list`.",
            )
        return record

    def is_incident(self, name: str) -> bool:
        """Whether an incident of that id is on the record, or about to be."""
        return name in self._incidents or self._view.incident_records.find(name) is not None

    def incident_of(self, record: MessageRecord) -> str:
        """The id of the incident that a message belongs to; empty if it belongs to none."""
        matter = self._view.matter_records.of(record)
        return "" if matter is None else matter.name

    def check_one_accused(self, recipients: tuple[str, ...]) -> None:
        """Confirm that one counterpart is addressed: the one that is to answer.

        Raises:
            OurError: Several would be.
        """
        if len(self.recipients(recipients)) != 1:
            raise OurError(
                "Nobody is named who is to answer.", "Address the one party that it is alleged of."
            )

    @property
    def parties(self) -> tuple[str, ...]:
        """The names of all parties, in order."""
        return self._view.understanding.names()

    @property
    def timers(self) -> Timers:
        """The agreed times."""
        return self._view.understanding.timers

    @property
    def tolerance_ms(self) -> int:
        """By how much clocks may differ."""
        return self.timers.clock_tolerance_ms

    @property
    def matters(self) -> MatterView:
        """All matters of the line."""
        return self._view.matter_records

    @property
    def readouts(self) -> ReadoutView:
        """The readouts of the line."""
        return self._view.readouts

    def standing(self, matter: Matter, now: int) -> Standing:
        """Where a matter stands: with us, or, of one of ours, with the first party asked."""
        other = self._own if self._own in matter.others else matter.others[0]
        return self.matters.standing(matter, other, now)

    def serial(self, of: Reference) -> str:
        """The serial of a message as it is spoken."""
        return self._view.serial(of.party, of.index)

    def check_tier(self, by: By, what: str) -> None:
        """Confirm that a post of tier 2 or higher acts, where we have one.

        Raises:
            OurError: It does not.
        """
        tiers = {post.name: post.tier for post in self._view.understanding.party(self._own).posts}
        able = [name for name, tier in tiers.items() if tier >= _TIER_OF_DECLARATIONS]
        if able and tiers.get(by.post, 0) < _TIER_OF_DECLARATIONS:
            raise OurError(
                f"{what} is said by a post of tier 2 or higher.", f"Let {' or '.join(able)} say it."
            )

    # Notices.

    def _check_notice(self, notice: Notice, command: Compose, now: int) -> None:
        self._check_scope(notice)
        if notice.operation is Operation.NEW:
            self._check_new(notice, command, now)
        else:
            self._check_version(notice, now)
        if notice.operation is Operation.CANCEL:
            return
        assert notice.valid_until is not None, "the rules of a notice ask for volumes"
        if notice.valid_until <= now:
            raise OurError(
                f"The notice ends at {format_instant(notice.valid_until)}, which is over.",
                "Correct its windows; say what has happened in a text.",
            )
        self._check_place(notice)

    def _check_scope(self, notice: Notice) -> None:
        scopes = self._view.understanding.scopes
        if notice.scope not in scopes:
            raise OurError(
                f"The line has no scope {notice.scope!r}.", f"Its scopes are {', '.join(scopes)}."
            )

    def _check_new(self, notice: Notice, command: Compose, now: int) -> None:
        if self._is_known(notice.notice_id):
            raise OurError(
                f"We have issued a notice {notice.notice_id} already.",
                "Replace it, or leave out the id.",
            )
        most = self._view.understanding.notices_live_max
        known = self._view.notice_records
        drafted = sum(known.of(self._own, name) is None for name in self._drafted)
        if known.live_count(self._own) + drafted >= most:
            raise OurError(
                f"We have {most} live notices, which is all that the Understanding allows.",
                "Cancel what is not needed, or put several volumes into one notice.",
            )
        self._check_admitted(notice, command.precedence, now)

    def _check_admitted(self, notice: Notice, precedence: Precedence, now: int) -> None:
        """Whether our own declaration leaves room for it (`domain.line.declared`)."""
        state = self._view.state.standing(self._own, notice.scope).state(now)
        declaration = self._view.state.declaration(self._own, notice.scope, now)
        kept_open = KEPT_OPEN_DEFAULT if declaration is None else declaration.kept_open
        business = Business.NEW
        if precedence is Precedence.FLASH:
            business = Business.FLASH
        elif _HUMANITARIAN in (notice.scope, notice.category):
            business = Business.HUMANITARIAN
        if admits(state, business, kept_open) or notice.scope in kept_open:
            return
        if state is Declared.NOT_IN_FORCE:
            raise OurError(
                f"The scope {notice.scope} is not in force: we have not adopted it yet.",
                "Wait until the node has recorded the Understanding.",
            )
        raise OurError(
            f"We have declared {notice.scope} {state.value}: no new notice is issued in it.",
            "Declare it IN_FORCE first, or send what cannot wait as FLASH.",
        )

    def _check_version(self, notice: Notice, now: int) -> None:
        entry = self._view.notice_records.of(self._own, notice.notice_id)
        drafted = self._drafted.get(notice.notice_id, 0)
        if entry is None and not drafted:
            raise OurError(f"We have no notice {notice.notice_id}.", "See `openline notice list`.")
        if entry is not None and entry.has_ended(now):
            what = "is cancelled" if entry.cancellation else "is over"
            raise OurError(
                f"The notice {notice.notice_id} {what}; it cannot be changed.", "Issue a new one."
            )
        version = max(drafted, entry.newest.version if entry else 0) + 1
        if notice.version != version:
            raise OurError(
                f"The notice {notice.notice_id} would be version {version}, not {notice.version}.",
                f"Look at what has changed since, and give it version {version}.",
            )
        if entry is not None and entry.scope != notice.scope:
            raise OurError(
                f"The notice {notice.notice_id} belongs to the scope {entry.scope}.",
                "Keep the scope, or cancel it and issue a new one.",
            )

    def _check_place(self, notice: Notice) -> None:
        """The words and the volumes are in one place: `domain.space.place`."""
        check_words(notice.place, notice.volumes, notice.language, self._view.understanding)

    # Receipts and answers.

    def _check_read(self, read: Read) -> None:
        record = self.theirs(read.of, "read")
        by = (read.by.post, read.by.officer)
        if any(mark.party == self._own and mark.by == by for mark in record.marks_of("read")):
            raise OurError(
                f"{read.by.officer} has read {self._view.serial(record.party, record.index)} "
                "already.",
                "Nothing more is to be done for the receipt.",
            )

    def _check_read_back(self, read_back: ReadBack) -> None:
        if read_back.verdict is ReadBackVerdict.I_READ_BACK:
            self.theirs(read_back.of, "read back")
            return
        record = self.known(read_back.of.party, read_back.of.index)
        serial = self._view.serial(record.party, record.index)
        if record.party != self._own:
            raise OurError(
                f"Only its author says {read_back.verdict.name} about {serial}.",
                "Say I_READ_BACK with the values.",
            )
        if not any(mark.party != self._own for mark in record.marks_of("read_back")):
            raise OurError(f"Nobody has read back {serial}.", "Wait for the read-back.")

    def _check_response(self, response: Response, now: int) -> None:
        record = self.theirs(response.of, "answer")
        serial = self._view.serial(record.party, record.index)
        if response.answer is Answer.WILCO and not self._is_warning(record):
            raise OurError(
                f"{serial} is no warning: WILCO answers only a warning.", "Say NOTED, or a text."
            )
        if record.kind not in TAKES_RESPONSE:
            raise OurError(
                f"{serial} is a {kind_name(record.kind)}, which takes no response.",
                "Respond to a notice, text, declaration or offer; say anything else in a text.",
            )
        if response.answer is Answer.HOLDING and (response.holding_until or 0) <= now:
            raise OurError(
                "The time until which the answer is held is over.", "Give a time in the future."
            )
        entry = self._view.notice_records.of(record.party, record.notice_id)
        if entry is not None and entry.newest.record is not record and not entry.cancellation:
            newest = self._view.serial(record.party, entry.newest.record.index)
            raise OurError(
                f"{serial} is not the newest version of {entry.notice_id}.",
                f"Read and answer {newest}.",
            )

    def is_query(self, record: MessageRecord) -> bool:
        """Whether a coded message asks something that is answered."""
        return record.kind == Kind.CODED and self._subject_of(record) == "query"

    def _subject_of(self, record: MessageRecord) -> str:
        matter = self._view.matter_records.of(record)
        return "" if matter is None else matter.subject.name

    def _is_warning(self, record: MessageRecord) -> bool:
        """Whether a message warns: a WARNING, or a coded one that acts as such."""
        return record.kind == Kind.WARNING or self._subject_of(record) == "warning"

    # Line checks and declarations.

    def _asked(self, reply: LineCheckReply, command: Compose) -> tuple[str, int]:
        """Author and index of the line check that is answered."""
        for party in self._view.understanding.names():
            if party == self._own or (command.reply_to and command.reply_to[0] != party):
                continue
            for check in self._view.state.open_checks(party, self._own):
                if check.number == reply.number:
                    return party, check.index
        raise OurError(
            f"There is no line check {reply.number} that waits for our answer.",
            "See `openline log`; a check is answered once.",
        )

    def _check_declaration(self, declaration: Declaration, now: int, *, accepts: bool) -> None:
        at = declaration.effective_at
        if at < now:
            raise OurError(
                f"The declaration would take effect at {format_instant(at)}, which is over.",
                "Nothing is declared for the past; leave the time out for at once.",
            )
        if declaration.status is Status.TERMINATED and at < now + TERMINATION_NOTICE_MS_MIN:
            earliest = format_instant(now + TERMINATION_NOTICE_MS_MIN)
            raise OurError(
                "A termination is announced at least a day ahead.",
                f"Terminate from {earliest} or later; suspend to stop at once.",
            )
        for scope in declaration.scopes:
            self._check_change(declaration.status, scope, now, accepts=accepts)
        self._check_kept_open(declaration)

    def _check_kept_open(self, declaration: Declaration) -> None:
        """What is kept open is named in words that every node knows."""
        names = (*KEPT_OPEN_DEFAULT, *self._view.understanding.scopes)
        for name in declaration.kept_open:
            if name not in names:
                raise OurError(
                    f"The declaration keeps open {name!r}, which is no scope and no exception.",
                    f"Name one of {', '.join(dict.fromkeys(names))}.",
                )

    def _check_change(self, status: Status, scope: str, now: int, *, accepts: bool) -> None:
        scopes = self._view.understanding.scopes
        if scope not in scopes:
            raise OurError(
                f"The line has no scope {scope!r}.", f"Its scopes are {', '.join(scopes)}."
            )
        standing = self._view.state.standing(self._own, scope)
        state = standing.state(now)
        if state is Declared.TERMINATED:
            raise OurError(f"We have terminated {scope}.", "It takes a new Understanding to go on.")
        if state is Declared.NOT_IN_FORCE:
            raise OurError(
                f"The scope {scope} is not in force: we have not adopted it yet.",
                "Wait until the node has recorded the Understanding.",
            )
        is_kept = state is Declared.IN_FORCE and not standing.pending(now)
        if status is Status.IN_FORCE and is_kept and not accepts:
            raise OurError(
                f"We keep {scope} in force; there is nothing to resume or to withdraw.",
                "Leave it out of the declaration.",
            )


def _check_tier(terms: PartyTerms, tiers: list[int], message: Any) -> None:
    """A post of tier 2 or higher takes part, where there is one.

    See `docs/concepts/state.md`.
    """
    able = [post.name for post in terms.posts if post.tier >= _TIER_OF_DECLARATIONS]
    what = "A declaration" if isinstance(message, Declaration) else "An offer to resume"
    if able and max(tiers) < _TIER_OF_DECLARATIONS:
        raise OurError(
            f"{what} is drafted or released by a post of tier 2 or higher.",
            f"Let {' or '.join(able)} draft or release it.",
        )


def _checked_body(message: Message) -> bytes:
    """The body as it is signed, if a content has room for it."""
    body = cbor.encode(message.to_body())
    size = len(body) + _SALT_ROOM_BYTES
    if size > CONTENT_SIZE_BYTES_MAX:
        raise OurError(
            f"The message has {size} bytes; {CONTENT_SIZE_BYTES_MAX} are allowed.",
            "Say it in several messages, or leave out translations or vertices.",
        )
    return body


def _name_of(message: Any) -> str:
    """The kind of a message, or what it is instead of one."""
    kind = getattr(message, "message_kind", None)
    return type(message).__name__ if kind is None else str(kind.name)
