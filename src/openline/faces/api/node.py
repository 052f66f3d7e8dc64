"""How the routes find the node, its lines, and who acts."""

from typing import Any, TypeAlias
from unicodedata import normalize

from litestar.datastructures import State

from openline.adapters.wording import Wording
from openline.domain.errors import OurError
from openline.domain.line.form import Fault
from openline.domain.talk.body import BY_FORM
from openline.engine.commands import Command, Recorded
from openline.engine.views import View
from openline.faces.api.acting import ACTING, own_name
from openline.faces.api.faults import BadRequest, NotFound, NotReady
from openline.faces.api.running import Running
from openline.faces.api.schema import Officer
from openline.faces.api.words import wording_of

By: TypeAlias = tuple[str, str]


def node_of(state: State) -> Running:
    """The running node behind the routes.

    Raises:
        NotReady: It is stopping.
    """
    running: Running = state.running
    if state.stopping.is_set():
        raise NotReady("The node is stopping.", "Wait until it runs again.")
    return running


def view_of(state: State, line: str) -> View:
    """What is known about a line.

    Raises:
        NotFound: The node has no such line.
    """
    try:
        return node_of(state).view(line)
    except NotReady:
        raise
    except OurError as error:
        raise NotFound(
            error.what, error.remedy or "See GET /lines for the lines there are."
        ) from None


def wording_for(state: State, language: str | None) -> Wording:
    """The wording of an answer.

    Raises:
        BadRequest: There are no sentences in the language asked for.
    """
    try:
        return wording_of(node_of(state).config, language)
    except OurError as error:
        raise BadRequest(error.what, error.remedy, "language") from None


async def recorded(state: State, line: str, command: Command) -> Recorded:
    """Have something said or announced; returns when it is in our log, on disk.

    Raises:
        NotReady: The node may not sign yet, or is stopping.
        OurError: It must not be said.
    """
    running = node_of(state)
    try:
        done: Recorded = await running.command(command)
    except OurError as error:
        if state.stopping.is_set() or not _can_sign(running, line):
            raise NotReady(error.what, error.remedy) from None
        raise
    return done


def _can_sign(running: Running, line: str) -> bool:
    return any(one["line"] == line and one["can_sign"] for one in running.status()["lines"])


def by_of(running: Running, officer: Officer | None) -> By:
    """Who acts: as the request says, or else the post and officer of node.toml.

    On the officers' port it is who is signed in.

    Raises:
        Forbidden: The request says another one than who is signed in.
        OurError: What it says cannot be written into a message: it is empty, too long,
            or holds a control character.
    """
    acting = ACTING.get()
    if officer is not None:
        own_name(officer.post, officer.officer)
    elif acting is not None:
        return acting.by
    if officer is None:
        return normalize("NFC", running.config.post), normalize("NFC", running.config.officer)
    try:
        # Not every command is a form: what comes here is signed, and must be what a form lets by.
        by = BY_FORM.from_json({"post": officer.post, "officer": officer.officer}, "by")
    except Fault as fault:
        raise fault.as_ours("by") from None
    return by.post, by.officer


def with_by(running: Running, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a message, with `by` filled in when absent, as `by_of` does.

    Raises:
        Forbidden: They name another one than who is signed in.
    """
    if "by" not in fields:
        post, officer = by_of(running, None)
        return {"by": {"post": post, "officer": officer}, **fields}
    by = fields["by"]
    if isinstance(by, dict):
        own_name(str(by.get("post", "")), str(by.get("officer", "")))
    return fields


def bad_field(error: OurError) -> BadRequest:
    """The error of a form, with the field that its `Fault` names."""
    field = getattr(error.__context__, "path", "")
    return BadRequest(error.what, error.remedy, field)
