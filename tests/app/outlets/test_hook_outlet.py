"""An outlet to a program: in order, until it is taken, and no message is ever left out."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from openline.adapters.webhook import waiting as room
from openline.adapters.webhook.posting import NotTaken
from openline.adapters.webhook.signing import signed_headers
from openline.app import shows
from openline.app.outlets import hook_outlet
from openline.app.outlets.hook_outlet import HookOutlet
from openline.app.outlets.settings import Outlet
from openline.engine.effects import Show
from tests.app.outlets.staging import LINE, NOW, Staging

SECRETS = (b"s" * 24,)
OUTLET = Outlet("hook", "https://in.alpha.example", "https", "", 0, ("message", "notice", "alarm"))


class Stage(Staging):
    """A node with a record of messages, and the program that takes what it is posted."""

    def __init__(self, directory: Path, count: int = 0) -> None:
        super().__init__()
        self.count = count
        self.refuses: Callable[[dict[str, Any]], bool] = lambda event: False
        self.took: list[tuple[str, dict[str, Any]]] = []
        self.outlet = HookOutlet(
            self, OUTLET, directory / "outlets" / "hook.sqlite", SECRETS, self.open, lambda: NOW  # type: ignore[arg-type]
        )  # fmt: skip

    # The node.

    def view(self, line: str) -> Any:
        def messages(after: int, count: int) -> list[dict[str, Any]]:
            until = min(self.count, after + count)
            return [{"position": number} for number in range(after + 1, until + 1)]

        return SimpleNamespace(messages=messages, message_count=self.count)

    def say(self, count: int = 1, *, is_told: bool = True) -> None:
        """Let messages come; a node that does not run tells nobody."""
        for _ in range(count):
            self.count += 1
            if is_told:
                self.changes.tell(Show(LINE, "message", {"position": self.count}))

    # The program.

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Stage"]:
        yield self

    async def post(self, body: bytes, headers: dict[str, str]) -> None:
        event = json.loads(body)
        expected = signed_headers(headers["webhook-id"], NOW // 1_000, body, SECRETS)
        assert headers == expected
        if self.refuses(event):
            raise NotTaken("it answers 500")
        self.took.append((headers["webhook-id"], event))

    def positions(self) -> list[int]:
        return [one["data"]["position"] for _, one in self.took if one["type"] == "message"]

    def types(self) -> list[str]:
        return [one["type"] for _, one in self.took]


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits long."""
    monkeypatch.setattr(hook_outlet, "RETRY_S_MIN", 0.01)
    monkeypatch.setattr(hook_outlet, "RETRY_S_MAX", 0.02)
    monkeypatch.setattr(hook_outlet, "AGAIN_S", 0.01)


async def test_what_changes_is_posted_in_order(tmp_path: Path) -> None:
    """A new outlet is told `begin`, and then each event that it shows, signed, as it came."""
    stage = Stage(tmp_path, 40)
    async with stage.runs():
        await stage.until(lambda: stage.types() == ["begin"])
        for name in ("notice", "private", "zone", "alarm"):
            stage.changes.tell(Show(LINE, name, {"name": "PRIVATE_CONFLICT"}))
        stage.say()
        stage.changes.tell(Show(LINE, "alarm", {"name": "FLASH", "at": 7}))
        await stage.until(lambda: len(stage.took) == 4)
    assert stage.types() == ["begin", "notice", "message", "alarm"]
    assert stage.took[-1][1] == {
        "type": "alarm", "timestamp": "2017-04-07T00:40:00Z",
        "data": {"line": LINE, "name": "FLASH", "at": 7},
    }  # fmt: skip
    assert stage.took[0][1]["data"] == {"line": "", "lines": [LINE]}
    assert stage.positions() == [41], "what was there before is to be read"
    assert len({event_id for event_id, _ in stage.took}) == 4


async def test_what_is_not_taken_is_posted_again_under_its_id(tmp_path: Path) -> None:
    """A program that refuses gets the same event again, and nothing overtakes it."""
    stage = Stage(tmp_path)
    refused: list[str] = []

    def refuses(event: dict[str, Any]) -> bool:
        refused.append(event["type"])
        return len(refused) < 6

    stage.refuses = refuses
    stage.say(3)
    async with stage.runs():
        await stage.until(lambda: stage.outlet.state()["fault"] == "it answers 500")
        assert stage.outlet.state()["is_open"] is False
        stage.say(3)
        await stage.until(lambda: len(stage.took) == 4)
        await stage.until(lambda: stage.outlet.state()["waiting"] == 0)
    assert stage.positions() == [4, 5, 6]
    assert refused[:6] == ["begin"] * 6
    assert stage.outlet.state()["is_open"]
    assert (stage.outlet.state()["fault"], stage.outlet.state()["sent"]) == ("", 4)


async def test_no_message_is_left_out_over_restarts(tmp_path: Path) -> None:
    """Messages that waited, and those that came while nothing ran, come once each, in order."""
    first = Stage(tmp_path, 10)
    first.refuses = lambda event: event["type"] != "begin"
    async with first.runs():
        await first.until(lambda: first.types() == ["begin"])
        first.say(5)
        await first.until(lambda: first.outlet.state()["waiting"] == 5)
    second = Stage(tmp_path, 15)
    second.say(500, is_told=False)
    async with second.runs():
        await second.until(lambda: len(second.positions()) == 505)
        second.say(2)
        await second.until(lambda: len(second.positions()) == 507)
    assert second.positions() == list(range(11, 518))
    assert second.types()[5] == "begin"


async def test_what_has_no_room_comes_from_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While too much waits nothing is put in; later every message comes all the same."""
    monkeypatch.setattr(room, "OUTLET_WAITING_MAX", 10)
    stage = Stage(tmp_path)
    stage.refuses = lambda event: True
    async with stage.runs():
        await stage.until(lambda: stage.outlet.state()["waiting"] == 1)
        for _ in range(40):
            stage.say()
            await asyncio.sleep(0)
        await stage.until(lambda: stage.outlet.state()["waiting"] >= 10)
        stage.say(300)
        stage.refuses = lambda event: False
        await stage.until(lambda: bool(stage.positions()) and stage.positions()[-1] == 340)
    assert sorted(set(stage.positions())) == list(range(1, 341))


async def test_a_node_that_was_too_quick_is_followed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outlet that is let go as too slow begins again, and misses no message."""
    monkeypatch.setattr(shows, "WAITING_MAX", 5)
    stage = Stage(tmp_path)
    async with stage.runs():
        await stage.until(lambda: stage.types() == ["begin"])
        stage.say(50)
        await stage.until(lambda: 50 in stage.positions())
    assert sorted(set(stage.positions())) == list(range(1, 51))
    assert stage.types().count("begin") >= 2


async def test_a_record_that_is_shorter_than_known_is_gone_on_from(tmp_path: Path) -> None:
    """After a restore the outlet goes on from what the record has, and posts what comes."""
    first = Stage(tmp_path, 9)
    async with first.runs():
        await first.until(lambda: bool(first.took))
    second = Stage(tmp_path, 4)
    async with second.runs():
        await second.until(lambda: bool(second.took))
        second.say()
        await second.until(lambda: bool(second.positions()))
    assert second.positions() == [5]
