"""The verb `publish`: the logs of a line as files for anybody to serve and check."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openline.app.publishing import BUNDLE_TICKS_MAX
from openline.domain.errors import OurError, TheirError
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint
from openline.domain.record.merkle import HASH_BYTES, TILE_WIDTH, parse_bundle, tile_path
from openline.domain.record.note import parse_note
from openline.domain.record.tick import parse_tick
from openline.domain.record.tiles import (
    bundle_number,
    bundle_path,
    bundle_start,
    root_of,
    tiles_of,
)
from openline.faces.cli.faults import FileUnreadable
from openline.faces.cli.files import naming, read_bytes, read_text, write_new
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import OnLine
from openline.faces.cli.output import emit

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

app = make_app("publish", "")

CHECKPOINT_BYTES_MAX = 65_536
SHORT_KEY_CHARS_MAX = 400
"""Ed25519 keys are printed; those of ML-DSA-44, 1.8 kB each, are in the JSON."""

TILE_BYTES_MAX = TILE_WIDTH * HASH_BYTES


@sole_verb(app)
def publish(
    directory: Path,
    /,
    *,
    held: bool = False,
    entries: bool = False,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Write the log of a line as static files that anybody may serve.

    They are what c2sp.org/tlog-tiles describes: a checkpoint with the
    counterparts' cosignatures, and tiles of hashes. Beside them lie the signed
    ticks, which show that the node was there and what it held. Whoever holds the
    files can check that nothing was taken back; what was said is not in them.
    The keys that are printed come from the Understanding: give them to the reader
    by another way than the files.

    Ask again, every minute if you like: only what is new is written, and the
    checkpoint last. Files of another history are never overwritten.

    Example:
        openline publish /srv/line
        openline publish /srv/line --held --entries

    Args:
        directory: Where to write; it is made if it is not there.
        held: The logs of the counterparts too, as far as this node holds them.
        entries: The envelopes too: who said something of which kind when, to whom, without
            the words. Ask yourself first who may know that.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    own = client.config.party
    found = client.get("/lines", line, "logs")["logs"]
    shown = [log for log in found if held or log["party"] == own]
    if not shown:
        raise OurError(
            f"Nothing of {own} on {line} has a signed head yet.",
            "A head is signed once a counterpart was reached: see openline status.",
        )
    written = [_Published(client, line, directory, log).write(entries=entries) for log in shown]
    rows = [row for one in written for row in _rows(one)]
    emit({"directory": str(directory), "logs": written}, rows, as_json=options.json)


def _rows(one: dict[str, Any]) -> Iterator[str]:
    yield f"{one['directory']}: {one['size']} entries, {one['files_written']} files written."
    yield from (f"  key {key}" for key in one["keys"] if len(key) <= SHORT_KEY_CHARS_MAX)


class _Published:
    """One log of a line in a directory."""

    def __init__(self, client: "Client", line: str, directory: Path, log: dict[str, Any]) -> None:
        self._client = client
        self._line = line
        self._log = log
        self._origin: str = log["origin"]
        self._at = directory / self._origin
        self._ticks_at = directory / str(log["party"]) / line
        self._written = 0

    def write(self, *, entries: bool) -> dict[str, Any]:
        """Write what is new, the checkpoint last.

        Raises:
            OurError: The directory holds another history, or cannot be written.
        """
        head = parse_checkpoint(parse_note(self._log["checkpoint"]).text)
        before = self._before()
        if before:
            self._check_continues(before, head)
        whole = []
        for level, number, width in tiles_of(head.size, entries=entries):
            path = tile_path(level, number, width)
            if not self._is_whole(path, None if level is None else width * HASH_BYTES):
                self._put(self._at / path, self._tile(path))
                whole += [self._at / path] if width == TILE_WIDTH else []
        self._write_ticks()
        if root_of(head.size, lambda *tile: self._kept(tile_path(*tile))) != head.root:
            raise OurError(
                f"The tiles in {self._at} do not lead to the root of the checkpoint.",
                f"A file was changed. Remove {self._at / 'tile'} and publish again.",
            )
        if before != head:
            self._put(self._at / "checkpoint", self._log["checkpoint"].encode())
        # Who read the checkpoint before asks for the whole tile where a part is gone.
        for path in whole:
            drop_parts(path)
        return {
            "origin": self._origin,
            "directory": str(self._at),
            "size": head.size,
            "files_written": self._written,
            "keys": self._log["keys"],
        }

    def _before(self) -> Checkpoint | None:
        """The checkpoint that the directory has, if any."""
        path = self._at / "checkpoint"
        if not path.exists():
            return None
        with naming(path):
            head = parse_checkpoint(parse_note(read_text(path, CHECKPOINT_BYTES_MAX)).text)
        if head.origin != self._origin:
            raise FileUnreadable(
                f"{path} is of the log {head.origin}, not of {self._origin}.",
                "Name another directory.",
            )
        return head

    def _check_continues(self, before: Checkpoint, head: Checkpoint) -> None:
        """Refuse where what was published is not the beginning of what is to be.

        Raises:
            OurError: It was longer, or another.
        """
        if before.size > head.size:
            raise OurError(
                f"{self._at} has {before.size} entries, and the node shows {head.size}.",
                "Nothing was written. Either the node was put back from an old copy, and gets "
                "the rest from its counterparts; or the directory is another node's.",
            )
        # As they were then: of an earlier size the node still gives every tile.
        if root_of(before.size, lambda *tile: self._tile(tile_path(*tile))) != before.root:
            raise OurError(
                f"{self._at} holds another history than the node: at {before.size} entries the "
                "roots differ.",
                "Nothing was written. Keep the directory: its signed checkpoint is evidence.",
            )

    def _write_ticks(self) -> None:
        """Write the bundles of ticks from the last one on that the directory has."""
        first = max(self._bundles_kept(), default=0)
        while data := self._ticks_from(first):
            items = parse_bundle(data, BUNDLE_TICKS_MAX)
            last = parse_tick(parse_note(items[-1].decode()).text).sequence
            path = self._ticks_at / bundle_path(last)
            if not path.is_file():
                self._put(path, data)
                drop_parts(path)
            first = bundle_start(last) + TILE_WIDTH

    def _bundles_kept(self) -> Iterator[int]:
        """The first numbers of the bundles of ticks that the directory has."""
        for path in (self._ticks_at / "ticks").rglob("*"):
            with contextlib.suppress(TheirError):
                yield bundle_number(path.relative_to(self._ticks_at).as_posix())

    def _ticks_from(self, first: int) -> bytes:
        asked = {"party": self._log["party"], "first": first}
        return self._client.get_file("/lines", self._line, "logs", "ticks", **asked)

    def _tile(self, path: str) -> bytes:
        asked = {"origin": self._origin, "path": path}
        return self._client.get_file("/lines", self._line, "logs", "tile", **asked)

    def _kept(self, path: str) -> bytes:
        return read_bytes(self._at / path, TILE_BYTES_MAX)

    def _is_whole(self, path: str, size_bytes: int | None) -> bool:
        """Whether a file is there; of hashes also whether it is as long as it must be."""
        at = self._at / path
        return at.is_file() and (size_bytes is None or at.stat().st_size == size_bytes)

    def _put(self, path: Path, data: bytes) -> None:
        write_new(path, data, overwrite=True)
        self._written += 1


def drop_parts(path: Path) -> None:
    """Remove the partial files that a whole one, or a longer part, replaces."""
    is_part = path.parent.suffix == ".p"
    parts = path.parent if is_part else path.with_name(f"{path.name}.p")
    with contextlib.suppress(OSError):
        for part in parts.iterdir():
            if part.name.isdecimal() and part != path:
                part.unlink()
        if not is_part:
            parts.rmdir()
