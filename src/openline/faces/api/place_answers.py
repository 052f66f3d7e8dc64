"""What the routes about sites, zones and movements answer.

As `answers`: the views answer plain values, and these structures say what they
hold. Names that end in `_at` are UTC milliseconds.
"""

from typing import Any

import msgspec

from openline.faces.api.answers import EarlierAnswer, NoticeResponse, NoticeVersion


class Site(msgspec.Struct):
    """One entry of one party's list of sites.

    Attributes:
        party: Whose list.
        site_id: The party's own name for it.
        position: Its number among all entries here, as they came first; the node's own.
        version: The newest version.
        serial: The message that says it.
        index: Its index.
        state: PROPOSED, VERIFIED, LISTED, REVALIDATION_DUE, LAPSED or REMOVED.
        is_removed: Whether it is off the list.
        is_checked: Whether it is compared with notices and movements.
        name: What it is called.
        kind: What is there; names separation minima.
        function: In words.
        is_protected: Whether its function protects it.
        is_verified: Whether somebody has looked.
        exercise: Whether it is for an exercise only.
        listed_at: From when it is listed.
        valid_until: By when it is to be validated anew.
        remarks: SWAPPED, DUPLICATE, STALE or FIRST_VERSION_MISSING.
        doubts: The remarks in sentences.
        flags: What is doubtful about the message.
        content: Its fields, as it stands.
        conflicts: Ids of the conflicts it is in.
    """

    party: str
    site_id: str
    position: int
    version: int
    serial: str
    index: int
    state: str
    is_removed: bool
    is_checked: bool
    name: str
    kind: str
    function: str
    is_protected: bool
    is_verified: bool
    exercise: bool
    listed_at: int | None
    valid_until: int | None
    remarks: list[str]
    doubts: list[str]
    flags: list[str]
    content: dict[str, Any] | None
    conflicts: list[str]


class Sites(msgspec.Struct):
    """Sites in the order in which they came first.

    Attributes:
        sites: The sites.
        more: How many there are after these.
    """

    sites: list[Site]
    more: int


class Zone(msgspec.Struct):
    """One zone of one party.

    Attributes:
        party: Whose.
        zone_id: The party's own name for it.
        position: Its number among all zones here, as they came first; the node's own.
        version: The newest version.
        serial: The message that says it.
        index: Index of the newest declaration: what an agreement names.
        state: PROPOSED, DECLARED, AGREED, REVALIDATION_DUE, LAPSED, CANCELLED or EXPIRED.
        is_checked: Whether it is compared with notices and movements.
        rule: PRIOR_CONTACT, STAY_OUT, CAUTION, CORRIDOR, BUFFER or SEPARATION_LINE.
        name: What it is called.
        is_unilateral: Whether the newest version holds without being agreed to.
        agreed_by: Who agreed to just this version, and when.
        hash: The content hash of the newest declaration, in hexadecimal.
        counts_from: From when the newest declaration counts; null for a proposal.
        version_counting: Which version counts now; null if none does.
        valid_until: By when it is to be validated anew.
        ends_at: When its last window closes.
        applies_to: Kinds that it holds for; empty for all.
        exercise: Whether it is for an exercise only.
        remarks: SHORT_LEAD or FIRST_VERSION_MISSING.
        flags: What is doubtful about the message.
        content: The fields of the newest declaration.
        conflicts: Ids of the conflicts it is in.
    """

    party: str
    zone_id: str
    position: int
    version: int
    serial: str
    index: int
    state: str
    is_checked: bool
    rule: str
    name: str
    is_unilateral: bool
    agreed_by: dict[str, int]
    hash: str
    counts_from: int | None
    version_counting: int | None
    valid_until: int | None
    ends_at: int | None
    applies_to: list[str]
    exercise: bool
    remarks: list[str]
    flags: list[str]
    content: dict[str, Any] | None
    conflicts: list[str]


class Zones(msgspec.Struct):
    """Zones in the order in which they came first.

    Attributes:
        zones: The zones.
        more: How many there are after these.
    """

    zones: list[Zone]
    more: int


class Movement(msgspec.Struct):
    """One movement of one party: it lives as a notice does.

    Attributes:
        party: Whose.
        movement_id: The party's own name for it.
        notice_id: The same with `movement/` before it, as conflicts name it.
        position: Its number among all movements here, as they came first; the node's own.
        version: The newest version.
        operation: What that version does.
        serial: The message that says it.
        index: Its index.
        is_live: Whether it is neither ended, cancelled nor over.
        state: Of the parties' states the one to look at first.
        states: By party, where it stands.
        category: `movement` or `emergency_movement`: names a lead time.
        kind: What moves.
        scope: The scope it belongs to.
        exercise: Whether it is for an exercise only.
        valid_from: When it begins, the tolerance included.
        valid_until: When it ends, the tolerance included.
        lead_time_ms: From the first receipt to the start.
        lead_class: NORMAL, SHORT_NOTICE, IMMINENT or AFTER_START.
        responses: Answers in order.
        earlier_answers: Those to earlier versions that still count, or are asked for anew.
        flags: What is doubtful about it.
        versions: In order of their numbers.
        content: The fields of the newest version with a route.
        conflicts: Ids of the conflicts it is in.
    """

    party: str
    movement_id: str
    notice_id: str
    position: int
    version: int
    operation: str
    serial: str
    index: int
    is_live: bool
    state: str
    states: dict[str, str]
    category: str
    kind: str
    scope: str
    exercise: bool
    valid_from: int | None
    valid_until: int | None
    lead_time_ms: int | None
    lead_class: str | None
    responses: list[NoticeResponse]
    earlier_answers: list[EarlierAnswer]
    flags: list[str]
    versions: list[NoticeVersion]
    content: dict[str, Any] | None
    conflicts: list[str]


class Movements(msgspec.Struct):
    """Movements in the order in which they came first.

    Attributes:
        movements: The movements.
        more: How many there are after these.
    """

    movements: list[Movement]
    more: int


class ReferencePoint(msgspec.Struct):
    """A place that the parties know by name and position.

    Attributes:
        name: Its name in messages.
        titles: What it is called, by language.
        lat_e7: Latitude in 1e-7 degree.
        lon_e7: Longitude in 1e-7 degree.
    """

    name: str
    titles: dict[str, str]
    lat_e7: int
    lon_e7: int


class ReferencePoints(msgspec.Struct):
    """The reference points of a line.

    Attributes:
        places: In the order of the Understanding.
    """

    places: list[ReferencePoint]


class Evidence(msgspec.Struct):
    """A message that a draft rests on.

    Attributes:
        party: Its author.
        index: Its index.
        serial: As people write it.
    """

    party: str
    index: int
    serial: str


class ViolationDraft(msgspec.Struct):
    """An alleged violation that the node drafted, and nobody has said.

    Attributes:
        id: What it is called here.
        party: Who is said to have broken the rule.
        article: Which rule: zone, version, and what it asks.
        zone_id: Our zone.
        zone_version: The version that counted.
        agreed: Whether that version was agreed by all.
        notice_id: The notice, or the movement with `movement/` before its id.
        conflict: The conflict that shows it.
        exercise: Whether it is for an exercise only.
        entered_at: From when both were in force.
        no_contact_since: Since when there was no contact about the zone.
        place: Where they meet.
        evidence: The messages it rests on.
        words: The finding in brief, in English.
        track: The track that was seen in the zone; empty where a notice shows it.
    """

    id: str
    party: str
    article: str
    zone_id: str
    zone_version: int
    agreed: bool
    notice_id: str
    conflict: str
    exercise: bool
    entered_at: int
    no_contact_since: int
    place: dict[str, int]
    evidence: list[Evidence]
    words: str
    track: str = ""


class ViolationDrafts(msgspec.Struct):
    """Drafts of alleged violations, the oldest first.

    Attributes:
        drafts: The drafts.
    """

    drafts: list[ViolationDraft]
