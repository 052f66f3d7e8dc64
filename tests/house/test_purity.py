"""Domain and engine are functions of what comes in, and verification stays offline.

import-linter keeps the layers and the imports (`make check`); what it cannot
see, a call that reads a clock or opens a file, is looked for here.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.house.tree import Module, dotted, imported_names, modules

# Modules whose use means I/O, a clock, randomness or another thread.
FORBIDDEN_MODULES = {
    *("aiohttp", "apsw", "asyncio", "concurrent", "ctypes", "fcntl", "glob", "httpx", "importlib"),
    *("litestar", "logging", "mmap", "multiprocessing", "os", "pathlib", "pkgutil", "random"),
    *("sched", "secrets", "select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl"),
    *("subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid", "uvicorn"),
}

# Calls by the end of their dotted name.
FORBIDDEN_CALLS = {
    "breakpoint": "stops the process",
    "input": "reads the terminal",
    "open": "opens a file",
    "print": "writes to the terminal",
    "datetime.now": "reads the clock",
    "datetime.today": "reads the clock",
    "datetime.utcnow": "reads the clock",
    "date.today": "reads the clock",
    "astimezone": "reads the machine's time zone",
    "default_rng": "draws randomness",
    "generate": "makes a key from randomness",
    "generate_key": "makes a key from randomness",
    "hash": "differs from process to process",
}

PURE = ("src/openline/domain", "src/openline/engine")


def faults(tree: ast.Module) -> Iterator[str]:
    """Each impure import and call, with its row."""
    for name, row in imported_names(tree):
        if name.split(".")[0] in FORBIDDEN_MODULES:
            yield f"row {row} imports {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            for end, why in FORBIDDEN_CALLS.items():
                if name == end or name.endswith(f".{end}"):
                    yield f"row {node.lineno} calls {name}, which {why}"


@pytest.mark.parametrize(
    "module", [module for folder in PURE for module in modules(folder)], ids=lambda m: m.path
)
def test_domain_and_engine_do_no_io_and_read_no_clock(module: Module) -> None:
    """No module of domain or engine imports or calls what touches the outside."""
    assert list(faults(module.tree)) == []


@pytest.mark.parametrize(
    "text",
    [
        "import time",
        "from os import urandom",
        "import urllib.request",
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.now(datetime.UTC)",
        "open('x')",
        "import numpy\nnumpy.random.default_rng()",
        "Ed25519PrivateKey.generate()",
        "hash('x')",
    ],
)
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    """An impure row is reported by the search that the test above relies on."""
    assert list(faults(ast.parse(text)))


def test_importing_the_record_loads_no_network_and_no_database() -> None:
    """A fresh process that imports all of domain/record has loaded neither sockets nor a store."""
    names = [
        module.path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__")
        for module in modules("src/openline/domain/record")
    ]
    program = (
        "import importlib, sys\n"
        f"for name in {[name.replace('/', '.') for name in names]!r}:\n"
        "    importlib.import_module(name)\n"
        "unwanted = {'socket', 'ssl', 'asyncio', 'http', 'sqlite3', 'apsw', 'aiohttp', 'httpx'}\n"
        "print(*sorted(unwanted & set(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr
