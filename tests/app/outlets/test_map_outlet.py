"""An outlet to a map: everything comes, comes again in time, and ends; faults stay its own."""

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from openline.adapters.tak.sending import WayIsCut
from openline.adapters.wording import Wording
from openline.app.outlets import map_outlet, picture
from openline.app.outlets.kept import Kept
from openline.app.outlets.map_outlet import MapOutlet
from openline.app.outlets.settings import Outlet
from openline.domain.errors import OurError
from openline.engine.effects import Show
from openline.faces.api import examples
from tests.app.outlets.staging import LINE, NOW, Staging

[CONFLICT] = msgspec.to_builtins(examples.CONFLICTS.conflicts)
OUTLET = Outlet("room", "tcp://tak:1", "tcp", "tak", 1, ("conflict",), stale_for_s=60)


def conflict(number: int, **changes: Any) -> dict[str, Any]:
    return {**CONFLICT, "id": f"c{number}", "ended_at": None, "verdict": "CONFLICT", **changes}


class Stage(Staging):
    """A node with one line and the conflicts that a test makes, and the way to a map."""

    def __init__(self, tmp_path: Path, *numbers: int) -> None:
        super().__init__()
        self.now = NOW
        self.found = {number: conflict(number) for number in numbers}
        self.sent: list[tuple[str, str]] = []
        self.cut = ""
        self.opened = 0
        self.path = tmp_path / "outlets" / "room.json"
        self.outlet = MapOutlet(
            self, OUTLET, Kept(self.path), Wording("en"), self.open, lambda: self.now  # type: ignore[arg-type]
        )  # fmt: skip

    # The node.

    def view(self, line: str) -> Any:
        return SimpleNamespace(
            own="alpha.example",
            understanding=SimpleNamespace(area=()),
            conflicts=lambda: list(self.found.values()),
        )

    def tell(self, number: int, **changes: Any) -> None:
        self.changes.tell(Show(LINE, "conflict", conflict(number, **changes)))

    # The way.

    async def open(self) -> "Stage":
        if self.cut:
            raise WayIsCut(self.cut)
        self.opened += 1
        return self

    async def send(self, event: bytes) -> None:
        if self.cut:
            raise WayIsCut(self.cut)
        shown = ElementTree.fromstring(event)
        assert json.loads(self.path.read_text()) if shown.get("type") == "b-a-g" else True
        self.sent.append((str(shown.get("type")), str(shown.get("uid")).rpartition("c")[2]))

    async def close(self) -> None:
        pass

    def takes(self) -> list[tuple[str, str]]:
        """What came since it was asked last, pings left out."""
        taken = [one for one in self.sent if one[0] != "t-x-c-t"]
        self.sent.clear()
        return taken


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outlet looks often."""
    monkeypatch.setattr(map_outlet, "LOOK_S", 0.01)


async def test_all_comes_at_first_and_then_what_changes(tmp_path: Path) -> None:
    """What there is comes first, then each change once; each is kept before it is sent."""
    stage = Stage(tmp_path, 1, 2)
    async with stage.runs():
        await stage.until(lambda: stage.outlet.state()["waiting"] == 0 and len(stage.sent) >= 3)
        assert stage.takes() == [("b-a-g", "1"), ("b-a-g", "2")]
        stage.tell(3)
        stage.tell(2, words="other")
        stage.tell(1, ended_at=NOW)
        await stage.until(lambda: len(stage.sent) >= 2)
        assert sorted(stage.takes()) == [("b-a-g", "3"), ("t-x-d-d", "1.end")]
        assert stage.outlet.state()["marks"] == 2
    assert set(json.loads(stage.path.read_text())) == {
        f"openline.{LINE}.conflict.c{number}" for number in (1, 2, 3)
    }, "what is taken off is known until no map can show it any more"


async def test_all_comes_again_in_time_and_after_a_cut(tmp_path: Path) -> None:
    """At half of its time every mark comes again; after a cut all do, and all that ended."""
    stage = Stage(tmp_path, 1)
    async with stage.runs():
        await stage.until(lambda: bool(stage.takes()))
        stage.now += 29_999
        await asyncio.sleep(0.1)
        assert stage.takes() == []
        stage.now += 1
        await stage.until(lambda: bool(stage.sent))
        assert stage.takes() == [("b-a-g", "1")]
        stage.cut = "gone"
        stage.tell(2)
        await stage.until(lambda: not stage.outlet.state()["is_open"])
        stage.tell(2, ended_at=NOW)
        stage.tell(1, ended_at=NOW)
        await stage.until(lambda: stage.outlet.state()["marks"] == 0)
        assert stage.outlet.state()["fault"] == "gone"
        stage.cut = ""
        stage.now += 5_000
        await stage.until(lambda: len(stage.sent) >= 2)
        assert sorted(stage.takes()) == [("t-x-d-d", "1.end"), ("t-x-d-d", "2.end")]
        assert (stage.opened, stage.outlet.state()["fault"]) == (2, "")
        stage.now += 70_000
        await stage.until(lambda: json.loads(stage.path.read_text()) == {})


async def test_what_ended_meanwhile_is_taken_off_after_a_restart(tmp_path: Path) -> None:
    """A mark of an earlier start that is no more is taken off, and one that is stays."""
    first = Stage(tmp_path, 1, 2)
    async with first.runs():
        await first.until(lambda: len(first.takes()) == 2)
    second = Stage(tmp_path, 2)
    async with second.runs():
        await second.until(lambda: len(second.sent) >= 3)
        assert sorted(second.takes()) == [("b-a-g", "2"), ("t-x-d-d", "1.end")]


async def test_a_way_is_opened_at_growing_intervals(tmp_path: Path) -> None:
    """A server that is not there is asked after one, two, four seconds, and later each thirty."""
    stage = Stage(tmp_path, 1)
    stage.cut = "refused"
    asked: list[int] = []

    async def open_way() -> Any:
        asked.append(stage.now)
        raise WayIsCut("refused")

    stage.outlet._open_way = open_way
    for _ in range(100):
        stage.now += 1_000
        await stage.outlet._show()
    gaps = [later - at for at, later in pairwise(asked)]
    assert gaps[:3] == [1_000, 2_000, 4_000]
    assert max(gaps) == 30_000


async def test_one_thing_that_cannot_be_drawn_hides_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A thing that cannot be drawn is told in the log, and the others are shown."""
    stage = Stage(tmp_path, 1, 2)
    del stage.found[1]["closest"]
    async with stage.runs():
        await stage.until(lambda: bool(stage.takes()))
    assert "conflict c1 of the line syria-air cannot be drawn" in caplog.text


async def test_more_marks_than_there_is_room_for_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marks beyond the bound are told in the state, and shown when there is room."""
    monkeypatch.setattr(picture, "OUTLET_MARKS_MAX", 3)
    stage = Stage(tmp_path, *range(5))

    def counts() -> tuple[int, int]:
        return stage.outlet.state()["marks"], stage.outlet.state()["unshown"]

    async with stage.runs():
        await stage.until(lambda: counts() == (3, 2))
        for number in range(3):
            del stage.found[number]
            stage.tell(number, ended_at=NOW)
        await stage.until(lambda: counts() == (2, 0))


@pytest.mark.parametrize("text", ["[]", '{"a": 1}', "{", '{"a": "b"'])
async def test_a_spoilt_file_is_told(tmp_path: Path, text: str) -> None:
    """A file of marks that cannot be understood ends the outlet with what to do."""
    stage = Stage(tmp_path)
    stage.path.parent.mkdir()
    stage.path.write_text(text)
    with pytest.raises(OurError, match=r"room\.json cannot be read"):
        await stage.outlet.run()
