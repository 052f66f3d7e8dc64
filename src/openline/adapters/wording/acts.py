"""Words for what officers did on their own node, as its journal has it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.wording.marking import mark
from openline.engine.acts import PARTING

if TYPE_CHECKING:
    from openline.adapters.wording import Wording

TERMS: Final = {
    "SAID_MESSAGE": mark("said a message"),
    "DRAFTED": mark("drafted"),
    "DRAFT_RELEASED": mark("released a draft"),
    "DRAFT_REJECTED": mark("rejected a draft"),
    "DRAFT_TOO_OLD": mark("draft became too old"),
    "ACKNOWLEDGED": mark("acknowledged an alarm"),
    "TOOK_WATCH": mark("took the watch"),
    "OFFERED_WATCH": mark("offered the watch"),
    "KEPT": mark("kept something private"),
    "LET_GO": mark("keeps something private no longer"),
    "ASSESSED_TRACK": mark("assessed whose a track is"),
    "TOOK_BACK_ASSESSMENT": mark("took back an assessment of a track"),
    "HELD_EVIDENCE": mark("held evidence"),
    "RELEASED_EVIDENCE": mark("released evidence"),
    "CARRIED_OUT": mark("had a courier's file made"),
    "CARRIED_IN": mark("had a courier's file taken in"),
    "ADOPTED": mark("adopted the Understanding"),
    "TRUST_OWN_COPY": mark("trusted the own copy"),
    "PERSON_CHANGED": mark("changed a person"),
    "SIGNED_IN": mark("signed in"),
    "SIGNED_OUT": mark("signed out"),
    "SIGN_IN_FAILED": mark("signed in in vain"),
    "LOCKED": mark("locked the desk"),
    "UNLOCKED": mark("unlocked the desk"),
    "POST_CHOSEN": mark("chose a post"),
    "SESSION_ENDED": mark("ended a session"),
    "LINK_MADE": mark("made a link to sign in"),
}
"""What was done, by the word of the journal."""

_CHANGES: Final = {
    "added": mark("added to the people"),
    "disabled or enabled": mark("disabled, or enabled again"),
    "reset": mark("password and passkeys taken away"),
    "password set": mark("a password set"),
    "passkey registered": mark("a passkey registered"),
    "passkey dropped": mark("a passkey dropped"),
}
"""What was done to somebody, by the words of the journal."""

_WAYS: Final = {
    "password": mark("by password and code"),
    "passkey": mark("by passkey"),
    "link": mark("by link"),
}
"""How somebody signed in, likewise."""

_KINDS: Final = {
    "UNDERSTANDING": mark("Understanding"),
    "AMENDMENT": mark("Amendment"),
    "KEY_CHANGE": mark("Change of key"),
    "KEY_REVOKE": mark("Revocation of a key"),
    "EPOCH": mark("New outbox"),
    "ROSTER": mark("Roster"),
}
"""Kinds of message that have no form."""

_OF_HASHES: Final = {
    "CARRIED_IN": mark("The file has the SHA-256 {hash}."),
    "ADOPTED": mark("The Understanding has the SHA-256 {hash}."),
    "TOOK_WATCH": mark("The brief has the SHA-256 {hash}."),
}
_AT_THE_DOOR: Final = (
    "SIGNED_IN", "SIGNED_OUT", "SIGN_IN_FAILED", "LOCKED", "UNLOCKED", "POST_CHOSEN",
    "SESSION_ENDED", "LINK_MADE",
)  # fmt: skip


def about(
    wording: "Wording",
    act: Mapping[str, Any],
    alarms: Mapping[str, Any],
    title: Callable[[str], str],
) -> str:
    """What an act is about, in words; names and reasons as they were written.

    Args:
        wording: Says it.
        act: As the node lists it: its `act`, and what it is `about` as the journal has it.
        alarms: The alarms that the node still tells, by their ids.
        title: What a kind of message that has a form is called.
    """
    held, sort = str(act["about"]), act["act"]
    if not held:
        return ""
    if sort in ("SAID_MESSAGE", "DRAFTED"):
        parts = held.split(" ", 1)
        kind, name = parts if sort == "DRAFTED" else reversed(parts)
        called = wording.say(_KINDS[kind]) if kind in _KINDS else title(kind)
        return f"{called} {wording.data(name)}"
    if sort == "ACKNOWLEDGED" and held in alarms:
        return wording.alarm(alarms[held])
    if sort in _OF_HASHES:
        return wording.say(_OF_HASHES[sort], hash=wording.data(held))
    if sort == "TRUST_OWN_COPY":
        return wording.say("The outbox held {n} messages.", n=wording.data(held))
    if sort == "PERSON_CHANGED" or sort in _AT_THE_DOOR:
        return _person(wording, held)
    return wording.data(held)


def _person(wording: "Wording", held: str) -> str:
    """Whom it is about, what was done to them, how and from where they came."""
    name, _, what = held.rpartition(PARTING)
    how, comma, where = what.partition(", ")
    said = _CHANGES.get(what) or _WAYS.get(how)
    if said is None:
        return wording.data(held)
    parts = [name, wording.say(said), where if comma else ""]
    return PARTING.join(wording.data(part) for part in parts if part)
