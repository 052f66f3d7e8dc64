"""The picture of an outlet: every mark that a map should show now.

It follows what the node tells its faces. An event says which thing changed; what the
thing is now is read from the views when it is drawn, so that many changes of one thing
are one. Time alone changes things too: a window opens or closes. Drawing is done in
another thread, a few things at a time: the node's loop is not held up.
"""

import asyncio
import heapq
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol, TypeAlias

from openline.adapters.tak.cot import Mark
from openline.adapters.tak.things import NOTHING, Drawn, Scene, draw
from openline.adapters.wording import Wording
from openline.app.outlets.settings import is_shown
from openline.domain.errors import OurError
from openline.domain.limits import OUTLET_MARKS_MAX
from openline.domain.space.geodesy import Position, middle_of, normals, position_of
from openline.domain.talk.movement import SIDE_PREFIX
from openline.engine.effects import Show
from openline.engine.notice_view import NoticeRecord
from openline.engine.views import View

Key: TypeAlias = tuple[str, str, str]
"""A thing: its line, the name of its events, and which one."""

_DRAWN_AT_ONCE: Final = 32
_NO_PLACE: Final = (0, 0)

_log = logging.getLogger("openline")


class Viewed(Protocol):
    """What a picture asks of a running node."""

    def view(self, line: str) -> View:
        """What is known about one line; OurError when there is no such line."""

    def status(self) -> dict[str, Any]:
        """The state of the node and of its lines."""


class Picture:
    """All marks of one outlet. Owned by the outlet's task.

    Args:
        node: Whose lines are shown.
        shows: Names of the events that are shown.
        only_line: The only line that is shown; empty for all.
        wording: Says what is known of each thing.

    Attributes:
        marks: What is to be seen now, by name.
        fresh: Names of marks that changed since they were taken from here, in order.
        gone: Types of the marks that are no more since they were taken from here, by name.
    """

    def __init__(
        self, node: Viewed, shows: Iterable[str], only_line: str, wording: Wording
    ) -> None:
        self.marks: dict[str, Mark] = {}
        self.fresh: dict[str, None] = {}
        self.gone: dict[str, str] = {}
        self._node = node
        self._shows = tuple(shows)
        self._only_line = only_line
        self._wording = wording
        self._things: dict[Key, tuple[str, ...]] = {}
        # How many marks of a thing had no room.
        self._left_out: dict[Key, int] = {}
        # What is to be drawn anew: as it was told, where the views cannot be asked for it.
        self._changed: dict[Key, Mapping[str, Any] | None] = {}
        self._agenda: list[tuple[int, Key]] = []
        self._due: dict[Key, int] = {}

    @property
    def unshown(self) -> int:
        """How many marks have no room."""
        return sum(self._left_out.values())

    def begin(self) -> None:
        """Take in everything that the node knows now; what is not there any more is gone."""
        self._changed |= dict.fromkeys(self._things)
        lines = [row["line"] for row in self._node.status()["lines"]]
        for line in lines:
            if self._only_line in ("", line):
                view = self._node.view(line)
                for name in self._shows:
                    for which, told in _LISTS[name](view):
                        if told is None or is_shown(name, told, self._shows):
                            self._changed[line, name, which] = told

    def take(self, show: Show) -> None:
        """Take in that one thing changed; what this outlet does not show changes nothing."""
        if is_shown(show.name, show.data, self._shows) and self._only_line in ("", show.line):
            key = (show.line, show.name, _WHICH[show.name](show.data))
            self._changed[key] = show.data if show.name in _AS_TOLD else None

    async def draw(self, now: int) -> None:
        """Draw what changed, by itself or by time, until nothing is left."""
        while self._agenda and self._agenda[0][0] <= now:
            at, key = heapq.heappop(self._agenda)
            if self._due.get(key) == at:
                self._changed.setdefault(key, None)
        if self._left_out and len(self.marks) <= OUTLET_MARKS_MAX * 9 // 10:
            # There is room again: look through everything once.
            self.begin()
        while self._changed:
            keys = list(self._changed)[:_DRAWN_AT_ONCE]
            told = [(key, self._read(key, self._changed.pop(key))) for key in keys]
            scenes = {line: self._scene(line, now) for line, _, _ in keys}
            for key, drawn in await asyncio.to_thread(_draw_all, told, scenes):
                self._put(key, drawn)

    def show_all_again(self) -> None:
        """Take every mark for changed: a map does not know any."""
        self.fresh = dict.fromkeys(self.marks)

    def _read(self, key: Key, told: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """What a thing is now; None for what is not there."""
        line, name, which = key
        if name in _AS_TOLD:
            return told
        try:
            return _READ[name](self._node.view(line), which)
        except OurError:
            return None

    def _scene(self, line: str, now: int) -> Scene:
        view = self._node.view(line)
        return Scene(line, view.own, self._wording, now, _middle(view))

    def _put(self, key: Key, drawn: Drawn) -> None:
        before = self._things.pop(key, ())
        self._left_out.pop(key, None)
        names: list[str] = []
        for mark in drawn.marks:
            known = self.marks.get(mark.uid)
            if known is None and len(self.marks) >= OUTLET_MARKS_MAX:
                self._left_out[key] = self._left_out.get(key, 0) + 1
                continue
            names.append(mark.uid)
            self.gone.pop(mark.uid, None)
            if known != mark:
                self.marks[mark.uid] = mark
                self.fresh[mark.uid] = None
        for name in before:
            if name not in names:
                self.gone[name] = self.marks.pop(name).type
                self.fresh.pop(name, None)
        if names:
            self._things[key] = tuple(names)
        self._due.pop(key, None)
        if drawn.changes_at is not None:
            self._due[key] = drawn.changes_at
            heapq.heappush(self._agenda, (drawn.changes_at, key))


def _draw_all(
    told: list[tuple[Key, Mapping[str, Any] | None]], scenes: Mapping[str, Scene]
) -> list[tuple[Key, Drawn]]:
    return [(key, _draw_one(key, thing, scenes[key[0]])) for key, thing in told]


def _draw_one(key: Key, told: Mapping[str, Any] | None, scene: Scene) -> Drawn:
    if told is None:
        return NOTHING
    try:
        return draw(key[1], told, scene)
    except Exception:
        # One thing of a counterpart that we cannot draw must not hide all others.
        _log.exception("%s %s of the line %s cannot be drawn for an outlet", key[1], key[2], key[0])
        return NOTHING


def _middle(view: View) -> Position:
    """The middle of the agreement's area."""
    vertices = [vertex for ring in view.understanding.area for vertex in ring]
    return position_of(middle_of(normals(vertices))) if vertices else _NO_PLACE


_Listed: TypeAlias = Iterable[tuple[str, Mapping[str, Any] | None]]

_LISTS: Final[Mapping[str, Callable[[View], _Listed]]] = {
    "notice": lambda view: _named(view.notice_records.listed(live_only=True, after=0)),
    "movement": lambda view: _named(view.movement_records.listed(live_only=True, after=0)),
    "site": lambda view: (
        (f"{one.party}/{one.site_id}", None)
        for one in view.site_records.listed(0, with_removed=False)
    ),
    "zone": lambda view: (
        (f"{one.party}/{one.zone_id}", None)
        for one in view.zone_records.listed(0, with_ended=False, now=view.now)
    ),
    "private": lambda view: ((one["name"], None) for one in view.privates()),
    "conflict": lambda view: ((one["id"], one) for one in view.conflicts()),
    "private_conflict": lambda view: ((one["id"], one) for one in view.conflicts(private=True)),
    "alarm": lambda view: ((one["id"], one) for one in view.alarms()),
}
"""What there is of each sort when an outlet begins: which one, and it, as it is told."""


def _named(records: Iterable[NoticeRecord]) -> _Listed:
    return ((f"{one.party}/{one.notice_id.removeprefix(SIDE_PREFIX)}", None) for one in records)


def _site(view: View, name: str) -> dict[str, Any] | None:
    """A site, without looking through its list for doubts."""
    site = view.site_records.find(name)
    return None if site is None else view.site_records.to_json(site, view.now, with_doubts=False)


_READ: Final[Mapping[str, Callable[[View, str], dict[str, Any] | None]]] = {
    "notice": lambda view, name: view.notice(name),
    "movement": lambda view, name: view.movement(name),
    "site": _site,
    "zone": lambda view, name: view.zone(name),
    "private": lambda view, name: view.private(name),
}

_WHICH: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "notice": lambda told: f"{told['party']}/{told['notice_id']}",
    "movement": lambda told: f"{told['party']}/{told['movement_id']}",
    "site": lambda told: f"{told['party']}/{told['site_id']}",
    "zone": lambda told: f"{told['party']}/{told['zone_id']}",
    "private": lambda told: told["name"],
    "conflict": lambda told: told["id"],
    "private_conflict": lambda told: told["id"],
    "alarm": lambda told: told["id"],
}

_AS_TOLD: Final = frozenset({"conflict", "private_conflict", "alarm"})
"""Sorts of which an event says all that is to be drawn."""
