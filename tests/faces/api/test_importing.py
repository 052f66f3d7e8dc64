"""Files of areas read for an officer at the API: drafts, doubts, bounds, and who may."""

from pathlib import Path
from typing import Any

import pytest

from openline.domain.limits import IMPORT_ACTIVITIES_MAX, IMPORT_SIZE_BYTES_MAX
from openline.domain.talk.volumes import VOLUME
from openline.faces.api.rights import RIGHT_OF
from openline.faces.cli.client import Refused
from tests.faces.conftest import LINE, Line


def imported(line: Line, data: bytes, **query: Any) -> dict[str, Any]:
    """What Alpha's node tells of a file."""
    told: dict[str, Any] = line.client().post_file("/lines", LINE, "import", file=data, **query)
    return told


def test_a_file_becomes_drafts_with_doubts(line: Line, repository: Path) -> None:
    """Each NOTAM is a draft with its place in words, or has its doubts, its fault, or cancels."""
    told = imported(line, (repository / "examples" / "notams.txt").read_bytes())
    sound, estimated, cancelling, cut = told["activities"]
    assert (told["form"], told["more"]) == ("NOTAM", 0)
    assert (sound["row"], sound["remarks"], sound["fault"]) == (4, [], None)
    assert sound["fields"]["place"]["words"]
    assert [VOLUME.from_json(one, "").radius_m for one in sound["fields"]["volumes"]] == [9_260] * 3
    assert estimated["remarks"][0]["what"] == "Its end is estimated (EST)."
    assert (cancelling["cancels"], cancelling["fields"]) == ("A0099/26", {})
    assert "ends inside item E" in cut["fault"]["what"]
    assert cut["fields"] == {}


def test_what_cancels_or_replaces_a_notam_leads_to_the_notice_made_from_it(line: Line) -> None:
    """A notice bears the number of its NOTAM, so NOTAMC and NOTAMR propose its next version."""
    until = "B) 2604150600 C) 9904150600"
    head = f"Q) OSTT/QWMLW/IV/BO/W/000/100/3429N03654E006\nA) OSTT {until}\n"
    body = head + "E) MISSILE FIRING WI 5NM OF 342930N 0365432E\nF) SFC G) FL100)"
    [made] = imported(line, f"(A7/26 NOTAMN\n{body}".encode())["activities"]
    assert (made["fields"]["notice_id"], made["about"]) == ("A0007-26", None)
    fields = {"category": "flight", "kind": "air", **made["fields"]}
    said = line.client().post("/lines", LINE, "messages", body={"kind": "NOTICE", "fields": fields})
    cancel = b"(A0008/26 NOTAMC A0007/26\nA) OSTT B) 2604150600\nE) CNL)"
    replace = f"(A0009/26 NOTAMR A7/26\n{body.replace('5NM', '6NM')}"
    [cancelling] = imported(line, cancel)["activities"]
    assert cancelling["about"] == {
        "notice_id": "A0007-26", "party": said["party"], "index": said["index"],
        "operation": "CANCEL",
    }  # fmt: skip
    [replacing] = imported(line, replace.encode())["activities"]
    assert replacing["about"]["operation"] == "REPLACE"
    fields = {"category": "flight", "kind": "air", **replacing["fields"]}
    assert (fields["version"], fields["operation"]) == (2, "REPLACE")
    checked = line.client().post("/lines", LINE, "check", body={"kind": "NOTICE", "fields": fields})
    assert checked["faults"] == []
    unknown = cancel.replace(b"A0007/26", b"A0006/26")
    assert imported(line, unknown)["activities"][0]["about"] is None


def test_a_window_and_a_radius_may_be_given(line: Line) -> None:
    """What a file does not say is taken from the query, and noted."""
    point = b'{"type": "Point", "coordinates": [38, 35]}'
    assert imported(line, point)["activities"][0]["fault"]["field"] == "from"
    window = {"start": "2100-01-01T00:00Z", "end": "2100-01-01T02:00Z"}
    [activity] = imported(line, point, **window, radius_m=500)["activities"]
    assert activity["fields"]["volumes"][0]["radius_m"] == 500
    with pytest.raises(Refused, match="A window has two ends"):
        imported(line, point, start="2100-01-01T00:00Z")
    with pytest.raises(Refused, match="is not an instant"):
        imported(line, point, start="tomorrow", end="2100-01-01T02:00Z")


def test_what_is_no_file_of_areas_or_too_large_is_refused(line: Line) -> None:
    """Foreign text, bombs and large bodies are refused; of many activities the first are told."""
    for data in (b"METAR OSDI", b"", b"\xff\xfe", b'<!DOCTYPE a [<!ENTITY b "c">]><kml>&b;</kml>'):
        with pytest.raises(Refused):
            imported(line, data, name="x")
    with pytest.raises(Refused):
        imported(line, b" " * (IMPORT_SIZE_BYTES_MAX + 1))
    many = "\n".join(
        f"(A{n:04d}/26 NOTAMC A0001/25\nA) X B) 2604150600\nE) CNL)" for n in range(250)
    )
    told = imported(line, many.encode())
    assert (len(told["activities"]), told["more"]) == (IMPORT_ACTIVITIES_MAX, 50)


def test_who_may_draft_may_import() -> None:
    """The right to read a file into drafts is that of drafting."""
    assert RIGHT_OF["importFile"] is RIGHT_OF["keepDraft"]
