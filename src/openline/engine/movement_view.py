"""Movements: notices along a route, each shown with its own words.

A movement lives, is checked and is answered like the notice that it makes
(`Movement.as_notice`), so all rules of `notice_view` hold for it. Its id stands
behind `movement/`, which no notice's id can begin with, so that the two sorts do
not meet under one name. Of a live one the message itself is kept beside the notice.
"""

from typing import Any

from openline.domain.line.understanding import Understanding
from openline.domain.talk.movement import SIDE_PREFIX, Movement
from openline.domain.talk.notice import Notice
from openline.engine.air_watch import plain_name
from openline.engine.conflict_view import Side
from openline.engine.message_view import MessageRecord, MessageView
from openline.engine.notice_view import Load, NoticeRecord, NoticeView


class MovementView(NoticeView):
    """All movements of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView, understanding: Understanding) -> None:
        super().__init__(messages, understanding)
        self._bodies: dict[Side, Movement] = {}

    def take_movement(
        self, record: MessageRecord, movement: Movement, now: int
    ) -> NoticeRecord | None:
        """Take in one version; the movement if it counts now, None if it changes nothing."""
        entry = self.take(record, movement.as_notice(), now)
        if entry is not None and entry.body is not None:
            self._bodies[entry.side] = movement
        return entry

    def _release(self, entry: NoticeRecord) -> None:
        super()._release(entry)
        self._bodies.pop(entry.side, None)

    def _keep_body(self, entry: NoticeRecord, said: Notice | Movement) -> None:
        if entry.body is not None and isinstance(said, Movement):
            self._bodies[entry.side] = said

    def called(self) -> dict[str, Side]:
        """The live movements by their ids and by what their vehicles are called."""
        found: dict[str, Side] = {}
        for side, movement in self._bodies.items():
            plates = [vehicle.plate for vehicle in movement.vehicles if vehicle.plate]
            for name in (movement.movement_id, *plates):
                found.setdefault(plain_name(name), side)
        return found

    def find_movement(self, name: str) -> NoticeRecord | None:
        """A movement by `ID`, our own first, or by `party/ID`."""
        party, parting, movement_id = name.rpartition("/")
        full = f"{SIDE_PREFIX}{movement_id}"
        if parting:
            return self.of(party, full)
        own = self.of(self._messages.own, full)
        names = self._understanding.names()
        others = (self.of(one, full) for one in names)
        return own or next((entry for entry in others if entry is not None), None)

    def movement_json(
        self, entry: NoticeRecord, now: int, load: Load | None = None
    ) -> dict[str, Any]:
        """The movement as faces show it; instants in milliseconds."""
        body = self._bodies.get(entry.side) if entry.body is not None else None
        if body is None and load is not None:
            record = entry.shown.record
            said = load(record.party, record.index, record.epoch)
            body = said if isinstance(said, Movement) else None
        return {
            **self.to_json(entry, now),
            "movement_id": entry.notice_id.removeprefix(SIDE_PREFIX),
            "content": None if body is None else body.to_json(),
        }
