"""The directory of a further station: what all stations of a party have alike.

Not copied is what belongs to one machine or one process: the anchor, the log, the socket,
what tells stations apart, and what outlets, folders and the air picture keep. Nor are root
keys, which belong on neither machine.
"""

import os
import shutil
from pathlib import Path

from openline.app.backup import belongings
from openline.app.config import FILE_NAME, Config
from openline.domain.errors import OurError


def copy_station(config: Config, directory: Path) -> tuple[Path, ...]:
    """Copy what a further station needs into a new directory.

    Args:
        config: The settings of this station.
        directory: Is not there yet, or is empty.

    Returns:
        What was copied, relative to the directory, in order.

    Raises:
        OurError: It cannot be written; what was begun is removed.
    """
    directory = directory.absolute()
    if directory.exists() and not (directory.is_dir() and not any(directory.iterdir())):
        raise OurError(f"{directory} is not empty.", "Name a directory that is not there yet.")
    own = (config.outlet_states, config.folder_states, config.air_records)
    found = sorted(
        path.relative_to(config.directory)
        for path in belongings(config)
        if not any(place in path.parents for place in own)
    )
    try:
        # In a place of its own at first: a part of a station is none.
        passing = directory.with_name(f".{directory.name}.part")
        shutil.rmtree(passing, ignore_errors=True)
        passing.mkdir(mode=0o700, parents=True)
        for path in found:
            _copy(config.directory / path, passing / path)
        os.replace(passing, directory)
    except OSError as error:
        shutil.rmtree(passing, ignore_errors=True)
        raise OurError(
            f"{directory} cannot be written: {error.strerror}.",
            "Name a place where this user can write.",
        ) from None
    return tuple(found)


def elsewhere(config: Config) -> tuple[Path, ...]:
    """The files outside the node's directory that its settings name, in order."""
    named = [config.database.password_file if config.database else None]
    named.append(config.officers.certificate if config.officers else None)
    return tuple(
        sorted(path for path in named if path and config.directory not in path.absolute().parents)
    )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = 0o644 if source.name == FILE_NAME else 0o600
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file, source.open("rb") as read:
        shutil.copyfileobj(read, file)
        file.flush()
        os.fsync(descriptor)
