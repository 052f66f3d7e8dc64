"""Acts: who did what when on this node, as its journal has it.

Rows of the journal that name an officer, and the messages that our officers said, each as
one row for people who look after the desk (`docs/guides/people.md`, who did what). Nothing
here judges, and nothing is told of the counterparts: what their officers did is in their
journals, and in ours only as messages.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from openline.domain.instant import format_instant
from openline.domain.line.people import plain_name
from openline.domain.talk.assessment import Assessment
from openline.engine.drafts import parse_draft
from openline.engine.journal import Happened, Row

Said = Callable[[int, int], dict[str, Any] | None]
"""A message of ours as faces show it, by its index and when it was said; None for none held."""

PARTING: Final = " · "
"""Between the parts of what an act is about."""


@dataclass(frozen=True, slots=True)
class Act:
    """What one officer did.

    Attributes:
        at: When, by this node's clock.
        post: Of the officer; may be empty where nobody was signed in.
        officer: Who; may be empty likewise.
        act: What, as a word in capitals.
        about: What or whom it is about, as it stands in the record; may be empty.
    """

    at: int
    post: str
    officer: str
    act: str
    about: str

    def is_by(self, name: str) -> bool:
        """Whether it was done by somebody of this name; any act where it is empty."""
        return not name or plain_name(self.officer) == plain_name(name)


def acts_of(row: Row, said: Said) -> Iterator[Act]:
    """What officers of ours did by one row of the journal; mostly nothing."""
    if row.happened is Happened.SENT:
        start, count = row.rest[0], row.rest[1]
        assert isinstance(start, int), "our own writing"
        assert isinstance(count, int), "our own writing"
        for index in range(start, start + count):
            message = said(index, row.at)
            if message is not None and message["by"]:
                by = message["by"]
                about = f"{message['serial']} {message['kind']}"
                yield Act(row.at, by["post"], by["officer"], "SAID_MESSAGE", about)
    elif (found := _named(row)) is not None:
        act, about = found
        yield Act(row.at, str(row.rest[0]), str(row.rest[1]), act, about)


def _named(row: Row) -> tuple[str, str] | None:
    """What a row that begins with post and officer says was done, and about what."""
    match row.happened, row.rest[2:]:
        case Happened.ACTED, (str(act), [bytes(), str(what), str(name)]):
            return act, PARTING.join(part for part in (name, what) if part)
        case Happened.ACTED, (str(act), subject):
            return act, str(subject)
        case ((Happened.KEPT | Happened.LET_GO), (str(name), *_)):
            return row.happened.name, name
        case Happened.HELD, (str(name), int(start), int(end), str(reason), *_):
            window = f"{format_instant(start)} – {format_instant(end)}"
            return "HELD_EVIDENCE", PARTING.join(part for part in (name, window, reason) if part)
        case Happened.RELEASED, (str(name), str(reason), *_):
            return "RELEASED_EVIDENCE", PARTING.join(part for part in (name, reason) if part)
        case Happened.DRAFTED, (bytes(digest),):
            # Its words may have been let go of since; that it was drafted stays.
            is_held = sha256(row.content).digest() == digest
            draft = parse_draft(row.content) if is_held else None
            kind = "" if draft is None else f"{draft.message.message_kind.name} {draft.name}"
            return "DRAFTED", kind
        case Happened.DRAFT_ENDED, (str(state), bytes(token), *_):
            return f"DRAFT_{state}", token.hex()
        case Happened.ASSESSED, (bytes(salt), bytes(digest)):
            is_held = sha256(salt + row.content).digest() == digest
            found = Assessment.from_bytes(row.content) if is_held else None
            about = "" if found is None else f"{found.track} · {found.verdict.name} {found.party}"
            return "ASSESSED_TRACK", about.rstrip()
        case Happened.UNASSESSED, _ if row.rest[1]:
            return "TOOK_BACK_ASSESSMENT", row.content.decode(errors="replace")
        case Happened.OFFERED, _:
            return "OFFERED_WATCH", ""
        case _:
            return None
