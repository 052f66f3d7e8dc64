"""The desk: what an officer may say, what is filled in, what is refused and how."""

from dataclasses import replace
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS
from openline.domain.line.declared import TERMINATION_NOTICE_MS_MIN
from openline.domain.line.terms import Post
from openline.domain.party import Precedence
from openline.domain.record import cbor
from openline.domain.space.place import PlaceDoesNotMatch
from openline.domain.talk.agreement import Adoption
from openline.domain.talk.body import By
from openline.domain.talk.check import LineCheck, LineCheckReply, ScopeStatus
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message
from openline.domain.talk.notice import Notice, Operation, Place
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.text import Text, Translation
from openline.engine.commands import CheckNotice, Compose
from openline.engine.desk import Desk, Draft
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE
from tests.engine.views_script import (
    COMMANDER,
    DELAY_MS,
    EVENING,
    HOUR,
    MINUTE,
    WATCH,
    Script,
    cancellation,
    circle,
    notice,
    of,
    text,
)

FLASH = Precedence.FLASH
END = EVENING + 4 * HOUR


class Office:
    """A script, and a desk for each of its parties."""

    def __init__(self, *names: str, **changes: Any) -> None:
        self.script = Script(*names, **changes).adopt()
        self.desks = {name: Desk(name, view) for name, view in self.script.views.items()}

    def draft(self, name: str, message: Message, **more: Any) -> Draft:
        """What the party's desk makes of it."""
        return self.desks[name].compose(Compose(LINE, message, **more), self.script.now)

    def say(self, name: str, message: Message, **more: Any) -> int:
        """Compose it and say it; its serial number."""
        draft = self.draft(name, message, **more)
        return self.script.say(
            name,
            draft.message,
            reply_to=draft.reply_to,
            precedence=draft.precedence,
            recipients=draft.recipients,
        )

    def refused(self, name: str, message: Message, **more: Any) -> str:
        """Why the party's desk refuses it."""
        with pytest.raises(OurError) as caught:
            self.draft(name, message, **more)
        assert caught.value.remedy, "an officer is always told what to do"
        return caught.value.what


@pytest.fixture
def office() -> Office:
    return Office()


def declaration(
    status: Status = Status.SUSPENDED, effective_at: int = 0, **changes: Any
) -> Declaration:
    plain = Declaration(COMMANDER, WATCH, ("air_safety",), status, effective_at, "A strike.")
    return replace(plain, **changes)


# --- drafts --------------------------------------------------------------------------------------


def test_a_text(office: Office) -> None:
    """A text becomes a draft to every counterpart, as fast as asked."""
    draft = office.draft(ALPHA, text("Say again."), precedence=Precedence.IMMEDIATE)
    assert draft == Draft(
        kind=10,
        body=cbor.encode(text("Say again.").to_body()),
        reply_to=None,
        precedence=2,
        recipients=(BRAVO,),
        message=text("Say again."),
    )


def test_recipients() -> None:
    """Nobody named means every counterpart; those named are put in order, once each."""
    office = Office(ALPHA, BRAVO, CHARLIE)
    assert office.draft(BRAVO, text()).recipients == (ALPHA, CHARLIE)
    asked = (CHARLIE, ALPHA, CHARLIE)
    assert office.draft(BRAVO, text(), recipients=asked).recipients == (ALPHA, CHARLIE)
    assert office.draft(BRAVO, text(), recipients=(CHARLIE,)).recipients == (CHARLIE,)
    for stranger in (BRAVO, "delta.example"):
        why = office.refused(BRAVO, text(), recipients=(stranger,))
        assert why == f"{stranger} is not a counterpart on this line."


def test_in_reply_to(office: Office) -> None:
    """A text may answer any message that exists, and no other."""
    index = office.say(BRAVO, text("Are these yours?"))
    assert office.draft(ALPHA, text(), reply_to=(BRAVO, index)).reply_to == (BRAVO, index)
    why = office.refused(ALPHA, text(), reply_to=(BRAVO, 99))
    assert why == "There is no message BRAVO-0099 on this line."


@pytest.mark.parametrize("kind", [Kind.UNDERSTANDING])
def test_the_node_s_own_messages(office: Office, kind: Kind) -> None:
    """What the node itself writes is not composed by an officer."""
    assert office.refused(ALPHA, Adoption(b"terms", ())) == (
        f"A {kind.name} is not composed by an officer."
    )


def test_the_post_is_one_of_ours(office: Office) -> None:
    """An officer speaks for a post that the Understanding names."""
    stranger = replace(text(), by=By("press-office", "Capt C. Quill"))
    assert office.refused(ALPHA, stranger) == (
        "'press-office' is no post of alpha.example in the Understanding."
    )


def test_rules_of_the_message_hold(office: Office) -> None:
    """What a message itself forbids is refused with the field."""
    response = Response(WATCH, of(ALPHA, 0), Answer.OBJECTED)
    assert office.refused(BRAVO, response).startswith("RESPONSE: text is empty")
    long = text(" ".join(["word"] * 201))
    assert "201 words" in office.refused(ALPHA, long, precedence=FLASH)
    assert office.draft(ALPHA, long).kind == 10


def test_a_message_that_is_too_large(office: Office) -> None:
    """What would not fit one content is refused before it is recorded."""
    words = "\u0634" * 16_384
    translations = tuple(Translation("ar", words * 1, "Lt T.") for _ in range(8))
    assert office.draft(ALPHA, Text(WATCH, "ar", words, False, translations)).kind == 10
    wide = "\U00010348" * 16_384
    large = tuple(Translation("en", wide, "Lt T.") for _ in range(8))
    why = office.refused(ALPHA, Text(WATCH, "en", wide, False, large))
    assert why.endswith("524288 are allowed.")


# --- notices -------------------------------------------------------------------------------------


def test_a_notice_is_named(office: Office) -> None:
    """A notice without an id gets the next of ours, also before the first is recorded."""
    drafts = [office.draft(ALPHA, notice("")).message for _ in range(2)]
    assert [getattr(one, "notice_id", "") for one in drafts] == ["ALPHA-N-0001", "ALPHA-N-0002"]
    office.say(ALPHA, notice("ALPHA-N-0004"))
    office.say(ALPHA, notice(""))
    assert office.script.views[BRAVO].notice("ALPHA-N-0003") is not None
    office.say(ALPHA, notice(""))
    assert office.script.views[BRAVO].notice("ALPHA-N-0005") is not None


def test_a_name_that_is_long() -> None:
    """An id made from a long party name fits the form of ids."""
    long = "-".join(["long"] * 10) + ".example"
    office = Office(long, BRAVO)
    draft = office.draft(long, notice(""))
    assert isinstance(draft.message, Notice)
    assert Notice.from_body(cbor.decode(draft.body)) == draft.message


def test_a_known_id_is_not_new(office: Office) -> None:
    """An id is used once, whether its notice is recorded or only drafted."""
    office.draft(ALPHA, notice("A-1"))
    assert office.refused(ALPHA, notice("A-1")) == "We have issued a notice A-1 already."
    office.say(ALPHA, notice("A-2"))
    assert office.refused(ALPHA, notice("A-2")) == "We have issued a notice A-2 already."


def test_replace_and_cancel(office: Office) -> None:
    """A notice is replaced and cancelled by the next version, and by no other."""
    office.say(ALPHA, notice("A-1"))
    again = notice("A-1", version=3, operation=Operation.REPLACE)
    assert office.refused(ALPHA, again) == "The notice A-1 would be version 2, not 3."
    office.draft(ALPHA, replace(again, version=2))
    assert office.refused(ALPHA, replace(again, version=2)) == (
        "The notice A-1 would be version 3, not 2."
    )
    office.say(ALPHA, again)
    office.say(ALPHA, cancellation("A-1", 4))
    assert office.refused(ALPHA, cancellation("A-1", 5)) == (
        "The notice A-1 is cancelled; it cannot be changed."
    )


def test_what_is_not_ours_is_not_changed(office: Office) -> None:
    """A counterpart's notice, or one that nobody issued, is not ours to cancel."""
    office.say(BRAVO, notice("B-1"))
    assert office.refused(ALPHA, cancellation("B-1")) == "We have no notice B-1."
    assert office.refused(ALPHA, cancellation("")) == "A notice to CANCEL has no id."


def test_a_notice_that_is_over(office: Office) -> None:
    """What is over is neither announced nor changed."""
    over = circle(valid_from=EVENING - HOUR, valid_until=EVENING)
    assert office.refused(ALPHA, notice("A-1", over)).endswith(
        "2017-04-07T20:00:00Z, which is over."
    )
    office.say(ALPHA, notice("A-1"))
    office.script.advance(END)
    assert office.refused(ALPHA, cancellation("A-1")) == (
        "The notice A-1 is over; it cannot be changed."
    )


def test_the_scope_stays(office: Office) -> None:
    """A notice belongs to one scope of the line for all its life."""
    assert office.refused(ALPHA, notice("A-1", scope="weather")) == (
        "The line has no scope 'weather'."
    )
    office.say(ALPHA, notice("A-1"))
    moved = notice("A-1", version=2, operation=Operation.REPLACE, scope="humanitarian")
    assert office.refused(ALPHA, moved) == "The notice A-1 belongs to the scope air_safety."


def test_deir_ez_zor(office: Office) -> None:
    """A place in words that is nine kilometres off blocks the release until corrected."""
    off = notice("A-1", circle(radius_m=500), place=Place("9 km north of Shayrat airfield"))
    with pytest.raises(PlaceDoesNotMatch, match=r"9\.0 km from there") as caught:
        office.draft(ALPHA, off)
    assert "at Shayrat airfield" in caught.value.remedy
    right = replace(off, place=Place("at Shayrat airfield"))
    assert office.draft(ALPHA, right).kind == Kind.NOTICE


def test_a_place_that_says_nothing(office: Office) -> None:
    """Words that name no shared reference point are refused with words that would do."""
    vague = notice("A-1", place=Place("in the usual area"))
    with pytest.raises(OurError) as caught:
        office.draft(ALPHA, vague)
    assert caught.value.remedy.endswith('The volumes are "at Shayrat airfield".')


def test_the_words_and_the_reference_agree(office: Office) -> None:
    """A reference point beside the words is the one that the words name."""
    other = notice("A-1", place=Place("at Shayrat airfield", "palmyra"))
    assert office.refused(ALPHA, other).endswith("name the reference point shayrat, not palmyra.")


def test_without_reference_points_words_are_free() -> None:
    """Where the Understanding shares no reference point the words are not compared."""
    office = Office(reference_points=())
    assert office.draft(ALPHA, notice("A-1", place=Place("in the usual area"))).kind == 11


def test_own_cap() -> None:
    """We keep within the agreed number of live notices, drafts included."""
    office = Office(notices_live_max=2)
    office.say(ALPHA, notice("A-1"))
    office.draft(ALPHA, notice("A-2"))
    assert office.refused(ALPHA, notice("A-3")).startswith("We have 2 live notices")
    office.say(ALPHA, cancellation("A-1"))
    assert office.draft(ALPHA, notice("A-3")).kind == Kind.NOTICE


def test_check_tells_the_conflicts(office: Office) -> None:
    """A check names the counterpart's notices that would not be clear, and keeps nothing."""
    north = Place("15 km north of Shayrat airfield")
    office.say(BRAVO, notice("B-1", circle(north_km=100), circle(north_km=15), place=north))
    office.say(ALPHA, notice("A-1"))
    check = office.desks[ALPHA].check(CheckNotice(LINE, notice("")), EVENING)
    assert check.go_on(10)
    assert check.is_complete
    found = check.to_json()
    assert [(one["party"], one["notice_id"], one["verdict"]) for one in found] == [
        (BRAVO, "B-1", "CONFLICT")
    ]
    assert (found[0]["volume"], found[0]["own_volume"]) == (2, 1)
    shown = office.script.views[ALPHA].conflicts()[0]
    assert all(found[0][label] == shown[label] for label in ("words", "closest", "minima"))
    check = office.desks[BRAVO].check(CheckNotice(LINE, notice("B-9")), EVENING)
    check.go_on(10)
    found = check.to_json()
    assert [(one["notice_id"], one["volume"], one["own_volume"]) for one in found] == [
        ("A-1", 1, 1)
    ]
    assert office.draft(ALPHA, notice("")).message == notice("ALPHA-N-0002")


def test_check_refuses_what_compose_refuses(office: Office) -> None:
    """A check refuses what would be refused on release, and anything but a notice."""
    desk = office.desks[ALPHA]
    with pytest.raises(OurError, match="The line has no scope"):
        desk.check(CheckNotice(LINE, notice("", scope="weather")), EVENING)
    with pytest.raises(OurError, match="A TEXT meets no notices"):
        desk.check(CheckNotice(LINE, text()), EVENING)


# --- receipts and answers ------------------------------------------------------------------------


def test_read(office: Office) -> None:
    """Each officer reads a counterpart's message once; it shows as a reply."""
    index = office.say(BRAVO, text())
    assert office.draft(ALPHA, Read(WATCH, of(BRAVO, index))).reply_to == (BRAVO, index)
    office.say(ALPHA, Read(WATCH, of(BRAVO, index)))
    assert office.refused(ALPHA, Read(WATCH, of(BRAVO, index))) == (
        "Maj A. Weaver has read BRAVO-0001 already."
    )
    assert office.draft(ALPHA, Read(COMMANDER, of(BRAVO, index))).kind == Kind.READ


def test_what_does_not_exist_is_not_read(office: Office) -> None:
    """A message that is not there, or our own, is not ours to read."""
    index = office.say(ALPHA, text())
    assert office.refused(ALPHA, Read(WATCH, of(ALPHA, index))) == (
        "ALPHA-0001 is our own message: it is not ours to read."
    )
    assert office.refused(ALPHA, Read(WATCH, of(BRAVO, 9))) == (
        "There is no message BRAVO-0009 on this line."
    )


def test_one_message_is_not_about_two(office: Office) -> None:
    """What a receipt is about and what it is sent in reply to are the same message."""
    first, second = office.say(BRAVO, text()), office.say(BRAVO, text())
    read = Read(WATCH, of(BRAVO, first))
    assert office.refused(ALPHA, read, reply_to=(BRAVO, second)) == (
        "The message is about BRAVO-0001, but is sent in reply to BRAVO-0002."
    )
    assert office.draft(ALPHA, read, reply_to=(BRAVO, first)).reply_to == (BRAVO, first)


def test_read_back(office: Office) -> None:
    """The reader repeats the values, and then the author confirms or corrects them."""
    index = office.say(BRAVO, notice("B-1"))
    correct = ReadBack(WATCH, of(BRAVO, index), ReadBackVerdict.CORRECT)
    repeat = ReadBack(WATCH, of(BRAVO, index), ReadBackVerdict.I_READ_BACK, "FL100 to FL200")
    assert office.refused(BRAVO, correct) == "Nobody has read back BRAVO-0001."
    assert office.refused(ALPHA, correct) == "Only its author says CORRECT about BRAVO-0001."
    assert office.refused(BRAVO, repeat).endswith("it is not ours to read back.")
    office.say(ALPHA, repeat)
    assert office.draft(BRAVO, correct).kind == Kind.READ_BACK


def test_respond(office: Office) -> None:
    """A notice, a text and a declaration take a response; a receipt does not."""
    said = (notice("B-1"), text(), declaration(effective_at=END))
    for index in [office.say(BRAVO, one) for one in said]:
        assert office.draft(ALPHA, Response(WATCH, of(BRAVO, index), Answer.NOTED)).kind == 14
    office.say(ALPHA, text())
    read = office.say(BRAVO, Read(WATCH, of(ALPHA, 1)))
    assert office.refused(ALPHA, Response(WATCH, of(BRAVO, read), Answer.NOTED)) == (
        "BRAVO-0004 is a READ, which takes no response."
    )
    own = Response(WATCH, of(ALPHA, 1), Answer.NOTED)
    assert office.refused(ALPHA, own).endswith("it is not ours to answer.")


def test_an_old_version_is_not_answered(office: Office) -> None:
    """A response goes to the newest version; a cancelled notice may still be noted."""
    office.say(BRAVO, notice("B-1"))
    office.say(BRAVO, notice("B-1", version=2, operation=Operation.REPLACE))
    noted = Response(WATCH, of(BRAVO, 1), Answer.NOTED)
    assert office.refused(ALPHA, noted) == "BRAVO-0001 is not the newest version of B-1."
    assert office.draft(ALPHA, replace(noted, of=of(BRAVO, 2))).kind == Kind.RESPONSE
    office.say(BRAVO, cancellation("B-1", 3))
    for index in (2, 3):
        assert office.draft(ALPHA, replace(noted, of=of(BRAVO, index))).kind == Kind.RESPONSE


def test_holding_until_when(office: Office) -> None:
    """HOLDING names a time that is still to come."""
    index = office.say(BRAVO, notice("B-1"))
    held = Response(WATCH, of(BRAVO, index), Answer.HOLDING, holding_until=EVENING)
    assert office.refused(ALPHA, held) == "The time until which the answer is held is over."
    assert office.draft(ALPHA, replace(held, holding_until=EVENING + 1)).kind == Kind.RESPONSE


# --- line checks ---------------------------------------------------------------------------------


def test_line_checks_are_numbered(office: Office) -> None:
    """Our checks count up from one, also before the first is recorded."""
    drafts = [office.draft(ALPHA, LineCheck(WATCH, 7)).message for _ in range(2)]
    assert [getattr(one, "number", 0) for one in drafts] == [1, 2]
    office.say(ALPHA, LineCheck(WATCH, 1))
    assert getattr(office.draft(ALPHA, LineCheck(WATCH, 1)).message, "number", 0) == 4


def test_the_next_check_is_to_come(office: Office) -> None:
    """A check that announces the next one for an instant that is over is refused."""
    for past in (0, EVENING - DAY_MS, EVENING):
        assert office.refused(ALPHA, LineCheck(WATCH, 1, next_check_at=past)).endswith(
            "which is over."
        )
    to_come = LineCheck(WATCH, 1, next_check_at=EVENING + 1)
    assert office.draft(ALPHA, to_come).message.message_kind is Kind.LINE_CHECK


def test_line_checks_say_what_we_declare(office: Office) -> None:
    """A check and its reply carry our own state of each scope."""
    office.say(ALPHA, declaration())
    office.script.advance(EVENING + MINUTE)
    message = office.draft(ALPHA, LineCheck(WATCH, 1)).message
    assert isinstance(message, LineCheck)
    assert message.statuses == (
        ScopeStatus("air_safety", Status.SUSPENDED),
        ScopeStatus("humanitarian", Status.IN_FORCE),
        ScopeStatus("line_procedure", Status.IN_FORCE),
    )


def test_a_reply_finds_its_check(office: Office) -> None:
    """A reply answers the check of its number, once, and shows as a reply to it."""
    index = office.say(BRAVO, LineCheck(WATCH, 1))
    reply = LineCheckReply(WATCH, 1, 5)
    assert office.draft(ALPHA, reply).reply_to == (BRAVO, index)
    assert office.draft(ALPHA, reply, reply_to=(BRAVO, index)).reply_to == (BRAVO, index)
    assert office.refused(ALPHA, replace(reply, number=2)) == (
        "There is no line check 2 that waits for our answer."
    )
    assert office.refused(BRAVO, reply) == "There is no line check 1 that waits for our answer."
    office.say(ALPHA, reply)
    assert office.refused(ALPHA, reply) == "There is no line check 1 that waits for our answer."


# --- declarations, and what a suspension stops ---------------------------------------------------


def test_at_once(office: Office) -> None:
    """A declaration without a time, or with one just over, takes effect now."""
    for effective_at in (0, EVENING - 2_000, EVENING):
        message = office.draft(ALPHA, declaration(effective_at=effective_at)).message
        assert getattr(message, "effective_at", 0) == EVENING


def test_nothing_is_declared_for_the_past(office: Office) -> None:
    """A declaration for an instant that is over is refused."""
    assert office.refused(ALPHA, declaration(effective_at=EVENING - 2_001)).endswith(
        "which is over."
    )


def test_termination_has_a_notice_period(office: Office) -> None:
    """A termination is announced a day ahead."""
    soon = EVENING + TERMINATION_NOTICE_MS_MIN
    assert soon == EVENING + DAY_MS
    assert office.refused(ALPHA, declaration(Status.TERMINATED, soon - 1)) == (
        "A termination is announced at least a day ahead."
    )
    assert office.draft(ALPHA, declaration(Status.TERMINATED, soon)).kind == Kind.DECLARATION


def test_two_persons_and_a_commander(office: Office) -> None:
    """Two persons declare, and one of them holds a post of tier 2 or higher."""
    other = By("air-desk", "Capt D. Finch")
    assert office.refused(ALPHA, declaration(by=WATCH, released_by=other)) == (
        "A declaration is drafted or released by a post of tier 2 or higher."
    )
    assert "released_by.officer" in office.refused(ALPHA, declaration(released_by=COMMANDER))
    unknown = declaration(released_by=By("night-desk", "Capt D. Finch"))
    assert office.refused(ALPHA, unknown).startswith("'night-desk' is no post")


def test_a_party_with_one_post() -> None:
    """A party that has no post of tier 2 declares from the post that it has."""
    office = Office()
    view = office.script.views[ALPHA]
    parties = tuple(
        replace(party, posts=(Post("air-desk", 1),)) for party in view.understanding.parties
    )
    view.understanding = replace(view.understanding, parties=parties, version=2)
    other = By("air-desk", "Capt D. Finch")
    assert office.draft(ALPHA, declaration(by=WATCH, released_by=other)).kind == 22


def test_what_a_declaration_must_change(office: Office) -> None:
    """There is something to resume, the scope exists, and it has not ended."""
    resume = declaration(Status.IN_FORCE)
    assert office.refused(ALPHA, resume).startswith("We keep air_safety in force")
    assert office.refused(ALPHA, declaration(scopes=("weather",))) == (
        "The line has no scope 'weather'."
    )
    office.say(ALPHA, declaration(effective_at=END))
    office.say(ALPHA, resume)
    assert office.refused(ALPHA, resume).startswith("We keep air_safety in force")
    office.say(ALPHA, declaration(Status.TERMINATED, EVENING + DAY_MS))
    office.script.advance(EVENING + DAY_MS)
    assert office.refused(ALPHA, declaration()) == "We have terminated air_safety."


def test_before_adoption() -> None:
    """Before the Understanding is recorded nothing is declared and nothing announced."""
    script = Script()
    desk = Desk(ALPHA, script.views[ALPHA])
    for message in (declaration(), notice()):
        with pytest.raises(OurError, match="air_safety is not in force: we have not adopted"):
            desk.compose(Compose(LINE, message), EVENING)


def test_a_suspended_scope_takes_no_new_notice(office: Office) -> None:
    """From the effective time on, a scope that we suspended takes no new notice."""
    office.say(ALPHA, notice("A-1"))
    office.say(ALPHA, declaration(effective_at=EVENING + HOUR))
    assert office.draft(ALPHA, notice("A-2")).kind == Kind.NOTICE
    office.script.advance(EVENING + HOUR)
    assert office.refused(ALPHA, notice("A-3")) == (
        "We have declared air_safety SUSPENDED: no new notice is issued in it."
    )
    assert office.draft(BRAVO, notice("B-1")).kind == Kind.NOTICE


def test_what_a_suspension_never_stops(office: Office) -> None:
    """FLASH, line checks, contact, changes and what is humanitarian go on."""
    office.say(ALPHA, notice("A-1"))
    index = office.say(BRAVO, text("Is anybody there?"))
    office.say(BRAVO, LineCheck(WATCH, 1))
    everything = ("air_safety", "humanitarian", "line_procedure")
    office.say(ALPHA, declaration(scopes=everything))
    office.script.advance(EVENING + MINUTE)
    still: list[tuple[Message, Precedence]] = [
        (notice("A-2"), FLASH),
        (notice("A-3", scope="humanitarian"), Precedence.ROUTINE),
        (notice("A-4", category="humanitarian"), Precedence.ROUTINE),
        (notice("A-1", version=2, operation=Operation.REPLACE), Precedence.ROUTINE),
        (cancellation("A-1", 3), Precedence.ROUTINE),
        (text(), Precedence.ROUTINE),
        (LineCheck(WATCH, 1), Precedence.ROUTINE),
        (LineCheckReply(WATCH, 1, 5), Precedence.ROUTINE),
        (Read(WATCH, of(BRAVO, index)), Precedence.ROUTINE),
        (Response(WATCH, of(BRAVO, index), Answer.NOTED), Precedence.ROUTINE),
        (declaration(Status.IN_FORCE, scopes=everything), Precedence.ROUTINE),
    ]
    for message, precedence in still:
        assert office.draft(ALPHA, message, precedence=precedence).precedence == precedence


def test_what_a_declaration_keeps_open(office: Office) -> None:
    """A suspension may close what is humanitarian, and may keep a scope's notices open."""
    closed = declaration(scopes=("humanitarian",), kept_open=())
    office.say(ALPHA, closed)
    office.script.advance(EVENING + MINUTE)
    assert "SUSPENDED" in office.refused(ALPHA, notice("A-1", scope="humanitarian"))
    office.say(ALPHA, declaration(kept_open=("air_safety",)))
    office.script.advance(EVENING + 2 * MINUTE)
    assert office.draft(ALPHA, notice("A-2")).kind == Kind.NOTICE


def test_only_what_is_known_is_kept_open(office: Office) -> None:
    """Scopes of the line and the four exceptions may be kept open; other words are refused."""
    for name in ("line_checks", "air", "new"):
        assert office.refused(ALPHA, declaration(kept_open=("flash", name))) == (
            f"The declaration keeps open {name!r}, which is no scope and no exception."
        )
    known = ("air_safety", "contact", "flash", "humanitarian", "line_check")
    assert office.draft(ALPHA, declaration(kept_open=known)).kind == Kind.DECLARATION


def test_after_a_termination_only_flash_and_contact(office: Office) -> None:
    """When we have terminated a scope, a FLASH about it still goes."""
    office.say(ALPHA, declaration(Status.TERMINATED, EVENING + DAY_MS))
    office.script.advance(EVENING + DAY_MS)
    window = circle(valid_from=EVENING + DAY_MS, valid_until=EVENING + 2 * DAY_MS)
    late = notice("A-1", window)
    assert "TERMINATED" in office.refused(ALPHA, late)
    assert office.draft(ALPHA, late, precedence=FLASH).kind == Kind.NOTICE
    assert office.draft(ALPHA, text()).kind == Kind.TEXT


def test_what_is_said_is_heard(office: Office) -> None:
    """What a desk lets through is taken in by both views without a flag."""
    index = office.say(ALPHA, notice(""), precedence=FLASH)
    office.script.now += DELAY_MS
    office.say(BRAVO, Read(WATCH, of(ALPHA, index)))
    office.say(BRAVO, Response(WATCH, of(ALPHA, index), Answer.NOTED))
    office.say(BRAVO, LineCheck(WATCH, 1))
    office.say(ALPHA, LineCheckReply(WATCH, 1, 5))
    office.say(BRAVO, declaration(effective_at=END))
    for view in office.script.views.values():
        assert [one["flags"] for one in view.messages()] == [[]] * 8


def test_a_check_is_asked_as_it_would_be_said(office: Office) -> None:
    """A notice that would be said as FLASH is checked as one."""
    office.say(ALPHA, declaration(Status.SUSPENDED))
    desk = office.desks[ALPHA]
    with pytest.raises(OurError, match="no new notice is issued"):
        desk.check(CheckNotice(LINE, notice("")), EVENING)
    desk.check(CheckNotice(LINE, notice(""), Precedence.FLASH), EVENING)


def test_a_check_asks_for_no_second_person() -> None:
    """Where two release a notice it is checked as if the second had released it."""
    office = Office(agreed_released_by_two=("declaration", "notice"))
    assert "a second person releases each NOTICE" in office.refused(ALPHA, notice(""))
    office.say(BRAVO, notice("B-1"), released_by=("air-desk", "Lt. Green"))
    check = office.desks[ALPHA].check(CheckNotice(LINE, notice("")), EVENING)
    assert check.go_on(10)
    assert [one["notice_id"] for one in check.to_json()] == ["B-1"]
