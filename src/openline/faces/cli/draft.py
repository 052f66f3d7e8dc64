"""The verb `draft`: what one person writes and another releases."""

import json
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from openline.domain.instant import format_instant
from openline.domain.limits import CONTENT_SIZE_BYTES_MAX
from openline.domain.party import Precedence
from openline.faces.cli.faults import FileUnreadable
from openline.faces.cli.files import Input, read_bytes
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, OnLine
from openline.faces.cli.output import emit, table
from openline.faces.cli.saying import naming_options

Kind: TypeAlias = Literal["text", "notice", "response", "declaration"]
PrecedenceName: TypeAlias = Literal["routine", "priority", "immediate", "flash"]

app = make_app(
    "draft",
    """\
    Keep, list, release and reject what waits for a second person.

    A draft waits on this node alone, for a day, and survives a restart. Another
    person than who drafted it releases it; of two who do so at once one does.
    Which kinds a second person releases is said by the Understanding
    (released_by_two); a declaration always. On the officers' port both sign with
    their passkeys; here nobody signs, and --by says who acts.
    """,
)


@verb(app)
def keep(
    kind: Kind,
    file: Input,
    /,
    *,
    precedence: PrecedenceName = "routine",
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Leave something for a second person to release.

    It is checked as if it were said now. A declaration is drafted more easily
    with openline declare --draft.

    Example:
        openline draft keep notice notice.json --precedence priority

    Args:
        kind: What it is.
        file: Its fields as JSON, as the reference of the API has them; - is standard input.
        precedence: With which it will be sent.
        options: Which node and line, who acts, and how to print.
    """
    try:
        fields = json.loads(read_bytes(file, CONTENT_SIZE_BYTES_MAX))
    except ValueError:
        raise FileUnreadable(f"{file} is not JSON.", "Write the fields as JSON.") from None
    keep_draft(options, kind.upper(), fields, Precedence[precedence.upper()])


def keep_draft(options: Acting, kind: str, fields: dict[str, Any], precedence: Precedence) -> None:
    """Leave something as a draft and print what it is called."""
    client, officer = options.client(), options.officer()
    given = {**fields, **({"by": officer} if officer else {})}
    body = {"kind": kind, "fields": given, "precedence": precedence.name}
    with naming_options():
        kept = client.post("/lines", options.line_of(client), "drafts", body=body)
    rows = [
        f"{kept['draft']}: waits for a second person until {format_instant(kept['ends_at'])}.",
        f"Released by another one: openline draft release {kept['draft']} --by POST/OFFICER",
    ]
    emit(kept, rows, as_json=options.json)


@verb(app, "list")
def list_drafts(
    *,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the drafts that wait, and what became of those that ended lately.

    Example:
        openline draft list

    Args:
        options: Which node and line, and how to print.
    """
    client = options.client()
    found = client.get("/lines", options.line_of(client), "drafts")
    emit(found, _rows(found["drafts"]), as_json=options.json)


@verb(app)
def show(
    draft: str,
    /,
    *,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show a draft whole.

    Example:
        openline draft show 5f3a00000000000000000000000000aa

    Args:
        draft: What it is called, as openline draft list has it.
        options: Which node and line, and how to print.
    """
    client = options.client()
    found = client.get("/lines", options.line_of(client), "drafts", draft)
    rows = [*_rows([found]), *json.dumps(found["fields"], ensure_ascii=False, indent=1).split("\n")]
    emit(found, rows, as_json=options.json)


@verb(app)
def release(
    draft: str,
    /,
    *,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say what another person drafted.

    Example:
        openline draft release 5f3a00000000000000000000000000aa --by "commander/Gen. Jones"

    Args:
        draft: What it is called, as openline draft list has it.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    body = {"by": options.officer()}
    said = client.post("/lines", line, "drafts", draft, "release", body=body)
    emit(said, [f"{said['serial']}: RECORDED on {said['line']}."], as_json=options.json)


@verb(app)
def reject(
    draft: str,
    /,
    *,
    reason: str = "",
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Let a draft never be said.

    Example:
        openline draft reject 5f3a00000000000000000000000000aa --reason "Not now."

    Args:
        draft: What it is called, as openline draft list has it.
        reason: Why, in words.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    body = {"by": options.officer(), "reason": reason}
    path = ("/lines", options.line_of(client), "drafts", draft, "reject")
    done = client.post(*path, body=body)
    emit(done, [f"{done['draft']}: REJECTED."], as_json=options.json)


def _rows(drafts: list[dict[str, Any]]) -> Iterator[str]:
    if not drafts:
        yield "No draft waits."
        return
    cells = [
        (
            one["draft"],
            one["kind"],
            f"{one['by']['officer']} ({one['by']['post']})",
            format_instant(one["drafted_at"]),
            "signed" if one["is_signed"] else "",
            _state(one),
        )
        for one in drafts
    ]
    yield from table(("DRAFT", "KIND", "BY", "AT", "", "STATE"), cells)


def _state(draft: dict[str, Any]) -> str:
    by = draft.get("ended_by")
    return f"{draft['state']} by {by['officer']}" if by else str(draft["state"])
