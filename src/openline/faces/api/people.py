"""The routes about the party's people, for an administrator and the command line."""

from typing import Annotated, Any

from litestar import get, post
from litestar.datastructures import State
from litestar.params import JSONBody, Parameter

from openline.domain.line.form import Fault
from openline.domain.line.people import PERSON, Person
from openline.engine.people import (
    AddPerson,
    AtTheDoor,
    DisablePerson,
    Kept,
    NoteAtTheDoor,
    ResetPerson,
)
from openline.faces.api import answers, examples
from openline.faces.api.describe import READING, WRITING, described
from openline.faces.api.faults import BadRequest, Forbidden, NotFound
from openline.faces.api.node import by_of, node_of
from openline.faces.api.running import Running
from openline.faces.api.schema import Deed, PersonToAdd, PersonToDisable
from openline.faces.api.sign_in import door_of

Name = Annotated[str, Parameter(description="Rank and name.")]


@get(
    "/people",
    operation_id="listPeople",
    tags=["people"],
    summary="The party's people",
    responses=described(answers.People, "The people.", example=examples.PEOPLE, faults=READING),
)
async def list_people(state: State) -> dict[str, Any]:
    """Everybody who may act on the officers' port, or might once; no secret."""
    return {"people": [kept.to_json() for kept in node_of(state).people.listed()]}


@post(
    "/people",
    operation_id="addPerson",
    tags=["people"],
    summary="Add somebody",
    status_code=201,
    responses=described(
        answers.Person, "Added.", status=201, example=examples.PERSON, faults=WRITING
    ),
)
async def add_person(state: State, data: JSONBody[PersonToAdd]) -> dict[str, Any]:
    """Add somebody, who signs in first by a link; no counterpart is told."""
    running = node_of(state)
    fields: dict[str, Any] = {
        "name": data.name,
        "roles": data.roles,
        "posts": data.posts,
        "is_disabled": False,
    }
    try:
        person: Person = PERSON.from_json({**fields, "is_disabled": False}, "")
        for doubt in PERSON.doubts(person, ""):
            raise doubt
    except Fault as fault:
        error = fault.as_ours("PERSON")
        raise BadRequest(error.what, error.remedy, fault.path) from None
    kept: Kept = await running.command(AddPerson(person, by_of(running, data.by)))
    return kept.to_json()


@post(
    "/people/{name:str}/disable",
    operation_id="disablePerson",
    tags=["people"],
    summary="Let somebody act no more, or again",
    status_code=200,
    responses=described(answers.Person, "Done.", example=examples.PERSON, faults=WRITING),
)
async def disable_person(
    state: State, name: Name, data: JSONBody[PersonToDisable]
) -> dict[str, Any]:
    """Sign somebody out and let them do nothing, or let them act again.

    The next roster of each line is without them, or has them again.
    """
    running = node_of(state)
    _known(running, name)
    by = by_of(running, data.by)
    _not_oneself(running, name, by)
    kept: Kept = await running.command(DisablePerson(name, by, data.is_disabled))
    return kept.to_json()


@post(
    "/people/{name:str}/reset",
    operation_id="resetPerson",
    tags=["people"],
    summary="Take password and passkeys from somebody",
    status_code=200,
    responses=described(answers.Person, "Done.", example=examples.PERSON, faults=WRITING),
)
async def reset_person(state: State, name: Name, data: JSONBody[Deed]) -> dict[str, Any]:
    """Take password, second factor and passkeys from somebody, and sign them out.

    They begin anew with a link. What they signed stays signed.
    """
    running = node_of(state)
    _known(running, name)
    kept: Kept = await running.command(ResetPerson(name, by_of(running, data.by)))
    return kept.to_json()


@post(
    "/people/{name:str}/link",
    operation_id="linkPerson",
    tags=["people"],
    summary="Make a link that signs somebody in",
    status_code=200,
    responses=described(answers.SignInLink, "The link.", example=examples.LINK, faults=WRITING),
)
async def link_person(state: State, name: Name, data: JSONBody[Deed]) -> dict[str, Any]:
    """A link that signs somebody in once, within a quarter of an hour.

    Whoever has it is that person: hand it over face to face.
    """
    running = node_of(state)
    by = by_of(running, data.by)
    person = _known(running, name).person
    if person.is_disabled:
        raise Forbidden(f"{person.name} is disabled.", "Enable them first.")
    door = door_of(state)
    token, ends_at = door.sessions.link(person.name, door.now_ms())
    await running.command(NoteAtTheDoor(AtTheDoor.LINK_MADE, by, "link", person.name))
    url = f"{door.port.origin}/sign-in#{token}"
    return {"name": person.name, "url": url, "link": token, "ends_at": ends_at}


def _known(running: Running, name: str) -> Kept:
    kept = running.people.find(name)
    if kept is None:
        raise NotFound(f"Nobody is called {name!r} here.", "See `openline people list`.")
    return kept


def _not_oneself(running: Running, name: str, by: tuple[str, str]) -> None:
    """The last administrator does not lock themselves out by a slip."""
    if running.people.find(by[1]) is _known(running, name):
        raise Forbidden("Nobody disables themselves.", "Let another administrator do it.")
