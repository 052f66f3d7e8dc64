"""The console with ten thousand live notices: how smooth its map is, and how much it holds.

A small server on loopback serves the built page under the node's own content security
policy, and answers of fixed content in the API's form: what is measured is the page,
not the node. The browser is a headless Chromium that draws without a graphics
processor. A frame's time is what lies between it and the one after it; only those are
counted in which the map was drawn anew, while the mouse drags: the map to pan, the
timeline to scrub. At 60 frames a second none is shorter than 16.7 ms. The same with two
thousand live tracks, all of which move each second: then the time is told, too, that the
page's main thread works in each second while nobody touches it.
"""

import json
import math
import random
import re
import shutil
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
import psutil

from bench.measure import Row
from openline.faces.api import air_answers, examples
from openline.faces.console import page

COUNT: Final = 10_000
QUICK_COUNT: Final = 500
TRACKS: Final = 2_000
QUICK_TRACKS: Final = 200
WATCHED_S: Final = 10
LINE: Final = "syria-air"
EVENTS_PER_SECOND: Final = 20
FRAME_MS_MAX: Final = 50
HEAP_GROWTH_MB_MAX: Final = 30
PROCESS_MB_MAX: Final = 400
_HOUR_MS: Final = 3_600_000
_PAGE_COUNT: Final = 1_000
_OPTIONS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_FRAMES: Final = """
() => {
  const frames = [];
  const proto = CanvasRenderingContext2D.prototype;
  const clear = proto.clearRect;
  let before = performance.now();
  let isOn = true;
  let isDrawn = false;
  proto.clearRect = function (...box) {
    isDrawn = true;
    clear.apply(this, box);
  };
  const step = (now) => {
    if (isDrawn) frames.push(now - before);
    isDrawn = false;
    before = now;
    if (isOn) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
  window.endFrames = () => {
    isOn = false;
    proto.clearRect = clear;
    return frames;
  };
}
"""


class Missing(Exception):
    """The page is not built, or there is no browser."""


class Sky:
    """Live tracks in the form of the API, all of which move each second.

    Args:
        count: How many.
        seed: Where they are and how they fly follows from it.
    """

    def __init__(self, count: int, seed: int = 1) -> None:
        chance = random.Random(seed)
        self._tracks = [self._track(chance, number) for number in range(count)]

    def told(self) -> bytes:
        """What the stream of tracks tells in this second."""
        now = _now_ms()
        for track in self._tracks:
            turn, speed = math.radians(track["course_deg"]), track["speed_mps"]
            track["lat_deg"] += speed * math.cos(turn) / 111_200
            track["lon_deg"] += speed * math.sin(turn) / 91_000
            track["position_at"] = track["heard_at"] = now
        told = {"at": now, "tracks": self._tracks, "gone": [], "alerts": []}
        return b"event: tracks\ndata: " + msgspec.json.encode(told) + b"\n\n"

    def _track(self, chance: random.Random, number: int) -> dict[str, Any]:
        track: dict[str, Any] = msgspec.to_builtins(air_answers.TRACK)
        address = f"icao:{number:06x}"
        return {
            **track,
            "id": address,
            "address": address,
            "callsign": f"SKY{number:04d}",
            "affiliation": chance.choice(("OWN", "OTHER_PARTY", "THIRD_PARTY", "UNKNOWN")),
            "assessed": None,
            "medium": chance.choice(("AIR", "AIR", "AIR", "GROUND")),
            "lat_deg": chance.uniform(32.5, 37.0),
            "lon_deg": chance.uniform(35.8, 42.0),
            "course_deg": chance.uniform(0, 360),
            "speed_mps": chance.uniform(60, 260),
            "trail": [],
        }


class Answers:
    """What the server answers: one line with many live notices.

    Attributes:
        notices: In the order of their positions.
        sky: The tracks beside them.
    """

    def __init__(self, count: int, seed: int = 1, sky: Sky | None = None) -> None:
        self.sky = sky or Sky(0)
        self._random = random.Random(seed)
        self._began = _now_ms()
        self.notices = [self._notice(number) for number in range(1, count + 1)]

    def of(self, path: str, query: dict[str, list[str]]) -> dict[str, Any] | None:
        """The answer to a path of the API; None where there is none."""
        if path == "/session":
            told: dict[str, Any] = msgspec.to_builtins(examples.SESSION)
            return told
        if path == "/status":
            status: dict[str, Any] = msgspec.to_builtins(examples.STATUS)
            status["now"] = _now_ms()
            return status
        prefix = f"/lines/{LINE}/"
        if not path.startswith(prefix):
            return None
        name = path.removeprefix(prefix)
        if name == "notices":
            after = int(query.get("after", ["0"])[0])
            found = self.notices[after : after + _PAGE_COUNT]
            return {"notices": found, "more": len(self.notices) - after - len(found)}
        empty = {"watches", "drafts", "private", "messages", "conflicts", "matters", "alarms"}
        empty |= {"zones", "sites", "movements", "due", "places"}
        return {name: [], "more": 0} if name in empty else None

    def changed(self) -> dict[str, Any]:
        """One of the notices in a new version, as the stream tells it."""
        at = self._random.randrange(len(self.notices))
        self.notices[at] = {**self._notice(at + 1), "version": self.notices[at]["version"] + 1}
        return {"line": LINE, **self.notices[at]}

    def _notice(self, number: int) -> dict[str, Any]:
        """A notice of one of three shapes, somewhere in the theatre within the next day."""
        chance = self._random
        party = ("alpha.example", "bravo.example")[number % 2]
        begins = self._began + round(chance.uniform(-6, 20) * _HOUR_MS)
        ends = begins + round(chance.uniform(0.5, 4) * _HOUR_MS)
        lat, lon = chance.uniform(32.5, 37.0), chance.uniform(35.8, 42.0)
        volume = {
            **self._shape(number % 3, lat, lon),
            "lower": {"datum": "FLIGHT_LEVEL", "value": chance.randrange(0, 200)},
            "upper": {"datum": "FLIGHT_LEVEL", "value": chance.randrange(200, 450)},
            "valid_from": _iso(begins),
            "valid_until": _iso(ends),
        }
        notice_id = f"{party[:5].upper()}-N-{number:05d}"
        notice: dict[str, Any] = msgspec.to_builtins(examples.NOTICE)
        return {
            **notice,
            "party": party,
            "notice_id": notice_id,
            "position": number,
            "index": number,
            "kind": ("air", "ground", "presence")[number % 3],
            "valid_from": begins,
            "valid_until": ends,
            "conflicts": [],
            "content": {**notice["content"], "notice_id": notice_id, "volumes": [volume]},
        }

    def _shape(self, which: int, lat: float, lon: float) -> dict[str, Any]:
        chance = self._random
        if which == 0:
            return {
                "shape": "CIRCLE",
                "vertices": [_vertex(lat, lon)],
                "radius_m": chance.randrange(1_000, 15_000),
            }
        if which == 1:
            steps = [(chance.uniform(-0.3, 0.3), chance.uniform(-0.3, 0.3)) for _ in range(3)]
            vertices = [_vertex(lat + up, lon + across) for up, across in steps]
            return {"shape": "CORRIDOR", "vertices": vertices, "radius_m": 4_000}
        reach = chance.uniform(0.05, 0.2)
        turns = [math.tau * corner / 8 for corner in range(8)]
        vertices = [
            _vertex(lat + reach * math.sin(turn), lon + reach * math.cos(turn)) for turn in turns
        ]
        return {"shape": "POLYGON", "vertices": vertices, "radius_m": 0}


def measure(*, is_quick: bool = False, minutes: float = 2.0) -> list[Row]:
    """First paint, frames of pan and scrub, and the heap while events flow.

    Raises:
        Missing: The page is not built, or there is no browser.
    """
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if browser is None:
        raise Missing("Chromium is not there: make system installs it")
    if not (page._FOLDER / "index.html").is_file():
        raise Missing("the console is not built: make install")
    # Late, for the other parts need no browser.
    from playwright.sync_api import sync_playwright

    count = QUICK_COUNT if is_quick else COUNT
    tracks = QUICK_TRACKS if is_quick else TRACKS
    with (
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=browser, args=list(_OPTIONS)) as launched,
    ):
        with _serving(Answers(count)) as (address, flowing):
            shown = launched.new_page(viewport={"width": 1440, "height": 900})
            rows = list(_rows(shown, address, flowing, count, 0.1 if is_quick else minutes))
            shown.close()
        with _serving(Answers(0, sky=Sky(tracks))) as (address, _):
            shown = launched.new_page(viewport={"width": 1440, "height": 900})
            rows += _track_rows(shown, address, tracks)
        return rows


def _rows(
    shown: Any, address: str, flowing: threading.Event, count: int, minutes: float
) -> Iterator[Row]:
    began = time.perf_counter()
    shown.goto(f"{address}/#/map")
    shown.wait_for_selector(".chart canvas.map-things")
    shown.get_by_text(re.compile("^In view: [1-9]")).wait_for()
    drawn_ms = (time.perf_counter() - began) * 1000
    painted = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    yield Row("console: first paint", shown.evaluate(painted), "ms")
    yield Row(f"console: {count:,} notices read and drawn", drawn_ms, "ms")
    # The first touch unlocks the sound: its banner goes, and the map moves up.
    shown.mouse.click(5, 5)
    shown.wait_for_timeout(2_000)
    yield from _frames(shown, ".target", "pan", f"{count:,} volumes")
    yield from _frames(shown, ".scrub", "scrub", f"{count:,} volumes")
    shown.keyboard.press("Home")
    yield from _heap(shown, flowing, minutes)


def _track_rows(shown: Any, address: str, count: int) -> Iterator[Row]:
    """How busy the page is with tracks that move, and its frames while the map is dragged."""
    shown.goto(f"{address}/#/map")
    shown.wait_for_selector(".chart canvas.map-tracks")
    shown.locator("summary", has_text=re.compile(rf"^Tracks: {count}$")).wait_for()
    shown.mouse.click(5, 5)
    # Until the symbols are there and the page has settled.
    shown.wait_for_timeout(3_000)
    session = shown.context.new_cdp_session(shown)
    session.send("Performance.enable")

    def busy_ms() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1_000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    busy = []
    for _ in range(WATCHED_S):
        before = busy_ms()
        shown.wait_for_timeout(1_000)
        busy.append(busy_ms() - before)
    name = f"console: {count:,} tracks that move, main thread in a second"
    yield Row(f"{name}, median", statistics.median(busy), "ms", busy)
    yield from _frames(shown, ".target", "pan", f"{count:,} tracks")


def _frames(shown: Any, place: str, what: str, over: str) -> Iterator[Row]:
    """Median, p95 and p99 of what lies between frames while the mouse drags there and back."""
    mouse, box = shown.mouse, shown.locator(place).bounding_box()
    middle = box["y"] + box["height"] * (0.5 if what == "pan" else 0.1)
    reach = box["width"] * (0.2 if what == "pan" else 0.4)
    mouse.move(box["x"] + box["width"] / 2, middle)
    mouse.down()
    shown.evaluate(_FRAMES)
    for step in range(120):
        across = math.sin(step / 120 * math.tau) * reach
        mouse.move(box["x"] + box["width"] / 2 + across, middle)
        shown.wait_for_timeout(16)
    frames = sorted(shown.evaluate("window.endFrames()"))
    mouse.up()
    note = f"{len(frames)} frames"
    name = f"console: {what} over {over}, a frame"
    yield _frame_row(f"{name}, median", statistics.median(frames), note)
    for percent in (95, 99):
        at = frames[min(len(frames) - 1, math.ceil(len(frames) * percent / 100) - 1)]
        yield _frame_row(f"{name}, {percent} of 100", at, note)


def _frame_row(name: str, value: float, note: str) -> Row:
    goal, holds = f"below {FRAME_MS_MAX} ms", value < FRAME_MS_MAX
    return Row(name, value, "ms", [value], goal, holds, note)


def _heap(shown: Any, flowing: threading.Event, minutes: float) -> Iterator[Row]:
    """Megabytes of the page's heap, swept, and of its process, as events flow."""
    session = shown.context.new_cdp_session(shown)
    session.send("Performance.enable")

    def heap_mb() -> float:
        session.send("HeapProfiler.collectGarbage")
        metrics = session.send("Performance.getMetrics")["metrics"]
        used = next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")
        return float(used) / 1e6

    flowing.set()
    # What one minute of events makes is not counted as growth: caches fill.
    shown.wait_for_timeout(min(20_000, 60_000 * minutes / 4))
    before = heap_mb()
    shown.wait_for_timeout(60_000 * minutes)
    after = heap_mb()
    process_mb = _process_mb()
    flowing.clear()
    yield Row("console: heap of the page", before, "MB")
    growth, goal = after - before, f"below {HEAP_GROWTH_MB_MAX} MB"
    name = f"console: heap grown in {minutes:g} min of {EVENTS_PER_SECOND} events/s"
    yield Row(name, growth, "MB", [growth], goal, growth < HEAP_GROWTH_MB_MAX)
    name, goal = "console: memory of the page's process after it", f"below {PROCESS_MB_MAX} MB"
    yield Row(name, process_mb, "MB", [process_mb], goal, process_mb < PROCESS_MB_MAX)


def _process_mb() -> float:
    """Megabytes that the page's process has for itself: of the largest, for there are others."""
    processes = psutil.Process().children(recursive=True)
    pages = [one for one in processes if "--type=renderer" in one.cmdline()]
    return float(max(one.memory_full_info().uss for one in pages)) / 1e6


@contextmanager
def _serving(answers: Answers) -> Iterator[tuple[str, threading.Event]]:
    """A server on loopback, and whether its stream tells of changes."""
    flowing, stopping = threading.Event(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        """Serves the page and the answers."""

        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            """Answer what the page asks for."""
            asked = urlsplit(self.path)
            if asked.path == "/events":
                self._stream()
                return
            if asked.path == "/air/events":
                self._stream_tracks()
                return
            body, media_type = _body(asked.path, parse_qs(asked.query), answers)
            self.send_response(200 if body else 404)
            self.send_header("content-type", media_type)
            self.send_header("content-security-policy", page.POLICY)
            if asked.path == "/page/base-map":
                self.send_header("content-encoding", "gzip")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            # A page that is closed reads no further.
            with suppress(OSError):
                self.wfile.write(body)

        def _begin_stream(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()

        def _stream_tracks(self) -> None:
            self._begin_stream()
            with suppress(OSError):
                while not stopping.wait(1):
                    self.wfile.write(answers.sky.told())
                    self.wfile.flush()

        def _stream(self) -> None:
            self._begin_stream()
            with suppress(OSError):
                self._tell("id: 1\nevent: begin\ndata: {}\n\n")
                while not stopping.wait(1 / EVENTS_PER_SECOND):
                    if flowing.is_set():
                        told = json.dumps(answers.changed())
                        self._tell(f"event: notice\ndata: {told}\n\n")
                    else:
                        self._tell(": here\n\n")

        def _tell(self, rows: str) -> None:
            self.wfile.write(rows.encode())
            self.wfile.flush()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", flowing
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()


def _body(path: str, query: dict[str, list[str]], answers: Answers) -> tuple[bytes, str]:
    """What is served at a path, and of what type; nothing where there is nothing."""
    if path in ("/", "/sign-in"):
        return (page._FOLDER / "index.html").read_bytes(), "text/html; charset=utf-8"
    if path == "/page/base-map":
        return page._base_map("natural-earth"), "application/json"
    if path.startswith("/page/words/"):
        words = page.console_words(path.removeprefix("/page/words/"))
        return json.dumps(words).encode(), "application/json"
    if path.startswith("/page/"):
        name = path.removeprefix("/page/")
        found = page._file(name)
        kind = guess_type(name)[0] or "application/octet-stream"
        return (found.read_bytes() if found else b""), kind
    told = answers.of(path, query)
    return (b"" if told is None else json.dumps(told).encode()), "application/json"


def _vertex(lat: float, lon: float) -> dict[str, int]:
    return {"lat_e7": round(lat * 1e7), "lon_e7": round(lon * 1e7)}


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
