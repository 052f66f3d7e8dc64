"""The stores that each release has left behind are opened, verified and understood."""

import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from openline import __version__
from openline.adapters.chance import SystemChance
from openline.adapters.keys import FileKeys
from openline.adapters.page_checksums import examine_pages
from openline.adapters.sqlite import SqliteStore
from openline.app.audit import audit
from openline.domain.record.envelope import parse_content
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import parse_body
from openline.engine.line import Line
from openline.engine.node import Node
from tests.golden.make import FACTS, STORE

RELEASES = sorted(path.parent for path in Path(__file__).parent.glob(f"*/{FACTS}"))


@pytest.fixture(params=RELEASES, ids=lambda path: path.name)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """The store of one release, unpacked, and what is to be found in it."""
    release: Path = request.param
    path = tmp_path / "store.sqlite"
    path.write_bytes(zlib.decompress((release / STORE).read_bytes()))
    return path, json.loads((release / FACTS).read_text())


def test_this_release_has_its_store() -> None:
    """A release is not made without the store that later ones have to open."""
    assert __version__.partition(".dev")[0] in [path.name for path in RELEASES]


def test_every_entry_head_and_receipt_still_verifies(kept: tuple[Path, dict[str, Any]]) -> None:
    """The pages have their checksums, the logs their sizes and roots, the signatures hold."""
    path, facts = kept
    assert examine_pages(path).is_sound
    with SqliteStore.open(path) as store:
        assert [[origin, size, root.hex()] for origin, size, root in store.origins()] == (
            facts["logs"]
        )
        logs = audit(store)
        assert [fault for log in logs for fault in (*log.faults, *log.void)] == []
        assert sum(log.receipts for log in logs) > 0


def test_a_node_still_loads_what_was_said(kept: tuple[Path, dict[str, Any]]) -> None:
    """The line stands again from its journal, each text in its place; without keys it is mute."""
    path, facts = kept
    keys = FileKeys.make(path.with_name("keys"), facts["party"])
    with SqliteStore.open(path) as store:
        node = Node(facts["party"], keys, SystemChance(), store)
        node.load(now=1_900_000_000_000)
        line = node.lines[facts["line"]]
        assert texts_in(line) == facts["texts"]
        assert not line.can_sign()


def texts_in(line: Line) -> list[str]:
    """The texts that a line shows, in its order."""
    shown = [one for one in line.view.messages(0, 1_000) if one["kind"] == "TEXT"]
    contents = [line.content(one["party"], one["index"]) for one in shown]
    return [getattr(parse_body(Kind.TEXT, parse_content(one)), "text", "") for one in contents]
