"""Agreed contacts as a file of a calendar: iCalendar (RFC 5545).

One event for each agreed contact, weekly where it recurs. What the parties said of it stands in
the description; the file says nothing that they did not tell each other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from openline.domain.instant import MINUTE_MS
from openline.domain.line.letters import visible

_ROW_OCTETS_MAX: Final = 75
LASTS_MS: Final = 30 * MINUTE_MS
"""How long an event is drawn: a contact has no agreed end."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One agreed contact.

    Attributes:
        identifier: Of the contact, the same in every file of it.
        begins_at: The agreed instant.
        last_at: The last instant of what recurs every week; None for one.
        said_at: When it was asked for.
        sequence: How often its times were agreed anew.
        summary: What it is about.
        description: More, in rows.
        is_called_off: Whether it will not be held.
    """

    identifier: str
    begins_at: int
    last_at: int | None
    said_at: int
    sequence: int
    summary: str
    description: str
    is_called_off: bool = False


def write_calendar(events: Sequence[CalendarEvent]) -> str:
    """The file, its rows folded at 75 octets and ended by CR LF.

    Args:
        events: In their order.
    """
    rows = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Openline//Contacts//EN", "METHOD:PUBLISH"]
    for event in events:
        rows += _rows(event)
    rows.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for row in rows for part in _folded(row))


def _rows(event: CalendarEvent) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.identifier)}"
    yield f"DTSTAMP:{_time(event.said_at)}"
    yield f"DTSTART:{_time(event.begins_at)}"
    yield f"DTEND:{_time(event.begins_at + LASTS_MS)}"
    if event.last_at is not None:
        yield f"RRULE:FREQ=WEEKLY;UNTIL={_time(event.last_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"STATUS:{'CANCELLED' if event.is_called_off else 'CONFIRMED'}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    yield "END:VEVENT"


def _text(words: str) -> str:
    """Words as a value: rows, commas, semicolons and backslashes escaped."""
    plain = "\n".join(visible(row) for row in words.splitlines())
    for letter, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(letter, escaped)
    return plain


def _folded(row: str) -> Iterator[str]:
    """A row in parts of at most 75 octets; no letter is cut."""
    part, size = "", 0
    for letter in row:
        octets = len(letter.encode())
        if size + octets > _ROW_OCTETS_MAX:
            yield part
            part, size = " ", 1
        part += letter
        size += octets
    yield part


def _time(at: int) -> str:
    return datetime.fromtimestamp(at // 1_000, UTC).strftime("%Y%m%dT%H%M%SZ")
