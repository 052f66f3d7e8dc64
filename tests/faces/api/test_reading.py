"""What the API answers of real nodes is what its description says."""

from typing import Any

import msgspec
import pytest

from openline.domain.errors import OurError
from openline.domain.line.understanding_toml import from_toml
from openline.faces.api import answers, examples
from tests.faces.conftest import ALPHA, BRAVO, LINE, Line, wait_until


def say(line: Line, kind: str, fields: dict[str, Any], name: str = "alpha", **rest: Any) -> Any:
    """Say something over the API and wait for its receipt."""
    body = {"kind": kind, "fields": fields, **rest}
    return line.client(name).post(
        "/lines", LINE, "messages", body=body, wait="delivered", timeout_ms=20_000
    )


def notice_fields(until: str = "2100-01-01T02:00:00Z", **changes: Any) -> dict[str, Any]:
    """A notice over Shayrat far in the future, as an officer fills it in."""
    [volume] = examples.NOTICE_FIELDS["volumes"]
    window = {"valid_from": "2100-01-01T00:00:00Z", "valid_until": until}
    return {**examples.NOTICE_FIELDS, "volumes": [{**volume, **window}], **changes}


def test_the_state_is_as_described(line: Line) -> None:
    """The status of a real node has exactly the described structure."""
    # Under load a tick may come late for a moment.
    wait_until(lambda: line.client().get("/status")["lines"][0]["displayed"]["word"] == "ACTIVE")
    state = line.client().get("/status")
    status = msgspec.convert(state, answers.Status, strict=True)
    assert status.party == ALPHA
    [one] = status.lines
    assert one.line == LINE
    assert one.displayed["word"] == "ACTIVE"
    assert [counterpart.party for counterpart in one.counterparts] == [BRAVO]
    assert {field for field in state["lines"][0]} == set(answers.LineState.__struct_fields__)
    assert line.client().get("/lines")["lines"][0]["line"] == LINE


def test_messages_are_as_described(line: Line) -> None:
    """A message is listed, read whole, worded in three languages, and marked."""
    said = say(line, "TEXT", {"language": "en", "text": "Are these yours?"}, precedence="FLASH")
    assert said["is_delivered"]
    assert list(said["delivered"]) == [BRAVO]
    of = {"party": ALPHA, "index": said["index"]}
    say(line, "READ", {"of": of}, "bravo")
    say(line, "RESPONSE", {"of": of, "answer": "NOTED"}, "bravo")
    path = ("/lines", LINE, "messages", ALPHA, str(said["index"]))
    wait_until(lambda: line.client().get(*path)["marks"]["answered"])
    shown = line.client().get(*path)
    message = msgspec.convert(shown, answers.Message, strict=True)
    assert message.serial == said["serial"]
    assert message.body is not None
    assert message.body["text"] == "Are these yours?"
    assert "Are these yours?" in message.text
    assert [mark.said for mark in message.marks.answered] == ["NOTED"]
    assert [mark.party for mark in message.marks.read] == [BRAVO]
    for language, word in (("ru", "Сообщение"), ("ar", "الرسالة")):
        assert word in line.client().get(*path, language=language)["text"]


def test_messages_are_listed_from_a_position_on(line: Line) -> None:
    """Asking with the last position gives what came after it, and no more."""
    client = line.client()
    first = client.get("/lines", LINE, "messages", count=1)
    msgspec.convert(first, answers.Messages, strict=True)
    assert [one["position"] for one in first["messages"]] == [1]
    say(line, "TEXT", {"language": "en", "text": "one more"})
    after = client.get("/lines", LINE, "messages", after=1, count=2)["messages"]
    assert [one["position"] for one in after] == [2, 3]
    assert client.get("/lines", LINE, "messages", after=10**9) == {"messages": []}


def test_notices_and_conflicts_are_as_described(line: Line) -> None:
    """Notices over one place are in conflict on both nodes, as described."""
    ours = say(line, "NOTICE", notice_fields())
    theirs = say(line, "NOTICE", notice_fields(kind="presence", category="presence"), "bravo")
    for name in ("alpha", "bravo"):
        client = line.client(name)

        def has_conflict(client: Any = client) -> bool:
            notice = client.get("/lines", LINE, "notices", ALPHA, ours["notice_id"])
            return any(theirs["notice_id"] in conflict for conflict in notice["conflicts"])

        wait_until(has_conflict)
        notices = client.get("/lines", LINE, "notices", live=True)
        listed = msgspec.convert(notices, answers.Notices, strict=True).notices
        assert {ours["notice_id"], theirs["notice_id"]} <= {one.notice_id for one in listed}
        [first] = client.get("/lines", LINE, "notices", live=True, count=1)["notices"]
        rest = client.get("/lines", LINE, "notices", live=True, after=first["position"])
        assert [first, *rest["notices"]] == notices["notices"]
        part = client.get("/lines", LINE, "notices", live=True, count=1)
        assert part["more"] == len(listed) - 1
        assert rest["more"] == notices["more"] == 0
        conflicts = client.get("/lines", LINE, "conflicts")
        found = msgspec.convert(conflicts, answers.Conflicts, strict=True).conflicts
        assert found[-1].verdict == "CONFLICT"
        assert found[-1].separation_m == 0
    msgspec.convert(line.client("bravo").get("/lines", LINE, "alarms"), answers.Alarms, strict=True)


def test_matters_and_contacts_come_in_pages(line: Line) -> None:
    """A page has as many as are asked for, and says how many follow; `after` leads on."""
    for _ in range(3):
        say(line, "QUERY", {"question": "OTHER", "text": "Whose is it?", "language": "en"})
    client = line.client()
    first = client.get("/lines", LINE, "matters", subject="query", count=2)
    page = msgspec.convert(first, answers.Matters, strict=True)
    assert (len(page.matters), page.more) == (2, first["more"])
    assert page.more >= 1
    after = page.matters[-1].position
    rest = client.get("/lines", LINE, "matters", subject="query", after=after)
    ids = [one["id"] for one in (*first["matters"], *rest["matters"])]
    assert rest["more"] == 0
    assert len(ids) == len(set(ids)) == page.more + 2
    every = client.get("/lines", LINE, "contacts")["contacts"]
    contacts = client.get("/lines", LINE, "contacts", count=1)
    page = msgspec.convert(contacts, answers.Contacts, strict=True)
    assert page.more == len(every) - len(page.contacts)


def test_who_did_what_is_as_described(line: Line) -> None:
    """What was said last stands first, by name; of another person or day nothing is told."""
    said = say(line, "TEXT", {"language": "en", "text": "Who said this?"})
    client, path = line.client(), ("/lines", LINE, "acts")
    found = client.get(*path)
    acts = msgspec.convert(found, answers.Acts, strict=True).acts
    [mine] = [one for one in acts if one.about == f"{said['serial']} TEXT"]
    assert (mine.act, mine.said) == ("SAID_MESSAGE", "said a message")
    rows = [one.row for one in acts]
    assert rows == sorted(rows, reverse=True)
    assert client.get(*path, officer=mine.by.officer, language="ru")["acts"]
    assert client.get(*path, officer="Nobody Atall")["acts"] == []
    assert client.get(*path, until="2020-01-01T00:00:00Z")["acts"] == []
    before = client.get(*path, before=mine.row)["acts"]
    assert all(one["row"] < mine.row for one in before)
    with pytest.raises(OurError, match="from"):
        client.get(*path, **{"from": "yesterday"})


def test_a_notice_is_checked_without_being_said(line: Line) -> None:
    """A dry run shows the conflicts, and nothing is recorded."""
    theirs = say(line, "NOTICE", notice_fields(kind="air", category="flight"), "bravo")
    client = line.client()
    wait_until(lambda: client.get("/lines", LINE, "notices", BRAVO, theirs["notice_id"]))
    before = client.get("/lines")["lines"][0]["out_size"]
    body = {"fields": notice_fields()}
    checked = client.post("/lines", LINE, "notices", "check", body=body)
    found = msgspec.convert(checked, answers.Checked, strict=True).conflicts
    assert theirs["notice_id"] in {one.notice_id for one in found}
    assert client.get("/lines")["lines"][0]["out_size"] == before


def test_the_understanding_is_read_as_people_write_it(line: Line) -> None:
    """The terms in force come as TOML that gives the same terms again."""
    shown = line.client().get("/lines", LINE, "understanding")
    terms = msgspec.convert(shown, answers.Terms, strict=True)
    assert from_toml(terms.toml, "api").line == LINE
    assert terms.hash == line.client("bravo").get("/lines", LINE, "understanding")["hash"]


@pytest.mark.parametrize(
    "path",
    [
        ("/lines", "no-such-line", "messages"),
        ("/lines", "no-such-line", "conflicts"),
        ("/lines", LINE, "messages", ALPHA, "99999999"),
        ("/lines", LINE, "messages", "nobody.example", "0"),
        ("/lines", LINE, "notices", "NO-SUCH"),
        ("/lines", LINE, "notices", BRAVO, "NO-SUCH"),
    ],
)
def test_what_is_not_there_is_said_to_be_absent(line: Line, path: tuple[str, ...]) -> None:
    """Asking for something that is not there names it."""
    with pytest.raises(OurError) as caught:
        line.client().get(*path)
    assert any(part in caught.value.what for part in path[1:])
    assert caught.value.remedy
