"""What a file of areas becomes: notices for an officer, or one complaint.

As with `openline notice issue FILE`, nothing is taken of a file of which a part is
faulty. The place in words is made from the area where the file gives none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from openline.adapters.geofiles import ReadActivity, read_data
from openline.app.folders.settings import Folder
from openline.domain.errors import OurError
from openline.domain.limits import DRAFTS_WAITING_MAX
from openline.domain.line.terms import Understanding
from openline.domain.party import Precedence
from openline.domain.space.place import describe_place
from openline.domain.talk.lead_time import precedence_by_lead
from openline.domain.talk.notice import Notice
from openline.domain.talk.notice_fields import notice_fields
from openline.domain.talk.volumes import VOLUME

_COMPLAINTS_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Order:
    """What a file becomes.

    Attributes:
        notices: Each with the precedence with which it should be sent; at least one.
        doubts: What was read otherwise than it was written, by row.
    """

    notices: tuple[tuple[Notice, Precedence], ...]
    doubts: tuple[str, ...]


def read_order(
    data: bytes, name: str, folder: Folder, by: tuple[str, str], terms: Understanding,
    language: str, now: int,
) -> Order:  # fmt: skip
    """The notices that a file gives.

    Args:
        data: What it holds.
        name: What it is called.
        folder: Says what the file does not.
        by: Post and officer in whose name they are drafted.
        terms: Of the line.
        language: Of words, where nothing says it.
        now: The present instant.

    Raises:
        OurError: It is in no known form, a part is faulty, or there are too many; with
            all that is wrong, in rows.
    """
    read = read_data(data, name, reach_m=folder.radius_m, goes_on=True)
    _complain(_faults(read.activities))
    if not 1 <= len(read.activities) <= DRAFTS_WAITING_MAX:
        raise OurError(
            f"It holds {len(read.activities)} activities, not 1 to {DRAFTS_WAITING_MAX}.",
            "Issue it by hand: openline notice issue --file FILE --only NAME.",
        )
    notices, faults = [], []
    given = {
        "language": language, "category": folder.category, "kind": folder.kind,
        "by": {"post": by[0], "officer": by[1]}, "notice_id": "NEW",
    }  # fmt: skip
    for activity in read.activities:
        try:
            notices.append(_notice(activity, given, terms, now))
        except OurError as error:
            faults.append(f"{activity.name or activity.number}: {error.what} {error.remedy}")
    _complain(faults)
    doubts = [str(remark) for remark in read.remarks]
    doubts += [f"{one.name}: {remark}" for one in read.activities for remark in one.remarks]
    return Order(tuple(notices), tuple(doubts))


def _notice(
    activity: ReadActivity, given: dict[str, Any], terms: Understanding, now: int
) -> tuple[Notice, Precedence]:
    fields = {**given, **notice_fields(activity.name, activity.properties)}
    words = describe_place(activity.volumes, terms.reference_points, fields["language"])
    volumes = [VOLUME.to_json(volume) for volume in activity.volumes]
    fields = {"place": {"words": words}, **fields, "volumes": volumes}
    lead_ms = min(volume.valid_from for volume in activity.volumes) - now
    precedence = precedence_by_lead(lead_ms)
    notice = Notice.from_json({key: held for key, held in fields.items() if held}, precedence)
    # Without an id of its own the desk gives one when it is released.
    own_id = notice.notice_id if notice.notice_id != given["notice_id"] else ""
    return replace(notice, notice_id=own_id), precedence


def _faults(activities: Iterable[ReadActivity]) -> list[str]:
    found = []
    for activity in activities:
        if activity.fault is not None:
            found.append(f"{activity.fault.what} {activity.fault.remedy}")
        elif activity.cancels:
            found.append(
                f"{activity.name} cancels {activity.cancels}: openline notice cancel does that."
            )
    return found


def _complain(faults: list[str]) -> None:
    if not faults:
        return
    more = len(faults) - _COMPLAINTS_MAX
    rows = [row.rstrip() for row in faults[:_COMPLAINTS_MAX]]
    if more > 0:
        rows.append(f"And {more} more.")
    raise OurError("\n".join(rows), "Correct it and put it into the folder again.")
