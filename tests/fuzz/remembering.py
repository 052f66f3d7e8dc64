"""Answers of slow pure functions, asked once: a trial asks the same of thousands of files."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from openline.domain.line import understanding
from openline.domain.record import signing, verification

_ASKED = (
    (signing, "verify_ed25519"),
    (signing, "verify_mldsa44"),
    (understanding, "parse_signed_understanding"),
    (understanding, "verify_understanding"),
)
"""What depends on its arguments alone, and takes most of the time of a verification."""


@contextmanager
def remembering() -> Iterator[None]:
    """Within this, each of these functions answers a question that it had before at once.

    What they raise is not kept. The verdicts are those of the program as it is.
    """
    assert verification, "every module that uses one of them is loaded"
    put_back = []
    for module, name in _ASKED:
        real = getattr(module, name)
        kept = lru_cache(maxsize=20_000)(real)
        for user in [one for key, one in sys.modules.items() if key.startswith("openline.")]:
            if getattr(user, name, None) is real:
                setattr(user, name, kept)
                put_back.append((user, name, real))
    try:
        yield
    finally:
        for user, name, real in put_back:
            setattr(user, name, real)
