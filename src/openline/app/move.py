"""A stopped node's store, moved from a file into a database or back.

Nothing changes for the node before the target is whole: every row in it is compared, and
every entry, head and receipt is verified anew. Only then does `node.toml` name the target,
in one step. A move that is cut short leaves the node where it was, and a target that says
it is half moved; the next move begins that anew.

The identity of the store goes along, so its anchor knows the target. What was moved away
from is kept, and set aside so that no node starts on it by mistake: it is an old copy as
soon as the node runs elsewhere.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from openline.adapters.disk import sync_directory, write_whole
from openline.adapters.postgresql.address import DatabaseAddress, is_address
from openline.adapters.sqlite import SqliteStore
from openline.adapters.station import Station
from openline.app.audit import audit
from openline.app.config import FILE_NAME, Config, parse_config
from openline.app.settings.first_text import quoted
from openline.app.stores import NodeStore, store_of
from openline.domain.errors import OurError
from openline.engine.ports import (
    AppendEntries,
    PutHead,
    PutTick,
    PutValue,
    StoreConflict,
    StoreFailed,
    Write,
)

PASSING: Final = ".moving"
"""What the name of a file ends with while a store is being moved into it."""

_ASIDE: Final = ".moved"
_FIRST_TABLE: Final = re.compile(r"(?m)^\s*\[")
_FAULTS_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did.

    Attributes:
        logs: How many logs there are.
        entries: How many entries in all of them.
        heads: How many heads were verified against them.
        source: Where the store is kept that was moved away from.
        target: Where the store is.
    """

    logs: int
    entries: int
    heads: int
    source: str
    target: str


def move(config: Config, target: str, password_file: Path | None = None) -> Moved:
    """Move the store of a node that is stopped.

    Args:
        config: Its settings.
        target: The path of a file that is not there, which begins at the node's directory;
            or the address of an empty database.
        password_file: The file with the password of that database, likewise.

    Raises:
        OurError: The node runs, the source is not sound, or the target is not empty or cannot
            be used. The node is where it was.
    """
    text = settings_with(config, target, password_file)
    wanted = parse_config(text, config.directory / FILE_NAME)
    if config.database is None and not config.store.exists():
        raise OurError(
            f"There is no store at {config.store} yet.",
            "Name the other place as `store` in node.toml: it is made at the first start.",
        )
    with Station.open(config.directory) as station:
        with store_of(config, station) as source, _in_words():
            if wanted.database is not None:
                moved = _into_database(source, wanted.database, config.party, station)
            else:
                moved = _into_file(source, wanted.store)
            # The target is in use before the settings name it: whenever this is cut short, what
            # they name is a whole store.
            write_whole(config.directory / FILE_NAME, text.encode())
            if config.database is not None:
                _set_database_aside(source)
        kept = str(config.database) if config.database else str(_set_file_aside(config.store))
    return replace(moved, source=kept)


def settings_with(config: Config, target: str, password_file: Path | None = None) -> str:
    """The text of `node.toml` with another store; all else stays as it is.

    Raises:
        OurError: The file is not written so that this can be done, or the target is none.
    """
    path = config.directory / FILE_NAME
    text = _with_value(path.read_text(encoding="utf-8"), "store", target)
    if password_file is not None:
        text = _with_value(text, "store_password_file", str(password_file))
    found = parse_config(text, path)
    wanted = None if is_address(target) else config.directory / target
    if (None if found.database else found.store) != wanted:
        raise OurError(
            f"The row `store` in {path} is written so that this program does not find it.",
            f"Write it as one row before the first table: store = {quoted(target)}",
        )
    return text


def _with_value(text: str, key: str, value: str) -> str:
    """The text with a row before the first table, in place of the one that is there."""
    first = _FIRST_TABLE.search(text)
    top, rest = (text[: first.start()], text[first.start() :]) if first else (text, "")
    row = f"{key} = {quoted(value)}"
    for said in (rf"(?m)^{key}\s*=.*$", rf"(?m)^#\s?{key}\s*=.*$"):
        if re.search(said, top):
            return re.sub(said, lambda _: row, top, count=1) + rest
    return f"{row}\n{text}"


def _into_file(source: NodeStore, path: Path) -> Moved:
    passing = path.with_name(f"{path.name}{PASSING}")
    if path.exists():
        raise OurError(f"{path} is there already.", "Move it away, or name another file.")
    _remove(passing)
    try:
        with SqliteStore.open(passing) as into:
            moved = _carried(source, into, str(path))
        passing.rename(path)
        sync_directory(path.parent)
    except BaseException:
        _remove(passing)
        raise
    return moved


def _into_database(
    source: NodeStore, address: DatabaseAddress, party: str, station: Station
) -> Moved:
    from openline.adapters.postgresql.store import PostgresStore

    with PostgresStore.open_for_move(address, party, station) as into:
        moved = _carried(source, into, str(address))
        into.take_into_use()
    return moved


def _carried(source: NodeStore, into: NodeStore, target: str) -> Moved:
    """Write everything into an empty store, and verify what is there then.

    Raises:
        OurError: It is not the same, or does not verify.
    """
    for writes in source.contents():
        into.commit(writes)
    faults = source.damage()
    if into.origins() != source.origins() or tally(into) != tally(source):
        faults.append("What was written is not what was read.")
    logs = audit(into)
    faults += [f"{log.origin}: {fault}" for log in logs for fault in log.faults]
    if faults:
        raise OurError(
            f"The store is not moved, for it is not sound: {' '.join(faults[:_FAULTS_TOLD])}",
            "See `openline doctor`; the node is where it was.",
        )
    entries, heads = sum(log.entries for log in logs), sum(log.heads for log in logs)
    return Moved(len(logs), entries, heads, "", target)


def tally(store: NodeStore) -> dict[str, tuple[int, int]]:
    """How many rows of each sort are in a store, and the sum of their hashes.

    Two stores that hold the same have the same tally, in whatever order they tell it.
    """
    found: dict[str, tuple[int, int]] = {}
    for writes in store.contents():
        for write in writes:
            for sort, parts in _rows(write):
                whole = hashlib.sha256()
                for part in parts:
                    whole.update(len(part).to_bytes(8) + part)
                count, total = found.get(sort, (0, 0))
                digest = int.from_bytes(whole.digest())
                found[sort] = (count + 1, (total + digest) % (1 << 256))
    return found


def _rows(write: Write) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    match write:
        case AppendEntries(origin, start, entries, _):
            for index, entry in enumerate(entries, start):
                yield "entry", (origin.encode(), b"%d" % index, entry.raw, entry.content)
        case PutHead(origin, size, holder, note):
            yield "head", (origin.encode(), b"%d" % size, holder.encode(), note.encode())
        case PutTick(party, line, sequence, tick_hash, note):
            place = (party.encode(), line.encode(), b"%d" % sequence)
            yield "tick", (*place, tick_hash, note.encode())
        case PutValue(name, value):
            yield "value", (name.encode(), value)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except StoreConflict as error:
        raise OurError(
            f"The store is not moved, for it is not whole: {error}",
            "See `openline doctor`; the node is where it was.",
        ) from error
    except (StoreFailed, OSError) as error:
        raise OurError(
            f"The store is not moved: {error}", "The node is where it was; see to the disk."
        ) from error


def _set_database_aside(source: NodeStore) -> None:
    from openline.adapters.postgresql.store import PostgresStore

    # The move is done: a database that is gone by now is as good as set aside.
    with suppress(StoreFailed):
        if isinstance(source, PostgresStore):
            source.set_aside()


def _set_file_aside(path: Path) -> Path:
    """Give a file another name, beside those of earlier moves."""
    number = 1
    while (kept := path.with_name(f"{path.name}{_ASIDE}-{number}")).exists():
        number += 1
    path.rename(kept)
    sync_directory(path.parent)
    return kept


def _remove(path: Path) -> None:
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink(missing_ok=True)
