"""The key directory: private keys as small text files that only their owner reads.

    keys/
      node.key  witness.key  mirror.key    Ed25519 and ML-DSA-44 seeds
      tls.pem                              key and certificate of the circuits
      node.next.key                        made for a rotation, not yet in force
      node.1.key                           the first of those that were rotated out
      root/1.key  root/2.key  ...          Ed25519; meant to be moved off this machine

Roots sign the Understanding and what replaces a stolen key, and nothing else; a
node runs without them. A file that others can read is refused, because then it
is not known who may have signed. Which key is in force at which index of a log
is on the record (`docs/decisions/0015-keys-by-log-position.md`), not here.
"""

import base64
import binascii
import hashlib
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from openline.adapters.disk import make_private_file, sync_directory
from openline.adapters.tls import TlsIdentity, make_identity, read_identity
from openline.domain.errors import OurError
from openline.domain.limits import ROOTS_MAX
from openline.domain.party import check_party_name, is_party_name
from openline.domain.record.signing import PublicKeys, key_id

SIGNING_ROLES: Final = ("node", "witness", "mirror")
ROLES: Final = (*SIGNING_ROLES, "tls")

_NEXT = "next"
_SEED_BYTES = 32
_FILE_BYTES_MAX = 16_384
_ROOT_FILE = re.compile(r"([1-9][0-9]?)\.key")

_WARNINGS = {
    "node": "Whoever holds this file signs messages, heads and ticks in the party's name.",
    "witness": "Whoever holds this file says in the party's name that a log was consistent.",
    "mirror": "Whoever holds this file gives receipts in the party's name.",
    "tls": "Whoever holds this file can dial and answer in the party's name.",
    "root": "Whoever holds enough of these files IS the party. Keep it away from every network.",
}


class FileSigner:
    """Signs with the two keys of one role."""

    def __init__(self, ed25519_seed: bytes, mldsa44_seed: bytes) -> None:
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(ed25519_seed)
        self._mldsa44 = MLDSA44PrivateKey.from_seed_bytes(mldsa44_seed)
        self._public = PublicKeys(
            self._ed25519.public_key().public_bytes_raw(),
            self._mldsa44.public_key().public_bytes_raw(),
        )

    @property
    def public(self) -> PublicKeys:
        """The public keys that verify what this signer signs."""
        return self._public

    def sign_ed25519(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature over the message; always the same."""
        return self._ed25519.sign(message)

    def sign_mldsa44(self, message: bytes) -> bytes:
        """The 2,420-byte ML-DSA-44 signature over the message; never the same twice."""
        return self._mldsa44.sign(message)


class RootKey:
    """One of a party's root keys: Ed25519 only, for it signs files people compare."""

    def __init__(self, party: str, seed: bytes) -> None:
        self.party = party
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature over the message."""
        return self._key.sign(message)


class FileKeys:
    """The `Keys` of one party, in its key directory.

    Used by one thread: the one that runs the node.

    Args:
        directory: Where they are; `make` makes it, `open` reads it.
        party: Whose they are.
    """

    def __init__(self, directory: Path, party: str) -> None:
        self.directory = directory
        self.party = party
        # By file name, oldest first; as the files were when they had these stamps.
        self._stamps: dict[str, list[tuple[str, int, int, int, int]]] = {}
        self._signers: dict[str, dict[str, FileSigner]] = {}
        self._identities: dict[str, TlsIdentity] = {}

    @classmethod
    def make(cls, directory: Path, party: str, roots: int = 1) -> Self:
        """Make a directory with a full set of new keys.

        Args:
            directory: Does not exist yet, or is empty; its parent exists.
            party: Whose keys they are.
            roots: How many root keys; 0 where they are made on another machine.

        Raises:
            OurError: The name is none, or the directory cannot be made or holds
                something.
        """
        check_party_name(party)
        _make_directory(directory)
        for role in ROLES:
            _make(directory, party, role, _name(role))
        if roots:
            make_root_keys(directory / "root", party, roots)
        return cls.open(directory)

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Read all keys of a directory, those of the past and the future too.

        A rotation that was cut short between its two renames is completed.

        Raises:
            OurError: A key is missing, cannot be read, can be read by others, or
                belongs to another party or role; the file is named.
        """
        _check_directory(directory)
        for role in ROLES:
            current, coming = directory / _name(role), directory / _name(role, _NEXT)
            if coming.exists() and not current.exists():
                _rename(coming, current)
        keys = cls(directory, _read(directory / _name("node"), "node").party)
        for role in ROLES:
            keys._load(role)
        keys._check_distinct()
        return keys

    def find(self, role: str, public: PublicKeys) -> FileSigner | None:
        """The key of a role with this public half, if it is in the directory.

        One that another process has made since (`openline keys revoke` does) is
        found too; a file that cannot be used is as if it were not there.
        """
        for _ in range(2):
            for key in self._signers[role].values():
                if key.public == public:
                    return key
            with suppress(OurError):
                self._refresh(role)
        return None

    def successor(self, role: str, public: PublicKeys) -> FileSigner:
        """The key that takes the place of one; made and kept when first asked.

        Raises:
            OurError: There is no such key to succeed, or the file cannot be made.
        """
        self._refresh(role)
        while True:
            keys = list(self._signers[role].values())
            place = next((i for i, key in enumerate(keys) if key.public == public), None)
            if place is None:
                raise OurError(
                    f"The {role} key in use is not in {self.directory}.",
                    "Put its file back, or revoke it with the roots.",
                )
            if place + 1 < len(keys):
                return keys[place + 1]
            self._prepare(role)

    def successor_certificate(self, certificate: bytes) -> bytes:
        """The TLS certificate (DER) that takes the place of one, likewise.

        Raises:
            OurError: There is no such certificate, or the file cannot be made.
        """
        self._refresh("tls")
        while True:
            held = [identity.certificate for identity in self._identities.values()]
            if certificate not in held:
                raise OurError(
                    f"The TLS certificate in use is not in {self.directory}.",
                    "Put its file back, or revoke it with the roots.",
                )
            place = held.index(certificate) + 1
            if place < len(held):
                return held[place]
            self._prepare("tls")

    def promote(self, role: str) -> None:
        """Give the prepared key of a role the current one's name; number that one.

        Which key is in use does not hang on the names: they say which is on the
        next party card, and help whoever looks into the directory. Does nothing
        where none is prepared.

        Raises:
            OurError: The files cannot be renamed.
        """
        current, coming = self.directory / _name(role), self.directory / _name(role, _NEXT)
        if not coming.exists():
            return
        number = 1
        while (old := self.directory / _name(role, str(number))).exists():
            number += 1
        _rename(current, old)
        _rename(coming, current)
        self._load(role)

    def find_tls(self, certificate: bytes) -> TlsIdentity | None:
        """The TLS identity with this certificate (DER), likewise."""
        for _ in range(2):
            for identity in self._identities.values():
                if identity.certificate == certificate:
                    return identity
            with suppress(OurError):
                self._refresh("tls")
        return None

    def current(self, role: str) -> FileSigner:
        """The key of a role for the next party card: not the prepared one."""
        return self._signers[role][_name(role)]

    @property
    def tls(self) -> TlsIdentity:
        """The TLS identity for the next party card: not the prepared one."""
        return self._identities[_name("tls")]

    def fingerprints(self) -> dict[str, str]:
        """By file name what tells each key from others, in hex; nothing that is secret.

        Raises:
            OurError: A file cannot be used.
        """
        for role in ROLES:
            self._refresh(role)
        found = {
            name: key_id(signer.public.ed25519).hex()
            for signers in self._signers.values()
            for name, signer in signers.items()
        }
        return found | {
            name: hashlib.sha256(identity.certificate).hexdigest()[:16]
            for name, identity in self._identities.items()
        }

    def _prepare(self, role: str) -> None:
        _make(self.directory, self.party, role, _name(role, _NEXT))
        self._load(role)

    def _refresh(self, role: str) -> None:
        """Read the files of a role again where they are not those that were read."""
        if self._stamps[role] != _stamps(_files(self.directory, role)):
            self._load(role)

    def _load(self, role: str) -> None:
        paths = _files(self.directory, role)
        stamps = _stamps(paths)
        if role == "tls":
            self._identities = {
                path.name: read_identity(path, _read_private(path)) for path in paths
            }
        else:
            self._signers[role] = {path.name: self._signer(role, path) for path in paths}
        # Last: what could not be read is read again when it is next asked for.
        self._stamps[role] = stamps

    def _signer(self, role: str, path: Path) -> FileSigner:
        key = _read(path, role)
        if key.party != self.party:
            raise OurError(
                f"{path} is a key of {key.party}, the others are of {self.party}.",
                "Keep each party's keys in a directory of their own.",
            )
        return FileSigner(key.ed25519, key.mldsa44)

    def _check_distinct(self) -> None:
        """Refuse one key in two files: then one signature could say two things."""
        owners: dict[bytes, str] = {}
        for signers in self._signers.values():
            for name, signer in signers.items():
                other = owners.setdefault(signer.public.ed25519, name)
                if other != name:
                    raise OurError(
                        f"{other} and {name} in {self.directory} hold the same key.",
                        "Each role has a key of its own; rotate one of them.",
                    )


def make_root_keys(directory: Path, party: str, count: int) -> None:
    """Make a directory with so many root keys of a party.

    Raises:
        OurError: The directory cannot be made or holds something.
    """
    assert 1 <= count <= ROOTS_MAX, "an Understanding names a bounded number of roots"
    _make_directory(directory)
    for number in range(1, count + 1):
        _make(directory, party, "root", f"{number}.key")


def open_root_keys(directory: Path) -> tuple[RootKey, ...]:
    """The root keys in a directory, in order of their numbers.

    Raises:
        OurError: There are none, or a file is no root key or can be read by others.
    """
    _check_directory(directory)
    names = [match for name in os.listdir(directory) if (match := _ROOT_FILE.fullmatch(name))]
    if not names:
        raise OurError(
            f"There are no root keys in {directory}.",
            "They may be on another machine or medium: name the directory there.",
        )
    ordered = sorted(names, key=lambda match: int(match[1]))
    keys = [_read(directory / match[0], "root") for match in ordered]
    return tuple(RootKey(key.party, key.ed25519) for key in keys)


# --- files ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _KeyFile:
    party: str
    role: str
    ed25519: bytes
    mldsa44: bytes


def _name(role: str, which: str = "") -> str:
    stem = f"{role}.{which}" if which else role
    return f"{stem}.pem" if role == "tls" else f"{stem}.key"


def _files(directory: Path, role: str) -> list[Path]:
    """The files of a role, oldest first; the current one must be there.

    Raises:
        OurError: The directory cannot be read; it may be being replaced.
    """
    pattern = re.compile(re.escape(_name(role, "@")).replace("@", "([1-9][0-9]*)"))
    try:
        there = os.listdir(directory)
    except OSError as error:
        raise OurError(
            f"The key directory {directory} cannot be read: {error.strerror}.",
            "Put it back; what it holds is read anew when it is there.",
        ) from error
    numbers = sorted(int(m[1]) for name in there if (m := pattern.fullmatch(name)))
    names = [_name(role, str(number)) for number in numbers] + [_name(role)]
    if _name(role, _NEXT) in there:
        names.append(_name(role, _NEXT))
    return [directory / name for name in names]


def _stamps(paths: list[Path]) -> list[tuple[str, int, int, int, int]]:
    """What tells whether files are those that were read, and may be read as they were.

    Raises:
        OurError: A file cannot be looked at.
    """
    found = []
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _not_read(path, error) from error
        found.append(
            (path.name, status.st_ino, status.st_mode, status.st_mtime_ns, status.st_ctime_ns)
        )
    return found


def _make(directory: Path, party: str, role: str, name: str) -> None:
    header = f"# Openline {role} key of {party}.\n# {_WARNINGS[role]}\n"
    if role == "tls":
        text = header.encode() + make_identity(party)
    else:
        text = (header + _key_rows(party, role)).encode()
    try:
        make_private_file(directory / name, text)
    except OSError as error:
        raise OurError(
            f"The key file {directory / name} cannot be made: {error.strerror}."
        ) from error


def _key_rows(party: str, role: str) -> str:
    ed25519 = Ed25519PrivateKey.generate()
    public = ed25519.public_key().public_bytes_raw()
    rows = {"party": party, "role": role, "ed25519": _base64(ed25519.private_bytes_raw())}
    if role != "root":
        rows["mldsa44"] = _base64(MLDSA44PrivateKey.generate().private_bytes_raw())
    header = f"# Ed25519 key id {key_id(public).hex()}. The rows below are secret.\n"
    return header + "".join(f"{name} = {value}\n" for name, value in rows.items())


def _read(path: Path, role: str) -> _KeyFile:
    rows = _rows(path, _read_private(path))
    names = ["party", "role", "ed25519"] + ([] if role == "root" else ["mldsa44"])
    if list(rows) != names:
        raise _unreadable(path, f"its rows are {', '.join(rows)} and not {', '.join(names)}")
    if rows["role"] != role:
        raise _unreadable(path, f"it is a {rows['role']} key, not a {role} key")
    if not is_party_name(rows["party"]):
        raise _unreadable(path, f"{rows['party']!r} is no party")
    seeds = [_seed(path, name, rows[name]) for name in names[2:]]
    return _KeyFile(rows["party"], role, seeds[0], seeds[1] if role != "root" else b"")


def _rows(path: Path, data: bytes) -> dict[str, str]:
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        raise _unreadable(path, "it is not text") from None
    rows: dict[str, str] = {}
    for number, row in enumerate(text.splitlines(), 1):
        if not row or row.startswith("#"):
            continue
        name, equals, value = row.partition(" = ")
        if not equals or name in rows:
            raise _unreadable(path, f"row {number} is not `name = value`, or comes twice")
        rows[name] = value
    return rows


def _seed(path: Path, name: str, text: str) -> bytes:
    try:
        seed = base64.b64decode(text, validate=True)
    except binascii.Error:
        seed = b""
    if len(seed) != _SEED_BYTES:
        raise _unreadable(path, f"{name} is not {_SEED_BYTES} bytes in base64")
    return seed


def _read_private(path: Path) -> bytes:
    """The bytes of a file that its owner alone may read."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_FILE_BYTES_MAX + 1)
    except OSError as error:
        raise _not_read(path, error) from error
    if mode & 0o077:
        raise OurError(
            f"The key file {path} can be used by others: its mode is {stat.S_IMODE(mode):04o}.",
            f"Run `chmod 600 {path}`; if others had access to the machine, rotate the key.",
        )
    if len(data) > _FILE_BYTES_MAX:
        raise _unreadable(path, "it is too large")
    return data


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        if any(directory.iterdir()):
            raise OurError(
                f"{directory} is not empty.", "Keys are never overwritten: name a new directory."
            )
        sync_directory(directory.parent)
    except OSError as error:
        raise OurError(
            f"The key directory {directory} cannot be made: {error.strerror}.",
            "Name a directory whose parent exists and may be written to.",
        ) from error
    _check_directory(directory)


def _check_directory(directory: Path) -> None:
    try:
        mode = directory.stat().st_mode
    except OSError as error:
        raise OurError(
            f"The key directory {directory} cannot be read: {error.strerror}.",
            "Run `openline init`, or name the directory of a node.",
        ) from error
    if mode & 0o022:
        raise OurError(
            f"Others may put keys into {directory}: its mode is {stat.S_IMODE(mode):04o}.",
            f"Run `chmod 700 {directory}`, and look whether the keys are the party's own.",
        )


def _rename(old: Path, new: Path) -> None:
    try:
        old.rename(new)
        sync_directory(new.parent)
    except OSError as error:
        raise OurError(f"{old} cannot be renamed to {new.name}: {error.strerror}.") from error


def _not_read(path: Path, error: OSError) -> OurError:
    return OurError(
        f"The key file {path} cannot be read: {error.strerror}.",
        "Put the file back from its copy; if there is none, the roots must revoke the key.",
    )


def _unreadable(path: Path, why: str) -> OurError:
    return OurError(
        f"The key file {path} cannot be used: {why}.",
        "Put the file back from its copy; if there is none, the roots must revoke the key.",
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
