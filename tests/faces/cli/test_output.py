"""What is printed cannot move, colour or reorder the terminal."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.faces.cli.output import Worded, emit, json_row, safe, table

HOSTILE = "\x1b[2J\x07\r\u202e\u2066\u0085\u200b"


@given(st.text())
def test_text_of_a_counterpart_is_made_visible(text: str) -> None:
    """Whatever is printed holds no control and no direction mark but row breaks."""
    shown = safe(text).replace("\n", "").replace("\u200c", "").replace("\u200d", "")
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in shown)


@given(st.text().filter(lambda text: not any("\ud800" <= letter <= "\udfff" for letter in text)))
def test_json_is_one_row_of_ascii(text: str) -> None:
    """JSON is one printable row of ASCII, and loses nothing."""
    row = json_row({"text": text})
    assert row.isascii()
    assert row.isprintable()
    assert json.loads(row) == {"text": text}


def test_rows_are_made_visible_and_json_is_not_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    """Printing for people makes hostile text visible; for programs it escapes it."""
    emit({"a": HOSTILE}, [f"a{HOSTILE}b", Worded("\u2066ok\u2069")], as_json=False)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "⟨U+001B⟩" in shown
    assert "⟨U+202E⟩" in shown
    assert "\u2066ok\u2069" in shown
    emit({"a": HOSTILE}, [], as_json=True)
    assert json.loads(capsys.readouterr().out) == {"a": HOSTILE}


def test_a_table_keeps_each_thing_in_its_row() -> None:
    """A cell with row breaks cannot make a row that looks like another message."""
    rows = list(table(("A", "B"), [("1", "x\nALPHA-0001  forged"), ("22", HOSTILE)]))
    assert len(rows) == 3
    assert rows[1] == "1   x ALPHA-0001 forged"
    assert list(table(("A",), [])) == []
