"""Tests of alerts about tracks: one event is one alert."""

from dataclasses import replace

import pytest

from openline.domain.limits import AIR_ALERTS_ENDED_KEPT, AIR_ALERTS_MAX
from openline.domain.party import Precedence
from openline.domain.space.track_alert import (
    CLEARS_MS,
    RETURNS_MS,
    AlertBook,
    AlertKind,
    Noticed,
    Phase,
)

AHEAD = Noticed(
    AlertKind.ENTRY, "syria-air", "icao:1", "a~N-1", Phase.AHEAD, Precedence.PRIORITY, {"x": 1}
)
NOW = replace(AHEAD, phase=Phase.NOW, precedence=Precedence.IMMEDIATE)


def test_what_will_be_opens_when_it_was_noticed_twice():
    """One look ahead opens nothing, two in a row do, and two apart do not."""
    book = AlertBook()
    assert book.take([AHEAD], 0) == []
    assert book.take([], 1_000) == []
    assert book.take([AHEAD], 2_000) == []
    (alert,) = book.take([AHEAD], 3_000)
    assert alert.opened_at == 3_000
    assert alert.to_json()["phase"] == "AHEAD"
    assert book.take([AHEAD], 4_000) == []


def test_what_is_so_opens_at_once():
    """What is so already opens with the first look."""
    (alert,) = AlertBook().take([NOW], 5)
    assert alert.id == "ENTRY/syria-air/icao:1/a~N-1/5"


def test_an_alert_gets_worse_and_never_better():
    """The same alert tells that what was ahead is so, and does not take it back."""
    book = AlertBook()
    book.take([AHEAD], 0)
    (alert,) = book.take([AHEAD], 1_000)
    assert book.take([NOW], 2_000) == [alert]
    assert (alert.noticed.phase, alert.noticed.precedence) == (Phase.NOW, Precedence.IMMEDIATE)
    assert book.take([AHEAD], 3_000) == []
    assert alert.noticed.phase is Phase.NOW


def test_a_track_that_flutters_at_an_edge_is_one_alert():
    """What is noticed every few seconds for ten minutes is one alert."""
    book = AlertBook()
    changed = [
        alert
        for second in range(600)
        for alert in book.take([NOW] if second % 15 == 0 else [], second * 1_000)
    ]
    assert len(changed) == 1
    assert len(book.standing()) == 1


def test_an_alert_ends_after_a_time_and_may_return():
    """What is gone for long enough ends; back soon it is the same event, back late another."""
    book = AlertBook()
    (alert,) = book.take([NOW], 0)
    assert book.take([], CLEARS_MS - 1) == []
    assert book.take([], CLEARS_MS) == [alert]
    assert (alert.over_at, book.standing(), book.ended()) == (CLEARS_MS, [], [alert])
    assert book.take([NOW], CLEARS_MS + 1_000) == [alert]
    assert alert.over_at is None
    book.take([], 2 * CLEARS_MS + 1_000)
    (other,) = book.take([NOW], 2 * CLEARS_MS + RETURNS_MS + 2_000)
    assert other.id != alert.id


def test_alerts_stand_loudest_and_oldest_first():
    """The loudest alert is listed first, among equally loud ones the oldest."""
    book = AlertBook()
    for number, precedence in enumerate((Precedence.ROUTINE, Precedence.FLASH, Precedence.FLASH)):
        book.take([replace(NOW, track=f"icao:{number}", precedence=precedence)], number)
    assert [one.noticed.track for one in book.standing()] == ["icao:1", "icao:2", "icao:0"]


def test_a_flood_of_events_is_bounded_and_counted():
    """Of a flood of events so many stand as may, and the others are counted."""
    book = AlertBook()
    many = [replace(NOW, track=f"icao:{number}") for number in range(AIR_ALERTS_MAX + 7)]
    assert len(book.take(many, 0)) == AIR_ALERTS_MAX
    assert book.unlisted == 7
    for turn in range(3):
        start = (turn + 1) * (RETURNS_MS + CLEARS_MS)
        book.take([], start)
        book.take([replace(one, about=str(turn)) for one in many], start)
    assert len(book.ended()) <= AIR_ALERTS_ENDED_KEPT


@pytest.mark.parametrize("kind", list(AlertKind))
def test_events_of_different_kinds_are_different_alerts(kind):
    """Each kind of event about one track and one place is an alert of its own."""
    book = AlertBook()
    book.take([NOW], 0)
    opened = book.take([NOW, replace(NOW, kind=kind)], 1)
    assert len(opened) == (0 if kind is AlertKind.ENTRY else 1)
