"""The page about the state of a line has the tables of the code."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from openline.domain.line.observed import CIRCUIT, PEOPLE, Cause, Sign, Test


def tables(page: str) -> list[list[list[str]]]:
    """Every table of a page as rows of cells, without the rule beneath the head."""
    found = re.findall(r"(?:^\|.*\|\n)+", page, re.M)
    return [
        [[cell.strip() for cell in row.strip("|").split("|")] for row in one.strip().split("\n")]
        for one in found
    ]


@pytest.mark.parametrize(("table", "events"), [(CIRCUIT, Sign), (PEOPLE, Test)])
def test_the_page_has_each_state_machine(
    repository: Path, table: dict[Any, dict[Any, Any]], events: type[StrEnum]
) -> None:
    """The tables of circuits and of people on the page are those of the code, cell by cell."""
    page = (repository / "docs/concepts/state.md").read_text()
    head = ["state", *events]
    rows = [[str(state), *(str(table[state][event]) for event in events)] for state in table]
    shown = [one for one in tables(page) if one[0] == head]
    assert [one[2:] for one in shown] == [rows]


def test_the_page_names_every_cause(repository: Path) -> None:
    """Each cause of a trouble has its row on the page, and there is no other."""
    page = (repository / "docs/concepts/state.md").read_text()
    [shown] = [one for one in tables(page) if one[0] == ["cause", "when"]]
    assert [row[0] for row in shown[2:]] == list(Cause)
