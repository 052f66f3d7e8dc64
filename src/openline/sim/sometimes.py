"""What must sometimes happen: states that the runs of the tests have to reach.

A simulator that never cuts the power finds nothing that a cut power breaks, and nobody
sees it. So each state that is worth trying has a name here; the tests fail when their
seeds no longer reach one, and a run says which it reached.
"""

from collections.abc import Mapping
from typing import Final

from openline.sim.hostile import BEHAVIOURS

SOMETIMES: Final = frozenset(
    {
        "died before the commit",
        "died after the commit",
        "died before the effects",
        "died between two connections",
        "died between two effects",
        "died the disk failed",
        "died with its disk",
        "cut both ways",
        "cut one way",
        "flapped",
        "clock set ahead",
        "clock set back",
        "clock set right",
        "disk full",
        "slow disk",
        "lying disk",
        "loses the end of its store",
        "loses its store",
        "puts an old copy back",
        "starts on an empty store",
        "put away a damaged store",
        "has all back",
        "waits for others before it signs",
        "is vouched for",
        "observed UNKNOWN",
        "observed UP",
        "observed DEGRADED",
        "observed LOST",
        "alarm LOST",
        "alarm CLOCKS_DIFFER",
        "alarm FORK",
        "alarm ENTRIES_TAKEN_BACK",
        "alarm JOURNAL_FORK",
        "refused something",
        "gave up",
        "asked again",
        "is started anew",
        "changes a key",
        "amends the terms",
        "three parties",
        "several lines",
        "true signers",
        "non-use PROVEN",
        "non-use REFUTED",
        "non-use UNPROVEN",
        "state PROVEN",
        "state NOT SHOWN",
        "receipt PROVEN",
        *(f"hostile {name}" for name in BEHAVIOURS),
    }
)
"""Every state that must be reached, by the name under which it is counted."""


def reached(counts: Mapping[str, int]) -> frozenset[str]:
    """Those that a run reached, by what it counted."""
    return frozenset(name for name in SOMETIMES if counts.get(name))
