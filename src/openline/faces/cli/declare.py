"""The verb `declare`: what this party promises of each scope, from when on."""

from typing import Any

from openline.domain.party import Precedence
from openline.domain.talk.declaration import Status
from openline.faces.cli.draft import keep_draft
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.instants import instant_text
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Wait, parse_officer
from openline.faces.cli.saying import reference_of, say_message

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
    article: str | None = None,
    demands: str | None = None,
    also_delivered_by: str | None = None,
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
        article: The article of the Understanding, or another basis.
        demands: What is asked of the others, in words.
        also_delivered_by: How the same is delivered besides, such as an attaché's note.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    more = {
        "conditions": conditions, "kept_open": list(keep_open), "article": article,
        "demands": demands, "also_delivered_by": also_delivered_by,
    }  # fmt: skip
    _declare(
        Status.SUSPENDED, scopes, reason, released_by, draft, effective, more, language, wait,
        options,
    )  # fmt: skip


@verb(app)
def resume(
    *scopes: str,
    reason: str,
    released_by: str | None = None,
    draft: bool = False,
    effective: str | None = None,
    in_reply_to: str | None = None,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    r"""Put scopes in force again for this party.

    In reply to an offer it accepts that offer, also for scopes that this party
    never suspended.

    Example:
        openline declare resume air_safety --reason "Agreed by phone." \
            --released-by "commander/Gen. Jones"

    Args:
        scopes: The scopes, as the Understanding names them.
        reason: Why, in words.
        released_by: The second person, as POST/OFFICER; needed without --draft.
        draft: Leave it as a draft, for a second person to release: openline draft.
        effective: From when: an instant, or +2h from now; without it at once.
        in_reply_to: The serial of the offer that is accepted.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _declare(
        Status.IN_FORCE, scopes, reason, released_by, draft, effective, {}, language, wait, options,
        in_reply_to=in_reply_to,
    )  # fmt: skip


@verb(app)
def offer(
    *scopes: str,
    at: str,
    text: str,
    conditions: str = "",
    reply_by: str | None = None,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    r"""Offer to resume scopes that are suspended; either side may.

    It binds nobody. The other side accepts it with openline declare resume
    --in-reply-to, or declines it with openline declare decline.

    Example:
        openline declare offer air_safety --at +48h --by "commander/Gen. Jones" \
            --text "We propose to resume." --conditions "An inquiry."

    Args:
        scopes: The scopes, as the Understanding names them.
        at: From when they should be in force again: an instant, or +48h from now.
        text: The offer, in words.
        conditions: What it depends on, in words.
        reply_by: Until when it stands; without it until the proposed time.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    _must_name(scopes)
    client = options.client()
    fields: dict[str, Any] = {
        "scopes": list(scopes),
        "proposed_at": instant_text(at),
        "text": text,
        "conditions": conditions,
        "language": language or client.config.language,
    }
    if reply_by is not None:
        fields["reply_by"] = instant_text(reply_by)
    say_message(
        options, "RESUMPTION_OFFER", fields, client=client, precedence=Precedence.IMMEDIATE,
        wait_s=wait,
    )  # fmt: skip


@verb(app)
def decline(
    serial: str,
    /,
    *,
    reason: str,
    language: str | None = None,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Decline an offer to resume.

    Example:
        openline declare decline BRAVO-0017 --reason "Not before the inquiry is over."

    Args:
        serial: The offer.
        reason: Why, in words.
        language: Language of the words; without it the language of node.toml.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    fields: dict[str, Any] = {
        "of": reference_of(client, line, serial),
        "answer": "DECLINED",
        "text": reason,
        "language": language or client.config.language,
    }
    say_message(options, "RESPONSE", fields, client=client, line=line, wait_s=wait)


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
        Status.TERMINATED, scopes, reason, released_by, draft, effective, {}, language, wait,
        options,
    )  # fmt: skip


def _must_name(scopes: tuple[str, ...]) -> None:
    if not scopes:
        raise WrongUsage(
            "No scope is named.", "Name one or more as the Understanding does, such as air_safety."
        )


def _must_be_released(released_by: str | None, *, draft: bool, in_reply_to: str | None) -> None:
    if released_by is None and not draft:
        raise WrongUsage(
            "--released-by is missing.", "Name the second person, or leave a draft: --draft."
        )
    if released_by is not None and draft:
        raise WrongUsage(
            "--draft and --released-by do not go together.",
            "Leave one out: the second person of a draft is who releases it.",
        )
    if draft and in_reply_to is not None:
        raise WrongUsage(
            "--draft and --in-reply-to do not go together.",
            "Accept an offer with --released-by: both persons are there.",
        )


def _declare(
    status: Status,
    scopes: tuple[str, ...],
    reason: str,
    released_by: str | None,
    draft: bool,
    effective: str | None,
    more: dict[str, Any],
    language: str | None,
    wait_s: float,
    options: Acting,
    *,
    in_reply_to: str | None = None,
) -> None:
    _must_name(scopes)
    _must_be_released(released_by, draft=draft, in_reply_to=in_reply_to)
    client = options.client()
    fields: dict[str, Any] = {
        "scopes": list(scopes),
        "status": status.name,
        "reason": reason,
        "language": language or client.config.language,
        **{name: given for name, given in more.items() if given},
    }
    if effective is not None:
        fields["effective_at"] = instant_text(effective)
    if released_by is None:
        keep_draft(options, "DECLARATION", fields, Precedence.IMMEDIATE)
        return
    line = options.line_of(client)
    fields["released_by"] = parse_officer(released_by, "--released-by")
    reply_to = None if in_reply_to is None else reference_of(client, line, in_reply_to)
    say_message(
        options, "DECLARATION", fields, client=client, line=line, reply_to=reply_to,
        precedence=Precedence.IMMEDIATE, wait_s=wait_s,
    )  # fmt: skip
