"""One Cursor on Target event: what is marked on a map, as XML.

An event is never longer than `COT_EVENT_SIZE_BYTES_MAX`, so that it fits a datagram.
What it says comes from counterparts: characters that XML or a screen cannot have are
made visible, and the rest is escaped by the library that writes it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from openline.domain.instant import INSTANT_MAX, format_instant
from openline.domain.limits import COT_EVENT_SIZE_BYTES_MAX
from openline.domain.line.letters import visible
from openline.domain.space.geodesy import Position

UNKNOWN_M: Final = 9_999_999.0
"""What the schema writes for a height or an accuracy that nobody knows."""

EMERGENCY: Final = "b-a-o-tbl"
"""Somebody is in trouble; it is taken back by `_CALLED_OFF`."""

_CALLED_OFF: Final = "b-a-o-can"
_DELETED: Final = "t-x-d-d"
_PING: Final = "t-x-c-t"

_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = ElementTree.Element


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on the map, whenever it is sent.

    Attributes:
        uid: By what it is known there; the same for as long as it is the same thing.
        type: What it is, in the code of the schema.
        position: Where it is, or the middle of it.
        detail: The elements below `detail`, written.
        height_m: Above the ellipsoid; None if it is not known.
        until: From this instant on it shows no more, UTC milliseconds.
        how: How its place is known: drawn by a person, or measured.
        error_m: One standard deviation of its place; None if it is not known.
    """

    uid: str
    type: str
    position: Position
    detail: str
    height_m: float | None = None
    until: int = INSTANT_MAX
    how: str = "h-g-i-g-o"
    error_m: float | None = None

    def event(self, now: int, stale_for_ms: int) -> bytes:
        """The event that shows it, until it is over or was not said again for so long."""
        stale_at = min(self.until, now + stale_for_ms)
        return _event(self, now, stale_at)


def ends(uid: str, kind: str, now: int) -> Iterator[bytes]:
    """The events that take a mark of that type off the map."""
    if kind == EMERGENCY:
        detail = written([element("emergency", cancel="true")])
        yield _event(Mark(uid, _CALLED_OFF, (0, 0), detail), now, now + 60_000)
    detail = written([element("link", uid=uid, relation="none", type="none"), "__forcedelete"])
    yield _event(Mark(f"{uid}.end", _DELETED, (0, 0), detail), now, now + 60_000)


def ping(uid: str, now: int) -> bytes:
    """An event that says no more than that we are there."""
    return _event(Mark(f"{uid}.ping", _PING, (0, 0), ""), now, now + 60_000)


def element(name: str, text: str = "", **attributes: str) -> Element:
    """An element with text and attributes as XML and a screen can have them."""
    made = ElementTree.Element(name, {key: clean(value) for key, value in attributes.items()})
    made.text = clean(text) or None
    return made


def written(elements: Iterable[Element | str]) -> str:
    """Elements, or names of empty ones, as text."""
    made = (ElementTree.Element(one) if isinstance(one, str) else one for one in elements)
    return "".join(ElementTree.tostring(one, encoding="unicode") for one in made)


def clean(text: str) -> str:
    """The text without what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def shown(text: str) -> str:
    """Words of a counterpart, in one row, with nothing in them that deceives the eye."""
    return visible(" ".join(text.split()))


def point(position: Position) -> str:
    """Latitude and longitude as a link has them."""
    return f"{position[0] / 1e7:.7f},{position[1] / 1e7:.7f}"


def _event(mark: Mark, now: int, stale_at: int) -> bytes:
    height_m = UNKNOWN_M if mark.height_m is None else mark.height_m
    root = ElementTree.Element(
        "event",
        {
            "version": "2.0",
            "uid": clean(mark.uid),
            "type": mark.type,
            "how": mark.how,
            "time": format_instant(now),
            "start": format_instant(now),
            "stale": format_instant(max(now, stale_at)),
        },
    )
    ElementTree.SubElement(
        root,
        "point",
        {
            "lat": f"{mark.position[0] / 1e7:.7f}",
            "lon": f"{mark.position[1] / 1e7:.7f}",
            "hae": f"{height_m:.1f}",
            "ce": f"{UNKNOWN_M if mark.error_m is None else mark.error_m:.1f}",
            "le": f"{UNKNOWN_M:.1f}",
        },
    )
    detail = f"<detail>{mark.detail}</detail></event>".encode()
    head = ElementTree.tostring(root, encoding="unicode").removesuffix("</event>").encode()
    event = b"<?xml version='1.0' encoding='UTF-8'?>" + head + detail
    assert len(event) <= COT_EVENT_SIZE_BYTES_MAX, "what is drawn is bounded"
    return event
