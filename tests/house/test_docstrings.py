"""Docstrings are there, open with a short sentence, and are true when a test passes."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.tree import Module, modules

ROW_LENGTH_MAX = 80

Definition = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def first_rows(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The first row of every docstring, with the row at which its owner begins."""
    for node in ast.walk(tree):
        if isinstance(node, Definition):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), text.splitlines()[0]


@pytest.mark.parametrize("module", modules("src"), ids=lambda m: m.path)
def test_modules_open_with_a_paragraph(module: Module) -> None:
    """Each module of the package says first what it is for."""
    assert ast.get_docstring(module.tree)


@pytest.mark.parametrize("module", modules("src"), ids=lambda m: m.path)
def test_docstrings_open_with_a_short_sentence(module: Module) -> None:
    """The first row of each docstring has at most 80 characters and ends as a sentence does."""
    wrong = [
        f"row {at}: {row}"
        for at, row in first_rows(module.tree)
        if len(row) > ROW_LENGTH_MAX or row[-1] not in ".:?!"
    ]
    assert wrong == []


@pytest.mark.parametrize("module", modules("tests"), ids=lambda m: m.path)
def test_every_test_says_what_is_true(module: Module) -> None:
    """Each test function has a docstring that ends in a full stop."""
    silent = [
        f"row {node.lineno}: {node.name}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not (ast.get_docstring(node) or "").rstrip().endswith(".")
    ]
    assert silent == []
