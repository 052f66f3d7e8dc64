"""What the routes answer, described for the OpenAPI document.

The views of the engine answer plain values, which are passed on as they are;
these structures say what they hold, and a test holds them against real
answers. Names that end in `_at` are UTC milliseconds.
"""

from typing import Any

import msgspec


class Circuit(msgspec.Struct):
    """One path to a counterpart.

    Attributes:
        circuit: Its name.
        state: What is observed: UP, DEGRADED, LOST or UNKNOWN.
        is_connected: Whether a connection stands.
        last_tick_at: When the last signed tick came in, if any did.
    """

    circuit: str
    state: str
    is_connected: bool
    last_tick_at: int | None


class Counterpart(msgspec.Struct):
    """What is known of the way to and from a counterpart.

    Attributes:
        party: Its name.
        circuits: The circuits, by name.
        two_way_age_ms: How long ago both directions were last proven, if ever.
        says: The word the counterpart itself has for the line.
        clock_offset_ms: How far its clock is ahead of ours, if it was measured.
        clock: OK; OFF beyond the agreed tolerance; ALARM beyond what alarms.
        round_trip_ms: How long a probe took there and back.
        held: How many of our messages it says it holds.
        receipted: How many of ours it has receipted.
        not_receipted: How many of ours it has not.
        is_reconciled: Whether it has confirmed what we said before the start.
        is_forked: Whether it has shown two histories.
        evidence: Names of the notes that prove so.
        difference: Where its Understanding differs from ours.
        journal_cosigned: How much of our journal it has cosigned.
    """

    party: str
    circuits: list[Circuit]
    two_way_age_ms: int | None
    says: str
    clock_offset_ms: int | None
    clock: str
    round_trip_ms: int | None
    held: int
    receipted: int
    not_receipted: int
    is_reconciled: bool
    is_forked: bool
    evidence: list[str]
    difference: list[str]
    journal_cosigned: int


class Alarm(msgspec.Struct):
    """What a person on watch must see, until that person says so.

    Attributes:
        id: What is alarmed.
        name: Which sort of alarm it is.
        precedence: How loud.
        at: When it was raised.
        facts: What it is about; `party` names whose doing it is.
        over_at: When its cause ended; null while it lasts.
        acknowledged: When and by whom, or null.
        said: What it is about and what to do, in the language asked for.
    """

    id: str
    name: str
    precedence: str
    at: int
    facts: dict[str, Any]
    over_at: int | None
    acknowledged: dict[str, Any] | None
    said: str


class NextEpoch(msgspec.Struct):
    """What an EPOCH would have to name, if one were opened now.

    Attributes:
        origin: The outbox that it opens.
        previous_size: Size of the last head that the counterparts prove to hold.
        previous_root: Its root, in hexadecimal.
        understanding: SHA-256 of the Understanding that the line began with.
    """

    origin: str
    previous_size: int
    previous_root: str
    understanding: str


class LineState(msgspec.Struct):
    """A line on both axes.

    Attributes:
        line: Its name.
        understanding: SHA-256 of the Understanding in force.
        version: Its version.
        observed: What the circuits show.
        declared: By party and scope, what is declared.
        displayed: The `word` that follows from the two, the same as it is `said` in the
            language asked for, a `sentence` that says what it rests on, and its parts.
        counterparts: By name.
        out_size: How many messages we have said.
        held: By counterpart, how many of its messages are held.
        can_sign: Whether the node may say anything yet.
        waiting_for: Counterparts that have not confirmed our outbox.
        broken: Why the line signs nothing for good; empty if it does.
        keys: By role, the id of our key that is in force on this line.
        alarms: What a person must look at.
        outbox: The log that we say things in; a later one has a number.
        next_epoch: What an EPOCH would have to name, if one were opened now.
    """

    line: str
    understanding: str
    version: int
    observed: str
    declared: dict[str, Any]
    displayed: Any
    counterparts: list[Counterpart]
    out_size: int
    held: dict[str, int]
    can_sign: bool
    waiting_for: list[str]
    broken: str
    keys: dict[str, str]
    alarms: list[Alarm]
    outbox: str
    next_epoch: NextEpoch


class Status(msgspec.Struct):
    """The node and its lines.

    Attributes:
        party: Whose node it is.
        version: The version of the program.
        started_at: Since when it runs.
        now: Its clock.
        lines: By name.
    """

    party: str
    version: str
    started_at: int
    now: int
    lines: list[LineState]


class Lines(msgspec.Struct):
    """The lines of the node.

    Attributes:
        lines: By name.
    """

    lines: list[LineState]


class Done(msgspec.Struct):
    """It is done.

    Attributes:
        is_done: True.
    """

    is_done: bool


class StoreCopied(msgspec.Struct):
    """A copy of the store, as one commit left it.

    Attributes:
        path: Where it lies on the node's machine; whoever asked deletes it.
        at: When it was made.
        beside: Copies of the files of SQLite beside the store, by the path of each in the
            node's directory.
    """

    path: str
    at: int
    beside: dict[str, str] = {}


class Said(msgspec.Struct):
    """A message that is in this party's log, on disk.

    Attributes:
        line: The line.
        party: The author: this party.
        index: Its index.
        serial: Its serial as people write it.
        notice_id: Of a notice, a movement or a zone, its id.
        is_delivered: Whether every recipient's receipt is held.
        delivered: The instant of each recipient's receipt, by party.
    """

    line: str
    party: str
    index: int
    serial: str
    notice_id: str
    is_delivered: bool
    delivered: dict[str, int]


class Terms(msgspec.Struct):
    """The Understanding in force.

    Attributes:
        line: The line.
        version: Its version.
        hash: SHA-256 of the bytes that were signed, in hexadecimal.
        toml: As people write it.
        agreed: The same as data, by the names that stand in `toml`.
        bytes: The bytes that were signed, in base64.
    """

    line: str
    version: int
    hash: str
    toml: str
    agreed: dict[str, Any]
    bytes: str


class StateThen(msgspec.Struct):
    """A line at an instant that is over, on both axes.

    Attributes:
        line: Its name.
        at: The instant.
        declared: By party and scope, what was declared, as this node holds the record.
        answered: By counterpart, what line checks between people showed here.
        observed: By party, the words in its own ticks around the instant; none where they
            do not stand around it without a gap.
        word: The word that followed from these here; null where it is not known for certain.
    """

    line: str
    at: int
    declared: dict[str, dict[str, str]]
    answered: dict[str, str]
    observed: dict[str, list[str]]
    word: str | None


class Statistics(msgspec.Struct):
    """What both parties count alike from one record.

    Attributes:
        statement: The counts by party: `messages`, `notices`, `checks`, `read`, `answered`,
            and how many messages of the party are `held`.
        sha256: Of the statement as canonical JSON (keys in order, no white space).
    """

    statement: dict[str, Any]
    sha256: str


class ShownLog(msgspec.Struct):
    """One outbox as far as it may be shown.

    Attributes:
        origin: The log's name, with which its checkpoint begins.
        party: Whose it is.
        epoch: Which of the party's outboxes, from 1.
        size: Entries under the checkpoint.
        checkpoint: The signed head, with the cosignatures of whoever holds as much.
        keys: The author's and the cosigners' keys, each as a C2SP verifier key.
    """

    origin: str
    party: str
    epoch: int
    size: int
    checkpoint: str
    keys: list[str]


class Logs(msgspec.Struct):
    """The outboxes of all parties to a line.

    Attributes:
        logs: In order of their parties and epochs.
    """

    logs: list[ShownLog]


class CheckProposed(msgspec.Struct):
    """The neutral text of the next line check.

    Attributes:
        number: The number that the check will have.
        text: The words.
        language: Their language.
        translations: The same in other languages, each with who translated and certified it.
    """

    number: int
    text: str
    language: str
    translations: list[dict[str, Any]]


class NamedMessage(msgspec.Struct):
    """A message that another one is about.

    Attributes:
        party: Its author.
        index: Its index.
        serial: Its serial as people write it.
    """

    party: str
    index: int
    serial: str


class Mark(msgspec.Struct, omit_defaults=True):
    """What an officer did with a message, by a message of their own.

    Attributes:
        party: Whose officer.
        post: The post.
        officer: The officer.
        at: When, as that party claims.
        received_at: When this node had it.
        serial: The message that does it.
        said: The answer or the verdict, if there is one.
        until: Until when an answer is held back.
        happened_at: When that was done which it tells of, as that party claims.
    """

    party: str
    post: str
    officer: str
    at: int
    received_at: int
    serial: str
    said: str = ""
    until: int | None = None
    happened_at: int | None = None


class Marks(msgspec.Struct, omit_defaults=True):
    """What became of a message; a machine's receipt is never shown as a person's.

    Attributes:
        recorded: When it was on disk, of our own.
        delivered: By party, when its receipt came.
        read: Officers who have read it.
        read_back: Officers who read it back, or confirmed what was read back.
        answered: Officers who answered.
        corrected: Its author's corrections; `said` names the value.
        asked: Its author asked whether it arrived.
        passed_on: It was passed on; `said` names the level.
        translated: Later translations that a person answers for; `said` names the language.
        gist: Later translations by a machine alone.
        disregarded: Its author takes it back.
    """

    recorded: int | None
    delivered: dict[str, int]
    read: list[Mark]
    read_back: list[Mark]
    answered: list[Mark]
    corrected: list[Mark] = []
    asked: list[Mark] = []
    passed_on: list[Mark] = []
    translated: list[Mark] = []
    gist: list[Mark] = []
    disregarded: list[Mark] = []


class MessageRecord(msgspec.Struct):
    """A message without its words.

    Attributes:
        position: Running number on this node.
        serial: As people write it.
        party: The author.
        epoch: Which of the author's outboxes.
        index: Position in it.
        kind: Name of the kind.
        kind_number: Its number.
        precedence: How fast.
        at: When the author says it was written: a claim.
        recorded_at: When it was on disk here, of our own.
        received_at: When it was on disk here, of theirs.
        circuit: On which it came; empty for our own.
        by: Post and officer, where a person speaks.
        recipients: Parties addressed.
        reply_to: What it is about.
        notice_id: Of a notice, its id.
        flags: What is doubtful about it.
        marks: What became of it.
    """

    position: int
    serial: str
    party: str
    epoch: int
    index: int
    kind: str
    kind_number: int
    precedence: str
    at: int
    recorded_at: int | None
    received_at: int | None
    circuit: str
    by: dict[str, str] | None
    recipients: list[str]
    reply_to: NamedMessage | None
    notice_id: str
    flags: list[str]
    marks: Marks


class CorrectedValue(msgspec.Struct):
    """A value that the author of a message corrected.

    Attributes:
        at: When, as the author says.
        party: The author.
        serial: The correction.
        field: Which value.
        old: As it was.
        new: As it should be.
        cause: How it came to be wrong.
    """

    at: int
    party: str
    serial: str
    field: str
    old: str
    new: str
    cause: str


class TranslationGiven(msgspec.Struct):
    """A translation of the words of a message; the original alone is authentic.

    Attributes:
        at: When it was given.
        party: By which party.
        serial: In which message.
        language: Of the translation.
        text: The words.
        translator: A person, or a program.
        is_machine: Whether a machine made it.
        is_gist: Whether only a machine answers for it.
        reviewed_by: Who compared it with the original.
        certified_by: Who answers for it.
        remarks: Agreed words that it lacks, a sentence each.
    """

    at: int
    party: str
    serial: str
    language: str
    text: str
    translator: str
    is_machine: bool
    is_gist: bool
    reviewed_by: str | None
    certified_by: str | None
    remarks: list[str]


class Passing(msgspec.Struct):
    """That a message must be passed on, and by whom it is not yet.

    Attributes:
        by_at: Until when.
        level: To which level at least.
        not_passed_on: The parties that have not said so.
    """

    by_at: int
    level: str
    not_passed_on: list[str]


class Signature(msgspec.Struct):
    """What is found of one officer's passkey over a message.

    Attributes:
        part: SAID of who drafted it, RELEASED of who released it.
        post: Their post, as the message says.
        officer: Their name, as the message says.
        is_verified: Whether it verifies by the author's roster.
        why: Why it does not, in one word of the specification.
    """

    part: str
    post: str
    officer: str
    is_verified: bool
    why: str | None


class Message(MessageRecord, kw_only=True):
    """A message, whole.

    Attributes:
        body: Its fields in the loss-free projection; null when it cannot be read.
        unreadable: Why it cannot be read; empty when it can.
        text: The message as plain text that explains itself.
        outcome: What became of it, as plain text.
        corrections: What its author corrected, as it came.
        corrected: Its fields with all corrections; null where there are none.
        translations: Its translations, those that came with it first.
        passing: What is expected of its passing on; null where nothing is.
        signatures: What is found of the passkeys that signed it; none where nobody did.
    """

    body: dict[str, Any] | None
    unreadable: str = ""
    text: str
    outcome: str
    corrections: list[CorrectedValue] = []
    corrected: dict[str, Any] | None = None
    translations: list[TranslationGiven] = []
    passing: Passing | None = None
    signatures: list[Signature] = []


class Messages(msgspec.Struct):
    """Messages in the order in which they were recorded here.

    Attributes:
        messages: The messages.
    """

    messages: list[MessageRecord]


class Minima(msgspec.Struct):
    """The agreed separation for two kinds.

    Attributes:
        lateral_m: Horizontal distance.
        vertical_dm: Distance between the altitude bands.
        time_ms: Time between the windows.
    """

    lateral_m: int
    vertical_dm: int
    time_ms: int


class Side(msgspec.Struct, omit_defaults=True):
    """One side of a conflict.

    Attributes:
        party: Whose notice.
        notice_id: Its id; of a movement, a site or a zone with `movement/`, `site/` or `zone/`
            before it, and of a zone the version since which it counts behind it.
        version: Its version.
        volume: Number of the volume, from 1.
        name: Of what is kept private, its name; then there is no `notice_id`.
    """

    party: str
    notice_id: str
    version: int
    volume: int
    name: str = ""


class Finding(msgspec.Struct, kw_only=True):
    """How near two volumes come.

    Attributes:
        verdict: CONFLICT, MARGINAL or TOUCH.
        separation_m: Horizontal distance; 0 where they overlap.
        vertical_gap_dm: Between the altitude bands.
        time_gap_ms: Between the windows.
        overlap_from: Start of the time they share.
        overlap_until: End of it.
        closest: The point of closest approach.
        words: The same in brief, in English: alike on all nodes.
        said: The same in sentences, in the language asked for.
        rule: Where one of the two is a zone, its rule; else empty.
        minima: What was agreed.
    """

    verdict: str
    separation_m: float
    vertical_gap_dm: int
    time_gap_ms: int
    overlap_from: int
    overlap_until: int
    closest: dict[str, int]
    words: str
    said: str
    rule: str
    minima: Minima


class Conflict(Finding, kw_only=True):
    """Two live notices of different parties that come nearer than agreed.

    Attributes:
        id: The same on both nodes, unless it is private.
        state: OPEN, CHANGED or ENDED.
        private: Whether one side is kept private here: then no other node knows of it.
        sides: The two notices.
        exercise: Whether both are for an exercise only.
        opened_at: When it was found.
        changed_at: When it changed last.
        ended_at: When it ended.
    """

    id: str
    state: str
    private: bool
    sides: list[Side]
    exercise: bool
    opened_at: int
    changed_at: int | None
    ended_at: int | None


class Conflicts(msgspec.Struct):
    """Conflicts.

    Attributes:
        conflicts: The conflicts.
    """

    conflicts: list[Conflict]


class Private(msgspec.Struct):
    """A plan, a site or a zone that this party keeps to itself, on this node.

    Attributes:
        name: Its name.
        site: Whether it is a place where people are, else a plan or a zone.
        rule: Of a zone, its rule; else empty.
        kind: What acts or is there; names separation minima.
        exercise: Whether it is for an exercise: then it meets exercises only.
        remark: Free words.
        version: 1 at first, one more with each replacement.
        volumes: How many volumes it has.
        valid_from: The earliest start of its windows; null without a beginning.
        valid_until: The latest end of its windows; null without end.
        is_live: Whether it is kept still, and not over.
        by: Post and officer who kept this version.
        kept_at: When it was kept.
        changed_at: When it was replaced last.
        over_at: When its last window closed.
        conflicts: Ids of the conflicts it is in.
    """

    name: str
    site: bool
    rule: str
    kind: str
    exercise: bool
    remark: str
    version: int
    volumes: int
    valid_from: int | None
    valid_until: int | None
    is_live: bool
    by: dict[str, str]
    kept_at: int
    changed_at: int | None
    over_at: int | None
    conflicts: list[str]


class PrivateWhole(Private, kw_only=True):
    """A plan or a site, whole.

    Attributes:
        content: Its fields, as they were handed in.
        found: The conflicts it is in.
        text: It as plain text that explains itself.
        warnings: What may be a mistake: a kind that the Understanding does not name.
    """

    content: dict[str, Any]
    found: list[Conflict]
    text: str
    warnings: list[str]


class Privates(msgspec.Struct):
    """What this party keeps to itself.

    Attributes:
        private: Plans and sites, in the order in which they came; then what is over.
    """

    private: list[Private]


class Alarms(msgspec.Struct):
    """Alarms, the loudest and then the oldest first.

    Attributes:
        alarms: The alarms.
    """

    alarms: list[Alarm]


class NoticeResponse(msgspec.Struct):
    """An answer to a notice.

    Attributes:
        party: Who answered.
        answer: NOTED, QUERIED, OBJECTED, UNABLE, HOLDING or DECLINED.
        version: To which version.
        post: The post.
        officer: The officer.
        at: When, as that party claims.
        received_at: When this node had it.
        index: Its index.
        serial: Its serial.
        holding_until: With HOLDING, when the answer follows.
    """

    party: str
    answer: str
    version: int
    post: str
    officer: str
    at: int
    received_at: int
    index: int
    serial: str
    holding_until: int | None


class EarlierAnswer(msgspec.Struct):
    """An answer to an earlier version of a notice, and whether it still counts.

    Attributes:
        party: Who answered.
        answer: NOTED, QUERIED, OBJECTED or UNABLE.
        version: To which version.
        serial: The message that says it.
        counts: Whether versions since then only narrowed the notice; else a new answer is
            asked for.
        widened: In what it became wider: REACH (area, band or window), ACTIVITY.
        due_at: By when a new answer is asked for; null if none is.
    """

    party: str
    answer: str
    version: int
    serial: str
    counts: bool
    widened: list[str]
    due_at: int | None


class NoticeVersion(msgspec.Struct):
    """One version of a notice.

    Attributes:
        version: Its number.
        operation: NEW, REPLACE or CANCEL.
        serial: The message that says it.
        index: Its index.
        at: When the author says it was written.
        recorded_at: When it was on disk here, of our own.
        received_at: When it was on disk here, of theirs.
        delivered: By party, when its receipt came.
        valid_from: The earliest start of its windows.
        valid_until: The latest end of its windows.
        states: By party, where it stands.
        lead_time_ms: From the first receipt to the start of the window.
        lead_class: NORMAL, SHORT_NOTICE, IMMINENT or AFTER_START.
        flags: What is doubtful about it.
    """

    version: int
    operation: str
    serial: str
    index: int
    at: int
    recorded_at: int | None
    received_at: int | None
    delivered: dict[str, int]
    valid_from: int | None
    valid_until: int | None
    states: dict[str, str]
    lead_time_ms: int | None
    lead_class: str | None
    flags: list[str]


class Notice(msgspec.Struct):
    """One notice of one party.

    Attributes:
        party: Whose.
        notice_id: The party's own name for it.
        position: Its number among all notices here, as they came first; the node's own.
        version: The newest version.
        operation: What that version does.
        serial: The message that says it.
        index: Its index.
        is_live: Whether it is neither ended, cancelled nor over.
        state: Of the parties' states the one to look at first.
        states: By party, where it stands.
        category: What it is about.
        kind: What acts.
        scope: The scope it belongs to.
        exercise: Whether it is for an exercise only.
        valid_from: The earliest start of its windows.
        valid_until: The latest end of its windows.
        lead_time_ms: From the first receipt to the start of the window.
        lead_class: NORMAL, SHORT_NOTICE, IMMINENT or AFTER_START.
        responses: Answers in order.
        earlier_answers: Those to earlier versions that still count, or are asked for anew.
        flags: What is doubtful about it.
        versions: In order of their numbers.
        content: The fields of the newest version with volumes, while it is live.
        conflicts: Ids of the conflicts it is in.
    """

    party: str
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


class NoticeWhole(Notice, kw_only=True):
    """One notice, with what became of it in words.

    Attributes:
        outcome: Where it stands with each party, its versions, answers and conflicts.
    """

    outcome: str


class Notices(msgspec.Struct):
    """Notices in the order in which they came first.

    Attributes:
        notices: The notices.
        more: How many there are after these.
    """

    notices: list[Notice]
    more: int


class ChangedWords(msgspec.Struct):
    """One stretch of the words of two versions.

    Attributes:
        same: The words that both have; empty where they differ.
        ours: Words of the earlier version alone.
        theirs: Words of the later version alone.
    """

    same: str
    ours: str
    theirs: str


class ChangedField(msgspec.Struct):
    """A field that two versions do not share.

    Attributes:
        path: Where it stands: `volumes[0].upper`, counted from 0.
        name: What it is called, in the language asked for.
        old: As it was; null where the earlier version has none.
        new: As it is; null where the later version has none.
        old_said: As it was, in words; may be empty.
        new_said: As it is, in words; may be empty.
        changes: Of the activity, the same word by word, in order; else empty.
    """

    path: str
    name: str
    old: Any
    new: Any
    old_said: str
    new_said: str
    changes: list[ChangedWords]


class ImportedRemark(msgspec.Struct):
    """What was read otherwise than it is written, or is doubtful.

    Attributes:
        row: Row of the file; null where it is not known.
        field: The item, set or property that is meant; empty if all of it is.
        what: What is doubtful, and how it was taken.
    """

    row: int | None
    field: str
    what: str


class ImportedFault(msgspec.Struct):
    """Why something in a file cannot be used.

    Attributes:
        row: Row of the file; null where it is not known.
        field: The item, set or property that is at fault.
        what: What is wrong.
        remedy: What to do; may be empty.
    """

    row: int | None
    field: str
    what: str
    remedy: str


class ImportedAbout(msgspec.Struct):
    """A live notice of ours that an activity of a file cancels or replaces.

    Attributes:
        notice_id: Its id: the number of the NOTAM that it was made from.
        party: Whose it is: ours.
        index: The message with its newest version.
        operation: CANCEL or REPLACE.
    """

    notice_id: str
    party: str
    index: int
    operation: str


class ImportedActivity(msgspec.Struct):
    """One activity of a file, as the draft of a notice.

    Attributes:
        number: Its place in the file, from 1.
        row: Row where it begins; null where it is not known.
        name: What the file calls it; may be empty.
        cancels: What it cancels; empty if it cancels nothing.
        about: Our live notice that it cancels or replaces, where that is known; else null.
        remarks: Each doubt, in the order of the file.
        fault: Why it cannot be used; null if it can.
        fields: Of a notice, with its volumes; empty where there is a fault, or it cancels.
    """

    number: int
    row: int | None
    name: str
    cancels: str
    about: ImportedAbout | None
    remarks: list[ImportedRemark]
    fault: ImportedFault | None
    fields: dict[str, Any]


class ImportedFile(msgspec.Struct):
    """What a file of areas says. Nothing of it is kept, and nobody is told.

    Attributes:
        form: Which form it has, such as NOTAM or KML.
        remarks: Doubts about the file itself.
        activities: The first of its activities, in its order.
        more: How many activities there are beyond those.
    """

    form: str
    remarks: list[ImportedRemark]
    activities: list[ImportedActivity]
    more: int


class HandedFile(msgspec.Struct):
    """A file in the form of others, and what the form cannot say.

    Attributes:
        name: What the file may be called.
        media_type: What it is.
        text: The whole file.
        losses: What the form cannot say of it, or says otherwise; none if it says all.
    """

    name: str
    media_type: str
    text: str
    losses: list[str]


class VersionDifferences(msgspec.Struct):
    """In which fields two versions of a notice differ.

    Attributes:
        party: Whose notice.
        notice_id: Its id.
        old_version: The earlier version.
        new_version: The later version.
        differences: The fields, in the order of the message; none if one cannot be read.
        magnitudes: By how much its areas differ, in sentences.
        is_wider: Whether the later may reach where or when the earlier did not.
    """

    party: str
    notice_id: str
    old_version: int
    new_version: int
    differences: list[ChangedField]
    magnitudes: list[str]
    is_wider: bool


class VerifiedStep(msgspec.Struct):
    """One step of the verification of a certificate.

    Attributes:
        number: From 1.
        what: What was checked, as a sentence that is true if it holds; in English.
        holds: Whether it holds.
        reason: What was found, or why it does not hold; in English.
    """

    number: int
    what: str
    holds: bool
    reason: str


class VerifiedRoot(msgspec.Struct):
    """A root key on which a verdict rests.

    Attributes:
        party: Whose.
        fingerprint: SHA-256 of its SubjectPublicKeyInfo, in hexadecimal.
        has_signed: Whether it has signed the Understanding.
        is_pinned: Whether the reader named it.
    """

    party: str
    fingerprint: str
    has_signed: bool
    is_pinned: bool


class CertificateRead(msgspec.Struct):
    """What a certificate comes to.

    Attributes:
        verdict: PROVEN, REFUTED or UNPROVEN.
        claim: What it claims, field by field.
        claim_said: The same in one sentence; in English.
        conclusion: What is proven and what is not; in English.
        steps: In the order in which they were taken; the last may not hold.
        roots: The root keys on which it rests: compare their fingerprints.
        facts: What was established, by name.
        said: What the message says that it is about, in the language asked for; empty where
            it holds none.
        sha256: SHA-256 of the file, in hexadecimal.
    """

    verdict: str
    claim: dict[str, Any]
    claim_said: str
    conclusion: str
    steps: list[VerifiedStep]
    roots: list[VerifiedRoot]
    facts: dict[str, Any]
    said: list[str]
    sha256: str


class Encounter(Finding, kw_only=True):
    """A live notice of another party that a draft would not be clear of.

    Attributes:
        party: Whose notice.
        notice_id: Its id.
        volume: Number of its volume, from 1.
        own_volume: Number of the draft's volume, from 1.
    """

    party: str
    notice_id: str
    volume: int
    own_volume: int


class Checked(msgspec.Struct):
    """What a notice would meet.

    Attributes:
        conflicts: Live notices of other parties that it would not be clear of.
        is_complete: Whether these are all; false for a draft that meets very many.
        room: How many more live notices we may have; this one takes one if it is new.
        warnings: What may be meant otherwise, such as a kind that the Understanding does
            not name.
    """

    conflicts: list[Encounter]
    is_complete: bool
    room: int
    warnings: list[str]


class Imported(msgspec.Struct):
    """What a courier's file brought.

    Attributes:
        is_done: True.
        party: Who sent it.
        entries: How many new messages it held.
        receipted: How many of ours it receipts newly.
        refused: What in it was refused, and why.
    """

    is_done: bool
    party: str
    entries: int
    receipted: int
    refused: list[str]


class Adopted(msgspec.Struct):
    """An Understanding that the node has adopted.

    Attributes:
        is_done: True.
        line: The line.
        understanding: SHA-256 of what was signed.
    """

    is_done: bool
    line: str = ""
    understanding: str = ""


class Due(msgspec.Struct):
    """A clock that runs on a matter.

    Attributes:
        matter: What the matter is called.
        subject: Its sort.
        clock: The clock's name.
        at: The instant that it runs towards.
        party: Whose turn it is until then.
        precedence: Of the message that opened the matter.
        tier: The tier that must know when it runs out; 0 for none beyond the watch.
        said: The same in a sentence, in the language asked for.
    """

    matter: str
    subject: str
    clock: str
    at: int
    party: str
    precedence: str
    tier: int
    said: str


class Told(msgspec.Struct):
    """A post of ours that is to be told.

    Attributes:
        post: Its name.
        tier: Its tier.
        is_on_call: Whether it is outside its agreed hours of watch, and must be called.
    """

    post: str
    tier: int
    is_on_call: bool


class Place(msgspec.Struct):
    """Where a message stands in the record.

    Attributes:
        party: Its author.
        epoch: Which of the author's outboxes.
        index: Its index there.
    """

    party: str
    epoch: int
    index: int


class DueOnLine(Due):
    """A clock that runs on a matter of a line.

    Attributes:
        is_ours: Whether it is our turn.
        tell: The posts of ours that would be told if it ran out now.
        message: The message that it is about, where it is about one and no matter.
    """

    is_ours: bool
    tell: list[Told]
    message: Place | None = None


class Dues(msgspec.Struct):
    """What is due, the nearest first.

    Attributes:
        due: The clocks that run.
    """

    due: list[DueOnLine]


class MatterStep(msgspec.Struct):
    """One thing that happened to a matter.

    Attributes:
        at: When, by the record.
        event: What happened.
        state: Where the matter stood from then on.
        party: Who did it; empty where a clock ran out.
        serial: The message that did it; empty where a clock ran out.
        said: The code word of the message, such as OURS; may be empty.
        clock: The clock that ran out; empty where a message did it.
        has_effect: Whether it could happen then; what could not is kept and changes nothing.
        post: The post that did it; empty where a clock ran out.
        officer: Who did it there.
        tier: The tier of that post; 0 where a clock ran out.
    """

    at: int
    event: str
    state: str
    party: str
    serial: str
    said: str
    clock: str
    has_effect: bool
    post: str
    officer: str
    tier: int


class MatterStanding(msgspec.Struct):
    """Where a matter stands with one party.

    Attributes:
        party: With whom; `*` where one standing serves all.
        state: The state.
        since: Since when, by the record.
        tier: The highest tier that must know by now.
        lifted: The tier to which each party has lifted it, and not given it back.
        instants: The instants that clocks run towards, by name.
        due: The clocks that run.
        steps: What happened, in order.
        said: The state in words, in the language asked for.
    """

    party: str
    state: str
    since: int
    tier: int
    lifted: dict[str, int]
    instants: dict[str, int]
    due: list[Due]
    steps: list[MatterStep]
    said: str


class Matter(msgspec.Struct):
    """Something that waits for somebody, or did.

    Attributes:
        position: Running number of the matter on this node.
        id: What officers call it: its name, or the serial of the message that opened it.
        subject: Its sort: warning, query, explanation.
        party: Who opened it.
        index: The index of the message that opened it.
        serial: Its serial.
        name: Its name, where people name it.
        said: The code word of that message, such as ARE_THESE_YOURS; may be empty.
        precedence: Of that message.
        at: When it was opened, by the record.
        is_open: Whether somebody is still waited for.
        states: The state with each party it was put to.
        tier: The highest tier that must know by now.
        standings: Where it stands with each of them.
    """

    position: int
    id: str
    subject: str
    party: str
    index: int
    serial: str
    name: str
    said: str
    precedence: str
    at: int
    is_open: bool
    states: dict[str, str]
    tier: int
    standings: list[MatterStanding]


class Matters(msgspec.Struct):
    """Matters as they came.

    Attributes:
        matters: The matters.
        more: How many there are after these.
    """

    matters: list[Matter]
    more: int


class CodeBookSlot(msgspec.Struct):
    """A slot for a value.

    Attributes:
        name: How the meanings call it.
        kind: What sort of value it holds.
        optional: Whether it may be left out.
    """

    name: str
    kind: str
    optional: bool


class CodeBookEntry(msgspec.Struct):
    """A coded message that was agreed on.

    Attributes:
        number: Its number.
        word: Its code word.
        meaning: What it means, by language.
        slots: For its values, in order.
        acts: As what it acts.
        reply: Which reply it expects.
        precedence: With which it goes at least.
    """

    number: int
    word: str
    meaning: dict[str, str]
    slots: list[CodeBookSlot]
    acts: str
    reply: str
    precedence: str


class CodeBook(msgspec.Struct):
    """The agreed code book.

    Attributes:
        hash: SHA-256 of its bytes, as the Understanding names it, in hexadecimal.
        name: What it is called.
        version: Its version.
        entries: In the order of their numbers.
    """

    hash: str
    name: str
    version: int
    entries: list[CodeBookEntry]


class Remarks(msgspec.Struct):
    """What is remarked on.

    Attributes:
        remarks: A sentence each.
    """

    remarks: list[str]


class Named(msgspec.Struct):
    """A post and an officer.

    Attributes:
        post: The post.
        officer: The officer.
    """

    post: str
    officer: str


class Act(msgspec.Struct):
    """What one officer did on this node.

    Attributes:
        row: The row of the journal that says so, counted through all of its epochs.
        at: When, by this node's clock.
        by: Who, at which post; both empty where nobody was signed in.
        act: What, as a word in capitals, such as SAID_MESSAGE or SIGNED_IN.
        said: The same in words.
        about: What or whom it is about, as it stands in the record; may be empty.
        about_said: The same in words; names and reasons as they were written.
    """

    row: int
    at: int
    by: Named
    act: str
    said: str
    about: str
    about_said: str


class Acts(msgspec.Struct):
    """Acts, the newest first.

    Attributes:
        acts: The acts.
        before: The row to go on with; null where nothing is left in the window.
    """

    acts: list[Act]
    before: int | None


class PasskeyShown(msgspec.Struct):
    """A passkey of a person.

    Attributes:
        id: Its id, in hexadecimal.
        label: What its owner calls it.
        added_at: When it was registered.
    """

    id: str
    label: str
    added_at: int


class Person(msgspec.Struct):
    """One of the party's people; no secret.

    Attributes:
        name: Rank and name.
        roles: Their roles.
        posts: Posts at which they act.
        is_disabled: Whether they may do nothing.
        has_password: Whether they can sign in by password and code.
        passkeys: Their passkeys.
        changed_at: When somebody else changed something last.
        changed_by: Who.
    """

    name: str
    roles: list[str]
    posts: list[str]
    is_disabled: bool
    has_password: bool
    passkeys: list[PasskeyShown]
    changed_at: int
    changed_by: Named


class People(msgspec.Struct):
    """The party's people.

    Attributes:
        people: In order of their names.
    """

    people: list[Person]


class SignInLink(msgspec.Struct):
    """A link that signs somebody in once.

    Attributes:
        name: Whom.
        url: The whole link.
        link: The letters behind its #.
        ends_at: Until when it serves.
    """

    name: str
    url: str
    link: str
    ends_at: int


class SessionShown(msgspec.Struct):
    """Who is signed in.

    Attributes:
        name: Rank and name.
        post: At which post they act.
        posts: At which they may.
        roles: Their roles.
        rights: What these let them do.
        how: How they signed in: password, passkey or link.
        csrf: What each act shows in the header x-openline-csrf.
        began_at: When they signed in.
        ends_at: When they are signed out at the latest.
        has_password: Whether they have a password with a second factor.
        passkeys: Their passkeys.
        is_locked: Whether the session is locked: sign in anew to unlock it.
    """

    name: str
    post: str
    posts: list[str]
    roles: list[str]
    rights: list[str]
    how: str
    csrf: str
    began_at: int
    ends_at: int
    has_password: bool
    passkeys: list[PasskeyShown]
    is_locked: bool


class SessionListed(msgspec.Struct):
    """One browser or program in which somebody is signed in.

    Attributes:
        id: By which it can be ended; no secret.
        name: Who.
        post: At which post they act.
        how: How they signed in: password, passkey or link.
        where: Address and browser, as they said.
        began_at: When they signed in.
        used_at: When it was last used; an open page uses it all the time.
        locked_at: Since when it is locked; null while it is not.
        is_this: Whether it is the one that asks.
    """

    id: str
    name: str
    post: str
    how: str
    where: str
    began_at: int
    used_at: int
    locked_at: int | None
    is_this: bool


class SessionsListed(msgspec.Struct):
    """Where people are signed in.

    Attributes:
        sessions: One's own; for who may see to people, everybody's; the oldest first.
    """

    sessions: list[SessionListed]


class PasskeyOptions(msgspec.Struct):
    """What a page hands to `navigator.credentials`.

    Attributes:
        options: The options, with their bytes in base64url.
    """

    options: dict[str, Any]


class SecondFactor(msgspec.Struct):
    """A new second factor; it counts when a password is set with a code of it.

    Attributes:
        secret: In base32, for an authenticator program.
        uri: The same as an address, for a QR code.
        qr: The QR code as the address of a picture: a PNG in base64.
    """

    secret: str
    uri: str
    qr: str


class ToSign(msgspec.Struct):
    """What who asks may sign about a draft, with a passkey.

    Attributes:
        part: SAID or RELEASED.
        options: What a page hands to `navigator.credentials.get`.
    """

    part: str
    options: dict[str, Any]


class Draft(msgspec.Struct, omit_defaults=True):
    """Something that waits, or waited, for a second person.

    Attributes:
        draft: What it is called.
        kind: The kind of message.
        fields: Its fields.
        by: Who drafted it.
        drafted_at: When.
        ends_at: When it is out of date.
        precedence: With which it will be sent.
        recipients: Parties addressed; empty means every counterpart.
        is_signed: Whether its drafter signed it.
        state: WAITING, RELEASED, REJECTED or TOO_OLD.
        ended_by: Who released or rejected it.
        ended_at: When it ended.
        index: Of the message, where it was released.
        reason: Why it was rejected.
        to_sign: What who asks may sign about it.
    """

    draft: str
    kind: str
    fields: dict[str, Any]
    by: Named
    drafted_at: int
    ends_at: int
    precedence: str
    recipients: list[str]
    is_signed: bool
    state: str
    ended_by: Named | None = None
    ended_at: int | None = None
    index: int | None = None
    reason: str = ""
    to_sign: ToSign | None = None


class Drafts(msgspec.Struct):
    """Drafts: those that wait first, then those that ended.

    Attributes:
        drafts: The drafts.
    """

    drafts: list[Draft]


class HeldWindow(msgspec.Struct):
    """A window that is held.

    Attributes:
        valid_from: Its first instant.
        valid_until: The first instant after it.
    """

    valid_from: int
    valid_until: int


class Hold(msgspec.Struct):
    """Windows of the record that nobody lets go of, or did not.

    Attributes:
        name: The incident's id, or the name of an officer's hold.
        at: Since when it is held.
        windows: What is held.
        is_incident: Whether a report made it, rather than an officer.
        by: Who made it, if an officer did.
        reason: Why.
        is_held: Whether it holds.
        released_at: When it was released.
        released_by: Who released it.
        released_why: Why it was released.
    """

    name: str
    at: int
    windows: list[HeldWindow]
    is_incident: bool
    by: dict[str, str] | None
    reason: str
    is_held: bool
    released_at: int | None
    released_by: dict[str, str] | None
    released_why: str


class Held(msgspec.Struct):
    """What of one log, or of one party's ticks, lies in a hold.

    Attributes:
        what: `messages`, `journal` or `ticks`.
        name: The log, or party and line.
        count: How many pieces.
        size_bytes: Their size together.
        sha256: SHA-256 over the SHA-256 of each piece, in the order of the record.
    """

    what: str
    name: str
    count: int
    size_bytes: int
    sha256: str


class HoldWhole(Hold):
    """A hold with what lies in it.

    Attributes:
        held: What of each log and of each party's ticks lies in it.
    """

    held: list[Held]


class Holds(msgspec.Struct):
    """Holds as they came.

    Attributes:
        holds: The holds.
    """

    holds: list[Hold]


class IncidentReport(msgspec.Struct):
    """A report of one party on an incident.

    Attributes:
        party: Whose account it is.
        serial: The message.
        at: When it was signed.
        content: What it says; null if it is not stored here.
    """

    party: str
    serial: str
    at: int
    content: dict[str, Any] | None


class ChainLink(msgspec.Struct):
    """A message that belongs to an incident.

    Attributes:
        role: `incident` (reports and inquiry), `about`, `claim` or `answer`.
        serial: The message.
        party: Its author.
        epoch: Which of the author's outboxes.
        index: Its index.
        kind: Its kind.
        notice_id: Of a notice, its id.
        at: When it was signed.
        delivered: When each counterpart's receipt came, or when we had it.
    """

    role: str
    serial: str
    party: str
    epoch: int
    index: int
    kind: str
    notice_id: str
    at: int
    delivered: dict[str, int]


class EvidenceNamed(msgspec.Struct):
    """A file that a report names.

    Attributes:
        sha256: SHA-256 of its bytes, in hexadecimal.
        size_bytes: How many bytes it has.
        what: What it is, in words.
        party: Who names it.
        is_kept: Whether this node keeps a file of that hash.
    """

    sha256: str
    size_bytes: int
    what: str
    party: str
    is_kept: bool


class Incident(msgspec.Struct):
    """An incident with all that belongs to it.

    Attributes:
        matter: Where it stands, what happened, what is due.
        reports: The reports of each side, in the order of their times.
        chain: The messages that belong to it, in the order of their times.
        hold: What of the record it holds.
        evidence: The files that the reports name.
    """

    matter: Matter
    reports: list[IncidentReport]
    chain: list[ChainLink]
    hold: Hold | None
    evidence: list[EvidenceNamed]


class LedgerRow(msgspec.Struct):
    """What one party alleges of another.

    Attributes:
        party: Who alleges.
        accused: Of whom.
        alleged: How many violations.
        states: How many stand where.
        articles: How many touch which article.
    """

    party: str
    accused: str
    alleged: int
    states: dict[str, int]
    articles: dict[str, int]


class Ledger(msgspec.Struct):
    """Alleged violations, counted alike by both sides.

    Attributes:
        valid_from: Alleged from when on.
        valid_until: Alleged before when.
        rows: By author and accused party.
        uncounted: Further ones, beyond what is counted one by one.
    """

    valid_from: int
    valid_until: int
    rows: list[LedgerRow]
    uncounted: int


class MissedBy(msgspec.Struct):
    """Who is said to have missed a contact.

    Attributes:
        said_by: The party that says so.
        parties: The parties that are said to have missed it; empty if it is not known.
    """

    said_by: str
    parties: list[str]


class Occurrence(msgspec.Struct):
    """One agreed time of a contact.

    Attributes:
        party: With which party.
        begins_at: When it was to begin.
        outcome: DUE, HELD or MISSED.
        missed_by: Of a missed one, who says who missed it; empty where only the clock tells.
        record: The serial of its call record; empty if there is none.
    """

    party: str
    begins_at: int
    outcome: str
    missed_by: list[MissedBy]
    record: str


class ContactMatter(Matter):
    """A contact: a matter with what became of its agreed times.

    Attributes:
        occurrences: The agreed times that have come, in order.
    """

    occurrences: list[Occurrence]


class Contacts(msgspec.Struct):
    """Contacts as they came.

    Attributes:
        contacts: The contacts.
        more: How many there are after these.
    """

    contacts: list[ContactMatter]
    more: int


class ContactDraft(msgspec.Struct):
    """A request for a contact that is filled in and not said yet.

    Attributes:
        kind: CONTACT.
        fields: The fields, without who speaks.
        precedence: With which the earlier request was sent.
        recipients: The party that is asked.
        tier: At which tier it is asked now.
    """

    kind: str
    fields: dict[str, Any]
    precedence: str
    recipients: list[str]
    tier: int


class ReadoutVersion(msgspec.Struct):
    """One step that was said about a readout.

    Attributes:
        party: By whom.
        serial: The message that says it.
        at: When, as its author says.
        step: PROPOSE, AGREE, NO_OBJECTION, DIFFER, PUBLISH or WITHDRAW.
        mode: JOINT, COORDINATED or UNILATERAL; empty where it does not matter.
        initiated_by: Of a proposal, on whose initiative the contact was; else empty.
        embargo_until: Before which instant nothing is to be public.
        text: Why, in words; may be empty.
        texts: The text in each language.
        is_as_agreed: Of a JOINT publication, whether it is what was agreed; null of others.
    """

    party: str
    serial: str
    at: int
    step: str
    mode: str
    initiated_by: str
    embargo_until: int | None
    text: str
    texts: dict[str, str]
    is_as_agreed: bool | None


class WordChange(msgspec.Struct):
    """One stretch of words.

    Attributes:
        same: The words that both texts have; empty where they differ.
        ours: Words of the proposal alone.
        theirs: Words of the other text alone.
    """

    same: str
    ours: str
    theirs: str


class ParagraphDifference(msgspec.Struct):
    """A paragraph in which two texts differ.

    Attributes:
        number: Which paragraph, from 1.
        ours: It in the proposal; empty where that has none.
        theirs: It in the other text; empty where that has none.
        changes: The same word by word, in order.
    """

    number: int
    ours: str
    theirs: str
    changes: list[WordChange]


class ReadoutDifference(msgspec.Struct):
    """Where the newest text of a party differs from the proposing party's.

    Attributes:
        party: The party whose text differs.
        language: In which language.
        paragraphs: The paragraphs that differ, in order.
    """

    party: str
    language: str
    paragraphs: list[ParagraphDifference]


class ReadoutWhole(Matter):
    """A readout: a matter with its versions and where they differ.

    Attributes:
        versions: What was said of it, in order of its authors' times.
        differences: Where the newest texts differ; empty if nowhere.
    """

    versions: list[ReadoutVersion]
    differences: list[ReadoutDifference]


class WatchOffer(msgspec.Struct):
    """A watch that is handed over and not taken yet.

    Attributes:
        post: At which post.
        officer: Who offers it, and is on watch until it is taken.
        at: When it was offered.
        brief: The hash of the brief; who takes the watch names it.
    """

    post: str
    officer: str
    at: int
    brief: str


class WatchBrieflyTold(msgspec.Struct):
    """The watch at one post.

    Attributes:
        party: Whose post.
        post: Its name.
        tier: Its tier.
        hours: Its agreed hours of watch.
        should_be_manned: Whether it should be manned now; null where the hours are in words
            that cannot be understood.
        state: OPEN, HANDOVER_DUE, OVERDUE, HANDOVER_SIGNED, CLOSED, UNMANNED or NOT_OPENED.
        officer: Who is on watch, or was last.
        since: From when.
        planned_until: Until when, as planned.
        languages: Those for which a linguist is present.
        communicator: Who runs the circuits.
        relieved: Who was on watch before, if it was taken over.
        brief: The hash of the brief that was handed over, if there was one.
        by_node: Whether the node said it last, and no person.
        serial: The message that said it last.
        offer: Of a post of ours, what is handed over and not taken yet.
        is_past: Whether a later watch has begun.
    """

    party: str
    post: str
    tier: int
    hours: str
    should_be_manned: bool | None
    state: str
    officer: str
    since: int | None
    planned_until: int | None
    languages: list[str]
    communicator: str
    relieved: str
    brief: str
    by_node: bool
    serial: str
    offer: WatchOffer | None
    is_past: bool


class WatchTold(WatchBrieflyTold):
    """The watch at one post, in words too.

    Attributes:
        said: The same in sentences, in the language asked for.
    """

    said: str


class Watches(msgspec.Struct):
    """Who is on watch.

    Attributes:
        watches: The posts of each party.
    """

    watches: list[WatchTold]


class Brief(msgspec.Struct):
    """What whoever takes the watch must know.

    Attributes:
        line: The line.
        party: Whose brief.
        at: When it was computed.
        until: Until when the next watch lasts that it looks ahead to.
        word: The word for the line.
        declared: What each party declares of each scope.
        circuits: The circuits to each counterpart.
        watches: Who is on watch at each post.
        checks: Line checks of counterparts that nobody has answered.
        due: Every clock that runs.
        contacts: Those of them that are contacts promised.
        matters: In which somebody is waited for.
        notices: Live ones whose windows are open or open in the next watch.
        unread: What none of our officers has read.
        unread_by_others: What we said and somebody addressed has not read.
        not_receipted: What we said and somebody has not receipted.
        translations: Texts in none of our languages that nobody has answered.
        alarms: The alarms that stand.
        keys: Whether this node signs, and which keys are in force.
        left_off: How many rows of which list are not in it.
        hash: Of a brief that is handed over, its hash; else empty.
        said: The same in rows, in the language asked for.
    """

    line: str
    party: str
    at: int
    until: int
    word: str
    declared: dict[str, dict[str, str]]
    circuits: list[dict[str, Any]]
    watches: list[WatchBrieflyTold]
    checks: list[dict[str, Any]]
    due: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    matters: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    unread: list[dict[str, Any]]
    unread_by_others: list[dict[str, Any]]
    not_receipted: list[dict[str, Any]]
    translations: list[dict[str, Any]]
    alarms: list[dict[str, Any]]
    keys: dict[str, Any]
    left_off: dict[str, int]
    hash: str
    said: list[str]


class Offered(WatchOffer):
    """A watch is handed over.

    Attributes:
        line: On which line.
        content: The brief that is handed over.
    """

    line: str
    content: Brief


class Telling(msgspec.Struct):
    """Whom to tell.

    Attributes:
        tier: To which tier something came.
        posts: The posts of ours.
    """

    tier: int
    posts: list[Told]


class Past(msgspec.Struct):
    """How a line stood at an instant.

    Attributes:
        line: The line.
        party: As whose node knew it.
        at: The instant.
        messages: How many steps of the journal it follows from.
        version: Of the Understanding that was in force.
        out_size: How many messages we had said.
        held: How many of each counterpart's we held.
        declared: What each party declared of each scope.
        declarations: The same with since when, why, and what was announced.
        watches: Who was on watch at each post.
        matters: In which somebody was waited for.
        due: The clocks that ran.
        notices: Live ones whose windows were open.
        alarms: The alarms that stood.
        unread: What none of our officers had read.
        left_off: How many rows of which list are not in it.
        said: The same in rows, in the language asked for.
    """

    line: str
    party: str
    at: int
    messages: int
    version: int
    out_size: int
    held: dict[str, int]
    declared: dict[str, dict[str, str]]
    declarations: dict[str, dict[str, Any]]
    watches: list[WatchBrieflyTold]
    matters: list[Matter]
    due: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    alarms: list[Alarm]
    unread: list[dict[str, Any]]
    left_off: dict[str, int]
    said: list[str]
