"""Scripts for views: parties speak, every view hears, time passes.

A script keeps one view for each party and leads each message to all of them, as
their nodes would: recorded by its author at once, received by the others a
little later, receipted back to the author after that.
"""

from dataclasses import replace
from typing import Any

from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.envelope import Header
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.agreement import Adoption
from openline.domain.talk.body import By, Reference
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.notice import Notice, Operation, Place
from openline.domain.talk.text import Text
from openline.engine.effects import Show
from openline.engine.views import Applied, View
from tests.engine.parties import LINE, make_parties

MINUTE = 60_000
HOUR = 60 * MINUTE
EVENING = 1_491_595_200_000
"""2017-04-07T20:00:00Z: the evening after the strike on Shayrat."""

DELAY_MS = 400
"""From recording to receipt: a satellite hop and a commit."""

WATCH = By("air-desk", "Maj A. Weaver")
COMMANDER = By("commander", "Col B. Stone")
SHAYRAT = (344_900_000, 369_090_000)


class Script:
    """Parties on one line and their views."""

    def __init__(self, *names: str, delay_ms: int = DELAY_MS, **changes: Any) -> None:
        self.understanding: Understanding = make_parties(*names, **changes).understanding
        self.views = {n: View(n, self.understanding) for n in self.understanding.names()}
        self.delay_ms = delay_ms
        self.now = EVENING
        self.sizes = dict.fromkeys(self.views, 0)
        self.applied: dict[str, list[Applied]] = {name: [] for name in self.views}
        self.shows: dict[str, list[Show]] = {name: [] for name in self.views}

    def adopt(self) -> "Script":
        """Let every party adopt the Understanding a day before."""
        self.now = EVENING - 24 * HOUR
        for name in self.views:
            self.say(name, Adoption(b"terms", ()))
        self.advance(EVENING)
        return self

    def header(self, party: str, message: Message | Unreadable, **changes: Any) -> Header:
        """The header of the party's next message."""
        kind = message.kind if isinstance(message, Unreadable) else int(message.message_kind)
        others = tuple(name for name in self.views if name != party)
        header = Header(
            party=party,
            line=LINE,
            kind=kind,
            index=self.sizes[party],
            at=self.now,
            heads=self._heads(party),
            reply_to=None,
            precedence=int(Precedence.ROUTINE),
            recipients=others,
        )
        return replace(header, **changes)

    def _heads(self, party: str) -> tuple[Checkpoint, ...]:
        """What the party holds of the others: all that it has heard."""
        held: dict[str, int] = {}
        for applied in self.applied[party]:
            one = applied.envelope_header
            if one.party != party:
                held[one.party] = max(held.get(one.party, 0), one.index + 1)
        return tuple(
            Checkpoint(f"{name}/{LINE}/out", size, bytes(32)) for name, size in sorted(held.items())
        )

    def say(
        self,
        party: str,
        message: Message | Unreadable,
        *,
        is_delivered: bool = True,
        **changes: Any,
    ) -> int:
        """Let a party say something; its serial number."""
        header = self.header(party, message, **changes)
        self.sizes[party] = max(self.sizes[party], header.index + 1)
        self.hear(party, Applied(header, message, self.now, ""))
        if is_delivered:
            self.deliver(header, message)
        return header.index

    def deliver(self, header: Header, message: Message | Unreadable) -> None:
        """Let the others have it, and let the author have their receipts."""
        for name in self.views:
            if name != header.party:
                at = self.now + self.delay_ms
                self.hear(name, Applied(header, message, at, "primary"))
                author = self.views[header.party]
                self.shows[header.party] += author.receipted(name, header.index + 1, at)

    def hear(self, name: str, applied: Applied) -> None:
        """Let one view take in one message."""
        self.applied[name].append(applied)
        self.shows[name] += self.views[name].apply(applied, live=True)

    def advance(self, now: int) -> None:
        """Let time pass for everybody."""
        self.now = now
        for name, view in self.views.items():
            self.shows[name] += view.advance(now)

    def shown(self, name: str, what: str) -> list[dict[str, Any]]:
        """What one party was shown of a sort, and forget it."""
        data = [show.data for show in self.shows[name] if show.name == what]
        self.shows[name] = [show for show in self.shows[name] if show.name != what]
        return data

    def alarms(self, name: str) -> list[tuple[str, str]]:
        """Name and precedence of the alarms that stand for one party."""
        return [(alarm["name"], alarm["precedence"]) for alarm in self.views[name].alarms()]


def text(words: str = "Your last was broken. Say again.") -> Text:
    """A text by the watch officer."""
    return Text(WATCH, "en", words)


def of(party: str, index: int) -> Reference:
    """A reference to a message."""
    return Reference(party, index)


def circle(
    *,
    north_km: float = 0.0,
    radius_m: int = 10_000,
    valid_from: int = EVENING + 2 * HOUR,
    valid_until: int = EVENING + 4 * HOUR,
    lower_fl: int = 100,
    upper_fl: int = 200,
) -> Volume:
    """A circle so many kilometres north of Shayrat airfield."""
    lat_e7, lon_e7 = SHAYRAT
    return Volume(
        Shape.CIRCLE,
        ((lat_e7 + round(north_km * 1e7 / 111.0), lon_e7),),
        radius_m,
        Altitude(Datum.FLIGHT_LEVEL, lower_fl),
        Altitude(Datum.FLIGHT_LEVEL, upper_fl),
        valid_from,
        valid_until,
    )


def notice(notice_id: str = "A-1", *volumes: Volume, **changes: Any) -> Notice:
    """A notice over Shayrat from 22 to 24 hours, unless told otherwise."""
    plain = Notice(
        by=WATCH,
        notice_id=notice_id,
        category="air_activity",
        kind="air",
        volumes=volumes or (circle(),),
        place=Place("at Shayrat airfield", "shayrat"),
        activity="Two aircraft on patrol.",
    )
    return replace(plain, **changes)


def cancellation(notice_id: str = "A-1", version: int = 2) -> Notice:
    """The cancellation of a notice."""
    return replace(
        notice(notice_id),
        volumes=(),
        place=Place("", ""),
        activity="",
        version=version,
        operation=Operation.CANCEL,
    )
