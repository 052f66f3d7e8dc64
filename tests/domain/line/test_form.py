from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.line.form import (
    DURATION,
    HEIGHT,
    METRES,
    NAME,
    Blob,
    Fault,
    Form,
    Instant,
    Items,
    Quantity,
    Text,
    Titles,
    Truth,
    Whole,
)
from openline.domain.line.points import POINT

DISTANCE = Quantity(METRES, 200_000)


@given(st.sampled_from([DURATION, DISTANCE, HEIGHT]), st.data())
def test_a_quantity_reads_back_exactly(form: Quantity, data: st.DataObject) -> None:
    """Whatever unit a quantity is written in, the same whole number comes back."""
    value = data.draw(st.integers(0, form.most))
    assert form.from_json(form.to_json(value), "x") == value


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        (DURATION, 0, "0 ms"),
        (DURATION, 1_500, "1500 ms"),
        (DURATION, 90_000, "90 s"),
        (DURATION, 172_800_000, "2 d"),
        (DISTANCE, 9_260, "5 NM"),
        (DISTANCE, 9_000, "9 km"),
        (DISTANCE, 9_001, "9001 m"),
        (HEIGHT, 3_048, "1000 ft"),
        (HEIGHT, 3_000, "300 m"),
        (HEIGHT, 3_001, "3001 dm"),
    ],
)
def test_a_quantity_is_written_in_the_largest_unit_that_fits(
    form: Quantity, value: int, written: str
) -> None:
    """A whole number of a larger unit is written with that unit."""
    assert form.to_json(value) == written


@pytest.mark.parametrize("wrong", ["10", "ten s", "-1 s", "1 lightyear", "", None, 10, True, "١ s"])
def test_what_is_no_quantity_is_refused(wrong: Any) -> None:
    """A number without a unit, or with another, is refused with the units that serve."""
    with pytest.raises(Fault, match="d, h, min, s, ms"):
        DURATION.from_json(wrong, "x")


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_instant_reads_back_exactly(at: int) -> None:
    """Any instant of 64 bits comes back from its value and from its JSON."""
    assert Instant().from_value(Instant().to_value(at), "x") == at
    assert Instant().from_json(Instant().to_json(at), "x") == at


@given(st.binary(max_size=50))
def test_bytes_read_back_from_wrapped_base64(data: bytes) -> None:
    """White space anywhere in base64 is overlooked."""
    written = Blob(0, 50).to_json(data)
    assert Blob(0, 50).from_json("\n ".join(written), "x") == data


@given(
    st.tuples(st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000))
)
def test_a_position_reads_back_from_decimal_degrees(position: tuple[int, int]) -> None:
    """Decimal degrees, as text or as a number, give the same integers."""
    lat, lon = (f"{abs(value) // 10**7}.{abs(value) % 10**7:07d}" for value in position)
    signs = ["-" if value < 0 else "" for value in position]
    texts = {"lat": signs[0] + lat, "lon": signs[1] + lon}
    assert POINT.from_json(texts, "x") == position
    assert POINT.from_json({name: float(text) for name, text in texts.items()}, "x") == position
    assert POINT.from_json(POINT.to_json(position), "x") == position


SETS = Items(NAME, 5, rank=str)


def test_a_set_is_signed_in_one_order_only() -> None:
    """A set may be written down in any order and has one signed value."""
    assert SETS.from_json(["b", "a"], "x") == ("a", "b")
    assert SETS.from_value(["a", "b"], "x") == ("a", "b")
    for wrong, told in ((["b", "a"], "not in order"), (["a", "a"], "is there twice")):
        with pytest.raises(Fault, match=told):
            SETS.from_value(wrong, "x")
    with pytest.raises(Fault, match=r"x\[2\] is there twice"):
        SETS.from_json(["b", "a", "b"], "x")


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        (Whole(0, 5), True),
        (Whole(0, 5), 6),
        (Whole(0, 5), "1"),
        (Truth(), 1),
        (Text(), 5),
        (Text(), "e\u0301"),
        (Text(), "a\nb"),
        (Text(3), "abcd"),
        (Text(), "\ud800"),
        (Text(), "\x85"),
        (NAME, "Air"),
        (NAME, ""),
        (Blob(2, 2), b"abc"),
        (Blob(2, 2), "ab"),
        (Instant(), 2**63),
        (Instant(), False),
        (DURATION, -1),
        (DURATION, "10 s"),
        (POINT, [1]),
        (POINT, [900_000_001, 0]),
        (SETS, "ab"),
        (SETS, ["a"] * 6),
        (Titles(), [["en"]]),
        (Titles(), [["en", " "]]),
    ],
)
def test_a_signed_value_of_another_form_is_refused(form: Form, wrong: Any) -> None:
    """A value of another type, length or range is a fault with its path."""
    with pytest.raises(Fault) as fault:
        form.from_value(wrong, "some.path")
    assert fault.value.path.startswith("some.path")
