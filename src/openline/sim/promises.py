"""Promises: what must never be seen to break, watched while a region runs.

Each promise is one of `docs/internals/simulator.md`. The watcher sees what no party
sees: true time, every store, every signature as it is made. The first promise that is
broken ends the run with a `PromiseBroken` that says which and how.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from openline.domain.line.observed import Observed
from openline.domain.party import Origin
from openline.domain.record.merkle import leaf_hash
from openline.engine.ports import AppendEntries, PutHead, PutTick
from openline.engine.turn import Turn
from openline.sim.network import Packet
from openline.sim.plan import Plan
from openline.sim.station import Station
from openline.sim.timeline import Timeline

STALE_AFTER_TICKS: Final = 3
"""A line that is shown UP has a two-way proof that is younger than so many ticks."""


ACCUSATIONS: Final = (
    "FORK",
    "JOURNAL_FORK",
    "ENTRIES_TAKEN_BACK",
    "OWN_ENTRIES_LOST",
    "OWN_HISTORY_DIFFERS",
    "OWN_KEY_ELSEWHERE",
    "UNDERSTANDINGS_DIFFER",
    "VIEWS_DIFFER",
)
"""Alarms that say that somebody has lied, or that something was lost for good."""


SLACK_MS: Final = 1_000
"""A node looks at its clock within this: of a clock that is set back it misses no more."""


class PromiseBroken(Exception):
    """A promise was seen to be broken: what the program did, in words."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One entry that its author showed as delivered.

    Attributes:
        author: Who said it.
        index: Its place.
        holder: Who had receipted it.
        leaf: Its leaf in the log.
    """

    author: str
    index: int
    holder: str
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """What a party said.

    Attributes:
        clocks: What every party's clock showed when it was recorded.
        leaf: Its leaf in the log.
    """

    clocks: dict[str, int]
    leaf: bytes


@dataclass
class Promises:
    """Watches one line.

    Attributes:
        plan: What was drawn, of this line.
        stations: The stations of its parties.
        acknowledged: Every entry that was shown as delivered, to each holder.
        said: Every entry that was recorded, by author and index.
        ups: How often a line was looked at and found UP.
    """

    plan: Plan
    timeline: Timeline
    stations: dict[str, Station]
    acknowledged: list[Acknowledged] = field(default_factory=list)
    said: dict[tuple[str, int], Said] = field(default_factory=dict)
    ups: int = 0
    _roots: dict[tuple[str, int], bytes] = field(default_factory=dict)
    _held_roots: dict[tuple[str, int], bytes] = field(default_factory=dict)
    _ticks: dict[tuple[str, int], bytes] = field(default_factory=dict)
    _receipts: dict[tuple[str, str, int], bytes] = field(default_factory=dict)
    _receipted: dict[tuple[str, str], int] = field(default_factory=dict)
    # Of each two parties: the newest instant of which the first has heard the second, and
    # the newest instant of its own of which it knows that the second has heard it.
    _heard_at: dict[tuple[str, str], int] = field(default_factory=dict)
    _proven_at: dict[tuple[str, str], int] = field(default_factory=dict)

    # What is signed.

    def signed(self, party: str, role: str, message: bytes) -> None:
        """A key of a party's is about to sign, perhaps something of this line."""
        if party in self.plan.hostile:
            return
        if role == "node" and message.startswith(self._outboxes_of(party).encode()):
            self._head_signed(party, message)
        elif role == "mirror" and message.startswith(b"cosignature/v1\n"):
            self._receipt_signed(party, message)

    def _outboxes_of(self, party: str) -> str:
        """How the names of all outboxes of a party on the line begin."""
        return str(Origin(party, self.plan.line))

    def _head_signed(self, party: str, message: bytes) -> None:
        """One root for each size, and no head before its entries are on disk."""
        origin, size_text, root, *_ = message.decode().split("\n")
        size = int(size_text)
        if self._roots.setdefault((origin, size), root.encode()) != root.encode():
            raise PromiseBroken(f"{party} signs a second head of {origin} at {size} entries")
        if self._stored(party, origin) < size:
            raise PromiseBroken(f"{party} signs {origin} at {size} before it is on disk")

    def _receipt_signed(self, party: str, message: bytes) -> None:
        """A receipt is given for what is on disk, and for one history only."""
        _, _, origin, size_text, root, *_ = message.decode().split("\n")
        if f"/{self.plan.line}/" not in origin:
            return
        size = int(size_text)
        if self._receipts.setdefault((party, origin, size), root.encode()) != root.encode():
            raise PromiseBroken(f"{party} gives two receipts for {origin} at {size} entries")
        if self._stored(party, origin) < size:
            raise PromiseBroken(f"{party} receipts {origin} at {size} before it is on disk")

    def _stored(self, party: str, origin: str) -> int:
        sizes = {name: size for name, size, _ in self.stations[party].store.origins()}
        return sizes.get(origin, 0)

    def put_back(self, station: Station) -> None:
        """A station starts on an old copy: what nobody holds of its words was never said.

        Its ticks were made all the same, whether or not anybody heard them: no number of
        them is used again.
        """
        origin = str(Origin(station.party, self.plan.line))
        others = [one for one in self.stations.values() if one is not station]
        sizes = [self._stored(one.party, origin) for one in (*others, station)]
        for known in (self._roots, self._held_roots):
            for place in [place for place in known if place[0] == origin and place[1] > max(sizes)]:
                del known[place]
        for receipt in [one for one in self._receipts if one[1] == origin and one[2] > max(sizes)]:
            del self._receipts[receipt]
        for index in [one for one in self.said if one[0] == station.party and one[1] >= max(sizes)]:
            del self.said[index]

    # What is written.

    def committed(self, station: Station, turn: Turn) -> None:
        """A turn's writes are on disk."""
        if station.party in self.plan.hostile:
            return
        for write in turn.writes:
            if isinstance(write, PutTick):
                if write.party in self.plan.hostile or write.line != self.plan.line:
                    continue
                place = write.party, write.sequence
                if self._ticks.setdefault(place, write.hash) != write.hash:
                    what = f"{write.party} made two ticks of number {write.sequence}"
                    raise PromiseBroken(f"{what}, as {station.party} holds them")
            elif isinstance(write, PutHead) and write.holder not in ("", station.party):
                self._delivered(station, write)
            elif isinstance(write, AppendEntries) and self._is_honest_outbox(write.origin):
                size, root = write.start + len(write.entries), write.root
                if write.origin == str(Origin(station.party, self.plan.line)):
                    self._note_said(station, write)
                known = self._held_roots.setdefault((write.origin, size), root)
                if known != root:
                    what = f"two histories of {write.origin} at {size} entries"
                    raise PromiseBroken(f"there are {what}, one at {station.party}")
        self.look(station)

    def _is_honest_outbox(self, origin: str) -> bool:
        return origin in {str(Origin(party, self.plan.line)) for party in self.plan.honest}

    def _note_said(self, station: Station, write: AppendEntries) -> None:
        """Note what every clock showed when a party said something."""
        clocks = {party: one.wall() for party, one in self.stations.items()}
        for index, entry in enumerate(write.entries, write.start):
            self.said.setdefault((station.party, index), Said(clocks, leaf_hash(entry.raw)))

    def _delivered(self, station: Station, head: PutHead) -> None:
        """A receipt was kept: from now on the entries are shown as delivered."""
        is_own = head.origin == str(Origin(station.party, self.plan.line))
        if not is_own or head.holder in self.plan.hostile:
            return
        place = station.party, head.holder
        before = self._receipted.get(place, 0)
        for offset, entry in enumerate(
            station.store.entries(head.origin, before, head.size - before)
        ):
            self.acknowledged.append(
                Acknowledged(station.party, before + offset, head.holder, leaf_hash(entry.raw))
            )
        self._receipted[place] = max(before, head.size)
        holder = self.stations[head.holder]
        is_put_back = self.plan.line in holder.lost_on
        if not is_put_back and self._stored(head.holder, head.origin) < head.size:
            raise PromiseBroken(
                f"{station.party} shows {head.origin} {head.size - 1} as delivered, and "
                f"{head.holder} does not have it"
            )

    def _has_all_back(self, station: Station) -> bool:
        """Whether a station that lost something holds again all that it ever receipted."""
        return all(
            self._stored(station.party, str(Origin(author, self.plan.line))) >= size
            for (author, holder), size in self._receipted.items()
            if holder == station.party
        )

    def alarmed(self, station: Station, name: str, data: Mapping[str, Any]) -> None:
        """An alarm was raised: nobody who is honest is accused of anything."""
        if station.party in self.plan.hostile:
            return
        facts = data.get("facts", data)
        about = str(facts.get("about") or facts.get("party", ""))
        if name in ACCUSATIONS and about not in self.plan.hostile:
            raise PromiseBroken(f"{station.party} raises {name} among honest parties: {data}")

    # What is heard, in true time.

    def echo(self, party: str, other: str) -> int:
        """The newest instant of which a party has heard another."""
        return self._heard_at.get((party, other), 0)

    def arrived(self, party: str, packet: Packet) -> None:
        """A packet arrived at a running node."""
        place = party, packet.sender
        self._heard_at[place] = max(self._heard_at.get(place, 0), packet.sent_at)
        self._proven_at[place] = max(self._proven_at.get(place, 0), packet.echo_at)

    @property
    def _age_ms_max(self) -> int:
        """How old a proof may be, in true time: a clock that is slow measures it younger."""
        stale_ms = STALE_AFTER_TICKS * self.plan.tick_ms
        return stale_ms + stale_ms * self.plan.drift_ppm // 1_000_000 + SLACK_MS

    def look(self, station: Station) -> None:
        """A line that is shown UP has a young two-way proof with every counterpart."""
        name = self.plan.line
        line = station.line(name)
        may_have = name in station.lost_on and line is not None and line.can_sign()
        if may_have and self._has_all_back(station):
            station.lost_on.discard(name)
            station.listeners.note("has all back", station.party)
        if line is None:
            return
        observed = line.observed(station.wall())
        station.observe(name, observed)
        if observed is not Observed.UP:
            return
        self.ups += 1
        for other in line.peers:
            age_ms = self.timeline.now - self._proven_at.get((station.party, other), 0)
            if age_ms > self._age_ms_max:
                raise PromiseBroken(
                    f"{station.party} shows the line UP, and its last two-way proof with {other} "
                    f"is {age_ms / 1_000:g} s old; a tick is {self.plan.tick_ms / 1_000:g} s"
                )
