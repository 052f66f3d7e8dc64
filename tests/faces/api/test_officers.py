"""The officers' port of a real node: sign-in, sessions, roles, drafts, signatures."""

import logging
import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pyotp
import pytest

from openline.domain.line.people import MAY, Right, Role
from openline.domain.record.verification import verify_certificate
from openline.engine.journal import PerMinute
from openline.faces.api import answers, rights
from openline.faces.api.app import ROUTES
from openline.faces.cli.client import Client, Refused
from openline.faces.console.printing import POLICY, STYLE_PATH
from tests.faces.api.officers import Browser
from tests.faces.conftest import (
    ALPHA,
    LINE,
    Line,
    is_up,
    make_line,
    running,
    wait_until,
)
from tests.ports import free_port

PASSWORD = "four words nobody joined"
MESSAGES = f"/lines/{LINE}/messages"
DRAFTS = f"/lines/{LINE}/drafts"
SUSPENSION = {
    "kind": "DECLARATION",
    "precedence": "IMMEDIATE",
    "fields": {"scopes": ["air_safety"], "status": "SUSPENDED", "reason": "Strike."},
}


@dataclass(frozen=True)
class Port:
    """Two nodes, of which Alpha's has an officers' port."""

    line: Line
    port: int
    posts: list[str]

    @property
    def origin(self) -> str:
        """The page."""
        return f"http://localhost:{self.port}"

    def browser(self) -> Browser:
        """A browser in which nobody is signed in."""
        return Browser(self.port, self.origin)

    def client(self) -> Client:
        """The node's own socket."""
        return self.line.client()

    def add(self, name: str, *roles: Role) -> None:
        """Add somebody on the command line's way."""
        body = {"name": name, "roles": [role.name for role in roles], "posts": self.posts}
        self.client().post("/people", body=body)

    def link(self, name: str) -> str:
        """A sign-in link."""
        return str(self.client().post("/people", name, "link", body={})["link"])

    def signed_in(self, name: str, *roles: Role) -> Browser:
        """A browser in which somebody new is signed in."""
        self.add(name, *roles)
        browser = self.browser()
        browser.sign_in(self.link(name))
        return browser


@pytest.fixture(scope="module")
def officers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    """Two running nodes with a proven line; Alpha's officers' port is without TLS."""
    line, port = make_line(tmp_path_factory.mktemp("officers")), free_port()
    listen = f'\n[officers]\nlisten = "127.0.0.1:{port}"\ncertificate = "none"\n'
    toml = line.alpha / "node.toml"
    toml.write_text(toml.read_text() + listen)
    with running(line.alpha, line.bravo):
        for name in ("alpha", "bravo"):
            wait_until(lambda name=name: is_up(line.client(name)))
        yield Port(line, port, _posts(line))


def _posts(line: Line) -> list[str]:
    """Alpha's posts, the highest first."""
    shown = line.client().get("/lines", LINE, "understanding")["toml"]
    block = next(part for part in shown.split("[[parties]]") if f'name = "{ALPHA}"' in part)
    found = re.findall(r'\{ name = "([a-z_-]+)", tier = (\d)', block)
    assert found, block[:500]
    return [name for name, _ in sorted(found, key=lambda one: -int(one[1]))]


@pytest.fixture(autouse=True)
def _quiet(officers: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests sign in more often than people do."""
    monkeypatch.setattr("openline.faces.api.sessions.SIGN_INS_PER_MINUTE_MAX", 10_000)


# Who may.


def test_every_route_asks_for_a_right() -> None:
    """Each route is open, about oneself, or asks for one right; and no other is named."""
    names = sorted(str(getattr(route, "operation_id", "")) for route in ROUTES)
    assert names == sorted([*rights.OPEN, *rights.OWN, *rights.RIGHT_OF])


def test_nobody_reaches_a_route_unsigned(officers: Port) -> None:
    """Without a session each route but those of sign-in answers 401, whatever its method."""
    browser = officers.browser()
    for method, path in (
        ("GET", "/status"), ("GET", "/people"), ("POST", MESSAGES), ("GET", "/events"),
        ("GET", "/schema/openapi.json"), ("GET", "/nothing"), ("POST", "/people"),
        ("DELETE", "/status"), ("GET", "/session"),
    ):  # fmt: skip
        answer = browser.ask(method, path, {} if method == "POST" else None)
        assert (answer.status, answer.what[:20]) == (401, "Nobody is signed in,"), path
        assert answer.headers["cache-control"] == "no-store"
    for path in ("/sign-in/../people", "/sign-in/nothing", "/sign-in/%2e%2e/people"):
        assert browser.ask("GET", path).status in (401, 404), path


def test_pages_are_served_to_who_may_read_and_to_nobody_else(officers: Port) -> None:
    """Behind the door a page has its own policy, and says who asked for it; unsigned it is 401."""
    path = f"/print/lines/{LINE}/log"
    for asked in (path, STYLE_PATH, f"/public/lines/{LINE}/readouts"):
        assert officers.browser().ask("GET", asked).status == 401
    answer = officers.signed_in("Sgt <b>Reader", Role.OBSERVER).ask("GET", path)
    assert answer.status == 200
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert "“Sgt &lt;b&gt;Reader”" in answer.json.decode()


@pytest.mark.parametrize("role", Role, ids=lambda role: role.name)
def test_roles_guard_routes(officers: Port, role: Role) -> None:
    """Each role reaches the routes whose right it gives, and is told 403 at the others."""
    browser = officers.signed_in(f"Guarded {role.name}", role)
    for right, method, path, body in (
        (Right.READ, "GET", "/status", None),
        (Right.READ, "GET", f"/lines/{LINE}/drafts", None),
        (Right.AUDIT, "GET", f"/lines/{LINE}/acts", None),
        (Right.AUDIT, "GET", f"/print/lines/{LINE}/acts", None),
        (Right.PEOPLE, "GET", "/people", None),
        (Right.SPEAK, "POST", f"/lines/{LINE}/alarms/acknowledge", {"alarm": "none"}),
        (Right.SPEAK, "GET", "/telephone", None),
        (Right.SPEAK, "POST", MESSAGES, _text("Said by role.")),
        (Right.SERVE, "POST", MESSAGES, {"kind": "LINE_CHECK", "fields": {}}),
        (Right.DECLARE, "POST", MESSAGES, SUSPENSION),
        (Right.DRAFT, "POST", DRAFTS, {**SUSPENSION, "kind": "NOTICE"}),
        (Right.RELEASE, "POST", f"{DRAFTS}/{'ab' * 16}/release", {}),
        (
            Right.KEYS,
            "POST",
            f"/lines/{LINE}/trust-own-copy",
            {"by": {"post": "x", "officer": "y"}},
        ),
        (Right.SERVE, "POST", f"/lines/{LINE}/courier/export", {"party": "nobody.example"}),
    ):
        status = browser.ask(method, path, body).status
        says = f"{role.name} {right.name} {path}"
        if right in MAY[role]:
            is_own_name = right is Right.KEYS
            assert (status == 403) is is_own_name, says
            assert status != 401, says
        else:
            assert status == 403, says


def _text(words: str, **more: Any) -> dict[str, Any]:
    return {"kind": "TEXT", "fields": {"language": "en", "text": words, **more}}


def test_a_refusal_stands_in_the_log(
    officers: Port, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was refused what, at which post and from where, is a row of the log file."""
    # What other tests were refused in this minute may have filled what is told of it.
    monkeypatch.setattr(PerMinute, "admits", lambda *_: True)
    browser = officers.signed_in("Lt. Refused", Role.OBSERVER)
    caplog.set_level(logging.INFO, "openline.faces.api.door")
    assert browser.ask("GET", "/people").status == 403
    post = browser.get("/session")["post"]
    browser.csrf = ""
    assert browser.ask("POST", "/session/post%0A2017", {"post": post}).status == 403
    assert officers.browser().ask("GET", "/people").status == 401
    told = [(row.levelname, row.getMessage()) for row in caplog.records]
    assert [row for row in told if row[1].startswith("refused with")] == [
        ("WARNING", f"refused with 403: GET /people, to Lt. Refused at {post}, from 127.0.0.1"),
        (
            "WARNING",
            f"refused with 403: POST /session/post\n2017, to Lt. Refused at {post}, from 127.0.0.1",
        ),
        ("INFO", "refused with 401: GET /people, to nobody signed in, from 127.0.0.1"),
    ]


def test_a_linguist_answers_with_translations_only(officers: Port) -> None:
    """A linguist says a text where it answers one and carries translations, and no other."""
    said = officers.client().post(
        "/lines", LINE, "messages", body=_text("Where are you?"), wait="delivered"
    )
    browser = officers.signed_in("Linguist One", Role.LINGUIST)
    to = {"party": said["party"], "index": said["index"]}
    translation = {
        "language": "ru", "text": "Где вы?", "translator": "Linguist One", "is_machine": False,
    }  # fmt: skip
    words = _text("Where are you?", translations=[translation])
    assert browser.ask("POST", MESSAGES, words).status == 403
    assert browser.ask("POST", MESSAGES, {**_text("x"), "reply_to": to}).status == 403
    assert browser.ask("POST", MESSAGES, {**words, "reply_to": to}).status == 201


def test_acts_bear_the_name_of_who_is_signed_in(officers: Port) -> None:
    """What is said bears name and post of the session, and no other can be chosen."""
    browser = officers.signed_in("Lt. Named", Role.WATCH_OFFICER)
    said = browser.post(MESSAGES, _text("Mine."))
    message = browser.get(f"{MESSAGES}/{ALPHA}/{said['index']}")
    assert message["by"] == {"post": officers.posts[0], "officer": "Lt. Named"}
    other = {"post": officers.posts[0], "officer": "Gen. Other"}
    refused = browser.ask("POST", MESSAGES, _text("Not mine.", by=other))
    assert refused.status == 403
    assert "Lt. Named is signed in at" in refused.what
    for by in ({"post": "x"}, "Gen. Other", None, ["x", "Gen. Other"]):
        assert browser.ask("POST", MESSAGES, _text("Not mine.", by=by)).status in (400, 403), by
    named = {**SUSPENSION["fields"], "released_by": other}  # type: ignore[dict-item]
    refused = browser.ask("POST", MESSAGES, {**SUSPENSION, "fields": named})
    assert (refused.status, "nobody names the second person" in refused.what) == (403, True)


def test_the_post_is_one_of_theirs(officers: Port) -> None:
    """A person changes to another of their posts, and to no other."""
    browser = officers.signed_in("Lt. Mover", Role.WATCH_OFFICER)
    last = officers.posts[-1]
    assert browser.post("/session/post", {"post": last})["post"] == last
    said = browser.post(MESSAGES, _text("From another post."))
    assert browser.get(f"{MESSAGES}/{ALPHA}/{said['index']}")["by"]["post"] == last
    assert browser.ask("POST", "/session/post", {"post": "kitchen"}).status == 403


# Signing in.


def test_a_link_serves_once(officers: Port) -> None:
    """A link signs in one person once, and a link that nobody made signs in nobody."""
    officers.add("Lt. Linked", Role.OBSERVER)
    link = officers.link("Lt. Linked")
    browser = officers.browser()
    session = msgspec.convert(browser.sign_in(link), answers.SessionShown, strict=True)
    assert (session.name, session.how, session.rights) == ("Lt. Linked", "link", ["READ", "AUDIT"])
    again = officers.browser().ask("POST", "/sign-in/link", {"link": link})
    assert (again.status, "used already" in again.what) == (401, True)
    assert officers.browser().ask("POST", "/sign-in/link", {"link": "0" * 64}).status == 401


def test_the_cookie_is_kept_from_scripts_and_other_pages(officers: Port) -> None:
    """The cookie is HttpOnly and SameSite=Strict; without TLS it is not Secure."""
    officers.add("Lt. Cookie", Role.OBSERVER)
    body = {"link": officers.link("Lt. Cookie")}
    set_cookie = officers.browser().ask("POST", "/sign-in/link", body).headers["set-cookie"]
    parts = [part.strip() for part in set_cookie.split(";")]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(parts)
    assert "Secure" not in parts
    assert parts[0].startswith(f"openline-{officers.port}=")


def test_a_password_needs_its_second_factor(officers: Port) -> None:
    """Name, password and code together sign in; a code serves once, and not alone."""
    browser = officers.signed_in("Maj. Pass", Role.WATCH_OFFICER)
    assert browser.set_password(PASSWORD)["has_password"]
    code = pyotp.TOTP(browser.secret).now()
    other = officers.browser()
    good = {"name": "maj. PASS", "password": PASSWORD, "code": code}
    for wrong in ({"password": PASSWORD + "x"}, {"code": "000000"}, {"name": "Nobody"}):
        refused = other.ask("POST", "/sign-in/password", {**good, **wrong})
        assert refused.status == 401
        assert refused.what.startswith("The name, the password or the code is wrong")
    assert other.post("/sign-in/password", good)["how"] == "password"
    assert officers.browser().ask("POST", "/sign-in/password", good).status == 401


def test_a_name_waits_after_wrong_attempts(officers: Port) -> None:
    """After five wrong attempts a name waits, known or not; a link and a passkey still serve."""
    browser = officers.signed_in("Maj. Locked", Role.OBSERVER)
    browser.set_password(PASSWORD)
    for name in ("Maj. Locked", "Nobody At All"):
        body = {"name": name, "password": "wrong words entirely", "code": "123456"}
        for _ in range(5):
            assert officers.browser().ask("POST", "/sign-in/password", body).status == 401
        waits = officers.browser().ask("POST", "/sign-in/password", body)
        assert (waits.status, "too many wrong passwords" in waits.what) == (429, True)
        assert 1 <= int(waits.headers["retry-after"]) <= 11
    code = pyotp.TOTP(browser.secret).at(int(time.time()) + 30)
    right = {"name": "Maj. Locked", "password": PASSWORD, "code": code}
    assert officers.browser().ask("POST", "/sign-in/password", right).status == 429
    # Where they have signed in before, nobody else's guesses count.
    again = officers.browser()
    again.device = browser.device
    assert again.post("/sign-in/password", right)["name"] == "Maj. Locked"
    again.register("first key")
    by_key = officers.browser()
    by_key.key = again.key
    options = by_key.post("/sign-in/passkey/options")["options"]
    signed = by_key.post("/sign-in/passkey", {"credential": by_key.signature(options)})
    assert signed["how"] == "passkey"
    officers.browser().sign_in(officers.link("Maj. Locked"))


def test_what_a_device_keeps_signs_nobody_in(officers: Port) -> None:
    """It needs the right password all the same, is another person's nothing, and ends anew."""
    browser = officers.signed_in("Lt. Device", Role.OBSERVER)
    assert browser.device == "", "who has no password guesses none"
    browser.set_password(PASSWORD)
    first = browser.device
    alone = officers.browser()
    alone.device = first
    assert alone.ask("GET", "/session").status == 401
    wrong = {"name": "Lt. Device", "password": "wrong words entirely", "code": "123456"}
    for _ in range(5):
        assert alone.ask("POST", "/sign-in/password", wrong).status == 401
    assert alone.ask("POST", "/sign-in/password", wrong).status == 429, "it waits by itself"
    other = {**wrong, "name": "Lt. Other Device"}
    assert alone.ask("POST", "/sign-in/password", other).status == 401
    browser.set_password(PASSWORD + " anew")
    assert browser.device != first
    # The old mark is none any more: its attempts count with those of all others.
    assert alone.ask("POST", "/sign-in/password", wrong).status == 401


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "x" * 201])
def test_a_weak_password_is_refused(officers: Port, password: str) -> None:
    """A password that is short, long, or one letter over and over is not kept."""
    browser = officers.signed_in(f"Weak {password[:3]}{len(password)}", Role.OBSERVER)
    browser.secret = browser.post("/session/second-factor")["secret"]
    code = pyotp.TOTP(browser.secret).now()
    body = {"password": password, "code": code}
    assert browser.ask("POST", "/session/password", body).status == 409
    assert browser.get("/session")["has_password"] is False


def test_a_passkey_signs_in(officers: Port) -> None:
    """A passkey that was registered signs in without a name; its challenge serves once."""
    browser = officers.signed_in("Col. Key", Role.OBSERVER)
    shown = browser.register("col-key")
    assert [one["label"] for one in shown["passkeys"]] == ["col-key"]
    other = officers.browser()
    options = other.post("/sign-in/passkey/options")["options"]
    credential = browser.signature(options)
    assert other.post("/sign-in/passkey", {"credential": credential})["how"] == "passkey"
    again = officers.browser().ask("POST", "/sign-in/passkey", {"credential": credential})
    assert (again.status, "answered already" in again.what) == (401, True)


def test_a_passkey_that_is_no_good_signs_in_nobody(officers: Port) -> None:
    """A stranger's passkey, another page's, or a copy whose counter stands is refused."""
    browser = officers.signed_in("Col. Careful", Role.OBSERVER)
    browser.register("col-careful")
    assert browser.key is not None

    def sign_in(change: Callable[[Any], None]) -> int:
        other = officers.browser()
        options = other.post("/sign-in/passkey/options")["options"]
        key = replace(browser.key)  # type: ignore[type-var]
        change(key)
        other.key = key  # type: ignore[assignment]
        credential = other.signature(options)
        return other.ask("POST", "/sign-in/passkey", {"credential": credential}).status

    assert sign_in(lambda key: setattr(key, "origin", "http://evil.example")) == 401
    assert sign_in(lambda key: setattr(key, "relying_party", "evil.example")) == 401
    assert sign_in(lambda key: setattr(key, "credential", b"stranger")) == 401
    assert sign_in(lambda key: setattr(key, "count", 0)) == 401
    assert sign_in(lambda key: setattr(key, "count", 50)) == 200
    assert sign_in(lambda key: setattr(key, "count", 30)) == 401


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"response": 1},
        {"rawId": "AA", "response": {"clientDataJSON": "!"}},
        {"rawId": "AA", "response": {"clientDataJSON": "e30"}},
        {"rawId": "AA", "response": {"clientDataJSON": "W10"}},
        {"rawId": [], "response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiJBQUFBIn0"}},
    ],
)
def test_rubbish_for_a_credential_is_refused(officers: Port, credential: Any) -> None:
    """What is no credential is refused with what to do, and never with a crash."""
    answer = officers.browser().ask("POST", "/sign-in/passkey", {"credential": credential})
    assert answer.status in (400, 401)
    assert answer.json["error"]["remedy"]


# Sessions.


def test_an_act_shows_what_its_page_knows(officers: Port) -> None:
    """Without the header, from another page, or as a plain form, an act is refused."""
    browser = officers.signed_in("Lt. Page", Role.WATCH_OFFICER)
    csrf, browser.csrf = browser.csrf, ""
    assert browser.ask("POST", MESSAGES, _text("x")).status == 403
    assert browser.ask("POST", MESSAGES, _text("x"), x_openline_csrf="0" * 64).status == 403
    browser.csrf = csrf
    assert browser.ask("POST", MESSAGES, _text("x"), origin="http://evil.example").status == 403
    assert browser.ask("POST", MESSAGES, _text("x"), sec_fetch_site="cross-site").status == 403
    assert browser.ask("GET", "/status", sec_fetch_site="cross-site").status == 403
    form = officers.browser().ask("POST", "/sign-in/link", {"link": "x"}, content_type="text/plain")
    assert form.status == 403
    assert browser.ask("POST", MESSAGES, _text("x")).status == 201


def test_signing_out_ends_the_session(officers: Port) -> None:
    """After signing out the cookie serves no more."""
    browser = officers.signed_in("Lt. Leaver", Role.OBSERVER)
    cookie = browser.cookie
    browser.post("/session/end")
    browser.cookie = cookie
    assert browser.ask("GET", "/status").status == 401


def test_who_is_disabled_or_reset_is_out_at_once(officers: Port) -> None:
    """A session ends when its person is disabled, or when everything is taken from them."""
    client = officers.client()
    browser = officers.signed_in("Lt. Gone", Role.OBSERVER)
    client.post("/people", "Lt. Gone", "disable", body={})
    assert browser.ask("GET", "/status").status == 401
    with pytest.raises(Refused, match="is disabled"):
        officers.link("Lt. Gone")
    client.post("/people", "Lt. Gone", "disable", body={"is_disabled": False})
    browser.sign_in(officers.link("Lt. Gone"))
    client.post("/people", "Lt. Gone", "reset", body={})
    assert browser.ask("GET", "/status").status == 401


def test_sessions_are_bounded(officers: Port) -> None:
    """Of one person four sessions stand; the oldest ends when a fifth begins."""
    officers.add("Lt. Many", Role.OBSERVER)
    browsers = [officers.browser() for _ in range(5)]
    for browser in browsers:
        browser.sign_in(officers.link("Lt. Many"))
    statuses = [browser.ask("GET", "/status").status for browser in browsers]
    assert statuses == [401, 200, 200, 200, 200]


def test_requests_are_bounded(officers: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that asks too often is told when to ask again."""
    browser = officers.signed_in("Lt. Eager", Role.OBSERVER)
    monkeypatch.setattr("openline.faces.api.sessions.REQUESTS_PER_MINUTE_MAX", 3)
    statuses = [browser.ask("GET", "/status").status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_attempts_are_bounded(officers: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who tries to sign in too often is told when to try again."""
    monkeypatch.setattr("openline.faces.api.sessions.SIGN_INS_PER_MINUTE_MAX", 1)
    officers.browser().ask("POST", "/sign-in/passkey/options", {})
    late = officers.browser().ask("POST", "/sign-in/passkey/options", {})
    assert late.status == 429
    assert int(late.headers["retry-after"]) >= 1


def test_an_administrator_does_not_disable_themselves(officers: Port) -> None:
    """Nobody locks themselves out; another administrator does it."""
    browser = officers.signed_in("Sgt. Admin", Role.ADMINISTRATOR)
    assert browser.ask("POST", "/people/Sgt.%20Admin/disable", {}).status == 403
    officers.add("Sgt. Other", Role.OBSERVER)
    person = browser.post("/people/Sgt.%20Other/disable", {})
    assert msgspec.convert(person, answers.Person, strict=True).is_disabled
    assert person["changed_by"]["officer"] == "Sgt. Admin"


def test_the_list_of_people_holds_no_secret(officers: Port) -> None:
    """The list is as described, and holds neither hash nor secret."""
    browser = officers.signed_in("Lt. Secret", Role.OBSERVER)
    browser.set_password(PASSWORD)
    shown = officers.client().get("/people")
    msgspec.convert(shown, answers.People, strict=True)
    assert browser.secret not in str(shown)
    assert "argon2" not in str(shown)


def test_a_stream_ends_with_its_session(officers: Port) -> None:
    """A stream of events is broken off when its session is over."""
    import http.client as http

    browser = officers.signed_in("Lt. Stream", Role.OBSERVER)
    connection = http.HTTPConnection("127.0.0.1", officers.port, timeout=20)
    connection.request("GET", "/events", headers={"cookie": browser.cookie})
    response = connection.getresponse()
    assert response.status == 200
    assert response.readline().startswith(b"id: ")
    officers.client().post("/people", "Lt. Stream", "disable", body={})
    while response.readline():
        pass
    assert response.isclosed(), "it is ended, not cut"
    connection.close()


# Two people.


def test_two_officers_suspend_with_their_passkeys(officers: Port) -> None:
    """One drafts and signs, another releases and signs, and the other side verifies both."""
    drafter = officers.signed_in("Capt. Drafter", Role.WATCH_OFFICER)
    drafter.register("drafter")
    releaser = officers.signed_in("Gen. Releaser", Role.COMMANDER)
    releaser.register("releaser")
    kept = drafter.post(DRAFTS, SUSPENSION)
    msgspec.convert(kept, answers.Draft, strict=True)
    path = f"{DRAFTS}/{kept['draft']}"
    assert kept["to_sign"]["part"] == "SAID"
    credential = drafter.signature(kept["to_sign"]["options"])
    assert drafter.post(f"{path}/sign", {"credential": credential})["is_signed"]
    assert drafter.ask("POST", f"{path}/release", {}).status == 403
    shown = releaser.get(path)
    assert shown["to_sign"]["part"] == "RELEASED"
    unsigned = releaser.ask("POST", f"{path}/release", {})
    assert (unsigned.status, "signs what they release" in unsigned.what) == (403, True)
    credential = releaser.signature(shown["to_sign"]["options"])
    said = releaser.post(f"{path}/release", {"credential": credential})
    own = releaser.get(f"{MESSAGES}/{ALPHA}/{said['index']}")
    bravo = officers.line.client("bravo")
    wait_until(lambda: _has(bravo, said["index"]))
    theirs = bravo.get("/lines", LINE, "messages", ALPHA, str(said["index"]))
    for message in (own, theirs):
        found = msgspec.convert(message, answers.Message, strict=True).signatures
        assert [(one.part, one.officer, one.is_verified) for one in found] == [
            ("SAID", "Capt. Drafter", True), ("RELEASED", "Gen. Releaser", True),
        ]  # fmt: skip
        assert "“Gen. Releaser” signed it with a passkey, which verifies." in message["text"]
    for language, word in (("ru", "ключом доступа"), ("ar", "بمفتاح مرور")):
        text = bravo.get("/lines", LINE, "messages", ALPHA, str(said["index"]), language=language)[
            "text"
        ]
        assert word in text
    [ended] = [one for one in releaser.get(DRAFTS)["drafts"] if one["draft"] == kept["draft"]]
    assert (ended["state"], ended["index"]) == ("RELEASED", said["index"])
    late = releaser.ask("POST", f"{path}/release", {})
    assert late.status in (201, 409)


def _has(client: Client, index: int) -> bool:
    try:
        client.get("/lines", LINE, "messages", ALPHA, str(index))
    except Refused:
        return False
    return True


def test_a_draft_is_released_by_another_who_may(officers: Port) -> None:
    """A watch officer does not release a declaration; a commander without a passkey does."""
    drafter = officers.signed_in("Lt. Author", Role.WATCH_OFFICER)
    other = officers.signed_in("Lt. Second", Role.WATCH_OFFICER)
    chief = officers.signed_in("Gen. Plain", Role.COMMANDER)
    status = "IN_FORCE" if _is_suspended(officers) else "SUSPENDED"
    fields = {**SUSPENSION["fields"], "status": status}  # type: ignore[dict-item]
    path = f"{DRAFTS}/{drafter.post(DRAFTS, {**SUSPENSION, 'fields': fields})['draft']}"
    assert other.ask("POST", f"{path}/release", {}).status == 403
    assert other.ask("POST", f"{path}/reject", {}).status == 403
    said = chief.post(f"{path}/release", {})
    assert chief.get(f"{MESSAGES}/{ALPHA}/{said['index']}")["signatures"] == []
    body = chief.get(f"{MESSAGES}/{ALPHA}/{said['index']}")["body"]
    assert body["released_by"]["officer"] == "Gen. Plain"
    refused = officers.signed_in("Gen. Late", Role.COMMANDER).ask("POST", f"{path}/release", {})
    assert (refused.status, "was released by Gen. Plain" in refused.what) == (409, True)


def _is_suspended(officers: Port) -> bool:
    [line] = officers.client().get("/lines")["lines"]
    return bool(line["declared"][ALPHA]["air_safety"] == "SUSPENDED")


def test_a_drafter_withdraws_their_draft(officers: Port) -> None:
    """Who drafted something may reject it; it is then not released."""
    drafter = officers.signed_in("Lt. Undecided", Role.WATCH_OFFICER)
    draft = drafter.post(DRAFTS, {"kind": "TEXT", "fields": _text("Perhaps.")["fields"]})
    path = f"{DRAFTS}/{draft['draft']}"
    assert drafter.post(f"{path}/reject", {"reason": "No."})["state"] == "REJECTED"
    assert drafter.ask("POST", f"{path}/release", {}).status == 409
    assert drafter.ask("GET", f"{DRAFTS}/{'00' * 16}").status == 404
    named = {**SUSPENSION, "fields": {"released_by": {}}}
    assert drafter.ask("POST", DRAFTS, named).status == 400
    assert drafter.ask("POST", DRAFTS, {"kind": "READ", "fields": {}}).status == 400


# The socket, and TLS.


def test_on_the_socket_nobody_signs_in(officers: Port) -> None:
    """The node's own socket has no session, and a node without a port makes no link."""
    with pytest.raises(Refused, match="Nobody is signed in"):
        officers.client().get("/session")
    bravo = officers.line.client("bravo")
    bravo.post("/people", body={"name": "B", "roles": ["OBSERVER"], "posts": officers.posts[:1]})
    with pytest.raises(Refused, match="has no officers' port"):
        bravo.post("/people", "B", "link", body={})
    with pytest.raises(Refused, match="has no officers' port"):
        bravo.post("/sign-in/link", body={"link": "x"})


def test_with_tls_the_cookie_is_secure(tmp_path: Path) -> None:
    """With its own certificate the port serves TLS, and the cookie is bound to the host."""
    line, port = make_line(tmp_path), free_port()
    toml = line.alpha / "node.toml"
    toml.write_text(toml.read_text() + f'\n[officers]\nlisten = "127.0.0.1:{port}"\n')
    with running(line.alpha):
        own = line.alpha / "officers-own.pem"
        assert own.stat().st_mode & 0o777 == 0o600
        context = ssl.create_default_context(cafile=str(own))
        client = line.client()
        body = {"name": "A", "roles": ["OBSERVER"], "posts": ["watch"]}
        posts = _posts(line) if client.get("/lines")["lines"] else ["watch"]
        client.post("/people", body={**body, "posts": posts})
        link = client.post("/people", "A", "link", body={})
        assert link["url"].startswith(f"https://localhost:{port}/sign-in#")
        browser = Browser(port, f"https://localhost:{port}", context=context)
        answer = browser.ask("POST", "/sign-in/link", {"link": link["link"]})
        assert "; Secure" in answer.headers["set-cookie"]
        assert answer.headers["set-cookie"].startswith(f"__Host-openline-{port}=")
        assert browser.get("/status")["party"] == ALPHA
        # Of this name is whatever runs on the machine, perhaps without TLS.
        assert "strict-transport-security" not in answer.headers


def test_a_certificate_says_whose_passkeys_signed(officers: Port, tmp_path: Path) -> None:
    """A certificate of a signed declaration carries the roster, and says who signed."""
    drafter = officers.signed_in("Capt. Proof", Role.WATCH_OFFICER)
    drafter.register("proof-drafter")
    releaser = officers.signed_in("Gen. Proof", Role.COMMANDER)
    releaser.register("proof-releaser")
    status = "IN_FORCE" if _is_suspended(officers) else "SUSPENDED"
    fields = {**SUSPENSION["fields"], "status": status}  # type: ignore[dict-item]
    kept = drafter.post(DRAFTS, {**SUSPENSION, "fields": fields})
    path = f"{DRAFTS}/{kept['draft']}"
    drafter.post(f"{path}/sign", {"credential": drafter.signature(kept["to_sign"]["options"])})
    options = releaser.get(path)["to_sign"]["options"]
    said = releaser.post(f"{path}/release", {"credential": releaser.signature(options)})
    bravo = officers.line.client("bravo")
    wait_until(lambda: _has(bravo, said["index"]))
    order = {"kind": "message", "parameters": {"party": ALPHA, "index": said["index"]}}
    for client in (officers.client(), bravo):
        report = verify_certificate(client.fetch_file("/lines", LINE, "certificates", body=order))
        assert report.verdict == "PROVEN"
        assert [one["officer"] for one in report.facts["signatures"]] == [
            "Capt. Proof", "Gen. Proof",
        ]  # fmt: skip
        assert all(one["is_verified"] for one in report.facts["signatures"])
        assert "That 'Gen. Proof' at" in report.conclusion
        assert "which person wrote it" not in report.conclusion
    order["parameters"]["with_content"] = False  # type: ignore[index]
    report = verify_certificate(bravo.fetch_file("/lines", LINE, "certificates", body=order))
    assert "signatures" not in report.facts
    assert "Not proven: which person wrote it" in report.conclusion


def test_faults_are_told_in_the_language_of_the_browser(officers: Port) -> None:
    """Door, rights and routes tell what is wrong in the language that a browser accepts."""
    stranger = officers.browser().ask("GET", "/status", accept_language="ru-RU,ru;q=0.9")
    assert (stranger.status, stranger.what) == (401, "Никто не вошёл, или сеанс закончился.")
    browser = officers.signed_in("Lt. Lingual", Role.OBSERVER)
    body = {"kind": "TEXT", "fields": {"language": "en", "text": "x"}}
    refused = browser.ask("POST", f"/lines/{LINE}/messages", body, accept_language="ru")
    assert refused.status == 403
    assert refused.what == "Lt. Lingual имеет роль наблюдатель, и это ему недоступно."
    missing = browser.ask("GET", f"/lines/{LINE}/drafts/{'0' * 32}", accept_language="ar")
    assert "لا توجد مسودة" in missing.what
    nowhere = browser.ask("GET", "/nowhere", accept_language="ru")
    assert nowhere.what == "По адресу /nowhere ничего нет."


def test_who_may_say_what_is_told_with_the_forms(officers: Port) -> None:
    """The forms say of each kind whether who is signed in may say it."""
    observer = officers.signed_in("Lt. Onlooker", Role.OBSERVER).get("/forms")["forms"]
    assert not any(one["may_say"] for one in observer)
    browser = officers.signed_in("Maj. Speaker", Role.WATCH_OFFICER)
    may = {one["kind"]: one["may_say"] for one in browser.get("/forms")["forms"]}
    assert may["NOTICE"]
    assert not may["DECLARATION"]


def test_a_check_under_another_name_is_refused(officers: Port) -> None:
    """Nobody checks what somebody else would say; an observer may check."""
    browser = officers.signed_in("Lt. Curious", Role.OBSERVER)
    fields = {"language": "en", "text": "x"}
    answer = browser.ask("POST", f"/lines/{LINE}/check", {"kind": "TEXT", "fields": fields})
    assert (answer.status, answer.json["faults"]) == (200, [])
    other = {**fields, "by": {"post": "watch", "officer": "Gen. Other"}}
    refused = browser.ask("POST", f"/lines/{LINE}/check", {"kind": "TEXT", "fields": other})
    assert refused.status == 403
