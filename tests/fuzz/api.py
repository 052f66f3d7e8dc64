"""Requests that schemathesis makes of the API's own description, to the officers' port of a node.

The description is that of `openline.faces.api.document`, narrowed where a made-up word would reach
nothing: lines, parties and languages that there are. Paths name what answers told of, and bodies
are often examples, whole or with another value in one place. Each request is asked by an officer
with every role; each operation also by an observer and by nobody. An answer must be no 5xx but a
503 that says what to do, and have a status, a media type and a form that are described; an error
must say what is wrong. Who may not do it is refused, and nobody reaches more than what is open.
"""

import contextlib
import itertools
import json
import math
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup, ServerError
from schemathesis.specs.openapi import checks

from openline.domain.line.people import MAY, Role
from openline.faces.api.app import openapi_document
from openline.faces.api.rights import OPEN, RIGHT_OF
from openline.faces.cli.client import Refused
from tests.faces.api.officers import Browser
from tests.faces.conftest import (
    ALPHA,
    BRAVO,
    LINE,
    Line,
    is_up,
    make_line,
    running,
    wait_until,
)
from tests.fuzz.corpora import TEXT_BOMBS
from tests.ports import free_port

Schema = dict[str, Any]

STREAM: Final = "text/event-stream"
"""What is answered in it has no end: only nobody asks for it, and is refused."""

EVERYTHING: Final = "Gen. Everything"
OBSERVER: Final = "Lt. Onlooker"
NOBODY: Final = ""
REFUSED: Final = (401, 403, 404, 405, 429)
NOT_YET: Final = 503
"""Of a node that may not sign yet, or has no built page; with what to do."""

ANSWER_S_MAX: Final = 60
"""A picture is drawn by a process of its own, which takes its time to start on a busy machine."""

ASKED_OF_A_SESSION_MAX: Final = 500
"""Below what a session may ask in a minute."""

ODD: Final = (
    *(None, True, -1, 0, 2**63, 1e300, "", [], {}, [[]], "0", "9" * 30, "..", "a/b", "\u202ex"),
    *("x" * 3_000, LINE, ALPHA, BRAVO, "ALPHA-0001", "2026-01-01T00:00:00Z"),
    *(one[:60] for one in TEXT_BOMBS.values()),
)

CHECKS: Final = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]

THERE: Final[dict[str, Schema]] = {
    "line": {"enum": [LINE]},
    "party": {"enum": [ALPHA, BRAVO]},
    "language": {"enum": ["en", "ru", "ar"]},
}
"""What there is of what parameters name; the rest is taken from answers."""

CALLED: Final = {"contact": "serial", "readout": "serial", "matter": "serial", "incident": "serial"}
"""By what answers call that which a path names otherwise."""

KNOWN_MAX: Final = 20


@lru_cache(maxsize=1)
def description() -> Schema:
    """The OpenAPI description as JSON, with parameters narrowed to what there is."""
    described: Schema = json.loads(msgspec.json.encode(openapi_document()))
    for methods in described["paths"].values():
        for spec in methods.values():
            for one in spec.get("parameters", ()):
                if one["name"] in THERE:
                    one["schema"] = THERE[one["name"]]
    return described


@lru_cache(maxsize=1)
def operations() -> list[Any]:
    """Everything that the description names."""
    config = schemathesis.Config.from_dict({})
    described = schemathesis.openapi.from_dict(deepcopy(description()), config=config)
    return [one.ok() for one in described.get_all_operations()]


def spec_of(operation: Any) -> Schema:
    """What the description says of an operation."""
    spec: Schema = description()["paths"][operation.path][operation.method.lower()]
    return spec


def examples_of(operation: Any) -> list[Any]:
    """The examples of a request's body, said by whoever is signed in."""
    content = spec_of(operation).get("requestBody", {}).get("content", {})
    found = content.get("application/json", {}).get("schema", {}).get("examples", [])
    return [without_speaker(to_come(one)) for one in found]


_IN_2017: Final = re.compile(r"2017-04-(\d\d)T(\d\d):(\d\d):\d\dZ|(\d\d)(\d\d)(\d\d)ZAPR17")


def to_come(example: Any) -> Any:
    """An example whose 7th of April 2017 is tomorrow."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0)

    def moved(found: re.Match[str]) -> str:
        day, hour, minute = (int(one) for one in found.groups() if one)
        at = today + timedelta(days=day - 6, hours=hour, minutes=minute)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    return json.loads(_IN_2017.sub(moved, json.dumps(example)))


def without_speaker(example: Any) -> Any:
    """An example that leaves it to the node who speaks."""
    own = {name: held for name, held in example.items() if name not in ("by", "released_by")}
    return {**own, "fields": without_speaker(own["fields"])} if "fields" in own else own


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every value inside a value, itself not among them."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in inner:
        yield (*at, name)
        if isinstance(one, dict | list):
            yield from places(one, (*at, name))


def broken(example: Any, at: tuple[Any, ...], odd: Any) -> Any:
    """An example with another value in one place."""
    made = held = deepcopy(example)
    for name in at[:-1]:
        held = held[name]
    held[at[-1]] = odd
    return made


def cases(operation: Any) -> st.SearchStrategy[Any]:
    """Requests: as described, not as described, and examples of bodies with one place broken."""
    modes = schemathesis.GenerationMode
    good = operation.as_strategy(generation_mode=modes.POSITIVE)
    found = examples_of(operation)
    if not found:
        return good | operation.as_strategy(generation_mode=modes.NEGATIVE)
    bodies = st.sampled_from(found).flatmap(
        lambda one: (
            st.just(one)
            | st.builds(
                broken, st.just(one), st.sampled_from(list(places(one))), st.sampled_from(ODD)
            )
        )
    )
    return st.one_of(
        good,
        operation.as_strategy(generation_mode=modes.NEGATIVE),
        st.builds(with_body, good, bodies),
    )


def with_body(case: Any, body: Any) -> Any:
    """A case with another body."""
    case.body = body
    return case


@dataclass
class Asker:
    """Who asks a node at its officers' port, signed in anew whenever a session is over.

    Attributes:
        line: The node is Alpha's.
        port: Its officers' port, on loopback.
        count: Of requests that were asked.
        answered: Which operations were done, and not refused, at least once.
        known: What answers told of what can be named, by how they call it.
        wrong: What was wrong with their answers.
    """

    line: Line
    port: int
    count: int = 0
    answered: set[str] = field(default_factory=set)
    known: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    browsers: dict[str, tuple[Browser, int]] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """The page."""
        return f"http://localhost:{self.port}"

    def ask(self, case: Any, who: str) -> None:
        """Ask, and note what is wrong with the answer."""
        self.count += 1
        self.name_what_is_there(case)
        headers = self.headers(who) if who else {}
        told = case.call(
            base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=ANSWER_S_MAX
        )
        name = spec_of(case.operation)["operationId"]
        if told.status_code in (401, 429) or b"session is locked" in told.content:
            self.browsers.pop(who, None)
        elif told.status_code < 300 and who:
            self.answered.add(name)
            self.learn(told)
        for fault in faults(case, told, may_ask(who, name)):
            asked = f"{case.method} {told.request.url} {told.request.body!r:.300}"
            self.wrong.append(f"{name}, {who or 'nobody'}: {fault}: {asked}")

    def headers(self, who: str) -> dict[str, str]:
        """What the page of somebody who is signed in sends."""
        browser, asked = self.browsers.get(who, (None, 0))
        if browser is None or asked >= ASKED_OF_A_SESSION_MAX:
            browser, asked = self.signed_in(who), 0
        self.browsers[who] = browser, asked + 1
        csrf = {"x-openline-csrf": browser.csrf, "cookie": browser.cookie}
        return {**csrf, "origin": self.origin, "sec-fetch-site": "same-origin"}

    def signed_in(self, who: str) -> Browser:
        """A new session of somebody, who is there again if they were disabled."""
        client, browser = self.line.client(), Browser(self.port, self.origin)
        client.post("/people", who, "disable", body={"is_disabled": False})
        browser.sign_in(client.post("/people", who, "link", body={})["link"])
        return browser

    def name_what_is_there(self, case: Any) -> None:
        """Let a path name what answers told of, three times of four."""
        for name in case.path_parameters or {}:
            known = self.known[CALLED.get(name, name)]
            if name not in THERE and known and self.count % 4:
                case.path_parameters[name] = known[self.count % len(known)]

    def learn(self, told: Any) -> None:
        """Keep what an answer tells of what can be named."""
        rest = [told.json()] if "json" in str(told.headers.get("content-type")) else []
        while rest:
            one = rest.pop()
            rest += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            for name, held in one.items() if isinstance(one, dict) else ():
                known = self.known[name]
                if isinstance(held, str | int) and held not in known and len(known) < KNOWN_MAX:
                    known.append(held)


def may_ask(who: str, operation: str) -> bool:
    """Whether somebody may have an answer other than a refusal."""
    right = RIGHT_OF.get(operation)
    if who == OBSERVER and right is not None:
        return right in MAY[Role.OBSERVER]
    return bool(who) or operation in OPEN


def faults(case: Any, told: Any, may: bool) -> Iterator[str]:
    """What is wrong with an answer to somebody who may ask for it, or may not."""
    status = told.status_code
    try:
        case.validate_response(told, checks=CHECKS)
    except FailureGroup as found:
        for one in found.exceptions:
            if status != NOT_YET or not isinstance(one, ServerError):
                yield f"{status} {one!s:.400} {told.content[:200]!r}"
    if not may and status not in REFUSED:
        yield f"{status} to who may not do it"
    if status >= 400:
        yield from _error_faults(told)


def _error_faults(told: Any) -> Iterator[str]:
    try:
        error = told.json()["error"]
        is_whole = error["what"] and (error["remedy"] or told.status_code != NOT_YET)
    except (ValueError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        yield f"{told.status_code} does not say what is wrong and what to do: {told.content!r:.300}"


def round_of(asker: Asker, count: int, drawn: int, until: float = math.inf) -> None:
    """Ask for everything, so many requests of each operation.

    What the examples say is said first, by both sides: then there is something to be read.

    Args:
        asker: Asks.
        count: How often each operation is asked for with all rights.
        drawn: The seed: the same requests for the same one.
        until: When to end, as `time.monotonic` tells it.
    """
    [say] = [one for one in operations() if spec_of(one)["operationId"] == "say"]
    for body in examples_of(say):
        with contextlib.suppress(Refused):
            asker.line.client("bravo").post("/lines", LINE, "messages", body=body)
    for operation in operations():
        for body in examples_of(operation) if operation.path.count("{") < 2 else ():
            path = {"line": LINE} if "{line}" in operation.path else {}
            asker.ask(operation.Case(path_parameters=path, body=body), EVERYTHING)
    for operation in operations():
        if time.monotonic() < until:
            _draw(asker, operation, count, drawn)


def _draw(asker: Asker, operation: Any, count: int, drawn: int) -> None:
    """Ask for one operation."""
    is_stream = STREAM in spec_of(operation)["responses"].get("200", {}).get("content", {})
    begun = asker.count

    # Nothing is made smaller: a node remembers what it was asked before.
    @seed(drawn)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operation))
    def ask(case: Any) -> None:
        is_first = asker.count == begun
        if is_first or is_stream:
            asker.ask(case, NOBODY)
        if not is_stream:
            asker.ask(case, EVERYTHING)
            if is_first:
                asker.ask(case, OBSERVER)

    ask()


@contextlib.contextmanager
def a_node() -> Iterator[Asker]:
    """A node with an officers' port without TLS, which nobody else asks."""
    with tempfile.TemporaryDirectory() as directory:
        line, port = make_line(Path(directory)), free_port()
        toml = line.alpha / "node.toml"
        listen = f'\n[officers]\nlisten = "127.0.0.1:{port}"\ncertificate = "none"\n'
        toml.write_text(toml.read_text() + listen)
        with running(line.alpha, line.bravo):
            wait_until(lambda: is_up(line.client()))
            shown = line.client().get("/lines", LINE, "understanding")["toml"]
            posts = re.findall(r'\{ name = "([a-z_-]+)", tier', shown)[:2]
            every = [role.name for role in Role]
            for name, roles in ((EVERYTHING, every), (OBSERVER, ["OBSERVER"])):
                line.client().post("/people", body={"name": name, "roles": roles, "posts": posts})
            yield Asker(line, port)


def asked_for(seconds: float, drawn: int, count: int = 10) -> Asker:
    """Ask a node of its own in rounds until the time is over; at least one round begins."""
    end = time.monotonic() + seconds
    with a_node() as asker:
        for number in itertools.count():
            round_of(asker, count, drawn + number, end)
            if time.monotonic() > end:
                return asker
    raise AssertionError("a round without end")
