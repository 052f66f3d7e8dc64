"""The door of the circuit stands open to bytes of any sort, and nothing falls over or hangs."""

import pytest

from openline.domain.record import cbor
from openline.domain.talk.kinds import Kind
from tests.fuzz.corpora import contents
from tests.fuzz.door import (
    GROWTH_MB_MAX,
    SLOW_MS_MAX,
    bombs,
    content,
    flood,
    frame,
    regressions,
)
from tests.properties.test_hostile_words import heard_out

WHOLE_NOTICE_MS_MAX = 500.0
"""For 32,000 positions, as many as the format lets a notice have: 70 to 100 ms here."""


def test_each_input_that_was_once_slow_is_refused_at_once() -> None:
    """Every kept input ends with a reason, in less than the time that a hang begins at."""
    for name, data in regressions():
        assert frame(data) in ("MALFORMED", "TOO_LARGE", "VERSION"), name
    told = flood(1, seed=0)
    assert told.count == 1


def test_a_flood_of_damaged_frames_ends_nothing() -> None:
    """Thousands of damaged frames raise nothing, none takes long, and no memory goes."""
    told = flood(4_000)
    assert told.count == 4_000
    assert told.slowest.ms < 4 * SLOW_MS_MAX, (told.slowest.name, told.slowest.data.hex())
    assert told.growth_mb < GROWTH_MB_MAX
    assert told.outcomes.keys() > {"MALFORMED", "BAD_SIGNATURE"}


def test_no_bomb_takes_long() -> None:
    """Bombs of encoding, text and geometry are read, or refused, before they do harm."""
    for name, took_ms in bombs():
        limit = WHOLE_NOTICE_MS_MAX if name.startswith("64 stars") else 4 * SLOW_MS_MAX
        assert took_ms < limit, name


def test_bombs_are_read_where_their_form_is_right() -> None:
    """The corpus reaches what lies behind the form: words and volumes that can be read."""
    found = {name for kind, name, data in contents() if content(kind, data)}
    assert {"Zalgo", "homoglyphs", "spiral, shape 3", "64 stars"} <= found
    assert not {"terminal escapes", "rows and tabs"} & found


@pytest.mark.parametrize("part", range(4))
def test_a_node_takes_bombs_in_as_messages(part: int) -> None:
    """What is signed and readable is stored, flagged and shown, however it looks."""
    bodies = [
        (int(kind), cbor.decode(data)[1])  # type: ignore[index, call-overload]
        for kind, name, data in contents()
        if kind in (Kind.TEXT, Kind.NOTICE) and content(kind, data) and name != "64 stars"
    ]
    heard_out([(kind, body, 0, 0, False) for kind, body in bodies[part::4]])
