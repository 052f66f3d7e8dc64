"""The audit finds every log of a line sound, and names what is not, whatever keys changed."""

from dataclasses import replace

import pytest

from openline.adapters.memory import MemoryStore
from openline.app.audit import audit
from openline.domain.record.note import parse_note
from openline.domain.record.signing import key_id
from openline.domain.talk.keys import KeyRole
from openline.engine.commands import ChangeKey, PublishRevocation
from openline.engine.ports import AppendEntries, PutHead, PutValue, StoredEntry
from tests.engine.parties import ALPHA, BRAVO, make_parties
from tests.engine.region import Region, standing
from tests.engine.test_keys import revocation

ROLES = ("node", "mirror", "witness")


@pytest.fixture(scope="module")
def region() -> Region:
    """Two parties that talked before and after each of them changed each of its keys."""
    made = Region(make_parties())
    made.adopt()
    made.connect(ALPHA, BRAVO)
    made.pump()
    for role in ("", *ROLES):
        for party in (ALPHA, BRAVO):
            if role:
                made.ask(party, ChangeKey(made.line, role, ("air-desk", "Lt A")))
            made.say(party, f"after {role or 'nothing yet'}")
        made.pass_time(20_000, 10_000)
    return made


@pytest.mark.parametrize("party", [ALPHA, BRAVO])
def test_a_store_is_sound_after_every_key_has_changed(region: Region, party: str) -> None:
    """Heads and receipts verify with the keys that both outboxes end with, in either store."""
    found = audit(region.stations[party].store)
    assert [fault for one in found for fault in one.faults] == []
    outboxes = {one.origin: one for one in found if one.origin.endswith("/out")}
    assert set(outboxes) == {f"{ALPHA}/{region.line}/out", f"{BRAVO}/{region.line}/out"}
    assert all(one.entries == 8 for one in outboxes.values())
    assert outboxes[f"{party}/{region.line}/out"].receipts > 0


def copy_with(region: Region, index: int, entry: StoredEntry) -> MemoryStore:
    """Alpha's store, in which somebody has put another entry into its outbox."""
    store, copy = region.stations[ALPHA].store, MemoryStore()
    for name, value in store.values(""):
        copy.commit([PutValue(name, value)])
    for origin, size, root in store.origins():
        entries = store.entries(origin, 0, size)
        if origin == f"{ALPHA}/{region.line}/out":
            entries[index] = entry
        copy.commit([AppendEntries(origin, 0, tuple(entries), root)])
        for holder in ("", BRAVO):
            for head_size, note in store.heads(origin, holder, 0, 100):
                copy.commit([PutHead(origin, head_size, holder, note)])
    return copy


def test_one_altered_entry_is_named_with_its_place(region: Region) -> None:
    """Other words, or an envelope that its author did not sign, are found where they stand."""
    entry = region.stations[ALPHA].store.entries(f"{ALPHA}/{region.line}/out", 1, 1)[0]
    other_words = replace(entry, content=entry.content[:-1] + b"!")
    other_envelope = replace(entry, raw=entry.raw[:-1] + bytes([entry.raw[-1] ^ 1]))
    for altered in (other_words, other_envelope):
        found = audit(copy_with(region, 1, altered))
        [log] = [one for one in found if one.faults]
        assert log.origin == f"{ALPHA}/{region.line}/out"
        assert any(fault.startswith("Entry 1:") for fault in log.faults)
    assert [fault for one in audit(copy_with(region, 1, entry)) for fault in one.faults] == []


def revoked(role: KeyRole) -> Region:
    """Alpha and bravo after alpha has revoked a key; nothing was signed with the next one yet."""
    made = standing(make_parties())
    for party in (ALPHA, BRAVO):
        made.say(party, "before")
    made.pass_time(60_000, 10_000)
    keys = made.stations[ALPHA].keys
    old = keys.current(role.name.lower()).public
    new = keys.successor(role.name.lower(), old).public
    index = made.line_of(ALPHA).outbox.size
    message = revocation(made, role, key_id(old.ed25519), index, new)
    if role is KeyRole.NODE:
        # Else the next head of the journal is cosigned before anybody looks.
        made.cut_all()
    made.ask(ALPHA, PublishRevocation(made.line, message))
    made.pump()
    return made


@pytest.mark.parametrize(
    ("role", "party", "log", "words"),
    [
        (KeyRole.MIRROR, BRAVO, f"{BRAVO}/{{}}/out", "The receipt of alpha.example for 2"),
        (KeyRole.MIRROR, ALPHA, f"{BRAVO}/{{}}/out", "The receipt of alpha.example for 2"),
        (KeyRole.WITNESS, BRAVO, f"{BRAVO}/{{}}/journal", "The receipt of alpha.example for "),
        (KeyRole.NODE, ALPHA, f"{ALPHA}/{{}}/journal", "The head of size "),
    ],
)
def test_what_a_revoked_key_has_signed_is_void_and_no_fault(
    role: KeyRole, party: str, log: str, words: str
) -> None:
    """A receipt or head by a key that was revoked later is told apart; the next one covers it."""
    made = revoked(role)
    [found] = [one for one in audit(made.stations[party].store) if one.void]
    assert found.origin == log.format(made.line)
    assert all(says.startswith(words) for says in found.void)
    assert all(says.endswith("is by a key that was revoked.") for says in found.void)
    assert found.to_json()["void"] == found.void
    assert [fault for one in audit(made.stations[party].store) for fault in one.faults] == []
    if role is KeyRole.NODE:
        made.connect_all()
        made.pump()
    made.say(BRAVO, "after")
    made.say(ALPHA, "after")
    made.pass_time(60_000, 10_000)
    for station in made.stations.values():
        assert [says for one in audit(station.store) for says in (*one.void, *one.faults)] == []


def test_a_receipt_that_nobody_gave_stays_a_fault() -> None:
    """A cosignature under no key that its party ever had is a fault, whatever was revoked."""
    made = revoked(KeyRole.MIRROR)
    store, origin = made.stations[BRAVO].store, f"{BRAVO}/{made.line}/out"
    last = store.last_head(origin, ALPHA)
    assert last is not None
    note = parse_note(last[1])
    first, second = note.signatures[-2:]
    forged = replace(first, signature=first.signature[:-1] + bytes([first.signature[-1] ^ 1]))
    altered = replace(note, signatures=(*note.signatures[:-2], forged, second))
    store.commit([PutHead(origin, last[0], ALPHA, altered.format())])
    [found] = [one for one in audit(store) if one.faults]
    assert found.faults == ["The receipt of alpha.example for 2 does not verify."]
    assert found.void == []
