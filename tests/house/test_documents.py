"""The documents are in step with the tree, the Makefile and the command line."""

import ast
import io
import re
import shlex
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from cyclopts import App, CycloptsError

from openline.faces.cli.main import app as openline_app
from tests.house.tree import ROOT, SOURCE, Module, defines, files, modules

DOCUMENTS = [path for path in files() if path.suffix == ".md"]
EXAMPLES = sorted((ROOT / "examples").iterdir())
REFERENCE = ROOT / "docs" / "reference"

_FENCE = re.compile(r"^(```|~~~)(.*?)^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_FOLDERS = (
    "domain|engine|adapters|app|faces|locale|src|tests|bench|docs|examples|requirements|scripts"
)
_OUR_PATH = re.compile(rf"`((?:{_FOLDERS})/[\w./-]*\w)`")
_OUR_NAME = re.compile(rf"`((?:{_FOLDERS})/[\w/]+\.py):([\w.]+)`")
_DOCUMENT = re.compile(r"[\w./-]*\w\.md\b|\bP[0-9]{1,2}\b")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def links(path: Path) -> Iterator[str]:
    """The relative links of a document, outside code."""
    prose = _CODE.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))
    for target in _LINK.findall(prose):
        if not re.match(r"[a-z][a-z0-9+.-]*:", target):
            yield target


def cited(module: Module) -> Iterator[tuple[int, str]]:
    """The documents that docstrings and comments name, with the rows where they begin."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for name in _DOCUMENT.findall(ast.get_docstring(node) or ""):
                yield getattr(node, "lineno", 1), name
    source = (ROOT / module.path).read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            for name in _DOCUMENT.findall(token.string):
                yield token.start[0], name


@cache
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


@cache
def our_paths() -> frozenset[Path]:
    """Every file of the repository, and every folder that holds one."""
    ours = list(files())
    return frozenset({*ours, *(folder for path in ours for folder in path.parents)})


def is_ours(name: str) -> bool:
    """Whether a path, from the root or from the package, is one of ours."""
    told = [base / f"{name}{end}" for base in (ROOT, SOURCE) for end in ("", ".py")]
    return any(path in our_paths() for path in told)


@cache
def command_line() -> App:
    """The whole command line; a verb is loaded when it is first looked at."""
    return openline_app


def commands(app: App, path: tuple[str, ...] = ("openline",)) -> Iterator[str]:
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
    assert [name for name in named if not is_ours(name)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_name_definitions_that_exist(document: Path) -> None:
    """Each definition that a document names is there: `engine/mirror.py:Mirror.accept`."""
    missing = [
        f"{path}:{name}"
        for path, name in _OUR_NAME.findall(document.read_text(encoding="utf-8"))
        if not any(defines(base / path, name) for base in (ROOT, SOURCE))
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("name", "is_there"),
    [
        ("Mirror", True),
        ("Mirror.accept", True),
        ("EARLY_MAX", True),
        ("Mirror.refuse", False),
        ("accept", False),
    ],
)
def test_the_search_knows_definitions(name: str, is_there: bool) -> None:
    """A definition is found in its file by the search that the test above relies on."""
    assert defines(SOURCE / "engine" / "mirror.py", name) is is_there


def test_every_document_is_reached_from_the_first_page() -> None:
    """Each document of a reader can be reached by links that begin at README.md."""
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in reached or document.suffix != ".md":
            continue
        reached.add(document)
        waiting += [
            (document.parent / link.partition("#")[0]).resolve() for link in links(document)
        ]
    assert [path.relative_to(ROOT).as_posix() for path in DOCUMENTS if path not in reached] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_used_by_a_document(example: Path) -> None:
    """Each file of examples/ is named by a document, as a link or in a command."""
    assert any(example.name in path.read_text(encoding="utf-8") for path in DOCUMENTS)


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
    """Decision records have a number each, are listed, and have their four parts."""
    folder = ROOT / "docs" / "decisions"
    records = sorted(folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text(encoding="utf-8")
    numbers = [path.name[:4] for path in records]
    assert len(set(numbers)) == len(numbers)
    for path in records:
        headings = _HEADING.findall(path.read_text(encoding="utf-8"))
        assert headings[1:] == ["Context", "Options", "Decision", "Consequences"], path.name
        assert f"({path.name})" in index, path.name


def shown_commands(text: str) -> Iterator[list[str]]:
    """The words after `openline` of each command in the fenced code of a document."""
    for _, block in _FENCE.findall(text):
        for row in block.replace("\\\n", " ").splitlines():
            if re.match(r"\s*(?:\$ )?(?:\S*/)?openline\s", row):
                yield from _commands_of(row)


def _commands_of(row: str) -> Iterator[list[str]]:
    """The commands of one row; where each sends its output is left out."""
    words = shlex.shlex(row.strip().removeprefix("$ "), posix=True, punctuation_chars=True)
    words.whitespace_split = True
    command: list[str] = []
    for word in [*words, ";"]:
        if set(word) <= set("();<>|&"):
            if command and command[0].rpartition("/")[2] == "openline":
                yield command[1:]
            command = []
        else:
            command.append(word)


def refused_commands(text: str) -> list[str]:
    """The commands in a document that the program does not take, each with its reason."""
    refused = []
    for words in shown_commands(text):
        try:
            command_line().parse_args(words, print_error=False, exit_on_error=False)
        except CycloptsError as error:
            refused.append(f"openline {shlex.join(words)}: {error}")
    return refused


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_show_commands_that_parse(document: Path) -> None:
    """Each command line in the fenced code of a document is one that the program takes."""
    assert refused_commands(document.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "row",
    [
        "openline notice isue --file x.geojson",
        "    .venv/bin/openline verify x.cert --root > report.txt",
        "$ openline notice respond BRAVO-0007 QUIERED",
        "openline certify receipt > x.cert",
        "openline status --dir alpha && openline run --port 7101",
        "openline init --party alpha.example \\\n    --listen",
    ],
)
def test_the_search_finds_commands_that_do_not_parse(row: str) -> None:
    """A command that the program refuses is found by the search that the test above relies on."""
    assert len(refused_commands(f"```sh\n{row}\n```\n")) == 1


def test_the_first_page_shows_commands() -> None:
    """The search finds every command of the first page: from `init` to `verify`."""
    shown = list(shown_commands((ROOT / "README.md").read_text(encoding="utf-8")))
    assert len(shown) >= 20
    assert {"init", "understanding", "run", "notice", "certify", "verify"} <= {
        one[0] for one in shown
    }


def test_every_command_is_in_the_reference() -> None:
    """Each command of the command line is named in full in docs/reference."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(REFERENCE.rglob("*.md")))
    shown = list(commands(command_line()))
    assert {"openline verify", "openline notice issue", "openline keys revoke"} <= set(shown)
    assert [name for name in shown if name not in text] == []


@pytest.mark.parametrize("folder", ["src", "tests", "bench", "scripts"])
def test_code_cites_documents_of_this_repository(folder: str) -> None:
    """Each document that a docstring or comment names is here, under the path that it gives."""
    elsewhere = [
        f"{module.path} row {row}: {name}"
        for module in modules(folder)
        for row, name in cited(module)
        if not (ROOT / name).is_file()
    ]
    assert elsewhere == []
