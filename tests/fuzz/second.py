"""The second verifier, asked by thousands: `console/verifier`, run by Node.js without a browser.

It shares no code with the first: it was written in TypeScript from `docs/spec`.
"""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from openline.domain.record.certificate import CertificateUnreadable
from openline.domain.record.report import Report
from openline.domain.record.verification import make_pins, verify_certificate

BATCH: Final = Path(__file__).parents[2] / "console" / "verifier" / "src" / "batch.ts"
JUDGED: Final = ("message", "receipt", "use", "non_use", "fork")
"""The kinds of certificate that it judges."""

COMPARED: Final = (
    *("claimed_at", "content_sha256", "is_date_doubtful", "not_before", "received"),
    *("received_at", "finding", "understanding"),
    *("log", "place", "key", "first", "second"),
)
"""Facts that both tell: what a verdict means."""


def first(file: bytes, roots: Sequence[str] = ()) -> Any:
    """What the program says of a file: the verdict, and what it means where it is PROVEN."""
    try:
        report = verify_certificate(file, make_pins(roots))
    except CertificateUnreadable:
        return "NOT VALID"
    return _meaning(report) if report.verdict == "PROVEN" else str(report.verdict)


def _meaning(report: Report) -> list[Any]:
    claim = {name: getattr(report.claim, name) for name in report.claim.names}
    facts = {name: report.facts[name] for name in COMPARED if name in report.facts}
    if report.claim.kind != "message":
        facts.pop("is_date_doubtful", None)  # Only there are dates held against their bounds.
    return ["PROVEN", {"kind": str(report.claim.kind), "epoch": 1, **claim}, facts]


def second(rows: Iterable[dict[str, Any]]) -> list[Any]:
    """What the second verifier answers to each row of `batch.ts`."""
    # The one beside our Python first: it runs TypeScript, and another may not.
    beside = Path(sys.executable).parent / "node"
    node = str(beside) if beside.is_file() else shutil.which("node")
    assert node, "Node.js is not on the path: `make test` puts it into .venv"
    asked = "".join(json.dumps(row) + "\n" for row in rows)
    done = subprocess.run(
        [node, BATCH], input=asked, stdout=subprocess.PIPE, check=True, text=True, timeout=3_600
    )
    return [json.loads(answer) for answer in done.stdout.splitlines()]


def judged(answer: Any) -> Any:
    """An answer of the second verifier in the form of `first`."""
    if isinstance(answer, dict):
        answer = (
            [answer["verdict"], answer["claim"], answer["facts"]]
            if answer["verdict"] == "PROVEN"
            else answer["verdict"]
        )
    if isinstance(answer, str):
        return answer
    verdict, claim, facts = answer
    names = {"from": "valid_from", "until": "valid_until"}
    own = {
        names.get(name, name): value
        for name, value in claim.items()
        if name in _CLAIMS[claim["kind"]]
    }
    return [verdict, own, {name: facts[name] for name in COMPARED if name in facts}]


_MESSAGE = ("kind", "line", "party", "epoch", "index")
_WINDOW = ("kind", "line", "party", "epoch", "from", "until")
_CLAIMS: Final = {
    "message": _MESSAGE,
    "receipt": (*_MESSAGE, "holder"),
    "use": _WINDOW,
    "non_use": _WINDOW,
    "fork": (*_MESSAGE, "word"),
}


def as_row(file: bytes, roots: Sequence[str] = ()) -> dict[str, Any]:
    """The row that asks for one file."""
    return {"file": base64.b64encode(file).decode(), "roots": list(roots)}
