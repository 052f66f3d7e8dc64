"""The stories: pages that officers read, played on two real nodes with real TLS."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.adapters.clock import SETTING, rehearsal_ahead_ms
from openline.domain.errors import OurError
from openline.faces.cli.main import run
from openline.faces.demo.cable import Condition, laid
from openline.faces.demo.script import Result, names, parse, read, rounds_of

PAGE = """# A title

What is told before.

## The act

1. Alpha asks. ALPHA: `openline query ask
   "Why?"` **gives** {query}
2. **2 h pass**
3. Nothing to do.

## Must hold

- BRAVO: `openline due` **says** `query {query}` **says not** `warning`
- ALPHA: `openline query close BRAVO-0001` **refused** `There is no message`
"""


@pytest.mark.parametrize("name", names())
def test_a_story_holds(name: str, tmp_path: Path) -> None:
    """Two node processes play the story, and everything that must hold does."""
    # In a process of its own: nodes of other tests share this one's environment.
    arguments = ["demo", "--story", name, "--once", "--json", "--dir", str(tmp_path / "demo")]
    done = subprocess.run(
        [sys.executable, "-m", "openline", *arguments], capture_output=True, text=True, timeout=240
    )
    row = json.loads(done.stdout.splitlines()[-1])
    assert row["is_held"], (row["fault"], done.stderr[-4_000:])
    assert done.returncode == 0


@pytest.mark.parametrize("name", names())
def test_a_story_says_what_must_hold(name: str) -> None:
    """Each page has a title, words before it begins, and a last section of what must hold."""
    page = read(name)
    assert page.about
    assert page.sections[-1][0] == "Must hold"
    kept = {one.sort for _, items in page.sections for i in items for one in i.results}
    assert kept


def test_a_page_is_read_item_by_item() -> None:
    """Acts, results, time and words are told apart, over broken rows too."""
    page = parse("page", PAGE)
    assert (page.title, page.about) == ("A title", ("What is told before.",))
    act, time, words = page.sections[0][1]
    assert (act.who, act.command) == ("ALPHA", 'openline query ask "Why?"')
    assert act.results == (Result("gives", name="query"),)
    assert time.passes_ms == 7_200_000
    assert (words.who, words.words) == ("", "Nothing to do.")
    due, close = page.sections[1][1]
    assert due.results == (Result("says", "query {query}"), Result("says not", "warning"))
    assert close.results == (Result("refused", "There is no message"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("No title\n", "has no title"),
        (PAGE.replace("## Must hold", "## Later"), "Nothing must hold"),
        (PAGE.replace("2 h pass", "two hours pass"), "is no time"),
        (PAGE.replace("BRAVO: ", ""), "who does this"),
        (PAGE.replace("## The act", "## The act, 51 times"), "is too often"),
        (PAGE.replace("2 h pass", "the cable `primary` is bent"), "what is a cable that"),
    ],
)
def test_a_page_that_cannot_be_played_is_refused(text: str, says: str) -> None:
    """What is missing or not understood is named, with what to write."""
    with pytest.raises(OurError, match=says) as caught:
        parse("page", text)
    assert caught.value.remedy


def test_a_heading_says_how_often() -> None:
    """A section without a number is played once."""
    assert [rounds_of(one) for one in ("The act", "The act, 12 times")] == [1, 12]


def test_the_cables_of_a_page_are_its_circuits() -> None:
    """What is cut and mended is read, and each circuit is named once."""
    cut, mended = "**The cable `b` is cut**", "**the cable `b` is mended**"
    page = parse("page", PAGE.replace("3. Nothing", f"3. {cut}\n4. {mended}\n5. Nothing"))
    assert page.cables == ("b",)
    conditions = [item.condition for item in page.sections[0][1] if item.cable]
    assert conditions == [Condition.CUT, Condition.WHOLE]
    assert parse("page", PAGE).cables == ()


@contextlib.contextmanager
def echoing() -> Iterator[int]:
    """A port that sends back what comes, of one connection after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    accepted, _ = listening.accept()
                    with accepted:
                        while piece := accepted.recv(1_024):
                            accepted.sendall(piece)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def test_a_cable_carries_holds_and_cuts() -> None:
    """Whole it carries; silent it loses nothing; cut it ends what stands and takes nothing."""
    with echoing() as port, laid(("primary",)) as cables:
        cable = cables.to(0, "primary")
        cable.lead_to(port)
        dialled = socket.create_connection(("127.0.0.1", cable.port), timeout=20)
        with dialled:
            dialled.sendall(b"one")
            assert dialled.recv(3) == b"one"
            cables.be(Condition.SILENT, "primary")
            assert not cables.is_any_whole
            dialled.sendall(b"two")
            dialled.settimeout(0.2)
            with pytest.raises(TimeoutError):
                dialled.recv(3)
            dialled.settimeout(20)
            cables.be(Condition.WHOLE, "primary")
            assert cables.are_whole
            assert dialled.recv(3) == b"two"
            cables.be(Condition.CUT, "primary")
            assert dialled.recv(3) == b""
        with socket.create_connection(("127.0.0.1", cable.port), timeout=20) as again:
            again.settimeout(20)
            with contextlib.suppress(ConnectionResetError):
                assert again.recv(3) == b""


def test_a_story_that_is_not_there_names_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong name is a wrong usage that lists the stories."""
    assert run(["demo", "--story", "atlantis"]) == 2
    assert "khasham" in capsys.readouterr().err
    assert run(["demo", "--story", "list"]) == 0
    assert "khasham: Khasham" in capsys.readouterr().out


def test_the_clock_of_a_rehearsal_is_told_by_its_file(tmp_path: Path) -> None:
    """The milliseconds in the file count; a wrong file is told with the setting."""
    clock = tmp_path / "clock"
    environment = {SETTING: str(clock)}
    clock.write_text("86400000")
    assert rehearsal_ahead_ms(environment) == 86_400_000
    assert rehearsal_ahead_ms({}) == 0
    for wrong in ("", "soon", "-1", "9" * 30):
        clock.write_text(wrong)
        with pytest.raises(OurError, match=SETTING):
            rehearsal_ahead_ms(environment)
