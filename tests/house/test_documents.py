"""The documents are in step with the tree, the Makefile and the command line."""

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT, SOURCE, files

DOCUMENTS = [path for path in files() if path.suffix == ".md"]
REFERENCE = ROOT / "docs" / "reference"
COMMAND_LINE = SOURCE / "faces" / "cli" / "main.py"

_FENCE = re.compile(r"^(```|~~~)(.*?)^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_OUR_PATH = re.compile(r"`((?:domain|engine|adapters|app|faces|src|tests|bench)/[\w./-]*\w)`")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def links(path: Path) -> Iterator[str]:
    """The relative links of a document, outside code."""
    prose = _CODE.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))
    for target in _LINK.findall(prose):
        if not re.match(r"[a-z][a-z0-9+.-]*:", target):
            yield target


def anchors(path: Path) -> set[str]:
    """The anchors that the headings of a document make, as code forges make them."""
    prose = _FENCE.sub("", path.read_text(encoding="utf-8"))
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose))
    return {words.strip().replace(" ", "-") for words in kept}


def is_broken(document: Path, link: str) -> bool:
    """Whether a relative link leads to no file, or to no heading in it."""
    name, _, anchor = link.partition("#")
    target = (document.parent / name).resolve() if name else document
    if not target.exists():
        return True
    return bool(anchor) and target.suffix == ".md" and anchor not in anchors(target)


def commands(app: Any, path: tuple[str, ...] = ("openline",)) -> Iterator[str]:
    """The full name of every command that does something itself."""
    for name in app:
        if not name.startswith("-"):
            yield from commands(app[name], (*path, name))
    if app.default_command is not None and len(path) > 1:
        yield " ".join(path)


def targets() -> dict[str, str]:
    """The targets of the Makefile that people use, each with what its help says."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    said = dict(re.findall(r"^([a-z]+):.*?## (.+)$", makefile, re.MULTILINE))
    return {name: said.get(name, "") for name in phony[1].split()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_relative_links_lead_somewhere(document: Path) -> None:
    """Each relative link of a document leads to a file that is there, and a heading in it."""
    assert [link for link in links(document) if is_broken(document, link)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_name_files_that_exist(document: Path) -> None:
    """Each file of ours that a document names in code is there: `engine/node.py`, `docs/spec`."""
    named = _OUR_PATH.findall(document.read_text(encoding="utf-8"))
    missing = [
        name
        for name in named
        if not any(
            base.joinpath(name).exists() or base.joinpath(f"{name}.py").exists()
            for base in (ROOT, SOURCE)
        )
    ]
    assert missing == []


def test_every_target_explains_itself() -> None:
    """Each target of the Makefile has a row in `make help`."""
    assert [name for name, said in targets().items() if not said] == []


def test_documents_name_only_targets_that_exist() -> None:
    """Each `make TARGET` that a document shows is a target of the Makefile."""
    unknown = [
        f"{document.relative_to(ROOT).as_posix()}: {shown}"
        for document in DOCUMENTS
        for shown in re.findall(r"(?:`|^ *\$? ?)make ([a-z]+)", document.read_text("utf-8"), re.M)
        if shown not in targets()
    ]
    assert unknown == []


def test_the_changelog_has_the_version_of_the_package() -> None:
    """The version in the package has its section in the changelog, or is the unreleased one."""
    version = re.search(
        r'^__version__ = "(.+)"$', (SOURCE / "__init__.py").read_text("utf-8"), re.M
    )
    assert version
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{version[1]}]" in changelog or "## [Unreleased]" in changelog


def test_decisions_are_numbered_listed_and_whole() -> None:
    """Decision records run from 0001 without a gap, are listed, and have their four parts."""
    folder = ROOT / "docs" / "decisions"
    records = sorted(folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name[:4] for path in records] == [f"{n:04d}" for n in range(1, len(records) + 1)]
    for path in records:
        headings = _HEADING.findall(path.read_text(encoding="utf-8"))
        assert headings[1:] == ["Context", "Options", "Decision", "Consequences"], path.name
        assert f"({path.name})" in index, path.name


def shown_commands(path: Path) -> Iterator[list[str]]:
    """The words after `openline` of each command in the fenced code of a document."""
    for _, block in _FENCE.findall(path.read_text(encoding="utf-8")):
        for row in block.replace("\\\n", " ").splitlines():
            if match := re.match(r"\s*(?:\$ )?(?:\S*/)?openline (.+)", row):
                words = shlex.split(match[1], comments=True)
                ends = (at for at, word in enumerate(words) if word in {">", ">>", "<", "|", "&"})
                yield words[: next(ends, len(words))]


needs_command_line = pytest.mark.skipif(
    not COMMAND_LINE.exists(), reason="the command line is not written yet"
)


@needs_command_line
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_show_commands_that_parse(document: Path) -> None:
    """Each command line in the fenced code of a document is one that the program takes."""
    cyclopts = importlib.import_module("cyclopts")
    app = importlib.import_module("openline.faces.cli.main").app
    refused = []
    for words in shown_commands(document):
        try:
            app.parse_args(words, print_error=False, exit_on_error=False)
        except (cyclopts.CoercionError, cyclopts.ValidationError):
            pass  # A file that a reader has and this test has not.
        except cyclopts.CycloptsError as error:
            refused.append(f"openline {shlex.join(words)}: {error}")
    assert refused == []


@needs_command_line
def test_every_command_is_in_the_reference() -> None:
    """Each command of the command line is named in full in docs/reference."""
    app = importlib.import_module("openline.faces.cli.main").app
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(REFERENCE.rglob("*.md")))
    shown = list(commands(app))
    assert shown
    assert [name for name in shown if name not in text] == []
