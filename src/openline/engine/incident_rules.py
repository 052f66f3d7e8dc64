"""What may be said now of incidents, inquiries, alleged violations and protests.

Whether a matter can take it in the state it is in is asked of `matter_view`; here is
whether it names the right message, speaks of what has happened, and who says it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.talk.body import Reference
from openline.domain.talk.incident import NOT_NAMED, Act, Incident, Inquiry
from openline.domain.talk.kinds import Kind
from openline.domain.talk.protest import Protest
from openline.domain.talk.violation import Violation, ViolationAct

if TYPE_CHECKING:
    from openline.engine.commands import Compose
    from openline.engine.desk import Desk

_ANSWERS: Final = (ViolationAct.ACCEPT, ViolationAct.DENY, ViolationAct.EXPLAIN)
_LABEL_CHARS_MAX: Final = 20


def name_incident(desk: "Desk", incident: Incident, label: str) -> Incident:
    """The report under the next free id of ours: ALPHA-I-0003.

    Args:
        desk: The desk that says it.
        incident: The report; it keeps the id that it has.
        label: What we are called in serials: ALPHA.
    """
    if incident.incident != NOT_NAMED:
        return incident
    prefix = label.replace(".", "-")[:_LABEL_CHARS_MAX].rstrip("-")
    number = 1
    while desk.is_incident(name := f"{prefix}-I-{number:04d}"):
        number += 1
    return replace(incident, incident=name)


def check_incident(
    desk: "Desk",
    message: Incident | Inquiry | Violation | Protest,
    command: "Compose",
    now: int,
) -> None:
    """Confirm that it may be said now.

    Raises:
        OurError: It may not, with what to do.
    """
    match message:
        case Incident():
            _check_past(desk, "happened_at", message.happened_at, now)
            for number, one in enumerate(message.events):
                _check_past(desk, f"events[{number}].at", one.at, now)
            _check_known(desk, message.about)
        case Inquiry():
            _check_inquiry(desk, message, now)
        case Violation():
            _check_violation(desk, message, command, now)
        case Protest():
            _check_protest(desk, message, now)


def _check_inquiry(desk: "Desk", inquiry: Inquiry, now: int) -> None:
    desk.check_tier(inquiry.by, "A step of an inquiry")
    _check_future("due_at", inquiry.due_at, now)
    if inquiry.act is Act.FINDING and inquiry.of is not None:
        record = desk.theirs(inquiry.of, "agree to or differ from")
        if record.kind != Kind.INQUIRY or desk.incident_of(record) != inquiry.incident:
            raise OurError(
                f"{desk.serial(inquiry.of)} is no finding on {inquiry.incident}.",
                "Take its serial from `openline incident show`.",
            )


def _check_violation(desk: "Desk", violation: Violation, command: "Compose", now: int) -> None:
    _check_future("reply_by", violation.reply_by, now)
    _check_past(desk, "happened_at", violation.happened_at, now)
    _check_past(desk, "ended_at", violation.ended_at, now)
    _check_known(desk, violation.about)
    if violation.is_allegation:
        desk.check_one_accused(command.recipients)
        if violation.incident and not desk.is_incident(violation.incident):
            raise _no_incident(violation.incident)
        return
    assert violation.of is not None, "the rules of a violation ask for it"
    if violation.act in _ANSWERS:
        record = desk.theirs(violation.of, "answer")
        if record.kind != Kind.VIOLATION:
            raise OurError(
                f"{desk.serial(violation.of)} is no alleged violation.",
                "Take its serial from `openline matter list --subject violation`.",
            )
    else:
        desk.ours(violation.of, Kind.VIOLATION, violation.act.name.lower())


def _check_protest(desk: "Desk", protest: Protest, now: int) -> None:
    desk.check_tier(protest.by, "A protest or a note")
    _check_future("due_at", protest.due_at, now)
    _check_known(desk, protest.about)
    if protest.incident and not desk.is_incident(protest.incident):
        raise _no_incident(protest.incident)
    if protest.of is None:
        return
    if protest.is_withdrawn:
        desk.ours(protest.of, Kind.PROTEST, "withdraw")
        return
    record = desk.theirs(protest.of, "answer")
    if record.kind != Kind.PROTEST:
        raise OurError(
            f"{desk.serial(protest.of)} is no protest and no note.",
            "Name a protest, or make a note of its own without one.",
        )


def _no_incident(name: str) -> OurError:
    return OurError(
        f"There is no incident {name} on this line.",
        "Report it first, or leave it out: openline matter list --subject incident --all.",
    )


def _check_known(desk: "Desk", about: tuple[Reference, ...]) -> None:
    for of in about:
        desk.known(of.party, of.index)


def _check_past(desk: "Desk", name: str, at: int | None, now: int) -> None:
    if at is not None and at > now + desk.tolerance_ms:
        raise OurError(
            f"{name}: {format_instant(at)} is to come.", "Report what has happened, in UTC."
        )


def _check_future(name: str, at: int | None, now: int) -> None:
    if at is not None and at <= now:
        raise OurError(
            f"{name}: {format_instant(at)} is over.", "Give an instant to come, such as +7d."
        )
