"""A node: several lines, one store, one set of keys; events in, effects out.

The app calls `handle` with a batch of events, commits the turn's writes in one
transaction, calls `settle`, and performs the turn's effects. Nothing in here
does I/O beyond the ports.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from openline.domain.errors import OurError, TheirError
from openline.domain.limits import LABEL_CHARS_MAX, SIGN_IN_FAILURES_NOTED_PER_MINUTE_MAX
from openline.domain.line.understanding import (
    SignedUnderstanding,
    parse_signed_understanding,
    parse_understanding,
    understanding_hash,
    verify_understanding,
)
from openline.domain.record.cbor import Value
from openline.domain.talk.code_book import CodeBook
from openline.engine.commands import Adopt
from openline.engine.effects import Answer, CloseLink, TrustCertificates
from openline.engine.events import (
    ClockAdvanced,
    CommandGiven,
    Event,
    FrameReceived,
    LinkClosed,
    LinkOpened,
)
from openline.engine.journal import ADOPTED, Happened, PerMinute
from openline.engine.line import Line
from openline.engine.people import (
    AboutPeople,
    AddPasskey,
    AddPerson,
    AtTheDoor,
    DisablePerson,
    DropPasskey,
    NoteAtTheDoor,
    NoteUse,
    People,
    ResetPerson,
    SetPassword,
)
from openline.engine.ports import Chance, Keys, PutValue, Store
from openline.engine.turn import Turn

_ADOPTED = "adopted/"
"""Names of the stored Understandings, as first adopted, one for each line."""

_WHAT: Final = {
    AddPerson: "added",
    DisablePerson: "disabled or enabled",
    ResetPerson: "reset",
    SetPassword: "password set",
    AddPasskey: "passkey registered",
    DropPasskey: "passkey dropped",
}
"""What was done to somebody, for the journal."""


class Node:
    """One party's node.

    Owned by the app's loop: nobody else calls `handle` or `settle`.

    Attributes:
        party: Whose node it is.
        lines: By name.

    Args:
        party: Whose node it is.
        keys: Its keys.
        chance: Its randomness.
        store: What it stands on.
        own_copy_is_current: Whether it is certain that the store is no old copy.
        current_lines: The lines of which that is certain, where it is not of all.
        signs_nothing: It only takes in what the counterparts hold, for another store.
        books: The code books that it holds, by hash.
        people: Who may act for the party on the officers' port.
    """

    def __init__(
        self,
        party: str,
        keys: Keys,
        chance: Chance,
        store: Store,
        *,
        own_copy_is_current: bool = False,
        current_lines: Collection[str] = (),
        signs_nothing: bool = False,
        books: Mapping[bytes, CodeBook] | None = None,
    ) -> None:
        self.party = party
        self.lines: dict[str, Line] = {}
        self.people = People()
        self._keys = keys
        self._chance = chance
        self._failures_noted = PerMinute(SIGN_IN_FAILURES_NOTED_PER_MINUTE_MAX)
        self._store = store
        self._own_copy_is_current = own_copy_is_current
        self._current_lines = current_lines
        self._signs_nothing = signs_nothing
        self._books = books or {}
        self._line_of_link: dict[int, Line] = {}

    def load(self, now: int) -> None:
        """Take in every line that the store holds.

        Raises:
            OurError: The store contradicts itself.
        """
        self.people.load(self._store)
        for name, data in self._store.values(_ADOPTED):
            try:
                line = self._make_line(parse_signed_understanding(data), now)
                line.load()
            except TheirError as error:
                what = name.removeprefix(_ADOPTED)
                raise OurError(
                    f"What is stored of {what} cannot be read: {error.what}.",
                    "Restore the store from a back-up; the counterparts give back what is missing.",
                ) from error
            self.lines[line.name] = line

    def _make_line(self, signed: SignedUnderstanding, now: int) -> Line:
        name = parse_understanding(signed.data).line
        return Line(
            self.party,
            signed,
            self._keys,
            self._chance,
            self._store,
            now,
            own_copy_is_current=self._own_copy_is_current or name in self._current_lines,
            signs_nothing=self._signs_nothing,
            books=self._books,
            people=self.people,
        )

    def handle(self, events: Iterable[Event], now: int) -> Turn:
        """What a batch of events causes; the writes are to be committed first."""
        turn = Turn(now)
        for line in self.lines.values():
            line.begin(now)
        for event in events:
            self._take(turn, event)
        for line in self.lines.values():
            line.finish(turn)
        return turn

    @property
    def is_busy(self) -> bool:
        """Whether a turn without events has something to do."""
        return any(line.view.is_busy for line in self.lines.values())

    @property
    def live_volumes(self) -> int:
        """How many volumes are looked through for conflicts, over all lines."""
        return sum(line.view.live_volumes for line in self.lines.values())

    def settle(self, turn: Turn) -> None:
        """After the commit of the turn's writes: add what may now be sent."""
        for line in self.lines.values():
            line.settle(turn)

    def _take(self, turn: Turn, event: Event) -> None:
        match event:
            case FrameReceived(link, frame):
                line = self._line_of_link.get(link)
                if line is not None:
                    line.intake.frame(turn, link, frame)
            case CommandGiven(token, Adopt(signed, by)):
                self._adopt(turn, token, signed, by)
            case CommandGiven(token, NoteAtTheDoor() as note):
                self._note_at_the_door(turn, token, note)
            case CommandGiven(token, command) if isinstance(command, AboutPeople):
                self._change_people(turn, token, command)
            case CommandGiven(token, command):
                self._command(turn, token, command)
            case LinkOpened(link, name, party, circuit):
                line = self.lines.get(name)
                if line is None or party not in line.peers:
                    turn.effects.append(CloseLink(link, "this line is not known here"))
                    return
                self._line_of_link[link] = line
                line.intake.link_opened(turn, link, party, circuit)
            case LinkClosed(link, reason):
                line = self._line_of_link.pop(link, None)
                if line is not None:
                    line.intake.link_closed(turn, link, reason)
            case ClockAdvanced():
                pass

    def _command(self, turn: Turn, token: int, command: object) -> None:
        name = getattr(command, "line", "")
        line = self.lines.get(name)
        if line is None:
            known = ", ".join(sorted(self.lines)) or "none yet"
            error = OurError(f"The line {name!r} is not known here.", f"Lines: {known}.")
            turn.effects.append(Answer(token, error=error))
            return
        line.command(turn, token, command)

    def _change_people(self, turn: Turn, token: int, command: AboutPeople) -> None:
        """Change who may act, and note in every line's journal who changed it."""
        try:
            if isinstance(command, AddPerson):
                self._check_posts(command.person.posts)
            kept = self.people.do(turn, command)
        except OurError as error:
            turn.effects.append(Answer(token, error=error))
            return
        if not isinstance(command, NoteUse):
            post, officer = getattr(command, "by", (kept.person.posts[0], kept.person.name))
            what = _WHAT[type(command)]
            self._note_person(turn, (post, officer), "PERSON_CHANGED", what, kept.person.name)
        turn.effects.append(Answer(token, kept))

    def _note_at_the_door(self, turn: Turn, token: int, note: NoteAtTheDoor) -> None:
        """Note who signed in, out or in vain, in every line's journal."""
        is_failure = note.act is AtTheDoor.SIGN_IN_FAILED
        if not is_failure or self._failures_noted.admits(turn.now):
            self._note_person(turn, note.by, note.act, note.what[:LABEL_CHARS_MAX], note.name)
        turn.effects.append(Answer(token, None))

    def _note_person(self, turn: Turn, by: tuple[str, str], act: str, what: str, name: str) -> None:
        """A row about somebody in every line's journal, each with a salt of its own."""
        for line in self.lines.values():
            subject: list[Value] = [self._chance.bytes(16), what, name]
            line.journal.add(Happened.ACTED, turn.now, *by, act, subject)

    def _check_posts(self, posts: Iterable[str]) -> None:
        """Confirm that posts are ours on some line, where there is a line.

        Raises:
            OurError: One is on none.
        """
        known = {
            post.name: None
            for line in self.lines.values()
            for post in line.view.understanding.party(self.party).posts
        }
        for post in posts:
            if known and post not in known:
                raise OurError(
                    f"{post!r} is no post of {self.party} on any line.",
                    f"Its posts are {', '.join(known)}.",
                )

    def _adopt(self, turn: Turn, token: int, data: bytes, by: tuple[str, str]) -> None:
        """Open a line, or amend it, by an Understanding that all have signed."""
        try:
            signed = parse_signed_understanding(data)
            understanding = verify_understanding(signed)
            line = self.lines.get(understanding.line)
            if line is None:
                line = self._make_line(signed, turn.now)
                self._check_keys(line)
                line.load()
                self.lines[line.name] = line
                turn.write(PutValue(_ADOPTED + line.name, data))
                turn.effects.append(TrustCertificates())
                line.adopted(turn, by, ADOPTED, understanding_hash(signed.data).hex())
            elif signed.data != line.first.data and understanding != line.view.understanding:
                line.amend(turn, token, signed)
                line.adopted(turn, by, ADOPTED, understanding_hash(signed.data).hex())
                return
            digest = understanding_hash(signed.data).hex()
            turn.effects.append(Answer(token, {"line": line.name, "understanding": digest}))
        except TheirError as error:
            problem = OurError(f"The Understanding is not accepted: {error.what}.")
            turn.effects.append(Answer(token, error=problem))
        except OurError as error:
            turn.effects.append(Answer(token, error=error))

    def _check_keys(self, line: Line) -> None:
        terms = line.view.understanding.party(self.party)
        for role, public in (
            ("node", terms.node),
            ("witness", terms.witness),
            ("mirror", terms.mirror),
        ):
            if self._keys.find(role, public) is None:
                raise OurError(
                    f"The Understanding names another {role} key for {self.party} than this "
                    "node has.",
                    "Draw it up again with the present party card (`openline card`).",
                )
