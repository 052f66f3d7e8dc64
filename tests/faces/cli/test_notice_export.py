"""Notices written into a file of areas on the command line, and read back from it."""

from pathlib import Path

import pytest

from openline.adapters.geofiles import read_geofile
from openline.faces.cli.faults import Exit
from tests.faces.cli.test_talk import CIRCLE, STRIKE, WHERE, WINDOW, Officer
from tests.faces.conftest import Line, Run


@pytest.mark.parametrize("form", ["geojson", "kml"])
def test_notices_go_into_a_file_and_come_back(
    openline: Run, line: Line, tmp_path: Path, form: str
) -> None:
    """The file holds the notice's area; one that is there already is left as it is."""
    alpha = Officer(openline, line, "alpha")
    issue = ("notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--precedence", "routine")
    [issued] = alpha.done(*issue, "--wait", 20)["issued"]
    out = tmp_path / f"notices.{form}"
    done = alpha.done("notice", "export", "--as", form, "--out", out)
    assert done == {"file": str(out), "size_bytes": out.stat().st_size}
    [found] = [one for one in read_geofile(out) if one.properties.get("serial") == issued["serial"]]
    [volume] = found.volumes
    assert (volume.radius_m, volume.vertices) == (9_000, ((344_900_000, 369_090_000),))
    assert alpha("notice", "export", "--out", out).code == Exit.REFUSED
    assert alpha("notice", "export", "--party", "nobody", "--out", "-").code == Exit.REFUSED


def test_a_folder_that_is_not_there_is_told(openline: Run, line: Line, tmp_path: Path) -> None:
    """Nothing is asked of the node when the file could not be put there."""
    alpha = Officer(openline, line, "alpha")
    refused = alpha("notice", "export", "--out", tmp_path / "no" / "notices.kml")
    assert refused.code == Exit.REFUSED
    assert "is not there" in refused.err
