"""The audit: what is stored after a run, judged by the standalone verifier.

Certificates of every kind are exported from every store, about instants and windows that
are drawn, and verified as an outsider would. A verdict is compared with what the watcher
knows: a certificate that says PROVEN of what was not so breaks the first promise of all.
What cannot be proven may stay unproven; nothing is guessed.

A clock that was set back shows one instant twice, so what it says of windows decides
nothing: such windows are exported and verified, but not judged.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final

from openline.app.export import Exporter
from openline.domain.errors import OurError
from openline.domain.instant import HOUR_MS, SECOND_MS
from openline.domain.line.declared import Word, displayed_word
from openline.domain.line.observed import Answered, Observed
from openline.domain.record.report import Report, Verdict
from openline.domain.record.verification import verify_certificate
from openline.engine.line import Line
from openline.sim.plan import Plan
from openline.sim.promises import PromiseBroken, Promises
from openline.sim.station import Station

CERTIFICATES_EACH: Final = 2
"""Of each kind from each store: as many as find what is wrong in a thousand runs."""

MANY: Final = 10**9


class Audit:
    """The audit of one line after a run.

    Attributes:
        verdicts: How often each verdict was given, by kind and verdict.
    """

    def __init__(
        self,
        plan: Plan,
        stations: dict[str, Station],
        promises: Promises,
        chance: Random,
        reload: Callable[[Station], Line],
    ) -> None:
        self.verdicts: dict[str, int] = {}
        self._plan = plan
        self._stations = stations
        self._promises = promises
        self._chance = chance
        self._reload = reload
        self._tolerance_ms = 0

    def run(self) -> None:
        """Audit every store.

        Raises:
            PromiseBroken: Something is wrong, or missing.
        """
        for party, station in self._stations.items():
            line = station.line(self._plan.line)
            assert line is not None, "everybody is there after the calm"
            self._tolerance_ms = line.view.understanding.timers.clock_tolerance_ms
            self._check_kept(party)
            self._check_reload(station, line)
            export = Exporter(station.store, party, self._plan.line)
            for _ in range(CERTIFICATES_EACH):
                for author in self._plan.parties:
                    self._judge_window(export, author)
                self._judge_state(export)
                self._judge_message(export, party)
        self._check_same_standing()

    # What was acknowledged.

    def _check_kept(self, party: str) -> None:
        """What a party was told to be delivered stands in its own log and at the holder."""
        for one in self._promises.acknowledged:
            if one.author != party:
                continue
            for keeper in (one.author, one.holder):
                said = self._promises.said.get((one.author, one.index))
                line = self._stations[keeper].line(self._plan.line)
                assert line is not None, "everybody is there after the calm"
                log = line.outbox.tree if keeper == one.author else line.mirrors[one.author].tree
                if one.index >= log.size or log.leaf(one.index) != one.leaf:
                    what = f"{one.author} {one.index}, which {one.holder} had receipted"
                    raise PromiseBroken(f"{keeper} no longer has {what} ({said})")

    def _check_reload(self, station: Station, line: Line) -> None:
        """What a node knows is what it would know if it were started now."""
        again = self._reload(station)
        # What was over by a clock that was ahead stays over until a start: only ids compare then.
        is_exact = not station.clock.sets
        shown = (_known(one, is_exact=is_exact) for one in (line, again))
        for name, known, loaded in zip(_NAMES, *shown, strict=True):
            if known != loaded:
                what = _difference(list(known), list(loaded))
                raise PromiseBroken(
                    f"{station.party} knows other {name} than after a start: {what}"
                )

    def _check_same_standing(self) -> None:
        """All parties have the same messages, and the same notices, in the same state."""
        told = {
            party: _standing(station.line(self._plan.line), self._plan.honest)
            for party, station in self._stations.items()
        }
        first, *rest = told
        for other in rest:
            for name, mine in told[first].items():
                theirs = told[other][name]
                if mine != theirs:
                    raise PromiseBroken(
                        f"{first} and {other} differ about {name}: {_difference(mine, theirs)}"
                    )

    # Windows.

    def _judge_window(self, export: Exporter, author: str) -> None:
        start, end = self._window(author)
        report = self._report("non-use", lambda: export.non_use(author, start, end))
        if report is not None and report.verdict is not Verdict.UNPROVEN:
            self._check_window(report, author, start, end)

    def _check_window(self, report: Report, author: str, start: int, end: int) -> None:
        if author in self._plan.hostile:
            return
        anchors = [party for party in report.facts["anchor_parties"] if party in self._stations]
        if any(self._stations[party].clock.set_back_at for party in (author, *anchors)):
            return
        said = {
            index: one.clocks
            for (party, index), one in self._promises.said.items()
            if party == author
        }
        if report.verdict is Verdict.PROVEN:
            within = [
                index
                for index, clocks in said.items()
                if all(start <= clocks[party] < end for party in (author, *anchors))
            ]
            if within:
                raise PromiseBroken(f"proven silent, and {author} said {within}: {report.claim}")
            return
        for index in range(report.facts["first_size"], report.facts["last_size"]):
            if not all(start <= said[index][party] <= end for party in (author, *anchors)):
                what = f"{author} {index} was said outside of it: {report.claim}"
                raise PromiseBroken(f"proven use of a window, and {what}")

    def _window(self, author: str) -> tuple[int, int]:
        """A window somewhere in the run, by the author's clock of some moment in it."""
        moments = [one.clocks[author] for (party, _), one in self._promises.said.items()]
        middle = self._chance.choice(moments) + self._chance.randint(-HOUR_MS, HOUR_MS)
        length_ms = self._chance.randint(1, 12) * self._chance.choice((self._plan.tick_ms, HOUR_MS))
        return max(0, middle - length_ms), middle + self._chance.randint(1, length_ms)

    # States.

    def _judge_state(self, export: Exporter) -> None:
        """The word that is proven for an instant is one that the nodes' views then gave."""
        at = self._window(next(iter(self._stations)))[0]
        report = self._report("state", lambda: export.state(at))
        if report is None or report.verdict is not Verdict.PROVEN:
            return
        if any(station.clock.set_back_at for station in self._stations.values()):
            return
        words = self._words_near(at)
        if words and report.claim.word not in words:
            what = f"{report.claim.word} at {at}, and it was {' or '.join(sorted(words))}"
            raise PromiseBroken(f"proven state {what}")

    def _words_near(self, at: int) -> set[str]:
        """Every word that the parties' views near an instant allow."""
        slack_ms = self._tolerance_ms + self._plan.tick_ms // 10 + SECOND_MS
        views = [
            station.observed_between(self._plan.line, at - slack_ms, at + slack_ms)
            for station in self._stations.values()
        ]
        combined: set[frozenset[Observed]] = {frozenset()}
        for seen in views:
            combined = {some | {one} for some in combined for one in seen}
        declared: dict[str, Any] = {}
        words: set[str] = set()
        for some in combined:
            told = {displayed_word(one, Answered.ANSWERED, declared) for one in some}
            words.add(str(told.pop() if len(told) == 1 else Word.CONTESTED))
        return words

    # Messages.

    def _judge_message(self, export: Exporter, party: str) -> None:
        own = [one for one in self._promises.acknowledged if one.author == party]
        if not own:
            return
        one = self._chance.choice(own)
        report = self._report("receipt", lambda: export.receipt(party, one.index, one.holder))
        was_lost = self._stations[party].was_put_back or self._stations[one.holder].was_put_back
        if report is None or report.verdict is not Verdict.PROVEN:
            if not was_lost:
                raise PromiseBroken(f"the receipt of {one.holder} for {party} {one.index} is gone")
            return
        said = self._promises.said[party, one.index]
        if not self._stations[one.holder].clock.set_back_at:
            received_at = report.facts["received_at"]
            if received_at + SECOND_MS <= said.clocks[one.holder]:
                raise PromiseBroken(f"{party} {one.index} was received before it was said")

    def _report(self, kind: str, export: Callable[[], bytes]) -> Report | None:
        """What an outsider finds; None where the node says that it cannot show it."""
        try:
            report = verify_certificate(export())
        except OurError:
            self._count(kind, "NOT SHOWN")
            return None
        self._count(kind, str(report.verdict))
        return report

    def _count(self, kind: str, verdict: str) -> None:
        name = f"{kind} {verdict}"
        self.verdicts[name] = self.verdicts.get(name, 0) + 1


_NAMES: Final = ("messages", "notices", "conflicts", "heads", "drafts")


def _known(line: Line, *, is_exact: bool) -> Iterator[Any]:
    """What a line knows, as far as it follows from what is stored."""
    view = line.view
    yield view.messages(0, MANY)
    notices = view.notices(count=MANY)
    yield notices if is_exact else [(one["notice_id"], one["version"]) for one in notices]
    yield sorted(one["id"] for one in view.conflicts(live_only=False)) if is_exact else []
    yield (line.outbox.checkpoint(), {name: one.checkpoint() for name, one in line.mirrors.items()})
    yield view.violation_drafts()


def _standing(line: Line | None, authors: tuple[str, ...]) -> dict[str, list[Any]]:
    """What all parties must see alike of what some authors said."""
    assert line is not None, "everybody is there after the calm"
    view = line.view
    messages = sorted(
        (one["party"], one["index"], one["kind"], one["at"])
        for one in view.messages(0, MANY)
        if one["party"] in authors
    )
    notices = sorted(
        (one["party"], one["notice_id"], one["version"])
        for one in view.notices(count=MANY)
        if one["party"] in authors
    )
    return {"messages": messages, "notices": notices}


def _difference(mine: list[Any], theirs: list[Any]) -> str:
    only_mine = [one for one in mine if one not in theirs][:3]
    only_theirs = [one for one in theirs if one not in mine][:3]
    return f"{only_mine} against {only_theirs}"
