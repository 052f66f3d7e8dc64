"""Articles for tests: the golden pair, and texts of invented words."""

import json
from pathlib import Path
from random import Random

from openline.domain.statements.article import Article, Block, article

GOLDEN = Path(__file__).with_name("golden.json")


def of(*texts: str, title: str = "Statement") -> Article:
    """An article of these paragraphs."""
    return article(title, [(Block.PARAGRAPH, text) for text in texts])


def golden() -> tuple[Article, Article]:
    """Two versions of our own article: 36 paragraphs, then 48."""
    texts = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return of(*texts["old"]), of(*texts["new"])


def unrelated(chance: Random, paragraphs: int, words: int) -> list[str]:
    """Paragraphs of invented words, with as many small ones between them as prose has."""
    letters = "abcdefghijklmnoprstuv"
    lexicon = ["".join(chance.choices(letters, k=chance.randint(4, 10))) for _ in range(3_000)]
    lexicon += ["the", "of", "to", "a", "in", "and"] * 400
    return [" ".join(chance.choices(lexicon, k=words)) for _ in range(paragraphs)]
