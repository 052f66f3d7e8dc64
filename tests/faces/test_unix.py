"""The socket: open to its owner alone, never stolen, never left in the way."""

import os
import stat
from pathlib import Path

import pytest

from openline.domain.errors import OurError
from openline.faces import unix


def test_only_its_owner_may_open_the_socket(tmp_path: Path) -> None:
    """The socket is readable and writable by its owner and by nobody else."""
    path = tmp_path / "s"
    before = os.umask(0)
    try:
        with unix.listen(path):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_a_second_node_is_refused(tmp_path: Path) -> None:
    """Where a node answers, another one may not listen."""
    path = tmp_path / "s"
    with unix.listen(path):
        assert unix.is_answered(path)
        with pytest.raises(OurError, match="Another node answers"):
            unix.listen(path)


def test_what_a_killed_node_left_is_replaced(tmp_path: Path) -> None:
    """A socket that nobody answers at is removed and made anew."""
    path = tmp_path / "s"
    unix.listen(path).close()
    assert path.is_socket()
    assert not unix.is_answered(path)
    with unix.listen(path):
        assert unix.is_answered(path)


def test_a_file_in_the_way_is_kept(tmp_path: Path) -> None:
    """What is no socket is never removed."""
    path = tmp_path / "s"
    path.write_text("mine")
    with pytest.raises(OurError, match="in the way"):
        unix.listen(path)
    assert path.read_text() == "mine"


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A socket that cannot be made is an error that names the place."""
    with pytest.raises(OurError, match="absent"):
        unix.listen(tmp_path / "absent" / "s")


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="long paths need /proc")
def test_a_long_path_is_reached(tmp_path: Path) -> None:
    """A path beyond what the system's address holds works all the same."""
    directory = tmp_path / ("d" * 120)
    directory.mkdir()
    path = directory / "s"
    with unix.listen(path) as listener:
        with unix.connect(path, timeout_s=1) as connection:
            connection.sendall(b"x")
            listener.setblocking(True)
            accepted, _ = listener.accept()
            with accepted:
                assert accepted.recv(1) == b"x"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nobody_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    """Connecting where nothing listens raises what the system says."""
    with pytest.raises(OSError):  # noqa: PT011 - which one, the system decides.
        unix.connect(tmp_path / "s", timeout_s=1)
