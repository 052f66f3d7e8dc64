"""Sealed files: what is written for the holder of an age key, and opened with it.

The format is age (age-encryption.org/v1): any age program opens what is written here,
and its key files are read here. Each 64 KiB carry a tag of their own and the last part
is marked, so that a changed byte or a file that was cut short is noticed; memory stays
small however large the file is. Who wrote a file age does not say: that is for what is
inside.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

import pyrage

from openline.adapters.disk import make_private_file
from openline.domain.errors import OurError

KEY_FILE_BYTES_MAX: Final = 65_536
_DECRYPTION: Final = "decryption error"
"""What the library calls a part whose tag is wrong, among errors of the disk."""


def make_key_file(path: Path) -> str:
    """Make a key in a new file that its owner alone may read; its public half.

    Raises:
        OurError: The file is there already or cannot be made.
    """
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        make_private_file(path, f"# public key: {public}\n{identity}\n".encode())
    except FileExistsError:
        raise OurError(f"{path} is there already.", "Name another file.") from None
    except OSError as error:
        raise OurError(f"{path} cannot be made: {error.strerror}.") from None
    return public


def parse_recipient(text: str) -> Any:
    """Whom to write for: an age public key, or one of SSH.

    Raises:
        OurError: It is neither.
    """
    is_ssh = text.startswith("ssh-")
    try:
        return (pyrage.ssh if is_ssh else pyrage.x25519).Recipient.from_str(text)
    except pyrage.RecipientError:
        raise OurError(
            f"{text[:80]!r} is no public key of age.",
            "It begins with age1; `openline backup-key FILE` makes a key and prints it.",
        ) from None


def read_key_file(path: Path) -> list[Any]:
    """The keys in a file, as `age-keygen` and `backup-key` write it, or one of SSH.

    Raises:
        OurError: It cannot be read or holds no key.
    """
    try:
        with path.open("rb") as file:
            data = file.read(KEY_FILE_BYTES_MAX)
        if data.startswith(b"-----BEGIN"):
            return [pyrage.ssh.Identity.from_buffer(data)]
        rows = [row.strip() for row in data.decode("ascii").splitlines()]
        keys = [pyrage.x25519.Identity.from_str(row) for row in rows if row and row[0] != "#"]
    except OSError as error:
        raise OurError(f"{path} cannot be read: {error.strerror}.") from None
    except (pyrage.IdentityError, UnicodeDecodeError):
        keys = []
    if not keys:
        raise OurError(
            f"{path} holds no key of age.", "Name the file that `openline backup-key` made."
        )
    return keys


def seal(plain: IO[bytes], sealed: IO[bytes], recipients: Sequence[Any]) -> None:
    """Write what `plain` gives, to its end, sealed.

    Raises:
        OSError: It cannot be read or written.
    """
    pyrage.encrypt_io(plain, sealed, list(recipients))


def unseal(sealed: IO[bytes], plain: IO[bytes], keys: Sequence[Any], name: str) -> None:
    """Write what is in a sealed file; after an error what was written is not all.

    Args:
        sealed: The file.
        plain: Where to write.
        keys: The keys to try.
        name: What to call the file in errors.

    Raises:
        OurError: None of the keys opens it, or it was cut short or changed.
        OSError: It cannot be read or written.
    """
    try:
        pyrage.decrypt_io(sealed, plain, list(keys))
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise OurError(
                f"{name} is not sealed for this key, or its first bytes were changed.",
                "Name the key for whose public half it was made.",
            ) from None
        raise OurError(
            f"{name} is no whole sealed file: {error}.", "Take another copy of the back-up."
        ) from None
    except OSError as error:
        if str(error) != _DECRYPTION:
            raise
        raise OurError(
            f"{name} was changed or cut short near byte {sealed.tell()}.",
            "Take another copy of the back-up.",
        ) from None
