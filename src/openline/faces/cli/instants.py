"""Instants as an officer types them: ISO 8601, date-time groups, or from now."""

from typing import Annotated, TypeAlias

from cyclopts import Parameter

from openline.adapters.clock import wall_clock_ms
from openline.domain.errors import OurError
from openline.domain.instant import format_instant, parse_instant
from openline.domain.line.form import DURATION, Fault
from openline.faces.cli.faults import WrongUsage

Instant: TypeAlias = Annotated[str, Parameter(allow_leading_hyphen=True)]
"""An instant, which may be written as some time ago: -2h."""

Instants: TypeAlias = Annotated[tuple[str, ...], Parameter(allow_leading_hyphen=True)]
"""The same, given again for each."""


def instant_text(text: str) -> str:
    """The instant as the API takes it; `+30min` and `-2h` count from now.

    Raises:
        WrongUsage: It is no instant.
    """
    return format_instant(instant_of(text))


def instants_given(**given: str | None) -> dict[str, str]:
    """Those instants that are given, by name, as the API takes them.

    Raises:
        WrongUsage: One is no instant.
    """
    return {name: instant_text(at) for name, at in given.items() if at is not None}


def instant_of(text: str) -> int:
    """The instant in UTC milliseconds; `+30min` and `-2h` count from now.

    Raises:
        WrongUsage: It is no instant.
    """
    words = text.strip()
    try:
        if words == "now":
            return wall_clock_ms()
        if words.startswith(("+", "-")):
            apart_ms: int = DURATION.from_json(words[1:].strip(), "")
            later_ms = apart_ms if words.startswith("+") else -apart_ms
            # To the second: nobody means the milliseconds of typing.
            return max(0, (wall_clock_ms() + later_ms) // 1000 * 1000)
        return parse_instant(words)
    except (Fault, OurError):
        raise WrongUsage(
            f"{text!r} is not an instant.",
            "Write 2017-04-07T01:40:00Z, 070140ZAPR17, now, or +30min or -2h from now.",
        ) from None
