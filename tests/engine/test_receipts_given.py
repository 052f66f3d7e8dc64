"""Receipts that we give are kept: the receiver, too, can prove when it received."""

from openline.domain.line.keyring import mirror_name
from openline.domain.record.note import parse_note
from openline.domain.talk.body import By
from openline.domain.talk.text import Text
from openline.engine.commands import Compose
from openline.engine.frames import Receipt, decode_frame, encode_frame
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import Carried, Region, standing

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


def test_a_receipt_with_more_rows_than_a_cosignature_has_is_refused() -> None:
    """Rows that nobody verified are never kept with a receipt: the frame is refused."""
    region = standing(make_parties())
    line = region.stations[ALPHA].node.lines[LINE]
    genuine: list[bytes] = []

    def stuff(carried: Carried) -> list[bytes]:
        frame = carried.frame
        decoded = decode_frame(frame)
        is_bravos = carried.sender == BRAVO and not genuine
        is_receipt = isinstance(decoded, Receipt) and decoded.origin == ORIGIN
        if is_bravos and is_receipt and decoded.rows:
            genuine.append(frame)
            more = decoded.rows + decoded.rows.splitlines(keepends=True)[0]
            return [encode_frame(Receipt(decoded.origin, decoded.size, more))]
        return [frame]

    region.tamper = stuff
    region.ask(ALPHA, Compose(LINE, Text(By("air-desk", "Lt Ivanova"), "en", "Good morning.")))
    region.pump()
    assert genuine
    assert line.peers[BRAVO].receipted == 1
    refused = [show for show in region.stations[ALPHA].shows if show.name == "refused"]
    assert [show.data["reason"] for show in refused] == ["MALFORMED"]
