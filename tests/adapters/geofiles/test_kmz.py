"""KMZ: the first document is read, and bombs are refused before they are unpacked."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from openline.adapters.geofiles import FileFault, read_data, read_kml
from tests.adapters.geofiles.bad import packed

TEXT = (Path(__file__).parent / "samples" / "areas.kml").read_bytes()


def archive(*entries: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(name, data)
    return held.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_document_is_read_as_if_unpacked(method):
    """A packed file gives the activities of the KML in it."""
    read = read_data(packed(TEXT, method=method), "f")
    assert read.form == "KMZ"
    assert read.activities == read_kml(TEXT.decode(), "f")
    assert read.remarks == ()


def test_only_the_first_document_is_read():
    """Pictures are passed over, and further documents are counted in a remark."""
    read = read_data(archive(("a.png", b"x"), ("doc.KML", TEXT), ("b.kml", b"<kml/>")), "f")
    assert len(read.activities) == 3
    [remark] = read.remarks
    assert (remark.field, remark.what) == (
        "doc.KML",
        "Only the first document is read; it holds 1 more.",
    )


def test_a_bomb_is_refused_by_its_list_alone():
    """A document that is too large, or packed too well, is refused and not unpacked."""
    bomb = archive(("doc.kml", b" " * 16_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(FileFault, match="to less than a 200th"):
            read_data(bomb, "f")
        # Nodes of other tests may run in this process beside it.
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_a_list_that_lies_about_sizes_is_refused():
    """An entry that unpacks to more than its list says raises the typed fault."""
    honest = packed(TEXT)
    size = len(TEXT).to_bytes(4, "little")
    assert honest.count(size) == 2
    with pytest.raises(FileFault, match="is no KMZ that can be read"):
        read_data(honest.replace(size, (100).to_bytes(4, "little")), "f")


def test_many_entries_are_refused_before_they_are_listed():
    """An archive with a long list of entries is refused."""
    many = archive(*((f"{number}.png", b"") for number in range(6_000)), ("doc.kml", TEXT))
    with pytest.raises(FileFault, match="a list of entries of more than 262,144 bytes"):
        read_data(many, "f")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(method):
    """Only stored and deflated documents are unpacked."""
    with pytest.raises(FileFault, match="packed in a way that is not read"):
        read_data(packed(TEXT, method=method), "f")


def test_an_encrypted_document_is_refused():
    """A document whose flag says that it is encrypted is not asked a password for."""
    held = bytearray(packed(TEXT))
    at = held.index(b"PK\x01\x02")
    held[at + 8] |= 1
    with pytest.raises(FileFault, match="or encrypted"):
        read_data(bytes(held), "f")
