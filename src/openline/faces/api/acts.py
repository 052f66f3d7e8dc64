"""The route about who did what on this node."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter, QueryParameter

from openline.adapters.wording import Wording
from openline.adapters.wording.acts import about
from openline.adapters.wording.forms import FormWords
from openline.domain.errors import OurError
from openline.domain.instant import INSTANT_MAX, parse_instant
from openline.domain.limits import LABEL_CHARS_MAX
from openline.engine.views import View
from openline.faces.api import answers, examples
from openline.faces.api.describe import READING, described
from openline.faces.api.faults import BadRequest
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line

From = Annotated[
    str | None, QueryParameter(name="from", description="First instant: ISO 8601 with Z, or a DTG.")
]
Until = Annotated[str | None, Parameter(description="First instant after the window, likewise.")]
OfOfficer = Annotated[
    str, Parameter(max_length=LABEL_CHARS_MAX, description="Of this officer alone.")
]
Before = Annotated[
    int | None, Parameter(ge=0, description="Only rows of the journal before this one.")
]


@get(
    "/lines/{line:str}/acts",
    operation_id="listActs",
    tags=["people"],
    summary="Who did what on this node",
    responses=described(answers.Acts, "The acts.", example=examples.ACTS, faults=READING),
)
async def list_acts(
    state: State,
    line: Line,
    start: From = None,
    until: Until = None,
    officer: OfOfficer = "",
    before: Before = None,
    language: Language = None,
) -> dict[str, Any]:
    """What our officers did, the newest first, from the node's private journal.

    Times are of this node's clock. An answer holds some hundred acts at most and looks
    through some thousand rows: while `before` is not null, ask again with it to go on.
    """
    wording = wording_for(state, language)
    view = view_of(state, line)
    window = (instant_or(start, 0, "from"), instant_or(until, INSTANT_MAX, "until"))
    found = await node_of(state).acts(line, *window, officer, before)
    tell = about_in(wording, view)
    for act in found["acts"]:
        act["said"] = wording.term(act["act"])
        act["about_said"] = tell(act)
    return found


def about_in(wording: Wording, view: View) -> Callable[[dict[str, Any]], str]:
    """Gives what an act is about, in words."""
    alarms = {one["id"]: one for one in view.alarms(standing_only=False)}
    title = FormWords(wording).title
    return lambda act: about(wording, act, alarms, title)


def instant_or(text: str | None, default: int, field: str) -> int:
    """An instant that is given, or what stands for it where none is.

    Raises:
        BadRequest: It is no instant.
    """
    if not text:
        return default
    try:
        return parse_instant(text)
    except OurError as error:
        raise BadRequest(f"{field}: {error.what}", error.remedy, field) from None


ROUTES = (list_acts,)
