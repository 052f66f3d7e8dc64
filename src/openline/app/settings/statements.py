"""How public pages are looked at, and the sources that are followed."""

from dataclasses import dataclass
from typing import Final

from openline.app.settings.table import File, Table
from openline.domain.limits import SOURCES_MAX
from openline.domain.statements.source import (
    EXTRACTORS,
    KINDS,
    OWN_EXTRACTOR,
    QUIET_DAYS,
    QUIET_DAYS_MAX,
    STEP_MIN_MAX,
    SourceTerms,
)

_ONE_OF: Final = "it must be one of {known}"


@dataclass(frozen=True, slots=True)
class StatementSettings:
    """How public pages are looked at.

    Attributes:
        contact: Whom the server of a page can ask, as it stands in every request.
        proxy: Address of an HTTP proxy; empty for none.
        allow: Networks that are not public and may be asked all the same.
        sources: What is followed, unique by name; officers may add others.
    """

    contact: str
    proxy: str = ""
    allow: tuple[str, ...] = ()
    sources: tuple[SourceTerms, ...] = ()


def statements(file: File, party: str) -> StatementSettings | None:
    """The tables `statements` and `source`; None if there is neither."""
    if not file.has("statements") and not file.has("source"):
        return None
    table = file.sole("statements")
    allow = table.optional("allow")
    return StatementSettings(
        contact=table.optional("contact") or party,
        proxy=table.optional("proxy"),
        allow=tuple(part.strip() for part in allow.split(",") if part.strip()),
        sources=_sources(file),
    )


def _sources(file: File) -> tuple[SourceTerms, ...]:
    found: list[SourceTerms] = []
    for table in file.each("source", SOURCES_MAX):
        name = table.short_name("name", "a name")
        table.unlike("name", name, (other.name for other in found))
        found.append(_source(table, name))
    return tuple(found)


def _source(table: Table, name: str) -> SourceTerms:
    kind = table.choice("kind", KINDS, "list", says=_ONE_OF)
    step = table.whole("interval_min", 5, STEP_MIN_MAX)
    quiet = table.whole("quiet_days", 1, QUIET_DAYS_MAX)
    extractor = table.choice("extractor", EXTRACTORS, OWN_EXTRACTOR, says=_ONE_OF)
    return SourceTerms(
        name,
        table.text("address"),
        kind,
        selector=table.optional("selector"),
        language=table.optional("language"),
        interval_min=step or 0,
        quiet_days=quiet or QUIET_DAYS,
        line=table.optional("line"),
        match=table.optional("match"),
        extractor=extractor,
    )
