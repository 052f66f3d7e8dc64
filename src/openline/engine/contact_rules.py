"""What may be said now of contacts, call records and readouts.

Whether a matter can take it in the state it is in is asked of `matter_view`; here is
whether times are to come, names are of the line, and a text is the one that was agreed.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from openline.domain.conduct.life import Standing
from openline.domain.errors import OurError
from openline.domain.instant import MINUTE_MS, format_instant
from openline.domain.limits import CONTACT_TIMES_MAX
from openline.domain.talk.body import Reference
from openline.domain.talk.call_record import CallRecord
from openline.domain.talk.contact import CONTACT, Contact, ContactAnswer, ContactReply, reply_ms
from openline.domain.talk.kinds import Kind
from openline.domain.talk.readout import (
    READOUT,
    Readout,
    ReadoutMode,
    ReadoutStep,
    ReadoutText,
    TextDigest,
)
from openline.domain.talk.readout_text import differences, text_digest
from openline.engine.matter_view import Matter
from openline.engine.readout_view import Told

if TYPE_CHECKING:
    from openline.engine.desk import Desk

_JUST_OVER_MS: Final = 15 * MINUTE_MS
"""A proposed time may be accepted so long after it: "now" is over when it is answered."""

_ABOUT: Final = (Kind.CONTACT, Kind.CONTACT_REPLY, Kind.CALL_RECORD, Kind.READOUT)


def check_contact(
    desk: "Desk",
    message: Contact | ContactReply | CallRecord | Readout,
    precedence: int,
    now: int,
) -> None:
    """Confirm that it may be said now.

    Raises:
        OurError: It may not, with what to do.
    """
    match message:
        case Contact():
            _check_request(desk, message, precedence, now)
        case ContactReply():
            _check_reply(desk, message, now)
        case CallRecord():
            _check_record(desk, message, now)
        case Readout():
            _check_readout(desk, message, now)


def completed(desk: "Desk", message: Readout) -> Readout:
    """An agreement with the hashes of its texts, if none are given.

    Raises:
        OurError: It agrees with nothing that can be read.
    """
    if message.step is not ReadoutStep.AGREE or message.digests:
        return message
    proposal = _proposal(desk, _matter(desk, message.of, READOUT.name, "readout"))
    digests = tuple(TextDigest(language, digest) for language, digest in proposal.digests)
    return replace(message, digests=digests)


# Contacts.


def _check_request(desk: "Desk", contact: Contact, precedence: int, now: int) -> None:
    for at in contact.times:
        _check_ahead(desk, "times", at, now)
    _check_reply_by(desk, contact.reply_by, precedence, now)
    if contact.of is not None:
        desk.ours(contact.of, Kind.CONTACT, "follow")


def _check_reply(desk: "Desk", reply: ContactReply, now: int) -> None:
    matter = _matter(desk, reply.of, CONTACT.name, "request for a contact")
    if reply.answer is ContactAnswer.ACCEPT:
        _check_accepted(desk, reply, matter, now)
    for at in reply.times:
        _check_ahead(desk, "times", at, now)
    _check_reply_by(desk, reply.reply_by, matter.record.precedence, now)
    _check_parties(desk, "missed_by", reply.missed_by)


def _check_accepted(desk: "Desk", reply: ContactReply, matter: Matter, now: int) -> None:
    """One of the times that were proposed last, whole and as it was proposed."""
    assert reply.at is not None, "the rules of a reply"
    standing = desk.standing(matter, now)
    offered = _offered(standing)
    if reply.at not in offered:
        raise OurError(
            f"at: {format_instant(reply.at)} was not proposed.",
            f"Accept one of {', '.join(map(format_instant, offered))}, or COUNTER with others.",
        )
    if reply.at + _JUST_OVER_MS < now:
        raise OurError(
            f"at: {format_instant(reply.at)} is over.", "COUNTER with times that are to come."
        )
    if reply.weekly_until != standing.instants.get("weekly_until"):
        weekly = standing.instants.get("weekly_until")
        until = "once" if weekly is None else f"every week until {format_instant(weekly)}"
        raise OurError(
            f"weekly_until: the contact was proposed for {until}.",
            "Accept it so, or COUNTER.",
        )


def _offered(standing: Standing) -> list[int]:
    names = (f"time_{number}" for number in range(1, CONTACT_TIMES_MAX + 1))
    return [standing.instants[name] for name in names if name in standing.instants]


def _check_ahead(desk: "Desk", name: str, at: int, now: int) -> None:
    """An instant to come, or one that is now by a clock that is not quite the same."""
    if at < now - desk.tolerance_ms:
        raise OurError(f"{name}: {format_instant(at)} is over.", "Give instants to come.")


def _check_reply_by(desk: "Desk", reply_by: int | None, precedence: int, now: int) -> None:
    if reply_by is None:
        return
    _check_ahead(desk, "reply_by", reply_by, now)
    latest = now + reply_ms(desk.timers, precedence)
    if reply_by > latest:
        raise OurError(
            f"reply_by: {format_instant(reply_by)} is later than was agreed for an answer.",
            f"Ask for one by {format_instant(latest)} at the latest, or leave it out.",
        )


# Call records.


def _check_record(desk: "Desk", record: CallRecord, now: int) -> None:
    if record.ended_at > now + desk.tolerance_ms:
        raise OurError(
            f"ended_at: {format_instant(record.ended_at)} is still to come.",
            "Write the record when the call is over.",
        )
    _check_parties(desk, "initiator", [record.initiator])
    _check_parties(desk, "persons", [one.party for one in record.persons])
    _check_parties(desk, "actions", [one.party for one in record.actions])
    if record.of is None:
        return
    about = desk.known(record.of.party, record.of.index)
    if about.kind not in (Kind.CONTACT, Kind.CONTACT_REPLY, Kind.CALL_RECORD):
        raise OurError(
            f"{desk.serial(record.of)} is no contact and no call record.",
            "Name the contact that was held, or leave it out.",
        )
    if about.kind == Kind.CALL_RECORD:
        desk.ours(record.of, Kind.CALL_RECORD, "replace")


# Readouts.


def _check_readout(desk: "Desk", readout: Readout, now: int) -> None:
    desk.check_tier(readout.by, "A readout")
    if readout.step is ReadoutStep.PROPOSE:
        _check_proposal(desk, readout, now)
        return
    matter = _matter(desk, readout.of, READOUT.name, "readout")
    match readout.step:
        case ReadoutStep.AGREE:
            desk.theirs(_opening(matter), "agree with")
            _check_digests(desk, readout, matter)
        case ReadoutStep.NO_OBJECTION | ReadoutStep.DIFFER:
            desk.theirs(_opening(matter), "answer")
        case ReadoutStep.PUBLISH:
            _check_publication(desk, readout, matter)
        case _:
            pass


def _check_proposal(desk: "Desk", readout: Readout, now: int) -> None:
    about = desk.known(readout.of.party, readout.of.index)
    if about.kind not in _ABOUT:
        raise OurError(
            f"{desk.serial(readout.of)} is no contact and no call record.",
            "Name the contact or the call record that the public is told about.",
        )
    if about.kind == Kind.READOUT:
        desk.ours(readout.of, Kind.READOUT, "replace")
    _check_parties(desk, "initiated_by", [readout.initiated_by or ""])
    if readout.agree_by is not None:
        _check_ahead(desk, "agree_by", readout.agree_by, now)


def _check_digests(desk: "Desk", readout: Readout, matter: Matter) -> None:
    """What is agreed is what was proposed."""
    proposed = dict(_proposal(desk, matter).digests)
    for one in readout.digests:
        if proposed.get(one.language) != one.sha256:
            raise OurError(
                f"digests: the text in {one.language} that was proposed is another one.",
                "Look at it with `openline readout show`, and leave the hashes to the node.",
            )


def _check_publication(desk: "Desk", readout: Readout, matter: Matter) -> None:
    proposal = _proposal(desk, matter)
    if readout.mode is ReadoutMode.UNILATERAL:
        return
    embargo = proposal.embargo_until
    if embargo is not None and (readout.embargo_until or 0) < embargo:
        raise OurError(
            f"embargo_until: it was proposed that nothing is public before "
            f"{format_instant(embargo)}.",
            "Publish with this embargo, or as UNILATERAL.",
        )
    if readout.mode is ReadoutMode.JOINT:
        _check_agreed(desk, readout, matter)


def _check_agreed(desk: "Desk", readout: Readout, matter: Matter) -> None:
    """In mode JOINT what is published is what was agreed, by its hash."""
    agreed = desk.readouts.agreed(matter)
    if not agreed:
        raise OurError(
            "No text was agreed by all parties.",
            "Wait for AGREE, or publish as COORDINATED or UNILATERAL.",
        )
    for one in readout.texts:
        if one.language not in agreed:
            raise OurError(
                f"texts: no text in {one.language!r} was agreed.",
                f"Publish in {', '.join(sorted(agreed))}, or propose a readout with this one.",
            )
        if agreed[one.language] != text_digest(one.language, one.text):
            proposal = desk.readouts.proposal(matter)
            assert proposal is not None, "its hashes were kept when it was taken in"
            texts = {text.language: text.text for text in proposal.texts}
            raise OurError(_told_apart(one, texts[one.language]), "Publish the agreed text.")


def _told_apart(one: ReadoutText, agreed: str) -> str:
    """What differs from the agreed text, by paragraph."""
    found = differences(agreed, one.text)
    if not found:
        return f"texts: {one.language} differs from the agreed text in spaces or empty rows."
    parts = []
    for paragraph in found[:3]:
        words = (change for change in paragraph.changes if not change.same)
        told = (f"{_short(change.ours)} became {_short(change.theirs)}" for change in words)
        parts.append(f"paragraph {paragraph.number}: {'; '.join(list(told)[:3])}")
    return f"texts: {one.language} differs from the agreed text in {', '.join(parts)}."


def _short(words: str) -> str:
    return repr(words if len(words) <= 60 else f"{words[:57]}...") if words else "nothing"


# What they share.


def _matter(desk: "Desk", of: Reference, subject: str, what: str) -> Matter:
    record = desk.known(of.party, of.index)
    matter = desk.matters.of(record)
    if matter is None or matter.subject.name != subject:
        raise OurError(
            f"{desk.serial(of)} belongs to no {what}.",
            f"Take its serial from `openline matter list --subject {subject} --all`.",
        )
    return matter


def _opening(matter: Matter) -> Reference:
    return Reference(matter.record.party, matter.record.index)


def _proposal(desk: "Desk", matter: Matter) -> Told:
    proposal = desk.readouts.told(matter.record)
    if proposal is None:
        raise OurError(
            "The proposal of this readout cannot be read.", "Ask for it again in a new readout."
        )
    return proposal


def _check_parties(desk: "Desk", name: str, parties: tuple[str, ...] | list[str]) -> None:
    known = desk.parties
    for party in parties:
        if party not in known:
            raise OurError(
                f"{name}: {party!r} is no party to this line.", f"Name {' or '.join(known)}."
            )
