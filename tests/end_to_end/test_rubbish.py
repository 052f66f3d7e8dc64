"""A directory that is not as it must be: the node says what is wrong and what to do."""

import contextlib
import io
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openline.faces.cli.main import run
from tests.end_to_end.nodes import (
    Node,
    ending,
    found,
    openline_process,
    wait_until,
    wait_up,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Node, Node]:
    """Two stopped nodes with a record; to be copied, not changed."""
    alpha, bravo = found(tmp_path_factory.mktemp("sound"))
    with ending(alpha, bravo):
        alpha.start()
        bravo.start()
        wait_up(alpha, bravo)
        for number in range(20):
            alpha.deliver(f"Before the trouble, {number}.")
        assert alpha.stop() == bravo.stop() == 0
    return alpha, bravo


@pytest.fixture
def alpha(made: tuple[Node, Node], tmp_path: Path) -> Iterator[Node]:
    """A copy of alpha's directory, to be spoilt."""
    directory = tmp_path / "alpha"
    shutil.copytree(made[0].directory, directory)
    node = Node(directory, made[0].party)
    with ending(node):
        yield node


def _write(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda directory: _put(directory / name, data)


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _cut(name: str, size: int) -> Callable[[Path], None]:
    def cut(directory: Path) -> None:
        data = (directory / name).read_bytes()
        assert len(data) > size
        _put(directory / name, data[:size])
        # What lies beside the store would give back what was cut off.
        for beside in directory.glob(f"{name}-*"):
            beside.unlink()

    return cut


def _flip(name: str, where: float) -> Callable[[Path], None]:
    def flip(directory: Path) -> None:
        data = bytearray((directory / name).read_bytes())
        data[int(len(data) * where)] ^= 0x40
        _put(directory / name, bytes(data))

    return flip


def _remove(name: str) -> Callable[[Path], None]:
    return lambda directory: (directory / name).unlink()


def _mode(name: str, mode: int) -> Callable[[Path], None]:
    return lambda directory: (directory / name).chmod(mode)


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def replace(directory: Path) -> None:
        text = (directory / name).read_text()
        assert old in text
        _put(directory / name, text.replace(old, new).encode())

    return replace


REFUSED: list[tuple[str, Callable[[Path], None], str]] = [
    ("a key that others may read", _mode("keys/node.key", 0o644), "node.key"),
    ("keys in an open directory", _mode("keys", 0o777), "keys"),
    ("no mirror key", _remove("keys/mirror.key"), "mirror.key"),
    ("half a key", _cut("keys/witness.key", 100), "witness.key"),
    ("a TLS file without a key", _write("keys/tls.pem", b"no key\n"), "tls.pem"),
    ("settings that are no TOML", _replace("node.toml", "party =", "party"), "node.toml, row"),
    ("a slip of the pen", _replace("node.toml", "party =", "partty ="), "partty"),
    ("settings of another party", _replace("node.toml", '"alpha.', '"charlie.'), "charlie.example"),
    ("no settings", _remove("node.toml"), "node.toml"),
    ("a store of rubbish", _write("store.sqlite", b"rubbish " * 4_000), "store.sqlite"),
    ("half a store", _cut("store.sqlite", 40_960), "store.sqlite"),
    ("a store cut within its first page", _cut("store.sqlite", 1_000), "store.sqlite"),
    ("a turned bit in the store", _flip("store.sqlite", 0.02), "store.sqlite"),
    ("an anchor of rubbish", _write("anchor", b"rubbish " * 400_000), "anchor"),
]


@pytest.mark.parametrize(
    ("spoil", "named"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_a_node_does_not_start_on_rubbish(
    alpha: Node, spoil: Callable[[Path], None], named: str
) -> None:
    """It ends at once with two rows, what is wrong and what to do, and changes nothing."""
    spoil(alpha.directory)
    store = alpha.directory / "store.sqlite"
    before = store.read_bytes()
    done = openline_process("run", "--dir", alpha.directory)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert named in done.stderr
    assert len(done.stderr.splitlines()) <= 3, done.stderr
    assert store.read_bytes() == before
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        assert run(["doctor", "--dir", str(alpha.directory)]) == 1
    assert named.partition(",")[0] in told.getvalue()


def test_what_is_rubbish_beside_the_record_is_left_aside(alpha: Node) -> None:
    """A card and an Understanding that cannot be read are logged; the node runs without them."""
    (alpha.directory / "cards" / "zulu.example.card").write_bytes(b"\xff\xfe rubbish")
    (alpha.directory / "lines" / "other.understanding").write_bytes(b"\xa2 rubbish")
    (alpha.directory / "openline.sock").write_bytes(b"")
    (alpha.directory / "openline.sock").unlink()
    alpha.start()
    assert "zulu.example.card" in alpha.log()
    assert "other.understanding" in alpha.log()
    assert alpha.state()["out_size"] == 21
    assert alpha.stop() == 0


def test_without_its_anchor_a_node_waits_for_its_counterpart(
    alpha: Node, made: tuple[Node, Node], tmp_path: Path
) -> None:
    """A missing anchor is made anew; nothing is signed until the counterpart confirms."""
    bravo = Node(tmp_path / "bravo", made[1].party)
    shutil.copytree(made[1].directory, bravo.directory)
    (alpha.directory / "anchor").unlink()
    with ending(bravo):
        alpha.start()
        assert not alpha.state()["can_sign"]
        bravo.start()
        wait_up(alpha, bravo)
        assert alpha.deliver("After the loss of the anchor.")["index"] == 21
        assert alpha.stop() == bravo.stop() == 0
    assert alpha.faults() == []
    assert (alpha.directory / "anchor").stat().st_size > 0


def test_one_directory_and_one_port_have_one_node(alpha: Node) -> None:
    """A second node in the directory, or at the port, is told so; the first one goes on."""
    [listener] = alpha.config.listeners
    with socket.create_server(("127.0.0.1", listener.port)):
        done = openline_process("run", "--dir", alpha.directory)
        assert done.returncode == 1
        assert f"port {listener.port}" in done.stderr
        assert "Traceback" not in done.stderr
    alpha.start()
    second = openline_process("run", "--dir", alpha.directory)
    assert second.returncode == 1
    assert "in use by another process" in second.stderr
    assert "Traceback" not in second.stderr
    wait_until(lambda: alpha.state()["out_size"] == 21, "the first node answers")
    (alpha.directory / "openline.sock").unlink()
    assert alpha.stop() == 0
