"""What tests of matters share: things said, and where a matter stands after them."""

from typing import Any

from openline.domain.conduct.clock import Clock
from openline.domain.conduct.life import Happening, Life, Standing, fold
from openline.domain.conduct.subject import Said, Subject
from openline.domain.line.terms import Timers
from openline.domain.party import Precedence
from openline.domain.talk.kinds import Kind

T0 = 1_491_595_200_000
"""2017-04-07T20:00:00Z."""

ALPHA, BRAVO = "alpha.example", "bravo.example"


class Talk:
    """Two parties who say things about one matter, which alpha opens."""

    def __init__(self, subject: Subject, precedence: Precedence = Precedence.PRIORITY) -> None:
        self.subject = subject
        self.precedence = precedence
        self.happenings: list[Happening] = []
        self.sizes = {ALPHA: 0, BRAVO: 0}

    def say(self, party: str, message: Any, at: int, about: Kind | None = None) -> "Talk":
        """Let a party say something about the matter."""
        is_by_opener = party == ALPHA
        said = Said(
            message, at, self.precedence, is_by_opener, about, Timers(), int(self.precedence)
        )
        deed = self.subject.deed(said)
        if deed is not None:
            self.happenings.append(
                Happening(at, party, 1, self.sizes[party], deed.event, deed.instants, deed.said)
            )
        self.sizes[party] += 1
        return self

    def standing(self, now: int) -> Standing:
        """Where the matter stands."""
        standing = fold(self.subject.life, self.subject.clocks, self.happenings, now)
        assert standing is not None
        return standing


def clock_named(subject: Subject, name: str) -> Clock:
    """A row of the table of clocks."""
    [clock] = [one for one in subject.clocks if one.name == name]
    return clock


def check_tables(life: Life, clocks: tuple[Clock, ...]) -> None:
    """Every state is reached, every clock's event can occur wherever it runs."""
    reached, waiting = {life.start}, [life.start]
    while waiting:
        found = set(life.table[waiting.pop()].values()) - reached
        reached |= found
        waiting += sorted(found)
    assert reached == set(life.states())
    assert life.ends <= set(life.states())
    for clock in clocks:
        for state in clock.runs_in:
            assert clock.event in life.table[state], (clock.name, state)
    assert len({clock.name for clock in clocks}) == len(clocks)
