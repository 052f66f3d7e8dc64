"""Captures of public pages go into the journal, and a silent source is an alarm of the line."""

import hashlib

from openline.domain.record import cbor
from openline.engine.commands import NoteCapture, TellSource
from openline.engine.journal import Happened
from tests.engine.copies import rows_of
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import START, standing

CAPTURE = cbor.encode([1, START, "https://m.example/7", 200, [], "FIRST", b"", b"", ""])
ADDRESS = "https://m.example/feed"


def test_a_capture_is_a_row_that_tells_nobody_what_it_is() -> None:
    """The row has a salted hash, the capture stands beside it, and a restart keeps both."""
    region = standing(make_parties())
    told = region.ask(ALPHA, NoteCapture(LINE, CAPTURE))
    again = region.ask(ALPHA, NoteCapture(LINE, CAPTURE))
    assert told["line"] == LINE
    region.restart(ALPHA)
    every = rows_of(region.line_of(ALPHA))
    rows = [row for row in every if row.happened is Happened.CAPTURED]
    assert [row.content for row in rows] == [CAPTURE, CAPTURE]
    for row in rows:
        salt, digest = row.rest
        assert isinstance(salt, bytes)
        assert digest == hashlib.sha256(salt + CAPTURE).digest()
    assert rows[0].rest != rows[1].rest
    assert again["row"] > told["row"]


def test_a_silent_source_is_an_alarm_until_it_is_heard() -> None:
    """The alarm names the source and since when; it is over when the source gives a text."""
    region = standing(make_parties())
    region.ask(ALPHA, TellSource(LINE, "their-ministry", ADDRESS, START))
    region.ask(ALPHA, TellSource(LINE, "their-ministry", ADDRESS, START))
    [alarm] = region.line_of(ALPHA).view.alarms()
    assert (alarm["name"], alarm["precedence"]) == ("SOURCE_SILENT", "PRIORITY")
    assert alarm["facts"] == {"name": "their-ministry", "address": ADDRESS, "since": START}
    region.ask(ALPHA, TellSource(LINE, "their-ministry", ADDRESS, None))
    [over] = region.line_of(ALPHA).view.alarms()
    assert over["over_at"] is not None
    assert region.line_of(BRAVO).view.alarms() == []
