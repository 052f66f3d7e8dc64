"""Plans and sites that are kept private: their bytes, their forms, what is refused."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError, TheirError
from openline.domain.instant import INSTANT_MAX
from openline.domain.limits import (
    CONTENT_SIZE_BYTES_MAX,
    TEXT_CHARS_MAX,
    VERTICES_MAX,
    VOLUMES_MAX,
)
from openline.domain.record import cbor
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.private import ALWAYS_FROM, WITHOUT_END, Private
from tests.domain.talk.strategies import volumes

CIRCLE = Volume(
    Shape.CIRCLE, ((344_900_000, 369_090_000),), 500, None, Altitude(Datum.AGL, 1_000), 1_000, 2_000
)
SITE: dict[str, Any] = {
    "name": "Observers East",
    "kind": "presence",
    "site": True,
    "volumes": [
        {
            "shape": "CIRCLE",
            "vertices": [{"lat": "34.49", "lon": "36.909"}],
            "radius": "500 m",
            "upper": "100 m AGL",
        }
    ],
}


def plan(*made: Volume, **changes: Any) -> Private:
    """A plan over an airfield, unless told otherwise."""
    return replace(Private("Patrol 7", "air", made or (CIRCLE,)), **changes)


@given(
    st.lists(volumes, min_size=1, max_size=3),
    st.sampled_from(("Observers East", "Пост 3", "نقطة ٤")),
    st.booleans(),
    st.booleans(),
    st.sampled_from(("", "two rows\nof words")),
)
def test_its_bytes_write_it(
    made: list[Volume], name: str, is_site: bool, is_exercise: bool, remark: str
) -> None:
    """The encoding gives the same plan or site again, and is the only one."""
    private = Private(name, "air", tuple(made), is_site, is_exercise, remark)
    data = private.to_bytes()
    assert Private.from_bytes(data) == private
    assert Private.from_bytes(data).to_bytes() == data


def test_its_json_writes_it() -> None:
    """What is shown can be handed in again, and gives the same."""
    for private in (plan(), Private.from_json(SITE)):
        assert Private.from_json(private.to_json()) == private


def test_its_fields_and_bytes_are_fixed() -> None:
    """The journal's form is a map of six keys, in the order of the specification."""
    assert cbor.decode(plan(remark="w").to_bytes()) == {
        1: "Patrol 7",
        2: "air",
        3: [CIRCLE.to_value()],
        4: False,
        5: False,
        6: "w",
    }


@pytest.mark.parametrize(
    "change",
    [
        {7: 7},
        {8: 1},
        {1: ""},
        {1: "a/b"},
        {1: " a"},
        {1: "x" * 65},
        {2: "Air"},
        {3: []},
        {3: [CIRCLE.to_value()] * (VOLUMES_MAX + 1)},
        {3: [CIRCLE.to_value()[:6]]},
        {4: 1},
        {6: None},
    ],
)
def test_other_bytes_are_malformed(change: dict[int, Any]) -> None:
    """A key, type, count or range that the form has not is refused by name."""
    value = {1: "n", 2: "air", 3: [CIRCLE.to_value()], 4: False, 5: False, 6: ""}
    with pytest.raises(TheirError, match="MALFORMED"):
        Private.from_bytes(cbor.encode({**value, **change}))
    with pytest.raises(TheirError, match="PRIVATE: kind is missing"):
        Private.from_bytes(
            cbor.encode({label: held for label, held in value.items() if label != 2})
        )


def test_trailing_bytes_are_malformed() -> None:
    """Bytes after the value, or half of them, are refused."""
    data = plan().to_bytes()
    for wrong in (data + b"\x00", data[:-1], b""):
        with pytest.raises(TheirError):
            Private.from_bytes(wrong)


def test_a_site_may_be_open_at_both_ends() -> None:
    """The ends that a site does not give are those of the calendar; what is given stays."""
    [volume] = Private.from_json(SITE).volumes
    assert (volume.valid_from, volume.valid_until) == (ALWAYS_FROM, WITHOUT_END) == (0, INSTANT_MAX)
    given_from = {**SITE["volumes"][0], "valid_from": "070140ZAPR17", "valid_until": None}
    [volume] = Private.from_json({**SITE, "volumes": [given_from]}).volumes
    assert (volume.valid_from, volume.valid_until) == (1_491_529_200_000, WITHOUT_END)
    given_until = {**SITE["volumes"][0], "valid_until": "070140ZAPR17"}
    [volume] = Private.from_json({**SITE, "volumes": [given_until]}).volumes
    assert (volume.valid_from, volume.valid_until) == (ALWAYS_FROM, 1_491_529_200_000)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"site": False}, "volumes[0].valid_from is missing"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": ""}, "name is empty"),
        ({"kind": None}, "kind is missing"),
        ({"colour": 1}, "colour is not known"),
        ({"volumes": []}, "volumes has 0 entries"),
        ({"volumes": "x"}, "volumes is not a list"),
        ({"volumes": ["x"]}, "volumes[0] is not a table"),
        (
            {"volumes": [{**SITE["volumes"][0], "radius": "0 m"}]},
            "volumes[0] does not hold: A circle of radius 0 m",
        ),
        (
            {"volumes": [{**SITE["volumes"][0], "vertices": [{"lat": "91", "lon": "0"}]}]},
            "volumes[0].vertices[0]",
        ),
        (
            {"volumes": [{**SITE["volumes"][0], "valid_from": "9999-12-31T23:59:59.999Z"}]},
            "volumes[0] does not hold: The window ends",
        ),
    ],
)
def test_a_form_that_cannot_be_is_refused(change: dict[str, Any], said: str) -> None:
    """What is missing, unknown or cannot be is refused, with the field that has it."""
    with pytest.raises(OurError) as caught:
        Private.from_json({**SITE, **change})
    assert f"PRIVATE: {said}" in caught.value.what


def test_only_a_site_is_without_end() -> None:
    """A plan that would never be over is refused."""
    endless = replace(CIRCLE, valid_until=WITHOUT_END)
    with pytest.raises(OurError, match="Only a site or a zone may be without end"):
        plan(endless).check()
    plan(endless, is_site=True).check()


def test_a_ring_that_crosses_itself_is_refused() -> None:
    """A plan may come past the form; its volumes are checked all the same."""
    star = tuple((344_900_000 + a * 10**5, 369_090_000 + b * 10**5) for a, b in
                 ((0, 0), (9, 9), (0, 9), (9, 0)))  # fmt: skip
    crossed = replace(CIRCLE, shape=Shape.POLYGON, vertices=star)
    with pytest.raises(OurError, match=r"volumes\[1\] does not hold: The ring crosses"):
        plan(CIRCLE, crossed).check()


def test_the_largest_one_fits() -> None:
    """As much as the form allows is within the size of a content, which a store takes."""
    ring = tuple((344_000_000 + n * 1_000, 369_090_000 + n * n) for n in range(VERTICES_MAX))
    corridor = replace(CIRCLE, shape=Shape.CORRIDOR, vertices=ring)
    largest = plan(*[corridor] * VOLUMES_MAX, remark="\U0001f300" * TEXT_CHARS_MAX)
    largest.check()
    assert len(largest.to_bytes()) < CONTENT_SIZE_BYTES_MAX
    assert largest.vertices == VOLUMES_MAX * VERTICES_MAX
