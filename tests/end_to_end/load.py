"""Officers who keep talking: load on a node, and what each of them was shown.

An officer says one text after the other and waits for each receipt. What the
node answered is kept, so that a test can hold it against what is stored later.
A node that is down is asked again; that is what officers do.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from openline.domain.errors import OurError
from tests.end_to_end.nodes import Node

PATIENCE_MS = 500
"""How long an officer waits for a receipt before saying the next thing."""


@dataclass
class Shown:
    """What officers at one node were shown.

    Attributes:
        recorded: Text by index, of everything that the node said is on its disk.
        delivered: Indexes of what it showed as delivered.
        refused: How often it did not answer, or refused.
        twice: Indexes that it gave to two different texts.
        just_answered: Set with each answer.
    """

    recorded: dict[int, str] = field(default_factory=dict)
    delivered: set[int] = field(default_factory=set)
    refused: int = 0
    twice: list[int] = field(default_factory=list)
    just_answered: threading.Event = field(default_factory=threading.Event)

    def note(self, index: int, text: str, *, is_delivered: bool) -> None:
        """Keep one answer of the node."""
        if self.recorded.setdefault(index, text) != text:
            self.twice.append(index)
        if is_delivered:
            self.delivered.add(index)
        self.just_answered.set()


def _talk(
    node: Node, number: int, shown: Shown, lock: threading.Lock, end: threading.Event
) -> None:
    said = 0
    while not end.is_set():
        text = f"{node.name} officer {number}, sentence {said}."
        said += 1
        try:
            answer = node.say(text, wait="delivered", timeout_ms=PATIENCE_MS)
        except OurError:
            shown.refused += 1
            end.wait(0.05)
            continue
        with lock:
            shown.note(answer["index"], text, is_delivered=answer["is_delivered"])


@contextlib.contextmanager
def talking(*nodes: Node, officers: int = 2) -> Iterator[dict[str, Shown]]:
    """Officers talk at each node until the block ends; what they were shown, by party."""
    end, lock = threading.Event(), threading.Lock()
    found = {node.party: Shown() for node in nodes}
    threads = [
        threading.Thread(target=_talk, args=(node, number, found[node.party], lock, end))
        for node in nodes
        for number in range(officers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        end.set()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads), "an officer hangs"
