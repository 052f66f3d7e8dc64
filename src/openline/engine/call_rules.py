"""What may be said now of calls: ringing, taking, talking, ending.

Whether a call can take it in the state it is in is asked of `matter_view`; here is
whether the post is there, the scope is open, who acts is in no other call, and, before any
sound, whether both fingerprints are on the record and receipted.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from openline.domain.errors import OurError
from openline.domain.line.declared import Business, Declared, admits
from openline.domain.party import Precedence
from openline.domain.talk.telephone import TELEPHONE, Call, CallStep, Ring, TelephoneState
from openline.domain.talk.watch import is_same_person
from openline.engine.commands import Compose
from openline.engine.matter_view import Matter

if TYPE_CHECKING:
    from openline.engine.desk import Desk
    from openline.engine.views import View

_BY_THE_RUNG: Final = (CallStep.TAKE, CallStep.DECLINE, CallStep.BUSY)
_HELD: Final = (TelephoneState.TAKEN, TelephoneState.TALKING)


def check_call(desk: "Desk", view: "View", message: Ring | Call, said: Compose, now: int) -> None:
    """Confirm that it may be said now.

    Raises:
        OurError: It may not, with what to do.
    """
    if isinstance(message, Ring):
        _check_ring(desk, view, message, said, now)
    else:
        _check_step(desk, view, message, now)


# Ringing.


def _check_ring(desk: "Desk", view: "View", ring: Ring, said: Compose, now: int) -> None:
    recipients = desk.recipients(said.recipients)
    if len(recipients) != 1:
        raise OurError(
            "A call has two parties, and several would be rung.", "Address one party: --to PARTY."
        )
    [party] = recipients
    posts = [post.name for post in view.understanding.party(party).posts]
    if ring.post not in posts:
        raise OurError(
            f"post: {party} has no post {ring.post!r}.", f"Ring one of {', '.join(posts)}."
        )
    if ring.about is not None:
        desk.known(ring.about.party, ring.about.index)
    _check_scope(view, ring, (view.own, party), said.precedence, now)
    _check_free(desk, view, ring.by.officer, now)
    for matter, state in _open_calls(view, now):
        if state != TelephoneState.RINGING or view.calls.other(matter) != party:
            continue
        name = view.matter_records.id_of(matter)
        if matter.record.party != view.own:
            raise OurError(
                f"{party} is ringing you: {name}.", f"Take that call: openline call answer {name}."
            )
        known = view.calls.ring(matter)
        if known is not None and known.post == ring.post:
            raise OurError(
                f"{name} rings there already.",
                f"Wait until it is taken or has rung out, or end it: openline call end {name}.",
            )


def _check_scope(
    view: "View", ring: Ring, parties: tuple[str, str], precedence: Precedence, now: int
) -> None:
    """A scope is open on both sides, or it is FLASH and on neither terminated."""
    scopes = view.understanding.scopes
    if not ring.scope:
        return
    if ring.scope not in scopes:
        raise OurError(
            f"The line has no scope {ring.scope!r}.", f"Its scopes are {', '.join(scopes)}."
        )
    for party in parties:
        state = view.state.standing(party, ring.scope).state(now)
        if state is Declared.TERMINATED:
            raise OurError(
                f"{party} has terminated {ring.scope}: nobody is rung in it.",
                "Ring about the line itself: leave the scope out.",
            )
        declaration = view.state.declaration(party, ring.scope, now)
        kept_open = () if declaration is None else declaration.kept_open
        is_flash = precedence >= Precedence.FLASH
        business = Business.FLASH if is_flash else Business.NEW
        if not admits(state, business, kept_open) and ring.scope not in kept_open:
            raise OurError(
                f"{party} has declared {ring.scope} {state.value}: nobody is rung in it.",
                "Ring as FLASH what cannot wait, or about the line itself: leave the scope out.",
            )


# What is done with a call.


def _check_step(desk: "Desk", view: "View", call: Call, now: int) -> None:
    record = desk.known(call.of.party, call.of.index)
    matter = view.matter_records.of(record)
    serial = desk.serial(call.of)
    if matter is None or matter.subject.name != TELEPHONE.name or matter.record is not record:
        raise OurError(f"{serial} is no call.", "Take its serial from `openline call list`.")
    rang, rung = view.calls.parties(matter)
    if view.own not in (rang, rung):
        raise OurError(
            f"{serial} is a call between {rang} and {rung}.", "Name a call of this party."
        )
    if call.step in _BY_THE_RUNG and view.own == rang:
        raise OurError(
            f"{serial} is our own call: it is for {rung} to {call.step.name}.",
            f"Wait for them, or end it: openline call end {serial}.",
        )
    if call.step is CallStep.TAKE:
        _check_free(desk, view, call.by.officer, now)
    if call.media is not None:
        _check_one_certificate(view, matter, call, serial)
    if call.step is CallStep.TALK:
        _check_talk(view, matter, call, serial)


def _check_one_certificate(view: "View", matter: Matter, call: Call, serial: str) -> None:
    known = view.calls.fingerprint(matter, view.own)
    if known is not None and call.media is not None and call.media.fingerprint != known:
        raise OurError(
            f"media.fingerprint: our end of {serial} has another certificate on the record.",
            "End the call and ring anew.",
        )


def _check_talk(view: "View", matter: Matter, call: Call, serial: str) -> None:
    """No sound before both receipts, and none with another certificate."""
    other = view.calls.other(matter)
    for party, what in view.calls.ready(matter).waits_for:
        if what == "MEDIA":
            raise OurError(
                f"{party} has not said how its end of {serial} is reached.",
                "Wait for it, or end the call.",
            )
        raise OurError(
            f"{party} has not receipted the fingerprint of the other end of {serial}: "
            "there is no sound before that.",
            "Wait for the receipt, and say it in a text meanwhile.",
        )
    if call.seen != view.calls.fingerprint(matter, other) or not view.calls.ready(matter).is_sound:
        raise OurError(
            f"seen: {other} has another certificate on the record of {serial}.",
            "Cut the call, and call back on the known number.",
        )


def _check_free(desk: "Desk", view: "View", officer: str, now: int) -> None:
    """Whoever rings or takes a call is in no other one."""
    for matter, state in _open_calls(view, now):
        if state not in _HELD or view.own not in view.calls.parties(matter):
            continue
        if any(is_same_person(one, officer) for one in _ours(view, matter, now)):
            name = view.matter_records.id_of(matter)
            raise OurError(
                f"{officer} is in the call {name}.",
                f"End that first: openline call end {name}; or let another officer of the post "
                "do it.",
            )


def _ours(view: "View", matter: Matter, now: int) -> Iterator[str]:
    """The officer of ours who holds a call: who rang, or who took it."""
    if matter.record.party == view.own:
        yield matter.record.by[1]
        return
    for step in view.matter_records.standing(matter, view.own, now).steps:
        if step.event == "TAKEN" and step.has_effect and step.index is not None:
            record = view.record(step.party, step.index)
            if record is not None:
                yield record.by[1]


def _open_calls(view: "View", now: int) -> Iterator[tuple[Matter, str]]:
    for matter in view.matter_records.listed(open_only=True, subject=TELEPHONE.name):
        yield matter, view.matter_records.standing(matter, matter.others[0], now).state
