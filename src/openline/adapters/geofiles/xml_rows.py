"""XML from strangers: parsed in bounds, with the rows where its elements begin.

A document type or an entity is refused unread, so that no bomb unfolds and nothing
outside is fetched.
"""

import re
from collections.abc import Callable, Collection
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from openline.adapters.geofiles.remarks import FileFault
from openline.domain.limits import GEOFILE_DEPTH_MAX

_DECLARATION = re.compile(r"\ufeff?\s*<\?xml[^>]*\?>")
_ELEMENTS_DEPTH_MAX = 2 * GEOFILE_DEPTH_MAX + 16
"""Folders, then geometries inside each other, and what stands in those."""


class _Rows(TreeBuilder):
    """Builds the tree, and notes in which row some elements begin."""

    def __init__(self, path: str, noted: Collection[str]) -> None:
        super().__init__()
        self.rows: dict[Element, int] = {}
        self.row: Callable[[], int] = lambda: 0
        self._path = path
        self._noted = noted
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        """An element begins here."""
        self._depth += 1
        element = super().start(tag, attrs)
        if self._depth > _ELEMENTS_DEPTH_MAX:
            row = self.row()
            what = f"has elements too deep inside each other, here a {name_of(element)[:40]}."
            remedy = f"At most {_ELEMENTS_DEPTH_MAX} are read: take folders out of folders."
            raise FileFault(self._path, 0, "", "", what, remedy, row)
        if name_of(element) in self._noted:
            self.rows[element] = self.row()
        return element

    def end(self, tag: str) -> Element:
        """It ends here."""
        self._depth -= 1
        return super().end(tag)


def parse_xml(
    text: str, path: str, form: str, noted: Collection[str]
) -> tuple[Element, dict[Element, int]]:
    """The root of a file in XML, and the rows in which elements of these names begin.

    Args:
        text: The file.
        path: What to call it in errors.
        form: What it is to be, for errors.
        noted: Names of elements, without their namespace.

    Raises:
        FileFault: It is no XML, has elements too deep, or declares a document type.
    """
    # The text is decoded already; what the file says of its encoding no longer holds.
    plain = _DECLARATION.sub("", text, count=1)
    above = text.count("\n") - plain.count("\n")
    builder = _Rows(path, noted)
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.row = lambda: int(parser.parser.CurrentLineNumber) + above
    try:
        parser.feed(plain)
        return parser.close(), builder.rows
    except DefusedXmlException:
        raise FileFault(
            path, 0, "", "", "declares a document type or entities.", f"Export it as plain {form}."
        ) from None
    except ParseError as error:
        row, column = error.position
        what = f"is not XML: {str(error).partition(':')[0]}, row {row + above} column {column}."
        remedy = "It may be cut off: ask for the whole file."
        raise FileFault(path, 0, "", "", what, remedy, row + above) from None
    except (ValueError, RecursionError) as error:
        raise FileFault(
            path,
            0,
            "",
            "",
            f"cannot be read as XML: {str(error)[:200]}.",
            f"Export it as plain {form}.",
        ) from None


def name_of(element: Element) -> str:
    """The name of an element without its namespace; KML has had several."""
    return element.tag.rpartition("}")[2]


def child_of(element: Element, name: str) -> Element | None:
    """The first child of this name; None if there is none."""
    return next((child for child in element if name_of(child) == name), None)


def text_of(element: Element | None, name: str) -> str:
    """The text of a child, trimmed; empty if there is none."""
    child = None if element is None else child_of(element, name)
    return "" if child is None or child.text is None else child.text.strip()
