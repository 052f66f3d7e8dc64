"""The routes about matters: what waits for somebody, where it stands, what is due."""

from typing import Annotated, Any

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter, QueryParameter

from openline.adapters.wording import Wording
from openline.adapters.wording.dialogue import due as due_words
from openline.domain.conduct.table import SUBJECTS
from openline.engine.views import NOTICES_LISTED_MAX
from openline.faces.api import answers, examples
from openline.faces.api.describe import READING, described
from openline.faces.api.faults import BadRequest, NotFound
from openline.faces.api.node import view_of, wording_for
from openline.faces.api.places import After, Count
from openline.faces.api.reading import Language, Line


@get(
    "/lines/{line:str}/matters",
    operation_id="listMatters",
    tags=["matters"],
    summary="What waits for somebody, or did",
    responses=described(answers.Matters, "The matters.", example=examples.MATTERS, faults=READING),
)
async def list_matters(
    state: State,
    line: Line,
    open_only: Annotated[
        bool, QueryParameter(name="open", description="Only those in which somebody is waited for.")
    ] = True,
    subject: Annotated[str | None, Parameter(description="Only those of this sort.")] = None,
    after: After = 0,
    count: Count = NOTICES_LISTED_MAX,
    language: Language = None,
) -> dict[str, Any]:
    """The matters of a line as they came: queries, warnings, requests for explanation.

    Where one stands is computed from the record alone, alike on both nodes. `more` says how
    many there are after these: while it is not 0, ask again with the last `position` as
    `after` to go on. In which order they came, each node knows for itself.
    """
    names = [one.name for one in SUBJECTS]
    if subject is not None and subject not in names:
        raise BadRequest(
            f"There is no sort of matter {subject!r}.", f"Name one of {', '.join(names)}."
        )
    wording = wording_for(state, language)
    found, more = view_of(state, line).matters_page(
        after, count, open_only=open_only, subject=subject or ""
    )
    return {"matters": [worded_matter(matter, wording) for matter in found], "more": more}


@get(
    "/lines/{line:str}/matters/{matter:str}",
    operation_id="readMatter",
    tags=["matters"],
    summary="One matter with all that happened to it",
    responses=described(answers.Matter, "The matter.", example=examples.MATTER, faults=READING),
)
async def read_matter(
    state: State,
    line: Line,
    matter: Annotated[
        str, Parameter(description="Its name, or the serial of a message that belongs to it.")
    ],
    language: Language = None,
) -> dict[str, Any]:
    """One matter: where it stands with each party, what happened, and what is due."""
    wording, found = wording_for(state, language), view_of(state, line).matter(matter)
    if found is None:
        raise NotFound(
            f"There is no matter {matter!r} on {line}.", "Take its id from the list of matters."
        )
    return worded_matter(found, wording)


@get(
    "/lines/{line:str}/due",
    operation_id="listDue",
    tags=["matters"],
    summary="What is due, by whom and when",
    responses=described(answers.Dues, "What is due.", example=examples.DUES, faults=READING),
)
async def list_due(state: State, line: Line, language: Language = None) -> dict[str, Any]:
    """Every clock that runs on the line, the nearest first.

    `is_ours` tells whose turn it is.
    """
    wording, view = wording_for(state, language), view_of(state, line)
    return {
        "due": [
            {
                **row,
                "is_ours": view.own in row["party"].split(", "),
                "said": due_words(wording, row),
            }
            for row in view.due()
        ]
    }


def worded_matter(matter: dict[str, Any], wording: Wording) -> dict[str, Any]:
    """A matter with its words for where it stands and what is due."""
    standings = [
        {
            **one,
            "said": wording.term(one["state"]),
            "due": [{**row, "said": due_words(wording, row)} for row in one["due"]],
        }
        for one in matter["standings"]
    ]
    return {**matter, "standings": standings}
