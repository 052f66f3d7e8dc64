"""Officers of simulated parties: what they say, read and answer on one line.

Each party's officers have a mood: prompt ones read at once and answer, lax ones let
things lie, talkative ones say three times as much. They ask their node as the API
does, repeat a command of which no answer came, and remember what they were told.
"""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.instant import HOUR_MS, MINUTE_MS, SECOND_MS
from openline.domain.party import Precedence
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.body import By, Reference
from openline.domain.talk.check import LineCheck
from openline.domain.talk.message import Message
from openline.domain.talk.notice import Notice, Place, SpeaksFor
from openline.domain.talk.query import AnswerCode, Query, QueryAnswer, Question, Sighting
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.text import Text
from openline.engine.commands import Compose, Recorded
from openline.engine.effects import Show
from openline.sim.plan import Plan
from openline.sim.station import Station
from openline.sim.timeline import Timeline

ASKED_TIMES: Final = 4
REPEATED_AFTER_MS: Final = 30 * SECOND_MS
"""An officer who was not answered asks again, with the same request id."""

_BY: Final = By("watch", "Maj. Petrov")
_PRECEDENCES: Final = (
    *(Precedence.ROUTINE,) * 5,
    *(Precedence.PRIORITY,) * 3,
    Precedence.IMMEDIATE,
    Precedence.FLASH,
)
_READ: Final = ("TEXT", "NOTICE", "QUERY", "LINE_CHECK")
_LAT_E7, _LON_E7 = 344_900_000, 369_090_000


@dataclass(frozen=True, slots=True)
class Mood:
    """How the officers of a party are.

    Attributes:
        reads: How many of the messages of others they read.
        answers: How many they answer.
        delay_ms: At most so long after a message came.
        talk: How much they say, against the plan.
    """

    reads: float
    answers: float
    delay_ms: int
    talk: float


MOODS: Final = {
    "prompt": Mood(1.0, 0.8, 2 * MINUTE_MS, 1.0),
    "lax": Mood(0.3, 0.1, 8 * HOUR_MS, 0.5),
    "talkative": Mood(0.8, 0.5, 20 * MINUTE_MS, 3.0),
}


class Officers:
    """The officers of one party on one line.

    Attributes:
        said: What their node recorded for each request, by its words or number.
        refused: How often their node refused.
    """

    def __init__(self, plan: Plan, station: Station, timeline: Timeline, chance: Random) -> None:
        self.said: dict[str, Recorded] = {}
        self.refused = 0
        self._line = plan.line
        # Its node tells requests apart over all lines.
        self._asks_as = f"{station.party} {plan.line}" if plan.several else station.party
        self._station = station
        self._time = timeline
        self._chance = chance
        self._mood = MOODS[chance.choice(sorted(MOODS))]
        self._every_ms = round(plan.word_every_ms / self._mood.talk)
        self._number = 0
        self._checks = 0
        self._seen: set[tuple[str, int, int]] = set()
        self._is_over = False
        self._later()

    def end(self) -> None:
        """From now on they say nothing more of their own accord."""
        self._is_over = True

    # Of their own accord.

    def _later(self) -> None:
        self._time.after(round(self._chance.expovariate(1 / self._every_ms)), self._speak)

    def _speak(self) -> None:
        if self._is_over:
            return
        self._later()
        say = self._chance.choice((self._text, self._text, self._notice, self._query, self._check))
        precedence = self._chance.choice(_PRECEDENCES)
        self.say(say(), precedence)

    def _text(self) -> Message:
        return Text(_BY, "en", f"Word {self._number} of {self._station.party}.")

    def _notice(self) -> Message:
        start = self._station.wall() + self._chance.randint(10 * MINUTE_MS, 6 * HOUR_MS)
        volume = Volume(
            shape=Shape.CIRCLE,
            vertices=((_LAT_E7 + self._chance.randint(-3_000_000, 3_000_000), _LON_E7),),
            radius_m=self._chance.randint(1_000, 20_000),
            lower=Altitude(Datum.AMSL, 0),
            upper=Altitude(Datum.AMSL, 30_000),
            valid_from=start,
            valid_until=start + self._chance.randint(10 * MINUTE_MS, 3 * HOUR_MS),
        )
        return Notice(_BY, "", "flight", "air", (volume,), Place("over the desert"), "A flight")

    def _query(self) -> Message:
        seen = (Sighting("trucks", count=self._chance.randint(1, 20)),)
        return Query(_BY, Question.ARE_THESE_YOURS, objects=seen, place="5 km east of Khasham")

    def _check(self) -> Message:
        self._checks += 1
        return LineCheck(_BY, self._checks)

    def say(
        self, message: Message, precedence: Precedence, reply_to: tuple[str, int] | None = None
    ) -> str:
        """Have something said; its request id, under which `said` keeps what was recorded."""
        self._number += 1
        request = f"{self._asks_as} {self._number}"
        self._ask(
            Compose(self._line, message, precedence, reply_to, request_id=request), ASKED_TIMES
        )
        return request

    def _ask(self, command: Compose, times: int) -> None:
        if not times or command.request_id in self.said:
            return
        if times < ASKED_TIMES:
            self._station.listeners.note("asked again", command.request_id)

        def answered(result: Any, error: OurError | None) -> None:
            if error is not None:
                self.refused += 1
            else:
                assert isinstance(result, Recorded)
                self.said[command.request_id] = result

        self._station.command(command, answered)
        self._time.after(REPEATED_AFTER_MS, self._ask, command, times - 1)

    # When something comes.

    def shown(self, show: Show) -> None:
        """Their console shows something."""
        data = show.data
        if show.name != "message" or data["party"] == self._station.party or self._is_over:
            return
        message = (data["party"], data["index"], data["epoch"])
        if data["kind"] not in _READ or message in self._seen:
            return
        # A message is shown again whenever something becomes of it.
        self._seen.add(message)
        delay_ms = self._chance.randint(SECOND_MS, self._mood.delay_ms)
        if self._chance.random() < self._mood.reads:
            self._time.after(delay_ms, self._react, data["party"], data["index"], data["kind"])

    def _react(self, party: str, index: int, kind: str) -> None:
        of = Reference(party, index)
        self.say(Read(_BY, of), Precedence.ROUTINE, (party, index))
        if self._chance.random() < self._mood.answers:
            if kind == "QUERY":
                code = self._chance.choice((AnswerCode.OURS, AnswerCode.NOT_OURS))
                answer: Message = QueryAnswer(_BY, of, code, (SpeaksFor.OWN,))
                self.say(answer, Precedence.IMMEDIATE, (party, index))
            elif kind in ("NOTICE", "TEXT"):
                self.say(Response(_BY, of, Answer.NOTED), Precedence.ROUTINE, (party, index))
