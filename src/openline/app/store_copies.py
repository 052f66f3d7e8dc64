"""Copies of a store: what tells them from the store itself.

A store keeps an identity, by which its anchor knows it. A copy is given none, and says
when it was made: no anchor vouches for it, and `openline run --own-copy-is-current` is
refused until every counterpart has confirmed it.
"""

from pathlib import Path
from typing import Final

from openline.adapters.chance import SystemChance
from openline.adapters.sqlite import SqliteStore
from openline.engine.ports import PutValue

IDENTITY: Final = "store/identity"
"""The value in which a store keeps its identity: 16 random bytes."""

COPIED_AT: Final = "store/copied-at"
"""The value in which a copy keeps when it was made, until it is confirmed."""

_PASSING: Final = ".copy-"


def store_identity(store: SqliteStore) -> bytes:
    """The identity of a store, by which its anchor knows it; made where there is none."""
    identity = store.value(IDENTITY)
    if identity is None:
        identity = SystemChance().bytes(16)
        store.commit([PutValue(IDENTITY, identity)])
    return identity


def copied_at(store: SqliteStore) -> int | None:
    """When a copy was made that is not confirmed yet, in milliseconds; None of others."""
    value = store.value(COPIED_AT)
    return None if value is None else int(value)


def copy_store(store: SqliteStore, at: int) -> Path:
    """Write a copy of a store beside it; the path. Whoever asked removes it.

    It holds what one commit left, and the store goes on being written meanwhile.

    Args:
        store: The store, open.
        at: Now, in milliseconds.

    Raises:
        OurError: It cannot be written.
    """
    name = f"{store.path.name}{_PASSING}{SystemChance().bytes(8).hex()}"
    path = store.path.with_name(name)
    store.copy_to(path, [PutValue(IDENTITY, b""), PutValue(COPIED_AT, str(at).encode())])
    return path


def remove_copy(copy: Path) -> None:
    """Remove a copy, with what SQLite keeps beside it."""
    for path in copy.parent.glob(f"{copy.name}*"):
        path.unlink(missing_ok=True)


def remove_copies(store: Path) -> None:
    """Remove the copies beside a store that nobody came for."""
    remove_copy(store.with_name(f"{store.name}{_PASSING}"))
