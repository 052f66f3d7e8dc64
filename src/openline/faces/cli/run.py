"""The verb `run`: the node itself, until it is told to stop."""

import asyncio
import logging
import logging.handlers
import os
import signal
import sys
import time
from io import TextIOWrapper
from typing import TYPE_CHECKING, Final

from openline.domain.errors import OurError
from openline.domain.line.letters import visible
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Node
from openline.faces.cli.output import json_row, say_aside

if TYPE_CHECKING:
    from litestar import Litestar

    from openline.app.config import Config
    from openline.app.standby import Standby, Taken

LOG_SIZE_BYTES_MAX: Final = 8 * 1024 * 1024
LOG_FILES_MAX: Final = 4

_LOG: Final = logging.getLogger("openline")

app = make_app("run", "")


@sole_verb(app)
def run(
    *,
    own_copy_is_current: bool = False,
    standby: bool = False,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Run the node until it is told to stop.

    It listens and dials, exchanges what is said, and answers the other verbs
    on its socket. Control-C or SIGTERM end it cleanly; a crash or kill -9 loses
    nothing. What it does is written to openline.log in its directory; what is
    wrong is said on standard error as well.

    Example:
        openline run --dir /srv/openline/alpha
        openline run --standby --dir /srv/openline/alpha

    Args:
        own_copy_is_current: Sign at once, without waiting until a counterpart has confirmed
            what we said before. Only when the store is certainly no old copy: with an old
            one, the node would sign two histories, which anybody can prove.
        standby: Where the store is a database that another station of this party writes to: wait,
            and take over within seconds when that one is gone. Start each of them so.
        options: Which node, and how to print.
    """
    config = options.config()
    if standby:
        _check_standby(config, own_copy_is_current)
    _log_to_file(config)
    if not options.json:
        logging.getLogger().addHandler(_Aside(logging.WARNING))
    asyncio.run(_run(config, own_copy_is_current, standby, as_json=options.json))


def _check_standby(config: "Config", own_copy_is_current: bool) -> None:
    from openline.app.standby import check_fit

    if own_copy_is_current:
        raise WrongUsage(
            "--own-copy-is-current does not go with --standby.",
            "When this station will take over, and what the store is then, nobody can vouch for "
            "now.",
        )
    check_fit(config)


async def _run(
    config: "Config", own_copy_is_current: bool, standby: bool, *, as_json: bool
) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    if standby:
        await _stand_by_and_serve(config, stopping, as_json=as_json)
    else:
        await _serve(config, stopping, own_copy_is_current, as_json=as_json)
    _LOG.info("%s has ended", config.party)


async def _serve(
    config: "Config",
    stopping: asyncio.Event,
    own_copy_is_current: bool = False,
    taken: "Taken | None" = None,
    prepared: "Litestar | None" = None,
    *,
    as_json: bool,
) -> None:
    from openline.app.compose import started
    from openline.faces.api.serve import serve

    async with started(
        config, stopping, own_copy_is_current=own_copy_is_current, taken=taken
    ) as running:
        await serve(running, stopping, lambda: _announce(config, as_json=as_json), prepared)


async def _stand_by_and_serve(config: "Config", stopping: asyncio.Event, *, as_json: bool) -> None:
    from openline.adapters.clock import wall_clock_ms
    from openline.adapters.station import Station
    from openline.app.compose import open_keys
    from openline.app.standby import Standby

    with Station.open(config.directory) as station:
        standby = Standby(config, open_keys(config), station, wall_clock_ms)
        preparing = asyncio.create_task(asyncio.to_thread(_prepare))
        try:
            taken = await standby.begin(stopping)
            taken = taken or await _taken(standby, stopping, as_json=as_json)
        finally:
            prepared = await preparing
        if taken is not None:
            await _serve(config, stopping, taken=taken, prepared=prepared, as_json=as_json)


def _prepare() -> "Litestar":
    """Load and make beforehand what a takeover would have to wait for."""
    from openline.faces.api.app import prepare_app

    return prepare_app()


async def _taken(standby: "Standby", stopping: asyncio.Event, *, as_json: bool) -> "Taken | None":
    """Say how the station stands by until it takes over, or is told to stop."""
    from openline.faces.api.serve import serve_standby

    over = asyncio.Event()
    serving = asyncio.create_task(
        serve_standby(standby, over, lambda: _announce_standby(standby, as_json=as_json))
    )
    waiting = asyncio.create_task(standby.wait(stopping))
    serving.add_done_callback(lambda _: None if over.is_set() else stopping.set())
    try:
        taken = await waiting
    finally:
        over.set()
        await serving
    return taken


def _announce(config: "Config", *, as_json: bool) -> None:
    """Say that the node is up; programs wait for this row."""
    listeners = [f"{one.circuit}={one.host}:{one.port}" for one in config.listeners]
    _LOG.info("%s is up at %s", config.party, config.socket)
    if as_json:
        up = {"party": config.party, "socket": str(config.socket), "listeners": listeners}
        print(json_row(up), flush=True)
        return
    say_aside(f"The node of {config.party} is up. Officers' socket: {config.socket}")
    say_aside(f"Listening: {', '.join(listeners) or 'nowhere; it only dials'}")
    if config.officers is not None:
        say_aside(f"Officers' port: {config.officers.origin}")
    say_aside("Control-C ends it.")
    sys.stderr.flush()


def _announce_standby(standby: "Standby", *, as_json: bool) -> None:
    """Say that the station stands by; programs wait for this row."""
    _LOG.info("%s stands by at %s", standby.config.party, standby.config.socket)
    if as_json:
        up = {"party": standby.config.party, "stands_by": True, "writer": standby.writer}
        print(json_row(up), flush=True)
        return
    say_aside(standby.says()[0])
    say_aside("Control-C ends it.")
    sys.stderr.flush()


class _Aside(logging.Handler):
    """Says on standard error what an administrator should know at once."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say it in one row, without the traceback that goes into the file."""
        say_aside(f"{record.levelname}: {_in_one_row(record.getMessage())}")


def _in_one_row(said: str) -> str:
    """What a row says, in which nobody whose words it holds begins another row."""
    return visible("⟨U+000A⟩".join(said.split("\n")))


class _TextRows(logging.Formatter):
    """A row for people."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
        )
        self.converter = time.gmtime

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - of logging.
        """The row, without a traceback, which stands in rows of its own."""
        return _in_one_row(super().formatMessage(record))


class _JsonRows(_TextRows):
    """A row for programs: one object with the sentence and what is put into it."""

    def format(self, record: logging.LogRecord) -> str:
        """The row; a traceback is one text in it."""
        at = self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
        given = record.args if isinstance(record.args, tuple) else ()
        row = {
            "at": f"{at}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "of": record.name,
            "what": record.getMessage(),
            "form": str(record.msg),
            "values": [str(value) for value in given],
        }
        if record.exc_info:
            row["trace"] = self.formatException(record.exc_info)
        return json_row(row)


class _OwnFiles(logging.handlers.RotatingFileHandler):
    """Files that only their owner reads, whatever the account lets others do."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding)


def _log_to_file(config: "Config") -> None:
    try:
        handler = _OwnFiles(
            config.log, maxBytes=LOG_SIZE_BYTES_MAX, backupCount=LOG_FILES_MAX - 1, encoding="utf-8"
        )
    except OSError as error:
        raise OurError(
            f"The log file {config.log} cannot be written: {error.strerror}.",
            "Let the user that runs the node write in its directory.",
        ) from None
    handler.setFormatter(_JsonRows() if config.log_format == "json" else _TextRows())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
