"""What a release is made of: the bill of materials, and a wheel that anybody can build again."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.house.test_repository import locked
from tests.house.tree import ROOT


def made(script: str, *arguments: str) -> str:
    """What a script prints; it must succeed."""
    command = [sys.executable, str(ROOT / "scripts" / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_bill_of_materials_is_the_lock() -> None:
    """Every package of the lock is in it, with version, hashes and a licence; twice the same."""
    text = made("sbom.py")
    assert made("sbom.py") == text
    bill: dict[str, Any] = json.loads(text)
    found: dict[str, list[str]] = {}
    for one in bill["components"]:
        hashes = [f"sha256:{row['value']}" for row in one["properties"]]
        found.setdefault(one["name"], []).extend(hashes)
    assert found == locked("run")
    assert bill["metadata"]["component"]["name"] == "openline"
    named = [one for one in bill["components"] if one["licenses"]]
    assert len(named) > len(found) // 2


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling is not there")
def test_a_wheel_that_is_built_twice_is_the_same(tmp_path: Path) -> None:
    """Another place, date, time zone, mask and order of sets give the same bytes."""
    told = made("wheel.py", str(tmp_path))
    digest, name = told.split()
    assert len(digest) == 64
    assert (tmp_path / name).is_file()
