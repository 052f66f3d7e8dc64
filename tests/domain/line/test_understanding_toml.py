import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError
from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.domain.line.templates import TEMPLATES, template_understanding
from openline.domain.line.terms import Understanding
from openline.domain.line.understanding_toml import from_toml, template_toml, to_toml
from openline.domain.space.altitude import Atmosphere
from tests.domain.line.parties import two_cards
from tests.domain.line.test_understanding import rich

AIR = template_toml("air", "syria-air", two_cards())


def read(text: str) -> Understanding:
    """The terms of a file named terms.toml."""
    return from_toml(text, "terms.toml")


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_template_reads_back(template: str) -> None:
    """The file of a template gives its terms, and these give the file again."""
    text = template_toml(template, "a-line", two_cards())
    terms = template_understanding(template, "a-line", two_cards())
    assert read(text) == terms
    assert to_toml(read(text)) == text


def test_all_terms_read_back() -> None:
    """Terms with an entry in every table come back equal from their file."""
    assert read(to_toml(rich())) == rich()


@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from('\n"\\#')))
def test_any_agreed_words_read_back(text: str) -> None:
    """Quotes, backslashes and rows in the agreed words survive the file."""
    import unicodedata

    terms = replace(rich(), text=unicodedata.normalize("NFC", text))
    assert read(to_toml(terms)) == terms


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_default_is_labelled(template: str) -> None:
    """In a new file each scope, timer, minimum and lead time is marked as a default."""
    text = template_toml(template, "a-line", two_cards())
    shown = tomllib.loads(text)
    rows = text.splitlines()
    for name in ("scopes", "notices_live_max", *shown["timers"]):
        assert [row.endswith("  # default") for row in rows if row.startswith(f"{name} = ")] == [
            True
        ]
    for name in ("separations", "lead_times"):
        assert rows.count(f"[[{name}]]  # default") == len(shown[name])
        assert f"[[{name}]]" not in rows


def test_what_was_changed_is_no_default() -> None:
    """A changed value has no label; the others keep theirs."""
    text = to_toml(read(AIR.replace('tick = "10 s"', 'tick = "5 s"')))
    assert 'tick = "5 s"\n' in text
    assert 'clock_tolerance = "2 s"  # default\n' in text


def test_entries_may_stand_in_any_order() -> None:
    """The order of entries in a file does not change the terms."""
    terms = rich()
    text = to_toml(terms)
    head, *points = text.split("[[reference_points]]\n")
    tail = points[1].split("\n\n", 1)
    swapped = f"{head}[[reference_points]]\n{tail[0]}\n\n[[reference_points]]\n{points[0]}{tail[1]}"
    assert swapped != text
    assert read(swapped) == terms


def test_values_may_be_written_in_other_units() -> None:
    """Units may differ, and heights are rounded to decimetres."""
    text = AIR.replace('lateral = "5 NM"', 'lateral = "9.26 km"', 1)
    text = text.replace('vertical = "1000 ft"', 'vertical = "300.04m"', 1)
    text = text.replace('minimum = "1 h"', 'minimum = "90 MIN"')
    terms = read(text)
    assert terms.separations[0].lateral_m == 9_260
    assert terms.separations[0].vertical_dm == 3_000
    assert terms.lead_time_min("any") == 90 * MINUTE_MS
    assert terms.lead_time_min("strike") == HOUR_MS // 2


def test_a_number_of_too_many_digits_is_an_error_of_the_file() -> None:
    """What Python does not read as a number is told like any other fault of the file."""
    with pytest.raises(OurError, match=r"terms\.toml: this is not TOML"):
        read(AIR.replace("version = 1", f"version = {'9' * 5_000}"))
    text = to_toml(rich()).replace("lat = 34.4905000", f"lat = 0x{'f' * 5_000}")
    with pytest.raises(OurError, match="lat is not between -90 and 90 degrees"):
        read(text)


WEATHER = "[atmosphere]\nqnh_min_hpa = 990\nqnh_max_hpa = 1030\ntemperature_k = 15\n"


def test_a_template_shows_the_atmosphere_as_a_comment() -> None:
    """A new file agrees on no atmosphere, names the bounds that hold, and how to change them."""
    shown = [row.removeprefix("# ") for row in AIR.splitlines()]
    at = shown.index("[atmosphere]")
    assert shown[at + 1 : at + 4] == [
        "qnh_min_hpa = 960",
        "qnh_max_hpa = 1045",
        "temperature_k = 20",
    ]
    assert "\n[atmosphere]" not in AIR
    assert read(AIR).agreed_atmosphere is None
    taken = "\n".join(shown[at : at + 4]) + "\n"
    assert read(AIR + taken).atmosphere == read(AIR).atmosphere


def test_a_template_shows_an_area_as_a_comment() -> None:
    """A new file is not bounded, and where the # is taken out the ring is read."""
    rows = AIR.splitlines()
    at, end = rows.index("# area = ["), rows.index("# ]")
    rows[at : end + 1] = [row.removeprefix("# ") for row in rows[at : end + 1]]
    assert read(AIR).area == ()
    [ring] = read("\n".join(rows)).area
    assert ring[0] == (375_000_000, 355_000_000)
    assert "# area" not in to_toml(read("\n".join(rows)))


def test_an_atmosphere_may_be_agreed() -> None:
    """A table of the air is read, and shown again where it was a comment."""
    terms = read(AIR + WEATHER)
    assert terms.atmosphere == Atmosphere(990, 1_030, 15)
    assert WEATHER in to_toml(terms)
    assert "# [atmosphere]" not in to_toml(terms)
    assert read(to_toml(terms)) == terms


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("990", "99", "atmosphere.qnh_min_hpa is not a whole number from 850 to 1100"),
        ("990", "990.5", "atmosphere.qnh_min_hpa is not a whole number"),
        ("1030", "980", "atmosphere.qnh_max_hpa is less than qnh_min_hpa"),
        ("15", "-15", "atmosphere.temperature_k is not a whole number from 0 to 60"),
        ("temperature_k", "temperature", "Did you mean 'temperature_k'?"),
    ],
)
def test_a_fault_in_the_atmosphere_is_told_with_its_row(before, after, told) -> None:
    """A wrong bound of the air is refused with the file, its key and its row."""
    text = AIR + WEATHER.replace(before, after)
    with pytest.raises(OurError) as error:
        read(text)
    assert told in str(error.value)
    row = text.splitlines()[int(str(error.value).split("terms.toml row ")[1].split(":")[0]) - 1]
    assert row in WEATHER.replace(before, after).splitlines()
    assert row.startswith(told.split(" ")[0].removeprefix("atmosphere.")) or after in row


def _row_of(text: str, part: str) -> int:
    return next(row for row, words in enumerate(text.splitlines(), 1) if part in words)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('tick = "10 s"', 'tick = "10"', "timers.tick is not a number with one of the units"),
        ('tick = "10 s"', "tick = 10", "timers.tick is not a number with one of the units"),
        ('tick = "10 s"', 'tick = "0 s"', "timers.tick is zero"),
        ('tick = "10 s"', 'ticks = "10 s"', "timers.ticks is not known. Did you mean 'tick'?"),
        ("version = 1", "version = 1.5", "version is not a whole number"),
        ("version = 1", f"version = 0x{'f' * 5_000}", "version is not a whole number"),
        ('tick = "10 s"', f"tick = 0x{'f' * 5_000}", "timers.tick is not a number with one of"),
        ("version = 1", "version = 2026-11-22", "version is not a whole number"),
        ('line = "syria-air"', 'line = "Syria air"', "line is not a line name"),
        ('"any", "any"', '"any", "all"', "separations[any, all].kinds are not in alphabetical"),
        ('"any", "any"', '"air", "air"', "separations[3] is there twice"),
        ('lateral = "10 NM"', 'lateral = "1000 NM"', "separations[1].lateral is more than"),
        ("tier = 2", "tier = 7", "parties[0].posts[1].tier is not a whole number from 1 to 4"),
        ("threshold = 2", "threshold = 3", "parties[alpha.example].threshold is more than"),
        ('name = "alpha.example"', 'name = "Alpha"', "parties[Alpha].name is not a party name"),
        ('tls = "', 'tls = "?', "parties[0].tls is not in base64"),
        ('node.ed25519 = "', 'node.ed25519 = "AAAA', "parties[0].node.ed25519 has 35 bytes"),
        ('titles = { ar = "', 'titles = { AR = "', "parties[0].titles is not written as in 'en'"),
    ],
)
def test_a_fault_is_told_with_key_and_row(before: str, after: str, told: str) -> None:
    """A wrong value is refused with the file, its key, and the row where it stands."""
    text = AIR.replace(before, after, 1)
    assert text != AIR
    with pytest.raises(OurError) as error:
        read(text)
    assert told in str(error.value)
    row = int(str(error.value).split("terms.toml row ")[1].split(":")[0])
    near = text.splitlines()[row - 1]
    # An entry of a set is told by its table; one inside an array by the array.
    assert after in near or near.startswith(("[[separations]]", "posts = "))


def test_a_missing_key_is_told_with_its_table() -> None:
    """A key that is left out is told with the row of its table."""
    text = AIR.replace("threshold = 2\n", "", 1)
    with pytest.raises(OurError) as error:
        read(text)
    row = _row_of(text, "[[parties]]")
    assert str(error.value) == f"terms.toml row {row}: parties[0].threshold is missing."


def test_rows_inside_a_long_text_are_no_keys() -> None:
    """A row of the agreed words that looks like a key does not mislead the row number."""
    text = AIR.replace("[timers]", 'text = """\n[timers]\ntick = 5\n"""\n[timers]', 1)
    text = text.replace('tick = "10 s"', 'tick = "10 q"')
    with pytest.raises(OurError, match=f"row {_row_of(text, '10 q')}: timers.tick"):
        read(text)


@pytest.mark.parametrize(
    "text", ["line = ", "a = 1\na = 2", "[" * 5_000, "\x00", "line = 1\n[line]"]
)
def test_what_is_no_toml_is_refused(text: str) -> None:
    """A file that is no TOML is refused by name."""
    with pytest.raises(OurError, match=r"terms\.toml: this is not TOML"):
        read(text)


def test_a_file_that_is_too_long_is_refused() -> None:
    """A file beyond the bound is refused before it is read."""
    with pytest.raises(OurError, match="too long"):
        read("#" * 2_000_000)


def test_a_template_needs_two_parties() -> None:
    """One card, no card, or two cards of one party make no Understanding."""
    first, second = two_cards()
    for cards in ([], [first], [first, first], [first, second, second]):
        with pytest.raises(OurError, match="needs the cards of two parties or more"):
            template_toml("air", "a-line", cards)
    with pytest.raises(OurError, match="Choose one of air, humanitarian, maritime"):
        template_toml("space", "a-line", [first, second])


def test_the_common_language_comes_first() -> None:
    """English leads the languages of a line where a party has it."""
    terms = template_understanding("air", "a-line", two_cards())
    assert terms.languages == ("en", "ar", "ru")
    assert terms.party("alpha.example").languages == ("ar", "en", "ru")


def test_kinds_released_by_two_read_back() -> None:
    """Terms that name kinds for a second person come back equal; without them, declarations."""
    plain = read(AIR)
    assert (plain.agreed_released_by_two, plain.released_by_two) == (None, ("declaration",))
    assert "released_by_two" not in AIR
    terms = replace(plain, agreed_released_by_two=("declaration", "notice"))
    assert 'released_by_two = ["declaration", "notice"]' in to_toml(terms)
    assert read(to_toml(terms)) == terms


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (("notice",), "always names two persons"),
        (("declaration", "line_check"), "names 'line_check'"),
        ((), "always names two persons"),
    ],
)
def test_kinds_that_nobody_releases_are_refused(kinds: tuple[str, ...], said: str) -> None:
    """A kind that has no second person is refused, and so is a list without declarations."""
    text = AIR.replace("scopes =", f"released_by_two = {list(kinds)}\nscopes =", 1)
    with pytest.raises(OurError, match=said):
        read(text)
