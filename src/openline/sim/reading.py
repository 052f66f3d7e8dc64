"""Reading once: in a run the same bytes are read once, however often they come.

In one process every party reads what all say, on every circuit, and reads it again at
each start. What reading gives depends on the bytes alone and is never changed, so the
second time it is had from memory. A start still takes in every row and every entry in
its order; signatures are verified and hashes made as ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from openline.app import export
from openline.engine import entries, fold, greeting, line, mirror, pulse

READ_KEPT: Final = 1 << 15
"""Of each sort so many are kept: more than a line says in a run, less than its ticks."""

_READERS: Final[dict[str, tuple[Any, ...]]] = {
    "parse_envelope": (entries, fold, mirror),
    "read_message": (line, export),
    "parse_row": (fold,),
    "parse_tick": (export, fold, greeting, pulse),
    "parse_note": (export, fold, greeting, pulse),
}
"""What reads, and the modules that have it under its name."""


@contextmanager
def reading_once() -> Iterator[None]:
    """While it lasts, the nodes of this process read the same bytes once.

    It puts its own readers before those of the engine, whose own memory is bounded
    otherwise: a node is not to keep all that was ever said in it.
    """
    true = {name: getattr(modules[0], name) for name, modules in _READERS.items()}
    once = {name: lru_cache(READ_KEPT)(read) for name, read in true.items()}
    _put(once)
    try:
        yield
    finally:
        _put(true)


def _put(readers: dict[str, Any]) -> None:
    for name, modules in _READERS.items():
        for module in modules:
            setattr(module, name, readers[name])
