"""What the routes about outlets and watched folders answer, with examples."""

from typing import Final

import msgspec


class Outlet(msgspec.Struct):
    """Where a tool of the party's own is shown the line, and how that does.

    Attributes:
        name: As the settings call it.
        address: Where to.
        shows: Names of the events of the node that it shows.
        line: The only line that it shows; empty for all.
        is_open: Whether the way there is open; with datagrams, whether they are sent; of a
            webhook, whether the last event was taken.
        fault: What stands in the way; empty for nothing.
        marks: How many marks a map is to show now; null for a webhook.
        tracks: How many tracks a map is told; null for a webhook.
        unshown: How many marks and tracks there was no room for.
        waiting: How many marks or events are still to be sent.
        sent: How many events were sent since the node started.
        sent_at: When the last one was; null for never.
    """

    name: str
    address: str
    shows: list[str]
    line: str
    is_open: bool
    fault: str
    marks: int | None
    tracks: int | None
    unshown: int
    waiting: int
    sent: int
    sent_at: int | None


class Outlets(msgspec.Struct):
    """The outlets in the order of the settings.

    Attributes:
        outlets: The outlets.
    """

    outlets: list[Outlet]


OUTLETS: Final = Outlets(
    [
        Outlet(
            name="operations-room",
            address="tls://tak.alpha.example:8089",
            shows=["notice", "movement", "site", "zone", "conflict", "alarm"],
            line="",
            is_open=True,
            fault="",
            marks=42,
            tracks=7,
            unshown=0,
            waiting=0,
            sent=318,
            sent_at=1_491_525_600_000,
        )
    ]
)


class FolderSaid(msgspec.Struct):
    """What became of one file.

    Attributes:
        file: Its name.
        at: When it was read.
        said: What became of it.
    """

    file: str
    at: int
    said: str


class Folder(msgspec.Struct):
    """A folder in which orders appear that become drafts.

    Attributes:
        name: As the settings call it.
        path: Where it is.
        line: On which line the drafts are; empty for the only one.
        fault: What stands in the way; empty for nothing.
        taken: How many files became drafts since the node started.
        refused: How many were refused.
        drafted: How many drafts there were.
        waiting: How many files wait until there is room for their drafts.
        last: What became of the last file; null for none.
    """

    name: str
    path: str
    line: str
    fault: str
    taken: int
    refused: int
    drafted: int
    waiting: int
    last: FolderSaid | None


class Folders(msgspec.Struct):
    """The watched folders in the order of the settings.

    Attributes:
        folders: The folders.
    """

    folders: list[Folder]


FOLDERS: Final = Folders(
    [
        Folder(
            name="orders",
            path="/srv/orders",
            line="syria-air",
            fault="",
            taken=3,
            refused=0,
            drafted=7,
            waiting=0,
            last=FolderSaid("morning.kml", 1_491_525_600_000, "Drafts: 2."),
        )
    ]
)
