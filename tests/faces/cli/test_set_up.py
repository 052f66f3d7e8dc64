"""From nothing to an adopted Understanding, with files alone."""

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from openline.app.config import load_config
from openline.domain.limits import ROOTS_MAX
from openline.domain.line.card import fingerprint_words
from openline.domain.line.understanding_toml import from_toml, to_toml
from openline.domain.record.verification import root_fingerprint
from openline.faces.cli.cards import read_card
from openline.faces.cli.faults import Exit
from tests.faces.conftest import (
    ALPHA,
    BRAVO,
    LINE,
    Line,
    Run,
    make_line,
    running,
    wait_until,
)


def init(openline: Run, directory: Path, party: str = ALPHA, *more: object) -> None:
    """Make a node that listens on this machine."""
    done = openline(
        "init", "--dir", directory, "--party", party, "--listen", "127.0.0.1:7411", *more
    )
    assert done.code == 0, done.err


def test_a_new_node_has_private_keys_and_a_card(openline: Run, tmp_path: Path) -> None:
    """A new node has settings, keys for its owner alone, and a card that verifies."""
    made = openline(
        "init", "--dir", tmp_path / "a", "--party", ALPHA, "--listen", "127.0.0.1:7411",
        "--listen", "sat=127.0.0.1:7412", "--title", "en=Alpha Air", "--title", "ru=Альфа",
        "--roots", 3, "--threshold", 2, "--json",
    ).json  # fmt: skip
    config = load_config(tmp_path / "a")
    assert [one.circuit for one in config.listeners] == ["primary", "sat"]
    card = read_card(config.own_card).card
    assert (card.party, len(card.roots), card.threshold) == (ALPHA, 3, 2)
    assert card.titles == (("en", "Alpha Air"), ("ru", "Альфа"))
    assert [(one.name, one.port) for one in card.endpoints] == [("primary", 7411), ("sat", 7412)]
    assert made["words"] == fingerprint_words(card)
    for path in [config.directory, *config.keys.rglob("*.key"), config.keys]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_nothing_is_overwritten(openline: Run, tmp_path: Path) -> None:
    """Making a node where one is changes nothing and says so."""
    init(openline, tmp_path / "a")
    before = {path: path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()}
    again = openline("init", "--dir", tmp_path / "a", "--party", BRAVO)
    assert again.code == Exit.REFUSED
    assert "holds a node already" in again.err
    after = {path: path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize(
    "words",
    [
        ("--party", "Alpha"),
        ("--party", ALPHA, "--listen", "nowhere"),
        ("--party", ALPHA, "--listen", "h:1", "--listen", "h:2"),
        ("--party", ALPHA, "--language", "english"),
        ("--party", ALPHA, "--threshold", 2),
        ("--party", ALPHA, "--title", "Alpha"),
        ("--party", ALPHA, "--officer", ""),
        ("--party", ALPHA, "--roots", -1),
        ("--party", ALPHA, "--roots", ROOTS_MAX + 1),
        ("--party", ALPHA, "--language", "de"),
        ("--party", ALPHA, "--title", f"en={'x' * 1_000}"),
        ("--party", ALPHA, "--title", "english language=Alpha"),
        ("--party", ALPHA, "--advertise", "h:1", "--advertise", "h:2"),
    ],
)
def test_a_node_is_made_whole_or_not_at_all(
    openline: Run, tmp_path: Path, words: tuple[object, ...]
) -> None:
    """What is wrong with a new node is found before anything is made."""
    refused = openline("init", "--dir", tmp_path / "a", *words)
    assert refused.code in (Exit.REFUSED, Exit.USAGE)
    assert not (tmp_path / "a").exists()


def test_what_an_init_left_behind_is_told(openline: Run, tmp_path: Path) -> None:
    """Keys without settings are never overwritten; what they may be is said."""
    (tmp_path / "a" / "keys").mkdir(parents=True)
    refused = openline("init", "--dir", tmp_path / "a", "--party", ALPHA)
    assert refused.code == Exit.REFUSED
    assert "keys without settings" in refused.err
    assert list((tmp_path / "a").iterdir()) == [tmp_path / "a" / "keys"]


def test_a_node_that_cannot_be_dialled_is_told(openline: Run, tmp_path: Path) -> None:
    """A card without an address is made, and what that means is said."""
    made = openline("init", "--dir", tmp_path / "a", "--party", ALPHA)
    assert made.code == 0
    assert "The card gives no address" in made.out


def test_a_card_is_printed_written_and_shown(
    openline: Run, made_line: Line, tmp_path: Path
) -> None:
    """Our own card is printed as it is kept, and shown with words and a QR code."""
    kept = (made_line.alpha / "cards" / f"{ALPHA}.card").read_text()
    assert openline("card", "--dir", made_line.alpha).out == kept
    out = tmp_path / "alpha.card"
    written = openline("card", "--dir", made_line.alpha, "--out", out, "--json").json
    assert out.read_text() == kept
    shown = openline("card", "show", out, "--qr")
    assert written["fingerprint"] in shown.out
    for word in written["words"]:
        assert word in shown.out
    assert "█" in shown.out
    assert openline("card", "--dir", made_line.alpha, "--out", out).code == Exit.REFUSED


def test_a_card_is_kept_only_if_it_is_sound(openline: Run, made_line: Line, tmp_path: Path) -> None:
    """A card that was changed, is our own, or replaces another is refused."""
    init(openline, tmp_path / "a")
    init(openline, tmp_path / "b", BRAVO)
    known = made_line.bravo / "cards" / f"{BRAVO}.card"
    add = ("card", "add", "--dir", tmp_path / "a")
    assert openline(*add, known).code == 0
    assert openline(*add, known).code == 0
    other = tmp_path / "b" / "cards" / f"{BRAVO}.card"
    refused = openline(*add, other)
    assert refused.code == Exit.REFUSED
    assert "--replace" in refused.err
    assert openline(*add, other, "--replace").code == 0
    rows = known.read_text().splitlines()
    rows[3] = rows[3][::-1]
    (tmp_path / "changed.card").write_text("\n".join(rows))
    changed = openline(*add, tmp_path / "changed.card")
    assert changed.code == Exit.UNREADABLE
    assert "changed.card" in changed.err
    own = openline(*add, tmp_path / "a" / "cards" / f"{ALPHA}.card")
    assert own.code == Exit.REFUSED
    assert openline(*add, tmp_path / "absent").code == Exit.UNREADABLE


def test_a_card_is_made_anew_with_the_roots(openline: Run, tmp_path: Path) -> None:
    """A new card keeps what is not given, and needs the root keys."""
    init(openline, tmp_path / "a", ALPHA, "--title", "en=Alpha Air")
    made = openline(
        "card", "make", "--dir", tmp_path / "a", "--advertise", "line.example:1", "--json"
    ).json
    assert made["titles"] == {"en": "Alpha Air"}
    assert made["endpoints"] == [{"circuit": "primary", "host": "line.example", "port": 1}]
    roots = tmp_path / "a" / "keys" / "root"
    roots.rename(tmp_path / "roots")
    assert openline("card", "make", "--dir", tmp_path / "a").code == Exit.REFUSED
    again = openline("card", "make", "--dir", tmp_path / "a", "--roots", tmp_path / "roots")
    assert again.code == 0


def test_an_understanding_is_drafted_signed_and_adopted(
    openline: Run, made_line: Line, tmp_path: Path
) -> None:
    """Both parties sign the same bytes; only with all signatures is it adopted."""
    draft, signed = tmp_path / "gulf.toml", tmp_path / "gulf.understanding"
    alpha, bravo = ("--dir", made_line.alpha), ("--dir", made_line.bravo)
    card = made_line.bravo / "cards" / f"{BRAVO}.card"
    new = ("understanding", "new", "gulf", card, "--template", "maritime", "--out", draft)
    assert openline(*new, *alpha).code == 0
    assert "# default" in draft.read_text()
    assert openline(*new, *alpha).code == Exit.REFUSED  # Never overwritten.
    first = openline("understanding", "sign", draft, *alpha, "--json").json
    assert first["missing"] == {BRAVO: [0, 1]}
    early = openline("understanding", "adopt", signed, *alpha)
    assert early.code == Exit.REFUSED
    assert "bravo.example has 0 of 1" in early.err
    assert "openline understanding sign" in early.err
    again = openline("understanding", "sign", signed, *alpha).out
    assert f"Next: hand {signed} to {BRAVO} to sign." in again
    both = openline("understanding", "sign", signed, *bravo, "--json").json
    assert both["hash"] == first["hash"]
    assert both["missing"] == {}
    ready = openline("understanding", "sign", signed, *bravo).out
    assert f"Next: every party adopts {signed}" in ready
    shown = openline("understanding", "show", signed).out
    assert "bravo.example: signed" in shown
    assert from_toml(shown, "shown") == from_toml(draft.read_text(), str(draft))


def test_terms_with_other_keys_are_not_adopted(
    openline: Run, made_line: Line, tmp_path: Path
) -> None:
    """A node of the same name with keys of its own cannot adopt terms that name others."""
    init(openline, tmp_path / "stranger")
    signed = made_line.alpha / "lines" / f"{LINE}.understanding"
    refused = openline("understanding", "adopt", signed, "--dir", tmp_path / "stranger")
    assert refused.code == Exit.REFUSED
    assert "another node key" in refused.err
    assert not list((tmp_path / "stranger" / "lines").iterdir())


def test_a_fault_in_a_draft_is_one_of_the_file(
    openline: Run, made_line: Line, tmp_path: Path
) -> None:
    """A draft that is no TOML, or holds what is not known, is named with its row."""
    for rows, where in (("colour = 1\n", "row 1"), ("line = \n", "line 1")):
        draft = tmp_path / "draft.toml"
        draft.write_text(rows)
        refused = openline("understanding", "sign", draft, "--dir", made_line.alpha)
        assert refused.code == Exit.UNREADABLE
        assert str(draft) in refused.err
        assert where in refused.err


def test_signatures_are_merged_only_for_the_same_terms(
    openline: Run, made_line: Line, tmp_path: Path
) -> None:
    """Each may sign the draft alone; merging takes signatures of the same terms only."""
    draft = tmp_path / "x.toml"
    alpha, bravo = ("--dir", made_line.alpha), ("--dir", made_line.bravo)
    openline("understanding", "new", "strait", "--out", draft, *alpha)
    ours, theirs = tmp_path / "ours.understanding", tmp_path / "theirs.understanding"
    openline("understanding", "sign", draft, "--out", ours, *alpha)
    openline("understanding", "sign", draft, "--out", theirs, *bravo)
    merged = openline(
        "understanding", "sign", ours, "--merge", theirs, "--out", tmp_path / "both", *alpha,
        "--json",
    ).json  # fmt: skip
    assert merged["missing"] == {}
    terms = from_toml(draft.read_text(), str(draft))
    draft.write_text(to_toml(replace(terms, text="Other words.")))
    other = openline("understanding", "sign", draft, "--merge", theirs, *alpha)
    assert other.code == Exit.REFUSED
    assert "text" in other.err
    over = openline("understanding", "sign", draft, "--out", ours, *alpha)
    assert over.code == Exit.REFUSED


def test_two_understandings_are_compared_by_field(
    openline: Run, made_line: Line, tmp_path: Path
) -> None:
    """A difference is named by field; the same terms end with 0."""
    alpha = ("--dir", made_line.alpha)
    same = openline("understanding", "diff", LINE, LINE, *alpha)
    assert (same.code, same.out) == (0, "They are the same.\n")
    other = tmp_path / "other.toml"
    shown = openline("understanding", "show", LINE, *alpha).out
    terms = from_toml(shown, "shown")
    timers = replace(terms.timers, tick_ms=5_000)
    other.write_text(to_toml(replace(terms, timers=timers)))
    differ = openline("understanding", "diff", LINE, other, *alpha, "--json")
    assert differ.code == Exit.REFUSED
    [row] = differ.json["difference"]
    assert row.startswith("timers.tick")


@pytest.mark.parametrize("data", [b"", b"\xa2", b"\xff\xfe", b"line = 7\n", b"\xa1" * 5_000])
def test_what_is_no_understanding_is_refused(
    openline: Run, made_line: Line, tmp_path: Path, data: bytes
) -> None:
    """A file that is no Understanding is refused by name, whatever it holds."""
    path = tmp_path / "x"
    path.write_bytes(data)
    for words in (("sign", path), ("adopt", path), ("show", path)):
        refused = openline("understanding", *words, "--dir", made_line.alpha)
        assert refused.code in (Exit.REFUSED, Exit.UNREADABLE)
        assert str(path) in refused.err
    absent = openline("understanding", "show", "no-such-line", "--dir", made_line.alpha)
    assert absent.code == Exit.UNREADABLE


def test_keys_are_listed_without_their_secrets(openline: Run, made_line: Line) -> None:
    """The list of keys shows roles, ids and files, and nothing secret."""
    listed = openline("keys", "list", "--dir", made_line.alpha)
    for role in ("node", "witness", "mirror", "tls", "root"):
        assert f"\n{role} " in listed.out
    for path in (made_line.alpha / "keys").rglob("*.key"):
        for row in path.read_text().splitlines():
            if " = " in row and not row.startswith(("party", "role")):
                assert row.split(" = ")[1] not in listed.out


def test_root_keys_are_shown_whole(openline: Run, made_line: Line) -> None:
    """Card, key list and Understanding each show the whole fingerprint that verify names."""
    alpha = ("--dir", made_line.alpha)
    card = read_card(made_line.alpha / "cards" / f"{ALPHA}.card").card
    whole = root_fingerprint(card.roots[0])
    for words in (("card", "show"), ("keys", "list"), ("understanding", "show", LINE)):
        assert re.search(rf"root key +{whole}\n", openline(*words, *alpha).out), words
    assert openline("card", "show", *alpha, "--json").json["root_keys"] == [whole]
    listed = openline("keys", "list", *alpha, "--json").json["keys"]
    assert [one["fingerprint"] for one in listed if one["role"] == "root"] == [whole]
    shown = openline("understanding", "show", LINE, *alpha, "--json").json
    assert shown["root_keys"][ALPHA] == [whole]


def test_the_version_in_force_is_shown(openline: Run, tmp_path: Path) -> None:
    """A running node shows the version in force, a stopped one the newest, and each says so."""
    line = make_line(tmp_path)
    alpha, bravo = ("--dir", line.alpha), ("--dir", line.bravo)
    show = ("understanding", "show", LINE, *alpha)
    with running(line.alpha, line.bravo):
        terms = from_toml(openline(*show).out, "shown")
        draft, signed = tmp_path / "2.toml", tmp_path / "2.understanding"
        draft.write_text(to_toml(replace(terms, version=2, text="Second.")))
        assert openline("understanding", "sign", draft, *alpha).code == 0
        assert openline("understanding", "sign", signed, *bravo).code == 0
        assert openline("understanding", "adopt", signed, *alpha).code == 0
        early = openline(*show)
        assert early.out.startswith(f"# Version 1 of {LINE} is in force")
        assert "# Version 2 is adopted here and not yet by all." in early.out
        assert openline("understanding", "adopt", signed, *bravo).code == 0
        wait_until(lambda: openline(*show, "--json").json["version"] == 2)
        shown = openline(*show)
        assert shown.out.startswith(f"# Version 2 of {LINE} is in force")
        assert from_toml(shown.out, "shown").text == "Second."
        assert openline(*show, "--json").json["in_force"] is True
        same = openline("understanding", "diff", LINE, draft, *alpha)
        assert (same.code, same.out) == (0, "They are the same.\n")
        assert f"Version 2 of {LINE} is in force" in same.err
    stopped = openline(*show)
    assert stopped.out.startswith(f"# Version 2 of {LINE} is the newest that was adopted here.")
    assert openline(*show, "--json").json["in_force"] is None
