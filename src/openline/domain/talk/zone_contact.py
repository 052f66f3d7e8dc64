"""Contact before entry: whether a message makes contact about a zone.

Whoever enters a `prior_contact` zone says so first. `zones_contacted` is the one
place where it is decided what counts: a text, a query or the record of a call of
the party that enters, which names the zone by its id or by its name.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from openline.domain.instant import DAY_MS
from openline.domain.talk.message import Message, Unreadable

CONTACT_BEFORE_MS: Final = DAY_MS
"""A contact counts so long before the entry: what was said earlier was about another time."""

CONTACT_KINDS: Final = frozenset({10, 30, 62})
"""Numbers of the kinds by which contact is made: TEXT, QUERY, CALL_RECORD."""

_WORD: Final = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")


def zones_contacted(message: Message | Unreadable, zones: Mapping[str, str]) -> list[str]:
    """The zones about which a message makes contact, in their order.

    Args:
        message: What a party says.
        zones: Names of zones by their ids; a name may be empty.
    """
    if isinstance(message, Unreadable) or int(message.message_kind) not in CONTACT_KINDS:
        return []
    words = "\n".join(_texts(message.to_json())).upper()
    named = frozenset(_WORD.findall(words))
    return [
        zone_id
        for zone_id, name in zones.items()
        if zone_id in named or (name.strip() and name.strip().upper() in words)
    ]


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for held in value.values():
            yield from _texts(held)
    elif isinstance(value, list):
        for held in value:
            yield from _texts(held)
