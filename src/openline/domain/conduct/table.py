"""The table: every sort of matter, and every clock that runs on one.

`docs/reference/clocks.md` is made from it.
"""

from typing import Final

from openline.domain.conduct.subject import Subject
from openline.domain.talk.call_record import CALL
from openline.domain.talk.contact import CONTACT
from openline.domain.talk.correction import CORRECTION
from openline.domain.talk.escalation import ESCALATION
from openline.domain.talk.explanation import EXPLANATION
from openline.domain.talk.incident import INCIDENT
from openline.domain.talk.protest import PROTEST
from openline.domain.talk.query import QUERY
from openline.domain.talk.readout import READOUT
from openline.domain.talk.telephone import TELEPHONE
from openline.domain.talk.violation import VIOLATION
from openline.domain.talk.warning import WARNING

SUBJECTS: Final[tuple[Subject, ...]] = (
    WARNING,
    QUERY,
    EXPLANATION,
    INCIDENT,
    VIOLATION,
    PROTEST,
    CORRECTION,
    CONTACT,
    TELEPHONE,
    CALL,
    READOUT,
    ESCALATION,
)
"""Every sort of matter, in the order in which an officer looks at them."""
