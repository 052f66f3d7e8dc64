"""Two versions differ in just the values that are not the same."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from openline.domain.diff.fields import FieldDifference, field_differences

SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2)
VALUES = st.recursive(
    SCALARS,
    lambda held: st.lists(held, max_size=3) | st.dictionaries(st.sampled_from("xyz"), held),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from("xyz"), VALUES)


def test_what_is_the_same_does_not_differ() -> None:
    """Of two equal versions nothing is told, in whichever order their names stand."""
    one = {"kind": "air", "volumes": [{"radius_m": 5}]}
    assert field_differences(one, dict(reversed(one.items()))) == []


def test_a_difference_has_the_path_of_its_value() -> None:
    """A changed value is told alone, with the way to it, as faults name fields."""
    old = {"kind": "air", "place": {"words": "at A"}, "volumes": [{"radius_m": 5}, {"radius_m": 6}]}
    new = {"kind": "air", "place": {"words": "at B"}, "volumes": [{"radius_m": 5}, {"radius_m": 7}]}
    assert field_differences(old, new) == [
        FieldDifference("place.words", "at A", "at B"),
        FieldDifference("volumes[1].radius_m", 6, 7),
    ]


def test_what_one_side_lacks_is_told_whole() -> None:
    """A volume that is added or taken away is one difference, against nothing."""
    one, two = {"radius_m": 5}, {"radius_m": 6}
    assert field_differences({"volumes": [one]}, {"volumes": [one, two]}) == [
        FieldDifference("volumes[1]", None, two)
    ]
    assert field_differences({"volumes": [one]}, {"volumes": []}) == [
        FieldDifference("volumes[0]", one, None)
    ]
    assert field_differences({"upper": None}, {}) == []


def test_a_whole_name_is_one_value() -> None:
    """A ring is told whole, not vertex by vertex, when its name is among the whole ones."""
    old = {"vertices": [{"lat_e7": 1}, {"lat_e7": 2}]}
    new = {"vertices": [{"lat_e7": 1}, {"lat_e7": 3}]}
    assert [one.path for one in field_differences(old, new)] == ["vertices[1].lat_e7"]
    assert field_differences(old, new, {"vertices"}) == [
        FieldDifference("vertices", old["vertices"], new["vertices"])
    ]


def test_a_truth_is_no_number() -> None:
    """True and 1 differ, for JSON tells them apart."""
    assert field_differences({"exercise": True}, {"exercise": 1}) == [
        FieldDifference("exercise", True, 1)
    ]


@given(OBJECTS, OBJECTS)
def test_the_other_way_round_old_and_new_change_places(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    """Comparing the other way round tells the same paths with the values exchanged."""
    there = {
        (found.path, repr(found.old), repr(found.new)) for found in field_differences(one, two)
    }
    back = {(found.path, repr(found.new), repr(found.old)) for found in field_differences(two, one)}
    assert there == back


@given(OBJECTS)
def test_nothing_differs_from_itself(one: dict[str, Any]) -> None:
    """A version does not differ from itself."""
    assert field_differences(one, one) == []
