"""Certificates of no answer: proven where it is so, never where it is not."""

from dataclasses import replace

import pytest

from openline.app.export import Exporter
from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.record.certificate import Certificate, Evidence, parse_certificate
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.envelope import make_content
from openline.domain.record.report import Report, Verdict
from openline.domain.record.verification import verify_certificate
from openline.domain.talk.body import Reference
from openline.domain.talk.explanation import Explanation
from openline.domain.talk.kinds import Kind
from openline.domain.talk.notice import SpeaksFor
from openline.domain.talk.query import AnswerCode, QueryAnswer
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from tests.domain.record.history import ALPHA, BRAVO, BY, LINE, START, History


def asked(history: History) -> int:
    """Alpha asks for an explanation after ten seconds; its index."""
    history.run(10)
    index = history.say(ALPHA, Explanation(BY, "Troops near the line."), precedence=Precedence(1))
    history.run(10)
    return index


def said(history: History, message: object, index: int | None = None) -> int:
    """Bravo says something, in answer to a message of Alpha's or not."""
    reply_to = None if index is None else (ALPHA, index)
    return history.say(BRAVO, message, reply_to=reply_to)  # type: ignore[arg-type]


def answer(index: int, code: AnswerCode = AnswerCode.STATED, until: int | None = None) -> object:
    """An answer to Alpha's message."""
    spoken = (SpeaksFor.OWN,) if code is AnswerCode.STATED else ()
    words = "An exercise." if code is not AnswerCode.HOLDING else ""
    return QueryAnswer(BY, Reference(ALPHA, index), code, spoken, holding_until=until, text=words)


def certified(history: History, index: int, until: int) -> bytes:
    """The certificate from Alpha's store that the message was not answered."""
    return Exporter(history.sides[ALPHA].store, ALPHA, LINE).no_answer(ALPHA, index, until)


def report(history: History, index: int, until: int) -> Report:
    """What an outsider finds."""
    return verify_certificate(certified(history, index, until))


def test_silence_about_a_question_is_proven() -> None:
    """Bravo talks on and does not answer: that is proven, with how much it said."""
    history = History()
    index = asked(history)
    for _ in range(3):
        history.text(BRAVO)
    history.run(30)
    found = report(history, index, history.now - 15_000)
    assert found.verdict is Verdict.PROVEN, found.to_text()
    assert found.facts["said_count"] == 3
    assert "had given no answer to it" in found.conclusion
    assert "Not proven" in found.conclusion


def test_to_have_read_is_no_answer_and_is_told() -> None:
    """A READ that names the message is listed, and the claim stands."""
    history = History()
    index = asked(history)
    read = said(history, Read(BY, Reference(ALPHA, index)), index)
    history.run(30)
    found = report(history, index, history.now - 15_000)
    assert found.verdict is Verdict.PROVEN
    assert found.facts["about"] == [{"index": read, "kind": "READ"}]


def test_an_answer_held_back_is_told() -> None:
    """HOLDING says when the answer follows: it is no answer, and the verdict names it."""
    history = History()
    index = asked(history)
    said(history, answer(index, AnswerCode.HOLDING, START + 10**7), index)
    history.run(30)
    found = report(history, index, history.now - 15_000)
    assert found.verdict is Verdict.PROVEN
    assert "It said that its answer would follow by 2017-04-07T" in found.conclusion


@pytest.mark.parametrize("code", [AnswerCode.STATED, AnswerCode.DECLINED])
@pytest.mark.parametrize("names_it", [True, False])
def test_an_answer_refutes_the_claim(code: AnswerCode, names_it: bool) -> None:
    """Any answer, declining included, refutes it, also where only its body names the message."""
    history = History()
    index = asked(history)
    said(history, answer(index, code), index if names_it else None)
    history.run(30)
    assert report(history, index, history.now - 15_000).verdict is Verdict.REFUTED


def test_a_response_is_an_answer() -> None:
    """To note a message is to have answered it."""
    history = History()
    index = asked(history)
    said(history, Response(BY, Reference(ALPHA, index), Answer.NOTED), index)
    history.run(30)
    assert report(history, index, history.now - 15_000).verdict is Verdict.REFUTED


def test_an_answer_to_another_message_is_none_to_this() -> None:
    """What answers something else is shown and changes nothing."""
    history = History()
    other = history.say(ALPHA, Explanation(BY, "Why?"))
    index = asked(history)
    said(history, answer(other), other)
    history.run(30)
    assert report(history, index, history.now - 15_000).verdict is Verdict.PROVEN


def test_an_answer_after_the_instant_does_not_refute_it() -> None:
    """What was said later than the tick after the instant is not looked at."""
    history = History()
    index = asked(history)
    history.run(20)
    until = history.now
    history.run(20)
    said(history, answer(index), index)
    history.run(20)
    assert report(history, index, until).verdict is Verdict.PROVEN


def test_an_answer_between_the_instant_and_the_tick_proves_nothing() -> None:
    """An answer that no tick puts before or after the instant neither proves nor refutes."""
    history = History()
    index = asked(history)
    history.run(20)
    until = history.now
    said(history, answer(index), index)
    history.run(20)
    found = report(history, index, until)
    assert found.verdict is Verdict.UNPROVEN
    assert "perhaps from after the instant" in found.to_text()


def test_a_head_that_never_was_hides_no_answer() -> None:
    """An author that names a made-up head as seen proves nothing about what lies before it."""
    history = History()
    history.run(10)
    index = history.sides[ALPHA].tree.size
    said(history, answer(index), index)
    history.text(BRAVO)
    origin, size = f"{BRAVO}/{LINE}/out", history.sides[BRAVO].tree.size
    heads = (Checkpoint(origin, size, bytes(32)),)
    assert history.say(ALPHA, Explanation(BY, "Why?"), heads=heads) == index
    history.run(30)
    found = report(history, index, history.now - 15_000)
    assert found.verdict is Verdict.UNPROVEN, found.to_text()
    without = _without(certified(history, index, history.now - 15_000), extensions=())
    assert verify_certificate(without).verdict is Verdict.UNPROVEN


def test_an_answer_that_cannot_be_read_may_be_the_answer() -> None:
    """Nothing is proven where an answer's body is of another version."""
    history = History()
    index = asked(history)
    history._append(BRAVO, Kind.ANSWER, make_content(bytes(16), {99: "another version"}))
    history.run(30)
    found = report(history, index, history.now - 15_000)
    assert found.verdict is Verdict.UNPROVEN
    assert "cannot be read" in found.to_text()


def test_of_what_is_answered_otherwise_it_is_not_asked() -> None:
    """A READ asks for no answer: the officer is told of which kinds it can be asked."""
    history = History()
    history.run(10)
    index = history.say(ALPHA, Read(BY, Reference(BRAVO, 1)))
    history.run(30)
    with pytest.raises(OurError, match="is READ: that is answered by other kinds") as caught:
        certified(history, index, history.now - 15_000)
    assert "QUERY" in caught.value.remedy


def test_an_instant_before_the_receipt_proves_nothing() -> None:
    """Nobody answers what it has not received."""
    history = History()
    index = asked(history)
    history.run(30)
    found = report(history, index, START + 5_000)
    assert found.verdict is Verdict.UNPROVEN


def test_an_instant_that_no_tick_follows_is_refused() -> None:
    """The officer is told to wait for ticks."""
    history = History()
    index = asked(history)
    with pytest.raises(OurError, match="No tick of bravo") as caught:
        certified(history, index, history.now + 60_000)
    assert caught.value.remedy


def _without(data: bytes, **drop: object) -> bytes:
    """The certificate with other parts."""
    whole = parse_certificate(data)
    evidence: Evidence = replace(whole.evidence, **drop)
    return Certificate(whole.claim, evidence).format()


def test_what_is_left_out_leaves_it_unproven() -> None:
    """Without one entry of Bravo's, or the words of an answer, nothing is proven or refuted."""
    history = History()
    index = asked(history)
    history.text(BRAVO)
    other = history.say(ALPHA, Explanation(BY, "Why?"))
    said(history, answer(other), other)
    history.run(30)
    data = certified(history, index, history.now - 15_000)
    assert verify_certificate(data).verdict is Verdict.PROVEN
    entries = parse_certificate(data).evidence.entries
    for number, entry in enumerate(entries):
        rest = (*entries[:number], *entries[number + 1 :])
        assert verify_certificate(_without(data, entries=rest)).verdict is Verdict.UNPROVEN
        bare = (*rest, replace(entry, content=None))
        found = verify_certificate(_without(data, entries=bare)).verdict
        assert found in (Verdict.UNPROVEN, Verdict.PROVEN)
    for ticks in ((), parse_certificate(data).evidence.ticks[:1]):
        assert verify_certificate(_without(data, ticks=ticks)).verdict is Verdict.UNPROVEN


def test_an_answer_cannot_be_hidden_by_withholding_its_words() -> None:
    """The words of a RESPONSE or ANSWER must be there, or it may be the answer."""
    history = History()
    index = asked(history)
    said(history, answer(index), None)
    history.run(30)
    data = certified(history, index, history.now - 15_000)
    entries = tuple(
        replace(entry, content=None) if entry.content and number else entry
        for number, entry in enumerate(parse_certificate(data).evidence.entries)
    )
    assert verify_certificate(_without(data, entries=entries)).verdict is Verdict.UNPROVEN
