"""What the doctor says of the telephone: whether each relay lets desks in."""

import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from openline.domain.errors import OurError
from openline.domain.talk.media import reach_of
from openline.faces.cli.faults import rows_of
from openline.faces.cli.finding import Finding, State

if TYPE_CHECKING:
    from openline.adapters.relay import RelayAddress
    from openline.app.config import Config

_CREDENTIAL_S: Final = 60
_INNER: Final = ("10.0.0.1", "172.16.0.1", "192.168.0.1", "127.0.0.1", "169.254.169.254")
"""Addresses of inner networks at which a relay should not knock for others."""


def telephone_findings(config: "Config") -> Iterator[Finding]:
    """Whether the sound of calls has a way."""
    from openline.adapters.relay import credential, read_relay_secret

    settings = config.telephone
    if not settings.relays:
        way = "they go from browser to browser" if settings.is_direct else "they have no sound"
        yield Finding(
            "telephone", State.OK, f"There is no relay for calls: {way}.",
            "Set one up, so that calls have sound and show nobody a desk's address: "
            "docs/guides/telephone.md.",
        )  # fmt: skip
        return
    assert settings.secret_file is not None
    secret = read_relay_secret(settings.secret_file)
    for relay in settings.relays:
        name, password = credential(secret, int(time.time()) + _CREDENTIAL_S, os.urandom(8))
        try:
            yield from _relay(config, relay, name, password)
        except OurError as error:
            what, *remedy = rows_of(error)
            yield Finding("telephone", State.FAULT, what, " ".join(remedy))


def _relay(config: "Config", relay: "RelayAddress", name: str, password: str) -> Iterator[Finding]:
    from openline.adapters.turn import allocation

    reaches = config.telephone.reaches
    with allocation(relay, name, password) as found:
        knocks = [one for one in _INNER if reach_of(one) not in reaches and found.may_reach(one)]
    where = f"{found.address} port {found.port}"
    yield Finding("telephone", State.OK, f"{relay.url} lets our desks in, and gave {where}.")
    if reach_of(found.address) not in reaches:
        yield Finding(
            "telephone", State.WARNING,
            f"{relay.url} gave {found.address}, which is not of an outer network.",
            "The other side does not try it by default: give the relay its outer address as "
            "external-ip.",
        )  # fmt: skip
    if knocks:
        yield Finding(
            "telephone", State.WARNING,
            f"{relay.url} lets calls reach {', '.join(knocks)}: an inner network of yours.",
            "Bar these with denied-peer-ip: docs/guides/telephone.md.",
        )  # fmt: skip
