"""The brief: everything that whoever takes the watch must know.

Nobody writes it: it is computed, so nothing is forgotten. Long lists are cut, and say how
much was left off (`domain.limits.BRIEF_ROWS_MAX`).
"""

from typing import TYPE_CHECKING, Any

from openline.domain.limits import BRIEF_ROWS_MAX
from openline.domain.talk.watch import WATCH_MS

if TYPE_CHECKING:
    from openline.engine.line import Line
    from openline.engine.views import View

Rows = list[dict[str, Any]]


def watch_brief(line: "Line", now: int) -> dict[str, Any]:
    """The brief of a line, of plain values; instants in milliseconds.

    Args:
        line: The line.
        now: The instant; the next watch is the eight hours from then.
    """
    view, status = line.view, line.status(now)
    left_off: dict[str, int] = {}
    lists = {**_open(view, now), **_unread(line, view), **_machine(status)}
    counts = {name: len(rows) for name, rows in lists.items()} | view.awaiting.counts()
    for name, count in counts.items():
        if count > BRIEF_ROWS_MAX:
            left_off[name] = count - BRIEF_ROWS_MAX
    return {
        "line": line.name,
        "party": line.own,
        "at": now,
        "until": now + WATCH_MS,
        "word": status["displayed"]["word"],
        "declared": status["declared"],
        **{name: rows[:BRIEF_ROWS_MAX] for name, rows in lists.items()},
        "keys": {
            "can_sign": status["can_sign"],
            "waiting_for": status["waiting_for"],
            "broken": status["broken"],
            "in_force": status["keys"],
        },
        "left_off": left_off,
    }


def _open(view: "View", now: int) -> dict[str, Rows]:
    """What is open, due or to come."""
    due = view.due(now)
    checks = [
        {
            "party": party,
            "number": check.number,
            "serial": view.serial(party, check.index),
            "at": check.at,
        }
        for party in view.understanding.names()
        if party != view.own
        for check in view.state.open_checks(party, view.own)
    ]
    return {
        "watches": view.watches.listed(now),
        "checks": checks,
        "due": due,
        "contacts": [row for row in due if row["subject"] == "contact"],
        "matters": [_matter(matter) for matter in view.matters(now=now)],
        "notices": view.notices_until(now, now + WATCH_MS),
    }


def _unread(line: "Line", view: "View") -> dict[str, Rows]:
    """What nobody has receipted, read or translated."""
    first = min((peer.receipted for peer in line.peers.values()), default=0)
    not_receipted = [
        {
            "serial": view.serial(line.own, index),
            "by": [party for party, peer in line.peers.items() if peer.receipted <= index],
        }
        for index in range(first, min(line.outbox.size, first + 2 * BRIEF_ROWS_MAX))
    ]
    return {
        "unread": view.awaiting.unread(BRIEF_ROWS_MAX),
        "unread_by_others": view.awaiting.unread_by_others(BRIEF_ROWS_MAX),
        "not_receipted": not_receipted,
        "translations": view.awaiting.translations(BRIEF_ROWS_MAX),
    }


def _machine(status: dict[str, Any]) -> dict[str, Rows]:
    """Circuits and alarms."""
    circuits = [
        {
            "party": peer["party"],
            "circuit": circuit["circuit"],
            "state": circuit["state"],
            "is_connected": circuit["is_connected"],
        }
        for peer in status["counterparts"]
        for circuit in peer["circuits"]
    ]
    alarms = [
        {name: alarm[name] for name in ("id", "name", "precedence", "at", "facts", "over_at")}
        for alarm in status["alarms"]
    ]
    return {"circuits": circuits, "alarms": alarms}


def _matter(matter: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "subject", "party", "said", "precedence", "at", "states", "tier")
    return {name: matter[name] for name in names}
