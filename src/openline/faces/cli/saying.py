"""What the verbs that say something share: how it is sent, and what is printed.

A message is recorded at once and delivered when the counterpart's receipt is
held; the verb waits a moment for that and says which of the two it has seen.
"""

import contextlib
import re
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.party import Precedence
from openline.faces.cli.output import emit
from openline.faces.cli.serials import find_message

if TYPE_CHECKING:
    from openline.faces.cli.client import Client
    from openline.faces.cli.options import Acting

OPTIONS: Final = {
    "actions": "--action",
    "activity": "--activity",
    "also_delivered_by": "--also-delivered-by",
    "agree_by": "--agree-by",
    "answer": "ANSWER",
    "article": "--article",
    "by": "--by",
    "category": "--category",
    "cause": "--cause",
    "circuit": "--circuit",
    "certainty": "--certainty",
    "certified_by": "--certified-by",
    "conditions": "--conditions",
    "call_id": "--call-id",
    "contact": "--contact",
    "demands": "--demands",
    "digest": "DIGEST",
    "effective_at": "--effective",
    "field": "FIELD",
    "fallback": "--fallback",
    "embargo_until": "--embargo",
    "ended_at": "--until",
    "hazards": "--hazard",
    "holding_until": "--until",
    "initiated_by": "--initiated-by",
    "initiator": "--initiator",
    "interpreters": "--interpreter",
    "kept_open": "--keep-open",
    "kind": "--kind",
    "language": "--language",
    "missed_by": "--missed-by",
    "name": "--name",
    "new": "NEW",
    "next_check_at": "--next-at",
    "next_contact_at": "--next-at",
    "notice_id": "--id",
    "objects": "--objects",
    "old": "OLD",
    "passed_at": "--at",
    "persons": "--person",
    "place": "--place",
    "place.reference": "--reference",
    "points": "--point",
    "read_backs": "--read-back",
    "readability": "--readability",
    "proposed_at": "--at",
    "reason": "--reason",
    "remark": "--remark",
    "releasability": "--releasability",
    "released_by": "--released-by",
    "reviewed_by": "--reviewed-by",
    "reply_by": "--reply-by",
    "scope": "--scope",
    "scopes": "SCOPES",
    "slots": "Value {number}",
    "speaks_for": "--speaks-for",
    "started_at": "--from",
    "subject": "SUBJECT",
    "text": "TEXT",
    "texts": "--text",
    "third_party": "--third-party",
    "to": "--recipient",
    "translations": "--translation",
    "translator": "--translator",
    "tier": "--tier",
    "times": "--at",
    "volumes": "The area",
    "volumes.lower": "--lower",
    "volumes.radius": "--radius",
    "volumes.radius_m": "--radius",
    "volumes.upper": "--upper",
    "volumes.valid_from": "--from",
    "volumes.valid_until": "--until",
    "weekly_until": "--weekly-until",
    "volumes.vertices": "Position {number} of the area,",
    "agrees": "ZONE",
    "applies_to": "--applies-to",
    "authority": "--authority",
    "lower": "--lower",
    "post": "POST",
    "media": "--media",
    "packets": "FILE",
    "seen": "--seen",
    "posture": "--posture",
    "route": "Waypoint {number},",
    "rule": "--rule",
    "sites.names": "--name",
    "sites.place": "--place",
    "sites.position": "--at",
    "sites.radius_m": "--radius",
    "sites.valid_until": "--valid-until",
    "sites.volumes": "The footprint",
    "tolerance": "--tolerance",
    "upper": "--upper",
    "valid_until": "--valid-until",
}
"""What the fields of a request are called on the command line."""

_NUMBER = re.compile(r"\[([0-9]+)\]")


@contextlib.contextmanager
def naming_options() -> Iterator[None]:
    """Name the option, not the field of the request, in what the node refuses.

    Raises:
        OurError: The same fault, in the words of the command line.
    """
    from openline.faces.cli.client import Refused

    try:
        yield
    except Refused as error:
        raise _in_options(error.what, error.remedy, error.field) from None


def _in_options(what: str, remedy: str, field: str) -> OurError:
    """A fault of a field as one of the option that gives it."""
    path = _NUMBER.sub("", field)
    name = path
    while name and name not in OPTIONS:
        name = name.rpartition(".")[0]
    kind, colon, rest = what.partition(f": {field}")
    if not name or not colon or not kind.isupper():
        return OurError(what, remedy)
    numbers = _NUMBER.findall(field)
    option = OPTIONS[name].format(number=int(numbers[-1]) + 1 if numbers else 1)
    within = path.removeprefix(name).strip(".").replace(".", " ")
    subject = " ".join(filter(None, (option, within)))
    if not remedy:
        gives = "Give" if rest.startswith(" is missing") else "Correct"
        remedy = f"{gives} it; --help says how it is written."
    return OurError(f"{subject}{rest}", remedy)


def say_message(
    options: "Acting",
    kind: str,
    fields: dict[str, Any],
    *,
    client: "Client | None" = None,
    line: str | None = None,
    precedence: Precedence = Precedence.ROUTINE,
    reply_to: dict[str, Any] | None = None,
    recipients: tuple[str, ...] = (),
    wait_s: float = 5.0,
) -> None:
    """Say a message and print what became of it within the wait."""
    client = client or options.client()
    line = line or options.line_of(client)
    said = say(
        options, kind, fields, client=client, line=line, precedence=precedence,
        reply_to=reply_to, recipients=recipients, wait_s=wait_s,
    )  # fmt: skip
    emit(said, said_rows(said, wait_s), as_json=options.json)


def say(
    options: "Acting",
    kind: str,
    fields: dict[str, Any],
    *,
    client: "Client",
    line: str,
    precedence: Precedence,
    reply_to: dict[str, Any] | None = None,
    recipients: tuple[str, ...] = (),
    wait_s: float = 5.0,
) -> dict[str, Any]:
    """Say a message; what the API answers within the wait."""
    officer = options.officer()
    body: dict[str, Any] = {
        "kind": kind,
        "fields": {**fields, **({"by": officer} if officer else {})},
        "precedence": precedence.name,
        "recipients": list(recipients),
        # A repeat after a broken connection is not said twice.
        "request_id": secrets.token_hex(16),
    }
    if reply_to is not None:
        body["reply_to"] = reply_to
    query: dict[str, Any] = {}
    if wait_s > 0:
        query = {"wait": "delivered", "timeout_ms": max(1, int(wait_s * 1000))}
    with naming_options():
        said: dict[str, Any] = client.post("/lines", line, "messages", body=body, **query)
    return said


def said_rows(
    said: dict[str, Any], wait_s: float, precedence: Precedence | None = None
) -> Iterator[str]:
    """What became of a message, in words.

    Args:
        said: What the API answered.
        wait_s: How long it was waited.
        precedence: Where the program chose it.
    """
    notice = f", notice {said['notice_id']}" if said["notice_id"] else ""
    chosen = f", precedence {precedence.name}" if precedence is not None else ""
    yield f"{said['serial']}{notice}: RECORDED on {said['line']}{chosen}."
    for party, at in sorted(said["delivered"].items()):
        yield f"DELIVERED to {party} at {format_instant(at)}."
    if not said["is_delivered"] and wait_s > 0:
        yield f"Not receipted by all within {wait_s:g} s; it goes on being sent."


def reference_of(client: "Client", line: str, serial: str) -> dict[str, Any]:
    """A message that is named by its serial or its notice's id, as the API takes it."""
    party, index = find_message(client, line, serial)
    return {"party": party, "index": index}
