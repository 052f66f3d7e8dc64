"""What a node wants done. Writes come first, in one transaction; then the rest.

Durable, then signed, then shown: effects other than writes are performed only
after the writes they came with are on disk.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from openline.domain.errors import OurError


@dataclass(frozen=True, slots=True)
class Send:
    """Send a frame over a connection; urgent ones overtake the others."""

    link: int
    frame: bytes
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class CloseLink:
    """End a connection."""

    link: int
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a command, with its result or with what stands in the way."""

    token: int
    result: Any = None
    error: OurError | None = None


@dataclass(frozen=True, slots=True)
class Show:
    """Tell every face that something changed.

    Attributes:
        line: The line it is about.
        name: What changed: `message`, `delivered`, `state`, `conflict`,
            `alarm`, `notice`, `matter`, `watch`, `hold`, `private`, `private_conflict`,
            `refused`, `refusal`.
        data: The same JSON-ready values that the views give.
    """

    line: str
    name: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrustCertificates:
    """The certificates by which counterparts are recognised changed."""


@dataclass(frozen=True, slots=True)
class PromoteKey:
    """The prepared key of a role is in use from now on.

    Attributes:
        role: `node`, `witness`, `mirror` or `tls`.
    """

    role: str


Effect: TypeAlias = Send | CloseLink | Answer | Show | TrustCertificates | PromoteKey
