"""Pages of real nodes: what stands on them, in three languages, and how they are served."""

import http.client
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from openline.adapters.wording import LANGUAGES
from openline.domain.instant import format_instant
from openline.faces import unix
from openline.faces.cli.client import Refused
from openline.faces.console import notice_pages, pages
from openline.faces.console.printing import POLICY, STYLE_PATH
from tests.faces.api.test_incidents import FIELDS, incident_fields
from tests.faces.api.test_incidents import say as say_priority
from tests.faces.api.test_reading import notice_fields, say
from tests.faces.conftest import ALPHA, BRAVO, LINE, Line, wait_until
from tests.faces.console.reader import Reader, check_harmless

PRINT = f"/print/lines/{LINE}"
HOSTILE = "<script>alert(1)</script> Are these yours?"


@dataclass(frozen=True)
class Answer:
    """What a node answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def page(self) -> str:
        """The page."""
        assert self.headers["content-type"].startswith("text/html"), self.body
        return self.body.decode()

    @property
    def words(self) -> str:
        """The words on the page, with single spaces."""
        return re.sub(r"\s+", " ", Reader(self.page).words)


class _Connection(http.client.HTTPConnection):
    def __init__(self, line: Line, name: str) -> None:
        super().__init__("openline", timeout=60)
        self._socket = line.client(name).config.socket

    def connect(self) -> None:
        self.sock = unix.connect(self._socket, 60)


def ask(line: Line, path: str, name: str = "alpha", **query: Any) -> Answer:
    """The answer to a browser at a node's socket."""
    connection = _Connection(line, name)
    target = f"{path}?{urlencode(query)}" if query else path
    try:
        connection.request("GET", target, headers={"accept": "text/html,*/*"})
        answer = connection.getresponse()
        headers = {key.lower(): held for key, held in answer.getheaders()}
        return Answer(answer.status, headers, answer.read())
    finally:
        connection.close()


def shown(line: Line, path: str, **query: Any) -> Answer:
    """A page that is there, and is harmless."""
    answer = ask(line, path, **query)
    assert answer.status == 200, answer.body
    assert answer.headers["content-security-policy"] == POLICY
    read = Reader(answer.page)
    assert not {"script", "style", "iframe", "form"} & set(read.tags)
    return answer


def text(line: Line, words: str = HOSTILE, **more: Any) -> dict[str, Any]:
    """A text of Alpha that Bravo has receipted."""
    said: dict[str, Any] = say(line, "TEXT", {"language": "en", "text": words, **more})
    return said


@pytest.mark.parametrize(
    ("language", "title", "delivered"),
    [("en", "Watch log of the line", "Delivered to"), ("ru", "Журнал вахты линии", "Доставлено"),
     ("ar", "سجل المناوبة للخط", "سُلّمت")],
)  # fmt: skip
def test_the_log_has_each_message_with_its_marks(
    line: Line, language: str, title: str, delivered: str
) -> None:
    """Serial, parties, kind, words and marks of a message stand on the page of the log."""
    said = text(line)
    of = {"party": ALPHA, "index": said["index"]}
    read = say(line, "READ", {"of": of}, "bravo")
    path = ("/lines", LINE, "messages", ALPHA, str(said["index"]))
    wait_until(lambda: line.client().get(*path)["marks"]["read"])
    answer = shown(line, f"{PRINT}/log", language=language)
    check_harmless(answer.page)
    for words in (title, said["serial"], read["serial"], HOSTILE, delivered, "TEXT", BRAVO):
        assert words in answer.words
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in answer.page


def test_a_log_of_a_window_holds_what_was_recorded_in_it(line: Line) -> None:
    """Only messages of the window stand there; one that ends before all has none."""
    said = text(line, "Recorded in a window.")
    path = ("/lines", LINE, "messages", ALPHA, str(said["index"]))
    at = line.client().get(*path)["recorded_at"]
    window = {"from": format_instant(at), "until": format_instant(at + 1)}
    answer = shown(line, f"{PRINT}/log", **window, language="en")
    assert said["serial"] in answer.words
    assert "ALPHA-0000" not in answer.words
    assert "by the clock of this node" in answer.words
    empty = shown(line, f"{PRINT}/log", until="2001-01-01T00:00:00Z")
    assert "All 0 messages stand here." in empty.words
    assert "table" not in Reader(empty.page).tags


def test_a_long_log_says_what_is_left_out_and_leads_on(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page holds so many messages, says how many follow, and links to them."""
    text(line, "One of several.")
    monkeypatch.setattr(pages, "PRINTED_MESSAGES_MAX", 2)
    first = shown(line, f"{PRINT}/log", language="en")
    count = len(line.client().get("/lines", LINE, "messages", count=1000)["messages"])
    assert re.search(rf"Of {count}\d* messages 2 stand here; \d+ follow", first.words)
    [address] = [held for held in Reader(first.page).attributes["href"] if "log?" in held]
    assert address == f"{PRINT}/log?language=en&after=2"
    second = shown(line, address)
    assert "2 earlier ones stand on the pages before." in second.words
    rows = [Reader(one.page).tags.count("tr") for one in (first, second)]
    assert rows == [3, 3]


def test_a_page_of_many_letters_ends_before_its_count(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page ends with the message that brings it beyond its letters."""
    text(line, "One of several.")
    monkeypatch.setattr(pages, "PRINTED_CHARS_MAX", 10)
    assert Reader(shown(line, f"{PRINT}/log").page).tags.count("tr") == 2


def test_a_message_stands_whole_beside_its_translations(line: Line) -> None:
    """Original and translation stand side by side, with corrections, marks and the receipt."""
    translation = {
        "language": "ar", "text": "هل هذه لكم؟", "translator": "MT 4", "is_machine": True,
        "reviewed_by": "Sgt Hill",
    }  # fmt: skip
    said = text(line, "Are these yours at 0140Z?", translations=[translation])
    correction = {
        "of": {"party": ALPHA, "index": said["index"]}, "field": "text",
        "old": "Are these yours at 0140Z?", "new": "Are these yours at 0240Z?", "cause": "Misread.",
    }  # fmt: skip
    corrected = say(line, "CORRECTION", correction)
    answer = shown(line, f"{PRINT}/messages/{ALPHA}/{said['index']}", language="en")
    assert 'lang="ar">هل هذه لكم؟</p>' in answer.page
    assert "by a machine, Arabic, by “MT 4”" in answer.words
    for words in (corrected["serial"], "0240Z", "Misread.", "Receipt: bravo.example holds the"):
        assert words in answer.words
    assert re.search(rf"It is entry {said['index']} of {ALPHA}/{LINE}/out", answer.words)
    assert re.search(r"[0-9a-f]{64}", answer.words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_has_all_versions_and_their_differences(line: Line, language: str) -> None:
    """Each version is listed, and what it changes stands before and after, word by word."""
    issued = say(line, "NOTICE", notice_fields(activity="Strike on the base"))
    notice_id = issued["notice_id"]
    changed = {"notice_id": notice_id, "version": 2, "operation": "REPLACE"}
    later = notice_fields("2100-01-01T04:00:00Z", activity="Strike on the stores", **changed)
    say(line, "NOTICE", later)
    of = {"party": ALPHA, "index": issued["index"] + 1}
    say(line, "RESPONSE", {"of": of, "answer": "NOTED"}, "bravo")
    answer = shown(line, f"{PRINT}/notices/{ALPHA}/{notice_id}", language=language)
    check_harmless(answer.page.replace('src="', 'alt="'))
    assert "010200ZJAN00" in answer.words
    assert "010400ZJAN00" in answer.words
    assert "<del>base</del>" in answer.page
    assert "<ins>stores</ins>" in answer.page
    assert f"/notices/{ALPHA}/{notice_id}/picture.png?language={language}" in answer.page


def test_a_notice_is_drawn_with_its_conflict(line: Line) -> None:
    """The areas of a notice and its conflict come as pictures from the node itself."""
    ours = say(line, "NOTICE", notice_fields(kind="air", category="flight"))
    theirs = say(line, "NOTICE", notice_fields(kind="presence", category="presence"), "bravo")
    client = line.client()

    def conflicts() -> list[str]:
        notice = client.get("/lines", LINE, "notices", ALPHA, ours["notice_id"])
        return [one for one in notice["conflicts"] if theirs["notice_id"] in one]

    wait_until(lambda: bool(conflicts()))
    answer = shown(line, f"{PRINT}/notices/{BRAVO}/{theirs['notice_id']}", language="en")
    assert "come nearer to each other than was agreed" in answer.words
    addresses = Reader(answer.page).attributes["src"]
    assert 2 <= len(addresses) <= 1 + notice_pages.PRINTED_PICTURES_MAX
    for address in addresses[:2]:
        picture = ask(line, address)
        assert (picture.status, picture.headers["content-type"]) == (200, "image/png")
        assert picture.body.startswith(b"\x89PNG")


def test_an_incident_keeps_claims_apart_from_findings(line: Line) -> None:
    """Claims, findings, evidence, what is held and the thread stand under their headings."""
    happened_at = format_instant(line.client().get("/status")["now"])
    said = say_priority(line, "INCIDENT", incident_fields(line, happened_at=happened_at))
    incident = line.client().get("/lines", LINE, "incidents", said["serial"])["matter"]["id"]
    by = {"post": "chief", "officer": "Col Hart"}
    opened = {"incident": incident, "act": "OPEN", "mode": "OWN", "lead": "Col Hart"}
    say_priority(line, "INQUIRY", {"by": by, **opened})
    finding = {"incident": incident, "act": "FINDING", "agreement": "ALONE", "findings": "Ours."}
    say_priority(line, "INQUIRY", {"by": by, **finding})
    answer = shown(line, f"{PRINT}/incidents/{incident}", language="en")
    check_harmless(answer.page)
    claims, findings, inquiry, evidence, held, thread = (
        answer.words.index(heading)
        for heading in (
            "Accounts and claims", "Findings of inquiries", "Steps of the inquiry",
            "Evidence that is named", "What of the record is held", "The thread:",
        )
    )  # fmt: skip
    assert claims < answer.words.index("This is the account of one side.") < findings
    assert findings < answer.words.index("says what it has found") < inquiry
    assert inquiry < answer.words.index("opens an inquiry of its own") < evidence
    [file] = FIELDS["INCIDENT"]["evidence"]
    assert evidence < answer.words.index(file["sha256"], evidence) < held
    assert re.search(r"ticks alpha\.example/syria-air \d+ \d+ [0-9a-f]{64}", answer.words[held:])
    assert "it rests on it" in answer.words[thread:]


def test_a_readout_stands_side_by_side_and_goes_public(line: Line) -> None:
    """Texts of both sides stand beside each other with what differs; then what is public."""
    general = {"post": "commander", "officer": "Gen. Jones"}
    record = {name: held for name, held in FIELDS["CALL_RECORD"].items() if name != "of"}
    call = say(line, "CALL_RECORD", record, precedence="PRIORITY")
    texts = [{"language": "en", "text": f"We spoke of flights. {HOSTILE}"}]
    proposal = {
        "by": general, "step": "PROPOSE", "mode": "UNILATERAL", "initiated_by": ALPHA,
        "of": {"party": ALPHA, "index": call["index"]}, "texts": texts,
    }  # fmt: skip
    proposed = say(line, "READOUT", proposal)
    of = {"party": ALPHA, "index": proposed["index"]}
    other = [{"language": "en", "text": f"We spoke of convoys. {HOSTILE}"}]
    differing = {"by": general, "step": "DIFFER", "of": of, "text": "Not so.", "texts": other}
    say(line, "READOUT", differing, "bravo")
    path = ("/lines", LINE, "readouts", proposed["serial"])
    wait_until(lambda: line.client().get(*path)["differences"])
    answer = shown(line, f"{PRINT}/readouts/{proposed['serial']}", language="en")
    check_harmless(answer.page)
    assert "<del>flights.</del>" in answer.page
    assert "<ins>convoys.</ins>" in answer.page
    assert f"In English the text of {BRAVO} differs from that of {ALPHA}" in answer.words
    public = f"/public/lines/{LINE}/readouts"
    assert "We spoke of flights." not in shown(line, public).words
    publication = {"by": general, "step": "PUBLISH", "mode": "UNILATERAL", "of": of}
    say(line, "READOUT", {**publication, "texts": texts})
    for language in LANGUAGES:
        answer = shown(line, public, language=language)
        check_harmless(answer.page)
        assert f"We spoke of flights. {HOSTILE}" in answer.words
        assert "We spoke of convoys." not in answer.words


def test_the_brief_has_room_for_two_signatures(line: Line) -> None:
    """The brief stands on the page, then a table for who hands over and who takes over."""
    answer = shown(line, f"{PRINT}/brief", language="en")
    check_harmless(answer.page)
    assert "Watch brief of alpha.example for the line" in answer.words
    assert "Hands over the watch" in answer.words
    assert "Takes over the watch" in answer.words
    assert '<table class="signatures of4">' in answer.page


def test_a_statement_has_state_and_counts(line: Line) -> None:
    """How the line stood at the end of a window, and the counts with the hash of them."""
    now = line.client().get("/status")["now"]
    window = {"from": format_instant(now - 3_600_000), "until": format_instant(now)}
    answer = shown(line, f"{PRINT}/statement", **window, language="en")
    check_harmless(answer.page)
    counted = line.client().get(
        "/lines", LINE, "statistics", **{"from": now - 3_600_000}, until=now
    )
    assert counted["sha256"] in answer.words
    assert "air safety in force" in answer.words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificate_is_told_step_by_step(line: Line, language: str) -> None:
    """The verdict, each step, the hash of the file and the root keys stand on the page."""
    said = text(line, "A word to be proven on paper.")
    asked = {"kind": "receipt", "party": ALPHA, "index": said["index"], "language": language}
    answer = shown(line, f"{PRINT}/certificates", **asked)
    check_harmless(answer.page)
    verdict = {"en": "PROVEN", "ru": "ДОКАЗАНО", "ar": "مثبت"}[language]
    assert f"{BRAVO} received message {said['index']} of {ALPHA}" in answer.words
    assert "A word to be proven on paper." in answer.words
    assert verdict in answer.words
    assert "bravo.example has cosigned a head that covers it." in answer.words
    assert len(set(re.findall(r"\b[0-9a-f]{64}\b", answer.words))) >= 3


def test_what_a_certificate_lacks_is_told_on_a_page(line: Line) -> None:
    """A parameter that is missing, and a message that is not there, are said, not a traceback."""
    missing = ask(line, f"{PRINT}/certificates", kind="message", party=ALPHA)
    assert missing.status == 400
    assert "index" in missing.words
    beyond = ask(line, f"{PRINT}/certificates", kind="message", party=ALPHA, index=10**6)
    assert beyond.status == 409
    assert "is not recorded here" in beyond.words


@pytest.mark.parametrize(
    "path",
    [
        f"{PRINT}/messages/{ALPHA}/1000000", f"{PRINT}/messages/nobody.example/0",
        f"{PRINT}/notices/{ALPHA}/NONE", f"{PRINT}/incidents/NONE", f"{PRINT}/readouts/NONE",
        "/print/lines/no-such-line/log", f"{PRINT}/brief?post=nobody",
        f"{PRINT}/notices/{ALPHA}/NONE/picture.png", f"{PRINT}/conflicts/none/picture.png",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said(line: Line, path: str) -> None:
    """Of what is not there a browser is told in words, with what to do, and programs in JSON."""
    assert ask(line, path).status == 404
    with pytest.raises(Refused, match=r"There is no|Nothing is|has no|is not known here"):
        line.client().get_file(path)


def test_a_window_that_cannot_be_is_refused(line: Line) -> None:
    """An instant that is none is named with its field."""
    answer = ask(line, f"{PRINT}/log", **{"from": "<yesterday>"})
    assert answer.status == 400
    assert "from: The time '<yesterday>' is not an instant." in answer.words


def test_a_language_without_words_is_refused(line: Line) -> None:
    """A page in a language that there is not is refused in English."""
    answer = ask(line, f"{PRINT}/log", language="fr")
    assert answer.status == 400
    assert "There are no sentences in 'fr'." in answer.words


def test_the_style_is_served_as_such(line: Line) -> None:
    """The stylesheet comes with its own media type, from the node."""
    answer = ask(line, STYLE_PATH)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert b"@page" in answer.body
