"""Every behaviour of the hostile counterpart: its threat, what it does, what must hold.

After each the general rules of `tests.siege.ground` are checked too: nothing of another line
changed, nothing is shown as delivered that was not receipted, what was taken is exactly
what was signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MANY: Final = 10**9


@dataclass(frozen=True)
class Behaviour:
    """One thing that a hostile counterpart does.

    Attributes:
        threat: What it threatens, in a word or two.
        does: In one sentence.
        holds: What must hold, in one sentence.
        refused: The reasons that may be given; if there are any, one of them must be.
        takes: How many entries may be taken, least and most.
        is_flagged: Whether every message that was taken must bear a flag.
        alarm: The alarm that must stand, if any must.
        is_fork: Whether its author must be found to have signed two histories.
        statuses: The statuses of HTTP that may be given.
    """

    threat: str
    does: str
    holds: str
    refused: tuple[str, ...] = ()
    takes: tuple[int, int] = (0, 0)
    is_flagged: bool = False
    alarm: str = ""
    is_fork: bool = False
    statuses: tuple[int, ...] = ()

    @property
    def is_lasting(self) -> bool:
        """Whether the line can serve for nothing else afterwards."""
        return self.is_fork or self.alarm in LASTING


LASTING: Final = ("JOURNAL_FORK", "ENTRIES_TAKEN_BACK", "VIEWS_DIFFER")

TABLE: Final[Mapping[str, Behaviour]] = {
    # Two histories.
    "equivocates": Behaviour(
        "two histories",
        "signs two messages under one serial, with heads and ticks over each",
        "at most one is kept, both heads are evidence, the alarm is FLASH",
        refused=("FORK",),
        takes=(0, 1),
        alarm="FORK",
        is_fork=True,
    ),
    "rewrites what was receipted": Behaviour(
        "two histories",
        "puts another message under a serial that the victim has receipted",
        "what was receipted stays; both heads are evidence",
        refused=("FORK",),
        takes=(1, 1),
        alarm="FORK",
        is_fork=True,
    ),
    "makes two ticks of one number": Behaviour(
        "two histories",
        "signs two ticks of one number",
        "both are evidence",
        refused=("FORK",),
        alarm="FORK",
        is_fork=True,
    ),
    "ticks of another root": Behaviour(
        "two histories",
        "signs a tick over another root than its log has",
        "the tick and the head are evidence",
        refused=("FORK",),
        alarm="FORK",
        is_fork=True,
    ),
    "claims more than it gives": Behaviour(
        "two histories",
        "signs a tick over more than it gives, then another history of that size",
        "nothing is shown of the claim; with the entries it is evidence",
        refused=("FORK",),
        alarm="FORK",
        is_fork=True,
    ),
    "sends a FLASH that is in no log": Behaviour(
        "two histories",
        "sends a FLASH ahead of its log, then another message in its place",
        "the FLASH is shown; the other is not taken; both are evidence",
        refused=("FORK",),
        takes=(1, 1),
        alarm="FORK",
        is_fork=True,
    ),
    "takes back what it said": Behaviour(
        "two histories",
        "signs a tick over less than it said before",
        "what it said stays; the alarm says that entries are taken back",
        alarm="ENTRIES_TAKEN_BACK",
    ),
    "writes a second journal": Behaviour(
        "two histories",
        "has another journal cosigned than before",
        "it is not cosigned; both heads are evidence",
        refused=("FORK",),
        alarm="JOURNAL_FORK",
    ),
    "shows old heads": Behaviour(
        "two histories",
        "gives entries under heads of before, of another root, or under none",
        "each is refused whole",
        refused=("WRONG_ROOT", "MALFORMED", "WRONG_LINE"),
    ),
    "holds another history of ours": Behaviour(
        "two histories",
        "says in a tick that it holds another history of the victim",
        "the victim's own state does not change; the alarm says that views differ",
        alarm="VIEWS_DIFFER",
    ),
    # Replay.
    "repeats what it said": Behaviour(
        "replay", "sends true frames again", "nothing changes", refused=()
    ),
    "replays another line": Behaviour(
        "replay",
        "sends what it truly said on another line",
        "each is refused: line and index are inside what is signed",
        refused=("WRONG_LINE",),
    ),
    "reorders what it says": Behaviour(
        "replay",
        "sends entries in each other's place, too early, and again",
        "they are taken in their order, once",
        refused=("WRONG_INDEX",),
        takes=(3, 3),
    ),
    "speaks as another": Behaviour(
        "replay",
        "gives its entries as those of the victim, of another line, of another party",
        "each is refused",
        refused=("WRONG_LINE", "WRONG_ROOT"),
    ),
    "answers probes that were not sent": Behaviour(
        "replay", "answers probes that nobody sent", "no clock and no state follows from it"
    ),
    # Receipts and silence.
    "withholds what it says": Behaviour(
        "withholding",
        "ticks, and says, receipts and answers nothing",
        "what it did not receipt is not shown as delivered",
    ),
    "receipts nothing": Behaviour(
        "withholding",
        "behaves well and gives no receipt",
        "what it did not receipt is not shown as delivered",
        takes=(0, MANY),
    ),
    "receipts what it does not hold": Behaviour(
        "withholding",
        "signs receipts over roots that are not the victim's",
        "none counts",
        refused=("BAD_SIGNATURE", "WRONG_INDEX", "WRONG_LINE", "FORK"),
    ),
    "receipts without a signature": Behaviour(
        "withholding",
        "gives receipts without a signature, and for more than there is",
        "none counts",
        refused=("WRONG_INDEX", "MALFORMED", "BAD_SIGNATURE"),
    ),
    "makes no tick": Behaviour(
        "withholding", "receipts and answers, and makes no tick", "the line is not shown as active"
    ),
    "answers no probe": Behaviour(
        "two-way proof",
        "ticks and receipts, and answers no probe",
        "no proof of the way back is made up",
    ),
    "answers in advance": Behaviour(
        "withholding",
        "reads and answers what the victim has not said yet",
        "what is said later is not shown as read or answered by that",
        takes=(6, 6),
    ),
    "answers what was not asked": Behaviour(
        "withholding",
        "reads and answers a message that does not exist",
        "no message of the victim changes",
        takes=(2, 2),
    ),
    # Dates.
    "dates in another year": Behaviour(
        "dates",
        "dates a tick and a message two years off",
        "the message is kept and flagged; the tick is not vouched for",
        takes=(1, 1),
        is_flagged=True,
    ),
    # Keys and who speaks.
    "signs with a key of nobody": Behaviour(
        "keys",
        "signs with a key that nobody knows",
        "it is refused",
        refused=("UNKNOWN_KEY",),
    ),
    "signs with a revoked key": Behaviour(
        "keys",
        "signs with a key that its own roots have revoked",
        "it is refused; what it signed before stands",
        refused=("UNKNOWN_KEY", "BAD_SIGNATURE"),
    ),
    "shows other terms": Behaviour(
        "downgrade",
        "shows another Understanding",
        "the terms stay as they were adopted",
        refused=("MALFORMED", "BAD_SIGNATURE", "RATE", "WRONG_UNDERSTANDING"),
    ),
    "lies when it greets": Behaviour(
        "downgrade",
        "greets with receipts it has not, heads it does not hold, another epoch",
        "the victim doubts nothing of its own",
        refused=("WRONG_LINE", "MALFORMED", "BAD_SIGNATURE"),
    ),
    "speaks an older version": Behaviour(
        "downgrade",
        "speaks TLS 1.2, and greets in versions that are not spoken",
        "no connection is made, no frame is taken",
        refused=("VERSION",),
        statuses=(),
    ),
    "pulls the words of others": Behaviour(
        "others' words",
        "asks for logs and journals that are not its own",
        "it is given its own words only",
        refused=("WRONG_LINE",),
    ),
    "asks for what is others'": Behaviour(
        "others' words",
        "asks by HTTP for other lines, journals, paths that climb, with broken requests",
        "it is given nothing",
        statuses=(0, 400, 404, 405, 413, 414, 431),
    ),
    # Malformed and too large.
    "garbles what it says": Behaviour(
        "malformed or too large",
        "turns bits of what it says",
        "each is refused",
        refused=(
            "MALFORMED",
            "BAD_SIGNATURE",
            "WRONG_CONTENT",
            "WRONG_ROOT",
            "WRONG_INDEX",
            "WRONG_LINE",
            "UNKNOWN_KEY",
            "WRONG_UNDERSTANDING",
            "TOO_LARGE",
            "VERSION",
        ),
    ),
    "sends rubbish": Behaviour(
        "malformed or too large",
        "sends frames that are cut, turned or random",
        "each is refused, and the connection is ended",
        refused=(
            "MALFORMED",
            "BAD_SIGNATURE",
            "WRONG_CONTENT",
            "WRONG_ROOT",
            "WRONG_INDEX",
            "WRONG_LINE",
            "UNKNOWN_KEY",
            "WRONG_UNDERSTANDING",
            "TOO_LARGE",
            "VERSION",
        ),
    ),
    "sends bombs": Behaviour(
        "malformed or too large",
        "sends a nesting without end, lengths that are not there, a frame that is too large",
        "each is refused before anything is made of it",
        refused=("MALFORMED", "TOO_LARGE"),
    ),
    "goes above every bound": Behaviour(
        "malformed or too large",
        "exceeds each bound of a frame",
        "each is refused, and the connection is ended",
        refused=("MALFORMED", "TOO_LARGE"),
    ),
    "calls it compressed": Behaviour(
        "malformed or too large",
        "sends a message that says it is compressed",
        "the connection is ended",
    ),
    "speaks in unknown kinds": Behaviour(
        "malformed or too large",
        "says kinds that do not exist, and bodies that are not of their kind",
        "what has a form is kept and flagged as unreadable",
        refused=("MALFORMED",),
        takes=(5, 5),
        is_flagged=True,
    ),
    "invents recipients": Behaviour(
        "malformed or too large",
        "writes to parties that do not exist, to itself, to one party many times",
        "what has a form is kept and flagged; nobody is shown who is no party",
        refused=("MALFORMED",),
        takes=(0, 5),
    ),
    # Geometry and time.
    "draws bombs": Behaviour(
        "geometry",
        "draws a star of 500 corners, the whole earth, an outline of two corners",
        "each is kept and flagged, and no conflict is looked for in what cannot be",
        takes=(2, 3),
        is_flagged=True,
    ),
    "floods with volumes": Behaviour(
        "geometry",
        "issues notices of 64 overlapping volumes each, as fast as they are taken",
        "the honest line is served; alarms are bounded",
        takes=(1, MANY),
    ),
    # Writing.
    "writes words that deceive": Behaviour(
        "deceiving words",
        "writes directions, heaps of marks, letters of other scripts, nothing visible",
        "each is kept, flagged, and shown for what it is",
        takes=(4, 4),
    ),
    "deceives by names": Behaviour(
        "deceiving words",
        "gives officers, places and activities such names, control codes and markup",
        "each is kept and is text wherever it is shown",
        takes=(16, 16),
    ),
    # Suspension.
    "suspends without end": Behaviour(
        "abuse of suspension",
        "suspends a scope and puts it into force, again and again",
        "FLASH goes through all the same, and each change is on the record",
        takes=(1, 12),
        alarm="DECLARED",
    ),
    # Floods.
    "floods": Behaviour(
        "flood",
        "sends probes, pulls and refusals in one go",
        "the honest line is served",
        refused=(),
    ),
    "floods with greetings": Behaviour(
        "flood", "greets again and again", "a greeting a turn is enough; the honest line is served"
    ),
    "floods with rubbish": Behaviour(
        "flood",
        "sends random bytes as fast as they are taken",
        "connections are ended after a score; refusals fill no disk",
        refused=("MALFORMED", "VERSION"),
    ),
    "floods with the largest frames": Behaviour(
        "flood",
        "sends frames of 60 kB of nothing as fast as they are taken",
        "connections are ended after a score; memory is bounded",
        refused=("MALFORMED",),
    ),
    "floods with probes": Behaviour(
        "flood", "sends urgent probes, which want answers", "it is read more slowly"
    ),
    "floods with pings": Behaviour(
        "flood", "sends pings, which want answers", "it is read more slowly"
    ),
    "floods with wrong signatures": Behaviour(
        "flood",
        "sends entries of which the signature is wrong, as fast as they are taken",
        "connections are ended after a score; the honest line is served",
        refused=("BAD_SIGNATURE",),
    ),
    "floods with texts": Behaviour(
        "flood",
        "says texts, 256 in a frame",
        "they are taken in bites; the honest line is served",
        takes=(1, MANY),
    ),
    "floods with queries": Behaviour(
        "flood of alarms",
        "asks 128 queries in a frame",
        "alarms are bounded; the honest line is served",
        takes=(1, MANY),
    ),
    "floods with FLASH": Behaviour(
        "flood of alarms",
        "says 20 FLASH in a frame",
        "each is shown",
        takes=(20, 20),
        alarm="FLASH",
    ),
    "floods with true FLASH": Behaviour(
        "flood of alarms",
        "says FLASH, 64 in a frame, as fast as they are taken",
        "alarms are bounded; the honest line's FLASH goes through",
        takes=(1, MANY),
        alarm="FLASH",
    ),
    # Connections.
    "opens connections without end": Behaviour(
        "flood",
        "opens 40 links at once",
        "four are opened",
        statuses=(0, 101, 429),
    ),
    "stands at the door": Behaviour(
        "stalling",
        "makes 40 connections and does not finish TLS",
        "the honest counterpart comes in; descriptors are bounded",
    ),
    "resets its connections": Behaviour(
        "stalling", "makes connections and resets them", "nothing stays behind", statuses=(0, 429)
    ),
    "sends half a frame": Behaviour(
        "stalling", "sends half a frame and half a message, and waits", "nobody else waits"
    ),
    "sends byte by byte": Behaviour(
        "stalling", "sends a tick one byte at a time", "nobody else waits; it is heard"
    ),
    "reads nothing": Behaviour(
        "stalling",
        "asks for much and takes in nothing",
        "what waits for it is bounded, and no fault of ours follows",
    ),
}
"""Every behaviour by its name."""


def table() -> list[str]:
    """The rows of the table in the documents."""
    head = ["| threat | behaviour | what it does | what holds |", "| --- | --- | --- | --- |"]
    return head + [
        f"| {one.threat} | {name} | {one.does} | {one.holds} |" for name, one in TABLE.items()
    ]
