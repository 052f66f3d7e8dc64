"""The text of a page as trafilatura finds it, where that is installed.

It is an extra, so it is loaded when it is first asked for, and only in the reader's process.
"""

from collections.abc import Iterator
from typing import Any, Final

from openline.domain.statements.article import Block

_TEI_BLOCKS: Final = {
    "head": Block.HEADING,
    "item": Block.ITEM,
    "quote": Block.QUOTE,
    **dict.fromkeys(("p", "list", "table", "row", "cell", "code", "div"), Block.PARAGRAPH),
}


def found_by_trafilatura(text: str) -> Iterator[tuple[Block, str]]:
    """The blocks of text in a page; none if it finds no statement."""
    from trafilatura import bare_extraction

    found = bare_extraction(text, with_metadata=False, include_comments=False)
    if found is not None:
        assert not isinstance(found, dict), "it was not asked for as one"
        yield from _tei_blocks(found.body, Block.PARAGRAPH)


def _tei_blocks(root: Any, block: Block) -> Iterator[tuple[Block, str]]:
    """The stretches of text of an element of TEI, as trafilatura writes it."""
    parts = [root.text or ""]
    for child in root:
        if child.tag not in _TEI_BLOCKS:
            parts.append(" " if child.tag == "lb" else "".join(child.itertext()))
        else:
            yield block, "".join(parts)
            parts = []
            inner = _TEI_BLOCKS[child.tag]
            yield from _tei_blocks(child, block if inner is Block.PARAGRAPH else inner)
        parts.append(child.tail or "")
    yield block, "".join(parts)
