"""What a node durably has: copies of stores to start from, and what differs."""

import copy
import threading
from typing import Any

from openline.adapters.memory import MemoryStore
from openline.engine.journal import Happened, Row, parse_row
from openline.engine.line import Line
from openline.engine.ports import Store

MANY = 10**9

PASSING = (
    "LOST",
    "CLOCKS_DIFFER",
    "VIEWS_DIFFER",
    "UNDERSTANDINGS_DIFFER",
    "OWN_ENTRIES_LOST",
    "OWN_HISTORY_DIFFERS",
    "OWN_KEY_ELSEWHERE",
)
"""Alarms about what passes by: they are raised anew when it does again."""


def copy_of(store: Store) -> MemoryStore:
    """The store as it is now: a back-up."""
    assert isinstance(store, MemoryStore)
    made = MemoryStore()
    for name, held in vars(store).items():
        if not isinstance(held, type(threading.Lock())):
            setattr(made, name, copy.deepcopy(held))
    return made


def rows_of(line: Line) -> list[Row]:
    """The rows of all journals of a line, in order."""
    prefix = f"{line.own}/{line.name}/journal"
    origins = [origin for origin, _, _ in line.store.origins() if origin.startswith(prefix)]
    return [
        parse_row(entry)
        for origin in sorted(origins, key=lambda name: (len(name), name))
        for entry in line.store.entries(origin, 0, MANY)
    ]


def refusals_of(line: Line) -> list[str]:
    """The reasons of what was refused, in order."""
    return [str(row.rest[2]) for row in rows_of(line) if row.happened is Happened.REFUSED]


def durable(line: Line, *, refusals: bool = False) -> dict[str, Any]:
    """Everything that a store holds of a line; refusals and journal roots aside."""
    store = line.store
    assert isinstance(store, MemoryStore)
    rows = [row for row in rows_of(line) if refusals or row.happened is not Happened.REFUSED]
    return {
        "logs": [row for row in store.origins() if "/journal" not in row[0]],
        "heads": {key: dict(heads) for key, heads in vars(store)["_heads"].items()},
        "ticks": {key: list(ticks) for key, ticks in vars(store)["_ticks"].items()},
        "values": store.values(""),
        "rows": rows,
    }


def known(line: Line, now: int) -> dict[str, Any]:
    """What officers see of a line, as far as it is derived from what is stored."""
    return {
        "messages": line.view.messages(0, MANY),
        "notices": line.view.notices(count=MANY),
        "movements": line.view.movements_page(0, MANY, live_only=False),
        "sites": line.view.sites_page(0, MANY, with_removed=True),
        "zones": line.view.zones_page(0, MANY, with_ended=True),
        "drafts": line.view.violation_drafts(),
        "conflicts": [_without_times(one) for one in line.view.conflicts(live_only=False)],
        "declared": line.view.declared(now),
        "declarations": line.view.declarations(now),
        "checks": line.view.checks(now),
        "alarms": [
            _without_times(one)
            for one in line.view.alarms(standing_only=False)
            if one["name"] not in PASSING
        ],
        "receipted": {party: peer.receipted for party, peer in line.peers.items()},
        "held": {party: mirror.checkpoint() for party, mirror in line.mirrors.items()},
        "out": line.outbox.checkpoint(),
        "understandings": {party: ring.understandings() for party, ring in line.rings.items()},
        "nodes": {party: ring.nodes() for party, ring in line.rings.items()},
        "forked": {party: peer.evidence for party, peer in line.peers.items()},
        "early": {party: sorted(mirror.early) for party, mirror in line.mirrors.items()},
    }


def _without_times(shown: dict[str, Any]) -> dict[str, Any]:
    """An alarm or conflict without when it was noticed: that is when somebody looked."""
    noticed = ("at", "found_at", "ended_at", "over_at")
    return {name: value is None if name in noticed else value for name, value in shown.items()}


def shown_delivered(region_line: Line) -> dict[str, int]:
    """How many of our entries are shown as delivered to each counterpart."""
    counts = dict.fromkeys(region_line.peers, 0)
    for message in region_line.view.messages(0, MANY):
        if message["party"] == region_line.own:
            for party in message["marks"]["delivered"]:
                counts[party] = max(counts[party], message["index"] + 1)
    return counts
