"""The words of watches, tiers, the brief, and of how a line stood in the past."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.wording.dialogue import due, matter_name
from openline.adapters.wording.marking import Data, Facts, mark
from openline.domain.instant import dtg
from openline.domain.talk.escalation import Escalation, Lift
from openline.domain.talk.watch import NODE, Change, Watch

if TYPE_CHECKING:
    from openline.adapters.wording import Wording

TERMS: Final = {
    # Posts as the templates name them.
    "commander": mark("commander"),
    "chief": mark("chief"),
    "watch": mark("watch"),
    "escalation": mark("lifted message"),
    # Where a watch stands.
    "OPEN": mark("on watch"),
    "HANDOVER_DUE": mark("handover due"),
    "OVERDUE": mark("not taken over in time"),
    "HANDOVER_SIGNED": mark("taken over"),
    "UNMANNED": mark("unmanned"),
    "NOT_OPENED": mark("never opened"),
    # Where a lifted message stands.
    "SAID": mark("said"),
    "LIFTED": mark("lifted"),
    "RETURNED": mark("given back"),
}

CLOCK_WORDS: Final = {
    "handover": mark("The handover of the {matter} of {party} was due at {at}."),
    "grace": mark(
        "Nobody took over the {matter} of {party} by {at}: whoever is on watch stays, and tier "
        "{tier} must know."
    ),
    "lift_read": mark("The other tier should have read by {at} that {matter} was lifted."),
    "deadline": mark("{matter} was to be settled by {at}."),
    "deadline_other": mark("{matter} was to be settled by {at}."),
}
"""What is said when a clock has run out."""

DUE_WORDS: Final = {
    "handover": mark("The {matter} of {party} is handed over at {at}."),
    "grace": mark("At {at} tier {tier} is told that nobody took over the {matter} of {party}."),
    "lift_read": mark("The other tier reads by {at} that {matter} was lifted."),
    "deadline": mark("{matter} is to be settled by {at}."),
    "deadline_other": mark("{matter} is to be settled by {at}."),
}
"""What is said while a clock runs."""

_CHANGES: Final = {
    Change.OPENED: mark("{title}: from {at} {officer} is on watch at the post {post}."),
    Change.TAKEN_OVER: mark("{title}: at {at} {officer} takes over the watch at the post {post}."),
    Change.CLOSED: mark("{title}: at {at} {officer} closes the watch at the post {post}."),
    Change.UNMANNED: mark(
        "{title}: since {at} nobody is on watch at the post {post}. Last on watch, and "
        "answerable until somebody takes over, is {officer}."
    ),
}
_BY_NODE: Final = mark("No person says this: the node does, for nobody took over in time.")
_WORDS: Final = mark("It says, in {language}:")


def _watch(say: "Wording", message: Watch, facts: Facts) -> Iterator[str]:
    yield say.say(
        _CHANGES[message.change],
        title=say.named(facts.title),
        at=say.instant(message.since),
        officer=say.quoted(message.officer),
        post=say.quoted(message.post),
    )
    if message.planned_until is not None:
        yield say.say("It is planned until {at}.", at=say.instant(message.planned_until))
    if message.relieved:
        yield say.say("Relieved is {officer}.", officer=say.quoted(message.relieved))
    if message.languages:
        names = say.listed(say.term(one) for one in message.languages)
        yield say.say("A linguist is present for: {names}.", names=names)
    if message.communicator:
        officer = say.quoted(message.communicator)
        yield say.say("The circuits are run by {officer}.", officer=officer)
    if message.brief is not None:
        digest = Data(message.brief.hex()[:16])
        yield say.say("The brief that was handed over has the hash {hash}.", hash=digest)
    if message.remark:
        yield from say.words(_WORDS, message.remark, message.language)
    if message.by.officer == NODE:
        yield say.say(_BY_NODE)
    else:
        yield from say.officer_rows(message.by)


def _escalation(say: "Wording", message: Escalation, facts: Facts) -> Iterator[str]:
    lifts = mark("{title} lifts {message} to tier {tier}. Every lower tier stays in it.")
    returns = mark("{title} gives {message} back to tier {tier}.")
    yield say.say(
        lifts if message.change is Lift.ESCALATED else returns,
        title=say.named(facts.title),
        message=say.reference(message.of, facts),
        tier=Data(message.tier),
    )
    yield from say.words(mark("Why, in {language}:"), message.why, message.language)
    if message.deadline is not None:
        yield say.say("It is to be settled by {at}.", at=say.instant(message.deadline))
    if message.stays:
        yield from say.words(mark("With the lower tiers stays:"), message.stays)
    yield from say.officer_rows(message.by)


def _unmanned_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    sentence = mark(
        "{party} says that nobody is on watch at its post {post}. Last on watch was {officer}."
    )
    officer, post = say.quoted(facts["officer"]), say.quoted(facts["post"])
    yield say.say(sentence, party=Data(facts["party"]), post=post, officer=officer)
    yield say.say("Expect no answer from there; address another post or tier.")


def watch_words(say: "Wording", row: Mapping[str, Any]) -> str:
    """Who is on watch at a post, in a sentence."""
    values = {
        "party": Data(row["party"]),
        "post": say.data(row["post"]),
        "state": say.term(row["state"]),
    }
    manned = mark("{party}, {post}: {state}, {officer}.")
    empty = mark("{party}, {post}: {state}.")
    parts = [
        say.say(manned, **values, officer=say.quoted(row["officer"]))
        if row["officer"]
        else say.say(empty, **values)
    ]
    if row["planned_until"] is not None and not row["is_past"]:
        parts.append(say.say("Planned until {at}.", at=_minute(row["planned_until"])))
    if row["languages"]:
        names = say.listed(say.term(one) for one in row["languages"])
        parts.append(say.say("A linguist is present for: {names}.", names=names))
    elif row["state"] in ("OPEN", "HANDOVER_DUE", "OVERDUE"):
        parts.append(say.say("No linguist is present."))
    if row["should_be_manned"] and row["state"] in ("NOT_OPENED", "CLOSED", "UNMANNED"):
        parts.append(say.say("By its agreed hours it should be manned now."))
    if row["offer"] is not None:
        officer = say.quoted(row["offer"]["officer"])
        digest = Data(row["offer"]["brief"][:8])
        offers = mark("{officer} hands it over with the brief {hash}.")
        parts.append(say.say(offers, officer=officer, hash=digest))
    return " ".join(parts)


def _minute(at: int) -> Data:
    """An instant to the minute: a list to be read, not a record."""
    return Data(dtg(at))


_Rows = Callable[["Wording", Mapping[str, Any]], str]


def _circuit_row(say: "Wording", row: Mapping[str, Any]) -> str:
    stands = mark("circuit {circuit} to {party}: {state}, connected")
    is_cut = mark("circuit {circuit} to {party}: {state}, not connected")
    return say.say(
        stands if row["is_connected"] else is_cut,
        circuit=say.data(row["circuit"]),
        party=Data(row["party"]),
        state=say.term(row["state"]),
    )


def _check_row(say: "Wording", row: Mapping[str, Any]) -> str:
    sentence = mark("line check {n} of {party}, asked at {at}: answer it")
    return say.say(sentence, n=Data(row["number"]), party=Data(row["party"]), at=_minute(row["at"]))


def _due_row(say: "Wording", row: Mapping[str, Any]) -> str:
    return due(say, row)


def _matter_row(say: "Wording", row: Mapping[str, Any]) -> str:
    states = say.listed(
        say.say(mark("{party}: {state}"), state=say.term(state), party=Data(party))
        for party, state in row["states"].items()
    )
    return say.say(
        mark("{matter}, {precedence}, tier {tier}: {states}"),
        matter=matter_name(say, {"subject": row["subject"], "matter": row["id"]}),
        precedence=say.term(row["precedence"]),
        tier=Data(row["tier"]),
        states=states,
    )


def _notice_row(say: "Wording", row: Mapping[str, Any]) -> str:
    return say.say(
        mark("notice {id} of {party}: {state}, from {start} to {end}, {n} conflicts"),
        id=say.data(row["notice_id"]),
        party=Data(row["party"]),
        state=say.term(row["state"]),
        start="–" if row["valid_from"] is None else _minute(row["valid_from"]),
        end="–" if row["valid_until"] is None else _minute(row["valid_until"]),
        n=Data(row["conflicts"]),
    )


def _message_row(say: "Wording", row: Mapping[str, Any]) -> str:
    return say.say(
        mark("{serial}, {kind}, {precedence}, since {at}"),
        serial=Data(row["serial"]),
        kind=Data(row["kind"]),
        precedence=say.term(row["precedence"]),
        at=_minute(row["at"]),
    )


def _unread_by_row(say: "Wording", row: Mapping[str, Any]) -> str:
    by = Data(", ".join(row["by"]))
    return say.say(mark("{what}: not read by {by}"), what=_message_row(say, row), by=by)


def _receipt_row(say: "Wording", row: Mapping[str, Any]) -> str:
    by = Data(", ".join(row["by"]))
    return say.say(mark("{serial}: not receipted by {by}"), serial=Data(row["serial"]), by=by)


def _translation_row(say: "Wording", row: Mapping[str, Any]) -> str:
    language = say.term(row["language"])
    what = _message_row(say, row)
    return say.say(mark("{what}, written in {language}"), what=what, language=language)


def _alarm_row(say: "Wording", row: Mapping[str, Any]) -> str:
    return say.say(
        mark("{precedence}, {at}: {said}"),
        precedence=say.term(row["precedence"]),
        at=_minute(row["at"]),
        said=say.alarm(row),
    )


_BRIEF: Final[tuple[tuple[str, str, _Rows], ...]] = (
    ("circuits", mark("Circuits:"), _circuit_row),
    ("watches", mark("Watches:"), watch_words),
    ("alarms", mark("Alarms that stand:"), _alarm_row),
    ("unread", mark("Not read by us:"), _message_row),
    ("due", mark("Due:"), _due_row),
    ("matters", mark("Open matters:"), _matter_row),
    ("contacts", mark("Contacts promised:"), _due_row),
    ("checks", mark("Line checks to answer:"), _check_row),
    ("notices", mark("Notices in force in the next watch:"), _notice_row),
    ("not_receipted", mark("Ours, not receipted:"), _receipt_row),
    ("unread_by_others", mark("Ours, not read:"), _unread_by_row),
    ("translations", mark("To be translated:"), _translation_row),
)
"""The lists of a brief in the order in which they are read, with their titles."""

_PAST: Final[tuple[tuple[str, str, _Rows], ...]] = (
    ("watches", mark("Watches:"), watch_words),
    ("alarms", mark("Alarms that stood:"), _alarm_row),
    ("due", mark("Due:"), _due_row),
    ("matters", mark("Open matters:"), _matter_row),
    ("notices", mark("Notices in force:"), _notice_row),
    ("unread", mark("Not read by us:"), _message_row),
)


def brief_rows(say: "Wording", brief: Mapping[str, Any]) -> Iterator[str]:
    """A brief in rows; what is under a title is indented."""
    sentence = mark("Watch brief of {party} for the line {line}, {at}, for the watch until {end}.")
    yield say.say(
        sentence,
        party=Data(brief["party"]),
        line=Data(brief["line"]),
        at=_minute(brief["at"]),
        end=_minute(brief["until"]),
    )
    yield say.say("The line is {word}.", word=say.term(brief["word"]))
    yield from _declared(say, brief["declared"])
    yield from _lists(say, _BRIEF, brief)
    keys = brief["keys"]
    if keys["can_sign"]:
        yield say.say("Keys: all needed are here; this node signs.")
    else:
        why = say.quoted(keys["broken"] or ", ".join(keys["waiting_for"]))
        yield say.say("This node signs nothing now: {why}.", why=why)


def replay_rows(say: "Wording", past: Mapping[str, Any]) -> Iterator[str]:
    """How a line stood, in rows; what is under a title is indented."""
    sentence = mark("The line {line} at {at}, as the node of {party} knew it then.")
    yield say.say(
        sentence, line=Data(past["line"]), at=_minute(past["at"]), party=Data(past["party"])
    )
    held = say.listed(Data(f"{party} {size}") for party, size in past["held"].items())
    counts = mark("Said by us: {n}. Held of the others: {held}.")
    yield say.say(counts, n=Data(past["out_size"]), held=held)
    yield from _declared(say, past["declared"])
    yield from _lists(say, _PAST, past)


def _declared(say: "Wording", declared: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for party, scopes in sorted(declared.items()):
        states = say.listed(
            say.say(mark("{scope}: {state}"), scope=say.term(scope), state=say.term(state))
            for scope, state in sorted(scopes.items())
        )
        sentence = mark("{party} declares: {states}.")
        yield say.say(sentence, party=Data(party), states=states)


def _lists(
    say: "Wording", lists: tuple[tuple[str, str, _Rows], ...], found: Mapping[str, Any]
) -> Iterator[str]:
    for name, title, row_of in lists:
        if not found[name]:
            continue
        yield say.say(title)
        yield from (f"  {row_of(say, row)}" for row in found[name])
        if more := found["left_off"].get(name):
            yield "  " + say.say("… and {n} more.", n=Data(more))


SAYINGS: Final[dict[type, Callable[[Any, Any, Facts], Iterator[str]]]] = {
    Watch: _watch,
    Escalation: _escalation,
}
"""How each message is said."""

ALARMS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]]] = {
    "UNMANNED": _unmanned_alarm,
}
"""How each alarm is said."""
