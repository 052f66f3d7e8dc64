"""Where a siege takes place: a real node between an honest counterpart and a hostile one.

Alpha shares the line `sea` with charlie, who is honest, and several lines with bravo. Bravo
is a true node at first, which speaks, ticks and receipts; then it is stopped, and the
hostile counterpart goes on with its directory. Acts after which a line can serve for
nothing else have a line of their own.
"""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from openline.adapters.keys import FileKeys
from openline.adapters.sqlite import SqliteStore
from openline.domain.line.understanding import parse_signed_understanding, verify_understanding
from openline.domain.record.merkle import Tree, leaf_hash
from openline.domain.record.signing import PublicKeys
from tests.end_to_end.intruder import door
from tests.end_to_end.load import talking
from tests.end_to_end.nodes import (
    Node,
    adopt,
    draft,
    ending,
    introduce,
    make_node,
    openline,
    sign,
    wait_until,
)
from tests.siege.numbers import Watcher
from tests.siege.table import TABLE, Behaviour

HONEST: Final = "sea"
SHARED: Final = ("shared-1", "shared-2")
TICK: Final = '"1 s"'


def lines_of(names: list[str]) -> dict[str, str]:
    """On which line each act takes place."""
    own = (f"own-{number}" for number in range(len(names)))
    return {
        name: next(own)
        if TABLE[name].is_fork
        else "lasting"
        if TABLE[name].is_lasting
        else SHARED[number % len(SHARED)]
        for number, name in enumerate(names)
    }


@dataclass
class Done:
    """One act, and what was found afterwards.

    Attributes:
        name: The behaviour.
        row: What the hostile counterpart saw.
        faults: What did not hold, in words; empty if all held.
        began: By a clock that never goes back.
        ended: Likewise.
    """

    name: str
    row: dict[str, Any]
    faults: list[str]
    began: float
    ended: float


@dataclass
class Ground:
    """A siege under way.

    Attributes:
        alpha: The node that is besieged.
        bravo: The hostile counterpart's directory; its node does not run.
        charlie: The honest counterpart.
        lines: On which line each act takes place.
        process: The hostile counterpart.
        watcher: Measures alpha's FLASH to charlie.
        done: What was done.
    """

    alpha: Node
    bravo: Node
    charlie: Node
    lines: dict[str, str]
    process: subprocess.Popen[str]
    watcher: Watcher
    done: list[Done] = field(default_factory=list)
    # Of each line: the position that was looked at last, and bravo's serials that are shown.
    _shown: dict[str, tuple[int, set[int]]] = field(default_factory=dict)
    _roots: dict[str, str] = field(default_factory=dict)
    _receipted: dict[str, int] = field(default_factory=dict)

    def do(self, name: str, for_s: float) -> Done:
        """Let the hostile counterpart do one thing, and look what came of it."""
        line = self.lines[name]
        self._news(line)
        self.alpha.say(f"Before it {name}.", line=line)
        began = time.monotonic()
        row = self._ask(name, line, for_s)
        ended = time.monotonic()
        done = Done(name, row, [], began, ended)
        done.faults += self._faults(TABLE[name], line, row)
        self.done.append(done)
        return done

    def _ask(self, name: str, line: str, for_s: float) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"name": name, "line": line, "for_s": for_s}) + "\n")
        self.process.stdin.flush()
        row = self.process.stdout.readline()
        assert row, f"the hostile counterpart has ended in {name}"
        found: dict[str, Any] = json.loads(row)
        return found

    def _news(self, line: str) -> list[dict[str, Any]]:
        """The messages that alpha shows and did not show before, on one line."""
        position, serials = self._shown.get(line, (0, set()))
        client, found = self.alpha.client(), []
        while page := client.get("/lines", line, "messages", after=position, count=1_000)[
            "messages"
        ]:
            found += page
            position = page[-1]["position"]
        of_bravo = {one["index"] for one in found if one["party"] == self.bravo.party}
        self._shown[line] = (position, serials | of_bravo)
        return found

    # What must hold after each act.

    def _faults(self, told: Behaviour, line: str, row: dict[str, Any]) -> Iterator[str]:
        alpha = self.alpha
        assert alpha.process is not None
        if alpha.process.poll() is not None:
            yield "the node has ended"
            return
        if "Traceback" in alpha.log() + alpha.aside():
            yield "the node had a fault of its own"
        yield from self._answer_faults(told, row)
        yield from self._message_faults(told, line, row)
        yield from self._state_faults(told, line, row)
        honest = alpha.counterpart(self.charlie.party, HONEST)
        if honest["is_forked"]:
            yield "the honest counterpart is accused of a fork"
        if not alpha.state(HONEST)["can_sign"]:
            yield "the honest line may not sign any more"

    @staticmethod
    def _answer_faults(told: Behaviour, row: dict[str, Any]) -> Iterator[str]:
        """What the victim answered."""
        given = set(row["refused"])
        # The answers to a flood may still be under way when it is over.
        must_refuse = told.refused and told.threat != "flood"
        if must_refuse and not given & set(told.refused):
            closed = " ".join(row["ended"])
            if not any(reason in closed for reason in told.refused):
                yield f"none of {told.refused} was given: {given or row['ended']}"
        if unexpected := given - set(told.refused):
            yield f"refused for {unexpected}"
        statuses = {int(status) for status in row["statuses"]}
        if not statuses <= set(told.statuses):
            yield f"HTTP answered {statuses}"
        if row["statuses"].get("101", 0) > 4:
            yield f"{row['statuses']['101']} links stood at once"

    def _message_faults(self, told: Behaviour, line: str, row: dict[str, Any]) -> Iterator[str]:
        """What is shown, and whether it is what was signed and taken."""
        least, most = told.takes
        if not least <= row["taken"] <= most:
            yield f"{row['taken']} entries were taken, not {least} to {most}"
        news = [one for one in self._news(line) if one["party"] == self.bravo.party]
        shown = self._shown[line][1]
        early = {one["index"] for one in news if one["precedence"] == "FLASH"}
        if not set(range(row["held"])) <= shown:
            yield f"{sorted(set(range(row['held'])) - shown)[:5]} were taken and are not shown"
        if made_up := shown - set(range(row["held"])) - early:
            yield f"{sorted(made_up)[:5]} are shown and were not taken"
        if told.is_flagged and (plain := [one["serial"] for one in news if not one["flags"]]):
            yield f"{plain} bear no flag"
        for one in news:
            if set(one["recipients"]) - {self.alpha.party, self.bravo.party}:
                yield f"{one['serial']} shows recipients {one['recipients']}"
            if any(not char.isprintable() for char in str(one["by"])):
                yield f"{one['serial']} shows what cannot be printed: {one['by']}"
        self._roots[line] = row["root"]

    def _state_faults(self, told: Behaviour, line: str, row: dict[str, Any]) -> Iterator[str]:
        """What the node says of the line and of its counterpart."""
        found = self.alpha.counterpart(self.bravo.party, line)
        if found["is_forked"] is not told.is_fork:
            yield f"is_forked is {found['is_forked']}"
        alarms = {
            one["name"] for one in self.alpha.client().get("/lines", line, "alarms")["alarms"]
        }
        if told.alarm and told.alarm not in alarms:
            yield f"no alarm {told.alarm}: {sorted(alarms)}"
        if "FORK" in alarms and not told.is_fork:
            yield "there is an alarm of a fork"
        if {"OWN_HISTORY_DIFFERS", "OWN_ENTRIES_LOST", "OWN_KEY_ELSEWHERE"} & alarms:
            yield f"the node doubts itself: {sorted(alarms)}"
        self._receipted[line] = max(self._receipted.get(line, 0), row["receipted_by_it"])
        for one in self.alpha.messages(line) if row["held"] < 200 else ():
            if one["party"] != self.alpha.party or one["index"] < max(1, self._receipted[line]):
                continue
            marks = one["marks"]
            if marks["delivered"].get(self.bravo.party):
                yield f"{one['serial']} is shown as delivered and was not receipted"
            if marks["read"] or marks["answered"]:
                yield f"{one['serial']} is shown as read or answered: {marks}"

    # After the siege.

    def afterwards(self) -> list[str]:
        """What is wrong in alpha's store, once it is stopped; empty if nothing is."""
        faults = list(self.alpha.faults())
        for line, root in self._roots.items():
            stored = self.alpha.entries(f"{self.bravo.party}/{line}/out")
            tree = Tree(leaf_hash(raw) for raw, _ in stored)
            if tree.root().hex() != root:
                faults.append(f"{line}: what is stored is not what was signed")
        return faults

    def keys(self) -> list[PublicKeys]:
        """Bravo's public node keys: the one that it revoked, and the current one."""
        held = FileKeys.open(self.bravo.directory / "keys")
        path = self.bravo.directory / "lines" / f"{SHARED[0]}.understanding"
        terms = verify_understanding(parse_signed_understanding(path.read_bytes()))
        return [terms.party(self.bravo.party).node, held.current("node").public]

    def evidence(self) -> dict[str, bytes]:
        """What alpha's store holds as evidence, by name; it must be stopped."""
        with SqliteStore.open_read_only(self.alpha.config.store) as store:
            return dict([*store.values("evidence/"), *store.values("evidence-journal/")])


@contextlib.contextmanager
def besieged(directory: Path, names: list[str], *, seed: int = 1) -> Iterator[Ground]:
    """A siege, ready to begin; all processes are gone afterwards."""
    lines = lines_of(names)
    alpha, bravo, charlie = (make_node(directory, name) for name in ("alpha", "bravo", "charlie"))
    alpha.line = charlie.line = HONEST
    introduce((alpha, charlie))
    introduce((alpha, bravo))
    adopt((alpha, charlie), sign((alpha, charlie), draft((alpha, charlie), HONEST)))
    hostile = sorted({*lines.values(), *SHARED})
    bravo.line = hostile[0]
    for line in hostile:
        adopt((alpha, bravo), sign((alpha, bravo), draft((alpha, bravo), line, tick=TICK)))
    with ending(alpha, bravo, charlie):
        for node in (alpha, bravo, charlie):
            node.spawn()
        for node in (alpha, bravo, charlie):
            node.wait_up()
        _speak(alpha, bravo, hostile)
        wait_until(lambda: alpha.state(HONEST)["observed"] == "UP", "the honest line is up")
        bravo.stop()
        with _hostile(bravo, alpha, seed) as process, talking(charlie, officers=1):
            watcher = Watcher(alpha, HONEST)
            watcher.start()
            try:
                yield Ground(alpha, bravo, charlie, lines, process, watcher)
            finally:
                watcher.end()


def _speak(alpha: Node, bravo: Node, lines: list[str]) -> None:
    """Let bravo speak on each line, revoke a key, and hold receipts for all of it."""
    for line in lines:
        wait_until(lambda line=line: bravo.state(line)["can_sign"], f"bravo signs on {line}")  # type: ignore[misc]
        bravo.say("Before.", line=line)
    openline("keys", "revoke", "node", "--reason", "Stolen.", "--dir", bravo.directory)
    for line in lines:
        bravo.say("After.", line=line)
        wait_until(
            lambda line=line: (  # type: ignore[misc]
                bravo.counterpart(alpha.party, line)["not_receipted"] == 0
                and alpha.counterpart(bravo.party, line)["not_receipted"] == 0
            ),
            f"all on {line} is receipted",
        )


@contextlib.contextmanager
def _hostile(bravo: Node, alpha: Node, seed: int) -> Iterator[subprocess.Popen[str]]:
    """The hostile counterpart as a process."""
    host, port = door(alpha)
    words = [str(bravo.directory), f"{host}:{port}", "--seed", str(seed)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.siege.counterpart", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "the hostile counterpart does not start"
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
