"""Notices as a file of areas and compared, certificates read: at real nodes."""

import hashlib
import json
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from openline.adapters.geofiles import read_data
from openline.domain.errors import OurError
from openline.domain.limits import EVIDENCE_SIZE_BYTES_MAX
from openline.domain.space.volume import Volume
from openline.domain.talk.volumes import VOLUME
from openline.faces.api import answers, notice_files
from openline.faces.cli.client import Refused
from tests.faces.api.test_reading import notice_fields, say
from tests.faces.conftest import ALPHA, BRAVO, LINE, Line, wait_until

WINDOW = {"valid_from": "2100-01-01T00:00:00Z", "valid_until": "2100-01-01T02:00:00Z"}
VOLUMES: list[dict[str, Any]] = [
    {"shape": "CIRCLE", "vertices": [{"lat": 34.49, "lon": 36.909}], "radius_m": 9_000,
     "lower": "surface", "upper": "FL100", **WINDOW},
    {"shape": "CORRIDOR", "vertices": [{"lat": 34.45, "lon": 36.9}, {"lat": 34.51, "lon": 36.92}],
     "radius_m": 1_500, "lower": "300 m AGL", "upper": "unlimited", **WINDOW},
    {"shape": "POLYGON", "radius_m": 0, "lower": "1500 ft AMSL", "upper": "FL250",
     "vertices": [
         {"lat": 34.45, "lon": 36.9}, {"lat": 34.45, "lon": 36.95}, {"lat": 34.52, "lon": 36.91},
     ],
     **WINDOW},
    {"shape": "POLYGON", "radius_m": 400,
     "vertices": [
         {"lat": 34.46, "lon": 36.9}, {"lat": 34.51, "lon": 36.91}, {"lat": 34.46, "lon": 36.95},
     ],
     **WINDOW},
]  # fmt: skip
WORDS = 'Strike on "A" <b>& B</b>'


def issued(line: Line, name: str = "alpha", **changes: Any) -> dict[str, Any]:
    """A notice with an area of each shape."""
    fields = notice_fields(activity=WORDS, **changes)
    place = {"words": "at Shayrat airfield"}
    said: dict[str, Any] = say(line, "NOTICE", {**fields, "volumes": VOLUMES, "place": place}, name)
    return said


def exported(line: Line, form: str, **query: Any) -> bytes:
    """The file of Alpha's node."""
    return line.client().get_file("/lines", LINE, "notices", "export", format=form, **query)


def kept(line: Line, party: str, notice_id: str) -> list[Volume]:
    """The areas of a notice as the node has them."""
    content = line.client().get("/lines", LINE, "notices", party, notice_id)["content"]
    return [VOLUME.from_json(one, "") for one in content["volumes"]]


@pytest.mark.parametrize("form", ["geojson", "kml"])
def test_exported_notices_are_read_back_as_they_were(line: Line, form: str) -> None:
    """Our own reader finds the same volumes in the file, with party, id, version and words."""
    said = issued(line)
    read = read_data(exported(line, form), f"notices.{form}", goes_on=True)
    ours = [one for one in read.activities if one.properties.get("serial") == said["serial"]]
    assert [one.fault for one in ours] == [None] * len(VOLUMES)
    volumes = [volume for one in ours for volume in one.volumes]
    wanted = kept(line, ALPHA, said["notice_id"])
    if form == "geojson":
        # A ring may begin elsewhere and run the other way round: it is the same polygon.
        assert [set(one.vertices) for one in volumes] == [set(one.vertices) for one in wanted]
    assert [_plain(one) for one in volumes] == [_plain(one) for one in wanted]
    assert ours[0].name == f"{ALPHA} {said['notice_id']}"
    told = ours[0].properties
    assert (told["party"], told["version"], told["state"]) == (ALPHA, "1", "live")
    assert told["activity"] == WORDS


def _plain(volume: Volume) -> tuple[Any, ...]:
    vertices = frozenset(volume.vertices)
    bounds = (volume.lower, volume.upper, volume.valid_from, volume.valid_until)
    return volume.shape, vertices, volume.radius_m, *bounds


def test_geojson_is_as_its_standard_says(line: Line) -> None:
    """The file is one feature collection whose rings run counterclockwise and are closed."""
    issued(line)
    collection = json.loads(exported(line, "geojson"))
    assert set(collection) == {"type", "features"}
    rings = [one["geometry"]["coordinates"][0] for one in collection["features"]
             if one["geometry"]["type"] == "Polygon"]  # fmt: skip
    assert rings
    for ring in rings:
        assert ring[0] == ring[-1]
        assert sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(ring)) < 0


def test_what_is_exported_can_be_chosen(line: Line) -> None:
    """By itself only live notices are written; of one party only those; private plans never."""
    ended, theirs = issued(line), issued(line, "bravo")
    cancel = {"notice_id": ended["notice_id"], "version": 2, "operation": "CANCEL", "volumes": []}
    say(line, "NOTICE", notice_fields(**cancel))
    wait_until(lambda: theirs["serial"].encode() in exported(line, "geojson"))
    live = exported(line, "geojson")
    assert ended["notice_id"].encode() not in live
    both = exported(line, "geojson", live=False)
    assert both.count(f'"notice_id": "{ended["notice_id"]}"'.encode()) == len(VOLUMES)
    assert b'"state": "ended"' in both
    of_bravo = json.loads(exported(line, "geojson", party=BRAVO))
    assert {one["properties"]["party"] for one in of_bravo["features"]} == {BRAVO}
    with pytest.raises(OurError, match="is not a party"):
        exported(line, "geojson", party="nobody.example")


def test_more_areas_than_a_file_holds_are_refused(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that could not be read back is not written; what to do is said."""
    issued(line)
    monkeypatch.setattr(notice_files, "GEOFILE_FEATURES_MAX", 3)
    with pytest.raises(OurError, match="more than 3 areas"):
        exported(line, "geojson")


def test_versions_are_compared_field_by_field(line: Line) -> None:
    """Each field that differs is told by its path, with both values, and in words."""
    first = issued(line)
    volumes = [{**VOLUMES[0], "upper": "FL120"}, *VOLUMES[1:3]]
    later = {
        **notice_fields(activity='Strike on "A" and C'), "volumes": volumes,
        "place": {"words": "at Shayrat airfield"}, "notice_id": first["notice_id"], "version": 2,
        "operation": "REPLACE", "hazards": ["live fire"],
    }  # fmt: skip
    say(line, "NOTICE", later)
    path = ("/lines", LINE, "notices", ALPHA, first["notice_id"], "differences")
    compared = line.client().get(*path, language="en")
    found = msgspec.convert(compared, answers.VersionDifferences, strict=True)
    assert (found.old_version, found.new_version) == (1, 2)
    by_path = {one.path: one for one in found.differences}
    assert list(by_path) == ["operation", "volumes[0].upper", "volumes[3]", "activity", "hazards"]
    upper = by_path["volumes[0].upper"]
    assert upper.new == {"datum": "FLIGHT_LEVEL", "value": 120}
    assert (upper.name, upper.old_said, upper.new_said) == (
        "area 1, up to height", "flight level 100", "flight level 120",
    )  # fmt: skip
    assert by_path["volumes[3]"].new is None
    assert by_path["volumes[3]"].old_said.startswith("Area 1 of 1: the polygon")
    assert by_path["hazards"].new_said == "“live fire”"
    changes = [(one.same, one.ours, one.theirs) for one in by_path["activity"].changes]
    assert changes == [('Strike on "A"', "", ""), ("", "<b>& B</b>", "and C")]
    same = line.client().get(*path, **{"from": 1}, until=1)
    assert same["differences"] == []
    backwards = line.client().get(*path, **{"from": 2}, until=1)
    assert backwards["differences"][1]["new"] == {"datum": "FLIGHT_LEVEL", "value": 100}
    for language, word in (("ru", "район 1"), ("ar", "منطقة")):
        assert word in line.client().get(*path, language=language)["differences"][1]["name"]
    with pytest.raises(OurError, match="has no version 7"):
        line.client().get(*path, until=7)


def certificate(line: Line, words: str) -> bytes:
    """A certificate of a text with these words."""
    said = say(line, "TEXT", {"language": "en", "text": words})
    order = {"kind": "message", "parameters": {"party": ALPHA, "index": said["index"]}}
    return line.client().fetch_file("/lines", LINE, "certificates", body=order)


def read(line: Line, file: bytes, **query: Any) -> Any:
    """What Bravo's node says of a certificate."""
    return line.client("bravo").post_file("/certificates", "read", file=file, **query)


def test_a_certificate_is_read_step_by_step(line: Line) -> None:
    """Any node tells the verdict on a file, with each step, the roots and what was said."""
    file = certificate(line, "To be read elsewhere.")
    told = read(line, file, language="ru")
    found = msgspec.convert(told, answers.CertificateRead, strict=True)
    assert found.verdict == "PROVEN"
    assert [one.number for one in found.steps] == list(range(1, len(found.steps) + 1))
    assert all(one.holds for one in found.steps)
    assert {one.party for one in found.roots} == {ALPHA, BRAVO}
    assert any("To be read elsewhere." in row for row in found.said)
    assert found.sha256 == hashlib.sha256(file).hexdigest()
    assert found.claim_said.startswith(f"{ALPHA} said its message")


def test_what_is_no_certificate_is_refused(line: Line) -> None:
    """A file that is something else, is cut or changed, or is too large gives no verdict."""
    file = certificate(line, "To be damaged.")
    changed = file[:200] + bytes([file[200] ^ 1]) + file[201:]
    for damaged in (b"{}", b"%PDF-1.7", file[:-1], changed):
        with pytest.raises(Refused) as refused:
            read(line, damaged)
        assert refused.value.what
    with pytest.raises(OurError, match="larger than may be"):
        read(line, bytes(EVIDENCE_SIZE_BYTES_MAX + 1))
