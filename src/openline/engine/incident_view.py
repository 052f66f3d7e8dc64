"""Incidents and alleged violations as they are looked at: reports, chains, counts.

Where an incident stands is a matter (`matter_view`). Here is what goes with it: the
reports of each side, the messages that belong together, and how often which party is said
to have broken which article. Counts follow from the record alone: both nodes count alike.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.limits import LEDGER_MAX
from openline.domain.talk.incident import Incident
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.protest import Protest
from openline.domain.talk.violation import Violation
from openline.engine.hold_view import Hold, HoldView
from openline.engine.matter_view import Matter, MatterView
from openline.engine.message_view import MessageRecord, MessageView, kind_name

CHAIN_MAX: Final = 1_000
"""Messages in the chain of one incident: its bundle is a file for each of them."""

Load = Callable[[str, int, int], Message | Unreadable]
"""Reads a message from the store: author, index, epoch."""


@dataclass(frozen=True, slots=True)
class _Filed:
    """An alleged violation, a protest or a note, as far as it is counted."""

    record: MessageRecord
    incident: str
    articles: tuple[str, ...]


class IncidentView:
    """What goes with the incidents of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView, matters: MatterView) -> None:
        self._messages = messages
        self._matters = matters
        self.holds = HoldView()
        self._filed: list[_Filed] = []
        self._counts: dict[str, int] = {}
        # Allegations of each party beyond those that are counted one by one.
        self._uncounted: dict[str, int] = {}

    def take(self, record: MessageRecord, message: Message) -> Hold | None:
        """Take in a message that is on the record; what is held anew by it."""
        match message:
            case Incident() if self._matters.of(record) is not None:
                return self.holds.take_report(record, message)
            case Violation() if message.is_allegation:
                self._file(record, message.incident, message.articles)
            case Protest(of=None):
                self._file(record, message.incident, message.articles)
            case _:
                pass
        return None

    def _file(self, record: MessageRecord, incident: str, articles: tuple[str, ...]) -> None:
        count = self._counts.get(record.party, 0)
        if count >= LEDGER_MAX:
            self._uncounted[record.party] = self._uncounted.get(record.party, 0) + 1
            return
        self._counts[record.party] = count + 1
        self._filed.append(_Filed(record, incident, articles))

    # How often.

    def ledger(self, valid_from: int, valid_until: int, now: int) -> dict[str, Any]:
        """The alleged violations of a window, counted alike by both sides.

        Args:
            valid_from: From when on, by the times that are signed.
            valid_until: Until before when.
            now: The instant at which answers are looked at.

        Returns:
            For each author and party accused how many in which state, and by article; in
            the order of names. `uncounted` has those beyond what is counted one by one.
        """
        rows: dict[tuple[str, str], dict[str, dict[str, int]]] = {}
        for filed in self._filed:
            record = filed.record
            if record.kind != Kind.VIOLATION or not valid_from <= record.at < valid_until:
                continue
            for accused, state in self._states(record, now):
                row = rows.setdefault((record.party, accused), {"states": {}, "articles": {}})
                _count(row["states"], state)
                for article in filed.articles:
                    _count(row["articles"], article)
        return {
            "valid_from": valid_from,
            "valid_until": valid_until,
            "rows": [
                _row_json(party, accused, row) for (party, accused), row in sorted(rows.items())
            ],
            "uncounted": sum(self._uncounted.values()),
        }

    def _states(self, record: MessageRecord, now: int) -> Iterator[tuple[str, str]]:
        matter = self._matters.of(record)
        states = {} if matter is None else self._matters.states(matter, now)
        for accused in record.recipients:
            if accused != record.party:
                yield accused, states.get(accused, "RECORDED")

    # What belongs together.

    def find(self, name: str) -> Matter | None:
        """An incident by its id or the serial of a message about it."""
        matter = self._matters.find(name)
        return matter if matter is not None and matter.subject.name == "incident" else None

    def incident(self, matter: Matter, load: Load | None, now: int) -> dict[str, Any]:
        """One incident whole: where it stands, what each side reports, what belongs to it."""
        records = self._records(matter)
        reports = [one for one in records if one.kind == Kind.INCIDENT]
        hold = self.holds.find(matter.name)
        return {
            "matter": self._matters.to_json(matter, now),
            "reports": [self._report_json(one, load) for one in reports],
            "chain": self.chain(matter, load),
            "hold": None if hold is None else hold.to_json(),
        }

    def chain(self, matter: Matter, load: Load | None) -> list[dict[str, Any]]:
        """The messages that belong to an incident, in the order of their signed times.

        Its reports and the steps of its inquiry, the messages that those rest on, what
        was alleged and protested about it, and who read and answered all that.
        """
        own = self._records(matter)
        found: dict[tuple[str, int, int], tuple[MessageRecord, str]] = {}
        _add(found, ((one, "incident") for one in own))
        _add(found, ((one, "about") for one in self._about(own, load)))
        for filed in self._filed:
            if len(found) >= CHAIN_MAX:
                break
            if filed.incident == matter.name:
                linked = self._matters.of(filed.record)
                records = [filed.record] if linked is None else self._records(linked)
                _add(found, ((one, "claim") for one in [filed.record, *records]))
                _add(found, ((one, "about") for one in self._about([filed.record], load)))
        for record, _ in list(found.values())[:CHAIN_MAX]:
            _add(found, ((one, "answer") for one in self._marks(record)))
        rows = sorted(found.values(), key=lambda row: (row[0].at, row[0].party, row[0].index))
        return [self._chain_json(record, role) for record, role in rows[:CHAIN_MAX]]

    def _records(self, matter: Matter) -> list[MessageRecord]:
        found = (self._messages.find(one.party, one.index, one.epoch) for one in matter.happenings)
        return [one for one in found if one is not None]

    def _about(
        self, records: Iterable[MessageRecord], load: Load | None
    ) -> Iterator[MessageRecord]:
        """The messages that others say they rest on."""
        for record in records if load is not None else ():
            assert load is not None, "else there is no record"
            for of in getattr(load(record.party, record.index, record.epoch), "about", ()):
                named = self._messages.find(of.party, of.index)
                if named is not None:
                    yield named

    def _marks(self, record: MessageRecord) -> Iterator[MessageRecord]:
        for mark in record.marks or ():
            found = self._messages.find(mark.party, mark.index)
            if found is not None:
                yield found

    def _chain_json(self, record: MessageRecord, role: str) -> dict[str, Any]:
        return {
            "role": role,
            "serial": self._messages.serial(record.party, record.index),
            "party": record.party,
            "epoch": record.epoch,
            "index": record.index,
            "kind": kind_name(record.kind),
            "notice_id": record.notice_id,
            "at": record.at,
            "delivered": self._messages.delivered(record),
        }

    def _report_json(self, record: MessageRecord, load: Load | None) -> dict[str, Any]:
        message = None if load is None else load(record.party, record.index, record.epoch)
        content = message.to_json() if isinstance(message, Incident) else None
        return {
            "party": record.party,
            "serial": self._messages.serial(record.party, record.index),
            "at": record.at,
            "content": content,
        }


def _add(
    found: dict[tuple[str, int, int], tuple[MessageRecord, str]],
    records: Iterable[tuple[MessageRecord, str]],
) -> None:
    for record, role in records:
        found.setdefault((record.party, record.epoch, record.index), (record, role))


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _row_json(party: str, accused: str, row: dict[str, dict[str, int]]) -> dict[str, Any]:
    return {
        "party": party,
        "accused": accused,
        "alleged": sum(row["states"].values()),
        "states": dict(sorted(row["states"].items())),
        "articles": dict(sorted(row["articles"].items())),
    }
