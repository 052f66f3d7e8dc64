"""The manifest of a back-up: what is in it, signed by the node.

It is a signed note (`openline.domain.record.note`), so that it can be read without a
program:

    openline backup 1
    party alpha.example
    at 1798549200000
    program 0.1.0
    log alpha.example/syria-air/out 17 <root in base64>
    file 1834 <SHA-256 in hex> node.toml

Logs are in the order of their origins, files in that of their paths. The paths are
relative, of ordinary characters, and lead nowhere else.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from openline.domain.errors import OurError, TheirError
from openline.domain.party import is_party_name, parse_origin
from openline.domain.record.note import (
    Note,
    SignatureType,
    VerifierKey,
    parse_note,
    sign_note,
    verify_note_signature,
)
from openline.domain.record.signing import Signer

FILES_MAX: Final = 2_000
"""A node's directory holds keys, cards and terms: some dozens."""

MANIFEST_BYTES_MAX: Final = 524_288
"""What a signed note may be."""

_HEADER: Final = "openline backup 1"
_HEAD = re.compile(r"party (\S+)\nat ([1-9][0-9]{0,14})\nprogram (\S{1,80})\n")
_LOG = re.compile(r"log (\S+) (0|[1-9][0-9]{0,18}) ([A-Za-z0-9+/]*={0,2})")
_FILE = re.compile(r"file (0|[1-9][0-9]{0,15}) ([0-9a-f]{64}) (\S(?:.*\S)?)")


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file of a back-up.

    Attributes:
        path: Relative to the node's directory.
        size_bytes: How long it is.
        sha256: In hex.
    """

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a back-up.

    Attributes:
        party: Whose node it is of.
        at: When it was made, in milliseconds, by the clock of the node.
        program: The version of the program.
        logs: Origin, size and root of each log in the store, in order of origins.
        files: In order of their paths, each once.
    """

    party: str
    at: int
    program: str
    logs: tuple[tuple[str, int, bytes], ...]
    files: tuple[PackedFile, ...]

    def sign(self, signer: Signer) -> bytes:
        """The note that says it, signed by the node's key.

        Raises:
            OurError: There are too many files, or a path that cannot be written.
        """
        for file in self.files:
            if not _is_path(file.path):
                raise OurError(
                    f"{file.path!r} cannot be packed: its name has letters of another sort.",
                    "Rename it, or move it out of the node's directory.",
                )
        text = self._text()
        data = Note(text, (sign_note(text, key_name(self.party), signer),)).format().encode()
        if len(self.files) > FILES_MAX or len(data) > MANIFEST_BYTES_MAX:
            raise OurError(
                f"There are {len(self.files)} files in the node's directory: too many.",
                f"At most {FILES_MAX} belong there; move away what is not the node's.",
            )
        return data

    def _text(self) -> str:
        rows = [_HEADER, f"party {self.party}", f"at {self.at}", f"program {self.program}"]
        rows += [
            f"log {origin} {size} {base64.b64encode(root).decode()}"
            for origin, size, root in self.logs
        ]
        rows += [f"file {one.size_bytes} {one.sha256} {one.path}" for one in self.files]
        return "".join(f"{row}\n" for row in rows)


def key_name(party: str) -> str:
    """The name under which a node's key signs manifests."""
    return f"{party}/backup"


def parse_manifest(data: bytes) -> tuple[Manifest, Note]:
    """The manifest, and the note whose signature is still to be verified.

    Raises:
        OurError: It is not one.
    """
    try:
        note = parse_note(data)
        return _parse(note.text), note
    except (TheirError, ValueError) as error:
        raise OurError(
            f"The manifest cannot be read: {error}.", "This is no back-up of Openline."
        ) from None


def is_signed_by(note: Note, party: str, public: bytes) -> bool:
    """Whether the node key signed the manifest.

    Args:
        note: The manifest.
        party: Whose key it is.
        public: Its Ed25519 half, 32 bytes.
    """
    try:
        verify_note_signature(note, VerifierKey(key_name(party), SignatureType.ED25519, public))
    except TheirError:
        return False
    return True


def _parse(text: str) -> Manifest:
    header, _, rest = text.partition("\n")
    head = _HEAD.match(rest)
    if header != _HEADER or head is None or not is_party_name(head[1]):
        raise ValueError("it does not begin as one")
    logs: list[tuple[str, int, bytes]] = []
    files: list[PackedFile] = []
    for row in rest[head.end() :].splitlines():
        if log := _LOG.fullmatch(row):
            logs.append((log[1], int(log[2]), _root(log[3])))
        elif file := _FILE.fullmatch(row):
            files.append(PackedFile(file[3], int(file[1]), file[2]))
        else:
            raise ValueError(f"{row[:60]!r} is neither a log nor a file")
    names = [file.path for file in files]
    is_ordered = names == sorted(set(names)) and len(files) <= FILES_MAX
    if not is_ordered or not all(map(_is_path, names)):
        raise ValueError("its files are not in order, or lead elsewhere")
    if not all(parse_origin(origin) for origin, _, _ in logs):
        raise ValueError("it names a log that is none")
    return Manifest(head[1], int(head[2]), head[3], tuple(logs), tuple(files))


def _root(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError(f"{text[:60]!r} is no root") from None


def _is_path(text: str) -> bool:
    path = PurePosixPath(text)
    is_within = not path.is_absolute() and ".." not in path.parts and str(path) == text != "."
    return is_within and text.isprintable() and text.strip() == text and len(text) <= 255
