"""The bundle of an incident: certificates of its messages, and an index of them.

There is nothing new in it: each file is a certificate as `openline certify` writes it,
and is verified by itself. The index tells an outsider what to read in which order.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.faces.cli.files import check_place, write_new

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

INDEX: Final = "index.json"

_FORMAT: Final = "openline incident bundle 1"
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip, so that the same bundle has the same bytes."""


def gather(
    client: "Client", line: str, found: dict[str, Any]
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The certificates of an incident by name, and the index.

    Args:
        client: The way to the node.
        line: The line.
        found: The incident as the API answers it.
    """
    files: dict[str, bytes] = {}
    listed: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    for link in found["chain"]:
        for kind, holder in _wanted(link):
            parameters = {"party": link["party"], "index": link["index"], "epoch": link["epoch"]}
            if holder:
                parameters["holder"] = holder
            told = {
                "serial": link["serial"],
                "kind": kind,
                **({"holder": holder} if holder else {}),
            }
            try:
                body = {"kind": kind, "parameters": parameters}
                file = client.fetch_file("/lines", line, "certificates", body=body)
            except OurError as error:
                missing.append({**told, "why": error.what})
                continue
            name = f"{len(files) + 1:04d}-{kind}-{link['serial']}.cert"
            files[name] = file
            listed.append({"file": name, **told, **_facts(link, file)})
    return files, _index(line, found, listed, missing)


def _wanted(link: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The certificates of one message: what was said, and who held it."""
    yield "message", ""
    for holder in sorted(link["delivered"]):
        yield ("lead-time" if link["kind"] == "NOTICE" else "receipt"), holder


def _facts(link: dict[str, Any], file: bytes) -> dict[str, Any]:
    return {
        "role": link["role"],
        "message_kind": link["kind"],
        "party": link["party"],
        "signed_at": format_instant(link["at"]),
        "size_bytes": len(file),
        "sha256": hashlib.sha256(file).hexdigest(),
    }


def _index(
    line: str,
    found: dict[str, Any],
    listed: list[dict[str, Any]],
    missing: list[dict[str, Any]],
) -> dict[str, Any]:
    matter = found["matter"]
    return {
        "format": _FORMAT,
        "says": (
            "Each file is verified by itself: openline verify FILE. This index is no evidence; "
            "what is alleged in a message is alleged by its author."
        ),
        "incident": matter["id"],
        "line": line,
        "state": matter["standings"][0]["state"],
        "files": listed,
        "missing": missing,
        "evidence": [
            {name: file[name] for name in ("sha256", "size_bytes", "what", "party")}
            for file in found["evidence"]
        ],
    }


def write_bundle(out: Path, files: dict[str, bytes], index: dict[str, Any]) -> None:
    """Write the bundle as a directory, or as one zip file.

    Raises:
        OurError: It is there already, or cannot be written.
    """
    check_place(out, "--out")
    whole = {**files, INDEX: (json.dumps(index, indent=2, ensure_ascii=False) + "\n").encode()}
    if out.suffix == ".zip":
        write_new(out, _zipped(whole))
        return
    try:
        out.mkdir(exist_ok=True)
        is_empty = not any(out.iterdir())
    except OSError as error:
        raise OurError(
            f"{out} cannot be written: {error.strerror}.", "Name a new directory."
        ) from None
    if not is_empty:
        raise OurError(f"{out} is not empty.", "Name a new directory, or empty this one.")
    for name, data in whole.items():
        write_new(out / name, data)


def _zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
