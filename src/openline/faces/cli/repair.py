"""The verb `repair`: a stopped node's store that is damaged, put right."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from openline.domain.errors import OurError
from openline.domain.party import parse_origin
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Node
from openline.faces.cli.output import emit

if TYPE_CHECKING:
    from openline.app.repair.mending import Diagnosis, Mended

_GAPS_TOLD: Final = 8
_WAIT_S: Final = 60
_WAIT_S_MAX: Final = 86_400

app = make_app("repair", "")


@sole_verb(app)
def repair(
    *,
    dry_run: bool = False,
    wait: Annotated[int, Parameter(validator=Number(gte=0, lte=_WAIT_S_MAX))] = _WAIT_S,
    without_counterparts: bool = False,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Put right the damaged store of a stopped node.

    It says what is damaged and what can be read, and then does it: every entry, head and
    receipt that is sound is written into a new store; what is missing of the logs is had
    from the counterparts, which the node's own circuits reach meanwhile, and nothing is
    signed; the whole is verified anew. Only then does it take the place of the damaged
    store, which is kept beside it. What is lost for good is named here, and in the journal.

    After it the node signs nothing before every counterpart has shown what it holds. A
    damaged anchor, a file that is no database any more and a store that is gone are put
    right as well.

    Example:
        openline repair --dir /srv/openline/alpha

    Args:
        dry_run: Only say what is damaged; change nothing and ask nobody.
        wait: How many seconds to wait at most for a counterpart that does not answer. One that
            answers has sixty times as long to give all that is missing.
        without_counterparts: Go on though a counterpart did not answer that may hold what
            is missing. It comes at the next start then, as if it arrived then. Refused where
            one is known to hold entries of ours that are missing.
        options: Which node, and how to print.
    """
    from openline.adapters.clock import wall_clock_ms
    from openline.app.config import load_config
    from openline.app.repair.mending import examined
    from openline.faces import unix

    config = load_config(options.directory)
    if unix.is_answered(config.socket):
        raise OurError("The node runs.", "Stop it first; its store is repaired as a whole.")
    with examined(config) as found:
        seen = found.diagnosis
        told: dict[str, Any] = {"diagnosis": _seen_to_json(seen), "mended": None}
        rows = list(_seen_rows(seen))
        if seen.is_sound or dry_run:
            emit(told, rows, as_json=options.json)
            return
        if not options.json:
            emit(
                told, [*rows, "", "It is repaired now; this may take some minutes."], as_json=False
            )
        mended = found.mend(wall_clock_ms(), float(wait), without_counterparts=without_counterparts)
        told["mended"] = _mended_to_json(mended)
        last = f"Start it: openline run --dir {config.directory}"
        emit(told, ["", *_mended_rows(mended), last], as_json=options.json)


def _seen_rows(seen: "Diagnosis") -> Iterator[str]:
    if seen.is_sound:
        yield f"{seen.store}: nothing is damaged; there is nothing to repair."
        return
    if seen.anchor:
        yield seen.anchor
    if not seen.is_there:
        yield f"There is no store at {seen.store}."
    elif seen.is_store_sound:
        yield f"{seen.store}: the store itself is sound."
    else:
        pages = seen.pages
        yield f"{seen.store}: {pages.damaged} of {pages.read} pages are damaged."
    for fault in seen.faults[:_GAPS_TOLD]:
        yield f"  {fault}"
    for log in seen.logs:
        what = "rows" if _is_journal(log.origin) else "entries"
        missing = sum(end - first for first, end in log.gaps)
        if not missing:
            yield f"  {log.origin}: all {log.committed} {what} can be read."
            continue
        places = ", ".join(_place(*gap) for gap in log.gaps[:_GAPS_TOLD])
        more = ", …" if len(log.gaps) > _GAPS_TOLD else ""
        yield (
            f"  {log.origin} has {log.committed} {what}, and {missing} cannot be read: "
            f"{places}{more}."
        )
    yield (
        f"  {seen.heads} heads and receipts, {seen.ticks} ticks and {seen.values} other values "
        "can be read."
    )


def _mended_rows(mended: "Mended") -> Iterator[str]:
    from openline.app.repair.mending import is_closed

    for origin, size in mended.logs:
        yield f"{origin}: {size} {'rows' if _is_journal(origin) else 'entries'}."
    if mended.came_back:
        yield f"The counterparts gave back {mended.came_back} entries, as they were."
    if mended.silent:
        yield f"Not heard: {', '.join(mended.silent)}."
    for origin, first, end in mended.lost:
        if _is_journal(origin):
            yield f"LOST: {_place(first, end)} of {origin}; nobody else has rows of it."
        elif is_closed(origin, dict(mended.logs)):
            yield f"LOST: {_place(first, end)} of {origin}, which is closed."
        else:
            yield f"LOST: {_place(first, end)} of {origin}, unless it comes at the next start."
    if mended.is_cut:
        yield (
            "The journal goes on in a new epoch, whose first rows say what is lost; what was "
            "cosigned of its later rows is in the old file only."
        )
    for what in mended.uncertain:
        yield f"Some {what} may be lost: nothing tells how many there were."
    if not mended.lost and not mended.uncertain:
        yield "Nothing is lost."
    for path in mended.kept:
        yield f"The damaged one is kept: {path}"


def _place(first: int, end: int) -> str:
    return str(first) if end == first + 1 else f"{first} to {end - 1}"


def _is_journal(origin: str) -> bool:
    parsed = parse_origin(origin)
    return parsed is not None and parsed.log == "journal"


def _seen_to_json(seen: "Diagnosis") -> dict[str, Any]:
    return {**asdict(seen), "store": str(seen.store), "is_sound": seen.is_sound}


def _mended_to_json(mended: "Mended") -> dict[str, Any]:
    return {**asdict(mended), "kept": [str(path) for path in mended.kept]}
