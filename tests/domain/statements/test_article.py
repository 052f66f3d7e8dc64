"""Articles have one form, whose hashes tell equal texts and cosmetic changes."""

from openline.domain.limits import ARTICLE_CHARS_MAX, ARTICLE_PARAGRAPHS_MAX
from openline.domain.statements.article import folded_hash, normal, text_hash
from tests.domain.statements.texts import of


def test_hints_and_spaces_do_not_count() -> None:
    """Soft hyphens, joiners, stretched Arabic and runs of spaces leave no trace."""
    assert normal(" co\u00adop\u200beration\u00a0 over\n the line ") == "cooperation over the line"
    assert normal("بـــيان") == "بيان"


def test_form_alone_is_told_from_words() -> None:
    """Quotation marks, dashes and paragraphs change the text and not its words."""
    plain = of('He said "yes" - twice.', "Then he left.")
    dressed = of("He said “yes” – twice. Then he left.")
    denied = of('He said "no" - twice.', "Then he left.")
    assert text_hash(plain) != text_hash(dressed)
    assert folded_hash(plain) == folded_hash(dressed)
    assert folded_hash(plain) != folded_hash(denied)


def test_the_headline_counts() -> None:
    """Two texts under different headlines are different texts."""
    one, two = of("Words.", title="Denied"), of("Words.", title="Confirmed")
    assert text_hash(one) != text_hash(two)
    assert folded_hash(one) != folded_hash(two)


def test_what_is_beyond_the_bounds_is_cut_and_said_so() -> None:
    """A megabyte in one paragraph, and a thousand paragraphs, are kept within the bounds."""
    wide = of("word " * 200_000)
    assert wide.is_cut
    assert sum(len(one.text) for one in wide.paragraphs) <= ARTICLE_CHARS_MAX
    high = of(*(f"Paragraph {n}." for n in range(1_000)))
    assert high.is_cut
    assert len(high.paragraphs) == ARTICLE_PARAGRAPHS_MAX
    assert not of("Short.").is_cut
