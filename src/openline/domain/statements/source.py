"""Sources: where public statements come from."""

from dataclasses import dataclass
from typing import Final

from openline.domain.instant import DAY_MS
from openline.domain.statements.back_off import QUIET_MS

KINDS: Final = ("list", "page")
"""A feed or a sitemap that names pages; or one page by itself."""

OWN_EXTRACTOR: Final = "openline"
EXTRACTORS: Final = (OWN_EXTRACTOR, "trafilatura")
"""What can read the pages of a source: our own, or trafilatura where it is installed."""

STEP_MIN_MAX: Final = 10_080
"""The longest interval that a source may be given, in minutes: a week."""
QUIET_DAYS: Final = QUIET_MS // DAY_MS
QUIET_DAYS_MAX: Final = 3_650


@dataclass(frozen=True, slots=True)
class SourceTerms:
    """What is asked of a source.

    Attributes:
        name: What it is called: lower-case letters, digits, hyphens.
        address: Of the list, or of the page.
        kind: One of `KINDS`.
        selector: CSS selector of what holds the statement; empty to look for it.
        language: Of its pages, as ISO 639 code; empty if not known.
        interval_min: The least time between two looks at a page, in minutes.
        quiet_days: After how many days without a change looks end.
        line: On which line's journal what is seen goes down; empty for the only one.
        match: Of a list: only pages whose address holds this.
        extractor: What reads its pages, one of `EXTRACTORS`.
    """

    name: str
    address: str
    kind: str = "list"
    selector: str = ""
    language: str = ""
    interval_min: int = 0
    quiet_days: int = QUIET_DAYS
    line: str = ""
    match: str = ""
    extractor: str = OWN_EXTRACTOR
