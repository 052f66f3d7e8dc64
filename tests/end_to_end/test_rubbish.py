"""A directory that is not as it must be: the node says what is wrong and what to do."""

import asyncio
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openline.app.compose import started
from openline.app.config import load_config
from openline.domain.errors import OurError
from tests.end_to_end.nodes import (
    Node,
    ending,
    found,
    start,
    told_by,
    told_by_process,
    wait_signing,
    wait_until,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Node, Node]:
    """Two stopped nodes with a record; to be copied, not changed."""
    alpha, bravo = found(tmp_path_factory.mktemp("sound"))
    with ending(alpha, bravo):
        start(alpha, bravo)
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


def _flip(name: str, where: bytes) -> Callable[[Path], None]:
    def flip(directory: Path) -> None:
        data = bytearray((directory / name).read_bytes())
        data[data.index(where)] ^= 0x40
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
    ("a turned bit in the store", _flip("store.sqlite", b"syria-air/out"), "store.sqlite"),
    ("an anchor of rubbish", _write("anchor", b"rubbish " * 400_000), "anchor"),
]


@pytest.mark.parametrize(
    ("spoil", "named"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_a_node_does_not_start_on_rubbish(
    alpha: Node, spoil: Callable[[Path], None], named: str
) -> None:
    """It is refused with what is wrong and what to do, and nothing is changed."""
    spoil(alpha.directory)
    store = alpha.directory / "store.sqlite"
    before = store.read_bytes()
    with pytest.raises(OurError) as refusal:
        asyncio.run(_start_here(alpha.directory))
    assert named in refusal.value.what
    assert refusal.value.remedy
    assert store.read_bytes() == before


@pytest.mark.parametrize(
    "which",
    [
        pytest.param(
            number,
            id=one[0],
            marks=[
                pytest.mark.xfail(
                    strict=True, reason="faces/cli/doctor.py does not catch StoreFailed"
                )
            ]
            if "turned bit" in one[0]
            else [],
        )
        for number, one in enumerate(REFUSED)
    ],
)
def test_the_doctor_names_what_is_wrong(alpha: Node, which: int) -> None:
    """It looks at everything, names the file, and ends with 1."""
    _, spoil, named = REFUSED[which]
    spoil(alpha.directory)
    doctor = told_by("doctor", "--dir", alpha.directory)
    assert doctor.code == 1
    assert named.partition(",")[0] in doctor.out


async def _start_here(directory: Path) -> None:
    async with started(load_config(directory), asyncio.Event()):
        pass


@pytest.mark.parametrize("which", [0, 11, 13], ids=lambda which: REFUSED[which][0])
def test_the_program_ends_at_once_with_two_rows(alpha: Node, which: int) -> None:
    """As a process: exit code 1, what is wrong, what to do, and no trace of Python."""
    _, spoil, named = REFUSED[which]
    spoil(alpha.directory)
    told = told_by_process("run", "--dir", alpha.directory)
    assert told.code == 1
    assert named in told.aside
    assert "Traceback" not in told.aside
    assert len(told.aside.splitlines()) == 2, told.aside


def test_what_is_rubbish_beside_the_record_is_left_aside(alpha: Node) -> None:
    """A card and an Understanding that cannot be read are logged; the node runs without them."""
    (alpha.directory / "cards" / "zulu.example.card").write_bytes(b"\xff\xfe rubbish")
    (alpha.directory / "lines" / "other.understanding").write_bytes(b"\xa2 rubbish")
    alpha.start()
    for name in ("zulu.example.card", "other.understanding"):
        wait_until(lambda name=name: name in alpha.log(), f"the log names {name}")
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
        wait_signing(alpha, bravo)
        assert alpha.deliver("After the loss of the anchor.")["index"] == 21
        assert alpha.stop() == bravo.stop() == 0
    assert alpha.faults() == []
    assert (alpha.directory / "anchor").stat().st_size > 0


def test_one_directory_and_one_port_have_one_node(alpha: Node) -> None:
    """A second node in the directory, or at the port, is told so; the first one goes on."""
    [listener] = alpha.config.listeners
    with socket.create_server(("127.0.0.1", listener.port)):
        told = told_by_process("run", "--dir", alpha.directory)
        assert told.code == 1
        assert f"port {listener.port}" in told.aside
        assert "Traceback" not in told.aside
    alpha.start()
    second = told_by_process("run", "--dir", alpha.directory)
    assert second.code == 1
    assert "in use by another process" in second.aside
    assert "Traceback" not in second.aside
    assert alpha.state()["out_size"] == 21, "the first node answers"
    (alpha.directory / "openline.sock").unlink()
    assert alpha.stop() == 0
