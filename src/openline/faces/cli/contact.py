"""The verb `contact`: ask for a conversation, arrange it, know who speaks."""

import json
from collections.abc import Iterator
from typing import Any

from openline.adapters.clock import wall_clock_ms
from openline.domain.instant import dtg, format_instant
from openline.domain.party import Precedence
from openline.domain.talk import challenge
from openline.domain.talk.call_record import RecordMode
from openline.domain.talk.challenge import Heard, Secret
from openline.domain.talk.contact import ContactAnswer, Medium
from openline.domain.talk.readout import ReadoutMode
from openline.faces.cli.faults import Exit, WrongUsage
from openline.faces.cli.instants import Instants, instant_text, instants_given
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Language, Node, OnLine, Wait
from openline.faces.cli.output import emit, table
from openline.faces.cli.placing import every
from openline.faces.cli.saying import reference_of, say_message

app = make_app(
    "contact",
    """\
    Ask for a conversation, arrange it, and know who speaks.

    Whom one would like to speak with is a preference: any officer of the tier
    takes the contact, and what cannot wait is said in a message. That nobody
    answered, and who missed an agreed contact, is on the record.
    """,
)


@verb(app)
def request(
    subject: str,
    text: str = "",
    /,
    *,
    at: Instants,
    tier: int = 1,
    person: tuple[str, ...] = (),
    medium: Medium = Medium.VOICE,
    spoken_in: str | None = None,
    interpreter: tuple[str, ...] = (),
    record: RecordMode = RecordMode.MINUTES,
    readout: ReadoutMode | None = None,
    weekly_until: str | None = None,
    reply_by: str | None = None,
    follows: str | None = None,
    exercise: bool = False,
    to: tuple[str, ...] = (),
    language: str | None = None,
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Ask for a contact.

    It is answered within 48 hours, FLASH within 15 minutes; these are
    proposals of the Understanding. On a line of more than two parties,
    address it to one.

    Example:
        openline contact request "Flights" --tier 2 --at +2h --at +4h --person "Gen. Ivanov"
        openline contact request "Review" --at 100800ZAPR17 --weekly-until 120800ZJUN17

    Args:
        subject: What about, in a few words.
        text: More, in words.
        at: When it could be: an instant, or +2h from now; give it again for each.
        tier: At which tier: 1 watch officer, 2 commander, 3 chief, 4 minister.
        person: Whom one would like to speak with; nobody is waited for.
        medium: How the parties talk.
        spoken_in: The language of the conversation; without it that of node.toml.
        interpreter: Whom we bring; give it again for each.
        record: What is kept of it.
        readout: How the public is told; without it, not at all.
        weekly_until: It recurs every week until this instant.
        reply_by: When the answer is needed; without it the agreed time.
        follows: The contact of ours that came to nothing, and that this one follows.
        exercise: It is asked for an exercise only.
        to: A party addressed; give it again for each. Without it, all.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast it is wanted.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    own = client.config.language
    fields: dict[str, Any] = {
        "tier": tier,
        "subject": subject,
        "times": [instant_text(one) for one in at],
        "persons": list(person),
        "medium": medium.name,
        "language": language or own,
        "spoken_in": spoken_in or language or own,
        "interpreters": list(interpreter),
        "record_mode": record.name,
        "text": text,
        "exercise": exercise,
    }
    if readout is not None:
        fields["readout_mode"] = readout.name
    fields |= instants_given(weekly_until=weekly_until, reply_by=reply_by)
    of = None
    if follows is not None:
        of = fields["of"] = reference_of(client, line, follows)
    say_message(
        options, "CONTACT", fields, client=client, line=line, precedence=precedence,
        reply_to=of, recipients=to, wait_s=wait,
    )  # fmt: skip


@verb(app)
def reply(
    serial: str,
    answer: ContactAnswer,
    text: str = "",
    /,
    *,
    at: Instants = (),
    weekly_until: str | None = None,
    reply_by: str | None = None,
    missed_by: tuple[str, ...] = (),
    person: tuple[str, ...] = (),
    language: str | None = None,
    precedence: Precedence = Precedence.PRIORITY,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Accept, counter, decline, call off, or say that a contact was missed.

    Where one time was proposed, ACCEPT needs none. A contact that was held is
    told by its call record, not here.

    Example:
        openline contact reply ALPHA-0016 accept
        openline contact reply ALPHA-0016 counter --at +6h "The commander is in the air."
        openline contact reply ALPHA-0016 decline "Not before the inquiry is over."
        openline contact reply ALPHA-0016 missed --missed-by bravo.example

    Args:
        serial: The contact.
        answer: What is answered.
        text: In words; needed with "decline" and "call-off".
        at: With "accept" which time, with "counter" other times; give it again for each.
        weekly_until: Until when it recurs; without it, with "accept", as it was proposed.
        reply_by: With "counter", when the answer is needed.
        missed_by: With "missed", the party that did not come; give it again for each.
        person: Who will come; give it again for each.
        language: Language of the words; without it the language of node.toml.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    of = reference_of(client, line, serial)
    fields: dict[str, Any] = {
        "of": of,
        "answer": answer.name,
        "missed_by": list(missed_by),
        "persons": list(person),
        "text": text,
        "language": language or client.config.language,
    }
    times = [instant_text(one) for one in at]
    if weekly_until is not None:
        fields["weekly_until"] = instant_text(weekly_until)
    if answer is ContactAnswer.ACCEPT:
        fields |= _accepted(client.get("/lines", line, "matters", serial), serial, times, fields)
    else:
        fields["times"] = times
    if reply_by is not None:
        fields["reply_by"] = instant_text(reply_by)
    say_message(
        options, "CONTACT_REPLY", fields, client=client, line=line, precedence=precedence,
        reply_to=of, wait_s=wait,
    )  # fmt: skip


def _accepted(
    matter: dict[str, Any], serial: str, times: list[str], given: dict[str, Any]
) -> dict[str, Any]:
    """The time that is accepted, and until when it recurs, as it was proposed."""
    instants = matter["standings"][0]["instants"]
    if not times:
        times = [format_instant(at) for name, at in instants.items() if name.startswith("time_")]
    if len(times) != 1:
        raise WrongUsage(
            f"{serial} proposes {len(times)} times: {', '.join(times)}.",
            "Say which one with --at.",
        )
    fields = {"at": times[0]}
    if "weekly_until" in instants and "weekly_until" not in given:
        fields["weekly_until"] = format_instant(instants["weekly_until"])
    return fields


@verb(app, name="list")
def list_contacts(
    *,
    language: Language | None = None,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the contacts, and what became of each agreed time.

    Example:
        openline contact list

    Args:
        language: Of the words that the program adds; without it that of node.toml.
        options: Which node and line, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    found = every(client, line, "contacts", language=language)
    emit({"contacts": found}, _list_rows(found), as_json=options.json)


@verb(app)
def next_tier(
    serial: str,
    /,
    *,
    send: bool = False,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Propose the contact at the next tier, after one was declined or not answered.

    It prints a draft with everything filled in, as JSON; nothing is said
    before you send it.

    Example:
        openline contact next-tier ALPHA-0016
        openline contact next-tier ALPHA-0016 --send --by "commander/Gen. Jones"

    Args:
        serial: The contact of ours that came to nothing.
        send: Say it at once.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    draft = client.get("/lines", line, "contacts", serial, "next-tier")
    if not send:
        rows = [
            f"Tier {draft['tier']} is offered to {', '.join(draft['recipients'])}:",
            *json.dumps(draft, indent=2, ensure_ascii=False).splitlines(),
            f"Say it with: openline contact next-tier {serial} --send",
        ]
        emit(draft, rows, as_json=options.json)
        return
    say_message(
        options, draft["kind"], draft["fields"], client=client, line=line,
        precedence=Precedence[draft["precedence"]], reply_to=draft["fields"]["of"],
        recipients=tuple(draft["recipients"]), wait_s=wait,
    )  # fmt: skip


@verb(app)
def secret(
    party: str,
    /,
    *,
    make: bool = False,
    enter: str | None = None,
    replace: bool = False,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Make, enter or compare the secret behind the challenge words with a party.

    One side makes it when the parties meet to compare their cards, and hands
    its words over on paper; the other side enters them. Both then read the
    four words of the fingerprint aloud. It never goes over the line.

    Example:
        openline contact secret bravo.example --make
        openline contact secret alpha.example --enter "cedar lagoon ..."
        openline contact secret bravo.example

    Args:
        party: The counterpart.
        make: Make a new one, and print its words to be handed over.
        enter: The words of the other side's paper.
        replace: Put it in the place of one that is kept already.
        options: Which node, and how to print.
    """
    from openline.adapters.voice_secret import keep_secret, make_secret

    config = options.config()
    if make and enter is not None:
        raise WrongUsage("--make and --enter exclude each other.", "One side makes, one enters.")
    if party == config.party:
        raise WrongUsage(f"{party} is this party itself.", "Name the counterpart.")
    shown: dict[str, Any] = {"party": party}
    if make or enter is not None:
        held = (
            make_secret(config.party, party)
            if enter is None
            else challenge.parse_secret(enter, (config.party, party))
        )
        shown["path"] = str(keep_secret(config.keys, party, held, replace=replace))
        if make:
            shown["words"] = challenge.secret_words(held)
    held = _secret(options, party)
    shown["fingerprint"] = challenge.fingerprint(held)
    shown["duress_word"] = challenge.duress_word(held, config.party)
    emit(shown, _secret_rows(shown), as_json=options.json)


@verb(app)
def words(
    party: str,
    /,
    *,
    card: int | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Show the challenge words of this half minute, or print a card.

    Each side reads its own two words aloud. They change every 30 seconds. A
    card has numbered rows for where there is no screen: each row is used once.

    Example:
        openline contact words bravo.example
        openline contact words bravo.example --card 7

    Args:
        party: The counterpart.
        card: Print the card of this number instead.
        options: Which node, and how to print.
    """
    held, config = _secret(options, party), options.config()
    if card is None:
        now = wall_clock_ms()
        rows = [challenge.row_at(held, now)]
        holds_until = (now // challenge.STEP_MS + 1) * challenge.STEP_MS
    else:
        rows, holds_until = challenge.card(held, card), None
    shown = {
        "party": party,
        "card": card,
        "holds_until": holds_until,
        "rows": [
            {name: list(row.of(held, name)) for name in (config.party, party)} for row in rows
        ],
    }
    emit(shown, _word_rows(shown, config.party, party), as_json=options.json)


@verb(app)
def hear(
    party: str,
    words: str,
    /,
    *,
    card: int | None = None,
    row: int | None = None,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> int:
    """Judge the words that the other side's speaker said.

    VERIFIED, FAILED, or DURESS: the speaker is made to speak. After FAILED and
    DURESS the call is unverified: call back on the known number, tell tier 2,
    and record the call with --unverified. Under DURESS let nothing be noticed.
    The exit code is 0 for VERIFIED and 1 for both others.

    Example:
        openline contact hear bravo.example "tulip magnet"
        openline contact hear bravo.example "tulip magnet" --card 7 --row 3

    Args:
        party: The counterpart.
        words: The two words as they were heard.
        card: They are of the printed card of this number.
        row: Of this row of the card.
        options: Which node, and how to print.
    """
    held = _secret(options, party)
    if (card is None) is not (row is None):
        raise WrongUsage("--card and --row belong together.", "Give both, or neither.")
    if card is None or row is None:
        heard = challenge.hear(held, party, words, wall_clock_ms())
    else:
        heard = challenge.hear_card(held, party, words, card, row)
    emit({"party": party, "heard": heard.value}, [_HEARD[heard]], as_json=options.json)
    return Exit.DONE if heard is Heard.VERIFIED else Exit.REFUSED


_HEARD = {
    Heard.VERIFIED: "VERIFIED: the speaker sees the table of words.",
    Heard.FAILED: (
        "FAILED: the call is UNVERIFIED. Call back on the known number; tell tier 2; record it "
        "with openline call record --unverified."
    ),
    Heard.DURESS: (
        "DURESS: the speaker is made to speak. Let nothing be noticed; rely on nothing; tell "
        "tier 2; record it with openline call record --unverified."
    ),
}


def _secret(options: Node, party: str) -> Secret:
    from openline.adapters.voice_secret import read_secret

    config = options.config()
    return read_secret(config.keys, config.party, party)


def _secret_rows(shown: dict[str, Any]) -> Iterator[str]:
    if "path" in shown:
        yield f"{shown['path']}: the voice secret with {shown['party']}."
    if "words" in shown:
        yield "Hand these words over on paper, and burn it when they are entered:"
        yield f"  {' '.join(shown['words'])}"
    yield "Read the fingerprint aloud and compare:"
    yield f"  {' '.join(shown['fingerprint'])}"
    yield f"Our duress word, to be learnt by heart: {shown['duress_word']}"


def _word_rows(shown: dict[str, Any], own: str, party: str) -> Iterator[str]:
    if shown["card"] is None:
        yield f"Until {format_instant(shown['holds_until'])}:"
        [row] = shown["rows"]
        yield f"  we say     {' '.join(row[own])}"
        yield f"  they say   {' '.join(row[party])}"
        return
    yield f"CARD {shown['card']} of {own} and {party}. Each row is used once: cross it out."
    cells = [
        (f"{number}", " ".join(row[own]), " ".join(row[party]))
        for number, row in enumerate(shown["rows"], start=1)
    ]
    yield from table(("ROW", f"{own} SAYS", f"{party} SAYS"), cells)


def _list_rows(contacts: list[dict[str, Any]]) -> Iterator[str]:
    if not contacts:
        yield "No contact was asked for."
    for contact in contacts:
        states = ", ".join(f"{party} {state}" for party, state in contact["states"].items())
        yield f"{contact['id']}  {contact['said']}  {dtg(contact['at'])}  {states}"
        for one in contact["occurrences"]:
            yield f"    {dtg(one['begins_at'])}  {one['outcome']}{_why(one)}"


def _why(occurrence: dict[str, Any]) -> str:
    if occurrence["record"]:
        return f", call record {occurrence['record']}"
    told = [
        f"by {' and '.join(one['parties']) or 'nobody known'}, says {one['said_by']}"
        for one in occurrence["missed_by"]
    ]
    return "".join(f", {one}" for one in told)
