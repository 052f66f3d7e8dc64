"""What may be said now of a watch: opened, offered, taken, closed, unmanned.

No second is without a responsible name: whoever is on watch stays so until another person
takes it, and that person knows what is handed over, for the brief's hash is named. Nobody
signs while a FLASH of the counterpart is unread.
"""

from typing import TYPE_CHECKING

from openline.domain.errors import OurError
from openline.domain.instant import MINUTE_MS, format_instant
from openline.domain.line.hours import should_be_manned
from openline.domain.line.terms import Post
from openline.domain.talk.body import By
from openline.domain.talk.watch import Change, Watch, WatchState, is_same_person
from openline.engine.watch_view import ON_WATCH, WatchRecord

if TYPE_CHECKING:
    from openline.engine.desk import Desk
    from openline.engine.views import View

_BACK_MS = 15 * MINUTE_MS
"""So long ago a watch may have begun that is said now: it is written down after the taking."""


class WatchRules:
    """The rules of watches at one desk.

    Owned by the desk. It remembers what it let through in this turn: of two people who take
    one watch at once the first wins.
    """

    def __init__(self, desk: "Desk", view: "View", own: str) -> None:
        self._desk = desk
        self._view = view
        self._own = own
        # The posts about which something was let through, with when and with what was known.
        self._drafted: dict[str, tuple[int, WatchRecord | None, int]] = {}

    def check(self, watch: Watch, now: int) -> None:
        """Confirm that it may be said now.

        Raises:
            OurError: It may not, with what to do.
        """
        post = self._post(watch.post, watch.by)
        if not now - _BACK_MS <= watch.since <= now + _BACK_MS // 15:
            raise OurError(
                f"The watch would change at {format_instant(watch.since)}, which is not now.",
                "Say it when it happens, at most 15 min later.",
            )
        self._check_first(watch.post, now)
        current = self._view.watches.current(self._own, watch.post)
        match watch.change:
            case Change.OPENED:
                self._check_opened(watch, current, now)
            case Change.TAKEN_OVER:
                self._check_taken(watch, current, now)
            case Change.CLOSED:
                self._check_closed(watch, post, current, now)
            case Change.UNMANNED:
                if current is None or current.standing(now).state not in ON_WATCH:
                    raise OurError(
                        f"Nobody is on watch at {watch.post} by the record.",
                        "Open a watch: openline watch open.",
                    )

    def drafted(self, watch: Watch, now: int) -> None:
        """Remember what was let through until it is recorded."""
        self._drafted[watch.post] = self._known(watch.post, now)

    def check_offer(self, by: By, now: int) -> None:
        """Confirm that an officer may offer the watch at the post.

        Raises:
            OurError: The officer may not, with what to do.
        """
        self._desk.check_post(by)
        current = self._on_watch(by.post, now)
        if not is_same_person(current.watch.officer, by.officer):
            raise OurError(
                f"{current.watch.officer} is on watch at {by.post}, not {by.officer}.",
                "Let the officer on watch offer it.",
            )
        self._check_flash("hand over")

    def _check_opened(self, watch: Watch, current: WatchRecord | None, now: int) -> None:
        self._check_self(watch)
        if current is None or current.standing(now).state not in ON_WATCH:
            return
        if not is_same_person(current.watch.officer, watch.officer):
            raise OurError(
                f"{current.watch.officer} is on watch at {watch.post}.",
                f"Take it over: openline watch take --by '{watch.post}/{watch.officer}'.",
            )

    def _check_taken(self, watch: Watch, current: WatchRecord | None, now: int) -> None:
        self._check_self(watch)
        standing = None if current is None else current.standing(now)
        is_there = standing is not None and standing.state in (*ON_WATCH, WatchState.UNMANNED)
        if current is None or standing is None or not is_there:
            raise OurError(
                f"Nobody is on watch at {watch.post}: there is nothing to take over.",
                "Open a watch: openline watch open.",
            )
        if not is_same_person(current.watch.officer, watch.relieved):
            raise OurError(
                f"{current.watch.officer} is on watch at {watch.post}, not {watch.relieved}.",
                "Somebody was quicker: look at openline watch list.",
            )
        self._check_flash("take the watch")
        self._check_brief(watch, current, standing.state)

    def _check_brief(self, watch: Watch, current: WatchRecord, state: str) -> None:
        offer = self._view.watches.offered(watch.post)
        if offer is not None and watch.brief != offer.hash:
            raise OurError(
                f"{offer.officer} hands over with the brief {offer.hash.hex()[:8]}.",
                f"Read it (openline brief --post {watch.post}) and name it: "
                f"openline watch take --brief {offer.hash.hex()[:8]}.",
            )
        if offer is None and watch.brief is not None:
            raise OurError(
                f"Nothing is offered at {watch.post} now.",
                "Look at openline watch list; name no brief to take a watch that was left.",
            )
        if offer is None and state in (WatchState.OPEN, WatchState.HANDOVER_DUE):
            raise OurError(
                f"{current.watch.officer} is on watch at {watch.post} and has not offered it.",
                "Let that officer hand over: openline watch handover.",
            )

    def _check_closed(
        self, watch: Watch, post: Post, current: WatchRecord | None, now: int
    ) -> None:
        if current is None or current.standing(now).state not in (
            *ON_WATCH,
            WatchState.UNMANNED,
        ):
            raise OurError(
                f"Nobody is on watch at {watch.post}: there is nothing to close.",
                "Look at openline watch list.",
            )
        if should_be_manned(post, now):
            raise OurError(
                f"{watch.post} is to be manned now ({post.hours}).",
                "Hand over (openline watch handover), or say honestly that nobody is there: "
                "openline watch close --unmanned.",
            )
        self._check_flash("close the watch")

    def _post(self, name: str, by: By) -> Post:
        """The post of ours that is spoken of, by itself or by a higher tier."""
        posts = {post.name: post for post in self._view.understanding.party(self._own).posts}
        post = posts.get(name)
        if post is None:
            raise OurError(
                f"{name!r} is no post of {self._own} in the Understanding.",
                f"Its posts are {', '.join(posts)}.",
            )
        if by.post != name and posts[by.post].tier <= post.tier:
            raise OurError(
                f"{by.post} does not speak for {name}.",
                f"Speak as {name}, or let a post of a higher tier speak.",
            )
        return post

    def _on_watch(self, post: str, now: int) -> WatchRecord:
        current = self._view.watches.current(self._own, post)
        if current is None or current.standing(now).state not in ON_WATCH:
            raise OurError(
                f"Nobody is on watch at {post} by the record.", "Open one: openline watch open."
            )
        return current

    @staticmethod
    def _check_self(watch: Watch) -> None:
        if watch.by.post != watch.post or not is_same_person(watch.by.officer, watch.officer):
            raise OurError(
                "A watch is opened and taken by the person who is then on watch.",
                "Let that officer say it, at that post.",
            )

    def _check_flash(self, what: str) -> None:
        unread = self._view.awaiting.unread_flash()
        if unread:
            names = ", ".join(self._view.serial(one.party, one.index) for one in unread[:8])
            raise OurError(
                f"A FLASH is unread: {names}. Nobody may {what} now.",
                f"Read it first: openline read {names.split(', ')[0]}.",
            )

    def _check_first(self, post: str, now: int) -> None:
        """Only one thing is said of a post in one turn: whoever comes second looks again."""
        if self._drafted.get(post) == self._known(post, now):
            raise OurError(
                f"Somebody else has just spoken for the watch at {post}.",
                "Look at openline watch list.",
            )
        self._drafted.pop(post, None)

    def _known(self, post: str, now: int) -> tuple[int, WatchRecord | None, int]:
        current = self._view.watches.current(self._own, post)
        return now, current, 0 if current is None else len(current.happenings)
