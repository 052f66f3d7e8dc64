"""The glossary: the field's words in English, Russian and Arabic, for linguists.

A translation that uses another word than the agreed one for `notice` or `suspension`
changes what was said. So for each agreed term that stands in the original it is looked
whether the translation has one of the agreed words, by their stems; what lacks is
remarked on. It refuses nothing and judges no grammar: the linguist does.

A stem is compared with the beginning of each word, in Arabic with any place in it, for
articles and prepositions are written together with the word there.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

TERMS: Final[tuple[dict[str, tuple[str, ...]], ...]] = (
    {"en": ("notice",), "ru": ("уведомлен",), "ar": ("إشعار",)},
    {"en": ("warning",), "ru": ("предупрежд",), "ar": ("تحذير",)},
    {"en": ("query", "queries"), "ru": ("запрос",), "ar": ("استفسار",)},
    {"en": ("answer",), "ru": ("ответ",), "ar": ("جواب", "أجوبة")},
    {"en": ("receipt",), "ru": ("квитанц",), "ar": ("إيصال",)},
    {
        "en": ("read back", "read-back"),
        "ru": ("повтор",),
        "ar": ("إعادة القراءة", "أعيدوا القراءة"),
    },
    {"en": ("correction",), "ru": ("исправлен",), "ar": ("تصحيح",)},
    {"en": ("understanding",), "ru": ("договорённост", "договоренност"), "ar": ("تفاهم",)},
    {"en": ("party", "parties"), "ru": ("сторон",), "ar": ("طرف", "أطراف")},
    {
        "en": ("watch officer", "officer on watch"),
        "ru": ("дежурн",),
        "ar": ("ضابط المناوبة", "ضابط مناوب"),
    },
    {"en": ("commander",), "ru": ("командующ", "командир"), "ar": ("قائد",)},
    {"en": ("line check",), "ru": ("проверк",), "ar": ("اختبار الخط", "فحص الخط")},
    {"en": ("suspension", "suspend"), "ru": ("приостан",), "ar": ("تعليق", "علّق", "نعلق")},
    {"en": ("resumption", "resume"), "ru": ("возобнов",), "ar": ("استئناف", "نستأنف")},
    {"en": ("incident",), "ru": ("инцидент", "происшеств"), "ar": ("حادث",)},
    {"en": ("inquiry",), "ru": ("расследован",), "ar": ("تحقيق",)},
    {"en": ("violation",), "ru": ("нарушен",), "ar": ("انتهاك", "خرق")},
    {"en": ("protest",), "ru": ("протест",), "ar": ("احتجاج",)},
    {
        "en": ("deconfliction",),
        "ru": ("деконфликт", "предотвращени"),
        "ar": ("منع التصادم", "تفادي التصادم"),
    },
    {"en": ("convoy",), "ru": ("колонн", "конво"), "ar": ("قافلة", "قوافل")},
    {"en": ("zone",), "ru": ("зон",), "ar": ("منطقة", "مناطق")},
    {"en": ("separation line",), "ru": ("лини",), "ar": ("خط الفصل",)},
    {"en": ("flight level",), "ru": ("эшелон",), "ar": ("مستوى الطيران",)},
    {"en": ("altitude",), "ru": ("высот",), "ar": ("ارتفاع",)},
    {"en": ("bearing",), "ru": ("пеленг", "азимут"), "ar": ("اتجاه", "سمت")},
    {"en": ("course",), "ru": ("курс",), "ar": ("مسار", "اتجاه")},
    {
        "en": ("aircraft",),
        "ru": ("воздушн", "самолёт", "самолет", "вертолёт", "вертолет"),
        "ar": ("طائر",),
    },
    {"en": ("unmanned",), "ru": ("беспилот",), "ar": ("مسير", "بدون طيار")},
    {"en": ("missile",), "ru": ("ракет",), "ar": ("صاروخ", "صواريخ")},
    {"en": ("strike",), "ru": ("удар",), "ar": ("ضربة", "ضربات", "قصف")},
    {"en": ("exercise",), "ru": ("учени",), "ar": ("تمرين", "مناور")},
    {"en": ("auxiliary", "auxiliaries"), "ru": ("вспомогательн",), "ar": ("مساند", "رديف")},
    {
        "en": ("ceasefire", "cease-fire"),
        "ru": ("прекращени", "перемири"),
        "ar": ("وقف إطلاق النار", "هدنة"),
    },
    {
        "en": ("not agreement",),
        "ru": ("не соглас", "не является соглас"),
        "ar": ("ليس موافقة", "لا يعني الموافقة"),
    },
)
"""Each term with its words: what an original may say, and what a translation may."""

_TATWEEL: Final = "\u0640"


def missing_words(
    original: str, language: str, translation: str, into: str
) -> Iterator[tuple[str, str]]:
    """The agreed words that a translation lacks.

    Args:
        original: The words that are translated.
        language: Their language, as ISO 639 code.
        translation: The words of the translation.
        into: Its language.

    Yields:
        The word as the glossary has it in the original's language, and the first agreed
        one in the other, in the order of the glossary. Nothing for other languages.
    """
    said, given = _plain(original), _plain(translation)
    for term in TERMS:
        if language not in term or into not in term or language == into:
            continue
        found = next((word for word in term[language] if _has(said, word, language)), None)
        if found is not None and not any(_has(given, word, into) for word in term[into]):
            yield found, term[into][0]


def _has(text: str, stem: str, language: str) -> bool:
    """Whether a text has a word that begins with the stem, or holds it in Arabic."""
    stem = _plain(stem).strip()
    return stem in text if language == "ar" else f" {stem}" in text


def _plain(text: str) -> str:
    """Words parted by one space, in small letters, without marks."""
    parted = unicodedata.normalize("NFD", text.casefold().replace(_TATWEEL, ""))
    kept = (letter for letter in parted if unicodedata.category(letter) != "Mn")
    return f" {' '.join(''.join(one if one.isalnum() else ' ' for one in kept).split())} "
