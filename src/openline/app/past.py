"""The past: how a line stood at an instant that is over, as far as is known.

What the parties declared and what line checks showed is folded anew from the
record; what circuits showed is in each party's signed ticks. Where no ticks stand
around the instant nothing is made up: then no word is given. This is what one
node holds; what others can verify is a certificate (`openline.app.export`).
"""

from typing import Any

from openline.app.export import Exporter
from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.line.declared import Declared, displayed_word
from openline.domain.line.observed import WORST_ANSWERED, Answered, Observed
from openline.engine.views import View


def check_instant(at: int, now: int) -> None:
    """Confirm that an instant is over.

    Raises:
        OurError: It is still to come.
    """
    if at > now:
        raise OurError(
            f"{format_instant(at)} is still to come: how the line stands then is not known.",
            "Ask for an instant that is over.",
        )


def state_then(folded: dict[str, Any], exporter: Exporter, view: View, at: int) -> dict[str, Any]:
    """The state of a line at an instant, on both axes.

    Args:
        folded: What `View.state_at` gives for the instant.
        exporter: Of the same line; it is read in this thread.
        view: Of the same line.
        at: The instant.

    Returns:
        `declared` by party and scope; `answered` by counterpart; `observed` by party, by
        its own ticks, with each word that they hold around the instant, none where they do
        not reach; and `word`, null where it is not known for certain.
    """
    observed = exporter.observed_at(at)
    words = observed[view.own]
    word = None
    if len(words) == 1:
        answered = [Answered(state) for state in folded["answered"].values()]
        declared = {
            party: {scope: Declared(state) for scope, state in scopes.items()}
            for party, scopes in folded["declared"].items()
        }
        worst = min(answered, key=WORST_ANSWERED.index)
        word = displayed_word(Observed(words[0]), worst, declared).value
    return {
        "line": view.understanding.line,
        "at": at,
        **folded,
        "observed": observed,
        "word": word,
    }
