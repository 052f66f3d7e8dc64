"""The routes about words: what waits for a linguist, the code book, the glossary."""

from typing import Annotated, Any

from litestar import get, post
from litestar.datastructures import State
from litestar.params import Body, Parameter

from openline.adapters.wording.talks import gloss_rows
from openline.domain.talk.code_book import code_book_hash
from openline.domain.talk.glossary import missing_words
from openline.faces.api import answers, examples
from openline.faces.api.describe import READING, WRITING, described
from openline.faces.api.faults import NotFound
from openline.faces.api.node import view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.schema import Glossing


@get(
    "/lines/{line:str}/untranslated",
    operation_id="listUntranslated",
    tags=["messages"],
    summary="What waits for a linguist",
    responses=described(
        answers.Messages, "The messages.", example=examples.MESSAGES, faults=READING
    ),
)
async def list_untranslated(
    state: State,
    line: Line,
    into: Annotated[str, Parameter(pattern="^[a-z]{2,3}$", description="Into which language.")],
) -> dict[str, Any]:
    """The other parties' messages whose free words no person has given in a language.

    A machine's gist does not count. The list is this node's own: of the newest 2,000.
    """
    return {"messages": view_of(state, line).untranslated(into)}


@get(
    "/lines/{line:str}/code-book",
    operation_id="readCodeBook",
    tags=["understandings"],
    summary="The agreed code book",
    responses=described(
        answers.CodeBook, "The code book.", example=examples.CODE_BOOK, faults=READING
    ),
)
async def read_code_book(state: State, line: Line) -> dict[str, Any]:
    """The code book whose hash the Understanding names, if this node holds it."""
    view = view_of(state, line)
    book = view.code_book
    if view.understanding.code_book is None:
        raise NotFound(
            f"{line} has no code book: the Understanding names none.",
            "See `openline code-book hash`.",
        )
    if book is None:
        raise NotFound(
            f"The node does not have the code book {view.understanding.code_book.hex()}.",
            "Put its file into the directory code-books of the node and start it again.",
        )
    return {"hash": code_book_hash(book).hex(), **book.to_json()}


@post(
    "/glossary/check",
    operation_id="checkTranslation",
    tags=["messages"],
    summary="Check a translation against the glossary",
    status_code=200,
    responses=described(answers.Remarks, "The remarks.", example=examples.REMARKS, faults=WRITING),
)
async def check_translation(
    state: State,
    data: Annotated[Glossing, Body(examples=examples.GLOSSINGS)],
    language: Language = None,
) -> dict[str, Any]:
    """The agreed words that a translation lacks; nothing is said or kept."""
    missing = missing_words(data.original, data.language, data.translation, data.into)
    return {"remarks": gloss_rows(wording_for(state, language), list(missing))}
