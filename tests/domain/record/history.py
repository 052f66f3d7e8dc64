"""A line in memory with real keys: what parties say, hold, receipt and tick.

Each party has a store as a node has it, so what is exported from one is what
that party could show. Time is a number that tests move. Nothing here is part of
a node: it does in the plainest way what the engine must do.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from openline.adapters.memory import MemoryStore
from openline.domain.line.keyring import KEY_KINDS, KeyRing, mirror_name, witness_name
from openline.domain.line.terms import (
    ANY,
    LeadTime,
    OutsideWitness,
    PartyTerms,
    Post,
    Separation,
    Timers,
    Understanding,
)
from openline.domain.line.understanding import (
    RootSignature,
    SignedUnderstanding,
    sign_understanding,
    understanding_bytes,
)
from openline.domain.record import cbor
from openline.domain.record.checkpoint import Checkpoint, sign_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.envelope import Header, make_content, parse_content, seal_envelope
from openline.domain.record.merkle import Tree, leaf_hash
from openline.domain.record.note import Note, sign_note
from openline.domain.record.signing import PublicKeys, key_id
from openline.domain.record.tick import NO_HASH, Tick, tick_hash, tick_key
from openline.domain.space.volume import Shape, Volume
from openline.domain.statements.capture import Seen, capture_digest
from openline.domain.talk.body import Body, By
from openline.domain.talk.keys import (
    KeyChange,
    KeyRevoke,
    KeyRole,
    key_change_message,
    key_revoke_message,
)
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import parse_body
from openline.domain.talk.notice import Notice, Place
from openline.domain.talk.text import Text
from openline.engine.ports import AppendEntries, PutHead, PutTick, StoredEntry
from tests.vectors.signers import SeedSigner

LINE = "syria-air"
ALPHA, BRAVO, CHARLIE = "alpha.example", "bravo.example", "charlie.example"
START = 1_491_528_000_000
"""2017-04-07T01:20:00Z."""

BY = By("watch", "Maj. A. Petrov")


@cache
def signer(word: str) -> SeedSigner:
    """The signer of a word, such as `alpha.example node`."""
    return SeedSigner(word)


def root_words(party: str) -> tuple[str, ...]:
    """Alpha has three roots, any other party one."""
    return tuple(f"{party} root {number}" for number in range(3 if party == ALPHA else 1))


@cache
def party_terms(name: str, prefix: str = "") -> PartyTerms:
    """A party whose keys follow from its name."""
    word = prefix + name
    return PartyTerms(
        name=name,
        titles=(("en", name.split(".")[0].capitalize()),),
        roots=tuple(sorted(signer(root).public.ed25519 for root in root_words(word))),
        threshold=2 if name == ALPHA and not prefix else 1,
        node=signer(f"{word} node").public,
        witness=signer(f"{word} witness").public,
        mirror=signer(f"{word} mirror").public,
        tls=f"certificate of {word}".encode(),
        languages=("en",),
        posts=(Post("watch", 1),),
    )


def make_understanding(
    *names: str, prefix: str = "", outside: tuple[OutsideWitness, ...] = ()
) -> Understanding:
    """Terms with a tick each second and a clock tolerance of two seconds."""
    return Understanding(
        line=LINE,
        version=1,
        template="air",
        parties=tuple(party_terms(name, prefix) for name in sorted(names)),
        scopes=("air_safety", "humanitarian"),
        languages=("en",),
        timers=Timers(tick_ms=1_000, clock_tolerance_ms=2_000),
        separations=(Separation((ANY, ANY), 5_000, 3_000, 600_000),),
        lead_times=(LeadTime(ANY, 1_800_000), LeadTime("strike", 600_000)),
        outside_witnesses=outside,
    )


def sign_all(understanding: Understanding, prefix: str = "") -> SignedUnderstanding:
    """The terms signed by as many roots of each party as must."""
    data = understanding_bytes(understanding)
    signatures: list[RootSignature] = []
    for party in understanding.parties:
        for word in root_words(prefix + party.name)[: party.threshold]:
            root = signer(word)
            signatures.append(
                sign_understanding(data, party.name, root.public.ed25519, root.sign_ed25519)
            )
    return SignedUnderstanding(data).with_signatures(signatures)


@dataclass
class Side:
    """One party: its clock, its store and what it knows."""

    name: str
    ring: KeyRing
    store: MemoryStore = field(default_factory=MemoryStore)
    offset_ms: int = 0
    tree: Tree = field(default_factory=Tree)
    held: dict[str, Tree] = field(default_factory=dict)
    make_signer: Callable[[str], SeedSigner] = signer
    signers: dict[bytes, SeedSigner] = field(default_factory=dict)
    mirror_word: str = ""
    sequence: int = 0
    previous: bytes = NO_HASH
    heard: dict[str, bytes] = field(default_factory=dict)
    observed: str = "UP"
    declared: dict[str, str] = field(default_factory=dict)
    salts: int = 0

    @property
    def origin(self) -> str:
        return f"{self.name}/{LINE}/out"

    def learn(self, word: str) -> PublicKeys:
        """Take a signer into the key directory."""
        made = self.make_signer(word)
        self.signers[made.public.ed25519] = made
        return made.public


class History:
    """The parties to one line and everything that happens between them.

    Args:
        names: The parties; alpha and bravo unless others are named.
        prefix: Put before the words of which keys are made: other parties.
        make_signer: The signer of a word.
        outside: Witnesses of no party that are agreed.
    """

    def __init__(
        self,
        *names: str,
        prefix: str = "",
        make_signer: Callable[[str], SeedSigner] = signer,
        outside: tuple[OutsideWitness, ...] = (),
    ) -> None:
        self.now = START
        self.prefix = prefix
        parties = names or (ALPHA, BRAVO)
        self.understanding = make_understanding(*parties, prefix=prefix, outside=outside)
        self.signed = sign_all(self.understanding, prefix)
        self.sides: dict[str, Side] = {}
        for name in self.understanding.names():
            side = Side(name, KeyRing(self.understanding, name), make_signer=make_signer)
            side.learn(f"{prefix}{name} node")
            side.mirror_word = f"{prefix}{name} mirror"
            side.declared = dict.fromkeys(self.understanding.scopes, "IN_FORCE")
            self.sides[name] = side
        for name in self.sides:
            self._append(name, Kind.UNDERSTANDING, self.signed.content())

    def clock(self, party: str) -> int:
        return self.now + self.sides[party].offset_ms

    # What a party says.

    def say(self, party: str, message: Body, **header: object) -> int:
        """Record a message; its index."""
        side = self.sides[party]
        side.salts += 1
        salt = hashlib.sha256(f"{party} {side.salts}".encode()).digest()[:16]
        return self._append(
            party, message.message_kind, make_content(salt, message.to_body()), **header
        )

    def text(self, party: str, words: str = "Shayrat 0140Z", **header: object) -> int:
        return self.say(party, Text(BY, "en", words), **header)

    def _append(self, party: str, kind: int, content: bytes, **changes: object) -> int:
        side = self.sides[party]
        index = side.tree.size
        header = Header(
            party=party,
            line=LINE,
            kind=kind,
            index=index,
            at=self.clock(party),
            heads=tuple(
                Checkpoint(f"{other}/{LINE}/out", tree.size, tree.root())
                for other, tree in sorted(side.held.items())
                if tree.size
            ),
            reply_to=None,
            precedence=0,
            recipients=tuple(other for other in self.sides if other != party),
        )
        header = replace(header, **changes)  # type: ignore[arg-type]
        # What a key message says decides who signs it: the new key signs a revocation.
        draft = seal_envelope(header, content, next(iter(side.signers.values())))
        if kind in KEY_KINDS:
            body = parse_body(kind, parse_content(content))
            side.ring = side.ring.after(draft, body)
        node = side.signers[side.ring.node_at(index).ed25519]
        raw = seal_envelope(header, content, node).raw
        side.tree.append(leaf_hash(raw))
        entries = (StoredEntry(raw, content),)
        side.store.commit([AppendEntries(side.origin, index, entries, side.tree.root())])
        return index

    # Keys.

    def change_key(self, party: str, role: KeyRole, word: str) -> int:
        """Announce the next key of a role; the signer of the word has it."""
        side = self.sides[party]
        index = side.tree.size
        if role is KeyRole.TLS:
            return self.say(party, KeyChange(BY, role, tls=word.encode()))
        keys = side.learn(word)
        proof = signer(word).sign_ed25519(key_change_message(side.origin, index, role, keys))
        if role is KeyRole.MIRROR:
            side.mirror_word = word
        return self.say(party, KeyChange(BY, role, keys, proof=proof))

    def revoke_key(self, party: str, role: KeyRole, word: str, from_index: int, by: bytes) -> int:
        """Revoke a key with the signatures of the roots."""
        side = self.sides[party]
        keys = side.learn(word)
        if role is KeyRole.MIRROR:
            side.mirror_word = word
        return self.say(
            party, sign_revoke(party, KeyRevoke(BY, role, by, from_index, "lost", keys))
        )

    def amend(self, understanding: Understanding) -> dict[str, int]:
        """Every party records the next version; the indexes."""
        signed = sign_all(understanding)
        return {
            party: self._append(party, Kind.AMENDMENT, make_content(bytes(16), signed.to_body()))
            for party in self.sides
        }

    # What passes between them.

    def hold(self, holder: str, author: str) -> None:
        """The holder takes in all entries and gives a receipt; both keep the head."""
        mine, theirs = self.sides[holder], self.sides[author]
        tree = mine.held.setdefault(author, Tree())
        fresh = theirs.store.entries(theirs.origin, tree.size, 10_000)
        start = tree.size
        tree.extend(leaf_hash(entry.raw) for entry in fresh)
        note = self.head(author)
        if fresh:
            mine.store.commit(
                [
                    AppendEntries(theirs.origin, start, tuple(fresh), tree.root()),
                    PutHead(theirs.origin, tree.size, "", note.format()),
                ]
            )
        at_s = self.clock(holder) // 1_000
        checkpoint = Checkpoint(theirs.origin, tree.size, tree.root())
        rows = cosign(checkpoint, mirror_name(holder), mine.make_signer(mine.mirror_word), at_s)
        note = note.with_signatures(*rows)
        theirs.store.commit([PutHead(theirs.origin, tree.size, holder, note.format())])

    def note_capture(self, party: str, seen: Seen, holder: str, *, spare: int = 0) -> int:
        """Note what was seen on a page between other rows; the holder cosigns; the row's index."""
        side = self.sides[party]
        salt, content = hashlib.sha256(b"salt").digest()[:16], seen.to_bytes()
        row = cbor.encode([22, self.clock(party), salt, capture_digest(salt, content)])
        others = [cbor.encode([8, self.clock(party), f"{n}"]) for n in range(spare)]
        entries = [*(StoredEntry(one, b"") for one in others), StoredEntry(row, content)]
        origin = f"{party}/{LINE}/journal"
        tree = Tree(leaf_hash(one.raw) for one in entries)
        tree.append(leaf_hash(others[0] if others else row))
        entries.append(StoredEntry(others[0] if others else row, b""))
        head = Checkpoint(origin, tree.size, tree.root())
        node = side.signers[side.ring.node_for_size(side.tree.size).ed25519]
        witness = signer(f"{self.prefix}{holder} witness")
        rows = cosign(head, witness_name(holder), witness, self.clock(holder) // 1_000)
        note = sign_checkpoint(head, node).with_signatures(*rows)
        side.store.commit(
            [
                AppendEntries(origin, 0, tuple(entries), tree.root()),
                PutHead(origin, tree.size, holder, note.format()),
            ]
        )
        return spare

    def head(self, party: str) -> Note:
        """The party's signed head of all it has said."""
        side = self.sides[party]
        keys = side.ring.node_for_size(side.tree.size)
        checkpoint = Checkpoint(side.origin, side.tree.size, side.tree.root())
        return sign_checkpoint(checkpoint, side.signers[keys.ed25519])

    def tick(self, party: str, **changes: object) -> str:
        """The party makes a tick and keeps it; the note."""
        side = self.sides[party]
        tick = Tick(
            party=party,
            line=LINE,
            sequence=side.sequence,
            at=self.clock(party),
            out=Checkpoint(side.origin, side.tree.size, side.tree.root()),
            held=tuple(
                Checkpoint(f"{other}/{LINE}/out", tree.size, tree.root())
                for other, tree in sorted(side.held.items())
            ),
            observed=side.observed,
            declared=tuple(sorted(side.declared.items())),
            clock_source="system",
            clock_error_ms=500,
            previous=side.previous,
            heard=tuple(sorted(side.heard.items())),
        )
        tick = replace(tick, **changes)  # type: ignore[arg-type]
        node = side.signers[side.ring.node_for_size(tick.out.size).ed25519]
        text = tick.text()
        name = tick_key(party, LINE, node.public.ed25519).name
        note = Note(text, (sign_note(text, name, node),)).format()
        side.store.commit([PutTick(party, LINE, tick.sequence, tick_hash(text), note)])
        side.sequence, side.previous = side.sequence + 1, tick_hash(text)
        return note

    def hear(self, hearer: str, party: str) -> None:
        """Keep the last tick of a party, and name it if its time is plausible."""
        found = self.sides[party].store.last_tick(LINE, party)
        if found is None:
            return
        sequence, digest, note = found
        side = self.sides[hearer]
        side.store.commit([PutTick(party, LINE, sequence, digest, note)])
        at = int(note.split("\n")[4].split(" ")[1])
        if abs(at - self.clock(hearer)) <= self.understanding.timers.clock_tolerance_ms:
            side.heard[party] = digest
        else:
            side.heard.pop(party, None)

    def exchange(self, parties: Iterable[str] = ()) -> None:
        """Everybody holds what was said, makes a tick and hears the others'."""
        names = tuple(parties) or tuple(self.sides)
        for author in names:
            for holder in names:
                held = self.sides[holder].held.get(author)
                if holder != author and (held is None or held.size < self.sides[author].tree.size):
                    self.hold(holder, author)
        for party in names:
            self.tick(party)
            for hearer in names:
                if hearer != party:
                    self.hear(hearer, party)

    def run(self, seconds: int, *parties: str) -> None:
        """An exchange each second."""
        for _ in range(seconds):
            self.now += 1_000
            self.exchange(parties)

    def key(self, party: str, role: KeyRole) -> bytes:
        """The key id of a party's first key of a role."""
        terms = self.understanding.party(party)
        keys = {KeyRole.NODE: terms.node, KeyRole.MIRROR: terms.mirror}[role]
        return key_id(keys.ed25519)


def sign_revoke(party: str, revoke: KeyRevoke) -> KeyRevoke:
    """The revocation with the signatures of as many roots as must."""
    message = key_revoke_message(f"{party}/{LINE}/out", revoke)
    words = root_words(party)[: party_terms(party).threshold]
    signatures = sorted(
        RootSignature(party, signer(word).public.ed25519, signer(word).sign_ed25519(message))
        for word in words
    )
    return replace(revoke, signatures=tuple(signatures))


def notice(valid_from: int, category: str = "strike") -> Notice:
    """A notice of something over Shayrat for an hour."""
    volume = Volume(
        shape=Shape.CIRCLE,
        vertices=((344_905_000, 369_090_000),),
        radius_m=6_000,
        lower=None,
        upper=None,
        valid_from=valid_from,
        valid_until=valid_from + 3_600_000,
    )
    return Notice(
        by=BY,
        notice_id="A-17",
        category=category,
        kind="missile",
        volumes=(volume,),
        place=Place("at Shayrat airfield"),
        activity="Strike",
    )
