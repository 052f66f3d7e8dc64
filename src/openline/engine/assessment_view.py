"""Whose tracks are, as our officers assessed it on one line.

Rules:

1. Of one track there is one assessment; a later one replaces it.
2. It stands until it is taken back. The node takes it back itself, in nobody's name,
   when nobody heard of the object for long (`app.air`).
3. There are at most `TRACKS_ASSESSED_MAX`; a new one beyond that is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from openline.domain.errors import OurError
from openline.domain.limits import TRACKS_ASSESSED_MAX
from openline.domain.talk.assessment import Assessment


@dataclass(frozen=True, slots=True)
class Assessed:
    """One assessment that stands.

    Attributes:
        line: On which line.
        assessment: Whose the track is.
        by: Post and officer.
        at: When it was assessed.
    """

    line: str
    assessment: Assessment
    by: tuple[str, str]
    at: int

    def to_json(self) -> dict[str, Any]:
        """It as faces show it."""
        post, officer = self.by
        return {
            "line": self.line,
            "track": self.assessment.track,
            "verdict": self.assessment.verdict.name,
            "party": self.assessment.party,
            "remark": self.assessment.remark,
            "by": {"post": post, "officer": officer},
            "at": self.at,
        }


class AssessmentView:
    """The assessments of one line; owned by its `View`."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._standing: dict[str, Assessed] = {}

    def check(self, assessment: Assessment, others: Iterable[str]) -> None:
        """Confirm that it may be kept.

        Args:
            assessment: Whose a track is.
            others: The counterparts of the line.

        Raises:
            OurError: It names no counterpart, or there is no room; with what to do.
        """
        known = list(others)
        if assessment.party and assessment.party not in known:
            raise OurError(
                f"{assessment.party!r} is no counterpart on the line {self._line}.",
                f"Its counterparts are {', '.join(known)}; for others choose NEITHER.",
            )
        is_new = assessment.track not in self._standing
        if is_new and len(self._standing) >= TRACKS_ASSESSED_MAX:
            raise OurError(
                f"{TRACKS_ASSESSED_MAX} tracks are assessed already, which is all that may be.",
                "Take back what is no longer needed; whole fleets of ours belong into `ours` of "
                "the table [air] in node.toml.",
            )

    def assess(self, assessment: Assessment, by: tuple[str, str], at: int) -> Assessed:
        """Keep an assessment, in place of an earlier one of its track."""
        assessed = Assessed(self._line, assessment, by, at)
        self._standing.pop(assessment.track, None)
        self._standing[assessment.track] = assessed
        return assessed

    def take_back(self, track: str) -> Assessed:
        """Keep an assessment no longer; which it was.

        Raises:
            OurError: The track is not assessed.
        """
        if track not in self._standing:
            raise OurError(
                f"The track {track!r} is not assessed on the line {self._line}.",
                "See `openline tracks assessed` for those that are.",
            )
        return self._standing.pop(track)

    def standing(self) -> list[Assessed]:
        """Those that stand, the oldest first."""
        return list(self._standing.values())
