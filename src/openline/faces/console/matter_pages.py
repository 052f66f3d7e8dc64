"""Pages of matters: the bundle of an incident, and a readout with its versions."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final

from litestar.datastructures import State
from litestar.params import Parameter

from openline.adapters.wording import Wording
from openline.adapters.wording.printing import WORDS, page_words
from openline.domain.talk.incident import Act, Inquiry
from openline.engine.views import View
from openline.faces.api.contacts import read_readout
from openline.faces.api.incident import read_incident
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.words import plain_body
from openline.faces.console.paper import (
    Answer,
    heads,
    instant_cell,
    page_route,
    paper,
    section,
    truth,
)
from openline.faces.console.printing import (
    Block,
    Cell,
    Part,
    Rows,
    Section,
    Table,
    changed,
    data,
    free,
    said,
    said_rows,
)

_CLAIMS: Final = ("INCIDENT", "VIOLATION", "PROTEST")


@page_route(
    "/print/lines/{line:str}/incidents/{incident:str}", "printIncident", "An incident as a page"
)
async def print_incident(
    state: State,
    line: Line,
    incident: Annotated[str, Parameter(description="Its id, or the serial of a message about it.")],
    language: Language = None,
) -> Answer:
    """The bundle of an incident: what each side claims, apart from what was found.

    With where it stands and what is due, the steps of the inquiry, the evidence that is named
    with its hashes, what of the record is held, and the thread of all its messages.
    """
    view, wording = view_of(state, line), wording_for(state, language)
    found = await read_incident.fn(state, line, incident, language)
    held: list[dict[str, Any]] = []
    hold = found["hold"]
    if hold is not None:
        windows = [(one["valid_from"], one["valid_until"]) for one in hold["windows"]]
        async with node_of(state).exporting(line) as exporter:
            held = await asyncio.to_thread(exporter.held, windows)
    texts = await _texts(view, found["chain"], wording)
    name = wording.data(found["matter"]["name"] or found["matter"]["id"])
    sections = [
        section(wording, "stands", *_standings(found["matter"], wording)),
        section(wording, "due", *_due(found["matter"], wording)),
        section(wording, "claims", *texts["claims"]),
        section(wording, "findings", *texts["findings"]),
        section(wording, "inquiry", *texts["inquiry"]),
        section(wording, "evidence", *_evidence(found["evidence"], wording)),
        section(wording, "hold", *_held(hold, held, wording)),
        section(wording, "thread", _thread(found["chain"], wording)),
    ]
    return await paper(state, wording, page_words(wording, "incident", id=name), sections)


async def _texts(
    view: View, chain: list[dict[str, Any]], wording: Wording
) -> dict[str, list[Block]]:
    """Messages of an incident in words: claims, findings, steps of the inquiry."""
    texts: dict[str, list[Block]] = {"claims": [], "findings": [], "inquiry": []}
    for link in chain:
        # Between two turns of the loop one message is worded, for some are long.
        await asyncio.sleep(0)
        room = _room_of(view, link)
        record = view.message(link["party"], link["index"], link["epoch"])
        if not room or record is None:
            continue
        columns = [
            wording.listed(iter([wording.data(link["serial"]), wording.instant(link["at"])]))
        ]
        words: Cell = list(said_rows(plain_body(view, record, wording)))
        texts[room].append(Table(columns, [[words]]))
    return texts


def _room_of(view: View, link: dict[str, Any]) -> str:
    """Under which heading a message stands; under none if it is only named."""
    if link["kind"] in _CLAIMS and link["role"] in ("incident", "claim"):
        return "claims"
    if link["kind"] != "INQUIRY":
        return ""
    assert view.load is not None, "a running node's views read its store"
    step = view.load(link["party"], link["index"], link["epoch"])
    return "findings" if isinstance(step, Inquiry) and step.act is Act.FINDING else "inquiry"


def _standings(matter: dict[str, Any], wording: Wording) -> Iterator[Block]:
    rows: list[list[Cell]] = [
        [
            # One standing that serves all has no party.
            [] if one["party"] == "*" else [data(one["party"])],
            [said(one["said"])],
            instant_cell(one["since"]),
        ]
        for one in matter["standings"]
    ]
    yield Table(heads(wording, "party", "state", "at"), rows)


def _due(matter: dict[str, Any], wording: Wording) -> Iterator[Block]:
    rows = [said(row["said"]) for one in matter["standings"] for row in one["due"]]
    if rows:
        yield Rows(rows)


def _evidence(files: list[dict[str, Any]], wording: Wording) -> Iterator[Block]:
    rows: list[list[Cell]] = [
        [
            [free(one["what"])],
            [data(one["party"])],
            [data(one["size_bytes"])],
            [data(one["sha256"])],
            [truth(wording, one["is_kept"])],
        ]
        for one in files
    ]
    if rows:
        yield Table(heads(wording, "what", "party", "size", "sha256", "kept"), rows, "evidence")


def _held(
    hold: dict[str, Any] | None, held: list[dict[str, Any]], wording: Wording
) -> Iterator[Block]:
    if hold is None:
        return
    told = [
        page_words(
            wording, "held", start=wording.instant(one["valid_from"]),
            end=wording.instant(one["valid_until"]),
        )
        for one in hold["windows"]
    ]  # fmt: skip
    if hold["released_at"] is not None:
        told.append(page_words(wording, "released", at=wording.instant(hold["released_at"])))
    yield Rows([said(row) for row in told])
    rows: list[list[Cell]] = [
        [
            [data(one["what"]), data(one["name"])],
            [data(one["count"])],
            [data(one["size_bytes"])],
            [data(one["sha256"])],
        ]
        for one in held
    ]
    yield Table(heads(wording, "log_name", "pieces", "size", "sha256"), rows, "held")


def _thread(chain: list[dict[str, Any]], wording: Wording) -> Table:
    rows: list[list[Cell]] = [
        [
            [data(one["serial"])],
            instant_cell(one["at"]),
            [data(one["party"])],
            [data(one["kind"]), data(one["notice_id"])],
            [said(page_words(wording, f"role_{one['role']}"))],
            [
                part
                for party, at in sorted(one["delivered"].items())
                for part in (data(party), *instant_cell(at))
            ],
        ]
        for one in chain
    ]
    return Table(heads(wording, "serial", "written", "party", "kind", "belongs", "became"), rows)


@page_route("/print/lines/{line:str}/readouts/{readout:str}", "printReadout", "A readout as a page")
async def print_readout(
    state: State,
    line: Line,
    readout: Annotated[str, Parameter(description="The readout: its serial.")],
    language: Language = None,
) -> Answer:
    """The newest texts of both sides side by side, where they differ, every step."""
    wording = wording_for(state, language)
    found = await read_readout.fn(state, line, readout, language)
    sections = [
        section(wording, "stands", *_standings(found, wording)),
        section(wording, "texts", *_texts_of(found["versions"], wording)),
        *_where_they_differ(found, wording),
        section(wording, "steps_said", _steps(found["versions"], wording)),
    ]
    title = page_words(wording, "readout", id=wording.data(found["id"]))
    return await paper(state, wording, title, sections)


def _texts_of(versions: list[dict[str, Any]], wording: Wording) -> Iterator[Block]:
    """The newest text of each party in each language, the parties side by side."""
    newest: dict[str, dict[str, str]] = {}
    for one in versions:
        if one["texts"]:
            newest[one["party"]] = one["texts"]
    languages = dict.fromkeys(name for texts in newest.values() for name in texts)
    columns = [*heads(wording, "language"), *(wording.shown(wording.data(one)) for one in newest)]
    rows: list[list[Cell]] = [
        [
            [said(wording.term(language))],
            *(
                [free(texts[language], language)] if language in texts else []
                for texts in newest.values()
            ),
        ]
        for language in languages
    ]
    if rows:
        yield Table(columns, rows, "texts")


def _where_they_differ(found: dict[str, Any], wording: Wording) -> Iterator[Section]:
    for one in found["differences"]:
        title = page_words(
            wording, "differs", language=wording.term(one["language"]),
            other=wording.data(one["party"]), party=wording.data(found["party"]),
        )  # fmt: skip
        parties = (found["party"], one["party"])
        columns = [
            *heads(wording, "value"), *(wording.shown(wording.data(name)) for name in parties)
        ]  # fmt: skip
        rows: list[list[Cell]] = [
            [
                [said(page_words(wording, "paragraph", n=wording.data(paragraph["number"])))],
                *([_one_side(paragraph["changes"], side)] for side in ("ours", "theirs")),
            ]
            for paragraph in one["paragraphs"]
        ]
        yield Section(title, [Table(columns, rows, "sides")], level=3)


def _one_side(changes: Iterable[dict[str, str]], side: str) -> Part:
    left_out = "theirs" if side == "ours" else "ours"
    return changed({**one, left_out: ""} for one in changes)


def _steps(versions: list[dict[str, Any]], wording: Wording) -> Table:
    rows: list[list[Cell]] = [
        [
            [data(one["serial"])],
            instant_cell(one["at"]),
            [data(one["party"])],
            [
                said(_step(wording, one["step"])),
                *([said(wording.term(one["mode"]))] if one["mode"] else []),
                *_as_agreed(one["is_as_agreed"], wording),
            ],
            [free(one["text"])] if one["text"] else [],
        ]
        for one in versions
    ]
    return Table(heads(wording, "serial", "written", "party", "step", "says"), rows)


def _as_agreed(is_as_agreed: bool | None, wording: Wording) -> Iterator[Part]:
    """Of a text that goes out as that of both, whether it is the agreed one."""
    if is_as_agreed is not None:
        yield said(page_words(wording, "as_agreed" if is_as_agreed else "not_as_agreed"))


def _step(wording: Wording, step: str) -> str:
    name = f"step_{step}"
    return page_words(wording, name) if name in WORDS else wording.term(step)


ROUTES: Final = (print_incident, print_readout)
