"""The page of a certificate: made on the spot, and verified as anybody would."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from litestar.datastructures import State
from litestar.params import Parameter, QueryParameter

from openline.adapters.wording import Wording
from openline.adapters.wording.printing import page_words
from openline.faces.api.files import certificate, certificate_read
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.console.paper import Answer, heads, page_route, paper, section, truth
from openline.faces.console.printing import (
    Cell,
    Rows,
    Section,
    Table,
    data,
    english,
    said,
    said_rows,
)

_Kind = Literal[
    "message",
    "receipt",
    "use",
    "non-use",
    "state",
    "declared",
    "lead-time",
    "no-answer",
    "capture",
    "fork",
]
_Instant = Annotated[int | None, Parameter(description="UTC milliseconds, where the kind has it.")]


@page_route(
    "/print/lines/{line:str}/certificates", "printCertificate", "A certificate's verdict as a page"
)
async def print_certificate(
    state: State,
    line: Line,
    kind: Annotated[_Kind, Parameter(description="What it is to prove, as `certify` names it.")],
    party: Annotated[str | None, Parameter(description="The author, or whose use.")] = None,
    index: Annotated[int | None, Parameter(ge=0, description="Index of the message.")] = None,
    holder: Annotated[str | None, Parameter(description="Whose receipt or answer.")] = None,
    epoch: Annotated[int | None, Parameter(ge=0, description="Which outbox; else newest.")] = None,
    start: Annotated[
        int | None, QueryParameter(name="from", description="First instant, UTC milliseconds.")
    ] = None,
    until: _Instant = None,
    at: _Instant = None,
    language: Language = None,
) -> Answer:
    """A certificate made on the spot, with its verdict and each step to it.

    What it is about is asked for by the same names as the parameters of `certify`. The page is
    no certificate: its file is what `POST /lines/{line}/certificates` answers to the same.
    """
    wording = wording_for(state, language)
    view_of(state, line)
    given = {
        "party": party, "index": index, "holder": holder, "epoch": epoch, "from": start,
        "until": until, "at": at,
    }  # fmt: skip
    parameters = {name: held for name, held in given.items() if held is not None}
    # Beside the loop: the first one of a long log reads all of it.
    async with node_of(state).exporting(line) as exporter:
        file = await asyncio.to_thread(certificate, exporter, kind, parameters)
    read = await asyncio.to_thread(certificate_read, file, wording)
    title = page_words(wording, "certificate", line=wording.data(line))
    return await paper(state, wording, title, list(_sections(read, len(file), wording)))


def _sections(read: dict[str, Any], size_bytes: int, wording: Wording) -> Iterator[Section]:
    yield section(wording, "claim", Rows([english(read["claim_said"])]))
    verdict = [said(page_words(wording, read["verdict"]).upper()), english(read["conclusion"])]
    size, digest = wording.data(size_bytes), wording.data(read["sha256"])
    verdict.append(said(page_words(wording, "file_hash", size=size, hash=digest)))
    yield section(wording, "verdict", Rows(verdict))
    steps: list[list[Cell]] = [
        [
            [data(one["number"])],
            [english(one["what"])],
            [truth(wording, one["holds"])],
            [english(one["reason"])],
        ]
        for one in read["steps"]
    ]
    yield section(
        wording, "steps", Table(heads(wording, "step", "checked", "holds", "found"), steps, "steps")
    )
    roots: list[list[Cell]] = [
        [
            [data(one["party"])],
            [data(one["fingerprint"])],
            [truth(wording, one["has_signed"])],
        ]
        for one in read["roots"]
    ]
    columns = heads(wording, "party", "fingerprint", "has_signed")
    yield section(wording, "roots", Table(columns, roots, "roots"))
    if read["said"]:
        yield section(wording, "message_says", Rows(list(said_rows("\n".join(read["said"])))))


ROUTES: Final = (print_certificate,)
