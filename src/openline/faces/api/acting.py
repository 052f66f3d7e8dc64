"""Who acts in a request of the officers' port; nobody on the node's own socket.

The door sets it before a route is reached (`faces.api.door`). On the socket whoever
may open it speaks for the party, as whom they say.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from openline.domain.line.people import Right, Role, may, who_may
from openline.faces.api.faults import Forbidden


@dataclass(frozen=True, slots=True)
class Acting:
    """A person who is signed in.

    Attributes:
        name: Rank and name.
        post: The post at which they act.
        roles: Their roles.
        is_locked: Whether their session is locked.
    """

    name: str
    post: str
    roles: tuple[Role, ...]
    is_locked: bool = False

    @property
    def by(self) -> tuple[str, str]:
        """Post and officer."""
        return self.post, self.name


NOBODY: Final = Acting("", "", ())
"""Who is not signed in yet: may do nothing but sign in."""

ACTING: Final[ContextVar[Acting | None]] = ContextVar("acting", default=None)


def need(right: Right) -> None:
    """Confirm that who is signed in has a right; the socket has them all.

    Raises:
        Forbidden: They have not.
    """
    acting = ACTING.get()
    if acting is None or may(acting.roles, right):
        return
    roles = " and ".join(role.name.lower() for role in acting.roles)
    raise Forbidden(
        f"{acting.name} is {roles} and may not do this.",
        f"Let somebody do it who is {who_may(right)}.",
    )


def own_name(post: str, officer: str, field: str = "by") -> None:
    """Confirm that nobody acts under another name than their own.

    Raises:
        Forbidden: They do.
    """
    acting = ACTING.get()
    if acting is not None and (post, officer) != acting.by:
        raise Forbidden(
            f"{field}: {acting.name} is signed in at {acting.post}, not {officer} at {post}.",
            f"Leave out `{field}`; change the post with POST /session/post.",
        )
