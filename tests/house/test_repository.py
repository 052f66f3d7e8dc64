"""The repository names no machine, and its locks pin every file that is installed."""

import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.house.tree import ROOT, files, imported_names, modules, text_of

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))

# Written in pieces, so that this file does not hold what it looks for.
_HOSTS = (
    *("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "deb.deb" + "ian.org"),
    *("crates" + ".io", "proxy.golang" + ".org"),
)
_MACHINE_PATH = re.compile(r"(?:^|[^a-z])/(?:work|farm|root|home|Users)/")


@cache
def project() -> dict[str, Any]:
    """The project table of pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)["project"]
        return table


IMPORTED_AS = {"argon2-cffi": "argon2", "prometheus-client": "prometheus_client"}
"""Distributions whose module has another name."""


def modules_of(requirements: list[str]) -> set[str]:
    """The modules that a list of requirements brings, by the names they are imported by."""
    return {IMPORTED_AS.get(name, name) for name in names_of(requirements)}


def names_of(requirements: list[str]) -> set[str]:
    """The distributions that a list of requirements names, in lower case."""
    return {
        match[0].lower().replace("_", "-")
        for row in requirements
        if (match := re.match(r"[A-Za-z0-9._-]+", row))
    } - {"openline"}


def locked(name: str) -> dict[str, list[str]]:
    """The pinned requirements of one lock file, each with its hashes."""
    pins: dict[str, list[str]] = {}
    current: list[str] = []
    for row in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([a-z0-9._-]+)==\S+", row):
            current = pins.setdefault(match[1], [])
        elif match := re.fullmatch(r"    --hash=(sha256:[0-9a-f]{64})(?: \\)?", row):
            current.append(match[1])
        elif row and not row.lstrip().startswith("#"):
            pytest.fail(f"requirements/{name}.txt has a row of no known form: {row}")
    return pins


def rows_with(pattern: re.Pattern[str]) -> Iterator[str]:
    """Where in the repository the pattern occurs: path and row number."""
    for path in files():
        text = text_of(path)
        for number, row in enumerate((text or "").splitlines(), 1):
            if pattern.search(row):
                yield f"{path.relative_to(ROOT).as_posix()}:{number}"


def test_no_file_names_a_package_registry() -> None:
    """No file of the repository holds the host name of a package registry."""
    assert list(rows_with(re.compile("|".join(map(re.escape, _HOSTS)), re.IGNORECASE))) == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    """No file of the repository holds an absolute path of a person's or builder's directory."""
    assert list(rows_with(_MACHINE_PATH)) == []


@pytest.mark.parametrize("text", ["see /wo" + "rk/x", '"/ro' + 'ot/.config"', "/ho" + "me/me/x"])
def test_the_search_finds_machine_paths(text: str) -> None:
    """A path of one machine is found by the search that the test above relies on."""
    assert _MACHINE_PATH.search(text)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_locked_requirement_is_hashed(lock: Any) -> None:
    """Each requirement of each lock is pinned to one version and has at least one hash."""
    pins = locked(lock.stem)
    assert pins
    assert [name for name, hashes in pins.items() if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_locks_hold_no_addresses(lock: Any) -> None:
    """No lock says where a file is to be fetched from."""
    text = lock.read_text(encoding="utf-8")
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links|@ ", text) == []


def test_the_locks_pin_what_the_project_asks_for() -> None:
    """What pyproject.toml asks for is in the lock of its purpose: run, test or check."""
    run = names_of(project()["dependencies"])
    extras = project()["optional-dependencies"]
    oracles = {row for name, rows in extras.items() if name.startswith("oracle-") for row in rows}
    beside = [row for name in ("test", "fast", "peers") for row in extras[name]]
    test = run | names_of(beside) | names_of(sorted(oracles))
    check = test | names_of(extras["check"])
    missing = [
        (lock, sorted(wanted - set(locked(lock))))
        for lock, wanted in (("run", run), ("test", test), ("check", check))
    ]
    assert missing == [("run", []), ("test", []), ("check", [])]


def test_the_locks_agree_on_every_version() -> None:
    """A distribution has the same hashes in each lock that shares the environment."""
    kept: dict[str, list[str]] = {}
    for lock in ("run", "postgresql", "test", "check"):
        for name, hashes in locked(lock).items():
            assert kept.setdefault(name, hashes) == hashes, (lock, name)


def test_the_package_imports_only_what_it_declares() -> None:
    """Every third-party module that src imports belongs to a declared dependency.

    The compiled paths, another extractor and the client of a database need an extra each, and
    are imported where that is there.
    """
    declared = modules_of(project()["dependencies"])
    fast = names_of(project()["optional-dependencies"]["fast"])
    trafilatura = names_of(project()["optional-dependencies"]["trafilatura"])
    client = names_of(project()["optional-dependencies"]["postgresql"])
    optional = {
        **{
            f"src/openline/adapters/postgresql/{name}.py": client
            for name in ("address", "lease", "store", "tables", "watch")
        },
        "src/openline/adapters/statements/by_trafilatura.py": trafilatura,
        "src/openline/domain/space/index/compiled.py": fast,
        "src/openline/domain/space/track_compiled.py": fast,
    }
    ours = {"openline", *sys.stdlib_module_names}
    undeclared = {
        f"{module.path}:{row} {name}"
        for module in modules("src")
        for name, row in imported_names(module.tree)
        if (top := name.split(".")[0]) not in ours
        and top not in declared | optional.get(str(module.path), set())
    }
    assert undeclared == set()


def test_the_package_imports_all_that_it_declares() -> None:
    """Every declared dependency is imported somewhere in src."""
    imported = {
        name.split(".")[0] for module in modules("src") for name, _ in imported_names(module.tree)
    }
    assert modules_of(project()["dependencies"]) - imported == set()


def test_no_run_time_dependency_is_under_the_gpl() -> None:
    """The lock of what a node needs holds none of the GPL packages that tests may ask."""
    assert {"pymerkle", "asterix-decoder", "pymodes"} & set(locked("run")) == set()
