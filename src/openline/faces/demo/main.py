"""The demo as a whole: from an empty directory to nodes that have ended.

Whatever happens, an error, a step that does not hold, Control-C, the two node
processes are ended with it.
"""

import contextlib
import shlex
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from openline.adapters.postgresql.address import parse_address
from openline.domain.errors import OurError
from openline.faces.cli.faults import Exit, WrongUsage
from openline.faces.cli.output import emit, json_row
from openline.faces.demo import order, script, shayrat
from openline.faces.demo.cable import Cables, laid
from openline.faces.demo.consoles import open_consoles, tell_consoles
from openline.faces.demo.founding import found
from openline.faces.demo.stage import Plot, Stage
from openline.faces.demo.station import ending, interruptible
from openline.faces.demo.story import Story
from openline.faces.demo.teller import Teller, speak_any_language

_MADE: Final = ("alpha", "bravo", "certificates", "claims", "clock", "plans")
_LINGER_S: Final = 0.5


def run_demo(
    directory: Path | None = None,
    once: bool = False,
    json: bool = False,
    story: str = "shayrat",
    file: Path | None = None,
    store: str = "",
) -> int:
    """Tell a story on two nodes of their own; the exit code.

    Args:
        directory: Where the nodes are made; without it a temporary directory.
        once: End when the story is told; without it, when it is interrupted.
        json: End the story with one row of JSON on standard output, and tell
            it on standard error.
        story: Which.
        file: With the story `order`, the airspace control order.
        store: The address of an empty database in which Alpha keeps its store.

    Returns:
        0 if every step held, 1 if one did not.

    Raises:
        OurError: The directory holds a demo already, or the nodes cannot be
            made.
        KeyboardInterrupt: It was interrupted before the story was told.
    """
    if file is not None and story != "order":
        raise WrongUsage(f"The story {story} takes no file.", "Write --story order FILE.")
    if store:
        _check_address(store)
    speak_any_language()
    # A file that cannot be read is told before anything is made.
    plot = _plot(story, file)
    root = make_ground(directory)
    teller = Teller(sys.stderr if json else sys.stdout)
    clock = script.rehearsing(root) if plot.is_page else contextlib.nullcontext()
    with interruptible(), clock, laid(plot.circuits) as cables:
        return _perform(plot, root, teller, cables, once=once, as_json=json, store=store)


def _check_address(store: str) -> None:
    try:
        parse_address(store)
    except ValueError as error:
        raise WrongUsage(f"--store: {error}.", "PGPASSWORD or a .pgpass gives it.") from None


def _plot(story: str, file: Path | None) -> Plot:
    match story:
        case "order":
            return order.plot(file)
        case "shayrat":
            return shayrat.plot()
        case _ if story in script.names():
            return script.plot(story)
        case _:
            told = ", ".join(["shayrat", "order", *script.names()])
            raise WrongUsage(f"There is no story {story!r}.", f"Name one of {told}.")


def make_ground(directory: Path | None) -> Path:
    """The directory of the demo, without a demo in it.

    Raises:
        OurError: There is one in it already, or it cannot be made.
    """
    if directory is None:
        return Path(tempfile.mkdtemp(prefix="openline-demo-"))
    root = directory.expanduser().absolute()
    for name in _MADE:
        if (root / name).exists():
            raise OurError(
                f"{root} holds a demo already: {name} is there.",
                "Name another directory with --dir, or remove that one.",
            )
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OurError(f"{root} cannot be made: {error.strerror}.", "Name another one.") from None
    return root


def _perform(
    plot: Plot,
    root: Path,
    teller: Teller,
    cables: Cables,
    *,
    once: bool,
    as_json: bool,
    store: str,
) -> int:
    """Found the nodes, tell the story, sum up; then wait, unless it is for once."""
    start = time.monotonic()
    story = Story(teller)
    teller.title(plot.title)
    for paragraph in plot.about:
        teller.say(paragraph)
    teller.say(f"Everything is made in {root}")
    with story.step("", "Two parties make their nodes, meet, and agree."):
        alpha, bravo = found(
            root, plot.line, plot.terms, teller, cables, in_english=plot.is_page, store=store
        )
    stage = Stage(story, root, alpha, bravo, cables)
    with ending(stage.both):
        fault = _play(plot, stage)
        row = _sum_up(plot, stage, fault, time.monotonic() - start)
        if as_json:
            print(json_row(row), flush=True)
        if not once and all(station.is_running for station in stage.both):
            _linger(stage)
    return Exit.DONE if fault is None else Exit.REFUSED


def _play(plot: Plot, stage: Stage) -> OurError | None:
    """Tell the story; what did not hold, if anything."""
    try:
        stage.open()
        plot.play(stage)
    except OurError as error:
        stage.story.teller.fails(error.what, error.remedy)
        return error
    return None


def _sum_up(plot: Plot, stage: Stage, fault: OurError | None, seconds: float) -> dict[str, Any]:
    """Tell what it came to; the row of JSON."""
    tally, teller = stage.story.tally, stage.story.teller
    messages, receipts = 0, 0
    for station in stage.both:
        with contextlib.suppress(OurError):
            own = [one for one in station.messages() if one["party"] == station.party]
            messages += len(own)
            receipts += sum(bool(one["marks"]["delivered"]) for one in own)
    row = {
        "demo": plot.name,
        "is_held": fault is None,
        "fault": None if fault is None else {"what": fault.what, "remedy": fault.remedy},
        "directory": str(stage.root),
        "seconds": round(seconds, 2),
        "steps": tally.steps,
        "checks": tally.checks,
        "messages": messages,
        "receipts": receipts,
        "receipts_timed": len(tally.receipts_ms),
        "receipt_ms_median": tally.receipt_ms_median,
        "receipt_ms_max": tally.receipt_ms_max,
        "refused": tally.refused,
        **tally.further,
        "certificates": tally.certificates,
    }
    _tell_sum(row, teller)
    return row


def _tell_sum(row: dict[str, Any], teller: Teller) -> None:
    verdict = "Every step held" if row["is_held"] else "NOT every step held"
    teller.title(f"{verdict}: {row['steps']} steps, {row['seconds']:.0f} s")
    teller.row(f"{row['checks']} facts were checked on both nodes.")
    teller.row(f"{row['messages']} messages are on the record, {row['receipts']} receipted.")
    if row["receipts_timed"]:
        teller.row(
            f"From handing a message to its node until its receipt was held: "
            f"{row['receipt_ms_median']} ms (median of {row['receipts_timed']}), "
            f"{row['receipt_ms_max']} ms at most."
        )
    if row["refused"]:
        teller.row(f"{row['refused']} messages were refused before they were said.")
    verdicts = Counter(one["verdict"] for one in row["certificates"])
    teller.row(
        f"{verdicts['PROVEN']} certificates, each PROVEN to another process: "
        f"{row['directory']}/certificates"
    )
    if verdicts["REFUTED"]:
        teller.row(f"{verdicts['REFUTED']} false claim, REFUTED: {row['directory']}/claims")
    teller.end()


def _linger(stage: Stage) -> None:
    """Keep the nodes running until somebody says to end."""
    teller = stage.story.teller
    tell_consoles(open_consoles(stage), teller)
    teller.say("Both nodes keep running. Try them from another terminal:")
    for arguments in _trials(stage):
        teller.row(f"{_program()} {shlex.join(arguments)}")
    teller.end()
    teller.say("Control-C ends both nodes.")
    with contextlib.suppress(KeyboardInterrupt):
        gone: set[str] = set()
        while len(gone) < len(stage.both):
            time.sleep(_LINGER_S)
            for station in stage.both:
                if not station.is_running and station.name not in gone:
                    gone.add(station.name)
                    teller.say(f"{station.name}'s node has ended.")
    teller.say(f"The nodes have ended; what they recorded is in {stage.root}")


def _trials(stage: Stage) -> list[list[str]]:
    """Verbs to try, with all that they need."""
    alpha, bravo = (str(station.directory) for station in stage.both)
    trials = [
        ["status", "--dir", alpha],
        ["log", "--dir", bravo],
        ["log", "show", "ALPHA-0001", "--language", "ru", "--dir", bravo],
        ["notice", "list", "--ended", "--dir", alpha],
        ["conflicts", "--dir", bravo],
        ["say", "Good morning.", "--dir", alpha],
        ["doctor", "--dir", bravo],
        ["people", "link", stage.alpha.officer, "--dir", alpha],
    ]
    certificates = sorted((stage.root / "certificates").glob("*.cert"))
    return [*trials, *(["verify", str(path)] for path in certificates[-1:])]


def _program() -> str:
    """How this program is called from where the reader is."""
    beside = Path(sys.executable).with_name("openline")
    if not beside.exists():
        return f"{sys.executable} -m openline"
    return "openline" if shutil.which("openline") == str(beside) else str(beside)


def list_stories(*, as_json: bool) -> None:
    """Print the stories that can be played."""
    told = {"shayrat": shayrat.plot().title, "order": "The measures of an airspace control order"}
    told |= {name: script.read(name).title for name in script.names()}
    emit({"stories": told}, [f"{name}: {title}" for name, title in told.items()], as_json=as_json)
