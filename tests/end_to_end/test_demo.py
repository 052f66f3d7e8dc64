"""The demo as its readers run it: a process of its own, its files, its row of JSON."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, parse_instant
from openline.faces.demo import main, shayrat
from openline.faces.demo.morning import busiest_morning, flights, read_order
from openline.faces.demo.stage import Plot, Stage
from openline.faces.demo.story import NotAsTold, Story
from openline.faces.demo.teller import Teller

PROGRAM = (sys.executable, "-P", "-m", "openline")
DEMO_WAIT_S = 170.0
"""A demo takes half a minute; this is for a machine that does much else."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Told:
    """A demo that ended by itself.

    Attributes:
        root: Its directory.
        code: Its exit code.
        row: The row of JSON.
        story: What it told.
    """

    root: Path
    code: int
    row: dict[str, Any]
    story: str


def tell(root: Path, *arguments: str) -> Told:
    """Run the demo once."""
    done = subprocess.run(
        [*PROGRAM, "demo", "--once", "--json", "--dir", str(root), *arguments],
        capture_output=True, text=True, timeout=DEMO_WAIT_S, check=False,
        env={**os.environ, "COLUMNS": "100"},  # The languages one below the other.
    )  # fmt: skip
    rows = done.stdout.splitlines()
    assert len(rows) == 1, (done.stdout, done.stderr[-2000:])
    return Told(root, done.returncode, json.loads(rows[0]), done.stderr)


def nodes_of(root: Path) -> list[psutil.Process]:
    """The processes that were started for a node below a directory."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "run" in (words := process.info["cmdline"] or [])
        and any(word.startswith(str(root)) for word in words)
    ]


def wait_for(happens: Callable[[], Any], wait_s: float = 60.0) -> Any:
    """What a question answers as soon as it is true."""
    end = time.monotonic() + wait_s
    while not (answer := happens()):
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.05)
    return answer


def verdict_of(certificate: Path) -> int:
    """The exit code of another process that verifies a certificate."""
    done = subprocess.run(
        [*PROGRAM, "verify", str(certificate)], capture_output=True, timeout=60, check=False
    )
    return done.returncode


# --- the first story -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The first story, told once for all tests below."""
    return tell(tmp_path_factory.mktemp("shayrat") / "demo")


def test_every_step_holds(told: Told) -> None:
    """The first story ends with exit code 0 and the row that every step held."""
    assert told.code == 0, told.story[-3000:]
    assert (told.row["is_held"], told.row["fault"]) == (True, None)
    assert told.row["steps"] == 18
    assert told.row["seconds"] < 60
    assert told.row["directory"] == str(told.root)


def test_everything_said_is_receipted(told: Told) -> None:
    """Each message on the record is receipted, and receipts were timed."""
    row = told.row
    assert row["messages"] == row["receipts"] > 30
    assert 0 < row["receipt_ms_median"] <= row["receipt_ms_max"]
    assert (row["conflicts"], row["killed"], row["refused"]) == (2, 1, 3)


def test_it_leaves_two_nodes_and_certificates(told: Told) -> None:
    """The demo leaves the directories of both nodes and the certificates it names."""
    for name in ("alpha", "bravo"):
        assert (told.root / name / "store.sqlite").is_file()
    left = sorted(path.name for path in (told.root / "certificates").iterdir())
    named = [Path(one["file"]) for one in told.row["certificates"]]
    assert left == sorted(path.name for path in named if path.parent.name == "certificates")
    kinds = {one["kind"] for one in told.row["certificates"]}
    assert kinds == {"message", "receipt", "lead_time", "use", "non_use", "state"}


def test_every_certificate_is_proven_to_another_process(told: Told) -> None:
    """Each certificate that the demo leaves verifies as PROVEN, without its nodes."""
    verdicts = {path.name: verdict_of(path) for path in (told.root / "certificates").iterdir()}
    assert verdicts
    assert set(verdicts.values()) == {0}, verdicts


def test_silence_is_found_for_both(told: Told) -> None:
    """Of the quiet window both parties are proven SILENT, of the exchange both USED."""
    found = {one["file"]: one.get("finding") for one in told.row["certificates"]}
    for party in ("alpha", "bravo"):
        assert found[f"certificates/non-use-{party}.cert"] == "SILENT"
        assert found[f"certificates/use-{party}.cert"] == "USED"


def test_a_false_claim_is_refuted(told: Told) -> None:
    """The claim that Alpha did not use the line is kept apart and verifies as REFUTED."""
    [claim] = (told.root / "claims").iterdir()
    assert verdict_of(claim) == 1


def test_messages_are_told_in_both_languages(told: Told) -> None:
    """The story has the notice in English and in Russian, and is marked as a reconstruction."""
    words = " ".join(told.story.split())
    assert words.startswith("RECONSTRUCTION")
    assert "gives advance information of an activity: notice ALPHA-N-0001" in words
    assert "сообщает о предстоящей деятельности: уведомление ALPHA-N-0001" in words
    assert "SHORT_NOTICE" in words


def test_no_process_is_left(told: Told) -> None:
    """When the demo has ended, no node of it runs."""
    assert nodes_of(told.root) == []


def test_a_directory_with_a_demo_is_refused(told: Told) -> None:
    """A second demo in the same directory is refused with a sentence, and touches nothing."""
    before = sorted(path.stat().st_mtime_ns for path in told.root.rglob("*"))
    done = subprocess.run(
        [*PROGRAM, "demo", "--once", "--dir", str(told.root)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "holds a demo already" in done.stderr
    assert sorted(path.stat().st_mtime_ns for path in told.root.rglob("*")) == before


# --- how it ends ---------------------------------------------------------------------------------


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a demo that goes on; it is ended with the test, and its nodes with it."""
    demos: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> subprocess.Popen[str]:
        command = [*PROGRAM, "demo", "--json", "--dir", str(tmp_path / "demo"), *arguments]
        demo = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        demos.append(demo)
        return demo

    yield begin
    for demo in demos:
        demo.kill()
        demo.wait()
        assert demo.stdout is not None
        demo.stdout.close()
    for process in nodes_of(tmp_path):
        process.kill()


def test_nodes_keep_running_until_control_c(
    begun: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    """Without --once both nodes answer verbs after the story, and end with Control-C."""
    demo = begun("--story", "order")
    assert demo.stdout is not None
    assert json.loads(demo.stdout.readline())["is_held"]
    done = subprocess.run(
        [*PROGRAM, "status", "--json", "--dir", str(tmp_path / "demo" / "bravo")],
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["party"] == "bravo.example"
    assert len(nodes_of(tmp_path)) == 2
    demo.send_signal(signal.SIGINT)
    assert demo.wait(60) == 0
    assert nodes_of(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_story_ends_its_nodes(
    begun: Callable[..., subprocess.Popen[str]], tmp_path: Path, number: signal.Signals
) -> None:
    """A demo that is told to end in the middle ends both nodes, with exit code 130."""
    demo = begun("--once")
    wait_for(lambda: len(nodes_of(tmp_path)) == 2)
    demo.send_signal(number)
    assert demo.wait(60) == 130
    assert nodes_of(tmp_path) == []


def test_a_step_that_does_not_hold_ends_the_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a step does not hold, the exit code is 1, the row says why, and the nodes end."""

    def play(stage: Stage) -> None:
        with stage.story.step("070000Z APR 17", "Something is wrong."):
            stage.story.demand(False, "Two and two are five.", 4)

    plot = Plot("wrong", "A story", (), shayrat.LINE, shayrat.terms, play)
    monkeypatch.setattr(shayrat, "plot", lambda: plot)
    assert main.run_demo(tmp_path / "demo", once=True, json=True) == 1
    shown = capsys.readouterr()
    row = json.loads(shown.out)
    assert row["fault"] == {"what": "Two and two are five.", "remedy": "Found: 4"}
    assert (row["is_held"], row["steps"]) == (False, 2)
    assert "NOT SO  Two and two are five." in shown.err
    assert nodes_of(tmp_path) == []


def test_what_is_said_where_it_must_be_refused_ends_the_story() -> None:
    """An act that should have been refused and was not is a step that does not hold."""
    story = Story(Teller(io.StringIO()))
    with pytest.raises(NotAsTold, match="it was said"):
        story.refuses(lambda: None, "why", "It is refused.")

    def refuse() -> None:
        raise OurError("For another reason.")

    with pytest.raises(NotAsTold, match="another reason"):
        story.refuses(refuse, "why", "It is refused.")


# --- the second story ----------------------------------------------------------------------------


def test_the_order_that_is_shipped_holds(tmp_path: Path) -> None:
    """The second story without a file issues the shipped order and finds the same conflicts."""
    done = tell(tmp_path / "demo", "--story", "order")
    assert done.code == 0, done.story[-3000:]
    row = done.row
    assert (row["measures"], row["measures_of_the_morning"], row["not_read"]) == (13, 11, 1)
    assert row["conflicts"] >= 4
    assert row["notice_ms_median"] > 0
    assert {one["verdict"] for one in row["certificates"]} == {"PROVEN"}
    assert nodes_of(tmp_path) == []


def test_a_real_order_holds(samples: Path, tmp_path: Path) -> None:
    """A real order of 126 measures is issued, and what is wrong in it is told."""
    order = samples / "aco" / "ExMontereyStrikeACO.aco"
    done = tell(tmp_path / "demo", "--story", "order", str(order))
    assert done.code == 0, done.story[-3000:]
    row = done.row
    assert (row["measures"], row["measures_of_the_morning"], row["not_read"]) == (126, 113, 1)
    assert row["messages"] == row["receipts"] == 113 + 6 + 2
    assert row["conflicts"] >= 4
    assert "ABEL EAST MOA" in done.story


def test_a_file_that_is_no_order_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    """A file that cannot be read ends the demo with exit code 3, and no directory is made."""
    wrong = tmp_path / "wrong.aco"
    wrong.write_text("EXER/NOTHING//\n")
    done = subprocess.run(
        [*PROGRAM, "demo", "--story", "order", str(wrong), "--dir", str(tmp_path / "demo")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "wrong.aco" in done.stderr
    assert not (tmp_path / "demo").exists()


def test_a_file_belongs_to_the_second_story(tmp_path: Path) -> None:
    """A file with the first story is wrong usage."""
    with pytest.raises(OurError, match="takes no file"):
        main.run_demo(tmp_path / "demo", story="shayrat", file=tmp_path / "x.aco")


def test_an_address_with_a_password_is_refused(tmp_path: Path) -> None:
    """A store whose address holds a password is wrong usage, and nothing is made."""
    with pytest.raises(OurError, match="a password must not stand in it") as raised:
        main.run_demo(tmp_path / "demo", store="postgresql://me:hunter2@127.0.0.1/alpha")
    assert "hunter2" not in str(raised.value)
    assert not (tmp_path / "demo").exists()


def test_the_morning_is_ahead_by_less_than_a_day() -> None:
    """Whatever the hour, the order's morning is moved to the next one, its volumes with it."""
    start = parse_instant("2026-11-22T00:00:00Z")
    for hour in range(24):
        now = start + hour * HOUR_MS
        order = read_order(None, now)
        assert 0 <= order.starts_at + order.shift_ms - now < DAY_MS
        assert order.shift_ms % DAY_MS == 0
        for measure in order.measures:
            assert all(volume.valid_until > now for volume in measure.volumes)


def test_the_busiest_morning_is_by_the_sun_where_the_order_is() -> None:
    """Six in the morning by the sun over Syria, two and a half hours ahead, is 0300Z."""
    order = read_order(None, 0)
    assert busiest_morning(order.activities) == parse_instant("2017-04-07T03:00:00Z")
    assert busiest_morning(()) is None


def test_two_flights_are_drawn_clear_of_every_measure() -> None:
    """The last two flights begin after all measures, or lie a degree north of them."""
    measures = read_order(None, 0).measures
    *crossing, later, aside = flights(measures)
    assert [flight.crosses is not None for flight in crossing] == [True] * 4
    volumes = [volume for measure in measures for volume in measure.volumes]
    assert later.volume.valid_from > max(volume.valid_until for volume in volumes)
    north = max(lat for volume in volumes for lat, _ in volume.vertices)
    assert min(lat for lat, _ in aside.volume.vertices) >= north + 10_000_000
