"""A capture as the journal keeps it: what one look at a public page brought.

The row of the journal has the hash of a salt and of these bytes; so the counterpart, which
cosigns the journal's head and never sees a row, cannot find out what was looked at. Source:
`docs/spec/statements.md`.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Final

from openline.domain.errors import Reason, TheirError
from openline.domain.instant import INSTANT_MAX
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.envelope import SALT_SIZE_BYTES
from openline.domain.statements.verdict import Verdict

ROW_SORT: Final = 22
"""What the row of a journal begins with that notes a capture."""

_FORM: Final = 1
_HASH_BYTES: Final = 32
_STATUS_MAX: Final = 999


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look brought.

    Attributes:
        at: When the answer was asked for, UTC milliseconds by the node's clock.
        address: Where the answer came from, after redirects.
        status: The HTTP status; 0 if there was no answer.
        headers: Name and value of those that matter, in order of the names.
        verdict: What the look said.
        body_hash: SHA-256 of the bytes, uncompressed; empty if there were none.
        text_hash: SHA-256 of the text; empty if there was none.
        extractor: What read the text; empty if nothing did.
    """

    at: int
    address: str
    status: int
    headers: tuple[tuple[str, str], ...]
    verdict: Verdict
    body_hash: bytes = b""
    text_hash: bytes = b""
    extractor: str = ""

    def to_bytes(self) -> bytes:
        """The capture in strict CBOR; texts in normal form C, without lone surrogates."""
        headers: list[Value] = [[_text(name), _text(value)] for name, value in self.headers]
        values: list[Value] = [_FORM, self.at, _text(self.address), self.status, headers]
        values += [self.verdict.value, self.body_hash, self.text_hash, _text(self.extractor)]
        return cbor.encode(values)


def parse_capture(content: bytes) -> Seen:
    """The capture that `Seen.to_bytes` wrote.

    Raises:
        TheirError: MALFORMED; it is none.
    """
    value = cbor.decode(content)
    if not isinstance(value, list) or len(value) != 9 or value[0] != _FORM:
        raise _fault("it is no capture of a page")
    _, at, address, status, headers, verdict, body, text, extractor = value
    if type(at) is not int or not 0 <= at <= INSTANT_MAX:
        raise _fault("its time is none")
    if type(status) is not int or not 0 <= status <= _STATUS_MAX:
        raise _fault("its status is none")
    if not isinstance(address, str) or not isinstance(extractor, str):
        raise _fault("its address is no text")
    if verdict not in tuple(Verdict):
        raise _fault("its verdict is not known")
    said = _headers(headers), Verdict(str(verdict))
    return Seen(at, address, status, *said, _hash(body), _hash(text), extractor)


def parse_capture_row(raw: bytes, content: bytes) -> tuple[int, Seen]:
    """When a row of a journal was written, and the capture that it is about.

    Args:
        raw: The row, as it is hashed.
        content: The capture that is kept beside it.

    Raises:
        TheirError: It is no such row, or the capture is not the one that it was made of.
    """
    row = cbor.decode(raw)
    if not isinstance(row, list) or len(row) != 4 or row[0] != ROW_SORT:
        raise _fault("the row notes no capture of a page")
    _, at, salt, digest = row
    if type(at) is not int or not 0 <= at <= INSTANT_MAX:
        raise _fault("the time of the row is none")
    if not isinstance(salt, bytes) or len(salt) != SALT_SIZE_BYTES:
        raise _fault("the salt of the row is none")
    if capture_digest(salt, content) != digest:
        raise TheirError(Reason.WRONG_CONTENT, "the capture is not the one that the row notes")
    return at, parse_capture(content)


def capture_digest(salt: bytes, content: bytes) -> bytes:
    """What the row of a journal has of a capture."""
    return hashlib.sha256(salt + content).digest()


def _headers(value: Value) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        raise _fault("its headers are no list")
    found: list[tuple[str, str]] = []
    for one in value:
        if not isinstance(one, list) or len(one) != 2:
            raise _fault("a header is no pair")
        name, said = one
        if not isinstance(name, str) or not isinstance(said, str):
            raise _fault("a header is no text")
        found.append((name, said))
    return tuple(found)


def _hash(value: Value) -> bytes:
    if not isinstance(value, bytes) or len(value) not in (0, _HASH_BYTES):
        raise _fault("a hash of it is none")
    return value


def _text(words: str) -> str:
    """Words that strict CBOR takes: in normal form C, without lone surrogates."""
    return unicodedata.normalize("NFC", words.encode("utf-8", "replace").decode())


def _fault(what: str) -> TheirError:
    return TheirError(Reason.MALFORMED, what)
