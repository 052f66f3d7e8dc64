"""Alarms about people on the line: late, missed and due checks; service; offers.

What became late or unanswered is each node's own observation. A check that nobody
answers is louder the longer it lasts; the third missed one, or a day, is the next
tier's matter (field practice: a note by the attaché's way, comm-out step 4-5).
"""

from dataclasses import dataclass, field
from typing import Any, Final

from openline.domain.line.observed import Answered
from openline.domain.party import Precedence
from openline.domain.talk.service import Service
from openline.engine.check_view import CheckDue, CheckWaits, Turned

CHECK_LATE: Final = "CHECK_LATE"
"""The answer to a line check of ours is late."""
CHECK_UNANSWERED: Final = "CHECK_UNANSWERED"
"""The circuits may work, and no person answers our line checks."""
CHECK_PROLONGED: Final = "CHECK_PROLONGED"
"""The same for so long that tier 2 acts: comm-out step 4-5."""
CHECK_DUE: Final = "CHECK_DUE"
"""Our own line check is due."""
CHECK_OVERDUE: Final = "CHECK_OVERDUE"
"""Our own line check was not made when it was due."""
CHECK_WAITS: Final = "CHECK_WAITS"
"""A counterpart's line check waits for our answer longer than agreed."""
SERVICE: Final = "SERVICE"
"""A counterpart says something of the working of the line."""
RESUMPTION_OFFERED: Final = "RESUMPTION_OFFERED"
"""A counterpart offers to resume scopes."""

COMM_OUT: Final = "tier 2, comm-out step 4-5"
"""What is to be done about people who do not answer for so long."""

_OF_STATE: Final = {
    Answered.LATE: (CHECK_LATE, Precedence.PRIORITY),
    Answered.UNANSWERED: (CHECK_UNANSWERED, Precedence.IMMEDIATE),
    Answered.UNANSWERED_PROLONGED: (CHECK_PROLONGED, Precedence.IMMEDIATE),
}


@dataclass(frozen=True, slots=True)
class CheckAlarm:
    """An alarm to raise, or to end.

    Attributes:
        name: Which sort.
        key: What is alarmed.
        precedence: How loud; None to say that its cause is over.
        facts: JSON-ready.
    """

    name: str
    key: str
    precedence: Precedence | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def check_alarms(
    news: Turned | CheckDue | CheckWaits, own: str, standing: dict[str, list[tuple[str, str]]]
) -> list[CheckAlarm]:
    """The alarms that follow from what turned.

    Args:
        news: What turned.
        own: This party.
        standing: By counterpart the alarms about its people that stand; changed here.
    """
    match news:
        case Turned():
            return _of_people(news, standing.setdefault(news.party, []))
        case CheckDue():
            return _of_duty(news, own)
        case CheckWaits():
            key = f"{news.party}/{news.index}/{news.at}"
            facts = {"party": news.party, "index": news.index, "asked_at": news.at}
            return [
                CheckAlarm(CHECK_WAITS, key, Precedence.PRIORITY if news.waits else None, facts)
            ]


def service_facts(service: Service) -> dict[str, Any]:
    """What an alarm tells of a service message."""
    return {
        "occasion": service.occasion.name,
        "circuit": service.circuit,
        "valid_from": service.valid_from,
        "valid_until": service.valid_until,
        "fallback": service.fallback,
    }


def _of_people(news: Turned, standing: list[tuple[str, str]]) -> list[CheckAlarm]:
    turning = news.turning
    ended = [CheckAlarm(name, key) for name, key in standing]
    standing.clear()
    if turning.after not in _OF_STATE:
        return ended
    name, precedence = _OF_STATE[turning.after]
    key = f"{news.party}/{turning.at}"
    facts: dict[str, Any] = {
        "party": news.party,
        "since": turning.at,
        "asked_at": news.asked_at,
    }
    if name == CHECK_PROLONGED:
        facts["to_do"] = COMM_OUT
    standing.append((name, key))
    return [*ended, CheckAlarm(name, key, precedence, facts)]


def _of_duty(news: CheckDue, own: str) -> list[CheckAlarm]:
    facts = {"party": own, "due_at": news.at}
    key = f"{own}/{news.at}"
    due = CheckAlarm(CHECK_DUE, key)
    if news.word == "DUE":
        return [CheckAlarm(CHECK_DUE, key, Precedence.ROUTINE, facts)]
    if news.word == "OVERDUE":
        return [due, CheckAlarm(CHECK_OVERDUE, key, Precedence.PRIORITY, facts)]
    return [due, CheckAlarm(CHECK_OVERDUE, key)]
