"""A busy line: so many notices and queries a day, read and answered, from one seed."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.envelope import Header
from openline.domain.talk.body import Reference
from openline.domain.talk.message import Message
from openline.domain.talk.notice import Notice, Place, SpeaksFor
from openline.domain.talk.query import AnswerCode, Query, QueryAnswer, Question, Sighting
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.engine.views import Applied, View
from tests.engine.parties import LINE, make_parties
from tests.engine.views_script import EVENING, HOUR, MINUTE, WATCH, circle

NOTICES_A_DAY = 200
QUERIES_A_DAY = 50
DAY = 24 * HOUR


@dataclass
class Busy:
    """What two parties say on a busy line.

    Attributes:
        days: How many.
        seed: What it follows from.
        understanding: Their terms.
        said: Every message with its header, in the order of the signed times.
    """

    days: int
    seed: int = 1
    understanding: Understanding = field(init=False)
    said: list[tuple[Header, Message]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.understanding = make_parties().understanding
        self._names = self.understanding.names()
        self._sizes = dict.fromkeys(self._names, 0)
        self._random = random.Random(self.seed)
        self._later: list[tuple[int, int, Callable[[int], None]]] = []
        self._number = 0
        for at, begin in self._beginnings():
            self._catch_up(at)
            begin(at)
        self._catch_up(EVENING + (self.days + 2) * DAY)

    @property
    def until(self) -> int:
        """When everything is over."""
        return EVENING + (self.days + 4) * DAY

    def heard_by(self, own: str) -> View:
        """A view of one party that has taken in everything, late by up to three seconds."""
        view, late, now = View(own, self.understanding), random.Random(own), 0
        for header, message in self.said:
            now = max(now, header.at + late.randrange(3_000))
            circuit = "" if header.party == own else "primary"
            view.apply(Applied(header, message, now, circuit), live=False)
        return view

    def _beginnings(self) -> list[tuple[int, Callable[[int], None]]]:
        found: list[tuple[int, Callable[[int], None]]] = []
        for day in range(self.days):
            for count, begin in ((NOTICES_A_DAY, self._notice), (QUERIES_A_DAY, self._query)):
                for _ in range(count):
                    found.append((EVENING + day * DAY + self._random.randrange(DAY), begin))
        return sorted(found, key=lambda one: one[0])

    def _catch_up(self, until: int) -> None:
        while self._later and self._later[0][0] <= until:
            at, _, act = heapq.heappop(self._later)
            act(at)

    def _at(self, at: int, act: Callable[[int], None]) -> None:
        self._number += 1
        heapq.heappush(self._later, (at, self._number, act))

    def _say(self, party: str, message: Message, at: int, precedence: Precedence) -> Reference:
        other = self._other(party)
        index = self._sizes[party]
        self._sizes[party] += 1
        heads = (Checkpoint(f"{other}/{LINE}/out", self._sizes[other], bytes(32)),)
        kind = int(message.message_kind)  # type: ignore[union-attr]
        header = Header(party, LINE, kind, index, at, heads, None, int(precedence), (other,))
        self.said.append((header, message))
        return Reference(party, index)

    def _other(self, party: str) -> str:
        return self._names[1 - self._names.index(party)]

    def _notice(self, at: int) -> None:
        party = self._random.choice(self._names)
        where = circle(
            north_km=self._random.randrange(-400, 400),
            valid_from=at + HOUR,
            valid_until=at + 3 * HOUR,
        )
        self._number += 1
        notice = Notice(
            WATCH, f"N{self._number}", "flight", "air", (where,), Place("at Shayrat"), "A flight"
        )
        of = self._say(party, notice, at, Precedence.PRIORITY)
        read_at = at + self._random.randrange(MINUTE, 30 * MINUTE)
        self._at(read_at, lambda at: self._read(of, at))

    def _read(self, of: Reference, at: int) -> None:
        self._say(self._other(of.party), Read(WATCH, of), at, Precedence.ROUTINE)

    def _query(self, at: int) -> None:
        party = self._random.choice(self._names)
        asked = Query(
            WATCH,
            Question.ARE_THESE_YOURS,
            objects=(Sighting("trucks"),),
            place="5 km east of Khasham",
        )
        of = self._say(party, asked, at, Precedence.IMMEDIATE)
        self._at(at + MINUTE, lambda at: self._read(of, at))
        if self._random.random() < 0.9:
            answer_at = at + self._random.randrange(2 * MINUTE, 50 * MINUTE)
            self._at(answer_at, lambda at: self._answer(of, at))

    def _answer(self, of: Reference, at: int) -> None:
        said = QueryAnswer(
            WATCH, of, AnswerCode.NOT_OURS, (SpeaksFor.OWN,), valid_until=at + 2 * HOUR
        )
        answered = self._say(self._other(of.party), said, at, Precedence.IMMEDIATE)
        noted = Response(WATCH, answered, Answer.NOTED)
        self._at(at + MINUTE, lambda at: self._note(of.party, noted, at))

    def _note(self, party: str, noted: Response, at: int) -> None:
        self._say(party, noted, at, Precedence.ROUTINE)
