"""Files of areas by path: their form is seen, and what cannot be read is said."""

from pathlib import Path

import pytest

from openline.adapters.geofiles import FileFault, read_geofile, write_geojson
from openline.domain.errors import OurError
from openline.domain.limits import GEOFILE_SIZE_BYTES_MAX
from tests.domain.space.shapes import circle

SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize(
    ("name", "count"), [("areas.geojson", 4), ("areas.kml", 3), ("order.aco", 10)]
)
def test_the_form_of_a_file_is_seen(name, count, tmp_path):
    """A file is read for what it is, whatever its name and with or without a byte order mark."""
    assert len(read_geofile(SAMPLES / name)) == count
    copy = tmp_path / "areas.txt"
    copy.write_bytes(b"\xef\xbb\xbf" + (SAMPLES / name).read_bytes())
    assert len(read_geofile(copy)) == count


def test_a_window_is_handed_on(tmp_path):
    """The window from outside reaches the reader."""
    path = tmp_path / "point.json"
    path.write_text('{"type": "Feature", "properties": {"radius": 5}, "geometry": '
                    '{"type": "Point", "coordinates": [40, 35]}}')  # fmt: skip
    assert read_geofile(path, (5, 6))[0].volumes[0].valid_until == 6


def test_what_cannot_be_read_is_said(tmp_path):
    """A missing, an unreadable, a too large and an undecodable file raise the typed fault."""
    with pytest.raises(FileFault, match="cannot be read: No such file"):
        read_geofile(tmp_path / "absent.geojson")
    with pytest.raises(FileFault, match="cannot be read"):
        read_geofile(tmp_path)
    packed = tmp_path / "areas.kmz"
    packed.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(FileFault, match=r"not text in UTF-8\. Unpack KMZ"):
        read_geofile(packed)
    large = tmp_path / "large.geojson"
    with large.open("wb") as file:
        file.truncate(GEOFILE_SIZE_BYTES_MAX + 1)
    with pytest.raises(FileFault, match="16,777,216 bytes"):
        read_geofile(large)


def test_a_fault_is_ours_and_shows_no_control_characters():
    """A fault is an officer's to mend, and a name in it cannot steer the terminal."""
    fault = FileFault("f", 3, "A\x1b[2J\u202eB", "lower", "is no altitude.", "Mend it.")
    assert isinstance(fault, OurError)
    assert str(fault) == 'f, feature 3 "A⟨U+001B⟩[2J⟨U+202E⟩B", lower: is no altitude. Mend it.'


def test_what_is_written_is_read(tmp_path):
    """A file that this program wrote is read by it."""
    path = tmp_path / "out.geojson"
    path.write_text(write_geojson([circle(35, 40, 500)], {"name": "N-7"}), encoding="utf-8")
    (activity,) = read_geofile(path)
    assert (activity.name, activity.volumes) == ("N-7", (circle(35, 40, 500),))
