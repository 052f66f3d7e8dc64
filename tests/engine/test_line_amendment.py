"""Amendments: other terms, in force from an entry, for the line when all have it."""

from dataclasses import replace

from openline.domain.line.terms import Timers
from openline.engine.commands import Adopt
from openline.engine.events import CommandGiven
from tests.engine.copies import copy_of, known, refusals_of
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE, make_parties, sign
from tests.engine.region import Region, standing


def amendment(region: Region, **changes: object) -> bytes:
    """The next version of the terms, signed by all."""
    terms = replace(region.understanding, version=2, **changes)  # type: ignore[arg-type]
    return sign(terms, region.parties.keys).format()


def test_an_amendment_is_in_force_when_both_have_it() -> None:
    """One side's amendment counts for its outbox; the line follows when the other has it too."""
    region = standing(make_parties())
    new = amendment(region, notices_live_max=7)
    region.ask(ALPHA, Adopt(new))
    region.pump()
    for party in (ALPHA, BRAVO):
        line = region.line_of(party)
        assert line.view.understanding.version == 1
        assert line.rings[ALPHA].understanding_at(0).version == 1
        assert line.rings[ALPHA].understanding_at(1).version == 2
        assert line.rings[BRAVO].understanding_at(9).version == 1
    region.ask(BRAVO, Adopt(new))
    region.pump()
    region.pass_time(20_000)
    for party in (ALPHA, BRAVO):
        line = region.line_of(party)
        assert line.view.understanding.version == 2
        assert line.view.understanding.notices_live_max == 7
        assert line.status(region.now)["version"] == 2
        assert refusals_of(line) == []
        loaded = region.loaded(party, copy_of(line.store))
        assert known(loaded, region.now) == known(line, region.now)
        assert loaded.view.understanding == line.view.understanding


def test_the_hash_in_force_is_shown() -> None:
    """The status names the hash of the terms in force, also after a restart."""
    region = standing(make_parties())
    before = region.line_of(ALPHA).status(region.now)["understanding"]
    new = amendment(region, notices_live_max=7)
    answer = region.ask(ALPHA, Adopt(new))
    assert answer
    assert region.line_of(ALPHA).status(region.now)["understanding"] == before
    region.ask(BRAVO, Adopt(new))
    region.pump()
    after = region.line_of(ALPHA).status(region.now)["understanding"]
    assert after != before
    assert (
        region.loaded(ALPHA, region.stations[ALPHA].store).status(region.now)["understanding"]
        == after
    )


def test_the_pulse_follows_the_amendment() -> None:
    """When the interval of ticks is amended both sides tick by the new one, at once and later."""
    region = standing(make_parties())
    new = amendment(region, timers=replace(Timers(), tick_ms=2_000))
    for party in (ALPHA, BRAVO):
        region.ask(party, Adopt(new))
    region.pump()
    region.pass_time(10_000)
    before = region.line_of(ALPHA).pulse.sequence
    region.pass_time(60_000)
    assert 28 <= region.line_of(ALPHA).pulse.sequence - before <= 32
    assert region.line_of(ALPHA).status(region.now)["observed"] == "UP"
    region.restart(ALPHA)
    assert region.line_of(ALPHA).pulse.interval_ms == 2_000


def test_an_amendment_given_again_changes_nothing() -> None:
    """The same amendment, given again before or after the other side has it, is one entry."""
    region = standing(make_parties())
    new = amendment(region, notices_live_max=7)
    first = region.ask(ALPHA, Adopt(new))
    again = region.ask(ALPHA, Adopt(new))
    assert region.line_of(ALPHA).outbox.size == 2
    region.ask(BRAVO, Adopt(new))
    region.pump()
    later = region.ask(ALPHA, Adopt(new))
    assert region.line_of(ALPHA).outbox.size == 2
    assert first is not None
    assert again == later


def test_an_amendment_that_does_not_follow_is_refused() -> None:
    """Terms of another version, of other parties, or unsigned, are refused with the reason."""
    region = standing(make_parties())
    for terms in (
        replace(region.understanding, version=3),
        replace(region.understanding, version=1, notices_live_max=3),
    ):
        error = region.refused(ALPHA, Adopt(sign(terms, region.parties.keys).format()))
        assert "version" in error.what
    three = make_parties(ALPHA, BRAVO, CHARLIE, version=2)
    assert "party" in region.refused(ALPHA, Adopt(three.signed.format())).what
    assert region.line_of(ALPHA).outbox.size == 1


def test_two_amendments_in_one_turn_are_one() -> None:
    """Of two amendments of one version that are asked for together the second is refused."""
    region = standing(make_parties())
    commands = [Adopt(amendment(region, notices_live_max=n)) for n in (7, 8)]
    region.turn(ALPHA, *(CommandGiven(900 + n, one) for n, one in enumerate(commands)))
    answers = region.stations[ALPHA].answers
    assert answers[900].error is None
    assert answers[901].error is not None
    assert region.line_of(ALPHA).outbox.size == 2


def test_on_a_line_of_three_all_must_have_it() -> None:
    """With three parties the terms change when the last outbox has the amendment."""
    region = standing(make_parties(ALPHA, BRAVO, CHARLIE))
    new = amendment(region, notices_live_max=7)
    for number, party in enumerate((ALPHA, BRAVO, CHARLIE)):
        versions = {region.line_of(p).view.understanding.version for p in region.stations}
        assert versions == {1}, number
        region.ask(party, Adopt(new))
        region.pump()
    assert {region.line_of(p).view.understanding.version for p in region.stations} == {2}


def test_a_second_amendment_follows_the_first() -> None:
    """Version 3 follows version 2 on both sides."""
    region = standing(make_parties())
    for version in (2, 3):
        terms = replace(region.understanding, version=version, notices_live_max=version)
        signed = sign(terms, region.parties.keys).format()
        for party in (ALPHA, BRAVO):
            region.ask(party, Adopt(signed))
            region.pump()
    for party in (ALPHA, BRAVO):
        assert region.line_of(party).view.understanding.notices_live_max == 3
        assert refusals_of(region.line_of(party)) == []
    assert region.line == LINE
