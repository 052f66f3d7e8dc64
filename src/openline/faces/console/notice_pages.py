"""The page of a notice: versions and their differences, answers, conflicts."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Final

from litestar.datastructures import State
from litestar.params import Parameter

from openline.adapters.wording import Wording
from openline.adapters.wording.differences import FREE, magnitude_rows
from openline.adapters.wording.printing import page_words
from openline.domain.limits import PRINTED_PICTURES_MAX, PRINTED_VERSIONS_MAX
from openline.domain.talk.lead_time import LeadClass
from openline.domain.talk.notice import Notice
from openline.engine.views import View
from openline.faces.api.node import view_of, wording_for
from openline.faces.api.notice_words import (
    became_wider,
    notice_magnitudes,
    notice_of,
    told_differences,
)
from openline.faces.api.reading import Language, Line, NoticeId, read_notice_of
from openline.faces.api.words import plain_body, worded_conflict
from openline.faces.console.paper import (
    Answer,
    heads,
    instant_cell,
    page_route,
    paper,
    section,
)
from openline.faces.console.pictures import area_address, conflict_address
from openline.faces.console.printing import (
    Block,
    Cell,
    Part,
    Picture,
    Rows,
    Section,
    Table,
    changed,
    data,
    free,
    said,
    said_rows,
)


@page_route(
    "/print/lines/{line:str}/notices/{party:str}/{notice_id:str}",
    "printNotice",
    "A notice with all its versions as a page",
)
async def print_notice(
    state: State,
    line: Line,
    party: Annotated[str, Parameter(description="Whose notice.")],
    notice_id: NoticeId,
    language: Language = None,
) -> Answer:
    """What it says, its versions and their differences, answers, conflicts.

    The areas are drawn on a map, and the first conflicts from above, in height and in time.
    """
    view, wording = view_of(state, line), wording_for(state, language)
    notice = await read_notice_of.fn(state, line, party, notice_id, language)
    entry = view.notice_records.find(f"{party}/{notice_id}")
    assert entry is not None, "it was read just now"
    newest = entry.versions[-1].record
    record = view.message(party, newest.index, newest.epoch)
    kept = entry.versions[-PRINTED_VERSIONS_MAX - 1 :]
    read = [(version.version, notice_of(view, version)) for version in kept]
    # Beside the loop: areas have many points, and hostile words take a quarter of a second.
    differences = await asyncio.to_thread(_differences, read, wording)
    sections = [
        section(wording, "says", *_words(view, record, wording)),
        section(wording, "stands", Rows(list(said_rows(notice["outcome"])))),
        section(wording, "versions", _versions(notice, wording)),
        *differences,
        *_not_compared(len(entry.versions) - len(kept), wording),
        _answers(notice, wording),
        _conflicts(view, notice, wording),
        *_pictures(line, notice, wording),
    ]
    names = {"id": wording.data(notice_id), "party": wording.data(party)}
    return await paper(state, wording, page_words(wording, "notice", **names), sections)


def _words(view: View, record: dict[str, Any] | None, wording: Wording) -> Iterator[Block]:
    if record is not None:
        yield Rows(list(said_rows(plain_body(view, record, wording))))


def _versions(notice: dict[str, Any], wording: Wording) -> Table:
    """The versions: what each does, when it came, where it stands."""
    rows: list[list[Cell]] = [
        [
            [data(one["version"])],
            [data(one["serial"]), said(wording.term(one["operation"]))],
            instant_cell(one["at"]),
            [
                part
                for name in ("recorded", "received")
                if (at := one[f"{name}_at"]) is not None
                for part in [said(page_words(wording, name, at=wording.instant(at)))]
            ],
            [
                part
                for other, state in sorted(one["states"].items())
                for part in (data(other), said(wording.term(state)))
            ],
            _lead(one, wording),
        ]
        for one in notice["versions"]
    ]
    return Table(heads(wording, "number", "does", "written", "became", "stands", "lead"), rows)


def _lead(version: dict[str, Any], wording: Wording) -> Cell:
    if version["lead_time_ms"] is None or version["lead_class"] is None:
        return []
    return [said(wording.lead(version["lead_time_ms"], LeadClass(version["lead_class"])))]


def _differences(read: list[tuple[int, Notice | None]], wording: Wording) -> list[Section]:
    """In which fields each version differs from the one before it."""
    return [
        _difference(
            (old, new),
            told_differences(one, other, wording),
            magnitude_rows(
                wording, notice_magnitudes(one, other), is_wider=became_wider(one, other)
            ),
            wording,
        )
        for (old, one), (new, other) in pairwise(read)
    ]


def _difference(
    numbers: tuple[int, int], told: list[dict[str, Any]], amounts: list[str], wording: Wording
) -> Section:
    rows: list[list[Cell]] = [
        [[said(one["name"])], _cell(one, "old"), _cell(one, "new")] for one in told
    ]
    old, new = (wording.data(number) for number in numbers)
    title = page_words(wording, "changed", old=old, new=new)
    table = Table(heads(wording, "value", "before", "after"), rows, "sides")
    if not rows:
        return Section(title, [Rows([said(page_words(wording, "unchanged"))])])
    return Section(title, [Rows([said(row) for row in amounts]), table])


def _not_compared(count: int, wording: Wording) -> Iterator[Section]:
    """How many versions are not compared on the page."""
    if count:
        row = page_words(wording, "versions_left", n=wording.data(count))
        yield Section("", [Rows([said(row)])])


def _cell(difference: dict[str, Any], side: str) -> list[Part]:
    """One side of a difference: words of people as such, everything else in words."""
    name = difference["path"].rpartition(".")[2]
    if difference["changes"]:
        left_out = "theirs" if side == "old" else "ours"
        return [changed({**one, left_out: ""} for one in difference["changes"])]
    if name in FREE:
        return [free(str(difference[side] or ""))]
    return [said(difference[f"{side}_said"])]


def _answers(notice: dict[str, Any], wording: Wording) -> Section:
    rows: list[list[Cell]] = [
        [
            [data(one["serial"])],
            [data(one["party"])],
            [data(one["version"])],
            [said(wording.term(one["answer"]))],
            [free(one["officer"]), free(one["post"])],
            instant_cell(one["at"]),
        ]
        for one in notice["responses"]
    ]
    columns = heads(wording, "serial", "party", "number", "answer", "officer", "at")
    return section(wording, "answers", *([Table(columns, rows)] if rows else []))


def _conflicts(view: View, notice: dict[str, Any], wording: Wording) -> Section:
    """The conflicts that both nodes know, in words."""
    known = {one["id"]: one for one in view.conflicts(False)}
    told = [
        said(worded_conflict(known[name], wording)["said"])
        for name in notice["conflicts"]
        if name in known
    ]
    left = len(notice["conflicts"]) - PRINTED_PICTURES_MAX
    if left > 0:
        told.append(said(page_words(wording, "pictures_left", n=wording.data(left))))
    return section(wording, "conflicts", *([Rows(told)] if told else []))


def _pictures(line: str, notice: dict[str, Any], wording: Wording) -> Iterator[Section]:
    """Pictures on sheets of their own; each says below itself what it shows."""
    if (notice["content"] or {}).get("volumes"):
        says = page_words(wording, "picture_area")
        place = (line, notice["party"], notice["notice_id"], wording.language)
        yield Section("", [Picture(area_address(*place), says)])
    says = page_words(wording, "picture_conflict")
    for one in notice["conflicts"][:PRINTED_PICTURES_MAX]:
        yield Section("", [Picture(conflict_address(line, one, wording.language), says)])


ROUTES: Final = (print_notice,)
