"""The verb `verify`: whether a certificate proves its claim, offline.

It needs the file and nothing else: no node, no network, no database, and none
of their programs are loaded.
"""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openline.domain.errors import OurError
from openline.faces.cli.faults import Exit, FileUnreadable, WrongUsage
from openline.faces.cli.files import Input, check_place, naming, read_bytes, write_new
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Printing
from openline.faces.cli.output import Worded, emit, tell

if TYPE_CHECKING:
    from openline.domain.record.report import Report

app = make_app("verify", "")


@sole_verb(app)
def verify(
    *file: Input,
    root: tuple[str, ...] = (),
    understanding: Path | None = None,
    page: Path | None = None,
    options: Printing = Printing(),  # noqa: B008 - frozen.
) -> int:
    """Verify a certificate, offline.

    Every step is numbered, with what was checked and what was found. The
    verdict rests on the root keys that the certificate names: compare their
    fingerprints with what you know of the parties, or name them. What was said
    follows in words, where the certificate holds it.

    Exit code 0: PROVEN. 1: REFUTED, everything in the file is genuine and
    shows the opposite, or the keys are not those you named. 2: UNPROVEN, the
    file does not show it. 3: the file cannot be read. Of several files the
    worst counts: 3, then 1, then 2.

    With --page a page is written that does the same in a browser, for readers
    who have no program: one file to hand on, which works without a network. It
    is an implementation of its own, and judges message, receipt, use, non-use and fork.

    Example:
        openline verify non-use-bravo.cert
        openline verify receipt.cert --root 5bbc2d3d... --json
        openline verify --page verify.html

    Args:
        file: The certificate; - is standard input. Of several each is verified.
        root: The fingerprint of a root key that you know, not that of a card; again for each.
        understanding: A signed Understanding that must be the one in force.
        page: Where to write the page that verifies certificates in a browser.
        options: How to print.
    """
    if page is not None:
        _write_page(page, as_json=options.json)
        if not file:
            return Exit.DONE
    if not file:
        raise WrongUsage("No certificate is named.", "Name its file: openline verify FILE.")
    from openline.domain.limits import EVIDENCE_SIZE_BYTES_MAX, UNDERSTANDING_SIZE_BYTES_MAX
    from openline.domain.record.verification import make_pins, verify_certificate

    # The file of a signed Understanding holds signatures beside the terms.
    terms = read_bytes(understanding, 2 * UNDERSTANDING_SIZE_BYTES_MAX) if understanding else None
    try:
        pins = make_pins(root)
    except OurError as error:
        raise WrongUsage(error.what, error.remedy) from None
    try:
        pins = make_pins(root, terms)
    except OurError as error:
        raise FileUnreadable(
            f"{understanding} is no signed Understanding.",
            "Name the file that openline understanding sign makes and every party has signed.",
        ) from error
    ends: list[Exit] = []
    for path in file:
        try:
            data = read_bytes(path, EVIDENCE_SIZE_BYTES_MAX)
            check_is_certificate(data, path)
            with naming(path):
                report = verify_certificate(data, pins)
        except FileUnreadable as error:
            if len(file) == 1:
                raise
            tell(error, as_json=options.json)
            ends.append(Exit.UNREADABLE)
            continue
        rows = [
            *report.to_text().splitlines(),
            *_stranger_rows(report, pins.roots),
            *_said_rows(report),
        ]
        emit(
            report.to_json(),
            [f"{path}:", *rows, ""] if len(file) > 1 else rows,
            as_json=options.json,
        )
        ends.append(_EXITS[report.verdict])
    return max(ends, key=_WORST_LAST.index)


def _write_page(path: Path, *, as_json: bool) -> None:
    """Write the page that verifies certificates in a browser.

    Raises:
        OurError: It was not built into this program, or cannot be written there.
    """
    check_place(path, "--page")
    built = files("openline") / "faces" / "console" / "verifier" / "verify.html"
    if not built.is_file():
        raise OurError(
            "The page that verifies certificates is not built into this program.",
            "Run `make demo` or `make install`, or in console/: npm ci && npm run build.",
        )
    write_new(path, built.read_bytes())
    emit(
        {"page": str(path)},
        [
            f"{path} verifies certificates in any browser, without a network.",
            "Hand it on together with the certificate; whoever gets it need not have this program.",
        ],
        as_json=as_json,
    )


_EXITS: Final = {"PROVEN": Exit.DONE, "REFUTED": Exit.REFUSED, "UNPROVEN": Exit.USAGE}
_WORST_LAST: Final = (Exit.DONE, Exit.USAGE, Exit.REFUSED, Exit.UNREADABLE)

_OTHERS: Final = {
    b"-----BEGIN OPENLINE CARD": ("a party card", "See what it says: openline card show FILE."),
    b"c2sp.org/tlog-proof": (
        "a log proof for other people's tools", "Ask for a certificate: openline certify message."
    ),
}  # fmt: skip
"""What is handed in for a certificate by mistake, by how its file begins."""


def check_is_certificate(data: bytes, path: Path) -> None:
    """Say what a file is that is no certificate at all.

    Raises:
        FileUnreadable: It is empty, or something else that this program knows.
    """
    from openline.domain.record.certificate import MAGIC

    if not data:
        raise FileUnreadable(f"{path} is empty.", "Ask for the file again.")
    for beginning, (what, remedy) in _OTHERS.items():
        if data.startswith(beginning):
            raise FileUnreadable(f"{path} is {what}, no certificate.", remedy)
    if MAGIC.encode() not in data[:64]:
        raise FileUnreadable(
            f"{path} is no certificate.", "A certificate is what openline certify writes."
        )


def _stranger_rows(report: "Report", named: frozenset[str]) -> Iterator[str]:
    """That a number which no party's root key has may be another number altogether.

    A card's fingerprint has as many digits, and no certificate holds a card.
    """
    known = {root.fingerprint for root in report.roots}
    for number in sorted(named - known if known else ()):
        yield ""
        yield f"{number} is no root key in this file."
        yield (
            "If it is the fingerprint of a card, it is the wrong number, and this verdict says "
            "nothing against the file:"
        )
        yield "openline card show FILE prints the right one beside the words: root key."


def _said_rows(report: "Report") -> Iterator[str]:
    """What the message says of which the certificate is, in sentences."""
    from openline.adapters.wording import Wording
    from openline.adapters.wording.proof import said_rows

    said = list(said_rows(report, Wording("en")))
    if said:
        yield ""
        yield "In the facts the message says:"
        yield from (Worded(f"  {row}") for row in said)
