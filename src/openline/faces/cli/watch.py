"""The verbs `watch` and `brief`: who is on watch, and how a watch is handed over."""

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openline.domain.instant import format_instant
from openline.domain.party import Precedence
from openline.faces.cli.faults import WrongUsage
from openline.faces.cli.instants import instant_text
from openline.faces.cli.manual import make_app, sole_verb, verb
from openline.faces.cli.options import Acting, Language, OnLine, Wait
from openline.faces.cli.output import Worded, emit
from openline.faces.cli.saying import say_message

if TYPE_CHECKING:
    from openline.faces.cli.client import Client

app = make_app(
    "watch",
    """\
    Open, hand over, take and close a watch.

    No second is without a responsible name: whoever is on watch stays so until
    another officer takes the watch. The counterpart is told who is on watch,
    and honestly when nobody is.
    """,
)
brief_app = make_app("brief", "")


@verb(app, name="open")
def open_watch(
    *,
    until: str = "+8h",
    linguist: tuple[str, ...] = (),
    communicator: str = "",
    remark: str = "",
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Open a watch at a post, or stay on it for longer.

    Example:
        openline watch open --linguist ru --by "watch/Capt. Smith"
        openline watch open --until +2h --by "watch/Capt. Smith"

    Args:
        until: Until when it is planned: an instant, or +8h from now.
        linguist: A language for which a linguist is present; give it again for each.
        communicator: Who runs the circuits.
        remark: More, in words.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    post, officer = _who(client, options)
    fields = {
        **_fields("OPENED", post, officer, client, remark),
        "planned_until": instant_text(until),
        "languages": sorted(set(linguist)),
        "communicator": communicator,
    }
    say_message(options, "WATCH", fields, client=client, wait_s=wait)


@verb(app)
def handover(
    *,
    language: Language | None = None,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Hand over the watch: show the brief, and keep it for whoever takes over.

    Whoever offers the watch stays on it until it is taken. It is refused while a
    FLASH is unread. The hash of the brief is what the other officer names.

    Example:
        openline watch handover --by "watch/Capt. Smith"

    Args:
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    by = options.officer()
    body: dict[str, Any] = {} if by is None else {"by": by}
    done = client.post("/lines", line, "watches", "offer", body=body, language=language)
    emit(done, _offer_rows(done), as_json=options.json)


@verb(app)
def take(
    *,
    brief: str = "",
    until: str = "+8h",
    linguist: tuple[str, ...] = (),
    communicator: str = "",
    remark: str = "",
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Take over the watch at a post from whoever is on it.

    Read the brief first, with openline brief --post POST, and name its hash. A watch that
    was left, so that nobody hands it over, is taken without one.

    Example:
        openline watch take --brief 3f9a12c4 --by "watch/Lt. Jones"

    Args:
        brief: The hash of the brief, or its first eight letters.
        until: Until when it is planned: an instant, or +8h from now.
        linguist: A language for which a linguist is present; give it again for each.
        communicator: Who runs the circuits.
        remark: More, in words.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    post, officer = _who(client, options)
    now = _watch_at(client, line, post)
    fields = {
        **_fields("TAKEN_OVER", post, officer, client, remark),
        "planned_until": instant_text(until),
        "languages": sorted(set(linguist)),
        "communicator": communicator,
        "relieved": now["officer"],
    }
    if brief:
        digest = bytes.fromhex(_whole_hash(now, brief))
        fields["brief"] = base64.b64encode(digest).decode()
    say_message(options, "WATCH", fields, client=client, line=line, wait_s=wait)


@verb(app)
def close(
    *,
    post: str = "",
    unmanned: bool = False,
    remark: str = "",
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Close a watch, or say honestly that nobody is on watch.

    Within the agreed hours of the post a watch is not closed: it is handed over, or
    the counterpart is told that the post is unmanned.

    Example:
        openline watch close --by "watch/Capt. Smith"
        openline watch close --unmanned --remark "Shelter alarm; back at 1400Z."

    Args:
        post: The post; without it that of whoever acts. A higher tier may speak for it.
        unmanned: The post should be manned, and is not.
        remark: More, in words.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    desk = post or _who(client, options)[0]
    last = _watch_at(client, line, desk)["officer"]
    change = "UNMANNED" if unmanned else "CLOSED"
    fields = _fields(change, desk, last, client, remark)
    precedence = Precedence.IMMEDIATE if unmanned else Precedence.ROUTINE
    say_message(
        options, "WATCH", fields, client=client, line=line, precedence=precedence, wait_s=wait
    )


@verb(app, name="list")
def list_watches(
    *,
    past: bool = False,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List who is on watch at each post of each party.

    Example:
        openline watch list --past

    Args:
        past: Those that are over as well.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    answer = client.get("/lines", line, "watches", past=past, language=language)
    emit(answer, (Worded(row["said"]) for row in answer["watches"]), as_json=options.json)


@sole_verb(brief_app)
def brief(
    *,
    post: str | None = None,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """Show what whoever takes the watch must know.

    It is computed from what is open: the line, circuits, alarms, what is unread and
    due, notices to come, keys. Nobody writes it, so nothing is forgotten.

    Example:
        openline brief
        openline brief --post watch --language ru

    Args:
        post: The brief that is handed over at this post, as it was then.
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = client.get("/lines", line, "brief", post=post, language=language)
    emit(found, _brief_rows(found), as_json=options.json)


def _brief_rows(brief: dict[str, Any]) -> Iterator[str]:
    yield from map(Worded, brief["said"])
    if brief["hash"]:
        yield f"Take the watch: openline watch take --brief {brief['hash'][:8]}"


def _offer_rows(done: dict[str, Any]) -> Iterator[str]:
    yield from map(Worded, done["content"]["said"])
    at, officer = format_instant(done["at"]), done["officer"]
    yield f"Handed over at {at}. Until it is taken {officer} is on watch:"
    yield f"    openline watch take --brief {done['brief'][:8]} --by {done['post']}/OFFICER"


def _fields(change: str, post: str, officer: str, client: "Client", remark: str) -> dict[str, Any]:
    return {
        "change": change,
        "post": post,
        "officer": officer,
        "since": instant_text("now"),
        "remark": remark,
        "language": client.config.language,
    }


def _who(client: "Client", options: Acting) -> tuple[str, str]:
    by = options.officer()
    if by is None:
        return client.config.post, client.config.officer
    return by["post"], by["officer"]


def _watch_at(client: "Client", line: str, post: str) -> dict[str, Any]:
    """The newest watch at a post of ours.

    Raises:
        WrongUsage: There is no such post, or nobody was ever on watch there.
    """
    own = client.config.party
    rows = client.get("/lines", line, "watches")["watches"]
    ours = {row["post"]: row for row in rows if row["party"] == own}
    if post not in ours:
        raise WrongUsage(f"{post!r} is no post of {own}.", f"Its posts are {', '.join(ours)}.")
    if not ours[post]["officer"]:
        raise WrongUsage(
            f"Nobody was ever on watch at {post}.", "Open a watch: openline watch open."
        )
    found: dict[str, Any] = ours[post]
    return found


def _whole_hash(watch: dict[str, Any], start: str) -> str:
    """The hash of what is offered, from its first letters.

    Raises:
        WrongUsage: They are too few, or something else is offered.
    """
    if len(start) < 8:
        raise WrongUsage(f"--brief {start!r} is too short.", "Give at least eight letters.")
    offered = "" if watch["offer"] is None else str(watch["offer"]["brief"])
    if not offered.startswith(start.lower()):
        there = f"The brief {offered[:8]} is" if offered else "No brief is"
        raise WrongUsage(
            f"{there} handed over at {watch['post']} now, not {start}.",
            f"Read it: openline brief --post {watch['post']}.",
        )
    return offered
