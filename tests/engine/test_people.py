"""People, rosters, drafts and signed acts between two nodes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS
from openline.domain.line.people import Person, Role
from openline.domain.party import Precedence
from openline.domain.record.passkey import passkey_id
from openline.domain.talk.body import By
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message
from openline.domain.talk.roster import Roster
from openline.domain.talk.signed_act import ActSignature, Part, Sent, challenge
from openline.domain.talk.text import Text
from openline.engine.commands import Compose
from openline.engine.drafts import KeepDraft, RejectDraft, ReleaseDraft, SignDraft, draft_form
from openline.engine.events import CommandGiven
from openline.engine.people import (
    AddPasskey,
    AddPerson,
    DisablePerson,
    DropPasskey,
    NoteUse,
    Passkey,
    ResetPerson,
    SetPassword,
)
from tests.engine.copies import copy_of
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import Region, notice, standing
from tests.vectors.authenticator import EDDSA, ORIGIN, RELYING_PARTY, Authenticator

ADMIN = ("commander", "Maj. Root")
SMITH = By("air-desk", "Capt. Smith")
JONES = By("commander", "Gen. Jones")
KEYS = {
    SMITH.officer: Authenticator("smith", count=10),
    JONES.officer: Authenticator("jones", EDDSA),
}


@pytest.fixture
def region() -> Region:
    """Two nodes; ALPHA has an officers' port, and two people with passkeys."""
    for name, word, algorithm, count in (
        (SMITH.officer, "smith", "ES256", 10),
        (JONES.officer, "jones", EDDSA, None),
    ):
        KEYS[name] = Authenticator(word, algorithm, count=count)
    made = standing(make_parties())
    give_port(made)
    for by, role in ((SMITH, Role.WATCH_OFFICER), (JONES, Role.COMMANDER)):
        made.ask(ALPHA, AddPerson(Person(by.officer, (role,), (by.post,)), ADMIN))
        made.ask(ALPHA, AddPasskey(by.officer, passkey(KEYS[by.officer])))
    made.pump()
    return made


def give_port(region: Region) -> None:
    """Let ALPHA have an officers' port."""
    people = region.stations[ALPHA].node.people
    people.relying_party, people.origins = RELYING_PARTY, (ORIGIN,)


def passkey(key: Authenticator) -> Passkey:
    """What the node keeps of an authenticator."""
    return Passkey(key.credential, key.cose, "token", 0, key.count or 0)


def suspension(**changes: Any) -> Message:
    """A suspension at once, as a draft."""
    fields = {
        "by": {"post": SMITH.post, "officer": SMITH.officer},
        "scopes": ["air_safety"], "status": "SUSPENDED", "effective_at": 0,
        "reason": "Strike on an air base.", **changes,
    }  # fmt: skip
    return Declaration.from_json(draft_form(Kind.DECLARATION, fields, "commander"))


def draft(region: Region, message: Message | None = None) -> str:
    """Let Smith draft something; its token."""
    command = KeepDraft(
        LINE, message or suspension(), (SMITH.post, SMITH.officer), Precedence.IMMEDIATE
    )
    token: str = region.ask(ALPHA, command)["draft"]
    return token


def test_a_request_leaves_one_draft(region: Region) -> None:
    """Repeated while it waits, or when it is over, a request answers with the one draft of it."""
    by = (SMITH.post, SMITH.officer)
    command = KeepDraft(LINE, suspension(), by, Precedence.IMMEDIATE, request_id="once")
    first = region.ask(ALPHA, command)
    assert region.ask(ALPHA, command) == first
    other = region.ask(ALPHA, replace(command, request_id="another"))
    assert other["draft"] != first["draft"]
    region.ask(ALPHA, RejectDraft(LINE, first["draft"], (JONES.post, JONES.officer)))
    again = region.ask(ALPHA, command)
    assert (again["draft"], again["state"]) == (first["draft"], "REJECTED")
    region.restart(ALPHA, own_copy_is_current=True)
    assert region.ask(ALPHA, replace(command, request_id="another"))["draft"] == other["draft"]
    drafts = region.line_of(ALPHA).drafts.to_json(region.now)
    assert len({one["draft"] for one in drafts}) == len(drafts) == 2


def signature(region: Region, token: str, part: Part, by: By) -> ActSignature:
    """What an officer signs of a draft with their passkey."""
    waiting = region.line_of(ALPHA).drafts.named(token, region.now)
    key = KEYS[by.officer]
    made = key.assertion(challenge(waiting.statement(ALPHA, LINE, part, by)))
    parts = (made.authenticator_data, made.client_data, made.signature)
    return ActSignature(part, passkey_id(key.cose), *parts)


def sign(region: Region, token: str) -> None:
    """Let Smith sign the draft."""
    one = signature(region, token, Part.SAID, SMITH)
    region.ask(ALPHA, SignDraft(LINE, token, (SMITH.post, SMITH.officer), one))


def release(token: str, by: By = JONES, one: ActSignature | None = None) -> ReleaseDraft:
    """The command to release a draft."""
    return ReleaseDraft(LINE, token, (by.post, by.officer), one)


def seen(region: Region, party: str, index: int) -> list[Any]:
    """What a node finds of the signatures of ALPHA's message."""
    line = region.line_of(party)
    return line.view.signatures(ALPHA, index, line._message_at(ALPHA, index, 1))


def verdicts(region: Region, party: str, index: int) -> list[tuple[str, str | None]]:
    """Who signed, and why it does not verify."""
    return [(one["officer"], one["why"]) for one in seen(region, party, index)]


def rosters(region: Region, party: str = BRAVO) -> list[Roster]:
    """ALPHA's rosters as a node holds them."""
    line = region.line_of(party)
    found = (line._message_at(ALPHA, n, 1) for n in range(line.mirrors[ALPHA].size))
    return [one for one in found if isinstance(one, Roster)]


def test_the_roster_is_published_and_nothing_else(region: Region) -> None:
    """The other side learns names, posts, roles and passkeys of those who have one."""
    region.ask(ALPHA, AddPerson(Person("Sgt. Silent", (Role.OBSERVER,), ("air-desk",)), ADMIN))
    region.ask(ALPHA, SetPassword(SMITH.officer, "$argon2id$secret-hash", "SECRETSECRET"))
    region.pump()
    newest = rosters(region)[-1]
    assert [(one.name, one.posts, one.keys) for one in newest.people] == [
        (by.officer, (by.post,), (KEYS[by.officer].cose,)) for by in (SMITH, JONES)
    ]
    store = region.stations[BRAVO].store
    held = b"".join(
        one.raw + one.content
        for origin, size, _ in store.origins()
        for one in store.entries(origin, 0, size)
    )
    for word in (b"Silent", b"secret-hash", b"SECRETSECRET"):
        assert word not in held
    assert b"Capt. Smith" in held


def test_a_roster_is_replaced_when_it_changes(region: Region) -> None:
    """Who is disabled, or drops a passkey, is on the next roster no more; the rest says nothing."""
    count = len(rosters(region))
    region.ask(ALPHA, SetPassword(SMITH.officer, "hash", "ABC"))
    region.ask(ALPHA, NoteUse(SMITH.officer, step=5))
    region.pump()
    assert len(rosters(region)) == count
    region.ask(ALPHA, DisablePerson(SMITH.officer, ADMIN))
    region.pump()
    assert [one.name for one in rosters(region)[-1].people] == [JONES.officer]
    region.ask(ALPHA, DropPasskey(JONES.officer, KEYS[JONES.officer].credential))
    region.pump()
    assert rosters(region)[-1].people == ()
    assert len(rosters(region)) == count + 2
    region.restart(ALPHA)
    give_port(region)
    region.pump()
    region.pass_time(60_000)
    assert len(rosters(region)) == count + 2


def test_two_people_release_with_their_passkeys(region: Region) -> None:
    """A draft that both sign is said, and both nodes find both signatures good."""
    token = draft(region)
    sign(region, token)
    one = signature(region, token, Part.RELEASED, JONES)
    done = region.ask(ALPHA, release(token, one=one))
    region.pump()
    expected = [(SMITH.officer, None), (JONES.officer, None)]
    assert verdicts(region, ALPHA, done.index) == expected
    assert verdicts(region, BRAVO, done.index) == expected
    assert region.line_of(BRAVO).view.declared(region.now)[ALPHA]["air_safety"] == "SUSPENDED"
    [listed] = region.line_of(ALPHA).drafts.to_json(region.now)
    assert (listed["state"], listed["index"]) == ("RELEASED", done.index)
    assert region.ask(ALPHA, release(token, one=one)) == done, "the same asked twice"


def test_signatures_are_not_needed(region: Region) -> None:
    """A draft that nobody signs is released on two names, and nothing is found of it."""
    done = region.ask(ALPHA, release(draft(region)))
    region.pump()
    assert verdicts(region, BRAVO, done.index) == []


def test_one_of_two_who_release_wins(region: Region) -> None:
    """Of two people who release at once one does, and the other is told who did."""
    token = draft(region)
    other = By("commander", "Gen. Brown")
    station = region.stations[ALPHA]
    before = region.line_of(ALPHA).outbox.size
    region.turn(
        ALPHA, CommandGiven(9001, release(token)), CommandGiven(9002, release(token, other))
    )
    first, second = station.answers.pop(9001), station.answers.pop(9002)
    assert first.error is None
    assert second.error is not None
    assert "being released by Gen. Jones" in second.error.what
    assert region.line_of(ALPHA).outbox.size == before + 1
    late = region.refused(ALPHA, release(token, other))
    assert "was released by Gen. Jones at" in late.what


def test_nobody_releases_their_own_draft(region: Region) -> None:
    """Who drafted it does not release it, not even in other letters."""
    token = draft(region)
    for name in ("Capt. Smith", "CAPT.  smith"):
        refused = region.refused(ALPHA, release(token, By("commander", name)))
        assert "drafted it, and so does not release it" in refused.what


def test_a_rejected_draft_is_never_said(region: Region) -> None:
    """A draft that was rejected cannot be released, and the reason is told."""
    token = draft(region)
    region.ask(ALPHA, RejectDraft(LINE, token, (JONES.post, JONES.officer), "Not now."))
    assert "was rejected by Gen. Jones" in region.refused(ALPHA, release(token)).what
    assert "Not now." in region.refused(ALPHA, release(token)).what
    assert "There is no draft" in region.refused(ALPHA, release("ab" * 16)).what


def test_a_draft_survives_a_restart(region: Region) -> None:
    """What waits, with its signature, and what ended are there after a restart."""
    rejected, token = draft(region), draft(region)
    region.ask(ALPHA, RejectDraft(LINE, rejected, (JONES.post, JONES.officer)))
    sign(region, token)
    before = region.line_of(ALPHA).drafts.to_json(region.now)
    region.restart(ALPHA, own_copy_is_current=True)
    give_port(region)
    assert region.line_of(ALPHA).drafts.to_json(region.now) == before
    region.pump()
    one = signature(region, token, Part.RELEASED, JONES)
    done = region.ask(ALPHA, release(token, one=one))
    assert verdicts(region, ALPHA, done.index) == [(SMITH.officer, None), (JONES.officer, None)]
    loaded = region.loaded(ALPHA, copy_of(region.stations[ALPHA].store))
    assert loaded.drafts.to_json(region.now) == region.line_of(ALPHA).drafts.to_json(region.now)


def test_a_notice_without_an_id_survives_a_restart(region: Region) -> None:
    """A draft of a notice that is still to be named is there after a restart, and named then."""
    token = draft(region, notice(notice_id=""))
    before = region.line_of(ALPHA).drafts.to_json(region.now)
    assert before[0]["fields"]["notice_id"] == ""
    region.restart(ALPHA, own_copy_is_current=True)
    assert region.line_of(ALPHA).drafts.to_json(region.now) == before
    region.pump()
    done = region.ask(ALPHA, release(token))
    [said] = region.line_of(ALPHA).view.notices()
    assert (said["index"], said["notice_id"]) == (done.index, "ALPHA-N-0001")


def test_a_draft_grows_old(region: Region) -> None:
    """A draft that nobody releases in a day is out of date."""
    token = draft(region)
    region.now += DAY_MS + 1
    assert "is out of date since" in region.refused(ALPHA, release(token)).what
    [listed] = region.line_of(ALPHA).drafts.to_json(region.now)
    assert listed["state"] == "TOO_OLD"


def test_there_is_room_for_so_many_drafts(region: Region) -> None:
    """One draft more than may wait is refused, and there is room again when one ends."""
    token = draft(region)
    for _ in range(63):
        draft(region)
    with pytest.raises(OurError, match="64 drafts wait already"):
        draft(region)
    region.ask(ALPHA, RejectDraft(LINE, token, (JONES.post, JONES.officer)))
    draft(region)


def _another_key(one: ActSignature) -> ActSignature:
    return replace(one, key=passkey_id(Authenticator("stranger").cose))


def _cut(one: ActSignature) -> ActSignature:
    return replace(one, signature=one.signature[:-1])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_another_key, "UNKNOWN_KEY"),
        (_cut, "SIGNATURE"),
        (lambda one: replace(one, part=Part.SAID), "not a signature of who releases"),
        (lambda one: replace(one, client_data=b"{}"), "MALFORMED"),
    ],
)
def test_a_spoilt_signature_is_not_said(
    region: Region, spoil: Callable[[ActSignature], ActSignature], said: str
) -> None:
    """A release with a signature that does not verify is refused, and the draft waits on."""
    token = draft(region)
    one = signature(region, token, Part.RELEASED, JONES)
    assert said in region.refused(ALPHA, release(token, one=spoil(one))).what
    region.ask(ALPHA, release(token, one=one))


def test_a_copied_authenticator_is_told(region: Region) -> None:
    """A counter that has not grown since the last use is refused."""
    token = draft(region)
    KEYS[SMITH.officer].count = 3
    one = signature(region, token, Part.SAID, SMITH)
    refused = region.refused(ALPHA, SignDraft(LINE, token, (SMITH.post, SMITH.officer), one))
    assert "has not grown" in refused.what


def test_only_the_drafter_signs_as_drafter(region: Region) -> None:
    """Nobody else adds a signature to a draft that waits, and nobody signs twice."""
    token = draft(region)
    one = signature(region, token, Part.SAID, SMITH)
    other = SignDraft(LINE, token, (JONES.post, JONES.officer), one)
    assert "Capt. Smith at air-desk drafted it" in region.refused(ALPHA, other).what
    own = SignDraft(LINE, token, (SMITH.post, SMITH.officer), one)
    region.ask(ALPHA, own)
    assert "is signed already" in region.refused(ALPHA, own).what


def test_a_message_repeated_with_its_signatures_is_told(region: Region) -> None:
    """An act that a message carried before verifies no second time."""
    token = draft(region, suspension(effective_at=region.now + 3_600_000))
    sign(region, token)
    done = region.ask(ALPHA, release(token, one=signature(region, token, Part.RELEASED, JONES)))
    message = region.line_of(ALPHA)._message_at(ALPHA, done.index, 1)
    assert isinstance(message, Declaration)
    again = Compose(LINE, message, precedence=Precedence.IMMEDIATE)
    assert "REPEATED" in region.refused(ALPHA, again).what
    for other in (
        replace(again, message=replace(message, reason="Another reason.")),
        replace(again, precedence=Precedence.ROUTINE),
    ):
        assert "CHALLENGE" in region.refused(ALPHA, other).what


def test_an_old_roster_does_not_serve(region: Region) -> None:
    """A message that names a roster which was replaced before it does not verify."""
    token = draft(region)
    one = signature(region, token, Part.RELEASED, JONES)
    done = region.ask(ALPHA, release(token, one=one))
    message = region.line_of(ALPHA)._message_at(ALPHA, done.index, 1)
    view = region.line_of(ALPHA).view
    region.ask(ALPHA, DisablePerson(SMITH.officer, ADMIN))
    sent = Sent(region.now, region.line_of(ALPHA).outbox.size, Precedence.IMMEDIATE, (BRAVO,))
    fresh = replace(message.signed, token=bytes(16))  # type: ignore[union-attr,type-var]
    later = replace(message, signed=fresh)  # type: ignore[type-var]
    [found] = view.signed.judge(ALPHA, 1, later, sent)
    assert found.why is not None
    assert found.why.value in ("CHALLENGE", "OLD_ROSTER")
    [found] = view.signed.judge(ALPHA, 1, message, sent)
    assert found.why is not None
    assert found.why.value == "REPEATED"


def test_kinds_that_two_release_wait_for_the_second() -> None:
    """Where the parties agreed on it a notice or text is said from a draft only; FLASH goes."""
    kinds = ("declaration", "text")
    region = standing(make_parties(agreed_released_by_two=kinds))
    text = Text(SMITH, "en", "Two people stand behind this.")
    refused = region.refused(ALPHA, Compose(LINE, text))
    assert "a second person releases each TEXT" in refused.what
    region.ask(ALPHA, Compose(LINE, text, Precedence.FLASH))
    token = draft(region, text)
    done = region.ask(ALPHA, release(token))
    assert region.line_of(ALPHA)._message_at(ALPHA, done.index, 1) == text
    again = standing(make_parties())
    again.ask(ALPHA, Compose(LINE, text))


def test_a_draft_is_checked_when_it_is_kept(region: Region) -> None:
    """What could not be said now is no draft either."""
    for changes, said in (
        ({"scopes": ["maritime"]}, "has no scope"),
        ({"effective_at": region.now - 60_000}, "which is over"),
        ({"by": {"post": "kitchen", "officer": "X"}}, "is no post"),
    ):
        command = KeepDraft(LINE, suspension(**changes), ("air-desk", "X"))
        assert said in region.refused(ALPHA, command).what


def test_the_tier_is_looked_at_when_it_is_released(region: Region) -> None:
    """A watch officer's draft takes a commander; another watch officer does not release it."""
    token = draft(region)
    refused = region.refused(ALPHA, release(token, By("air-desk", "Lt. Green")))
    assert "tier 2 or higher" in refused.what
    region.ask(ALPHA, release(token))


def test_people_survive_a_restart(region: Region) -> None:
    """Everybody, with what proves who they are, is there after a restart."""
    region.ask(ALPHA, SetPassword(SMITH.officer, "hash", "SECRET"))
    region.ask(ALPHA, NoteUse(SMITH.officer, step=77))
    before = region.stations[ALPHA].node.people.listed()
    region.restart(ALPHA)
    assert region.stations[ALPHA].node.people.listed() == before
    assert region.stations[BRAVO].node.people.listed() == []


def test_reset_takes_everything(region: Region) -> None:
    """Who is reset has neither password nor passkey, and begins anew."""
    region.ask(ALPHA, SetPassword(SMITH.officer, "hash", "SECRET"))
    kept = region.ask(ALPHA, ResetPerson(SMITH.officer, ADMIN))
    assert (kept.password, kept.secret, kept.passkeys, kept.reset_count) == ("", "", (), 1)
    assert "hash" not in str(kept.to_json())


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (AddPerson(Person("CAPT. SMITH", (Role.OBSERVER,), ("air-desk",)), ADMIN), "already"),
        (AddPerson(Person("New", (Role.OBSERVER,), ("kitchen",)), ADMIN), "is no post of"),
        (DisablePerson("Nobody", ADMIN), "Nobody is called"),
        (DropPasskey(SMITH.officer, b"x"), "no such passkey"),
        (AddPasskey(JONES.officer, passkey(Authenticator("smith"))), "registered already"),
    ],
)
def test_what_cannot_be_done_to_people(region: Region, command: Any, said: str) -> None:
    """What makes no sense about people is refused with what to do."""
    refused = region.refused(ALPHA, command)
    assert said in refused.what


def test_a_code_serves_once(region: Region) -> None:
    """A step of the second factor that was used is refused from then on."""
    region.ask(ALPHA, NoteUse(SMITH.officer, step=10))
    for step in (10, 9):
        assert "used already" in region.refused(ALPHA, NoteUse(SMITH.officer, step=step)).what


def test_there_is_room_for_so_many_people(region: Region) -> None:
    """More people than may be are refused."""
    for number in range(126):
        region.ask(ALPHA, AddPerson(Person(f"P{number}", (Role.OBSERVER,), ("air-desk",)), ADMIN))
    over = AddPerson(Person("One more", (Role.OBSERVER,), ("air-desk",)), ADMIN)
    assert "128 people are kept" in region.refused(ALPHA, over).what


def test_an_officer_composes_no_roster(region: Region) -> None:
    """A roster is the node's to publish."""
    roster = Roster(SMITH, RELYING_PARTY, (ORIGIN,), ())
    assert "not composed by an officer" in region.refused(ALPHA, Compose(LINE, roster)).what


def test_declaring_with_a_typed_name_stays(region: Region) -> None:
    """On the node's own socket a declaration is said with two names, as before."""
    said = Declaration(SMITH, JONES, ("air_safety",), Status.SUSPENDED, 0, "Reason.")
    done = region.ask(ALPHA, Compose(LINE, said))
    assert seen(region, ALPHA, done.index) == []


@pytest.mark.parametrize("maker", ["drafter", "releaser"])
@pytest.mark.parametrize("act", ["added", "reset", "enabled"])
def test_who_made_somebody_is_not_the_other_of_two(region: Region, maker: str, act: str) -> None:
    """Neither drafts nor releases with them, until another administrator vouches for them."""
    chief, made = By("commander", "Maj. Root"), By("commander", "Lt. Puppet")
    person = Person(made.officer, (Role.COMMANDER,), (made.post,))
    first = ADMIN if act == "added" else ("commander", "Col. Other")
    region.ask(ALPHA, AddPerson(person, first))
    if act == "reset":
        region.ask(ALPHA, ResetPerson(made.officer, ADMIN))
    if act == "enabled":
        region.ask(ALPHA, DisablePerson(made.officer, ADMIN, is_disabled=False))
    drafter, releaser = (chief, made) if maker == "drafter" else (made, chief)
    fields = {"by": {"post": drafter.post, "officer": drafter.officer}}
    command = KeepDraft(LINE, suspension(**fields), (drafter.post, drafter.officer))
    token = region.ask(ALPHA, command)["draft"]
    with pytest.raises(OurError, match=r"Maj\. Root added, reset or enabled Lt\. Puppet"):
        region.ask(ALPHA, release(token, releaser))
    vouch = DisablePerson(made.officer, ("commander", "Col. Other"), is_disabled=False)
    region.ask(ALPHA, vouch)
    region.ask(ALPHA, release(token, releaser))
    region.pump()
    assert region.line_of(BRAVO).view.declared(region.now)[ALPHA]["air_safety"] == "SUSPENDED"
