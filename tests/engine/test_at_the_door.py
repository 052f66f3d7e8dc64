"""What the journals note of signing in and out: everything of people, a bound on guesses."""

from openline.domain.limits import LABEL_CHARS_MAX, SIGN_IN_FAILURES_NOTED_PER_MINUTE_MAX
from openline.engine.journal import Happened
from openline.engine.people import AtTheDoor, NoteAtTheDoor
from tests.engine.copies import copy_of, rows_of
from tests.engine.parties import ALPHA, make_parties
from tests.engine.region import Region, standing

BY = ("air-desk", "Capt. Smith")


def noted(region: Region) -> list[tuple[str, str, str, str, str]]:
    """Post, officer, act, what and name of each row about signing in."""
    acts = {act.value for act in AtTheDoor}
    found = []
    for row in rows_of(region.line_of(ALPHA)):
        if row.happened is Happened.ACTED and row.rest[2] in acts:
            post, officer, act, subject = row.rest
            assert isinstance(subject, list)
            found.append((str(post), str(officer), str(act), str(subject[1]), str(subject[2])))
    return found


def test_signing_in_is_noted_under_the_name() -> None:
    """A row of the journal says who, at which post, how and from where."""
    region = standing(make_parties())
    region.ask(ALPHA, NoteAtTheDoor(AtTheDoor.SIGNED_IN, BY, "passkey, 192.0.2.7", BY[1]))
    assert noted(region) == [(*BY, "SIGNED_IN", "passkey, 192.0.2.7", BY[1])]


def test_what_a_browser_says_is_cut() -> None:
    """However long a browser calls itself, the row is short."""
    region = standing(make_parties())
    region.ask(ALPHA, NoteAtTheDoor(AtTheDoor.LOCKED, BY, "x" * 5_000, BY[1]))
    assert len(noted(region)[0][3]) == LABEL_CHARS_MAX


def test_failures_are_noted_within_a_bound() -> None:
    """Whoever guesses fills no journal, and a person who signs in then is still noted."""
    region = standing(make_parties())
    most = SIGN_IN_FAILURES_NOTED_PER_MINUTE_MAX
    for _ in range(3 * most):
        region.ask(ALPHA, NoteAtTheDoor(AtTheDoor.SIGN_IN_FAILED, ("", ""), "password", ""))
    region.ask(ALPHA, NoteAtTheDoor(AtTheDoor.SIGNED_IN, BY, "link", BY[1]))
    acts = [act for _, _, act, _, _ in noted(region)]
    assert acts == ["SIGN_IN_FAILED"] * most + ["SIGNED_IN"]


def test_a_start_takes_the_rows() -> None:
    """A node that starts on such a journal holds the same journal."""
    region = standing(make_parties())
    region.ask(ALPHA, NoteAtTheDoor(AtTheDoor.SIGN_IN_FAILED, ("", ""), "link", ""))
    line = region.line_of(ALPHA)
    again = region.loaded(ALPHA, copy_of(line.store))
    assert again.journal.head == line.journal.head
