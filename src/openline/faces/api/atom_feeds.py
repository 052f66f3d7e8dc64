"""Feeds as they are answered: in parts that never change, and not twice.

A feed of what only grows is parted by count from its beginning (RFC 5005, section 4): each full
part is an archive with an address of its own, and what subscribers ask for is what comes behind
them and the last full part. Who has a feed already is told so (RFC 9110, section 13): by its
`ETag`, the hash of its bytes, or by the time since when this node knows it to be as it is.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.datastructures import State
from litestar.params import Parameter

from openline.adapters import atom
from openline.domain.instant import DAY_MS
from openline.engine.views import View
from openline.faces.api.faults import NotFound

PART_SIZE: Final = 25
"""Entries of an archive; a feed has at least so many, if there are, and less than twice as many."""

FEEDS_REMEMBERED_MAX: Final = 512
"""Feeds of which it is remembered since when they are as they are."""

_SECOND_MS: Final = 1_000

Archive = Annotated[
    int | None, Parameter(ge=0, description="Number of an archive, from 0; else what is newest.")
]


def begun_at(view: View, now: int) -> int:
    """Since when a party has been on a line: the day by which its feeds are named.

    Args:
        view: The line.
        now: The present instant: while the party has said nothing, it is its day that counts.
    """
    first = view.record(view.own, 0, 1)
    return now - now % DAY_MS if first is None else first.at


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of what a feed is about, counted from its beginning.

    Attributes:
        start: The first, from 0.
        stop: The first behind it.
        previous: Number of the archive before it; None if there is none.
        archive: Its own number; None for what subscribers ask for.
    """

    start: int
    stop: int
    previous: int | None
    archive: int | None

    def addresses(self, address: str) -> dict[str, Any]:
        """What an `atom.Feed` says of where it is; without an address, of what it is."""
        is_archive = self.archive is not None
        if not address:
            return {"is_archive": is_archive}
        return {
            "address": _of(address, self.archive),
            "current": address if is_archive else "",
            "previous": "" if self.previous is None else _of(address, self.previous),
            "is_archive": is_archive,
        }


def _of(address: str, archive: int | None) -> str:
    if archive is None:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'archive': archive})}"


def part_of(count: int, archive: int | None) -> Part:
    """Which part of so many entries an archive has, or what is not one.

    Raises:
        NotFound: There is no such archive, or it is not full yet.
    """
    full = count // PART_SIZE
    if archive is None:
        first = max(full - 1, 0)
        return Part(first * PART_SIZE, count, first - 1 if first else None, None)
    if archive >= full:
        raise NotFound(
            f"There is no archive {archive} of this feed.", "Follow prev-archive from the feed."
        )
    before = archive - 1 if archive else None
    return Part(archive * PART_SIZE, (archive + 1) * PART_SIZE, before, archive)


class FeedTimes:
    """Since when each feed is as it is, as this node has seen; of one loop."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._known: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def since(self, way: str, etag: str) -> int | None:
        """Since which second a feed is as it is; None while that second is not over.

        In that second it could change once more, and whoever has it would not be told.

        Args:
            way: The path and query that it was asked for by.
            etag: What it is now.
        """
        now_s = self._now_ms() // _SECOND_MS
        before = self._known.get(way)
        if before is None or before[0] != etag or before[1] > now_s:
            self._known[way] = (etag, now_s)
        self._known.move_to_end(way)
        while len(self._known) > FEEDS_REMEMBERED_MAX:
            self._known.popitem(last=False)
        since_s = self._known[way][1]
        return since_s if since_s < now_s else None


def answer_feed(request: Request[Any, Any, State], feed: atom.Feed) -> Response[bytes]:
    """The feed, or that whoever asks has it already."""
    body = atom.write_feed(feed)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    times: FeedTimes = request.app.state.feed_times
    since_s = times.since(f"{request.url.path}?{request.url.query}", etag)
    headers = {"etag": etag, "cache-control": "private, max-age=60"}
    if since_s is not None:
        headers["last-modified"] = formatdate(since_s, usegmt=True)
    if _has_it(request, etag, since_s):
        return Response(b"", status_code=304, headers=headers, media_type=atom.MEDIA_TYPE)
    return Response(body, media_type=atom.MEDIA_TYPE, headers=headers)


def _has_it(request: Request[Any, Any, State], etag: str, since_s: int | None) -> bool:
    """Whether what the request names is what there is; `If-None-Match` goes first."""
    named = request.headers.get("if-none-match")
    if named is not None:
        tags = [one.strip().removeprefix("W/") for one in named.split(",")]
        return etag in tags or "*" in tags
    said = request.headers.get("if-modified-since", "")
    if since_s is None or not said:
        return False
    try:
        return parsedate_to_datetime(said).timestamp() >= since_s
    except (ValueError, TypeError, OverflowError):
        return False
