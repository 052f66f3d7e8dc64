"""Copies of a store: what tells them from the store itself.

A store keeps an identity, by which its anchor knows it. A copy is given none, and says
when it was made: no anchor vouches for it, and `openline run --own-copy-is-current` is
refused until every counterpart has confirmed it.
"""

from pathlib import Path
from typing import Final

from openline.adapters import sqlite
from openline.adapters.chance import SystemChance
from openline.adapters.statements import store as statements
from openline.adapters.webhook.waiting import copy_waiting, faults_waiting
from openline.app.config import Config
from openline.app.stores import NodeStore
from openline.engine.ports import PutValue, Store

IDENTITY: Final = "store/identity"
"""The value in which a store keeps its identity: 16 random bytes."""

COPIED_AT: Final = "store/copied-at"
"""The value in which a copy keeps when it was made, until it is confirmed."""

SESSIONS: Final = "session/"
"""Begins the names of the values that say who is signed in."""

_PASSING: Final = ".copy-"


def store_identity(store: Store) -> bytes:
    """The identity of a store, by which its anchor knows it; made where there is none."""
    identity = store.value(IDENTITY)
    if identity is None:
        identity = SystemChance().bytes(16)
        store.commit([PutValue(IDENTITY, identity)])
    return identity


def copied_at(store: Store) -> int | None:
    """When a copy was made that is not confirmed yet, in milliseconds; None of others."""
    value = store.value(COPIED_AT)
    return None if value is None else int(value)


def copy_store(store: NodeStore, beside: Path, at: int) -> Path:
    """Write a copy of a store as a file of SQLite; the path. Whoever asked removes it.

    It holds what one commit left, and the store goes on being written meanwhile.

    Args:
        store: The store, open.
        beside: Where its own file is, or would be: the copy is put beside it.
        at: Now, in milliseconds.

    Raises:
        OurError: It cannot be written.
    """
    path = _copy_name(beside)
    # Nobody whose session has ended since is signed in by an old copy.
    sessions = [PutValue(name, b"") for name, _ in store.values(SESSIONS)]
    store.copy_to(path, [PutValue(IDENTITY, b""), PutValue(COPIED_AT, str(at).encode()), *sessions])
    return path


def copy_beside(config: Config) -> dict[str, Path]:
    """Copy the files of SQLite beside the store; whoever asked removes the copies.

    Each holds what one commit left. They are made before the copy of the store, so that
    whatever in them leans on a row of the record finds it there.

    Args:
        config: The settings of the node, which runs in this process or not at all.

    Returns:
        The copies by the path of the file below the node's directory.

    Raises:
        OurError: One cannot be written; none is left then.
    """
    made: dict[str, Path] = {}
    try:
        for path in _beside(config):
            into = _copy_name(path)
            if path == config.statement_store:
                sqlite.copy_beside(path, into, statements.APPLICATION_ID)
            else:
                copy_waiting(path, into)
            made[path.relative_to(config.directory).as_posix()] = into
    except BaseException:
        for copy in made.values():
            remove_copy(copy)
        raise
    return made


def faults_beside(directory: Path, config: Config) -> list[str]:
    """What is wrong with the files of SQLite beside a store that was put back.

    Args:
        directory: Where they are.
        config: The settings there.
    """
    faults: list[str] = []
    for path in _beside(config):
        assert path.is_relative_to(directory), "they lie in the node's directory"
        if path == config.statement_store:
            faults += sqlite.faults_beside(path, statements.APPLICATION_ID)
        else:
            faults += faults_waiting(path)
    return faults


def _beside(config: Config) -> list[Path]:
    """The files of SQLite that a node has beside its store, as far as they are there."""
    found = [config.statement_store, *sorted(config.outlet_states.glob("*.sqlite"))]
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _copy_name(path: Path) -> Path:
    return path.with_name(f"{path.name}{_PASSING}{SystemChance().bytes(8).hex()}")


def remove_copy(copy: Path) -> None:
    """Remove a copy, with what SQLite keeps beside it."""
    for path in copy.parent.glob(f"{copy.name}*"):
        path.unlink(missing_ok=True)


def remove_copies(config: Config) -> None:
    """Remove the copies beside a store and its neighbours that nobody came for."""
    for path in (config.store, *_beside(config)):
        remove_copy(path.with_name(f"{path.name}{_PASSING}"))
