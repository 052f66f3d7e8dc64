"""The verb `statements`: what others say in public, and how it changes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

from openline.domain.instant import format_instant
from openline.domain.line.letters import visible
from openline.domain.statements.source import QUIET_DAYS
from openline.faces.cli.files import STANDARD, Output, check_place, write_new
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Language, Node, OnLine
from openline.faces.cli.output import Worded, emit, table

app = make_app(
    "statements",
    """\
    Follow what others say in public, and see how it changes.

    A source is a feed, a sitemap or one page. Its pages are looked at often
    while they are new and ever less while they rest, until nothing changed
    for some weeks; then only if somebody asks. Each version is kept, compared
    side by side, and goes into the journal: that this node saw it then can be
    shown. It is no proof of what others were shown.
    """,
)

_MARKS: Final = {
    "ADDED": "+",
    "REMOVED": "-",
    "EDITED": "~",
    "MOVED": ">",
    "MOVED_EDITED": ">~",
    "MOVED_AWAY": "<",
    "SPLIT": "~<",
    "JOINED": "~>",
    "SAME": " ",
}


@verb(app)
def add(
    name: str,
    address: str,
    /,
    *,
    kind: Literal["list", "page"] = "list",
    selector: str = "",
    lang: str = "",
    interval: int = 0,
    quiet_days: int = QUIET_DAYS,
    line: str = "",
    match: str = "",
    extractor: Literal["openline", "trafilatura"] = "openline",
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Follow a source.

    The same can stand in node.toml as [[source]]. Asked for twice, the later
    settings count.

    Example:
        openline statements add their-ministry https://ministry.example/feed.xml --lang ru
        openline statements add their-readout https://ministry.example/7 --kind page

    Args:
        name: What it is called: lower-case letters, digits, hyphens.
        address: Of a feed (RSS, Atom, JSON), a sitemap, or one page.
        kind: list for a feed or a sitemap, page for one page.
        selector: CSS selector of what holds the statement; without it, it is looked for.
        lang: Language of its pages: en, ru, ar or another code.
        interval: The least time between two looks at a page, in minutes.
        quiet_days: After how many days without a change looks end.
        line: On which line's journal it goes down what is seen.
        match: Of a list: only pages whose address holds this.
        extractor: What reads its pages: openline, or trafilatura where it is installed.
        options: Which node, and how to print.
    """
    body = {
        "name": name,
        "address": address,
        "kind": kind,
        "selector": selector,
        "language": lang,
        "interval_min": interval,
        "quiet_days": quiet_days,
        "line": line,
        "match": match,
        "extractor": extractor,
    }
    source = options.client().post("/statements", "sources", body=body)
    emit(source, [f"{source['name']}: {source['address']} is followed."], as_json=options.json)


@verb(app, "list")
def list_(
    *,
    source: str = "",
    language: Language | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """List sources and pages, each with where it stands.

    Example:
        openline statements list
        openline statements list --source their-ministry --language ru

    Args:
        source: Only pages of this source.
        language: Of the sentences; without it, that of node.toml.
        options: Which node, and how to print.
    """
    found = options.client().get("/statements", source=source, language=language)
    emit(found, _list_rows(found), as_json=options.json)


def _list_rows(found: dict[str, Any]) -> Iterator[str]:
    for source in found["sources"]:
        yield f"{source['name']} ({source['kind']}) {source['address']}"
        if source["fault"]:
            yield f"  gives no list since {_at(source['failing_since'])}: {source['fault']}"
    for one in found["statements"]:
        yield ""
        yield f"{one['id']}  {one['title']}"
        yield f"  {one['address']}"
        yield Worded(f"  {one['sentence']}")
        if one["fault"]:
            yield f"  {one['fault']}"
    if not found["sources"]:
        yield "Nothing is followed: openline statements add NAME ADDRESS."


def _at(at: int | None) -> str:
    return "-" if at is None else format_instant(at)


@verb(app)
def show(
    statement: str,
    /,
    *,
    version: int | None = None,
    language: Language | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Show a page with its versions, or the text of one version.

    Example:
        openline statements show 5b1f0c5e9d3a
        openline statements show 5b1f --version 2

    Args:
        statement: Its id, or the beginning of it: see openline statements list.
        version: The text of this version.
        language: Of the sentences; without it, that of node.toml.
        options: Which node, and how to print.
    """
    client = options.client()
    if version is not None:
        path = ("/statements", statement, "versions", str(version))
        text = client.get(*path, language=language)
        emit(text, _text_rows(text), as_json=options.json)
        return
    whole = client.get("/statements", statement, language=language)
    emit(whole, _whole_rows(whole), as_json=options.json)


def _text_rows(text: dict[str, Any]) -> Iterator[str]:
    yield text["version"]["title"]
    yield ""
    for number, one in enumerate(text["paragraphs"], 1):
        yield f"{number:>4}  {one['text']}"
    yield ""
    yield Worded(text["sentence"])


def _whole_rows(whole: dict[str, Any]) -> Iterator[str]:
    yield f"{whole['id']}  {whole['title']}"
    yield whole["address"]
    yield Worded(whole["sentence"])
    if whole["attached"]:
        yield f"Belongs to {whole['attached']}; it is kept."
    yield ""
    cells = [
        [
            str(one["number"]),
            _at(one["seen_at"]),
            one["verdict_words"],
            str(one["words"]),
            one["text_hash"][:16],
        ]
        for one in whole["history"]
    ]
    yield from map(Worded, table(["version", "seen at", "what it is", "words", "text"], cells))


@verb(app)
def diff(
    statement: str,
    /,
    *,
    old: int | None = None,
    new: int | None = None,
    readout: str = "",
    whole: bool = False,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show what became of each paragraph from one version to another.

    Before each row stand the numbers of its paragraph in both versions and a
    mark: + only in the later, - only in the earlier, ~ edited, > moved here,
    < moved away, ~< parted, ~> joined. Words that are gone are in [-...-], new
    ones in {+...+}. By themselves the last two versions are compared.

    With --readout the last version is compared with the text of a readout, the
    agreed one if there is one.

    Example:
        openline statements diff 5b1f0c5e9d3a
        openline statements diff 5b1f --old 1 --new 5 --whole
        openline statements diff 5b1f --readout ALPHA-0021

    Args:
        statement: Its id, or the beginning of it.
        old: The earlier version.
        new: The later version.
        readout: Compare with the text of this readout: its serial.
        whole: Also the paragraphs that are the same.
        language: Of the sentences; without it, that of node.toml.
        options: Which node, and how to print.
    """
    if readout:
        client = options.client()
        line = options.line_of(client)
        way = ("/lines", line, "readouts", readout, "statements", statement)
        beside = client.get(*way, language=language)
        emit(beside, _beside_rows(beside, whole), as_json=options.json)
        return
    path = ("/statements", statement, "differences")
    found = options.client().get(*path, old=old, new=new, language=language)
    emit(found, _diff_rows(found, whole), as_json=options.json)


def _diff_rows(found: dict[str, Any], whole: bool) -> Iterator[str]:
    old, new = found["old"], found["new"]
    yield f"{old['number']} ({_at(old['seen_at'])}) -> {new['number']} ({_at(new['seen_at'])})"
    yield Worded(found["summary"])
    yield Worded(found["reading"])
    yield ""
    yield Worded(_marked(found["title"]))
    yield from _rows(found, whole)


def _beside_rows(beside: dict[str, Any], whole: bool) -> Iterator[str]:
    agreed = "agreed" if beside["is_agreed"] else "not agreed"
    yield f"{beside['serial']} of {beside['party']} ({agreed}) -> version {beside['version']}"
    yield Worded(beside["sentence"])
    yield ""
    yield from _rows(beside, whole)


def _rows(found: dict[str, Any], whole: bool) -> Iterator[str]:
    for row in found["rows"]:
        if row["change"] == "SAME" and not whole:
            continue
        numbers = "/".join(",".join(map(str, row[side])) or "." for side in ("old", "new"))
        mark = _MARKS[row["change"]]
        yield Worded(f"{numbers:>9} {mark:<2} ({row['words']}) {_marked(row['spans'])}")


def _marked(spans: list[dict[str, str]]) -> str:
    parts = []
    for span in spans:
        if span["same"]:
            parts.append(visible(span["same"]))
        if span["old"]:
            parts.append(f"[-{visible(span['old'])}-]")
        if span["new"]:
            parts.append(f"{{+{visible(span['new'])}+}}")
    return " ".join(parts)


@verb(app)
def check(
    statement: str,
    /,
    *,
    language: Language | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Look at a page now, and follow it on from now.

    Example:
        openline statements check 5b1f0c5e9d3a

    Args:
        statement: Its id, or the beginning of it.
        language: Of the sentences; without it, that of node.toml.
        options: Which node, and how to print.
    """
    path = ("/statements", statement, "check")
    whole = options.client().post(*path, body=None, language=language)
    emit(whole, _whole_rows(whole), as_json=options.json)


@verb(app)
def keep(
    statement: str,
    /,
    *,
    attach: str | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Keep the bytes of a page for good; say to what it belongs.

    Texts are kept in any case; the bytes that they were read from go after 90
    days otherwise.

    Example:
        openline statements keep 5b1f0c5e9d3a --attach ALPHA-I-0003

    Args:
        statement: Its id, or the beginning of it.
        attach: The incident or readout that it belongs to.
        options: Which node, and how to print.
    """
    path = ("/statements", statement, "keep")
    whole = options.client().post(*path, body={"attached": attach})
    emit(whole, _whole_rows(whole), as_json=options.json)


@verb(app)
def prove(
    statement: str,
    /,
    *,
    version: int | None = None,
    row: int | None = None,
    holder: str = "",
    out: Path | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Certify that this node saw a page so, by then.

    The file proves offline (openline verify) that a look at the page, with the
    hash of its bytes, went down in the journal before a counterpart cosigned
    it. It does not prove what others were shown, nor who wrote the page.

    Example:
        openline statements prove 5b1f0c5e9d3a --version 2
        openline verify certificates/capture-5b1f0c5e9d3a-v2.cert

    Args:
        statement: Its id, or the beginning of it.
        version: The look that first found this version; by itself the newest.
        row: The look of this row of the journal, also one that found no page.
        holder: Who cosigned the journal; by itself whoever did.
        out: Where to write; without it certificates/ in the node's directory.
        options: Which node, and how to print.
    """
    client = options.client()
    one = client.get("/statements", statement)
    given = {"version": version, "row": row, "holder": holder}
    file = client.get_file("/statements", one["id"], "proof", **given)
    what = f"r{row}" if row is not None else f"v{version or one['versions']}"
    path = out or client.config.directory / "certificates" / f"capture-{one['id']}-{what}.cert"
    write_new(path, file)
    told = {"file": str(path), "size_bytes": len(file)}
    rows = [f"Written: {path}, {len(file):,} bytes.", f"Verify it: openline verify {path}"]
    emit(told, rows, as_json=options.json)


@verb(app)
def feed(
    *,
    statement: str = "",
    source: str = "",
    members: bool = False,
    about: Literal["all", "notices", "state"] = "all",
    archive: int | None = None,
    address: str = "",
    out: Output = STANDARD,
    overwrite: bool = False,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Write what changed as an Atom feed.

    With --members it is the feed for the members of a line: notices, and what
    was declared of its state. It is not for the public.

    What is older is in archives, which never change: they are numbered from 0,
    and the feed and each archive name the one before (RFC 5005).

    Example:
        openline statements feed --out statements.atom
        openline statements feed --source their-ministry --address https://alpha.example/s.atom

    Args:
        statement: Only of one page: its id.
        source: Only of one source.
        members: Notices and changes of state on the line instead.
        about: With --members, only notices, or only what was declared of the line's state.
        archive: Number of an archive; without it, what is newest.
        address: Where the feed will be found, if anywhere.
        out: The file; without it, standard output.
        overwrite: Replace the file if it is there.
        language: Of the titles; without it, that of node.toml.
        options: Which node, and how to print.
    """
    check_place(out, "--out")
    client = options.client()
    query = {"address": address, "archive": archive, "language": language}
    if members:
        way = ("/lines", options.line_of(client), "members.atom")
        data = client.get_file(*way, about=about, **query)
    else:
        of = {"statement": statement, "source": source}
        data = client.get_file("/statements", "feed.atom", **of, **query)
    write_new(out, data, overwrite=overwrite)
    if out != STANDARD:
        said = {"path": str(out), "bytes": len(data)}
        emit(said, [f"{out}: {len(data)} bytes."], as_json=options.json)
