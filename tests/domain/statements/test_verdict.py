"""A look says what was seen, and no more than that."""

import pytest

from openline.domain.instant import DAY_MS, HOUR_MS
from openline.domain.statements.article import Article, folded_hash, text_hash
from openline.domain.statements.verdict import (
    Absence,
    Answer,
    Judgement,
    Known,
    Verdict,
    judge,
)
from tests.domain.statements.texts import of

AT = 1_491_525_000_000
FIRST = of('We use the line "daily".')
SECOND = of('We do not use the line "daily".')
DRESSED = of("We do not use the line “daily”.")


def hashes(one: Article) -> tuple[bytes, bytes]:
    """Both hashes of an article."""
    return text_hash(one), folded_hash(one)


def known(*articles: Article) -> list[Known]:
    """These as versions that are kept."""
    return [Known(n, *hashes(one)) for n, one in enumerate(articles, 1)]


@pytest.mark.parametrize(
    ("kept", "seen", "judged"),
    [
        ([], FIRST, Judgement(Verdict.FIRST)),
        ([FIRST], FIRST, Judgement(Verdict.UNCHANGED)),
        ([FIRST], SECOND, Judgement(Verdict.CHANGED)),
        ([SECOND], DRESSED, Judgement(Verdict.COSMETIC)),
        ([FIRST, SECOND], FIRST, Judgement(Verdict.RETURNED, returned_to=1)),
        ([FIRST, SECOND, FIRST], SECOND, Judgement(Verdict.RETURNED, returned_to=2)),
        ([SECOND, DRESSED], SECOND, Judgement(Verdict.COSMETIC)),
    ],
)
def test_a_text_is_judged_by_those_before(
    kept: list[Article], seen: Article, judged: Judgement
) -> None:
    """A text is the first, the same, another, the same but for its form, or an earlier one."""
    assert judge(Answer.TEXT, AT, hashes(seen), known(*kept), None) == judged


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer.NOT_MODIFIED, Verdict.UNCHANGED),
        (Answer.NO_TEXT, Verdict.UNREADABLE),
        (Answer.REFUSED, Verdict.REFUSED),
        (Answer.UNREACHABLE, Verdict.UNREACHABLE),
    ],
)
def test_what_is_no_text_is_no_version(answer: Answer, verdict: Verdict) -> None:
    """An answer without a text has its word and makes no version."""
    assert judge(answer, AT, None, known(FIRST), None) == Judgement(verdict)


def test_unmodified_without_a_version_is_unreadable() -> None:
    """A server that says "as before" to who has nothing says nothing."""
    assert judge(Answer.NOT_MODIFIED, AT, None, [], None).verdict is Verdict.UNREADABLE


def test_a_page_is_missing_after_three_looks_over_a_day() -> None:
    """Two looks over two days do not do, nor do three within an hour; three over a day do."""
    absence = None
    said = []
    for at in (AT, AT + HOUR_MS, AT + 2 * HOUR_MS, AT + DAY_MS):
        judged = judge(Answer.NOT_FOUND, at, None, known(FIRST), absence)
        absence = judged.absence
        said.append(judged.verdict)
    assert said == [Verdict.UNREACHABLE] * 3 + [Verdict.MISSING]
    assert absence == Absence(AT, 4)
    two = judge(Answer.NOT_FOUND, AT + 2 * DAY_MS, None, [], Absence(AT, 1))
    assert two.verdict is Verdict.UNREACHABLE
