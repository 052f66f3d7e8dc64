"""Ogg files with Opus: ours are played by others, theirs are read, spoilt ones are refused."""

import os
import shutil
import struct
import subprocess
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.ogg import read_ogg, write_ogg
from openline.domain.errors import OurError
from openline.domain.talk.opus import samples_of

PACKETS = (b"\xf8\xff\xfe", b"\xf8" + bytes(range(254)), b"\xf8" + bytes(254 + 255), b"\x08")
TOOLS = ("opusenc", "opusdec", "opusinfo")
ABSENT = "NOT TESTED: opus-tools is not here; `make system` installs it."


@pytest.fixture
def tools() -> None:
    """The reference encoder, decoder and inspector; a run of CI has them."""
    if not all(map(shutil.which, TOOLS)):
        assert not os.environ.get("CI"), ABSENT
        pytest.skip(ABSENT)


def spoken(folder: Path, seconds: float = 1.0) -> Path:
    """A file with one channel of a tone."""
    path = folder / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        samples = (n * 397 % 24_000 - 12_000 for n in range(int(seconds * 48_000)))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path


def test_what_was_written_is_read_again() -> None:
    """Packets of every size come out as they went in, over many pages."""
    packets = PACKETS * 60
    assert read_ogg(write_ogg(packets)) == packets


def test_a_file_of_the_reference_encoder_is_read(tools: None, tmp_path: Path) -> None:
    """Each packet is taken out; together they sound as long as what was spoken."""
    out = tmp_path / "tone.opus"
    wav = spoken(tmp_path)
    subprocess.run(["opusenc", "--quiet", "--bitrate", "16", wav, out], check=True)
    packets = read_ogg(out.read_bytes())
    assert 48_000 <= sum(map(samples_of, packets)) < 50_000


def test_a_file_of_ours_is_played_by_the_reference_decoder(tools: None, tmp_path: Path) -> None:
    """It finds no fault with it, and hears as much as is in the packets."""
    out, ours, back = (tmp_path / name for name in ("tone.opus", "ours.opus", "back.wav"))
    subprocess.run(["opusenc", "--quiet", spoken(tmp_path), out], check=True)
    packets = read_ogg(out.read_bytes())
    ours.write_bytes(write_ogg(packets))
    told = subprocess.run(["opusinfo", ours], check=True, capture_output=True, text=True).stdout
    assert "WARNING" not in told
    assert "Opus stream 1" in told
    subprocess.run(["opusdec", "--quiet", ours, back], check=True)
    with wave.open(str(back), "rb") as file:
        heard = file.getnframes()
    assert heard == sum(map(samples_of, packets)) - 312


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no Opus stream"),
        (b"RIFF" + bytes(40), "At byte 0 of the file no Ogg page begins"),
        (write_ogg(PACKETS)[:-1], "ends inside the page at byte"),
        (write_ogg(PACKETS)[:-600], "ends inside the page at byte"),
        (write_ogg(()), "holds no sound"),
        (write_ogg(PACKETS) + b"trailing", "no Ogg page begins"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes, what: str) -> None:
    """The words say where it ends being one."""
    with pytest.raises(OurError, match=what):
        read_ogg(data)


def test_every_spoilt_byte_is_noticed() -> None:
    """Pages have checksums: no byte can be changed, and no page be left out."""
    whole = write_ogg(PACKETS)
    for at in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[at] ^= 1
        with pytest.raises(OurError):
            read_ogg(bytes(spoilt))


@given(st.binary(max_size=200))
def test_hostile_bytes_are_refused_and_nothing_else(data: bytes) -> None:
    """An officer's file may be anything."""
    with pytest.raises(OurError):
        read_ogg(b"OggS\x00" + data)
