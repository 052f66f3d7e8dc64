"""The burst: texts said one after another, until their node is gone."""

import threading
from collections.abc import Callable
from typing import Final

from openline.domain.errors import OurError
from openline.faces.demo.station import Station
from openline.faces.demo.story import await_quietly

TEXTS_BEFORE_KILL: Final = 12
TEXTS_MAX: Final = 400


class Burst:
    """One text after another, as fast as the node takes them, until it is gone.

    Args:
        station: The node.

    Attributes:
        recorded: The texts that the node said it has recorded, by index.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        self.recorded: dict[int, str] = {}

    def interrupt_by(self, kill: Callable[[], None]) -> dict[int, str]:
        """Kill the node in the middle; what it had shown as delivered before, by index."""
        thread = threading.Thread(target=self._say, name="burst", daemon=True)
        thread.start()
        await_quietly(
            lambda: len(self.recorded) >= TEXTS_BEFORE_KILL or not thread.is_alive(),
            "Texts are said.",
        )
        shown = {
            one["index"]: one["kind"]
            for one in self._station.messages()
            if one["party"] == self._station.party and one["marks"]["delivered"]
        }
        kill()
        thread.join()
        return shown

    def _say(self) -> None:
        for number in range(1, TEXTS_MAX + 1):
            text = f"RECONSTRUCTION. Row {number} of a long list."
            fields = {"language": "en", "text": text, "exercise": True}
            try:
                said = self._station.say("TEXT", fields, waits=False)
            except (OurError, ValueError):
                return  # The node is gone, as it should be, perhaps within its answer.
            self.recorded[said.index] = text
