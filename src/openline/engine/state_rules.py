"""What may be said now about the line itself: service, offers, acceptance.

The rules of the messages alone are in `domain.talk.service` and `.resumption`;
here are those that need to know the line. Called by the desk.
"""

from typing import Final

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.line.declared import Declared
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.resumption import ResumptionOffer
from openline.domain.talk.service import Service, ServiceOccasion
from openline.engine.views import View

_STOPPED: Final = (
    Declared.SUSPENDED,
    Declared.SUSPENSION_PENDING,
    Declared.TERMINATION_PENDING,
)
"""What can be resumed; what is TERMINATED cannot."""


def check_service(service: Service, now: int) -> None:
    """Whether a service message speaks of the present or of the time ahead.

    Raises:
        OurError: Its window is over.
    """
    if service.occasion is ServiceOccasion.RESTORED:
        return
    if service.valid_until is not None and service.valid_until <= now:
        raise OurError(
            f"The window ends at {format_instant(service.valid_until)}, which is over.",
            "Give the end of a window to come, or say RESTORED.",
        )


def check_offer(offer: ResumptionOffer, view: View, now: int) -> None:
    """Whether there is something to resume, and time to answer.

    Raises:
        OurError: The time is over, there is no such scope, or nobody has suspended it.
    """
    if offer.proposed_at <= now:
        raise OurError(
            f"The offer proposes {format_instant(offer.proposed_at)}, which is over.",
            "Propose a time to come.",
        )
    if offer.reply_by is not None and offer.reply_by <= now:
        raise OurError(
            f"The answer would be due at {format_instant(offer.reply_by)}, which is over.",
            "Give a time to come, or leave it out.",
        )
    states = view.state.states(now)
    for scope in offer.scopes:
        if scope not in view.understanding.scopes:
            names = ", ".join(view.understanding.scopes)
            raise OurError(f"The line has no scope {scope!r}.", f"Its scopes are {names}.")
        if not any(scopes[scope] in _STOPPED for scopes in states.values()):
            raise OurError(
                f"No party has suspended {scope}: there is nothing to resume.",
                "Leave it out of the offer.",
            )


def accepts_offer(
    declaration: Declaration, reply_to: tuple[str, int] | None, own: str, view: View
) -> bool:
    """Whether a declaration in reply to an offer accepts it.

    Whoever keeps a scope may declare it IN_FORCE once more in reply to an offer: that
    is how the side that has not suspended accepts one.

    Raises:
        OurError: The offer is our own, or is about none of these scopes.
    """
    offer = None if reply_to is None else view.state.offers.find(*reply_to)
    if offer is None or reply_to is None or declaration.status is not Status.IN_FORCE:
        return False
    serial = view.serial(*reply_to)
    if reply_to[0] == own:
        raise OurError(
            f"{serial} is our own offer: it is not ours to accept.",
            "Declare without naming it.",
        )
    if not set(declaration.scopes) <= set(offer.scopes):
        raise OurError(
            f"{serial} offers {', '.join(offer.scopes)}, not all of the scopes declared.",
            "Declare in reply to it what it offers, and the rest by itself.",
        )
    return True
