"""A browser of an officer, as tests have it: cookies, the page's headers, a passkey."""

import http.client
import json
import ssl
from dataclasses import dataclass, field
from typing import Any

import pyotp

from tests.vectors.authenticator import Authenticator


@dataclass
class Answer:
    """What a server answered."""

    status: int
    json: Any
    headers: dict[str, str]

    @property
    def what(self) -> str:
        """What is wrong."""
        return str(self.json["error"]["what"])


@dataclass
class Browser:
    """One browser at the officers' port.

    Attributes:
        port: On loopback.
        origin: The page.
        cookie: What it holds of a session.
        device: What it keeps of having signed somebody in.
        csrf: What its page knows.
        context: With TLS, how the server's certificate is looked at.
        host: Where it reaches the port, without TLS.
    """

    port: int
    origin: str
    cookie: str = ""
    device: str = ""
    csrf: str = ""
    context: ssl.SSLContext | None = None
    key: Authenticator | None = None
    secret: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """The answer to a request."""
        connection: http.client.HTTPConnection = http.client.HTTPConnection(
            self.host, self.port, timeout=20
        )
        if self.context is not None:
            connection = http.client.HTTPSConnection(
                "localhost", self.port, timeout=20, context=self.context
            )
        sent = {"origin": self.origin, "sec-fetch-site": "same-origin", **self.headers}
        if cookies := [one for one in (self.cookie, self.device) if one]:
            sent["cookie"] = "; ".join(cookies)
        if self.csrf:
            sent["x-openline-csrf"] = self.csrf
        data = None
        if body is not None:
            data = json.dumps(body)
            sent["content-type"] = "application/json"
        sent |= {name.replace("_", "-"): held for name, held in headers.items()}
        try:
            connection.request(method, path, data, {k: v for k, v in sent.items() if v})
            response = connection.getresponse()
            raw = response.read()
        finally:
            connection.close()
        # Of several cookies the first, which is the session's.
        got = {name.lower(): held for name, held in reversed(response.getheaders())}
        given = [held for name, held in response.getheaders() if name.lower() == "set-cookie"]
        for cookie in (one.partition(";")[0] for one in given):
            if "-device=" in cookie:
                self.device = cookie
            else:
                self.cookie = cookie
        try:
            shown = json.loads(raw)
        except ValueError:
            shown = raw
        answer = Answer(response.status, shown, got)
        if isinstance(shown, dict) and "csrf" in shown:
            self.csrf = shown["csrf"]
        return answer

    def get(self, path: str) -> Any:
        """What is read."""
        answer = self.ask("GET", path)
        assert answer.status == 200, answer.json
        return answer.json

    def post(self, path: str, body: Any = None, status: int | None = None) -> Any:
        """What an act gives."""
        answer = self.ask("POST", path, {} if body is None else body)
        assert answer.status == status or (status is None and answer.status in (200, 201)), answer
        return answer.json

    def sign_in(self, link: str) -> Any:
        """Sign in with a link."""
        return self.post("/sign-in/link", {"link": link})

    def register(self, word: str) -> Any:
        """Register a passkey."""
        host = self.origin.partition("//")[2].partition(":")[0]
        self.key = Authenticator(word, relying_party=host, origin=self.origin, count=0)
        options = self.post("/session/passkeys/options")["options"]
        made = self.key.create(from_base64url(options["challenge"]))
        return self.post("/session/passkeys", {"credential": made, "label": word})

    def set_password(self, password: str) -> Any:
        """Set a password, with a new second factor."""
        self.secret = self.post("/session/second-factor")["secret"]
        code = pyotp.TOTP(self.secret).now()
        return self.post("/session/password", {"password": password, "code": code})

    def signature(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the passkey gives for options."""
        assert self.key is not None
        return self.key.get(from_base64url(options["challenge"]))


def from_base64url(text: str) -> bytes:
    """Bytes as browsers write them."""
    import base64

    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
