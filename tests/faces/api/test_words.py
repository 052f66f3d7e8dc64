"""States, alarms and outcomes as sentences, from the plain values that a node tells."""

import re
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from openline.adapters.wording import LANGUAGES, Wording
from openline.domain.errors import OurError
from openline.domain.line.templates import template_understanding
from openline.domain.line.terms import Timers
from openline.domain.talk.body import By
from openline.domain.talk.notice import Notice, Place
from openline.engine.message_view import Flag
from openline.faces.api import examples
from openline.faces.api.words import wording_of
from tests.domain.line.parties import two_cards
from tests.faces.conftest import ALPHA, BRAVO

NOW = 1_491_525_660_000
ISOLATED = re.compile("[\u2066\u2068][^\u2066-\u2069]*\u2069")
UNDERSTANDING = template_understanding("air", "syria-air", two_cards())
TIMERS: Timers = UNDERSTANDING.timers


def _scope(state: str = "IN_FORCE", since: int = NOW, **pending: int) -> dict[str, Any]:
    """One scope of one party, as `displayed` tells it."""
    changes = [{"status": status, "effective_at": at} for status, at in pending.items()]
    return {"state": state, "since": since, "pending": changes}


def _line() -> dict[str, Any]:
    """A line on which everything is as it should be."""
    line: dict[str, Any] = msgspec.to_builtins(examples.LINE_STATE)
    line["displayed"] = {
        "word": "ACTIVE",
        "checks": {BRAVO: {"state": "ANSWERED", "asked_at": None, "answered_at": NOW}},
        "declared": {
            party: {"air_safety": _scope(), "humanitarian": _scope()} for party in (ALPHA, BRAVO)
        },
        "contested": [],
    }
    [counterpart] = line["counterparts"]
    counterpart["circuits"][0]["last_tick_at"] = NOW - 3_400
    return line


def _said(line: dict[str, Any], language: str = "en") -> str:
    return Wording(language).line_sentence(line, TIMERS, NOW)


def test_a_line_that_works_says_on_what_that_rests() -> None:
    """The word in capitals; the last tick, the last answered check, and all scopes."""
    line = _line()
    assert Wording("en").line_word(line) == "ACTIVE"
    assert _said(line) == (
        "Last tick 3 s ago; line check answered 070041ZAPR17 by bravo.example; all scopes in "
        "force by both."
    )
    assert Wording("ru").line_word(line) == "ДЕЙСТВУЕТ"
    assert _said(line, "ru") == (
        "Последний сигнал 3 с назад; на проверку линии ответила сторона bravo.example в "
        "070041ZAPR17; все разделы в силе у обеих сторон."
    )
    assert Wording("ar").line_word(line) == "عامل"
    assert _said(line, "ar") == (
        "آخر نبضة قبل \u20663\u2069 ث؛ أجاب الطرف \u2066bravo.example\u2069 عن فحص الخط في "
        "\u2066070041ZAPR17\u2069؛ كل الأبواب سارية لدى الطرفين."
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"broken": "the node key is lost"}, "Nothing is signed here: “the node key is lost”;"),
        (
            {"can_sign": False, "waiting_for": [BRAVO]},
            "Nothing is signed here until confirmed by bravo.example;",
        ),
        ({"counterparts.is_forked": True}, "Two histories were shown by bravo.example;"),
        ({"counterparts.difference": ["x"]}, "Another Understanding is held by bravo.example;"),
        (
            {"displayed.contested": [
                {"party": BRAVO, "scope": "air_safety", "says": "SUSPENDED", "declared": "IN_FORCE"}
            ]},
            "Air safety is suspended by the word of bravo.example, but in force as it declared;",
        ),
        ({"circuits.last_tick_at": None, "circuits.state": "UNKNOWN"},
         "No tick heard yet from bravo.example;"),
        ({"circuits.is_connected": False}, "; no connection to bravo.example;"),
        ({"circuits.state": "DEGRADED"}, "; circuit primary to bravo.example: degraded;"),
        ({"counterparts.two_way_age_ms": None}, "; no sign yet that bravo.example hears us;"),
        ({"counterparts.two_way_age_ms": 40_000},
         "; no sign for 40 s that bravo.example hears us;"),
        ({"checks.asked_at": NOW, "checks.state": "UNTESTED"},
         "; line check of 070041ZAPR17 waits for bravo.example;"),
        ({"checks.asked_at": NOW, "checks.state": "LATE"},
         "; line check of 070041ZAPR17 not answered by bravo.example;"),
        ({"checks.answered_at": None, "checks.state": "UNTESTED"},
         "; no line check answered yet by bravo.example;"),
        ({"scope": _scope("SUSPENDED")},
         "; suspended by bravo.example since 070041ZAPR17: air safety; the other scopes in force."),
        ({"scope": _scope("TERMINATED")},
         "; ended for good by bravo.example since 070041ZAPR17: air safety; the other"),
        ({"scope": _scope("SUSPENSION_PENDING", SUSPENDED=NOW)},
         "; to be suspended by bravo.example from 070041ZAPR17: air safety; all scopes in force"),
        ({"scope": _scope("SUSPENDED", IN_FORCE=NOW)},
         "air safety; to be resumed by bravo.example from 070041ZAPR17: air safety; the other"),
        ({"scope": _scope("TERMINATION_PENDING", TERMINATED=NOW)},
         "; to be ended for good by bravo.example from 070041ZAPR17: air safety; all scopes"),
        ({"displayed.declared": {ALPHA: {"air_safety": _scope()},
                                 BRAVO: {"air_safety": _scope("NOT_IN_FORCE")}}},
         "; not adopted yet by bravo.example."),
    ],
)  # fmt: skip
def test_what_is_wrong_or_will_be_is_in_the_sentence(changes: dict[str, Any], said: str) -> None:
    """Whatever keeps a line from being active is said, with who and since when."""
    line = _line()
    places = {
        "displayed": line["displayed"],
        "counterparts": line["counterparts"][0],
        "circuits": line["counterparts"][0]["circuits"][0],
        "checks": line["displayed"]["checks"][BRAVO],
    }
    for path, value in changes.items():
        place, _, name = path.rpartition(".")
        if path == "scope":
            line["displayed"]["declared"][BRAVO]["air_safety"] = value
        else:
            places.get(place, line)[name] = value
    assert said in _said(line)
    for language in LANGUAGES:
        assert "{" not in _said(line, language)
    assert not re.search("[0-9]", ISOLATED.sub("", _said(line, "ar")))


def test_a_line_of_three_names_whose_tick_it_was() -> None:
    """Where there are several counterparts, each tick is told with its party."""
    line = _line()
    third = {**deepcopy(line["counterparts"][0]), "party": "charlie.example"}
    line["counterparts"].append(third)
    line["displayed"]["declared"]["charlie.example"] = {"air_safety": _scope()}
    line["displayed"]["declared"] |= {party: {"air_safety": _scope()} for party in (ALPHA, BRAVO)}
    said = _said(line)
    assert "ast tick of bravo.example 3 s ago; last tick of charlie.example 3 s ago;" in said
    assert said.endswith("; all scopes in force by all parties.")


def test_what_is_suspended_comes_before_what_will_be() -> None:
    """Of two changes the one that holds already is said first, whoever made it."""
    line = _line()
    line["displayed"]["declared"][ALPHA]["humanitarian"] = _scope(SUSPENDED=NOW)
    line["displayed"]["declared"][BRAVO]["air_safety"] = _scope("SUSPENDED")
    said = _said(line)
    assert said.index("suspended by bravo.example since") < said.index("to be suspended by alpha")


OF = {"party": BRAVO, "index": 7, "serial": "BRAVO-0007"}
ALARMS: dict[str, tuple[dict[str, Any], str]] = {
    "QUERY_ACK": (
        OF,
        "bravo.example asks whether BRAVO-0007 arrived: no officer here has read it. Read it.",
    ),
    "NOT_PASSED_ON": (
        {**OF, "by": BRAVO, "at": NOW, "level": "UNIT"},
        "NOT PASSED ON: bravo.example has not said by 070041ZAPR17 that BRAVO-0007 reached: units.",
    ),
    "ANSWER_ANEW": (
        {**OF, "notice_id": "BRAVO-1", "by": BRAVO, "answer": "NOTED", "version": 1, "due_at": NOW},
        "Notice BRAVO-1 of bravo.example became wider than version 1, which bravo.example answered",
    ),
    "CALL_UNVERIFIED": (
        {
            "party": BRAVO,
            "index": 7,
            "serial": "BRAVO-0007",
            "call": "call 1",
            "authenticated": "NONE",
            "tier": 2,
        },
        "UNVERIFIED call “call 1”, recorded by bravo.example (BRAVO-0007): call back",
    ),
    "RINGING": (
        {**OF, "post": "watch", "subject": "Flights"},
        "bravo.example rings the post “watch” (BRAVO-0007): “Flights”. Take the call",
    ),
    "CALL_FINGERPRINT": (
        {"party": BRAVO, "call": "ALPHA-0016", "whose": ALPHA, "recorded": "00", "seen": "01"},
        "CUT THE CALL ALPHA-0016: by the word of bravo.example the end of alpha.example has",
    ),
    "READOUT_DIFFERS": (
        {
            "party": BRAVO,
            "index": 9,
            "serial": "BRAVO-0009",
            "readout": "ALPHA-0022",
            "languages": "en, ru",
        },
        "bravo.example has published (BRAVO-0009) as the agreed text of readout ALPHA-0022 what",
    ),
    "EPOCH": (
        {"party": BRAVO, "origin": f"{BRAVO}/syria-air/out/2", "reason": "Lost.", "disowned": 2},
        "bravo.example goes on in a new outbox, bravo.example/syria-air/out/2.",
    ),
    "FLASH": (
        {**OF, "kind": "TEXT"},
        "bravo.example has sent BRAVO-0007 with the precedence FLASH.",
    ),
    "CONFLICT": (
        {
            "party": BRAVO,
            "sides": [
                {"party": ALPHA, "notice_id": "ALPHA-N-0001"},
                {"party": BRAVO, "notice_id": "BRAVO-N-0002"},
            ],
            "verdict": "CONFLICT",
            "overlap_from": NOW,
            "overlap_until": NOW + 60_000,
        },
        "alpha.example ALPHA-N-0001 and bravo.example BRAVO-N-0002 come nearer to each other than "
        "was agreed. Both are in force from 070041ZAPR17 until 070042ZAPR17.",
    ),
    "CONFLICTS_UNLISTED": (
        {"party": BRAVO, "unlisted": 3},
        "Conflicts with notices of bravo.example beyond those that can be listed: 3.",
    ),
    "PRIVATE_CONFLICT": (
        {
            "party": BRAVO,
            "private": "Observers East",
            "notice_id": "BRAVO-N-0002",
            "verdict": "CONFLICT",
            "overlap_from": NOW,
            "overlap_until": NOW + 60_000,
        },
        "Notice bravo.example BRAVO-N-0002 comes nearer to “Observers East” than was agreed. "
        "Both are in force from 070041ZAPR17 until 070042ZAPR17. bravo.example does not "
        "know of it: what is kept private is on this node alone.",
    ),
    "PRIVATE_CONFLICTS_UNLISTED": (
        {"party": BRAVO, "unlisted": 3},
        "3 conflicts with what is kept private are too many to be listed, on account of "
        "bravo.example.",
    ),
    "IN_FORCE_UNREAD": (
        {**OF, "notice_id": "BRAVO-N-0002", "unread_by": [ALPHA]},
        "Notice BRAVO-N-0002 of bravo.example is in force and has not been read by alpha.example.",
    ),
    "DECLARED": (
        {**OF, "scopes": ["air_safety"], "status": "SUSPENDED", "effective_at": NOW},
        "bravo.example suspends these scopes for its own part from 070041ZAPR17: air safety. Read "
        "BRAVO-0007.",
    ),
    "STATE_CHANGED": (
        {**OF, "scope": "air_safety", "before": "IN_FORCE", "after": "SUSPENDED"},
        "What bravo.example declared in BRAVO-0007 has taken effect: air safety was in force, now "
        "suspended.",
    ),
    "ZONE_ENTERED": (
        {
            "party": BRAVO,
            "notice_id": "movement/B-1",
            "zone_id": "A-Z-1",
            "entered_at": NOW,
            "draft": "x",
        },
        "bravo.example enters our zone A-Z-1 by movement/B-1 without contact before. In the zone "
        "from 070041ZAPR17.",
    ),
    "REVALIDATION_DUE": (
        {**OF, "first": "B-S-1"},
        "Sites or zones of bravo.example are to be validated anew, first B-S-1.",
    ),
    "VIEWS_DIFFER": (
        {"party": BRAVO, "about": ALPHA},
        "bravo.example holds another record of what alpha.example said than this node.",
    ),
    "CLOCKS_DIFFER": (
        {"party": BRAVO, "offset_ms": -61_000},
        "The clock of bravo.example and ours are 1 min 1 s apart.",
    ),
    "UNDERSTANDINGS_DIFFER": (
        {"party": BRAVO, "difference": "timers.tick: 10 s → 5 s"},
        "bravo.example holds another Understanding: “timers.tick: 10 s → 5 s”.",
    ),
    "FORK": (
        {"party": BRAVO, "what": "two roots\u202e"},
        "bravo.example has signed two histories that contradict each other: “two roots⟨U+202E⟩”.",
    ),
    "JOURNAL_FORK": (
        {"party": BRAVO, "what": "two roots"},
        "bravo.example has signed two journals that contradict each other: “two roots”.",
    ),
    "ENTRIES_TAKEN_BACK": (
        {"party": BRAVO, "what": "2 entries less than before"},
        "bravo.example takes back in its ticks what it had signed: “2 entries less than before”.",
    ),
    "OWN_ENTRIES_LOST": (
        {"party": BRAVO, "from": 7, "until": 9},
        "A tick of ours that bravo.example holds tells of our messages 7 to 8, which nobody has.",
    ),
    "OWN_HISTORY_DIFFERS": (
        {"party": BRAVO},
        "bravo.example holds another history of our messages, signed with our key.",
    ),
    "MATTER": (
        {"party": BRAVO, "subject": "query", "matter": "BRAVO-0009"},
        "bravo.example has put to us: query BRAVO-0009",
    ),
    "CLOCK": (
        {
            "party": BRAVO,
            "subject": "query",
            "matter": "ALPHA-0014",
            "clock": "reply",
            "at": NOW,
            "tier": 2,
            "tell": [{"post": "commander", "tier": 2, "is_on_call": True}],
        },
        "bravo.example owed an answer to query ALPHA-0014 by 070041ZAPR17; tier 2 must know. "
        "To be told now: commander (tier 2, on call).",
    ),
    "MATTERS_UNLISTED": (
        {"party": BRAVO},
        "bravo.example has more open matters than are kept",
    ),
    "LOST": (
        {"party": BRAVO, "since": NOW, "by": [NOW, NOW, NOW]},
        "On no circuit do bravo.example and we hear each other; so it is since",
    ),
    "UNMANNED": (
        {"party": BRAVO, "post": "watch", "officer": "Maj. Petrov"},
        "bravo.example says that nobody is on watch at its post “watch”.",
    ),
    "SOURCE_SILENT": (
        {"name": "bravo.example", "address": "https://m.example/feed", "since": NOW},
        "The public source bravo.example (https://m.example/feed) gives no text since",
    ),
    "OWN_KEY_ELSEWHERE": (
        {"party": BRAVO, "from": 7},
        "bravo.example holds messages of ours from 7 on that this node never wrote.",
    ),
}


def _alarm(name: str, facts: dict[str, Any], over_at: int | None = None) -> dict[str, Any]:
    return {**msgspec.to_builtins(examples.ALARM), "name": name, "facts": facts, "over_at": over_at}


@pytest.mark.parametrize("name", ALARMS)
def test_every_alarm_says_what_it_is_about(name: str) -> None:
    """An alarm is whole sentences with party, place and time, in each language."""
    facts, said = ALARMS[name]
    assert Wording("en").alarm(_alarm(name, facts)).startswith(said)
    for language in LANGUAGES:
        words = Wording(language).alarm(_alarm(name, facts, over_at=NOW))
        assert "bravo.example" in words
        assert "070041ZAPR17" in words
        assert "{" not in words
        assert "\u202e" not in words


def test_no_alarm_of_the_engine_is_without_words(repository: Path) -> None:
    """Every name under which the engine raises an alarm is one that is worded."""
    engine = repository / "src/openline/engine"
    found = set(
        re.findall(
            r'^[A-Z_]+: Final = "([A-Z_]*[A-Z])"', (engine / "alarm_view.py").read_text(), re.M
        )
    )
    for path in engine.glob("*.py"):
        text = path.read_text()
        found |= set(re.findall(r'raise_alarm\(\s*"([A-Z_]+)"', text))
        found |= set(re.findall(r': \("([A-Z_]+)", Precedence\.', text))
    assert len(found) >= len(ALARMS)
    assert found == set(ALARMS)


def test_alarms_that_are_counted_in_one_say_how_many() -> None:
    """The alarm that stands for further ones says their number, sort and party."""
    said = Wording("en").alarm(_alarm("FLASH", {"party": BRAVO, "further": 12}))
    assert said == (
        "Alarms of the sort FLASH about bravo.example that are not listed one by one: 12."
    )
    told = Wording("en").alarm(_alarm("CONFLICT", {"party": BRAVO, "further": 1}))
    assert told.endswith("one by one: 1. Look at the conflicts, the gravest first.")


def test_an_alarm_of_a_later_version_is_shown_as_it_is() -> None:
    """What is not known yet is shown by name and facts, made visible."""
    said = Wording("en").alarm(_alarm("NEW_SORT", {"party": BRAVO, "what": "a\u202eb"}))
    assert said == "NEW_SORT: party bravo.example what a⟨U+202E⟩b"


def test_what_became_of_a_message_is_said_in_each_language() -> None:
    """Receipt, reading, read-back, answer and doubts are sentences, with who and when."""
    message = msgspec.to_builtins(examples.MESSAGE)
    [read] = message["marks"]["read"]
    message["marks"]["answered"] = [{**read, "said": "OBJECTED", "serial": "BRAVO-0009"}]
    message["marks"]["read_back"] = [{**read, "said": "I_READ_BACK"}]
    message["flags"] = ["BACKDATED", "NEW_FLAG"]
    assert Wording("en").outcome(message).splitlines() == [
        "Delivered to bravo.example at 070040ZAPR17 (2017-04-07T00:40:00.400Z).",
        "Read at 070041ZAPR17 by “Maj. Petrov”, post “watch”, of bravo.example (BRAVO-0008).",
        "Read back at 070041ZAPR17 by “Maj. Petrov”, post “watch”, of bravo.example (BRAVO-0008): "
        "values repeated.",
        "Answered at 070041ZAPR17 by “Maj. Petrov”, post “watch”, of bravo.example (BRAVO-0009): "
        "objected to.",
        "Its author dates it before what the author had said or seen already.",
        "NEW_FLAG",
    ]
    assert "Ответ в 070041ZAPR17" in Wording("ru").outcome(message)
    assert "Delivered" not in Wording("ar").outcome(message)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("flag", Flag)
def test_every_flag_of_a_message_is_worded(language: str, flag: Flag) -> None:
    """Whatever is doubtful about a message is told in a sentence, not by a name."""
    message = {**msgspec.to_builtins(examples.MESSAGE), "flags": [flag.name]}
    assert str(flag.name) not in Wording(language).outcome(message)


def test_what_became_of_a_notice_is_said() -> None:
    """Where it stands, its versions and its conflicts are sentences."""
    notice = msgspec.to_builtins(examples.NOTICE_WHOLE)
    [first] = notice["versions"]
    notice["versions"] = [first, {**first, "version": 2, "operation": "REPLACE"}]
    assert Wording("en").notice_outcome(notice).splitlines() == [
        "With bravo.example: read.",
        "Version 1: new, ALPHA-0012.",
        "Version 2: replacement, ALPHA-0012.",
        "In conflict with notice BRAVO-0001 of bravo.example.",
    ]


def test_a_misspelt_kind_or_category_is_remarked() -> None:
    """A kind or category that the Understanding does not name is told with those it names."""
    notice = Notice(
        By("watch", "Lt Smith"),
        "A-0042",
        "strike",
        "missile",
        (),
        Place("at Shayrat airfield"),
        "x",
    )
    wording = Wording("en")
    assert wording.remarks(notice, UNDERSTANDING) == []
    [kind, category] = wording.remarks(
        replace(notice, kind="missle", category="stryke"), UNDERSTANDING
    )
    assert "missle" in kind
    assert "air, missile, presence, unmanned" in kind
    assert "stryke" in category
    assert "strike" in category


def test_sentences_are_in_the_language_of_the_node_unless_asked() -> None:
    """The node's language is taken, or English where it has no sentences; others by name."""

    def config(language: str) -> Any:
        return SimpleNamespace(language=language)

    assert wording_of(config("ru"), None).language == "ru"
    assert wording_of(config("de"), None).language == "en"
    assert wording_of(config("ru"), "ar").language == "ar"
    with pytest.raises(OurError, match="no sentences in 'de'"):
        wording_of(config("en"), "de")
