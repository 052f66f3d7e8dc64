"""Relays: how one is named, and the credentials with which a desk uses it.

A relay is a TURN server of the party's own, such as coturn with `use-auth-secret`. It and
the node share one secret; a user's name is the instant at which the credential expires and
a random part, and the password follows from name and secret. So nothing is told to the
relay for a call, and it learns no name of an officer.
"""

import base64
import hashlib
import hmac
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openline.domain.errors import OurError

SECRET_CHARS_MIN: Final = 16
"""A secret that is shorter can be found by trying, from one credential that was overheard."""

_SECRET: Final = re.compile(rf"[\x21-\x7e]{{{SECRET_CHARS_MIN},512}}")
_FILE_BYTES_MAX: Final = 4_096
_PORTS: Final = {"turn": 3_478, "turns": 5_349}
_PORT_MAX: Final = 65_535

_ADDRESS: Final = re.compile(
    r"(turns?):([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([1-9][0-9]{0,4}))?"
    r"(?:\?transport=(udp|tcp))?"
)
"""RFC 7065, with no more than browsers take."""


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """Where a relay is reached.

    Attributes:
        url: As it is written in node.toml, and as browsers take it.
        host: The name or address.
        port: The port.
        is_udp: Whether it is spoken to by UDP; else by TCP.
        is_tls: Whether it shows a certificate first.
    """

    url: str
    host: str
    port: int
    is_udp: bool
    is_tls: bool


def parse_relay(url: str) -> RelayAddress:
    """The relay that a `turn:` or `turns:` address names.

    Raises:
        ValueError: It is none; says why.
    """
    match = _ADDRESS.fullmatch(url)
    port = 0 if match is None else int(match[3] or _PORTS[match[1]])
    if match is None or port > _PORT_MAX:
        raise ValueError(
            f"{url!r} is not the address of a relay, such as turn:turn.alpha.example:3478"
        )
    is_tls = match[1] == "turns"
    if is_tls and match[4] == "udp":
        raise ValueError(f"{url!r}: browsers speak to a relay by TLS over TCP alone")
    is_udp = not is_tls and match[4] != "tcp"
    return RelayAddress(url, match[2].strip("[]"), port, is_udp, is_tls)


def read_relay_secret(path: Path) -> bytes:
    """What the relay and the node share.

    Raises:
        OurError: The file is not there, others can read it, or it holds no secret.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(_FILE_BYTES_MAX).decode("ascii", "replace").strip()
    except OSError as error:
        raise OurError(
            f"The secret of the relay, {path}, cannot be read: {error.strerror}.",
            "Write into it what the relay has as static-auth-secret; see docs/guides/telephone.md.",
        ) from None
    if mode & 0o077:
        raise OurError(
            f"{path} can be used by others: its mode is {stat.S_IMODE(mode):04o}.",
            f"Run `chmod 600 {path}`; if others had access, give the relay a new secret.",
        )
    if _SECRET.fullmatch(text) is None:
        raise OurError(
            f"{path} holds no secret: one row of {SECRET_CHARS_MIN} to 512 letters, digits and "
            "signs, without a space.",
            f"Make one: openssl rand -hex 32 > {path}; and give it to the relay.",
        )
    return text.encode("ascii")


def credential(secret: bytes, expires_s: int, chance: bytes) -> tuple[str, str]:
    """Name and password with which a relay lets somebody in until an instant.

    Args:
        secret: What the relay and the node share.
        expires_s: The instant, in Unix seconds.
        chance: Random bytes, by which a relay tells one credential from another.
    """
    name = f"{expires_s}:{chance.hex()}"
    # The scheme is the relay's (coturn, use-auth-secret): HMAC with SHA-1, which is sound.
    mark = hmac.digest(secret, name.encode("ascii"), hashlib.sha1)
    return name, base64.b64encode(mark).decode("ascii")
