"""What the routes about public statements answer; `_at` is UTC milliseconds."""

import msgspec


class StatementSource(msgspec.Struct):
    """A source of public statements.

    Attributes:
        name: What it is called.
        address: Of the list, or of the page.
        kind: `list` or `page`.
        language: Of its pages; empty if not known.
        line: On which line's journal it goes down what is seen; empty for the only one.
        extractor: What reads its pages.
        is_set: Whether the settings name it, and not an officer.
        statements: How many pages of it are followed.
        looked_at: Of a list, the last look.
        next_at: Of a list, the next look; null if none is due.
        failing_since: Since when it gives no list; null if it does.
        fault: What was wrong at the last look; empty if nothing was.
    """

    name: str
    address: str
    kind: str
    language: str
    line: str
    extractor: str
    is_set: bool
    statements: int
    looked_at: int | None
    next_at: int | None
    failing_since: int | None
    fault: str


class StatementShort(msgspec.Struct):
    """A page that is followed, and how it stands.

    Attributes:
        id: Twelve hexadecimal digits, the same on every node.
        source: Name of its source.
        address: Of the page.
        title: Its headline as it was last read.
        language: Of its source; empty if not known.
        versions: How many versions it has.
        verdict: What the last look said; null before the first.
        verdict_words: The same in words.
        changed_at: When its text was first seen as it is.
        looked_at: The last look.
        next_at: The next look; null if it is not looked at unless somebody asks.
        is_silent: Whether its source has fallen silent.
        is_kept: Whether its bytes are kept for good.
        attached: The incident or readout that it belongs to; empty if none.
        fault: What was wrong at the last look; empty if nothing was.
        sentence: Where it stands and when it is looked at next.
    """

    id: str
    source: str
    address: str
    title: str
    language: str
    versions: int
    verdict: str | None
    verdict_words: str
    changed_at: int | None
    looked_at: int | None
    next_at: int | None
    is_silent: bool
    is_kept: bool
    attached: str
    fault: str
    sentence: str


class Statements(msgspec.Struct):
    """All that is followed.

    Attributes:
        sources: By name.
        statements: What changed last comes first.
    """

    sources: list[StatementSource]
    statements: list[StatementShort]


class StatementVersion(msgspec.Struct):
    """One version of a statement.

    Attributes:
        number: From 1.
        seen_at: The look at which it was first seen.
        verdict: What that look said.
        verdict_words: The same in words.
        returned_to: The earlier version with the same text; null if there is none.
        title: Its headline.
        words: How many words it has.
        text_hash: SHA-256 of its text, in hexadecimal digits.
        body_hash: SHA-256 of the bytes that it was read from.
        has_body: Whether those bytes are still kept.
        extractor: What read it.
    """

    number: int
    seen_at: int
    verdict: str
    verdict_words: str
    returned_to: int | None
    title: str
    words: int
    text_hash: str
    body_hash: str
    has_body: bool
    extractor: str


class StatementCapture(msgspec.Struct):
    """One look at a page.

    Attributes:
        at: When.
        address: Where the answer came from.
        status: The HTTP status; 0 if there was no answer.
        headers: Those of the answer that matter.
        verdict: What the look said.
        fault: What was wrong; empty if nothing was.
        body_hash: SHA-256 of the bytes; empty if there were none.
        text_hash: SHA-256 of the text; empty if there was none.
        extractor: What read it, with its version; empty if nothing did.
        line: On which line's journal it went down; empty if on none.
        row: Its row there; null if on none.
    """

    at: int
    address: str
    status: int
    headers: dict[str, str]
    verdict: str
    fault: str
    body_hash: str
    text_hash: str
    extractor: str
    line: str
    row: int | None


class StatementWhole(StatementShort):
    """A page with its versions and its last looks.

    Attributes:
        history: Its versions, from the first.
        captures: The last looks, the latest first.
    """

    history: list[StatementVersion]
    captures: list[StatementCapture]


class StatementParagraph(msgspec.Struct):
    """One paragraph.

    Attributes:
        block: HEADING, PARAGRAPH, ITEM or QUOTE.
        text: Its words.
    """

    block: str
    text: str


class StatementText(msgspec.Struct):
    """The text of one version, and what shows that it was seen.

    Attributes:
        id: Of the page.
        version: The version.
        paragraphs: Its text.
        is_cut: Whether the page had more than is kept.
        capture: The look at which it was first seen.
        sentence: What that shows, and what it does not.
    """

    id: str
    version: StatementVersion
    paragraphs: list[StatementParagraph]
    is_cut: bool
    capture: StatementCapture
    sentence: str


class StatementSpan(msgspec.Struct):
    """A stretch of words of two versions.

    Attributes:
        same: The words that both have; empty where they differ.
        old: Words of the earlier version alone.
        new: Words of the later version alone.
        sort: NUMBER, DATE or NEGATION if they are one; else WORD.
    """

    same: str
    old: str
    new: str
    sort: str


class StatementRow(msgspec.Struct):
    """What became of a paragraph.

    Attributes:
        key: A name for links to the row.
        change: SAME, EDITED, ADDED, REMOVED, MOVED, MOVED_EDITED, MOVED_AWAY, SPLIT or JOINED.
        words: The same in words.
        old: Numbers of its paragraphs in the earlier version, from 1.
        new: The same in the later.
        alike: How alike both are, in thousandths.
        spans: Its words.
        presence: Of a paragraph of one version: in which it was seen, and in which not.
    """

    key: str
    change: str
    words: str
    old: list[int]
    new: list[int]
    alike: int
    spans: list[StatementSpan]
    presence: str


class ReadoutComparison(msgspec.Struct):
    """A public text beside a readout.

    Attributes:
        readout: The readout, by its serial.
        party: Whose text of it this is.
        serial: The message with the text.
        language: Of the text.
        is_agreed: Whether the text is the one that was agreed.
        version: The version of the statement.
        is_whole: Whether each paragraph of the readout is in it, word for word.
        sentence: The same in words.
        rows: What became of each paragraph of the readout, and what else the page says.
    """

    readout: str
    party: str
    serial: str
    language: str
    is_agreed: bool
    version: int
    is_whole: bool
    sentence: str
    rows: list[StatementRow]


class StatementDifference(msgspec.Struct):
    """Two versions compared.

    Attributes:
        old: The earlier version.
        new: The later.
        summary: How many paragraphs became what, and what turns the sense.
        title: The words of both headlines.
        rows: All paragraphs of both versions, in order of the later.
        algorithm: By which they were compared.
        thresholds: With which numbers, by name.
        word_pairs: What it cost.
        is_bounded: Whether the bound of the work was met.
        same_extractor: Whether one version of the extractor read both.
        extractors: What read the earlier and the later for this comparison.
        reading: The same in words.
    """

    old: StatementVersion
    new: StatementVersion
    summary: str
    title: list[StatementSpan]
    rows: list[StatementRow]
    algorithm: str
    thresholds: dict[str, int]
    word_pairs: int
    is_bounded: bool
    same_extractor: bool
    extractors: list[str]
    reading: str
