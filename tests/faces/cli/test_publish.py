"""`openline publish`: a log as files, read by somebody who has nothing else."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from openline.app.export import Exporter
from openline.app.publishing import BUNDLE_TICKS_MAX
from openline.domain.line.understanding import parse_signed_understanding, verify_understanding
from openline.domain.record.checkpoint import Checkpoint, verify_checkpoint
from openline.domain.record.cosignature import verify_cosignature
from openline.domain.record.envelope import parse_envelope
from openline.domain.record.merkle import leaf_hash, parse_bundle, parse_entry_bundle, tile_path
from openline.domain.record.note import parse_note
from openline.domain.record.tick import parse_tick
from openline.domain.record.tiles import tiles_of
from openline.faces.cli.client import Refused
from openline.faces.cli.faults import Exit
from openline.faces.cli.publish import _Published, drop_parts
from tests.domain.record.history import History
from tests.faces.conftest import ALPHA, BRAVO, LINE, Line, Run, say, wait_until

ORIGIN = f"{ALPHA}/{LINE}/out"


def rfc_root(hashes: list[bytes]) -> bytes:
    """The root as RFC 6962 section 2.1 defines it, and not as Openline computes it."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01" + rfc_root(hashes[:half]) + rfc_root(hashes[half:])).digest()


def publish(openline: Run, line: Line, directory: Path, *words: object) -> Any:
    """What the verb answers in JSON; it must succeed."""
    done = openline("publish", directory, *words, "--dir", line.alpha, "--json")
    assert done.code == 0, done.err
    return done.json


def checkpoint(line: Line, directory: Path) -> Checkpoint:
    """The published head of Alpha's log, signed by Alpha and cosigned by Bravo."""
    note = parse_note((directory / ORIGIN / "checkpoint").read_text())
    signed = (line.bravo / "lines" / f"{LINE}.understanding").read_bytes()
    terms = verify_understanding(parse_signed_understanding(signed))
    head = verify_checkpoint(note, ORIGIN, terms.party(ALPHA).node)
    verify_cosignature(head, note.signatures, f"{BRAVO}/mirror", terms.party(BRAVO).mirror)
    return head


def leaves(directory: Path, size: int) -> list[bytes]:
    """The hashes of all entries, as the lowest tiles have them."""
    found = b""
    for number in range(-(-size // 256)):
        width = min(256, size - 256 * number)
        part = "" if width == 256 else f".p/{width}"
        found += (directory / ORIGIN / f"tile/0/{number:03d}{part}").read_bytes()
    return [found[at : at + 32] for at in range(0, len(found), 32)]


def say_and_wait(line: Line, words: str) -> int:
    """Let Alpha say something; the size of its log once the head over it is cosigned."""
    index = int(say(line.client(), "TEXT", {"language": "en", "text": words})["index"])
    wait_until(lambda: published_size(line) > index)
    return published_size(line)


def published_size(line: Line) -> int:
    """Entries of Alpha's log that may be shown."""
    logs = line.client().get("/lines", LINE, "logs")["logs"]
    return next(int(log["size"]) for log in logs if log["origin"] == ORIGIN)


def test_an_outsider_checks_what_was_published(openline: Run, line: Line, tmp_path: Path) -> None:
    """Hashes, entries and ticks are whole, and lead to the head that both parties signed."""
    size = say_and_wait(line, "For the tiles.")
    told = publish(openline, line, tmp_path, "--entries", "--held")
    assert {log["origin"] for log in told["logs"]} >= {ORIGIN, f"{BRAVO}/{LINE}/out"}
    head = checkpoint(line, tmp_path)
    assert head.size >= size
    hashes = leaves(tmp_path, head.size)
    assert rfc_root(hashes) == head.root
    entries = [
        entry
        for path in sorted((tmp_path / ORIGIN / "tile/entries").rglob("*"))
        if path.is_file()
        for entry in parse_entry_bundle(path.read_bytes())
    ]
    assert [leaf_hash(entry) for entry in entries] == hashes
    assert [parse_envelope(entry).header.index for entry in entries] == list(range(head.size))
    bundles = [path for path in (tmp_path / ALPHA / LINE / "ticks").rglob("*") if path.is_file()]
    notes = [parse_note(one.decode()) for one in parse_entry_bundle(bundles[0].read_bytes())]
    ticks = [parse_tick(note.text) for note in notes]
    assert {tick.out.origin for tick in ticks} == {ORIGIN}
    words = b"For the tiles."
    assert not any(words in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_only_what_is_new_is_written(openline: Run, line: Line, tmp_path: Path) -> None:
    """Asked again, files that are whole stay as they are, and what is damaged is mended."""
    say_and_wait(line, "Before.")
    publish(openline, line, tmp_path)
    at = tmp_path / ORIGIN
    before = checkpoint(line, tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in at.rglob("*") if path.is_file()}
    say_and_wait(line, "After.")
    damaged = min(path for path in kept if "tile" in path.parts)
    damaged.write_bytes(b"")
    publish(openline, line, tmp_path)
    later = checkpoint(line, tmp_path)
    assert later.size > before.size
    assert rfc_root(leaves(tmp_path, later.size)) == later.root
    for path, was in kept.items():
        if path.is_file() and path not in (damaged, at / "checkpoint"):
            assert path.stat().st_mtime_ns == was
    assert not (at / "tile/entries").exists()
    assert not (tmp_path / BRAVO).exists()


class Shown:
    """What a node answers `publish` of one line, from a store without a node around it."""

    def __init__(self, export: Exporter) -> None:
        self._export = export

    def get_file(self, *path: str, **asked: Any) -> bytes:
        """A tile, or a bundle of ticks."""
        return self._export.ticks(**asked) if path[-1] == "ticks" else self._export.tile(**asked)


def test_a_number_that_was_signed_twice_is_published_twice(tmp_path: Path) -> None:
    """A bundle of 256 numbers, one of them signed twice, is whole; so are those after it."""
    history = History()
    history.run(300)
    side = history.sides[ALPHA]
    went_on = side.sequence, side.previous
    history.tick(ALPHA, sequence=100, clock_error_ms=501)
    side.sequence, side.previous = went_on
    export = Exporter(side.store, ALPHA, LINE)
    [log] = [one.to_json() for one in export.shown_logs() if str(one.where) == ORIGIN]
    for _ in range(2):
        _Published(Shown(export), LINE, tmp_path, log).write(entries=False)  # type: ignore[arg-type]
    bundles = [path for path in (tmp_path / ALPHA / LINE / "ticks").rglob("*") if path.is_file()]
    numbers = sorted(
        parse_tick(parse_note(one.decode()).text).sequence
        for path in bundles
        for one in parse_bundle(path.read_bytes(), BUNDLE_TICKS_MAX)
    )
    assert len(bundles) == 2
    assert numbers == sorted([*range(side.sequence), 100])
    assert (tmp_path / ORIGIN / "checkpoint").read_text() == log["checkpoint"]


def test_parts_give_way(tmp_path: Path) -> None:
    """The whole file replaces every part of it, and a part the shorter ones alone."""
    parts = tmp_path / "007.p"
    parts.mkdir()
    for name in ("1", "25", "26", "note.txt"):
        (parts / name).write_text(name)
    drop_parts(parts / "26")
    assert sorted(path.name for path in parts.iterdir()) == ["26", "note.txt"]
    (parts / "note.txt").unlink()
    drop_parts(tmp_path / "007")
    assert not parts.exists()


@pytest.mark.parametrize(
    ("size", "says"),
    [(10_000_000, "has 10000000 entries, and the node shows"), (3, "holds another history")],
)
def test_another_history_is_not_overwritten(
    openline: Run, line: Line, tmp_path: Path, size: int, says: str
) -> None:
    """A directory that was ahead, or told otherwise, is refused and stays as it was."""
    at = tmp_path / ORIGIN
    at.mkdir(parents=True)
    before = f"{ORIGIN}\n{size}\n{'A' * 43}=\n\n\u2014 {ORIGIN} {'A' * 91}=\n"
    (at / "checkpoint").write_text(before)
    done = openline("publish", tmp_path, "--dir", line.alpha)
    assert done.code == Exit.REFUSED
    assert says in done.err
    assert "Nothing was written." in done.err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [at / "checkpoint"]
    assert (at / "checkpoint").read_text() == before


def test_a_changed_file_is_noticed(openline: Run, line: Line, tmp_path: Path) -> None:
    """Where tiles that are there do not lead to the new root, the checkpoint stays as it was."""
    publish(openline, line, tmp_path)
    at = tmp_path / ORIGIN
    was = (at / "checkpoint").read_bytes()
    say_and_wait(line, "One more.")
    logs = line.client().get("/lines", LINE, "logs")["logs"]
    size = next(int(log["size"]) for log in logs if log["origin"] == ORIGIN)
    for level, number, width in tiles_of(size):
        path = at / tile_path(level, number, width)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(32 * width))
    done = openline("publish", tmp_path, "--dir", line.alpha)
    if size == published_size(line):
        assert done.code == Exit.REFUSED
        assert "do not lead to the root" in done.err
        assert (at / "checkpoint").read_bytes() == was


def test_what_is_no_published_log_is_named(openline: Run, line: Line, tmp_path: Path) -> None:
    """A file in the place of the directory, and rubbish in place of a checkpoint."""
    (tmp_path / "file").write_text("")
    done = openline("publish", tmp_path / "file", "--dir", line.alpha)
    assert done.code != 0
    assert "cannot be written" in done.err
    at = tmp_path / "other" / ORIGIN
    at.mkdir(parents=True)
    (at / "checkpoint").write_bytes(b"\xff\x00 rubbish")
    done = openline("publish", tmp_path / "other", "--dir", line.alpha)
    assert done.code != 0
    assert f"{at / 'checkpoint'}" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("tile/0/000.p/0", "is not the path of a tile"),
        ("tile/0/x1", "is not the path of a tile"),
        ("../checkpoint", "is not the path of a tile"),
        ("tile/0/999", "has no tile/0/999 yet"),
        ("tile/entries/999", "has no tile/entries/999 yet"),
    ],
)
def test_tiles_that_are_not_there_are_refused(line: Line, path: str, says: str) -> None:
    """What is no path of a tile, and what the log has not yet, is told apart."""
    with pytest.raises(Refused, match=says):
        line.client().get_file("/lines", LINE, "logs", "tile", origin=ORIGIN, path=path)
