"""Query-acks: did this arrive? Asked about a message of ours.

What arrived has a receipt by itself; what a person saw has a READ. Where one of the two
is late, the author asks, and asks again with the time between two asks doubled. The
answer to a query-ack is what was missing: the receipt, or READ. There is no other.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from openline.domain.conduct.clock import read_ms
from openline.domain.line.form import Field, Record
from openline.domain.line.terms import Timers
from openline.domain.party import Precedence
from openline.domain.talk.body import BY, REFERENCE, Body, By, Reference
from openline.domain.talk.kinds import Kind

BACK_OFF_DOUBLINGS_MAX: Final = 10
"""After ten asks the time between two stays: a week for ROUTINE."""


@dataclass(frozen=True, slots=True)
class QueryAck(Body):
    """Did this arrive?

    Attributes:
        by: Who asks.
        of: The message of ours that is asked about.
    """

    by: By
    of: Reference

    message_kind: ClassVar[Kind] = Kind.QUERY_ACK


QueryAck.record = Record(QueryAck, (BY, Field(1, "of", REFERENCE)))


def next_ask(
    timers: Timers, precedence: int, at: int, asked: tuple[int, ...], *, is_delivered: bool
) -> int:
    """When to ask next about a message that no person has read.

    Args:
        timers: The agreed times.
        precedence: Of the message.
        at: When it was said.
        asked: When it was asked about, in order.
        is_delivered: Whether its receipt is held: then a person has time to read it.

    Returns:
        UTC milliseconds.
    """
    urgent = precedence >= Precedence.IMMEDIATE
    step_ms = timers.receipt_flash_ms if urgent else timers.receipt_routine_ms
    first_ms = max(step_ms, read_ms(timers, precedence)) if is_delivered else step_ms
    if not asked:
        return at + first_ms
    doubled = step_ms << min(len(asked), BACK_OFF_DOUBLINGS_MAX)
    return max(at + first_ms, asked[-1] + doubled)
