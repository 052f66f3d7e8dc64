"""What officers and their programs send: the bodies of the requests.

Everything is checked here for shape; what a message says is checked by
`openline.domain.talk`, and whether it may be said now by the node. Instants
are UTC milliseconds, latitude and longitude 1e-7 degrees, all whole numbers,
as everywhere in Openline.
"""

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from openline.domain.instant import INSTANT_MAX
from openline.domain.limits import LABEL_CHARS_MAX, NAME_CHARS_MAX, PARTIES_MAX

PartyName: TypeAlias = Annotated[
    str, Meta(max_length=NAME_CHARS_MAX, description="A party's name.", examples=["bravo.example"])
]
Instant: TypeAlias = Annotated[
    int,
    Meta(ge=0, le=INSTANT_MAX, description="UTC milliseconds.", examples=[1491525600000]),
]
Index: TypeAlias = Annotated[
    int, Meta(ge=0, description="Position in the author's outbox: the serial number.")
]
Epoch: TypeAlias = Annotated[int, Meta(ge=0, le=999_999)]
PrecedenceName: TypeAlias = Literal["ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH"]


class Officer(msgspec.Struct, forbid_unknown_fields=True):
    """Who acts: a post and the officer on watch there.

    Attributes:
        post: The post.
        officer: The officer.
    """

    post: Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS_MAX)]
    officer: Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS_MAX)]


class MessageReference(msgspec.Struct, forbid_unknown_fields=True):
    """A message, by its author and its index.

    Attributes:
        party: The author.
        index: Its index.
    """

    party: PartyName
    index: Index


class Say(msgspec.Struct, forbid_unknown_fields=True):
    """Something to say on a line.

    Attributes:
        kind: The kind of message: TEXT, NOTICE, READ, READ_BACK, RESPONSE, LINE_CHECK,
            LINE_CHECK_REPLY, DECLARATION, QUERY, ANSWER, WARNING, EXPLANATION,
            WATCH or ESCALATION.
        fields: The fields of the kind, in the same projection that messages are read in.
            Without `by`, the post and officer of node.toml act.
        precedence: How fast.
        reply_to: The message answered; for kinds that answer one, taken from `fields.of`.
        recipients: Parties addressed; empty means every counterpart.
        request_id: Made by the client; a repeat with the same id is not said twice.
    """

    kind: Annotated[str, Meta(max_length=64, examples=["TEXT"])]
    fields: dict[str, Any]
    precedence: PrecedenceName = "ROUTINE"
    reply_to: MessageReference | None = None
    recipients: Annotated[list[PartyName], Meta(max_length=PARTIES_MAX)] = []
    request_id: Annotated[str, Meta(max_length=LABEL_CHARS_MAX)] = ""


class Check(msgspec.Struct, forbid_unknown_fields=True):
    """A notice to be checked, not said.

    Attributes:
        fields: The fields of the notice.
    """

    fields: dict[str, Any]


class CertificateOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A certificate to be written.

    Attributes:
        kind: What it is to prove.
        parameters: What it is about: AboutMessage for `message` and `log-proof`; AboutReceipt
            for `receipt` and `lead-time`; AboutAnswer for `no-answer`; AboutWindow for `use`
            and `non-use`; AboutInstant for `state`.
    """

    kind: Literal[
        "message", "receipt", "use", "non-use", "state", "lead-time", "no-answer", "log-proof"
    ]
    parameters: dict[str, Any]


class AboutMessage(msgspec.Struct, forbid_unknown_fields=True):
    """The message that a certificate is about.

    Attributes:
        party: The author.
        index: Its index.
        with_content: Whether the words go along; else only their hash.
        epoch: In which of the author's outboxes; 0 means the newest that has it.
    """

    party: PartyName
    index: Index
    with_content: bool = True
    epoch: Epoch = 0


class AboutReceipt(msgspec.Struct, forbid_unknown_fields=True):
    """The receipt that a certificate is about.

    Attributes:
        party: The author of the message.
        index: Its index.
        holder: Whose receipt; not needed where there is one counterpart.
        with_content: Whether the words go along; else only their hash. A lead time needs them.
        epoch: In which of the author's outboxes; 0 means the newest that has it.
    """

    party: PartyName
    index: Index
    holder: str = ""
    with_content: bool = True
    epoch: Epoch = 0


class AboutAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """The answer that a certificate says is missing.

    Attributes:
        party: The author of the message that waits for it.
        index: Its index.
        until: The instant at which it had not come.
        holder: Who was to answer; not needed where there is one counterpart.
        epoch: In which of the author's outboxes; 0 means the newest that has it.
    """

    party: PartyName
    index: Index
    until: Instant
    holder: str = ""
    epoch: Epoch = 0


class AboutWindow(msgspec.Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    """The window that a certificate is about, half-open.

    Attributes:
        party: Who used the line, or did not.
        from_: First instant of the window.
        until: First instant after it.
    """

    party: PartyName
    from_: Instant
    until: Instant


class AboutInstant(msgspec.Struct, forbid_unknown_fields=True):
    """The instant that a certificate is about.

    Attributes:
        at: The instant.
    """

    at: Instant


class KeyOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A key to be changed for the next one.

    Attributes:
        role: Which key.
        by: Who decides it; without it, the post and officer of node.toml.
    """

    role: Literal["node", "witness", "mirror", "tls"]
    by: Officer | None = None


class Revocation(msgspec.Struct, forbid_unknown_fields=True):
    """A root-signed revocation of one of this party's keys.

    Attributes:
        fields: The fields of the KEY_REVOKE message, signatures and all.
    """

    fields: dict[str, Any]


class Opening(msgspec.Struct, forbid_unknown_fields=True):
    """A root-signed opening of this party's next outbox.

    Attributes:
        fields: The fields of the EPOCH message, signatures and all.
    """

    fields: dict[str, Any]


class Deed(msgspec.Struct, forbid_unknown_fields=True):
    """Who does what the route is for.

    Attributes:
        by: Who; without it, the post and officer of node.toml.
    """

    by: Officer | None = None


class Acknowledgement(msgspec.Struct, forbid_unknown_fields=True):
    """An alarm that a person has seen.

    Attributes:
        alarm: Its id.
        by: Who; without it, the post and officer of node.toml.
    """

    alarm: Annotated[str, Meta(min_length=1, max_length=1_000)]
    by: Officer | None = None


class Keeping(msgspec.Struct, forbid_unknown_fields=True):
    """A plan or a site to be kept on this node.

    Attributes:
        fields: What is kept: `name`, `kind` and `volumes`, and if need be `site`, `exercise`
            and `remark`. The volumes of a site may leave out `valid_from` or `valid_until`.
        replace: Whether it takes the place of what is kept under its name.
        by: Who; without it, the post and officer of node.toml.
    """

    fields: dict[str, Any]
    replace: bool = False
    by: Officer | None = None


class Dropping(msgspec.Struct, forbid_unknown_fields=True):
    """A plan or a site to be kept no longer.

    Attributes:
        name: The name under which it is kept.
        by: Who; without it, the post and officer of node.toml.
    """

    name: Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS_MAX)]
    by: Officer | None = None


class CourierOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A courier's file to be written.

    Attributes:
        party: For which counterpart.
    """

    party: PartyName
