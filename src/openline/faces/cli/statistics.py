"""The verb `statistics`: what both parties count alike from one record."""

import time
from collections.abc import Iterator
from typing import Annotated, Any

from cyclopts import Parameter

from openline.domain.instant import format_instant, parse_instant
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.instants import instant_of
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import OnLine
from openline.faces.cli.output import emit

app = make_app("statistics", "")


@sole_verb(app)
def statistics(
    *,
    month: str | None = None,
    from_: Annotated[str | None, Parameter(name="--from", allow_leading_hyphen=True)] = None,
    until: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Count what was said, checked, read and answered.

    Both parties compute the same numbers from the same record: they follow from
    the messages and the times that their authors signed, never from when they
    came in. A month is closed two days after it is over. The SHA-256 of the
    statement is equal on both sides where both hold the same messages.

    Example:
        openline statistics --month 2026-11
        openline statistics --from 010000ZNOV26 --until 080000ZNOV26

    Args:
        month: The month in UTC, as 2026-11; without it the present one.
        from_: Start of another window: an instant, or -7d from now.
        until: End of it; without it now.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    start, end = _window(month, from_, until)
    found = client.get("/lines", line, "statistics", **{"from": start, "until": end})
    emit(found, _rows(found), as_json=options.json)


def _window(month: str | None, from_: str | None, until: str | None) -> tuple[int, int]:
    if from_ is not None:
        if month is not None:
            raise WrongUsage("--month and --from are two windows.", "Give one of them.")
        return instant_of(from_), instant_of(until or "now")
    return month_window(month or time.strftime("%Y-%m", time.gmtime()))


def month_window(month: str) -> tuple[int, int]:
    """First instant of a month in UTC, and first instant after it.

    Raises:
        WrongUsage: It is not written as 2026-11.
    """
    year, dash, number = month.partition("-")
    is_written = dash and len(year) == 4 and len(number) == 2 and month.isascii()
    if not is_written or not (year + number).isdigit() or not 1 <= int(number) <= 12:
        raise WrongUsage(f"{month!r} is no month.", "Write it as 2026-11.")
    after = f"{int(year) + 1:04d}-01" if number == "12" else f"{year}-{int(number) + 1:02d}"
    return parse_instant(f"{month}-01T00:00:00Z"), parse_instant(f"{after}-01T00:00:00Z")


def _rows(found: dict[str, Any]) -> Iterator[str]:
    statement = found["statement"]
    start, end = format_instant(statement["from"]), format_instant(statement["until"])
    yield f"{statement['line']}, {start} to {end}; SHA-256 {found['sha256']}"
    for party, counts in sorted(statement["parties"].items()):
        yield ""
        yield f"{party}: {counts['held']} messages"
        for precedence, kinds in counts["messages"].items():
            told = ", ".join(f"{kind} {count}" for kind, count in kinds.items())
            yield f"  {precedence}: {told}"
        for category, leads in counts["notices"].items():
            told = ", ".join(f"{lead} {count}" for lead, count in leads.items())
            yield f"  notices, {category}: {told}"
        for other, checks in counts["checks"].items():
            yield (
                f"  line checks to {other}: {checks['sent']} sent, {checks['answered_in_time']} "
                f"answered in time, {checks['late']} late, {checks['missed']} missed"
            )
        for what, verb in (("read", "read"), ("answered", "answered")):
            for precedence, one in counts[what].items():
                median = "" if one["median_ms"] is None else f", median {one['median_ms']} ms"
                yield (
                    f"  {verb} of what came to it, {precedence}: {one['done']} of "
                    f"{one['addressed']}, in time {one['in_time']}{median}"
                )
