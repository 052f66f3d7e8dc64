"""One running node: the loop between the outside and the engine.

Each turn takes what waits, lets the engine handle it, commits what it wants
written in one transaction, lets it settle, and performs the other effects.
The commit happens in the loop itself: nobody can see a state that is not on
disk. What is quick (ticks, receipts, FLASH, officers' questions) never waits
behind a backlog: long work is taken in small bites.
"""

import asyncio
import contextlib
import itertools
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from openline import __version__
from openline.adapters.air_records import AirRecords
from openline.adapters.anchor import Anchor
from openline.adapters.circuit import Link
from openline.adapters.keys import FileKeys
from openline.adapters.reserve import Reserve
from openline.adapters.tls import is_usable
from openline.app.acts import acts_on
from openline.app.air import Air
from openline.app.config import Config
from openline.app.export import Exporter
from openline.app.feeds import Feeds
from openline.app.replay import replay_line
from openline.app.shows import Following, Shows
from openline.app.statements import Watcher
from openline.app.stations import TOLD_EVERY_S, Saying
from openline.app.store_copies import COPIED_AT, copy_beside, copy_store, remove_copy
from openline.app.stores import NodeStore
from openline.domain.errors import OurError
from openline.domain.party import Precedence, parse_origin
from openline.domain.space.index import make_ready
from openline.domain.talk.message import Unreadable, read_message
from openline.engine.air_watch import Watching
from openline.engine.assessment_view import Assessed
from openline.engine.commands import (
    CheckNotice,
    Command,
    Compose,
    NoteCapture,
    NoteLeftAside,
    TakeBackAssessment,
    TellAirAlerts,
    TellSource,
)
from openline.engine.conflict_view import Check
from openline.engine.drafts import Drafts
from openline.engine.effects import (
    Answer,
    CloseLink,
    Effect,
    PromoteKey,
    Send,
    Show,
    TrustCertificates,
)
from openline.engine.events import (
    ClockAdvanced,
    CommandGiven,
    Event,
    FrameReceived,
    LinkClosed,
    LinkOpened,
)
from openline.engine.frames import is_bulk
from openline.engine.line import Line
from openline.engine.node import Node
from openline.engine.people import People
from openline.engine.ports import AppendEntries, PutTick, PutValue, StoreFailed
from openline.engine.turn import Turn
from openline.engine.views import View

BULK_BYTES_PER_TURN: Final = 131_072
"""Bytes of entries that one turn takes in: some 30 ms of verification."""

COMMANDS_PER_TURN: Final = 128
"""Messages that one turn records: one commit, one head, one receipt for all."""

COMPILED_FROM_VOLUMES: Final = 5_000
"""Live volumes from which the compiled path is worth its 100 MB, where numba is installed."""

CHECK_STEPS_IN_LOOP: Final = 16
"""Steps of a draft's check that are taken at once: as many as a turn takes."""

CHECK_FINDINGS_IN_LOOP: Final = 4
"""Findings of a draft's check that are worked out at once: each takes up to 5 ms."""

CHECK_STEPS_MAX: Final = 4_096
"""Steps of a draft's check after which it ends with what it found: a few seconds at most."""

EVENTS_WAITING_MAX: Final = 4_096
"""Above this the circuits are not read until the loop has caught up."""

_log = logging.getLogger("openline")


class RunningNode:
    """One running node; every method belongs to its event loop.

    Attributes:
        config: Its settings.
        node: The engine.
        store: Where it keeps everything.
        keys: This party's keys.
        reserve: Room on the disk that is kept back, if any is.
        feeds: Its own sources of sightings.
        air: Its own picture of what moves.
        on_trust: Called when other certificates are to be trusted.
        outlets: The states of the outlets.
        folders: The states of the watched folders.
        saying: What other stations are told of this one, where the store is a database.
    """

    def __init__(
        self,
        config: Config,
        node: Node,
        store: NodeStore,
        anchor: Anchor,
        keys: FileKeys,
        now_ms: Callable[[], int],
        reserve: Reserve | None = None,
    ) -> None:
        self.config = config
        self.node = node
        self.store = store
        self.started_at = now_ms()
        self.reserve = reserve
        self._anchor = anchor
        # How far logs have come of which the anchor does not know it yet.
        self._unanchored: dict[str, tuple[int, bytes]] = {}
        # The lines of which the anchor knows that the store is no old copy; None: not told.
        self._confirmed: tuple[str, ...] | None = None
        self.keys = keys
        self.feeds = Feeds(config.feeds, now_ms)
        trust = {feed.name: feed.trust for feed in config.feeds}
        records = AirRecords(config.air_records, config.record_h)
        self.air = Air(
            self._watching,
            self._tell_air,
            now_ms,
            config.air,
            trust,
            records,
            self._assessed,
            config.own_addresses,
        )
        self.feeds.add(self.air)
        self._now_ms = now_ms
        self.on_trust: Callable[[], None] = lambda: None
        self.outlets: Callable[[], list[dict[str, Any]]] = list
        self.folders: Callable[[], list[dict[str, Any]]] = list
        self._quick: deque[Event] = deque()
        self._bulk: deque[Event] = deque()
        self._wake = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._tokens = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._links: dict[int, Link] = {}
        self._shows = Shows(self.started_at)
        self._deliveries: list[tuple[str, int, asyncio.Future[None]]] = []
        self._is_over = False
        # What faces keep, by name, of which the store does not know it yet.
        self._kept: dict[str, bytes] = {}
        self._exporters: dict[str, Exporter] = {}
        self._export_lock = asyncio.Lock()
        # A replay holds all that a line holds once more: never two of them.
        self._replay_lock = asyncio.Lock()
        self._compiling: asyncio.Task[None] | None = None
        self.turns = 0
        # Set once, before the loop begins.
        self.statements: Watcher | None = None
        self.saying: Saying | None = None

    # The loop.

    async def run(self, stopping: asyncio.Event) -> None:
        """Take turns until `stopping` is set.

        Raises:
            StoreFailed: A commit failed: what is on disk is not known, so the
                node ends and starts again from the disk.
        """
        clock = asyncio.create_task(self._advance_clock(), name="clock")
        waiting = asyncio.create_task(self._wake_at_end(stopping), name="stopping")
        try:
            while not stopping.is_set():
                self._rest()
                # One task, one event: what wakes the loop is in a turn at the next step.
                await self._wake.wait()
                self._wake.clear()
                while self._has_work() and not stopping.is_set():
                    self.take_turn()
                    await asyncio.sleep(0)
            self._rest()
        finally:
            clock.cancel()
            waiting.cancel()
            if self._compiling is not None:
                await self._compiling
            self._end_readers()

    def _has_work(self) -> bool:
        return bool(self._quick or self._bulk or self._kept) or self.node.is_busy

    async def _wake_at_end(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._wake.set()

    async def _advance_clock(self) -> None:
        while True:
            intervals = [line.pulse.interval_ms for line in self.node.lines.values()]
            await asyncio.sleep(min([1_000, *(ms / 10 for ms in intervals)]) / 1_000)
            self._put(ClockAdvanced())
            self._compile_if_worth_it()

    def _compile_if_worth_it(self) -> None:
        """Take the compiled path to conflicts once there is much to look through."""
        if self._compiling is None and self.node.live_volumes >= COMPILED_FROM_VOLUMES:
            self._compiling = asyncio.create_task(_compile(), name="compile")

    def take_turn(self) -> None:
        """Handle what waits: commit, settle, send, perform.

        Frames go before anything is shown here: the counterpart works meanwhile. What
        no frame rests on is left to `_rest`.
        """
        events = self._take()
        turn = self.node.handle(events, self._now_ms())
        kept, self._kept = self._kept, {}
        writes = [*turn.writes, *(PutValue(name, value) for name, value in kept.items())]
        if self.saying is not None:
            writes += self.saying.tell_current(self._current_lines())
        if writes:
            self.store.commit(writes)
        self._unanchored |= _grown(turn)
        if _is_signed_over(turn):
            self._record_anchor()
        self.node.settle(turn)
        for effect in sorted(turn.effects, key=_is_no_frame):
            self._perform(effect)
        self._tell_deliveries()
        self.turns += 1

    def _rest(self) -> None:
        """Do what no frame rests on and nobody waits for, before the loop sleeps."""
        self._record_anchor()
        self._confirm_anchor()
        self.store.tidy()

    def _record_anchor(self) -> None:
        if self._unanchored:
            self._anchor.record(self._unanchored)
            self._unanchored = {}

    def _current_lines(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, line in self.node.lines.items() if line.is_current()))

    def _confirm_anchor(self) -> None:
        """Let the anchor know of which lines the store is no old copy, as it stands now."""
        current = self._current_lines()
        if self.saying is not None and (writes := self.saying.tell_current(current)):
            self.store.commit(writes)
        if current != self._confirmed:
            self._anchor.confirm(current, self.store.origins())
            self._confirmed = current
            if len(current) == len(self.node.lines) > 0 and self.store.value(COPIED_AT):
                self.store.commit([PutValue(COPIED_AT, b"")])

    def _take(self) -> list[Event]:
        events = list(self._quick)
        self._quick.clear()
        room, commands = BULK_BYTES_PER_TURN, COMMANDS_PER_TURN
        while self._bulk and room > 0 and commands > 0:
            event = self._bulk.popleft()
            events.append(event)
            if isinstance(event, FrameReceived):
                room -= len(event.frame)
            else:
                commands -= 1
        if len(self._bulk) < EVENTS_WAITING_MAX:
            self._has_room.set()
        return events

    def _put(self, event: Event) -> None:
        if _is_bulk(event):
            self._bulk.append(event)
            if len(self._bulk) >= EVENTS_WAITING_MAX:
                self._has_room.clear()
        else:
            self._quick.append(event)
        self._wake.set()

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Show():
                self._shows.tell(effect)
            case Answer(token, result, error):
                answer = self._answers.pop(token, None)
                if answer is None or answer.done():
                    return
                if error is not None:
                    answer.set_exception(error)
                else:
                    answer.set_result(result)
            case Send(number, frame, is_urgent):
                if link := self._links.get(number):
                    link.send(frame, urgent=is_urgent)
            case CloseLink(number, reason):
                if link := self._links.get(number):
                    link.close(reason)
            case TrustCertificates():
                self.on_trust()
            case PromoteKey(role):
                self.keys.promote(role)
                self.say()

    # Circuits.

    def link_opened(self, link: Link) -> None:
        """A connection stands; its counterpart is the one it is pinned to."""
        self._links[link.id] = link
        self._put(LinkOpened(link.id, link.line, link.party, link.circuit))

    def link_closed(self, link: Link, reason: str) -> None:
        """A connection ended."""
        _log.info("circuit %s to %s ended: %s", link.circuit, link.party, reason)
        if self._links.pop(link.id, None) is not None:
            self._put(LinkClosed(link.id, reason))

    async def frame_received(self, link: Link, frame: bytes) -> None:
        """A frame came in; returns when there is room for the next one."""
        self._put(FrameReceived(link.id, frame))
        await self._has_room.wait()

    def certificates(self) -> dict[str, tuple[bytes, ...]]:
        """The certificates of each counterpart, over all lines, newest first.

        A certificate is the party's that an Understanding names it for. One that
        a party claims later although another has it, or that no circuit could
        use, is left out: no counterpart can take another's place, or stop us.
        """
        rings = [
            (party, line.rings[party]) for line in self.node.lines.values() for party in line.peers
        ]
        owners: dict[bytes, str] = {}
        for party, ring in rings:
            owners.setdefault(ring.understanding_at(0).party(party).tls, party)
        found: dict[str, tuple[bytes, ...]] = {}
        for party, ring in rings:
            for certificate in ring.tls():
                is_own = owners.setdefault(certificate, party) == party
                if is_own and certificate not in found.get(party, ()) and is_usable(certificate):
                    found[party] = (*found.get(party, ()), certificate)
        return found

    def serve(self, party: str, path: str) -> bytes | None:
        """A C2SP read path `<party>/<line>/out/...` for a counterpart, or None."""
        for line in self.node.lines.values():
            prefix = f"{line.outbox.origin}/"
            if path.startswith(prefix) and party in line.peers:
                return line.serve(path.removeprefix(prefix))
        return None

    # Commands and questions.

    async def command(self, command: Command) -> Any:
        """Have a command done; returns when what it caused is durable.

        Raises:
            OurError: It may not be done, with the reason and a remedy.
        """
        if self._is_over:
            raise _stopping()
        self._check_room(command)
        token = next(self._tokens)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[token] = answer
        self._put(CommandGiven(token, command))
        return await answer

    async def watch(self, stopping: asyncio.Event) -> None:
        """Look at public pages until told to stop; a defect there ends nothing else."""
        if self.statements is None:
            return
        try:
            await self.statements.run(stopping)
        except Exception:
            _log.exception("statements: nothing is looked at any more until the node starts anew")

    def say(self) -> None:
        """Tell other stations of this party what this one has, where that has changed.

        Raises:
            StoreFailed: The database failed; the process must end.
        """
        if self.saying is None:
            return
        self.saying.current = self._current_lines()
        try:
            self.saying.say()
        except OurError as error:
            _log.warning("other stations are not told what this one has: %s", error)

    async def say_what_it_has(self, stopping: asyncio.Event) -> None:
        """Keep what other stations of this party are told of this one; see `stations`."""
        while self.saying is not None and not stopping.is_set():
            try:
                self.say()
            except StoreFailed:
                # The loop of the node meets it, and ends.
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TOLD_EVERY_S):
                    await stopping.wait()

    async def note_capture(self, line: str, content: bytes) -> tuple[str, int | None]:
        """Note in a journal what was seen on a page; the line and the row.

        A node without a line, or one with several of which none is named, notes it nowhere.
        """
        named = self._line_of(line)
        if named not in self.node.lines:
            return "", None
        noted = await self.command(NoteCapture(named, content))
        return noted["line"], noted["row"]

    async def tell_source(self, line: str, name: str, address: str, since: int | None) -> None:
        """Alarm that a source of public statements is silent, or that it is no longer."""
        if (named := self._line_of(line)) in self.node.lines:
            await self.command(TellSource(named, name, address, since))

    def _line_of(self, line: str) -> str:
        """The line that a source names, or else the only one; empty if there are several."""
        return line or (next(iter(self.node.lines)) if len(self.node.lines) == 1 else "")

    def _check_room(self, command: Command) -> None:
        """Refuse what is not urgent while the disk is full."""
        is_ordinary = isinstance(command, Compose) and command.precedence < Precedence.FLASH
        if is_ordinary and self.reserve and self.reserve.is_given_up and not self.reserve.fill():
            raise OurError(
                "The disk of the node is full: only FLASH is taken.",
                "Let the administrator make room on it.",
            )

    def keep(self, name: str, value: bytes) -> None:
        """Have a value of a face written with the next commit; empty removes it.

        Whoever then waits for a command finds it durable when the answer comes.
        """
        self._kept[name] = value
        self._wake.set()

    def kept(self, prefix: str) -> list[tuple[str, bytes]]:
        """The values of a face whose names begin so, as they were committed."""
        return self.store.values(prefix)

    async def check(self, command: CheckNotice) -> tuple[list[dict[str, Any]], bool]:
        """What a notice would not be clear of; the loop is never held up by it.

        A draft that meets few notices is answered at once. For one that meets many
        the rest of the work is done in another thread, and ends at a bound.

        Returns:
            The notices it would meet, and whether those are all.

        Raises:
            OurError: The notice would be refused.
        """
        check: Check = await self.command(command)
        if check.go_on(CHECK_STEPS_IN_LOOP) and check.count <= CHECK_FINDINGS_IN_LOOP:
            return check.to_json(), check.is_complete
        return await asyncio.to_thread(_rest_of, check)

    def ask_later(self, command: Command, about: str) -> None:
        """Put a command into the next turn; what stands in its way is logged."""
        token = next(self._tokens)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda done: _log_refusal(done, about))
        self._answers[token] = answer
        self._put(CommandGiven(token, command))

    def _watching(self) -> list[Watching]:
        """What the lines know of what concerns tracks, in the order of their names."""
        return [line.view.watching() for _, line in sorted(self.node.lines.items())]

    def _assessed(self) -> list[Assessed]:
        """Whose tracks are, as officers assessed it, on all lines."""
        lines = self.node.lines.values()
        return [one for line in lines for one in line.view.assessments.standing()]

    def _tell_air(self, command: TellAirAlerts | TakeBackAssessment | NoteLeftAside) -> None:
        self.ask_later(command, "about tracks")

    def delivered(self, line: str, index: int) -> asyncio.Future[None]:
        """Done when every counterpart has receipted our entry of that index.

        A node that ends before gives a `TimeoutError`: nobody waits for it in vain.
        """
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._line(line).delivered > index:
            waiter.set_result(None)
        else:
            self._deliveries.append((line, index, waiter))
        return waiter

    def _tell_deliveries(self) -> None:
        if not self._deliveries:
            return
        delivered = {name: line.delivered for name, line in self.node.lines.items()}
        waiting = []
        for line, index, waiter in self._deliveries:
            if waiter.done():
                continue
            if delivered[line] > index:
                waiter.set_result(None)
            else:
                waiting.append((line, index, waiter))
        self._deliveries = waiting

    def status(self) -> dict[str, Any]:
        """The state of the node and of its lines."""
        now = self._now_ms()
        return {
            "party": self.node.party,
            "version": __version__,
            "started_at": self.started_at,
            "now": now,
            "lines": [line.status(now) for _, line in sorted(self.node.lines.items())],
        }

    def two_way(self) -> dict[str, tuple[int, dict[str, int | None]]]:
        """By line: the tick interval, and when each counterpart answered a tick of ours."""
        return {
            name: (
                line.pulse.interval_ms,
                {party: peer.tick_answered_at for party, peer in line.peers.items()},
            )
            for name, line in self.node.lines.items()
        }

    async def copy_store(self) -> tuple[Path, int, dict[str, Path]]:
        """A copy of the store beside it, and when it was made; whoever asks deletes it.

        With it copies of the files of SQLite beside the store, by their paths.

        Raises:
            OurError: It cannot be written.
        """
        at = self._now_ms()
        beside = await asyncio.to_thread(copy_beside, self.config)
        try:
            return (
                await asyncio.to_thread(copy_store, self.store, self.config.store, at),
                at,
                beside,
            )
        except BaseException:
            for copy in beside.values():
                remove_copy(copy)
            raise

    def _line(self, name: str) -> Line:
        line = self.node.lines.get(name)
        if line is None:
            known = ", ".join(sorted(self.node.lines)) or "none yet"
            raise OurError(f"The line {name!r} is not known here.", f"Lines: {known}.")
        return line

    def view(self, line: str) -> View:
        """What is known about one line.

        Raises:
            OurError: There is no such line.
        """
        return self._line(line).view

    def message(self, line: str, party: str, index: int) -> dict[str, Any]:
        """One message with its body.

        Raises:
            OurError: There is no such line or message.
        """
        record = self.view(line).message(party, index)
        if record is None:
            raise OurError(
                f"{party} has no message {index} on the line {line}.", "See `openline log`."
            )
        content = self._line(line).content(party, index)
        message = read_message(record["kind_number"], content)
        if isinstance(message, Unreadable):
            return {**record, "body": None, "unreadable": message.why, "signatures": []}
        signatures = self.view(line).signatures(party, index, message)
        return {**record, "body": message.shown(), "signatures": signatures}

    def drafts(self, line: str) -> tuple[Drafts, int]:
        """The drafts of a line, and the present instant.

        Raises:
            OurError: There is no such line.
        """
        return self._line(line).drafts, self._now_ms()

    @property
    def people(self) -> People:
        """Who may act for the party on the officers' port."""
        return self.node.people

    @asynccontextmanager
    async def exporting(self, line: str) -> AsyncIterator[Exporter]:
        """What writes certificates about one line; it may be used in another thread."""
        self._line(line)
        async with self._export_lock:
            if line not in self._exporters:
                self._exporters[line] = Exporter(self.store, self.node.party, line)
            yield self._exporters[line]

    # The stream of what changes.

    def follow(self, after: str = "") -> AbstractAsyncContextManager[Following]:
        """What changes, from an id on or from now on; ends when the node stops."""
        return self._shows.follow(after)

    # The watch, and the past.

    def brief(self, line: str) -> dict[str, Any]:
        """What whoever takes the watch on a line must know now."""
        return self._line(line).brief(self._now_ms())

    async def replay(self, line: str, at: int) -> dict[str, Any]:
        """How a line stood at an instant; one at a time, and the loop is never held up.

        Raises:
            OurError: There is no such line, or the instant is still to come.
        """
        running = self._line(line)
        async with self._replay_lock:
            return await replay_line(running, at, self._now_ms())

    async def acts(
        self, line: str, start: int, end: int, officer: str = "", before: int | None = None
    ) -> dict[str, Any]:
        """Who did what on this node in a window, the newest first.

        Raises:
            OurError: There is no such line.
        """
        return await acts_on(self._line(line), start, end, officer, before)

    def _end_readers(self) -> None:
        self._is_over = True
        self._shows.end()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(_stopping())
        for _, _, waiter in self._deliveries:
            if not waiter.done():
                waiter.set_exception(TimeoutError("The node is stopping."))
        self._deliveries = []


async def _compile() -> None:
    """Make the compiled path ready; without it conflicts are found all the same."""
    try:
        is_there = await asyncio.to_thread(make_ready)
    except Exception:
        _log.warning("the compiled path to conflicts cannot be made ready", exc_info=True)
    else:
        _log.info("conflicts are found by the %s path", "compiled" if is_there else "plain")


def _rest_of(check: Check) -> tuple[list[dict[str, Any]], bool]:
    """The answer to a check, looked for as far as the bound."""
    if not check.is_complete:
        check.go_on(CHECK_STEPS_MAX)
    return check.to_json(), check.is_complete


def _grown(turn: Turn) -> dict[str, tuple[int, bytes]]:
    """Size and root of each log that the turn made longer."""
    return {
        write.origin: (write.start + len(write.entries), write.root)
        for write in turn.writes
        if isinstance(write, AppendEntries)
    }


def _is_signed_over(turn: Turn) -> bool:
    """Whether settling may sign a head of what the turn appended.

    Such a head must be in the anchor before it exists. Heads of an outbox and of a
    mirror are signed whenever these grow, and that of our journal with a tick. A
    turn that only adds rows to a journal, as most receipts do, signs nothing.
    """
    return any(
        isinstance(write, PutTick)
        or (isinstance(write, AppendEntries) and not _is_journal(write.origin))
        for write in turn.writes
    )


def _is_journal(origin: str) -> bool:
    parsed = parse_origin(origin)
    return parsed is not None and parsed.log == "journal"


def _is_no_frame(effect: Effect) -> bool:
    """Sorts frames before everything else; each keeps its place among its like."""
    return not isinstance(effect, Send)


def _stopping() -> OurError:
    """What a command is told that the end of the node overtook: perhaps it was done."""
    return OurError(
        "The node is stopping.", "See `openline log` when it runs again, before you repeat it."
    )


def _is_bulk(event: Event) -> bool:
    if isinstance(event, FrameReceived):
        return is_bulk(event.frame)
    if isinstance(event, CommandGiven):
        command = event.command
        return isinstance(command, Compose) and command.precedence < Precedence.FLASH
    return False


def _log_refusal(answer: asyncio.Future[Any], about: str) -> None:
    if error := answer.exception():
        _log.warning("%s: %s", about, error)
