"""Neutral texts: what a line check says when its officer writes nothing.

The list goes along with the program; a file `check-texts.toml` in the node's
directory takes its place, so that both parties can agree on one, with certified
translations. The next check takes the next text, so that nothing can be meant by
the choice.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.limits import LABEL_CHARS_MAX, TRANSLATIONS_MAX

FILE_NAME: Final = "check-texts.toml"
_SIZE_BYTES_MAX: Final = 262_144


@dataclass(frozen=True, slots=True)
class NeutralTexts:
    """An approved list.

    Attributes:
        texts: Each by language, at least one, at least one language each.
        translator: Who translated them.
        certified_by: Who certified the translations; empty for nobody.
    """

    texts: tuple[dict[str, str], ...]
    translator: str
    certified_by: str

    def fields(self, number: int, language: str) -> dict[str, Any]:
        """The fields of a line check with the text whose turn it is.

        Args:
            number: The number of the check, from 1.
            language: The language that is wanted for the original.
        """
        said = self.texts[(number - 1) % len(self.texts)]
        original = language if language in said else next(iter(said))
        others = [name for name in said if name != original][:TRANSLATIONS_MAX]
        translations = [
            {
                "language": name,
                "text": said[name],
                "translator": self.translator,
                "certified_by": self.certified_by,
            }
            for name in others
        ]
        shown: dict[str, Any] = {"text": said[original], "language": original}
        return {**shown, "translations": translations} if translations else shown


def read_texts(directory: Path) -> NeutralTexts:
    """The list in a node's directory, or else the one that goes along.

    Raises:
        OurError: The file in the directory is no such list; it says what is wrong.
    """
    path = directory / FILE_NAME
    if not path.exists():
        shipped = (files("openline") / "adapters" / "neutral_texts.toml").read_text("utf-8")
        return _parse(shipped, "neutral_texts.toml")
    try:
        data = path.read_bytes()
        if len(data) > _SIZE_BYTES_MAX:
            raise OurError(f"{path} has {len(data)} bytes.", "Keep the list short.")
        return _parse(data.decode(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise OurError(f"{path} cannot be read: {error}.", "Write it as UTF-8 text.") from None


def _parse(text: str, name: str) -> NeutralTexts:
    try:
        held = tomllib.loads(text)
    except ValueError as error:
        raise OurError(f"{name}: this is not TOML: {error}.", "Correct the row named.") from None
    translator, certified_by = held.get("translator", ""), held.get("certified_by", "")
    if not isinstance(translator, str) or not translator.strip():
        raise OurError(f"{name}: translator is missing.", "Write who translated the texts.")
    if not isinstance(certified_by, str) or len(certified_by) > LABEL_CHARS_MAX:
        raise OurError(f"{name}: certified_by is no name.", "Write who certified them, or nothing.")
    texts = held.get("texts")
    if not isinstance(texts, list) or not texts:
        raise OurError(f"{name} has no texts.", 'Write [[texts]], then en = "…" and ru = "…".')
    for number, said in enumerate(texts, start=1):
        is_sound = isinstance(said, dict) and said and all(map(_is_text, said.values()))
        if not is_sound:
            raise OurError(
                f"{name}: text {number} is not a table of languages and words.",
                'Write en = "…" and ru = "…" under [[texts]].',
            )
    return NeutralTexts(tuple(texts), translator, certified_by)


def _is_text(words: object) -> bool:
    return isinstance(words, str) and bool(words.strip()) and "\n" not in words
