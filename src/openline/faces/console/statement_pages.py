"""Pages of public statements: the list, versions, two of them side by side.

They work without script. What became of a paragraph is told by a mark and in words; long
stretches that are the same are folded; each row has an address of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from litestar.datastructures import State
from litestar.params import Parameter

from openline.adapters.wording import Wording
from openline.adapters.wording.statements import SORTS, page_words
from openline.domain.instant import dtg
from openline.domain.statements.words import Sort
from openline.faces.api.node import node_of, wording_for
from openline.faces.api.reading import Language
from openline.faces.api.statement_forms import difference_form, short_form, text_form, whole_form
from openline.faces.api.statements import (
    Name,
    Number,
    sides_of,
    statement_of,
    version_of,
    watcher_of,
)
from openline.faces.console.paper import Answer, page_route
from openline.faces.console.printing import page_answer, write_statements

ROOT: Final = "/print/statements"
CONTEXT_ROWS: Final = 1
"""Rows that are the same and stay in sight before and after what is not."""

_MARKS: Final = {
    "SAME": " ",
    "EDITED": "~",
    "ADDED": "+",
    "REMOVED": "−",
    "MOVED": "→",
    "MOVED_EDITED": "→~",
    "MOVED_AWAY": "←",
    "SPLIT": "~⋔",
    "JOINED": "~⋎",
}
_NO_GAP_BEFORE: Final = ".,;:!?)]}»”’…%،؛؟"
_NO_GAP_AFTER: Final = "([{«“‘"


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of words on one side.

    Attributes:
        sort: `same`, `old` or `new`.
        text: The words.
        gap: Whether a space stands before them.
        says: What they are, if they are a number, a date or a negation.
    """

    sort: str
    text: str
    gap: bool
    says: str = ""


@page_route(ROOT, "printStatements", "Public pages that are followed, as a page")
async def print_statements(
    state: State,
    source: Annotated[str, Parameter(description="Only those of one source.")] = "",
    language: Language = None,
) -> Answer:
    """Every page that is followed, with a sentence that says where it stands."""
    watcher, wording = watcher_of(state), wording_for(state, language)
    found = [short_form(watcher, one, wording) for one in watcher.store.statements(source)]
    shown = [{**one, "way": _way(language, one["id"])} for one in found]
    head = [] if shown else [page_words(wording, "none")]
    title = page_words(wording, "list")
    query = {"source": source} if source else {}
    return _page(wording, title, head, statements=shown, feed=_feed(query))


@page_route(f"{ROOT}/{{name:str}}", "printStatementVersions", "The versions of a page, as a page")
async def print_versions(state: State, name: Name, language: Language = None) -> Answer:
    """One page: where it stands, its versions, ways to their texts and differences."""
    watcher, wording = watcher_of(state), wording_for(state, language)
    whole = whole_form(watcher, statement_of(state, name), wording)
    history = [
        {
            "number": one["number"],
            "seen": dtg(one["seen_at"]),
            "says": one["verdict_words"],
            "words": one["words"],
            "text_way": _way(language, whole["id"], "versions", one["number"]),
            "diff_way": _difference_way(language, whole["id"], one["number"]),
        }
        for one in reversed(whole["history"])
    ]
    heads = [page_words(wording, key) for key in ("number", "seen", "verdict", "words", "look")]
    return _page(
        wording,
        wording.quoted(whole["title"]),
        [whole["sentence"]],
        ways=[(_way(language), page_words(wording, "list"))],
        address=whole["address"],
        history=history,
        heads=heads,
        feed=_feed({"statement": whole["id"]}),
    )


@page_route(
    f"{ROOT}/{{name:str}}/versions/{{number:int}}",
    "printStatementText",
    "The text of a version, as a page",
)
async def print_text(state: State, name: Name, number: Number, language: Language = None) -> Answer:
    """The text as it was read, and what shows that it was seen."""
    watcher, wording = watcher_of(state), wording_for(state, language)
    one = statement_of(state, name)
    text = await text_form(watcher, one, version_of(state, one, number), wording)
    says = page_words(wording, "version", n=wording.data(number))
    seen = wording.say("{what}: {n}", what=says, n=wording.data(dtg(text["version"]["seen_at"])))
    return _page(
        wording,
        wording.quoted(text["version"]["title"]),
        [seen, text["sentence"]],
        ways=[(_way(language, one.id), page_words(wording, "versions")), *_proofs(wording, text)],
        address=one.address,
        paragraphs=text["paragraphs"],
        tongue=watcher.source_of(one).language,
    )


@page_route(
    f"{ROOT}/{{name:str}}/differences", "printStatementDifference", "Two versions side by side"
)
async def print_difference(
    state: State,
    name: Name,
    old: Annotated[int | None, Parameter(ge=1, description="The earlier version.")] = None,
    new: Annotated[int | None, Parameter(ge=1, description="The later version.")] = None,
    language: Language = None,
) -> Answer:
    """What became of each paragraph; by themselves the last two versions are compared."""
    watcher, wording = watcher_of(state), wording_for(state, language)
    one = statement_of(state, name)
    sides = sides_of(state, one, old, new)
    found = await watcher.difference(one.id, sides[0].number, sides[1].number)
    form = difference_form(watcher, found, *sides, wording)
    said = {side: page_words(wording, "version", n=wording.data(form[side]["number"]))
            for side in ("old", "new")}  # fmt: skip
    heads = [
        wording.say("{what}: {n}", what=said[side], n=wording.data(dtg(form[side]["seen_at"])))
        for side in ("old", "new")
    ]
    node_of(state)
    return _page(
        wording,
        wording.quoted(form["new"]["title"]),
        [*heads, form["summary"], form["reading"]],
        ways=[(_way(language, one.id), page_words(wording, "versions"))],
        address=one.address,
        heads=heads,
        rows=list(_runs(wording, form["rows"])),
        tongue=watcher.source_of(one).language,
    )


def _page(wording: Wording, title: str, head: Sequence[str], **given: Any) -> Answer:
    texts = {key: page_words(wording, key) for key in ("next", "text", "difference")}
    page = write_statements(wording, title=title, head=head, text=texts, **given)
    return page_answer(page)


def _proofs(wording: Wording, text: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The ways to the proof of a version and its verdict; none without a row."""
    capture, version = text["capture"], text["version"]["number"]
    if capture["row"] is None:
        return
    file = f"/statements/{text['id']}/proof?{urlencode({'version': version})}"
    yield file, page_words(wording, "proof")
    query = {"kind": "capture", "index": capture["row"], "language": wording.language}
    page = f"/print/lines/{quote(capture['line'])}/certificates?{urlencode(query)}"
    yield page, page_words(wording, "verdict_page")


def _way(language: str | None, *path: object) -> str:
    query = f"?{urlencode({'language': language})}" if language else ""
    return "/".join([ROOT, *map(str, path)]) + query


def _difference_way(language: str | None, name: str, number: int) -> str:
    if number < 2:
        return ""
    query = {"old": number - 1, "new": number} | ({"language": language} if language else {})
    return f"{ROOT}/{name}/differences?{urlencode(query)}"


def _feed(query: dict[str, str]) -> str:
    return "/statements/feed.atom" + (f"?{urlencode(query)}" if query else "")


def _runs(wording: Wording, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows in stretches; the middle of a long stretch of the same is folded."""
    changed = [row["key"] for row in rows if row["change"] != "SAME"]
    following = dict(zip(changed, [*changed[1:], ""], strict=True))
    shown = [_pair(wording, row, following.get(row["key"], "")) for row in rows]
    run: list[dict[str, Any]] = []
    for pair in shown:
        if run and (run[-1]["change"] == "SAME") != (pair["change"] == "SAME"):
            yield from _folded(wording, run)
            run = []
        run.append(pair)
    if run:
        yield from _folded(wording, run)


def _folded(wording: Wording, run: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    inner = run[CONTEXT_ROWS:-CONTEXT_ROWS]
    if run[0]["change"] != "SAME" or len(inner) < 2:
        yield {"folded": "", "rows": run}
        return
    says = page_words(wording, "folded", n=wording.data(len(inner)))
    yield {"folded": "", "rows": run[:CONTEXT_ROWS]}
    yield {"folded": says, "rows": inner}
    yield {"folded": "", "rows": run[-CONTEXT_ROWS:]}


def _pair(wording: Wording, row: dict[str, Any], following: str) -> dict[str, Any]:
    change = row["change"]
    numbers = "/".join(",".join(map(str, row[side])) or "·" for side in ("old", "new"))
    other = {"MOVED": "a", "MOVED_EDITED": "a", "MOVED_AWAY": "p"}.get(change, "")
    return {
        "key": row["key"],
        "change": change,
        "mark": _MARKS[change],
        "numbers": numbers,
        "says": "" if change == "SAME" else row["words"],
        "presence": row["presence"],
        "way": other + row["key"][1:] if other else "",
        "next": following,
        "old": list(_side(wording, row["spans"], "old")) if row["old"] else [],
        "new": list(_side(wording, row["spans"], "new")) if row["new"] else [],
    }


def _side(wording: Wording, spans: list[dict[str, str]], side: str) -> Iterator[Words]:
    """The words of one version, those that it does not share marked."""
    before = ""
    for span in spans:
        text = span["same"] or span[side]
        if not text:
            continue
        gap = bool(before) and before[-1] not in _NO_GAP_AFTER and text[0] not in _NO_GAP_BEFORE
        sort = Sort(span["sort"])
        says = wording.say(SORTS[sort]) if sort in SORTS else ""
        yield Words("same" if span["same"] else side, text, gap, says)
        before = text


ROUTES: Final = (print_statements, print_versions, print_text, print_difference)
