"""What a party keeps to itself on one line: plans and sites, on its own node only.

They meet the live notices of other parties under the same rule and the same
minima as a notice of ours would, and neither our own notices nor each other; a
plan meets their sites and zones as well, what stands does not. No
counterpart is told: they are in the private journal and nowhere else. Rules:

1. Of one name there is one. It is replaced on purpose only, and keeps its
   conflicts; what was dropped or is over leaves its name free.
2. It is over when its last window closes. Then it meets nothing any more, takes
   no room, and stays listed for a while.
3. What is called by its token: a random one, since alarms name it and the
   journal notes who acknowledged them (`engine.journal`, KEPT).
"""

import heapq
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.limits import PRIVATE_ENDED_KEPT, PRIVATE_KEPT_MAX, PRIVATE_VERTICES_MAX
from openline.domain.talk.private import ALWAYS_FROM, WITHOUT_END, Private
from openline.domain.talk.zone import ZONE_KIND
from openline.engine.conflict_view import Occupied, Side
from openline.engine.notice_view import sound_volumes

_PREFIX: Final = "private/"
"""Stands where a notice has its id, in which there is neither a small letter nor a slash."""


@dataclass(slots=True)
class PrivateRecord:
    """One plan or site that is kept, or was.

    Attributes:
        private: What is kept.
        token: Random letters by which conflicts and alarms call it.
        side: What it is called among notices.
        version: 1 at first, one more with each replacement.
        by: Post and officer who kept this version.
        kept_at: When it was kept first.
        changed_at: When it was replaced last; None if never.
        over_at: When its last window closed; None before that.
    """

    private: Private
    token: str
    side: Side
    version: int
    by: tuple[str, str]
    kept_at: int
    changed_at: int | None = None
    over_at: int | None = None

    def occupied(self) -> Occupied:
        """What it occupies."""
        private = self.private
        volumes = sound_volumes(private.volumes)
        return Occupied(
            self.version,
            private.kind if private.rule is None else ZONE_KIND,
            private.is_exercise,
            volumes,
            private.name,
            is_standing=private.is_standing,
            rule="" if private.rule is None else private.rule.name,
        )

    def to_json(self) -> dict[str, Any]:
        """It as faces list it; instants in milliseconds, None for an open end."""
        private = self.private
        post, officer = self.by
        starts, ends = private.valid_from, private.valid_until
        return {
            "name": private.name,
            "site": private.is_site,
            "rule": "" if private.rule is None else private.rule.name,
            "kind": private.kind,
            "exercise": private.is_exercise,
            "remark": private.remark,
            "version": self.version,
            "volumes": len(private.volumes),
            "valid_from": None if starts == ALWAYS_FROM else starts,
            "valid_until": None if ends == WITHOUT_END else ends,
            "is_live": self.over_at is None,
            "by": {"post": post, "officer": officer},
            "kept_at": self.kept_at,
            "changed_at": self.changed_at,
            "over_at": self.over_at,
        }


class PrivateView:
    """The plans and sites that are kept on one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, own: str) -> None:
        self._own = own
        self._kept: dict[str, PrivateRecord] = {}
        self._over: OrderedDict[str, PrivateRecord] = OrderedDict()
        self._vertices = 0
        # When a last window closes: (at, name, token, version).
        self._agenda: list[tuple[int, str, str, int]] = []

    def check(self, private: Private, *, replaces: bool) -> None:
        """Confirm that there is room for it, and that its name is free.

        Raises:
            OurError: There is not, or it is not; with what to do.
        """
        before = self._kept.get(private.name)
        if before is not None and not replaces:
            raise OurError(
                f"{private.name!r} is kept already.",
                "Choose another name, or say that it is to be replaced.",
            )
        if before is None and replaces:
            raise OurError(
                f"There is no {private.name!r} to be replaced.",
                "Take the name from `openline private list`, or keep it as a new one.",
            )
        if before is None and len(self._kept) >= PRIVATE_KEPT_MAX:
            raise OurError(
                f"{PRIVATE_KEPT_MAX} plans and sites are kept already, which is all that may be.",
                "Drop what is not needed, or put several places into one.",
            )
        room = PRIVATE_VERTICES_MAX - self._vertices + (before.private.vertices if before else 0)
        if private.vertices > room:
            raise OurError(
                f"It has {private.vertices} vertices, and there is room for {room} of "
                f"{PRIVATE_VERTICES_MAX}.",
                "Draw it with fewer vertices, or drop what is not needed.",
            )

    def is_same(self, private: Private) -> bool:
        """Whether exactly this is kept already: then it was asked for twice."""
        before = self._kept.get(private.name)
        return before is not None and before.private == private

    def keep(self, private: Private, token: str, by: tuple[str, str], at: int) -> PrivateRecord:
        """Keep it; what is kept under its name is replaced.

        Args:
            private: What to keep.
            token: What to call it if nothing is kept under its name.
            by: Post and officer.
            at: The present instant.
        """
        record = self._kept.get(private.name)
        if record is None:
            side = (self._own, f"{_PREFIX}{token}")
            record = PrivateRecord(private, token, side, 1, by, at)
            self._over.pop(private.name, None)
            self._kept[private.name] = record
        else:
            self._vertices -= record.private.vertices
            record.private, record.by = private, by
            record.version, record.changed_at = record.version + 1, at
        self._vertices += private.vertices
        self._remember(record)
        return record

    def let_go(self, name: str) -> PrivateRecord:
        """Keep it no longer, nor list it.

        Raises:
            OurError: Nothing of that name is kept or listed.
        """
        if name in self._over:
            return self._over.pop(name)
        record = self.named(name)
        self._forget(record)
        return record

    def named(self, name: str) -> PrivateRecord:
        """What is kept under a name, or was until its last window closed.

        Raises:
            OurError: Nothing is.
        """
        record = self._kept.get(name) or self._over.get(name)
        if record is None:
            raise OurError(
                f"Nothing is kept under the name {name!r} on this line.",
                "Take the name from `openline private list`.",
            )
        return record

    def listed(self) -> list[PrivateRecord]:
        """What is kept, in the order in which it came; then what is over."""
        return [*self._kept.values(), *self._over.values()]

    def advance(self, now: int) -> Iterator[PrivateRecord]:
        """What is over now, in order: its last window has closed."""
        while self._agenda and self._agenda[0][0] <= now:
            _, name, token, version = heapq.heappop(self._agenda)
            record = self._kept.get(name)
            if record is None or (record.token, record.version) != (token, version):
                continue
            self._forget(record)
            record.over_at = record.private.valid_until
            self._over[name] = record
            if len(self._over) > PRIVATE_ENDED_KEPT:
                self._over.popitem(last=False)
            yield record

    def revive(self, now: int) -> Iterator[PrivateRecord]:
        """What lives again since the clock was set back: its window is open by it."""
        for name, record in list(self._over.items()):
            if record.private.valid_until > now:
                del self._over[name]
                record.over_at = None
                self._kept[name] = record
                self._vertices += record.private.vertices
                self._remember(record)
                yield record

    def _remember(self, record: PrivateRecord) -> None:
        """Note when it is over; what was noted of what is gone makes room now and then."""
        self._agenda.append(_due(record))
        if len(self._agenda) > 2 * PRIVATE_KEPT_MAX:
            self._agenda = [_due(one) for one in self._kept.values()]
        heapq.heapify(self._agenda)

    def _forget(self, record: PrivateRecord) -> None:
        del self._kept[record.private.name]
        self._vertices -= record.private.vertices


def _due(record: PrivateRecord) -> tuple[int, str, str, int]:
    return record.private.valid_until, record.private.name, record.token, record.version
