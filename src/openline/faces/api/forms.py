"""The route about forms: what is drawn of the tables of the domain.

The fields of each kind come from the table that says how the message is signed
(`domain.line.form.Record`), so there is no second list of them. Words come from
`adapters.wording.forms`.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter

from openline.adapters.wording import Wording
from openline.adapters.wording.forms import FormWords
from openline.domain.limits import FLASH_TEXT_WORDS_MAX
from openline.domain.line.form import Field, Record
from openline.domain.line.people import may
from openline.domain.line.terms import RELEASED_BY_TWO_DEFAULT
from openline.domain.talk.contact import CONTACT
from openline.domain.talk.kinds import RELEASABLE, Kind
from openline.domain.talk.message import MESSAGES
from openline.engine.desk import TAKES_RESPONSE
from openline.engine.dialogue_rules import ANSWERED
from openline.engine.talk_rules import ASKED_ABOUT
from openline.faces.api import form_answers as answers
from openline.faces.api import form_examples as examples
from openline.faces.api.acting import ACTING
from openline.faces.api.describe import READING, described, read_docstring
from openline.faces.api.node import view_of, wording_for
from openline.faces.api.reading import Language
from openline.faces.api.rights import right_of_kind
from openline.faces.api.writing import LEFT_TO_THE_DESK, SAID_BY_PEOPLE

ANSWERS: Final[dict[Kind, tuple[Kind, ...]]] = {
    Kind.RESPONSE: TAKES_RESPONSE,
    # A coded message that asks is answered like a query.
    Kind.ANSWER: (*ANSWERED, Kind.CODED),
    Kind.LINE_CHECK_REPLY: (Kind.LINE_CHECK,),
    Kind.QUERY_ACK: ASKED_ABOUT,
    Kind.CONTACT_REPLY: (*CONTACT.opened_by, Kind.CONTACT_REPLY),
}
"""What a kind may be in reply to, where the desk asks for certain kinds."""

ON_RELEASE: Final = ("released_by", "signed")
"""Fields that are known when a second person releases a message."""


@get(
    "/forms",
    operation_id="readForms",
    tags=["messages"],
    summary="The forms of all kinds that people say",
    responses=described(answers.Forms, "The forms.", example=examples.FORMS, faults=READING),
)
async def read_forms(
    state: State,
    language: Language = None,
    line: Annotated[
        str | None,
        Parameter(
            pattern="^[a-z0-9-]{1,63}$",
            description="The line whose Understanding says what takes a second person.",
        ),
    ] = None,
) -> dict[str, Any]:
    """Each kind with its fields, their words, bounds and choices.

    A field whose form is `record`, `reference` or `volume` has the fields that `records`
    gives under the name. Without `line`, what takes a second person is told as it is where
    an Understanding says nothing of it.
    """
    words = FormWords(wording := wording_for(state, language))
    by_two: tuple[str, ...] = RELEASED_BY_TWO_DEFAULT
    if line is not None:
        by_two = view_of(state, line).understanding.released_by_two
    return {
        "language": wording.language,
        "forms": [message_form(kind, words, wording, by_two) for kind in SAID_BY_PEOPLE],
        "records": {
            record.build.__name__: {"fields": form_fields(record, words, {})}
            for record in nested_records()
        },
        "urgent_words_max": FLASH_TEXT_WORDS_MAX,
    }


def message_form(
    kind: Kind, words: FormWords, wording: Wording, by_two: tuple[str, ...]
) -> dict[str, Any]:
    """The form of one kind.

    Args:
        kind: The kind.
        words: Labels and helps.
        wording: The words for precedences.
        by_two: Kinds, in small letters, that take a second person.
    """
    message = MESSAGES[kind]
    reasons = {"by": "NODE"} | dict.fromkeys(LEFT_TO_THE_DESK.get(kind, {}), "NODE")
    if kind in RELEASABLE:
        reasons |= dict.fromkeys(ON_RELEASE, "RELEASE")
    right = right_of_kind(kind.name)
    acting = ACTING.get()
    return {
        "kind": kind.name,
        "title": words.title(kind.name),
        "purpose": words.purpose(kind.name),
        "fields": form_fields(message.record, words, reasons),
        "precedences": [
            {"code": one.name, "said": wording.term(one.name)} for one in message.precedences
        ],
        "answers": [one.name for one in ANSWERS.get(kind, ())],
        "right": right.value,
        "may_say": acting is None or may(acting.roles, right),
        "is_drafted": kind in RELEASABLE,
        "takes_two": takes_two(kind, by_two),
    }


def takes_two(kind: Kind, by_two: tuple[str, ...]) -> bool:
    """Whether a second person releases a kind.

    Args:
        kind: The kind.
        by_two: What the Understanding says, in small letters.
    """
    return kind is Kind.DECLARATION or kind.name.lower() in by_two


def form_fields(record: Record, words: FormWords, reasons: dict[str, str]) -> list[dict[str, Any]]:
    """The fields of a record with their words.

    Args:
        record: The table.
        words: Labels, helps and choices.
        reasons: Why a field may be left out, where that is not told by the table.
    """
    return [_field(record, field, words, reasons) for field in record.fields]


def _field(
    record: Record, field: Field, words: FormWords, reasons: dict[str, str]
) -> dict[str, Any]:
    owner, name = record.build.__name__, field.shown
    shown = {
        "name": name,
        "label": words.label(owner, name),
        "help": words.help(help_of(record, field)),
        "form": _form(field.form.describe(), f"{owner}.{name}", words),
    }
    default = record.default_of(field)
    if name in reasons:
        shown["left_out"] = reasons[name]
    elif name in record.filled:
        shown["left_out"] = "NODE"
    elif default is not None:
        shown |= {"left_out": "DEFAULT", "default": default}
    elif record.may_leave_out(field):
        shown["left_out"] = "OPTIONAL"
    return shown


def help_of(record: Record, field: Field) -> str:
    """The sentence that a dataclass says of a field: the key of its help."""
    return read_docstring(record.build)[1][field.name]  # type: ignore[arg-type]


def _form(plain: dict[str, Any], where: str, words: FormWords) -> dict[str, Any]:
    """What `Form.describe` gives, with its words, and records by their names."""
    shown = {name: held for name, held in plain.items() if name not in ("words", "item", "record")}
    if "words" in plain:
        shown["choices"] = [
            {"code": word.name, "said": words.choice(where, word)} for word in plain["words"]
        ]
    if "item" in plain:
        shown["item"] = _form(plain["item"].describe(), where, words)
    if "record" in plain:
        shown["record"] = plain["record"].build.__name__
    return shown


def nested_records() -> list[Record]:
    """Every record that a field of a kind holds, at any depth, once and by name."""
    found: dict[str, Record] = {}
    waiting = [MESSAGES[kind].record for kind in SAID_BY_PEOPLE]
    while waiting:
        for field in waiting.pop().fields:
            for record in _records_in(field.form.describe()):
                name = record.build.__name__
                assert found.get(name, record).build is record.build, f"two records named {name}"
                if name not in found:
                    found[name] = record
                    waiting.append(record)
    return [found[name] for name in sorted(found)]


def _records_in(plain: dict[str, Any]) -> Iterator[Record]:
    """The records that a field holds itself."""
    if "record" in plain:
        yield plain["record"]
    if "item" in plain:
        yield from _records_in(plain["item"].describe())
