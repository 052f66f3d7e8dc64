"""Files of areas by path: their form is seen, and what cannot be read is said.

Every reader is fed whole, cut and mutated bytes: nothing comes out but activities
whose volumes hold, or the typed fault.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.adapters.geofiles import (
    FileFault,
    read_data,
    read_file,
    read_geofile,
    with_doubts,
    write_geojson,
)
from openline.domain.errors import OurError
from openline.domain.limits import GEOFILE_SIZE_BYTES_MAX
from openline.domain.space.volume import check_volume
from tests.adapters.geofiles.bad import AREA, BAD, packed
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
    scanned = tmp_path / "areas.pdf"
    scanned.write_bytes(b"%PDF\xff\xfe")
    with pytest.raises(FileFault, match=r"not text in UTF-8, and no KMZ\. Read are .*KMZ"):
        read_geofile(scanned)
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


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_or_flagged_and_the_rest_read(bad):
    """Each bad file is answered in words that name what is wrong; what is sound in it is read."""
    if bad.sound is None:
        with pytest.raises(FileFault) as caught:
            read_data(bad.data, bad.name, goes_on=True)
        assert bad.says in str(caught.value)
        return
    read = read_data(bad.data, bad.name, goes_on=True)
    activities = with_doubts(read.activities, AREA)
    said = [str(one.fault) for one in activities if one.fault]
    said += [remark.what for one in activities for remark in one.remarks]
    assert [words for words in said if bad.says in words], said
    assert sum(one.fault is None for one in activities) == bad.sound


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("areas.geojson", "GeoJSON"),
        ("zones.geojson", "GeoJSON"),
        ("zones-ed269.json", "ED-269"),
        ("areas.kml", "KML"),
        ("volumes-f3548.json", "F3548"),
        ("order.aco", "ACO"),
        ("shapes.aco", "ACO"),
    ],
)
def test_the_form_is_told(name, form):
    """A file that is read says in which form it is, and its activities are numbered."""
    read = read_file(SAMPLES / name, WINDOW, goes_on=True)
    assert read.form == form
    assert [one.number for one in read.activities] == list(range(1, len(read.activities) + 1))


WINDOW = (1_491_523_200_000, 1_491_609_600_000)
FILES = [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
FILES.append(packed((SAMPLES / "areas.kml").read_bytes()))
FILES += [bad.data for bad in BAD if len(bad.data) < 5_000]


def holds(data: bytes) -> None:
    """Read it: either the typed fault, or activities each of which is used or at fault."""
    try:
        read = read_data(data, "f", WINDOW, reach_m=100, goes_on=True)
    except FileFault:
        return
    for activity in with_doubts(read.activities, AREA):
        assert bool(activity.volumes) != bool(activity.fault)
        for volume in activity.volumes:
            check_volume(volume)


@settings(max_examples=300)
@given(st.data())
def test_cut_and_mutated_bytes_are_read_or_refused(data):
    """A file with bytes cut out, put in or changed gives sound activities or the typed fault."""
    held = bytearray(data.draw(st.sampled_from(FILES)))
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(held)))
        end = data.draw(st.integers(begin, min(len(held), begin + 40)))
        held[begin:end] = data.draw(st.binary(max_size=6) | st.sampled_from(TOKENS))
    holds(bytes(held))


@settings(max_examples=150)
@given(st.data())
def test_the_beginning_of_a_file_is_read_or_refused(data):
    """A file cut anywhere gives sound activities or the typed fault."""
    held = data.draw(st.sampled_from(FILES))
    holds(held[: data.draw(st.integers(0, len(held)))])


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    """Bytes that are no file at all give the typed fault."""
    holds(data)


TOKENS = [
    b"//", b"/", b"null", b"[]", b"{}", b"1e400", b"-1", b"999", b"\"", b"<", b"&", b"UFN",
    b"INTERVAL", b"TRACK", b"POLYARC", b"RADARC", b"360T", b"0NM", b"W84", b"SFC", b"Circle",
    b"2017-04-07T25:00:00+99:00", b"\xff", b"PK\x05\x06",
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (b" " * (GEOFILE_SIZE_BYTES_MAX + 1), "Split it."),
        (b"<kml>" + b"<Folder>" * 200, "take folders out of folders"),
        (b'{"type": "Feature", "x": NaN}', "numbers in digits"),
        (b"[" * 200_000, "few brackets"),
    ],
)
def test_a_fault_of_a_whole_file_says_what_to_do(data: bytes, remedy: str) -> None:
    """A file that is refused whole is refused with what to do about it."""
    with pytest.raises(FileFault) as caught:
        read_data(data, "f")
    assert remedy in caught.value.remedy
