"""Writes the bill of materials of a node: every package that runs in it, in CycloneDX.

    python scripts/sbom.py > dist/openline.cdx.json

Names, versions and hashes are those of requirements/run.txt, from which `make install`
installs; licences are what the installed packages say of themselves. The same lock gives
the same bytes: there is no date and no number in it.
"""

import json
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = ROOT / "requirements" / "run.txt"

_PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER: Final = "License :: OSI Approved :: "


def bill(lock: str) -> dict[str, Any]:
    """The bill of materials of what a lock file pins.

    Raises:
        ValueError: The lock pins nothing.
    """
    components: list[dict[str, Any]] = []
    for row in lock.splitlines():
        if pin := _PIN.match(row):
            components.append(_component(pin[1], pin[2]))
        for digest in _HASH.findall(row):
            components[-1]["properties"].append({"name": "openline:sha256", "value": digest})
    if not components:
        raise ValueError("the lock pins nothing")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    version = re.search(r'__version__ = "(.+)"', (ROOT / "src/openline/__init__.py").read_text())
    assert version is not None, "the package has a version"
    ours = {
        "type": "application",
        "bom-ref": "openline",
        "name": "openline",
        "version": version[1],
        "licenses": [{"expression": project["license"]}],
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": ours},
        "components": components,
    }


def _component(name: str, version: str) -> dict[str, Any]:
    address = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "licenses": _licences(name),
        "properties": [],
    }


def _licences(name: str) -> list[dict[str, Any]]:
    """What an installed package says of its licence; nothing of one that is not here."""
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return []
    if expression := found.get("License-Expression"):
        return [{"expression": expression}]
    named = [
        row.removeprefix(_CLASSIFIER)
        for row in found.get_all("Classifier") or []
        if row.startswith(_CLASSIFIER)
    ]
    # Some put the whole text where its name belongs.
    text = (found.get("License") or "").strip().splitlines()
    names = named or [row for row in text[:1] if len(row) <= 80]
    return [{"license": {"name": row}} for row in names]


if __name__ == "__main__":
    json.dump(bill(LOCK.read_text()), sys.stdout, indent=1, sort_keys=True)
    print()
