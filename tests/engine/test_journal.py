"""The journal: rows in order, a head over what is durable, and a bound on refusals."""

from openline.domain.record.merkle import EMPTY_ROOT, leaf_hash
from openline.engine.journal import (
    REFUSALS_PER_MINUTE_MAX,
    Happened,
    Journal,
    parse_row,
)
from openline.engine.ports import AppendEntries
from openline.engine.turn import Turn
from tests.engine.copies import MANY, rows_of
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import standing

ORIGIN = f"{ALPHA}/{LINE}/journal"


def test_rows_are_appended_together() -> None:
    """The rows of a turn are one append, and the head covers them from then on."""
    journal, turn = Journal(ORIGIN), Turn(5)
    journal.add(Happened.SENT, 5, 0, 1)
    journal.add(Happened.ARRIVED, 6, BRAVO, 0, 3, "1", content=b"beside")
    assert (journal.head.size, journal.head.root) == (0, EMPTY_ROOT)
    journal.flush(turn)
    (write,) = turn.writes
    assert isinstance(write, AppendEntries)
    assert (write.origin, write.start, len(write.entries)) == (ORIGIN, 0, 2)
    assert journal.head.size == 2
    assert write.root == journal.head.root
    assert journal.tree.leaf(1) == leaf_hash(write.entries[1].raw)
    row = parse_row(write.entries[1])
    assert (row.happened, row.at, row.rest, row.content) == (
        Happened.ARRIVED, 6, (BRAVO, 0, 3, "1"), b"beside"
    )  # fmt: skip


def test_nothing_is_appended_for_nothing() -> None:
    """A turn without rows writes nothing."""
    journal, turn = Journal(ORIGIN), Turn(5)
    journal.flush(turn)
    journal.add(Happened.STARTED, 5, "0.1")
    journal.flush(turn)
    journal.flush(turn)
    assert len(turn.writes) == 1


def test_refusals_are_bounded_in_a_minute() -> None:
    """In one minute only so many refusals are written, and it is said which are not."""
    journal = Journal(ORIGIN)
    written = [journal.add_refusal(1_000, BRAVO, "1", "RATE", "w") for _ in range(100)]
    assert written == [True] * REFUSALS_PER_MINUTE_MAX + [False] * (100 - REFUSALS_PER_MINUTE_MAX)
    assert journal.add_refusal(61_000, BRAVO, "1", "RATE", "w")


def test_a_clock_that_is_set_back_begins_a_new_minute() -> None:
    """Refusals are written again when the clock was set back."""
    journal = Journal(ORIGIN)
    for _ in range(REFUSALS_PER_MINUTE_MAX):
        journal.add_refusal(10**12, BRAVO, "1", "RATE", "w")
    assert journal.add_refusal(1_000, BRAVO, "1", "RATE", "w")


def test_a_row_keeps_any_words() -> None:
    """Words in another normal form than the encoding's are kept in that of the encoding."""
    journal, turn = Journal(ORIGIN), Turn(5)
    journal.add(Happened.REFUSED, 5, BRAVO, "1", "RATE", "e\u0301")
    journal.flush(turn)
    (write,) = turn.writes
    assert isinstance(write, AppendEntries)
    assert parse_row(write.entries[0]).rest[3] == "\u00e9"


def test_it_tells_everything() -> None:
    """The journal tells the start, what was sent, what arrived and what was receipted."""
    region = standing(make_parties())
    region.say(ALPHA, "row")
    region.pump()
    line = region.line_of(ALPHA)
    happened = sorted(row.happened for row in rows_of(line))
    assert happened == [
        *[Happened.SENT] * 2,
        Happened.ARRIVED,
        *[Happened.RECEIPTED] * 2,
        Happened.STARTED,
    ]
    assert rows_of(line)[0].happened is Happened.STARTED
    sent = sum(int(str(row.rest[1])) for row in rows_of(line) if row.happened is Happened.SENT)
    assert sent == line.outbox.size


def test_its_head_is_cosigned_by_each_counterpart() -> None:
    """The head of the journal is kept with the witness's cosignature of the counterpart."""
    region = standing(make_parties())
    region.say(ALPHA, "row")
    region.pump()
    region.pass_time(20_000)
    line = region.line_of(ALPHA)
    kept = line.store.heads(line.journal.origin, BRAVO, 0, MANY)
    assert kept[-1][0] == line.journal.tree.size
    assert f"— {BRAVO}/witness " in kept[-1][1]
    assert all(text.startswith(f"{line.journal.origin}\n{size}\n") for size, text in kept)
