"""Tests of the recording of what was heard: found by its instant, and bounded."""

from pathlib import Path

from openline.adapters.air_records import GAP_MS, AirRecords
from openline.domain.instant import HOUR_MS

START = 1_800_000 * HOUR_MS // 1_000


def at(hours: float) -> int:
    """An instant so many hours after a full one."""
    return START // HOUR_MS * HOUR_MS + round(hours * HOUR_MS)


def test_a_picture_is_found_by_its_instant(tmp_path: Path) -> None:
    """The last picture not after an instant is found, also from the hour before."""
    records = AirRecords(tmp_path / "air", 24)
    assert (records.span(), records.picture(at(1))) == (None, None)
    for number in range(3):
        records.write(at(1) - 5_000 + number * 5_000, [{"id": f"icao:{number}"}])
    assert records.span() == (at(1) - 5_000, at(1) + 5_000)
    assert records.picture(at(1) - 1) == (at(1) - 5_000, [{"id": "icao:0"}])
    assert records.picture(at(1) + 4_999) == (at(1), [{"id": "icao:1"}])
    assert records.picture(at(1) + 5_000 + GAP_MS) is not None
    assert records.picture(at(1) + 5_001 + GAP_MS) is None
    assert records.picture(at(1) - 5_001) is None


def test_old_hours_are_deleted(tmp_path: Path) -> None:
    """What is older than the hours that are kept goes when an hour begins."""
    records = AirRecords(tmp_path, 2)
    for hour in range(6):
        records.write(at(hour), [])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{at(hour) // HOUR_MS}.air" for hour in (3, 4, 5)
    ]


def test_the_oldest_go_where_there_is_too_much(tmp_path: Path) -> None:
    """Beyond the bytes that may be, the oldest hours go; the present one stays."""
    records = AirRecords(tmp_path, 24, bytes_max=3_000)
    for hour in range(6):
        records.write(at(hour), [{"id": "x" * 1_000}])
    assert records.size_bytes() <= 3_000
    assert records.picture(at(5)) is not None
    assert records.picture(at(0)) is None


def test_a_row_that_was_cut_and_foreign_files_are_passed_over(tmp_path: Path) -> None:
    """Half a row at the end, rows of rubbish and other files disturb nothing."""
    records = AirRecords(tmp_path, 24)
    records.write(at(1), [{"id": "icao:1"}])
    (tmp_path / "notes.txt").write_text("mine")
    path = tmp_path / f"{at(1) // HOUR_MS}.air"
    with path.open("ab") as file:
        file.write(b"rubbish\n" + str(at(1) + 1_000).encode() + b' [{"id": "ica')
    assert records.picture(at(1) + 2_000) == (at(1), [{"id": "icao:1"}])
    assert records.span() == (at(1), at(1))
    assert (tmp_path / "notes.txt").exists()
