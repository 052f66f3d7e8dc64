"""Public statements as the API tells them: plain values, worded for the reader."""

from dataclasses import asdict
from typing import Any

from openline.adapters.statements.extractor import extractor_name
from openline.adapters.statements.store import Capture, Source, Statement, Version
from openline.adapters.wording import Wording
from openline.adapters.wording.faults import FaultWords
from openline.adapters.wording.statements import (
    change_words,
    presence,
    reading_sentence,
    readout_sentence,
    readout_words,
    seen_sentence,
    standing_sentence,
    summary,
    verdict_words,
)
from openline.app.statements import Comparison, Watcher
from openline.domain.errors import OurError
from openline.domain.statements.difference import Change, Difference, Row
from openline.domain.statements.words import Span


def source_form(watcher: Watcher, source: Source, wording: Wording) -> dict[str, Any]:
    """A source, and how many pages of it are followed."""
    return {
        "name": source.name,
        "address": source.address,
        "kind": source.kind,
        "language": source.language,
        "line": source.line,
        "extractor": source.extractor,
        "is_set": source.is_set,
        "statements": watcher.store.count(source.name),
        "looked_at": source.looked_at,
        "next_at": source.next_at,
        "failing_since": source.failing_since,
        "fault": FaultWords(wording).fault(source.fault) or _fault_of_extractor(source, wording),
    }


def _fault_of_extractor(source: Source, wording: Wording) -> str:
    """Why nothing reads the pages of a source; empty if something does."""
    try:
        extractor_name(source.extractor, source.selector)
    except OurError as error:
        words = FaultWords(wording)
        return f"{words.fault(error.what)} {words.fault(error.remedy)}"
    return ""


def short_form(watcher: Watcher, one: Statement, wording: Wording) -> dict[str, Any]:
    """A page, how it stands, and the sentence that says so."""
    source = watcher.source_of(one)
    plan = one.plan(source)
    return {
        "id": one.id,
        "source": one.source,
        "address": one.address,
        "title": one.title,
        "language": source.language,
        "versions": one.versions,
        "verdict": None if one.verdict is None else one.verdict.value,
        "verdict_words": "" if one.verdict is None else verdict_words(wording, one.verdict),
        "changed_at": one.changed_at,
        "looked_at": one.looked_at,
        "next_at": plan.next_at,
        "is_silent": plan.is_silent,
        "is_kept": one.is_kept,
        "attached": one.attached,
        "fault": FaultWords(wording).fault(one.fault),
        "sentence": standing_sentence(wording, one.standing(source), plan),
    }


def whole_form(watcher: Watcher, one: Statement, wording: Wording) -> dict[str, Any]:
    """A page with its versions and last looks."""
    versions = watcher.store.versions(one.id)
    return {
        **short_form(watcher, one, wording),
        "history": [version_form(watcher, version, wording) for version in versions],
        "captures": [capture_form(capture, wording) for capture in watcher.store.captures(one.id)],
    }


def version_form(watcher: Watcher, version: Version, wording: Wording) -> dict[str, Any]:
    """One version."""
    return {
        "number": version.number,
        "seen_at": version.seen_at,
        "verdict": version.verdict.value,
        "verdict_words": verdict_words(wording, version.verdict, version.returned_to),
        "returned_to": version.returned_to,
        "title": version.title,
        "words": version.words,
        "text_hash": version.text_hash.hex(),
        "body_hash": version.body_hash.hex(),
        "has_body": watcher.store.has_body(version.body_hash),
        "extractor": version.extractor,
    }


def capture_form(capture: Capture, wording: Wording) -> dict[str, Any]:
    """One look."""
    return {
        "at": capture.at,
        "address": capture.address,
        "status": capture.status,
        "headers": capture.headers,
        "verdict": capture.verdict.value,
        "fault": FaultWords(wording).fault(capture.fault),
        "body_hash": capture.body_hash.hex(),
        "text_hash": capture.text_hash.hex(),
        "extractor": capture.extractor,
        "line": capture.line,
        "row": capture.row,
    }


async def text_form(
    watcher: Watcher, one: Statement, version: Version, wording: Wording
) -> dict[str, Any]:
    """The text of a version, with the look at which it was first seen."""
    page, _ = await watcher.read_version(one.id, version.number)
    capture = watcher.store.capture(version.capture)
    assert capture is not None, "a version is kept with its look"
    return {
        "id": one.id,
        "version": version_form(watcher, version, wording),
        "paragraphs": [
            {"block": paragraph.block.value, "text": paragraph.text}
            for paragraph in page.article.paragraphs
        ],
        "is_cut": page.article.is_cut,
        "capture": capture_form(capture, wording),
        "sentence": seen_sentence(wording, capture.line, capture.row, capture.at),
    }


def difference_form(
    watcher: Watcher, compared: Comparison, old: Version, new: Version, wording: Wording
) -> dict[str, Any]:
    """Two versions compared."""
    found = compared.difference
    sides = (old.number, old.seen_at), (new.number, new.seen_at)
    return {
        "old": version_form(watcher, old, wording),
        "new": version_form(watcher, new, wording),
        "summary": summary(wording, found),
        "title": [_span(span) for span in found.title],
        "rows": [_row(row, sides, wording) for row in found.rows],
        "algorithm": found.algorithm,
        "thresholds": asdict(found.thresholds),
        "word_pairs": found.word_pairs,
        "is_bounded": found.is_bounded,
        "same_extractor": len(set(compared.extractors)) == 1,
        "extractors": list(compared.extractors),
        "reading": reading_sentence(wording, *compared.extractors),
    }


def readout_form(found: Difference, wording: Wording) -> dict[str, Any]:
    """A readout beside a public text: what became of its paragraphs."""
    same = (Change.SAME, Change.MOVED, Change.MOVED_AWAY, Change.ADDED)
    is_whole = all(row.change in same for row in found.rows)
    return {
        "is_whole": is_whole,
        "sentence": readout_sentence(wording, is_whole=is_whole),
        "rows": [
            {
                "key": row.key,
                "change": row.change.value,
                "words": readout_words(wording, row),
                "old": list(row.old),
                "new": list(row.new),
                "alike": row.alike,
                "spans": [_span(span) for span in row.spans],
                "presence": "",
            }
            for row in found.rows
        ],
    }


def _row(
    row: Row, sides: tuple[tuple[int, int], tuple[int, int]], wording: Wording
) -> dict[str, Any]:
    is_lone = row.change in (Change.ADDED, Change.REMOVED)
    return {
        "key": row.key,
        "change": row.change.value,
        "words": change_words(wording, row),
        "old": list(row.old),
        "new": list(row.new),
        "alike": row.alike,
        "spans": [_span(span) for span in row.spans],
        "presence": presence(wording, row, *sides) if is_lone else "",
    }


def _span(span: Span) -> dict[str, str]:
    return {"same": span.same, "old": span.old, "new": span.new, "sort": span.sort.value}
