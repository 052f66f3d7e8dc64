"""Corrections: values of an earlier message of ours that were wrong.

The message stays as it was said; the corrected value is shown beside it, and the other
party is asked to read it back. Only the author corrects, and only words and numbers: what
opens, closes or times a matter is said anew, and a notice's volumes, place and window are
changed by its next version, so that conflicts are found again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn, answer_ms
from openline.domain.conduct.life import OPENED, Life, Table
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.errors import OurError
from openline.domain.line.form import LANGUAGE, NEEDED_LABEL, Fault, Field, Record
from openline.domain.party import Precedence
from openline.domain.talk.body import BY, FREE_TEXT, NEEDED_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.kinds import Kind
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict

CORRECTABLE: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.TEXT: ("language", "text", "translations"),
    Kind.NOTICE: (
        "activity",
        "objects",
        "language",
        "contact",
        "hazards",
        "third_party",
    ),
    Kind.RESPONSE: ("text", "language"),
    Kind.QUERY: ("text", "language", "objects", "place", "volumes", "intention"),
    Kind.ANSWER: ("basis", "caveats", "request", "text", "language"),
    Kind.WARNING: ("what", "place", "volumes", "at_risk", "call_back", "language"),
    Kind.EXPLANATION: (
        "concern",
        "activity",
        "place",
        "seen_from",
        "seen_until",
        "documents",
        "text",
        "language",
    ),
    Kind.TRANSLATION: ("language", "text", "translator", "reviewed_by", "certified_by"),
}
"""Of each kind the fields of which a value can be corrected.

A kind that is not here is said anew.
"""

_STEP_PARTS: Final = 8


@dataclass(frozen=True, slots=True)
class Correction(Body):
    """A correction of one value.

    Attributes:
        by: Who corrects.
        of: The message that is corrected.
        field: Which value, as a path: `place`, `volumes[0].radius`.
        old: As it was said, or as it was last corrected; as JSON writes it, words plain.
        new: As it should be, written likewise.
        cause: How it came to be wrong, in words.
        language: Of the cause, as ISO 639 code.
    """

    by: By
    of: Reference
    field: str
    old: str
    new: str
    cause: str
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.CORRECTION

    def rules(self) -> Iterator[Fault]:
        """Something is corrected."""
        if self.old == self.new:
            yield Fault("new", "is what was said already", "Say what it should be.")


Correction.record = Record(
    Correction,
    (
        BY,
        Field(1, "of", REFERENCE),
        Field(2, "field", NEEDED_LABEL),
        Field(3, "old", FREE_TEXT),
        Field(4, "new", FREE_TEXT),
        Field(5, "cause", NEEDED_TEXT),
        Field(6, "language", LANGUAGE),
    ),
)


def check_field(kind: Kind, field: str, serial: str) -> None:
    """Confirm that a value of such a message can be corrected.

    Args:
        kind: Of the message.
        field: The path of the value.
        serial: What the message is called, for the fault.

    Raises:
        OurError: It cannot, with what to do instead.
    """
    top = field.partition("[")[0].partition(".")[0]
    names = CORRECTABLE.get(kind)
    if names is None:
        raise OurError(
            f"{serial} is a {kind.name}: its values are not corrected.", "Say it anew, or a text."
        )
    if top in names:
        return
    if kind is Kind.NOTICE:
        raise OurError(
            f"{top} of a notice is not corrected: conflicts and windows follow from it.",
            "Use `openline notice replace`: a new version is checked and compared anew.",
        )
    raise OurError(
        f"{top!r} of a {kind.name} is not corrected.",
        f"What can be: {', '.join(names)}. Close the matter and say anew what else was wrong.",
    )


def value_at(shown: Any, field: str) -> str:
    """A value of a message, as a correction writes it.

    Args:
        shown: The message as JSON (`Body.to_json`).
        field: The path, such as `volumes[0].radius`.

    Raises:
        OurError: There is no such value, or it is not a single one.
    """
    value = shown
    for part in _parts(field):
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            raise OurError(f"The message has no value {field!r}.", _told(shown, field)) from None
    if isinstance(value, dict | list):
        raise OurError(f"{field!r} is not a single value.", "Name one value inside it.")
    return value if isinstance(value, str) else json.dumps(value)


def with_value(shown: dict[str, Any], field: str, new: str) -> dict[str, Any]:
    """A copy of a message in which one value is the new one, in the old one's form.

    Raises:
        OurError: There is no such value, or the new one is no number where a number is.
    """
    old_is_words = not value_at(shown, field) or isinstance(_at(shown, _parts(field)), str)
    try:
        value = new if old_is_words else json.loads(new)
    except ValueError:
        raise OurError(f"{new!r} is no number.", "Write it as the message does.") from None
    copy: dict[str, Any] = json.loads(json.dumps(shown))
    parts = _parts(field)
    _at(copy, parts[:-1])[parts[-1]] = value
    return copy


def _at(shown: Any, parts: list[Any]) -> Any:
    for part in parts:
        shown = shown[part]
    return shown


def _parts(field: str) -> list[Any]:
    """The steps of a path: names and numbers."""
    parts: list[Any] = []
    for name in field.split(".")[:_STEP_PARTS]:
        first, *numbers = name.replace("]", "").split("[")
        parts.append(first)
        parts += [int(number) if number.isdecimal() else number for number in numbers]
    return parts


def _told(shown: Any, field: str) -> str:
    names = ", ".join(sorted(shown)) if isinstance(shown, dict) else field
    return f"Name a value as `openline log show --json` does; its fields are {names}."


class CorrectionState(StrEnum):
    """Where a correction stands with one party that it was said to."""

    GIVEN = "GIVEN"
    READ = "READ"
    READ_BACK = "READ_BACK"
    CONFIRMED = "CONFIRMED"
    NOT_READ_BACK = "NOT_READ_BACK"


class CorrectionEvent(StrEnum):
    """What happens to a correction."""

    READ = "READ"
    READ_BACK = "READ_BACK"
    CORRECT = "CORRECT"
    WRONG = "WRONG"
    READ_BACK_DUE = "READ_BACK_DUE"


_S, _E = CorrectionState, CorrectionEvent

CORRECTION_TABLE: Final[Table] = {
    _S.GIVEN: {
        _E.READ: _S.READ,
        _E.READ_BACK: _S.READ_BACK,
        _E.READ_BACK_DUE: _S.NOT_READ_BACK,
    },
    _S.READ: {
        _E.READ: _S.READ,
        _E.READ_BACK: _S.READ_BACK,
        _E.READ_BACK_DUE: _S.NOT_READ_BACK,
    },
    _S.READ_BACK: {
        _E.READ: _S.READ_BACK,
        _E.READ_BACK: _S.READ_BACK,
        _E.CORRECT: _S.CONFIRMED,
        _E.WRONG: _S.READ,
    },
    _S.CONFIRMED: {
        _E.READ: _S.CONFIRMED,
        _E.READ_BACK: _S.CONFIRMED,
        _E.CORRECT: _S.CONFIRMED,
        _E.WRONG: _S.READ,
    },
    _S.NOT_READ_BACK: {_E.READ: _S.NOT_READ_BACK, _E.READ_BACK: _S.READ_BACK},
}
"""The state machine of one correction with one party that it was said to."""

CORRECTION_LIFE: Final = Life(_S.GIVEN, CORRECTION_TABLE, frozenset({_S.CONFIRMED}))

CORRECTION_CLOCKS: Final = (
    Clock(
        "read_back",
        "read_back_by",
        (_S.GIVEN, _S.READ),
        _E.READ_BACK_DUE,
        Turn.OTHER,
        Precedence.PRIORITY,
    ),
)
"""A read-back is asked for within the agreed time for an answer."""

_VERDICTS: Final = {
    ReadBackVerdict.CORRECT: _E.CORRECT,
    ReadBackVerdict.CORRECTION: _E.WRONG,
}


def _correction_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, Correction):
        by = said.at + answer_ms(said.timers, said.precedence)
        return Deed(OPENED, (("read_back_by", by),), message.field)
    if said.about != Kind.CORRECTION:
        return None
    if isinstance(message, Read) and not said.is_by_opener:
        return Deed(_E.READ)
    if isinstance(message, ReadBack):
        return _read_back_deed(said, message)
    return None


def _read_back_deed(said: Said, message: ReadBack) -> Deed | None:
    if message.verdict is ReadBackVerdict.I_READ_BACK:
        return None if said.is_by_opener else Deed(_E.READ_BACK)
    if not said.is_by_opener:
        return None
    event = _VERDICTS[message.verdict]
    if event is _E.CORRECT:
        return Deed(event)
    by = said.at + answer_ms(said.timers, said.matter_precedence)
    return Deed(event, (("read_back_by", by),))


CORRECTION: Final = Subject(
    "correction", (Kind.CORRECTION,), CORRECTION_LIFE, CORRECTION_CLOCKS, _correction_deed
)
