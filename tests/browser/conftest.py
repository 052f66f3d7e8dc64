"""Two real nodes with consoles, and a real Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.desk import (
    OFFICERS,
    OPTIONS,
    Desk,
    add_person,
    chromium,
    open_port,
    reach_by_loopback,
)
from tests.end_to_end.nodes import Node, found, running, wait_up
from tests.ports import free_ports

Opens = Callable[..., Desk]

IMPOLITE: Final = Path(__file__).with_name("impolite.py")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless.

    Of one module only: its driver has a loop that runs for as long as it is there, beside
    which no other test could run one of its own.
    """
    path = chromium()
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def consoles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    """Two running nodes with officers' ports; tests share their record.

    Bravo's node lets its officers write what an honest one refuses.
    """
    chromium()  # Without it there is nothing to look at.
    nodes = found(tmp_path_factory.mktemp("consoles"))
    nodes[1].program = (str(IMPOLITE),)
    for node, port in zip(nodes, free_ports(len(nodes)), strict=True):
        open_port(node, port)
        reach_by_loopback(node)
    with running(*nodes):
        wait_up(*nodes)
        for node in nodes:
            add_person(node, OFFICERS[node.party], "WATCH_OFFICER")
            add_person(node, f"Commander of {node.name}", "COMMANDER", posts=("commander",))
        yield nodes


@pytest.fixture
def alpha(consoles: list[Node]) -> Node:
    """Alpha's node."""
    return consoles[0]


@pytest.fixture
def bravo(consoles: list[Node]) -> Node:
    """Bravo's node."""
    return consoles[1]


@pytest.fixture
def opens(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Opens]:
    """Opens desks; each is ended with the test, and looked at once more if it failed."""
    desks: list[Desk] = []

    def open_desk(node: Node, **options: object) -> Desk:
        desk = Desk.open(browser, node, **options)  # type: ignore[arg-type]
        desks.append(desk)
        return desk

    yield open_desk
    for number, desk in enumerate(desks):
        desk.shoot(f"{request.node.name}-{number}".replace("/", "_"))
        desk.end()
