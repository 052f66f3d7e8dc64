"""The fold: the state of a line, computed anew from its stored journal.

Nothing else is needed at start: the journal says in which order entries were
recorded and arrived, and the logs hold them. Signatures were verified when the
entries were taken in; here the roots are compared with what was committed.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from openline.domain.errors import OurError
from openline.domain.instant import INSTANT_MAX
from openline.domain.party import parse_origin
from openline.domain.record.cbor import Value
from openline.domain.record.envelope import parse_envelope
from openline.domain.record.merkle import EMPTY_ROOT, Tree, leaf_hash
from openline.domain.record.note import parse_note
from openline.domain.record.tick import parse_tick
from openline.domain.talk.assessment import Assessment
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.private import Private
from openline.engine.draft_rules import replay_draft
from openline.engine.entries import Sealed
from openline.engine.epochs import begin_theirs
from openline.engine.frames import Urgent, decode_frame
from openline.engine.handover import offer_of
from openline.engine.intake import tell_evidence
from openline.engine.journal import Happened, Journal, Row, parse_row
from openline.engine.mirror import Early, Mirror
from openline.engine.ports import Store, StoredEntry

if TYPE_CHECKING:
    from openline.engine.line import Line

_CHUNK: Final = 512


def load(line: "Line") -> None:
    """Take in everything that is stored.

    Raises:
        OurError: What is stored contradicts itself.
    """
    try:
        for _ in replay(line):
            pass
    except Exception as error:
        # Our own writing that cannot be taken in was damaged, unless we wrote it so.
        if damaged := _damaged_log(line):
            raise _contradiction(damaged) from error
        raise
    trees = {line.outbox.origin: line.outbox.tree, line.journal.origin: line.journal.tree}
    trees |= {mirror.origin: mirror.tree for mirror in line.mirrors.values()}
    trees |= line.past_trees
    roots = {origin: (size, root) for origin, size, root in line.store.origins()}
    for origin, tree in trees.items():
        if (tree.size, tree.root()) != roots.get(origin, (0, EMPTY_ROOT)):
            raise _contradiction(origin)
    _load_rest(line)


def _damaged_log(line: "Line") -> str:
    """The first log that does not give its own root, journals first; or empty."""
    roots = {origin: root for origin, _, root in line.store.origins()}
    ours = {origin: parsed for origin in roots if (parsed := parse_origin(origin))}
    logs = [origin for origin, parsed in ours.items() if parsed.line == line.name]
    for origin in dict.fromkeys([*_journals(line, roots), *logs]):
        entries = _read_all(line.store, origin)
        if Tree(leaf_hash(entry.raw) for entry in entries).root() != roots[origin]:
            return origin
    return ""


def replay(line: "Line", until: int = INSTANT_MAX) -> Iterator[None]:
    """Take in what is stored, message by message.

    Args:
        line: A line that has taken in nothing yet.
        until: The first row of the journal that is later than this instant ends it.

    Yields:
        After each message, so that the caller may do something else between two.

    Raises:
        OurError: What is stored contradicts itself.
    """
    origins = [origin for origin, _, _ in line.store.origins()]
    readers = {origin: _read_all(line.store, origin) for origin in origins}
    for origin in _journals(line, origins):
        line.journal = Journal(origin)
        for entry in readers[origin]:
            row = parse_row(entry)
            if row.at > until:
                return
            line.journal.tree.append(leaf_hash(entry.raw))
            yield from _replay(line, row, readers)
            yield


def _contradiction(origin: str) -> OurError:
    return OurError(
        f"The stored log {origin} does not give its own root.",
        "Stop the node and run `openline repair`: what is missing comes back from the "
        "counterparts.",
    )


def _journals(line: "Line", origins: Iterable[str]) -> list[str]:
    """Our journals on the line, by epoch; some epochs may be lost."""
    parsed = [origin for text in origins if (origin := parse_origin(text))]
    ours = (line.own, line.name, "journal")
    found = [origin for origin in parsed if (origin.party, origin.line, origin.log) == ours]
    return [str(origin) for origin in sorted(found)]


def _load_rest(line: "Line") -> None:
    line.saved_size = line.outbox.size
    if last := line.store.last_tick(line.name, line.own):
        line.pulse.continue_from(last[0], last[1])
    for party, peer in line.peers.items():
        mirror = line.mirrors[party]
        if given := line.store.last_head(mirror.origin, line.own):
            peer.cosigned = given[0]
        if head := line.store.last_head(mirror.origin, ""):
            mirror.note = parse_note(head[1])
        if tick := line.store.last_tick(line.name, party):
            peer.last_tick = (tick[0], tick[1])
            peer.last_tick_note = tick[2]
            note = parse_note(tick[2])
            out = parse_tick(note.text).out
            mirror.claim = (out, tick[2]) if out.origin == mirror.origin else None
        if cosigned := line.store.last_head(line.journal.origin, party):
            peer.journal_kept = cosigned[0]
        if kept := line.store.value(f"journal/{line.name}/{party}"):
            peer.its_journal = parse_note(kept)
        prefix = f"evidence/{line.name}/{party}/"
        journals = f"evidence-journal/{line.name}/{party}"
        peer.journal_evidence = journals if line.store.value(journals) else ""
        for name, _ in line.store.values(prefix):
            epoch = name.removeprefix(prefix).partition("/")[2] or "1"
            is_newest = epoch == str(mirror.epoch)
            (peer.evidence if is_newest else peer.past_evidence).append(name)


def _next(readers: dict[str, Iterator[StoredEntry]], origin: str) -> StoredEntry:
    """The next entry of a log.

    Raises:
        OurError: The journal tells of more entries than the log has.
    """
    entry = next(readers.get(origin, iter(())), None)
    if entry is None:
        raise _contradiction(origin)
    return entry


def _read_all(store: Store, origin: str) -> Iterator[StoredEntry]:
    start = 0
    while chunk := store.entries(origin, start, _CHUNK):
        yield from chunk
        start += len(chunk)


def _replay(line: "Line", row: Row, readers: dict[str, Iterator[StoredEntry]]) -> Iterator[None]:
    match row.happened, row.rest:
        case Happened.SENT, (int(), int(count), *rest):
            requests = _requests_of(rest)
            for number in range(count):
                sealed, message = _replay_own(line, _next(readers, line.outbox.origin), row.at)
                # Looked up in a table; nothing is asked of a network.
                if request := requests.get(number):  # nosec B113
                    line.remember_request(request, sealed, message)
                yield
        case Happened.RECOVERED, (str(), int(), int(count)):
            for _ in range(count):
                _replay_own(line, _next(readers, line.outbox.origin), None)
                yield
        case Happened.ARRIVED, (str(party), int(), int(count), str(circuit)):
            mirror = line.mirrors[party]
            for _ in range(count):
                entry = _next(readers, mirror.origin)
                leaf = leaf_hash(entry.raw)
                mirror.replay(leaf)
                sealed = Sealed(parse_envelope(entry.raw), entry.content)
                mirror.early.pop(sealed.envelope.header.index, None)
                line.take_keys(party, sealed)
                line.apply(None, sealed, row.at, circuit)
                yield
        case Happened.EARLY, (str(party), int(index), str(circuit)):
            sealed = _early_of(line.mirrors[party], index, row.content)
            line.apply(None, sealed, row.at, circuit)
        case Happened.RECEIPTED, (str(party), int(size), int(cosigned_at)):
            line.peers[party].receipted = size
            line.view.receipted(party, size, cosigned_at, line.outbox.epoch)
        case Happened.OPENED, (str(origin),):
            _reopen(line, origin)
        case Happened.EVIDENCE, (str(party), str(), str(name), str(what)):
            tell_evidence(line, party, name, what, row.at)
        case Happened.ACTED, (str(post), str(officer), "ACKNOWLEDGED", str(alarm)):
            # Alarms about what passes by are not there after a restart.
            with suppress(OurError):
                line.view.acknowledge(alarm, (post, officer), row.at)
        case Happened.KEPT, (str(post), str(officer), str(name), bytes(salt), bytes(digest)):
            private = _private_of(line, name, row.content, digest)
            line.view.keep(private, salt.hex(), (post, officer), row.at)
        case Happened.LET_GO, (str(), str(), str(name), bytes()):
            with suppress(OurError):
                line.view.let_go(name, row.at)
        case Happened.ASSESSED, (str(post), str(officer), bytes(salt), bytes(digest)):
            content = _content_of(line, salt, row.content, digest)
            line.view.assessments.assess(Assessment.from_bytes(content), (post, officer), row.at)
        case Happened.UNASSESSED, (str(), str(), bytes(salt), bytes(digest)):
            line.view.assessments.take_back(_content_of(line, salt, row.content, digest).decode())
        case ((Happened.DRAFTED | Happened.DRAFT_ENDED), _):
            replay_draft(line.drafts, row)
        case Happened.HELD, (
            str(post),
            str(officer),
            str(name),
            int(start),
            int(end),
            str(why),
            bytes(),
        ):
            line.view.hold(name, (start, end), (post, officer), why, row.at)
        case Happened.RELEASED, (str(post), str(officer), str(name), str(why), bytes()):
            with suppress(OurError):
                line.view.release(name, (post, officer), why, row.at)
        case Happened.OFFERED, (str(post), str(officer), bytes(), bytes(digest)):
            line.view.offer_watch(offer_of(post, officer, row.at, digest, row.content), row.at)
        case _:
            pass


def _content_of(line: "Line", salt: bytes, content: bytes, digest: bytes) -> bytes:
    """The content beside a row that hides it behind a salt.

    Raises:
        OurError: The content is not the one that the row is about.
    """
    if sha256(salt + content).digest() != digest:
        raise _contradiction(line.journal.origin)
    return content


def _private_of(line: "Line", name: str, content: bytes, digest: bytes) -> Private:
    """What was kept under a name, from the content beside its row.

    Raises:
        OurError: The content is not the one that the row is about.
    """
    if sha256(content).digest() != digest:
        raise _contradiction(line.journal.origin)
    private = Private.from_bytes(content)
    assert private.name == name, "our own writing"
    return private


def _reopen(line: "Line", text: str) -> None:
    """Go on in a party's later outbox."""
    origin = parse_origin(text)
    assert origin is not None, "our own writing"
    if origin.party == line.own:
        line.begin_outbox(line.make_outbox(origin.epoch))
    else:
        mirror = Mirror(origin.party, line.name, origin.epoch)
        begin_theirs(line, line.peers[origin.party], mirror)


def _requests_of(rest: list[Value]) -> dict[int, bytes]:
    """Which of the entries of a row answered which request."""
    found: dict[int, bytes] = {}
    for pair in rest[0] if rest and isinstance(rest[0], list) else []:
        match pair:
            case [int(number), bytes(request)]:
                found[number] = request
            case _:
                pass
    return found


def _replay_own(
    line: "Line", entry: StoredEntry, at: int | None
) -> tuple[Sealed, Message | Unreadable]:
    sealed = Sealed(parse_envelope(entry.raw), entry.content)
    message = line.message_of(sealed)
    header = sealed.envelope.header
    line.outbox.replay(leaf_hash(entry.raw), header)
    line.take_keys(line.own, sealed)
    line.apply(None, sealed, header.at if at is None else at, "", message)
    return sealed, message


def _early_of(mirror: Mirror, index: int, content: bytes) -> Sealed:
    """Take in a FLASH that came ahead of the log, from the frame that was kept."""
    frame = decode_frame(content)
    assert isinstance(frame, Urgent)
    sealed = Sealed(parse_envelope(frame.entry.raw), frame.entry.content)
    mirror.early[index] = Early(sealed, frame)
    return sealed
