"""The verb `declare`: what this party promises of each scope, from when on."""

from typing import Any

from openline.domain.party import Precedence
from openline.domain.talk.declaration import Status
from openline.faces.cli.draft import keep_draft
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.instants import instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Wait, parse_officer
from openline.faces.cli.saying import say_message

app = make_app(
    "declare",
    """\
    Suspend, resume or end what a scope promises.

    Any party may do so for itself, announced, from a stated time and with a
    reason; nobody needs to agree. A second person releases it: named at once, or
    later from the draft. Line checks, FLASH and contact never stop.
    """,
)


@verb(app)
def suspend(
    *scopes: str,
    reason: str,
    released_by: str | None = None,
    draft: bool = False,
    effective: str | None = None,
    conditions: str = "",
    keep_open: tuple[str, ...] = (),
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    r"""Suspend scopes for this party.

    Until the effective time the suspension is announced and the scopes stay in
    force. The other side's promises are its own and do not change.

    Example:
        openline declare suspend air_safety --effective 080000ZAPR17 \
            --reason "Strike on an air base." --released-by "commander/Gen. Jones"

    Args:
        scopes: The scopes, as the Understanding names them.
        reason: Why, in words.
        released_by: The second person, as POST/OFFICER; needed without --draft.
        draft: Leave it as a draft, for a second person to release: openline draft.
        effective: From when: an instant, or +2h from now; without it at once.
        conditions: What would lead to resumption, in words.
        keep_open: What goes on all the same: scopes, line_check, flash, contact,
            humanitarian; without it the last four.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _declare(
        Status.SUSPENDED, scopes, reason, released_by, draft, effective, conditions, keep_open,
        language, wait, options,
    )  # fmt: skip


@verb(app)
def resume(
    *scopes: str,
    reason: str,
    released_by: str | None = None,
    draft: bool = False,
    effective: str | None = None,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    r"""Put scopes in force again for this party.

    Example:
        openline declare resume air_safety --reason "Agreed by phone." \
            --released-by "commander/Gen. Jones"

    Args:
        scopes: The scopes, as the Understanding names them.
        reason: Why, in words.
        released_by: The second person, as POST/OFFICER; needed without --draft.
        draft: Leave it as a draft, for a second person to release: openline draft.
        effective: From when: an instant, or +2h from now; without it at once.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _declare(
        Status.IN_FORCE,
        scopes,
        reason,
        released_by,
        draft,
        effective,
        "",
        (),
        language,
        wait,
        options,
    )


@verb(app)
def terminate(
    *scopes: str,
    reason: str,
    released_by: str | None = None,
    draft: bool = False,
    effective: str | None = None,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    r"""End scopes for good for this party.

    A suspension can be resumed; an end cannot, short of a new Understanding.

    Example:
        openline declare terminate maritime --effective +720h \
            --reason "Notice period of 30 days." --released-by "chief/Gen. Jones"

    Args:
        scopes: The scopes, as the Understanding names them.
        reason: Why, in words.
        released_by: The second person, as POST/OFFICER; needed without --draft.
        draft: Leave it as a draft, for a second person to release: openline draft.
        effective: From when: an instant, or +2h from now; without it at once.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _declare(
        Status.TERMINATED,
        scopes,
        reason,
        released_by,
        draft,
        effective,
        "",
        (),
        language,
        wait,
        options,
    )


def _declare(
    status: Status,
    scopes: tuple[str, ...],
    reason: str,
    released_by: str | None,
    draft: bool,
    effective: str | None,
    conditions: str,
    keep_open: tuple[str, ...],
    language: str | None,
    wait_s: float,
    options: Acting,
) -> None:
    if not scopes:
        raise WrongUsage(
            "No scope is named.", "Name one or more as the Understanding does, such as air_safety."
        )
    if released_by is None and not draft:
        raise WrongUsage(
            "--released-by is missing.", "Name the second person, or leave a draft: --draft."
        )
    if released_by is not None and draft:
        raise WrongUsage(
            "--draft and --released-by do not go together.",
            "Leave one out: the second person of a draft is who releases it.",
        )
    client = options.client()
    fields: dict[str, Any] = {
        "scopes": list(scopes),
        "status": status.name,
        "reason": reason,
        "language": language or client.config.language,
    }
    if effective is not None:
        fields["effective_at"] = instant_text(effective)
    if conditions:
        fields["conditions"] = conditions
    if keep_open:
        fields["kept_open"] = list(keep_open)
    if released_by is None:
        keep_draft(options, "DECLARATION", fields, Precedence.IMMEDIATE)
        return
    fields["released_by"] = parse_officer(released_by, "--released-by")
    say_message(
        options, "DECLARATION", fields, client=client, precedence=Precedence.IMMEDIATE,
        wait_s=wait_s,
    )  # fmt: skip
