"""Back-ups: a node's directory and store in one sealed file, and back again.

In the file, sealed for an age key (`openline.adapters.sealed`), is a tar archive: first
the manifest, signed with the node key, then the files in its order. Root keys are never
in it, nor the anchor, the log files and the socket. Everything streams: no plain copy
but that of the store and of its neighbours is written, and those are gone when the file is whole.

A restored store is one that the anchor does not know, and is marked as a copy: a node
on it waits for each counterpart, and takes nobody's word instead.
"""

import hashlib
import io
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

from openline import __version__
from openline.adapters.disk import sync_directory
from openline.adapters.keys import FileKeys
from openline.adapters.sealed import read_key_file, seal, unseal
from openline.adapters.sqlite import SqliteStore
from openline.app.audit import audit
from openline.app.config import FILE_NAME, RESERVE_NAME, STORE_FILE, Config, load_config
from openline.app.manifest import (
    FILES_MAX,
    MANIFEST_BYTES_MAX,
    Manifest,
    PackedFile,
    is_signed_by,
    parse_manifest,
)
from openline.app.move import settings_with
from openline.app.store_copies import faults_beside
from openline.domain.errors import OpenlineError, OurError
from openline.domain.line.card import Card
from openline.engine.ports import StoreFailed

MANIFEST: Final = "manifest"
STORE: Final = "store.copy"
"""The copy of the store in the archive; no file of a node's directory is called so."""

_READ_BYTES: Final = 1 << 20
_STORE_BYTES_MAX: Final = 1 << 46
_FAULTS_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What a back-up gave back.

    Attributes:
        config: The settings of the node that is there again.
        manifest: What was in it.
        key: The Ed25519 half of the node key that signed the manifest.
    """

    config: Config
    manifest: Manifest
    key: bytes


# --- making one ----------------------------------------------------------------------------------


def pack(
    config: Config,
    copy: Path,
    at: int,
    out: IO[bytes],
    recipients: Sequence[Any],
    beside: Mapping[str, Path] | None = None,
) -> Manifest:
    """Write a back-up.

    Args:
        config: The node's settings.
        copy: A copy of its store (`SqliteStore.copy_to`).
        at: Now, in milliseconds.
        out: Where the sealed file goes.
        recipients: For whom; at least one.
        beside: Copies of the files of SQLite beside the store, by their paths in the node's
            directory (`store_copies.copy_beside`).

    Raises:
        OurError: A file cannot be read or packed, or the copy is not sound.
    """
    with closing(SqliteStore.open_read_only(copy)) as store:
        logs = tuple(store.origins())
    names = {path.relative_to(config.directory).as_posix(): path for path in belongings(config)}
    names |= beside or {}
    names[STORE] = copy
    files = tuple(_hashed(name, names[name]) for name in sorted(names))
    manifest = Manifest(config.party, at, __version__, logs, files)
    note = manifest.sign(FileKeys.open(config.keys).current("node"))
    _streamed(
        lambda pipe: _write_archive(pipe, note, files, names),
        lambda pipe: seal(pipe, out, recipients),
    )
    return manifest


def belongings(config: Config) -> Iterator[Path]:
    """What of a node's directory is packed, besides the store."""
    reserve = config.store.with_name(RESERVE_NAME)
    left_out = {config.anchor, config.socket, config.certificates, config.root_keys, reserve}
    beside = (config.store.name, config.log.name)
    count = 0
    for folder, folders, names in os.walk(config.directory):
        here = Path(folder)
        folders[:] = sorted(
            name for name in folders if here / name not in left_out and name[0] != "."
        )
        for name in sorted(names):
            path = here / name
            is_passing = name[0] == "." or (here == config.directory and name.startswith(beside))
            # A file that a process writes is no copy: of these there are copies apart.
            is_passing = is_passing or ".sqlite" in name
            if path in left_out or is_passing or path.is_symlink() or not path.is_file():
                continue
            count += 1
            if count > FILES_MAX:
                raise OurError(
                    f"{config.directory} holds more than {FILES_MAX} files.",
                    "Move away what is not the node's.",
                )
            yield path


def _hashed(name: str, path: Path) -> PackedFile:
    whole, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                whole.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise OurError(
            f"{path} cannot be read: {error.strerror}.", "Run it as the user that runs the node."
        ) from None
    return PackedFile(name, size, whole.hexdigest())


def _write_archive(
    pipe: IO[bytes], note: bytes, files: Sequence[PackedFile], paths: dict[str, Path]
) -> None:
    with tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(_member(MANIFEST, len(note)), io.BytesIO(note))
        for one in files:
            with paths[one.path].open("rb") as file:
                archive.addfile(_member(one.path, one.size_bytes), file)


def _member(name: str, size_bytes: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size_bytes, 0o600
    return member


def _streamed(write: Callable[[IO[bytes]], None], read: Callable[[IO[bytes]], None]) -> None:
    """Let one write into a pipe that the other reads; the error of either is raised.

    What the writer says in words comes first, for a reader sees only that there is no
    more; that nobody reads any more is no news.
    """
    ends = os.pipe()
    faults: list[BaseException] = []

    def work() -> None:
        try:
            with os.fdopen(ends[1], "wb") as pipe:
                write(pipe)
        except BaseException as error:
            faults.append(error)

    writer = threading.Thread(target=work, name="back-up")
    writer.start()
    try:
        with os.fdopen(ends[0], "rb") as pipe:
            read(pipe)
    except BaseException as error:
        writer.join()
        told = [fault for fault in faults if isinstance(fault, OurError)]
        raise (told[0] if told else error) from None
    writer.join()
    if faults:
        raise faults[0]


# --- putting it back -----------------------------------------------------------------------------


def restore(file: Path, key_file: Path, directory: Path, card: Card | None = None) -> Restored:
    """Put a node back into a directory, after everything in the back-up was verified.

    Nothing is left in the directory if anything is wrong.

    Args:
        file: The back-up.
        key_file: The age key that opens it.
        directory: Empty, or not there yet; its parent is there.
        card: The card of the party that it has to be of.

    Raises:
        OurError: A sentence for each fault.
    """
    keys = read_key_file(key_file)
    _check_empty(directory)
    staging = directory.with_name(f".{directory.name}.restoring")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(mode=0o700)
        restored = _unpack(file, keys, staging)
        _check_signer(restored, card)
        _check_store(staging, restored)
        config = _put_in_place(staging, directory, restored.config)
    except OSError as error:
        raise OurError(
            f"The back-up cannot be put back: {error.strerror}: {error.filename or file}.",
            "Name a back-up that can be read, and a place with room that this user may write to.",
        ) from None
    except tarfile.TarError as error:
        raise OurError(
            f"{file} is no back-up: {error}.", "Name what openline backup wrote."
        ) from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return replace(restored, config=config)


def _check_empty(directory: Path) -> None:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise OurError(
            f"{directory} is not empty.",
            "A node is put back into an empty directory: move away what is there.",
        )
    if not directory.parent.is_dir():
        raise OurError(f"{directory.parent} is not there.", "Make it first.")


def _unpack(file: Path, keys: Sequence[Any], staging: Path) -> Restored:
    found: list[tuple[Manifest, Any, list[str]]] = []
    with file.open("rb") as sealed:
        _streamed(
            lambda pipe: unseal(sealed, pipe, keys, str(file)),
            lambda pipe: found.append(_read_archive(pipe, staging)),
        )
    manifest, note, faults = found[0]
    if faults:
        raise OurError(
            f"The back-up is not what its manifest says: {' '.join(faults[:_FAULTS_TOLD])}",
            "Somebody has altered it: take another copy.",
        )
    own = FileKeys.open(staging / "keys")
    public = own.current("node").public.ed25519
    config = load_config(staging)
    if not own.party == config.party == manifest.party:
        raise OurError(
            f"The back-up is of {manifest.party}, its keys are of {own.party} and its settings "
            f"of {config.party}.",
            "Somebody has altered it: take another copy.",
        )
    if not is_signed_by(note, manifest.party, public):
        raise OurError(
            "The manifest is not signed by the node key that is in the back-up.",
            "Somebody has altered it: take another copy.",
        )
    return Restored(config, manifest, public)


def _read_archive(pipe: IO[bytes], staging: Path) -> tuple[Manifest, Any, list[str]]:
    """Write the files of an archive; manifest, note, and a sentence for each fault."""
    with tarfile.open(fileobj=pipe, mode="r|") as archive:
        first = archive.next()
        if first is None or first.name != MANIFEST or first.size > MANIFEST_BYTES_MAX:
            raise OurError("The archive has no manifest.", "Name what openline backup wrote.")
        data = archive.extractfile(first)
        assert data is not None, "a manifest is a regular file"
        manifest, note = parse_manifest(data.read())
        expected = {one.path: one for one in manifest.files}
        faults: list[str] = []
        while (member := archive.next()) is not None and len(faults) <= FILES_MAX:
            one = expected.pop(member.name, None)
            if one is None or not member.isreg() or member.size > _STORE_BYTES_MAX:
                faults.append(f"{member.name[:255]} is not in the manifest.")
                continue
            source = archive.extractfile(member)
            assert source is not None, "it is a regular file"
            if _written(source, staging / member.name) != (one.size_bytes, one.sha256):
                faults.append(f"{member.name} is not the file that was packed.")
        faults += [f"{name} is missing." for name in expected]
        # The end of the archive is the end of the sealed file, whose last tag says so.
        while pipe.read(_READ_BYTES):
            pass
    return manifest, note, faults


def _written(source: IO[bytes], path: Path) -> tuple[int, str]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := source.read(_READ_BYTES):
            whole.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size, whole.hexdigest()


def _check_signer(restored: Restored, card: Card | None) -> None:
    if card is None:
        return
    keys = FileKeys.open(restored.config.keys)
    if card.party != restored.manifest.party or keys.find("node", card.node) is None:
        raise OurError(
            f"The back-up is of {restored.manifest.party}, and not of the node that the card of "
            f"{card.party} shows.",
            "Name the card of the party whose node it is, or another back-up.",
        )


def _check_store(staging: Path, restored: Restored) -> None:
    manifest = restored.manifest
    try:
        with SqliteStore.open_read_only(staging / STORE) as store:
            faults = store.damage()
            if tuple(store.origins()) != manifest.logs:
                faults.append("The logs in it are not those that the manifest names.")
            faults += [f"{log.origin}: {fault}" for log in audit(store) for fault in log.faults]
        faults += faults_beside(staging, restored.config)
    except (OpenlineError, StoreFailed) as error:
        faults = [str(error)]
    if faults:
        raise OurError(
            f"The store in the back-up is not sound: {' '.join(faults[:_FAULTS_TOLD])}",
            "Take another copy; or restore without a store: the counterparts give it back.",
        )


def _put_in_place(staging: Path, directory: Path, config: Config) -> Config:
    """Give everything its place; the settings of the node that is there again."""
    if config.database is not None:
        # The copy is a file, and the database may be in use: the node begins on the file.
        text = settings_with(config, STORE_FILE)
        (staging / FILE_NAME).write_text(text, encoding="utf-8")
        config = load_config(staging)
    is_within = staging in config.store.parents
    if not is_within and config.store.exists():
        raise OurError(
            f"There is a store at {config.store} already.",
            "node.toml in the back-up names that place: move the store away.",
        )
    for path, _, _ in os.walk(staging):
        sync_directory(Path(path))
    os.rename(staging, directory)
    config = load_config(directory)
    config.store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.move(directory / STORE, config.store)
    for passing in directory.glob(f"{STORE}-*"):
        # What SQLite made while the copy was read; all of it is in the copy.
        passing.unlink()
    for folder in (config.store.parent, directory, directory.parent):
        sync_directory(folder)
    return config
