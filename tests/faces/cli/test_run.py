"""The verb `run` as a process: it comes up, refuses a twin, and ends cleanly."""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openline.faces.cli import run
from openline.faces.cli.faults import Exit
from tests.faces.conftest import ALPHA, Line, Run

pytestmark = pytest.mark.process

OPENLINE = [sys.executable, "-m", "openline.faces.cli.main"]


@pytest.fixture
def alpha(made_line: Line, tmp_path: Path) -> Path:
    """A node of its own, to be run."""
    shutil.copytree(made_line.alpha, tmp_path / "alpha")
    return tmp_path / "alpha"


@contextmanager
def process(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """A node as a process of its own, which has said that it is up."""
    node = subprocess.Popen(
        [*OPENLINE, "run", "--dir", str(directory), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert node.stdout is not None
        up = json.loads(node.stdout.readline())
        assert up["party"] == ALPHA
        assert Path(up["socket"]).is_socket()
        yield node
    finally:
        node.kill()
        node.communicate(timeout=20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_node_ends_cleanly_when_told(alpha: Path, number: signal.Signals, openline: Run) -> None:
    """SIGTERM and Control-C end the node with 0, and take the socket away."""
    with process(alpha) as node:
        assert openline("status", "--dir", alpha).code == 0
        node.send_signal(number)
        _, err = node.communicate(timeout=20)
        assert node.returncode == 0, err
    assert not (alpha / "openline.sock").exists()
    assert openline("status", "--dir", alpha).code == Exit.NOT_RUNNING
    log = (alpha / "openline.log").read_text()
    assert "is up" in log
    assert "has ended" in log
    assert "Traceback" not in log + err


def test_a_killed_node_comes_up_again(alpha: Path, openline: Run) -> None:
    """After kill -9 the node starts over what it left, socket and all."""
    with process(alpha) as node:
        os.kill(node.pid, signal.SIGKILL)
        node.wait(timeout=20)
    assert (alpha / "openline.sock").exists()
    with process(alpha):
        assert openline("status", "--dir", alpha).code == 0


def test_a_directory_has_one_node(alpha: Path) -> None:
    """A second node in the same directory is refused; the first goes on."""
    with process(alpha) as first:
        twin = subprocess.run(
            [*OPENLINE, "run", "--dir", str(alpha)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert twin.returncode == Exit.REFUSED
        assert len(twin.stderr.splitlines()) == 2
        assert "Traceback" not in twin.stderr
        assert first.poll() is None


def test_settings_that_are_wrong_stop_the_start(alpha: Path, openline: Run) -> None:
    """A node with a wrong setting does not start, and names file, row and key."""
    settings = alpha / "node.toml"
    settings.write_text(settings.read_text() + "\ncolour = 1\n")
    refused = openline("run", "--dir", alpha)
    assert refused.code == Exit.UNREADABLE
    assert f"{settings}, row" in refused.err


def test_a_log_that_cannot_be_written_stops_the_start(alpha: Path, openline: Run) -> None:
    """A node that could not say what it does is not run, and the file is named."""
    (alpha / "openline.log").mkdir()
    refused = openline("run", "--dir", alpha)
    assert refused.code == Exit.REFUSED
    what, remedy = refused.err.splitlines()
    assert str(alpha / "openline.log") in what
    assert remedy


def test_what_is_wrong_at_the_start_is_said_aside() -> None:
    """A warning of the log is on standard error too, without control characters."""
    said: list[str] = []
    aside = run._Aside(logging.WARNING)
    logger = logging.getLogger("openline.test")
    logger.addHandler(aside)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run, "say_aside", said.append)
            logger.warning("%s: not taken in", "lines/x.understanding")
            logger.info("nothing to see")
    finally:
        logger.removeHandler(aside)
    assert said == ["WARNING: lines/x.understanding: not taken in"]
