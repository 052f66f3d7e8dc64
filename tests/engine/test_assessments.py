"""Assessments on a real node: they survive, can be taken back, and tell nobody."""

from dataclasses import replace
from hashlib import sha256

import pytest

from openline.domain.errors import OurError
from openline.domain.limits import TRACKS_ASSESSED_MAX
from openline.domain.record import cbor
from openline.domain.talk.assessment import Assessment, Verdict
from openline.engine.acts import acts_of
from openline.engine.assessment_view import AssessmentView
from openline.engine.commands import AssessTrack, Command, NoteLeftAside, TakeBackAssessment
from openline.engine.journal import Happened
from tests.engine.copies import copy_of, rows_of
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import Region, standing

OFFICER = ("air-desk", "Lt Ivanova")
TRACK = "icao:4ca7b5"
THEIRS = Assessment(TRACK, Verdict.THEIRS, BRAVO, "Answered by telephone.")


@pytest.fixture
def region() -> Region:
    """Alpha and bravo, connected."""
    return standing(make_parties())


def assessed(region: Region) -> list[dict[str, object]]:
    """What ALPHA has assessed."""
    return [one.to_json() for one in region.line_of(ALPHA).view.assessments.standing()]


def test_it_is_noted_with_who_and_when_and_survives(region: Region) -> None:
    """An assessment is in the journal, stands after a restart, and a later one replaces it."""
    region.ask(ALPHA, AssessTrack(LINE, replace(THEIRS, verdict=Verdict.OURS, party=""), OFFICER))
    answer = region.ask(ALPHA, AssessTrack(LINE, THEIRS, OFFICER))
    assert answer == assessed(region)[0]
    [one] = assessed(region)
    assert (one["verdict"], one["party"], one["at"]) == ("THEIRS", BRAVO, region.now)
    assert one["by"] == {"post": OFFICER[0], "officer": OFFICER[1]}
    loaded = region.loaded(ALPHA, copy_of(region.line_of(ALPHA).store))
    assert loaded.view.assessments.standing() == region.line_of(ALPHA).view.assessments.standing()
    row = rows_of(region.line_of(ALPHA))[-1]
    [act] = acts_of(row, lambda _: None)
    assert (act.act, act.about) == ("ASSESSED_TRACK", f"{TRACK} · THEIRS {BRAVO}")


@pytest.mark.parametrize("by", [OFFICER, None])
def test_it_is_taken_back(region: Region, by: tuple[str, str] | None) -> None:
    """An officer or the node itself takes it back; the journal says who, and a restart knows."""
    region.ask(ALPHA, AssessTrack(LINE, THEIRS, OFFICER))
    region.ask(ALPHA, TakeBackAssessment(LINE, TRACK, by))
    assert assessed(region) == []
    assert region.loaded(
        ALPHA, copy_of(region.line_of(ALPHA).store)
    ).view.assessments.standing() == []  # fmt: skip
    row = rows_of(region.line_of(ALPHA))[-1]
    assert row.happened is Happened.UNASSESSED
    acts = [one.act for one in acts_of(row, lambda _: None)]
    assert acts == (["TOOK_BACK_ASSESSMENT"] if by else [])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (AssessTrack(LINE, replace(THEIRS, party="nobody.example"), OFFICER), "no counterpart"),
        (AssessTrack(LINE, THEIRS, ("nobody", "Lt A")), "'nobody' is no post"),
        (TakeBackAssessment(LINE, "icao:000000", OFFICER), "is not assessed"),
        (TakeBackAssessment(LINE, TRACK, ("nobody", "Lt A")), "'nobody' is no post"),
    ],
)
def test_what_is_refused(region: Region, command: Command, said: str) -> None:
    """A refusal says what is wrong, and changes and writes nothing."""
    region.ask(ALPHA, AssessTrack(LINE, THEIRS, OFFICER))
    before, rows = assessed(region), len(rows_of(region.line_of(ALPHA)))
    assert said in region.refused(ALPHA, command).what
    assert (assessed(region), len(rows_of(region.line_of(ALPHA)))) == (before, rows)


def test_no_more_than_may_be() -> None:
    """When there is no room a new one is refused, and one that stands may still change."""
    view = AssessmentView(LINE)
    for number in range(TRACKS_ASSESSED_MAX):
        view.assess(replace(THEIRS, track=f"icao:{number:06x}"), OFFICER, number)
    with pytest.raises(OurError, match="is all that may be"):
        view.check(THEIRS, [BRAVO])
    view.check(replace(THEIRS, track="icao:000001"), [BRAVO])


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"track": "", "verdict": "OURS"}, "track"),
        ({"track": TRACK, "verdict": "MAYBE"}, "verdict"),
        ({"track": TRACK, "verdict": "THEIRS"}, "party"),
        ({"track": TRACK, "verdict": "OURS", "party": BRAVO}, "party"),
    ],
)
def test_a_form_that_is_wrong(said: dict[str, str], what: str) -> None:
    """What an officer chose is refused with the field."""
    with pytest.raises(OurError, match=what):
        Assessment.from_json(said)


def test_what_of_a_feed_was_left_aside_is_a_row(region: Region) -> None:
    """The counts stand beside a row of the journal, behind a salt, and change nothing else."""
    region.ask(ALPHA, NoteLeftAside(LINE, "mast", (("jumped", 3), ("old", 7))))
    row = rows_of(region.line_of(ALPHA))[-1]
    assert row.happened is Happened.LEFT_ASIDE
    assert cbor.decode(row.content) == ["mast", [["jumped", 3], ["old", 7]]]
    assert row.rest[1] == sha256(row.rest[0] + row.content).digest()
    assert list(acts_of(row, lambda _: None)) == []
    loaded = region.loaded(ALPHA, copy_of(region.line_of(ALPHA).store))
    assert loaded.journal.tree.root() == region.line_of(ALPHA).journal.tree.root()
