"""Signatures over what is posted, after the Standard Webhooks specification.

A receiver that shares the secret knows that an event is ours, unaltered, and not an old
one sent again: the id, the time and the body are signed together by HMAC-SHA256. While a
secret is being changed both are used, the new one first.
"""

import base64
import binascii
import hashlib
import hmac
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from openline.domain.errors import OurError

_PREFIX: Final = "whsec_"
_SECRETS_MAX: Final = 4
_KEY_BYTES_MIN: Final = 24
_KEY_BYTES_MAX: Final = 64
"""As the specification says."""

_FILE_BYTES_MAX: Final = 4_096
_REMEDY: Final = "Put one or two rows whsec_BASE64 of 24 to 64 random bytes into it."


def read_secrets(path: Path) -> tuple[bytes, ...]:
    """The secrets of a file, one in each row.

    Raises:
        OurError: The file cannot be read, others may read it, or a row is no secret.
    """
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise OurError(f"{path} may be read by others.", f"chmod 600 {path}")
            text = file.read(_FILE_BYTES_MAX).decode("ascii")
        secrets = tuple(_key(row) for row in text.split())
    except OSError as error:
        raise OurError(f"{path} cannot be read: {error.strerror}.", _REMEDY) from None
    except ValueError:
        raise OurError(f"{path} holds a row that is no secret.", _REMEDY) from None
    if not 1 <= len(secrets) <= _SECRETS_MAX:
        raise OurError(f"{path} holds {len(secrets)} secrets, not 1 to {_SECRETS_MAX}.", _REMEDY)
    return secrets


def signed_headers(
    event_id: str, at_s: int, body: bytes, secrets: Sequence[bytes]
) -> dict[str, str]:
    """The three headers that go with a body.

    Args:
        event_id: The same each time that the event is posted.
        at_s: When it is posted, in seconds since 1970.
        body: As it is posted.
        secrets: At least one.
    """
    signed = f"{event_id}.{at_s}.".encode() + body
    marks = (hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(mark).decode()}" for mark in marks),
    }


def _key(row: str) -> bytes:
    if not row.startswith(_PREFIX):
        raise ValueError("it has no prefix")
    try:
        key = base64.b64decode(row.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("it is not base64") from error
    if not _KEY_BYTES_MIN <= len(key) <= _KEY_BYTES_MAX:
        raise ValueError("it has too few or too many bytes")
    return key
