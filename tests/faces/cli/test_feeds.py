"""The verb `feeds` at a running node that has one."""

import shutil
from pathlib import Path

import msgspec

from openline.app.config import load_config
from openline.faces.api.feeds import FeedStates
from openline.faces.cli.client import Client
from tests.app.test_feeds import ROW
from tests.faces.conftest import Line, Run, running, wait_until


def test_a_feed_is_shown_as_it_stands(made_line: Line, tmp_path: Path, openline: Run) -> None:
    """A node with a file of rows shows what it was told, as rows and as described."""
    directory = tmp_path / "alpha"
    shutil.copytree(made_line.alpha, directory)
    (directory / "rows.sbs").write_text(ROW * 2 + "noise\n")
    with (directory / "node.toml").open("a") as settings:
        settings.write('\n[[feed]]\nname = "mast"\nkind = "sbs"\nsource = "file:rows.sbs"\n')
    with running(directory):
        client = Client(load_config(directory))
        wait_until(lambda: client.get("/feeds")["feeds"][0]["refused"])
        msgspec.convert(client.get("/feeds"), FeedStates, strict=True)
        shown = openline("feeds", "--dir", directory).out
    assert "mast (sbs, trust 5) is read" in shown
    assert "2 sightings, 2 with a position; the newest of icao:4ca2d6" in shown
    assert "refused: 1 MALFORMED" in shown


def test_a_node_without_feeds_says_how_to_have_one(line: Line, openline: Run) -> None:
    """Without a table in node.toml the verb names it."""
    assert "[[feed]]" in openline("feeds", "--dir", line.alpha).out
