"""The verbs `backup`, `backup-key` and `restore`: a node in one sealed file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.files import Input, check_place
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Node, Printing
from openline.faces.cli.output import emit

if TYPE_CHECKING:
    from openline.app.config import Config

COPY_TIMEOUT_S = 600.0
"""How long a copy of the store may take: some hundred gigabytes."""

app = make_app("backup", "")
key_app = make_app("backup-key", "")
restore_app = make_app("restore", "")


@sole_verb(key_app)
def backup_key(
    file: Path,
    /,
    *,
    options: Printing = Printing(),  # noqa: B008 - frozen.
) -> None:
    """Make the key that opens back-ups.

    It is a key of age (age-encryption.org). Its public half, which is printed, is what
    `openline backup --to` takes. Keep the file away from the node: who has it and a
    back-up can speak for the party, and without it a back-up is lost.

    Example:
        openline backup-key /media/safe/backup.key

    Args:
        file: Where to write the key.
        options: How to print.
    """
    from openline.adapters.sealed import make_key_file

    check_place(file, "FILE")
    public = make_key_file(file)
    result = {"path": str(file), "public": public}
    emit(result, [public], as_json=options.json)


@sole_verb(app)
def backup(
    file: Path,
    /,
    *,
    to: Annotated[list[str], Parameter(required=True)],
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Write the node into one sealed file, while it runs or is stopped.

    Packed are the store as one commit left it, what was seen on public pages, what
    waits for webhooks, the keys without the root keys, the cards, Understandings, code
    books and settings, under a manifest that the node key signs. Not packed are the
    root keys, the anchor and what was certified. The file is readable only with a key
    for which it was sealed: age opens it as well.

    Example:
        openline backup /mnt/backup/alpha.age --to "$(cat backup.public)"

    Args:
        file: Where to write; it is not there yet.
        to: The public half of a key that shall open it, as `backup-key` prints it, or an
            SSH public key. Given several times, each of the keys opens it.
        options: Which node, and how to print.
    """
    from openline.adapters.sealed import parse_recipient
    from openline.app.backup import pack

    config = options.config()
    recipients = [parse_recipient(text) for text in to]
    if not recipients:
        raise WrongUsage("--to is missing.", "Name the public half of the key that shall open it.")
    check_place(file, "FILE")
    with _new_file(file) as out, copied(config) as (copy, at, beside):
        manifest = pack(config, copy, at, out, recipients, beside)
    entries = sum(size for _, size, _ in manifest.logs)
    size = file.stat().st_size
    result: dict[str, Any] = {
        "path": str(file),
        "party": manifest.party,
        "at": at,
        "files": len(manifest.files),
        "logs": len(manifest.logs),
        "entries": entries,
        "size_bytes": size,
    }
    says = f"{file}: {manifest.party} as of {format_instant(at)}, {len(manifest.files)} files, "
    rows = [f"{says}{len(manifest.logs)} logs with {entries} entries, {size} bytes."]
    emit(result, rows, as_json=options.json)


@sole_verb(restore_app)
def restore(
    file: Input,
    /,
    *,
    key: Input,
    card: Input | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Put a node back from a back-up, into an empty directory.

    Everything is verified before anything is put there: the seal, the manifest and its
    signature, every file, every entry, head and receipt in the store. Then start the
    node: it signs nothing until each counterpart has shown what it holds of our log,
    and pulls back what the back-up lacks. The root keys are not in a back-up.

    Example:
        openline restore alpha.age --key /media/safe/backup.key --dir /srv/openline/alpha

    Args:
        file: The back-up.
        key: The file with the key that opens it.
        card: The card of the party, kept elsewhere: the back-up has to be of that node.
        options: Where to put the node, and how to print.
    """
    from openline.app import backup as backups
    from openline.domain.record.signing import fingerprint
    from openline.faces.cli.cards import read_card

    party_card = None if card is None else read_card(card).card
    restored = backups.restore(file, key, options.directory, party_card)
    manifest = restored.manifest
    entries = sum(size for _, size, _ in manifest.logs)
    result = {
        "party": manifest.party,
        "at": manifest.at,
        "directory": str(restored.config.directory),
        "files": len(manifest.files),
        "logs": len(manifest.logs),
        "entries": entries,
        "node_key": fingerprint(restored.key).hex(),
    }
    rows = [
        f"{restored.config.directory}: {manifest.party} as of {format_instant(manifest.at)}, "
        f"{len(manifest.logs)} logs with {entries} entries, all verified.",
        f"Packed and signed by the node key {fingerprint(restored.key).hex()}.",
        f"Start it: openline run --dir {restored.config.directory}",
        "It signs nothing until each counterpart has shown what it holds of our log.",
    ]
    emit(result, rows, as_json=options.json)


@contextmanager
def _new_file(path: Path) -> Iterator[Any]:
    """A new file for its owner alone, which is whole and durable, or gone."""
    from openline.adapters.disk import sync_directory

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise OurError(f"{path} is there already.", "Move it, or name another file.") from None
    except OSError as error:
        raise OurError(f"{path} cannot be made: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        sync_directory(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise OurError(
            f"{path} cannot be written: {error.strerror or error}.", "Make room, and try again."
        ) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def copied(config: "Config") -> Iterator[tuple[Path, int, dict[str, Path]]]:
    """Copies of the store and its neighbours for the time of the block, and when."""
    from openline.adapters.clock import wall_clock_ms
    from openline.app.store_copies import copy_beside, copy_store, remove_copy
    from openline.app.stores import open_to_read
    from openline.faces import unix
    from openline.faces.cli.client import Client

    if unix.is_answered(config.socket):
        answer = Client(config, COPY_TIMEOUT_S).post("/store/copy", body={})
        path, at = Path(answer["path"]), answer["at"]
        beside = {name: Path(copy) for name, copy in answer["beside"].items()}
    else:
        at = wall_clock_ms()
        with open_to_read(config) as store:
            beside = copy_beside(config)
            path = copy_store(store, config.store, at)
    try:
        yield path, at, beside
    finally:
        for copy in (path, *beside.values()):
            remove_copy(copy)
