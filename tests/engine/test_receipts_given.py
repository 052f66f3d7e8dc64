"""Receipts that we give are kept: the receiver, too, can prove when it received."""

from openline.domain.line.keyring import mirror_name
from openline.domain.record.note import parse_note
from openline.domain.talk.body import By
from openline.domain.talk.text import Text
from openline.engine.commands import Compose
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import Region, standing

ORIGIN = f"{ALPHA}/{LINE}/out"


def given(region: Region) -> tuple[int, str]:
    """Size and note of the last receipt of which bravo has its own copy."""
    found = region.stations[BRAVO].store.last_head(ORIGIN, BRAVO)
    assert found is not None
    return found


def test_the_receiver_keeps_the_receipt_it_gave() -> None:
    """After a message, bravo's store holds alpha's head with bravo's own cosignature."""
    region = standing(make_parties())
    region.ask(ALPHA, Compose(LINE, Text(By("air-desk", "Lt Ivanova"), "en", "Good morning.")))
    region.pump()
    region.pass_time(1_000)
    size, text = given(region)
    assert size == 2
    assert mirror_name(BRAVO) in {row.name for row in parse_note(text).signatures}


def test_a_later_receipt_of_the_same_size_does_not_replace_the_first() -> None:
    """After a restart bravo cosigns anew, and its own copy keeps the earlier time."""
    region = standing(make_parties())
    region.ask(ALPHA, Compose(LINE, Text(By("air-desk", "Lt Ivanova"), "en", "Good morning.")))
    region.pump()
    region.pass_time(1_000)
    first = given(region)
    region.pass_time(60_000, 10_000)
    region.restart(BRAVO)
    region.connect(ALPHA, BRAVO)
    region.pump()
    region.pass_time(20_000, 10_000)
    assert given(region) == first
