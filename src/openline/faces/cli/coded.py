"""The verbs `coded` and `code-book`: messages that were agreed on beforehand."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openline.adapters.code_books import read_code_book, shipped
from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.talk.code_book import (
    CodeBook,
    SlotKind,
    code_book_bytes,
    code_book_hash,
)
from openline.domain.talk.coded import name_of
from openline.faces.cli.faults import FileUnreadable, WrongUsage
from openline.faces.cli.instants import instant_text
from openline.faces.cli.manual import make_app, sole_verb, verb
from openline.faces.cli.options import Acting, OnLine, Printing, Wait
from openline.faces.cli.output import emit
from openline.faces.cli.saying import reference_of, say_message

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

coded_app = make_app("coded", "")
book_app = make_app(
    "code-book",
    """\
    Look at code books: messages with a fixed meaning in every language.

    A book goes along with the program, as a proposal: standard-1. What counts is
    the hash that the Understanding names. A node reads books of its own from the
    directory code-books beside its node.toml when it starts.
    """,
)


@sole_verb(coded_app)
def say_coded(
    number: int,
    /,
    *values: str,
    precedence: Precedence | None = None,
    exercise: bool = False,
    to: tuple[str, ...] = (),
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say a coded message of the agreed code book.

    It needs no translation: the other side reads it in its own language. Each
    value is written NAME=VALUE; `openline code-book show` tells the names. An
    instant may be +20min from now, a position is LAT,LON in degrees, a message
    its serial.

    Example:
        openline coded 2 place="2 km west of Shayrat airfield" position=34.49,36.88
        openline coded 1 objects="trucks and two tanks" place="5 km east of Khasham" count=8
        openline coded 8 message=BRAVO-0009 answer_by=+10min

    Args:
        number: The number of the entry.
        values: Its values, each as NAME=VALUE.
        precedence: How fast; without it as the code book says.
        exercise: It is said for an exercise only.
        to: A party addressed; give it again for each. Without it, all.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    book = client.get("/lines", line, "code-book")
    entry = next((one for one in book["entries"] if one["number"] == number), None)
    if entry is None:
        numbers = ", ".join(f"{one['number']} {one['word']}" for one in book["entries"])
        raise WrongUsage(f"The code book has no {number}.", f"It has {numbers}.")
    slots = [_slot(client, line, slot, _given(entry, values)) for slot in entry["slots"]]
    fields = {"number": number, "slots": slots, "acts": entry["acts"], "exercise": exercise}
    say_message(
        options, "CODED", fields, client=client, line=line,
        precedence=precedence or Precedence[entry["precedence"]], recipients=to, wait_s=wait,
    )  # fmt: skip


def _given(entry: dict[str, Any], values: Sequence[str]) -> dict[str, str]:
    """The values by the names of their slots.

    Raises:
        WrongUsage: One is not written so, has no slot, or is there twice.
    """
    names = [slot["name"] for slot in entry["slots"]]
    listed = ", ".join(f"{name}=…" for name in names) or "none"
    given: dict[str, str] = {}
    for value in values:
        name, equals, said = value.partition("=")
        if not equals or name not in names or name in given:
            raise WrongUsage(
                f"{value!r} is no value of {entry['number']:02d} {entry['word']}.",
                f"Its values are {listed}, each once.",
            )
        given[name] = said
    return given


def _slot(
    client: "Client", line: str, slot: dict[str, Any], given: dict[str, str]
) -> dict[str, Any]:
    """The value of a slot as the API takes it; empty where it is not stated.

    Raises:
        WrongUsage: It is missing, or not written as its sort is.
    """
    said = given.get(slot["name"])
    if said is None:
        if slot["optional"]:
            return {}
        raise WrongUsage(f"{slot['name']} is missing.", f"Write {slot['name']}=… ({slot['kind']}).")
    kind = SlotKind[slot["kind"]]
    return {name_of(kind): _value(client, line, kind, slot["name"], said)}


def _value(client: "Client", line: str, kind: SlotKind, name: str, said: str) -> Any:
    match kind:
        case SlotKind.INSTANT:
            return instant_text(said)
        case SlotKind.SERIAL:
            return reference_of(client, line, said)
        case SlotKind.POSITION:
            lat, comma, lon = said.partition(",")
            if not comma:
                raise WrongUsage(f"{name}: {said!r} is no position.", "Write LAT,LON in degrees.")
            return {"lat": lat.strip(), "lon": lon.strip()}
        case SlotKind.MINUTES | SlotKind.COUNT | SlotKind.TIER:
            if not (said.isascii() and said.isdigit() and len(said) < 16):
                raise WrongUsage(f"{name}: {said!r} is no whole number.", "Write digits.")
            return int(said)
    return said


@verb(book_app)
def show(
    book: str | None = None,
    /,
    *,
    number: int | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show a code book: numbers, code words, slots, meanings.

    Example:
        openline code-book show standard-1
        openline code-book show --number 2

    Args:
        book: A file, or the name of a book that goes along with the program; without
            it, the one that is agreed on for the line.
        number: Only this entry.
        options: Which node and line, and how to print.
    """
    if book is None:
        client = options.client()
        shown = client.get("/lines", options.line_of(client), "code-book")
    else:
        shown = _shown(_book(book))
    if number is not None:
        shown["entries"] = [one for one in shown["entries"] if one["number"] == number]
        if not shown["entries"]:
            raise WrongUsage(f"The code book has no {number}.", "Leave --number out for all.")
    emit(shown, _book_rows(shown), as_json=options.json)


@verb(book_app)
def check(
    book: str,
    /,
    *,
    languages: tuple[str, ...] = (),
    options: Printing = Printing(),  # noqa: B008 - frozen.
) -> None:
    """Check a code book before it is agreed on.

    Example:
        openline code-book check our-book.toml --languages en --languages ru

    Args:
        book: A file in TOML or JSON.
        languages: A language in which every entry must be; give it again for each.
        options: How to print.
    """
    read = _book(book)
    lacking = [
        f"{entry.number:02d} {entry.word}: {language}"
        for entry in read.entries
        for language in languages
        if language not in dict(entry.meaning)
    ]
    if lacking:
        raise OurError(
            f"Meanings are missing: {'; '.join(lacking)}.", "Translate them, and check again."
        )
    told = {
        "name": read.name,
        "version": read.version,
        "entries": len(read.entries),
        "languages": list(read.languages),
        "size_bytes": len(code_book_bytes(read)),
        "hash": code_book_hash(read).hex(),
    }
    rows = [
        f"{read.name}, version {read.version}: {len(read.entries)} entries in "
        f"{', '.join(read.languages)}; {told['size_bytes']} bytes.",
        f"SHA-256 {told['hash']}",
    ]
    emit(told, rows, as_json=options.json)


@verb(book_app)
def hash(
    book: str = "standard-1",
    /,
    *,
    options: Printing = Printing(),  # noqa: B008 - frozen.
) -> None:
    """Print what an Understanding writes to agree on a code book.

    The row goes into the file of `openline understanding new`, before both sign.
    The hash is that of the book's bytes, not of its file: the form of the file does
    not count. Both parties compare it.

    Example:
        openline code-book hash standard-1

    Args:
        book: A file, or the name of a book that goes along with the program.
        options: How to print.
    """
    import base64

    digest = code_book_hash(_book(book))
    row = f'code_book = "{base64.b64encode(digest).decode()}"'
    emit({"hash": digest.hex(), "row": row}, [f"# SHA-256 {digest.hex()}", row],
         as_json=options.json)  # fmt: skip


def _book(name: str) -> CodeBook:
    """A book by the name of its file, or one that is shipped.

    Raises:
        FileUnreadable: It is neither.
    """
    books = shipped()
    if name in books:
        return books[name]
    try:
        return read_code_book(Path(name).expanduser())
    except OurError as error:
        raise FileUnreadable(error.what, error.remedy) from None


def _shown(book: CodeBook) -> dict[str, Any]:
    return {"hash": code_book_hash(book).hex(), **book.to_json()}


def _book_rows(shown: dict[str, Any]) -> Iterator[str]:
    yield f"{shown['name']}, version {shown['version']}. SHA-256 {shown['hash']}"
    for one in shown["entries"]:
        acts = "" if one["acts"] == "NOTHING" else f", acts as {one['acts']}"
        yield ""
        yield (
            f"{one['number']:02d} {one['word']}  ({one['precedence']}{acts}, "
            f"expects {one['reply']})"
        )
        for slot in one["slots"]:
            optional = ", may be left out" if slot["optional"] else ""
            yield f"    {slot['name']}=  {slot['kind']}{optional}"
        for language, words in one["meaning"].items():
            yield f"  {language}  {words}"
