"""What every test may rely on: samples, hypothesis profiles, no lost exceptions.

Three things hold for the whole suite. Real sample files are read in place and
their absence is said aloud. Hypothesis never fails for slowness, and draws the
same examples on every run where CI is set. An exception that asyncio would
only have logged fails the test during which it was raised.
"""

import asyncio
import gc
import inspect
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.database import Server, programs_or_skip
from tests.ports import free_port

REPOSITORY = Path(__file__).resolve().parent.parent
IS_CI = os.environ.get("CI") == "true"

# --- hypothesis ----------------------------------------------------------------------------------

# No deadline: the time of one example says more about the machine than about the code.
settings.register_profile("default", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("deep", deadline=None, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IS_CI else "default"))

# --- real sample files ---------------------------------------------------------------------------

SAMPLES_SETTING = "OPENLINE_SAMPLES"
SAMPLES_DEFAULT = REPOSITORY.parent / "shared" / "data"

SAMPLES_ABSENT = (
    f"The sample files are not here: set {SAMPLES_SETTING} to the directory that holds them "
    "(aco/, theatre/, vectors/), or put it at ../shared/data beside the repository."
)

_waits_for_samples: set[str] = set()


@pytest.fixture(scope="session")
def samples_or_none() -> Path | None:
    """The directory of real sample files, or None where there is none.

    Where they are known to belong (the setting names them, or CI has the
    directory beside the repository), their absence is a fault, not a skip.
    """
    named = os.environ.get(SAMPLES_SETTING)
    path = Path(named) if named else SAMPLES_DEFAULT
    if path.is_dir():
        return path
    if named:
        pytest.fail(f"{SAMPLES_SETTING} names {named}, which is no directory.")
    if IS_CI and path.parent.is_dir():
        pytest.fail(SAMPLES_ABSENT)
    return None


@pytest.fixture
def samples(samples_or_none: Path | None) -> Path:
    """The directory of real sample files; the test is skipped, and counted, without it."""
    if samples_or_none is None:
        pytest.skip(SAMPLES_ABSENT)
    return samples_or_none


# What tests measured, added up by name: `record_property` puts it here.
_measured: dict[str, float] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the tests that were skipped for want of the sample files; add up what was measured."""
    if report.when == "teardown":
        for name, value in report.user_properties:
            _measured[name] = _measured.get(name, 0) + float(str(value))
    if report.skipped and SAMPLES_ABSENT in str(report.longrepr):
        _waits_for_samples.add(report.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end, where nobody overlooks it, what was measured and what was not tested."""
    if _measured:
        terminalreporter.section("measured")
    for name, value in sorted(_measured.items()):
        terminalreporter.line(f"{name}: {value:,.6g}")
    for signers in ("with fast signers", "with true signers"):
        if minutes := _measured.get(f"processor minutes {signers}"):
            rate = _measured[f"line-years {signers}"] / minutes
            terminalreporter.line(f"line-years for each processor minute {signers}: {rate:.2f}")
    if _waits_for_samples:
        terminalreporter.section("NOT TESTED")
        terminalreporter.line(f"{len(_waits_for_samples)} tests did not run. {SAMPLES_ABSENT}")


# --- a database ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server for the whole session; what is in it is shared by no two tests."""
    programs = programs_or_skip()
    # Not below the session's own directory, into which only its user may look.
    with TemporaryDirectory(prefix="openline-pg-") as directory:
        Path(directory).chmod(0o755)
        server = Server(Path(directory) / "server", programs, free_port())
        try:
            server.make()
            yield server
        finally:
            server.stop()


# --- exceptions that asyncio would only log ------------------------------------------------------

# Owned by the running test; emptied before each one.
_loop_faults: list[dict[str, Any]] = []


def pytest_configure() -> None:
    """Let every event loop report its faults here as well as in the log."""
    report = asyncio.BaseEventLoop.call_exception_handler

    def call_exception_handler(self: asyncio.BaseEventLoop, context: dict[str, Any]) -> None:
        _loop_faults.append(context)
        report(self, context)

    asyncio.BaseEventLoop.call_exception_handler = call_exception_handler  # type: ignore[method-assign]


@pytest.fixture
def loop_faults() -> list[dict[str, Any]]:
    """What the event loops have reported; a test that causes faults clears it."""
    return _loop_faults


def _fail_on_loop_faults() -> None:
    if not _loop_faults:
        return
    context = _loop_faults[0]
    count = len(_loop_faults)
    _loop_faults.clear()
    message = f"An event loop reported {count} unhandled faults; the first: {context['message']}"
    raise AssertionError(message) from context.get("exception")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Fail a test during which an event loop reported a fault."""
    _loop_faults.clear()
    yield
    if inspect.iscoroutinefunction(getattr(item, "function", None)):
        gc.collect()  # A task that nobody awaited reports its exception when it is collected.
    _fail_on_loop_faults()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    """Fail a test whose fixtures leave a fault behind."""
    yield
    _fail_on_loop_faults()


# --- order ---------------------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ask for one worker for tests that start node processes: two cores, and real clocks.

    pytest-xdist 3.8 does not read groups under pytest 9.2: until one of them does, such tests
    run on every worker, and stand that.
    """
    for item in items:
        in_folder = not {"end_to_end", "browser", "siege"}.isdisjoint(item.path.parts)
        if in_folder:
            item.add_marker(pytest.mark.process)
        if in_folder or item.get_closest_marker("process"):
            item.add_marker(pytest.mark.xdist_group("processes"))


def pytest_collection_finish() -> None:
    """Let no collection of garbage look through fifteen thousand tests that stay anyway."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return REPOSITORY
