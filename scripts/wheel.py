"""Builds the wheel twice, elsewhere, at other times, and keeps it if both are the same.

    python scripts/wheel.py dist

The second tree has other dates and another place; the second build another time zone,
order of sets and mask of rights. Whoever builds the same commit gets the same bytes, so a
wheel can be checked against its source by anybody. Prints the SHA-256 and the name.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PARTS: Final = ("pyproject.toml", "README.md", "LICENSE", ".gitignore", "src")
_YEAR_S: Final = 31_536_000


def build(directory: Path, number: int) -> Path:
    """Build the wheel in a copy of the tree; the path of the wheel."""
    tree = directory / ("a" * number)
    tree.mkdir()
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, tree / name)
    for path in tree.rglob("*"):
        at = path.stat().st_mtime - number * _YEAR_S
        os.utime(path, (at, at))
    out = directory / f"out-{number}"
    zone = ("UTC", "Asia/Damascus")[number % 2]
    environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": str(number)}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=tree,
        env=environment,
        umask=(0o022, 0o077)[number % 2],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    [wheel] = out.glob("*.whl")
    return wheel


def main() -> int:
    """Build, compare, keep; 1 where the two differ."""
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"
    with tempfile.TemporaryDirectory() as directory:
        first, second = (build(Path(directory), number) for number in (1, 2))
        digests = [hashlib.sha256(one.read_bytes()).hexdigest() for one in (first, second)]
        if digests[0] != digests[1] or first.name != second.name:
            print(f"wheel: two builds differ: {digests[0]} and {digests[1]}", file=sys.stderr)
            return 1
        into.mkdir(parents=True, exist_ok=True)
        shutil.copy(first, into / first.name)
    print(f"{digests[0]}  {first.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
