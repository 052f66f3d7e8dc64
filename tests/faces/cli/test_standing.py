"""Service, offers, checks, the past, statistics: verbs between two real nodes."""

import time
from pathlib import Path
from typing import Any

import pytest

from openline.adapters.neutral import FILE_NAME, read_texts
from openline.domain.errors import OurError
from openline.domain.instant import parse_instant
from openline.faces.cli.faults import Exit, WrongUsage
from openline.faces.cli.statistics import month_window
from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import ALPHA, BRAVO, LINE, Line, Run, wait_until

COMMANDER = ("--by", "commander/Gen. Jones")
RELEASED = ("--released-by", "commander/Gen. Jones")


@pytest.fixture
def alpha(openline: Run, line: Line) -> Officer:
    """The officer at Alpha's node."""
    return Officer(openline, line, "alpha")


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line, "bravo")


def displayed(officer: Officer) -> dict[str, Any]:
    [line] = officer.done("status")["lines"]
    found: dict[str, Any] = line["displayed"]
    return found


def test_a_service_message_is_shown_as_their_word(alpha: Officer, bravo: Officer) -> None:
    """What one side says of a circuit the other shows, until it is taken back."""
    said = bravo.said(
        "service", "maintenance", "New cable.", "--circuit", "primary", "--until", "+2h",
        "--fallback", "secondary",
    )  # fmt: skip
    wait_until(lambda: any(one["serial"] == said for one in displayed(alpha)["services"]))
    assert f"{said}: MAINTENANCE of primary" in alpha("status").out
    assert "use secondary" in alpha("status").out
    assert "Use circuit “secondary” meanwhile." in alpha("log", "show", said).out
    bravo.said("service", "restored", "--circuit", "primary")
    wait_until(lambda: displayed(alpha)["services"] == [])
    over = bravo("service", "outage", "--from", "-3h", "--until", "-2h")
    assert over.code == Exit.REFUSED
    assert "which is over" in over.err


def test_suspend_offer_and_resume(alpha: Officer, bravo: Officer) -> None:
    """A suspension with its basis, an offer by the other side, declined, then accepted."""
    suspended = bravo.said(
        "declare", "suspend", "humanitarian", "--reason", "A strike.", *RELEASED,
        "--article", "Article 4", "--demands", "An inquiry.", "--also-delivered-by", "A note.",
    )  # fmt: skip
    shown = alpha("log", "show", suspended).out
    assert "Its basis: “Article 4”." in shown
    assert "An inquiry." in shown
    offer = ("declare", "offer", "humanitarian", "--at", "+48h", "--text", "Resume?", *COMMANDER)
    first, second = alpha.said(*offer), alpha.said(*offer)
    bravo.said("declare", "decline", first, "--reason", "Not yet.")
    bravo.said(
        "declare", "resume", "humanitarian", "--reason", "Agreed.", *RELEASED,
        "--in-reply-to", second,
    )  # fmt: skip

    def states() -> dict[str, str]:
        return {one["serial"]: one["state"] for one in displayed(alpha)["offers"]}

    wait_until(lambda: states().get(second) == "ACCEPTED")
    assert states()[first] == "DECLINED"
    assert f"{second} offers to resume humanitarian" in bravo("status").out
    assert alpha(*offer).code == Exit.REFUSED, "nothing is suspended any more"


def test_a_check_takes_the_next_approved_text(alpha: Officer, bravo: Officer) -> None:
    """Without words a check has the text whose turn it is, with translations; or none."""
    texts = read_texts(Path("/nowhere"))
    number = displayed(alpha)["checks_due"]["next_number"]
    check = alpha.said("check", "send")
    body = bravo.done("log", "show", check)["body"]
    expected = texts.fields(number, "en")
    assert (body["text"], body["translations"]) == (expected["text"], expected["translations"])
    assert "translated by “Openline”" in bravo("log", "show", check).out
    bravo.said("check", "reply", check)
    silent = alpha.said("check", "send", "--no-message")
    assert "There is no message." in bravo("log", "show", silent).out
    bravo.said("check", "reply", silent)


def test_the_state_at_an_instant_that_is_over(alpha: Officer) -> None:
    """Status tells how the line stood; the time to come is refused."""
    time.sleep(1.2)
    told = alpha.done("status", "--at", "-1s")
    [then] = told["lines"]
    assert then["observed"][ALPHA] == ["UP"]
    assert then["declared"][BRAVO]["air_safety"] == "IN_FORCE"
    assert then["word"] is not None
    assert f"{BRAVO} declared: air_safety" in alpha("status", "--at", "-1s").out
    before = alpha.done("status", "--at", "2020-01-01T00:00:00Z")["lines"][0]
    assert (before["word"], before["observed"][ALPHA]) == (None, [])
    assert set(before["declared"][ALPHA].values()) == {"NOT_IN_FORCE"}
    assert "not known" in alpha("status", "--at", "2020-01-01T00:00:00Z").out
    assert alpha("status", "--at", "+1h").code == Exit.REFUSED


def test_what_was_declared_is_certified(alpha: Officer, tmp_path: Path, openline: Run) -> None:
    """A certificate of what the other side declared is proven from our own node."""
    alpha.said("say", "Something else.")
    time.sleep(2)  # Whatever another test declared just now is further away than the tolerance.
    at = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime())}Z"
    time.sleep(3)
    path = tmp_path / "declared.cert"
    alpha.done("certify", "declared", BRAVO, "--at", at, "--out", path)
    verdict = openline("verify", path, "--json")
    assert verdict.code == 0, verdict.out
    assert "declared at" in verdict.json["conclusion"]
    assert alpha("certify", "declared", BRAVO, "--at", "2020-01-01T00:00:00Z").code != 0
    assert alpha("certify", "declared", "charlie.example", "--at", at).code != 0


def test_statistics_are_equal_on_both_nodes(alpha: Officer, bravo: Officer, line: Line) -> None:
    """Both nodes compute the same bytes from the same record."""
    said = alpha.said("say", "For the record.", "--precedence", "priority")
    bravo.said("read", said)
    window = ("statistics", "--from", "-1h", "--until", "now")
    start, end = int(time.time() * 1000) - 3_600_000, int(time.time() * 1000) + 1_000

    def statements() -> list[dict[str, Any]]:
        return [
            line.client(name).get("/lines", LINE, "statistics", **{"from": start, "until": end})
            for name in ("alpha", "bravo")
        ]

    wait_until(lambda: statements()[0] == statements()[1])
    one, other = statements()
    assert one["sha256"] == other["sha256"]
    assert one["statement"]["parties"][BRAVO]["read"]["PRIORITY"]["done"] >= 1
    assert "line checks to bravo.example" in alpha(*window).out
    assert alpha("statistics").code == 0
    assert alpha("statistics", "--month", "2020-01").out.count("0 messages") == 2


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--month", "November"), "'November' is no month"),
        (("--month", "2026-13"), "'2026-13' is no month"),
        (("--month", "2026-01", "--from", "-1d"), "are two windows"),
    ],
)
def test_windows_that_are_none(alpha: Officer, words: tuple[str, ...], what: str) -> None:
    """A month that is written otherwise, and two windows at once, are refused."""
    outcome = alpha("statistics", *words)
    assert (outcome.code, what in outcome.err) == (Exit.USAGE, True)


def test_a_month_is_a_window_in_utc() -> None:
    """A month goes from its first instant to the first of the next, over the year too."""
    assert month_window("2026-12") == (
        parse_instant("2026-12-01T00:00:00Z"),
        parse_instant("2027-01-01T00:00:00Z"),
    )
    with pytest.raises(WrongUsage):
        month_window("2026-1")


def test_clocks_are_shown(alpha: Officer) -> None:
    """How far the other clock is from ours is shown, with a word for whether that is agreed."""
    [line] = alpha.done("status")["lines"]
    [counterpart] = line["counterparts"]
    assert counterpart["clock"] in ("OK", "OFF")
    assert "its clock is" in alpha("status").out


# --- the list of approved texts ------------------------------------------------------------------


def test_a_list_of_ones_own(tmp_path: Path) -> None:
    """A file in the node's directory takes the place of the list that goes along."""
    (tmp_path / FILE_NAME).write_text(
        'translator = "Lt Ivanova"\ncertified_by = "Col Petrov"\n'
        '[[texts]]\nru = "Снег."\nen = "Snow."\n'
    )
    texts = read_texts(tmp_path)
    assert texts.fields(5, "en") == {
        "text": "Snow.",
        "language": "en",
        "translations": [
            {
                "language": "ru",
                "text": "Снег.",
                "translator": "Lt Ivanova",
                "certified_by": "Col Petrov",
            }
        ],
    }
    assert texts.fields(1, "ar")["language"] == "ru"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("texts = [", "this is not TOML"),
        ('translator = ""', "translator is missing"),
        ('translator = "x"\ncertified_by = 7', "certified_by is no name"),
        ('translator = "x"', "has no texts"),
        ('translator = "x"\n[[texts]]\nen = ""', "text 1 is not a table"),
        ('translator = "x"\n[[texts]]\nen = "a\\nb"', "text 1 is not a table"),
        ('translator = "x"\ntexts = ["a"]', "text 1 is not a table"),
    ],
)
def test_a_list_that_is_none(tmp_path: Path, text: str, what: str) -> None:
    """A list that cannot be used is refused with what is wrong."""
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(OurError, match=what):
        read_texts(tmp_path)


def test_a_list_that_is_no_text(tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused."""
    (tmp_path / FILE_NAME).write_bytes(b"\xff")
    with pytest.raises(OurError, match="cannot be read"):
        read_texts(tmp_path)
