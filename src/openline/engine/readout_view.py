"""Readouts as they are shown: versions, differences, and what is public.

Where a readout stands is kept by `matter_view`. Its words are read from the store when
somebody asks; kept are hashes, for a message is taken in before it can be read again.
What was agreed is told by them: a JOINT
publication whose text is not the agreed one is flagged by an alarm and is not public in
our words (`public`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.limits import FEED_ENTRIES_MAX, FEED_NOTICES_MAX
from openline.domain.talk.call_record import CallRecord
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.notice import Notice, Releasability
from openline.domain.talk.readout import READOUT, Readout, ReadoutMode, ReadoutStep
from openline.domain.talk.readout_text import Change, ParagraphDifference, differences
from openline.engine.matter_view import Matter, MatterView, Place
from openline.engine.message_view import Flag, MessageRecord, MessageView
from openline.engine.notice_view import Load, NoticeView

_DOUBTED: Final = Flag.NOT_TRUSTED | Flag.DISOWNED | Flag.UNREADABLE
_TEXTS: Final = (ReadoutStep.PROPOSE, ReadoutStep.DIFFER, ReadoutStep.PUBLISH)
_ANSWERS: Final = (ReadoutStep.AGREE, ReadoutStep.NO_OBJECTION, ReadoutStep.DIFFER)


@dataclass(frozen=True, slots=True)
class Public:
    """Something that is public.

    Attributes:
        first: The message that made it so first; what it is called by follows from that.
        newest: The message that says what is public now.
        public_at: Since when the newest is public.
        proposal: Of a readout the proposal; None of a notice.
    """

    first: MessageRecord
    newest: MessageRecord
    public_at: int
    proposal: Readout | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept of one step: no words.

    Attributes:
        step: What was done.
        mode: Whose words; None where it does not matter.
        digests: The hash of the text, or of what is agreed, in each language, in order.
        embargo_until: Before which instant nothing is to be public; None for no embargo.
    """

    step: ReadoutStep
    mode: ReadoutMode | None
    digests: tuple[tuple[str, bytes], ...]
    embargo_until: int | None


class ReadoutView:
    """The readouts of one line.

    Owned by the line's `View`; changed only while it applies something.

    Args:
        messages: All messages of the line.
        matters: Its matters.
    """

    def __init__(self, messages: MessageView, matters: MatterView) -> None:
        self._messages = messages
        self._matters = matters
        # One for each message of a readout; as large as the record of the message.
        self._told: dict[Place, Told] = {}
        # Reads a message from the store; the line's `View` knows it.
        self.load: Load | None = None

    def take(self, record: MessageRecord, message: Readout) -> None:
        """Keep the hashes of what is said about a readout."""
        place = (record.party, record.epoch, record.index)
        self._told[place] = Told(
            message.step,
            message.mode,
            (
                *((one.language, one.digest) for one in message.texts),
                *((one.language, one.sha256) for one in message.digests),
            ),
            message.embargo_until,
        )

    def told(self, record: MessageRecord) -> Told | None:
        """What is kept of a message; None if it is no readout that could be read."""
        return self._told.get((record.party, record.epoch, record.index))

    def proposal(self, matter: Matter) -> Readout | None:
        """What was proposed, from the store; None if it cannot be read."""
        message = self._read(matter.record)
        return message if isinstance(message, Readout) else None

    def agreed(self, matter: Matter) -> dict[str, bytes]:
        """The hash of the agreed text in each language that all parties agreed on."""
        proposal = self.told(matter.record)
        answers = self._answers(matter)
        if proposal is None or any(other and other not in answers for other in matter.others):
            return {}
        agreed = dict(proposal.digests)
        for answer in answers.values():
            said = dict(answer.digests) if answer.step is ReadoutStep.AGREE else {}
            agreed = {name: digest for name, digest in agreed.items() if said.get(name) == digest}
        return agreed

    def faults(self, matter: Matter, published: Told | None) -> list[str]:
        """In which languages a JOINT publication is not what was agreed, in order."""
        if published is None or published.mode is not ReadoutMode.JOINT:
            return []
        agreed = self.agreed(matter)
        return [name for name, digest in published.digests if agreed.get(name) != digest]

    def versions(self, matter: Matter) -> list[dict[str, Any]]:
        """Every step that was said, by its author's order, with its texts."""
        return [
            {
                "party": record.party,
                "serial": self._messages.serial(record.party, record.index),
                "at": record.at,
                "step": step.step.name,
                "mode": "" if step.mode is None else step.mode.name,
                "initiated_by": step.initiated_by or "",
                "embargo_until": step.embargo_until,
                "text": step.text,
                "texts": {one.language: one.text for one in step.texts},
                "is_as_agreed": self._is_as_agreed(matter, record),
            }
            for record, step in self._steps(matter)
        ]

    def differences(self, matter: Matter) -> list[dict[str, Any]]:
        """Where the newest texts of the parties differ, by language and paragraph."""
        texts = self._newest_texts(matter)
        opener = matter.record.party
        found = []
        for party in sorted(set(texts) - {opener}):
            for language, theirs in sorted(texts[party].items()):
                ours = texts.get(opener, {}).get(language, "")
                rows = [_difference_json(one) for one in differences(ours, theirs)]
                if rows:
                    found.append({"party": party, "language": language, "paragraphs": rows})
        return found

    def published(self, matter: Matter, now: int) -> list[Public]:
        """What of a readout is public now: for each party its newest publication."""
        proposal = self.proposal(matter)
        standings = matter.standings.values()
        counted = {
            (step.party, step.index)
            for standing in standings
            for step in standing.steps
            if step.has_effect
        }
        found: dict[str, tuple[MessageRecord, MessageRecord, Readout]] = {}
        for record, step in self._steps(matter):
            if step.step is ReadoutStep.WITHDRAW:
                found.pop(record.party, None)
            is_sound = not record.flags & _DOUBTED and (record.party, record.index) in counted
            if step.step is not ReadoutStep.PUBLISH or not is_sound or self._forged(matter, record):
                continue
            first = found[record.party][0] if record.party in found else record
            found[record.party] = (first, record, step)
        return [
            Public(first, newest, public_at, proposal)
            for _, (first, newest, step) in sorted(found.items())
            if (public_at := _public_at(newest, step, proposal)) <= now
        ]

    def forged(self, record: MessageRecord) -> dict[str, Any] | None:
        """Of a JOINT publication that is not what was agreed, the facts; None of others."""
        matter = self._matters.of(record)
        languages = [] if matter is None else self._forged(matter, record)
        if matter is None or not languages:
            return None
        return {"readout": self._matters.id_of(matter), "languages": ", ".join(languages)}

    def _forged(self, matter: Matter, record: MessageRecord) -> list[str]:
        told = self.told(record)
        is_publication = told is not None and told.step is ReadoutStep.PUBLISH
        return self.faults(matter, told) if is_publication else []

    def _is_as_agreed(self, matter: Matter, record: MessageRecord) -> bool | None:
        told = self.told(record)
        is_joint = told is not None and told.mode is ReadoutMode.JOINT
        if told is None or not is_joint or told.step is not ReadoutStep.PUBLISH:
            return None
        return not self.faults(matter, told)

    def _answers(self, matter: Matter) -> dict[str, Told]:
        """The last answer of each party that the readout was put to."""
        opener = matter.record.party
        answers: dict[str, Told] = {}
        for place in sorted({(one.party, one.epoch, one.index) for one in matter.happenings}):
            told = self._told.get(place)
            if place[0] != opener and told is not None and told.step in _ANSWERS:
                answers[place[0]] = told
        return answers

    def _newest_texts(self, matter: Matter) -> dict[str, dict[str, str]]:
        texts: dict[str, dict[str, str]] = {}
        for record, step in self._steps(matter):
            if step.step in _TEXTS and step.texts:
                texts[record.party] = {one.language: one.text for one in step.texts}
        return texts

    def _steps(self, matter: Matter) -> list[tuple[MessageRecord, Readout]]:
        """What was said about it: for each author in the author's own order."""
        places = sorted({(one.party, one.epoch, one.index) for one in matter.happenings})
        found = []
        for party, epoch, index in places:
            record = self._messages.find(party, index, epoch)
            message = None if record is None else self._read(record)
            # A proposal that takes the place of this one belongs to its own matter.
            is_own = record is not None and self._matters.of(record) is matter
            if record is not None and is_own and isinstance(message, Readout):
                found.append((record, message))
        return sorted(found, key=lambda pair: (pair[0].at, pair[0].party, pair[0].index))

    def _read(self, record: MessageRecord) -> Message | Unreadable:
        if self.load is None:
            raise OurError("There is no store from which a readout could be read.")
        return self.load(record.party, record.index, record.epoch)


def unverified(record: CallRecord) -> dict[str, Any] | None:
    """Of a call in which it is not known who spoke, the facts; None of others."""
    if not record.is_unverified:
        return None
    return {"call": record.call_id, "authenticated": record.authenticated.name, "tier": 2}


def public(
    readouts: ReadoutView, matters: MatterView, notices: NoticeView, load: Load, now: int
) -> list[Public]:
    """What is public now, the newest first: published readouts and PUBLIC notices.

    A readout is public after its embargo and until its author withdraws it; a notice is
    as long as its newest version says PUBLIC.
    """
    found = [
        one
        for matter in matters.listed(open_only=False, subject=READOUT.name)
        for one in _published_of(readouts, matter, now)
    ]
    for entry in notices.listed(live_only=False, after=0)[-FEED_NOTICES_MAX:]:
        newest = entry.newest.record
        message = load(newest.party, newest.index, newest.epoch)
        is_public = isinstance(message, Notice) and message.releasability is Releasability.PUBLIC
        if is_public and not newest.flags & _DOUBTED and newest.at <= now:
            found.append(Public(entry.versions[0].record, newest, max(newest.at, 0)))
    found.sort(key=lambda one: (one.public_at, one.first.party, one.first.index), reverse=True)
    return found[:FEED_ENTRIES_MAX]


def _published_of(readouts: ReadoutView, matter: Matter, now: int) -> Sequence[Public]:
    """Without reading the store for what was never published."""
    steps = (step for standing in matter.standings.values() for step in standing.steps)
    if not any(step.event.startswith("PUBLISHED_") for step in steps):
        return ()
    return readouts.published(matter, now)


def _public_at(record: MessageRecord, step: Readout, proposal: Readout | None) -> int:
    """After its own embargo, and after that which both have agreed on."""
    agreed = None
    if proposal is not None and step.mode is not ReadoutMode.UNILATERAL:
        agreed = proposal.embargo_until
    return max(record.at, step.embargo_until or 0, agreed or 0, 0)


def _difference_json(one: ParagraphDifference) -> dict[str, Any]:
    return {
        "number": one.number,
        "ours": one.ours,
        "theirs": one.theirs,
        "changes": [_change_json(change) for change in one.changes],
    }


def _change_json(change: Change) -> dict[str, str]:
    return {"same": change.same, "ours": change.ours, "theirs": change.theirs}
