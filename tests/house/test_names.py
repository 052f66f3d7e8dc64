"""Names say what is in a room (docs/decisions, CONTRIBUTING)."""

import ast

from tests.house.tree import ROOT, files, modules

# A file with such a name holds whatever did not find its room.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "core", "base", "misc"}


def test_no_file_has_a_name_that_says_nothing() -> None:
    """No Python file or folder of the repository is called utils, helpers or the like."""
    named = [
        path.relative_to(ROOT).as_posix()
        for path in files()
        if path.suffix == ".py" and EMPTY_NAMES & {*path.relative_to(ROOT).parent.parts, path.stem}
    ]
    assert named == []


def test_every_folder_of_the_package_is_a_package() -> None:
    """Each folder under src that holds modules has an __init__ that introduces it."""
    folders = {module.path.rsplit("/", 1)[0] for module in modules("src")}
    introduced = {
        module.path.rsplit("/", 1)[0]
        for module in modules("src")
        if module.path.endswith("/__init__.py")
    }
    assert folders - introduced == set()


def test_errors_are_named_for_the_fault() -> None:
    """No exception class of the package is a bare Error, Exception or Failure of its module."""
    bare = [
        f"{module.path}: {node.name}"
        for module in modules("src")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name in {"Error", "Exception", "Failure"}
    ]
    assert bare == []


def test_unfinished_work_names_its_issue() -> None:
    """No comment promises later work without the number of an issue."""
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    promises = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files(ROOT / "src")
        if path.suffix == ".py"
        for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "#" in row and any(mark in row for mark in marks) and "issue" not in row
    ]
    assert promises == []
