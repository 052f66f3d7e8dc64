"""A node whose officers may write what ours may not: the counterpart that nobody trusts.

Only what an officer's own node refuses is let through; what goes over the circuit is
formed and signed as ever, so that the other side must take it and show it safely.
"""

import sys
from collections.abc import Iterator

from openline.domain.line.form import Fault
from openline.domain.talk.body import Body
from openline.faces.cli.main import main


def _no_faults(self: Body, precedence: object = None) -> Iterator[Fault]:
    return iter(())


if __name__ == "__main__":
    Body.faults = _no_faults  # type: ignore[method-assign]
    sys.exit(main())
