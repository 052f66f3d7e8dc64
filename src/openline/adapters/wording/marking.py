"""Marking: sentences as keys of the catalogues, and what is put into them.

Catalogues are gettext files (`locale/*.po`), whose keys are the English sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.talk.code_book import CodeBook
from openline.domain.talk.lead_time import LeadClass

LANGUAGES: Final = ("en", "ru", "ar")
"""Languages that have a catalogue."""

APART: Final = ("faults", "forms", "verifier")
"""Subjects whose rows are no sentences of messages, and have catalogues to themselves."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a message beside its body.

    Attributes:
        party: The author's name.
        title: What the author is called in the reader's language, or its name.
        line: The line's name.
        index: Position in the author's outbox: the serial.
        at: When the author says it was written.
        precedence: With which it was sent.
        recipients: Names of the parties addressed.
        received_at: When this node had it durably, if it came from elsewhere.
        circuit: By which circuit it came first; empty where that is not known.
        lead_ms: Of a notice, the lead time at receipt.
        lead: Of a notice, the class of its lead time.
        serial: As the log writes it, ALPHA-0012; else author and index stand for it.
        of_serial: The same of the message that this one is about.
        books: The code books at hand, by hash; None for those that are shipped.
        of_kind: The name of the kind of that message; empty where it does not matter.
    """

    party: str
    title: str
    line: str
    index: int
    at: int
    precedence: Precedence = Precedence.ROUTINE
    recipients: tuple[str, ...] = ()
    received_at: int | None = None
    circuit: str = ""
    lead_ms: int | None = None
    lead: LeadClass | None = None
    serial: str = ""
    of_serial: str = ""
    books: Mapping[bytes, CodeBook] | None = None
    of_kind: str = ""


class Data(str):
    """A value that is the same in every language and runs from left to right."""

    __slots__ = ()


class Quote(str):
    """Free words in the quotation marks of a language."""

    __slots__ = ()


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> dict[str, str]:
    """The sentences of a language by their English ones.

    Raises:
        OurError: There is no catalogue of the language.
    """
    if language not in LANGUAGES:
        raise OurError(
            f"There are no sentences in {language!r}.", f"Choose one of {', '.join(LANGUAGES)}."
        )
    return {
        str(entry.id): str(entry.string)
        for catalog in read_catalogues(language)
        for entry in catalog
        if entry.id
    }


def read_catalogues(language: str, *, of_console: bool = False) -> list[Catalog]:
    """The catalogues of a language: `ru.po`, and `ru.SUBJECT.po` for each subject.

    Args:
        language: Which.
        of_console: Those of the console alone, `ru.console*.po`, which nothing else says.
    """
    folder = files("openline") / "locale"
    apart = [f"{language}.{subject}.po" for subject in APART]
    found = sorted(
        (
            one
            for one in folder.iterdir()
            if one.name.startswith(f"{language}.")
            and (".console" in one.name) is of_console
            and one.name not in apart
        ),
        key=lambda one: one.name,
    )
    return [
        read_po(BytesIO(one.read_bytes()), locale=language, abort_invalid=True) for one in found
    ]


@lru_cache(maxsize=len(LANGUAGES) * len(APART))
def catalogue_apart(language: str, subject: str) -> dict[str, str]:
    """One of the catalogues that stand apart from the sentences of messages, whole.

    Args:
        language: One of `LANGUAGES`.
        subject: One of `APART`.
    """
    assert language in LANGUAGES, language
    path = files("openline") / "locale" / f"{language}.{subject}.po"
    catalog = read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True)
    return {str(entry.id): str(entry.string) for entry in catalog if entry.id}


def mark(sentence: str) -> str:
    """The sentence itself; tells the reader of catalogues that it is one."""
    return sentence
