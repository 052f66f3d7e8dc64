"""Small files of our own: private, durable, never written over."""

import os
from pathlib import Path

import pytest

from openline.adapters.disk import make_private_file, sync_directory


def test_a_file_is_for_its_owner_whatever_the_umask(tmp_path: Path) -> None:
    """A new file has mode 0600 also where the umask would allow more."""
    before = os.umask(0)
    try:
        make_private_file(tmp_path / "file", b"data")
    finally:
        os.umask(before)
    assert (tmp_path / "file").read_bytes() == b"data"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_an_existing_file_stays_as_it_is(tmp_path: Path) -> None:
    """A file of that name is neither overwritten nor removed."""
    (tmp_path / "file").write_bytes(b"before")
    with pytest.raises(FileExistsError):
        make_private_file(tmp_path / "file", b"data")
    assert (tmp_path / "file").read_bytes() == b"before"


def test_a_file_has_its_name_only_when_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until its bytes are on the disk there is no file of that name, and a fault leaves none."""
    seen: list[bool] = []

    def fail(descriptor: int) -> None:
        seen.append((tmp_path / "file").exists())
        raise OSError(5, "the disk failed")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="the disk failed"):
        make_private_file(tmp_path / "file", b"data")
    assert seen == [False]
    assert list(tmp_path.iterdir()) == []


def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    """What cannot be made durable is not passed over in silence."""
    with pytest.raises(FileNotFoundError):
        make_private_file(tmp_path / "absent" / "file", b"data")
    with pytest.raises(FileNotFoundError):
        sync_directory(tmp_path / "absent")
