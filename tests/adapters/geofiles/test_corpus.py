"""A corpus of texts in the manner of many states: what is read right, and what is complained."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from openline.adapters.geofiles import FileFault, ReadActivity, read_data
from openline.domain.instant import format_instant
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.volume import Shape, Volume

CORPUS = Path(__file__).with_name("corpus.txt")
SHAPES = {"C": Shape.CIRCLE, "P": Shape.POLYGON, "L": Shape.CORRIDOR}
RIGHT_PERCENT_MIN = 95


@dataclass
class Record:
    """One text with what is to be read of it."""

    manner: str
    row: int
    items: dict[str, str] = field(default_factory=dict)
    areas: list[str] = field(default_factory=list)

    @property
    def message(self) -> str:
        """The whole message."""
        if "H" in self.items:
            return f"{self.items['H']}\n{self.items['T']}\n"
        told = {"F": "SFC", "G": "FL100", "B": "2604150600", "C": "2604151400", **self.items}
        hours = f" D) {told['D']}" if "D" in told else ""
        return (
            "(A0001/26 NOTAMN\nQ) XXXX/QXXXX/IV/BO/W/000/999/0000N00000E999\n"
            f"A) XXXX B) {told['B']} C) {told['C']}{hours}\nE) {told['E']}\n"
            f"F) {told['F']} G) {told['G']})\n"
        )


def records() -> list[Record]:
    found: list[Record] = []
    is_new = True
    for row, text in enumerate(CORPUS.read_text().splitlines(), start=1):
        if text.startswith("#") or not text:
            is_new = True
        elif is_new:
            found.append(Record(text, row))
            is_new = False
        elif text.startswith("= "):
            found[-1].areas.append(text[2:])
        else:
            found[-1].items[text[0]] = text[2:]
    return found


def place(written: str) -> tuple[int, int]:
    """A position of the corpus, always 15 letters: 553000N0373000E."""
    lat = int(written[:2]) * 3600 + int(written[2:4]) * 60 + int(written[4:6])
    lon = int(written[7:10]) * 3600 + int(written[10:12]) * 60 + int(written[12:14])
    north, east = written[6] == "N", written[14] == "E"
    return round((lat if north else -lat) * 1e7 / 3600), round((lon if east else -lon) * 1e7 / 3600)


def altitude(written: str) -> Altitude | None:
    """A bound of the corpus: SFC, UNL, FL100, or AMSL and AGL with decimetres."""
    if written in ("SFC", "UNL"):
        return None
    if written.startswith("FL"):
        return Altitude(Datum.FLIGHT_LEVEL, int(written[2:]))
    datum = Datum.AMSL if written.startswith("AMSL") else Datum.AGL
    return Altitude(datum, int(written.removeprefix(datum.name)))


def is_drawn(volume: Volume, written: str) -> bool:
    """Whether a volume is the area of the corpus; * stands for vertices that follow edges."""
    letter, radius_m, *places = written.split()
    if volume.shape is not SHAPES[letter] or volume.radius_m != int(radius_m):
        return False
    if places[0] == "*":
        return place(places[1]) in volume.vertices and len(volume.vertices) >= 3
    wanted = [place(one) for one in places]
    return [vertex for vertex in volume.vertices if vertex in set(wanted)] == wanted


def fault_of(record: Record) -> tuple[list[ReadActivity], str]:
    """What is read of a record, or the complaint."""
    try:
        activities = read_data(record.message.encode(), "file").activities
    except FileFault as fault:
        return [], f"{fault.what} {fault.remedy}"
    return activities, ""


def is_right(record: Record) -> bool:
    """Whether areas, bands and windows of a record are read as they are meant."""
    activities, _ = fault_of(record)
    if len(activities) != 1:
        return False
    volumes = activities[0].volumes
    windows = sorted({(one.valid_from, one.valid_until) for one in volumes})
    count, first, hours = record.items.get("w", "1 04-15T06 8").split()
    lower, upper = record.items.get("~", "SFC UNL" if "H" in record.items else "SFC FL100").split()
    return (
        len(volumes) == len(windows) * len(record.areas)
        and all(is_drawn(one, told) for one, told in zip(volumes, record.areas, strict=False))
        and {(one.lower, one.upper) for one in volumes} == {(altitude(lower), altitude(upper))}
        and len(windows) == int(count)
        and format_instant(windows[0][0]).startswith(f"2026-{first}")
        and {(end - start) // 3_600_000 for start, end in windows} == {int(hours)}
    )


def test_of_a_corpus_enough_is_read_right() -> None:
    """Of texts without a fault 95 % are read right, and what is not is complained of."""
    told = [record for record in records() if "!" not in record.items]
    wrong = [record for record in told if not is_right(record)]
    right = 100 * (len(told) - len(wrong)) / len(told)
    print(f"{len(told)} texts, {right:.1f} % read right: not {[one.row for one in wrong]}")
    silent = [one.row for one in wrong if not fault_of(one)[1]]
    assert len(told) >= 150
    assert silent == [], "read wrongly, and not complained of"
    assert right >= RIGHT_PERCENT_MIN


@pytest.mark.parametrize(
    "record",
    [one for one in records() if {"!", "?"} & one.items.keys()],
    ids=lambda one: f"row {one.row}",
)
def test_each_complaint_is_precise(record: Record) -> None:
    """What is not to be read is complained of in the words that name it."""
    activities, complaint = fault_of(record)
    assert activities == []
    assert (record.items.get("!") or record.items["?"]) in complaint
