"""The routes about drafts: what one person writes and another releases.

On the officers' port both are who is signed in, and who has a passkey signs with it. On
the node's own socket they are whom the command line says, and nobody signs.
"""

from typing import Annotated, Any

from litestar import get, post
from litestar.datastructures import State
from litestar.params import JSONBody, Parameter

from openline.adapters import credentials
from openline.domain.errors import OurError
from openline.domain.line.people import Right, same_name
from openline.domain.party import Precedence
from openline.domain.record.passkey import passkey_id
from openline.domain.talk.body import By
from openline.domain.talk.kinds import RELEASABLE, Kind
from openline.domain.talk.signed_act import ActSignature, Part, challenge
from openline.engine.drafts import (
    KeepDraft,
    RejectDraft,
    ReleaseDraft,
    SignDraft,
    Waiting,
    draft_form,
)
from openline.engine.people import Kept
from openline.engine.views import View
from openline.faces.api import answers, examples
from openline.faces.api.acting import ACTING, need
from openline.faces.api.describe import READING, WRITING, described
from openline.faces.api.faults import BadRequest, Forbidden, NotFound
from openline.faces.api.node import by_of, node_of, recorded, view_of, with_by
from openline.faces.api.reading import Line
from openline.faces.api.rights import right_of_kind
from openline.faces.api.running import Running
from openline.faces.api.schema import DraftToKeep, DraftToReject, DraftToRelease, DraftToSign
from openline.faces.api.sign_in import credential_in, response_in
from openline.faces.api.writing import message_of, said

Token = Annotated[str, Parameter(description="What the draft is called.", pattern="^[0-9a-f]{32}$")]


@post(
    "/lines/{line:str}/drafts",
    operation_id="keepDraft",
    tags=["drafts"],
    summary="Leave a draft for a second person",
    status_code=201,
    responses=described(
        answers.Draft, "It waits, on disk.", status=201, example=examples.DRAFT, faults=WRITING
    ),
)
async def keep_draft(state: State, line: Line, data: JSONBody[DraftToKeep]) -> dict[str, Any]:
    """Leave something for a second person to release; nobody else is told.

    It is checked as if it were said now. A draft waits for a day. A time that is left out
    means at once, when it is released. A repeat of one request leaves no second draft and
    answers with what has become of the first.
    """
    view, running = view_of(state, line), node_of(state)
    kind = Kind.__members__.get(data.kind)
    if kind not in RELEASABLE:
        names = ", ".join(one.name for one in RELEASABLE)
        raise BadRequest(f"kind: {data.kind!r} is not drafted.", f"Draft one of {names}.", "kind")
    if kind is not Kind.DECLARATION:
        need(right_of_kind(data.kind))
    if "released_by" in data.fields:
        raise BadRequest(
            "released_by: the second person is known when they release it.",
            "Leave it out.",
            "released_by",
        )
    precedence = Precedence[data.precedence]
    fields = draft_form(kind, with_by(running, data.fields), highest_post(view))
    message: Any = message_of(running, data.kind, fields, precedence)
    by = (message.by.post, message.by.officer)
    recipients = tuple(sorted(set(data.recipients)))
    command = KeepDraft(line, message, by, precedence, recipients, data.request_id)
    kept: dict[str, Any] = await running.command(command)
    return _shown(running, line, kept)


@get(
    "/lines/{line:str}/drafts",
    operation_id="listDrafts",
    tags=["drafts"],
    summary="Drafts that wait, or waited",
    responses=described(answers.Drafts, "The drafts.", example=examples.DRAFTS, faults=READING),
)
async def list_drafts(state: State, line: Line) -> dict[str, Any]:
    """What waits for a second person, in the order in which it came; then what ended."""
    view_of(state, line)
    drafts, now = node_of(state).drafts(line)
    return {"drafts": drafts.to_json(now)}


@get(
    "/lines/{line:str}/drafts/{draft:str}",
    operation_id="readDraft",
    tags=["drafts"],
    summary="One draft, with what may be signed about it",
    responses=described(answers.Draft, "The draft.", example=examples.DRAFT, faults=READING),
)
async def read_draft(state: State, line: Line, draft: Token) -> dict[str, Any]:
    """One draft. `to_sign` is what who asks may sign."""
    view_of(state, line)
    running = node_of(state)
    drafts, now = running.drafts(line)
    try:
        return _shown(running, line, drafts.one_json(draft, now))
    except OurError as error:
        raise NotFound(error.what, error.remedy) from None


@post(
    "/lines/{line:str}/drafts/{draft:str}/sign",
    operation_id="signDraft",
    tags=["drafts"],
    summary="Sign a draft as its drafter",
    status_code=200,
    responses=described(answers.Draft, "Signed.", example=examples.DRAFT, faults=WRITING),
)
async def sign_draft(
    state: State, line: Line, draft: Token, data: JSONBody[DraftToSign]
) -> dict[str, Any]:
    """Add the drafter's passkey over what is drafted."""
    view_of(state, line)
    running = node_of(state)
    kept = _signer(running)
    if kept is None:
        raise Forbidden("Nobody signs on the node's own socket.", "Sign on the officers' port.")
    by = by_of(running, None)
    one = _signature(kept, data.credential, Part.SAID)
    signed: dict[str, Any] = await running.command(SignDraft(line, draft, by, one))
    return _shown(running, line, signed)


@post(
    "/lines/{line:str}/drafts/{draft:str}/release",
    operation_id="releaseDraft",
    tags=["drafts"],
    summary="Release what another person drafted",
    status_code=201,
    responses=described(
        answers.Said,
        "It is in this party's log, on disk.",
        status=201,
        example=examples.SAID,
        faults=WRITING,
    ),
)
async def release_draft(
    state: State, line: Line, draft: Token, data: JSONBody[DraftToRelease]
) -> dict[str, Any]:
    """Say what another person drafted. Of two who release at once one does.

    Who has a passkey signs with it, on the officers' port.
    """
    view, running = view_of(state, line), node_of(state)
    _need_for(running, line, draft)
    kept, one = _signer(running), None
    if data.credential is not None:
        if kept is None:
            raise Forbidden("Nobody signs on the node's own socket.", "Leave out `credential`.")
        one = _signature(kept, data.credential, Part.RELEASED)
    elif kept is not None and kept.passkeys and _is_signable(running, line, draft):
        raise Forbidden(
            f"{kept.person.name} has a passkey, and so signs what they release.",
            "Take the challenge from `to_sign` of the draft, and send `credential`.",
        )
    command = ReleaseDraft(line, draft, by_of(running, data.by), one)
    return said(view, await recorded(state, line, command))


@post(
    "/lines/{line:str}/drafts/{draft:str}/reject",
    operation_id="rejectDraft",
    tags=["drafts"],
    summary="Reject a draft",
    status_code=200,
    responses=described(answers.Draft, "Rejected.", example=examples.DRAFT, faults=WRITING),
)
async def reject_draft(
    state: State, line: Line, draft: Token, data: JSONBody[DraftToReject]
) -> dict[str, Any]:
    """Let a draft never be said. Who drafted it may withdraw it so."""
    view_of(state, line)
    running = node_of(state)
    by = by_of(running, data.by)
    waiting = _waiting(running, line, draft)
    if waiting is None or not same_name(waiting.by.officer, by[1]):
        _need_for(running, line, draft)
    rejected: dict[str, Any] = await running.command(RejectDraft(line, draft, by, data.reason))
    return rejected


def highest_post(view: View) -> str:
    """One of our posts of the highest tier."""
    posts = view.understanding.party(view.own).posts
    return max(posts, key=lambda post: post.tier).name


def _waiting(running: Running, line: str, draft: str) -> Waiting | None:
    return running.drafts(line)[0].waiting(draft)


def _need_for(running: Running, line: str, draft: str) -> None:
    """The right to release a draft of its kind."""
    waiting = _waiting(running, line, draft)
    if waiting is not None and waiting.message.message_kind is Kind.DECLARATION:
        need(Right.DECLARE)


def _is_signable(running: Running, line: str, draft: str) -> bool:
    """Whether a message of the draft's kind carries signatures."""
    waiting = _waiting(running, line, draft)
    return waiting is not None and hasattr(waiting.message, "signed")


def _signer(running: Running) -> Kept | None:
    """What is kept of who is signed in; None on the node's own socket."""
    acting = ACTING.get()
    return None if acting is None else running.people.find(acting.name)


def _signature(kept: Kept, credential: dict[str, Any], part: Part) -> ActSignature:
    """The signature in what a browser gave.

    Raises:
        BadRequest: Something is missing.
        Forbidden: It is not a passkey of who is signed in.
    """
    name = credential_in(credential)
    passkey = next((one for one in kept.passkeys if one.credential == name), None)
    if passkey is None:
        raise Forbidden(f"This is no passkey of {kept.person.name}.", "Sign with one of your own.")
    return ActSignature(
        part,
        passkey_id(passkey.cose),
        response_in(credential, "authenticatorData"),
        response_in(credential, "clientDataJSON"),
        response_in(credential, "signature"),
    )


def _shown(running: Running, line: str, draft: dict[str, Any]) -> dict[str, Any]:
    """A draft with what who asks may sign about it."""
    waiting, kept, acting = _waiting(running, line, draft["draft"]), _signer(running), ACTING.get()
    if waiting is None or kept is None or acting is None or not kept.passkeys:
        return draft
    is_own = same_name(waiting.by.officer, acting.name)
    if not hasattr(waiting.message, "signed") or (is_own and waiting.signatures):
        return draft
    part = Part.SAID if is_own else Part.RELEASED
    by = waiting.by if is_own else By(*acting.by)
    data = waiting.statement(running.config.party, line, part, by)
    known = [one.credential for one in kept.passkeys]
    options = credentials.request_options(running.people.relying_party, known, challenge(data))
    return {**draft, "to_sign": {"part": part.name, "options": options}}
