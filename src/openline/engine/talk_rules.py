"""What may be said now in coded messages and about single messages.

Whether a matter can take it in the state it is in is asked of `matter_view`; here is
whether it names the right message, and whether book, values and size are as agreed.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.limits import CODED_SIZE_BYTES_MAX
from openline.domain.line.form import Fault, Text
from openline.domain.party import Precedence
from openline.domain.record.short_form import short_size
from openline.domain.talk.body import Body
from openline.domain.talk.code_book import Acts
from openline.domain.talk.coded import Coded, entry_of
from openline.domain.talk.correction import Correction, check_field, value_at, with_value
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import MESSAGES, Unreadable, to_json
from openline.domain.talk.passed_on import PassedOn
from openline.domain.talk.query_ack import QueryAck
from openline.domain.talk.translation import LaterTranslation
from openline.engine.message_view import MessageRecord, kind_name

if TYPE_CHECKING:
    from openline.engine.desk import Desk
    from openline.engine.views import View

ASKED_ABOUT: Final = (
    Kind.TEXT,
    Kind.NOTICE,
    Kind.CORRECTION,
    Kind.CODED,
    Kind.TRANSLATION,
    Kind.DECLARATION,
    Kind.QUERY,
    Kind.ANSWER,
    Kind.WARNING,
    Kind.EXPLANATION,
)
"""Messages that a person should read: about these a node says when to ask."""

_WORDLESS: Final = (Kind.CODED, Kind.CORRECTION, Kind.TRANSLATION)
"""What has words of its own form, and is not translated."""


def check_talk(
    desk: "Desk",
    view: "View",
    message: Coded | Correction | QueryAck | PassedOn | LaterTranslation,
    precedence: Precedence,
    now: int,
) -> None:
    """Confirm that it may be said now.

    Raises:
        OurError: It may not, with what to do.
    """
    match message:
        case Coded():
            _check_coded(desk, view, message, precedence, now)
        case Correction():
            _check_correction(desk, view, message, precedence)
        case QueryAck():
            _check_query_ack(desk, view, message)
        case PassedOn():
            _check_passed_on(desk, message, now)
        case LaterTranslation():
            _check_translation(desk, view, message)


NO_BOOK: Final = bytes(32)
"""Stands for the book of a coded message that the desk is to fill in."""


def completed_coded(view: "View", coded: Coded) -> Coded:
    """The message with the agreed book and its deed, where it names none."""
    if coded.book != NO_BOOK or view.understanding.code_book is None:
        return coded
    coded = replace(coded, book=view.understanding.code_book)
    entry = None if view.code_book is None else view.code_book.entry(coded.number)
    return coded if entry is None else replace(coded, acts=entry.acts)


def _check_coded(
    desk: "Desk", view: "View", coded: Coded, precedence: Precedence, now: int
) -> None:
    agreed = view.understanding.code_book
    if agreed is None:
        raise OurError(
            "The line has no code book: the Understanding names none.",
            "Say it in words; a later version of the Understanding may name a book.",
        )
    book = view.code_book
    if book is None:
        raise OurError(
            f"The node does not have the agreed code book, {agreed.hex()[:16]}….",
            "Put its file into the directory code-books of the node and start it again.",
        )
    if coded.book != agreed:
        raise OurError(
            f"The message names another code book than the line has, {agreed.hex()[:16]}….",
            "Leave the book out: the agreed one is meant.",
        )
    try:
        entry = entry_of(coded, book)
    except Fault as fault:
        raise fault.as_ours("CODED") from None
    if precedence < entry.precedence:
        raise OurError(
            f"{entry.number:02d} {entry.word} goes as {entry.precedence.name} or faster.",
            f"Say it with precedence {entry.precedence.name}.",
        )
    _check_acts(desk, coded, now)
    _check_short(view, coded)


def _check_acts(desk: "Desk", coded: Coded, now: int) -> None:
    of = coded.of
    if of is not None and coded.acts is Acts.HOLDING:
        desk.theirs(of, "hold")
    if of is not None and coded.acts is Acts.DISREGARD:
        record = desk.known(of.party, of.index)
        if record.party != desk.own:
            raise OurError(
                f"{desk.serial(of)} is not ours: only its author takes it back.",
                "Answer it, or object to it.",
            )
        if record.kind == Kind.NOTICE:
            raise OurError(f"{desk.serial(of)} is a notice.", "Use `openline notice cancel`.")
    if coded.acts in (Acts.HOLDING, Acts.QUERY) and (until := coded.until) is not None:
        _check_future(until, now)


def _check_future(at: int, now: int) -> None:
    if at <= now:
        raise OurError(f"{format_instant(at)} is over.", "Give an instant to come, such as +20min.")


def _check_short(view: "View", coded: Coded) -> None:
    size = short_size(coded.to_body(), view.understanding.names())
    if size > CODED_SIZE_BYTES_MAX:
        raise OurError(
            f"The coded message has {size} bytes in its short form; "
            f"{CODED_SIZE_BYTES_MAX} go over the slowest circuit.",
            "Shorten its words, or the names of post and officer.",
        )


def _check_correction(
    desk: "Desk", view: "View", correction: Correction, precedence: Precedence
) -> None:
    record = desk.known(correction.of.party, correction.of.index)
    serial = desk.serial(correction.of)
    if record.party != desk.own:
        raise OurError(
            f"{serial} is not ours: only its author corrects it.",
            "Read it back as it was received; its author corrects it.",
        )
    check_field(_kind_of(record), correction.field, serial)
    if precedence < record.precedence:
        name = Precedence(record.precedence).name
        raise OurError(
            f"{serial} went as {name}: its correction goes no slower.", f"Say it as {name}."
        )
    shown = corrected(view, record)
    said = value_at(shown, correction.field)
    if said != correction.old:
        raise OurError(
            f"{correction.field} of {serial} is {said!r}, not {correction.old!r}.",
            "Name the value that stands now.",
        )
    # What comes out must be a message that could be said.
    anew = with_value(shown, correction.field, correction.new)
    MESSAGES[_kind_of(record)].from_json(anew, Precedence(record.precedence))


def _kind_of(record: MessageRecord) -> Kind:
    if record.kind not in set(Kind):
        raise OurError(
            f"This program does not know kind {record.kind}.",
            "Ask by a text what was meant, or install the version that knows it.",
        )
    return Kind(record.kind)


def corrected(view: "View", record: MessageRecord) -> dict[str, Any]:
    """A message of either side as it stands with all its corrections, as JSON.

    What does not fit is passed over: a counterpart's correction of a value that is not there.
    """
    assert view.load is not None, "a running node's views read its store"
    shown = to_json(view.load(record.party, record.index, record.epoch))
    for mark in record.marks_of("corrected"):
        correction = view.load(mark.party, mark.index, mark.epoch)
        if not isinstance(correction, Correction):
            continue
        try:
            check_field(_kind_of(record), correction.field, "")
            if value_at(shown, correction.field) == correction.old:
                shown = with_value(shown, correction.field, correction.new)
        except OurError:
            continue
    return shown


def _check_query_ack(desk: "Desk", view: "View", ask: QueryAck) -> None:
    record = desk.known(ask.of.party, ask.of.index)
    serial = desk.serial(ask.of)
    if record.party != desk.own:
        raise OurError(
            f"{serial} is not ours: it has arrived, and its receipt is given.",
            "Ask about a message of our own.",
        )
    if record.kind not in ASKED_ABOUT:
        raise OurError(
            f"{serial} is a {kind_name(record.kind)}, which nobody reads out.",
            "Its receipt is enough; see `openline log show`.",
        )
    if not view.talk.unread_by(record):
        raise OurError(
            f"Everybody whom {serial} addresses has read it.", "See `openline log show`."
        )


def _check_passed_on(desk: "Desk", passed: PassedOn, now: int) -> None:
    record = desk.theirs(passed.of, "pass on")
    if passed.passed_at > now:
        raise OurError(
            f"{format_instant(passed.passed_at)} is to come: it says what was done.",
            "Say it when it is passed on.",
        )
    if passed.passed_at < record.received_at:
        raise OurError(
            f"{desk.serial(passed.of)} was received at {format_instant(record.received_at)}, "
            "after that.",
            "Correct the time at which it was passed on.",
        )


def _check_translation(desk: "Desk", view: "View", message: LaterTranslation) -> None:
    record = desk.known(message.of.party, message.of.index)
    serial = desk.serial(message.of)
    assert view.load is not None, "a running node's views read its store"
    original = view.load(record.party, record.index, record.epoch)
    if record.kind in _WORDLESS or not words_of(original):
        raise OurError(
            f"{serial} is a {kind_name(record.kind)} without free words.",
            "Name a message that has some; structured values need no translation.",
        )
    if getattr(original, "language", "") == message.language:
        raise OurError(
            f"{serial} is in that language ({message.language}) itself.",
            "Name the language of the translation.",
        )


def words_of(message: Body | Unreadable) -> str:
    """The free words of a message, joined; empty if it has none."""
    if isinstance(message, Unreadable):
        return ""
    table = message.record.table
    words = [getattr(message, one.name) for one in table if isinstance(one.form, Text)
             and one.form.rows]  # fmt: skip
    return "\n".join(word for word in words if word and word.strip())
