"""Watched folders of a real node: orders become drafts once, and what is wrong is told."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from openline.app.folders import watching
from openline.domain.limits import GEOFILE_SIZE_BYTES_MAX
from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import Line, Run, is_up, make_line, running, wait_until


@dataclass
class Stage:
    """Alpha's node with a watched folder, and Bravo's."""

    line: Line
    folder: Path

    def drop(self, name: str, *sites: str) -> None:
        """Put an order with so many notices into the folder."""
        (self.folder / name).write_text(order(*sites))

    def drafts(self) -> list[str]:
        """The activities of the drafts that wait."""
        found = self.line.client().get("/lines", "syria-air", "drafts")["drafts"]
        return [one["fields"]["activity"] for one in found if one["state"] == "WAITING"]

    def put(self, into: str) -> list[str]:
        """The names in `done` or `refused`, without their time."""
        found = (self.folder / into).iterdir() if (self.folder / into).is_dir() else ()
        return sorted(path.name.partition("-")[2] for path in found)

    def why(self, name: str) -> str:
        """The complaint beside a file that was refused."""
        [path] = (self.folder / "refused").glob(f"*-{name}.why.txt")
        return path.read_text()


def order(*activities: str, **changes: str) -> str:
    """A file with a circle for each activity."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [36.909, 34.49]},
            "properties": {
                "name": activity, "radius_m": 9000, "upper": "FL150", "category": "strike",
                "from": "2100-01-01T00:00:00Z", "until": "2100-01-01T02:00:00Z", **changes,
            },
        }
        for activity in activities
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The folder is looked at often."""
    directory = tmp_path_factory.mktemp("folders")
    line, folder = make_line(directory), directory / "orders"
    folder.mkdir()
    with (line.alpha / "node.toml").open("a") as file:
        file.write(f'[[folder]]\nname = "orders"\npath = "{folder}"\nkind = "missile"\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "LOOK_S", 0.05)
        with running(line.alpha, line.bravo):
            for name in ("alpha", "bravo"):
                wait_until(lambda name=name: is_up(line.client(name)))
            yield Stage(line, folder)


def test_an_order_becomes_drafts_that_an_officer_releases(stage: Stage, openline: Run) -> None:
    """Each activity of a file is a draft in the folder's name; an officer releases it."""
    alpha, bravo = (Officer(openline, stage.line, name) for name in ("alpha", "bravo"))
    stage.drop("morning.geojson", "Strike one.", "Strike two.")
    wait_until(lambda: "morning.geojson" in stage.put("done"))
    assert sorted(stage.drafts()) == ["Strike one.", "Strike two."]
    shown = alpha("draft", "list").out
    assert "folder orders" in shown
    for draft in alpha.done("draft", "list")["drafts"]:
        alpha.done("draft", "release", draft["draft"], "--by", "watch/Maj. Jones")
    assert stage.drafts() == []
    wait_until(lambda: len(bravo.done("notice", "list")["notices"]) == 2)
    state = alpha.done("folders")["folders"][0]
    assert (state["taken"], state["drafted"], state["fault"]) == (1, 2, "")
    assert "morning.geojson: Drafts: 2." in alpha("folders").out

    stage.drop("again.geojson", "Strike one.", "Strike two.")
    wait_until(lambda: "again.geojson" in stage.put("refused"))
    assert "It holds what morning.geojson held, which was read at" in stage.why("again.geojson")
    assert stage.drafts() == []


def test_what_is_wrong_is_refused_with_a_complaint(stage: Stage) -> None:
    """A link, a giant, other words, a fault in one of several, a missing field: each is told."""
    outside = stage.folder.parent / "outside.geojson"
    outside.write_text(order("Outside."))
    (stage.folder / "link.geojson").symlink_to(outside)
    with (stage.folder / "giant.kml").open("wb") as file:
        file.truncate(GEOFILE_SIZE_BYTES_MAX + 1)
    (stage.folder / "words.txt").write_text("Good morning.")
    (stage.folder / "binary.kml").write_bytes(os.urandom(100))
    whole = json.loads(order("Good.", "Bad."))
    del whole["features"][1]["properties"]["until"]
    (stage.folder / "half.geojson").write_text(json.dumps(whole))
    (stage.folder / "vague.geojson").write_text(order("Vague.", category=""))
    (stage.folder / "late.geojson").write_text(order("Late.", until="2001-01-01T00:00:00Z"))
    (stage.folder / "growing.geojson.part").write_text("half")
    (stage.folder / "many.geojson").write_text(order(*(f"No. {n}" for n in range(65))))
    expected = {
        "link.geojson": "no file", "giant.kml": "more than", "words.txt": "in none of the forms",
        "binary.kml": "", "half.geojson": "Bad.", "vague.geojson": "category", "late.geojson": "",
        "many.geojson": "It holds 65 activities, not 1 to 64.",
    }  # fmt: skip
    for name, says in expected.items():
        wait_until(lambda name=name: f"{name}.why.txt" in stage.put("refused"))
        assert says in stage.why(name), name
    assert stage.drafts() == []
    assert (stage.folder / "growing.geojson.part").exists()
    assert outside.read_text() == order("Outside.")


def test_a_file_counts_once_over_a_crash(openline: Run, tmp_path: Path) -> None:
    """What was taken but not put away is read after a restart, and drafted once."""
    line, folder = make_line(tmp_path), tmp_path / "orders"
    (folder / "reading").mkdir(parents=True)
    with (line.alpha / "node.toml").open("a") as file:
        file.write(f'[[folder]]\nname = "orders"\npath = "{folder}"\nkind = "missile"\n')
    stage = Stage(line, folder)
    (folder / "reading" / "left.geojson").write_text(order("Left."))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "LOOK_S", 0.05)
        for _ in range(2):
            with running(line.alpha, line.bravo):
                wait_until(lambda: is_up(line.client()))
                wait_until(lambda: "left.geojson" in stage.put("done"))
                assert stage.drafts() == ["Left."]
            # As if the node had ended before it put the file away.
            [done] = (folder / "done").glob("*-left.geojson")
            done.rename(folder / "reading" / "left.geojson")
