"""The walk that tells every fault of a form agrees with the reading that stops at the first."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.line.form import Fault, Record, json_faults
from openline.domain.talk.message import MESSAGES, Message
from tests.domain.talk.strategies import messages

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=5), one, max_size=3),
    max_leaves=6,
)


def first(record: Record, json: Any) -> str:
    """What reading says first; empty if it takes the form."""
    try:
        record.from_json(json, "")
    except Fault as fault:
        return str(fault)
    return ""


@given(messages)
def test_a_form_that_is_read_has_no_fault(message: Message) -> None:
    """What `to_json` gives has no fault."""
    assert list(json_faults(type(message).record, message.to_json(), "")) == []


@given(messages, st.data())
def test_both_find_a_fault_or_neither(message: Message, data: st.DataObject) -> None:
    """With rubbish in a field the first fault is the same, and each is told once."""
    record = type(message).record
    json = message.to_json()
    name = data.draw(st.sampled_from(sorted(field.shown for field in record.fields)))
    json[name] = data.draw(JSON)
    found = [str(fault) for fault in json_faults(record, json, "")]
    assert len(set(found)) == len(found)
    assert first(record, json) == (found[0] if found else "")


@given(JSON)
def test_rubbish_has_a_fault(json: Any) -> None:
    """No kind of message takes anything for its form."""
    for message in MESSAGES.values():
        assert (first(message.record, json) != "") == bool([*json_faults(message.record, json, "")])


def test_a_radius_that_is_wrong_hides_nothing_else() -> None:
    """A volume with a wrong radius tells its other faults as well."""
    record = MESSAGES[11].record  # type: ignore[index]
    volume = {"shape": "CIRCLE", "radius": "wide", "radius_m": 5}
    told = [fault.path for fault in json_faults(record, {"volumes": [volume]}, "")]
    assert "volumes[0].radius" in told
    assert "volumes[0].vertices" in told


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_every_form_of_every_kind_describes_itself(kind: int) -> None:
    """What a form tells of itself names its sort."""
    for field in MESSAGES[kind].record.fields:  # type: ignore[index]
        assert field.form.describe()["form"]
