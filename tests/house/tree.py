"""The repository as the house tests see it: its files, modules and definitions."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "openline"

_MADE_HERE = {"__pycache__", "build", "dist", "node_modules"}
_HIDDEN_BUT_OURS = {".ci", ".github", ".gitignore"}


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file, parsed.

    Attributes:
        path: Relative to the root of the repository, with forward slashes.
        tree: What it says.
    """

    path: str
    tree: ast.Module


def _is_ours(name: str) -> bool:
    hidden = name.startswith(".") and name not in _HIDDEN_BUT_OURS
    return not (hidden or name in _MADE_HERE or name.endswith(".egg-info"))


def files(directory: Path = ROOT) -> Iterator[Path]:
    """Every file that belongs to the repository, in order of name."""
    for path in sorted(directory.iterdir()):
        if not _is_ours(path.name):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def text_of(path: Path) -> str | None:
    """The text of a file, or None where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@cache
def modules(folder: str) -> tuple[Module, ...]:
    """Every Python file under a folder of the repository, parsed, in order."""
    found = files(ROOT / folder) if (ROOT / folder).is_dir() else ()
    return tuple(
        Module(path.relative_to(ROOT).as_posix(), ast.parse(path.read_bytes(), str(path)))
        for path in found
        if path.suffix == ".py"
    )


def imported_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Each imported module by its full name, with the row of the import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, node.lineno


@cache
def _names_in(path: Path) -> frozenset[str]:
    """What a Python file defines: functions, classes with what is in them, constants."""
    if not path.is_file():
        return frozenset()
    return frozenset(_names_of(ast.parse(path.read_bytes(), str(path)).body, ""))


def _names_of(body: list[ast.stmt], owner: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield owner + node.name
        if isinstance(node, ast.ClassDef):
            yield from _names_of(node.body, f"{owner}{node.name}.")
        if isinstance(node, ast.Assign):
            yield from (
                owner + target.id for target in node.targets if isinstance(target, ast.Name)
            )
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield owner + node.target.id


def defines(path: Path, name: str) -> bool:
    """Whether a Python file defines a name, such as `Mirror.accept`."""
    return name in _names_in(path)


def dotted(node: ast.expr) -> str:
    """The dotted name that an expression writes, such as `datetime.now`; else empty."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else node.attr
    return ""
