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
from openline.domain.limits import LABEL_CHARS_MAX, NAME_CHARS_MAX, PARTIES_MAX, TEXT_CHARS_MAX
from openline.domain.statements.source import QUIET_DAYS, QUIET_DAYS_MAX, STEP_MIN_MAX

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
        kind: The kind of message, such as TEXT or NOTICE: one that people say.
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


class CheckMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Something to be checked, not said.

    Attributes:
        kind: The kind of message: one that people say.
        fields: The fields of the kind, as far as they are filled in.
        precedence: With which it would be sent.
        reply_to: The message answered; for kinds that answer one, taken from `fields.of`.
        recipients: Parties addressed; empty means every counterpart.
    """

    kind: Annotated[str, Meta(max_length=64, examples=["TEXT"])]
    fields: dict[str, Any]
    precedence: PrecedenceName = "ROUTINE"
    reply_to: MessageReference | None = None
    recipients: Annotated[list[PartyName], Meta(max_length=PARTIES_MAX)] = []


class CertificateOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A certificate to be written.

    Attributes:
        kind: What it is to prove.
        parameters: What it is about: AboutMessage for `message` and `log-proof`; AboutReceipt
            for `receipt` and `lead-time`; AboutAnswer for `no-answer`; AboutWindow for `use`
            and `non-use`; AboutInstant for `state`; AboutDeclared for `declared`; AboutCapture
            for `capture`; AboutFork for `fork`.
    """

    kind: Literal[
        "message",
        "receipt",
        "use",
        "non-use",
        "state",
        "declared",
        "lead-time",
        "no-answer",
        "capture",
        "fork",
        "log-proof",
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


class AboutCapture(msgspec.Struct, forbid_unknown_fields=True):
    """The row of our journal that a certificate of a page is about.

    Attributes:
        index: Of the row, as the looks at a page name it.
        holder: Who cosigned the journal; may be left out where there is one other party.
    """

    index: Annotated[int, Meta(ge=0)]
    holder: str = ""


class AboutFork(msgspec.Struct, forbid_unknown_fields=True):
    """The party that a certificate of a fork is about.

    Attributes:
        party: Who signed two things that contradict each other.
    """

    party: PartyName


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


class AboutDeclared(msgspec.Struct, forbid_unknown_fields=True):
    """The party and the instant that a certificate of what was declared is about.

    Attributes:
        party: Whose declarations.
        at: The instant.
    """

    party: PartyName
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


class Assessing(msgspec.Struct, forbid_unknown_fields=True):
    """Whose a track is, as an officer assesses it.

    Attributes:
        name: Id of the track, or a callsign that it alone has.
        verdict: OURS; THEIRS, of one counterpart; NEITHER; or NOT_KNOWN.
        party: Of THEIRS, which counterpart; on a line of two it may be left out.
        remark: Why, in words.
        by: Who; without it, the post and officer of node.toml.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    verdict: Literal["OURS", "THEIRS", "NEITHER", "NOT_KNOWN"]
    party: Annotated[str, Meta(max_length=NAME_CHARS_MAX)] = ""
    remark: Annotated[str, Meta(max_length=TEXT_CHARS_MAX)] = ""
    by: Officer | None = None


class TakingBack(msgspec.Struct, forbid_unknown_fields=True):
    """An assessment to be taken back.

    Attributes:
        name: Id of the track, or a callsign that it alone has.
        by: Who; without it, the post and officer of node.toml.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    by: Officer | None = None


class Following(msgspec.Struct, forbid_unknown_fields=True):
    """A source of public statements to be followed.

    Attributes:
        name: What it is called: lower-case letters, digits, hyphens.
        address: Of a feed, a sitemap, or one page.
        kind: `list` or `page`.
        selector: CSS selector of what holds the statement; empty to look for it.
        language: Of its pages, as ISO 639 code; empty if not known.
        interval_min: The least time between two looks at a page, in minutes.
        quiet_days: After how many days without a change a page is not looked at any more.
        line: On which line's journal it goes down what is seen; empty for the only one.
        match: Of a list: only pages whose address holds this.
        extractor: What reads its pages: `openline`, or `trafilatura` where it is installed.
    """

    name: Annotated[str, Meta(pattern="^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
    address: Annotated[str, Meta(min_length=1, max_length=2_000)]
    kind: Literal["list", "page"] = "list"
    selector: Annotated[str, Meta(max_length=400)] = ""
    language: Annotated[str, Meta(pattern="^(?:[a-z]{2,3})?$")] = ""
    interval_min: Annotated[int, Meta(ge=0, le=STEP_MIN_MAX)] = 0
    quiet_days: Annotated[int, Meta(ge=1, le=QUIET_DAYS_MAX)] = QUIET_DAYS
    line: Annotated[str, Meta(max_length=LABEL_CHARS_MAX)] = ""
    match: Annotated[str, Meta(max_length=400)] = ""
    extractor: Literal["openline", "trafilatura"] = "openline"


class KeepingStatement(msgspec.Struct, forbid_unknown_fields=True):
    """A statement to be kept for good.

    Attributes:
        attached: The incident or readout that it belongs to; without it, as it was.
    """

    attached: Annotated[str, Meta(max_length=LABEL_CHARS_MAX)] | None = None


class CourierOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A courier's file to be written.

    Attributes:
        party: For which counterpart.
    """

    party: PartyName


class Glossing(msgspec.Struct, forbid_unknown_fields=True):
    """A translation to be checked against the glossary.

    Attributes:
        original: The words that are translated.
        language: Their language.
        translation: The words of the translation.
        into: Its language.
    """

    original: Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
    language: Annotated[str, Meta(pattern="^[a-z]{2,3}$")]
    translation: Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
    into: Annotated[str, Meta(pattern="^[a-z]{2,3}$")]


# --- people and drafts (officers' port) -----------------------------------------------------------

PersonName: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LABEL_CHARS_MAX,
        description="Rank and name.",
        examples=["Capt. Smith"],
    ),
]
PostName: TypeAlias = Annotated[str, Meta(max_length=LABEL_CHARS_MAX)]
Token: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
Credential: TypeAlias = Annotated[
    dict[str, Any],
    Meta(description="What `navigator.credentials` gave, with its bytes in base64url."),
]


class PersonToAdd(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody to be added.

    Attributes:
        name: Rank and name, as it will stand in messages.
        roles: OBSERVER, LINGUIST, COMMUNICATOR, WATCH_OFFICER, COMMANDER or ADMINISTRATOR.
        posts: Posts at which they act; the first is the one they begin at.
        by: Who adds them; without it, the post and officer of node.toml.
    """

    name: PersonName
    roles: list[str]
    posts: list[PostName]
    by: Officer | None = None


class PersonToDisable(msgspec.Struct, forbid_unknown_fields=True):
    """Whether somebody may act.

    Attributes:
        is_disabled: Whether they may do nothing any more.
        by: Who decides it; without it, the post and officer of node.toml.
    """

    is_disabled: bool = True
    by: Officer | None = None


class DraftToKeep(msgspec.Struct, forbid_unknown_fields=True):
    """Something to be left as a draft for a second person.

    Attributes:
        kind: The kind of message: TEXT, NOTICE, RESPONSE or DECLARATION.
        fields: The fields of the kind, without `released_by`; without `by`, as `say`.
        precedence: With which it will be sent.
        recipients: Parties addressed; empty means every counterpart.
        request_id: Made by the client; a repeat with the same id leaves no second draft.
    """

    kind: Annotated[str, Meta(max_length=64, examples=["DECLARATION"])]
    fields: dict[str, Any]
    precedence: PrecedenceName = "ROUTINE"
    recipients: Annotated[list[PartyName], Meta(max_length=PARTIES_MAX)] = []
    request_id: Annotated[str, Meta(max_length=LABEL_CHARS_MAX)] = ""


class DraftToSign(msgspec.Struct, forbid_unknown_fields=True):
    """The drafter's signature.

    Attributes:
        credential: What the browser gave for the challenge in `to_sign`.
    """

    credential: Credential


class DraftToRelease(msgspec.Struct, forbid_unknown_fields=True):
    """A draft to be released.

    Attributes:
        credential: What the browser gave for the challenge in `to_sign`; needed of who has
            a passkey.
        by: Who releases it; without it, the post and officer of node.toml.
    """

    credential: Credential | None = None
    by: Officer | None = None


class DraftToReject(msgspec.Struct, forbid_unknown_fields=True):
    """A draft to be rejected.

    Attributes:
        reason: Why, in words.
        by: Who rejects it; without it, the post and officer of node.toml.
    """

    reason: Annotated[str, Meta(max_length=LABEL_CHARS_MAX)] = ""
    by: Officer | None = None


class ByPassword(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody signs in with: name, password, and a code.

    Attributes:
        name: Rank and name.
        password: The password.
        code: Six digits of the second factor.
        post: At which post; without it, the person's first.
    """

    name: PersonName
    password: Annotated[str, Meta(max_length=1_000)]
    code: Annotated[str, Meta(max_length=16, examples=["123456"])]
    post: PostName = ""


class ByPasskey(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody signs in with: a passkey.

    Attributes:
        credential: What the browser gave for the challenge.
        post: At which post; without it, the person's first.
    """

    credential: Credential
    post: PostName = ""


class ByLink(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody signs in with: a link.

    Attributes:
        link: The letters behind the # of the link.
        post: At which post; without it, the person's first.
    """

    link: Token
    post: PostName = ""


class SessionToEnd(msgspec.Struct, forbid_unknown_fields=True):
    """Which session to end.

    Attributes:
        id: Its id, as `GET /sessions` has it.
    """

    id: Annotated[str, Meta(pattern="^[0-9a-f]{16}$", examples=["5f3a9c0100000000"])]


class PostToTake(msgspec.Struct, forbid_unknown_fields=True):
    """At which post to act from now on.

    Attributes:
        post: One of the person's posts.
    """

    post: PostName


class PasswordToSet(msgspec.Struct, forbid_unknown_fields=True):
    """A new password with its second factor.

    Attributes:
        password: The password, of 12 characters or more.
        code: A code of the new second factor, which shows that it works.
    """

    password: Annotated[str, Meta(max_length=1_000)]
    code: Annotated[str, Meta(max_length=16, examples=["123456"])]


class PasskeyToRegister(msgspec.Struct, forbid_unknown_fields=True):
    """A new passkey.

    Attributes:
        credential: What the browser gave.
        label: What to call it.
    """

    credential: Credential
    label: Annotated[str, Meta(max_length=LABEL_CHARS_MAX)] = ""


class PasskeyToDrop(msgspec.Struct, forbid_unknown_fields=True):
    """A passkey to be dropped.

    Attributes:
        id: Its id, as the list of people and the session have it.
    """

    id: Annotated[str, Meta(max_length=2_048)]


class Holding(msgspec.Struct, forbid_unknown_fields=True):
    """A window of the record to be held as evidence.

    Attributes:
        reason: Why, in words.
        valid_from: Its first instant.
        valid_until: The first instant after it.
        name: The hold to be widened or held again; without it a new one.
        by: Who; without it, the post and officer of node.toml.
    """

    reason: Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS_MAX)]
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    name: Annotated[str, Meta(max_length=LABEL_CHARS_MAX)] = ""
    by: Officer | None = None


class Releasing(msgspec.Struct, forbid_unknown_fields=True):
    """A hold to be released.

    Attributes:
        name: An incident's id, or the name of a hold.
        reason: Why, in words.
        by: Who; without it, the post and officer of node.toml.
    """

    name: Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS_MAX)]
    reason: Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS_MAX)]
    by: Officer | None = None
