"""The health port answers what is so, to whoever asks, and tells no words of people."""

import asyncio
import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

from openline.app import health as healths
from openline.app.health import Health, probe_disk
from openline.faces.cli.run import _JsonRows, _OwnFiles, _TextRows
from openline.faces.health.port import JSON, TEXT, health_app, standby_health_app

START = 1_798_549_200_000
OFFICER = "Capt. Unnamed"


class Stage:
    """A node of which only its word is there, and two clocks."""

    def __init__(self, directory: Path) -> None:
        self.config: Any = SimpleNamespace(store=directory / "store.sqlite", database=None)
        self.config.store.write_bytes(b"x" * 100)
        self.turns, self.started_at = 7, START
        self.now, self.elapsed_s = START, 100.0
        self.answered: dict[str, int | None] = {"bravo.example": START}
        self.line: dict[str, Any] = {
            "line": "syria-air",
            "observed": "UP",
            "outbox": "alpha.example/syria-air/out",
            "out_size": 12,
            "held": {"bravo.example": 9},
            "can_sign": True,
            "broken": "",
            "waiting_for": [],
            "alarms": [
                {"precedence": "FLASH", "acknowledged": None, "facts": {"officer": OFFICER}},
                {"precedence": "FLASH", "acknowledged": {"officer": OFFICER}},
            ],
            "counterparts": [
                {
                    "party": "bravo.example",
                    "not_receipted": 2,
                    "is_forked": False,
                    "clock_offset_ms": -250,
                    "circuits": [{"circuit": "primary", "state": "UP"}],
                }
            ],
        }
        self.headers: dict[bytes, bytes] = {}
        self.app = health_app(Health(self, lambda: self.now, lambda: self.elapsed_s))

    def status(self) -> dict[str, Any]:
        """The node's word."""
        return {"lines": [self.line] if self.line else []}

    def two_way(self) -> dict[str, tuple[int, dict[str, int | None]]]:
        """When ticks were answered."""
        return {"syria-air": (10_000, self.answered)} if self.line else {}

    def passes(self, seconds: float, *, wall_s: float | None = None) -> None:
        """Let time pass; the wall clock may be set meanwhile."""
        self.elapsed_s += seconds
        self.now += int(1_000 * (seconds if wall_s is None else wall_s))

    def ask(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        """Status and body of an answer."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request"}

        scope = {"type": "http", "method": method, "path": path}
        asyncio.run(self.app(scope, receive, send))
        self.headers = dict(sent[0]["headers"])
        assert sent[0]["headers"][1] == (
            b"content-length",
            str(len(self._body(sent))).encode(),
        ) or (method == "HEAD")
        return sent[0]["status"], self._body(sent)

    def _body(self, sent: list[Any]) -> bytes:
        body: bytes = sent[1]["body"]
        return body


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A node that is well."""
    return Stage(tmp_path)


def test_a_line_is_proven_for_three_intervals(stage: Stage) -> None:
    """200 as long as the proof is younger than three ticks, and 503 from then on."""
    assert stage.ask("/linez")[0] == 200
    stage.passes(29.999)
    assert stage.ask("/linez")[0] == 200
    stage.passes(0.001)
    status, body = stage.ask("/linez")
    assert status == 503
    [line] = json.loads(body)["lines"]
    assert line["two_way_age_ms"] == {"bravo.example": 30_000}
    stage.answered["bravo.example"] = stage.now
    assert stage.ask("/linez/syria-air")[0] == 200


def test_a_clock_that_is_set_back_makes_nothing_fresh(stage: Stage) -> None:
    """An age is the greater of what the wall clock and a steady clock say."""
    assert stage.ask("/linez")[0] == 200
    stage.passes(60, wall_s=-3_600)
    assert stage.ask("/linez")[0] == 503


def test_every_counterpart_has_to_have_answered(stage: Stage) -> None:
    """One that has never answered, or a node without a line, is no proven line."""
    stage.answered["charlie.example"] = None
    assert stage.ask("/linez")[0] == 503
    stage.line = {}
    assert stage.ask("/linez")[0] == 503
    assert stage.ask("/linez/no-line")[0] == 404


def test_ready_says_what_stands_in_the_way(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ready is who may sign on every line and can write durably."""
    assert stage.ask("/readyz")[0] == 200
    stage.line |= {"can_sign": False, "waiting_for": ["bravo.example"]}
    status, body = stage.ask("/readyz")
    assert status == 503
    assert json.loads(body)["what"] == [
        "syria-air: it signs nothing until confirmed by bravo.example."
    ]
    stage.line |= {"can_sign": True}
    monkeypatch.setattr(healths, "DISK_FREE_BYTES_MIN", 1 << 60)
    assert stage.ask("/readyz")[0] == 200, "the disk is not written at every question"
    stage.passes(5)
    assert "nearly full" in json.loads(stage.ask("/readyz")[1])["what"][0]


def test_a_disk_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The probe leaves nothing behind, and an error of the disk is a sentence."""
    assert probe_disk(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []
    assert "cannot be written" in probe_disk(tmp_path / "absent")


def test_metrics_are_what_prometheus_reads(stage: Stage) -> None:
    """Each value is there with its labels, and no officer's name is."""
    stage.passes(2)
    status, body = stage.ask("/metrics")
    assert status == 200
    assert OFFICER not in body.decode()
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }
    assert found["openline_line_proven", "syria-air"] == 1
    assert found["openline_proof_age_seconds", "bravo.example", "syria-air"] == 2
    assert found["openline_alarms", "FLASH", "syria-air"] == 1
    assert found["openline_not_receipted", "bravo.example", "syria-air"] == 2
    assert found["openline_log_entries", "alpha.example", "syria-air"] == 12
    assert found["openline_clock_offset_seconds", "bravo.example", "syria-air"] == -0.25
    assert found["openline_line_state", "UP", "syria-air"] == 1
    assert found["openline_line_state", "LOST", "syria-air"] == 0
    assert found["openline_circuit_up", "bravo.example", "primary", "syria-air"] == 1
    assert found["openline_store_bytes",] == 100
    assert found["openline_turns_total",] == 7


def test_nothing_else_is_answered(stage: Stage) -> None:
    """Other paths are not there, and nothing but reading is allowed."""
    assert stage.ask("/livez") == (200, b'{"is_alive": true}\n')
    assert stage.ask("/livez", "HEAD") == (200, b"")
    assert stage.ask("/lines")[0] == 404
    assert stage.ask("/metrics", "POST")[0] == 405


@pytest.mark.parametrize("path", ["/livez", "/metrics", "/linez/<b>", "/nothing"])
def test_an_answer_is_taken_for_what_it_is(stage: Stage, path: str) -> None:
    """Each answer says what it is, and that nobody should guess or keep it."""
    stage.ask(path)
    assert stage.headers[b"content-type"] in (JSON.encode(), TEXT.encode())
    assert stage.headers[b"x-content-type-options"] == b"nosniff"
    assert stage.headers[b"cache-control"] == b"no-store"


def test_nobodys_words_begin_a_row_of_the_log() -> None:
    """In text a row stays one row, and holds no letter that steers a terminal."""
    record = logging.LogRecord(
        "openline",
        logging.INFO,
        "",
        1,
        "refused: %s",
        ("/a\n2017 INFO all is well\x1b[2J\r",),
        None,
    )
    row = _TextRows().format(record)
    assert row.endswith("refused: /a⟨U+000A⟩2017 INFO all is well⟨U+001B⟩[2J⟨U+000D⟩")


def test_only_its_owner_reads_the_log(tmp_path: Path) -> None:
    """The log file is private from its first row on, and so is each that takes its place."""
    path = tmp_path / "openline.log"
    handler = _OwnFiles(path, maxBytes=30, backupCount=2, encoding="utf-8")
    for number in range(3):
        handler.handle(logging.makeLogRecord({"msg": f"row number {number} of the log"}))
    handler.close()
    files = sorted(tmp_path.iterdir())
    assert [one.name for one in files] == ["openline.log", "openline.log.1", "openline.log.2"]
    assert {one.stat().st_mode & 0o777 for one in files} == {0o600}
    assert path.read_text() == "row number 2 of the log\n"


def test_a_row_of_the_log_is_one_object() -> None:
    """In JSON a row has its instant, its sentence and what was put into it."""
    try:
        raise ValueError("two\nrows")
    except ValueError as error:
        caught = (ValueError, error, error.__traceback__)
    record = logging.LogRecord(
        "openline", logging.INFO, "", 1, "circuit %s ended: %s", ("primary", "reset"), caught
    )
    text = _JsonRows().format(record)
    row = json.loads(text)
    assert "\n" not in text
    assert row["what"] == "circuit primary ended: reset"
    assert (row["form"], row["values"]) == ("circuit %s ended: %s", ["primary", "reset"])
    assert row["at"].endswith("Z")
    assert "ValueError" in row["trace"]


def test_a_station_that_stands_by_is_alive_and_not_ready(stage: Stage) -> None:
    """It says who writes, whether it can take over, and proves no line."""
    status, body = stage.ask("/standbyz")
    assert (status, json.loads(body)["stands_by"]) == (503, False)
    standby = SimpleNamespace(obstacles=[], epoch=7, says=lambda: ["one writes", "clock"])
    stage.app = standby_health_app(cast(Any, standby))
    for path, expected in (("/livez", 200), ("/readyz", 503), ("/standbyz", 200), ("/linez", 503)):
        status, body = stage.ask(path)
        assert (status, json.loads(body)["what"]) == (expected, ["one writes", "clock"]), path
    assert b"openline_standby 1.0" in stage.ask("/metrics")[1]
    standby.obstacles.append("it has not the keys")
    assert stage.ask("/standbyz")[0] == 503
    assert b"openline_standby 0.0" in stage.ask("/metrics")[1]
    assert stage.ask("/elsewhere")[0] == 404
