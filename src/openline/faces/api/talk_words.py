"""What hangs on a message: corrections, translations, passing on, in words."""

from typing import Any

from openline.adapters.wording import Wording
from openline.adapters.wording.talks import gloss_rows
from openline.domain.talk.correction import Correction
from openline.domain.talk.glossary import missing_words
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.text import Text, Translation
from openline.domain.talk.translation import LaterTranslation
from openline.engine.message_view import MessageRecord
from openline.engine.talk_rules import corrected, words_of
from openline.engine.views import View


def talked(view: View, shown: dict[str, Any], wording: Wording) -> dict[str, Any]:
    """What hangs on a message: corrections, translations, passing on.

    Args:
        view: The line's view.
        shown: The message as the view lists it.
        wording: Says what translations lack.
    """
    record = view.record(shown["party"], shown["index"], shown["epoch"])
    assert record is not None, "a message that is listed is in the view"
    assert view.load is not None, "a running node's views read its store"
    original = view.load(record.party, record.index, record.epoch)
    corrections = [
        {**said, **{name: getattr(message, name) for name in ("field", "old", "new", "cause")}}
        for said, message in _said(view, record, ("corrected",))
        if isinstance(message, Correction)
    ]
    return {
        "corrections": corrections,
        "corrected": corrected(view, record) if corrections else None,
        "translations": _translations(view, record, original, wording),
        "passing": view.talk.passing(record),
    }


def _said(
    view: View, record: MessageRecord, names: tuple[str, ...]
) -> list[tuple[dict[str, Any], Message | Unreadable]]:
    """Marks of some sorts, with the messages that make them."""
    assert view.load is not None, "a running node's views read its store"
    return [
        (
            {"at": mark.at, "party": mark.party, "serial": view.serial(mark.party, mark.index)},
            view.load(mark.party, mark.index, mark.epoch),
        )
        for name in names
        for mark in record.marks_of(name)
    ]


def _translations(
    view: View, record: MessageRecord, original: Message | Unreadable, wording: Wording
) -> list[dict[str, Any]]:
    """Every translation of a message, those that came with it first."""
    words, language = words_of(original), getattr(original, "language", "")
    serial = view.serial(record.party, record.index)
    at_once = {"at": record.at, "party": record.party, "serial": serial}
    found: list[tuple[dict[str, Any], Translation]] = []
    if isinstance(original, Text):
        words = original.text
        found = [(at_once, one) for one in original.translations]
    for said, message in _said(view, record, ("translated", "gist")):
        if isinstance(message, LaterTranslation):
            found.append((said, message.translation))
    return [
        {
            **said,
            "language": one.language,
            "text": one.text,
            "translator": one.translator,
            "is_machine": one.is_machine,
            "is_gist": one.is_gist,
            "reviewed_by": one.reviewed_by,
            "certified_by": one.certified_by,
            "remarks": gloss_rows(
                wording, list(missing_words(words, language, one.text, one.language))
            ),
        }
        for said, one in found
    ]
