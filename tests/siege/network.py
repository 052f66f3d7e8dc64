"""Two nodes with proxies between them, and a look at how soon each leaves UP."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openline.domain.errors import OurError
from tests.end_to_end.nodes import (
    TICK_MS,
    Node,
    Place,
    found,
    is_up,
    running,
    wait_until,
)
from tests.end_to_end.proxy import Mode, Proxy, Way, proxies
from tests.ports import free_ports
from tests.trial.measured import Measured

LOOK_S = 0.05


@dataclass
class Stream:
    """What came on the stream of events of a node.

    Attributes:
        count: Events and signs of life.
    """

    count: int = 0


@dataclass
class Between:
    """Two running nodes and what stands between them.

    Attributes:
        alpha: One node.
        bravo: The other.
        to_alpha: Through which bravo dials alpha.
        to_bravo: Through which alpha dials bravo.
    """

    alpha: Node
    bravo: Node
    to_alpha: Proxy
    to_bravo: Proxy

    @property
    def nodes(self) -> tuple[Node, Node]:
        """Both."""
        return self.alpha, self.bravo

    # What is done to them.

    def both(self, mode: Mode) -> None:
        """Behave so in both directions of both connections."""
        for proxy in (self.to_alpha, self.to_bravo):
            proxy.mode = mode

    def cut_one_way(self, mode: Mode) -> None:
        """Behave so with what goes from alpha to bravo, whoever has dialled."""
        self.to_bravo.turn(Way.THERE, mode)
        self.to_alpha.turn(Way.BACK, mode)

    def delay(self, delay_s: float) -> None:
        """Hold every piece for so long, each way; for some ticks."""
        for proxy in (self.to_alpha, self.to_bravo):
            proxy.delay_s = delay_s
        time.sleep(2 * TICK_MS / 1_000)

    def flap(self, mode: Mode) -> None:
        """Behave so for some moments, three times."""
        for _ in range(3):
            self.both(mode)
            time.sleep(0.1)
            self.both(Mode.PASS)
            time.sleep(0.3)

    def heal(self) -> None:
        """Let everything pass."""
        self.both(Mode.PASS)
        for proxy in (self.to_alpha, self.to_bravo):
            proxy.delay_s = 0.0

    @contextlib.contextmanager
    def frozen(self, node: Node) -> Iterator[None]:
        """The process of a node stands still."""
        node.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            node.send_signal(signal.SIGCONT)

    def freeze(self, node: Node, for_s: float) -> None:
        """Let the process of a node stand still for so long."""
        with self.frozen(node):
            time.sleep(for_s)

    # What is seen of them.

    def is_whole(self) -> bool:
        """Whether both may sign and have proven the line both ways."""
        return all(map(is_up, self.nodes))

    def check_all_arrived(self) -> None:
        """Wait until each holds all that the other said, and has its receipt."""
        for node, other in (self.nodes, self.nodes[::-1]):
            wait_until(
                lambda node=node, other=other: (  # type: ignore[misc]
                    node.counterpart(other.party)["not_receipted"] == 0
                    and other.state()["held"][node.party] == node.state()["out_size"]
                ),
                f"all that {node.party} said is receipted",
            )

    @contextlib.contextmanager
    def words(self) -> Iterator[dict[str, list[tuple[float, str]]]]:
        """What each node observes of the line, and since when, while the block lasts."""
        seen: dict[str, list[tuple[float, str]]] = {node.party: [] for node in self.nodes}
        end = threading.Event()
        looking = [
            threading.Thread(target=_look, args=(node, seen[node.party], end))
            for node in self.nodes
        ]
        for thread in looking:
            thread.start()
        try:
            yield seen
        finally:
            end.set()
            for thread in looking:
                thread.join(30)

    @staticmethod
    def are_all_out(words: dict[str, list[tuple[float, str]]]) -> bool:
        """Whether every node has left UP."""
        return all(seen and seen[-1][1] != "UP" for seen in words.values())

    @contextlib.contextmanager
    def stream(self, node: Node) -> Iterator[Stream]:
        """The stream of events of a node, read while the block lasts."""
        stream, end = Stream(), threading.Event()
        reading = threading.Thread(target=_read, args=(node, stream, end), daemon=True)
        reading.start()
        try:
            yield stream
        finally:
            end.set()


def _look(node: Node, seen: list[tuple[float, str]], end: threading.Event) -> None:
    while not end.wait(LOOK_S):
        with contextlib.suppress(OurError):
            state = str(node.client(1.0).get("/lines")["lines"][0]["observed"])
            if not seen or seen[-1][1] != state:
                seen.append((time.monotonic(), state))


def _read(node: Node, stream: Stream, end: threading.Event) -> None:
    with contextlib.suppress(OurError, OSError):
        for _ in node.client(60).events():
            stream.count += 1
            if end.is_set():
                return


@contextlib.contextmanager
def between_two(directory: Path) -> Iterator[Between]:
    """Two running nodes with one circuit; each dials the other through a proxy."""
    ports = free_ports(2)
    with proxies(*ports) as (to_alpha, to_bravo):
        places = {
            "alpha": Place({"primary": ports[0]}, {"primary": to_alpha.port}),
            "bravo": Place({"primary": ports[1]}, {"primary": to_bravo.port}),
        }
        alpha, bravo = found(directory, "alpha", "bravo", places=places)
        with running(alpha, bravo):
            between = Between(alpha, bravo, to_alpha, to_bravo)
            wait_until(between.is_whole, "the line is up")
            yield between


def measure(directory: Path) -> list[Measured]:
    """How many intervals pass until both sides have left UP, for each way of cutting."""
    numbers = []
    with between_two(directory) as between:
        for name, mode, is_one_way in (
            ("one way stalls", Mode.STALL, True),
            ("one way is swallowed", Mode.SWALLOW, True),
            ("both ways are swallowed", Mode.SWALLOW, False),
            ("who was dialled is gone", Mode.HALF_OPEN, False),
        ):
            with between.words() as words:
                wait_until(lambda: all(words.values()), "both are looked at")
                began = time.monotonic()
                (between.cut_one_way if is_one_way else between.both)(mode)
                wait_until(lambda: between.are_all_out(words), "both have left UP")
            last = max(seen[-1][0] for seen in words.values())
            intervals = (last - began) * 1_000 / TICK_MS
            numbers.append(
                Measured("R7", f"until both have left UP: {name}", intervals, "intervals", 3.5)
            )
            between.heal()
            wait_until(between.is_whole, "the line is whole again")
        numbers.append(_frozen(between))
    return numbers


def _frozen(between: Between) -> Measured:
    bravo = between.bravo.party
    with between.words() as words:
        wait_until(lambda: words[bravo], "bravo is looked at")
        began = time.monotonic()
        with between.frozen(between.alpha):
            wait_until(lambda: words[bravo][-1][1] != "UP", "bravo has left UP")
    intervals = (words[bravo][-1][0] - began) * 1_000 / TICK_MS
    return Measured(
        "R8", "until a frozen node is not UP at its counterpart", intervals, "intervals", 3.5
    )
