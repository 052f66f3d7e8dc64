"""What the console's own routes serve of real nodes."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from openline.adapters.picture.base_map import LAYERS, BaseMapUnreadable, load_base_map
from openline.faces.console.page import _base_map


def told(name: str) -> dict[str, object]:
    """What the route tells of a base map."""
    found: dict[str, object] = json.loads(gzip.decompress(_base_map(name)))
    return found


def test_the_base_map_goes_along_whole() -> None:
    """Each layer of the map has every line, within a thousandth of a degree."""
    base, found = load_base_map(), told("natural-earth")
    assert found["source"] == base.source
    for layer in LAYERS:
        lines = found[layer]
        assert isinstance(lines, list)
        assert len(lines) == len(getattr(base, layer))
        for steps, line in zip(lines, getattr(base, layer), strict=True):
            points = np.array(steps).reshape(-1, 2).cumsum(axis=0) / 1000
            assert np.abs(points - line).max() < 0.000_51


def test_none_is_an_empty_map() -> None:
    """Where node.toml wants no map, there is none, and no source is named."""
    assert told("none") == {"source": "", **{layer: [] for layer in LAYERS}}


def test_a_file_that_is_no_map_is_refused(tmp_path: Path) -> None:
    """A file that is no base map is named, with what to do about it."""
    path = tmp_path / "coasts.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(BaseMapUnreadable, match=r"coasts\.geojson"):
        told(str(path))
