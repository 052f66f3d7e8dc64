"""The five minutes of the README, done word for word in an empty directory.

The blocks of shell in README.md are given to one shell, one after the other, as
a reader copies them. Only the two ports differ: others may use those that are
printed. Where the README says that both nodes are up, it is waited for.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.nodes import Failed, Node, wait_until
from tests.ports import free_ports

PRINTED_PORTS = ("7101", "7102")
BLOCK_S_MAX = 60.0
"""For one block on a busy machine: never asserted as a speed."""


def blocks(repository: Path) -> list[str]:
    """What the README gives a reader to type, block by block."""
    text = (repository / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@dataclass
class Shell:
    """One shell that a reader types into.

    Attributes:
        process: The shell; a command that fails ends it.
        output: The file with everything it and its programs print.
    """

    process: subprocess.Popen[str]
    output: Path
    count: int = 0

    def type(self, block: str) -> str:
        """Give it a block; what was printed meanwhile.

        Raises:
            Failed: A command failed, or the block does not end.
        """
        assert self.process.stdin is not None
        self.count += 1
        mark = f"-- block {self.count} is done --\n"
        before = len(self.said())
        self.process.stdin.write(f"{block}\nprintf '%s' '{mark}'\n")
        self.process.stdin.flush()
        deadline = time.monotonic() + BLOCK_S_MAX
        while mark not in (said := self.said()[before:]):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"this block did not end well:\n{block}\n{said}")
            time.sleep(0.02)
        return said.replace(mark, "")

    def said(self) -> str:
        """Everything that was printed so far."""
        return self.output.read_text(encoding="utf-8")


@contextmanager
def shell(directory: Path) -> Iterator[Shell]:
    """A shell in a directory; it and what it has started are ended with the block."""
    output = directory.parent / "said.txt"
    with output.open("w") as file:
        process = subprocess.Popen(
            ["bash", "--norc", "-e", "-u", "-s"],
            cwd=directory,
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    assert process.stdin is not None
    try:
        # Where a command fails the shell ends, and takes with it what it has started.
        process.stdin.write("trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n")
        yield Shell(process, output)
        process.stdin.write("wait\n")
        process.stdin.close()
        process.wait(BLOCK_S_MAX)
    finally:
        if process.poll() is None:  # Only then is the group's number surely still its own.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdin.close()


def make_clone(repository: Path, directory: Path) -> Path:
    """What a reader has after `make demo` in a fresh clone."""
    directory.mkdir()
    shutil.copytree(repository / "examples", directory / "examples")
    (directory / ".venv").symlink_to(sys.prefix)
    return directory


def test_five_minutes_lead_from_nothing_to_a_notice_answered_and_proven(
    repository: Path, tmp_path: Path
) -> None:
    """Every command of the README succeeds in its order, and says what the README promises."""
    clone = make_clone(repository, tmp_path / "openline")
    ports = dict(zip(PRINTED_PORTS, map(str, free_ports(2)), strict=True))
    said = ""
    with shell(clone) as reader:
        for block in blocks(repository):
            for printed, free in ports.items():
                block = block.replace(printed, free)
            said += reader.type(block)
            if "openline run" in block:
                for party in ("alpha", "bravo"):
                    node = Node(tmp_path / "line" / party, f"{party}.example")
                    wait_until(lambda node=node: node.state()["can_sign"], f"{party} is up")
    assert said.count("Verdict: PROVEN") == 3
    assert "CONFLICT OPEN: alpha.example ALPHA-N-0001" in said
    assert re.search(r"ALPHA-0001 .* delivered 1, read 1, read back 2?.*answered QUERIED", said)
    assert sorted(path.name for path in clone.iterdir()) == [".venv", "examples"]
