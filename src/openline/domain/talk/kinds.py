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
    TEXT = 10
    NOTICE = 11
    READ = 12
    READ_BACK = 13
    RESPONSE = 14
    LINE_CHECK = 20
    LINE_CHECK_REPLY = 21
    DECLARATION = 22
    WATCH = 25
    QUERY = 30
    ANSWER = 31
    WARNING = 32
    EXPLANATION = 33
    ESCALATION = 64
