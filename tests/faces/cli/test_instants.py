"""Instants, addresses, points and officers as they are typed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.instant import format_instant
from openline.faces.cli.addresses import parse_address, parse_titles
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.instants import instant_of, instant_text
from openline.faces.cli.notice_form import NoticeForm, parse_points
from openline.faces.cli.options import parse_officer


@given(st.integers(0, 4_102_444_800))
def test_an_instant_is_read_as_it_is_written(seconds: int) -> None:
    """An instant in ISO 8601 is read as the instant that it writes."""
    text = format_instant(seconds * 1000)
    assert instant_of(text) == seconds * 1000
    assert instant_text(text) == text


def test_an_instant_may_count_from_now() -> None:
    """`+90min` is ninety minutes from now, to the second."""
    now_ms = time.time_ns() // 1_000_000
    assert 0 <= instant_of("now") - now_ms < 60_000
    assert -1_000 <= instant_of("+90min") - now_ms - 90 * 60_000 < 60_000
    assert instant_of("+2 h") % 1000 == 0
    assert instant_of("070140ZAPR17") == 1_491_529_200_000


@pytest.mark.parametrize(
    "text", ["", "soon", "+", "+x", "-", "-x", "2017-04-07", "2017-02-30T00:00Z"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    """A text that is no instant is refused with the ways to write one."""
    with pytest.raises(WrongUsage, match="not an instant") as caught:
        instant_of(text)
    assert "070140ZAPR17" in caught.value.remedy


def test_an_address_names_its_circuit_or_is_the_first() -> None:
    """An address has a host and a port, and may have a circuit."""
    assert parse_address("10.0.0.1:7411", "--listen") == ("primary", "10.0.0.1", 7411)
    assert parse_address("sat=[::1]:1", "--listen") == ("sat", "::1", 1)
    assert parse_address("a-b=line.example:65535", "--listen") == ("a-b", "line.example", 65535)


@pytest.mark.parametrize(
    "text", ["", "host", "host:", ":1", "host:0", "host:65536", "A=h:1", "h h:1"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """A text that is no address is refused with the option's name."""
    with pytest.raises(WrongUsage, match="--listen"):
        parse_address(text, "--listen")


def test_titles_come_in_order_of_language() -> None:
    """Titles are pairs of language and words, each language once."""
    assert parse_titles(("ru=Альфа", "en=A = B"), "--title") == (("en", "A = B"), ("ru", "Альфа"))
    for wrong in (("Alpha",), ("en=",), ("=x",), ("en=a", "en=b")):
        with pytest.raises(WrongUsage, match="--title"):
            parse_titles(wrong, "--title")


def test_an_officer_has_a_post() -> None:
    """An officer is written with the post, a slash between."""
    assert parse_officer("watch/Capt. Smith", "--by") == {"post": "watch", "officer": "Capt. Smith"}
    for wrong in ("watch", "/x", "x/", " / "):
        with pytest.raises(WrongUsage, match="--by"):
            parse_officer(wrong, "--by")


def test_points_are_latitude_and_longitude() -> None:
    """Positions are parted by spaces or semicolons, south and west negative."""
    points = [{"lat": "34.49", "lon": "36.9"}, {"lat": "-5", "lon": "-170.25"}]
    assert parse_points("34.49,36.9 -5,-170.25", "--polygon") == points
    assert parse_points("34.49, 36.9;  -5 , -170.25", "--polygon") == points
    for wrong in ("", "34.49", "34.49 36.9", "a,b", "1,2,3"):
        with pytest.raises(WrongUsage, match="--polygon"):
            parse_points(wrong, "--polygon")


WINDOW = {"from_": "070140ZAPR17", "until": "070300ZAPR17"}


def test_a_form_gives_one_volume() -> None:
    """Options for one shape give one volume in the API's projection."""
    form = NoticeForm(
        circle="34.49,36.909", radius="9 km", upper="FL100", hazard=("fire",), **WINDOW
    )
    [draft] = form.drafts("ru")
    assert draft == {
        "language": "ru",
        "hazards": ["fire"],
        "volumes": [
            {
                "shape": "CIRCLE",
                "vertices": [{"lat": "34.49", "lon": "36.909"}],
                "radius": "9 km",
                "upper": "FL100",
                "valid_from": "2017-04-07T01:40:00Z",
                "valid_until": "2017-04-07T03:00:00Z",
            }
        ],
    }


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (NoticeForm(circle="1,1", radius="1 m"), "window"),
        (NoticeForm(circle="1,1", radius="1 m", from_="now"), "two ends"),
        (NoticeForm(circle="1,1", **WINDOW), "--radius"),
        (NoticeForm(corridor="1,1 2,2", **WINDOW), "--radius"),
        (NoticeForm(circle="1,1", polygon="1,1 2,2 3,3", radius="1 m", **WINDOW), "one of"),
    ],
)
def test_options_that_do_not_fit_are_refused(form: NoticeForm, words: str) -> None:
    """Options of a notice that contradict or lack each other are refused."""
    with pytest.raises(WrongUsage) as caught:
        form.drafts("en")
    assert words in str(caught.value)
