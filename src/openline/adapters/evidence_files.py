"""Files of evidence: kept under their hash, and never sent."""

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Final

from openline.adapters.disk import sync_directory
from openline.domain.errors import OurError
from openline.domain.limits import EVIDENCE_FILE_SIZE_BYTES_MAX
from openline.domain.talk.evidence import Evidence

FOLDER: Final = "evidence"
"""The directory of kept files in the node's directory."""

_CHUNK: Final = 1_048_576


def keep_file(directory: Path, path: Path, what: str) -> Evidence:
    """Keep a copy of a file under its hash; a second time changes nothing.

    Args:
        directory: The node's directory.
        path: The file.
        what: What it is, in words.

    Raises:
        OurError: It cannot be read or kept, or is larger than may be.
    """
    folder = directory / FOLDER
    beside = folder / f".{os.getpid()}.{path.name[:64]}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with path.open("rb") as source, beside.open("xb") as copy:
            os.fchmod(copy.fileno(), 0o600)
            digest, size_bytes = hashlib.sha256(), 0
            while chunk := source.read(_CHUNK):
                size_bytes += len(chunk)
                if size_bytes > EVIDENCE_FILE_SIZE_BYTES_MAX:
                    raise OurError(
                        f"{path} is larger than {EVIDENCE_FILE_SIZE_BYTES_MAX} bytes.",
                        "Split it, and name each part.",
                    )
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        beside.replace(folder / digest.hexdigest())
        sync_directory(folder)
    except OSError as error:
        raise OurError(
            f"{path} cannot be kept: {error.strerror}.",
            "Name a file that this user can read, and make room in the node's directory.",
        ) from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
    return Evidence(digest.digest(), size_bytes, what)


def is_kept(directory: Path, sha256: str) -> bool:
    """Whether a file of that hash, in hexadecimal, is kept in the node's directory."""
    return (directory / FOLDER / sha256).is_file()
