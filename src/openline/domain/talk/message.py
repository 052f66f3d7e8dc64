"""Messages: from a kind and a body to what was said, and back.

`parse_body` never refuses: what this program cannot read is an `Unreadable`,
which is stored, receipted and shown like any other message, with the reason. An
officer's form goes through `from_json`, which refuses what should not be said.
"""

import base64
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from openline.domain.errors import OurError, TheirError
from openline.domain.line.form import Json
from openline.domain.party import Precedence
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.envelope import parse_content
from openline.domain.talk.agreement import Adoption, Amendment
from openline.domain.talk.body import Body
from openline.domain.talk.call_record import CallRecord
from openline.domain.talk.check import LineCheck, LineCheckReply
from openline.domain.talk.coded import Coded
from openline.domain.talk.contact import Contact, ContactReply
from openline.domain.talk.correction import Correction
from openline.domain.talk.declaration import Declaration
from openline.domain.talk.escalation import Escalation
from openline.domain.talk.explanation import Explanation
from openline.domain.talk.incident import Incident, Inquiry
from openline.domain.talk.keys import Epoch, KeyChange, KeyRevoke
from openline.domain.talk.kinds import Kind
from openline.domain.talk.movement import Movement
from openline.domain.talk.notice import Notice
from openline.domain.talk.passed_on import PassedOn
from openline.domain.talk.protest import Protest
from openline.domain.talk.query import Query, QueryAnswer
from openline.domain.talk.query_ack import QueryAck
from openline.domain.talk.readout import Readout
from openline.domain.talk.receipt import Read, ReadBack
from openline.domain.talk.response import Response
from openline.domain.talk.resumption import ResumptionOffer
from openline.domain.talk.roster import Roster
from openline.domain.talk.service import Service
from openline.domain.talk.shared_track import SharedTrack
from openline.domain.talk.site import Sites
from openline.domain.talk.telephone import Call, Ring
from openline.domain.talk.text import Text
from openline.domain.talk.translation import LaterTranslation
from openline.domain.talk.violation import Violation
from openline.domain.talk.voice_note import VoiceNote
from openline.domain.talk.warning import Warning
from openline.domain.talk.watch import Watch
from openline.domain.talk.zone import Zone


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message whose content this program cannot read.

    Attributes:
        kind: The number in the envelope.
        body: The body as it was decoded.
        why: What is wrong, in one sentence.
    """

    kind: int
    body: dict[int, Value]
    why: str


Message: TypeAlias = (
    Adoption
    | Amendment
    | Call
    | Coded
    | Correction
    | CallRecord
    | Contact
    | ContactReply
    | Declaration
    | Epoch
    | Escalation
    | Explanation
    | Incident
    | Inquiry
    | KeyChange
    | KeyRevoke
    | LaterTranslation
    | LineCheck
    | LineCheckReply
    | Movement
    | Notice
    | PassedOn
    | Protest
    | Query
    | QueryAck
    | QueryAnswer
    | Read
    | ReadBack
    | Readout
    | Response
    | Ring
    | Sites
    | Roster
    | ResumptionOffer
    | Service
    | SharedTrack
    | Text
    | Violation
    | VoiceNote
    | Warning
    | Zone
    | Watch
)

MESSAGES: Final[dict[Kind, type[Body]]] = {
    message.message_kind: message
    for message in (
        Adoption,
        Amendment,
        KeyChange,
        KeyRevoke,
        Epoch,
        Roster,
        Text,
        Notice,
        Read,
        ReadBack,
        Response,
        Correction,
        QueryAck,
        PassedOn,
        Coded,
        LaterTranslation,
        LineCheck,
        LineCheckReply,
        Declaration,
        Service,
        ResumptionOffer,
        Query,
        QueryAnswer,
        Warning,
        Explanation,
        Sites,
        Zone,
        Movement,
        SharedTrack,
        Incident,
        Inquiry,
        Violation,
        Protest,
        Contact,
        ContactReply,
        CallRecord,
        Readout,
        Watch,
        Escalation,
        Ring,
        Call,
        VoiceNote,
    )
}
"""Every kind and its message."""


def parse_body(kind: int, body: dict[int, Value]) -> Message | Unreadable:
    """What a body says, or why it cannot be read.

    Args:
        kind: The number in the envelope.
        body: What `parse_content` gives.
    """
    message = MESSAGES.get(kind)  # type: ignore[call-overload]
    if message is None:
        return Unreadable(kind, body, f"Kind {kind} is not known to this program.")
    try:
        read: Message = message.from_body(body)
    except TheirError as error:
        return Unreadable(kind, body, f"{error.what}.")
    return read


def read_message(kind: int, content: bytes) -> Message | Unreadable:
    """What a whole content says, or why it cannot be read; nothing is raised.

    Args:
        kind: The number in the envelope.
        content: What was signed: whatever bytes its author chose.
    """
    try:
        body = parse_content(content)
    except TheirError as error:
        return Unreadable(kind, {}, f"{error.what.rstrip('.')}.")
    return parse_body(kind, body)


def to_json(message: Message | Unreadable) -> dict[str, Any]:
    """The message as an object for people and programs; nothing is lost.

    An unreadable body is its strict CBOR in base64.
    """
    if isinstance(message, Unreadable):
        body = base64.b64encode(cbor.encode(message.body)).decode()
        return {"unreadable": message.why, "kind": message.kind, "body": body}
    return message.to_json()


def from_json(kind: int, json: Json, precedence: Precedence = Precedence.ROUTINE) -> Message:
    """The message that an officer filled in.

    Args:
        kind: Which message.
        json: The form, as `to_json` gives it or as an officer writes it.
        precedence: With which it will be sent; urgent text is short.

    Raises:
        OurError: No such kind; or something is missing, wrong or should not be
            said so, with the field, such as `volumes[0].vertices[3].lat`.
    """
    if kind not in MESSAGES:
        raise OurError(f"There is no message of kind {kind}.")
    message: Any = MESSAGES[Kind(kind)].from_json(json, precedence)
    read: Message = message
    return read
