"""All outlets of one running node, as its settings name them."""

import ssl
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from openline.adapters.tak.sending import open_datagrams, open_stream
from openline.adapters.trust import trust_in
from openline.adapters.webhook.posting import Poster
from openline.adapters.webhook.signing import read_secrets
from openline.adapters.wording import LANGUAGES, Wording
from openline.app.air import Air
from openline.app.beside import Beside, Runs
from openline.app.config import Config
from openline.app.outlets.hook_outlet import HookOutlet
from openline.app.outlets.kept import Kept
from openline.app.outlets.map_outlet import Followed, MapOutlet
from openline.app.outlets.settings import Outlet
from openline.app.outlets.tracks import Tracks


class Seeing(Followed, Protocol):
    """A running node with its air picture."""

    air: Air


def outlets_of(node: Seeing, config: Config, now_ms: Callable[[], int]) -> Beside:
    """The outlets of a node.

    Args:
        node: The running node.
        config: Its settings.
        now_ms: The clock.

    Raises:
        OurError: A file that the settings name cannot be used.
    """
    language = config.language if config.language in LANGUAGES else LANGUAGES[0]
    wording, kept = Wording(language), config.outlet_states
    outlets: list[Runs] = []
    for outlet in config.outlets:
        if outlet.is_hook:
            path = kept / f"{outlet.name}.sqlite"
            posting = (_secrets_of(outlet), partial(Poster, outlet.address, _trust_of(outlet)))
            outlets.append(HookOutlet(node, outlet, path, *posting, now_ms))
        else:
            marks, way = Kept(kept / f"{outlet.name}.json"), _way_to(outlet)
            tracks = Tracks(config.party, outlet.tracks, node.air.tracks, wording)
            outlets.append(MapOutlet(node, outlet, marks, wording, way, now_ms, tracks))
    return Beside("outlet", outlets)


def _way_to(outlet: Outlet) -> Callable[[], Any]:
    """What opens a way to an outlet's address."""
    if outlet.scheme == "udp":
        return partial(open_datagrams, outlet.host, outlet.port)
    return partial(open_stream, outlet.host, outlet.port, _trust_of(outlet))


def _trust_of(outlet: Outlet) -> ssl.SSLContext | None:
    """By what the other side is known; None where nothing is encrypted."""
    if outlet.scheme not in ("tls", "https"):
        return None
    return trust_in(outlet.trusted, outlet.certificate)


def _secrets_of(outlet: Outlet) -> tuple[bytes, ...]:
    assert outlet.secret is not None, "the settings ask for it"
    return read_secrets(outlet.secret)
