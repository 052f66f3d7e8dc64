"""The verb `keys`: this party's keys, their change and revocation, and epochs."""

import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from openline.domain.errors import OurError
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Node
from openline.faces.cli.output import emit, table

if TYPE_CHECKING:
    from openline.adapters.keys import FileKeys, RootKey
    from openline.app.config import Config
    from openline.domain.record.signing import PublicKeys
    from openline.faces.cli.client import Client

Role: TypeAlias = Literal["node", "witness", "mirror", "tls"]

app = make_app(
    "keys",
    """\
    List, rotate and revoke this party's keys; go on where a log is lost.

    Keys are valid by position in the log, never by date. The node, witness,
    mirror and TLS keys live on this machine; the root keys sign the
    Understanding, revocations and epochs, and belong on media kept offline.
    """,
)


@verb(app, "list")
def list_keys(
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """List the keys in the node's directory; nothing secret is shown.

    Of each root key the whole fingerprint follows: what openline verify names.
    Where the root keys are kept elsewhere, openline card show has them.

    Example:
        openline keys list

    Args:
        options: Which node, and how to print.
    """
    keys = list(_keys(options.config()))
    cells = [(one["role"], one["key_id"], one["file"]) for one in keys]
    roots = [f"root key {one['fingerprint']}" for one in keys if one["role"] == "root"]
    rows = [*table(("ROLE", "KEY ID", "FILE"), cells), *roots]
    emit({"keys": keys}, rows, as_json=options.json)


@verb(app)
def rotate(
    role: Role,
    /,
    *,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Change a key for the next one.

    A planned change: a message signed by the old and the new key says from
    which entry on the new one is valid. The same key serves every line, so the
    change is announced on all lines unless --line names one.

    Example:
        openline keys rotate node

    Args:
        role: Which key.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    lines = _lines(options, client)
    body = {"role": role, "by": options.officer()}
    said, rows = [], []
    try:
        for line in lines:
            said.append(client.post("/lines", line, "keys", body=body))
            rows.append(f"{said[-1]['serial']}: the next {role} key is announced on {line}.")
    finally:
        # Also when one of several lines refuses it: what has been said is said.
        if said:
            emit({"said": said}, rows, as_json=options.json)


@verb(app)
def revoke(
    role: Role,
    /,
    *,
    reason: str,
    from_index: int | None = None,
    roots: Path | None = None,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Revoke a key that others may hold, signed with the root keys.

    What was said and receipted before stays valid; from the entry named on,
    only the new key counts. The same key serves every line, so it is revoked on
    all lines unless --line names one. Bring the root keys to this machine for
    it, and take them away again.

    Example:
        openline keys revoke node --reason "The machine was opened." --roots /media/roots

    Args:
        role: Which key.
        reason: Why, in words.
        from_index: The first entry for which the key is not valid, where --line names one
            line; without it the next one.
        roots: The directory of the root keys; without it keys/root.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    lines = _lines(options, client)
    if from_index is not None and len(lines) > 1:
        raise WrongUsage(
            "--from-index counts the entries of one line; the node has several.",
            f"Name one with --line: {', '.join(lines)}.",
        )
    keys = _root_keys(roots or client.config.root_keys, client.config.party)
    said, rows = [], []
    try:
        for line in lines:
            fields = _revocation(client, line, role, reason, from_index, keys, options.officer())
            said.append(client.post("/lines", line, "revocations", body={"fields": fields}))
            rows.append(
                f"{said[-1]['serial']}: the {role} key is revoked on {line} from entry "
                f"{fields['from_index']} on."
            )
    finally:
        if said:
            emit({"said": said}, rows, as_json=options.json)


def _lines(options: Acting, client: "Client") -> list[str]:
    """The lines to act on: the one named, or all.

    Raises:
        OurError: There is none.
    """
    if options.line is not None:
        return [options.line_of(client)]
    lines = [str(one["line"]) for one in client.get("/lines")["lines"]]
    if not lines:
        raise OurError(
            "The node has no line on which a change could be announced.",
            "Before there is a line, make the node anew: openline init.",
        )
    return lines


def _root_keys(directory: Path, party: str) -> tuple["RootKey", ...]:
    """This party's root keys.

    Raises:
        OurError: They are not there, or another party's.
    """
    from openline.adapters.keys import open_root_keys

    keys = open_root_keys(directory)
    for key in keys:
        if key.party != party:
            raise OurError(
                f"{directory} holds root keys of {key.party}, not of {party}.",
                "Name the directory of this party's with --roots.",
            )
    return keys


def _revocation(
    client: "Client",
    line: str,
    role: Role,
    reason: str,
    from_index: int | None,
    roots: tuple["RootKey", ...],
    officer: dict[str, str] | None,
) -> dict[str, Any]:
    """The fields of a revocation, signed with the root keys."""
    from openline.adapters.keys import FileKeys
    from openline.domain.line.understanding import RootSignature
    from openline.domain.talk.body import By
    from openline.domain.talk.keys import KeyRevoke, KeyRole, key_revoke_message

    config = client.config
    states = {one["line"]: one for one in client.get("/lines")["lines"]}
    if line not in states:
        raise WrongUsage(f"There is no line {line!r} here.", f"Lines: {', '.join(states)}.")
    state = states[line]
    if from_index is not None and not 1 <= from_index <= state["out_size"]:
        raise WrongUsage(
            f"--from-index {from_index} is no entry of ours on {line}.",
            f"Give a number from 1 to {state['out_size']}, that of the next one.",
        )
    keys = FileKeys.open(config.keys)
    by = officer or {"post": config.post, "officer": config.officer}
    # The key in force is a matter of this line's log: it may be lost here, or changed already.
    in_force = bytes.fromhex(state["keys"][role])
    revoke = KeyRevoke(
        by=By(**by),
        role=KeyRole[role.upper()],
        revoked=in_force,
        from_index=state["out_size"] if from_index is None else from_index,
        reason=reason,
        keys=None if role == "tls" else _next_keys(keys, role, in_force),
        tls=_next_certificate(keys, in_force) if role == "tls" else None,
    )
    message = key_revoke_message(state["outbox"], revoke)
    signatures = sorted(
        RootSignature(config.party, root.public, root.sign(message)) for root in roots
    )
    return dataclasses.replace(revoke, signatures=tuple(signatures)).to_json()


@verb(app)
def epoch(
    *,
    reason: str,
    roots: Path | None = None,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Go on in a new log where the old one is lost, signed with the root keys.

    For a line that signs nothing because a counterpart holds another history
    of our log, or whose log nobody has any more. The new log names the last
    head that the counterparts prove to hold, and the keys in this node's
    directory. What nobody has received stays on our record and must be said
    again. The counterparts are told the reason.

    Example:
        openline keys epoch --reason "The disk failed." --roots /media/roots

    Args:
        reason: Why, in words.
        roots: The directory of the root keys; without it keys/root.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    fields = _opening(client, line, reason, roots or client.config.root_keys, options.officer())
    said = client.post("/lines", line, "epochs", body={"fields": fields})
    row = f"{fields['origin']} is opened; messages are numbered from 0 again."
    emit(said, [row], as_json=options.json)


def _opening(
    client: "Client", line: str, reason: str, roots: Path, officer: dict[str, str] | None
) -> dict[str, Any]:
    """The fields of an EPOCH, signed with the root keys."""
    from openline.adapters.keys import FileKeys, open_root_keys
    from openline.domain.line.understanding import RootSignature
    from openline.domain.talk.body import By
    from openline.domain.talk.keys import Epoch, epoch_message

    config = client.config
    [state] = [one for one in client.get("/lines")["lines"] if one["line"] == line]
    keys, asked = FileKeys.open(config.keys), state["next_epoch"]
    opened = Epoch(
        by=By(**(officer or {"post": config.post, "officer": config.officer})),
        origin=asked["origin"],
        previous_size=asked["previous_size"],
        previous_root=bytes.fromhex(asked["previous_root"]),
        reason=reason,
        understanding=bytes.fromhex(asked["understanding"]),
        node=keys.current("node").public,
        witness=keys.current("witness").public,
        mirror=keys.current("mirror").public,
        tls=keys.tls.certificate,
    )
    message = epoch_message(opened)
    signatures = sorted(
        RootSignature(config.party, root.public, root.sign(message))
        for root in open_root_keys(roots)
    )
    return dataclasses.replace(opened, signatures=tuple(signatures)).to_json()


def _next_keys(keys: "FileKeys", role: Role, in_force: bytes) -> "PublicKeys":
    """What takes the place of the key in force: its successor, or what is here."""
    from openline.domain.record.signing import key_id

    current = keys.current(role).public
    return keys.successor(role, current).public if key_id(current.ed25519) == in_force else current


def _next_certificate(keys: "FileKeys", in_force: bytes) -> bytes:
    current = keys.tls.certificate
    is_in_force = _certificate_id(current) == in_force
    return keys.successor_certificate(current) if is_in_force else current


def _keys(config: "Config") -> Iterator[dict[str, Any]]:
    from openline.adapters.keys import FileKeys, open_root_keys
    from openline.domain.record.signing import fingerprint, key_id

    keys = FileKeys.open(config.keys)
    for role in ("node", "witness", "mirror"):
        public = keys.current(role).public.ed25519
        file = str(config.keys / f"{role}.key")
        yield {"role": role, "key_id": key_id(public).hex(), "file": file}
    certificate_id = _certificate_id(keys.tls.certificate).hex()
    yield {"role": "tls", "key_id": certificate_id, "file": str(keys.tls.path)}
    if config.root_keys.is_dir():
        for number, root in enumerate(open_root_keys(config.root_keys), start=1):
            file = str(config.root_keys / f"{number}.key")
            whole = fingerprint(root.public).hex()
            root_id = key_id(root.public).hex()
            yield {"role": "root", "key_id": root_id, "file": file, "fingerprint": whole}


def _certificate_id(certificate: bytes) -> bytes:
    """How a TLS certificate is named: the first bytes of its SHA-256."""
    return hashlib.sha256(certificate).digest()[:8]
