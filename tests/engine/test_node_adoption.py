"""Adoption: one Understanding on every node, or a difference that can be read."""

from dataclasses import replace

import pytest

from openline.domain.errors import OurError
from openline.domain.line.terms import Timers
from openline.domain.line.understanding import sign_understanding
from openline.engine.commands import Adopt, Compose
from openline.engine.events import CommandGiven, LinkOpened
from tests.engine.copies import refusals_of
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, SeededSigner, make_parties, sign
from tests.engine.region import Region, standing


@pytest.mark.parametrize("names", [(ALPHA, BRAVO), (ALPHA, BRAVO, CHARLIE)])
def test_entry_zero_is_the_same_on_all(names: tuple[str, ...]) -> None:
    """The content of entry 0 of every outbox is byte for byte the same on every node."""
    region = standing(make_parties(*names))
    contents = {region.line_of(party).content(author, 0) for party in names for author in names}
    assert contents == {region.signed.content()}


def test_every_outbox_begins_once() -> None:
    """A second adoption of the same file adds nothing and gives the same answer."""
    region = standing(make_parties())
    first = region.ask(ALPHA, Adopt(region.signed.format()))
    again = region.ask(ALPHA, Adopt(region.signed.format()))
    assert first == again
    assert region.line_of(ALPHA).outbox.size == 1


def test_another_understanding_is_refused_with_its_difference() -> None:
    """Two nodes with other terms refuse each other, and both say where they differ."""
    parties = make_parties()
    other = replace(parties.understanding, timers=replace(Timers(), tick_ms=5_000))
    region = Region(parties)
    region.adopt(ALPHA)
    region.ask(BRAVO, Adopt(sign(other, parties.keys).format()))
    region.connect(ALPHA, BRAVO)
    region.pump()
    region.pass_time(60_000)
    for party, there in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
        line = region.line_of(party)
        assert line.peers[there].difference
        assert "tick" in line.peers[there].difference[0]
        assert "WRONG_UNDERSTANDING" in refusals_of(line)
        alarmed = [alarm["name"] for alarm in line.view.alarms() if alarm["name"] != "LOST"]
        assert alarmed == ["UNDERSTANDINGS_DIFFER"]
        assert line.outbox.size == 0
        assert line.mirrors[there].size == 0


def test_equal_words_with_other_signatures_are_told_apart() -> None:
    """Terms that differ in their signatures only are refused, and that is said."""
    parties = make_parties()
    second = SeededSigner("alpha.example second root")
    alpha = parties.understanding.party(ALPHA)
    roots = tuple(sorted((*alpha.roots, second.public.ed25519)))
    terms = (replace(alpha, roots=roots), parties.understanding.party(BRAVO))
    one = sign(replace(parties.understanding, parties=terms), parties.keys)
    more = sign_understanding(one.data, ALPHA, second.public.ed25519, second.sign_ed25519)
    region = Region(parties, one)
    region.adopt(ALPHA)
    region.ask(BRAVO, Adopt(one.with_signatures([more]).format()))
    region.connect(ALPHA, BRAVO)
    region.pump()
    said = region.line_of(ALPHA).peers[BRAVO].difference
    assert len(said) == 1
    assert "signatures differ" in said[0]


def test_an_unsigned_understanding_is_refused() -> None:
    """Terms that a party has not signed are not adopted, and the party is named."""
    parties = make_parties()
    region = Region(parties)
    signed = replace(
        parties.signed,
        signatures=tuple(one for one in parties.signed.signatures if one.party == ALPHA),
    )
    error = region.refused(ALPHA, Adopt(signed.format()))
    assert BRAVO in error.what
    assert region.stations[ALPHA].node.lines == {}


def test_garbage_is_no_understanding() -> None:
    """Bytes that are no Understanding are answered with an error of ours."""
    region = Region(make_parties())
    assert "not accepted" in region.refused(ALPHA, Adopt(b"\xff\x00")).what


def test_a_stranger_does_not_adopt() -> None:
    """A node whose party the Understanding does not name refuses to adopt it."""
    parties = make_parties(BRAVO, CHARLIE)
    region = Region(make_parties(ALPHA, BRAVO))
    error = region.refused(ALPHA, Adopt(parties.signed.format()))
    assert "not a party" in error.what


def test_a_party_without_its_keys_does_not_adopt() -> None:
    """A node that has not the keys that the Understanding names refuses, and names the role."""
    parties = make_parties()
    region = Region(parties)
    parties.keys[ALPHA].forget("mirror")
    error = region.refused(ALPHA, Adopt(region.signed.format()))
    assert "mirror key" in error.what
    assert region.stations[ALPHA].node.lines == {}


def test_a_link_for_an_unknown_line_is_closed() -> None:
    """A connection for a line that is not known here is ended, and nothing else happens."""
    region = Region(make_parties())
    region.turn(ALPHA, LinkOpened(7, "other-line", BRAVO, "1"))
    assert region.stations[ALPHA].closed == [(7, "this line is not known here")]


def test_a_command_for_an_unknown_line_names_those_known() -> None:
    """A command for a line that is not known is answered with the names of those that are."""
    region = standing(make_parties())
    region.turn(ALPHA, CommandGiven(99, Compose("other-line", None)))  # type: ignore[arg-type]
    answer = region.stations[ALPHA].answers[99]
    assert isinstance(answer.error, OurError)
    assert region.line in answer.error.remedy


def test_nothing_is_said_before_a_counterpart_has_answered() -> None:
    """A new line records nothing, not even the Understanding, before it was compared."""
    region = Region(make_parties())
    region.adopt()
    region.pass_time(300_000)
    assert region.line_of(ALPHA).outbox.size == 0
    error = region.refused(ALPHA, Compose(region.line, None))  # type: ignore[arg-type]
    assert BRAVO in error.what
