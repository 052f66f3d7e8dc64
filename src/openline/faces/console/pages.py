"""Pages of a line: the log, a message, the brief, a statement, what is public."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import Parameter, QueryParameter

from openline.adapters.atom import Entry
from openline.adapters.wording import Wording
from openline.adapters.wording.printing import page_words
from openline.domain.instant import INSTANT_MAX
from openline.domain.limits import PRINTED_CHARS_MAX, PRINTED_MESSAGES_MAX
from openline.engine.talk_rules import words_of
from openline.engine.views import View
from openline.faces.api.contacts import feed_of
from openline.faces.api.describe import described
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line, read_message
from openline.faces.api.standing import read_state, read_statistics
from openline.faces.api.watches import read_brief
from openline.faces.api.words import plain_body
from openline.faces.console.paper import (
    Answer,
    given_instant,
    heads,
    instant_cell,
    page_route,
    paper,
    section,
)
from openline.faces.console.printing import (
    STYLE_PATH,
    Block,
    Cell,
    Part,
    Rows,
    Section,
    Table,
    Way,
    data,
    flat,
    free,
    said,
    said_in_rows,
    said_rows,
    style,
)


@get(
    STYLE_PATH,
    operation_id="readStyle",
    tags=["pages"],
    summary="The stylesheet of the pages",
    media_type="text/css",
    responses=described(
        None, "The stylesheet.", media_type="text/css", faults=(401, 403, 429, 503)
    ),
)
async def read_style(state: State) -> Response[bytes]:
    """How pages look on the screen and on A4: black on white, with numbered sheets."""
    node_of(state)
    return Response(style(), media_type="text/css")


@page_route("/print/lines/{line:str}/log", "printLog", "The watch log as a page")
async def print_log(
    state: State,
    line: Line,
    start: Annotated[
        str | None,
        QueryParameter(name="from", description="First instant: ISO 8601 with Z, or a DTG."),
    ] = None,
    until: Annotated[
        str | None, Parameter(description="First instant after the window, likewise.")
    ] = None,
    after: Annotated[
        int, Parameter(ge=0, description="Only messages with a larger `position`.")
    ] = 0,
    language: Language = None,
) -> Answer:
    """The messages recorded here in a window, each whole and with its marks.

    A page holds at most 500 of them and says how many it leaves out; a link leads on.
    """
    view, wording = view_of(state, line), wording_for(state, language)
    window = (
        0 if start is None else given_instant(start, "from"),
        INSTANT_MAX if until is None else given_instant(until, "until"),
    )
    shown, before, count = view.messages_within(*window, after, PRINTED_MESSAGES_MAX)
    rows: list[list[Cell]] = []
    chars = 0
    for record in shown:
        rows.append(_log_row(view, record, wording))
        chars += sum(len(part.text) for cell in rows[-1] for part in cell)
        if chars > PRINTED_CHARS_MAX:
            break
        # Between two turns of the loop one message is worded, for some are long.
        await asyncio.sleep(0)
    left = count - before - len(rows)
    told = [said(page_words(wording, "window", start=wording.instant(window[0]),
                            end=wording.instant(window[1])))]  # fmt: skip
    if start is None and until is None:
        told = []
    told += _counted(wording, before, len(rows), left, count)
    blocks: list[Block] = [Rows(told)]
    if rows:
        blocks.append(Table(heads(wording, "serial", "from_to", "says", "became"), rows, "log"))
    if left:
        given = {"from": start, "until": until, "language": language}
        asked = {name: held for name, held in given.items() if held is not None}
        asked["after"] = str(shown[len(rows) - 1]["position"])
        address = f"/print/lines/{line}/log?{urlencode(asked)}"
        blocks.append(Way(address, page_words(wording, "following")))
    title = page_words(wording, "log", line=wording.data(line))
    return await paper(state, wording, title, [Section("", blocks)])


def _counted(wording: Wording, before: int, shown: int, left: int, count: int) -> Iterator[Part]:
    """How many messages stand on a page, and how many do not."""
    if before:
        yield said(page_words(wording, "earlier", n=wording.data(before)))
    if left:
        numbers = {"count": count, "shown": shown, "left": left}
        told = {name: wording.data(number) for name, number in numbers.items()}
        yield said(page_words(wording, "left_out", **told))
    elif not before:
        yield said(page_words(wording, "all_shown", count=wording.data(count)))


def _log_row(view: View, record: dict[str, Any], wording: Wording) -> list[Cell]:
    """One message of the log: serial and time; from, to and how; words; marks."""
    return [
        [data(record["serial"]), *instant_cell(record["at"])],
        [
            data(record["party"]),
            said(page_words(wording, "to", parties=_parties(wording, record["recipients"]))),
            data(record["kind"]),
            said(wording.term(record["precedence"])),
        ],
        list(said_rows(plain_body(view, record, wording))),
        list(marks_of(record, wording)),
    ]


def _parties(wording: Wording, names: list[str]) -> str:
    return wording.listed(wording.data(name) for name in names)


def marks_of(record: dict[str, Any], wording: Wording) -> Iterator[Part]:
    """What became of a message: when it came here, and what was done with it by whom."""
    for name in ("recorded", "received"):
        at = record[f"{name}_at"]
        if at is not None:
            yield said(page_words(wording, name, at=wording.instant(at)))
    yield from said_rows(wording.outcome(record))


@page_route(
    "/print/lines/{line:str}/messages/{party:str}/{index:int}",
    "printMessage",
    "One message as a page",
)
async def print_message(
    state: State,
    line: Line,
    party: Annotated[str, Parameter(description="The author.")],
    index: Annotated[int, Parameter(ge=0, description="Its index: the serial number.")],
    language: Language = None,
) -> Answer:
    """One message whole: its words, translations beside it, corrections, marks.

    At the end it says where the message stands in its author's log, and whose receipts over
    it are here.
    """
    view, wording = view_of(state, line), wording_for(state, language)
    shown = await read_message.fn(state, line, party, index, language)
    async with node_of(state).exporting(line) as exporter:
        place = await asyncio.to_thread(exporter.place_of, party, index, epoch=shown["epoch"])
    sections = [section(wording, "says", Rows(list(said_rows(shown["text"]))))]
    if shown["translations"]:
        sections.append(_side_by_side(view, shown, wording))
    if shown["corrections"]:
        rows = [
            [[data(one["serial"])], [data(one["field"])], [free(one["old"])], [free(one["new"])],
             [free(one["cause"])]]
            for one in shown["corrections"]
        ]  # fmt: skip
        columns = heads(wording, "serial", "value", "before", "after", "cause")
        sections.append(section(wording, "corrections", Table(columns, rows)))
    sections.append(section(wording, "became", Rows(list(marks_of(shown, wording)))))
    if shown["signatures"]:
        rows_of = Rows(list(said_rows(wording.signatures(shown["signatures"]))))
        sections.append(section(wording, "signed", rows_of))
    sections.append(section(wording, "proof", Rows(list(_proof_rows(place, wording)))))
    title = page_words(wording, "message", serial=wording.data(shown["serial"]))
    return await paper(state, wording, title, sections)


def _side_by_side(view: View, shown: dict[str, Any], wording: Wording) -> Section:
    """The original beside each of its translations."""
    assert view.load is not None, "a running node's views read its store"
    original = view.load(shown["party"], shown["index"], shown["epoch"])
    words = str(getattr(original, "text", "") or words_of(original))
    spoken = str(getattr(original, "language", ""))
    tables = []
    for one in shown["translations"]:
        name = "gist" if one["is_gist"] else "by_machine" if one["is_machine"] else "translation"
        about = {
            "serial": wording.data(one["serial"]),
            "language": wording.term(one["language"]),
            "translator": wording.quoted(one["translator"]),
        }
        columns = [
            page_words(wording, "original", language=wording.term(spoken)),
            page_words(wording, name, **about),
        ]
        remarks = [said(remark) for remark in one["remarks"]]
        cells = [[free(words, spoken)], [free(one["text"], one["language"]), *remarks]]
        tables.append(Table(columns, [cells]))
    return section(wording, "side_by_side", *tables)


def _proof_rows(place: dict[str, Any], wording: Wording) -> Iterator[Part]:
    """Where a message stands in its log, and who holds it."""
    yield said(page_words(
        wording, "leaf", index=wording.data(place["index"]), log=wording.data(place["log"]),
        hash=wording.data(place["leaf"]),
    ))  # fmt: skip
    for party, head in place["receipts"].items():
        if head is None:
            yield said(page_words(wording, "no_receipt", party=wording.data(party)))
            continue
        size, root = wording.data(head["size"]), wording.data(head["root"])
        yield said(page_words(wording, "receipt", party=wording.data(party), size=size, hash=root))


@page_route("/print/lines/{line:str}/brief", "printBrief", "The watch brief as a page")
async def print_brief(
    state: State,
    line: Line,
    post: Annotated[
        str | None,
        Parameter(description="The brief as it was handed over at this post, not that of now."),
    ] = None,
    language: Language = None,
) -> Answer:
    """The brief of the watch, with room for two signatures and who has signed by name."""
    view, wording = view_of(state, line), wording_for(state, language)
    brief = await read_brief.fn(state, line, post, language)
    blocks: list[Block] = [Rows(list(said_in_rows(brief["said"])))]
    if brief["hash"]:
        row = page_words(wording, "brief_hash", hash=wording.data(brief["hash"]))
        blocks.append(Rows([said(row)]))
    title = page_words(wording, "brief", line=wording.data(line))
    by_name = list(_signed_by_name(view, wording, post))
    room = Table(
        ["", *heads(wording, "name", "at", "sign")],
        [[[said(page_words(wording, name))], [], [], []] for name in ("hands_over", "takes_over")],
        "signatures",
    )
    signed = [Rows(by_name)] if by_name else []
    return await paper(
        state, wording, title,
        [Section("", blocks), section(wording, "signatures", *signed, room)],
    )  # fmt: skip


def _signed_by_name(view: View, wording: Wording, post: str | None) -> Iterator[Part]:
    """Who of ours has the watch at each post, and who offers it, by their own word."""
    for row in view.watches.listed(view.now):
        if row["party"] != view.own or post not in (None, row["post"]):
            continue
        if row["officer"] and row["since"] is not None:
            officer, at = wording.quoted(row["officer"]), wording.instant(row["since"])
            yield said(page_words(wording, "taken", officer=officer, at=at))
        if row["offer"] is not None:
            officer = wording.quoted(row["offer"]["officer"])
            at = wording.instant(row["offer"]["at"])
            yield said(page_words(wording, "offered", officer=officer, at=at))


@page_route("/print/lines/{line:str}/statement", "printStatement", "State and counts as a page")
async def print_statement(
    state: State,
    line: Line,
    start: Annotated[
        str, QueryParameter(name="from", description="First instant: ISO 8601 with Z, or a DTG.")
    ],
    until: Annotated[str, Parameter(description="First instant after the window, likewise.")],
    language: Language = None,
) -> Answer:
    """How the line stood when a window ended, and what both parties count alike in it."""
    wording = wording_for(state, language)
    begins, ends = given_instant(start, "from"), given_instant(until, "until")
    stood = await read_state.fn(state, line, ends)
    counted = await read_statistics.fn(state, line, begins, ends)
    parties = counted["statement"]["parties"]
    columns = [dict(flat(counts)) for counts in parties.values()]
    names = sorted({name for column in columns for name in column})
    counts = [
        [[data(name)], *([data(column.get(name, ""))] for column in columns)] for name in names
    ]
    digest = page_words(wording, "statement_hash", hash=wording.data(counted["sha256"]))
    count_heads = [*heads(wording, "value"), *(wording.shown(wording.data(one)) for one in parties)]
    sections = [
        section(wording, "state_at", *_stood(wording, stood), at=wording.instant(ends)),
        section(
            wording, "counted", Table(count_heads, counts, "counts"), Rows([said(digest)]),
            start=wording.instant(begins), end=wording.instant(ends),
        ),
    ]  # fmt: skip
    title = page_words(wording, "statement", line=wording.data(line))
    return await paper(state, wording, title, sections)


def _stood(wording: Wording, stood: dict[str, Any]) -> Iterator[Block]:
    """How a line stood: the word, what was declared, what ticks and people showed."""
    word = stood["word"]
    row = (
        page_words(wording, "no_word")
        if word is None
        else page_words(wording, "word", word=wording.term(word))
    )
    yield Rows([said(row)])
    declared = [
        [[data(party)], [said(wording.term(scope))], [said(wording.term(state))]]
        for party, scopes in stood["declared"].items()
        for scope, state in scopes.items()
    ]
    yield Table(heads(wording, "declared", "scope", "state"), declared)
    for name in ("observed", "answered"):
        rows = [
            [[data(party)], [said(wording.term(one)) for one in ([held] if isinstance(held, str)
                                                                  else held)]]
            for party, held in stood[name].items()
        ]  # fmt: skip
        yield Table(heads(wording, name, "state"), rows)


@page_route("/public/lines/{line:str}/readouts", "listPublic", "What is public, as a page")
async def list_public(state: State, line: Line, language: Language = None) -> Answer:
    """Readouts published, after their embargo, and PUBLIC notices, as in the feed.

    The node publishes nothing by itself: whoever puts it on the net does.
    """
    view, wording = view_of(state, line), wording_for(state, language)
    feed = feed_of(view, wording, node_of(state).status()["now"])
    sections = [
        Section(
            wording.shown(entry.title),
            [
                Rows([
                    said(page_words(wording, "public_since",
                                    at=wording.instant(entry.published_at))),
                    data(entry.id),
                ]),
                Rows(_public_rows(entry)),
            ],
        )
        for entry in feed.entries
    ]  # fmt: skip
    title = page_words(wording, "public", line=wording.data(line))
    nothing = [Section("", [Rows([said(page_words(wording, "nothing"))])])]
    return await paper(state, wording, title, sections or nothing)


def _public_rows(entry: Entry) -> list[Part]:
    """The words of an entry: a readout's are the parties', a notice's are worded here."""
    if entry.category == "notice":
        return list(said_rows(entry.text))
    return [free(entry.text, entry.language)]


ROUTES = (read_style, print_log, print_message, print_brief, print_statement, list_public)
