"""Agreed contacts as iCalendar: rows, folding, escapes, recurrence."""

from openline.adapters.calendar_files import CalendarEvent, write_calendar
from openline.domain.instant import parse_instant

AT = parse_instant("2026-04-15T10:00:00Z")
WEEK = 7 * 86_400_000


def rows(*events: CalendarEvent) -> list[str]:
    """The rows of a calendar, unfolded."""
    text = write_calendar(events)
    assert all(len(row.encode()) <= 75 for row in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")


def test_an_event_has_its_times_and_words():
    """An agreed contact is one confirmed event; commas, rows and backslashes are escaped."""
    found = rows(CalendarEvent("A-1@x", AT, None, AT - WEEK, 0, "Patrols; north, east", "a\\b\nc"))
    assert found[0] == "BEGIN:VCALENDAR"
    assert found[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART:20260415T100000Z" in found
    assert "DTEND:20260415T103000Z" in found
    assert "DTSTAMP:20260408T100000Z" in found
    assert "SUMMARY:Patrols\\; north\\, east" in found
    assert "DESCRIPTION:a\\\\b\\nc" in found
    assert "STATUS:CONFIRMED" in found


def test_what_recurs_and_what_is_called_off():
    """A weekly contact recurs until its last instant; one that is called off is cancelled."""
    found = rows(CalendarEvent("A-1@x", AT, AT + 3 * WEEK, AT, 2, "X", "", is_called_off=True))
    assert "RRULE:FREQ=WEEKLY;UNTIL=20260506T100000Z" in found
    assert "STATUS:CANCELLED" in found
    assert "SEQUENCE:2" in found


def test_long_and_hostile_words_are_folded():
    """Long words of any alphabet are folded without cutting a letter, controls made visible."""
    words = "Северо-восток " * 40 + "\x00\u202e"
    [summary] = [
        row for row in rows(CalendarEvent("x", AT, None, AT, 0, words, "")) if "SUMM" in row
    ]
    assert summary.count("Северо-восток") == 40
    assert "\x00" not in summary
    assert rows() == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Openline//Contacts//EN",
                      "METHOD:PUBLISH", "END:VCALENDAR", ""]  # fmt: skip
