"""One line of this node: its logs, its counterparts, its pulse, its view.

`Line` takes what happens, keeps the order of work (commit, then sign, then
show) and leaves each subject to its room: `outbox` (what we say), `mirror`
(what each counterpart says), `pulse` (ticks), `desk` (officers' commands),
`views` (what is shown).

Before anything is signed after a start, the counterparts must have said what
they hold of our outbox: our copy may be an old one
(`docs/decisions/0007-wait-before-signing.md`). What is missing is pulled back first.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from openline import __version__
from openline.domain.errors import OurError, TheirError
from openline.domain.instant import MINUTE_MS
from openline.domain.line.keyring import KEY_KINDS, KeyRing, certificate_id, mirror_name
from openline.domain.line.observed import COMM_OUT_MS, Observed, aggregate, counterpart_state
from openline.domain.line.understanding import (
    SignedUnderstanding,
    check_amendment,
    understanding_hash,
    verify_understanding,
)
from openline.domain.party import Origin, Precedence
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.checkpoint import sign_checkpoint
from openline.domain.record.envelope import SALT_SIZE_BYTES
from openline.domain.record.merkle import Tree, entry_bundle, parse_tile_path
from openline.domain.record.signing import PublicKeys, Signer, key_id
from openline.domain.talk.agreement import Amendment
from openline.domain.talk.body import By
from openline.domain.talk.code_book import CodeBook
from openline.domain.talk.keys import (
    Epoch,
    KeyChange,
    KeyRevoke,
    KeyRole,
    key_change_message,
    verify_key_revoke,
)
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message, Unreadable, read_message
from openline.domain.talk.signed_act import TOKEN_SIZE_BYTES, Sent
from openline.domain.talk.watch import Change, Watch
from openline.engine.alarm_view import LOST, SOURCE_SILENT
from openline.engine.brief import watch_brief
from openline.engine.commands import (
    AcknowledgeAlarm,
    AssessTrack,
    ChangeKey,
    CheckNotice,
    CheckSaying,
    Compose,
    DropPrivate,
    ExportCourier,
    HoldEvidence,
    ImportCourier,
    KeepPrivate,
    NoteCapture,
    NoteLeftAside,
    OfferWatch,
    OpenEpoch,
    PublishRevocation,
    Recorded,
    ReleaseEvidence,
    TakeBackAssessment,
    TellAirAlerts,
    TellSource,
    TrustOwnCopy,
    request_hash,
)
from openline.engine.courier import export_courier, import_courier
from openline.engine.desk import Desk, Draft
from openline.engine.draft_rules import (
    check_signed,
    end_draft,
    keep_draft,
    note_use,
    reject_draft,
    release_draft,
    roster_due,
    sign_draft,
)
from openline.engine.drafts import (
    Drafts,
    Ended,
    KeepDraft,
    RejectDraft,
    ReleaseDraft,
    SignDraft,
    Waiting,
)
from openline.engine.effects import Answer, CloseLink, PromoteKey, TrustCertificates
from openline.engine.entries import Sealed, opens_outbox, ring_after
from openline.engine.epochs import begin_own, check_epoch, disowned_from, last_known_head
from openline.engine.evidence import hold_or_release
from openline.engine.fold import load
from openline.engine.frames import JournalHead, encode_frame
from openline.engine.greeting import compare_journal, hello, pull
from openline.engine.handover import say_unmanned, take_offer
from openline.engine.intake import Intake
from openline.engine.journal import (
    ACKNOWLEDGED,
    CARRIED_IN,
    CARRIED_OUT,
    TOOK_WATCH,
    Happened,
    Journal,
)
from openline.engine.mirror import Mirror
from openline.engine.outbox import Outbox
from openline.engine.peer import Peer
from openline.engine.people import People
from openline.engine.ports import Chance, Keys, PutHead, Store
from openline.engine.pulse import NUMBERS_DRAWN, Pulse
from openline.engine.turn import Turn
from openline.engine.views import SET_BACK_MS, Applied, View

GIVE_BACK_WAIT_MS: Final = MINUTE_MS
"""After this, a counterpart that gives back what is missing holds up no new outbox."""

GREETING_WAIT_MS: Final = MINUTE_MS // 2
"""A connection without an accepted greeting is ended, so that it can be dialled anew."""

WAIT_STEP_MS_MAX: Final = MINUTE_MS // 2
"""Time between two turns beyond this is a clock that was set, or a machine that slept."""

CONFLICT_STEPS_PER_TURN: Final = 8
"""Steps towards conflicts between two turns: some milliseconds, 50 ms at the very worst."""

_REQUESTS_KEPT: Final = 4_096
_LATEST: Final = 2**53


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A draft that is recorded at the end of the turn, and who is answered then.

    Where a second person releases it, what they release and who they are.
    """

    draft: Draft
    tokens: list[int] = field(default_factory=list)
    request: bytes = b""
    released: tuple[Waiting, By] | None = None


class Line:
    """One line of this node. Changed only while a turn is handled."""

    def __init__(
        self,
        own: str,
        signed: SignedUnderstanding,
        keys: Keys,
        chance: Chance,
        store: Store,
        now: int,
        *,
        own_copy_is_current: bool = False,
        signs_nothing: bool = False,
        books: Mapping[bytes, CodeBook] | None = None,
        people: People | None = None,
    ) -> None:
        understanding = verify_understanding(signed)
        if own not in understanding.names():
            raise OurError(
                f"{own} is not a party to the line {understanding.line}.",
                "Adopt an Understanding that names this party.",
            )
        self.own = own
        self.name = understanding.line
        self.signed = signed
        self.first = signed
        self.first_content = signed.content()
        self._counted_at = now
        self._waited_ms = 0
        self.broken = ""
        self._own_copy_is_current = own_copy_is_current
        self._signs_nothing = signs_nothing
        self._may_sign = False
        self.keys = keys
        self._chance = chance
        self.store = store
        self._waiting: list[_Waiting] = []
        # Each entry of ours about keys, with the ring before it.
        self._rings_before: list[tuple[int, KeyRing]] = []
        self._taken_in_use: list[KeyRole] = []
        self._receipts_given: list[PutHead] = []
        self._alone: list[tuple[int, Callable[[], Draft]]] = []
        # What was recorded for a request, and what waits for it, by its hash.
        self._requests: OrderedDict[bytes, Recorded] = OrderedDict()
        self._requested: dict[bytes, _Waiting] = {}
        self._couriers: list[tuple[int, str]] = []
        self._is_journal_due = False
        self.has_signed = False
        self._ring_with_keys: KeyRing | None = None
        self.saved_size = 0
        self._observed = Observed.UNKNOWN
        # Since when counterparts are LOST.
        self._lost: dict[str, int] = {}
        self.intake = Intake(self)
        self.view = View(own, understanding, self._message_at, books)
        self.desk = Desk(own, self.view)
        self.people = people or People()
        self.drafts = Drafts()
        # For which people, outbox and terms the roster on the line was looked at last.
        self._roster_looked_at: tuple[int, int, int] | None = None
        self.rings = {party: KeyRing(understanding, party) for party in understanding.names()}
        self.outbox = self.make_outbox(1)
        others = [party for party in understanding.names() if party != own]
        self.mirrors = {party: Mirror(party, self.name, 1) for party in others}
        # Outboxes that were closed: the trees by origin, the copies by author.
        self.past_trees: dict[str, Tree] = {}
        self.past_mirrors: dict[str, list[Mirror]] = {}
        self.peers = {party: Peer(party) for party in others}
        self.journal = Journal(str(Origin(own, self.name, "journal")))
        timers = understanding.timers
        self.pulse = Pulse(own, self.name, timers.tick_ms, timers.clock_tolerance_ms)

    def load(self) -> None:
        """Take in everything that is stored.

        Raises:
            OurError: What is stored contradicts itself.
        """
        load(self)

    def shadow(self, at: int) -> "Line":
        """A line of the same terms over the same store, which has taken in nothing yet.

        It serves to look at the past: it must never be asked to say anything.
        """
        return Line(self.own, self.first, self.keys, self._chance, self.store, at)

    # What officers ask.

    def command(self, turn: Turn, token: int, command: Any) -> None:
        """Carry out a command, or answer what stands in the way."""
        try:
            match command:
                case Compose():
                    self._compose(turn, token, command)
                case CheckNotice():
                    turn.effects.append(Answer(token, self.desk.check(command, turn.now)))
                case CheckSaying(compose=compose):
                    turn.effects.append(Answer(token, self.desk.check_draft(compose, turn.now)))
                case AcknowledgeAlarm(alarm=alarm, by=by):
                    turn.effects += self.view.acknowledge(alarm, by, turn.now)
                    self.journal.add(Happened.ACTED, turn.now, *by, ACKNOWLEDGED, alarm)
                    turn.effects.append(Answer(token, {"line": self.name, "alarm": alarm}))
                case TellAirAlerts(alerts=alerts):
                    for alert in alerts:
                        turn.effects += self.view.tell_air(alert, turn.now)
                    turn.effects.append(Answer(token, {"line": self.name}))
                case KeepPrivate():
                    turn.effects.append(Answer(token, self._keep_private(turn, command)))
                case DropPrivate(name=name, by=by):
                    self._drop_private(turn, name, by)
                    turn.effects.append(Answer(token, {"line": self.name, "name": name}))
                case AssessTrack():
                    turn.effects.append(Answer(token, self._assess(turn, command)))
                case TakeBackAssessment():
                    turn.effects.append(Answer(token, self._take_back(turn, command)))
                case KeepDraft():
                    draft_token = self._chance.bytes(TOKEN_SIZE_BYTES)
                    kept = keep_draft(self, turn, draft_token, command)
                    turn.effects.append(Answer(token, kept))
                case SignDraft():
                    turn.effects.append(Answer(token, sign_draft(self, turn, command)))
                case ReleaseDraft():
                    self._release(turn, token, command)
                case RejectDraft():
                    turn.effects.append(Answer(token, reject_draft(self, turn, command)))
                case NoteCapture(content=content):
                    turn.effects.append(Answer(token, self._note_capture(turn, content)))
                case NoteLeftAside(feed=feed, counts=counts):
                    content = cbor.encode([feed, [list(one) for one in counts]])
                    self._add_salted(Happened.LEFT_ASIDE, turn.now, content)
                    turn.effects.append(Answer(token, {"line": self.name}))
                case TellSource():
                    self._tell_source(turn, command)
                    turn.effects.append(Answer(token, {"line": self.name}))
                case HoldEvidence() | ReleaseEvidence():
                    salt = self._chance.bytes(SALT_SIZE_BYTES)
                    turn.effects.append(Answer(token, hold_or_release(self, turn, command, salt)))
                case OfferWatch(by=by):
                    turn.effects.append(Answer(token, take_offer(self, turn, by)))
                case ChangeKey(role=role, by=by):
                    self._change_key(token, role, by)
                case PublishRevocation(message=message):
                    self._publish_revocation(token, message)
                case OpenEpoch(message=message):
                    self._open_epoch(turn, token, message)
                case TrustOwnCopy(by=by):
                    self._trust_own_copy(turn, token, by)
                case ExportCourier(party=party, by=by):
                    self.peer_named(party)
                    self._note(turn, by, CARRIED_OUT, party)
                    self._couriers.append((token, party))
                case ImportCourier(data=data, by=by):
                    turn.effects.append(Answer(token, import_courier(self, turn, data)))
                    self._note(turn, by, CARRIED_IN, hashlib.sha256(data).hexdigest())
                case _:
                    raise OurError(f"The command {type(command).__name__} is not for a line.")
        except OurError as error:
            turn.effects.append(Answer(token, error=error))

    def _keep_private(self, turn: Turn, command: KeepPrivate) -> dict[str, Any]:
        """Keep a plan or site, and note it in the journal; what is kept now."""
        private, by = command.private, command.by
        self.desk.check_post(By(*by))
        if self.view.check_private(private, replaces=command.replaces, now=turn.now):
            salt, content = self._chance.bytes(SALT_SIZE_BYTES), private.to_bytes()
            turn.effects += self.view.keep(private, salt.hex(), by, turn.now)
            row = (*by, private.name, salt, hashlib.sha256(content).digest())
            # The view's own time: what was over for it is over in a replay too.
            self.journal.add(Happened.KEPT, self.view.now, *row, content=content)
        return self.view.private(private.name)

    def _drop_private(self, turn: Turn, name: str, by: tuple[str, str]) -> None:
        """Keep a plan or site no longer, and note it in the journal."""
        self.desk.check_post(By(*by))
        turn.effects += self.view.let_go(name, turn.now)
        salt = self._chance.bytes(SALT_SIZE_BYTES)
        self.journal.add(Happened.LET_GO, self.view.now, *by, name, salt)

    def _assess(self, turn: Turn, command: AssessTrack) -> dict[str, Any]:
        """Keep whose a track is, and note it in the journal; the assessment."""
        self.desk.check_post(By(*command.by))
        self.view.assessments.check(command.assessment, self.peers)
        content = command.assessment.to_bytes()
        self._add_salted(Happened.ASSESSED, turn.now, content, *command.by)
        assessed = self.view.assessments.assess(command.assessment, command.by, turn.now)
        return assessed.to_json()

    def _take_back(self, turn: Turn, command: TakeBackAssessment) -> dict[str, Any]:
        """Let an assessment stand no longer, and note it in the journal; what it was."""
        if command.by is not None:
            self.desk.check_post(By(*command.by))
        assessed = self.view.assessments.take_back(command.track)
        by = command.by or ("", "")
        self._add_salted(Happened.UNASSESSED, turn.now, command.track.encode(), *by)
        return assessed.to_json()

    def _add_salted(self, happened: Happened, at: int, content: bytes, *by: str) -> int:
        """Add a row that hides its content behind a salt; the index of the row."""
        salt = self._chance.bytes(SALT_SIZE_BYTES)
        digest = hashlib.sha256(salt + content).digest()
        return self.journal.add(happened, at, *by, salt, digest, content=content)

    def _tell_source(self, turn: Turn, source: TellSource) -> None:
        """Raise or end the alarm that a source of public statements is silent."""
        if source.since is None:
            turn.effects += self.view.end_alarm(SOURCE_SILENT, source.name, turn.now)
            return
        facts = {"name": source.name, "address": source.address, "since": source.since}
        turn.effects += self.view.raise_alarm(
            SOURCE_SILENT, Precedence.PRIORITY, turn.now, facts, source.name
        )

    def _note_capture(self, turn: Turn, content: bytes) -> dict[str, Any]:
        """Note what was seen on a public page; the line, and the row of its journal."""
        row = self._add_salted(Happened.CAPTURED, turn.now, content)
        return {"line": self.name, "row": row}

    def _note(self, turn: Turn, by: tuple[str, str], act: str, subject: str) -> None:
        """Note in the journal what an officer did on this node only."""
        if any(by):
            self.journal.add(Happened.ACTED, turn.now, *by, act, subject)

    def adopted(self, turn: Turn, by: tuple[str, str], act: str, digest: str) -> None:
        """Note who adopted the Understanding."""
        self._note(turn, by, act, digest)

    def random_salt(self) -> bytes:
        """A fresh salt."""
        return self._chance.bytes(SALT_SIZE_BYTES)

    def brief(self, now: int) -> dict[str, Any]:
        """What whoever takes the watch must know now (`engine.brief`)."""
        return watch_brief(self, now)

    def _compose(self, turn: Turn, token: int, command: Compose) -> None:
        request = request_hash(command.request_id)
        if done := self._requests.get(request):
            turn.effects.append(Answer(token, done))
            return
        if waiting := self._requested.get(request):
            waiting.tokens.append(token)
            return
        self._must_sign()
        draft = self.desk.compose(command, turn.now)
        check_signed(self, draft.message, self._sent(draft, turn.now))
        waiting = _Waiting(draft, [token], request)
        self._waiting.append(waiting)
        if request:
            self._requested[request] = waiting

    def _release(self, turn: Turn, token: int, command: ReleaseDraft) -> None:
        """Say what another person drafted; from here on nobody else does."""
        self._must_sign()
        said = release_draft(self, turn, command)
        if isinstance(said, Recorded):
            turn.effects.append(Answer(token, said))
            return
        waiting, by = self.drafts.named(command.token, turn.now), By(*command.by)
        draft = self.desk.compose(said, turn.now)
        check_signed(self, draft.message, self._sent(draft, turn.now))
        if command.signature is not None:
            note_use(self, turn, by, command.signature)
        self.drafts.begin_release(waiting, by)
        self._waiting.append(_Waiting(draft, [token], released=(waiting, by)))

    def _sent(self, draft: Draft, now: int) -> Sent:
        """What the envelope of a draft will say, if nothing else is said before it."""
        return Sent(now, self.outbox.size, draft.precedence, draft.recipients)

    def _publish_roster(self) -> None:
        """Publish a changed roster, behind what waits and the old one signs."""
        terms = self.view.understanding
        looked_at = (self.people.version, self.outbox.epoch, terms.version)
        if looked_at == self._roster_looked_at or not self.outbox.size or not self.can_sign():
            return
        self._roster_looked_at = looked_at
        if (roster := roster_due(self)) is not None:
            draft = replace(self._system_draft(roster), precedence=int(Precedence.ROUTINE))
            self._waiting.append(_Waiting(draft))

    def _must_sign(self) -> None:
        self._must_be_current()
        if role := self.missing_key():
            raise OurError(
                f"The {role} key that the line {self.name} needs is not in the key directory.",
                "Restore the key directory, or revoke the key with `openline keys revoke`.",
            )

    def _must_be_current(self) -> None:
        if self.broken:
            raise OurError(
                f"The line {self.name} signs nothing: {self.broken}.",
                "Open a new outbox with the root keys: `openline keys epoch`.",
            )
        if not self.is_current():
            names = ", ".join(self.waiting_for())
            raise OurError(
                f"The line {self.name} signs nothing yet: {names} has not confirmed our outbox.",
                "It will as soon as a circuit stands. If this store is certainly no old copy: "
                "`openline run --own-copy-is-current`.",
            )

    def waiting_for(self) -> list[str]:
        """The counterparts that have not confirmed our outbox since the start."""
        return [party for party, peer in self.peers.items() if not peer.is_reconciled]

    def can_sign(self) -> bool:
        """Whether our copy of our outbox is the last one, and our keys are here."""
        return self.is_current() and not self.missing_key()

    def missing_key(self) -> str:
        """The role of a key that we need and do not have; empty if there is none."""
        ring = self.rings[self.own]
        if ring is self._ring_with_keys:
            return ""
        needed = {
            "node": (ring.node_at(self.outbox.size),),
            "mirror": ring.mirrors(),
            "witness": ring.witnesses(),
        }
        for role, publics in needed.items():
            if not any(self.keys.find(role, public) for public in publics):
                return role
        self._ring_with_keys = ring
        return ""

    def is_current(self) -> bool:
        """Whether our copy of our outbox is known to be the last one."""
        if self.broken or self._signs_nothing:
            return False
        for peer in self.peers.values():
            if peer.holds_more:
                return False
        if not self._may_sign:
            self._may_sign = self.may_do_without(self.waiting_for())
        return self._may_sign

    def may_do_without(self, waiting: list[str]) -> bool:
        """Whether we may go on without the word of these counterparts.

        One that is absent may be the only one that holds our last entries, so time
        alone never answers for it: a person does, or an anchor that is kept apart.
        """
        return self._own_copy_is_current or not waiting

    @property
    def has_waited(self) -> bool:
        """Whether what is given back was waited for long enough since the start."""
        return self._waited_ms >= GIVE_BACK_WAIT_MS

    def _count_wait(self, now: int) -> None:
        """Count the time since the start; a clock that is set does not count."""
        if 0 < now - self._counted_at <= WAIT_STEP_MS_MAX:
            self._waited_ms += now - self._counted_at
        self._counted_at = now

    def _trust_own_copy(self, turn: Turn, token: int, by: tuple[str, str]) -> None:
        self._own_copy_is_current = True
        self.journal.add(Happened.ACTED, turn.now, *by, "TRUST_OWN_COPY", self.outbox.size)
        turn.effects.append(Answer(token, {"line": self.name, "size": self.outbox.size}))

    def amend(self, turn: Turn, token: int, signed: SignedUnderstanding) -> None:
        """Record an amendment that every party signed."""
        new = verify_understanding(signed)
        if new in self.rings[self.own].understandings():
            # It is in our outbox already, whether or not the others have it.
            digest = understanding_hash(signed.data).hex()
            turn.effects.append(Answer(token, {"line": self.name, "understanding": digest}))
            return
        check_amendment(self.view.understanding, new)
        self._must_sign()
        self._alone.append((token, lambda: self._draft(Kind.AMENDMENT, signed.content())))

    def _change_key(self, token: int, role: str, by: tuple[str, str]) -> None:
        self._must_sign()
        if role.upper() not in KeyRole.__members__:
            raise OurError(
                f"There is no key of the role {role!r}.", "Name node, witness, mirror or tls."
            )
        self._alone.append((token, lambda: self._system_draft(self._key_change(role, by))))

    def _key_change(self, role: str, by: tuple[str, str]) -> KeyChange:
        """The announcement of the next key of a role, for our next entry."""
        number = KeyRole[role.upper()]
        if number is KeyRole.TLS:
            certificate = self.keys.successor_certificate(self.rings[self.own].tls()[0])
            return KeyChange(By(*by), number, tls=certificate)
        signer = self.keys.successor(role, self._newest(number))
        signed = key_change_message(self.outbox.origin, self.outbox.size, number, signer.public)
        return KeyChange(By(*by), number, signer.public, proof=signer.sign_ed25519(signed))

    def _newest(self, role: KeyRole) -> PublicKeys:
        """Our newest keys of a role, on this line."""
        ring = self.rings[self.own]
        match role:
            case KeyRole.MIRROR:
                return ring.mirrors()[0]
            case KeyRole.WITNESS:
                return ring.witnesses()[0]
            case _:
                return ring.node_at(self.outbox.size)

    def _publish_revocation(self, token: int, message: Message) -> None:
        """Publish a revocation that the roots signed; the new key must be here."""
        if not isinstance(message, KeyRevoke):
            raise OurError("This is not a revocation of a key.")
        self._must_be_current()
        verify = self.view.understanding.party(self.own)
        try:
            verify_key_revoke(message, self.outbox.origin, verify)
        except TheirError as error:
            raise OurError(f"The revocation is not accepted: {error.what}.") from None
        if message.keys and not self.keys.find(message.role.name.lower(), message.keys):
            raise OurError(
                "The key that takes the revoked one's place is not in the key directory.",
                "Make it here with `openline keys revoke`, and sign the revocation with the roots.",
            )
        self._alone.append((token, lambda: self._system_draft(message)))

    def _open_epoch(self, turn: Turn, token: int, message: Message) -> None:
        """Go on in the next outbox: its first entries are recorded in this turn."""
        epoch = check_epoch(self, message)
        drafts = [self._system_draft(epoch)]
        # The terms in force stay in force: the amendments stand in the new outbox too.
        for index in self.rings[self.own].amended_at():
            content = self.outbox.read(index, 1)[0].content
            drafts.append(self._draft(Kind.AMENDMENT, content))
        outbox = self.make_outbox(self.outbox.epoch + 1)
        signer = outbox.signer(epoch.node)
        trial = outbox.seal(turn.now, drafts[:1], (), signer)[0]
        try:
            self.rings[self.own].reopened(trial.envelope, epoch)
        except TheirError as error:
            raise OurError(f"The epoch is not accepted: {error.what}.") from None
        self.begin_outbox(outbox)
        for peer in self.peers.values():
            peer.is_reconciled, peer.pulled_at = peer.has_shown, None
            compare_journal(self, turn, peer)
        self.journal.add(Happened.OPENED, turn.now, outbox.origin)
        first, *rest = drafts
        self._record(turn, [_Waiting(first, [token]), *map(_Waiting, rest)])
        self.show_state(turn)

    def make_outbox(self, epoch: int) -> Outbox:
        """An outbox of ours, empty."""
        return Outbox(self.own, self.name, epoch, self.keys, self._chance, self.store)

    def begin_outbox(self, outbox: Outbox) -> None:
        """Go on in a new outbox of ours, of which nothing is recorded yet."""
        begin_own(self, outbox)
        self._rings_before = []
        self.saved_size = self._settled_size = 0

    def _system_draft(self, message: Message) -> Draft:
        return Draft(
            kind=int(message.message_kind),
            body=cbor.encode(message.to_body()),
            reply_to=None,
            precedence=int(Precedence.PRIORITY),
            recipients=tuple(self.peers),
            message=message,
        )

    def _draft(self, kind: Kind, content: bytes) -> Draft:
        return Draft(
            kind=int(kind),
            body=b"",
            reply_to=None,
            precedence=int(Precedence.ROUTINE),
            recipients=tuple(self.peers),
            message=read_message(kind, content),
            content=content,
        )

    # The end of a turn, before and after the commit.

    def begin(self, now: int) -> None:
        """Notice a clock that was set back, before anything is taken in by it.

        An age that is measured across this would be too small, and no state outlives
        its proof: proofs are void, and what answers an earlier probe is none. What was over
        by the clock that ran ahead is not over now. A proof stands across a step of less
        than `SET_BACK_MS`, and is as much older.
        """
        self.view.set_back(now)
        back_ms = self._counted_at - now
        for peer in self.peers.values() if back_ms > 0 else ():
            peer.probes.clear()
            if back_ms > SET_BACK_MS:
                peer.tick_answered_at = None
            elif peer.tick_answered_at is not None:
                peer.tick_answered_at -= back_ms

    def finish(self, turn: Turn) -> None:
        """Record what waits, tick if it is due, write the journal."""
        # Receipts were given after the last commit: our own copy of them follows in this one.
        turn.writes += self._receipts_given
        self._receipts_given = []
        self._count_wait(turn.now)
        # What time brings is known before it is said that a post is unmanned.
        turn.effects += self.view.advance(turn.now)
        if self.is_current():
            self._publish_roster()
            self._waiting += [_Waiting(draft) for draft in self._vacancies(turn.now)]
            self._record_all(turn)
        self._answer_rest(turn)
        self._promote(turn)
        self._beat(turn)
        turn.effects += self.view.find_conflicts(CONFLICT_STEPS_PER_TURN)
        self.journal.flush(turn)

    def _record_all(self, turn: Turn) -> None:
        """Record what waits: the Understanding first, keys and terms, then the rest."""
        if not self.has_signed:
            self.has_signed = True
            if not self._own_copy_is_current or self.waiting_for():
                # Only who is certain of this copy knows every tick that was ever made.
                self.begin_ticks(turn.now)
            self.journal.add(Happened.STARTED, turn.now, __version__)
        if self.outbox.size == 0 and self.can_sign():
            first = self._draft(Kind.UNDERSTANDING, self.first_content)
            self._record(turn, [_Waiting(first)])
        alone, self._alone = self._alone, []
        for token, make in alone:
            self._record_alone(turn, token, make)
        if self._waiting and self.can_sign():
            waiting, self._waiting = self._waiting, []
            self._record(turn, sorted(waiting, key=lambda item: -item.draft.precedence))

    def begin_ticks(self, now: int) -> None:
        """Use no number of a tick that a life of this node which is lost may have used."""
        self.pulse.begin_life(now, int.from_bytes(self._chance.bytes(8)) % NUMBERS_DRAWN)

    def _vacancies(self, now: int) -> list[Draft]:
        """The word of this node that nobody is on watch, where it should be said."""
        if not self.can_sign() or self.outbox.size == 0:
            return []
        spoken = [item.draft.message for item in self._waiting]
        posts = [message.post for message in spoken if isinstance(message, Watch)]
        return [
            self._system_draft(message)
            for message in say_unmanned(self.view, now)
            # Somebody is speaking for the post in this very turn.
            if message.post not in posts
        ]

    def _answer_rest(self, turn: Turn) -> None:
        """Answer what still waits with what stands in the way: nothing is signed now."""
        tokens = [token for token, _ in self._alone]
        tokens += [token for item in self._waiting for token in item.tokens]
        self._alone, self._waiting, self._requested = [], [], {}
        self.drafts.end_turn()
        for token in tokens:
            try:
                self._must_sign()
            except OurError as error:
                turn.effects.append(Answer(token, error=error))

    def _record(self, turn: Turn, waiting: list[_Waiting]) -> None:
        """Record drafts in their order; all of them are signed by one key."""
        sealed = self._seal(turn, [item.draft for item in waiting])
        start = self.outbox.size
        self.outbox.append(turn, sealed)
        requests: list[Value] = [
            [number, item.request] for number, item in enumerate(waiting) if item.request
        ]
        said: list[Value] = [requests] if requests else []
        self.journal.add(Happened.SENT, turn.now, start, len(sealed), *said)
        for item in waiting:
            message = item.draft.message
            if isinstance(message, Watch) and message.change is Change.TAKEN_OVER:
                named = "" if message.brief is None else message.brief.hex()
                self._note(turn, (message.by.post, message.by.officer), TOOK_WATCH, named)
        for one, item in zip(sealed, waiting, strict=True):
            self.note_keys(turn, self.own, one)
            self.apply(turn, one, turn.now, "", item.draft.message)
            self._answer_recorded(turn, one, item)

    def _record_alone(self, turn: Turn, token: int, make: Callable[[], Draft]) -> None:
        """Record an entry about keys or terms, if our own rules let it stand."""
        try:
            draft = make()
            sealed = self._seal(turn, [draft])[0]
            ring_after(self.rings[self.own], sealed.envelope, sealed.content)
        except TheirError as error:
            problem = OurError(f"This cannot be recorded now: {error.what}.")
            turn.effects.append(Answer(token, error=problem))
        except OurError as error:
            turn.effects.append(Answer(token, error=error))
        else:
            self._record(turn, [_Waiting(draft, [token])])

    def _seal(self, turn: Turn, drafts: list[Draft]) -> list[Sealed]:
        heads = tuple(
            sorted(
                (mirror.checkpoint() for mirror in self.mirrors.values() if mirror.size),
                key=lambda head: head.origin,
            )
        )
        return self.outbox.seal(turn.now, drafts, heads, self._signer_of(drafts))

    def _answer_recorded(self, turn: Turn, sealed: Sealed, item: _Waiting) -> None:
        result = self.remember_request(item.request, sealed, item.draft.message)
        if item.released is not None:
            waiting, by = item.released
            index = sealed.envelope.header.index
            end_draft(self, turn, Ended(waiting, "RELEASED", by, turn.now, index))
        turn.effects += [Answer(token, result) for token in item.tokens]

    def remember_request(
        self, request: bytes, sealed: Sealed, message: Message | Unreadable | None = None
    ) -> Recorded:
        """Keep what was recorded for a request, so that a repeat is answered with it."""
        header = sealed.envelope.header
        message = message or read_message(header.kind, sealed.content)
        result = Recorded(self.name, self.own, header.index, _id_of(message))
        if request:
            self._requests[request] = result
            if len(self._requests) > _REQUESTS_KEPT:
                self._requests.popitem(last=False)
        return result

    def signer(self) -> Signer:
        """The node key that signs our next entry."""
        return self.outbox.signer(self.rings[self.own].node_at(self.outbox.size))

    def node_signer(self, size: int) -> Signer:
        """The node key that signs a head or tick of a size; the newest if it is gone."""
        ring = self.rings[self.own]
        index = max(size - 1, 0)
        signer = self.keys.find("node", ring.node_at(index)) if ring.is_trusted(index) else None
        return signer or self.signer()

    def role_signer(self, role: str, peer: Peer) -> Signer:
        """Our key of the role `mirror` or `witness` that a counterpart knows by now.

        Raises:
            OurError: The key directory has none of them.
        """
        known = [ring for index, ring in self._rings_before if index >= peer.receipted]
        for ring in (*known[:1], self.rings[self.own]):
            trusted = ring.mirrors() if role == "mirror" else ring.witnesses()
            for public in trusted:
                if signer := self.keys.find(role, public):
                    return signer
        raise OurError(
            f"No {role} key that the counterparts trust is in the key directory.",
            f"Restore the key directory, or change the key: `openline keys rotate {role}`.",
        )

    def changed_keys(self, start: int, end: int) -> bool:
        """Whether our entries of these indexes announce keys."""
        return any(start <= index < end for index, _ in self._rings_before)

    def _signer_of(self, drafts: list[Draft]) -> Signer:
        """The key that signs these drafts: a revocation is signed by its new key."""
        message = drafts[0].message
        if isinstance(message, KeyRevoke) and message.role is KeyRole.NODE and message.keys:
            return self.outbox.signer(message.keys)
        if isinstance(message, Epoch):
            return self.outbox.signer(message.node)
        return self.signer()

    def _beat(self, turn: Turn) -> None:
        """Let time pass: states, clocks, and a tick if one is due."""
        timers = self.view.understanding.timers
        for peer in self.peers.values():
            for watch in peer.circuits.values():
                watch.advance(turn.now, timers)
            self._nudge(turn, peer)
        by_party = {party: self._observed_of(peer, turn.now) for party, peer in self.peers.items()}
        self._watch_for_comm_out(turn, by_party)
        observed = aggregate(by_party.values())
        if observed is not self._observed:
            self._observed = observed
            self.show_state(turn)
        if self.outbox.size == 0 or not self.can_sign():
            return
        # Most turns are too soon after a tick: what it would say is not even gathered.
        if self.pulse.may_be_due(turn.now):
            self._tick(turn, observed)

    def _watch_for_comm_out(self, turn: Turn, by_party: dict[str, Observed]) -> None:
        """Alarm when a counterpart is LOST, and say so when it is heard again.

        An interval later, for a clock that leaps, or a machine that slept, is no cut.
        """
        for party, observed in by_party.items():
            if observed is not Observed.LOST:
                if (over := self._lost.pop(party, None)) is not None:
                    key = f"{party}/{over}"
                    turn.effects += self.view.end_alarm(LOST, key, turn.now)
                continue
            since = self._lost.setdefault(party, turn.now)
            if turn.now - since >= self.pulse.interval_ms:
                by = [since + after for after in COMM_OUT_MS]
                facts = {"party": party, "since": since, "by": by}
                key = f"{party}/{since}"
                turn.effects += self.view.raise_alarm(
                    LOST, Precedence.IMMEDIATE, turn.now, facts, key
                )

    def _tick(self, turn: Turn, observed: Observed) -> None:
        """Make a tick if there is something to say, or nothing was said for long."""
        held = tuple(
            sorted((m.checkpoint() for m in self.mirrors.values()), key=lambda head: head.origin)
        )
        declared = tuple(sorted(self.view.declared_by(self.own, turn.now).items()))
        out = self.outbox.checkpoint()
        said = (out.size, *(head.size for head in held), observed, declared)
        if not self.pulse.is_due(turn.now, said):
            return
        self._save_head(turn)
        peers = [peer for _, peer in sorted(self.peers.items())]
        signer = self.node_signer(out.size)
        self.pulse.make(turn, signer, out, held, str(observed), declared, peers, said)
        self._is_journal_due = True

    def _save_head(self, turn: Turn) -> None:
        """Keep our own signed head, of the size that the last turn made durable."""
        if self._settled_size > 0 and self.saved_size < self._settled_size:
            self.saved_size = self._settled_size
            note = self.outbox.head(self.saved_size, self.rings[self.own])
            turn.write(PutHead(self.outbox.origin, self.saved_size, "", note.format()))

    _settled_size = 0

    def _nudge(self, turn: Turn, peer: Peer) -> None:
        """Send again what stays unanswered; ask again for what is missing."""
        patience_ms = max(2 * self.pulse.interval_ms, 1_000)
        if peer.sent > peer.held and _is_past(peer.progress_at, turn.now, patience_ms):
            peer.progress_at = turn.now
            # Who swallows entries and answers nothing does not hold up another connection.
            for link in peer.greeted()[:1]:
                link.unanswered += 1
            peer.rewind()
        elif peer.held > peer.receipted and _is_past(peer.progress_at, turn.now, patience_ms):
            # It holds what it has not receipted: a greeting asks for its receipt.
            peer.progress_at = turn.now
            for link in peer.greeted()[:1]:
                turn.send(link.number, encode_frame(hello(self, peer)), is_urgent=True)
        is_behind = not peer.is_reconciled and peer.pulled_at is not None
        if is_behind and _is_past(peer.pulled_at, turn.now, patience_ms):
            pull(self, turn, peer)
        for link in peer.links.values():
            if not link.is_greeted and _is_past(link.since, turn.now, GREETING_WAIT_MS):
                link.since = turn.now
                turn.effects.append(CloseLink(link.number, "no greeting came that is accepted"))

    def settle(self, turn: Turn) -> None:
        """After the commit: sign heads, send what counterparts lack, cosign."""
        ring = self.rings[self.own]
        can_sign = self.can_sign()
        self._settled_size = self.outbox.size
        name = mirror_name(self.own)
        for party, peer in self.peers.items():
            for left in self.past_mirrors.get(party, ()):
                left.settle()
            self.mirrors[party].settle()
            if can_sign and self.outbox.size:
                self.outbox.push(turn, peer, ring)
            mirror = self.mirrors[party]
            # Most turns owe no receipt, and then no key is looked for.
            owes = can_sign and mirror.size > peer.acked
            signer = self.role_signer("mirror", peer) if owes else None
            if first := mirror.cosign(turn, peer, name, signer):
                given = PutHead(mirror.origin, mirror.size, self.own, first.format())
                self._receipts_given.append(given)
        if can_sign and self._is_journal_due:
            self._is_journal_due = False
            self._push_journal(turn)
        couriers, self._couriers = self._couriers, []
        for token, party in couriers:
            self._export(turn, token, party)

    def _export(self, turn: Turn, token: int, party: str) -> None:
        try:
            self._must_sign()
            turn.effects.append(Answer(token, export_courier(self, turn, party)))
        except OurError as error:
            turn.effects.append(Answer(token, error=error))

    def _push_journal(self, turn: Turn) -> None:
        head = self.journal.head
        notes: dict[PublicKeys, str] = {}
        for peer in self.peers.values():
            links = peer.greeted()
            public = self._key_known_to(peer)
            signer = self.keys.find("node", public) if public else None
            if not links or public is None or signer is None or peer.journal_sent >= head.size:
                continue
            note = notes.get(public) or sign_checkpoint(head, signer).format()
            notes[public] = note
            proof = tuple(self.journal.tree.consistency_proof(peer.journal_cosigned, head.size))
            frame = JournalHead(note, peer.journal_cosigned, proof)
            turn.send(links[0].number, encode_frame(frame))
            peer.journal_sent = head.size

    def _key_known_to(self, peer: Peer) -> PublicKeys | None:
        """Our newest node key that a counterpart knows by what it has receipted."""
        if self.outbox.epoch > 1 and not peer.receipted:
            return None
        ring, index = self.rings[self.own], max(peer.receipted - 1, 0)
        return ring.node_at(index) if ring.is_trusted(index) else None

    def peer_named(self, party: str) -> Peer:
        """A counterpart by name.

        Raises:
            OurError: There is none of that name.
        """
        if party not in self.peers:
            names = ", ".join(sorted(self.peers))
            raise OurError(
                f"{party} is not a counterpart on the line {self.name}.", f"Name one of: {names}."
            )
        return self.peers[party]

    # What everybody reads.

    @property
    def delivered(self) -> int:
        """How many of our entries every counterpart has receipted."""
        return min(peer.receipted for peer in self.peers.values())

    def content(self, party: str, index: int, epoch: int | None = None) -> bytes:
        """The content of one entry that is held, by default of the newest outbox.

        Raises:
            OurError: It is not held.
        """
        if epoch is None:
            record = self.view.record(party, index)
            epoch = record.epoch if record else 1
        origin = str(Origin(party, self.name, "out", epoch))
        if origin == self.outbox.origin:
            entries = self.outbox.read(index, 1) if index < self.outbox.size else []
        elif party in self.rings:
            for mirror in self.mirrors_of(party):
                if mirror.origin == origin:
                    content = mirror.ahead_of_store(index)
                    if content is not None:
                        return content
            entries = self.store.entries(origin, index, 1)
        else:
            entries = []
        if not entries:
            raise OurError(f"{party} {index} is not held on the line {self.name}.")
        return entries[0].content

    def mirrors_of(self, party: str) -> list[Mirror]:
        """Our copies of a counterpart's outboxes, the newest last; none of our own."""
        newest = [self.mirrors[party]] if party in self.mirrors else []
        return [*self.past_mirrors.get(party, []), *newest]

    def _message_at(self, party: str, index: int, epoch: int) -> Message | Unreadable:
        record = self.view.record(party, index, epoch)
        return read_message(record.kind if record else -1, self.content(party, index, epoch))

    @staticmethod
    def message_of(sealed: Sealed) -> Message | Unreadable:
        """What an entry says."""
        return read_message(sealed.envelope.header.kind, sealed.content)

    def observed(self, now: int) -> Observed:
        """What is observed of the line: its counterparts, aggregated."""
        return aggregate(self._observed_of(peer, now) for peer in self.peers.values())

    def _observed_of(self, peer: Peer, now: int) -> Observed:
        """What is observed of one counterpart."""
        states = [watch.state for watch in peer.circuits.values()]
        timers = self.view.understanding.timers
        return counterpart_state(states, peer.tick_answered_at, now, timers)

    def serve(self, path: str) -> bytes | None:
        """A C2SP read path of our outbox: `checkpoint`, `tile/...`; else None."""
        if not self._settled_size or not self.can_sign():
            return None
        if path == "checkpoint":
            return self.outbox.head(self._settled_size, self.rings[self.own]).format().encode()
        try:
            level, number, width = parse_tile_path(path)
            if level is not None:
                return self.outbox.tree.tile(level, number, width)
        except (TheirError, LookupError):
            return None
        start = number * 256
        if start + width > self.outbox.size:
            return None
        return entry_bundle([entry.raw for entry in self.outbox.read(start, width)])

    def status(self, now: int) -> dict[str, Any]:
        """What officers see of the line."""
        observed = self.observed(now)
        displayed = {**self.view.displayed(observed, now), "causes": self._causes(now)}
        return {
            "line": self.name,
            "understanding": understanding_hash(self.signed.data).hex(),
            "version": self.view.understanding.version,
            "observed": str(observed),
            "declared": self.view.declared(now),
            "displayed": displayed,
            "counterparts": [
                {**peer.status(now, self.outbox.size), "clock": self._clock_word(peer)}
                for _, peer in sorted(self.peers.items())
            ],
            "out_size": self.outbox.size,
            "held": {party: mirror.size for party, mirror in sorted(self.mirrors.items())},
            "can_sign": self.can_sign(),
            "waiting_for": [] if self.is_current() else self.waiting_for(),
            "broken": self.broken or self._broken_keys(),
            "keys": self._keys_in_force(),
            "alarms": self.view.alarms(),
            "outbox": self.outbox.origin,
            "next_epoch": self._next_epoch(),
        }

    def _clock_word(self, peer: Peer) -> str:
        """OK, OFF beyond the tolerance, ALARM beyond what alarms; by the last probe."""
        timers, offset_ms = self.view.understanding.timers, abs(peer.offset_ms or 0)
        if offset_ms > timers.clock_alarm_ms:
            return "ALARM"
        return "OFF" if offset_ms > timers.clock_tolerance_ms else "OK"

    def _causes(self, now: int) -> dict[str, dict[str, Any]]:
        """Why the line to a counterpart does not work as agreed, as far as it was said."""
        circuits = {
            party: {name: watch.state for name, watch in peer.circuits.items()}
            for party, peer in self.peers.items()
        }
        observed = {party: self._observed_of(peer, now) for party, peer in self.peers.items()}
        is_own_fault = bool(self.broken or self.missing_key())
        return self.view.state.causes(now, circuits, observed, is_own_fault=is_own_fault)

    def _next_epoch(self) -> dict[str, Any]:
        """What an EPOCH would have to name, if it were opened now."""
        head = last_known_head(self)
        return {
            "origin": str(Origin(self.own, self.name, "out", self.outbox.epoch + 1)),
            "previous_size": head.size,
            "previous_root": head.root.hex(),
            "understanding": understanding_hash(self.first.data).hex(),
        }

    def _keys_in_force(self) -> dict[str, str]:
        """The id of our key in force for each role, on this line."""
        ring = self.rings[self.own]
        newest = {
            "node": key_id(ring.node_at(self.outbox.size).ed25519),
            "witness": key_id(ring.witnesses()[0].ed25519) if ring.witnesses() else b"",
            "mirror": key_id(ring.mirrors()[0].ed25519) if ring.mirrors() else b"",
            "tls": certificate_id(ring.tls()[0]) if ring.tls() else b"",
        }
        return {role: name.hex() for role, name in newest.items()}

    def _broken_keys(self) -> str:
        role = self.missing_key()
        return f"the {role} key is not in the key directory" if role else ""

    def show_state(self, turn: Turn) -> None:
        """Tell the faces that the state of the line changed."""
        turn.show(self.name, "state", {"observed": str(self.observed(turn.now))})

    # One entry that became ours to know.

    def apply(
        self,
        turn: Turn | None,
        sealed: Sealed,
        at: int,
        circuit: str,
        message: Message | Unreadable | None = None,
    ) -> None:
        """Let the view take in one entry; without a turn, silently, at start."""
        header = sealed.envelope.header
        message = message or read_message(header.kind, sealed.content)
        shows = self.view.apply(Applied(header, message, at, circuit), live=turn is not None)
        if turn is not None:
            turn.effects += shows
        if isinstance(message, Amendment):
            self._amended(message)
        if isinstance(message, KeyRevoke) and message.role is KeyRole.NODE:
            self.view.distrust(header.party, message.from_index, header.index)
        if isinstance(message, Epoch) and opens_outbox(header):
            start = disowned_from(self, header, message)
            shows = self.view.opened(header, message, start, at)
            if turn is not None:
                turn.effects += shows

    def _amended(self, amendment: Amendment) -> None:
        """An amendment is in force for the line when every outbox has it."""
        own, *others = (ring.understanding_at(_LATEST) for ring in self.rings.values())
        if all(other == own for other in others):
            self.signed = amendment.signed
            self.view.understanding = own
            self.pulse.interval_ms = own.timers.tick_ms
            self.pulse.tolerance_ms = own.timers.clock_tolerance_ms

    def take_keys(self, party: str, sealed: Sealed) -> None:
        """Let the keys of a party follow one of its entries."""
        before = self.rings[party]
        after = ring_after(before, sealed.envelope, sealed.content)
        if party == self.own and after is not before:
            self._rings_before.append((sealed.envelope.header.index, before))
            message = read_message(sealed.envelope.header.kind, sealed.content)
            if isinstance(message, KeyChange | KeyRevoke):
                self._taken_in_use.append(message.role)
        self.rings[party] = after

    def note_keys(self, turn: Turn, party: str, sealed: Sealed) -> None:
        """After an entry about keys: other keys and certificates may be in use now."""
        header = sealed.envelope.header
        if header.kind not in KEY_KINDS and not opens_outbox(header):
            return
        if party == self.own:
            self.take_keys(party, sealed)
        turn.effects.append(TrustCertificates())

    def _promote(self, turn: Turn) -> None:
        """Say which keys came into use; at a start again, for a crash may cut it off."""
        for role in dict.fromkeys(self._taken_in_use):
            turn.effects.append(PromoteKey(role.name.lower()))
        self._taken_in_use = []


def _is_past(since: int | None, now: int, patience_ms: int) -> bool:
    """Whether the patience is over; also where the clock was set back since."""
    return since is None or not since <= now <= since + patience_ms


def _id_of(message: Message | Unreadable) -> str:
    """What a notice, a movement or a zone is called by its author; empty for the rest."""
    names = ("notice_id", "movement_id", "zone_id")
    return next((str(getattr(message, name)) for name in names if hasattr(message, name)), "")
