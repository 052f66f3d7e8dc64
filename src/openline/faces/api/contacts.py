"""The routes about contacts and readouts: next tier, versions, the feed."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from openline.adapters import atom
from openline.adapters.wording import Wording
from openline.adapters.wording.contact import feed_title, notice_title, readout_title
from openline.domain.conduct.life import Step
from openline.domain.errors import OurError
from openline.domain.limits import FEED_ENTRIES_MAX
from openline.domain.party import Precedence
from openline.domain.talk.body import Reference
from openline.domain.talk.contact import (
    CONTACT,
    Contact,
    ContactState,
    next_tier,
    occurrences,
)
from openline.domain.talk.kinds import Kind
from openline.domain.talk.notice import Notice
from openline.domain.talk.readout import READOUT, Readout
from openline.engine.matter_view import Matter
from openline.engine.readout_view import Public
from openline.engine.views import NOTICES_LISTED_MAX, View
from openline.faces.api import answers, examples
from openline.faces.api.atom_feeds import answer_feed, begun_at
from openline.faces.api.conduct import worded_matter
from openline.faces.api.describe import READING, described
from openline.faces.api.faults import NotFound
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.places import After, Count
from openline.faces.api.reading import Language, Line

_CAME_TO_NOTHING: Final = (
    ContactState.DECLINED,
    ContactState.NO_ANSWER,
    ContactState.MISSED,
)
"""States in which the next tier is offered."""

_ADDRESS_CHARS_MAX: Final = 2_000


@get(
    "/lines/{line:str}/contacts",
    operation_id="listContacts",
    tags=["matters"],
    summary="The contacts, each with what became of its agreed times",
    responses=described(
        answers.Contacts, "The contacts.", example=examples.CONTACTS, faults=READING
    ),
)
async def list_contacts(
    state: State,
    line: Line,
    after: After = 0,
    count: Count = NOTICES_LISTED_MAX,
    language: Language = None,
) -> dict[str, Any]:
    """Every contact that was asked for, as they came, in pages as matters are.

    Of a contact that recurs, each time that has come is one occurrence: held, by its call
    record, or missed, with who is said to have missed it.
    """
    wording, view = wording_for(state, language), view_of(state, line)
    found, more = view.matters_page(after, count, open_only=False, subject=CONTACT.name)
    worded = [
        {**worded_matter(one, wording), "occurrences": _occurrences(view, one)} for one in found
    ]
    return {"contacts": worded, "more": more}


@get(
    "/lines/{line:str}/contacts/{contact:str}/next-tier",
    operation_id="proposeNextTier",
    tags=["matters"],
    summary="The request that is offered after one came to nothing",
    responses=described(
        answers.ContactDraft,
        "The draft, as `say` takes it.",
        example=examples.NEXT_TIER,
        faults=(*READING, 409),
    ),
)
async def propose_next_tier(
    state: State,
    line: Line,
    contact: Annotated[str, Parameter(description="The contact: its serial.")],
) -> dict[str, Any]:
    """A request for a contact at the next tier, filled in; nothing is said yet.

    It is offered after a contact of ours was declined, not answered or missed.
    """
    view = view_of(state, line)
    matter = matter_of(view, contact, CONTACT.name)
    party = _who_failed(view, matter)
    record = matter.record
    asked = asked_in(view, matter)
    tiers = [post.tier for post in view.understanding.party(party).posts]
    draft = next_tier(asked, Reference(record.party, record.index), tiers, view.now)
    if draft is None:
        raise OurError(
            f"{party} has no post above tier {asked.tier}.",
            "Say it in a text or a query: a message waits for nobody.",
        )
    fields = {name: value for name, value in draft.to_json().items() if name != "by"}
    return {
        "kind": Kind.CONTACT.name,
        "fields": fields,
        "precedence": Precedence(record.precedence).name,
        "recipients": [party],
        "tier": draft.tier,
    }


@get(
    "/lines/{line:str}/readouts/{readout:str}",
    operation_id="readReadout",
    tags=["matters"],
    summary="A readout with its versions and where they differ",
    responses=described(
        answers.ReadoutWhole, "The readout.", example=examples.READOUT, faults=READING
    ),
)
async def read_readout(
    state: State,
    line: Line,
    readout: Annotated[str, Parameter(description="The readout: its serial.")],
    language: Language = None,
) -> dict[str, Any]:
    """Where a readout stands, what each side said, in which words they differ."""
    wording, view = wording_for(state, language), view_of(state, line)
    matter = matter_of(view, readout, READOUT.name)
    shown = view.matter_records.to_json(matter, view.now)
    return {
        **worded_matter(shown, wording),
        "versions": view.readouts.versions(matter),
        "differences": view.readouts.differences(matter),
    }


@get(
    "/lines/{line:str}/feed.atom",
    operation_id="readFeed",
    tags=["files"],
    summary="What is public, as an Atom feed",
    media_type=atom.MEDIA_TYPE,
    responses=described(None, "The feed.", media_type=atom.MEDIA_TYPE, faults=READING),
)
async def read_feed(
    request: Request[Any, Any, State],
    state: State,
    line: Line,
    language: Language = None,
    address: Annotated[
        str,
        Parameter(
            max_length=_ADDRESS_CHARS_MAX, description="Where the feed will be found, if anywhere."
        ),
    ] = "",
) -> Response[bytes]:
    """Published readouts after their embargo, and PUBLIC notices; nothing else.

    An entry keeps its id when its text changes. The node publishes nothing by itself: the
    file is put where the party wants it.
    """
    wording, view = wording_for(state, language), view_of(state, line)
    feed = feed_of(view, wording, node_of(state).status()["now"], address)
    return answer_feed(request, feed)


def feed_of(view: View, wording: Wording, now: int, address: str = "") -> atom.Feed:
    """The public feed of a line.

    Args:
        view: The line.
        wording: Says the titles.
        now: The present instant: what is under an embargo now is left out.
        address: Where it will be found; empty if nowhere.
    """
    own, line = view.own, view.understanding.line
    since = begun_at(view, now)
    shown = view.public(now)
    entries = [entry for one in shown for entry in _entries(view, wording, one)]
    return atom.Feed(
        id=atom.tag(own, since, line, "feed"),
        title=feed_title(wording, view.understanding.party(own).title(wording.language)),
        author=own,
        language=wording.language,
        updated_at=since,
        entries=entries,
        address=address,
        is_complete=len(shown) < FEED_ENTRIES_MAX,
    )


def _entries(view: View, wording: Wording, one: Public) -> Iterator[atom.Entry]:
    """What is public of one readout, in each of its languages, or of one notice."""
    assert view.load is not None, "a running node's views read its store"
    newest = one.newest
    message = view.load(newest.party, newest.index, newest.epoch)
    title = view.understanding.party(newest.party).title(wording.language)
    path = _path(view, one)
    texts: list[tuple[str, str, tuple[str, ...]]]
    if isinstance(message, Readout) and one.proposal is not None:
        said = readout_title(wording, message, title, one.proposal)
        texts = [(text.language, text.text, (text.language,)) for text in message.texts]
    elif isinstance(message, Notice):
        said = notice_title(wording, message.notice_id, title, message.operation.name)
        texts = [(wording.language, "\n".join(_notice_rows(wording, message)), ())]
    else:
        return
    for language, text, last in texts:
        yield atom.Entry(
            id=atom.tag(newest.party, one.first.at, *path, *last),
            title=said,
            author=title,
            published_at=one.public_at if one.first is newest else one.first.at,
            updated_at=one.public_at,
            language=language,
            text=text,
            category="notice" if isinstance(message, Notice) else "readout",
        )


def _path(view: View, one: Public) -> tuple[str, ...]:
    """Line, outbox if it is not the first, and serial of the message that came first."""
    serial = view.serial(one.first.party, one.first.index)
    epoch = () if one.first.epoch == 1 else (f"{one.first.epoch}",)
    return (view.understanding.line, *epoch, serial)


def _notice_rows(wording: Wording, notice: Notice) -> Iterator[str]:
    """What of a public notice is for the public: no officer, no contact, no object."""
    if notice.exercise:
        yield wording.say("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")
    if notice.activity:
        yield from wording.words("The activity, in {language}:", notice.activity, notice.language)
    if notice.place.words:
        place = wording.quoted(notice.place.words)
        yield wording.say("The place, in words: {place}.", place=place)
    for number, volume in enumerate(notice.volumes, start=1):
        yield from wording.volume_rows(number, len(notice.volumes), volume)


def _occurrences(view: View, matter: dict[str, Any]) -> list[dict[str, Any]]:
    """What became of each agreed time, with each party that was asked."""
    return [
        {
            "party": standing["party"],
            "begins_at": one.begins_at,
            "outcome": one.outcome.value,
            "missed_by": [
                {"said_by": party, "parties": said.split()} for party, said in one.missed_by
            ],
            "record": "" if one.record is None else view.serial(*one.record),
        }
        for standing in matter["standings"]
        for one in occurrences(map(_step, standing["steps"]))
    ]


def _step(step: dict[str, Any]) -> Step:
    """A step as the views tell it, as a value again."""
    index = int(step["serial"].rpartition("-")[2]) if step["serial"] else None
    return Step(
        step["at"],
        step["event"],
        step["state"],
        step["party"],
        index,
        step["said"],
        step["has_effect"],
    )


def matter_of(view: View, name: str, subject: str) -> Matter:
    """The matter of a sort that is called so.

    Raises:
        NotFound: There is none.
    """
    matter = view.matter_records.find(name)
    if matter is None or matter.subject.name != subject:
        raise NotFound(
            f"There is no {subject} {name!r} on {view.understanding.line}.",
            f"Take its id from the list of matters of the sort {subject}.",
        )
    return matter


def asked_in(view: View, matter: Matter) -> Contact:
    """The request with which a contact began."""
    record = matter.record
    assert view.load is not None, "a running node's views read its store"
    asked = view.load(record.party, record.index, record.epoch)
    assert isinstance(asked, Contact), "what cannot be read opens no matter"
    return asked


def _who_failed(view: View, matter: Matter) -> str:
    """The party with which a contact of ours came to nothing.

    Raises:
        OurError: It is not ours, or it did not.
    """
    matters = view.matter_records
    if matter.record.party != view.own:
        raise OurError(
            f"{matters.id_of(matter)} was asked for by the other side.",
            "Ask for one of your own with `openline contact request`.",
        )
    states = {other: matters.standing(matter, other, view.now).state for other in matter.others}
    for other, state in states.items():
        if state in _CAME_TO_NOTHING and other:
            return other
    told = ", ".join(f"{other} {state}" for other, state in states.items())
    raise OurError(
        f"The contact {matters.id_of(matter)} has not come to nothing: {told}.",
        "The next tier is offered after DECLINED, NO_ANSWER or MISSED.",
    )
