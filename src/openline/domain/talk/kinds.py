"""Kinds: the number in each envelope that tells what its content means.

A number is never given another meaning. A kind that this program does not know
is stored and receipted like any other; it is then shown as unreadable.
"""

from enum import IntEnum


class Kind(IntEnum):
    """What sort of message an entry is."""

    UNDERSTANDING = 0
    AMENDMENT = 1
    KEY_CHANGE = 2
    KEY_REVOKE = 3
    EPOCH = 4
    ROSTER = 5
    TEXT = 10
    NOTICE = 11
    READ = 12
    READ_BACK = 13
    RESPONSE = 14
    CORRECTION = 15
    QUERY_ACK = 16
    PASSED_ON = 17
    CODED = 18
    TRANSLATION = 19
    LINE_CHECK = 20
    LINE_CHECK_REPLY = 21
    DECLARATION = 22
    SERVICE = 23
    RESUMPTION_OFFER = 24
    WATCH = 25
    QUERY = 30
    ANSWER = 31
    WARNING = 32
    EXPLANATION = 33
    SITE = 40
    ZONE = 41
    MOVEMENT = 42
    TRACK = 43
    INCIDENT = 50
    INQUIRY = 51
    VIOLATION = 52
    PROTEST = 53
    CONTACT = 60
    CONTACT_REPLY = 61
    CALL_RECORD = 62
    READOUT = 63
    ESCALATION = 64
    RING = 65
    CALL = 66
    VOICE_NOTE = 67


RELEASABLE = (Kind.TEXT, Kind.NOTICE, Kind.RESPONSE, Kind.DECLARATION)
"""Kinds of which an Understanding may ask that a second person releases them."""
