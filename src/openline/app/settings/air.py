"""What is noticed about tracks, and the feeds that tell of them."""

import re
from dataclasses import replace
from typing import Final

from openline.adapters.surveillance.feed import (
    DATAGRAM_KINDS,
    FEED_AFFILIATIONS,
    TRUST_DEFAULT,
    TRUST_MAX,
    Feed,
    FeedKind,
    Source,
    Transport,
    parse_place,
    parse_senders,
    parse_source,
)
from openline.app.settings.table import File, Table
from openline.domain.limits import FEEDS_MAX
from openline.domain.space.own_addresses import OwnAddresses, parse_own_addresses
from openline.domain.space.track_approach import PRESETS
from openline.engine.air_watch import USUAL_RULES, AirRules

RECORD_H: Final = 24
"""Hours of the air picture that are recorded unless `node.toml` says otherwise."""

_FEED: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,31})")
_LENGTHS_M: Final = ("notice_m", "site_m", "zone_m")
_LENGTH_M_MAX: Final = 100_000
_HEIGHT_M_MAX: Final = 10_000


def air(file: File) -> AirRules:
    """The table `air`, as far as it is about what is noticed."""
    table, usual = file.sole("air"), USUAL_RULES
    preset = table.choice("preset", PRESETS, usual.preset)
    both = "{value!r} is neither own nor every"
    pairs = table.choice("pairs", ("own", "every"), "own", says=both)
    lengths = {key: table.whole(key, 0, _LENGTH_M_MAX) for key in _LENGTHS_M}
    lengths["vertical_m"] = table.whole("vertical_m", 0, _HEIGHT_M_MAX)
    ahead_s = table.whole("ahead_s", 10, 1_800)
    given = {key: value for key, value in lengths.items() if value is not None}
    return AirRules(
        preset=preset,
        ahead_s=float(ahead_s or usual.ahead_s),
        is_every_pair=pairs == "every",
        **given,
    )


def own_addresses(file: File) -> OwnAddresses:
    """The addresses of our own aircraft, from the table `air`."""
    table = file.sole("air")
    return table.read("ours", parse_own_addresses, table.optional("ours"))


def record_h(file: File) -> int:
    """How many hours of the air picture are recorded, from the table `air`."""
    hours = file.sole("air").whole("record_h", 0, 168)
    return RECORD_H if hours is None else hours


def feeds(file: File) -> tuple[Feed, ...]:
    """The tables `feed`."""
    found: list[Feed] = []
    for table in file.each("feed", FEEDS_MAX):
        name = table.short_name("name", "a feed's name", _FEED)
        table.unlike("name", name, (other.name for other in found))
        found.append(_feed(table, name))
    return tuple(found)


def _feed(table: Table, name: str) -> Feed:
    trust = table.whole("trust", 1, TRUST_MAX)
    kind = FeedKind(table.choice("kind", FeedKind))
    return Feed(
        name,
        kind,
        _source(table, kind),
        trust or TRUST_DEFAULT,
        table.whole("accuracy_m", 1, 100_000),
        table.read("receiver_at", parse_place, table.text("receiver_at"))
        if "receiver_at" in table
        else None,
        FEED_AFFILIATIONS[table.choice("affiliation", FEED_AFFILIATIONS)]
        if "affiliation" in table
        else None,
    )


def _source(table: Table, kind: FeedKind) -> Source:
    directory = table.file.directory
    source = table.read("source", lambda text: parse_source(text, directory), table.text("source"))
    if source.transport is Transport.UDP and kind not in DATAGRAM_KINDS:
        known = ", ".join(DATAGRAM_KINDS)
        says = f"{kind.value} comes by `tcp:` or `file:`; by `udp:` come {known}"
        raise table.fault("source", says)
    trusted, certificate = table.path("trusted"), table.path("certificate")
    source = replace(source, trusted=trusted, certificate=certificate)
    if "senders" not in table:
        return source
    if source.transport is not Transport.UDP:
        raise table.fault("senders", "it is for sources that begin with `udp:`")
    senders = table.read("senders", parse_senders, table.text("senders"))
    return Source(source.transport, source.host, source.port, senders=senders)
