"""The pictures of the documents are what the program draws now."""

import io
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

SIZE_BYTES_MAX = 150_000
SHOT_MAX = 400_000


@pytest.fixture(scope="module")
def script(repository: Path) -> dict[str, Any]:
    """The script that draws them."""
    return runpy.run_path(str(repository / "scripts" / "draw_pictures.py"))


def test_each_picture_is_drawn_small_and_shown(script: dict[str, Any], repository: Path) -> None:
    """Each picture of the scripts is there, small, and in a document; there is no other."""
    held = {path.stem: path for path in (repository / "docs" / "pictures").iterdir()}
    screens = runpy.run_path(str(repository / "scripts" / "draw_screens.py"))["SHOTS"]
    assert set(held) == {*script["PICTURES"], *(name for name, *_ in screens)}
    shown = "".join(
        path.read_text(encoding="utf-8") for path in (repository / "docs").rglob("*.md")
    )
    for name, path in held.items():
        assert path.stat().st_size < (SIZE_BYTES_MAX if name in script["PICTURES"] else SHOT_MAX)
        assert f"(../pictures/{name}.png)" in shown


@pytest.mark.parametrize("name", ["conflict", "arabic"])
def test_a_picture_is_as_the_program_draws_it(
    script: dict[str, Any], repository: Path, name: str
) -> None:
    """A committed picture differs from a fresh one at most by how letters are smoothed."""
    fresh = Image.open(io.BytesIO(script["picture"](name))).convert("RGB")
    kept = Image.open(repository / "docs" / "pictures" / f"{name}.png").convert("RGB")
    assert fresh.size == kept.size
    difference = np.abs(np.asarray(fresh, dtype=float) - np.asarray(kept, dtype=float))
    assert difference.mean() < 1.0
