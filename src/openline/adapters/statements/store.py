"""The store of statements: sources, pages, looks, texts and bytes by hash.

A file of its own beside the node's store (`docs/decisions`): it is large, of strangers' making,
and nothing on the record of a line rests on it. It has the same checks: a checksum on every
page, durable commits, one process. Texts are kept for good; the bytes of pages for a bounded
time and up to a bounded size, those of pages that somebody keeps excepted.
"""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import apsw
import msgspec

from openline.adapters import sqlite
from openline.adapters.statements.page import Page
from openline.adapters.statements.reader import page_from_json, page_to_json
from openline.domain.instant import DAY_MS, MINUTE_MS
from openline.domain.statements.article import folded_hash, text_hash
from openline.domain.statements.back_off import QUIET_MS, Plan, Standing, Why, next_look
from openline.domain.statements.source import OWN_EXTRACTOR, SourceTerms
from openline.domain.statements.verdict import Absence, Known, Verdict

APPLICATION_ID: Final = 0x4F504C53
"""Written in the header of the file: OPLS."""

BODIES_MS: Final = 90 * DAY_MS
"""So long the bytes of a page are kept,"""
BODIES_BYTES_MAX: Final = 512 * 1024 * 1024
"""and no more than so many in all, as they lie on the disk."""
STATEMENTS_MAX: Final = 10_000
CAPTURES_SHOWN_MAX: Final = 200

_SCHEMA: Final = """
CREATE TABLE schema (version INTEGER NOT NULL);
INSERT INTO schema VALUES (1);
CREATE TABLE sources (name TEXT PRIMARY KEY, form BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE statements (
  id TEXT PRIMARY KEY, source TEXT NOT NULL, next_at INTEGER, form BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX statements_due ON statements (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE versions (
  statement TEXT NOT NULL, number INTEGER NOT NULL, seen_at INTEGER NOT NULL, form BLOB NOT NULL,
  PRIMARY KEY (statement, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_by_time ON versions (seen_at);
CREATE TABLE captures (
  id INTEGER PRIMARY KEY, statement TEXT NOT NULL, at INTEGER NOT NULL, form BLOB NOT NULL
) STRICT;
CREATE INDEX captures_of ON captures (statement, at);
CREATE TABLE texts (hash BLOB PRIMARY KEY, text BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE bodies (
  hash BLOB PRIMARY KEY, statement TEXT NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL
) STRICT;
"""


class Source(msgspec.Struct, frozen=True):
    """Where statements come from.

    Attributes:
        name: What it is called: lower case letters, digits, hyphens.
        address: Of a list, or of one page.
        kind: `list` for a feed or a sitemap, `page` for one page.
        selector: CSS selector of what holds the statement; empty to look for it.
        language: Of its pages, as ISO 639 code; empty if not known.
        step_ms_min: The least time between two looks at a page.
        quiet_ms: After how long without a change looks end.
        line: On which line's journal what is seen goes down; empty for the only line.
        match: Of a list: only pages whose address holds this.
        extractor: What reads its pages, one of `EXTRACTORS`.
        added_at: Since when it is followed.
        is_set: Whether the settings name it, and not an officer.
        looked_at: Of a list: the last look.
        found_at: Of a list: when it last named a page that was new.
        errors: Of a list: looks in a row that gave none.
        failing_since: The first of them.
        next_at: Of a list: the next look.
        fault: What was wrong at the last look; empty if nothing was.
        etag: Of its last answer.
        last_modified: Of its last answer.
    """

    name: str
    address: str
    kind: str = "list"
    selector: str = ""
    language: str = ""
    step_ms_min: int = 0
    quiet_ms: int = QUIET_MS
    line: str = ""
    match: str = ""
    extractor: str = OWN_EXTRACTOR
    added_at: int = 0
    is_set: bool = False
    looked_at: int | None = None
    found_at: int | None = None
    errors: int = 0
    failing_since: int | None = None
    next_at: int | None = 0
    fault: str = ""
    etag: str = ""
    last_modified: str = ""


def source_from(terms: SourceTerms, *, is_set: bool = False) -> Source:
    """A source as the settings or an officer name it."""
    return Source(
        name=terms.name,
        address=terms.address,
        kind=terms.kind,
        selector=terms.selector,
        language=terms.language,
        step_ms_min=terms.interval_min * MINUTE_MS,
        quiet_ms=terms.quiet_days * DAY_MS,
        line=terms.line,
        match=terms.match,
        extractor=terms.extractor,
        is_set=is_set,
    )


class Statement(msgspec.Struct, frozen=True):
    """A page that is followed, and how it stands. Instants in UTC milliseconds.

    Attributes:
        id: Twelve hexadecimal digits that follow from its address.
        source: Name of its source.
        address: In its one form.
        title: As it was last read, or as the list has it.
        added_at: Since when it is followed.
        asked_at: When somebody last asked for it to be followed on.
        changed_at: When its text was first seen as it is.
        versions: How many versions it has.
        looked_at: The last look.
        verdict: What that said.
        read_at: The last look at which it had a text.
        unchanged: Looks since the change that found the same.
        errors: Looks in a row at which it had no text.
        failing_since: The first of them.
        not_before: Until when its server asks not to be asked.
        absent: Since when and how often in a row it was not found.
        fault: What was wrong at the last look; empty if nothing was.
        body_hash: Of the bytes that were last read.
        etag: Of the answer with them.
        last_modified: Of the answer with them.
        is_kept: Whether its bytes are kept for good.
        attached: The incident or readout that it belongs to; empty if none.
        next_at: The next look; None if none is due.
        leads_to: Address of another page that is followed, to which this one's leads for
            good; empty if there is none.
    """

    id: str
    source: str
    address: str
    title: str
    added_at: int
    asked_at: int | None = None
    changed_at: int | None = None
    versions: int = 0
    looked_at: int | None = None
    verdict: Verdict | None = None
    read_at: int | None = None
    unchanged: int = 0
    errors: int = 0
    failing_since: int | None = None
    not_before: int | None = None
    absent: tuple[int, int] | None = None
    fault: str = ""
    body_hash: bytes = b""
    etag: str = ""
    last_modified: str = ""
    is_kept: bool = False
    attached: str = ""
    next_at: int | None = 0
    leads_to: str = ""

    def standing(self, source: Source) -> Standing:
        """What decides when it is looked at next."""
        return Standing(
            address=self.address,
            added_at=self.added_at,
            asked_at=self.asked_at,
            changed_at=self.changed_at,
            versions=self.versions,
            looked_at=self.looked_at,
            verdict=self.verdict,
            read_at=self.read_at,
            unchanged=self.unchanged,
            errors=self.errors,
            failing_since=self.failing_since,
            not_before=self.not_before,
            step_ms_min=source.step_ms_min,
            quiet_ms=source.quiet_ms,
            leads_to=self.leads_to,
        )

    def plan(self, source: Source) -> Plan:
        """When it is looked at next; as soon as can be if somebody has asked since."""
        plan = next_look(self.standing(source))
        if self.asked_at is not None and self.asked_at > (self.looked_at or 0):
            return Plan(self.asked_at, Why.NEW, plan.is_silent)
        return plan

    @property
    def absence(self) -> Absence | None:
        """Looks in a row that did not find it."""
        return None if self.absent is None else Absence(*self.absent)


class Version(msgspec.Struct, frozen=True):
    """One version of a statement.

    Attributes:
        number: From 1.
        seen_at: The look at which it was first seen.
        verdict: What that look said.
        returned_to: The earlier version with the same text, if so.
        title: The headline.
        words: How many words it has.
        text_hash: Of its text.
        folded_hash: Of its words alone.
        body_hash: Of the bytes that it was read from.
        extractor: What read it.
        capture: Number of the look.
    """

    number: int
    seen_at: int
    verdict: Verdict
    returned_to: int | None
    title: str
    words: int
    text_hash: bytes
    folded_hash: bytes
    body_hash: bytes
    extractor: str
    capture: int


class Capture(msgspec.Struct, frozen=True):
    """One look at a page, as it is written down.

    Attributes:
        at: When.
        address: Where the answer came from.
        status: The HTTP status; 0 if there was no answer.
        headers: Those of the answer that matter.
        verdict: What the look said.
        fault: What was wrong; empty if nothing was.
        body_hash: Of the bytes; empty if there were none.
        text_hash: Of the text; empty if there was none.
        extractor: What read it; empty if nothing did.
        line: On which line's journal it went down; empty if on none.
        row: Its row there; None if on none.
    """

    at: int
    address: str
    status: int
    headers: dict[str, str]
    verdict: Verdict
    fault: str = ""
    body_hash: bytes = b""
    text_hash: bytes = b""
    extractor: str = ""
    line: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What one look leaves behind; all of it is kept, or nothing.

    Attributes:
        statement: How the page stands after it.
        capture: The look itself.
        body: The bytes; empty if there were none, or the same as before.
        page: What was read; None if nothing was.
        version: Whether it is a new version: the version, its `capture` not yet known.
    """

    statement: Statement
    capture: Capture
    body: bytes = b""
    page: Page | None = None
    version: Version | None = None


_T = TypeVar("_T", Source, Statement, Version, Capture)


def statement_id(address: str) -> str:
    """The id of a page: the same on every node."""
    return hashlib.sha256(address.encode()).hexdigest()[:12]


class StatementStore:
    """Everything about statements, in one file. It belongs to one event loop."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._db = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file; make it if it is not there.

        Raises:
            OurError: It cannot be opened, or is something else.
        """
        return cls(sqlite.open_beside(path, APPLICATION_ID, _SCHEMA))

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    # --- sources ---------------------------------------------------------------------------------

    def sources(self) -> list[Source]:
        """All sources, by name."""
        return self._all(Source, "SELECT form FROM sources ORDER BY name")

    def source(self, name: str) -> Source | None:
        """The source of a name."""
        return self._one(Source, "SELECT form FROM sources WHERE name = ?", name)

    def put_source(self, source: Source) -> None:
        """Keep a source, in place of the one of its name."""
        self._run("INSERT OR REPLACE INTO sources VALUES (?, ?)", source.name, _form(source))

    # --- statements ------------------------------------------------------------------------------

    def statements(self, source: str = "") -> list[Statement]:
        """All pages, or those of a source: what changed last first."""
        found = self._all(
            Statement, "SELECT form FROM statements WHERE ? IN ('', source) ORDER BY id", source
        )
        return sorted(found, key=lambda one: (-(one.changed_at or one.added_at), one.id))

    def statement(self, name: str) -> Statement | None:
        """The page of an id."""
        return self._one(Statement, "SELECT form FROM statements WHERE id = ?", name)

    def due(self, now: int, count: int) -> list[Statement]:
        """The pages whose next look is due, the longest overdue first."""
        query = "SELECT form FROM statements WHERE next_at <= ? ORDER BY next_at, id LIMIT ?"
        return self._all(Statement, query, now, count)

    def next_due(self) -> int | None:
        """When the next look at a page is due; None if none ever is."""
        found: int | None = self._db.execute("SELECT min(next_at) FROM statements").get
        return found

    def count(self, source: str = "") -> int:
        """How many pages are kept, of all or of one source."""
        query = "SELECT count(*) FROM statements WHERE ? IN ('', source)"
        found: int = self._db.execute(query, (source,)).get
        return found

    def put(self, one: Statement) -> None:
        """Keep a page, in place of what was known of it."""
        row = (one.id, one.source, one.next_at, _form(one))
        self._run("INSERT OR REPLACE INTO statements VALUES (?, ?, ?, ?)", *row)

    def record(self, look: Look) -> None:
        """Keep what a look has brought, all or nothing."""
        one, at = look.statement, look.capture.at
        with self._db:
            self._run(
                "INSERT INTO captures (statement, at, form) VALUES (?, ?, ?)",
                *(one.id, at, _form(look.capture)),
            )
            number = self._db.last_insert_rowid()
            if look.body:
                self._run(
                    "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?)",
                    *(look.capture.body_hash, one.id, at, zlib.compress(look.body, 6)),
                )
            if look.page is not None and look.version is not None:
                packed = zlib.compress(msgspec.json.encode(page_to_json(look.page)), 6)
                text = look.version.text_hash
                self._run("INSERT OR REPLACE INTO texts VALUES (?, ?)", text, packed)
                version = msgspec.structs.replace(look.version, capture=number)
                key = (one.id, version.number, version.seen_at)
                self._run("INSERT INTO versions VALUES (?, ?, ?, ?)", *key, _form(version))
            self.put(one)

    # --- what was seen ---------------------------------------------------------------------------

    def versions(self, statement: str) -> list[Version]:
        """The versions of a page, from the first."""
        query = "SELECT form FROM versions WHERE statement = ? ORDER BY number"
        return self._all(Version, query, statement)

    def known(self, statement: str) -> list[Known]:
        """The same as `verdict.judge` takes them."""
        return [
            Known(one.number, one.text_hash, one.folded_hash) for one in self.versions(statement)
        ]

    def version_count(self, source: str = "") -> int:
        """How many versions there are, of all pages or those of a source."""
        query = (
            "SELECT count(*) FROM versions v JOIN statements s ON s.id = v.statement"
            " WHERE ? IN ('', s.source)"
        )
        found: int = self._db.execute(query, (source,)).get
        return found

    def changes(self, source: str, start: int, count: int) -> list[tuple[Statement, Version]]:
        """So many versions from a place on, in the order in which they were first seen."""
        rows = self._db.execute(
            "SELECT s.form, v.form FROM versions v JOIN statements s ON s.id = v.statement"
            " WHERE ? IN ('', s.source)"
            " ORDER BY v.seen_at, v.statement, v.number LIMIT ? OFFSET ?",
            (source, count, start),
        )
        return [
            (msgspec.msgpack.decode(one, type=Statement), msgspec.msgpack.decode(two, type=Version))
            for one, two in rows
        ]

    def captures(self, statement: str, count: int = CAPTURES_SHOWN_MAX) -> list[Capture]:
        """The last looks at a page, the latest first."""
        query = "SELECT form FROM captures WHERE statement = ? ORDER BY at DESC, id DESC LIMIT ?"
        return self._all(Capture, query, statement, count)

    def capture(self, number: int) -> Capture | None:
        """One look."""
        return self._one(Capture, "SELECT form FROM captures WHERE id = ?", number)

    def page(self, text: bytes) -> Page | None:
        """What was read as a text of this hash."""
        packed = self._db.execute("SELECT text FROM texts WHERE hash = ?", (text,)).get
        if packed is None:
            return None
        return page_from_json(msgspec.json.decode(zlib.decompress(packed)))

    def body(self, digest: bytes) -> bytes | None:
        """The bytes of a page, if they are still kept."""
        packed = self._db.execute("SELECT bytes FROM bodies WHERE hash = ?", (digest,)).get
        return None if packed is None else zlib.decompress(packed)

    def has_body(self, digest: bytes) -> bool:
        """Whether the bytes of a page are still kept."""
        query = "SELECT EXISTS (SELECT 1 FROM bodies WHERE hash = ?)"
        return bool(self._db.execute(query, (digest,)).get)

    def tidy(self, now: int) -> int:
        """Let go of bytes that are too old or too many; how many pages' bytes went.

        Those that a page was last read from stay, and those of pages that somebody keeps.
        """
        known = self.statements()
        spared = {one.id for one in known if one.is_kept}
        last = {one.body_hash for one in known}
        query = "SELECT hash, statement, at, length(bytes) FROM bodies ORDER BY at"
        rows: list[Any] = self._db.execute(query).fetchall()
        held = [row for row in rows if row[1] not in spared and row[0] not in last]
        size = sum(row[3] for row in held)
        gone = []
        for digest, _, at, length in held:
            if at >= now - BODIES_MS and size <= BODIES_BYTES_MAX:
                break
            size -= length
            gone.append((digest,))
        if gone:
            with self._db:
                self._db.executemany("DELETE FROM bodies WHERE hash = ?", gone)
        return len(gone)

    def _run(self, query: str, *values: Any) -> None:
        self._db.execute(query, values)

    def _one(self, kind: type[_T], query: str, *values: Any) -> _T | None:
        form = self._db.execute(query, values).get
        return None if form is None else msgspec.msgpack.decode(form, type=kind)

    def _all(self, kind: type[_T], query: str, *values: Any) -> list[_T]:
        rows: Sequence[Any] = self._db.execute(query, values).fetchall()
        return [msgspec.msgpack.decode(form, type=kind) for (form,) in rows]


def _form(value: msgspec.Struct) -> bytes:
    return msgspec.msgpack.encode(value)


def version_of(page: Page, number: int, at: int, verdict: Verdict, returned_to: int | None,
               body_hash: bytes, extractor: str) -> Version:  # fmt: skip
    """The version that a page is, its look not yet known."""
    return Version(
        number=number,
        seen_at=at,
        verdict=verdict,
        returned_to=returned_to,
        title=page.article.title,
        words=page.article.words,
        text_hash=text_hash(page.article),
        folded_hash=folded_hash(page.article),
        body_hash=body_hash,
        extractor=extractor,
        capture=0,
    )
