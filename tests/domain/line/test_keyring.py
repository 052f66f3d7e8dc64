"""Keys by log position: rotation, revocation, amendments."""

from dataclasses import replace

import pytest

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import KEY_CHANGES_UNTIL, KEY_MESSAGES_MAX
from openline.domain.line.keyring import KEY_KINDS, KeyRing, certificate_id
from openline.domain.line.understanding import (
    RootSignature,
    SignedUnderstanding,
    understanding_bytes,
    understanding_hash,
)
from openline.domain.record.cbor import Value
from openline.domain.record.envelope import Envelope, Header, make_content, seal_envelope
from openline.domain.record.signing import PublicKeys, key_id
from openline.domain.talk.agreement import Amendment
from openline.domain.talk.body import Body
from openline.domain.talk.keys import (
    Epoch,
    KeyChange,
    KeyRevoke,
    KeyRole,
    epoch_message,
    key_change_message,
)
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Unreadable, parse_body
from openline.domain.talk.text import Text
from tests.domain.record.history import (
    ALPHA,
    BRAVO,
    BY,
    LINE,
    make_understanding,
    party_terms,
    root_words,
    sign_all,
    sign_revoke,
    signer,
)

ORIGIN = f"{ALPHA}/{LINE}/out"
UNDERSTANDING = make_understanding(ALPHA, BRAVO)
FIRST = party_terms(ALPHA).node
SECOND = signer("second").public
THIRD = signer("third").public


def envelope(index: int, kind: int) -> Envelope:
    """An entry at an index; rings do not look at its signature."""
    header = Header(ALPHA, LINE, kind, index, 0, (), None, 0, (BRAVO,))
    return seal_envelope(header, make_content(bytes(16), {}), signer("anybody"))


def after(ring: KeyRing, index: int, message: Body) -> KeyRing:
    """The ring after a message at an index, as it comes out of its body."""
    read = parse_body(message.message_kind, message.to_body())
    return ring.after(envelope(index, message.message_kind), read)


def change(index: int, word: str, role: KeyRole = KeyRole.NODE) -> KeyChange:
    made = signer(word)
    proof = made.sign_ed25519(key_change_message(ORIGIN, index, role, made.public))
    return KeyChange(BY, role, made.public, proof=proof)


def revoke(from_index: int, revoked: bytes, word: str, role: KeyRole = KeyRole.NODE) -> KeyRevoke:
    return sign_revoke(
        ALPHA, KeyRevoke(BY, role, revoked, from_index, "stolen", signer(word).public)
    )


def carrying(signed: SignedUnderstanding) -> Amendment:
    """The message that carries these terms."""
    return Amendment(signed.data, signed.signatures)


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing(UNDERSTANDING, ALPHA)


def test_a_ring_begins_with_the_understanding(ring: KeyRing) -> None:
    """The keys of the Understanding are valid everywhere until a message says otherwise."""
    terms = party_terms(ALPHA)
    assert ring.node_at(0) == ring.node_at(2**62) == ring.node_for_size(0) == terms.node
    assert ring.nodes() == (terms.node,)
    assert ring.mirrors() == (terms.mirror,)
    assert ring.witnesses() == (terms.witness,)
    assert ring.tls() == (terms.tls,)
    assert ring.is_trusted(0)
    assert ring.understanding_at(5) == UNDERSTANDING


def test_a_stranger_has_no_ring() -> None:
    """A ring is only for a party to the line."""
    with pytest.raises(KeyError):
        KeyRing(UNDERSTANDING, "charlie.example")


@pytest.mark.parametrize("kind", sorted(set(Kind) - KEY_KINDS))
def test_other_kinds_change_nothing(ring: KeyRing, kind: Kind) -> None:
    """A message of any other kind, even an unreadable one, leaves the ring itself."""
    assert ring.after(envelope(3, kind), Unreadable(kind, {}, "for a test")) is ring


def test_a_changed_node_key_is_valid_after_its_entry(ring: KeyRing) -> None:
    """The old key signs the entry of the change and its head; the new one what follows."""
    changed = after(ring, 5, change(5, "second"))
    assert changed.node_at(5) == changed.node_for_size(6) == FIRST
    assert changed.node_at(6) == changed.node_for_size(7) == SECOND
    assert changed.nodes() == (SECOND, FIRST)
    assert changed.nodes_for_size(6) == (FIRST, SECOND)
    assert changed.nodes_for_size(7) == (SECOND,)
    assert all(changed.is_trusted(index) for index in range(10))


def test_the_old_ring_stays_as_it_was(ring: KeyRing) -> None:
    """Taking in a message makes a new ring; a refused batch leaves no trace."""
    after(ring, 5, change(5, "second"))
    assert ring.node_at(9) == FIRST
    after(ring, 5, change(5, "third", KeyRole.MIRROR))
    assert ring.mirrors() == (party_terms(ALPHA).mirror,)


def test_a_revoked_node_key_is_distrusted_from_its_index(ring: KeyRing) -> None:
    """What the old key signed from k up to the revocation stays, and is not trusted."""
    revoked = after(ring, 8, revoke(5, key_id(FIRST.ed25519), "second"))
    assert revoked.node_at(7) == FIRST
    assert revoked.node_at(8) == SECOND
    assert [revoked.is_trusted(index) for index in (4, 5, 7, 8)] == [True, False, False, True]
    assert revoked.nodes() == (SECOND,)
    assert revoked.nodes_for_size(5) == (FIRST, SECOND)
    assert revoked.nodes_for_size(6) == (SECOND,)


def test_revoking_a_key_that_was_changed_before(ring: KeyRing) -> None:
    """A revocation of an earlier key touches only the entries that this key signed."""
    ring = after(ring, 3, change(3, "second"))
    ring = after(ring, 8, revoke(4, key_id(FIRST.ed25519), "third"))
    assert all(ring.is_trusted(index) for index in range(9))
    assert ring.nodes() == (THIRD, SECOND)


def test_what_a_stolen_key_brings_in_is_distrusted(ring: KeyRing) -> None:
    """A key of any role that a distrusted entry gave is not trusted or accepted either."""
    ring = after(ring, 2, change(2, "witness 2", KeyRole.WITNESS))
    ring = after(ring, 3, change(3, "second"))
    ring = after(ring, 4, change(4, "mirror 2", KeyRole.MIRROR))
    ring = after(ring, 5, KeyChange(BY, KeyRole.TLS, tls=b"new"))
    ring = after(ring, 8, revoke(3, key_id(FIRST.ed25519), "third"))
    assert [ring.is_trusted(index) for index in range(9)] == [*(True,) * 3, *(False,) * 5, True]
    assert ring.nodes() == (THIRD,)
    assert ring.nodes_for_size(5) == (THIRD,)
    assert ring.mirrors() == (party_terms(ALPHA).mirror,)
    assert ring.tls() == (party_terms(ALPHA).tls,)
    assert ring.witnesses() == (signer("witness 2").public, party_terms(ALPHA).witness)


def test_a_mirror_key_is_added_by_a_change(ring: KeyRing) -> None:
    """After a change both keys are accepted, the newest first, and the node key stays."""
    changed = after(ring, 5, change(5, "second", KeyRole.MIRROR))
    assert changed.mirrors() == (SECOND, party_terms(ALPHA).mirror)
    assert changed.node_at(9) == FIRST
    assert after(ring, 5, change(5, "second", KeyRole.WITNESS)).witnesses()[0] == SECOND


def test_a_revoked_mirror_key_is_never_accepted_again(ring: KeyRing) -> None:
    """After a revocation only the other keys of the role are accepted."""
    mirror = party_terms(ALPHA).mirror
    revoked = after(ring, 5, revoke(0, key_id(mirror.ed25519), "second", KeyRole.MIRROR))
    assert revoked.mirrors() == (SECOND,)
    assert revoked.is_trusted(3)
    with pytest.raises(TheirError, match="served before"):
        after(revoked, 6, change(6, f"{ALPHA} mirror", KeyRole.MIRROR))


def test_certificates_change_and_are_revoked(ring: KeyRing) -> None:
    """TLS certificates follow the rule of cosigning keys, named by their SHA-256."""
    old = party_terms(ALPHA).tls
    changed = after(ring, 5, KeyChange(BY, KeyRole.TLS, tls=b"new"))
    assert changed.tls() == (b"new", old)
    body = KeyRevoke(BY, KeyRole.TLS, certificate_id(old), 0, "stolen", tls=b"newer")
    assert after(changed, 6, sign_revoke(ALPHA, body)).tls() == (b"newer", b"new")
    with pytest.raises(TheirError, match="brings back"):
        after(changed, 6, KeyChange(BY, KeyRole.TLS, tls=old))


@pytest.mark.parametrize(
    ("index", "message", "reason"),
    [
        (5, change(6, "second"), Reason.BAD_SIGNATURE),
        (5, replace(change(5, "second"), proof=bytes(64)), Reason.BAD_SIGNATURE),
        (5, replace(change(5, "second"), keys=THIRD), Reason.BAD_SIGNATURE),
        (5, change(5, f"{ALPHA} node"), Reason.MALFORMED),
        (5, change(5, f"{ALPHA} root 1"), Reason.MALFORMED),
        (5, change(5, f"{ALPHA} mirror", KeyRole.NODE), Reason.MALFORMED),
        (5, KeyChange(BY, KeyRole.TLS, keys=SECOND), Reason.MALFORMED),
        (0, change(0, "second"), Reason.MALFORMED),
        (5, revoke(6, key_id(FIRST.ed25519), "second"), Reason.MALFORMED),
        (5, revoke(5, bytes(8), "second"), Reason.UNKNOWN_KEY),
        (
            5,
            revoke(5, key_id(party_terms(ALPHA).mirror.ed25519), "second"),
            Reason.UNKNOWN_KEY,
        ),
        (5, revoke(5, key_id(FIRST.ed25519), f"{ALPHA} witness"), Reason.MALFORMED),
        (
            5,
            replace(revoke(5, key_id(FIRST.ed25519), "second"), from_index=4),
            Reason.BAD_SIGNATURE,
        ),
        (
            5,
            replace(revoke(5, key_id(FIRST.ed25519), "second"), signatures=()),
            Reason.BAD_SIGNATURE,
        ),
    ],
    ids=[
        "a proof for another place",
        "no proof",
        "another key than proven",
        "the present key",
        "a root as node key",
        "a mirror key as node key",
        "a key as certificate",
        "a change at entry 0",
        "a revocation from a later entry",
        "a revocation of nothing",
        "a revocation of another role's key",
        "a revocation that gives a known key",
        "a revocation from another entry than signed",
        "a revocation without roots",
    ],
)
def test_what_does_not_prove_itself_is_refused(
    ring: KeyRing, index: int, message: Body, reason: Reason
) -> None:
    """A key message that is not signed as it must be, or makes no sense, is refused."""
    with pytest.raises(TheirError) as refusal:
        after(ring, index, message)
    assert refusal.value.reason is reason
    assert ring.node_at(9) == FIRST


def test_too_few_roots_do_not_revoke(ring: KeyRing) -> None:
    """Of alpha's three roots two must sign; one is not enough."""
    message = revoke(5, key_id(FIRST.ed25519), "second")
    assert len(message.signatures) == 2
    with pytest.raises(TheirError, match="1 of 2"):
        after(ring, 5, replace(message, signatures=message.signatures[:1]))


def test_key_messages_come_in_order(ring: KeyRing) -> None:
    """A ring takes no key message at or before the place of the last one."""
    ring = after(ring, 5, change(5, "second"))
    for index in (4, 5):
        with pytest.raises(TheirError, match="does not come after"):
            after(ring, index, change(index, "third"))


def test_an_unreadable_key_message_is_refused(ring: KeyRing) -> None:
    """Nobody can follow an outbox past a key message that cannot be read."""
    with pytest.raises(TheirError, match="cannot be read"):
        ring.after(envelope(5, Kind.KEY_CHANGE), Unreadable(Kind.KEY_CHANGE, {}, "for a test"))


def test_a_message_of_another_kind_than_its_envelope_is_refused(ring: KeyRing) -> None:
    """A body is taken for what its envelope says, never for something else."""
    with pytest.raises(TheirError, match="kind"):
        ring.after(envelope(5, Kind.KEY_CHANGE), Text(BY, "en", "no key"))
    with pytest.raises(TheirError, match="kind"):
        ring.after(envelope(5, Kind.AMENDMENT), change(5, "second"))


def test_a_weak_key_is_refused(ring: KeyRing) -> None:
    """A key of low order proves nothing, and is refused even where its proof verifies."""
    weak = PublicKeys(bytes(32), SECOND.mldsa44)
    with pytest.raises(TheirError):
        after(ring, 5, replace(change(5, "second"), keys=weak))
    message = KeyRevoke(BY, KeyRole.NODE, key_id(FIRST.ed25519), 5, "stolen", weak)
    with pytest.raises(TheirError, match="unfit"):
        after(ring, 5, sign_revoke(ALPHA, message))


def test_an_amendment_is_in_force_from_its_entry(ring: KeyRing) -> None:
    """The next version, signed by all, replaces the terms and leaves the keys."""
    ring = after(ring, 3, change(3, "second"))
    new = replace(UNDERSTANDING, version=2, notices_live_max=7)
    amended = after(ring, 6, carrying(sign_all(new)))
    assert amended.understanding_at(5) == UNDERSTANDING
    assert amended.understanding_at(6) == new
    assert amended.node_at(9) == SECOND


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 1},
        {"version": 3},
        {"version": 2, "line": "red-sea"},
        {"version": 2, "parties": make_understanding(ALPHA, BRAVO, "charlie.example").parties},
        {"version": 2, "parties": make_understanding(ALPHA, BRAVO, prefix="other ").parties},
    ],
    ids=["the same version", "a version left out", "another line", "more parties", "other keys"],
)
def test_an_amendment_that_may_not_follow_is_refused(
    ring: KeyRing, changes: dict[str, object]
) -> None:
    """Line, parties and keys stay, and the version is the next."""
    new = replace(UNDERSTANDING, **changes)  # type: ignore[arg-type]
    prefix = "other " if new.parties[0].node != FIRST else ""
    with pytest.raises(TheirError) as refusal:
        after(ring, 6, carrying(sign_all(new, prefix)))
    assert refusal.value.reason in (Reason.WRONG_UNDERSTANDING, Reason.BAD_SIGNATURE)


def test_an_amendment_needs_every_party(ring: KeyRing) -> None:
    """An amendment that one party has not signed is refused."""
    signed = sign_all(replace(UNDERSTANDING, version=2))
    ours = replace(signed, signatures=tuple(s for s in signed.signatures if s.party == ALPHA))
    with pytest.raises(TheirError, match="root signatures are missing"):
        after(ring, 6, carrying(ours))


def test_a_body_that_is_no_key_message_is_unreadable() -> None:
    """What the ring refuses to read is unreadable to the messages too."""
    body: dict[int, Value] = {1: 9}
    assert isinstance(parse_body(Kind.KEY_CHANGE, body), Unreadable)


def test_the_messages_about_keys_are_bounded(ring: KeyRing) -> None:
    """A party has a bounded number of key messages; the next one is TOO_LARGE."""
    for index in range(1, KEY_CHANGES_UNTIL + 1):
        ring = after(ring, index, change(index, f"node {index}"))
    assert ring.nodes()[0] == signer(f"node {KEY_CHANGES_UNTIL}").public
    assert len(ring.nodes()) == len(ring.nodes_for_size(1)) == KEY_CHANGES_UNTIL + 1
    for index in range(KEY_CHANGES_UNTIL + 1, KEY_MESSAGES_MAX + 1):
        stolen = key_id(ring.node_at(index).ed25519)
        ring = after(ring, index, revoke(index, stolen, f"node {index}"))
    index = KEY_MESSAGES_MAX + 1
    with pytest.raises(TheirError) as refusal:
        after(ring, index, revoke(index, key_id(ring.node_at(index).ed25519), "one too many"))
    assert refusal.value.reason is Reason.TOO_LARGE


def test_a_thief_cannot_use_up_the_place_of_the_revocation(ring: KeyRing) -> None:
    """Changes, which a stolen key can sign, leave places for what the roots sign."""
    for index in range(1, KEY_CHANGES_UNTIL + 1):
        ring = after(ring, index, change(index, f"thief {index}", KeyRole.WITNESS))
    index = KEY_CHANGES_UNTIL + 1
    with pytest.raises(TheirError) as refusal:
        after(ring, index, change(index, "thief", KeyRole.MIRROR))
    assert refusal.value.reason is Reason.TOO_LARGE
    ring = after(ring, index, revoke(1, key_id(FIRST.ed25519), "second"))
    assert ring.witnesses() == (party_terms(ALPHA).witness,)


def test_a_long_chain_of_keys_is_distrusted_from_the_stolen_one_on(ring: KeyRing) -> None:
    """Revoking the first of many keys from an entry takes away all that follow from it."""
    for index in range(1, KEY_CHANGES_UNTIL):
        ring = after(ring, index, change(index, f"node {index}"))
    stolen = key_id(signer("node 3").public.ed25519)
    ring = after(ring, KEY_CHANGES_UNTIL, revoke(4, stolen, "third"))
    kept = [FIRST, *(signer(f"node {number}").public for number in (1, 2))]
    assert ring.nodes() == (THIRD, *reversed(kept))
    assert [ring.is_trusted(index) for index in (3, 4, 5, 90, KEY_CHANGES_UNTIL)] == [
        *(True, False, False, False, True)
    ]


# --- later outboxes ------------------------------------------------------------------------------


def opening(**changes: object) -> Epoch:
    """The EPOCH of alpha's second outbox, with changes made before its root signs."""
    terms = party_terms(ALPHA)
    epoch = Epoch(
        by=BY,
        origin=f"{ORIGIN}/2",
        previous_size=5,
        previous_root=bytes(32),
        reason="lost",
        understanding=understanding_hash(understanding_bytes(UNDERSTANDING)),
        node=terms.node,
        witness=terms.witness,
        mirror=terms.mirror,
        tls=terms.tls,
    )
    epoch = replace(epoch, **changes)  # type: ignore[arg-type]
    message = epoch_message(epoch)
    words = root_words(ALPHA)[: party_terms(ALPHA).threshold]
    signatures = sorted(
        RootSignature(ALPHA, signer(word).public.ed25519, signer(word).sign_ed25519(message))
        for word in words
    )
    return replace(epoch, signatures=tuple(signatures))


def reopened(ring: KeyRing, epoch: Epoch) -> KeyRing:
    """The ring after entry 0 of alpha's second outbox."""
    header = replace(envelope(0, Kind.EPOCH).header, epoch=2)
    sealed = seal_envelope(header, make_content(bytes(16), {}), signer("anybody"))
    return ring.reopened(sealed, epoch)


def test_a_later_outbox_begins_with_the_keys_of_its_epoch() -> None:
    """The node key counts from 0; cosigning keys join those that were accepted."""
    ring = after(KeyRing(UNDERSTANDING, ALPHA), 3, change(3, "second"))
    ring = after(ring, 4, change(4, "mirror 2", KeyRole.MIRROR))
    later = reopened(ring, opening(node=SECOND, mirror=signer("mirror 3").public))
    assert later.nodes() == (SECOND,)
    assert later.node_at(0) == SECOND
    assert later.mirrors() == (
        signer("mirror 3").public,
        signer("mirror 2").public,
        party_terms(ALPHA).mirror,
    )
    assert ring.nodes()[0] == SECOND


def test_a_revoked_key_stays_revoked_in_a_later_outbox() -> None:
    """An EPOCH that names a key which was revoked before is refused."""
    ring = KeyRing(UNDERSTANDING, ALPHA)
    ring = after(ring, 3, revoke(2, key_id(FIRST.ed25519), "second"))
    with pytest.raises(TheirError, match="was revoked"):
        reopened(ring, opening(node=FIRST))
    assert reopened(ring, opening(node=SECOND)).nodes() == (SECOND,)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"origin": f"{ORIGIN}/3"}, Reason.MALFORMED),
        ({"understanding": bytes(32)}, Reason.WRONG_UNDERSTANDING),
        ({"mirror": FIRST}, Reason.MALFORMED),
        ({"node": party_terms(ALPHA).mirror}, Reason.MALFORMED),
        ({"node": PublicKeys(bytes(32), FIRST.mldsa44)}, Reason.MALFORMED),
    ],
)
def test_what_opens_no_outbox_is_refused(changes: dict[str, object], reason: Reason) -> None:
    """Another origin or Understanding, a key for two roles and an unfit key are refused."""
    with pytest.raises(TheirError) as error:
        reopened(KeyRing(UNDERSTANDING, ALPHA), opening(**changes))
    assert error.value.reason is reason


def test_an_opening_without_roots_is_refused() -> None:
    """Without the root signatures, or with another kind of message, nothing is opened."""
    unsigned = replace(opening(), signatures=())
    with pytest.raises(TheirError) as error:
        reopened(KeyRing(UNDERSTANDING, ALPHA), unsigned)
    assert error.value.reason is Reason.BAD_SIGNATURE
    with pytest.raises(TheirError) as error:
        KeyRing(UNDERSTANDING, ALPHA).reopened(envelope(0, Kind.TEXT), Text(BY, "en", "x"))
    assert error.value.reason is Reason.MALFORMED


def test_a_later_outbox_does_not_count_anew(ring: KeyRing) -> None:
    """The messages about keys of all outboxes of a party count, and so does each EPOCH."""
    for index in range(1, KEY_CHANGES_UNTIL - 1):
        ring = after(ring, index, change(index, f"witness {index}", KeyRole.WITNESS))
    later = reopened(ring, opening(node=SECOND))
    full = after(later, 1, change(1, "last", KeyRole.WITNESS))
    with pytest.raises(TheirError) as refusal:
        after(full, 2, change(2, "one too many", KeyRole.WITNESS))
    assert refusal.value.reason is Reason.TOO_LARGE
