"""Outlets in node.toml: what is written is read, and every fault names its row."""

from pathlib import Path

import pytest

from openline.app.config import parse_config
from openline.app.outlets.settings import SUBJECTS, Outlet, is_shown, read_shows
from openline.domain.errors import OurError

LEAST = 'party = "alpha.example"\npost = "air-duty"\nofficer = "duty officer"\n'
NAMED = '[[outlet]]\nname = "room"\naddress = '
SHOWN = ("notice", "movement", "site", "zone", "conflict", "alarm")


def outlets(text: str) -> tuple[Outlet, ...]:
    return parse_config(LEAST + text, Path("/srv/alpha/node.toml")).outlets


def test_an_outlet_shows_all_but_what_is_private() -> None:
    """An outlet without more than its address shows all of every line but what is private."""
    [outlet] = outlets(NAMED + '"udp://239.2.3.1:6969"')
    assert outlet == Outlet("room", "udp://239.2.3.1:6969", "udp", "239.2.3.1", 6969, SHOWN)
    assert outlet.stale_for_s == 3_600


def test_an_outlet_with_everything() -> None:
    """Each setting is taken over; files lie beside node.toml."""
    text = NAMED + (
        '"tls://[2001:db8::7]:8089"\nshows = "private zones"\nline = "syria-air"\nstale_s = 60\n'
        'certificate = "own.pem"\ntrusted = "/etc/tak.pem"\ntracks = "own"\n'
    )
    [outlet] = outlets(text)
    assert outlet == Outlet(
        "room", "tls://[2001:db8::7]:8089", "tls", "2001:db8::7", 8089,
        ("zone", "private", "private_conflict"), "syria-air", 60,
        Path("/srv/alpha/own.pem"), Path("/etc/tak.pem"), None, "own",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[outlet]]\nname = "room"', "row 4: outlet.address: it is missing"),
        (NAMED + '"ftp://a:1"', "row 6: outlet.address: 'ftp://a:1' is not an address"),
        (NAMED + '"tcp://a:65536"', "is not an address such as"),
        (NAMED + '"tcp://a:1/x"', "is not an address such as"),
        (NAMED + '"tcp://a:1"\nshows = "notices secrets"', "row 7: outlet.shows: 'secrets' is"),
        (NAMED + '"tcp://a:1"\nshows = "  "', "outlet.shows"),
        (NAMED + '"tcp://a:1"\nstale_s = 5', "row 7: outlet.stale_s: it must be a whole number"),
        (
            NAMED + '"tcp://a:1"\ntrusted = "x"',
            "row 7: outlet.trusted: only an address with tls://",
        ),
        (NAMED + '"tcp://a:1"\n' + NAMED + '"tcp://b:1"', "row 8: outlet.name: 'room' is named"),
        ('[[outlet]]\nname = "../x"\naddress = "tcp://a:1"', "outlet.name: '../x' is not"),
        ((NAMED + '"tcp://a:1"\n') * 17, "row 4: outlet: there are 17, at most 16 may be"),
        (NAMED + '"tcp://a:1"\ntracks = "ours"', "outlet.tracks: 'ours' is none of: own, all"),
        (NAMED + '"https://a"\nsecret = "x"\ntracks = "own"', "only a map is told tracks"),
        (NAMED + '"tcp://a:1"\nvolume = 7', "row 7: outlet.volume: this key is not known"),
    ],
)
def test_a_fault_names_its_row(text: str, says: str) -> None:
    """What is wrong with an outlet is said with file, row and key."""
    with pytest.raises(OurError) as caught:
        outlets(text)
    assert "/srv/alpha/node.toml" in caught.value.what
    assert says in caught.value.what


@pytest.mark.parametrize(
    ("name", "alarm", "shows", "is_out"),
    [
        ("notice", "", "notices", True),
        ("private", "", "notices alarms", False),
        ("alarm", "FLASH", "alarms", True),
        ("alarm", "PRIVATE_CONFLICT", "alarms", False),
        ("alarm", "PRIVATE_CONFLICTS_UNLISTED", "alarms conflicts", False),
        ("alarm", "PRIVATE_CONFLICT", "alarms private", True),
    ],
)
def test_an_alarm_about_what_is_private_is_private(
    name: str, alarm: str, shows: str, is_out: bool
) -> None:
    """Only an outlet that names what is private shows it, or an alarm about it."""
    assert is_shown(name, {"name": alarm}, read_shows(SUBJECTS, shows)) is is_out
