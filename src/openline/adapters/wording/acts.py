"""Words for what officers did on their own node, as its journal has it."""

from typing import Final

from openline.adapters.wording.marking import mark

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
