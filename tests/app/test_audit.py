"""The audit finds every log of a line sound, and names what is not, whatever keys changed."""

from dataclasses import replace

import pytest

from openline.adapters.memory import MemoryStore
from openline.app.audit import audit
from openline.engine.commands import ChangeKey
from openline.engine.ports import AppendEntries, PutHead, PutValue, StoredEntry
from tests.engine.parties import ALPHA, BRAVO, make_parties
from tests.engine.region import Region

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
