"""What the engine tells in plain values, said in sentences (`adapters.wording`).

A stored message becomes text that needs no documentation; the state of a line,
alarms and conflicts become sentences, in the language that is asked for or else
in the node's own.
"""

from typing import Any

from openline.adapters.wording import LANGUAGES, Facts, Wording
from openline.app.config import Config
from openline.domain.party import Precedence
from openline.domain.talk.lead_time import LeadClass
from openline.domain.talk.message import Message
from openline.domain.talk.movement import SIDE_PREFIX
from openline.domain.talk.private import Private
from openline.engine.views import View


def plain_text(view: View, record: dict[str, Any], wording: Wording) -> str:
    """The message in sentences, with what is known of it beside its body.

    Args:
        view: The line's view: the message itself, titles, lead times.
        record: The message as the view lists it.
        wording: Says it.
    """
    assert view.load is not None, "a running node's views read its store"
    message = view.load(record["party"], record["index"], record["epoch"])
    found = view.signatures(record["party"], record["index"], message)
    return wording.message(message, _facts(view, record, wording)) + wording.signatures(found)


def plain_body(view: View, record: dict[str, Any], wording: Wording) -> str:
    """What the message says, without who sent it when to whom, nor who signed it.

    Args:
        view: As of `plain_text`.
        record: As of `plain_text`.
        wording: Says it.
    """
    assert view.load is not None, "a running node's views read its store"
    message = view.load(record["party"], record["index"], record["epoch"])
    return wording.body(message, _facts(view, record, wording))


def _facts(view: View, record: dict[str, Any], wording: Wording) -> Facts:
    """What is known of a message beside its body."""
    lead_ms, lead = _lead_time(view, record)
    return Facts(
        party=record["party"],
        title=view.understanding.party(record["party"]).title(wording.language),
        line=view.understanding.line,
        index=record["index"],
        at=record["at"],
        precedence=Precedence[record["precedence"]],
        recipients=tuple(record["recipients"]),
        received_at=record["received_at"],
        circuit=record["circuit"],
        lead_ms=lead_ms,
        lead=lead,
        serial=record["serial"],
        of_serial=(record["reply_to"] or {}).get("serial", ""),
        books=view.books,
        of_kind=_kind_of(view, record["reply_to"]),
    )


def unsaid_text(
    view: View,
    message: Message,
    wording: Wording,
    precedence: Precedence,
    about: tuple[str, int] | None,
) -> str:
    """A message of ours that was not said, in the sentences that others would read.

    Args:
        view: The line's view.
        message: What would be said.
        wording: Says it.
        precedence: With which it would be sent.
        about: Party and index of the message it is about, if it is about one.
    """
    known = None if about is None else view.message(*about)
    facts = Facts(
        party=view.own,
        title=view.understanding.party(view.own).title(wording.language),
        line=view.understanding.line,
        index=0,
        at=0,
        precedence=precedence,
        of_serial="" if known is None else known["serial"],
        books=view.books,
        of_kind="" if known is None else str(known["kind"]),
    )
    return wording.body(message, facts)


def _kind_of(view: View, of: dict[str, Any] | None) -> str:
    """The kind of the message that another is about; empty if it is about none."""
    about = None if of is None else view.message(of["party"], of["index"])
    return "" if about is None else str(about["kind"])


def wording_of(config: Config, language: str | None) -> Wording:
    """The wording in a language, or else in that of node.toml, or else in English.

    Raises:
        OurError: There are no sentences in the language asked for.
    """
    if language is not None:
        return Wording(language)
    return Wording(config.language if config.language in LANGUAGES else LANGUAGES[0])


def worded_line(line: dict[str, Any], view: View, wording: Wording, now: int) -> dict[str, Any]:
    """A line of the status with its word, its sentence and its alarms in one language."""
    displayed = {
        **line["displayed"],
        "said": wording.line_word(line),
        "sentence": wording.line_sentence(line, view.understanding.timers, now),
    }
    alarms = [worded_alarm(alarm, wording) for alarm in line["alarms"]]
    return {**line, "displayed": displayed, "alarms": alarms}


def worded_alarm(alarm: dict[str, Any], wording: Wording) -> dict[str, Any]:
    """An alarm with the sentences that say what it is about and what to do."""
    return {**alarm, "said": wording.alarm(alarm)}


def worded_conflict(conflict: dict[str, Any], wording: Wording) -> dict[str, Any]:
    """A conflict with its finding in one language."""
    one, other = (
        wording.kept(side["name"]) if "name" in side else f"{side['party']} {side['notice_id']}"
        for side in conflict["sides"]
    )
    return {**conflict, "said": wording.encounter(conflict, one, other)}


def worded_private(private: dict[str, Any], view: View, wording: Wording) -> dict[str, Any]:
    """A plan or site with its text, conflicts and warnings in one language."""
    kept = Private.from_json(private["content"])
    return {
        **private,
        "found": [worded_conflict(conflict, wording) for conflict in private["found"]],
        "text": wording.private(kept),
        "warnings": wording.kind_remarks(kept.kind, view.understanding),
    }


def worded_encounter(found: dict[str, Any], wording: Wording, draft: str) -> dict[str, Any]:
    """What a draft would meet, in one language.

    Args:
        found: The encounter as the desk tells it.
        wording: Says it.
        draft: What the draft is called; empty if it has no id.
    """
    said = wording.encounter(found, draft, f"{found['party']} {found['notice_id']}")
    return {**found, "said": said}


def _lead_time(view: View, record: dict[str, Any]) -> tuple[int | None, LeadClass | None]:
    """The lead time of a notice's version, counted at the receiver."""
    if not record["notice_id"]:
        return None, None
    name = f"{record['party']}/{record['notice_id'].removeprefix(SIDE_PREFIX)}"
    is_movement = record["notice_id"].startswith(SIDE_PREFIX)
    notice = view.movement(name) if is_movement else view.notice(name)
    for version in (notice or {}).get("versions", ()):
        if version["index"] == record["index"] and version["lead_class"] is not None:
            return version["lead_time_ms"], LeadClass(version["lead_class"])
    return None, None
