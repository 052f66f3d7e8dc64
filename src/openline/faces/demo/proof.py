"""Proof: certificates of what happened, each verified by a process of its own.

They are written by the verb `certify` of one node and verified as an outsider
would: by `openline verify` in another process, which has the file and the
signed Understanding and nothing else.
"""

import contextlib
import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from openline.domain.errors import OurError
from openline.faces.demo.founding import Verbs
from openline.faces.demo.stage import Stage
from openline.faces.demo.station import PROGRAM, Station

VERIFY_WAIT_S: Final = 60.0
_ATTEMPTS: Final = 6
_PAUSE_S: Final = 0.7
_OF_TICKS: Final = ("use", "non-use", "state")

_EXIT_CODES: Final = {"PROVEN": 0, "REFUTED": 1, "UNPROVEN": 2}


class Proof:
    """The certificates of one story, in `certificates/` of its directory.

    Args:
        stage: The nodes and the story.
        line: The line.
    """

    def __init__(self, stage: Stage, line: str) -> None:
        self._stage = stage
        self._understanding = stage.root / f"{line}.understanding"
        self._verbs = Verbs()
        self.directory = stage.root / "certificates"

    def prove(
        self,
        name: str,
        station: Station,
        *arguments: str,
        what: str,
        shows: Mapping[str, str] | None = None,
    ) -> None:
        """Have a node certify a claim, and another process verify it: PROVEN.

        Where the ticks around an instant are still to come, it is asked again.

        Args:
            name: Of the file, without its ending.
            station: Whose record it is made from.
            arguments: Of `openline certify`.
            what: The claim, as a sentence that is true if it is proven.
            shows: What else the claim or the facts of the report must say.

        Raises:
            NotAsTold: It is not proven, or says something else.
        """
        path = self.directory / f"{name}.cert"
        report = self._attempt(path, station, arguments, "PROVEN")
        self._tell(path, report, "PROVEN", what, shows or {})

    def refute(self, name: str, station: Station, *arguments: str, what: str) -> None:
        """The same for a claim that is not true: REFUTED; kept apart, in `claims/`."""
        path = self._stage.root / "claims" / f"{name}.cert"
        report = self._attempt(path, station, arguments, "REFUTED")
        self._tell(path, report, "REFUTED", what, {})

    def _attempt(
        self, path: Path, station: Station, arguments: Sequence[str], verdict: str
    ) -> dict[str, Any]:
        """Certify and verify; what rests on ticks once more, until they have come."""
        command = ("certify", *arguments, "--out", str(path), "--dir", str(station.directory))
        attempts = _ATTEMPTS if arguments[0] in _OF_TICKS else 1
        self._stage.story.teller.command(command)
        for _ in range(attempts - 1):
            with contextlib.suppress(OurError):
                self._verbs.run(*command)
                report = self._verify(path)
                if report["verdict"] == verdict:
                    return report
            time.sleep(_PAUSE_S)
        self._verbs.run(*command)
        return self._verify(path)

    def _verify(self, path: Path) -> dict[str, Any]:
        """The report of another process about a certificate."""
        start = time.monotonic()
        command = [*PROGRAM, "verify", str(path), "--understanding", str(self._understanding)]
        done = subprocess.run(
            [*command, "--json"], capture_output=True, timeout=VERIFY_WAIT_S, check=False
        )
        try:
            report: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            words = done.stderr.decode(errors="replace").strip()
            raise OurError(f"{path.name} cannot be verified: {words[-500:]}") from None
        report["seconds"] = round(time.monotonic() - start, 3)
        report["exit"] = done.returncode
        return report

    def _tell(
        self,
        path: Path,
        report: dict[str, Any],
        verdict: str,
        what: str,
        shows: Mapping[str, str],
    ) -> None:
        story = self._stage.story
        story.teller.command(("verify", str(path)))
        story.teller.row(f"{report['verdict']}. {report['conclusion']}")
        said = {**report["facts"], **report["claim"]}
        is_so = report["verdict"] == verdict and report["exit"] == _EXIT_CODES[verdict]
        is_so = is_so and all(said.get(name) == value for name, value in shows.items())
        story.demand(is_so, what, f"{report['verdict']}, exit code {report['exit']}, {said}")
        story.teller.end()
        row = {
            "file": str(path.relative_to(self._stage.root)),
            "kind": report["claim"]["kind"],
            "verdict": report["verdict"],
            "size_bytes": path.stat().st_size,
            "steps": len(report["steps"]),
            "verify_s": report["seconds"],
        }
        if "finding" in report["facts"]:
            row["finding"] = report["facts"]["finding"]
        story.tally.certificates.append(row)
