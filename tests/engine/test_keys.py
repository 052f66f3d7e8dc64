"""Keys: valid by their place in the outbox, while messages, heads and receipts flow."""

from dataclasses import replace
from pathlib import Path

import pytest

from openline.adapters.keys import FileKeys
from openline.domain.line.keyring import certificate_id
from openline.domain.line.understanding import RootSignature
from openline.domain.party import Precedence
from openline.domain.record.envelope import parse_envelope
from openline.domain.record.signing import PublicKeys, key_id
from openline.domain.talk.body import By
from openline.domain.talk.keys import KeyRevoke, KeyRole, key_revoke_message
from openline.engine.commands import ChangeKey, Compose, PublishRevocation
from openline.engine.effects import PromoteKey, TrustCertificates
from openline.engine.frames import TickSent, decode_frame
from openline.engine.message_view import Flag
from tests.engine.copies import MANY, copy_of, known, refusals_of, shown_delivered
from tests.engine.forger import Forger
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE, make_parties, sign
from tests.engine.region import Region, standing

OFFICER = ("commander", "Col Stone")
ROLES = ("node", "witness", "mirror", "tls")
OUT = f"{ALPHA}/{LINE}/out"


def signers(region: Region, party: str) -> list[bytes]:
    """The key ids under which the entries of a party's outbox are signed, in order."""
    entries = region.stations[party].store.entries(f"{party}/{LINE}/out", 0, MANY)
    return [parse_envelope(entry.raw).key_id for entry in entries]


def is_agreed(region: Region) -> None:
    """All nodes hold the same, everything is receipted, and nothing was refused."""
    region.pump()
    region.pass_time(30_000)
    for party in region.stations:
        line = region.line_of(party)
        assert refusals_of(line) == []
        for other in line.peers:
            there = region.line_of(other).mirrors[party]
            assert there.checkpoint() == line.outbox.checkpoint()
            assert shown_delivered(line)[other] == line.outbox.size
            assert not line.peers[other].is_forked
        loaded = region.loaded(party, copy_of(line.store))
        assert known(loaded, region.now) == known(line, region.now)


def revocation(
    region: Region, role: KeyRole, revoked: bytes, from_index: int, keys: PublicKeys | None
) -> KeyRevoke:
    """A revocation of a key of alpha's, signed by its root."""
    tls = b"a new certificate" if role is KeyRole.TLS else None
    message = KeyRevoke(By(*OFFICER), role, revoked, from_index, "stolen", keys, tls)
    root = region.parties.keys[ALPHA].root
    signature = root.sign_ed25519(key_revoke_message(OUT, message))
    return replace(message, signatures=(RootSignature(ALPHA, root.public.ed25519, signature),))


class TestChanges:
    """A planned change."""

    @pytest.mark.parametrize("role", ROLES)
    def test_a_change_takes_effect_from_its_place(self, role: str) -> None:
        """After a change of any key both sides go on, and what was before stays valid."""
        region = standing(make_parties())
        region.say(ALPHA, "before")
        region.pump()
        region.ask(ALPHA, ChangeKey(LINE, role, OFFICER))
        region.say(ALPHA, "after")
        region.say(BRAVO, "received?")
        is_agreed(region)
        ring = region.line_of(BRAVO).rings[ALPHA]
        counts = [
            len(keys) for keys in (ring.nodes(), ring.witnesses(), ring.mirrors(), ring.tls())
        ]
        assert counts == [2 if role == name else 1 for name in ROLES]
        assert PromoteKey(role) in region.stations[ALPHA].effects
        for party in (ALPHA, BRAVO):
            assert region.stations[party].effects.count(TrustCertificates()) == 2

    def test_the_change_itself_is_signed_by_the_old_key(self) -> None:
        """The entry that changes the node key has the old signature, the next one the new."""
        region = standing(make_parties())
        region.ask(ALPHA, ChangeKey(LINE, "node", OFFICER))
        region.say(ALPHA, "after")
        is_agreed(region)
        ids = signers(region, ALPHA)
        assert ids[0] == ids[1] != ids[2]

    def test_keys_change_again_and_again(self) -> None:
        """Ten changes of all roles, with messages between them, leave both sides agreed."""
        region = standing(make_parties())
        for number in range(10):
            region.ask(ALPHA, ChangeKey(LINE, ROLES[number % 4], OFFICER))
            region.say(ALPHA, f"message {number}", Precedence(number % 4))
            region.ask(BRAVO, ChangeKey(LINE, ROLES[(number + 1) % 4], OFFICER))
            region.say(BRAVO, f"message {number}", Precedence(number % 4))
            region.pump()
        is_agreed(region)

    def test_a_change_under_load_is_refused_by_nobody(self) -> None:
        """Ticks, heads and FLASH under a new key that come before its entry are no fault."""
        region = standing(make_parties())
        region.connect(ALPHA, BRAVO, "2")
        region.pump()
        for wire in region.wires:
            wire.frames_per_round = 1
        region.say_many(ALPHA, ["row"] * 600)
        region.ask(ALPHA, ChangeKey(LINE, "node", OFFICER))
        region.say_many(ALPHA, ["row"] * 600)
        flash = region.say(ALPHA, "cease fire", Precedence.FLASH)
        region.pass_time(5_000)
        assert region.line_of(BRAVO).view.message(ALPHA, flash) is not None
        for wire in region.wires:
            wire.frames_per_round = None
        is_agreed(region)

    def test_a_tick_under_a_key_on_its_way_is_no_fault(self) -> None:
        """A tick whose key stands in an entry that has not come is neither counted nor kept."""
        region = standing(make_parties())
        region.tamper = lambda carried: (
            [carried.frame] if isinstance(decode_frame(carried.frame), TickSent) else []
        )
        region.ask(ALPHA, ChangeKey(LINE, "node", OFFICER))
        region.say(ALPHA, "after")
        region.pass_time(60_000)
        assert refusals_of(region.line_of(BRAVO)) == []
        region.tamper = lambda carried: [carried.frame]
        region.pass_time(60_000)
        is_agreed(region)

    def test_receipts_under_a_key_on_its_way_come_again(self) -> None:
        """A receipt is signed with a key that the author of the log knows already."""
        region = standing(make_parties())
        region.tamper = lambda carried: [] if carried.sender == BRAVO else [carried.frame]
        region.ask(BRAVO, ChangeKey(LINE, "mirror", OFFICER))
        region.ask(BRAVO, ChangeKey(LINE, "witness", OFFICER))
        region.say(ALPHA, "receipted under which key?")
        region.pump()
        region.tamper = lambda carried: [carried.frame]
        region.pass_time(60_000)
        is_agreed(region)

    def test_a_latecomer_follows_the_changes(self) -> None:
        """A party that comes after several changes takes in the whole outbox in order."""
        region = standing(make_parties(ALPHA, BRAVO, CHARLIE))
        for wire in [wire for wire in region.wires if CHARLIE in wire.ends]:
            region.cut(wire)
        for number in range(4):
            region.say_many(ALPHA, ["row"] * 150)
            region.pump()
            region.ask(ALPHA, ChangeKey(LINE, ROLES[number], OFFICER))
            region.pass_time(10_000)
        region.say(ALPHA, "the last")
        region.connect(ALPHA, CHARLIE)
        region.connect(BRAVO, CHARLIE)
        is_agreed(region)

    def test_a_latecomer_follows_though_the_old_key_is_gone(self) -> None:
        """Heads that were kept serve a latecomer when the key that signed them was destroyed."""
        region = standing(make_parties(ALPHA, BRAVO, CHARLIE))
        for wire in [wire for wire in region.wires if CHARLIE in wire.ends]:
            region.cut(wire)
        for _ in range(6):
            region.say_many(ALPHA, ["row"] * 100)
            region.pass_time(10_000)
        region.ask(ALPHA, ChangeKey(LINE, "node", OFFICER))
        region.say(ALPHA, "after")
        region.pass_time(10_000)
        region.parties.keys[ALPHA].forget("node")
        region.restart(ALPHA)
        region.connect_all()
        is_agreed(region)

    def test_a_role_that_is_none_is_refused(self) -> None:
        """A change of a key that there is not is answered with the roles there are."""
        region = standing(make_parties())
        error = region.refused(ALPHA, ChangeKey(LINE, "master", OFFICER))
        assert "node, witness, mirror or tls" in error.remedy


class TestRevocations:
    """A key was stolen."""

    def test_a_stolen_node_key_is_revoked(self) -> None:
        """Entries from the named one on are not trusted, those before stay, the line goes on."""
        region = standing(make_parties())
        for number in range(4):
            region.say(ALPHA, f"message {number}")
        region.pump()
        old = region.stations[ALPHA].keys.current("node").public
        new = region.stations[ALPHA].keys.successor("node", old).public
        message = revocation(region, KeyRole.NODE, key_id(old.ed25519), 3, new)
        region.ask(ALPHA, PublishRevocation(LINE, message))
        region.say(ALPHA, "after")
        is_agreed(region)
        for party in (ALPHA, BRAVO):
            shown = region.line_of(party).view.messages(0, MANY)
            flagged = [
                one["index"]
                for one in shown
                if one["party"] == ALPHA and Flag.NOT_TRUSTED.name in one["flags"]
            ]
            assert flagged == [3, 4]
        ids = signers(region, ALPHA)
        assert ids[4] == key_id(old.ed25519)
        assert ids[5] == ids[6] == key_id(new.ed25519)

    def test_what_a_thief_said_comes_back_and_is_revoked(self) -> None:
        """What a thief wrote to the counterpart is pulled back, then revoked from there."""
        region = standing(make_parties())
        thief = Forger(region, ALPHA)
        thief.say("we surrender")
        region.inject(region.wires[0], BRAVO, thief.frame(1))
        region.pump()
        region.cut_all()
        region.connect(ALPHA, BRAVO)
        region.pump()
        old = region.stations[ALPHA].keys.current("node").public
        new = region.stations[ALPHA].keys.successor("node", old).public
        message = revocation(region, KeyRole.NODE, key_id(old.ed25519), 1, new)
        region.ask(ALPHA, PublishRevocation(LINE, message))
        region.pump()
        assert refusals_of(region.line_of(ALPHA)) == ["WRONG_INDEX"]
        assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: 3}
        shown = region.line_of(BRAVO).view.message(ALPHA, 1)
        assert shown is not None
        assert Flag.NOT_TRUSTED.name in shown["flags"]
        thief.append(*region.stations[ALPHA].store.entries(OUT, 2, 1))
        thief.say("we surrender again")
        region.inject(region.wires[0], BRAVO, thief.frame(3))
        region.pump()
        assert refusals_of(region.line_of(BRAVO))[-1] == "UNKNOWN_KEY"

    @pytest.mark.parametrize("is_connected", [True, False])
    def test_a_revocation_made_while_apart_is_greeted(self, is_connected: bool) -> None:
        """After a revocation made while no circuit stood, both greet each other and go on."""
        region = standing(make_parties())
        for number in range(4):
            region.say(ALPHA, f"message {number}")
            region.pump()
            region.pass_time(10_000)
        if not is_connected:
            region.cut_all()
        old = region.stations[ALPHA].keys.current("node").public
        new = region.stations[ALPHA].keys.successor("node", old).public
        message = revocation(region, KeyRole.NODE, key_id(old.ed25519), 1, new)
        region.ask(ALPHA, PublishRevocation(LINE, message))
        region.pass_time(30_000)
        region.restart(ALPHA)
        region.connect(ALPHA, BRAVO)
        is_agreed(region)
        region.say(ALPHA, "after")
        is_agreed(region)

    def test_a_lost_node_key_is_revoked(self) -> None:
        """A node whose key is gone says so, publishes the revocation, and goes on."""
        region = standing(make_parties())
        region.say(ALPHA, "before")
        region.pump()
        region.pass_time(10_000)
        keys = region.stations[ALPHA].keys
        old = keys.current("node").public
        new = keys.successor("node", old).public
        keys.forget("node")
        region.restart(ALPHA)
        region.connect_all()
        region.pump()
        region.pass_time(30_000)
        line = region.line_of(ALPHA)
        error = region.refused(ALPHA, Compose(LINE, None))  # type: ignore[arg-type]
        assert "node key" in error.what
        assert not line.status(region.now)["can_sign"]
        assert "node key" in line.status(region.now)["broken"]
        message = revocation(region, KeyRole.NODE, key_id(old.ed25519), 2, new)
        region.ask(ALPHA, PublishRevocation(LINE, message))
        region.say(ALPHA, "after")
        is_agreed(region)

    @pytest.mark.parametrize("role", [KeyRole.WITNESS, KeyRole.MIRROR])
    def test_a_revoked_cosigner_signs_no_more(self, role: KeyRole) -> None:
        """After the revocation of a mirror or witness key the new one serves."""
        region = standing(make_parties())
        name = role.name.lower()
        old = region.stations[ALPHA].keys.current(name).public
        new = region.stations[ALPHA].keys.successor(name, old).public
        message = revocation(region, role, key_id(old.ed25519), 1, new)
        region.ask(ALPHA, PublishRevocation(LINE, message))
        region.pump()
        region.say(BRAVO, "receipted by whom?")
        is_agreed(region)
        ring = region.line_of(BRAVO).rings[ALPHA]
        assert (ring.mirrors() if role is KeyRole.MIRROR else ring.witnesses()) == (new,)

    def test_a_revoked_certificate_is_trusted_no_more(self) -> None:
        """After the revocation of a certificate only the new one is to be trusted."""
        region = standing(make_parties())
        old = region.understanding.party(ALPHA).tls
        message = revocation(region, KeyRole.TLS, certificate_id(old), 1, None)
        region.ask(ALPHA, PublishRevocation(LINE, message))
        is_agreed(region)
        assert region.line_of(BRAVO).rings[ALPHA].tls() == (b"a new certificate",)

    def test_a_revocation_that_cannot_stand_is_refused(self) -> None:
        """A revocation that our own rules refuse is answered with the reason, and not recorded."""
        region = standing(make_parties())
        old = region.stations[ALPHA].keys.current("node").public
        new = region.stations[ALPHA].keys.successor("node", old).public
        for message in (
            revocation(region, KeyRole.NODE, bytes(8), 1, new),
            revocation(region, KeyRole.NODE, key_id(old.ed25519), 99, new),
            revocation(region, KeyRole.NODE, key_id(old.ed25519), 1, old),
        ):
            assert region.refused(ALPHA, PublishRevocation(LINE, message))
        unsigned = replace(
            revocation(region, KeyRole.NODE, key_id(old.ed25519), 1, new), signatures=()
        )
        assert "root signatures" in region.refused(ALPHA, PublishRevocation(LINE, unsigned)).what
        elsewhere = revocation(
            region,
            KeyRole.NODE,
            key_id(old.ed25519),
            1,
            region.stations[BRAVO].keys.current("node").public,
        )
        assert "key directory" in region.refused(ALPHA, PublishRevocation(LINE, elsewhere)).what
        assert region.line_of(ALPHA).outbox.size == 1


class TestMissingKeys:
    """The key directory lacks something."""

    @pytest.mark.parametrize("role", ["node", "witness", "mirror"])
    def test_a_missing_key_is_said_and_ends_nothing(self, role: str) -> None:
        """Without a key the node signs nothing and says why; what arrives is still taken in."""
        region = standing(make_parties())
        region.say(ALPHA, "before")
        region.pump()
        region.pass_time(20_000)
        region.parties.keys[ALPHA].forget(role)
        region.restart(ALPHA)
        region.connect_all()
        region.pump()
        region.say(BRAVO, "are you there?", Precedence.FLASH)
        region.pass_time(60_000)
        line = region.line_of(ALPHA)
        assert f"{role} key" in region.refused(ALPHA, Compose(LINE, None)).what  # type: ignore[arg-type]
        assert f"{role} key" in region.refused(ALPHA, ChangeKey(LINE, "node", OFFICER)).what
        assert line.view.message(BRAVO, 1) is not None
        assert shown_delivered(region.line_of(BRAVO)) == {ALPHA: 1}

    def test_a_key_that_comes_back_is_used(self) -> None:
        """When the key's file is put back the node goes on without a restart."""
        region = standing(make_parties())
        keys = region.parties.keys[ALPHA]
        kept = dict(keys._made)
        keys._made = {**kept, "mirror": []}
        region.restart(ALPHA)
        region.connect_all()
        region.pump()
        assert not region.line_of(ALPHA).can_sign()
        keys._made = kept
        region.say(ALPHA, "back")
        is_agreed(region)


class TestFiles:
    """Real key files, and a crash between the commit and the renaming."""

    @pytest.mark.parametrize("is_renamed", [True, False])
    def test_a_crash_before_the_files_are_renamed(self, tmp_path: Path, is_renamed: bool) -> None:
        """Whether or not the files were renamed, the next start signs with the key in force."""
        parties = make_parties()
        region = Region(parties)
        files = FileKeys.make(tmp_path / "keys", ALPHA)
        terms = replace(
            parties.understanding.party(ALPHA),
            node=files.current("node").public,
            witness=files.current("witness").public,
            mirror=files.current("mirror").public,
        )
        understanding = replace(
            parties.understanding, parties=(terms, parties.understanding.party(BRAVO))
        )
        signed = sign(understanding, parties.keys)
        region = Region(replace(parties, understanding=understanding, signed=signed))
        region.parties.keys[ALPHA] = files  # type: ignore[assignment]
        region.restart(ALPHA)
        region.adopt()
        region.connect_all()
        region.pump()
        if not is_renamed:
            region.stations[ALPHA].keys.promote = lambda role: None  # type: ignore[method-assign]
        region.ask(ALPHA, ChangeKey(LINE, "node", OFFICER))
        region.parties.keys[ALPHA] = FileKeys.open(tmp_path / "keys")  # type: ignore[assignment]
        region.restart(ALPHA)
        region.connect_all()
        region.pump()
        region.say(ALPHA, "under the new key")
        is_agreed(region)
        region.ask(ALPHA, ChangeKey(LINE, "node", OFFICER))
        region.say(ALPHA, "under the third key")
        is_agreed(region)
        assert len(set(signers(region, ALPHA))) == 3
