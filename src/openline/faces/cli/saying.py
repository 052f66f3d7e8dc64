"""What the verbs that say something share: how it is sent, and what is printed.

A message is recorded at once and delivered when the counterpart's receipt is
held; the verb waits a moment for that and says which of the two it has seen.
"""

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openline.domain.instant import format_instant
from openline.domain.party import Precedence
from openline.faces.cli.output import emit
from openline.faces.cli.serials import find_serial

if TYPE_CHECKING:
    from openline.faces.cli.client import Client
    from openline.faces.cli.options import Acting

WAIT_S_MAX = 60.0


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
        query = {"wait": "delivered", "timeout_ms": int(min(wait_s, WAIT_S_MAX) * 1000)}
    said: dict[str, Any] = client.post("/lines", line, "messages", body=body, **query)
    return said


def said_rows(said: dict[str, Any], wait_s: float) -> Iterator[str]:
    """What became of a message, in words."""
    notice = f", notice {said['notice_id']}" if said["notice_id"] else ""
    yield f"{said['serial']}{notice}: RECORDED on {said['line']}."
    for party, at in sorted(said["delivered"].items()):
        yield f"DELIVERED to {party} at {format_instant(at)}."
    if not said["is_delivered"] and wait_s > 0:
        yield f"Not receipted by all within {wait_s:g} s; it goes on being sent."


def reference_of(client: "Client", line: str, serial: str) -> dict[str, Any]:
    """A message that is named by its serial, as the API takes it."""
    party, index = find_serial(client, line, serial)
    return {"party": party, "index": index}
