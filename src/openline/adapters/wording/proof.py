"""The words of proof: what the message says that a certificate is about.

The message is taken as it was said, be it never so doubtful: no officer's form is checked.
The steps of a verification are in English alone, as they come (`domain.record.report`).
"""

from collections.abc import Iterator
from typing import Any

from openline.adapters.wording import Facts, Wording
from openline.adapters.wording.statements import capture_rows
from openline.domain.line.form import Fault
from openline.domain.record.report import Report
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import MESSAGES, Message, Unreadable


def said_rows(report: Report, wording: Wording) -> Iterator[str]:
    """What the message or page in the facts of a report says; nothing where withheld."""
    if "cosigned_at" in report.facts:
        yield from capture_rows(wording, report.claim.party, report.facts)
    message = _message_of(report.facts)
    if message is not None:
        claim = report.claim
        facts = Facts(claim.party, claim.party, claim.line, claim.index, report.facts["claimed_at"])
        yield from wording.body(message, facts).splitlines()


def _message_of(facts: dict[str, Any]) -> Message | Unreadable | None:
    said = facts.get("message")
    if said is None:
        return None
    if "unreadable" in said:
        return Unreadable(said["kind"], {}, said["unreadable"])
    kind = Kind[facts["kind"]]
    try:
        message: Message = MESSAGES[kind].record.from_json(said, "")
    except Fault as fault:
        # What was said was read; written out and read again it may be out of bounds.
        return Unreadable(kind, {}, str(fault))
    return message
