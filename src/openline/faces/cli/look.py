"""The verbs `status`, `conflicts` and `alarms`."""

import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.instants import instant_of
from openline.faces.cli.manual import make_app, sole_verb
from openline.faces.cli.options import Acting, Language, Node, OnLine
from openline.faces.cli.output import Worded, emit
from openline.faces.cli.placing import show_verb
from openline.faces.cli.private import found_rows

status_app = make_app("status", "")
conflicts_app = make_app("conflicts", "")
alarms_app = make_app("alarms", "")


@sole_verb(status_app)
def status(
    *,
    at: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Show the state of each line on both axes.

    What is observed (do the circuits work, when were both directions last
    proven) and what is declared (which scopes each party keeps) are two
    things; the word on top follows from both, and the sentence beside it says
    what it rests on, in the language of node.toml.

    With --at it shows how each line stood at an instant of the past, as far as
    this node holds the record and the ticks; openline certify has what others
    can verify.

    Example:
        openline status
        openline status --at 080001ZAPR17

    Args:
        at: An instant that is over, or -2h from now.
        options: Which node, and how to print.
    """
    client = options.client()
    if at is not None:
        instant = instant_of(at)
        names = [one["line"] for one in client.get("/lines")["lines"]]
        past = [client.get("/lines", name, "state", at=instant) for name in names]
        emit({"at": instant, "lines": past}, _past_rows(past), as_json=options.json)
        return
    state = client.get("/status")
    emit(state, _status_rows(state), as_json=options.json)


def _past_rows(lines: list[dict[str, Any]]) -> Iterator[str]:
    """How each line stood, and what is not known of it."""
    for line in lines:
        word = line["word"] or "not known: no unbroken ticks of ours stand around that instant"
        yield f"{line['line']} at {format_instant(line['at'])}: {word}"
        for party, words in sorted(line["observed"].items()):
            told = ", then ".join(words) or "nothing that is held here"
            yield f"  {party} observed: {told}"
        for party, answered in sorted(line["answered"].items()):
            yield f"  line checks with {party}: {answered}"
        for party, scopes in sorted(line["declared"].items()):
            states = ", ".join(f"{scope} {state}" for scope, state in sorted(scopes.items()))
            yield f"  {party} declared: {states}"


@sole_verb(conflicts_app)
def conflicts(
    conflict: str | None = None,
    /,
    *,
    picture: Path | None = None,
    ended: bool = False,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show where notices of two parties meet.

    A conflict is a fact that both nodes compute alike: two live notices come
    nearer than agreed in space, altitude and time. It forbids nothing. Those
    of what is kept private follow, and are known to this node alone.

    A row says how many there are of each verdict; the gravest come first, and of
    each sort at most 50 are shown.

    With --picture one of them is drawn on a page: from above, in height and time,
    and in words, so that it is seen without a map.

    Example:
        openline conflicts --ended
        openline conflicts --picture conflict.png
        openline conflicts alpha.example~ALPHA-N-0001~bravo.example~BRAVO-N-0001 --picture c.svg

    Args:
        conflict: Its id, as the list shows it; without it all of them, or the picture of the
            gravest.
        picture: A file to draw one into; its name ends in .png or .svg.
        ended: Those that have ended as well.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    answer = client.get(
        "/lines", line, "conflicts", live=not ended, private=True, language=language
    )
    found = sorted(_named(answer["conflicts"], conflict), key=_gravity)
    if picture is None:
        emit({"conflicts": found}, _conflict_rows(found), as_json=options.json)
        return
    chosen = gravest_of(found)
    from openline.faces.cli.picture import draw_one

    draw_one(client, line, chosen, picture, language)
    which = "" if conflict or len(found) == 1 else f", the gravest of {len(found)}"
    rows = [f"{picture} shows {chosen['id']}{which}.", *_conflict_rows([chosen])]
    emit({"picture": str(picture), "conflict": chosen}, rows, as_json=options.json)


@sole_verb(alarms_app)
def alarms(
    *,
    acknowledge: str | None = None,
    language: Language | None = None,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Show what a person must look at.

    The loudest come first, and of those the oldest; each says what it is about,
    what to do, and how to acknowledge it. An alarm stands until a named officer
    does so, even when its cause is over. Acknowledging one neither clears nor
    hides another.

    Example:
        openline alarms
        openline alarms --acknowledge FLASH/bravo.example/7 --by "watch/Capt. Smith"

    Args:
        acknowledge: The id of an alarm that a person has seen.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    if acknowledge is not None:
        body = {"alarm": acknowledge, "by": options.officer()}
        done = client.post("/lines", line, "alarms", "acknowledge", body=body)
        emit(done, [f"{acknowledge}: acknowledged."], as_json=options.json)
        return
    answer = client.get("/lines", line, "alarms", language=language)
    emit(answer, _alarm_rows(answer["alarms"], options.line), as_json=options.json)


def _status_rows(state: dict[str, Any]) -> Iterator[str]:
    yield f"{state['party']}, up since {format_instant(state['started_at'])}"
    if not state["lines"]:
        yield "No line yet: openline understanding adopt FILE."
    for line in state["lines"]:
        yield ""
        yield from _line_rows(line)


def _line_rows(line: dict[str, Any]) -> Iterator[str]:
    shown = line["displayed"]
    yield Worded(f"{line['line']}: {shown['said']}. {shown['sentence']}")
    count = line["out_size"]
    said = f"{count} message{'s' * (count != 1)} said by us"
    yield f"  Understanding version {line['version']}; {said}"
    for counterpart in line["counterparts"]:
        held = line["held"].get(counterpart["party"], 0)
        yield from (f"  {row}" for row in _counterpart_rows(counterpart, held))
    for party, scopes in sorted(line["declared"].items()):
        states = ", ".join(f"{scope} {_word_of(state)}" for scope, state in sorted(scopes.items()))
        yield f"  {party} declares: {states}"
    yield from _check_rows(shown)
    if line["alarms"]:
        count = len(line["alarms"])
        yield f"  {count} alarm{'s' * (count > 1)}: openline alarms --line {line['line']}"


def _counterpart_rows(counterpart: dict[str, Any], held: int) -> Iterator[str]:
    age_ms = counterpart["two_way_age_ms"]
    proven = (
        "never proven in both directions yet"
        if age_ms is None
        else f"both directions proven {_duration(age_ms)} ago"
    )
    lacking = counterpart["not_receipted"]
    receipts = f"{lacking} of ours not receipted" if lacking else "all of ours receipted"
    yield f"{counterpart['party']}: {proven}; {held} of its messages held, {receipts}"
    for circuit in counterpart["circuits"]:
        connected = "connected" if circuit["is_connected"] else "not connected"
        yield f"  circuit {circuit['circuit']}: {circuit['state']}, {connected}"
    yield from _clock_rows(counterpart)
    if counterpart["is_forked"]:
        yield "  IT HAS SHOWN TWO HISTORIES; the notes that prove it are kept."
    for row in counterpart["difference"]:
        yield f"  its Understanding differs: {row}"


def _clock_rows(counterpart: dict[str, Any]) -> Iterator[str]:
    """How far its clock is from ours, loudly where that is more than agreed."""
    offset_ms = counterpart["clock_offset_ms"]
    if offset_ms is None:
        return
    side = "ahead of" if offset_ms >= 0 else "behind"
    loud = {"OK": "", "OFF": ", more than agreed", "ALARM": ", FAR MORE THAN AGREED"}
    apart = f"{abs(offset_ms)} ms" if abs(offset_ms) < 2_000 else _duration(abs(offset_ms))
    yield f"  its clock is {apart} {side} ours{loud[counterpart['clock']]}"


def _check_rows(displayed: dict[str, Any]) -> Iterator[str]:
    """What is due of people, why the line is in trouble, what is offered."""
    for party, due in sorted(displayed["checks_due"]["parties"].items()):
        word = {"NOT_DUE": "due", "DUE": "DUE since", "OVERDUE": "OVERDUE since"}[due["state"]]
        yield f"  next line check by {party}: {word} {format_instant(due['due_at'])}"
    for party, cause in sorted(displayed["causes"].items()):
        yield f"  cause of the trouble with {party}: {cause['cause']}"
    for one in displayed["services"]:
        until = "no end given" if one["valid_until"] is None else format_instant(one["valid_until"])
        where = one["circuit"] or "the whole line"
        tail = f"; use {one['fallback']}" if one["fallback"] else ""
        start = format_instant(one["valid_from"])
        yield f"  {one['serial']}: {one['occasion']} of {where}, {start} to {until}{tail}"
    for one in displayed["offers"]:
        scopes = ", ".join(one["scopes"])
        at = format_instant(one["proposed_at"])
        yield f"  {one['serial']} offers to resume {scopes} from {at}: {one['state']}"


def _word_of(state: Any) -> str:
    return str(state.get("state", state)) if isinstance(state, dict) else str(state)


def _duration(ms: int) -> str:
    """A duration in the unit that suits it."""
    for unit, size_ms in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)):
        if ms >= 2 * size_ms or unit == "s":
            return f"{ms / size_ms:.1f} {unit}" if unit == "s" else f"{ms // size_ms} {unit}"
    raise AssertionError("seconds suit everything")


_GRAVITY: Final = ("CONFLICT", "MARGINAL", "TOUCH", "CLEAR")


def gravest_of(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The conflict to look at first: what is real, lasts, is grave, near and soon.

    One that both nodes know of goes before any that is private: a page may be handed on.

    Raises:
        OurError: There is none.
    """
    if not found:
        raise OurError(
            "There is no conflict to draw.", "See those that have ended: openline conflicts --ended"
        )
    return min(found, key=lambda one: (one.get("private", False), *_gravity(one)))


def _gravity(one: dict[str, Any]) -> tuple[Any, ...]:
    return (
        one["state"] == "ENDED",
        one["exercise"],
        _GRAVITY.index(one["verdict"]),
        one["separation_m"],
        one["overlap_from"],
        one["id"],
    )


def _named(found: list[dict[str, Any]], conflict: str | None) -> list[dict[str, Any]]:
    """All of them, or the one that is named.

    Raises:
        WrongUsage: None of them has this id; says which there are.
    """
    chosen = [one for one in found if conflict is None or one["id"] == conflict]
    if conflict is None or chosen:
        return chosen
    ids = [one["id"] for one in found]
    more = f" and {len(ids) - _IDS_SHOWN} more" if len(ids) > _IDS_SHOWN else ""
    there = ", ".join(ids[:_IDS_SHOWN]) + more
    remedy = f"There are: {there}." if ids else "There is none; --ended shows those that ended."
    raise WrongUsage(f"There is no conflict {conflict!r}.", remedy)


_IDS_SHOWN: Final = 8

CONFLICTS_SHOWN_MAX: Final = 50
"""Conflicts of one sort in a list for people: a few screens."""


def _conflict_rows(found: list[dict[str, Any]]) -> Iterator[str]:
    """What there is of both sorts: a summary, then the gravest."""
    if not found:
        yield "No conflicts."
    for is_private in (False, True):
        sort = [one for one in found if one["private"] is is_private]
        if not sort:
            continue
        verdicts = Counter(one["verdict"] for one in sort)
        counts = ", ".join(f"{verdicts[name]} {name}" for name in _GRAVITY if name in verdicts)
        what = "With what is kept private" if is_private else "Between notices"
        yield f"{what}: {counts}."
        for conflict in sort[:CONFLICTS_SHOWN_MAX]:
            yield from _rows_of(conflict)
        if len(sort) > CONFLICTS_SHOWN_MAX:
            yield f"… and {len(sort) - CONFLICTS_SHOWN_MAX} more; --json has all."


def _rows_of(conflict: dict[str, Any]) -> Iterator[str]:
    if conflict["private"]:
        yield from found_rows([conflict])
    else:
        one, other = (
            f"{side['party']} {side['notice_id']} v{side['version']} (volume {side['volume']})"
            for side in conflict["sides"]
        )
        exercise = "EXERCISE " if conflict["exercise"] else ""
        yield f"{exercise}{conflict['verdict']} {conflict['state']}: {one} and {other}"
        yield Worded(f"  {conflict['said']}")
    yield f"  {conflict['id']}"


def _alarm_rows(found: list[dict[str, Any]], line: str | None) -> Iterator[str]:
    if not found:
        yield "No alarms."
    for alarm in found:
        yield Worded(f"{alarm['precedence']}  {format_instant(alarm['at'])}  {alarm['said']}")
        for command in (
            *_looks(alarm["name"], alarm["facts"]),
            f"alarms --acknowledge {alarm['id']}",
        ):
            yield f"    openline {command}{'' if line is None else f' --line {line}'}"


def _looks(name: str, facts: dict[str, Any]) -> Iterator[str]:
    """The commands that show what an alarm is about."""
    if "unlisted" in facts or ("further" in facts and "CONFLICT" in name):
        yield "conflicts"
    if "private" in facts:
        yield f"private show {shlex.quote(facts['private'])}"
    for side in facts.get("sides", ()):
        yield show_verb(side["party"], side["notice_id"])
    if "notice_id" in facts:
        yield show_verb(facts["party"], facts["notice_id"])
    if "zone_id" in facts:
        yield "zone violations"
    elif "serial" in facts:
        yield f"log show {facts['serial']}"
