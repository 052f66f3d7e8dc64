"""Voice notes on the command line, between two real nodes: said, delivered, played."""

from pathlib import Path

import pytest

from openline.adapters.ogg import read_ogg, write_ogg
from openline.faces.cli.faults import Exit
from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import ALPHA, Line, Run, wait_until

PACKETS = (b"\xf8\xff\xfe", b"\xf8" + bytes(60)) * 40


@pytest.fixture
def alpha(openline: Run, line: Line) -> Officer:
    """The officer at Alpha's node."""
    return Officer(openline, line, "alpha")


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line, "bravo")


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A recording of 1.6 seconds."""
    path = tmp_path / "note.opus"
    path.write_bytes(write_ogg(PACKETS))
    return path


def test_a_note_is_said_and_played_at_the_other_side(
    alpha: Officer, bravo: Officer, note: Path, tmp_path: Path
) -> None:
    """What the other side saves has the very packets that were said."""
    asked = alpha.said("say", "Are these yours?")
    said = alpha.said("voice", "say", note, "Two aircraft.", "--about", asked)
    wait_until(lambda: said in bravo("log").out)
    out = tmp_path / "heard.opus"
    assert bravo.done("voice", "save", said, out)["bytes"] == out.stat().st_size
    assert read_ogg(out.read_bytes()) == PACKETS


def test_what_is_listed_names_the_sound_and_holds_none(
    alpha: Officer, note: Path, line: Line
) -> None:
    """The message's own page says how long it sounds, and its hash."""
    said = alpha.said("voice", "say", note)
    index = int(said.rpartition("-")[2])
    message = line.client().get("/lines", "syria-air", "messages", ALPHA, str(index))
    assert message["body"]["packets"] == []
    assert message["body"]["sound"]["ms"] == 1_600
    assert "1.6 s of sound" in message["text"]
    assert message["body"]["sound"]["sha256"] in message["text"]


def test_what_is_no_recording_is_refused(alpha: Officer, tmp_path: Path) -> None:
    """The file is named, and where in it the fault is."""
    path = tmp_path / "note.wav"
    path.write_bytes(b"RIFF")
    told = alpha("voice", "say", path)
    assert told.code == Exit.REFUSED
    assert f"{path}: At byte 0 of the file no Ogg page begins." in told.err


def test_more_than_a_minute_is_refused(alpha: Officer, tmp_path: Path) -> None:
    """Nothing is recorded, and the rest belongs in another note."""
    path = tmp_path / "note.opus"
    path.write_bytes(write_ogg([b"\x18"] * 1_001))
    told = alpha("voice", "say", path)
    assert told.code == Exit.REFUSED
    assert "FILE sounds longer than 60 s" in told.err


def test_a_text_is_not_played(alpha: Officer, tmp_path: Path) -> None:
    """Only a voice note has sound, and a file that is there already is kept."""
    said = alpha.said("say", "In words.")
    told = alpha("voice", "save", said, tmp_path / "out.opus")
    assert told.code == Exit.REFUSED
    assert f"{said} is no voice note." in told.err
    assert not (tmp_path / "out.opus").exists()
