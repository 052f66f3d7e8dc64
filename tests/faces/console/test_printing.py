"""One template writes every page: what is put into it is shown, and nothing of it acts."""

import re
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.adapters.wording import LANGUAGES, Facts, Wording
from openline.adapters.wording.printing import WORDS, page_words
from openline.domain.talk.body import By
from openline.domain.talk.message import Message
from openline.domain.talk.text import Text
from openline.faces.console.printing import (
    POLICY,
    Page,
    Part,
    Picture,
    Rows,
    Section,
    Table,
    Way,
    changed,
    data,
    english,
    flat,
    free,
    said_in_rows,
    said_rows,
    style,
    write_page,
)
from tests.domain.talk.strategies import messages
from tests.faces.console.reader import ATTRIBUTES, Reader, check_harmless

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><style>*{display:none}</style>",
    "</p></td></table><h1>Not ours</h1>",
    "<!-- and the rest is gone",
    "<svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; &#60;b&#62;",
    "]]></title></head><base href=//evil.example>",
    "\u202egnihton\u202c \u200b\u2066\u2067",
    "\x1b[2J\x07\x00",
    "G\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
    "javascript:alert(1)",
    "ALPHA-0012 \u0410LPHA-0012",
)


def written(parts: list[Part], language: str = "en") -> str:
    """A page with the parts in a row and in a table."""
    table = Table(["One"], [[parts]])
    page = Page("Title", parts, [Section("Heading", [Rows(parts), table])])
    return write_page(page, Wording(language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_hostile_words_are_shown_and_do_nothing(hostile: str, language: str) -> None:
    """Mark-up, script, and what steers letters become words, in each sort of part."""
    parts = [
        free(hostile, hostile),
        data(hostile),
        english(hostile),
        changed([{"same": hostile, "ours": hostile, "theirs": hostile}]),
    ]
    read = check_harmless(written(parts, language))
    harmless = written([free("words", "en")] * 3 + [changed([])], language)
    assert read.tags.count("h1") == Reader(harmless).tags.count("h1") == 1
    for letter in hostile:
        shown = f"⟨U+{ord(letter):04X}⟩"
        assert letter in read.words or shown in read.words


def test_hostile_addresses_stay_in_their_attributes() -> None:
    """A picture's or a link's address with quotation marks ends no attribute."""
    hostile = '/x" onerror="alert(1)'
    picture, way = Picture(hostile, hostile), Way(hostile, hostile)
    read = Reader(write_page(Page("T", [], [Section("", [picture, way])]), Wording("en")))
    assert set(read.attributes) <= ATTRIBUTES
    assert read.attributes["src"] == [hostile]
    assert read.attributes["href"] == ["/print/style.css", hostile]


@settings(max_examples=60)
@given(message=messages, language=st.sampled_from(LANGUAGES))
def test_any_message_makes_a_harmless_page(message: Message, language: str) -> None:
    """Whatever a message holds, its page has our elements alone and steers nothing."""
    facts = Facts("alpha.example", "Alpha", "syria-air", 3, 0)
    rows = list(said_rows(Wording(language).message(message, facts)))
    check_harmless(written(rows, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_people_stand_in_their_own_direction(language: str) -> None:
    """Free words, typed or in a message, stand in an element that finds its own direction."""
    text = Text(By("watch", "Lt Smith"), "ar", "سقطت قنبلة.\n\n<b>two</b>")
    facts = Facts("alpha.example", "Alpha", "syria-air", 3, 0)
    rows = list(said_rows(Wording(language).body(text, facts)))
    page = written([*rows, free("نعم", "ar")], language)
    assert '<p class="free" dir="auto">سقطت قنبلة.</p>' in page
    assert '<p class="free" dir="auto">&lt;b&gt;two&lt;/b&gt;</p>' in page
    assert '<p class="free" dir="auto" lang="ar">نعم</p>' in page


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ru", "ltr"), ("ar", "rtl")])
def test_a_page_runs_as_its_language_does(language: str, direction: str) -> None:
    """The whole page names its language and runs in its direction; data runs left to right."""
    page = written([data("ALPHA-0012")], language)
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert '<bdi dir="ltr">ALPHA-0012</bdi>' in page


def test_a_megabyte_of_words_is_a_page() -> None:
    """Words as large as a megabyte are written whole, and the style breaks them anywhere."""
    long = "W" * 1_048_576
    assert written([free(long)]).count(long) == 3
    assert b"overflow-wrap: anywhere" in style()


def test_nothing_in_a_page_runs_or_is_loaded_from_elsewhere() -> None:
    """The policy allows style and pictures of the node alone; the template has no script."""
    assert POLICY.startswith("default-src 'none'; style-src 'self'; img-src 'self'")
    assert "script" not in POLICY
    template = (files("openline.faces.console") / "templates" / "page.html").read_text("utf-8")
    assert not re.search(r"<script|<style|style=|\bon\w+=|\|\s*safe|autoescape|https?:", template)
    assert b"url(" not in style()
    assert b"@import" not in style()


def test_paper_is_numbered_and_heads_are_repeated() -> None:
    """The style asks for A4, for numbered sheets, and for heads of tables on each."""
    sheet = style().decode()
    assert "size: A4 portrait" in sheet
    assert "counter(page)" in sheet
    assert "display: table-header-group" in sheet


def test_rows_under_a_title_are_set_below_it() -> None:
    """A row with others indented under it is their title."""
    parts = list(said_in_rows(["The line is active.", "Circuits:", "  primary: up", "Keys."]))
    assert [part.sort for part in parts] == ["said", "title", "below", "said"]
    assert parts[2].text == "primary: up"


def test_counts_inside_each_other_become_rows() -> None:
    """Each count has its path; what is not known has no row."""
    assert list(flat({"read": {"FLASH": 2, "median_ms": None}, "held": 3})) == [
        ("read.FLASH", "2"),
        ("held", "3"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_words_of_pages_can_be_said(language: str) -> None:
    """Each name has a sentence in each language, with places for its values."""
    wording = Wording(language)
    for name, sentence in WORDS.items():
        values = {place: "1" for place in re.findall(r"\{(\w+)\}", sentence)}
        assert page_words(wording, name, **values)


def test_all_words_of_pages_are_asked_for() -> None:
    """No sentence is kept for pages that none asks for."""
    folder = files("openline.faces.console")
    source = "".join(one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".py"))
    made = {name for name in WORDS if name.startswith(("role_", "step_"))}
    made |= {"recorded", "received", "observed", "answered", "PROVEN", "REFUTED", "UNPROVEN"}
    assert [name for name in WORDS if f'"{name}"' not in source and name not in made] == []
