"""Events that wait on the disk: in order, once, after any restart, bounded."""

from pathlib import Path

import pytest

from openline.adapters.webhook import waiting as room
from openline.adapters.webhook.waiting import Waiting
from openline.domain.errors import OurError


def test_events_come_out_in_order_and_stay_until_they_are_done(tmp_path: Path) -> None:
    """What was put in is there after a restart, under the same id, until it is done."""
    path = tmp_path / "outlets" / "hook.sqlite"
    with Waiting.open(path) as waiting:
        assert waiting.first() is None
        waiting.put([b"one", b"two"], {"syria-air": 7})
        first = waiting.first()
        waiting.put([b"three"], {"syria-air": 9, "other": 1})
    with Waiting.open(path) as waiting:
        assert waiting.first() == first
        assert (first.body, waiting.count, waiting.size_bytes) == (b"one", 3, 11)
        assert waiting.places() == {"syria-air": 9, "other": 1}
        waiting.done(first)
        second = waiting.first()
        assert (second.body, waiting.count, waiting.size_bytes) == (b"two", 2, 8)
        waiting.done(second)
        waiting.done(waiting.first())
        waiting.put([b"four"], {})
        last = waiting.first()
    assert len({first.id, second.id, last.id}) == 3, "no id comes twice"
    assert [one.number for one in (first, second, last)] == [1, 2, 4]


def test_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told when there is no more room, and when half of it is there again."""
    monkeypatch.setattr(room, "OUTLET_WAITING_MAX", 4)
    with Waiting.open(tmp_path / "hook.sqlite") as waiting:
        assert waiting.has_room
        waiting.put([b"x"] * 4, {})
        assert not waiting.has_room
        waiting.done(waiting.first())
        assert not waiting.is_half_empty
        waiting.done(waiting.first())
        assert waiting.is_half_empty
        monkeypatch.setattr(room, "OUTLET_WAITING_BYTES_MAX", 2)
        assert not waiting.has_room
        assert not waiting.is_half_empty


def test_a_spoilt_file_is_told(tmp_path: Path) -> None:
    """A file that is no such file, or a place that is none, is refused with its name."""
    path = tmp_path / "hook.sqlite"
    path.write_bytes(b"words" * 1_000)
    with pytest.raises(OurError, match=r"hook\.sqlite cannot be used"):
        Waiting.open(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(OurError, match=r"hook\.sqlite cannot be opened"):
        Waiting.open(path)
