"""Files of an administrator or of strangers are read, or refused in words."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings

from openline.adapters.statements.page import read_page
from openline.app.config import load_config, parse_config
from openline.domain.errors import OurError, TheirError
from openline.domain.line.understanding_toml import from_toml, to_toml
from openline.faces.cli.main import run
from tests.domain.record.damage import damaged_bytes, damaged_text
from tests.domain.record.history import make_understanding

TERMS = to_toml(make_understanding())
PAGE = (
    b"<!doctype html><html lang=en><head><title>A</title><meta charset=utf-8></head><body><main>"
    b"<h1>Statement</h1><p>The line is open.<p>It was used &amp; answered.</main></body></html>"
)


@pytest.fixture(scope="module")
def settings_text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The node.toml of a new node."""
    directory = tmp_path_factory.mktemp("node") / "alpha"
    party = ("--party", "alpha.example", "--listen", "127.0.0.1:7101")
    assert run(["init", "--dir", str(directory), *party]) == 0
    load_config(directory)
    return (directory / "node.toml").read_text()


def test_a_damaged_node_toml_is_refused_in_words(settings_text: str) -> None:
    """A node.toml that was cut or changed anywhere is read, or refused with what is wrong."""

    @settings(max_examples=settings().max_examples)
    @given(damaged_text(settings_text))
    def read(text: str) -> None:
        with suppress(OurError):
            parse_config(text, Path("node.toml"))

    read()


@given(damaged_text(TERMS))
def test_a_damaged_draft_of_terms_is_refused_in_words(text: str) -> None:
    """Terms in TOML that were cut or changed anywhere are read, or refused with what is wrong."""
    with suppress(OurError):
        from_toml(text, "draft.toml")


@given(damaged_bytes(PAGE))
def test_any_bytes_are_a_page_or_refused(data: bytes) -> None:
    """A public page of any bytes is read as paragraphs, or refused with a typed error."""
    with suppress(OurError, TheirError):
        read_page(data, "text/html")
