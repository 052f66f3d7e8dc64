"""Signed acts: an officer's own passkey over what is said, sent along with it.

Whoever drafts and whoever releases a message may each sign it. What one signs is a
statement: who does what, under which label, on which line, how urgently and to whom, and
how far the author's outbox had come. Its SHA-256 is the challenge
that the passkey signs. The other side verifies it offline, against the roster of the
party that the message names. A message without one is as valid as before: then the
names in it are only what the party's node wrote.

Any message can carry one: its body has an optional field `signed` with the form
`SIGNED`. What a statement leaves out of the body are `by`, `released_by` and `signed`:
who acts stands in the statement itself, each for their own part. A declaration that
takes effect at once is signed with the instant 0, since nobody knows it beforehand.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Final

from openline.domain.limits import (
    AUTHENTICATOR_DATA_SIZE_BYTES_MAX,
    CLIENT_DATA_SIZE_BYTES_MAX,
    PASSKEY_SIGNATURE_SIZE_BYTES_MAX,
    SIGNED_ACT_AGE_MS_MAX,
    SIGNED_ACT_ENTRIES_MAX,
)
from openline.domain.line.form import Blob, Field, Instant, Items, Record, Whole, Word
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.passkey import (
    HEAD_SIZE_BYTES,
    PASSKEY_ID_SIZE_BYTES,
    Assertion,
    Why,
    assertion_fault,
    passkey_id,
)
from openline.domain.talk.body import Body, By
from openline.domain.talk.roster import Roster

ACT_PREFIX: Final = b"openline/signed-act/v2\n"
"""Stands before a statement, so that no other use signs the same."""

TOKEN_SIZE_BYTES: Final = 16

_LEFT_OUT: Final = ("by", "released_by", "signed")
_AT_ONCE: Final = "effective_at"


class Part(IntEnum):
    """What somebody does about a message."""

    SAID = 1
    RELEASED = 2


_NAMED_IN: Final = {Part.SAID: "by", Part.RELEASED: "released_by"}


@dataclass(frozen=True, slots=True)
class ActSignature:
    """One officer's signature.

    Attributes:
        part: What they did.
        key: The first eight bytes of the SHA-256 of their COSE key.
        authenticator_data: Data of the authenticator.
        client_data: Data of the browser.
        signature: Over both.
    """

    part: Part
    key: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes

    @property
    def assertion(self) -> Assertion:
        """What the authenticator gave."""
        return Assertion(self.authenticator_data, self.client_data, self.signature)


@dataclass(frozen=True, slots=True)
class SignedAct:
    """What officers signed of a message.

    Attributes:
        token: Sixteen random bytes: no two acts are alike.
        at: When it was drafted, as its node says.
        roster: Index of the author's roster in the same outbox.
        signatures: In order of their parts, at least one.
        size: Of the author's outbox when it was drafted.
    """

    token: bytes
    at: int
    roster: int
    signatures: tuple[ActSignature, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a draft fixes beside its words.

    Attributes:
        token: Of the act.
        at: When it was drafted.
        size: Of the author's outbox then.
        precedence: With which it is to be sent.
        recipients: The parties addressed, as they will stand in the envelope.
    """

    token: bytes
    at: int
    size: int
    precedence: int
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """What the envelope says of the message that carries an act.

    Attributes:
        at: When it was said.
        index: Its place in the author's outbox.
        precedence: With which it was sent.
        recipients: The parties addressed.
    """

    at: int
    index: int
    precedence: int
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is found of one signature.

    Attributes:
        part: What the officer did.
        by: Whose name and post the message gives for it.
        why: Why it does not verify; None if it does.
    """

    part: Part
    by: By
    why: Why | None

    def to_json(self) -> dict[str, Any]:
        """The finding as faces show it."""
        return {
            "part": self.part.name,
            "post": self.by.post,
            "officer": self.by.officer,
            "is_verified": self.why is None,
            "why": None if self.why is None else self.why.value,
        }


def statement(
    party: str, line: str, message: Body, *, part: Part, by: By, drafted: Drafted
) -> bytes:
    """What an officer signs, with its label.

    Args:
        party: For which party.
        line: On which line.
        message: What is said; who says or releases it is left out.
        part: What the officer does about it.
        by: Who the officer is.
        drafted: What the draft fixes.
    """
    table = message.record.table
    left_out = [field.key for field in table if field.name in _LEFT_OUT]
    said = {key: held for key, held in message.to_body().items() if key not in left_out}
    who: list[Value] = [int(part), by.post, by.officer]
    kind = int(message.message_kind)
    fixed: list[Value] = [drafted.token, drafted.at, drafted.size, int(drafted.precedence)]
    fixed.append(list(drafted.recipients))
    return ACT_PREFIX + cbor.encode([party, line, kind, who, *fixed, said])


def act_of(message: object) -> SignedAct | None:
    """What officers signed of a message; None where they signed nothing."""
    act = getattr(message, "signed", None)
    # In an adoption `signed` are the terms.
    return act if isinstance(act, SignedAct) else None


def challenge(data: bytes) -> bytes:
    """The challenge that a passkey signs for a statement: its SHA-256."""
    return hashlib.sha256(data).digest()


def verify_act(
    party: str, line: str, message: Body, sent: Sent, roster: Roster | None
) -> tuple[Finding, ...]:
    """What is found of each signature that a message carries; none for no signature.

    Args:
        party: The author.
        line: The line.
        message: What is said.
        sent: What its envelope says.
        roster: The author's roster that the act names; None if it is not there.
    """
    act = act_of(message)
    if act is None:
        return ()
    findings = []
    for one in act.signatures:
        by: By | None = getattr(message, _NAMED_IN[one.part], None)
        if by is None:
            findings.append(Finding(one.part, By("", ""), Why.MALFORMED))
            continue
        why = _age_fault(act, sent) or _fault(
            one, by, roster, _challenges(party, line, message, sent, one.part, by, act)
        )
        findings.append(Finding(one.part, by, why))
    return tuple(findings)


def _age_fault(act: SignedAct, sent: Sent) -> Why | None:
    """By its time and by its place: a time can be dated back, a place cannot."""
    is_of_its_day = act.at <= sent.at + _CLOCKS_MS and sent.at - act.at <= SIGNED_ACT_AGE_MS_MAX
    is_near = 0 <= sent.index - act.size <= SIGNED_ACT_ENTRIES_MAX
    return None if is_of_its_day and is_near else Why.TOO_OLD


_CLOCKS_MS: Final = 3_600_000
"""A node whose clock was set back drafts, by its own account, later than it says."""


def _challenges(
    party: str, line: str, message: Body, sent: Sent, part: Part, by: By, act: SignedAct
) -> tuple[bytes, ...]:
    """What may have been signed: the message, and the same taking effect at once."""
    drafted = Drafted(act.token, act.at, act.size, sent.precedence, sent.recipients)
    return tuple(
        challenge(statement(party, line, form, part=part, by=by, drafted=drafted))
        for form in _forms(message, sent.at)
    )


def _forms(message: Any, said_at: int) -> Iterator[Body]:
    yield message
    if getattr(message, _AT_ONCE, said_at + 1) <= said_at:
        yield replace(message, **{_AT_ONCE: 0})


def _fault(
    one: ActSignature, by: By, roster: Roster | None, challenges: tuple[bytes, ...]
) -> Why | None:
    if roster is None:
        return Why.NO_ROSTER
    listed = roster.find(by.officer, by.post)
    if listed is None:
        return Why.NOT_ON_ROSTER
    for key in listed.keys:
        if passkey_id(key) == one.key:
            return assertion_fault(
                one.assertion, key, challenges, roster.relying_party, roster.origins
            )
    return Why.UNKNOWN_KEY


_SIGNATURE = Record(
    ActSignature,
    (
        Field(1, "part", Word(Part)),
        Field(2, "key", Blob(PASSKEY_ID_SIZE_BYTES, PASSKEY_ID_SIZE_BYTES)),
        Field(3, "authenticator_data", Blob(HEAD_SIZE_BYTES, AUTHENTICATOR_DATA_SIZE_BYTES_MAX)),
        Field(4, "client_data", Blob(1, CLIENT_DATA_SIZE_BYTES_MAX)),
        Field(5, "signature", Blob(8, PASSKEY_SIGNATURE_SIZE_BYTES_MAX)),
    ),
)

SIGNATURES: Final = Items(_SIGNATURE, len(Part), 1, rank=lambda one: one.part)

SIGNED: Final = Record(
    SignedAct,
    (
        Field(1, "token", Blob(TOKEN_SIZE_BYTES, TOKEN_SIZE_BYTES)),
        Field(2, "at", Instant()),
        Field(3, "roster", Whole()),
        Field(4, "signatures", SIGNATURES),
        Field(5, "size", Whole()),
    ),
)
"""The form of the optional field `signed` of a body."""
