"""The catalogue of mutants is in step with the program; `make mutants` tries them."""

import ast

import pytest

from tests.mutants.mutant import REPOSITORY, Mutant, catalogue

EVERY = catalogue()


@pytest.mark.parametrize("mutant", EVERY, ids=lambda one: one.name)
def test_a_mutant_is_one_fault_of_what_is_there(mutant: Mutant) -> None:
    """What it replaces occurs once, what stands there then is a program, its test exists."""
    assert mutant.source.read_text(encoding="utf-8").count(mutant.was) == 1
    ast.parse(mutant.changed())
    assert (REPOSITORY / mutant.test).is_file()


def test_there_are_enough_and_none_twice() -> None:
    """At least forty mutants, each with a name and a change of its own."""
    assert len(EVERY) >= 40
    assert len({one.name for one in EVERY}) == len(EVERY)
    assert len({(one.file, one.was, one.becomes) for one in EVERY}) == len(EVERY)
