"""The reserve: kept back while there is room, given up when the disk is full."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from openline.adapters.reserve import RESERVE_BYTES, ROOM_BYTES, Reserve


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What is free on the disk, as the test says."""
    said = {"free": ROOM_BYTES}
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(**said))
    return said


def test_room_is_kept_back_and_given_up_once(tmp_path: Path, free: dict[str, int]) -> None:
    """It is given up only on a full disk, and kept back anew when there is room."""
    reserve = Reserve(tmp_path / "reserve")
    assert reserve.fill()
    assert reserve.path.stat().st_size == RESERVE_BYTES
    assert reserve.path.stat().st_mode & 0o777 == 0o600
    assert not reserve.give_up()
    free["free"] = RESERVE_BYTES - 1
    assert reserve.fill(), "it is there already"
    assert reserve.give_up()
    assert not reserve.give_up()
    assert reserve.is_given_up
    assert not reserve.fill()
    free["free"] = ROOM_BYTES
    assert reserve.fill()
    assert not reserve.is_given_up


def test_a_disk_without_room_for_it_is_left_alone(tmp_path: Path, free: dict[str, int]) -> None:
    """Where it was never kept back nothing was given up, and errors are none of its."""
    free["free"] = ROOM_BYTES - 1
    reserve = Reserve(tmp_path / "reserve")
    assert not reserve.fill()
    assert not reserve.is_given_up
    assert not reserve.give_up()
    absent = Reserve(tmp_path / "absent" / "reserve")
    free["free"] = ROOM_BYTES
    assert not absent.fill()
    assert not absent.is_given_up
