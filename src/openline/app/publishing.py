"""What a node shows of its logs to be served as static files."""

from dataclasses import dataclass
from typing import Any, Final

from openline.domain.party import Origin
from openline.domain.record.note import Note

BUNDLE_TICKS_MAX: Final = 1_024
"""Ticks of one bundle: 256 numbers, and room for numbers that were signed twice."""


@dataclass(frozen=True, slots=True)
class ShownLog:
    """One outbox as far as it may be shown: up to its largest head.

    Attributes:
        where: Whose it is, on which line, of which epoch.
        size: Entries under the head.
        head: The signed head, with the cosignatures of whoever holds as much.
        keys: The author's and the cosigners' keys, each as a C2SP verifier key.
    """

    where: Origin
    size: int
    head: Note
    keys: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "origin": str(self.where),
            "party": self.where.party,
            "epoch": self.where.epoch,
            "size": self.size,
            "checkpoint": self.head.format(),
            "keys": list(self.keys),
        }
