"""Upgrades: keys and terms are changed and nodes started anew on a running line.

There is one release so far, so nodes of two releases do not meet here. What an upgrade
does to a running line is this: each node is stopped and started, at another time than the
others; and the parties change keys, and adopt amended terms one after the other.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.domain.line.understanding import (
    SignedUnderstanding,
    Understanding,
    sign_understanding,
    understanding_bytes,
)
from openline.engine.commands import Adopt, ChangeKey
from openline.sim.keys import SimulatedKeys
from openline.sim.plan import Plan
from openline.sim.station import Station

if TYPE_CHECKING:
    from openline.sim.region import Region

_BY: Final = ("commander", "Col. Sidorov")
_ROLES: Final = ("node", "witness", "mirror")


class Upgrades:
    """All changes of keys and terms on one line of a region."""

    def __init__(self, region: "Region", plan: Plan) -> None:
        self._region = region
        self._plan = plan
        self._chance = plan.dice("upgrades")
        self._is_over = False

    def begin(self) -> None:
        """From now on things are changed."""
        if self._plan.upgrade_every_ms:
            self._later()

    def end(self) -> None:
        """Nothing more is changed."""
        self._is_over = True

    def _later(self) -> None:
        pause_ms = round(self._chance.expovariate(1 / self._plan.upgrade_every_ms))
        self._region.timeline.after(pause_ms, self._change)

    def _change(self) -> None:
        if self._is_over:
            return
        self._later()
        station = self._chance.choice(self._all())
        match self._chance.randrange(3):
            case 0:
                self._region.trace.note("is started anew", station.party)
                station.kill("to be started anew")
            case 1:
                role = self._chance.choice(_ROLES)
                self._region.trace.note("changes a key", station.party, role)
                station.command(ChangeKey(self._plan.line, role, _BY), lambda _result, _error: None)
            case _:
                self._amend()

    def _amend(self) -> None:
        """Amend the terms, if the last amendment is in force with everybody."""
        lines = [station.line(self._plan.line) for station in self._all()]
        versions = [line.view.understanding for line in lines if line is not None]
        if len(versions) < len(lines) or any(version != versions[0] for version in versions):
            return
        first = versions[0]
        timers = replace(first.timers, receipt_routine_ms=first.timers.receipt_routine_ms + 1_000)
        amended = replace(first, version=first.version + 1, timers=timers)
        data = sign_all(amended, {one.party: one.keys for one in self._all()}).format()
        self._region.trace.note("amends the terms", amended.version)
        for station in self._all():
            self._adopt(station, data, amended.version)

    def _adopt(self, station: Station, data: bytes, version: int) -> None:
        """Let a party adopt amended terms, sooner or later, until they are in its log."""
        line = station.line(self._plan.line)
        known = line.rings[station.party].understandings() if line else []
        if self._is_over or any(terms.version >= version for terms in known):
            return
        station.command(Adopt(data, _BY), lambda _result, _error: None)
        delay_ms = self._chance.randint(MINUTE_MS, HOUR_MS)
        self._region.timeline.after(delay_ms, self._adopt, station, data, version)

    def _all(self) -> list[Station]:
        return [self._region.stations[party] for party in self._plan.parties]


def sign_all(understanding: Understanding, keys: dict[str, SimulatedKeys]) -> SignedUnderstanding:
    """Terms with the signatures of all roots."""
    data = understanding_bytes(understanding)
    signatures = [
        sign_understanding(data, party, own.root.public.ed25519, own.root.sign_ed25519)
        for party, own in keys.items()
    ]
    return SignedUnderstanding(data, ()).with_signatures(signatures)
