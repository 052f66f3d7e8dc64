"""What may be said now of tiers: lifting a matter to one, and giving it back."""

from typing import TYPE_CHECKING

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.talk.escalation import Escalation, Lift
from openline.domain.talk.kinds import Kind

if TYPE_CHECKING:
    from openline.engine.desk import Desk
    from openline.engine.views import View

_NOT_LIFTED = (Kind.UNDERSTANDING, Kind.AMENDMENT, Kind.READ, Kind.READ_BACK, Kind.WATCH)


def check_escalation(desk: "Desk", view: "View", message: Escalation, now: int) -> None:
    """Confirm that a matter may be lifted so, or given back.

    Raises:
        OurError: It may not, with what to do.
    """
    record = desk.known(message.of.party, message.of.index)
    serial = desk.serial(message.of)
    matter = view.matter_records.of(record)
    if record.kind in _NOT_LIFTED and matter is None:
        raise OurError(f"{serial} is nothing that waits for a tier.", "Name what it is about.")
    if message.deadline is not None and message.deadline <= now:
        raise OurError(
            f"deadline: {format_instant(message.deadline)} is over.",
            "Give an instant to come, such as +30min.",
        )
    lifted = view.matter_records.lifted(matter, now) if matter is not None else {}
    ours = lifted.get(view.own, 0)
    if message.change is Lift.RETURNED:
        _check_return(view, message, serial, ours)
        return
    if ours >= message.tier:
        raise OurError(
            f"We have lifted {serial} to tier {ours} already.",
            f"Lift it to tier {ours + 1} or higher, or give it back: openline tier return.",
        )
    _check_tier_is_there(view, message.tier)


def _check_return(view: "View", message: Escalation, serial: str, ours: int) -> None:
    if not ours:
        raise OurError(
            f"We have not lifted {serial}: there is nothing to give back.",
            "What a clock or the other party has lifted stays there until it is answered.",
        )
    if message.tier >= ours:
        raise OurError(
            f"{serial} is at tier {ours}: tier {message.tier} is not lower.",
            f"Give it back to tier {ours - 1} or lower.",
        )
    tiers = {post.name: post.tier for post in view.understanding.party(view.own).posts}
    able = [name for name, tier in tiers.items() if tier >= ours]
    if able and tiers[message.by.post] < ours:
        raise OurError(
            f"{serial} is with tier {ours}: that tier gives it back.",
            f"Let {' or '.join(able)} say it.",
        )


def _check_tier_is_there(view: "View", tier: int) -> None:
    highest = max(post.tier for party in view.understanding.parties for post in party.posts)
    if tier > highest:
        raise OurError(
            f"Nobody on this line has a post of tier {tier}.", f"The highest tier is {highest}."
        )
