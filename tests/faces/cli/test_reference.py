"""The pages of docs/reference are in step with the program."""

from pathlib import Path

import pytest

from openline.app.settings.keys import SETTINGS
from openline.faces.cli.reference import help_of, pages, verbs

PAGES = pages()
VERBS = list(verbs())


@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_page_is_what_the_program_makes(repository: Path, name: str) -> None:
    """The page in the repository is the one that the program makes now."""
    page = repository / "docs" / "reference" / name
    assert page.read_text(encoding="utf-8") == PAGES[name], (
        "Make it anew: python -m openline.faces.cli.reference docs/reference"
    )


def test_the_pages_are_made_alike_each_time() -> None:
    """Making the pages twice gives the same bytes."""
    assert pages() == PAGES


def test_every_verb_and_setting_has_its_place() -> None:
    """Every verb is in the page of the command line, every setting in its own."""
    for words in VERBS:
        assert f"## openline {' '.join(words)}\n" in PAGES["cli.md"]
    for setting in SETTINGS:
        assert f"| `{setting.key}` |" in PAGES["settings.md"]


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_each_page_of_the_manual_is_whole(words: list[str]) -> None:
    """A page says what the verb does, explains each option, and fits a terminal."""
    page = help_of(words)
    assert page.startswith(f"Usage: openline {' '.join(words)}")
    rows = page.splitlines()
    in_example = rows.index("Example:") if "Example:" in rows else len(rows)
    if "Verbs:" not in rows:
        assert in_example < len(rows), "a verb shows itself used"
        assert "--json" in page
    assert all(len(row) <= 100 for row in rows)
    for number, row in enumerate(rows[:in_example]):
        if row.startswith("  --") and not row[26:].strip():
            assert rows[number + 1][26:].strip(), f"{row.strip()} is not explained"


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_the_example_of_a_verb_uses_the_verb(words: list[str]) -> None:
    """An example begins with the verb that it is an example of."""
    page = help_of(words)
    if "Example:" in page:
        assert f"  openline {words[0]}" in page.split("Example:")[1]
