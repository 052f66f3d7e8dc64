"""Which decoder reads which kind of feed: the one place that knows them all."""

from collections.abc import Callable
from typing import Final

from openline.adapters.surveillance.asterix.decoder import AsterixDecoder
from openline.adapters.surveillance.beast import BeastDecoder
from openline.adapters.surveillance.cot import CotDecoder
from openline.adapters.surveillance.feed import Decoder, Feed, FeedKind, Tally
from openline.adapters.surveillance.geojson_rows import GeoJsonDecoder
from openline.adapters.surveillance.sbs import SbsDecoder

_DECODERS: Final[dict[FeedKind, Callable[[Feed, Tally], Decoder]]] = {
    FeedKind.SBS: SbsDecoder,
    FeedKind.BEAST: BeastDecoder,
    FeedKind.COT: CotDecoder,
    FeedKind.ASTERIX: AsterixDecoder,
    FeedKind.GEOJSON: GeoJsonDecoder,
}


def decoder_of(feed: Feed, tally: Tally) -> Decoder:
    """A decoder for one connection of a feed, or for its file from the beginning."""
    return _DECODERS[feed.kind](feed, tally)
