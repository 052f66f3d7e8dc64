"""What officers did on their own node, in words of each language."""

import re

import pytest

from openline.adapters.wording import Wording
from openline.adapters.wording.acts import about
from openline.adapters.wording.forms import FormWords
from openline.adapters.wording.marking import LANGUAGES

ENGLISH = re.compile("[A-Za-z]{4}")

ACTS = [
    ("SAID_MESSAGE", "ALPHA-0014 QUERY", "Query ALPHA-0014"),
    ("SAID_MESSAGE", "ALPHA-0015 EPOCH", "New outbox ALPHA-0015"),
    ("DRAFTED", "DECLARATION ab12", "Declaration ab12"),
    ("PERSON_CHANGED", "Lt. X · added", "Lt. X · added to the people"),
    ("SIGNED_IN", "Lt. X · link, ::1 · Fire", "Lt. X · link, ::1 · Fire"),
    ("SIGNED_IN", "Lt. X · link, ::1 Fire", "Lt. X · by link · ::1 Fire"),
    ("LINK_MADE", "Lt. X · link", "Lt. X · by link"),
    ("SIGN_IN_FAILED", "password, ::1", "by password and code · ::1"),
    ("ADOPTED", "12ab", "The Understanding has the SHA-256 12ab."),
    ("TRUST_OWN_COPY", "7", "The outbox held 7 messages."),
    ("ACKNOWLEDGED", "GONE/1", "GONE/1"),
    ("KEPT", "plan-1", "plan-1"),
    ("OFFERED_WATCH", "", ""),
]


@pytest.mark.parametrize(("act", "held", "said"), ACTS)
def test_what_an_act_is_about_is_told_in_words(act: str, held: str, said: str) -> None:
    """The journal's own words become sentences; names and addresses stay as they were."""
    wording = Wording("en")
    found = about(wording, {"act": act, "about": held}, {}, FormWords(wording).title)
    assert found == said


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_nothing_of_the_journals_english_is_left(language: str) -> None:
    """In other languages only names, addresses, ids and hashes have Latin letters."""
    wording = Wording(language)
    title = FormWords(wording).title
    for act, held, _ in ACTS:
        if act in ("SAID_MESSAGE", "PERSON_CHANGED", "LINK_MADE", "SIGN_IN_FAILED"):
            found = about(wording, {"act": act, "about": held}, {}, title)
            assert not ENGLISH.search(found.replace("ALPHA", "")), found


def test_an_alarm_that_is_still_told_is_told_by_its_sentence() -> None:
    """Whoever reads of an acknowledgement need not look the alarm up."""
    facts = {"serial": "BRAVO-0003", "party": "bravo.example"}
    alarm = {"id": "FLASH/b/1/3", "name": "FLASH", "facts": facts, "over_at": None}
    act = {"act": "ACKNOWLEDGED", "about": alarm["id"]}
    wording = Wording("en")
    found = about(wording, act, {str(alarm["id"]): alarm}, FormWords(wording).title)
    assert "BRAVO-0003" in found
    assert found == wording.alarm(alarm)
