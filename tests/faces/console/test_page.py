"""What the console's own routes serve of real nodes."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from openline.adapters.picture.base_map import LAYERS, BaseMapUnreadable, load_base_map
from openline.faces import unix
from openline.faces.console.page import _VERIFIER, _base_map
from tests.faces.conftest import Line


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


def test_the_page_that_verifies_is_served_as_it_was_built(line: Line) -> None:
    """It comes at a path that stays, with the policy that it has itself, and is not kept."""
    asked = "GET /page/verify.html HTTP/1.1\r\nHost: openline\r\nConnection: close\r\n\r\n"
    answer = b""
    with unix.connect(line.client().config.socket, timeout_s=20) as connection:
        connection.sendall(asked.encode())
        while chunk := connection.recv(65_536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == (_VERIFIER / "verify.html").read_bytes()
    headers = head.decode().lower()
    assert "200 ok" in headers
    assert "content-security-policy: default-src 'none'; script-src 'sha256-" in headers
    assert "frame-ancestors 'none'" in headers
    assert "cache-control: no-store" in headers
