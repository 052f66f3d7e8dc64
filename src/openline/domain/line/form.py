"""Forms: one table for each thing, from which its bytes and its JSON follow.

The Understanding, party cards and every message are frozen dataclasses. Beside
each stands a table of `Field(key, name, form)`; the table is the specification.
From it come the value with integer keys that is signed (strict: what is unknown
is refused) and the JSON that people and programs see (loss-free; on the way in
it also takes what an officer would write: `10 s`, `5 NM`, `070140ZAPR17`).

A `Fault` names the field by its path, such as `volumes[0].vertices[3].lat`; who
is to blame for it (`OurError` or `TheirError`) is decided by who called.
"""

# The six methods are described once, in `Form`.
# ruff: noqa: D102

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from difflib import get_close_matches
from enum import IntEnum
from itertools import pairwise
from typing import Any, ClassVar, Protocol, TypeAlias

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.instant import INSTANT_MAX, format_instant, parse_instant
from openline.domain.limits import LABEL_CHARS_MAX, LANGUAGES_MAX
from openline.domain.line.letters import control_at, doubt_about
from openline.domain.record.cbor import Value

Json: TypeAlias = "bool | int | float | Decimal | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a JSON or TOML reader gives; written without floats."""


class Fault(Exception):
    """One field does not hold what its form asks.

    Attributes:
        path: The field, such as `volumes[0].vertices[3]`; empty for the whole.
        what: What is wrong with it, to be read after the path.
        remedy: One sentence that says what to do; may be empty.
    """

    def __init__(self, path: str, what: str, remedy: str = "") -> None:
        super().__init__(f"{path} {what}" if path else what)
        self.path = path
        self.what = what
        self.remedy = remedy

    def as_ours(self, subject: str) -> OurError:
        """The fault as one of our own officer's or file's."""
        return OurError(f"{subject}: {self}.", self.remedy)

    def as_theirs(self, subject: str) -> TheirError:
        """The fault as one in what a counterpart sent."""
        return TheirError(Reason.MALFORMED, f"{subject}: {self}")


class Form(Protocol):
    """How one sort of thing is written, both ways."""

    def to_value(self, thing: Any) -> Value:
        """The thing as it is signed."""

    def from_value(self, value: Value, path: str) -> Any:
        """The thing that was signed; `Fault` if the value writes none."""

    def to_json(self, thing: Any) -> Any:
        """The thing as people see it."""

    def from_json(self, json: Json, path: str) -> Any:
        """The thing that a person wrote; `Fault` if they wrote none."""

    def doubts(self, thing: Any, path: str) -> Iterator[Fault]:
        """What is well formed and yet should be shown with a flag."""

    def describe(self) -> dict[str, Any]:
        """The sort of form and its bounds, in plain values, for those who draw it.

        `form` names the sort; what else is there follows from it.
        """


class Undoubted:
    """A form of which nothing well formed is in doubt."""

    def doubts(self, thing: Any, path: str) -> Iterator[Fault]:
        return iter(())


@dataclass(frozen=True, slots=True)
class Whole(Undoubted):
    """A whole number of at least `least` and at most `most`."""

    least: int = 0
    most: int = 2**53

    def to_value(self, thing: int) -> Value:
        return int(thing)

    def from_value(self, value: Value, path: str) -> int:
        return self._checked(value, path)

    def to_json(self, thing: int) -> int:
        return int(thing)

    def from_json(self, json: Json, path: str) -> int:
        try:
            return self._checked(json, path)
        except Fault as fault:
            remedy = "Write digits, without quotation marks and decimals."
            # Python does not write a number of very many digits.
            if isinstance(json, str) or (isinstance(json, int) and abs(json) < 2**64):
                remedy = (
                    f"It says {repr(json)[:40]}: write digits, without quotation marks and "
                    "decimals."
                )
            raise Fault(path, fault.what, remedy) from None

    def describe(self) -> dict[str, Any]:
        return {"form": "whole", "least": self.least, "most": self.most}

    def _checked(self, value: object, path: str) -> int:
        # An exact type, for `True` is an instance of `int` and equals 1.
        if type(value) is not int or not self.least <= value <= self.most:
            raise Fault(path, f"is not a whole number from {self.least} to {self.most}")
        return value


class Truth(Undoubted):
    """True or false."""

    def to_value(self, thing: bool) -> Value:
        return thing

    def from_value(self, value: Value, path: str) -> bool:
        return self._checked(value, path)

    def to_json(self, thing: bool) -> bool:
        return thing

    def from_json(self, json: Json, path: str) -> bool:
        return self._checked(json, path)

    def describe(self) -> dict[str, Any]:
        return {"form": "truth"}

    def _checked(self, value: object, path: str) -> bool:
        if not isinstance(value, bool):
            raise Fault(path, "is neither true nor false")
        return value


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text in normal form C, without controls, of one row or more.

    Attributes:
        chars_max: Most characters.
        rows: Whether the row feed is allowed.
        is_needed: Whether the empty text is refused.
        pattern: What the whole text must match, if anything.
        example: A text that does, for the error.
        sort: What `describe` calls it; empty for text of one row, or of several.
    """

    chars_max: int = LABEL_CHARS_MAX
    rows: bool = False
    is_needed: bool = False
    pattern: re.Pattern[str] | None = None
    example: str = ""
    sort: str = ""

    def to_value(self, thing: str) -> Value:
        return str(thing)

    def from_value(self, value: Value, path: str) -> str:
        if (
            isinstance(value, str)
            and not value.isascii()
            and not unicodedata.is_normalized("NFC", value)
        ):
            raise Fault(path, "is not in normal form C")
        return self._checked(value, path)

    def to_json(self, thing: str) -> str:
        return str(thing)

    def from_json(self, json: Json, path: str) -> str:
        if isinstance(json, str):
            json = unicodedata.normalize("NFC", json.replace("\r\n", "\n"))
        return self._checked(json, path)

    def doubts(self, thing: str, path: str) -> Iterator[Fault]:
        if doubt := doubt_about(thing):
            yield Fault(path, doubt, "Take it out and write the words again.")

    def describe(self) -> dict[str, Any]:
        described: dict[str, Any] = {
            "form": self.sort or ("text_rows" if self.rows else "text"),
            "chars_max": self.chars_max,
            "is_needed": self.is_needed,
        }
        if self.pattern is not None:
            described |= {
                "is_needed": self.pattern.fullmatch("") is None,
                "pattern": self.pattern.pattern,
                "example": self.example,
            }
        return described

    def _checked(self, value: object, path: str) -> str:
        if not isinstance(value, str):
            raise Fault(path, "is not a text")
        if self.is_needed and not value.strip():
            raise Fault(path, "is empty")
        if len(value) > self.chars_max:
            raise Fault(path, f"has {len(value)} characters, at most {self.chars_max} are allowed")
        if not value.isprintable():
            self._check_letters(value, path)
        if self.pattern is not None and self.pattern.fullmatch(value) is None:
            raise Fault(path, f"is not written as in {self.example!r}")
        return value

    def _check_letters(self, value: str, path: str) -> None:
        """Refuse controls, and halves of letters: neither is printable."""
        position = control_at(value, rows=self.rows)
        if position is not None:
            number = ord(value[position])
            raise Fault(path, f"holds the control U+{number:04X} at position {position + 1}")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Fault(path, "holds half of a surrogate pair") from None


LABEL = Text()
"""One row of free words, perhaps none."""

NEEDED_LABEL = Text(is_needed=True)
"""One row of free words."""

NAME = Text(32, pattern=re.compile(r"[a-z][a-z0-9_-]{0,31}"), example="air_safety", sort="name")
"""A name of a scope, a category, a kind, a post, a reference point."""

LANGUAGE = Text(8, pattern=re.compile(r"[a-z]{2,3}"), example="en", sort="language")
"""A language code of ISO 639."""


@dataclass(frozen=True, slots=True)
class Blob(Undoubted):
    """Bytes; in JSON base64, in which white space is overlooked."""

    least: int
    most: int

    def to_value(self, thing: bytes) -> Value:
        return bytes(thing)

    def from_value(self, value: Value, path: str) -> bytes:
        if not isinstance(value, bytes):
            raise Fault(path, "is not a byte string")
        return self._checked(value, path)

    def to_json(self, thing: bytes) -> str:
        return base64.b64encode(thing).decode()

    def from_json(self, json: Json, path: str) -> bytes:
        if not isinstance(json, str):
            raise Fault(path, "is not a text in base64")
        try:
            return self._checked(base64.b64decode("".join(json.split()), validate=True), path)
        except (binascii.Error, ValueError):
            raise Fault(path, "is not in base64") from None

    def describe(self) -> dict[str, Any]:
        return {"form": "bytes", "least": self.least, "most": self.most}

    def _checked(self, value: bytes, path: str) -> bytes:
        if not self.least <= len(value) <= self.most:
            sizes = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
            raise Fault(path, f"has {len(value)} bytes instead of {sizes}")
        return value


@dataclass(frozen=True, slots=True)
class Word(Undoubted):
    """A member of an `IntEnum`: its number when signed, its name in JSON."""

    words: type[IntEnum]

    def to_value(self, thing: IntEnum) -> Value:
        return int(thing)

    def from_value(self, value: Value, path: str) -> IntEnum:
        if type(value) is not int or value not in self.words._value2member_map_:
            raise Fault(path, f"is none of the numbers {[word.value for word in self.words]}")
        return self.words(value)

    def to_json(self, thing: IntEnum) -> str:
        return thing.name

    def from_json(self, json: Json, path: str) -> IntEnum:
        name = json.upper() if isinstance(json, str) else ""
        if name not in self.words.__members__:
            raise Fault(path, f"is none of {', '.join(self.words.__members__)}")
        return self.words[name]

    def describe(self) -> dict[str, Any]:
        return {"form": "word", "words": self.words}


class Instant(Undoubted):
    """UTC milliseconds; in JSON `2017-04-07T01:40:00Z`.

    On input a date-time group serves as well. An instant that no calendar can
    show stays a number, so that nothing is lost.
    """

    def to_value(self, thing: int) -> Value:
        return int(thing)

    def from_value(self, value: Value, path: str) -> int:
        if type(value) is not int or not -(2**63) <= value < 2**63:
            raise Fault(path, "is not an instant in milliseconds")
        return value

    def to_json(self, thing: int) -> int | str:
        return format_instant(thing) if 0 <= thing <= INSTANT_MAX else thing

    def from_json(self, json: Json, path: str) -> int:
        if isinstance(json, str):
            try:
                at = parse_instant(json.strip())
            except OurError as error:
                raise Fault(path, f"is wrong: {error.what.rstrip('.')}", error.remedy) from None
            if at < 0:
                raise Fault(path, "is before 1970")
            return at
        if type(json) is not int:
            raise Fault(path, "is no instant", "Write 2017-04-07T01:40:00Z or 070140ZAPR17.")
        return self.from_value(json, path)

    def describe(self) -> dict[str, Any]:
        return {"form": "instant"}


@dataclass(frozen=True, slots=True)
class Quantity(Undoubted):
    """A whole number of a small unit, in JSON written with the largest that fits.

    Attributes:
        units: Names and sizes as fractions of the small unit, in the order in
            which they are tried for writing; the last has size 1.
        most: The largest number of the small unit.
    """

    units: tuple[tuple[str, Decimal], ...]
    most: int

    def to_value(self, thing: int) -> Value:
        return int(thing)

    def from_value(self, value: Value, path: str) -> int:
        if type(value) is not int or not 0 <= value <= self.most:
            raise Fault(path, f"is not a whole number from 0 to {self.most}")
        return value

    def to_json(self, thing: int) -> str:
        fitting = (unit for unit in self.units if thing and thing % unit[1] == 0)
        name, size = next(fitting, self.units[-1])
        return f"{int(thing / size)} {name}"

    def from_json(self, json: Json, path: str) -> int:
        match = _QUANTITY.fullmatch(json) if isinstance(json, str) else None
        sizes = {name.lower(): size for name, size in self.units}
        if match is None or match[2].lower() not in sizes:
            names = ", ".join(name for name, _ in self.units)
            raise Fault(path, f"is not a number with one of the units {names}")
        exact = Decimal(match[1]) * sizes[match[2].lower()]
        if exact > self.most:
            raise Fault(path, f"is more than {self.to_json(self.most)}")
        return int(exact.to_integral_value())

    def describe(self) -> dict[str, Any]:
        units = [name for name, _ in self.units]
        sort = "duration" if self == DURATION else "quantity"
        return {"form": sort, "units": units, "longest": self.to_json(self.most)}


_QUANTITY = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+)\s*")


def _units(**sizes: str) -> tuple[tuple[str, Decimal], ...]:
    return tuple((name, Decimal(size)) for name, size in sizes.items())


DURATION = Quantity(
    _units(d="86400000", h="3600000", min="60000", s="1000", ms="1"), most=10 * 366 * 86_400_000
)
"""Milliseconds, at most about ten years."""

METRES = _units(NM="1852", km="1000", m="1")
"""Units of distances in metres."""

HEIGHT = Quantity(_units(ft="3.048", m="10", dm="1"), most=10_000_000)
"""Decimetres, at most 1,000 km."""


@dataclass(frozen=True, slots=True)
class Items:
    """Things of one form, in the order given or in the order of a rank.

    Attributes:
        form: The form of each.
        most: Most things.
        least: Fewest things.
        rank: With it the things are a set: signed in the order of their ranks,
            no two of one rank; on input any order is taken.
    """

    form: Form
    most: int
    least: int = 0
    rank: Callable[[Any], Any] | None = None

    def to_value(self, thing: Sequence[Any]) -> Value:
        return [self.form.to_value(item) for item in thing]

    def from_value(self, value: Value, path: str) -> tuple[Any, ...]:
        items = self._counted(value, path)
        things = [self.form.from_value(item, f"{path}[{n}]") for n, item in enumerate(items)]
        if self.rank is not None:
            _check_order([self.rank(thing) for thing in things], path)
        return tuple(things)

    def to_json(self, thing: Sequence[Any]) -> list[Any]:
        return [self.form.to_json(item) for item in thing]

    def prepared(self, json: Json) -> Json:
        """What a person wrote, as the items are read."""
        return json

    def from_json(self, json: Json, path: str) -> tuple[Any, ...]:
        items = self._counted(self.prepared(json), path)
        things = [self.form.from_json(item, f"{path}[{n}]") for n, item in enumerate(items)]
        rank = self.rank
        if rank is None:
            return tuple(things)
        order = sorted(range(len(things)), key=lambda n: rank(things[n]))
        for one, other in pairwise(order):
            if rank(things[one]) == rank(things[other]):
                raise Fault(f"{path}[{max(one, other)}]", "is there twice")
        return tuple(things[n] for n in order)

    def faults_in(self, json: Json, path: str) -> Iterator[Fault]:
        """What `from_json` refuses, the faults of each item; none if it takes it."""
        try:
            items = self._counted(self.prepared(json), path)
        except Fault as fault:
            yield fault
            return
        has_fault = False
        for number, item in enumerate(items):
            for found in json_faults(self.form, item, f"{path}[{number}]"):
                has_fault = True
                yield found
        if self.rank is not None and not has_fault:
            yield from _first_fault(self, json, path)

    def doubts(self, thing: Sequence[Any], path: str) -> Iterator[Fault]:
        for number, item in enumerate(thing):
            yield from self.form.doubts(item, f"{path}[{number}]")

    def describe(self) -> dict[str, Any]:
        return {
            "form": "items",
            "least": self.least,
            "most": self.most,
            "is_set": self.rank is not None,
            "item": self.form,
        }

    def _counted(self, value: object, path: str) -> Sequence[Any]:
        if not isinstance(value, list | tuple):
            raise Fault(path, "is not a list")
        if not self.least <= len(value) <= self.most:
            raise Fault(path, f"has {len(value)} entries, {self.least} to {self.most} are allowed")
        return value


def _check_order(ranks: list[Any], path: str) -> None:
    for number, (one, other) in enumerate(pairwise(ranks), start=1):
        if one == other:
            raise Fault(f"{path}[{number}]", "is there twice")
        if one > other:
            raise Fault(f"{path}[{number}]", "is not in order")


class Titles(Undoubted):
    """What a thing is called in each language: pairs of language and words."""

    _pairs = Items(Items(LABEL, 2, 2), LANGUAGES_MAX, rank=lambda pair: pair[0])

    def to_value(self, thing: Sequence[tuple[str, str]]) -> Value:
        return self._pairs.to_value(thing)

    def from_value(self, value: Value, path: str) -> tuple[tuple[str, str], ...]:
        return self._checked(self._pairs.from_value(value, path), path)

    def to_json(self, thing: Sequence[tuple[str, str]]) -> dict[str, str]:
        return dict(thing)

    def from_json(self, json: Json, path: str) -> tuple[tuple[str, str], ...]:
        if not isinstance(json, Mapping):
            raise Fault(path, "is not a table of languages and words")
        return self._checked(self._pairs.from_json(list(json.items()), path), path)

    def describe(self) -> dict[str, Any]:
        return {"form": "titles", "most": self._pairs.most, "chars_max": LABEL.chars_max}

    def _checked(self, pairs: tuple[Any, ...], path: str) -> tuple[tuple[str, str], ...]:
        for language, words in pairs:
            LANGUAGE.from_value(language, path)
            NEEDED_LABEL.from_value(words, f"{path}.{language}")
        return pairs


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the table that says how a thing is written.

    Attributes:
        key: The integer key when signed; never given to another meaning.
        name: The attribute of the dataclass.
        form: How its value is written.
        label: Its name in JSON, where that differs.
        is_optional: Whether None is allowed; then the key is left out.
    """

    key: int
    name: str
    form: Form
    label: str = ""
    is_optional: bool = False

    @property
    def shown(self) -> str:
        """The name in JSON."""
        return self.label or self.name


class Record:
    """A dataclass written as a map with integer keys, in JSON as an object.

    In JSON a field whose dataclass attribute has a default may be left out.

    Attributes:
        sort: What `describe` calls it.
        filled: Labels of fields that the node fills in when they are left out.
    """

    sort: ClassVar[str] = "record"
    filled: ClassVar[tuple[str, ...]] = ()

    def __init__(self, build: Callable[..., Any], table: Sequence[Field]) -> None:
        self.build = build
        self.table = tuple(sorted(table, key=lambda field: field.key))
        self._by_key = {field.key: field for field in table}
        # What reading a signed value asks of each field, looked up once.
        self._readers = [
            (field.key, field.name, field.form.from_value, field.shown, field.is_optional)
            for field in self.table
        ]
        # Likewise what a look for doubts asks of those fields that can be in doubt.
        self._doubters = [
            (field.name, field.form.doubts, field.shown)
            for field in self.table
            if not isinstance(field.form, Undoubted)
        ]
        self._by_label = {field.shown: field for field in table}
        attributes = {a.name: a for a in fields(build)}  # type: ignore[arg-type]
        assert len(self._by_key) == len(self._by_label) == len(attributes) == len(self.table)
        self._may_be_left_out = {
            field.shown
            for field in table
            if field.is_optional or attributes[field.name].default is not MISSING
        }

    def to_value(self, thing: Any) -> dict[int, Value]:
        return {
            field.key: field.form.to_value(held)
            for field in self.table
            if (held := getattr(thing, field.name)) is not None
        }

    def from_value(self, value: Value, path: str) -> Any:
        if not isinstance(value, dict):
            raise Fault(path, "is not a map")
        for key in value:
            if key not in self._by_key:
                raise Fault(path, f"holds the unknown key {key}")
        held: dict[str, Any] = {}
        prefix = f"{path}." if path else ""
        for key, name, read, shown, is_optional in self._readers:
            if key in value:
                held[name] = read(value[key], prefix + shown)
            elif is_optional:
                held[name] = None
            else:
                raise Fault(prefix + shown, "is missing")
        return self.build(**held)

    def to_json(self, thing: Any) -> dict[str, Any]:
        return {
            field.shown: field.form.to_json(held)
            for field in self.table
            if (held := getattr(thing, field.name)) is not None
        }

    def prepared(self, json: Json, path: str) -> Json:
        """What a person wrote, as the table reads it: a form may take other writings too."""
        return json

    def from_json(self, json: Json, path: str) -> Any:
        json = self.prepared(json, path)
        if not isinstance(json, Mapping):
            raise Fault(path, "is not a table of names and values")
        for fault in self._unknown(json, path):
            raise fault
        held: dict[str, Any] = {}
        for label, field in self._by_label.items():
            given = json.get(label)
            if given is not None:
                held[field.name] = field.form.from_json(given, _under(path, label))
            elif label not in self._may_be_left_out:
                raise Fault(_under(path, label), "is missing")
            elif field.is_optional:
                held[field.name] = None
        return self.build(**held)

    def faults_in(self, json: Json, path: str) -> Iterator[Fault]:
        """What `from_json` refuses, the first fault of each field; none if it takes it."""
        try:
            json = self.prepared(json, path)
        except Fault as fault:
            yield fault
            return
        if not isinstance(json, Mapping):
            yield Fault(path, "is not a table of names and values")
            return
        yield from self._unknown(json, path)
        for label, field in self._by_label.items():
            given = json.get(label)
            if given is not None:
                yield from json_faults(field.form, given, _under(path, label))
            elif label not in self._may_be_left_out:
                yield Fault(_under(path, label), "is missing")

    def _unknown(self, json: Mapping[str, Json], path: str) -> Iterator[Fault]:
        for label in json:
            if label not in self._by_label:
                close = get_close_matches(label, self._by_label, 1)
                remedy = f"Did you mean {close[0]!r}?" if close else ""
                yield Fault(_under(path, label), "is not known", remedy)

    def doubts(self, thing: Any, path: str) -> Iterator[Fault]:
        prefix = f"{path}." if path else ""
        for name, doubts, shown in self._doubters:
            if (held := getattr(thing, name)) is not None:
                yield from doubts(held, prefix + shown)

    def describe(self) -> dict[str, Any]:
        return {"form": self.sort, "record": self}

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields in the order of the table."""
        return tuple(self._by_label.values())

    def default_of(self, field: Field) -> Any:
        """What stands for a field that is left out, in JSON; None if nothing does."""
        attributes = {a.name: a for a in fields(self.build)}  # type: ignore[arg-type]
        default = attributes[field.name].default
        return None if default is MISSING or default is None else field.form.to_json(default)

    def may_leave_out(self, field: Field) -> bool:
        """Whether JSON may lack a field."""
        return field.shown in self._may_be_left_out or field.shown in self.filled


class Row(Record):
    """A dataclass written as an array in the order of its keys; none is optional."""

    def to_value(self, thing: Any) -> list[Value]:  # type: ignore[override]
        return [field.form.to_value(getattr(thing, field.name)) for field in self.table]

    def from_value(self, value: Value, path: str) -> Any:
        if not isinstance(value, list) or len(value) != len(self.table):
            raise Fault(path, f"is not an array of {len(self.table)}")
        prefix = f"{path}." if path else ""
        return self.build(
            **{
                name: read(item, prefix + shown)
                for (_, name, read, shown, _), item in zip(self._readers, value, strict=True)
            }
        )


def json_faults(form: Form, json: Json, path: str) -> Iterator[Fault]:
    """The first fault of each field that a person wrote; none if all has its form.

    `form.from_json` stops at the first. There may be as many as there are fields in it: who
    tells them sets the bound.
    """
    if isinstance(form, Record | Items):
        yield from form.faults_in(json, path)
    else:
        yield from _first_fault(form, json, path)


def _first_fault(form: Form, json: Json, path: str) -> Iterator[Fault]:
    try:
        form.from_json(json, path)
    except Fault as fault:
        yield fault


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
