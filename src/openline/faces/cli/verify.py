"""The verb `verify`: whether a certificate proves its claim, offline.

It needs the file and nothing else: no node, no network, no database, and none
of their programs are loaded.
"""

from pathlib import Path
from typing import Final

from openline.domain.errors import OurError
from openline.faces.cli.faults import Exit, FileUnreadable, WrongUsage
from openline.faces.cli.files import naming, read_bytes
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Printing
from openline.faces.cli.output import emit

app = make_app("verify", "")


@sole_verb(app)
def verify(
    file: Path,
    /,
    *more: Path,
    root: tuple[str, ...] = (),
    understanding: Path | None = None,
    options: Printing = Printing(),  # noqa: B008 - frozen.
) -> int:
    """Verify a certificate, offline.

    Every step is numbered, with what was checked and what was found. The
    verdict rests on the root keys that the certificate names: compare their
    fingerprints with what you know of the parties, or name them.

    Exit code 0: PROVEN. 1: REFUTED, everything in the file is genuine and
    shows the opposite, or the keys are not those you named. 2: UNPROVEN, the
    file does not show it. 3: the file cannot be read.

    Example:
        openline verify non-use-bravo.cert
        openline verify receipt.cert --root 5bbc2d3d... --json

    Args:
        file: The certificate; - is standard input.
        more: Further certificates; then the exit code is that of the worst of them.
        root: The fingerprint of a root key that you know; again for each.
        understanding: A signed Understanding that must be the one in force.
        options: How to print.
    """
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
        raise FileUnreadable(f"{understanding}: {error.what}", error.remedy) from None
    ends = []
    for path in (file, *more):
        data = read_bytes(path, EVIDENCE_SIZE_BYTES_MAX)
        with naming(path):
            report = verify_certificate(data, pins)
        rows = report.to_text().splitlines()
        emit(report.to_json(), [f"{path}:", *rows, ""] if more else rows, as_json=options.json)
        ends.append(_EXITS[report.verdict])
    return max(ends, key=_WORST_LAST.index)


_EXITS: Final = {"PROVEN": Exit.DONE, "REFUTED": Exit.REFUSED, "UNPROVEN": Exit.USAGE}
_WORST_LAST: Final = (Exit.DONE, Exit.USAGE, Exit.REFUSED)
