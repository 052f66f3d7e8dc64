"""Reads every sentence of a fault out of the source, as a row of the catalogues has it.

What stands in an f-string becomes a place, {0}, {1} and so on; names are followed to what is
assigned to them, in their function or their module, and calls to what the function returns.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

BUILT_OF: dict[str, tuple[tuple[int, str], ...]] = {
    "Fault": ((1, "what"), (2, "remedy")),
    "OurError": ((0, "what"), (1, "remedy")),
    "BadRequest": ((0, "what"), (1, "remedy")),
    "NotFound": ((0, "what"), (1, "remedy")),
    "NotSignedIn": ((0, "what"), (1, "remedy")),
    "Forbidden": ((0, "what"), (1, "remedy")),
    "TooMany": ((0, "what"), (1, "remedy")),
    "NotReady": ((0, "what"), (1, "remedy")),
    "PlaceIsNotUnderstood": ((0, "what"), (1, "remedy")),
    "VolumeDoesNotHold": ((0, "what"), (1, "remedy")),
    # Of an error that words itself, and of the handlers of `faces.api.faults`.
    "__init__": ((0, "what"), (1, "remedy")),
    "_answer": ((2, "what"), (3, "remedy")),
}
"""What tells a fault, and where its sentences stand among the arguments."""

_DEPTH_MAX = 4


@dataclass(frozen=True)
class Sentence:
    """A sentence of a fault.

    Attributes:
        template: With its places.
        where: File and row.
    """

    template: str
    where: str


@dataclass
class Source:
    """One file of the source.

    Attributes:
        path: Of the file.
        root: The folder that `where` is told from.
    """

    path: Path
    root: Path

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed."""
        return ast.parse(self.path.read_text())

    @cached_property
    def assigned(self) -> dict[str, list[ast.expr]]:
        """What is assigned to each name, anywhere in the file."""
        found: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and node.value is not None:
                for target in node.targets:
                    _assign(found, target, node.value)
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                _assign(found, node.target, node.value)
        return found

    @cached_property
    def returned(self) -> dict[str, list[ast.expr]]:
        """What each function returns."""
        found: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                found[node.name] = [
                    one.value for one in ast.walk(node)
                    if isinstance(one, ast.Return) and one.value is not None
                ]  # fmt: skip
        return found

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence of every fault that the file tells."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            where = f"{self.path.relative_to(self.root)}:{node.lineno}"
            for position, keyword in BUILT_OF.get(name, ()):
                given = [one.value for one in node.keywords if one.arg == keyword]
                given += node.args[position : position + 1]
                for argument in given:
                    for template in self.templates(argument, _DEPTH_MAX):
                        yield Sentence(template, where)

    def templates(self, node: ast.expr, depth: int) -> list[str]:
        """What an expression may say; nothing where that is told elsewhere."""
        if depth == 0:
            return []
        match node:
            case ast.Constant(value=str(text)):
                return [text] if text else []
            case ast.JoinedStr(values=values):
                return [_joined(values)]
            case ast.IfExp(body=one, orelse=other):
                return [*self.templates(one, depth), *self.templates(other, depth)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return [
                    one + _moved(other, one.count("{"))
                    for one in self.templates(left, depth)
                    for other in self.templates(right, depth)
                ]
            case ast.Name(id=name):
                found = self.assigned.get(name, [])
                return [row for one in found for row in self.templates(one, depth - 1)]
            case ast.Call(func=ast.Attribute(value=inner, attr="format")):
                return [_numbered(row) for row in self.templates(inner, depth)]
            case ast.Call(func=ast.Name(id=name)):
                found = self.returned.get(name, [])
                return [row for one in found for row in self.templates(one, depth - 1)]
            case ast.Subscript(value=ast.Name(id=name)):
                return [
                    row for one in self.assigned.get(name, []) if isinstance(one, ast.Dict)
                    for value in one.values for row in self.templates(value, depth - 1)
                ]  # fmt: skip
        return []


def _assign(found: dict[str, list[ast.expr]], target: ast.expr, value: ast.expr) -> None:
    if isinstance(target, ast.Name):
        found.setdefault(target.id, []).append(value)
    if isinstance(target, ast.Tuple):
        values = value.elts if isinstance(value, ast.Tuple) else [value] * len(target.elts)
        for one, other in zip(target.elts, values, strict=False):
            if isinstance(value, ast.IfExp) and isinstance(value.body, ast.Tuple):
                continue
            _assign(found, one, other)


def _joined(values: list[ast.expr]) -> str:
    parts, number = [], 0
    for value in values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        else:
            parts.append(f"{{{number}}}")
            number += 1
    return "".join(parts)


def _numbered(template: str) -> str:
    numbers = count()
    return re.sub(r"\{\w+\}", lambda _: f"{{{next(numbers)}}}", template)


def _moved(template: str, by: int) -> str:
    for number in range(9, -1, -1):
        template = template.replace(f"{{{number}}}", f"{{{number + by}}}")
    return template


def sentences_in(root: Path, *parts: str, told_by: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Every sentence of the faults in files and folders, with the first place of each.

    Args:
        root: The package.
        parts: Files and folders in it.
        told_by: Files with functions that give such sentences to faults elsewhere.
    """
    found: dict[str, str] = {}
    for part, function in told_by:
        source = Source(root / part, root)
        for returned in source.returned[function]:
            found |= dict.fromkeys(source.templates(returned, _DEPTH_MAX), part)
    for part in parts:
        path = root / part
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            for one in Source(file, root).sentences():
                found.setdefault(one.template, one.where)
    return found
