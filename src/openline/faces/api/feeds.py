"""The route of the party's own feeds of sightings: how each stands, what it told."""

from typing import Any, Final

import msgspec
from litestar import get
from litestar.datastructures import State

from openline.faces.api.describe import STATUS, described
from openline.faces.api.node import node_of


class LastSighting(msgspec.Struct):
    """The newest thing that a feed told.

    Attributes:
        address: What its source knows the object by.
        at: When that was so, UTC milliseconds.
    """

    address: str
    at: int


class FeedState(msgspec.Struct):
    """One feed, as it is set and as it stands; counts are since the node started.

    Attributes:
        name: Its name in `node.toml`.
        kind: Its format.
        source: Where it comes from, as `node.toml` says it.
        trust: 1 to 9; where feeds disagree, the larger is believed.
        is_up: Whether its source is connected, or its file is open.
        failure: Why it is not; empty while it is.
        bytes_received: All that came.
        messages: Those that were decoded, also where they tell nothing of an object.
        refused: Those that were refused, by reason.
        refused_last: Why the last of them was; empty without one.
        heard_at: When something last came, if anything did.
        sightings: What the messages told of objects.
        positions: Sightings with a position.
        last: The newest sighting, if there was any.
        left_aside: Sightings that were left aside or are doubted, by word: `malformed`,
            `old`, `future`, `unreachable`, `displaced`, `refused`, `jumped`, `duplicate`,
            `apart`. Each minute in which one grew is a row of the private journal.
    """

    name: str
    kind: str
    source: str
    trust: int
    is_up: bool
    failure: str
    bytes_received: int
    messages: int
    refused: dict[str, int]
    refused_last: str
    heard_at: int | None
    sightings: int
    positions: int
    last: LastSighting | None
    left_aside: dict[str, int]


class FeedStates(msgspec.Struct):
    """The feeds of the node.

    Attributes:
        feeds: In the order of `node.toml`.
    """

    feeds: list[FeedState]


EXAMPLE: Final = FeedStates(
    [
        FeedState(
            name="north-mast",
            kind="sbs",
            source="tcp:127.0.0.1:30003",
            trust=5,
            is_up=True,
            failure="",
            bytes_received=1_184_020,
            messages=10_652,
            refused={"OUT_OF_RANGE": 2},
            refused_last="OUT_OF_RANGE: latitude 91.2",
            heard_at=1_491_609_600_000,
            sightings=10_652,
            positions=3_171,
            last=LastSighting("icao:4ca7b5", 1_491_609_600_000),
            left_aside={"unreachable": 3, "jumped": 1},
        )
    ]
)


@get(
    "/feeds",
    operation_id="listFeeds",
    tags=["state"],
    summary="The party's own feeds of sightings, and how each stands",
    responses=described(FeedStates, "The feeds.", example=EXAMPLE, faults=STATUS),
)
async def list_feeds(state: State) -> dict[str, Any]:
    """Each receiver, radar or file of `node.toml`: is it heard, and what did it tell.

    What a feed tells stays on this node. Messages that cannot be decoded are refused
    whole and counted by reason.
    """
    running = node_of(state)
    feeds = running.feeds.to_json()
    return {"feeds": [{**one, "left_aside": running.air.left_aside(one["name"])} for one in feeds]}
