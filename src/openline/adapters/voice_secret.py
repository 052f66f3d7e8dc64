"""Voice secrets: what a pair of parties shares for challenge words, as files.

    keys/
      voice.bravo.example.secret    shared with bravo.example

A secret is made when the parties meet to compare their cards, and is carried over on
paper, as words. It signs nothing and opens no circuit: it only lets officers know each
other's voices (`domain.talk.challenge`). A file that others can read is refused.
"""

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from openline.adapters.disk import make_private_file
from openline.domain.errors import OurError
from openline.domain.party import check_party_name
from openline.domain.talk.challenge import SECRET_BYTES, Secret

_FILE_BYTES_MAX: Final = 4_096


def secret_path(keys: Path, party: str) -> Path:
    """Where the secret that is shared with a party lies.

    Raises:
        OurError: It is no name of a party.
    """
    check_party_name(party)
    return keys / f"voice.{party}.secret"


def make_secret(own: str, party: str) -> Secret:
    """A new secret, from the machine's source of randomness."""
    one, other = sorted((own, party))
    return Secret(secrets.token_bytes(SECRET_BYTES), (one, other))


def keep_secret(keys: Path, party: str, secret: Secret, *, replace: bool) -> Path:
    """Keep the secret that is shared with a party.

    Args:
        keys: The key directory.
        party: The counterpart.
        secret: The secret.
        replace: Whether one that is kept already makes room.

    Raises:
        OurError: One is kept already, or the file cannot be made.
    """
    path = secret_path(keys, party)
    one, other = secret.parties
    text = (
        f"# Openline voice secret of {one} and {other}.\n"
        "# Whoever holds this file can say the challenge words of both parties.\n"
        f"parties = {one} {other}\n"
        f"secret = {base64.b64encode(secret.value).decode()}\n"
    )
    try:
        if replace:
            path.unlink(missing_ok=True)
        make_private_file(path, text.encode())
    except FileExistsError:
        raise OurError(
            f"A voice secret with {party} is kept already.",
            "Both sides need the same one: replace it on both, or on neither.",
        ) from None
    except OSError as error:
        raise OurError(f"{path} cannot be made: {error.strerror}.") from error
    return path


def read_secret(keys: Path, own: str, party: str) -> Secret:
    """The secret that is shared with a party.

    Raises:
        OurError: There is none, others can read it, or the file is not sound.
    """
    path = secret_path(keys, party)
    parties = tuple(sorted((own, party)))
    rows = dict(row.partition(" = ")[::2] for row in _rows(path))
    try:
        value = base64.b64decode(rows.get("secret", ""), validate=True)
    except binascii.Error:
        value = b""
    if rows.get("parties", "").split() != [*parties] or len(value) != SECRET_BYTES:
        raise OurError(
            f"{path} is no voice secret of {parties[0]} and {parties[1]}.",
            "Take the words from the other side's paper again.",
        )
    return Secret(value, (parties[0], parties[1]))


def _rows(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_FILE_BYTES_MAX)
    except FileNotFoundError:
        raise OurError(
            f"There is no voice secret at {path}.",
            "Make one when the parties meet: openline contact secret PARTY --make.",
        ) from None
    except OSError as error:
        raise OurError(f"{path} cannot be read: {error.strerror}.") from error
    if mode & 0o077:
        raise OurError(
            f"{path} can be used by others: its mode is {stat.S_IMODE(mode):04o}.",
            f"Run `chmod 600 {path}`; if others had access, make a new secret with the party.",
        )
    text = data.decode("ascii", "replace")
    return [row for row in text.splitlines() if row and not row.startswith("#")]
