"""What all engines are given: the volumes, the queries, and the exact rule if they have none."""

import time
from dataclasses import dataclass, field

from bench.conflict.boxes import Boxes, boxes_of
from bench.conflict.outcome import settle
from bench.conflict.theatre import MINIMA, Theatre, make_theatre
from openline.domain.space.conflict import Finding, find_conflict
from openline.domain.space.volume import Volume

VOLUMES_SEED, QUERIES_SEED, NEWCOMERS_SEED = 1, 2, 3


@dataclass
class Contest:
    """One theatre and the queries that are put to every engine.

    Attributes:
        theatre: The volumes, as arrays.
        volumes: The same, as objects.
        boxes: Boxes of the volumes.
        asked: The queries, as arrays: volumes of the same kind, none of them in the theatre.
        queries: The same, as objects.
        widened: Boxes of the queries with the minima round them.
        theatres: In how many theatres volumes and queries lie.
    """

    theatre: Theatre
    volumes: list[Volume]
    boxes: Boxes
    asked: Theatre
    queries: list[Volume]
    widened: Boxes
    theatres: int = 1
    _judged: dict[tuple[int, int], tuple[bool, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, count: int, queries: int, theatres: int = 1) -> "Contest":
        """So many volumes and queries, always the same."""
        theatre = make_theatre(count, VOLUMES_SEED, theatres)
        asked = make_theatre(queries, QUERIES_SEED, theatres)
        made = cls(
            theatre,
            list(theatre.volumes()),
            boxes_of(theatre),
            asked,
            list(asked.volumes()),
            boxes_of(asked).widened(),
            theatres,
        )
        settle()
        return made

    @property
    def name(self) -> str:
        """How many volumes, and where."""
        where = f" in {self.theatres} theatres" if self.theatres > 1 else ""
        return f"{len(self.volumes):,}{where}"

    def judge(self, query: int, row: int) -> tuple[bool, float]:
        """Whether our rule calls it a conflict, and the microseconds that took, the first time.

        Engines that know boxes only ask this about each candidate. It is the same work for all of
        them, so it is done once and its time added to each.
        """
        pair = (query, row)
        if pair not in self._judged:
            began = time.perf_counter()
            is_conflict = self.finding(query, row).is_conflict
            self._judged[pair] = is_conflict, (time.perf_counter() - began) * 1e6
        return self._judged[pair]

    def finding(self, query: int, row: int) -> Finding:
        """What our rule says in full."""
        return find_conflict(self.queries[query], self.volumes[row], MINIMA)
