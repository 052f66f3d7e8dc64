"""What may be said now of queries, answers, warnings and requests for explanation.

Whether a matter can take it in the state it is in is asked of `matter_view`; here is
whether it names the right message and an instant to come.
"""

from typing import TYPE_CHECKING, Final

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.talk.explanation import Explanation
from openline.domain.talk.kinds import Kind
from openline.domain.talk.query import Query, QueryAnswer, Question
from openline.domain.talk.warning import Warning

if TYPE_CHECKING:
    from openline.engine.desk import Desk

ANSWERED: Final = (Kind.QUERY, Kind.EXPLANATION)


def check_dialogue(
    desk: "Desk", message: Query | QueryAnswer | Warning | Explanation, now: int
) -> None:
    """Confirm that it may be said now.

    Raises:
        OurError: It may not, with what to do.
    """
    match message:
        case Query():
            _check_query(desk, message, now)
        case QueryAnswer():
            _check_answer(desk, message, now)
        case Warning(is_over=True, of=of) if of is not None:
            desk.ours(of, Kind.WARNING, "end")
        case Warning(of=of) if of is not None:
            desk.known(of.party, of.index)
        case Explanation():
            desk.check_tier(message.by, "A request for explanation")
        case _:
            pass


def _check_query(desk: "Desk", query: Query, now: int) -> None:
    _check_future("decision_at", query.decision_at, now)
    _check_future("reply_by", query.reply_by, now)
    if query.of is None:
        return
    if query.is_closed:
        desk.ours(query.of, Kind.QUERY, "close")
    elif query.question is Question.CONFIRM_NOTICE:
        record = desk.theirs(query.of, "ask about")
        if record.kind != Kind.NOTICE:
            raise OurError(
                f"{desk.serial(query.of)} is no notice.", "Name the notice, or its serial."
            )
    else:
        desk.known(query.of.party, query.of.index)


def _check_answer(desk: "Desk", answer: QueryAnswer, now: int) -> None:
    record = desk.theirs(answer.of, "answer")
    if record.kind not in ANSWERED and not desk.is_query(record):
        raise OurError(
            f"{desk.serial(answer.of)} is no query and no request for explanation.",
            "Use `openline notice respond` for a notice, `openline say` for a text.",
        )
    _check_future("valid_until", answer.valid_until, now)
    _check_future("holding_until", answer.holding_until, now)


def _check_future(name: str, at: int | None, now: int) -> None:
    if at is not None and at <= now:
        raise OurError(
            f"{name}: {format_instant(at)} is over.", "Give an instant to come, such as +20min."
        )
