"""Drafts and rosters on one line: the rules that need the whole line.

Called by `engine.line`, which keeps the order of work. A draft is checked like what is
said at once when it is kept, and once more when it is released: then it goes the way of
every message, and that it was released is a row of the journal in the same commit.
"""

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from openline.domain.errors import OurError
from openline.domain.line.people import plain_name
from openline.domain.record.passkey import sign_count
from openline.domain.talk.body import By
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.roster import Roster
from openline.domain.talk.signed_act import (
    TOKEN_SIZE_BYTES,
    ActSignature,
    Part,
    Sent,
    verify_act,
)
from openline.engine.commands import Compose, Recorded, request_hash
from openline.engine.drafts import (
    Drafts,
    Ended,
    KeepDraft,
    RejectDraft,
    ReleaseDraft,
    SignDraft,
    Waiting,
    parse_draft,
)
from openline.engine.journal import Happened, Row
from openline.engine.people import NoteUse
from openline.engine.signed_view import fault_words
from openline.engine.turn import Turn

if TYPE_CHECKING:
    from openline.engine.line import Line

_SIGN_ANEW: Final = "Sign it again on the officers' port; if your passkey is new, reload the page."


def keep_draft(line: "Line", turn: Turn, token: bytes, command: KeepDraft) -> dict[str, Any]:
    """Keep a draft, checked as if it were said now by two people; of one request once.

    Args:
        line: The line.
        turn: The turn.
        token: Sixteen random bytes.
        command: The draft.

    Raises:
        OurError: It must not be said, or too many wait.
    """
    assert len(token) == TOKEN_SIZE_BYTES, "a token has its size"
    request = request_hash(command.request_id)
    if (known := line.drafts.requested(request)) is not None:
        return known
    line.drafts.check_room(turn.now)
    by = By(*command.by)
    line.desk.check_draft(_as_compose(line, command), turn.now)
    recipients = line.desk.recipients(command.recipients)
    size = line.outbox.size
    said = (command.message, by, turn.now, command.precedence, recipients, size)
    draft = Waiting(token, *said, request=request)
    _keep(line, turn, draft, by)
    return draft.to_json()


def sign_draft(line: "Line", turn: Turn, command: SignDraft) -> dict[str, Any]:
    """Add the drafter's signature.

    Raises:
        OurError: It waits no more, is another's, is signed, or the signature fails.
    """
    draft = line.drafts.named(command.token, turn.now)
    by = By(*command.by)
    if plain_name(by.officer) != plain_name(draft.by.officer) or by.post != draft.by.post:
        raise OurError(
            f"{draft.by.officer} at {draft.by.post} drafted it, and so signs it.",
            "Release it, or draft one of your own.",
        )
    if draft.signatures:
        raise OurError("It is signed already.", "Let a second person release it.")
    if command.signature.part is not Part.SAID:
        raise OurError("This is not a drafter's signature.", _SIGN_ANEW)
    signed = replace(draft, signatures=(command.signature,))
    message = signed.released(draft.by, newest_roster(line), None)
    _check_signatures(line, draft, message, turn.now)
    note_use(line, turn, by, command.signature)
    _keep(line, turn, signed, by)
    return signed.to_json()


def release_draft(line: "Line", turn: Turn, command: ReleaseDraft) -> Compose | Recorded:
    """What is to be said when a draft is released; what was, if asked again.

    Raises:
        OurError: It waits no more, is the releaser's own, or must not be said now.
    """
    by = By(*command.by)
    ended = line.drafts.ended(command.token)
    if ended is not None and ended.by == by and ended.index is not None:
        return Recorded(line.name, line.own, ended.index)
    draft = line.drafts.named(command.token, turn.now)
    line.drafts.check_second(draft, by)
    line.people.check_apart(draft.by.officer, by.officer)
    if command.signature is not None and command.signature.part is not Part.RELEASED:
        raise OurError("This is not a signature of who releases.", _SIGN_ANEW)
    roster = newest_roster(line)
    if command.signature is not None and roster is None:
        raise OurError("No roster is published on the line yet.", "Wait a moment and try again.")
    message = draft.released(by, roster, command.signature)
    return Compose(
        line.name,
        message,
        draft.precedence,
        recipients=draft.recipients,
        released_by=(by.post, by.officer),
    )


def reject_draft(line: "Line", turn: Turn, command: RejectDraft) -> dict[str, Any]:
    """Let a draft never be said.

    Raises:
        OurError: It waits no more, or the post is none of ours.
    """
    by = By(*command.by)
    line.desk.check_post(by)
    draft = line.drafts.named(command.token, turn.now)
    return end_draft(line, turn, Ended(draft, "REJECTED", by, turn.now, reason=command.reason))


def end_draft(line: "Line", turn: Turn, ended: Ended) -> dict[str, Any]:
    """Note what became of a draft."""
    assert ended.by is not None, "a person ended it"
    line.drafts.end(ended)
    who = (ended.by.post, ended.by.officer)
    row = (*who, ended.state, ended.draft.token, ended.index, ended.reason)
    line.journal.add(Happened.DRAFT_ENDED, turn.now, *row)
    shown = ended.to_json()
    turn.show(line.name, "draft", shown)
    return shown


def replay_draft(drafts: Drafts, row: Row) -> None:
    """Take in a row of the journal about a draft."""
    match row.happened, row.rest:
        case Happened.DRAFTED, (str(), str(), bytes(digest)):
            if sha256(row.content).digest() == digest:
                drafts.keep(parse_draft(row.content))
        case Happened.DRAFT_ENDED, (
            str(post), str(officer), str(state), bytes(token), int() | None as index, str(reason)
        ):  # fmt: skip
            if (draft := drafts.waiting(token.hex())) is not None:
                by = By(post, officer)
                drafts.end(Ended(draft, state, by, row.at, index, reason))
        case _:
            pass


def check_signed(line: "Line", message: Message | Unreadable, sent: Sent) -> None:
    """Confirm that what we are about to say verifies at the other side too.

    Raises:
        OurError: A signature in it does not.
    """
    for finding in line.view.signed.judge(line.own, line.outbox.epoch, message, sent):
        if finding.why is not None:
            raise OurError(fault_words(finding), _SIGN_ANEW)


def note_use(line: "Line", turn: Turn, by: By, signature: ActSignature) -> None:
    """Let the counter of a passkey grow.

    Raises:
        OurError: It has not grown: there may be a copy of the authenticator.
    """
    kept = line.people.find(by.officer)
    passkey = kept.passkey(signature.key) if kept else None
    if kept is None or passkey is None:
        raise OurError(f"This is no passkey of {by.officer}.", "Sign with one of your own.")
    count = sign_count(signature.authenticator_data)
    if passkey.count and count <= passkey.count:
        raise OurError(
            f"The counter of the passkey of {by.officer} has not grown: there may be a copy of it.",
            "Let an administrator reset the person, and register another passkey.",
        )
    if count:
        line.people.do(turn, NoteUse(by.officer, credential=passkey.credential, count=count))


def newest_roster(line: "Line") -> int | None:
    """Index of our roster that counts for what we say next; None if there is none."""
    return line.view.signed.newest(line.own, line.outbox.epoch, line.outbox.size)


def roster_due(line: "Line") -> Roster | None:
    """The roster that is to be published now; None if the newest one still says it."""
    posts = (post.name for post in line.view.understanding.party(line.own).posts)
    roster = line.people.roster(posts)
    if roster is None:
        return None
    newest = line.view.signed.roster(line.own, line.outbox.epoch, newest_roster(line))
    if newest is None:
        return roster if roster.people else None
    return roster if replace(newest, by=roster.by) != roster else None


def _as_compose(line: "Line", command: KeepDraft) -> Compose:
    return Compose(
        line.name,
        command.message,
        command.precedence,
        recipients=command.recipients,
        released_by=command.by,
    )


def _keep(line: "Line", turn: Turn, draft: Waiting, by: By) -> None:
    line.drafts.keep(draft)
    content = draft.to_bytes()
    # The token in it is random: the hash tells a counterpart nothing.
    digest = sha256(content).digest()
    line.journal.add(Happened.DRAFTED, turn.now, by.post, by.officer, digest, content=content)
    turn.show(line.name, "draft", draft.to_json())


def _check_signatures(line: "Line", draft: Waiting, message: Message, now: int) -> None:
    """Confirm that the drafter's signature verifies as things are now."""
    index = newest_roster(line)
    roster = line.view.signed.roster(line.own, line.outbox.epoch, index)
    if roster is None:
        raise OurError("No roster is published on the line yet.", "Wait a moment and try again.")
    # What takes effect at once is signed with 0, which no instant is before.
    sent = Sent(now, line.outbox.size, draft.precedence, draft.recipients)
    for finding in verify_act(line.own, line.name, message, sent, roster):
        if finding.part is Part.SAID and finding.why is not None:
            raise OurError(fault_words(finding), _SIGN_ANEW)
