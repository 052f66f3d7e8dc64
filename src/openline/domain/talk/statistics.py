"""Statistics of a month: what both parties compute alike from one record.

Monthly counts are a habit of real lines, and quarrels about them are another: so
here everything follows from the messages themselves and the times that their
authors signed, never from when or in which order they came in. Equal messages
give equal bytes on every node (`to_bytes`). Instants of machine receipts are not
counted: each side holds its own.

A message counts in the month of its own time. What was done about it (read,
answered) counts if it was dated before `GRACE_MS` after the end, so that a month
is closed two days after it is over. Without an answer nothing is guessed: it is
counted as missed, unread or unanswered.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openline.domain.instant import DAY_MS
from openline.domain.line.terms import Timers
from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence
from openline.domain.talk.kinds import Kind
from openline.domain.talk.lead_time import lead_class

GRACE_MS: Final = 2 * DAY_MS
"""After the end of a window what is done about its messages still counts: the longest
time that an ordinary answer has."""

_NEEDS_ANSWER: Final = (
    Kind.NOTICE,
    Kind.DECLARATION,
    Kind.RESUMPTION_OFFER,
    Kind.QUERY,
    Kind.WARNING,
    Kind.EXPLANATION,
)
_ANSWERS: Final = (Kind.RESPONSE, Kind.ANSWER)
_IS_ACT: Final = frozenset({Kind.READ, Kind.READ_BACK, *_ANSWERS, Kind.LINE_CHECK_REPLY})
_KINDS: Final = {int(kind): kind.name for kind in Kind}
_PRECEDENCES: Final = {int(one): one.name for one in Precedence}


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """What statistics take from one message.

    Attributes:
        party: The author.
        epoch: Which of the author's outboxes.
        index: Its place there.
        kind: Number of its kind.
        at: When the author says it was written.
        precedence: How fast it was to go.
        recipients: Parties addressed.
        reply_to: Author and index of the message it is about.
        category: Of a notice, its category; else empty.
        valid_from: Of a notice with a window, its start.
    """

    party: str
    epoch: int
    index: int
    kind: int
    at: int
    precedence: int
    recipients: tuple[str, ...]
    reply_to: tuple[str, int] | None = None
    category: str = ""
    valid_from: int | None = None


def statistics(
    facts: Iterable[Fact], understanding: Understanding, start: int, end: int
) -> dict[str, Any]:
    """The statement of a window, half-open, in plain values.

    Args:
        facts: Of every message that is held, in any order; the same twice counts once.
        understanding: The terms by which is counted.
        start: First instant of the window.
        end: First instant after it.
    """
    ordered = sorted({(f.party, f.epoch, f.index): f for f in facts}.values(), key=_place)
    held = [fact for fact in ordered if start <= fact.at < end]
    acts = _Acts([f for f in ordered if f.kind in _IS_ACT and f.at < end + GRACE_MS])
    parties = understanding.names()
    return {
        "line": understanding.line,
        "from": start,
        "until": end,
        "version": understanding.version,
        "parties": {
            party: {
                "messages": _messages(held, party),
                "notices": _notices(held, party, understanding),
                "checks": _checks(held, party, parties, acts, understanding.timers),
                "read": _done(held, party, acts.reads, _read_within(understanding.timers)),
                "answered": _done(
                    [fact for fact in held if fact.kind in _NEEDS_ANSWER],
                    party,
                    acts.answers,
                    _answer_within(understanding.timers),
                ),
                "held": sum(fact.party == party for fact in held),
            }
            for party in parties
        },
    }


def to_bytes(statement: Mapping[str, Any]) -> bytes:
    """The statement as canonical JSON: keys in order, no white space, UTF-8."""
    text = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _place(fact: Fact) -> tuple[str, int, int]:
    return fact.party, fact.epoch, fact.index


class _Acts:
    """When each party first did something about each message."""

    def __init__(self, acts: Sequence[Fact]) -> None:
        self.reads: dict[tuple[str, tuple[str, int]], int] = {}
        self.answers: dict[tuple[str, tuple[str, int]], int] = {}
        self.replies: dict[tuple[str, tuple[str, int]], int] = {}
        for act in acts:
            if act.reply_to is None:
                continue
            first = self._of(act.kind)
            place = (act.party, act.reply_to)
            first[place] = min(act.at, first.get(place, act.at))

    def _of(self, kind: int) -> dict[tuple[str, tuple[str, int]], int]:
        if kind == Kind.LINE_CHECK_REPLY:
            return self.replies
        return self.answers if kind in _ANSWERS else self.reads


def _messages(held: Sequence[Fact], party: str) -> dict[str, dict[str, int]]:
    """By precedence and kind, how many messages a party wrote."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in _PRECEDENCES.values()}
    for fact in held:
        if fact.party == party:
            kind = _KINDS.get(fact.kind, f"KIND_{fact.kind}")
            counts[_PRECEDENCES.get(fact.precedence, "ROUTINE")][kind] += 1
    return {name: dict(sorted(count.items())) for name, count in counts.items() if count}


def _notices(
    held: Sequence[Fact], party: str, understanding: Understanding
) -> dict[str, dict[str, int]]:
    """By category and class of lead time, counted from the author's own time."""
    counts: dict[str, Counter[str]] = {}
    for fact in held:
        if fact.party != party or fact.kind != Kind.NOTICE or fact.valid_from is None:
            continue
        lead = lead_class(fact.category, fact.valid_from, fact.at, understanding)
        counts.setdefault(fact.category, Counter())[lead.value] += 1
    return {name: dict(sorted(count.items())) for name, count in sorted(counts.items())}


def _checks(
    held: Sequence[Fact], party: str, parties: tuple[str, ...], acts: _Acts, timers: Timers
) -> dict[str, dict[str, int]]:
    """By counterpart, what became of the line checks that a party made."""
    names = [name for name in parties if name != party]
    counts = {name: {"sent": 0, "answered_in_time": 0, "late": 0, "missed": 0} for name in names}
    for fact in held:
        if fact.party != party or fact.kind != Kind.LINE_CHECK:
            continue
        for name in sorted(set(fact.recipients) & set(names)):
            answered_at = acts.replies.get((name, (party, fact.index)))
            counts[name]["sent"] += 1
            counts[name][_check_word(fact.at, answered_at, timers)] += 1
    return counts


def _check_word(asked_at: int, answered_at: int | None, timers: Timers) -> str:
    if answered_at is None or answered_at - asked_at >= timers.line_check_unanswered_ms:
        return "missed"
    return "late" if answered_at - asked_at >= timers.line_check_answer_ms else "answered_in_time"


def _done(
    held: Sequence[Fact],
    party: str,
    done: Mapping[tuple[str, tuple[str, int]], int],
    within: Mapping[int, int],
) -> dict[str, dict[str, int | None]]:
    """By precedence, what a party did about the messages to it, and how fast."""
    found: dict[str, dict[str, int | None]] = {}
    for precedence, name in _PRECEDENCES.items():
        addressed = [
            fact
            for fact in held
            if fact.precedence == precedence
            and party in fact.recipients
            and fact.party != party
            and fact.kind not in _IS_ACT
            and fact.kind != Kind.LINE_CHECK
        ]
        if not addressed:
            continue
        delays = sorted(
            done[party, (fact.party, fact.index)] - fact.at
            for fact in addressed
            if (party, (fact.party, fact.index)) in done
        )
        found[name] = {
            "addressed": len(addressed),
            "done": len(delays),
            "not_done": len(addressed) - len(delays),
            "in_time": sum(delay <= within[precedence] for delay in delays),
            "median_ms": delays[(len(delays) - 1) // 2] if delays else None,
            "slowest_ms": delays[-1] if delays else None,
        }
    return found


def _read_within(timers: Timers) -> dict[int, int]:
    return {
        int(Precedence.ROUTINE): timers.read_routine_ms,
        int(Precedence.PRIORITY): timers.read_priority_ms,
        int(Precedence.IMMEDIATE): timers.read_immediate_ms,
        int(Precedence.FLASH): timers.read_flash_ms,
    }


def _answer_within(timers: Timers) -> dict[int, int]:
    return {
        int(Precedence.ROUTINE): timers.answer_routine_ms,
        int(Precedence.PRIORITY): timers.answer_priority_ms,
        int(Precedence.IMMEDIATE): timers.answer_immediate_ms,
        int(Precedence.FLASH): timers.answer_flash_ms,
    }
