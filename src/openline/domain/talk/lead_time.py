"""Lead time: how early a notice came, counted at the receiver.

Time counts at the receiver: lead time is the start of the window minus the moment
of receipt, which the receiver has signed (`docs/spec/envelope.md`). The sender's
own time plays no part.
"""

from enum import StrEnum

from openline.domain.instant import DAY_MS, MINUTE_MS
from openline.domain.line.terms import Understanding
from openline.domain.party import Precedence


class LeadClass(StrEnum):
    """How early a notice came, against the agreed minimum of its category."""

    NORMAL = "NORMAL"
    SHORT_NOTICE = "SHORT_NOTICE"
    IMMINENT = "IMMINENT"
    AFTER_START = "AFTER_START"


def lead_time_ms(valid_from: int, received_at: int) -> int:
    """From receipt to the start of the window; negative when it had begun."""
    return valid_from - received_at


def lead_class(
    category: str, valid_from: int, received_at: int, understanding: Understanding
) -> LeadClass:
    """The class of a notice's lead time.

    Args:
        category: The notice's category.
        valid_from: The earliest start of its windows.
        received_at: When the receiver had it durably.
        understanding: Gives the minimum of the category.

    Returns:
        AFTER_START when the window had begun; else NORMAL from the minimum on;
        else IMMINENT below the agreed `imminent` time; else SHORT_NOTICE.
    """
    lead_ms = lead_time_ms(valid_from, received_at)
    if lead_ms <= 0:
        return LeadClass.AFTER_START
    if lead_ms >= understanding.lead_time_min(category):
        return LeadClass.NORMAL
    if lead_ms < understanding.timers.imminent_ms:
        return LeadClass.IMMINENT
    return LeadClass.SHORT_NOTICE


def precedence_by_lead(lead_ms: int) -> Precedence:
    """How fast a notice goes by itself: the nearer its window, the faster."""
    if lead_ms < 30 * MINUTE_MS:
        return Precedence.FLASH
    if lead_ms < DAY_MS:
        return Precedence.IMMEDIATE
    return Precedence.PRIORITY if lead_ms < 2 * DAY_MS else Precedence.ROUTINE
