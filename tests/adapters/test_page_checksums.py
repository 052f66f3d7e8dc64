"""A store that a plain SQLite wrote to or copied: told apart, and written anew."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from openline.adapters.page_checksums import examine_pages, write_new_checksums
from openline.adapters.sqlite import SqliteStore
from openline.domain.errors import OurError
from openline.engine.ports import AppendEntries, StoredEntry

OUT = "alpha.example/syria-air/out"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A stopped store of a few dozen pages."""
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        for start in range(0, 120, 40):
            entries = tuple(StoredEntry(b"%500d" % i, b"%300d" % i) for i in range(40))
            store.commit([AppendEntries(OUT, start, entries, b"r" * 32)])
    return path


def copied(path: Path) -> None:
    """Copy it through the backup interface of a plain SQLite, over itself."""
    copy = path.with_name("copy.db")
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    copy.replace(path)


def vacuumed(path: Path) -> None:
    """Have a plain SQLite write every page."""
    plain = sqlite3.connect(path)
    plain.execute("VACUUM")
    plain.close()


def written(path: Path) -> None:
    """Have a plain SQLite change a little."""
    with sqlite3.connect(path) as plain:
        plain.execute("INSERT INTO named VALUES ('x', x'00')")
    plain.close()


def test_every_page_of_our_own_store_has_its_checksum(path: Path) -> None:
    """A store that only Openline has touched is sound, whichever way its file was copied."""
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    for one in (path, copy):
        report = examine_pages(one)
        assert report.is_sound
        assert report.is_whole
        assert report.pages == path.stat().st_size // 4_096


@pytest.mark.parametrize("spoil", [copied, vacuumed, written])
def test_a_plain_sqlite_is_named_as_the_cause(path: Path, spoil: Callable[[Path], None]) -> None:
    """What another program copied or wrote is whole but for its checksums, and is said so."""
    spoil(path)
    report = examine_pages(path)
    assert report.is_whole
    assert 1 <= report.wrong <= report.pages
    assert "another program has written to the file or copied it" in str(report)


@pytest.mark.parametrize("spoil", [copied, vacuumed, written])
def test_what_is_whole_gets_new_checksums(path: Path, spoil: Callable[[Path], None]) -> None:
    """Written into a new file, the same content is read and checked as before."""
    spoil(path)
    new = path.with_name("new.db")
    write_new_checksums(path, new)
    assert new.stat().st_mode & 0o777 == 0o600
    assert examine_pages(new).is_sound
    with SqliteStore.open(new) as store:
        assert store.damage() == []
        assert store.origins() == [(OUT, 120, b"r" * 32)]
        assert len(store.entries(OUT, 0, 200)) == 120


def test_a_torn_file_is_damaged(path: Path) -> None:
    """A file of which a part is missing is not called a copy of another program."""
    path.write_bytes(path.read_bytes()[:-6_000])
    report = examine_pages(path)
    assert not report.is_whole
    assert "not copied whole" in str(report)


def test_what_is_no_database_is_not_written_anew(path: Path) -> None:
    """The new file is gone again, and the error says what else there is to do."""
    path.write_bytes(b"rubbish" * 3_000)
    with pytest.raises(OurError, match="cannot be written anew") as refusal:
        write_new_checksums(path, path.with_name("new.db"))
    assert "openline repair" in refusal.value.remedy
    assert not path.with_name("new.db").exists()
    with pytest.raises(OurError, match="cannot be read"):
        examine_pages(path.with_name("absent.db"))
    with pytest.raises(OurError, match="exists already"):
        write_new_checksums(path, path)
