"""The words of public statements: standing, verdicts, what became of rows.

They claim only what was seen at a look. When a page is looked at next is decided elsewhere
(`openline.domain.statements.back_off`); here it is only said.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.wording.marking import Facts, mark
from openline.domain.instant import dtg
from openline.domain.statements.back_off import Plan, Standing, Why
from openline.domain.statements.difference import Change, Difference, Row
from openline.domain.statements.verdict import READ, Verdict
from openline.domain.statements.words import Sort

if TYPE_CHECKING:
    from openline.adapters.wording import Wording

VERDICTS: Final = {
    Verdict.FIRST: mark("first version"),
    Verdict.UNCHANGED: mark("unchanged"),
    Verdict.CHANGED: mark("changed"),
    Verdict.COSMETIC: mark("only its form changed"),
    Verdict.RETURNED: mark("an earlier text again"),
    Verdict.UNREACHABLE: mark("no answer"),
    Verdict.REFUSED: mark("refused"),
    Verdict.MISSING: mark("missing"),
    Verdict.UNREADABLE: mark("no readable text"),
}
CHANGES: Final = {
    Change.SAME: mark("the same"),
    Change.EDITED: mark("edited"),
    Change.ADDED: mark("only in the later version"),
    Change.REMOVED: mark("only in the earlier version"),
    Change.MOVED: mark("moved"),
    Change.MOVED_EDITED: mark("moved and edited"),
    Change.MOVED_AWAY: mark("moved from here"),
    Change.SPLIT: mark("parted into several"),
    Change.JOINED: mark("joined from several"),
}
SORTS: Final = {
    Sort.NUMBER: mark("a number"),
    Sort.DATE: mark("a date or time"),
    Sort.NEGATION: mark("a negation"),
}
_PAGE: Final = {
    "list": mark("Public statements"),
    "none": mark("Nothing is followed: see openline statements add."),
    "versions": mark("All versions"),
    "version": mark("Version {n}"),
    "number": mark("No."),
    "seen": mark("Seen at"),
    "verdict": mark("What it is"),
    "words": mark("Number of words"),
    "look": mark("To be read"),
    "text": mark("Text"),
    "difference": mark("Against the version before"),
    "next": mark("Next change"),
    "proof": mark("The proof of it, as a file"),
    "verdict_page": mark("What the proof comes to"),
    "folded": mark("Paragraphs here that are the same: {n}"),
}
_PLANS: Final = {
    Why.NEW: mark("It is looked at as soon as possible."),
    Why.CHANGED_LATELY: mark("It changed within the hour before: the next check is at {at}."),
    Why.SHARE_OF_QUIET: mark("The next check is at {at}."),
    Why.SERVER_ASKS: mark("The next check is at {at}: its server asks not to be asked sooner."),
    Why.ERRORS: mark("The next attempt is at {at}."),
    Why.REFUSED: mark("The next attempt is at {at}."),
    Why.ABSENT: mark("The next attempt is at {at}."),
    Why.ENDED: mark("It is not checked again unless someone asks."),
    Why.ELSEWHERE: mark("Its address leads for good to {address}: it is checked there."),
}
_FAILINGS: Final = {
    Verdict.UNREACHABLE: mark("No answer since {at}; attempts in vain: {n}."),
    Verdict.REFUSED: mark("Its server refuses to give it since {at}; attempts in vain: {n}."),
    Verdict.MISSING: mark(
        "Not found since {at}; its server said so {n} times, over a day or more."
    ),
    Verdict.UNREADABLE: mark("Without a readable text since {at}; attempts in vain: {n}."),
}


def _silent_alarm(say: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    yield say.say(
        "The public source {name} ({address}) gives no text since {at}.",
        name=say.data(facts["name"]),
        address=say.data(facts["address"]),
        at=minute(say, facts["since"]),
    )
    yield say.say("What it said before is kept. Look whether it is us that it does not answer.")


TERMS: Final[dict[str, str]] = {}
SAYINGS: Final[dict[type, Callable[[Any, Any, Facts], Iterator[str]]]] = {}
CLOCK_WORDS: Final[dict[str, str]] = {}
DUE_WORDS: Final[dict[str, str]] = {}
ALARMS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]]] = {
    "SOURCE_SILENT": _silent_alarm,
}
"""How each alarm is said; public statements have no message, term or clock."""


def minute(say: "Wording", at: int) -> str:
    """An instant to the minute: looks are minutes apart at least."""
    return say.data(dtg(at))


def standing_sentence(say: "Wording", one: Standing, plan: Plan) -> str:
    """Where a page stands and when it is looked at next, as one paragraph."""
    rows = [*_seen(say, one), *_failing(say, one)]
    if plan.is_silent:
        rows.append(say.say("The source has fallen silent."))
    at = minute(say, plan.next_at or 0)
    rows.append(say.say(_PLANS[plan.why], at=at, address=say.data(one.leads_to)))
    return " ".join(rows)


def _seen(say: "Wording", one: Standing) -> Iterator[str]:
    if one.looked_at is None:
        yield say.say("Not looked at yet.")
    elif one.changed_at is None:
        yield say.say("No text was seen yet.")
    else:
        at, n = minute(say, one.changed_at), say.data(one.unchanged)
        sentence = (
            mark("Last changed {at}; checks since then that found it unchanged: {n}.")
            if one.versions > 1
            else mark("First seen {at}; checks since then that found it unchanged: {n}.")
        )
        yield say.say(sentence, at=at, n=n)


def _failing(say: "Wording", one: Standing) -> Iterator[str]:
    if one.verdict is None or one.verdict in READ or one.failing_since is None:
        return
    at, n = minute(say, one.failing_since), say.data(one.errors)
    yield say.say(_FAILINGS[one.verdict], at=at, n=n)


def page_words(say: "Wording", key: str, **values: str) -> str:
    """The words of the pages by what they are for."""
    return say.say(_PAGE[key], **values)


def seen_sentence(say: "Wording", line: str, row: int | None, at: int) -> str:
    """What a look in the journal shows, and what it does not."""
    if row is None:
        return say.say("It is in no journal: that it was seen then is this node's word alone.")
    return say.say(
        "This node noted at {at} in row {row} of its journal on the line {line} that it saw this "
        "text. It is no proof of what others were shown.",
        at=minute(say, at),
        row=say.data(row),
        line=say.data(line),
    )


def capture_rows(say: "Wording", party: str, facts: Mapping[str, Any]) -> Iterator[str]:
    """What a certificate of a capture shows, and what it does not.

    Args:
        say: The language.
        party: Whose node saw the page.
        facts: As the verification of the certificate tells them.
    """
    seen = facts["capture"]
    yield say.say(
        "{party} noted that at {at}, by its own clock, it asked for {address}. The answer: "
        "{status}.",
        party=say.data(party),
        at=say.instant(seen["at"]),
        address=say.quoted(seen["address"]),
        status=say.data(seen["status"] or "-"),
    )
    if seen["body_sha256"]:
        yield say.say("SHA-256 of the bytes: {hash}.", hash=say.data(seen["body_sha256"]))
    if seen["text_sha256"]:
        yield say.say(
            "SHA-256 of the text: {hash}, read by {name}.",
            hash=say.data(seen["text_sha256"]),
            name=say.quoted(seen["extractor"]),
        )
    yield say.say(
        "The counterpart cosigned it at {at}, by its own clock, without seeing it: it was there by "
        "then, and was not changed since.",
        at=say.instant(facts["cosigned_at"]),
    )
    yield say.say(
        "It does not prove what others were shown at that address, who wrote it, or when it was "
        "put there or taken away."
    )


def feed_title(say: "Wording", name: str) -> str:
    """The title of a feed of changes."""
    if not name:
        return say.say("Public statements: what changed")
    return say.say("Public statements: what changed in {name}", name=say.quoted(name))


def members_title(say: "Wording", line: str) -> str:
    """The title of the feed for the members of a line."""
    return say.say("For the members of the line {line}: notices and its state", line=say.data(line))


def verdict_words(say: "Wording", verdict: Verdict, returned_to: int | None = None) -> str:
    """What a look said, in few words."""
    if returned_to is not None:
        return say.say("the text of version {n} again", n=say.data(returned_to))
    return say.say(VERDICTS[verdict])


def change_words(say: "Wording", row: Row) -> str:
    """What became of the paragraph of a row."""
    if row.change is Change.MOVED_AWAY:
        return say.say("moved to paragraph {n}", n=say.data(row.new[0]))
    if row.change in (Change.MOVED, Change.MOVED_EDITED):
        sentence = (
            mark("moved from paragraph {n}")
            if row.change is Change.MOVED
            else mark("moved from paragraph {n} and edited")
        )
        return say.say(sentence, n=say.data(row.old[0]))
    return say.say(CHANGES[row.change])


def readout_words(say: "Wording", row: Row) -> str:
    """What became of a paragraph of a readout on a public page."""
    if row.change is Change.REMOVED:
        return say.say("only in the readout")
    if row.change is Change.ADDED:
        return say.say("only on the page")
    return change_words(say, row)


def readout_sentence(say: "Wording", *, is_whole: bool) -> str:
    """Whether a public page has a readout, word for word."""
    if is_whole:
        return say.say("The page has every paragraph of the readout, word for word.")
    return say.say("The page does not have every paragraph of the readout, word for word.")


def presence(say: "Wording", row: Row, old: tuple[int, int], new: tuple[int, int]) -> str:
    """Of a paragraph of one version: in which it was seen, and in which not.

    Args:
        say: The language.
        row: The row.
        old: Number of the earlier version, and when it was seen.
        new: The same of the later.
    """
    sides = (old, new) if row.change is Change.REMOVED else (new, old)
    (has, has_at), (lacks, lacks_at) = sides
    return say.say(
        "Present in version {has} ({has_at}), absent in version {lacks} ({lacks_at}).",
        has=say.data(has),
        has_at=minute(say, has_at),
        lacks=say.data(lacks),
        lacks_at=minute(say, lacks_at),
    )


def reading_sentence(say: "Wording", old: str, new: str) -> str:
    """What read two versions that are compared."""
    if old == new:
        return say.say("Both versions were read by {name}.", name=say.data(old))
    return say.say(
        "The earlier version was read by {old}, the later by {new}, and the bytes of one are no "
        "longer kept: what differs may come from that.",
        old=say.data(old),
        new=say.data(new),
    )


def summary(say: "Wording", found: Difference) -> str:
    """How many paragraphs became what, as one sentence; what turns the sense is named."""
    parts = []
    for change, word in CHANGES.items():
        count = found.count(change)
        if count and change not in (Change.SAME, Change.MOVED_AWAY):
            parts.append(say.say("{what}: {n}", what=say.say(word), n=say.data(count)))
    if any(not span.same for span in found.title):
        parts.insert(0, say.say("the headline changed"))
    rows = [say.say("No paragraph changed.")]
    if parts:
        rows = [say.say("What became of the paragraphs: {what}.", what=say.listed(iter(parts)))]
    if hard := found.hard():
        what = say.listed((say.say(SORTS[sort]) for sort in hard), ", ")
        rows.append(say.say("Among the changes: {what}.", what=what))
    if found.is_bounded:
        rows.append(say.say("It is too much to compare in every word."))
    return " ".join(rows)
