"""How the sound of calls may go: through which relays, and to which addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openline.adapters.relay import RelayAddress, parse_relay
from openline.app.settings.table import File, Table
from openline.domain.limits import RELAYS_MAX
from openline.domain.talk.media import Reach

_REACHES: Final = {
    "public": Reach.PUBLIC,
    "private": Reach.PRIVATE,
    "loopback": Reach.LOOPBACK,
}


@dataclass(frozen=True, slots=True)
class Telephone:
    """How the sound of calls may go; as it is here where nothing is set.

    Attributes:
        reaches: Where addresses of the other end may lead, at least one; by default nowhere
            in our own house.
        is_direct: Whether our browsers may tell the other side their own addresses.
        relays: Our relays, in the order in which they are written; may be empty.
        secret_file: What the relays and this node share; None without a relay.
    """

    reaches: tuple[Reach, ...] = (Reach.PUBLIC,)
    is_direct: bool = False
    relays: tuple[RelayAddress, ...] = ()
    secret_file: Path | None = None


USUAL_TELEPHONE: Final = Telephone()


def telephone(file: File) -> Telephone:
    """The table `telephone`; without it no sound goes, for there is no relay."""
    if not file.has("telephone"):
        return USUAL_TELEPHONE
    table = file.sole("telephone")
    relays = tuple(_relays(table))
    secret_file = table.path("relay_secret_file")
    if relays and secret_file is None:
        raise table.fault("relay_secret_file", "it is missing, and there is a relay")
    is_direct = table.choice("way", ("relay", "direct"), "relay") == "direct"
    return Telephone(_reaches(table), is_direct, relays, secret_file)


def _reaches(table: Table) -> tuple[Reach, ...]:
    """Where addresses may lead, in the order of the words."""
    words = [part.strip() for part in table.text("addresses", "public").split(",")]
    for word in words:
        if word not in _REACHES:
            says = f"{word!r} is none of: {', '.join(_REACHES)}"
            raise table.fault("addresses", says)
    return tuple(reach for word, reach in _REACHES.items() if word in words)


def _relays(table: Table) -> Iterator[RelayAddress]:
    urls = [part.strip() for part in table.optional("relay").split(",") if part.strip()]
    if len(urls) > RELAYS_MAX:
        raise table.fault("relay", f"there are {len(urls)}, at most {RELAYS_MAX} may be")
    for url in urls:
        yield table.read("relay", parse_relay, url)
