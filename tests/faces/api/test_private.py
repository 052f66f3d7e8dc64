"""The routes about what is kept private, on real nodes."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from openline.domain.errors import OurError
from openline.faces.api import answers, examples
from openline.faces.cli.client import Refused
from tests.faces.api.test_reading import notice_fields, say
from tests.faces.conftest import ALPHA, BRAVO, LINE, Line, wait_until

PATH = ("/lines", LINE, "private")


def keep(line: Line, name: str, /, **changes: Any) -> Any:
    """Let Alpha keep a site at Shayrat airfield; what the node answers."""
    [volume] = examples.NOTICE_FIELDS["volumes"]
    area = {label: held for label, held in volume.items() if not label.startswith("valid")}
    fields = {"name": name, "kind": "presence", "site": True, "volumes": [area], **changes}
    return line.client().post(*PATH, body={"fields": fields})


@pytest.fixture
def site(line: Line) -> Iterator[str]:
    """The name of a site that Alpha keeps while the test runs."""
    name = "Наблюдатели, east"
    keep(line, name)
    yield name
    line.client().post(*PATH, "drop", body={"name": name})


def test_what_is_kept_is_as_described(line: Line, site: str) -> None:
    """A site is listed and read whole, with a conflict, as the description says."""
    said = say(line, "NOTICE", notice_fields(), "bravo")
    client = line.client()

    def met() -> list[Any]:
        found = client.get(*PATH, site)["found"]
        return [one for one in found if one["id"].endswith(said["notice_id"])]

    wait_until(lambda: bool(met()))
    whole = msgspec.convert(client.get(*PATH, site), answers.PrivateWhole, strict=True)
    assert (whole.name, whole.valid_from, whole.valid_until) == (site, None, None)
    assert whole.text.startswith(f"“{site}” is a place where people are.")
    assert "In force at all times." in whole.text
    assert whole.warnings == []
    assert whole.found[-1].said.startswith(f"Notice {BRAVO} {said['notice_id']} comes nearer to")
    kept = msgspec.convert(client.get(*PATH), answers.Privates, strict=True).private
    assert [one.conflicts for one in kept if one.name == site] == [whole.conflicts]
    for language, word in (("ru", "находятся люди"), ("ar", "أشخاص")):
        assert word in client.get(*PATH, site, language=language)["text"]
    [alarm] = [
        one for one in client.get("/lines", LINE, "alarms")["alarms"]
        if one["name"] == "PRIVATE_CONFLICT" and one["facts"]["notice_id"] == said["notice_id"]
    ]  # fmt: skip
    assert f"{BRAVO} does not know of it" in alarm["said"]


def test_conflicts_are_given_apart(line: Line, site: str) -> None:
    """By themselves conflicts are those of both nodes; the private ones follow when asked for."""
    said = say(line, "NOTICE", notice_fields(), "bravo")
    client, path = line.client(), ("/lines", LINE, "conflicts")

    def private() -> list[Any]:
        found = client.get(*path, private=True)["conflicts"]
        return [one for one in found if one["private"] and site in str(one["sides"])]

    wait_until(lambda: any(said["notice_id"] in one["id"] for one in private()))
    every = msgspec.convert(client.get(*path, private=True), answers.Conflicts, strict=True)
    flags = [one.private for one in every.conflicts]
    assert flags == sorted(flags)
    assert not any(one["private"] for one in client.get(*path)["conflicts"])
    theirs = line.client("bravo").get(*path, private=True)["conflicts"]
    assert not any(one["private"] for one in theirs)
    assert client.get(*path) == client.get(*path, private=False)


def test_the_other_node_answers_nothing_of_it(line: Line, site: str) -> None:
    """What Alpha keeps is not at Bravo's node."""
    assert line.client("bravo").get(*PATH) == {"private": []}
    with pytest.raises(OurError, match="Nothing is kept under the name"):
        line.client("bravo").get(*PATH, site)


def test_a_misspelt_kind_is_asked_about(line: Line) -> None:
    """A kind that the Understanding does not name is kept, with a warning."""
    kept = keep(line, "misspelt", kind="presense")
    line.client().post(*PATH, "drop", body={"name": "misspelt"})
    assert "no separation for the kind presense" in kept["warnings"][0]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"site": False}, "volumes[0].valid_from", "is missing"),
        ({"colour": 1}, "colour", "is not known"),
        ({"name": "a/b"}, "name", "Camp East"),
        ({"kind": "Air"}, "kind", "is not written as"),
        ({"volumes": []}, "volumes", "has 0 entries"),
    ],
)
def test_a_field_that_is_wrong_is_named(
    line: Line, changes: dict[str, Any], field: str, said: str
) -> None:
    """What is wrong with a form is told with its field."""
    with pytest.raises(Refused) as caught:
        keep(line, "wrong", **changes)
    assert caught.value.field == field
    assert said in caught.value.what


def test_what_is_refused(line: Line, site: str) -> None:
    """A taken name, an unknown one and an unknown post are refused with what to do."""
    assert keep(line, site)["version"] == 1, "the same twice"
    with pytest.raises(OurError, match="is kept already"):
        keep(line, site, remark="other")
    body = {"fields": examples.PRIVATE_FIELDS, "replace": True}
    with pytest.raises(OurError, match="to be replaced"):
        line.client().post(*PATH, body=body)
    with pytest.raises(OurError, match="Nothing is kept under the name 'no'"):
        line.client().post(*PATH, "drop", body={"name": "no"})
    by = {"post": "cook", "officer": "Lt A"}
    with pytest.raises(OurError, match=f"'cook' is no post of {ALPHA}"):
        line.client().post(*PATH, "drop", body={"name": site, "by": by})


def test_the_stream_tells_of_it(line: Line) -> None:
    """Whoever follows the events hears of what is kept and of what it meets, and Bravo does not."""
    say(line, "NOTICE", notice_fields(), "bravo")
    heard: dict[str, list[Any]] = {}
    stream = line.client().events(LINE)
    assert next(stream)[0] == "begin"
    keep(line, "heard")
    line.client().post(*PATH, "drop", body={"name": "heard"})
    for name, data in stream:
        heard.setdefault(name, []).append(data)
        if name == "private" and not data["is_live"]:
            break
    assert [one["name"] for one in heard["private"]] == ["heard", "heard"]
    assert {one["state"] for one in heard["private_conflict"]} == {"OPEN", "ENDED"}
    assert all("“heard”" in one["said"] for one in heard["private_conflict"])
    assert "conflict" not in heard
