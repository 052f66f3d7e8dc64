"""Decodes one stream of ASTERIX: datagrams, or the blocks of a file."""

from openline.adapters.surveillance.asterix.blocks import Block, cut_blocks, records_of
from openline.adapters.surveillance.asterix.catalogue import PROFILES
from openline.adapters.surveillance.asterix.radars import Radar, Radars
from openline.adapters.surveillance.asterix.reports import read_record
from openline.adapters.surveillance.feed import Feed, Tally
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.domain.space.sighting import Sighting


class AsterixDecoder:
    """A decoder of the categories in `catalogue.PROFILES`; others are passed over.

    Args:
        feed: Its settings.
        tally: Where messages and refusals are counted.
    """

    def __init__(self, feed: Feed, tally: Tally) -> None:
        self._feed = feed.name
        self._tally = tally
        self._radars = Radars(None if feed.receiver_at is None else Radar(feed.receiver_at))
        self._held = b""

    def take(self, data: bytes, now: int) -> list[Sighting]:
        """What the blocks that the bytes complete tell; see `Decoder`."""
        blocks, self._held, skipped = cut_blocks(self._held + data)
        if skipped:
            self._refuse(Fault.MALFORMED, f"{skipped} bytes that begin no block")
        found = []
        for block in blocks:
            if block.category in PROFILES:
                found += self._sightings(block, now)
            else:
                self._tally.messages += 1
        return found

    def end(self) -> None:
        """Refuse a block that has no end."""
        if self._held:
            self._refuse(Fault.CUT, f"{len(self._held)} bytes of a block")
        self._held = b""

    def _sightings(self, block: Block, now: int) -> list[Sighting]:
        found: list[Sighting] = []
        records = records_of(block)
        while True:
            try:
                record = next(records, None)
                if record is None:
                    return found
                says = read_record(block.category, record, self._radars, now)
            except Undecodable as error:
                # After a broken record `records` is over; one that cannot be is passed over.
                self._tally.refuse(error)
                continue
            self._tally.messages += 1
            if says is not None:
                found.append(Sighting(feed=self._feed, **says))

    def _refuse(self, fault: Fault, what: str) -> None:
        self._tally.refuse(Undecodable(fault, what))
