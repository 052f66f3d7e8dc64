"""The handover: an offer with its brief; and what is said of an empty post.

The brief that is handed over is kept as it was, beside a row of the journal under the name
of whoever offers it. The counterparts learn its hash when the watch is taken, over a salt,
so that nobody can try out what it may have said.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from openline.domain.talk.body import By
from openline.domain.talk.watch import NODE, Change, Watch
from openline.engine.journal import Happened
from openline.engine.turn import Turn
from openline.engine.watch_view import Offer, offer_json

if TYPE_CHECKING:
    from openline.engine.line import Line
    from openline.engine.views import View


def take_offer(line: "Line", turn: Turn, by: tuple[str, str]) -> dict[str, Any]:
    """Keep the brief of now as what an officer hands over.

    Raises:
        OurError: The officer may not hand over now, with what to do.
    """
    line.desk.watches.check_offer(By(*by), turn.now)
    brief = line.brief(turn.now)
    content = json.dumps(brief, ensure_ascii=False, sort_keys=True).encode()
    salt = line.random_salt()
    offer = Offer(*by, turn.now, sha256(salt + content).digest(), brief)
    turn.effects += line.view.offer_watch(offer, turn.now)
    line.journal.add(Happened.OFFERED, line.view.now, *by, salt, offer.hash, content=content)
    return {**offer_json(offer), "line": line.name, "content": brief}


def offer_of(post: str, officer: str, at: int, digest: bytes, content: bytes) -> Offer:
    """The offer of a row of the journal."""
    return Offer(post, officer, at, digest, json.loads(content))


def say_unmanned(view: "View", now: int) -> Iterator[Watch]:
    """What this node says of the posts of ours that should be manned and are not.

    The hours of the Understanding say that they should be, and 15 min after its planned end
    nobody had taken the watch. No person says so: it is said by the node.
    """
    for watch in view.watches.vacant(now):
        said, post = watch.watch, watch.desk[1]
        yield Watch(By(post, NODE), Change.UNMANNED, post, said.officer, now)
