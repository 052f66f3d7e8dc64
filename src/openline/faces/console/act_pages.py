"""The page of who did what on this node, for whoever looks after its desk."""

from typing import Any, Final
from urllib.parse import urlencode

from litestar.datastructures import State

from openline.adapters.wording import Wording
from openline.adapters.wording.printing import page_words
from openline.domain.instant import INSTANT_MAX
from openline.faces.api.acts import Before, From, OfOfficer, Until, about_in, instant_or
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.console.paper import Answer, heads, instant_cell, page_route, paper
from openline.faces.console.printing import Block, Cell, Rows, Section, Table, Way, data, free, said


@page_route("/print/lines/{line:str}/acts", "printActs", "Who did what, as a page")
async def print_acts(
    state: State,
    line: Line,
    start: From = None,
    until: Until = None,
    officer: OfOfficer = "",
    before: Before = None,
    language: Language = None,
) -> Answer:
    """What our officers did, the newest first, from the node's private journal.

    A page holds some hundred acts; a link leads on.
    """
    wording = wording_for(state, language)
    view = view_of(state, line)
    window = (instant_or(start, 0, "from"), instant_or(until, INSTANT_MAX, "until"))
    found = await node_of(state).acts(line, *window, officer, before)
    tell = about_in(wording, view)
    rows = [_row(act, tell(act), wording) for act in found["acts"]]
    blocks: list[Block] = []
    if start and until:
        told = page_words(wording, "window", start=wording.instant(window[0]),
                          end=wording.instant(window[1]))  # fmt: skip
        blocks.append(Rows([said(told)]))
    if officer:
        blocks.append(Rows([said(page_words(wording, "acts_of", officer=wording.data(officer)))]))
    if rows:
        blocks.append(Table(heads(wording, "at", "officer", "act", "about"), rows, "acts"))
    else:
        blocks.append(Rows([said(page_words(wording, "nothing"))]))
    if found["before"] is not None:
        asked = {"from": start, "until": until, "officer": officer, "language": language}
        given = {name: held for name, held in asked.items() if held}
        address = f"/print/lines/{line}/acts?{urlencode({**given, 'before': found['before']})}"
        blocks.append(Way(address, page_words(wording, "acts_before")))
    title = page_words(wording, "acts", line=wording.data(line))
    return await paper(state, wording, title, [Section("", blocks)])


def _row(act: dict[str, Any], about: str, wording: Wording) -> list[Cell]:
    by = act["by"]
    return [
        instant_cell(act["at"]),
        [free(by["officer"]), data(by["post"])],
        [said(wording.term(act["act"]))],
        [free(about)] if about else [],
    ]


ROUTES: Final = (print_acts,)
