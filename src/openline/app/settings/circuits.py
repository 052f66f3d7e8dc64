"""Addresses at which counterparts dial this node, and at which it dials them."""

from dataclasses import dataclass

from openline.app.settings.table import File
from openline.domain.limits import CIRCUITS_MAX, PARTIES_MAX


@dataclass(frozen=True, slots=True)
class Listener:
    """An address at which counterparts may dial this node.

    Attributes:
        circuit: Name of the circuit; circuits are ordered by name.
        host: Address to bind.
        port: TCP port.
    """

    circuit: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Circuit:
    """An address of a counterpart that this node dials.

    Attributes:
        party: The counterpart.
        circuit: Name of the circuit; circuits are ordered by name.
        host: Address to dial.
        port: TCP port.
    """

    party: str
    circuit: str
    host: str
    port: int


def listeners(file: File) -> tuple[Listener, ...]:
    """The tables `listener`."""
    found: list[Listener] = []
    for table in file.each("listener", CIRCUITS_MAX):
        circuit = table.short_name("circuit", "a circuit name")
        table.unlike("circuit", circuit, (other.circuit for other in found))
        found.append(Listener(circuit, *table.address("0.0.0.0")))
    return tuple(found)


def counterparts(file: File, own: str) -> tuple[Circuit, ...]:
    """The tables `counterpart`."""
    found: list[Circuit] = []
    for table in file.each("counterpart", PARTIES_MAX * CIRCUITS_MAX):
        party = table.party()
        if party == own:
            raise table.fault("party", "this is our own name")
        circuit = table.short_name("circuit", "a circuit name")
        others = ((other.party, other.circuit) for other in found)
        table.unlike("circuit", (party, circuit), others)
        found.append(Circuit(party, circuit, *table.address("")))
    return tuple(found)
