"""The verbs `people` and `draft` at real nodes."""

import json
from pathlib import Path

import pytest

from openline.faces.cli.faults import Exit
from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import Line, Run, wait_until


@pytest.fixture
def alpha(openline: Run, line: Line) -> Officer:
    """The officer at Alpha's node."""
    return Officer(openline, line, "alpha")


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line, "bravo")


def test_people_are_added_listed_disabled_and_reset(alpha: Officer) -> None:
    """Somebody is added with roles and posts, listed, disabled, enabled and reset."""
    who = ("--role", "watch_officer", "--role", "linguist", "--post", "watch")
    added = alpha("people", "add", "Capt. Smith", *who)
    assert added.code == 0, added.err
    assert added.out.startswith("Capt. Smith is added: linguist, watch_officer; posts watch.")
    listed = alpha("people", "list").out
    assert "Capt. Smith  linguist, watch_officer  watch" in listed
    assert "is disabled" in alpha("people", "disable", "Capt. Smith").out
    assert "DISABLED" in alpha("people", "list").out
    again = alpha("people", "add", "capt. SMITH", *who)
    assert (again.code, "openline people enable" in again.err) == (Exit.REFUSED, True)
    assert "may act again" in alpha("people", "enable", "Capt. Smith").out
    by = ("--by", "commander/Maj. Root")
    assert "neither password nor passkey" in alpha("people", "reset", "Capt. Smith", *by).out
    [one] = [one for one in alpha.done("people", "list")["people"] if one["name"] == "Capt. Smith"]
    assert one["changed_by"] == {"post": "commander", "officer": "Maj. Root"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "X", "--role", "king", "--post", "watch"), Exit.USAGE, "king"),
        (("add", "X", "--role", "observer"), Exit.USAGE, "--post is missing"),
        (("add", "X", "--role", "observer", "--post", "kitchen"), Exit.REFUSED, "is no post of"),
        (
            ("add", "X\u202ey", "--role", "observer", "--post", "watch"),
            Exit.REFUSED,
            "unseen character",
        ),
        (("disable", "Nobody"), Exit.REFUSED, "Nobody is called"),
        (("link", "Nobody"), Exit.REFUSED, "Nobody is called"),
    ],
)
def test_what_is_refused_about_people(
    alpha: Officer, words: tuple[str, ...], code: Exit, said: str
) -> None:
    """What makes no sense is refused with what to do, and nobody is added."""
    refused = alpha("people", *words)
    assert refused.code == code, refused.out
    assert said in refused.err


def test_a_link_needs_a_port(alpha: Officer) -> None:
    """Without [officers] in node.toml there is no link, and the error says what to write."""
    alpha("people", "add", "Linked One", "--role", "observer", "--post", "watch")
    refused = alpha("people", "link", "Linked One")
    assert refused.code == Exit.REFUSED
    assert "[officers]" in refused.err


def test_a_declaration_waits_for_a_second_person(alpha: Officer, bravo: Officer) -> None:
    """A declaration is left as a draft; another person than who drafted it releases it."""
    drafter, commander = ("--by", "watch/Capt. Smith"), ("--by", "commander/Gen. Jones")
    kept = alpha.done(
        "declare", "suspend", "air_safety", "--reason", "Strike.", "--draft", *drafter
    )
    name = kept["draft"]
    assert name in alpha("draft", "list").out
    assert "Strike." in alpha("draft", "show", name).out
    own = alpha("draft", "release", name, "--by", "commander/capt. smith")
    assert (own.code, "drafted it" in own.err) == (Exit.REFUSED, True)
    released = alpha("draft", "release", name, *commander)
    assert released.code == 0, released.err
    serial = released.out.partition(":")[0]
    late = alpha("draft", "release", name, "--by", "commander/Gen. Brown")
    assert "was released by Gen. Jones" in late.err
    wait_until(lambda: bravo("log", "show", serial).code == 0)
    shown = bravo("log", "show", serial).out
    assert "Capt. Smith" in shown
    assert "Gen. Jones" in shown
    assert "RELEASED by Gen. Jones" in alpha("draft", "list").out
    assert name not in bravo("draft", "list").out
    resumed = alpha.done(
        "declare", "resume", "air_safety", "--reason", "Over.", "--draft", *drafter
    )
    alpha.done("draft", "release", resumed["draft"], *commander)


def test_a_second_person_is_named_or_awaited(alpha: Officer) -> None:
    """A declaration names its second person or is left as a draft, not both and not neither."""
    words = ("declare", "suspend", "air_safety", "--reason", "x")
    assert "--released-by is missing" in alpha(*words).err
    both = alpha(*words, "--draft", "--released-by", "commander/Gen. Jones")
    assert (both.code, "do not go together" in both.err) == (Exit.USAGE, True)


def test_a_draft_of_any_kind_comes_from_a_file(alpha: Officer, tmp_path: Path) -> None:
    """The fields of a text in a file become a draft, which is rejected and never said."""
    file = tmp_path / "text.json"
    file.write_text(json.dumps({"language": "en", "text": "Perhaps."}))
    kept = alpha.done("draft", "keep", "text", file)
    rejected = alpha("draft", "reject", kept["draft"], "--reason", "Not now.")
    assert rejected.out == f"{kept['draft']}: REJECTED.\n"
    assert "Not now." in alpha("draft", "release", kept["draft"], "--by", "watch/X").err
    file.write_text("no JSON")
    assert alpha("draft", "keep", "text", file).code == Exit.UNREADABLE
    file.write_text('{"language": "en", "texte": "x"}')
    assert "Did you mean" in alpha("draft", "keep", "text", file).err
