"""Signed acts: what officers sign, and what the other side finds of it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from openline.domain.errors import OurError, TheirError
from openline.domain.line.people import Role
from openline.domain.record import cbor
from openline.domain.record.passkey import Why, passkey_id
from openline.domain.talk.body import By
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.kinds import RELEASABLE, Kind
from openline.domain.talk.message import MESSAGES, parse_body
from openline.domain.talk.roster import Listed, Roster
from openline.domain.talk.signed_act import (
    ActSignature,
    Drafted,
    Finding,
    Part,
    Sent,
    SignedAct,
    challenge,
    statement,
    verify_act,
)
from tests.vectors import make_passkey
from tests.vectors.authenticator import EDDSA, ORIGIN, RELYING_PARTY, Authenticator
from tests.vectors.make_passkey import AT, DRAFTER, FIXED, LINE, PARTY, RELEASER, TOKEN

SMITH = Authenticator("smith")
JONES = Authenticator("jones", EDDSA)
SAID_AT = AT + 60_000
SENT = Sent(SAID_AT, FIXED.size + 3, FIXED.precedence, FIXED.recipients)


def listed(by: By, key: Authenticator, role: Role) -> Listed:
    """A person on the roster."""
    return Listed(by.officer, (by.post,), (role,), (key.cose,))


ROSTER = Roster(
    RELEASER,
    RELYING_PARTY,
    (ORIGIN,),
    (listed(DRAFTER, SMITH, Role.WATCH_OFFICER), listed(RELEASER, JONES, Role.COMMANDER)),
)


def declaration(effective_at: int = 0) -> Declaration:
    """A suspension."""
    return replace(make_passkey.declaration(), effective_at=effective_at)


def sign(
    message: Declaration, part: Part, key: Authenticator, by: By, party: str = PARTY
) -> ActSignature:
    """One officer's signature over a message."""
    said = statement(party, LINE, message, part=part, by=by, drafted=FIXED)
    made = key.assertion(challenge(said))
    parts = (made.authenticator_data, made.client_data, made.signature)
    return ActSignature(part, passkey_id(key.cose), *parts)


def signed(message: Declaration, *signatures: ActSignature) -> Declaration:
    """The message with signatures; at once means when it is said."""
    act = SignedAct(TOKEN, AT, 7, signatures, FIXED.size)
    return replace(message, effective_at=message.effective_at or SAID_AT, signed=act)


def both(effective_at: int = 0) -> Declaration:
    """A suspension that both have signed."""
    message = declaration(effective_at)
    said = sign(message, Part.SAID, SMITH, DRAFTER)
    return signed(message, said, sign(message, Part.RELEASED, JONES, RELEASER))


def whys(
    message: Declaration, at: int = SAID_AT, roster: Roster | None = ROSTER
) -> list[Why | None]:
    """Why each signature does not verify."""
    return [one.why for one in verify_act(PARTY, LINE, message, replace(SENT, at=at), roster)]


@pytest.mark.parametrize("effective_at", [0, SAID_AT + 3_600_000])
def test_both_signatures_verify(effective_at: int) -> None:
    """Drafter and releaser verify, whether it takes effect at once or later."""
    found = verify_act(PARTY, LINE, both(effective_at), SENT, ROSTER)
    assert found == (Finding(Part.SAID, DRAFTER, None), Finding(Part.RELEASED, RELEASER, None))
    assert found[1].to_json() == {
        "part": "RELEASED", "post": "commander", "officer": "Gen. Jones",
        "is_verified": True, "why": None,
    }  # fmt: skip


def test_a_message_without_signatures_has_no_findings() -> None:
    """Where nobody signed there is nothing to be found."""
    assert verify_act(PARTY, LINE, declaration(), SENT, ROSTER) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": "Another reason."},
        {"scopes": ("air_safety", "humanitarian")},
        {"status": Status.TERMINATED},
        {"effective_at": SAID_AT + 1},
        {"kept_open": ("flash",)},
        {"conditions": "None."},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_every_word_is_signed(changes: dict[str, object]) -> None:
    """A message of which anything was changed after it was signed does not verify."""
    changed = replace(both(), **changes)  # type: ignore[arg-type]
    assert whys(changed) == [Why.CHALLENGE, Why.CHALLENGE]


def test_a_signature_serves_one_party_line_part_and_person() -> None:
    """What one signed as drafter, on one line, for one party, serves nowhere else."""
    message = both()
    assert message.signed is not None
    first, second = message.signed.signatures
    for party, line in (("bravo.example", LINE), (PARTY, "other-line")):
        found = verify_act(party, line, message, SENT, ROSTER)
        assert [one.why for one in found] == [Why.CHALLENGE] * 2
    swapped = (replace(second, part=Part.SAID), replace(first, part=Part.RELEASED))
    assert whys(signed(declaration(), *swapped)) == [Why.UNKNOWN_KEY, Why.UNKNOWN_KEY]
    alone = Roster(
        RELEASER,
        RELYING_PARTY,
        (ORIGIN,),
        (replace(ROSTER.people[0], posts=("air-desk", "commander")),),
    )
    twice = replace(message, released_by=By("commander", DRAFTER.officer))
    assert whys(twice, roster=alone) == [None, Why.UNKNOWN_KEY]


@pytest.mark.parametrize(
    ("roster", "expected"),
    [
        (None, Why.NO_ROSTER),
        (replace(ROSTER, people=()), Why.NOT_ON_ROSTER),
        (replace(ROSTER, origins=("https://other.example",)), Why.ORIGIN),
        (replace(ROSTER, relying_party="other.example"), Why.RELYING_PARTY),
    ],
    ids=["none", "empty", "page", "relying party"],
)
def test_the_roster_decides(roster: Roster | None, expected: Why) -> None:
    """Without the roster, or by another one, neither signature verifies."""
    assert whys(both(), roster=roster) == [expected, expected]


def test_a_key_that_was_changed_is_unknown() -> None:
    """A key that the roster has no more does not verify, whoever still holds it."""
    people = (replace(ROSTER.people[0], keys=(Authenticator("new").cose,)), ROSTER.people[1])
    assert whys(both(), roster=replace(ROSTER, people=people)) == [Why.UNKNOWN_KEY, None]


@pytest.mark.parametrize(
    ("at", "expected"),
    [(AT + 90_000_000, None), (AT + 90_000_001, Why.TOO_OLD), (AT - 3_600_001, Why.TOO_OLD)],
)
def test_an_act_is_of_its_day(at: int, expected: Why | None) -> None:
    """A signature serves for a day after the draft, and not before it."""
    message = signed(declaration(AT + 200_000_000), *_later(AT + 200_000_000))
    assert whys(message, at) == [expected, expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"precedence": 3}, Why.CHALLENGE),
        ({"recipients": ("bravo.example", "charlie.example")}, Why.CHALLENGE),
        ({"recipients": ()}, Why.CHALLENGE),
        ({"index": FIXED.size}, None),
        ({"index": FIXED.size + 10_000}, None),
        ({"index": FIXED.size - 1}, Why.TOO_OLD),
        ({"index": FIXED.size + 10_001}, Why.TOO_OLD),
    ],
)
def test_how_urgent_to_whom_and_when_is_signed(
    changes: dict[str, Any], expected: Why | None
) -> None:
    """It serves with its precedence, its recipients, and near its place, dated back or not."""
    found = verify_act(PARTY, LINE, both(), replace(SENT, **changes), ROSTER)
    assert [one.why for one in found] == [expected, expected]


def test_the_size_is_signed() -> None:
    """An act that claims another place than it was drafted at does not verify."""
    message = both()
    assert message.signed is not None
    moved = replace(message, signed=replace(message.signed, size=FIXED.size + 1))
    assert whys(moved) == [Why.CHALLENGE, Why.CHALLENGE]


def _later(effective_at: int) -> tuple[ActSignature, ActSignature]:
    message = declaration(effective_at)
    said = sign(message, Part.SAID, SMITH, DRAFTER)
    return said, sign(message, Part.RELEASED, JONES, RELEASER)


def test_the_message_is_read_as_it_was_written() -> None:
    """A signed declaration is the same after its bytes and after its JSON."""
    message = both()
    assert parse_body(Kind.DECLARATION, cbor.decode(cbor.encode(message.to_body()))) == message
    assert Declaration.from_json(json.loads(json.dumps(message.to_json()))) == message


def test_old_bytes_stay_valid() -> None:
    """A declaration without signatures has no key for them, in bytes and JSON as before."""
    body = declaration(SAID_AT).to_body()
    assert sorted(body) == list(range(9))
    assert parse_body(Kind.DECLARATION, body) == declaration(SAID_AT)


def test_a_roster_is_read_as_it_was_written() -> None:
    """A roster is the same after its bytes and after its JSON."""
    assert parse_body(Kind.ROSTER, cbor.decode(cbor.encode(ROSTER.to_body()))) == ROSTER
    assert Roster.from_json(json.loads(json.dumps(ROSTER.to_json()))) == ROSTER


def test_a_roster_that_cannot_be_is_refused() -> None:
    """One name, or one key, of two people is no roster; nor is a key of another sort."""
    smith, jones = ROSTER.people
    for people, said in (
        ((replace(jones, name="CAPT. SMITH"), smith), "another person's"),
        ((smith, replace(jones, keys=smith.keys)), "another person's"),
        ((replace(smith, keys=(b"\x80",)), jones), "neither ES256 nor EdDSA"),
    ):
        with pytest.raises(OurError, match=said):
            Roster.from_json(replace(ROSTER, people=people).to_json())
        assert list(replace(ROSTER, people=people).faults())
    body = replace(ROSTER, people=(jones, jones)).to_body()
    with pytest.raises(TheirError, match="twice"):
        Roster.from_body(body)


def test_what_can_be_released_is_a_message() -> None:
    """Each kind that may need a second person is one that people say."""
    assert all(kind in MESSAGES for kind in RELEASABLE)
    named = [kind for kind in MESSAGES if "released_by" in _names(kind)]
    assert set(named) <= set(RELEASABLE)


def _names(kind: Kind) -> list[str]:
    return [field.name for field in MESSAGES[kind].record.table]


def test_statements_are_those_of_the_vectors() -> None:
    """Each statement of the vectors is made again, with its challenge."""
    vectors = json.loads(make_passkey.FILE.read_text(encoding="utf-8"))
    for one in vectors["statements"]:
        said = statement(
            one["party"], one["line"], Declaration.record.from_json(one["message"], ""),
            part=Part[one["part"]], by=By(one["post"], one["officer"]),
            drafted=Drafted(
                bytes.fromhex(one["token"]), one["at"], one["size"], one["precedence"],
                tuple(one["recipients"]),
            ),
        )  # fmt: skip
        assert (said.hex(), challenge(said).hex()) == (one["statement"], one["challenge"])
