"""What officers and administrators ask of a node.

Commands are imperative and carry values that the domain has already checked
for shape; whether they may be done now is checked by `engine.desk`.
"""

import hashlib
from dataclasses import dataclass
from typing import TypeAlias

from openline.domain.party import Precedence
from openline.domain.space.track_alert import AirAlert
from openline.domain.talk.assessment import Assessment
from openline.domain.talk.message import Message
from openline.domain.talk.private import Private
from openline.engine.drafts import KeepDraft, RejectDraft, ReleaseDraft, SignDraft
from openline.engine.people import AboutPeople, NoteAtTheDoor


@dataclass(frozen=True, slots=True)
class Compose:
    """Say something on a line.

    Attributes:
        line: The line.
        message: What to say (`domain.talk`); a notice may leave its id empty.
        precedence: How fast.
        reply_to: Author and index of the message answered.
        recipients: Parties addressed; empty means every counterpart.
        request_id: Made by the client, so that a repeat is not sent twice.
        released_by: Post and officer of a second person who releases it, if there is one.
    """

    line: str
    message: Message
    precedence: Precedence = Precedence.ROUTINE
    reply_to: tuple[str, int] | None = None
    recipients: tuple[str, ...] = ()
    request_id: str = ""
    released_by: tuple[str, str] | None = None


def request_hash(request_id: str) -> bytes:
    """What is kept of a request id; empty for none."""
    if not request_id:
        return b""
    return hashlib.sha256(request_id.encode(errors="surrogatepass")).digest()[:16]


@dataclass(frozen=True, slots=True)
class CheckNotice:
    """Say which conflicts a notice would have, without saying anything.

    Attributes:
        line: The line.
        message: The notice.
        precedence: With which it would be sent.
    """

    line: str
    message: Message
    precedence: Precedence = Precedence.ROUTINE


@dataclass(frozen=True, slots=True)
class CheckSaying:
    """Tell what would stand in the way of saying something; nothing is said or kept.

    The answer is the message with what the desk fills in.

    Attributes:
        line: The line.
        compose: What would be said.
    """

    line: str
    compose: Compose


@dataclass(frozen=True, slots=True)
class AcknowledgeAlarm:
    """Take note of an alarm; the counterparts are not told.

    Attributes:
        line: The line.
        alarm: The alarm's id.
        by: Post and officer.
    """

    line: str
    alarm: str
    by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class TellAirAlerts:
    """Raise, change or end alarms about tracks; nothing of it is recorded or sent.

    Attributes:
        line: The line.
        alerts: Those that opened, got worse or ended.
    """

    line: str
    alerts: tuple[AirAlert, ...]


@dataclass(frozen=True, slots=True)
class KeepPrivate:
    """Keep a plan or a site on this node; the counterparts are not told.

    Attributes:
        line: The line.
        private: What to keep.
        by: Post and officer.
        replaces: Whether it takes the place of what is kept under its name.
    """

    line: str
    private: Private
    by: tuple[str, str]
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class DropPrivate:
    """Keep a plan or a site no longer; the counterparts are not told.

    Attributes:
        line: The line.
        name: The name under which it is kept.
        by: Post and officer.
    """

    line: str
    name: str
    by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class AssessTrack:
    """Say on this node whose a track is; the counterparts are not told.

    Attributes:
        line: The line.
        assessment: Whose it is.
        by: Post and officer.
    """

    line: str
    assessment: Assessment
    by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class TakeBackAssessment:
    """Let the claims of feeds stand again for a track; the counterparts are not told.

    Attributes:
        line: The line.
        track: Id of the track.
        by: Post and officer; None where the node does it, as nobody hears of the object.
    """

    line: str
    track: str
    by: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class NoteLeftAside:
    """Note in the journal what of a feed was left aside; nobody else is told.

    Attributes:
        line: The line.
        feed: Name of the feed.
        counts: How often since the last time, by word; in order.
    """

    line: str
    feed: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class NoteCapture:
    """Note in the journal what was seen on a public page; nobody else is told.

    Attributes:
        line: The line.
        content: The capture in strict CBOR (`docs/spec/statements.md`).
    """

    line: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TellSource:
    """Raise or end the alarm that a source of public statements has fallen silent.

    Attributes:
        line: The line.
        name: What it is: the name of a source, or the id of a page.
        address: Where it is.
        since: Since when it gives no text, UTC milliseconds; None if it gives one again.
    """

    line: str
    name: str
    address: str
    since: int | None


@dataclass(frozen=True, slots=True)
class HoldEvidence:
    """Let nothing go of what was recorded in a window; the counterparts are not told.

    Attributes:
        line: The line.
        by: Post and officer.
        reason: Why, in words.
        name: The hold to be widened or held again; empty for a new one.
        window: From when until before when; None for the windows that the hold has.
    """

    line: str
    by: tuple[str, str]
    reason: str
    name: str = ""
    window: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ReleaseEvidence:
    """Hold something no longer; the counterparts are not told.

    Attributes:
        line: The line.
        by: Post and officer.
        name: The hold: an incident's id, or the name of an officer's.
        reason: Why, in words.
    """

    line: str
    by: tuple[str, str]
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class OfferWatch:
    """Hand over the watch: keep the brief of now; the counterparts are not told.

    Attributes:
        line: The line.
        by: Post and officer on watch.
    """

    line: str
    by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Adopt:
    """Adopt a signed Understanding: a new line, or an amendment of one.

    Attributes:
        signed: The file with all signatures.
        by: Post and officer; empty where no person asks.
    """

    signed: bytes
    by: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class ChangeKey:
    """Announce and use the next key of a role: node, witness, mirror or tls."""

    line: str
    role: str
    by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class PublishRevocation:
    """Publish a root-signed revocation of one of our keys."""

    line: str
    message: Message


@dataclass(frozen=True, slots=True)
class OpenEpoch:
    """Go on in a new outbox, by a root-signed EPOCH."""

    line: str
    message: Message


@dataclass(frozen=True, slots=True)
class TrustOwnCopy:
    """Go on signing although a counterpart has not confirmed our outbox."""

    line: str
    by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class ExportCourier:
    """Collect for a courier what a counterpart has not receipted yet."""

    line: str
    party: str
    by: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class ImportCourier:
    """Take in what a courier brought from a counterpart."""

    line: str
    data: bytes
    by: tuple[str, str] = ("", "")


Command: TypeAlias = (
    Compose
    | CheckNotice
    | CheckSaying
    | AcknowledgeAlarm
    | TellAirAlerts
    | KeepPrivate
    | DropPrivate
    | AssessTrack
    | TakeBackAssessment
    | NoteLeftAside
    | NoteCapture
    | TellSource
    | HoldEvidence
    | ReleaseEvidence
    | OfferWatch
    | Adopt
    | ChangeKey
    | PublishRevocation
    | OpenEpoch
    | TrustOwnCopy
    | ExportCourier
    | ImportCourier
    | KeepDraft
    | SignDraft
    | ReleaseDraft
    | RejectDraft
    | AboutPeople
    | NoteAtTheDoor
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to a command that says something: it is in our log, on disk.

    Attributes:
        line: The line.
        party: Ourselves.
        index: Position in our outbox: the serial number.
        notice_id: Of a notice, a movement or a zone, its id.
    """

    line: str
    party: str
    index: int
    notice_id: str = ""
