"""The stage: two running nodes, what they say, and what both must show.

Every message is told as each side's own node words it, Alpha's in English and
Bravo's in Russian: that the other side can tell it shows that it is there.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openline.domain.instant import format_instant
from openline.domain.line.terms import Understanding
from openline.faces.demo.cable import Cables
from openline.faces.demo.station import Said, Station
from openline.faces.demo.story import Story, await_quietly

LANGUAGES: Final = {"en": "English", "ru": "по-русски"}

_JUDGED_ALIKE: Final = (
    "id", "state", "sides", "exercise", "verdict", "separation_m", "vertical_gap_dm",
    "time_gap_ms", "overlap_from", "overlap_until", "closest", "words", "minima",
)  # fmt: skip
"""What of a conflict is the same on both nodes: all but when each has found it."""


class Stage:
    """Two nodes and the story between them.

    Args:
        story: Checks and tells.
        root: The directory of the demo.
        alpha: One node.
        bravo: The other.
        cables: What lies between them and can be cut.

    Attributes:
        story: Checks and tells.
        root: The directory of the demo.
        alpha: One node.
        bravo: The other.
        cables: What lies between them and can be cut.
    """

    def __init__(
        self, story: Story, root: Path, alpha: Station, bravo: Station, cables: Cables
    ) -> None:
        self.story = story
        self.root = root
        self.alpha = alpha
        self.bravo = bravo
        self.cables = cables

    @property
    def both(self) -> tuple[Station, Station]:
        """Both nodes."""
        return self.alpha, self.bravo

    def other(self, station: Station) -> Station:
        """The counterpart of a node."""
        return self.bravo if station is self.alpha else self.alpha

    # The nodes.

    def open(self) -> None:
        """Start both nodes and see the line open."""
        story = self.story
        with story.step(
            "", "Two processes are started; they find and trust each other by the cards."
        ):
            start = time.monotonic()
            for station in self.both:
                station.launch()
            for station in self.both:
                station.await_up()
                story.teller.row(
                    f"{station.name}: {station.party}, process {station.pid}, "
                    f"officers' socket {station.directory / 'openline.sock'}"
                )
            story.await_(
                lambda: self.display("UNTESTED"),
                "Both directions are proven; no person has tested the line: UNTESTED.",
            )
            story.tally.further["active_s"] = round(time.monotonic() - start, 2)
            hashes = [station.state()["understanding"] for station in self.both]
            story.demand(
                hashes[0] == hashes[1],
                f"Both adopted the same Understanding, SHA-256 {hashes[0][:16]}….",
                hashes,
            )
            self.demand_same_record("Both logs begin with it, and both nodes hold both logs.")

    def are_active(self) -> bool:
        """Whether both nodes display ACTIVE."""
        return self.display("ACTIVE")

    def display(self, word: str) -> bool:
        """Whether both nodes display this word, and observe that the circuits work."""
        states = [station.state() for station in self.both if station.word() == word]
        return len(states) == 2 and all(state["observed"] == "UP" for state in states)

    # What is said.

    def say(
        self,
        station: Station,
        kind: str,
        fields: Mapping[str, Any],
        *,
        precedence: str = "ROUTINE",
        reply_to: Mapping[str, Any] | None = None,
        is_shown: bool = True,
    ) -> Said:
        """Have a node say a message, see the receipt, tell it in both languages.

        Raises:
            OurError: It must not be said.
            NotAsTold: No receipt came.
        """
        said = station.say(kind, fields, precedence=precedence, reply_to=reply_to)
        if not said.is_delivered:
            self.story.demand(False, f"{self.other(station).name} receipts {said.serial}.", said)
        self.story.tally.receipts_ms.append(said.took_ms)
        if is_shown:
            self.show(said)
        return said

    def show(self, said: Said) -> None:
        """Tell a message as both nodes word it."""
        alpha, bravo = (station.message(said.party, said.index) for station in self.both)
        teller = self.story.teller
        notice = f" {said.notice_id}" if said.notice_id else ""
        at = format_instant(alpha["at"]).partition("T")[2]
        teller.row(
            f"{said.serial}  {alpha['kind']}{notice}  {alpha['precedence']}  recorded {at}, "
            f"receipt held after {said.took_ms:.0f} ms"
        )
        teller.both(
            (f"{self.alpha.name}'s node, {LANGUAGES['en']}", body_rows(alpha)),
            (f"{self.bravo.name}'s node, {LANGUAGES['ru']}", body_rows(bravo)),
        )

    # What both must show.

    def demand_same_record(self, what: str) -> None:
        """Check that both nodes hold the same messages of both parties, each once."""
        await_quietly(lambda: self._record(self.alpha) == self._record(self.bravo), what)
        record = self._record(self.alpha)
        counts = {
            station.party: sum(party == station.party for party, _ in record)
            for station in self.both
        }
        has_no_gap = all(
            (party, index) in record for party, count in counts.items() for index in range(count)
        )
        told = ", ".join(f"{count} of {party}" for party, count in counts.items())
        self.story.demand(has_no_gap, f"{what} ({told}.)", sorted(record))

    def demand_same_conflicts(self, count: int, what: str) -> list[dict[str, Any]]:
        """Check that both nodes list the same conflicts; as Alpha lists them."""

        def lists() -> list[list[dict[str, Any]]]:
            return [_judged(station.conflicts()) for station in self.both]

        await_quietly(lambda: lists()[0] == lists()[1], what)
        found = lists()[0]
        self.story.demand(len(found) == count, what, [one["id"] for one in found])
        self.story.tally.further["conflicts"] = max(
            count, self.story.tally.further.get("conflicts", 0)
        )
        return found

    def demand_state(self, party: str, scope: str, state: str, word: str, what: str) -> None:
        """Check on both nodes what a party declares of a scope, and the word displayed."""

        def is_so(station: Station) -> bool:
            shown = station.state()
            declared = shown["declared"][party][scope]
            return bool(declared == state and shown["displayed"]["word"] == word)

        for station in self.both:
            self.story.await_(lambda station=station: is_so(station), f"{station.name}: {what}")  # type: ignore[misc]

    @staticmethod
    def _record(station: Station) -> dict[tuple[str, int], tuple[Any, ...]]:
        """What a node holds, by author and serial; of its own clock and marks nothing."""
        return {
            (one["party"], one["index"]): (
                one["kind"],
                one["at"],
                one["precedence"],
                one["notice_id"],
                str(one["by"]),
                str(one["reply_to"]),
            )
            for one in station.messages()
        }


@dataclass(frozen=True, slots=True)
class Plot:
    """What a story needs before it begins.

    Attributes:
        name: What it is called on the command line.
        title: What it is called.
        about: What a listener must know, in paragraphs.
        line: The name of the line.
        terms: What the parties change in the template's draft.
        play: Tells it on two running nodes.
        is_page: Whether it is a page: all of it in English, by the clock of a rehearsal.
        circuits: The circuits that it cuts.
    """

    name: str
    title: str
    about: tuple[str, ...]
    line: str
    terms: Callable[[Understanding], Understanding]
    play: Callable[[Stage], None]
    is_page: bool = False
    circuits: tuple[str, ...] = ()


def body_rows(message: Mapping[str, Any]) -> list[str]:
    """What a message says, without the first rows, which are about its envelope.

    Those are: which message, to whom, when written, when received; they are told
    apart.
    """
    head = 2 + bool(message["recipients"]) + (message["received_at"] is not None)
    return str(message["text"]).splitlines()[head:]


def _judged(conflicts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    judged = [{name: one[name] for name in _JUDGED_ALIKE} for one in conflicts]
    return sorted(judged, key=lambda one: str(one["id"]))
