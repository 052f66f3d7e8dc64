"""The anchor file: what it remembers, and what a torn or rotten one still says."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters import anchor as anchors
from openline.adapters.anchor import Anchor, Anchored
from openline.adapters.sqlite import SqliteStore
from openline.domain.errors import OurError
from openline.engine.ports import AppendEntries, StoredEntry, StoreFailed

OUT = "alpha.example/syria-air/out"
JOURNAL = "alpha.example/syria-air/journal"
OTHER_LINE = "alpha.example/coast-sea/out"
SLOT_BYTES = 1 << 20
STORE = bytes(range(16))
OTHER_STORE = bytes(16)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the anchor of a test lives."""
    return tmp_path / "anchor"


def root(size: int) -> bytes:
    """A root that tells the size."""
    return size.to_bytes(32)


def head(size: int, origin: str = OUT) -> dict[str, tuple[int, bytes]]:
    """What a commit reports that brings a log to that size."""
    return {origin: (size, root(size))}


def test_a_new_anchor_says_nothing(path: Path) -> None:
    """A new anchor holds no rows, and no database is behind it."""
    with Anchor.open(path, STORE) as anchor:
        assert anchor.rows == ()
        assert anchor.behind([]) == []
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_anchor_remembers_the_last_commit(path: Path) -> None:
    """After any number of commits the anchor holds size and root of each log."""
    with Anchor.open(path, STORE) as anchor:
        for size in range(1, 8):
            anchor.record(head(size))
        anchor.record(head(2, JOURNAL))
    with Anchor.open(path, STORE) as anchor:
        assert anchor.rows == (Anchored(JOURNAL, 2, root(2)), Anchored(OUT, 7, root(7)))


def test_a_commit_is_on_the_disk_when_it_is_recorded(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is synced before `record` returns, and not before it was written."""
    done: list[str] = []
    write, sync = os.pwrite, os.fdatasync
    monkeypatch.setattr(os, "pwrite", lambda *given: done.append("write") or write(*given))
    monkeypatch.setattr(os, "fdatasync", lambda file: done.append("sync") or sync(file))
    with Anchor.open(path, STORE) as anchor:
        anchor.record(head(1))
        assert done == ["write", "sync"]


def test_a_row_never_goes_back(path: Path) -> None:
    """While a log is pulled back the anchor goes on saying how far it had been."""
    with Anchor.open(path, STORE) as anchor:
        anchor.record(head(5))
        anchor.record(head(2))
        assert anchor.rows == (Anchored(OUT, 5, root(5)),)
        anchor.record(head(6))
        assert anchor.rows == (Anchored(OUT, 6, root(6)),)


def test_a_commit_without_growth_is_not_written(path: Path) -> None:
    """A commit of heads, ticks and values alone does not touch the anchor."""
    with Anchor.open(path, STORE) as anchor:
        anchor.record({})
        assert path.stat().st_size == 0


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ([], "has 0 of 5 committed entries"),
        ([(OUT, 4, root(4))], "has 4 of 5 committed entries"),
        ([(OUT, 5, root(9))], "has 5 entries, but not those that were committed"),
    ],
)
def test_a_database_that_is_behind_is_named(
    path: Path, stored: list[tuple[str, int, bytes]], words: str
) -> None:
    """A log that is missing, shorter, or other than the anchor says is reported."""
    with Anchor.open(path, STORE) as anchor:
        anchor.record(head(5) | head(1, JOURNAL))
        (behind,) = anchor.behind([*stored, (JOURNAL, 1, root(1))])
        assert behind.anchored == Anchored(OUT, 5, root(5))
        assert str(behind) == f"{OUT} {words}."


@pytest.mark.parametrize("size", [5, 6])
def test_a_database_that_is_level_or_ahead_is_in_order(path: Path, size: int) -> None:
    """The database is committed first, so it may be ahead of its anchor."""
    with Anchor.open(path, STORE) as anchor:
        anchor.record(head(5))
        assert anchor.behind([(OUT, size, root(size)), (JOURNAL, 3, root(3))]) == []


def test_a_torn_write_leaves_the_commit_before(path: Path) -> None:
    """Cut after any number of bytes, a write leaves the other slot to be read."""
    with Anchor.open(path, STORE) as anchor:
        anchor.record(head(1))
        anchor.record(head(2))
        before = path.read_bytes()
        anchor.record(head(3))
        after = path.read_bytes()
    start = SLOT_BYTES
    length = len(after[start:].rstrip(b"\0"))
    for cut in range(length):
        torn = before[:start] + after[start : start + cut] + before[start + cut :]
        path.write_bytes(torn)
        with Anchor.open(path, STORE) as anchor:
            assert anchor.rows[0].size == (3 if torn == after else 2)


def test_an_anchor_goes_on_after_a_torn_write(path: Path) -> None:
    """The next commit writes over the spoilt slot, never over the whole one."""
    with Anchor.open(path, STORE) as anchor:
        anchor.record(head(1))
        anchor.record(head(2))
    with path.open("r+b") as file:
        file.seek(SLOT_BYTES + 40)
        file.write(b"spoilt")
    with Anchor.open(path, STORE) as anchor:
        assert anchor.rows == (Anchored(OUT, 2, root(2)),)
        anchor.record(head(3))
    with Anchor.open(path, STORE) as anchor:
        assert anchor.rows == (Anchored(OUT, 3, root(3)),)


def test_every_flipped_bit_is_noticed(path: Path) -> None:
    """A bit flipped in any byte of the newest slot marks it damaged; the older one counts."""
    with Anchor.open(path, STORE) as anchor:
        anchor.record(head(1))
        anchor.record(head(2))
        anchor.record(head(3))
    whole = path.read_bytes()
    for at in range(SLOT_BYTES, SLOT_BYTES + len(whole[SLOT_BYTES:].rstrip(b"\0"))):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 8
        path.write_bytes(flipped)
        with Anchor.open(path, STORE) as anchor:
            assert anchor.rows == (Anchored(OUT, 2, root(2)),)


def test_an_anchor_without_a_whole_slot_is_refused(path: Path) -> None:
    """An anchor that says nothing any more is not taken for an empty one."""
    path.write_bytes(b"openline anchor 1\nsequence 1\n")
    with pytest.raises(OurError, match="is damaged"):
        Anchor.open(path, STORE)


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    """An anchor that cannot be made names its path."""
    with pytest.raises(OurError, match="cannot be opened"):
        Anchor.open(tmp_path / "absent" / "anchor", STORE)


def test_a_failing_disk_ends_the_node(path: Path) -> None:
    """A write that the disk refuses is raised as such, not swallowed."""
    with Anchor.open(path, STORE) as anchor:
        read_only = os.open(path, os.O_RDONLY)
        os.dup2(read_only, anchor._descriptor)
        os.close(read_only)
        with pytest.raises(StoreFailed, match="failed to write"):
            anchor.record(head(1))


def test_a_lost_log_file_is_seen(tmp_path: Path) -> None:
    """Commits that vanish with the write-ahead log are seen by the anchor alone."""
    with (
        SqliteStore.open(tmp_path / "store.db") as store,
        Anchor.open(tmp_path / "anchor", STORE) as anchor,
    ):
        store.commit([AppendEntries(OUT, 0, (StoredEntry(b"a", b""),), root(1))])
        anchor.record(head(1))
        copy = (tmp_path / "store.db").read_bytes()
        log = (tmp_path / "store.db-wal").read_bytes()
        store.commit([AppendEntries(OUT, 1, (StoredEntry(b"b", b""),), root(2))])
        anchor.record(head(2))
    (tmp_path / "store.db").write_bytes(copy)
    (tmp_path / "store.db-wal").write_bytes(log)
    with SqliteStore.open(tmp_path / "store.db") as store:
        assert store.damage() == []
        with Anchor.open(tmp_path / "anchor", STORE) as anchor:
            assert [str(row) for row in anchor.behind(store.origins())] == [
                f"{OUT} has 1 of 2 committed entries."
            ]


def test_a_new_anchor_vouches_for_nothing(path: Path) -> None:
    """However much was recorded, an anchor vouches only once its store was confirmed."""
    with Anchor.open(path, STORE) as anchor:
        anchor.record(head(5))
    with Anchor.open(path, STORE) as anchor:
        assert anchor.vouched([(OUT, 5, root(5))]) == ()
        anchor.confirm(["syria-air"], [(OUT, 5, root(5))])
    with Anchor.open(path, STORE) as anchor:
        assert anchor.vouched([(OUT, 5, root(5))]) == ("syria-air",)
        assert anchor.vouched([(OUT, 4, root(4))]) == ()


def test_the_anchor_of_another_store_vouches_for_nothing(path: Path) -> None:
    """It is told apart, is not written to, and begins anew when our store is confirmed."""
    with Anchor.open(path, OTHER_STORE) as anchor:
        anchor.record(head(3))
        anchor.confirm(["syria-air"], [(OUT, 3, root(3))])
    before = path.read_bytes()
    with Anchor.open(path, STORE) as anchor:
        assert anchor.is_of_another
        assert anchor.vouched([(OUT, 3, root(3))]) == ()
        anchor.record(head(4))
        anchor.confirm([], [(OUT, 4, root(4))])
        assert path.read_bytes() == before
        anchor.confirm(["syria-air"], [(OUT, 2, root(2)), (OTHER_LINE, 1, root(1))])
    with Anchor.open(path, STORE) as anchor:
        assert not anchor.is_of_another
        assert anchor.rows == (Anchored(OUT, 2, root(2)),)
        assert anchor.confirmed == ("syria-air",)


def test_each_line_is_confirmed_by_itself(path: Path) -> None:
    """A line that is behind, or was never confirmed, is not vouched for; another one is."""
    stored = [(OTHER_LINE, 7, root(7)), (OUT, 5, root(5))]
    with Anchor.open(path, STORE) as anchor:
        anchor.confirm(["coast-sea"], stored)
        assert anchor.vouched(stored) == ("coast-sea",)
        anchor.confirm(["coast-sea", "syria-air"], stored)
        assert anchor.vouched(stored) == ("coast-sea", "syria-air")
        assert anchor.vouched([(OTHER_LINE, 6, root(6)), stored[1]]) == ("syria-air",)
        anchor.confirm(["syria-air"], stored)
        assert anchor.vouched(stored) == ("syria-air",)


def test_a_confirmed_line_lets_go_of_what_is_lost_for_good(path: Path) -> None:
    """Once the counterparts have spoken, what the store has of the line is what counts."""
    with Anchor.open(path, STORE) as anchor:
        anchor.record(head(9, JOURNAL) | head(5) | head(4, OTHER_LINE))
        anchor.confirm(["syria-air"], [(OUT, 5, root(5))])
        assert anchor.rows == (Anchored(OTHER_LINE, 4, root(4)), Anchored(OUT, 5, root(5)))


def test_an_anchor_of_the_first_version_is_read_and_vouches_for_nothing(path: Path) -> None:
    """It still says how far each log had come."""
    with Anchor.open(path, STORE) as anchor:
        anchor.record(head(5))
    rows = path.read_bytes()[SLOT_BYTES:].partition(b"sha256")[0].replace(b"anchor 2", b"anchor 1")
    checksum = f"sha256 {hashlib.sha256(rows).hexdigest()}\n".encode()
    path.write_bytes(bytes(SLOT_BYTES) + rows + checksum)
    with Anchor.open(path, STORE) as anchor:
        assert [str(row) for row in anchor.behind([])] == [f"{OUT} has 0 of 5 committed entries."]
        assert anchor.vouched([(OUT, 5, root(5))]) == ()


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_without_a_fault(data: bytes) -> None:
    """Whatever a slot holds, it is parsed to rows or to nothing."""
    assert anchors._parse(data) is None


@given(
    rows=st.lists(
        st.builds(
            Anchored, st.sampled_from([OUT, JOURNAL]), st.integers(0, 10**18), st.just(b"r" * 32)
        ),
        unique_by=lambda row: row.origin,
    ),
    sequence=st.integers(0, 10**18),
    store=st.sampled_from(["", STORE.hex()]),
    lines=st.lists(st.sampled_from(["coast-sea", "syria-air"]), unique=True),
    rest=st.binary(max_size=20),
)
def test_a_slot_comes_back_as_it_was(
    rows: list[Anchored], sequence: int, store: str, lines: list[str], rest: bytes
) -> None:
    """A slot is read back whole, whatever an older and longer one left behind it."""
    slot = anchors._Slot(sequence, store, tuple(lines), tuple(rows))
    assert anchors._parse(anchors._format(slot) + rest) == slot
