"""Extractors: what reads the text of a page, by the name kept with each text.

There are two: our own (`page`), and trafilatura where it is installed and a source names it. Its
text differs between releases, so exactly one release is taken. A name holds all that decides what
a page reads as, the selector included: texts that bear one name can be compared, others are read
anew first. Nothing here loads trafilatura: that is done in the reader's process alone.
"""

from importlib.metadata import PackageNotFoundError, version
from typing import Final

from openline.domain.errors import OurError
from openline.domain.statements.source import EXTRACTORS, OWN_EXTRACTOR

EXTRACTOR: Final = "openline page 1"
"""Our own, with its version; it changes whenever a page could read otherwise."""

TRAFILATURA: Final = "2.3.1"
"""The release that is taken; the same is pinned by the extra `trafilatura`."""

_AT: Final = " at "


def extractor_name(extractor: str, selector: str = "") -> str:
    """The name of what reads a page.

    Args:
        extractor: One of `EXTRACTORS`.
        selector: A CSS selector of what holds the statement; empty to look for it.

    Raises:
        OurError: It is not installed, or in another release, or takes no selector.
    """
    if extractor == OWN_EXTRACTOR:
        return f"{EXTRACTOR}{_AT}{selector}" if selector else EXTRACTOR
    if selector:
        raise OurError(
            f"{extractor} takes no selector.", f"Leave out one of both: {OWN_EXTRACTOR} takes one."
        )
    _check_release()
    # Headline, charset and what counts as no statement are ours; so its name holds both.
    return f"trafilatura {TRAFILATURA} in {EXTRACTOR}"


def _check_release() -> None:
    remedy = "Install it beside this program: pip install 'openline[trafilatura]'."
    try:
        found = version("trafilatura")
    except PackageNotFoundError:
        raise OurError(f"trafilatura {TRAFILATURA} is not installed.", remedy) from None
    if found != TRAFILATURA:
        raise OurError(f"trafilatura is {found}; texts are read with {TRAFILATURA}.", remedy)


def extractor_of(name: str) -> tuple[str, str] | None:
    """The extractor and the selector of a name; None if nothing here reads as it did."""
    _, at, selector = name.partition(_AT)
    for extractor in EXTRACTORS:
        try:
            if extractor_name(extractor, selector if at else "") == name:
                return extractor, selector
        except OurError:
            continue
    return None
