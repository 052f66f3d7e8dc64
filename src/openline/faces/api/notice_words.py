"""Words about versions of a notice: how they differ, which answers still count."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from openline.adapters.wording import Wording
from openline.adapters.wording.differences import (
    WHOLE,
    earlier_rows,
    field_name,
    field_value,
    magnitude_rows,
    since_row,
)
from openline.domain.diff.fields import FieldDifference, field_differences
from openline.domain.diff.magnitudes import Magnitude, magnitudes
from openline.domain.errors import OurError
from openline.domain.space.volume import check_volume
from openline.domain.talk.notice import Notice
from openline.domain.talk.notice_change import widening
from openline.domain.talk.readout_text import word_changes
from openline.engine.notice_view import NoticeVersion
from openline.engine.views import View


def told_differences(
    old: Notice | None, new: Notice | None, wording: Wording
) -> list[dict[str, Any]]:
    """Where two versions of a notice differ; nowhere if one of them cannot be read.

    Args:
        old: The earlier version.
        new: The later one.
        wording: Says it.
    """
    if old is None or new is None:
        return []
    found = field_differences(old.to_json(), new.to_json(), WHOLE)
    return [_told(one, wording) for one in found if one.path != "version"]


def notice_magnitudes(old: Notice | None, new: Notice | None) -> list[Magnitude]:
    """By how much two versions differ; nothing if one has an impossible area."""
    if old is None or new is None or not new.volumes:
        return []
    try:
        for volume in (*old.volumes, *new.volumes):
            check_volume(volume)
    except OurError:
        return []
    return magnitudes(old.volumes, new.volumes)


def became_wider(old: Notice | None, new: Notice | None) -> bool:
    """Whether a version may be wider than an earlier one; False if one cannot be read."""
    return old is not None and new is not None and bool(new.volumes) and bool(widening(old, new))


def earlier_words(view: View, notice: Mapping[str, Any], wording: Wording) -> list[str]:
    """Which earlier answers still count, and by how much others were outgrown.

    Args:
        view: The line.
        notice: As the view tells it.
        wording: Says it.
    """
    rows = earlier_rows(wording, notice["earlier_answers"])
    entry = view.notice_records.of(notice["party"], notice["notice_id"])
    outgrown = [one["version"] for one in notice["earlier_answers"] if not one["counts"]]
    if entry is None:
        return rows
    newest = notice_of(view, entry.newest)
    for number in dict.fromkeys(outgrown):
        [version] = [one for one in entry.versions if one.version == number]
        amounts = notice_magnitudes(notice_of(view, version), newest)
        rows += [since_row(wording, number), *magnitude_rows(wording, amounts)] if amounts else []
    return rows


def _told(found: FieldDifference, wording: Wording) -> dict[str, Any]:
    changes = word_changes(found.old, found.new) if found.path == "activity" else ()
    return {
        "path": found.path,
        "name": field_name(wording, found.path),
        "old": found.old,
        "new": found.new,
        "old_said": field_value(wording, found.path, found.old),
        "new_said": field_value(wording, found.path, found.new),
        "changes": [asdict(change) for change in changes],
    }


def notice_of(view: View, version: NoticeVersion) -> Notice | None:
    """What a version says; None if it cannot be read."""
    assert view.load is not None, "a running node's views read its store"
    record = version.record
    message = view.load(record.party, record.index, record.epoch)
    return message if isinstance(message, Notice) else None
