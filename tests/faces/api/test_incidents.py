"""The routes about incidents at real nodes: as described, and refusing what cannot be."""

from typing import Any

import msgspec
import pytest

from openline.domain.errors import OurError
from openline.faces.api import answers, examples
from tests.faces.conftest import BRAVO, LINE, Line, wait_until

FIELDS = {one.value["kind"]: one.value["fields"] for one in examples.SAYINGS}


def say(line: Line, kind: str, fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What Alpha's node answers to something that is said."""
    body = {"kind": kind, "fields": fields, "precedence": "PRIORITY", **more}
    said: dict[str, Any] = line.client().post("/lines", LINE, "messages", body=body)
    return said


def incident_fields(line: Line, **changes: Any) -> dict[str, Any]:
    """A report that rests on a text which is there."""
    text = say(line, "TEXT", {"language": "en", "text": "Hold."})
    about = [{"party": text["party"], "index": text["index"]}]
    return {**FIELDS["INCIDENT"], "about": about, **changes}


def test_an_incident_and_its_holds_are_as_described(line: Line) -> None:
    """One incident, the list of holds, and one hold have exactly the described structures."""
    client = line.client()
    said = say(line, "INCIDENT", incident_fields(line))
    found = client.get("/lines", LINE, "incidents", said["serial"], language="ru")
    incident = msgspec.convert(found, answers.Incident, strict=True)
    assert set(found) == set(answers.Incident.__struct_fields__)
    assert incident.matter.subject == "incident"
    assert incident.matter.standings[0].said == "доложено одной стороной"
    assert [link.role for link in incident.chain] == ["about", "incident"]
    assert [file.is_kept for file in incident.evidence] == [False]
    name = incident.matter.id
    wait_until(lambda: name in str(line.client("bravo").get("/lines", LINE, "holds")))
    holds = msgspec.convert(client.get("/lines", LINE, "holds"), answers.Holds, strict=True)
    assert name in [one.name for one in holds.holds]
    whole = client.get("/lines", LINE, "holds", name)
    assert msgspec.convert(whole, answers.HoldWhole, strict=True).is_incident
    assert set(whole) == {"held", *answers.Hold.__struct_fields__}


def test_counts_are_as_described(line: Line) -> None:
    """What is alleged is counted in a window of the signed times."""
    client = line.client()
    allegation = {**FIELDS["VIOLATION"], "articles": ["Annex Q, 7"]}
    say(line, "VIOLATION", allegation, recipients=[BRAVO])
    ledger = msgspec.convert(client.get("/lines", LINE, "violations"), answers.Ledger, strict=True)
    [row] = [row for row in ledger.rows if "Annex Q, 7" in row.articles]
    assert (row.accused, row.articles["Annex Q, 7"]) == (BRAVO, 1)
    before = {"from": 0, "until": 1_000}
    assert client.get("/lines", LINE, "violations", **before)["rows"] == []


@pytest.mark.parametrize(
    ("path", "body", "what"),
    [
        (("holds",), {"reason": "x"}, "No window is given"),
        (("holds",), {"reason": "x", "name": "HOLD-9999"}, "Nothing is held under the name"),
        (
            ("holds",),
            {"reason": "x", "valid_from": 5, "valid_until": 5},
            "ends before it begins",
        ),
        (("holds", "release"), {"reason": "x", "name": "HOLD-9999"}, "Nothing is held under"),
    ],
)
def test_what_cannot_be_held_is_refused(
    line: Line, path: tuple[str, ...], body: dict[str, Any], what: str
) -> None:
    """A hold that cannot be made or released is refused with what is wrong."""
    with pytest.raises(OurError, match=what):
        line.client().post("/lines", LINE, *path, body=body)


def test_what_is_not_there_is_not_found(line: Line) -> None:
    """An unknown incident or hold is named in the refusal."""
    with pytest.raises(OurError, match="There is no incident 'X-I-0001'"):
        line.client().get("/lines", LINE, "incidents", "X-I-0001")
    with pytest.raises(OurError, match="Nothing is held under 'X-I-0001'"):
        line.client().get("/lines", LINE, "holds", "X-I-0001")
    with pytest.raises(OurError, match="There is no incident X-I-0001"):
        say(line, "PROTEST", {**FIELDS["PROTEST"], "by": {"post": "commander", "officer": "S"},
                              "incident": "X-I-0001"})  # fmt: skip
