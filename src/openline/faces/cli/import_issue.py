"""The option `--issue` of the verb `import`: notices of what has no doubt.

An activity with a fault or a remark is left to the officer, and so is what cancels: it
is told with the reason. Of the rest the officer confirms the list before anything is said.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from openline.domain.errors import OurError
from openline.domain.talk.notice_fields import notice_id_of_notam
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.options import Acting
from openline.faces.cli.output import say_aside

if TYPE_CHECKING:
    from openline.adapters.geofiles import ReadActivity
    from openline.faces.cli.client import Client


def issue_sound(
    client: "Client",
    line: str,
    activities: "list[ReadActivity]",
    drafts: Iterable[tuple[int, dict[str, Any]]],
    options: Acting,
    *,
    yes: bool,
) -> None:
    """Issue a notice for each activity without a doubt, once that is confirmed.

    Args:
        client: The way to the node.
        line: The line.
        activities: What the file holds, with every remark.
        drafts: The fields of each activity that may be a notice, by its number.
        options: Who acts, and how to print.
        yes: It is confirmed already.

    Raises:
        WrongUsage: There is nobody to ask.
        OurError: One of them may not be said; then none is.
    """
    from openline.faces.cli.notice import release

    for row in _left_rows(client, line, activities):
        say_aside(row)
    sound = [
        (number, fields)
        for number, fields in drafts
        if (one := activities[number - 1]).fault is None and not one.remarks
    ]
    if not sound:
        say_aside("Nothing is issued: no activity is without a doubt.")
        return
    for number, fields in sound:
        say_aside(f"To issue: {number} {activities[number - 1].name}, {fields['place']['words']}.")
    if not yes and not _is_confirmed(len(sound), line):
        say_aside("Nothing is issued.")
        return
    release(client, line, [fields for _, fields in sound], options, None, (), False, 5.0)


def _left_rows(client: "Client", line: str, activities: "list[ReadActivity]") -> Iterator[str]:
    """What is left to the officer, and why."""
    for number, one in enumerate(activities, start=1):
        if one.cancels:
            notice_id = _live_notice(client, line, one.cancels)
            verb = f"openline notice cancel {notice_id}".rstrip()
            yield f"Left: {number} {one.name} cancels {one.cancels}; {verb} does."
        elif replaced := _live_notice(client, line, str(one.properties.get("replaces", ""))):
            yield f"Left: {number} {one.name}: openline notice replace {replaced} --file does."
        elif one.fault is not None:
            yield f"Left: {number} {one.name} has a fault."
        elif count := len(one.remarks):
            yield f"Left: {number} {one.name} has {count} {'doubt' if count == 1 else 'doubts'}."


def _live_notice(client: "Client", line: str, notam: str) -> str:
    """The id of our live notice that was made from a NOTAM; empty where there is none."""
    notice_id = notice_id_of_notam(notam)
    if not notice_id:
        return ""
    try:
        notice = client.get("/lines", line, "notices", client.config.party, notice_id)
    except OurError:
        return ""
    return notice_id if notice["is_live"] else ""


def _is_confirmed(count: int, line: str) -> bool:
    """Whether the officer at the terminal says yes."""
    if not sys.stdin.isatty():
        raise WrongUsage(
            "Nothing is issued: nobody is there to confirm it.",
            "Look at the list, and give --yes.",
        )
    sys.stderr.write(f"Issue {count} on {line}? Write yes: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() == "yes"
