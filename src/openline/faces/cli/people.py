"""The verb `people`: who may act for the party on the officers' port."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from cyclopts import Parameter

from openline.domain.instant import format_instant
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.manual import SHARED, make_app, verb
from openline.faces.cli.options import Node, parse_officer
from openline.faces.cli.output import emit, table

RoleName: TypeAlias = Literal[
    "observer", "linguist", "communicator", "watch_officer", "commander", "administrator"
]

app = make_app(
    "people",
    """\
    Add and disable people, and let them sign in on the officers' port.

    The officers' port is what [officers] in node.toml asks for. People sign in
    there by a password with a code, or by a passkey; first by a link that is made
    here. Each acts under their own name, as their roles let them. What a
    counterpart learns of them is who has a passkey, at which posts, with which
    roles: the roster of the line.
    """,
)

By: TypeAlias = Annotated[str | None, Parameter(name="--by", group=SHARED)]


@verb(app)
def add(
    name: str,
    /,
    *,
    role: tuple[RoleName, ...],
    post: tuple[str, ...],
    by: By = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Add somebody; they sign in first by a link.

    Example:
        openline people add "Capt. Smith" --role watch_officer --post watch
        openline people add "Gen. Jones" --role commander --post commander --post chief

    Args:
        name: Rank and name, as it will stand in messages.
        role: What they are; again for each further role.
        post: At which post of the Understanding they act; again for each. They begin at the first
            in the order of the alphabet.
        by: Who adds them, as POST/OFFICER; without it the post and officer of node.toml.
        options: Which node, and how to print.
    """
    if not role or not post:
        raise WrongUsage(
            "--role and --post are missing.", "Name one of each at least; --help lists the roles."
        )
    roles = [one.upper() for one in role]
    body = {"name": name, "roles": roles, "posts": list(post), **_by(by)}
    added = options.client().post("/people", body=body)
    rows = [
        f"{added['name']} is added: {_roles(added)}; posts {', '.join(added['posts'])}.",
        f'Let them sign in: openline people link "{added["name"]}"',
    ]
    emit(added, rows, as_json=options.json)


@verb(app, "list")
def list_people(
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """List everybody, with roles and posts, and how they can sign in.

    Example:
        openline people list

    Args:
        options: Which node, and how to print.
    """
    found = options.client().get("/people")
    emit(found, _rows(found["people"]), as_json=options.json)


@verb(app)
def disable(
    name: str,
    /,
    *,
    by: By = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Let somebody do nothing any more; they are signed out at once.

    Their passkeys leave the roster of each line. What they said stays said.

    Example:
        openline people disable "Capt. Smith"

    Args:
        name: Who.
        by: Who decides it, as POST/OFFICER; without it the post and officer of node.toml.
        options: Which node, and how to print.
    """
    done = options.client().post("/people", name, "disable", body=_by(by))
    emit(done, [f"{done['name']} is disabled and signed out."], as_json=options.json)


@verb(app)
def enable(
    name: str,
    /,
    *,
    by: By = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Let somebody act again who was disabled.

    Example:
        openline people enable "Capt. Smith"

    Args:
        name: Who.
        by: Who decides it, as POST/OFFICER; without it the post and officer of node.toml.
        options: Which node, and how to print.
    """
    body = {"is_disabled": False, **_by(by)}
    done = options.client().post("/people", name, "disable", body=body)
    emit(done, [f"{done['name']} may act again."], as_json=options.json)


@verb(app)
def reset(
    name: str,
    /,
    *,
    by: By = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Take password, second factor and passkeys from somebody, and sign them out.

    For who lost one of them, or may have. They begin anew with a link.

    Example:
        openline people reset "Capt. Smith"

    Args:
        name: Who.
        by: Who decides it, as POST/OFFICER; without it the post and officer of node.toml.
        options: Which node, and how to print.
    """
    done = options.client().post("/people", name, "reset", body=_by(by))
    rows = [
        f"{done['name']} has neither password nor passkey now, and is signed out.",
        f'Let them begin anew: openline people link "{done["name"]}"',
    ]
    emit(done, rows, as_json=options.json)


@verb(app)
def link(
    name: str,
    /,
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Make a link that signs somebody in once, within a quarter of an hour.

    Whoever opens it is that person for the node: hand it over face to face.

    Example:
        openline people link "Capt. Smith"

    Args:
        name: Who.
        options: Which node, and how to print.
    """
    made = options.client().post("/people", name, "link", body={})
    rows = [made["url"], f"Serves once, until {format_instant(made['ends_at'])}."]
    emit(made, rows, as_json=options.json)


def _by(by: str | None) -> dict[str, Any]:
    return {} if by is None else {"by": parse_officer(by, "--by")}


def _roles(person: dict[str, Any]) -> str:
    return ", ".join(role.lower() for role in person["roles"])


def _rows(people: list[dict[str, Any]]) -> Iterator[str]:
    if not people:
        yield "Nobody is added yet: openline people add NAME --role ROLE --post POST"
        return
    cells = [
        (
            one["name"],
            _roles(one),
            ", ".join(one["posts"]),
            "yes" if one["has_password"] else "",
            str(len(one["passkeys"]) or ""),
            "DISABLED" if one["is_disabled"] else "",
        )
        for one in people
    ]
    yield from table(("NAME", "ROLES", "POSTS", "PASSWORD", "PASSKEYS", ""), cells)
