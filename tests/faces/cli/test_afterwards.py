"""Coded messages, corrections, query-acks, passing on and translations, between real nodes."""

from pathlib import Path
from typing import Any

import pytest

from tests.faces.conftest import Line, Outcome, Run


class Officer:
    """Somebody who uses the command line at one of the nodes."""

    def __init__(self, openline: Run, directory: Path) -> None:
        self.openline = openline
        self.directory = directory

    def __call__(self, *words: object) -> Outcome:
        """Do a verb at this officer's node."""
        return self.openline(*words, "--dir", self.directory)

    def done(self, *words: object) -> Any:
        """What a verb that must succeed answers in JSON."""
        outcome = self(*words, "--json")
        assert outcome.code == 0, outcome.err
        return outcome.json

    def said(self, *words: object) -> str:
        """The serial of something that is said and delivered."""
        said = self.done(*words, "--wait", 20)
        assert said["is_delivered"], said
        return str(said["serial"])

    def told(self, serial: str, language: str = "en") -> str:
        """A message as an officer reads it, with what became of it."""
        return self("log", "show", serial, "--language", language).out

    def due(self) -> set[tuple[str, str]]:
        """What this party owes: matter and clock."""
        return {(row["matter"], row["clock"]) for row in self.done("due", "--ours")["due"]}


@pytest.fixture
def alpha(openline: Run, line: Line) -> Officer:
    """The officer at Alpha's node."""
    return Officer(openline, line.alpha)


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line.bravo)


def test_a_coded_warning_is_read_in_each_language(alpha: Officer, bravo: Officer) -> None:
    """Coded 02 reads in English, Russian and Arabic without a translator, and takes WILCO."""
    place = "2 km west of Shayrat airfield"
    serial = alpha.said("coded", 2, f"place={place}", "position=34.49,36.88")
    english = bravo.told(serial)
    assert f"CEASE. You are engaging our people. Place: “{place}”" in english
    assert "34°29'24.0\"N" in english
    assert "ПРЕКРАТИТЕ. Вы ведёте огонь по нашим людям." in bravo.told(serial, "ru")
    assert "توقفوا. أنتم تشتبكون مع أفرادنا." in bravo.told(serial, "ar")
    assert bravo.done("matter", "show", serial)["subject"] == "warning"
    bravo.said("warning", "answer", serial, "wilco")
    assert alpha.done("matter", "show", serial)["states"] == {"bravo.example": "WILCO"}


def test_a_coded_question_is_held_answered_and_taken_back(alpha: Officer, bravo: Officer) -> None:
    """Coded 01 is a query: 08 holds it, 11 of its author closes it."""
    serial = alpha.said("coded", 1, "objects=eight trucks", "place=5 km east of Khasham")
    bravo.said("coded", 8, f"message={serial}", "answer_by=+10min")
    assert alpha.done("matter", "show", serial)["states"] == {"bravo.example": "HOLDING"}
    alpha.said("coded", 11, f"message={serial}")
    assert bravo.done("matter", "show", serial)["states"] == {"bravo.example": "CLOSED"}
    assert "TO BE DISREGARDED" in bravo.told(serial)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((2,), "place is missing."),
        ((2, "here"), "'here' is no value of 02 CEASE."),
        ((2, "place=a", "place=b"), "is no value of 02 CEASE."),
        ((2, "place=a", "position=north"), "'north' is no position."),
        ((99,), "The code book has no 99."),
        ((3, "minutes=soon", "place=a", "radius_km=5", "position=1,1"), "is no whole number."),
        ((2, "place=" + "x" * 81), "has 81 characters"),
    ],
)
def test_a_coded_message_that_is_not_of_the_book_is_refused(
    alpha: Officer, words: tuple[object, ...], told: str
) -> None:
    """What is missing or wrong is named, with the values that there are."""
    outcome = alpha("coded", *words)
    assert outcome.code != 0
    assert told in outcome.err


def test_a_code_book_is_shown_checked_and_hashed(alpha: Officer, openline: Run) -> None:
    """The agreed book and the shipped one are one; the row for the Understanding is printed."""
    agreed = alpha.done("code-book", "show")
    shipped = openline("code-book", "show", "standard-1", "--json").json
    assert agreed == shipped
    assert "02 CEASE  (FLASH, acts as WARNING" in alpha("code-book", "show", "--number", 2).out
    checked = openline("code-book", "check", "standard-1", "--languages", "ru", "--json").json
    assert checked["hash"] == agreed["hash"]
    assert checked["entries"] == 12
    assert "fr" in openline("code-book", "check", "standard-1", "--languages", "fr").err
    row = openline("code-book", "hash", "--json").json["row"]
    assert row.startswith('code_book = "')
    assert openline("code-book", "check", "nowhere.toml").code == 3


def test_a_correction_is_shown_beside_the_original(alpha: Officer, bravo: Officer) -> None:
    """Both values are shown, the read-back is owed, and CORRECT ends it."""
    serial = alpha.said(
        "query", "ask", "--question", "are-these-yours", "--objects", "trucks", "--count", 8,
        "--place", "5 km east of Khasham",
    )  # fmt: skip
    wrong = alpha("correct", serial, "objects[0].count", 9, 80, "--cause", "A digit was lost.")
    assert f"objects[0].count of {serial} is '8', not '9'." in wrong.err
    fix = alpha.said("correct", serial, "objects[0].count", 8, 80, "--cause", "A digit was lost.")
    shown = bravo.done("log", "show", serial)
    assert shown["body"]["objects"][0]["count"] == 8
    assert shown["corrected"]["objects"][0]["count"] == 80
    told = bravo.told(serial)
    assert f"{fix} corrects the value objects[0].count" in told
    assert "number 8." in told
    assert (fix, "read_back") in bravo.due()
    bravo.said("read-back", fix, "80 trucks")
    alpha.said("read-back", fix, "--verdict", "correct")
    assert (fix, "read_back") not in bravo.due()
    assert alpha.done("matter", "show", fix)["states"] == {"bravo.example": "CONFIRMED"}


def test_what_was_asked_about_is_read(alpha: Officer, bravo: Officer) -> None:
    """`due` says when to ask; who is asked owes a reading, and READ ends it."""
    serial = alpha.said("say", "Say again your last.")
    assert (serial, "query_ack") in alpha.due()
    alpha.said("query-ack", serial)
    assert (serial, "asked") in bravo.due()
    assert f"{serial} arrived: no officer here has read it" in bravo("alarms").out
    bravo.said("read", serial)
    assert (serial, "asked") not in bravo.due()
    assert (serial, "query_ack") not in alpha.due()
    assert "has read it" in alpha("query-ack", serial).err


def test_passing_on_is_told_with_level_and_time(alpha: Officer, bravo: Officer) -> None:
    """The asker sees to whom a message was passed on, and that it is the other's own word."""
    serial = alpha.said("say", "A convoy of twelve leaves at 0900Z.")
    bravo.said("passed-on", serial, "unit", "--recipient", "battery at Shayrat")
    told = alpha.told(serial)
    assert "Passed on to units at " in told
    outcome = bravo("passed-on", serial, "unit", "--at", "-2h")
    assert "was received at" in outcome.err


def test_translations_keep_the_original_and_label_the_machine(
    alpha: Officer, bravo: Officer
) -> None:
    """A gist is labelled and leaves the linguists their work; what a person certified does not."""
    serial = alpha.said("say", "Our notice stands.")

    def waiting() -> list[str]:
        return [
            one["serial"] for one in bravo.done("translation", "list", "--into", "ru")["messages"]
        ]

    assert serial in waiting()
    bravo.said(
        "translation", "add", serial, "Наше объявление в силе.", "--into", "ru",
        "--translator", "program 4", "--machine",
    )  # fmt: skip
    assert serial in waiting()
    told = alpha.told(serial)
    assert "A machine's translation into Russian, a gist only, by “program 4”:" in told
    assert "the agreed word for it, “уведомлен”, is not there." in told
    bravo.said(
        "translation", "add", serial, "Наше уведомление в силе.", "--into", "ru",
        "--translator", "Lt. Petrova", "--certified-by", "Maj. Haddad",
    )  # fmt: skip
    assert serial not in waiting()
    told = alpha.told(serial)
    assert "It is certified by “Maj. Haddad”." in told
    assert "Our notice stands." in told
    check = ("translation", "check", "Our notice stands.")
    assert alpha.done(*check, "Уведомление в силе.", "--of", "en", "--into", "ru")["remarks"] == []
    assert len(alpha.done(*check, "Да.", "--of", "en", "--into", "ru")["remarks"]) == 1


def test_a_text_goes_with_its_translation(alpha: Officer, bravo: Officer) -> None:
    """`say --translation` puts both on the record; without a translator it is refused."""
    words = ("say", "They are not ours.", "--translation", "ru=Это не наши.")
    assert "--translator is missing." in alpha(*words).err
    serial = alpha.said(*words, "--translator", "Lt. Petrova")
    assert "A translation into Russian by “Lt. Petrova”:" in bravo.told(serial)
    assert "is no translation" in alpha("say", "x", "--translation", "x").err


def test_letters_that_pass_for_others_are_refused_and_names_stay(alpha: Officer) -> None:
    """An officer is told of them before anything is said; names in one script stay."""
    refused = alpha("say", "Sh\u0430yrat at 0140Z.")
    assert refused.code == 1
    assert "has the letter U+0430 at position 3" in refused.err
    serial = alpha.said("say", "Принято.", "--by", "watch/полковник Иванов", "--language", "ru")
    assert "“полковник Иванов”" in alpha.told(serial)
