"""Two versions of an article: each paragraph is told by what became of it."""

import subprocess
import sys
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from openline.domain.statements.difference import Change, Difference, compare
from openline.domain.statements.pairing import ALGORITHM, Thresholds
from openline.domain.statements.words import Sort
from tests.domain.statements.texts import golden, of, unrelated

UNRELATED = (
    "The minister of transport opened a bridge over the northern canal on Monday morning.",
    "Farmers in the valley expect a poor harvest after three weeks without any rain at all.",
    "A court in the capital heard the appeal of two bankers who were sentenced last year.",
    "The national team lost its third match and will not go to the finals in the summer.",
    "Doctors warn that the fever has been found in four villages along the coast.",
    "The museum bought a painting that was thought to be lost since the great fire.",
    "Passengers waited for nine hours because the signals on the main railway had failed.",
    "An earthquake was felt in the islands; nobody was hurt, and some walls were cracked.",
)


def rows(found: Difference, *changes: Change) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The paragraphs of the rows of these sorts."""
    return [(row.old, row.new) for row in found.rows if row.change in changes]


def test_the_golden_article_is_told_as_an_editor_would() -> None:
    """Of 36 paragraphs that became 48, the lead went from first to twenty-first and was edited."""
    found = compare(*golden())
    assert rows(found, Change.MOVED_EDITED) == [((1,), (21,))]
    assert rows(found, Change.MOVED_AWAY) == [((1,), (21,)), ((28,), (39,))]
    assert rows(found, Change.MOVED) == [((28,), (39,))]
    assert rows(found, Change.SPLIT) == [((6,), (8, 9))]
    assert rows(found, Change.JOINED) == [((17, 18), (27,))]
    assert rows(found, Change.REMOVED) == [((34,), ()), ((36,), ())]
    edited = [(3, 5), (4, 6), (9, 12), (14, 24), (22, 32), (31, 45), (35, 48)]
    assert rows(found, Change.EDITED) == [((old,), (new,)) for old, new in edited]
    added = [1, 2, 3, 14, 15, 16, 17, 18, 19, 28, 33, 35, 41, 42]
    assert rows(found, Change.ADDED) == [((), (new,)) for new in added]
    assert found.count(Change.SAME) == 22
    assert found.hard() == (Sort.NUMBER, Sort.NEGATION)


def test_the_words_of_the_moved_lead_are_told() -> None:
    """What was edited in the lead is told by its words, at its new place."""
    found = compare(*golden())
    lead = next(row for row in found.rows if row.change is Change.MOVED_EDITED)
    assert [(span.old, span.new) for span in lead.spans if not span.same] == [
        ("forty minutes", "nearly an hour"),
        ("hours", "shortly"),
        ("", "all"),
        ("midnight", "two in the morning"),
    ]


def test_eight_unrelated_paragraphs_are_not_paired() -> None:
    """Paragraphs that only share small words are gone and new, never edited or moved."""
    found = compare(of(*UNRELATED[:4]), of(*UNRELATED[4:]))
    assert (found.count(Change.REMOVED), found.count(Change.ADDED)) == (4, 4)
    everything = compare(of(*UNRELATED), of(*reversed(golden()[1].paragraphs[0].text.split(". "))))
    assert everything.count(Change.EDITED, Change.MOVED_EDITED, Change.SPLIT, Change.JOINED) == 0


def test_a_swap_is_one_move() -> None:
    """Of two paragraphs that changed places, the lighter one moved."""
    long, short = UNRELATED[0] + " " + UNRELATED[1], UNRELATED[2]
    found = compare(of(long, short), of(short, long))
    assert rows(found, Change.MOVED) == [((2,), (1,))]
    assert rows(found, Change.SAME) == [((1,), (2,))]


def test_every_row_has_a_key_of_its_own() -> None:
    """Links lead to one row each, and to the same ones whenever it is compared."""
    keys = [row.key for row in compare(*golden()).rows]
    assert len(set(keys)) == len(keys)
    assert {"p1-21", "a1-21", "p6-8.9", "p17.18-27", "p34-0", "p0-1"} <= set(keys)


def test_the_result_names_how_it_was_made() -> None:
    """Algorithm, thresholds and cost stand in the result."""
    found = compare(*golden())
    assert (found.algorithm, found.thresholds) == (ALGORITHM, Thresholds())
    assert 0 < found.word_pairs < found.thresholds.word_pairs_max
    assert not found.is_bounded


def test_the_worst_article_stays_within_its_bound() -> None:
    """150 times 150 unrelated paragraphs of 60 words cost a tenth of what is allowed."""
    chance = Random(7)
    old, new = (of(*unrelated(chance, 150, 60)) for _ in range(2))
    found = compare(old, new)
    assert (found.count(Change.ADDED), found.count(Change.REMOVED)) == (150, 150)
    assert found.word_pairs < Thresholds().word_pairs_max / 10


def test_hostile_paragraphs_end_at_the_bound() -> None:
    """Six hundred paragraphs of few words, over and over, are told whole, and that is said."""
    old = of(*("a b c " * 30 + f"one{n}" for n in range(600)))
    new = of(*("a b c " * 30 + f"two{n}" for n in range(600)))
    found = compare(old, new)
    assert found.is_bounded
    assert found.word_pairs <= Thresholds().word_pairs_max
    assert len(found.rows) >= 600


WORDS = ("line", "was", "used", "by", "both", "sides", "in", "April", "not", "twelve")
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1).map(" ".join), max_size=7)


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_every_paragraph_is_told_once(old: list[str], new: list[str]) -> None:
    """Each paragraph of both versions is in one row, its old place aside, in order of the new."""
    found = compare(of(*old), of(*new))
    told = [row for row in found.rows if row.change is not Change.MOVED_AWAY]
    assert sorted(n for row in told for n in row.old) == list(range(1, len(old) + 1))
    assert [n for row in told for n in row.new] == list(range(1, len(new) + 1))
    moved = [row.old for row in told if row.change in (Change.MOVED, Change.MOVED_EDITED)]
    away = [row.old for row in found.rows if row.change is Change.MOVED_AWAY]
    assert sorted(moved) == sorted(away)


def test_the_order_of_a_set_changes_nothing() -> None:
    """Processes with different seeds of hashes tell the same rows."""
    program = (
        "from tests.domain.statements.texts import golden\n"
        "from openline.domain.statements.difference import compare\n"
        "print(repr(compare(*golden())))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(told) == 1
