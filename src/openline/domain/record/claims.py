"""Claims: whether genuine exhibits amount to what a certificate claims.

Here every part of the certificate has been verified (`exhibits`). Each kind of
claim takes its own steps and ends with a conclusion that says exactly what is
proven and what is not; it raises `StepDoesNotHold` where it is not proven.

What each kind shows, and against whom it counts:

- message, receipt, lead time: the author's signature, and the receiver's over a
  head that covers it. The instants are those of the receiver's clock, in whole
  seconds, or of whoever wrote what the author names as seen.
- use, non-use: the subject's own ticks, dated by others' (`silence`).
- state: every party's own ticks, dated by others', without a gap.
- declared: all that the party had said, under its own ticks, dated by others'.
- capture: the journal's own party, and whoever cosigned its head without seeing a row: what
  the row notes was not put in later, nor changed. What a server showed to others it does not
  show, nor by whose hand the page was.
- fork: the party's own two signatures, by one key: no order of events allows both. Which of the
  two others were shown, why, and by whose hand it does not show.
- no answer: everything that the receiver said since the author wrote, up to a tick of
  its own that is dated after the instant; none of it names the message as answered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Final, TypeAlias

from openline.domain.instant import SECOND_MS, format_instant
from openline.domain.line.declared import Declared, Word, displayed_word
from openline.domain.line.letters import visible
from openline.domain.line.observed import Answered, Observed
from openline.domain.party import Origin, parse_origin
from openline.domain.record.certificate import CertificateKind, Claim, ForkSort
from openline.domain.record.contradiction import show_contradiction
from openline.domain.record.declarations import (
    SaidOfScopes,
    states_allowed,
    why_dates_are_doubtful,
)
from openline.domain.record.exhibits import Exhibits, Place, SeenEntry, kind_word
from openline.domain.record.report import (
    Proceedings,
    StepDoesNotHold,
    count_words,
    refuted,
    unproven,
)
from openline.domain.record.silence import (
    Finding,
    Judgement,
    Web,
    Window,
    after,
    alive,
    around,
    bracket,
    judge,
)
from openline.domain.record.tick import Tick
from openline.domain.statements.capture import Seen
from openline.domain.talk.body import Reference
from openline.domain.talk.declaration import Declaration
from openline.domain.talk.kinds import Kind
from openline.domain.talk.lead_time import lead_class, lead_time_ms
from openline.domain.talk.message import Unreadable, to_json
from openline.domain.talk.notice import Notice
from openline.domain.talk.query import AnswerCode, QueryAnswer
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.roster import Roster
from openline.domain.talk.signed_act import Finding as Signed
from openline.domain.talk.signed_act import Part, Sent, act_of, verify_act

_VIEWS_MAX: Final = 64
"""Combinations of the parties' views around an instant that are looked at."""

View: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]
"""What one tick says of the line: the observed word, and the state of each scope."""

ANSWERING: Final = (Kind.RESPONSE, Kind.ANSWER)
"""Kinds of message that are an answer to the message they name. To have read it is none."""

ANSWERABLE: Final = (
    Kind.TEXT,
    Kind.NOTICE,
    Kind.DECLARATION,
    Kind.QUERY,
    Kind.EXPLANATION,
    Kind.WARNING,
)
"""Kinds that nothing but `ANSWERING` answers: only of these is it proven that nothing did."""

_FIND = "The message is in the file, and its key was its owner's alone."


def check_claim(claim: Claim, exhibits: Exhibits, proceedings: Proceedings) -> str:
    """The conclusion where the exhibits prove the claim.

    Raises:
        StepDoesNotHold: They do not, or they prove the opposite.
    """
    return _CHECKS[claim.kind](_Case(claim, exhibits, proceedings))


@dataclass(frozen=True, slots=True)
class _Case:
    """One claim before its exhibits."""

    claim: Claim
    exhibits: Exhibits
    proceedings: Proceedings

    @property
    def facts(self) -> dict[str, Any]:
        return self.proceedings.facts

    def take(self, what: str, check: "Callable[[_Case], str]") -> None:
        self.proceedings.take(what, lambda: check(self))

    @property
    def entry(self) -> SeenEntry:
        """The message that the claim is about; only after `_find`."""
        return self.exhibits.entries[self.place]

    @property
    def place(self) -> Place:
        """Where the message of the claim stands."""
        return self.claim.party, self.claim.epoch, self.claim.index

    @property
    def number(self) -> str:
        """The index of the message; with the outbox where it is a later one."""
        later = f" of its outbox {self.claim.epoch}" if self.claim.epoch > 1 else ""
        return f"{self.claim.index}{later}"

    @property
    def window(self) -> Window:
        return Window(self.claim.valid_from, self.claim.valid_until)


# --- message, receipt, lead time ------------------------------------------------------------------


def _check_message(case: _Case) -> str:
    claim = case.claim
    case.take(_FIND, _find)
    case.take("What bounds the time of writing from below is as follows.", _earliest)
    case.take("What bounds the time of writing from above is as follows.", _latest)
    bounds = [
        f"It was not written before {format_instant(at)}, when {party}, by its own account, "
        "wrote what it names as seen."
        for party, at in case.facts["not_before"].items()
    ]
    bounds += [
        f"{holder} held it on disk within the second {format_instant(at)}, by its own clock."
        for holder, at in case.facts["received"].items()
    ]
    if not case.facts["received"]:
        bounds.append("No receipt is in the file, so nothing bounds its time from above.")
    signed = _signed_words(case)
    if case.facts["is_date_doubtful"]:
        bounds.append("The time that its author gives lies outside these bounds.")
    return " ".join(
        [
            f"{claim.party} said this on line {claim.line} as its message {case.number}: "
            f"{_content_words(case)}",
            *bounds,
            *signed,
            "Not proven: whether anybody has read it."
            if signed and all(one["is_verified"] for one in case.facts["signatures"])
            else "Not proven: which person wrote it, and whether anybody has read it.",
        ]
    )


def _signed_words(case: _Case) -> list[str]:
    """What is found of the passkeys that signed the message; none for none.

    The roster is the one that the message names. Whether a later one had replaced it
    before, or another message carries the same act, the file does not show.
    """
    message = case.entry.message
    act = act_of(message)
    if act is None or message is None or isinstance(message, Unreadable):
        return []
    party, epoch, index = case.place
    listed = case.exhibits.entries.get((party, epoch, act.roster))
    roster = listed.message if listed is not None and act.roster < index else None
    header = case.entry.envelope.header
    sent = Sent(header.at, index, header.precedence, header.recipients)
    found = verify_act(
        party,
        case.claim.line,
        message,
        sent,
        roster if isinstance(roster, Roster) else None,
    )
    case.facts["signatures"] = [one.to_json() for one in found]
    return [_finding_words(one, party, act.roster) for one in found]


def _finding_words(one: Signed, party: str, roster: int) -> str:
    did = "released" if one.part is Part.RELEASED else "drafted"
    who = f"{one.by.officer!r} at {one.by.post!r}"
    if one.why is None:
        return (
            f"That {who} {did} it is signed with a passkey which the roster of {party}, its "
            f"message {roster}, gives that person."
        )
    return f"The signature of {who}, who {did} it, does not verify: {one.why.value}."


def _check_receipt(case: _Case) -> str:
    claim = case.claim
    case.take(_FIND, _find)
    case.take(f"{claim.holder} has cosigned a head that covers it.", _receive)
    at = format_instant(case.facts["received_at"])
    return (
        f"{claim.holder} held message {case.number} of {claim.party} on line {claim.line} on disk "
        f"within the second {at} by its own clock, and perhaps earlier: {_content_words(case)} "
        "Not proven: whether a person has read it."
    )


def _check_lead_time(case: _Case) -> str:
    claim, facts = case.claim, case.facts
    case.take(_FIND, _find)
    case.take(f"{claim.holder} has cosigned a head that covers it.", _receive)
    case.take("It is a notice with a window.", _measure)
    start = format_instant(facts["window_start"])
    lead = f"{facts['lead_ms'] // SECOND_MS} s before its window began at {start}"
    if facts["lead_ms"] <= 0:
        lead = f"{-facts['lead_ms'] // SECOND_MS} s after its window had begun at {start}"
    return (
        f"{claim.holder} held notice {facts['notice_id']} of {claim.party}, version "
        f"{facts['version']}, on disk within the second {format_instant(facts['received_at'])} by "
        f"its own clock, {lead}. The agreed minimum for {facts['category']!r} is "
        f"{facts['minimum_ms'] // SECOND_MS} s, so the lead time was {facts['lead_class']} or "
        "better. Not proven: that there was no earlier receipt."
    )


def _find(case: _Case) -> str:
    party, epoch, index = case.place
    if case.place not in case.exhibits.entries:
        raise unproven(f"message {index} of {party} is not in the file")
    if not case.exhibits.ring(party, epoch).is_trusted(index):
        raise unproven(f"the key of message {index} of {party} is revoked from there or earlier")
    header = case.entry.envelope.header
    case.facts["kind"] = kind_word(header.kind)
    case.facts["claimed_at"] = header.at
    case.facts["is_date_doubtful"] = False
    case.facts["content_sha256"] = case.entry.envelope.content_hash.hex()
    if case.entry.message is not None:
        case.facts["message"] = to_json(case.entry.message)
    return f"It is {case.entry.words}; its author gives the time {format_instant(header.at)}."


def _earliest(case: _Case) -> str:
    seen: dict[str, int] = {}
    for head in case.entry.envelope.header.heads:
        origin = parse_origin(head.origin)
        assert origin is not None, "a header names origins"
        entry = case.exhibits.entries.get((origin.party, origin.epoch, head.size - 1))
        if entry is not None and entry.under == (head.origin, head.size):
            seen[origin.party] = max(entry.envelope.header.at, seen.get(origin.party, 0))
    case.facts["not_before"] = dict(sorted(seen.items()))
    if any(case.facts["claimed_at"] + _slack_ms(case) < at for at in seen.values()):
        case.facts["is_date_doubtful"] = True
    return _times("names as seen what {} dates {}", seen)


def _latest(case: _Case) -> str:
    received = case.exhibits.receipts(case.place)
    case.facts["received"] = received
    if any(case.facts["claimed_at"] > at + _slack_ms(case) for at in received.values()):
        case.facts["is_date_doubtful"] = True
    return _times("was held by {} within the second {}", received)


def _slack_ms(case: _Case) -> int:
    """What clocks may differ by, and the second to which a receipt is told."""
    return case.exhibits.tolerance_ms() + SECOND_MS


def _times(words: str, times: dict[str, int]) -> str:
    if not times:
        return "Nothing in the file bounds it."
    told = [words.format(party, format_instant(at)) for party, at in sorted(times.items())]
    return f"It {'; it '.join(told)}."


def _receive(case: _Case) -> str:
    claim = case.claim
    received = case.exhibits.receipts(case.place)
    if claim.holder not in received:
        raise unproven(f"the file holds no receipt of {claim.holder} for it")
    case.facts["received_at"] = received[claim.holder]
    return f"The receipt is of the second {format_instant(received[claim.holder])}."


def _measure(case: _Case) -> str:
    notice = case.entry.message
    if not isinstance(notice, Notice) or notice.valid_from is None:
        raise unproven(f"{case.entry.words} shows no notice with a window")
    terms = case.exhibits.ring(case.claim.party, case.claim.epoch).understanding_at(
        case.claim.index
    )
    received_at = case.facts["received_at"]
    case.facts.update(
        notice_id=notice.notice_id,
        version=notice.version,
        category=notice.category,
        window_start=notice.valid_from,
        lead_ms=lead_time_ms(notice.valid_from, received_at),
        minimum_ms=terms.lead_time_min(notice.category),
        lead_class=str(lead_class(notice.category, notice.valid_from, received_at, terms)),
    )
    start = format_instant(notice.valid_from)
    return f"Its notice {notice.notice_id} has a window from {start}."


def _content_words(case: _Case) -> str:
    message = case.entry.message
    kind = case.facts["kind"]
    if message is None:
        return f"{kind}; its content is withheld (SHA-256 {case.facts['content_sha256']})."
    if isinstance(message, Unreadable):
        return f"{kind}; this program cannot read it: {message.why}"
    text = getattr(message, "text", "")
    return f"{kind}, in the words {text!r}." if text else f"{kind}, given whole in the facts."


# --- no answer ------------------------------------------------------------------------------------


def _check_no_answer(case: _Case) -> str:
    claim, facts = case.claim, case.facts
    case.take(_FIND, _find)
    case.take("It is of a kind that a RESPONSE or an ANSWER answers.", _is_answerable)
    case.take(f"{claim.holder} has cosigned a head that covers it.", _receive)
    case.take(f"A tick of {claim.holder} is dated after the instant.", _end)
    case.take(f"All that {claim.holder} said until then is in the file.", _gather)
    case.take("None of it is an answer to the message.", _seek)
    until = format_instant(claim.valid_until)
    held = "".join(
        f" It said that its answer would follow by {format_instant(one['holding_until'])}."
        for one in facts["held"]
    )
    about = ", ".join(f"{one['index']} ({one['kind']})" for one in facts["about"])
    count = count_words(facts["said_count"], "entry", "entries")
    other = f" Of what it said these name the message: {about}." if about else ""
    return (
        f"{claim.holder} held message {case.number} of {claim.party} on line {claim.line} on disk "
        f"within the second {format_instant(facts['received_at'])} by its own clock, and had given "
        f"no answer to it at {until}: of the {count} that it "
        f"added since the author wrote, none is an answer that names this message."
        f"{held}{other} The instant {until} is by the clock of {facts['anchor_party']}, which "
        f"{claim.holder} accepted as within {facts['tolerance_ms'] / SECOND_MS:g} s of its own. "
        "Not proven: what was said elsewhere, or in words that do not name the message."
    )


def _is_answerable(case: _Case) -> str:
    if case.entry.envelope.header.kind not in ANSWERABLE:
        raise unproven(f"{case.facts['kind']} is answered by other kinds, or by none")
    return f"It is {case.facts['kind']}."


def _end(case: _Case) -> str:
    """The holder's tick after the instant bounds what was said until then."""
    claim, exhibits = case.claim, case.exhibits
    if case.facts["received_at"] >= claim.valid_until:
        at = format_instant(case.facts["received_at"])
        raise unproven(f"{claim.holder} received it at {at}, after the instant that is claimed")
    tolerance_ms = exhibits.tolerance_ms()
    dated, contradiction = after(claim.holder, claim.valid_until, tolerance_ms, exhibits.web)
    if contradiction:
        raise unproven(contradiction)
    if dated is None:
        raise unproven(f"no tick of {claim.holder} in the file is dated after the instant")
    out = dated.tick.out
    case.facts.update(
        tolerance_ms=tolerance_ms,
        end_origin=out.origin,
        end_size=out.size,
        anchor_party=dated.anchor.party,
        anchor_at=dated.anchor.at,
    )
    at = format_instant(dated.anchor.at)
    return f"It says size {out.size}, and was made after {dated.anchor.party} had shown {at}."


def _gather(case: _Case) -> str:
    """Every entry of the holder from what the author had seen up to the tick."""
    claim, exhibits, facts = case.claim, case.exhibits, case.facts
    origin = parse_origin(facts["end_origin"])
    assert origin is not None, "a parsed tick names an origin"
    seen = {head.origin: head.size for head in case.entry.envelope.header.heads}
    start, end = seen.get(facts["end_origin"], 0), facts["end_size"]
    if facts["end_origin"] not in seen and origin.epoch > 1:
        raise unproven(f"{claim.holder} went on in a new outbox since the author wrote")
    if start > end:
        raise unproven(f"the author names {start} entries as seen, and the tick says {end}")
    # Else the author could name a head that never was, and leave out the answer before it.
    exhibits.check_one_history(facts["end_origin"], (start, end))
    entries, missing = exhibits.entries, []
    for index in range(start, end):
        entry = entries.get((origin.party, origin.epoch, index))
        # Under that very head: else it could be an entry of another history.
        if entry is None or entry.under != (facts["end_origin"], end):
            missing.append(index)
    if missing:
        many = count_words(len(missing), "entry is", "entries are")
        raise unproven(f"{many} not in the file, the first is {claim.holder} {missing[0]}")
    facts["said_count"] = end - start
    facts["said_from"] = start
    return f"They are {count_words(end - start, 'entry', 'entries')}, from {start} on."


def _seek(case: _Case) -> str:
    """Whether any of it answers the message, by its envelope or by what it says."""
    facts = case.facts
    origin = parse_origin(facts["end_origin"])
    assert origin is not None, "a parsed tick names an origin"
    about: list[dict[str, Any]] = []
    facts["held"] = []
    for index in range(facts["said_from"], facts["end_size"]):
        entry = case.exhibits.entries[origin.party, origin.epoch, index]
        if not _names(case, entry):
            continue
        kind = kind_word(entry.envelope.header.kind)
        until = _held_until(entry)
        if until is not None:
            facts["held"].append({"index": index, "holding_until": until})
        elif entry.envelope.header.kind in ANSWERING:
            raise _answered(case, entry)
        else:
            about.append({"index": index, "kind": kind})
    facts["about"] = about
    return f"{count_words(len(about) + len(facts['held']), 'entry names', 'entries name')} it."


def _names(case: _Case, entry: SeenEntry) -> bool:
    """Whether an entry names the message; what may answer must be shown, to be sure."""
    header, target = entry.envelope.header, (case.claim.party, case.claim.index)
    if header.kind not in ANSWERING:
        return header.reply_to == target
    if entry.message is None:
        raise unproven(f"the content of {entry.words} is withheld: it may be an answer")
    if isinstance(entry.message, Unreadable):
        raise unproven(f"{entry.words} cannot be read by this program: it may be an answer")
    of = getattr(entry.message, "of", None)
    named = (of.party, of.index) if isinstance(of, Reference) else header.reply_to
    return target in (named, header.reply_to)


def _answered(case: _Case, entry: SeenEntry) -> StepDoesNotHold:
    """What an answer amounts to: it refutes the claim if it was there by the instant."""
    claim, exhibits = case.claim, case.exhibits
    if claim.epoch > 1 or max(exhibits.epochs_of(claim.party), default=1) > 1:
        return unproven(f"{entry.words} answers message {claim.index} of one of its outboxes")
    tolerance_ms = exhibits.tolerance_ms()
    before, _, wrong = bracket(claim.holder, claim.valid_until, tolerance_ms, exhibits.web)
    if wrong or before is None or before.tick.out.origin != case.facts["end_origin"]:
        return unproven(f"{entry.words} is an answer to it, from before or after the instant")
    if entry.place[2] >= before.tick.out.size:
        return unproven(f"{entry.words} is an answer to it, perhaps from after the instant")
    return refuted(f"{entry.words} is an answer to it")


def _held_until(entry: SeenEntry) -> int | None:
    """Of an answer that only says when the answer follows, that instant."""
    match entry.message:
        case Response(answer=Answer.HOLDING, holding_until=until):
            return until
        case QueryAnswer(code=AnswerCode.HOLDING, holding_until=until):
            return until
    return None


# --- capture --------------------------------------------------------------------------------------


def _check_capture(case: _Case) -> str:
    claim, facts = case.claim, case.facts
    case.take("The row is in the file, and notes what was seen on a page.", _find_row)
    case.take(f"{claim.holder} has cosigned a head of the journal that covers it.", _find_cosigner)
    seen = case.exhibits.rows[case.place][1]
    told = [
        f"{claim.party} noted in row {claim.index} of its journal on line {claim.line} that at "
        f"{format_instant(seen.at)}, by its own clock, it asked for {visible(seen.address)!r} and "
        f"{_answer_words(seen)}.",
        f"{claim.holder} cosigned that journal, without seeing a row, within the second "
        f"{format_instant(facts['cosigned_at'])} by its own clock: the row was there by then, and "
        "was not changed since.",
    ]
    if facts["is_date_doubtful"]:
        told.append("The time that the row gives lies after that, so one of the clocks is wrong.")
    told.append(
        "Not proven: what others were shown at that address, who wrote it, whether it came "
        "unchanged from its server, and when it was put there or taken away."
    )
    return " ".join(told)


def _answer_words(seen: Seen) -> str:
    if not seen.status:
        return "got no answer"
    words = f"was answered {seen.status}"
    if seen.body_hash:
        words += f" with bytes whose SHA-256 is {seen.body_hash.hex()}"
    if seen.text_hash:
        read = visible(seen.extractor) or "nothing"
        words += f", read by {read!r} as a text whose SHA-256 is {seen.text_hash.hex()}"
    return words


def _find_row(case: _Case) -> str:
    party, _, index = case.place
    if case.place not in case.exhibits.rows:
        raise unproven(f"row {index} of the journal of {party} is not in the file")
    noted_at, seen = case.exhibits.rows[case.place]
    case.facts["noted_at"] = noted_at
    case.facts["capture"] = {
        "at": seen.at,
        "address": seen.address,
        "status": seen.status,
        "headers": dict(seen.headers),
        "verdict": seen.verdict.value,
        "body_sha256": seen.body_hash.hex(),
        "text_sha256": seen.text_hash.hex(),
        "extractor": seen.extractor,
    }
    return f"It was written at {format_instant(noted_at)} by the clock of {party}."


def _find_cosigner(case: _Case) -> str:
    party, epoch, index = case.place
    holder = case.claim.holder
    found = [
        at
        for head in case.exhibits.journals
        if (head.party, head.epoch) == (party, epoch) and head.checkpoint.size > index
        for who, at in head.receipts
        if who == holder
    ]
    if not found:
        raise unproven(f"no head of the journal in the file is cosigned by {holder}")
    at = case.facts["cosigned_at"] = min(found)
    tolerance_ms = case.exhibits.tolerance_ms() + SECOND_MS
    case.facts["is_date_doubtful"] = case.exhibits.rows[case.place][1].at > at + tolerance_ms
    return f"It did so within the second {format_instant(at)}, by its own clock."


# --- use and non-use ------------------------------------------------------------------------------


def _check_window(case: _Case) -> str:
    case.take("The subject's ticks, dated by others', show what was said.", _judge)
    finding = Finding(case.facts["finding"])
    if finding is Finding.USED:
        case.take("What was said in the window is shown.", _show)
    conclusion = _window_words(case, finding)
    is_claimed = (finding is Finding.USED) == (case.claim.kind is CertificateKind.USE)
    case.take(
        "What the ticks show is what is claimed.", lambda _: _expected(is_claimed, conclusion)
    )
    return conclusion


def _expected(is_claimed: bool, conclusion: str) -> str:
    if not is_claimed:
        raise refuted(conclusion)
    return "It is."


def _judge(case: _Case) -> str:
    exhibits = case.exhibits
    found = judge(case.claim.party, case.window, exhibits.tolerance_ms(), exhibits.web)
    case.facts.update(
        tolerance_ms=exhibits.tolerance_ms(),
        **_judgement_facts(found),
        alive=_alive_facts(case.window, exhibits.web),
    )
    if found.finding is Finding.UNPROVEN:
        raise unproven(found.reason)
    assert found.first is not None, "a finding has two ends"
    assert found.last is not None, "a finding has two ends"
    if found.finding is Finding.USED:
        sizes = (found.first.tick.out.size, found.last.tick.out.size)
        exhibits.check_one_history(found.last.tick.out.origin, sizes)
    return found.reason


def _judgement_facts(found: Judgement) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "finding": str(found.finding),
        "anchor_parties": list(found.anchor_parties()),
    }
    for name, dated in (("first", found.first), ("last", found.last)):
        if dated is not None:
            facts[f"{name}_size"] = dated.tick.out.size
            origin = parse_origin(dated.tick.out.origin)
            if origin is not None and origin.epoch > 1:
                facts[f"{name}_epoch"] = origin.epoch
            facts[f"{name}_sequence"] = dated.tick.sequence
            facts[f"{name}_anchor_at"] = dated.anchor.at
    return facts


def _alive_facts(window: Window, web: Web) -> list[dict[str, Any]]:
    return [
        {"party": a.party, "first_at": a.first_at, "last_at": a.last_at, "ticks": a.count}
        for a in alive(window, web)
    ]


def _show(case: _Case) -> str:
    """The entries that were added in the window, as many as the file holds."""
    party = case.claim.party
    epoch, entries = case.facts.get("last_epoch", 1), case.exhibits.entries
    ring = case.exhibits.ring(party, epoch)
    indexes = range(case.facts["first_size"], case.facts["last_size"])
    shown = [
        entries[party, epoch, index]
        for index in indexes
        if (party, epoch, index) in entries and ring.is_trusted(index)
    ]
    case.facts["said"] = [
        {
            "index": entry.place[2],
            "kind": kind_word(entry.envelope.header.kind),
            "claimed_at": entry.envelope.header.at,
        }
        for entry in shown
    ]
    if not shown:
        raise unproven("no entry that was added in the window is in the file")
    words = ", ".join(entry.words for entry in shown[:8])
    added = count_words(len(indexes), "entry was", "entries were")
    return f"In the window {added} added; the file shows {len(shown)}: {words}."


def _window_words(case: _Case, finding: Finding) -> str:
    claim, facts = case.claim, case.facts
    start, end = format_instant(claim.valid_from), format_instant(claim.valid_until)
    clocks = (
        f"The times are those of {' and '.join(facts['anchor_parties'])}, which {claim.party} "
        f"accepted as within {facts['tolerance_ms'] / SECOND_MS:g} s of its own clock."
    )
    if finding is Finding.SILENT:
        return (
            f"{claim.party} said nothing on line {claim.line} from {start} to {end}: its own "
            f"signed ticks show {count_words(facts['last_size'], 'entry', 'entries')} before it "
            f"and after it. {clocks} "
            "Not proven: what was said elsewhere than on this line."
        )
    return (
        f"{claim.party} used line {claim.line} between {start} and {end}: its own signed ticks "
        f"show {count_words(facts['first_size'], 'entry', 'entries')} and then "
        f"{facts['last_size']}. {clocks} "
        "Not proven: whether anybody read what was said."
    )


# --- state ----------------------------------------------------------------------------------------


def _check_state(case: _Case) -> str:
    case.take("Every party's ticks around the instant follow each other without a gap.", _look)
    case.take("They allow one word for the line, and it is the one claimed.", _read_word)
    told = [
        f"{party} observed {view['observed']} and declared "
        + (", ".join(f"{scope} {word}" for scope, word in view["declared"].items()) or "nothing")
        for party, said in case.facts["views"].items()
        for view in said
    ]
    return (
        f"Line {case.claim.line} was {case.claim.word} at {format_instant(case.claim.at)}, by the "
        f"parties' own ticks: {'; '.join(told)}. Not proven: whether people answered the line "
        "then, for ticks are sent by machines."
    )


def _look(case: _Case) -> str:
    exhibits = case.exhibits
    parties = tuple(exhibits.rings)
    found = {
        party: around(
            party,
            case.claim.at,
            exhibits.tolerance_ms(),
            exhibits.tick_gap_ms_max(),
            exhibits.web,
        )
        for party in parties
    }
    chains = {party: one.chain for party, one in found.items() if one is not None}
    case.facts["views"] = {
        party: [{"observed": word, "declared": dict(scopes)} for word, scopes in _views(chain)]
        for party, chain in chains.items()
    }
    if missing := [party for party in parties if party not in chains]:
        raise unproven(f"no unbroken ticks of {', '.join(missing)} stand around the instant")
    told = [
        f"{len(chain)} of {party}, which dates them {format_instant(chain[0].at)} to "
        f"{format_instant(chain[-1].at)}"
        for party, chain in chains.items()
    ]
    case.facts["words"] = [str(word) for word in line_words(chains)]
    return f"There are {'; '.join(told)}."


def _read_word(case: _Case) -> str:
    words = case.facts["words"]
    if not words:
        raise unproven("the ticks hold words that are not known here, or changed too often")
    if len(words) > 1:
        raise unproven(f"the line changed near the instant; it was {' or '.join(words)}")
    if words[0] != case.claim.word:
        raise refuted(f"the line was {words[0]}, not {case.claim.word}")
    return f"It is {words[0]}."


def line_words(chains: Mapping[str, tuple[Tick, ...]]) -> list[Word]:
    """Every word for the line that the parties' ticks allow, in order.

    Args:
        chains: By party, its ticks around one instant.

    Returns:
        One word if the state is certain; none if the ticks hold a word that is not
        known, or more different views than are looked at.
    """
    views = [[(party, view) for view in _views(chain)] for party, chain in chains.items()]
    if prod(map(len, views)) > _VIEWS_MAX:
        return []
    try:
        return sorted({_one_word(choice) for choice in product(*views)})
    except ValueError:
        return []


def _views(chain: tuple[Tick, ...]) -> list[View]:
    """What the ticks say of the line, each different view once, in order."""
    return list(dict.fromkeys((tick.observed, tick.declared) for tick in chain))


def _one_word(choice: tuple[tuple[str, View], ...]) -> Word:
    """The word where each party has one view; CONTESTED if theirs differ."""
    declared = {
        party: {scope: Declared(state) for scope, state in scopes} for party, (_, scopes) in choice
    }
    words = {
        displayed_word(Observed(observed), Answered.ANSWERED, declared)
        for _, (observed, _) in choice
    }
    return words.pop() if len(words) == 1 else Word.CONTESTED


# --- declared -------------------------------------------------------------------------------------


def _check_declared(case: _Case) -> str:
    claim, facts = case.claim, case.facts
    case.take(f"Ticks of {claim.party} stand before and after the instant.", _bracket)
    case.take(f"All that {claim.party} had said is in the file, with its declarations.", _collect)
    case.take("It allows one state of each scope, and it is the one claimed.", _compare_declared)
    told = ", ".join(f"{scope} {state}" for scope, state in facts["states"][0].items())
    rests = "; ".join(
        f"its message {one['index']} of {format_instant(one['claimed_at'])}"
        for one in facts["said"]
    )
    count = count_words(facts["after_size"], "entry", "entries")
    return (
        f"{claim.party} declared at {format_instant(claim.at)} on line {claim.line}: {told}. It "
        f"rests on {rests}. No other declaration is among the {count} that its log had when "
        f"{facts['after_anchor']} had shown {format_instant(facts['after_anchor_at'])}, and "
        f"{facts['held_by']} held {facts['held_size']} of them. The times of the declarations are "
        f"those that {claim.party} gives. Not proven: what others declared, whether the line "
        "worked, and whether anybody had read it."
    )


def _bracket(case: _Case) -> str:
    claim, exhibits = case.claim, case.exhibits
    tolerance_ms = exhibits.tolerance_ms()
    before, later, wrong = bracket(claim.party, claim.at, tolerance_ms, exhibits.web)
    if wrong:
        raise unproven(wrong)
    if before is None or later is None:
        where = "before" if before is None else "after"
        raise unproven(f"no tick of {claim.party} in the file is dated {where} the instant")
    out = later.tick.out
    if before.tick.out.origin != out.origin:
        raise unproven(f"{claim.party} went on in a new outbox meanwhile")
    held = {head.origin: head.size for head in later.anchor.held}
    case.facts.update(
        tolerance_ms=tolerance_ms,
        origin=out.origin,
        before_size=before.tick.out.size,
        after_size=out.size,
        after_anchor=later.anchor.party,
        after_anchor_at=later.anchor.at,
        held_by=later.anchor.party,
        held_size=held.get(out.origin, 0),
    )
    return f"They say {before.tick.out.size} entries and then {out.size}."


def _collect(case: _Case) -> str:
    """Every entry that changes what is declared, with its content."""
    claim, exhibits, facts = case.claim, case.exhibits, case.facts
    origin = parse_origin(facts["origin"])
    assert origin is not None, "a parsed tick names an origin"
    if origin.epoch > 1:
        raise unproven(f"{claim.party} has opened a new outbox; of that nothing is proven here")
    run = exhibits.runs.get(facts["origin"], ())
    if len(run) != facts["after_size"]:
        raise unproven(f"the file does not hold all {facts['after_size']} entries of {origin}")
    ring = exhibits.ring(claim.party, 1)
    said: list[SaidOfScopes] = []
    for index, envelope in enumerate(run):
        if envelope.header.kind not in (Kind.UNDERSTANDING, Kind.DECLARATION):
            continue
        if not ring.is_trusted(index):
            raise unproven(f"the key of message {index} of {claim.party} is revoked")
        declaration = _declaration_at(case, index) if index else None
        scopes = ring.understanding_at(index).scopes
        said.append(SaidOfScopes(index, envelope.header.at, declaration, scopes))
    facts["said"] = [{"index": one.index, "claimed_at": one.at} for one in said]
    size, tolerance_ms = facts["before_size"], facts["tolerance_ms"]
    if doubt := why_dates_are_doubtful(said, size, claim.at, tolerance_ms):
        raise unproven(doubt)
    allowed = states_allowed(said, size, claim.at, tolerance_ms)
    facts["states"] = [{s: str(word) for s, word in states.items()} for states in allowed]
    many = count_words(len(said) - 1, "declaration", "declarations")
    return f"They are {count_words(len(run), 'entry', 'entries')}, with {many}."


def _declaration_at(case: _Case, index: int) -> Declaration:
    """The declaration that stands in the claimed party's outbox, with its content."""
    entry = case.exhibits.entries.get((case.claim.party, 1, index))
    if entry is None or not isinstance(entry.message, Declaration):
        what = f"the declaration {index} of {case.claim.party}"
        raise unproven(f"{what} is not in the file with a content that can be read")
    return entry.message


def _compare_declared(case: _Case) -> str:
    states = case.facts["states"]
    if len(states) > 1:
        raise unproven("it changed so near to the instant that either may have stood")
    told = ", ".join(f"{scope} {state}" for scope, state in states[0].items())
    if states[0] != dict(case.claim.declared):
        raise refuted(f"{case.claim.party} declared {told}")
    return f"It is {told}."


# --- fork -----------------------------------------------------------------------------------------

_TWICE: Final = {
    ForkSort.HEAD: "two histories of {log} that differ at size {place}",
    ForkSort.JOURNAL: "two histories of {log} that differ at size {place}",
    ForkSort.TICK: "two ticks of number {place}",
    ForkSort.ENTRY: "two entries as number {place} of {log}",
}
"""What was signed twice, by its sort."""


def _check_fork(case: _Case) -> str:
    claim, facts = case.claim, case.facts
    case.take(f"One key of {claim.party} has signed two things that cannot both be.", _contradict)
    case.take("They stand where the claim has them.", _place)
    twice = _TWICE[ForkSort(claim.word)].format(log=facts["log"], place=claim.index)
    return (
        f"{claim.party} signed {twice} on line {claim.line}, the one with the hash "
        f"{facts['first']}, the other with {facts['second']}, and both by its node key "
        f"{facts['key']}. Whoever had that key showed one history to some and another to others. "
        "Not proven: who had it, whether it was done on purpose, and which of the two the other "
        "parties were shown."
    )


def _contradict(case: _Case) -> str:
    claim, exhibits = case.claim, case.exhibits
    sort = ForkSort(claim.word)
    if len(exhibits.evidence.contradictions) != 1:
        raise unproven("there are no two such things in the file")
    is_journal = sort is ForkSort.JOURNAL
    log = Origin(claim.party, claim.line, "journal" if is_journal else "out", claim.epoch)
    ring = exhibits.rings[claim.party] if is_journal else exhibits.ring(claim.party, claim.epoch)
    [one] = exhibits.evidence.contradictions
    found = show_contradiction(one, sort, log, ring)
    case.facts.update(
        log=found.origin,
        place=found.place,
        key=found.key.hex(),
        first=found.first,
        second=found.second,
    )
    return f"The key is {found.key.hex()}; the hashes are {found.first} and {found.second}."


def _place(case: _Case) -> str:
    place = case.facts["place"]
    if place != case.claim.index:
        raise unproven(f"they stand at {place}, not at {case.claim.index}")
    return f"It is {place}."


_CHECKS: Final[dict[CertificateKind, Callable[[_Case], str]]] = {
    CertificateKind.MESSAGE: _check_message,
    CertificateKind.RECEIPT: _check_receipt,
    CertificateKind.USE: _check_window,
    CertificateKind.NON_USE: _check_window,
    CertificateKind.STATE: _check_state,
    CertificateKind.DECLARED: _check_declared,
    CertificateKind.LEAD_TIME: _check_lead_time,
    CertificateKind.NO_ANSWER: _check_no_answer,
    CertificateKind.CAPTURE: _check_capture,
    CertificateKind.FORK: _check_fork,
}
