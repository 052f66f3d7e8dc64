"""Answers: which messages answer another one, and with which word.

A response answers anything; a query, a contact, a readout, an alleged violation and a
note have answers of their own kinds. Each sets the mark `answered` on what it answers
(`docs/concepts/receipt.md`), on every node that holds both. What an answer changes in the
matter is in the life of its subject, not here.
"""

from dataclasses import dataclass
from typing import Final

from openline.domain.talk.body import Reference
from openline.domain.talk.contact import ContactReply
from openline.domain.talk.message import Message
from openline.domain.talk.protest import Protest
from openline.domain.talk.query import QueryAnswer
from openline.domain.talk.readout import Readout, ReadoutStep
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.violation import Violation, ViolationAct

_OF_READOUTS: Final = (ReadoutStep.AGREE, ReadoutStep.NO_OBJECTION, ReadoutStep.DIFFER)
_OF_VIOLATIONS: Final = (ViolationAct.ACCEPT, ViolationAct.DENY, ViolationAct.EXPLAIN)
_NOTE: Final = "ANSWERED"
"""What is said of a note that answers: its words are its own."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, as the mark says it.

    Attributes:
        of: What is answered.
        said: The word of the answer, in capitals.
        until: Until when the substance is held back; None where it is not.
    """

    of: Reference
    said: str
    until: int | None = None


def answer_of(message: Message) -> Given | None:
    """What a message answers, and how; None if it answers nothing."""
    match message:
        case Response():
            until = message.holding_until if message.answer is Answer.HOLDING else None
            return Given(message.of, message.answer.name, until)
        case QueryAnswer():
            return Given(message.of, message.code.name, message.holding_until)
        case ContactReply():
            return Given(message.of, message.answer.name)
        case Readout() if message.step in _OF_READOUTS:
            return Given(message.of, message.step.name)
        case Violation() if message.act in _OF_VIOLATIONS and message.of is not None:
            return Given(message.of, message.act.name)
        case Protest() if message.of is not None and not message.is_withdrawn:
            return Given(message.of, _NOTE)
        case _:
            return None
