"""Who did what, over every epoch of the journal that is held."""

import pytest

from openline.app import acts
from openline.app.acts import acts_on
from openline.domain.instant import INSTANT_MAX
from openline.domain.talk.check import LineCheck
from openline.engine.commands import Compose
from openline.engine.line import Line
from tests.engine.copies import copy_of
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE, make_parties
from tests.engine.region import WATCH, Region, standing
from tests.engine.test_epochs import open_epoch


def restored() -> Region:
    """A region whose Alpha has come back on an old copy, and has said more since."""
    region = standing(make_parties(ALPHA, BRAVO, CHARLIE))
    region.say(ALPHA, "of the first journal")
    region.pump()
    region.pass_time(20_000)
    old = copy_of(region.stations[ALPHA].store)
    region.say(ALPHA, "lost with the journal")
    region.pump()
    region.pass_time(10_000)
    region.restart(ALPHA, old)
    region.connect_all()
    region.pump()
    region.say(ALPHA, "of the second journal")
    region.pump()
    region.pass_time(30_000)
    return region


async def paged(line: Line) -> list[dict[str, object]]:
    """Every act, page by page."""
    found, before = [], None
    while True:
        page = await acts_on(line, 0, INSTANT_MAX, "", before)
        found += page["acts"]
        if (before := page["before"]) is None:
            return found


async def test_acts_of_every_epoch_of_the_journal_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said before a restore stands behind what was said after it, on pages of any size."""
    line = restored().line_of(ALPHA)
    assert line.journal.origin.endswith("/journal/2")
    whole = await paged(line)
    said = [str(one["about"]) for one in whole if one["act"] == "SAID_MESSAGE"]
    # What the lost journal alone had is the counterparts' to lend, and no row of ours.
    assert len(said) == 2
    assert said == sorted(said, reverse=True)
    assert [one["at"] for one in whole] == sorted((one["at"] for one in whole), reverse=True)  # type: ignore[type-var]
    monkeypatch.setattr(acts, "ACTS_ROWS_MAX", 3)
    assert await paged(line) == whole
    rows = [one["row"] for one in whole]
    assert len(rows) == len(set(rows))


async def test_a_message_is_that_of_the_outbox_of_then() -> None:
    """After a new outbox, what was said under the same number before is still told as it was."""
    region = standing(make_parties(ALPHA, BRAVO))
    for words in ("nought", "one", "two"):
        region.say(ALPHA, words)
    region.pump()
    before = await paged(region.line_of(ALPHA))
    region.pass_time(20_000)
    open_epoch(region)
    region.pump()
    for number in (1, 2, 3, 4):
        region.ask(ALPHA, Compose(LINE, LineCheck(WATCH, number, text="Foxes.")))
    region.pump()
    after = await paged(region.line_of(ALPHA))
    assert [one for one in after if one["row"] <= before[0]["row"]] == before
