"""Files that others drop: taken once, never followed, put away under a name that is free."""

import os
from pathlib import Path

import pytest

from openline.adapters import dropped_files as files
from openline.adapters.dropped_files import ChangedMeanwhile
from openline.domain.errors import OurError
from openline.domain.limits import GEOFILE_SIZE_BYTES_MAX

NOW = 1_491_525_600_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files.prepare(tmp_path)
    return tmp_path


def names(folder: Path) -> list[str]:
    return [one.path.name for one in files.look(folder)]


def test_only_whole_files_are_looked_at(folder: Path) -> None:
    """Folders, hidden files, and what programs still write are left out; the oldest comes first."""
    for number, name in enumerate(["b.kml", "a.kml", ".hidden", "c.kml.part", "d.TMP", "e~"]):
        (folder / name).write_text("x")
        os.utime(folder / name, (number, number))
    (folder / "more").mkdir()
    assert names(folder) == ["b.kml", "a.kml"]


def test_a_file_is_taken_and_put_away(folder: Path) -> None:
    """A file goes into reading, and with what is said of it into done, where nothing is lost."""
    for words in ("one", "two"):
        (folder / "order.kml").write_text(words)
        [dropped] = files.look(folder)
        claimed = files.claim(dropped)
        assert files.look(folder) == []
        assert files.read_claimed(claimed) == words.encode()
        files.put_away(claimed, files.DONE, "a doubt\n", NOW)
    put = sorted(path.name for path in (folder / "done").iterdir())
    assert put == [
        "2-20170407T004000Z-order.kml", "2-20170407T004000Z-order.kml.why.txt",
        "20170407T004000Z-order.kml", "20170407T004000Z-order.kml.why.txt",
    ]  # fmt: skip


def test_what_is_no_file_is_never_opened(folder: Path) -> None:
    """A link and a pipe are taken as they are, refused, and lead nowhere."""
    secret = folder / "done" / "secret"
    secret.write_text("secret")
    (folder / "link.kml").symlink_to(secret)
    os.mkfifo(folder / "pipe.kml")
    for dropped in files.look(folder):
        assert not dropped.is_plain
        claimed = files.claim(dropped)
        with pytest.raises(OurError, match="no file"):
            files.read_claimed(claimed)
        files.put_away(claimed, files.REFUSED, "why\n", NOW)
    assert secret.read_text() == "secret"
    assert len(list((folder / "refused").glob("*.kml"))) == 2


def test_a_giant_is_not_read(folder: Path) -> None:
    """A file that is larger than any order is refused by its size."""
    with (folder / "giant.kml").open("wb") as file:
        file.truncate(GEOFILE_SIZE_BYTES_MAX + 1)
    [dropped] = files.look(folder)
    with pytest.raises(OurError, match="more than"):
        files.read_claimed(files.claim(dropped))


def test_what_is_written_to_meanwhile_goes_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that grows while it is read is told as such, and can be given back."""
    (folder / "order.kml").write_text("half")
    claimed = files.claim(files.look(folder)[0])
    whole = os.fstat

    def growing(descriptor: int) -> os.stat_result:
        state = whole(descriptor)
        with claimed.open("a") as file:
            file.write("more")
        return state

    monkeypatch.setattr(files.os, "fstat", growing)
    with pytest.raises(ChangedMeanwhile):
        files.read_claimed(claimed)
    files.give_back(claimed)
    assert names(folder) == ["order.kml"]


def test_names_are_shown_with_care_and_shortened(folder: Path) -> None:
    """A name that deceives or is no text is made visible, and one that is too long is cut."""
    raw = os.fsencode(folder) + b"/\xff\xe2\x80\xae" + b"x" * 240
    with open(raw, "w") as file:
        file.write("x")
    claimed = files.claim(files.look(folder)[0])
    assert files.shown_name(claimed).startswith("\ufffd⟨U+202E⟩xxx")
    files.put_away(claimed, files.REFUSED, "why\n", NOW)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A folder that is not there, or a file in its place, is named with what to do."""
    with pytest.raises(OurError, match="none cannot be used"):
        files.prepare(tmp_path / "none")
    with pytest.raises(OurError, match="none cannot be read"):
        files.look(tmp_path / "none")
