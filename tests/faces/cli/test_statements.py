"""Public statements through a real node: verbs, routes, feed and pages say the same."""

import asyncio
import contextlib
import http.client
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import feedparser
import msgspec
import pytest

from openline.faces import unix
from openline.faces.api import statement_answers as answers
from openline.faces.cli.client import Client
from tests.adapters.atom_rules import ATOM, check_feed
from tests.adapters.statements import press
from tests.adapters.statements.press import Office
from tests.faces.conftest import (
    ALPHA,
    LINE,
    Run,
    do,
    is_up,
    make_line,
    running,
    wait_until,
)
from tests.ports import free_port

RELEASE = press.release("ar")
STEPS = (RELEASE, press.number(RELEASE), press.moved_lead(press.denial(press.number(RELEASE))))
HOSTILE = "<script>alert(1)</script> \u202egnp.exe " + "word " * 40


@contextlib.contextmanager
def open_office() -> Iterator[Office]:
    """A press office in a thread of its own."""
    ready, ended = threading.Event(), asyncio.Event()
    found: list[tuple[Office, asyncio.AbstractEventLoop]] = []

    async def be_open() -> None:
        async with press.office() as office:
            found.append((office, asyncio.get_running_loop()))
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(be_open()), daemon=True)
    thread.start()
    assert ready.wait(30)
    office, loop = found[0]
    try:
        yield office
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(30)


class Place:
    """A node that follows a page of a press office."""

    def __init__(self, directory: Path, client: Client, office: Office) -> None:
        self.directory, self.client, self.office = directory, client, office
        self.id = ""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A node with a line, and three versions of a page that it has seen."""
    line = make_line(tmp_path_factory.mktemp("statements"))
    settings = line.alpha / "node.toml"
    with open_office() as office:
        office.show(
            "/hostile", f"<article><h1>x</h1><p>{HOSTILE.replace('<', '&lt;')}</p></article>"
        )
        more = (
            '\n[statements]\nallow = "127.0.0.0/8"\ncontact = "mailto:x@alpha.example"\n'
            f'\n[[source]]\nname = "hostile"\naddress = "{office.base}/hostile"\nkind = "page"\n'
        )
        settings.write_text(settings.read_text() + more)
        with running(line.alpha, line.bravo):
            wait_until(lambda: is_up(line.client()))
            place = Place(line.alpha, line.client(), office)
            office.show("/7", press.page(STEPS[0]))
            do("statements", "add", "their-page", office.base + "/7", "--kind", "page",
               "--lang", "ar", "--dir", line.alpha)  # fmt: skip
            [one] = place.client.get("/statements", source="their-page")["statements"]
            place.id = one["id"]
            place.client.post("/statements", place.id, "check", body=None)
            for step in STEPS[1:]:
                office.show("/7", press.page(step))
                place.client.post("/statements", place.id, "check", body=None)
            yield place


def test_answers_are_as_described(place: Place) -> None:
    """Each route answers exactly the structure that it describes."""
    client = place.client
    listed = msgspec.convert(client.get("/statements"), answers.Statements, strict=True)
    assert {one.name for one in listed.sources} == {"hostile", "their-page"}
    whole = msgspec.convert(
        client.get("/statements", place.id), answers.StatementWhole, strict=True
    )
    assert [one.verdict for one in whole.history] == ["FIRST", "CHANGED", "CHANGED"]
    assert all(one.line == LINE and one.row is not None for one in whole.captures)
    text = client.get("/statements", place.id, "versions", "1")
    assert len(msgspec.convert(text, answers.StatementText, strict=True).paragraphs) == 5
    found = client.get("/statements", place.id, "differences", old=2, new=3)
    told = msgspec.convert(found, answers.StatementDifference, strict=True)
    assert [row.change for row in told.rows].count("MOVED") == 1
    assert "a negation" in told.summary


def test_verbs_show_what_changed(place: Place, openline: Run) -> None:
    """The verbs list, show, compare, keep and refuse in words."""
    at = ("--dir", place.directory)
    assert place.id in openline("statements", "list", *at).out
    assert "third" not in openline("statements", "show", place.id, *at).out
    diff = openline("statements", "diff", place.id[:6], "--old", 1, "--new", 2, *at)
    assert "[-12-] {+14+}" in diff.out
    kept = openline("statements", "keep", place.id, "--attach", "ALPHA-I-0001", *at, "--json")
    assert kept.json["attached"] == "ALPHA-I-0001"
    assert openline("statements", "show", "nothing", *at).code == 1
    bad = openline("statements", "add", "x", "ftp://x.example", *at)
    assert (bad.code, "no address of a page" in bad.err) == (1, True)


def test_the_feed_is_read_by_others(place: Place, openline: Run, tmp_path: Path) -> None:
    """feedparser reads the feed without complaint: ids, links, the difference as HTML."""
    out = tmp_path / "s.atom"
    address = "https://alpha.example/s.atom"
    words = ("statements", "feed", "--statement", place.id, "--out", out, "--address", address)
    assert openline(*words, "--dir", place.directory).code == 0
    feed = feedparser.parse(out.read_bytes())
    assert not feed.bozo
    assert [e.id.rpartition("/")[2] for e in feed.entries] == ["3", "2", "1"]
    assert len({e.id for e in feed.entries}) == 3
    entry = feed.entries[1]
    assert {link.rel for link in entry.links} == {"alternate", "via", "related"}
    assert "<del>12</del>" in entry.content[0].value
    assert feed.feed.links[0].href == address
    gone = openline(*words, "--archive", 0, "--overwrite", "--dir", place.directory)
    assert (gone.code, "no archive 0" in gone.err) == (1, True)


FEEDS: list[tuple[str, dict[str, str]]] = [
    ("/statements/feed.atom", {}),
    ("/statements/feed.atom", {"source": "their-page"}),
    ("/statements/feed.atom", {"statement": ""}),
    (f"/lines/{LINE}/members.atom", {"about": "notices"}),
    (f"/lines/{LINE}/members.atom", {"about": "state"}),
    (f"/lines/{LINE}/feed.atom", {}),
]
"""Everything, one source, one page, notices, the state of the line, and what is public."""


@pytest.fixture(scope="module")
def said(place: Place) -> Place:
    """What each of the feeds has something of: a public notice and a suspension."""
    at = ("--dir", place.directory)
    window = ("--category", "flight", "--from", "+2h", "--until", "+3h", "--activity", "Flights")
    do("notice", "issue", "--circle", "34.49,36.909", "--radius", "2 km", "--kind", "air", *window,
       "--place", "at Shayrat airfield", "--releasability", "public", *at)  # fmt: skip
    do("declare", "suspend", "air_safety", "--reason", "A test.", "--effective", "+2h",
       "--released-by", "commander/Gen. Jones", *at)  # fmt: skip
    return place


@pytest.mark.parametrize(("path", "query"), FEEDS)
def test_each_feed_is_valid_and_is_not_sent_twice(
    said: Place, path: str, query: dict[str, str]
) -> None:
    """By the RFCs' rules and to feedparser; who has it is told 304 by tag and by time."""
    query = {**query, "address": "https://alpha.example/feed"}
    if "statement" in query:
        query["statement"] = said.id
    status, headers, body = ask(said.client, path, query)
    assert status == 200
    assert headers["content-type"].startswith("application/atom+xml")
    assert check_feed(body).findall(f"{ATOM}entry")
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    assert all(entry.id and entry.title and entry.content[0].value for entry in parsed.entries)
    tag = headers["etag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = ask(said.client, path, query, {"if-none-match": held})
        assert (again[0], again[2], again[1]["etag"]) == (304, b"", tag)
    assert ask(said.client, path, query, {"if-none-match": '"other"'})[0] == 200
    # In the second in which a feed was first seen as it is, no time is told: it may change.
    wait_until(lambda: "last-modified" in ask(said.client, path, query)[1])
    since = ask(said.client, path, query)[1]["last-modified"]
    assert ask(said.client, path, query, {"if-modified-since": since})[0] == 304
    early = "Thu, 06 Apr 2017 00:00:00 GMT"
    for sent in (early, "yesterday"):
        assert ask(said.client, path, query, {"if-modified-since": sent})[0] == 200
    both = {"if-modified-since": since, "if-none-match": '"other"'}
    assert ask(said.client, path, query, both)[0] == 200


def ask(
    client: Client, path: str, query: dict[str, str], headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer of the node."""
    connection = http.client.HTTPConnection("openline", timeout=60)
    connection.sock = unix.connect(client.config.socket, 60)
    try:
        connection.request("GET", f"{path}?{urlencode(query)}", headers=headers or {})
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read()
    finally:
        connection.close()


def test_members_have_a_feed_of_their_own(place: Place, openline: Run, tmp_path: Path) -> None:
    """Notices of the line are in it as entries that keep their ids; texts are not."""
    at = ("--dir", place.directory)
    issued = ("notice", "issue", "--circle", "34.49,36.909", "--radius", "2 km", "--kind", "air")
    window = ("--category", "flight", "--from", "+2h", "--until", "+3h", "--activity", "Flights")
    done = openline(*issued, *window, "--place", "at Shayrat airfield", *at)
    assert done.code == 0, done.err
    out = tmp_path / "members.atom"
    words = ("statements", "feed", "--members", "--out", out, "--overwrite", *at)
    assert openline(*words).code == 0
    first = feedparser.parse(out.read_bytes())
    assert not first.bozo
    assert "Flights" in first.entries[0].content[0].value
    assert {entry.tags[0].term for entry in first.entries} <= {"notice", "declaration"}
    assert openline(*words).code == 0
    again = feedparser.parse(out.read_bytes())
    assert [entry.id for entry in again.entries] == [entry.id for entry in first.entries]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_show_the_same(place: Place, language: str) -> None:
    """The list, the versions, a text and a comparison are pages with links to each row."""

    def page(*path: str, **query: object) -> str:
        return place.client.get_file("/print/statements", *path, **query).decode()

    listed = page(language=language)
    assert f"/print/statements/{place.id}" in listed
    assert ('dir="rtl"' in listed) is (language == "ar")
    assert "/versions/1" in page(place.id, language=language)
    assert 'lang="ar"' in page(place.id, "versions", "1", language=language)
    told = page(place.id, "differences", old=2, new=3, language=language)
    for way in ('id="p1-4"', 'id="a1-4"', 'href="#p1-4"', 'href="#a1-4"'):
        assert way in told


def test_a_strangers_words_are_shown_harmlessly(place: Place) -> None:
    """Mark-up is escaped and what steers the text is shown by number, on pages and in feeds."""
    [one] = place.client.get("/statements", source="hostile")["statements"]
    whole = place.client.post("/statements", one["id"], "check", body=None)
    assert whole["history"]
    page = place.client.get_file("/print/statements", one["id"], "versions", "1").decode()
    feed = place.client.get_file("/statements", "feed.atom", source="hostile").decode()
    for shown in (page, feed):
        assert "<script" not in shown
        assert "\u202e" not in shown
        assert "⟨U+202E⟩" in shown


def test_a_public_text_is_compared_with_a_readout(place: Place, openline: Run) -> None:
    """What the page has of a readout, what it changed and what else it says is told."""
    at = ("--dir", place.directory)
    last = STEPS[-1].paragraphs
    call = ("call", "record", "--from", "-9min", "--until", "-8min", "--person", f"{ALPHA}: Lt. S")
    recorded = openline(*call, "--person", "bravo.example: Maj. P", *at, "--json").json["serial"]
    words = f"ar={last[0]}\n\n{last[2].replace('لا ', '')}"
    by = ("--by", "commander/Gen. Haddad")
    proposed = openline("readout", "propose", recorded, "--text", words, *by, *at, "--json")
    serial = proposed.json["serial"]
    beside = openline("statements", "diff", place.id, "--readout", serial, *at, "--json").json
    told = msgspec.convert(beside, answers.ReadoutComparison, strict=True)
    assert (told.language, told.is_whole, told.is_agreed) == ("ar", False, False)
    changes = [row.change for row in told.rows]
    assert changes.count("SAME") == 1
    assert changes.count("EDITED") == 1
    shown = openline("statements", "diff", place.id, "--readout", serial, *at)
    assert "{+لا+}" in shown.out
    assert "only on the page" in shown.out


def test_nothing_else_needs_a_line(tmp_path: Path, openline: Run) -> None:
    """A node without a line follows pages too; its looks are in no journal, and that is said."""
    directory = tmp_path / "lone"
    listen = f"127.0.0.1:{free_port()}"
    do("init", "--dir", directory, "--party", ALPHA, "--listen", listen, "--title", "en=A")
    settings = directory / "node.toml"
    settings.write_text(settings.read_text() + '\n[statements]\nallow = "127.0.0.0/8"\n')
    with open_office() as office, running(directory):
        office.show("/7", press.page(press.release()))
        at = ("--dir", directory)
        do("statements", "add", "p", office.base + "/7", "--kind", "page", *at)
        [one] = openline("statements", "list", "--json", *at).json["statements"]
        openline("statements", "check", one["id"], *at)
        text = openline("statements", "show", one["id"], "--version", 1, *at)
        assert "this node's word alone" in text.out


def test_what_was_seen_is_proven_to_outsiders(place: Place, openline: Run, tmp_path: Path) -> None:
    """The file of a version, and of a look that found no page, is PROVEN offline."""
    one = place.client.get("/statements", place.id)
    out = tmp_path / "seen.cert"
    words = ("statements", "prove", place.id[:6], "--version", 1, "--out", out)

    def is_written() -> bool:
        return openline(*words, "--dir", place.directory).code == 0

    # The counterpart cosigns the journal's head within seconds.
    wait_until(is_written)
    verified = openline("verify", out)
    assert verified.code == 0, verified.out
    assert one["history"][0]["body_hash"] in verified.out
    assert "It does not prove what others were shown" in verified.out
    place.office.show("/7", "gone", 404)
    place.client.post("/statements", place.id, "check", body=None)
    looked = place.client.get("/statements", place.id)["captures"][0]
    assert looked["status"] == 404
    gone = tmp_path / "gone.cert"
    row = ("statements", "prove", place.id, "--row", looked["row"], "--out", gone)
    wait_until(lambda: openline(*row, "--dir", place.directory).code == 0)
    assert "was answered 404" in openline("verify", gone).out
    page = place.client.get_file("/print/statements", place.id, "versions", "1").decode()
    assert f"/statements/{place.id}/proof?version=1" in page
    verdict = place.client.get_file(
        "/print/lines", LINE, "certificates", kind="capture", index=looked["row"], language="ru"
    ).decode()
    assert "Это не доказывает" in verdict
    bad = openline("statements", "prove", place.id, "--row", 99_999, "--dir", place.directory)
    assert (bad.code, "No look at this page" in bad.err) == (1, True)
