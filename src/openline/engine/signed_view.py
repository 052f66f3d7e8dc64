"""Signed acts as they are seen on a line: whose passkey signed which message.

Keeps where each party's rosters stand and which acts were seen; rosters and messages
are read from the store when somebody asks. What is found follows from the logs alone,
in whatever order they came, so both nodes find the same.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeAlias

from openline.domain.errors import OurError
from openline.domain.limits import SIGNED_ACTS_REMEMBERED_MAX
from openline.domain.record.passkey import Why
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.roster import Roster
from openline.domain.talk.signed_act import Finding, Part, Sent, act_of, verify_act
from openline.engine.message_view import MessageRecord

Load: TypeAlias = Callable[[str, int, int], "Message | Unreadable"]
"""Reads a message of a party by index and epoch."""

_Outbox: TypeAlias = tuple[str, int]


class SignedView:
    """Rosters and signed acts of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, line: str, load: Load | None) -> None:
        self._line = line
        self._load = load
        self._rosters: dict[_Outbox, list[int]] = {}
        # Of each party, where each act stands first: epoch and index by its token.
        self._acts: dict[str, OrderedDict[bytes, tuple[int, int]]] = {}

    def take(self, record: MessageRecord, message: Message | Unreadable) -> None:
        """Take in what a message says of it."""
        if isinstance(message, Roster):
            insort(self._rosters.setdefault((record.party, record.epoch), []), record.index)
        act = act_of(message)
        if act is not None:
            acts = self._acts.setdefault(record.party, OrderedDict())
            place = (record.epoch, record.index)
            acts[act.token] = min(place, acts.get(act.token, place))
            if len(acts) > SIGNED_ACTS_REMEMBERED_MAX:
                acts.popitem(last=False)

    def newest(self, party: str, epoch: int, before: int) -> int | None:
        """Index of the roster that counts for an entry; None if there is none."""
        rosters = self._rosters.get((party, epoch), [])
        place = bisect_left(rosters, before)
        return rosters[place - 1] if place else None

    def roster(self, party: str, epoch: int, index: int | None) -> Roster | None:
        """The roster of an outbox at an index; None if there is none."""
        if index is None or self._load is None:
            return None
        if index not in self._rosters.get((party, epoch), []):
            return None
        try:
            message = self._load(party, index, epoch)
        except OurError:
            return None
        return message if isinstance(message, Roster) else None

    def findings(self, record: MessageRecord, message: Message | Unreadable) -> tuple[Finding, ...]:
        """What is found of each signature of a message."""
        sent = Sent(record.at, record.index, record.precedence, record.recipients)
        return self.judge(record.party, record.epoch, message, sent)

    def judge(
        self, party: str, epoch: int, message: Message | Unreadable, sent: Sent
    ) -> tuple[Finding, ...]:
        """What is found of each signature of a message in an epoch of its author."""
        act = act_of(message)
        if act is None or isinstance(message, Unreadable):
            return ()
        place = (epoch, index := sent.index)
        roster = self.roster(party, epoch, act.roster)
        found = verify_act(party, self._line, message, sent, roster)
        first = self._acts.get(party, OrderedDict()).get(act.token, place)
        why = None
        if first < place:
            why = Why.REPEATED
        elif roster is not None and act.roster != self.newest(party, epoch, index):
            why = Why.OLD_ROSTER if act.roster < index else Why.NO_ROSTER
        return tuple(Finding(one.part, one.by, one.why or why) for one in found)


def fault_words(finding: Finding) -> str:
    """What to tell an officer whose signature does not verify."""
    assert finding.why is not None, "a fault has its reason"
    did = "released" if finding.part is Part.RELEASED else "drafted"
    return (
        f"The signature of {finding.by.officer}, who {did} it, does not verify: "
        f"{finding.why.value}."
    )
