"""Compass: directions, distances and prepositions as officers write them.

The vocabulary of places in words, in English, Russian and Arabic: sixteen winds,
three units, what stands for "of", "at" and "bearing". It turns a text into plain
words (`plain_words`) and single words into meanings; the grammar is `place`.
A new language is a new row in each table here.
"""

import re
import unicodedata
from dataclasses import dataclass

WINDS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE",
    "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip
SECTOR_DEG = 360 / len(WINDS)

METRE, KILOMETRE, NAUTICAL_MILE = 1, 1_000, 1_852

_ENGLISH = {"N": "north", "E": "east", "S": "south", "W": "west"}
_RUSSIAN_FIRST = {"N": "северо", "E": "востоко", "S": "юго", "W": "западо"}
_RUSSIAN_LAST = {"N": "северу", "E": "востоку", "S": "югу", "W": "западу"}
_ARABIC = {"N": "شمال", "E": "شرق", "S": "جنوب", "W": "غرب"}

# The stem, and all that may follow it: nouns, adjectives and adverbs of direction.
_STEMS = tuple(
    (re.compile(pattern), wind)
    for pattern, wind in (
        (r"север(о|а|у|ом|е|нее|н\w{2,3})?", "N"),
        (r"(юг(о|а|у|ом|е)?|южнее|южн\w{2,3})", "S"),
        (r"восто(к|ко|ка|ку|ком|ке|чнее|чн\w{2,3})", "E"),
        (r"запад(о|а|у|ом|е|нее|н\w{2,3})?", "W"),
        (r"(ال|لل)?شمال(ا|ي|يه)?", "N"),
        (r"(ال|لل)?جنوب(ا|ي|يه)?", "S"),
        (r"(ال|لل)?شرق(ا|ي|يه)?", "E"),
        (r"(ال|لل)?غرب(ا|ي|يه)?", "W"),
    )
)
_RUSSIAN_LETTERS = {"с": "N", "в": "E", "ю": "S", "з": "W"}

_UNITS = tuple(
    (re.compile(pattern), metres)
    for pattern, metres in (
        (r"km|kms|kilomet(re|er)s?|км|километр(а|ов|ах|у)?|كم|كلم|كيلو ?متر(ا|ات)?", KILOMETRE),
        (r"nm|nmi|nautical miles?|sea miles?|м ?миль|м ?мил[яиею]", NAUTICAL_MILE),
        (r"мор(ск(ая|ие|их|ой|ую|ом))? (мил[яиею]|миль)", NAUTICAL_MILE),
        (r"(ميل(ا)?|اميال) بحري(ا|ه)?", NAUTICAL_MILE),
        (r"m|met(re|er)s?|м|метр(а|ов|ах|у)?|م|متر(ا|ات)?|امتار", METRE),
    )
)
BARE_MILES = frozenset({"mile", "miles", "mi", "миля", "мили", "миль", "ميل", "اميال"})
"""Statute or nautical? Refused."""

BEARING_WORDS = frozenset({
    "bearing", "azimuth", "азимут", "азимуту", "пеленг", "пеленгу",
    "اتجاه", "الاتجاه", "باتجاه", "سمت", "بسمت", "زاويه", "بزاويه",
})  # fmt: skip
MAGNETIC_WORDS = frozenset({"magnetic", "mag", "магнитный", "магнитному", "مغناطيسي"})
FROM_WORDS = frozenset({"of", "from", "от", "من", "عن"})
AT_WORDS = frozenset({"at", "over", "above", "в", "над", "на", "у", "في", "فوق", "عند"})

FILLERS = frozenset({
    "the", "on", "a", "to", "degrees", "degree", "deg", "true", "and",
    "к", "по", "точки", "точке", "точка", "точкой", "районе", "градус", "градуса", "градусов",
    "расстоянии", "истинный", "истинному",
    "علي", "بعد", "الي", "نقطه", "درجه", "درجات", "مسافه",
})  # fmt: skip
"""Words that may stand anywhere and change nothing."""

_CASE_ENDINGS = frozenset({
    "", "а", "я", "ы", "и", "е", "у", "ю", "о", "ь", "й", "ой", "ей", "ом", "ем", "ам", "ям",
    "ах", "ях", "ов", "ев", "ью", "ый", "ий", "ая", "яя", "ое", "ее", "ого", "его", "ому", "ему",
    "ым", "им", "ую", "юю", "ых", "их", "ами", "ями",
})  # fmt: skip
_STEM_CHARS_MIN = 3

_SAME_LETTERS = str.maketrans("أإآٱىةؤئёЁ٫", "اااايهويее.")
_UNHEARD = re.compile("[\u064b-\u065f\u0670\u0640\u200c-\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_PARTS = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")


def plain_words(text: str) -> list[str]:
    """The words and numbers of a text in one spelling.

    Small letters; digits 0 to 9 whatever the script; no vowel signs, direction
    marks or punctuation; letters that Arabic and Russian writers use for each
    other are one. A number keeps its decimal point or comma.
    """
    folded = _UNHEARD.sub("", unicodedata.normalize("NFKC", text)).translate(_SAME_LETTERS)
    digits = "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
        for letter in folded.casefold()
    )
    return _PARTS.findall(digits)


def number_of(word: str) -> float | None:
    """The number that the word writes, or None.

    A comma before exactly three digits is refused: it parts thousands in one
    language and decimals in another.
    """
    if _NUMBER.fullmatch(word) is None or len(word) > 12:
        return None
    whole, comma, rest = word.partition(",")
    if comma and len(rest) == 3:
        return None
    return float(f"{whole}.{rest}" if comma else word)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit found in words.

    Attributes:
        metres: How long it is.
        word_count: How many words it took.
    """

    metres: int
    word_count: int


def unit_of(words: list[str]) -> Unit | None:
    """The unit that the first one or two words name, or None."""
    for count in (2, 1):
        phrase = " ".join(words[:count])
        for pattern, metres in _UNITS:
            if len(words) >= count and pattern.fullmatch(phrase):
                return Unit(metres, count)
    return None


def winds_of(words: list[str]) -> list[int]:
    """Numbers of the winds that the first one, two, ... words name, -1 where none.

    Ends at the first word that is no direction. `["south", "west", "of"]` gives
    `[8, 10]`: south, south-west.
    """
    found: list[int] = []
    letters = ""
    for word in words[:4]:
        more = _letters_of(word)
        if not more:
            break
        letters += more
        found.append(WINDS.index(letters) if letters in WINDS else -1)
    return found


def wind_words(wind: int, language: str) -> str:
    """The wind in words, as it stands before "of" in the language."""
    letters = WINDS[wind]
    if language == "ru":
        firsts = [_RUSSIAN_FIRST[letter] for letter in letters[:-1]]
        return "-".join([*firsts, _RUSSIAN_LAST[letters[-1]]])
    if language == "ar":
        return " ".join(_ARABIC[letter] for letter in letters)
    return "-".join(_ENGLISH[letter] for letter in letters)


def is_same_name(a: list[str], b: list[str]) -> bool:
    """Whether two names are one, save for the cases that Russian words take."""
    return len(a) == len(b) and all(_is_same_word(*pair) for pair in zip(a, b, strict=True))


def _letters_of(word: str) -> str:
    """The cardinal letters that one word names: `NE` for "northeast"; empty if none."""
    if word.upper() in WINDS:
        return word.upper()
    for pattern, wind in _STEMS:
        if pattern.fullmatch(word):
            return wind
    if len(word) in (2, 3) and all(letter in _RUSSIAN_LETTERS for letter in word):
        return "".join(_RUSSIAN_LETTERS[letter] for letter in word)
    letters = ""
    while word:
        wind = next((key for key, name in _ENGLISH.items() if word.startswith(name)), "")
        if not wind:
            return ""
        letters += wind
        word = word.removeprefix(_ENGLISH[wind])
    return letters


def _is_same_word(a: str, b: str) -> bool:
    if a == b:
        return True
    shared = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        shared += 1
    # The stem may end before the last shared letter: Пальмира, Пальмирой.
    return any(
        a[stem:] in _CASE_ENDINGS and b[stem:] in _CASE_ENDINGS
        for stem in range(_STEM_CHARS_MIN, shared + 1)
    )
