"""Where a page stands and what became of a paragraph is said in three languages."""

from dataclasses import replace

import pytest

from openline.adapters.wording import LANGUAGES, Wording
from openline.adapters.wording.statements import (
    change_words,
    presence,
    standing_sentence,
    summary,
    verdict_words,
)
from openline.domain.instant import DAY_MS, parse_instant
from openline.domain.statements.back_off import Plan, Standing, Why, next_look
from openline.domain.statements.difference import Change, compare
from openline.domain.statements.verdict import Verdict
from tests.domain.statements.texts import golden

AT = parse_instant("2018-04-12T09:00:00Z")
ENDED = Standing(
    "https://mission.example/7",
    added_at=AT - DAY_MS,
    changed_at=AT,
    versions=5,
    looked_at=AT + 41 * DAY_MS,
    verdict=Verdict.UNCHANGED,
    read_at=AT + 41 * DAY_MS,
    unchanged=70,
)


def test_the_end_of_the_checks_is_explained() -> None:
    """The sentence says since when it is unchanged, in how many checks, and that they end."""
    said = standing_sentence(Wording("en"), ENDED, next_look(ENDED))
    assert said == (
        "Last changed 120900ZAPR18; checks since then that found it unchanged: 70. "
        "It is not checked again unless someone asks."
    )


def test_silence_is_said() -> None:
    """A source that does not answer is said to be silent, since when and how often."""
    silent = replace(
        ENDED, verdict=Verdict.UNREACHABLE, errors=9, failing_since=AT + 38 * DAY_MS, read_at=AT
    )
    said = standing_sentence(Wording("en"), silent, Plan(AT + 50 * DAY_MS, Why.ERRORS, True))
    assert "No answer since 200900ZMAY18; attempts in vain: 9." in said
    assert "The source has fallen silent." in said
    assert said.endswith("The next attempt is at 010900ZJUN18.")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_and_plan_can_be_said(language: str, verdict: Verdict) -> None:
    """Each verdict with each reason gives a sentence in each language."""
    say = Wording(language)
    assert verdict_words(say, verdict)
    for why in Why:
        for one in (ENDED, Standing("x", AT), replace(ENDED, changed_at=None, versions=0)):
            one = replace(one, verdict=verdict, failing_since=AT)
            assert standing_sentence(say, one, Plan(AT, why))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_and_sum_can_be_said(language: str) -> None:
    """Each row of the golden article has its words in each language."""
    say, found = Wording(language), compare(*golden())
    for row in found.rows:
        assert change_words(say, row)
    assert summary(say, found)


def test_a_row_of_one_version_claims_only_what_was_seen() -> None:
    """What is gone was present in one version and absent in the next; no more is said."""
    found = compare(*golden())
    gone = next(row for row in found.rows if row.change is Change.REMOVED)
    said = presence(Wording("en"), gone, (4, AT), (5, AT + DAY_MS))
    assert said == "Present in version 4 (120900ZAPR18), absent in version 5 (130900ZAPR18)."
    new = next(row for row in found.rows if row.change is Change.ADDED)
    said = presence(Wording("en"), new, (4, AT), (5, AT + DAY_MS))
    assert said == "Present in version 5 (130900ZAPR18), absent in version 4 (120900ZAPR18)."


def test_the_sum_names_what_turns_the_sense() -> None:
    """Numbers and negations that changed are named."""
    said = summary(Wording("en"), compare(*golden()))
    assert "moved and edited: 1" in said
    assert said.endswith("Among the changes: a number, a negation.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_silent_source_is_told_with_its_place_and_time(language: str) -> None:
    """The alarm names the source, its address and since when, in each language."""
    facts = {"name": "their-ministry", "address": "https://m.example/feed", "since": AT}
    alarm = {"name": "SOURCE_SILENT", "facts": facts, "over_at": None, "acknowledged": None}
    said = Wording(language).alarm(alarm)
    for value in ("their-ministry", "https://m.example/feed", "120900ZAPR18"):
        assert value in said
