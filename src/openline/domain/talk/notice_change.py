"""What a new version of a notice asks of whoever answered an earlier one.

An answer is an answer to what was said. A version that only narrows what was announced keeps it;
one that may reach where, when or how high the earlier did not, or that says something else of
what will be done, asks for a new one. Whatever is not surely narrower counts as wider.
"""

from enum import StrEnum

from openline.domain.space.cover import reaches_further
from openline.domain.space.volume import VolumeDoesNotHold, check_volume
from openline.domain.talk.notice import Notice


class Widening(StrEnum):
    """In what a version is wider than the one before it."""

    REACH = "REACH"
    """Area, band or window."""
    ACTIVITY = "ACTIVITY"
    """What will be done, by whom and with what."""


def widening(old: Notice | None, new: Notice) -> tuple[Widening, ...]:
    """In what a version may be wider than an earlier one; empty if it only narrows it.

    Args:
        old: The earlier version; None if it is not known, and then all is wider.
        new: The later one, which has volumes.
    """
    if old is None:
        return tuple(Widening)
    found = ((_reaches_further(old, new), Widening.REACH), (_acts(old, new), Widening.ACTIVITY))
    return tuple(widened for is_so, widened in found if is_so)


def _reaches_further(old: Notice, new: Notice) -> bool:
    try:
        for volume in (*old.volumes, *new.volumes):
            check_volume(volume)
        return reaches_further(old.volumes, new.volumes)
    except VolumeDoesNotHold:
        return old.volumes != new.volumes


def _acts(old: Notice, new: Notice) -> bool:
    """Whether something else may be done; nobody can tell of words that they say less."""
    said = ("category", "kind", "activity", "objects", "speaks_for", "third_party")
    if any(getattr(old, name) != getattr(new, name) for name in said):
        return True
    added = [hazard for hazard in new.hazards if hazard not in old.hazards]
    return bool(added) or (old.exercise and not new.exercise)
