"""Instants: UTC milliseconds since 1970, and how they are written.

An instant is an `int`. There is no naive or local time anywhere. People read
and write ISO 8601 with "Z", or a date-time group such as 070140ZAPR17.
"""

import re
from datetime import UTC, datetime

from openline.domain.errors import OurError

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

INSTANT_MAX = 253_402_300_799_999
"""9999-12-31T23:59:59.999Z: later instants cannot be written."""

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,3}))?)?Z"
)
_DTG = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})Z([A-Z]{3})([0-9]{2}|[0-9]{4})")


def parse_instant(text: str) -> int:
    """An instant from ISO 8601 with "Z" or from a date-time group.

    Args:
        text: `2017-04-07T01:40:00Z`, seconds and milliseconds optional; or
            `070140ZAPR17` (day, hour, minute, Z, month, year 2000-2099 when
            of two digits).

    Raises:
        OurError: The text is in neither form, or the day does not exist.
    """
    if match := _ISO.fullmatch(text):
        year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
        second = int(match[6] or 0)
        millis = int((match[7] or "0").ljust(3, "0"))
    elif match := _DTG.fullmatch(text.upper()):
        day, hour, minute = int(match[1]), int(match[2]), int(match[3])
        if match[4] not in _MONTHS:
            raise OurError(f"The month {match[4]!r} in {text!r} is not known.", "Write JAN to DEC.")
        month = _MONTHS.index(match[4]) + 1
        year = int(match[5]) + (2000 if len(match[5]) == 2 else 0)
        second = millis = 0
    else:
        raise OurError(
            f"The time {text!r} is not an instant.",
            "Write 2017-04-07T01:40:00Z or 070140ZAPR17, always in UTC.",
        )
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise OurError(f"The time {text!r} does not exist: {error}.") from None
    return int(moment.timestamp()) * SECOND_MS + millis


def format_instant(at: int) -> str:
    """The instant as ISO 8601 with "Z", milliseconds only when not zero.

    An instant that no calendar can show is written `???(<ms>)`: what is
    implausible is shown, not dropped.
    """
    if not 0 <= at <= INSTANT_MAX:
        return f"???({at})"
    moment = datetime.fromtimestamp(at // SECOND_MS, UTC)
    millis = at % SECOND_MS
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{millis:03d}" if millis else "") + "Z"


def dtg(at: int) -> str:
    """The instant as a date-time group to the minute: 070140ZAPR17."""
    if not 0 <= at <= INSTANT_MAX:
        return f"???({at})"
    moment = datetime.fromtimestamp(at // SECOND_MS, UTC)
    return f"{moment:%d%H%M}Z{_MONTHS[moment.month - 1]}{moment:%y}"
