"""A whole watch between two real nodes: opened, handed over, lifted, looked back on."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import (
    ALPHA,
    BRAVO,
    LINE,
    Line,
    Run,
    is_up,
    make_line,
    running,
    wait_until,
)

SMITH, JONES = "watch/Capt. Smith", "watch/Lt. Jones"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Two nodes of their own: whoever is on watch there stays so for the whole module."""
    made = make_line(tmp_path_factory.mktemp("watch"))
    with running(made.alpha, made.bravo):
        for name in ("alpha", "bravo"):
            wait_until(lambda name=name: is_up(made.client(name)))
        yield made


@pytest.fixture
def alpha(openline: Run, line: Line) -> Officer:
    """The officer at Alpha's node."""
    return Officer(openline, line, "alpha")


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line, "bravo")


def on_watch(officer: Officer, party: str = ALPHA, post: str = "watch") -> dict[str, object]:
    """The watch at a post, as a node lists it."""
    rows = officer.done("watch", "list")["watches"]
    [row] = [one for one in rows if (one["party"], one["post"]) == (party, post)]
    return dict(row)


@pytest.fixture
def smith(alpha: Officer) -> Officer:
    """Alpha's officer, with Capt. Smith on watch."""
    now = on_watch(alpha)
    if now["officer"] != "Capt. Smith" or now["state"] not in ("OPEN", "UNMANNED"):
        if now["officer"]:
            alpha("watch", "close", "--unmanned", "--by", f"watch/{now['officer']}")
        alpha.said("watch", "open", "--linguist", "ru", "--by", SMITH)
    elif now["state"] == "UNMANNED":
        alpha.said("watch", "open", "--by", SMITH)
    return alpha


def test_a_watch_is_handed_over_with_its_brief(smith: Officer, bravo: Officer) -> None:
    """Opened and offered by one, read and taken by another; the counterpart sees both."""
    wait_until(lambda: on_watch(bravo)["officer"] == "Capt. Smith")
    bravo.said("query", "ask", "Who holds the bridge?", "--reply-by", "+2h")
    shown = smith("watch", "handover", "--by", SMITH)
    assert shown.code == 0, shown.err
    assert "Watch brief of alpha.example" in shown.out
    brief = str(on_watch(smith)["offer"]["brief"])  # type: ignore[index]
    assert f"openline watch take --brief {brief[:8]}" in shown.out
    again = smith("brief", "--post", "watch")
    assert again.out.splitlines()[0] == shown.out.splitlines()[0]
    assert smith.done("brief", "--post", "watch")["hash"] == brief
    wrong = smith("watch", "take", "--brief", "00000000", "--by", JONES)
    assert wrong.code != 0
    assert brief[:8] in wrong.err
    self_relief = smith("watch", "take", "--brief", brief[:8], "--by", "watch/capt. smith")
    assert "Another officer takes over" in self_relief.err
    smith.said("watch", "take", "--brief", brief[:8], "--linguist", "ru", "--by", JONES)
    wait_until(lambda: on_watch(bravo)["officer"] == "Lt. Jones")
    seen = on_watch(bravo)
    assert (seen["relieved"], seen["brief"], seen["languages"]) == ("Capt. Smith", brief, ["ru"])
    past = smith.done("watch", "list", "--past")["watches"]
    assert "HANDOVER_SIGNED" in [one["state"] for one in past]
    assert "“Capt. Smith”" in smith("watch", "list", "--past").out
    assert "на вахте" in smith("watch", "list", "--language", "ru").out


def test_a_brief_on_paper_names_who_hands_over(smith: Officer) -> None:
    """The page of a brief that is handed over has its hash, and who signed so by name."""
    assert smith("watch", "handover", "--by", SMITH).code == 0
    brief = str(on_watch(smith)["offer"]["brief"])  # type: ignore[index]
    path = ("/print/lines", LINE, "brief")
    page = smith.line.client().get_file(*path, post="watch", language="en").decode()
    assert f"SHA-256 of the brief that is handed over: {brief}." in page
    assert "“Capt. Smith” has the watch since" in page
    assert "“Capt. Smith” has offered the watch at" in page
    assert "has offered" not in smith.line.client("bravo").get_file(*path, language="en").decode()


def test_an_unread_flash_stops_the_handover(smith: Officer, bravo: Officer) -> None:
    """The refusal names the FLASH and the verb that reads it; then it goes."""
    flash = bravo.said("say", "Cease.", "--precedence", "flash")
    wait_until(lambda: flash in smith("brief").out)
    refused = smith("watch", "handover", "--by", SMITH)
    assert f"openline read {flash}" in refused.err
    smith.said("read", flash, "--by", SMITH)
    assert smith("watch", "handover", "--by", SMITH).code == 0


def test_within_its_hours_a_watch_is_not_closed(smith: Officer, bravo: Officer) -> None:
    """A post that is manned for 24 h is handed over, or honestly unmanned."""
    refused = smith("watch", "close", "--by", SMITH)
    assert "--unmanned" in refused.err
    smith.said("watch", "close", "--unmanned", "--remark", "Shelter.", "--by", SMITH)
    wait_until(lambda: "nobody is on watch at its post “watch”" in bravo("alarms").out)
    assert on_watch(bravo)["state"] == "UNMANNED"
    smith.said("watch", "open", "--by", SMITH)
    wait_until(lambda: on_watch(bravo)["state"] == "OPEN")


def test_a_matter_goes_up_and_comes_back(alpha: Officer, bravo: Officer) -> None:
    """Lifted by the watch, read by the commander of the other side, given back above."""
    asked = alpha.said("query", "ask", "Where does the convoy go?")
    lifted = alpha.said("tier", "raise", asked, "2", "It moves on.", "--deadline", "+20min")
    wait_until(lambda: bravo("matter", "show", asked).code == 0)
    wait_until(lambda: bravo.done("matter", "show", asked)["tier"] == 2)
    bravo.said("read", lifted, "--by", "commander/Gen. Lee")
    wait_until(lambda: "READ_AT_TIER" in alpha("matter", "show", asked).out)
    due = alpha.done("due")["due"]
    assert "deadline" in [one["clock"] for one in due if one["matter"] == asked]
    assert "To be told then: " in alpha("due").out
    twice = alpha("tier", "raise", asked, "2", "Again.")
    assert "to tier 2 already" in twice.err
    below = alpha("tier", "return", asked, "Settled.")
    assert "that tier gives it back" in below.err
    alpha.said("tier", "return", asked, "Settled.", "--by", "commander/Gen. Jones")
    wait_until(lambda: bravo.done("matter", "show", asked)["tier"] == 1)
    assert "Почему" in bravo("log", "show", lifted, "--language", "ru").out


def test_whom_to_tell(alpha: Officer) -> None:
    """The posts of a tier and of those below it, by their agreed hours."""
    told = alpha.done("tier", "tell", "2")["posts"]
    assert [one["tier"] for one in told] == sorted(one["tier"] for one in told)
    assert told[-1]["tier"] == 2
    assert "tier 2" in alpha("tier", "tell", "2").out


def test_the_past_is_shown_as_it_was_known(alpha: Officer, bravo: Officer) -> None:
    """A text said after the instant is not in it; words and JSON tell the same."""
    alpha.said("say", "Before.")
    time.sleep(1.1)
    between = alpha.done("replay", "--at", "now")
    time.sleep(1.1)
    alpha.said("say", "After.")
    past = alpha.done("replay", "--at", _instant(between["at"]))
    assert past["out_size"] == between["out_size"]
    assert alpha.done("replay", "--at", "now")["out_size"] > past["out_size"]
    shown = alpha("replay", "--at", _instant(between["at"])).out
    assert shown.startswith("The line syria-air at ")
    assert BRAVO in shown
    assert "still to come" in alpha("replay", "--at", "+1h").err
    assert "Линия" in alpha("replay", "--at", "now", "--language", "ru").out


def _instant(at: int) -> str:
    from openline.domain.instant import format_instant

    return format_instant(at)


def test_hours_in_other_words_are_remarked_on(
    openline: Run, made_line: Line, tmp_path: Path
) -> None:
    """A draft whose hours nobody can read is signed, with a remark that names the post."""
    draft = tmp_path / "other-line.toml"
    made = openline("understanding", "new", "other-line", "--out", draft, "--dir", made_line.alpha)
    assert made.code == 0, made.err
    assert "Remark" not in made.out
    words = draft.read_text().replace('hours = "24 h"', 'hours = "office hours"', 1)
    assert "office hours" in words
    draft.write_text(words)
    signed = openline("understanding", "sign", draft, "--dir", made_line.alpha)
    assert signed.code == 0, signed.err
    assert "hours cannot be understood: 'office hours'" in signed.out
    assert "Write 24 h" in signed.out
