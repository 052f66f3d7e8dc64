"""Drafts on one line: what one person wrote and waits for another to release.

They are on this node alone, kept by rows of the private journal like plans
(`engine.private_view`), so they survive a restart and no counterpart sees them. Rules:

1. Who drafted it does not release it, whatever the other name's spelling.
2. A draft ends once: released, rejected, or too old. Who comes later is told what
   became of it.
3. Each may sign it with a passkey: the drafter while it waits, the other with the
   release. Who has a passkey on the roster signs on the officers' port (`faces.api`).
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.limits import DRAFT_AGE_MS_MAX, DRAFTS_ENDED_KEPT, DRAFTS_WAITING_MAX
from openline.domain.line.people import same_name
from openline.domain.party import Precedence
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.talk.body import BY_FORM, By
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message, Unreadable, parse_body
from openline.domain.talk.notice import Notice
from openline.domain.talk.signed_act import (
    SIGNATURES,
    ActSignature,
    Drafted,
    Part,
    SignedAct,
    statement,
)

_NOBODY: Final = "(nobody yet)"
"""Stands where the second person will be; it is in no message."""

UNNAMED: Final = "NEW"
"""Stands on disk for the id of a notice that the desk is to name when it is released."""


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Keep a draft for a second person to release.

    Attributes:
        line: The line.
        message: What it says; `draft_form` writes one that names its second person.
        by: Post and officer.
        precedence: With which it will be sent.
        recipients: Parties addressed; empty means every counterpart.
        request_id: Made by the client, so that a repeat leaves no second draft.
    """

    line: str
    message: Message
    by: tuple[str, str]
    precedence: Precedence = Precedence.ROUTINE
    recipients: tuple[str, ...] = ()
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class SignDraft:
    """Add the drafter's signature to a draft that waits."""

    line: str
    token: str
    by: tuple[str, str]
    signature: ActSignature


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """Say what another person drafted.

    Attributes:
        line: The line.
        token: The draft.
        by: Post and officer who releases it.
        signature: Theirs, if they sign.
    """

    line: str
    token: str
    by: tuple[str, str]
    signature: ActSignature | None = None


@dataclass(frozen=True, slots=True)
class RejectDraft:
    """Say never what was drafted."""

    line: str
    token: str
    by: tuple[str, str]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft.

    Attributes:
        token: Sixteen random bytes; also of the signed act.
        message: What it says, with `_NOBODY` where the second person will be.
        by: Who drafted it.
        at: When.
        precedence: With which it will be sent.
        recipients: Parties addressed, as they will stand in the envelope.
        size: Of our outbox when it was drafted.
        signatures: The drafter's, or none.
        request: Hash of the client's request; empty where it gave none.
    """

    token: bytes
    message: Message
    by: By
    at: int
    precedence: Precedence
    recipients: tuple[str, ...]
    size: int
    signatures: tuple[ActSignature, ...] = ()
    request: bytes = b""

    @property
    def name(self) -> str:
        """How it is called."""
        return self.token.hex()

    def is_old(self, now: int) -> bool:
        """Whether it waited too long."""
        return now - self.at > DRAFT_AGE_MS_MAX

    def statement(self, party: str, line: str, part: Part, by: By) -> bytes:
        """What somebody signs about it."""
        fixed = Drafted(self.token, self.at, self.size, self.precedence, self.recipients)
        return statement(party, line, self.message, part=part, by=by, drafted=fixed)

    def released(self, by: By, roster: int | None, more: ActSignature | None) -> Message:
        """The message, with who releases it and with what was signed."""
        message: Any = self.message
        if hasattr(message, "released_by"):
            message = replace(message, released_by=by)
        signatures = self.signatures if more is None else (*self.signatures, more)
        if signatures and roster is not None and hasattr(message, "signed"):
            act = SignedAct(self.token, self.at, roster, signatures, self.size)
            message = replace(message, signed=act)
        finished: Message = message
        return finished

    def to_bytes(self) -> bytes:
        """The draft as the journal keeps it."""
        signatures = SIGNATURES.to_value(self.signatures)
        message = _with_id(self.message, "", UNNAMED)
        return cbor.encode(
            {
                1: self.token,
                2: int(message.message_kind),
                3: message.to_body(),
                4: BY_FORM.to_value(self.by),
                5: self.at,
                6: int(self.precedence),
                7: list(self.recipients),
                8: signatures,
                9: self.size,
                10: self.request,
            }
        )

    def to_json(self) -> dict[str, Any]:
        """The draft as faces show it."""
        fields = self.message.to_json()
        for name in ("released_by", "signed"):
            fields.pop(name, None)
        return {
            "draft": self.name,
            "kind": self.message.message_kind.name,
            "fields": fields,
            "by": {"post": self.by.post, "officer": self.by.officer},
            "drafted_at": self.at,
            "ends_at": self.at + DRAFT_AGE_MS_MAX,
            "precedence": self.precedence.name,
            "recipients": list(self.recipients),
            "is_signed": bool(self.signatures),
            "state": "WAITING",
        }


def parse_draft(data: bytes) -> Waiting:
    """The draft that the journal keeps; our own writing, so a fault is a defect."""
    value: Any = cbor.decode(data)
    message = parse_body(value[2], value[3])
    assert not isinstance(message, Unreadable), "our own writing"
    signatures: list[Value] = value[8]
    return Waiting(
        token=value[1],
        message=_with_id(message, UNNAMED, ""),
        by=BY_FORM.from_value(value[4], "by"),
        at=value[5],
        precedence=Precedence(value[6]),
        recipients=tuple(value[7]),
        # An earlier program kept none: what was signed then is to be signed anew.
        size=value.get(9, 0),
        signatures=SIGNATURES.from_value(signatures, "signatures") if signatures else (),
        request=value.get(10, b""),
    )


def _with_id(message: Message, old: str, new: str) -> Message:
    """The message with another id where it is a notice of the old one.

    A notice that the desk is to name has no id, which no message can have on disk.
    """
    if isinstance(message, Notice) and message.notice_id == old:
        return replace(message, notice_id=new)
    return message


def draft_form(kind: Kind, fields: dict[str, Any], post: str) -> dict[str, Any]:
    """The form of a draft: where a second person will be named, one that nobody has.

    Args:
        kind: Which message.
        fields: What the officer filled in.
        post: One of the party's posts of the highest tier: the rules about who must
            take part are looked at when it is released.
    """
    if kind is not Kind.DECLARATION:
        return fields
    return {**fields, "released_by": {"post": post, "officer": _NOBODY}}


@dataclass(frozen=True, slots=True)
class Ended:
    """A draft that waits no more.

    Attributes:
        draft: It.
        state: RELEASED, REJECTED or TOO_OLD.
        by: Who ended it; None for time.
        at: When.
        index: Of the message, where it was released.
        reason: Why it was rejected, in words.
    """

    draft: Waiting
    state: str
    by: By | None
    at: int
    index: int | None = None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """It as faces show it."""
        by = None if self.by is None else {"post": self.by.post, "officer": self.by.officer}
        return {
            **self.draft.to_json(),
            "state": self.state,
            "ended_by": by,
            "ended_at": self.at,
            "index": self.index,
            "reason": self.reason,
        }


class Drafts:
    """The drafts of one line.

    Owned by the line; changed only while a turn is handled.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}
        self._ended: OrderedDict[str, Ended] = OrderedDict()
        # Who releases which draft in this turn.
        self._releasing: dict[str, By] = {}

    def check_room(self, now: int) -> None:
        """Confirm that one more may wait.

        Raises:
            OurError: There are too many.
        """
        self._let_old_end(now)
        if len(self._waiting) >= DRAFTS_WAITING_MAX:
            raise OurError(
                f"{DRAFTS_WAITING_MAX} drafts wait already, which is all that may.",
                "Release or reject some: `openline draft list`.",
            )

    def room(self, now: int) -> int:
        """How many more may wait."""
        self._let_old_end(now)
        return max(0, DRAFTS_WAITING_MAX - len(self._waiting))

    def keep(self, draft: Waiting) -> None:
        """Keep a draft, or what it has become."""
        self._waiting[draft.name] = draft

    def named(self, name: str, now: int) -> Waiting:
        """A draft that waits.

        Raises:
            OurError: There is none of that name, or it does not wait any more; with
                what became of it.
        """
        self._let_old_end(now)
        if (by := self._releasing.get(name)) is not None:
            raise _is_over(f"is being released by {by.officer}")
        if (ended := self._ended.get(name)) is not None:
            raise _is_over(_fate(ended))
        draft = self._waiting.get(name)
        if draft is None:
            raise OurError(f"There is no draft {name!r}.", "See `openline draft list`.")
        return draft

    def ended(self, name: str) -> Ended | None:
        """What became of a draft; None if it waits, or nobody knows it."""
        return self._ended.get(name)

    def check_second(self, draft: Waiting, by: By) -> None:
        """Confirm that it is another person who releases.

        Raises:
            OurError: It is who drafted it.
        """
        if same_name(draft.by.officer, by.officer):
            raise OurError(
                f"{by.officer} drafted it, and so does not release it.",
                "Let a second person release it.",
            )

    def begin_release(self, draft: Waiting, by: By) -> None:
        """From here on nobody else releases it in this turn."""
        self._releasing[draft.name] = by

    def end(self, ended: Ended) -> None:
        """Let a draft wait no more."""
        name = ended.draft.name
        self._waiting.pop(name, None)
        self._releasing.pop(name, None)
        self._ended[name] = ended
        if len(self._ended) > DRAFTS_ENDED_KEPT:
            self._ended.popitem(last=False)

    def end_turn(self) -> None:
        """What was not recorded in this turn waits on."""
        self._releasing = {}

    def requested(self, request: bytes) -> dict[str, Any] | None:
        """The draft that a request has left, or what became of it; None if there is none."""
        if not request:
            return None
        waiting = (one for one in self._waiting.values() if one.request == request)
        ended = (one for one in self._ended.values() if one.draft.request == request)
        found = next(waiting, None) or next(ended, None)
        return None if found is None else found.to_json()

    def waiting(self, name: str) -> Waiting | None:
        """A draft that waits, however old; None if there is none."""
        return self._waiting.get(name)

    def to_json(self, now: int) -> list[dict[str, Any]]:
        """What waits, in the order in which it came; then what ended, the newest last."""
        self._let_old_end(now)
        waiting = [draft.to_json() for draft in self._waiting.values()]
        return [*waiting, *(ended.to_json() for ended in self._ended.values())]

    def one_json(self, name: str, now: int) -> dict[str, Any]:
        """One draft, whether it waits or not.

        Raises:
            OurError: There is none of that name.
        """
        self._let_old_end(now)
        if (draft := self._waiting.get(name)) is not None:
            return draft.to_json()
        if (ended := self._ended.get(name)) is not None:
            return ended.to_json()
        raise OurError(f"There is no draft {name!r}.", "See `openline draft list`.")

    def _let_old_end(self, now: int) -> None:
        for draft in list(self._waiting.values()):
            if draft.is_old(now):
                self.end(Ended(draft, "TOO_OLD", None, draft.at + DRAFT_AGE_MS_MAX))


def _is_over(what: str) -> OurError:
    return OurError(f"The draft {what}.", "Nothing more is to be done about it; draft it anew.")


def _fate(ended: Ended) -> str:
    at = format_instant(ended.at)
    if ended.by is None:
        return f"is out of date since {at}"
    why = f": {ended.reason}" if ended.reason else ""
    return f"was {ended.state.lower()} by {ended.by.officer} at {at}{why}"
