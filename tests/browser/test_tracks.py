"""The air picture in the console: tracks on the map, alerts, a card, and the question."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.adapters.clock import wall_clock_ms
from openline.domain.instant import HOUR_MS, format_instant
from openline.faces.api import examples
from tests.browser.conftest import Opens
from tests.browser.desk import OFFICERS, Desk, add_person, chromium, open_port
from tests.end_to_end.nodes import Node, found, running, wait_up
from tests.ports import free_ports

pytestmark = pytest.mark.system

FEED = '\n[[feed]]\nname = "mast"\nkind = "sbs"\nsource = "file:seen.sbs"\n'


class Mast(threading.Thread):
    """A receiver of Alpha's: tells of some aircraft each second, until it is ended."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.path = path
        self.is_over = threading.Event()
        self.second = 0

    def run(self) -> None:
        """Write rows of BaseStation, as a receiver writes them."""
        while not self.is_over.wait(1.0):
            self.second += 1
            with self.path.open("a") as rows:
                rows.write(position("4CA7B5", 34.49, 36.86 + self.second * 0.0001, "RFF7033"))
                rows.write(position("500002", 34.3, 36.6 + self.second * 0.0001, "SYR102"))


def position(address: str, lat_deg: float, lon_deg: float, callsign: str) -> str:
    """One row with everything in it."""
    said = f"{callsign},5000,300,90,{lat_deg:.5f},{lon_deg:.5f},0,3521,0,0,0,0"
    return f"MSG,3,1,1,{address},1,2017/04/07,01:40:00.000,2017/04/07,01:40:00.000,{said}\n"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    """Two running nodes; Alpha's has a feed and a notice in force beneath an aircraft."""
    chromium()
    made = found(tmp_path_factory.mktemp("tracks"))
    for node, port in zip(made, free_ports(len(made)), strict=True):
        open_port(node, port)
    with (made[0].directory / "node.toml").open("a") as settings:
        settings.write(FEED)
    mast = Mast(made[0].directory / "seen.sbs")
    mast.path.touch()
    with running(*made):
        wait_up(*made)
        for node in made:
            add_person(node, OFFICERS[node.party], "WATCH_OFFICER")
        give_notice(made[0])
        mast.start()
        yield made
        mast.is_over.set()


def give_notice(node: Node) -> None:
    """Let a node give notice round Shayrat for an hour from now."""
    now = wall_clock_ms()
    window = {"valid_from": format_instant(now), "valid_until": format_instant(now + HOUR_MS)}
    area = {"shape": "CIRCLE", "vertices": [{"lat": 34.49, "lon": 36.909}], "radius_m": 9_000}
    fields = {**examples.NOTICE_FIELDS, "volumes": [{**area, **window}]}
    del fields["by"]
    node.client().post("/lines", node.line, "messages", body={"kind": "NOTICE", "fields": fields})


@pytest.mark.parametrize(
    ("language", "ask"), [("en", "Ask: are these yours?"), ("ar", "اسألوا: أهذه لكم؟")]
)
def test_an_alert_leads_to_its_track_and_the_question(
    nodes: list[Node], opens: Opens, language: str, ask: str
) -> None:
    """A track in our notice alarms; its card shows what is known, and one press asks."""
    desk = opens(nodes[0], language=language).sign_in()
    desk.sees("RFF7033")
    desk.page.locator("summary", has_text="2").last.wait_for()
    desk.page.locator(".tools details").last.locator("summary").click()
    desk.page.locator(".list button", has_text="RFF7033").first.click()
    desk.sees("icao:4ca7b5")
    desk.page.wait_for_timeout(1_500)
    desk.shoot(f"tracks-{language}")
    assert desk.wrongs() == []
    before = len(queries(nodes[1]))
    desk.page.get_by_role("button", name=ask).click()
    desk.page.locator(".hand .serial", has_text="ALPHA-").wait_for()
    asked = queries(nodes[1])
    assert len(asked) == before + 1
    body = nodes[1].message(asked[-1]["party"], asked[-1]["index"])["body"]
    assert "RFF7033" in body["objects"][0]["what"]


def test_an_officer_assesses_and_shares_a_track_by_keyboard(
    nodes: list[Node], opens: Opens
) -> None:
    """Whose a track is, is chosen by key, shown with who said so, taken back; it is shared once."""
    desk = opens(nodes[0]).sign_in()
    desk.sees("RFF7033")
    desk.page.locator(".tools details").last.locator("summary").click()
    desk.page.locator(".list button", has_text="SYR102").first.click()
    desk.sees("icao:500002")
    hand = desk.page.locator(".hand")
    hand.get_by_label("Why").fill("By telephone.")
    hand.get_by_role("button", name="Of bravo.example").press("Enter")
    hand.get_by_text("Assessed to be of bravo.example").wait_for()
    desk.sees("By telephone.")
    desk.page.locator(".list", has_text="✓").wait_for()
    desk.shoot("tracks-assessed")
    assert desk.wrongs() == []
    track = nodes[0].client().get("/air/track", name="SYR102")
    assert track["assessed"]["by"]["officer"] == OFFICERS[nodes[0].party]
    hand.get_by_role("button", name="Take it back").press("Enter")
    hand.get_by_text("Assessed to be of bravo.example").wait_for(state="detached")
    hand.get_by_role("button", name="Share this track …").press("Enter")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_text("SYR102").wait_for()
    dialog.get_by_role("button", name="Share it").press("Enter")
    hand.locator(".serial", has_text="ALPHA-").wait_for()
    shared = [one for one in heard(nodes[1]) if one["kind"] == "TRACK"]
    assert len(shared) == 1


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [
        ("notam", "ALPHA-N-0001.notam.txt", "("),
        ("geojson", "ALPHA-N-0001.geojson", "{"),
        ("kml", "ALPHA-N-0001.kml", "<?xml"),
        ("aixm", "ALPHA-N-0001.aixm.xml", "<?xml"),
        ("cap", "ALPHA-N-0001.cap.xml", "<?xml"),
    ],
)
def test_a_notice_is_saved_in_the_forms_of_others(
    notice_desk: Desk, form: str, name: str, begins: str
) -> None:
    """Each form of a notice is chosen and saved from its card; what it cannot say is told."""
    hand = notice_desk.page.locator(".hand")
    hand.get_by_label("As a file").select_option(form)
    with notice_desk.page.expect_download() as waiting:
        hand.get_by_role("button", name="Save the file").press("Enter")
    assert waiting.value.suggested_filename == name
    assert Path(waiting.value.path()).read_text().startswith(begins)
    assert notice_desk.wrongs() == []


@pytest.fixture
def notice_desk(nodes: list[Node], opens: Opens) -> Desk:
    """A desk with Alpha's notice in hand."""
    desk = opens(nodes[0]).sign_in()
    in_view = desk.page.locator("details", has=desk.page.locator("summary", has_text="In view: 1"))
    in_view.locator("summary").click()
    in_view.get_by_role("button", name="ALPHA-N-0001").click()
    desk.page.locator(".hand .serial", has_text="ALPHA-N-0001").wait_for()
    return desk


def queries(node: Node) -> list[dict[str, object]]:
    """The queries that a node has."""
    return [one for one in heard(node) if one["kind"] == "QUERY"]


def heard(node: Node) -> list[dict[str, object]]:
    """The messages that a node has."""
    found: list[dict[str, object]] = node.client().get("/lines", node.line, "messages", count=1000)[
        "messages"
    ]
    return found
