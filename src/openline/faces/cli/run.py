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
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Node
from openline.faces.cli.output import json_row, say_aside

if TYPE_CHECKING:
    from openline.app.config import Config

LOG_SIZE_BYTES_MAX: Final = 8 * 1024 * 1024
LOG_FILES_MAX: Final = 4

_LOG: Final = logging.getLogger("openline")

app = make_app("run", "")


@sole_verb(app)
def run(
    *,
    own_copy_is_current: bool = False,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Run the node until it is told to stop.

    It listens and dials, exchanges what is said, and answers the other verbs
    on its socket. Control-C or SIGTERM end it cleanly; a crash or kill -9 loses
    nothing. What it does is written to openline.log in its directory; what is
    wrong is said on standard error as well.

    Example:
        openline run --dir /srv/openline/alpha

    Args:
        own_copy_is_current: Sign at once, without waiting until a counterpart has confirmed
            what we said before. Only when the store is certainly no old copy: with an old
            one, the node would sign two histories, which anybody can prove.
        options: Which node, and how to print.
    """
    config = options.config()
    _log_to_file(config)
    if not options.json:
        logging.getLogger().addHandler(_Aside(logging.WARNING))
    asyncio.run(_run(config, own_copy_is_current, as_json=options.json))


async def _run(config: "Config", own_copy_is_current: bool, *, as_json: bool) -> None:
    from openline.app.compose import started
    from openline.faces.api.serve import serve

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with started(config, stopping, own_copy_is_current=own_copy_is_current) as running:
        await serve(running, stopping, lambda: _announce(config, as_json=as_json))
    _LOG.info("%s has ended", config.party)


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
