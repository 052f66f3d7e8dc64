"""How the sound of calls may go: which addresses of the other side are tried."""

from typing import Final

from openline.app.settings.table import File
from openline.domain.talk.media import Reach

_REACHES: Final = {
    "public": Reach.PUBLIC,
    "private": Reach.PRIVATE,
    "loopback": Reach.LOOPBACK,
}

USUAL_REACHES: Final = (Reach.PUBLIC,)
"""What is tried where nothing is set: nothing in our own house."""


def reaches(file: File) -> tuple[Reach, ...]:
    """Where addresses of the other end of a call may lead, in the order of the words."""
    if not file.has("telephone"):
        return USUAL_REACHES
    table = file.sole("telephone")
    words = [part.strip() for part in table.text("addresses", "public").split(",")]
    for word in words:
        if word not in _REACHES:
            says = f"{word!r} is none of: {', '.join(_REACHES)}"
            raise table.fault("addresses", says)
    return tuple(reach for word, reach in _REACHES.items() if word in words)
