"""What nobody has read: counted on both sides, bounded, and never a FLASH lost among texts."""

import pytest

from openline.domain.party import Precedence
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.text import Text, Translation
from openline.engine import awaiting_view
from tests.engine.views_script import COMMANDER, WATCH, Script, of, text

ALPHA, BRAVO, CHARLIE = "alpha.example", "bravo.example", "charlie.example"


def serials(rows: list[dict[str, object]]) -> list[object]:
    """The serials of some rows."""
    return [row["serial"] for row in rows]


def test_unread_on_both_sides_until_each_has_read() -> None:
    """Of three parties two are waited for; any word about a message counts as read."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    said = script.say(ALPHA, text())
    ours, theirs = script.views[ALPHA].awaiting, script.views[BRAVO].awaiting
    [row] = ours.unread_by_others()
    assert row["by"] == [BRAVO, CHARLIE]
    assert serials(theirs.unread()) == [f"ALPHA-{said:04d}"]
    script.say(BRAVO, Read(WATCH, of(ALPHA, said)))
    script.say(BRAVO, Read(COMMANDER, of(ALPHA, said)))
    assert ours.unread_by_others()[0]["by"] == [CHARLIE]
    assert theirs.unread() == []
    script.say(CHARLIE, Response(WATCH, of(ALPHA, said), Answer.NOTED))
    assert ours.unread_by_others() == []


def test_the_most_urgent_come_first_and_receipts_are_not_awaited() -> None:
    """A FLASH before a text; nobody waits for READ to be read, but for an objection."""
    script = Script().adopt()
    said = script.say(ALPHA, text())
    script.say(BRAVO, Read(WATCH, of(ALPHA, said)))
    script.say(BRAVO, text("routine"))
    flash = script.say(BRAVO, text("now"), precedence=int(Precedence.FLASH))
    noted = Response(WATCH, of(ALPHA, said), Answer.NOTED)
    script.say(BRAVO, noted)
    objected = script.say(BRAVO, Response(WATCH, of(ALPHA, said), Answer.OBJECTED, "No."))
    rows = script.views[ALPHA].awaiting.unread()
    assert [row["kind"] for row in rows] == ["TEXT", "TEXT", "RESPONSE"]
    assert rows[0]["serial"] == f"BRAVO-{flash:04d}"
    assert rows[-1]["serial"] == f"BRAVO-{objected:04d}"
    assert [one.index for one in script.views[ALPHA].awaiting.unread_flash()] == [flash]


def test_foreign_texts_wait_for_a_translation() -> None:
    """Neither our language nor a translation: it waits until it is answered, not only read."""
    script = Script().adopt()
    foreign = script.say(BRAVO, Text(WATCH, "ru", "Это ваши?"))
    translated = (Translation("en", "Are these yours?", "Sgt. Ivanov"),)
    script.say(BRAVO, Text(WATCH, "ru", "Это ваши?", translations=translated))
    script.say(BRAVO, text())
    waiting = script.views[ALPHA].awaiting
    assert [(row["serial"], row["language"]) for row in waiting.translations()] == [
        (f"BRAVO-{foreign:04d}", "ru")
    ]
    script.say(ALPHA, Read(WATCH, of(BRAVO, foreign)))
    assert len(waiting.translations()) == 1
    script.say(ALPHA, Response(WATCH, of(BRAVO, foreign), Answer.NOTED))
    assert waiting.translations() == []


def test_a_flood_forgets_texts_and_no_flash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound the oldest text goes, and the FLASH before all of them stays."""
    monkeypatch.setattr(awaiting_view, "AWAITING_MAX", 20)
    script = Script().adopt()
    flash = script.say(BRAVO, text("now"), precedence=int(Precedence.FLASH))
    for number in range(50):
        script.say(BRAVO, text(f"text {number}"))
    waiting = script.views[ALPHA].awaiting
    assert len(waiting.unread()) == 20
    assert waiting.forgotten == 31
    assert [one.index for one in waiting.unread_flash()] == [flash]


def test_a_long_list_is_cut_to_its_most_urgent_rows() -> None:
    """At most so many rows are made, and the counts tell of all."""
    script = Script().adopt()
    for number in range(5):
        script.say(BRAVO, text(f"text {number}"))
    flash = script.say(BRAVO, text("now"), precedence=int(Precedence.FLASH))
    waiting = script.views[ALPHA].awaiting
    assert serials(waiting.unread(2))[0] == f"BRAVO-{flash:04d}"
    assert len(waiting.unread(2)) == 2
    assert waiting.counts() == {"unread": 6, "unread_by_others": 0, "translations": 0}
