"""Demos that have told their story: two nodes that an officer can sit down at.

A demo is a process of its own, as `openline demo` is for whoever tries it; what it prints is
kept in a file, and the links to its two consoles are read there.
"""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.end_to_end.nodes import Failed, Node

LINE: Final = "syria-air"
TOLD_S_MAX: Final = 240
END_S_MAX: Final = 60
AHEAD: Final = 2
"""So many stories are told while officers look at another: most of the telling is waiting."""

LONGEST: Final = "busy-day"
"""It takes as long as four others, and is begun at once."""

_LINK: Final = re.compile(r"^\s*(?:\w+: )?(http\S+/sign-in#\S+)\s*$", re.MULTILINE)


@dataclass
class Demo:
    """A story that is told, or was; its nodes run until it is ended.

    Attributes:
        root: Its directory.
        process: `openline demo`.
    """

    root: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def begin(cls, story: str, root: Path) -> "Demo":
        """Begin to tell a story in a directory that is not there yet."""
        command = [sys.executable, "-m", "openline", "demo", "--story", story, "--dir", str(root)]
        with root.with_suffix(".out").open("wb") as out:
            return cls(root, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT))

    @property
    def printed(self) -> str:
        """What it has printed."""
        return self.root.with_suffix(".out").read_text(encoding="utf-8", errors="replace")

    def links(self) -> list[str]:
        """The links to both consoles, Alpha's first; returns when the story is told."""
        deadline = time.monotonic() + TOLD_S_MAX
        while len(links := _LINK.findall(self.printed)) < 2:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"the story was not told: {self.printed[-3_000:]}")
            time.sleep(0.1)
        return links

    def nodes(self) -> list[Node]:
        """Both nodes, Alpha's first."""
        return [Node(self.root / name, f"{name}.example", LINE) for name in ("alpha", "bravo")]

    def end(self) -> int:
        """End it as Control-C does; its exit code, 0 when both nodes have ended with it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=END_S_MAX)
        finally:
            self.process.kill()
        return self.process.returncode


class Demos:
    """Stories, each told once; the next ones are told while one is looked at.

    Args:
        under: The directory of their directories.
        order: In which order they will probably be wanted.
    """

    def __init__(self, under: Path, order: Sequence[str]) -> None:
        self._under = under
        self._order = [*order]
        self._begun: dict[str, Demo] = {}
        if LONGEST in self._order:
            self._begin(LONGEST)

    def tell(self, story: str) -> Demo:
        """The demo of a story; the caller ends it."""
        wanted = [story, *(one for one in self._order if one != story)][: 1 + AHEAD]
        for one in wanted:
            self._begin(one)
        self._order = [one for one in self._order if one != story]
        return self._begun.pop(story)

    def _begin(self, story: str) -> None:
        if story not in self._begun:
            self._begun[story] = Demo.begin(story, self._under / story)

    def end(self) -> None:
        """End whatever nobody looked at."""
        for demo in self._begun.values():
            demo.end()
