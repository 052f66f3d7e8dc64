"""Whatever a counterpart says, a node takes it in, shows it and goes on."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openline.adapters.wording import LANGUAGES, Facts, Wording
from openline.domain.party import Precedence
from openline.domain.talk.body import Reference
from openline.domain.talk.escalation import Escalation, Lift
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.engine.views import View
from tests.domain.talk.strategies import messages
from tests.engine.test_matters import query
from tests.engine.views_script import EVENING, HOUR, WATCH, Script

ALPHA, BRAVO = "alpha.example", "bravo.example"

_BY_NODE = (
    Kind.UNDERSTANDING, Kind.AMENDMENT, Kind.KEY_CHANGE, Kind.KEY_REVOKE, Kind.EPOCH,
)  # fmt: skip
"""What the engine verifies before a view sees it."""


unreadable = st.builds(
    Unreadable,
    st.sampled_from([one for one in Kind if one not in _BY_NODE]) | st.integers(100, 2**16 - 1),
    st.just({}),
    st.just("It is of another version."),
)


def _pointed(message: Any, script: Script, pick: int) -> Any:
    """The message, about one that is there where it is about any."""
    if "of" not in getattr(message, "__slots__", ()) or not isinstance(message.of, Reference):
        return message
    party = (ALPHA, BRAVO)[pick % 2]
    object.__setattr__(message, "of", Reference(party, pick // 2 % (script.sizes[party] + 1)))
    return message


def _read_all(view: View, now: int) -> None:
    """Everything that a face asks of a view, and every alarm in words."""
    view.messages(count=10_000)
    view.notices()
    view.conflicts(live_only=False)
    view.matters(open_only=False, now=now)
    view.due(now)
    view.declarations(now)
    view.matter_records.shared(now)
    view.sites_page(0, 1_000, with_removed=True)
    view.zones_page(0, 1_000, with_ended=True)
    view.movements_page(0, 1_000, live_only=False)
    view.violation_drafts()
    view.holds()
    view.watches.listed(now, all_of_them=True)
    view.posts_to_tell(2, now)
    for language in LANGUAGES:
        wording = Wording(language)
        for alarm in view.alarms(standing_only=False):
            assert wording.alarm(alarm)
        for record in view.messages(count=10_000):
            assert isinstance(wording.outcome(record), str)


@settings(
    max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(
    st.lists(
        st.tuples(
            st.one_of(messages.filter(lambda one: one.message_kind not in _BY_NODE), unreadable),
            st.integers(0, 40),
            st.sampled_from(Precedence),
            st.integers(-HOUR, 3 * HOUR),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_nothing_that_is_said_stops_a_node(
    drawn: list[tuple[Message | Unreadable, int, Precedence, int, bool]],
) -> None:
    """Any messages of both parties, about anything, at any time: views take them and tell them."""
    script = Script().adopt()
    for message, pick, precedence, passes_ms, is_theirs in drawn:
        said = _pointed(message, script, pick)
        at = script.now + min(passes_ms, 0)
        author = BRAVO if is_theirs else ALPHA
        script.say(author, said, precedence=int(precedence), at=at)
        if passes_ms > 0:
            script.advance(script.now + passes_ms)
    script.advance(script.now + 100 * HOUR)
    for view in script.views.values():
        _read_all(view, script.now)
        again = View(view.own, script.understanding)
        for applied in script.applied[view.own]:
            again.apply(applied, live=False)
        again.advance(script.now)
        assert again.matter_records.shared(script.now) == view.matter_records.shared(script.now)


@pytest.mark.parametrize("kind", [9_999, Kind.QUERY, Kind.NOTICE, Kind.CORRECTION])
def test_what_cannot_be_read_is_lifted_answered_and_corrected(kind: int) -> None:
    """A message of an unknown kind, or with a broken body, can be talked about like others."""
    script = Script().adopt()
    index = script.say(BRAVO, Unreadable(kind, {}, "It is of another version."))
    of = Reference(BRAVO, index)
    script.say(ALPHA, Read(WATCH, of))
    lifted = script.say(BRAVO, Escalation(WATCH, of, Lift.ESCALATED, 2, "Nobody answers."))
    script.say(ALPHA, Response(WATCH, of, Answer.UNABLE))
    script.say(BRAVO, Escalation(WATCH, of, Lift.RETURNED, 1, "Settled."))
    script.say(ALPHA, Read(WATCH, Reference(BRAVO, lifted)))
    script.advance(script.now + HOUR)
    for view in script.views.values():
        _read_all(view, script.now)
        matter = view.matter_records.shared(script.now)[0]
        assert matter["states"] == {"*": "RETURNED"}


def test_invented_recipients_count_for_nothing() -> None:
    """Who is no party to the line is not waited for; the message is doubtful."""
    script = Script().adopt()
    invented = tuple(f"p{number}.example" for number in range(40))
    index = script.say(BRAVO, query(), recipients=(ALPHA, *invented))
    view = script.views[ALPHA]
    record = view.messages(count=10_000)[-1]
    assert record["index"] == index
    assert (record["recipients"], record["flags"]) == ([ALPHA], ["DOUBTFUL"])
    assert len(view.matter_records.shared(script.now)[0]["standings"]) == 1


@given(message=messages, at=st.integers(-(2**62), 2**62))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_worded_whatever_its_times(
    language: str, message: Message, at: int
) -> None:
    """Instants that no calendar knows are shown somehow, in each language."""
    facts = Facts(ALPHA, ALPHA, "syria-air", 1, at, of_serial="BRAVO-0001", received_at=EVENING)
    assert Wording(language).message(message, facts)
