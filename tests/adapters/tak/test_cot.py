"""Events as XML: whole whatever they say, bounded, and with the times that they should have."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.tak.cot import (
    EMERGENCY,
    Mark,
    clean,
    element,
    ends,
    ping,
    point,
    shown,
    written,
)

NOW = 1_491_525_600_000
MARK = Mark("openline.syria-air.x", "b-a-g", (344_900_000, -1_790_000_001), "", 612.34)


def test_an_event_has_a_place_and_three_times() -> None:
    """An event says where, when, and until when it holds for current."""
    event = ElementTree.fromstring(MARK.event(NOW, 90_000))
    assert event.attrib == {
        "version": "2.0", "uid": "openline.syria-air.x", "type": "b-a-g", "how": "h-g-i-g-o",
        "time": "2017-04-07T00:40:00Z", "start": "2017-04-07T00:40:00Z",
        "stale": "2017-04-07T00:41:30Z",
    }  # fmt: skip
    assert event.find("point").attrib == {
        "lat": "34.4900000", "lon": "-179.0000001", "hae": "612.3", "ce": "9999999.0",
        "le": "9999999.0",
    }  # fmt: skip
    assert point(MARK.position) == "34.4900000,-179.0000001"


def test_what_ends_is_stale_then() -> None:
    """A mark that ends before it would be stale is stale when it ends, and never before now."""
    ending = Mark("x", "u-d-f", (0, 0), "", until=NOW + 1_000)
    assert ElementTree.fromstring(ending.event(NOW, 90_000)).get("stale") == "2017-04-07T00:40:01Z"
    later = ElementTree.fromstring(ending.event(NOW + 5_000, 90_000))
    assert later.get("stale") == later.get("time")
    assert later.find("point").get("hae") == "9999999.0"


def test_an_emergency_is_called_off_before_it_is_taken_away() -> None:
    """The end of a mark names it; an emergency is called off under its own name first."""
    [end] = [ElementTree.fromstring(one) for one in ends("x", "u-d-f", NOW)]
    assert (end.get("type"), end.find("detail/link").get("uid")) == ("t-x-d-d", "x")
    assert end.find("detail/__forcedelete") is not None
    off, end = [ElementTree.fromstring(one) for one in ends("x", EMERGENCY, NOW)]
    assert (off.get("type"), off.get("uid")) == ("b-a-o-can", "x")
    assert off.find("detail/emergency").get("cancel") == "true"
    assert ElementTree.fromstring(ping("x", NOW)).get("type") == "t-x-c-t"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_make_whole_xml(words: str, name: str) -> None:
    """Whatever a counterpart writes, the event is XML and says it as far as XML can."""
    detail = written([element("remarks", words, at=name)])
    event = ElementTree.fromstring(Mark(name, "u-d-f", (0, 0), detail).event(NOW, 1_000))
    remarks = event.find("detail/remarks")
    assert (remarks.text or "").replace("\n", "") == clean(words).replace("\r", "").replace(
        "\n", ""
    )
    assert len(event.findall(".//*")) == 3


def test_what_deceives_the_eye_is_shown() -> None:
    """Direction controls and breaks of rows in names are made visible, or one space."""
    assert shown("a\n\tb\u202e") == "a b⟨U+202E⟩"
