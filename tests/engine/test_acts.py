"""Rows of a journal as acts: who did what, and what nobody did."""

from typing import Any

import pytest

from openline.domain.record import cbor
from openline.engine.acts import acts_of
from openline.engine.journal import Happened, Row

AT = 1_700_000_000_000
SALT = b"\x01" * 16
BY = ("watch", "Capt. Smith")


def said(index: int, at: int) -> dict[str, Any] | None:
    """Our messages: of the first nobody speaks, the second is an officer's, no more are held."""
    if index > 1 or at != AT:
        return None
    by = {"post": BY[0], "officer": BY[1]} if index == 1 else None
    return {"serial": f"ALPHA-{index:04d}", "kind": "TEXT", "by": by}


@pytest.mark.parametrize(
    ("happened", "rest", "act", "about"),
    [
        (Happened.ACTED, (*BY, "ACKNOWLEDGED", "FLASH/b/1/4"), "ACKNOWLEDGED", "FLASH/b/1/4"),
        (Happened.ACTED, (*BY, "SIGNED_IN", [SALT, "link", "Lt. X"]), "SIGNED_IN", "Lt. X · link"),
        (Happened.KEPT, (*BY, "plan-1", SALT, SALT), "KEPT", "plan-1"),
        (Happened.LET_GO, (*BY, "plan-1", SALT), "LET_GO", "plan-1"),
        (Happened.RELEASED, (*BY, "hold-1", "over", SALT), "RELEASED_EVIDENCE", "hold-1 · over"),
        (Happened.DRAFT_ENDED, (*BY, "REJECTED", SALT, None, ""), "DRAFT_REJECTED", SALT.hex()),
        (Happened.DRAFTED, (*BY, SALT), "DRAFTED", ""),
        (Happened.OFFERED, (*BY, SALT, SALT), "OFFERED_WATCH", ""),
    ],
)
def test_a_row_that_names_an_officer_is_an_act(
    happened: Happened, rest: tuple[cbor.Value, ...], act: str, about: str
) -> None:
    """It tells who, at which post, what, and about what, without the salt."""
    [found] = acts_of(Row(happened, AT, rest), said)
    assert (found.at, found.post, found.officer) == (AT, *BY)
    assert (found.act, found.about) == (act, about)
    assert found.is_by("CAPT.  smith")
    assert found.is_by("")
    assert not found.is_by("Lt. X")


def test_a_hold_tells_its_window_and_reason() -> None:
    """Both instants stand there as people write them."""
    row = Row(Happened.HELD, AT, (*BY, "hold-1", AT, AT + 1_000, "a strike", SALT))
    [found] = acts_of(row, said)
    assert found.act == "HELD_EVIDENCE"
    assert found.about == "hold-1 · 2023-11-14T22:13:20Z – 2023-11-14T22:13:21Z · a strike"


def test_what_was_said_is_by_who_speaks_in_it() -> None:
    """Of the entries of one row only messages of officers are acts; what is not held is none."""
    [found] = acts_of(Row(Happened.SENT, AT, (0, 3)), said)
    assert (found.act, found.about, found.officer) == ("SAID_MESSAGE", "ALPHA-0001 TEXT", BY[1])


@pytest.mark.parametrize("happened", [Happened.ARRIVED, Happened.REFUSED, Happened.STARTED])
def test_what_machines_did_is_no_act(happened: Happened) -> None:
    """A row that names no officer of ours gives nothing."""
    assert list(acts_of(Row(happened, AT, ("bravo.example", 1, 2)), said)) == []
