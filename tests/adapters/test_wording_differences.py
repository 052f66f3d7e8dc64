"""Fields of notices and their values in words, be they never so far out of bounds."""

from typing import Any

import pytest

from openline.adapters.wording import LANGUAGES, Wording
from openline.adapters.wording.differences import field_name, field_value

VERTEX = {"lat_e7": 344_900_000, "lon_e7": 369_090_000}
VOLUME = {
    "shape": "CIRCLE", "vertices": [VERTEX], "radius_m": 9_000,
    "valid_from": "2017-04-07T01:40:00Z", "valid_until": "2017-04-07T03:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("kind", "missile", "missiles"),
        ("kind", "kind-of-later", "kind-of-later"),
        ("certainty", "TENTATIVE", "tentative"),
        ("exercise", True, "yes"),
        ("activity", "Strike\u202e", "“Strike⟨U+202E⟩”"),
        ("activity", None, ""),
        ("hazards", ["live fire", "jamming"], "“live fire”; “jamming”"),
        ("volumes[0].lower", None, "the surface"),
        ("volumes[0].upper", None, "no limit"),
        ("volumes[0].upper", {"datum": "FLIGHT_LEVEL", "value": 100}, "flight level 100"),
        ("volumes[0].radius_m", 9_000, "9000 m"),
        ("volumes[0].valid_from", "2017-04-07T01:40:00Z", "070140ZAPR17"),
        ("volumes[0].vertices", [VERTEX], "34°29'24.0\"N 036°54'32.4\"E"),
        ("volumes[1]", None, ""),
    ],
)
def test_a_value_reads_as_in_the_message(path: str, value: Any, said: str) -> None:
    """Codes have their words, free words are quoted, numbers stand with their units."""
    assert field_value(Wording("en"), path, value) == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("volumes[0].valid_from", -(2**63)),
        ("volumes[0].valid_until", "soon"),
        ("volumes[0].upper", {"datum": "MOON", "value": 10**400}),
        ("volumes[0].vertices", [{"lat_e7": 10**12, "lon_e7": 0}]),
        ("volumes[0].vertices", "no list"),
        ("volumes[0].radius_m", "far"),
        ("volumes[0]", {"shape": "STAR\u202e"}),
        ("a_later_field[3].x", {"a": ["\u202e"]}),
    ],
)
def test_what_is_out_of_bounds_is_shown_as_it_is(language: str, path: str, value: Any) -> None:
    """A value that no form takes is shown made visible, and raises nothing."""
    wording = Wording(language)
    shown = field_value(wording, path, value)
    assert shown
    assert "\u202e" not in shown + field_name(wording, path)


def test_a_field_says_in_which_area_it_is() -> None:
    """A field of an area has the number that officers count from 1."""
    wording = Wording("en")
    assert field_name(wording, "volumes[0].upper") == "area 1, up to height"
    assert field_name(wording, "volumes[2]") == "area 3"
    assert field_name(wording, "place.words") == "place, in words"


def test_a_whole_area_reads_as_sentences() -> None:
    """An area that is added or taken away is told with shape, heights and window."""
    said = field_value(Wording("en"), "volumes[0]", VOLUME)
    assert said.startswith("Area 1 of 1: a circle of 9000 m around")
    assert said.endswith("In force from 070140ZAPR17 until 070300ZAPR17.")
