"""The wall clock, and the clock of a rehearsal that runs ahead of it.

Drills and stories let hours pass in seconds: where `OPENLINE_REHEARSAL_CLOCK` names a
file, every program of that environment adds the milliseconds in it to the time. A node
that does so says it in its log and to the doctor; one that serves must not.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS

SETTING: Final = "OPENLINE_REHEARSAL_CLOCK"

AHEAD_MS_MAX: Final = 3_650 * DAY_MS
"""Ten years: no rehearsal is longer, and no calendar ends."""


def wall_clock_ms() -> int:
    """The wall clock in UTC milliseconds, or that of the rehearsal."""
    return time.time_ns() // 1_000_000 + rehearsal_ahead_ms()


def rehearsal_ahead_ms(environment: Mapping[str, str] = os.environ) -> int:
    """By how much the clock of the rehearsal is ahead; 0 where there is none.

    Args:
        environment: Where the setting stands.

    Raises:
        OurError: The file is not there, or holds no such number.
    """
    name = environment.get(SETTING)
    if not name:
        return 0
    try:
        ahead_ms = int(Path(name).read_text(encoding="ascii"))
    except (OSError, ValueError):
        ahead_ms = -1
    if not 0 <= ahead_ms <= AHEAD_MS_MAX:
        raise OurError(
            f"{SETTING} names {name}, which holds no number of milliseconds up to ten years.",
            "Unset the variable, unless this is a rehearsal.",
        )
    return ahead_ms
