"""Agreement: the messages that carry the signed Understanding.

The first entry of every outbox is an adoption; its content is the same bytes on
every node. An amendment carries the next version and is in force for an outbox
from the entry that holds it. Both are signed by the roots of all parties, so no
officer speaks in them.
"""

from dataclasses import dataclass
from typing import ClassVar

from openline.domain.limits import UNDERSTANDING_SIZE_BYTES_MAX
from openline.domain.line.form import Blob, Field, Record
from openline.domain.line.understanding import (
    ROOT_SIGNATURES,
    RootSignature,
    SignedUnderstanding,
)
from openline.domain.talk.body import Body
from openline.domain.talk.kinds import Kind


class _Carrier(Body):
    """Carries signed terms."""

    __slots__ = ()

    data: bytes
    signatures: tuple[RootSignature, ...]

    @property
    def signed(self) -> SignedUnderstanding:
        """The terms with their signatures; nothing is verified yet."""
        return SignedUnderstanding(self.data, self.signatures)


@dataclass(frozen=True, slots=True)
class Adoption(_Carrier):
    """The Understanding that the line begins with.

    Attributes:
        data: The bytes that the roots sign.
        signatures: Of all parties, in order of party and root.
    """

    data: bytes
    signatures: tuple[RootSignature, ...]

    message_kind: ClassVar[Kind] = Kind.UNDERSTANDING


@dataclass(frozen=True, slots=True)
class Amendment(_Carrier):
    """The next version of the Understanding.

    Attributes:
        data: The bytes that the roots sign.
        signatures: Of all parties, in order of party and root.
    """

    data: bytes
    signatures: tuple[RootSignature, ...]

    message_kind: ClassVar[Kind] = Kind.AMENDMENT


_TABLE = (
    Field(1, "data", Blob(1, UNDERSTANDING_SIZE_BYTES_MAX)),
    Field(2, "signatures", ROOT_SIGNATURES),
)
Adoption.record = Record(Adoption, _TABLE)
Amendment.record = Record(Amendment, _TABLE)
