"""Founding: how two nodes come to be, and how they come to agree.

Everything here is done by the verbs that an administrator would type; each is
told as it is run. Only the draft of the Understanding is edited by the program
where a person would use an editor.
"""

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from openline.app.config import FILE_NAME, load_config
from openline.app.move import settings_with
from openline.domain.errors import OurError
from openline.domain.line.terms import Timers, Understanding
from openline.domain.line.understanding_toml import from_toml, to_toml
from openline.faces.cli.files import read_text
from openline.faces.cli.main import run
from openline.faces.demo.cable import Cables
from openline.faces.demo.ports import HOST, free_ports
from openline.faces.demo.station import Station
from openline.faces.demo.teller import Teller

TICK_MS: Final = 500
CLOCK_TOLERANCE_MS: Final = 1_000
"""Both nodes read one clock; this is for a busy machine."""

EDGE_MS: Final = CLOCK_TOLERANCE_MS + 3 * TICK_MS
"""The edges of a proof resolve to the tolerance and a tick there and back; and one more."""

_TOML_CHARS_MAX: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Side:
    """One party, as it is introduced.

    Attributes:
        name: What the story calls it; also its directory.
        party: Its name on the line.
        titles: What it is called, by language.
        officer: Who is on watch.
        language: The language of its officers.
    """

    name: str
    party: str
    titles: dict[str, str]
    officer: str
    language: str


ALPHA: Final = Side(
    "Alpha",
    "alpha.example",
    {"en": "Alpha air operations centre", "ru": "Центр воздушных операций Альфа"},
    "Maj. Carter",
    "en",
)
BRAVO: Final = Side(
    "Bravo",
    "bravo.example",
    {"en": "Bravo air headquarters", "ru": "Штаб авиации Браво"},
    "майор Орлов",
    "ru",
)

Terms = Callable[[Understanding], Understanding]


def found(
    root: Path,
    line: str,
    terms: Terms,
    teller: Teller,
    cables: Cables,
    *,
    in_english: bool = False,
    store: str = "",
) -> tuple[Station, Station]:
    """Two nodes in `root/alpha` and `root/bravo` that have adopted one Understanding.

    Args:
        root: A directory without a demo in it.
        line: The name of the line.
        terms: What the parties change in the template's draft.
        teller: Tells each verb.
        cables: What lies between them.
        in_english: Whether Bravo's officers too are told everything in English.
        store: The address of the database in which Alpha keeps its store; a file without it.

    Raises:
        OurError: A verb fails, with its own words.
    """
    verbs = Verbs(teller)
    bravo_side = replace(BRAVO, officer="Maj. Orlov", language="en") if in_english else BRAVO
    consoles = free_ports(2)
    for number, side in enumerate((ALPHA, bravo_side)):
        directory = directory_of(root, side)
        made = verbs.run(
            "init", "--dir", str(directory), "--party", side.party,
            *(word for pair in side.titles.items() for word in ("--title", "=".join(pair))),
            "--officer", side.officer, "--language", side.language,
            *_addresses(cables, number),
        )  # fmt: skip
        with (directory / "node.toml").open("a", encoding="utf-8") as settings:
            settings.write(officers_table(consoles[number]))
        if store and side is ALPHA:
            text = settings_with(load_config(directory), store)
            (directory / FILE_NAME).write_text(text, encoding="utf-8")
        teller.row(f"{side.name} reads aloud: {' '.join(made['words'])}")
    _introduce(root, verbs)
    _agree(root, line, terms, verbs, teller)
    teller.end()
    alpha, bravo = (Station(side.name, directory_of(root, side), line) for side in (ALPHA, BRAVO))
    return alpha, bravo


def officers_table(port: int) -> str:
    """What node.toml says of a demo's console: for this machine only, without TLS.

    A browser takes a page of `localhost` for a safe one, passkeys included. Both consoles are
    looked at on one machine: the sound of calls needs no relay, and stays on it.
    """
    return (
        f'\n[officers]\nlisten = "{HOST}:{port}"\ncertificate = "none"\n'
        '\n[telephone]\nway = "direct"\naddresses = "private, loopback"\n'
    )


def _addresses(cables: Cables, side: int) -> list[str]:
    """Where a side listens, and where it is dialled: at the near ends of its cables."""
    if not cables.circuits:
        return ["--listen", f"{HOST}:{free_ports(1)[0]}"]
    words: list[str] = []
    for circuit, port in zip(cables.circuits, free_ports(len(cables.circuits)), strict=True):
        cable = cables.to(side, circuit)
        cable.lead_to(port)
        words += ["--listen", f"{circuit}={HOST}:{port}"]
        words += ["--advertise", f"{circuit}={HOST}:{cable.port}"]
    return words


def directory_of(root: Path, side: Side) -> Path:
    """Where the side's node lives."""
    return root / side.name.lower()


class Verbs:
    """Runs verbs of the command line in this process.

    Args:
        teller: Tells each as it would be typed; without it nothing is told.
    """

    def __init__(self, teller: Teller | None = None) -> None:
        self._teller = teller

    def run(self, *arguments: str) -> dict[str, Any]:
        """What the verb answers to `--json`.

        Raises:
            OurError: It fails, with its own words.
        """
        if self._teller is not None:
            self._teller.command(arguments)
        with (
            contextlib.redirect_stdout(io.StringIO()) as out,
            contextlib.redirect_stderr(io.StringIO()) as errors,
        ):
            code = run([*arguments, "--json"])
        if code:
            error = json.loads(errors.getvalue().splitlines()[-1])["error"]
            raise OurError(str(error["what"]), str(error["remedy"]))
        answer: dict[str, Any] = json.loads(out.getvalue())
        return answer


def _introduce(root: Path, verbs: Verbs) -> None:
    for own, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
        card = directory_of(root, other) / "cards" / f"{other.party}.card"
        verbs.run("card", "add", str(card), "--dir", str(directory_of(root, own)))


def _agree(root: Path, line: str, terms: Terms, verbs: Verbs, teller: Teller) -> None:
    """Draft, edit, sign by both, adopt by both."""
    alpha, bravo = (str(directory_of(root, side)) for side in (ALPHA, BRAVO))
    draft, signed = root / f"{line}.toml", root / f"{line}.understanding"
    verbs.run("understanding", "new", line, "--out", str(draft), "--dir", alpha)
    text = read_text(draft, _TOML_CHARS_MAX)
    draft.write_text(to_toml(terms(from_toml(text, str(draft)))), encoding="utf-8")
    teller.row(f"They edit the draft: ticks every {TICK_MS} ms, and the terms of this story.")
    verbs.run("understanding", "sign", str(draft), "--dir", alpha)
    verbs.run("understanding", "sign", str(signed), "--dir", bravo)
    for directory in (alpha, bravo):
        verbs.run("understanding", "adopt", str(signed), "--dir", directory)


def compressed(timers: Timers) -> Timers:
    """The timers of a line whose days pass in seconds: short ticks."""
    return replace(timers, tick_ms=TICK_MS, clock_tolerance_ms=CLOCK_TOLERANCE_MS)
