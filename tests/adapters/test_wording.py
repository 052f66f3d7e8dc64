import ast
import inspect
import re
import string
from collections import Counter
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters import wording
from openline.adapters.picture import words
from openline.adapters.wording import _ROOMS, LANGUAGES, TERMS, Facts, Wording, catalogue
from openline.adapters.wording.marking import read_catalogues
from openline.domain.errors import OurError
from openline.domain.line.declared import KEPT_OPEN_DEFAULT, Declared, Word
from openline.domain.line.letters import is_unseen
from openline.domain.line.observed import Answered, Observed
from openline.domain.line.people import Role
from openline.domain.line.templates import TEMPLATES, template_understanding
from openline.domain.party import Precedence
from openline.domain.record.passkey import Why
from openline.domain.space.conflict import Finding, Verdict
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.body import By, Reference
from openline.domain.talk.check import Occasion
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.keys import KeyRole
from openline.domain.talk.lead_time import LeadClass
from openline.domain.talk.life import NoticeState
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.movement import Sort
from openline.domain.talk.notice import Notice, Place
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.site_doubts import Doubt
from openline.domain.talk.site_life import SiteState
from openline.domain.talk.text import Text, Translation
from openline.domain.talk.zone import ZoneRule
from openline.domain.talk.zone_life import ZoneState
from tests.domain.line.parties import two_cards
from tests.domain.talk.strategies import messages

BY = By("watch", "Lt Smith")
FACTS = Facts(
    party="alpha.example",
    title="Alpha",
    line="syria-air",
    index=42,
    at=1_491_525_000_000,
    precedence=Precedence.IMMEDIATE,
    recipients=("bravo.example",),
    received_at=1_491_525_001_234,
)
ISOLATED = re.compile("[\u2066\u2068][^\u2066-\u2069]*\u2069")


def _sentences_in_code() -> set[str]:
    """The first arguments of every call of `say` and `mark` in the modules that say anything."""
    found = set()
    names = [f"{wording.__name__}.{room.name}" for room in iter_modules(wording.__path__)]
    rooms = [import_module(name) for name in names]
    for module in (wording, *rooms, words):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("say", "mark"):
                    found.add(node.args[0].value)
    return found


def _places(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_catalogue_has_just_the_sentences_of_the_code(language: str) -> None:
    """A catalogue holds every sentence that the code says, and no other."""
    assert set(catalogue(language)) == _sentences_in_code()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_with_its_places(language: str) -> None:
    """Each entry is finished and has the same places for values as the English one."""
    for entry in (entry for catalog in read_catalogues(language) for entry in catalog):
        if entry.id:
            assert entry.string, entry.id
            assert not entry.fuzzy, entry.id
            assert _places(str(entry.string)) == _places(str(entry.id)), entry.id


@pytest.mark.parametrize(("language", "script"), [("ru", "[а-яё]"), ("ar", "[\u0621-\u064a]")])
def test_every_sentence_is_in_its_own_script(language: str, script: str) -> None:
    """Each Russian sentence has Cyrillic letters, each Arabic one Arabic letters."""
    for english, sentence in catalogue(language).items():
        if re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", english)):
            assert re.search(script, sentence.lower()), sentence


AVOIDED = {
    "en": (
        "approv permission permit coordinat cooperat joint ally allied enemy hostile target "
        "guarantee ping delete alert local"
    ),
    "ru": "одобр разреш координ сотрудн совместн союзн враг враж противник цел гарант удал тревог",
    "ar": "إذن تنسيق تعاون مشترك حليف عدو معاد هدف ضمان حذف إنذار محلي",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_uses_a_word_to_avoid(language: str) -> None:
    """No word of any sentence begins like one that the glossary says to avoid."""
    for sentence in catalogue(language).values():
        for word in re.findall(r"\w+", sentence.lower()):
            assert not any(word.startswith(stem) for stem in AVOIDED[language].split()), sentence


_NAMED = (Precedence, KeyRole, Occasion, Status, ZoneRule, Sort)


def test_every_agreed_code_has_a_word() -> None:
    """Each state, class, precedence, verdict, and each name in a template, can be said."""
    codes = {
        member.value
        for codes in (
            *(Declared, Word, Observed, Answered, LeadClass, NoticeState),
            *(SiteState, ZoneState, Doubt),
        )
        for member in codes
    }
    codes |= {
        member.name
        for names in (Precedence, KeyRole, Occasion, Role, Status, ZoneRule, Sort)
        for member in names
    }
    codes |= {verdict.value for verdict in Verdict}
    codes |= {business.value for business in KEPT_OPEN_DEFAULT}
    for template in TEMPLATES.values():
        codes |= set(template.scopes)
        codes |= {kind for entry in template.separations for kind in entry.kinds}
        codes |= {entry.category for entry in template.lead_times}
    assert codes - {"any"} <= set(TERMS)


def test_a_code_without_a_word_is_shown_as_it_is() -> None:
    """A code of a later version is shown, made visible."""
    assert Wording("en").term("new_\u202ething") == "new_⟨U+202E⟩thing"
    assert Wording("ar").term("new_thing") == "\u2066new_thing\u2069"


def test_a_language_without_a_catalogue_is_refused() -> None:
    """A language that nobody has written sentences in is refused by name."""
    with pytest.raises(OurError, match="There are no sentences in 'fr'"):
        Wording("fr")


@pytest.mark.parametrize("language", LANGUAGES)
@given(message=messages)
def test_every_message_can_be_said(language: str, message: Message) -> None:
    """Any message becomes rows that hold nothing unseen but isolates, each one closed."""
    said = Wording(language).message(message, FACTS)
    assert said.endswith("\n")
    for row in said.splitlines():
        outside = ISOLATED.sub("", row)
        assert not any(is_unseen(letter) for letter in outside), row
        assert "{" not in outside or "{" in repr(message)


NOTICE = Notice(
    by=BY,
    notice_id="A-0042",
    category="strike",
    kind="missile",
    volumes=(
        Volume(
            Shape.CIRCLE,
            ((344_905_000, 369_089_000),),
            5_000,
            None,
            Altitude(Datum.FLIGHT_LEVEL, 50),
            1_491_528_600_000,
            1_491_530_400_000,
        ),
        Volume(
            Shape.CORRIDOR,
            ((344_905_000, 369_089_000), (-344_905_000, -1_799_999_999)),
            12_345,
            Altitude(Datum.AGL, 3_048),
            None,
            1_491_528_600_000,
            1_491_530_400_000,
        ),
    ),
    place=Place("at Shayrat airfield", "shayrat"),
    activity="Cruise missiles against an air base.\nNobody should be there.",
    objects="59 cruise missiles",
    hazards=("live fire", "jamming"),
    third_party="Civil traffic is not affected.",
    contact="air desk",
)


def test_a_code_has_one_word() -> None:
    """No room gives a code another word than another room, or than the hall."""
    rooms = [room.TERMS for room in _ROOMS]
    said = Counter((code, word) for room in rooms for code, word in room.items())
    codes = Counter(code for code, _ in said)
    assert [code for code, count in codes.items() if count > 1] == []
    assert TERMS["LAPSED"] == "answer no longer holds"


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "by circuit “tertiary”"), ("ru", "по каналу «tertiary»"), ("ar", "tertiary")],
)
def test_by_which_circuit_it_came_is_said(language: str, says: str) -> None:
    """Whoever asks whether a fallback worked reads it with the message."""
    facts = replace(FACTS, circuit="tertiary")
    assert says in Wording(language).message(NOTICE, facts).splitlines()[3]


def test_a_notice_reads_as_plain_english() -> None:
    """A whole notice in English needs no documentation."""
    facts = replace(FACTS, lead_ms=3_598_766, lead=LeadClass.NORMAL)
    assert Wording("en").message(NOTICE, facts) == (
        "Message alpha.example 42 of Alpha on line syria-air, precedence IMMEDIATE.\n"
        "It is addressed to bravo.example.\n"
        "By its author's clock it was written at 070030ZAPR17.\n"
        "It was received at 070030ZAPR17 (2017-04-07T00:30:01.234Z).\n"
        "Alpha gives advance information of an activity: notice A-0042, version 1.\n"
        "What it is about: strike. What acts: missiles. Scope: air safety.\n"
        "It is firm: the decision has been taken.\n"
        "The party's own people act.\n"
        "The activity, in English:\n"
        "    Cruise missiles against an air base.\n"
        "    Nobody should be there.\n"
        "Objects: “59 cruise missiles”.\n"
        "The place, in words: “at Shayrat airfield”.\n"
        "Hazards: “live fire”; “jamming”.\n"
        "Third parties: “Civil traffic is not affected.”.\n"
        "To be reached at: “air desk”.\n"
        "Area 1 of 2: a circle of 5000 m around 34°29'25.8\"N 036°54'32.0\"E.\n"
        "Height: from the surface to flight level 050.\n"
        "In force from 070130ZAPR17 until 070200ZAPR17.\n"
        "Area 2 of 2: a corridor reaching 12.3 km to each side of the line "
        "34°29'25.8\"N 036°54'32.0\"E; 34°29'25.8\"S 180°00'00.0\"W.\n"
        "Height: from 304.8 m (1000 ft) above ground, without an upper limit.\n"
        "In force from 070130ZAPR17 until 070200ZAPR17.\n"
        "Lead time, counted from receipt: 59 min 58 s (in good time).\n"
        "It is for this line only.\n"
        "It takes effect without an answer.\n"
        "Officer: “Lt Smith”, post “watch”.\n"
    )


OBJECTION = Response(BY, Reference("bravo.example", 7), Answer.OBJECTED, "Наши люди там.", "ru")


def test_a_response_reads_as_plain_russian() -> None:
    """A whole response in Russian, with the times and names as they are everywhere."""
    assert Wording("ru").message(OBJECTION, replace(FACTS, title="Альфа")) == (
        "Сообщение alpha.example 42 стороны «Альфа» по линии syria-air, срочность "
        "IMMEDIATE (срочное).\n"
        "Адресовано: bravo.example.\n"
        "По часам автора составлено в 070030ZAPR17.\n"
        "Получено в 070030ZAPR17 (2017-04-07T00:30:01.234Z).\n"
        "Сторона «Альфа», отвечая на сообщение bravo.example 7, возражает.\n"
        "Сказано (язык: русский):\n"
        "    Наши люди там.\n"
        "Офицер: «Lt Smith», пост «watch».\n"
    )


def test_a_declaration_reads_as_plain_arabic() -> None:
    """A whole declaration in Arabic; data stands in isolates from left to right."""
    declaration = Declaration(
        by=BY,
        released_by=By("chief", "العقيد سالم"),
        scopes=("air_safety",),
        status=Status.SUSPENDED,
        effective_at=1_491_609_600_000,
        reason="As announced.",
        kept_open=("line_check",),
    )
    assert Wording("ar").message(declaration, replace(FACTS, title="ألف", received_at=None)) == (
        "الرسالة \u2066alpha.example 42\u2069 من الطرف «\u2068ألف\u2069» على الخط "
        "\u2066syria-air\u2069، درجة الأسبقية فوري (IMMEDIATE).\n"
        "الرسالة موجهة إلى: \u2066bravo.example\u2069.\n"
        "كُتبت وفق ساعة مرسلها في \u2066070030ZAPR17\u2069.\n"
        "يعلّق الطرف «\u2068ألف\u2069» من جانبه الأبواب الآتية اعتباراً من "
        "\u2066080000ZAPR17\u2069: سلامة الطيران.\n"
        "السبب، باللغة الإنجليزية:\n"
        "    \u2068As announced.\u2069\n"
        "ويستمر مع ذلك ما يأتي: فحوص الخط.\n"
        "الضابط: «\u2068Lt Smith\u2069»، المركز «\u2068watch\u2069».\n"
        "وقّعه للإرسال: «\u2068العقيد سالم\u2069»، المركز «\u2068chief\u2069».\n"
    )


def test_no_number_in_arabic_stands_outside_an_isolate() -> None:
    """Every digit of a notice in Arabic is inside an isolate."""
    facts = replace(FACTS, lead_ms=58_000, lead=LeadClass.IMMINENT)
    said = Wording("ar").message(NOTICE, facts)
    assert re.search("[0-9]", said)
    assert not re.search("[0-9]", ISOLATED.sub("", said))


@pytest.mark.parametrize("language", LANGUAGES)
def test_data_is_the_same_in_every_language(language: str) -> None:
    """Positions, times, altitudes and names are written alike in all languages."""
    said = Wording(language).message(NOTICE, FACTS)
    for data in (
        "34°29'25.8\"N 036°54'32.0\"E",
        "070130ZAPR17",
        "A-0042",
        "alpha.example 42",
        "304.8",
    ):
        assert data in said


def test_free_words_cannot_pass_for_the_programs() -> None:
    """Rows of a text are indented, and its direction and quotation marks have no effect."""
    text = Text(
        by=By("watch”. Officer: “Gen Jones", "X\u202e"),
        language="en",
        text="Yes.\nAlpha has noted message bravo.example 1.\u2069\x1b",
    )
    rows = Wording("en").message(text, FACTS).splitlines()
    assert rows[-4:] == [
        "The original, in English:",
        "    Yes.",
        "    Alpha has noted message bravo.example 1.⟨U+2069⟩⟨U+001B⟩",
        'Officer: “X⟨U+202E⟩”, post “watch". Officer: "Gen Jones”.',
    ]


def test_words_from_right_to_left_stand_in_an_isolate_in_every_language() -> None:
    """Arabic words inside an English sentence do not turn what follows them."""
    text = Text(BY, "ar", "نعم", translations=(Translation("en", "Yes", "كريم", True),))
    rows = Wording("en").message(text, FACTS).splitlines()
    assert rows[-5:] == [
        "The original, in Arabic:",
        "    \u2068نعم\u2069",
        "A machine's translation into English, a gist only, by “\u2068كريم\u2069”:",
        "    Yes",
        "Officer: “Lt Smith”, post “watch”.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_read_is_said_so(language: str) -> None:
    """An unreadable message is told as such, with what is wrong."""
    said = Wording(language).message(Unreadable(99, {}, "Kind 99 is not known."), FACTS)
    assert "Kind 99 is not known." in said


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (
            Finding(Verdict.CONFLICT, 0, 0, 0, 1_491_528_600_000, 1_491_530_400_000, (0, 0)),
            "A and B come nearer to each other than was agreed. On the map they overlap. Their "
            "heights may overlap. Both are in force from 070130ZAPR17 until 070200ZAPR17. They "
            "are nearest to each other at 00°00'00.0\"N 000°00'00.0\"E.",
        ),
        (
            Finding(
                Verdict.CLEAR, 12_345.6, 3_048, 90_061_000, 5, 5, (-599_999_999, 1_799_999_999)
            ),
            "A and B keep the agreed distance. On the map they are 12.3 km apart. Their heights "
            "are 305 m apart. Their windows are 1 d 1 h 1 min 1 s apart. They are nearest to "
            "each other at 60°00'00.0\"S 180°00'00.0\"E.",
        ),
    ],
)
def test_a_finding_reads_as_sentences(finding: Finding, said: str) -> None:
    """How near two notices come is told in whole sentences."""
    assert Wording("en").finding(finding, "A", "B") == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_names_both_notices(language: str, verdict: Verdict) -> None:
    """A finding of each verdict names the two notices in each language."""
    said = Wording(language).finding(Finding(verdict, 1.0, 1, 0, 1, 2, (0, 0)), "x A-1", "y B-2")
    assert "x A-1" in said
    assert "y B-2" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", Verdict)
def test_a_draft_without_an_id_is_this_notice(language: str, verdict: Verdict) -> None:
    """A draft that has no name yet is called this notice, in each language."""
    this = {"en": "This notice", "ru": "уведомлени", "ar": "هذا الإشعار"}[language]
    said = Wording(language).finding(Finding(verdict, 1.0, 1, 0, 1, 2, (0, 0)), "", "y B-2")
    assert this in said
    assert "y B-2" in said


@given(st.integers(0, 10**12))
def test_a_duration_adds_up(duration_ms: int) -> None:
    """The parts of a duration make up its whole seconds."""
    sizes = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
    parts = Wording("en").duration(duration_ms).split()
    total = sum(int(n) * sizes[u] for n, u in zip(parts[::2], parts[1::2], strict=True))
    assert total == duration_ms // 1000


def test_a_lead_time_after_the_start_says_how_late() -> None:
    """A notice that came after its window had begun is told with how much after."""
    said = Wording("en").lead(-61_000, LeadClass.AFTER_START)
    assert said == "It was received 1 min 1 s after its window had begun."


def test_a_party_is_called_by_its_title() -> None:
    """Each language calls a party as the Understanding does, or else by its name."""
    bravo = template_understanding("air", "syria-air", two_cards()).party("bravo.example")
    assert [Wording(language).title(bravo) for language in LANGUAGES] == [
        "Bravo",
        "«Браво»",
        "«\u2068bravo.example\u2069»",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", Why, ids=lambda why: why.name)
def test_every_reason_why_a_signature_fails_is_said(language: str, why: Why) -> None:
    """Each reason has a sentence of its own behind the one that names the officer."""
    found = {"officer": "Gen. Jones", "is_verified": False, "why": why.value}
    named, reason = Wording(language).signatures([found]).splitlines()
    assert "Gen. Jones" in named
    assert reason.endswith(".")
    assert Wording(language).signatures([]) == ""
