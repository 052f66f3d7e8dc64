"""Fields: in which values two versions of one thing differ, by the path of each.

Compared are projections in JSON, as messages are read in. Which of two versions counts is
said elsewhere; this only finds what is not the same. Words are compared by
`domain.talk.readout_text`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A value that two versions do not share.

    Attributes:
        path: Where it stands, as faults name fields: `volumes[0].upper`, counted from 0.
        old: As it is in the first; None where the first has none.
        new: As it is in the second; None where the second has none.
    """

    path: str
    old: Any
    new: Any


def field_differences(
    old: Mapping[str, Any], new: Mapping[str, Any], whole: Collection[str] = ()
) -> list[FieldDifference]:
    """The values that differ, in the order of the first version, then of the second.

    Objects are compared by their names, lists of objects by position; everything else, and
    whatever stands under one of the `whole` names, is one value. A value that is null and
    one that is not there are the same.

    Args:
        old: The first version.
        new: The second.
        whole: Names whose values are not looked into, such as `vertices`.
    """
    return list(_of_objects("", old, new, whole))


def _of_objects(
    path: str, old: Mapping[str, Any], new: Mapping[str, Any], whole: Collection[str]
) -> Iterator[FieldDifference]:
    for name in dict.fromkeys((*old, *new)):
        below = f"{path}.{name}" if path else name
        yield from _of_values(below, old.get(name), new.get(name), whole, name in whole)


def _of_values(
    path: str, old: Any, new: Any, whole: Collection[str], is_whole: bool
) -> Iterator[FieldDifference]:
    if not is_whole and isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _of_objects(path, old, new, whole)
    elif not is_whole and _are_objects(old) and _are_objects(new):
        for place in range(max(len(old), len(new))):
            left, right = (held[place] if place < len(held) else None for held in (old, new))
            yield from _of_values(f"{path}[{place}]", left, right, whole, False)
    elif type(old) is not type(new) or old != new:
        yield FieldDifference(path, old, new)


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)
