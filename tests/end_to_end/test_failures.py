"""A full disk, a disk that cannot be written, a frozen process, an orderly end."""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.domain.errors import OurError
from tests.end_to_end.load import talking
from tests.end_to_end.nodes import (
    Node,
    ending,
    found,
    running,
    told_by,
    told_by_process,
    wait_signing,
    wait_until,
    wait_up,
)

ROOM_BYTES = 3 * 1024 * 1024
DISK_BYTES = 64 * 1024 * 1024
"""Room enough for a node to keep some of it back."""

LONG = "A long report. " * 600
"""Some nine kilobytes: the disk is soon full."""


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Node, Node]:
    """Two nodes that do not run yet."""
    alpha, bravo = found(tmp_path)
    return alpha, bravo


def _small_files() -> None:
    """Let the process that is to be started write no file above a size."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, ROOM_BYTES))


@contextlib.contextmanager
def _small_disk(directory: Path, size_bytes: int = ROOM_BYTES) -> Iterator[bool]:
    """Move a directory onto a small disk in memory, and back; whether that is allowed here."""
    aside = directory.with_name(f"{directory.name}-aside")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(directory)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode != 0:
        yield False
        return
    subprocess.run(["umount", str(directory)], check=True)
    shutil.copytree(directory, aside)
    subprocess.run(mount, check=True)
    try:
        shutil.copytree(aside, directory, dirs_exist_ok=True)
        yield True
    finally:
        shutil.rmtree(aside)
        shutil.copytree(directory, aside)
        subprocess.run(["umount", str(directory)], check=True)
        shutil.rmtree(directory)
        aside.rename(directory)


def _talk_until_it_ends(node: Node) -> dict[int, str]:
    """Say long texts until the node refuses or is gone; what it said is recorded."""
    recorded: dict[int, str] = {}
    for number in range(2_000):
        text = f"{number}: {LONG}"
        try:
            recorded[node.say(text)["index"]] = text
        except OurError:
            return recorded
    raise AssertionError("the disk was never full")


def _assert_ended_in_order(node: Node) -> None:
    """The process has ended by itself, with a reason in words and no trace of Python."""
    assert node.ended() not in (0, -signal.SIGKILL)
    told = node.aside()
    assert "store" in told or "anchor" in told, told
    assert "Traceback" not in told
    assert node.party in node.log() or "store" in node.log()


def _assert_nothing_is_lost(alpha: Node, bravo: Node, recorded: dict[int, str]) -> None:
    """With room again the node starts, holds all it acknowledged, and delivers it."""
    alpha.start()
    wait_signing(alpha, bravo)
    for index, text in list(recorded.items())[-5:]:
        assert alpha.message(alpha.party, index)["body"]["text"] == text
    after = alpha.deliver("There is room again.")
    assert after["index"] > max(recorded)
    assert bravo.message(alpha.party, max(recorded))["body"]["text"] == recorded[max(recorded)]
    assert [node.stop() for node in (alpha, bravo)] == [0, 0]
    assert alpha.faults() == bravo.faults() == []
    origin = f"{alpha.party}/{alpha.line}/out"
    assert alpha.entries(origin) == bravo.entries(origin)


def test_a_full_disk_ends_the_node_and_loses_nothing(pair: tuple[Node, Node]) -> None:
    """When a write fails the node ends with a clear word; all it acknowledged is there after.

    Without the right to mount a disk, a bound on the size of files takes its place.
    """
    alpha, bravo = pair
    with ending(*pair):
        bravo.spawn()
        with _small_disk(alpha.directory) as is_small:
            alpha.start(limits=None if is_small else _small_files)
            bravo.wait_up()
            wait_signing(*pair)
            recorded = _talk_until_it_ends(alpha)
            _assert_ended_in_order(alpha)
            assert len(recorded) > 20
            if is_small:
                doctor = told_by("doctor", "--dir", alpha.directory)
                assert doctor.code == 1
                assert "a full disk stops the node" in doctor.out
        _assert_nothing_is_lost(alpha, bravo, recorded)


def test_a_full_disk_leaves_room_for_a_flash(pair: tuple[Node, Node]) -> None:
    """The node gives up its reserve, ends, and takes nothing but FLASH until there is room."""
    alpha, bravo = pair
    with ending(*pair), _small_disk(alpha.directory, DISK_BYTES) as is_small:
        if not is_small:
            pytest.skip("NOT TESTED: a small disk needs root and mount.")
        bravo.spawn()
        alpha.start()
        bravo.wait_up()
        wait_signing(*pair)
        filler = alpha.directory / ".filler"
        with filler.open("wb") as file, contextlib.suppress(OSError):
            while shutil.disk_usage(alpha.directory).free > 200_000:
                file.write(bytes(65_536))
                file.flush()
        _talk_until_it_ends(alpha)
        _assert_ended_in_order(alpha)
        assert (alpha.directory / "reserve").stat().st_size == 0
        alpha.start()
        wait_signing(*pair)
        with pytest.raises(OurError, match="only FLASH is taken"):
            alpha.say("Not urgent.")
        alpha.deliver("Urgent.", precedence="FLASH")
        filler.unlink()
        alpha.deliver("There is room again.")
        assert (alpha.directory / "reserve").stat().st_size > 0
        assert [node.stop() for node in pair] == [0, 0]


def test_a_disk_that_cannot_be_written_is_refused_at_start(pair: tuple[Node, Node]) -> None:
    """A node on a read-only disk does not start, and says which file it needs to write."""
    alpha, _ = pair
    with ending(alpha):
        alpha.start("--own-copy-is-current")
        alpha.stop()
        with _small_disk(alpha.directory, DISK_BYTES) as is_small:
            if not is_small:
                pytest.skip("NOT TESTED: a read-only disk needs root and mount.")
            remount = ["mount", "-o", "remount,ro", str(alpha.directory)]
            subprocess.run(remount, check=True)
            told = told_by_process("run", "--dir", alpha.directory)
            subprocess.run([*remount[:2], "remount,rw", str(alpha.directory)], check=True)
        assert told.code == 1
        assert "Traceback" not in told.aside
        assert str(alpha.directory) in told.aside


def test_a_frozen_node_is_noticed_and_catches_up(pair: tuple[Node, Node]) -> None:
    """While a process stands still its counterpart shows the line as LOST; then all arrives."""
    alpha, bravo = pair
    with running(*pair):
        before = alpha.deliver("Before.")
        alpha.send_signal(signal.SIGSTOP)
        try:
            wait_until(lambda: bravo.state()["observed"] == "LOST", "bravo notices")
            assert bravo.state()["displayed"]["word"] != "ACTIVE"
            said = bravo.say(
                "While you stood still.", precedence="FLASH", wait="delivered", timeout_ms=300
            )
            assert not said["is_delivered"]
        finally:
            alpha.send_signal(signal.SIGCONT)
        wait_until(lambda: alpha.message(bravo.party, said["index"]), "the FLASH arrives")
        assert alpha.deliver("After.")["index"] == before["index"] + 1
        # Many short ones, under load: everything is said and received once.
        with talking(*pair, officers=1) as shown:
            for number in range(8):
                node = pair[number % 2]
                node.send_signal(signal.SIGSTOP)
                time.sleep(0.2)
                node.send_signal(signal.SIGCONT)
                time.sleep(0.1)
        wait_up(alpha)
        assert all(one.delivered and not one.twice for one in shown.values())
        assert [node.stop() for node in pair] == [0, 0]
    assert alpha.faults() == bravo.faults() == []


def test_a_signal_ends_a_node_in_order(pair: tuple[Node, Node]) -> None:
    """Under load, with readers of the event stream and of receipts, it ends by itself with 0."""
    alpha, _ = pair
    with running(*pair):
        for number in (signal.SIGTERM, signal.SIGINT):
            ended = threading.Event()
            reader = threading.Thread(target=_read_events, args=(alpha, ended))
            reader.start()
            with talking(*pair, officers=1) as shown:
                wait_until(lambda shown=shown: shown[alpha.party].delivered, "alpha talks")
                alpha.send_signal(number)
                assert alpha.ended() == 0
            assert ended.wait(10), "the stream ended with the node"
            reader.join()
            assert not (alpha.directory / "openline.sock").exists()
            assert "Traceback" not in alpha.log() + alpha.aside()
            assert alpha.log().count("has ended") == 1 + (number == signal.SIGINT)
            assert alpha.faults() == []
            said = alpha.entries(f"{alpha.party}/{alpha.line}/out")
            assert len(said) > max(shown[alpha.party].recorded)
            alpha.start()
            wait_signing(*pair)
        _nobody_waits_in_vain(*pair)


def _nobody_waits_in_vain(alpha: Node, bravo: Node) -> None:
    """Who waits for a receipt when the node ends is told at once that there is none yet."""
    bravo.stop()
    answers: list[dict[str, object]] = []
    size = alpha.state()["out_size"]
    waiting = threading.Thread(
        target=lambda: answers.append(
            alpha.say("Nobody hears this.", wait="delivered", timeout_ms=60_000)
        )
    )
    waiting.start()
    wait_until(lambda: alpha.state()["out_size"] == size + 1, "it is recorded")
    assert alpha.stop() == 0
    waiting.join(10)
    assert [said["is_delivered"] for said in answers] == [False]
    assert "Traceback" not in alpha.log() + alpha.aside()


def _read_events(node: Node, ended: threading.Event) -> None:
    with contextlib.suppress(OurError, OSError):
        for _ in node.client(30).events():
            pass
    ended.set()


def test_a_signal_during_the_start_ends_a_node(pair: tuple[Node, Node]) -> None:
    """Asked to end before it is up, a node ends; nothing stays behind that hinders the next."""
    alpha, _ = pair
    with ending(alpha):
        for delay_s in (0.1, 0.7):
            alpha.spawn()
            time.sleep(delay_s)
            alpha.send_signal(signal.SIGTERM)
            assert alpha.ended() in (0, -signal.SIGTERM)
        alpha.start()
        assert alpha.stop() == 0
        assert os.listdir(alpha.directory / "keys")
