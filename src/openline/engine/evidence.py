"""What officers hold as evidence and release: checked, done, journalled."""

from typing import TYPE_CHECKING, Any

from openline.domain.errors import OurError
from openline.domain.talk.body import By
from openline.engine.commands import HoldEvidence, ReleaseEvidence
from openline.engine.journal import Happened

if TYPE_CHECKING:
    from openline.engine.line import Line
    from openline.engine.turn import Turn


def hold_or_release(
    line: "Line", turn: "Turn", command: HoldEvidence | ReleaseEvidence, salt: bytes
) -> dict[str, Any]:
    """Hold a window or release one; the hold as it is then.

    Args:
        line: The line.
        turn: The turn under way.
        command: What an officer asks.
        salt: Random bytes for the rows of the journal.

    Raises:
        OurError: It may not be; with what to do.
    """
    line.desk.check_post(By(*command.by))
    if not command.reason.strip():
        raise OurError("No reason is given.", "Write why, in a few words.")
    if isinstance(command, HoldEvidence):
        name = _hold(line, turn, command, salt)
    else:
        name = command.name
        _release(line, turn, command, salt)
    return line.view.incident_records.holds.named(name).to_json()


def _hold(line: "Line", turn: "Turn", command: HoldEvidence, salt: bytes) -> str:
    holds = line.view.incident_records.holds
    name = command.name or holds.next_name()
    windows = [command.window] if command.window else holds.named(name).windows
    if command.name:
        # Whoever widens a hold or holds it again names one that there is.
        holds.named(name)
    for window in windows:
        holds.check(window, turn.now)
    for window in list(windows):
        turn.effects += line.view.hold(name, window, command.by, command.reason, turn.now)
        line.journal.add(Happened.HELD, turn.now, *command.by, name, *window, command.reason, salt)
    return name


def _release(line: "Line", turn: "Turn", command: ReleaseEvidence, salt: bytes) -> None:
    line.desk.check_tier(By(*command.by), "That evidence is held no longer")
    matter = line.view.incident_records.find(command.name)
    hold = line.view.incident_records.holds.named(command.name)
    if matter is not None and hold.is_incident and matter.is_open:
        raise OurError(
            f"{command.name} is not closed: its evidence is held.",
            "Close the incident first, on both sides or in disagreement.",
        )
    row = (*command.by, command.name, command.reason, salt)
    turn.effects += line.view.release(command.name, command.by, command.reason, turn.now)
    line.journal.add(Happened.RELEASED, turn.now, *row)
