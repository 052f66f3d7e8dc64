import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.record import cbor
from openline.domain.talk.body import By, Reference
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import (
    MESSAGES,
    Message,
    Unreadable,
    from_json,
    parse_body,
    to_json,
)
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.text import Text
from tests.domain.talk.strategies import messages

BY = {"post": "watch", "officer": "Lt Smith"}
OF = {"party": "bravo.example", "index": 7}


def test_every_kind_has_a_message_that_knows_its_kind() -> None:
    """Each kind has one class, and the class names the kind."""
    assert sorted(MESSAGES) == sorted(Kind)
    assert all(message.message_kind is kind for kind, message in MESSAGES.items())


@given(messages)
def test_a_body_reads_back_to_the_message(message: Message) -> None:
    """What is written as strict CBOR reads back to an equal message."""
    body = cbor.decode(cbor.encode(message.to_body()))
    assert isinstance(body, dict)
    assert parse_body(message.message_kind, body) == message


@given(messages)
def test_the_json_loses_nothing(message: Message) -> None:
    """What is written as JSON reads back to an equal message with equal bytes."""
    text = json.dumps(to_json(message), allow_nan=False)
    again = type(message).record.from_json(json.loads(text), "")
    assert again == message
    assert again.to_body() == message.to_body()


@given(messages)
def test_an_officer_may_send_again_what_has_no_fault(message: Message) -> None:
    """A form is taken exactly when the message it makes has no fault."""
    if next(message.faults(), None) is None:
        assert from_json(message.message_kind, to_json(message)) == message
    else:
        with pytest.raises(OurError):
            from_json(message.message_kind, to_json(message))


@given(messages, st.integers(20, 2**32))
def test_an_unknown_key_makes_a_message_unreadable(message: Message, key: int) -> None:
    """A body with one key too many is kept as unreadable, with the key named."""
    read = parse_body(message.message_kind, {**message.to_body(), key: 1})
    assert isinstance(read, Unreadable)
    assert f"unknown key {key}" in read.why


@given(messages, st.data())
def test_a_missing_key_makes_a_message_unreadable(message: Message, data: st.DataObject) -> None:
    """A body without a needed key is unreadable; without an optional one it is not."""
    body = message.to_body()
    key = data.draw(st.sampled_from(sorted(body)))
    del body[key]
    optional = {field.key for field in message.record.table if field.is_optional}
    assert isinstance(parse_body(message.message_kind, body), Unreadable) == (key not in optional)


def _values() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers(-5, 2**64 - 1) | st.binary() | st.text("ab\n")
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 20), inner),
        max_leaves=12,
    )


@given(st.integers(0, 30), st.dictionaries(st.integers(0, 20), _values(), max_size=8))
def test_no_body_makes_the_reader_fail(kind: int, body: dict[int, Any]) -> None:
    """Any body of any kind gives a message or an unreadable one, and JSON of it."""
    read = parse_body(kind, body)
    json.dumps(to_json(read))
    if not isinstance(read, Unreadable):
        assert read.to_body() == body


@given(messages, st.data())
def test_a_body_with_one_wrong_value_makes_no_reader_fail(
    message: Message, data: st.DataObject
) -> None:
    """A value of another type in any place is read as such or found unreadable."""
    body = message.to_body()
    key = data.draw(st.sampled_from(sorted(body)))
    body[key] = data.draw(_values())
    read = parse_body(message.message_kind, body)
    assert isinstance(read, Unreadable) or read.to_body() == body


def test_a_kind_that_is_not_known_is_unreadable() -> None:
    """A message of a later version is kept with its number and its body."""
    read = parse_body(999, {0: "x"})
    assert read == Unreadable(999, {0: "x"}, "Kind 999 is not known to this program.")
    assert to_json(read) == {
        "unreadable": "Kind 999 is not known to this program.",
        "kind": 999,
        "body": "oQBheA==",
    }


def test_there_is_no_form_for_an_unknown_kind() -> None:
    """An officer cannot send a message of a kind that is not known."""
    with pytest.raises(OurError, match="no message of kind 999"):
        from_json(999, {})


@pytest.mark.parametrize(
    ("kind", "form", "told"),
    [
        (Kind.TEXT, {"by": BY, "language": "en", "text": " "}, "TEXT: text is empty"),
        (Kind.TEXT, {"by": BY, "language": "en", "text": "a\x07b"}, "control U+0007 at position 2"),
        (Kind.TEXT, {"by": BY, "language": "en", "text": "a\u202eb"}, "unseen character U+202E"),
        (Kind.TEXT, {"by": BY, "language": "en", "text": "x" * 16_385}, "at most 16384"),
        (Kind.TEXT, {"by": BY, "language": "English", "text": "x"}, "language is not written"),
        (Kind.TEXT, {"by": BY, "text": "x"}, "language is missing"),
        (Kind.TEXT, {"by": {"post": "watch"}, "language": "en", "text": "x"}, "by.officer is miss"),
        (Kind.TEXT, {"by": BY, "language": "en", "txt": "x"}, "txt is not known. Did you mean"),
        (Kind.RESPONSE, {"by": BY, "of": OF, "answer": "YES"}, "answer is none of NOTED"),
        (Kind.RESPONSE, {"by": BY, "of": OF, "answer": "OBJECTED"}, "text is empty"),
        (Kind.RESPONSE, {"by": BY, "of": OF, "answer": "HOLDING"}, "holding_until is missing"),
        (
            Kind.RESPONSE,
            {"by": BY, "of": OF, "answer": "NOTED", "holding_until": "070140ZAPR17"},
            "holding_until has no place beside NOTED",
        ),
        (Kind.READ, {"by": BY, "of": {"party": "Bravo!", "index": 1}}, "of.party is not a party"),
        (Kind.READ_BACK, {"by": BY, "of": OF, "verdict": "CORRECTION"}, "digest is empty"),
        (Kind.LINE_CHECK_REPLY, {"by": BY, "number": 1, "readability": 6}, "readability is not"),
        (Kind.LINE_CHECK, {"by": BY, "number": True}, "number is not a whole number"),
        (
            Kind.DECLARATION,
            {
                "by": BY,
                "released_by": {"post": "chief", "officer": "lt SMITH"},
                "scopes": ["air_safety"],
                "status": "SUSPENDED",
                "effective_at": "2017-04-08T00:00Z",
                "reason": "As announced.",
            },
            "released_by.officer is the drafter",
        ),
    ],
)
def test_a_form_with_a_fault_names_the_field(kind: Kind, form: dict[str, Any], told: str) -> None:
    """An officer's form with a fault is refused, and the error names the field."""
    with pytest.raises(OurError) as error:
        from_json(kind, form)
    assert told in str(error.value)


@pytest.mark.parametrize("precedence", list(Precedence))
def test_urgent_text_has_at_most_two_hundred_words(precedence: Precedence) -> None:
    """FLASH and IMMEDIATE text of 201 words is refused, of 200 words taken."""
    form = {"by": BY, "language": "en", "text": "word " * 200}
    assert isinstance(from_json(Kind.TEXT, form, precedence), Text)
    form["text"] = "word " * 201
    if precedence >= Precedence.IMMEDIATE:
        with pytest.raises(OurError, match="201 words"):
            from_json(Kind.TEXT, form, precedence)
    else:
        assert isinstance(from_json(Kind.TEXT, form, precedence), Text)


def test_a_counterparts_text_with_a_direction_control_is_flagged_not_refused() -> None:
    """A direction control leaves a message readable and gives it a fault to show."""
    read = parse_body(Kind.TEXT, {0: ["watch", "X"], 1: "en", 2: "a\u202eb", 3: False, 4: []})
    assert isinstance(read, Text)
    assert [(fault.path, fault.what) for fault in read.faults()] == [
        ("text", "has the unseen character U+202E at position 2")
    ]


def test_officers_may_write_times_as_they_speak_them() -> None:
    """A date-time group is taken as the instant it names."""
    form = {"by": BY, "of": OF, "answer": "holding", "holding_until": "070140ZAPR17"}
    assert from_json(Kind.RESPONSE, form) == Response(
        by=By("watch", "Lt Smith"),
        of=Reference("bravo.example", 7),
        answer=Answer.HOLDING,
        holding_until=1_491_529_200_000,
    )


def test_text_is_taken_in_normal_form_c_with_plain_row_ends() -> None:
    """Decomposed letters and carriage returns of a form become one spelling."""
    text = from_json(Kind.TEXT, {"by": BY, "language": "en", "text": "Cafe\u0301\r\nsecond row"})
    assert isinstance(text, Text)
    assert text.text == "Caf\u00e9\nsecond row"
