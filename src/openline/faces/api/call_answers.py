"""What the routes about calls answer; `_at` and `_until` are UTC milliseconds."""

from typing import Any

import msgspec


class CallEnd(msgspec.Struct):
    """One end of a call.

    Attributes:
        party: Whose end it is.
        fingerprint: SHA-256 of its certificate in hexadecimal, as recorded; empty if not said.
        serial: The message that said it first; empty if none has.
        said: How often it has said how it is reached. The ways that both have said as often as
            each other belong together.
        seen: The certificate that this end says it saw of the other; empty if it said none.
    """

    party: str
    fingerprint: str
    serial: str
    said: int
    seen: str


class CallWaits(msgspec.Struct):
    """What is missing before there may be any sound.

    Attributes:
        party: Who has to do it.
        what: MEDIA, say how its end is reached; RECEIPT, receipt the other end's fingerprint.
    """

    party: str
    what: str


class CallLeftOut(msgspec.Struct):
    """An address of the other end that is not tried.

    Attributes:
        address: The address.
        reach: Where it leads: PRIVATE, LOOPBACK, PUBLIC or NOWHERE.
    """

    address: str
    reach: str


class CallReference(msgspec.Struct):
    """The ring, as `of` of every step names it.

    Attributes:
        party: Who rang.
        index: The index of the message.
    """

    party: str
    index: int


class CallTold(msgspec.Struct):
    """A call, and the way to its other end once that may be taken.

    Attributes:
        id: What officers call it: the serial of the ring.
        of: The ring.
        state: Where it stands: RINGING, TAKEN, TALKING, or how it ended.
        said: The state in words.
        rang: Who rang.
        rung: Who was rung.
        other: The other party of it.
        is_ours: Whether this party rang.
        precedence: Of the ring.
        at: When it was rung, by the record.
        rings_until: When it has rung out, unless somebody does something before.
        post: The post that is rung.
        subject: What it is about.
        scope: The scope that it belongs to; empty for the line itself.
        spoken_in: The language of the conversation.
        exercise: Whether it is for an exercise only.
        about: The message that it is about, by its serial; null for none.
        ends: Both ends, the one that rang first.
        waits_for: What is missing before there may be sound; empty if nothing is.
        is_sound: Whether nobody told of another certificate than the recorded ones.
        may_talk: Whether the ends may reach each other.
        is_proven: Whether each end said that it saw the recorded certificate of the other.
        remote: How the other end is reached; null while the ends may not.
        left_out: Addresses of the other end that are not tried.
        words: Two words that both officers see and compare; empty while the ends may not.
    """

    id: str
    of: CallReference
    state: str
    said: str
    rang: str
    rung: str
    other: str
    is_ours: bool
    precedence: str
    at: int
    rings_until: int
    post: str
    subject: str
    scope: str
    spoken_in: str
    exercise: bool
    about: str | None
    ends: list[CallEnd]
    waits_for: list[CallWaits]
    is_sound: bool
    may_talk: bool
    is_proven: bool
    remote: dict[str, Any] | None
    left_out: list[CallLeftOut]
    words: list[str]


class Calls(msgspec.Struct):
    """Calls as they came.

    Attributes:
        calls: The calls.
        more: How many there are after these.
        position: The position of the last of these, to go on after; 0 if there are none.
    """

    calls: list[CallTold]
    more: int
    position: int


class TelephoneTold(msgspec.Struct):
    """How the sound of a call may go from a desk.

    Attributes:
        is_direct: Whether a page may tell the other side its own addresses; else it goes through
            a relay alone, and without one there is no sound.
        relays: Addresses of this party's relays, as `turn:` or `turns:`; may be empty.
        username: The name for them; empty without a relay.
        password: What goes with it.
        until: Until when the relays let somebody begin with these; 0 without a relay.
        reaches: Where addresses may lead: PUBLIC, PRIVATE, LOOPBACK. A page leaves out its own
            addresses of other sorts, too.
    """

    is_direct: bool
    relays: list[str]
    username: str
    password: str
    until: int
    reaches: list[str]
