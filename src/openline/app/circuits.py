"""The circuits of a running node: where it listens, whom it dials, whom it trusts.

Whom to let in follows from the lines: the certificates of every counterpart,
as the Understandings and the key changes on the record say. Where to dial
follows from the counterparts' cards and from `node.toml`. Which of our own
certificates is shown follows from the record too: a new one only when every
counterpart has receipted its announcement, for whoever does not know it would
refuse the circuit on which the announcement is to come.
"""

import asyncio
import logging
from pathlib import Path

from openline.adapters.allowance import Allowances
from openline.adapters.circuit import Dialler, NodePort, Refusal
from openline.adapters.keys import FileKeys
from openline.adapters.tls import TlsIdentity
from openline.app.run import RunningNode
from openline.app.settings.circuits import Circuit
from openline.domain.errors import OpenlineError
from openline.domain.limits import CARD_SIZE_BYTES_MAX
from openline.domain.line.card import parse_card
from openline.engine.line import Line

_log = logging.getLogger("openline")


class Circuits:
    """Everything that connects one running node with its counterparts."""

    def __init__(self, running: RunningNode, keys: FileKeys) -> None:
        self._running = running
        self._keys = keys
        self._allowances = Allowances()
        self._diallers: dict[tuple[str, str, str], tuple[Dialler, asyncio.Task[None]]] = {}
        # Line and certificate of ours: the size of our outbox that announces it, or more.
        self._announced: dict[tuple[str, bytes], int] = {}
        self._is_open = False
        self._port = NodePort(
            running.config.listeners,
            self._identity(),
            running.certificates(),
            self._may_open,
            running,
            read=running.serve,
            allowances=self._allowances,
            on_refused=self._refused,
        )
        running.on_trust = self.follow

    @property
    def addresses(self) -> dict[str, tuple[str, int]]:
        """Where the node listens, by circuit."""
        return self._port.addresses

    async def start(self) -> None:
        """Listen, and dial every counterpart for ever.

        Raises:
            OurError: An address cannot be listened at.
        """
        await self._port.start()
        self._is_open = True
        self.follow()

    async def stop(self) -> None:
        """End every circuit."""
        self._is_open = False
        tasks = [task for _, task in self._diallers.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._diallers = {}
        await self._port.stop()

    def follow(self) -> None:
        """Trust and dial whom the lines name now."""
        if not self._is_open:
            return
        trusted = self._running.certificates()
        identity = self._identity()
        try:
            self._port.trust(trusted, identity)
        except OpenlineError as error:
            _log.error("the trusted certificates stay as they were: %s", error)
            return
        wanted = {
            (line.name, circuit.party, circuit.circuit): circuit
            for line in self._running.node.lines.values()
            for circuit in self._known_circuits()
            if circuit.party in line.peers
        }
        for place, circuit in wanted.items():
            certificates = trusted.get(circuit.party, ())
            if place in self._diallers:
                self._diallers[place][0].trust(certificates, identity)
            else:
                self._dial(place[0], circuit, certificates, identity)

    def _identity(self) -> TlsIdentity:
        """What to show: the newest of our certificates that every counterpart knows."""
        known: dict[bytes, int] = {}
        for line in self._running.node.lines.values():
            for certificate in self._known_certificates(line):
                known[certificate] = known.get(certificate, 0) + 1
        # Newest first; where the lines have no one in common, one that most of them know.
        for certificate in sorted(known, key=lambda one: -known[one]):
            if identity := self._keys.find_tls(certificate):
                return identity
        return self._keys.tls

    def _known_certificates(self, line: Line) -> list[bytes]:
        """Our certificates that every counterpart knows of, newest first."""
        newest, *older = line.rings[line.own].tls() or (b"",)
        if not older:
            return [newest]
        # After a start it is not looked up where the announcement stands: all is waited for.
        size = self._announced.setdefault((line.name, newest), line.outbox.size)
        if line.delivered >= size:
            return [newest, *older]
        told = self._running.delivered(line.name, size - 1)
        told.add_done_callback(self._follow_when_told)
        return older

    def _follow_when_told(self, told: asyncio.Future[None]) -> None:
        """Every counterpart knows the new certificate now, unless the node is ending."""
        if not told.cancelled() and told.exception() is None:
            self.follow()

    def _dial(
        self,
        line: str,
        circuit: Circuit,
        certificates: tuple[bytes, ...],
        identity: TlsIdentity,
    ) -> None:
        dialler = Dialler(
            party=circuit.party,
            line=line,
            circuit=circuit.circuit,
            host=circuit.host,
            port=circuit.port,
            identity=identity,
            certificates=certificates,
            handler=self._running,
            allowances=self._allowances,
        )
        name = f"dial {circuit.party} {circuit.circuit}"
        task = asyncio.create_task(dialler.run(), name=name)
        self._diallers[line, circuit.party, circuit.circuit] = (dialler, task)

    def _known_circuits(self) -> list[Circuit]:
        """From the cards, and from `node.toml`, which goes before them."""
        config = self._running.config
        found = {
            (circuit.party, circuit.circuit): circuit
            for path in sorted(config.cards.glob("*.card"))
            for circuit in _circuits_of(path)
            if circuit.party != config.party
        }
        found |= {(circuit.party, circuit.circuit): circuit for circuit in config.counterparts}
        return [circuit for _, circuit in sorted(found.items())]

    def _may_open(self, party: str, line: str) -> bool:
        known = self._running.node.lines.get(line)
        return known is not None and party in known.peers

    def _refused(self, refusal: Refusal) -> None:
        _log.warning(
            "refused %s at circuit %s: %s %s",
            refusal.party or f"a stranger at {refusal.remote}",
            refusal.circuit,
            refusal.reason.value,
            refusal.what,
        )


def _circuits_of(path: Path) -> list[Circuit]:
    """The endpoints on a card; a card that cannot be read has none, and is logged."""
    try:
        text = path.read_text(encoding="utf-8")
        if len(text) > CARD_SIZE_BYTES_MAX:
            raise ValueError("it is too large")
        card = parse_card(text)
    except (OSError, ValueError, OpenlineError) as error:
        _log.warning("the card %s is left aside: %s", path, error)
        return []
    return [Circuit(card.party, one.name, one.host, one.port) for one in card.endpoints]
