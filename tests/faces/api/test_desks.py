"""Desks that lock, sessions that are listed and ended, and what is noted of both."""

from collections.abc import Iterator
from typing import Any

import pyotp
import pytest

from openline.domain.line.people import Role
from openline.engine.node import Node
from openline.engine.people import NoteAtTheDoor
from openline.engine.turn import Turn
from openline.faces.api import rights
from openline.faces.api.app import ROUTES
from tests.faces.api.officers import Browser
from tests.faces.api.test_officers import PASSWORD, Port, _posts
from tests.faces.conftest import LINE, is_up, make_line, running, wait_until
from tests.ports import free_port

TEXT = {"kind": "TEXT", "fields": {"text": "Said.", "language": "en"}}
MESSAGES = f"/lines/{LINE}/messages"


@pytest.fixture(scope="module")
def officers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    """Two running nodes; Alpha's officers' port is without TLS."""
    line, port = make_line(tmp_path_factory.mktemp("desks")), free_port()
    toml = line.alpha / "node.toml"
    listen = f'\n[officers]\nlisten = "127.0.0.1:{port}"\ncertificate = "none"\n'
    toml.write_text(toml.read_text() + listen)
    with running(line.alpha, line.bravo):
        wait_until(lambda: is_up(line.client()) and is_up(line.client("bravo")))
        yield Port(line, port, _posts(line))


@pytest.fixture(autouse=True)
def _quiet(officers: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests sign in more often than people do."""
    monkeypatch.setattr("openline.faces.api.sessions.SIGN_INS_PER_MINUTE_MAX", 10_000)


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> list[NoteAtTheDoor]:
    """What the nodes note in their journals about signing in, as it comes."""
    found: list[NoteAtTheDoor] = []
    plain = Node._note_at_the_door

    def listening(node: Node, turn: Turn, token: int, note: NoteAtTheDoor) -> None:
        found.append(note)
        plain(node, turn, token, note)

    monkeypatch.setattr(Node, "_note_at_the_door", listening)
    return found


def acts(notes: list[NoteAtTheDoor]) -> list[tuple[str, str]]:
    """Each act with whom it is about."""
    return [(note.act.value, note.name) for note in notes]


def test_what_a_locked_session_may_is_routes_that_there_are() -> None:
    """The table of what a locked session may names only routes."""
    assert set(rights.LOCKED) <= {str(getattr(route, "operation_id", "")) for route in ROUTES}


def test_a_locked_session_may_only_be_seen_to_live(
    officers: Port, notes: list[NoteAtTheDoor]
) -> None:
    """It reads states and alarms, and everything else is refused with what to do."""
    browser = officers.signed_in("Lt. Wall", Role.WATCH_OFFICER)
    assert browser.post("/session/lock")["is_locked"]
    for path in ("/status", "/lines", f"/lines/{LINE}/alarms"):
        assert browser.ask("GET", path).status == 200, path
    assert browser.get("/session")["is_locked"]
    for method, path, body in (
        ("GET", MESSAGES, None), ("GET", f"/lines/{LINE}/matters", None), ("POST", MESSAGES, TEXT),
        ("POST", "/session/touch", {}), ("POST", "/session/post", {"post": officers.posts[0]}),
        ("POST", "/session/second-factor", {}), ("GET", "/sessions", None),
        ("GET", "/schema/openapi.json", None),
    ):  # fmt: skip
        answer = browser.ask(method, path, body)
        assert (answer.status, answer.json["error"]["remedy"][:9]) == (403, "Unlock it"), path
    browser.post("/session/lock")
    expected = [("LINK_MADE", "Lt. Wall"), ("SIGNED_IN", "Lt. Wall"), ("LOCKED", "Lt. Wall")]
    assert acts(notes) == expected, "a second time says nothing new"


def test_a_locked_session_is_still_told_what_changes(officers: Port) -> None:
    """The stream of a locked session begins, and goes on."""
    import http.client as http

    browser = officers.signed_in("Lt. Follower", Role.OBSERVER)
    browser.post("/session/lock")
    connection = http.HTTPConnection("127.0.0.1", officers.port, timeout=20)
    connection.request("GET", "/events", headers={"cookie": browser.cookie})
    response = connection.getresponse()
    assert response.status == 200
    assert response.readline().startswith(b"id: ")
    connection.close()


def test_signing_in_anew_unlocks(officers: Port, notes: list[NoteAtTheDoor]) -> None:
    """The same browser signs in by password and code: its old session is over, its new is open."""
    browser = officers.signed_in("Lt. Locked", Role.WATCH_OFFICER)
    browser.set_password(PASSWORD)
    browser.post("/session/lock")
    cookie, csrf = browser.cookie, browser.csrf
    body = {"name": "Lt. Locked", "password": PASSWORD, "code": pyotp.TOTP(browser.secret).now()}
    wrong = browser.ask("POST", "/sign-in/password", {**body, "password": "not these words"})
    assert wrong.status == 401
    assert browser.get("/session")["is_locked"], "a failure changes nothing"
    assert not browser.post("/sign-in/password", body)["is_locked"]
    assert browser.ask("GET", MESSAGES).status == 200
    browser.cookie, browser.csrf = cookie, csrf
    assert browser.ask("GET", "/status").status == 401, "the old one is over"
    assert [act for act, _ in acts(notes)][-3:] == ["LOCKED", "SIGN_IN_FAILED", "UNLOCKED"]
    assert {note.by[1] for note in notes[-3:]} == {"Lt. Locked"}


def test_another_person_takes_a_locked_desk(officers: Port, notes: list[NoteAtTheDoor]) -> None:
    """Who signs in at another's locked desk is who they are, and the other is signed out."""
    browser = officers.signed_in("Lt. Gone", Role.WATCH_OFFICER)
    browser.post("/session/lock")
    officers.add("Lt. Came", Role.OBSERVER)
    assert browser.sign_in(officers.link("Lt. Came"))["name"] == "Lt. Came"
    assert acts(notes)[-3:] == [
        ("LINK_MADE", "Lt. Came"), ("SIGNED_OUT", "Lt. Gone"), ("SIGNED_IN", "Lt. Came"),
    ]  # fmt: skip


def test_the_node_locks_a_desk_that_nobody_touches(
    officers: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a touch the node locks by itself, and no act opens it again."""
    browser = officers.signed_in("Lt. Idle", Role.WATCH_OFFICER)
    assert browser.ask("GET", MESSAGES).status == 200
    monkeypatch.setattr("openline.faces.api.sessions.SESSION_UNTOUCHED_MS_MAX", -1)
    assert browser.ask("GET", MESSAGES).status == 403
    monkeypatch.undo()
    assert browser.ask("POST", "/session/touch", {}).status == 403
    assert browser.ask("GET", MESSAGES).status == 403


def test_one_sees_and_ends_ones_own_sessions(officers: Port, notes: list[NoteAtTheDoor]) -> None:
    """One's own two browsers are listed, and one ends the other; nobody else's is there."""
    first = officers.signed_in("Lt. Twice", Role.OBSERVER)
    second = officers.browser()
    second.sign_in(officers.link("Lt. Twice"))
    other = officers.signed_in("Lt. Other", Role.OBSERVER)
    rows = first.get("/sessions")["sessions"]
    assert [(row["name"], row["how"], row["is_this"]) for row in rows] == [
        ("Lt. Twice", "link", True), ("Lt. Twice", "link", False),
    ]  # fmt: skip
    assert rows[0]["where"].startswith("127.0.0.1")
    theirs = this_session(other)
    answer = first.ask("POST", "/sessions/end", {"id": theirs["id"]})
    assert answer.status == 404, "another's is as good as none"
    first.post("/sessions/end", {"id": rows[1]["id"]})
    assert second.ask("GET", "/status").status == 401
    assert other.ask("GET", "/status").status == 200
    assert acts(notes)[-1] == ("SESSION_ENDED", "Lt. Twice")


def test_an_administrator_ends_anybodys_session(officers: Port) -> None:
    """Who may see to people sees all sessions, and ends one."""
    admin = officers.signed_in("Maj. Root", Role.ADMINISTRATOR)
    victim = officers.signed_in("Lt. Ended", Role.OBSERVER)
    held = this_session(victim)
    assert held["id"] in [row["id"] for row in admin.get("/sessions")["sessions"]]
    admin.post("/sessions/end", {"id": held["id"]})
    assert victim.ask("GET", "/status").status == 401


def test_no_secret_of_a_session_is_listed(officers: Port) -> None:
    """The list holds neither what a browser shows nor what its page knows."""
    browser = officers.signed_in("Lt. Secret", Role.OBSERVER)
    listed = str(browser.get("/sessions"))
    assert browser.cookie.partition("=")[2] not in listed
    assert browser.csrf not in listed


def test_a_name_that_nobody_has_is_not_noted(officers: Port, notes: list[NoteAtTheDoor]) -> None:
    """Whoever types a password for a name leaves no trace of it in a log that forgets nothing."""
    browser = officers.browser()
    body = {"name": "my secret words typed wrongly", "password": "x", "code": "000000"}
    assert browser.ask("POST", "/sign-in/password", body).status == 401
    [note] = notes
    assert (note.act.value, note.by, note.name) == ("SIGN_IN_FAILED", ("", ""), "")
    assert "my secret words" not in note.what


def test_a_browsers_odd_letters_are_not_listed(officers: Port) -> None:
    """What a browser calls itself is shown in plain letters, and is cut."""
    officers.add("Lt. Odd", Role.OBSERVER)
    browser = officers.browser()
    browser.headers["user-agent"] = "Odd\x85\xa0 browser " + "x" * 500
    browser.sign_in(officers.link("Lt. Odd"))
    where = this_session(browser)["where"]
    assert where.startswith("127.0.0.1, Odd?? browser x")
    assert len(where) == 200


def test_a_second_factor_is_given_as_a_picture(officers: Port) -> None:
    """The QR code comes with the secret, as a picture that the page's policy lets through."""
    browser = officers.signed_in("Lt. Camera", Role.OBSERVER)
    assert browser.post("/session/second-factor")["qr"].startswith("data:image/png;base64,")


def test_the_next_check_has_a_neutral_text(officers: Port) -> None:
    """The text whose turn it is comes with translations, and is said as it is."""
    browser = officers.signed_in("Lt. Check", Role.COMMUNICATOR)
    proposed = browser.get(f"/lines/{LINE}/check?language=en")
    assert proposed["language"] == "en"
    assert {one["language"] for one in proposed["translations"]} == {"ru", "ar"}
    fields = {name: proposed[name] for name in ("text", "language", "translations")}
    browser.post(MESSAGES, {"kind": "LINE_CHECK", "fields": {**fields, "occasion": "REGULAR"}})
    following = browser.get(f"/lines/{LINE}/check?language=en")
    assert following["number"] == proposed["number"] + 1
    assert following["text"] != proposed["text"]


def this_session(browser: Browser) -> dict[str, Any]:
    """The listed session of the browser itself."""
    found: dict[str, Any] = next(
        row for row in browser.get("/sessions")["sessions"] if row["is_this"]
    )
    return found
