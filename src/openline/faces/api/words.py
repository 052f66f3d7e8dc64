"""A stored message as plain text that needs no documentation (`adapters.wording`)."""

from typing import Any

from openline.adapters.wording import Facts, Wording
from openline.domain.party import Precedence
from openline.domain.talk.lead_time import LeadClass
from openline.engine.views import View


def plain_text(view: View, record: dict[str, Any], language: str) -> str:
    """The message in sentences, with what is known of it beside its body.

    Args:
        view: The line's view: the message itself, titles, lead times.
        record: The message as the view lists it.
        language: Of the sentences.

    Raises:
        OurError: There are no sentences in that language.
    """
    assert view.load is not None, "a running node's views read its store"
    lead_ms, lead = _lead_time(view, record)
    facts = Facts(
        party=record["party"],
        title=view.understanding.party(record["party"]).title(language),
        line=view.understanding.line,
        index=record["index"],
        at=record["at"],
        precedence=Precedence[record["precedence"]],
        recipients=tuple(record["recipients"]),
        received_at=record["received_at"],
        lead_ms=lead_ms,
        lead=lead,
    )
    message = view.load(record["party"], record["index"], record["epoch"])
    return Wording(language).message(message, facts)


def _lead_time(view: View, record: dict[str, Any]) -> tuple[int | None, LeadClass | None]:
    """The lead time of a notice's version, counted at the receiver."""
    if not record["notice_id"]:
        return None, None
    notice = view.notice(f"{record['party']}/{record['notice_id']}")
    for version in (notice or {}).get("versions", ()):
        if version["index"] == record["index"] and version["lead_class"] is not None:
            return version["lead_time_ms"], LeadClass(version["lead_class"])
    return None, None
